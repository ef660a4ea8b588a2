//! Tables as other people export them: CSV (RFC 4180) with or without a BOM, in UTF-8 or UTF-16, with commas, semicolons, tabs or bars,
//! with LF, CRLF, CR or all of them; or a sheet of a workbook (.xlsx).
//!
//! Strict where a slip would change what a row means, and each row refused on its own. A value never spans rows, so
//! that one lost quotation mark cannot swallow the rest of a register. What a file is, its bytes say: nothing is read by
//! a guess at its encoding, for Windows-1251 has no Kazakh letters and what they were cannot be known.

mod file_kind;
mod hashed;
mod header;
mod lines;
mod split;
mod unicode;
mod value;
mod workbook;

use std::io::BufRead;

use self::header::{Columns, Header, said_delimiter};
use self::split::split;
use self::workbook::Sheet;

pub use self::file_kind::FileKind;
pub(in crate::app) use self::lines::Lines;
pub use self::value::Value;
pub use self::workbook::WorkbookFault;
use super::row_refusal::{RowFault, RowRefusal};

/// No honest row is longer, bytes.
pub const MAX_ROW: usize = 8 * 1024;

/// Why a table cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file could not be read to its end.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// It is something else.
    #[error("{0}")]
    Kind(FileKind),
    /// A workbook that cannot be read.
    #[error("the workbook cannot be read: {0}")]
    Workbook(#[from] WorkbookFault),
    /// The first row does not name the columns.
    #[error("the first line must name the columns {expected}, separated with commas, semicolons or tabs; {problem}")]
    Header {
        /// The columns.
        expected: String,
        /// What is wrong.
        problem: String,
    },
}

impl TableError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "file_unreadable",
            Self::Kind(kind) => kind.code(),
            Self::Workbook(fault) => fault.code(),
            Self::Header { .. } => "file_header",
        }
    }
}

// Used as a function value, which hands the error over.
#[allow(clippy::needless_pass_by_value)]
fn unreadable(why: std::io::Error) -> TableError {
    TableError::Unreadable(why.to_string())
}

/// How a table is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableFormat {
    /// Lines of text.
    #[default]
    Text,
    /// Office Open XML (.xlsx).
    Workbook,
}

impl TableFormat {
    /// By the end of a file's name.
    pub fn named(name: &str) -> Self {
        let is_workbook = name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("xlsx"));
        if is_workbook { Self::Workbook } else { Self::Text }
    }
}

/// A row with its values in the order of the columns asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line, from 1; the header counts. Of a sheet, its row.
    pub line: u64,
    /// Its values.
    pub values: Vec<Value>,
}

/// A table under way.
pub struct Table<R> {
    rows: Rows<R>,
    header: Header,
}

enum Rows<R> {
    Text(Lines<R>, char),
    Sheet(Sheet),
}

impl<R: BufRead> Table<R> {
    /// Reads the header, in which exactly `columns` must stand, in any order.
    pub fn open(reader: R, format: TableFormat, columns: &[&'static str]) -> Result<Self, TableError> {
        Self::open_with(reader, format, columns, &[])
    }

    /// The same where some of `optional` may stand, too. Their values follow the others.
    pub fn open_with(
        reader: R,
        format: TableFormat,
        columns: &[&'static str],
        optional: &[&'static str],
    ) -> Result<Self, TableError> {
        let columns = Columns { needed: columns, optional };
        match format {
            TableFormat::Text => Self::open_text(reader, columns),
            TableFormat::Workbook => {
                let (sheet, header) = Sheet::open(reader, columns)?;
                Ok(Self { rows: Rows::Sheet(sheet), header })
            }
        }
    }

    fn open_text(reader: R, columns: Columns<'_>) -> Result<Self, TableError> {
        let mut lines = Lines::of_table(reader)?;
        let mut next = || -> Result<String, TableError> {
            let (_, text) = lines.next_text()?.ok_or_else(|| columns.problem("the file is empty"))?;
            text.map_err(|fault| columns.problem(fault.to_string()))
        };
        let mut text = next()?;
        let said = said_delimiter(&text);
        if said.is_some() {
            text = next()?;
        }
        let (header, delimiter) = columns.find(&text, said)?;
        Ok(Self { rows: Rows::Text(lines, delimiter), header })
    }

    /// Of the optional columns, those that are there.
    pub fn optional(&self) -> Vec<&'static str> {
        self.header.there.clone()
    }

    /// The next row in which anything stands, or why it is refused; `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<Result<Row, RowRefusal>>, TableError> {
        let next = match &mut self.rows {
            Rows::Text(lines, delimiter) => next_line(lines, *delimiter)?,
            Rows::Sheet(sheet) => sheet.next_row()?,
        };
        Ok(next.map(|(line, values)| {
            let values = values.and_then(|values| self.header.arrange(values));
            values.map(|values| Row { line, values }).map_err(|fault| RowRefusal { line, column: None, fault })
        }))
    }

    /// The sheet that is read, of a workbook.
    pub fn sheet(&self) -> Option<&str> {
        match &self.rows {
            Rows::Text(..) => None,
            Rows::Sheet(sheet) => Some(sheet.name()),
        }
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        match &self.rows {
            Rows::Text(lines, _) => lines.bytes_read(),
            Rows::Sheet(sheet) => sheet.bytes_read(),
        }
    }

    /// SHA-256 of everything read, as hex; of the whole file once [`Table::next_row`] has said `None`.
    pub fn sha256(self) -> String {
        match self.rows {
            Rows::Text(lines, _) => lines.sha256(),
            Rows::Sheet(sheet) => sheet.sha256(),
        }
    }
}

/// A row's number and its values, or why it has none.
type NumberedRow = (u64, Result<Vec<Value>, RowFault>);

/// The next line in which more than delimiters stands: spreadsheets end a file with rows of nothing else.
fn next_line<R: BufRead>(lines: &mut Lines<R>, delimiter: char) -> Result<Option<NumberedRow>, TableError> {
    let is_blank = |text: &str| text.chars().all(|c| c == delimiter || c == '"' || c.is_whitespace());
    while let Some((line, text)) = lines.next_text()? {
        if text.as_ref().is_ok_and(|text| is_blank(text)) {
            continue;
        }
        let values = text.and_then(|text| split(&text, delimiter));
        return Ok(Some((line, values.map(|values| values.into_iter().map(Value::of_text).collect()))));
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
