//! Encrypted columns: AES-256-GCM, bound to the place where the value stands, so that a value moved to another row,
//! column or table does not decrypt. The first key encrypts, any decrypts. See docs/adr/0003-encrypted-columns.md.

use std::fmt;
use std::sync::Arc;

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::domain::identity::person::Iin;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::restrictions::PersonKey;

/// Length of every key in bytes.
const KEY_BYTES: usize = 32;
/// Envelope: version, key id, nonce, then ciphertext and tag.
const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 4;
const NONCE_BYTES: usize = 12;
const HEADER_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_BYTES;

const VALUE_CONTEXT: &[u8] = b"rastau encrypted column v1";
const LOOKUP_CONTEXT: &[u8] = b"rastau iin lookup v1";
const TEXT_CONTEXT: &[u8] = b"rastau text lookup v1";
const REGISTRY_CONTEXT: &[u8] = b"rastau registry key v1";
const PROOF_CONTEXT: &[u8] = b"rastau lookup key proof v1";
const KEY_ID_CONTEXT: &[u8] = b"rastau column key id v1";

/// The keys of the database, 32 random bytes each.
#[derive(Clone)]
pub struct ColumnKeys {
    /// The first encrypts, any decrypts: a new key is put in front, an old one stays until nothing needs it.
    pub encryption: Vec<SecretBytes>,
    /// Key of the hashes by which IINs are found. It cannot be changed without writing those hashes anew.
    pub lookup: SecretBytes,
    /// Keys that the registry's hashes were hashed with again, the oldest first: none is ever removed or moved.
    pub registry: Vec<SecretBytes>,
}

impl fmt::Debug for ColumnKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ColumnKeys({} encryption keys, redacted)", self.encryption.len())
    }
}

/// A column of a table: one half of a value's place.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Column {
    table: &'static str,
    name: &'static str,
}

impl Column {
    /// `table`.`name` as the migrations write them. A rename orphans every value under the old name.
    pub(in crate::store) const fn new(table: &'static str, name: &'static str) -> Self {
        Self { table, name }
    }

    fn unreadable(self, why: &str) -> StoreError {
        StoreError::Corrupt(format!("{}.{}: {why}", self.table, self.name))
    }
}

struct Key {
    id: [u8; KEY_ID_BYTES],
    cipher: Aes256Gcm,
}

/// Encrypts and decrypts columns, and hashes IINs for lookups.
pub(in crate::store) struct ColumnCipher {
    /// Never empty; the first encrypts.
    keys: Vec<Key>,
    lookup: SecretBytes,
    registry: Vec<SecretBytes>,
    randomness: Arc<dyn Randomness>,
}

impl ColumnCipher {
    /// Checks the keys' number and lengths.
    pub(in crate::store) fn new(keys: &ColumnKeys, randomness: Arc<dyn Randomness>) -> Result<Self, StoreError> {
        let wrong = || StoreError::Corrupt("at least one column key is needed, each of 32 bytes".to_owned());
        if keys.encryption.is_empty()
            || [&keys.lookup].into_iter().chain(&keys.registry).any(|key| key.len() != KEY_BYTES)
        {
            return Err(wrong());
        }
        let made: Result<Vec<Key>, StoreError> = keys
            .encryption
            .iter()
            .map(|key| {
                Ok(Key { id: key_id(key), cipher: Aes256Gcm::new_from_slice(key.expose()).map_err(|_| wrong())? })
            })
            .collect();
        Ok(Self { keys: made?, lookup: keys.lookup.clone(), registry: keys.registry.clone(), randomness })
    }

