//! The credential standards: signed tokens, client assertions, passkey ceremonies.

use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

use super::access_token::AccessTokenClaims;
use super::confirmation::Thumbprint;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::AssertionAudience;

/// Signing failed; the key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token could not be signed: {0}")]
pub struct SignError(pub String);

/// What is signed besides access tokens, by its `typ` (RFC 8725 section 3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    /// `token-introspection+jwt`, RFC 9701.
    Introspection,
    /// `statuslist+jwt`, Token Status List.
    StatusList,
    /// `check-receipt+jwt`, ours: [`ReceiptClaims`](crate::domain::operators::check::ReceiptClaims).
    CheckReceipt,
    /// `audit-checkpoint+jwt`, ours: how long the log is, and the root of its tree.
    AuditCheckpoint,
    /// `JWT`, OpenID Connect Core: [`IdTokenClaims`](crate::domain::oauth::id_token::IdTokenClaims).
    IdToken,
    /// `evidence-bundle+jwt`, ours: what files a bundle has.
    EvidenceBundle,
}

impl Statement {
    /// The `typ` of its header.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Introspection => "token-introspection+jwt",
            Self::StatusList => "statuslist+jwt",
            Self::CheckReceipt => "check-receipt+jwt",
            Self::AuditCheckpoint => "audit-checkpoint+jwt",
            Self::IdToken => "JWT",
            Self::EvidenceBundle => "evidence-bundle+jwt",
        }
    }
}

/// Reads statements of ours where there is no service: by public keys alone.
pub trait StatementReader: Send + Sync {
    /// The claims, when one of the keys of `jwks` signed a statement of this kind; times are the caller's to judge.
    fn read(&self, statement: Statement, token: &str, jwks: &str) -> Option<serde_json::Value>;
}

/// Signs access tokens with ES256 (`typ: at+jwt`) and publishes the public keys.
pub trait TokenSigner: Send + Sync {
    /// The compact JWS.
    fn sign(&self, claims: &AccessTokenClaims) -> Result<SecretText, SignError>;

    /// The compact JWS of something else that we say.
    fn state(&self, statement: Statement, claims: &serde_json::Value) -> Result<String, SignError>;

    /// Reads a token of ours back: signature, type and issuer are checked, times are not (they are checked against our
    /// own clock). `None` for everything else.
    fn read(&self, token: &str) -> Option<Arc<AccessTokenClaims>>;

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

    /// Whether assertions can be verified with one key of the set at least. Keys of other kinds and uses are passed over (RFC 7517
    /// section 5); one of ours that cannot be read or is too short is not, nor are two of one name.
    fn check_keys(&self, jwks: &str) -> Result<(), KeySetError>;

    /// Checks signature by `jwks`, `iss` = `sub`, `aud`, `exp` (at most an hour ahead), `nbf`, `jti`.
    fn verify(
        &self,
        assertion: &str,
        jwks: &str,
        audience: AssertionAudience,
        now: Timestamp,
    ) -> Result<VerifiedAssertion, AssertionError>;
}

/// A published key set cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key set cannot be had: {0}")]
pub struct KeySetError(pub String);

/// Key sets that operators publish (`jwks_uri`), as JSON text.
#[async_trait]
pub trait KeySets: Send + Sync {
    /// The set at `uri`, at most some minutes old.
    async fn key_set(&self, uri: &Url) -> Result<Arc<str>, KeySetError>;

    /// The set at `uri`, at most some seconds old: a key may have been added just now.
    async fn newest(&self, uri: &Url) -> Result<Arc<str>, KeySetError>;
}

/// What a good DPoP proof says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedProof {
    /// The key that signed it.
    pub key: Thumbprint,
    /// `jti`, to be remembered.
    pub jti: String,
    /// `nonce`, which must be one of ours.
    pub nonce: Option<String>,
    /// `ath`: base64url of SHA-256 of the access token that is shown with it.
    pub access_token_hash: Option<String>,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `nbf`, where it is said.
    pub not_before: Option<Timestamp>,
    /// `exp`, where it is said.
    pub expires_at: Option<Timestamp>,
}

/// Why a DPoP proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the DPoP proof was refused: {0}")]
pub struct ProofError(pub String);

/// Verifies DPoP proofs (RFC 9449 section 4.3): ES256, PS256 or EdDSA.
pub trait ProofVerifier: Send + Sync {
    /// Checks type, key and signature, `htm` and `htu` (one of `addresses`), and the form of the rest; time, nonce and replay are
    /// the caller's.
    fn verify(&self, proof: &str, method: &str, addresses: &[Url]) -> Result<VerifiedProof, ProofError>;
}
