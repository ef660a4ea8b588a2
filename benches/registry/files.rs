//! The same rows as people send them and as the table has them.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use rastau::domain::identity::person::Iin;
use sha2::{Digest as _, Sha256};
use time::{Date, Duration, Month};

use crate::Failure;

/// Files of one run.
pub(crate) struct Files {
    /// For `rastau registry import`.
    pub(crate) people: PathBuf,
    /// The same with a word changed: another version.
    pub(crate) people_later: PathBuf,
    /// For SQLite's `.import`: a hash is 32 characters.
    pub(crate) table: PathBuf,
    /// For PostgreSQL's COPY: a hash is 32 bytes in hex.
    pub(crate) table_hex: PathBuf,
}

/// People who could live, the same each time: two days of birth apart are strangers.
pub(crate) fn people() -> impl Iterator<Item = Iin> {
    let first = Date::from_calendar_date(1950, Month::January, 1).unwrap();
    (1..9_999_u16)
        .flat_map(move |serial| (0..20_000).map(move |day| (first + Duration::days(day), serial)))
        .filter_map(|(birth, serial)| Iin::compose(birth, serial % 2 == 0, serial))
}

pub(crate) fn write(folder: &Path, rows: usize) -> Result<Files, Failure> {
    let files = Files {
        people: folder.join("people.csv"),
        people_later: folder.join("later.csv"),
        table: folder.join("table.csv"),
        table_hex: folder.join("table-hex.csv"),
    };
    let open = |path: &Path| File::create(path).map(BufWriter::new);
    let (mut people_file, mut later) = (open(&files.people)?, open(&files.people_later)?);
    let (mut table, mut table_hex) = (open(&files.table)?, open(&files.table_hex)?);
    for file in [&mut people_file, &mut later] {
        writeln!(file, "iin,ground,legal_basis,starts_at,ends_at,source_key")?;
    }
    for (number, iin) in people().take(rows).enumerate() {
        let basis = format!("Атқарушылық іс жүргізу № {number}/26-75");
        writeln!(people_file, "{},debtor,{basis},2026-01-01,,EP-{number}", iin.expose())?;
        writeln!(later, "{},debtor,{basis} (жаңа),2026-01-01,,EP-{number}", iin.expose())?;
        let hash = hex::encode(Sha256::digest(iin.expose()));
        writeln!(table, "{},debtors,EP-{number},1,,debtor,{basis},1767207600000000,", &hash[..32])?;
        writeln!(table_hex, "\\x{hash},debtors,EP-{number},1,,debtor,{basis},1767207600000000,")?;
    }
    for file in [&mut people_file, &mut later, &mut table, &mut table_hex] {
        file.flush()?;
    }
    Ok(files)
}
