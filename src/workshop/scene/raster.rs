//! Draws textured triangles into a frame, the nearest in front.

use crate::vision::animate::FRAME;
use crate::vision::picture::Picture;

/// Steps of shade between none and the brightest that a light has.
const STEPS: usize = 128;
/// The greatest shade: twice what falls on a face that looks at the light.
pub const BRIGHTEST: f32 = 2.0;

/// One corner of a triangle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Corner {
    /// Pixels of the frame, and depth, smaller towards the camera.
    pub at: [f32; 3],
    /// Pixels of the texture.
    pub from: [f32; 2],
    /// How much of the page's light falls here: 0 none, 1 a surface that looks at it.
    pub shade: f32,
    /// How much more of the room's light falls here than did in the texture: 0 as much, .2 a fifth more.
    pub room: f32,
}

/// One in [`Tone`]'s numbers.
const ONE: f32 = 4096.0;

/// What the colours of a texture are multiplied with, by shade, in units of 1 / [`ONE`].
#[derive(Clone, Debug)]
pub struct Tone(Vec<[u32; 3]>);

impl Tone {
    /// `gain` gives red, green and blue for a shade from 0 to [`BRIGHTEST`].
    pub fn new(gain: impl Fn(f32) -> [f32; 3]) -> Self {
        let step = |step| gain(step as f32 / STEPS as f32 * BRIGHTEST).map(|gain| (gain * ONE).round() as u32);
        Self((0..=STEPS).map(step).collect())
    }

    fn at(&self, shade: f32) -> [u32; 3] {
        let step = (shade * (STEPS as f32 / BRIGHTEST)) as usize;
        self.0[step.min(STEPS)]
    }
}

/// Where the colour comes from.
#[derive(Clone, Copy, Debug)]
pub enum Paint<'a> {
    /// A picture.
    Picture(&'a Picture),
    /// A picture with holes: what lies behind a place that is marked stays. One flag a pixel of the picture.
    Pierced(&'a Picture, &'a [bool]),
    /// One colour.
    Plain([f32; 3]),
    /// One colour over what is there already, as thick as the first of [`Corner::from`] says: 0 none, 1 nothing shows
    /// through.
    Veil([f32; 3]),
}

/// A frame that is drawn upon.
#[derive(Debug)]
pub struct Raster {
    picture: Picture,
    depth: Vec<f32>,
}

impl Default for Raster {
    fn default() -> Self {
        Self { picture: Picture::black(FRAME[0], FRAME[1]), depth: vec![f32::INFINITY; (FRAME[0] * FRAME[1]) as usize] }
    }
}

impl Raster {
    /// What was drawn.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// What was drawn, to be changed.
    pub fn picture_mut(&mut self) -> &mut Picture {
        &mut self.picture
    }

    /// Forgets all depths: what is drawn next lies before everything.
    pub fn begin(&mut self) {
        self.depth.fill(f32::INFINITY);
    }

    /// Draws one triangle, from whichever side.
    pub fn draw(&mut self, corners: [&Corner; 3], paint: Paint<'_>, tone: &Tone) {
        let Some(plane) = Plane::through(corners) else { return };
        let width = FRAME[0] as usize;
        let mut by_height = corners.map(|corner| [corner.at[0], corner.at[1]]);
        by_height.sort_by(|a, b| a[1].total_cmp(&b[1]));
        let [top, middle, bottom] = by_height;
        let rows = first(top[1], FRAME[1] as usize)..first(bottom[1], FRAME[1] as usize);
        for row in rows {
            let y = row as f32;
            let long = cross(top, bottom, y);
            let short = if y < middle[1] { cross(top, middle, y) } else { cross(middle, bottom, y) };
            let start = first(long.min(short), width);
            let end = first(long.max(short), width);
            if start >= end {
                continue;
            }
            let (from, to) = (row * width + start, row * width + end);
            let pixels = &mut self.picture.pixels_mut().as_chunks_mut::<3>().0[from..to];
            span(pixels, &mut self.depth[from..to], plane.at(start as f32, y), plane.across, paint, tone);
        }
    }
}

/// The first whole pixel at or after a place, at most `end`; 0 for a place that is no number.
fn first(place: f32, end: usize) -> usize {
    place.clamp(0.0, end as f32).ceil() as usize
}

/// Where the edge from `a` down to `b` crosses the row `y`.
fn cross(a: [f32; 2], b: [f32; 2], y: f32) -> f32 {
    let height = b[1] - a[1];
    if height <= f32::EPSILON { a[0] } else { a[0] + (b[0] - a[0]) * ((y - a[1]) / height).clamp(0.0, 1.0) }
}

/// Depth, place in the texture (two), shade and the room's light.
type Values = [f32; 5];

