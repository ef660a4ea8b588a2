use super::*;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use proptest::prelude::*;

mod jpeg2000;
mod jpeg_kinds;
mod second_decoder;

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const WHITE: [u8; 3] = [255; 3];

/// 48 x 32 pixels, one colour a quarter: red and green above, blue and white below.
const SIZE: [u32; 2] = [48, 32];

fn quarter(x: u32, y: u32) -> [u8; 3] {
    match (x < SIZE[0] / 2, y < SIZE[1] / 2) {
        (true, true) => RED,
        (false, true) => GREEN,
        (true, false) => BLUE,
        (false, false) => WHITE,
    }
}

fn quarters() -> Vec<u8> {
    (0..SIZE[1]).flat_map(|y| (0..SIZE[0]).flat_map(move |x| quarter(x, y))).collect()
}

fn png(pixels: &[u8], size: [u32; 2], colour: ExtendedColorType, exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif).unwrap();
    }
    encoder.write_image(pixels, size[0], size[1], colour).unwrap();
    bytes
}

fn jpeg(pixels: &[u8], size: [u32; 2], colour: ExtendedColorType, exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif).unwrap();
    }
    encoder.write_image(pixels, size[0], size[1], colour).unwrap();
    bytes
}

fn webp(pixels: &[u8], size: [u32; 2]) -> Vec<u8> {
    let mut bytes = Vec::new();
    WebPEncoder::new_lossless(&mut bytes).write_image(pixels, size[0], size[1], ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn plain_files() -> [Vec<u8>; 3] {
    let pixels = quarters();
    [
        jpeg(&pixels, SIZE, ExtendedColorType::Rgb8, None),
        png(&pixels, SIZE, ExtendedColorType::Rgb8, None),
        webp(&pixels, SIZE),
    ]
}

fn photo(bytes: &[u8]) -> Result<Picture, ReasonCode> {
    decode(bytes, DecodeLimits::PHOTO)
}

fn assert_near(found: [u8; 3], expected: [u8; 3], what: &str) {
    let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 40);
    assert!(near, "{what}: {found:?} instead of {expected:?}");
}

fn assert_quarters(picture: &Picture, what: &str) {
    assert_eq!([picture.width(), picture.height()], SIZE, "{what}");
    for (x, y) in [(6, 6), (40, 6), (6, 26), (40, 26), (1, 1), (46, 30)] {
        let found = picture.rgb()[(y * SIZE[0] + x) as usize];
        assert_near(found, quarter(x, y), what);
    }
}

/// A TIFF header and one entry: tag 0x112, orientation.
fn exif(orientation: u8) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    bytes.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

/// The quarters as a camera held otherwise stores them: row 0 and column 0 lie where EXIF 2.3 section 4.6.4 says.
fn stored(orientation: u8) -> (Vec<u8>, [u32; 2]) {
    let [w, h] = SIZE;
    let size = if orientation >= 5 { [h, w] } else { SIZE };
    let mut pixels = Vec::new();
    for row in 0..size[1] {
        for column in 0..size[0] {
            let (x, y) = match orientation {
                1 => (column, row),
                2 => (w - 1 - column, row),
                3 => (w - 1 - column, h - 1 - row),
                4 => (column, h - 1 - row),
                5 => (row, column),
                6 => (w - 1 - row, column),
                7 => (w - 1 - row, h - 1 - column),
                _ => (row, h - 1 - column),
            };
            pixels.extend(quarter(x, y));
        }
    }
    (pixels, size)
}

#[test]
fn the_three_formats_come_out_alike() {
    for (file, what) in plain_files().iter().zip(["jpeg", "png", "webp"]) {
        assert_quarters(&photo(file).unwrap(), what);
    }
}

#[test]
fn all_eight_orientations_stand_upright() {
    for orientation in 1..=8 {
        let (pixels, size) = stored(orientation);
        let exif = || Some(exif(orientation));
        let files =
            [png(&pixels, size, ExtendedColorType::Rgb8, exif()), jpeg(&pixels, size, ExtendedColorType::Rgb8, exif())];
        for file in files {
            assert_quarters(&photo(&file).unwrap(), &format!("orientation {orientation}"));
        }
    }
}

#[test]
fn an_orientation_that_does_not_exist_is_ignored() {
    for orientation in [0, 9, 255] {
        let file = png(&quarters(), SIZE, ExtendedColorType::Rgb8, Some(exif(orientation)));
        assert_quarters(&photo(&file).unwrap(), "no such orientation");
    }
}

#[test]
fn every_depth_and_colour_becomes_rgb() {
    let dark = 0x40FF_u16.to_ne_bytes();
    let file = png(&dark.repeat(16), [4, 4], ExtendedColorType::L16, None);
    assert_eq!(photo(&file).unwrap().rgb()[5], [0x40; 3]);
    let deep: Vec<u8> = [0xFF00_u16, 0x8000, 0x0100].iter().flat_map(|value| value.to_ne_bytes()).collect();
    let file = png(&deep.repeat(16), [4, 4], ExtendedColorType::Rgb16, None);
    assert_eq!(photo(&file).unwrap().rgb()[5], [0xFF, 0x80, 0x01]);
    let half = png(&[255, 0, 0, 51].repeat(16), [4, 4], ExtendedColorType::Rgba8, None);
    assert_eq!(photo(&half).unwrap().rgb()[5], [255, 204, 204]);
    let clear = png(&[9, 0].repeat(16), [4, 4], ExtendedColorType::La8, None);
    assert_eq!(photo(&clear).unwrap().rgb()[5], WHITE);
    let grey = jpeg(&[90; 256], [16, 16], ExtendedColorType::L8, None);
    assert_near(photo(&grey).unwrap().rgb()[100], [90; 3], "grey jpeg");
    let cmyk = photo(include_bytes!("fixtures/cmyk.jpg")).unwrap();
    assert_near(cmyk.rgb()[4], RED, "cmyk jpeg");
    assert_near(cmyk.rgb()[28], BLUE, "cmyk jpeg");
}

#[test]
fn of_an_animation_the_first_frame_counts() {
    let picture = photo(include_bytes!("fixtures/animated.webp")).unwrap();
    assert_eq!([picture.width(), picture.height()], [32, 16]);
    assert_near(picture.rgb()[0], RED, "animated webp");
}

#[test]
fn what_is_no_picture_has_its_reason() {
    assert_eq!(photo(&[]).err(), Some(ReasonCode::PictureEmpty));
    let others: [&[u8]; 5] = [
        b"Lorem ipsum dolor sit amet",
        b"%PDF-1.7",
        b"\0",
        include_bytes!("fixtures/picture.gif"),
        b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0",
    ];
    for bytes in others {
        assert_eq!(photo(bytes).err(), Some(ReasonCode::PictureFormat));
    }
    let mut garbage = vec![0xFF, 0xD8, 0xFF, 0xE0];
    garbage.extend((0..2000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8));
    assert_eq!(photo(&garbage).err(), Some(ReasonCode::PictureDamaged));
    assert_eq!(photo(b"\x89PNG\r\n\x1a\nrubbish").err(), Some(ReasonCode::PictureDamaged));
    assert_eq!(photo(b"RIFF\xff\xff\xff\xffWEBPrubbish").err(), Some(ReasonCode::PictureDamaged));
}

/// Where the pixels of a file end.
fn pixels_end(file: &[u8], what: &str) -> usize {
    match what {
        "jpeg" => file.len() - 2,
        "png" => file.len() - 12,
        _ => file.len(),
    }
}

#[test]
fn truncated_files_are_damaged_and_those_that_lack_no_pixel_are_read() {
    for (file, what) in plain_files().iter().zip(["jpeg", "png", "webp"]) {
        let end = pixels_end(file, what);
        for length in 16..end {
            let outcome = photo(&file[..length]).err();
            assert_eq!(outcome, Some(ReasonCode::PictureDamaged), "{what} cut at {length}");
        }
        for length in end..=file.len() {
            assert_quarters(&photo(&file[..length]).unwrap(), &format!("{what} cut at {length}"));
        }
    }
}

#[test]
fn half_a_file_with_an_end_glued_on_is_damaged() {
    for (file, what, end) in
        plain_files().iter().zip(["jpeg", "png"]).map(|(file, what)| (file, what, &file[pixels_end(file, what)..]))
    {
        let half = &file[..pixels_end(file, what)];
        // Every place inside the data, the last byte but one included.
        for length in file.len() / 3..half.len() {
            let glued = [&half[..length], end].concat();
            assert_eq!(photo(&glued).err(), Some(ReasonCode::PictureDamaged), "{what} cut at {length}");
        }
    }
}

#[test]
fn other_formats_of_photos_are_named() {
    for brand in [b"heic", b"heix", b"mif1", b"msf1"] {
        let file = [&b"\0\0\0\x18ftyp"[..], brand, b"\0\0\0\0mif1heic"].concat();
        assert_eq!(photo(&file).err(), Some(ReasonCode::PictureHeic));
    }
    let mut apple = png(&quarters(), SIZE, ExtendedColorType::Rgb8, None);
    apple.splice(8..8, *b"\0\0\0\x04CgBI\x30\0\x20\x02\x2B\xD5\xB3\x7F");
    assert_eq!(photo(&apple).err(), Some(ReasonCode::PicturePngKind));
}

/// An extended WebP that announces this metadata and has these chunks.
fn extended_webp(flags: u8, chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let [w, h] = SIZE.map(|side| (side - 1).to_le_bytes());
    let mut body = [&b"WEBPVP8X\x0A\0\0\0"[..], &[flags, 0, 0, 0], &w[..3], &h[..3]].concat();
    body.extend(&webp(&quarters(), SIZE)[12..]);
    for (name, data) in chunks {
        body.extend(*name);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend(data);
        body.extend(vec![0; data.len() % 2]);
    }
    [&b"RIFF"[..], &(body.len() as u32).to_le_bytes(), &body].concat()
}

#[test]
fn metadata_that_a_webp_announces_and_lacks_is_not_missed() {
    for flags in [0x08, 0x04, 0x20, 0x2C] {
        assert_quarters(&photo(&extended_webp(flags, &[])).unwrap(), &format!("flags {flags:#x}"));
    }
    // What is there is read all the same, the first of two.
    let two = [(b"EXIF", exif(3)), (b"EXIF", exif(1))];
    let turned = photo(&extended_webp(0x28, &two)).unwrap();
    assert_near(turned.rgb()[(6 * SIZE[0] + 6) as usize], WHITE, "turned by its EXIF");
}

#[test]
fn too_many_bytes_are_refused_unread() {
    let bytes = vec![0xFF; DecodeLimits::PHOTO.bytes + 1];
    assert_eq!(photo(&bytes).err(), Some(ReasonCode::PictureTooManyBytes));
    let bytes = vec![0xFF; DecodeLimits::FRAME.bytes + 1];
    assert_eq!(decode(&bytes, DecodeLimits::FRAME).err(), Some(ReasonCode::PictureTooManyBytes));
}

/// A PNG header that claims a size, with a checksum that is right.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(&quarters(), SIZE, ExtendedColorType::Rgb8, None);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]).to_be_bytes();
    bytes[29..33].copy_from_slice(&sum);
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
        }
        sum
    })
}

