//! Text in UTF-8 or, with its byte-order mark, in UTF-16; handed on as UTF-8.

use std::io::{self, BufRead, Chain, Cursor, Read};

use super::hashed::Hashed;
use super::{FileKind, TableError, unreadable};

/// So much of a file tells what it is, bytes.
const HEAD: usize = 512;
/// Bytes of UTF-16 that are read at once.
const AT_ONCE: usize = 8 * 1024;
/// Stands in UTF-8 nowhere, so that a row with broken UTF-16 is refused for itself.
const BROKEN: u8 = 0xff;

type Whole<R> = Chain<Cursor<Vec<u8>>, Hashed<R>>;

/// A file as UTF-8.
pub(super) enum Unicode<R> {
    Utf8(Whole<R>),
    Utf16(Utf16<R>),
}

/// UTF-16 on its way to UTF-8.
pub(super) struct Utf16<R> {
    reader: Whole<R>,
    big_endian: bool,
    /// The first half of a pair.
    high: Option<u16>,
    ready: Vec<u8>,
    used: usize,
    ended: bool,
}

impl<R: BufRead> Unicode<R> {
    /// Looks at the first bytes.
    ///
    /// # Errors
    /// What the file is where it is no text, or neither a table nor JSON Lines, whichever is meant.
    pub(super) fn open(reader: R, is_table: bool) -> Result<Self, TableError> {
        let mut reader = Hashed::new(reader);
        let head = head(&mut reader)?;
        if let Some(kind) = FileKind::of(&head) {
            return Err(TableError::Kind(kind));
        }
        let big_endian = match head.get(..2) {
            Some([0xfe, 0xff]) => Some(true),
            Some([0xff, 0xfe]) => Some(false),
            _ => None,
        };
        let mut whole = Cursor::new(head.clone()).chain(reader);
        let Some(big_endian) = big_endian else {
            let kind = FileKind::of_text(&head, is_table);
            return kind.map_or(Ok(Self::Utf8(whole)), |kind| Err(TableError::Kind(kind)));
        };
        whole.consume(2);
        let mut text = Utf16 { reader: whole, big_endian, high: None, ready: Vec::new(), used: 0, ended: false };
        let begins = text.fill_buf().map_err(unreadable)?;
        let kind = FileKind::of_text(&begins[..begins.len().min(HEAD)], is_table);
        kind.map_or(Ok(Self::Utf16(text)), |kind| Err(TableError::Kind(kind)))
    }

    /// Bytes of the file that were read.
    pub(super) fn length(&self) -> u64 {
        self.whole().get_ref().1.length()
    }

    /// SHA-256 of them, hex.
    pub(super) fn sha256(self) -> String {
        let whole = match self {
            Self::Utf8(whole) => whole,
            Self::Utf16(text) => text.reader,
        };
        whole.into_inner().1.sha256()
    }

    fn whole(&self) -> &Whole<R> {
        match self {
            Self::Utf8(whole) => whole,
            Self::Utf16(text) => &text.reader,
        }
    }
}

/// The first bytes of a file, [`HEAD`] or all of them.
pub(super) fn head(reader: &mut impl Read) -> Result<Vec<u8>, TableError> {
    let mut head = Vec::new();
    reader.take(HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    Ok(head)
}

impl<R: BufRead> Utf16<R> {
    /// Turns some bytes into `ready`.
    fn decode(&mut self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(AT_ONCE);
        (&mut self.reader).take(AT_ONCE as u64).read_to_end(&mut bytes)?;
        self.ended = bytes.len() < AT_ONCE;
        self.ready.clear();
        self.used = 0;
        let units = bytes.chunks_exact(2);
        let is_odd = !units.remainder().is_empty();
        for unit in units {
            let pair = [unit[0], unit[1]];
            self.push_unit(if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) });
        }
        if self.ended && (self.high.take().is_some() || is_odd) {
            self.ready.push(BROKEN);
        }
        Ok(())
    }

    fn push_unit(&mut self, unit: u16) {
        let units = match self.high.take() {
            Some(high) => vec![high, unit],
            None if (0xd800..0xdc00).contains(&unit) => {
                self.high = Some(unit);
                return;
            }
            None => vec![unit],
        };
        for c in char::decode_utf16(units) {
            match c {
                Ok(c) => self.ready.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(_) => self.ready.push(BROKEN),
            }
        }
    }
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Utf16<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.used == self.ready.len() && !self.ended {
            self.decode()?;
        }
        Ok(&self.ready[self.used..])
    }

    fn consume(&mut self, amount: usize) {
        self.used = (self.used + amount).min(self.ready.len());
    }
}

impl<R: BufRead> Read for Unicode<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Utf8(whole) => whole.read(into),
            Self::Utf16(text) => text.read(into),
        }
    }
}

impl<R: BufRead> BufRead for Unicode<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Utf8(whole) => whole.fill_buf(),
            Self::Utf16(text) => text.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        match self {
            Self::Utf8(whole) => whole.consume(amount),
            Self::Utf16(text) => text.consume(amount),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn read(bytes: &[u8], buffer: usize) -> Vec<u8> {
        let mut text = Unicode::open(BufReader::with_capacity(buffer, bytes), true).ok().unwrap();
        let mut all = Vec::new();
        text.read_to_end(&mut all).unwrap();
        assert_eq!(text.length(), bytes.len() as u64);
        all
    }

    proptest! {
        #[test]
        fn utf_16_reads_as_what_it_says(text in "[a-z]\\PC{0,40}", big_endian: bool, buffer in 1_usize..40, times in 1_usize..400) {
            let text = text.repeat(times);
            let read = read(&utf16(&text, big_endian), buffer);
            prop_assert_eq!(String::from_utf8(read).unwrap(), text);
        }
    }

    #[test]
    fn broken_utf_16_is_no_utf_8() {
        for broken in [&b"\xff\xfea\0\0\xd8b\0"[..], b"\xff\xfea\0\x3d\xd8", b"\xff\xfea\0b", b"\xff\xfea\0\0\xdc"] {
            assert!(std::str::from_utf8(&read(broken, 64)).is_err(), "{broken:?}");
        }
    }
}
