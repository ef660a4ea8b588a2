//! Enrolments that wait: what a thief does with theirs, and what the person does about it.

use super::*;

/// With every policy that has people wait.
async fn start(change: impl FnOnce(&mut rastau::domain::second_factor::enrolment::EnrolmentPolicy)) -> TestApp {
    TestApp::start_with(|policy| change(&mut policy.enrolment)).await
}

async fn by_link(app: &TestApp, path: &str, token: &str) -> (u16, Value) {
    Browser::unknown(app).step(path, &json!({ "token": token })).await
}

#[tokio::test]
async fn a_held_factor_counts_when_its_time_comes_and_nothing_hurries_it() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let view = hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    let until = view["outcome"]["reasons"][0]["until"].clone();

    app.clock.advance(Duration::from_hours(1));
    let early = past_the_face(&app, &iin).await;
    let code = app_code(&app, &iin).await;
    assert_eq!(early.view().await["stage"], "contact");
    assert_eq!(early.step("totp/verify", &json!({ "code": code })).await.1["code"], "out_of_turn");
    let (_, step) = early.get("contact").await;
    assert_eq!(step["pending"]["until"], until);
    let (_, refused) = early.step("contact/wait", &json!({})).await;
    assert_eq!((reasons(&refused), &refused["outcome"]["reasons"][0]["until"]), (vec!["enrolment_held"], &until));
    assert_eq!(early.step("contact/wait", &json!({})).await.1["code"], "out_of_turn");

    app.clock.advance(HELD);
    let late = past_the_face(&app, &iin).await;
    assert_eq!(late.view().await["second_factor"]["mode"], "prove");
    assert_eq!(late.step("totp/enrol/start", &json!({})).await.1["code"], "factor_enrolled");
    let code = app_code(&app, &iin).await;
    let (_, view) = late.step("totp/verify", &json!({ "code": code })).await;
    assert_eq!(view["outcome"]["result"], "approved", "{view}");
    let operator = OperatorServer::of(&app);
    let (_, token) = operator.exchange(&late.go_back().await["code"]).await;
    let told = operator.introspect(token["access_token"].as_str().unwrap()).await;
    assert_eq!(told["acr"], "urn:rastau:acr:face+wait+totp");
    let events = app.unit().await.list_audit(1, 200).await.unwrap();
    let of = |kind: &str| events.iter().filter(|event| event.kind == kind).count();
    assert_eq!((of("enrolment_held"), of("enrolment_counts")), (1, 1));
    app.verify_audit().await;
}

#[tokio::test]
async fn two_visits_that_wait_at_once_hold_one_factor() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let (one, two) = (past_the_face(&app, &iin).await, past_the_face(&app, &iin).await);
    for browser in [&one, &two] {
        assert_eq!(browser.step("contact/wait", &json!({})).await.1["stage"], "second_factor");
    }
    assert_eq!(enrol_app(&app, &one, &iin).await.0, 200);
    let (status, refused) = two.step("totp/enrol/start", &json!({})).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some("enrolment_pending")), "{refused}");
    assert_eq!(two.step("passkey/register/start", &json!({})).await.1["code"], "enrolment_pending");
}

#[tokio::test]
async fn the_link_in_the_notice_removes_what_waits_by_a_post_and_once() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    let token = link_token(&app, &iin).await;
    // A program that follows links before a person does: neither the page nor looking changes anything.
    for _ in 0..3 {
        let page = reqwest::get(app.base.join("not-me/").unwrap()).await.unwrap();
        assert!(page.status().is_success() || page.status().as_u16() == 404, "{}", page.status());
        let (status, told) = by_link(&app, "not-me/look", &token).await;
        assert_eq!((status, &told["counts"]), (200, &json!(false)), "{told}");
        assert!(told.as_object().unwrap().keys().all(|key| ["of", "since", "until", "counts"].contains(&key.as_str())));
    }
    assert_eq!(Browser::unknown(&app).step_from_elsewhere("not-me", &json!({ "token": token })).await.0, 403);
    let player = app.player_of(&iin).await;
    assert!(app.unit().await.open_hold(player).await.unwrap().is_some());

    assert_eq!(by_link(&app, "not-me", &token).await.0, 200);
    assert_eq!(app.unit().await.open_hold(player).await.unwrap(), None);
    assert!(app.unit().await.find_totp(player).await.unwrap().is_none());
    assert!(app.unit().await.find_recovery_codes(player).await.unwrap().is_none());
    for path in ["not-me", "not-me/look"] {
        assert_eq!(by_link(&app, path, &token).await, by_link(&app, path, "x").await, "used up is as unknown");
        let guess = "A".repeat(43);
        assert_eq!(by_link(&app, path, &guess).await.1["code"], "link_unknown");
    }
    let cases: Value = app.staff("cases").await.json().await.unwrap();
    let disowned = cases.as_array().unwrap().iter().find(|case| case["reasons"] == json!(["enrolment_disowned"]));
    assert_eq!(disowned.unwrap()["status"], "open", "staff look at it: {cases}");

    app.clock.advance(HELD);
    let thief = past_the_face(&app, &iin).await;
    assert_eq!(thief.view().await["stage"], "contact", "what they made is gone");
    app.verify_audit().await;
}

