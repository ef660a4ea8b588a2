use std::time::Duration;

use rastau::domain::kernel::id::WebhookId;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::operators::operator::OperatorId;
use rastau::domain::ports::Store as _;
use rastau::domain::webhooks::endpoint::WebhookEndpoint;
use rastau::domain::webhooks::event::WebhookEvent;
use rastau::domain::webhooks::message::{Delivery, MessageState, SendFailure, WebhookMessage};
use rastau::domain::webhooks::ports::WebhookFilter;
use rastau::domain::webhooks::secret::WebhookSecret;

use super::database::{Database, at};
use super::on_both_engines;

/// An endpoint of a new operator, committed.
async fn endpoint(database: &Database, operator: &str) -> WebhookEndpoint {
    let operator = database.operator(operator).await.id;
    let secret = WebhookSecret::draw(database.randomness.as_ref());
    let endpoint = WebhookEndpoint::new(operator, "https://bet.example/hooks".parse().unwrap(), secret, at(0));
    put(database, &endpoint).await;
    endpoint
}

async fn put(database: &Database, endpoint: &WebhookEndpoint) {
    let mut unit = database.begin().await;
    unit.put_webhook_endpoint(endpoint).await.unwrap();
    unit.commit().await.unwrap();
}

fn message(database: &Database, operator: &OperatorId, seconds: i64) -> WebhookMessage {
    let id = WebhookId::new(at(seconds), database.randomness.as_ref());
    WebhookMessage::new(id, operator.clone(), &WebhookEvent::player_restricted("subject".into()), at(seconds))
}

/// Messages of these seconds, queued and committed.
async fn queued(database: &Database, operator: &OperatorId, seconds: &[i64]) -> Vec<WebhookMessage> {
    let mut unit = database.begin().await;
    let mut messages = Vec::new();
    for second in seconds {
        let message = message(database, operator, *second);
        assert!(unit.queue_webhook(&message).await.unwrap());
        messages.push(message);
    }
    unit.commit().await.unwrap();
    messages
}

