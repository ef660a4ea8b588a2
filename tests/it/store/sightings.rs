use rastau::domain::face::comparison::{ModelHash, Template};
use rastau::domain::face::scores::FaceScores;
use rastau::domain::face::search::{Sighting, SightingKey, SightingKind};
use rastau::domain::kernel::handle::HandleHash;
use rastau::domain::kernel::id::{CaseId, PlayerId, SightingId};
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::ports::Store as _;
use rastau::domain::review::case::{Case, CaseStatus};
use uuid::Uuid;

use super::database::{Database, at};
use super::on_both_engines;

fn model() -> ModelHash {
    ModelHash("sface".to_owned())
}

fn template(first: f32) -> Template {
    Template::new(model(), vec![first, 0.5, -0.25]).unwrap()
}

fn sighting(database: &Database, kind: SightingKind, player: PlayerId, seen: i64) -> Sighting {
    Sighting {
        id: SightingId::new(at(seen), database.randomness.as_ref()),
        key: SightingKey::of_player(kind, player),
        player: Some(player),
        device: (kind == SightingKind::Rejected).then_some(HandleHash([4; 32])),
        seen_at: at(seen),
        template: Some(template(seen as f32)),
    }
}

/// Everything of our model, in one page.
async fn all(database: &Database) -> Vec<Sighting> {
    let start = SightingId::least(Timestamp::from_micros(0));
    database.read().await.list_sightings(&model(), start, 100).await.unwrap()
}

async fn put(database: &Database, sightings: &[&Sighting]) {
    let mut unit = database.begin().await;
    for sighting in sightings {
        unit.put_sighting(sighting, &model()).await.unwrap();
    }
    unit.commit().await.unwrap();
}

async fn case(database: &Database) -> CaseId {
    let verification = database.verification().await;
    let case = Case {
        id: CaseId::new(at(1), database.randomness.as_ref()),
        verification: verification.id,
        operator: verification.operator,
        player: None,
        opened_at: at(1),
        status: CaseStatus::Open,
        reasons: Vec::new(),
        scores: FaceScores::default(),
        face_hits: Vec::new(),
        frame: None,
        contest: None,
        attempt: None,
    };
    let mut unit = database.begin().await;
    unit.insert_case(&case).await.unwrap();
    unit.commit().await.unwrap();
    case.id
}

