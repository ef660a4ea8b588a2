//! Files as offices send them, each read right or refused by name.

mod numbers;
mod odd_workbooks;
mod others;
mod tables;
mod workbooks;

use std::collections::BTreeSet;

use super::file::{Change, Format, Records};
use crate::app::support::row_refusal::RowRefusal;
use crate::domain::restrictions::VersionKind;

const HEADER: &str = "iin,ground,legal_basis,starts_at,ends_at,source_key";
/// People, and two companies: a bank and a partnership.
const ADULT: &str = "900101370008";
const OTHER: &str = "900101370018";
const YOUNG: &str = "050315570005";
const YOUNGER: &str = "050315570015";
const YOUNGEST: &str = "000102570008";
const BANK: &str = "990140000007";
const PARTNERS: &str = "090241000008";

/// A file: its name, its bytes, and what must come of it.
type OfficeFile = (&'static str, Vec<u8>, Outcome);

/// What comes of a file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    /// Why it is refused as a whole.
    refused: Option<&'static str>,
    /// Whom its good rows name.
    people: Vec<String>,
    /// Refused rows.
    rows: Vec<(u64, &'static str)>,
    companies: u64,
    restored: u64,
    sheet: Option<String>,
}

/// Reads it as an import does, but for what is staged.
fn outcome(name: &str, bytes: &[u8]) -> Outcome {
    let format = Format::named(name).unwrap_or(Format::Csv);
    let mut records = match Records::open(bytes, format, "office", VersionKind::Snapshot) {
        Ok(records) => records,
        Err(error) => return Outcome { refused: Some(error.code()), ..Outcome::default() },
    };
    let (mut people, mut unproven, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(record) = records.next_record().unwrap() {
        match record {
            Ok(record) => {
                let Change::Add(restriction) = &record.change else { panic!("{name}: no change") };
                assert_eq!(restriction.starts_at.rfc3339(), "2026-01-14T19:00:00Z", "{name}");
                assert_eq!(restriction.legal_basis, "Заң, 96-1-бап", "{name}");
                let told = (record.line, record.iin.expose().to_owned());
                if record.unproven_zeros > 0 { unproven.push(told) } else { people.push(told) }
            }
            Err(refusal) => refused.push(refusal),
        }
    }
    let (_, mut notes) = records.finish();
    let (companies, more) = notes.settle();
    assert_eq!(more, 0);
    refused.extend(companies);
    if notes.bears_out_lost_zeros() {
        people.extend(unproven);
    } else {
        refused.extend(unproven.iter().map(|(line, _)| super::notes::zeros_lost(*line, 11)));
    }
    people.sort();
    let mut rows: Vec<_> = refused.iter().map(|refusal: &RowRefusal| (refusal.line, refusal.fault.code())).collect();
    rows.sort_unstable();
    for refusal in &refused {
        let sentence = refusal.fault.to_string();
        assert!(!sentence.is_empty() && !sentence.contains("5031557") && !sentence.contains("9001013"), "{sentence}");
    }
    Outcome {
        refused: None,
        people: people.into_iter().map(|(_, iin)| iin).collect(),
        rows,
        companies: notes.companies.count,
        restored: notes.restored.count,
        sheet: notes.sheet,
    }
}

fn right(people: &[&str]) -> Outcome {
    Outcome { people: people.iter().map(|iin| (*iin).to_owned()).collect(), ..Outcome::default() }
}

fn named(code: &'static str) -> Outcome {
    Outcome { refused: Some(code), ..Outcome::default() }
}

/// A table whose rows have these numbers.
fn table(delimiter: &str, numbers: &[&str]) -> String {
    let quote = |text: &str| if delimiter == "," { format!("\"{text}\"") } else { text.to_owned() };
    let row = |(key, number): (usize, &&str)| {
        let basis = quote("Заң, 96-1-бап");
        let key = format!("k{key}");
        [*number, "debtor", basis.as_str(), "2026-01-15", "", key.as_str()].join(delimiter)
    };
    let rows: Vec<String> = numbers.iter().enumerate().map(row).collect();
    format!("{}\n{}\n", HEADER.replace(',', delimiter), rows.join("\n"))
}

fn csv(numbers: &[&str]) -> Vec<u8> {
    table(",", numbers).into_bytes()
}

fn with(text: &str, more: &str) -> Vec<u8> {
    format!("{text}{more}").into_bytes()
}

fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn each_file_of_an_office_is_read_right_or_refused_by_name() {
    let files: Vec<_> =
        [tables::files(), numbers::files(), others::files(), workbooks::files(), odd_workbooks::files()]
            .into_iter()
            .flatten()
            .collect();
    let names: BTreeSet<&str> = files.iter().map(|(name, ..)| *name).collect();
    assert!(names.len() == files.len() && files.len() >= 40, "{}", files.len());
    let mut wrong = Vec::new();
    for (name, bytes, mut expected) in files {
        let mut found = outcome(name, &bytes);
        expected.people.sort();
        found.people.sort();
        if found != expected {
            wrong.push(format!("{name}: {found:?}\n    instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