on_both_engines! {
    async fn an_endpoint_comes_back_and_is_replaced(database: &Database) {
        let one = endpoint(database, "demo-bet").await;
        let mut unit = database.begin().await;
        assert_eq!(unit.find_webhook_endpoint(&one.operator).await.unwrap(), Some(one.clone()));
        let rotated = one.clone().rotated(WebhookSecret::draw(database.randomness.as_ref()), at(5));
        unit.put_webhook_endpoint(&rotated).await.unwrap();
        assert_eq!(unit.find_webhook_endpoint(&one.operator).await.unwrap(), Some(rotated.clone()));
        assert_eq!(unit.list_webhook_endpoints().await.unwrap(), std::slice::from_ref(&rotated));
        let until = rotated.old_secret.as_ref().unwrap().until;
        assert_eq!(unit.drop_old_webhook_secrets(until.minus(Duration::from_micros(1))).await.unwrap(), 0);
        assert_eq!(unit.drop_old_webhook_secrets(until).await.unwrap(), 1);
        let kept = unit.find_webhook_endpoint(&one.operator).await.unwrap().unwrap();
        assert_eq!(kept, WebhookEndpoint { old_secret: None, ..rotated });
        assert!(unit.remove_webhook_endpoint(&one.operator).await.unwrap());
        assert!(!unit.remove_webhook_endpoint(&one.operator).await.unwrap());
        assert_eq!(unit.find_webhook_endpoint(&one.operator).await.unwrap(), None);
    }

    async fn an_endpoint_needs_its_operator(database: &Database) {
        let operator = OperatorId::parse("nobody").unwrap();
        let secret = WebhookSecret::draw(database.randomness.as_ref());
        let orphan = WebhookEndpoint::new(operator, "https://bet.example/".parse().unwrap(), secret, at(0));
        let mut unit = database.begin().await;
        assert_eq!(unit.put_webhook_endpoint(&orphan).await, Err(StoreError::Conflict));
    }

    async fn only_the_url_that_said_gone_is_disabled(database: &Database) {
        let one = endpoint(database, "demo-bet").await;
        let other = "https://bet.example/others".parse().unwrap();
        let mut unit = database.begin().await;
        assert!(!unit.disable_webhook_endpoint(&one.operator, &other, at(1)).await.unwrap());
        assert!(unit.disable_webhook_endpoint(&one.operator, &one.url, at(1)).await.unwrap());
        assert!(!unit.disable_webhook_endpoint(&one.operator, &one.url, at(2)).await.unwrap());
        let disabled = unit.find_webhook_endpoint(&one.operator).await.unwrap().unwrap();
        assert_eq!(disabled.disabled_at, Some(at(1)));
        let (missed, later) = (message(database, &one.operator, 3), message(database, &one.operator, 4));
        assert!(unit.queue_webhook(&missed).await.unwrap(), "to be pulled");
        assert!(unit.queue_webhook(&later).await.unwrap());
        let kept = unit.find_webhook(missed.id).await.unwrap().unwrap();
        assert_eq!(kept.state, MessageState::Failed);
        assert_eq!(kept.last, Some(Delivery::Failed(SendFailure::EndpointGone)));
        assert!(unit.operators_with_webhooks_due(at(100)).await.unwrap().is_empty());
        let (first, end) = (WebhookId::least(at(0)), WebhookId::least(at(1_000)));
        let all = unit.webhooks_between(&one.operator, first, end, 9).await.unwrap();
        assert_eq!(all.iter().map(|message| message.id).collect::<Vec<_>>(), [missed.id, later.id]);
        let rest = unit.webhooks_between(&one.operator, missed.id, end, 9).await.unwrap();
        assert_eq!(rest.iter().map(|message| message.id).collect::<Vec<_>>(), [later.id]);
        assert_eq!(unit.webhooks_between(&one.operator, first, end, 1).await.unwrap().len(), 1);
        assert!(unit.webhooks_between(&one.operator, first, missed.id, 9).await.unwrap().is_empty());
        let other = OperatorId::parse("other-bet").unwrap();
        assert!(unit.webhooks_between(&other, first, end, 9).await.unwrap().is_empty());
    }

    async fn a_secret_is_bound_to_operator_and_url(database: &Database) {
        let one = endpoint(database, "demo-bet").await;
        let foreign = database.with_keys(&[9]).await;
        let denied = foreign.read().await.unwrap().find_webhook_endpoint(&one.operator).await;
        assert!(matches!(denied, Err(StoreError::Corrupt(_))), "{denied:?}");
        database.tamper(sqlx::query("UPDATE webhook_endpoint SET url = 'https://thief.example/'")).await;
        let moved = database.read().await.find_webhook_endpoint(&one.operator).await;
        assert!(matches!(moved, Err(StoreError::Corrupt(_))), "{moved:?}");
    }

    async fn a_message_is_queued_for_an_endpoint_in_use_and_with_its_transaction_alone(database: &Database) {
        let one = endpoint(database, "demo-bet").await;
        let without = database.operator("other-bet").await.id;
        let kept = message(database, &one.operator, 1);
        let mut unit = database.begin().await;
        assert!(unit.queue_webhook(&message(database, &one.operator, 2)).await.unwrap());
        drop(unit);
        let mut unit = database.begin().await;
        assert!(unit.queue_webhook(&kept).await.unwrap());
        assert!(!unit.queue_webhook(&message(database, &without, 3)).await.unwrap());
        unit.commit().await.unwrap();
        let mut unit = database.read().await;
        assert_eq!(unit.list_webhooks(&WebhookFilter::default(), 9).await.unwrap(), std::slice::from_ref(&kept));
        assert_eq!(unit.find_webhook(kept.id).await.unwrap(), Some(kept));
    }

    async fn messages_are_claimed_when_due_in_order_and_by_one_alone(database: &Database) {
        let one = endpoint(database, "demo-bet").await;
        let other = endpoint(database, "other-bet").await;
        let all = queued(database, &one.operator, &[1, 2, 3]).await;
        queued(database, &other.operator, &[9]).await;
        assert_eq!(database.read().await.operators_with_webhooks_due(at(0)).await.unwrap(), []);
        assert_eq!(database.read().await.operators_with_webhooks_due(at(3)).await.unwrap(), std::slice::from_ref(&one.operator));
        let (first, second) = database.race(async |unit| {
            unit.claim_webhooks(&one.operator, at(2), at(60), 8).await.unwrap()
        }).await;
        let leased = |message: &WebhookMessage| WebhookMessage { attempts: 1, due_at: at(60), ..message.clone() };
        assert_eq!(first, all[..2].iter().map(leased).collect::<Vec<_>>());
        assert_eq!(second, []);
        let mut unit = database.begin().await;
        assert_eq!(unit.claim_webhooks(&one.operator, at(60), at(120), 1).await.unwrap()[0].id, all[2].id);
        assert_eq!(unit.claim_webhooks(&one.operator, at(60), at(120), 8).await.unwrap()[0].attempts, 2);
    }

    async fn what_a_try_came_to_counts_while_it_is_the_latest(database: &Database) {
        let one = endpoint(database, "demo-bet").await;
        queued(database, &one.operator, &[1]).await;
        let mut unit = database.begin().await;
        let first = unit.claim_webhooks(&one.operator, at(1), at(2), 8).await.unwrap().remove(0);
        let second = unit.claim_webhooks(&one.operator, at(2), at(3), 8).await.unwrap().remove(0);
        let after = |message: WebhookMessage| message.after(Delivery::Answered(200), at(2), database.randomness.as_ref());
        assert!(!unit.finish_webhook_attempt(&after(first)).await.unwrap());
        let delivered = after(second);
        assert!(unit.finish_webhook_attempt(&delivered).await.unwrap());
        assert!(!unit.finish_webhook_attempt(&delivered).await.unwrap(), "it has come to its end");
        assert_eq!(unit.find_webhook(delivered.id).await.unwrap(), Some(delivered));
    }

    async fn messages_are_listed_newest_first_by_operator_and_state_in_pages(database: &Database) {
        let one = endpoint(database, "demo-bet").await;
        let other = endpoint(database, "other-bet").await;
        let all = queued(database, &one.operator, &[1, 2, 3]).await;
        let theirs = queued(database, &other.operator, &[4]).await;
        let mut unit = database.begin().await;
        assert_eq!(unit.fail_webhooks(&one.operator, SendFailure::EndpointGone, at(5)).await.unwrap(), 3);
        let ids = |messages: Vec<WebhookMessage>| messages.iter().map(|message| message.id).collect::<Vec<_>>();
        let of = |operator: &WebhookEndpoint| WebhookFilter { operator: Some(operator.operator.clone()), ..WebhookFilter::default() };
        assert_eq!(ids(unit.list_webhooks(&WebhookFilter::default(), 2).await.unwrap()), [theirs[0].id, all[2].id]);
        assert_eq!(ids(unit.list_webhooks(&of(&other), 9).await.unwrap()), [theirs[0].id]);
        let older = WebhookFilter { before: Some(all[2].id), state: Some(MessageState::Failed), ..of(&one) };
        assert_eq!(ids(unit.list_webhooks(&older, 9).await.unwrap()), [all[1].id, all[0].id]);
        let pending = WebhookFilter { state: Some(MessageState::Pending), ..WebhookFilter::default() };
        assert_eq!(ids(unit.list_webhooks(&pending, 9).await.unwrap()), [theirs[0].id]);
    }

    async fn messages_are_deleted_after_their_end_and_kept_while_they_wait(database: &Database) {
        let one = endpoint(database, "demo-bet").await;
        let all = queued(database, &one.operator, &[1, 2, 3]).await;
        let mut unit = database.begin().await;
        let claimed = unit.claim_webhooks(&one.operator, at(1), at(100), 8).await.unwrap();
        assert_eq!(claimed.len(), 1);
        assert_eq!(unit.delete_webhooks(at(2), 9).await.unwrap(), 0, "leased, or not past its time");
        assert_eq!(unit.delete_webhooks(at(50), 1).await.unwrap(), 1);
        assert_eq!(unit.delete_webhooks(at(50), 9).await.unwrap(), 1);
        let left = unit.list_webhooks(&WebhookFilter::default(), 9).await.unwrap();
        assert_eq!(left.iter().map(|message| message.id).collect::<Vec<_>>(), [all[0].id]);
    }

    async fn states_that_cannot_be_are_corrupt(database: &Database) {
        let one = endpoint(database, "demo-bet").await;
        let id = queued(database, &one.operator, &[1]).await[0].id;
        database.tamper(sqlx::query("UPDATE webhook_message SET state = 'lost'")).await;
        let found = database.read().await.find_webhook(id).await;
        assert_eq!(found, Err(StoreError::Corrupt("webhook_message.state".to_owned())));
    }
}
