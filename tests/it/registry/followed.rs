//! Sources that are followed: a folder that files are dropped into, and a source over HTTP, an honest one and ones that lie,
//! stall, or are cut short.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rastau::app::restrictions::registry::feed::{Feed, FeedError, News};
use rastau::app::restrictions::registry::follow::{Followed, Intake, IntakeError, take_in};
use rastau::app::restrictions::registry::import::{ImportRegistryError, Imported};
use rastau::domain::kernel::clock::Clock as _;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::restrictions::{Position, Tolerance};
use rastau::gateways::restriction_feeds::folder::FolderFeed;
use rastau::gateways::restriction_feeds::http::HttpFeed;
use rastau::store::SqlStore;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use super::shop::{Heard, Shop, changes, snapshot};
use crate::store::database::Database;

fn followed(feed: Arc<dyn Feed>) -> Followed {
    Followed {
        source: "debtors".to_owned(),
        feed,
        every: Duration::from_secs(1),
        max_age: Duration::from_hours(24),
        tolerance: Tolerance { bad_rows: 0.0, ..Tolerance::default() },
    }
}

async fn take(shop: &Shop<'_>, followed: &Followed) -> Result<Intake, IntakeError> {
    shop.clock.advance(Duration::from_secs(1));
    take_in(shop.store, &shop.clock, followed, &mut Heard::default()).await
}

fn counts(taken: Result<Intake, IntakeError>) -> bool {
    matches!(taken, Ok(Intake::Imported(imported)) if matches!(*imported, Imported::Counts { .. }))
}

#[tokio::test]
async fn files_of_a_folder_are_taken_one_after_the_other_and_put_away() {
    let database = Database::sqlite().await;
    let shop = Shop::new(&database.store);
    // Files are dated by their folder: the clock must not be behind them.
    shop.clock.advance(Duration::from_hours(24 * 365 * 100));
    let folder = tempfile::tempdir().unwrap();
    let drop = |name: &str, text: &str, sum: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::write(folder.path().join(format!("{name}.sha256")), sum).unwrap();
    };
    let summed = |name: &str, text: &str| drop(name, text, &format!("{}  {name}\n", hex::encode(Sha256::digest(text))));
    let followed = followed(Arc::new(FolderFeed::new(folder.path().to_owned())));
    assert_eq!(take(&shop, &followed).await, Ok(Intake::Nothing));
    summed("1.csv", &snapshot(&["a", "b"]));
    summed("2.changes.csv", &changes(&["+0 c", "-0 a"]));
    drop("3.csv", &snapshot(&[]), &"0".repeat(64));
    summed("4.csv", &snapshot(&[]));
    assert!(counts(take(&shop, &followed).await) && counts(take(&shop, &followed).await));
    assert_eq!(shop.counting().await, ["0 b", "0 c"]);
    let cut = take(&shop, &followed).await;
    assert!(matches!(&cut, Err(IntakeError::Import(name, _)) if name == "3.csv"), "{cut:?}");
    let waits = take(&shop, &followed).await;
    assert!(!counts(waits), "nobody would be restricted any more");
    assert_eq!(take(&shop, &followed).await, Ok(Intake::Nothing));
    assert_eq!(shop.counting().await, ["0 b", "0 c"]);
    for there in ["done/1.csv", "done/2.changes.csv", "refused/3.csv", "refused/3.csv.report", "done/4.csv.report"] {
        assert!(folder.path().join(there).exists(), "{there}");
    }
    // Changes stay where they are while something waits.
    summed("5.changes.csv", &changes(&["+0 d"]));
    assert!(take(&shop, &followed).await.is_err());
    assert!(folder.path().join("5.changes.csv").exists());
}

#[tokio::test]
async fn a_workbook_in_a_folder_is_put_away_unread_with_what_to_do() {
    let database = Database::sqlite().await;
    let shop = Shop::new(&database.store);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("1.xlsx"), b"PK").unwrap();
    std::fs::write(folder.path().join("1.xlsx.sha256"), hex::encode(Sha256::digest(b"PK"))).unwrap();
    let followed = followed(Arc::new(FolderFeed::new(folder.path().to_owned())));
    let refused = take(&shop, &followed).await;
    assert!(matches!(&refused, Err(IntakeError::Import(name, ImportRegistryError::Table(_))) if name == "1.xlsx"));
    let report = std::fs::read_to_string(folder.path().join("refused/1.xlsx.report")).unwrap();
    assert!(report.contains("rastau registry import"), "{report}");
    assert_eq!(take(&shop, &followed).await, Ok(Intake::Nothing));
    assert!(shop.versions().await.is_empty());
}

