use std::time::{Duration, Instant};

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::*;
use crate::vision::clip::Clip;
use crate::vision::picture::decode::{DecodeLimits, decode};
use crate::vision::picture::geometry::resize;
use crate::vision::testing::{astronaut, evaluation, examiner, toned};

/// As the rule in `domain/face/liveness/replay.rs` has it.
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

/// Frames a second or more apart of people who sat before a camera, ten a second; how many pairs are taken for one.
#[test]
fn frames_of_living_people_are_not_taken_for_each_other() {
    let Some(clips) = evaluation("clips") else { return };
    for name in ["luyt_real.mp4", "wolf_real.mp4", "intel_head-pose-face-detection-male.gif"] {
        // Videos take a reader that is not there everywhere.
        let Ok(mut clip) = Clip::open(&clips.join(name)) else { continue };
        let (mut prints, mut due) = (Vec::new(), Duration::ZERO);
        while let Some((at, picture)) = clip.next_frame().unwrap() {
            if at >= due && prints.len() < 130 {
                let height = 640 * picture.height() / picture.width();
                prints.push(fingerprint(&encoded(&resize(&picture, 640, height).unwrap(), 85)).unwrap());
                due += Duration::from_millis(100);
            }
        }
        let mut apart: Vec<f32> = Vec::new();
        for (place, print) in prints.iter().enumerate() {
            apart.extend(prints.iter().skip(place + 10).map(|later| print.difference(later)));
        }
        let least = apart.iter().copied().fold(f32::INFINITY, f32::min);
        let taken = apart.iter().filter(|difference| **difference < SEEN).count();
        println!("{name}: {taken} of {} pairs below {SEEN}; the least {least:.2}", apart.len());
        assert!(apart.len() > 500 && taken * 200 <= apart.len(), "{name}: {taken} of {}", apart.len());
    }
}
