//! Names: a type's name is its own within a layer, and a limit says which way it limits.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::crate_sources;

/// Modules of a command line are read one at a time: each command has its `Args`. Answers of the HTTP interface are named within their
/// page, and their names stand in its description. The others may only become fewer.
const SHARED: [(&str, &[&str]); 2] = [
    ("cli", &["Args", "Cast", "Index", "Line", "Report", "Row", "Screen", "Stage", "Tally"]),
    ("http", &["Code", "Confirming", "EventView", "Link", "Malformed", "Me", "Page", "View", "Which"]),
];

/// Beginnings that another word says in the field: `MAX_`, `MIN_`, `_INTERVAL`.
const PRIVATE: [&str; 7] = ["MOST_", "LONGEST_", "LARGEST_", "FEWEST_", "LEAST_", "SHORTEST_", "FARTHEST_"];

/// The public types that a file declares at its top.
fn types(text: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap();
    let shown = |vis: &syn::Visibility, ident: &syn::Ident| {
        (!matches!(vis, syn::Visibility::Inherited)).then(|| ident.to_string())
    };
    let named = file.items.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => shown(&item.vis, &item.ident),
        syn::Item::Enum(item) => shown(&item.vis, &item.ident),
        syn::Item::Trait(item) => shown(&item.vis, &item.ident),
        syn::Item::Type(item) => shown(&item.vis, &item.ident),
        _ => None,
    });
    named.collect()
}

#[test]
fn no_type_has_the_name_of_another_in_its_layer() {
    let mut places: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for source in crate_sources().into_iter().filter(|source| !source.path.contains("test")) {
        for name in types(&source.text) {
            places.entry((source.module[0].clone(), name)).or_default().push(source.path.clone());
        }
    }
    let twice: BTreeSet<(String, String)> =
        places.iter().filter(|(_, places)| places.len() > 1).map(|(name, _)| name.clone()).collect();
    let known: BTreeSet<(String, String)> = SHARED
        .iter()
        .flat_map(|(layer, names)| names.iter().map(|name| ((*layer).to_owned(), (*name).to_owned())))
        .collect();
    let new: Vec<_> = twice.difference(&known).map(|name| (name, &places[name])).collect();
    assert!(new.is_empty(), "{new:#?}");
    let gone: Vec<_> = known.difference(&twice).collect();
    assert!(gone.is_empty(), "no longer shared, so strike them from the list: {gone:?}");
}

#[test]
fn limits_say_which_way_they_limit() {
    let found: Vec<String> = crate_sources()
        .into_iter()
        .flat_map(|source| {
            let consts = source.text.lines().filter_map(|line| line.trim_start().split("const ").nth(1));
            let names = consts.filter(|rest| PRIVATE.iter().any(|word| rest.starts_with(word)));
            names.map(|rest| format!("{}: {rest}", source.path)).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn types_are_found_where_they_are_declared() {
    let text = "pub struct A; enum B {} pub(crate) enum C {} pub trait D {} mod m { pub struct E; } pub type F = A;";
    assert_eq!(types(text), ["A", "C", "D", "F"]);
}
