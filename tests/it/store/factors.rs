use rastau::domain::kernel::id::PasskeyId;
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::second_factor::lockout::Lockout;
use rastau::domain::second_factor::passkey::{CeremonyKind, StoredPasskey};
use rastau::domain::second_factor::recovery_code::{CodeHash, RecoveryCodes, StoredCode};
use rastau::domain::second_factor::totp::TotpEnrolment;
use rastau::domain::second_factor::{Binding, BoundBy};

use super::database::{Database, at};
use super::on_both_engines;

pub(super) async fn passkey(database: &Database, credential: &[u8]) -> StoredPasskey {
    StoredPasskey {
        id: PasskeyId::new(at(1), database.randomness.as_ref()),
        player: database.player(0).await,
        credential_id: credential.to_vec(),
        content: SecretBytes::new(b"{\"counter\":0}".to_vec()),
        created_at: at(1),
        binding: Binding::at_once(BoundBy::Contact),
    }
}

pub(super) fn ten_codes(salt: u8) -> RecoveryCodes {
    let code = |place: u8| StoredCode { place: i64::from(place), hash: CodeHash([salt ^ place; 32]), used: false };
    RecoveryCodes { salt: [salt; 16], codes: (0..10).map(code).collect() }
}

on_both_engines! {
    async fn ceremony_state_is_taken_once_and_by_its_kind(database: &Database) {
        use CeremonyKind::{Authentication, Registration};
        let id = database.verification().await.id;
        let state = |text: &str| SecretBytes::new(text.as_bytes().to_vec());
        let mut unit = database.begin().await;
        unit.put_ceremony(id, Registration, &state("old"), at(120)).await.unwrap();
        unit.put_ceremony(id, Registration, &state("new"), at(120)).await.unwrap();
        unit.put_ceremony(id, Authentication, &state("other"), at(120)).await.unwrap();
        unit.commit().await.unwrap();
        let taken = database.race(async |unit| unit.take_ceremony(id, Registration, at(119)).await).await;
        assert_eq!(taken, (Ok(Some(state("new"))), Ok(None)));
        let mut unit = database.begin().await;
        assert_eq!(unit.take_ceremony(id, Authentication, at(120)).await, Ok(None), "expired");
        assert_eq!(unit.take_ceremony(id, Authentication, at(119)).await, Ok(None), "and gone all the same");
    }

    async fn passkeys_are_listed_by_player_and_their_state_moves_on(database: &Database) {
        let (one, two) = (passkey(database, b"one").await, passkey(database, b"two").await);
        let mut unit = database.begin().await;
        unit.insert_passkey(&one).await.unwrap();
        unit.insert_passkey(&two).await.unwrap();
        let mut again = two.clone();
        again.id = PasskeyId::new(at(2), database.randomness.as_ref());
        assert_eq!(unit.insert_passkey(&again).await, Err(StoreError::Conflict), "credential id taken");
        let moved_on = SecretBytes::new(b"{\"counter\":1}".to_vec());
        unit.update_passkey(one.id, &moved_on, at(3)).await.unwrap();
        assert_eq!(unit.update_passkey(again.id, &moved_on, at(3)).await, Err(StoreError::Conflict), "unknown");
        let listed = unit.list_passkeys(one.player).await.unwrap();
        let mut contents: Vec<(PasskeyId, &SecretBytes)> = listed.iter().map(|p| (p.id, &p.content)).collect();
        contents.sort_by_key(|(id, _)| *id != one.id);
        assert_eq!(contents, [(one.id, &moved_on), (two.id, &two.content)]);
        let same = |p: &StoredPasskey| (p.player, p.created_at, p.binding) == (one.player, at(1), one.binding);
        assert!(listed.iter().all(same));
        unit.commit().await.unwrap();
        let other = database.player(1).await;
        assert!(database.read().await.list_passkeys(other).await.unwrap().is_empty());
    }

    async fn a_passkey_of_another_row_does_not_decrypt(database: &Database) {
        let (one, two) = (passkey(database, b"one").await, passkey(database, b"two").await);
        let mut unit = database.begin().await;
        unit.insert_passkey(&one).await.unwrap();
        unit.insert_passkey(&two).await.unwrap();
        unit.commit().await.unwrap();
        let swap = "UPDATE passkey SET content = (SELECT content FROM passkey WHERE id = $1) WHERE id = $2";
        database.tamper(sqlx::query(swap).bind(one.id.to_string()).bind(two.id.to_string())).await;
        let listed = database.read().await.list_passkeys(one.player).await;
        assert!(matches!(listed, Err(StoreError::Corrupt(_))), "{listed:?}");
    }

    async fn totp_may_be_begun_again_until_it_is_confirmed(database: &Database) {
        let player = database.player(0).await;
        let first = TotpEnrolment::begin(player, database.randomness.as_ref());
        let second = TotpEnrolment::begin(player, database.randomness.as_ref());
        let mut unit = database.begin().await;
        assert!(unit.find_totp(player).await.unwrap().is_none());
        unit.put_totp(&first, at(1)).await.unwrap();
        unit.put_totp(&second, at(2)).await.unwrap();
        let found = unit.find_totp(player).await.unwrap().unwrap();
        assert_eq!((found.secret, found.last_step), (second.secret.clone(), None));
        assert!(unit.advance_totp(player, 5).await.unwrap());
        assert_eq!(unit.put_totp(&first, at(3)).await, Err(StoreError::Conflict));
        let found = unit.find_totp(player).await.unwrap().unwrap();
        assert_eq!((found.secret, found.last_step), (second.secret, Some(5)));
    }

    async fn a_step_that_was_told_is_kept_until_another_secret_comes(database: &Database) {
        let player = database.player(0).await;
        let enrolment = TotpEnrolment::begin(player, database.randomness.as_ref());
        let mut unit = database.begin().await;
        unit.put_totp(&enrolment, at(1)).await.unwrap();
        assert_eq!(unit.find_totp(player).await.unwrap().unwrap().told_step, None);
        for step in [9, 7] {
            unit.note_told_step(player, step).await.unwrap();
            assert_eq!(unit.find_totp(player).await.unwrap().unwrap().told_step, Some(step));
        }
        unit.put_totp(&enrolment, at(2)).await.unwrap();
        assert_eq!(unit.find_totp(player).await.unwrap().unwrap().told_step, None);
    }

    async fn a_totp_step_is_accepted_once_and_never_an_earlier_one(database: &Database) {
        let player = database.player(0).await;
        let mut unit = database.begin().await;
        assert!(!unit.advance_totp(player, 5).await.unwrap(), "not enrolled");
        assert_eq!(unit.note_told_step(player, 9).await, Err(StoreError::Conflict), "not enrolled");
        unit.put_totp(&TotpEnrolment::begin(player, database.randomness.as_ref()), at(1)).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(database.race(async |unit| unit.advance_totp(player, 5).await).await, (Ok(true), Ok(false)));
        let mut unit = database.begin().await;
        assert!(!unit.advance_totp(player, 4).await.unwrap());
        assert!(unit.advance_totp(player, 6).await.unwrap());
    }

    async fn a_recovery_code_works_once(database: &Database) {
        let player = database.player(0).await;
        let mut unit = database.begin().await;
        assert!(unit.find_recovery_codes(player).await.unwrap().is_none());
        unit.put_recovery_codes(player, &ten_codes(1)).await.unwrap();
        unit.commit().await.unwrap();
        let used = database.race(async |unit| unit.use_recovery_code(player, 3, at(5)).await).await;
        assert_eq!(used, (Ok(true), Ok(false)));
        let mut unit = database.begin().await;
        assert!(!unit.use_recovery_code(player, 10, at(5)).await.unwrap(), "no such place");
        let set = unit.find_recovery_codes(player).await.unwrap().unwrap();
        assert_eq!((set.salt, set.left()), ([1; 16], 9));
        let codes: Vec<_> = set.codes.iter().map(|c| (c.place, c.hash, c.used)).collect();
        let expected: Vec<_> = ten_codes(1).codes.iter().map(|c| (c.place, c.hash, c.place == 3)).collect();
        assert_eq!(codes, expected);
    }

    async fn a_new_set_of_recovery_codes_replaces_the_old_one(database: &Database) {
        let player = database.player(0).await;
        let mut unit = database.begin().await;
        unit.put_recovery_codes(player, &ten_codes(1)).await.unwrap();
        assert!(unit.use_recovery_code(player, 0, at(5)).await.unwrap());
        unit.put_recovery_codes(player, &ten_codes(2)).await.unwrap();
        let set = unit.find_recovery_codes(player).await.unwrap().unwrap();
        assert_eq!((set.salt, set.left(), set.codes[1].hash), ([2; 16], 10, CodeHash([3; 32])));
        unit.put_recovery_codes(player, &RecoveryCodes { salt: [3; 16], codes: vec![] }).await.unwrap();
        assert!(unit.find_recovery_codes(player).await.unwrap().unwrap().codes.is_empty());
    }

    async fn failures_are_kept_by_player(database: &Database) {
        let (one, two) = (database.player(0).await, database.player(1).await);
        let failed = Lockout { failures: 4, locked_until: Some(at(60)) };
        let mut unit = database.begin().await;
        assert_eq!(unit.find_lockout(one).await.unwrap(), Lockout::default());
        unit.put_lockout(one, &failed).await.unwrap();
        assert_eq!(unit.find_lockout(one).await.unwrap(), failed);
        assert_eq!(unit.find_lockout(two).await.unwrap(), Lockout::default());
        unit.put_lockout(one, &failed.succeeded()).await.unwrap();
        assert_eq!(unit.find_lockout(one).await.unwrap(), Lockout::default());
    }
}
