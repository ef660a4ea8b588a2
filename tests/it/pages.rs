//! The pages in `web/`: what comes from people or operators is text there, and no script is written into a page.

use std::path::{Path, PathBuf};

/// Ways to make markup or code of text.
const FORBIDDEN: [&str; 13] = [
    "{@html",
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "createContextualFragment",
    "DOMParser",
    "document.write",
    "srcdoc",
    "eval(",
    "new Function",
    "javascript:",
    "setTimeout('",
    "setTimeout(\"",
];

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !["node_modules", "dist"].contains(&name) {
            sources(&path, into);
        } else if [".svelte", ".ts", ".html"].iter().any(|end| name.ends_with(end)) && !name.contains(".test.") {
            into.push(path);
        }
    }
}

/// What stands in this source and must not.
fn faults(name: &str, text: &str) -> Vec<String> {
    let mut found: Vec<String> =
        FORBIDDEN.iter().filter(|way| text.contains(**way)).map(|way| format!("{name}: {way}")).collect();
    // The content policy would stop it, and the page with it.
    if Path::new(name).extension().is_some_and(|end| end == "html") {
        let inline = text.split("<script").skip(1).filter(|rest| !rest.split('>').next().unwrap().contains("src="));
        found.extend(inline.map(|_| format!("{name}: a script without a source")));
        let handlers = [" onload=", " onerror=", " onclick=", " style="].iter().filter(|one| text.contains(**one));
        found.extend(handlers.map(|handler| format!("{name}: {handler}")));
    }
    found
}

#[test]
fn text_stays_text_on_every_page() {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    let mut files = Vec::new();
    for room in ["client", "console", "docs", "sandbox", "shared", "verify"] {
        sources(&web.join(room), &mut files);
    }
    let pages = files.iter().filter(|file| file.ends_with("index.html")).count();
    assert!(files.len() > 100 && pages >= 4, "the walk found only {} files, {pages} pages", files.len());
    let found: Vec<String> = files
        .iter()
        .flat_map(|file| faults(&file.display().to_string(), &std::fs::read_to_string(file).unwrap()))
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn what_is_forbidden_is_found() {
    for way in FORBIDDEN {
        assert_eq!(faults("App.svelte", &format!("<p>{way}</p>")).len(), 1, "{way}");
    }
    assert_eq!(faults("index.html", "<script>x</script>").len(), 1);
    assert_eq!(faults("index.html", "<body onload=\"x\">").len(), 1);
    assert_eq!(faults("index.html", "<script type=\"module\" src=\"./main.ts\"></script>").len(), 0);
}
