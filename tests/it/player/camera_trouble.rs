//! What is no fault of who stands before the camera: a picture that is mirrored, and a camera that is taken away.

use futures_util::{SinkExt as _, StreamExt as _};
use rastau::cli::demo::capture::{Captured, FrameWriter};
use rastau::cli::demo::line::Line as _;
use rastau::cli::demo::player::DemoPlayer;
use rastau::domain::face::lockout::LockSubject;
use rastau::domain::kernel::handle::hash_handle;
use rastau::domain::verification::tries::Tried;
use rastau::vision::animate::AnimateError;
use rastau::workshop::actor::{Actor, Shown};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, living, mirror};
use crate::support::people::{adult, to_face};

/// A driver that mirrors what the camera sees.
struct Mirrored(Box<dyn Actor>);

impl Actor for Mirrored {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        Ok(mirror(&self.0.frame(shown)?))
    }
}

async fn arrived(app: &TestApp, number: u16) -> DemoPlayer {
    // At the full hour: none ends while the test runs.
    app.clock.advance(Tried::LostCapture.wait(app.now()));
    let iin = adult(number);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    app.arrive().await
}

/// What counts against the browser, and against the person of this IIN.
async fn failures(app: &TestApp, player: &DemoPlayer, number: u16) -> (u32, u32) {
    let token = player.cookie().split("; ").find_map(|pair| pair.strip_prefix("rastau_device=")).unwrap();
    let (device, person) = (LockSubject::Device(hash_handle(token)), app.player_of(&adult(number)).await);
    let mut unit = app.unit().await;
    let of_device = unit.find_face_lockout(device).await.unwrap().failures;
    (of_device, unit.find_face_lockout(LockSubject::Person(person)).await.unwrap().failures)
}

async fn attempts_left(player: &DemoPlayer) -> Value {
    player.view().await.unwrap()["face"]["attempts_left"].clone()
}

fn told(captured: &Captured) -> [&str; 2] {
    [&captured.result, &captured.reason]
}

#[tokio::test]
async fn a_mirrored_camera_is_told_as_that_and_costs_nothing_twice_an_hour() {
    let app = TestApp::start().await;
    let mut player = arrived(&app, 461).await;
    for counted in [(0, 0), (0, 0), (1, 1)] {
        to_face(&player, &adult(461)).await;
        let captured = player.capture(&mut Mirrored(living(Who::Astronaut))).await.unwrap();
        assert_eq!(told(&captured), ["retry", "capture_mirrored"], "{captured:?}");
        assert_eq!(failures(&app, &player, 461).await, counted);
        player = player.come_again().await.unwrap();
    }
    // Another camera, and all is well.
    to_face(&player, &adult(461)).await;
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
}

#[tokio::test]
async fn that_it_is_mirrored_is_told_whoever_stands_there() {
    let app = TestApp::start().await;
    let player = arrived(&app, 462).await;
    to_face(&player, &adult(462)).await;
    let captured = player.capture(&mut Mirrored(living(Who::Other))).await.unwrap();
    assert_eq!(told(&captured), ["retry", "capture_mirrored"], "told only of the right face it would tell of the face");
    assert_eq!(failures(&app, &player, 462).await, (0, 0));
    assert_eq!(attempts_left(&player).await, 3);
}

/// Is shown something of a challenge, and then no camera any more.
async fn give_up(player: &DemoPlayer, over_https: bool) {
    let mut socket = if over_https { None } else { Some(player.open_capture().await.unwrap()) };
    let mut posts = player.posts(true);
    let mut heard = match &mut socket {
        Some(socket) => socket.hear().await.unwrap(),
        None => posts.hear().await.unwrap(),
    };
    let mut writer = FrameWriter::of_ready(&heard[0]).unwrap();
    let mut actor = living(Who::Astronaut);
    let reveals =
        |message: &Value| message["type"] == "show" && !(message["light"].is_null() && message["command"].is_null());
    while !heard.iter().any(reveals) {
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        let millis = u64::from(writer.sequence() + 1) * 100;
        let frame = writer.frame(millis, 1, &actor.frame(&Shown { millis, ..Shown::default() }).unwrap());
        heard = match &mut socket {
            Some(socket) => socket.exchange(frame).await.unwrap(),
            None => posts.exchange(frame).await.unwrap(),
        };
    }
    match &mut socket {
        Some(socket) => {
            socket.send(Message::Text(json!({ "type": "give_up" }).to_string().into())).await.unwrap();
            // To the end, as browsers close: a line that is cut may take with it what was said last.
            while socket.next().await.is_some_and(|message| message.is_ok()) {}
        }
        None => assert_eq!(posts.give_up().await.unwrap(), StatusCode::NO_CONTENT),
    }
}

async fn judged(app: &TestApp) -> Vec<Value> {
    let events = app.services.store.read().await.unwrap().list_audit(1, 1_000).await.unwrap();
    let judged = events.iter().filter(|event| event.kind == "face_judged");
    judged.map(|event| serde_json::from_str(&event.details).unwrap()).collect()
}

async fn events(app: &TestApp, result: &str) -> usize {
    judged(app).await.iter().filter(|details| details["result"] == result).count()
}

#[tokio::test]
async fn a_capture_given_up_spares_the_browser_twice_an_hour_and_never_the_person() {
    let app = TestApp::start().await;
    let mut player = arrived(&app, 463).await;
    for (round, counted) in [(0, 1), (0, 2), (1, 0)].into_iter().enumerate() {
        to_face(&player, &adult(463)).await;
        give_up(&player, round % 2 == 1).await;
        // The service notices on its own time.
        let noted = tokio::time::timeout(std::time::Duration::from_secs(20), async {
            while events(&app, "given_up").await <= round {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        assert!(noted.await.is_ok(), "{round}: {:?}", judged(&app).await);
        assert_eq!(failures(&app, &player, 463).await, counted, "{round}");
        if round < 2 {
            assert_eq!(attempts_left(&player).await, 3);
        }
        player = player.come_again().await.unwrap();
    }
    assert_eq!(events(&app, "broken_off").await, 0);
}

#[tokio::test]
async fn a_capture_given_up_before_anything_was_shown_counts_nowhere() {
    let app = TestApp::start().await;
    let player = arrived(&app, 464).await;
    to_face(&player, &adult(464)).await;
    let mut posts = player.posts(true);
    posts.hear().await.unwrap();
    assert_eq!(posts.give_up().await.unwrap(), StatusCode::NO_CONTENT);
    // It is no more.
    assert_eq!(posts.give_up().await.unwrap(), StatusCode::NOT_FOUND);
    assert_eq!((failures(&app, &player, 464).await, events(&app, "given_up").await), ((0, 0), 0));
}
