//! An upright RGB picture in memory that is wiped when dropped.

pub mod decode;
pub mod encode;
pub mod geometry;
pub mod mark;
mod upright;
pub mod wiped;

use std::fmt;

use crate::vision::picture::wiped::Wiped;

/// An upright picture, 8 bits a channel, red first, rows from the top without gaps. Biometric data: wiped when dropped,
/// never shown by `Debug`.
#[derive(Clone)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Wiped<u8>,
}

impl Picture {
    /// A black picture of `width` x `height` pixels.
    pub fn black(width: u32, height: u32) -> Self {
        Self { width, height, pixels: Wiped::new(vec![0; width as usize * height as usize * 3]) }
    }

    /// Takes over `width * height * 3` bytes; `None` when there are more or fewer, or no pixel at all.
    pub fn from_pixels(width: u32, height: u32, pixels: impl Into<Wiped<u8>>) -> Option<Self> {
        let pixels = pixels.into();
        let expected = (width as usize).checked_mul(height as usize)?.checked_mul(3)?;
        (expected > 0 && pixels.len() == expected).then_some(Self { width, height, pixels })
    }

    /// Width in pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The bytes, `width * height * 3` of them.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The bytes, to be drawn upon.
    pub fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// Red, green and blue, 0 to 255, row by row.
    pub fn rgb(&self) -> &[[u8; 3]] {
        self.pixels.as_chunks().0
    }

    /// Luma (ITU-R BT.601), 0 to 255, row by row.
    pub fn luma(&self) -> Wiped<f32> {
        Wiped::new(
            self.rgb()
                .iter()
                .map(|[r, g, b]| 0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b))
                .collect(),
        )
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {}, redacted)", self.width, self.height)
    }
}
