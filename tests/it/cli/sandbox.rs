use std::path::Path;

use super::workshop::Workshop;
use rastau::domain::scenario::SCENARIOS;

#[test]
fn scenarios_are_listed_for_people_and_for_programs() {
    // Neither keys nor a database are needed.
    let shop = Workshop::bare("");
    let table = shop.run(&["sandbox", "scenarios"]).good();
    let listed = shop.run(&["sandbox", "scenarios", "--json"]).json();
    assert_eq!((table.lines().count(), listed.as_array().unwrap().len()), (SCENARIOS.len(), SCENARIOS.len()));
    for (line, scenario) in table.lines().zip(SCENARIOS) {
        for part in [scenario.code, scenario.iin, scenario.sentence] {
            assert!(line.contains(part), "{line}");
        }
    }
    assert_eq!((&listed[0]["code"], &listed[0]["expected"]), (&"approved".into(), &"approved".into()));
}

#[test]
fn the_page_about_the_interface_lists_every_scenario() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/API.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for scenario in SCENARIOS {
        let row = format!("| `{}` | {} |", scenario.code, scenario.iin);
        assert!(rows.iter().any(|line| line.starts_with(&row)), "docs/API.md has no row {row}");
    }
}
