//! The last question: may this person play? Whatever goes wrong in asking it is a no.

use std::time::Duration;

use serde_json::{Value, json};

use super::played_scenario::played_by;
use super::{PlayerError, Services};
use crate::domain::id::PlayerId;
use crate::domain::person::Iin;
use crate::domain::ports::{MovableClock, StoreError};
use crate::domain::restrictions::{RegistryAnswer, Source, judge};
use crate::domain::sandbox_scenario::Scenario;
use crate::domain::time::Timestamp;
use crate::domain::verification::Outcome;

/// The answer, and what stands in the audit event beside it: each source and its age in seconds.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) outcome: Outcome,
    pub(super) details: Value,
}

/// Asks age and registry, in a transaction of its own, so that a registry that hangs holds nothing up.
pub(super) async fn check_restrictions(services: &Services, player: PlayerId) -> Result<Checked, PlayerError> {
    let mut unit = services.store.read().await?;
    let iin = unit.find_iin(player).await?.ok_or_else(|| StoreError::Corrupt("a player without an IIN".to_owned()))?;
    drop(unit);
    Ok(check_restrictions_of(services, &iin).await)
}

/// The same of a person whose IIN is known.
pub(super) async fn check_restrictions_of(services: &Services, iin: &Iin) -> Checked {
    let (answer, required) = match played_by(services, iin) {
        Some(scenario) => (scenario.registry_answer(services.clock.now()), Scenario::required_sources().to_vec()),
        None => (ask_registry(services, iin).await, services.policy.required_sources.clone()),
    };
    let now = services.clock.now();
    let permission = judge(&answer, &required, now);
    let outcome = Outcome::of_permission(iin.is_of_age(now), &permission);
    let sources = match &answer {
        RegistryAnswer::Known { sources, .. } => sources.as_slice(),
        RegistryAnswer::Unknown => &[],
    };
    Checked { outcome, details: json!({ "source_ages": ages(sources, now) }) }
}

async fn ask_registry(services: &Services, iin: &Iin) -> RegistryAnswer {
    let ask = async {
        let (restrictions, mut sources) = services.store.registry_answer(iin).await?;
        // Files refresh them in real time: hours that a tester skips make none of them older.
        let skipped = services.clock.movable().map_or(Duration::ZERO, MovableClock::ahead);
        for source in &mut sources {
            source.refreshed_at = source.refreshed_at.plus(skipped);
        }
        Ok::<_, StoreError>(RegistryAnswer::Known { restrictions, sources })
    };
    match tokio::time::timeout(services.policy.registry_timeout, ask).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::error!(%error, "the restrictions registry failed; refusing");
            RegistryAnswer::Unknown
        }
        Err(_) => {
            tracing::error!("the restrictions registry did not answer in time; refusing");
            RegistryAnswer::Unknown
        }
    }
}

fn ages(sources: &[Source], now: Timestamp) -> Value {
    sources.iter().map(|source| (source.name.clone(), json!(now.since(source.refreshed_at).as_secs()))).collect()
}
