use super::workshop::Workshop;
use rastau::domain::identity::person::Iin;
use rastau::domain::ports::Store as _;
use rastau::domain::restrictions::Ground;

const HEADER: &str = "iin,ground,legal_basis,starts_at,ends_at,source_key";
const IMPORT: [&str; 6] = ["registry", "import", "file.csv", "--source", "debtors", "--max-age"];

fn import(shop: &Workshop, content: impl AsRef<[u8]>, more: &[&str]) -> super::workshop::Outcome {
    shop.write("file.csv", content);
    let mut args = IMPORT.to_vec();
    args.push("24h");
    args.extend(more);
    shop.run(&args)
}

async fn grounds(shop: &Workshop) -> Vec<(Ground, String)> {
    let iin = Iin::parse("900101300017").unwrap();
    let (mut rows, _) = shop.store().await.registry_answer(&iin).await.unwrap();
    rows.sort_by(|a, b| a.source_key.cmp(&b.source_key));
    rows.into_iter().map(|row| (row.ground, row.source_key)).collect()
}

#[tokio::test]
async fn a_file_replaces_what_its_source_said_before() {
    let shop = Workshop::sandbox();
    // A byte-order mark, all three line ends, a quoted comma, and a start that lies ahead.
    let first = format!(
        "\u{feff}{HEADER}\r\n900101300017,debtor,\"Law, art. 15\",2026-01-01,,k1\n\
         900101300017,self_restriction,own request,2099-01-01,2100-01-01T00:00:00+05:00,k2\r"
    );
    let out = import(&shop, &first, &[]).good();
    assert!(out.starts_with("source debtors: 2 restrictions of 1 people were imported\nversion 1, sha256 "), "{out}");
    assert_eq!(grounds(&shop).await, [(Ground::Debtor, "k1".to_owned()), (Ground::SelfRestriction, "k2".to_owned())]);
    let second = format!("{HEADER}\n900101300017,court_decision,No. 7,2026-01-01,,k3\n");
    let report = import(&shop, &second, &["--json"]).json();
    assert_eq!((&report["imported"], &report["people"]), (&1.into(), &1.into()));
    assert_eq!(grounds(&shop).await, [(Ground::CourtDecision, "k3".to_owned())]);
    let mut unit = shop.store().await.read().await.unwrap();
    let events = unit.list_audit(1, 10).await.unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].kind, "registry_imported");
    let sha256 = report["sha256"].as_str().unwrap();
    assert!(events[1].details.contains(sha256) && !events[1].details.contains("900101300017"));
}

