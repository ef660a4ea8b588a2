//! The index of labelled presentations. A row that cannot be used is told and left out.

use std::path::Path;

use anyhow::bail;

use super::super::index::{Table, incomplete};
use crate::app::face::evaluate_faces::Failure;
use crate::app::face::evaluate_liveness::Label;

/// What an attack of no stated kind is called.
const UNNAMED: &str = "unnamed";

/// A file and its labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli::evaluate) struct Row {
    pub(in crate::cli::evaluate) line: u64,
    pub(in crate::cli::evaluate) file: String,
    pub(in crate::cli::evaluate) label: Label,
    pub(in crate::cli::evaluate) subject: String,
    /// The tool that made an attack.
    pub(in crate::cli::evaluate) method: Option<String>,
}

/// Everything that the index says.
#[derive(Debug)]
pub(in crate::cli::evaluate) struct Index {
    pub(in crate::cli::evaluate) rows: Vec<Row>,
    pub(in crate::cli::evaluate) failures: Vec<Failure>,
    /// What else there is to say, a line each.
    pub(in crate::cli::evaluate) notices: Vec<String>,
}

impl Index {
    /// Reads the columns file and label, and attack, subject and method where they are there.
    pub(in crate::cli::evaluate) fn read(path: &Path) -> anyhow::Result<Self> {
        let mut table = Table::open(path)?;
        let (file, label) = (table.place("file")?, table.place("label")?);
        let (attack, subject) = (table.place("attack").ok(), table.place("subject").ok());
        let method = table.place("method").ok();
        let mut notices = Vec::new();
        if subject.is_none() {
            notices.push("the index has no column subject: every file counts as another person".to_owned());
        }
        let (mut rows, mut failures) = (Vec::new(), Vec::new());
        while let Some((line, record)) = table.next_row(&mut failures) {
            let value = |place: usize| record.get(place).filter(|value| !value.is_empty()).map(str::to_owned);
            let Some(file) = value(file) else {
                failures.push(incomplete(None, line, "file"));
                continue;
            };
            let label = match value(label).as_deref() {
                Some("live") => Label::BonaFide,
                Some("attack") => Label::Attack(attack.and_then(value).unwrap_or_else(|| UNNAMED.to_owned())),
                _ => {
                    let detail = "the label is live or attack".to_owned();
                    failures.push(Failure { file: Some(file), line, code: "label_unknown", detail });
                    continue;
                }
            };
            let Some(subject) = subject.map_or_else(|| Some(file.clone()), value) else {
                failures.push(incomplete(Some(file), line, "subject"));
                continue;
            };
            rows.push(Row { line, file, label, subject, method: method.and_then(value) });
        }
        if rows.is_empty() && failures.is_empty() {
            bail!("{}: no files", path.display());
        }
        Ok(Self { rows, failures, notices })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<Index> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Index::read(file.path())
    }

    #[test]
    fn rows_say_what_they_show_and_bad_ones_are_told_by_line() {
        let index = read(
            "file,label,attack,subject\na.mp4,live,,p\nb.mp4,attack,replay,p\nc.mp4,attack,,q\nd.mp4,fake,,q\n,live,,q\ne.mp4,live\n",
        )
        .unwrap();
        let kinds: Vec<_> = index.rows.iter().map(|row| (row.line, row.label.attack())).collect();
        assert_eq!(kinds, [(2, None), (3, Some("replay")), (4, Some("unnamed"))]);
        let told: Vec<_> = index.failures.iter().map(|failure| (failure.line, failure.code)).collect();
        assert_eq!(told, [(5, "label_unknown"), (6, "row_incomplete"), (7, "row_incomplete")]);
        assert!(index.notices.is_empty());
    }

    #[test]
    fn without_subjects_every_file_is_somebody_else_and_without_labels_nothing_goes() {
        let index = read("file,label\na.jpg,live\nb.jpg,attack\n").unwrap();
        assert_eq!(index.rows.iter().map(|row| row.subject.as_str()).collect::<Vec<_>>(), ["a.jpg", "b.jpg"]);
        assert!(index.notices[0].contains("no column subject"));
        let refused = format!("{:#}", read("file,attack\na.jpg,print\n").unwrap_err());
        assert!(refused.contains("there is no column label; there are: file, attack"), "{refused}");
        assert!(read("file,label\n").is_err());
    }
}
