//! The people whom a sandbox plays: every branch of the integration over HTTP, without camera and authenticator.

use std::time::{Duration, Instant};

use rastau::domain::identity::person::Iin;
use rastau::domain::scenario::{SCENARIOS, SLOW_ANSWER};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser, OperatorServer, read};
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, to_face};

fn iin_of(code: &str) -> &'static str {
    SCENARIOS.iter().find(|scenario| scenario.code == code).unwrap().iin
}

async fn listed(app: &TestApp) -> Answer {
    read(reqwest::get(app.base.join("api/sandbox/scenarios").unwrap()).await.unwrap()).await
}

async fn come_to_face(app: &TestApp, iin: &str) -> Browser {
    let browser = Browser::arrive(app, &OperatorServer::of(app).push().await).await;
    browser.consent().await;
    let (status, view) = browser.identify(iin).await;
    assert_eq!((status, view["stage"].as_str()), (200, Some("face")), "{view}");
    browser
}

fn codes(outcome: &Value) -> Vec<&str> {
    outcome["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_scenario_ends_as_the_list_says() {
    let app = TestApp::start().await;
    let (status, list) = listed(&app).await;
    let list = list.as_array().unwrap();
    assert_eq!((status, list.len()), (200, SCENARIOS.len()));
    for scenario in list {
        play(&app, scenario).await;
    }
    app.verify_audit().await;
}

/// The whole way of one scenario, as the list describes it.
async fn play(app: &TestApp, scenario: &Value) {
    let code = scenario["code"].as_str().unwrap();
    let expected = scenario["expected"].as_str().unwrap();
    let reasons: Vec<&str> =
        scenario["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect();
    let operator = OperatorServer::of(app);
    let browser = Browser::arrive(app, &operator.push().await).await;
    browser.consent().await;
    let began = Instant::now();
    let (status, view) = browser.identify(scenario["iin"].as_str().unwrap()).await;
    assert_eq!(began.elapsed() >= SLOW_ANSWER, code == "slow", "{code}");
    if expected == "not_identified" {
        assert_eq!((status, view["code"].as_str()), (503, Some(reasons[0])));
        assert_eq!(browser.view().await["stage"], "identify", "{code}: another IIN may be named");
        browser.step("cancel", &json!({})).await;
        assert_eq!(browser.go_back().await["error"], "access_denied");
        return;
    }
    assert_eq!(view["scenario"], code);
    let (status, view) = browser.pretend_capture().await;
    assert_eq!(status, 200, "{code}: {view}");
    let view = if view["stage"] == "contact" { browser.pretend_factor(&json!({})).await.1 } else { view };
    let outcome = &view["outcome"];
    assert_eq!((outcome["result"].as_str(), codes(outcome)), (Some(expected), reasons), "{code}: {view}");
    // Whoever says nothing of languages is told in Russian.
    for reason in outcome["reasons"].as_array().unwrap().iter().filter(|reason| !reason["legal_basis"].is_null()) {
        let told = (reason["legal_basis"].as_str().unwrap(), reason["source"].as_str().unwrap());
        assert_eq!(told, ("Сценарий тестовой среды, настоящего решения нет", "Сценарии тестовой среды"), "{code}");
    }
    assert_eq!(browser.pretend_capture().await.1["code"], "out_of_turn", "{code}: once is all");

    let back = browser.go_back().await;
    if expected != "approved" {
        assert_eq!((back.get("code"), back["error"].as_str()), (None, "access_denied"), "{code}");
        return;
    }
    let (status, token) = operator.exchange(&back["code"]).await;
    assert_eq!(status, 200, "{code}: {token}");
    let told = operator.introspect(token["access_token"].as_str().unwrap()).await;
    let part = |name: &str| told[name].clone();
    assert_eq!(
        (part("active"), part("sandbox"), part("acr")),
        (json!(true), json!(true), json!("urn:rastau:acr:face+contact+passkey"))
    );
}

#[tokio::test]
async fn a_pretended_step_is_decided_kept_and_logged_as_a_real_one_and_marked() {
    let app = TestApp::start().await;
    let approved = come_to_face(&app, iin_of("approved")).await;
    approved.pretend_capture().await;
    approved.pretend_factor(&json!({ "factor": "totp" })).await;
    come_to_face(&app, iin_of("doubt")).await.pretend_capture().await;

    let events = app.unit().await.list_audit(1, 100).await.unwrap();
    let details = |kind: &str| -> Vec<Value> {
        let of_kind = events.iter().filter(|event| event.kind == kind);
        of_kind.map(|event| serde_json::from_str(&event.details).unwrap()).collect()
    };
    assert_eq!(details("person_identified")[0]["scenario"], "approved");
    let judged = details("face_judged");
    assert_eq!(judged[0], json!({ "attempt": 1, "result": "passed", "pretended": true }));
    assert_eq!(judged[1]["result"], "face_doubtful");
    assert_eq!(details("factor_accepted"), [json!({ "factor": "totp", "pretended": true, "bound_by": "contact" })]);
    let verdicts: Vec<Value> = details("verification_decided").iter().map(|event| event["verdict"].clone()).collect();
    assert_eq!(verdicts, ["approved", "under_review"]);
    assert!(details("factor_enrolled").is_empty(), "nothing is enrolled by pretending");

    let cases: Value = app.staff("cases").await.json().await.unwrap();
    assert_eq!(cases.as_array().unwrap().len(), 1);
    assert_eq!((&cases[0]["status"], &cases[0]["reasons"]), (&json!("open"), &json!(["face_doubtful"])));
    app.verify_audit().await;
}

#[tokio::test]
async fn the_pretended_factor_is_the_one_that_was_named() {
    let app = TestApp::start().await;
    let operator = OperatorServer::of(&app);
    for (factor, acr) in
        [("totp", "urn:rastau:acr:face+contact+totp"), ("passkey", "urn:rastau:acr:face+contact+passkey")]
    {
        let browser = come_to_face(&app, iin_of("approved")).await;
        browser.pretend_capture().await;
        let (_, problem) = browser.pretend_factor(&json!({ "factor": "crystal_ball" })).await;
        assert_eq!(problem["code"], "bad_request");
        browser.pretend_factor(&json!({ "factor": factor })).await;
        let (_, token) = operator.exchange(&browser.go_back().await["code"]).await;
        assert_eq!(operator.introspect(token["access_token"].as_str().unwrap()).await["acr"], acr);
    }
}

#[tokio::test]
async fn a_scenario_that_fails_locks_nobody() {
    let app = TestApp::start().await;
    let mut player = app.arrive().await;
    for _ in 0..5 {
        player.consent().await.unwrap();
        player.identify(iin_of("face_mismatch")).await.unwrap();
        let view = player.post("captures/pretend", &json!({})).await.unwrap();
        assert_eq!(view["outcome"]["result"], "refused");
        player = player.come_again().await.unwrap();
    }
    player.consent().await.unwrap();
    player.identify(iin_of("approved")).await.unwrap();
    assert_eq!(player.post("captures/pretend", &json!({})).await.unwrap()["stage"], "contact");
}

#[tokio::test]
async fn nobody_else_pretends_anything() {
    let app = TestApp::start().await;
    let iin = adult(40);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let browser = Browser::arrive(&app, &OperatorServer::of(&app).push().await).await;
    for _ in 0..2 {
        // First before anybody is named, then as a person of the register.
        assert_eq!(browser.pretend_capture().await.0, 404);
        assert_eq!(browser.pretend_factor(&json!({})).await.0, 404);
        if browser.view().await["stage"] == "consent" {
            browser.consent().await;
            browser.identify(iin.expose()).await;
        }
    }
    let view = browser.view().await;
    assert_eq!((&view["stage"], view.get("scenario")), (&json!("face"), None));
    assert!(app.unit().await.list_cases(1, None).await.unwrap().is_empty(), "and nothing came of trying");
}

#[tokio::test]
async fn steps_are_taken_in_turn_from_our_own_pages_and_with_a_session() {
    let app = TestApp::start().await;
    let browser = come_to_face(&app, iin_of("approved")).await;
    assert_eq!(browser.pretend_factor(&json!({})).await.1["code"], "out_of_turn");
    for path in ["captures/pretend", "contact/pretend", "second-factor/pretend"] {
        assert_eq!(browser.step_from_elsewhere(path, &json!({})).await.1["code"], "foreign_origin");
        let address = app.base.join("api/player/").unwrap().join(path).unwrap();
        let own = app.base.origin().ascii_serialization();
        let nobody = reqwest::Client::new().post(address).header("origin", own).json(&json!({})).send().await.unwrap();
        assert_eq!(nobody.status(), 401);
    }
    browser.pretend_capture().await;
    app.clock.advance(Duration::from_mins(10));
    assert_eq!(browser.pretend_factor(&json!({})).await.1["code"], "face_too_old");
}

#[tokio::test]
async fn a_real_camera_has_no_photo_of_a_scenario_to_compare_with() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    to_face(&player, &Iin::parse(iin_of("approved")).unwrap()).await;
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "under_review");
    let outcome = player.view().await.unwrap()["outcome"].clone();
    assert_eq!(codes(&outcome), ["id_photo_unusable"]);
}

