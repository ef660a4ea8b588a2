//! Every way a player can be refused, and what they are told.

use std::time::Duration;

use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::restrictions::{Ground, Restriction};
use rastau::domain::verification::tries::TryLimits;
use serde_json::{Value, json};
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::{SOURCE, STAFF_KEY, TestApp};
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, refusal, to_face, to_second_factor, under_21};

fn restriction(ground: Ground, app: &TestApp) -> Restriction {
    Restriction {
        ground,
        legal_basis: "article 1".to_owned(),
        starts_at: Timestamp::from_seconds(0),
        ends_at: Some(app.now().plus(Duration::from_hours(720))),
        source: SOURCE.to_owned(),
        source_key: format!("{ground:?}"),
    }
}

/// Walks the whole way with a passkey and returns the outcome.
async fn outcome_of(app: &TestApp, iin: &Iin) -> Value {
    app.add_person(iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, iin, Who::Astronaut).await;
    player.enrol_passkey(&mut SoftPasskey::new(true)).await.unwrap();
    let outcome = player.view().await.unwrap()["outcome"].clone();
    let visit = player.go_back().await.unwrap();
    if outcome["result"] != "approved" {
        // One bit: denied. Never a ground.
        assert_eq!(visit, json!({ "status": "denied", "error": "access_denied" }));
    }
    outcome
}

fn codes(outcome: &Value) -> Vec<&str> {
    outcome["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn under_21_is_refused() {
    let app = TestApp::start().await;
    let outcome = outcome_of(&app, &under_21(app.now())).await;
    assert_eq!((outcome["result"].as_str(), codes(&outcome)), (Some("refused"), vec!["under_21"]));
}

#[tokio::test]
async fn every_active_ground_is_told_to_the_player_at_once() {
    let app = TestApp::start().await;
    let iin = adult(3);
    app.restrict(&[
        (iin.clone(), restriction(Ground::Debtor, &app)),
        (iin.clone(), restriction(Ground::SelfRestriction, &app)),
    ])
    .await;
    let outcome = outcome_of(&app, &iin).await;
    let mut told = codes(&outcome);
    told.sort_unstable();
    assert_eq!(told, ["restricted_debtor", "restricted_self"]);
    let reason = &outcome["reasons"][0];
    assert_eq!(reason["legal_basis"], "article 1");
    assert!(reason["until"].is_string() && reason["text"].as_str().unwrap().len() > 20, "{reason}");
}

#[tokio::test]
async fn a_stale_source_refuses_since_it_cannot_be_sure() {
    let app = TestApp::start().await;
    app.clock.advance(Duration::from_hours(25));
    let outcome = outcome_of(&app, &adult(4)).await;
    assert_eq!((outcome["result"].as_str(), codes(&outcome)), (Some("refused"), vec!["restrictions_unknown"]));
}

#[tokio::test]
async fn a_missing_source_refuses_since_it_cannot_be_sure() {
    let app = TestApp::start_with(|policy| policy.required_sources.push("court".to_owned())).await;
    let outcome = outcome_of(&app, &adult(5)).await;
    assert_eq!(codes(&outcome), ["restrictions_unknown"]);
}

#[tokio::test]
async fn an_iin_that_is_none_is_named() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    player.post("consent", &json!({ "accepted": true, "version": "2026-11" })).await.unwrap();
    for (iin, code) in [
        ("", "iin_malformed"),
        ("90010130001", "iin_malformed"),
        (" 900101300017", "iin_malformed"),
        ("900101000017", "iin_century"),
        ("901301300017", "iin_date"),
        ("900101300018", "iin_control_digit"),
    ] {
        assert_eq!(refusal(player.post("identify", &json!({ "iin": iin })).await), code, "{iin:?}");
    }
}

#[tokio::test]
async fn steps_out_of_turn_are_refused() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    let declined = json!({ "accepted": false, "version": "2026-11" });
    assert_eq!(refusal(player.post("consent", &declined).await), "consent_needed");
    assert_eq!(refusal(player.post("identify", &json!({ "iin": "900101300017" })).await), "out_of_turn");
    for step in ["passkey/register/start", "passkey/authenticate/start", "totp/enrol/start"] {
        assert_eq!(refusal(player.post(step, &json!({})).await), "out_of_turn", "{step}");
    }
    assert!(player.capture(&mut *living(Who::Astronaut)).await.is_err());
}

#[tokio::test]
async fn no_step_is_taken_before_its_turn() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    let code = json!({ "code": "123456" });
    let steps = [
        ("identify", json!({ "iin": "900101300017" })),
        ("captures", json!({})),
        ("lock/passkey/start", json!({})),
        ("contact/send", json!({ "contact": 0 })),
        ("contact/verify", code.clone()),
        ("contact/wait", json!({})),
        ("passkey/register/start", json!({})),
        ("passkey/register/finish", json!({})),
        ("passkey/authenticate/start", json!({})),
        ("passkey/authenticate/finish", json!({})),
        ("totp/enrol/start", json!({})),
        ("totp/enrol/finish", code.clone()),
        ("totp/verify", code.clone()),
        ("recovery-code/verify", code),
        ("self-restriction/confirm/start", json!({})),
        ("contest", json!({ "reason": "restricted_debtor", "statement": "It is paid" })),
    ];
    for (step, body) in steps {
        assert_eq!(refusal(player.post(step, &body).await), "out_of_turn", "{step}");
    }
    assert_eq!(player.view().await.unwrap()["stage"], "consent");
}

