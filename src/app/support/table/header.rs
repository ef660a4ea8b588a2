//! The first row of a table, which names its columns.

use super::TableError;
use super::split::split;
use super::value::Value;
use crate::app::support::row_refusal::RowFault;

/// What separates the values of a row; spreadsheets take the semicolon where the comma is in numbers.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// Where the columns asked for stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    places: Vec<usize>,
    width: usize,
    /// Of the optional columns, those that are there.
    pub(super) there: Vec<&'static str>,
}

/// The columns that must stand in a header, and those that may.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) needed: &'a [&'static str],
    pub(super) optional: &'a [&'static str],
}

impl Columns<'_> {
    /// A header that is wrong.
    pub(super) fn problem(self, problem: impl Into<String>) -> TableError {
        TableError::Header { expected: self.needed.join(","), problem: problem.into() }
    }

    /// Finds out what separates the values: only one delimiter makes these columns of a line. `said` is what a line before it says.
    pub(super) fn find(self, line: &str, said: Option<char>) -> Result<(Header, char), TableError> {
        let candidates = said.map_or(DELIMITERS.to_vec(), |said| vec![said]);
        let mut closest: Option<(usize, TableError)> = None;
        for delimiter in candidates {
            let found = split(line, delimiter).map_err(|fault| self.problem(fault.to_string()));
            let names = found.as_ref().map_or(0, Vec::len);
            match found.and_then(|names| self.place(&names)) {
                Ok(header) => return Ok((header, delimiter)),
                // What is wrong is told of the delimiter that makes most of the line.
                Err(error) if closest.as_ref().is_none_or(|(most, _)| names > *most) => closest = Some((names, error)),
                Err(_) => {}
            }
        }
        Err(closest.map_or_else(|| self.problem("it names none"), |(_, error)| error))
    }

    /// Columns without a name may stand there, too, as spreadsheets leave them; no row may have a value in them.
    pub(super) fn place(self, names: &[String]) -> Result<Header, TableError> {
        let names: Vec<String> = names.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        let place = |column: &&'static str| {
            let mut found = names.iter().enumerate().filter(|(_, name)| name == column);
            match (found.next(), found.next()) {
                (Some((place, _)), None) => Ok(place),
                (None, _) => Err(self.problem(format!("{column} is missing"))),
                _ => Err(self.problem(format!("{column} stands there twice"))),
            }
        };
        let there: Vec<&'static str> =
            self.optional.iter().copied().filter(|column| names.iter().any(|name| name == column)).collect();
        let places = self.needed.iter().chain(&there).map(place).collect::<Result<Vec<_>, _>>()?;
        let named = names.iter().filter(|name| !name.is_empty()).count();
        if named != places.len() {
            return Err(self.problem(format!("it names {named} columns")));
        }
        Ok(Header { places, width: names.len(), there })
    }
}

impl Header {
    /// Columns, with those that have no name.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The values of a row in the order of the columns asked for.
    pub(super) fn arrange(&self, mut values: Vec<Value>) -> Result<Vec<Value>, RowFault> {
        let misfit = RowFault::ColumnCount { found: values.len(), expected: self.width };
        if values.len() != self.width {
            return Err(misfit);
        }
        let arranged = self.places.iter().map(|place| std::mem::take(&mut values[*place])).collect();
        // Those that are left belong to no column.
        if values.iter().all(Value::is_blank) { Ok(arranged) } else { Err(misfit) }
    }
}

/// The delimiter that a first line `sep=;` tells a spreadsheet.
pub(super) fn said_delimiter(line: &str) -> Option<char> {
    let line = line.trim_matches('"');
    let start = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="))?;
    let mut rest = line[start.len()..].chars();
    let delimiter = rest.next()?;
    rest.all(|c| c == delimiter || c == '"').then_some(delimiter)
}
