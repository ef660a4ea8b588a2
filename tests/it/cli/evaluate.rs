//! `rastau evaluate faces` on real pictures: what can be measured is, and the rest is told line by line.

use serde_json::Value;

use super::workshop::{Outcome, Workshop, models};
use crate::support::faces::{Who, clip, empty_room, id_photo};
use crate::support::left_out::evaluation;

/// Two people with two pictures each, and everything that can go wrong.
fn shop() -> Workshop {
    let shop = Workshop::sandbox();
    shop.write("a1.jpg", id_photo(Who::Astronaut));
    shop.write("a2.jpg", clip(Who::Astronaut).swap_remove(3));
    shop.write("b1.jpg", id_photo(Who::Other));
    shop.write("b2.jpg", clip(Who::Other).swap_remove(3));
    shop.write("room.jpg", empty_room());
    shop.write("half.jpg", &id_photo(Who::Other)[..2_000]);
    shop
}

const GOOD: &str = "file,identity\na1.jpg,a\na2.jpg,a\nb1.jpg,b\nb2.jpg,b\n";

fn evaluate(shop: &Workshop, index: &str, more: &[&str]) -> Outcome {
    shop.write("index.csv", index);
    shop.run(&[&["evaluate", "faces", "--index", "index.csv", "--rounds", "50"], more].concat())
}

fn json(shop: &Workshop, index: &str, more: &[&str]) -> (Value, String) {
    let outcome = evaluate(shop, index, &[&["--json"], more].concat());
    assert_eq!(outcome.code, 0, "{}{}", outcome.out, outcome.err);
    (serde_json::from_str(&outcome.out).unwrap(), outcome.err)
}

#[test]
fn two_people_are_told_apart() {
    let shop = shop();
    let (found, err) = json(&shop, GOOD, &[]);
    assert_eq!((&found["genuine"], &found["impostor"], &found["failed"]), (&2.into(), &4.into(), &0.into()));
    assert_eq!(found["eer"], 0.0);
    for rate in ["1e-2", "1e-3", "1e-4", "1e-5"] {
        assert_eq!(found["tar"][rate], 1.0, "{found}");
    }
    assert!(err.contains("4 impostor pairs are too few for an FMR of 1e-2"), "{err}");
    let text = evaluate(&shop, GOOD, &[]).good();
    assert!(text.contains("pictures") && text.contains("4 of 2 people") && text.contains("TAR at FMR 1e-5"), "{text}");
}

