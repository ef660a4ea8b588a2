//! What happens to played people once they are in, as the operator's back end meets it.

use std::collections::BTreeSet;

use rastau::app::oauth::end_restricted::RestrictionSweep;
use rastau::app::operators::change::change_operator;
use rastau::domain::identity::person::Iin;
use rastau::domain::operators::operator::{OperatorChange, OperatorId};
use rastau::domain::operators::scope::Scope;
use rastau::domain::restrictions::{Ground, Restriction};
use rastau::domain::scenario::SCENARIOS;
use rastau::domain::webhooks::endpoint::WebhookEndpoint;
use rastau::domain::webhooks::ports::WebhookFilter;
use rastau::domain::webhooks::secret::WebhookSecret;
use serde_json::{Value, json};

use crate::support::app::{CLIENT, SOURCE, TestApp};
use crate::support::browser::{Answer, Browser, OperatorServer, read};

fn iin_of(code: &str) -> &'static str {
    SCENARIOS.iter().find(|scenario| scenario.code == code).unwrap().iin
}

/// The whole way of who plays this scenario, up to the decision.
async fn decided(app: &TestApp, code: &str) -> (Browser, Value) {
    let browser = Browser::arrive(app, &OperatorServer::of(app).push().await).await;
    browser.consent().await;
    browser.identify(iin_of(code)).await;
    browser.pretend_capture().await;
    let outcome = browser.pretend_factor(&json!({})).await.1["outcome"].clone();
    (browser, outcome)
}

/// The tokens of who is in, and the code that gave them.
async fn entered(app: &TestApp, code: &str) -> (Value, String) {
    let (browser, outcome) = decided(app, code).await;
    assert_eq!(outcome["result"], "approved", "{outcome}");
    let back = browser.go_back().await.remove("code").unwrap();
    let (status, tokens) = OperatorServer::of(app).exchange(&back).await;
    assert_eq!(status, 200, "{tokens}");
    (tokens, back)
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

async fn renew(app: &TestApp, tokens: &Value) -> Answer {
    OperatorServer::of(app).renew(tokens["refresh_token"].as_str().unwrap()).await
}

async fn active(app: &TestApp, tokens: &Value) -> bool {
    OperatorServer::of(app).introspect(access(tokens)).await["active"] == true
}

async fn may_play(app: &TestApp, tokens: &Value) -> bool {
    let sub = app.services.credentials.signer.read(access(tokens)).unwrap().sub.clone();
    let (status, answer) = OperatorServer::of(app).check(&sub).await;
    assert_eq!(status, 200, "{answer}");
    answer["allowed"].as_bool().unwrap()
}

/// What the sandbox tells of a code.
async fn followed(app: &TestApp, code: &str) -> Answer {
    let mut address = app.base.join("api/sandbox/grant").unwrap();
    address.query_pairs_mut().append_pair("code", code);
    read(reqwest::get(address).await.unwrap()).await
}

/// Generations of the tokens that were issued for the code, and why they ended.
async fn told(app: &TestApp, code: &str) -> (Vec<u64>, Value) {
    let (status, told) = followed(app, code).await;
    assert_eq!((status, &told["operator"]), (200, &json!(CLIENT)), "{told}");
    let tokens = told["tokens"].as_array().unwrap().iter().map(|pair| pair["renewals"].as_u64().unwrap()).collect();
    (tokens, told["ended"]["why"].clone())
}

/// The operator may ask between verifications, and is sent webhooks.
async fn acquainted(app: &TestApp) {
    let services = &app.services;
    let scopes = Some(Scope::ALL.into_iter().collect());
    let change = OperatorChange { scopes, ..OperatorChange::default() };
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    change_operator(services.store.as_ref(), tools, CLIENT, change).await.unwrap();
    let endpoint = WebhookEndpoint {
        operator: OperatorId::parse(CLIENT).unwrap(),
        url: "http://localhost:9/hooks".parse().unwrap(),
        secret: WebhookSecret::draw(services.randomness.as_ref()),
        old_secret: None,
        created_at: app.now(),
        disabled_at: None,
    };
    let mut unit = app.unit().await;
    unit.put_webhook_endpoint(&endpoint).await.unwrap();
    unit.commit().await.unwrap();
}

/// Kinds of the messages that were queued.
async fn queued(app: &TestApp) -> BTreeSet<&'static str> {
    let messages = app.unit().await.list_webhooks(&WebhookFilter::default(), 100).await.unwrap();
    messages.iter().map(|message| message.kind.as_str()).collect()
}

/// Whether the status list has the token's bit set.
async fn is_listed(app: &TestApp, tokens: &Value) -> bool {
    let place = app.services.credentials.signer.read(access(tokens)).unwrap().status.status_list.clone();
    let list = place.uri.rsplit('/').next().unwrap().parse().unwrap();
    app.unit().await.ended_places(list).await.unwrap().contains(&place.idx)
}

