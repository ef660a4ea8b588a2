//! The code and what becomes of it: once, for the right operator, with the right verifier, in time.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use rastau::app::PlayerError;
use rastau::app::verification::start::start_verification;
use rastau::app::verification::view::view_verification;
use rastau::app::verification::way_back::return_to_operator;
use rastau::credentials::jose::{JoseSigner, generate_es256};
use rastau::domain::kernel::handle::{HandleHash, hash_handle};
use rastau::domain::oauth::authorization::{AuthorizationCode, MAX_CODES};
use serde_json::json;

use super::forms::{CALLBACK, CHALLENGE, grant_fields, with};
use super::world::{World, refusal};

#[actix_web::test]
async fn a_code_becomes_a_short_lived_token_that_says_no_more_than_it_must() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    world.clock.advance(Duration::from_secs(5));
    let answer = world.exchange(&world.bet, &code).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(answer.body["token_type"], "DPoP");
    assert_eq!(answer.body["refresh_token"].as_str().unwrap().len(), 43);
    assert_eq!(answer.body["expires_in"], 300);
    assert_eq!(answer.body["scope"], "play");

    let token = answer.body["access_token"].as_str().unwrap();
    let claims = world.services.credentials.signer.read(token).unwrap();
    let now = world.now();
    assert_eq!((claims.iat, claims.exp, claims.auth_time), (now, now + 300, now - 5));
    assert_eq!((claims.aud.as_str(), claims.client_id.as_str()), ("demo-bet", "demo-bet"));
    assert_eq!(claims.acr, "urn:rastau:acr:face+contact+passkey");
    assert_eq!(claims.amr, ["face", "pop", "mfa"]);
    assert_eq!(claims.cnf.as_ref().unwrap().jkt.as_deref(), Some(world.bet.thumbprint()));
    assert!(claims.status.status_list.uri.starts_with("https://rastau.example/oauth2/status/"));
    assert_eq!(claims.sandbox, None);
    assert_eq!(world.audit().await, ["verification_started", "token_issued"]);
}

#[actix_web::test]
async fn the_same_person_is_another_subject_for_another_operator() {
    let world = World::production().await;
    let mut subjects = Vec::new();
    for client in [&world.bet, &world.other, &world.bet] {
        let code = world.code(client).await;
        let answer = world.exchange(client, &code).await;
        let token = answer.body["access_token"].as_str().unwrap();
        subjects.push(world.services.credentials.signer.read(token).unwrap().sub.clone());
    }
    assert_eq!(subjects[0], subjects[2]);
    assert_ne!(subjects[0], subjects[1]);
}

#[actix_web::test]
async fn sandbox_tokens_are_marked() {
    let world = World::sandbox().await;
    let code = world.code(&world.bet).await;
    let answer = world.exchange(&world.bet, &code).await;
    let token = answer.body["access_token"].as_str().unwrap();
    assert_eq!(world.services.credentials.signer.read(token).unwrap().sandbox, Some(true));
    assert_eq!(world.introspect(&world.bet, token).await.body["sandbox"], true);
}

#[actix_web::test]
async fn a_code_that_comes_back_ends_its_token_once() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let first = world.exchange(&world.bet, &code).await;
    let token = first.body["access_token"].as_str().unwrap();
    assert_eq!(world.introspect(&world.bet, token).await.body["active"], true);
    for _ in 0..2 {
        let again = world.exchange(&world.bet, &code).await;
        assert_eq!((again.status, again.error()), (StatusCode::BAD_REQUEST, "invalid_grant"));
        assert_eq!(world.introspect(&world.bet, token).await.body, json!({ "active": false }));
    }
    assert_eq!(world.audit().await, ["verification_started", "token_issued", "token_revoked"]);
}

#[actix_web::test]
async fn of_two_at_once_one_wins_and_its_token_dies() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let answers = futures_util::future::join_all((0..4).map(|_| world.exchange(&world.bet, &code))).await;
    let tokens: Vec<_> = answers.iter().filter_map(|answer| answer.body["access_token"].as_str()).collect();
    assert_eq!(tokens.len(), 1);
    assert_eq!(world.introspect(&world.bet, tokens[0]).await.body, json!({ "active": false }));
}

