//! The template of the ID photo: from the store when this very photo was embedded before, else made now.

use sha2::{Digest, Sha256};

use super::examine_patiently::{Patience, examine_patiently};
use super::played_scenario::find_citizen;
use super::{PlayerError, Services};
use crate::domain::comparison::Template;
use crate::domain::id::PlayerId;
use crate::domain::ports::{Ask, Detail, EngineError, Gate, StoreError};

/// The template, or `None` when the photo cannot be used: then a person must look.
pub(super) async fn load_id_template(services: &Services, player: PlayerId) -> Result<Option<Template>, PlayerError> {
    let mut unit = services.store.read().await?;
    let iin = unit.find_iin(player).await?.ok_or_else(|| StoreError::Corrupt("a player without an IIN".to_owned()))?;
    drop(unit);
    let citizen = find_citizen(services, &iin).await?.ok_or(PlayerError::PersonNotFound)?;
    let photo: [u8; 32] = Sha256::digest(citizen.photo.expose()).into();
    let mut unit = services.store.read().await?;
    if let Some(template) = unit.find_id_template(player, photo, services.faces.embedder()).await? {
        return Ok(Some(template));
    }
    drop(unit);
    let ask = Ask::of(Gate::IdPhoto, false, Detail::Full);
    let template = match examine_patiently(services.faces.as_ref(), &citizen.photo, ask, Patience::PERSON).await {
        Ok(examination) => examination.template,
        Err(EngineError::Picture(_)) => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(template) = &template {
        let mut unit = services.store.begin().await?;
        unit.put_id_template(player, photo, template).await?;
        unit.commit().await?;
    }
    Ok(template)
}
