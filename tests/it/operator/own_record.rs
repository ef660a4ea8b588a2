//! What an operator sees of itself: its registration, and what it was told.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use rastau::app::operators::change::change_operator;
use rastau::domain::operators::operator::OperatorChange;
use serde_json::{Value, json};

use super::forms::basic;
use super::webhooks::listening;
use super::world::{Answer, SECRET, World};

const ME: &str = "/api/operator/me";
const EVENTS: &str = "/api/operator/events";

async fn ask(world: &World, path: &str) -> Answer {
    let assertion = world.bet.sign(&world.bet.claims(world.now()));
    world.send(TestRequest::get().uri(path).insert_header(("Authorization", format!("Bearer {assertion}")))).await
}

#[actix_web::test]
async fn an_operator_reads_its_own_registration_and_nobody_elses() {
    let world = World::production().await;
    let told = ask(&world, ME).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!(told.header("cache-control"), Some("no-store"));
    let expected = json!({
        "client_id": "demo-bet", "name": "Demo Bet", "authentication": "private_key_jwt", "assertion_audience": "issuer",
        "redirect_uris": ["https://bet.example/cb"], "scopes": ["play"], "requests_per_second": 100, "sandbox": false,
        "keys": [{ "kid": world.bet.thumbprint(), "kty": "EC", "alg": "ES256" }],
    });
    assert_eq!(told.body, expected);
    listening(&world).await;
    let told = ask(&world, ME).await.body;
    assert!(told["webhook"]["url"].as_str().unwrap().starts_with("https://"), "{told}");
    assert!(told.to_string().find("whsec_").is_none(), "no secret is told twice");
    let foreign = ask(&world, &format!("{ME}?client_id=other-bet")).await;
    assert_eq!(foreign.error(), "invalid_request");
}

#[actix_web::test]
async fn an_assertion_in_the_header_is_as_good_as_in_a_form_and_serves_once() {
    let world = World::sandbox().await;
    let assertion = world.bet.sign(&world.bet.claims(world.now()));
    let request =
        |scheme: &str| TestRequest::get().uri(ME).insert_header(("Authorization", format!("{scheme} {assertion}")));
    assert_eq!(world.send(request("bearer")).await.status, StatusCode::OK);
    assert_eq!(world.send(request("Bearer")).await.error(), "invalid_client");
    let by_secret = TestRequest::get().uri(ME).insert_header(basic("sandbox-bet", SECRET));
    assert_eq!(world.send(by_secret).await.body["client_id"], "sandbox-bet");
    for bare in [TestRequest::get().uri(ME), TestRequest::get().uri(&format!("{ME}?client_id=demo-bet"))] {
        assert_eq!(world.send(bare).await.status, StatusCode::UNAUTHORIZED);
    }
    let twice = request("Bearer").append_header(("Authorization", "Bearer x"));
    assert_eq!(world.send(twice).await.error(), "invalid_request");
    assert_eq!(world.send(TestRequest::post().uri(ME)).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[actix_web::test]
async fn who_asks_in_a_loop_is_slowed_at_every_door_and_strangers_slow_nobody() {
    let world = World::production().await;
    let change = OperatorChange { requests_per_second: Some(1), ..OperatorChange::default() };
    let (store, tools) = (world.services.store.as_ref(), world.tools());
    change_operator(store, tools, "demo-bet", change).await.unwrap();
    // In its name, by another key: refused, and counted against nobody.
    for _ in 0..20 {
        let forged = world.other.sign(&world.bet.claims(world.now()));
        let request = TestRequest::get().uri(EVENTS).insert_header(("Authorization", format!("Bearer {forged}")));
        assert_eq!(world.send(request).await.status, StatusCode::UNAUTHORIZED);
    }
    let mut answered = 0;
    for _ in 0..20 {
        let answer = ask(&world, EVENTS).await;
        if answer.status == StatusCode::OK {
            answered += 1;
        } else {
            assert_eq!((answer.status, answer.error()), (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"));
            assert!(answer.header("retry-after").is_some());
        }
    }
    // Two at once, and one more for each second that this took.
    assert!((2..=10).contains(&answered), "{answered} of 20 were answered");
    change_operator(
        store,
        tools,
        "other-bet",
        OperatorChange { requests_per_second: Some(1), ..OperatorChange::default() },
    )
    .await
    .unwrap();
    let of_other = async |path: &str| {
        let assertion = world.other.sign(&world.other.claims(world.now()));
        world.send(TestRequest::get().uri(path).insert_header(("Authorization", format!("Bearer {assertion}")))).await
    };
    let answers = [of_other(EVENTS).await, of_other(ME).await, of_other(EVENTS).await, of_other(ME).await];
    let status = answers.map(|answer| answer.status.as_u16());
    assert_eq!(status[..2], [200, 200], "another operator's loop is none of its own");
    assert!(status.contains(&429), "one count for all doors: {status:?}");
}

#[actix_web::test]
async fn what_was_told_can_be_pulled_from_a_place_on() {
    let world = World::production().await;
    listening(&world).await;
    let revoked = async || {
        world.allow().await;
        let code = world.code(&world.bet).await;
        let tokens = world.exchange(&world.bet, &code).await.body;
        let given_back = vec![("token", tokens["access_token"].as_str().unwrap().to_owned())];
        world.post(&world.bet, "/oauth2/revoke", given_back).await;
    };
    revoked().await;
    let young = ask(&world, EVENTS).await.body;
    assert_eq!(young["events"], json!([]), "what a slower writer may still precede is not told yet: {young}");
    world.clock.advance(Duration::from_secs(11));
    let begun = world.clock_text();
    revoked().await;
    revoked().await;
    world.clock.advance(Duration::from_secs(11));

    let all = ask(&world, EVENTS).await.body;
    let kinds = |told: &Value| {
        let events = told["events"].as_array().unwrap();
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&all), ["token.revoked"; 3]);
    assert_eq!(all["more"], false);
    let members: Vec<_> = all["events"][0]["data"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["sub", "verification"]);
    let since = ask(&world, &format!("{EVENTS}?after={begun}")).await.body;
    assert_eq!(kinds(&since).len(), 2);

    let (mut place, mut ids) = (String::new(), Vec::new());
    for more in [true, true, false] {
        let query = if place.is_empty() { "limit=1".to_owned() } else { format!("limit=1&after={place}") };
        let page = ask(&world, &format!("{EVENTS}?{query}")).await.body;
        assert_eq!(page["more"], more, "{page}");
        place = page["next"].as_str().unwrap().to_owned();
        ids.push(page["events"][0]["id"].clone());
    }
    assert_eq!(json!(ids), json!(all["events"].as_array().unwrap().iter().map(|e| &e["id"]).collect::<Vec<_>>()));
    let end = ask(&world, &format!("{EVENTS}?after={place}")).await.body;
    assert_eq!(end, json!({ "events": [], "more": false, "next": place }));

    let request = TestRequest::get()
        .uri(EVENTS)
        .insert_header(("Authorization", format!("Bearer {}", world.other.sign(&world.other.claims(world.now())))));
    assert_eq!(world.send(request).await.body["events"], json!([]), "of another operator nothing");
    for bad in ["after=yesterday", "limit=0", "limit=501", "limit=null", "limit=1&limit=1", "after=%00"] {
        assert_eq!(ask(&world, &format!("{EVENTS}?{bad}")).await.error(), "invalid_request", "{bad}");
    }
}
