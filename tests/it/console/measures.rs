//! What takes two: evidence erased and taken out, people unlocked, versions released, eyes made; and the ways round it.

use std::time::Duration;

use actix_web::http::Method;
use rastau::app::restrictions::registry::manage::put;
use rastau::domain::face::lockout::{FaceLockout, LockSubject};
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::id::CaseId;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::restrictions::{Ground, Restriction, Source, Version, VersionKind, VersionState};
use rastau::domain::staff::Role;
use serde_json::{Value, json};

use super::desk::{Answer, Desk};
use crate::operator::world::World;

const WHY: &str = "a court asks for it";

fn code(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default().to_owned())
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn ask(desk: &Desk<'_>, path: &str, body: Value) -> String {
    let answer = desk.post(path, &body).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.body);
    assert_eq!(answer.body["state"], "waiting");
    answer.body["id"].as_str().unwrap().to_owned()
}

async fn settle(desk: &Desk<'_>, proposal: &str, yes: bool) -> Answer {
    desk.post(&format!("/proposals/{proposal}/settle"), &json!({ "yes": yes })).await
}

async fn state(desk: &Desk<'_>, proposal: &str) -> String {
    let all = desk.get("/proposals").await.good();
    let one = all.as_array().unwrap().iter().find(|one| one["id"] == proposal).unwrap();
    one["state"].as_str().unwrap().to_owned()
}

/// A case that somebody decided: it was an attack.
async fn decided(world: &World, by: &Desk<'_>) -> CaseId {
    let case = world.in_doubt(None).await.case;
    by.post(&format!("/cases/{case}/take"), &json!({})).await.good();
    let body = json!({ "conclusion": "attack", "to_player": "No", "internal": "seen it before" });
    by.post(&format!("/cases/{case}/conclude"), &body).await.good();
    case
}

#[actix_web::test]
async fn evidence_is_erased_by_two_when_the_case_is_over_and_nobody_holds_it() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let open = world.in_doubt(None).await.case;
    let erase = |case: CaseId| format!("/cases/{case}/erase");
    let why = json!({ "why": WHY });
    assert_eq!(code(&one.post(&erase(open), &why).await), is(409, "evidence_needed"));
    let case = decided(&world, &one).await;
    assert_eq!(code(&one.post(&erase(case), &json!({ "why": " " })).await), is(422, "view_reason_missing"));

    let hold = format!("/cases/{case}/hold");
    let held = two.post(&hold, &json!({ "held": true, "why": WHY })).await;
    assert_eq!(held.status.as_u16(), 204, "{}", held.body);
    assert_eq!(one.get(&format!("/cases/{case}")).await.good()["held_by"], "two");
    assert_eq!(code(&one.post(&erase(case), &why).await), is(409, "evidence_held"));
    two.post(&hold, &json!({ "held": false, "why": "the court has decided" })).await.good();

    let proposal = ask(&one, &erase(case), why.clone()).await;
    assert_eq!(code(&one.post(&erase(case), &why).await), is(409, "proposal_waits"), "once is enough");
    assert_eq!(settle(&two, &proposal, false).await.good()["state"], "refused");
    assert_eq!(code(&settle(&two, &proposal, true).await), is(409, "proposal_not_due"), "no is no");
    assert_eq!(one.get(&format!("/cases/{case}")).await.good()["erased_at"], Value::Null);

    // Held in between: the yes finds it held.
    let proposal = ask(&one, &erase(case), why.clone()).await;
    two.post(&hold, &json!({ "held": true, "why": WHY })).await.good();
    assert_eq!(code(&settle(&two, &proposal, true).await), is(409, "evidence_held"));
    assert_eq!(state(&two, &proposal).await, "waiting", "nothing was half-done");
    two.post(&hold, &json!({ "held": false, "why": WHY })).await.good();

    let done = settle(&two, &proposal, true).await.good();
    assert_eq!((&done["state"], &done["settled"]["by"]), (&json!("done"), &json!("two")));
    let file = one.get(&format!("/cases/{case}")).await.good();
    assert!(file["erased_at"].is_string());
    assert_eq!((&file["decisions"][0]["to_player"], &file["decisions"][0]["internal"]), (&Value::Null, &Value::Null));
    let picture = one.post(&format!("/cases/{case}/pictures/frame"), &why).await;
    assert_eq!(code(&picture), is(404, "not_found"));
    assert_eq!(code(&one.post(&format!("/cases/{case}/capture"), &why).await), is(409, "evidence_erased"));
    assert_eq!(code(&two.post(&hold, &json!({ "held": true, "why": WHY })).await), is(409, "evidence_erased"));
    let trail = one.get(&format!("/cases/{case}/trail")).await.good();
    let erased = trail["events"].as_array().unwrap().iter().find(|event| event["kind"] == "evidence_erased").unwrap();
    assert_eq!((&erased["details"]["by"], &erased["details"]["second"]), (&json!("one"), &json!("two")));
    assert!(trail["size"].as_u64().unwrap() > 10 && trail["root"].as_str().unwrap().len() == 64);
}

