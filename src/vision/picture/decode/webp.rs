//! What a WebP is made of (RFC 9649), as far as the decoder is stricter than its readers need.

use super::super::wiped::Wiped;

/// RIFF, its size, WEBP.
const HEADER: usize = 12;
/// Where the flags of an extended file stand.
const FLAGS: usize = HEADER + 8;
/// Kinds of metadata that the flags announce: the chunk, and its bit.
const METADATA: [(&[u8; 4], u8); 3] = [(b"ICCP", 0x20), (b"EXIF", 0x08), (b"XMP ", 0x04)];

/// Whether it is as long as its RIFF header says.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let size = bytes.get(4..8).and_then(|size| size.try_into().ok());
    size.is_some_and(|size| u64::from(u32::from_le_bytes(size)) + 8 <= bytes.len() as u64)
}

/// A copy that announces no metadata which is not there: tools that strip it leave the flags. `None` where all is well.
pub(super) fn with_true_flags(bytes: &[u8]) -> Option<Wiped<u8>> {
    if bytes.get(HEADER..HEADER + 4) != Some(b"VP8X") {
        return None;
    }
    let flags = *bytes.get(FLAGS)?;
    let mut there = 0;
    let mut place = HEADER;
    while let Some(head) = bytes.get(place..place + 8) {
        there |= METADATA.iter().find(|(name, _)| head[..4] == name[..]).map_or(0, |(_, bit)| *bit);
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        place = place.saturating_add(8).saturating_add(length.next_multiple_of(2));
    }
    let all = METADATA.iter().fold(0, |bits, (_, bit)| bits | bit);
    let right = flags & (there | !all);
    (right != flags).then(|| {
        let mut mended = Wiped::new(bytes.to_vec());
        mended[FLAGS] = right;
        mended
    })
}
