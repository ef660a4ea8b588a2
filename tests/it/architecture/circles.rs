//! No file names another that, by whatever way, names it back: what cannot be understood without the other belongs with it.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::crate_sources;

type Graph = BTreeMap<String, BTreeSet<String>>;

/// Groups of nodes each of which reaches every other (Tarjan would do it in one walk; here a reach from every node does).
fn circles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let reach = |from: &String| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(node) = next.pop() {
            for other in graph.get(&node).into_iter().flatten() {
                if seen.insert(other.clone()) {
                    next.push(other.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = graph.keys().map(|node| (node, reach(node))).collect();
    let mut found = BTreeSet::new();
    for (node, from_here) in &reached {
        let circle: BTreeSet<String> = from_here
            .iter()
            .filter(|other| reached.get(other).is_some_and(|back| back.contains(*node)))
            .cloned()
            .collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

/// Which file names which. A module is made of its children, so that it names them is no arrow; that a child names its parent is.
fn files() -> Graph {
    let sources = crate_sources();
    let modules: BTreeSet<&[String]> = sources.iter().map(|source| source.module.as_slice()).collect();
    let mut graph = Graph::new();
    for source in &sources {
        let own = source.module.as_slice();
        let arrows = graph.entry(own.join("::")).or_default();
        for named in source.named.iter().filter(|named| named.inside && !named.in_test) {
            let longest = (1..=named.segments.len()).rev().map(|end| &named.segments[..end]);
            let Some(target) = longest.into_iter().find(|path| modules.contains(path)) else { continue };
            if target != own && !target.starts_with(own) {
                arrows.insert(target.join("::"));
            }
        }
    }
    graph
}

#[test]
fn no_files_name_each_other() {
    let found = circles(&files());
    let lines: Vec<String> =
        found.iter().map(|circle| circle.iter().cloned().collect::<Vec<_>>().join(" <-> ")).collect();
    assert!(found.is_empty(), "\n{}\n", lines.join("\n"));
}

#[test]
fn circles_are_found() {
    let graph = |arrows: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in arrows {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            graph.entry((*to).to_owned()).or_default();
        }
        graph
    };
    assert!(circles(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    assert_eq!(circles(&graph(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")])).len(), 1);
    assert_eq!(circles(&graph(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")])).len(), 2);
}
