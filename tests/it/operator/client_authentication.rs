//! Who calls: assertions once each, secrets in the sandbox only, one way at a time.

use std::time::Duration;

use actix_web::http::StatusCode;
use rastau::app::operators::change::change_operator;
use rastau::domain::operators::operator::{AssertionAudience, ClientAuthentication, KeySource, OperatorChange};
use serde_json::{Value, json};

use super::client::Client;
use super::forms::{assertion_fields, basic, form, request_fields, with};
use super::world::{BASE, SECRET, World};

const PAR: &str = "/oauth2/par";

async fn push_with(world: &World, assertion: String) -> (StatusCode, String) {
    let mut fields = request_fields();
    fields.extend(assertion_fields(assertion));
    let answer = world.send(form(PAR, &fields)).await;
    let error = if answer.status.is_success() { String::new() } else { answer.error().to_owned() };
    (answer.status, error)
}

fn refused() -> (StatusCode, String) {
    (StatusCode::UNAUTHORIZED, "invalid_client".to_owned())
}

#[actix_web::test]
async fn the_audience_is_our_issuer_unless_the_registration_says_otherwise() {
    let world = World::production().await;
    let lenient = OperatorChange { assertion_audience: Some(AssertionAudience::Endpoint), ..OperatorChange::default() };
    let (store, tools) = (world.services.store.as_ref(), world.tools());
    change_operator(store, tools, "other-bet", lenient).await.unwrap();
    let list = || json!([BASE, format!("{BASE}{PAR}")]);
    for (client, taken) in [(&world.bet, false), (&world.other, true)] {
        for path in [PAR, "/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
            for aud in [json!(format!("{BASE}{path}")), list()] {
                let mut claims = client.claims(world.now());
                claims["aud"] = aud;
                let answer = push_with(&world, client.sign(&claims)).await;
                let expected = if taken { (StatusCode::CREATED, String::new()) } else { refused() };
                assert_eq!(answer, expected, "{} {}", client.id, claims["aud"]);
            }
        }
    }
}

#[actix_web::test]
async fn a_sandbox_says_why_and_production_does_not() {
    let (sandbox, production) = (World::sandbox().await, World::production().await);
    let told = async |world: &World, change: (&str, Value)| {
        let mut claims = world.bet.claims(world.now());
        claims[change.0] = change.1;
        let mut fields = request_fields();
        fields.extend(assertion_fields(world.bet.sign(&claims)));
        world.send(form(PAR, &fields)).await.body["error_description"].as_str().unwrap().to_owned()
    };
    for (member, value, why) in [
        ("aud", json!("http://localhost:8080"), "aud must be the issuer of this service"),
        ("exp", json!(1), "the assertion has expired"),
        ("sub", json!("no\"\u{e9}body"), "the client_id is malformed"),
    ] {
        let said = told(&sandbox, (member, value.clone())).await;
        assert!(said.contains(why) && said.is_ascii() && !said.contains('"'), "{said}");
        assert_eq!(told(&production, (member, value)).await, "client authentication failed");
    }
    let mut again = request_fields();
    again.extend(sandbox.bet.credentials(sandbox.now()));
    assert_eq!(sandbox.send(form(PAR, &again)).await.status, StatusCode::CREATED);
    let said = sandbox.send(form(PAR, &again)).await.body["error_description"].to_string();
    assert!(said.contains("was used before"), "{said}");
}

#[actix_web::test]
async fn an_assertion_works_once_and_at_one_address_for_all() {
    let world = World::production().await;
    let assertion = world.bet.sign(&world.bet.claims(world.now()));
    assert_eq!(push_with(&world, assertion.clone()).await.0, StatusCode::CREATED);
    assert_eq!(push_with(&world, assertion.clone()).await, refused());
    let mut fields = assertion_fields(assertion);
    fields.push(("token", "x".to_owned()));
    assert_eq!(world.send(form("/oauth2/introspect", &fields)).await.error(), "invalid_client");
}

#[actix_web::test]
async fn an_assertion_is_spent_even_when_the_request_is_not_taken() {
    let world = World::production().await;
    let assertion = world.bet.sign(&world.bet.claims(world.now()));
    let mut fields = with(request_fields(), "scope", "openid");
    fields.extend(assertion_fields(assertion.clone()));
    assert_eq!(world.send(form(PAR, &fields)).await.error(), "invalid_scope");
    assert_eq!(push_with(&world, assertion).await, refused());
}

