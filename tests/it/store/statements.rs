//! What the stores of the release before sent to the database must be understood by today's schema: its replicas serve on it
//! while a fleet is upgraded (ADR 48). `scripts/statements.sh` records them.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sqlx::{AnyConnection, Connection as _, Executor as _, SqlSafeStr as _};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use super::database::Database;
use super::on_both_engines;

/// The folder of the release before, a file an engine.
fn recorded() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/store/statements");
    let mut releases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(releases.len(), 1, "one release is recorded at a time: {releases:?}");
    releases.remove(0)
}

on_both_engines! {
    async fn every_statement_of_the_release_before_is_understood(database: &Database) {
        let engine = if database.file.is_some() { "sqlite.sql" } else { "postgres.sql" };
        let text = std::fs::read_to_string(recorded().join(engine)).unwrap();
        let statements: BTreeSet<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert!(statements.len() > 200, "only {} are recorded", statements.len());
        let mut connection = AnyConnection::connect(&database.url).await.unwrap();
        let mut lost = Vec::new();
        for statement in statements {
            let mut faults = Vec::new();
            for spelling in spellings(statement) {
                match connection.prepare(sqlx::AssertSqlSafe(spelling).into_sql_str()).await {
                    Ok(_) => {
                        faults.clear();
                        break;
                    }
                    Err(error) => faults.push(format!("{error}: {statement}")),
                }
            }
            lost.extend(faults);
        }
        assert!(lost.is_empty(), "{} are not understood:\n{}", lost.len(), lost.join("\n"));
    }

    async fn a_statement_that_the_schema_lost_is_found(database: &Database) {
        database.tamper(sqlx::query("ALTER TABLE totp DROP COLUMN told_step")).await;
        let mut connection = AnyConnection::connect(&database.url).await.unwrap();
        let statement = "SELECT told_step FROM totp WHERE player = $1";
        assert!(connection.prepare(statement.into_sql_str()).await.is_err());
    }
}

/// The statement, and the same with its rows of two parameters as whole numbers, and as bytes and text: they have the type with
/// which they are bound, and nothing tells one that is only prepared.
fn spellings(statement: &str) -> Vec<String> {
    let typed = |before: &str, rows: &str, kinds: [&str; 2]| {
        let (rows, after) = rows.split_once("))").unwrap_or((rows, ""));
        let parts = rows.split('$').enumerate().map(|(number, part)| {
            let end = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
            if number == 0 {
                part.to_owned()
            } else {
                format!("CAST(${} AS {}){}", &part[..end], kinds[(number + 1) % 2], &part[end..])
            }
        });
        format!("{before}(VALUES {})){after}", parts.collect::<String>())
    };
    let mut all = vec![statement.to_owned()];
    if let Some((before, rows)) = statement.split_once("(VALUES ") {
        all.extend([["BIGINT", "BIGINT"], ["BYTEA", "TEXT"]].map(|kinds| typed(before, rows, kinds)));
    }
    all
}

/// Writes what the stores of this test send to a file, where `RASTAU_RECORD_STATEMENTS` names a folder.
pub(super) fn record(engine: &'static str) {
    let Some(folder) = std::env::var_os("RASTAU_RECORD_STATEMENTS") else { return };
    let recorder = Recorder(PathBuf::from(folder).join(engine));
    let filter = EnvFilter::new("off,sqlx::query=debug");
    // A test that opens two databases of one engine records both.
    let _ = tracing_subscriber::registry().with(recorder.with_filter(filter)).try_init();
}

struct Recorder(PathBuf);

impl<S: tracing::Subscriber> Layer<S> for Recorder {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut seen = Statement::default();
        event.record(&mut seen);
        let whole = if seen.statement.trim().is_empty() { seen.summary } else { seen.statement };
        let line = whole.split_whitespace().collect::<Vec<_>>().join(" ");
        let verb = line.split(' ').next().unwrap_or_default();
        // Longer ones are the same for more rows at once.
        if ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&verb) && line.len() < 3_000 {
            let mut file = OpenOptions::new().create(true).append(true).open(&self.0).unwrap();
            file.write_all(format!("{line}\n").as_bytes()).unwrap();
        }
    }
}

#[derive(Default)]
struct Statement {
    summary: String,
    statement: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
