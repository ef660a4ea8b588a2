//! The adapter against a real server that does well, stalls, breaks off, lies, fails and recovers.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::answer::MAX_PHOTO_BYTES;
use super::*;
use crate::domain::kernel::testing::{FakeClock, SeededRandomness};
use crate::domain::kernel::time::Timestamp;
use crate::gateways::stand_in::{Reply, Script, StandIn, nobody, stand_in};

const IIN: &str = "900101300017";

fn person() -> Value {
    json!({ "iin": IIN, "name": "AIGERIM", "photo": "/9j/4A==" })
}

fn not_found() -> Value {
    json!({ "code": "person_not_found" })
}

struct Client {
    register: HttpPopulationRegister,
    clock: Arc<FakeClock>,
}

fn client(stand_in: &StandIn) -> Client {
    client_with(stand_in, |_| ())
}

fn client_with(stand_in: &StandIn, change: impl FnOnce(&mut RegisterSettings)) -> Client {
    let clock = Arc::new(FakeClock::new(Timestamp::from_seconds(1_000)));
    let mut settings = RegisterSettings::new(stand_in.base.join("register/").unwrap(), SecretText::new("s3cret"));
    settings.attempt_timeout = Duration::from_millis(300);
    settings.total_timeout = Duration::from_secs(5);
    settings.backoff = Duration::from_millis(5);
    settings.breaker = BreakerSettings { failures: 2, open_for: Duration::from_secs(30) };
    change(&mut settings);
    let register = HttpPopulationRegister::new(settings, clock.clone(), Arc::new(SeededRandomness::new(1))).unwrap();
    Client { register, clock }
}

impl Client {
    async fn ask(&self) -> Result<Option<Citizen>, RegisterError> {
        self.register.find(&Iin::parse(IIN).unwrap()).await
    }

    async fn why(&self) -> String {
        let RegisterError::Unavailable(why) = self.ask().await.expect_err("must not be an answer");
        why
    }
}

#[actix_web::test]
async fn a_person_is_found_and_the_iin_travels_in_the_body_alone() {
    let stand_in = stand_in(|_| Reply::Json(200, person()));
    let citizen = client(&stand_in).ask().await.unwrap().unwrap();
    assert_eq!(citizen.iin.expose(), IIN);
    assert_eq!(citizen.name.expose(), "AIGERIM");
    assert_eq!(citizen.photo.expose(), [0xff, 0xd8, 0xff, 0xe0]);
    assert!(!citizen.sandbox);
    let seen = stand_in.seen.lock().unwrap();
    let (line, bearer, body) = &seen[0];
    assert_eq!(line, "POST /register/v1/persons/search");
    assert_eq!(bearer, "Bearer s3cret");
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json!({ "iin": IIN }));
}

#[actix_web::test]
async fn not_found_is_the_registers_own_word() {
    let honest = stand_in(|_| Reply::Json(404, not_found()));
    assert!(client(&honest).ask().await.unwrap().is_none());
    for script in [
        (|_| Reply::Text(404, String::new())) as Script,
        |_| Reply::Text(404, "<html>person_not_found</html>".into()),
        |_| Reply::Json(404, json!({ "code": "route_not_found" })),
        |_| Reply::Json(200, not_found()),
        |_| Reply::Json(410, not_found()),
        |_| Reply::Json(204, json!(null)),
    ] {
        client(&stand_in(script)).why().await;
    }
}

/// The lie of the moment.
static LIE: Mutex<Value> = Mutex::new(Value::Null);

#[actix_web::test]
async fn answers_that_lie_are_no_answers_and_are_not_asked_for_again() {
    let with = |member: &str, value: Value| {
        let mut changed = person();
        changed[member] = value;
        changed
    };
    let lies = vec![
        with("iin", json!("900101300025")),
        with("iin", json!(null)),
        with("name", json!(" ")),
        with("name", json!("a\u{0}b")),
        with("photo", json!("")),
        with("photo", json!("not base64!")),
        with("photo", json!("A".repeat((MAX_PHOTO_BYTES / 3 + 1) * 4))),
        with("error", json!({ "message": "down" })),
        with("code", json!("maintenance")),
        json!([person()]),
        json!({ "error": "person_not_found" }),
    ];
    let stand_in = stand_in(|_| Reply::Json(200, LIE.lock().unwrap().clone()));
    for (number, lie) in lies.into_iter().enumerate() {
        *LIE.lock().unwrap() = lie;
        let why = client(&stand_in).why().await;
        assert!(!why.contains("status") && !why.contains(IIN), "{why}");
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), number + 1);
    }
    for script in [
        (|_| Reply::Text(200, "<html>Welcome</html>".into())) as Script,
        |_| Reply::Text(200, String::new()),
        |_| Reply::Text(200, person().to_string().split_at(20).0.into()),
    ] {
        assert!(client(&self::stand_in(script)).why().await.contains("JSON"));
    }
}

