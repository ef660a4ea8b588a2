//! Notices must not be a way to flood somebody, nor a way to keep them from hearing what matters.

use std::time::Duration;

use futures_util::future::join_all;
use rastau::app::notices::queue::NoticeError;
use rastau::domain::notices::NoticeContent;

use super::world::{World, code, phone};

#[tokio::test]
async fn codes_are_limited_by_person_and_whoever_waits_as_told_gets_one() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    for _ in 0..3 {
        world.tell(0, player, &code()).await.unwrap();
        world.clock.advance(Duration::from_mins(1));
    }
    let refused = world.tell(0, player, &code()).await;
    assert_eq!(refused, Err(NoticeError::TooMany { wait: Duration::from_mins(57) }));
    world.clock.advance(Duration::from_mins(57));
    world.tell(0, player, &code()).await.unwrap();
    world.clock.advance(Duration::from_hours(2));
    world.tell(0, player, &code()).await.unwrap();
    let Err(NoticeError::TooMany { wait }) = world.tell(0, player, &code()).await else {
        panic!("the day's are spent")
    };
    assert!(wait > Duration::from_hours(20) && wait < Duration::from_hours(24), "{wait:?}");
    let counted = world.metrics.text();
    let withheld = "rastau_notices_total{kind=\"enrolment_code\",channel=\"sms\",result=\"withheld\"} 2";
    assert!(counted.contains(withheld), "{counted}");
}

#[tokio::test]
async fn another_number_does_not_make_room_and_an_address_is_counted_across_people() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    for _ in 0..3 {
        world.tell(0, player, &code()).await.unwrap();
    }
    world.player(0, &[phone(2)]).await;
    assert!(matches!(world.tell(0, player, &code()).await, Err(NoticeError::TooMany { .. })), "the person is the same");
    let other = world.player(1, &[phone(1)]).await;
    assert!(matches!(world.tell(1, other, &code()).await, Err(NoticeError::TooMany { .. })), "the phone is the same");
    world.player(1, &[phone(3)]).await;
    world.tell(1, other, &code()).await.unwrap();
}

#[tokio::test]
async fn codes_never_use_up_what_security_needs() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    while world.tell(0, player, &code()).await.is_ok() {}
    for content in [NoticeContent::FactorsForgotten, NoticeContent::SelfRestrictionTakenBack] {
        assert_eq!(world.tell(0, player, &content).await.unwrap().len(), 1);
    }
    // Too many of one kind are withheld, and what they tell of happens all the same; other kinds still come.
    for _ in 0..5 {
        world.tell(0, player, &NoticeContent::FactorsForgotten).await.unwrap();
    }
    assert_eq!(world.tell(0, player, &NoticeContent::SelfRestrictionTakenBack).await.unwrap().len(), 1);
    let kinds = world.kinds(player).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "notice_withheld").count(), 3);
    world.deliver_after(Duration::ZERO).await;
    assert_eq!(world.gateway.sent().len(), 3 + 3 + 2);
}

#[tokio::test]
async fn asking_from_many_sides_at_once_gets_no_more() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    let content = code();
    let asked = join_all((0..8).map(|_| world.tell(0, player, &content))).await;
    assert_eq!(asked.iter().filter(|answer| answer.is_ok()).count(), 3);
}
