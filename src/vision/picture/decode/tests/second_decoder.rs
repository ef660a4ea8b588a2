//! Pixels held against another decoder, libjpeg: over sampling, scan script and orientation. Each file is decoded alike or
//! refused for its kind, and never decoded otherwise.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use image::{DynamicImage, RgbImage};

use super::*;
use crate::left_out::leave_out;

/// No multiple of 8, 16 or 32 in either direction.
const WIDE: [u32; 2] = [83, 61];
/// Mean difference of channels, 0 to 255: upsampling of coarse components differs between decoders.
const ALIKE: f64 = 3.0;

/// Slopes, a disc and a bar: smooth enough that upsampling matters little.
fn scene() -> Vec<u8> {
    let [w, h] = WIDE;
    let mut ppm = format!("P6 {w} {h} 255\n").into_bytes();
    for y in 0..h {
        for x in 0..w {
            let from_middle = (i64::from(x) - 30).pow(2) + (i64::from(y) - 25).pow(2);
            ppm.extend(match (from_middle < 200, x > 60) {
                (true, _) => [200, 150, 120],
                (_, true) => [40, (y * 4) as u8, 90],
                _ => [(x * 3) as u8, (y * 3) as u8, 160],
            });
        }
    }
    ppm
}

fn piped(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "{program} {arguments:?}");
    output.stdout
}

/// Width, height and pixels of libjpeg.
fn expected(file: &[u8]) -> RgbImage {
    let ppm = piped("djpeg", &["-ppm", "-rgb", "-dct", "int"], file);
    let mut lines = ppm.splitn(4, |byte| *byte == b'\n');
    let (_, size, _) = (lines.next().unwrap(), lines.next().unwrap(), lines.next().unwrap());
    let sides: Vec<u32> = std::str::from_utf8(size).unwrap().split(' ').map(|side| side.parse().unwrap()).collect();
    RgbImage::from_raw(sides[0], sides[1], lines.next().unwrap().to_vec()).unwrap()
}

