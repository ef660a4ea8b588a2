//! The index of labelled pictures, and the list of pairs: CSV as spreadsheets write it. A row that cannot be used is told
//! and left out; a column that nothing goes without ends the run.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context as _, bail};
use csv::{ReaderBuilder, StringRecord, Trim};

use crate::app::face::evaluate_faces::Failure;
use crate::app::face::evaluate_faces::compare::Listed;

/// A picture and its labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) file: String,
    pub(super) identity: String,
    pub(super) group: Option<String>,
    pub(super) capture: Option<String>,
}

/// Everything that the index says.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) rows: Vec<Row>,
    pub(super) failures: Vec<Failure>,
    /// What else there is to say, a line each.
    pub(super) notices: Vec<String>,
    /// Whether the column of groups is there.
    pub(super) has_group: bool,
}

impl Index {
    /// Reads the columns file and identity, and these two where they are there.
    pub(super) fn read(path: &Path, group: Option<&str>, capture: Option<&str>) -> anyhow::Result<Self> {
        let mut table = Table::open(path)?;
        let (file, identity) = (table.place("file")?, table.place("identity")?);
        let mut notices = Vec::new();
        let mut optional = |flag: &str, column: Option<&str>| {
            let place = column
                .and_then(|column| table.place(column).map_err(|why| notices.push(format!("{flag}: {why:#}"))).ok());
            place.filter(|_| column.is_some())
        };
        let (group, capture) = (optional("--group", group), optional("--capture", capture));
        let (mut rows, mut failures) = (Vec::new(), Vec::new());
        while let Some((line, record)) = table.next_row(&mut failures) {
            let value = |place: usize| record.get(place).filter(|value| !value.is_empty()).map(str::to_owned);
            match (value(file), value(identity)) {
                (Some(file), Some(identity)) => rows.push(Row {
                    line,
                    file,
                    identity,
                    group: group.and_then(value),
                    capture: capture.and_then(value),
                }),
                (file, identity) => {
                    let missing = if identity.is_some() || file.is_none() { "file" } else { "identity" };
                    failures.push(incomplete(file, line, missing));
                }
            }
        }
        if rows.is_empty() && failures.is_empty() {
            bail!("{}: no pictures", path.display());
        }
        Ok(Self { rows, failures, notices, has_group: group.is_some() })
    }
}

/// Reads the columns `file_a`, `file_b` and, where it is there, `same` or `label`: 1 or 0.
pub(super) fn read_pairs(path: &Path, failures: &mut Vec<Failure>) -> anyhow::Result<Vec<Listed>> {
    let mut table = Table::open(path)?;
    let (a, b) = (table.place("file_a")?, table.place("file_b")?);
    let same = table.place("same").or_else(|_| table.place("label")).ok();
    let mut pairs = Vec::new();
    while let Some((line, record)) = table.next_row(failures) {
        let value = |place: usize| record.get(place).filter(|value| !value.is_empty());
        let same = match same.map(|place| value(place).unwrap_or_default()) {
            None => Ok(None),
            Some("1" | "true") => Ok(Some(true)),
            Some("0" | "false") => Ok(Some(false)),
            Some(_) => Err(()),
        };
        match (value(a), value(b), same) {
            (Some(a), Some(b), Ok(same)) => pairs.push(Listed { line, files: [a.to_owned(), b.to_owned()], same }),
            (Some(a), Some(_), Err(())) => failures.push(Failure {
                file: Some(a.to_owned()),
                line,
                code: "pair_label",
                detail: "whether a pair shows one person is 1 or 0".into(),
            }),
            (a, _, _) => {
                let missing = if a.is_none() { "file_a" } else { "file_b" };
                failures.push(incomplete(a.map(str::to_owned), line, missing));
            }
        }
    }
    Ok(pairs)
}

/// A row without what nothing goes without.
pub(super) fn incomplete(file: Option<String>, line: u64, column: &str) -> Failure {
    Failure { file, line, code: "row_incomplete", detail: format!("the row has no {column}") }
}

/// A CSV file under way.
pub(super) struct Table<'a> {
    path: &'a Path,
    reader: csv::Reader<Cursor<Vec<u8>>>,
    columns: Vec<String>,
}

impl<'a> Table<'a> {
    pub(super) fn open(path: &'a Path) -> anyhow::Result<Self> {
        let named = || path.display().to_string();
        let text = with_line_feeds(&std::fs::read(path).with_context(named)?);
        let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(Cursor::new(text));
        let headers = reader.headers().with_context(named)?;
        let columns = headers.iter().map(str::to_owned).collect();
        Ok(Self { path, reader, columns })
    }