#[tokio::test]
async fn who_reads_the_notice_late_still_removes_the_factor_and_ends_what_came_of_it() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    let token = link_token(&app, &iin).await;
    app.clock.advance(HELD);
    let thief = past_the_face(&app, &iin).await;
    let code = app_code(&app, &iin).await;
    thief.step("totp/verify", &json!({ "code": code })).await;
    let operator = OperatorServer::of(&app);
    let (_, granted) = operator.exchange(&thief.go_back().await["code"]).await;
    let access = granted["access_token"].as_str().unwrap();
    assert_eq!(operator.introspect(access).await["active"], true);

    assert_eq!(by_link(&app, "not-me/look", &token).await.1["counts"], true);
    assert_eq!(by_link(&app, "not-me", &token).await.0, 200);
    assert_eq!(operator.introspect(access).await["active"], false);
    assert_eq!(past_the_face(&app, &iin).await.view().await["stage"], "contact");
    assert_eq!(by_link(&app, "not-me", &token).await.1["code"], "link_unknown");
    app.verify_audit().await;
}

#[tokio::test]
async fn a_link_is_good_for_a_month() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    let token = link_token(&app, &iin).await;
    app.clock.advance(Duration::from_hours(24 * 30));
    assert_eq!(by_link(&app, "not-me", &token).await.1["code"], "link_unknown");
}

#[tokio::test]
async fn whoever_passes_the_face_is_told_what_waits_and_may_end_it() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    let token = link_token(&app, &iin).await;
    let person = past_the_face(&app, &iin).await;
    assert!(person.get("contact").await.1["pending"]["since"].is_string());
    let (status, step) = person.step("contact/not-me", &json!({})).await;
    assert_eq!((status, &step["pending"]), (200, &Value::Null), "{step}");
    assert_eq!(person.step("contact/not-me", &json!({})).await.1["code"], "nothing_held");
    assert_eq!(by_link(&app, "not-me", &token).await.1["code"], "link_unknown");
    // And goes on as themselves.
    app.clock.advance(PAUSE);
    person.prove_contact(&app, &iin).await;
    assert_eq!(enrol_app(&app, &person, &iin).await.0, 200);
    app.verify_audit().await;
}

/// Waits and disowns by the face until no notice of it may be queued any more.
async fn nothing_waits_that_nobody_is_told_of(app: &TestApp) {
    let iin = iin_of("approved");
    let most = app.services.policy.notices.limits.an_hour;
    for _ in 0..most {
        hold_app(app, &past_the_face(app, &iin).await, &iin).await;
        let thief = past_the_face(app, &iin).await;
        assert_eq!(thief.step("contact/not-me", &json!({})).await.0, 200);
    }
    let told = kinds(app, &iin).await.iter().filter(|kind| *kind == "enrolment_held").count();
    assert_eq!(u32::try_from(told).unwrap(), most);
    let thief = past_the_face(app, &iin).await;
    thief.step("contact/wait", &json!({})).await;
    let (status, refused) = enrol_app(app, &thief, &iin).await;
    assert_eq!((status, refused["code"].as_str()), (429, Some("code_too_soon")), "{refused}");
    assert!(refused["retry_after"].as_u64().unwrap() > 0);
    let player = app.player_of(&iin).await;
    assert_eq!(app.unit().await.open_hold(player).await.unwrap(), None);
    assert!(app.unit().await.own_factors(player).await.unwrap().is_empty());
    assert!(app.unit().await.find_recovery_codes(player).await.unwrap().is_none());
    // Who waits as told may.
    app.clock.advance(Duration::from_hours(1));
    let view = hold_app(app, &past_the_face(app, &iin).await, &iin).await;
    assert_eq!(reasons(&view), ["enrolment_held"]);
    app.verify_audit().await;
}

#[tokio::test]
async fn an_enrolment_of_which_not_everybody_can_be_told_is_not_held() {
    nothing_waits_that_nobody_is_told_of(&TestApp::start().await).await;
}

#[tokio::test]
async fn nor_is_it_on_postgresql() {
    if let Some((app, _line)) = TestApp::start_on_postgres().await {
        nothing_waits_that_nobody_is_told_of(&app).await;
    }
}

