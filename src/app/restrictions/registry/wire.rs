//! How a file of restrictions is labelled on its way over HTTP, whoever opens the connection.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::file::{Format, read_time};
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::VersionKind;

/// What is in it: `snapshot` or `changes`.
pub const CONTENT: &str = "registry-content";
/// When the source made it.
pub const AS_OF: &str = "registry-as-of";
/// RFC 9530, over the whole body.
pub const DIGEST: &str = "content-digest";

/// What its headers say of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLabel {
    /// Everything, or what has changed.
    pub kind: VersionKind,
    /// How rows are written.
    pub format: Format,
    /// When the source made it.
    pub as_of: Option<Timestamp>,
    /// What its SHA-256 must be, hex.
    pub sha256: String,
}

impl FileLabel {
    /// Reads the values of the headers, each there once or not at all.
    ///
    /// # Errors
    /// What is wrong, for the developers of the source.
    pub fn read<'a>(value: impl Fn(&str) -> Result<Option<&'a str>, String>) -> Result<Self, String> {
        let kind = match value(CONTENT)? {
            Some("snapshot") => VersionKind::Snapshot,
            Some("changes") => VersionKind::Delta,
            _ => return Err("Registry-Content is snapshot or changes".to_owned()),
        };
        let format = match value("content-type")?.map(essence).as_deref() {
            Some("text/csv") => Format::Csv,
            Some("application/x-ndjson" | "application/jsonl") => Format::JsonLines,
            _ => return Err("Content-Type is text/csv or application/x-ndjson".to_owned()),
        };
        let sha256 = value(DIGEST)?.and_then(digest).ok_or("Content-Digest has no sha-256 (RFC 9530)")?;
        let as_of = value(AS_OF)?.map(|text| read_time(text).map_err(|_| "Registry-As-Of is no time of RFC 3339"));
        Ok(Self { kind, format, as_of: as_of.transpose()?, sha256 })
    }
}

/// A media type without its parameters.
fn essence(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The SHA-256 of a Content-Digest, RFC 9530 section 2, in hex.
fn digest(text: &str) -> Option<String> {
    let member = |member: &str| {
        let value = member.trim().strip_prefix("sha-256=:")?.strip_suffix(':')?;
        STANDARD.decode(value).ok().filter(|hash| hash.len() == 32).map(hex::encode)
    };
    text.split(',').find_map(member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_its_rfc_writes_it() {
        let zeros = STANDARD.encode([0; 32]);
        assert_eq!(digest(&format!("sha-256=:{zeros}:")), Some("00".repeat(32)));
        assert_eq!(digest(&format!("sha-512=:AA==:, sha-256=:{zeros}:")), Some("00".repeat(32)));
        for wrong in ["", "sha-256=AA==", "sha-256=:AA==:", "sha-512=:AA==:", "SHA-256"] {
            assert_eq!(digest(wrong), None, "{wrong}");
        }
    }
}
