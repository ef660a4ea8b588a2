//! The operator's receiver of webhooks: what it must take, and what it must not (Standard Webhooks).

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::Client;
use url::Url;

use crate::domain::kernel::id::WebhookId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::webhooks::event::WebhookEvent;
use crate::domain::webhooks::secret::WebhookSecret;
use crate::startup;

/// No receiver needs longer (docs/API.md).
const PATIENCE: Duration = Duration::from_secs(15);
/// Libraries of Standard Webhooks allow five minutes.
const TOO_OLD: Duration = Duration::from_mins(10);

/// Where messages go, and the secret that signs them.
#[derive(Clone, Debug)]
pub(super) struct Receiver {
    pub(super) url: Url,
    pub(super) secret: WebhookSecret,
}

/// A way in which a message is not ours, or not of now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Unsigned,
    OtherSecret,
    BodyChanged,
    IdChanged,
    Old,
}

impl Fault {
    pub(super) const ALL: [Self; 5] =
        [Self::Unsigned, Self::OtherSecret, Self::BodyChanged, Self::IdChanged, Self::Old];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::OtherSecret => "other_secret",
            Self::BodyChanged => "body_changed",
            Self::IdChanged => "id_changed",
            Self::Old => "old",
        }
    }

    pub(super) fn rule(self) -> &'static str {
        match self {
            Self::Unsigned => "a message without a signature is refused",
            Self::OtherSecret => "a message that another secret signed is refused",
            Self::BodyChanged => "a message whose body was changed is refused",
            Self::IdChanged => "a message whose id was changed is refused",
            Self::Old => "a message of ten minutes ago is refused (replay)",
        }
    }
}

/// One message as it goes over the wire.
struct Message {
    id: String,
    timestamp: i64,
    signature: Option<String>,
    body: String,
}

impl Receiver {
    fn message(&self, at: Timestamp) -> Message {
        let id = WebhookId::new(at, startup::randomness().as_ref()).to_string();
        let body = WebhookEvent::test().payload(at);
        let signature = Some(self.secret.sign(&id, at.seconds(), &body));
        Message { id, timestamp: at.seconds(), signature, body }
    }

    async fn post(&self, message: &Message) -> Result<u16> {
        let http = Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build()?;
        let mut request = http
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", message.timestamp.to_string())
            .body(message.body.clone());
        if let Some(signature) = &message.signature {
            request = request.header("webhook-signature", signature);
        }
        let answer = request.send().await.with_context(|| format!("{} does not answer in {PATIENCE:?}", self.url))?;
        Ok(answer.status().as_u16())
    }

    /// A message of ours is taken, and so is its repetition: an answer may be lost.
    pub(super) async fn takes_ours(&self) -> Result<()> {
        let message = self.message(startup::clock().now());
        for time in ["first", "second"] {
            let status = self.post(&message).await?;
            ensure!((200..300).contains(&status), "the {time} time it answers {status}");
        }
        Ok(())
    }

    /// Two signatures stand beside each other while a secret is replaced; one that is good will do.
    pub(super) async fn takes_one_of_two_signatures(&self) -> Result<()> {
        let mut message = self.message(startup::clock().now());
        let new = WebhookSecret::draw(startup::randomness().as_ref());
        let foreign = new.sign(&message.id, message.timestamp, &message.body);
        message.signature = message.signature.map(|ours| format!("{foreign} {ours}"));
        let status = self.post(&message).await?;
        ensure!((200..300).contains(&status), "it answers {status}");
        Ok(())
    }

    /// Whatever is not ours is refused, and not by breaking.
    pub(super) async fn refuses(&self, fault: Fault) -> Result<()> {
        let now = startup::clock().now();
        let mut message = self.message(if fault == Fault::Old { now.minus(TOO_OLD) } else { now });
        match fault {
            Fault::Unsigned => message.signature = None,
            Fault::OtherSecret => {
                let other = WebhookSecret::draw(startup::randomness().as_ref());
                message.signature = Some(other.sign(&message.id, message.timestamp, &message.body));
            }
            Fault::BodyChanged => message.body = message.body.replace("webhook.test", "player.restricted"),
            Fault::IdChanged => message.id = WebhookId::new(now, startup::randomness().as_ref()).to_string(),
            Fault::Old => {}
        }
        let status = self.post(&message).await?;
        ensure!((400..500).contains(&status), "it answers {status}");
        Ok(())
    }
}
