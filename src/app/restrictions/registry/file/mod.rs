//! A restrictions file, row by row: CSV or a sheet of a workbook with the columns `iin,ground,legal_basis,starts_at,ends_at,source_key`,
//! or JSON Lines with members of these names. A file of changes has `op` beside them: `add` or `remove`.

mod members;

use std::io::BufRead;

use ::time::format_description::well_known::Rfc3339;
use ::time::macros::format_description;
use ::time::{Date, OffsetDateTime};

use super::notes::Notes;
use crate::app::support::row_refusal::{RowFault, RowRefusal, is_total, text};
use crate::app::support::table::{Lines, Table, TableError, TableFormat, Value};
use crate::domain::identity::person::Iin;
use crate::domain::identity::written_iin::{NumberHolder, WrittenIin};
use crate::domain::kernel::time::{Timestamp, almaty_midnight};
use crate::domain::restrictions::{Ground, Restriction, VersionKind};

/// The columns of a snapshot, in any order.
pub const COLUMNS: [&str; 6] = ["iin", "ground", "legal_basis", "starts_at", "ends_at", "source_key"];
/// The column that a file of changes has beside them.
pub(super) const OP: &str = "op";

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 with a header.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// Office Open XML (.xlsx). Commands read it; what a service follows by itself comes as text.
    Workbook,
}

impl Format {
    /// By the end of a file's name; `None` when it says nothing.
    pub fn named(name: &str) -> Option<Self> {
        let (stem, end) = name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            _ if stem.is_empty() => None,
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "xlsx" => Some(Self::Workbook),
            _ => None,
        }
    }
}

/// What a row says of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It holds, as it is here.
    Add(Restriction),
    /// The record of this key holds no more.
    Remove(String),
}

impl Change {
    /// The source's own key of the record.
    pub fn source_key(&self) -> &str {
        match self {
            Self::Add(restriction) => &restriction.source_key,
            Self::Remove(key) => key,
        }
    }
}

/// A good row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its line, from 1.
    pub line: u64,
    /// Whose.
    pub iin: Iin,
    /// Leading zeros of the IIN that were put back and that only the rest of the file can bear out, mostly 0.
    pub unproven_zeros: u8,
    /// What is said.
    pub change: Change,
}

/// A file under way.
pub struct Records<R> {
    rows: Rows<R>,
    source: String,
    kind: VersionKind,
    notes: Notes,
}

enum Rows<R> {
    Table(Table<R>),
    JsonLines(Lines<R>),
}

/// A row's line and its values, or why it has none.
type NumberedValues = Result<(u64, Values), RowRefusal>;

/// A row's values.
#[derive(Default)]
struct Values {
    iin: Value,
    ground: String,
    legal_basis: String,
    starts_at: String,
    ends_at: String,
    source_key: String,
    op: String,
}

impl Values {
    /// In the order of [`COLUMNS`], and [`OP`] behind them where there is one.
    fn new(values: impl IntoIterator<Item = Value>) -> Self {
        let mut values = values.into_iter();
        let iin = values.next().unwrap_or_default();
        let mut value = || values.next().map(|value| value.text).unwrap_or_default();
        Self {
            iin,
            ground: value(),
            legal_basis: value(),
            starts_at: value(),
            ends_at: value(),
            source_key: value(),
            op: value(),
        }
    }

    fn is_total(&self) -> bool {
        let texts = [&self.iin.text, &self.ground, &self.legal_basis, &self.starts_at, &self.ends_at, &self.source_key];
        texts.into_iter().any(|text| is_total(text))
    }
}

impl<R: BufRead> Records<R> {
    /// Begins with the header, where there is one.
    pub fn open(reader: R, format: Format, source: &str, kind: VersionKind) -> Result<Self, TableError> {
        let columns = match kind {
            VersionKind::Snapshot => COLUMNS.to_vec(),
            VersionKind::Delta => [&COLUMNS[..], &[OP]].concat(),
        };
        let rows = match format {
            Format::Csv => Rows::Table(Table::open(reader, TableFormat::Text, &columns)?),
            Format::Workbook => Rows::Table(Table::open(reader, TableFormat::Workbook, &columns)?),
            Format::JsonLines => Rows::JsonLines(Lines::of_json(reader)?),
        };
        let sheet = match &rows {
            Rows::Table(table) => table.sheet().map(str::to_owned),
            Rows::JsonLines(_) => None,
        };
        Ok(Self { rows, source: source.to_owned(), kind, notes: Notes::of(sheet) })
    }

    /// The next row about a person, or why it is refused; `None` at the end. Rows about companies are noted and passed over.
    pub fn next_record(&mut self) -> Result<Option<Result<Record, RowRefusal>>, TableError> {
        loop {
            let Some(values) = self.next_values()? else { return Ok(None) };
            if let Some(record) = values.and_then(|(line, values)| self.record(line, &values)).transpose() {
                return Ok(Some(record));
            }
        }
    }

