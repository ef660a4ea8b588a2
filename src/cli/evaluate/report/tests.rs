use super::*;
use crate::app::face::evaluate_faces::{Sample, Wanted, measure};
use crate::domain::face::comparison::{ModelHash, Template};

fn measured(people: u16, group: Option<&str>) -> Measured {
    let sample = |person: u16, take: u16| {
        let turn = f32::from(person) * 1.7 + f32::from(take) * 0.2;
        let values = vec![turn.cos(), turn.sin(), (turn * 3.1).cos()];
        Sample {
            file: format!("{person}-{take}.jpg"),
            identity: format!("secret name {person}"),
            group: group.map(|_| format!("side <{}>", person % 2)),
            capture: None,
            found: true,
            outcome: Ok((0.5, Template::new(ModelHash("<m>".into()), values).unwrap())),
        }
    };
    let samples: Vec<Sample> = (0..people).flat_map(|person| (0..3).map(move |take| sample(person, take))).collect();
    let failure = Failure { file: Some("<b>.jpg".into()), line: 4, code: "no_face", detail: "No face & no".into() };
    let wanted =
        Wanted { pairs: None, group: group.map(str::to_owned), calibration: None, splits: 0, rounds: 20, seed: 1 };
    measure("<m>", &samples, vec![failure], &wanted).unwrap()
}

#[test]
fn the_page_stands_alone_and_names_nobody_but_failed_files() {
    let found = measured(20, Some("side"));
    let page = page(&found, Some(&measured(20, None)), Timestamp::from_seconds(0)).unwrap();
    assert_eq!(page.matches("<svg").count(), 4, "DET, two histograms, groups");
    for part in ["1970-01-01", "&lt;m&gt;", "&lt;b&gt;.jpg", "No face &amp; no", "TAR at FMR 1e-5", "side &lt;1&gt;"] {
        assert!(page.contains(part), "{part}");
    }
    for never in ["<m>", "<b>", "secret name", "<script", "<img", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(never), "{never}");
    }
    let elsewhere = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!elsewhere.contains("http"), "another host");
}

#[test]
fn a_page_without_impostors_says_so() {
    let page = page(&measured(1, None), None, Timestamp::from_seconds(0)).unwrap();
    assert!(page.contains("There is nothing to draw") && page.contains("one person only"));
}
