//! A service with more pictures than it can look at: it says so, and forgets nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use rastau::cli::demo::line::{CaptureSocket, Line};
use rastau::cli::demo::player::DemoPlayer;
use rastau::domain::face::lockout::LockSubject;
use rastau::domain::kernel::handle::{HandleHash, hash_handle};
use rastau::domain::verification::tries::{Tried, TriedBy};
use rastau::http::connections::ConnectionLimits;
use rastau::vision::engine::PoolSettings;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::{Limits, TestApp};
use crate::support::faces::{Who, empty_room, id_photo, living};
use crate::support::people::{adult, refusal, to_face, to_second_factor};

async fn check(app: &TestApp, photo: Vec<u8>) -> Response {
    let origin = app.base.origin().ascii_serialization();
    let address = app.base.join("api/sandbox/photo-check").unwrap();
    Client::new().post(address).header("origin", origin).body(photo).send().await.unwrap()
}

async fn ready(app: &TestApp) -> (StatusCode, Value) {
    let answer = reqwest::get(app.base.join("health/ready").unwrap()).await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_service_is_ready_once_its_sessions_are_warm() {
    let app = TestApp::start_cold(PoolSettings::patient(1)).await;
    let cold = json!({ "status": "face_engine_not_ready" });
    assert_eq!(ready(&app).await, (StatusCode::SERVICE_UNAVAILABLE, cold));
    let live = reqwest::get(app.base.join("health/live").unwrap()).await.unwrap();
    assert_eq!(live.status(), StatusCode::OK);
    app.services.face.engine.warm_up().await.unwrap();
    assert_eq!(ready(&app).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_photo_is_checked_and_forgotten() {
    let app = TestApp::start().await;
    let answer: Value = check(&app, id_photo(Who::Astronaut)).await.json().await.unwrap();
    assert_eq!(answer, json!({ "usable": true, "reason": null }));
    for (photo, code) in [(empty_room(), "no_face"), (b"GIF89a".to_vec(), "picture_format")] {
        let answer: Value = check(&app, photo).await.json().await.unwrap();
        assert_eq!((&answer["usable"], answer["reason"]["code"].as_str()), (&false.into(), Some(code)), "{answer}");
        assert!(answer["reason"]["text"].as_str().unwrap().len() > 10);
    }
    let origin = app.base.origin().ascii_serialization();
    let address = app.base.join("api/sandbox/photo-check").unwrap();
    let post = || Client::new().post(address.clone()).header("origin", &origin);
    let answer = post().json(&json!({ "photo": "R0lGODlh" })).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["reason"]["code"], "picture_format");
    let answer = post().json(&json!({ "photo": "no base64!" })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let answer = post().body(vec![0; 11 * 1024 * 1024]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let foreign = Client::new().post(address).body("x").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
}

/// The real pool, and more callers than it lets in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn more_than_the_engine_holds_is_told_to_come_back() {
    let app = TestApp::start_cold(PoolSettings::serving(1)).await;
    let photo = id_photo(Who::Astronaut);
    let answers = futures_util::future::join_all((0..12).map(|_| check(&app, photo.clone()))).await;
    let mut busy = 0;
    for answer in answers {
        if answer.status() == StatusCode::OK {
            continue;
        }
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["retry-after"], "1");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!((problem["code"].as_str(), problem["retry_after"].as_u64()), (Some("busy"), Some(1)));
        busy += 1;
    }
    assert!((1..12).contains(&busy), "{busy} of 12 were busy");
    let text = app.metrics.text();
    let refused: u64 = text
        .lines()
        .filter(|line| line.starts_with("rastau_inference_refusals_total{purpose=\"id_photo\""))
        .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(refused, busy, "{text}");
    assert!(text.contains("rastau_inference_working 0") && text.contains("rastau_inference_waiting 0"), "{text}");
    let route = "method=\"POST\",route=\"/api/sandbox/photo-check\",status=\"503\"";
    assert!(text.contains(&format!("rastau_http_request_seconds_count{{{route}}} {busy}")), "{text}");
}

#[tokio::test]
async fn a_capture_that_finds_no_session_is_told_so_and_costs_no_attempt() {
    let app = TestApp::start().await;
    let iin = adult(70);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    app.valve.shut(true);
    let before = app.valve.asked();
    let mut socket = player.open_capture().await.unwrap();
    let Some(Ok(Message::Text(told))) = socket.next().await else { panic!("nothing was told") };
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((told["type"].as_str(), told["code"].as_str()), (Some("problem"), Some("busy")), "{told}");
    assert_eq!((told["retry_after"].as_u64(), told["problem"]["status"].as_u64()), (Some(1), Some(503)));
    assert!(matches!(socket.next().await, Some(Ok(Message::Close(_)))));
    assert!(app.valve.asked() > before + 5, "it was patient first");
    let left = player.view().await.unwrap()["face"]["attempts_left"].clone();
    assert_eq!(left, 3, "no attempt was counted");
    app.valve.shut(false);
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
    assert!(app.metrics.text().contains("rastau_captures_total{result=\"passed\"} 1"));
}

#[tokio::test]
async fn an_engine_that_is_busy_for_a_moment_is_waited_for() {
    let app = TestApp::start().await;
    let iin = adult(71);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    app.valve.shut(true);
    let valve = app.valve.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        valve.shut(false);
    });
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
}

