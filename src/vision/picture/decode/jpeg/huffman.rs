//! Huffman tables and the bits that they read (ITU-T T.81, annexes C and F).

use crate::domain::reason::ReasonCode;

/// Codes up to this length are found in one step.
const QUICK: u32 = 9;

/// Tables of DC and of AC coefficients, four of each.
#[derive(Default)]
pub(super) struct Tables([[Option<Box<HuffmanTable>>; 4]; 2]);

impl Tables {
    /// Reads a segment of tables.
    pub(super) fn read(&mut self, mut segment: &[u8]) -> Result<(), ReasonCode> {
        while let [kind, rest @ ..] = segment {
            let damaged = ReasonCode::PictureDamaged;
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or(damaged)?;
            let total = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or(damaged)?;
            let (class, place) = (usize::from(kind >> 4), usize::from(kind & 15));
            let slot = self.0.get_mut(class).and_then(|tables| tables.get_mut(place)).ok_or(damaged)?;
            *slot = Some(Box::new(HuffmanTable::new(counts, symbols).ok_or(damaged)?));
            segment = rest;
        }
        Ok(())
    }

    /// The table of a class (0 DC, 1 AC). Films leave out tables that everybody knows; as a picture that is of no use.
    pub(super) fn get(&self, class: usize, place: usize) -> Result<&HuffmanTable, ReasonCode> {
        let found = self.0.get(class).and_then(|tables| tables.get(place)?.as_deref());
        found.ok_or(ReasonCode::PictureJpegKind)
    }
}

/// One Huffman table.
pub(super) struct HuffmanTable {
    /// For the next [`QUICK`] bits the symbol and the length of its code; length 0 where it is longer.
    quick: Vec<[u8; 2]>,
    /// By length: one more than the last code, left-aligned in 16 bits.
    ends: [u32; 17],
    /// By length: the place of the first symbol less the first code.
    places: [i32; 17],
    symbols: Vec<u8>,
}

impl HuffmanTable {
    fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table =
            Self { quick: vec![[0; 2]; 1 << QUICK], ends: [0; 17], places: [0; 17], symbols: symbols.to_vec() };
        let (mut code, mut place) = (0_u32, 0_usize);
        for (length, count) in (1_u32..).zip(counts) {
            table.places[length as usize] = i32::try_from(place).ok()? - i32::try_from(code).ok()?;
            for symbol in symbols.get(place..place + usize::from(*count))? {
                if code >= 1 << length {
                    return None;
                }
                if length <= QUICK {
                    let (from, wide) = ((code << (QUICK - length)) as usize, 1 << (QUICK - length));
                    table.quick[from..from + wide].fill([*symbol, length as u8]);
                }
                code += 1;
                place += 1;
            }
            table.ends[length as usize] = code << (16 - length);
            code <<= 1;
        }
        Some(table)
    }
}

/// Bits of entropy-coded data, up to the next marker.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte to be taken up.
    place: usize,
    /// Bits taken up and not read yet, the next one highest.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], place: usize) -> Self {
        Self { bytes, place, held: 0, count: 0 }
    }

    /// Where reading has come to, but for some bytes that were taken up ahead.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// Reads a symbol; `None` where the data ends or no code fits.
    pub(super) fn symbol(&mut self, table: &HuffmanTable) -> Option<u8> {
        if self.count < 16 {
            self.take_up();
        }
        let [symbol, length] = table.quick[(self.held >> (64 - QUICK)) as usize];
        if length > 0 {
            return self.pass(u32::from(length)).then_some(symbol);
        }
        let ahead = (self.held >> 48) as u32;
        let length = (QUICK + 1..=16).find(|length| ahead < table.ends[*length as usize])?;
        let place = (ahead >> (16 - length)).cast_signed() + table.places[length as usize];
        let symbol = *table.symbols.get(usize::try_from(place).ok()?)?;
        self.pass(length).then_some(symbol)
    }

    /// Passes over at most 16 bits; false where there are not so many.
    pub(super) fn skip(&mut self, bits: u8) -> bool {
        if self.count < u32::from(bits) {
            self.take_up();
        }
        self.pass(u32::from(bits))
    }

    /// Reads at most 16 bits as a number.
    pub(super) fn number(&mut self, bits: u8) -> Option<u32> {
        if self.count < u32::from(bits) {
            self.take_up();
        }
        let value = if bits == 0 { 0 } else { (self.held >> (64 - u32::from(bits))) as u32 };
        self.pass(u32::from(bits)).then_some(value)
    }

    /// Passes the restart marker of this number; false where another thing stands there.
    pub(super) fn restart(&mut self, number: u8) -> bool {
        (self.held, self.count) = (0, 0);
        while self.bytes.get(self.place..self.place + 2) == Some(&[0xFF, 0xFF]) {
            self.place += 1;
        }
        let found = self.bytes.get(self.place..self.place + 2) == Some(&[0xFF, 0xD0 + number]);
        self.place += 2;
        found
    }

    fn pass(&mut self, bits: u32) -> bool {
        if bits > self.count {
            return false;
        }
        self.held = self.held.checked_shl(bits).unwrap_or(0);
        self.count -= bits;
        true
    }

    fn take_up(&mut self) {
        while self.count <= 56 {
            let (byte, wide) = match (self.bytes.get(self.place), self.bytes.get(self.place + 1)) {
                (Some(0xFF), Some(0)) => (0xFF, 2),
                (Some(0xFF) | None, _) => return,
                (Some(byte), _) => (*byte, 1),
            };
            self.place += wide;
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }
}