    /// Encrypts `plain` for this column of the row with the key `row`.
    pub(in crate::store) fn seal(&self, column: Column, row: &[&[u8]], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let failed = || column.unreadable("cannot be encrypted");
        let key = self.keys.first().ok_or_else(failed)?;
        let mut nonce = [0_u8; NONCE_BYTES];
        self.randomness.fill(&mut nonce);
        let aad = place(column, row);
        let payload = Payload { msg: plain, aad: &aad };
        let sealed = key.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| failed())?;
        let mut envelope = Vec::with_capacity(HEADER_BYTES + sealed.len());
        envelope.push(VERSION);
        envelope.extend_from_slice(&key.id);
        envelope.extend_from_slice(&nonce);
        envelope.extend_from_slice(&sealed);
        Ok(envelope)
    }

    /// Decrypts what [`ColumnCipher::seal`] made for the very same place.
    pub(in crate::store) fn open(
        &self,
        column: Column,
        row: &[&[u8]],
        envelope: &[u8],
    ) -> Result<SecretBytes, StoreError> {
        let (key_id, nonce, sealed) = split(envelope).ok_or_else(|| column.unreadable("is no encrypted value"))?;
        let aad = place(column, row);
        let mut known = self.keys.iter().filter(|key| key.id == key_id).peekable();
        if known.peek().is_none() {
            return Err(column.unreadable("none of the configured keys encrypted it"));
        }
        known
            .find_map(|key| {
                let payload = Payload { msg: sealed, aad: &aad };
                key.cipher.decrypt(&Nonce::from(nonce), payload).ok()
            })
            .map(SecretBytes::new)
            .ok_or_else(|| column.unreadable("was changed or moved from another place"))
    }

    /// A fresh key for one row and what hangs on it: whoever forgets it has erased all of that.
    pub(in crate::store) fn draw_key(&self) -> SecretBytes {
        let mut key = vec![0; KEY_BYTES];
        self.randomness.fill(&mut key);
        SecretBytes::new(key)
    }

    /// Encrypts and decrypts columns under such a key, and under no other.
    pub(in crate::store) fn under(&self, own: &SecretBytes) -> Result<Self, StoreError> {
        let keys = ColumnKeys { encryption: vec![own.clone()], lookup: self.lookup.clone(), registry: Vec::new() };
        Self::new(&keys, self.randomness.clone())
    }

    /// The keyed hash by which `table` finds `iin`: 32 bytes, another for each table, so that a leaked database does
    /// not tell which rows of two tables belong together.
    pub(in crate::store) fn lookup(&self, table: &str, iin: &Iin) -> Result<Vec<u8>, StoreError> {
        keyed_hash(&self.lookup, &[LOOKUP_CONTEXT, table.as_bytes(), iin.expose().as_bytes()]).map(|hash| hash.to_vec())
    }

    /// The same of another text than an IIN: an address.
    pub(in crate::store) fn lookup_text(&self, table: &str, text: &str) -> Result<Vec<u8>, StoreError> {
        keyed_hash(&self.lookup, &[TEXT_CONTEXT, table.as_bytes(), text.as_bytes()]).map(|hash| hash.to_vec())
    }

    /// The number of the newest key of the registry; 0 while there is but the first.
    pub(in crate::store) fn newest_generation(&self) -> u32 {
        u32::try_from(self.registry.len()).unwrap_or(u32::MAX)
    }

    /// The person as the registry finds them under the keys up to `generation`.
    pub(in crate::store) fn person_key(&self, iin: &Iin, generation: u32) -> Result<PersonKey, StoreError> {
        let first = keyed_hash(&self.lookup, &[LOOKUP_CONTEXT, b"restriction", iin.expose().as_bytes()])?;
        self.rehashed(PersonKey(first), 0, generation)
    }

    /// What a person is found by under the keys up to `from`, as it is under those up to `to`.
    pub(in crate::store) fn rehashed(&self, person: PersonKey, from: u32, to: u32) -> Result<PersonKey, StoreError> {
        let wrapping = self.registry.get(from as usize..to as usize).ok_or_else(|| unknown_generation(to))?;
        wrapping.iter().try_fold(person, |person, key| keyed_hash(key, &[REGISTRY_CONTEXT, &person.0]).map(PersonKey))
    }

    /// Tells these keys from others, and nothing of them.
    pub(in crate::store) fn proof(&self, generation: u32) -> Result<[u8; 32], StoreError> {
        let first = keyed_hash(&self.lookup, &[PROOF_CONTEXT])?;
        self.rehashed(PersonKey(first), 0, generation).map(|proof| proof.0)
    }
}

/// The key file lacks a key that the database speaks of.
pub(in crate::store) fn unknown_generation(generation: u32) -> StoreError {
    StoreError::Corrupt(format!("the registry's key of generation {generation} is not in the key file"))
}

