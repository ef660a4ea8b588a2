//! The template of the ID photo: from the store when this very photo was embedded before, else made now.

use sha2::{Digest, Sha256};

use super::examine::{RetryPolicy, examine_with_retry};
use crate::app::scenario::played::find_citizen;
use crate::app::{PlayerError, Services};
use crate::domain::face::comparison::Template;
use crate::domain::face::engine::{EngineError, ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::face::judgement::IdPhoto;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::store_error::StoreError;

/// A wall: what the engine is asked about where there is no photo, so that it is asked, and may be busy, all the same.
const NO_PHOTO: &[u8] = include_bytes!("no_photo.png");

/// What there is to hold a live face against. Somebody whom the register does not know goes through the same.
pub(in crate::app) async fn load_id_template(services: &Services, player: PlayerId) -> Result<IdPhoto, PlayerError> {
    let mut unit = services.store.read().await?;
    let iin = unit.find_iin(player).await?.ok_or_else(|| StoreError::Corrupt("a player without an IIN".to_owned()))?;
    drop(unit);
    let Some(citizen) = find_citizen(services, &iin).await? else {
        embed(services, &SecretBytes::new(NO_PHOTO.to_vec())).await?;
        return Ok(IdPhoto::Nobodys);
    };
    let photo: [u8; 32] = Sha256::digest(citizen.photo.expose()).into();
    let mut unit = services.store.read().await?;
    if let Some(template) = unit.find_id_template(player, photo, services.face.engine.embedder()).await? {
        return Ok(IdPhoto::Usable(template));
    }
    drop(unit);
    let Some(template) = embed(services, &citizen.photo).await? else { return Ok(IdPhoto::Unusable) };
    let mut unit = services.store.begin().await?;
    unit.put_id_template(player, photo, &template).await?;
    unit.commit().await?;
    Ok(IdPhoto::Usable(template))
}

/// The template, or `None` when the photo cannot be used: then a person must look.
async fn embed(services: &Services, photo: &SecretBytes) -> Result<Option<Template>, PlayerError> {
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);
    match examine_with_retry(services.face.engine.as_ref(), photo, ask, RetryPolicy::PERSON).await {
        Ok(examination) => Ok(examination.template),
        Err(EngineError::Picture(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
