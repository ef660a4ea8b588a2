use rastau::domain::ports::Store as _;

use super::workshop::Workshop;

#[test]
fn what_is_no_bundle_is_refused_with_its_code() {
    let shop = Workshop::sandbox();
    shop.write("case.zip", "no archive");
    let told = shop.run(&["evidence", "verify", "case.zip"]).bad();
    assert!(told.contains("bundle_format: it is no evidence bundle"), "{told}");
    let told = shop.run(&["evidence", "verify", "case.zip", "--json"]);
    assert!(told.out.contains("\"holds\": false") && told.out.contains("\"bundle_format\""), "{}", told.out);
    let told = shop.run(&["evidence", "verify", "nothing.zip"]).bad();
    assert!(told.contains("cannot read nothing.zip"), "{told}");
}

#[test]
fn a_case_that_cannot_be_judged_again_says_why() {
    let shop = Workshop::sandbox();
    let told = shop.run(&["replay", "0199d6a0-7c1e-7000-8000-000000000001"]);
    assert_eq!(told.code, 3, "{}", told.err);
    assert!(told.err.contains("cannot be judged again: there is no such case"), "{}", told.err);
}

/// Somebody of the staff who says yes at the console.
async fn supervisor(shop: &Workshop) {
    shop.run(&["staff", "invite", "one", "--name", "One", "--role", "supervisor"]).good();
    let told = shop.run(&["staff", "confirm", "one", "--code", "12345678"]).bad();
    assert!(told.contains("nobody of this login waits"), "{told}");
    let store = shop.store().await;
    let mut unit = store.begin().await.unwrap();
    let one = unit.find_staff_by_login(&"one".parse().unwrap()).await.unwrap().unwrap();
    unit.confirm_staff(one.id, one.added_at).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn where_the_staff_has_a_second_person_one_alone_says_so() {
    let shop = Workshop::sandbox();
    let nothing = shop.run(&["registry", "release", "debtors"]).bad();
    assert!(nothing.contains("no version of source debtors waits"), "{nothing}");
    supervisor(&shop).await;
    for command in [
        &["registry", "release", "debtors"][..],
        &["registry", "discard", "debtors"],
        &["registry", "rollback", "debtors"],
        &["person", "unlock", "--iin", "900101300017"],
        &["person", "forget-factors", "--iin", "900101300017"],
        &["operator", "enable", "demo-bet"],
        &["webhook", "set", "--operator", "demo-bet", "--url", "http://localhost:9/in"],
        &["webhook", "rotate", "--operator", "demo-bet"],
    ] {
        let told = shop.run(command).bad();
        assert!(told.contains("--alone"), "{command:?}: {told}");
        let alone = [command, &["--alone"]].concat();
        let told = shop.run(&alone).bad();
        assert!(!told.contains("--alone"), "{command:?}: {told}");
    }
    // Nor does the machine make a second person, stop the one there is and be alone, or let a file pass as it likes.
    shop.write("one.csv", "iin,ground,legal_basis,starts_at,ends_at,source_key\n900101300017,debtor,x,2026-01-01,,1\n");
    for command in [
        &["staff", "invite", "mule", "--name", "Mule", "--role", "supervisor"][..],
        &["staff", "reinvite", "one"],
        &["registry", "import", "one.csv", "--source", "debtors", "--max-age", "24h", "--shrink", "100"],
    ] {
        let told = shop.run(command).bad();
        assert!(told.contains("--alone"), "{command:?}: {told}");
    }
    shop.run(&["staff", "invite", "watcher", "--name", "Watcher", "--role", "auditor"]).good();
    shop.run(&["registry", "import", "one.csv", "--source", "debtors", "--max-age", "24h"]).good();
    shop.run(&["staff", "disable", "one"]).good();
    assert!(shop.run(&["registry", "release", "debtors"]).bad().contains("--alone"), "the second is remembered");
    shop.run(&["staff", "enable", "one", "--alone"]).good();
    let callback = ["--redirect-uri", "http://localhost:1/cb"];
    let add = [&["operator", "add", "new-bet", "--name", "New", "--sandbox-secret"][..], &callback].concat();
    assert!(shop.run(&add).bad().contains("--alone"));
    shop.run(&[&add[..], &["--alone"]].concat()).good();
    // What opens no door takes nobody else.
    shop.run(&["operator", "change", "new-bet", "--requests-per-second", "7"]).good();
    shop.run(&["operator", "disable", "new-bet"]).good();
    let elsewhere = ["operator", "change", "new-bet", "--redirect-uri", "http://localhost:2/cb"];
    assert!(shop.run(&elsewhere).bad().contains("--alone"));
    shop.run(&[&elsewhere[..], &["--alone"]].concat()).good();
}