#[tokio::test]
async fn a_file_with_bad_rows_waits_for_a_person() {
    let shop = Workshop::sandbox();
    import(&shop, format!("{HEADER}\n900101300017,debtor,b,2026-01-01,,k1\n"), &[]).good();
    let mut bad = format!(
        "{HEADER}\n900101300017,court_decision,b,2026-01-01,,k1\n900101300018,debtor,b,2026-01-01,,k2\n\
         900101300017,bankrupt,b,2026-01-01,,k3\n900101300017,debtor,b,2026-02-01,2026-01-01,k4\n\
         900101300017,debtor,b,01.01.2026,,k5\n900101300017,debtor,\"b,2026-01-01,,k6\n\
         900101300017,debtor,b,2026-01-01,,k1\n900101300017,debtor,b\n"
    )
    .into_bytes();
    bad.extend(b"900101300017,debtor,\xcf\xf0,2026-01-01,,k9\n");
    bad.extend(format!("900101300017,debtor,{},2026-01-01,,k10\n", "x".repeat(9_000)).bytes());
    let outcome = import(&shop, &bad, &[]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(format!("{}{}", outcome.out, outcome.err));
    assert_eq!(grounds(&shop).await, [(Ground::Debtor, "k1".to_owned())]);
    let listed = shop.run(&["registry", "versions", "debtors"]).good();
    assert!(listed.contains("quarantined") && listed.contains("9 of 10 rows were refused"), "{listed}");
    assert!(shop.run(&["registry", "rollback", "debtors"]).bad().contains("no version to go back to"));
    assert!(shop.run(&["registry", "release", "debtors"]).good().starts_with("version 2 of debtors counts"));
    assert_eq!(grounds(&shop).await, [(Ground::CourtDecision, "k1".to_owned())]);
    assert!(shop.run(&["registry", "rollback", "debtors"]).good().starts_with("version 1 of debtors counts again"));
    assert_eq!(grounds(&shop).await, [(Ground::Debtor, "k1".to_owned())]);
    assert!(shop.run(&["registry", "discard", "debtors"]).bad().contains("no version of source debtors waits"));
    let versions = shop.run(&["registry", "versions", "debtors", "--json"]).json();
    assert_eq!((&versions[0]["state"], &versions[1]["state"]), (&"removed".into(), &"current".into()));
    assert_eq!(shop.run(&["audit", "verify", "--json"]).json()["events"], 4);
}

#[tokio::test]
async fn changes_are_joined_to_what_counts() {
    let shop = Workshop::sandbox();
    import(&shop, format!("{HEADER}\n900101300017,debtor,b,2026-01-01,,k1\n"), &[]).good();
    let line = r#"{"op":"add","iin":"900101300017","ground":"deceased","legal_basis":"b","starts_at":"2026-01-01","source_key":"k2"}"#;
    shop.write(
        "changes.jsonl",
        format!("{line}\n{{\"op\":\"remove\",\"iin\":\"900101300017\",\"source_key\":\"k1\"}}\n"),
    );
    let args = ["registry", "import", "changes.jsonl", "--changes", "--source", "debtors", "--max-age", "24h"];
    let out = shop.run(&args).good();
    assert!(
        out.starts_with("source debtors: 1 restrictions of 1 people have begun or changed, 1 have gone, 1 count"),
        "{out}"
    );
    assert_eq!(grounds(&shop).await, [(Ground::Deceased, "k2".to_owned())]);
    assert!(shop.run(&args).good().contains("is what counts already (version 2)"));
    let wrong = shop.run(&[&args[..], &["--sha256", &"0".repeat(64)]].concat()).bad();
    assert!(wrong.contains("another than it should be"), "{wrong}");
    for bad in [["--sha256", "00"], ["--bad-rows", "-1"], ["--format", "xml"]] {
        assert_eq!(shop.run(&[&args[..], &bad].concat()).code, 2, "{bad:?}");
    }
}

#[test]
fn a_refused_file_is_told_as_json_too() {
    let shop = Workshop::sandbox();
    let outcome = import(&shop, format!("{HEADER}\n1,debtor,b,2026-01-01,,k1\n"), &["--json"]);
    assert_eq!(outcome.code, 1);
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    insta::assert_json_snapshot!(report);
}

#[test]
fn an_empty_file_frees_nobody_unless_it_is_meant() {
    let shop = Workshop::sandbox();
    for content in ["", "\n\n", "iin,ground\n"] {
        let err = import(&shop, content, &["--allow-empty"]).bad();
        assert!(err.contains("the first line must name the columns"), "{err}");
    }
    let err = import(&shop, HEADER, &[]).bad();
    assert!(err.contains("--allow-empty"), "{err}");
    import(&shop, HEADER, &["--allow-empty"]).good();
}

#[test]
fn an_older_file_never_replaces_a_newer_one() {
    let shop = Workshop::sandbox();
    let file = format!("{HEADER}\n900101300017,debtor,b,2026-01-01,,k1\n");
    import(&shop, &file, &["--as-of", "2026-01-02"]).good();
    let err = import(&shop, &file, &["--as-of", "2026-01-01T23:59:59+05:00"]).bad();
    assert!(err.contains("was refreshed at 2026-01-01T19:00:00Z already"), "{err}");
    let err = import(&shop, &file, &["--as-of", "2200-01-01"]).bad();
    assert!(err.contains("lies ahead"), "{err}");
    let listed = shop.run(&["registry", "sources", "--json"]).json();
    assert_eq!((&listed[0]["name"], &listed[0]["fresh"]), (&"debtors".into(), &false.into()));
}

#[test]
fn names_and_ages_have_their_bounds() {
    let shop = Workshop::sandbox();
    shop.write("file.csv", HEADER);
    let run =
        |source: &str, age: &str| shop.run(&["registry", "import", "file.csv", "--source", source, "--max-age", age]);
    assert!(run("Debtors", "24h").bad().contains("a source name is"));
    assert!(run("debtors", "59s").bad().contains("1m to 366d"));
    assert!(run("debtors", "367d").bad().contains("1m to 366d"));
    assert_eq!(run("debtors", "soon").code, 2);
}

#[tokio::test]
async fn killed_in_the_middle_it_leaves_the_registry_as_it_was() {
    use std::fmt::Write as _;
    let mut file = format!("{HEADER}\n");
    for key in 0..20_000 {
        writeln!(file, "900101300017,debtor,b,2026-01-01,,new{key}").unwrap();
    }
    for milliseconds in [40, 150, 400, 900] {
        let shop = Workshop::sandbox();
        import(&shop, format!("{HEADER}\n900101300017,debtor,b,2026-01-01,,k1\n"), &[]).good();
        shop.write("new.csv", &file);
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_rastau"))
            .args(["registry", "import", "new.csv", "--source", "debtors", "--max-age", "24h", "--growth", "100000"])
            .current_dir(shop.path(""))
            .env_clear()
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        child.kill().unwrap();
        // A fast machine may be through by then, and nothing between.
        let through = child.wait().unwrap().success();
        let rows = grounds(&shop).await;
        assert_eq!(rows.len(), if through { 20_000 } else { 1 }, "{milliseconds} ms");
        shop.run(&["audit", "verify"]).good();
    }
}

#[tokio::test]
async fn the_registry_is_moved_to_a_further_key() {
    let shop = Workshop::sandbox();
    import(&shop, format!("{HEADER}\n900101300017,debtor,b,2026-01-01,,k1\n"), &[]).good();
    let err = shop.run(&["registry", "rekey"]).bad();
    assert!(err.contains("no further key of the registry"), "{err}");
    let key = shop.run(&["keys", "draw"]).good();
    assert_eq!(key.trim().len(), 44, "base64 of 32 bytes");
    assert_ne!(key, shop.run(&["keys", "draw"]).good());
    let file = shop.path("keys.toml");
    let keys = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, keys.replace("pairwise =", &format!("registry = [\"{}\"]\npairwise =", key.trim()))).unwrap();
    assert_eq!(grounds(&shop).await.len(), 1);
    let report = shop.run(&["registry", "rekey", "--json"]).json();
    assert_eq!(report["sources"], serde_json::json!([{ "name": "debtors", "rows": 1 }]));
    assert_eq!(grounds(&shop).await.len(), 1);
    // Without the key nobody could be found, and so nothing starts.
    std::fs::write(&file, &keys).unwrap();
    let err = shop.run(&["registry", "sources"]).bad();
    assert!(err.contains("generation 1 is not in the key file"), "{err}");
}

