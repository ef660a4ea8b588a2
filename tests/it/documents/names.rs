//! Names of files, of code, of decisions and of other pages.

use std::collections::{BTreeSet, HashSet};

use super::markdown::{Page, alternatives, anchor};

/// Paths that a page names and that are made, fetched, or somebody else's.
const MADE_ELSEWHERE: [&str; 11] = [
    "../shared/eval",
    ".../sandbox",
    "PUBLIC_URL/sandbox",
    "contact/send",
    "contact/verify",
    "data/demo/port-8080",
    "data/demo/port-8080/operator-secret",
    "data/demo/port-PORT/operator-secret",
    "done",
    "refused",
    "web/dist/client/index.js",
];

/// Words with an underscore that are not ours: of proxies, databases, standards and libraries.
const OF_OTHERS: [&str; 8] = [
    "certificate_der_base64",
    "common_http_protocol_options",
    "idle_timeout",
    "insufficient_user_authentication",
    "pg_dump",
    "tls_client_auth",
    "use_device_allocator_for_initializers",
    "use_env_allocators",
];

/// The files of the repository, and the words of those that are the product.
pub(super) struct Repository {
    paths: BTreeSet<String>,
    words: HashSet<String>,
}

impl Repository {
    /// Of paths from the root, and of the sources' text.
    pub(super) fn new(files: &[String], sources: &str) -> Self {
        let mut paths = BTreeSet::new();
        for file in files {
            let mut path = file.as_str();
            while paths.insert(path.to_owned()) {
                let Some((folder, _)) = path.rsplit_once('/') else { break };
                path = folder;
            }
        }
        let words = sources.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        Self { paths, words: words.map(ToOwned::to_owned).collect() }
    }

    /// Whether a file or folder is there: from the root, from `src`, `tests/it` or `web/e2e`, or from beside the page.
    fn has(&self, name: &str, page: &str) -> bool {
        let beside = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        ["", "src", "src/http", "tests/it", "tests/it/operator", "web/e2e", beside].iter().any(|base| {
            let path = resolve(base, name).unwrap_or_default();
            ["", ".rs", ".test.mjs"].iter().any(|ending| self.paths.contains(&format!("{path}{ending}")))
        })
    }
}

/// `name` as seen from the folder `base`; `None` where it leads out of the repository.
fn resolve(base: &str, name: &str) -> Option<String> {
    let mut path: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(path.pop()?),
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

/// Whether a span is the path of a file or folder, and no address, kind of content or command.
fn is_path(span: &str) -> bool {
    const ENDINGS: [&str; 8] = [".rs", ".md", ".mjs", ".py", ".sh", ".sql", ".yaml", ".cfg"];
    const KINDS_OF_CONTENT: [&str; 4] = ["application/", "text/", "image/", "target/"];
    let letters = span.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.{},/-".contains(letter));
    let folder = span.contains('/') && !span.starts_with('/') && !span.starts_with("../../../target/");
    let number = span.starts_with(|letter: char| letter.is_ascii_digit());
    let file = ENDINGS.iter().any(|ending| span.ends_with(ending)) && !span.starts_with(['/', '.']);
    letters && !number && (folder || file) && !KINDS_OF_CONTENT.iter().any(|kind| span.starts_with(kind))
}

/// Paths in back quotes that are not there.
pub(super) fn lost_paths(page: &Page, repository: &Repository) -> Vec<String> {
    let mut faults = Vec::new();
    for (line, span) in page.spans() {
        for name in if is_path(&span) { alternatives(&span) } else { Vec::new() } {
            let name = name.trim_end_matches('/');
            if !MADE_ELSEWHERE.contains(&name) && !repository.has(name, &page.path) {
                faults.push(format!("{}:{line}: there is no {name}", page.path));
            }
        }
    }
    faults
}

/// Words with an underscore in back quotes, as codes, columns and members have them, that no source knows.
pub(super) fn unknown_words(page: &Page, repository: &Repository) -> Vec<String> {
    let is_code = |word: &&str| {
        let lower = word.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        lower && word.trim_matches('_').contains('_')
    };
    let mut faults = Vec::new();
    for (line, span) in page.spans() {
        if is_path(&span) || span.starts_with("cargo ") || span.starts_with("rastau_") {
            continue;
        }
        for word in span.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').filter(is_code) {
            if !repository.words.contains(word) && !OF_OTHERS.contains(&word) {
                faults.push(format!("{}:{line}: nothing is called {word}", page.path));
            }
        }
    }
    faults
}

/// Links within the repository that lead nowhere: no such file, or no such title in it.
pub(super) fn broken_links(page: &Page, pages: &[Page], repository: &Repository) -> Vec<String> {
    let mut faults = Vec::new();
    for (line, link) in page.links() {
        if link.contains("://") || link.starts_with("mailto:") {
            continue;
        }
        let (file, title) = link.split_once('#').unwrap_or((&link, ""));
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = if file.is_empty() { Some(page.path.clone()) } else { resolve(folder, file) };
        let Some(path) = path.filter(|path| repository.paths.contains(path)) else {
            faults.push(format!("{}:{line}: the link {link} leads to no file", page.path));
            continue;
        };
        let target = pages.iter().find(|other| other.path == path);
        let has = |page: &Page| page.headings().any(|(_, heading)| anchor(heading) == title);
        if !title.is_empty() && !target.is_some_and(has) {
            faults.push(format!("{}:{line}: {path} has no title #{title}", page.path));
        }
    }
    faults
}

