//! Whoever lost every factor, and whoever says so in their name: the stranger here has the face and, by a stolen SIM, the code.

use rastau::app::verification::second_factor::reset::forget_factors;
use rastau::domain::second_factor::totp::TotpEnrolment;
use webauthn_authenticator_rs::WebauthnAuthenticator;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::*;

/// Steps of an app are used once each.
const STEP: Duration = Duration::from_secs(31);

/// A person whose app is the second factor, bound by the code of their contact; and an access token that came of it.
async fn enrolled(app: &TestApp, iin: &Iin) -> (TotpEnrolment, String) {
    let browser = past_the_face(app, iin).await;
    browser.prove_contact(app, iin).await;
    let (_, answer) = enrol_app(app, &browser, iin).await;
    assert_eq!(answer["verification"]["outcome"]["result"], "approved", "{answer}");
    let (_, granted) = OperatorServer::of(app).exchange(&browser.go_back().await["code"]).await;
    let player = app.player_of(iin).await;
    let factor = app.unit().await.find_totp(player).await.unwrap().unwrap();
    app.clock.advance(PAUSE);
    (factor, granted["access_token"].as_str().unwrap().to_owned())
}

async fn send(browser: &Browser) -> (u16, Value) {
    browser.step("recovery/send", &json!({ "contact": 0 })).await
}

/// Sends a code and types it.
async fn prove(app: &TestApp, browser: &Browser, iin: &Iin) -> (u16, Value) {
    let (status, sent) = send(browser).await;
    assert_eq!(status, 200, "{sent}");
    let code = app.newest_code(iin).await;
    // What comes of it is told after the code.
    app.clock.advance(Duration::from_secs(1));
    browser.step("recovery/verify", &json!({ "code": code })).await
}

/// Begins a recovery at a visit of its own.
async fn begin(app: &TestApp, iin: &Iin) -> Value {
    let browser = past_the_face(app, iin).await;
    let (status, view) = prove(app, &browser, iin).await;
    assert_eq!((status, reasons(&view)), (200, vec!["recovery_held"]), "{view}");
    app.clock.advance(PAUSE);
    view
}

/// Carries one out, up to the new factor.
async fn carry_out(app: &TestApp, iin: &Iin) -> Browser {
    let browser = past_the_face(app, iin).await;
    let (status, view) = prove(app, &browser, iin).await;
    assert_eq!((status, view["second_factor"]["mode"].as_str()), (200, Some("enrol")), "{view}");
    browser
}

async fn state(browser: &Browser) -> String {
    browser.get("recovery").await.1["state"].as_str().unwrap_or_default().to_owned()
}

async fn shows(browser: &Browser, factor: &TotpEnrolment, app: &TestApp) -> (u16, Value) {
    browser.step("totp/verify", &json!({ "code": factor.code_at(app.now()).expose() })).await
}

async fn by_link(app: &TestApp, path: &str, token: &str) -> (u16, Value) {
    Browser::unknown(app).step(path, &json!({ "token": token })).await
}

/// Tokens live five minutes, grants some hours.
async fn grants(app: &TestApp, iin: &Iin) -> usize {
    let player = app.player_of(iin).await;
    app.unit().await.active_grants(player, app.now()).await.unwrap().len()
}

async fn is_active(app: &TestApp, token: &str) -> bool {
    OperatorServer::of(app).introspect(token).await["active"] == true
}

async fn count(app: &TestApp, kind: &str) -> usize {
    let events = app.unit().await.list_audit(1, 1_000).await.unwrap();
    events.iter().filter(|event| event.kind == kind).count()
}

#[tokio::test]
async fn a_person_gets_another_factor_by_themselves_after_a_day() {
    story(&TestApp::start().await).await;
}

#[tokio::test]
async fn the_same_on_postgresql() {
    if let Some((app, _line)) = TestApp::start_on_postgres().await {
        story(&app).await;
    }
}

