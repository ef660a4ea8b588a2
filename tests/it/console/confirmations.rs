//! Whoever comes in counts for nothing until another than who asked for them has confirmed the passkey; and the ways round it.

use std::time::Duration;

use actix_web::http::Method;
use rastau::app::staff::confirm::confirm_at_machine;
use rastau::app::staff::manage::reinvite_staff;
use rastau::app::staff::{Asker, StaffError};
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::staff::Role;
use rastau::http::console::access::rules::{RULES, Rule};
use serde_json::{Value, json};

use super::desk::{Answer, Desk, invite};
use crate::operator::world::World;

const WHY: &str = "they begin on Monday";

async fn confirm(desk: &Desk<'_>, login: &str, code: &str) -> Answer {
    desk.post(&format!("/confirmations/{login}"), &json!({ "code": code })).await
}

/// The link that stands in an answer.
fn link(invited: &Value) -> SecretText {
    SecretText::new(invited["link"].as_str().unwrap().split_once("#join=").unwrap().1)
}

/// Asked for by one, allowed by another, fetched by who asked.
async fn invited_by_two(asker: &Desk<'_>, second: &Desk<'_>, path: &str, body: Value) -> SecretText {
    let asked = asker.post(path, &body).await;
    assert_eq!(asked.status.as_u16(), 202, "{}", asked.body);
    let id = asked.body["id"].as_str().unwrap();
    second.post(&format!("/proposals/{id}/settle"), &json!({ "yes": true })).await.good();
    link(&asker.post(&format!("/proposals/{id}/invitation"), &json!({})).await.good())
}

fn new_staff(login: &str, role: &str) -> Value {
    json!({ "login": login, "name": "Somebody New", "roles": [role], "why": WHY })
}

/// Nothing of the console but who they are and the code.
async fn counts_for_nothing(desk: &Desk<'_>) {
    let me = desk.get("/me").await.good();
    assert_eq!((&me["confirmed"], &me["may"]), (&json!(false), &json!([])));
    for (method, path, rule) in RULES {
        let Rule::May(_) = rule else { continue };
        let path = path.replace("{id}", "0199d6a0-7c1e-7000-8000-000000000001").replace("{login}", "somebody");
        let path = path.replace("{picture}", "frame");
        let answer = desk.call(method.clone(), &path, Some(&json!({}))).await;
        assert_eq!(answer.code(), (403, "confirmation_needed"), "{method} {path}");
    }
}

#[actix_web::test]
async fn the_asker_who_joins_with_the_link_has_gained_nothing() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    // New eyes, and one for whom nobody else is asked.
    for (login, role) in [("mule.r", "reviewer"), ("mule.s", "supervisor"), ("mule.a", "administrator")] {
        let invitation = invited_by_two(&root, &two, "/staff", new_staff(login, role)).await;
        let mut mule = Desk::new(&world);
        mule.join(&invitation).await.good();
        counts_for_nothing(&mule).await;
        let code = mule.code().await;
        assert_eq!(confirm(&root, login, &code).await.code(), (403, "confirmation_own"));
        assert_eq!(confirm(&mule, login, &code).await.code(), (403, "confirmation_needed"));
        counts_for_nothing(&mule).await;
        mule.sign_in(login).await.good();
        counts_for_nothing(&mule).await;
    }
    let invited = root.post("/staff", &new_staff("mule.m", "operator_manager")).await.good();
    let mut mule = Desk::new(&world);
    mule.join(&link(&invited)).await.good();
    counts_for_nothing(&mule).await;
    let code = mule.code().await;
    assert_eq!(confirm(&root, "mule.m", &code).await.code(), (403, "confirmation_own"));
    let mine: Vec<bool> =
        root.get("/confirmations").await.good().as_array().unwrap().iter().map(|one| one["yours"] == true).collect();
    assert_eq!(mine, [false; 4]);
    // One mule does not carry the other.
    for login in ["mule.r", "mule.s", "mule.a"] {
        assert_eq!(confirm(&mule, login, "00000000").await.code(), (403, "confirmation_needed"));
    }
}

