//! Cases as the console's pages read them.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::Policy;
use crate::app::review::case_work::evidence::OpenedEvidence;
use crate::app::review::case_work::queue::{CaseFile, QueuePage};
use crate::app::review::case_work::source_records::{SourceRecord, SourceRecords};
use crate::domain::decision::Reason;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::review::case::{Case, Risk};
use crate::domain::review::case_work::{CaseDecision, CaseWork, Conclusion};
use crate::domain::review::ports::QueuedCase;
use crate::domain::second_factor::FactorKind;
use crate::domain::staff::{StaffMember, login_of};
use crate::http::codes;
use crate::messages::own_sources::{legal_basis, source_name};
use crate::messages::{Locale, message};

/// A case in the queue
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct QueueRow {
    id: String,
    opened_at: String,
    /// When it should be looked at
    due_at: String,
    /// `open`, `recorded`, `proposed` or `decided`
    #[schema(value_type = codes::CaseStatus)]
    status: &'static str,
    operator: String,
    reasons: Vec<ReasonTitle>,
    /// `low`, `medium` or `high`
    #[schema(value_type = codes::Risk)]
    risk: &'static str,
    contested: Option<&'static str>,
    /// Login of who has it
    assignee: Option<String>,
    /// Which capture of its verification it shows, from 1 on
    attempt: Option<u32>,
}

/// A reason, in the reader's language
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ReasonTitle {
    #[schema(value_type = codes::ReasonCode)]
    code: &'static str,
    title: String,
}

/// A page of the queue
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Queue {
    cases: Vec<QueueRow>,
    /// How many cases there are in each status
    #[schema(value_type = Object)]
    counts: Value,
}

impl Queue {
    pub(super) fn of(page: &QueuePage, locale: Locale) -> Self {
        let counts = page.counts.iter().map(|(status, number)| (status.as_str().to_owned(), json!(number))).collect();
        Self {
            cases: page.cases.iter().map(|one| row(one, &page.staff, locale)).collect(),
            counts: Value::Object(counts),
        }
    }
}

/// What was decided about a case
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct DecisionView {
    #[schema(value_type = codes::Conclusion)]
    conclusion: &'static str,
    /// What the player reads
    #[schema(value_type = Option<String>)]
    to_player: Option<SecretText>,
    /// For staff alone
    #[schema(value_type = Option<String>)]
    internal: Option<SecretText>,
    by: String,
    at: String,
    /// Who said yes or no, when, and which
    #[schema(value_type = Option<Object>)]
    settled: Option<Value>,
}

/// A case without its evidence
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CaseView {
    #[serde(flatten)]
    row: QueueRow,
    verification: String,
    /// Rises with each change
    revision: i64,
    /// What may be concluded
    #[schema(value_type = Vec<codes::Conclusion>)]
    conclusions: Vec<&'static str>,
    decisions: Vec<DecisionView>,
    /// When the key of its evidence was destroyed
    erased_at: Option<String>,
    /// Since when it is under legal hold
    held_since: Option<String>,
    /// Login of who holds it
    held_by: Option<String>,
}

impl CaseView {
    pub(super) fn of(file: &CaseFile, locale: Locale) -> Self {
        let fitting = Conclusion::ALL.into_iter().filter(|one| one.fits(&file.case.reasons));
        Self {
            row: of(&file.case, &file.work, &file.staff, locale),
            verification: file.case.verification.to_string(),
            revision: file.work.revision,
            conclusions: fitting.map(Conclusion::as_str).collect(),
            decisions: file.decisions.iter().map(|one| decision(one, &file.staff)).collect(),
            erased_at: file.kept.erased_at.map(Timestamp::rfc3339),
            held_since: file.kept.hold.map(|hold| hold.since.rfc3339()),
            held_by: file.kept.hold.map(|hold| login_of(hold.by, &file.staff)),
        }
    }
}

/// The evidence of a case
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct EvidenceView {
    #[schema(value_type = Option<String>)]
    iin: Option<SecretText>,
    /// What was measured, likenesses, what the player contests
    #[schema(value_type = Object)]
    case: Value,
    /// From where on a similarity is a match and where it is none; the same of a living face
    #[schema(value_type = Object)]
    thresholds: Value,
    has_frame: bool,
    /// How the attempt went
    #[schema(value_type = Option<Object>)]
    attempt: Option<Value>,
    /// Other cases of the person
    earlier: Vec<QueueRow>,
    /// Cases of other people from the same browser
    same_device: Vec<QueueRow>,
    /// Cases of people whose face is like this one
    same_face: Vec<QueueRow>,
    /// Cases with a frame that is the same byte for byte
    same_frames: Vec<QueueRow>,
    /// The browser, to look for its cases
    device: Option<String>,
    /// Whether there is a capture to look at, frame by frame
    has_capture: bool,
    /// What sources say now of what the player contests
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    records: Option<Value>,
}

