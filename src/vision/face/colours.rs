//! The colours of face and surroundings, for the light of the page to be read from.

use super::quality::SKIN;
use crate::domain::face::liveness::signs::SceneColours;
use crate::vision::picture::Picture;

/// The surroundings are the frame's outer columns, this share of its width on each side, above the shoulders.
const COLUMNS: f32 = 0.1;
const ABOVE: f32 = 0.7;
/// Every so many pixels across and down are enough.
const STEP: usize = 4;

/// Means over the skin of the aligned 112 x 112 face and over the surroundings in its picture.
pub fn measure(picture: &Picture, aligned: &Picture) -> SceneColours {
    let [columns, rows] = SKIN;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let side = ((width as f32 * COLUMNS) as usize).max(1);
    let outer = (0..side).chain(width.saturating_sub(side)..width).step_by(STEP);
    let above = (0..(height as f32 * ABOVE) as usize).step_by(STEP);
    SceneColours { face: mean(aligned, &columns.step_by(2), rows.step_by(2)), background: mean(picture, &outer, above) }
}

fn mean(
    picture: &Picture,
    columns: &(impl Iterator<Item = usize> + Clone),
    rows: impl Iterator<Item = usize>,
) -> [f32; 3] {
    let (pixels, width) = (picture.rgb(), picture.width() as usize);
    let (mut sum, mut count) = ([0_u64; 3], 0_u64);
    for row in rows {
        for pixel in columns.clone().filter_map(|column| pixels.get(row * width + column)) {
            for (sum, value) in sum.iter_mut().zip(pixel) {
                *sum += u64::from(*value);
            }
            count += 1;
        }
    }
    sum.map(|sum| sum as f32 / count.max(1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skin_and_surroundings_are_told_apart() {
        let mut picture = Picture::black(640, 480);
        for (place, pixel) in picture.pixels_mut().as_chunks_mut::<3>().0.iter_mut().enumerate() {
            *pixel = if (64..576).contains(&(place % 640)) { [200, 150, 120] } else { [10, 20, 30] };
        }
        let mut aligned = Picture::black(112, 112);
        aligned.pixels_mut().as_chunks_mut::<3>().0.fill([200, 150, 120]);
        let colours = measure(&picture, &aligned);
        assert_eq!(colours, SceneColours { face: [200.0, 150.0, 120.0], background: [10.0, 20.0, 30.0] });
    }
}
