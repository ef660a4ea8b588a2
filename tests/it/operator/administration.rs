//! The administrators' door: operators by the API, each write once.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use rastau::domain::kernel::id::StaffId;
use rastau::domain::operators::idempotency::ANSWER_RETENTION;
use rastau::domain::staff::{Role, StaffMember};
use rastau::http::takes_two::{Door, ROWS, Takes};
use serde_json::{Value, json};

use super::client::Client;
use super::forms::request_fields;
use super::world::{ADMINISTRATOR_KEY, Answer, World};

const OPERATORS: &str = "/api/administration/operators";

fn by_administrator(request: TestRequest) -> TestRequest {
    request.insert_header(("Authorization", format!("Bearer {ADMINISTRATOR_KEY}")))
}

async fn write(world: &World, request: TestRequest, path: &str, key: &str, body: &Value) -> Answer {
    let request = by_administrator(request).uri(path).insert_header(("Idempotency-Key", key));
    world.send(if body.is_null() { request } else { request.set_payload(body.to_string()) }).await
}

async fn add(world: &World, key: &str, body: &Value) -> Answer {
    write(world, TestRequest::post(), OPERATORS, key, body).await
}

async fn read(world: &World, path: &str) -> Answer {
    world.send(by_administrator(TestRequest::get()).uri(path)).await
}

fn new_operator(client: &Client) -> Value {
    json!({
        "id": client.id,
        "name": "New Bet",
        "redirect_uris": ["https://bet.example/cb"],
        "authentication": "private_key_jwt",
        "jwks": client.jwks(),
        "contact": "ops@bet.example",
    })
}

