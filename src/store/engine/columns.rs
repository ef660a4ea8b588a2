//! How domain values stand in columns, and back. A column that does not read back is [`StoreError::Corrupt`]; the error
//! names the column, never the value.

use std::str::FromStr;

use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::confirmation::Thumbprint;

use super::unit_of_work::Result;

/// A stored value that cannot be read.
pub(in crate::store) fn corrupt(column: &str) -> StoreError {
    StoreError::Corrupt(column.to_owned())
}

/// An id or another text with a reader of its own.
pub(in crate::store) fn parse<T: FromStr>(text: &str, column: &str) -> Result<T> {
    text.parse().map_err(|_| corrupt(column))
}

/// A text that names one of a few things.
pub(in crate::store) fn named<T>(text: &str, from_name: impl Fn(&str) -> Option<T>, column: &str) -> Result<T> {
    from_name(text).ok_or_else(|| corrupt(column))
}

/// A hash or salt of a fixed length.
pub(in crate::store) fn bytes<const N: usize>(bytes: &[u8], column: &str) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| corrupt(column))
}

/// The hash of a handle.
pub(in crate::store) fn handle(raw: &[u8], column: &str) -> Result<HandleHash> {
    bytes(raw, column).map(HandleHash)
}

/// A thumbprint that may be missing.
pub(in crate::store) fn thumbprint(raw: Option<&[u8]>, column: &str) -> Result<Option<Thumbprint>> {
    raw.map(|raw| bytes(raw, column).map(Thumbprint)).transpose()
}

/// JSON kept as text.
pub(in crate::store) fn from_json<T: serde::de::DeserializeOwned>(text: &[u8], column: &str) -> Result<T> {
    serde_json::from_slice(text).map_err(|_| corrupt(column))
}

/// JSON to be kept as text.
pub(in crate::store) fn to_json<T: serde::Serialize>(value: &T, column: &str) -> Result<String> {
    serde_json::to_string(value).map_err(|_| corrupt(column))
}

/// A counter that is never negative.
pub(in crate::store) fn count<T: TryFrom<i64>>(number: i64, column: &str) -> Result<T> {
    T::try_from(number).map_err(|_| corrupt(column))
}

/// Microseconds of an instant that may be missing.
pub(in crate::store) fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::micros)
}

/// An instant that may be missing.
pub(in crate::store) fn instant(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}

/// `($1, $2), ($3, $4)`: placeholders of `rows` rows of `width` columns.
pub(in crate::store) fn placeholders(rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let names: Vec<String> = (1..=width).map(|place| format!("${}", row * width + place)).collect();
        format!("({})", names.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        assert_eq!(placeholders(2, 3), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(placeholders(1, 1), "($1)");
    }

    #[test]
    fn what_does_not_read_back_names_its_column_and_not_its_value() {
        let error = parse::<i64>("secret", "table.column").unwrap_err();
        assert_eq!(error, StoreError::Corrupt("table.column".to_owned()));
        assert_eq!(bytes::<2>(&[1, 2, 3], "c").unwrap_err(), corrupt("c"));
        assert_eq!(count::<u32>(-1, "c").unwrap_err(), corrupt("c"));
    }
}
