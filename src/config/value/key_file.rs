//! The key file: everything that must stay secret for good, in one file of mode 0600.
//!
//! ```toml
//! kind = "production"                # or "sandbox": marked, so that the two never meet
//! encryption = ["BASE64"]            # 32 bytes each; the first encrypts, any decrypts
//! lookup = "BASE64"                  # 32 bytes: finds people by a keyed hash of their IIN
//! registry = ["BASE64"]              # may be absent: the registry's hashes are hashed again with these, oldest first
//! pairwise = "BASE64"                # 32 bytes: makes subjects; changing it renames every player
//! signing = ["-----BEGIN PRIVATE KEY-----..."]   # ES256, PKCS8; the first signs, all are published
//! ```

use std::fmt;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::secret_file;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::secret::{SecretBytes, SecretText};

/// Length of a symmetric key, bytes.
const KEY_LENGTH: usize = 32;
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// For whom the keys were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// Real people.
    Production,
    /// Made-up people.
    Sandbox,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
        })
    }
}

/// The keys as read.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// For whom.
    pub kind: KeyKind,
    /// AES-256 keys of columns; the first encrypts, any decrypts.
    pub encryption: Vec<SecretBytes>,
    /// HMAC key of look-ups.
    pub lookup: SecretBytes,
    /// Further HMAC keys of the restrictions registry, oldest first.
    pub registry: Vec<SecretBytes>,
    /// HMAC key of pairwise subjects.
    pub pairwise: SecretBytes,
    /// ES256 keys, PKCS8 DER; the first signs, all are published.
    pub signing: Vec<SecretBytes>,
}

/// Why a key file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Missing, unreadable, or readable by others.
    #[error("{0}")]
    Unreadable(String),
    /// Not the format above. Never quotes the content.
    #[error("{}: {what}", file.display())]
    Format {
        /// Which file.
        file: PathBuf,
        /// What is wrong in it.
        what: String,
    },
    /// Keys are never overwritten.
    #[error("{} exists already; keys are never overwritten", .0.display())]
    Exists(PathBuf),
    /// The file could not be written.
    #[error("cannot write {}: {why}", file.display())]
    Unwritable {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: KeyKind,
    encryption: Vec<SecretText>,
    lookup: SecretText,
    #[serde(default)]
    registry: Vec<SecretText>,
    pairwise: SecretText,
    signing: Vec<SecretText>,
}

impl KeyFile {
    /// Draws fresh symmetric keys beside `signing`, a PKCS8 DER made by the credentials room.
    pub fn generate(kind: KeyKind, signing: SecretBytes, randomness: &dyn Randomness) -> Self {
        let draw = || draw(randomness);
        Self {
            kind,
            encryption: vec![draw()],
            lookup: draw(),
            registry: Vec::new(),
            pairwise: draw(),
            signing: vec![signing],
        }
    }

    /// Reads and checks the file.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let text = secret_file::read(path).map_err(KeyFileError::Unreadable)?;
        Self::parse(text.expose()).map_err(|what| KeyFileError::Format { file: path.to_owned(), what })
    }

    /// Writes the file with mode 0600; [`KeyFileError::Exists`] when there is one already.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyFileError> {
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        let unwritable = |why: std::io::Error| match why.kind() {
            std::io::ErrorKind::AlreadyExists => KeyFileError::Exists(path.to_owned()),
            _ => KeyFileError::Unwritable { file: path.to_owned(), why: why.to_string() },
        };
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(unwritable)?;
        file.write_all(self.to_toml().as_bytes()).map_err(unwritable)?;
        file.sync_all().map_err(unwritable)
    }

    fn parse(text: &str) -> Result<Self, String> {
        // The parser's own display quotes the line, which holds a key.
        let written: Written = toml::from_str(text).map_err(|why| why.message().to_owned())?;
        let keys = Self {
            kind: written.kind,
            encryption: all(&written.encryption, "encryption", symmetric)?,
            lookup: symmetric(&written.lookup, "lookup")?,
            registry: written.registry.iter().map(|text| symmetric(text, "registry")).collect::<Result<_, _>>()?,
            pairwise: symmetric(&written.pairwise, "pairwise")?,
            signing: all(&written.signing, "signing", pem)?,
        };
        let symmetric: Vec<&SecretBytes> =
            keys.encryption.iter().chain(&keys.registry).chain([&keys.lookup, &keys.pairwise]).collect();
        for (place, key) in symmetric.iter().enumerate() {
            if symmetric[place + 1..].contains(key) {
                return Err("the same key stands in two places: each needs its own".into());
            }
        }
        Ok(keys)
    }

    fn to_toml(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::from(
            "# Keys of Rastau. Whoever reads this file reads everything: keep it at mode 0600, keep a copy offline.\n",
        ));
        let base64 = |key: &SecretBytes| Zeroizing::new(STANDARD.encode(key.expose()));
        let _ = writeln!(text, "kind = \"{}\"", self.kind);
        let _ = writeln!(text, "# The first encrypts, any decrypts: put a new one in front.");
        text.push_str("encryption = [\n");
        for key in &self.encryption {
            let _ = writeln!(text, "  \"{}\",", *base64(key));
        }
        let _ = writeln!(text, "]\nlookup = \"{}\"", *base64(&self.lookup));
        if !self.registry.is_empty() {
            text.push_str("# The oldest first: put a new one behind it, and remove none.\nregistry = [\n");
            for key in &self.registry {
                let _ = writeln!(text, "  \"{}\",", *base64(key));
            }
            text.push_str("]\n");
        }
        let _ = writeln!(text, "pairwise = \"{}\"", *base64(&self.pairwise));
        let _ = writeln!(text, "# The first signs, all are published.\nsigning = [");
        for key in &self.signing {
            let _ = writeln!(text, "  \"\"\"\n{PEM_BEGIN}");
            let body = base64(key);
            for line in body.as_bytes().chunks(64) {
                let _ = writeln!(text, "{}", String::from_utf8_lossy(line));
            }
            let _ = writeln!(text, "{PEM_END}\n\"\"\",");
        }
        text.push_str("]\n");
        text
    }
}

