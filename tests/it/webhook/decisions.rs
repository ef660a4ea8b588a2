//! What is queued when a verification is decided: one bit, and the ids that the operator may know.

use rastau::app::webhooks::manage::set_webhook;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::operators::operator::OperatorId;
use rastau::domain::restrictions::{Ground, Restriction};
use rastau::domain::webhooks::ports::WebhookFilter;
use rastau::gateways::webhook_http::HttpWebhookSender;
use serde_json::{Value, json};
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::{SOURCE, TestApp};
use crate::support::faces::{Who, empty_room, id_photo, living};
use crate::support::people::{adult, to_face, to_second_factor};

/// An app whose operator has an endpoint. Nothing is delivered: the tests read the outbox.
async fn start() -> TestApp {
    let app = TestApp::start().await;
    let sender = HttpWebhookSender::new(true).unwrap();
    let services = &app.services;
    let ports = (services.clock.as_ref(), services.randomness.as_ref(), &sender as _);
    let operator = OperatorId::parse("demo-bet").unwrap();
    set_webhook(services.store.as_ref(), ports, &operator, "http://localhost:9/webhooks", "test").await.unwrap();
    app
}

/// Payloads in the outbox, the oldest first; times and well-formed ids are taken out.
async fn queued(app: &TestApp) -> Vec<Value> {
    let mut unit = app.unit().await;
    let mut messages = unit.list_webhooks(&WebhookFilter::default(), 100).await.unwrap();
    messages.reverse();
    let payload = |body: &str| {
        let mut payload: Value = serde_json::from_str(body).unwrap();
        payload.as_object_mut().unwrap().remove("timestamp").unwrap();
        let id = payload["data"]["verification"].as_str().unwrap();
        id.parse::<uuid::Uuid>().unwrap();
        payload["data"]["verification"] = json!("id");
        let state = payload["data"]["state"].as_str().unwrap();
        assert!(!state.is_empty(), "the operator knows its session by it");
        payload["data"]["state"] = json!("state");
        payload
    };
    messages.iter().map(|message| payload(&message.body)).collect()
}

fn bare(kind: &str) -> Value {
    json!({ "type": kind, "data": { "verification": "id", "state": "state" } })
}

#[tokio::test]
async fn an_approval_names_the_subject_that_the_token_names() {
    let app = start().await;
    let iin = adult(40);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    assert!(queued(&app).await.is_empty(), "nothing is decided");
    player.enrol_passkey(&mut SoftPasskey::new(true)).await.unwrap();
    let sub = player.go_back().await.unwrap()["claims"]["sub"].clone();
    let data = json!({ "verification": "id", "state": "state", "sub": sub });
    assert_eq!(queued(&app).await, [json!({ "type": "verification.completed", "data": data })]);
}

#[tokio::test]
async fn a_restriction_and_a_change_of_mind_look_the_same() {
    let app = start().await;
    let iin = adult(41);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let restriction = Restriction {
        ground: Ground::Debtor,
        legal_basis: "article 1".to_owned(),
        starts_at: Timestamp::from_seconds(0),
        ends_at: None,
        source: SOURCE.to_owned(),
        source_key: "1".to_owned(),
    };
    app.restrict(&[(iin.clone(), restriction)]).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    player.enrol_passkey(&mut SoftPasskey::new(true)).await.unwrap();
    app.arrive().await.post("cancel", &json!({})).await.unwrap();
    assert_eq!(queued(&app).await, [bare("verification.failed"), bare("verification.failed")]);
}

#[tokio::test]
async fn a_doubt_is_told_as_such_and_no_more() {
    let app = start().await;
    let iin = adult(42);
    app.add_person(&iin, &empty_room()).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    drop(player.capture(&mut *living(Who::Astronaut)).await);
    assert_eq!(player.view().await.unwrap()["outcome"]["result"], "under_review");
    assert_eq!(queued(&app).await, [bare("verification.under_review")]);
}

#[tokio::test]
async fn an_operator_without_an_endpoint_has_no_messages() {
    let app = TestApp::start().await;
    app.arrive().await.post("cancel", &json!({})).await.unwrap();
    assert!(queued(&app).await.is_empty());
}
