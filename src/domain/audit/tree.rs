//! The log as a Merkle tree (RFC 9162 section 2.1): that an event is in it is shown by a handful of hashes.
//!
//! Leaves are the hashes of the events' chain. Roots of full subtrees of 256 leaves are kept, and of 256 of those, so that a
//! proof reads a few hundred hashes however long the log is.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// Leaves of a full subtree of one level.
pub const TILE: u64 = 256;

/// The hash of an event's leaf.
pub fn leaf(event: &Hash) -> Hash {
    Sha256::new().chain_update([0]).chain_update(event).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root over these; that of nothing is the hash of nothing.
pub fn root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(split(more.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The hashes beside the way from one of these up to their root, the lowest first.
fn path(hashes: &[Hash], place: usize, into: &mut Vec<Hash>) {
    if hashes.len() < 2 {
        return;
    }
    let (left, right) = hashes.split_at(split(hashes.len()));
    if place < left.len() {
        path(left, place, into);
        into.push(root(right));
    } else {
        path(right, place - left.len(), into);
        into.push(root(left));
    }
}

/// The largest power of two below `length`, which is at least 2.
fn split(length: usize) -> usize {
    1 << (usize::BITS - 1 - (length - 1).leading_zeros())
}

/// Shows that an event is in a log of a size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The event's place from 0: its number in the log less 1.
    pub place: u64,
    /// Events of the log.
    pub size: u64,
    /// Hashes beside the way up, the lowest first.
    #[serde(with = "hashes")]
    pub path: Vec<Hash>,
}

impl InclusionProof {
    /// The root that follows from the event's hash; `None` when the proof cannot be one. RFC 9162 section 2.1.3.2.
    pub fn root(&self, event: &Hash) -> Option<Hash> {
        let (mut place, mut last) = (self.place, self.size.checked_sub(1)?);
        if place > last {
            return None;
        }
        let mut hash = leaf(event);
        for beside in &self.path {
            if last == 0 {
                return None;
            }
            if place % 2 == 1 || place == last {
                hash = node(beside, &hash);
                while place != 0 && place % 2 == 0 {
                    (place, last) = (place / 2, last / 2);
                }
            } else {
                hash = node(&hash, beside);
            }
            (place, last) = (place / 2, last / 2);
        }
        (last == 0).then_some(hash)
    }
}

/// What is read of one level for a proof: entries from `from` on, and before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// 0 for leaves, then for each level above.
    pub level: u32,
    /// The first.
    pub from: u64,
    /// After the last.
    pub until: u64,
}

/// Builds the proof of one event level by level; whoever has the hashes is asked for a stretch at a time.
#[derive(Debug)]
pub struct Climb {
    level: u32,
    /// Entries of this level, the tail left out.
    entries: u64,
    place: u64,
    /// The root of what is no full subtree yet, which is the last entry of this level.
    tail: Option<Hash>,
    path: Vec<Hash>,
    size: u64,
    start: u64,
}

impl Climb {
    /// From the event at `place` in a log of `size`; `None` when it is not in there.
    pub fn begin(place: u64, size: u64) -> Option<Self> {
        let path = Vec::new();
        (place < size).then_some(Self { level: 0, entries: size, place, tail: None, path, size, start: place })
    }

    /// Which hashes are needed next: the subtree that the way leads through, and that at the end, where they differ.
    pub fn needs(&self) -> (Stretch, Option<Stretch>) {
        let own = self.stretch(self.place / TILE);
        let last = self.stretch(self.entries / TILE);
        (own, (last.from != own.from && last.from < last.until).then_some(last))
    }

    fn stretch(&self, tile: u64) -> Stretch {
        let from = tile * TILE;
        Stretch { level: self.level, from, until: self.entries.min(from + TILE).max(from) }
    }

    /// Takes what was asked for; the proof and the root once the top is reached.
    pub fn take(&mut self, mut own: Vec<Hash>, mut last: Vec<Hash>) -> Option<(InclusionProof, Hash)> {
        let full = self.entries / TILE;
        let (tile, at_end) = (self.place / TILE, self.place / TILE == full);
        // What follows the last full subtree, the tail among it.
        let rest = if at_end { &mut own } else { &mut last };
        rest.extend(self.tail.take());
        let tail = (!rest.is_empty()).then(|| root(rest));
        path(&own, usize::try_from(self.place % TILE).unwrap_or(0), &mut self.path);
        if full + u64::from(tail.is_some()) == 1 {
            let proof = InclusionProof { place: self.start, size: self.size, path: std::mem::take(&mut self.path) };
            return Some((proof, tail.unwrap_or_else(|| root(&own))));
        }
        (self.level, self.entries, self.place, self.tail) = (self.level + 1, full, tile, tail);
        None
    }
}

/// Hashes as hex.
mod hashes {
    use super::Hash;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::domain) fn serialize<S: Serializer>(hashes: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
        hashes.iter().map(hex::encode).collect::<Vec<_>>().serialize(serializer)
    }

    pub(in crate::domain) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hash>, D::Error> {
        let read = |text: String| {
            let mut hash = [0; 32];
            hex::decode_to_slice(text, &mut hash).map(|()| hash).map_err(serde::de::Error::custom)
        };
        Vec::<String>::deserialize(deserializer)?.into_iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events(count: u64) -> Vec<Hash> {
        (0..count).map(|number| Sha256::digest(number.to_be_bytes()).into()).collect()
    }

    /// Climbs over what is kept: full subtrees alone.
    fn climbed(events: &[Hash], place: u64) -> (InclusionProof, Hash) {
        let mut levels = vec![events.iter().map(leaf).collect::<Vec<_>>()];
        while levels.last().unwrap().len() >= 256 {
            let above = levels.last().unwrap().chunks_exact(256).map(root).collect();
            levels.push(above);
        }
        let of = |stretch: Stretch| {
            let level = levels.get(stretch.level as usize).map_or(&[][..], Vec::as_slice);
            level[usize::try_from(stretch.from).unwrap()..usize::try_from(stretch.until).unwrap()].to_vec()
        };
        let mut climb = Climb::begin(place, events.len() as u64).unwrap();
        loop {
            let (own, last) = climb.needs();
            if let Some(done) = climb.take(of(own), last.map(of).unwrap_or_default()) {
                return done;
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_standard() {
        // RFC 9162 section 2.1.1: the empty tree, and MTH(D[0:1]) as H(0x00 || d).
        assert_eq!(hex::encode(root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let [a, b, c] = [leaf(&[1; 32]), leaf(&[2; 32]), leaf(&[3; 32])];
        assert_eq!(root(&[a, b, c]), node(&node(&a, &b), &c));
    }

    #[test]
    fn logs_of_every_size_about_a_full_subtree_prove_their_events() {
        for size in [1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_793, 131_072] {
            let events = events(size);
            let whole = root(&events.iter().map(leaf).collect::<Vec<_>>());
            for place in [0, 1, 255, 256, size / 2, size.saturating_sub(2), size - 1] {
                let place = place.min(size - 1);
                let (proof, root) = climbed(&events, place);
                assert_eq!(root, whole, "{size}");
                let event = events[usize::try_from(place).unwrap()];
                assert_eq!(proof.root(&event), Some(whole), "{place} of {size}");
            }
        }
    }

    #[test]
    fn nothing_is_proven_of_what_is_not_there() {
        assert!(Climb::begin(3, 3).is_none());
        let proof = |place, size| InclusionProof { place, size, path: Vec::new() };
        assert_eq!(proof(0, 0).root(&[0; 32]), None);
        assert_eq!(proof(1, 1).root(&[0; 32]), None);
        assert_eq!(proof(0, 2).root(&[0; 32]), None, "too short");
        assert_eq!(InclusionProof { place: 0, size: 1, path: vec![[0; 32]] }.root(&[0; 32]), None, "too long");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn no_other_event_place_or_path_has_the_root(
            size in 2_u64..1_500, place: prop::sample::Index, other: prop::sample::Index, way in 0_u8..4,
        ) {
            let events = events(size);
            let place = place.index(events.len());
            let (proof, root) = climbed(&events, place as u64);
            prop_assert_eq!(proof.root(&events[place]), Some(root));
            let read: InclusionProof = serde_json::from_str(&serde_json::to_string(&proof).unwrap()).unwrap();
            prop_assert_eq!(&read, &proof);
            let mut forged = proof.clone();
            let mut event = events[place];
            match way {
                0 => { let beside = other.index(forged.path.len()); forged.path[beside][7] ^= 1; }
                1 => { forged.path.pop(); }
                2 => event[0] ^= 1,
                _ => { let to = other.index(events.len()); prop_assume!(to != place); forged.place = to as u64; }
            }
            prop_assert_ne!(forged.root(&event), Some(root));
        }
    }
}