    pub(super) fn place(&self, column: &str) -> anyhow::Result<usize> {
        self.columns.iter().position(|name| name == column).with_context(|| {
            let there = if self.columns.is_empty() { "none".to_owned() } else { self.columns.join(", ") };
            format!("{}: there is no column {column}; there are: {there}", self.path.display())
        })
    }

    /// The next row that can be read, and its line; those that cannot go to the failures.
    pub(super) fn next_row(&mut self, failures: &mut Vec<Failure>) -> Option<(u64, StringRecord)> {
        loop {
            let mut record = StringRecord::new();
            let read = self.reader.read_record(&mut record);
            // The reader stands on the line after the row; where the row began it counts blank lines wrongly.
            let line = self.reader.position().line() - 1;
            match read {
                Ok(false) => return None,
                Ok(true) => return Some((line, record)),
                Err(_) => {
                    let detail = "the row is not CSV in UTF-8".to_owned();
                    failures.push(Failure { file: None, line, code: "row_unreadable", detail });
                }
            }
        }
    }
}

/// The text with LF alone, one at its end, and no BOM: lines are then counted as editors count them.
fn with_line_feeds(text: &[u8]) -> Vec<u8> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut plain = Vec::with_capacity(text.len() + 1);
    for (place, byte) in text.iter().enumerate() {
        match byte {
            b'\r' if text.get(place + 1) == Some(&b'\n') => {}
            b'\r' => plain.push(b'\n'),
            other => plain.push(*other),
        }
    }
    if !plain.is_empty() && !plain.ends_with(b"\n") {
        plain.push(b'\n');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn an_index_without_its_columns_is_refused_by_name_and_says_what_there_is() {
        for (text, why) in [
            ("", "no column file; there are: none"),
            ("file,person\na.jpg,a\n", "no column identity; there are: file, person"),
            ("file,identity\n", "no pictures"),
        ] {
            let file = written(text);
            let refused = format!("{:#}", Index::read(file.path(), None, None).unwrap_err());
            assert!(refused.contains(why) && refused.contains(file.path().to_str().unwrap()), "{refused}");
        }
        assert!(Index::read(Path::new("/nowhere/index.csv"), None, None).is_err());
    }

    #[test]
    fn rows_are_read_as_spreadsheets_write_them_and_bad_ones_are_told_by_line() {
        let text =
            b"\xef\xbb\xbffile, identity ,side\r\na.jpg,a,n\r\n\r\nb.jpg,,n\r\n,b,s\r\n\xff\xfe,b,s\r\nc.jpg,c\r\n";
        let file = written(text);
        let index = Index::read(file.path(), Some("side"), Some("take")).unwrap();
        let rows: Vec<_> = index.rows.iter().map(|row| (row.line, row.file.as_str(), row.group.as_deref())).collect();
        assert_eq!(rows, [(2, "a.jpg", Some("n")), (7, "c.jpg", None)]);
        let failures: Vec<_> = index.failures.iter().map(|f| (f.line, f.code, f.detail.as_str())).collect();
        assert_eq!(
            failures,
            [
                (4, "row_incomplete", "the row has no identity"),
                (5, "row_incomplete", "the row has no file"),
                (6, "row_unreadable", "the row is not CSV in UTF-8"),
            ]
        );
        assert!(index.has_group);
        assert!(index.notices[0].contains("--capture") && index.notices[0].contains("there is no column take"));
    }

    #[test]
    fn pairs_may_say_whose_they_are() {
        let file = written("file_a,file_b,label\na,b,1\na,c,0\na,,1\na,b,maybe\n");
        let mut failures = Vec::new();
        let pairs = read_pairs(file.path(), &mut failures).unwrap();
        assert_eq!(pairs.iter().map(|pair| pair.same).collect::<Vec<_>>(), [Some(true), Some(false)]);
        let codes: Vec<_> = failures.iter().map(|failure| (failure.line, failure.code)).collect();
        assert_eq!(codes, [(4, "row_incomplete"), (5, "pair_label")]);
        let plain = written("file_b,file_a\nb,a\n");
        let pairs = read_pairs(plain.path(), &mut failures).unwrap();
        assert_eq!(pairs, [Listed { line: 2, files: ["a".into(), "b".into()], same: None }]);
        let wrong = written("one,two\n");
        assert!(read_pairs(wrong.path(), &mut failures).is_err());
    }
}
