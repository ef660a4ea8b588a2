//! The takeover of an account that nobody has yet, and what it is worth now.

use super::*;

/// Before there was a second proof this stranger left with a factor, a token or the grounds, and a way to restrict the person.
#[tokio::test]
async fn a_stranger_whose_face_passes_gets_no_factor_no_ground_and_no_restriction_and_the_person_hears_of_it() {
    let app = TestApp::start().await;
    let victim = iin_of("several_grounds");
    let stranger = past_the_face(&app, &victim).await;
    assert_eq!(stranger.view().await["stage"], "contact");
    for step in ["passkey/register/start", "totp/enrol/start", "passkey/authenticate/start"] {
        assert_eq!(stranger.step(step, &json!({})).await.1["code"], "out_of_turn", "{step}");
    }
    for step in ["totp/enrol/finish", "totp/verify", "recovery-code/verify"] {
        assert_eq!(stranger.step(step, &json!({ "code": "123456" })).await.1["code"], "out_of_turn", "{step}");
    }
    let restriction = json!({ "months": 120, "factor": { "totp": "123456" } });
    assert_eq!(stranger.step("self-restriction", &restriction).await.1["code"], "out_of_turn");
    assert_eq!(stranger.get("enquiries").await.1["code"], "out_of_turn");

    let view = hold_app(&app, &stranger, &victim).await;
    assert_eq!((view["outcome"]["result"].as_str(), reasons(&view)), (Some("refused"), vec!["enrolment_held"]));
    assert!(view["outcome"]["reasons"][0]["until"].as_str().unwrap().contains('T'), "{view}");
    assert!(view.get("self_service").is_none() && !view.to_string().contains("restricted"), "{view}");
    let restriction = json!({ "months": 120, "factor": { "totp": app_code(&app, &victim).await } });
    assert_eq!(stranger.step("self-restriction", &restriction).await.1["code"], "out_of_turn");
    let contest = json!({ "reason": "restricted_debtor", "statement": "x" });
    assert_eq!(stranger.step("contest", &contest).await.1["code"], "out_of_turn");
    assert_eq!(stranger.get("enquiries").await.1["code"], "out_of_turn");
    let back = stranger.go_back().await;
    assert_eq!((back.get("code"), back["error"].as_str()), (None, "access_denied"));

    assert_eq!(kinds(&app, &victim).await, ["enrolment_held"]);
    let player = app.player_of(&victim).await;
    assert_eq!(app.unit().await.self_restricted_until(player).await.unwrap(), None);
    assert!(app.unit().await.active_grants(player, app.now()).await.unwrap().is_empty());
    app.verify_audit().await;
}

/// Where the person may play, the prize was a token.
#[tokio::test]
async fn a_stranger_gets_no_token_either() {
    let app = TestApp::start().await;
    let victim = iin_of("approved");
    let stranger = past_the_face(&app, &victim).await;
    let view = hold_app(&app, &stranger, &victim).await;
    assert_eq!(reasons(&view), ["enrolment_held"]);
    let back = stranger.go_back().await;
    assert_eq!((back.get("code"), back["error"].as_str()), (None, "access_denied"));
    let operator = OperatorServer::of(&app);
    assert_eq!(operator.exchange("made-up").await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn the_person_gets_all_of_it_by_the_code_and_the_class_says_so() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    let browser = past_the_face(&app, &iin).await;
    let (status, step) = browser.get("contact").await;
    assert_eq!((status, step["contacts"].as_array().unwrap().len()), (200, 1), "{step}");
    assert!(step["contacts"][0]["masked"].as_str().unwrap().contains('\u{2022}'));
    assert_eq!((&step["sent"], &step["pending"]), (&Value::Null, &Value::Null));
    browser.prove_contact(&app, &iin).await;
    let (status, answer) = enrol_app(&app, &browser, &iin).await;
    assert_eq!((status, &answer["verification"]["outcome"]["result"]), (200, &json!("approved")), "{answer}");
    assert_eq!(kinds(&app, &iin).await, ["factor_added", "enrolment_code"]);
    let operator = OperatorServer::of(&app);
    let (_, token) = operator.exchange(&browser.go_back().await["code"]).await;
    let told = operator.introspect(token["access_token"].as_str().unwrap()).await;
    assert_eq!(told["acr"], "urn:rastau:acr:face+contact+totp");

    let events = app.unit().await.list_audit(1, 100).await.unwrap();
    for kind in ["factor_enrolled", "factor_accepted", "verification_decided"] {
        let event = events.iter().find(|event| event.kind == kind).unwrap();
        let details: Value = serde_json::from_str(&event.details).unwrap();
        assert_eq!(details["bound_by"], "contact", "{kind}");
    }
    app.verify_audit().await;
}

#[tokio::test]
async fn an_operator_may_ask_for_more_and_learns_no_reason() {
    let app = TestApp::start().await;
    let iin = iin_of("approved");
    hold_app(&app, &past_the_face(&app, &iin).await, &iin).await;
    app.clock.advance(HELD);
    // The factor counts now, by having waited.
    let wanted = |class| [("acr_values", class)];
    let browser = past_the_face_for(&app, &iin, &wanted("urn:rastau:acr:face+contact+totp")).await;
    let code = app_code(&app, &iin).await;
    let (_, view) = browser.step("totp/verify", &json!({ "code": code })).await;
    assert_eq!((view["outcome"]["result"].as_str(), reasons(&view)), (Some("refused"), vec!["class_unmet"]));
    assert_eq!(browser.go_back().await["error"], "access_denied");

    app.clock.advance(Duration::from_mins(1));
    let browser = past_the_face_for(&app, &iin, &wanted("urn:rastau:acr:face+totp")).await;
    let code = app_code(&app, &iin).await;
    let (_, view) = browser.step("totp/verify", &json!({ "code": code })).await;
    assert_eq!(view["outcome"]["result"], "approved", "a better proof meets a lower class: {view}");
    let operator = OperatorServer::of(&app);
    let (_, token) = operator.exchange(&browser.go_back().await["code"]).await;
    let told = operator.introspect(token["access_token"].as_str().unwrap()).await;
    assert_eq!(told["acr"], "urn:rastau:acr:face+wait+totp");
    let (status, refused) = operator.try_push(&wanted("urn:rastau:acr:face+totp urn:rastau:acr:face+oath")).await;
    assert_eq!((status, refused["error"].as_str()), (400, Some("unmet_authentication_requirements")));
}
