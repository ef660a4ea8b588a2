//! Staff come in by an invitation and a passkey, once, and are out again soon.

use std::time::Duration;

use actix_web::http::Method;
use rastau::app::staff::Asker;
use rastau::app::staff::manage::{StaffChange, change_staff};
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::staff::Role;
use serde_json::{Value, json};

use super::desk::{Desk, invite};
use crate::operator::world::World;

#[actix_web::test]
async fn an_invitation_makes_one_passkey_which_signs_in_ever_after() {
    let world = World::production().await;
    let invitation = invite(&world, "aigerim", &[Role::Reviewer]).await;
    let mut desk = Desk::new(&world);
    let joined = desk.join(&invitation).await;
    let cookie = joined.cookie.clone().unwrap();
    for mark in ["__Host-rastau_staff=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(mark), "{cookie}");
    }
    assert_eq!(joined.caching.as_deref(), Some("no-store"));
    let me = joined.good();
    assert_eq!((&me["login"], &me["roles"]), (&json!("aigerim"), &json!(["reviewer"])));
    assert_eq!(me["may"], json!(["read_cases", "see_evidence", "decide", "read_proposals"]));
    assert_eq!(desk.get("/me").await.good()["login"], "aigerim");

    let mut thief = Desk::new(&world);
    assert_eq!(thief.join(&invitation).await.code(), (400, "invitation_unknown"));
    desk.post("/sign-out", &json!({})).await.good();
    assert_eq!(desk.get("/me").await.code(), (401, "signed_out"));
    desk.sign_in("aigerim").await.good();
    assert_eq!(desk.get("/me").await.good()["name"], "Somebody");
    let kinds = world.audit().await;
    for kind in ["staff_invited", "staff_joined", "staff_signed_out", "staff_signed_in"] {
        assert!(kinds.iter().any(|known| known == kind), "{kind}: {kinds:?}");
    }
}

#[actix_web::test]
async fn nobody_else_comes_in() {
    let world = World::production().await;
    let mut desk = Desk::of(&world, "aigerim", &[Role::Reviewer]).await;
    let mut other = Desk::of(&world, "daniyar", &[Role::Administrator]).await;
    let waiting = invite(&world, "later", &[Role::Auditor]).await;
    // No login, none of ours, none that has joined, somebody else's: one answer.
    for login in ["", "nobody", "later", "AIGERIM", "aigerim'--", "daniyar"] {
        assert_eq!(desk.sign_in(login).await.code(), (422, "passkey_rejected"), "{login}");
    }
    // The passkey of one does not answer for another.
    let begun = desk.post("/sign-in/start", &json!({ "login": "daniyar" })).await.good();
    let mut own = begun["options"].clone();
    own["publicKey"]["allowCredentials"] =
        desk.post("/sign-in/start", &json!({ "login": "aigerim" })).await.good()["options"]["publicKey"]
            ["allowCredentials"]
            .clone();
    let shown = desk.show(&own);
    let body = json!({ "ceremony": begun["ceremony"], "credential": shown });
    assert_eq!(desk.post("/sign-in/finish", &body).await.code(), (422, "passkey_rejected"));
    // It was used up by that.
    let right = other.show(&begun["options"]);
    let body = json!({ "ceremony": begun["ceremony"], "credential": right });
    assert_eq!(other.post("/sign-in/finish", &body).await.code(), (409, "ceremony_unknown"));
    // A ceremony of one kind is none of another, and the invitation of one none of another's ceremony.
    let begun = other.post("/step-up/start", &json!({})).await.good();
    let right = other.show(&begun["options"]);
    let body = json!({ "ceremony": begun["ceremony"], "credential": right });
    assert_eq!(other.post("/sign-in/finish", &body).await.code(), (409, "ceremony_unknown"));
    assert_eq!(desk.post("/step-up/finish", &body).await.code(), (409, "ceremony_unknown"));
    let another = invite(&world, "another", &[Role::Administrator]).await;
    let begun = desk.post("/join/start", &json!({ "invitation": waiting })).await.good();
    let credential = Desk::new(&world).create(&begun["options"]);
    let body = json!({ "invitation": another, "ceremony": begun["ceremony"], "credential": credential });
    assert_eq!(desk.post("/join/finish", &body).await.code(), (400, "invitation_unknown"));
    let made_up = SecretText::new("x".repeat(43));
    assert_eq!(Desk::new(&world).join(&made_up).await.code(), (400, "invitation_unknown"));
}

