use super::workshop::Workshop;

#[test]
fn a_wrong_configuration_is_told_whole_and_by_key() {
    let shop = Workshop::bare("[server]\nworkers = 0\nprot = 1\n[restrictions]\ntimeout = \"1h\"\n");
    let err = shop.run_with(&["config", "check"], &[("RASTAU__LOG__FORMAT", "xml")]).bad();
    insta::assert_snapshot!(err);
}

#[test]
fn a_named_file_must_be_there_and_the_usual_one_may_be_missing() {
    let shop = Workshop::bare("");
    let err = shop.run(&["--config", "other.toml", "config", "show"]).bad();
    assert!(err.contains("cannot read other.toml"), "{err}");
    std::fs::remove_file(shop.path("rastau.toml")).unwrap();
    let shown = shop.run_with(&["config", "show"], &[("RASTAU__SERVER__BIND", "0.0.0.0:80")]).good();
    assert!(shown.contains("bind = \"0.0.0.0:80\""), "{shown}");
}

#[test]
fn the_file_may_be_named_by_the_environment() {
    let shop = Workshop::bare("");
    shop.write("other.toml", "[tokens]\nlifetime = \"60s\"\n");
    let shown = shop.run_with(&["config", "show"], &[("RASTAU_CONFIG", "other.toml")]).good();
    assert!(shown.contains("lifetime = \"1m\""), "{shown}");
}

#[test]
fn production_does_not_start_on_what_was_made_for_a_sandbox() {
    let shop = Workshop::bare("[restrictions]\nrequired_sources = [\"debtors\"]\n");
    shop.run(&["keys", "generate", "--sandbox", "--out", "keys.toml"]).good();
    for command in [["serve"].as_slice(), &["migrate"], &["config", "check"], &["audit", "verify"]] {
        let err = shop.run(command).bad();
        assert!(err.contains("made for a sandbox"), "{command:?}: {err}");
    }
    assert!(!shop.path("rastau.db").exists());
}

#[test]
fn production_does_not_start_on_plain_http() {
    let shop = Workshop::bare("[server]\npublic_url = \"http://rastau.example\"\n");
    shop.run(&["keys", "generate", "--out", "keys.toml"]).good();
    let err = shop.run(&["serve"]).bad();
    assert!(err.contains("server.public_url: production over plain http"), "{err}");
}

#[test]
fn a_sandbox_operator_in_the_database_keeps_production_out() {
    let shop = Workshop::sandbox();
    shop.run(&[
        "operator",
        "add",
        "demo-bet",
        "--name",
        "Demo",
        "--redirect-uri",
        "https://bet.example/cb",
        "--sandbox-secret",
    ])
    .good();
    shop.claim_production();
    let err = shop.run(&["serve"]).bad();
    assert!(err.contains("the database holds sandbox operators"), "{err}");
}
