//! A bundle is checked by whoever was given it: without a service, without a network, by public keys alone.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive};

use super::bundle::{KEYS, LOG, MANIFEST, Manifest, RECORD, REPORT, VERSION, WrittenEvent, WrittenLog};
use super::log_proof::Checkpoint;
use super::taken_out::picture_file;
use crate::domain::audit::event::{AuditEvent, AuditKind};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::oauth::credentials::{Statement, StatementReader};
use crate::domain::review::evidence::dossier;
use crate::domain::review::evidence::dossier::Dossier;
use crate::domain::review::evidence::report::Report;

/// Most bytes of a bundle, and most files.
const MAX_SIZE: usize = 256 * 1024 * 1024;
const MAX_FILES: usize = 200;

/// What is wrong with a bundle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// Not an archive as we write it.
    #[error("it is no evidence bundle: {0}")]
    Format(String),
    /// The signature.
    #[error("none of these keys signed its manifest")]
    Signature,
    /// A file.
    #[error("{0} is not what the manifest says")]
    File(String),
    /// The log.
    #[error("{0}")]
    Log(String),
    /// The record.
    #[error("{0}")]
    Record(String),
}

impl BundleFault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format(_) => "bundle_format",
            Self::Signature => "bundle_signature",
            Self::File(_) => "bundle_file",
            Self::Log(_) => "bundle_log",
            Self::Record(_) => "bundle_record",
        }
    }
}

/// What a good bundle shows.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What was signed.
    pub manifest: Manifest,
    /// Whether the keys came from elsewhere: those of the bundle itself show no more than that nobody changed it since.
    pub trusted_keys: bool,
    /// The log that it is proven in.
    pub checkpoint: Checkpoint,
    /// Events that are proven to be in there.
    pub events: usize,
    /// What stands for the record in the log.
    pub digest: Option<String>,
    /// Pictures of the record.
    pub pictures: usize,
    /// When the evidence was erased: there are no record and no pictures then.
    pub erased_at: Option<String>,
}

/// Checks everything; `keys` is the JWK Set of the service, from elsewhere.
pub fn verify_bundle(reader: &dyn StatementReader, bundle: &[u8], keys: Option<&str>) -> Result<Verified, BundleFault> {
    let files = unpack(bundle)?;
    let text = |name: &str| {
        let file = files.get(name).ok_or_else(|| BundleFault::Format(format!("{name} is missing")))?;
        std::str::from_utf8(file.expose()).map_err(|_| BundleFault::Format(format!("{name} is no text")))
    };
    let jwks = match keys {
        Some(keys) => keys,
        None => text(KEYS)?,
    };
    let signed = reader.read(Statement::EvidenceBundle, text(MANIFEST)?.trim(), jwks).ok_or(BundleFault::Signature)?;
    let manifest: Manifest = of_value(signed, MANIFEST)?;
    if manifest.version != VERSION {
        return Err(BundleFault::Format(format!("version {} is not known", manifest.version)));
    }
    check_files(&manifest, &files)?;
    let report: Report = of_text(text(REPORT)?, REPORT)?;
    if report.case != manifest.case || report.verification != manifest.verification {
        return Err(BundleFault::Record("the report is of another case".to_owned()));
    }
    let log: WrittenLog = of_text(text(LOG)?, LOG)?;
    let checkpoint = reader.read(Statement::AuditCheckpoint, &log.checkpoint, jwks);
    let checkpoint: Checkpoint = of_value(checkpoint.ok_or(BundleFault::Signature)?, LOG)?;
    if checkpoint.iss != manifest.iss {
        return Err(BundleFault::Log("the log is of another service".to_owned()));
    }
    check_events(&log.events, &checkpoint, &manifest)?;
    let logged = of_kind(&log.events, AuditKind::CaseOpened, "evidence", &manifest.case);
    let erased = of_kind(&log.events, AuditKind::EvidenceErased, "evidence", &manifest.case);
    let pictures = match files.get(RECORD) {
        Some(record) => check_record(record, &files, logged.as_deref(), &manifest)?,
        None if erased.is_some() && report.erased_at.is_some() => 0,
        None if logged.is_none() => 0,
        None => {
            return Err(BundleFault::Record(
                "the record is missing, and the log does not say that it was erased".into(),
            ));
        }
    };
    Ok(Verified {
        trusted_keys: keys.is_some(),
        events: log.events.len(),
        digest: logged,
        pictures,
        erased_at: report.erased_at,
        checkpoint,
        manifest,
    })
}