on_both_engines! {
    async fn a_newer_face_of_the_same_kind_takes_the_olders_place(database: &Database) {
        let player = database.player(0).await;
        let old = sighting(database, SightingKind::Accepted, player, 1);
        let rejected = sighting(database, SightingKind::Rejected, player, 2);
        let new = sighting(database, SightingKind::Accepted, player, 3);
        put(database, &[&old, &rejected]).await;
        assert_eq!(all(database).await, [old, rejected.clone()]);
        put(database, &[&new]).await;
        assert_eq!(all(database).await, [rejected, new]);
    }

    async fn faces_are_listed_in_pages_by_id_and_of_one_model(database: &Database) {
        let mut seen = Vec::new();
        for (number, time) in [(0, 10), (1, 20), (2, 30)] {
            seen.push(sighting(database, SightingKind::Accepted, database.player(number).await, time));
        }
        put(database, &seen.iter().collect::<Vec<_>>()).await;
        let mut unit = database.read().await;
        let first = unit.list_sightings(&model(), SightingId::least(at(10)), 2).await.unwrap();
        assert_eq!(first, seen[..2]);
        assert_eq!(unit.list_sightings(&model(), first[1].id, 2).await.unwrap(), seen[2..]);
        assert_eq!(unit.list_sightings(&model(), SightingId::least(at(11)), 9).await.unwrap(), seen[1..]);
        let other = ModelHash("other".to_owned());
        assert!(unit.list_sightings(&other, SightingId::least(at(0)), 9).await.unwrap().is_empty());
    }

    async fn only_what_was_asked_for_and_is_kept_is_found(database: &Database) {
        let (one, two) = (database.player(0).await, database.player(1).await);
        let accepted = sighting(database, SightingKind::Accepted, one, 1);
        let rejected = sighting(database, SightingKind::Rejected, one, 2);
        let mut gone = sighting(database, SightingKind::Accepted, two, 3);
        gone.template = None;
        put(database, &[&accepted, &rejected, &gone]).await;
        let mut unit = database.read().await;
        let found = unit.find_sightings(&model(), &[rejected.key, gone.key]).await.unwrap();
        assert_eq!(found, [rejected]);
        assert!(unit.find_sightings(&model(), &[]).await.unwrap().is_empty());
        assert!(unit.find_sightings(&ModelHash("other".to_owned()), &[accepted.key]).await.unwrap().is_empty());
    }

    async fn an_attacker_is_kept_under_the_case_and_what_was_taken_back_is_listed(database: &Database) {
        let case = case(database).await;
        let mut attacker = sighting(database, SightingKind::Attacker, database.player(0).await, 1);
        attacker.key = SightingKey::of_attacker(case);
        attacker.player = None;
        put(database, &[&attacker]).await;
        assert_eq!(all(database).await, [attacker.clone()]);
        let back = Sighting { id: SightingId::new(at(5), database.randomness.as_ref()), template: None, ..attacker };
        put(database, &[&back]).await;
        assert_eq!(all(database).await, [back]);
    }

    async fn old_faces_leave_and_attackers_stay(database: &Database) {
        let (one, two) = (database.player(0).await, database.player(1).await);
        let old = sighting(database, SightingKind::Accepted, one, 1);
        let older = sighting(database, SightingKind::Rejected, one, 0);
        let young = sighting(database, SightingKind::Accepted, two, 10);
        let mut attacker = sighting(database, SightingKind::Attacker, one, 2);
        attacker.key.subject = Uuid::from_u128(1);
        let mut back = sighting(database, SightingKind::Attacker, one, 3);
        (back.key.subject, back.template) = (Uuid::from_u128(2), None);
        put(database, &[&old, &older, &young, &attacker, &back]).await;
        let mut unit = database.begin().await;
        assert_eq!(unit.delete_sightings(at(10), at(3), 1).await.unwrap(), 1, "at most so many");
        assert_eq!(unit.delete_sightings(at(10), at(3), 9).await.unwrap(), 1);
        unit.commit().await.unwrap();
        assert_eq!(all(database).await, [attacker.clone(), back, young.clone()]);
        let mut unit = database.begin().await;
        assert_eq!(unit.delete_sightings(at(10), at(4), 9).await.unwrap(), 1, "its trace has been seen");
        unit.commit().await.unwrap();
        assert_eq!(all(database).await, [attacker, young]);
    }

    async fn two_are_cleared_from_either_side_and_once(database: &Database) {
        let case = case(database).await;
        let [one, two, three] = [1, 2, 3].map(Uuid::from_u128);
        let mut unit = database.begin().await;
        for (one, other) in [(two, one), (one, two), (two, three)] {
            unit.put_clearance(one, other, case, at(1)).await.unwrap();
        }
        assert_eq!(unit.cleared_with(one).await.unwrap(), [two]);
        assert_eq!(unit.cleared_with(three).await.unwrap(), [two]);
        let mut both = unit.cleared_with(two).await.unwrap();
        both.sort();
        assert_eq!(both, [one, three]);
        assert!(unit.cleared_with(Uuid::from_u128(4)).await.unwrap().is_empty());
    }

    async fn a_template_given_to_another_player_or_under_another_key_is_corrupt(database: &Database) {
        let (one, two) = (database.player(0).await, database.player(1).await);
        put(database, &[&sighting(database, SightingKind::Accepted, one, 1)]).await;
        let start = SightingId::least(at(0));
        let foreign = database.with_keys(&[9]).await;
        let denied = foreign.read().await.unwrap().list_sightings(&model(), start, 9).await;
        assert!(matches!(denied, Err(StoreError::Corrupt(_))), "{denied:?}");
        for change in ["UPDATE face_sighting SET player = $1", "UPDATE face_sighting SET kind = 'attacker', subject = $1"] {
            database.tamper(sqlx::query(change).bind(two.to_string())).await;
            let moved = database.read().await.list_sightings(&model(), start, 9).await;
            assert!(matches!(moved, Err(StoreError::Corrupt(_))), "{moved:?}");
        }
    }
}
