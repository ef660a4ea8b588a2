//! Photos in a directory, and nothing outside it: neither `..`, nor absolute paths, nor links that lead out.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;

use crate::app::import_people::PhotoSource;
use crate::app::row_refusal::RowFault;
use crate::domain::reason::ReasonCode;
use crate::domain::secret::SecretBytes;

/// A longer file is refused unread; the engine's own limit is not above it.
const LONGEST_PHOTO: u64 = 16 * 1024 * 1024;

/// A directory of ID photos.
#[derive(Debug)]
pub(super) struct PhotoDirectory {
    /// Canonical, so that what leads out of it can be seen.
    root: PathBuf,
}

impl PhotoDirectory {
    pub(super) fn open(directory: &Path) -> anyhow::Result<Self> {
        let shown = directory.display();
        let root = directory.canonicalize().with_context(|| format!("--photos: cannot open {shown}"))?;
        anyhow::ensure!(root.is_dir(), "--photos: {shown} is not a directory");
        Ok(Self { root })
    }
}

impl PhotoSource for PhotoDirectory {
    fn read(&self, name: &str) -> Result<SecretBytes, RowFault> {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside || name.contains('\0') {
            return Err(RowFault::PhotoOutside);
        }
        let path = self.root.join(name).canonicalize().map_err(fault)?;
        if !path.starts_with(&self.root) {
            return Err(RowFault::PhotoOutside);
        }
        let file = std::fs::File::open(path).map_err(fault)?;
        let about = file.metadata().map_err(fault)?;
        if !about.is_file() {
            return Err(RowFault::PhotoUnreadable("it is not a file".into()));
        }
        // Read one byte past the limit: the file may grow between the two calls.
        let mut bytes = Vec::with_capacity(usize::try_from(about.len().min(LONGEST_PHOTO)).unwrap_or(0));
        file.take(LONGEST_PHOTO + 1).read_to_end(&mut bytes).map_err(fault)?;
        if bytes.len() as u64 > LONGEST_PHOTO {
            return Err(RowFault::Photo(ReasonCode::PictureTooManyBytes));
        }
        Ok(SecretBytes::new(bytes))
    }
}

// Used as a function value, which hands the error over.
#[allow(clippy::needless_pass_by_value)]
fn fault(why: std::io::Error) -> RowFault {
    match why.kind() {
        std::io::ErrorKind::NotFound => RowFault::PhotoMissing,
        _ => RowFault::PhotoUnreadable(why.kind().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_directory_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let photos = dir.path().join("photos");
        std::fs::create_dir_all(photos.join("sub")).unwrap();
        std::fs::write(photos.join("sub/a.jpg"), b"a").unwrap();
        std::fs::write(dir.path().join("secret"), b"s").unwrap();
        std::os::unix::fs::symlink(dir.path().join("secret"), photos.join("link")).unwrap();
        std::os::unix::fs::symlink(photos.join("sub"), photos.join("inner")).unwrap();
        let source = PhotoDirectory::open(&photos).unwrap();
        let read = |name: &str| source.read(name).map(|photo| photo.expose().to_vec());
        assert_eq!(read("sub/a.jpg"), Ok(b"a".to_vec()));
        assert_eq!(read("./inner/a.jpg"), Ok(b"a".to_vec()));
        for name in ["../secret", "sub/../../secret", "/etc/passwd", "link", "a\0b"] {
            assert_eq!(read(name), Err(RowFault::PhotoOutside), "{name}");
        }
        assert_eq!(read("b.jpg"), Err(RowFault::PhotoMissing));
        assert_eq!(read("sub"), Err(RowFault::PhotoUnreadable("it is not a file".into())));
        assert!(PhotoDirectory::open(&photos.join("sub/a.jpg")).is_err());
    }

    #[test]
    fn a_huge_file_is_not_read_whole() {
        let dir = tempfile::tempdir().unwrap();
        let file = std::fs::File::create(dir.path().join("huge.jpg")).unwrap();
        file.set_len(LONGEST_PHOTO + 1).unwrap();
        let source = PhotoDirectory::open(dir.path()).unwrap();
        assert_eq!(source.read("huge.jpg"), Err(RowFault::Photo(ReasonCode::PictureTooManyBytes)));
    }
}
