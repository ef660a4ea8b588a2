//! Photos in a directory, and nothing outside it: neither `..`, nor absolute paths, nor links that lead out.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use anyhow::Context as _;

use super::photo_names::PhotoNames;
use crate::app::identity::import_people::PhotoSource;
use crate::app::support::row_refusal::RowFault;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::reason::ReasonCode;

/// A longer file is refused unread; the engine's own limit is not above it.
const MAX_PHOTO: u64 = 16 * 1024 * 1024;

/// A directory of ID photos.
#[derive(Debug)]
pub(in crate::cli) struct PhotoDirectory {
    /// Canonical, so that what leads out of it can be seen.
    root: PathBuf,
    /// What lies in it, once a name is not there as it is written.
    names: OnceLock<PhotoNames>,
}

impl PhotoDirectory {
    pub(in crate::cli) fn open(directory: &Path) -> anyhow::Result<Self> {
        let shown = directory.display();
        let root = directory.canonicalize().with_context(|| format!("--photos: cannot open {shown}"))?;
        anyhow::ensure!(root.is_dir(), "--photos: {shown} is not a directory");
        Ok(Self { root, names: OnceLock::new() })
    }

    /// The file that is meant: the one of this name, else the only one that differs from it in no more than case, slashes
    /// and Unicode's form.
    fn find(&self, name: &str) -> Result<PathBuf, RowFault> {
        match self.root.join(name).canonicalize() {
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => {}
            found => return found.map_err(fault),
        }
        let near = self.names.get_or_init(|| PhotoNames::of(&self.root)).find(name)?;
        self.root.join(near).canonicalize().map_err(fault)
    }
}

/// Whether a name stays inside, with either slash: neither `..`, nor a beginning at the root, nor a drive.
fn is_inside(name: &str) -> bool {
    let name = name.replace('\\', "/");
    let has_drive = name.as_bytes().get(1) == Some(&b':');
    let is_below = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    !has_drive && !name.contains('\0') && Path::new(&name).components().all(is_below)
}

impl PhotoSource for PhotoDirectory {
    fn read(&self, name: &str) -> Result<SecretBytes, RowFault> {
        if !is_inside(name) {
            return Err(RowFault::PhotoOutside);
        }
        let path = self.find(name)?;
        if !path.starts_with(&self.root) {
            return Err(RowFault::PhotoOutside);
        }
        let file = std::fs::File::open(path).map_err(fault)?;
        let about = file.metadata().map_err(fault)?;
        if !about.is_file() {
            return Err(RowFault::PhotoUnreadable("it is not a file".into()));
        }
        // Read one byte past the limit: the file may grow between the two calls.
        let mut bytes = Vec::with_capacity(usize::try_from(about.len().min(MAX_PHOTO)).unwrap_or(0));
        file.take(MAX_PHOTO + 1).read_to_end(&mut bytes).map_err(fault)?;
        if bytes.len() as u64 > MAX_PHOTO {
            return Err(RowFault::Photo(ReasonCode::PictureTooManyBytes));
        }
        Ok(SecretBytes::new(bytes))
    }
}

// Used as a function value, which hands the error over.
#[allow(clippy::needless_pass_by_value)]
fn fault(why: std::io::Error) -> RowFault {
    match why.kind() {
        std::io::ErrorKind::NotFound => RowFault::PhotoMissing(None),
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
        for name in [
            "../secret",
            "sub/../../secret",
            "/etc/passwd",
            "link",
            "LINK",
            "a\0b",
            "..\\secret",
            "\\etc\\passwd",
            "C:\\a.jpg",
        ] {
            assert_eq!(read(name), Err(RowFault::PhotoOutside), "{name}");
        }
        assert_eq!(read("b.jpg"), Err(RowFault::PhotoMissing(None)));
        assert_eq!(read("sub"), Err(RowFault::PhotoUnreadable("it is not a file".into())));
        assert!(PhotoDirectory::open(&photos.join("sub/a.jpg")).is_err());
    }

    #[test]
    fn a_photo_is_found_as_people_write_its_name() {
        use crate::app::support::row_refusal::NearPhoto;
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("Sub")).unwrap();
        let decomposed = "И\u{306}е\u{308}лкин.jpg";
        for (name, content) in [
            ("Sub/b.jpg", "b"),
            ("UP.JPG", "up"),
            (decomposed, "nfd"),
            ("two.jpg", "small"),
            ("TWO.JPG", "large"),
            ("back\\slash.jpg", "odd"),
            ("c.png", "c"),
        ] {
            std::fs::write(dir.path().join(name), content).unwrap();
        }
        let source = PhotoDirectory::open(dir.path()).unwrap();
        let read = |name: &str| source.read(name).map(|photo| String::from_utf8(photo.expose().to_vec()).unwrap());
        for (name, content) in [
            ("sub\\b.jpg", "b"),
            (".\\SUB\\B.JPG", "b"),
            ("up.jpg", "up"),
            ("йёлкин.jpg", "nfd"),
            ("two.jpg", "small"),
            ("TWO.JPG", "large"),
            ("back\\slash.jpg", "odd"),
        ] {
            assert_eq!(read(name), Ok(content.to_owned()), "{name}");
        }
        assert_eq!(read("Two.jpg"), Err(RowFault::PhotoAmbiguous(2)), "whose it is nobody can tell");
        assert_eq!(read("c.jpg"), Err(RowFault::PhotoMissing(Some(NearPhoto::OtherEnding))));
        assert_eq!(read("b.jpg"), Err(RowFault::PhotoMissing(Some(NearPhoto::OtherFolder))));
        assert_eq!(read("d.jpg"), Err(RowFault::PhotoMissing(None)));
    }

    #[test]
    fn a_huge_file_is_not_read_whole() {
        let dir = tempfile::tempdir().unwrap();
        let file = std::fs::File::create(dir.path().join("huge.jpg")).unwrap();
        file.set_len(MAX_PHOTO + 1).unwrap();
        let source = PhotoDirectory::open(dir.path()).unwrap();
        assert_eq!(source.read("huge.jpg"), Err(RowFault::Photo(ReasonCode::PictureTooManyBytes)));
    }
}
