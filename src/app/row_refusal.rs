//! Why a row of an imported file is refused: a stable code, and a sentence for the person who mends the file.

use crate::domain::contact::ContactFault;
use crate::domain::person::IinError;
use crate::domain::reason::ReasonCode;

/// A refused row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRefusal {
    /// Its line in the file, from 1; the header counts.
    pub line: u64,
    /// The column at fault; `None` when it is the whole row.
    pub column: Option<&'static str>,
    /// Why.
    pub fault: RowFault,
}

/// Why. No variant carries what the row holds: reports are mailed around, and rows are about people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// Longer than any honest row.
    #[error("the row is longer than {0} bytes")]
    TooLong(usize),
    /// Another encoding, often Windows-1251.
    #[error("the row is not UTF-8: save the file as UTF-8")]
    NotUtf8,
    /// RFC 4180 broken.
    #[error("a quotation mark is out of place; a quoted value must end in its own row")]
    Quoting,
    /// Too many or too few values.
    #[error("the row has {found} values, the header has {expected}")]
    ColumnCount {
        /// Values found.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// No IIN.
    #[error("{0}")]
    Iin(IinError),
    /// No address.
    #[error("{0}")]
    Contact(ContactFault),
    /// A key that stands in an earlier row.
    #[error("the same value stands in line {0} already")]
    Duplicate(u64),
    /// No JSON object of the agreed members.
    #[error(
        "the line is no JSON object with the members iin, ground, legal_basis, starts_at, ends_at, source_key (and op)"
    )]
    Json,
    /// Another word for what has changed, or one where nothing changes.
    #[error("op is add or remove, in a file of changes alone")]
    Op,
    /// What is to be removed is not there.
    #[error("there is no such record of this person to be removed")]
    NothingToRemove,
    /// Empty, too long, or with control characters.
    #[error("the value has 1 to {0} characters and no control characters")]
    Text(usize),
    /// A ground that we do not know.
    #[error(
        "the ground is one of debtor, court_decision, civil_servant, military, law_enforcement, special_services, \
         self_restriction, cool_off, deceased, document_invalid"
    )]
    Ground,
    /// No time.
    #[error("a time is a day of Almaty (2026-11-22) or RFC 3339 (2026-11-22T09:00:00+05:00)")]
    Time,
    /// The restriction would never hold.
    #[error("the end is not after the start")]
    EndsBeforeStart,
    /// No such photo.
    #[error("there is no such photo")]
    PhotoMissing,
    /// A path that leaves the directory of photos.
    #[error("the photo lies outside the directory of photos")]
    PhotoOutside,
    /// The photo could not be read.
    #[error("the photo cannot be read: {0}")]
    PhotoUnreadable(String),
    /// The photo does not pass as an ID photo.
    #[error("the photo does not pass: {}", .0.code())]
    Photo(ReasonCode),
}

impl RowFault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "row_too_long",
            Self::NotUtf8 => "row_not_utf8",
            Self::Quoting => "row_quoting",
            Self::ColumnCount { .. } => "row_column_count",
            Self::Iin(error) => error.code(),
            Self::Contact(fault) => fault.code(),
            Self::Duplicate(_) => "duplicate",
            Self::Json => "row_json",
            Self::Op => "op_unknown",
            Self::NothingToRemove => "nothing_to_remove",
            Self::Text(_) => "text_invalid",
            Self::Ground => "ground_unknown",
            Self::Time => "time_malformed",
            Self::EndsBeforeStart => "ends_before_start",
            Self::PhotoMissing => "photo_missing",
            Self::PhotoOutside => "photo_outside",
            Self::PhotoUnreadable(_) => "photo_unreadable",
            Self::Photo(reason) => reason.code(),
        }
    }

    /// At a place in the file.
    pub fn at(self, line: u64, column: &'static str) -> RowRefusal {
        RowRefusal { line, column: Some(column), fault: self }
    }
}

/// A value that people read: trimmed, 1 to `longest` characters, none of them a control character.
pub fn text(value: &str, longest: usize) -> Result<String, RowFault> {
    let value = value.trim();
    let length = value.chars().count();
    if (1..=longest).contains(&length) && !value.chars().any(char::is_control) {
        Ok(value.to_owned())
    } else {
        Err(RowFault::Text(longest))
    }
}