#[actix_web::test]
async fn another_confirms_whom_they_have_met_by_the_code_of_that_passkey() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let right = root.post("/staff", &new_staff("aida", "auditor")).await.good();
    let other = root.post("/staff", &new_staff("aida.2", "auditor")).await.good();
    let (mut aida, mut thief) = (Desk::new(&world), Desk::new(&world));
    aida.join(&link(&right)).await.good();
    thief.join(&link(&other)).await.good();
    let waiting = two.get("/confirmations").await.good();
    let row = waiting.as_array().unwrap().iter().find(|one| one["member"]["login"] == "aida").unwrap();
    assert_eq!((&row["asked_by"], &row["yours"]), (&json!(["root"]), &json!(true)));
    // What one of them tells is good for no other.
    let code = aida.code().await;
    assert_eq!(confirm(&two, "aida.2", &code).await.code(), (422, "confirmation_wrong"), "no code was drawn");
    thief.code().await;
    assert_eq!(confirm(&two, "aida.2", &code).await.code(), (422, "confirmation_wrong"));
    counts_for_nothing(&thief).await;
    let spoken = format!("{} {}", &code[..4], &code[4..]);
    assert!(confirm(&two, "aida", &spoken).await.good()["confirmed_at"].is_string());
    assert_eq!(aida.get("/me").await.good()["confirmed"], true);
    aida.get("/cases").await.good();
    assert_eq!(confirm(&two, "aida", &code).await.code(), (409, "confirmation_not_due"), "once");
    assert_eq!(aida.post("/me/code", &json!({})).await.code(), (409, "confirmation_not_due"));
    assert_eq!(confirm(&two, "nobody", &code).await.code(), (404, "not_found"));
    let log = world.audit().await;
    for kind in ["staff_not_confirmed", "staff_confirmed"] {
        assert!(log.iter().any(|known| known == kind), "{kind}");
    }
}

#[actix_web::test]
async fn a_code_ends_by_time_by_tries_and_by_the_next() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let mut two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let invited = root.post("/staff", &new_staff("aida", "auditor")).await.good();
    let mut aida = Desk::new(&world);
    aida.join(&link(&invited)).await.good();
    let first = aida.code().await;
    let second = aida.code().await;
    assert_eq!(confirm(&two, "aida", &first).await.code(), (422, "confirmation_wrong"), "the next is drawn");
    for _ in 0..4 {
        assert_eq!(confirm(&two, "aida", "12345678").await.code(), (422, "confirmation_wrong"));
    }
    assert_eq!(confirm(&two, "aida", &second).await.code(), (422, "confirmation_wrong"), "tried five times");
    let third = aida.code().await;
    world.clock.advance(Duration::from_mins(15));
    two.sign_in("two").await.good();
    assert_eq!(confirm(&two, "aida", &third).await.code(), (422, "confirmation_wrong"), "a quarter of an hour is over");
    aida.sign_in("aida").await.good();
    let last = aida.code().await;
    confirm(&two, "aida", &last).await.good();
}

#[actix_web::test]
async fn whoever_gets_a_new_passkey_is_confirmed_anew() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let three = Desk::of(&world, "three", &[Role::Supervisor]).await;
    let case = world.in_doubt(None).await.case;
    three.post(&format!("/cases/{case}/take"), &json!({})).await.good();
    let invitation = invited_by_two(&root, &two, "/staff/three/invite", json!({ "why": WHY })).await;
    let mut root_as_three = Desk::new(&world);
    root_as_three.join(&invitation).await.good();
    counts_for_nothing(&root_as_three).await;
    let code = root_as_three.code().await;
    assert_eq!(confirm(&root, "three", &code).await.code(), (403, "confirmation_own"));
    // Nor is the case that the person had settled by the new passkey.
    let settle = root_as_three.post(&format!("/cases/{case}/settle"), &json!({ "yes": true })).await;
    assert_eq!(settle.code(), (403, "confirmation_needed"));
    // Invited once more, by whoever has the machine: the code of before is void, as the passkey is.
    let services = &world.services;
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    let (login, by) = ("three".parse().unwrap(), Asker::machine("a test"));
    let (_, invitation) = reinvite_staff(services.store.as_ref(), tools, &login, &by).await.unwrap();
    assert_eq!(root_as_three.get("/me").await.code(), (401, "signed_out"));
    assert_eq!(confirm(&two, "three", &code).await.code(), (409, "confirmation_not_due"), "there is no passkey");
    let mut three = Desk::new(&world);
    three.join(&invitation).await.good();
    assert_eq!(confirm(&two, "three", &code).await.code(), (422, "confirmation_wrong"));
    let code = three.code().await;
    confirm(&root, "three", &code).await.good();
    three.get("/cases").await.good();
}

