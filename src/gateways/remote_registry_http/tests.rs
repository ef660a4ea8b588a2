//! The adapter against a real server that does well, stalls, breaks off, lies, fails and recovers.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::*;
use crate::domain::kernel::testing::{FakeClock, SeededRandomness};
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::Ground;
use crate::gateways::stand_in::{Asked, Reply, StandIn, nobody, stand_in, stand_in_that};

const IIN: &str = "900101300017";
/// 2026-11-26T06:00:00+05:00.
const NOW: i64 = 1_795_654_800;

/// What an honest registry says.
fn honest(asked: &Asked) -> Value {
    let question: Value = serde_json::from_str(&asked.body).unwrap();
    json!({
        "request": question["request"], "iin": question["iin"], "as_of": "2026-11-26T06:00:00+05:00",
        "restrictions": [
            { "key": "2026/123", "ground": "debtor", "legal_basis": "Law X", "starts_at": "2026-01-01", "ends_at": null },
            { "key": "2026/124", "ground": "military", "legal_basis": "Law Y", "starts_at": "2026-01-01",
              "ends_at": "2027-01-01" },
        ],
    })
}

struct Client {
    registry: HttpRemoteRegistry,
    clock: Arc<FakeClock>,
}

fn settings(url: Url) -> RemoteSettings {
    RemoteSettings {
        name: "court".to_owned(),
        url,
        credential: SecretText::new("s3cret"),
        max_age: Duration::from_hours(1),
        reuse: Duration::from_mins(1),
        timeout: Duration::from_millis(300),
        retries: 2,
    }
}

fn client(stand_in: &StandIn) -> Client {
    let clock = Arc::new(FakeClock::new(Timestamp::from_seconds(NOW)));
    let settings = settings(stand_in.base.join("ask").unwrap());
    let registry = HttpRemoteRegistry::new(settings, clock.clone(), Arc::new(SeededRandomness::new(1))).unwrap();
    Client { registry, clock }
}

impl Client {
    async fn ask(&self) -> Result<RemoteAnswer, RemoteRegistryError> {
        self.registry.ask(&Iin::parse(IIN).unwrap()).await
    }

    async fn why(&self) -> String {
        let why = self.ask().await.expect_err("must not be an answer").0;
        assert!(!why.contains(IIN), "{why}");
        why
    }
}

#[actix_web::test]
async fn every_restriction_is_told_and_the_iin_travels_in_the_body_alone() {
    let stand_in = stand_in_that(|asked| Reply::Json(200, honest(asked)));
    let answer = client(&stand_in).ask().await.unwrap();
    assert_eq!(answer.as_of, Timestamp::from_seconds(NOW));
    let grounds: Vec<_> = answer.restrictions.iter().map(|one| (one.ground, one.ends_at.is_some())).collect();
    assert_eq!(grounds, [(Ground::Debtor, false), (Ground::Military, true)]);
    assert!(answer.restrictions.iter().all(|one| one.source == "court"));
    assert_eq!(answer.restrictions[0].source_key, "2026/123");
    let seen = stand_in.seen.lock().unwrap();
    let (line, bearer, body) = &seen[0];
    assert_eq!((line.as_str(), bearer.as_str()), ("POST /ask", "Bearer s3cret"));
    assert_eq!(serde_json::from_str::<Value>(body).unwrap()["iin"], IIN);
}

#[actix_web::test]
async fn nobody_restricted_is_an_empty_list() {
    let stand_in = stand_in_that(|asked| {
        let mut said = honest(asked);
        said["restrictions"] = json!([]);
        Reply::Json(200, said)
    });
    assert!(client(&stand_in).ask().await.unwrap().restrictions.is_empty());
}

/// The lie of the moment: members that are put in the place of honest ones; null takes a member away.
static LIE: Mutex<Value> = Mutex::new(Value::Null);

#[actix_web::test]
async fn answers_that_lie_are_no_answers_and_are_not_asked_for_again() {
    let row = |member: &str, value: Value| {
        let mut row =
            json!({ "key": "1", "ground": "debtor", "legal_basis": "x", "starts_at": "2026-01-01", "ends_at": null });
        row[member] = value;
        json!({ "restrictions": [row] })
    };
    let lies = [
        json!({ "iin": "900101300025" }),
        json!({ "iin": null }),
        json!({ "request": "00000000-0000-4000-8000-000000000000" }),
        json!({ "request": null }),
        json!({ "restrictions": null }),
        json!({ "restrictions": {} }),
        json!({ "restrictions": "none" }),
        json!({ "error": "the database is down", "restrictions": [] }),
        json!({ "code": "maintenance", "restrictions": [] }),
        json!({ "as_of": null }),
        json!({ "as_of": "yesterday" }),
        json!({ "as_of": "2026-11-26T06:01:01+05:00" }),
        json!({ "restrictions": vec![json!({ "key": "1" }); 1] }),
        row("ground", json!("unknown_ground")),
        row("ground", json!("")),
        row("key", json!(" ")),
        row("key", json!("a\u{0}b")),
        row("legal_basis", json!("")),
        row("starts_at", json!("2026-13-01")),
        row("ends_at", json!("2025-12-31")),
        row("ends_at", json!("2026-01-01")),
        row("lifted", json!(true)),
    ];
    let stand_in = stand_in_that(|asked| {
        let mut said = honest(asked);
        for (member, value) in LIE.lock().unwrap().as_object().unwrap() {
            match value {
                Value::Null => drop(said.as_object_mut().unwrap().remove(member)),
                value => said[member] = value.clone(),
            }
        }
        Reply::Json(200, said)
    });
    for (number, lie) in lies.into_iter().enumerate() {
        *LIE.lock().unwrap() = lie.clone();
        let why = client(&stand_in).why().await;
        assert!(!why.contains("status"), "{lie}: {why}");
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), number + 1, "{lie}");
    }
}

