//! Short tokens, long play: each renewal asks for the restrictions, and a refresh token that comes back ends everything.

use std::time::Duration;

use actix_web::http::StatusCode;
use rastau::domain::oauth::status_list::StatusListIndex;
use serde_json::{Value, json};

use super::forms::refresh_fields;
use super::world::{Answer, World};

const TOKEN: &str = "/oauth2/token";

async fn first(world: &World) -> Value {
    world.allow().await;
    let code = world.code(&world.bet).await;
    world.exchange(&world.bet, &code).await.body
}

async fn renew(world: &World, tokens: &Value) -> Answer {
    let token = tokens["refresh_token"].as_str().unwrap();
    world.post(&world.bet, TOKEN, refresh_fields(token)).await
}

async fn active(world: &World, tokens: &Value) -> bool {
    let token = tokens["access_token"].as_str().unwrap();
    world.introspect(&world.bet, token).await.body["active"] == true
}

#[actix_web::test]
async fn a_token_is_renewed_for_the_same_person_by_the_same_key() {
    let world = World::production().await;
    let one = first(&world).await;
    world.clock.advance(Duration::from_mins(4));
    let two = renew(&world, &one).await;
    assert_eq!(two.status, StatusCode::OK, "{}", two.body);
    assert_eq!(two.body["token_type"], "DPoP");
    assert_ne!(two.body["refresh_token"], one["refresh_token"]);
    assert!(active(&world, &one).await && active(&world, &two.body).await);
    let read =
        |tokens: &Value| world.services.credentials.signer.read(tokens["access_token"].as_str().unwrap()).unwrap();
    let (one, two) = (read(&one), read(&two.body));
    assert_eq!((&one.sub, one.auth_time, &one.cnf, &one.status), (&two.sub, two.auth_time, &two.cnf, &two.status));
    assert_eq!((two.iat, two.exp), (one.iat + 240, one.exp + 240));
    assert_ne!(one.jti, two.jti);
}

#[actix_web::test]
async fn an_elevation_ends_and_the_session_with_its_greatest_age() {
    let world = World::production().await;
    let mut tokens = first(&world).await;
    let acr = |tokens: &Value| {
        world.services.credentials.signer.read(tokens["access_token"].as_str().unwrap()).unwrap().acr.clone()
    };
    assert_eq!(acr(&tokens), "urn:rastau:acr:face+contact+passkey");
    for (minutes, class) in [(14, "urn:rastau:acr:face+contact+passkey"), (1, "urn:rastau:acr:session")] {
        world.clock.advance(Duration::from_mins(minutes));
        tokens = renew(&world, &tokens).await.body;
        assert_eq!(acr(&tokens), class);
    }
    // A minute before the end a token lives a minute.
    world.clock.advance(Duration::from_mins(12 * 60 - 16));
    world.allow().await;
    tokens = renew(&world, &tokens).await.body;
    assert_eq!(tokens["expires_in"], 60);
    world.clock.advance(Duration::from_mins(1));
    let over = renew(&world, &tokens).await;
    assert_eq!((over.status, over.error()), (StatusCode::BAD_REQUEST, "invalid_grant"));
}

#[actix_web::test]
async fn an_answer_that_was_lost_costs_no_face() {
    let world = World::production().await;
    let one = first(&world).await;
    let lost = renew(&world, &one).await.body;
    // OpenID's module `fapi2-security-profile-final-refresh-token` waits so long before it shows the token again.
    world.clock.advance(Duration::from_secs(30));
    let two = renew(&world, &one).await;
    assert_eq!(two.status, StatusCode::OK, "{}", two.body);
    assert!(active(&world, &one).await && active(&world, &lost).await && active(&world, &two.body).await);
    let three = renew(&world, &two.body).await;
    assert_eq!(three.status, StatusCode::OK, "{}", three.body);
    assert!(active(&world, &three.body).await);
}

