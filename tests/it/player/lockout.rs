//! Three failed captures lock the person, and the device they came from for longer each time.

use std::time::Duration;

use rastau::cli::demo::capture::FrameWriter;
use rastau::cli::demo::line::Line as _;
use rastau::cli::demo::player::DemoPlayer;
use rastau::domain::face_lockout::LockSubject;
use rastau::domain::person::Iin;
use rastau::domain::time::Timestamp;
use rastau::workshop::actor::Shown;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, refusal, to_face};

const HALF_AN_HOUR: Duration = Duration::from_mins(30);

/// Sees something of the challenge and goes away.
async fn break_off(app: &TestApp, player: &DemoPlayer, iin: &Iin) {
    let person = LockSubject::Person(app.player_of(iin).await);
    let before = app.services.store.read().await.unwrap().find_face_lockout(person).await.unwrap();
    let mut socket = player.open_capture().await.unwrap();
    let mut heard = socket.hear().await.unwrap();
    let mut writer = FrameWriter::of_ready(&heard[0]).unwrap();
    let mut actor = living(Who::Astronaut);
    let reveals =
        |message: &Value| message["type"] == "show" && !(message["light"].is_null() && message["command"].is_null());
    while !heard.iter().any(reveals) {
        tokio::time::sleep(Duration::from_millis(60)).await;
        let millis = u64::from(writer.sequence() + 1) * 100;
        let frame = writer.frame(millis, 1, &actor.frame(&Shown { millis, ..Shown::default() }).unwrap());
        heard = socket.exchange(frame).await.unwrap();
    }
    drop(socket);
    // The service notices on its own time.
    while app.services.store.read().await.unwrap().find_face_lockout(person).await.unwrap() == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Somebody of the register before the camera, in this browser.
async fn before_the_camera(app: &TestApp, player: &DemoPlayer, number: u16) -> Iin {
    let iin = adult(number);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    to_face(player, &iin).await;
    iin
}

async fn locked_until(player: &DemoPlayer) -> Option<String> {
    player.view().await.unwrap()["face"]["locked_until"].as_str().map(ToOwned::to_owned)
}

/// How long until the view's lock ends, in whole minutes, rounded up.
async fn minutes_left(app: &TestApp, player: &DemoPlayer) -> u64 {
    let Some(until) = locked_until(player).await else { return 0 };
    let until = OffsetDateTime::parse(&until, &Rfc3339).unwrap().unix_timestamp_nanos() / 1_000;
    let left = until - i128::from(app.now().micros());
    u64::try_from(left.max(0)).unwrap().div_ceil(60_000_000)
}

#[tokio::test]
async fn a_person_is_locked_in_every_browser_for_half_an_hour() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        let player = app.arrive().await;
        let iin = before_the_camera(&app, &player, 80).await;
        assert_eq!(locked_until(&player).await, None);
        break_off(&app, &player, &iin).await;
    }
    let player = app.arrive().await;
    before_the_camera(&app, &player, 80).await;
    assert_eq!(minutes_left(&app, &player).await, 30);
    let refused = player.open_capture().await.unwrap().hear().await.unwrap();
    assert_eq!((refused[0]["type"].as_str(), refused[0]["code"].as_str()), (Some("problem"), Some("face_locked")));
    let seconds = refused[0]["retry_after"].as_u64().unwrap();
    assert!((1_700..=1_800).contains(&seconds), "{seconds}");
    assert_eq!(refusal(player.post("captures", &json!({})).await), "face_locked");
    let view = player.view().await.unwrap();
    assert_eq!(view["face"]["attempts_left"], 3, "a refusal costs no attempt");

    // Somebody else, in a browser of their own, is free.
    let other = app.arrive().await;
    before_the_camera(&app, &other, 81).await;
    assert_eq!(locked_until(&other).await, None);

    app.clock.advance(HALF_AN_HOUR);
    let player = app.arrive().await;
    before_the_camera(&app, &player, 80).await;
    assert_eq!(locked_until(&player).await, None);
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
    assert_eq!(events(&app, "face_locked").await, 1);
    app.verify_audit().await;
}

#[tokio::test]
async fn a_device_is_locked_whoever_sits_before_it_and_for_longer_each_time() {
    let app = TestApp::start().await;
    let mut player = app.arrive().await;
    let mut number = 90;
    for minutes in [30, 60] {
        for _ in 0..3 {
            player = player.come_again().await.unwrap();
            let iin = before_the_camera(&app, &player, number).await;
            number += 1;
            break_off(&app, &player, &iin).await;
        }
        player = player.come_again().await.unwrap();
        before_the_camera(&app, &player, number).await;
        assert_eq!(minutes_left(&app, &player).await, minutes);
        assert_eq!(refusal(player.post("captures", &json!({})).await), "face_locked");
        // The same person in another browser is free.
        let elsewhere = app.arrive().await;
        before_the_camera(&app, &elsewhere, number).await;
        assert_eq!(locked_until(&elsewhere).await, None);
        app.clock.advance(HALF_AN_HOUR * 2);
    }
    assert_eq!(events(&app, "face_locked").await, 2);
}

#[tokio::test]
async fn a_wrong_face_counts_and_a_pass_clears() {
    let app = TestApp::start().await;
    let first = app.arrive().await;
    let iin = before_the_camera(&app, &first, 110).await;
    let person = LockSubject::Person(app.player_of(&iin).await);
    assert_eq!(first.capture(&mut *living(Who::Other)).await.unwrap().result, "retry");
    break_off(&app, &first, &iin).await;
    let failures =
        || async { app.services.store.read().await.unwrap().find_face_lockout(person).await.unwrap().failures };
    assert_eq!(failures().await, 2);
    assert_eq!(first.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
    assert_eq!(failures().await, 0);
    let second = first.come_again().await.unwrap();
    before_the_camera(&app, &second, 110).await;
    for _ in 0..2 {
        break_off(&app, &second, &iin).await;
    }
    assert_eq!(locked_until(&second).await, None);
}

/// How many events of this kind the log has.
async fn events(app: &TestApp, kind: &str) -> usize {
    let events = app.services.store.read().await.unwrap().list_audit(1, 1_000).await.unwrap();
    let of_kind: Vec<_> = events.iter().filter(|event| event.kind == kind).collect();
    assert!(of_kind.iter().all(|event| event.at > Timestamp::from_seconds(0) && event.details.contains("until")));
    of_kind.len()
}
