//! The access token: one bit, "this person may play now", signed and short-lived (RFC 9068).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::confirmation::ConfirmationClaim;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::second_factor::{BoundBy, FactorKind};

/// No access token lives longer.
pub const MAX_LIFETIME: Duration = Duration::from_mins(5);

/// The claims of RFC 9068 section 2.2, and no more than the operator may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// Issuer.
    pub iss: String,
    /// Pairwise subject: the same person is another subject for every operator.
    pub sub: String,
    /// Audience: the operator's services.
    pub aud: String,
    /// The operator.
    pub client_id: String,
    /// Expiry, seconds.
    pub exp: i64,
    /// Issued at, seconds.
    pub iat: i64,
    /// When the person was verified, seconds.
    pub auth_time: i64,
    /// Token id.
    pub jti: String,
    /// Always `play`.
    pub scope: String,
    /// Authentication context class: how the person was verified while that is recent, else [`ACR_SESSION`].
    pub acr: String,
    /// Methods of RFC 8176.
    pub amr: Vec<String>,
    /// Whose key makes it good (RFC 7800).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cnf: Option<ConfirmationClaim>,
    /// Where its status is told.
    pub status: StatusClaim,
    /// Present and true in the sandbox only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sandbox: Option<bool>,
}

/// Where the token's status is told (Token Status List): which list, and which bit of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusClaim {
    /// The one kind of status there is.
    pub status_list: StatusReference,
}

/// See [`StatusClaim`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReference {
    /// The bit.
    pub idx: u32,
    /// The list's address.
    pub uri: String,
}

/// The authentication context class once the elevation has ended: the person was verified earlier in this session.
pub const ACR_SESSION: &str = "urn:rastau:acr:session";

/// The authentication context class for a face and this second factor, bound by this.
pub fn acr(bound_by: BoundBy, factor: FactorKind) -> &'static str {
    match (bound_by, factor) {
        (BoundBy::Face, FactorKind::Passkey) => "urn:rastau:acr:face+passkey",
        (BoundBy::Face, FactorKind::Totp) => "urn:rastau:acr:face+totp",
        (BoundBy::Face, FactorKind::RecoveryCode) => "urn:rastau:acr:face+recovery",
        (BoundBy::Wait, FactorKind::Passkey) => "urn:rastau:acr:face+wait+passkey",
        (BoundBy::Wait, FactorKind::Totp) => "urn:rastau:acr:face+wait+totp",
        (BoundBy::Wait, FactorKind::RecoveryCode) => "urn:rastau:acr:face+wait+recovery",
        (BoundBy::Contact, FactorKind::Passkey) => "urn:rastau:acr:face+contact+passkey",
        (BoundBy::Contact, FactorKind::Totp) => "urn:rastau:acr:face+contact+totp",
        (BoundBy::Contact, FactorKind::RecoveryCode) => "urn:rastau:acr:face+contact+recovery",
    }
}

/// Every class of a verification, the weakest proof first.
pub fn classes() -> Vec<&'static str> {
    BoundBy::ALL.into_iter().flat_map(|by| FactorKind::ALL.map(|factor| acr(by, factor))).collect()
}

/// Authentication methods, RFC 8176 section 2.
pub fn amr(factor: FactorKind) -> Vec<String> {
    let second = match factor {
        FactorKind::Passkey => "pop",
        FactorKind::Totp | FactorKind::RecoveryCode => "otp",
    };
    ["face", second, "mfa"].map(str::to_owned).to_vec()
}

/// A subject that means this player to this sector only (OpenID Connect Core, section 8.1): HMAC-SHA256 over both.
pub fn pairwise_subject(key: &SecretBytes, sector: &str, player: PlayerId) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else {
        // HMAC takes keys of every length.
        return String::new();
    };
    mac.update(sector.as_bytes());
    mac.update(&[0]);
    mac.update(player.uuid().as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_subject_differs_by_operator_and_by_key_and_stays_the_same() {
        let player = PlayerId::from(Uuid::from_u128(7));
        let key = SecretBytes::new(vec![1; 32]);
        let one = pairwise_subject(&key, "one", player);
        assert_eq!(one, pairwise_subject(&key, "one", player));
        assert_ne!(one, pairwise_subject(&key, "two", player));
        assert_ne!(one, pairwise_subject(&SecretBytes::new(vec![2; 32]), "one", player));
        assert_eq!(one.len(), 43);
    }
}
