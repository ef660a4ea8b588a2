//! A person has none of their factors at hand any more: the visit ends, and staff have a case to see a document for.

use serde_json::json;

use super::enrolled::expect_any;
use crate::app::verification::record_case::{CaseDraft, record_case};
use crate::app::verification::session::{open, record_decision};
use crate::app::{PlayerError, Services};
use crate::domain::decision::{Outcome, Verdict};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::reason::ReasonCode;
use crate::domain::review::case::CaseStatus;
use crate::domain::review::ports::CaseFilter;

/// Ends the visit with a case, unless one of the same is open already. It changes nothing about the factors: whoever passed the
/// face step may be anybody with the person's photo.
///
/// # Errors
/// [`PlayerError::FactorMissing`] where there is nothing to lose.
pub async fn report_lost_factors(services: &Services, session: HandleHash) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let player = open(unit.as_mut(), session).await?.expect_second_factor(now)?;
    // Of several at once one opens the case.
    unit.lock_player(player).await?;
    let mut verification = open(unit.as_mut(), session).await?;
    verification.expect_second_factor(now)?;
    expect_any(unit.as_mut(), player, now).await?;
    let reason = ReasonCode::FactorsLost;
    let same = CaseFilter {
        player: Some(player),
        status: Some(CaseStatus::Open),
        reason: Some(reason),
        ..CaseFilter::default()
    };
    let is_open = !unit.queue_cases(&same, 1).await?.is_empty();
    let verdict = if is_open { Verdict::Refused } else { Verdict::UnderReview };
    let outcome = Outcome::new(verdict, [reason]);
    verification.end_early(outcome.clone(), now)?;
    unit.update_verification(&mut verification).await?;
    record_decision(services, unit.as_mut(), &verification, &outcome, json!({}), now).await?;
    if !is_open {
        let evidence = CaseDraft { reasons: outcome.codes(), ..CaseDraft::default() };
        record_case(services, unit.as_mut(), &verification, verdict, evidence, now).await?;
    }
    unit.commit().await?;
    Ok(())
}
