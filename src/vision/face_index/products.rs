//! Scalar products of 8-bit vectors, with the widest instructions that the processor has.

use pulp::{Arch, NullaryFnOnce};

/// Leading numbers of a template that are looked at; a fused template begins with its first model.
pub(super) const WIDTH: usize = 128;
/// Rows a call: their products stay in the processor's nearest cache.
pub(super) const BLOCK_ROWS: usize = 1024;

/// A vector of 8-bit numbers.
pub(super) type Row = [i8; WIDTH];

/// The square of a vector's length.
pub(super) fn square(row: &Row) -> i32 {
    product(row, row)
}

/// The products of `probe` with each of `rows`, of which there are [`BLOCK_ROWS`] at most.
pub(super) fn products<'a>(probe: &Row, rows: &[Row], into: &'a mut [i32; BLOCK_ROWS]) -> &'a [i32] {
    let into = &mut into[..rows.len()];
    Arch::new().dispatch(Block { probe, rows, into });
    into
}

struct Block<'a> {
    probe: &'a Row,
    rows: &'a [Row],
    into: &'a mut [i32],
}

impl NullaryFnOnce for Block<'_> {
    type Output = ();

    // Not inlined, it would be compiled for the oldest processor.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        for (into, row) in self.into.iter_mut().zip(self.rows) {
            *into = product(self.probe, row);
        }
    }
}

/// At most 128 x 127 x 127: far from where an `i32` ends.
#[allow(clippy::inline_always)]
#[inline(always)]
fn product(a: &Row, b: &Row) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row() -> impl Strategy<Value = Row> {
        prop::collection::vec(-127_i8..=127, WIDTH).prop_map(|values| values.try_into().unwrap())
    }

    proptest! {
        #[test]
        fn a_block_comes_to_what_its_rows_come_to_alone(
            probe in row(),
            rows in prop::collection::vec(row(), 0..40),
        ) {
            let mut into = [0; BLOCK_ROWS];
            let expected: Vec<i32> = rows
                .iter()
                .map(|row| (0..WIDTH).map(|at| i32::from(probe[at]) * i32::from(row[at])).sum())
                .collect();
            prop_assert_eq!(products(&probe, &rows, &mut into), expected);
        }
    }

    #[test]
    fn the_greatest_numbers_fit() {
        assert_eq!(square(&[127; WIDTH]), 128 * 127 * 127);
        let mut into = [0; BLOCK_ROWS];
        assert_eq!(
            products(&[127; WIDTH], &vec![[-127; WIDTH]; BLOCK_ROWS], &mut into),
            [-(128 * 127 * 127); BLOCK_ROWS]
        );
    }
}
