//! What the law counts in days turns over at midnight in Almaty, and a clock that jumps lets nobody in.

use std::time::Duration;

use rastau::app::oauth::end_restricted::end_restricted_grants;
use rastau::app::restrictions::registry::file::Format;
use rastau::app::restrictions::registry::import::{Imported, RegistryImport, Unwatched, import_registry};
use rastau::domain::operators::scope::Scope;
use rastau::domain::restrictions::{Position, Tolerance, VersionKind};

use super::checks::{ask, give, meet};
use super::webhooks::{listening, queued};
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// A court's file, as people send it.
pub(super) async fn import(world: &World, rows: &str) {
    let file = format!("iin,ground,legal_basis,starts_at,ends_at,source_key\n{rows}");
    let import = RegistryImport {
        source: "court".to_owned(),
        kind: VersionKind::Snapshot,
        format: Format::Csv,
        length: file.len() as u64,
        max_age: Duration::from_hours(24 * 30),
        as_of: None,
        allow_empty: true,
        tolerance: Tolerance::default(),
        sha256: None,
        position: Position::default(),
        follows: None,
    };
    let (store, clock) = (world.services.store.as_ref(), world.services.clock.as_ref());
    let imported = import_registry(store, clock, file.as_bytes(), &import, &mut Unwatched).await.unwrap();
    assert!(matches!(imported, Imported::Counts { .. }), "{imported:?}");
}

async fn allowed(world: &World, subject: &str) -> bool {
    world.allow().await;
    ask(world, &world.bet, subject).await.body["allowed"] == true
}

/// A world at one in the afternoon of 15 January 2027 in Almaty, and a person whom demo-bet knows.
async fn acquainted() -> (World, String) {
    let world = World::production().await;
    world.allow().await;
    give(&world, "demo-bet", Scope::ALL.into_iter().collect()).await;
    let subject = meet(&world, &world.bet).await;
    (world, subject)
}

#[actix_web::test]
async fn a_restriction_begins_and_ends_with_the_day_of_almaty() {
    let (world, subject) = acquainted().await;
    listening(&world).await;
    let code = world.code(&world.bet).await;
    world.exchange(&world.bet, &code).await;
    import(&world, "900101300017,court_decision,A law,2027-01-16,2027-01-18,1\n").await;

    // 23:59:59, while it is evening in UTC.
    world.clock.advance(Duration::from_secs(11 * 3_600 - 1));
    assert_eq!(end_restricted_grants(&world.services).await.unwrap(), 0);
    assert!(allowed(&world, &subject).await);
    world.clock.advance(SECOND);
    // That of the verification, which the acquaintance was made with, and this one.
    assert_eq!(end_restricted_grants(&world.services).await.unwrap(), 2);
    assert!(!allowed(&world, &subject).await);
    let told = queued(&world).await;
    assert_eq!(told.iter().filter(|(kind, _)| *kind == "player.restricted").count(), 2, "{told:?}");

    // It lifts itself: nobody sends anything.
    world.clock.advance(Duration::from_secs(48 * 3_600 - 1));
    assert!(!allowed(&world, &subject).await);
    world.clock.advance(SECOND);
    assert!(allowed(&world, &subject).await);
}

#[actix_web::test]
async fn a_clock_that_jumps_lets_nobody_in() {
    let (world, subject) = acquainted().await;
    import(&world, "").await;
    let asked = async || ask(&world, &world.bet, &subject).await.body["allowed"] == true;
    let now = world.services.clock.now();
    assert!(asked().await);
    // Far ahead every source is old.
    world.clock.advance(Duration::from_hours(24 * 365));
    assert!(!asked().await);
    // Behind, every source is of a time that has not come.
    world.clock.set(now.minus(SECOND));
    assert!(!asked().await);
    world.clock.set(now);
    assert!(asked().await);
}