#[actix_web::test]
async fn whoever_is_raised_or_woken_is_confirmed_anew_by_another_than_who_asked() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let other = Desk::of(&world, "other", &[Role::Administrator]).await;
    let invited = root.post("/staff", &new_staff("mule", "auditor")).await.good();
    let mut mule = Desk::new(&world);
    mule.join(&link(&invited)).await.good();
    // Somebody else asks in good faith for them to be raised: who asked first still does not vouch for them.
    let raise = json!({ "roles": ["reviewer"], "why": WHY });
    let asked = other.call(Method::PATCH, "/staff/mule", Some(&raise)).await;
    assert_eq!(asked.status.as_u16(), 202, "{}", asked.body);
    let id = asked.body["id"].as_str().unwrap().to_owned();
    two.post(&format!("/proposals/{id}/settle"), &json!({ "yes": true })).await.good();
    mule.sign_in("mule").await.good();
    counts_for_nothing(&mule).await;
    let code = mule.code().await;
    assert_eq!(confirm(&root, "mule", &code).await.code(), (403, "confirmation_own"));
    assert_eq!(confirm(&other, "mule", &code).await.code(), (403, "confirmation_own"));
    confirm(&two, "mule", &code).await.good();
    mule.get("/cases").await.good();
    // Stopped and woken again.
    root.call(Method::PATCH, "/staff/mule", Some(&json!({ "disabled": true, "why": WHY }))).await.good();
    let wake = root.call(Method::PATCH, "/staff/mule", Some(&json!({ "disabled": false, "why": WHY }))).await;
    let id = wake.body["id"].as_str().unwrap().to_owned();
    two.post(&format!("/proposals/{id}/settle"), &json!({ "yes": true })).await.good();
    mule.sign_in("mule").await.good();
    counts_for_nothing(&mule).await;
    let code = mule.code().await;
    assert_eq!(confirm(&root, "mule", &code).await.code(), (403, "confirmation_own"));
    confirm(&other, "mule", &code).await.good();
}

#[actix_web::test]
async fn what_was_asked_by_who_does_not_count_any_more_is_not_done() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let other = Desk::of(&world, "other", &[Role::Administrator]).await;
    let change = json!({ "roles": ["reviewer"], "why": WHY });
    let invited = root.post("/staff", &new_staff("aida", "auditor")).await.good();
    Desk::new(&world).join(&link(&invited)).await.good();
    let asked = root.call(Method::PATCH, "/staff/aida", Some(&change)).await;
    let id = asked.body["id"].as_str().unwrap().to_owned();
    invited_by_two(&other, &two, "/staff/root/invite", json!({ "why": WHY })).await;
    let settled = two.post(&format!("/proposals/{id}/settle"), &json!({ "yes": true })).await;
    assert_eq!(settled.code(), (409, "proposal_not_due"));
}

