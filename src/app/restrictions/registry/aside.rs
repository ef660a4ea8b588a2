//! Files that come over a wire: put aside without a name, and taken in on a thread of their own.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};

use tokio::task::JoinError;

/// No file is longer, bytes.
const LONGEST: u64 = 8 * 1024 * 1024 * 1024;

/// A file on its way here; it has no name and goes with its handle.
#[derive(Debug)]
pub struct Aside {
    file: File,
    length: u64,
}

/// Why a piece was not put aside.
#[derive(Debug, thiserror::Error)]
pub enum AsideError {
    /// Longer than any register.
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
    /// The folder for temporary files is full or cannot be written to.
    #[error("it cannot be put aside: {0}")]
    Unable(#[from] io::Error),
}

impl Aside {
    /// Nothing yet.
    pub fn new() -> Result<Self, AsideError> {
        Ok(Self { file: tempfile::tempfile()?, length: 0 })
    }

    /// Takes a piece.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), AsideError> {
        self.length += piece.len() as u64;
        if self.length > LONGEST {
            return Err(AsideError::TooLong);
        }
        Ok(self.file.write_all(piece)?)
    }

    /// The file at its beginning, and its length.
    pub fn finish(mut self) -> Result<(File, u64), AsideError> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok((self.file, self.length))
    }
}

/// Does `work` where it holds up nobody who is being served: millions of rows are read and sorted.
pub async fn on_a_thread<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, JoinError> {
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || runtime.block_on(work)).await
}
