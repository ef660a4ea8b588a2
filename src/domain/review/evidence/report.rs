//! The report of one case, as national practice asks for it: what the electronic document of a biometric identification
//! holds by the Rules of the Agency for Regulation and Development of the Financial Market, resolution No. 56 of 16 August
//! 2024 (who, when, the current and the reference picture and where that came from, liveness, comparison, result), and
//! beside it who decided, by which models.

use serde::{Deserialize, Serialize};

use crate::domain::decision::Outcome;
use crate::domain::face::comparison::{NamedModel, Thresholds};
use crate::domain::face::liveness::challenge::Challenge;
use crate::domain::face::liveness::cues::CueResult;
use crate::domain::face::liveness::decision::PresentationThresholds;
use crate::domain::kernel::secret::SecretText;
use crate::domain::reason::ReasonCode;

/// Who.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonPart {
    /// Their number.
    pub iin: SecretText,
    /// Their name, as the register has it at the time of the report.
    pub name: Option<SecretText>,
}

/// A picture of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PicturePart {
    /// The file.
    pub file: String,
    /// SHA-256 of it, hex.
    pub sha256: String,
}

/// The ID photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferencePart {
    /// The picture.
    #[serde(flatten)]
    pub picture: PicturePart,
    /// Where it came from.
    pub source: String,
    /// Similarity to the template that the attempt was compared with, -1 to 1: about 1 while the register's photo is the same.
    pub like_then: Option<f32>,
}

/// Whether somebody lives there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LivenessPart {
    /// What was asked, as far as the course came.
    pub challenge: Challenge,
    /// What each cue says.
    pub cues: Vec<CueResult>,
    /// Passive PAD, 0 to 1.
    pub presentation: Option<f32>,
    /// Its lines.
    pub thresholds: PresentationThresholds,
    /// Frames that were looked at.
    pub frames: usize,
}

/// Whether it is they.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonPart {
    /// Cosine similarity, -1 to 1.
    pub similarity: Option<f32>,
    /// Its lines.
    pub thresholds: Thresholds,
}

/// What somebody decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionPart {
    /// What the attempt was.
    pub conclusion: String,
    /// What the player read.
    pub to_player: Option<SecretText>,
    /// Login.
    pub by: String,
    /// RFC 3339.
    pub at: String,
    /// Login of who said yes or no to it, when, and which.
    pub settled: Option<SettledPart>,
}

/// The second pair of eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledPart {
    /// Login.
    pub by: String,
    /// RFC 3339.
    pub at: String,
    /// Which.
    pub yes: bool,
}

/// The report. Notes for staff alone are not in it. Times are RFC 3339.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Which case.
    pub case: String,
    /// Of which attempt.
    pub verification: String,
    /// For whom: id and name.
    pub operator: String,
    /// Their name.
    pub operator_name: Option<String>,
    /// Whether all of it is made up.
    pub sandbox: bool,
    /// When the report was made.
    pub made_at: String,
    /// By whom: a login.
    pub made_by: String,
    /// Login of who allowed it.
    pub allowed_by: Option<String>,
    /// Who they said they are.
    pub person: Option<PersonPart>,
    /// When the attempt began.
    pub started_at: Option<String>,
    /// When they agreed, and to which text.
    pub consent_at: Option<String>,
    /// Its version.
    pub consent_version: Option<String>,
    /// When the case was opened.
    pub opened_at: String,
    /// When it was decided.
    pub decided_at: Option<String>,
    /// Captures that were begun.
    pub captures: u32,
    /// The best live picture.
    pub live: Option<PicturePart>,
    /// Further pictures of the capture, in their order.
    pub pictures: Vec<PicturePart>,
    /// The ID photo.
    pub reference: Option<ReferencePart>,
    /// Whether somebody lives there.
    pub liveness: Option<LivenessPart>,
    /// Whether it is they.
    pub comparison: Option<ComparisonPart>,
    /// The second factor that was shown.
    pub second_factor: Option<String>,
    /// What came of it, with the law or decision behind each reason.
    pub outcome: Option<Outcome>,
    /// Why staff got the case.
    pub reasons: Vec<ReasonCode>,
    /// What the player contests.
    pub contested: Option<ReasonCode>,
    /// In their words.
    pub statement: Option<SecretText>,
    /// What staff decided.
    pub decisions: Vec<DecisionPart>,
    /// The program that decided.
    pub program: Option<String>,
    /// Its models.
    pub models: Vec<NamedModel>,
    /// When the evidence was erased.
    pub erased_at: Option<String>,
    /// Since when it is held.
    pub held_since: Option<String>,
}
