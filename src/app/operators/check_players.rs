//! An operator asks whether people whom it knows may play: it learns one bit of each, and each can see that it asked.

use std::collections::HashMap;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::app::Services;
use crate::app::restrictions::check::{Checked, check_restrictions_of};
use crate::app::restrictions::remote::Freshness;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::decision::Verdict;
use crate::domain::kernel::id::{AnswerId, PlayerId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::credentials::{SignError, Statement};
use crate::domain::operators::check::{CheckPurpose, Enquiry, ReceiptClaims, RequestId};
use crate::domain::operators::operator::Operator;

/// Questions to the registry at once, of one request.
const AT_ONCE: usize = 8;

/// What is asked.
#[derive(Clone, Debug)]
pub struct CheckRequest {
    /// What for.
    pub purpose: CheckPurpose,
    /// The operator's name of it.
    pub id: RequestId,
    /// About whom, each once.
    pub subjects: Vec<String>,
}

/// What is answered of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckAnswer {
    /// Its id.
    pub id: AnswerId,
    /// About whom.
    pub subject: String,
    /// Whether they may play. What cannot be told, and who is not known to this operator, is a no.
    pub allowed: bool,
    /// When.
    pub at: Timestamp,
    /// The signed receipt, a compact JWS.
    pub receipt: String,
}

/// Why nothing is answered; nothing is kept then either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The operator is not registered for it.
    #[error("the client is not registered for {0}")]
    Scope(&'static str),
    /// No receipt can be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The store did not do as asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers about each, in their order. Asked anew each time: what was answered before is no answer.
pub async fn check_players(
    services: &Services,
    operator: &Operator,
    request: &CheckRequest,
) -> Result<Vec<CheckAnswer>, CheckError> {
    let scope = request.purpose.scope();
    if !operator.scopes.contain(scope) {
        return Err(CheckError::Scope(scope.as_str()));
    }
    let mut unit = services.store.read().await?;
    let known = unit.find_subjects(&operator.id, &request.subjects).await?;
    drop(unit);
    let asked = known.into_iter().map(|(subject, (player, iin))| async move {
        let checked = check_restrictions_of(services, &iin, Freshness::Reused).await;
        (subject, (player, checked))
    });
    let checked: HashMap<String, (PlayerId, Checked)> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
    let now = services.clock.now();
    let answer = |subject: &String| {
        let allowed = checked.get(subject).is_some_and(|(_, one)| one.outcome.verdict == Verdict::Approved);
        let id = AnswerId::new(now, services.randomness.as_ref());
        let receipt = receipt(services, operator, request, (id, subject, allowed), now)?;
        Ok::<_, SignError>(CheckAnswer { id, subject: subject.clone(), allowed, at: now, receipt })
    };
    let answers: Vec<CheckAnswer> = request.subjects.iter().map(answer).collect::<Result<_, _>>()?;
    let enquiry = |answer: &CheckAnswer| {
        checked.get(&answer.subject).map(|(player, _)| Enquiry {
            id: answer.id,
            player: *player,
            operator: operator.id.clone(),
            purpose: request.purpose,
            request: request.id.clone(),
            asked_at: now,
            allowed: answer.allowed,
        })
    };
    let enquiries: Vec<Enquiry> = answers.iter().filter_map(enquiry).collect();
    let mut unit = services.store.begin().await?;
    unit.insert_enquiries(&enquiries).await?;
    let told = told(request, &answers, checked.values().next().map(|(_, checked)| checked));
    unit.append_audit(&NewAuditEvent::of_operator(AuditKind::PlayersChecked, &operator.id, told, now)).await?;
    unit.commit().await?;
    Ok(answers)
}

/// How many, never who: that stands with each person.
fn told(request: &CheckRequest, answers: &[CheckAnswer], one: Option<&Checked>) -> Value {
    let allowed = answers.iter().filter(|answer| answer.allowed).count();
    let mut told = json!({
        "purpose": request.purpose.as_str(),
        "request_id": request.id.as_str(),
        "subjects": answers.len(),
        "allowed": allowed,
    });
    if let (Value::Object(told), Some(Value::Object(details))) = (&mut told, one.map(|one| one.details.clone())) {
        told.extend(details);
    }
    told
}

fn receipt(
    services: &Services,
    operator: &Operator,
    request: &CheckRequest,
    (id, subject, allowed): (AnswerId, &str, bool),
    now: Timestamp,
) -> Result<String, SignError> {
    let claims = ReceiptClaims {
        iss: &services.policy.issuer,
        aud: operator.id.as_str(),
        iat: now.seconds(),
        jti: id.to_string(),
        sub: subject,
        purpose: request.purpose.as_str(),
        request_id: request.id.as_str(),
        allowed,
        sandbox: services.policy.sandbox.then_some(true),
    };
    let claims = serde_json::to_value(claims).map_err(|error| SignError(error.to_string()))?;
    services.credentials.signer.state(Statement::CheckReceipt, &claims)
}
