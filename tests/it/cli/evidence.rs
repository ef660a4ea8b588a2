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

#[test]
fn where_the_staff_has_a_second_person_one_alone_says_so() {
    let shop = Workshop::sandbox();
    let nothing = shop.run(&["registry", "release", "debtors"]).bad();
    assert!(nothing.contains("no version of source debtors waits"), "{nothing}");
    shop.run(&["staff", "invite", "one", "--name", "One", "--role", "supervisor"]).good();
    for command in [
        &["registry", "release", "debtors"][..],
        &["person", "unlock", "--iin", "900101300017"],
        &["person", "forget-factors", "--iin", "900101300017"],
    ] {
        let told = shop.run(command).bad();
        assert!(told.contains("--alone"), "{told}");
        let alone = [command, &["--alone"]].concat();
        let told = shop.run(&alone).bad();
        assert!(!told.contains("--alone"), "{told}");
    }
}
