//! Contacts of record and notices: where people are reached, what waits to be told, and the way out.

use async_trait::async_trait;

use super::{Bucket, Notice, NoticeContent, NoticeEnd, NoticeWords};
use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::kernel::id::{NoticeId, PlayerId};
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;

type Result<T> = std::result::Result<T, StoreError>;

/// Notices on their way, their text and address encrypted and forgotten once they came to their end.
#[async_trait]
pub trait Notices: Send {
    /// Keeps one; [`StoreError::Conflict`] when there is no such player.
    async fn insert_notice(&mut self, notice: &Notice) -> Result<()>;
    /// When notices of this kind to this player, or to this address, were queued since `since`; over the contact's channel.
    async fn earlier_notices(
        &mut self,
        player: PlayerId,
        to: &Contact,
        bucket: Bucket,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>>;
    /// Channels with notices that are due at `now`.
    async fn channels_with_notices_due(&mut self, now: Timestamp) -> Result<Vec<Channel>>;
    /// Takes at most `limit` notices that are due at `now`, the longest due first, counts a try of each and leases them until
    /// `until`: before that nobody else takes them. One that cannot be read is given up, and keeps no other waiting.
    async fn claim_notices(
        &mut self,
        channel: Channel,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Notice>>;
    /// Writes what a try came to, while it is the latest of a notice that is pending; false otherwise. Text and address of one
    /// that came to its end are forgotten.
    async fn finish_notice(&mut self, notice: &Notice) -> Result<bool>;
    /// At most `limit` notices to the player whose text is still there, the newest first.
    async fn list_notices(&mut self, player: PlayerId, limit: u32) -> Result<Vec<Notice>>;
    /// Deletes, at most `limit`, notices that came to their end before `before`, and those that nobody delivered since;
    /// returns how many.
    async fn delete_notices(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
}

/// A notice as it is handed over.
#[derive(Clone, Debug)]
pub struct OutgoingNotice {
    /// Repetitions are known by it.
    pub id: NoticeId,
    /// Where to.
    pub to: Contact,
    /// What it says.
    pub words: NoticeWords,
    /// In which language.
    pub locale: Locale,
}

/// Hands notices over one channel to whoever delivers them.
#[async_trait]
pub trait NoticeSender: Send + Sync {
    /// Which channel.
    fn channel(&self) -> Channel;

    /// Hands one over, once.
    ///
    /// # Errors
    /// Why it was not taken, or may not have been.
    async fn send(&self, notice: &OutgoingNotice) -> NoticeEnd;

    /// Whether something could be handed over: connects, is let in, and sends nothing.
    async fn check(&self) -> NoticeEnd;
}

/// Puts notices in words.
pub trait NoticeWriter: Send + Sync {
    /// What a notice says over a channel in a language.
    fn write(&self, content: &NoticeContent, channel: Channel, locale: Locale) -> NoticeWords;
}
