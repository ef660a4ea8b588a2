//! Capabilities: the same folder names in `domain`, `app` and `store`, and which of them may name which.

use std::collections::BTreeSet;

use super::sources::{Named, crate_sources, hold, names_of};

/// A capability within a layer, and the others of that layer that it may name.
struct Capability {
    layer: &'static str,
    name: &'static str,
    may: &'static [&'static str],
}

const fn row(layer: &'static str, name: &'static str, may: &'static [&'static str]) -> Capability {
    Capability { layer, name, may }
}

/// From the bottom up: whoever reads a row has read all that it may name.
#[rustfmt::skip]
const CAPABILITIES: &[Capability] = &[
    row("domain", "kernel",        &[]),
    row("domain", "reason",        &[]),
    row("domain", "identity",      &["kernel"]),
    row("domain", "second_factor", &["identity", "kernel"]),
    row("domain", "operators",     &["identity", "kernel"]),
    row("domain", "webhooks",      &["kernel", "operators"]),
    row("domain", "oauth",         &["identity", "kernel", "operators", "second_factor"]),
    row("domain", "restrictions",  &["identity", "kernel", "reason", "second_factor"]),
    row("domain", "jobs",          &["kernel"]),
    row("domain", "decision",      &["kernel", "reason", "restrictions"]),
    row("domain", "face",          &["decision", "kernel", "reason"]),
    row("domain", "verification",  &["decision", "face", "kernel", "oauth", "operators", "reason", "restrictions", "second_factor"]),
    row("domain", "audit",         &["kernel", "operators"]),
    row("domain", "review",        &["decision", "face", "kernel", "operators", "reason"]),
    row("domain", "staff",         &["kernel"]),
    row("domain", "dual_control",  &["kernel", "operators", "review", "staff"]),
    row("domain", "notices",       &["identity", "kernel", "second_factor"]),
    row("domain", "scenario",      &["decision", "face", "identity", "kernel", "oauth", "reason", "restrictions"]),
    row("domain", "ports",         &["audit", "dual_control", "face", "identity", "jobs", "kernel", "notices", "oauth", "operators",
                                     "restrictions", "review", "second_factor", "staff", "verification", "webhooks"]),

    row("app", "support",          &[]),
    row("app", "scenario",         &[]),
    row("app", "staff",            &[]),
    row("app", "audit",            &[]),
    row("app", "webhooks",         &[]),
    row("app", "notices",          &["scenario"]),
    row("app", "restrictions",     &["scenario", "support"]),
    row("app", "oauth",            &["restrictions", "scenario", "support", "webhooks"]),
    row("app", "operators",        &["oauth", "restrictions", "webhooks"]),
    row("app", "face",             &["scenario"]),
    row("app", "identity",         &["face", "support"]),
    row("app", "verification",     &["face", "notices", "oauth", "restrictions", "scenario", "support", "webhooks"]),
    row("app", "review",           &["face", "restrictions", "staff", "verification", "webhooks"]),
    row("app", "dual_control",     &["notices", "operators", "restrictions", "review", "staff", "verification", "webhooks"]),
    row("app", "sandbox",          &["face"]),
    row("app", "jobs",             &["face", "notices", "oauth", "operators", "restrictions", "review", "verification", "webhooks"]),

    row("store", "engine",         &[]),
    row("store", "jobs",           &["engine"]),
    row("store", "audit",          &["engine"]),
    row("store", "identity",       &["engine"]),
    row("store", "second_factor",  &["engine"]),
    row("store", "staff",          &["engine"]),
    row("store", "dual_control",   &["engine"]),
    row("store", "face",           &["engine"]),
    row("store", "notices",        &["engine", "identity"]),
    row("store", "operators",      &["engine", "identity"]),
    row("store", "webhooks",       &["engine", "operators"]),
    row("store", "restrictions",   &["engine", "identity"]),
    row("store", "oauth",          &["engine", "identity", "operators", "restrictions"]),
    row("store", "verification",   &["engine", "operators"]),
    row("store", "review",         &["engine", "operators"]),
];

const LAYERS: [&str; 3] = ["domain", "app", "store"];

/// Rooms of `app` and `store` that are no capability: mechanics, and what stands above all of them.
const NO_CAPABILITIES: [(&str, &str); 3] = [("app", "support"), ("app", "sandbox"), ("store", "engine")];

