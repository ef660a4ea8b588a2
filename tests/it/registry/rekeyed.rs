//! The registry's keys are changed while people are asked about.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rastau::app::restrictions::registry::import::{DEAD_AFTER, ImportRegistryError};
use rastau::app::restrictions::registry::manage::{ManageError, roll_back};
use rastau::app::restrictions::registry::rekey::{RekeyError, Rekeyed, rekey};
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::clock::Clock;
use rastau::domain::kernel::id::SelfRestrictionId;
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::kernel::testing::FakeClock;
use rastau::domain::ports::Store as _;
use rastau::domain::restrictions::self_restriction::SelfRestriction;
use rastau::domain::restrictions::{Tolerance, VersionKind, VersionState};
use rastau::domain::second_factor::FactorKind;
use rastau::store::{ColumnKeys, SqlStore};

use super::shop::{Shop, changes};
use crate::store::database::{Database, IINS, at, iin, keys, patient};
use crate::store::grants::kept;
use crate::store::on_both_engines;

/// The same database where the key file has these further keys.
async fn with_further(database: &Database, further: &[u8]) -> SqlStore {
    let registry = further.iter().map(|byte| SecretBytes::new(vec![*byte; 32])).collect();
    let keys = ColumnKeys { registry, ..keys(&[1]) };
    SqlStore::connect(&database.url, keys, database.randomness.clone(), patient()).await.unwrap()
}

async fn rekeyed(store: &SqlStore, clock: &FakeClock) -> Result<Rekeyed, RekeyError> {
    rekey(store, clock, |_, done, of| assert!(done <= of)).await
}

