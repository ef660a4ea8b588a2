//! After a change of models: every ID photo is embedded again. Whoever has a template of the model in use is done, so the
//! work may stop anywhere and go on later, on another machine or on several at once.

use std::time::Duration;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::examine::{RetryPolicy, examine_with_retry};
use crate::app::Services;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::face::comparison::{ModelHash, Template};
use crate::domain::face::engine::{EngineError, Examination, ExamineRequest, FaceEngine, QualityGate, TemplateDepth};
use crate::domain::face::ports::TemplateCount;
use crate::domain::identity::register::{PopulationRegister, RegisterError};
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::observer::{Observation, Observer};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;
use crate::domain::reason::ReasonCode;

/// Players of one query.
const PAGE: u32 = 100;
/// Photos in a row on which the engine itself fails: then it is the engine.
const FAILURES: u32 = 5;
/// Between two looks for an idle engine, and after each photo: live work goes first.
const IDLE_POLL_INTERVAL: Duration = Duration::from_millis(25);

/// What the work needs.
#[derive(Clone, Copy)]
pub struct ReembedPorts<'a> {
    /// Players and templates.
    pub store: &'a dyn Store,
    /// ID photos.
    pub register: &'a dyn PopulationRegister,
    /// The model in use.
    pub faces: &'a dyn FaceEngine,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Hears how much is left.
    pub observer: &'a dyn Observer,
}

impl<'a> ReembedPorts<'a> {
    /// Those of a service.
    pub fn of(services: &'a Services) -> Self {
        Self {
            store: services.store.as_ref(),
            register: services.identity.register.as_ref(),
            faces: services.face.engine.as_ref(),
            clock: services.clock.as_ref(),
            observer: services.observer.as_ref(),
        }
    }
}

/// Who goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// A command with an engine of its own.
    Steady,
    /// A service: one photo at a time, and only while the engine is idle.
    WhenIdle,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Players who were due at the start.
    pub total: u64,
    /// Templates that stand now, made here or by somebody else meanwhile.
    pub embedded: u64,
    /// Photos that do not pass with the model in use; they are remembered and not tried again.
    pub unusable: u64,
    /// Photos on which the engine failed; they are due again.
    pub failed: u64,
}

impl Progress {
    fn done(&self) -> u64 {
        self.embedded + self.unusable + self.failed
    }
}

/// Why the work stopped; what was done stands, and the next run goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReembedError {
    /// The register does not answer.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The engine fails on one photo after the other.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

enum Done {
    Embedded,
    Unusable(ReasonCode),
}