#[actix_web::test]
async fn nobody_says_yes_to_themselves_nor_fetches_what_another_asked_for() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &Role::ALL).await;
    let two = Desk::of(&world, "two", &Role::ALL).await;
    let three = Desk::of(&world, "three", &[Role::Reviewer]).await;
    let case = decided(&world, &one).await;
    for what in ["erase", "export"] {
        let proposal = ask(&one, &format!("/cases/{case}/{what}"), json!({ "why": WHY })).await;
        let bundle = format!("/proposals/{proposal}/bundle");
        assert_eq!(code(&settle(&one, &proposal, true).await), is(403, "case_own_decision"), "{what}");
        assert_eq!(code(&settle(&three, &proposal, true).await), is(403, "role_forbidden"), "{what}");
        assert_eq!(code(&one.post(&bundle, &json!({})).await), is(409, "proposal_not_due"), "{what}");
        if what == "export" {
            assert_eq!(settle(&two, &proposal, true).await.good()["state"], "allowed");
            assert_eq!(code(&two.post(&bundle, &json!({})).await), is(403, "proposal_not_yours"));
            // As far as the population register, which nobody runs here.
            assert_eq!(code(&one.post(&bundle, &json!({})).await), is(503, "register_unavailable"));
            let invitation = format!("/proposals/{proposal}/invitation");
            assert_eq!(code(&one.post(&invitation, &json!({})).await), is(404, "not_found"), "it is none");
            world.clock.advance(Duration::from_hours(24));
            let mut late = one;
            late.sign_in("one").await.good();
            assert_eq!(code(&late.post(&bundle, &json!({})).await), is(409, "proposal_not_due"), "a day is over");
            assert_eq!(state(&late, &proposal).await, "done", "it was fetched for");
            return;
        }
    }
}

#[actix_web::test]
async fn what_nobody_settles_lapses_and_whoever_was_stopped_asks_for_nothing() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let mut two = Desk::of(&world, "two", &[Role::Supervisor, Role::Administrator]).await;
    let case = decided(&world, &one).await;
    let path = format!("/cases/{case}/erase");
    let proposal = ask(&one, &path, json!({ "why": WHY })).await;
    let stop = json!({ "disabled": true, "why": WHY });
    two.call(Method::PATCH, "/staff/one", Some(&stop)).await.good();
    assert_eq!(code(&settle(&two, &proposal, true).await), is(409, "proposal_not_due"), "who asked is gone");
    world.clock.advance(Duration::from_hours(7 * 24));
    two.sign_in("two").await.good();
    assert_eq!(code(&settle(&two, &proposal, true).await), is(409, "proposal_not_due"));
    assert_eq!(state(&two, &proposal).await, "lapsed");
    assert_eq!(two.get(&format!("/cases/{case}")).await.good()["erased_at"], Value::Null);
}

