//! The sources of the registry, and their versions.

use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;
use crate::domain::restrictions::{Source, Version};

/// All sources, by name.
pub async fn list_sources(store: &dyn Store) -> Result<Vec<Source>, StoreError> {
    store.read().await?.list_sources().await
}

/// The versions of one source, the newest first.
pub async fn list_versions(store: &dyn Store, source: &str) -> Result<Vec<Version>, StoreError> {
    store.read().await?.list_versions(source).await
}

/// All sources, by name, each with its versions.
pub async fn list_sources_with_versions(store: &dyn Store) -> Result<Vec<(Source, Vec<Version>)>, StoreError> {
    let mut unit = store.read().await?;
    let mut found = Vec::new();
    for source in unit.list_sources().await? {
        let versions = unit.list_versions(&source.name).await?;
        found.push((source, versions));
    }
    Ok(found)
}