#[actix_web::test]
async fn an_operator_is_added_changed_disabled_and_enabled() {
    let world = World::production().await;
    let client = Client::new("new-bet");
    assert_eq!(world.post(&client, "/oauth2/par", request_fields()).await.status, StatusCode::UNAUTHORIZED);
    let added = add(&world, "1", &new_operator(&client)).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    assert_eq!(added.header("cache-control"), Some("no-store"));
    assert_eq!(world.post(&client, "/oauth2/par", request_fields()).await.status, StatusCode::CREATED);

    let path = format!("{OPERATORS}/new-bet");
    assert_eq!(added.body["scopes"], json!(["play"]), "everything, when not said");
    let change = json!({ "name": "Newer Bet", "requests_per_second": 7, "scopes": [] });
    let changed = write(&world, TestRequest::patch(), &path, "2", &change).await;
    assert_eq!(world.post(&client, "/oauth2/par", request_fields()).await.error(), "invalid_scope");
    assert_eq!((changed.status, &changed.body["name"]), (StatusCode::OK, &json!("Newer Bet")));
    assert_eq!(read(&world, &path).await.body, changed.body);
    let listed = read(&world, OPERATORS).await.body;
    assert!(listed["operators"].as_array().unwrap().contains(&changed.body));

    let off = write(&world, TestRequest::post(), &format!("{path}/disable"), "3", &Value::Null).await;
    assert!(off.body["disabled_at"].is_string(), "{}", off.text);
    assert_eq!(world.post(&client, "/oauth2/par", request_fields()).await.status, StatusCode::UNAUTHORIZED);
    write(&world, TestRequest::post(), &format!("{path}/enable"), "4", &Value::Null).await;
    write(&world, TestRequest::patch(), &path, "scopes", &json!({ "scopes": ["play", "play"] })).await;
    assert_eq!(world.post(&client, "/oauth2/par", request_fields()).await.status, StatusCode::CREATED);

    // New keys: the old one is good no more.
    let newer = Client::new("new-bet");
    let keys = json!({ "authentication": "private_key_jwt", "jwks": newer.jwks() });
    write(&world, TestRequest::patch(), &path, "5", &keys).await;
    assert_eq!(world.post(&client, "/oauth2/par", request_fields()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.post(&newer, "/oauth2/par", request_fields()).await.status, StatusCode::CREATED);
    let kinds =
        ["added", "changed", "disabled", "enabled", "changed", "changed"].map(|what| format!("operator_{what}"));
    assert!(world.audit().await.ends_with(&kinds), "{:?}", world.audit().await);
}

#[actix_web::test]
async fn a_write_that_comes_twice_happens_once_and_its_secret_is_heard_twice() {
    let world = World::sandbox().await;
    let body = json!({
        "id": "secret-bet", "name": "Bet", "redirect_uris": ["http://localhost:1/cb"],
        "authentication": "client_secret_basic",
    });
    let first = add(&world, "one", &body).await;
    let secret = first.body["client_secret"].as_str().unwrap();
    let again = add(&world, "\"one\"", &body).await;
    assert_eq!((again.status, &again.body["client_secret"]), (StatusCode::CREATED, &json!(secret)));
    let added = world.audit().await.iter().filter(|kind| *kind == "operator_added").count();
    assert_eq!(added, 1);
    // Another request under the same key, and the same request under another.
    let mut other = body.clone();
    other["name"] = json!("Other");
    assert_eq!(code(&add(&world, "one", &other).await), (422, "idempotency_key_reused"));
    assert_eq!(code(&add(&world, "two", &body).await), (409, "operator_exists"));
    // The refused one has not used its key up.
    other["id"] = json!("third-bet");
    assert_eq!(add(&world, "two", &other).await.status, StatusCode::CREATED);
    // A day later nobody can ask again, and the secret is gone.
    world.clock.advance(ANSWER_RETENTION);
    world.clock.advance(std::time::Duration::from_secs(1));
    rastau::app::operators::idempotent::forget_old_answers(world.services.store.as_ref(), world.services.clock.now())
        .await
        .unwrap();
    assert_eq!(code(&add(&world, "one", &body).await), (409, "operator_exists"));
}

#[actix_web::test]
async fn of_two_that_come_at_once_one_is_done_and_both_are_answered() {
    let world = World::production().await;
    let body = new_operator(&Client::new("new-bet"));
    let all = futures_util::future::join_all((0..8).map(|_| add(&world, "one", &body))).await;
    for answer in &all {
        assert_eq!((answer.status, &answer.body), (StatusCode::CREATED, &all[0].body), "{}", answer.text);
    }
}

#[actix_web::test]
async fn nobody_without_the_key_gets_in() {
    let world = World::production().await;
    for request in [TestRequest::get(), TestRequest::post()] {
        assert_eq!(code(&world.send(request.uri(OPERATORS)).await), (401, "unauthorized"));
    }
    let wrong = TestRequest::get().uri(OPERATORS).insert_header(("Authorization", "Bearer x"));
    assert_eq!(code(&world.send(wrong).await), (401, "unauthorized"));
}

#[actix_web::test]
async fn what_is_wrong_is_named_and_nothing_is_done() {
    let world = World::production().await;
    let client = Client::new("new-bet");
    let good = || new_operator(&client);
    let change = |member: &str, value: Value| {
        let mut body = good();
        body[member] = value;
        body
    };
    let by_secret = |good: &Value| {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove("jwks");
        body["authentication"] = json!("client_secret_basic");
        body
    };
    let by_published = |uri: &str| {
        let mut body = good();
        body.as_object_mut().unwrap().remove("jwks");
        body["jwks_uri"] = json!(uri);
        body
    };
    let mut private = client.jwks();
    private["keys"][0]["d"] = json!("AAAA");
    for (body, status, word) in [
        (change("id", json!("X")), 422, "a-z"),
        (change("name", json!("")), 422, "name"),
        (change("redirect_uris", json!(["http://bet.example/"])), 422, "https"),
        (change("redirect_uris", json!(["http://localhost:8080/cb"])), 422, "https"),
        (change("redirect_uris", json!(["http://127.0.0.1/cb"])), 422, "https"),
        (change("redirect_uris", json!(["https://bet.example/cb", "javascript:alert(1)"])), 422, "https"),
        (change("redirect_uris", json!([])), 422, "redirect"),
        (by_secret(&good()), 422, "sandbox"),
        (by_published("https://169.254.169.254/jwks.json"), 422, "public"),
        (by_published("https://2130706433/jwks.json"), 422, "public"),
        (by_published("https://[::ffff:127.0.0.1]/jwks.json"), 422, "public"),
        (change("jwks", json!({ "keys": [] })), 422, "keys"),
        (change("jwks", private), 422, "private"),
        (change("jwks", Value::Null), 422, "missing"),
        (change("jwks_uri", json!("https://bet.example/jwks.json")), 422, "not both"),
        (change("authentication", json!("client_secret_basic")), 422, "without keys"),
        (change("authentication", json!("self_signed_tls_client_auth")), 422, "x5c"),
        (change("authentication", json!("none")), 400, "authentication"),
        (change("scopes", json!(["openid"])), 400, "scopes"),
        (change("scopes", json!("play")), 400, "scopes"),
        (change("contact", json!("nobody")), 422, "contact"),
        (change("requests_per_second", json!(0)), 422, "times"),
        (change("sandbox", json!(true)), 400, "sandbox"),
        (json!([]), 400, "NewOperatorBody"),
    ] {
        let answer = add(&world, "one", &body).await;
        let reason = answer.body["reason"].as_str().unwrap_or_default();
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.text);
        assert!(reason.contains(word), "{word} in {reason}");
    }
    let path = format!("{OPERATORS}/demo-bet");
    for body in [json!({}), json!({ "jwks": client.jwks() }), json!({ "authentication": "private_key_jwt" })] {
        let answer = write(&world, TestRequest::patch(), &path, "one", &body).await;
        assert_eq!(code(&answer), (422, "operator_invalid"));
    }
    for bad in ["", "a b", "\"", &"x".repeat(65)] {
        assert_eq!(code(&add(&world, bad, &good()).await), (400, "idempotency_key_missing"), "{bad}");
    }
    let none = by_administrator(TestRequest::post()).uri(OPERATORS).set_payload(good().to_string());
    assert_eq!(code(&world.send(none).await), (400, "idempotency_key_missing"));
    for nobody in ["nobody", "NOBODY", "%00"] {
        let path = format!("{OPERATORS}/{nobody}");
        assert_eq!(code(&read(&world, &path).await), (404, "not_found"));
        let off = write(&world, TestRequest::post(), &format!("{path}/disable"), "one", &Value::Null).await;
        assert_eq!(code(&off), (404, "not_found"));
    }
    assert!(!world.audit().await.iter().any(|kind| kind == "operator_added"));
}

