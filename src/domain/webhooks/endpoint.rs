//! Where an operator wants its webhooks, and the secrets that sign them.

use std::time::Duration;

use url::Url;

use super::message::WebhookMessage;
use super::secret::WebhookSecret;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;

/// How long the old secret signs beside the new one.
pub const ROTATION: Duration = Duration::from_hours(24);

/// A secret that was replaced and still signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldSecret {
    /// The secret.
    pub secret: WebhookSecret,
    /// Until when it signs.
    pub until: Timestamp,
}

/// An operator's endpoint; one an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Whose.
    pub operator: OperatorId,
    /// Where messages are posted.
    pub url: Url,
    /// What signs them.
    pub secret: WebhookSecret,
    /// What signs them, too, for a while.
    pub old_secret: Option<OldSecret>,
    /// When it was first set.
    pub created_at: Timestamp,
    /// When it was disabled, if it was: the receiver said 410.
    pub disabled_at: Option<Timestamp>,
}

/// A message, signed and ready to be posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedMessage {
    /// Where to.
    pub url: Url,
    /// `webhook-id`: the same with every try.
    pub id: String,
    /// `webhook-timestamp`: of this try, seconds since 1970.
    pub timestamp: i64,
    /// `webhook-signature`: one or two, separated by a space.
    pub signature: String,
    /// The body as it was signed.
    pub body: String,
}

impl WebhookEndpoint {
    /// A new one that is ready for messages.
    pub fn new(operator: OperatorId, url: Url, secret: WebhookSecret, now: Timestamp) -> Self {
        Self { operator, url, secret, old_secret: None, created_at: now, disabled_at: None }
    }

    /// The same with `secret` in front; the one until now signs beside it for [`ROTATION`]. One that was replaced
    /// before is dropped at once.
    #[must_use]
    pub fn rotated(self, secret: WebhookSecret, now: Timestamp) -> Self {
        let old = OldSecret { secret: self.secret, until: now.plus(ROTATION) };
        Self { secret, old_secret: Some(old), ..self }
    }

    /// Signs with every secret that is in force at `now`, the newest first.
    pub fn sign(&self, message: &WebhookMessage, now: Timestamp) -> SignedMessage {
        let (id, timestamp) = (message.id.to_string(), now.seconds());
        let old = self.old_secret.iter().filter(|old| now < old.until).map(|old| &old.secret);
        let signatures: Vec<String> =
            std::iter::once(&self.secret).chain(old).map(|secret| secret.sign(&id, timestamp, &message.body)).collect();
        SignedMessage {
            url: self.url.clone(),
            signature: signatures.join(" "),
            body: message.body.clone(),
            id,
            timestamp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::id::WebhookId;
    use crate::domain::kernel::testing::SeededRandomness;
    use crate::domain::webhooks::event::WebhookEvent;
    use uuid::Uuid;

    #[test]
    fn both_secrets_sign_for_a_day_and_then_the_new_one_alone() {
        let randomness = SeededRandomness::new(1);
        let now = Timestamp::from_seconds(1_000);
        let operator = OperatorId::parse("demo-bet").unwrap();
        let id = WebhookId::from(Uuid::from_u128(1));
        let message = WebhookMessage::new(id, operator.clone(), &WebhookEvent::test(), now);
        let [old, new] = [(); 2].map(|()| WebhookSecret::draw(&randomness));
        let url = Url::parse("https://bet.example/hooks").unwrap();
        let endpoint = WebhookEndpoint::new(operator, url, old.clone(), now);
        let signed = |endpoint: &WebhookEndpoint, at: Timestamp| endpoint.sign(&message, at).signature;
        let by = |secret: &WebhookSecret, at: Timestamp| secret.sign(&id.to_string(), at.seconds(), &message.body);
        assert_eq!(signed(&endpoint, now), by(&old, now));
        let rotated = endpoint.rotated(new.clone(), now);
        assert_eq!(signed(&rotated, now), format!("{} {}", by(&new, now), by(&old, now)));
        let later = now.plus(ROTATION);
        assert_eq!(signed(&rotated, later), by(&new, later));
    }
}
