//! `rastau face` on real pictures.

use serde_json::Value;

use super::workshop::Workshop;
use crate::support::faces::{Who, clip, empty_room, id_photo, turned, two_people};

fn shop_with_pictures() -> Workshop {
    let shop = Workshop::sandbox();
    shop.write("id.jpg", id_photo(Who::Astronaut));
    shop.write("live.jpg", clip(Who::Astronaut).swap_remove(3));
    shop.write("other.jpg", clip(Who::Other).swap_remove(3));
    shop.write("room.jpg", empty_room());
    shop.write("two.jpg", two_people());
    shop.write("text.jpg", "no picture");
    shop.write("upside-down.jpg", turned(&id_photo(Who::Astronaut), 2));
    shop.write("lying.jpg", turned(&id_photo(Who::Astronaut), 1));
    shop.write("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    let whole = id_photo(Who::Astronaut);
    shop.write("unended.jpg", &whole[..whole.len() - 2]);
    shop.write("half.jpg", [&whole[..whole.len() / 2], &[0xFF, 0xD9]].concat());
    shop
}

#[test]
fn the_exit_code_says_match_no_match_or_could_not_tell() {
    let shop = shop_with_pictures();
    for (a, b, code, reason) in [
        ("id.jpg", "live.jpg", 0, None),
        ("id.jpg", "other.jpg", 1, None),
        ("id.jpg", "room.jpg", 2, Some("no_face")),
        ("two.jpg", "id.jpg", 2, Some("several_faces")),
        ("text.jpg", "id.jpg", 2, Some("picture_format")),
        ("live.jpg", "upside-down.jpg", 0, None),
        ("lying.jpg", "live.jpg", 0, None),
        ("upside-down.jpg", "other.jpg", 1, None),
        ("unended.jpg", "live.jpg", 0, None),
        ("half.jpg", "live.jpg", 2, Some("picture_damaged")),
        ("phone.heic", "live.jpg", 2, Some("picture_heic")),
    ] {
        let outcome = shop.run(&["face", "compare", a, b, "--json"]);
        assert_eq!(outcome.code, code, "{a} {b}: {}{}", outcome.out, outcome.err);
        let answer: Value = serde_json::from_str(&outcome.out).unwrap();
        if let Some(reason) = reason {
            assert!(answer.to_string().contains(reason), "{answer}");
        }
    }
}

#[test]
fn what_keeps_it_from_working_is_never_no_match() {
    let shop = shop_with_pictures();
    let missing = shop.run(&["face", "compare", "id.jpg", "nowhere.jpg"]);
    assert_eq!(missing.code, 2, "{}{}", missing.out, missing.err);
    assert!((missing.out + &missing.err).contains("nowhere.jpg"));
    shop.write("rastau.toml", "[models]\ndirectory = \"elsewhere\"\n");
    let models = shop.run(&["face", "compare", "id.jpg", "live.jpg"]);
    assert_eq!(models.code, 2, "{}{}", models.out, models.err);
    assert!(models.err.contains("manifest.toml"), "{}", models.err);
    shop.write("rastau.toml", "[nonsense]\n");
    assert_eq!(shop.run(&["face", "compare", "id.jpg", "live.jpg"]).code, 2);
}

#[test]
fn inspect_tells_faces_quality_and_why_not() {
    let shop = shop_with_pictures();
    let outcome = shop.run(&["face", "inspect", "--live", "live.jpg", "two.jpg", "--json"]);
    let found: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(found.as_array().unwrap().len(), 2, "{found}");
    assert!(found.to_string().contains("several_faces"), "{found}");
    assert!(found[0]["quality"].is_object(), "{found}");
    let told = shop.run(&["face", "inspect", "id.jpg", "upside-down.jpg", "lying.jpg"]).good();
    let verdicts: Vec<_> = told.lines().skip(1).map(|line| line.contains("passes once turned upright")).collect();
    assert_eq!(verdicts, [false, true, true], "{told}");
    let told = shop.run(&["face", "inspect", "--live", "upside-down.jpg"]).good();
    assert!(told.contains("not_upright"), "{told}");
}
