//! The way out for notices: due ones are claimed, put in words, handed over and settled, a channel at a time beside the other.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;

use super::queue::{event, observed};
use crate::app::Services;
use crate::domain::audit::event::AuditKind;
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::observer::Observer;
use crate::domain::kernel::outbox::MessageState;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::notices::ports::{NoticeSender, NoticeWriter, OutgoingNotice};
use crate::domain::notices::{Notice, NoticeFailure};
use crate::domain::ports::Store;

/// Notices of one channel under way at once.
const PAGE: u32 = 8;
/// How long a claim holds: longer than a sender may take, and than the clocks of replicas differ.
const LEASE: Duration = Duration::from_mins(1);

/// Everything that delivery needs.
#[derive(Clone)]
pub struct NoticeCourier {
    store: Arc<dyn Store>,
    senders: Vec<Arc<dyn NoticeSender>>,
    writer: Arc<dyn NoticeWriter>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    observer: Arc<dyn Observer>,
}

impl NoticeCourier {
    /// Delivers through `senders`, one a channel, in the words of `writer`.
    pub fn new(services: &Services, senders: Vec<Arc<dyn NoticeSender>>, writer: Arc<dyn NoticeWriter>) -> Self {
        Self {
            store: services.store.clone(),
            senders,
            writer,
            clock: services.clock.clone(),
            randomness: services.randomness.clone(),
            observer: services.observer.clone(),
        }
    }
}

impl fmt::Debug for NoticeCourier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoticeCourier")
    }
}

/// Delivers everything that is due now, each once, and waits for it.
pub async fn deliver_due_notices(courier: &NoticeCourier) -> Result<(), StoreError> {
    // Whoever only looks waits for no writer, and keeps none waiting.
    let due = courier.store.read().await?.channels_with_notices_due(courier.clock.now()).await?;
    let rounds = due.into_iter().map(|channel| courier.round(channel));
    join_all(rounds).await.into_iter().collect()
}

impl NoticeCourier {
    /// Page after page of one channel, until none is due or a whole page came to nothing.
    async fn round(&self, channel: Channel) -> Result<(), StoreError> {
        let sender = self.senders.iter().find(|sender| sender.channel() == channel);
        loop {
            let now = self.clock.now();
            let mut unit = self.store.begin().await?;
            let notices = unit.claim_notices(channel, now, now.plus(LEASE), PAGE).await?;
            unit.commit().await?;
            let full = notices.len() >= PAGE as usize;
            let mut any = false;
            for delivered in join_all(notices.into_iter().map(|notice| self.deliver(sender, notice))).await {
                any |= delivered?;
            }
            if !(full && any) {
                return Ok(());
            }
        }
    }

    /// One try; says whether the notice came to its end.
    async fn deliver(&self, sender: Option<&Arc<dyn NoticeSender>>, notice: Notice) -> Result<bool, StoreError> {
        let end = match sender {
            _ if notice.expires_at() <= self.clock.now() => Err(NoticeFailure::Expired),
            None => Err(NoticeFailure::NoChannel),
            Some(sender) => {
                let words = self.writer.write(&notice.content, notice.to.channel(), notice.locale);
                let (id, to, locale) = (notice.id, notice.to.clone(), notice.locale);
                sender.send(&OutgoingNotice { id, to, words, locale }).await
            }
        };
        let now = self.clock.now();
        let after = notice.after(end, now, self.randomness.as_ref());
        let (kind, channel) = (after.kind(), after.to.channel());
        self.observer.note(observed(kind, channel, after.state.as_str()));
        if let Err(failure) = end {
            tracing::warn!(id = %after.id, kind = kind.as_str(), channel = channel.as_str(),
                result = failure.as_str(), attempts = after.attempts, state = after.state.as_str(),
                "a notice was not delivered");
        }
        let what = match after.state {
            MessageState::Pending => None,
            MessageState::Delivered => Some(AuditKind::NoticeDelivered),
            MessageState::Failed => Some(AuditKind::NoticeGivenUp),
        };
        let mut unit = self.store.begin().await?;
        let finished = unit.finish_notice(&after).await?;
        // Whoever came first wrote the event.
        if let (true, Some(what)) = (finished, what) {
            let mut told = event(what, after.player, Some(after.id), kind, channel, now);
            if let Err(failure) = end {
                told.details["result"] = Value::from(failure.as_str());
            }
            unit.append_audit(&told).await?;
        }
        unit.commit().await?;
        Ok(after.state != MessageState::Pending)
    }
}
