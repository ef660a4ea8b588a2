//! Sources of restrictions: those that are asked again and again, and those that send by themselves; and what players read of
//! restrictions.

use std::sync::Arc;

use anyhow::Context as _;

use super::{clock, randomness};

use crate::app::restrictions::registry::feed::Feed;
use crate::app::restrictions::registry::follow::Followed;
use crate::app::restrictions::remote::RemoteRegistries;
use crate::config::Config;
use crate::config::registers::sources::{FollowedSource, Way, read};
use crate::domain::restrictions::remote::RemoteRegistry;
use crate::gateways::remote_registry_http::{HttpRemoteRegistry, RemoteSettings};
use crate::gateways::restriction_feeds::folder::FolderFeed;
use crate::gateways::restriction_feeds::http::HttpFeed;
use crate::http::middleware::bearer_key::BearerKey;
use crate::http::sources::PushedSource;
use crate::messages::Texts;

/// What the file of sources names; none without a file.
#[derive(Default)]
pub struct Sources {
    /// Those that are asked.
    pub followed: Vec<Followed>,
    /// Those that send.
    pub pushed: Vec<PushedSource>,
}

/// Reads the file of sources.
pub fn sources(config: &Config) -> anyhow::Result<Sources> {
    let mut all = Sources::default();
    let Some(file) = &config.restrictions.sources_file else { return Ok(all) };
    for source in read(file).map_err(anyhow::Error::msg)? {
        let FollowedSource { name, way, every, max_age, tolerance } = source;
        let feed: Arc<dyn Feed> = match way {
            Way::Push(credential) => {
                all.pushed.push(PushedSource { name, key: BearerKey::new(&credential), max_age, tolerance });
                continue;
            }
            Way::Remote { .. } => continue,
            Way::Folder(folder) => Arc::new(FolderFeed::new(folder)),
            Way::Http { url, credential } => {
                Arc::new(HttpFeed::new(url, &credential).with_context(|| format!("source {name}"))?)
            }
        };
        all.followed.push(Followed { source: name, feed, every, max_age, tolerance });
    }
    Ok(all)
}

/// The registries that are asked about one person at a time.
pub fn remotes(config: &Config) -> anyhow::Result<RemoteRegistries> {
    let Some(file) = &config.restrictions.sources_file else { return Ok(RemoteRegistries::default()) };
    let mut remotes: Vec<Arc<dyn RemoteRegistry>> = Vec::new();
    for source in read(file).map_err(anyhow::Error::msg)? {
        let FollowedSource { name, max_age, .. } = source;
        if let Way::Remote { url, credential, reuse, timeout, retries } = source.way {
            let settings = RemoteSettings { name: name.clone(), url, credential, max_age, reuse, timeout, retries };
            let registry = HttpRemoteRegistry::new(settings, clock(), randomness());
            remotes.push(Arc::new(registry.with_context(|| format!("source {name}"))?));
        }
    }
    Ok(RemoteRegistries::new(remotes))
}

/// What players read in other words than ours.
pub fn texts(config: &Config) -> anyhow::Result<Texts> {
    let Some(file) = &config.restrictions.texts_file else { return Ok(Texts::default()) };
    let shown = file.display();
    let toml =
        std::fs::read_to_string(file).with_context(|| format!("restrictions.texts_file: cannot read {shown}"))?;
    Texts::parse(&toml).map_err(|why| anyhow::anyhow!("restrictions.texts_file: {shown}: {why}"))
}