#[actix_web::test]
async fn who_decides_or_approves_is_made_by_two() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let asks = json!({ "login": "eyes", "name": "Eyes", "roles": ["supervisor"], "why": WHY });
    let silent = json!({ "login": "eyes", "name": "Eyes", "roles": ["supervisor"] });
    assert_eq!(code(&root.post("/staff", &silent).await), is(422, "view_reason_missing"));
    assert_eq!(
        code(&root.post("/staff", &json!({ "login": "second-root", "name": "R", "roles": ["administrator"] })).await),
        is(422, "view_reason_missing"),
        "who vouches for others is eyes, too"
    );
    let proposal = ask(&root, "/staff", asks).await;
    let invitation = format!("/proposals/{proposal}/invitation");
    assert_eq!(code(&root.post(&invitation, &json!({})).await), is(409, "proposal_not_due"));
    assert_eq!(root.get("/staff").await.good().as_array().unwrap().len(), 2, "nobody was added");
    settle(&two, &proposal, true).await.good();
    let invited = root.post(&invitation, &json!({})).await.good();
    assert_eq!(code(&root.post(&invitation, &json!({})).await), is(409, "proposal_not_due"), "once");
    let (_, link) = invited["link"].as_str().unwrap().split_once("#join=").unwrap();
    let mut eyes = Desk::new(&world);
    eyes.join(&SecretText::new(link)).await.good();
    eyes.counts().await;

    // Not by the way of somebody harmless, nor by a new passkey, nor by waking who was stopped.
    root.post("/staff", &json!({ "login": "harmless", "name": "H", "roles": ["auditor"] })).await.good();
    let patch =
        async |login: &str, body: Value| root.call(Method::PATCH, &format!("/staff/{login}"), Some(&body)).await;
    let raised = patch("harmless", json!({ "roles": ["reviewer"], "why": WHY })).await;
    assert_eq!(raised.status.as_u16(), 202);
    let both = patch("harmless", json!({ "roles": ["reviewer"], "name": "X", "why": WHY })).await;
    assert_eq!(code(&both), is(422, "staff_invalid"));
    let again = root.post("/staff/eyes/invite", &json!({ "why": WHY })).await;
    assert_eq!(again.status.as_u16(), 202);
    eyes.get("/me").await.good();
    assert_eq!(patch("eyes", json!({ "disabled": true, "why": WHY })).await.status.as_u16(), 200, "stopping takes one");
    let woken = patch("eyes", json!({ "disabled": false, "why": WHY })).await;
    assert_eq!(woken.status.as_u16(), 202);
    let staff = root.get("/staff").await.good();
    let of = |login: &str| staff.as_array().unwrap().iter().find(|one| one["login"] == login).unwrap().clone();
    assert_eq!(of("harmless")["roles"], json!(["auditor"]));
    assert!(of("eyes")["disabled_at"].is_string());
    settle(&two, raised.body["id"].as_str().unwrap(), true).await.good();
    settle(&two, woken.body["id"].as_str().unwrap(), true).await.good();
    let staff = root.get("/staff").await.good();
    let of = |login: &str| staff.as_array().unwrap().iter().find(|one| one["login"] == login).unwrap().clone();
    assert_eq!(of("harmless")["roles"], json!(["reviewer"]));
    assert!(of("eyes").get("disabled_at").is_none());
}

#[actix_web::test]
async fn a_person_is_unlocked_by_two() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let case = world.in_doubt(None).await.case;
    let path = format!("/cases/{case}/unlock");
    assert_eq!(code(&one.post(&path, &json!({ "why": WHY })).await), is(409, "person_not_locked"));
    let store = &world.services.store;
    let mut unit = store.begin().await.unwrap();
    let player = unit.find_case(case).await.unwrap().unwrap().player.unwrap();
    let person = LockSubject::Person(player);
    let now = world.services.clock.now();
    let mut lockout: FaceLockout = unit.hold_face_lockout(person).await.unwrap();
    while lockout.locked_at(now).is_none() {
        lockout = lockout.failed(&person, now);
    }
    unit.put_face_lockout(person, &lockout).await.unwrap();
    unit.commit().await.unwrap();
    let proposal = ask(&one, &path, json!({ "why": WHY })).await;
    settle(&two, &proposal, true).await.good();
    let mut unit = store.begin().await.unwrap();
    assert!(unit.hold_face_lockout(person).await.unwrap().locked_at(now).is_none());
}