/// Embeds every photo that is due. `progress` hears of each.
///
/// # Errors
/// See [`ReembedError`].
pub async fn reembed_id_photos(
    ports: ReembedPorts<'_>,
    pace: Pace,
    mut progress: impl FnMut(Progress),
) -> Result<Progress, ReembedError> {
    let count = observe(ports).await?;
    let mut so_far = Progress { total: count.due, ..Progress::default() };
    progress(so_far);
    if count.due == 0 {
        return Ok(so_far);
    }
    record(ports, AuditKind::ReembeddingStarted, so_far).await?;
    let mut after = None;
    let mut failures = 0;
    loop {
        let page = ports.store.read().await?.list_template_due(ports.faces.embedder(), after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(*last);
        for player in page {
            match embed(ports, pace, player).await {
                Ok(Done::Embedded) => so_far.embedded += 1,
                Ok(Done::Unusable(reason)) => {
                    refuse(ports, player, reason).await?;
                    so_far.unusable += 1;
                }
                Err(ReembedError::Engine(error)) if failures + 1 < FAILURES => {
                    tracing::warn!(%player, %error, "an ID photo was not embedded");
                    failures += 1;
                    so_far.failed += 1;
                    continue;
                }
                Err(error) => return Err(error),
            }
            failures = 0;
            // Others may work beside us: then more is done than was due.
            so_far.total = so_far.total.max(so_far.done());
            progress(so_far);
            let due = so_far.total.saturating_sub(so_far.embedded + so_far.unusable);
            ports.observer.note(Observation::Templates { due, unusable: count.unusable + so_far.unusable });
        }
    }
    record(ports, AuditKind::ReembeddingEnded, so_far).await?;
    observe(ports).await?;
    Ok(so_far)
}

/// Deletes templates of other models of every player who has one of the model in use; says how many.
pub async fn prune_id_templates(ports: ReembedPorts<'_>) -> Result<u64, ReembedError> {
    let mut unit = ports.store.begin().await?;
    let pruned = unit.prune_id_templates(ports.faces.embedder()).await?;
    unit.commit().await?;
    Ok(pruned)
}

/// Lets photos that were found unusable be tried again; says how many.
pub async fn forget_refusals(ports: ReembedPorts<'_>) -> Result<u64, ReembedError> {
    let mut unit = ports.store.begin().await?;
    let forgotten = unit.forget_template_refusals(ports.faces.embedder()).await?;
    unit.commit().await?;
    Ok(forgotten)
}

/// How templates stand with the model in use.
pub async fn observe(ports: ReembedPorts<'_>) -> Result<TemplateCount, ReembedError> {
    let count = ports.store.read().await?.count_templates(ports.faces.embedder()).await?;
    ports.observer.note(Observation::Templates { due: count.due, unusable: count.unusable });
    Ok(count)
}

async fn embed(ports: ReembedPorts<'_>, pace: Pace, player: PlayerId) -> Result<Done, ReembedError> {
    let iin = ports.store.read().await?.find_iin(player).await?;
    let iin = iin.ok_or_else(|| StoreError::Corrupt("a player without an IIN".to_owned()))?;
    let Some(citizen) = ports.register.find(&iin).await? else {
        return Ok(Done::Unusable(ReasonCode::PersonNotFound));
    };
    let photo: [u8; 32] = Sha256::digest(citizen.photo.expose()).into();
    let model: &ModelHash = ports.faces.embedder();
    if ports.store.read().await?.find_id_template(player, photo, model).await?.is_some() {
        return Ok(Done::Embedded);
    }
    let examination = match examine(ports.faces, pace, &citizen.photo).await {
        Ok(examination) => examination,
        Err(EngineError::Picture(reason)) => return Ok(Done::Unusable(reason)),
        Err(error) => return Err(error.into()),
    };
    match examination.template {
        Some(template) => put(ports.store, player, photo, &template).await.map(|()| Done::Embedded),
        None => Ok(Done::Unusable(examination.rejection.unwrap_or(ReasonCode::IdPhotoUnusable))),
    }
}

async fn examine(faces: &dyn FaceEngine, pace: Pace, photo: &SecretBytes) -> Result<Examination, EngineError> {
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);
    if pace == Pace::Steady {
        return examine_with_retry(faces, photo, ask, RetryPolicy::COMMAND).await;
    }
    loop {
        tokio::time::sleep(IDLE_POLL_INTERVAL).await;
        match faces.examine_when_idle(photo.clone(), ask).await {
            Err(EngineError::Busy { .. }) => {}
            answer => return answer,
        }
    }
}

async fn put(store: &dyn Store, player: PlayerId, photo: [u8; 32], template: &Template) -> Result<(), ReembedError> {
    let mut unit = store.begin().await?;
    unit.put_id_template(player, photo, template).await?;
    Ok(unit.commit().await?)
}

async fn refuse(ports: ReembedPorts<'_>, player: PlayerId, reason: ReasonCode) -> Result<(), ReembedError> {
    tracing::warn!(%player, reason = reason.code(), "an ID photo does not pass with the model in use");
    let mut unit = ports.store.begin().await?;
    unit.refuse_id_template(player, ports.faces.embedder(), reason, ports.clock.now()).await?;
    Ok(unit.commit().await?)
}

async fn record(ports: ReembedPorts<'_>, kind: AuditKind, progress: Progress) -> Result<(), ReembedError> {
    let event = NewAuditEvent {
        kind,
        at: ports.clock.now(),
        subject: "ID photo templates".into(),
        details: json!({
            "model": ports.faces.embedder(),
            "due": progress.total,
            "embedded": progress.embedded,
            "unusable": progress.unusable,
            "failed": progress.failed,
        }),
    };
    let mut unit = ports.store.begin().await?;
    unit.append_audit(&event).await?;
    Ok(unit.commit().await?)
}
