//! Recovery codes: ten, each good once, kept as argon2id hashes under one salt per set.
//!
//! 12 symbols of a 32-letter alphabet are 60 random bits; one salt for the ten of a set lets one hash be held against all.

use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::secret::SecretText;

/// How many codes a set has.
pub const CODES: usize = 10;
/// Crockford's base32 letters: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOLS: usize = 12;
/// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// The hash of one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeHash(pub [u8; 32]);

/// A set as stored: salt, hashes, and which are used.
#[derive(Clone, Debug)]
pub struct RecoveryCodes {
    /// Salt of the whole set.
    pub salt: [u8; 16],
    /// Hashes by place.
    pub codes: Vec<StoredCode>,
}

/// One stored code.
#[derive(Clone, Copy, Debug)]
pub struct StoredCode {
    /// Its place in the set, 0 to 9.
    pub place: i64,
    /// Its hash.
    pub hash: CodeHash,
    /// Whether it was used.
    pub used: bool,
}

/// Makes a set: the codes for the player, shown once, and what is stored. Takes some 100 ms of CPU: not for an async
/// thread.
pub fn generate(randomness: &dyn Randomness) -> (Vec<SecretText>, RecoveryCodes) {
    let mut salt = [0_u8; 16];
    randomness.fill(&mut salt);
    let texts: Vec<SecretText> = (0..CODES).map(|_| new_code(randomness)).collect();
    let codes = texts
        .iter()
        .zip(0_i64..)
        .filter_map(|(text, place)| hash(text.expose(), &salt).map(|hash| StoredCode { place, hash, used: false }))
        .collect();
    (texts, RecoveryCodes { salt, codes })
}

impl RecoveryCodes {
    /// How many are left.
    pub fn left(&self) -> usize {
        self.codes.iter().filter(|code| !code.used).count()
    }

    /// The place of the unused code that `typed` is, if any. Takes some 10 ms of CPU. The caller must mark it used by
    /// compare-and-set before it counts.
    pub fn find(&self, typed: &str) -> Option<i64> {
        let candidate = hash(typed, &self.salt)?;
        let mut found = None;
        for code in &self.codes {
            // No early end: the time must not tell which place fits.
            if bool::from(code.hash.0.ct_eq(&candidate.0)) && !code.used {
                found = Some(code.place);
            }
        }
        found
    }
}

fn new_code(randomness: &dyn Randomness) -> SecretText {
    let mut bytes = Zeroizing::new([0_u8; SYMBOLS]);
    randomness.fill(bytes.as_mut());
    let mut text = String::with_capacity(SYMBOLS + 2);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    SecretText::new(text)
}

/// What people type instead of what is printed: small letters, spaces, dashes left out, O for 0, I and L for 1.
fn normalise(typed: &str) -> Option<Zeroizing<String>> {
    let mut plain = Zeroizing::new(String::with_capacity(SYMBOLS));
    for c in typed.chars().filter(|c| !matches!(c, '-' | ' ')) {
        let symbol = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let known = u8::try_from(symbol).is_ok_and(|byte| ALPHABET.contains(&byte));
        if !known || plain.len() == SYMBOLS {
            return None;
        }
        plain.push(symbol);
    }
    (plain.len() == SYMBOLS).then_some(plain)
}

fn hash(typed: &str, salt: &[u8; 16]) -> Option<CodeHash> {
    let plain = normalise(typed)?;
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).ok()?;
    let mut out = [0_u8; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(plain.as_bytes(), salt, &mut out)
        .ok()?;
    Some(CodeHash(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;

    #[test]
    fn ten_codes_each_found_once_however_typed() {
        let (texts, mut set) = generate(&SeededRandomness::new(1));
        assert_eq!((texts.len(), set.left()), (CODES, CODES));
        let third = texts[2].expose();
        assert_eq!(third.len(), 14);
        assert_eq!(set.find(third), Some(2));
        assert_eq!(set.find(&third.to_lowercase().replace('-', " ")), Some(2));
        set.codes[2].used = true;
        assert_eq!(set.find(third), None);
        for odd in ["", "ABCD-EFGH", "ABCD-EFGH-JKMN-PQRS", "!!!!-!!!!-!!!!"] {
            assert_eq!(set.find(odd), None);
        }
    }
}
