use super::workshop::Workshop;

/// A log of three events.
fn shop_with_log() -> Workshop {
    let shop = Workshop::sandbox();
    for id in ["one", "two", "three"] {
        shop.run(&[
            "operator",
            "add",
            id,
            "--name",
            id,
            "--redirect-uri",
            "https://bet.example/cb",
            "--sandbox-secret",
        ])
        .good();
    }
    shop
}

#[test]
fn an_untouched_log_is_whole_and_its_head_can_be_noted() {
    let shop = shop_with_log();
    let out = shop.run(&["audit", "verify"]).good();
    let head = out.lines().find_map(|line| line.strip_prefix("head ")).unwrap().to_owned();
    assert!(out.starts_with("the log is whole: 3 events\n") && head.starts_with("3:"), "{out}");
    shop.run(&[
        "operator",
        "add",
        "four",
        "--name",
        "4",
        "--redirect-uri",
        "https://bet.example/cb",
        "--sandbox-secret",
    ])
    .good();
    let later = shop.run(&["audit", "verify", "--expect", &head, "--json"]).json();
    assert_eq!((&later["whole"], &later["events"]), (&true.into(), &4.into()));
    let empty = Workshop::sandbox().run(&["audit", "verify"]).good();
    assert_eq!(empty, "the log is whole: it has no events yet\n");
}

#[tokio::test]
async fn an_edit_a_gap_a_reorder_and_a_cut_are_found() {
    for (statement, told) in [
        ("UPDATE audit_event SET subject = 'other' WHERE sequence = 2", "event 2 was changed"),
        ("UPDATE audit_event SET at = at + 1 WHERE sequence = 1", "event 1 was changed"),
        ("DELETE FROM audit_event WHERE sequence = 2", "event 2 is missing"),
        ("DELETE FROM audit_event WHERE sequence = 3", "the log ends at event 2, but its head says 3"),
        ("UPDATE audit_event SET sequence = 5 - sequence + 10 WHERE sequence > 1", "event 2 is missing"),
        ("UPDATE audit_head SET sequence = 2", "but its head says 2"),
    ] {
        let shop = shop_with_log();
        shop.tamper(statement).await;
        let err = shop.run(&["audit", "verify"]).bad();
        assert!(err.starts_with("rastau: the log is NOT whole") && err.contains(told), "{statement}: {err}");
        let json = shop.run(&["audit", "verify", "--json"]);
        assert!(json.code == 1 && json.out.contains("\"whole\": false"), "{}", json.out);
    }
}

#[test]
fn a_log_that_was_written_anew_is_found_by_a_noted_head() {
    let noted = shop_with_log().run(&["audit", "verify"]).good();
    let head = noted.lines().find_map(|line| line.strip_prefix("head ")).unwrap();
    let other = shop_with_log();
    let err = other.run(&["audit", "verify", "--expect", head]).bad();
    assert!(err.contains("event 3 is not the one that was noted"), "{err}");
    let err = Workshop::sandbox().run(&["audit", "verify", "--expect", head]).bad();
    assert!(err.contains("its end was cut off"), "{err}");
    assert_eq!(other.run(&["audit", "verify", "--expect", "3:beef"]).code, 2);
}