#[actix_web::test]
async fn a_webhook_is_set_rotated_and_removed() {
    let world = World::sandbox().await;
    let path = format!("{OPERATORS}/demo-bet/webhook");
    assert_eq!(code(&read(&world, &path).await), (404, "not_found"));
    let url = json!({ "url": "http://localhost:9/hooks" });
    let set = write(&world, TestRequest::put(), &path, "1", &url).await;
    let secret = set.body["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let shown = read(&world, &path).await.body;
    assert_eq!((&shown["url"], &shown["secret"]), (&url["url"], &Value::Null));
    let rotated = write(&world, TestRequest::post(), &format!("{path}/rotate"), "2", &Value::Null).await.body;
    assert!(rotated["secret"].as_str().is_some_and(|new| new != secret) && rotated["old_secret_until"].is_string());
    for bad in ["ftp://bet.example/", "http://10.0.0.1/", "no url"] {
        let answer = write(&world, TestRequest::put(), &path, "3", &json!({ "url": bad })).await;
        assert_eq!(code(&answer), (422, "webhook_url_invalid"), "{bad}");
    }
    let removed = write(&world, TestRequest::delete(), &path, "4", &Value::Null).await;
    assert_eq!(removed.body, json!({ "undelivered": 0 }));
    assert_eq!(code(&write(&world, TestRequest::delete(), &path, "5", &Value::Null).await), (404, "not_found"));
}

#[actix_web::test]
async fn a_webhook_that_comes_again_is_answered_as_before_whatever_its_name_has_become() {
    let mut world = World::sandbox().await;
    let path = format!("{OPERATORS}/demo-bet/webhook");
    let url = json!({ "url": "http://localhost:9/hooks" });
    let set = write(&world, TestRequest::put(), &path, "1", &url).await;
    // From here on nothing leads to this machine.
    let mut policy = world.services.policy.as_ref().clone();
    policy.sandbox = false;
    world.services.policy = std::sync::Arc::new(policy);
    assert_eq!(code(&write(&world, TestRequest::put(), &path, "2", &url).await), (422, "webhook_url_invalid"));
    let again = write(&world, TestRequest::put(), &path, "1", &url).await;
    assert_eq!((again.status, &again.body), (StatusCode::OK, &set.body), "with the secret that was drawn");
    let other = json!({ "url": "http://localhost:9/other" });
    assert_eq!(code(&write(&world, TestRequest::put(), &path, "1", &other).await), (422, "idempotency_key_reused"));
}

fn code(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default())
}

