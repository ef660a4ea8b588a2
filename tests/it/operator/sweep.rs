//! Who looks for restricted people does not look at everybody each time, and misses nobody.

use std::time::Duration;

use rastau::app::oauth::end_restricted::RestrictionSweep;
use rastau::domain::kernel::handle::hash_handle;
use rastau::domain::kernel::id::GrantId;
use rastau::domain::oauth::authorization::Redemption;
use rastau::domain::oauth::grant::{Grant, MAX_AGE};
use rastau::domain::oauth::status_list::StatusListIndex;

use super::midnight::import;
use super::world::World;

const ROW: &str = "900101300017,court_decision,A law,2027-01-16,,1\n";
/// From the start of a world to a second before the next midnight in Almaty.
const BEFORE_MIDNIGHT: Duration = Duration::from_secs(11 * 3_600 - 1);

async fn granted(world: &World) -> String {
    let code = world.code(&world.bet).await;
    world.exchange(&world.bet, &code).await.body["access_token"].as_str().unwrap().to_owned()
}

/// What an exchange grants that asked just before the restriction came, and is kept after it.
async fn grant(world: &World, code: &str) {
    let (now, randomness) = (world.services.clock.now(), world.services.randomness.as_ref());
    let mut unit = world.services.store.begin().await.unwrap();
    let Redemption::Fresh(code) = unit.redeem_code(hash_handle(code), now).await.unwrap() else {
        panic!("no fresh code")
    };
    let verification = unit.find_verification(code.verification).await.unwrap().unwrap();
    let grant = Grant {
        id: GrantId::new(now, randomness),
        operator: code.operator,
        player: verification.player.unwrap(),
        verification: verification.id,
        factor: verification.factor.unwrap(),
        bound_by: verification.bound_by.unwrap(),
        verified_at: verification.decided_at.unwrap(),
        confirmation: None,
        status: StatusListIndex::draw(now, randomness),
        openid: false,
        expires_at: verification.decided_at.unwrap().plus(MAX_AGE),
        ended_at: None,
    };
    unit.insert_grant(&grant, code.hash).await.unwrap();
    unit.commit().await.unwrap();
}

#[actix_web::test]
async fn what_comes_between_two_looks_is_seen() {
    let world = World::production().await;
    world.allow().await;
    granted(&world).await;
    let mut sweeper = RestrictionSweep::new(world.services.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    world.restrict().await;
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    world.allow().await;
    granted(&world).await;
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
}

#[actix_web::test]
async fn a_start_that_comes_is_seen_though_nothing_was_imported() {
    let world = World::production().await;
    world.allow().await;
    import(&world, ROW).await;
    granted(&world).await;
    let mut sweeper = RestrictionSweep::new(world.services.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    world.clock.advance(BEFORE_MIDNIGHT);
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
}

#[actix_web::test]
async fn a_grant_that_was_decided_on_before_the_look_and_seen_after_it_ends() {
    let world = World::production().await;
    world.allow().await;
    let code = world.code(&world.bet).await;
    world.restrict().await;
    let mut sweeper = RestrictionSweep::new(world.services.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    grant(&world, &code).await;
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
}

#[actix_web::test]
async fn a_clock_that_jumps_back_makes_it_look_at_everybody() {
    let world = World::production().await;
    world.allow().await;
    let code = world.code(&world.bet).await;
    let mut sweeper = RestrictionSweep::new(world.services.clone());
    world.restrict().await;
    let now = world.services.clock.now();
    // Looked at far ahead, where the grant would be too old to be looked at again.
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    world.clock.set(now);
    grant(&world, &code).await;
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
}
