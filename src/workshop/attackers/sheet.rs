//! Something flat that is held before the camera: a print, a screen.

use super::super::actor::Shown;
use super::super::motion::Sway;
use super::super::seeded_rng::SeededRng;
use crate::vision::animate::{AnimateError, FRAME, MARGIN};
use crate::vision::picture::Picture;
use crate::vision::picture::geometry::{Area, crop, resize};
use crate::workshop::scene::camera::{Camera, tone};
use crate::workshop::scene::lens::{DISTANCE, approach, inward, outward};
use crate::workshop::scene::page_light::Lighting;
use crate::workshop::scene::pose::Pose;
use crate::workshop::scene::puppet::Puppet;
use crate::workshop::scene::raster::{Corner, Paint, Raster, Tone};

/// Pieces that a sheet is drawn in: enough for a bent one to look round.
const PIECES: [usize; 2] = [16, 8];
/// What of the page's light falls on the wall behind the sheet, against a face.
const WALL_SHEEN: f32 = 0.12;
/// The wall is so far behind the sheet, pixels.
const WALL_DEPTH: f32 = 300.0;
/// How coarse the wall is blurred, pixels.
const BLUR: u32 = 20;
/// White rim of a print, pixels.
const RIM: usize = 9;

/// How a sheet is held: as a head is, and bent about its upright axis.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    pub(super) pose: Pose,
    /// Degrees of arc from edge to edge.
    pub(super) bend: f32,
}

/// A print before a wall, and the camera before both.
#[derive(Debug)]
pub(super) struct HeldPrint {
    print: Sheet,
    wall: Wall,
    raster: Raster,
    camera: Camera,
    lighting: Lighting,
}

impl HeldPrint {
    /// A print of the victim.
    pub(super) fn new(victim: &Puppet, seed: u64) -> Result<Self, AnimateError> {
        Ok(Self {
            print: print(victim, seed),
            wall: Wall::like(victim)?,
            raster: Raster::default(),
            camera: Camera::new(seed),
            lighting: Lighting::new(seed),
        })
    }

    /// What the camera makes of it, at this exposure.
    pub(super) fn frame(&mut self, held: &Held, exposure: f32, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let tone = tone(exposure, self.lighting.now(shown));
        self.wall.draw(held.pose.camera, &tone, &mut self.raster);
        self.print.draw(held, &tone, &mut self.raster);
        self.camera.expose(self.raster.picture_mut(), shown.millis);
        Camera::encode(self.raster.picture())
    }
}

/// Something flat.
#[derive(Debug)]
pub(super) struct Sheet {
    /// What is on it.
    pub(super) picture: Picture,
    /// Places where one looks through, one flag a pixel.
    pub(super) holes: Option<Vec<bool>>,
    /// Upper left corner and size at rest, pixels of the frame.
    pub(super) at: [f32; 4],
    /// What of the page's light it gives back, against skin.
    pub(super) sheen: f32,
}

impl Sheet {
    /// Draws it before what is on the raster.
    pub(super) fn draw(&self, held: &Held, tone: &Tone, raster: &mut Raster) {
        let [columns, rows] = PIECES;
        let corners: Vec<Corner> = (0..=rows)
            .flat_map(|row| (0..=columns).map(move |column| [column as f32 / columns as f32, row as f32 / rows as f32]))
            .map(|share| self.corner(share, held))
            .collect();
        let paint = match &self.holes {
            Some(holes) => Paint::Pierced(&self.picture, holes),
            None => Paint::Picture(&self.picture),
        };
        for row in 0..rows {
            for column in 0..columns {
                let a = row * (columns + 1) + column;
                let [a, b, c, d] = [a, a + 1, a + columns + 1, a + columns + 2].map(|place| &corners[place]);
                raster.draw([a, b, c], paint, tone);
                raster.draw([b, c, d], paint, tone);
            }
        }
    }