#[tokio::test]
async fn a_newcomer_cannot_take_the_iin_of_a_scenario() {
    let app = TestApp::start().await;
    let newcomer =
        json!({ "iin": iin_of("approved"), "name": "Newcomer", "photo": base64_of(&id_photo(Who::Astronaut)) });
    let own = app.base.origin().ascii_serialization();
    let people = app.base.join("api/sandbox/people").unwrap();
    let answer = reqwest::Client::new().post(people).header("origin", own).json(&newcomer).send().await.unwrap();
    assert_eq!(read(answer).await.1["code"], "iin_taken");
}

#[tokio::test]
async fn outside_a_sandbox_these_iins_are_nothing_special() {
    let app = TestApp::start_with(|policy| policy.sandbox = false).await;
    // They are nobody's, or a person's like all others.
    let debtor = Iin::parse(iin_of("debtor")).unwrap();
    app.add_person(&debtor, &id_photo(Who::Astronaut)).await;
    let mut browser = Browser::unknown(&app);
    for iin in [iin_of("person_not_found"), iin_of("register_down"), debtor.expose()] {
        browser = Browser::arrive_unasked(&app).await;
        browser.consent().await;
        let (_, view) = browser.identify(iin).await;
        assert_eq!((&view["stage"], view.get("scenario"), &view["sandbox"]), (&json!("face"), None, &json!(false)));
    }
    for answer in [browser.pretend_capture().await, browser.pretend_factor(&json!({})).await, listed(&app).await] {
        assert_eq!((answer.0, answer.1["code"].as_str()), (404, Some("not_found")));
    }
    let time = reqwest::get(app.base.join("api/sandbox/clock").unwrap()).await.unwrap();
    assert_eq!(time.status(), 404);
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