/// With the names of who worked on earlier ones.
pub(super) fn evidence(
    evidence: &OpenedEvidence,
    staff: &[StaffMember],
    policy: &Policy,
    locale: Locale,
) -> EvidenceView {
    let (comparison, presentation) = (&policy.comparison, &policy.presentation);
    let told = |reason: &Reason| {
        json!({
            "code": reason.code.code(),
            "title": message(reason.code.code(), locale).title,
            "legal_basis": reason.legal_basis.as_deref().map(|basis| legal_basis(reason.source.as_deref(), basis, locale)),
            "source": reason.source.as_deref().map(|source| source_name(source, locale).unwrap_or(source)),
            "until": reason.until.map(Timestamp::rfc3339),
        })
    };
    let attempt = evidence.verification.as_ref().map(|verification| {
        json!({
            "started_at": verification.started_at.rfc3339(),
            "decided_at": verification.decided_at.map(Timestamp::rfc3339),
            "captures": verification.face_attempts,
            "same_device_known": verification.device.is_some(),
            "verdict": verification.outcome.as_ref().map(|outcome| outcome.verdict),
            "factor": verification.factor.map(FactorKind::as_str),
            "reasons": verification.outcome.iter().flat_map(|outcome| &outcome.reasons).map(told).collect::<Vec<_>>(),
        })
    });
    let rows = |cases: &[QueuedCase]| cases.iter().map(|one| row(one, staff, locale)).collect();
    EvidenceView {
        iin: evidence.iin.as_ref().map(|iin| SecretText::new(iin.expose())),
        case: json!(evidence.summary),
        thresholds: json!({
            "match_from": comparison.match_from, "no_match_below": comparison.no_match_below,
            "bona_fide_from": presentation.bona_fide_from, "attack_below": presentation.attack_below,
        }),
        has_frame: evidence.has_frame,
        attempt,
        earlier: rows(&evidence.earlier),
        same_device: rows(&evidence.same_device),
        same_face: rows(&evidence.same_face),
        same_frames: rows(&evidence.same_frames),
        device: evidence.verification.as_ref().and_then(|one| one.device).map(|device| hex::encode(device.0)),
        has_capture: evidence.has_capture,
        records: evidence.records.as_ref().map(|records| source_records(records, locale)),
    }
}

/// Times are RFC 3339; a version has a number and the date of its source.
fn source_records(records: &SourceRecords, locale: Locale) -> Value {
    let record = |one: &SourceRecord| {
        let source = one.restriction.source.as_str();
        json!({
            "source": source_name(source, locale).unwrap_or(source),
            "row": one.restriction.source_key,
            "reason": one.restriction.ground.reason().code(),
            "legal_basis": legal_basis(Some(source), &one.restriction.legal_basis, locale),
            "from": one.restriction.starts_at.rfc3339(),
            "until": one.restriction.ends_at.map(Timestamp::rfc3339),
            "refreshed_at": one.refreshed_at.map(Timestamp::rfc3339),
            "version": one.version.map(|(number, _)| number),
            "as_of": one.version.map(|(_, as_of)| as_of.rfc3339()),
        })
    };
    json!({ "found": records.found.iter().map(record).collect::<Vec<_>>(), "is_whole": records.is_whole })
}

fn row(queued: &QueuedCase, staff: &[StaffMember], locale: Locale) -> QueueRow {
    of(&queued.case, &queued.work, staff, locale)
}

fn of(case: &Case, work: &CaseWork, staff: &[StaffMember], locale: Locale) -> QueueRow {
    let titled = |reason: &ReasonCode| ReasonTitle { code: reason.code(), title: message(reason.code(), locale).title };
    QueueRow {
        id: case.id.to_string(),
        opened_at: case.opened_at.rfc3339(),
        due_at: case.due_at().rfc3339(),
        status: work.status.as_str(),
        operator: case.operator.to_string(),
        reasons: case.reasons.iter().map(titled).collect(),
        risk: Risk::of(&case.reasons).as_str(),
        contested: case.contest.as_ref().map(|contest| contest.reason.code()),
        assignee: work.assignee.map(|id| login_of(id, staff)),
        attempt: case.attempt,
    }
}

fn decision(decision: &CaseDecision, staff: &[StaffMember]) -> DecisionView {
    DecisionView {
        conclusion: decision.conclusion.as_str(),
        to_player: decision.to_player.clone(),
        internal: decision.internal.clone(),
        by: login_of(decision.by, staff),
        at: decision.at.rfc3339(),
        settled: decision.settlement.map(
            |settled| json!({ "by": login_of(settled.by, staff), "at": settled.at.rfc3339(), "yes": settled.yes }),
        ),
    }
}
