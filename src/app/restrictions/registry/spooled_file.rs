//! Files that come over a wire: put aside without a name, and taken in on a thread of their own.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};

use tokio::task::JoinError;

/// No file is longer, bytes.
const MAX_LENGTH: u64 = 8 * 1024 * 1024 * 1024;

/// A file on its way here; it has no name and goes with its handle.
#[derive(Debug)]
pub struct SpooledFile {
    file: File,
    length: u64,
}

/// Why a piece was not put aside.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// Longer than any register.
    #[error("it is longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// The folder for temporary files is full or cannot be written to.
    #[error("it cannot be put aside: {0}")]
    Unable(#[from] io::Error),
}

impl SpooledFile {
    /// Nothing yet.
    pub fn new() -> Result<Self, SpoolError> {
        Ok(Self { file: tempfile::tempfile()?, length: 0 })
    }

    /// Takes a piece.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), SpoolError> {
        self.length += piece.len() as u64;
        if self.length > MAX_LENGTH {
            return Err(SpoolError::TooLong);
        }
        Ok(self.file.write_all(piece)?)
    }

    /// The file at its beginning, and its length.
    pub fn finish(mut self) -> Result<(File, u64), SpoolError> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok((self.file, self.length))
    }
}

/// Does `work` where it holds up nobody who is being served: millions of rows are read and sorted.
pub async fn run_blocking<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, JoinError> {
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || runtime.block_on(work)).await
}