#[tokio::test]
async fn who_is_restricted_later_is_out_everywhere_for_a_minute() {
    let app = TestApp::start().await;
    acquainted(&app).await;
    let operator = OperatorServer::of(&app);
    let mut sweeper = RestrictionSweep::new(app.services.clone());
    let (tokens, code) = entered(&app, "restricted_later").await;
    assert_eq!(tokens["expires_in"], 300, "the operator must look before the token runs out");
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    assert!(active(&app, &tokens).await && may_play(&app, &tokens).await && !is_listed(&app, &tokens).await);

    operator.advance(30).await;
    assert!(!may_play(&app, &tokens).await);
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    assert!(!active(&app, &tokens).await && is_listed(&app, &tokens).await);
    assert!(queued(&app).await.is_superset(&["token.revoked", "player.restricted"].into()));
    assert_eq!(renew(&app, &tokens).await.1["error"], "invalid_grant");
    assert_eq!(told(&app, &code).await, (vec![0], json!("restricted")));
    let (_, outcome) = decided(&app, "restricted_later").await;
    assert_eq!(
        (&outcome["result"], &outcome["reasons"][0]["code"]),
        (&json!("refused"), &json!("restricted_cool_off"))
    );

    operator.advance(60).await;
    assert!(may_play(&app, &tokens).await);
    let (again, _) = entered(&app, "restricted_later").await;
    assert!(active(&app, &again).await && !active(&app, &tokens).await, "what ended stays ended");
    app.verify_audit().await;
}

#[tokio::test]
async fn a_renewal_that_comes_before_the_sweep_ends_it_as_well() {
    let app = TestApp::start().await;
    let (tokens, code) = entered(&app, "restricted_later").await;
    OperatorServer::of(&app).advance(30).await;
    assert_eq!(renew(&app, &tokens).await.1["error"], "invalid_grant");
    assert!(!active(&app, &tokens).await);
    assert_eq!(told(&app, &code).await.1, "restricted");
}

#[tokio::test]
async fn while_nobody_can_tell_a_renewal_uses_nothing_up() {
    let app = TestApp::start().await;
    let operator = OperatorServer::of(&app);
    let (tokens, code) = entered(&app, "register_down_at_renewal").await;
    assert_eq!(tokens["expires_in"], 20);
    let (status, refused) = renew(&app, &tokens).await;
    assert_eq!((status, refused["error"].as_str()), (503, Some("temporarily_unavailable")));
    assert!(active(&app, &tokens).await);
    operator.advance(20).await;
    assert_eq!(renew(&app, &tokens).await.0, 503);
    assert!(!active(&app, &tokens).await, "closed meanwhile");
    operator.advance(20).await;
    let (status, next) = renew(&app, &tokens).await;
    assert_eq!((status, &next["expires_in"]), (200, &json!(20)), "{next}");
    assert!(active(&app, &next).await, "and not lost");
    assert_eq!(told(&app, &code).await, (vec![0, 1], Value::Null));
    app.verify_audit().await;
}

#[tokio::test]
async fn an_answer_is_lost_once_and_costs_no_face() {
    let app = TestApp::start().await;
    let (tokens, code) = entered(&app, "lost_answer").await;
    let (status, lost) = renew(&app, &tokens).await;
    assert_eq!((status, lost.get("access_token")), (504, None), "{lost}");
    let (status, second) = renew(&app, &tokens).await;
    assert_eq!(status, 200, "{second}");
    let (status, third) = renew(&app, &second).await;
    assert_eq!(status, 200, "{third}");
    assert!(active(&app, &third).await);
    assert_eq!(told(&app, &code).await, (vec![0, 1, 1, 2], Value::Null));
    app.verify_audit().await;
}

#[tokio::test]
async fn short_tokens_are_renewed_soon_and_what_became_of_them_is_told() {
    let app = TestApp::start().await;
    let (browser, _) = decided(&app, "short_tokens").await;
    let code = browser.go_back().await.remove("code").unwrap();
    for unknown in [code.as_str(), "made-up"] {
        let (status, problem) = followed(&app, unknown).await;
        assert_eq!((status, problem["code"].as_str()), (404, Some("not_found")), "nobody has redeemed it");
    }
    let operator = OperatorServer::of(&app);
    let (_, tokens) = operator.exchange(&code).await;
    operator.advance(12).await;
    let (_, next) = renew(&app, &tokens).await;
    operator.advance(12).await;
    assert!(!active(&app, &tokens).await && active(&app, &next).await);
    assert_eq!(told(&app, &code).await, (vec![0, 1], Value::Null));
    operator.give_back(access(&next)).await;
    assert_eq!(told(&app, &code).await, (vec![0, 1], json!("revoked")));
}

/// A registry that names a played person ends what they have; whoever asks otherwise hears the same.
#[tokio::test]
async fn of_one_person_there_is_one_answer() {
    let app = TestApp::start().await;
    acquainted(&app).await;
    let (tokens, _) = entered(&app, "approved").await;
    let mut sweeper = RestrictionSweep::new(app.services.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    let row = Restriction {
        ground: Ground::Debtor,
        legal_basis: "A law".to_owned(),
        starts_at: app.now(),
        ends_at: None,
        source: SOURCE.to_owned(),
        source_key: "1".to_owned(),
    };
    app.restrict(&[(Iin::parse(iin_of("approved")).unwrap(), row)]).await;
    assert!(!may_play(&app, &tokens).await);
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
    assert!(!active(&app, &tokens).await);
    let (_, outcome) = decided(&app, "approved").await;
    assert_eq!(outcome["reasons"][0]["code"], "restricted_debtor");
    app.restrict(&[]).await;
    assert_eq!(decided(&app, "approved").await.1["result"], "approved");
}
