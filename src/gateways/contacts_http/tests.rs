//! The adapter against a real server that does well, stalls, breaks off, lies, fails and recovers.

use std::sync::atomic::Ordering;

use serde_json::Value;

use super::*;
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::testing::{FakeClock, SeededRandomness};
use crate::domain::kernel::time::Timestamp;
use crate::gateways::stand_in::{Asked, Reply, Script, StandIn, nobody, stand_in, stand_in_that};

const IIN: &str = "900101300017";

/// An answer to what was asked, with these contacts.
fn answer(asked: &Asked, contacts: &Value) -> Value {
    let question: Value = serde_json::from_str(&asked.body).unwrap();
    json!({ "request": question["request"], "iin": question["iin"], "contacts": contacts })
}

fn one() -> Value {
    json!([{ "channel": "sms", "address": "+7 701 123 45 67" }])
}

struct Client {
    contacts: HttpContacts,
    clock: Arc<FakeClock>,
}

fn settings(url: Url) -> ContactsSettings {
    ContactsSettings { url, credential: SecretText::new("s3cret"), timeout: Duration::from_millis(300), retries: 2 }
}

fn client(stand_in: &StandIn) -> Client {
    let clock = Arc::new(FakeClock::new(Timestamp::from_seconds(1_000)));
    let settings = settings(stand_in.base.join("bmg/search").unwrap());
    let contacts = HttpContacts::new(settings, clock.clone(), Arc::new(SeededRandomness::new(1))).unwrap();
    Client { contacts, clock }
}

impl Client {
    async fn ask(&self) -> Result<Vec<Contact>, ContactError> {
        self.contacts.find(&Iin::parse(IIN).unwrap()).await
    }

    async fn why(&self) -> String {
        let ContactError::Unavailable(why) = self.ask().await.expect_err("must not be an answer");
        assert!(!why.contains(IIN) && !why.contains("701"), "{why}");
        why
    }
}

#[actix_web::test]
async fn contacts_are_told_and_the_iin_travels_in_the_body_alone() {
    let stand_in = stand_in_that(|asked| {
        let mail = json!({ "channel": "email", "address": "aidos@Mail.kz" });
        Reply::Json(200, answer(asked, &json!([one()[0], mail])))
    });
    let found = client(&stand_in).ask().await.unwrap();
    let phone = Contact::new(Channel::Sms, "+77011234567").unwrap();
    assert_eq!(found, [phone, Contact::new(Channel::Email, "aidos@mail.kz").unwrap()]);
    let seen = stand_in.seen.lock().unwrap();
    let (line, bearer, body) = &seen[0];
    assert_eq!((line.as_str(), bearer.as_str()), ("POST /bmg/search", "Bearer s3cret"));
    assert_eq!(serde_json::from_str::<Value>(body).unwrap()["iin"], IIN);
}

#[actix_web::test]
async fn no_contact_is_the_sources_own_word() {
    let honest = stand_in_that(|asked| Reply::Json(200, answer(asked, &json!([]))));
    assert_eq!(client(&honest).ask().await, Ok(Vec::new()));
    for script in [
        (|_| Reply::Json(404, json!({ "code": "no_contact" }))) as Script,
        |_| Reply::Text(204, String::new()),
        |_| Reply::Json(200, json!([])),
        |_| Reply::Json(200, json!({ "contacts": [] })),
        |_| Reply::Json(302, json!({})),
    ] {
        let stand_in = stand_in(script);
        client(&stand_in).why().await;
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), 1, "asking again would bring the same");
    }
}

/// A change to an honest answer.
type Lie = fn(&mut Value);

