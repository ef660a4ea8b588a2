use std::collections::HashMap;

use rastau::app::restrictions::registry::manage::put;
use rastau::domain::kernel::handle::HandleHash;
use rastau::domain::kernel::id::GrantId;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::oauth::authorization::AuthorizationCode;
use rastau::domain::oauth::confirmation::{Confirmation, Thumbprint};
use rastau::domain::oauth::grant::{Grant, MAX_AGE, NewRefreshToken, ShownRefreshToken};
use rastau::domain::oauth::status_list::StatusListIndex;
use rastau::domain::ports::Store as _;
use rastau::domain::restrictions::{Ground, Restriction};
use rastau::domain::second_factor::{BoundBy, FactorKind};

use super::database::{Database, at, iin};
use super::on_both_engines;
use super::restrictions::{restriction, source};

/// One that the code may give, of the first player.
pub(super) async fn grant(database: &Database, code: &AuthorizationCode) -> Grant {
    Grant {
        id: GrantId::new(at(1), database.randomness.as_ref()),
        operator: code.operator.clone(),
        player: database.player(0).await,
        verification: code.verification,
        factor: FactorKind::Totp,
        bound_by: BoundBy::Wait,
        verified_at: at(1),
        confirmation: Some(Confirmation::DpopKey(Thumbprint([9; 32]))),
        status: StatusListIndex::draw(at(1), database.randomness.as_ref()),
        openid: true,
        expires_at: at(1).plus(MAX_AGE),
        ended_at: None,
    }
}

/// The same, committed.
pub(crate) async fn kept(database: &Database) -> Grant {
    let code = database.code().await;
    let grant = grant(database, &code).await;
    let mut unit = database.begin().await;
    unit.insert_grant(&grant, code.hash).await.unwrap();
    unit.commit().await.unwrap();
    grant
}

fn token(hash: HandleHash, grant: &Grant, generation: u32) -> NewRefreshToken {
    NewRefreshToken { hash, grant: grant.id, generation }
}

/// Of a grant that stands; the time in seconds.
fn shown(generation: u32, used_at: Option<i64>, latest_used: Option<u32>) -> ShownRefreshToken {
    ShownRefreshToken { generation, used_at: used_at.map(at), latest_used, grant_ended_at: None }
}

