//! One notice over one channel, as the store keeps it until somebody took it.

use std::time::Duration;

use super::{NoticeContent, NoticeKind};
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::id::{NoticeId, PlayerId};
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::outbox::{MessageState, wait};
use crate::domain::kernel::time::Timestamp;

/// Waits after the first, second ... failed try. A code that does not go at once is asked for again.
const RETRY_DELAYS: [Duration; 9] = [
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
];

/// How long it is kept that somebody was told something, once it came to its end. What it said and where it went is not.
pub const NOTICES_RETENTION: Duration = Duration::from_hours(24 * 30);

/// Why a notice was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoticeFailure {
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// No connection, TLS included.
    #[error("no connection")]
    NoConnection,
    /// Not now: busy, or failing.
    #[error("it was not taken now")]
    NotNow,
    /// It does not know us: a wrong key or password.
    #[error("we are not let in")]
    Unauthorized,
    /// An answer that says neither yes nor no.
    #[error("the answer cannot be read")]
    Unreadable,
    /// This address is none, or takes nothing.
    #[error("the address was refused")]
    AddressRefused,
    /// It was not taken while it was worth anything.
    #[error("it came too late")]
    Expired,
    /// Nothing delivers over this channel any more.
    #[error("nothing delivers over this channel")]
    NoChannel,
    /// What was kept of it cannot be read.
    #[error("it cannot be read any more")]
    Damaged,
}

impl NoticeFailure {
    /// Every failure.
    pub const ALL: [Self; 9] = [
        Self::Timeout,
        Self::NoConnection,
        Self::NotNow,
        Self::Unauthorized,
        Self::Unreadable,
        Self::AddressRefused,
        Self::Expired,
        Self::NoChannel,
        Self::Damaged,
    ];

    /// The failure as columns, the log and figures write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::NoConnection => "no_connection",
            Self::NotNow => "not_now",
            Self::Unauthorized => "unauthorized",
            Self::Unreadable => "unreadable",
            Self::AddressRefused => "address_refused",
            Self::Expired => "expired",
            Self::NoChannel => "no_channel",
            Self::Damaged => "damaged",
        }
    }

    /// Reads [`NoticeFailure::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.as_str() == name)
    }

    /// Whether another try would end the same way.
    pub fn is_final(self) -> bool {
        matches!(self, Self::AddressRefused | Self::Expired | Self::NoChannel | Self::Damaged)
    }
}

/// What one try came to.
pub type NoticeEnd = Result<(), NoticeFailure>;

/// A notice that is to be delivered, or, in a sandbox, to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id; a gateway knows repetitions by it.
    pub id: NoticeId,
    /// Whom it is for.
    pub player: PlayerId,
    /// Where to.
    pub to: Contact,
    /// What it says.
    pub content: NoticeContent,
    /// In which language.
    pub locale: Locale,
    /// When it happened.
    pub created_at: Timestamp,
    /// How it stands.
    pub state: MessageState,
    /// Tries that were begun.
    pub attempts: u32,
    /// Pending: when the next try is due, or when the one under way is given up. Else: when it came to its end.
    pub due_at: Timestamp,
    /// Why the latest try failed.
    pub last: Option<NoticeFailure>,
}

impl Notice {
    /// A notice that is due at once.
    pub fn new(
        id: NoticeId,
        player: PlayerId,
        to: Contact,
        content: NoticeContent,
        locale: Locale,
        now: Timestamp,
    ) -> Self {
        let state = MessageState::Pending;
        Self { id, player, to, content, locale, created_at: now, state, attempts: 0, due_at: now, last: None }
    }

    /// The same where nothing leaves the house: a sandbox's outbox has it at once.
    #[must_use]
    pub fn shown(self) -> Self {
        Self { state: MessageState::Delivered, ..self }
    }

    /// What it says, in short.
    pub fn kind(&self) -> NoticeKind {
        self.content.kind()
    }

    /// When it is worth nothing any more.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.plus(self.kind().life())
    }

    /// What becomes of it when its latest try came to `end` at `now`: tried again while there are tries left and it would
    /// still be worth something.
    #[must_use]
    pub fn after(self, end: NoticeEnd, now: Timestamp, randomness: &dyn Randomness) -> Self {
        let expires_at = self.expires_at();
        let again = match end {
            Err(failure) if !failure.is_final() => wait(&RETRY_DELAYS, self.attempts, randomness)
                .map(|wait| now.plus(wait))
                .filter(|due_at| *due_at < expires_at),
            _ => None,
        };
        let (state, due_at) = match (end, again) {
            (Ok(()), _) => (MessageState::Delivered, now),
            (Err(_), Some(due_at)) => (MessageState::Pending, due_at),
            (Err(_), None) => (MessageState::Failed, now),
        };
        Self { state, due_at, last: end.err(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::contact::Channel;
    use crate::domain::kernel::secret::SecretText;
    use crate::domain::kernel::testing::SeededRandomness;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn notice(content: NoticeContent) -> Notice {
        let to = Contact::new(Channel::Sms, "+77011234567").unwrap();
        Notice::new(NoticeId::from(Uuid::nil()), PlayerId::from(Uuid::nil()), to, content, Locale::Kk, NOW)
    }

    fn code() -> NoticeContent {
        NoticeContent::EnrolmentCode { code: SecretText::new("123456"), operator: String::new() }
    }

    /// Tries until it comes to its end, each failing so; says how many tries there were.
    fn tried(mut notice: Notice, failure: NoticeFailure) -> (u32, Notice) {
        while notice.state == MessageState::Pending {
            let now = notice.due_at;
            notice.attempts += 1;
            notice = notice.after(Err(failure), now, &SeededRandomness::new(1));
        }
        (notice.attempts, notice)
    }

    #[test]
    fn a_code_is_not_tried_once_it_is_worth_nothing() {
        let (tries, ended) = tried(notice(code()), NoticeFailure::Timeout);
        assert_eq!((tries, ended.state, ended.last), (5, MessageState::Failed, Some(NoticeFailure::Timeout)));
        assert!(ended.due_at < NOW.plus(super::super::CONTACT_CODE_TTL));
        let (tries, ended) = tried(notice(NoticeContent::FactorsForgotten), NoticeFailure::Unauthorized);
        assert_eq!(tries, 10);
        assert!(ended.due_at.since(NOW) > Duration::from_hours(17) && ended.due_at < ended.expires_at());
    }

    #[test]
    fn what_would_end_the_same_way_is_not_tried_again() {
        for failure in NoticeFailure::ALL {
            let (tries, _) = tried(notice(NoticeContent::FactorsForgotten), failure);
            assert_eq!(tries == 1, failure.is_final(), "{failure}");
            assert_eq!(NoticeFailure::from_name(failure.as_str()), Some(failure));
        }
        let taken = Notice { attempts: 10, ..notice(code()) }.after(Ok(()), NOW, &SeededRandomness::new(1));
        assert_eq!((taken.state, taken.last), (MessageState::Delivered, None));
    }
}
