//! A doubtful attempt from the queue to the player who goes on, four eyes included; and all the ways round them.

use actix_web::http::Method;
use rastau::app::verification::identify::identify_person;
use rastau::app::verification::view::view_verification;
use rastau::app::verification::way_back::return_to_operator;
use rastau::domain::decision::Verdict;
use rastau::domain::kernel::handle::HandleHash;
use rastau::domain::kernel::id::CaseId;
use rastau::domain::staff::Role;
use rastau::domain::verification::Stage;
use serde_json::{Value, json};

use super::desk::{Answer, Desk, invite};
use crate::operator::webhooks::{listening, queued};
use crate::operator::world::World;

const WHY: &str = "a doubt about the face";

async fn act(desk: &Desk<'_>, case: CaseId, what: &str, body: Value) -> Answer {
    desk.post(&format!("/cases/{case}/{what}"), &body).await
}

fn conclude(conclusion: &str) -> Value {
    json!({ "conclusion": conclusion, "to_player": "Кешіріңіз", "internal": "not to be seen" })
}

async fn stage(world: &World, session: HandleHash) -> (Stage, Option<Verdict>) {
    let view = view_verification(&world.services, session).await.unwrap();
    (view.stage, view.outcome.map(|outcome| outcome.verdict))
}

#[actix_web::test]
async fn two_of_the_staff_let_a_person_go_straight_on() {
    let world = World::production().await;
    listening(&world).await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let doubted = world.in_doubt(None).await;
    let case = doubted.case;

    let queue = one.get("/cases?status=open&holder=nobody&order=oldest").await.good();
    assert_eq!(queue["cases"][0]["id"], case.to_string());
    assert_eq!((&queue["counts"]["open"], &queue["counts"]["decided"]), (&json!(1), &json!(0)));
    let taken = act(&one, case, "take", json!({})).await.good();
    assert_eq!(taken["assignee"], "one");
    let evidence = act(&one, case, "evidence", json!({ "why": WHY })).await.good();
    assert_eq!(evidence["iin"], "900101300017");
    assert_eq!(evidence["case"]["scores"]["frames"], 6);

    let proposed = act(&one, case, "conclude", conclude("rightful_person")).await.good();
    assert_eq!(proposed["status"], "proposed");
    assert_eq!(stage(&world, doubted.session).await, (Stage::Decided, Some(Verdict::UnderReview)), "one is not enough");
    let settled = act(&two, case, "settle", json!({ "yes": true })).await.good();
    assert_eq!(settled["status"], "decided");
    assert_eq!(settled["decisions"][0]["settled"]["by"], "two");
    assert_eq!(stage(&world, doubted.session).await, (Stage::Contact, None));
    let told = queued(&world).await;
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["verification.reopened"]);
    assert!(!told[0].1.to_string().contains("face") && !told[0].1.to_string().contains("sub"), "{}", told[0].1);
    let log = world.audit().await;
    for kind in ["case_assigned", "case_viewed", "case_concluded", "case_settled", "verification_reopened"] {
        assert!(log.iter().any(|known| known == kind), "{kind}");
    }
}

