use rastau::domain::decision::{Outcome, Verdict};
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::reason::ReasonCode;
use rastau::domain::second_factor::enrolment::Standing;
use rastau::domain::second_factor::lockout::Lockout;
use rastau::domain::second_factor::own::{FactorId, FactorName, OwnFactor};
use rastau::domain::second_factor::passkey::CeremonyKind::{Addition, Authentication, Confirmation, TotpAddition};
use rastau::domain::second_factor::totp::TotpEnrolment;
use rastau::domain::second_factor::{BoundBy, Enrolled, FactorKind};
use rastau::domain::verification::Verification;

use super::database::{Database, at};
use super::factors::{passkey, ten_codes};
use super::on_both_engines;

/// A verification of the first player that has got so far.
async fn of_player(database: &Database, take: impl Fn(&mut Verification)) -> Verification {
    let mut verification = database.verification().await;
    verification.give_consent("2026-11", at(1)).unwrap();
    verification.identify(database.player(0).await, at(1)).unwrap();
    take(&mut verification);
    let mut unit = database.begin().await;
    unit.update_verification(&mut verification).await.unwrap();
    unit.commit().await.unwrap();
    verification
}

fn pass_face(verification: &mut Verification, standing: Standing) {
    let attempt = verification.begin_capture(at(2)).unwrap();
    verification.face_succeeded(attempt, standing, at(2)).unwrap();
}

fn show_face(verification: &mut Verification) {
    pass_face(verification, Standing::Bound);
}

fn decide(verification: &mut Verification, verdict: Verdict) {
    show_face(verification);
    let reasons = (verdict == Verdict::Refused).then_some(ReasonCode::UnderAge);
    verification.factor_shown(FactorKind::Totp, BoundBy::Face, Outcome::new(verdict, reasons), at(3)).unwrap();
}

