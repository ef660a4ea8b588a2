//! Metadata and keys: complete, and true.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use serde_json::json;

use super::world::{BASE, World};

#[actix_web::test]
async fn the_metadata_say_what_is_and_nothing_that_is_not() {
    let world = World::production().await;
    let answer = world.send(TestRequest::get().uri("/.well-known/oauth-authorization-server")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let algorithms = json!(["ES256", "PS256", "EdDSA", "Ed25519"]);
    let expected = json!({
        "issuer": BASE,
        "authorization_endpoint": format!("{BASE}/oauth2/authorize"),
        "token_endpoint": format!("{BASE}/oauth2/token"),
        "pushed_authorization_request_endpoint": format!("{BASE}/oauth2/par"),
        "introspection_endpoint": format!("{BASE}/oauth2/introspect"),
        "revocation_endpoint": format!("{BASE}/oauth2/revoke"),
        "userinfo_endpoint": format!("{BASE}/oauth2/userinfo"),
        "jwks_uri": format!("{BASE}/oauth2/jwks"),
        "require_pushed_authorization_requests": true,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "scopes_supported": ["openid", "play", "check:login", "check:bet", "check:marketing"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": ["private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_signing_alg_values_supported": ["ES256"],
        "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "dpop_signing_alg_values_supported": algorithms,
        "authorization_response_iss_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "claims_supported":
            ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sandbox"],
        "service_documentation": format!("{BASE}/docs/"),
        "acr_values_supported":
            ["urn:rastau:acr:face+passkey", "urn:rastau:acr:face+totp", "urn:rastau:acr:face+recovery",
             "urn:rastau:acr:face+wait+passkey", "urn:rastau:acr:face+wait+totp", "urn:rastau:acr:face+wait+recovery",
             "urn:rastau:acr:face+contact+passkey", "urn:rastau:acr:face+contact+totp",
             "urn:rastau:acr:face+contact+recovery", "urn:rastau:acr:session"],
        "ui_locales_supported": ["kk", "ru", "en"],
        "tls_client_certificate_bound_access_tokens": false,
    });
    assert_eq!(answer.body, expected);
    let openid = world.send(TestRequest::get().uri("/.well-known/openid-configuration")).await;
    assert_eq!(openid.body, expected);
    for endpoint in
        ["token_endpoint", "pushed_authorization_request_endpoint", "introspection_endpoint", "revocation_endpoint"]
    {
        let path = expected[endpoint].as_str().unwrap().strip_prefix(BASE).unwrap();
        assert_eq!(world.send(TestRequest::get().uri(path)).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[actix_web::test]
async fn secrets_are_offered_in_the_sandbox_only() {
    let world = World::sandbox().await;
    let answer = world.send(TestRequest::get().uri("/.well-known/oauth-authorization-server")).await;
    let methods = json!(["private_key_jwt", "client_secret_basic"]);
    assert_eq!(answer.body["token_endpoint_auth_methods_supported"], methods);
}

#[actix_web::test]
async fn an_issuer_with_a_path_is_found_where_both_standards_look() {
    let mut world = World::sandbox().await;
    let mut policy = (*world.services.policy).clone();
    policy.issuer = format!("{BASE}/sandbox");
    world.services.policy = policy.into();
    for (path, status) in [
        ("/.well-known/oauth-authorization-server/sandbox", StatusCode::OK),
        ("/sandbox/.well-known/openid-configuration", StatusCode::OK),
        ("/sandbox/.well-known/oauth-authorization-server", StatusCode::OK),
        // RFC 8414 section 3.3: what stood here would be of another issuer than the one asked for.
        ("/.well-known/oauth-authorization-server", StatusCode::NOT_FOUND),
        ("/.well-known/openid-configuration", StatusCode::NOT_FOUND),
        ("/.well-known/oauth-authorization-server/other", StatusCode::NOT_FOUND),
        ("/other/.well-known/openid-configuration", StatusCode::NOT_FOUND),
    ] {
        let answer = world.send(TestRequest::get().uri(path)).await;
        assert_eq!(answer.status, status, "{path}");
        if status == StatusCode::OK {
            assert_eq!(answer.body["issuer"], format!("{BASE}/sandbox"));
        }
    }
}

#[actix_web::test]
async fn the_keys_are_public_halves_and_named() {
    let world = World::production().await;
    let answer = world.send(TestRequest::get().uri("/oauth2/jwks")).await;
    assert_eq!(answer.header("content-type"), Some("application/jwk-set+json"));
    let keys = answer.body["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    let members: Vec<_> = keys[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!((&keys[0]["alg"], &keys[0]["use"]), (&json!("ES256"), &json!("sig")));
}
