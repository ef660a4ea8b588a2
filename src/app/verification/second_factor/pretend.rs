//! A second factor without an authenticator: it holds for whom a scenario plays, and enrols nothing.

use serde_json::json;

use super::attempt::FactorAttempt;
use crate::app::scenario::played::expect_scenario;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::second_factor::FactorKind;

/// Accepts `factor` as if it had been shown; what follows from it (restrictions, `acr`, `amr`) follows.
///
/// # Errors
/// [`PlayerError::NoScenario`] for everybody whom no scenario plays, and outside a sandbox.
pub async fn pretend_factor(services: &Services, session: HandleHash, factor: FactorKind) -> Result<(), PlayerError> {
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    expect_scenario(services, unit.as_mut(), &verification).await?;
    drop(unit);
    let accepted = json!({ "factor": factor.as_str(), "pretended": true });
    FactorAttempt::begin(services, session).await?.enrolled(services, factor, accepted).await
}
