//! Imports point inwards: `http, cli, store, gateways -> app -> domain`, `vision, credentials -> domain`, and nothing points back.
//! Only `startup` names adapters.

use std::path::Path;

use super::sources::{Named, hold, names_of};

/// What a room under `src/` may name.
struct Rule {
    room: &'static str,
    /// Other rooms that it may name.
    may: &'static [&'static str],
    /// Rooms that its tests may name, too.
    tests_may: &'static [&'static str],
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

/// What every test may name: how it says that it cannot look at something.
const LEFT_OUT: &str = "left_out";

#[rustfmt::skip]
const RULES: &[Rule] = &[
    Rule { room: "domain",      may: &[],                                    tests_may: &[],       never: ADAPTER_CRATES_AND_RUNTIME },
    Rule { room: "app",         may: &["domain"],                            tests_may: &[],       never: ADAPTER_CRATES },
    Rule { room: "messages",    may: &["domain"],                            tests_may: &["http"], never: ADAPTER_CRATES_AND_RUNTIME },
    Rule { room: "metrics",     may: &["domain"],                            tests_may: &[],       never: ADAPTER_CRATES_AND_RUNTIME },
    Rule { room: "config",      may: &["domain"],                            tests_may: &[],       never: ADAPTER_CRATES },
    Rule { room: "vision",      may: &["domain"],                            tests_may: &[],       never: &["sqlx"] },
    Rule { room: "store",       may: &["app", "domain"],                     tests_may: &[],       never: &["ort", "opencv"] },
    Rule { room: "gateways",    may: &["app", "domain"],                     tests_may: &[],       never: SQL_AND_MODELS },
    Rule { room: "credentials", may: &["domain"],                            tests_may: &[],       never: SQL_AND_MODELS },
    Rule { room: "http",        may: &["app", "domain", "messages"],         tests_may: &[],       never: SQL_AND_MODELS },
    Rule { room: "workshop",    may: &["domain", "vision"],                  tests_may: &["cli"],  never: ADAPTER_CRATES_AND_RUNTIME },
    // vision: the face commands, the evaluation and the demo's camera work on pictures without a service; workshop: who
    // stands before that camera.
    Rule { room: "cli",         may: &["app", "domain", "messages", "config", "startup", "vision",
                                       "workshop"],                          tests_may: &[],       never: SQL_AND_MODELS },
    Rule { room: "startup",     may: &["app", "domain", "messages", "config", "vision", "store",
                                       "gateways", "credentials", "http",
                                       "metrics"],                           tests_may: &[],       never: &[] },
    Rule { room: "main",        may: &["cli"],                               tests_may: &[],       never: ADAPTER_CRATES },
    // The reader of clips, a program of its own.
    Rule { room: "bin",         may: &[],                                    tests_may: &[],       never: EVERYTHING_BUT_OPENCV },
];

/// What a file of the module `module` (from the crate's root) names against the rules.
fn violations(module: &[&str], names: &[Named]) -> Vec<String> {
    let room = module[0];
    let Some(rule) = RULES.iter().find(|rule| rule.room == room) else {
        return vec![format!("{room} has no rule in this test")];
    };
    let judge = |named: &Named| {
        let target = named.segments.first().map_or("*", String::as_str);
        let may = target == room
            || rule.may.contains(&target)
            || (named.in_test && (rule.tests_may.contains(&target) || ["*", LEFT_OUT].contains(&target)));
        // Tests run on whatever crate they like.
        let allowed = if named.inside { may } else { named.in_test || !rule.never.contains(&target) };
        (!allowed).then(|| {
            let path = named.segments.join("::");
            format!("{}, line {}: {room} may not name {path}", module.join("::"), named.line)
        })
    };
    names.iter().filter_map(judge).collect()
}

#[test]
fn imports_point_inwards() {
    hold(violations);
}

#[test]
fn rules_name_rooms_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for room in RULES.iter().flat_map(|rule| rule.may.iter().chain(rule.tests_may).chain([&rule.room])) {
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
        (&["domain"], "#[cfg(test)] mod tests { use super::*; } use crate::vision;"),
        (&["domain"], "#[cfg(test)] mod tests { use crate::cli; }"),
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
        assert_eq!(violations(module, &names_of(module, source)).len(), 1, "{module:?} {source}");
    }
}

#[test]
fn what_is_allowed_passes() {
    let allowed: &[(&[&str], &str)] = &[
        (&["domain", "audit"], "use super::time::Timestamp; use crate::domain::id::*; use sha2::Digest;"),
        (&["domain", "audit"], "#[cfg(test)] mod tests { use crate::domain::X; fn f() { tokio::spawn(); } }"),
        (&["domain"], "mod inner { use super::id; fn f() { super::g(); self::h(); } }"),
        (&["domain"], "/// See [`crate::store`].\nfn f() { let store = 1; let http = store::<u8>(\"sqlx::query\"); }"),
        (&["store", "audit"], "use crate::domain::audit; use sqlx::query; use super::columns::bytes;"),
        (&["http", "player"], "use crate::messages::Locale; use crate::app::Services; use super::problem;"),
        (&["cli", "serve"], "use crate::startup; use crate::vision::Engine;"),
        (&["startup"], "use crate::store::SqlStore; use crate::http;"),
        (&["main"], "fn main() { rastau::cli::run() }"),
    ];
    for (module, source) in allowed {
        assert_eq!(violations(module, &names_of(module, source)), Vec::<String>::new(), "{module:?} {source}");
    }
}
