//! What is given back has ended, at once and whole; of others' tokens nothing comes.

use actix_web::http::StatusCode;
use serde_json::json;

use super::forms::refresh_fields;
use super::world::World;

const REVOKE: &str = "/oauth2/revoke";

#[actix_web::test]
async fn giving_back_either_token_ends_both() {
    for which in ["access_token", "refresh_token"] {
        let world = World::production().await;
        world.allow().await;
        let code = world.code(&world.bet).await;
        let tokens = world.exchange(&world.bet, &code).await.body;
        let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let hinted = vec![("token", token(which)), ("token_type_hint", "unknown".to_owned())];
        for _ in 0..2 {
            let answer = world.post(&world.bet, REVOKE, hinted.clone()).await;
            assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
        }
        assert_eq!(world.introspect(&world.bet, &token("access_token")).await.body, json!({ "active": false }));
        let renewed = world.post(&world.bet, "/oauth2/token", refresh_fields(&token("refresh_token"))).await;
        assert_eq!(renewed.error(), "invalid_grant");
        assert_eq!(world.audit().await, ["verification_started", "token_issued", "token_revoked"]);
    }
}

#[actix_web::test]
async fn nobody_ends_the_tokens_of_others() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let tokens = world.exchange(&world.bet, &code).await.body;
    for name in ["access_token", "refresh_token"] {
        let token = tokens[name].as_str().unwrap().to_owned();
        let answer = world.post(&world.other, REVOKE, vec![("token", token)]).await;
        assert_eq!(answer.status, StatusCode::OK, "not even whether it stands is said");
    }
    let answer = world.post(&world.bet, REVOKE, vec![("token", "nonsense".to_owned())]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.introspect(&world.bet, token).await.body["active"], true);
    assert_eq!(world.post(&world.bet, REVOKE, vec![]).await.error(), "invalid_request");
}
