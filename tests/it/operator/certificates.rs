//! Operators that prove themselves in TLS: a proxy tells us their certificate, and tokens are bound to it (RFC 8705).

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rastau::domain::operators::operator::{ClientAuthentication, KeySource};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::forms::{Fields, form, grant_fields, refresh_fields, request_fields, with};
use super::world::{Answer, World};

const ID: &str = "tls-bet";
const PROXY: &str = "10.0.0.5:40000";
/// To us a certificate is bytes: what is in it the handshake has proven.
const CERTIFICATE: &[u8] = b"\x30\x03one";
const OLD_CERTIFICATE: &[u8] = b"\x30\x03old";
const FOREIGN_CERTIFICATE: &[u8] = b"\x30\x03xyz";

async fn world() -> World {
    let world = World::production().await.behind("10.0.0.0/24");
    let mut key = world.other.jwks()["keys"][0].clone();
    key["x5c"] = json!([STANDARD.encode(CERTIFICATE), STANDARD.encode(FOREIGN_CERTIFICATE)]);
    let mut old = world.bet.jwks()["keys"][0].clone();
    old["x5c"] = json!([STANDARD.encode(OLD_CERTIFICATE)]);
    let keys = KeySource::Registered(json!({ "keys": [key, old] }).to_string());
    world.insert(ID, ClientAuthentication::SelfSignedTls(keys), false).await;
    world.allow().await;
    world
}

fn request(path: &str, fields: Fields, certificate: &[u8]) -> TestRequest {
    form(path, &with(fields, "client_id", ID))
        .peer_addr(PROXY.parse().unwrap())
        .insert_header(("Client-Cert", format!(":{}:", STANDARD.encode(certificate))))
}

async fn ask(world: &World, path: &str, fields: Fields, certificate: &[u8]) -> Answer {
    world.send(request(path, fields, certificate)).await
}

fn thumbprint(certificate: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(certificate))
}

#[actix_web::test]
async fn an_operator_goes_the_whole_way_by_its_certificate() {
    let world = world().await;
    let pushed = ask(&world, "/oauth2/par", request_fields(), CERTIFICATE).await;
    assert_eq!(pushed.status, StatusCode::CREATED, "{}", pushed.text);
    let code = world.code_for(ID, pushed.body["request_uri"].as_str().unwrap()).await;
    let tokens = ask(&world, "/oauth2/token", grant_fields(&code), CERTIFICATE).await.body;
    assert_eq!(tokens["token_type"], "Bearer");
    let token = tokens["access_token"].as_str().unwrap();
    let stands = ask(&world, "/oauth2/introspect", vec![("token", token.to_owned())], CERTIFICATE).await.body;
    assert_eq!(stands["cnf"], json!({ "x5t#S256": thumbprint(CERTIFICATE) }));

    // A registered certificate, but not the one that the tokens are bound to.
    let refresh = || refresh_fields(tokens["refresh_token"].as_str().unwrap());
    assert_eq!(ask(&world, "/oauth2/token", refresh(), OLD_CERTIFICATE).await.error(), "invalid_grant");
    let renewed = ask(&world, "/oauth2/token", refresh(), CERTIFICATE).await;
    assert_eq!(renewed.status, StatusCode::OK);
    let given_back = vec![("token", renewed.body["access_token"].as_str().unwrap().to_owned())];
    assert_eq!(ask(&world, "/oauth2/revoke", given_back, CERTIFICATE).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_certificate_is_believed_of_a_proxy_alone_and_only_when_registered() {
    let world = world().await;
    let good = || request("/oauth2/par", request_fields(), CERTIFICATE);
    assert_eq!(world.send(good()).await.status, StatusCode::CREATED);
    for bad in [
        good().peer_addr("10.0.1.5:40000".parse().unwrap()),
        // In the chain, and not the operator's own.
        request("/oauth2/par", request_fields(), FOREIGN_CERTIFICATE),
        form("/oauth2/par", &with(request_fields(), "client_id", ID)).peer_addr(PROXY.parse().unwrap()),
        // Operators that authenticate otherwise.
        form("/oauth2/par", &with(request_fields(), "client_id", "demo-bet"))
            .peer_addr(PROXY.parse().unwrap())
            .insert_header(("Client-Cert", format!(":{}:", STANDARD.encode(CERTIFICATE)))),
        form("/oauth2/par", &request_fields())
            .peer_addr(PROXY.parse().unwrap())
            .insert_header(("Client-Cert", format!(":{}:", STANDARD.encode(CERTIFICATE)))),
    ] {
        let answer = world.send(bad).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    let twice = good().append_header(("Client-Cert", format!(":{}:", STANDARD.encode(CERTIFICATE))));
    assert_eq!(world.send(twice).await.error(), "invalid_request");
}

#[actix_web::test]
async fn an_operator_of_assertions_may_bind_its_tokens_to_a_certificate() {
    let world = world().await;
    let code = world.code(&world.bet).await;
    let mut fields = grant_fields(&code);
    fields.extend(world.bet.credentials(world.now()));
    let shown = form("/oauth2/token", &fields)
        .peer_addr(PROXY.parse().unwrap())
        .insert_header(("Client-Cert", format!(":{}:", STANDARD.encode(CERTIFICATE))));
    let token = world.send(shown).await.body["access_token"].as_str().unwrap().to_owned();
    let stands = world.introspect(&world.bet, &token).await.body;
    assert_eq!(stands["cnf"], json!({ "x5t#S256": thumbprint(CERTIFICATE) }));
}

#[actix_web::test]
async fn the_metadata_offer_it_where_it_is_on() {
    let metadata = world().await.send(TestRequest::get().uri("/.well-known/oauth-authorization-server")).await.body;
    let methods = json!(["private_key_jwt", "self_signed_tls_client_auth"]);
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], methods);
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
}
