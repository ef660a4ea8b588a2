//! The person: their IIN, their age, and what the population register says of them.

use std::fmt;

use ::time::{Date, Month};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;

/// The age from which betting is allowed, in years (Law "On Gambling Business", article 15).
pub const MINIMUM_AGE: i32 = 21;

/// Weights of the first round of the control digit, for digits 1 to 11.
const FIRST_ROUND: [u32; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/// Weights of the second round, taken when the first gives 10.
const SECOND_ROUND: [u32; 11] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];

/// An individual identification number: 12 digits, YYMMDD, century and sex, serial, control digit
/// (Government resolution No. 853 of 2003). Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Iin([u8; 12]);

/// Why a text is no IIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IinError {
    /// Not exactly 12 ASCII digits.
    #[error("an IIN has exactly 12 digits and nothing else")]
    Malformed,
    /// The seventh digit names no century.
    #[error("the seventh digit of an IIN is 1 to 6")]
    Century,
    /// The first six digits are no day of that century.
    #[error("the first six digits of an IIN are a date of birth")]
    Date,
    /// Neither round of the control digit fits.
    #[error("the control digit does not fit")]
    ControlDigit,
}

impl IinError {
    /// The stable code of the refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "iin_malformed",
            Self::Century => "iin_century",
            Self::Date => "iin_date",
            Self::ControlDigit => "iin_control_digit",
        }
    }
}

impl Iin {
    /// Reads an IIN; nothing may stand before or after the 12 digits.
    pub fn parse(text: &str) -> Result<Self, IinError> {
        let bytes: [u8; 12] = text.as_bytes().try_into().map_err(|_| IinError::Malformed)?;
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(IinError::Malformed);
        }
        let iin = Self(bytes);
        iin.century()?;
        iin.date()?;
        match control_digit(&iin.digits()) {
            Some(digit) if digit == iin.digits()[11] => Ok(iin),
            _ => Err(IinError::ControlDigit),
        }
    }

    /// The IIN of this birth, sex digit and serial, or `None` where the rules leave that serial out.
    pub fn compose(birth: Date, female: bool, serial: u16) -> Option<Self> {
        let century = match birth.year() {
            1800..=1899 => 1,
            1900..=1999 => 3,
            2000..=2099 => 5,
            _ => return None,
        } + u8::from(female);
        let (year, month, day) = (birth.year() % 100, u8::from(birth.month()), birth.day());
        let body = format!("{year:02}{month:02}{day:02}{century}{serial:04}0");
        let mut bytes: [u8; 12] = body.as_bytes().try_into().ok()?;
        let digit = control_digit(&Self(bytes).digits())?;
        bytes[11] = b'0' + u8::try_from(digit).ok()?;
        Some(Self(bytes))
    }

    /// The 12 digits; for the registers that are asked, never for logs or answers.
    pub fn expose(&self) -> &str {
        // Only ASCII digits are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The date of birth that the number carries.
    pub fn birth_date(&self) -> Date {
        // `parse` and `compose` let no other date in.
        self.date().unwrap_or(Date::MIN)
    }

    /// Whether this person is at least [`MINIMUM_AGE`] on the Almaty day of `now`. One born on 29 February comes of
    /// age on 1 March of a common year.
    pub fn is_of_age(&self, now: Timestamp) -> bool {
        now.almaty_date() >= coming_of_age(self.birth_date())
    }

    fn digits(&self) -> [u32; 12] {
        self.0.map(|byte| u32::from(byte - b'0'))
    }

    fn century(&self) -> Result<i32, IinError> {
        match self.digits()[6] {
            1 | 2 => Ok(1800),
            3 | 4 => Ok(1900),
            5 | 6 => Ok(2000),
            _ => Err(IinError::Century),
        }
    }

    fn date(&self) -> Result<Date, IinError> {
        let d = self.digits();
        let two = |i: usize| u8::try_from(d[i] * 10 + d[i + 1]).unwrap_or(0);
        let month = Month::try_from(two(2)).map_err(|_| IinError::Date)?;
        Date::from_calendar_date(self.century()? + i32::from(two(0)), month, two(4)).map_err(|_| IinError::Date)
    }
}

impl fmt::Debug for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iin(redacted)")
    }
}

/// The control digit of the first eleven; `None` where neither round gives one. IINs and BINs have the same.
pub(super) fn control_digit(digits: &[u32; 12]) -> Option<u32> {
    let round = |weights: [u32; 11]| digits.iter().zip(weights).map(|(d, w)| d * w).sum::<u32>() % 11;
    [FIRST_ROUND, SECOND_ROUND].into_iter().map(round).find(|digit| *digit < 10)
}

