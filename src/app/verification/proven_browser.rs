//! Browsers in which somebody proved themselves before: what strangers at their address use up does not keep them out.

use super::session::open;
use super::tries::is_proven;
use crate::app::{PlayerError, Services};
use crate::domain::kernel::handle::HandleHash;

/// Whether the browser of this session is one.
pub async fn is_proven_browser(services: &Services, session: HandleHash) -> Result<bool, PlayerError> {
    let mut unit = services.store.read().await?;
    let device = open(unit.as_mut(), session).await?.device;
    is_proven(unit.as_mut(), device).await
}
