//! Whom the sandbox plays. Everything about scenarios passes through here, and outside a sandbox there are none.

use std::time::Duration;

use crate::app::{PlayerError, Services};
use crate::domain::identity::contact::Contact;
use crate::domain::identity::person::{Citizen, Iin};
use crate::domain::identity::ports::Players;
use crate::domain::identity::register::{ContactError, RegisterError};
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::access_token::MAX_LIFETIME;
use crate::domain::oauth::grant::Grant;
use crate::domain::restrictions::RegistryAnswer;
use crate::domain::scenario::{RegisterPart, SCENARIOS, SLOW_ANSWER, Scenario};
use crate::domain::verification::Verification;

/// The scenario that plays the person with this IIN.
pub(in crate::app) fn played_by(services: &Services, iin: &Iin) -> Option<&'static Scenario> {
    if services.policy.sandbox { Scenario::of(iin) } else { None }
}

/// The scenario that plays the person of this verification, once they have named themselves.
pub(in crate::app) async fn scenario_of(
    services: &Services,
    unit: &mut (impl Players + ?Sized),
    verification: &Verification,
) -> Result<Option<&'static Scenario>, StoreError> {
    match verification.player {
        Some(player) if services.policy.sandbox => Ok(unit.find_iin(player).await?.as_ref().and_then(Scenario::of)),
        _ => Ok(None),
    }
}

/// The same where there must be one.
///
/// # Errors
/// [`PlayerError::NoScenario`] for everybody else.
pub(in crate::app) async fn expect_scenario(
    services: &Services,
    unit: &mut (impl Players + ?Sized),
    verification: &Verification,
) -> Result<&'static Scenario, PlayerError> {
    scenario_of(services, unit, verification).await?.ok_or(PlayerError::NoScenario)
}

/// Asks the population register, for which a scenario may answer.
pub(in crate::app) async fn find_citizen(services: &Services, iin: &Iin) -> Result<Option<Citizen>, RegisterError> {
    let Some(scenario) = played_by(services, iin) else {
        return services.identity.register.find(iin).await;
    };
    match scenario.register {
        RegisterPart::Down => return Err(RegisterError::Unavailable("a scenario of the sandbox".to_owned())),
        RegisterPart::Unknown => return Ok(None),
        RegisterPart::Slow => tokio::time::sleep(SLOW_ANSWER).await,
        RegisterPart::Known => {}
    }
    // Without a photo: a real camera finds an ID photo that cannot be used.
    let (name, photo) = (SecretText::new("Sandbox Scenario"), SecretBytes::new(Vec::new()));
    Ok(Some(Citizen { iin: iin.clone(), name, photo, sandbox: true }))
}

/// Asks for the person's contacts of record. Whom a scenario plays has one that is made up.
pub(in crate::app) async fn find_contacts(services: &Services, iin: &Iin) -> Result<Vec<Contact>, ContactError> {
    match &services.identity.contacts {
        None => Ok(Vec::new()),
        Some(_) if played_by(services, iin).is_some() => Ok(vec![Contact::made_up(iin)]),
        Some(contacts) => contacts.find(iin).await,
    }
}

/// What the registry says of the person whom a scenario plays: how they came in before may matter.
pub(in crate::app) async fn registry_answer(
    services: &Services,
    scenario: &Scenario,
    iin: &Iin,
) -> Result<RegistryAnswer, StoreError> {
    let now = services.clock.now();
    let mut verified_at = Vec::new();
    if let Some(span) = scenario.remembers() {
        let mut unit = services.store.read().await?;
        if let Some(player) = unit.find_player(iin).await? {
            verified_at = unit.verified_since(player, now.minus(span)).await?;
        }
    }
    Ok(scenario.registry_answer(now, &verified_at))
}

/// Grants that stand though a scenario restricts their person by now. No registry has a restriction of theirs.
pub(in crate::app) async fn restricted_grants(services: &Services, now: Timestamp) -> Result<Vec<Grant>, StoreError> {
    let mut found = Vec::new();
    if !services.policy.sandbox {
        return Ok(found);
    }
    for scenario in SCENARIOS.iter().filter(|scenario| scenario.remembers().is_some()) {
        let Ok(iin) = Iin::parse(scenario.iin) else { continue };
        let mut unit = services.store.read().await?;
        let Some(player) = unit.find_player(&iin).await? else { continue };
        let standing = unit.active_grants(player, now).await?;
        drop(unit);
        if standing.is_empty() {
            continue;
        }
        let answer = registry_answer(services, scenario, &iin).await?;
        if answer.restrictions.iter().any(|restriction| restriction.is_active(now)) {
            found.extend(standing);
        }
    }
    Ok(found)
}

/// How long an access token of the person lives.
pub(in crate::app) fn token_lifetime(services: &Services, played: Option<&Scenario>) -> Duration {
    let longest = services.policy.token_lifetime.min(MAX_LIFETIME);
    played.map_or(longest, |scenario| longest.min(scenario.token_lifetime()))
}
