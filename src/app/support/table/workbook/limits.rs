//! How much a workbook may unpack to: every part is unpacked once into nothing, before one is held.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};

use zip::ZipArchive;

use super::WorkbookFault;
use crate::app::support::table::{TableError, unreadable};

/// No workbook is longer, bytes.
pub(super) const MAX_FILE_SIZE: u64 = 128 * 1024 * 1024;
/// All parts together, unpacked: a full sheet of 1,048,576 rows has some 300 MB.
const MAX_UNPACKED: u64 = 512 * 1024 * 1024;
/// The parts that are held in memory: all but the sheets.
const MAX_HELD: u64 = 96 * 1024 * 1024;
/// Parts of the archive.
const MAX_PARTS: usize = 10_000;
/// From one tag to the next: a cell holds 32,767 characters at most, and each may be written as an entity.
const MAX_TEXT: u64 = 512 * 1024;
/// Rows that are put aside.
pub(super) const MAX_ASIDE: u64 = 2 * 1024 * 1024 * 1024;

/// Refuses what would take more room than an honest workbook.
pub(super) fn check(file: &File) -> Result<(), TableError> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| WorkbookFault::Damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(WorkbookFault::TooLarge.into());
    }
    let (mut unpacked, mut held) = (0, 0);
    for number in 0..archive.len() {
        let part = archive.by_index(number).map_err(|_| WorkbookFault::Damaged)?;
        let name = part.name().map_err(|_| WorkbookFault::Damaged)?.to_ascii_lowercase();
        let length = measure(part, MAX_UNPACKED - unpacked, name.ends_with("sharedstrings.xml"))?;
        unpacked += length;
        if !name.contains("/worksheets/") {
            held += length;
        }
        if held > MAX_HELD {
            return Err(WorkbookFault::TooLarge.into());
        }
    }
    drop(archive);
    let mut file = file;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    Ok(())
}

/// The length of a part, unpacked.
fn measure(mut part: impl Read, room: u64, has_strings: bool) -> Result<u64, WorkbookFault> {
    let mut buffer = vec![0; 64 * 1024];
    let (mut length, mut since_tag) = (0, 0);
    let mut count = StringCount::default();
    loop {
        let read = match part.read(&mut buffer) {
            Ok(0) => return Ok(length),
            Ok(read) => read,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(WorkbookFault::Damaged),
        };
        length += read as u64;
        for byte in &buffer[..read] {
            since_tag = if *byte == b'<' { 0 } else { since_tag + 1 };
            if length > room || since_tag > MAX_TEXT {
                return Err(WorkbookFault::TooLarge);
            }
            if has_strings {
                count.take(*byte)?;
            }
        }
    }
}

/// What shared strings say of their number: as many are made room for before one is read.
#[derive(Default)]
struct StringCount {
    /// Bytes of [`StringCount::NAME`] that were met.
    met: usize,
    /// The number after it, while it is read.
    number: Option<u64>,
}

impl StringCount {
    const NAME: &[u8] = b"uniqueCount";
    /// Six columns of a full sheet.
    const MAX_SIZE: u64 = 6 * 1024 * 1024;

    fn take(&mut self, byte: u8) -> Result<(), WorkbookFault> {
        // Other encodings than UTF-8 could say it otherwise.
        if byte == 0 {
            return Err(WorkbookFault::Damaged);
        }
        if let Some(number) = self.number {
            match byte {
                b'0'..=b'9' => self.number = Some(number.saturating_mul(10).saturating_add(u64::from(byte - b'0'))),
                b'=' | b'"' | b'\'' | b'+' | b' ' | b'\t' | b'\r' | b'\n' if number == 0 => {}
                _ => self.number = None,
            }
            return if number > Self::MAX_SIZE { Err(WorkbookFault::TooLarge) } else { Ok(()) };
        }
        self.met = match Self::NAME.get(self.met) {
            Some(next) if *next == byte => self.met + 1,
            _ => usize::from(byte == Self::NAME[0]),
        };
        if self.met == Self::NAME.len() {
            (self.met, self.number) = (0, Some(0));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(part: &[u8], has_strings: bool) -> Result<u64, WorkbookFault> {
        measure(part, 1_000_000, has_strings)
    }

    #[test]
    fn what_unpacks_too_far_is_refused_before_it_is_held() {
        assert_eq!(measured(b"<a>1</a>", false), Ok(8));
        assert_eq!(measured(&vec![b'<'; 1_000_000], false), Ok(1_000_000));
        assert_eq!(measured(&vec![b'<'; 1_000_001], false), Err(WorkbookFault::TooLarge));
        assert_eq!(measured(&[b"<t>".to_vec(), vec![b'a'; 600_000]].concat(), false), Err(WorkbookFault::TooLarge));
    }

    #[test]
    fn nobody_makes_room_for_more_strings_than_a_sheet_has() {
        let said = |count: &str| measured(format!("<sst count='9' uniqueCount = \"{count}\"><si/>").as_bytes(), true);
        assert!(said("17").is_ok() && said("6291456").is_ok());
        assert_eq!(said("6291457"), Err(WorkbookFault::TooLarge));
        assert_eq!(said("99999999999999999999999999"), Err(WorkbookFault::TooLarge));
        assert_eq!(measured(b"<\0s\0s\0t\0", true), Err(WorkbookFault::Damaged), "UTF-16");
    }
}
