//! What a sign-in of nobody begins with: options as somebody's would be, and the same whenever the same login is named.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::domain::kernel::secret::SecretBytes;

/// Sets this use of a key apart from every other: no operator's id begins with it.
const CONTEXT: &[u8] = b"\0staff login\0";
/// Lengths of credential ids as authenticators make them, in bytes.
const LENGTHS: [usize; 4] = [16, 20, 32, 64];

/// A credential id that no authenticator has. Nobody without the key can tell it from one that some authenticator has.
pub(super) fn credential_id(key: &SecretBytes, login: &str) -> Vec<u8> {
    let (length, first, second) = (hash(key, login, 0), hash(key, login, 1), hash(key, login, 2));
    let length = LENGTHS[usize::from(length[0]) % LENGTHS.len()];
    first.into_iter().chain(second).take(length).collect()
}

fn hash(key: &SecretBytes, login: &str, block: u8) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else {
        // HMAC takes keys of every length.
        return [0; 32];
    };
    mac.update(CONTEXT);
    mac.update(&[block]);
    mac.update(login.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(login: &str) -> Vec<u8> {
        credential_id(&SecretBytes::new(vec![1; 32]), login)
    }

    #[test]
    fn a_login_has_one_id_and_no_other_login_has_it() {
        assert_eq!(id("aigerim"), id("aigerim"));
        assert_ne!(id("aigerim"), id("aigerin"));
        assert_ne!(id("aigerim"), credential_id(&SecretBytes::new(vec![2; 32]), "aigerim"));
    }

    #[test]
    fn ids_are_as_long_as_those_of_authenticators() {
        let lengths: std::collections::BTreeSet<usize> = (0..200).map(|number| id(&number.to_string()).len()).collect();
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), LENGTHS);
    }
}
