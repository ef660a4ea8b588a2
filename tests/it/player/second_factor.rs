//! The second step: enrolled only after a face, demanded ever after, locked by wrong codes.

use std::time::Duration;

use rastau::credentials::testing::{BackupFlags, FlaggedPasskey};
use rastau::domain::identity::person::Iin;
use rastau::domain::second_factor::totp::TotpEnrolment;
use serde_json::{Value, json};
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::at_once::{before_the_factor, somebody};
use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo};
use crate::support::people::{adult, refusal, to_face, to_second_factor};

/// The code that the player's authenticator app shows now.
async fn code_of(app: &TestApp, iin: &Iin) -> String {
    let player = app.player_of(iin).await;
    let enrolment: TotpEnrolment = app.unit().await.find_totp(player).await.unwrap().unwrap();
    enrolment.code_at(app.now()).expose().to_owned()
}

/// A person with TOTP and recovery codes, verified once.
async fn enrolled(app: &TestApp, number: u16) -> (Iin, Vec<String>, String) {
    let iin = adult(number);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let started = player.post("totp/enrol/start", &json!({})).await.unwrap();
    assert!(started["qr_svg"].as_str().unwrap().contains("<svg"));
    assert!(!started.to_string().contains(iin.expose()), "the app's entry names the person");
    let code = code_of(app, &iin).await;
    let answer = player.post("totp/enrol/finish", &json!({ "code": code })).await.unwrap();
    assert_eq!(answer["verification"]["outcome"]["result"], "approved", "{answer}");
    let codes: Vec<Value> = answer["recovery_codes"].as_array().unwrap().clone();
    (iin, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect(), code)
}

#[tokio::test]
async fn totp_is_enrolled_once_then_demanded_and_no_code_works_twice() {
    let app = TestApp::start().await;
    let (iin, _, used) = enrolled(&app, 20).await;

    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let step = player.view().await.unwrap()["second_factor"].clone();
    assert_eq!(step, json!({ "mode": "prove", "methods": ["totp", "recovery_code"], "locked_until": null }));
    for enrolment in ["totp/enrol/start", "passkey/register/start"] {
        assert_eq!(refusal(player.post(enrolment, &json!({})).await), "factor_enrolled", "{enrolment}");
    }
    assert_eq!(refusal(player.post("totp/verify", &json!({ "code": used })).await), "code_wrong");
    app.clock.advance(Duration::from_secs(30));
    let fresh = code_of(&app, &iin).await;
    let view = player.post("totp/verify", &json!({ "code": fresh })).await.unwrap();
    assert_eq!(view["outcome"]["result"], "approved");
    let visit = player.go_back().await.unwrap();
    assert_eq!(visit["claims"]["acr"], "urn:rastau:acr:face+contact+totp");
    app.verify_audit().await;
}

#[tokio::test]
async fn a_recovery_code_works_once() {
    let app = TestApp::start().await;
    let (iin, codes, _) = enrolled(&app, 21).await;
    let typed = codes[4].to_lowercase().replace('-', " ");

    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let view = player.post("recovery-code/verify", &json!({ "code": typed })).await.unwrap();
    assert_eq!(view["outcome"]["result"], "approved");
    assert_eq!(player.go_back().await.unwrap()["claims"]["acr"], "urn:rastau:acr:face+contact+recovery");

    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    assert_eq!(refusal(player.post("recovery-code/verify", &json!({ "code": codes[4] })).await), "code_wrong");
}

#[tokio::test]
async fn wrong_codes_lock_over_sessions_and_longer_each_time() {
    let app = TestApp::start().await;
    let (iin, codes, _) = enrolled(&app, 22).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let wrong = json!({ "code": "000000" });
    assert_eq!(refusal(player.post("totp/verify", &wrong).await), "code_wrong");
    assert_eq!(refusal(player.post("totp/verify", &wrong).await), "code_wrong");
    assert_eq!(refusal(player.post("totp/verify", &wrong).await), "factor_locked");
    // Another session, a right code, another method: locked all the same.
    let other = app.arrive().await;
    to_second_factor(&other, &iin, Who::Astronaut).await;
    let right = json!({ "code": codes[0] });
    assert_eq!(refusal(other.post("recovery-code/verify", &right).await), "factor_locked");
    assert!(other.view().await.unwrap()["second_factor"]["locked_until"].is_string());
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(refusal(other.post("totp/verify", &wrong).await), "factor_locked");
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(refusal(other.post("recovery-code/verify", &right).await), "factor_locked", "the second lock is longer");
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(other.post("recovery-code/verify", &right).await.unwrap()["outcome"]["result"], "approved");
}

