//! An operator asks about people whom it knows: one bit of each, with a receipt, and nothing else.

use actix_web::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use rastau::app::operators::change::{change_operator, set_disabled};
use rastau::domain::operators::operator::OperatorChange;
use rastau::domain::operators::scope::{Scope, Scopes};
use serde_json::{Value, json};

use super::client::Client;
use super::forms::{Fields, with};
use super::world::{Answer, World};

const ONE: &str = "/api/operator/checks";
const MANY: &str = "/api/operator/checks/bulk";

/// A world in which demo-bet may ask for everything and knows one person, by this subject.
async fn acquainted() -> (World, String) {
    let world = World::production().await;
    world.allow().await;
    give(&world, "demo-bet", Scope::ALL.into_iter().collect()).await;
    let subject = meet(&world, &world.bet).await;
    (world, subject)
}

pub(super) async fn give(world: &World, id: &str, scopes: Scopes) {
    let change = OperatorChange { scopes: Some(scopes), ..OperatorChange::default() };
    change_operator(world.services.store.as_ref(), world.tools(), id, change).await.unwrap();
}

/// The person of every code is verified for `client`, which learns the subject.
pub(super) async fn meet(world: &World, client: &Client) -> String {
    let code = world.code(client).await;
    let tokens = world.exchange(client, &code).await.body;
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    world.introspect(client, &token).await.body["sub"].as_str().unwrap().to_owned()
}

fn fields(subject: &str) -> Fields {
    [("subject", subject), ("purpose", "bet"), ("request_id", "r-1")]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
}

fn bulk(subjects: &[String]) -> Fields {
    let mut fields = with(fields(""), "subject", "");
    fields.push(("subjects", subjects.join(" ")));
    fields
}

pub(super) async fn ask(world: &World, client: &Client, subject: &str) -> Answer {
    world.post(client, ONE, fields(subject)).await
}

/// A subject of nobody, another for each number.
fn nobody(number: u16) -> String {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a receipt says, its signature checked as an operator would: by the published key.
async fn receipt(world: &World, answer: &Value) -> Value {
    let jwks: JwkSet =
        serde_json::from_value(world.send(actix_web::test::TestRequest::get().uri("/oauth2/jwks")).await.body).unwrap();
    let token = answer["receipt"].as_str().unwrap();
    let header = decode_header(token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("check-receipt+jwt"));
    let key = DecodingKey::from_jwk(jwks.find(header.kid.as_deref().unwrap()).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&["demo-bet"]);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    decode::<Value>(token, &key, &validation).unwrap().claims
}

#[actix_web::test]
async fn the_answer_is_one_bit_and_the_receipt_says_the_same() {
    let (world, subject) = acquainted().await;
    for allowed in [true, false] {
        if !allowed {
            world.restrict().await;
        }
        let answer = ask(&world, &world.bet, &subject).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.body;
        let members: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["allowed", "answer_id", "answered_at", "purpose", "receipt", "request_id", "subject"]);
        assert_eq!((&body["allowed"], &body["subject"]), (&json!(allowed), &json!(subject)));
        let said = receipt(&world, &body).await;
        let expected = json!({
            "iss": "https://rastau.example", "aud": "demo-bet", "iat": world.now(), "jti": body["answer_id"],
            "sub": subject, "purpose": "bet", "request_id": "r-1", "allowed": allowed,
        });
        assert_eq!(said, expected);
    }
    let kinds = world.audit().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "players_checked").count(), 2);
}

#[actix_web::test]
async fn nobody_can_tell_apart_why_it_is_a_no() {
    let (world, subject) = acquainted().await;
    let of_another = meet(&world, &world.other).await;
    assert_ne!(of_another, subject, "subjects are pairwise");
    let bare = |answer: &Answer| {
        let mut body = answer.body.clone();
        for own in ["subject", "answer_id", "receipt"] {
            body.as_object_mut().unwrap().remove(own);
        }
        (answer.status, body)
    };
    let unknown = bare(&ask(&world, &world.bet, &nobody(1)).await);
    assert_eq!(unknown.1["allowed"], false);
    assert_eq!(bare(&ask(&world, &world.bet, &of_another).await), unknown);
    world.restrict().await;
    assert_eq!(bare(&ask(&world, &world.bet, &subject).await), unknown, "restricted");
    world.grow_stale().await;
    assert_eq!(bare(&ask(&world, &world.bet, &subject).await), unknown, "it cannot be told");
}

