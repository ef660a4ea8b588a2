//! Secrets: in files that nobody but their owner may read, or inline where that is allowed.

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde::Serializer;
use zeroize::Zeroizing;

use crate::domain::kernel::secret::SecretText;

/// What `show` writes in a secret's place.
pub(in crate::config) const REDACTED: &str = "(set, not shown)";
/// No secret of ours is longer.
const MAX_LENGTH: u64 = 256 * 1024;

/// Reads a secret's file; one trailing line end is not part of it.
pub(in crate::config) fn read(path: &Path) -> Result<SecretText, String> {
    let shown = path.display();
    let file = std::fs::File::open(path).map_err(|why| format!("cannot read {shown}: {why}"))?;
    let about = file.metadata().map_err(|why| format!("cannot read {shown}: {why}"))?;
    if !about.is_file() {
        return Err(format!("{shown} is not a file"));
    }
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!("others may read {shown} (mode {mode:03o}): run `chmod 600 {shown}`"));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_LENGTH + 1).read_to_string(&mut text).map_err(|why| format!("cannot read {shown}: {why}"))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() || text.len() as u64 > MAX_LENGTH {
        return Err(format!("{shown} is empty or longer than {MAX_LENGTH} bytes"));
    }
    Ok(SecretText::new(secret))
}

/// The secret that stands inline or in a file, if any does; both at once is an error.
pub(in crate::config) fn either(
    inline: Option<&SecretText>,
    file: Option<&Path>,
) -> Result<Option<SecretText>, String> {
    match (inline, file) {
        (Some(_), Some(_)) => Err("it is given inline and as a file: leave one".into()),
        (Some(secret), None) => Ok(Some(secret.clone())),
        (None, Some(path)) => read(path).map(Some),
        (None, None) => Ok(None),
    }
}

/// Writes that a secret is set, and not what it is.
// serde passes a reference to the field, which is an Option.
#[allow(clippy::ref_option)]
pub(in crate::config) fn redact<S: Serializer>(secret: &Option<SecretText>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(_) => serializer.serialize_some(REDACTED),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, set_permissions};

    #[test]
    fn a_secret_that_others_may_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        std::fs::write(&path, "s3cret\n").unwrap();
        set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(read(&path).unwrap_err().contains("chmod 600"));
        set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(&path).unwrap().expose(), "s3cret");
        std::fs::write(&path, "\n").unwrap();
        assert!(read(&path).is_err());
        assert!(read(dir.path()).is_err());
    }

    #[test]
    fn inline_and_file_at_once_is_one_too_many() {
        let secret = SecretText::new("a");
        assert!(either(Some(&secret), Some(Path::new("x"))).is_err());
        assert_eq!(either(Some(&secret), None), Ok(Some(secret.clone())));
        assert_eq!(either(None, None), Ok(None));
    }
}
