//! One face under several IINs: a person must look, and nobody else learns why.

use std::sync::Arc;
use std::time::Duration;

use rastau::app::face::sightings::{delete_old, forget_old_in_index, refresh};
use rastau::app::review::attacker::{CaseError, Desk};
use rastau::app::review::clear_face::clear_face;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::handle::HandleHash;
use rastau::domain::kernel::id::CaseId;
use rastau::domain::verification::tries::{Tried, TriedBy};
use rastau::http::peer::Caller;
use rastau::vision::face_index::ScannedFaceIndex;
use serde_json::{Value, json};
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, refusal, to_face};

async fn app() -> TestApp {
    TestApp::start_with(|policy| policy.face_search.enabled = true).await
}

/// Comes before the camera as the person of `iin`, whose ID photo shows `who`; returns the page's view at the end.
async fn shows(app: &TestApp, iin: &Iin, who: Who, face: Who) -> (String, Value, Value) {
    app.add_person(iin, &id_photo(who)).await;
    refresh(&app.services).await.unwrap();
    let player = app.arrive().await;
    to_face(&player, iin).await;
    let captured = player.capture(&mut *living(face)).await.unwrap();
    let view = player.view().await.unwrap();
    let visit = if view["outcome"].is_null() { Value::Null } else { player.go_back().await.unwrap() };
    (captured.result, view, visit)
}

async fn shows_own(app: &TestApp, iin: &Iin, who: Who) -> (String, Value, Value) {
    shows(app, iin, who, who).await
}

async fn cases(app: &TestApp) -> Vec<Value> {
    app.staff("cases").await.json().await.unwrap()
}

fn id(case: &Value) -> CaseId {
    case["id"].as_str().unwrap().parse().unwrap()
}

fn desk(app: &TestApp) -> Desk<'_> {
    let services = &app.services;
    Desk {
        store: services.store.as_ref(),
        clock: services.clock.as_ref(),
        randomness: services.randomness.as_ref(),
        by: "a test",
    }
}

async fn confirm(app: &TestApp, case: CaseId) -> Result<(), CaseError> {
    let no_match_below = app.services.policy.comparison.no_match_below;
    desk(app).confirm_attack(app.services.face.engine.as_ref(), no_match_below, case).await
}

#[tokio::test]
async fn one_face_under_two_iins_goes_to_review_until_staff_clear_the_two() {
    let app = app().await;
    let (first, second) = (adult(80), adult(81));
    assert_eq!(shows_own(&app, &first, Who::Astronaut).await.0, "passed");
    assert_eq!(shows_own(&app, &first, Who::Astronaut).await.0, "passed", "one's own face is no stranger's");

    let (result, view, visit) = shows_own(&app, &second, Who::Astronaut).await;
    assert_eq!(result, "under_review");
    // The player learns that a person will look, and not that the face was seen elsewhere.
    assert_eq!(view["outcome"]["reasons"][0]["code"], "review_needed", "{view}");
    assert!(!view.to_string().contains("seen"), "{view}");
    // The operator learns its one bit.
    assert_eq!(visit, json!({ "status": "denied", "error": "access_denied" }));

    let listed = cases(&app).await;
    let case = &listed[0];
    assert_eq!((listed.len(), case["status"].as_str()), (1, Some("open")));
    assert_eq!(case["reasons"], json!(["face_seen_elsewhere"]));
    let hit = &case["face_hits"][0];
    let elsewhere = app.player_of(&first).await;
    assert_eq!((hit["kind"].as_str(), hit["player"].as_str()), (Some("accepted"), Some(&*elsewhere.to_string())));
    assert!(hit["similarity"].as_f64().unwrap() > 0.5, "{hit}");

    // Who was only held up does not make the first one suspect.
    assert_eq!(shows_own(&app, &first, Who::Astronaut).await.0, "passed");

    let services = &app.services;
    let with = clear_face(services.store.as_ref(), services.clock.as_ref(), id(case), "a test").await;
    assert_eq!(with, Ok(1));
    assert_eq!(shows_own(&app, &second, Who::Astronaut).await.0, "passed");
    assert_eq!(shows_own(&app, &first, Who::Astronaut).await.0, "passed", "cleared from either side");
    assert_eq!(shows_own(&app, &adult(82), Who::Astronaut).await.0, "under_review", "a third one is not cleared");
    assert_eq!(shows_own(&app, &adult(83), Who::Other).await.0, "passed", "another face");
    app.verify_audit().await;
}