#[actix_web::test]
async fn the_first_need_nobody_the_second_is_confirmed_by_the_first_and_the_machine_says_when_it_is_alone() {
    let world = World::production().await;
    let first = invite(&world, "first", &[Role::Administrator]).await;
    let second = invite(&world, "second", &[Role::Supervisor]).await;
    let (mut one, mut two) = (Desk::new(&world), Desk::new(&world));
    assert_eq!(one.join(&first).await.good()["confirmed"], true, "there is nobody who could");
    assert_eq!(two.join(&second).await.good()["confirmed"], false, "there is one now");
    counts_for_nothing(&two).await;
    let code = two.code().await;
    let services = &world.services;
    let (store, clock) = (services.store.as_ref(), services.clock.as_ref());
    let at_machine = async |alone, code: &str| {
        let login = "second".parse().unwrap();
        confirm_at_machine(store, clock, ("root", alone), &login, &SecretText::new(code)).await
    };
    assert_eq!(at_machine(false, &code).await, Err(StaffError::OthersConfirm(1)));
    assert!(matches!(at_machine(true, "00000000").await, Err(StaffError::Confirm(_))), "not without the code");
    counts_for_nothing(&two).await;
    confirm(&one, "second", &code).await.good();
    two.get("/cases").await.good();

    // The only other administrator asked for them, and the supervisor is gone: nobody at the console is left but who asked.
    let invited = one.post("/staff", &new_staff("third", "auditor")).await.good();
    let mut three = Desk::new(&world);
    three.join(&link(&invited)).await.good();
    one.call(Method::PATCH, "/staff/second", Some(&json!({ "disabled": true, "why": WHY }))).await.good();
    let code = SecretText::new(three.code().await);
    let confirmed = confirm_at_machine(store, clock, ("root", false), &"third".parse().unwrap(), &code).await.unwrap();
    assert!(confirmed.confirmed_at.is_some());
    three.get("/cases").await.good();
}

/// The way that is left (ADR 39): who may confirm, and has the link that another handed out, makes the passkey by a program and confirms
/// it. What bounds it: not who asked, not before they may confirm themselves, and whom the link was for finds out at the first try.
#[actix_web::test]
async fn a_stolen_link_makes_a_second_person_only_of_who_may_confirm_and_the_one_it_was_for_finds_out() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let desk = Desk::of(&world, "desk", &[Role::Reviewer]).await;
    let invited = root.post("/staff", &new_staff("aida", "auditor")).await.good();
    let mut machine = Desk::new(&world);
    machine.join(&link(&invited)).await.good();
    counts_for_nothing(&machine).await;
    let code = machine.code().await;
    // Whoever reads the code on the stolen screen still needs another who types it.
    assert_eq!(confirm(&root, "aida", &code).await.code(), (403, "confirmation_own"));
    assert_eq!(confirm(&desk, "aida", &code).await.code(), (403, "role_forbidden"));
    assert_eq!(confirm(&machine, "aida", &code).await.code(), (403, "confirmation_needed"));
    confirm(&two, "aida", &code).await.good();
    let shown_again = async || {
        let log = world.audit().await;
        log.iter().filter(|kind| *kind == "staff_invitation_shown_again").count()
    };
    assert_eq!(shown_again().await, 0);
    // Now the one comes for whom it was. Nobody need ask them: the log says so, once, whoever shows it how often.
    for _ in 0..3 {
        assert_eq!(Desk::new(&world).join(&link(&invited)).await.code(), (400, "invitation_unknown"));
    }
    assert_eq!(shown_again().await, 1);
    // One alone stops whoever joined in their place, at once; nobody alone wakes them.
    root.call(Method::PATCH, "/staff/aida", Some(&json!({ "disabled": true, "why": WHY }))).await.good();
    assert_eq!(machine.get("/me").await.code(), (401, "signed_out"));
    assert_eq!(machine.sign_in("aida").await.code(), (422, "passkey_rejected"));
}

/// A second person made by a program brings no third: what one mule vouches for is worth nothing while it is not vouched for.
#[actix_web::test]
async fn mules_do_not_confirm_each_other_whoever_asked_for_which() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let mut mules = Vec::new();
    for login in ["mule.a", "mule.b"] {
        let invitation = invited_by_two(&root, &two, "/staff", new_staff(login, "supervisor")).await;
        let mut mule = Desk::new(&world);
        mule.join(&invitation).await.good();
        mules.push((login, mule));
    }
    for (login, mule) in &mules {
        let code = mule.code().await;
        for (_, other) in &mules {
            assert_eq!(confirm(other, login, &code).await.code(), (403, "confirmation_needed"));
        }
        assert_eq!(confirm(&root, login, &code).await.code(), (403, "confirmation_own"));
        counts_for_nothing(mule).await;
    }
    let waiting = two.get("/confirmations").await.good();
    assert_eq!(waiting.as_array().unwrap().len(), 2, "they wait for another: {waiting}");
}
