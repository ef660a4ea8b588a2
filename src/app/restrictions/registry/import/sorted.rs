//! Rows sorted by person without all of them in memory. Their keys are keyed hashes, spread evenly: equal ranges of keys make
//! files of equal size, each small enough to be sorted at once. Sorted rows meet the database's index in its own order, so that
//! each page of it is written once and not once a row.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use serde::{Deserialize, Serialize};

use crate::app::restrictions::registry::file::Change;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::{Ground, PersonKey, Restriction};

/// About so much of a file goes into one bucket, bytes.
const BUCKET: u64 = 8 * 1024 * 1024;
/// As many as files may stand open at once without anybody minding.
const MAX_BUCKETS: u64 = 256;

/// A good row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct SortedRow {
    /// Whose.
    pub(in crate::app) person: PersonKey,
    /// Its line.
    pub(in crate::app) line: u64,
    /// Leading zeros of the IIN that were put back and that only the rest of the file can bear out.
    pub(in crate::app) unproven_zeros: u8,
    /// What it says.
    pub(in crate::app) change: Change,
}

impl SortedRow {
    fn place(&self) -> (PersonKey, &str, u64) {
        (self.person, self.change.source_key(), self.line)
    }
}

/// As it lies in its bucket. The source is the same for all.
#[derive(Serialize, Deserialize)]
struct Spilled {
    person: [u8; 32],
    line: u64,
    unproven_zeros: u8,
    source_key: String,
    restriction: Option<(Ground, String, Timestamp, Option<Timestamp>)>,
}

impl From<SortedRow> for Spilled {
    fn from(row: SortedRow) -> Self {
        let (source_key, restriction) = match row.change {
            Change::Remove(key) => (key, None),
            Change::Add(r) => (r.source_key, Some((r.ground, r.legal_basis, r.starts_at, r.ends_at))),
        };
        Self { person: row.person.0, line: row.line, unproven_zeros: row.unproven_zeros, source_key, restriction }
    }
}

impl Spilled {
    fn into_row(self, source: &str) -> SortedRow {
        let source_key = self.source_key;
        let change = match self.restriction {
            None => Change::Remove(source_key),
            Some((ground, legal_basis, starts_at, ends_at)) => {
                let source = source.to_owned();
                Change::Add(Restriction { ground, legal_basis, starts_at, ends_at, source, source_key })
            }
        };
        SortedRow { person: PersonKey(self.person), line: self.line, unproven_zeros: self.unproven_zeros, change }
    }
}

/// Rows on their way into buckets; the files have no name and go with their handles.
pub(in crate::app) struct Sorter {
    source: String,
    buckets: Vec<BufWriter<File>>,
}

impl Sorter {
    /// For a file of `source` that is about so long, in bytes.
    pub(in crate::app) fn new(source: &str, length: u64) -> io::Result<Self> {
        let count = length.div_ceil(BUCKET).clamp(1, MAX_BUCKETS);
        let bucket = |_| tempfile::tempfile().map(BufWriter::new);
        Ok(Self { source: source.to_owned(), buckets: (0..count).map(bucket).collect::<io::Result<_>>()? })
    }

    /// Takes a row.
    pub(in crate::app) fn push(&mut self, row: SortedRow) -> io::Result<()> {
        let [first, second, ..] = row.person.0;
        let place = (usize::from(u16::from_be_bytes([first, second])) * self.buckets.len()) >> 16;
        postcard::to_io(&Spilled::from(row), &mut self.buckets[place]).map(drop).map_err(io::Error::other)
    }

    /// The buckets in the order of their keys.
    pub(in crate::app) fn finish(self) -> io::Result<Vec<Bucket>> {
        let source = self.source;
        let bucket = |mut writer: BufWriter<File>| {
            writer.flush()?;
            Ok(Bucket { source: source.clone(), file: writer.into_inner().map_err(io::IntoInnerError::into_error)? })
        };
        self.buckets.into_iter().map(bucket).collect()
    }
}

/// Rows of a range of keys.
pub(in crate::app) struct Bucket {
    source: String,
    file: File,
}

impl Bucket {
    /// Its rows by person, key and line.
    pub(in crate::app) fn rows(mut self) -> io::Result<Vec<SortedRow>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        let (mut rest, mut rows) = (bytes.as_slice(), Vec::new());
        while !rest.is_empty() {
            let (spilled, tail) = postcard::take_from_bytes::<Spilled>(rest).map_err(io::Error::other)?;
            rows.push(spilled.into_row(&self.source));
            rest = tail;
        }
        rows.sort_unstable_by(|a, b| a.place().cmp(&b.place()));
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(person: u8, line: u64, change: Change) -> SortedRow {
        SortedRow { person: PersonKey([person; 32]), line, unproven_zeros: person % 4, change }
    }

    fn restriction(key: &str) -> Restriction {
        Restriction {
            ground: Ground::CourtDecision,
            legal_basis: "Азаматтық кодекс".to_owned(),
            starts_at: Timestamp::from_micros(-1),
            ends_at: Some(Timestamp::from_micros(i64::MAX)),
            source: "court".to_owned(),
            source_key: key.to_owned(),
        }
    }

    #[test]
    fn rows_come_back_as_they_were_by_person_key_and_line() {
        for length in [0, BUCKET + 1, u64::MAX] {
            let mut sorter = Sorter::new("court", length).unwrap();
            let rows = [
                row(255, 2, Change::Remove("1".to_owned())),
                row(0, 5, Change::Add(restriction("b"))),
                row(0, 4, Change::Add(restriction("b"))),
                row(0, 3, Change::Add(Restriction { ends_at: None, ..restriction("a") })),
                row(127, 6, Change::Add(restriction("c"))),
            ];
            for row in rows.clone() {
                sorter.push(row).unwrap();
            }
            let sorted: Vec<SortedRow> =
                sorter.finish().unwrap().into_iter().flat_map(|bucket| bucket.rows().unwrap()).collect();
            assert_eq!(sorted, [3, 2, 1, 4, 0].map(|place| rows[place].clone()));
        }
    }
}
