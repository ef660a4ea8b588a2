//! Every operation against every role, as the description names them.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::http::Method;
use rastau::domain::staff::{Act, Role};
use rastau::http::console::access::rules::{RULES, Rule};
use rastau::http::description::{EnabledApis, describe};
use serde_json::json;

use super::desk::Desk;
use crate::operator::world::World;

/// Method and path of every operation of the console that is described.
fn described() -> BTreeSet<(String, String)> {
    let open = EnabledApis { sandbox: false, administration: false, compliance: false, sources: false };
    let document = serde_json::to_value(describe("https://rastau.example", "https://rastau.example", open)).unwrap();
    let mut all = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if let Some(path) = path.strip_prefix("/api/console") {
            let verbs = methods.as_object().unwrap().keys().filter(|name| *name != "parameters");
            all.extend(verbs.map(|verb| (verb.to_uppercase(), path.to_owned())));
        }
    }
    all
}

/// A path about something that there is none of.
fn of_somebody(path: &str) -> String {
    let path = path.replace("{login}", "somebody").replace("{id}", "0199d6a0-7c1e-7000-8000-000000000001");
    path.replace("{picture}", "frame")
}

#[test]
fn every_operation_has_a_rule_and_every_rule_an_operation() {
    let ruled: BTreeSet<_> = RULES.iter().map(|(method, path, _)| (method.to_string(), (*path).to_owned())).collect();
    assert_eq!(described(), ruled);
}

#[actix_web::test]
async fn each_role_may_what_its_rules_say_and_nothing_else() {
    let world = World::production().await;
    let mut desks = Vec::new();
    for (number, role) in Role::ALL.into_iter().enumerate() {
        desks.push((role, Desk::of(&world, &format!("of-{number}"), &[role]).await));
    }
    let nobody = Desk::new(&world);
    for (method, path, rule) in RULES {
        // Whom and what it is about does not matter: who may not is told before that is looked at.
        let path = of_somebody(path);
        let call = async |desk: &Desk<'_>| desk.call(method.clone(), &path, Some(&json!({}))).await;
        if *rule == Rule::Open {
            continue;
        }
        assert_eq!(call(&nobody).await.code(), (401, "signed_out"), "{method} {path}");
        let Rule::May(act) = *rule else { continue };
        for (role, desk) in &desks {
            let answer = call(desk).await;
            let is_shut = answer.code() == (403, "role_forbidden");
            assert_eq!(is_shut, !role.may(act), "{method} {path} as {role}: {} {}", answer.status, answer.body);
        }
    }
}

#[actix_web::test]
async fn what_is_sensitive_takes_a_passkey_that_was_shown_lately() {
    let world = World::production().await;
    let mut desks = Vec::new();
    for (number, role) in Role::ALL.into_iter().enumerate() {
        desks.push((role, Desk::of(&world, &format!("of-{number}"), &[role]).await));
    }
    world.clock.advance(Duration::from_mins(5));
    for (method, path, rule) in RULES {
        let Rule::May(act) = *rule else { continue };
        let path = of_somebody(path);
        for (role, desk) in desks.iter().filter(|(role, _)| role.may(act)) {
            let answer = desk.call(method.clone(), &path, Some(&json!({}))).await;
            let asks = answer.code() == (403, "step_up_needed");
            assert_eq!(asks, act.needs_step_up(), "{method} {path} as {role}: {}", answer.body);
        }
    }
    for (role, desk) in &mut desks {
        desk.step_up().await.good();
        if role.may(Act::ManageStaff) {
            assert_eq!(desk.post("/staff", &json!({})).await.code().0, 400);
        }
    }
}

#[actix_web::test]
async fn what_no_rule_names_is_not_there() {
    let world = World::production().await;
    let desk = Desk::of(&world, "root", &Role::ALL).await;
    for (method, path) in [(Method::DELETE, "/staff"), (Method::GET, "/sign-out"), (Method::TRACE, "/sign-in/start")] {
        let answer = desk.call(method.clone(), path, None).await;
        assert_eq!(answer.code(), (405, "method_not_allowed"), "{method} {path}");
    }
    for path in ["/nothing", "", "/", "/staff/", "/cases/x/y"] {
        assert_eq!(desk.get(path).await.code(), (404, "not_found"), "{path}");
    }
}
