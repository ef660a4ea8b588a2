//! The sealed record of one case: its inputs, what was measured, what was decided and by which models.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::recording::Recording;
use crate::domain::face::comparison::{ModelHash, NamedModel, Template, Thresholds};
use crate::domain::face::judgement::FaceJudgement;
use crate::domain::face::liveness::decision::PresentationThresholds;
use crate::domain::face::liveness::replay::Replayed;
use crate::domain::face::scores::FaceScores;
use crate::domain::face::search::FaceHit;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::id::{CaseId, VerificationId};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::reason::ReasonCode;

/// Of the format.
pub const VERSION: u32 = 1;
/// Domain separation: what stands for a record in the log stands for nothing else.
const CONTEXT: &[u8] = b"rastau evidence v1\0";

/// A capture and all that its judgement was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgedCapture {
    /// What it was given.
    pub recording: Recording,
    /// The models that made templates.
    pub embedder: ModelHash,
    /// The template of the ID photo; where there is none, of what stood for it.
    pub id_template: SealedBytes,
    /// Whether there is a photo that could not be used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_photo: bool,
    /// Lines of comparison.
    pub comparison: Thresholds,
    /// Lines of passive PAD.
    pub presentation: PresentationThresholds,
    /// What of its frames was seen before: what earlier captures showed is forgotten long before a case.
    pub replayed: Replayed,
    /// Captures left after this one.
    pub attempts_left: u32,
    /// Whether a lock fell by it.
    pub locked: bool,
    /// Whom the face was like.
    pub face_hits: Vec<FaceHit>,
    /// What was measured.
    pub scores: FaceScores,
    /// What came of it.
    pub judgement: FaceJudgement,
}

/// A picture of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureNote {
    /// SHA-256 of the JPEG, hex.
    pub sha256: String,
    /// Its bytes.
    pub bytes: usize,
}

/// The record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dossier {
    /// [`VERSION`].
    pub version: u32,
    /// 32 random bytes, hex: without them nobody could find out by trying what a record says whose hash is known.
    pub salt: String,
    /// Which case.
    pub case: CaseId,
    /// Of which attempt.
    pub verification: VerificationId,
    /// For whom.
    pub operator: OperatorId,
    /// When.
    pub opened_at: Timestamp,
    /// Why.
    pub reasons: Vec<ReasonCode>,
    /// The program that decided.
    pub program: String,
    /// Its models.
    pub models: Vec<NamedModel>,
    /// The capture, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<JudgedCapture>,
    /// Its pictures, in the order of their numbers.
    pub pictures: Vec<PictureNote>,
    /// The number of the best one, which stands for the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<usize>,
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed record cannot be read: {0}")]
pub struct Unreadable(pub String);

impl Dossier {
    /// A fresh salt.
    pub fn salt(randomness: &dyn Randomness) -> String {
        let mut salt = [0; 32];
        randomness.fill(&mut salt);
        hex::encode(salt)
    }

    /// The bytes that are sealed.
    pub fn to_bytes(&self) -> Result<SecretBytes, Unreadable> {
        serde_json::to_vec(self).map(SecretBytes::new).map_err(|error| Unreadable(error.to_string()))
    }

    /// Reads [`Dossier::to_bytes`] back.
    pub fn from_bytes(bytes: &SecretBytes) -> Result<Self, Unreadable> {
        let read: Self = serde_json::from_slice(bytes.expose()).map_err(|error| Unreadable(error.to_string()))?;
        if read.version == VERSION { Ok(read) } else { Err(Unreadable(format!("version {}", read.version))) }
    }
}

/// What stands for a record in the log: SHA-256 over its bytes, which name each picture by its own.
pub fn digest(record: &SecretBytes) -> [u8; 32] {
    Sha256::new().chain_update(CONTEXT).chain_update(record.expose()).finalize().into()
}

/// What a record notes of a picture.
pub fn note(picture: &SecretBytes) -> PictureNote {
    PictureNote { sha256: hex::encode(Sha256::digest(picture.expose())), bytes: picture.len() }
}

/// Bytes within a record: base64 there, redacted in `Debug`, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBytes(pub SecretBytes);

impl SealedBytes {
    /// A template without its model.
    pub fn of(template: &Template) -> Self {
        Self(SecretBytes::new(template.to_bytes()))
    }
}

impl fmt::Debug for SealedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for SealedBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        STANDARD.encode(self.0.expose()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SealedBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(|bytes| Self(bytes.into())).map_err(serde::de::Error::custom)
    }
}
