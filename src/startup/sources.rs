//! Sources of restrictions that are followed.

use std::sync::Arc;

use anyhow::Context as _;

use crate::app::registry::feed::Feed;
use crate::app::registry::follow::Followed;
use crate::config::Config;
use crate::config::sources::{FollowedSource, Way, read};
use crate::gateways::restriction_feeds::folder::FolderFeed;
use crate::gateways::restriction_feeds::http::HttpFeed;

/// What the file of sources names; none without a file.
pub fn followed_sources(config: &Config) -> anyhow::Result<Vec<Followed>> {
    let Some(file) = &config.restrictions.sources_file else { return Ok(Vec::new()) };
    read(file).map_err(anyhow::Error::msg)?.into_iter().map(followed).collect()
}

fn followed(source: FollowedSource) -> anyhow::Result<Followed> {
    let feed: Arc<dyn Feed> = match source.way {
        Way::Folder(folder) => Arc::new(FolderFeed::new(folder)),
        Way::Http { url, credential } => {
            let feed = HttpFeed::new(url, &credential).with_context(|| format!("source {}", source.name))?;
            Arc::new(feed)
        }
    };
    Ok(Followed {
        source: source.name,
        feed,
        every: source.every,
        max_age: source.max_age,
        tolerance: source.tolerance,
    })
}