#[tokio::test]
async fn the_code_of_the_contact_overrules_what_a_thief_has_waiting() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    let player = app.player_of(&iin).await;
    let of_thief = app.unit().await.find_totp(player).await.unwrap().unwrap();
    let token = link_token(&app, &iin).await;
    let person = past_the_face(&app, &iin).await;
    person.prove_contact(&app, &iin).await;
    let (_, answer) = enrol_app(&app, &person, &iin).await;
    assert_eq!(answer["verification"]["outcome"]["result"], "approved", "{answer}");
    app.clock.advance(HELD);
    let thief = past_the_face(&app, &iin).await;
    let code = of_thief.code_at(app.now()).expose().to_owned();
    assert_eq!(thief.step("totp/verify", &json!({ "code": code })).await.1["code"], "code_wrong");
    assert_eq!(by_link(&app, "not-me", &token).await.1["code"], "link_unknown", "nor does its link touch the new one");
    let hold = app.unit().await.find_hold(rastau::domain::kernel::handle::hash_handle(&token)).await.unwrap().unwrap();
    assert_eq!(hold.ended.unwrap().1, EndOfHold::Overruled);
    app.verify_audit().await;
}

#[tokio::test]
async fn a_thief_who_waits_beside_the_person_cannot_outrun_them() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let (thief, person) = (past_the_face(&app, &iin).await, past_the_face(&app, &iin).await);
    thief.step("contact/wait", &json!({})).await;
    thief.step("totp/enrol/start", &json!({})).await;
    let code = app_code(&app, &iin).await;
    person.prove_contact(&app, &iin).await;
    assert_eq!(enrol_app(&app, &person, &iin).await.0, 200);
    let late = thief.step("totp/enrol/finish", &json!({ "code": code })).await;
    assert_eq!(late.1["code"], "factor_enrolled");
    let player = app.player_of(&iin).await;
    assert_eq!(app.unit().await.open_hold(player).await.unwrap(), None);
}

#[tokio::test]
async fn a_token_while_held_is_of_the_face_alone_and_ends_with_the_hold() {
    let app = start(|enrolment| enrolment.token_while_held = true).await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    let view = hold_app(&app, &browser, &iin).await;
    assert_eq!(view["outcome"]["result"], "approved", "{view}");
    assert!(view.get("self_service").is_none());
    let restriction = json!({ "months": 120, "factor": { "totp": app_code(&app, &iin).await } });
    assert_eq!(browser.step("self-restriction", &restriction).await.1["code"], "out_of_turn");
    let operator = OperatorServer::of(&app);
    let (_, granted) = operator.exchange(&browser.go_back().await["code"]).await;
    let access = granted["access_token"].as_str().unwrap();
    let told = operator.introspect(access).await;
    assert_eq!((&told["active"], &told["acr"]), (&json!(true), &json!("urn:rastau:acr:face+totp")));
    assert_eq!(by_link(&app, "not-me", &link_token(&app, &iin).await).await.0, 200);
    assert_eq!(operator.introspect(access).await["active"], false);

    let restricted = iin_of("several_grounds");
    let view = hold_app(&app, &past_the_face(&app, &restricted).await, &restricted).await;
    assert_eq!(reasons(&view), ["enrolment_held"], "who may not play learns no ground");
    app.verify_audit().await;
}

#[tokio::test]
async fn a_class_that_wants_more_gets_no_token_while_held() {
    let app = start(|enrolment| enrolment.token_while_held = true).await;
    let iin = iin_of("approved");
    let browser = past_the_face_for(&app, &iin, &[("acr_values", "urn:rastau:acr:face+wait+totp")]).await;
    assert_eq!(reasons(&hold_app(&app, &browser, &iin).await), ["enrolment_held"]);
}

#[tokio::test]
async fn where_nobody_may_wait_a_code_is_the_only_way() {
    let app = start(|enrolment| enrolment.wait_without_access = false).await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    assert_eq!(browser.get("contact").await.1["wait_until"], Value::Null);
    assert_eq!(browser.step("contact/wait", &json!({})).await.1["code"], "contact_needed");
    assert_eq!(browser.view().await["stage"], "contact");
}

#[tokio::test]
async fn where_no_code_is_wanted_everybody_waits_and_is_told_of_it() {
    let app = start(|enrolment| enrolment.proof = ProofWanted::Wait).await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    let (_, step) = browser.get("contact").await;
    assert_eq!((&step["contacts"], step["wait_until"].is_string()), (&json!([]), true), "{step}");
    assert_eq!(browser.step("contact/send", &json!({ "contact": 0 })).await.1["code"], "contact_unknown");
    assert_eq!(reasons(&hold_app(&app, &browser, &iin).await), ["enrolment_held"]);
    assert_eq!(kinds(&app, &iin).await, ["enrolment_held"]);
}