#[tokio::test]
async fn raced_guesses_cannot_outrun_the_lock() {
    let app = TestApp::start().await;
    let (iin, _, _) = enrolled(&app, 23).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let wrong = json!({ "code": "000000" });
    let guesses = (0..12).map(|_| player.post("totp/verify", &wrong));
    let answers = futures_util::future::join_all(guesses).await;
    let looked_at = answers.into_iter().map(refusal).filter(|code| code == "code_wrong").count();
    assert!(looked_at <= 2, "{looked_at} guesses were looked at without a lock");
}

#[tokio::test]
async fn a_passkey_is_demanded_at_the_next_visit_and_a_strangers_is_refused() {
    let app = TestApp::start().await;
    let iin = adult(26);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let mut device = SoftPasskey::new(true);
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    player.enrol_passkey(&mut device).await.unwrap();

    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    assert!(player.show_passkey(&mut SoftPasskey::new(true)).await.is_err(), "a device without the passkey");
    let view = player.show_passkey(&mut device).await.unwrap();
    assert_eq!(view["outcome"]["result"], "approved");
    assert_eq!(player.go_back().await.unwrap()["claims"]["acr"], "urn:rastau:acr:face+contact+passkey");
    app.verify_audit().await;
}

#[tokio::test]
async fn a_passkey_that_its_device_begins_to_synchronise_goes_on_working() {
    let app = TestApp::start().await;
    let origin = app.base.origin().ascii_serialization();
    let (bound, synchronised) = (BackupFlags::new(false, false), BackupFlags::new(true, true));
    let iin = adult(28);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let device = FlaggedPasskey::new().unwrap();
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let options = player.post("passkey/register/start", &json!({})).await.unwrap();
    let made = device.create(&options, &origin, bound).unwrap();
    player.post("passkey/register/finish", &made).await.unwrap();

    for (shown, told) in [(synchronised, None), (bound, Some("passkey_rejected")), (synchronised, None)] {
        let player = app.arrive().await;
        to_second_factor(&player, &iin, Who::Astronaut).await;
        let options = player.post("passkey/authenticate/start", &json!({})).await.unwrap();
        let answer = player.post("passkey/authenticate/finish", &device.get(&options, &origin, shown).unwrap()).await;
        match told {
            None => assert_eq!(answer.unwrap()["outcome"]["result"], "approved", "{shown:?}"),
            Some(code) => assert_eq!(refusal(answer), code, "{shown:?}"),
        }
    }
}

#[tokio::test]
async fn a_code_of_another_time_is_wrong_and_tells_that_a_clock_is_off() {
    let app = TestApp::start().await;
    let iin = adult(29);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    player.post("totp/enrol/start", &json!({})).await.unwrap();
    let app_of = app.player_of(&iin).await;
    let enrolment: TotpEnrolment = app.unit().await.find_totp(app_of).await.unwrap().unwrap();
    let at = |seconds: i64| {
        let now = app.now().seconds() + seconds;
        enrolment.code_at(rastau::domain::kernel::time::Timestamp::from_seconds(now)).expose().to_owned()
    };
    let told = async |path: &str, code: String| {
        let error = player.post(path, &json!({ "code": code })).await.unwrap_err();
        let refused = error.downcast::<rastau::cli::demo::answer::Refused>().unwrap();
        (refused.status, refused.code, refused.detail)
    };
    // While it is enrolled, behind and ahead.
    for (seconds, minutes) in [(-90, "2 "), (300, "5 ")] {
        let (status, code, detail) = told("totp/enrol/finish", at(seconds)).await;
        assert_eq!((status, code.as_str()), (422, "clock_off"));
        assert!(detail.contains(minutes) && !detail.contains('{'), "{detail}");
    }
    // As wrong as any other: the third locks, and a locked one is told of nothing.
    assert_eq!(told("totp/enrol/finish", at(-90)).await.1, "clock_off");
    assert_eq!(told("totp/enrol/finish", at(0)).await.1, "factor_locked");
    app.clock.advance(Duration::from_secs(31));
    let grouped = format!("{} {}", &at(0)[..3], &at(0)[3..]);
    player.post("totp/enrol/finish", &json!({ "code": grouped })).await.unwrap();

    // Later, a code that is still to come serves nobody who guessed it when its time has come.
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let ahead = at(120);
    assert_eq!(refusal(player.post("totp/verify", &json!({ "code": ahead })).await), "clock_off");
    app.clock.advance(Duration::from_mins(2));
    assert_eq!(refusal(player.post("totp/verify", &json!({ "code": ahead })).await), "code_wrong");
    app.clock.advance(Duration::from_mins(1));
    let view = player.post("totp/verify", &json!({ "code": at(0) })).await.unwrap();
    assert_eq!(view["outcome"]["result"], "approved");
    app.verify_audit().await;
}

