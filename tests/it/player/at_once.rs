//! One and the same thing done many times at the same moment, in one visit and in several of the same person. The camera is
//! pretended; all that follows is real.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::future::join_all;
use rastau::domain::identity::person::Iin;
use rastau::domain::scenario::SCENARIOS;
use rastau::domain::second_factor::contact_code::PAUSE;
use serde_json::{Value, json};
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser, OperatorServer};
use crate::support::people::{adult, refusal};

/// Somebody who may play.
pub(super) fn somebody() -> Iin {
    Iin::parse(SCENARIOS.iter().find(|scenario| scenario.code == "approved").unwrap().iin).unwrap()
}

/// A visit of theirs before the second factor.
pub(super) async fn before_the_factor(app: &TestApp, iin: &Iin) -> Browser {
    let browser = Browser::arrive(app, &OperatorServer::of(app).push().await).await;
    browser.consent().await;
    assert_eq!(browser.identify(iin.expose()).await.0, 200);
    assert_eq!(browser.pretend_capture().await.0, 200);
    if browser.view().await["stage"] == "contact" {
        app.clock.advance(PAUSE);
        browser.prove_contact(app, iin).await;
    }
    browser
}

/// The code that their app shows now.
async fn app_code(app: &TestApp, iin: &Iin) -> String {
    let player = app.player_of(iin).await;
    app.unit().await.find_totp(player).await.unwrap().unwrap().code_at(app.now()).expose().to_owned()
}

/// Makes an app the factor of somebody who has none; the recovery codes.
async fn enrol_app(app: &TestApp, iin: &Iin) -> Vec<Value> {
    let browser = before_the_factor(app, iin).await;
    assert_eq!(browser.step("totp/enrol/start", &json!({})).await.0, 200);
    let code = app_code(app, iin).await;
    let (status, answer) = browser.step("totp/enrol/finish", &json!({ "code": code })).await;
    assert_eq!(status, 200, "{answer}");
    // The next code is one that nobody has shown.
    app.clock.advance(Duration::from_secs(30));
    answer["recovery_codes"].as_array().unwrap().clone()
}

/// How many were let through; every other one is refused by one of these codes.
fn let_through(answers: &[Answer], refused: &[&str]) -> usize {
    for (status, body) in answers.iter().filter(|(status, _)| *status != 200) {
        let code = body["code"].as_str().unwrap_or_default();
        assert!(refused.contains(&code), "{status} {body}");
    }
    answers.iter().filter(|(status, _)| *status == 200).count()
}

/// How often the log tells of this.
async fn told(app: &TestApp, kind: &str) -> usize {
    let events = app.services.store.read().await.unwrap().list_audit(1, 1_000).await.unwrap();
    events.iter().filter(|event| event.kind == kind).count()
}