    fn next_values(&mut self) -> Result<Option<NumberedValues>, TableError> {
        Ok(match &mut self.rows {
            Rows::Table(table) => table.next_row()?.map(|row| row.map(|row| (row.line, Values::new(row.values)))),
            Rows::JsonLines(lines) => lines.next_text()?.map(|(line, text)| {
                let text = text.map_err(|fault| RowRefusal { line, column: None, fault })?;
                Ok((line, Values::new(members::read(line, &text)?)))
            }),
        })
    }

    /// What a row says; nothing where it is about a company.
    fn record(&mut self, line: u64, values: &Values) -> Result<Option<Record>, RowRefusal> {
        let at = |column: &'static str| move |fault: RowFault| fault.at(line, column);
        let read = WrittenIin::read(&values.iin.text, values.iin.written()).map_err(|error| {
            if values.is_total() {
                RowRefusal { line, column: None, fault: RowFault::Total }
            } else {
                RowFault::Iin(error).at(line, "iin")
            }
        })?;
        self.notes.see(&read);
        let NumberHolder::Person(iin) = &read.holder else {
            self.notes.take(line, &read);
            return Ok(None);
        };
        let source_key = text(&values.source_key, 200).map_err(at("source_key"))?;
        let change = match (self.kind, values.op.trim()) {
            (VersionKind::Snapshot, "") | (VersionKind::Delta, "add") => {
                Change::Add(self.restriction(line, values, source_key)?)
            }
            (VersionKind::Delta, "remove") => Change::Remove(source_key),
            _ => return Err(RowFault::Op.at(line, OP)),
        };
        self.notes.take(line, &read);
        let unproven_zeros = if read.rests_on_file() { read.zeros } else { 0 };
        Ok(Some(Record { line, iin: iin.clone(), unproven_zeros, change }))
    }

    fn restriction(&self, line: u64, values: &Values, source_key: String) -> Result<Restriction, RowRefusal> {
        let at = |column: &'static str| move |fault: RowFault| fault.at(line, column);
        let ground = Ground::from_name(values.ground.trim()).ok_or(RowFault::Ground).map_err(at("ground"))?;
        let legal_basis = text(&values.legal_basis, 500).map_err(at("legal_basis"))?;
        let starts_at = read_time(values.starts_at.trim()).map_err(at("starts_at"))?;
        let ends_at = match values.ends_at.trim() {
            "" => None,
            time => Some(read_time(time).map_err(at("ends_at"))?),
        };
        if ends_at.is_some_and(|end| end <= starts_at) {
            return Err(RowFault::EndsBeforeStart.at(line, "ends_at"));
        }
        Ok(Restriction { ground, legal_basis, starts_at, ends_at, source: self.source.clone(), source_key })
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        match &self.rows {
            Rows::Table(table) => table.bytes_read(),
            Rows::JsonLines(lines) => lines.bytes_read(),
        }
    }

    /// SHA-256 of everything read, as hex, and what is to be told of it; of the whole file once [`Records::next_record`] has said
    /// `None`.
    pub fn finish(self) -> (String, Notes) {
        let sha256 = match self.rows {
            Rows::Table(table) => table.sha256(),
            Rows::JsonLines(lines) => lines.sha256(),
        };
        (sha256, self.notes)
    }
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

    type Read = Vec<Result<Record, RowRefusal>>;

    fn read(text: &[u8], format: Format, kind: VersionKind) -> Read {
        let mut records = Records::open(text, format, "debtors", kind).unwrap();
        let mut all = Vec::new();
        while let Some(record) = records.next_record().unwrap() {
            all.push(record);
        }
        assert_eq!(records.bytes_read(), text.len() as u64);
        all
    }

    fn refusals(read: &Read) -> Vec<(u64, Option<&'static str>, &'static str)> {
        let tell = |refusal: &RowRefusal| (refusal.line, refusal.column, refusal.fault.code());
        read.iter().filter_map(|row| row.as_ref().err()).map(tell).collect()
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
            900101300017,debtor,b,2026-01-01,\n";
        let read = read(format!("{HEADER}{rows}").as_bytes(), Format::Csv, VersionKind::Snapshot);
        assert_eq!(
            refusals(&read),
            [
                (2, Some("iin"), "iin_control_digit"),
                (3, Some("ground"), "ground_unknown"),
                (4, Some("legal_basis"), "text_invalid"),
                (5, Some("starts_at"), "time_malformed"),
                (6, Some("starts_at"), "time_malformed"),
                (7, Some("ends_at"), "time_malformed"),
                (8, Some("ends_at"), "ends_before_start"),
                (9, Some("source_key"), "text_invalid"),
                (10, None, "row_column_count"),
            ]
        );
    }

