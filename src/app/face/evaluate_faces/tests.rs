use super::*;
use crate::domain::face::comparison::ModelHash;

fn template(values: [f32; 2]) -> Template {
    Template::new(ModelHash("m".into()), values.to_vec()).unwrap()
}

fn sample(file: &str, identity: &str, values: Option<[f32; 2]>) -> Sample {
    let failure = Failure { file: Some(file.into()), line: 9, code: "no_face", detail: "No face".into() };
    Sample {
        file: file.into(),
        identity: identity.into(),
        group: None,
        capture: None,
        found: values.is_some(),
        outcome: values.map(|values| (0.5, template(values))).ok_or(failure),
    }
}

fn wanted() -> Wanted {
    Wanted { pairs: None, group: None, calibration: None, splits: 0, rounds: 20, seed: 1 }
}

fn five() -> Vec<Sample> {
    vec![
        sample("a1", "a", Some([1.0, 0.0])),
        sample("a2", "a", Some([1.0, 0.1])),
        sample("a3", "a", None),
        sample("b1", "b", Some([0.0, 1.0])),
        sample("b2", "b", Some([0.1, 1.0])),
    ]
}

#[test]
fn pairs_are_counted_once_and_those_without_a_template_are_misses() {
    let known = Failure { file: None, line: 2, code: "row_incomplete", detail: "x".into() };
    let found = measure("m", &five(), vec![known], &wanted()).unwrap().evaluation;
    assert_eq!((found.pictures, found.identities, found.found, found.templates), (5, 2, 4, 4));
    assert_eq!((found.genuine, found.genuine_missed, found.impostor), (2, 2, 4));
    assert_eq!((found.failed, found.failures[0].line, found.failures[1].code), (2, 2, "no_face"));
    let near = |value: Option<f64>, wanted: f64| (value.unwrap() - wanted).abs() < 1e-9;
    assert!(near(found.tar["1e-2"], 0.5) && near(found.tar_compared["1e-2"], 1.0) && near(found.fnmr["1e-2"], 0.0));
    assert!(near(found.eer, 0.0) && found.tar_interval["1e-5"].is_some());
    assert_eq!(found.uncertain, ["1e-2", "1e-3", "1e-4", "1e-5"]);
}

#[test]
fn one_person_alone_has_genuine_pairs_and_no_rates() {
    let found = measure("m", &five()[..3], vec![], &wanted()).unwrap().evaluation;
    assert_eq!((found.genuine, found.impostor, found.eer), (1, 0, None));
    assert!(found.tar.values().all(Option::is_none) && found.uncertain.is_empty());
    let json = serde_json::to_value(&found).unwrap();
    assert!(json["eer"].is_null() && json["tar"]["1e-3"].is_null() && json["failed"] == 1);
}

#[test]
fn pictures_of_one_capture_make_one_template_of_those_that_have_one() {
    let mut samples = five();
    for (sample, capture) in samples.iter_mut().zip(["x", "x", "x", "x", "y"]) {
        sample.capture = Some(capture.into());
    }
    let found = measure("m", &samples, vec![], &wanted()).unwrap();
    // The captures of the same name of two people are two.
    assert_eq!((found.evaluation.templates, found.evaluation.genuine, found.evaluation.impostor), (3, 1, 2));
    assert_eq!(found.evaluation.genuine_missed, 0);
    let mean = Template::weighted_mean([(1.0, &template([1.0, 0.0])), (1.0, &template([1.0, 0.1]))]).unwrap();
    let score = mean.similarity(&template([0.1, 1.0])).unwrap();
    assert!(found.scores.impostor().iter().any(|pair| (pair.score - score).abs() < 1e-4));
}

#[test]
fn a_list_says_which_pairs_and_may_say_whose() {
    let listed = |line, a: &str, b: &str, same| Listed { line, files: [a.into(), b.into()], same };
    let pairs = vec![
        listed(2, "a1", "a2", None),
        listed(3, "a1", "b1", None),
        listed(4, "a1", "b2", Some(true)),
        listed(5, "a1", "nobody", None),
        listed(6, "a1", "a3", None),
    ];
    let found = measure("m", &five(), vec![], &Wanted { pairs: Some(pairs), ..wanted() }).unwrap().evaluation;
    assert_eq!((found.genuine, found.impostor, found.genuine_missed), (2, 1, 1));
    let unknown = found.failures.iter().find(|failure| failure.code == "pair_not_in_index").unwrap();
    assert_eq!((unknown.line, unknown.file.as_deref()), (5, Some("nobody")));
}

#[test]
fn groups_are_counted_by_themselves_and_small_ones_say_so() {
    let mut samples = five();
    for (sample, group) in samples.iter_mut().zip(["n", "n", "n", "s", "s"]) {
        sample.group = Some(group.into());
    }
    let found = measure("m", &samples, vec![], &Wanted { group: Some("side".into()), ..wanted() }).unwrap();
    let groups = found.evaluation.groups.unwrap();
    assert_eq!(groups.too_small().collect::<Vec<_>>(), ["n", "s"]);
    assert_eq!((groups.groups[0].people, groups.groups[0].genuine, groups.groups[0].impostor), (1, 1, 0));
    assert_eq!((groups.groups[0].fnmr, groups.groups[0].fmr, groups.fmr_ratio), (Some(0.0), None, None));
}

#[test]
fn too_few_people_to_split_are_told() {
    assert!(measure("m", &five(), vec![], &Wanted { splits: 3, ..wanted() }).is_err());
}