/// A line whose frames find the engine busy once something of the challenge was shown, until the capture's time is over.
struct Starved<'a> {
    line: CaptureSocket,
    app: &'a TestApp,
    revealed: bool,
    passed_over: u32,
}

#[async_trait]
impl Line for Starved<'_> {
    async fn introduce(&mut self, camera: &str) -> anyhow::Result<()> {
        self.line.introduce(camera).await
    }

    async fn hear(&mut self) -> anyhow::Result<Vec<Value>> {
        self.line.hear().await
    }

    async fn exchange(&mut self, frame: Vec<u8>) -> anyhow::Result<Vec<Value>> {
        if self.revealed {
            self.app.valve.shut(true);
            self.passed_over += 1;
            if self.passed_over == 60 {
                self.app.clock.advance(Duration::from_secs(90));
            }
        }
        let heard = self.line.exchange(frame).await?;
        self.revealed |= heard.iter().any(|said| said["command"].is_string() || said["light"].is_string());
        Ok(heard)
    }
}

#[tokio::test]
async fn time_that_was_lost_to_others_is_nobodys_failure() {
    let app = TestApp::start().await;
    let iin = adult(432);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    let line = player.open_capture().await.unwrap();
    let mut starved = Starved { line, app: &app, revealed: false, passed_over: 0 };
    let captured = player.capture_over(&mut starved, &mut *living(Who::Astronaut)).await.unwrap();
    assert_eq!(captured.result, "retry", "{captured:?}");
    assert!(starved.passed_over >= 60, "{}", starved.passed_over);
    app.valve.shut(false);
    // Three failures would lock; an attempt of the five is gone all the same.
    assert_eq!(player.view().await.unwrap()["face"]["attempts_left"], 3);
    drop(player.open_capture().await.unwrap());
    drop(player.open_capture().await.unwrap());
    assert_eq!(player.view().await.unwrap()["face"]["attempts_left"], 2);
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
}

