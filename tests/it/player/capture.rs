//! The camera stream when it does not go well.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rastau::app::review::evidence::replay::replay_case;
use rastau::cli::demo::capture::FrameWriter;
use rastau::cli::demo::line::{CaptureSocket, Line as _};
use rastau::cli::demo::player::DemoPlayer;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::app::TestApp;
use crate::support::faces::{Who, clip, dark_clip, empty_room, id_photo, living, turned, two_people};
use crate::support::people::{adult, refusal, to_face};

/// A capture that was opened by hand.
struct Opened {
    player: DemoPlayer,
    socket: CaptureSocket,
    writer: FrameWriter,
}

async fn opened(app: &TestApp, number: u16) -> Opened {
    let iin = adult(number);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    open_again(player).await
}

async fn open_again(player: DemoPlayer) -> Opened {
    let mut socket = player.open_capture().await.unwrap();
    let said = socket.hear().await.unwrap();
    let writer = FrameWriter::of_ready(&said[0]).unwrap();
    Opened { player, socket, writer }
}

impl Opened {
    /// Sends one message; the next word to it.
    async fn say(&mut self, message: Message) -> Value {
        // What the service closes on its own account may be closed already.
        let _ = self.socket.send(message).await;
        self.last_of(1).await
    }

    async fn last_of(&mut self, most: usize) -> Value {
        let mut last = Value::Null;
        for _ in 0..most {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => last = serde_json::from_str(&text).unwrap(),
                _ => break,
            }
        }
        last
    }

    fn frame(&mut self, picture: &[u8]) -> Message {
        let millis = u64::from(self.writer.sequence()) * 100;
        Message::Binary(self.writer.frame(millis, 1, picture).into())
    }
}

fn assert_problem(answer: &Value, code: &str) {
    assert_eq!((answer["type"].as_str(), answer["code"].as_str()), (Some("problem"), Some(code)), "{answer}");
    assert!(answer["detail"].as_str().unwrap().len() > 10);
}

#[tokio::test]
async fn a_frame_that_does_not_count_gets_the_one_hint_that_helps() {
    let app = TestApp::start().await;
    let mut opened = opened(&app, 40).await;
    for (picture, hint) in [
        (empty_room(), "no_face"),
        (two_people(), "several_faces"),
        (dark_clip(Who::Astronaut).swap_remove(0), "too_dark"),
    ] {
        app.clock.advance(Duration::from_millis(100));
        let frame = opened.frame(&picture);
        let answer = opened.say(frame).await;
        assert_eq!((answer["type"].as_str(), answer["code"].as_str()), (Some("guidance"), Some(hint)), "{answer}");
        assert_eq!(answer["progress"], 0.0);
    }
}

#[tokio::test]
async fn a_camera_that_lies_or_stands_on_its_head_is_told_so_and_costs_no_attempt() {
    let app = TestApp::start().await;
    for (number, quarters) in [(41, 1), (42, 2), (43, 3)] {
        let mut opened = opened(&app, number).await;
        let picture = turned(&clip(Who::Astronaut)[0], quarters);
        let mut hints = Vec::new();
        for _ in 0..25 {
            app.clock.advance(Duration::from_millis(100));
            let frame = opened.frame(&picture);
            let answer = opened.say(frame).await;
            assert_eq!((answer["type"].as_str(), &answer["progress"]), (Some("guidance"), &serde_json::json!(0.0)));
            hints.push(answer["code"].as_str().unwrap().to_owned());
        }
        assert!(hints.iter().all(|hint| ["no_face", "not_upright"].contains(&hint.as_str())), "{hints:?}");
        assert!(hints[20..].iter().all(|hint| hint == "not_upright"), "{quarters}: {hints:?}");
    }
}

#[tokio::test]
async fn garbage_on_the_wire_ends_the_stream_with_a_reason() {
    let app = TestApp::start().await;
    let picture = clip(Who::Astronaut).swap_remove(0);
    let linked = |picture: &[u8]| {
        let picture = picture.to_vec();
        Box::new(move |opened: &mut Opened| opened.frame(&picture)) as Box<dyn Fn(&mut Opened) -> Message>
    };
    let plain =
        |message: Message| Box::new(move |_: &mut Opened| message.clone()) as Box<dyn Fn(&mut Opened) -> Message>;
    for (number, message, code) in [
        (50, plain(Message::Text("hello".into())), "frame_malformed"),
        (51, plain(Message::Binary(vec![1, 2, 3].into())), "frame_malformed"),
        (52, plain(Message::Binary(vec![9; 100].into())), "frame_malformed"),
        (53, linked(b"GIF89a not a jpeg"), "picture_format"),
        (54, linked(&picture[..picture.len() / 3]), "picture_damaged"),
        (55, plain(Message::Binary(vec![2; 600 * 1024].into())), "frame_too_large"),
    ] {
        let mut opened = opened(&app, number).await;
        let message = message(&mut opened);
        assert_problem(&opened.say(message).await, code);
        assert!(matches!(opened.socket.next().await, Some(Ok(Message::Close(_)))));
    }
}

