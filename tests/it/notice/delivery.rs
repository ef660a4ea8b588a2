use std::sync::Arc;
use std::time::Duration;

use rastau::app::notices::deliver::{NoticeCourier, deliver_due_notices};
use rastau::app::notices::purge::forget_old_notices;
use rastau::app::notices::queue::{contacts_of, queue_notice};
use rastau::domain::identity::contact::{Channel, Contact};
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::clock::Clock as _;
use rastau::domain::kernel::locale::Locale;
use rastau::domain::notices::{NOTICES_RETENTION, NoticeContent};
use rastau::domain::ports::Store as _;
use rastau::messages::notice::NoticeTexts;

use super::gateway::Mood;
use super::world::{CODE, IINS, World, code, phone};

#[tokio::test]
async fn a_code_is_delivered_once_and_then_forgotten() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    world.tell(0, player, &code()).await.unwrap();
    world.deliver_after(Duration::ZERO).await;
    world.deliver_after(Duration::from_hours(1)).await;
    let [(to, text)] = world.gateway.sent().try_into().unwrap();
    assert_eq!(to, "+77010000001");
    assert!(text.contains(CODE) && text.contains("Demo Bet"), "{text}");
    let mut unit = world.store.read().await.unwrap();
    assert!(unit.list_notices(player, 9).await.unwrap().is_empty(), "text and address are gone");
    let events = world.events(player).await;
    assert_eq!(
        events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["notice_queued", "notice_delivered"]
    );
    for event in events {
        assert!(event.details.contains("enrolment_code") && event.details.contains("sms"), "{}", event.details);
        assert!(!event.details.contains(CODE) && !event.details.contains("7701"), "{}", event.details);
    }
    let counted = world.metrics.text();
    for result in ["queued", "delivered"] {
        let line = format!("rastau_notices_total{{kind=\"enrolment_code\",channel=\"sms\",result=\"{result}\"}} 1");
        assert!(counted.contains(&line), "{counted}");
    }
}

#[tokio::test]
async fn a_notice_stands_and_falls_with_what_it_tells_of() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    let mut unit = world.store.begin().await.unwrap();
    let (to, now) = ([phone(1)], world.clock.now());
    let content = NoticeContent::FactorsForgotten;
    queue_notice(&world.services, unit.as_mut(), player, &to, &content, Locale::Kk, now).await.unwrap();
    drop(unit);
    world.deliver_after(Duration::ZERO).await;
    assert!(world.gateway.sent().is_empty() && world.events(player).await.is_empty());
}

#[tokio::test]
async fn a_gateway_that_fails_is_tried_again_and_its_lost_answer_doubles_nothing() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    world.tell(0, player, &code()).await.unwrap();
    world.gateway.be(Mood::Fails);
    world.deliver_after(Duration::ZERO).await;
    world.gateway.be(Mood::TakesAndFails);
    world.deliver_after(Duration::from_secs(5)).await;
    world.gateway.be(Mood::Takes);
    world.deliver_after(Duration::from_secs(20)).await;
    assert_eq!(world.gateway.sent().len(), 1, "the same id is sent once");
    assert_eq!(world.kinds(player).await, ["notice_queued", "notice_delivered"]);
}

#[tokio::test]
async fn what_is_not_taken_is_given_up_and_the_log_says_so() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    world.gateway.be(Mood::RefusesAddress);
    world.tell(0, player, &NoticeContent::FactorsForgotten).await.unwrap();
    world.deliver_after(Duration::ZERO).await;
    world.gateway.be(Mood::Fails);
    world.tell(0, player, &code()).await.unwrap();
    world.deliver_after(Duration::ZERO).await;
    world.gateway.be(Mood::Takes);
    world.deliver_after(Duration::from_mins(11)).await;
    assert!(world.gateway.sent().is_empty(), "a code that is worth nothing any more is not sent");
    let events = world.events(player).await;
    let given_up: Vec<&str> = events
        .iter()
        .filter(|event| event.kind == "notice_given_up")
        .map(|event| if event.details.contains("address_refused") { "address_refused" } else { "expired" })
        .collect();
    assert_eq!(given_up, ["address_refused", "expired"]);
    assert!(events.last().unwrap().details.contains("expired"));
}

#[tokio::test]
async fn a_channel_that_was_taken_away_ends_what_waits_for_it() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    world.tell(0, player, &code()).await.unwrap();
    let courier = NoticeCourier::new(&world.services, Vec::new(), Arc::new(NoticeTexts));
    deliver_due_notices(&courier).await.unwrap();
    assert_eq!(world.kinds(player).await, ["notice_queued", "notice_given_up"]);
}

#[tokio::test]
async fn couriers_of_several_processes_deliver_each_notice_once() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    for content in [code(), NoticeContent::FactorsForgotten, NoticeContent::SelfRestrictionTakenBack] {
        world.tell(0, player, &content).await.unwrap();
    }
    let other = world.courier.clone();
    let (one, two) = tokio::join!(deliver_due_notices(&world.courier), deliver_due_notices(&other));
    one.unwrap();
    two.unwrap();
    assert_eq!(world.gateway.sent().len(), 3);
    assert_eq!(world.kinds(player).await.iter().filter(|kind| *kind == "notice_delivered").count(), 3);
}

#[tokio::test]
async fn only_channels_that_deliver_are_used() {
    let world = World::production().await;
    let mail = Contact::new(Channel::Email, "aidos@mail.kz").unwrap();
    let player = world.player(0, &[phone(1), mail]).await;
    let iin = Iin::parse(IINS[0]).unwrap();
    assert_eq!(contacts_of(&world.services, &iin).await.unwrap(), [phone(1)]);
    assert_eq!(world.tell(0, player, &code()).await.unwrap().len(), 1);
    let mut nobody = world.services.clone();
    nobody.identity.contacts = None;
    assert!(contacts_of(&nobody, &iin).await.unwrap().is_empty());
}

#[tokio::test]
async fn rows_go_when_their_term_is_over() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    world.tell(0, player, &code()).await.unwrap();
    world.deliver_after(Duration::ZERO).await;
    let count = async || {
        let since = world.clock.now().minus(NOTICES_RETENTION * 2);
        let bucket = rastau::domain::notices::Bucket::of(code().kind());
        let mut unit = world.store.read().await.unwrap();
        unit.earlier_notices(player, &phone(1), bucket, since).await.unwrap().len()
    };
    let store = &world.store;
    world.clock.advance(NOTICES_RETENTION);
    forget_old_notices(store, world.clock.now()).await.unwrap();
    assert_eq!(count().await, 1);
    world.clock.advance(Duration::from_secs(1));
    forget_old_notices(store, world.clock.now()).await.unwrap();
    assert_eq!(count().await, 0);
}
