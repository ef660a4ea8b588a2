//! A folder that files are dropped into:
//!
//! ```text
//! 2026-11-26.csv           everything; .jsonl is read, too
//! 2026-11-26.csv.sha256    its SHA-256 in hex, as sha256sum writes it; written last: then the file is there as a whole
//! 2026-11-27.changes.csv   what has changed since
//! done/  refused/          where files go, each with a report beside it
//! ```
//!
//! Files are taken in the order of their names. A file without its sum is not looked at. A workbook (`.xlsx`) goes to `refused/`: commands read
//! such.

use std::path::{Path, PathBuf};
use std::{fs, io};

use async_trait::async_trait;

use crate::app::restrictions::registry::feed::{Feed, FeedContent, FeedError, News};
use crate::app::restrictions::registry::file::Format;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::{Position, VersionKind};

const SUM: &str = ".sha256";

/// The folder.
#[derive(Clone, Debug)]
pub struct FolderFeed {
    folder: PathBuf,
}

impl FolderFeed {
    /// Looks into `folder`, which need not be there yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn next(&self) -> io::Result<Option<FeedContent>> {
        let mut names: Vec<(Format, String)> = fs::read_dir(&self.folder)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(SUM).map(str::to_owned))
            .filter_map(|name| Some((Format::named(&name)?, name)))
            .collect();
        names.sort_by(|(_, a), (_, b)| a.cmp(b));
        for (format, name) in names {
            let path = self.folder.join(&name);
            let file = match fs::File::open(&path) {
                Ok(file) => file,
                // Its sum came first, or was left behind.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let about = file.metadata()?;
            let sum = fs::read_to_string(self.folder.join(format!("{name}{SUM}")))?;
            let sha256 = sum.split_whitespace().next().and_then(sha256_hex);
            let changes =
                name.rsplit_once('.').is_some_and(|(stem, _)| stem.to_ascii_lowercase().ends_with(".changes"));
            return Ok(Some(FeedContent {
                kind: if changes { VersionKind::Delta } else { VersionKind::Snapshot },
                format,
                as_of: about.modified().ok().and_then(instant),
                position: Position::default(),
                // One that cannot be read fits no file: it is refused, and the report says so.
                sha256: sha256.unwrap_or_default(),
                length: about.len(),
                file,
                name,
            }));
        }
        Ok(None)
    }

    fn put_away(&self, name: &str, taken: bool, report: &str) -> io::Result<()> {
        let place = self.folder.join(if taken { "done" } else { "refused" });
        fs::create_dir_all(&place)?;
        fs::write(place.join(format!("{name}.report")), report)?;
        // The sum first: the file alone is not looked at again.
        for name in [format!("{name}{SUM}"), name.to_owned()] {
            fs::rename(self.folder.join(&name), place.join(&name))?;
        }
        Ok(())
    }

    fn trouble(&self, error: &io::Error) -> FeedError {
        FeedError::Unavailable(format!("{}: {error}", self.folder.display()))
    }
}

fn instant(time: std::time::SystemTime) -> Option<Timestamp> {
    let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_micros(i64::try_from(since.as_micros()).ok()?))
}

/// A SHA-256 in hex, in small letters.
fn sha256_hex(text: &str) -> Option<String> {
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| text.to_ascii_lowercase())
}

#[async_trait]
impl Feed for FolderFeed {
    async fn ask(&self, _: &Position) -> Result<News, FeedError> {
        let said = self.next().map_err(|error| self.trouble(&error))?;
        Ok(said.map_or(News::Silent, News::FeedContent))
    }

    async fn settle(&self, name: &str, taken: bool, report: &str) -> Result<(), FeedError> {
        debug_assert_eq!(Path::new(name).file_name().and_then(|name| name.to_str()), Some(name));
        self.put_away(name, taken, report).map_err(|error| self.trouble(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(feed: &FolderFeed) -> Option<(String, VersionKind, Format, String)> {
        match feed.ask(&Position::default()).await.unwrap() {
            News::FeedContent(said) => Some((said.name, said.kind, said.format, said.sha256)),
            News::Silent => None,
            News::Unchanged => panic!("a folder knows nothing of that"),
        }
    }

    #[tokio::test]
    async fn files_are_taken_by_name_when_their_sum_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let feed = FolderFeed::new(folder.path().to_owned());
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        assert!(said(&feed).await.is_none());
        for name in ["2.changes.JSONL", "1.csv", "0.csv", "note.txt", "note.txt.sha256"] {
            write(name, "x");
        }
        write("9.csv.sha256", "sum of what is not there yet");
        assert!(said(&feed).await.is_none(), "none is there as a whole");
        let sum = "AB".repeat(32);
        write("2.changes.JSONL.sha256", "");
        write("1.csv.sha256", &format!("{sum}  1.csv\n"));
        let first = said(&feed).await.unwrap();
        assert_eq!(first, ("1.csv".to_owned(), VersionKind::Snapshot, Format::Csv, sum.to_lowercase()));
        feed.settle("1.csv", true, "version 1").await.unwrap();
        let second = said(&feed).await.unwrap();
        assert_eq!(second, ("2.changes.JSONL".to_owned(), VersionKind::Delta, Format::JsonLines, String::new()));
        feed.settle("2.changes.JSONL", false, "why").await.unwrap();
        assert!(said(&feed).await.is_none());
        for there in ["done/1.csv", "done/1.csv.report", "done/1.csv.sha256", "refused/2.changes.JSONL"] {
            assert!(folder.path().join(there).exists(), "{there}");
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_no_answer() {
        let feed = FolderFeed::new(PathBuf::from("/nowhere/at/all"));
        assert!(matches!(feed.ask(&Position::default()).await, Err(FeedError::Unavailable(_))));
    }
}
