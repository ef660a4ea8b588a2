//! A row of CSV and its values.

use crate::app::support::row_refusal::RowFault;

/// The values of one row, RFC 4180 section 2 rules 4 to 7 without line breaks, and with another delimiter where there is one.
pub(super) fn split(row: &str, delimiter: char) -> Result<Vec<String>, RowFault> {
    let mut values = Vec::new();
    let mut rest = row;
    loop {
        let (value, tail) = match rest.strip_prefix('"') {
            Some(quoted) => split_quoted(quoted)?,
            None => split_plain(rest, delimiter)?,
        };
        values.push(value);
        match tail.strip_prefix(delimiter) {
            Some(next) => rest = next,
            None if tail.is_empty() => return Ok(values),
            None => return Err(RowFault::Quoting),
        }
    }
}

/// The value up to the next delimiter, and what follows it.
fn split_plain(rest: &str, delimiter: char) -> Result<(String, &str), RowFault> {
    let (value, tail) = rest.split_at(rest.find(delimiter).unwrap_or(rest.len()));
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