#[actix_web::test]
async fn an_endless_answer_is_cut_off() {
    let stand_in = stand_in(|_| Reply::Endless);
    let client = client_with(&stand_in, |settings| settings.retries = 0);
    let why = client.why().await;
    assert!(why.contains("too large"), "{why}");
}

#[actix_web::test]
async fn a_stall_and_a_cut_connection_are_tried_again_and_then_given_up() {
    for script in [(|_| Reply::Stall) as Script, |_| Reply::BreakOff(person()), |_| Reply::Json(500, person())] {
        let stand_in = stand_in(script);
        client(&stand_in).why().await;
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), 3);
    }
}

#[actix_web::test]
async fn the_whole_search_has_one_deadline() {
    let stand_in = stand_in(|_| Reply::Stall);
    let client = client_with(&stand_in, |settings| {
        settings.total_timeout = Duration::from_millis(450);
        settings.retries = 100;
    });
    assert!(client.why().await.contains("too long"));
    assert_eq!(stand_in.calls.load(Ordering::SeqCst), 2);
}

#[actix_web::test]
async fn what_asking_again_cannot_mend_is_asked_once() {
    for script in
        [(|_| Reply::Json(401, json!({}))) as Script, |_| Reply::Json(400, json!({})), |_| Reply::Json(302, person())]
    {
        let stand_in = stand_in(script);
        assert!(client(&stand_in).why().await.contains("status"));
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), 1);
    }
}

#[actix_web::test]
async fn a_register_that_recovers_within_the_tries_is_never_missed() {
    let stand_in = stand_in(|call| match call {
        0 => Reply::Json(503, json!({})),
        1 => Reply::BreakOff(person()),
        _ => Reply::Json(200, person()),
    });
    assert!(client(&stand_in).ask().await.unwrap().is_some());
}

#[actix_web::test]
async fn after_failures_nobody_asks_until_a_probe_finds_it_well() {
    let stand_in = stand_in(|call| match call {
        0..=1 => Reply::Text(200, "down".into()),
        2 => Reply::Json(401, json!({})),
        _ => Reply::Json(404, not_found()),
    });
    let client = client(&stand_in);
    client.why().await;
    client.why().await;
    assert!(client.why().await.contains("too often"));
    assert_eq!(stand_in.calls.load(Ordering::SeqCst), 2);
    client.clock.advance(Duration::from_secs(30));
    assert!(client.why().await.contains("401"));
    assert!(client.why().await.contains("too often"));
    client.clock.advance(Duration::from_secs(30));
    assert!(client.ask().await.unwrap().is_none());
    assert!(client.ask().await.unwrap().is_none());
    assert_eq!(stand_in.calls.load(Ordering::SeqCst), 5);
}

#[actix_web::test]
async fn nobody_at_home_is_unavailable() {
    let gone = nobody();
    assert!(client(&gone).why().await.contains("connection"));
}

#[test]
fn iins_do_not_travel_in_the_clear() {
    let new = |base: &str, credential: &str| {
        let settings = RegisterSettings::new(Url::parse(base).unwrap(), SecretText::new(credential));
        let clock = Arc::new(FakeClock::new(Timestamp::from_seconds(0)));
        HttpPopulationRegister::new(settings, clock, Arc::new(SeededRandomness::new(1)))
    };
    for good in ["https://register.example/api", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost"] {
        assert!(new(good, "x").is_ok(), "{good}");
    }
    for bad in [
        "http://register.example",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1",
        "https://user@register.example",
        "https://register.example/?key=1",
        "https://register.example/#x",
    ] {
        assert!(matches!(new(bad, "x"), Err(RegisterSettingsError::Address)), "{bad}");
    }
    for bad in ["", "two\nlines"] {
        assert!(matches!(new("https://register.example", bad), Err(RegisterSettingsError::Credential)));
    }
    let shown = format!("{:?}", new("https://register.example", "s3cret").unwrap());
    assert!(!shown.contains("s3cret"), "{shown}");
}
