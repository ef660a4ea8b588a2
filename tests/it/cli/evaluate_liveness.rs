//! `rastau evaluate liveness` on real pictures and clips: what is presented is judged as a capture would, and the rest is
//! told line by line.

use serde_json::Value;

use super::workshop::{Outcome, Workshop};
use crate::support::faces::{Who, clip, empty_room, video};
use crate::support::left_out;

/// Somebody as picture, GIF and video, somebody else, and everything that can go wrong.
fn shop() -> Workshop {
    let shop = Workshop::sandbox();
    shop.write("a.jpg", clip(Who::Astronaut).swap_remove(3));
    shop.write("a.gif", gif(&clip(Who::Astronaut)[..8]));
    shop.write("a.mjpeg", video(Who::Astronaut, 9));
    shop.write("b.jpg", clip(Who::Other).swap_remove(3));
    shop.write("room.jpg", empty_room());
    shop.write("half.jpg", &clip(Who::Other)[0][..2_000]);
    shop.write("no.mp4", "this is no clip");
    shop
}

fn gif(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new_with_speed(&mut bytes, 30);
    for frame in frames {
        let picture = image::load_from_memory(frame).unwrap().to_rgba8();
        let delay = image::Delay::from_numer_denom_ms(100, 1);
        encoder.encode_frame(image::Frame::from_parts(picture, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    bytes
}

fn evaluate(shop: &Workshop, index: &str, more: &[&str]) -> Outcome {
    shop.write("index.csv", index);
    shop.run(&[&["evaluate", "liveness", "--index", "index.csv", "--rounds", "50"], more].concat())
}

fn json(shop: &Workshop, index: &str, more: &[&str]) -> (Value, String) {
    let outcome = evaluate(shop, index, &[&["--json"], more].concat());
    assert_eq!(outcome.code, 0, "{}{}", outcome.out, outcome.err);
    (serde_json::from_str(&outcome.out).unwrap(), outcome.err)
}

const INDEX: &str = "file,label,attack,subject\na.jpg,live,,a\na.gif,live,,a\na.mjpeg,live,,a\nb.jpg,attack,lookalike,b\n\
                     room.jpg,attack,room,b\nhalf.jpg,live,,b\nno.mp4,live,,b\ngone.mp4,attack,room,b\nb.jpg,who,,b\n";

#[test]
fn pictures_and_clips_are_presentations_and_what_is_neither_is_told_by_line() {
    let shop = shop();
    let (found, err) = json(&shop, INDEX, &["--report", "out"]);
    assert_eq!((&found["presentations"], &found["people"], &found["bona_fide"]), (&5.into(), &2.into(), &3.into()));
    // A living person whom somebody called an attack passes as what they are.
    assert_eq!((&found["apcer"]["lookalike"], &found["apcer"]["room"]), (&1.0.into(), &0.0.into()), "{found}");
    assert_eq!((&found["bpcer"], &found["failed"]), (&0.0.into(), &5.into()), "{found}");
    let frames: Vec<_> = found["files"].as_array().unwrap().iter().map(|file| file["frames"].clone()).collect();
    assert_eq!(frames, [1, 8, 4, 1, 1], "ten a second: all of a GIF that has no more, four of nine of a video at 25");
    for line in [
        "line 6: room.jpg: no_face: no frame can be used; 1 of 1 so",
        "line 7: half.jpg: picture_damaged: ",
        "line 8: no.mp4: clip_unreadable: it has no frame",
        "line 9: gone.mp4: file_missing: there is no such file",
        "line 10: b.jpg: label_unknown: the label is live or attack",
    ] {
        assert_eq!(err.lines().filter(|told| told.starts_with(line)).count(), 1, "{line}: {err}");
    }
    let page = std::fs::read_to_string(shop.path("out/report.html")).unwrap();
    assert!(page.matches("<svg").count() == 2 && page.contains("a.gif"), "{page}");
}

#[test]
fn a_threshold_can_be_given_or_tuned_and_half_the_people_left_out() {
    let shop = shop();
    let (strict, _) = json(&shop, INDEX, &["--threshold", "1"]);
    assert_eq!((&strict["bpcer"], &strict["apcer"]["lookalike"]), (&1.0.into(), &0.0.into()), "{strict}");
    let halves: Vec<u64> = ["odd", "even"]
        .iter()
        .map(|half| {
            let outcome = evaluate(&shop, INDEX, &["--json", "--people", half]);
            serde_json::from_str::<Value>(&outcome.out).unwrap()["people"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(halves.iter().sum::<u64>(), 2);
    let refused = evaluate(&shop, "file,label,subject\na.jpg,live,a\n", &["--tune", "odd"]).bad();
    assert!(refused.contains("--tune: this half of the people must show both"), "{refused}");
    let text = evaluate(&shop, INDEX, &[]).good();
    assert!(text.contains("APCER lookalike") && text.contains("a.gif") && text.contains("accepted"), "{text}");
}

#[test]
fn nothing_measured_is_a_failure() {
    let shop = shop();
    let outcome = evaluate(&shop, "file,label\ngone.jpg,live\n", &["--json"]);
    assert_eq!(outcome.code, 1);
    assert_eq!(serde_json::from_str::<Value>(&outcome.out).unwrap()["failed"], 1);
    assert!(outcome.err.contains("there are no attacks") && outcome.err.contains("no column subject"));
}

/// What the evaluation data comes to, when it is there: it is not part of the project.
fn evaluation(folder: &str, more: &[&str]) -> Option<Value> {
    let index = left_out::evaluation(&format!("{folder}/index.csv"))?.display().to_string();
    let args = [&["evaluate", "liveness", "--index", &index, "--json"], more].concat();
    Some(Workshop::sandbox().run(&args).json())
}

#[test]
fn no_replay_passes_and_every_living_clip_does() {
    let Some(found) = evaluation("clips", &[]) else { return };
    assert_eq!((&found["apcer"]["replay_monitor"], &found["bpcer"]), (&0.0.into(), &0.0.into()), "{found:#}");
    assert_eq!((&found["bona_fide"], &found["attacks"]["replay_monitor"]), (&5.into(), &2.into()));
    for file in found["files"].as_array().unwrap() {
        let expected = if file["attack"].is_null() { 1.0 } else { 0.0 };
        let share = file["captures_accepted"].as_f64().unwrap_or(expected);
        assert!((share - expected).abs() <= 0.01, "{file}");
    }
}

#[test]
fn people_who_did_not_tune_the_threshold_are_told_from_their_prints() {
    let Some(found) = evaluation("nuaa", &["--splits", "100"]) else { return };
    assert!(found["apcer"]["print"].as_f64().unwrap() <= 0.01 && found["bpcer"].as_f64().unwrap() <= 0.05, "{found:#}");
    let held = &found["splits"];
    assert!(held["apcer_worst"][0].as_f64().unwrap() <= 0.01 && held["bpcer"][0].as_f64().unwrap() <= 0.05, "{held}");
    assert_eq!(held["splits"], 100);
}
