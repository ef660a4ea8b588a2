//! Messages on their way, on both databases.

use std::sync::Arc;
use std::time::Duration;

use rastau::app::jobs::Job as _;
use rastau::app::jobs::webhooks::WebhookDelivery;
use rastau::app::webhooks::deliver::deliver_due_webhooks;
use rastau::app::webhooks::purge::forget_old_webhooks;
use rastau::domain::webhooks::endpoint::{ROTATION, WebhookEndpoint};
use rastau::domain::webhooks::message::{Delivery, MESSAGE_RETENTION, MessageState, SendFailure};
use rastau::domain::webhooks::secret::WebhookSecret;
use rastau::gateways::webhook_http::HttpWebhookSender;

use super::world::{World, ids, now};
use crate::store::database::Database;
use crate::store::on_both_engines;
use crate::support::receiver::Receiver;

on_both_engines! {
    async fn a_message_comes_signed_once(database: &Database) {
        let world = World::new(database).await;
        world.queue(1).await;
        world.deliver().await;
        world.deliver_after(Duration::from_hours(1)).await;
        let message = world.message().await;
        assert_eq!((message.state, message.attempts, message.last), (MessageState::Delivered, 1, Some(Delivery::Answered(204))));
        let [received] = world.receiver.seen().try_into().unwrap();
        assert!(received.is_signed_by(&world.secret));
        assert_eq!((received.id, received.body), (message.id.to_string(), message.body));
    }

    async fn after_a_500_it_comes_again_with_the_same_id_and_a_time_of_its_own(database: &Database) {
        let world = World::new(database).await;
        world.receiver.answer(500);
        world.queue(1).await;
        world.deliver().await;
        let message = world.message().await;
        assert_eq!((message.state, message.attempts, message.last), (MessageState::Pending, 1, Some(Delivery::Answered(500))));
        world.deliver_after(Duration::from_secs(4)).await;
        assert_eq!(world.receiver.seen().len(), 1, "not before its time");
        world.receiver.answer(200);
        world.deliver_after(Duration::from_secs(3)).await;
        assert_eq!(world.message().await.state, MessageState::Delivered);
        let [first, second] = world.receiver.seen().try_into().unwrap();
        assert_eq!((&first.id, &first.body), (&second.id, &second.body));
        assert_ne!(first.timestamp, second.timestamp);
        assert!(first.is_signed_by(&world.secret) && second.is_signed_by(&world.secret));
    }

    async fn a_receiver_that_never_takes_it_is_tried_ten_times_and_the_message_is_kept(database: &Database) {
        let world = World::new(database).await;
        world.receiver.answer(503);
        world.queue(1).await;
        for _ in 0..15 {
            world.deliver_after(Duration::from_hours(30)).await;
        }
        let message = world.message().await;
        assert_eq!((message.state, message.attempts), (MessageState::Failed, 10));
        assert_eq!(world.receiver.seen().len(), 10);
        let late = message.due_at.plus(MESSAGE_RETENTION);
        forget_old_webhooks(&database.store, late).await.unwrap();
        assert_eq!(world.messages().await.len(), 1);
        forget_old_webhooks(&database.store, late.plus(Duration::from_secs(1))).await.unwrap();
        assert_eq!(world.messages().await.len(), 0);
    }

    async fn at_410_the_endpoint_is_disabled_and_nothing_more_is_sent(database: &Database) {
        let world = World::new(database).await;
        world.receiver.answer(500);
        world.queue(20).await;
        world.deliver().await;
        world.receiver.answer(410);
        world.deliver_after(Duration::from_mins(1)).await;
        let sent = world.receiver.seen().len();
        let messages = world.messages().await;
        assert!(messages.iter().all(|message| message.state == MessageState::Failed));
        assert!(messages.iter().any(|message| message.last == Some(Delivery::Answered(410))));
        assert!(messages.iter().any(|message| message.last == Some(Delivery::Failed(SendFailure::EndpointGone))));
        let endpoint = database.read().await.find_webhook_endpoint(&world.operator).await.unwrap().unwrap();
        assert_eq!(endpoint.disabled_at, Some(now(&world)));
        let disabled = world.audit().await.into_iter().filter(|kind| kind == "webhook_disabled").count();
        assert_eq!(disabled, 1);
        world.queue(1).await;
        world.deliver_after(Duration::from_hours(100)).await;
        assert_eq!((world.receiver.seen().len(), world.messages().await.len()), (sent, 21), "kept to be pulled, and not sent");

        world.receiver.answer(204);
        assert!(world.set(world.receiver.url.as_str()).await.unwrap().is_none(), "the secret stays");
        world.queue(1).await;
        world.deliver().await;
        assert_eq!(world.receiver.seen().len(), sent + 1);
    }

    async fn a_redirect_is_not_followed(database: &Database) {
        let world = World::new(database).await;
        let elsewhere = crate::support::receiver::Receiver::start();
        world.receiver.redirect(&elsewhere.url);
        world.queue(1).await;
        world.deliver().await;
        let message = world.message().await;
        assert_eq!((message.state, message.last), (MessageState::Pending, Some(Delivery::Answered(307))));
        assert_eq!((world.receiver.seen().len(), elsewhere.seen().len()), (1, 0));
    }

    async fn outside_a_sandbox_an_address_that_is_not_public_is_never_called(database: &Database) {
        let mut world = World::new(database).await;
        world.courier.sender = Arc::new(HttpWebhookSender::new(false).unwrap());
        for url in [world.receiver.url.as_str(), "https://localhost/", "https://10.0.0.1/", "https://[::ffff:127.0.0.1]/"] {
            assert!(world.set(url).await.is_err(), "{url}");
        }
        // Set before, or past our door: the check of each delivery still stands.
        world.queue(1).await;
        let url = "https://127.0.0.1/".parse().unwrap();
        let secret = WebhookSecret::draw(world.randomness.as_ref());
        let mut unit = database.begin().await;
        unit.put_webhook_endpoint(&WebhookEndpoint::new(world.operator.clone(), url, secret, now(&world))).await.unwrap();
        unit.commit().await.unwrap();
        world.deliver().await;
        assert_eq!(world.message().await.last, Some(Delivery::Failed(SendFailure::UrlRefused)));
        assert!(world.receiver.seen().is_empty());
    }

    async fn both_secrets_sign_for_a_day_and_then_the_old_one_is_gone(database: &Database) {
        let world = World::new(database).await;
        let rotated = rastau::app::webhooks::manage::rotate_webhook(
            &database.store, world.clock.as_ref(), world.randomness.as_ref(), &world.operator, "test",
        );
        let new = rotated.await.unwrap().secret.unwrap();
        world.queue(1).await;
        world.deliver().await;
        let both = world.receiver.seen()[0].clone();
        assert_eq!(both.signatures.len(), 2);
        assert!(both.is_signed_by(&world.secret) && both.is_signed_by(&new));

        world.clock.advance(ROTATION);
        world.queue(1).await;
        world.deliver().await;
        let one = world.receiver.seen()[1].clone();
        assert_eq!(one.signatures.len(), 1);
        assert!(one.is_signed_by(&new) && !one.is_signed_by(&world.secret));
        forget_old_webhooks(&database.store, now(&world)).await.unwrap();
        let endpoint = database.read().await.find_webhook_endpoint(&world.operator).await.unwrap().unwrap();
        assert_eq!(endpoint.old_secret, None);
    }

    async fn replicas_deliver_each_message_once(database: &Database) {
        let world = World::new(database).await;
        world.queue(30).await;
        let rounds = (0..4).map(|_| {
            let courier = world.courier.clone();
            tokio::spawn(async move { deliver_due_webhooks(&courier).await.unwrap() })
        });
        for round in rounds.collect::<Vec<_>>() {
            round.await.unwrap();
        }
        let mut received = ids(&world);
        received.sort();
        let all: Vec<_> = world.messages().await.iter().map(|message| message.id).collect();
        assert_eq!(received, all);
    }

    async fn a_claim_of_a_process_that_died_is_taken_over_when_its_lease_is_over(database: &Database) {
        let world = World::new(database).await;
        world.queue(1).await;
        let until = now(&world).plus(Duration::from_mins(1));
        let mut unit = database.begin().await;
        let [claimed] = unit.claim_webhooks(&world.operator, now(&world), until, 8).await.unwrap().try_into().unwrap();
        unit.commit().await.unwrap();
        world.deliver_after(Duration::from_secs(59)).await;
        assert!(world.receiver.seen().is_empty(), "leased");
        world.deliver_after(Duration::from_secs(1)).await;
        assert_eq!((world.receiver.seen().len(), world.message().await.attempts), (1, 2));
        // The first comes back to life: what it says of its try counts no more.
        let mut unit = database.begin().await;
        let late = claimed.after(Delivery::Failed(SendFailure::Timeout), now(&world), world.randomness.as_ref());
        assert!(!unit.finish_webhook_attempt(&late).await.unwrap());
    }

    async fn the_service_delivers_by_itself_and_a_receiver_that_stalls_holds_up_nobody_else(database: &Database) {
        let mut world = World::new(database).await;
        let stalled = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        world.set(&format!("http://{}/", stalled.local_addr().unwrap())).await.unwrap();
        world.queue(20).await;
        world.operator = database.operator("other-bet").await.id;
        let receiver = Receiver::start();
        world.set(receiver.url.as_str()).await.unwrap();
        world.queue(20).await;
        let mut service = WebhookDelivery::new(world.courier.clone());
        for _ in 0..200 {
            service.run().await.unwrap();
            if receiver.seen().len() == 20 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(receiver.seen().len(), 20);
    }
}