#[actix_web::test]
async fn invitations_ceremonies_and_sessions_end() {
    let world = World::production().await;
    let invitation = invite(&world, "aigerim", &[Role::Reviewer]).await;
    let mut desk = Desk::new(&world);
    let begun = desk.post("/join/start", &json!({ "invitation": invitation })).await.good();
    let credential = desk.create(&begun["options"]);
    world.clock.advance(Duration::from_mins(2));
    let body = json!({ "invitation": invitation, "ceremony": begun["ceremony"], "credential": credential });
    assert_eq!(desk.post("/join/finish", &body).await.code(), (409, "ceremony_unknown"));
    desk.join(&invitation).await.good();
    for _ in 0..4 {
        world.clock.advance(Duration::from_mins(14));
        desk.get("/me").await.good();
    }
    world.clock.advance(Duration::from_mins(15));
    assert_eq!(desk.get("/me").await.code(), (401, "signed_out"));
    desk.sign_in("aigerim").await.good();
    for _ in 0..47 {
        world.clock.advance(Duration::from_mins(10));
        desk.get("/me").await.good();
    }
    world.clock.advance(Duration::from_mins(10));
    assert_eq!(desk.get("/me").await.code(), (401, "signed_out"), "eight hours are over");
    let late = invite(&world, "late", &[Role::Reviewer]).await;
    world.clock.advance(Duration::from_hours(72));
    assert_eq!(Desk::new(&world).join(&late).await.code(), (400, "invitation_unknown"));
}

#[actix_web::test]
async fn who_is_stopped_is_out_at_once_and_everywhere() {
    let world = World::production().await;
    let mut desk = Desk::of(&world, "aigerim", &[Role::Supervisor]).await;
    let (store, clock) = (world.services.store.as_ref(), world.services.clock.as_ref());
    let by = Asker::machine("a test");
    let change = |disabled| StaffChange { disabled: Some(disabled), ..StaffChange::default() };
    change_staff(store, clock, &"aigerim".parse().unwrap(), change(true), &by).await.unwrap();
    assert_eq!(desk.get("/me").await.code(), (401, "signed_out"));
    assert_eq!(desk.sign_in("aigerim").await.code(), (422, "passkey_rejected"));
    change_staff(store, clock, &"aigerim".parse().unwrap(), change(false), &by).await.unwrap();
    assert_eq!(desk.get("/me").await.code(), (401, "signed_out"), "a session does not come back");
    desk.sign_in("aigerim").await.good();
}

#[actix_web::test]
async fn foreign_pages_do_nothing_here() {
    let world = World::production().await;
    let desk = Desk::of(&world, "aigerim", &[Role::Reviewer]).await;
    for origin in [None, Some("https://evil.example"), Some("null"), Some("https://rastau.example.evil")] {
        for (path, body) in [("/sign-out", json!({})), ("/sign-in/start", json!({ "login": "aigerim" }))] {
            let answer = desk.call_from(origin, Method::POST, path, Some(&body)).await;
            assert_eq!(answer.code(), (403, "foreign_origin"), "{origin:?} {path}");
        }
    }
    desk.get("/me").await.good();
}

/// What a stranger may compare: all but what is drawn anew each time, with ids by their form.
fn form(mut begun: Value) -> Value {
    assert_eq!(begun["ceremony"].as_str().unwrap().len(), 43);
    assert_eq!(begun["options"]["publicKey"]["challenge"].as_str().unwrap().len(), 43);
    let ids = begun["options"]["publicKey"]["allowCredentials"].as_array_mut().unwrap();
    assert_eq!(ids.len(), 1);
    assert!((22..=86).contains(&ids[0]["id"].as_str().unwrap().len()), "{}", ids[0]);
    ids[0]["id"] = json!("an id");
    begun["ceremony"] = json!("a handle");
    begun["options"]["publicKey"]["challenge"] = json!("a challenge");
    begun
}

#[actix_web::test]
async fn a_login_of_nobody_begins_as_any_other() {
    let world = World::production().await;
    let desk = Desk::of(&world, "aigerim", &[Role::Reviewer]).await;
    let begin = async |login: &str| desk.post("/sign-in/start", &json!({ "login": login })).await.good();
    let id = |begun: &Value| begun["options"]["publicKey"]["allowCredentials"][0]["id"].clone();
    let known = begin("aigerim").await;
    let mut ids = vec![id(&known)];
    for login in ["nobody", "aigerin", "", "AIGERIM", "with spaces", &"x".repeat(1_000)] {
        let (first, second) = (begin(login).await, begin(login).await);
        assert_eq!(id(&first), id(&second), "{login}: it would differ for nobody alone");
        assert_ne!(first["ceremony"], second["ceremony"]);
        ids.push(id(&first));
        assert_eq!(form(first.clone()), form(known.clone()), "{login}");
        // It ends as a wrong passkey does, and is used up by that.
        let body = json!({ "ceremony": first["ceremony"], "credential": {} });
        assert_eq!(desk.post("/sign-in/finish", &body).await.code(), (422, "passkey_rejected"));
        assert_eq!(desk.post("/sign-in/finish", &body).await.code(), (409, "ceremony_unknown"));
    }
    let all = ids.len();
    ids.sort_by_key(Value::to_string);
    ids.dedup();
    assert_eq!(ids.len(), all, "each login has its own");
}