async fn story(app: &TestApp) {
    let iin = iin_of("approved");
    let (old, token) = enrolled(app, &iin).await;
    let first = past_the_face(app, &iin).await;
    let (_, step) = first.get("recovery").await;
    assert_eq!((&step["state"], step["contacts"].as_array().unwrap().len()), (&json!("open"), 1), "{step}");
    assert_eq!(first.step("recovery/verify", &json!({ "code": "123456" })).await.1["code"], "code_expired");
    let (_, view) = prove(app, &first, &iin).await;
    assert_eq!((view["stage"].as_str(), reasons(&view)), (Some("decided"), vec!["recovery_held"]), "{view}");
    assert!(view["outcome"]["reasons"][0]["until"].as_str().unwrap().contains('T'), "a moment: {view}");
    assert!(view["self_service"].is_null() && is_active(app, &token).await, "nothing changed yet");
    assert_eq!(kinds(app, &iin).await[..2], ["recovery_held", "recovery_code"]);

    // Nothing hurries it.
    app.clock.advance(Duration::from_hours(1));
    let early = past_the_face(app, &iin).await;
    let (_, step) = early.get("recovery").await;
    assert_eq!((&step["state"], &step["contacts"]), (&json!("waits"), &json!([])), "{step}");
    assert!(early.view().await["second_factor"]["recovery"]["until"].is_string());
    assert_eq!(send(&early).await.1["code"], "recovery_pending");
    assert_eq!(early.step("recovery/verify", &json!({ "code": "123456" })).await.1["code"], "recovery_pending");
    assert_eq!(early.step("totp/enrol/start", &json!({})).await.1["code"], "factor_enrolled");

    app.clock.advance(HELD);
    let late = past_the_face(app, &iin).await;
    assert_eq!(
        (state(&late).await.as_str(), late.view().await["second_factor"]["mode"].clone()),
        ("due", json!("prove"))
    );
    assert_eq!(
        late.step("totp/enrol/start", &json!({})).await.1["code"],
        "factor_enrolled",
        "the face alone forgets nothing"
    );
    let beside = past_the_face(app, &iin).await;
    let (_, view) = prove(app, &late, &iin).await;
    assert_eq!(view["second_factor"]["mode"], "enrol", "{view}");
    assert_eq!(shows(&beside, &old, app).await.1["code"], "out_of_turn", "and who stood there begins anew");
    let (_, answer) = enrol_app(app, &late, &iin).await;
    assert_eq!(answer["verification"]["outcome"]["result"], "approved", "{answer}");
    assert_eq!(answer["recovery_codes"].as_array().unwrap().len(), 10);
    let operator = OperatorServer::of(app);
    let (_, granted) = operator.exchange(&late.go_back().await["code"]).await;
    let told = operator.introspect(granted["access_token"].as_str().unwrap()).await;
    assert_eq!(told["acr"], "urn:rastau:acr:face+contact+totp");
    assert_eq!(kinds(app, &iin).await[..3], ["factor_added", "recovery_completed", "recovery_code"]);

    app.clock.advance(STEP);
    let again = past_the_face(app, &iin).await;
    assert_eq!(shows(&again, &old, app).await.1["code"], "code_wrong", "the old one is gone");
    let code = app_code(app, &iin).await;
    assert_eq!(again.step("totp/verify", &json!({ "code": code })).await.1["outcome"]["result"], "approved");
    for (kind, times) in [("recovery_started", 1), ("recovery_completed", 1), ("recovery_cancelled", 0)] {
        assert_eq!(count(app, kind).await, times, "{kind}");
    }
    let events = app.unit().await.list_audit(1, 1_000).await.unwrap();
    let decided = events.iter().rfind(|event| event.kind == "verification_decided").unwrap();
    assert!(decided.details.contains("\"bound_by\":\"contact\""), "{}", decided.details);
    app.verify_audit().await;
}

#[tokio::test]
async fn whoever_shows_an_old_factor_ends_it_and_the_stranger_begins_no_other() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    for late in [Duration::from_hours(2), HELD] {
        let (old, _) = enrolled(&app, &iin).await;
        begin(&app, &iin).await;
        app.clock.advance(late);
        let owner = past_the_face(&app, &iin).await;
        assert!(owner.view().await["second_factor"]["recovery"]["since"].is_string(), "they are told");
        assert_eq!(shows(&owner, &old, &app).await.1["outcome"]["result"], "approved");
        assert_eq!(kinds(&app, &iin).await[0], "recovery_cancelled");

        let stranger = past_the_face(&app, &iin).await;
        assert!(stranger.view().await["second_factor"].get("recovery").is_none());
        assert_eq!(state(&stranger).await, "closed");
        assert_eq!(send(&stranger).await.1["code"], "recovery_closed");
        assert_eq!(stranger.step("recovery/verify", &json!({ "code": "123456" })).await.1["code"], "recovery_closed");
        app.clock.advance(HELD);
        assert_eq!(shows(&past_the_face(&app, &iin).await, &old, &app).await.0, 200);
        // Staff can help meanwhile, and after a month the person can again.
        forget_factors(&app.services, &iin, "a test").await.unwrap();
        app.clock.advance(Duration::from_hours(24 * 30));
    }
    assert_eq!(count(&app, "recovery_cancelled").await, 2);
    app.verify_audit().await;
}

