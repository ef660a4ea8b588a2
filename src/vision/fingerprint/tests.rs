use std::time::{Duration, Instant};

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::super::decode::{DecodeLimits, decode};
use super::super::geometry::resize;
use super::super::testing::{astronaut, examiner, toned};
use super::*;

/// As the rule in `domain/liveness/replay.rs` has it.
const SEEN: f32 = 0.4;

fn encoded(picture: &Picture, quality: u8) -> Picture {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality)
        .encode(picture.pixels(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .unwrap();
    decode(&jpeg, DecodeLimits::FRAME).unwrap()
}

fn difference(one: &Picture, other: &Picture) -> f32 {
    fingerprint(one).unwrap().difference(&fingerprint(other).unwrap())
}

#[test]
fn a_frame_encoded_anew_is_known_again_and_the_next_one_is_not_taken_for_it() {
    let Some(mut examiner) = examiner() else { return };
    let person = astronaut(&mut examiner);
    let frames: Vec<Picture> = (0..40).map(|number| encoded(&person.render(number, 3).unwrap(), 85)).collect();
    let (mut same, mut apart): (f32, f32) = (0.0, f32::INFINITY);
    for frame in frames.iter().step_by(5) {
        for quality in [60, 75, 85, 95] {
            same = same.max(difference(frame, &encoded(frame, quality)));
        }
        same = same.max(difference(frame, &encoded(&toned(frame, |level| level * 1.02 + 3.0), 80)));
        let smaller = resize(frame, 480, 360).unwrap();
        same = same.max(difference(frame, &encoded(&smaller, 80)));
        same = same.max(difference(frame, &encoded(&resize(&smaller, 640, 480).unwrap(), 80)));
    }
    for (place, frame) in frames.iter().enumerate() {
        for later in frames.iter().skip(place + 10) {
            apart = apart.min(difference(frame, later));
        }
    }
    println!("the same frame encoded anew: {same:.2} at most; frames a second apart: {apart:.2} at least");
    assert!(same < SEEN, "{same}");
    assert!(apart > SEEN, "{apart}");
}

#[test]
fn cells_are_means_of_luma() {
    let mut picture = Picture::black(640, 480);
    for (place, pixel) in picture.pixels_mut().as_chunks_mut::<3>().0.iter_mut().enumerate() {
        *pixel = if place % 640 < 320 { [255, 0, 0] } else { [10, 200, 30] };
    }
    let print = fingerprint(&picture).unwrap();
    let (left, right) = (print.expose()[0], print.expose()[RASTER[0] - 1]);
    assert_eq!((left, right), (76, 124));
}

#[test]
fn a_fingerprint_takes_well_under_a_millisecond() {
    let picture = Picture::black(640, 480);
    fingerprint(&picture).unwrap();
    let fastest = (0..50).map(|_| {
        let begun = Instant::now();
        fingerprint(&picture).unwrap();
        begun.elapsed()
    });
    let fastest = fastest.min().unwrap();
    println!("a fingerprint takes {fastest:?}");
    assert!(fastest < Duration::from_millis(2), "{fastest:?}");
}
