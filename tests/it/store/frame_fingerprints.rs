use rastau::domain::face::liveness::fingerprint::FrameFingerprint;
use rastau::domain::face::liveness::replay::CaptureFilm;
use rastau::domain::kernel::id::PlayerId;
use rastau::domain::kernel::store_error::StoreError;

use super::database::{Database, at};
use super::on_both_engines;

fn frame(level: u8) -> FrameFingerprint {
    FrameFingerprint::new(vec![level; FrameFingerprint::BYTES]).unwrap()
}

async fn film(database: &Database, player: PlayerId, levels: &[u8], seconds: i64) -> CaptureFilm {
    let verification = database.verification().await.id;
    let frames = levels.iter().copied().map(frame).collect();
    CaptureFilm { verification, attempt: 1, player, seen_at: at(seconds), frames }
}

on_both_engines! {
    async fn fingerprints_come_back_by_player_and_time_the_newest_captures_first(database: &Database) {
        let (one, two) = (database.player(0).await, database.player(1).await);
        let old = film(database, one, &[1, 2, 3], 10).await;
        let new = film(database, one, &[4, 5], 20).await;
        let others = film(database, two, &[6], 20).await;
        let empty = film(database, two, &[], 30).await;
        let mut unit = database.begin().await;
        for film in [&old, &new, &others, &empty] {
            unit.put_fingerprints(film).await.unwrap();
        }
        assert_eq!(unit.put_fingerprints(&old).await, Err(StoreError::Conflict));
        let all = [4, 5, 1, 2, 3].map(frame);
        assert_eq!(unit.fingerprints_of(one, at(10), 9).await.unwrap(), all);
        assert_eq!(unit.fingerprints_of(one, at(11), 9).await.unwrap(), all[..2]);
        assert_eq!(unit.fingerprints_of(one, at(0), 1).await.unwrap(), all[..2]);
        assert_eq!(unit.fingerprints_of(two, at(0), 9).await.unwrap(), [frame(6)]);
    }

    async fn old_fingerprints_are_deleted_page_by_page(database: &Database) {
        let player = database.player(0).await;
        let films = [film(database, player, &[1], 10).await, film(database, player, &[2], 20).await];
        let last = film(database, player, &[3], 30).await;
        let mut unit = database.begin().await;
        for film in films.iter().chain([&last]) {
            unit.put_fingerprints(film).await.unwrap();
        }
        assert_eq!(unit.delete_fingerprints(at(10), 9).await.unwrap(), 0, "not before its time");
        assert_eq!(unit.delete_fingerprints(at(30), 1).await.unwrap(), 1);
        assert_eq!(unit.delete_fingerprints(at(30), 9).await.unwrap(), 1);
        assert_eq!(unit.fingerprints_of(player, at(0), 9).await.unwrap(), last.frames);
    }

    async fn fingerprints_of_another_row_do_not_decrypt(database: &Database) {
        let (one, two) = (database.player(0).await, database.player(1).await);
        let film = film(database, one, &[1], 10).await;
        let mut unit = database.begin().await;
        unit.put_fingerprints(&film).await.unwrap();
        unit.commit().await.unwrap();
        database.tamper(sqlx::query("UPDATE frame_fingerprint SET player = $1").bind(two.to_string())).await;
        let found = database.read().await.fingerprints_of(two, at(0), 9).await;
        assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    }
}
