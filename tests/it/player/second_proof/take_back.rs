//! A self-restriction that a stranger declared at somebody's first visit, and what its person can do about it. The stranger has the
//! face and the SIM; the mail is the person's.

use rastau::cli::demo::player::DemoPlayer;
use rastau::domain::identity::contact::{Channel, Contact};

use super::sources::Told;
use super::*;
use crate::support::faces::{Who, id_photo};
use crate::support::people::{adult, pass_face, refusal};

const STEP: Duration = Duration::from_secs(61);
const SMS: usize = 0;
const MAIL: usize = 1;

fn on_record(channels: &[Channel]) -> Vec<Contact> {
    let both = [(Channel::Sms, "+77011234534"), (Channel::Email, "aidos@mail.kz")];
    let wanted = both.into_iter().filter(|(channel, _)| channels.contains(channel));
    wanted.map(|(channel, address)| Contact::new(channel, address).unwrap()).collect()
}

async fn start(number: u16) -> (TestApp, std::sync::Arc<Told>, Iin) {
    let source = std::sync::Arc::new(Told::of(on_record(&Channel::ALL)));
    let app = TestApp::start_asking(source.clone()).await;
    let iin = adult(number);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    (app, source, iin)
}

async fn arrive(app: &TestApp, iin: &Iin) -> DemoPlayer {
    app.clock.advance(STEP);
    let player = app.arrive().await;
    pass_face(&player, iin, Who::Astronaut).await;
    player
}

/// Sends a code to this contact and types it.
async fn prove(app: &TestApp, player: &DemoPlayer, iin: &Iin, what: &str, contact: usize) -> Value {
    player.post(&format!("{what}/send"), &json!({ "contact": contact })).await.unwrap();
    let code = json!({ "code": app.newest_code(iin).await });
    player.post(&format!("{what}/verify"), &code).await.unwrap()
}

async fn enrol(app: &TestApp, player: &DemoPlayer, iin: &Iin) -> Value {
    player.post("totp/enrol/start", &json!({})).await.unwrap();
    let code = json!({ "code": app_code(app, iin).await });
    player.post("totp/enrol/finish", &code).await.unwrap()["verification"].clone()
}

async fn show(app: &TestApp, player: &DemoPlayer, iin: &Iin) -> Value {
    let code = json!({ "code": app_code(app, iin).await });
    player.post("totp/verify", &code).await.unwrap()
}

async fn restrict(app: &TestApp, player: &DemoPlayer, iin: &Iin) {
    app.clock.advance(STEP);
    let body = json!({ "months": 120, "factor": { "totp": app_code(app, iin).await } });
    let view = player.post("self-restriction", &body).await.unwrap();
    assert_eq!(reasons(&view), ["restricted_self"], "{view}");
}

/// A first visit over the SIM that ends restricted.
async fn declared(app: &TestApp, iin: &Iin) -> DemoPlayer {
    let thief = arrive(app, iin).await;
    prove(app, &thief, iin, "contact", SMS).await;
    enrol(app, &thief, iin).await;
    restrict(app, &thief, iin).await;
    thief
}

/// The person gets a factor of their own, over the contact at this place, and stands refused with it.
async fn recovered(app: &TestApp, iin: &Iin, contact: usize) -> DemoPlayer {
    let first = arrive(app, iin).await;
    assert_eq!(reasons(&prove(app, &first, iin, "recovery", contact).await), ["recovery_held"]);
    app.clock.advance(HELD);
    let person = arrive(app, iin).await;
    prove(app, &person, iin, "recovery", contact).await;
    let view = enrol(app, &person, iin).await;
    assert_eq!(reasons(&view), ["restricted_self"], "{view}");
    app.clock.advance(STEP);
    person
}

async fn refused(player: &DemoPlayer) -> String {
    let send = refusal(player.post("self-restriction/take-back/send", &json!({ "contact": 0 })).await);
    let verify = refusal(player.post("self-restriction/take-back/verify", &json!({ "code": "123456" })).await);
    assert_eq!(send, verify);
    send
}

async fn may(player: &DemoPlayer) -> bool {
    player.view().await.unwrap()["self_service"]["take_back_alone"] == true
}