fn coming_of_age(birth: Date) -> Date {
    let year = birth.year() + MINIMUM_AGE;
    birth.replace_year(year).or_else(|_| Date::from_calendar_date(year, Month::March, 1)).unwrap_or(Date::MAX)
}

/// What the population register holds of one person.
#[derive(Clone, Debug)]
pub struct Citizen {
    /// Their number.
    pub iin: Iin,
    /// Their name as the register writes it.
    pub name: SecretText,
    /// The national ID photo: JPEG, PNG, WebP or JPEG 2000 as the register keeps it.
    pub photo: SecretBytes,
    /// Whether this is a made-up person of the sandbox.
    pub sandbox: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::time::almaty_midnight;
    use ::time::macros::date;
    use proptest::prelude::*;

    #[test]
    fn both_rounds_of_the_control_digit_are_honoured() {
        // First round: 9*1+0+0+1*4+0+1*6+3*7+0+0+0+1*11 = 51, 51 mod 11 = 7.
        assert!(Iin::parse("900101300017").is_ok());
        assert_eq!(Iin::parse("900101300018"), Err(IinError::ControlDigit));
        // Somewhere among the serials the first round gives 10 and the second decides.
        let second = (0..2_000)
            .filter_map(|serial| Iin::compose(date!(1990 - 01 - 01), false, serial))
            .find(|iin| iin.digits().iter().zip(FIRST_ROUND).map(|(d, w)| d * w).sum::<u32>() % 11 == 10);
        assert!(Iin::parse(second.unwrap().expose()).is_ok());
    }

    #[test]
    fn nothing_stands_before_or_after_the_digits() {
        for text in
            ["", " 900101300017", "900101300017 ", "900101300017\n", "90010130001", "9001013000177", "９00101300017"]
        {
            assert_eq!(Iin::parse(text), Err(IinError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn the_date_and_the_century_are_real() {
        assert_eq!(Iin::parse("900101000017"), Err(IinError::Century));
        assert_eq!(Iin::parse("900101700017"), Err(IinError::Century));
        assert_eq!(Iin::parse("901301300017"), Err(IinError::Date));
        assert_eq!(Iin::parse("900230300017"), Err(IinError::Date));
        assert_eq!(Iin::parse("000000300017"), Err(IinError::Date));
    }

    #[test]
    fn of_age_from_almaty_midnight_of_the_21st_birthday() {
        let iin = Iin::compose(date!(2005 - 11 - 22), true, 17).unwrap();
        let birthday = almaty_midnight(date!(2026 - 11 - 22));
        assert!(iin.is_of_age(birthday));
        assert!(!iin.is_of_age(Timestamp::from_micros(birthday.micros() - 1)));
        let leap = Iin::compose(date!(2004 - 02 - 29), false, 17).unwrap();
        assert!(!leap.is_of_age(almaty_midnight(date!(2025 - 02 - 28))));
        assert!(leap.is_of_age(almaty_midnight(date!(2025 - 03 - 01))));
    }

    #[test]
    fn debug_hides_the_number() {
        assert_eq!(format!("{:?}", Iin::parse("900101300017").unwrap()), "Iin(redacted)");
    }

    proptest! {
        #[test]
        fn what_is_composed_parses_to_the_same_birthday(day in -25_000_i64..35_000, female: bool, serial in 0_u16..10_000) {
            let birth = date!(1970 - 01 - 01) + ::time::Duration::days(day);
            if let Some(iin) = Iin::compose(birth, female, serial) {
                let parsed = Iin::parse(iin.expose()).unwrap();
                prop_assert_eq!(parsed.birth_date(), birth);
            }
        }

        #[test]
        fn one_wrong_digit_never_passes_the_control_digit(serial in 0_u16..10_000, place in 7_usize..10, by in 1_u8..10) {
            if let Some(iin) = Iin::compose(date!(1985 - 06 - 15), false, serial) {
                let mut bytes = iin.0;
                bytes[place] = b'0' + (bytes[place] - b'0' + by) % 10;
                let text = String::from_utf8(bytes.to_vec()).unwrap();
                // Modulo 11 sees every such change in the first round (the 11th digit has the weight 11, and so none);
                // the second round may coincide for a few.
                let first = |b: &[u8; 12]| b.iter().zip(FIRST_ROUND).map(|(d, w)| u32::from(d - b'0') * w).sum::<u32>() % 11;
                if first(&iin.0) < 10 && first(&bytes) < 10 {
                    prop_assert!(Iin::parse(&text).is_err());
                }
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,20}") {
            let _ = Iin::parse(&text);
        }
    }
}