fn keyed_hash(key: &SecretBytes, parts: &[&[u8]]) -> Result<[u8; 32], StoreError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose())
        .map_err(|_| StoreError::Corrupt("a lookup key cannot be used".to_owned()))?;
    mac.update(&length_prefixed(parts));
    Ok(mac.finalize().into_bytes().into())
}

fn key_id(key: &SecretBytes) -> [u8; KEY_ID_BYTES] {
    let digest = Sha256::new().chain_update(KEY_ID_CONTEXT).chain_update(key.expose()).finalize();
    let mut id = [0; KEY_ID_BYTES];
    id.copy_from_slice(&digest[..KEY_ID_BYTES]);
    id
}

/// Associated data: where the value stands.
fn place(column: Column, row: &[&[u8]]) -> Vec<u8> {
    let mut parts = vec![VALUE_CONTEXT, column.table.as_bytes()];
    parts.extend_from_slice(row);
    parts.push(column.name.as_bytes());
    length_prefixed(&parts)
}

/// No two different lists of parts share an encoding.
fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

fn split(envelope: &[u8]) -> Option<([u8; KEY_ID_BYTES], [u8; NONCE_BYTES], &[u8])> {
    let (version, rest) = envelope.split_first()?;
    let (key_id, rest) = rest.split_first_chunk()?;
    let (nonce, sealed) = rest.split_first_chunk()?;
    (*version == VERSION).then_some((*key_id, *nonce, sealed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;
    use proptest::prelude::*;

    const NAME: Column = Column::new("citizen", "name");

    fn cipher(encryption: &[u8], seed: u64) -> ColumnCipher {
        let key = |byte: u8| SecretBytes::new(vec![byte; KEY_BYTES]);
        let keys = ColumnKeys {
            encryption: encryption.iter().copied().map(key).collect(),
            lookup: key(99),
            registry: Vec::new(),
        };
        ColumnCipher::new(&keys, Arc::new(SeededRandomness::new(seed))).unwrap()
    }

    #[test]
    fn a_value_decrypts_in_its_own_place_only() {
        let cipher = cipher(&[1], 1);
        let sealed = cipher.seal(NAME, &[b"row"], b"plain").unwrap();
        assert_eq!(cipher.open(NAME, &[b"row"], &sealed).unwrap().expose(), b"plain");
        let elsewhere: [(Column, &[&[u8]]); 4] = [
            (Column::new("citizen", "photo"), &[b"row"]),
            (Column::new("player", "name"), &[b"row"]),
            (NAME, &[b"other"]),
            (NAME, &[b"r", b"ow"]),
        ];
        for (column, row) in elsewhere {
            let answer = cipher.open(column, row, &sealed);
            assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{column:?} {row:?}");
        }
    }

    #[test]
    fn the_first_key_encrypts_and_any_decrypts() {
        let old = cipher(&[1], 1).seal(NAME, &[], b"old").unwrap();
        let rotated = cipher(&[2, 1], 2);
        let new = rotated.seal(NAME, &[], b"new").unwrap();
        assert_eq!(rotated.open(NAME, &[], &old).unwrap().expose(), b"old");
        assert_eq!(cipher(&[2], 3).open(NAME, &[], &new).unwrap().expose(), b"new");
        let without = cipher(&[2], 3).open(NAME, &[], &old).unwrap_err();
        assert!(without.to_string().contains("none of the configured keys"), "{without}");
    }

    #[test]
    fn keys_of_a_wrong_length_are_refused_and_never_shown() {
        let key = |len: usize| SecretBytes::new(vec![0xAB; len]);
        let randomness: Arc<dyn Randomness> = Arc::new(SeededRandomness::new(1));
        for (encryption, lookup) in [(vec![], key(32)), (vec![key(31)], key(32)), (vec![key(32)], key(33))] {
            let keys = ColumnKeys { encryption, lookup, registry: Vec::new() };
            assert!(ColumnCipher::new(&keys, randomness.clone()).is_err());
            assert!(!format!("{keys:?}").to_lowercase().contains("ab, "));
        }
    }

    #[test]
    fn a_lookup_differs_by_table_and_by_key_and_is_not_the_plain_hash() {
        let iin = Iin::parse("900101300017").unwrap();
        let cipher = cipher(&[1], 1);
        let hash = cipher.lookup("player", &iin).unwrap();
        assert_eq!(hash, cipher.lookup("player", &iin).unwrap());
        assert_ne!(hash, cipher.lookup("citizen", &iin).unwrap());
        assert_ne!(hash, Sha256::digest(iin.expose().as_bytes()).to_vec());
    }

    proptest! {
        #[test]
        fn every_value_comes_back_and_no_two_envelopes_are_alike(
            plain in prop::collection::vec(any::<u8>(), 0..200), row in prop::collection::vec(any::<u8>(), 0..20)
        ) {
            let cipher = cipher(&[7, 8], 5);
            let one = cipher.seal(NAME, &[&row], &plain).unwrap();
            let two = cipher.seal(NAME, &[&row], &plain).unwrap();
            prop_assert_ne!(&one, &two);
            let opened = cipher.open(NAME, &[&row], &one).unwrap();
            prop_assert_eq!(opened.expose(), &plain[..]);
        }

        #[test]
        fn a_flipped_bit_anywhere_is_noticed(bit in any::<prop::sample::Index>()) {
            let cipher = cipher(&[7], 5);
            let mut sealed = cipher.seal(NAME, &[b"row"], b"a name").unwrap();
            let at = bit.index(sealed.len() * 8);
            sealed[at / 8] ^= 1 << (at % 8);
            prop_assert!(cipher.open(NAME, &[b"row"], &sealed).is_err());
        }

        #[test]
        fn no_bytes_from_outside_panic(envelope in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(cipher(&[7], 5).open(NAME, &[b"row"], &envelope).is_err());
        }
    }

    #[test]
    fn what_is_under_a_key_of_its_own_opens_with_that_alone() {
        let cipher = cipher(&[1], 1);
        let (mine, other) = (cipher.draw_key(), cipher.draw_key());
        let sealed = cipher.under(&mine).unwrap().seal(NAME, &[b"row"], b"face").unwrap();
        assert_eq!(cipher.under(&mine).unwrap().open(NAME, &[b"row"], &sealed).unwrap().expose(), b"face");
        assert!(cipher.under(&other).unwrap().open(NAME, &[b"row"], &sealed).is_err());
        assert!(cipher.open(NAME, &[b"row"], &sealed).is_err(), "the key file does not open it either");
        assert!(cipher.under(&SecretBytes::new(vec![0; 31])).is_err());
    }

    #[test]
    fn a_further_key_is_wrapped_around_those_before() {
        let key = |byte| SecretBytes::new(vec![byte; KEY_BYTES]);
        let cipher = |registry: &[u8]| {
            let registry = registry.iter().copied().map(key).collect();
            let keys = ColumnKeys { encryption: vec![key(1)], lookup: key(2), registry };
            ColumnCipher::new(&keys, Arc::new(SeededRandomness::new(1))).unwrap()
        };
        let iin = Iin::parse("900101300017").unwrap();
        let (old, new, other) = (cipher(&[]), cipher(&[3, 4]), cipher(&[4, 3]));
        let first = old.person_key(&iin, 0).unwrap();
        assert_eq!(first.0.to_vec(), old.lookup("restriction", &iin).unwrap());
        assert_eq!(new.person_key(&iin, 0).unwrap(), first);
        assert_eq!(new.rehashed(first, 0, 2).unwrap(), new.person_key(&iin, 2).unwrap());
        assert_eq!(new.rehashed(new.person_key(&iin, 1).unwrap(), 1, 2).unwrap(), new.person_key(&iin, 2).unwrap());
        assert_ne!(new.person_key(&iin, 2).unwrap(), other.person_key(&iin, 2).unwrap());
        assert_ne!(new.proof(2).unwrap(), other.proof(2).unwrap());
        assert_eq!((new.proof(0).unwrap(), new.newest_generation()), (old.proof(0).unwrap(), 2));
        assert!(matches!(old.person_key(&iin, 1), Err(StoreError::Corrupt(_))), "its key is not known");
        assert!(matches!(new.rehashed(first, 2, 1), Err(StoreError::Corrupt(_))), "nothing leads back");
    }
}
