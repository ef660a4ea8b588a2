//! How files write an IIN, and what spreadsheets make of one.

use super::person::{Iin, IinError, control_digit};

/// How a file holds a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Written {
    /// As text: its zeros are there, unless something dropped them before.
    #[default]
    Text,
    /// As a number, which has no leading zeros by nature.
    Number,
}

/// Whom a number means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberHolder {
    /// A person, by their IIN.
    Person(Iin),
    /// A company, by its business identification number (BIN): nobody who plays.
    Company,
}

/// A number that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenIin {
    /// Whose it is.
    pub holder: NumberHolder,
    /// Leading zeros that were put back, 0 to 3.
    pub zeros: u8,
    /// Whether it begins with a zero that the file has.
    pub kept_zero: bool,
    /// How it stood there.
    pub written: Written,
}

/// Why a value is no IIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrittenIinError {
    /// Nothing is there.
    #[error("the IIN is missing")]
    Missing,
    /// By its digits.
    #[error("{0}")]
    Iin(#[from] IinError),
    /// Too few digits, as a spreadsheet leaves them.
    #[error(
        "{0} digits: a spreadsheet may have dropped leading zeros; format the column as text before the IINs are put in"
    )]
    ZerosLost(u8),
    /// A fraction, an exponent or separators: digits may be gone for good.
    #[error(
        "the IIN is written with an exponent, a fraction or separators, as a spreadsheet shows long numbers, and digits may be \
         lost: take it from the original, as text"
    )]
    Inexact,
}

impl WrittenIinError {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "iin_missing",
            Self::Iin(error) => error.code(),
            Self::ZerosLost(_) => "iin_zeros_lost",
            Self::Inexact => "iin_inexact",
        }
    }
}

/// Fewest digits that an IIN has without its leading zeros: year 00 and a month below 10 lose three.
const MIN_DIGITS: usize = 9;

impl WrittenIin {
    /// Reads a value: blanks around it, an apostrophe before it, `="..."` around it and `.0` behind it are a spreadsheet's. Nine to
    /// eleven digits are read with leading zeros where they make a valid BIN, or the IIN of somebody born 2000 to 2009: whoever else has an IIN
    /// with a leading zero is past a hundred. Whether that may be relied on is for the caller to say.
    ///
    /// # Errors
    /// What keeps it from being read; no digit is ever guessed.
    pub fn read(text: &str, written: Written) -> Result<Self, WrittenIinError> {
        let text = bare(text);
        if text.is_empty() {
            return Err(WrittenIinError::Missing);
        }
        let (digits, written) = match without_zero_fraction(text) {
            Some(whole) => (whole, Written::Number),
            None => (text, written),
        };
        if is_number_with_exponent_or_fraction(digits) {
            return Err(WrittenIinError::Inexact);
        }
        let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.len() {
            MIN_DIGITS..=11 if all_digits && !digits.starts_with('0') => Self::with_zeros(digits, written),
            _ => {
                let holder = holder(digits)?;
                let kept_zero = written == Written::Text && digits.starts_with('0');
                Ok(Self { holder, zeros: 0, kept_zero, written })
            }
        }
    }

    fn with_zeros(digits: &str, written: Written) -> Result<Self, WrittenIinError> {
        let found = digits.len() as u8;
        let holder = holder(&format!("{digits:0>12}")).ok();
        let plausible = |holder: &NumberHolder| match holder {
            NumberHolder::Person(iin) => (2000..=2009).contains(&iin.birth_date().year()),
            NumberHolder::Company => true,
        };
        let holder = holder.filter(plausible).ok_or(WrittenIinError::ZerosLost(found))?;
        Ok(Self { holder, zeros: 12 - found, kept_zero: false, written })
    }

    /// Whether its zeros were put back though the file holds it as text: then only the rest of the file can say that zeros
    /// were lost.
    pub fn rests_on_file(&self) -> bool {
        self.zeros > 0 && self.written == Written::Text
    }
}

/// Without what spreadsheets put around a value to keep it text.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let text = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    text.strip_prefix('\'').unwrap_or(text).trim()
}

