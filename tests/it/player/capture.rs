//! The camera stream when it does not go well.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use crate::support::app::TestApp;
use crate::support::faces::{Who, clip, dark_clip, empty_room, id_photo, two_people};
use crate::support::people::{adult, to_face};

/// Sends one message and reads answers until something other than `ready` comes.
async fn answer_to(app: &TestApp, number: u16, message: Message) -> Value {
    let iin = adult(number);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    let mut socket = player.open_capture().await.unwrap();
    socket.send(message).await.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Text(text) = message {
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["type"] != "ready" {
                return answer;
            }
        }
    }
    Value::Null
}

fn frame(sequence: u32, picture: &[u8]) -> Message {
    Message::Binary(rastau::cli::demo::player::frame(sequence, picture).into())
}

#[tokio::test]
async fn a_frame_that_does_not_count_gets_the_one_hint_that_helps() {
    let app = TestApp::start().await;
    for (number, picture, hint) in [
        (40, empty_room(), "no_face"),
        (41, two_people(), "several_faces"),
        (42, dark_clip(Who::Astronaut).swap_remove(0), "too_dark"),
    ] {
        let answer = answer_to(&app, number, frame(1, &picture)).await;
        assert_eq!((answer["type"].as_str(), answer["code"].as_str()), (Some("guidance"), Some(hint)), "{answer}");
        assert_eq!(answer["collected"], 0);
    }
}

#[tokio::test]
async fn garbage_on_the_wire_ends_the_stream_with_a_reason() {
    let app = TestApp::start().await;
    let picture = clip(Who::Astronaut).swap_remove(0);
    for (number, message, code) in [
        (50, Message::Text("hello".into()), "frame_malformed"),
        (51, Message::Binary(vec![1, 2, 3].into()), "frame_malformed"),
        (52, Message::Binary(vec![9; 100].into()), "frame_malformed"),
        (53, frame(1, b"GIF89a not a jpeg"), "picture_format"),
        (54, frame(1, &picture[..picture.len() / 3]), "picture_damaged"),
        (55, Message::Binary(vec![1; 600 * 1024].into()), "frame_too_large"),
    ] {
        let answer = answer_to(&app, number, message).await;
        assert_eq!((answer["type"].as_str(), answer["code"].as_str()), (Some("problem"), Some(code)), "{answer}");
        assert!(answer["detail"].as_str().unwrap().len() > 10);
    }
}

#[tokio::test]
async fn a_cut_stream_counts_as_an_attempt_and_leaves_nothing_half_done() {
    let app = TestApp::start().await;
    let iin = adult(60);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    for _ in 0..4 {
        let mut socket = player.open_capture().await.unwrap();
        socket.send(frame(1, &clip(Who::Astronaut)[0])).await.unwrap();
        drop(socket);
    }
    let view = player.view().await.unwrap();
    assert_eq!((view["stage"].as_str(), view["face"]["attempts_left"].as_u64()), (Some("face"), Some(1)), "{view}");
    assert_eq!(player.capture(&clip(Who::Astronaut)).await.unwrap().result, "passed");
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
    assert_eq!(player.capture(&clip(Who::Astronaut)).await.unwrap().result, "refused");
    let outcome = player.view().await.unwrap()["outcome"].clone();
    assert_eq!(outcome["reasons"][0]["code"], "capture_attempts");
}

#[tokio::test]
async fn silence_ends_with_the_captures_time() {
    let app = TestApp::start().await;
    let iin = adult(62);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    let mut socket = player.open_capture().await.unwrap();
    app.clock.advance(Duration::from_secs(61));
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
    assert_eq!(player.capture(&clip(Who::Astronaut)).await.unwrap().result, "under_review");
    let cases: Value = app.staff("cases").await.json().await.unwrap();
    assert_eq!(
        (cases[0]["status"].as_str(), cases[0]["reasons"][0].as_str()),
        (Some("open"), Some("id_photo_unusable"))
    );
}
