//! Replaying and removing, on both databases.

use std::time::Duration;

use rastau::app::operators::change::{change_operator, set_disabled};
use rastau::app::webhooks::manage::{WebhookError, remove_webhook};
use rastau::app::webhooks::replay::{ReplayError, replay_failed_webhooks, replay_webhook};
use rastau::domain::kernel::id::WebhookId;
use rastau::domain::operators::operator::{OperatorChange, OperatorId};
use rastau::domain::ports::Store as _;
use rastau::domain::webhooks::message::MessageState::{Delivered, Failed};
use rastau::domain::webhooks::message::{Delivery, MessageState, SendFailure, WebhookMessage};

use super::world::{World, ids, now};
use crate::store::database::Database;
use crate::store::on_both_engines;
use crate::support::receiver::Receiver;

on_both_engines! {
    async fn a_message_is_replayed_under_its_own_id(database: &Database) {
        let world = World::new(database).await;
        world.queue(1).await;
        let id = world.message().await.id;
        let (store, clock) = (&database.store, world.clock.as_ref());
        assert_eq!(replay_webhook(store, clock, id, "test").await, Err(ReplayError::Pending(id, now(&world))));
        world.deliver().await;
        replay_webhook(store, clock, id, "test").await.unwrap();
        world.deliver().await;
        assert_eq!(ids(&world), [id, id]);
        let unknown = WebhookId::new(now(&world), world.randomness.as_ref());
        assert_eq!(replay_webhook(store, clock, unknown, "test").await, Err(ReplayError::Unknown(unknown)));
        assert_eq!(world.audit().await, ["webhook_set", "webhook_replayed"]);
    }

    async fn what_failed_since_a_time_is_replayed_and_nothing_else(database: &Database) {
        let world = World::new(database).await;
        world.queue(1).await;
        world.deliver().await;
        world.receiver.answer(410);
        world.clock.advance(Duration::from_hours(1));
        world.queue(2).await;
        let since = now(&world).plus(Duration::from_hours(1));
        world.clock.advance(Duration::from_hours(1));
        world.queue(3).await;
        world.deliver().await;
        let (store, clock) = (&database.store, world.clock.as_ref());
        assert_eq!(replay_failed_webhooks(store, clock, since, None, "test").await.unwrap(), 0, "it is disabled");
        let failed = world.messages().await[1].id;
        let refused = replay_webhook(store, clock, failed, "test").await;
        assert_eq!(refused, Err(ReplayError::NoEndpoint(world.operator.clone())));

        world.receiver.answer(200);
        world.set(world.receiver.url.as_str()).await.unwrap();
        let other = OperatorId::parse("other-bet").unwrap();
        assert_eq!(replay_failed_webhooks(store, clock, since, Some(&other), "test").await.unwrap(), 0);
        let before = world.receiver.seen().len();
        assert_eq!(replay_failed_webhooks(store, clock, since, Some(&world.operator), "test").await.unwrap(), 3);
        world.deliver().await;
        assert_eq!(world.receiver.seen().len(), before + 3);
        let states: Vec<MessageState> = world.messages().await.iter().map(|message| message.state).collect();
        assert_eq!(states, [Delivered, Failed, Failed, Delivered, Delivered, Delivered]);
    }

    async fn whoever_changes_a_registration_the_operator_is_told(database: &Database) {
        let world = World::new(database).await;
        let (store, id) = (&database.store, world.operator.as_str());
        let tools = (world.clock.as_ref() as _, world.randomness.as_ref() as _);
        let change = OperatorChange { name: Some("Another Bet".to_owned()), ..OperatorChange::default() };
        change_operator(store, tools, id, change).await.unwrap();
        for disabled in [true, true, false] {
            set_disabled(store, tools, id, disabled, "").await.unwrap();
        }
        let told = |messages: Vec<WebhookMessage>| -> Vec<&str> {
            messages.iter().map(|message| message.kind.as_str()).collect()
        };
        assert_eq!(told(world.messages().await), ["registration.changed"; 3], "disabling again changed nothing");
    }

    async fn the_address_before_is_told_once_that_messages_go_elsewhere(database: &Database) {
        let world = World::new(database).await;
        let elsewhere = Receiver::start();
        world.set(world.receiver.url.as_str()).await.unwrap();
        assert!(world.receiver.seen().is_empty(), "nothing was changed");
        world.set(elsewhere.url.as_str()).await.unwrap();
        assert_eq!(world.receiver.seen().len(), 1);
        assert!(elsewhere.seen().is_empty());
    }

    async fn an_endpoint_that_is_removed_leaves_failed_messages_and_no_secret(database: &Database) {
        let world = World::new(database).await;
        world.queue(2).await;
        let (store, clock) = (&database.store, world.clock.as_ref());
        assert_eq!(remove_webhook(store, clock, &world.operator, "test").await, Ok(2));
        world.queue(1).await;
        world.deliver().await;
        assert!(world.receiver.seen().is_empty());
        let messages = world.messages().await;
        let gone = Some(Delivery::Failed(SendFailure::EndpointGone));
        assert!(messages.iter().all(|message| message.state == MessageState::Failed && message.last == gone));
        assert_eq!(messages.len(), 2);
        assert!(database.store.read().await.unwrap().list_webhook_endpoints().await.unwrap().is_empty());
        let again = remove_webhook(store, clock, &world.operator, "test").await;
        assert_eq!(again, Err(WebhookError::NoEndpoint(world.operator.clone())));
        assert_eq!(world.audit().await, ["webhook_set", "webhook_removed"]);
    }
}
