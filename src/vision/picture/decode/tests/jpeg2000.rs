//! JPEG 2000: what a passport's chip holds, and what a file may not ask for.

use super::*;

const FILE: &[u8] = include_bytes!("../fixtures/picture.jp2");
const CODESTREAM: &[u8] = include_bytes!("../fixtures/picture.j2k");
const GREY: &[u8] = include_bytes!("../fixtures/grey.jp2");
const CLEAR: &[u8] = include_bytes!("../fixtures/clear.jp2");

fn siz(file: &[u8]) -> usize {
    file.windows(4).position(|four| four == b"\xFF\x4F\xFF\x51").unwrap()
}

/// The same with another size, tiles and all.
fn claiming(file: &[u8], width: u32, height: u32) -> Vec<u8> {
    let (mut file, at) = (file.to_vec(), siz(file));
    for (place, side) in [(8, width), (12, height), (24, width), (28, height)] {
        file[at + place..at + place + 4].copy_from_slice(&side.to_be_bytes());
    }
    file
}

#[test]
fn portraits_of_passports_are_read() {
    assert_quarters(&photo(FILE).unwrap(), "a file");
    assert_quarters(&photo(CODESTREAM).unwrap(), "a codestream");
    assert_near(photo(GREY).unwrap().rgb()[100], [90; 3], "grey");
    assert_near(photo(CLEAR).unwrap().rgb()[0], [255, 204, 204], "red, a fifth of it, on white");
}

#[test]
fn a_camera_sends_no_jpeg_2000() {
    assert_eq!(decode(FILE, DecodeLimits::FRAME).err(), Some(ReasonCode::PictureFormat));
}

#[test]
fn what_is_cut_off_is_damaged() {
    for length in 12..CODESTREAM.len() {
        assert_eq!(photo(&CODESTREAM[..length]).err(), Some(ReasonCode::PictureDamaged), "cut at {length}");
    }
    for length in siz(FILE) + 60..FILE.len() {
        assert_eq!(photo(&FILE[..length]).err(), Some(ReasonCode::PictureDamaged), "cut at {length}");
    }
}

#[test]
fn more_than_a_portrait_needs_is_refused_by_its_header() {
    for [width, height] in [[1001, 500], [60_000, 60_000], [9000, 10], [u32::MAX, u32::MAX]] {
        for file in [FILE, CODESTREAM] {
            let outcome = photo(&claiming(file, width, height)).err();
            let refused = [Some(ReasonCode::PictureTooManyPixels), Some(ReasonCode::PictureDamaged)];
            assert!(refused.contains(&outcome), "{width} x {height}: {outcome:?}");
        }
    }
    assert_eq!(photo(&claiming(CODESTREAM, 1001, 500)).err(), Some(ReasonCode::PictureTooManyPixels));
    let mut components = CODESTREAM.to_vec();
    components[40..42].copy_from_slice(&16_000_u16.to_be_bytes());
    assert_eq!(photo(&components).err(), Some(ReasonCode::PictureFormat));
    let large = [CODESTREAM, &vec![0; 1 << 20]].concat();
    assert_eq!(photo(&large).err(), Some(ReasonCode::PictureTooManyBytes));
}

proptest! {
    #[test]
    fn mutated_files_never_panic(
        which in 0_usize..4, edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(), cuts in any::<bool>()
    ) {
        let mut bytes = [FILE, CODESTREAM, GREY, CLEAR][which].to_vec();
        for (place, value) in edits {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(picture) = photo(&bytes) {
            let pixels = u64::from(picture.width()) * u64::from(picture.height());
            prop_assert!((1..=500_000).contains(&pixels));
        }
    }
}
