//! Imports point inwards: `http, cli, vision, store, gateways, credentials -> app -> domain`, and nothing points back.
//! Only `startup` names adapters. `#[cfg(test)]` modules are exempt.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// What a room under `src/` may name.
struct Rule {
    room: &'static str,
    /// Other rooms that it may name.
    may: &'static [&'static str],
    /// Crates that it may not name.
    never: &'static [&'static str],
}

const ADAPTER_CRATES: &[&str] =
    &["actix_web", "actix_ws", "sqlx", "ort", "opencv", "webauthn_rs", "jsonwebtoken", "reqwest"];
const ADAPTER_CRATES_AND_RUNTIME: &[&str] =
    &["actix_web", "actix_ws", "sqlx", "ort", "opencv", "webauthn_rs", "jsonwebtoken", "reqwest", "tokio"];
const EVERYTHING_BUT_OPENCV: &[&str] =
    &["actix_web", "actix_ws", "sqlx", "ort", "webauthn_rs", "jsonwebtoken", "reqwest", "tokio"];
const SQL_AND_MODELS: &[&str] = &["sqlx", "ort", "opencv"];

#[rustfmt::skip]
const RULES: &[Rule] = &[
    Rule { room: "domain",      may: &[],                                                            never: ADAPTER_CRATES_AND_RUNTIME },
    Rule { room: "app",         may: &["domain"],                                                    never: ADAPTER_CRATES },
    Rule { room: "messages",    may: &["domain"],                                                    never: ADAPTER_CRATES_AND_RUNTIME },
    Rule { room: "metrics",     may: &["domain"],                                                    never: ADAPTER_CRATES_AND_RUNTIME },
    Rule { room: "config",      may: &["domain"],                                                    never: ADAPTER_CRATES },
    Rule { room: "vision",      may: &["app", "domain"],                                             never: &["sqlx"] },
    Rule { room: "store",       may: &["app", "domain"],                                             never: &["ort", "opencv"] },
    Rule { room: "gateways",    may: &["app", "domain"],                                             never: SQL_AND_MODELS },
    Rule { room: "credentials", may: &["app", "domain"],                                             never: SQL_AND_MODELS },
    Rule { room: "http",        may: &["app", "domain", "messages"],                                 never: SQL_AND_MODELS },
    Rule { room: "workshop",    may: &["domain", "vision"],                                          never: ADAPTER_CRATES_AND_RUNTIME },
    // vision: the face commands, the evaluation and the demo's camera work on pictures without a service; workshop: who
    // stands before that camera.
    Rule { room: "cli",         may: &["app", "domain", "messages", "config", "startup", "vision",
                                       "workshop"],                                                  never: SQL_AND_MODELS },
    Rule { room: "startup",     may: &["app", "domain", "messages", "config", "vision", "store",
                                       "gateways", "credentials", "http", "metrics"],                           never: &[] },
    Rule { room: "main",        may: &["cli"],                                                       never: ADAPTER_CRATES },
    // The reader of clips, a program of its own.
    Rule { room: "bin",         may: &[],                                                            never: EVERYTHING_BUT_OPENCV },
];

/// A path that a source names: resolved from the crate's root when `inside`, else it begins with a crate's name.
struct Named {
    line: usize,
    inside: bool,
    segments: Vec<String>,
}

/// Collects every path of a file that does not stand in a test module.
struct Collector {
    /// The module that is being read, from the crate's root.
    module: Vec<String>,
    named: Vec<Named>,
    /// Test modules in files of their own.
    test_modules: Vec<Vec<String>>,
}

impl Collector {
    fn read(module: &[&str], source: &str) -> Self {
        let mut collector = Self {
            module: module.iter().map(ToString::to_string).collect(),
            named: Vec::new(),
            test_modules: Vec::new(),
        };
        collector.visit_file(&syn::parse_file(source).expect("sources parse"));
        collector
    }

