//! `rastau evaluate workshop --people` and `evaluate injection`: the victim's own puppet, of another picture than the ID's.

use super::workshop::Workshop;
use crate::support::faces::{Who, clip, empty_room, id_photo};

/// Two people with two pictures each, and one of whom there is no second that will do.
fn shop() -> Workshop {
    let shop = Workshop::sandbox();
    for (name, who) in [("a", Who::Astronaut), ("b", Who::Other)] {
        shop.write(&format!("{name}1.jpg"), id_photo(who));
        shop.write(&format!("{name}2.jpg"), clip(who).swap_remove(3));
    }
    shop.write("room.jpg", empty_room());
    shop.write(
        "people.csv",
        "file,label,subject\na1.jpg,live,a\na2.jpg,live,a\nb1.jpg,live,b\nb2.jpg,live,b\n\
         a1.jpg,live,c\nroom.jpg,live,c\n",
    );
    shop
}

#[test]
fn everybody_is_attacked_by_their_own_puppet() {
    let shop = shop();
    let run = ["evaluate", "workshop", "--people", "people.csv", "--kind", "victim_puppet", "--runs", "1", "--json"];
    let outcome = shop.run(&run);
    let found: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    let puppet = &found["actors"][0];
    assert_eq!((&puppet["kind"], &puppet["runs"]), (&"victim_puppet".into(), &2.into()), "{found}");
    assert_eq!((&puppet["people"]["a"][0], &puppet["people"]["b"][0]), (&1.into(), &1.into()), "{found}");
    // Whoever holds it, it is not the comparison: the puppet is the person.
    assert_eq!(puppet["without"]["comparison"], 0, "{found}");
    assert!(outcome.err.contains("c: there are no two pictures of which one gives a template"), "{}", outcome.err);
    // An attack that passes is an exit status of its own.
    assert_eq!(outcome.code != 0, puppet["passed"].as_u64().unwrap() > 0, "{found}");
}

#[test]
fn every_way_in_is_a_line_of_its_own() {
    let shop = shop();
    let run = ["evaluate", "injection", "--people", "people.csv", "--kind", "wrong_person", "--csv", "table.csv"];
    let outcome = shop.run(&run);
    for way in ["software_camera", "hooked_page", "protocol_client"] {
        let line = outcome.out.lines().find(|line| line.starts_with(way));
        assert!(line.is_some_and(|line| line.contains("wrong_person") && line.contains("0.00 %")), "{}", outcome.out);
    }
    assert_eq!(outcome.code, 0, "{}", outcome.err);
    assert_eq!(std::fs::read_to_string(shop.path("table.csv")).unwrap().lines().count(), 4);
    let nobody = shop.run(&["evaluate", "injection", "--people", "gone.csv"]);
    assert!(nobody.bad().contains("gone.csv"));
}
