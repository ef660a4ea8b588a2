//! Tables as other people export them: CSV (RFC 4180) with or without a BOM, with LF, CRLF, CR or all of them.
//!
//! Strict where a slip would change what a row means, and each row refused on its own. A value never spans rows, so
//! that one lost quotation mark cannot swallow the rest of a register.

use std::io::BufRead;

use sha2::{Digest, Sha256};

use super::row_refusal::{RowFault, RowRefusal};

/// No honest row is longer, bytes.
pub const LONGEST_ROW: usize = 8 * 1024;

/// Why a table cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file could not be read to its end.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// The first row does not name the columns.
    #[error("the first line must name the columns {expected}, separated with commas; {problem}")]
    Header {
        /// The columns.
        expected: String,
        /// What is wrong.
        problem: String,
    },
}

/// A row with its values in the order of the columns asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line, from 1; the header counts.
    pub line: u64,
    /// Its values.
    pub values: Vec<String>,
}

/// A table under way.
pub struct Table<R> {
    lines: Lines<R>,
    /// For each column asked for, its place in the file.
    places: Vec<usize>,
}

impl<R: BufRead> Table<R> {
    /// Reads the header, in which exactly `columns` must stand, in any order.
    pub fn open(reader: R, columns: &[&'static str]) -> Result<Self, TableError> {
        Self::open_with(reader, columns, &[]).map(|(table, _)| table)
    }

    /// The same where some of `optional` may stand, too; says which do. Their values follow the others.
    pub fn open_with(
        reader: R,
        columns: &[&'static str],
        optional: &[&'static str],
    ) -> Result<(Self, Vec<&'static str>), TableError> {
        let mut lines = Lines::new(reader);
        let header = |problem: String| TableError::Header { expected: columns.join(","), problem };
        let (_, text) = lines.next_text()?.ok_or_else(|| header("the file is empty".into()))?;
        let text = text.map_err(|fault| header(fault.to_string()))?;
        let names = split(&text).map_err(|fault| header(fault.to_string()))?;
        let names: Vec<String> = names.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        let place = |column: &&'static str| {
            let mut found = names.iter().enumerate().filter(|(_, name)| name == column);
            match (found.next(), found.next()) {
                (Some((place, _)), None) => Ok(place),
                (None, _) => Err(header(format!("{column} is missing"))),
                _ => Err(header(format!("{column} stands there twice"))),
            }
        };
        let there: Vec<&'static str> =
            optional.iter().copied().filter(|column| names.iter().any(|name| name == column)).collect();
        let places = columns.iter().chain(&there).map(place).collect::<Result<Vec<_>, _>>()?;
        match names.len() {
            found if found == places.len() => Ok((Self { lines, places }, there)),
            found => Err(header(format!("it names {found} columns"))),
        }
    }

    /// The next row, or why it is refused; `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<Result<Row, RowRefusal>>, TableError> {
        let Some((line, text)) = self.lines.next_text()? else {
            return Ok(None);
        };
        let expected = self.places.len();
        let values = text.and_then(|text| split(&text)).and_then(|values| {
            let found = values.len();
            if found == expected { Ok(values) } else { Err(RowFault::ColumnCount { found, expected }) }
        });
        Ok(Some(match values {
            Ok(mut values) => {
                Ok(Row { line, values: self.places.iter().map(|place| std::mem::take(&mut values[*place])).collect() })
            }
            Err(fault) => Err(RowRefusal { line, column: None, fault }),
        }))
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }

    /// SHA-256 of everything read, as hex; of the whole file once [`Table::next_row`] has said `None`.
    pub fn sha256(self) -> String {
        self.lines.sha256()
    }
}

/// A line's number and its text, or why it has none.
pub(super) type NumberedLine = (u64, Result<String, RowFault>);

/// Lines of a text, each within [`LONGEST_ROW`].
pub(super) struct Lines<R> {
    reader: R,
    hasher: Sha256,
    bytes: u64,
    line: u64,
    after_return: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, hasher: Sha256::new(), bytes: 0, line: 0, after_return: false }
    }

    /// The next line that is not blank, with its number.
    pub(super) fn next_text(&mut self) -> Result<Option<NumberedLine>, TableError> {
        while let Some((bytes, too_long)) = self.next_bytes()? {
            self.line += 1;
            let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
                Some(rest) if self.line == 1 => rest,
                _ => &bytes,
            };
            if too_long {
                return Ok(Some((self.line, Err(RowFault::TooLong(LONGEST_ROW)))));
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let text = std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| RowFault::NotUtf8);
            return Ok(Some((self.line, text)));
        }
        Ok(None)
    }

    /// Bytes read so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of everything read, as hex.
    pub(super) fn sha256(self) -> String {
        hex::encode(self.hasher.finalize())
    }

    /// The bytes up to the next line end, at most [`LONGEST_ROW`], and whether there were more.
    fn next_bytes(&mut self) -> Result<Option<(Vec<u8>, bool)>, TableError> {
        let mut line = Vec::new();
        let mut too_long = false;
        let mut seen = false;
        loop {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(why) if why.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(why) => return Err(TableError::Unreadable(why.to_string())),
            };
            if buffer.is_empty() {
                return Ok(seen.then_some((line, too_long)));
            }
            // The LF of a CRLF belongs to the line before.
            let skip = usize::from(self.after_return && buffer[0] == b'\n');
            self.after_return = false;
            let end = buffer[skip..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let content = &buffer[skip..end.map_or(buffer.len(), |end| skip + end)];
            seen |= !content.is_empty() || end.is_some();
            let room = LONGEST_ROW - line.len();
            too_long |= content.len() > room;
            line.extend_from_slice(&content[..content.len().min(room)]);
            let used = skip + content.len() + usize::from(end.is_some());
            if let Some(end) = end {
                self.after_return = buffer[skip + end] == b'\r';
            }
            self.hasher.update(&buffer[..used]);
            self.bytes += used as u64;
            self.reader.consume(used);
            if end.is_some() {
                return Ok(Some((line, too_long)));
            }
        }
    }
}