#[actix_web::test]
async fn nobody_passes_the_second_pair_of_eyes() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Supervisor]).await;
    let two = Desk::of(&world, "two", &[Role::Reviewer]).await;
    let both = Desk::of(&world, "both", &Role::ALL).await;
    let doubted = world.in_doubt(None).await;
    let case = doubted.case;
    let code = |answer: Answer| (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default().to_owned());
    let is = |status: u16, code: &str| (status, code.to_owned());
    // Nothing was proposed, and nothing is concluded by who has not taken it.
    assert_eq!(code(act(&one, case, "settle", json!({ "yes": true })).await), is(409, "case_not_due"));
    assert_eq!(code(act(&one, case, "conclude", conclude("rightful_person")).await), is(409, "case_not_yours"));
    act(&both, case, "take", json!({})).await.good();
    assert_eq!(code(act(&one, case, "take", json!({})).await), is(409, "case_taken"));
    assert_eq!(code(act(&one, case, "conclude", conclude("rightful_person")).await), is(409, "case_not_yours"));
    assert_eq!(code(act(&two, case, "hand-over", json!({ "to": "two" })).await), is(409, "case_not_yours"));
    act(&both, case, "conclude", conclude("rightful_person")).await.good();
    // With every role there is, not one's own.
    assert_eq!(code(act(&both, case, "settle", json!({ "yes": true })).await), is(403, "case_own_decision"));
    // Handed to oneself, concluded once more, or by who may not approve.
    assert_eq!(code(act(&both, case, "take", json!({})).await), is(409, "case_not_due"));
    assert_eq!(code(act(&both, case, "conclude", conclude("rightful_person")).await), is(409, "case_not_due"));
    assert_eq!(code(act(&two, case, "settle", json!({ "yes": true })).await), is(403, "role_forbidden"));
    assert_eq!(stage(&world, doubted.session).await, (Stage::Decided, Some(Verdict::UnderReview)));
    // A no opens it again, and what was said no to cannot be said yes to.
    assert_eq!(act(&one, case, "settle", json!({ "yes": false })).await.good()["status"], "open");
    assert_eq!(code(act(&one, case, "settle", json!({ "yes": true })).await), is(409, "case_not_due"));
    // Both at once: one counts.
    act(&two, case, "take", json!({})).await.good();
    act(&two, case, "conclude", conclude("rightful_person")).await.good();
    let (yes, no) = futures_util::future::join(
        act(&one, case, "settle", json!({ "yes": true })),
        act(&both, case, "settle", json!({ "yes": false })),
    )
    .await;
    assert_eq!([yes.status.is_success(), no.status.is_success()].into_iter().filter(|good| *good).count(), 1);
}

#[actix_web::test]
async fn a_doubt_that_is_confirmed_is_a_refusal_and_told() {
    let world = World::production().await;
    listening(&world).await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let doubted = world.in_doubt(None).await;
    act(&one, doubted.case, "take", json!({})).await.good();
    assert_eq!(act(&one, doubted.case, "conclude", conclude("source_wrong")).await.code(), (422, "conclusion_unfit"));
    assert_eq!(act(&one, doubted.case, "conclude", conclude("king")).await.code(), (400, "bad_request"));
    let decided = act(&one, doubted.case, "conclude", conclude("attack")).await.good();
    assert_eq!(decided["status"], "decided");
    assert_eq!(stage(&world, doubted.session).await, (Stage::Decided, Some(Verdict::Refused)));
    let view = view_verification(&world.services, doubted.session).await.unwrap();
    assert_eq!(view.note.unwrap().expose(), "Кешіріңіз");
    let kinds: Vec<&str> = queued(&world).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["verification.failed"]);
}

#[actix_web::test]
async fn who_had_gone_comes_again_without_the_camera_once_and_on_the_same_device() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let doubted = world.in_doubt(None).await;
    return_to_operator(&world.services, doubted.session).await.unwrap();
    act(&one, doubted.case, "take", json!({})).await.good();
    act(&one, doubted.case, "conclude", conclude("rightful_person")).await.good();
    act(&two, doubted.case, "settle", json!({ "yes": true })).await.good();
    assert_eq!(stage(&world, doubted.session).await.0, Stage::Returned, "the operator has its answer");

    let mut unit = world.services.store.read().await.unwrap();
    let verification = unit.find_session(doubted.session).await.unwrap().unwrap();
    drop(unit);
    let (player, operator) = (verification.player.unwrap(), verification.operator.clone());
    let take = async |device| {
        let mut unit = world.services.store.begin().await.unwrap();
        let taken = unit.consume_face_waiver(player, &operator, device, world.services.clock.now()).await.unwrap();
        unit.commit().await.unwrap();
        taken
    };
    let device = rastau::domain::kernel::handle::hash_handle(doubted.device.expose());
    assert_eq!(take(HandleHash([1; 32])).await, None, "another device");
    assert_eq!(take(device).await, Some(doubted.case));
    assert_eq!(take(device).await, None, "once");
    // The register is not asked in this world; that the step is passed is told by the state machine and in the browser.
    assert!(identify_person(&world.services, doubted.session, None, "900101300017").await.is_err());
}

