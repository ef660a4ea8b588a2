//! What operators are given: codes, tokens, their status, and their end.

pub mod client;
pub mod end_restricted;
pub mod exchange;
pub mod introspect;
pub mod issue;
pub mod prove_key;
pub mod purge;
pub mod push;
pub mod renew;
pub mod revoke;
pub mod status_lists;
pub mod use_token;

use std::fmt;
use std::sync::Arc;

use crate::domain::oauth::credentials::{AssertionVerifier, KeySets, ProofVerifier, TokenSigner};

/// What is signed, by us and by operators.
#[derive(Clone)]
pub struct CredentialServices {
    /// Our signatures.
    pub signer: Arc<dyn TokenSigner>,
    /// Client assertions.
    pub assertions: Arc<dyn AssertionVerifier>,
    /// Key sets that operators publish.
    pub key_sets: Arc<dyn KeySets>,
    /// Proofs of operators' keys.
    pub proofs: Arc<dyn ProofVerifier>,
}

impl fmt::Debug for CredentialServices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialServices").finish_non_exhaustive()
    }
}
