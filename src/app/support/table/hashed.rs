//! A reader that knows what it has read.

use std::io::{self, BufRead, Read};

use sha2::{Digest, Sha256};

/// Counts and hashes what is consumed.
pub(super) struct Hashed<R> {
    reader: R,
    hasher: Sha256,
    bytes: u64,
}

impl<R: BufRead> Hashed<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, hasher: Sha256::new(), bytes: 0 }
    }

    /// Bytes so far.
    pub(super) fn length(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of them, hex.
    pub(super) fn sha256(self) -> String {
        hex::encode(self.hasher.finalize())
    }
}

impl<R: BufRead> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let buffer = self.reader.fill_buf()?;
        let length = buffer.len().min(into.len());
        into[..length].copy_from_slice(&buffer[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Hashed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // The buffer is there already: this reads nothing.
        if let Ok(buffer) = self.reader.fill_buf() {
            self.hasher.update(&buffer[..amount.min(buffer.len())]);
        }
        self.bytes += amount as u64;
        self.reader.consume(amount);
    }
}
