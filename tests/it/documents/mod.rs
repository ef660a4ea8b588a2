//! What documents name is there, and what claims to be whole is whole: files, commands, codes, tables, columns, keys,
//! addresses, links and numbers.

mod commands;
mod endpoints;
mod lists;
mod markdown;
mod metrics;
mod names;
mod numbers;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use markdown::Page;
use names::Repository;
use rastau::config::Config;
use rastau::domain::audit::event::AuditKind;
use rastau::domain::face::liveness::cues::Finding;
use rastau::domain::operators::scope::Scope;
use rastau::domain::reason::ReasonCode;
use rastau::domain::staff::{Act, Role};
use rastau::domain::webhooks::event::EventKind;
use rastau::http::problem::ProblemCode;

/// Cookies and a format that begin as metrics do.
const NO_METRICS: [&str; 3] = ["rastau_session", "rastau_device", "rastau_staff"];
/// Members of answers, and thresholds of the past, that look like keys of the configuration.
const NO_KEYS: [&str; 5] = ["face.locked_until", "face.match_from", "face.no_match_below", "keys.toml", "section.key"];
/// Sections of other files that pages show: sources of restrictions, texts for players, a unit of systemd.
const OTHER_SECTIONS: [&str; 7] = ["debtors", "court", "self", "officials", "reasons", "sources", "Service"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn ends(path: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| path.ends_with(ending))
}

/// Files of the product whose words a page may name.
fn is_source(path: &str) -> bool {
    let folders = ["src/", "migrations/", "web/", "models/", "examples/", "scripts/", "docker/", "benches/"];
    let endings = [
        ".rs", ".sql", ".ts", ".svelte", ".mjs", ".js", ".json", ".html", ".css", ".py", ".toml", ".sh", ".conf",
        ".cfg", ".yaml",
    ];
    folders.iter().any(|folder| path.starts_with(folder)) && ends(path, &endings) && !path.contains("/snapshots/")
}

fn is_page(path: &str) -> bool {
    ends(path, &[".md"]) && (path.starts_with("docs/") || path.starts_with("examples/") || !path.contains('/'))
}

struct Documents {
    files: Vec<String>,
    pages: Vec<Page>,
    repository: Repository,
}

/// Read once for all tests.
static DOCUMENTS: LazyLock<Documents> = LazyLock::new(Documents::read);

impl Documents {
    fn read() -> Self {
        let files = markdown::files(root());
        let pages: Vec<Page> =
            files.iter().filter(|path| is_page(path)).map(|path| Page::new(path, &read(path))).collect();
        let sources: String = files.iter().filter(|path| is_source(path)).map(|path| read(path) + "\n").collect();
        let repository = Repository::new(&files, &sources);
        assert!(pages.len() > 40 && sources.len() > 1_000_000, "{} pages, {} bytes", pages.len(), sources.len());
        Self { files, pages, repository }
    }

    fn page(&self, path: &str) -> &Page {
        self.pages.iter().find(|page| page.path == path).unwrap_or_else(|| panic!("there is no {path}"))
    }

    /// Holds a rule for every page.
    fn hold(&self, rule: impl Fn(&Page) -> Vec<String>) {
        none(&self.pages.iter().flat_map(rule).collect::<Vec<_>>());
    }
}

#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> BTreeSet<String> {
    all.iter().map(|one| name(*one).to_owned()).collect()
}

#[test]
fn every_path_that_a_page_names_is_there() {
    let documents = &DOCUMENTS;
    documents.hold(|page| names::lost_paths(page, &documents.repository));
}

#[test]
fn every_word_of_the_interface_that_a_page_names_is_in_the_code() {
    let documents = &DOCUMENTS;
    documents.hold(|page| names::unknown_words(page, &documents.repository));
}

#[test]
fn every_link_leads_somewhere_and_every_table_is_whole() {
    let documents = &DOCUMENTS;
    documents.hold(|page| {
        let links = names::broken_links(page, &documents.pages, &documents.repository);
        links.into_iter().chain(names::broken_tables(page)).collect()
    });
}

#[test]
fn every_decision_and_page_that_anything_refers_to_exists() {
    let documents = &DOCUMENTS;
    let mut faults = Vec::new();
    for path in documents.files.iter().filter(|path| is_source(path) || is_page(path) || ends(path, &["Makefile"])) {
        let text = read(path);
        faults.extend(names::unknown_decisions(path, &text, &documents.repository));
        if !is_page(path) {
            faults.extend(names::unknown_pages(path, &text, &documents.repository));
        }
        if !is_page(path) && !ends(path, &[".rs"]) {
            faults.extend(names::unknown_sources(path, &text, &documents.repository));
        }
    }
    none(&faults);
}

#[test]
fn every_command_that_a_page_shows_is_understood() {
    let documents = &DOCUMENTS;
    let mut program = rastau::cli::command_line();
    program.build();
    let calls: usize = documents.pages.iter().map(commands::count).sum();
    assert!(calls > 100, "only {calls} calls were found");
    documents.hold(|page| commands::refused_calls(page, &program));
    documents.hold(|page| commands::unknown_options(page, &program));
    let (makefile, manifest) = (read("Makefile"), read("Cargo.toml"));
    documents.hold(|page| commands::unknown_targets(page, &makefile, &manifest));
}

