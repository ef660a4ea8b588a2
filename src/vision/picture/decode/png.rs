//! What a PNG is made of (W3C PNG, section 5), as far as the decoder is stricter than its readers need.

use super::super::wiped::Wiped;
use crate::domain::reason::ReasonCode;

/// The signature.
const SIGNATURE: usize = 8;
/// Length, type and checksum.
const AROUND: usize = 12;
/// The closing chunk as it always is.
const END: &[u8; AROUND] = b"\0\0\0\0IEND\xAE\x42\x60\x82";

/// A copy with the closing chunk where the file has none: some writers leave it away, and every pixel stands before it.
/// Whether they do the decoder tells.
///
/// # Errors
/// [`ReasonCode::PicturePngKind`] for the kind that Apple's tools make for applications.
pub(super) fn closed(bytes: &[u8]) -> Result<Option<Wiped<u8>>, ReasonCode> {
    let mut place = SIGNATURE;
    let mut after_pixels = None;
    while let Some(head) = bytes.get(place..place + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        match &head[4..] {
            b"CgBI" => return Err(ReasonCode::PicturePngKind),
            b"IEND" if bytes.len() >= place + AROUND => return Ok(None),
            _ => {}
        }
        let is_pixels = &head[4..] == b"IDAT";
        place = place.saturating_add(length).saturating_add(AROUND);
        if place > bytes.len() {
            break;
        }
        if is_pixels {
            after_pixels = Some(place);
        }
    }
    Ok(after_pixels.map(|end| Wiped::new([&bytes[..end], END].concat())))
}