#[actix_web::test]
async fn a_version_that_waits_is_released_by_two_and_only_the_one_that_was_seen() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let now = world.services.clock.now();
    let source = Source { name: "debtors".to_owned(), refreshed_at: now, max_age: Duration::from_hours(24) };
    put(world.services.store.as_ref(), &source, &[]).await.unwrap();
    let sources = root.get("/sources").await.good();
    let name = sources[0]["name"].as_str().unwrap().to_owned();
    let release = format!("/sources/{name}/release");
    assert_eq!(code(&root.post(&release, &json!({ "version": 2, "why": WHY })).await), is(409, "nothing_waits"));
    let quarantine = async || {
        let mut unit = world.services.store.begin().await.unwrap();
        let versions = unit.list_versions(&name).await.unwrap();
        let current = Version::in_state(&versions, VersionState::Current).unwrap().clone();
        let now = world.services.clock.now();
        let mut next = Version::next(&name, &versions, VersionKind::Snapshot, (now, current.max_age), now);
        next.state = VersionState::Quarantined;
        unit.insert_version(&next).await.unwrap();
        unit.commit().await.unwrap();
        next.number
    };
    let first = quarantine().await;
    let proposal = ask(&root, &release, json!({ "version": first, "why": WHY })).await;
    // Dropped, which takes two, and another has come: the yes was to the first.
    let discard = format!("/sources/{name}/discard");
    let drop = ask(&root, &discard, json!({ "version": first, "why": WHY })).await;
    assert_eq!(code(&settle(&root, &drop, true).await), is(403, "role_forbidden"), "one alone drops nothing");
    assert_eq!(root.get("/sources").await.good()[0]["versions"][0]["state"], "quarantined");
    settle(&two, &drop, true).await.good();
    let state = root.get("/sources").await.good()[0]["versions"][0]["state"].clone();
    assert!(state == "discarded" || state == "removed", "its rows go in the background: {state}");
    let jobs = root.get("/jobs").await.good();
    let tidies = jobs.as_array().unwrap().iter().find(|job| job["name"] == "superseded-restrictions").unwrap();
    assert_eq!((&tidies["ended_at"], &tidies["failures"]), (&Value::Null, &0.into()), "asked for with the yes");
    let second = quarantine().await;
    assert_eq!(code(&settle(&two, &proposal, true).await), is(409, "nothing_waits"));
    assert_eq!(settle(&two, &proposal, false).await.good()["state"], "refused");
    let proposal = ask(&root, &release, json!({ "version": second, "why": WHY })).await;
    settle(&two, &proposal, true).await.good();
    let versions = root.get("/sources").await.good()[0]["versions"].clone();
    let current = versions.as_array().unwrap().iter().find(|one| one["state"] == "current").unwrap();
    assert_eq!(current["number"], second);
}

