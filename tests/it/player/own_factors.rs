//! A person looks after their own factors, and nobody else does.

use std::time::Duration;

use rastau::cli::demo::answer::Refused;
use rastau::cli::demo::player::DemoPlayer;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::notices::NoticeContent;
use rastau::domain::second_factor::FactorKind;
use rastau::domain::second_factor::totp::TotpEnrolment;
use reqwest::Method;
use serde_json::{Value, json};
use webauthn_authenticator_rs::WebauthnAuthenticator;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo};
use crate::support::people::{adult, refusal, to_second_factor};

/// A person who made a passkey on `device` just now, and their recovery codes.
async fn verified(app: &TestApp, number: u16, device: &mut SoftPasskey) -> (Iin, DemoPlayer, Vec<Value>) {
    let iin = adult(number);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let options = player.post("passkey/register/start", &json!({})).await.unwrap();
    let made = device.do_registration(app.base.clone(), serde_json::from_value(options).unwrap()).unwrap();
    let answer = player.post("passkey/register/finish", &serde_json::to_value(made).unwrap()).await.unwrap();
    (iin, player, answer["recovery_codes"].as_array().unwrap().clone())
}

/// The same person at another visit, with the same device.
async fn again(app: &TestApp, iin: &Iin, device: &mut SoftPasskey) -> DemoPlayer {
    let player = app.arrive().await;
    to_second_factor(&player, iin, Who::Astronaut).await;
    player.show_passkey(device).await.unwrap();
    player
}