    #[test]
    fn days_begin_at_almaty_midnight_and_a_start_may_lie_ahead() {
        let csv = format!(
            "{HEADER}900101300017,self_restriction,\"Ойын туралы заң, 15-бап\",2099-01-01,2099-01-01T00:00:01+05:00,k-1"
        );
        let json = r#"{"iin":"900101300017","ground":"self_restriction","legal_basis":"Ойын туралы заң, 15-бап",
            "starts_at":"2099-01-01","ends_at":"2099-01-01T00:00:01+05:00","source_key":"k-1"}"#;
        let json = json.replace('\n', "");
        let of_csv = read(csv.as_bytes(), Format::Csv, VersionKind::Snapshot);
        let of_json = read(json.as_bytes(), Format::JsonLines, VersionKind::Snapshot);
        for read in [of_csv, of_json] {
            let Change::Add(restriction) = &read[0].as_ref().unwrap().change else { panic!("it begins") };
            assert_eq!(restriction.starts_at.rfc3339(), "2098-12-31T19:00:00Z");
            assert_eq!(restriction.ends_at, Some(restriction.starts_at.plus(std::time::Duration::from_secs(1))));
            assert_eq!(restriction.legal_basis, "Ойын туралы заң, 15-бап");
        }
    }

    #[test]
    fn changes_say_what_they_are() {
        let csv = "op,source_key,iin,ground,legal_basis,starts_at,ends_at\n\
            add,1,900101300017,debtor,b,2026-01-01,\nremove,2,900101300017,,,,\nend,3,900101300017,debtor,b,2026-01-01,\n";
        let of_csv = read(csv.as_bytes(), Format::Csv, VersionKind::Delta);
        let json = "{\"op\":\"add\",\"source_key\":\"1\",\"iin\":\"900101300017\",\"ground\":\"debtor\",\"legal_basis\":\"b\",\
            \"starts_at\":\"2026-01-01\",\"ends_at\":null}\n{\"op\":\"remove\",\"source_key\":\"2\",\"iin\":\"900101300017\"}\n\
            {\"source_key\":\"3\",\"iin\":\"900101300017\"}\n[]\n{\"iin\":1}\n{\"iin\":\"900101300017\",\"source_key\":\"1\",\"x\":1}";
        let of_json = read(json.as_bytes(), Format::JsonLines, VersionKind::Delta);
        assert_eq!(refusals(&of_csv), [(4, Some("op"), "op_unknown")]);
        let bad: Vec<_> = (4..).zip(["row_json"; 3]).map(|(line, code)| (line, None, code)).collect();
        assert_eq!(refusals(&of_json), [vec![(3, Some("op"), "op_unknown")], bad].concat());
        for read in [of_csv, of_json] {
            let changes: Vec<Change> = read.into_iter().filter_map(Result::ok).map(|record| record.change).collect();
            assert!(matches!(&changes[0], Change::Add(restriction) if restriction.source_key == "1"));
            assert_eq!(changes[1..], [Change::Remove("2".to_owned())]);
        }
        let snapshot = "{\"op\":\"add\",\"source_key\":\"1\",\"iin\":\"900101300017\"}";
        let read = read(snapshot.as_bytes(), Format::JsonLines, VersionKind::Snapshot);
        assert_eq!(refusals(&read), [(1, Some("op"), "op_unknown")], "a snapshot has no changes");
    }

    #[test]
    fn the_name_of_a_file_tells_its_format() {
        for name in ["a.jsonl", "A.JSONL", "x/y.ndjson"] {
            assert_eq!(Format::named(name), Some(Format::JsonLines), "{name}");
        }
        assert_eq!(Format::named("a.CSV"), Some(Format::Csv));
        assert_eq!(Format::named("a.XLSX"), Some(Format::Workbook));
        for name in ["", "jsonl", ".jsonl", "a.json", "қазақ"] {
            assert_eq!(Format::named(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_row_is_either_taken_or_refused(bytes in prop::collection::vec(prop::sample::select(
            b"900101300017,debtor2026-T:+Z\"\n\r\xd0\xb0{}:".to_vec()), 0..400)) {
            let lines = |text: &[u8], blank: &[u8]| text.split(|byte| matches!(byte, b'\n' | b'\r'))
                .filter(|line| !line.iter().all(|byte| blank.contains(byte))).count();
            let csv = [HEADER.as_bytes(), &bytes].concat();
            prop_assert_eq!(read(&csv, Format::Csv, VersionKind::Snapshot).len() + 1, lines(&csv, b" ,\""));
            prop_assert_eq!(read(&bytes, Format::JsonLines, VersionKind::Delta).len(), lines(&bytes, b" "));
        }
    }
}