/// [`Values`] over the frame: they change evenly within one triangle.
struct Plane {
    origin: [f32; 2],
    value: Values,
    across: Values,
    down: Values,
}

impl Plane {
    fn through([a, b, c]: [&Corner; 3]) -> Option<Self> {
        let [ab, ac] = [b, c].map(|other| [other.at[0] - a.at[0], other.at[1] - a.at[1]]);
        let area = ab[0] * ac[1] - ab[1] * ac[0];
        if area.abs() < 1e-6 || !area.is_finite() {
            return None;
        }
        let values = |corner: &Corner| [corner.at[2], corner.from[0], corner.from[1], corner.shade, corner.room];
        let [va, vb, vc] = [a, b, c].map(values);
        let slope =
            |by_b: f32, by_c: f32| std::array::from_fn(|i| ((vb[i] - va[i]) * by_b + (vc[i] - va[i]) * by_c) / area);
        let (across, down) = (slope(ac[1], -ab[1]), slope(-ac[0], ab[0]));
        Some(Self { origin: [a.at[0], a.at[1]], value: va, across, down })
    }

    fn at(&self, x: f32, y: f32) -> Values {
        let [right, below] = [x - self.origin[0], y - self.origin[1]];
        std::array::from_fn(|i| self.value[i] + self.across[i] * right + self.down[i] * below)
    }
}

/// A colour through which nothing shows.
const WHOLE: u32 = 256;

/// Draws one row of a triangle.
fn span(pixels: &mut [[u8; 3]], depth: &mut [f32], values: Values, step: Values, paint: Paint<'_>, tone: &Tone) {
    let row = Row { pixels, depth, values, step, tone };
    match paint {
        Paint::Picture(picture) => {
            let texture = Texture::of(picture);
            row.fill(|place| Some((texture.sample(place), WHOLE)));
        }
        Paint::Pierced(picture, holes) => {
            let texture = Texture::of(picture);
            row.fill(|place| (!texture.is_hole(holes, place)).then(|| (texture.sample(place), WHOLE)));
        }
        Paint::Plain(colour) => {
            let colour = colour.map(|level| level as u8);
            row.fill(|_| Some((colour, WHOLE)));
        }
        Paint::Veil(colour) => {
            let colour = colour.map(|level| level as u8);
            row.fill(|[thick, _]| Some((colour, (thick >> 8).clamp(0, 256) as u32)));
        }
    }
}

/// A place in the texture, in 65,536ths of a pixel.
type Place = [i64; 2];

/// Neighbouring pixels of a triangle, and how its values change from one to the next.
struct Row<'a> {
    pixels: &'a mut [[u8; 3]],
    depth: &'a mut [f32],
    values: Values,
    step: Values,
    tone: &'a Tone,
}

impl Row<'_> {
    /// Fills it with the colours, and their thickness, that are found at the texture's places. Whole numbers and plain
    /// loops: this is where the time goes.
    #[inline]
    fn fill(self, found: impl Fn(Place) -> Option<([u8; 3], u32)>) {
        let fixed = |value: f32| (value * 65_536.0) as i64;
        let [mut z, u, v, mut shade, mut room] = self.values;
        let mut place = [fixed(u), fixed(v)];
        let step = [fixed(self.step[1]), fixed(self.step[2])];
        for (pixel, nearest) in self.pixels.iter_mut().zip(self.depth) {
            if z < *nearest
                && let Some((colour, thick)) = found(place)
            {
                *nearest = z;
                let lit = ((1.0 + room) * ONE) as u32;
                let gain = self.tone.at(shade).map(|gain| (gain * lit) >> 12);
                for channel in 0..3 {
                    let toned = ((u32::from(colour[channel]) * gain[channel] + 2048) >> 12).min(255);
                    let level = toned * thick + u32::from(pixel[channel]) * (WHOLE - thick);
                    pixel[channel] = ((level + 128) >> 8) as u8;
                }
            }
            z += self.step[0];
            place = [place[0] + step[0], place[1] + step[1]];
            shade += self.step[3];
            room += self.step[4];
        }
    }
}

/// A picture to be sampled.
#[derive(Clone, Copy)]
struct Texture<'a> {
    bytes: &'a [u8],
    width: usize,
    height: usize,
}

impl<'a> Texture<'a> {
    fn of(picture: &'a Picture) -> Self {
        Self { bytes: picture.pixels(), width: picture.width() as usize, height: picture.height() as usize }
    }

    fn is_hole(&self, holes: &[bool], place: Place) -> bool {
        let [column, row] = place.map(|along| (along >> 16).max(0) as usize);
        holes.get(row * self.width + column).copied().unwrap_or(false)
    }