#[tokio::test]
async fn a_wrong_factor_ends_nothing_and_a_confirmation_does() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let (old, _) = enrolled(&app, &iin).await;
    let owner = past_the_face(&app, &iin).await;
    assert_eq!(shows(&owner, &old, &app).await.1["outcome"]["result"], "approved");
    begin(&app, &iin).await;
    let stranger = past_the_face(&app, &iin).await;
    assert_eq!(stranger.step("totp/verify", &json!({ "code": "000000" })).await.1["code"], "code_wrong");
    assert_eq!(state(&stranger).await, "waits");
    let body = json!({ "months": 6, "factor": { "totp": old.code_at(app.now()).expose() } });
    assert_eq!(owner.step("self-restriction", &body).await.0, 200);
    assert_eq!(state(&stranger).await, "closed");
}

#[tokio::test]
async fn the_link_in_the_notice_stops_it() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let (old, _) = enrolled(&app, &iin).await;
    begin(&app, &iin).await;
    let link = link_token(&app, &iin).await;
    let (_, told) = by_link(&app, "not-me/look", &link).await;
    assert_eq!((&told["of"], &told["counts"]), (&json!("recovery"), &json!(false)), "{told}");
    app.clock.advance(HELD);
    assert_eq!(by_link(&app, "not-me/look", &link).await.1["counts"], false, "due is not carried out");
    assert_eq!(by_link(&app, "not-me", &link).await.0, 200);
    assert_eq!(by_link(&app, "not-me", &link).await.1["code"], "link_unknown");
    assert_eq!(kinds(&app, &iin).await[0], "recovery_cancelled");
    let stranger = past_the_face(&app, &iin).await;
    assert_eq!(send(&stranger).await.1["code"], "recovery_closed");
    assert_eq!(shows(&stranger, &old, &app).await.1["outcome"]["result"], "approved", "the old one goes on");
    let cases: Value = app.staff("cases").await.json().await.unwrap();
    let case = cases.as_array().unwrap().iter().find(|case| case["reasons"] == json!(["recovery_disowned"]));
    assert_eq!(case.unwrap()["status"], "open", "{cases}");
    app.verify_audit().await;
}

#[tokio::test]
async fn who_reads_the_notice_late_takes_all_of_it_back_and_a_code_proves_nothing_then() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    enrolled(&app, &iin).await;
    begin(&app, &iin).await;
    let link = link_token(&app, &iin).await;
    app.clock.advance(HELD);
    let thief = carry_out(&app, &iin).await;
    assert_eq!(enrol_app(&app, &thief, &iin).await.0, 200);
    // A passkey beside it, lest the first one goes.
    app.clock.advance(STEP);
    let factor = json!({ "factor": { "totp": app_code(&app, &iin).await } });
    let (status, options) = thief.step("factors/passkey/start", &factor).await;
    assert_eq!(status, 200, "{options}");
    let mut phone = SoftPasskey::new(true);
    let made = phone.do_registration(app.base.clone(), serde_json::from_value(options).unwrap()).unwrap();
    let (status, own) = thief.step("factors/passkey/finish", &json!({ "credential": made })).await;
    assert_eq!((status, own["factors"].as_array().map(Vec::len)), (200, Some(2)), "{own}");
    let (_, granted) = OperatorServer::of(&app).exchange(&thief.go_back().await["code"]).await;
    let token = granted["access_token"].as_str().unwrap();
    assert!(is_active(&app, token).await);

    assert_eq!(by_link(&app, "not-me/look", &link).await.1["counts"], true);
    assert_eq!(by_link(&app, "not-me", &link).await.0, 200);
    assert!(!is_active(&app, token).await);
    let player = app.player_of(&iin).await;
    assert!(app.unit().await.own_factors(player).await.unwrap().is_empty());

    // The stranger still has face and SIM.
    app.clock.advance(PAUSE);
    let stranger = past_the_face(&app, &iin).await;
    let (_, step) = stranger.get("contact").await;
    assert_eq!((&step["contacts"], &step["doubted"]), (&json!([]), &json!(true)), "{step}");
    assert_eq!(stranger.step("contact/send", &json!({ "contact": 0 })).await.1["code"], "contact_unknown");
    let view = hold_app(&app, &stranger, &iin).await;
    assert_eq!(reasons(&view), ["enrolment_held"], "they wait, and the person is told");
    assert_eq!(kinds(&app, &iin).await[0], "enrolment_held");
    app.clock.advance(Duration::from_hours(24 * 30));
    let later = iin_of("slow");
    past_the_face(&app, &later).await.prove_contact(&app, &later).await;
    app.verify_audit().await;
}