/// Answers each connection with the next of these, and keeps what was asked.
struct StandIn {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl StandIn {
    async fn new(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/restrictions", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (mut request, mut byte) = (Vec::new(), [0]);
                while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.unwrap() == 1 {
                    request.push(byte[0]);
                }
                kept.lock().await.push(String::from_utf8(request).unwrap());
                stream.write_all(&answer).await.unwrap();
                stream.shutdown().await.unwrap();
            }
        });
        Self { url, asked }
    }

    fn followed(&self) -> Followed {
        followed(Arc::new(HttpFeed::new(self.url.parse().unwrap(), &SecretText::new("s3cret")).unwrap()))
    }
}

fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").unwrap();
    }
    [text.as_bytes(), b"\r\n", body].concat()
}

fn digest(body: &str) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

fn said(kind: &str, body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let digest = digest(body);
    let headers =
        [("Content-Type", "text/csv; charset=utf-8"), ("Registry-Content", kind), ("Content-Digest", &digest)];
    answer("200 OK", &[&headers, more].concat(), body.as_bytes())
}

#[tokio::test]
async fn a_source_is_asked_where_it_left_off_and_its_silence_refreshes_it() {
    let database = Database::sqlite().await;
    let shop = Shop::new(&database.store);
    let other = Duration::from_hours(23);
    let source = StandIn::new(vec![
        said("snapshot", &snapshot(&["a"]), &[("Registry-Cursor", "7 &x"), ("ETag", "\"one\"")]),
        said("changes", &changes(&["+0 b"]), &[("Registry-Cursor", "8")]),
        answer("304 Not Modified", &[], b""),
        answer("503 Service Unavailable", &[], b""),
    ])
    .await;
    let followed = source.followed();
    assert!(counts(take(&shop, &followed).await) && counts(take(&shop, &followed).await));
    shop.clock.advance(other);
    assert_eq!(take(&shop, &followed).await, Ok(Intake::Refreshed));
    shop.clock.advance(other);
    let down = take(&shop, &followed).await;
    assert!(matches!(&down, Err(IntakeError::Feed(FeedError::Unavailable(why))) if why == "status 503"), "{down:?}");
    assert!(shop.is_fresh().await, "as fresh as its last word");
    shop.clock.advance(other);
    assert!(!shop.is_fresh().await, "and no longer");
    assert_eq!(shop.counting().await, ["0 a", "0 b"]);
    let asked = source.asked.lock().await;
    assert!(asked[0].starts_with("GET /v1/restrictions HTTP") && asked[0].contains("authorization: Bearer s3cret"));
    assert!(asked[1].starts_with("GET /v1/restrictions?cursor=7+%26x HTTP"), "{}", asked[1]);
    assert!(asked[1].contains("if-none-match: \"one\""));
    assert!(asked[2].contains("cursor=8") && !asked[2].contains("if-none-match"));
}

#[tokio::test]
async fn a_file_that_waits_is_not_staged_again_each_time_the_source_is_asked() {
    let database = Database::sqlite().await;
    let shop = Shop::new(&database.store);
    let bad = format!("{}1,2,3,4,5,6\n", snapshot(&["a"]));
    let source = StandIn::new(vec![
        said("snapshot", &bad, &[("ETag", "\"bad\"")]),
        answer("304 Not Modified", &[], b""),
        // One that knows no tags says it all again.
        said("snapshot", &bad, &[]),
        said("snapshot", &snapshot(&["b"]), &[]),
    ])
    .await;
    let followed = source.followed();
    let waits = take(&shop, &followed).await;
    assert!(!counts(waits) && shop.versions().await.len() == 1);
    let waiting = shop.versions().await;
    assert_eq!(take(&shop, &followed).await, Ok(Intake::Nothing), "and nothing is refreshed");
    let again = take(&shop, &followed).await;
    assert!(matches!(again, Err(IntakeError::Import(_, ImportRegistryError::Waits(1)))), "{again:?}");
    assert_eq!(shop.versions().await, waiting);
    assert!(counts(take(&shop, &followed).await), "another one takes its place");
    assert!(source.asked.lock().await[1].contains("if-none-match: \"bad\""));
}

#[tokio::test]
async fn a_source_that_says_the_same_again_is_left_in_peace_for_a_while() {
    let database = Database::sqlite().await;
    let shop = Shop::new(&database.store);
    let same = || said("snapshot", &snapshot(&["a"]), &[]);
    let source = StandIn::new(vec![same(), same()]).await;
    assert!(take(&shop, &source.followed()).await.unwrap().may_go_on());
    assert!(!take(&shop, &source.followed()).await.unwrap().may_go_on());
}

