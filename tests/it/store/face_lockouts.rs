use rastau::domain::face::lockout::{FAILURE_RETENTION, FaceLockout, LockSubject};
use rastau::domain::kernel::handle::HandleHash;
use rastau::domain::kernel::store_error::StoreError;

use super::database::{Database, at};
use super::on_both_engines;

const DEVICE: LockSubject = LockSubject::Device(HandleHash([9; 32]));

/// What becomes of a clean slate after three failures.
fn locked(subject: LockSubject) -> FaceLockout {
    (0..3).fold(FaceLockout::default(), |lockout, _| lockout.failed(&subject, at(0)))
}

on_both_engines! {
    async fn failures_and_locks_are_kept_by_subject(database: &Database) {
        let (one, two) = (database.player(0).await, database.player(1).await);
        let (one, two) = (LockSubject::Person(one), LockSubject::Person(two));
        let mut unit = database.begin().await;
        assert_eq!(unit.find_face_lockout(one).await.unwrap(), FaceLockout::default());
        unit.put_face_lockout(one, &locked(one)).await.unwrap();
        let device = FaceLockout::default().failed(&DEVICE, at(5));
        unit.put_face_lockout(DEVICE, &device).await.unwrap();
        assert_eq!(unit.find_face_lockout(one).await.unwrap(), locked(one));
        assert_eq!(unit.hold_face_lockout(one).await.unwrap(), locked(one), "holding changes nothing");
        assert_eq!(unit.find_face_lockout(DEVICE).await.unwrap(), device);
        assert_eq!(unit.find_face_lockout(two).await.unwrap(), FaceLockout::default());
        unit.put_face_lockout(one, &locked(one).unlocked()).await.unwrap();
        assert_eq!(unit.find_face_lockout(one).await.unwrap(), locked(one).unlocked());
    }

    async fn two_failures_at_once_are_two(database: &Database) {
        let counted = database.race(async |unit| {
            let after = unit.hold_face_lockout(DEVICE).await.unwrap().failed(&DEVICE, at(0));
            unit.put_face_lockout(DEVICE, &after).await.unwrap();
            after.failures
        });
        assert_eq!(counted.await, (1, 2));
        assert_eq!(database.read().await.find_face_lockout(DEVICE).await.unwrap().failures, 2);
    }

    async fn a_success_clears_failures_and_leaves_locks(database: &Database) {
        let person = LockSubject::Person(database.player(0).await);
        let failed = locked(person).failed(&person, at(1));
        let mut unit = database.begin().await;
        unit.clear_face_failures(person).await.unwrap();
        unit.put_face_lockout(person, &failed).await.unwrap();
        unit.put_face_lockout(DEVICE, &failed).await.unwrap();
        unit.clear_face_failures(person).await.unwrap();
        assert_eq!(unit.find_face_lockout(person).await.unwrap(), failed.succeeded());
        assert_eq!(unit.find_face_lockout(DEVICE).await.unwrap(), failed);
    }

    async fn what_was_quiet_for_long_goes_and_a_lock_that_holds_stays(database: &Database) {
        let person = LockSubject::Person(database.player(0).await);
        let now = at(0).plus(FAILURE_RETENTION);
        let held = FaceLockout { locked_until: Some(at(10).plus(FAILURE_RETENTION)), ..locked(DEVICE) };
        let mut unit = database.begin().await;
        unit.put_face_lockout(person, &locked(person)).await.unwrap();
        unit.put_face_lockout(DEVICE, &held).await.unwrap();
        assert_eq!(unit.delete_face_lockouts(at(0), now, 100).await.unwrap(), 0, "not yet");
        assert_eq!(unit.delete_face_lockouts(at(1), now, 100).await.unwrap(), 1);
        assert_eq!(unit.find_face_lockout(person).await.unwrap(), FaceLockout::default());
        assert_eq!(unit.find_face_lockout(DEVICE).await.unwrap(), held);
    }

    async fn counters_that_cannot_be_are_corrupt(database: &Database) {
        let mut unit = database.begin().await;
        unit.put_face_lockout(DEVICE, &locked(DEVICE)).await.unwrap();
        unit.commit().await.unwrap();
        database.tamper(sqlx::query("UPDATE face_lockout SET locks = -1")).await;
        let found = database.read().await.find_face_lockout(DEVICE).await;
        assert_eq!(found, Err(StoreError::Corrupt("face_lockout.locks".to_owned())));
    }
}
