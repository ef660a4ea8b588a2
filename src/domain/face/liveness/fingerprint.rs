//! What a frame looks like from far away: enough to know it again, too little to show anybody.

use std::fmt;

use zeroize::Zeroizing;

/// Columns and rows of a fingerprint.
pub const RASTER: [usize; 2] = [48, 36];
const CELLS: usize = RASTER[0] * RASTER[1];
/// Cells of one side of a block; blocks are compared first.
const BLOCK: usize = 4;
const BLOCKS: usize = CELLS / (BLOCK * BLOCK);
/// A frame whose cells spread less than this about their mean (standard deviation, levels) shows nothing to know again.
const MIN_SPREAD: f32 = 8.0;
/// Spreads that differ more than this are not those of one frame under two exposures.
const MAX_CONTRAST: f32 = 1.25;

/// The luma (0 to 255) of a frame brought to [`RASTER`] by averaging, row by row. Wiped when dropped, never shown by
/// `Debug`: though nobody can be recognised in it, it is made of a person's picture.
#[derive(Clone, PartialEq, Eq)]
pub struct FrameFingerprint(Zeroizing<Vec<u8>>);

impl FrameFingerprint {
    /// Bytes of one fingerprint.
    pub const BYTES: usize = CELLS;

    /// Takes over [`FrameFingerprint::BYTES`] bytes; `None` when there are more or fewer.
    pub fn new(luma: Vec<u8>) -> Option<Self> {
        let luma = Zeroizing::new(luma);
        (luma.len() == CELLS).then_some(Self(luma))
    }

    /// The bytes; keep the borrow short.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Mean absolute difference of the two in levels of 255, after differences of brightness and contrast were taken out;
    /// infinite when one of them shows nothing, or their contrasts are too far apart.
    ///
    /// The same frame encoded anew (JPEG quality 60 to 95), a little brighter or scaled differs by .1 to .4, two frames of a
    /// living head a second apart by more than .4: docs/ACCURACY.md has the figures.
    pub fn difference(&self, other: &Self) -> f32 {
        Relief::of(self).difference(&Relief::of(other))
    }
}

impl fmt::Debug for FrameFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameFingerprint(redacted)")
    }
}

/// A fingerprint made ready for many comparisons: cells less their mean, in units of their spread.
pub(super) struct Relief {
    spread: f32,
    cells: Zeroizing<Vec<f32>>,
    blocks: Zeroizing<Vec<f32>>,
}

impl Relief {
    /// Of a fingerprint.
    pub(super) fn of(fingerprint: &FrameFingerprint) -> Self {
        let luma = fingerprint.expose();
        let mean = luma.iter().map(|cell| f32::from(*cell)).sum::<f32>() / CELLS as f32;
        let mut cells: Vec<f32> = luma.iter().map(|cell| f32::from(*cell) - mean).collect();
        let spread = (cells.iter().map(|cell| cell * cell).sum::<f32>() / CELLS as f32).sqrt();
        for cell in &mut cells {
            *cell /= spread.max(f32::EPSILON);
        }
        let mut blocks = vec![0.0; BLOCKS];
        let across = RASTER[0] / BLOCK;
        for (row, line) in cells.chunks_exact(RASTER[0]).enumerate() {
            let blocks = blocks.iter_mut().skip(row / BLOCK * across);
            for (block, cells) in blocks.zip(line.chunks_exact(BLOCK)) {
                *block += cells.iter().sum::<f32>() / (BLOCK * BLOCK) as f32;
            }
        }
        Self { spread, cells: Zeroizing::new(cells), blocks: Zeroizing::new(blocks) }
    }

    /// See [`FrameFingerprint::difference`].
    pub(super) fn difference(&self, other: &Self) -> f32 {
        self.levels(other).map_or(f32::INFINITY, |levels| levels * mean_difference(&self.cells, &other.cells))
    }

    /// Whether [`Relief::difference`] is below `limit`. Most pairs are told apart by their blocks: the mean difference of
    /// means is never more than that of what they are the means of.
    pub(super) fn is_within(&self, other: &Self, limit: f32) -> bool {
        self.levels(other).is_some_and(|levels| {
            levels * mean_difference(&self.blocks, &other.blocks) < limit
                && levels * mean_difference(&self.cells, &other.cells) < limit
        })
    }

