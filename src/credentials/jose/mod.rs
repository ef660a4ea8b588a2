//! JOSE: what we sign, the assertions operators authenticate with, and the proofs of their keys.

mod assertion;
mod jws;
mod proof;
mod public_keys;
mod signer;
mod signing_key;
mod statement;
#[cfg(test)]
mod testing;

pub use assertion::AssertionJose;
pub use proof::DpopJose;
pub use public_keys::check_keys;
pub use signer::JoseSigner;
pub use signing_key::{KeyError, generate_es256};
pub use statement::StatementJose;

use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;

/// Chooses the cryptography of `jsonwebtoken` for this process. Without a choice the library panics on first use as soon
/// as some dependency switches its other backend on too; a second call finds the choice made.
fn install_provider() {
    if DEFAULT_PROVIDER.install_default().is_err() {
        tracing::trace!("the JWT cryptography was chosen before");
    }
}
