//! Why a row of an imported file is refused: a stable code, and a sentence for the person who mends the file.

use crate::domain::identity::contact::ContactFault;
use crate::domain::identity::written_iin::WrittenIinError;
use crate::domain::kernel::unseen::is_unseen;
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
    #[error(
        "the row is not UTF-8: save the file as \"CSV UTF-8\" (a spreadsheet's plain \"CSV\" is Windows-1251, in which Kazakh \
         letters are lost)"
    )]
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
    Iin(WrittenIinError),
    /// A company where a person was meant.
    #[error("the number is a company's (BIN), no person's")]
    Company,
    /// A sum below the rows.
    #[error("the row is a total and tells of nobody: leave it out")]
    Total,
    /// A cell without a value that can be meant.
    #[error("a cell holds an error of the spreadsheet, yes or no, a duration, or a day before March 1900")]
    Cell,
    /// No address.
    #[error("{0}")]
    Contact(ContactFault),
    /// A key that stands in an earlier row.
    #[error("the same value stands in line {0} already")]
    Duplicate(u64),
    /// No JSON object of the agreed members.
    #[error("{problem}, at character {at} of the line")]
    Json {
        /// Where, in bytes from 1; past the line where it ends too early.
        at: usize,
        /// What is wrong, in the parser's words or ours, which quote nothing.
        problem: String,
    },
    /// A member of JSON that is no text.
    #[error("the value is {0}: write it as text, in quotation marks")]
    NotText(&'static str),
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
    /// Characters that nobody sees, or that turn the direction of writing.
    #[error("the value has a character that nobody sees, or that turns the direction of writing: U+{0:04X}")]
    Unseen(u32),
    /// No such photo.
    #[error("there is no such photo{}", .0.map(|near| format!("; {near}")).unwrap_or_default())]
    PhotoMissing(Option<NearPhoto>),
    /// Several photos have the name when case and Unicode's form are left aside.
    #[error(
        "{0} photos have this name when case and the form of letters are left aside: name one as it is, or rename them"
    )]
    PhotoAmbiguous(usize),
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

/// What the folder of photos has in the place of one that is missing. No name is told: photos are often called by the IIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NearPhoto {
    /// Another ending.
    #[error("there is one of this name with another ending, such as .png for .jpg")]
    OtherEnding,
    /// Another folder.
    #[error("there is one of this name in another folder inside the directory of photos")]
    OtherFolder,
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
            Self::Company => "iin_company",
            Self::Total => "row_total",
            Self::Cell => "cell_unreadable",
            Self::Json { .. } => "row_json",
            Self::NotText(_) => "value_not_text",
            Self::Unseen(_) => "text_unseen",
            Self::Op => "op_unknown",
            Self::NothingToRemove => "nothing_to_remove",
            Self::Text(_) => "text_invalid",
            Self::Ground => "ground_unknown",
            Self::Time => "time_malformed",
            Self::EndsBeforeStart => "ends_before_start",
            Self::PhotoMissing(_) => "photo_missing",
            Self::PhotoAmbiguous(_) => "photo_ambiguous",
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

/// A value that people read: trimmed, 1 to `longest` characters, each of them to be seen.
pub fn text(value: &str, longest: usize) -> Result<String, RowFault> {
    let value = value.trim();
    let length = value.chars().count();
    if !(1..=longest).contains(&length) || value.chars().any(char::is_control) {
        return Err(RowFault::Text(longest));
    }
    match value.chars().find(|c| is_unseen(*c)) {
        Some(unseen) => Err(RowFault::Unseen(u32::from(unseen))),
        None => Ok(value.to_owned()),
    }
}

/// Whether a value begins the way that rows of totals do, in the languages of offices.
pub fn is_total(value: &str) -> bool {
    const WORDS: [&str; 6] = ["итого", "всего", "барлығы", "жиыны", "қорытынды", "total"];
    let value = value.trim().to_lowercase();
    WORDS.iter().any(|word| {
        let rest = value.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}