/// Carries a recovery out, and makes the factor by waiting at a visit of its own.
async fn what_was_waited_for_goes_with_the_recovery(app: &TestApp) {
    let iin = iin_of("approved");
    enrolled(app, &iin).await;
    begin(app, &iin).await;
    let link = link_token(app, &iin).await;
    app.clock.advance(HELD);
    carry_out(app, &iin).await;
    app.clock.advance(PAUSE);
    let view = hold_app(app, &past_the_face(app, &iin).await, &iin).await;
    assert_eq!(reasons(&view), ["enrolment_held"]);
    app.clock.advance(HELD);
    let thief = past_the_face(app, &iin).await;
    let code = app_code(app, &iin).await;
    assert_eq!(thief.step("totp/verify", &json!({ "code": code })).await.1["outcome"]["result"], "approved");
    assert_eq!(by_link(app, "not-me", &link).await.0, 200);
    let player = app.player_of(&iin).await;
    let mut unit = app.unit().await;
    assert!(unit.own_factors(player).await.unwrap().is_empty());
    assert!(unit.find_recovery_codes(player).await.unwrap().is_none());
    drop(unit);
    assert_eq!(grants(app, &iin).await, 0);
    assert_eq!(past_the_face(app, &iin).await.view().await["stage"], "contact");
    let events = app.unit().await.list_audit(1, 1_000).await.unwrap();
    let disowned = events.iter().rfind(|event| event.kind == "recovery_cancelled").unwrap();
    assert!(disowned.details.contains("\"factors\":1"), "{}", disowned.details);
    app.verify_audit().await;
}

#[tokio::test]
async fn a_factor_made_by_waiting_after_it_goes_with_it() {
    what_was_waited_for_goes_with_the_recovery(&TestApp::start().await).await;
}

#[tokio::test]
async fn and_so_it_does_on_postgresql() {
    if let Some((app, _line)) = TestApp::start_on_postgres().await {
        what_was_waited_for_goes_with_the_recovery(&app).await;
    }
}

#[tokio::test]
async fn between_the_code_and_the_new_factor_the_link_still_stops_it() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    enrolled(&app, &iin).await;
    begin(&app, &iin).await;
    let link = link_token(&app, &iin).await;
    app.clock.advance(HELD);
    let thief = carry_out(&app, &iin).await;
    thief.step("totp/enrol/start", &json!({})).await;
    let code = app_code(&app, &iin).await;
    assert_eq!(by_link(&app, "not-me", &link).await.0, 200);
    assert_eq!(thief.step("totp/enrol/finish", &json!({ "code": code })).await.1["code"], "out_of_turn");
}

/// A code that was asked for before the link was pressed, and is typed after.
async fn a_code_under_way_serves_nobody(app: &TestApp) {
    let iin = iin_of("approved");
    enrolled(app, &iin).await;
    begin(app, &iin).await;
    let link = link_token(app, &iin).await;
    app.clock.advance(HELD);
    carry_out(app, &iin).await;
    app.clock.advance(PAUSE);
    let thief = past_the_face(app, &iin).await;
    assert_eq!(thief.step("contact/send", &json!({ "contact": 0 })).await.0, 200);
    let code = json!({ "code": app.newest_code(&iin).await });
    assert_eq!(by_link(app, "not-me", &link).await.0, 200);
    assert_eq!(thief.step("contact/verify", &code).await.1["code"], "out_of_turn", "the visit is void");
    assert_eq!(thief.step("totp/enrol/start", &json!({})).await.1["code"], "out_of_turn");
    let player = app.player_of(&iin).await;
    assert!(app.unit().await.own_factors(player).await.unwrap().is_empty());
    app.verify_audit().await;
}