/// The values of one row, RFC 4180 section 2 rules 4 to 7 without line breaks.
fn split(row: &str) -> Result<Vec<String>, RowFault> {
    let mut values = Vec::new();
    let mut rest = row;
    loop {
        let (value, tail) = match rest.strip_prefix('"') {
            Some(quoted) => split_quoted(quoted)?,
            None => split_plain(rest)?,
        };
        values.push(value);
        match tail.strip_prefix(',') {
            Some(next) => rest = next,
            None if tail.is_empty() => return Ok(values),
            None => return Err(RowFault::Quoting),
        }
    }
}

/// The value up to the next comma, and what follows it.
fn split_plain(rest: &str) -> Result<(String, &str), RowFault> {
    let (value, tail) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
    if value.contains('"') {
        return Err(RowFault::Quoting);
    }
    Ok((value.to_owned(), tail))
}

/// The value whose opening quotation mark was just read, and what follows its closing one.
fn split_quoted(mut rest: &str) -> Result<(String, &str), RowFault> {
    let mut value = String::new();
    loop {
        let (before, after) = rest.split_once('"').ok_or(RowFault::Quoting)?;
        value.push_str(before);
        match after.strip_prefix('"') {
            Some(next) => {
                value.push('"');
                rest = next;
            }
            None => return Ok((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    type Rows = Vec<(u64, Result<Vec<String>, &'static str>)>;

    fn read(bytes: &[u8], columns: &[&'static str], buffer: usize) -> Result<Rows, TableError> {
        let mut table = Table::open(BufReader::with_capacity(buffer, bytes), columns)?;
        let mut rows = Vec::new();
        while let Some(row) = table.next_row()? {
            rows.push(match row {
                Ok(row) => (row.line, Ok(row.values)),
                Err(refusal) => (refusal.line, Err(refusal.fault.code())),
            });
        }
        assert_eq!(table.bytes_read(), bytes.len() as u64);
        assert_eq!(table.sha256(), hex::encode(Sha256::digest(bytes)));
        Ok(rows)
    }

    fn row(line: u64, values: &[&str]) -> (u64, Result<Vec<String>, &'static str>) {
        (line, Ok(values.iter().map(|value| (*value).to_owned()).collect()))
    }

    #[test]
    fn bom_blank_lines_and_mixed_line_ends_are_no_matter() {
        let text = b"\xef\xbb\xbfB,a\r\n1,2\n\n\"x,\"\"y\",3\r5,6\r\n\r\n7,8";
        let expected = [row(2, &["2", "1"]), row(4, &["3", "x,\"y"]), row(5, &["6", "5"]), row(7, &["8", "7"])];
        for buffer in 1..40 {
            assert_eq!(read(text, &["a", "b"], buffer).unwrap(), expected, "{buffer}");
        }
    }

    #[test]
    fn a_bad_row_is_refused_alone() {
        let long = "x".repeat(LONGEST_ROW);
        let text = format!("a,b\n1\n\"1,2\n1\"2,3\n\"1\"2,3\n{long},1\n3,4\n");
        let codes = ["row_column_count", "row_quoting", "row_quoting", "row_quoting", "row_too_long"];
        let mut expected: Rows = (2..).zip(codes).map(|(line, code)| (line, Err(code))).collect();
        expected.push(row(7, &["3", "4"]));
        assert_eq!(read(text.as_bytes(), &["a", "b"], 64).unwrap(), expected);
        let windows_1251 = b"a,b\n\xcf\xf0\xe8,1\n";
        assert_eq!(read(windows_1251, &["a", "b"], 64).unwrap(), [(2, Err("row_not_utf8"))]);
    }

    #[test]
    fn the_header_names_each_column_once_and_no_other() {
        for bad in ["", "\n", "a\n", "a,b,c\n", "a,a\n", "a;b\n", "a,a,b\n", "\"a,b\n"] {
            assert!(matches!(read(bad.as_bytes(), &["a", "b"], 64), Err(TableError::Header { .. })), "{bad:?}");
        }
        assert_eq!(read(b"a,b", &["a", "b"], 64), Ok(vec![]));
    }

    proptest! {
        #[test]
        fn what_is_written_by_rfc_4180_reads_back(
            rows in prop::collection::vec(prop::array::uniform2("[^\r\n]{0,12}"), 0..6), buffer in 1_usize..50
        ) {
            let quote = |value: &String| format!("\"{}\"", value.replace('"', "\"\""));
            let lines = rows.iter().map(|[a, b]| format!("{},{}\r\n", quote(a), quote(b)));
            let text: String = std::iter::once("a,b\r\n".to_owned()).chain(lines).collect();
            let expected: Rows = (2..).zip(&rows).map(|(line, [a, b])| row(line, &[a, b])).collect();
            prop_assert_eq!(read(text.as_bytes(), &["a", "b"], buffer).unwrap(), expected);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), buffer in 1_usize..20) {
            let mut all = b"a,b\n".to_vec();
            all.extend(bytes);
            prop_assert!(read(&all, &["a", "b"], buffer).is_ok());
        }
    }
}