#[test]
fn what_cannot_be_compared_is_told_by_line_and_the_rest_is_measured() {
    let shop = shop();
    let index = format!("{GOOD}nowhere.jpg,a\nroom.jpg,b\nhalf.jpg,b\n,b\na1.jpg\n");
    let (found, err) = json(&shop, &index, &[]);
    let told: Vec<_> = found["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| (failure["line"].as_u64().unwrap(), failure["code"].as_str().unwrap()))
        .collect();
    let codes =
        [(6, "file_missing"), (7, "no_face"), (8, "picture_damaged"), (9, "row_incomplete"), (10, "row_incomplete")];
    assert_eq!(told, codes);
    assert_eq!((&found["failed"], &found["genuine"], &found["genuine_missed"]), (&5.into(), &2.into(), &7.into()));
    for line in [
        "line 6: nowhere.jpg: file_missing: there is no such file",
        "line 7: room.jpg: no_face: ",
        "line 8: half.jpg: picture_damaged: ",
        "line 9: row_incomplete: the row has no file",
        "line 10: a1.jpg: row_incomplete: the row has no identity",
    ] {
        assert_eq!(err.lines().filter(|told| told.starts_with(line)).count(), 1, "{line}: {err}");
    }
}

#[test]
fn a_missing_column_is_named_beside_those_there_are() {
    let shop = shop();
    let refused = evaluate(&shop, "file,person\na1.jpg,a\n", &[]).bad();
    assert!(refused.contains("there is no column identity; there are: file, person"), "{refused}");
    let (found, err) = json(&shop, GOOD, &["--group", "side"]);
    assert!(err.contains("--group: index.csv: there is no column side; there are: file, identity"), "{err}");
    assert!(found["groups"].is_null() && found["genuine"] == 2);
    assert!(evaluate(&shop, "", &[]).bad().contains("there are: none"));
}

#[test]
fn one_person_only_has_genuine_figures_and_no_rates() {
    let shop = shop();
    let (found, err) = json(&shop, "file,identity\na1.jpg,a\na2.jpg,a\n", &[]);
    assert!(err.contains("one person only: there are no impostor pairs"), "{err}");
    assert_eq!((&found["genuine"], &found["impostor"]), (&1.into(), &0.into()));
    assert!(found["eer"].is_null() && found["tar"]["1e-3"].is_null(), "{found}");
    let nothing = evaluate(&shop, "file,identity\nroom.jpg,a\n", &[]);
    assert_eq!(nothing.code, 1, "{}", nothing.out);
    assert!(nothing.err.contains("room.jpg: no_face"), "{}", nothing.err);
}

#[test]
fn pairs_captures_groups_shadow_and_report_go_together() {
    let shop = shop();
    shop.write("pairs.csv", "file_a,file_b,same\na1.jpg,a2.jpg,1\na1.jpg,b1.jpg,0\na1.jpg,gone.jpg,0\n");
    let index = "file,identity,side,take\na1.jpg,a,n,1\na2.jpg,a,n,1\nb1.jpg,b,s,1\nb2.jpg,b,s,2\n";
    let (pairs, err) = json(&shop, index, &["--pairs", "pairs.csv"]);
    assert_eq!((&pairs["genuine"], &pairs["impostor"], &pairs["failed"]), (&1.into(), &1.into(), &1.into()));
    assert!(err.contains("line 4: gone.jpg: pair_not_in_index"), "{err}");
    let models = models().display().to_string();
    let more = ["--group", "side", "--capture", "take", "--shadow", &models, "--report", "out"];
    let (found, err) = json(&shop, index, &more);
    assert_eq!((&found["templates"], &found["genuine"], &found["impostor"]), (&3.into(), &1.into(), &2.into()));
    assert_eq!(found["shadow"]["eer"], found["eer"]);
    assert_eq!(found["groups"]["groups"][1]["name"], "s");
    assert!(err.contains("groups too small to tell, left out of the ratios: n, s"), "{err}");
    let page = std::fs::read_to_string(shop.path("out/report.html")).unwrap();
    assert!(page.matches("<svg").count() == 4 && !page.contains("a1.jpg"), "{page}");
    let text = evaluate(&shop, index, &["--group", "side", "--shadow", &models]).good();
    assert!(text.contains("shadow") && text.contains("worst over best"), "{text}");
}

#[test]
fn few_people_calibrate_nothing_and_leave_the_old_calibration() {
    let shop = shop();
    shop.write("c.json", "old");
    let refused = evaluate(&shop, GOOD, &["--calibrate", "c.json"]).bad();
    assert!(
        refused.contains("c.json was not written: a calibration takes at least 50 people, and there are 2"),
        "{refused}"
    );
    assert_eq!(std::fs::read_to_string(shop.path("c.json")).unwrap(), "old");
}

#[test]
fn a_calibration_of_other_models_compares_nothing() {
    let shop = shop();
    let text = std::fs::read_to_string(models().join("calibration.json")).unwrap();
    let model = serde_json::from_str::<Value>(&text).unwrap()["model"].as_str().unwrap().to_owned();
    shop.write("other.json", text.replace(&model, &"ab".repeat(32)));
    let environment = [("RASTAU__COMPARISON__CALIBRATION", "other.json")];
    let told =
        format!("is of the embedder abababababab, and {} is in use; make a new one: rastau evaluate", &model[..12]);
    let compared = shop.run_with(&["face", "compare", "a1.jpg", "a2.jpg"], &environment);
    assert_eq!(compared.code, 2);
    let served = shop.run_with(&["serve"], &environment);
    assert_eq!(served.code, 1);
    let examined = shop.run_with(&["doctor"], &environment);
    assert_eq!(examined.code, 1);
    for said in [compared.err, served.err, examined.out] {
        assert!(said.contains(&told), "{said}");
    }
}

#[test]
fn a_calibration_of_half_the_people_holds_for_the_other_half() {
    let Some(index) = evaluation("faces/index.csv") else { return };
    let shop = Workshop::sandbox();
    let index = index.display().to_string();
    let faces = ["evaluate", "faces", "--index", &index, "--json"];
    shop.run(&[faces.as_slice(), &["--people", "odd", "--calibrate", "odd.json"]].concat()).good();
    let even = shop.run(&[faces.as_slice(), &["--people", "even", "--calibration", "odd.json"]].concat()).json();
    let kept = even["calibration"].as_array().unwrap();
    for (place, asked) in [1e-2, 1e-3].into_iter().enumerate() {
        let ratio = kept[place]["fmr"].as_f64().unwrap() / asked;
        assert!((0.5..=2.0).contains(&ratio), "asked {asked}, observed over asked {ratio}");
    }
    // Four pairs are expected at 1e-4: twice as many are within what chance does.
    assert!(kept[2]["fmr"].as_f64().unwrap() <= 3e-4, "{even}");
    assert!(even["tar"]["1e-3"].as_f64().unwrap() > 0.9 && even["eer"].as_f64().unwrap() < 0.04, "{even}");
    let [low, high] = [0, 1].map(|end| even["tar_interval"]["1e-3"][end].as_f64().unwrap());
    assert!(low < high && (low..=high).contains(&even["tar"]["1e-3"].as_f64().unwrap()), "{even}");
}