#[test]
fn the_lists_of_codes_are_whole() {
    let documents = &DOCUMENTS;
    let page = documents.page("docs/CODES.md");
    let problems: BTreeSet<String> = ProblemCode::ALL.iter().map(|code| code.code().to_owned()).collect();
    let lists = [
        ("problem", problems),
        ("reason", names(ReasonCode::ALL, ReasonCode::code)),
        ("finding", names(&Finding::ALL, Finding::code)),
        ("event of the audit log", names(AuditKind::ALL, AuditKind::as_str)),
        ("right", names(&Act::ALL, Act::as_str)),
        ("role", names(&Role::ALL, Role::as_str)),
        ("scope", names(&Scope::ALL, Scope::as_str)),
    ];
    for (what, codes) in lists {
        none(&lists::differences(what, &lists::column(page, &[what], 0), &codes));
    }
    let events = lists::column(documents.page("docs/API.md"), &["`type`"], 0);
    none(&lists::differences("webhook", &events, &names(&EventKind::ALL, EventKind::as_str)));
}

#[test]
fn the_lists_of_the_database_are_whole() {
    let documents = &DOCUMENTS;
    let in_folder = |folder: &str, ending: &str| -> Vec<String> {
        let files = documents.files.iter().filter(|path| path.starts_with(folder) && path.ends_with(ending));
        files.map(|path| read(path)).collect()
    };
    let tables = lists::tables_of(&in_folder("migrations/", ".sql"));
    assert!(tables.len() > 40, "{tables:?}");
    let kept = lists::column(documents.page("docs/DATA-RETENTION.md"), &["what", "table", "how"], 1);
    none(&lists::differences("table", &kept, &tables));
    let columns: BTreeSet<String> =
        in_folder("src/store/", ".rs").iter().flat_map(|source| lists::encrypted_columns(source)).collect();
    assert!(columns.len() > 20, "{columns:?}");
    let documented = lists::documented_columns(documents.page("docs/adr/0003-encrypted-columns.md"));
    none(&lists::differences("encrypted column", &documented, &columns));
}

#[test]
fn the_lists_of_operations_are_whole() {
    let documents = &DOCUMENTS;
    let operations = documents.page("docs/OPERATIONS.md");
    let keys: BTreeSet<String> = Config::keys().into_iter().map(|(key, _)| key).collect();
    none(&lists::differences("key", &lists::column(operations, &["key", "what it may be"], 0), &keys));
    let defaults = Config::load(Path::new("no-such-file.toml"), false, []).expect("defaults are good");
    let defaults = serde_json::to_value(defaults).expect("settings are written as JSON");
    none(&lists::wrong_defaults(&operations.table(&["key", "what it may be"]), &defaults));
    documents.hold(|page| lists::unknown_keys(page, &keys, &NO_KEYS));
    for path in ["docker/compose.yaml", "docker/Dockerfile"] {
        none(&lists::unknown_keys(&Page::new(path, &read(path)), &keys, &NO_KEYS));
    }
    documents.hold(|page| lists::unknown_toml(page, &keys, &OTHER_SECTIONS));
    let metrics = lists::metrics_of(&metrics::report());
    let registered = read("src/metrics/mod.rs").matches("registry.register").count();
    assert_eq!(metrics.len(), registered, "count one of the new kind in documents/metrics.rs: {metrics:?}");
    none(&lists::differences("metric", &lists::column(operations, &["metric", "labels"], 0), &metrics));
    documents.hold(|page| lists::unknown_metrics(page, &metrics, &NO_METRICS));
}

#[test]
fn every_address_that_a_page_names_answers_and_all_are_named() {
    let documents = &DOCUMENTS;
    let snapshot =
        read("src/http/snapshots/rastau__http__description__tests__the_description_stays_as_it_was_reviewed.snap");
    let (_, json) = snapshot.split_once("\n---\n").expect("a snapshot has a head");
    let described = endpoints::described(&serde_json::from_str(json).expect("the description is JSON"));
    let mounted: BTreeSet<String> = ["src/http/player/mod.rs", "src/http/sandbox/mod.rs"]
        .iter()
        .flat_map(|path| endpoints::mounted(&read(path)))
        .collect();
    assert!(described.len() > 80 && mounted.len() > 55, "{} described, {} mounted", described.len(), mounted.len());
    let of_themselves = [
        "GET /.well-known/openid-configuration",
        "GET /api/openapi.json",
        "GET /docs/",
        "GET /docs/interface/",
        "GET /docs/reference/",
        "GET /metrics",
        "GET /not-me/",
        "GET /sandbox/",
    ];
    let known: BTreeSet<String> =
        described.iter().chain(&mounted).cloned().chain(of_themselves.map(String::from)).collect();
    documents.hold(|page| {
        // Its paths begin below those that its titles name; a test of its own holds it equal to the code.
        let own = page.path == "docs/WHAT-TAKES-TWO.md";
        let named = if own { BTreeSet::new() } else { endpoints::named(page) };
        let lies = named.into_iter().filter(|(_, endpoint)| !known.contains(endpoint));
        lies.map(|(line, endpoint)| format!("{}:{line}: nothing answers {endpoint}", page.path)).collect()
    });
    documents.hold(|page| endpoints::unknown_paths(page, &known));
    // The console's are its pages' own: WHAT-TAKES-TWO has them.
    let named: BTreeSet<String> =
        endpoints::named(documents.page("docs/API.md")).into_iter().map(|(_, endpoint)| endpoint).collect();
    let of_pages = |known: &str| known.contains(" /api/console/") || known.starts_with("GET /docs/");
    let missing = known.iter().filter(|known| !of_pages(known) && !named.contains(*known));
    none(&missing.map(|endpoint| format!("docs/API.md does not name {endpoint}")).collect::<Vec<_>>());
}

#[test]
fn numbers_that_pages_repeat_are_those_of_the_code() {
    none(&numbers::untrue(&DOCUMENTS.pages, &numbers::sayings()));
}
