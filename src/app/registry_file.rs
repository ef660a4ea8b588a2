//! A restrictions file: `iin,ground,legal_basis,starts_at,ends_at,source_key`. Pure: text in, rows or refusals out.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::BufRead;

use ::time::format_description::well_known::Rfc3339;
use ::time::macros::format_description;
use ::time::{Date, OffsetDateTime};

use super::row_refusal::{RowFault, RowRefusal, text};
use super::table::{Row, Table, TableError};
use crate::domain::person::Iin;
use crate::domain::restrictions::{Ground, Restriction};
use crate::domain::time::{Timestamp, almaty_midnight};

/// The columns, in any order.
pub const COLUMNS: [&str; 6] = ["iin", "ground", "legal_basis", "starts_at", "ends_at", "source_key"];

/// A file that was read to its end.
#[derive(Debug)]
pub struct RegistryFile {
    /// Good rows.
    pub rows: Vec<(Iin, Restriction)>,
    /// Bad ones.
    pub refused: Vec<RowRefusal>,
    /// SHA-256 of the file, hex.
    pub sha256: String,
}

/// Reads a file of `source`; `progress` hears how many bytes were read.
pub fn read(reader: impl BufRead, source: &str, mut progress: impl FnMut(u64)) -> Result<RegistryFile, TableError> {
    let mut table = Table::open(reader, &COLUMNS)?;
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    let mut keys: HashMap<String, u64> = HashMap::new();
    while let Some(row) = table.next_row()? {
        match row.and_then(|row| read_row(&row, source, &mut keys)) {
            Ok(row) => rows.push(row),
            Err(refusal) => refused.push(refusal),
        }
        progress(table.bytes_read());
    }
    let sha256 = table.sha256();
    Ok(RegistryFile { rows, refused, sha256 })
}

fn read_row(row: &Row, source: &str, keys: &mut HashMap<String, u64>) -> Result<(Iin, Restriction), RowRefusal> {
    let value = |place: usize| row.values.get(place).map_or("", |value| value.trim());
    let at = |place: usize| move |fault: RowFault| fault.at(row.line, COLUMNS[place]);
    let iin = Iin::parse(value(0)).map_err(RowFault::Iin).map_err(at(0))?;
    let ground = Ground::from_name(value(1)).ok_or(RowFault::Ground).map_err(at(1))?;
    let legal_basis = text(value(2), 500).map_err(at(2))?;
    let starts_at = read_time(value(3)).map_err(at(3))?;
    let ends_at = match value(4) {
        "" => None,
        time => Some(read_time(time).map_err(at(4))?),
    };
    if ends_at.is_some_and(|end| end <= starts_at) {
        return Err(RowFault::EndsBeforeStart.at(row.line, COLUMNS[4]));
    }
    let source_key = text(value(5), 200).map_err(at(5))?;
    match keys.entry(source_key.clone()) {
        Entry::Occupied(first) => return Err(RowFault::Duplicate(*first.get()).at(row.line, COLUMNS[5])),
        Entry::Vacant(place) => place.insert(row.line),
    };
    let restriction = Restriction { ground, legal_basis, starts_at, ends_at, source: source.to_owned(), source_key };
    Ok((iin, restriction))
}

/// A day of Almaty, from its first instant, or an instant as RFC 3339 writes it.
pub fn read_time(text: &str) -> Result<Timestamp, RowFault> {
    if let Ok(date) = Date::parse(text, format_description!("[year]-[month]-[day]")) {
        return Ok(almaty_midnight(date));
    }
    let instant = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| RowFault::Time)?;
    let micros = i64::try_from(instant.unix_timestamp_nanos() / 1_000).map_err(|_| RowFault::Time)?;
    Ok(Timestamp::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "iin,ground,legal_basis,starts_at,ends_at,source_key\n";

    fn refusals(rows: &str) -> Vec<(u64, Option<&'static str>, &'static str)> {
        let file = read(format!("{HEADER}{rows}").as_bytes(), "debtors", |_| ()).unwrap();
        let tell = |refusal: &RowRefusal| (refusal.line, refusal.column, refusal.fault.code());
        file.refused.iter().map(tell).collect()
    }

    #[test]
    fn each_way_to_be_wrong_is_named_with_line_and_column() {
        let rows = "900101300018,debtor,b,2026-01-01,,1\n\
            900101300017,bankrupt,b,2026-01-01,,2\n\
            900101300017,debtor,,2026-01-01,,3\n\
            900101300017,debtor,b,01.01.2026,,4\n\
            900101300017,debtor,b,,,5\n\
            900101300017,debtor,b,2026-01-01,2026-02-30,6\n\
            900101300017,debtor,b,2026-01-02,2026-01-02,7\n\
            900101300017,debtor,b,2026-01-01,,\n\
            900101300017,debtor,b,2026-01-01,,9\n\
            900101300017,court_decision,b,2026-01-01,,9\n\
            900101300017,debtor,b,2026-01-01,\n";
        assert_eq!(
            refusals(rows),
            [
                (2, Some("iin"), "iin_control_digit"),
                (3, Some("ground"), "ground_unknown"),
                (4, Some("legal_basis"), "text_invalid"),
                (5, Some("starts_at"), "time_malformed"),
                (6, Some("starts_at"), "time_malformed"),
                (7, Some("ends_at"), "time_malformed"),
                (8, Some("ends_at"), "ends_before_start"),
                (9, Some("source_key"), "text_invalid"),
                (11, Some("source_key"), "duplicate"),
                (12, None, "row_column_count"),
            ]
        );
    }

    #[test]
    fn days_begin_at_almaty_midnight_and_a_start_may_lie_ahead() {
        let text =
            format!("{HEADER}900101300017,self_restriction,\"Law, art. 15\",2099-01-01,2099-01-01T00:00:01+05:00,k-1");
        let file = read(text.as_bytes(), "self", |_| ()).unwrap();
        let (_, restriction) = &file.rows[0];
        assert_eq!(restriction.starts_at.rfc3339(), "2098-12-31T19:00:00Z");
        assert_eq!(restriction.ends_at, Some(restriction.starts_at.plus(std::time::Duration::from_secs(1))));
        assert_eq!((restriction.legal_basis.as_str(), restriction.source.as_str()), ("Law, art. 15", "self"));
    }

    proptest! {
        #[test]
        fn every_row_is_either_taken_or_refused(bytes in prop::collection::vec(prop::sample::select(
            b"900101300017,debtor2026-T:+Z\"\n\r\xd0\xb0".to_vec()), 0..400)) {
            let mut all = HEADER.as_bytes().to_vec();
            all.extend(bytes);
            let file = read(all.as_slice(), "debtors", |_| ()).unwrap();
            let lines = all.split(|byte| matches!(byte, b'\n' | b'\r'))
                .filter(|line| !line.iter().all(u8::is_ascii_whitespace)).count();
            prop_assert_eq!(file.rows.len() + file.refused.len() + 1, lines);
        }
    }
}
