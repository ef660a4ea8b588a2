use rastau::domain::identity::contact::Channel;
use rastau::domain::kernel::id::SelfRestrictionId;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::ports::Store as _;
use rastau::domain::restrictions::self_restriction::SelfRestriction;
use rastau::domain::second_factor::FactorKind;

use super::database::{Database, at, iin};
use super::grants::kept;
use super::on_both_engines;

async fn restriction(database: &Database, number: usize, starts: i64, ends: i64) -> SelfRestriction {
    SelfRestriction {
        id: SelfRestrictionId::new(at(starts), database.randomness.as_ref()),
        player: database.player(number).await,
        verification: database.verification().await.id,
        factor: FactorKind::Totp,
        starts_at: at(starts),
        ends_at: at(ends),
        revocable_until: None,
        taken_back_at: None,
        declared_over: None,
    }
}

on_both_engines! {
    async fn the_registry_says_it_though_no_source_does(database: &Database) {
        let short = restriction(database, 0, 10, 100).await;
        let long = restriction(database, 0, 20, 200).await;
        let mut unit = database.begin().await;
        assert_eq!(unit.self_restricted_until(short.player).await.unwrap(), None);
        unit.insert_self_restriction(&long).await.unwrap();
        unit.insert_self_restriction(&short).await.unwrap();
        assert_eq!(unit.insert_self_restriction(&short).await, Err(StoreError::Conflict));
        assert_eq!(unit.self_restricted_until(short.player).await.unwrap(), Some(at(200)));
        unit.commit().await.unwrap();
        let said = database.store.registry_answer(&iin(0)).await.unwrap();
        assert_eq!(said, (vec![short.restriction(), long.restriction()], Vec::new()));
        assert_eq!(database.store.registry_answer(&iin(1)).await.unwrap(), (Vec::new(), Vec::new()));
    }

    async fn only_what_is_revocable_is_taken_back_in_time_and_once(database: &Database) {
        let firm = restriction(database, 0, 10, 100).await;
        let soft = SelfRestriction {
            revocable_until: Some(at(60)),
            declared_over: Some(Channel::Email),
            ..restriction(database, 0, 20, 200).await
        };
        let player = soft.player;
        let other = database.player(1).await;
        let back = |one: &SelfRestriction, now| SelfRestriction { taken_back_at: Some(at(now)), ..one.clone() };
        let mut unit = database.begin().await;
        unit.insert_self_restriction(&firm).await.unwrap();
        unit.insert_self_restriction(&soft).await.unwrap();
        assert_eq!(unit.revocable_self_restrictions(player, at(59)).await.unwrap(), std::slice::from_ref(&soft));
        assert_eq!(unit.revocable_self_restrictions(player, at(60)).await.unwrap(), []);
        assert_eq!(unit.revocable_self_restrictions(other, at(30)).await.unwrap(), []);
        assert_eq!(unit.end_self_restriction(&back(&firm, 30)).await, Err(StoreError::Conflict), "never");
        assert_eq!(unit.end_self_restriction(&back(&soft, 60)).await, Err(StoreError::Conflict), "too late");
        assert_eq!(unit.end_self_restriction(&back(&soft, 20)).await, Err(StoreError::Conflict), "not begun");
        assert_eq!(unit.self_restricted_until(player).await.unwrap(), Some(at(200)));
        unit.commit().await.unwrap();
        let ended = database.race(async |unit| unit.end_self_restriction(&back(&soft, 30)).await).await;
        assert_eq!(ended, (Ok(()), Err(StoreError::Conflict)));
        let mut unit = database.begin().await;
        assert_eq!(unit.self_restricted_until(player).await.unwrap(), Some(at(100)), "the firm one stands");
        assert_eq!(unit.revocable_self_restrictions(player, at(31)).await.unwrap(), []);
        drop(unit);
        let (said, _) = database.store.registry_answer(&iin(0)).await.unwrap();
        let now: Vec<_> = said.iter().filter(|one| one.ends_at.is_some_and(|end| end > at(30))).collect();
        assert_eq!(now, [&firm.restriction()]);
    }

    async fn what_was_granted_of_them_is_found(database: &Database) {
        let grant = kept(database).await;
        let restriction = SelfRestriction { player: grant.player, ..restriction(database, 0, 10, 100).await };
        let other = database.player(1).await;
        let mut unit = database.begin().await;
        let standing = unit.active_grants(grant.player, at(2)).await.unwrap();
        assert_eq!(standing, std::slice::from_ref(&grant));
        unit.insert_self_restriction(&restriction).await.unwrap();
        for (now, found) in [(9, false), (10, true), (99, true), (100, false)] {
            assert_eq!(unit.restricted_grants(at(now), at(now), None).await.unwrap().len(), usize::from(found), "{now}");
        }
        unit.end_grant(grant.id, at(11)).await.unwrap();
        assert!(unit.active_grants(grant.player, at(12)).await.unwrap().is_empty());
        assert!(unit.active_grants(other, at(2)).await.unwrap().is_empty());
    }
}
