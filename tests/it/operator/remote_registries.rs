//! A registry outside must answer, too, before anybody is allowed, whatever it does instead.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{App, HttpResponse, HttpServer, web};
use bytes::Bytes;
use futures_util::{future, stream};
use rastau::app::restrictions::remote::RemoteRegistries;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::operators::scope::Scope;
use rastau::domain::restrictions::Source;
use rastau::gateways::remote_registry_http::{HttpRemoteRegistry, RemoteSettings};
use serde_json::{Value, json};
use url::Url;

use super::checks::{give, meet};
use super::forms::refresh_fields;
use super::world::{Answer, World};

const CHECKS: &str = "/api/operator/checks";

/// What the registry does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Honest,
    Stalls,
    Fails,
    BreaksOff,
    /// An error, with nobody restricted, and a good status.
    ErrorInside,
    OfAnother,
    Old,
}

const BAD: [Mood; 6] = [Mood::Stalls, Mood::Fails, Mood::BreaksOff, Mood::ErrorInside, Mood::OfAnother, Mood::Old];

/// The registry outside: what is true, and what it makes of that.
struct Court {
    mood: Mutex<Mood>,
    restricted: AtomicBool,
    /// Goes up whenever the truth or the mood changes.
    turn: AtomicU64,
    now: AtomicU64,
    calls: AtomicUsize,
}

impl Court {
    fn be(&self, mood: Mood, restricted: bool) {
        self.turn.fetch_add(1, Ordering::SeqCst);
        *self.mood.lock().unwrap() = mood;
        self.restricted.store(restricted, Ordering::SeqCst);
        self.turn.fetch_add(1, Ordering::SeqCst);
    }

    async fn answer(&self, question: Value) -> HttpResponse {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let mood = *self.mood.lock().unwrap();
        let now = self.now.load(Ordering::SeqCst);
        let restricted = self.restricted.load(Ordering::SeqCst) && mood != Mood::Old;
        let rows = if restricted {
            json!([{ "key": "1", "ground": "court_decision", "legal_basis": "x", "starts_at": "2020-01-01", "ends_at": null }])
        } else {
            json!([])
        };
        let as_of = if mood == Mood::Old { now - 7_200 } else { now };
        let as_of = Timestamp::from_seconds(i64::try_from(as_of).unwrap()).rfc3339();
        let mut said =
            json!({ "request": question["request"], "iin": question["iin"], "as_of": as_of, "restrictions": rows });
        match mood {
            Mood::Honest | Mood::Old => {}
            Mood::Stalls => tokio::time::sleep(Duration::from_secs(5)).await,
            Mood::Fails => return HttpResponse::InternalServerError().json(json!({ "restrictions": [] })),
            Mood::BreaksOff => {
                let text = json!({ "restrictions": [] }).to_string();
                let parts = vec![Ok(Bytes::from(text.clone())), Err(std::io::Error::other("cut"))];
                let length = text.len() as u64 + 1;
                return HttpResponse::Ok()
                    .content_type("application/json")
                    .no_chunking(length)
                    .streaming(stream::iter(parts));
            }
            Mood::ErrorInside => {
                said["restrictions"] = json!([]);
                said["error"] = json!("the database is down");
            }
            Mood::OfAnother => {
                said["iin"] = json!("900101300025");
                said["restrictions"] = json!([]);
            }
        }
        HttpResponse::Ok().json(said)
    }
}