#[tokio::test]
async fn an_expired_verification_goes_nowhere() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    app.clock.advance(Duration::from_mins(20));
    let consent = json!({ "accepted": true, "version": "2026-11" });
    assert_eq!(refusal(player.post("consent", &consent).await), "verification_expired");
    assert_eq!(refusal(player.view().await), "verification_expired");
}

#[tokio::test]
async fn a_player_who_turns_back_is_cancelled_and_the_operator_denied() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    let view = player.post("cancel", &json!({})).await.unwrap();
    assert_eq!(view["outcome"]["result"], "cancelled");
    assert_eq!(player.go_back().await.unwrap()["status"], "denied");
}

#[tokio::test]
async fn of_clear_refusals_so_many_recordings_a_day_are_kept() {
    let limits = TryLimits { device_recordings_a_day: 2, ..TryLimits::default() };
    let app = TestApp::start_with(|policy| policy.tries = limits).await;
    let iin = adult(6);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    for _ in 0..3 {
        player.capture(&mut *living(Who::Other)).await.unwrap();
    }
    let cases: Value = app.staff("cases").await.json().await.unwrap();
    let reasons: Vec<&Value> = cases.as_array().unwrap().iter().map(|case| &case["reasons"]).collect();
    let kept = json!(["face_mismatch"]);
    assert_eq!(reasons, [&json!(["face_mismatch", "recording_not_kept"]), &kept, &kept], "the newest first");
    for (case, status) in cases.as_array().unwrap().iter().zip([404, 200, 200]) {
        let path = format!("cases/{}/frame", case["id"].as_str().unwrap());
        assert_eq!(app.staff(&path).await.status(), status);
    }
    assert!(cases[0]["scores"]["similarity"].as_f64().unwrap() < 0.363, "what was measured is there");
    let outcome = player.view().await.unwrap()["outcome"].clone();
    assert_eq!(codes(&outcome), ["face_mismatch"], "the player is told nothing of it");
    let events = app.unit().await.list_audit(1, 1_000).await.unwrap();
    let told = |details: &&str| details.contains("\"recording\"") && details.contains("\"device\"");
    let spent = events.iter().filter(|event| event.kind == "tries_spent").map(|event| event.details.as_str());
    assert_eq!(spent.filter(told).count(), 1, "staff are told once");
}

#[tokio::test]
async fn another_persons_face_is_refused_after_its_attempts_and_kept_for_compliance() {
    let app = TestApp::start().await;
    let iin = adult(6);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    let mut results = Vec::new();
    for _ in 0..3 {
        let captured = player.capture(&mut *living(Who::Other)).await.unwrap();
        results.push((captured.result, captured.reason));
    }
    // Which cue failed is told at the end alone: before, it would say what to work on.
    let retry = ("retry".to_owned(), "capture_retry".to_owned());
    assert!(results[..2].iter().all(|result| *result == retry), "{results:?}");
    assert_eq!(results[2].0, "refused");
    let outcome = player.view().await.unwrap()["outcome"].clone();
    assert_eq!(codes(&outcome), ["face_mismatch"]);
    assert_eq!(player.go_back().await.unwrap()["status"], "denied");

    let cases = app.staff("cases").await;
    let cases: Value = cases.json().await.unwrap();
    assert_eq!(cases.as_array().unwrap().len(), 3, "every failed attempt is kept");
    let case = &cases[0];
    assert_eq!(case["reasons"], json!(["face_mismatch"]));
    assert!(case["scores"]["similarity"].as_f64().unwrap() < 0.363);
    let path = format!("cases/{}/frame", case["id"].as_str().unwrap());
    let (first, second) = (app.staff(&path).await, {
        app.clock.advance(std::time::Duration::from_secs(2));
        app.staff(&path).await
    });
    let (first, second) = (first.bytes().await.unwrap(), second.bytes().await.unwrap());
    assert_eq!(&first[..2], [0xff, 0xd8], "the best frame is a JPEG");
    assert_ne!(first, second, "it bears the time at which it was looked at");
    // Nobody looks without saying why.
    for path in [path.as_str(), path.trim_end_matches("/frame")] {
        for reason in [None, Some(""), Some("x"), Some("a\u{7f}b")] {
            let request = reqwest::Client::new().get(app.base.join("api/compliance/").unwrap().join(path).unwrap());
            let request = reason.iter().fold(request.bearer_auth(STAFF_KEY), |request, reason| {
                request.header("view-reason", reason.as_bytes())
            });
            let Ok(answer) = request.send().await else { continue };
            assert_eq!(answer.status(), 422, "{path} {reason:?}");
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], "view_reason_missing");
        }
    }
    let without_key = reqwest::get(app.base.join("api/compliance/cases").unwrap()).await.unwrap();
    assert_eq!(without_key.status(), 401);
    assert!(!STAFF_KEY.is_empty());
    app.verify_audit().await;
}