#[actix_web::test]
async fn every_look_says_why_and_nothing_is_kept_by_the_browser() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let case = world.in_doubt(None).await.case;
    for why in ["", "  ", "ab", "a\u{0}bc", &"x".repeat(201)] {
        for what in ["evidence", "pictures/frame"] {
            assert_eq!(
                act(&one, case, what, json!({ "why": why })).await.code(),
                (422, "view_reason_missing"),
                "{why}"
            );
        }
    }
    assert_eq!(act(&one, case, "pictures/other", json!({ "why": WHY })).await.code(), (404, "not_found"));
    assert_eq!(act(&one, case, "pictures/id-photo", json!({ "why": WHY })).await.code(), (503, "register_unavailable"));
    let shown = act(&one, case, "pictures/frame", json!({ "why": WHY })).await;
    assert_eq!((shown.status.as_u16(), shown.caching.as_deref()), (200, Some("no-store")));
    let plain = one.get(&format!("/cases/{case}")).await.good();
    assert_eq!(plain["attempt"], 1);
    let plain = plain.to_string();
    assert!(!plain.contains("900101300017") && !plain.contains("similarity"), "{plain}");
    let found = one.post("/cases/find", &json!({ "iin": "900101300017", "why": WHY })).await.good();
    assert_eq!(found["cases"].as_array().unwrap().len(), 1);
    for iin in ["900101300025", "x"] {
        assert_eq!(one.post("/cases/find", &json!({ "iin": iin, "why": WHY })).await.code(), (404, "not_found"));
    }
    let log = world.audit().await;
    assert_eq!(log.iter().filter(|kind| *kind == "case_viewed").count(), 2);
    assert_eq!(log.iter().filter(|kind| *kind == "person_looked_for").count(), 3);
}

#[actix_web::test]
async fn a_case_is_handed_to_who_decides_and_counts_and_the_menu_names_nobody_else() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let _two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let _auditor = Desk::of(&world, "sees", &[Role::Auditor]).await;
    let root = Desk::of(&world, "root", &[Role::Administrator]).await;
    let _gone = Desk::of(&world, "gone", &[Role::Reviewer]).await;
    let stop = json!({ "disabled": true, "why": "left the house" });
    root.call(Method::PATCH, "/staff/gone", Some(&stop)).await.good();
    invite(&world, "waits", &[Role::Reviewer]).await;
    let named = one.get("/colleagues").await.good();
    let name = |login: &str| json!({ "login": login, "name": "Somebody" });
    assert_eq!(named, json!([name("one"), name("two")]));
    let case = world.in_doubt(None).await.case;
    act(&one, case, "take", json!({})).await.good();
    for login in ["sees", "gone", "waits", "nobody"] {
        assert_eq!(act(&one, case, "hand-over", json!({ "to": login })).await.code(), (404, "not_found"), "{login}");
    }
    assert_eq!(act(&one, case, "hand-over", json!({ "to": "two" })).await.good()["assignee"], "two");
}

#[actix_web::test]
async fn filters_that_mean_nothing_are_refused() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Auditor]).await;
    let open = world.in_doubt(None).await.case;
    for (query, found) in [
        ("", 1),
        ("?reason=face_doubtful", 1),
        ("?reason=face_mismatch", 0),
        ("?operator=demo-bet&status=open", 1),
        ("?operator=other-bet", 0),
        ("?status=decided", 0),
        ("?holder=me", 0),
        (&format!("?before={open}"), 0),
        (&format!("?after={open}"), 0),
    ] {
        let page = one.get(&format!("/cases{query}")).await.good();
        assert_eq!(page["cases"].as_array().unwrap().len(), found, "{query}");
    }
    for query in ["?status=closed", "?reason=x", "?holder=two", "?operator=A%20B", "?before=x", "?limit=-1"] {
        let answer = one.call(Method::GET, &format!("/cases{query}"), None).await;
        assert_eq!(answer.status.as_u16(), 400, "{query}");
    }
}

#[actix_web::test]
async fn who_comes_from_one_device_under_other_names_is_seen_beside() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let first = world.in_doubt(None).await;
    let again = world.in_doubt(Some(first.device.expose())).await;
    let other = world.in_doubt_as("900101400013", Some(first.device.expose())).await;
    world.in_doubt_as("900101300027", None).await;
    let evidence = act(&one, first.case, "evidence", json!({ "why": WHY })).await.good();
    let ids = |part: &str| {
        let rows = evidence[part].as_array().unwrap().iter();
        rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("earlier"), [again.case.to_string()]);
    assert_eq!(ids("same_device"), [other.case.to_string()]);
}
