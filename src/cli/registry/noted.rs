//! What the report of a version tells beside its numbers.

use serde::Deserialize;

use crate::cli::row_report::{places_of, printable};
use crate::domain::restrictions::Version;

/// As `app/restrictions/registry/import` writes it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Report {
    pub(super) sheet: Option<String>,
    pub(super) companies: Rows,
    pub(super) restored: Rows,
    suspicions: Vec<Suspicion>,
    refused: Vec<Refused>,
}

/// Rows of a kind, the lines of the first.
#[derive(Default, Deserialize)]
pub(super) struct Rows {
    pub(super) rows: u64,
    pub(super) lines: Vec<u64>,
}

#[derive(Deserialize)]
struct Suspicion {
    text: String,
}

#[derive(Deserialize)]
struct Refused {
    code: String,
}

impl Report {
    /// Of a version.
    pub(super) fn of(version: &Version) -> Self {
        serde_json::from_str(&version.report).unwrap_or_default()
    }

    /// Why it waits or waited.
    pub(super) fn suspicions(&self) -> impl Iterator<Item = &str> {
        self.suspicions.iter().map(|suspicion| suspicion.text.as_str())
    }

    /// What was done with rows that are neither good nor refused as they stand.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(sheet) = &self.sheet {
            lines.push(format!("read from the sheet \"{}\"", printable(sheet)));
        }
        if self.companies.rows > 0 {
            let place = places_of(&self.companies.lines, self.companies.rows);
            lines.push(format!("companies (BIN) were passed over, {} in all: {place}", self.companies.rows));
        }
        if self.restored.rows > 0 {
            let place = places_of(&self.restored.lines, self.restored.rows);
            lines.push(format!("lost leading zeros were put back, {} in all: {place}", self.restored.rows));
        }
        lines
    }

    /// What whoever lets a version count should know of the rows that it leaves out.
    pub(super) fn warning(&self, version: &Version) -> Option<String> {
        let refused = version.counts.refused;
        if refused == 0 {
            return None;
        }
        let warning = format!(
            "warning: {refused} refused rows are not in it: whom they name is not restricted by this source; `rastau registry \
             versions {} --json` tells the lines",
            version.source
        );
        let lost = self.refused.iter().filter(|refused| refused.code == "iin_zeros_lost").count();
        if lost == 0 {
            return Some(warning);
        }
        Some(format!(
            "{warning}\nwarning: at least {lost} of them have IINs that may have lost leading zeros: people born 2000 to 2009, who \
             are let in; ask for the file anew"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_before_is_read_too() {
        let report: Report =
            serde_json::from_str(r#"{"suspicions":[{"code":"undone","text":"t"}],"refused":[]}"#).unwrap();
        assert_eq!(report.suspicions().collect::<Vec<_>>(), ["t"]);
        assert!(report.lines().is_empty());
    }

    #[test]
    fn what_was_passed_over_and_put_back_is_told_by_line() {
        let text = r#"{"sheet":"Лист1","companies":{"rows":2,"lines":[3,4]},"restored":{"rows":1,"lines":[5]}}"#;
        let report: Report = serde_json::from_str(text).unwrap();
        assert_eq!(
            report.lines(),
            [
                "read from the sheet \"Лист1\"",
                "companies (BIN) were passed over, 2 in all: lines 3, 4",
                "lost leading zeros were put back, 1 in all: line 5"
            ]
        );
    }
}