async fn call(app: &TestApp, player: &DemoPlayer, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let request = reqwest::Client::new().request(method, app.base.join(&format!("api/player/{path}")).unwrap());
    let request =
        request.header("cookie", player.cookie().to_owned()).header("origin", app.base.origin().ascii_serialization());
    let request = request.header("rastau-visit", player.visit().to_owned());
    let request = if let Some(body) = body { request.json(&body) } else { request };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn list(app: &TestApp, player: &DemoPlayer) -> Value {
    let (status, body) = call(app, player, Method::GET, "factors", None).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn rename(app: &TestApp, player: &DemoPlayer, id: &str, name: &str) -> (u16, Value) {
    call(app, player, Method::PATCH, &format!("factors/{id}"), Some(json!({ "name": name }))).await
}

/// The passkey's answer to a confirmation that was begun in this session.
async fn confirmation(app: &TestApp, player: &DemoPlayer, device: &mut SoftPasskey) -> Value {
    let options = player.post("self-restriction/confirm/start", &json!({})).await.unwrap();
    let options = serde_json::from_value(options).unwrap();
    json!({ "passkey": serde_json::to_value(device.do_authentication(app.base.clone(), options).unwrap()).unwrap() })
}

fn shown(factor: &Value) -> Value {
    json!({ "factor": factor })
}

async fn begin_totp(player: &DemoPlayer, factor: &Value) -> anyhow::Result<Value> {
    player.post("factors/totp/start", &shown(factor)).await
}

/// The code that an app shows which read this secret.
fn code_of(app: &TestApp, provisioned: &Value) -> String {
    let secret = provisioned["secret"].as_str().unwrap();
    let value = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
    let bits: String = secret.chars().map(|c| format!("{:05b}", value(c))).collect::<Vec<_>>().concat();
    let bytes = bits.as_bytes().chunks_exact(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2));
    let secret = SecretBytes::new(bytes.collect::<Result<_, _>>().unwrap());
    let player = rastau::domain::kernel::id::PlayerId::least(app.now());
    let drawn = TotpEnrolment::begin(player, app.services.randomness.as_ref());
    TotpEnrolment { secret, ..drawn }.code_at(app.now()).expose().to_owned()
}

async fn add_totp(app: &TestApp, player: &DemoPlayer, device: &mut SoftPasskey) -> Value {
    let factor = confirmation(app, player, device).await;
    let provisioned = begin_totp(player, &factor).await.unwrap();
    let body = json!({ "code": code_of(app, &provisioned), "name": "Телефон" });
    player.post("factors/totp/finish", &body).await.unwrap()
}

async fn remove(player: &DemoPlayer, id: &str, factor: &Value) -> anyhow::Result<Value> {
    player.post(&format!("factors/{id}/remove"), &shown(factor)).await
}

fn kinds(own: &Value) -> Vec<&str> {
    own["factors"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_adds_names_and_removes_what_is_theirs() {
    let app = TestApp::start().await;
    story(&app).await;
}

#[tokio::test]
async fn the_same_on_postgresql() {
    if let Some((app, _line)) = TestApp::start_on_postgres().await {
        story(&app).await;
    }
}

async fn name(app: &TestApp, player: &DemoPlayer, first: &str) {
    let (status, own) = rename(app, player, first, "  Мой   телефон ").await;
    assert_eq!((status, &own["factors"][0]["name"]), (200, &json!("Мой телефон")), "{own}");
    for bad in ["", "   ", "\u{200B}\u{202E}", &"x".repeat(41)] {
        let (status, body) = rename(app, player, first, bad).await;
        assert_eq!((status, body["code"].as_str()), (422, Some("factor_name_invalid")), "{bad:?}");
    }
    // Markup is text, here and on the page.
    let markup = "<b onclick=x>\u{202E}</b>";
    let (_, own) = rename(app, player, first, markup).await;
    assert_eq!(own["factors"][0]["name"], "<b onclick=x></b>");
    rename(app, player, first, "Телефон-12345").await;
}

async fn story(app: &TestApp) {
    let (mut phone, mut laptop) = (SoftPasskey::new(true), SoftPasskey::new(true));
    let (iin, player, codes) = verified(app, 90, &mut phone).await;
    let own = list(app, &player).await;
    assert_eq!((kinds(&own), &own["recovery_codes"]), (vec!["passkey"], &json!({ "left": 10, "of": 10 })), "{own}");
    assert_eq!(own["addable"], json!(["passkey", "totp", "recovery_code"]));
    let first = own["factors"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!((&own["factors"][0]["name"], &own["factors"][0]["used_now"]), (&Value::Null, &json!(true)));

    // The last one stays, and that costs no code.
    let code = json!({ "recovery_code": codes[0] });
    assert_eq!(refusal(remove(&player, &first, &code).await), "factor_last");

    name(app, &player, &first).await;

    // A further passkey, with another one shown for it; the same device is not taken twice.
    assert_eq!(
        refusal(player.post("factors/passkey/start", &shown(&json!({ "totp": "000000" }))).await),
        "factor_missing",
        "what is not there confirms nothing"
    );
    let options = player.post("factors/passkey/start", &shown(&code)).await.unwrap();
    assert_eq!(options["publicKey"]["excludeCredentials"].as_array().unwrap().len(), 1, "{options}");
    let made = laptop.do_registration(app.base.clone(), serde_json::from_value(options).unwrap()).unwrap();
    let body = json!({ "credential": made, "name": "Ноутбук" });
    let own = player.post("factors/passkey/finish", &body).await.unwrap();
    assert_eq!(kinds(&own), ["passkey", "passkey"]);
    assert_eq!((&own["factors"][1]["name"], &own["recovery_codes"]["left"]), (&json!("Ноутбук"), &json!(9)));
    assert_eq!(refusal(player.post("factors/passkey/finish", &body).await), "ceremony_unknown", "once");

    let own = add_totp(app, &player, &mut phone).await;
    assert_eq!(
        (kinds(&own), &own["addable"]),
        (vec!["passkey", "passkey", "totp"], &json!(["passkey", "recovery_code"]))
    );
    assert!(own["factors"][2]["used_at"].is_string(), "{own}");
    let factor = confirmation(app, &player, &mut phone).await;
    assert_eq!(refusal(begin_totp(&player, &factor).await), "factor_enough");

    // At the next visit the laptop says that the phone is lost; what the phone opened before ends, and this visit goes on.
    let before = player.go_back().await.unwrap();
    assert_eq!(before["introspection"]["active"], true);
    let player = again(app, &iin, &mut laptop).await;
    let now = list(app, &player).await;
    assert_eq!(now["factors"][1]["used_now"], true, "{now}");
    assert_eq!((&now["factors"][0]["used_now"], &now["factors"][2]["used_now"]), (&json!(false), &json!(false)));
    let factor = confirmation(app, &player, &mut laptop).await;
    let own = remove(&player, &first, &factor).await.unwrap();
    assert_eq!(kinds(&own), ["passkey", "totp"]);
    let id = app.player_of(&iin).await;
    assert!(app.unit().await.active_grants(id, app.now()).await.unwrap().is_empty());
    assert_eq!(player.view().await.unwrap()["outcome"]["result"], "approved");
    assert_eq!(player.go_back().await.unwrap()["introspection"]["active"], true);
    let thief = app.arrive().await;
    to_second_factor(&thief, &iin, Who::Astronaut).await;
    assert!(thief.show_passkey(&mut phone).await.is_err(), "the browser is not even asked for it");

    // New codes; the old ones are void.
    let factor = confirmation(app, &player, &mut laptop).await;
    let renewed = player.post("factors/recovery-codes", &shown(&factor)).await.unwrap();
    assert_eq!(
        (renewed["recovery_codes"].as_array().unwrap().len(), &renewed["own"]["recovery_codes"]["left"]),
        (10, &json!(10))
    );
    let old = json!({ "recovery_code": codes[5] });
    assert_eq!(refusal(begin_totp(&player, &old).await), "factor_enough");
    assert_eq!(refusal(player.post("factors/recovery-codes", &shown(&old)).await), "code_wrong");

    app.verify_audit().await;
    let events = app.unit().await.list_audit(1, 1_000).await.unwrap();
    for (kind, count) in
        [("factor_added", 2), ("factor_removed", 1), ("recovery_codes_renewed", 1), ("factor_renamed", 3)]
    {
        assert_eq!(events.iter().filter(|event| event.kind == kind).count(), count, "{kind}");
    }
    assert!(!events.iter().any(|event| event.details.contains("Телефон")), "names are not for the log");
    // The person was told of each, over their contact of record.
    let told = app.unit().await.list_notices(id, 50).await.unwrap();
    let told: Vec<NoticeContent> = told.into_iter().map(|notice| notice.content).collect();
    for factor in FactorKind::ALL {
        assert!(told.contains(&NoticeContent::FactorAdded { factor, not_me: None }), "{factor:?} in {told:?}");
    }
    assert!(told.contains(&NoticeContent::FactorRemoved { factor: FactorKind::Passkey }), "{told:?}");
    for entry in std::fs::read_dir(app.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let needle = "Телефон-12345".as_bytes();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle), "a name lies in the open");
    }
}

#[tokio::test]
async fn of_two_sessions_that_remove_the_two_last_factors_one_is_too_late() {
    let app = TestApp::start().await;
    race(&app).await;
}

#[tokio::test]
async fn the_same_race_on_postgresql() {
    if let Some((app, _line)) = TestApp::start_on_postgres().await {
        race(&app).await;
    }
}

async fn race(app: &TestApp) {
    let mut phone = SoftPasskey::new(true);
    let (iin, one, codes) = verified(app, 91, &mut phone).await;
    let own = add_totp(app, &one, &mut phone).await;
    let two = again(app, &iin, &mut phone).await;
    let passkey = own["factors"][0]["id"].as_str().unwrap();
    let confirmed = (json!({ "recovery_code": codes[0] }), json!({ "recovery_code": codes[1] }));
    let (first, second) = tokio::join!(remove(&one, passkey, &confirmed.0), remove(&two, "totp", &confirmed.1));
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1, "{first:?} {second:?}");
    let late = if first.is_ok() { second } else { first };
    let code = late.unwrap_err().downcast_ref::<Refused>().map(|refused| refused.code.clone());
    assert!(matches!(code.as_deref(), Some("factor_last" | "out_of_turn" | "conflict")), "{code:?}");
    let id = app.player_of(&iin).await;
    assert_eq!(app.unit().await.own_factors(id).await.unwrap().len(), 1);
    app.verify_audit().await;
}

#[tokio::test]
async fn a_confirmation_is_of_its_session_and_good_once_and_not_for_long() {
    let app = TestApp::start().await;
    let mut phone = SoftPasskey::new(true);
    let (iin, one, codes) = verified(&app, 92, &mut phone).await;
    let own = add_totp(&app, &one, &mut phone).await;
    let passkey = own["factors"][0]["id"].as_str().unwrap();

    // Another session's.
    let two = again(&app, &iin, &mut phone).await;
    let foreign = confirmation(&app, &one, &mut phone).await;
    assert_eq!(refusal(remove(&two, passkey, &foreign).await), "ceremony_unknown");
    two.post("self-restriction/confirm/start", &json!({})).await.unwrap();
    assert_eq!(refusal(remove(&two, passkey, &foreign).await), "passkey_rejected", "another challenge");
    // Used up, whatever came of it.
    let used = confirmation(&app, &two, &mut phone).await;
    assert_eq!(refusal(remove(&two, "0199d6a0-7c1e-7000-8000-000000000001", &used).await), "factor_unknown");
    assert_eq!(refusal(remove(&two, passkey, &used).await), "ceremony_unknown");
    // Stale.
    let stale = confirmation(&app, &two, &mut phone).await;
    app.clock.advance(Duration::from_mins(2));
    assert_eq!(refusal(remove(&two, passkey, &stale).await), "ceremony_unknown");
    // What was begun to add one is void once one was removed: who began it may be whom it was removed from.
    let started = two.post("factors/passkey/start", &shown(&json!({ "recovery_code": codes[2] }))).await.unwrap();
    let begun = again(&app, &iin, &mut phone).await;
    let factor = confirmation(&app, &begun, &mut phone).await;
    remove(&begun, "totp", &factor).await.unwrap();
    let mut other = SoftPasskey::new(true);
    let made = other.do_registration(app.base.clone(), serde_json::from_value(started).unwrap()).unwrap();
    let late = two.post("factors/passkey/finish", &json!({ "credential": made })).await;
    assert_eq!(refusal(late), "ceremony_unknown");
    // And after a quarter of an hour nothing of it is there.
    app.clock.advance(Duration::from_mins(15));
    let code = json!({ "recovery_code": codes[3] });
    assert_eq!(refusal(remove(&two, passkey, &code).await), "verification_expired");
    assert_eq!(call(&app, &two, Method::GET, "factors", None).await.0, 410);
    app.verify_audit().await;
}

#[tokio::test]
async fn who_was_not_proven_touches_no_factor_and_guesses_lock() {
    let app = TestApp::start().await;
    let mut phone = SoftPasskey::new(true);
    let (iin, player, codes) = verified(&app, 93, &mut phone).await;
    let own = list(&app, &player).await;
    let id = own["factors"][0]["id"].as_str().unwrap().to_owned();
    // The face alone.
    let thief = app.arrive().await;
    to_second_factor(&thief, &iin, Who::Astronaut).await;
    let code = json!({ "recovery_code": codes[0] });
    for (method, path, body) in [
        (Method::GET, "factors".to_owned(), None),
        (Method::PATCH, format!("factors/{id}"), Some(json!({ "name": "x" }))),
        (Method::POST, format!("factors/{id}/remove"), Some(shown(&code))),
        (Method::POST, "factors/passkey/start".to_owned(), Some(shown(&code))),
        (Method::POST, "factors/passkey/finish".to_owned(), Some(json!({ "credential": {} }))),
        (Method::POST, "factors/totp/start".to_owned(), Some(shown(&code))),
        (Method::POST, "factors/totp/finish".to_owned(), Some(json!({ "code": "123456" }))),
        (Method::POST, "factors/recovery-codes".to_owned(), Some(shown(&code))),
    ] {
        let (status, body) = call(&app, &thief, method, &path, body).await;
        assert_eq!((status, body["code"].as_str()), (409, Some("out_of_turn")), "{path}");
    }
    // Another person's.
    let mut other = SoftPasskey::new(true);
    let (_, neighbour, theirs) = verified(&app, 94, &mut other).await;
    add_totp(&app, &neighbour, &mut other).await;
    let code = json!({ "recovery_code": theirs[0] });
    assert_eq!(refusal(remove(&neighbour, &id, &code).await), "factor_unknown");
    let (status, body) = rename(&app, &neighbour, &id, "mine now").await;
    assert_eq!((status, body["code"].as_str()), (404, Some("factor_unknown")));
    assert_eq!(rename(&app, &neighbour, "no-id", "mine now").await.0, 404);
    // Halves that were never begun, and bad bodies.
    assert_eq!(refusal(player.post("factors/totp/finish", &json!({ "code": "123456" })).await), "ceremony_unknown");
    for body in [
        json!({}),
        json!({ "factor": {} }),
        json!({ "factor": { "sms": "1" } }),
        json!({ "factor": { "totp": "1" }, "x": 1 }),
    ] {
        assert_eq!(refusal(player.post("factors/passkey/start", &body).await), "bad_request", "{body}");
    }
    // Guesses at the first code of an app lock as all guesses do, and do not throw the app away.
    let factor = confirmation(&app, &player, &mut phone).await;
    let provisioned = begin_totp(&player, &factor).await.unwrap();
    let wrong = json!({ "code": "000000" });
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(refusal(player.post("factors/totp/finish", &wrong).await));
    }
    assert_eq!(said, ["code_wrong", "code_wrong", "factor_locked"]);
    app.clock.advance(Duration::from_secs(31));
    let own = player.post("factors/totp/finish", &json!({ "code": code_of(&app, &provisioned) })).await.unwrap();
    assert_eq!(kinds(&own), ["passkey", "totp"]);
    app.verify_audit().await;
}