/// A source whose answer takes so long that another replica takes in this file and the next in the meantime.
struct Overtaken {
    other: SqlStore,
    late: Followed,
}

#[async_trait]
impl Feed for Overtaken {
    async fn ask(&self, position: &Position) -> Result<News, FeedError> {
        let news = self.late.feed.ask(position).await;
        let shop = Shop::new(&self.other);
        shop.clock.advance(Duration::from_secs(1));
        shop.changes(&["-0 a"]).await;
        shop.changes(&["+0 a"]).await;
        news
    }
}

#[tokio::test]
async fn changes_that_others_took_in_meanwhile_are_not_taken_in_again() {
    let database = Database::sqlite().await;
    let shop = Shop::new(&database.store);
    shop.snapshot(&["0 a", "1 a"]).await;
    let source = StandIn::new(vec![said("changes", &changes(&["-0 a"]), &[])]).await;
    let feed = Overtaken { other: database.connect_again().await, late: source.followed() };
    shop.clock.advance(Duration::from_mins(1));
    let late = Followed { feed: Arc::new(feed), ..source.followed() };
    let overtaken = take(&shop, &late).await;
    assert!(matches!(overtaken, Err(IntakeError::Import(_, ImportRegistryError::Overtaken))), "{overtaken:?}");
    assert_eq!(shop.counting().await, ["0 a", "1 a"], "somebody would have been let in");
}

#[tokio::test]
async fn a_source_that_lies_changes_nothing() {
    let database = Database::sqlite().await;
    let shop = Shop::new(&database.store);
    shop.snapshot(&["0 a", "1 a"]).await;
    let before = shop.versions().await;
    let body = snapshot(&["b"]);
    let right = digest(&body);
    let headers = |digest: &'static str| {
        vec![("Content-Type", "text/csv"), ("Registry-Content", "snapshot"), ("Content-Digest", digest)]
    };
    let mut truncated = said("snapshot", &body, &[]);
    truncated.truncate(truncated.len() - 9);
    let liars: Vec<(&str, Vec<u8>)> = vec![
        ("unchanged, of what it never said", answer("304 Not Modified", &[], b"")),
        (
            "200 with an error inside",
            answer("200 OK", &[("Content-Type", "application/json")], b"{\"error\":\"down\"}"),
        ),
        ("an error dressed as rows", said("snapshot", "{\"error\":\"down\"}", &[])),
        ("a page of a proxy", answer("200 OK", &[("Content-Type", "text/html")], b"<html>")),
        ("no digest", answer("200 OK", &headers("")[..2], body.as_bytes())),
        (
            "another digest",
            answer("200 OK", &headers("sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"), body.as_bytes()),
        ),
        ("half of a digest", answer("200 OK", &headers("sha-256=:AAAA:"), body.as_bytes())),
        ("another kind", said("everything", &body, &[])),
        ("two kinds", said("snapshot", &body, &[("Registry-Content", "changes")])),
        ("cut short", truncated),
        ("no HTTP", b"hello\r\n\r\n".to_vec()),
        ("nothing", Vec::new()),
        ("somewhere else", answer("302 Found", &[("Location", "http://127.0.0.1:9/")], b"")),
        ("not for us", answer("401 Unauthorized", &[], b"")),
        ("from the future", said("snapshot", &body, &[("Registry-As-Of", "2300-01-01")])),
        ("no time", said("snapshot", &body, &[("Registry-As-Of", "yesterday")])),
        ("older than what counts", said("snapshot", &body, &[("Registry-As-Of", "2020-01-01")])),
    ];
    for (lie, text) in liars {
        let source = StandIn::new(vec![text]).await;
        let taken = take(&shop, &source.followed()).await;
        assert!(taken.is_err(), "{lie}: {taken:?}");
        assert!(!taken.unwrap_err().to_string().contains("s3cret"), "{lie}");
        assert_eq!(shop.versions().await, before, "{lie}");
    }
    // What is right passes.
    let honest = answer(
        "200 OK",
        &[("Content-Type", "text/csv"), ("Registry-Content", "snapshot"), ("Content-Digest", &right)],
        body.as_bytes(),
    );
    let source = StandIn::new(vec![honest]).await;
    assert!(counts(take(&shop, &source.followed()).await));
    assert!(shop.clock.now() > before[0].as_of);
}
