use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::face::search::SightingKind;
use crate::domain::kernel::id::SightingId;

fn model() -> ModelHash {
    ModelHash("m".into())
}

fn index() -> ScannedFaceIndex {
    ScannedFaceIndex::new(model(), 1)
}

fn player(number: u128) -> PlayerId {
    PlayerId::from(Uuid::from_u128(number))
}

/// Numbers that follow from a seed and look like nothing.
fn face(seed: u64, width: usize) -> Template {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / 8_388_608.0 - 1.0
    };
    Template::new(model(), std::iter::repeat_with(next).take(width).collect()).unwrap()
}

fn sighting(kind: SightingKind, subject: u128, template: Option<Template>) -> Sighting {
    Sighting {
        id: SightingId::from(Uuid::from_u128(subject)),
        key: SightingKey { kind, subject: Uuid::from_u128(subject) },
        player: Some(player(subject)),
        device: None,
        seen_at: Timestamp::from_seconds(i64::try_from(subject).unwrap()),
        template,
    }
}

async fn subjects(index: &ScannedFaceIndex, probe: &Template, own: u128, since: i64, count: usize) -> Vec<u128> {
    let found = index.nearest(probe, player(own), Timestamp::from_seconds(since), count).await.unwrap();
    found.iter().map(|key| key.subject.as_u128()).collect()
}

#[tokio::test]
async fn a_face_is_found_again_among_more_than_a_chunk_of_others() {
    let index = index();
    let seen = (0..20_000_u64).map(|seed| sighting(SightingKind::Accepted, seed.into(), Some(face(seed, 640))));
    index.apply(seen.collect()).await.unwrap();
    assert_eq!(index.len(), 20_000);
    for seed in [0_u64, 9_999, 16_383, 16_384, 19_999] {
        let mixed = Template::weighted_mean([(0.7, &face(seed, 640)), (0.3, &face(seed + 50_000, 640))]).unwrap();
        assert_eq!(subjects(&index, &mixed, 70_000, 0, 3).await[0], u128::from(seed));
    }
    assert!(format!("{index:?}").contains("redacted"));
}

#[tokio::test]
async fn ones_own_face_is_left_out_but_not_an_attackers_under_ones_iin() {
    let index = index();
    let seen = [SightingKind::Accepted, SightingKind::Rejected].map(|kind| sighting(kind, 1, Some(face(1, 128))));
    index.apply(seen.into()).await.unwrap();
    let mut attacker = sighting(SightingKind::Attacker, 9, Some(face(1, 128)));
    attacker.player = Some(player(1));
    index.apply(vec![attacker]).await.unwrap();
    assert_eq!(subjects(&index, &face(1, 128), 1, 0, 8).await, [9]);
    assert_eq!(subjects(&index, &face(1, 128), 2, 0, 8).await.len(), 3);
}

#[tokio::test]
async fn what_is_too_old_is_neither_found_nor_kept_unless_an_attacker() {
    let index = index();
    let kinds = [SightingKind::Accepted, SightingKind::Attacker];
    index.apply(kinds.map(|kind| sighting(kind, 5, Some(face(5, 128)))).into()).await.unwrap();
    assert_eq!(subjects(&index, &face(5, 128), 1, 5, 8).await.len(), 2);
    assert_eq!(subjects(&index, &face(5, 128), 1, 6, 8).await.len(), 1);
    index.forget_before(Timestamp::from_seconds(6)).await.unwrap();
    assert_eq!(index.len(), 1);
}

#[tokio::test]
async fn templates_of_another_model_are_neither_held_nor_looked_for() {
    let index = index();
    let foreign = Template::new(ModelHash("other".into()), vec![1.0; 128]).unwrap();
    index.apply(vec![sighting(SightingKind::Accepted, 1, Some(foreign.clone()))]).await.unwrap();
    assert!(index.is_empty());
    let refused = index.nearest(&foreign, player(2), Timestamp::from_seconds(0), 8).await;
    assert_eq!(refused, Err(FaceIndexError::OtherModel));
}

#[test]
fn it_is_synced_only_once_somebody_says_so() {
    let index = index();
    assert_eq!(index.synced_at(), None);
    index.mark_synced(Timestamp::from_seconds(0));
    assert_eq!(index.synced_at(), Some(Timestamp::from_seconds(0)));
}

/// Puts (some), takes back (none); subjects meet each other again.
fn changes() -> impl Strategy<Value = Vec<(u128, Option<u64>)>> {
    prop::collection::vec((0_u128..12, prop::option::weighted(0.7, 0_u64..1_000)), 0..60)
}

proptest! {
    /// Against brute force: after any changes, what it finds is what a plain list of the same faces holds, in the
    /// order of their similarity up to the rounding to 8 bits.
    #[test]
    fn it_finds_what_brute_force_finds(changes in changes(), probe in 0_u64..1_000, count in 1_usize..15) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let index = index();
        let mut plain: BTreeMap<u128, Template> = BTreeMap::new();
        for (number, (subject, seed)) in changes.into_iter().enumerate() {
            let template = seed.map(|seed| face(seed, 128));
            let mut change = sighting(SightingKind::Accepted, subject, template.clone());
            change.id = SightingId::from(Uuid::from_u128(number as u128));
            runtime.block_on(index.apply(vec![change])).unwrap();
            match template {
                Some(template) => { plain.insert(subject, template); }
                None => { plain.remove(&subject); }
            }
        }
        prop_assert_eq!(index.len(), plain.len());
        let probe = face(probe, 128);
        let found = runtime.block_on(subjects(&index, &probe, 99, 0, count));
        let mut exact: Vec<f32> = plain.values().map(|face| face.similarity(&probe).unwrap()).collect();
        exact.sort_by(|a, b| b.total_cmp(a));
        prop_assert_eq!(found.len(), count.min(plain.len()));
        for (subject, expected) in found.iter().zip(&exact) {
            let similarity = plain[subject].similarity(&probe).unwrap();
            prop_assert!((similarity - expected).abs() < 0.02, "{} and not {}", similarity, expected);
        }
    }
}