    fn name(&mut self, line: usize, segments: &[String]) {
        let Some(first) = segments.first() else { return };
        let ups = segments.iter().take_while(|segment| *segment == "super").count();
        let (inside, segments) = match first.as_str() {
            // `rastau` is what the thin binary calls the library.
            "crate" | "rastau" => (true, segments[1..].to_vec()),
            "self" | "super" => {
                let kept = self.module.len().saturating_sub(ups);
                let rest = segments.iter().skip(ups.max(1)).cloned();
                (true, self.module[..kept].iter().cloned().chain(rest).collect())
            }
            _ => (false, segments.to_vec()),
        };
        self.named.push(Named { line, inside, segments });
    }

    fn name_tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| [prefix, &[ident.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.name_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.name(name.span().start().line, &with(&name.ident)),
            syn::UseTree::Rename(rename) => self.name(rename.span().start().line, &with(&rename.ident)),
            syn::UseTree::Glob(glob) => {
                self.name(glob.span().start().line, &[prefix, &["*".to_owned()]].concat());
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.name_tree(prefix, tree)),
        }
    }

    /// Macros are not parsed, so their tokens are read for `a::b::c`.
    fn name_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) if colons == 2 && !path.is_empty() => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                other => {
                    if colons == 2 && !path.is_empty() {
                        path.push("*".to_owned());
                    }
                    if path.len() > 1 {
                        self.name(line, &path);
                    }
                    path.clear();
                    colons = 0;
                    line = other.span().start().line;
                    if let TokenTree::Ident(ident) = other {
                        path.push(ident.to_string());
                    }
                }
            }
            if let TokenTree::Group(group) = token {
                self.name_tokens(group.stream());
            }
        }
        if path.len() > 1 {
            self.name(line, &path);
        }
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let path = [self.module.as_slice(), &[module.ident.to_string()]].concat();
        if module.attrs.iter().any(is_test) {
            if module.content.is_none() {
                self.test_modules.push(path);
            }
            return;
        }
        let outer = std::mem::replace(&mut self.module, path);
        visit::visit_item_mod(self, module);
        self.module = outer;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !item.attrs.iter().any(is_test) {
            self.name_tree(&[], &item.tree);
        }
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.name(item.span().start().line, &[item.ident.to_string(), "*".to_owned()]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
            self.name(path.span().start().line, &segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        visit::visit_macro(self, call);
        self.name_tokens(call.tokens.clone());
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        visit::visit_meta_list(self, list);
        self.name_tokens(list.tokens.clone());
    }
}

fn is_test(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
}

/// What a file of the module `module` (from the crate's root) names against the rules.
fn violations(module: &[&str], source: &str) -> Vec<String> {
    let room = module[0];
    let Some(rule) = RULES.iter().find(|rule| rule.room == room) else {
        return vec![format!("{room} has no rule in this test")];
    };
    let judge = |named: &Named| {
        let target = named.segments.first().map_or("*", String::as_str);
        let allowed =
            if named.inside { target == room || rule.may.contains(&target) } else { !rule.never.contains(&target) };
        (!allowed).then(|| {
            let path = named.segments.join("::");
            format!("{}, line {}: {room} may not name {path}", module.join("::"), named.line)
        })
    };
    Collector::read(module, source).named.iter().filter_map(judge).collect()
}

/// All Rust files under `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// `store/sqlite.rs` is the module `store::sqlite`, `store/mod.rs` is `store`.
fn module_of(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.len() > 1 && parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

#[test]
fn imports_point_inwards() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files: Vec<(Vec<String>, String)> = sources(&root)
        .iter()
        .map(|path| {
            let module = module_of(path.strip_prefix(&root).unwrap());
            (module, fs::read_to_string(path).unwrap())
        })
        // The library's root only lists the rooms.
        .filter(|(module, _)| module != &["lib"])
        .collect();
    let tests: BTreeSet<Vec<String>> = files
        .iter()
        .flat_map(|(module, source)| {
            let module: Vec<&str> = module.iter().map(String::as_str).collect();
            Collector::read(&module, source).test_modules
        })
        .collect();
    let mut found = Vec::new();
    for (module, source) in &files {
        if tests.iter().any(|test| module.starts_with(test)) {
            continue;
        }
        let module: Vec<&str> = module.iter().map(String::as_str).collect();
        found.extend(violations(&module, source));
    }
    assert!(files.len() > 30, "the walk found only {} files", files.len());
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn rules_name_rooms_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for room in RULES.iter().flat_map(|rule| rule.may.iter().chain([&rule.room])) {
        let there = root.join(room).is_dir() || root.join(format!("{room}.rs")).is_file();
        assert!(there, "{room}");
    }
}

