//! Passkeys (WebAuthn level 3): what is kept between the two halves of a ceremony, and after it.

use std::time::Duration;

use super::Binding;
use crate::domain::kernel::id::{PasskeyId, PlayerId};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;

/// A ceremony that is not finished within this time is void.
pub const CEREMONY_TTL: Duration = Duration::from_mins(2);

/// Which ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeremonyKind {
    /// `navigator.credentials.create`
    Registration,
    /// `navigator.credentials.get`
    Authentication,
    /// The same, to confirm what somebody does after the decision.
    Confirmation,
    /// The same, to pass the lock of captures before the camera.
    Unlock,
    /// A further passkey is made, after another factor was shown for that.
    Addition,
    /// No ceremony of WebAuthn: an app is set up, after another factor was shown for that; the state is its secret.
    TotpAddition,
}

impl CeremonyKind {
    /// The kind as the column writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Authentication => "authentication",
            Self::Confirmation => "confirmation",
            Self::Unlock => "unlock",
            Self::Addition => "addition",
            Self::TotpAddition => "totp_addition",
        }
    }
}

/// A passkey as stored. Its content is the engine's own serialised form and stays opaque here.
#[derive(Clone, Debug)]
pub struct StoredPasskey {
    /// Our id of it.
    pub id: PasskeyId,
    /// Whose.
    pub player: PlayerId,
    /// The authenticator's credential id.
    pub credential_id: Vec<u8>,
    /// The engine's form: public key and signature counter.
    pub content: SecretBytes,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// By what it is bound to the player.
    pub binding: Binding,
}
