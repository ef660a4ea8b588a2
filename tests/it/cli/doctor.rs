use super::workshop::{Workshop, models};
use serde_json::Value;

/// Verdict and detail of each thing, by name, but for the web pages: a test may run before they were built.
fn findings(shop: &Workshop) -> Vec<String> {
    let outcome = shop.run(&["doctor", "--json"]);
    assert_eq!(outcome.err, "");
    let all: Vec<Value> = serde_json::from_str(&outcome.out).unwrap();
    let wrong = all.iter().any(|finding| finding["verdict"] == "wrong");
    assert_eq!(outcome.code, i32::from(wrong));
    all.iter()
        .filter(|finding| !finding["name"].as_str().unwrap().starts_with("web pages"))
        .map(|finding| {
            let part = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            format!("{} | {} | {} | {}", part("verdict"), part("name"), part("detail"), part("remedy"))
        })
        .collect()
}

#[test]
fn a_folder_with_nothing_is_told_what_to_do() {
    let shop = Workshop::bare("");
    insta::assert_snapshot!(findings(&shop).join("\n"));
    assert_eq!(std::fs::read_dir(shop.path("")).unwrap().count(), 1, "a doctor changes nothing");
}

#[test]
fn a_wrong_configuration_is_a_finding_too() {
    let shop = Workshop::bare("[server]\nworkers = 0\n");
    let outcome = shop.run(&["doctor"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.out);
}

#[test]
fn a_complete_sandbox_is_good() {
    let shop = Workshop::sandbox();
    shop.write("r.csv", "iin,ground,legal_basis,starts_at,ends_at,source_key\n900101300017,debtor,b,2026-01-01,,1\n");
    let stale = findings(&shop).pop().unwrap();
    assert!(stale.starts_with("wrong | restrictions | debtors is missing"), "{stale}");
    shop.run(&["registry", "import", "r.csv", "--source", "debtors", "--max-age", "24h"]).good();
    let found = findings(&shop);
    assert!(found.iter().all(|line| line.starts_with("good")), "{found:#?}");
    assert!(found.iter().any(|line| line.contains("model sface.onnx")));
}

#[test]
fn a_damaged_model_is_named() {
    let shop = Workshop::sandbox();
    std::fs::create_dir_all(shop.path("models/store")).unwrap();
    std::fs::copy(models().join("manifest.toml"), shop.path("models/manifest.toml")).unwrap();
    for entry in std::fs::read_dir(models().join("store")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::os::unix::fs::symlink(entry.path(), shop.path("models/store").join(entry.file_name())).unwrap();
        }
    }
    std::fs::remove_file(shop.path("models/store/yunet.onnx")).unwrap();
    shop.write("models/store/yunet.onnx", "not a model");
    std::fs::remove_file(shop.path("models/store/sface.onnx")).unwrap();
    let config = std::fs::read_to_string(shop.path("rastau.toml")).unwrap();
    shop.write("rastau.toml", config.replace(&models().display().to_string(), "models"));
    let found = findings(&shop);
    let line = |name: &str| found.iter().find(|line| line.contains(name)).unwrap();
    assert!(line("model yunet.onnx").contains("wrong sha256"), "{found:#?}");
    assert!(line("model yunet.onnx").ends_with("delete the file and run `make models`"));
    assert!(line("model sface.onnx").starts_with("wrong") && line("model sface.onnx").contains("make models"));
    assert!(line("model fr_feature.onnx").starts_with("good"));
}

#[tokio::test]
async fn a_foreign_schema_is_wrong() {
    let shop = Workshop::sandbox();
    shop.tamper("DELETE FROM _sqlx_migrations WHERE version > 1").await;
    let database = findings(&shop).into_iter().find(|line| line.contains("| database |")).unwrap();
    assert!(database.starts_with("wrong") && database.contains("rastau migrate"), "{database}");
}

#[test]
fn sources_of_restrictions_are_looked_at() {
    let shop = Workshop::bare("[restrictions]\nsources_file = \"sources.toml\"\nrequired_sources = [\"court\"]\n");
    let sources = || findings(&shop).into_iter().find(|line| line.contains("| sources |")).unwrap();
    assert!(sources().starts_with("wrong | sources | cannot read"), "{}", sources());
    shop.write(
        "sources.toml",
        "[court]\nremote = \"http://court.example\"\ntoken_file = \"token\"\nmax_age = \"1h\"\n",
    );
    shop.write("token", "secret");
    let token = shop.path("token");
    std::fs::set_permissions(token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert!(sources().starts_with("wrong | sources | source court: a remote registry needs an https"), "{}", sources());
    shop.write(
        "sources.toml",
        "[court]\nremote = \"https://court.example\"\ntoken_file = \"token\"\nmax_age = \"1h\"\n",
    );
    assert_eq!(sources(), "good | sources | 0 followed, 0 pushed, 1 asked about each person | ");
}

/// A service that answers every request with this status.
fn service(status: &'static str) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    format!("http://{address}/")
}

#[test]
fn ways_to_reach_people_are_tried() {
    let look = |config: &str| {
        let shop = Workshop::bare(config);
        for name in ["contacts-token", "sms-token"] {
            shop.write(name, "secret");
            let token = shop.path(name);
            std::fs::set_permissions(token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        }
        let of = |line: &String| line.contains("| contact of record |") || line.contains("| notices");
        findings(&shop).into_iter().filter(of).collect::<Vec<_>>()
    };
    let contacts =
        |url: &str| format!("[contact_of_record]\nkind = \"http\"\nurl = \"{url}\"\ntoken_file = \"contacts-token\"\n");
    let sms = |url: &str| format!("[notices]\nsms_url = \"{url}\"\nsms_token_file = \"sms-token\"\n");

    let without = look("");
    assert!(
        without[0].starts_with("good | contact of record | none") && without[1].contains("no channel"),
        "{without:?}"
    );
    let silent = look(&contacts(&service("405 Method Not Allowed")));
    assert_eq!(silent[0], "good | contact of record | the remote source answers | ");
    assert!(silent[1].starts_with("wrong | notices | no channel"), "{silent:?}");
    let good = look(&format!("{}{}", contacts(&service("200 OK")), sms(&service("404 Not Found"))));
    assert_eq!(good[1], "good | notices by sms | would be taken | ");
    let shut = format!("{}{}", contacts(&service("401 Unauthorized")), sms(&service("403 Forbidden")));
    let shut = look(&shut);
    assert!(shut[0].starts_with("wrong | contact of record | it does not let us in"), "{shut:?}");
    assert!(shut[1].starts_with("wrong | notices by sms | we are not let in"), "{shut:?}");
    let gone = look(&format!("{}{}", contacts("http://127.0.0.1:1/"), sms("http://127.0.0.1:1/")));
    assert!(gone.iter().all(|line| line.starts_with("wrong") && line.contains("no connection")), "{gone:?}");
    let mail =
        "[notices]\nsmtp_host = \"127.0.0.1\"\nsmtp_port = 1\nsmtp_tls = \"none\"\nfrom = \"a@rastau.example\"\n";
    assert!(look(mail)[1].starts_with("wrong | notices by email | no connection"), "{:?}", look(mail));
}
