//! Does the caller hold the key? (DPoP, RFC 9449)

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use crate::app::Services;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::oauth::confirmation::Thumbprint;
use crate::domain::oauth::credentials::VerifiedProof;
use crate::domain::oauth::proof_nonce::{MAX_LIFE, is_current};

/// No proof may be older; the nonce is what counts.
const OLDEST: Duration = Duration::from_mins(5);
/// So far may the caller's clock be ahead of ours (FAPI 2.0 Security Profile section 5.3.2.1, item 13).
const AHEAD: Duration = Duration::from_mins(1);

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

/// A proof that is good but for one thing: whether it was used before.
#[derive(Clone, Debug)]
pub struct CheckedProof(VerifiedProof);

impl CheckedProof {
    /// Whether it was made for a request that shows this access token (RFC 9449 section 4.3, item 11).
    pub fn is_for(&self, access_token: &str) -> bool {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(access_token));
        self.0.access_token_hash.as_deref() == Some(hash.as_str())
    }
}

/// Checks a proof for this request, `method` to one of `addresses`. Nothing is used up yet: who must send another one, with our
/// nonce, may send the rest of the request again as it is.
pub fn check_proof(
    services: &Services,
    proof: &str,
    method: &str,
    addresses: &[Url],
) -> Result<CheckedProof, KeyProofError> {
    let refused = |why: &str| KeyProofError::Refused(why.to_owned());
    let proof = services.credentials.proofs.verify(proof, method, addresses);
    let proof = proof.map_err(|error| KeyProofError::Refused(error.to_string()))?;
    let now = services.clock.now();
    let current = |nonce: &str| is_current(&services.policy.pairwise_key, nonce, now);
    if !proof.nonce.as_deref().is_some_and(current) {
        return Err(KeyProofError::UseNonce);
    }
    if now.since(proof.issued_at) > OLDEST || proof.issued_at > now.plus(AHEAD) {
        return Err(refused("iat is too far from the time of this service"));
    }
    if proof.not_before.is_some_and(|begins| begins > now.plus(AHEAD)) {
        return Err(refused("nbf lies ahead"));
    }
    if proof.expires_at.is_some_and(|ends| ends <= now) {
        return Err(refused("the proof has expired"));
    }
    Ok(CheckedProof(proof))
}

/// Uses the proof up: the thumbprint of the key that made it. A proof serves once.
pub async fn spend_proof(services: &Services, proof: CheckedProof) -> Result<Thumbprint, KeyProofError> {
    let CheckedProof(proof) = proof;
    let now = services.clock.now();
    let fresh = services.store.remember_proof(identity(&proof), now.plus(MAX_LIFE), now).await?;
    if fresh { Ok(proof.key) } else { Err(KeyProofError::Refused("the proof was used before".to_owned())) }
}

/// A `jti` is unique to its key, and of any length.
fn identity(proof: &VerifiedProof) -> HandleHash {
    HandleHash(Sha256::new().chain_update(proof.key.0).chain_update(proof.jti.as_bytes()).finalize().into())
}