async fn name_two_at_once(app: &TestApp) {
    let player = app.arrive().await;
    player.consent().await.unwrap();
    let people = [adult(620), adult(621)];
    let answers = join_all((0..8).map(|number| player.identify(people[number % 2].expose()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    for refused in answers.into_iter().filter(Result::is_err) {
        let code = refusal(refused);
        assert!(["out_of_turn", "conflict"].contains(&code.as_str()), "{code}");
    }
    // Whoever it was stays: nobody names another one later.
    for iin in &people {
        assert_eq!(refusal(player.identify(iin.expose()).await), "out_of_turn");
    }
    assert_eq!(told(app, "person_identified").await, 1);
}

async fn enrol_at_once(app: &TestApp) {
    let iin = somebody();
    let (one, two) = (before_the_factor(app, &iin).await, before_the_factor(app, &iin).await);
    one.step("totp/enrol/start", &json!({})).await;
    let code = json!({ "code": app_code(app, &iin).await });
    let (_, options) = two.step("passkey/register/start", &json!({})).await;
    let options = serde_json::from_value(options).unwrap();
    let made = SoftPasskey::new(true).do_registration(app.base.clone(), options).unwrap();
    let made = serde_json::to_value(made).unwrap();
    let tries = (0..6).map(|number| {
        let (browser, path, body) = match number % 2 {
            0 => (&one, "totp/enrol/finish", &code),
            _ => (&two, "passkey/register/finish", &made),
        };
        browser.step(path, body)
    });
    let refused = ["out_of_turn", "factor_enrolled", "factor_missing", "ceremony_unknown", "code_wrong", "conflict"];
    let answers = join_all(tries).await;
    assert_eq!(let_through(&answers, &refused), 1, "{answers:?}");
    assert_eq!(told(app, "factor_enrolled").await, 1);
    // What was shown once is shown in vain, in either visit.
    for browser in [&one, &two] {
        for (path, body) in [("totp/enrol/finish", &code), ("passkey/register/finish", &made)] {
            assert_eq!(let_through(&[browser.step(path, body).await], &refused), 0, "{path}");
        }
        // And beside it nobody enrols another one.
        let begun = browser.step("totp/enrol/start", &json!({})).await;
        assert_eq!(let_through(&[begun], &["out_of_turn", "factor_enrolled"]), 0);
    }
    app.verify_audit().await;
}

async fn show_one_code_at_once(app: &TestApp) {
    let iin = somebody();
    enrol_app(app, &iin).await;
    let (one, two) = (before_the_factor(app, &iin).await, before_the_factor(app, &iin).await);
    let code = json!({ "code": app_code(app, &iin).await });
    let tries = (0..8).map(|number| [&one, &two][number % 2].step("totp/verify", &code));
    let answers = join_all(tries).await;
    assert_eq!(let_through(&answers, &["code_wrong", "factor_locked", "out_of_turn", "conflict"]), 1, "{answers:?}");
    let stages = [one.view().await["stage"].clone(), two.view().await["stage"].clone()];
    assert_eq!(stages.iter().filter(|stage| **stage == "decided").count(), 1, "{stages:?}");
    app.verify_audit().await;
}

async fn show_one_recovery_code_at_once(app: &TestApp) {
    let iin = somebody();
    let codes = enrol_app(app, &iin).await;
    let (one, two) = (before_the_factor(app, &iin).await, before_the_factor(app, &iin).await);
    let code = json!({ "code": codes[0] });
    let tries = (0..6).map(|number| [&one, &two][number % 2].step("recovery-code/verify", &code));
    let answers = join_all(tries).await;
    assert_eq!(let_through(&answers, &["code_wrong", "factor_locked", "out_of_turn", "conflict"]), 1, "{answers:?}");
    app.verify_audit().await;
}

async fn return_at_once(app: &TestApp) {
    let iin = somebody();
    let browser = before_the_factor(app, &iin).await;
    browser.step("totp/enrol/start", &json!({})).await;
    let code = app_code(app, &iin).await;
    assert_eq!(browser.step("totp/enrol/finish", &json!({ "code": code })).await.0, 200);
    let answers = join_all((0..6).map(|_| browser.try_go_back())).await;
    let codes: HashSet<&String> = answers.iter().flatten().filter_map(|address| address.get("code")).collect();
    assert_eq!(codes.len(), 6, "whichever answer the browser follows, it is no denial: {answers:?}");
    let operator = OperatorServer::of(app);
    let redeemed = join_all(codes.into_iter().map(|code| operator.exchange(code))).await;
    let tokens: Vec<&Value> = redeemed.iter().filter(|(status, _)| *status == 200).map(|(_, body)| body).collect();
    assert_eq!(tokens.len(), 1, "{redeemed:?}");
    for (status, body) in redeemed.iter().filter(|(status, _)| *status != 200) {
        // Of two at the same moment PostgreSQL ends one, which may come again and learns that it is too late.
        assert!(matches!(status, 400 | 503), "{status} {body}");
    }
    let token = tokens[0]["access_token"].as_str().unwrap();
    assert_eq!(operator.introspect(token).await["active"], true, "the others end nothing");
    let later: Option<HashMap<_, _>> = browser.try_go_back().await;
    assert_eq!(later, None, "nobody who was approved arrives as denied");
}

macro_rules! on_both_engines {
    ($($name:ident, $on_postgresql:ident: $work:ident;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                $work(&TestApp::start().await).await;
            }

            #[tokio::test]
            async fn $on_postgresql() {
                if let Some((app, _line)) = TestApp::start_on_postgres().await {
                    $work(&app).await;
                }
            }
        )*
    };
}

on_both_engines! {
    of_two_people_named_at_once_one_is_it_for_good, of_two_people_named_at_once_one_is_it_for_good_on_postgresql:
        name_two_at_once;
    of_two_visits_that_enrol_at_once_one_binds_a_factor, of_two_visits_that_enrol_at_once_one_binds_a_factor_on_postgresql:
        enrol_at_once;
    one_code_shown_in_two_visits_at_once_serves_once, one_code_shown_in_two_visits_at_once_serves_once_on_postgresql:
        show_one_code_at_once;
    one_recovery_code_shown_in_two_visits_at_once_serves_once,
    one_recovery_code_shown_in_two_visits_at_once_serves_once_on_postgresql:
        show_one_recovery_code_at_once;
    of_six_ways_back_at_once_one_gives_a_token, of_six_ways_back_at_once_one_gives_a_token_on_postgresql:
        return_at_once;
}
