//! The ceremonies of passkeys (WebAuthn level 3), as the rules ask for them.

use crate::domain::kernel::secret::SecretBytes;
use uuid::Uuid;

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
        user: Uuid,
        account: &str,
        exclude: &[Vec<u8>],
    ) -> Result<StartedCeremony, PasskeyError>;

    /// Ends a registration with the browser's answer.
    fn finish_registration(&self, state: &SecretBytes, answer: &serde_json::Value) -> Result<Proof, PasskeyError>;

    /// Begins an authentication with any of these stored passkeys.
    fn start_authentication(&self, passkeys: &[SecretBytes]) -> Result<StartedCeremony, PasskeyError>;

    /// Begins an authentication that nobody can end, as one with a single passkey of this id would begin.
    fn start_made_up_authentication(&self, credential_id: &[u8]) -> Result<StartedCeremony, PasskeyError>;

    /// Ends an authentication; user verification is required, a signature counter that went back is refused.
    fn finish_authentication(
        &self,
        state: &SecretBytes,
        passkeys: &[SecretBytes],
        answer: &serde_json::Value,
    ) -> Result<Proof, PasskeyError>;
}
