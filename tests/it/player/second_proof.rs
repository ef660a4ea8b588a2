//! Nothing is bound to a person on the face alone. The stranger here passes the camera by a scenario of the sandbox, which stands
//! for every photo, puppet and mask that a camera can be shown; what they meet after it is real.

use std::time::Duration;

use rastau::domain::identity::person::Iin;
use rastau::domain::scenario::SCENARIOS;
use rastau::domain::second_factor::contact_code::{MAX_SENT, PAUSE};
use rastau::domain::second_factor::enrolment::{EndOfHold, ProofWanted};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::browser::{Browser, OperatorServer};

mod codes;
mod holds;
mod recovery;
mod sources;
mod take_back;
mod takeover;

/// A day, and a little for the clock that runs on.
const HELD: Duration = Duration::from_mins(24 * 60 + 1);

fn iin_of(code: &str) -> Iin {
    Iin::parse(SCENARIOS.iter().find(|scenario| scenario.code == code).unwrap().iin).unwrap()
}

/// A browser past the camera as the person of this scenario, whoever sits before it.
async fn past_the_face(app: &TestApp, iin: &Iin) -> Browser {
    past_the_face_for(app, iin, &[]).await
}

/// The same where the operator's request says more.
async fn past_the_face_for(app: &TestApp, iin: &Iin, wishes: &[(&str, &str)]) -> Browser {
    let browser = Browser::arrive(app, &OperatorServer::of(app).push_with(wishes).await).await;
    browser.consent().await;
    assert_eq!(browser.identify(iin.expose()).await.0, 200);
    assert_eq!(browser.pretend_capture().await.0, 200);
    browser
}

/// A code of the authenticator that was begun last for this person.
async fn app_code(app: &TestApp, iin: &Iin) -> String {
    let player = app.player_of(iin).await;
    app.unit().await.find_totp(player).await.unwrap().unwrap().code_at(app.now()).expose().to_owned()
}

/// Makes an app the second factor; the answer to its first code.
async fn enrol_app(app: &TestApp, browser: &Browser, iin: &Iin) -> (u16, Value) {
    let (status, started) = browser.step("totp/enrol/start", &json!({})).await;
    assert_eq!(status, 200, "{started}");
    let code = app_code(app, iin).await;
    browser.step("totp/enrol/finish", &json!({ "code": code })).await
}

/// Holds an enrolment; what the visit came to.
async fn hold_app(app: &TestApp, browser: &Browser, iin: &Iin) -> Value {
    let (status, view) = browser.step("contact/wait", &json!({})).await;
    assert_eq!((status, view["stage"].as_str()), (200, Some("second_factor")), "{view}");
    let (status, answer) = enrol_app(app, browser, iin).await;
    assert_eq!(status, 200, "{answer}");
    answer["verification"].clone()
}

fn reasons(view: &Value) -> Vec<&str> {
    let listed = view["outcome"]["reasons"].as_array().map(Vec::as_slice).unwrap_or_default();
    listed.iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

/// The token in the newest link that the person was sent.
async fn link_token(app: &TestApp, iin: &Iin) -> String {
    let notices = app.notices(iin).await;
    let link = notices.iter().find_map(|notice| notice["links"][0].as_str()).expect("a link was sent");
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, app.base.join("not-me/").unwrap().as_str());
    token.to_owned()
}

async fn kinds(app: &TestApp, iin: &Iin) -> Vec<String> {
    app.notices(iin).await.iter().map(|notice| notice["kind"].as_str().unwrap().to_owned()).collect()
}