#[tokio::test]
async fn frames_must_be_of_this_capture_and_in_order() {
    let app = TestApp::start().await;
    let picture = clip(Who::Astronaut).swap_remove(0);
    let mut first = opened(&app, 56).await;
    let frame = first.frame(&picture);
    assert_eq!(first.say(frame.clone()).await["type"], "guidance");
    // The same again, as a line might that doubles messages.
    assert_problem(&first.say(frame.clone()).await, "frame_out_of_order");

    // The frame of another session.
    let mut second = opened(&app, 57).await;
    assert_problem(&second.say(frame).await, "frame_not_linked");

    // One left out.
    let mut third = opened(&app, 58).await;
    third.frame(&picture);
    let frame = third.frame(&picture);
    assert_problem(&third.say(frame).await, "frame_not_linked");

    // A light that was never shown.
    let mut fourth = opened(&app, 59).await;
    let frame = Message::Binary(fourth.writer.frame(0, 7, &picture).into());
    assert_problem(&fourth.say(frame).await, "frame_out_of_order");

    // A camera that is told when the frames have begun.
    let mut fifth = opened(&app, 60).await;
    let frame = fifth.frame(&picture);
    fifth.say(frame).await;
    assert_problem(
        &fifth.say(Message::Text(r#"{"type":"camera","label":"FaceTime"}"#.into())).await,
        "frame_malformed",
    );
}

#[tokio::test]
async fn a_flood_of_frames_is_dammed() {
    let app = TestApp::start().await;
    let picture = clip(Who::Astronaut).swap_remove(0);
    let mut opened = opened(&app, 65).await;
    let flood: Vec<Message> = (0..2_000).map(|_| opened.frame(&picture)).collect();
    let asked = app.valve.asked();
    for frame in flood {
        if opened.socket.feed(frame).await.is_err() {
            break;
        }
    }
    let _ = opened.socket.flush().await;
    assert_problem(&opened.last_of(200).await, "too_many_frames");
    // However fast they came, the engine has looked at no more than a camera gives.
    assert!(app.valve.asked() - asked <= 200, "{}", app.valve.asked() - asked);
}

#[tokio::test]
async fn where_no_websocket_gets_through_requests_carry_the_capture() {
    let app = TestApp::start().await;
    let iin = adult(66);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    let captured = player.capture_over(&mut player.posts(true), &mut *living(Who::Astronaut)).await.unwrap();
    assert_eq!(captured.result, "passed", "{captured:?}");
}

#[tokio::test]
async fn a_capture_by_requests_belongs_to_its_session_and_ends() {
    let app = TestApp::start().await;
    let opened = opened(&app, 67).await;
    let other = self::opened(&app, 68).await.player;
    let begun = opened.player.post("captures", &json!({ "camera": { "label": "FaceTime HD Camera" } })).await.unwrap();
    assert_eq!(begun["messages"][0]["type"], "ready");
    assert_eq!(begun["messages"][1]["type"], "show");
    let handle = begun["capture"].as_str().unwrap();
    let mut writer = FrameWriter::of_ready(&begun["messages"][0]).unwrap();
    let frame = writer.frame(0, 1, &clip(Who::Astronaut)[0]);
    assert_eq!(refusal(other.post_frame(handle, frame.clone()).await), "capture_unknown");
    assert_eq!(refusal(opened.player.post_frame("AAAA", frame.clone()).await), "capture_unknown");
    assert_eq!(opened.player.post_frame(handle, frame.clone()).await.unwrap()["messages"][0]["type"], "guidance");
    assert_problem(
        &opened.player.post_frame(handle, frame.clone()).await.unwrap()["messages"][0],
        "frame_out_of_order",
    );
    assert_eq!(refusal(opened.player.post_frame(handle, frame.clone()).await), "capture_unknown");

    let begun = opened.player.post("captures", &json!({})).await.unwrap();
    let handle = begun["capture"].as_str().unwrap();
    let said = opened.player.post_frame(handle, vec![2; 600 * 1024]).await.unwrap();
    assert_problem(&said["messages"][0], "frame_too_large");

    // A second one takes the place of the first, and silence ends it.
    let first = opened.player.post("captures", &json!({})).await.unwrap();
    let second = opened.player.post("captures", &json!({})).await.unwrap();
    let handle = first["capture"].as_str().unwrap();
    assert_eq!(refusal(opened.player.post_frame(handle, frame.clone()).await), "capture_unknown");
    let handle = second["capture"].as_str().unwrap();
    app.clock.advance(Duration::from_secs(16));
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(refusal(opened.player.post_frame(handle, frame).await), "capture_unknown");
}

#[tokio::test]
async fn a_cut_stream_counts_as_an_attempt_and_leaves_nothing_half_done() {
    let app = TestApp::start().await;
    let iin = adult(69);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    for _ in 0..4 {
        drop(player.open_capture().await.unwrap());
    }
    let view = player.view().await.unwrap();
    assert_eq!((view["stage"].as_str(), view["face"]["attempts_left"].as_u64()), (Some("face"), Some(1)), "{view}");
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
}

#[tokio::test]
async fn when_all_attempts_are_cut_off_the_next_one_is_the_end() {
    let app = TestApp::start().await;
    let iin = adult(61);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    for _ in 0..5 {
        drop(player.open_capture().await.unwrap());
    }
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "refused");
    let outcome = player.view().await.unwrap()["outcome"].clone();
    assert_eq!(outcome["reasons"][0]["code"], "capture_attempts");
}

#[tokio::test]
async fn a_link_to_the_stream_begins_nothing_and_ends_nothing() {
    let app = TestApp::start().await;
    let iin = adult(48);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    let mut socket = player.open_capture().await.unwrap();

    let own = app.base.origin().ascii_serialization();
    let handshake = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let follow = async |headers: &[(&str, &str)], status: u16| {
        let stream = app.base.join(&format!("api/player/capture?visit={}", player.visit())).unwrap();
        let request = reqwest::Client::new().get(stream).header("cookie", player.cookie());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        assert_eq!(request.send().await.unwrap().status(), status, "{headers:?}");
    };
    let mut foreign = handshake.to_vec();
    foreign.push(("origin", "https://evil.example"));
    let mut another_site = handshake.to_vec();
    another_site.extend([("origin", own.as_str()), ("sec-fetch-site", "cross-site")]);
    for _ in 0..2 {
        // As a browser follows a link of another site, as a page of another site opens a stream.
        follow(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], 403).await;
        follow(&[], 403).await;
        follow(&foreign, 403).await;
        follow(&another_site, 403).await;
        follow(&[("origin", &own)], 400).await;
        follow(&[("origin", &own), ("connection", "upgrade"), ("upgrade", "h2c")], 400).await;
    }

    // Of the five one is under way; more than three are never told.
    assert_eq!(player.view().await.unwrap()["face"]["attempts_left"], 3, "nothing of it was counted");
    let captured = player.capture_over(&mut socket, &mut *living(Who::Astronaut)).await.unwrap();
    assert_eq!(captured.result, "passed", "{captured:?}");
}

#[tokio::test]
async fn silence_ends_the_capture() {
    let app = TestApp::start().await;
    let iin = adult(62);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    let mut socket = player.open_capture().await.unwrap();
    app.clock.advance(Duration::from_secs(16));
    let mut last = Value::Null;
    while let Some(Ok(Message::Text(text))) = socket.next().await {
        last = serde_json::from_str(&text).unwrap();
    }
    assert_eq!((last["result"].as_str(), last["reason"].as_str()), (Some("retry"), Some("capture_timeout")), "{last}");
}

#[tokio::test]
async fn an_id_photo_without_a_usable_face_goes_to_a_person() {
    let app = TestApp::start().await;
    let iin = adult(63);
    app.add_person(&iin, &empty_room()).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "under_review");
    let cases: Value = app.staff("cases").await.json().await.unwrap();
    assert_eq!((cases[0]["status"].as_str(), &cases[0]["reasons"]), (Some("open"), &json!(["id_photo_unusable"])));
    let case = cases[0]["id"].as_str().unwrap().parse().unwrap();
    let replay = replay_case(&app.services, case, "a test").await.unwrap();
    assert!(replay.is_same(), "{replay:?}");
}