/// Tries a wrong grant, then the right one with the same code, which must be burnt by then.
async fn burns(world: &World, change: (&'static str, &str)) {
    let code = world.code(&world.bet).await;
    let wrong = with(grant_fields(&code), change.0, change.1);
    let answer = world.post(&world.bet, "/oauth2/token", wrong).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_grant"), "{change:?}");
    assert_eq!(world.exchange(&world.bet, &code).await.error(), "invalid_grant", "{change:?}");
}

#[actix_web::test]
async fn a_wrong_redirect_or_verifier_burns_the_code() {
    let world = World::production().await;
    burns(&world, ("redirect_uri", "https://bet.example/cb/")).await;
    burns(&world, ("redirect_uri", "https://bet.example/Cb")).await;
    burns(&world, ("redirect_uri", "https://bet.example/cb?")).await;
    // As with the plain method, which is not ours.
    burns(&world, ("code_verifier", CHALLENGE)).await;
    burns(&world, ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl")).await;
    burns(&world, ("code_verifier", "short")).await;
    burns(&world, ("code_verifier", "")).await;
    assert!(!world.audit().await.contains(&"token_issued".to_owned()));
}

#[actix_web::test]
async fn the_code_of_another_client_is_burnt_not_served() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    assert_eq!(world.exchange(&world.other, &code).await.error(), "invalid_grant");
    assert_eq!(world.exchange(&world.bet, &code).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn a_code_lives_for_a_minute() {
    let world = World::production().await;
    let (early, late) = (world.code(&world.bet).await, world.code(&world.bet).await);
    world.clock.advance(Duration::from_millis(59_999));
    assert_eq!(world.exchange(&world.bet, &early).await.status, StatusCode::OK);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(world.exchange(&world.bet, &late).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn a_verification_that_was_not_approved_gives_no_token() {
    let world = World::production().await;
    // Such a code is never made; should one be, by a fault elsewhere, it still buys nothing.
    for decided in [false, true] {
        let uri = world.pushed(&world.bet).await;
        let started = start_verification(&world.services, "demo-bet", &uri, None).await.unwrap();
        let session = hash_handle(started.session.expose());
        let now = world.services.clock.now();
        let mut unit = world.services.store.begin().await.unwrap();
        let mut verification = unit.find_session(session).await.unwrap().unwrap();
        if decided {
            verification.end_early(refusal(), now).unwrap();
            unit.update_verification(&mut verification).await.unwrap();
        }
        let code = AuthorizationCode {
            hash: hash_handle(&format!("forged {decided}")),
            operator: verification.operator.clone(),
            verification: verification.id,
            redirect_uri: CALLBACK.to_owned(),
            code_challenge: CHALLENGE.to_owned(),
            dpop_jkt: None,
            expires_at: now.plus(Duration::from_mins(1)),
        };
        unit.insert_code(&code).await.unwrap();
        unit.commit().await.unwrap();
        let answer = world.exchange(&world.bet, &format!("forged {decided}")).await;
        assert_eq!(answer.error(), "invalid_grant");
    }
}

#[actix_web::test]
async fn what_is_missing_or_unknown_is_named_and_costs_no_code() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    for (name, value, error) in [
        ("grant_type", "", "invalid_request"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "client_credentials", "unsupported_grant_type"),
        ("code", "", "invalid_request"),
        ("redirect_uri", "", "invalid_request"),
        ("code", "unknown", "invalid_grant"),
        ("client_id", "other-bet", "invalid_client"),
    ] {
        let answer = world.post(&world.bet, "/oauth2/token", with(grant_fields(&code), name, value)).await;
        assert_eq!(answer.error(), error, "{name}={value}");
    }
    assert_eq!(world.exchange(&world.bet, &code).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_failure_of_ours_leaves_the_code_good() {
    let mut world = World::production().await;
    let code = world.code(&world.bet).await;
    let signer = world.services.credentials.signer.clone();
    // A signer set up for another issuer signs nothing.
    let key = generate_es256().unwrap();
    world.services.credentials.signer = Arc::new(JoseSigner::new("https://other.example", &[key]).unwrap());
    let answer = world.exchange(&world.bet, &code).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::INTERNAL_SERVER_ERROR, "server_error"));
    world.services.credentials.signer = signer;
    assert_eq!(world.exchange(&world.bet, &code).await.status, StatusCode::OK);
    assert_eq!(world.audit().await, ["verification_started", "token_issued"]);
}

#[actix_web::test]
async fn a_database_that_is_gone_is_said_to_be_so() {
    let world = World::production().await;
    world.database.close().await;
    for path in ["/oauth2/par", "/oauth2/token", "/oauth2/introspect"] {
        let answer = world.post(&world.bet, path, vec![]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.error(), "temporarily_unavailable");
        assert_eq!(answer.header("retry-after"), Some("5"));
    }
}

#[actix_web::test]
async fn whoever_was_restricted_since_the_decision_gets_no_token() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    world.restrict().await;
    let answer = world.exchange(&world.bet, &code).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_grant"));
    assert!(!world.audit().await.contains(&"token_issued".to_owned()));
    world.allow().await;
    let again = world.exchange(&world.bet, &code).await;
    assert_eq!((again.status, again.error()), (StatusCode::BAD_REQUEST, "invalid_grant"), "it was used up");
}

#[actix_web::test]
async fn where_the_registry_cannot_say_nothing_is_issued_and_nothing_lost() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    world.grow_stale().await;
    let answer = world.exchange(&world.bet, &code).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"));
    assert!(answer.header("retry-after").is_some());
    world.allow().await;
    assert_eq!(world.exchange(&world.bet, &code).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn an_approval_is_fetched_in_time_or_not_at_all() {
    let world = World::production().await;
    let (in_time, late) = (world.approved().await, world.approved().await);
    world.clock.advance(Duration::from_secs(20 * 60 - 1));
    assert!(return_to_operator(&world.services, in_time).await.unwrap().query().unwrap().contains("code="));
    world.clock.advance(Duration::from_secs(1));
    for session in [late, in_time] {
        let refused = return_to_operator(&world.services, session).await;
        assert_eq!(refused.unwrap_err().to_string(), "this verification has expired");
    }
}

/// The code that this visit's way back carries.
async fn way_back(world: &World, session: HandleHash) -> Result<Option<String>, PlayerError> {
    let address = return_to_operator(&world.services, session).await?;
    assert!(address.as_str().starts_with(CALLBACK), "{address}");
    Ok(address.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned()))
}

#[actix_web::test]
async fn who_was_approved_may_ask_for_the_way_back_again_until_a_code_was_redeemed() {
    let world = World::production().await;
    let session = world.approved().await;
    world.allow().await;
    let lost = way_back(&world, session).await.unwrap().unwrap();
    let way = view_verification(&world.services, session).await.unwrap().way_back;
    assert_eq!((way.taken, way.over), (true, false), "the button still leads back");
    world.clock.advance(Duration::from_secs(90));
    let code = way_back(&world, session).await.unwrap().unwrap();
    assert_ne!(lost, code);
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(world.exchange(&world.bet, &lost).await.error(), "invalid_grant", "too late");
    let answer = world.exchange(&world.bet, &code).await;
    assert_eq!(answer.status, StatusCode::OK, "it has a minute of its own, and nothing used it up: {}", answer.body);

    let again = way_back(&world, session).await;
    assert_eq!(again, Err(PlayerError::AlreadyReturned), "and not access_denied");
    let way = view_verification(&world.services, session).await.unwrap().way_back;
    assert_eq!((way.taken, way.over), (true, true));
}

#[actix_web::test]
async fn either_of_two_codes_serves_and_the_other_ends_nothing() {
    let world = World::production().await;
    for earlier_first in [true, false] {
        let session = world.approved().await;
        world.allow().await;
        let mut codes =
            [way_back(&world, session).await.unwrap().unwrap(), way_back(&world, session).await.unwrap().unwrap()];
        if !earlier_first {
            codes.reverse();
        }
        let answer = world.exchange(&world.bet, &codes[0]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let token = answer.body["access_token"].as_str().unwrap();
        for _ in 0..2 {
            assert_eq!(world.exchange(&world.bet, &codes[1]).await.error(), "invalid_grant");
            assert_eq!(world.introspect(&world.bet, token).await.body["active"], true, "it was never used");
        }
        assert_eq!(world.exchange(&world.bet, &codes[0]).await.error(), "invalid_grant");
        assert_eq!(world.introspect(&world.bet, token).await.body["active"], false, "this one was used twice");
    }
}

#[actix_web::test]
async fn codes_are_not_drawn_for_ever() {
    let world = World::production().await;
    let session = world.approved().await;
    world.allow().await;
    let mut last = String::new();
    for _ in 0..MAX_CODES {
        last = way_back(&world, session).await.unwrap().unwrap();
    }
    assert_eq!(way_back(&world, session).await, Err(PlayerError::AlreadyReturned));
    assert_eq!(world.exchange(&world.bet, &last).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_code_that_was_burnt_takes_the_others_with_it() {
    let world = World::production().await;
    let session = world.approved().await;
    world.allow().await;
    let (one, two) =
        (way_back(&world, session).await.unwrap().unwrap(), way_back(&world, session).await.unwrap().unwrap());
    let wrong = with(grant_fields(&one), "code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl");
    assert_eq!(world.post(&world.bet, "/oauth2/token", wrong).await.error(), "invalid_grant");
    assert_eq!(world.exchange(&world.bet, &two).await.error(), "invalid_grant");
    assert_eq!(way_back(&world, session).await, Err(PlayerError::AlreadyReturned));
}

#[actix_web::test]
async fn who_was_refused_is_told_of_as_denied_each_time() {
    let world = World::production().await;
    let session = world.approved().await;
    let mut unit = world.services.store.begin().await.unwrap();
    let mut verification = unit.find_session(session).await.unwrap().unwrap();
    assert!(verification.void(world.services.clock.now()), "what was shown counts no more");
    unit.update_verification(&mut verification).await.unwrap();
    unit.commit().await.unwrap();
    for _ in 0..3 {
        assert_eq!(way_back(&world, session).await, Ok(None));
    }
}

#[actix_web::test]
async fn what_was_decided_is_read_for_a_while_and_not_for_ever() {
    let world = World::production().await;
    let session = world.approved().await;
    world.clock.advance(Duration::from_secs(15 * 60 - 1));
    assert!(view_verification(&world.services, session).await.unwrap().outcome.is_some());
    for later in [Duration::from_secs(1), Duration::from_hours(24 * 40)] {
        world.clock.advance(later);
        let refused = view_verification(&world.services, session).await;
        assert_eq!(refused.unwrap_err().to_string(), "this verification has expired");
    }
}
