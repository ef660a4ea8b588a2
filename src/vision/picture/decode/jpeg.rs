//! What a JPEG is made of (ITU-T T.81), judged before it is decoded: a kind that the decoder gets right, and whole.
//!
//! The decoder fills in what is missing instead of failing, and gets a few rare kinds wrong without a word. So the markers
//! are read here, and the entropy-coded data is followed to its end: whether every coefficient of every block is there is
//! known from the data itself, not from the two bytes that should stand behind it.

use image::metadata::Orientation;

use super::DecodeLimits;
use crate::domain::reason::ReasonCode;

mod entropy;
mod frame;
mod huffman;

use entropy::follow;
use frame::{Frame, Scan};
use huffman::Tables;

/// More scans than any encoder writes: each may cost a pass over the whole picture.
const MAX_SCANS: u32 = 100;

const RESTART_0: u8 = 0xD0;
const RESTART_7: u8 = 0xD7;
const START_OF_IMAGE: u8 = 0xD8;
const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;

/// A JPEG that may be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Jpeg {
    /// As the first EXIF segment says.
    pub orientation: Orientation,
    /// Where the picture ends without an end marker; `None` where there is one.
    pub unended: Option<usize>,
}

/// Reads the markers and follows every scan.
///
/// # Errors
/// [`ReasonCode::PictureJpegKind`], [`ReasonCode::PictureTooManyPixels`] or [`ReasonCode::PictureDamaged`].
pub(super) fn examine(bytes: &[u8], limits: DecodeLimits) -> Result<Jpeg, ReasonCode> {
    let mut markers = Markers { bytes, place: 2 };
    let mut picture = Contents::default();
    while !picture.is_complete() {
        match markers.advance().ok_or(ReasonCode::PictureDamaged)? {
            END_OF_IMAGE => return Err(ReasonCode::PictureDamaged),
            0x01 | START_OF_IMAGE | RESTART_0..=RESTART_7 => {}
            START_OF_SCAN => picture.take_scan(&mut markers)?,
            marker => picture.take_segment(marker, markers.segment()?, limits)?,
        }
    }
    // What follows may be another picture, a film, or what a phone left behind.
    let ended = markers.advance() == Some(END_OF_IMAGE);
    Ok(Jpeg {
        orientation: picture.orientation.unwrap_or(Orientation::NoTransforms),
        unended: (!ended).then_some(picture.end),
    })
}

/// What was read so far.
#[derive(Default)]
struct Contents {
    orientation: Option<Orientation>,
    tables: Tables,
    restart_interval: u32,
    frame: Option<Frame>,
    scans: u32,
    /// Where the data of the last scan ended.
    end: usize,
}

impl Contents {
    fn is_complete(&self) -> bool {
        self.frame.as_ref().is_some_and(Frame::is_complete)
    }

    fn take_segment(&mut self, marker: u8, segment: &[u8], limits: DecodeLimits) -> Result<(), ReasonCode> {
        match marker {
            0xC0..=0xC2 => {
                if self.frame.is_some() {
                    return Err(ReasonCode::PictureDamaged);
                }
                self.frame = Some(Frame::read(marker == 0xC2, segment, limits)?);
            }
            0xC4 => self.tables.read(segment)?,
            // Lossless, hierarchical and arithmetic frames, their tables, and JPEG-LS (ITU-T T.87).
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCF | 0xDE | 0xDF | 0xF7 => return Err(ReasonCode::PictureJpegKind),
            0xDD => {
                let [high, low] = segment else { return Err(ReasonCode::PictureDamaged) };
                self.restart_interval = u32::from(u16::from_be_bytes([*high, *low]));
            }
            // Of two EXIF segments the first counts; damaged metadata is no reason to refuse the picture.
            0xE1 if self.orientation.is_none() => {
                if let Some(exif) = segment.strip_prefix(b"Exif\0\0") {
                    self.orientation = Some(Orientation::from_exif_chunk(exif).unwrap_or(Orientation::NoTransforms));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_scan(&mut self, markers: &mut Markers<'_>) -> Result<(), ReasonCode> {
        let frame = self.frame.as_mut().ok_or(ReasonCode::PictureDamaged)?;
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(ReasonCode::PictureJpegKind);
        }
        let scan = Scan::read(markers.segment()?, frame)?;
        self.end = follow(markers.bytes, markers.place, frame, &scan, &self.tables, self.restart_interval)?;
        markers.place = self.end;
        Ok(())
    }
}

/// Markers and their segments, one after the other.
struct Markers<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl<'a> Markers<'a> {
    /// The next marker; what lies before it is passed over.
    fn advance(&mut self) -> Option<u8> {
        let rest = self.bytes.get(self.place..)?;
        let at = rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF))?;
        self.place += at + 2;
        Some(rest[at + 1])
    }

    /// The segment behind the marker, without its length.
    fn segment(&mut self) -> Result<&'a [u8], ReasonCode> {
        let rest = self.bytes.get(self.place..).unwrap_or_default();
        let [high, low, ..] = *rest else { return Err(ReasonCode::PictureDamaged) };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let segment = rest.get(2..length).ok_or(ReasonCode::PictureDamaged)?;
        self.place += length;
        Ok(segment)
    }
}
