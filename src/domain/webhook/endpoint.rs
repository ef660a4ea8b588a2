//! Where an operator wants its webhooks, and the secrets that sign them.

use std::time::Duration;

use url::{Host, Url};

use super::address::is_global;
use super::message::WebhookMessage;
use super::secret::WebhookSecret;
use crate::domain::operator::OperatorId;
use crate::domain::time::Timestamp;

/// How long the old secret signs beside the new one.
pub const ROTATION: Duration = Duration::from_hours(24);
/// No URL is longer, bytes.
const LONGEST_URL: usize = 2_048;

/// An address that no webhook may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a webhook needs an absolute https URL of at most 2048 bytes, without user name or fragment, to a public address \
     (http and this machine in the sandbox only)"
)]
pub struct UrlRefused;

/// Who may be called by a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Global addresses alone.
    Public,
    /// This machine alone; in a sandbox.
    Loopback,
}

/// Checks a URL, and says which addresses its name may have. What a name resolves to is checked when it is called.
pub fn check_url(url: &Url, sandbox: bool) -> Result<Reach, UrlRefused> {
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(address.into()),
        Some(Host::Ipv6(address)) => Some(address.into()),
        _ => None,
    };
    let here = literal.map_or(url.host_str() == Some("localhost"), |address: std::net::IpAddr| address.is_loopback());
    let reach = if here && sandbox { Reach::Loopback } else { Reach::Public };
    let scheme = url.scheme() == "https" || (reach == Reach::Loopback && url.scheme() == "http");
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let address = reach == Reach::Loopback || literal.map_or(!here, is_global);
    let good = scheme && bare && address && url.has_host() && url.as_str().len() <= LONGEST_URL;
    if good { Ok(reach) } else { Err(UrlRefused) }
}

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
    use crate::domain::id::WebhookId;
    use crate::domain::ports::testing::SeededRandomness;
    use crate::domain::webhook::event::WebhookEvent;
    use uuid::Uuid;

    fn reach(url: &str, sandbox: bool) -> Option<Reach> {
        check_url(&Url::parse(url).unwrap(), sandbox).ok()
    }

    #[test]
    fn only_https_to_public_addresses_is_taken() {
        for good in [
            "https://bet.example/hooks",
            "https://bet.example:8443/a?b=c",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]/",
        ] {
            assert_eq!(reach(good, false), Some(Reach::Public), "{good}");
            assert_eq!(reach(good, true), Some(Reach::Public), "{good}");
        }
        for bad in [
            "http://bet.example/",
            "ftp://bet.example/",
            "https://user@bet.example/",
            "https://:word@bet.example/",
            "https://bet.example/#part",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest",
            "https://[::ffff:127.0.0.1]/",
            "https://[fd00::1]/",
            // Ways to write 10.0.0.1 that URLs know.
            "https://0xa.0.0.1/",
            "https://167772161/",
            "https://012.1/",
            "data:text/plain,x",
        ] {
            assert_eq!(reach(bad, false), None, "{bad}");
            assert_eq!(reach(bad, true), None, "{bad}");
        }
        assert_eq!(reach(&format!("https://bet.example/{}", "x".repeat(2_048)), false), None);
    }

    #[test]
    fn this_machine_is_for_the_sandbox_alone() {
        for here in
            ["http://localhost:9/", "http://127.0.0.1/", "http://[::1]:9/", "https://localhost/", "http://2130706433/"]
        {
            assert_eq!(reach(here, true), Some(Reach::Loopback), "{here}");
            assert_eq!(reach(here, false), None, "{here}");
        }
        // A name that only looks like it: the resolver has the last word.
        assert_eq!(reach("http://localhost.bet.example/", true), None);
        assert_eq!(reach("https://localhost.bet.example/", true), Some(Reach::Public));
    }

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