#[test]
fn every_way_to_name_what_is_forbidden_is_caught() {
    let caught: &[(&[&str], &str)] = &[
        (&["domain", "audit"], "use crate::app::Services;"),
        (&["domain", "audit"], "use crate::{domain::id, store};"),
        (&["domain", "audit"], "use crate::store as domain;"),
        (&["domain", "audit"], "use super::super::http::problem;"),
        (&["domain"], "use super::http;"),
        (&["domain"], "use crate::*;"),
        (&["domain"], "use sqlx::query;"),
        (&["domain"], "use ::tokio::time;"),
        (&["domain"], "extern crate ort;"),
        (&["domain"], "fn f() { tokio::spawn(async {}); }"),
        (&["domain"], "fn f(x: Option<reqwest::Client>) {}"),
        (&["domain"], "impl actix_web::ResponseError for X {}"),
        (&["domain"], "#[derive(Clone, sqlx::FromRow)] struct X;"),
        (&["domain"], "#[tokio::main] async fn f() {}"),
        (&["domain"], "fn f() { println!(\"{}\", crate::config::NAME); }"),
        (&["domain"], "macro_rules! m { () => { $crate::store::SqlStore::new() }; }"),
        (&["domain"], "m! { use crate::{store, http}; }"),
        (&["domain"], "mod inner { use super::super::cli; }"),
        (&["domain"], "#[cfg(feature = \"x\")] mod inner { use crate::cli; }"),
        (&["domain"], "#[cfg(test)] mod tests { use crate::cli; } use crate::vision;"),
        (&["app", "issue_token"], "use crate::messages::Locale;"),
        (&["app", "issue_token"], "use jsonwebtoken::encode;"),
        (&["store", "audit"], "use crate::gateways::Register;"),
        (&["http", "player"], "fn f() -> crate::store::SqlStore { todo!() }"),
        (&["http", "player"], "use crate::config::Config;"),
        (&["cli", "serve"], "use crate::store::SqlStore;"),
        (&["messages"], "use crate::http::problem::ProblemCode;"),
        (&["main"], "use rastau::store::SqlStore;"),
        (&["attic"], "fn f() {}"),
    ];
    for (module, source) in caught {
        assert_eq!(violations(module, source).len(), 1, "{module:?} {source}");
    }
}

#[test]
fn what_is_allowed_passes() {
    let allowed: &[(&[&str], &str)] = &[
        (&["domain", "audit"], "use super::time::Timestamp; use crate::domain::id::*; use sha2::Digest;"),
        (&["domain", "audit"], "#[cfg(test)] mod tests { use crate::store::X; fn f() { tokio::spawn(); } }"),
        (&["domain"], "mod inner { use super::id; fn f() { super::g(); self::h(); } }"),
        (&["domain"], "/// See [`crate::store`].\nfn f() { let store = 1; let http = store::<u8>(\"sqlx::query\"); }"),
        (&["store", "audit"], "use crate::domain::audit; use sqlx::query; use super::columns::bytes;"),
        (&["http", "player"], "use crate::messages::Locale; use crate::app::Services; use super::problem;"),
        (&["cli", "serve"], "use crate::startup; use crate::vision::Engine;"),
        (&["startup"], "use crate::store::SqlStore; use crate::http;"),
        (&["main"], "fn main() { rastau::cli::run() }"),
    ];
    for (module, source) in allowed {
        assert_eq!(violations(module, source), Vec::<String>::new(), "{module:?} {source}");
    }
}
