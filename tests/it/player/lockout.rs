//! Three failed captures lock the device they came from, for longer each time, and the person if it was their face.

use std::time::Duration;

use rastau::cli::demo::capture::FrameWriter;
use rastau::cli::demo::line::Line as _;
use rastau::cli::demo::player::DemoPlayer;
use rastau::domain::face::lockout::{FaceLockout, LockSubject};
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::time::Timestamp;
use rastau::workshop::actor::Shown;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use webauthn_authenticator_rs::WebauthnAuthenticator;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, refusal, to_face, to_second_factor};

const HALF_AN_HOUR: Duration = Duration::from_mins(30);
/// What the end of a capture tells while a lock holds.
const LOCKED: &str = "the capture was refused: face_locked";

/// Sees something of the challenge and goes away, unless told to wait.
pub(super) async fn break_off(app: &TestApp, player: &DemoPlayer, face: Who) {
    let before = judged(app).await;
    let mut socket = player.open_capture().await.unwrap();
    let mut heard = socket.hear().await.unwrap();
    if heard[0]["code"] == "too_many_tries" {
        return;
    }
    let mut writer = FrameWriter::of_ready(&heard[0]).unwrap();
    let mut actor = living(face);
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
    while judged(app).await == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How many captures the log tells of.
async fn judged(app: &TestApp) -> usize {
    let events = app.services.store.read().await.unwrap().list_audit(1, 1_000).await.unwrap();
    events.iter().filter(|event| event.kind == "face_judged").count()
}

/// What counts against the person of this IIN.
async fn against(app: &TestApp, iin: &Iin) -> FaceLockout {
    let person = LockSubject::Person(app.player_of(iin).await);
    app.services.store.read().await.unwrap().find_face_lockout(person).await.unwrap()
}

/// They are locked, however that came.
async fn lock(app: &TestApp, iin: &Iin) {
    let person = LockSubject::Person(app.player_of(iin).await);
    let mut unit = app.unit().await;
    let locked = (0..3).fold(FaceLockout::default(), |lockout, _| lockout.failed(&person, app.now()));
    unit.put_face_lockout(person, &locked).await.unwrap();
    unit.commit().await.unwrap();
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
async fn whoever_shows_another_face_locks_nobody_but_themselves() {
    let app = TestApp::start().await;
    let iin = adult(80);
    for _ in 0..4 {
        let stranger = app.arrive().await;
        before_the_camera(&app, &stranger, 80).await;
        break_off(&app, &stranger, Who::Other).await;
    }
    let stranger = app.arrive().await;
    before_the_camera(&app, &stranger, 80).await;
    assert_eq!(stranger.capture(&mut *living(Who::Other)).await.unwrap().result, "retry");
    assert_eq!(against(&app, &iin).await, FaceLockout::default());
    assert_eq!(events(&app, "face_locked").await, 0);

    let player = app.arrive().await;
    before_the_camera(&app, &player, 80).await;
    assert_eq!(player.view().await.unwrap()["face"], json!({ "attempts_left": 3, "locked_until": null }));
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
}

#[tokio::test]
async fn a_person_whose_face_failed_is_locked_in_every_browser_and_told_so_when_the_camera_has_spoken() {
    let app = TestApp::start().await;
    let iin = adult(80);
    for _ in 0..3 {
        let player = app.arrive().await;
        before_the_camera(&app, &player, 80).await;
        break_off(&app, &player, Who::Astronaut).await;
    }
    let locked = against(&app, &iin).await;
    assert!(locked.locked_at(app.now()).is_some(), "{locked:?}");

    // Before the camera nobody sees it, and at its end it is the same whoever sat there.
    let mut told = Vec::new();
    for face in [Who::Astronaut, Who::Other] {
        let player = app.arrive().await;
        before_the_camera(&app, &player, 80).await;
        let before = player.view().await.unwrap();
        assert_eq!(before["face"], json!({ "attempts_left": 3, "locked_until": null }));
        assert_eq!(refusal(player.capture(&mut *living(face)).await), LOCKED);
        let view = player.view().await.unwrap();
        assert_eq!((&view["stage"], &view["face"]["locked_until"]), (&json!("face"), &Value::Null));
        told.push(view["face"].clone());
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(against(&app, &iin).await, locked, "and a lock is not renewed while it holds");

    // Somebody else, in a browser of their own, is free.
    let other = app.arrive().await;
    before_the_camera(&app, &other, 81).await;
    assert_eq!(locked_until(&other).await, None);

    app.clock.advance(HALF_AN_HOUR);
    let player = app.arrive().await;
    before_the_camera(&app, &player, 80).await;
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
    assert_eq!(events(&app, "face_locked").await, 1);
    app.verify_audit().await;
}

#[tokio::test]
async fn a_browser_in_which_the_person_proved_themselves_passes_their_lock_and_so_does_their_passkey() {
    let app = TestApp::start().await;
    let iin = adult(82);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_second_factor(&player, &iin, Who::Astronaut).await;
    let mut passkey = SoftPasskey::new(true);
    player.enrol_passkey(&mut passkey).await.unwrap();
    lock(&app, &iin).await;
    let elsewhere = app.arrive().await;
    to_face(&elsewhere, &iin).await;
    assert_eq!(refusal(elsewhere.post("lock/passkey/start", &json!({})).await), "out_of_turn", "nobody was told");
    assert_eq!(refusal(elsewhere.capture(&mut *living(Who::Astronaut)).await), LOCKED);
    let again = player.come_again().await.unwrap();
    to_face(&again, &iin).await;
    assert_eq!(again.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");

    // Elsewhere their passkey does, and nothing else.
    lock(&app, &iin).await;
    assert_eq!(elsewhere.view().await.unwrap()["face"]["passkey_passes"], true);
    elsewhere.post("lock/passkey/start", &json!({})).await.unwrap();
    assert_eq!(refusal(elsewhere.post("lock/passkey/finish", &json!({ "id": "x" })).await), "passkey_rejected");
    assert_eq!(refusal(elsewhere.post("lock/passkey/finish", &json!({ "id": "x" })).await), "ceremony_unknown");
    assert_eq!(refusal(elsewhere.capture(&mut *living(Who::Astronaut)).await), LOCKED);
    let options = elsewhere.post("lock/passkey/start", &json!({})).await.unwrap();
    let shown = passkey.do_authentication(app.base.clone(), serde_json::from_value(options).unwrap()).unwrap();
    let view = elsewhere.post("lock/passkey/finish", &serde_json::to_value(shown).unwrap()).await.unwrap();
    assert_eq!(
        (&view["stage"], view["face"].get("passkey_passes")),
        (&json!("face"), None),
        "the face is still to come"
    );
    assert_eq!(elsewhere.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");

    // Of somebody else it proves nothing.
    let other = adult(83);
    app.add_person(&other, &id_photo(Who::Astronaut)).await;
    let again = player.come_again().await.unwrap();
    to_face(&again, &other).await;
    lock(&app, &other).await;
    assert_eq!(refusal(again.capture(&mut *living(Who::Astronaut)).await), LOCKED);
}

#[tokio::test]
async fn a_device_is_locked_whoever_sits_before_it_and_for_longer_each_time() {
    let app = TestApp::start().await;
    let mut player = app.arrive().await;
    let mut number = 90;
    for minutes in [30, 60] {
        for _ in 0..3 {
            player = player.come_again().await.unwrap();
            before_the_camera(&app, &player, number).await;
            number += 1;
            break_off(&app, &player, Who::Astronaut).await;
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
async fn a_wrong_face_counts_against_the_device_and_a_pass_clears() {
    let app = TestApp::start().await;
    let first = app.arrive().await;
    let iin = before_the_camera(&app, &first, 110).await;
    assert_eq!(first.capture(&mut *living(Who::Other)).await.unwrap().result, "retry");
    let device_left = || async { first.view().await.unwrap()["face"]["attempts_left"].clone() };
    assert_eq!((against(&app, &iin).await.failures, device_left().await), (0, json!(2)));
    break_off(&app, &first, Who::Astronaut).await;
    assert_eq!((against(&app, &iin).await.failures, device_left().await), (1, json!(1)));
    assert_eq!(first.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
    assert_eq!(against(&app, &iin).await.failures, 0);
    let second = first.come_again().await.unwrap();
    before_the_camera(&app, &second, 110).await;
    for _ in 0..2 {
        break_off(&app, &second, Who::Astronaut).await;
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
