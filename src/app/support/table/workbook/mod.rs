//! A sheet of a workbook (.xlsx, ECMA-376), read by calamine. The file and then the rows of its sheet are put aside in unnamed temporary files;
//! what is held in memory are its shared strings, [`limits`] bounds them before anything is unpacked for good.

mod cells;
mod limits;

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use calamine::{Reader as _, Sheet as SheetAbout, SheetType, SheetVisible, Xlsx};
use serde::{Deserialize, Serialize};

use self::cells::{CellRow, CellRows};
use super::hashed::Hashed;
use super::header::{Columns, Header};
use super::unicode::head;
use super::{FileKind, MAX_ROW, NumberedRow, TableError, Value, unreadable};
use crate::app::support::row_refusal::RowFault;

/// Why a workbook cannot be read. No text carries what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkbookFault {
    /// The archive or a part of it is damaged, or not as ECMA-376 says.
    #[error("it is damaged, or of a kind that is not read (.xlsb): open it and save it anew as .xlsx")]
    Damaged,
    /// More than any honest one.
    #[error("it is longer than {MAX_FILE_SIZE} bytes, or unpacks to more than a register does: save it as \"CSV UTF-8\"", MAX_FILE_SIZE = limits::MAX_FILE_SIZE)]
    TooLarge,
    /// Cells that are not in their order.
    #[error("its rows or cells are not in their order: open it and save it anew as .xlsx")]
    Disordered,
}

impl WorkbookFault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged => "workbook_damaged",
            Self::TooLarge => "workbook_too_large",
            Self::Disordered => "workbook_disordered",
        }
    }
}

/// The rows of a sheet that follow its header.
pub(super) struct Sheet {
    name: String,
    rows: BufReader<File>,
    bytes: u64,
    sha256: String,
}

/// A row as it lies in the temporary file, behind its length.
#[derive(Serialize, Deserialize)]
enum Spilled {
    Values(u64, Vec<Value>),
    TooLong(u64),
    /// Values found, and columns.
    TooMany(u64, usize, usize),
    Unreadable(u64),
}

impl Sheet {
    /// Takes the first sheet that can be seen and whose first row names the columns.
    pub(super) fn open(reader: impl BufRead, columns: Columns<'_>) -> Result<(Self, Header), TableError> {
        let (file, bytes, sha256) = put_aside(reader)?;
        limits::check(&file)?;
        let mut book: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(|_| WorkbookFault::Damaged)?;
        let is_seen = |sheet: &&SheetAbout| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible;
        let names: Vec<String> =
            book.sheets_metadata().iter().filter(is_seen).map(|sheet| sheet.name.clone()).collect();
        let mut problem = None;
        for name in names {
            let cells = book.worksheet_cells_reader(&name).map_err(|_| WorkbookFault::Damaged)?;
            let mut rows = CellRows::new(cells);
            let Some(first) = rows.next_row()? else { continue };
            let header = names_of(first).map_err(|fault| columns.problem(fault.to_string()));
            match header.and_then(|names| columns.place(&names)) {
                Ok(header) => {
                    let rows = spill(rows, header.width())?;
                    return Ok((Self { name, rows, bytes, sha256 }, header));
                }
                Err(error) => problem = problem.or(Some(error)),
            }
        }
        Err(problem.unwrap_or_else(|| columns.problem("no sheet that can be seen has any rows")))
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The next row in which anything stands.
    pub(super) fn next_row(&mut self) -> Result<Option<NumberedRow>, TableError> {
        let mut length = [0; 4];
        match self.rows.read_exact(&mut length) {
            Ok(()) => {}
            Err(end) if end.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(why) => return Err(unreadable(why)),
        }
        let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
        self.rows.read_exact(&mut bytes).map_err(unreadable)?;
        let spilled = postcard::from_bytes(&bytes).map_err(|why| unreadable(io::Error::other(why)))?;
        Ok(Some(match spilled {
            Spilled::Values(line, values) => (line, Ok(values)),
            Spilled::TooLong(line) => (line, Err(RowFault::TooLong(MAX_ROW))),
            Spilled::TooMany(line, found, expected) => (line, Err(RowFault::ColumnCount { found, expected })),
            Spilled::Unreadable(line) => (line, Err(RowFault::Cell)),
        }))
    }

    /// All of the workbook, which was read at once.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of the workbook, hex.
    pub(super) fn sha256(self) -> String {
        self.sha256
    }
}

/// The whole file without a name, its length and its SHA-256.
fn put_aside(reader: impl BufRead) -> Result<(File, u64, String), TableError> {
    let mut reader = Hashed::new(reader);
    let head = head(&mut reader)?;
    match FileKind::of(&head) {
        Some(FileKind::Workbook) => {}
        Some(kind) => return Err(TableError::Kind(kind)),
        None => return Err(TableError::Kind(FileKind::NoWorkbook)),
    }
    let mut file = tempfile::tempfile().map_err(unreadable)?;
    file.write_all(&head).map_err(unreadable)?;
    io::copy(&mut (&mut reader).take(limits::MAX_FILE_SIZE), &mut file).map_err(unreadable)?;
    if reader.length() > limits::MAX_FILE_SIZE {
        return Err(WorkbookFault::TooLarge.into());
    }
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    Ok((file, reader.length(), reader.sha256()))
}

fn names_of(row: CellRow) -> Result<Vec<String>, RowFault> {
    let mut names = Vec::new();
    for (place, value) in row.cells {
        names.resize(place, String::new());
        names.push(value?.text);
    }
    Ok(names)
}

/// Writes the rows beside the file, each as wide as the header.
fn spill(mut rows: CellRows<'_>, width: usize) -> Result<BufReader<File>, TableError> {
    let mut file = BufWriter::new(tempfile::tempfile().map_err(unreadable)?);
    let mut written = 0;
    while let Some(row) = rows.next_row()? {
        let spilled = postcard::to_stdvec(&spilled(row, width)).map_err(|why| unreadable(io::Error::other(why)))?;
        written += spilled.len() as u64;
        if written > limits::MAX_ASIDE {
            return Err(WorkbookFault::TooLarge.into());
        }
        let length = u32::try_from(spilled.len()).map_err(|_| WorkbookFault::TooLarge)?;
        file.write_all(&length.to_le_bytes()).map_err(unreadable)?;
        file.write_all(&spilled).map_err(unreadable)?;
    }
    let mut file = file.into_inner().map_err(|error| unreadable(error.into_error()))?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    Ok(BufReader::new(file))
}

fn spilled(row: CellRow, width: usize) -> Spilled {
    if row.is_too_long {
        return Spilled::TooLong(row.line);
    }
    let mut values = vec![Value::default(); width];
    for (place, value) in row.cells {
        match value {
            Err(_) => return Spilled::Unreadable(row.line),
            Ok(_) if place >= width => return Spilled::TooMany(row.line, place + 1, width),
            Ok(value) => values[place] = value,
        }
    }
    Spilled::Values(row.line, values)
}