    fn corner(&self, share: [f32; 2], held: &Held) -> Corner {
        let [left, top, width, height] = self.at;
        let centre = outward([left + width / 2.0, top + height / 2.0, 0.0]);
        let [along, down] = [(share[0] - 0.5) * width, (share[1] - 0.5) * height];
        let half = held.bend.to_radians() / 2.0;
        let (across, back, normal) = if half.abs() < 1e-3 {
            (along, 0.0, [0.0, 0.0, -1.0])
        } else {
            let radius = width / 2.0 / half;
            let angle = along / radius;
            (radius * angle.sin(), radius * (1.0 - angle.cos()), [angle.sin(), 0.0, -angle.cos()])
        };
        let turned = held.pose.turn([across, down, back]);
        let moved = [held.pose.shift[0], held.pose.shift[1], approach(held.pose.nearer)];
        let [x, y, z] = inward(std::array::from_fn(|i| centre[i] + turned[i] + moved[i]));
        let nearer = DISTANCE / (DISTANCE + z).max(1.0);
        let facing = (-held.pose.turn(normal)[2]).max(0.0);
        let size = [self.picture.width() as f32 - 1.0, self.picture.height() as f32 - 1.0];
        Corner {
            at: [x + held.pose.camera[0], y + held.pose.camera[1], z],
            from: [share[0] * size[0], share[1] * size[1]],
            shade: self.sheen * facing * nearer * nearer,
            room: 0.0,
        }
    }
}

/// The wall behind whoever holds the sheet.
#[derive(Debug)]
pub(super) struct Wall(Picture);

impl Wall {
    /// A wall in the colours of the person's surroundings.
    pub(super) fn like(puppet: &Puppet) -> Result<Self, AnimateError> {
        let scene = puppet.portrait().scene();
        let coarse = resize(scene, scene.width().div_ceil(BLUR * 2), scene.height().div_ceil(BLUR * 2))?;
        Ok(Self(resize(&coarse, scene.width(), scene.height())?))
    }

    /// Draws it over everything.
    pub(super) fn draw(&self, camera: [f32; 2], tone: &Tone, raster: &mut Raster) {
        raster.begin();
        let margin = MARGIN as f32;
        let [width, height] = FRAME.map(|side| side as f32 + margin);
        let corner = |x: f32, y: f32| Corner {
            at: [x + camera[0], y + camera[1], WALL_DEPTH],
            from: [x + margin, y + margin],
            shade: WALL_SHEEN,
            room: 0.0,
        };
        let [a, b, c, d] =
            [corner(-margin, -margin), corner(width, -margin), corner(-margin, height), corner(width, height)];
        raster.draw([&a, &b, &c], Paint::Picture(&self.0), tone);
        raster.draw([&b, &c, &d], Paint::Picture(&self.0), tone);
    }
}

/// A print of the person: a small one with a white rim, or one so large that its edges lie outside the frame, by seed.
pub(super) fn print(puppet: &Puppet, seed: u64) -> Sheet {
    let scene = puppet.portrait().scene();
    let small = SeededRng::new(seed, 0x60).coin();
    let area = if small {
        Area { x: MARGIN + 140, y: MARGIN + 10, width: 360, height: 450 }
    } else {
        Area { x: 0, y: 0, width: scene.width(), height: scene.height() }
    };
    let mut picture = crop(scene, area);
    printed(&mut picture, small);
    let margin = MARGIN as f32;
    let at = [area.x as f32 - margin, area.y as f32 - margin, area.width as f32, area.height as f32];
    Sheet { picture, holes: None, at, sheen: 0.9 }
}

/// Ink on paper: less black, less colour, a little warmer, with a white rim.
fn printed(picture: &mut Picture, rim: bool) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    for (place, pixel) in picture.pixels_mut().as_chunks_mut::<3>().0.iter_mut().enumerate() {
        let (x, y) = (place % width, place / width);
        if rim && (x < RIM || y < RIM || x + RIM >= width || y + RIM >= height) {
            *pixel = [226, 224, 218];
            continue;
        }
        let [red, green, blue] = pixel.map(f32::from);
        let grey = 0.299 * red + 0.587 * green + 0.114 * blue;
        *pixel = [(red, 1.02), (green, 1.0), (blue, 0.95)].map(|(level, tint)| {
            let pale = 0.82 * level + 0.18 * grey;
            ((22.0 + pale * 0.84) * tint).round() as u8
        });
    }
}

/// A hand that holds something: it trembles and drifts, and blinks at nothing.
pub(super) fn hand(sway: &mut Sway, millis: u64) -> Pose {
    Pose { lids: 0.0, ..sway.pose(millis) }
}
