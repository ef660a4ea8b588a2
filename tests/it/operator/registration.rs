//! What stands in an operator's registration holds at once: disabled it gets nothing, and it may ask so often.

use actix_web::http::StatusCode;
use rastau::app::operators::change::{change_operator, set_disabled};
use rastau::domain::operators::operator::OperatorChange;
use rastau::domain::operators::scope::Scopes;
use serde_json::json;

use super::forms::{refresh_fields, request_fields};
use super::world::World;

#[actix_web::test]
async fn a_disabled_operator_gets_nothing_and_what_it_had_has_ended() {
    let world = World::production().await;
    world.allow().await;
    let code = world.code(&world.bet).await;
    let tokens = world.exchange(&world.bet, &code).await.body;
    let (store, tools) = (world.services.store.as_ref(), world.tools());
    set_disabled(store, tools, "demo-bet", true, "").await.unwrap();
    let refused = world.post(&world.bet, "/oauth2/par", request_fields()).await;
    assert_eq!((refused.status, refused.error()), (StatusCode::UNAUTHORIZED, "invalid_client"));

    set_disabled(store, tools, "demo-bet", false, "").await.unwrap();
    assert_eq!(world.post(&world.bet, "/oauth2/par", request_fields()).await.status, StatusCode::CREATED);
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.introspect(&world.bet, token).await.body, json!({ "active": false }), "it stays ended");
    let refresh = refresh_fields(tokens["refresh_token"].as_str().unwrap());
    assert_eq!(world.post(&world.bet, "/oauth2/token", refresh).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn an_operator_without_the_scope_keeps_nothing_and_may_ask_about_it() {
    let world = World::production().await;
    world.allow().await;
    let (store, tools) = (world.services.store.as_ref(), world.tools());
    let set = async |scopes| {
        let change = OperatorChange { scopes: Some(scopes), ..OperatorChange::default() };
        change_operator(store, tools, "demo-bet", change).await.unwrap()
    };
    let [used, waiting] = [world.code(&world.bet).await, world.code(&world.bet).await];
    let tokens = world.exchange(&world.bet, &used).await.body;
    set(Scopes::default()).await;

    let refused = world.post(&world.bet, "/oauth2/par", request_fields()).await;
    assert_eq!((refused.status, refused.error()), (StatusCode::BAD_REQUEST, "invalid_scope"));
    assert_eq!(world.exchange(&world.bet, &waiting).await.error(), "invalid_grant", "a code from before");
    let refresh = || refresh_fields(tokens["refresh_token"].as_str().unwrap());
    assert_eq!(world.post(&world.bet, "/oauth2/token", refresh()).await.error(), "invalid_grant");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.introspect(&world.bet, token).await.body, json!({ "active": false }));
    assert_eq!(world.post(&world.other, "/oauth2/par", request_fields()).await.status, StatusCode::CREATED);

    assert!(set(Scopes::usual()).await.may_play());
    assert_eq!(world.post(&world.bet, "/oauth2/par", request_fields()).await.status, StatusCode::CREATED);
    assert_eq!(world.introspect(&world.bet, token).await.body, json!({ "active": false }), "it stays ended");
    assert_eq!(world.post(&world.bet, "/oauth2/token", refresh()).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn who_asks_too_often_waits_and_others_do_not() {
    let world = World::production().await;
    let (store, tools) = (world.services.store.as_ref(), world.tools());
    let slow = OperatorChange { requests_per_second: Some(1), ..OperatorChange::default() };
    change_operator(store, tools, "demo-bet", slow).await.unwrap();
    let mut refused = None;
    for _ in 0..20 {
        let answer = world.introspect(&world.bet, "x").await;
        if answer.status != StatusCode::OK {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("nothing slowed it down");
    assert_eq!((refused.status, refused.error()), (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(world.introspect(&world.other, "x").await.status, StatusCode::OK);
}
