//! Administrators look after staff.

use actix_web::http::Method;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::staff::Role;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::operator::world::World;

async fn patch(desk: &Desk<'_>, login: &str, body: Value) -> super::desk::Answer {
    desk.call(Method::PATCH, &format!("/staff/{login}"), Some(&body)).await
}

#[actix_web::test]
async fn an_administrator_invites_changes_and_stops() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let body = json!({ "login": "daniyar", "name": "Данияр Қ.", "roles": ["operator_manager"] });
    let invited = root.post("/staff", &body).await.good();
    let link = invited["link"].as_str().unwrap();
    let (page, invitation) = link.split_once("#join=").unwrap();
    assert_eq!(page, "https://rastau.example/console/");
    let mut desk = Desk::new(&world);
    desk.join(&SecretText::new(invitation)).await.good();
    assert_eq!(root.post("/staff", &body).await.code(), (409, "login_taken"));

    let listed = root.get("/staff").await.good();
    let logins: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["login"].as_str().unwrap()).collect();
    assert_eq!(logins, ["daniyar", "root"]);
    assert!(!listed.to_string().contains(invitation));

    patch(&root, "daniyar", json!({ "roles": ["auditor"] })).await.good();
    assert_eq!(desk.get("/me").await.code(), (401, "signed_out"), "roles change with a new session alone");
    desk.sign_in("daniyar").await.good();
    assert_eq!(desk.get("/me").await.good()["roles"], json!(["auditor"]));

    // Who lost the device is invited anew, and the old one opens nothing.
    let again = root.post("/staff/daniyar/invite", &json!({})).await.good();
    assert_eq!(desk.get("/me").await.code(), (401, "signed_out"));
    assert_eq!(desk.sign_in("daniyar").await.code(), (422, "passkey_rejected"));
    let (_, invitation) = again["link"].as_str().unwrap().split_once("#join=").unwrap();
    Desk::new(&world).join(&SecretText::new(invitation)).await.good();

    let unexplained = patch(&root, "daniyar", json!({ "disabled": true })).await;
    assert_eq!(unexplained.code(), (422, "view_reason_missing"), "nobody is stopped without a why");
    patch(&root, "daniyar", json!({ "disabled": true, "why": "left the house" })).await.good();
    let log = world.services.store.read().await.unwrap().list_audit(1, 1_000).await.unwrap();
    let stopped = log.iter().rfind(|event| event.kind == "staff_changed").unwrap();
    assert!(stopped.details.contains(r#""why":"left the house""#), "{}", stopped.details);
    assert!(root.get("/staff").await.good()[0]["disabled_at"].is_string());
}

#[actix_web::test]
async fn what_cannot_be_is_said() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    for body in [
        json!({ "login": "A B", "name": "x", "roles": ["reviewer"], "why": "needed" }),
        json!({ "login": "ab", "name": "x", "roles": ["king"] }),
        json!({ "login": "ab", "name": "x", "roles": [] }),
        json!({ "login": "ab", "name": " ", "roles": ["reviewer"], "why": "needed" }),
        json!({ "login": "ab", "name": "a\u{0}b", "roles": ["reviewer"], "why": "needed" }),
    ] {
        assert_eq!(root.post("/staff", &body).await.code(), (422, "staff_invalid"), "{body}");
    }
    for body in [json!({ "roles": ["reviewer"] }), json!({ "disabled": true, "why": "left the house" })] {
        assert_eq!(patch(&root, "root", body).await.code(), (403, "role_forbidden"), "not oneself");
    }
    assert_eq!(patch(&root, "nobody", json!({ "name": "x" })).await.code(), (404, "not_found"));
    assert_eq!(root.post("/staff/nobody/invite", &json!({})).await.code(), (404, "not_found"));
}
