//! One signed file that says all about a case: a ZIP archive of a report, its pictures, the sealed record, what the log has and
//! the proofs, and a manifest of all of them, signed.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::EvidenceError;
use super::log_proof::{Trail, prove_trail};
use super::replay::{open_dossier, open_picture};
use super::report::report;
use super::taken_out::{TakenOut, picture_file};
use crate::app::Services;
use crate::app::review::why::Why;
use crate::domain::audit::event::{AuditEvent, AuditKind, NewAuditEvent};
use crate::domain::audit::tree::InclusionProof;
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::credentials::Statement;
use crate::domain::review::evidence::report::Report;

/// Of the format.
pub const VERSION: u32 = 1;
/// Files of a bundle.
pub const MANIFEST: &str = "manifest.jws";
/// The report for people.
pub const REPORT_HTML: &str = "report.html";
/// The same for machines.
pub const REPORT: &str = "report.json";
/// What was sealed, byte for byte.
pub const RECORD: &str = "record.json";
/// What the log has, with proofs.
pub const LOG: &str = "log.json";
/// The public keys.
pub const KEYS: &str = "keys.json";

/// What the manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// Who signs.
    pub iss: String,
    /// When, seconds since 1970.
    pub iat: i64,
    /// Which case.
    pub case: String,
    /// Of which attempt.
    pub verification: String,
    /// SHA-256 of each other file, hex.
    pub files: BTreeMap<String, String>,
}

/// An event of the log, as the bundle writes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WrittenEvent {
    /// Its number.
    pub sequence: i64,
    /// What.
    pub kind: String,
    /// When, microseconds since 1970.
    pub at: Timestamp,
    /// What it is about.
    pub subject: String,
    /// JSON text exactly as hashed.
    pub details: String,
    /// Hash of the event before, hex.
    pub previous: String,
    /// Its own, hex.
    pub hash: String,
    /// That it is in the log.
    pub proof: InclusionProof,
}

/// What the log has about a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WrittenLog {
    /// How long the log is, and its root: signed.
    pub checkpoint: String,
    /// Events of the case and of the attempt.
    pub events: Vec<WrittenEvent>,
}

impl From<&Trail> for WrittenLog {
    fn from(trail: &Trail) -> Self {
        let written = |event: &AuditEvent, proof: &InclusionProof| WrittenEvent {
            sequence: event.sequence,
            kind: event.kind.clone(),
            at: event.at,
            subject: event.subject.clone(),
            details: event.details.clone(),
            previous: hex::encode(event.previous),
            hash: hex::encode(event.hash),
            proof: proof.clone(),
        };
        let events = trail.events.iter().map(|proven| written(&proven.event, &proven.proof)).collect();
        Self { checkpoint: trail.signed.clone(), events }
    }
}

/// Everything of a bundle before it is signed.
#[derive(Debug)]
pub struct Collected {
    /// The report.
    pub report: Report,
    files: BTreeMap<String, SecretBytes>,
}

/// Who did something together, as the log names them.
pub(crate) fn named(login: &str, second: Option<&str>) -> String {
    let second = second.map_or_else(String::new, |login| format!(" with {login}"));
    format!("staff {login}{second}")
}

/// Collects what there is about a case; that it leaves the house is in the log before, and in the bundle.
pub async fn collect(
    services: &Services,
    case: CaseId,
    taken: &TakenOut,
    why: &Why,
) -> Result<Collected, EvidenceError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let found = unit.find_queued_case(case).await?.ok_or(EvidenceError::Unknown)?.case;
    let details = json!({ "by": named(&taken.by, taken.allowed_by.as_deref()), "why": why.as_str() });
    let event = NewAuditEvent { kind: AuditKind::EvidenceExported, at: now, subject: case.to_string(), details };
    unit.append_audit(&event).await?;
    unit.commit().await?;

    let mut unit = services.store.read().await?;
    let mut files = BTreeMap::new();
    let dossier = match open_dossier(unit.as_mut(), case).await {
        Ok((dossier, record)) => {
            for number in 0..dossier.pictures.len() {
                files.insert(picture_file(number), open_picture(unit.as_mut(), &dossier, number).await?);
            }
            files.insert(RECORD.to_owned(), record);
            Some(dossier)
        }
        // What can be said without it is said.
        Err(EvidenceError::Erased(_) | EvidenceError::NoRecord) => None,
        Err(error) => return Err(error),
    };
    drop(unit);
    let (report, id_photo) = report(services, case, dossier.as_ref(), taken).await?;
    if let (Some(part), Some(photo)) = (&report.reference, id_photo) {
        files.insert(part.picture.file.clone(), photo);
    }
    let trail = prove_trail(services, &[case.to_string(), found.verification.to_string()]).await?;
    files.insert(LOG.to_owned(), as_json(&WrittenLog::from(&trail))?);
    files.insert(REPORT.to_owned(), as_json(&report)?);
    files.insert(KEYS.to_owned(), as_json(&services.credentials.signer.jwks())?);
    Ok(Collected { report, files })
}

/// Signs and packs; `page` is the report for people.
pub fn pack(services: &Services, collected: Collected, page: String) -> Result<SecretBytes, EvidenceError> {
    let Collected { report, mut files } = collected;
    files.insert(REPORT_HTML.to_owned(), SecretBytes::new(page.into_bytes()));
    let manifest = Manifest {
        version: VERSION,
        iss: services.policy.issuer.clone(),
        iat: services.clock.now().seconds(),
        case: report.case,
        verification: report.verification,
        files: files.iter().map(|(name, file)| (name.clone(), hex::encode(Sha256::digest(file.expose())))).collect(),
    };
    let signed = services.credentials.signer.state(Statement::EvidenceBundle, &json!(manifest))?;
    files.insert(MANIFEST.to_owned(), SecretBytes::new(signed.into_bytes()));
    zipped(&files).map_err(|error| EvidenceError::Bundle(error.to_string()))
}

/// Pictures are compressed already; the rest is small. The same files give the same bytes.
fn zipped(files: &BTreeMap<String, SecretBytes>) -> Result<SecretBytes, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o600);
    for (name, file) in files {
        archive.start_file(name, options)?;
        archive.write_all(file.expose())?;
    }
    Ok(SecretBytes::new(archive.finish()?.into_inner()))
}

fn as_json(value: &impl Serialize) -> Result<SecretBytes, EvidenceError> {
    serde_json::to_vec_pretty(value).map(SecretBytes::new).map_err(|error| EvidenceError::Bundle(error.to_string()))
}
