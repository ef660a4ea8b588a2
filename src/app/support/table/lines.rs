//! Lines of a text, with LF, CRLF, CR or all of them.

use std::io::BufRead;

use super::unicode::Unicode;
use super::{MAX_ROW, TableError, unreadable};
use crate::app::support::row_refusal::RowFault;

/// A line's number and its text, or why it has none.
pub(in crate::app) type NumberedLine = (u64, Result<String, RowFault>);

/// Lines, each within [`MAX_ROW`].
pub(in crate::app) struct Lines<R> {
    reader: Unicode<R>,
    line: u64,
    after_return: bool,
}

impl<R: BufRead> Lines<R> {
    /// Of JSON Lines.
    pub(in crate::app) fn of_json(reader: R) -> Result<Self, TableError> {
        Self::open(reader, false)
    }

    /// Of a table.
    pub(super) fn of_table(reader: R) -> Result<Self, TableError> {
        Self::open(reader, true)
    }

    fn open(reader: R, is_table: bool) -> Result<Self, TableError> {
        Ok(Self { reader: Unicode::open(reader, is_table)?, line: 0, after_return: false })
    }

    /// The next line that is not blank, with its number.
    pub(in crate::app) fn next_text(&mut self) -> Result<Option<NumberedLine>, TableError> {
        while let Some((bytes, too_long)) = self.next_bytes()? {
            self.line += 1;
            let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
                Some(rest) if self.line == 1 => rest,
                _ => &bytes,
            };
            if too_long {
                return Ok(Some((self.line, Err(RowFault::TooLong(MAX_ROW)))));
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let text = std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| RowFault::NotUtf8);
            return Ok(Some((self.line, text)));
        }
        Ok(None)
    }

    /// Bytes of the file that were read so far.
    pub(in crate::app) fn bytes_read(&self) -> u64 {
        self.reader.length()
    }

    /// SHA-256 of everything read, as hex.
    pub(in crate::app) fn sha256(self) -> String {
        self.reader.sha256()
    }

    /// The bytes up to the next line end, at most [`MAX_ROW`], and whether there were more.
    fn next_bytes(&mut self) -> Result<Option<(Vec<u8>, bool)>, TableError> {
        let mut line = Vec::new();
        let mut too_long = false;
        let mut seen = false;
        loop {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(why) if why.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(why) => return Err(unreadable(why)),
            };
            if buffer.is_empty() {
                return Ok(seen.then_some((line, too_long)));
            }
            // The LF of a CRLF belongs to the line before.
            let skip = usize::from(self.after_return && buffer[0] == b'\n');
            self.after_return = false;
            let end = buffer[skip..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let content = &buffer[skip..end.map_or(buffer.len(), |end| skip + end)];
            seen |= !content.is_empty() || end.is_some();
            let room = MAX_ROW - line.len();
            too_long |= content.len() > room;
            line.extend_from_slice(&content[..content.len().min(room)]);
            let used = skip + content.len() + usize::from(end.is_some());
            if let Some(end) = end {
                self.after_return = buffer[skip + end] == b'\r';
            }
            self.reader.consume(used);
            if end.is_some() {
                return Ok(Some((line, too_long)));
            }
        }
    }
}
