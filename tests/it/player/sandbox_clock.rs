//! The clock of a sandbox that a tester moves: codes, tokens and terms follow, sources of restrictions do not.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser, OperatorServer, read};
use crate::support::faces::{Who, id_photo};
use crate::support::people::{adult, to_second_factor};

/// The scenario `approved`.
const APPROVED: &str = "900101100014";
const DAY: u64 = 86_400;

async fn come_to_second_factor(app: &TestApp) -> Browser {
    let browser = Browser::arrive(app, &OperatorServer::of(app).push().await).await;
    browser.consent().await;
    browser.identify(APPROVED).await;
    browser.pretend_capture().await;
    browser
}

/// An approved player's code.
async fn code(app: &TestApp) -> String {
    let browser = come_to_second_factor(app).await;
    browser.pretend_factor(&json!({})).await;
    browser.go_back().await.remove("code").unwrap()
}

async fn time(app: &TestApp) -> Value {
    let answer = reqwest::get(app.base.join("api/sandbox/clock").unwrap()).await.unwrap();
    read(answer).await.1
}

async fn move_by(app: &TestApp, secret: &str, body: &Value) -> Answer {
    read(OperatorServer::of(app).clock(Method::POST, secret).json(body).send().await.unwrap()).await
}

#[tokio::test]
async fn codes_and_tokens_run_out_as_the_clock_moves() {
    let app = TestApp::start().await;
    let operator = OperatorServer::of(&app);
    let late = code(&app).await;
    operator.advance(61).await;
    assert_eq!(operator.exchange(&late).await.1["error"], "invalid_grant");

    let (_, token) = operator.exchange(&code(&app).await).await;
    let token = token["access_token"].as_str().unwrap();
    assert_eq!(operator.introspect(token).await["active"], true);
    operator.advance(301).await;
    assert_eq!(operator.introspect(token).await["active"], false);
    assert_eq!(time(&app).await["ahead_seconds"], 362);
    app.verify_audit().await;
}

#[tokio::test]
async fn terms_of_a_verification_run_out_as_the_clock_moves() {
    let app = TestApp::start().await;
    let operator = OperatorServer::of(&app);
    let browser = come_to_second_factor(&app).await;
    operator.advance(10 * 60).await;
    assert_eq!(browser.pretend_factor(&json!({})).await.1["code"], "face_too_old");
    operator.advance(10 * 60).await;
    assert_eq!(browser.view().await["code"], "verification_expired");
}

#[tokio::test]
async fn it_is_set_back_and_the_log_says_who_moved_it() {
    let app = TestApp::start().await;
    let operator = OperatorServer::of(&app);
    operator.advance(DAY).await;
    operator.advance(DAY).await;
    assert_eq!(time(&app).await["ahead_seconds"], 2 * DAY);
    let (status, set_back) = read(operator.clock(Method::DELETE, app.secret.expose()).send().await.unwrap()).await;
    assert_eq!((status, set_back["ahead_seconds"].as_u64()), (200, Some(0)));
    let events = app.unit().await.list_audit(1, 100).await.unwrap();
    let moved: Vec<&str> =
        events.iter().filter(|event| event.kind == "clock_moved").map(|event| event.details.as_str()).collect();
    assert_eq!(moved.len(), 3);
    assert!(moved[1].contains("demo-bet") && moved[1].contains("172800"), "{moved:?}");
    assert_eq!(operator.exchange(&code(&app).await).await.0, 200, "everything goes on");
}

#[tokio::test]
async fn only_an_operator_of_the_sandbox_moves_it_and_never_too_far_or_back() {
    let app = TestApp::start().await;
    let secret = app.secret.expose();
    let hour = json!({ "advance_seconds": 3_600 });
    assert_eq!(move_by(&app, "guessed", &hour).await.1["code"], "unauthorized");
    let address = app.base.join("api/sandbox/clock").unwrap();
    for request in [reqwest::Client::new().post(address.clone()).json(&hour), reqwest::Client::new().delete(address)] {
        assert_eq!(request.send().await.unwrap().status(), 401, "from loopback, too");
    }
    for bad in [json!({ "advance_seconds": -1 }), json!({}), json!({ "advance_seconds": 1, "to": "yesterday" })] {
        assert_eq!(move_by(&app, secret, &bad).await.1["code"], "bad_request", "{bad}");
    }
    for seconds in [400 * DAY + 1, u64::MAX] {
        let (status, problem) = move_by(&app, secret, &json!({ "advance_seconds": seconds })).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("clock_too_far")));
    }
    assert_eq!(time(&app).await["ahead_seconds"], 0);
    assert_eq!(move_by(&app, secret, &json!({ "advance_seconds": 400 * DAY })).await.0, 200);
}

/// Their files come in real time: a month that a tester skips leaves nobody without an answer. A month that passes does.
#[tokio::test]
async fn sources_of_restrictions_do_not_age_with_it() {
    let app = TestApp::start().await;
    OperatorServer::of(&app).advance(30 * DAY).await;
    assert_eq!(outcome(&app, 41).await, json!("approved"));
    app.clock.advance(Duration::from_hours(25));
    assert_eq!(outcome(&app, 42).await, json!("refused"), "the source itself is a day old now");
}

/// What comes of a person of the register, by camera and passkey.
async fn outcome(app: &TestApp, number: u16) -> Value {
    let iin = adult(number);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    player.enrol_passkey(&mut SoftPasskey::new(true)).await.unwrap();
    player.view().await.unwrap()["outcome"]["result"].clone()
}

#[tokio::test]
async fn the_index_of_faces_is_not_behind_after_a_jump() {
    let app = TestApp::start_with(|policy| policy.face_search.enabled = true).await;
    OperatorServer::of(&app).advance(DAY).await;
    let ready = reqwest::get(app.base.join("health/ready").unwrap()).await.unwrap();
    assert_eq!(ready.status(), 200);
}
