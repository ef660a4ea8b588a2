use std::time::Duration;

use rastau::domain::kernel::id::PlayerId;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::operators::operator::OperatorId;
use rastau::domain::ports::Store as _;
use rastau::domain::second_factor::lockout::Lockout;

use super::database::{Database, at, iin};
use super::on_both_engines;

on_both_engines! {
    async fn a_unit_that_is_dropped_leaves_nothing_behind(database: &Database) {
        let id = PlayerId::new(at(0), database.randomness.as_ref());
        let mut unit = database.begin().await;
        let player = unit.player_of(&iin(0), id, at(0)).await.unwrap();
        unit.put_lockout(player, &Lockout { failures: 3, locked_until: None }).await.unwrap();
        drop(unit);
        let mut unit = database.begin().await;
        assert_eq!(unit.find_iin(player).await.unwrap(), None);
        assert_eq!(unit.find_lockout(player).await.unwrap(), Lockout::default());
    }

    async fn a_reader_sees_one_snapshot_and_waits_for_no_writer(database: &Database) {
        let operator = database.operator("demo-bet").await;
        let mut reader = database.read().await;
        assert_eq!(reader.list_operators().await.unwrap().len(), 1);
        let mut writer = database.begin().await;
        let mut second = operator.clone();
        second.id = OperatorId::parse("second-bet").unwrap();
        writer.insert_operator(&second, at(1)).await.unwrap();
        assert_eq!(database.read().await.list_operators().await.unwrap().len(), 1, "not committed yet");
        writer.commit().await.unwrap();
        assert_eq!(reader.list_operators().await.unwrap().len(), 1, "the snapshot stands");
        reader.commit().await.unwrap();
        assert_eq!(database.read().await.list_operators().await.unwrap().len(), 2);
    }

    async fn a_reader_cannot_write(database: &Database) {
        let operator = database.operator("demo-bet").await;
        let mut reader = database.read().await;
        let id = PlayerId::new(at(0), database.randomness.as_ref());
        let refused = reader.player_of(&iin(0), id, at(0)).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        assert_eq!(database.read().await.find_operator(&operator.id).await.unwrap(), Some(operator));
    }

    async fn after_a_failed_statement_nothing_more_is_done_and_nothing_committed(database: &Database) {
        let player = database.player(0).await;
        let stranger = PlayerId::new(at(0), database.randomness.as_ref());
        let failures = Lockout { failures: 3, locked_until: None };
        let mut unit = database.begin().await;
        unit.put_lockout(player, &failures).await.unwrap();
        assert_eq!(unit.put_lockout(stranger, &failures).await, Err(StoreError::Conflict), "no such player");
        assert!(matches!(unit.find_lockout(player).await, Err(StoreError::Unavailable(_))));
        assert!(matches!(unit.commit().await, Err(StoreError::Unavailable(_))));
        assert_eq!(database.read().await.find_lockout(player).await.unwrap(), Lockout::default());
    }

    async fn a_statement_that_its_caller_abandons_ends_the_unit(database: &Database) {
        let player = database.player(0).await;
        let mut holder = database.begin().await;
        holder.lock_player(player).await.unwrap();
        let waiter = async {
            let mut unit = database.begin().await;
            // On SQLite the wait is for the beginning, on PostgreSQL for the row.
            let locked = tokio::time::timeout(Duration::from_millis(100), unit.lock_player(player)).await;
            (locked.is_ok(), unit.commit().await.is_ok())
        };
        let release = async {
            tokio::time::sleep(Duration::from_millis(400)).await;
            holder.commit().await.unwrap();
        };
        let ((locked, committed), ()) = tokio::join!(waiter, release);
        let engine_waits_at_begin = database.file.is_some();
        assert_eq!((locked, committed), (engine_waits_at_begin, engine_waits_at_begin));
    }

    async fn units_come_free_again(database: &Database) {
        for _ in 0..30 {
            drop(database.begin().await);
            drop(database.read().await);
        }
        database.store.check().await.unwrap();
    }
}