#[actix_web::test]
async fn answers_that_lie_are_no_answers_and_are_not_asked_for_again() {
    let lies: [(Lie, &str); 12] = [
        (|answer| answer["iin"] = json!("900101300027"), "another person"),
        (|answer| answer["iin"] = json!(null), "JSON"),
        (|answer| answer["request"] = json!("another"), "another question"),
        (|answer| answer["error"] = json!({ "message": "down" }), "JSON"),
        (|answer| answer["contacts"] = json!(null), "JSON"),
        (|answer| answer["contacts"][0]["address"] = json!("+7 701 123"), "no address"),
        (|answer| answer["contacts"][0]["address"] = json!("+77011234567,+77021234567"), "no address"),
        (|answer| answer["contacts"][0]["address"] = json!(""), "no address"),
        (|answer| answer["contacts"][0]["channel"] = json!("telegram"), "channel"),
        (|answer| answer["contacts"][0]["channel"] = json!("email"), "no address"),
        (|answer| answer["contacts"][0]["iin"] = json!("900101300027"), "JSON"),
        (|answer| answer["contacts"] = json!([one()[0], { "channel": "sms", "address": "+77021234567" }]), "several"),
    ];
    for (lie, word) in lies {
        let stand_in = stand_in_that(move |asked| {
            let mut answer = answer(asked, &one());
            lie(&mut answer);
            Reply::Json(200, answer)
        });
        let why = client(&stand_in).why().await;
        assert!(why.contains(word), "{word}: {why}");
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), 1);
    }
    let html = stand_in(|_| Reply::Text(200, "<html>Welcome</html>".into()));
    assert!(client(&html).why().await.contains("JSON"));
    assert!(client(&stand_in(|_| Reply::Endless)).why().await.contains("too large"));
}

#[actix_web::test]
async fn what_may_pass_is_asked_again_and_then_given_up() {
    for script in [
        (|_| Reply::Stall) as Script,
        |_| Reply::BreakOff(one()),
        |_| Reply::Json(503, json!({})),
        |_| Reply::Json(429, one()),
    ] {
        let stand_in = stand_in(script);
        client(&stand_in).why().await;
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), 3);
    }
    let recovers = stand_in_that(|asked| match asked.number {
        0 => Reply::Json(500, json!({})),
        1 => Reply::BreakOff(one()),
        _ => Reply::Json(200, answer(asked, &one())),
    });
    assert_eq!(client(&recovers).ask().await.unwrap().len(), 1);
    assert!(client(&nobody()).why().await.contains("connection"));
}

#[actix_web::test]
async fn after_failures_nobody_asks_until_a_probe_finds_it_well() {
    let stand_in = stand_in_that(|asked| match asked.number {
        0..=4 => Reply::Json(401, json!({})),
        _ => Reply::Json(200, answer(asked, &one())),
    });
    let client = client(&stand_in);
    for _ in 0..5 {
        assert!(client.why().await.contains("status 401"));
    }
    assert!(client.why().await.contains("too often"));
    assert_eq!(stand_in.calls.load(Ordering::SeqCst), 5);
    client.clock.advance(Duration::from_secs(30));
    assert_eq!(client.ask().await.unwrap().len(), 1);
}

#[actix_web::test]
async fn a_check_asks_about_nobody() {
    let stand_in = stand_in(|call| Reply::Json([405, 401, 403][call], json!({})));
    let client = client(&stand_in);
    assert_eq!(client.contacts.check().await, Ok(()));
    for _ in 0..2 {
        assert!(client.contacts.check().await.unwrap_err().contains("let us in"));
    }
    assert!(stand_in.seen.lock().unwrap().iter().all(|(line, _, body)| line == "HEAD /bmg/search" && body.is_empty()));
    assert!(self::client(&nobody()).contacts.check().await.is_err());
}

#[test]
fn iins_do_not_travel_in_the_clear() {
    let new = |url: &str, credential: &str| {
        let settings = ContactsSettings { credential: SecretText::new(credential), ..settings(url.parse().unwrap()) };
        let clock = Arc::new(FakeClock::new(Timestamp::from_seconds(0)));
        HttpContacts::new(settings, clock, Arc::new(SeededRandomness::new(1)))
    };
    assert!(new("https://bmg.example/search", "x").is_ok() && new("http://127.0.0.1:1/", "x").is_ok());
    for bad in ["http://bmg.example", "https://user@bmg.example", "ftp://127.0.0.1"] {
        assert!(matches!(new(bad, "x"), Err(SettingsError::Address)), "{bad}");
    }
    assert!(matches!(new("https://bmg.example", "a\nb"), Err(SettingsError::Credential)));
    assert!(!format!("{:?}", new("https://bmg.example", "s3cret").unwrap()).contains("s3cret"));
}
