//! The promise to operators and players, as a rule about names: nothing that an operator reads can say what was seen of a
//! face, what staff think, or on what ground somebody may not play, since it does not know these words.

use super::sources::{Named, hold, names_of};

/// What operators read is made here.
const OPERATORS_READ: &[&[&str]] = &[
    &["domain", "oauth"],
    &["domain", "operators"],
    &["domain", "webhooks"],
    &["app", "oauth"],
    &["app", "operators"],
    &["app", "webhooks"],
    &["store", "oauth"],
    &["store", "operators"],
    &["store", "webhooks"],
    &["http", "operator"],
];

/// Of no layer may these be named there.
const CAPABILITIES: &[&str] = &["face", "review", "dual_control", "reason"];

/// Types that tell a ground, wherever they are named from.
const TYPES: &[&str] =
    &["Ground", "Reason", "ReasonCode", "Outcome", "FaceScores", "FaceHit", "Case", "Contest", "Risk"];

fn violations(module: &[&str], names: &[Named]) -> Vec<String> {
    if !OPERATORS_READ.iter().any(|read| module.starts_with(read)) {
        return Vec::new();
    }
    names
        .iter()
        .filter(|named| named.inside && !named.in_test)
        .filter(|named| {
            let capability = named.segments.get(1).is_some_and(|second| CAPABILITIES.contains(&second.as_str()));
            capability || named.segments.iter().any(|segment| TYPES.contains(&segment.as_str()))
        })
        .map(|named| format!("{}, line {}: {}", module.join("::"), named.line, named.segments.join("::")))
        .collect()
}

#[test]
fn nothing_that_an_operator_reads_names_a_face_a_case_or_a_ground() {
    hold(violations);
}

#[test]
fn a_ground_is_caught_however_it_is_named() {
    let module = &["http", "operator", "token"];
    for source in [
        "use crate::domain::restrictions::Ground;",
        "use crate::domain::reason::ReasonCode;",
        "use crate::app::review::cases;",
        "fn f(x: crate::domain::face::scores::FaceScores) {}",
        "fn f() { crate::domain::decision::Outcome::new(); }",
    ] {
        assert_eq!(violations(module, &names_of(module, source)).len(), 1, "{source}");
    }
    let source = "use crate::app::oauth::exchange::CodeGrant; use crate::domain::decision::Verdict;";
    assert_eq!(violations(module, &names_of(module, source)), Vec::<String>::new());
}