#[actix_web::test]
async fn nobody_goes_back_a_step_of_a_source_alone() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &Role::ALL).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let source = || Source {
        name: "debtors".to_owned(),
        refreshed_at: world.services.clock.now(),
        max_age: Duration::from_hours(24),
    };
    let put = async |iins: &[&str]| {
        let rows: Vec<_> = iins.iter().map(|iin| debt(iin)).collect();
        put(world.services.store.as_ref(), &source(), &rows).await.unwrap();
    };
    let is_restricted = async || {
        let iin = Iin::parse(DEBTOR).unwrap();
        let (answer, _) = world.services.store.registry_answer(&iin).await.unwrap();
        answer.iter().any(|restriction| restriction.source == "debtors")
    };
    put(&[]).await;
    put(&[DEBTOR]).await;
    assert!(is_restricted().await);
    let versions = root.get("/sources").await.good()[0]["versions"].clone();
    let number = |state: &str| {
        let found = versions.as_array().unwrap().iter().find(|one| one["state"] == state);
        found.unwrap()["number"].as_u64().unwrap()
    };
    let back = "/sources/debtors/roll-back";
    let seen = json!({ "from": number("current"), "version": number("previous"), "why": WHY });
    let blind = json!({ "from": number("previous"), "version": number("current"), "why": WHY });
    assert_eq!(code(&root.post(back, &blind).await), is(409, "no_step_back"), "not what there is");
    let proposal = ask(&root, back, seen.clone()).await;
    assert!(is_restricted().await, "one alone frees nobody");
    assert_eq!(code(&settle(&root, &proposal, true).await), is(403, "case_own_decision"), "with every role");
    assert!(is_restricted().await);
    // Another version counts since: the yes was to leaving the one that was seen.
    put(&[DEBTOR, OTHER]).await;
    assert_eq!(code(&settle(&two, &proposal, true).await), is(409, "no_step_back"));
    assert!(is_restricted().await);
    settle(&two, &proposal, false).await.good();
    put(&[]).await;
    put(&[DEBTOR]).await;
    let versions = root.get("/sources").await.good()[0]["versions"].clone();
    let number = |state: &str| {
        let found = versions.as_array().unwrap().iter().find(|one| one["state"] == state);
        found.unwrap()["number"].as_u64().unwrap()
    };
    let seen = json!({ "from": number("current"), "version": number("previous"), "why": WHY });
    let proposal = ask(&root, back, seen).await;
    assert_eq!(settle(&two, &proposal, true).await.good()["state"], "done");
    assert!(!is_restricted().await, "two have said so");
    let log = world.services.store.read().await.unwrap().audit_trail(&["debtors".to_owned()], 10).await.unwrap();
    let back = log.iter().find(|event| event.kind == "registry_rolled_back").unwrap();
    assert!(back.details.contains("\"by\":\"root\"") && back.details.contains("\"second\":\"two\""));
}

const DEBTOR: &str = "900101300017";
const OTHER: &str = "900101400013";

fn debt(iin: &str) -> (Iin, Restriction) {
    let restriction = Restriction {
        ground: Ground::Debtor,
        legal_basis: "a test".to_owned(),
        starts_at: Timestamp::from_seconds(0),
        ends_at: None,
        source: "debtors".to_owned(),
        source_key: iin.to_owned(),
    };
    (Iin::parse(iin).unwrap(), restriction)
}

