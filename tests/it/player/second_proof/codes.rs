//! Guessing, replaying and flooding with the codes of contacts.

use super::*;

async fn send(browser: &Browser) -> (u16, Value) {
    browser.step("contact/send", &json!({ "contact": 0 })).await
}

async fn verify(browser: &Browser, code: &str) -> (u16, Value) {
    browser.step("contact/verify", &json!({ "code": code })).await
}

/// A code that is not this one.
fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn guesses_are_counted_by_person_over_all_sessions() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let (one, two) = (past_the_face(&app, &iin).await, past_the_face(&app, &iin).await);
    assert_eq!(verify(&one, "123456").await.1["code"], "code_expired", "none was sent");
    assert_eq!(send(&one).await.0, 200);
    let right = app.newest_code(&iin).await;
    let wrong = other_than(&right);
    for told in ["code_wrong", "code_wrong", "factor_locked"] {
        assert_eq!(verify(&one, &wrong).await.1["code"], told);
    }
    app.clock.advance(PAUSE / 4);
    let (status, locked) = send(&two).await;
    assert_eq!((status, locked["code"].as_str()), (429, Some("factor_locked")), "nothing is sent that cannot be typed");
    assert_eq!(verify(&one, &right).await.1["code"], "factor_locked", "the right one neither");
    assert!(two.get("contact").await.1["locked_until"].is_string());
    app.clock.advance(Duration::from_mins(1));
    assert_eq!(send(&two).await.0, 200);
    let wrong = other_than(&app.newest_code(&iin).await);
    let (status, again) = verify(&two, &wrong).await;
    assert_eq!((status, again["code"].as_str()), (429, Some("factor_locked")), "another session begins no new count");
    assert!(again["retry_after"].as_u64().unwrap() > 50, "and the lock grows: {again}");
    // What they cost nobody else: another person's code is looked at.
    let other = iin_of("slow");
    past_the_face(&app, &other).await.prove_contact(&app, &other).await;
    app.verify_audit().await;
}

#[tokio::test]
async fn one_code_is_tried_five_times_at_most_however_patient_somebody_is() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    send(&browser).await;
    let right = app.newest_code(&iin).await;
    let wrong = other_than(&right);
    for pause in [0, 0, 0, 31, 61] {
        app.clock.advance(Duration::from_secs(pause));
        assert_ne!(verify(&browser, &wrong).await.0, 200);
    }
    app.clock.advance(Duration::from_secs(121));
    assert_eq!(verify(&browser, &right).await.1["code"], "code_expired");
}

#[tokio::test]
async fn a_code_is_good_in_its_own_visit_alone_and_only_the_newest() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let (one, two) = (past_the_face(&app, &iin).await, past_the_face(&app, &iin).await);
    send(&one).await;
    let of_one = app.newest_code(&iin).await;
    assert_eq!(verify(&two, &of_one).await.1["code"], "code_expired");
    let (status, soon) = send(&two).await;
    assert_eq!((status, soon["code"].as_str()), (429, Some("code_too_soon")));
    app.clock.advance(PAUSE);
    assert_eq!(send(&two).await.0, 200);
    let of_two = app.newest_code(&iin).await;
    assert_eq!(verify(&two, &of_one).await.1["code"], "code_wrong");
    app.clock.advance(PAUSE);
    assert_eq!(send(&two).await.0, 200);
    assert_eq!(verify(&two, &of_two).await.1["code"], "code_wrong", "an older one of the same visit");
    assert_eq!(verify(&one, &of_one).await.0, 200, "the other visit's own is still good");
    assert_eq!(one.view().await["stage"], "second_factor");
}

#[tokio::test]
async fn a_code_serves_once() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    send(&browser).await;
    let code = app.newest_code(&iin).await;
    let body = json!({ "code": code });
    let step = || browser.step("contact/verify", &body);
    let (a, b, c, d) = tokio::join!(step(), step(), step(), step());
    let passed = [a, b, c, d].iter().filter(|answer| answer.0 == 200).count();
    assert_eq!(passed, 1);
    assert_eq!(verify(&browser, &code).await.1["code"], "out_of_turn");
    app.clock.advance(PAUSE);
    let again = past_the_face(&app, &iin).await;
    send(&again).await;
    assert_eq!(verify(&again, &code).await.1["code"], "code_wrong");
}

#[tokio::test]
async fn an_old_code_is_none_and_a_stale_face_gets_none() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    send(&browser).await;
    let code = app.newest_code(&iin).await;
    app.clock.advance(Duration::from_mins(10));
    assert_eq!(verify(&browser, &code).await.1["code"], "face_too_old");
    assert_eq!(send(&browser).await.1["code"], "face_too_old");
    assert_eq!(browser.get("contact").await.1["code"], "face_too_old");
}

#[tokio::test]
async fn nobody_is_flooded_with_codes_whatever_many_sessions_ask() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let (_, most) = MAX_SENT[0];
    let mut browser = past_the_face(&app, &iin).await;
    for number in 0..most + 3 {
        if number % 2 == 0 {
            browser = past_the_face(&app, &iin).await;
        }
        let (status, answer) = send(&browser).await;
        assert_eq!(status, if number < most { 200 } else { 429 }, "{number}: {answer}");
        app.clock.advance(PAUSE);
    }
    assert_eq!(kinds(&app, &iin).await, vec!["enrolment_code"; most]);
    // What security needs to say still gets through.
    hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    assert_eq!(kinds(&app, &iin).await[0], "enrolment_held");
}

#[tokio::test]
async fn odd_requests_are_refused_and_count_for_nothing() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    for body in [json!({ "contact": 1 }), json!({ "contact": 99_999 })] {
        assert_eq!(browser.step("contact/send", &body).await.1["code"], "contact_unknown", "{body}");
    }
    for body in
        [json!({}), json!({ "contact": -1 }), json!({ "contact": 0, "to": "+77011234567" }), json!({ "contact": "0" })]
    {
        assert_eq!(browser.step("contact/send", &body).await.1["code"], "bad_request", "{body}");
    }
    assert_eq!(browser.step_from_elsewhere("contact/send", &json!({ "contact": 0 })).await.1["code"], "foreign_origin");
    assert!(kinds(&app, &iin).await.is_empty());
    let player = app.player_of(&iin).await;
    assert_eq!(app.unit().await.find_contact_lockout(player).await.unwrap().failures, 0);
}

#[tokio::test]
async fn the_code_lies_nowhere_but_in_its_notice() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    let (_, answer) = send(&browser).await;
    let code = app.newest_code(&iin).await;
    assert!(!answer.to_string().contains(&code) && !browser.get("contact").await.1.to_string().contains(&code));
    verify(&browser, &other_than(&code)).await;
    verify(&browser, &code).await;
    let events = app.unit().await.list_audit(1, 100).await.unwrap();
    assert!(events.iter().all(|event| !event.details.contains(&code)));
    assert!(events.iter().any(|event| event.kind == "contact_rejected"));
    assert!(events.iter().any(|event| event.kind == "contact_proven"));
}
