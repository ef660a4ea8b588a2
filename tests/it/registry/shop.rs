//! A registry and files to fill it with.

use std::time::Duration;

use rastau::app::restrictions::registry::file::Format;
use rastau::app::restrictions::registry::import::{
    ImportRegistryError, Imported, RegistryImport, Watcher, import_registry,
};
use rastau::app::support::row_refusal::RowRefusal;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::clock::Clock;
use rastau::domain::kernel::testing::FakeClock;
use rastau::domain::ports::Store;
use rastau::domain::restrictions::{Position, Tolerance, Version, VersionKind, VersionState};

use crate::store::database::{IINS, at};

pub(super) const HEADER: &str = "iin,ground,legal_basis,starts_at,ends_at,source_key\n";
pub(super) const CHANGES: &str = "op,iin,ground,legal_basis,starts_at,ends_at,source_key\n";

/// Hears which rows are refused.
#[derive(Default)]
pub(super) struct Heard(pub(super) Vec<(u64, &'static str)>);

impl Watcher for Heard {
    fn refused(&mut self, refusal: &RowRefusal) {
        self.0.push((refusal.line, refusal.fault.code()));
    }

    fn staged(&mut self, rows: u64, of: u64) {
        assert!(rows <= of);
    }

    fn tidied(&mut self, done: u64, of: u64) {
        assert!(done <= of);
    }
}

pub(super) struct Shop<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) clock: FakeClock,
    pub(super) import: RegistryImport,
}

impl<'a> Shop<'a> {
    pub(super) fn new(store: &'a dyn Store) -> Self {
        let import = RegistryImport {
            source: "debtors".to_owned(),
            kind: VersionKind::Snapshot,
            format: Format::Csv,
            length: 0,
            max_age: Duration::from_hours(24),
            as_of: None,
            allow_empty: true,
            tolerance: Tolerance { shrink: 1e9, growth: 1e9, bad_rows: 0.0 },
            sha256: None,
            position: Position::default(),
            follows: None,
        };
        Self { store, clock: FakeClock::new(at(0)), import }
    }

    pub(super) async fn take(
        &self,
        kind: VersionKind,
        text: &[u8],
    ) -> (Result<Imported, ImportRegistryError>, Vec<(u64, &'static str)>) {
        let mut heard = Heard::default();
        // Each comes a second after the one before.
        self.clock.advance(Duration::from_secs(1));
        let import = RegistryImport { kind, ..self.import.clone() };
        let imported = import_registry(self.store, &self.clock, text, &import, &mut heard).await;
        (imported, heard.0)
    }

    /// Rows such as `("0 a", ..)`: the person's number and the record's key.
    pub(super) async fn snapshot(&self, rows: &[&str]) -> Imported {
        let lines: String = rows.iter().map(|row| line(row)).collect();
        self.take(VersionKind::Snapshot, format!("{HEADER}{lines}").as_bytes()).await.0.unwrap()
    }

    /// Rows such as `"+0 a"` and `"-0 a"`.
    pub(super) async fn changes(&self, rows: &[&str]) -> Imported {
        self.take(VersionKind::Delta, changes(rows).as_bytes()).await.0.unwrap()
    }

    /// All records of the first three people that count, as rows are written here.
    pub(super) async fn counting(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (number, iin) in IINS.iter().enumerate() {
            let (found, _) = self.store.registry_answer(&Iin::parse(iin).unwrap()).await.unwrap();
            all.extend(found.into_iter().map(|one| format!("{number} {}", one.source_key)));
        }
        all.sort();
        all
    }

    pub(super) async fn versions(&self) -> Vec<Version> {
        self.store.read().await.unwrap().list_versions("debtors").await.unwrap()
    }

    pub(super) async fn states(&self) -> Vec<VersionState> {
        self.versions().await.iter().map(|version| version.state).collect()
    }

    pub(super) async fn audit(&self) -> Vec<String> {
        let events = self.store.read().await.unwrap().list_audit(1, 1_000).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }

    pub(super) async fn is_fresh(&self) -> bool {
        let sources = self.store.read().await.unwrap().list_sources().await.unwrap();
        sources.iter().all(|source| source.is_fresh(self.clock.now()))
    }
}

/// A file that says these records of the first person.
pub(super) fn snapshot(keys: &[&str]) -> String {
    format!("{HEADER}{}", keys.iter().map(|key| line(&format!("0 {key}"))).collect::<String>())
}

fn line(row: &str) -> String {
    let (person, key) = row.split_once(' ').unwrap();
    format!("{},debtor,Заң,2026-01-01,,{key}\n", IINS[person.parse::<usize>().unwrap()])
}

pub(super) fn changes(rows: &[&str]) -> String {
    let change = |row: &&str| match row.split_at(1) {
        ("+", row) => format!("add,{}", line(row)),
        ("-", row) => format!("remove,{}", line(row)),
        _ => panic!("{row}"),
    };
    format!("{CHANGES}{}", rows.iter().map(change).collect::<String>())
}
