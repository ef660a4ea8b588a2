//! Key sets from a real server, whose answers change.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};

use actix_web::http::StatusCode;
use actix_web::{App, HttpResponse, HttpServer, web};

use super::*;

const SHORT: KeepingTimes = KeepingTimes {
    fresh: Duration::from_millis(200),
    longest: Duration::from_millis(600),
    pause: Duration::from_millis(50),
};

struct Operator {
    address: SocketAddr,
    answer: Arc<Mutex<String>>,
    status: Arc<AtomicU16>,
    asked: Arc<AtomicUsize>,
}

impl Operator {
    fn publishing(set: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let operator = Self {
            address: listener.local_addr().unwrap(),
            answer: Arc::new(Mutex::new(set.to_owned())),
            status: Arc::new(AtomicU16::new(200)),
            asked: Arc::default(),
        };
        let (answer, status, asked) = (operator.answer.clone(), operator.status.clone(), operator.asked.clone());
        let server = HttpServer::new(move || {
            let (answer, status, asked) = (answer.clone(), status.clone(), asked.clone());
            App::new().default_service(web::to(move || {
                asked.fetch_add(1, Ordering::SeqCst);
                let status = StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap();
                let body = answer.lock().unwrap().clone();
                async move { HttpResponse::build(status).insert_header(("location", "http://10.0.0.1/")).body(body) }
            }))
        });
        tokio::spawn(server.workers(1).disable_signals().shutdown_timeout(0).listen(listener).unwrap().run());
        operator
    }

    fn uri(&self) -> Url {
        Url::parse(&format!("http://{}/jwks.json", self.address)).unwrap()
    }

    fn publish(&self, set: &str) {
        set.clone_into(&mut self.answer.lock().unwrap());
    }

    fn answer_with(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn sets(sandbox: bool, times: KeepingTimes) -> HttpKeySets {
    HttpKeySets::with(GuardedHttp::new(sandbox, Duration::from_secs(1)).unwrap(), times)
}

#[actix_web::test]
async fn many_who_come_at_once_cost_one_fetch_and_a_fresh_set_none() {
    let operator = Operator::publishing("one");
    let (sets, uri) = (sets(true, USUAL), operator.uri());
    let all = futures_util::future::join_all((0..20).map(|_| sets.key_set(&uri))).await;
    assert!(all.into_iter().all(|set| &*set.unwrap() == "one"));
    operator.publish("two");
    assert_eq!(&*sets.key_set(&uri).await.unwrap(), "one");
    // Even who wants the newest does not make us ask all the time.
    assert_eq!(&*sets.newest(&uri).await.unwrap(), "one");
    assert_eq!(operator.asked(), 1);
}

#[actix_web::test]
async fn a_new_set_is_seen_soon_by_whoever_needs_it_and_later_by_all() {
    let operator = Operator::publishing("one");
    let (sets, uri) = (sets(true, SHORT), operator.uri());
    assert_eq!(&*sets.key_set(&uri).await.unwrap(), "one");
    operator.publish("two");
    tokio::time::sleep(SHORT.pause).await;
    assert_eq!(&*sets.newest(&uri).await.unwrap(), "two");
    operator.publish("three");
    tokio::time::sleep(SHORT.fresh).await;
    assert_eq!(&*sets.key_set(&uri).await.unwrap(), "three");
}

#[actix_web::test]
async fn a_set_outlives_a_short_failure_and_no_long_one() {
    let operator = Operator::publishing("one");
    let (sets, uri) = (sets(true, SHORT), operator.uri());
    sets.key_set(&uri).await.unwrap();
    operator.answer_with(500);
    tokio::time::sleep(SHORT.fresh).await;
    assert_eq!(&*sets.key_set(&uri).await.unwrap(), "one");
    tokio::time::sleep(SHORT.longest).await;
    assert!(sets.key_set(&uri).await.unwrap_err().0.contains("500"));
    // And the next one, a moment later, is not even asked.
    let asked = operator.asked();
    assert!(sets.key_set(&uri).await.is_err());
    assert_eq!(operator.asked(), asked);
}

#[actix_web::test]
async fn what_is_no_short_text_is_refused_and_nobody_is_led_elsewhere() {
    let operator = Operator::publishing(&"x".repeat(MAX_SET + 1));
    let none_kept = KeepingTimes { pause: Duration::ZERO, ..SHORT };
    let (sets, uri) = (sets(true, none_kept), operator.uri());
    assert!(sets.key_set(&uri).await.unwrap_err().0.contains("longer"));
    operator.answer_with(302);
    assert!(sets.key_set(&uri).await.unwrap_err().0.contains("302"));
}

#[actix_web::test]
async fn outside_the_sandbox_this_machine_is_not_asked() {
    let operator = Operator::publishing("one");
    assert!(sets(false, USUAL).key_set(&operator.uri()).await.is_err());
    assert_eq!(operator.asked(), 0);
}
