//! What is to be told of a file beside its good rows and its refused ones.

use serde_json::{Value, json};

use crate::app::support::row_refusal::{RowFault, RowRefusal};
use crate::domain::identity::written_iin::{NumberHolder, WrittenIin, WrittenIinError};

/// So many lines of a kind are kept; all are counted.
const MAX_NOTES: usize = 1_000;
/// So many of them are told in a sentence.
const SHOWN: usize = 20;

/// Rows of a kind: all counted, the lines of the first kept, each with the digits that its number has in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// How many.
    pub count: u64,
    first: Vec<(u64, u8)>,
}

impl Noted {
    fn push(&mut self, line: u64, digits: u8) {
        self.count += 1;
        if self.first.len() < MAX_NOTES {
            self.first.push((line, digits));
        }
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.first.extend(other.first);
        self.first.sort_unstable();
        self.first.truncate(MAX_NOTES);
    }

    /// The first lines, for people: `lines 3, 4 and 12 more`.
    pub(super) fn places(&self) -> String {
        let shown: Vec<String> = self.first.iter().take(SHOWN).map(|(line, _)| line.to_string()).collect();
        let word = if self.count == 1 { "line" } else { "lines" };
        match self.count - shown.len() as u64 {
            0 => format!("{word} {}", shown.join(", ")),
            more => format!("{word} {} and {more} more", shown.join(", ")),
        }
    }

    fn json(&self) -> Value {
        json!({ "rows": self.count, "lines": self.first.iter().map(|(line, _)| line).collect::<Vec<_>>() })
    }
}

/// Of a whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// The sheet that was read, of a workbook.
    pub sheet: Option<String>,
    /// Rows about companies, which were passed over.
    pub companies: Noted,
    /// Rows whose number had lost leading zeros, which were put back.
    pub restored: Noted,
    /// Of those the ones that the file holds as text: only the rest of the file bears out that zeros were lost.
    unproven: Noted,
    /// The ones among these that are companies.
    unproven_companies: Noted,
    /// Numbers that have their leading zero.
    kept_zeros: u64,
}

impl Notes {
    /// Of a file of which this sheet is read.
    pub(super) fn of(sheet: Option<String>) -> Self {
        Self { sheet, ..Self::default() }
    }

    /// Sees a number, whether its row is good or not.
    pub(super) fn see(&mut self, read: &WrittenIin) {
        self.kept_zeros += u64::from(read.kept_zero);
    }

    /// Takes a row by its number.
    pub(super) fn take(&mut self, line: u64, read: &WrittenIin) {
        let (is_company, digits) = (read.holder == NumberHolder::Company, 12 - read.zeros);
        match (read.rests_on_file(), is_company) {
            (true, true) => self.unproven_companies.push(line, digits),
            (true, false) => self.unproven.push(line, digits),
            (false, _) if read.zeros > 0 => self.restored.push(line, digits),
            (false, _) => {}
        }
        if is_company && !read.rests_on_file() {
            self.companies.push(line, digits);
        }
    }

    /// Whether the file bears out that zeros were lost: a program that drops leading zeros leaves none.
    pub fn bears_out_lost_zeros(&self) -> bool {
        self.kept_zeros == 0
    }

    /// Once the whole file was read: where it bears out that zeros were lost, they are put back. Else companies of that kind are returned as
    /// refused, the lines of the first and how many more there are; people of that kind are for the caller, who has their rows.
    pub(super) fn settle(&mut self) -> (Vec<RowRefusal>, u64) {
        let (people, companies) = (std::mem::take(&mut self.unproven), std::mem::take(&mut self.unproven_companies));
        if self.bears_out_lost_zeros() {
            self.companies.join(companies.clone());
            self.restored.join(people);
            self.restored.join(companies);
            return (Vec::new(), 0);
        }
        let refused: Vec<RowRefusal> =
            companies.first.iter().map(|(line, digits)| zeros_lost(*line, *digits)).collect();
        let more = companies.count - refused.len() as u64;
        (refused, more)
    }

    /// For whoever looks at the version.
    pub(super) fn json(&self) -> Value {
        json!({ "sheet": self.sheet, "companies": self.companies.json(), "restored": self.restored.json() })
    }
}

/// The refusal of a number that may have lost zeros and of which nothing bears that out.
pub(super) fn zeros_lost(line: u64, digits: u8) -> RowRefusal {
    RowFault::Iin(WrittenIinError::ZerosLost(digits)).at(line, "iin")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::written_iin::Written;

    const COMPANY: &str = "90241000008";
    const PERSON: &str = "50315570005";

    fn notes(rows: &[(&str, Written)]) -> (Notes, Vec<RowRefusal>) {
        let mut notes = Notes::default();
        for (line, (text, written)) in (2..).zip(rows) {
            let read = WrittenIin::read(text, *written).unwrap();
            notes.see(&read);
            notes.take(line, &read);
        }
        let (refused, more) = notes.settle();
        assert_eq!(more, 0);
        (notes, refused)
    }

    #[test]
    fn zeros_that_the_file_has_elsewhere_were_not_dropped_by_a_program() {
        let (lost, refused) =
            notes(&[(PERSON, Written::Text), (COMPANY, Written::Text), ("900101300017", Written::Text)]);
        assert_eq!((lost.restored.count, lost.companies.count, refused.len()), (2, 1, 0));
        assert_eq!(lost.json()["restored"]["lines"], json!([2, 3]));
        let (kept, refused) =
            notes(&[(PERSON, Written::Text), (COMPANY, Written::Text), ("050315570015", Written::Text)]);
        assert_eq!((kept.restored.count, kept.companies.count), (0, 0));
        assert_eq!(refused, [zeros_lost(3, 11)]);
        assert!(!kept.bears_out_lost_zeros(), "and so the person is refused, too");
    }

    #[test]
    fn the_first_lines_are_told_and_the_rest_counted() {
        let mut noted = Noted::default();
        noted.push(3, 11);
        assert_eq!(noted.places(), "line 3");
        (4..1_500).for_each(|line| noted.push(line, 11));
        assert!(noted.places().starts_with("lines 3, 4, ") && noted.places().ends_with(", 22 and 1477 more"));
        assert_eq!(noted.json()["lines"].as_array().unwrap().len(), MAX_NOTES);
    }

    #[test]
    fn a_number_has_lost_its_zeros_whatever_else_the_file_holds() {
        let (mixed, refused) = notes(&[(PERSON, Written::Number), ("050315570015", Written::Text)]);
        assert_eq!((mixed.restored.count, refused.len()), (1, 0));
    }
}