#[tokio::test]
async fn a_code_under_way_when_the_link_is_pressed_serves_nobody() {
    a_code_under_way_serves_nobody(&TestApp::start().await).await;
}

#[tokio::test]
async fn nor_does_it_on_postgresql() {
    if let Some((app, _line)) = TestApp::start_on_postgres().await {
        a_code_under_way_serves_nobody(&app).await;
    }
}

#[tokio::test]
async fn a_visit_that_stood_at_the_contact_step_believes_no_code_either_once_a_recovery_was_disowned() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let (asked, proven) = (past_the_face(&app, &iin).await, past_the_face(&app, &iin).await);
    proven.prove_contact(&app, &iin).await;
    app.clock.advance(PAUSE);
    assert_eq!(asked.step("contact/send", &json!({ "contact": 0 })).await.0, 200);
    let code = json!({ "code": app.newest_code(&iin).await });
    app.clock.advance(PAUSE);
    enrolled(&app, &iin).await;
    // Stopped before it was carried out, so that these visits are not void.
    begin(&app, &iin).await;
    assert_eq!(by_link(&app, "not-me", &link_token(&app, &iin).await).await.0, 200);
    assert_eq!(asked.step("contact/verify", &code).await.1["code"], "code_expired");
    assert_eq!(asked.step("contact/send", &json!({ "contact": 0 })).await.1["code"], "contact_unknown");
    let player = app.player_of(&iin).await;
    let mut unit = app.services.store.begin().await.unwrap();
    unit.delete_factors(player).await.unwrap();
    unit.commit().await.unwrap();
    for path in ["totp/enrol/start", "passkey/register/start"] {
        assert_eq!(proven.step(path, &json!({})).await.1["code"], "out_of_turn", "{path}");
    }
}

#[tokio::test]
async fn staff_who_forget_the_factors_end_it_and_its_link() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    for carried_out in [false, true] {
        enrolled(&app, &iin).await;
        begin(&app, &iin).await;
        let link = link_token(&app, &iin).await;
        if carried_out {
            app.clock.advance(HELD);
            let thief = carry_out(&app, &iin).await;
            assert_eq!(enrol_app(&app, &thief, &iin).await.0, 200);
        }
        forget_factors(&app.services, &iin, "a test").await.unwrap();
        assert_eq!(by_link(&app, "not-me", &link).await.1["code"], "link_unknown", "whoever has it may be the thief");
        app.clock.advance(PAUSE);
    }
    let person = past_the_face(&app, &iin).await;
    person.prove_contact(&app, &iin).await;
    assert_eq!(enrol_app(&app, &person, &iin).await.0, 200);
    assert_eq!(count(&app, "recovery_overruled").await, 2);
    app.verify_audit().await;
}

/// Up to a recovery that was carried out and disowned.
async fn disowned(app: &TestApp, iin: &Iin) {
    enrolled(app, iin).await;
    begin(app, iin).await;
    let link = link_token(app, iin).await;
    app.clock.advance(HELD);
    carry_out(app, iin).await;
    assert_eq!(by_link(app, "not-me", &link).await.0, 200);
    app.clock.advance(PAUSE);
}

#[tokio::test]
async fn doubt_of_the_contact_lets_nobody_wait_whom_the_deployer_does_not() {
    let app = TestApp::start_with(|policy| policy.enrolment.wait_without_access = false).await;
    let iin = iin_of("approved");
    disowned(&app, &iin).await;
    let stranger = past_the_face(&app, &iin).await;
    let (_, step) = stranger.get("contact").await;
    assert_eq!((&step["contacts"], &step["doubted"], &step["wait_until"]), (&json!([]), &json!(true), &Value::Null));
    assert_eq!(stranger.step("contact/wait", &json!({})).await.1["code"], "contact_needed");
}