#[test]
fn bombs_are_refused_by_their_headers() {
    for [width, height] in [[60_000, 60_000], [8193, 1], [5001, 5000], [u32::MAX >> 1, u32::MAX >> 1]] {
        let outcome = photo(&png_claiming(width, height)).err();
        assert_eq!(outcome, Some(ReasonCode::PictureTooManyPixels), "{width} x {height}");
    }
    // The checksum helper itself is right: an honest claim is still read.
    assert_quarters(&photo(&png_claiming(SIZE[0], SIZE[1])).unwrap(), "honest header");
    let mut bomb = jpeg(&quarters(), SIZE, ExtendedColorType::Rgb8, None);
    let frame = bomb.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(photo(&bomb).err(), Some(ReasonCode::PictureTooManyPixels));
    let large = jpeg(&vec![0; 1921 * 1081 * 3], [1921, 1081], ExtendedColorType::Rgb8, None);
    assert!(photo(&large).is_ok());
    assert_eq!(decode(&large, DecodeLimits::FRAME).err(), Some(ReasonCode::PictureTooManyPixels));
}

proptest! {
    #[test]
    fn mutated_files_never_panic_and_stay_within_limits(
        which in 0_usize..6, edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(), cuts in any::<bool>()
    ) {
        let mut bytes = match which {
            0..3 => plain_files()[which].clone(),
            3 => include_bytes!("fixtures/cmyk.jpg").to_vec(),
            4 => extended_webp(0x2C, &[(b"EXIF", exif(6))]),
            _ => include_bytes!("fixtures/animated.webp").to_vec(),
        };
        for (place, value) in edits {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(picture) = photo(&bytes) {
            let pixels = u64::from(picture.width()) * u64::from(picture.height());
            prop_assert!((1..=DecodeLimits::PHOTO.pixels).contains(&pixels));
            prop_assert_eq!(picture.pixels().len() as u64, 3 * pixels);
        }
    }
}
