//! JPEGs that are refused for what they are, and what does not matter to one.

use super::*;

fn plain() -> Vec<u8> {
    jpeg(&quarters(), SIZE, ExtendedColorType::Rgb8, None)
}

fn place(file: &[u8], marker: u8) -> usize {
    file.windows(2).position(|pair| pair == [0xFF, marker]).unwrap()
}

/// A segment behind the start of the picture.
fn with_segment(file: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&file[..2], &[0xFF, marker], &length, data, &file[2..]].concat()
}

fn exif_segment(orientation: u8) -> Vec<u8> {
    [&b"Exif\0\0"[..], &exif(orientation)].concat()
}

#[test]
fn kinds_that_are_not_read_are_named_and_not_called_damaged() {
    let frame = place(&plain(), 0xC0);
    // Lossless, hierarchical and arithmetic frames, JPEG-LS.
    for kind in [0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7] {
        let mut file = plain();
        file[frame + 1] = kind;
        assert_eq!(photo(&file).err(), Some(ReasonCode::PictureJpegKind), "{kind:#x}");
    }
    let changed = |place: usize, value: u8| {
        let mut file = plain();
        file[place] = value;
        photo(&file).err()
    };
    assert_eq!(changed(frame + 4, 12), Some(ReasonCode::PictureJpegKind), "12 bits");
    // Components sampled finer than the first one, or by no whole number.
    for (place, sampling) in [(14, 0x21), (14, 0x12), (17, 0x22), (11, 0x31), (14, 0x42)] {
        let outcome = changed(frame + place, sampling);
        assert!(outcome.is_some(), "{place} {sampling:#x}");
        if place != 11 {
            assert_eq!(outcome, Some(ReasonCode::PictureJpegKind), "{place} {sampling:#x}");
        }
    }
    // A frame of a film leaves its tables out.
    let mut file = plain();
    while let Some(at) = file.windows(2).position(|pair| pair == [0xFF, 0xC4]) {
        let length = usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
        file.drain(at..at + 2 + length);
    }
    assert_eq!(photo(&file).err(), Some(ReasonCode::PictureJpegKind));
}

#[test]
fn the_first_exif_segment_counts() {
    let (pixels, size) = stored(6);
    let turned = jpeg(&pixels, size, ExtendedColorType::Rgb8, None);
    let second = with_segment(&turned, 0xE1, &exif_segment(1));
    assert_quarters(&photo(&with_segment(&second, 0xE1, &exif_segment(6))).unwrap(), "the first of two");
    // XMP before it, and rubbish in it, are passed over.
    let first = with_segment(&turned, 0xE1, &exif_segment(6));
    assert_quarters(&photo(&with_segment(&first, 0xE1, b"http://ns.adobe.com/xap/1.0/\0")).unwrap(), "XMP");
    assert_quarters(&photo(&with_segment(&plain(), 0xE1, b"Exif\0\0rubbish")).unwrap(), "rubbish");
}

#[test]
fn what_lies_behind_a_picture_does_not_matter() {
    let file = plain();
    let unended = &file[..file.len() - 2];
    let marker_like = [0xFF, 0xDA, 0, 3, 1, 0xFF, 0xC4, 0, 9];
    for behind in [&b""[..], b"\xFF", &[0; 300], b"QDIOBS SEFT trailer of a phone", &marker_like, &plain()] {
        assert_quarters(&photo(&[unended, behind].concat()).unwrap(), "unended");
        assert_quarters(&photo(&[&file[..], behind].concat()).unwrap(), "ended");
    }
}

#[test]
fn a_picture_is_not_refined_without_end() {
    let mut file = plain();
    let scan = place(&file, 0xDA);
    let again = file[scan..file.len() - 2].to_vec();
    let end = file.len() - 2;
    file.splice(end..end, again.repeat(3));
    // A sequential picture is complete after its first scan.
    assert_quarters(&photo(&file).unwrap(), "the same scan again");
    // As a progressive one its header is wrong.
    let frame = place(&file, 0xC0);
    file[frame + 1] = 0xC2;
    assert_eq!(photo(&file).err(), Some(ReasonCode::PictureDamaged));
}
