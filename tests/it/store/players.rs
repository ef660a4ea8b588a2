use std::time::{Duration, Instant};

use rastau::domain::kernel::id::PlayerId;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::ports::Store as _;

use super::database::{Database, at, iin};
use super::on_both_engines;

on_both_engines! {
    async fn one_iin_is_one_player(database: &Database) {
        let (first, second) = (database.player(0).await, database.player(1).await);
        assert_ne!(first, second);
        let mut unit = database.begin().await;
        let other = PlayerId::new(at(9), database.randomness.as_ref());
        assert_eq!(unit.player_of(&iin(0), other, at(9)).await.unwrap(), first);
        assert_eq!(unit.find_player(&iin(0)).await.unwrap(), Some(first));
        assert_eq!(unit.find_player(&iin(2)).await.unwrap(), None);
        assert_eq!(unit.find_iin(first).await.unwrap(), Some(iin(0)));
        assert_eq!(unit.find_iin(second).await.unwrap(), Some(iin(1)));
        assert_eq!(unit.find_iin(other).await.unwrap(), None);
    }

    async fn two_at_once_come_to_the_same_player(database: &Database) {
        let (one, two) = database
            .race(async |unit| {
                let id = PlayerId::new(at(0), database.randomness.as_ref());
                unit.player_of(&iin(0), id, at(0)).await.unwrap()
            })
            .await;
        assert_eq!(one, two);
    }

    async fn a_locked_player_makes_others_wait_and_readers_not(database: &Database) {
        let player = database.player(0).await;
        let mut holder = database.begin().await;
        holder.lock_player(player).await.unwrap();
        database.read().await.find_iin(player).await.unwrap();
        let began = Instant::now();
        let waiter = async {
            let mut unit = database.begin().await;
            unit.lock_player(player).await.unwrap();
            began.elapsed()
        };
        let release = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            holder.commit().await.unwrap();
        };
        let (waited, ()) = tokio::join!(waiter, release);
        assert!(waited >= Duration::from_millis(300), "{waited:?}");
        let mut unit = database.begin().await;
        let unknown = PlayerId::new(at(9), database.randomness.as_ref());
        assert_eq!(unit.lock_player(unknown).await, Err(StoreError::Conflict));
    }

    async fn an_iin_is_read_with_the_right_key_and_in_its_own_row_only(database: &Database) {
        let (first, second) = (database.player(0).await, database.player(1).await);
        let foreign = database.with_keys(&[9]).await;
        let denied = foreign.read().await.unwrap().find_iin(first).await;
        assert!(matches!(denied, Err(StoreError::Corrupt(_))), "{denied:?}");
        let rotated = database.with_keys(&[9, 1]).await;
        assert_eq!(rotated.read().await.unwrap().find_iin(first).await.unwrap(), Some(iin(0)));
        database
            .tamper(
                sqlx::query("UPDATE player SET iin = (SELECT iin FROM player WHERE id = $1) WHERE id = $2")
                    .bind(first.to_string())
                    .bind(second.to_string()),
            )
            .await;
        let moved = database.read().await.find_iin(second).await;
        assert!(matches!(moved, Err(StoreError::Corrupt(_))), "{moved:?}");
    }
}