/// A world whose people are asked about there, too; demo-bet may ask for everything and knows one person by this subject.
async fn world(reuse: Duration) -> (World, Arc<Court>, String) {
    let mut world = World::production().await;
    let court = Arc::new(Court {
        mood: Mutex::new(Mood::Honest),
        restricted: AtomicBool::new(false),
        turn: AtomicU64::new(0),
        now: AtomicU64::new(0),
        calls: AtomicUsize::new(0),
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/ask", listener.local_addr().unwrap())).unwrap();
    let shared = court.clone();
    let server = HttpServer::new(move || {
        let court = shared.clone();
        App::new().default_service(web::to(move |question: web::Json<Value>| {
            let court = court.clone();
            async move { court.answer(question.into_inner()).await }
        }))
    });
    tokio::spawn(server.workers(1).disable_signals().shutdown_timeout(0).listen(listener).unwrap().run());
    let settings = RemoteSettings {
        name: "court".to_owned(),
        url,
        credential: SecretText::new("s3cret"),
        max_age: Duration::from_hours(1),
        reuse,
        timeout: Duration::from_millis(500),
        retries: 1,
    };
    let registry = HttpRemoteRegistry::new(settings, world.clock.clone(), Arc::new(SeededRandomness::new(3))).unwrap();
    world.services.remotes = Arc::new(RemoteRegistries::new(vec![Arc::new(registry)]));
    tick(&world, &court, Duration::ZERO);
    world.allow().await;
    give(&world, "demo-bet", Scope::ALL.into_iter().collect()).await;
    let subject = meet(&world, &world.bet).await;
    (world, court, subject)
}

fn tick(world: &World, court: &Court, time: Duration) {
    world.clock.advance(time);
    court.now.store(u64::try_from(world.services.clock.now().seconds()).unwrap(), Ordering::SeqCst);
}

async fn ask(world: &World, subject: &str) -> Answer {
    let id = super::client::unique();
    let fields = [("subject", subject), ("purpose", "bet"), ("request_id", &id)];
    let fields = fields.map(|(name, value)| (name, value.to_owned())).to_vec();
    let answer = world.post(&world.bet, CHECKS, fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer
}

async fn allowed(world: &World, subject: &str) -> bool {
    ask(world, subject).await.body["allowed"].as_bool().unwrap()
}

#[actix_web::test]
async fn what_a_registry_outside_says_decides_and_nobody_sees_who_said_it() {
    let (world, court, subject) = world(Duration::ZERO).await;
    assert!(allowed(&world, &subject).await);
    court.be(Mood::Honest, true);
    assert!(!allowed(&world, &subject).await);
    court.be(Mood::Honest, false);
    assert!(allowed(&world, &subject).await);
    world.restrict().await;
    assert!(!allowed(&world, &subject).await, "what is held here counts as before");
}

#[actix_web::test]
async fn whatever_it_does_instead_of_answering_allows_nobody() {
    for mood in BAD {
        let (world, court, subject) = world(Duration::ZERO).await;
        court.be(mood, false);
        assert!(!allowed(&world, &subject).await, "{mood:?}");
        court.be(Mood::Honest, false);
        assert!(allowed(&world, &subject).await, "after {mood:?}");
    }
}

#[actix_web::test]
async fn an_import_of_the_same_name_does_not_answer_in_its_stead() {
    let (world, court, subject) = world(Duration::ZERO).await;
    let now = world.services.clock.now();
    let source = Source { name: "court".to_owned(), refreshed_at: now, max_age: Duration::from_hours(24) };
    rastau::app::restrictions::registry::manage::put(world.services.store.as_ref(), &source, &[]).await.unwrap();
    court.be(Mood::Fails, false);
    assert!(!allowed(&world, &subject).await);
}

#[actix_web::test]
async fn a_renewal_waits_for_a_registry_that_is_silent_and_refuses_when_it_names_a_ground() {
    let (world, court, _) = world(Duration::ZERO).await;
    let code = world.code(&world.bet).await;
    let tokens = world.exchange(&world.bet, &code).await.body;
    let renew = |tokens: Value| {
        let world = &world;
        async move {
            let token = tokens["refresh_token"].as_str().unwrap();
            world.post(&world.bet, "/oauth2/token", refresh_fields(token)).await
        }
    };
    court.be(Mood::Fails, false);
    assert_eq!(renew(tokens.clone()).await.status, StatusCode::SERVICE_UNAVAILABLE);
    court.be(Mood::Honest, false);
    let renewed = renew(tokens).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.body);
    court.be(Mood::Honest, true);
    assert_eq!(renew(renewed.body).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn a_code_waits_for_a_registry_that_is_silent_and_is_worth_nothing_when_it_names_a_ground() {
    let (world, court, _) = world(Duration::ZERO).await;
    let code = world.code(&world.bet).await;
    court.be(Mood::Fails, false);
    assert_eq!(world.exchange(&world.bet, &code).await.status, StatusCode::SERVICE_UNAVAILABLE);
    court.be(Mood::Honest, false);
    assert_eq!(world.exchange(&world.bet, &code).await.status, StatusCode::OK);
    let code = world.code(&world.bet).await;
    court.be(Mood::Honest, true);
    assert_eq!(world.exchange(&world.bet, &code).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn an_answer_is_reused_and_never_for_longer() {
    let (world, court, subject) = world(Duration::from_mins(1)).await;
    assert!(allowed(&world, &subject).await);
    let calls = court.calls.load(Ordering::SeqCst);
    court.be(Mood::Fails, false);
    tick(&world, &court, Duration::from_secs(59));
    for _ in 0..100 {
        assert!(allowed(&world, &subject).await);
    }
    assert_eq!(court.calls.load(Ordering::SeqCst), calls);
    tick(&world, &court, Duration::from_secs(1));
    assert!(!allowed(&world, &subject).await);
}

#[actix_web::test]
async fn thousands_of_checks_while_it_does_what_it_likes() {
    let (world, court, subject) = world(Duration::ZERO).await;
    let (asked, yes, done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let asking = (0..16).map(|_| async {
        while !done.load(Ordering::SeqCst) {
            let turn = court.turn.load(Ordering::SeqCst);
            let (mood, restricted) = (*court.mood.lock().unwrap(), court.restricted.load(Ordering::SeqCst));
            let allowed = allowed(&world, &subject).await;
            asked.fetch_add(1, Ordering::SeqCst);
            yes.fetch_add(usize::from(allowed), Ordering::SeqCst);
            if turn % 2 == 0 && court.turn.load(Ordering::SeqCst) == turn {
                assert!(!allowed || (mood == Mood::Honest && !restricted), "allowed while {mood:?}, {restricted}");
            }
        }
    });
    let changing = async {
        for round in 0.. {
            let mood = if round % 2 == 0 { Mood::Honest } else { BAD[(round / 2) % BAD.len()] };
            court.be(mood, (round / 3) % 2 == 0);
            // The breaker's rest passes, and people are asked about.
            tick(&world, &court, Duration::from_secs(15));
            tokio::time::sleep(Duration::from_millis(120)).await;
            if round >= 36 && asked.load(Ordering::SeqCst) >= 2_000 {
                break;
            }
        }
        done.store(true, Ordering::SeqCst);
    };
    future::join(future::join_all(asking), changing).await;
    assert!(yes.load(Ordering::SeqCst) > 0, "of {} checks", asked.load(Ordering::SeqCst));
    court.be(Mood::Honest, false);
    tick(&world, &court, Duration::from_secs(15));
    assert!(allowed(&world, &subject).await, "it recovers by itself");
}