/// A fresh symmetric key as the file writes it.
pub fn fresh_key(randomness: &dyn Randomness) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(draw(randomness).expose()))
}

fn draw(randomness: &dyn Randomness) -> SecretBytes {
    let mut bytes = vec![0; KEY_LENGTH];
    randomness.fill(&mut bytes);
    SecretBytes::new(bytes)
}

fn all(
    texts: &[SecretText],
    name: &str,
    read: impl Fn(&SecretText, &str) -> Result<SecretBytes, String>,
) -> Result<Vec<SecretBytes>, String> {
    if texts.is_empty() {
        return Err(format!("{name} holds no key"));
    }
    texts.iter().map(|text| read(text, name)).collect()
}

fn symmetric(text: &SecretText, name: &str) -> Result<SecretBytes, String> {
    let bytes = STANDARD.decode(text.expose()).map(SecretBytes::new);
    match bytes {
        Ok(key) if key.len() == KEY_LENGTH && key.expose().iter().any(|byte| *byte != 0) => Ok(key),
        _ => Err(format!("{name} needs base64 of {KEY_LENGTH} random bytes")),
    }
}

fn pem(text: &SecretText, name: &str) -> Result<SecretBytes, String> {
    let body = text.expose().trim().strip_prefix(PEM_BEGIN);
    let body = body.and_then(|text| text.strip_suffix(PEM_END)).map(|text| {
        let joined: String = text.split_ascii_whitespace().collect();
        Zeroizing::new(joined)
    });
    body.and_then(|body| STANDARD.decode(body.as_bytes()).ok())
        .filter(|der| !der.is_empty())
        .map(SecretBytes::new)
        .ok_or_else(|| format!("{name} needs PKCS8 keys in PEM ({PEM_BEGIN})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;
    use std::os::unix::fs::PermissionsExt as _;

    fn fresh(seed: u64) -> KeyFile {
        let signing = SecretBytes::new((0..138).collect());
        KeyFile::generate(KeyKind::Sandbox, signing, &SeededRandomness::new(seed))
    }

    #[test]
    fn what_is_written_reads_back_and_only_the_owner_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.toml");
        let keys = fresh(1);
        keys.write_new(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read = KeyFile::read(&path).unwrap();
        assert_eq!(read.kind, KeyKind::Sandbox);
        assert_eq!(read.encryption, keys.encryption);
        assert_eq!((read.lookup, read.pairwise, read.signing), (keys.lookup, keys.pairwise, keys.signing));
    }

    #[test]
    fn keys_are_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.toml");
        fresh(1).write_new(&path).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(fresh(2).write_new(&path), Err(KeyFileError::Exists(path.clone())));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn weak_doubled_and_damaged_keys_are_refused_without_being_quoted() {
        let good = fresh(1).to_toml().to_string();
        let lookup = good.lines().find(|line| line.starts_with("lookup")).unwrap();
        let pairwise = good.lines().find(|line| line.starts_with("pairwise")).unwrap();
        for (from, to) in [
            (lookup, "lookup = \"c2hvcnQ=\""),
            (lookup, "lookup = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\""),
            (lookup, pairwise.replace("pairwise", "lookup").as_str()),
            (lookup, ""),
            ("kind = \"sandbox\"", "kind = \"test\""),
            (PEM_BEGIN, "-----BEGIN EC PRIVATE KEY-----"),
            ("kind", "surplus = 1\nkind"),
        ] {
            let bad = good.replacen(from, to, 1);
            let why = KeyFile::parse(&bad).unwrap_err();
            let secret = &lookup["lookup = \"".len()..lookup.len() - 1];
            assert!(!why.contains(secret) && !why.contains("c2hvcnQ="), "{why}");
        }
    }
}