/// Nothing is inflated: what would be is not ours.
fn unpack(bundle: &[u8]) -> Result<BTreeMap<String, SecretBytes>, BundleFault> {
    let format = |error: &dyn std::fmt::Display| BundleFault::Format(error.to_string());
    if bundle.len() > MAX_SIZE {
        return Err(BundleFault::Format("it is too large".to_owned()));
    }
    let mut archive = ZipArchive::new(Cursor::new(bundle)).map_err(|error| format(&error))?;
    if archive.len() > MAX_FILES {
        return Err(BundleFault::Format("it has too many files".to_owned()));
    }
    let mut files = BTreeMap::new();
    let mut total = 0;
    for place in 0..archive.len() {
        let file = archive.by_index(place).map_err(|error| format(&error))?;
        let name = file.name().map_err(|error| format(&error))?.into_owned();
        if file.compression() != CompressionMethod::Stored {
            return Err(BundleFault::Format(format!("{name} is compressed")));
        }
        let mut content = Vec::new();
        let room = (MAX_SIZE - total) as u64;
        file.take(room).read_to_end(&mut content).map_err(|error| format(&error))?;
        total += content.len();
        if files.insert(name.clone(), SecretBytes::new(content)).is_some() {
            return Err(BundleFault::Format(format!("{name} is there twice")));
        }
    }
    Ok(files)
}

/// Every file that is named is there as it was signed, and no other is.
fn check_files(manifest: &Manifest, files: &BTreeMap<String, SecretBytes>) -> Result<(), BundleFault> {
    for (name, sha256) in &manifest.files {
        let same = files.get(name).is_some_and(|file| hex::encode(Sha256::digest(file.expose())) == *sha256);
        if !same {
            return Err(BundleFault::File(name.clone()));
        }
    }
    match files.keys().find(|name| *name != MANIFEST && !manifest.files.contains_key(*name)) {
        Some(stray) => Err(BundleFault::File(stray.clone())),
        None => Ok(()),
    }
}

fn check_events(events: &[WrittenEvent], checkpoint: &Checkpoint, manifest: &Manifest) -> Result<(), BundleFault> {
    let fault = |event: &WrittenEvent, what: &str| BundleFault::Log(format!("event {} {what}", event.sequence));
    for written in events {
        let event = read_event(written).ok_or_else(|| fault(written, "cannot be read"))?;
        if event.compute_hash() != event.hash {
            return Err(fault(written, "was changed: its hash does not fit its content"));
        }
        if event.subject != manifest.case && event.subject != manifest.verification {
            return Err(fault(written, "is about something else"));
        }
        let in_place = u64::try_from(event.sequence - 1).is_ok_and(|place| place == written.proof.place);
        let root = written.proof.root(&event.hash).map(hex::encode);
        if !in_place || written.proof.size != checkpoint.size || root.as_ref() != Some(&checkpoint.root) {
            return Err(fault(written, "is not in the log: its proof does not lead to the root"));
        }
    }
    Ok(())
}

fn read_event(written: &WrittenEvent) -> Option<AuditEvent> {
    let hash = |text: &str| {
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
    };
    Some(AuditEvent {
        sequence: written.sequence,
        kind: written.kind.clone(),
        at: written.at,
        subject: written.subject.clone(),
        details: written.details.clone(),
        previous: hash(&written.previous)?,
        hash: hash(&written.hash)?,
    })
}

/// A member of the details of the first event of a kind about the case.
fn of_kind(events: &[WrittenEvent], kind: AuditKind, member: &str, case: &str) -> Option<String> {
    let event = events.iter().find(|event| event.kind == kind.as_str() && event.subject == case)?;
    let details: Value = serde_json::from_str(&event.details).ok()?;
    details.get(member)?.as_str().map(ToOwned::to_owned)
}

/// The record is the one whose hash the log has, and the pictures are those of the record. Returns how many.
fn check_record(
    record: &SecretBytes,
    files: &BTreeMap<String, SecretBytes>,
    logged: Option<&str>,
    manifest: &Manifest,
) -> Result<usize, BundleFault> {
    let fault = |what: &str| BundleFault::Record(what.to_owned());
    if logged != Some(hex::encode(dossier::digest(record)).as_str()) {
        return Err(fault("the record is not the one whose hash is in the log"));
    }
    let read = Dossier::from_bytes(record).map_err(|error| fault(&error.to_string()))?;
    if read.case.to_string() != manifest.case {
        return Err(fault("the record is another case's"));
    }
    for (number, note) in read.pictures.iter().enumerate() {
        let name = picture_file(number);
        if files.get(&name).map(dossier::note).as_ref() != Some(note) {
            return Err(BundleFault::Record(format!("{name} is not the picture of the record")));
        }
    }
    Ok(read.pictures.len())
}

fn of_text<T: DeserializeOwned>(text: &str, name: &str) -> Result<T, BundleFault> {
    serde_json::from_str(text).map_err(|error| BundleFault::Format(format!("{name}: {error}")))
}

fn of_value<T: DeserializeOwned>(value: Value, name: &str) -> Result<T, BundleFault> {
    serde_json::from_value(value).map_err(|error| BundleFault::Format(format!("{name}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    #[test]
    fn what_is_compressed_is_not_inflated() {
        let packed = |method: CompressionMethod| {
            let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
            archive.start_file("a", SimpleFileOptions::default().compression_method(method)).unwrap();
            archive.write_all(&[0; 4_096]).unwrap();
            archive.finish().unwrap().into_inner()
        };
        assert_eq!(unpack(&packed(CompressionMethod::Stored)).ok().unwrap()["a"].expose().len(), 4_096);
        let deflated = unpack(&packed(CompressionMethod::Deflated)).err().unwrap();
        assert!(deflated.to_string().contains("a is compressed"), "{deflated}");
    }
}
