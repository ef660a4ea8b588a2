//! `rastau evaluate captures` on films: what is asked is what they show, and the service's own capture judges it.

use rastau::domain::face::liveness::challenge::Command;
use rastau::workshop::actor::{Actor as _, Shown};
use rastau::workshop::person::VirtualPlayer;

use super::workshop::Workshop;
use crate::support::faces::{Who, puppet, video};

/// Milliseconds between two frames of a film without a rate, as its reader takes it.
const FRAME: u64 = 40;

/// A film of somebody who looks straight and does these, each told at its millisecond.
fn film(who: Who, seconds: u64, told: &[(u64, Command)]) -> Vec<u8> {
    let mut player = VirtualPlayer::new(puppet(who), 3);
    let frames = (0..seconds * 1_000).step_by(FRAME as usize).map(|millis| {
        let command = told.iter().copied().find(|(since, _)| (*since..since + 2_600).contains(&millis));
        player.frame(&Shown { millis, command: command.map(|(since, command)| (command, since)), light: None }).unwrap()
    });
    frames.flatten().collect()
}

#[test]
fn a_film_is_asked_for_the_movements_that_it_shows() {
    let shop = Workshop::sandbox();
    let told = [(1_800, Command::TurnLeft), (5_000, Command::OpenMouth), (8_200, Command::TurnRight)];
    shop.write("moves.mjpeg", film(Who::Astronaut, 12, &told));
    shop.write("still.mjpeg", video(Who::Other, 60));
    shop.write("index.csv", "file,label,subject\nmoves.mjpeg,live,a\nstill.mjpeg,live,b\ngone.mp4,live,c\n");
    let run = ["evaluate", "captures", "--index", "index.csv", "--runs", "1", "--csv", "captures.csv", "--json"];
    let outcome = shop.run(&run);
    let found: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    let captures = found["captures"].as_array().unwrap();
    assert_eq!(captures.len(), 1, "{found}");
    assert_eq!(captures[0]["commands"], serde_json::json!(["turn_left", "open_mouth", "turn_right"]), "{found}");
    assert_eq!((&captures[0]["cues"]["commands"], &captures[0]["left_out"]), (&1.0.into(), &serde_json::json!([])));
    assert!(captures[0]["similarity"].as_f64().unwrap() > 0.6, "{found}");
    assert_eq!((&found["groups"][0]["runs"], &found["groups"][0]["people"]), (&1.into(), &1.into()), "{found}");
    for told in ["still.mjpeg: no capture can be made of it: ", "line 4: gone.mp4: file_missing: "] {
        assert!(outcome.err.contains(told), "{}", outcome.err);
    }
    let csv = std::fs::read_to_string(shop.path("captures.csv")).unwrap();
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(csv.starts_with("file,subject,kind,") && csv.contains("turn_left open_mouth turn_right"), "{csv}");
}

#[test]
fn a_film_whose_head_does_not_come_back_is_played_back_and_forth() {
    let shop = Workshop::sandbox();
    // It ends while the head is turned.
    shop.write("ends.mjpeg", film(Who::Astronaut, 3, &[(1_500, Command::TurnLeft)]));
    shop.write("index.csv", "file,label,attack,method,subject\nends.mjpeg,attack,animation,tool,a\n");
    let of = |more: &[&str]| shop.run(&[&["evaluate", "captures", "--index", "index.csv", "--json"], more].concat());
    let found: serde_json::Value = serde_json::from_str(&of(&["--runs", "1"]).out).unwrap();
    let capture = &found["captures"][0];
    assert!(capture["commands"].as_array().unwrap().contains(&"turn_left".into()), "{found}");
    // One turn is over before enough was seen of a head that is turned.
    assert_eq!(capture["left_out"], serde_json::json!(["freshness", "texture"]), "{found}");
    assert!(capture["cues"]["freshness"].is_null());
    assert!(capture["takes"].as_u64().unwrap() >= 1);
    assert_eq!(found["groups"][0]["name"], "tool", "{found}");
    let none = of(&["--label", "live"]);
    assert_eq!(none.code, 1, "{}", none.out);
    let many = of(&["--least-commands", "5"]);
    assert_eq!(many.code, 1, "{}", many.out);
}