on_both_engines! {
    async fn a_persons_factors_are_listed_named_and_deleted_by_them_alone(database: &Database) {
        let (one, two) = (passkey(database, b"one").await, passkey(database, b"two").await);
        let (player, other) = (one.player, database.player(1).await);
        let mut unit = database.begin().await;
        assert_eq!(unit.own_factors(player).await.unwrap(), []);
        unit.insert_passkey(&one).await.unwrap();
        unit.insert_passkey(&two).await.unwrap();
        let enrolment = TotpEnrolment::begin(player, database.randomness.as_ref());
        unit.put_totp(&enrolment, at(9)).await.unwrap();
        let app = FactorName::read("Қолданба").unwrap();
        assert!(!unit.name_factor(player, FactorId::Totp, &app).await.unwrap(), "it is not confirmed");
        assert_eq!(unit.own_factors(player).await.unwrap().len(), 2);
        assert!(unit.advance_totp(player, 5).await.unwrap());
        unit.note_totp_use(player, at(10)).await.unwrap();
        assert!(unit.name_factor(player, FactorId::Totp, &app).await.unwrap());
        let name = FactorName::read("Телефон").unwrap();
        let id = FactorId::Passkey(two.id);
        assert!(unit.name_factor(player, id, &name).await.unwrap());
        assert!(!unit.name_factor(other, id, &app).await.unwrap(), "another's");
        unit.update_passkey(two.id, &two.content, at(7)).await.unwrap();
        let bound_by = one.binding.by;
        let of = |id, name, created_at, used_at| OwnFactor { id, name, created_at, used_at, bound_by };
        let first = of(FactorId::Passkey(one.id), None, at(1), None);
        let second = of(id, Some(name), at(1), Some(at(7)));
        let third = OwnFactor { bound_by: BoundBy::Face, ..of(FactorId::Totp, Some(app), at(9), Some(at(10))) };
        let mut listed = unit.own_factors(player).await.unwrap();
        listed.sort_by_key(|factor| (factor.created_at, factor.name.is_some()));
        assert_eq!(listed, [first.clone(), second, third]);
        assert!(!unit.delete_factor(other, id).await.unwrap(), "another's");
        assert!(unit.delete_factor(player, id).await.unwrap());
        assert!(!unit.delete_factor(player, id).await.unwrap(), "once");
        assert!(unit.delete_factor(player, FactorId::Totp).await.unwrap());
        assert_eq!(unit.own_factors(player).await.unwrap(), [first]);
    }

    async fn what_was_begun_to_add_a_factor_goes_with_one_that_is_removed(database: &Database) {
        let verification = of_player(database, show_face).await;
        let player = database.player(0).await;
        let state = SecretBytes::new(vec![1]);
        let mut unit = database.begin().await;
        for kind in [Addition, TotpAddition, Confirmation] {
            unit.put_ceremony(verification.id, kind, &state, at(120)).await.unwrap();
        }
        unit.delete_factor(player, FactorId::Totp).await.unwrap();
        for (kind, there) in [(Addition, false), (TotpAddition, false), (Confirmation, true)] {
            assert_eq!(unit.take_ceremony(verification.id, kind, at(1)).await.unwrap().is_some(), there, "{kind:?}");
        }
    }

    async fn a_name_of_another_factor_does_not_decrypt(database: &Database) {
        let (one, two) = (passkey(database, b"one").await, passkey(database, b"two").await);
        let mut unit = database.begin().await;
        unit.insert_passkey(&one).await.unwrap();
        unit.insert_passkey(&two).await.unwrap();
        let name = FactorName::read("mine").unwrap();
        assert!(unit.name_factor(one.player, FactorId::Passkey(one.id), &name).await.unwrap());
        unit.commit().await.unwrap();
        let swap = "UPDATE passkey SET name = (SELECT name FROM passkey WHERE id = $1) WHERE id = $2";
        database.tamper(sqlx::query(swap).bind(one.id.to_string()).bind(two.id.to_string())).await;
        let listed = database.read().await.own_factors(one.player).await;
        assert!(matches!(listed, Err(StoreError::Corrupt(_))), "{listed:?}");
    }

    async fn everything_of_one_player_is_deleted_and_nothing_of_another(database: &Database) {
        let (mine, theirs) = (passkey(database, b"mine").await, passkey(database, b"theirs").await);
        let other = database.player(1).await;
        let verification = of_player(database, show_face).await;
        let state = SecretBytes::new(vec![1]);
        let mut unit = database.begin().await;
        assert_eq!(unit.delete_factors(mine.player).await.unwrap(), Enrolled::default());
        let mut theirs = theirs;
        theirs.player = other;
        for key in [&mine, &theirs] {
            unit.insert_passkey(key).await.unwrap();
            unit.put_totp(&TotpEnrolment::begin(key.player, database.randomness.as_ref()), at(1)).await.unwrap();
            assert!(unit.advance_totp(key.player, 5).await.unwrap());
            unit.put_recovery_codes(key.player, &ten_codes(1)).await.unwrap();
            unit.put_lockout(key.player, &Lockout { failures: 4, locked_until: Some(at(60)) }).await.unwrap();
        }
        assert!(unit.use_recovery_code(mine.player, 3, at(5)).await.unwrap());
        unit.put_ceremony(verification.id, Authentication, &state, at(120)).await.unwrap();
        let there = Enrolled { passkeys: 1, totp: true, recovery_codes: 9, bound_by: None };
        assert_eq!(unit.delete_factors(mine.player).await.unwrap(), there);
        assert_eq!(unit.delete_factors(mine.player).await.unwrap(), Enrolled::default());
        assert!(unit.find_recovery_codes(mine.player).await.unwrap().is_none());
        assert_eq!(unit.find_lockout(mine.player).await.unwrap(), Lockout::default());
        assert_eq!(unit.take_ceremony(verification.id, Authentication, at(2)).await.unwrap(), None);
        assert_eq!(unit.find_lockout(other).await.unwrap().failures, 4);
        assert_eq!(unit.delete_factors(other).await.unwrap(), Enrolled { recovery_codes: 10, ..there });
    }

    async fn what_a_factor_could_still_open_is_found(database: &Database) {
        let at_face = of_player(database, |_| ()).await;
        let asked = of_player(database, |one| pass_face(one, Standing::Unbound)).await;
        let waits = of_player(database, show_face).await;
        let refused = of_player(database, |one| decide(one, Verdict::Refused)).await;
        let approved = of_player(database, |one| decide(one, Verdict::Approved)).await;
        let returned = of_player(database, |one| {
            decide(one, Verdict::Approved);
            assert!(one.hand_back(one.started_at).unwrap());
        })
        .await;
        let player = database.player(0).await;
        let mut unit = database.begin().await;
        let ids = async |unit: &mut dyn rastau::domain::ports::UnitOfWork, since| {
            let found = unit.unsettled_verifications(player, at(since)).await.unwrap();
            found.iter().map(|one| one.id).collect::<Vec<_>>()
        };
        let mut all = vec![asked.id, waits.id, approved.id, returned.id];
        all.sort_by_key(ToString::to_string);
        assert_eq!(ids(unit.as_mut(), 2).await, all);
        assert_eq!(ids(unit.as_mut(), 3).await.len(), 3, "a code of it would have expired");
        for mut one in [at_face, asked, waits, refused, approved, returned] {
            let counted = one.outcome.as_ref().is_none_or(|outcome| outcome.verdict == Verdict::Approved);
            assert_eq!(one.void(at(9)), counted);
            unit.update_verification(&mut one).await.unwrap();
            assert!(!one.void(at(9)), "once");
        }
        assert_eq!(ids(unit.as_mut(), 2).await, []);
    }
}