/// Nothing is there to forget any more, but the doubt.
async fn staff_end_the_doubt(app: &TestApp) {
    let iin = iin_of("approved");
    disowned(app, &iin).await;
    let beside = past_the_face(app, &iin).await;
    forget_factors(&app.services, &iin, "a test").await.unwrap();
    assert!(forget_factors(&app.services, &iin, "a test").await.is_err(), "nothing is left to forget");
    assert_eq!(beside.step("contact/wait", &json!({})).await.1["code"], "out_of_turn", "who stood there begins anew");
    let person = past_the_face(app, &iin).await;
    assert!(person.get("contact").await.1.get("doubted").is_none());
    person.prove_contact(app, &iin).await;
    assert_eq!(enrol_app(app, &person, &iin).await.1["verification"]["outcome"]["result"], "approved");
    app.verify_audit().await;
}

#[tokio::test]
async fn staff_who_made_sure_who_it_is_have_a_code_believed_again() {
    staff_end_the_doubt(&TestApp::start().await).await;
}

#[tokio::test]
async fn and_they_do_on_postgresql() {
    if let Some((app, _line)) = TestApp::start_on_postgres().await {
        staff_end_the_doubt(&app).await;
    }
}

#[tokio::test]
async fn one_that_nobody_carries_out_lapses() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let (old, _) = enrolled(&app, &iin).await;
    begin(&app, &iin).await;
    let link = link_token(&app, &iin).await;
    app.clock.advance(Duration::from_hours(24 * 8));
    assert_eq!(state(&past_the_face(&app, &iin).await).await, "open");
    for path in ["not-me", "not-me/look"] {
        assert_eq!(by_link(&app, path, &link).await.1["code"], "link_unknown", "there is nothing to object to");
    }
    assert_eq!(state(&past_the_face(&app, &iin).await).await, "open", "nor is this way closed by it");
    begin(&app, &iin).await;
    assert_eq!((count(&app, "recovery_lapsed").await, count(&app, "recovery_started").await), (1, 2));
    // Nor is one an objection that was forgotten by everybody.
    app.clock.advance(Duration::from_hours(24 * 8));
    let owner = past_the_face(&app, &iin).await;
    assert_eq!(shows(&owner, &old, &app).await.0, 200);
    assert_eq!(state(&past_the_face(&app, &iin).await).await, "open");
    assert_eq!((count(&app, "recovery_lapsed").await, count(&app, "recovery_cancelled").await), (2, 0));
}

#[tokio::test]
async fn who_disowns_what_waited_at_first_leaves_no_recovery_of_it() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    let first = link_token(&app, &iin).await;
    app.clock.advance(HELD);
    begin(&app, &iin).await;
    assert_eq!(by_link(&app, "not-me", &first).await.0, 200);
    let player = app.player_of(&iin).await;
    assert_eq!(app.unit().await.open_hold(player).await.unwrap(), None);
    let view = hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    assert_eq!(reasons(&view), ["enrolment_held"]);
    app.verify_audit().await;
}

#[tokio::test]
async fn of_many_at_once_one_waits_and_a_code_serves_once() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    enrolled(&app, &iin).await;
    let browser = past_the_face(&app, &iin).await;
    send(&browser).await;
    let body = json!({ "code": app.newest_code(&iin).await });
    let step = || browser.step("recovery/verify", &body);
    let (a, b, c) = tokio::join!(step(), step(), step());
    assert_eq!([a, b, c].iter().filter(|answer| answer.0 == 200).count(), 1);
    assert_eq!(count(&app, "recovery_started").await, 1);
    assert_eq!(kinds(&app, &iin).await.iter().filter(|kind| *kind == "recovery_held").count(), 1);
}

