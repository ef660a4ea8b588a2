use std::time::Duration;

use rastau::domain::identity::contact::{Channel, Contact};
use rastau::domain::kernel::id::{HoldId, PasskeyId, PlayerId, VerificationId};
use rastau::domain::kernel::secret::{SecretBytes, SecretText};
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::ports::UnitOfWork;
use rastau::domain::second_factor::contact_code::{CodePurpose, ContactCode, LIFETIME, TRIES};
use rastau::domain::second_factor::enrolment::{EndOfHold, HeldEnrolment, HoldKind};
use rastau::domain::second_factor::lockout::Lockout;
use rastau::domain::second_factor::passkey::StoredPasskey;
use rastau::domain::second_factor::recovery_code::RecoveryCodes;
use rastau::domain::second_factor::totp::TotpEnrolment;
use rastau::domain::second_factor::{Binding, BoundBy};

use super::database::{Database, at};
use super::on_both_engines;

async fn hold(database: &Database, player: PlayerId) -> HeldEnrolment {
    HeldEnrolment {
        id: HoldId::new(at(1), database.randomness.as_ref()),
        kind: HoldKind::First,
        player,
        verification: database.verification().await.id,
        began_at: at(1),
        until: at(86_401),
        not_me: database.handle(),
        ended: None,
    }
}

fn passkey(database: &Database, player: PlayerId, credential: &[u8], binding: Binding) -> StoredPasskey {
    StoredPasskey {
        id: PasskeyId::new(at(1), database.randomness.as_ref()),
        player,
        credential_id: credential.to_vec(),
        content: SecretBytes::new(b"{}".to_vec()),
        created_at: at(1),
        binding,
    }
}

fn code(
    database: &Database,
    (verification, player): (VerificationId, PlayerId),
    seconds: i64,
) -> (SecretText, ContactCode) {
    let contact = Contact::new(Channel::Sms, "+77011234534").unwrap();
    ContactCode::draw(
        (verification, player),
        CodePurpose::Enrolment,
        &contact,
        database.randomness.as_ref(),
        at(seconds),
    )
}