#[actix_web::test]
async fn two_operators_may_use_the_same_jti() {
    let world = World::production().await;
    for client in [&world.bet, &world.other] {
        let mut claims = client.claims(world.now());
        claims["jti"] = json!("one");
        assert_eq!(push_with(&world, client.sign(&claims)).await.0, StatusCode::CREATED);
    }
}

#[actix_web::test]
async fn an_assertion_that_is_not_to_the_letter_is_refused() {
    let world = World::production().await;
    let now = world.now();
    let changes: [(&str, Value); 9] = [
        ("aud", json!("https://other.example")),
        ("exp", json!(now)),
        ("exp", json!(now + 3_601)),
        ("exp", Value::Null),
        ("iat", json!(now + 61)),
        ("nbf", json!(now + 61)),
        ("jti", Value::Null),
        ("iss", json!("other-bet")),
        ("sub", json!("other-bet")),
    ];
    for (member, value) in changes {
        let mut claims = world.bet.claims(now);
        claims[member] = value;
        assert_eq!(push_with(&world, world.bet.sign(&claims)).await, refused(), "{claims}");
    }
    // Signed with another operator's key, or by nobody we know.
    assert_eq!(push_with(&world, world.other.sign(&world.bet.claims(now))).await, refused());
    let stranger = Client::new("stranger");
    assert_eq!(push_with(&world, stranger.sign(&stranger.claims(now))).await, refused());
    assert_eq!(push_with(&world, "a.b.c".to_owned()).await, refused());
    // The service's own clock counts, not the machine's.
    let good = world.bet.sign(&world.bet.claims(now));
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(push_with(&world, good).await, refused());
}

#[actix_web::test]
async fn a_client_id_beside_the_assertion_must_be_the_same() {
    let world = World::production().await;
    let named = |id: &str| with(request_fields(), "client_id", id);
    assert_eq!(world.post(&world.bet, PAR, named("demo-bet")).await.status, StatusCode::CREATED);
    assert_eq!(world.post(&world.bet, PAR, named("other-bet")).await.error(), "invalid_client");
}

#[actix_web::test]
async fn nobody_is_let_in_without_credentials() {
    let world = World::production().await;
    for path in [PAR, "/oauth2/token", "/oauth2/introspect"] {
        let answer = world.send(form(path, &with(request_fields(), "client_id", "demo-bet"))).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::UNAUTHORIZED, "invalid_client"));
        assert_eq!(answer.header("www-authenticate"), None, "oauth4webapi would read it in place of the error");
    }
}

#[actix_web::test]
async fn a_secret_opens_the_sandbox_and_nothing_else() {
    let (sandbox, production) = (World::sandbox().await, World::production().await);
    let knock = |id: &str, secret: &str| form(PAR, &request_fields()).insert_header(basic(id, secret));
    assert_eq!(sandbox.send(knock("sandbox-bet", SECRET)).await.status, StatusCode::CREATED);
    for (world, id, secret) in [
        (&production, "sandbox-bet", SECRET),
        (&sandbox, "sandbox-bet", "wrong"),
        (&sandbox, "sandbox-bet", ""),
        (&sandbox, "demo-bet", SECRET),
        (&sandbox, "nobody", SECRET),
        (&sandbox, "", SECRET),
    ] {
        let answer = world.send(knock(id, secret)).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::UNAUTHORIZED, "invalid_client"), "{id}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Basic realm="), "{challenge}");
    }
}

#[actix_web::test]
async fn a_sandbox_operator_has_no_key_to_production() {
    let world = World::production().await;
    let client = Client::new("sandbox-key");
    let keys = KeySource::Registered(client.jwks().to_string());
    world.insert(client.id, ClientAuthentication::PrivateKeyJwt(keys), true).await;
    assert_eq!(world.post(&client, PAR, request_fields()).await.error(), "invalid_client");
}

#[actix_web::test]
async fn one_way_at_a_time() {
    let world = World::sandbox().await;
    let mut both = request_fields();
    both.extend(world.bet.credentials(world.now()));
    let answer = world.send(form(PAR, &both).insert_header(basic("sandbox-bet", SECRET))).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request"));
    let posted = with(request_fields(), "client_secret", SECRET);
    let answer = world.send(form(PAR, &posted)).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request"));
}