on_both_engines! {
    async fn a_grant_comes_back_by_id_and_place_and_ends_once(database: &Database) {
        let mut grant = kept(database).await;
        let mut unit = database.begin().await;
        assert_eq!(unit.find_grant(grant.id).await.unwrap(), Some(grant.clone()));
        assert_eq!(unit.grant_at(grant.status).await.unwrap(), Some(grant.clone()));
        assert!(unit.ended_places(grant.status.list).await.unwrap().is_empty());
        assert!(unit.end_grant(grant.id, at(5)).await.unwrap());
        assert!(!unit.end_grant(grant.id, at(6)).await.unwrap());
        grant.ended_at = Some(at(5));
        assert_eq!(unit.find_grant(grant.id).await.unwrap(), Some(grant.clone()));
        assert_eq!(unit.ended_places(grant.status.list).await.unwrap(), [grant.status.index]);
        assert!(unit.ended_places(grant.status.list + 1).await.unwrap().is_empty());
        let unknown = GrantId::new(at(1), database.randomness.as_ref());
        assert_eq!(unit.find_grant(unknown).await.unwrap(), None);
        assert!(!unit.end_grant(unknown, at(5)).await.unwrap());
    }

    async fn a_grant_is_found_by_its_code_and_tells_when_it_was_renewed(database: &Database) {
        let code = database.code().await;
        let grant = grant(database, &code).await;
        let mut unit = database.begin().await;
        assert_eq!(unit.grant_of_code(code.hash).await.unwrap(), None, "not redeemed yet");
        unit.insert_grant(&grant, code.hash).await.unwrap();
        for (generation, seconds) in [(1, 30), (0, 2), (1, 31)] {
            let token = token(database.handle(), &grant, generation);
            unit.insert_refresh_tokens(&[token], at(seconds)).await.unwrap();
        }
        unit.commit().await.unwrap();
        let other = kept(database).await;
        let mut unit = database.read().await;
        assert_eq!(unit.grant_of_code(code.hash).await.unwrap(), Some(grant.clone()));
        assert_eq!(unit.refresh_tokens_of(grant.id).await.unwrap(), [(0, at(2)), (1, at(30)), (1, at(31))]);
        assert!(unit.refresh_tokens_of(other.id).await.unwrap().is_empty());
    }

    async fn a_player_was_verified_when_their_grants_say_so(database: &Database) {
        let grant = kept(database).await;
        let code = database.code().await;
        let later = Grant { verified_at: at(50), ..self::grant(database, &code).await };
        let mut unit = database.begin().await;
        unit.insert_grant(&later, code.hash).await.unwrap();
        assert!(unit.end_grant(grant.id, at(5)).await.unwrap());
        assert_eq!(unit.verified_since(grant.player, at(0)).await.unwrap(), [at(1), at(50)], "ended ones, too");
        assert_eq!(unit.verified_since(grant.player, at(1)).await.unwrap(), [at(50)]);
        assert!(unit.verified_since(grant.player, at(50)).await.unwrap().is_empty());
        unit.commit().await.unwrap();
        let nobody = database.player(1).await;
        let mut unit = database.read().await;
        assert!(unit.verified_since(nobody, at(0)).await.unwrap().is_empty());
    }

    async fn grants_that_many_ask_for_at_once_are_their_own(database: &Database) {
        let mut grants = Vec::new();
        for _ in 0..3 {
            grants.push(kept(database).await);
        }
        let nowhere = StatusListIndex { list: grants[0].status.list + 1, index: grants[0].status.index };
        let places = grants.iter().map(|grant| grant.status).chain([nowhere, grants[0].status]);
        let found = futures_util::future::join_all(places.map(|place| database.store.grant_at(place))).await;
        let found: Vec<_> = found.into_iter().map(Result::unwrap).collect();
        let [one, two, three] = grants.try_into().unwrap();
        assert_eq!(found, [Some(one.clone()), Some(two), Some(three), None, Some(one)]);
    }

    async fn a_grant_that_cannot_be_read_is_nobody_elses_trouble(database: &Database) {
        let (one, two, three) = (kept(database).await, kept(database).await, kept(database).await);
        let hashes = [(); 3].map(|()| database.handle());
        let mut unit = database.begin().await;
        let tokens = [token(hashes[0], &one, 0), token(hashes[1], &two, 0), token(hashes[2], &three, 0)];
        unit.insert_refresh_tokens(&tokens, at(2)).await.unwrap();
        unit.commit().await.unwrap();
        let damage = sqlx::query("UPDATE play_grant SET factor = 'none' WHERE id = $1").bind(two.id.to_string());
        database.tamper(damage).await;
        let store = &database.store;
        let places = [one.status, two.status, three.status];
        let at_places = futures_util::future::join_all(places.map(|place| store.grant_at(place))).await;
        let of_tokens = futures_util::future::join_all(hashes.map(|hash| store.grant_of_refresh_token(hash))).await;
        assert!(at_places[0].is_ok() && at_places[2].is_ok(), "{at_places:?}");
        assert!(matches!(at_places[1], Err(StoreError::Corrupt(_))), "{at_places:?}");
        assert!(of_tokens[0].is_ok() && of_tokens[2].is_ok(), "{of_tokens:?}");
        assert!(matches!(of_tokens[1], Err(StoreError::Corrupt(_))), "{of_tokens:?}");
    }

    async fn every_confirmation_reads_back(database: &Database) {
        for confirmation in [None, Some(Confirmation::Certificate(Thumbprint([1; 32])))] {
            let code = database.code().await;
            let grant = Grant { confirmation, ..grant(database, &code).await };
            let mut unit = database.begin().await;
            unit.insert_grant(&grant, code.hash).await.unwrap();
            assert_eq!(unit.find_grant(grant.id).await.unwrap(), Some(grant));
            unit.commit().await.unwrap();
        }
    }

    async fn two_grants_never_share_a_place(database: &Database) {
        let first = kept(database).await;
        let code = database.code().await;
        let second = Grant { status: first.status, ..grant(database, &code).await };
        let mut unit = database.begin().await;
        assert_eq!(unit.insert_grant(&second, code.hash).await, Err(StoreError::Conflict));
        // The transaction goes on: another place is drawn.
        let moved = Grant { status: StatusListIndex { index: first.status.index ^ 1, ..first.status }, ..second };
        unit.insert_grant(&moved, code.hash).await.unwrap();
        unit.commit().await.unwrap();
    }

    async fn a_refresh_token_is_kept_once_and_says_when_it_was_used(database: &Database) {
        let grant = kept(database).await;
        let hash = database.handle();
        let mut unit = database.begin().await;
        unit.insert_refresh_tokens(&[token(hash, &grant, 7)], at(2)).await.unwrap();
        assert_eq!(unit.insert_refresh_tokens(&[token(hash, &grant, 7)], at(2)).await, Err(StoreError::Conflict));
        unit.commit().await.unwrap();
        assert_eq!(database.read().await.grant_of_refresh_token(hash).await.unwrap(), Some(grant.clone()));
        database.race(async |unit| unit.use_refresh_tokens(&[hash], at(3)).await.unwrap()).await;
        let mut unit = database.begin().await;
        let again = unit.use_refresh_tokens(&[hash], at(4)).await.unwrap();
        assert_eq!(again, HashMap::from([(hash, shown(7, Some(3), Some(7)))]), "the first use counts");
        assert!(unit.use_refresh_tokens(&[database.handle()], at(3)).await.unwrap().is_empty());
        assert_eq!(unit.grant_of_refresh_token(database.handle()).await.unwrap(), None);
    }

    async fn a_use_that_is_rolled_back_did_not_happen(database: &Database) {
        let grant = kept(database).await;
        let hash = database.handle();
        let mut unit = database.begin().await;
        unit.insert_refresh_tokens(&[token(hash, &grant, 0)], at(2)).await.unwrap();
        unit.commit().await.unwrap();
        for _ in 0..2 {
            let mut unit = database.begin().await;
            let used = unit.use_refresh_tokens(&[hash], at(3)).await.unwrap();
            assert_eq!(used, HashMap::from([(hash, shown(0, None, None))]));
        }
    }

    async fn grants_of_the_restricted_are_found_while_both_last(database: &Database) {
        let grant = kept(database).await;
        let found = async |now| database.read().await.restricted_grants(at(now), at(now), None).await.unwrap();
        assert!(found(2).await.is_empty());
        // From a minute before 0 to 600.
        let until = restriction("self", "1", Ground::SelfRestriction);
        let later = Restriction { starts_at: at(1_000), ..restriction("debtors", "1", Ground::Debtor) };
        let of_another = restriction("court", "1", Ground::CourtDecision);
        put(&database.store, &source("self", 0), &[(iin(0), until)]).await.unwrap();
        put(&database.store, &source("debtors", 0), &[(iin(0), later)]).await.unwrap();
        put(&database.store, &source("court", 0), &[(iin(1), of_another)]).await.unwrap();
        assert_eq!(found(2).await, std::slice::from_ref(&grant));
        assert_eq!(found(599).await, std::slice::from_ref(&grant));
        assert!(found(600).await.is_empty());
        assert_eq!(found(1_000).await, std::slice::from_ref(&grant));
        assert!(found(1 + 12 * 3600).await.is_empty(), "it has expired anyway");
        let mut unit = database.begin().await;
        unit.end_grant(grant.id, at(3)).await.unwrap();
        unit.commit().await.unwrap();
        assert!(found(4).await.is_empty());
    }

    async fn the_restricted_are_looked_for_in_parts(database: &Database) {
        let mut grants = Vec::new();
        for second in 0..5 {
            let code = database.code().await;
            let id = GrantId::new(at(second), database.randomness.as_ref());
            let grant = Grant { id, expires_at: at(100 + second), ..grant(database, &code).await };
            grants.push((grant, code.hash));
        }
        let mut unit = database.begin().await;
        for (grant, code) in &grants {
            unit.insert_grant(grant, *code).await.unwrap();
        }
        unit.commit().await.unwrap();
        let debtor = Restriction { ends_at: None, ..restriction("debtors", "1", Ground::Debtor) };
        put(&database.store, &source("debtors", 0), &[(iin(0), debtor)]).await.unwrap();
        let mut unit = database.read().await;
        for (count, expiry) in [(1, Some(at(100))), (2, Some(at(101))), (5, Some(at(104))), (6, None)] {
            assert_eq!(unit.expiry_of_standing(at(5), count).await.unwrap(), expiry);
        }
        assert_eq!(unit.expiry_of_standing(at(103), 2).await.unwrap(), Some(at(104)));
        for (from, through, found) in [(5, None, 5), (5, Some(101), 2), (101, Some(104), 4), (105, None, 0)] {
            let restricted = unit.restricted_grants(at(5), at(from), through.map(at)).await.unwrap();
            assert_eq!(restricted.len(), found, "{from} to {through:?}");
        }
        for (first, found) in [(0, 5), (3, 2), (5, 0)] {
            assert_eq!(unit.restricted_grants_since(at(5), GrantId::least(at(first))).await.unwrap().len(), found);
        }
        assert_eq!(unit.restricted_grants_since(at(102), GrantId::least(at(0))).await.unwrap().len(), 2);
    }

    async fn whatever_comes_or_goes_leaves_a_mark(database: &Database) {
        let mark = async || database.read().await.registry_mark().await.unwrap();
        let next = async |now| database.read().await.next_restriction(at(now)).await.unwrap();
        let (nothing, none) = (mark().await, next(0).await);
        assert_eq!((nothing.clone(), none), (mark().await, None));
        let ahead = |seconds| {
            let restriction = Restriction { starts_at: at(seconds), ends_at: None, ..restriction("debtors", "1", Ground::Debtor) };
            (iin(0), restriction)
        };
        put(&database.store, &source("debtors", 0), &[ahead(1_000)]).await.unwrap();
        let first = mark().await;
        assert_ne!(first, nothing);
        assert_eq!((next(999).await, next(1_000).await), (Some(at(1_000)), None));
        put(&database.store, &source("debtors", 0), &[ahead(2_000)]).await.unwrap();
        assert_ne!(mark().await, first);
        assert_eq!(next(0).await, Some(at(2_000)), "what no longer counts is not waited for");
    }

    async fn all_of_an_operator_end_together(database: &Database) {
        let (one, two) = (kept(database).await, kept(database).await);
        let mut unit = database.begin().await;
        assert!(unit.end_grant(one.id, at(3)).await.unwrap());
        assert_eq!(unit.count_grants_of(&one.operator, at(4)).await.unwrap(), 1);
        assert_eq!(unit.end_grants_of(&one.operator, at(4)).await.unwrap(), 1);
        assert_eq!(unit.count_grants_of(&one.operator, at(4)).await.unwrap(), 0);
        assert_eq!(unit.end_grants_of(&one.operator, at(4)).await.unwrap(), 0);
        let ended = [unit.find_grant(one.id).await.unwrap(), unit.find_grant(two.id).await.unwrap()];
        assert_eq!(ended.map(|grant| grant.unwrap().ended_at), [Some(at(3)), Some(at(4))]);
    }

    async fn tokens_are_used_together_each_by_itself(database: &Database) {
        let (one, two) = (kept(database).await, kept(database).await);
        let [first, second, third, unknown] = [(); 4].map(|()| database.handle());
        let mut unit = database.begin().await;
        let tokens = [token(first, &one, 0), token(second, &one, 1), token(third, &two, 0)];
        unit.insert_refresh_tokens(&tokens, at(2)).await.unwrap();
        unit.use_refresh_tokens(&[second], at(3)).await.unwrap();
        unit.end_grant(two.id, at(3)).await.unwrap();
        let used = unit.use_refresh_tokens(&[first, second, third, unknown], at(4)).await.unwrap();
        let of_ended = ShownRefreshToken { grant_ended_at: Some(at(3)), ..shown(0, None, None) };
        let expected = [(first, shown(0, None, Some(1))), (second, shown(1, Some(3), Some(1))), (third, of_ended)];
        assert_eq!(used, HashMap::from(expected), "each with its grant's latest and its end");
        let two = Grant { ended_at: Some(at(3)), ..two };
        unit.commit().await.unwrap();
        let found = futures_util::future::join_all(
            [first, third, unknown].map(|hash| database.store.grant_of_refresh_token(hash)),
        )
        .await;
        assert_eq!(found, [Ok(Some((one, iin(0)))), Ok(Some((two, iin(0)))), Ok(None)]);
    }

    async fn a_proof_is_fresh_once_until_it_is_forgotten(database: &Database) {
        let hash = database.handle();
        let shown = |until, now| database.store.remember_proof(hash, at(until), at(now));
        let both = futures_util::future::join_all([shown(100, 1), shown(100, 1), shown(100, 1)]).await;
        let fresh = both.into_iter().filter(|fresh| *fresh == Ok(true)).count();
        assert_eq!(fresh, 1, "of those who come at once one is the first");
        assert!(!shown(100, 99).await.unwrap());
        assert!(shown(200, 100).await.unwrap(), "by then its nonce is old");
        let other = database.handle();
        let mut unit = database.begin().await;
        let fresh = unit.remember_proofs(&[(hash, at(200)), (other, at(200))], at(101)).await.unwrap();
        assert_eq!(fresh.into_iter().collect::<Vec<_>>(), [other]);
    }
}