#[actix_web::test]
async fn what_is_not_json_to_the_letter_is_no_answer() {
    for said in ["", "<html>Welcome</html>", "[]", "null"] {
        client(&stand_in_that(|_| Reply::Text(200, said.to_owned()))).why().await;
    }
    let twice = stand_in_that(|asked| {
        let said = honest(asked).to_string();
        Reply::Text(200, format!(r#"{{"restrictions":[],{}"#, &said[1..]))
    });
    client(&twice).why().await;
    // Whole and true, but with more after it.
    let more = stand_in_that(|asked| Reply::Text(200, format!("{} {{}}", honest(asked))));
    client(&more).why().await;
}

#[actix_web::test]
async fn a_clock_that_is_a_little_ahead_is_forgiven_and_not_believed() {
    let ahead = stand_in_that(|asked| {
        let mut said = honest(asked);
        said["as_of"] = json!("2026-11-26T06:00:59+05:00");
        Reply::Json(200, said)
    });
    assert_eq!(client(&ahead).ask().await.unwrap().as_of, Timestamp::from_seconds(NOW));
}

#[actix_web::test]
async fn an_endless_answer_is_cut_off() {
    assert!(client(&stand_in(|_| Reply::Endless)).why().await.contains("too large"));
}

#[actix_web::test]
async fn what_may_pass_is_asked_again_and_then_given_up() {
    for script in [|_: usize| Reply::Stall, |_| Reply::BreakOff(json!({ "restrictions": [] }))] {
        let stand_in = stand_in(script);
        client(&stand_in).why().await;
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), 3);
    }
    let stand_in = stand_in(|_| Reply::Json(503, json!({ "restrictions": [] })));
    assert!(client(&stand_in).why().await.contains("503"));
    assert_eq!(stand_in.calls.load(Ordering::SeqCst), 3);
}

#[actix_web::test]
async fn what_asking_again_cannot_mend_is_asked_once() {
    for status in [204, 302, 400, 401, 404, 410] {
        let stand_in = stand_in_that(move |asked| Reply::Json(status, honest(asked)));
        assert!(client(&stand_in).why().await.contains("status"));
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), 1);
    }
}

#[actix_web::test]
async fn one_that_recovers_within_the_tries_is_never_missed() {
    let stand_in = stand_in_that(|asked| match asked.number {
        0 => Reply::Json(503, json!({})),
        1 => Reply::BreakOff(honest(asked)),
        _ => Reply::Json(200, honest(asked)),
    });
    assert_eq!(client(&stand_in).ask().await.unwrap().restrictions.len(), 2);
}

#[actix_web::test]
async fn after_failures_nobody_waits_until_a_probe_finds_it_well() {
    let stand_in = stand_in_that(|asked| match asked.number {
        0..=4 => Reply::Json(401, json!({})),
        _ => Reply::Json(200, honest(asked)),
    });
    let client = client(&stand_in);
    for _ in 0..5 {
        assert!(client.why().await.contains("401"));
    }
    for _ in 0..1_000 {
        assert!(client.why().await.contains("too often"));
    }
    assert_eq!(stand_in.calls.load(Ordering::SeqCst), 5);
    client.clock.advance(BREAKER.open_for);
    assert!(client.ask().await.is_ok() && client.ask().await.is_ok());
}

#[actix_web::test]
async fn however_many_ask_so_many_questions_are_out() {
    let stand_in = stand_in(|_| Reply::Stall);
    let client = client(&stand_in);
    let whys = futures_util::future::join_all((0..1_000).map(|_| client.why())).await;
    assert_eq!(whys.len(), 1_000);
    let calls = stand_in.calls.load(Ordering::SeqCst);
    assert!(calls <= AT_ONCE * 6, "{calls} calls within the time of five");
}

#[actix_web::test]
async fn nobody_at_home_is_no_answer() {
    assert!(client(&nobody()).why().await.contains("connection"));
}

#[test]
fn iins_do_not_travel_in_the_clear() {
    let new = |url: &str, credential: &str| {
        let mut settings = settings(Url::parse(url).unwrap());
        settings.credential = SecretText::new(credential);
        let clock = Arc::new(FakeClock::new(Timestamp::from_seconds(0)));
        HttpRemoteRegistry::new(settings, clock, Arc::new(SeededRandomness::new(1)))
    };
    for good in ["https://court.example/api?x=1", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost"] {
        assert!(new(good, "x").is_ok(), "{good}");
    }
    for bad in
        ["http://court.example", "http://127.0.0.1.example", "https://u@court.example", "https://court.example/#x"]
    {
        assert!(matches!(new(bad, "x"), Err(RegistrySettingsError::Address)), "{bad}");
    }
    for bad in ["", "two\nlines"] {
        assert!(matches!(new("https://court.example", bad), Err(RegistrySettingsError::Credential)));
    }
    let shown = format!("{:?}", new("https://court.example", "s3cret").unwrap());
    assert!(!shown.contains("s3cret"), "{shown}");
}