#[tokio::test]
async fn who_says_that_all_is_lost_opens_one_case_and_changes_nothing() {
    let app = TestApp::start().await;
    let mut phone = SoftPasskey::new(true);
    let (iin, first, _) = verified(&app, 95, &mut phone).await;
    assert_eq!(refusal(first.post("second-factor/lost", &json!({})).await), "out_of_turn", "it is decided");
    let mut verdicts = Vec::new();
    // A stranger with the face, again and again.
    for _ in 0..3 {
        let stranger = app.arrive().await;
        to_second_factor(&stranger, &iin, Who::Astronaut).await;
        let view = stranger.post("second-factor/lost", &json!({})).await.unwrap();
        assert_eq!(view["outcome"]["reasons"][0]["code"], "factors_lost", "{view}");
        assert!(view["self_service"].is_null(), "nobody was proven: {view}");
        verdicts.push(view["outcome"]["result"].as_str().unwrap().to_owned());
        assert_eq!(refusal(stranger.show_passkey(&mut phone).await), "out_of_turn", "the visit is over");
    }
    assert_eq!(verdicts, ["under_review", "refused", "refused"]);
    let list: Value = app.staff("cases").await.json().await.unwrap();
    let lost = |case: &&Value| case["reasons"][0] == "factors_lost";
    assert_eq!(list.as_array().unwrap().iter().filter(lost).count(), 1, "{list}");
    // The person goes on as before.
    let player = again(&app, &iin, &mut phone).await;
    assert_eq!(player.view().await.unwrap()["outcome"]["result"], "approved");
    app.verify_audit().await;
}