/// A table with these numbers, whose keys are their places.
fn table(numbers: &[&str]) -> String {
    let rows = numbers.iter().enumerate().map(|(key, number)| format!("\n{number},debtor,b,2026-01-01,,k{key}"));
    format!("{HEADER}{}\n", rows.collect::<String>())
}

#[tokio::test]
async fn zeros_that_a_spreadsheet_dropped_are_put_back_and_a_person_looks() {
    let shop = Workshop::sandbox();
    import(&shop, table(&["900101300017"]), &[]).good();
    let young = Iin::parse("050315570005").unwrap();
    let restricted = async || shop.store().await.registry_answer(&young).await.unwrap().0.len();
    let lost = table(&["900101300017", "50315570005", "990140000007"]);
    let outcome = import(&shop, &lost, &[]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.out.contains("companies (BIN) were passed over, 1 in all: line 4"), "{}", outcome.out);
    assert!(outcome.out.contains("lost leading zeros were put back, 1 in all: line 3"), "{}", outcome.out);
    assert!(outcome.err.contains("in 1 rows a spreadsheet seems to have dropped the leading zeros"), "{}", outcome.err);
    assert_eq!(restricted().await, 0, "nobody has looked yet");
    let released = shop.run(&["registry", "release", "debtors"]).good();
    assert!(released.contains("line 3") && !released.contains("warning"), "{released}");
    assert_eq!(restricted().await, 1);
    let again = import(&shop, &lost, &[]).good();
    assert!(again.contains("is what counts already"), "whoever looked need not look at the same file again: {again}");
    let kept = table(&["900101300017", "50315570005", "050315570015"]);
    let report: serde_json::Value = serde_json::from_str(&import(&shop, &kept, &["--json"]).out).unwrap();
    assert_eq!((&report["refused"][0]["code"], &report["restored"]["rows"]), (&"iin_zeros_lost".into(), &0.into()));
    let warned = shop.run(&["registry", "release", "debtors"]).good();
    assert!(warned.contains("1 refused rows are not in it") && warned.contains("born 2000 to 2009"), "{warned}");
}

#[test]
fn a_workbook_is_read_and_what_is_none_is_named() {
    use rust_xlsxwriter::Workbook;
    let shop = Workshop::sandbox();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Борышкерлер").unwrap();
    for (column, (name, value)) in
        (0..).zip(HEADER.split(',').zip(["900101300017", "debtor", "b", "2026-01-01", "", "k"]))
    {
        sheet.write(0, column, name).unwrap();
        sheet.write(1, column, value).unwrap();
    }
    shop.write("file.xlsx", book.save_to_buffer().unwrap());
    let args = ["registry", "import", "file.xlsx", "--source", "debtors", "--max-age", "24h"];
    let out = shop.run(&args).good();
    assert!(out.contains("1 restrictions of 1 people") && out.contains("read from the sheet \"Борышкерлер\""), "{out}");
    let report = shop.run(&[&args[..], &["--json"]].concat()).json();
    assert_eq!((&report["sheet"], &report["problem"]), (&"Борышкерлер".into(), &serde_json::Value::Null));
    let outcome = import(&shop, std::fs::read(shop.path("file.xlsx")).unwrap(), &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(report["problem"], "file_workbook");
    assert!(outcome.err.contains("ends in .xlsx"), "{}", outcome.err);
}
