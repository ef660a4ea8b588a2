//! Files from offices, taken in whole: who is restricted by them, and who must look first.

use rastau::app::restrictions::registry::import::{ImportRegistryError, Imported};
use rastau::app::restrictions::registry::manage::release;
use rastau::app::support::table::{FileKind, TableError};
use rastau::domain::identity::person::Iin;
use rastau::domain::restrictions::{Suspicion, VersionKind};

use super::shop::{CHANGES, HEADER, Shop};
use crate::store::database::Database;
use crate::store::on_both_engines;

const ADULT: &str = "900101370008";
const YOUNG: &str = "050315570005";
const YOUNGER: &str = "050315570015";

fn snapshot(numbers: &[&str]) -> String {
    let rows = numbers.iter().enumerate().map(|(key, number)| format!("{number},debtor,Заң,2026-01-01,,{key}\n"));
    format!("{HEADER}{}", rows.collect::<String>())
}

async fn is_restricted(shop: &Shop<'_>, iin: &str) -> bool {
    !shop.store.registry_answer(&Iin::parse(iin).unwrap()).await.unwrap().0.is_empty()
}

on_both_engines! {
    async fn people_whose_zeros_were_lost_are_restricted_once_somebody_has_looked(database: &Database) {
        let shop = Shop::new(&database.store);
        let text = snapshot(&[ADULT, "50315570005", "50315570015"]);
        let (waits, heard) = shop.take(VersionKind::Snapshot, text.as_bytes()).await;
        let Imported::Waits { version, why } = waits.unwrap() else { panic!("two were put back") };
        assert_eq!((why, heard), (vec![Suspicion::ZerosRestored { rows: 2 }], vec![]));
        let report: serde_json::Value = serde_json::from_str(&version.report).unwrap();
        assert_eq!(report["restored"], serde_json::json!({ "rows": 2, "lines": [3, 4] }));
        assert!(!version.report.contains("5031557"), "no digit of theirs");
        assert!(!is_restricted(&shop, YOUNG).await);
        release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        for iin in [ADULT, YOUNG, YOUNGER] {
            assert!(is_restricted(&shop, iin).await, "{iin}");
        }
        let (again, _) = shop.take(VersionKind::Snapshot, text.as_bytes()).await;
        assert!(matches!(again, Ok(Imported::Unchanged(_))), "{again:?}");
    }

    async fn nobody_is_restricted_by_zeros_that_the_file_speaks_against(database: &Database) {
        let shop = Shop::new(&database.store);
        // The one that has kept its zero stands behind the one that lacks a digit.
        let text = snapshot(&[ADULT, "50315570005", "90241000008", YOUNGER]);
        let (waits, mut heard) = shop.take(VersionKind::Snapshot, text.as_bytes()).await;
        let Imported::Waits { why, .. } = waits.unwrap() else { panic!("two rows are refused") };
        assert_eq!(why, [Suspicion::BadRows { refused: 2, of: 4 }]);
        heard.sort_unstable();
        assert_eq!(heard, [(3, "iin_zeros_lost"), (4, "iin_zeros_lost")]);
        release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        assert!(is_restricted(&shop, YOUNGER).await && !is_restricted(&shop, YOUNG).await);
    }

    async fn companies_hold_up_no_file_and_restrict_nobody(database: &Database) {
        let shop = Shop::new(&database.store);
        let (counts, heard) =
            shop.take(VersionKind::Snapshot, snapshot(&[ADULT, "990140000007", "090241000008"]).as_bytes()).await;
        let Imported::Counts { version, people } = counts.unwrap() else { panic!("nothing is wrong with it") };
        assert_eq!((version.counts.rows, people, heard), (1, 1, vec![]));
        let report: serde_json::Value = serde_json::from_str(&version.report).unwrap();
        assert_eq!(report["companies"], serde_json::json!({ "rows": 2, "lines": [3, 4] }));
        assert!(is_restricted(&shop, ADULT).await);
    }

    async fn changes_name_people_whose_zeros_were_lost_too(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.take(VersionKind::Snapshot, snapshot(&[ADULT, YOUNG]).as_bytes()).await.0.unwrap();
        let text = format!("{CHANGES}remove,50315570005,,,,,1\nremove,990140000007,,,,,9\n");
        let (waits, heard) = shop.take(VersionKind::Delta, text.as_bytes()).await;
        let Imported::Waits { why, .. } = waits.unwrap() else { panic!("one was put back") };
        assert!(why.contains(&Suspicion::ZerosRestored { rows: 1 }) && heard.is_empty(), "{why:?} {heard:?}");
        assert!(is_restricted(&shop, YOUNG).await, "nobody is let in by a number that was mended unseen");
        release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        assert!(!is_restricted(&shop, YOUNG).await);
    }

    async fn what_is_no_table_changes_nothing(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.take(VersionKind::Snapshot, snapshot(&[ADULT]).as_bytes()).await.0.unwrap();
        let (refused, _) = shop.take(VersionKind::Snapshot, b"PK\x03\x04 and so on").await;
        assert_eq!(refused, Err(ImportRegistryError::Table(TableError::Kind(FileKind::Workbook))));
        let (empty, _) = shop.take(VersionKind::Snapshot, snapshot(&["990140000007"]).as_bytes()).await;
        assert!(matches!(empty, Ok(Imported::Waits { .. })), "companies alone would free everybody: {empty:?}");
        assert!(is_restricted(&shop, ADULT).await);
    }
}
