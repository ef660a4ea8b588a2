//! Replicas that share their jobs on one database, as processes: one dies, one is asked to stop.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rastau::domain::jobs::LEASE_TTL;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::serve::{Serving, serve, serve_with};
use super::workshop::Workshop;

/// A source over HTTP that never comes to its end, until it is told to answer.
struct Source {
    address: String,
    asked: Arc<AtomicU32>,
    answers: Arc<Mutex<bool>>,
}

const ROWS: &str = "iin,ground,legal_basis,starts_at,ends_at,source_key\n900101300017,debtor,Law,2026-01-01,,1\n";

impl Source {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (asked, answers) = (Arc::new(AtomicU32::new(0)), Arc::new(Mutex::new(false)));
        let source = Self { address, asked: asked.clone(), answers: answers.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, answers) = (stream.unwrap(), answers.clone());
                let asked = asked.clone();
                std::thread::spawn(move || talk(stream, &asked, &answers));
            }
        });
        source
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    fn answer(&self) {
        *self.answers.lock().unwrap() = true;
    }

    /// A sandbox that follows it.
    fn shop(&self) -> Workshop {
        let shop = Workshop::sandbox();
        let config = std::fs::read_to_string(shop.path("rastau.toml")).unwrap();
        shop.write(
            "rastau.toml",
            config.replace("[restrictions]\n", "[restrictions]\nsources_file = \"sources.toml\"\n"),
        );
        shop.write("token", "a-token-of-the-source-that-is-long-enough");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(shop.path("token"), mode).unwrap();
        shop.write(
            "sources.toml",
            format!(
                "[debtors]\nurl = \"http://{}/\"\ntoken_file = \"token\"\nmax_age = \"24h\"\nevery = \"1h\"\n",
                self.address
            ),
        );
        shop
    }
}

fn talk(mut stream: TcpStream, asked: &AtomicU32, answers: &Mutex<bool>) {
    let mut head = [0_u8; 4_096];
    if stream.read(&mut head).unwrap_or(0) == 0 {
        return;
    }
    asked.fetch_add(1, Ordering::SeqCst);
    let digest = STANDARD.encode(Sha256::digest(ROWS));
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: {}\r\nContent-Digest: sha-256=:{digest}:\r\n\
         Registry-Content: snapshot\r\nConnection: close\r\n\r\n",
        ROWS.len()
    );
    if stream.write_all(head.as_bytes()).is_err() {
        return;
    }
    // A byte every few seconds: slow, and not silent.
    let mut sent = 0;
    for tick in 1_u32.. {
        if *answers.lock().unwrap() {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
        if tick.is_multiple_of(20) {
            if stream.write_all(&ROWS.as_bytes()[sent..=sent]).is_err() {
                return;
            }
            sent += 1;
        }
    }
    let _ = stream.write_all(&ROWS.as_bytes()[sent..]);
}

fn until(seconds: u64, what: impl Fn() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < Duration::from_secs(seconds), "not within {seconds} s");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn job(shop: &Workshop, name: &str) -> Value {
    let all = shop.run(&["jobs", "list", "--json"]).json();
    all.as_array().unwrap().iter().find(|job| job["name"] == name).cloned().unwrap_or_default()
}

fn stop(mut serving: Serving) -> Duration {
    let began = Instant::now();
    assert!(Command::new("kill").arg(serving.child.id().to_string()).status().unwrap().success());
    assert!(serving.child.wait().unwrap().success());
    began.elapsed()
}

#[test]
fn jobs_are_listed_and_done_at_once_when_somebody_asks() {
    let shop = Workshop::sandbox();
    assert!(shop.run(&["jobs", "list"]).good().starts_with("No job was begun yet"));
    assert_eq!(shop.run(&["jobs", "run", "retention"]).good(), "retention succeeded\n");
    assert_eq!(shop.run(&["jobs", "run", "webhooks"]).good(), "webhooks succeeded\n");
    let unknown = shop.run(&["jobs", "run", "nonsense"]).bad();
    assert!(unknown.contains("there is no job \"nonsense\" here; there is restricted-grants, webhooks, "), "{unknown}");
    let told = shop.run(&["jobs", "list"]).good();
    assert!(told.contains("retention  succeeded ") && told.contains(" ago, due in "), "{told}");
    let kept = job(&shop, "retention");
    assert_eq!((&kept["result"], &kept["failures"], &kept["held_by"]), (&"succeeded".into(), &0.into(), &Value::Null));
}

/// The lease is renewed while its holder lives, and another takes over within its time when it does not.
#[test]
fn a_replica_that_dies_with_a_job_is_followed_by_another() {
    const JOB: &str = "source:debtors";
    let source = Source::start();
    let shop = source.shop();
    let first = serve(&shop);
    until(30, || source.asked() == 1);
    let second = serve(&shop);
    let began = Instant::now();
    let refused = shop.run(&["jobs", "run", JOB]).bad();
    assert!(refused.contains("a replica does source:debtors just now"), "{refused}");
    std::thread::sleep((LEASE_TTL + Duration::from_secs(4)).saturating_sub(began.elapsed()));
    assert_eq!(source.asked(), 1, "it is held for longer than a lease, and nobody else does it");

    let mut first = first;
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    let killed = Instant::now();
    until(60, || source.asked() == 2);
    // The bar: within the lease, and the look at it.
    assert!(killed.elapsed() < LEASE_TTL + Duration::from_secs(6), "{:?}", killed.elapsed());
    source.answer();
    until(30, || job(&shop, JOB)["result"] == "succeeded");
    assert_eq!(source.asked(), 3, "whoever took a file in asks whether there is more");
    let versions = shop.run(&["registry", "versions", "debtors", "--json"]).json();
    assert_eq!(versions.as_array().unwrap().len(), 1, "taken in once: {versions}");
    stop(second);
}

#[test]
fn a_replica_that_is_asked_to_stop_answers_what_is_under_way_and_gives_its_jobs_back() {
    let source = Source::start();
    let shop = source.shop();
    let mut serving = serve_with(&shop, &[("RASTAU__SERVER__DRAIN", "6s")]);
    until(30, || source.asked() == 1);
    // A request of which half has come.
    let mut request = TcpStream::connect(&serving.address).unwrap();
    let body = "{\"accepted\":true}";
    let head = format!(
        "POST /api/player/consent HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    request.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let began = Instant::now();
    assert!(Command::new("kill").arg(serving.child.id().to_string()).status().unwrap().success());
    std::thread::sleep(Duration::from_millis(500));
    request.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    request.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "answered, if not as it would like: {answer:?}");
    assert!(serving.child.wait().unwrap().success());
    let took = began.elapsed();
    assert!(
        took >= Duration::from_secs(5) && took < Duration::from_secs(20),
        "the job had its time, and no more: {took:?}"
    );
    let given_back = job(&shop, "source:debtors");
    assert_eq!((&given_back["result"], &given_back["held_by"]), (&"interrupted".into(), &Value::Null));
}
