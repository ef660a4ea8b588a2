//! Cells of a sheet, row by row.

use std::fs::File;
use std::io::BufReader;

use calamine::{DataRef, ExcelDateTime, XlsxCellReader};

use super::WorkbookFault;
use crate::app::support::row_refusal::RowFault;
use crate::app::support::table::{MAX_ROW, Value};

/// More cells in a row are no register's.
const MAX_CELLS: usize = 256;
/// Rows and columns of a sheet.
const SHEET: (u32, u32) = (1_048_576, 16_384);
/// Whole numbers below are exact as a spreadsheet keeps them: 2 to the power of 53.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// The first day whose number Excel and the calendar agree on: 1 March 1900.
const FIRST_DAY: f64 = 61.0;

/// The cells of a row in which something stands, in their order.
pub(super) struct CellRow {
    /// Its number, from 1.
    pub(super) line: u64,
    /// Each with its place, from 0.
    pub(super) cells: Vec<(usize, Result<Value, RowFault>)>,
    /// Whether there is more than a row may have.
    pub(super) is_too_long: bool,
}

/// A cell in which something stands, by row and column from 0.
type PlacedCell = (u32, u32, Result<Value, RowFault>);

/// Rows in which something stands.
pub(super) struct CellRows<'a> {
    cells: XlsxCellReader<'a, BufReader<File>>,
    /// The first cell of the next row.
    ahead: Option<PlacedCell>,
    last: Option<(u32, u32)>,
    is_over: bool,
}

impl<'a> CellRows<'a> {
    pub(super) fn new(cells: XlsxCellReader<'a, BufReader<File>>) -> Self {
        Self { cells, ahead: None, last: None, is_over: false }
    }

    /// The next of them.
    pub(super) fn next_row(&mut self) -> Result<Option<CellRow>, WorkbookFault> {
        let Some((number, column, value)) = self.next_cell()? else { return Ok(None) };
        let mut row = CellRow { line: u64::from(number) + 1, cells: Vec::new(), is_too_long: false };
        let mut length = 0;
        let mut cell = Some((column, value));
        while let Some((column, value)) = cell.take() {
            length += value.as_ref().map_or(0, |value| value.text.len());
            row.is_too_long |= length > MAX_ROW || row.cells.len() >= MAX_CELLS;
            if !row.is_too_long {
                row.cells.push((column as usize, value));
            }
            match self.next_cell()? {
                Some((next, column, value)) if next == number => cell = Some((column, value)),
                next => self.ahead = next,
            }
        }
        Ok(Some(row))
    }

    /// The next cell in which something stands.
    fn next_cell(&mut self) -> Result<Option<PlacedCell>, WorkbookFault> {
        if let Some(cell) = self.ahead.take() {
            return Ok(Some(cell));
        }
        // Behind the last cell the reader would go on into what follows the rows.
        if self.is_over {
            return Ok(None);
        }
        while let Some(cell) = self.cells.next_cell().map_err(|_| WorkbookFault::Damaged)? {
            let place = cell.get_position();
            // Else a row could be told twice, and which of them is meant nobody knows.
            if self.last.is_some_and(|last| last >= place) {
                return Err(WorkbookFault::Disordered);
            }
            if place.0 >= SHEET.0 || place.1 >= SHEET.1 {
                return Err(WorkbookFault::Damaged);
            }
            self.last = Some(place);
            let value = value(cell.get_value());
            if value.as_ref().is_ok_and(|value| value.text.trim().is_empty()) {
                continue;
            }
            return Ok(Some((place.0, place.1, value)));
        }
        self.is_over = true;
        Ok(None)
    }
}

fn value(cell: &DataRef<'_>) -> Result<Value, RowFault> {
    match cell {
        DataRef::Empty => Ok(Value::default()),
        DataRef::String(text) | DataRef::DateTimeIso(text) => Ok(Value::of_text(text.as_str())),
        DataRef::SharedString(text) => Ok(Value::of_text(*text)),
        DataRef::Int(number) => Ok(Value::of_number(number.to_string())),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < EXACT => {
            Ok(Value::of_number(format!("{number:.0}")))
        }
        DataRef::Float(number) => Ok(Value::of_number(number.to_string())),
        DataRef::DateTime(time) => day(time),
        DataRef::Bool(_) | DataRef::DurationIso(_) | DataRef::Error(_) => Err(RowFault::Cell),
    }
}

/// A day as ISO 8601 writes it. With a time it has no zone, and is left for the reader to refuse.
fn day(time: &ExcelDateTime) -> Result<Value, RowFault> {
    if !time.is_datetime() || time.as_f64() < FIRST_DAY {
        return Err(RowFault::Cell);
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let is_midnight = time.as_f64().fract() == 0.0;
    Ok(Value::of_text(if is_midnight { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }))
}
