//! The rows: 8-bit vectors in chunks, so that growth never copies what is there already.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::products::{BLOCK_ROWS, Row, WIDTH, products, square};
use crate::domain::face::comparison::Template;
use crate::domain::face::search::{Sighting, SightingKey, SightingKind};
use crate::domain::kernel::id::{PlayerId, SightingId};
use crate::domain::kernel::time::Timestamp;

/// 2 MiB of vectors a chunk.
const CHUNK_ROWS: usize = 16_384;

/// The leading numbers of a template in 8 bits each, and what makes their length 1. Biometric data.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(super) struct Code {
    values: Row,
    scale: f32,
}

impl Code {
    /// Rounds to 254 steps between the least and the greatest; the cosine of two moves by about .001.
    pub(super) fn of(template: &Template) -> Self {
        let leading = template.leading(WIDTH);
        let greatest = leading.iter().fold(0.0_f32, |greatest, value| greatest.max(value.abs())).max(f32::MIN_POSITIVE);
        let mut values = [0_i8; WIDTH];
        for (code, value) in values.iter_mut().zip(leading) {
            *code = (value / greatest * 127.0).round() as i8;
        }
        let length = square(&values) as f32;
        Self { values, scale: if length > 0.0 { 1.0 / length.sqrt() } else { 0.0 } }
    }
}

/// What is known of a row beside its vector.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    key: SightingKey,
    id: SightingId,
    player: Option<PlayerId>,
    seen_at: Timestamp,
}

impl Entry {
    pub(super) fn of(sighting: &Sighting) -> Self {
        Self { key: sighting.key, id: sighting.id, player: sighting.player, seen_at: sighting.seen_at }
    }

    /// Whether it may still be searched.
    pub(super) fn is_kept(&self, since: Timestamp) -> bool {
        self.key.kind == SightingKind::Attacker || self.seen_at >= since
    }

    /// Whether it counts for a face shown under the IIN of `player`.
    pub(super) fn counts(&self, player: PlayerId, since: Timestamp) -> bool {
        let own = self.key.kind != SightingKind::Attacker && self.player == Some(player);
        !own && self.is_kept(since)
    }
}

/// Rows that never move: the room for all of them is taken at once, so that no copy is left behind when it grows.
struct Chunk {
    vectors: Vec<Row>,
    scales: Vec<f32>,
    entries: Vec<Entry>,
}

impl Chunk {
    fn new() -> Self {
        Self {
            vectors: Vec::with_capacity(CHUNK_ROWS),
            scales: Vec::with_capacity(CHUNK_ROWS),
            entries: Vec::with_capacity(CHUNK_ROWS),
        }
    }

    fn set(&mut self, row: usize, entry: Entry, code: &Code) {
        self.vectors[row] = code.values;
        self.scales[row] = code.scale;
        self.entries[row] = entry;
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.vectors.zeroize();
        self.scales.zeroize();
    }
}

/// A row found, ordered by its score and then by its place.
#[derive(PartialEq)]
struct Found {
    score: f32,
    place: usize,
}

impl Eq for Found {}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.score.total_cmp(&other.score).then_with(|| other.place.cmp(&self.place))
    }
}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// All rows, and where each key's stands.
#[derive(Default)]
pub(super) struct IndexTable {
    chunks: Vec<Chunk>,
    places: HashMap<SightingKey, usize>,
}

impl IndexTable {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Takes a face in, in place of the one of its key; what is there already is left alone.
    pub(super) fn put(&mut self, entry: Entry, template: &Template) {
        let known = self.places.get(&entry.key).copied();
        if let Some(place) = known {
            let chunk = &mut self.chunks[place / CHUNK_ROWS];
            if chunk.entries[place % CHUNK_ROWS].id != entry.id {
                chunk.set(place % CHUNK_ROWS, entry, &Code::of(template));
            }
            return;
        }
        let place = self.len();
        if place == self.chunks.len() * CHUNK_ROWS {
            self.chunks.push(Chunk::new());
        }
        let code = Code::of(template);
        let chunk = &mut self.chunks[place / CHUNK_ROWS];
        chunk.vectors.push(code.values);
        chunk.scales.push(code.scale);
        chunk.entries.push(entry);
        self.places.insert(entry.key, place);
    }

    /// Lets go of a face: the last row moves into its place.
    pub(super) fn remove(&mut self, key: SightingKey) {
        let last = self.len().checked_sub(1);
        let (Some(place), Some(last)) = (self.places.remove(&key), last) else { return };
        let chunk = &mut self.chunks[last / CHUNK_ROWS];
        // Zeroed before it is cut off: what lies behind the end of a vector is not wiped by it.
        let row = last % CHUNK_ROWS;
        let code = Zeroizing::new((chunk.vectors[row], chunk.scales[row]));
        chunk.vectors[row].zeroize();
        chunk.vectors.truncate(row);
        chunk.scales.truncate(row);
        let entry = chunk.entries.pop();
        if let Some(entry) = entry
            && place != last
        {
            let code = Code { values: code.0, scale: code.1 };
            self.chunks[place / CHUNK_ROWS].set(place % CHUNK_ROWS, entry, &code);
            self.places.insert(entry.key, place);
        }
        if row == 0 {
            self.chunks.pop();
        }
    }

    /// Lets go of every face that `keep` does not want.
    pub(super) fn retain(&mut self, keep: impl Fn(&Entry) -> bool) {
        let entries = self.chunks.iter().flat_map(|chunk| &chunk.entries);
        let gone: Vec<SightingKey> = entries.filter(|entry| !keep(entry)).map(|entry| entry.key).collect();
        for key in gone {
            self.remove(key);
        }
    }

    /// The `count` nearest of those that `counts`, the nearest first.
    pub(super) fn nearest(&self, probe: &Code, count: usize, counts: impl Fn(&Entry) -> bool) -> Vec<SightingKey> {
        let mut best: BinaryHeap<Reverse<Found>> = BinaryHeap::with_capacity(count + 1);
        let mut floor = f32::NEG_INFINITY;
        let mut block = [0; BLOCK_ROWS];
        for (number, chunk) in self.chunks.iter().enumerate() {
            for (part, rows) in chunk.vectors.chunks(BLOCK_ROWS).enumerate() {
                for (row, product) in (part * BLOCK_ROWS..).zip(products(&probe.values, rows, &mut block)) {
                    // The probe's own scale changes no order.
                    let score = *product as f32 * chunk.scales[row];
                    if score <= floor || !counts(&chunk.entries[row]) {
                        continue;
                    }
                    best.push(Reverse(Found { score, place: number * CHUNK_ROWS + row }));
                    if best.len() > count {
                        best.pop();
                        floor = best.peek().map_or(floor, |least| least.0.score);
                    }
                }
            }
        }
        let found = best.into_sorted_vec();
        found
            .iter()
            .map(|Reverse(row)| self.chunks[row.place / CHUNK_ROWS].entries[row.place % CHUNK_ROWS].key)
            .collect()
    }
}

impl fmt::Debug for IndexTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} faces, redacted)", self.len())
    }
}
