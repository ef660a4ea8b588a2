//! The frame of a JPEG and the headers of its scans (ITU-T T.81, B.2.2 and B.2.3).

use super::super::DecodeLimits;
use crate::domain::reason::ReasonCode;

/// Coefficients of a block.
const COEFFICIENTS: usize = 64;
/// A coefficient of which nothing came yet.
const NOTHING: u8 = u8::MAX;

/// The frame: size, components, and what of them has come.
pub(super) struct Frame {
    pub progressive: bool,
    pub components: Vec<Component>,
    size: [u32; 2],
    /// The largest sampling factors, across and down.
    sampling: [u32; 2],
}

/// One component.
pub(super) struct Component {
    id: u8,
    /// Sampling factors, across and down.
    pub sampling: [u32; 2],
    /// Blocks across and down, where it has a scan for itself.
    pub blocks: [u32; 2],
    /// How many low bits of each coefficient are still to come.
    missing: [u8; COEFFICIENTS],
    /// Which coefficients of which block are not 0: a refinement is coded by what came before. Empty until the first
    /// scan of a progressive picture needs it.
    pub nonzero: Vec<u64>,
}

/// The header of a scan.
pub(super) struct Scan {
    /// Places of the components in the frame.
    pub components: Vec<usize>,
    /// For each of them its DC and its AC table.
    pub tables: Vec<[usize; 2]>,
    /// First and last coefficient.
    pub band: [u8; 2],
    /// Whether these coefficients came before and get one bit more.
    pub refines: bool,
}

impl Frame {
    /// Reads the header; a size beyond the limits is refused here.
    pub(super) fn read(progressive: bool, header: &[u8], limits: DecodeLimits) -> Result<Self, ReasonCode> {
        let [precision, y1, y0, x1, x0, count, listed @ ..] = header else { return Err(ReasonCode::PictureDamaged) };
        let size = [[*x1, *x0], [*y1, *y0]].map(|side| u32::from(u16::from_be_bytes(side)));
        // A height of 0 is told behind the first scan, which nobody has written in decades.
        if *precision != 8 || size[1] == 0 {
            return Err(ReasonCode::PictureJpegKind);
        }
        let (listed, rest) = listed.as_chunks::<3>();
        if size[0] == 0 || listed.len() != usize::from(*count) || !rest.is_empty() {
            return Err(ReasonCode::PictureDamaged);
        }
        if size.iter().any(|side| *side > limits.side) || u64::from(size[0]) * u64::from(size[1]) > limits.pixels {
            return Err(ReasonCode::PictureTooManyPixels);
        }
        let factors = |packed: u8| [u32::from(packed >> 4), u32::from(packed & 15)];
        let read: Vec<_> = listed.iter().map(|[id, packed, _]| (*id, factors(*packed))).collect();
        let sampling = largest(&read).ok_or(ReasonCode::PictureDamaged)?;
        let share = |side: u32, factor: u32, most: u32| (side * factor).div_ceil(most).div_ceil(8);
        let component = |(id, [across, down]): (u8, [u32; 2])| Component {
            id,
            sampling: [across, down],
            blocks: [share(size[0], across, sampling[0]), share(size[1], down, sampling[1])],
            missing: [NOTHING; COEFFICIENTS],
            nonzero: Vec::new(),
        };
        let frame = Self { progressive, components: read.into_iter().map(component).collect(), size, sampling };
        if frame.is_decoded_right() { Ok(frame) } else { Err(ReasonCode::PictureJpegKind) }
    }

    /// Whether the decoder knows what to do with these components: the first one, which carries the light, is sampled finest,
    /// and each of the others a whole number of times coarser.
    fn is_decoded_right(&self) -> bool {
        let first = self.components[0].sampling;
        let divides = |component: &Component| (0..2).all(|axis| first[axis].is_multiple_of(component.sampling[axis]));
        matches!(self.components.len(), 1 | 3 | 4) && self.components.iter().all(divides)
    }

    /// Units of an interleaved scan, across and down.
    pub(super) fn units(&self) -> [u32; 2] {
        [0, 1].map(|axis| self.size[axis].div_ceil(8 * self.sampling[axis]))
    }

    /// Whether every bit of every coefficient of every component has come.
    pub(super) fn is_complete(&self) -> bool {
        self.components.iter().all(|component| component.missing.iter().all(|bits| *bits == 0))
    }
}

fn largest(components: &[(u8, [u32; 2])]) -> Option<[u32; 2]> {
    let fits = components.iter().all(|(_, factors)| factors.iter().all(|factor| (1..=4).contains(factor)));
    let most = |axis: usize| components.iter().map(|(_, factors)| factors[axis]).max();
    fits.then_some([most(0)?, most(1)?])
}

impl Scan {
    /// Reads the header, and notes in the frame what comes with the scan.
    pub(super) fn read(header: &[u8], frame: &mut Frame) -> Result<Self, ReasonCode> {
        let damaged = ReasonCode::PictureDamaged;
        let [count, rest @ ..] = header else { return Err(damaged) };
        let (listed, rest) = rest.split_at_checked(2 * usize::from(*count)).ok_or(damaged)?;
        let [first, last, bits] = *rest else { return Err(damaged) };
        // What a sequential scan says here is the same always, and some cameras write it wrong.
        let [first, last, bits] = if frame.progressive { [first, last, bits] } else { [0, 63, 0] };
        let mut scan =
            Self { components: Vec::new(), tables: Vec::new(), band: [first, last], refines: bits >> 4 != 0 };
        for [id, tables] in listed.as_chunks::<2>().0 {
            let place = frame.components.iter().position(|component| component.id == *id).ok_or(damaged)?;
            if scan.components.contains(&place) {
                return Err(damaged);
            }
            scan.components.push(place);
            scan.tables.push([usize::from(tables >> 4), usize::from(tables & 15)]);
        }
        scan.check(frame)?;
        for place in scan.components.clone() {
            frame.components[place].come(&scan, bits)?;
        }
        Ok(scan)
    }

    fn check(&self, frame: &Frame) -> Result<(), ReasonCode> {
        let [first, last] = self.band;
        let (of_all, alone) = (self.components.len() == frame.components.len(), self.components.len() == 1);
        let fits = first <= last && usize::from(last) < COEFFICIENTS && if first == 0 { last == 0 } else { alone };
        if self.components.is_empty() || (frame.progressive && !fits) {
            return Err(ReasonCode::PictureDamaged);
        }
        // A sequential picture whose components come one by one is decoded wrong where any is sampled coarser downwards.
        if !frame.progressive && !of_all && frame.sampling[1] > 1 {
            return Err(ReasonCode::PictureJpegKind);
        }
        Ok(())
    }
}

impl Component {
    /// Notes what comes with a scan: all bits but some at first, then one bit at a time, and nothing twice.
    fn come(&mut self, scan: &Scan, bits: u8) -> Result<(), ReasonCode> {
        let (before, low) = (bits >> 4, bits & 15);
        let expected = if before == 0 { NOTHING } else { before };
        let [first, last] = scan.band.map(usize::from);
        let band = self.missing.get_mut(first..=last).ok_or(ReasonCode::PictureDamaged)?;
        if band.iter().any(|missing| *missing != expected) || (before != 0 && low + 1 != before) || low > 13 {
            return Err(ReasonCode::PictureDamaged);
        }
        band.fill(low);
        if first > 0 && self.nonzero.is_empty() {
            self.nonzero = vec![0; (self.blocks[0] * self.blocks[1]) as usize];
        }
        Ok(())
    }
}
