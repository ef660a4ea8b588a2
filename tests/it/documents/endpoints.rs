//! Addresses of the HTTP interface: a method and a path, as documents, the OpenAPI description and the routes have them.

use std::collections::BTreeSet;

use super::markdown::{Page, alternatives};

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "WS"];
/// Where paths of the service begin.
const ROOTS: [&str; 9] =
    ["/api/", "/oauth2/", "/.well-known/", "/sandbox/", "/health/", "/metrics", "/docs/", "/not-me/", "/console/"];

/// `METHOD /path`, without query and names of parameters; a stream is a GET.
fn endpoint(method: &str, path: &str) -> String {
    let method = if method == "WS" { "GET" } else { method };
    let path = path.split(['?', ' ']).next().unwrap_or_default().trim_end_matches("...");
    let parts = path.split('/').map(|part| if part.starts_with(['{', '<']) { "{}" } else { part });
    format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
}

/// The same of each path that is meant: `{a,b}` names two, `{id}` a parameter.
fn all(method: &str, path: &str) -> Vec<String> {
    let paths = if path.contains(',') { alternatives(path) } else { vec![path.to_owned()] };
    paths.iter().map(|path| endpoint(method, path)).collect()
}

/// What a page names: `GET /a/b` in one span or beside each other, `GET, PUT` of one path, and siblings, `/a/start`, `/finish`.
pub(super) fn named(page: &Page) -> BTreeSet<(usize, String)> {
    let mut found = BTreeSet::new();
    for (line, text) in page.prose() {
        let mut methods: Vec<&str> = Vec::new();
        let mut before = String::new();
        for (at, part) in text.split('`').enumerate() {
            if at % 2 == 0 {
                let is_list = part.trim().trim_matches(',').is_empty();
                if !is_list {
                    before.clear();
                    methods = methods_at_end(part);
                }
                continue;
            }
            let (own, path) = split(part);
            if let Some(own) = own {
                found.extend(all(own, path).into_iter().map(|endpoint| (line, endpoint)));
            } else if path.starts_with('/') && !methods.is_empty() {
                let is_sibling = !before.is_empty() && !ROOTS.iter().any(|root| path.starts_with(root));
                let folder = before.rsplit_once('/').map_or("", |(folder, _)| folder);
                let whole = if is_sibling { format!("{folder}{path}") } else { path.to_owned() };
                found.extend(methods.iter().flat_map(|method| all(method, &whole)).map(|endpoint| (line, endpoint)));
                before = whole;
            }
        }
    }
    for (line, text) in page.code() {
        if let (Some(method), path) = split(&text) {
            found.insert((line, endpoint(method, path)));
        }
    }
    found.retain(|(_, endpoint)| {
        ROOTS.iter().any(|root| endpoint.split(' ').nth(1).is_some_and(|path| path.starts_with(root)))
    });
    found
}

fn split(text: &str) -> (Option<&str>, &str) {
    match text.split_once(' ') {
        Some((method, path)) if METHODS.contains(&method) && path.trim().starts_with('/') => {
            (Some(method), path.trim())
        }
        _ => (None, text),
    }
}

/// `GET, PUT` at the end of a text.
fn methods_at_end(text: &str) -> Vec<&str> {
    let words = text.trim().rsplit(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    words.take_while(|word| METHODS.contains(word)).collect()
}

/// Paths in back quotes that begin as ours do and lead nowhere, whatever the method.
pub(super) fn unknown_paths(page: &Page, known: &BTreeSet<String>) -> Vec<String> {
    let paths: BTreeSet<String> =
        known.iter().filter_map(|known| known.split(' ').nth(1).map(ToOwned::to_owned)).collect();
    let mut faults = Vec::new();
    for (line, span) in
        page.spans().into_iter().filter(|(_, span)| span.starts_with("/api/") || span.starts_with("/oauth2/"))
    {
        let is_one = |name: &str| {
            let below = format!("{}/", name.trim_end_matches('/'));
            paths.contains(name) || paths.iter().any(|path| path.starts_with(&below))
        };
        let named = all("", &span).into_iter().map(|path| path.trim().to_owned());
        faults.extend(
            named.filter(|path| !is_one(path)).map(|path| format!("{}:{line}: nothing is at {path}", page.path)),
        );
    }
    faults
}

/// Of an OpenAPI description.
pub(super) fn described(description: &serde_json::Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().expect("a description has paths") {
        let operations = operations.as_object().expect("operations by method");
        found.extend(operations.keys().map(|method| endpoint(&method.to_uppercase(), path)));
    }
    found
}

/// Of a source that mounts routes: paths in quotes, those of a scope relative to it, and the methods that follow them.
pub(super) fn mounted(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut scope, mut path) = (String::new(), String::new());
    let mut rest = source;
    while let Some(at) = rest.find(['"', ':']) {
        let (before, after) = rest.split_at(at);
        if let Some(text) = after.strip_prefix('"') {
            let (text, next) = text.split_once('"').expect("texts end");
            if before.ends_with("scope(") {
                text.clone_into(&mut scope);
            } else if text.starts_with('/') {
                let is_whole = ["/api/", "/oauth2/", "/sandbox/"].iter().any(|root| text.starts_with(root));
                path = if is_whole { text.to_owned() } else { format!("{scope}{text}") };
            }
            rest = next;
        } else {
            let method =
                after.strip_prefix("::").filter(|_| before.ends_with("web")).and_then(|call| call.split_once("()."));
            if let Some((method, _)) = method.filter(|(name, _)| METHODS.contains(&name.to_uppercase().as_str())) {
                found.insert(endpoint(&method.to_uppercase(), &path));
            }
            rest = &after[1..];
        }
    }
    found
}

#[test]
fn endpoints_are_found_where_they_are_named_described_and_mounted() {
    let text = "| GET, PUT `/api/x/{id}?a=b` | ..\n| WS `/api/s` | POST `/api/y/start`, `/finish` | and `DELETE /api/z/{id}`, `/other`\n\n    POST /api/w  {}\n";
    let page = Page::new("x.md", text);
    let names: Vec<String> = named(&page).into_iter().map(|(_, endpoint)| endpoint).collect();
    let expected = [
        "GET /api/x/{}",
        "PUT /api/x/{}",
        "DELETE /api/z/{}",
        "GET /api/s",
        "POST /api/y/finish",
        "POST /api/y/start",
        "POST /api/w",
    ];
    assert_eq!(names, expected);
    let routes = ".service(web::resource(\"/api/r/{capture}/f\").route(web::post().to(f))).service(web::scope(\"/api/p\")\
        .route(\"/a\", web::get().to(a)).route(\"/b/{id}\", web::patch().to(b)))";
    let routes: Vec<String> = mounted(routes).into_iter().collect();
    assert_eq!(routes, ["GET /api/p/a", "PATCH /api/p/b/{}", "POST /api/r/{}/f"]);
    let description = serde_json::json!({ "paths": { "/a/{id}": { "get": {}, "delete": {} } } });
    assert_eq!(described(&description).len(), 2);
    let known: BTreeSet<String> =
        ["GET /api/x/{}", "POST /api/operator/me", "POST /api/operator/events"].map(String::from).into();
    let page = Page::new(
        "x.md",
        "`/api/x/{id}`, `/api/operator/`, `/api/operator/{me,events}`, `/api/opertor/me`, `/api/operator/{me,event}`",
    );
    assert_eq!(unknown_paths(&page, &known).len(), 2);
}
