//! What a person may do about a decision once they have shown who they are: restrict themselves, contest a reason.

use std::time::Duration;

use rastau::cli::demo::player::DemoPlayer;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::id::CaseId;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::restrictions::{Ground, Restriction};
use rastau::domain::scenario::SCENARIOS;
use rastau::domain::second_factor::totp::TotpEnrolment;
use serde_json::{Value, json};
use webauthn_authenticator_rs::WebauthnAuthenticator;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::{SOURCE, TestApp};
use crate::support::browser::{Browser, OperatorServer};
use crate::support::faces::{Who, id_photo};
use crate::support::people::{adult, refusal, to_second_factor};

/// The code that the person's app shows next: one that was not used yet.
async fn next_code(app: &TestApp, iin: &Iin) -> String {
    app.clock.advance(Duration::from_secs(30));
    let player = app.player_of(iin).await;
    let enrolment: TotpEnrolment = app.unit().await.find_totp(player).await.unwrap().unwrap();
    enrolment.code_at(app.now()).expose().to_owned()
}

/// A person who was verified with TOTP just now, their recovery codes with them.
async fn verified(app: &TestApp, iin: &Iin) -> (DemoPlayer, Vec<Value>) {
    app.add_person(iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, iin, Who::Astronaut).await;
    player.post("totp/enrol/start", &json!({})).await.unwrap();
    let code = next_code(app, iin).await;
    let answer = player.post("totp/enrol/finish", &json!({ "code": code })).await.unwrap();
    (player, answer["recovery_codes"].as_array().unwrap().clone())
}

/// The same person at another visit.
async fn verified_again(app: &TestApp, iin: &Iin) -> DemoPlayer {
    let player = app.arrive().await;
    to_second_factor(&player, iin, Who::Astronaut).await;
    player.post("totp/verify", &json!({ "code": next_code(app, iin).await })).await.unwrap();
    player
}

async fn restrict(player: &DemoPlayer, months: u32, factor: Value) -> anyhow::Result<Value> {
    player.post("self-restriction", &json!({ "months": months, "factor": factor })).await
}

async fn restricted_until(app: &TestApp, iin: &Iin) -> Option<Timestamp> {
    let player = app.player_of(iin).await;
    app.unit().await.self_restricted_until(player).await.unwrap()
}

fn totp(code: &str) -> Value {
    json!({ "totp": code })
}

fn reasons(view: &Value) -> Vec<(&str, &str)> {
    let reasons = view["outcome"]["reasons"].as_array().unwrap().iter();
    reasons.map(|one| (one["code"].as_str().unwrap(), one["until"].as_str().unwrap_or_default())).collect()
}

#[tokio::test]
async fn who_restricts_themselves_may_not_play_from_that_moment() {
    let app = TestApp::start().await;
    tell(&app).await;
}

#[tokio::test]
async fn the_same_on_postgresql() {
    if let Some((app, _line)) = TestApp::start_on_postgres().await {
        tell(&app).await;
    }
}

async fn tell(app: &TestApp) {
    let iin = adult(70);
    let (player, _) = verified(app, &iin).await;
    let service = player.view().await.unwrap()["self_service"].clone();
    assert_eq!(service["methods"], json!(["totp", "recovery_code"]), "{service}");
    assert_eq!((&service["restricted_until"], service["terms"].as_array().unwrap().len()), (&json!(null), 115));
    let year = &service["terms"][6];
    assert_eq!(year["months"], 12);

    // The operator has its token already.
    let visit = player.go_back().await.unwrap();
    assert_eq!(visit["introspection"]["active"], true, "{visit}");
    let code = next_code(app, &iin).await;
    let view = restrict(&player, 12, totp(&code)).await.unwrap();
    assert_eq!(view["outcome"]["result"], "refused", "{view}");
    assert_eq!(reasons(&view), [("restricted_self", year["until"].as_str().unwrap())]);
    assert_eq!(view["self_service"]["restricted_until"], year["until"]);
    assert_eq!(view["self_service"]["terms"][0]["months"], 13, "no shorter one is offered");
    let id = app.player_of(&iin).await;
    let standing = app.unit().await.active_grants(id, app.now()).await.unwrap();
    assert!(standing.is_empty(), "what was granted has ended in the same moment: {standing:?}");

    let again = verified_again(app, &iin).await;
    let view = again.view().await.unwrap();
    assert_eq!((view["outcome"]["result"].as_str(), reasons(&view)[0].0), (Some("refused"), "restricted_self"));
    assert_eq!(again.go_back().await.unwrap(), json!({ "status": "denied", "error": "access_denied" }));

    // Shorter never, as long never, longer always; and what does not last long enough costs no code.
    let code = next_code(app, &iin).await;
    for months in [6, 12] {
        assert_eq!(refusal(restrict(&again, months, totp(&code)).await), "self_restriction_not_longer");
    }
    let view = restrict(&again, 120, totp(&code)).await.unwrap();
    assert_eq!(reasons(&view).len(), 1, "said once: {view}");
    assert_eq!(refusal(restrict(&again, 120, totp(&code)).await), "self_restriction_not_longer");
    app.verify_audit().await;
}