on_both_engines! {
    async fn whoever_was_found_is_found_before_meanwhile_and_after(database: &Database) {
        let grant = kept(database).await;
        let old = Shop::new(&database.store);
        old.snapshot(&["0 a", "1 a", "1 b"]).await;
        old.changes(&["+2 c", "-1 b"]).await;
        let said = old.counting().await;

        let new = with_further(database, &[7]).await;
        let shop = Shop { store: &new, clock: FakeClock::new(old.clock.now()), import: old.import.clone() };
        assert_eq!(shop.counting().await, said, "known, and not used yet");
        let own = SelfRestriction {
            id: SelfRestrictionId::new(at(1), database.randomness.as_ref()),
            player: grant.player,
            verification: grant.verification,
            factor: FactorKind::Totp,
            starts_at: at(1_000),
            ends_at: at(2_000),
            revocable_until: None,
            taken_back_at: None,
            declared_over: None,
        };
        let mut unit = database.begin().await;
        unit.insert_self_restriction(&own).await.unwrap();
        unit.commit().await.unwrap();

        let done = rekeyed(&new, &shop.clock).await.unwrap();
        let sources = vec![("debtors".to_owned(), 3)];
        assert_eq!(done, Rekeyed { generation: 1, sources, grants: 1, self_restrictions: 1 });
        let mut after = shop.counting().await;
        assert!(after.iter().any(|row| row.ends_with(&own.id.to_string())), "{after:?}");
        after.retain(|row| !row.ends_with(&own.id.to_string()));
        assert_eq!(after, said);
        let restricted = new.read().await.unwrap().restricted_grants(at(20), at(20), None).await.unwrap();
        assert_eq!(restricted.len(), 1, "the grant is found by what is said of its person");
        assert_eq!(rekeyed(&new, &shop.clock).await.unwrap(), Rekeyed { generation: 1, ..Rekeyed::default() });

        // What lay under the older key is gone, and its source goes on as before.
        let none = roll_back(&new, &shop.clock, "debtors", serde_json::json!({})).await;
        assert_eq!(none, Err(ManageError::NoPrevious("debtors".to_owned())));
        let person = database.store.person_key(&iin(1), 0).unwrap();
        let versions = shop.versions().await;
        let current = versions.iter().find(|version| version.state == VersionState::Current).unwrap();
        let rows = new.read().await.unwrap().counting_rows(current, person, person).await.unwrap();
        assert!(rows.is_empty());
        shop.changes(&["-2 c", "+1 d"]).await;
        let mut next = shop.counting().await;
        next.retain(|row| !row.ends_with(&own.id.to_string()));
        assert_eq!(next, ["0 a", "1 a", "1 d"]);
        assert!(shop.audit().await.contains(&"registry_rekeyed".to_owned()));
    }

    async fn who_does_not_have_the_key_lets_nobody_in(database: &Database) {
        let old = Shop::new(&database.store);
        old.snapshot(&["0 a"]).await;
        let new = with_further(database, &[7]).await;
        new.check().await.unwrap();
        rekeyed(&new, &old.clock).await.unwrap();
        // The key is missing, another stands in its place, or the first one is another: nobody would be found by it.
        let other_first = ColumnKeys { lookup: SecretBytes::new(vec![9; 32]), ..keys(&[1]) };
        let other_first =
            SqlStore::connect(&database.url, other_first, database.randomness.clone(), patient()).await.unwrap();
        for store in [database.connect_again().await, with_further(database, &[8]).await, other_first.clone()] {
            assert!(matches!(store.check().await, Err(StoreError::Corrupt(_))));
        }
        assert!(matches!(other_first.migrate().await, Err(StoreError::Corrupt(_))));
        for number in [0, 1] {
            let answer = database.store.registry_answer(&iin(number)).await;
            assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{answer:?}");
        }
        assert_eq!(rekeyed(&database.store, &old.clock).await, Err(RekeyError::NoKey));
        // Two further keys at once: what is two keys behind would not be found.
        let two = with_further(database, &[7, 6, 5]).await;
        assert_eq!(rekeyed(&two, &old.clock).await, Err(RekeyError::TooFarBehind("debtors".to_owned())));
        assert!(matches!(two.registry_answer(&iin(0)).await, Err(StoreError::Corrupt(_))));
        let next = with_further(database, &[7, 6]).await;
        assert_eq!(rekeyed(&next, &old.clock).await.unwrap().generation, 2);
        assert_eq!(next.registry_answer(&iin(0)).await.unwrap().0.len(), 1);
    }

    async fn what_waits_or_is_under_way_is_not_moved(database: &Database) {
        let mut shop = Shop::new(&database.store);
        shop.snapshot(&["0 a", "1 a"]).await;
        shop.import.tolerance = Tolerance::default();
        shop.snapshot(&[]).await;
        let new = with_further(database, &[7]).await;
        assert_eq!(rekeyed(&new, &shop.clock).await, Err(RekeyError::Waits("debtors".to_owned(), 2)));
        shop.snapshot(&["0 a", "1 b"]).await;
        // Cut off while its rows came in: the next try waits until it is sure that the first has died.
        let cut = AtomicBool::new(false);
        let first = rekey(&new, &shop.clock, |_, _, _| cut.store(true, Ordering::SeqCst));
        tokio::select! {
            biased;
            () = async { while !cut.load(Ordering::SeqCst) { tokio::task::yield_now().await; } } => {}
            done = first => { done.unwrap(); }
        }
        let versions = shop.versions().await;
        if versions.iter().any(|version| version.state == VersionState::Staging) {
            match rekeyed(&new, &shop.clock).await {
                Err(error) => assert_eq!(error, RekeyError::UnderWay("debtors".to_owned())),
                // Its last step was on the way already, and came through after we looked.
                Ok(done) => assert!(done.sources.is_empty(), "{done:?}"),
            }
            shop.clock.advance(DEAD_AFTER);
        }
        rekeyed(&new, &shop.clock).await.unwrap();
        let answer = new.registry_answer(&Iin::parse(IINS[0]).unwrap()).await.unwrap();
        assert_eq!(answer.0.len(), 1);
    }

    async fn changes_that_were_read_before_are_not_lost_on_the_way(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.snapshot(&["0 a"]).await;
        let new = with_further(database, &[7]).await;
        rekeyed(&new, &shop.clock).await.unwrap();
        // A replica that does not have the key cannot say whom changes are about.
        shop.clock.advance(Duration::from_secs(1));
        let (refused, _) = shop.take(VersionKind::Delta, changes(&["+1 b"]).as_bytes()).await;
        assert!(matches!(refused, Err(ImportRegistryError::Store(StoreError::Corrupt(_)))), "{refused:?}");
        let shop = Shop { store: &new, ..shop };
        shop.changes(&["+1 b", "-0 a"]).await;
        assert_eq!(shop.counting().await, ["1 b"]);
    }
}
