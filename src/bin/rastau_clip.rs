//! `rastau-clip FILE`: the frames of a clip on standard output, for `rastau evaluate liveness`.
//!
//! A process of its own: what OpenCV reads videos with is some two hundred libraries, which the service neither needs nor
//! should load. A frame is a header of three little-endian `u32` (milliseconds from the start, width, height) and
//! width x height x 3 bytes, red first. Exit status: 0 at the end of the clip, 1 when it is none.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use opencv::core::Mat;
use opencv::imgproc::{COLOR_BGR2RGB, cvt_color_def};
use opencv::prelude::*;
use opencv::videoio::{CAP_ANY, CAP_PROP_FPS, VideoCapture};

/// What the frames of a clip without a rate are taken for, a second.
const USUAL_RATE: f64 = 25.0;
/// Rates beyond these are mistakes of the file.
const RATES: std::ops::RangeInclusive<f64> = 1.0..=240.0;

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1).filter(|file| !file.starts_with('-')) else {
        eprintln!("rastau-clip FILE: the frames of a clip, raw, for `rastau evaluate liveness`");
        return ExitCode::from(2);
    };
    match write(&file, &mut BufWriter::new(io::stdout().lock())) {
        Ok(true) => ExitCode::SUCCESS,
        // A reader that has seen enough goes away.
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Ok(false) | Err(_) => ExitCode::FAILURE,
    }
}

/// Writes all frames; false when there is none.
fn write(file: &str, out: &mut impl Write) -> io::Result<bool> {
    let mut clip = VideoCapture::from_file(file, CAP_ANY).map_err(io::Error::other)?;
    let rate = clip.get(CAP_PROP_FPS).ok().filter(|rate| RATES.contains(rate)).unwrap_or(USUAL_RATE);
    let (mut frame, mut rgb) = (Mat::default(), Mat::default());
    let mut number = 0_u32;
    // A damaged rest ends the clip.
    while clip.read(&mut frame).unwrap_or(false) && !frame.empty() {
        cvt_color_def(&frame, &mut rgb, COLOR_BGR2RGB).map_err(io::Error::other)?;
        let millis = (f64::from(number) * 1000.0 / rate).round() as u32;
        for value in [millis, rgb.cols().unsigned_abs(), rgb.rows().unsigned_abs()] {
            out.write_all(&value.to_le_bytes())?;
        }
        out.write_all(rgb.data_bytes().map_err(io::Error::other)?)?;
        number += 1;
    }
    out.flush()?;
    Ok(number > 0)
}
