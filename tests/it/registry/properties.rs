//! What holds of every sequence of imports.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rastau::app::restrictions::registry::import::Imported;
use rastau::app::restrictions::registry::manage::{release, roll_back};

use super::shop::Shop;
use crate::store::database::Database;

/// Records of three people with three keys.
fn records() -> impl Strategy<Value = BTreeSet<String>> {
    prop::collection::btree_set((0..3, prop::sample::select(vec!["a", "b", "c"])), 0..9)
        .prop_map(|set| set.into_iter().map(|(person, key)| format!("{person} {key}")).collect())
}

fn texts(set: &BTreeSet<String>) -> Vec<&str> {
    set.iter().map(String::as_str).collect()
}

/// What leads from one set to the other; what stays is said again now and then.
fn difference(from: &BTreeSet<String>, to: &BTreeSet<String>) -> Vec<String> {
    let added = to.difference(from).map(|row| format!("+{row}"));
    let again = to.intersection(from).take(1).map(|row| format!("+{row}"));
    added.chain(again).chain(from.difference(to).map(|row| format!("-{row}"))).collect()
}

#[test]
fn a_snapshot_is_the_sum_of_its_changes_and_each_step_can_be_undone() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases: 12, ..Config::default() });
    let sequences = (records(), prop::collection::vec((records(), any::<bool>()), 1..6));
    let outcome = runner.run(&sequences, |(first, rest)| {
        runtime.block_on(async {
            let database = Database::sqlite().await;
            let shop = Shop::new(&database.store);
            shop.snapshot(&texts(&first)).await;
            let mut before = first;
            for (set, undone) in rest {
                let rows = difference(&before, &set);
                if rows.is_empty() {
                    continue;
                }
                let imported = shop.changes(&rows.iter().map(String::as_str).collect::<Vec<_>>()).await;
                let version = match imported {
                    Imported::Counts { version, .. } => version,
                    // Nothing is left: a person says that it is meant.
                    Imported::Waits { .. } => {
                        release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap()
                    }
                    // The same changes again, to the byte: they lead from where we are to where we are.
                    Imported::Unchanged(_) => {
                        prop_assert_eq!(&before, &set);
                        continue;
                    }
                };
                prop_assert_eq!(shop.counting().await, texts(&set));
                prop_assert_eq!(version.counts.rows, set.len() as u64);
                if undone {
                    roll_back(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
                    prop_assert_eq!(shop.counting().await, texts(&before));
                } else {
                    before = set;
                }
            }
            if let Imported::Waits { .. } = shop.snapshot(&texts(&before)).await {
                release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
            }
            prop_assert_eq!(shop.counting().await, texts(&before));
            Ok(())
        })
    });
    outcome.unwrap();
}