#[tokio::test]
async fn a_confirmed_attacker_is_caught_under_a_new_iin_until_taken_back() {
    let app = app().await;
    // Somebody shows their own face under another's IIN.
    assert_eq!(shows(&app, &adult(84), Who::Astronaut, Who::Other).await.0, "retry");
    let case = id(&cases(&app).await[0]);
    confirm(&app, case).await.unwrap();
    // Out of sight, out of term, and caught by the attacker's list alone.
    app.clock.advance(Duration::from_hours(24 * 181));
    app.restrict(&[]).await;
    delete_old(&app.services).await.unwrap();
    forget_old_in_index(&app.services).await.unwrap();
    assert_eq!(refresh(&app.services).await.unwrap(), 1);

    let newcomer = adult(85);
    assert_eq!(shows_own(&app, &newcomer, Who::Other).await.0, "under_review");
    let hits = &cases(&app).await[0]["face_hits"];
    assert_eq!((hits[0]["kind"].as_str(), hits[0]["subject"].as_str()), (Some("attacker"), Some(&*case.to_string())));

    let model = app.services.face.engine.embedder();
    desk(&app).forget_attack(model, case).await.unwrap();
    assert_eq!(desk(&app).forget_attack(model, case).await, Err(CaseError::NotConfirmed(case)));
    assert_eq!(shows_own(&app, &newcomer, Who::Other).await.0, "passed");
    assert_eq!(refresh(&app.services).await.unwrap(), 1, "the index has let go of the attacker and holds the newcomer");
    app.verify_audit().await;
}

#[tokio::test]
async fn a_face_that_was_rejected_under_several_iins_is_kept_in_the_case_of_the_next_rejection() {
    let app = app().await;
    for number in [86, 87] {
        assert_eq!(shows(&app, &adult(number), Who::Astronaut, Who::Other).await.0, "retry", "no refusal by itself");
        assert_eq!(cases(&app).await[0]["reasons"], json!(["face_mismatch"]));
    }
    assert_eq!(shows(&app, &adult(88), Who::Astronaut, Who::Other).await.0, "retry");
    let case = &cases(&app).await[0];
    assert_eq!(case["reasons"], json!(["face_mismatch", "face_seen_elsewhere"]));
    assert_eq!((case["status"].as_str(), case["face_hits"].as_array().unwrap().len()), (Some("open"), 2));
    assert_eq!(case["face_hits"][0]["kind"], "rejected");
}

#[tokio::test]
async fn a_face_that_was_rejected_in_this_very_browser_hits_at_once() {
    let app = app().await;
    app.add_person(&adult(89), &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &adult(89)).await;
    assert_eq!(player.capture(&mut *living(Who::Other)).await.unwrap().result, "retry");
    app.add_person(&adult(90), &id_photo(Who::Other)).await;
    let again = player.come_again().await.unwrap();
    to_face(&again, &adult(90)).await;
    assert_eq!(again.capture(&mut *living(Who::Other)).await.unwrap().result, "under_review");
    assert_eq!(cases(&app).await[0]["face_hits"][0]["kind"], "rejected");
}