/// Somebody of the staff who says yes.
async fn supervisor(world: &World) {
    let now = world.services.clock.now();
    let id = StaffId::new(now, world.services.randomness.as_ref());
    let member = StaffMember::new(id, "two".parse().unwrap(), "Two", [Role::Supervisor].into(), now).unwrap();
    let mut unit = world.services.store.begin().await.unwrap();
    unit.insert_staff(&StaffMember { confirmed_at: Some(now), ..member }).await.unwrap();
    unit.commit().await.unwrap();
}

#[actix_web::test]
async fn a_key_opens_no_door_where_somebody_could_be_the_second_unless_it_may_alone() {
    let mut world = World::sandbox().await;
    let client = Client::new("new-bet");
    let url = json!({ "url": "http://localhost:9/hooks" });
    let demo = format!("{OPERATORS}/demo-bet");
    write(&world, TestRequest::put(), &format!("{demo}/webhook"), "before", &url).await;
    supervisor(&world).await;
    let wider = json!({ "redirect_uris": ["https://rogue.example/cb"] });
    let how = |path: &str| match path {
        "/operators" => (TestRequest::post(), OPERATORS.to_owned(), new_operator(&client)),
        "/operators/{id}" => (TestRequest::patch(), demo.clone(), wider.clone()),
        "/operators/{id}/enable" => (TestRequest::post(), format!("{demo}/enable"), Value::Null),
        "/operators/{id}/webhook" => (TestRequest::put(), format!("{demo}/webhook"), url.clone()),
        "/operators/{id}/webhook/rotate" => (TestRequest::post(), format!("{demo}/webhook/rotate"), Value::Null),
        _ => panic!("nobody has tried {path} alone: say how it is called"),
    };
    let opening = || {
        let two = [Takes::Two, Takes::TwoToOpen];
        ROWS.iter().filter(move |row| row.door == Door::Administration && two.contains(&row.takes))
    };
    // What closes a door, or opens none, takes nobody else.
    let narrower = json!({ "requests_per_second": 7, "scopes": [] });
    assert_eq!(write(&world, TestRequest::patch(), &demo, "narrow", &narrower).await.status, StatusCode::OK);
    let off = write(&world, TestRequest::post(), &format!("{demo}/disable"), "off", &Value::Null).await;
    assert!(off.body["disabled_at"].is_string());
    let before = world.audit().await;
    for (number, row) in opening().enumerate() {
        let (request, path, body) = how(row.path);
        let answer = write(&world, request, &path, &format!("no-{number}"), &body).await;
        assert_eq!(code(&answer), (409, "takes_two"), "{} {}", row.method, row.path);
    }
    assert_eq!(world.audit().await, before);
    world.alone = true;
    for (number, row) in opening().enumerate() {
        let (request, path, body) = how(row.path);
        let answer = write(&world, request, &path, &format!("yes-{number}"), &body).await;
        assert!(answer.status.is_success(), "{} {}: {}", row.method, row.path, answer.text);
    }
    let log = world.services.store.read().await.unwrap().audit_trail(&["demo-bet".to_owned()], 20).await.unwrap();
    let by = |kind: &str, by: &str| {
        let by = format!("\"by\":\"{by}\"");
        log.iter().any(|event| event.kind == kind && event.details.contains(&by))
    };
    for kind in ["operator_changed", "operator_enabled", "webhook_set", "webhook_secret_rotated"] {
        assert!(by(kind, "administration api, alone"), "{kind}");
    }
    assert!(by("operator_disabled", "administration api") && by("webhook_set", "administration api"));
}
