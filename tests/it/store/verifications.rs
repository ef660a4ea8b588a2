use rastau::domain::decision::{Outcome, Reason, Verdict};
use rastau::domain::kernel::handle::HandleHash;
use rastau::domain::kernel::id::VerificationId;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::reason::ReasonCode;
use rastau::domain::second_factor::enrolment::Standing;
use rastau::domain::second_factor::{BoundBy, FactorKind};
use rastau::domain::verification::Verification;

use super::database::{Database, at};
use super::on_both_engines;

/// A verification that is not stored yet, and the browser that it is in.
async fn in_a_browser(database: &Database) -> (Verification, HandleHash) {
    let device = database.handle();
    let mut verification = database.verification().await;
    verification.id = VerificationId::new(at(1), database.randomness.as_ref());
    (verification.session, verification.device) = (database.handle(), Some(device));
    (verification, device)
}

on_both_engines! {
    async fn a_verification_comes_back_at_every_stage(database: &Database) {
        let mut verification = database.verification().await;
        let player = database.player(0).await;
        let mut unit = database.begin().await;
        assert_eq!(unit.insert_verification(&verification).await, Err(StoreError::Conflict));
        for step in 0..7 {
            match step {
                0 => verification.give_consent("2026-11", at(1)).unwrap(),
                1 => verification.identify(player, at(2)).unwrap(),
                2 => assert_eq!(verification.begin_capture(at(3)).unwrap(), 1),
                3 => verification.face_succeeded(1, Standing::Unbound, at(4)).unwrap(),
                4 => verification.contact_proven(at(4)).unwrap(),
                6 => assert!(verification.hand_back(at(5)).unwrap()),
                _ => {
                    let mut outcome = Outcome::new(Verdict::Refused, [ReasonCode::UnderAge]);
                    outcome.reasons.push(Reason {
                        code: ReasonCode::RestrictedCourt,
                        legal_basis: Some("\u{417}\u{430}\u{43A}\u{43E}\u{43D} \"1\"".to_owned()),
                        source: Some("court".to_owned()),
                        until: Some(at(900)),
                    });
                    verification.factor_enrolled(FactorKind::Totp, outcome, at(5)).unwrap();
                }
            }
            unit.update_verification(&mut verification).await.unwrap();
            assert_eq!(verification.revision, i64::from(step) + 1);
            let found = unit.find_verification(verification.id).await.unwrap();
            assert_eq!(found.as_ref(), Some(&verification));
            assert_eq!(unit.find_session(verification.session).await.unwrap(), found);
        }
        let unknown = VerificationId::new(at(0), database.randomness.as_ref());
        assert_eq!(unit.find_verification(unknown).await.unwrap(), None);
        assert_eq!(unit.find_session(database.handle()).await.unwrap(), None);
    }

    async fn a_held_verification_says_until_when(database: &Database) {
        let mut verification = database.verification().await;
        let player = database.player(0).await;
        verification.give_consent("2026-11", at(1)).unwrap();
        verification.identify(player, at(2)).unwrap();
        verification.skip_face(Standing::Unbound, at(3)).unwrap();
        verification.wait_instead(at(4)).unwrap();
        verification.factor_held(FactorKind::Passkey, at(900), true, at(5)).unwrap();
        let mut unit = database.begin().await;
        unit.update_verification(&mut verification).await.unwrap();
        assert_eq!(unit.find_verification(verification.id).await.unwrap(), Some(verification));
    }

    async fn the_device_is_kept_where_it_is_known(database: &Database) {
        let (mut verification, _) = in_a_browser(database).await;
        let mut unit = database.begin().await;
        unit.insert_verification(&verification).await.unwrap();
        unit.update_verification(&mut verification).await.unwrap();
        assert_eq!(unit.find_session(verification.session).await.unwrap(), Some(verification));
    }

    async fn who_has_proven_themselves_is_known_by_browser_and_person(database: &Database) {
        let (player, other) = (database.player(0).await, database.player(1).await);
        let (mut verification, device) = in_a_browser(database).await;
        let mut unit = database.begin().await;
        unit.insert_verification(&verification).await.unwrap();
        verification.give_consent("2026-11", at(1)).unwrap();
        verification.identify(player, at(2)).unwrap();
        verification.skip_face(Standing::Bound, at(3)).unwrap();
        unit.update_verification(&mut verification).await.unwrap();
        assert!(!unit.has_proven(device, None).await.unwrap(), "the face alone is not enough");
        let outcome = Outcome::new(Verdict::Refused, [ReasonCode::UnderAge]);
        verification.factor_shown(FactorKind::Totp, BoundBy::Contact, outcome, at(4)).unwrap();
        unit.update_verification(&mut verification).await.unwrap();
        for (device, player, proven) in
            [(device, None, true), (device, Some(player), true), (device, Some(other), false), (database.handle(), None, false)]
        {
            assert_eq!(unit.has_proven(device, player).await.unwrap(), proven, "{player:?}");
        }
    }

    async fn who_still_waits_has_proven_nothing(database: &Database) {
        let player = database.player(0).await;
        let (mut verification, device) = in_a_browser(database).await;
        let mut unit = database.begin().await;
        unit.insert_verification(&verification).await.unwrap();
        verification.give_consent("2026-11", at(1)).unwrap();
        verification.identify(player, at(2)).unwrap();
        verification.skip_face(Standing::Unbound, at(3)).unwrap();
        verification.wait_instead(at(4)).unwrap();
        verification.factor_held(FactorKind::Passkey, at(900), true, at(5)).unwrap();
        unit.update_verification(&mut verification).await.unwrap();
        assert!(!unit.has_proven(device, Some(player)).await.unwrap());
    }

    async fn an_update_of_an_older_revision_is_refused_and_changes_nothing(database: &Database) {
        let read = database.verification().await;
        let (mut mine, mut theirs) = (read.clone(), read);
        let mut unit = database.begin().await;
        mine.give_consent("mine", at(1)).unwrap();
        unit.update_verification(&mut mine).await.unwrap();
        theirs.give_consent("theirs", at(1)).unwrap();
        assert_eq!(unit.update_verification(&mut theirs).await, Err(StoreError::Conflict));
        assert_eq!(theirs.revision, 0, "not raised");
        assert_eq!(unit.find_verification(mine.id).await.unwrap(), Some(mine));
    }

    async fn of_two_updates_at_once_one_is_a_conflict(database: &Database) {
        let verification = database.verification().await;
        let updates = database
            .race(async |unit| unit.update_verification(&mut verification.clone()).await)
            .await;
        assert_eq!(updates, (Ok(()), Err(StoreError::Conflict)));
    }

    async fn an_unknown_stage_is_corrupt(database: &Database) {
        let verification = database.verification().await;
        database.tamper(sqlx::query("UPDATE verification SET stage = 'elsewhere'")).await;
        let found = database.read().await.find_verification(verification.id).await;
        assert_eq!(found, Err(StoreError::Corrupt("verification.stage".to_owned())));
    }
}