    /// Bilinear, the edge repeated.
    #[inline]
    fn sample(&self, place: Place) -> [u8; 3] {
        let along = |place: i64, side: usize| ((place >> 8).max(0) as usize).min((side - 1) << 8);
        let (across, down) = (along(place[0], self.width), along(place[1], self.height));
        let (column, row) = (across >> 8, down >> 8);
        let (right, below) = ((across & 255) as u64, (down & 255) as u64);
        let next = usize::from(column + 1 < self.width);
        let under = if row + 1 < self.height { self.width } else { 0 };
        let first = row * self.width + column;
        let pixel = |place| lanes(self.bytes, place);
        let above = between(pixel(first), pixel(first + next), right);
        let beneath = between(pixel(first + under), pixel(first + under + next), right);
        let mixed = between(above, beneath, below);
        [mixed as u8, (mixed >> 16) as u8, (mixed >> 32) as u8]
    }
}

/// A pixel, one channel in each 16 bits, with the byte that follows in the highest.
#[inline]
fn lanes(bytes: &[u8], pixel: usize) -> u64 {
    let from = pixel * 3;
    let four = match bytes.get(from..from + 4) {
        Some(&[r, g, b, after]) => [r, g, b, after],
        // The last pixel of the picture.
        _ => [bytes[from], bytes[from + 1], bytes[from + 2], 0],
    };
    let spread = u64::from(u32::from_le_bytes(four));
    let spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF;
    (spread | spread << 8) & LANES
}

/// The lower half of each lane.
const LANES: u64 = 0x00FF_00FF_00FF_00FF;

/// All lanes at once: `share` of 256 of the way from one to the other, rounded.
#[inline]
fn between(from: u64, to: u64, share: u64) -> u64 {
    const HALF: u64 = 0x0080_0080_0080_0080;
    ((from * (256 - share) + to * share + HALF) >> 8) & LANES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corner(x: f32, y: f32, z: f32) -> Corner {
        Corner { at: [x, y, z], from: [x, y], shade: 0.0, room: 0.0 }
    }

    fn square(raster: &mut Raster, side: [f32; 2], depth: f32, paint: Paint<'_>) {
        let even = Tone::new(|_| [1.0; 3]);
        let [a, b, c, d] = [
            corner(0.0, 0.0, depth),
            corner(side[0], 0.0, depth),
            corner(0.0, side[1], depth),
            corner(side[0], side[1], depth),
        ];
        raster.draw([&a, &b, &c], paint, &even);
        raster.draw([&b, &c, &d], paint, &even);
    }

    #[test]
    fn a_picture_laid_flat_is_that_picture() {
        let (width, height) = (FRAME[0], FRAME[1]);
        let pixels: Vec<u8> = (0..width * height * 3).map(|i| (i % 251) as u8).collect();
        let picture = Picture::from_pixels(width, height, pixels).unwrap();
        let mut raster = Raster::default();
        square(&mut raster, FRAME.map(|side| side as f32), 1.0, Paint::Picture(&picture));
        assert_eq!(raster.picture().pixels(), picture.pixels());
    }

    #[test]
    fn the_nearer_stays_in_front_whatever_is_drawn_last() {
        let mut raster = Raster::default();
        square(&mut raster, [100.0, 100.0], 1.0, Paint::Plain([10.0; 3]));
        square(&mut raster, [200.0, 100.0], 2.0, Paint::Plain([20.0; 3]));
        assert_eq!(raster.picture().rgb()[50], [10; 3]);
        assert_eq!(raster.picture().rgb()[150], [20; 3]);
        raster.begin();
        square(&mut raster, [200.0, 100.0], 2.0, Paint::Plain([20.0; 3]));
        assert_eq!(raster.picture().rgb()[50], [20; 3]);
    }

    #[test]
    fn a_veil_lets_through_what_it_does_not_cover() {
        let mut raster = Raster::default();
        square(&mut raster, [100.0, 100.0], 2.0, Paint::Plain([20.0; 3]));
        // As thick as it is far to the right: whole at the column 1.
        square(&mut raster, [1.5, 100.0], 1.0, Paint::Veil([120.0; 3]));
        let row = &raster.picture().rgb()[..3];
        assert_eq!(row, [[20; 3], [120; 3], [20; 3]]);
    }

    #[test]
    fn what_lies_behind_a_hole_stays() {
        let mut raster = Raster::default();
        square(&mut raster, [100.0, 100.0], 2.0, Paint::Plain([20.0; 3]));
        let print = Picture::black(100, 100);
        let holes: Vec<bool> = (0..100 * 100).map(|place| place % 100 < 50).collect();
        square(&mut raster, [100.0, 100.0], 1.0, Paint::Pierced(&print, &holes));
        assert_eq!(raster.picture().rgb()[30], [20; 3]);
        assert_eq!(raster.picture().rgb()[70], [0; 3]);
    }
}