    /// How many levels the common unit of the two is, if they can be compared.
    fn levels(&self, other: &Self) -> Option<f32> {
        let (less, more) = (self.spread.min(other.spread), self.spread.max(other.spread));
        (less >= MIN_SPREAD && more <= less * MAX_CONTRAST).then(|| (less * more).sqrt())
    }
}

fn mean_difference(one: &[f32], other: &[f32]) -> f32 {
    // Eight sums side by side: one alone would have to wait for each addition.
    let mut sums = [0.0_f32; 8];
    for (one, other) in one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0) {
        for ((sum, one), other) in sums.iter_mut().zip(one).zip(other) {
            *sum += (one - other).abs();
        }
    }
    let rest = one.len() / 8 * 8;
    let rest: f32 = one.iter().zip(other).skip(rest).map(|(one, other)| (one - other).abs()).sum();
    (sums.iter().sum::<f32>() + rest) / one.len().max(1) as f32
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A made-up scene: `seed` says which, levels 60 to 180.
    pub(in super::super) fn scene(seed: u32) -> FrameFingerprint {
        let cell = |place: usize| {
            let (x, y) = ((place % RASTER[0]) as f32, (place / RASTER[0]) as f32);
            let phase = seed as f32 * 0.37;
            let wave = (x * 0.21 + phase).sin() + (y * 0.17 - phase * 1.3).cos();
            (120.0 + 30.0 * wave).round().clamp(0.0, 255.0) as u8
        };
        FrameFingerprint::new((0..CELLS).map(cell).collect()).unwrap()
    }

    fn changed(from: &FrameFingerprint, change: impl Fn(usize, f32) -> f32) -> FrameFingerprint {
        let cells = from.expose().iter().enumerate();
        let cells = cells.map(|(place, cell)| change(place, f32::from(*cell)).round().clamp(0.0, 255.0) as u8);
        FrameFingerprint::new(cells.collect()).unwrap()
    }

    #[test]
    fn exposure_is_taken_out_and_another_scene_is_not() {
        let one = scene(1);
        assert!(one.difference(&one) < 1e-3);
        assert!(one.difference(&changed(&one, |_, cell| cell + 15.0)) < 0.01, "brighter");
        assert!(one.difference(&changed(&one, |_, cell| 120.0 + (cell - 120.0) * 1.1)) < 0.4, "more contrast");
        assert!(one.difference(&scene(2)) > 5.0);
        assert!(one.difference(&changed(&one, |_, cell| 120.0 + (cell - 120.0) * 1.4)).is_infinite());
    }

    #[test]
    fn a_frame_that_shows_nothing_is_never_known_again() {
        let plain = FrameFingerprint::new(vec![128; CELLS]).unwrap();
        assert!(plain.difference(&plain).is_infinite());
        assert!(!Relief::of(&plain).is_within(&Relief::of(&plain), 10.0));
    }

    #[test]
    fn other_lengths_are_refused_and_nothing_is_shown() {
        assert!(FrameFingerprint::new(vec![0; CELLS - 1]).is_none());
        assert!(FrameFingerprint::new(vec![0; CELLS + 1]).is_none());
        assert_eq!(format!("{:?}", scene(1)), "FrameFingerprint(redacted)");
    }

    proptest! {
        #[test]
        fn difference_is_symmetric_and_blocks_never_hide_a_likeness(
            seed in 0_u32..500, step in 0_u32..3, noise in prop::collection::vec(-3_i8..=3, CELLS), limit in 0.05_f32..5.0,
        ) {
            let one = scene(seed);
            let other = changed(&scene(seed + step), |place, cell| cell + f32::from(noise[place]));
            let difference = one.difference(&other);
            prop_assert!((difference - other.difference(&one)).abs() < 1e-3);
            let (one, other) = (Relief::of(&one), Relief::of(&other));
            // Not at the very limit, where rounding may decide.
            prop_assume!((difference - limit).abs() > 1e-3);
            prop_assert_eq!(one.is_within(&other, limit), difference < limit);
        }
    }
}
