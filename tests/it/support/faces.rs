//! Faces for the tests: portraits out of pinned packages, brought to motion.

use std::io::Cursor;

use image::imageops::{FilterType, crop_imm, resize};
use image::{ImageFormat, RgbImage};

use super::app::models;

/// Someone whose portrait is at hand.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// The NASA portrait of Eileen Collins.
    Astronaut,
    /// A person of a group photo.
    Other,
}