#[tokio::test]
async fn whoever_shows_a_victims_face_under_other_iins_does_nothing_to_the_victim() {
    let app = app().await;
    let victim = adult(91);
    // Under somebody else's, and under such as nobody has.
    assert_eq!(shows(&app, &adult(92), Who::Other, Who::Astronaut).await.0, "retry");
    for number in [93, 94] {
        let stranger = app.arrive().await;
        to_face(&stranger, &adult(number)).await;
        assert_eq!(stranger.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "retry");
    }
    assert_eq!(shows_own(&app, &victim, Who::Astronaut).await.0, "passed");
    // Under several, now that the victim is known.
    assert_eq!(shows(&app, &adult(95), Who::Other, Who::Astronaut).await.0, "retry");
    assert_eq!(shows_own(&app, &victim, Who::Astronaut).await.0, "passed");
}

#[tokio::test]
async fn of_one_address_only_so_many_rejected_faces_are_remembered_a_day() {
    let app = app().await;
    let what = Tried::RejectedFace;
    let by =
        TriedBy::Address(HandleHash(Caller::of("127.0.0.1".parse().unwrap()).hash(&app.services.policy.pairwise_key)));
    let limit = app.services.policy.tries.of(&by, what);
    let mut unit = app.unit().await;
    for _ in 1..limit {
        unit.count_try(by, what, what.period_of(app.now())).await.unwrap();
    }
    unit.commit().await.unwrap();
    for number in [96, 97] {
        assert_eq!(shows(&app, &adult(number), Who::Astronaut, Who::Other).await.0, "retry");
        assert_eq!(refresh(&app.services).await.unwrap(), 1, "the last one, and no other");
    }
    assert!(app.metrics.text().contains("rastau_tries_spent_total{who=\"address\"} 1"));
}

#[tokio::test]
async fn what_cannot_be_decided_about_a_case_is_said_with_a_code() {
    let app = app().await;
    assert_eq!(shows(&app, &adult(88), Who::Astronaut, Who::Other).await.0, "retry");
    let case = id(&cases(&app).await[0]);
    let services = &app.services;
    let nothing = clear_face(services.store.as_ref(), services.clock.as_ref(), case, "a test").await;
    assert_eq!(nothing.unwrap_err().code(), "case_without_likeness");
    let unknown = CaseId::new(app.now(), services.randomness.as_ref());
    assert_eq!(confirm(&app, unknown).await.unwrap_err().code(), "case_unknown");
    let model = services.face.engine.embedder();
    assert_eq!(desk(&app).forget_attack(model, case).await.unwrap_err().code(), "attacker_unknown");
}

#[tokio::test]
async fn while_the_index_is_behind_nobody_comes_before_the_camera_and_the_service_is_not_ready() {
    let app = app().await;
    let ready = app.base.join("health/ready").unwrap();
    assert_eq!(reqwest::get(ready.clone()).await.unwrap().status(), 200);
    let iin = adult(89);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    // Past what an index may be behind.
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(reqwest::get(ready).await.unwrap().status(), 503);
    assert!(refusal(player.capture(&mut *living(Who::Astronaut)).await).contains("503"));
    assert_eq!(player.view().await.unwrap()["face"]["attempts_left"], 3);
    refresh(&app.services).await.unwrap();
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
}

#[tokio::test]
async fn another_process_hears_of_a_face_through_the_store() {
    if let Some((app, _line)) = TestApp::start_on_postgres_with(|policy| policy.face_search.enabled = true).await {
        assert_eq!(shows_own(&app, &adult(90), Who::Astronaut).await.0, "passed");
        // An index that starts empty, as another process's does.
        let index = ScannedFaceIndex::new(app.services.face.engine.embedder().clone(), 1);
        let mut other = app.services.clone();
        other.face.index = Arc::new(index);
        assert_eq!(refresh(&other).await.unwrap(), 1);
        assert_eq!(shows_own(&app, &adult(91), Who::Astronaut).await.0, "under_review");
    }
}

#[tokio::test]
async fn a_hit_ends_it_before_a_second_factor_is_enrolled() {
    let app = app().await;
    assert_eq!(shows_own(&app, &adult(92), Who::Astronaut).await.0, "passed");
    let iin = adult(93);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "under_review");
    assert_eq!(refusal(player.enrol_passkey(&mut SoftPasskey::new(true)).await), "out_of_turn");
}