on_both_engines! {
    async fn a_hold_comes_back_and_a_player_has_one_open(database: &Database) {
        let player = database.player(0).await;
        let (one, other) = (hold(database, player).await, hold(database, player).await);
        let mut unit = database.begin().await;
        unit.insert_held_enrolment(&one).await.unwrap();
        assert_eq!(unit.insert_held_enrolment(&other).await, Err(StoreError::Conflict));
        assert_eq!(unit.open_hold(player).await.unwrap(), Some(one.clone()));
        assert_eq!(unit.find_hold(one.not_me).await.unwrap(), Some(one.clone()));
        assert_eq!(unit.find_hold(other.not_me).await.unwrap(), None);
        assert!(unit.end_hold(one.id, EndOfHold::NotMe, at(5)).await.unwrap());
        assert_eq!(unit.open_hold(player).await.unwrap(), None);
        let ended = HeldEnrolment { ended: Some((at(5), EndOfHold::NotMe)), ..one.clone() };
        assert_eq!(unit.find_hold(one.not_me).await.unwrap(), Some(ended));
        unit.insert_held_enrolment(&other).await.unwrap();
    }

    async fn a_hold_ends_once_and_one_that_passed_can_still_be_disowned(database: &Database) {
        let player = database.player(0).await;
        let hold = hold(database, player).await;
        let mut unit = database.begin().await;
        unit.insert_held_enrolment(&hold).await.unwrap();
        unit.commit().await.unwrap();
        let ends = database.race(async |unit| unit.end_hold(hold.id, EndOfHold::Overruled, at(5)).await).await;
        assert_eq!(ends, (Ok(true), Ok(false)));
        let mut unit = database.begin().await;
        assert!(!unit.end_hold(hold.id, EndOfHold::NotMe, at(6)).await.unwrap(), "its factor is gone already");
        unit.commit().await.unwrap();
        database.tamper(sqlx::query("UPDATE held_enrolment SET how = 'passed'")).await;
        let mut unit = database.begin().await;
        for how in [EndOfHold::Passed, EndOfHold::Cancelled, EndOfHold::Lapsed] {
            assert!(!unit.end_hold(hold.id, how, at(7)).await.unwrap(), "{how:?}");
        }
        assert!(unit.end_hold(hold.id, EndOfHold::NotMe, at(7)).await.unwrap());
        for how in EndOfHold::ALL.into_iter().filter(|how| *how != EndOfHold::Overruled) {
            assert!(!unit.end_hold(hold.id, how, at(8)).await.unwrap(), "{how:?}");
        }
        assert!(unit.end_hold(hold.id, EndOfHold::Overruled, at(9)).await.unwrap(), "what was said against it is gone");
        for how in EndOfHold::ALL {
            assert!(!unit.end_hold(hold.id, how, at(10)).await.unwrap(), "{how:?}");
        }
    }

    async fn recoveries_come_back_while_they_matter_the_newest_first(database: &Database) {
        let (player, other) = (database.player(0).await, database.player(1).await);
        let recovery = async |player, began: i64| HeldEnrolment {
            kind: HoldKind::Recovery,
            began_at: at(began),
            ..hold(database, player).await
        };
        let (old, ended, open) = (recovery(player, 1).await, recovery(player, 20).await, recovery(player, 40).await);
        let (first, theirs) = (hold(database, player).await, recovery(other, 1).await);
        let mut unit = database.begin().await;
        for (hold, end) in [(&first, Some(5)), (&old, Some(10)), (&ended, Some(30)), (&open, None), (&theirs, None)] {
            unit.insert_held_enrolment(hold).await.unwrap();
            if let Some(end) = end {
                assert!(unit.end_hold(hold.id, EndOfHold::Passed, at(end)).await.unwrap());
            }
        }
        let ids = async |unit: &mut dyn UnitOfWork, since| {
            let found = unit.recoveries(player, at(since)).await.unwrap();
            found.into_iter().map(|hold| hold.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(unit.as_mut(), 10).await, [open.id, ended.id]);
        assert_eq!(ids(unit.as_mut(), 9).await, [open.id, ended.id, old.id]);
        assert_eq!(ids(unit.as_mut(), 1_000).await, [open.id]);
        assert!(unit.end_hold(ended.id, EndOfHold::Overruled, at(50)).await.unwrap(), "its link works no more");
        assert!(!unit.end_hold(ended.id, EndOfHold::NotMe, at(51)).await.unwrap());
        let found = unit.recoveries(player, at(49)).await.unwrap();
        assert_eq!(found[1].ended, Some((at(50), EndOfHold::Overruled)));
    }

    async fn a_code_is_found_for_its_own_purpose_alone(database: &Database) {
        let of = (database.verification().await.id, database.player(0).await);
        let (_, enrolment) = code(database, of, 0);
        let recovery = ContactCode { purpose: CodePurpose::Recovery, ..code(database, of, 60).1 };
        let mut unit = database.begin().await;
        unit.insert_contact_code(&enrolment).await.unwrap();
        assert_eq!(unit.newest_contact_code(of.0, CodePurpose::Recovery).await.unwrap(), None);
        unit.insert_contact_code(&recovery).await.unwrap();
        assert_eq!(unit.newest_contact_code(of.0, CodePurpose::Recovery).await.unwrap(), Some(recovery));
        assert_eq!(unit.newest_contact_code(of.0, CodePurpose::Enrolment).await.unwrap(), Some(enrolment));
        assert_eq!(unit.contact_codes_sent(of.1, at(-1)).await.unwrap().len(), 2, "all are counted together");
    }

    async fn the_contact_is_known_whose_code_was_used(database: &Database) {
        let of = (database.verification().await.id, database.player(0).await);
        let (_, sms) = code(database, of, 0);
        let mail = |seconds| ContactCode { channel: Some(Channel::Email), ..code(database, of, seconds).1 };
        let (late, back) = (mail(60), ContactCode { purpose: CodePurpose::TakeBack, ..mail(120) });
        let mut unit = database.begin().await;
        for code in [&sms, &late, &back] {
            unit.insert_contact_code(code).await.unwrap();
        }
        assert_eq!(unit.proven_over(of.0).await.unwrap(), None);
        assert!(unit.use_contact_code(back.id, at(130)).await.unwrap());
        assert_eq!(unit.proven_over(of.0).await.unwrap(), None, "it opened no enrolment");
        assert!(unit.use_contact_code(sms.id, at(130)).await.unwrap());
        assert_eq!(unit.proven_over(of.0).await.unwrap(), Some(Channel::Sms));
        unit.commit().await.unwrap();
        // As those of before have it.
        database.tamper(sqlx::query("UPDATE contact_code SET channel = NULL")).await;
        assert_eq!(database.read().await.proven_over(of.0).await.unwrap(), None);
    }

    async fn held_factors_say_so_and_go_with_their_hold(database: &Database) {
        let (player, other) = (database.player(0).await, database.player(1).await);
        let hold = hold(database, player).await;
        let held = Binding::held(&hold);
        let mine = passkey(database, player, b"held", held);
        let theirs = passkey(database, other, b"other", Binding::at_once(BoundBy::Face));
        let codes = || RecoveryCodes { salt: [1; 16], codes: vec![] };
        let mut unit = database.begin().await;
        unit.insert_held_enrolment(&hold).await.unwrap();
        for (passkey, binding) in [(&mine, held), (&theirs, theirs.binding)] {
            unit.insert_passkey(passkey).await.unwrap();
            assert_eq!(unit.list_passkeys(passkey.player).await.unwrap()[0].binding, binding);
            unit.put_recovery_codes(passkey.player, &codes()).await.unwrap();
        }
        let totp = TotpEnrolment::begin(player, database.randomness.as_ref());
        unit.put_totp(&totp, at(1)).await.unwrap();
        unit.bind_totp(player, &held).await.unwrap();
        let found = unit.find_totp(player).await.unwrap().unwrap().binding;
        assert_eq!(found, held);
        assert!(!found.counts(at(86_400)) && found.counts(at(86_401)));
        assert_eq!(unit.bind_totp(other, &held).await, Err(StoreError::Conflict), "none there");

        assert_eq!(unit.remove_held_factors(&hold).await, Ok(2));
        assert!(unit.list_passkeys(player).await.unwrap().is_empty());
        assert!(unit.find_totp(player).await.unwrap().is_none());
        assert!(unit.find_recovery_codes(player).await.unwrap().is_none());
        assert_eq!(unit.list_passkeys(other).await.unwrap().len(), 1, "another person's stay");
        assert!(unit.find_recovery_codes(other).await.unwrap().is_some());
    }

    async fn recovery_codes_stay_while_another_factor_does(database: &Database) {
        let player = database.player(0).await;
        let hold = hold(database, player).await;
        let mut unit = database.begin().await;
        unit.insert_held_enrolment(&hold).await.unwrap();
        unit.insert_passkey(&passkey(database, player, b"old", Binding::at_once(BoundBy::Contact))).await.unwrap();
        unit.insert_passkey(&passkey(database, player, b"held", Binding::held(&hold))).await.unwrap();
        unit.put_recovery_codes(player, &RecoveryCodes { salt: [1; 16], codes: vec![] }).await.unwrap();
        assert_eq!(unit.remove_held_factors(&hold).await, Ok(1));
        assert!(unit.find_recovery_codes(player).await.unwrap().is_some());
    }

    async fn a_factor_of_before_counts_as_bound_by_the_face(database: &Database) {
        let player = database.player(0).await;
        let old = passkey(database, player, b"old", Binding::at_once(BoundBy::Contact));
        let mut unit = database.begin().await;
        unit.insert_passkey(&old).await.unwrap();
        unit.commit().await.unwrap();
        // As the column's default has it for rows that were there.
        database.tamper(sqlx::query("UPDATE passkey SET bound_by = 'face'")).await;
        let found = database.read().await.list_passkeys(player).await.unwrap();
        assert_eq!(found[0].binding, Binding::at_once(BoundBy::Face));
        database.tamper(sqlx::query("UPDATE passkey SET bound_by = 'nothing'")).await;
        let unreadable = database.read().await.list_passkeys(player).await;
        assert_eq!(unreadable.unwrap_err(), StoreError::Corrupt("passkey.bound_by".to_owned()));
    }

    async fn a_code_comes_back_is_tried_few_times_and_used_once(database: &Database) {
        let of = (database.verification().await.id, database.player(0).await);
        let (text, first) = code(database, of, 0);
        let (_, second) = code(database, of, 60);
        let mut unit = database.begin().await;
        assert_eq!(unit.newest_contact_code(first.verification, CodePurpose::Enrolment).await.unwrap(), None);
        unit.insert_contact_code(&first).await.unwrap();
        unit.insert_contact_code(&second).await.unwrap();
        let newest = unit.newest_contact_code(first.verification, CodePurpose::Enrolment).await.unwrap();
        assert_eq!(newest, Some(second.clone()), "both are of one verification");
        for _ in 0..TRIES {
            assert!(unit.count_contact_try(second.id).await.unwrap());
        }
        assert!(!unit.count_contact_try(second.id).await.unwrap());
        assert_eq!(unit.newest_contact_code(first.verification, CodePurpose::Enrolment).await.unwrap().unwrap().tries, TRIES);
        assert!(first.fits(text.expose(), at(LIFETIME.as_secs().cast_signed() - 1)));
        unit.commit().await.unwrap();
        let used = database.race(async |unit| unit.use_contact_code(first.id, at(5)).await).await;
        assert_eq!(used, (Ok(true), Ok(false)));
        assert!(!database.begin().await.count_contact_try(first.id).await.unwrap(), "used");
    }

    async fn a_code_lies_in_no_readable_form_and_in_its_own_row_alone(database: &Database) {
        let of = (database.verification().await.id, database.player(0).await);
        let (one, two) = (code(database, of, 0).1, code(database, of, 1).1);
        let mut unit = database.begin().await;
        unit.insert_contact_code(&one).await.unwrap();
        unit.insert_contact_code(&two).await.unwrap();
        unit.commit().await.unwrap();
        let swap = "UPDATE contact_code SET secret = (SELECT secret FROM contact_code WHERE id = $1) WHERE id = $2";
        database.tamper(sqlx::query(swap).bind(one.id.to_string()).bind(two.id.to_string())).await;
        let found = database.read().await.newest_contact_code(one.verification, CodePurpose::Enrolment).await;
        assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    }

    async fn codes_are_counted_by_player_and_go_after_their_day(database: &Database) {
        let (player, other) = (database.player(0).await, database.player(1).await);
        let verification = database.verification().await.id;
        let mut unit = database.begin().await;
        for seconds in [0, 60, 120] {
            unit.insert_contact_code(&code(database, (verification, player), seconds).1).await.unwrap();
        }
        unit.insert_contact_code(&code(database, (verification, other), 90).1).await.unwrap();
        assert_eq!(unit.contact_codes_sent(player, at(0)).await.unwrap(), [at(120), at(60)]);
        assert_eq!(unit.contact_codes_sent(other, at(0)).await.unwrap(), [at(90)]);
        assert_eq!(unit.delete_contact_codes(at(100), 2).await, Ok(2));
        assert_eq!(unit.delete_contact_codes(at(100), 2).await, Ok(1));
        assert_eq!(unit.contact_codes_sent(player, at(-1)).await.unwrap(), [at(120)]);
    }

    async fn wrong_codes_are_kept_apart_from_those_of_a_second_factor(database: &Database) {
        let (player, other) = (database.player(0).await, database.player(1).await);
        let lockout = Lockout { failures: 3, locked_until: Some(at(30)) };
        let mut unit = database.begin().await;
        unit.put_contact_lockout(player, &lockout).await.unwrap();
        unit.put_lockout(player, &Lockout::default()).await.unwrap();
        assert_eq!(unit.find_contact_lockout(player).await.unwrap(), lockout);
        assert_eq!(unit.find_contact_lockout(other).await.unwrap().wait(at(0)), Duration::ZERO);
    }
}