fn difference(picture: &Picture, expected: &RgbImage) -> f64 {
    assert_eq!([picture.width(), picture.height()], [expected.width(), expected.height()]);
    let sum: u64 = picture.pixels().iter().zip(expected.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / expected.as_raw().len() as f64
}

/// libjpeg's own programs; `None` where this is no Debian.
fn second_decoder() -> Option<()> {
    if !Path::new("/etc/debian_version").exists() {
        leave_out("pixels beside libjpeg's: this is no Debian");
        return None;
    }
    let there = ["/usr/bin/cjpeg", "/usr/bin/djpeg"].iter().all(|program| Path::new(program).exists());
    assert!(there, "libjpeg-turbo-progs is missing: run `make test`, or install it");
    Some(())
}

/// Sampling as cjpeg takes it, and whether the decoder is known to get it right.
const SAMPLINGS: [(&str, bool); 16] = [
    ("1x1", true),
    ("2x1", true),
    ("1x2", true),
    ("2x2", true),
    ("4x1", true),
    ("1x4", true),
    ("4x2", true),
    ("2x4", true),
    ("2x2,2x1,2x1", true),
    ("2x2,1x2,1x2", true),
    ("2x2,1x1,2x2", true),
    ("1x1,2x1,2x1", false),
    ("1x1,2x2,2x2", false),
    ("1x2,2x1,2x1", false),
    ("2x1,1x2,1x2", false),
    ("1x1,1x1,2x2", false),
];

/// Name, script (`None`: one scan), more arguments.
const SCRIPTS: [(&str, Option<&str>, &[&str]); 9] = [
    ("one scan", None, &[]),
    ("one scan, tables of its own", None, &["-optimize"]),
    ("one scan, restarts", None, &["-restart", "1B"]),
    ("progressive", None, &["-progressive"]),
    ("progressive, restarts", None, &["-progressive", "-restart", "3B"]),
    ("three scans", Some("0;1;2;"), &[]),
    ("three scans, restarts", Some("0;1;2;"), &["-restart", "2B"]),
    ("two scans", Some("0; 1 2;"), &[]),
    (
        "bit by bit",
        Some(
            "0: 0-0, 0, 2; 1: 0-0, 0, 1; 2: 0-0, 0, 1; 0: 1-5, 0, 3; 0: 6-63, 0, 3; 1: 1-63, 0, 1; 2: 1-63, 0, 1; \
              0: 1-63, 3, 2; 0: 0-0, 2, 1; 0: 1-63, 2, 1; 1: 0-0, 1, 0; 0: 0-0, 1, 0; 2: 0-0, 1, 0; 0: 1-63, 1, 0; \
              1: 1-63, 1, 0; 2: 1-63, 1, 0;",
        ),
        &[],
    ),
];

fn made(folder: &Path, scene: &[u8], sampling: &str, script: Option<&str>, more: &[&str]) -> Vec<u8> {
    let mut arguments = vec!["-quality", "92", "-sample", sampling];
    let file = folder.join("script");
    if let Some(script) = script {
        std::fs::write(&file, script).unwrap();
        arguments.extend(["-scans", file.to_str().unwrap()]);
    }
    arguments.extend(more);
    piped("cjpeg", &arguments, scene)
}

#[test]
fn every_sampling_and_scan_script_is_decoded_as_libjpeg_does_or_refused() {
    let Some(()) = second_decoder() else { return };
    let (folder, scene) = (tempfile::tempdir().unwrap(), scene());
    let (mut alike, mut refused) = (0, 0);
    for (sampling, known) in SAMPLINGS {
        for (name, script, more) in SCRIPTS {
            let what = format!("{sampling}, {name}");
            let file = made(folder.path(), &scene, sampling, script, more);
            match photo(&file) {
                Ok(picture) => {
                    let apart = difference(&picture, &expected(&file));
                    assert!(known && apart < ALIKE, "{what}: {apart}");
                    alike += 1;
                }
                Err(reason) => {
                    assert_eq!(reason, ReasonCode::PictureJpegKind, "{what}");
                    let apart = !name.starts_with("one") && !name.starts_with("progressive") && name != "bit by bit";
                    let coarse = sampling.split(',').any(|one| !one.ends_with("x1"));
                    assert!(!known || (apart && coarse), "{what} is refused");
                    refused += 1;
                }
            }
            // Half of it with an end is not whole, whatever its kind.
            let half = [&file[..file.len() * 3 / 5], &[0xFF, 0xD9]].concat();
            assert!(
                matches!(photo(&half), Err(ReasonCode::PictureDamaged | ReasonCode::PictureJpegKind)),
                "{what}, half"
            );
            // Without its end it is what it was.
            assert_eq!(photo(&file[..file.len() - 2]).is_ok(), photo(&file).is_ok(), "{what}, unended");
        }
    }
    assert!(alike >= 70 && refused >= 45 && alike + refused >= 140, "{alike} alike, {refused} refused");
}

#[test]
fn every_orientation_of_every_sampling_stands_as_it_should() {
    let Some(()) = second_decoder() else { return };
    let (folder, scene) = (tempfile::tempdir().unwrap(), scene());
    for (sampling, _) in SAMPLINGS.into_iter().filter(|(_, known)| *known) {
        for more in [&[][..], &["-progressive"], &["-grayscale"], &["-rgb"]] {
            let file = made(folder.path(), &scene, sampling, None, more);
            let flat = DynamicImage::ImageRgb8(expected(&file));
            for orientation in 1..=8 {
                let segment = [&b"\xFF\xE1\0\x22Exif\0\0"[..], &exif(orientation)].concat();
                let tagged = [&file[..2], &segment, &file[2..]].concat();
                let mut upright = flat.clone();
                upright.apply_orientation(Orientation::from_exif(orientation).unwrap());
                let apart = difference(&photo(&tagged).unwrap(), &upright.into_rgb8());
                assert!(apart < ALIKE, "{sampling} {more:?} {orientation}: {apart}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn mutated_scans_never_panic(
        script in 0_usize..SCRIPTS.len(), edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let Some(()) = second_decoder() else { return Ok(()) };
        let folder = tempfile::tempdir().unwrap();
        let (_, script, more) = SCRIPTS[script];
        let file = made(folder.path(), &scene(), "1x1", script, more);
        for (place, value) in edits {
            let mut file = file.clone();
            let place = place.index(file.len());
            file[place] = value;
            if let Ok(picture) = photo(&file) {
                prop_assert!(u64::from(picture.width()) * u64::from(picture.height()) <= DecodeLimits::PHOTO.pixels);
            }
        }
    }
}