#[actix_web::test]
async fn two_servers_that_renew_at_once_both_go_on() {
    let world = World::production().await;
    let one = first(&world).await;
    let answers = futures_util::future::join_all((0..4).map(|_| renew(&world, &one))).await;
    for answer in &answers {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    // Whichever of them the servers keep, and though the other was kept and used as well.
    for answer in &answers {
        let next = renew(&world, &answer.body).await;
        assert_eq!(next.status, StatusCode::OK, "{}", next.body);
        assert!(active(&world, &next.body).await);
    }
}

#[actix_web::test]
async fn a_refresh_token_whose_successor_was_used_ends_the_family_when_it_comes_back() {
    let world = World::production().await;
    let one = first(&world).await;
    let two = renew(&world, &one).await.body;
    let three = renew(&world, &two).await.body;
    let stolen = renew(&world, &one).await;
    assert_eq!((stolen.status, stolen.error()), (StatusCode::BAD_REQUEST, "invalid_grant"));
    assert!(!active(&world, &one).await && !active(&world, &two).await && !active(&world, &three).await);
    assert_eq!(renew(&world, &three).await.error(), "invalid_grant");
    assert_eq!(world.audit().await.last().unwrap(), "token_revoked");
}

#[actix_web::test]
async fn a_refresh_token_that_comes_back_late_ends_the_family() {
    let world = World::production().await;
    let one = first(&world).await;
    let two = renew(&world, &one).await.body;
    world.clock.advance(Duration::from_mins(5));
    assert_eq!(renew(&world, &one).await.status, StatusCode::OK, "the last moment");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(renew(&world, &one).await.error(), "invalid_grant");
    assert_eq!(renew(&world, &two).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn a_token_that_was_outrun_is_a_copy() {
    let world = World::production().await;
    let one = first(&world).await;
    let (kept, other) = (renew(&world, &one).await.body, renew(&world, &one).await.body);
    let next = renew(&world, &kept).await.body;
    let last = renew(&world, &next).await.body;
    assert_eq!(renew(&world, &other).await.error(), "invalid_grant", "two renewals behind");
    assert!(!active(&world, &last).await);
}

/// What the log says of the tokens of one grant, in its order.
async fn told_of(world: &World, tokens: &Value) -> Vec<String> {
    let status =
        |token: &Value| world.services.credentials.signer.read(token.as_str().unwrap()).unwrap().status.clone();
    let wanted = status(&tokens["access_token"]).status_list;
    let list: u32 = wanted.uri.rsplit('/').next().unwrap().parse().unwrap();
    let mut unit = world.services.store.read().await.unwrap();
    let grant = unit.grant_at(StatusListIndex { list, index: wanted.idx }).await.unwrap().unwrap();
    let events = unit.list_audit(1, 1_000).await.unwrap();
    let kinds = events.into_iter().filter(|event| event.details.contains(&grant.id.to_string()));
    kinds.map(|event| event.kind).collect()
}

#[actix_web::test]
async fn what_ends_a_family_ends_it_for_those_who_come_at_the_same_moment() {
    let world = World::production().await;
    let (_, busy) = (first(&world).await, first(&world).await);
    for _ in 0..5 {
        let old = first(&world).await;
        let between = renew(&world, &old).await.body;
        let new = renew(&world, &between).await.body;
        // The first keeps the store busy, so that the others go together: the old token in either place.
        futures_util::join!(renew(&world, &busy), renew(&world, &old), renew(&world, &new), renew(&world, &old));
        let told = told_of(&world, &old).await;
        let end = told.iter().position(|kind| kind == "token_revoked").unwrap();
        assert_eq!(end + 1, told.len(), "nothing is issued once the family has ended: {told:?}");
    }
}

#[actix_web::test]
async fn a_refresh_token_is_of_one_operator_and_one_key() {
    let world = World::production().await;
    let tokens = first(&world).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let stranger = world.post(&world.other, TOKEN, refresh_fields(token)).await;
    assert_eq!(stranger.error(), "invalid_grant");
    let proof = world.other.proof(&world.proof_claims(TOKEN));
    for proof in [Some(proof.as_str()), None] {
        let answer = world.post_proven(&world.bet, TOKEN, refresh_fields(token), proof).await;
        assert_eq!(answer.error(), "invalid_grant");
    }
    // Who cannot use it cannot end it either.
    assert!(active(&world, &tokens).await);
    assert_eq!(renew(&world, &tokens).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn who_was_restricted_in_the_meantime_plays_no_more() {
    let world = World::production().await;
    let tokens = first(&world).await;
    world.restrict().await;
    let answer = renew(&world, &tokens).await;
    // Never a ground.
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_grant"));
    assert!(!answer.text.contains("debtor"));
    assert!(!active(&world, &tokens).await, "the token that stood ends with it");
    world.allow().await;
    assert_eq!(renew(&world, &tokens).await.error(), "invalid_grant", "and stays ended");
}

#[actix_web::test]
async fn where_nobody_can_tell_nothing_is_issued_and_nothing_used_up() {
    let world = World::production().await;
    let tokens = first(&world).await;
    // The source is fresh for a day; a token is not.
    world.grow_stale().await;
    let answer = renew(&world, &tokens).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"));
    assert!(answer.header("retry-after").is_some());
    world.allow().await;
    assert_eq!(renew(&world, &tokens).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn what_is_no_refresh_token_is_refused() {
    let world = World::production().await;
    let tokens = first(&world).await;
    for text in ["x", tokens["access_token"].as_str().unwrap()] {
        assert_eq!(world.post(&world.bet, TOKEN, refresh_fields(text)).await.error(), "invalid_grant");
    }
    let missing = world.post(&world.bet, TOKEN, vec![("grant_type", "refresh_token".to_owned())]).await;
    assert_eq!(missing.error(), "invalid_request");
    let odd = world.post(&world.bet, TOKEN, vec![("grant_type", "password".to_owned())]).await;
    assert_eq!(odd.error(), "unsupported_grant_type");
    assert_eq!(json!(active(&world, &tokens).await), true);
}
