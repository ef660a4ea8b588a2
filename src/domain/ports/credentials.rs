//! The credential standards: signed tokens, client assertions, passkey ceremonies.

use crate::domain::access_token::AccessTokenClaims;
use crate::domain::id::PlayerId;
use crate::domain::secret::{SecretBytes, SecretText};
use crate::domain::time::Timestamp;

/// Signing failed; the key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token could not be signed: {0}")]
pub struct SignError(pub String);

/// Signs access tokens with ES256 (`typ: at+jwt`) and publishes the public keys.
pub trait TokenSigner: Send + Sync {
    /// The compact JWS.
    fn sign(&self, claims: &AccessTokenClaims) -> Result<SecretText, SignError>;

    /// Reads a token of ours back: signature, type and issuer are checked, times are not (they are checked against our
    /// own clock). `None` for everything else.
    fn read(&self, token: &str) -> Option<AccessTokenClaims>;

    /// The public keys, RFC 7517.
    fn jwks(&self) -> serde_json::Value;
}

/// What a good client assertion says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedAssertion {
    /// `sub` and `iss`.
    pub client_id: String,
    /// `jti`, to be remembered until `expires_at`.
    pub jti: String,
    /// `exp`.
    pub expires_at: Timestamp,
}

/// Why a client assertion is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client assertion was refused: {0}")]
pub struct AssertionError(pub String);

/// Verifies `private_key_jwt` assertions (RFC 7523 section 3): ES256, PS256 or EdDSA.
pub trait AssertionVerifier: Send + Sync {
    /// The `sub` that an unverified assertion claims, to find the keys by.
    fn claimed_client(&self, assertion: &str) -> Option<String>;

    /// Checks signature by `jwks`, `iss` = `sub`, `aud` (one of ours), `exp` (at most 5 minutes ahead), `nbf`, `jti`.
    fn verify(&self, assertion: &str, jwks: &str, now: Timestamp) -> Result<VerifiedAssertion, AssertionError>;
}

/// The first half of a ceremony.
#[derive(Clone, Debug)]
pub struct StartedCeremony {
    /// For `navigator.credentials`: `{"publicKey": {...}}`.
    pub options: serde_json::Value,
    /// To be kept (encrypted) and taken once.
    pub state: SecretBytes,
}

/// A passkey that was made or used.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The authenticator's credential id.
    pub credential_id: Vec<u8>,
    /// The passkey in its new state, to be stored.
    pub content: SecretBytes,
}

/// Why a ceremony failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the passkey ceremony failed: {0}")]
pub struct PasskeyError(pub String);

/// WebAuthn ceremonies. State is the caller's to keep, expire and use once.
pub trait PasskeyCeremonies: Send + Sync {
    /// Begins a registration; `exclude` are credential ids already enrolled. `account` is shown by the authenticator
    /// and must not be an IIN.
    fn start_registration(
        &self,
        player: PlayerId,
        account: &str,
        exclude: &[Vec<u8>],
    ) -> Result<StartedCeremony, PasskeyError>;

    /// Ends a registration with the browser's answer.
    fn finish_registration(&self, state: &SecretBytes, answer: &serde_json::Value) -> Result<Proof, PasskeyError>;

    /// Begins an authentication with any of these stored passkeys.
    fn start_authentication(&self, passkeys: &[SecretBytes]) -> Result<StartedCeremony, PasskeyError>;

    /// Ends an authentication; user verification is required, a signature counter that went back is refused.
    fn finish_authentication(
        &self,
        state: &SecretBytes,
        passkeys: &[SecretBytes],
        answer: &serde_json::Value,
    ) -> Result<Proof, PasskeyError>;
}
