//! What sources say now of a reason that a player contests: each record, with the version of its source that it counts in.

use super::CaseWorkError;
use crate::app::Services;
use crate::app::restrictions::check::ask_sources;
use crate::app::restrictions::remote::Freshness;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::restrictions::{Ground, Restriction, VersionState};

/// A record of a source about the person.
#[derive(Clone, Debug)]
pub struct SourceRecord {
    /// What it says.
    pub restriction: Restriction,
    /// When the source was refreshed; `None` where it is none of those that are (a person's own restriction).
    pub refreshed_at: Option<Timestamp>,
    /// Number and date of the version that it counts in; `None` for registries that are asked over the network.
    pub version: Option<(u32, Timestamp)>,
}

/// What all sources say.
#[derive(Clone, Debug)]
pub struct SourceRecords {
    /// Their records with the ground in question, also those that hold no more or not yet.
    pub found: Vec<SourceRecord>,
    /// Whether every source that must answer did, so that no record means that there is none.
    pub is_whole: bool,
}

/// Asks every source about a ground, as the last question of a verification does; `None` for what no source says.
pub(super) async fn read_source_records(
    services: &Services,
    iin: &Iin,
    contested: ReasonCode,
) -> Result<Option<SourceRecords>, CaseWorkError> {
    if !Ground::ALL.iter().any(|ground| ground.reason() == contested) {
        return Ok(None);
    }
    let (answer, required) = ask_sources(services, iin, Freshness::Anew).await;
    let refreshed = |name: &str| answer.sources.iter().find(|source| source.name == name).map(|one| one.refreshed_at);
    let is_whole = answer.is_whole && required.iter().all(|name| refreshed(name).is_some());
    let mut unit = services.store.read().await?;
    let mut found = Vec::new();
    for restriction in answer.restrictions.iter().filter(|one| one.ground.reason() == contested) {
        let versions = unit.list_versions(&restriction.source).await?;
        let current = versions.iter().find(|version| version.state == VersionState::Current);
        found.push(SourceRecord {
            refreshed_at: refreshed(&restriction.source),
            version: current.map(|version| (version.number, version.as_of)),
            restriction: restriction.clone(),
        });
    }
    Ok(Some(SourceRecords { found, is_whole }))
}