/// The digits of `900101300017.0`.
fn without_zero_fraction(text: &str) -> Option<&str> {
    let (whole, fraction) = text.split_once(['.', ','])?;
    let is_zero = !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0');
    let is_whole = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    (is_zero && is_whole).then_some(whole)
}

fn is_number_with_exponent_or_fraction(text: &str) -> bool {
    let is_number = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b',' | b'e' | b'E' | b'+' | b'-'));
    is_number && text.starts_with(|first: char| first.is_ascii_digit()) && text.contains(['.', ',', 'e', 'E'])
}

fn holder(digits: &str) -> Result<NumberHolder, IinError> {
    match Iin::parse(digits) {
        Ok(iin) => Ok(NumberHolder::Person(iin)),
        Err(_) if is_bin(digits) => Ok(NumberHolder::Company),
        Err(error) => Err(error),
    }
}

/// Whether these are a BIN: year and month of registration, 4 to 6 (a legal entity, one from abroad, or joint entrepreneurs), 0 to 3 (itself, a
/// branch, a representative office, a farm), a serial, and the control digit of an IIN (Government resolution No. 406 of 2007). An IIN has the first
/// digit of a day where a BIN has 4 to 6, so no number is both.
fn is_bin(digits: &str) -> bool {
    let Ok(bytes) = <[u8; 12]>::try_from(digits.as_bytes()) else { return false };
    if !bytes.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let digits = bytes.map(|byte| u32::from(byte - b'0'));
    let month = digits[2] * 10 + digits[3];
    (1..=12).contains(&month)
        && (4..=6).contains(&digits[4])
        && digits[5] <= 3
        && control_digit(&digits) == Some(digits[11])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::Date;
    use ::time::macros::date;
    use proptest::prelude::*;

    /// The IIN, where it is a person's, and the zeros put back; or the code of the refusal.
    type Told = Result<(Option<String>, u8), &'static str>;

    fn read(text: &str) -> Told {
        let read = WrittenIin::read(text, Written::Text).map_err(WrittenIinError::code)?;
        let person = match read.holder {
            NumberHolder::Person(iin) => Some(iin.expose().to_owned()),
            NumberHolder::Company => None,
        };
        Ok((person, read.zeros))
    }

    fn person(iin: &str, zeros: u8) -> (Option<String>, u8) {
        (Some(iin.to_owned()), zeros)
    }

    #[test]
    fn what_a_spreadsheet_puts_around_an_iin_is_not_part_of_it() {
        for text in [
            "900101300017",
            " 900101300017\u{a0}",
            "'900101300017",
            "=\"900101300017\"",
            "900101300017.0",
            "900101300017,00",
            "\t900101300017",
        ] {
            assert_eq!(read(text), Ok(person("900101300017", 0)), "{text:?}");
        }
        assert_eq!(read("'050315570005"), Ok(person("050315570005", 0)));
    }

    #[test]
    fn lost_zeros_are_put_back_where_one_person_alone_can_be_meant() {
        assert_eq!(read("50315570005"), Ok(person("050315570005", 1)));
        assert_eq!(read("50315570005.0"), Ok(person("050315570005", 1)));
        // Year 00, and a month with and without a zero of its own.
        assert_eq!(read("102570008"), Ok(person("000102570008", 3)));
        let october = Iin::compose(date!(2000 - 10 - 02), false, 7).unwrap();
        assert_eq!(read(october.expose().trim_start_matches('0')), Ok(person(october.expose(), 2)));
        let written = |written| WrittenIin::read("50315570005", written).unwrap().rests_on_file();
        assert!(written(Written::Text) && !written(Written::Number));
        assert!(!WrittenIin::read("50315570005.0", Written::Text).unwrap().rests_on_file(), "a number by nature");
    }

    #[test]
    fn zeros_that_are_not_proven_are_named() {
        assert_eq!(read("50315570006"), Err("iin_zeros_lost"), "the control digit");
        assert_eq!(read("51315570005"), Err("iin_zeros_lost"), "the month");
        // Somebody who would be past a hundred.
        let old = Iin::compose(date!(1905 - 03 - 15), false, 7).unwrap();
        assert_eq!(read(&old.expose()[1..]), Err("iin_zeros_lost"));
        assert_eq!(read("90010130001"), Err("iin_zeros_lost"), "a digit is missing at the end");
        for text in ["0503155700", "05031557000", "12345678", "1", "9001013000177", "90010130001x", "９00101300017"] {
            assert_eq!(read(text), Err("iin_malformed"), "{text}");
        }
        assert_eq!(read(" "), Err("iin_missing"));
        assert_eq!(read("''"), Err("iin_malformed"));
    }

    #[test]
    fn digits_that_are_gone_are_never_guessed() {
        for text in ["9,00101E+11", "9.00101E+11", "5.0315570005e10", "9E+11", "900101300017.5", "900,101,300,017"] {
            assert_eq!(read(text), Err("iin_inexact"), "{text}");
        }
    }

    #[test]
    fn companies_are_told_from_people() {
        for bin in ["990140000007", "090241000008", "90241000008"] {
            assert_eq!(read(bin), Ok((None, 12 - bin.len() as u8)), "{bin}");
        }
        assert_eq!(read("990140000008"), Err("iin_century"), "the control digit does not fit");
        assert_eq!(read("991340000007"), Err("iin_century"), "no month");
    }

    prop_compose! {
        fn day()(days in 0_i64..20_000) -> Date {
            date!(1975 - 01 - 01) + ::time::Duration::days(days)
        }
    }

    proptest! {
        #[test]
        fn nothing_but_leading_zeros_is_ever_added(
            birth in day(), female: bool, serial in 0_u16..10_000, from in 0_usize..12, drop in 0_usize..5, number: bool,
        ) {
            if let Some(iin) = Iin::compose(birth, female, serial) {
                // An IIN that lacks some digits, wherever.
                let text = format!("{}{}", &iin.expose()[..from], &iin.expose()[(from + drop).min(12)..]);
                let written = if number { Written::Number } else { Written::Text };
                if let Ok(WrittenIin { holder: NumberHolder::Person(iin), zeros, .. }) = WrittenIin::read(&text, written) {
                    let zeros = usize::from(zeros);
                    prop_assert_eq!(iin.expose(), format!("{}{text}", "0".repeat(zeros)));
                    prop_assert!(text.len() >= MIN_DIGITS && zeros <= 3);
                    prop_assert!(zeros == 0 || !text.starts_with('0'));
                }
            }
        }

        #[test]
        fn every_iin_that_a_spreadsheet_made_a_number_is_read_back(birth in day(), female: bool, serial in 0_u16..10_000) {
            if let Some(iin) = Iin::compose(birth, female, serial) {
                let read = WrittenIin::read(iin.expose().trim_start_matches('0'), Written::Number);
                prop_assert_eq!(read.map(|read| read.holder), Ok(NumberHolder::Person(iin)));
            }
        }

        #[test]
        fn no_iin_is_a_bin(birth in day(), female: bool, serial in 0_u16..10_000) {
            if let Some(iin) = Iin::compose(birth, female, serial) {
                prop_assert!(!is_bin(iin.expose()));
            }
        }

        #[test]
        fn one_wrong_digit_of_an_iin_seldom_makes_a_company(birth in day(), serial in 0_u16..10_000, digit in 4_u8..=6) {
            // First round: 5 times a difference below 11 is never a multiple of 11. Only the second round may coincide.
            if let Some(iin) = Iin::compose(birth, false, serial) {
                let mut bytes = iin.expose().as_bytes().to_vec();
                bytes[4] = b'0' + digit;
                let text = String::from_utf8(bytes.clone()).unwrap();
                let sum = |bytes: &[u8]| (1..=11).zip(bytes).map(|(w, b)| w * u32::from(b - b'0')).sum::<u32>() % 11;
                if sum(iin.expose().as_bytes()) < 10 && sum(&bytes) < 10 {
                    prop_assert!(!is_bin(&text));
                }
            }
        }
    }
}
