use std::time::Duration;

use rastau::domain::kernel::handle::HandleHash;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::verification::tries::{TERM, Tried, TriedBy};

use super::database::{Database, at};
use super::on_both_engines;

const DEVICE: TriedBy = TriedBy::Device(HandleHash([9; 32]));
const ADDRESS: TriedBy = TriedBy::Address(HandleHash([9; 32]));

on_both_engines! {
    async fn tries_are_counted_by_whom_what_and_when(database: &Database) {
        let (now, later) = (at(0), at(3_600));
        let what = Tried::ToBeSomebody;
        let mut unit = database.begin().await;
        assert_eq!(unit.tries(DEVICE, what, now).await.unwrap(), 0);
        for tries in 1..=3 {
            assert_eq!(unit.count_try(DEVICE, what, now).await.unwrap(), tries);
        }
        assert_eq!(unit.count_try(ADDRESS, what, now).await.unwrap(), 1);
        assert_eq!(unit.count_try(DEVICE, Tried::RejectedFace, now).await.unwrap(), 1);
        assert_eq!(unit.count_try(DEVICE, what, later).await.unwrap(), 1);
        assert_eq!(unit.tries(DEVICE, what, now).await.unwrap(), 3);
    }

    async fn a_try_is_taken_back_and_never_below_nought(database: &Database) {
        let what = Tried::ToBeSomebody;
        let mut unit = database.begin().await;
        unit.take_back_try(DEVICE, what, at(0)).await.unwrap();
        unit.count_try(DEVICE, what, at(0)).await.unwrap();
        for _ in 0..2 {
            unit.take_back_try(DEVICE, what, at(0)).await.unwrap();
            assert_eq!(unit.tries(DEVICE, what, at(0)).await.unwrap(), 0);
        }
    }

    async fn two_tries_at_once_are_two(database: &Database) {
        let counted =
            database.race(async |unit| unit.count_try(ADDRESS, Tried::ToBeSomebody, at(0)).await.unwrap());
        assert_eq!(counted.await, (1, 2));
    }

    async fn they_are_forgotten_at_their_term(database: &Database) {
        let old = at(0);
        let now = old.plus(TERM);
        let mut unit = database.begin().await;
        for (by, period) in [(DEVICE, old), (ADDRESS, old), (ADDRESS, old.plus(Duration::from_hours(1)))] {
            unit.count_try(by, Tried::ToBeSomebody, period).await.unwrap();
        }
        assert_eq!(unit.delete_tries(now.minus(TERM), 100).await.unwrap(), 0, "not yet");
        assert_eq!(unit.delete_tries(at(1), 1).await.unwrap(), 1);
        assert_eq!(unit.delete_tries(at(1), 100).await.unwrap(), 1);
        assert_eq!(unit.tries(ADDRESS, Tried::ToBeSomebody, old).await.unwrap(), 0);
        assert_eq!(unit.tries(ADDRESS, Tried::ToBeSomebody, old.plus(Duration::from_hours(1))).await.unwrap(), 1);
    }

    async fn a_count_that_cannot_be_is_corrupt(database: &Database) {
        let mut unit = database.begin().await;
        unit.count_try(DEVICE, Tried::ToBeSomebody, at(0)).await.unwrap();
        unit.commit().await.unwrap();
        database.tamper(sqlx::query("UPDATE stranger_try SET tries = -1")).await;
        let found = database.read().await.tries(DEVICE, Tried::ToBeSomebody, at(0)).await;
        assert_eq!(found, Err(StoreError::Corrupt("stranger_try.tries".to_owned())));
    }
}
