//! An outbox, a receiver and a courier between them; the clock is moved by the test.

use std::sync::Arc;
use std::time::Duration;

use rastau::app::webhooks::deliver::{Courier, deliver_due_webhooks};
use rastau::app::webhooks::manage::{WebhookError, set_webhook};
use rastau::app::webhooks::queue::queue_webhook;
use rastau::domain::kernel::clock::Clock as _;
use rastau::domain::kernel::id::WebhookId;
use rastau::domain::kernel::observer::Unobserved;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::kernel::testing::{FakeClock, SeededRandomness};
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::operators::operator::OperatorId;
use rastau::domain::webhooks::event::WebhookEvent;
use rastau::domain::webhooks::message::WebhookMessage;
use rastau::domain::webhooks::ports::WebhookFilter;
use rastau::gateways::webhook_http::HttpWebhookSender;

use crate::store::database::{Database, at};
use crate::support::receiver::Receiver;

pub(super) struct World<'a> {
    pub(super) database: &'a Database,
    pub(super) clock: Arc<FakeClock>,
    pub(super) randomness: Arc<SeededRandomness>,
    pub(super) receiver: Receiver,
    pub(super) courier: Courier,
    pub(super) operator: OperatorId,
    pub(super) secret: SecretText,
}

impl<'a> World<'a> {
    /// An operator whose endpoint is the receiver.
    pub(super) async fn new(database: &'a Database) -> Self {
        let operator = database.operator("demo-bet").await.id;
        let clock = Arc::new(FakeClock::new(at(0)));
        let randomness = Arc::new(SeededRandomness::new(3));
        let courier = Courier {
            store: Arc::new(database.store.clone()),
            sender: Arc::new(HttpWebhookSender::new(true).unwrap()),
            clock: clock.clone(),
            randomness: randomness.clone(),
            observer: Arc::new(Unobserved),
        };
        let receiver = Receiver::start();
        let secret = SecretText::new("");
        let mut world = Self { database, clock, randomness, receiver, courier, operator, secret };
        world.secret = world.set(world.receiver.url.as_str()).await.unwrap().unwrap();
        world
    }

    /// Sets the endpoint's URL; the secret if it is new.
    pub(super) async fn set(&self, url: &str) -> Result<Option<SecretText>, WebhookError> {
        let ports = (self.clock.as_ref() as _, self.randomness.as_ref() as _, self.courier.sender.as_ref());
        set_webhook(&self.database.store, ports, &self.operator, url, "test").await.map(|set| set.secret)
    }

    /// Queues so many messages, each in a transaction of its own.
    pub(super) async fn queue(&self, messages: usize) {
        for _ in 0..messages {
            let mut unit = self.database.begin().await;
            let event = WebhookEvent::test();
            let (now, randomness) = (self.clock.now(), self.randomness.as_ref());
            queue_webhook(unit.as_mut(), &self.operator, &event, now, randomness).await.unwrap();
            unit.commit().await.unwrap();
        }
    }

    /// Delivers what is due at this time.
    pub(super) async fn deliver(&self) {
        deliver_due_webhooks(&self.courier).await.unwrap();
    }

    /// Lets time pass and delivers what is due then.
    pub(super) async fn deliver_after(&self, time: Duration) {
        self.clock.advance(time);
        self.deliver().await;
    }

    /// All messages, the oldest first.
    pub(super) async fn messages(&self) -> Vec<WebhookMessage> {
        let mut unit = self.database.read().await;
        let mut messages = unit.list_webhooks(&WebhookFilter::default(), 1_000).await.unwrap();
        messages.reverse();
        messages
    }

    /// The only message.
    pub(super) async fn message(&self) -> WebhookMessage {
        let [message] = self.messages().await.try_into().unwrap();
        message
    }

    /// Kinds of all audit events, in order.
    pub(super) async fn audit(&self) -> Vec<String> {
        let events = self.database.read().await.list_audit(1, 1_000).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }
}

/// Ids as receivers see them.
pub(super) fn ids(world: &World<'_>) -> Vec<WebhookId> {
    world.receiver.seen().iter().map(|message| message.id.parse().unwrap()).collect()
}

/// `now` on the world's clock.
pub(super) fn now(world: &World<'_>) -> Timestamp {
    world.clock.now()
}