#[tokio::test]
async fn the_person_takes_it_back_with_the_contact_that_the_stranger_did_not_have() {
    let (app, _, iin) = start(93).await;
    let thief = declared(&app, &iin).await;
    app.clock.advance(STEP);
    assert_eq!((refused(&thief).await.as_str(), may(&thief).await), ("self_restriction_not_independent", false));
    // Nor at another visit with the factor of that one.
    let again = arrive(&app, &iin).await;
    show(&app, &again, &iin).await;
    assert_eq!((refused(&again).await.as_str(), may(&again).await), ("self_restriction_not_independent", false));

    let person = recovered(&app, &iin, MAIL).await;
    assert!(may(&person).await);
    let step = person.post("self-restriction/take-back/send", &json!({ "contact": 0 })).await.unwrap();
    let channels: Vec<_> = step["contacts"].as_array().unwrap().iter().map(|one| &one["channel"]).collect();
    assert_eq!(channels, ["email"], "not the one that the declaration had: {step}");
    assert_eq!(app.notices(&iin).await[0]["kind"], "take_back_code");
    let unknown = person.post("self-restriction/take-back/send", &json!({ "contact": 1 })).await;
    assert_eq!(refusal(unknown), "contact_unknown");
    let code = app.newest_code(&iin).await;
    let wrong = json!({ "code": format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000) });
    let verify = "self-restriction/take-back/verify";
    assert_eq!(refusal(person.post(verify, &wrong).await), "code_wrong");
    let view = person.post(verify, &json!({ "code": code })).await.unwrap();
    assert!(view["self_service"].get("take_back_until").is_none(), "{view}");
    assert_eq!(kinds(&app, &iin).await[0], "self_restriction_taken_back");
    assert_eq!(refused(&person).await, "self_restriction_stays", "once");
    let next = arrive(&app, &iin).await;
    // The sources of this test grow old as its clock is moved.
    let view = show(&app, &next, &iin).await;
    assert!(!reasons(&view).contains(&"restricted_self"), "{view}");
    let events = app.unit().await.list_audit(1, 1_000).await.unwrap();
    let event = events.iter().find(|event| event.kind == "self_restriction_taken_back").unwrap();
    assert!(event.details.contains("\"by\":\"person\"") && event.details.contains("\"over\":\"email\""));
    app.verify_audit().await;
}

#[tokio::test]
async fn the_contact_of_the_declaration_is_not_enough_nor_is_a_doubted_one() {
    let (app, source, iin) = start(94).await;
    declared(&app, &iin).await;
    let person = recovered(&app, &iin, SMS).await;
    assert!(may(&person).await, "another one is on record, perhaps");
    source.say(Some(on_record(&[Channel::Sms])));
    let (path, first) = ("self-restriction/take-back/send", json!({ "contact": 0 }));
    let send = || person.post(path, &first);
    assert_eq!(refusal(send().await), "self_restriction_not_independent");
    source.say(None);
    assert_eq!(refusal(send().await), "contacts_unavailable", "which is never none on record");
    source.say(Some(on_record(&Channel::ALL)));
    // Somebody says of the recovery that it was not theirs: the visit is void, and so is what it could do.
    let link = link_token(&app, &iin).await;
    assert_eq!(Browser::unknown(&app).step("not-me", &json!({ "token": link })).await.0, 200);
    assert!(!may(&person).await);
    assert_ne!(refused(&person).await, "code_expired");
}

#[tokio::test]
async fn after_three_days_it_stays() {
    let (app, _, iin) = start(95).await;
    declared(&app, &iin).await;
    app.clock.advance(HELD * 2);
    let person = recovered(&app, &iin, MAIL).await;
    assert_eq!((refused(&person).await.as_str(), may(&person).await), ("self_restriction_stays", false));
}

#[tokio::test]
async fn one_of_any_other_visit_stays_whatever_is_shown() {
    let (app, _, iin) = start(96).await;
    let first = arrive(&app, &iin).await;
    prove(&app, &first, &iin, "contact", SMS).await;
    enrol(&app, &first, &iin).await;
    let second = arrive(&app, &iin).await;
    show(&app, &second, &iin).await;
    restrict(&app, &second, &iin).await;
    let person = recovered(&app, &iin, MAIL).await;
    assert_eq!((refused(&person).await.as_str(), may(&person).await), ("self_restriction_stays", false));
}

#[tokio::test]
async fn it_takes_a_visit_in_which_the_person_was_proven() {
    let (app, _, iin) = start(97).await;
    declared(&app, &iin).await;
    let face = arrive(&app, &iin).await;
    assert_eq!(refused(&face).await, "out_of_turn", "the face alone");
    let person = recovered(&app, &iin, MAIL).await;
    app.clock.advance(Duration::from_mins(15));
    assert_eq!(refused(&person).await, "verification_expired");
}
