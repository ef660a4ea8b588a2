//! The last question: may this person play? Whatever goes wrong in asking it is a no.

use serde_json::{Value, json};

use super::remote::Freshness;
use crate::app::scenario::played::{played_by, registry_answer};
use crate::app::{PlayerError, Services};
use crate::domain::decision::Outcome;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::restrictions::{RegistryAnswer, Restriction, Source, judge};
use crate::domain::scenario::Scenario;

/// The answer, and what stands in the audit event beside it: each source and its age in seconds.
#[derive(Debug)]
pub(in crate::app) struct Checked {
    pub(in crate::app) outcome: Outcome,
    pub(in crate::app) details: Value,
}

impl Checked {
    /// Whether the answer is no since nobody could tell.
    pub(in crate::app) fn is_unknown(&self) -> bool {
        self.outcome.codes().contains(&ReasonCode::RestrictionsUnknown)
    }
}

/// Asks age and registry, in a transaction of its own, so that a registry that hangs holds nothing up.
pub(in crate::app) async fn check_restrictions(services: &Services, player: PlayerId) -> Result<Checked, PlayerError> {
    let mut unit = services.store.read().await?;
    let iin = unit.find_iin(player).await?.ok_or_else(|| StoreError::Corrupt("a player without an IIN".to_owned()))?;
    drop(unit);
    Ok(check_restrictions_of(services, &iin, Freshness::Anew).await)
}

/// The same of a person whose IIN is known.
pub(in crate::app) async fn check_restrictions_of(services: &Services, iin: &Iin, freshness: Freshness) -> Checked {
    let (answer, required) = ask_sources(services, iin, freshness).await;
    let now = services.clock.now();
    let permission = judge(&answer, &required, now);
    let outcome = Outcome::of_permission(iin.is_of_age(now), &permission);
    Checked { outcome, details: json!({ "source_ages": ages(&answer.sources, now) }) }
}

/// What all sources say of a person, and which of them must have answered.
pub(in crate::app) async fn ask_sources(
    services: &Services,
    iin: &Iin,
    freshness: Freshness,
) -> (RegistryAnswer, Vec<String>) {
    match played_by(services, iin) {
        Some(scenario) => (ask_scenario(services, scenario, iin).await, Scenario::required_sources().to_vec()),
        None => (ask_registries(services, iin, freshness).await, required(services)),
    }
}

/// Who is played is restricted by what the registry here holds of them, too: it ends what they were granted, and there is one answer.
async fn ask_scenario(services: &Services, scenario: &Scenario, iin: &Iin) -> RegistryAnswer {
    let (own, played) = tokio::join!(ask_registry(services, iin), registry_answer(services, scenario, iin));
    let mut answer = played.unwrap_or_else(|error| {
        tracing::error!(%error, "what a scenario says of its person cannot be told; refusing");
        RegistryAnswer::default()
    });
    answer.is_whole &= own.is_some();
    answer.restrictions.extend(own.unwrap_or_default().0);
    answer
}

/// What must have answered, and freshly enough: what was configured, and every registry that is asked. Where nothing is
/// configured, nobody may play.
fn required(services: &Services) -> Vec<String> {
    let configured = &services.policy.required_sources;
    let remotes = services.remotes.names().filter(|_| !configured.is_empty()).map(str::to_owned);
    configured.iter().cloned().chain(remotes).collect()
}

/// The registry here and those outside, at once. A ground that one of them names counts though another does not answer.
async fn ask_registries(services: &Services, iin: &Iin, freshness: Freshness) -> RegistryAnswer {
    let remote = async {
        match services.store.person_key(iin, services.store.key_generation()) {
            Ok(person) => services.remotes.ask(iin, person, freshness, services.clock.real()).await,
            Err(_) => Default::default(),
        }
    };
    let (own, (mut restrictions, mut sources)) = tokio::join!(ask_registry(services, iin), remote);
    let is_whole = own.is_some();
    let (own_restrictions, own_sources) = own.unwrap_or_default();
    restrictions.extend(own_restrictions);
    // What was once imported under the name of a registry outside restricts still, but does not answer in its stead.
    let answers_itself = |source: &Source| services.remotes.names().all(|name| name != source.name);
    sources.extend(own_sources.into_iter().filter(answers_itself));
    for source in &mut sources {
        source.refreshed_at = services.clock.dated(source.refreshed_at);
    }
    RegistryAnswer { restrictions, sources, is_whole }
}

/// The registry here; `None` when it failed or took too long.
async fn ask_registry(services: &Services, iin: &Iin) -> Option<(Vec<Restriction>, Vec<Source>)> {
    match tokio::time::timeout(services.policy.registry_timeout, services.store.registry_answer(iin)).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::error!(%error, "the restrictions registry failed; refusing");
            None
        }
        Err(_) => {
            tracing::error!("the restrictions registry did not answer in time; refusing");
            None
        }
    }
}

fn ages(sources: &[Source], now: Timestamp) -> Value {
    sources.iter().map(|source| (source.name.clone(), json!(now.since(source.refreshed_at).as_secs()))).collect()
}