fn find(layer: &str, name: &str) -> Option<&'static Capability> {
    CAPABILITIES.iter().find(|capability| capability.layer == layer && capability.name == name)
}

/// What a file of `module` names of other capabilities that its own may not. Names at a layer's root belong to no capability; nobody
/// but the root itself may be above them.
fn violations(module: &[&str], names: &[Named]) -> Vec<String> {
    let [layer, capability, ..] = module else { return Vec::new() };
    if !LAYERS.contains(layer) {
        return Vec::new();
    }
    let Some(own) = find(layer, capability) else {
        return vec![format!("{layer}::{capability} has no row in this test")];
    };
    names
        .iter()
        .filter(|named| named.inside && !named.in_test && named.segments.first().is_some_and(|first| first == layer))
        .filter_map(|named| {
            let target = named.segments.get(1)?.as_str();
            let allowed = target == *capability || own.may.contains(&target) || find(layer, target).is_none();
            (!allowed).then(|| {
                let (place, path) = (module.join("::"), named.segments.join("::"));
                format!("{place}, line {}: {layer}::{capability} may not name {path}", named.line)
            })
        })
        .collect()
}

#[test]
fn capabilities_name_those_below_them_alone() {
    hold(violations);
}

#[test]
fn the_table_is_in_order_and_says_no_more_than_is_so() {
    for (place, capability) in CAPABILITIES.iter().enumerate() {
        for below in capability.may {
            let earlier =
                CAPABILITIES[..place].iter().any(|other| other.layer == capability.layer && other.name == *below);
            assert!(earlier, "{}::{} names {below}, which stands above it", capability.layer, capability.name);
        }
    }
    let used: BTreeSet<(String, String, String)> = crate_sources()
        .into_iter()
        .filter(|source| source.module.len() > 1)
        .flat_map(|source| {
            let (layer, own) = (source.module[0].clone(), source.module[1].clone());
            source
                .named
                .into_iter()
                .filter(|named| named.inside && !named.in_test && named.segments.len() > 1)
                .filter(move |named| named.segments[0] == layer)
                .map(move |named| (named.segments[0].clone(), own.clone(), named.segments[1].clone()))
        })
        .collect();
    for capability in CAPABILITIES {
        for below in capability.may {
            let row = (capability.layer.to_owned(), capability.name.to_owned(), (*below).to_owned());
            assert!(used.contains(&row), "{}::{} does not name {below}", capability.layer, capability.name);
        }
    }
}

#[test]
fn layers_share_their_capabilities() {
    let domain: BTreeSet<&str> = CAPABILITIES.iter().filter(|one| one.layer == "domain").map(|one| one.name).collect();
    for capability in CAPABILITIES.iter().filter(|one| one.layer != "domain") {
        let place = (capability.layer, capability.name);
        assert!(domain.contains(capability.name) || NO_CAPABILITIES.contains(&place), "{place:?}");
    }
    let modules: BTreeSet<(String, String)> = crate_sources()
        .into_iter()
        .filter(|source| source.module.len() > 1)
        .map(|source| (source.module[0].clone(), source.module[1].clone()))
        .collect();
    for capability in CAPABILITIES {
        let place = (capability.layer.to_owned(), capability.name.to_owned());
        assert!(modules.contains(&place), "{place:?} is not there");
    }
}

#[test]
fn a_name_of_what_stands_above_is_caught() {
    let caught: &[(&[&str], &str)] = &[
        (&["domain", "kernel", "id"], "use crate::domain::oauth::grant::Grant;"),
        (&["domain", "oauth", "grant"], "use super::super::face::search::FaceHit;"),
        (&["app", "oauth", "renew"], "fn f(x: crate::app::verification::view::View) {}"),
        (&["store", "oauth", "grants"], "use crate::store::{engine::Engine, review::cases};"),
        (&["app", "attic", "x"], "fn f() {}"),
    ];
    for (module, source) in caught {
        assert_eq!(violations(module, &names_of(module, source)).len(), 1, "{module:?} {source}");
    }
    let allowed: &[(&[&str], &str)] = &[
        (&["domain", "oauth", "grant"], "use super::scope::Scope; use crate::domain::kernel::id::GrantId;"),
        (&["app", "oauth", "renew"], "use crate::app::Services; use crate::domain::face::capture::Face;"),
    ];
    for (module, source) in allowed {
        assert_eq!(violations(module, &names_of(module, source)), Vec::<String>::new(), "{module:?} {source}");
    }
}