#[tokio::test]
async fn a_code_that_was_not_handed_over_yet_is_not_handed_over() {
    let app = TestApp::start().await;
    let iin = adult(71);
    let (player, codes) = verified(&app, &iin).await;
    restrict(&player, 6, json!({ "recovery_code": codes[3] })).await.unwrap();
    assert_eq!(player.go_back().await.unwrap(), json!({ "status": "denied", "error": "access_denied" }));
    let again = verified_again(&app, &iin).await;
    let code = json!({ "recovery_code": codes[3] });
    assert_eq!(refusal(restrict(&again, 12, code).await), "code_wrong", "it was used");
}

#[tokio::test]
async fn a_code_that_the_operator_holds_gives_no_token() {
    let app = TestApp::start().await;
    let iin = adult(72);
    let (player, _) = verified(&app, &iin).await;
    let callback = player.return_address().await.unwrap();
    assert!(callback.query_pairs().any(|(key, _)| key == "code"));
    restrict(&player, 6, totp(&next_code(&app, &iin).await)).await.unwrap();
    // The demo operator's exchange of it fails, and there is nothing that it could show.
    assert_eq!(reqwest::get(callback).await.unwrap().status(), 503);
    let id = app.player_of(&iin).await;
    assert!(app.unit().await.active_grants(id, app.now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn it_ends_by_itself_and_not_a_day_before() {
    let app = TestApp::start().await;
    let iin = adult(73);
    let (player, _) = verified(&app, &iin).await;
    restrict(&player, 6, totp(&next_code(&app, &iin).await)).await.unwrap();
    let ends_at = restricted_until(&app, &iin).await.unwrap();
    assert!(ends_at.since(app.now()) > Duration::from_hours(24 * 181), "{ends_at}");
    for (moment, allowed) in [(ends_at.minus(Duration::from_mins(10)), false), (ends_at, true)] {
        app.clock.advance(moment.since(app.now()));
        app.restrict(&[]).await;
        let view = verified_again(&app, &iin).await.view().await.unwrap();
        assert_eq!(view["outcome"]["result"] == "approved", allowed, "{view}");
    }
}

#[tokio::test]
async fn a_passkey_confirms_once_and_only_for_this() {
    let app = TestApp::start().await;
    let iin = adult(74);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let mut device = SoftPasskey::new(true);
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    assert_eq!(refusal(player.post("self-restriction/confirm/start", &json!({})).await), "out_of_turn");
    player.enrol_passkey(&mut device).await.unwrap();

    let nothing_begun = restrict(&player, 6, json!({ "passkey": {} })).await;
    assert_eq!(refusal(nothing_begun), "ceremony_unknown");
    let answer = confirmation(&app, &player, &mut device).await;
    let wrong = restrict(&player, 6, json!({ "passkey": { "id": "AAAA" } })).await;
    assert_eq!(refusal(wrong), "passkey_rejected");
    // The ceremony is used up by the wrong answer.
    assert_eq!(refusal(restrict(&player, 6, json!({ "passkey": answer })).await), "ceremony_unknown");
    let mut stranger = SoftPasskey::new(true);
    let options = player.post("self-restriction/confirm/start", &json!({})).await.unwrap();
    assert!(stranger.do_authentication(app.base.clone(), serde_json::from_value(options).unwrap()).is_err());

    let answer = confirmation(&app, &player, &mut device).await;
    let view = restrict(&player, 6, json!({ "passkey": answer })).await.unwrap();
    assert_eq!(reasons(&view)[0].0, "restricted_self");
    app.verify_audit().await;
}

async fn confirmation(app: &TestApp, player: &DemoPlayer, device: &mut SoftPasskey) -> Value {
    let options = player.post("self-restriction/confirm/start", &json!({})).await.unwrap();
    let options = serde_json::from_value(options).unwrap();
    serde_json::to_value(device.do_authentication(app.base.clone(), options).unwrap()).unwrap()
}

#[tokio::test]
async fn wrong_codes_lock_here_as_they_do_there() {
    let app = TestApp::start().await;
    let iin = adult(75);
    let (player, codes) = verified(&app, &iin).await;
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(refusal(restrict(&player, 6, totp("000000")).await));
    }
    said.push(refusal(restrict(&player, 6, json!({ "recovery_code": codes[0] })).await));
    assert_eq!(said, ["code_wrong", "code_wrong", "factor_locked", "factor_locked"]);
    assert!(restricted_until(&app, &iin).await.is_none());
}

#[tokio::test]
async fn of_many_at_once_with_one_code_one_counts() {
    let app = TestApp::start().await;
    let iin = adult(76);
    let (player, _) = verified(&app, &iin).await;
    let code = next_code(&app, &iin).await;
    let tries = (6..14).map(|months| restrict(&player, months, totp(&code)));
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
}

#[tokio::test]
async fn nobody_acts_on_a_decision_that_is_not_theirs_not_made_or_long_past() {
    let app = TestApp::start().await;
    let iin = adult(77);
    let fresh = app.arrive().await;
    let words = json!({ "reason": "restricted_debtor", "statement": "It is paid" });
    for path in ["self-restriction/confirm/start", "contest"] {
        assert_eq!(refusal(fresh.post(path, &words).await), "out_of_turn", "{path}");
    }
    assert_eq!(refusal(restrict(&fresh, 6, totp("000000")).await), "out_of_turn");
    fresh.post("cancel", &json!({})).await.unwrap();
    assert_eq!(refusal(restrict(&fresh, 6, totp("000000")).await), "out_of_turn", "cancelled: nobody was proven");

    let (player, _) = verified(&app, &iin).await;
    for (months, said) in [(5, "self_restriction_term"), (121, "self_restriction_term")] {
        assert_eq!(refusal(restrict(&player, months, totp("000000")).await), said);
    }
    for body in [
        json!({}),
        json!({ "months": 6 }),
        json!({ "months": -6, "factor": { "totp": "1" } }),
        json!({ "months": 6, "factor": { "sms": "1" } }),
        json!({ "months": 6, "factor": { "totp": "1", "recovery_code": "2" } }),
        json!({ "months": 6, "factor": { "totp": "1" }, "until": "2026-12-01" }),
    ] {
        assert_eq!(refusal(player.post("self-restriction", &body).await), "bad_request", "{body}");
    }
    app.clock.advance(Duration::from_mins(15));
    assert_eq!(refusal(player.view().await), "verification_expired");
    let code = next_code(&app, &iin).await;
    assert_eq!(refusal(restrict(&player, 6, totp(&code)).await), "verification_expired");
    assert_eq!(refusal(player.post("contest", &words).await), "verification_expired");
}

#[tokio::test]
async fn a_person_sees_who_asked_about_them() {
    let app = TestApp::start().await;
    let iin = adult(79);
    let fresh = app.arrive().await;
    let list = |player: &DemoPlayer| {
        let request = reqwest::Client::new().get(app.base.join("api/player/enquiries").unwrap());
        request.header("cookie", player.cookie().to_owned()).header("rastau-visit", player.visit().to_owned()).send()
    };
    assert_eq!(list(&fresh).await.unwrap().status(), 409, "nobody was proven");
    let (player, _) = verified(&app, &iin).await;
    player.go_back().await.unwrap();
    let told: Value = list(&player).await.unwrap().json().await.unwrap();
    let asked = told["enquiries"].as_array().unwrap();
    assert_eq!((asked.len(), &told["next"]), (1, &Value::Null), "{told}");
    assert_eq!((asked[0]["operator"].as_str(), asked[0]["purpose"].as_str()), (Some("Demo Bet"), Some("play")));
    assert!(asked[0]["until"].is_string(), "each renewal asks again: {told}");
    app.clock.advance(Duration::from_mins(15));
    assert_eq!(list(&player).await.unwrap().status(), 410);
}

fn debt(app: &TestApp) -> Restriction {
    Restriction {
        ground: Ground::Debtor,
        legal_basis: "article 1".to_owned(),
        starts_at: Timestamp::from_seconds(0),
        ends_at: Some(app.now().plus(Duration::from_hours(720))),
        source: SOURCE.to_owned(),
        source_key: "1".to_owned(),
    }
}

#[tokio::test]
async fn a_reason_is_contested_once_and_staff_read_why() {
    let app = TestApp::start().await;
    let iin = adult(78);
    app.restrict(&[(iin.clone(), debt(&app))]).await;
    let (player, _) = verified(&app, &iin).await;
    let view = player.view().await.unwrap();
    assert_eq!((view["outcome"]["result"].as_str(), reasons(&view)[0].0), (Some("refused"), "restricted_debtor"));
    assert_eq!(view["outcome"]["reasons"][0]["contest"], "open_to");

    let contest = |reason: &str, words: &str| json!({ "reason": reason, "statement": words });
    for (reason, words, said) in [
        ("restricted_court", "Never been there", "not_contestable"),
        ("face_mismatch", "It is me", "not_contestable"),
        ("no_such_reason", "Hm", "not_contestable"),
        ("restricted_debtor", " ", "statement_invalid"),
        ("restricted_debtor", &"a".repeat(2_001), "statement_invalid"),
    ] {
        assert_eq!(refusal(player.post("contest", &contest(reason, words)).await), said, "{reason}");
    }
    let words = "Қарыз 1 қарашада төленді.\nDebt paid.";
    let body = contest("restricted_debtor", words);
    let (one, two) = tokio::join!(player.post("contest", &body), player.post("contest", &body));
    let (good, bad) = if one.is_ok() { (one, two) } else { (two, one) };
    assert_eq!(good.unwrap()["outcome"]["reasons"][0]["contest"], "opened");
    assert_eq!(refusal(bad), "already_contested");

    let list: Value = app.staff("cases").await.json().await.unwrap();
    let case = list.as_array().unwrap().iter().find(|case| case["contested"] == "restricted_debtor").unwrap();
    assert_eq!((case["status"].as_str(), &case["statement"]), (Some("open"), &Value::Null), "{case}");
    let id: CaseId = case["id"].as_str().unwrap().parse().unwrap();
    let shown: Value = app.staff(&format!("cases/{id}")).await.json().await.unwrap();
    assert_eq!(shown["statement"], words);
    app.verify_audit().await;
    for entry in std::fs::read_dir(app.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let needle = "төленді".as_bytes();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle), "a statement lies in the open");
    }
}

#[tokio::test]
async fn somebody_whom_the_sandbox_plays_contests_and_has_nothing_to_confirm_with() {
    let app = TestApp::start().await;
    let scenario = SCENARIOS.iter().find(|scenario| scenario.code == "debtor").unwrap();
    let browser = Browser::arrive(&app, &OperatorServer::of(&app).push().await).await;
    browser.consent().await;
    browser.identify(scenario.iin).await;
    browser.pretend_capture().await;
    let (_, view) = browser.pretend_factor(&json!({})).await;
    assert_eq!(view["self_service"]["methods"], json!([]), "{view}");
    let (status, answer) = browser.step("self-restriction", &json!({ "months": 6, "factor": totp("000000") })).await;
    assert_eq!((status, answer["code"].as_str()), (409, Some("factor_missing")));
    let contest = json!({ "reason": "restricted_debtor", "statement": "Paid" });
    let (status, _) = browser.step_from_elsewhere("contest", &contest).await;
    assert_eq!(status, 403);
    let (status, view) = browser.step("contest", &contest).await;
    assert_eq!((status, view["outcome"]["reasons"][0]["contest"].as_str()), (200, Some("opened")), "{view}");
}