#[tokio::test]
async fn guesses_and_floods_meet_the_limits_of_every_code() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    enrolled(&app, &iin).await;
    let browser = past_the_face(&app, &iin).await;
    send(&browser).await;
    assert_eq!(send(&browser).await.1["code"], "code_too_soon");
    let wrong =
        json!({ "code": format!("{:06}", (app.newest_code(&iin).await.parse::<u32>().unwrap() + 1) % 1_000_000) });
    for told in ["code_wrong", "code_wrong", "factor_locked"] {
        assert_eq!(browser.step("recovery/verify", &wrong).await.1["code"], told);
    }
    assert!(browser.get("recovery").await.1["locked_until"].is_string());
    for body in [json!({}), json!({ "contact": -1 }), json!({ "contact": 0, "to": "+77011234567" })] {
        assert_eq!(browser.step("recovery/send", &body).await.1["code"], "bad_request", "{body}");
    }
    assert_eq!(browser.step("recovery/send", &json!({ "contact": 7 })).await.1["code"], "contact_unknown");
    assert_eq!(
        browser.step_from_elsewhere("recovery/send", &json!({ "contact": 0 })).await.1["code"],
        "foreign_origin"
    );
    app.clock.advance(PAUSE);
    // One hour's codes, of whatever kind, and no more: two went out already.
    let (_, most) = MAX_SENT[0];
    for number in 2..most + 2 {
        let (status, answer) = send(&browser).await;
        assert_eq!(status, if number < most { 200 } else { 429 }, "{number}: {answer}");
        app.clock.advance(PAUSE);
    }
}

#[tokio::test]
async fn it_is_for_the_second_step_and_for_whom_something_counts() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    for path in ["recovery/send", "recovery/verify"] {
        let body = if path.ends_with("send") { json!({ "contact": 0 }) } else { json!({ "code": "123456" }) };
        assert_eq!(browser.step(path, &body).await.1["code"], "out_of_turn", "at the contact step: {path}");
    }
    browser.prove_contact(&app, &iin).await;
    app.clock.advance(PAUSE);
    assert_eq!(send(&browser).await.1["code"], "out_of_turn", "nothing is there to lose");
    assert_eq!(browser.get("recovery").await.1["code"], "out_of_turn");
    enrol_app(&app, &browser, &iin).await;
    assert_eq!(send(&browser).await.1["code"], "out_of_turn", "it is decided");
    // A code of one purpose is good for no other.
    app.clock.advance(PAUSE);
    let second = past_the_face(&app, &iin).await;
    send(&second).await;
    let code = json!({ "code": app.newest_code(&iin).await });
    assert_eq!(second.step("contact/verify", &code).await.1["code"], "out_of_turn");
    app.clock.advance(Duration::from_mins(10));
    assert_eq!(second.step("recovery/verify", &code).await.1["code"], "face_too_old");
}

#[tokio::test]
async fn where_no_code_is_a_proof_staff_alone_help() {
    let app = TestApp::start_with(|policy| policy.enrolment.proof = ProofWanted::Wait).await;
    let iin = iin_of("approved");
    hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    app.clock.advance(HELD);
    let person = past_the_face(&app, &iin).await;
    assert_eq!(person.get("recovery").await.1["contacts"], json!([]));
    assert_eq!(send(&person).await.1["code"], "contact_unknown");
    assert_eq!(person.step("recovery/verify", &json!({ "code": "123456" })).await.1["code"], "contact_unknown");
    assert_eq!(reasons(&person.step("second-factor/lost", &json!({})).await.1), ["factors_lost"]);
}

#[tokio::test]
async fn what_the_old_factor_opened_ends_when_it_is_carried_out_and_not_before() {
    let app = TestApp::start_with(|policy| policy.enrolment.recovery_hold = Duration::from_hours(1)).await;
    let iin = iin_of("approved");
    enrolled(&app, &iin).await;
    begin(&app, &iin).await;
    app.clock.advance(Duration::from_hours(1));
    assert_eq!(grants(&app, &iin).await, 1);
    let person = carry_out(&app, &iin).await;
    assert_eq!(grants(&app, &iin).await, 0);
    assert_eq!(enrol_app(&app, &person, &iin).await.0, 200);
    app.verify_audit().await;
}

#[tokio::test]
async fn the_held_time_is_the_deployers() {
    let app = TestApp::start_with(|policy| policy.enrolment.recovery_hold = Duration::from_hours(72)).await;
    let iin = iin_of("approved");
    enrolled(&app, &iin).await;
    begin(&app, &iin).await;
    app.clock.advance(HELD * 2);
    assert_eq!(state(&past_the_face(&app, &iin).await).await, "waits");
    app.clock.advance(HELD);
    assert_eq!(state(&past_the_face(&app, &iin).await).await, "due");
}
