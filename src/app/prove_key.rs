//! Does the caller hold the key? (DPoP, RFC 9449)

use sha2::{Digest, Sha256};
use std::time::Duration;

use super::Services;
use crate::domain::authorization::HandleHash;
use crate::domain::confirmation::Thumbprint;
use crate::domain::ports::{StoreError, VerifiedProof};
use crate::domain::proof_nonce::{LONGEST_LIFE, is_current};

/// So far may the caller's clock be from ours, in either direction; the nonce is what counts.
const LEEWAY: Duration = Duration::from_mins(5);

/// Why the caller's key was not proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProofError {
    /// The proof is not good; the reason is for the operator's developers.
    #[error("{0}")]
    Refused(String),
    /// There is no nonce of ours in it, or an old one.
    #[error("the proof must carry the nonce of this service")]
    UseNonce,
    /// The store did not do as asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The thumbprint of the key that made `proof` for this request, `method` to `path` of ours. A proof serves once.
pub async fn prove_key(
    services: &Services,
    proof: &str,
    method: &str,
    path: &str,
) -> Result<Thumbprint, KeyProofError> {
    let address = services.policy.address(path);
    let proof =
        services.proofs.verify(proof, method, &address).map_err(|error| KeyProofError::Refused(error.to_string()))?;
    let now = services.clock.now();
    let current = |nonce: &str| is_current(&services.policy.pairwise_key, nonce, now);
    if !proof.nonce.as_deref().is_some_and(current) {
        return Err(KeyProofError::UseNonce);
    }
    if now.since(proof.issued_at).max(proof.issued_at.since(now)) > LEEWAY {
        return Err(KeyProofError::Refused("iat is too far from the time of this service".to_owned()));
    }
    let fresh = services.store.remember_proof(identity(&proof), now.plus(LONGEST_LIFE), now).await?;
    if fresh { Ok(proof.key) } else { Err(KeyProofError::Refused("the proof was used before".to_owned())) }
}

/// A `jti` is unique to its key, and of any length.
fn identity(proof: &VerifiedProof) -> HandleHash {
    HandleHash(Sha256::new().chain_update(proof.key.0).chain_update(proof.jti.as_bytes()).finalize().into())
}
