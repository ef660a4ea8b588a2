//! Who is told: a person's contacts of record, asked before any transaction; and what: a notice a channel, written in the
//! transaction of what it tells of. Delivery is another's work (`deliver`).

use std::time::Duration;

use serde_json::json;

use crate::app::Services;
use crate::app::scenario::played;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::identity::person::Iin;
use crate::domain::identity::ports::Players;
use crate::domain::identity::register::ContactError;
use crate::domain::kernel::id::{NoticeId, PlayerId};
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::observer::Observation;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::ports::Notices;
use crate::domain::notices::{Bucket, Notice, NoticeContent, NoticeKind, NoticeLimits};

/// Why nothing was queued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// This person, or whoever has this address, was told as much of it as anybody is.
    #[error("no more of these notices for a while")]
    TooMany {
        /// Until one may be asked for again.
        wait: Duration,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The person's contacts of record that we can deliver to, best first; none when none are on record, or no source of them is
/// configured. Asks a remote source, perhaps: never inside a writing transaction.
///
/// # Errors
/// When the source did not answer, which is never "no contact".
pub async fn contacts_of(services: &Services, iin: &Iin) -> Result<Vec<Contact>, ContactError> {
    let mut contacts = played::find_contacts(services, iin).await?;
    let policy = &services.policy;
    contacts.retain(|contact| policy.sandbox || policy.notices.channels.contains(&contact.channel()));
    Ok(contacts)
}

/// Queues a notice to each of `to`, as far as nobody is flooded, with an event each. Takes the player's lock: whoever
/// changes other rows of the player takes it first.
///
/// # Errors
/// [`NoticeError::TooMany`] when a code went to none of them, or what everybody must hear of did not go to all. Whatever else is too much is withheld, and the log says so:
/// what happened must not fail because somebody was told of it too often.
pub async fn queue_notice(
    services: &Services,
    unit: &mut (impl AuditLog + Notices + Players + ?Sized),
    player: PlayerId,
    to: &[Contact],
    content: &NoticeContent,
    locale: Locale,
    now: Timestamp,
) -> Result<Vec<NoticeId>, NoticeError> {
    let kind = content.kind();
    unit.lock_player(player).await?;
    let (mut queued, mut waits) = (Vec::new(), Vec::new());
    for contact in to {
        let channel = contact.channel();
        let since = now.minus(NoticeLimits::SPAN);
        let earlier = unit.earlier_notices(player, contact, Bucket::of(kind), since).await?;
        if let Err(wait) = services.policy.notices.limits.allow(&earlier, now) {
            waits.push((channel, wait));
            continue;
        }
        let id = NoticeId::new(now, services.randomness.as_ref());
        let notice = Notice::new(id, player, contact.clone(), content.clone(), locale, now);
        // A sandbox's people are made up, and their contacts too: nothing ever leaves it.
        let notice = if services.policy.sandbox { notice.shown() } else { notice };
        unit.insert_notice(&notice).await?;
        unit.append_audit(&event(AuditKind::NoticeQueued, player, Some(id), kind, channel, now)).await?;
        services.observer.note(observed(kind, channel, "queued"));
        queued.push(id);
    }
    for (channel, _) in &waits {
        services.observer.note(observed(kind, *channel, "withheld"));
    }
    // Refused, and so nothing of this transaction stays: no event tells of it, the counter does.
    let refused = kind.must_reach_all() || (kind.is_code() && queued.is_empty());
    if let Some(wait) = waits.iter().map(|(_, wait)| *wait).max().filter(|_| refused) {
        return Err(NoticeError::TooMany { wait });
    }
    for (channel, _) in waits {
        unit.append_audit(&event(AuditKind::NoticeWithheld, player, None, kind, channel, now)).await?;
    }
    Ok(queued)
}

/// What the log says of a notice: its kind and channel; never an address, a text or a code.
pub(super) fn event(
    what: AuditKind,
    player: PlayerId,
    id: Option<NoticeId>,
    kind: NoticeKind,
    channel: Channel,
    at: Timestamp,
) -> NewAuditEvent {
    let details = match id {
        Some(id) => json!({ "notice": id.to_string(), "kind": kind.as_str(), "channel": channel.as_str() }),
        None => json!({ "kind": kind.as_str(), "channel": channel.as_str() }),
    };
    NewAuditEvent { kind: what, at, subject: player.to_string(), details }
}

pub(super) fn observed(kind: NoticeKind, channel: Channel, result: &'static str) -> Observation<'static> {
    Observation::Notice { kind: kind.as_str(), channel: channel.as_str(), result }
}