#[tokio::test]
async fn nothing_is_enrolled_without_a_face_or_long_after_it() {
    let app = TestApp::start().await;
    let iin = adult(24);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    assert_eq!(refusal(player.post("totp/enrol/start", &json!({})).await), "out_of_turn");

    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    app.clock.advance(Duration::from_mins(10));
    assert_eq!(refusal(player.post("totp/enrol/start", &json!({})).await), "face_too_old");
    assert_eq!(refusal(player.post("passkey/register/start", &json!({})).await), "face_too_old");
}

#[tokio::test]
async fn guesses_at_an_enrolment_lock_as_well() {
    let app = TestApp::start().await;
    let iin = adult(27);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let wrong = json!({ "code": "000000" });
    assert_eq!(refusal(player.post("totp/enrol/finish", &wrong).await), "factor_missing");
    player.post("totp/enrol/start", &json!({})).await.unwrap();
    for told in ["code_wrong", "code_wrong", "factor_locked", "factor_locked"] {
        assert_eq!(refusal(player.post("totp/enrol/finish", &wrong).await), told);
    }
    let right = json!({ "code": code_of(&app, &iin).await });
    assert_eq!(refusal(player.post("totp/enrol/finish", &right).await), "factor_locked");
}

#[tokio::test]
async fn a_passkey_ceremony_serves_once_and_an_unknown_answer_is_refused() {
    let app = TestApp::start().await;
    let iin = adult(25);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    assert_eq!(refusal(player.post("passkey/register/finish", &json!({})).await), "ceremony_unknown");
    player.post("passkey/register/start", &json!({})).await.unwrap();
    assert_eq!(refusal(player.post("passkey/register/finish", &json!({ "id": "x" })).await), "passkey_rejected");
    assert_eq!(refusal(player.post("passkey/register/finish", &json!({ "id": "x" })).await), "ceremony_unknown");
    assert_eq!(refusal(player.post("passkey/authenticate/start", &json!({})).await), "factor_missing");
}

#[tokio::test]
async fn a_passkey_that_was_shown_once_is_shown_in_vain_in_every_other_ceremony() {
    let app = TestApp::start().await;
    let iin = somebody();
    let mut device = SoftPasskey::new(true);
    let first = before_the_factor(&app, &iin).await;
    let (_, options) = first.step("passkey/register/start", &json!({})).await;
    let options = serde_json::from_value(options).unwrap();
    let made = device.do_registration(app.base.clone(), options).unwrap();
    let made = serde_json::to_value(made).unwrap();
    assert_eq!(first.step("passkey/register/finish", &made).await.0, 200);
    assert_eq!(first.step("passkey/register/finish", &made).await.0, 409, "the very same once more");

    let (one, two) = (before_the_factor(&app, &iin).await, before_the_factor(&app, &iin).await);
    let (_, options) = one.step("passkey/authenticate/start", &json!({})).await;
    let options = serde_json::from_value(options).unwrap();
    let shown = device.do_authentication(app.base.clone(), options).unwrap();
    let shown = serde_json::to_value(shown).unwrap();
    for _ in 0..2 {
        assert_eq!(two.step("passkey/authenticate/start", &json!({})).await.0, 200);
        let (status, refused) = two.step("passkey/authenticate/finish", &shown).await;
        assert_eq!((status, refused["code"].as_str()), (422, Some("passkey_rejected")), "of another visit's ceremony");
        let (status, refused) = two.step("passkey/authenticate/finish", &shown).await;
        assert_eq!((status, refused["code"].as_str()), (409, Some("ceremony_unknown")));
    }
    let (status, view) = one.step("passkey/authenticate/finish", &shown).await;
    assert_eq!((status, &view["outcome"]["result"]), (200, &json!("approved")), "{view}");
    let (status, refused) = one.step("passkey/authenticate/finish", &shown).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some("out_of_turn")));
    assert_eq!(two.view().await["stage"], "second_factor");
}
