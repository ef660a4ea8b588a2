//! A person is told what happened to what stands between their name and a stranger. That they cannot be told undoes nothing: whoever
//! removes a stolen factor must not wait for a telephone network.

use super::queue::{NoticeError, contacts_of, queue_notice};
use crate::app::Services;
use crate::domain::audit::ports::AuditLog;
use crate::domain::identity::contact::Contact;
use crate::domain::identity::ports::Players;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::notices::ports::Notices;

/// Where a person is reached; asked outside any writing transaction. None where that cannot be found out, and the log of the
/// service says so.
pub(in crate::app) async fn reachable(services: &Services, player: PlayerId) -> Result<Vec<Contact>, StoreError> {
    let mut unit = services.store.read().await?;
    let iin = unit.find_iin(player).await?.ok_or_else(|| StoreError::Corrupt("player.iin".to_owned()))?;
    drop(unit);
    Ok(contacts_of(services, &iin).await.unwrap_or_else(|why| {
        tracing::warn!(%why, "nobody is told of a change to a person's factors");
        Vec::new()
    }))
}

/// Queues a notice to each, in the transaction of what it tells of.
pub(in crate::app) async fn tell(
    services: &Services,
    unit: &mut (impl AuditLog + Notices + Players + ?Sized),
    (player, to): (PlayerId, &[Contact]),
    content: &NoticeContent,
    locale: Locale,
    now: Timestamp,
) -> Result<(), StoreError> {
    match queue_notice(services, unit, player, to, content, locale, now).await {
        Ok(_) | Err(NoticeError::TooMany { .. }) => Ok(()),
        Err(NoticeError::Store(error)) => Err(error),
    }
}