/// Twenty-four frames of one caller always wait.
fn flood(app: &TestApp) -> (Arc<AtomicUsize>, JoinSet<()>) {
    let (had, mut frames) = (Arc::new(AtomicUsize::new(0)), JoinSet::new());
    for _ in 0..24 {
        let (turns, had) = (app.services.face.turns.clone(), had.clone());
        frames.spawn(async move {
            loop {
                let Some(_turn) = turns.wait(HandleHash([9; 32])).await else { continue };
                had.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
    }
    (had, frames)
}

/// A line that counts the turns which a flood had while a frame was away.
struct Counting {
    line: CaptureSocket,
    had: Arc<AtomicUsize>,
    meanwhile: Vec<usize>,
}

#[async_trait]
impl Line for Counting {
    async fn introduce(&mut self, camera: &str) -> anyhow::Result<()> {
        self.line.introduce(camera).await
    }

    async fn hear(&mut self) -> anyhow::Result<Vec<Value>> {
        self.line.hear().await
    }

    async fn exchange(&mut self, frame: Vec<u8>) -> anyhow::Result<Vec<Value>> {
        let before = self.had.load(Ordering::SeqCst);
        let heard = self.line.exchange(frame).await;
        self.meanwhile.push(self.had.load(Ordering::SeqCst) - before);
        heard
    }
}

#[tokio::test]
async fn a_flood_of_frames_of_one_caller_leaves_another_their_turn() {
    let app = TestApp::start().await;
    let iin = adult(435);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    let (had, _frames) = flood(&app);
    let mut line = Counting { line: player.open_capture().await.unwrap(), had, meanwhile: Vec::new() };
    assert_eq!(player.capture_over(&mut line, &mut *living(Who::Astronaut)).await.unwrap().result, "passed");
    line.meanwhile.sort_unstable();
    // One while it waits, and some on its way here and back; without turns it would be all twenty-four.
    let usual = line.meanwhile[line.meanwhile.len() / 2];
    assert!((1..12).contains(&usual), "{:?}", line.meanwhile);
}

#[tokio::test]
async fn strangers_at_an_address_do_not_keep_the_camera_from_who_proved_themselves_there() {
    let connections = ConnectionLimits { captures_a_caller: 1, ..ConnectionLimits::default() };
    let app = TestApp::start_limited(Limits { connections, ..Limits::default() }).await;
    let iin = adult(436);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let known = app.arrive().await;
    to_second_factor(&known, &iin, Who::Astronaut).await;
    known.enrol_passkey(&mut SoftPasskey::new(true)).await.unwrap();
    let stranger = app.arrive().await;
    to_face(&stranger, &adult(437)).await;
    let _held = stranger.open_capture().await.unwrap();
    let newcomer = app.arrive().await;
    to_face(&newcomer, &iin).await;
    assert_eq!(newcomer.open_capture().await.unwrap().hear().await.unwrap()[0]["code"], "busy");
    let again = known.come_again().await.unwrap();
    to_face(&again, &iin).await;
    assert_eq!(again.open_capture().await.unwrap().hear().await.unwrap()[0]["type"], "ready");
}

/// What counts against the browser of this player.
async fn failures(app: &TestApp, player: &DemoPlayer) -> u32 {
    let token = player.cookie().split("; ").find_map(|pair| pair.strip_prefix("rastau_device=")).unwrap();
    let device = LockSubject::Device(hash_handle(token));
    app.unit().await.find_face_lockout(device).await.unwrap().failures
}

#[tokio::test]
async fn whoever_makes_the_engine_busy_for_their_own_captures_fails_from_the_third_on() {
    let app = TestApp::start().await;
    // At the full hour: none ends while the test runs.
    app.clock.advance(Tried::LostCapture.wait(app.now()));
    let iin = adult(436);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let mut player = app.arrive().await;
    for failed in [0, 0, 1] {
        to_face(&player, &iin).await;
        let line = player.open_capture().await.unwrap();
        let mut starved = Starved { line, app: &app, revealed: false, passed_over: 0 };
        let captured = player.capture_over(&mut starved, &mut *living(Who::Astronaut)).await.unwrap();
        app.valve.shut(false);
        assert_eq!(captured.result, "retry", "{captured:?}");
        assert_eq!(failures(&app, &player).await, failed);
        // Visits are free: the next is another one, in the same browser.
        player = player.come_again().await.unwrap();
    }
    let events = app.services.store.read().await.unwrap().list_audit(1, 1_000).await.unwrap();
    let spent: Vec<Value> = events
        .iter()
        .filter(|event| event.kind == "tries_spent")
        .map(|event| serde_json::from_str(&event.details).unwrap())
        .collect();
    assert_eq!(spent.len(), 1, "{spent:?}");
    assert_eq!((&spent[0]["who"], &spent[0]["what"]), (&json!("device"), &json!("lost_capture")));
    // What was forgiven is counted, by this hour alone.
    let mut unit = app.unit().await;
    let now = app.now();
    let next = Tried::LostCapture.period_of(now.plus(Tried::LostCapture.wait(now)));
    let token = player.cookie().split("; ").find_map(|pair| pair.strip_prefix("rastau_device=")).unwrap();
    let by = TriedBy::Device(hash_handle(token));
    assert_eq!(unit.tries(by, Tried::LostCapture, Tried::LostCapture.period_of(now)).await.unwrap(), 2);
    assert_eq!(unit.tries(by, Tried::LostCapture, next).await.unwrap(), 0);
}

#[tokio::test]
async fn one_caller_has_so_many_captures_and_no_more() {
    let connections = ConnectionLimits { captures_a_caller: 1, ..ConnectionLimits::default() };
    let app = TestApp::start_limited(Limits { connections, ..Limits::default() }).await;
    let mut players = Vec::new();
    for number in [433, 434] {
        let iin = adult(number);
        app.add_person(&iin, &id_photo(Who::Astronaut)).await;
        let player = app.arrive().await;
        to_face(&player, &iin).await;
        players.push(player);
    }
    let first = players[0].open_capture().await.unwrap();
    let mut second = players[1].open_capture().await.unwrap();
    let said = second.hear().await.unwrap();
    assert_eq!((&said[0]["code"], &said[0]["retry_after"]), (&json!("busy"), &json!(5)));
    assert_eq!(refusal(players[1].post("captures", &json!({})).await), "busy");
    assert_eq!(players[1].view().await.unwrap()["face"]["attempts_left"], 3, "no attempt was counted");
    drop(first);
    // The service hears of it within a tick.
    for _ in 0..50 {
        let mut again = players[1].open_capture().await.unwrap();
        if again.hear().await.unwrap()[0]["type"] != "problem" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the place is not given back");
}
