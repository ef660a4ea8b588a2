use super::*;

fn seen(scores: &[f32], stopped: &[(&'static str, usize)]) -> Seen {
    let stopped: BTreeMap<_, _> = stopped.iter().copied().collect();
    Seen {
        frames: scores.len() + stopped.values().sum::<usize>(),
        scores: scores.iter().map(|score| PresentationScores::new([*score; 3])).collect(),
        stopped,
    }
}

fn sample(line: u64, attack: Option<&str>, subject: &str, outcome: Result<Seen, Failure>) -> PresentationSample {
    PresentationSample {
        file: format!("{line}.mp4"),
        line,
        label: attack.map_or(Label::BonaFide, |kind| Label::Attack(kind.to_owned())),
        subject: subject.to_owned(),
        outcome,
    }
}

fn samples() -> Vec<PresentationSample> {
    let gone = Failure { file: Some("8.mp4".into()), line: 8, code: "file_missing", detail: "gone".into() };
    vec![
        sample(2, None, "a", Ok(seen(&[0.9; 8], &[("blurred", 2)]))),
        sample(3, None, "b", Ok(seen(&[0.8], &[]))),
        sample(4, None, "c", Ok(seen(&[], &[("face_too_small", 3), ("blurred", 1)]))),
        sample(5, Some("print"), "a", Ok(seen(&[0.01], &[]))),
        sample(6, Some("print"), "b", Ok(seen(&[], &[("no_face", 1)]))),
        sample(7, Some("replay"), "b", Ok(seen(&[0.7], &[]))),
        sample(8, None, "d", Err(gone)),
    ]
}

const WANTED: LivenessRequest = LivenessRequest { threshold: 0.5, splits: 20, rounds: 50, seed: 1 };

#[test]
fn rates_count_what_the_gate_stops_and_leave_out_what_cannot_be_read() {
    let known = Failure { file: None, line: 9, code: "row_incomplete", detail: "x".into() };
    let found = measure(&samples(), vec![known], &WANTED).evaluation;
    assert_eq!((found.presentations, found.people, found.bona_fide), (6, 3, 3));
    assert_eq!((found.apcer["print"], found.apcer["replay"], found.apcer_worst), (0.0, 1.0, Some(1.0)));
    let near = |rate: Option<f64>, wanted: f64| (rate.unwrap() - wanted).abs() < 1e-9;
    assert!(near(found.bpcer, 1.0 / 3.0) && near(found.bpcer_scored, 0.0) && near(found.eer, 0.0));
    assert!(found.splits.is_some_and(|held| held.splits > 0));
    assert!(found.eer_threshold.unwrap() > 0.7 && found.bpcer_interval.is_some());
    let told: Vec<_> = found.failures.iter().map(|failure| (failure.line, failure.code)).collect();
    assert_eq!(told, [(4, "face_too_small"), (6, "no_face"), (8, "file_missing"), (9, "row_incomplete")]);
    assert_eq!(found.failed, 4);
    assert_eq!(found.failures[0].detail, "no frame can be used; 3 of 4 so");
}

#[test]
fn every_file_tells_what_became_of_it() {
    let found = measure(&samples(), vec![], &WANTED).evaluation;
    let first = &found.files[0];
    assert_eq!((first.frames, first.usable, first.accepted, first.captures_accepted), (10, 8, true, Some(1.0)));
    assert_eq!(first.stopped["blurred"], 2);
    assert_eq!((found.files[2].score, found.files[2].accepted), (None, false));
    assert_eq!((found.files[5].attack.as_deref(), found.files[5].accepted), (Some("replay"), true));
    let strict = measure(&samples(), vec![], &LivenessRequest { threshold: 0.85, ..WANTED }).evaluation;
    assert!(!strict.files[5].accepted && !strict.files[1].accepted);
}

#[test]
fn people_tune_a_threshold_when_they_present_both() {
    let threshold = tune(&samples()).unwrap();
    assert!((0.7..0.8).contains(&threshold), "{threshold}");
    assert_eq!(tune(&samples()[..3]), None);
    let none = measure(&[], vec![], &WANTED).evaluation;
    let json = serde_json::to_value(&none).unwrap();
    assert!(json["bpcer"].is_null() && json["eer"].is_null() && json["apcer"].as_object().unwrap().is_empty());
}
