use super::*;
use crate::domain::face::capture::tests::{STRAIGHT, found};
use crate::domain::face::comparison::Thresholds;
use crate::domain::face::liveness::signs::tests::{moved, there_and_back};
use crate::domain::kernel::testing::SeededRandomness;
use proptest::prelude::*;

const LINES: Thresholds = Thresholds { match_from: 0.4, no_match_below: 0.3 };

/// A capture that is written down: somebody follows so many commands, and stands still from then on.
fn recorded(
    seed: u64,
    lights: bool,
    follows: usize,
    millis: u64,
) -> (Capture, Recorder, BTreeMap<usize, (SecretBytes, Examination)>) {
    recorded_with(seed, lights, follows, millis, 4)
}

/// The same with frames of so many bytes.
fn recorded_with(
    seed: u64,
    lights: bool,
    follows: usize,
    millis: u64,
    bytes: usize,
) -> (Capture, Recorder, BTreeMap<usize, (SecretBytes, Examination)>) {
    let at = |millis: u64| Timestamp::from_micros(i64::try_from(millis).unwrap() * 1_000);
    let randomness = SeededRandomness::new(seed);
    let challenge = Challenge::draw(&randomness, lights);
    let mut capture = Capture::start(challenge.clone(), at(0));
    let mut recorder = Recorder::begin(challenge, capture.shown(), at(0));
    let (mut since, mut told, mut seen) = (0, 0, BTreeMap::new());
    for (sequence, millis) in (1..).zip((0..millis).step_by(100)) {
        let header =
            FrameHeader { sequence, captured_millis: millis + u64::from(sequence % 3), shown: capture.shown().index };
        if capture.is_complete() || capture.admit(header, at(millis)).is_err() {
            break;
        }
        let along = (millis - since) as f32 / 400.0 - 1.0;
        let signs = match capture.shown().content {
            Content::Command(command) if told <= follows => moved(STRAIGHT, command, there_and_back(along)),
            _ => STRAIGHT,
        };
        let examination = found(capture.ask(at(millis)), signs, 0.9, [1.0, 0.0]);
        let drawn = Drawn::from(&randomness);
        let before = recorder.see(header, &examination, &capture, at(millis));
        let picture = SecretBytes::new([&sequence.to_be_bytes()[..], &vec![0; bytes - 4]].concat());
        let step = capture.take(header, picture.clone(), examination.clone(), at(millis), &drawn);
        recorder.took(before, &picture, &capture, drawn.finish(), at(millis));
        if let Some(number) = recorder.recording.frames.last().and_then(|frame| frame.picture) {
            seen.insert(number, (picture, examination));
        }
        if let Some(next) = step.show {
            since = millis;
            told += usize::from(matches!(next.content, Content::Command(_)));
        }
    }
    (capture, recorder, seen)
}

#[test]
fn a_recording_has_a_picture_of_each_step_and_its_numbers() {
    let (capture, recorder, _) = recorded(5, true, 9, 90_000);
    assert!(capture.is_complete());
    let (recording, pictures) = recorder.finish(&capture);
    let commands = recording.steps.iter().filter(|step| matches!(step.content, Content::Command(_))).count();
    let lights = recording.steps.iter().filter(|step| matches!(step.content, Content::Light(_))).count();
    let kept = recording.frames.iter().filter(|frame| frame.kept).count();
    assert_eq!((kept, lights), (capture.collected(), 5));
    assert!(pictures.len() >= kept + commands + lights && pictures.len() <= MAX_PICTURES, "{}", pictures.len());
    let asked = recording.asked();
    assert!(asked.commands.len() == commands && recording.challenge.commands.starts_with(&asked.commands));
    assert_eq!(asked.lights, recording.challenge.lights);
    assert!(recording.frames.iter().all(|frame| frame.signs.is_some() && frame.quality.is_some()));
    let told = format!("{recording:?}{recorder:?}");
    assert!(!told.contains("yaw"), "{told}");
}

#[test]
fn large_frames_are_left_out_but_for_those_that_are_judged_again() {
    let (capture, recorder, _) = recorded_with(5, true, 9, 90_000, 500_000);
    let (recording, pictures) = recorder.finish(&capture);
    let of_kept: Vec<usize> =
        recording.frames.iter().filter(|frame| frame.gate().is_some()).filter_map(|frame| frame.picture).collect();
    assert_eq!(of_kept.len(), capture.collected() + capture.sampled());
    let others = pictures.len() - of_kept.len();
    assert_eq!(others, 4, "two mebibytes of them");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_recording_that_was_written_and_read_runs_the_same_course(
        seed in 0_u64..1_000, lights: bool, follows in 0_usize..6, millis in 1_000_u64..60_000,
    ) {
        let (capture, recorder, seen) = recorded(seed, lights, follows, millis);
        let (recording, _) = recorder.finish(&capture);
        let written = serde_json::to_string(&recording).unwrap();
        let read: Recording = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(&read, &recording);
        let again = read.run_again(&seen);
        prop_assert_eq!(again.is_complete(), capture.is_complete());
        prop_assert_eq!(again.shown(), capture.shown());
        prop_assert_eq!(again.collected(), capture.collected());
        prop_assert_eq!(again.sampled(), capture.sampled());
        prop_assert_eq!(again.evidence(LINES), capture.evidence(LINES));
        prop_assert_eq!(again.template(), capture.template());
        let best = |capture: &Capture| capture.best().map(|best| best.picture.clone());
        prop_assert_eq!(best(&again), best(&capture));
        prop_assert_eq!(again.meshes().1.len(), capture.meshes().1.len());
    }
}