#[actix_web::test]
async fn whatever_opens_a_door_to_an_operator_takes_two_and_a_stop_takes_one() {
    let world = World::sandbox().await;
    let manager = Desk::of(&world, "manager", &[Role::OperatorManager]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let shown = async |id: &str| {
        let all = manager.get("/operators").await.good();
        all.as_array().unwrap().iter().find(|one| one["id"] == id).cloned()
    };
    let path = "/operators/demo-bet/switch";
    assert_eq!(manager.get("/operators/demo-bet/standing").await.good(), json!({ "grants": 0 }));
    assert_eq!(code(&manager.get("/operators/nobody-here/standing").await), is(404, "not_found"));
    let unexplained = manager.post(path, &json!({ "disabled": true })).await;
    assert_eq!(code(&unexplained), is(422, "view_reason_missing"), "stopping takes one, who says why");
    assert!(manager.post(path, &json!({ "disabled": true, "why": WHY })).await.good()["disabled_at"].is_string());
    assert_eq!(code(&manager.post(path, &json!({ "disabled": false })).await), is(422, "view_reason_missing"));
    let proposal = ask(&manager, path, json!({ "disabled": false, "why": WHY })).await;
    assert_eq!(code(&settle(&manager, &proposal, true).await), is(403, "role_forbidden"));
    assert!(shown("demo-bet").await.unwrap().get("disabled_at").is_some(), "one is not enough");
    settle(&two, &proposal, true).await.good();
    assert!(shown("demo-bet").await.unwrap().get("disabled_at").is_none());
    let again = manager.post(path, &json!({ "disabled": false, "why": WHY })).await;
    assert_eq!(code(&again), is(409, "proposal_not_due"), "it was let go on");
    let unknown = manager.post("/operators/nobody-here/switch", &json!({ "disabled": true, "why": WHY })).await;
    assert_eq!(code(&unknown), is(404, "not_found"));

    // Added with keys it is with the yes; with a secret, in a sandbox, who asked fetches that once.
    let new = json!({ "id": "new-bet", "name": "New", "redirect_uris": ["https://new.example/cb"],
        "authentication": "private_key_jwt", "jwks_uri": "https://new.example/jwks" });
    let proposal = ask(&manager, "/operators", json!({ "operator": new, "why": WHY })).await;
    assert!(shown("new-bet").await.is_none());
    settle(&two, &proposal, true).await.good();
    assert_eq!(shown("new-bet").await.unwrap()["redirect_uris"], json!(["https://new.example/cb"]));
    let taken = manager.post("/operators", &json!({ "operator": new, "why": WHY })).await;
    assert_eq!(code(&taken), is(409, "operator_exists"));
    let bad = json!({ "id": "b", "name": "New", "redirect_uris": [], "authentication": "private_key_jwt" });
    assert_eq!(
        code(&manager.post("/operators", &json!({ "operator": bad, "why": WHY })).await),
        is(422, "operator_invalid")
    );
    let secret = json!({ "id": "secret-bet", "name": "S", "redirect_uris": ["http://localhost:1/cb"], "authentication": "client_secret_basic" });
    let proposal = ask(&manager, "/operators", json!({ "operator": secret, "why": WHY })).await;
    let fetch = format!("/proposals/{proposal}/secret");
    assert_eq!(code(&manager.post(&fetch, &json!({})).await), is(409, "proposal_not_due"));
    assert_eq!(settle(&two, &proposal, true).await.good()["state"], "allowed");
    assert!(shown("secret-bet").await.is_none());
    assert_eq!(code(&two.post(&fetch, &json!({})).await), is(403, "role_forbidden"));
    let drawn = manager.post(&fetch, &json!({})).await.good();
    assert!(drawn["secret"].as_str().is_some_and(|secret| secret.len() > 30) && drawn["proposal"]["state"] == "done");
    assert!(shown("secret-bet").await.is_some());
    assert_eq!(code(&manager.post(&fetch, &json!({})).await), is(409, "proposal_not_due"), "once");

    // What is narrower takes one; what is wider is not done before the yes.
    let change = async |change: Value, why: Option<&str>| {
        let body = json!({ "change": change, "why": why });
        manager.call(Method::PATCH, "/operators/new-bet", Some(&body)).await
    };
    assert_eq!(change(json!({ "requests_per_second": 7 }), None).await.good()["requests_per_second"], 7);
    assert_eq!(change(json!({ "scopes": [] }), None).await.good()["scopes"], json!([]));
    assert_eq!(code(&change(json!({}), None).await), is(422, "operator_invalid"));
    for wider in [
        json!({ "redirect_uris": ["https://new.example/cb", "https://rogue.example/cb"] }),
        json!({ "scopes": ["check:login"] }),
        json!({ "authentication": "private_key_jwt", "jwks_uri": "https://rogue.example/jwks" }),
        json!({ "contact": "ops@rogue.example" }),
        json!({ "name": "Another Bet" }),
    ] {
        let before = shown("new-bet").await;
        assert_eq!(code(&change(wider.clone(), None).await), is(422, "view_reason_missing"), "{wider}");
        let asked = change(wider.clone(), Some(WHY)).await;
        assert_eq!(asked.status.as_u16(), 202, "{wider}: {}", asked.body);
        assert_eq!(shown("new-bet").await, before, "{wider}");
        settle(&two, asked.body["id"].as_str().unwrap(), true).await.good();
        assert_ne!(shown("new-bet").await, before, "{wider}");
    }
    let log = world.services.store.read().await.unwrap().audit_trail(&["new-bet".to_owned()], 50).await.unwrap();
    let changed: Vec<_> = log.iter().filter(|event| event.kind == "operator_changed").collect();
    let by = |by: &str| changed.iter().filter(|event| event.details.contains(&format!("\"by\":\"{by}\""))).count();
    assert_eq!((by("staff manager"), by("staff manager with two")), (2, 5));
}

#[actix_web::test]
async fn an_operators_messages_go_elsewhere_by_two_and_where_they_went_is_told() {
    let world = World::production().await;
    let manager = Desk::of(&world, "manager", &[Role::OperatorManager]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let hook = "/operators/demo-bet/webhook";
    assert_eq!(code(&manager.get(hook).await), is(404, "not_found"));
    let put = async |url: &str| manager.call(Method::PUT, hook, Some(&json!({ "url": url, "why": WHY }))).await;
    assert_eq!(code(&put("http://10.0.0.1/in").await), is(422, "webhook_url_invalid"), "inside the house");
    let allowed = async |asked: Answer| {
        assert_eq!(asked.status.as_u16(), 202, "{}", asked.body);
        let id = asked.body["id"].as_str().unwrap().to_owned();
        assert_eq!(settle(&two, &id, true).await.good()["state"], "allowed");
        manager.post(&format!("/proposals/{id}/secret"), &json!({})).await.good()
    };
    let receiver = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let old = format!("http://{}/in", receiver.local_addr().unwrap());
    let asked = put(&old).await;
    assert_eq!(code(&manager.get(hook).await), is(404, "not_found"), "one is not enough");
    let secret = allowed(asked).await["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    assert!(manager.get(hook).await.good().get("secret").is_none(), "once");
    let asked = manager.post(&format!("{hook}/rotate"), &json!({ "why": WHY })).await;
    let rotated = allowed(asked).await;
    assert!(rotated["secret"].is_string() && rotated["secret"] != secret.as_str());
    // The old address hears of the new one.
    let heard = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = receiver.accept().unwrap();
        let mut heard = String::new();
        let mut buffer = [0; 4096];
        while !heard.contains("registration.changed") {
            let read = stream.read(&mut buffer).unwrap();
            assert!(read > 0, "{heard}");
            heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        heard
    });
    let moved = allowed(put("http://127.0.0.1:9/elsewhere").await).await;
    assert!(moved.get("secret").is_none(), "the one that is there stays");
    assert_eq!(manager.get(hook).await.good()["url"], "http://127.0.0.1:9/elsewhere");
    assert!(heard.join().unwrap().contains("webhook-signature"));
    assert_eq!(manager.call(Method::DELETE, hook, None).await.good()["undelivered"], 0);
    assert_eq!(code(&manager.get(hook).await), is(404, "not_found"));
    let keys = manager.get("/keys").await.good();
    let signing = &keys["signing"]["keys"][0];
    assert!(signing["kid"].is_string() && signing.get("d").is_none(), "{signing}");
}

#[actix_web::test]
async fn cases_are_found_by_risk_finding_day_and_browser() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let case = world.in_doubt(Some("a-browser-token-of-32-characters")).await.case;
    let found = async |query: &str| {
        let queue = one.get(&format!("/cases?{query}")).await.good();
        queue["cases"].as_array().unwrap().len()
    };
    assert_eq!((found("risk=medium").await, found("risk=high").await), (1, 0));
    assert_eq!((found("finding=flat").await, found("finding=loop&reason=face_doubtful").await), (0, 0));
    assert_eq!((found("from=2027-01-15").await, found("from=2027-01-16").await), (1, 0));
    assert_eq!((found("until=2027-01-15").await, found("until=2027-01-14").await), (1, 0));
    let evidence = one.post(&format!("/cases/{case}/evidence"), &json!({ "why": WHY })).await.good();
    if let Some(device) = evidence["device"].as_str() {
        assert_eq!(found(&format!("device={device}")).await, 1);
    }
    assert_eq!(found(&format!("device={}", "0".repeat(64))).await, 0);
    for bad in ["risk=huge", "finding=x", "from=yesterday", "device=xyz"] {
        assert_eq!(code(&one.get(&format!("/cases?{bad}")).await), is(400, "bad_request"), "{bad}");
    }
}
