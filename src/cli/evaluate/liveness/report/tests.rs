use super::*;
use crate::app::face::evaluate_faces::Failure;
use crate::app::face::evaluate_liveness::{Label, LivenessRequest, PresentationSample, Seen, measure};
use crate::domain::face::liveness::evidence::PresentationScores;

fn measured(attacks: bool) -> MeasuredPresentation {
    let sample = |line: u16| PresentationSample {
        file: format!("<b>{line}.mp4"),
        line: line.into(),
        label: if attacks && line.is_multiple_of(2) { Label::Attack("<print>".into()) } else { Label::BonaFide },
        subject: format!("secret name {line}"),
        outcome: Ok(Seen {
            frames: 9,
            scores: vec![PresentationScores::new([if line.is_multiple_of(2) { 0.1 } else { 0.9 }; 3]); 8],
            stopped: [("blurred", 1)].into(),
        }),
    };
    let samples: Vec<PresentationSample> = (2..12).map(sample).collect();
    let failure = Failure { file: Some("<i>.jpg".into()), line: 20, code: "no_face", detail: "No face & no".into() };
    measure(&samples, vec![failure], &LivenessRequest { threshold: 0.5, splits: 0, rounds: 20, seed: 1 })
}

#[test]
fn the_page_stands_alone_and_names_files_but_no_people() {
    let page = page(&measured(true), Timestamp::from_seconds(0)).unwrap();
    assert_eq!(page.matches("<svg").count(), 2, "DET and scores");
    for part in ["1970-01-01", "APCER &lt;print&gt;", "&lt;b&gt;3.mp4", "No face &amp; no", "8/9 frames", "blurred 1"] {
        assert!(page.contains(part), "{part}");
    }
    for never in ["<print>", "<b>", "<i>", "secret name", "<script", "<img", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(never), "{never}");
    }
    assert!(!page.replace("http://www.w3.org/2000/svg", "").contains("http"), "another host");
}

#[test]
fn a_page_without_attacks_says_so() {
    let page = page(&measured(false), Timestamp::from_seconds(0)).unwrap();
    assert!(page.contains("There is nothing to draw") && page.contains("there are no attacks"));
}
