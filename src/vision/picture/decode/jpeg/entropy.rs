//! Follows the entropy-coded data of a scan to its end (ITU-T T.81, annexes F and G), and makes no pixel of it.

use super::frame::{Frame, Scan};
use super::huffman::{Bits, HuffmanTable, Tables};
use crate::domain::reason::ReasonCode;

/// One component of a scan.
struct Part<'a> {
    /// Blocks of it in a unit.
    blocks: u32,
    dc: Option<&'a HuffmanTable>,
    ac: Option<&'a HuffmanTable>,
}

/// Where the scan's data ends.
///
/// # Errors
/// [`ReasonCode::PictureDamaged`] where it ends too early or cannot be read.
pub(super) fn follow(
    bytes: &[u8],
    place: usize,
    frame: &mut Frame,
    scan: &Scan,
    tables: &Tables,
    restart_interval: u32,
) -> Result<usize, ReasonCode> {
    let alone = scan.components.len() == 1;
    let [first, last] = scan.band;
    let mut parts = Vec::with_capacity(scan.components.len());
    for (place, [dc, ac]) in scan.components.iter().zip(&scan.tables) {
        let [across, down] = frame.components[*place].sampling;
        parts.push(Part {
            blocks: if alone { 1 } else { across * down },
            dc: if first == 0 && !scan.refines { Some(tables.get(0, *dc)?) } else { None },
            ac: if last > 0 { Some(tables.get(1, *ac)?) } else { None },
        });
    }
    let only = *scan.components.first().ok_or(ReasonCode::PictureDamaged)?;
    let [across, down] = if alone { frame.components[only].blocks } else { frame.units() };
    let band = Band { first: u32::from(first), last: u32::from(last), refines: scan.refines };
    let mut bits = Bits::new(bytes, place);
    let nonzero = &mut frame.components[only].nonzero;
    follow_units(&mut bits, across * down, restart_interval, &parts, &band, nonzero)
        .ok_or(ReasonCode::PictureDamaged)?;
    Ok(bits.place())
}

/// The coefficients of a scan.
struct Band {
    first: u32,
    last: u32,
    refines: bool,
}

/// `None` where the data ends too early or cannot be read.
fn follow_units(
    bits: &mut Bits<'_>,
    units: u32,
    restart_interval: u32,
    parts: &[Part<'_>],
    band: &Band,
    nonzero: &mut [u64],
) -> Option<()> {
    // Blocks to come that hold nothing new.
    let mut run = 0;
    for unit in 0..units {
        if restart_interval > 0 && unit > 0 && unit.is_multiple_of(restart_interval) {
            let number = (unit / restart_interval - 1) % 8;
            if run > 0 || !bits.restart(number as u8) {
                return None;
            }
        }
        for part in parts {
            for _ in 0..part.blocks {
                match (band.first, band.last, band.refines) {
                    (0, 0, true) => bits.skip(1).then_some(())?,
                    (0, last, _) => follow_sequential(bits, part, last)?,
                    (_, _, refines) => {
                        let known = nonzero.get_mut(unit as usize)?;
                        let ac = part.ac?;
                        run = if refines {
                            refine_band(bits, ac, band, known, run)?
                        } else {
                            follow_band(bits, ac, band, known, run)?
                        };
                    }
                }
            }
        }
    }
    (run == 0).then_some(())
}

/// A DC coefficient and, up to `last`, the AC coefficients behind it.
fn follow_sequential(bits: &mut Bits<'_>, part: &Part<'_>, last: u32) -> Option<()> {
    let size = bits.symbol(part.dc?)?;
    (size <= 15 && bits.skip(size)).then_some(())?;
    let mut place = 1;
    while place <= last {
        let symbol = bits.symbol(part.ac?)?;
        let (zeros, size) = (u32::from(symbol >> 4), symbol & 15);
        match (zeros, size) {
            (15, 0) => place += 16,
            (_, 0) => return Some(()),
            _ => {
                place += zeros + 1;
                bits.skip(size).then_some(())?;
            }
        }
    }
    (place == last + 1).then_some(())
}

/// The first bits of a band; answers how many blocks behind this one hold nothing.
fn follow_band(bits: &mut Bits<'_>, ac: &HuffmanTable, band: &Band, known: &mut u64, run: u32) -> Option<u32> {
    if run > 0 {
        return Some(run - 1);
    }
    let mut place = band.first;
    while place <= band.last {
        let symbol = bits.symbol(ac)?;
        let (zeros, size) = (symbol >> 4, symbol & 15);
        match (zeros, size) {
            (15, 0) => place += 16,
            (length, 0) => return Some((1 << length) + bits.number(length)? - 1),
            _ => {
                place += u32::from(zeros);
                *known |= 1_u64.checked_shl(place)?;
                place += 1;
                bits.skip(size).then_some(())?;
            }
        }
    }
    (place == band.last + 1).then_some(0)
}

/// One more bit of a band: of each coefficient that is known not to be 0, and of those that come to be so.
fn refine_band(bits: &mut Bits<'_>, ac: &HuffmanTable, band: &Band, known: &mut u64, run: u32) -> Option<u32> {
    let mut place = band.first;
    let mut run = run;
    if run == 0 {
        while place <= band.last {
            let symbol = bits.symbol(ac)?;
            let (mut zeros, size) = (symbol >> 4, symbol & 15);
            if size == 0 && zeros < 15 {
                run = (1 << zeros) + bits.number(zeros)?;
                break;
            }
            let comes = match size {
                0 => false,
                1 => bits.skip(1),
                _ => return None,
            };
            if size == 1 && !comes {
                return None;
            }
            // Passes as many zeros as were named, and refines what lies between them.
            while place <= band.last {
                if *known >> place & 1 == 1 {
                    bits.skip(1).then_some(())?;
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                place += 1;
            }
            if comes {
                if place > band.last {
                    return None;
                }
                *known |= 1 << place;
            }
            place += 1;
        }
    }
    if run > 0 {
        let known_left = (place..=band.last).filter(|place| *known >> place & 1 == 1).count();
        for _ in 0..known_left {
            bits.skip(1).then_some(())?;
        }
        return Some(run - 1);
    }
    Some(0)
}
