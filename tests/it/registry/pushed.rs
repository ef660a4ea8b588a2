//! An authority sends what its register says: by its own key, labelled, whole, or not at all.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use actix_web::{App, test, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::restrictions::Tolerance;
use rastau::http::middleware::bearer_key::BearerKey;
use rastau::http::sources::{PushedSource, configure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::shop::{HEADER, changes, snapshot};
use crate::operator::world::World;
use crate::store::database::IINS;

fn source(name: &str, key: &str) -> PushedSource {
    PushedSource {
        name: name.to_owned(),
        key: BearerKey::new(&SecretText::new(key)),
        max_age: Duration::from_hours(24),
        tolerance: Tolerance::default(),
    }
}

/// A request with everything that belongs to it.
fn labelled(content: &str, body: &str) -> TestRequest {
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)));
    TestRequest::post()
        .uri("/api/sources/debtors")
        .insert_header(("Authorization", "Bearer debtors-key"))
        .insert_header(("Content-Type", "text/csv"))
        .insert_header(("Registry-Content", content))
        .insert_header(("Content-Digest", digest))
        .set_payload(body.to_owned())
}

async fn send(world: &World, request: TestRequest) -> (u16, Value) {
    let sources = web::Data::new(vec![source("debtors", "debtors-key"), source("court", "court-key")]);
    let services = web::Data::new(world.services.clone());
    let app = App::new().app_data(services).configure(|config| configure(config, sources));
    let answer = test::call_service(&test::init_service(app).await, request.to_request()).await;
    let status = answer.status();
    let body = test::read_body(answer).await;
    (status.as_u16(), serde_json::from_slice(&body).unwrap_or(Value::Null))
}

async fn keys(world: &World) -> Vec<String> {
    let iin = Iin::parse(IINS[0]).unwrap();
    let (found, _) = world.services.store.registry_answer(&iin).await.unwrap();
    found.into_iter().map(|one| one.source_key).collect()
}

#[actix_web::test]
async fn what_an_authority_sends_counts_at_once() {
    let world = World::production().await;
    let (status, taken) = send(&world, labelled("snapshot", &snapshot(&["a", "b"]))).await;
    let expected = json!({
        "state": "current", "version": 1, "unchanged": false, "rows": 2, "added": 2, "removed": 0, "refused_rows": 0,
        "refused": [], "companies": 0, "restored": 0, "suspicions": [],
    });
    assert_eq!((status, taken), (200, expected));
    assert_eq!(keys(&world).await, ["a", "b"]);
    let (status, taken) = send(&world, labelled("snapshot", &snapshot(&["a", "b"]))).await;
    assert_eq!((status, &taken["unchanged"], &taken["version"]), (200, &json!(true), &json!(1)));
    let (status, taken) = send(&world, labelled("changes", &changes(&["-0 a", "+0 c"]))).await;
    assert_eq!((status, &taken["rows"], &taken["removed"]), (200, &json!(2), &json!(1)));
    assert_eq!(keys(&world).await, ["b", "c"]);
    let (status, taken) = send(&world, labelled("snapshot", &format!("{}1,2,3,4,5,6\n", snapshot(&["d"])))).await;
    assert_eq!((status, &taken["state"], &taken["suspicions"]), (202, &json!("quarantined"), &json!(["bad_rows"])));
    assert_eq!(taken["refused"], json!([{ "line": 3, "column": "iin", "code": "iin_malformed" }]));
    assert_eq!(keys(&world).await, ["b", "c"], "what counted before counts still");
    let (status, busy) = send(&world, labelled("changes", &changes(&["+0 e"]))).await;
    assert_eq!((status, &busy["code"]), (409, &json!("registry_busy")));
}

#[actix_web::test]
async fn who_has_not_the_key_of_the_source_learns_nothing() {
    let world = World::production().await;
    let body = snapshot(&["a"]);
    for (key, path) in [
        ("Bearer court-key", "/api/sources/debtors"),
        ("Bearer debtors-key", "/api/sources/court"),
        ("Bearer debtors-key", "/api/sources/nowhere"),
        ("debtors-key", "/api/sources/debtors"),
        ("Bearer ", "/api/sources/debtors"),
    ] {
        let request = labelled("snapshot", &body).uri(path).insert_header(("Authorization", key));
        let (status, problem) = send(&world, request).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::UNAUTHORIZED.as_u16(), &json!("unauthorized")),
            "{key} {path}"
        );
    }
    assert!(keys(&world).await.is_empty());
}

#[actix_web::test]
async fn what_is_not_as_its_label_says_is_not_taken() {
    let world = World::production().await;
    let body = snapshot(&["a"]);
    let zeros = format!("sha-256=:{}:", STANDARD.encode([0; 32]));
    for (request, status, code) in [
        (labelled("everything", &body), 400, "bad_request"),
        (labelled("snapshot", &body).append_header(("Registry-Content", "changes")), 400, "bad_request"),
        (labelled("snapshot", &body).insert_header(("Content-Type", "application/json")), 400, "bad_request"),
        (labelled("snapshot", &body).insert_header(("Content-Digest", "sha-256=:AA:")), 400, "bad_request"),
        (labelled("snapshot", &body).insert_header(("Registry-As-Of", "soon")), 400, "bad_request"),
        (labelled("snapshot", &body).insert_header(("Registry-As-Of", "2300-01-01")), 422, "registry_invalid"),
        (labelled("snapshot", &body).insert_header(("Content-Digest", zeros)), 422, "registry_invalid"),
        (labelled("snapshot", ""), 422, "registry_invalid"),
        (labelled("snapshot", &format!("{HEADER}1,2,3,4,5,6\n")), 422, "registry_invalid"),
        (labelled("changes", &changes(&["+0 a"])), 422, "registry_invalid"),
    ] {
        let (told, problem) = send(&world, request).await;
        assert_eq!((told, problem["code"].as_str()), (status, Some(code)), "{problem}");
        assert!(problem["reason"].is_string());
    }
    assert!(keys(&world).await.is_empty());
    assert!(world.services.store.read().await.unwrap().list_versions("debtors").await.unwrap().is_empty());
}