#[actix_web::test]
async fn many_are_asked_about_at_once_in_their_order() {
    let (world, subject) = acquainted().await;
    let mut subjects: Vec<String> = (1..1_000).map(nobody).collect();
    subjects.insert(500, subject.clone());
    let answer = world.post(&world.bet, MANY, bulk(&subjects)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let answers = answer.body["answers"].as_array().unwrap();
    assert_eq!(answers.iter().map(|one| one["subject"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), subjects);
    let allowed: Vec<_> = answers.iter().filter(|one| one["allowed"] == true).map(|one| &one["subject"]).collect();
    assert_eq!(allowed, [&json!(subject)]);
    let ids: std::collections::HashSet<_> = answers.iter().map(|one| one["answer_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 1_000, "an id of each");
    assert_eq!(receipt(&world, &answers[500]).await["jti"], answers[500]["answer_id"]);

    subjects.push(nobody(2_000));
    for (wrong, status) in [
        (bulk(&subjects), StatusCode::BAD_REQUEST),
        (bulk(&[subject.clone(), subject.clone()]), StatusCode::BAD_REQUEST),
        (bulk(&[subject.clone(), String::new()]), StatusCode::BAD_REQUEST),
        (bulk(&["x".repeat(43), "x".repeat(42)]), StatusCode::BAD_REQUEST),
        (bulk(&["x".repeat(70_000)]), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let refused = world.post(&world.bet, MANY, wrong).await;
        assert_eq!((refused.status, refused.error()), (status, "invalid_request"), "{}", refused.body);
    }
}

#[actix_web::test]
async fn a_hundred_people_count_as_one_request() {
    let (world, _) = acquainted().await;
    let change = OperatorChange { requests_per_second: Some(1), ..OperatorChange::default() };
    let (store, tools) = (world.services.store.as_ref(), world.tools());
    change_operator(store, tools, "demo-bet", change).await.unwrap();
    let subjects: Vec<String> = (1..=300).map(nobody).collect();
    let refused = world.post(&world.bet, MANY, bulk(&subjects)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "two at once are all that come");
}

#[actix_web::test]
async fn only_who_is_registered_for_a_purpose_asks_for_it() {
    let (world, subject) = acquainted().await;
    give(&world, "demo-bet", [Scope::Play, Scope::CheckLogin].into_iter().collect()).await;
    for (purpose, status) in [("login", 200), ("bet", 403), ("marketing", 403)] {
        let answer = world.post(&world.bet, ONE, with(fields(&subject), "purpose", purpose)).await;
        assert_eq!(answer.status.as_u16(), status, "{purpose}: {}", answer.body);
        if status == 403 {
            assert_eq!(answer.error(), "insufficient_scope");
        }
    }
    let refused = ask(&world, &world.other, &subject).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "a new operator may not ask at all");
    let pushed = with(super::forms::request_fields(), "scope", "check:login");
    assert_eq!(world.post(&world.bet, "/oauth2/par", pushed).await.error(), "invalid_scope", "none to be verified for");
    set_disabled(world.services.store.as_ref(), world.tools(), "demo-bet", true, "").await.unwrap();
    assert_eq!(ask(&world, &world.bet, &subject).await.status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn what_is_no_question_is_refused_and_not_kept() {
    let (world, subject) = acquainted().await;
    for (name, value) in [
        ("subject", ""),
        ("subject", "900101300017"),
        ("purpose", ""),
        ("purpose", "play"),
        ("purpose", "Bet"),
        ("request_id", ""),
        ("request_id", "two words"),
        ("request_id", "қ"),
    ] {
        let refused = world.post(&world.bet, ONE, with(fields(&subject), name, value)).await;
        assert_eq!((refused.status, refused.error()), (StatusCode::BAD_REQUEST, "invalid_request"), "{name}={value}");
    }
    let mut twice = fields(&subject);
    twice.push(("subject", subject.clone()));
    assert_eq!(world.post(&world.bet, ONE, twice).await.error(), "invalid_request");
    assert!(!world.audit().await.contains(&"players_checked".to_owned()));
    // Without a client nobody is answered.
    let answer = world.send(super::forms::form(ONE, &fields(&subject))).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::UNAUTHORIZED, "invalid_client"));
}
