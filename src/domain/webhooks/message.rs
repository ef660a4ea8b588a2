//! One message in the outbox: how it stands, and when it is tried again.

use std::fmt;
use std::time::Duration;

use super::event::{EventKind, WebhookEvent};
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::id::WebhookId;
pub use crate::domain::kernel::outbox::MessageState;
use crate::domain::kernel::outbox::wait;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;

/// Waits after the first, second ... failed try; after the last of them it is tried once more (Standard Webhooks, "Retry
/// schedule"). Some three days in all.
const RETRY_DELAYS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];
/// RFC 9110 section 15.5.11: the receiver is gone for good.
const GONE: u16 = 410;

/// How long messages are kept once they are delivered or have failed.
pub const MESSAGE_RETENTION: Duration = Duration::from_hours(24 * 30);

/// Why a message got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SendFailure {
    /// The URL is not one that we call.
    #[error("the URL is not one that webhooks may go to")]
    UrlRefused,
    /// The name has no address.
    #[error("the name has no address")]
    NameUnknown,
    /// One of the name's addresses is not public.
    #[error("the name leads to an address that is not public")]
    AddressRefused,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// No connection, TLS included.
    #[error("no connection")]
    NoConnection,
    /// The connection broke before an answer.
    #[error("the connection broke")]
    Broken,
    /// It was not tried: the endpoint was removed or disabled.
    #[error("the endpoint is gone")]
    EndpointGone,
}

impl SendFailure {
    /// Every failure.
    pub const ALL: [Self; 7] = [
        Self::UrlRefused,
        Self::NameUnknown,
        Self::AddressRefused,
        Self::Timeout,
        Self::NoConnection,
        Self::Broken,
        Self::EndpointGone,
    ];

    /// The failure as columns write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UrlRefused => "url_refused",
            Self::NameUnknown => "name_unknown",
            Self::AddressRefused => "address_refused",
            Self::Timeout => "timeout",
            Self::NoConnection => "no_connection",
            Self::Broken => "connection_broke",
            Self::EndpointGone => "endpoint_gone",
        }
    }
}

/// What one try came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The receiver answered with this HTTP status.
    Answered(u16),
    /// It did not.
    Failed(SendFailure),
}

impl Delivery {
    /// Any 2xx: the receiver has it.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }

    /// The receiver wants no more.
    pub fn is_gone(self) -> bool {
        self == Self::Answered(GONE)
    }

    /// Reads [`Delivery`] as it is displayed.
    pub fn from_name(name: &str) -> Option<Self> {
        let failure = SendFailure::ALL.into_iter().find(|failure| failure.as_str() == name).map(Self::Failed);
        failure.or_else(|| name.parse().ok().map(Self::Answered))
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(status) => status.fmt(f),
            Self::Failed(failure) => f.write_str(failure.as_str()),
        }
    }
}

/// A message as the outbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookMessage {
    /// Its id, which receivers know repetitions by.
    pub id: WebhookId,
    /// Whom it is for.
    pub operator: OperatorId,
    /// What it tells.
    pub kind: EventKind,
    /// The payload, JSON exactly as signed.
    pub body: String,
    /// When it happened.
    pub created_at: Timestamp,
    /// How it stands.
    pub state: MessageState,
    /// Tries that were begun. It also tells one try from the next: what a try came to counts only while it is the latest.
    pub attempts: u32,
    /// Pending: when the next try is due, or when the one under way is given up. Else: when it came to its end.
    pub due_at: Timestamp,
    /// What the latest try came to.
    pub last: Option<Delivery>,
}

impl WebhookMessage {
    /// A message about `event`, due at once.
    pub fn new(id: WebhookId, operator: OperatorId, event: &WebhookEvent, now: Timestamp) -> Self {
        Self {
            id,
            operator,
            kind: event.kind(),
            body: event.payload(now),
            created_at: now,
            state: MessageState::Pending,
            attempts: 0,
            due_at: now,
            last: None,
        }
    }

    /// What becomes of it when its latest try came to `delivery` at `now`. 2xx ends it well and 410 ends it; everything
    /// else, redirects too, is tried again while there are tries left.
    #[must_use]
    pub fn after(self, delivery: Delivery, now: Timestamp, randomness: &dyn Randomness) -> Self {
        let again = if delivery.is_gone() { None } else { wait(&RETRY_DELAYS, self.attempts, randomness) };
        let (state, due_at) = match again {
            _ if delivery.is_success() => (MessageState::Delivered, now),
            Some(wait) => (MessageState::Pending, now.plus(wait)),
            None => (MessageState::Failed, now),
        };
        Self { state, due_at, last: Some(delivery), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;
    use proptest::prelude::*;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn tried(attempts: u32, delivery: Delivery, seed: u64) -> WebhookMessage {
        let operator = OperatorId::parse("demo-bet").unwrap();
        let id = WebhookId::from(Uuid::nil());
        let message = WebhookMessage::new(id, operator, &WebhookEvent::test(), NOW);
        WebhookMessage { attempts, ..message }.after(delivery, NOW, &SeededRandomness::new(seed))
    }

    #[test]
    fn only_2xx_delivers_and_only_410_gives_up_at_once() {
        for status in 100..=599 {
            let state = match status {
                200..=299 => MessageState::Delivered,
                410 => MessageState::Failed,
                _ => MessageState::Pending,
            };
            assert_eq!(tried(1, Delivery::Answered(status), 1).state, state, "{status}");
        }
    }

    #[test]
    fn ten_tries_over_some_three_days() {
        let failed = Delivery::Failed(SendFailure::Timeout);
        let mut whole = Duration::ZERO;
        for attempts in 1..=9 {
            let message = tried(attempts, failed, 1);
            assert_eq!(message.state, MessageState::Pending);
            whole += message.due_at.since(NOW);
        }
        assert!(whole > Duration::from_hours(72) && whole < Duration::from_hours(96), "{whole:?}");
        for attempts in [10, 11, u32::MAX] {
            let last = tried(attempts, failed, 1);
            assert_eq!((last.state, last.last, last.due_at), (MessageState::Failed, Some(failed), NOW));
        }
        assert_eq!(tried(10, Delivery::Answered(204), 1).state, MessageState::Delivered);
    }

    #[test]
    fn what_a_try_came_to_reads_back() {
        let failures = SendFailure::ALL.into_iter().map(Delivery::Failed);
        for delivery in failures.chain([Delivery::Answered(204), Delivery::Answered(503)]) {
            assert_eq!(Delivery::from_name(&delivery.to_string()), Some(delivery));
        }
        assert_eq!(Delivery::from_name("-1"), None);
        for state in MessageState::ALL {
            assert_eq!(MessageState::from_name(state.as_str()), Some(state));
        }
    }

    proptest! {
        #[test]
        fn a_wait_is_its_own_to_a_fifth_more(attempts in 1_u32..=9, seed in any::<u64>()) {
            let waited = tried(attempts, Delivery::Answered(500), seed).due_at.since(NOW);
            let least = RETRY_DELAYS[attempts as usize - 1];
            prop_assert!(waited >= least && waited <= least.mul_f64(1.2) + Duration::from_micros(1));
        }
    }
}