/// `ADR 12`, in pages and sources, where there is no such decision.
pub(super) fn unknown_decisions(path: &str, text: &str, repository: &Repository) -> Vec<String> {
    let mut faults = Vec::new();
    for rest in text.split("ADR ").skip(1) {
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let file = format!("docs/adr/{number:0>4}-");
        let next = repository.paths.range(file.clone()..).next();
        if !number.is_empty() && !next.is_some_and(|path| path.starts_with(&file)) {
            faults.push(format!("{path}: there is no ADR {number}"));
        }
    }
    faults
}

/// `docs/..md` in sources, where there is no such page.
pub(super) fn unknown_pages(path: &str, text: &str, repository: &Repository) -> Vec<String> {
    let mut faults = Vec::new();
    for rest in text.split("docs/").skip(1) {
        let name: String =
            rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || "-/.".contains(*letter)).collect();
        let name = format!("docs/{}", name.trim_end_matches('.'));
        let is_page = std::path::Path::new(&name).extension().is_some_and(|ending| ending == "md");
        if is_page && !repository.paths.contains(&name) {
            faults.push(format!("{path}: there is no {name}"));
        }
    }
    faults
}

/// `src/..rs` in sources that are not Rust, which no compiler follows when the file moves.
pub(super) fn unknown_sources(path: &str, text: &str, repository: &Repository) -> Vec<String> {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || "-_/.".contains(letter);
    let names = text.split("src/").skip(1).filter_map(|rest| {
        let name = rest.split(|one| !letter(one)).next()?.trim_end_matches('.');
        let ending = std::path::Path::new(name).extension()?;
        ["rs", "json", "css", "snap"].iter().any(|of_ours| ending == *of_ours).then(|| format!("src/{name}"))
    });
    names.filter(|name| !repository.paths.contains(name)).map(|name| format!("{path}: there is no {name}")).collect()
}

/// Rows of a table that have more or fewer cells than its head, and tables without one: an empty line cuts a table in two.
pub(super) fn broken_tables(page: &Page) -> Vec<String> {
    let mut faults = Vec::new();
    for table in page.tables() {
        let (first, head) = &table[0];
        let is_rule = |cell: &String| !cell.is_empty() && cell.chars().all(|letter| matches!(letter, '-' | ':'));
        if !table.get(1).is_some_and(|(_, row)| row.iter().all(is_rule)) {
            faults.push(format!("{}:{first}: a table without a head (cut by an empty line?)", page.path));
            continue;
        }
        for (line, row) in table.iter().filter(|(_, row)| row.len() != head.len()) {
            faults.push(format!("{}:{line}: {} cells under a head of {}", page.path, row.len(), head.len()));
        }
    }
    faults
}

#[test]
fn a_lie_about_a_file_a_word_or_a_link_is_found() {
    let files: Vec<String> = ["src/app/totp.rs", "docs/API.md", "docs/adr/0003-x.md"].map(ToOwned::to_owned).to_vec();
    let repository = Repository::new(&files, "fn x() { \"code_wrong\" }");
    let page = |text: &str| Page::new("docs/API.md", text);
    assert!(lost_paths(&page("`src/app/totp.rs`, `app/totp`, `src/app/`, `adr/0003-x.md`"), &repository).is_empty());
    assert_eq!(lost_paths(&page("`src/app/topt.rs` and `app/{totp,topt}`"), &repository).len(), 2);
    assert!(unknown_words(&page("`code_wrong` `{\"code\": \"code_wrong\"}`"), &repository).is_empty());
    assert_eq!(unknown_words(&page("`engine_busy` and\n`a code_gone`"), &repository).len(), 2);
    let pages = [page("# One title, `x`\n[a](#one-title-x) [b](adr/0003-x.md) [c](https://x.example)")];
    assert!(broken_links(&pages[0], &pages, &repository).is_empty());
    let pages = [page("# Title\n[a](#titel) [b](GONE.md) [c](../../API.md)")];
    assert_eq!(broken_links(&pages[0], &pages, &repository).len(), 3);
    assert_eq!(unknown_decisions("x", "ADR 3, ADR 33", &repository), ["x: there is no ADR 33"]);
    assert_eq!(unknown_pages("x", "docs/API.md, docs/GONE.md.", &repository), ["x: there is no docs/GONE.md"]);
    let names = "'../src/app/totp.rs' and ../../src/app/gone.rs";
    assert_eq!(unknown_sources("x", names, &repository), ["x: there is no src/app/gone.rs"]);
}

#[test]
fn a_broken_table_is_found() {
    let faults = |text: &str| broken_tables(&Page::new("x.md", text)).len();
    assert_eq!(faults("| a | b |\n|---|---|\n| 1 | `x \\| y` |"), 0);
    assert_eq!(faults("| a | b |\n|---|---|\n\n| 1 | 2 |"), 1, "cut in two");
    assert_eq!(faults("| a | b |\n|---|---|\n| 1 | `x | y` |"), 1, "a pipe in a span");
    assert_eq!(faults("| a | b |\n|---|---|\n| 1 |"), 1, "too short");
}
