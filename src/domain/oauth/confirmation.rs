//! To whose key a token is bound (RFC 7800), so that whoever steals the token alone holds nothing.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A SHA-256 over a public key (RFC 7638) or a certificate (RFC 8705 section 3.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint(pub [u8; 32]);

impl Thumbprint {
    /// Reads base64url without padding, 43 characters.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whoever uses the token must show that they hold this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Confirmation {
    /// The key of the operator's DPoP proofs (RFC 9449 section 6).
    DpopKey(Thumbprint),
    /// The operator's client certificate (RFC 8705 section 3).
    Certificate(Thumbprint),
}

impl Confirmation {
    /// The kind as columns write it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::DpopKey(_) => "jkt",
            Self::Certificate(_) => "x5t",
        }
    }

    /// The thumbprint, of whichever kind.
    pub fn thumbprint(self) -> Thumbprint {
        match self {
            Self::DpopKey(thumbprint) | Self::Certificate(thumbprint) => thumbprint,
        }
    }

    /// Reads [`Confirmation::kind`] and the thumbprint back.
    pub fn of_kind(kind: &str, thumbprint: Thumbprint) -> Option<Self> {
        match kind {
            "jkt" => Some(Self::DpopKey(thumbprint)),
            "x5t" => Some(Self::Certificate(thumbprint)),
            _ => None,
        }
    }

    /// What the token is presented as (RFC 6750, RFC 9449 section 7.1): a certificate leaves it a bearer token by name.
    pub fn token_type(confirmation: Option<Self>) -> &'static str {
        match confirmation {
            Some(Self::DpopKey(_)) => "DPoP",
            Some(Self::Certificate(_)) | None => "Bearer",
        }
    }
}

/// The claim `cnf`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationClaim {
    /// RFC 9449 section 6.1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub jkt: Option<String>,
    /// RFC 8705 section 3.1.
    #[serde(rename = "x5t#S256", skip_serializing_if = "Option::is_none", default)]
    pub x5t: Option<String>,
}

impl From<Confirmation> for ConfirmationClaim {
    fn from(confirmation: Confirmation) -> Self {
        let text = confirmation.thumbprint().to_string();
        match confirmation {
            Confirmation::DpopKey(_) => Self { jkt: Some(text), x5t: None },
            Confirmation::Certificate(_) => Self { jkt: None, x5t: Some(text) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_thumbprint_reads_back_and_so_does_its_kind(bytes in any::<[u8; 32]>()) {
            let thumbprint = Thumbprint(bytes);
            prop_assert_eq!(Thumbprint::parse(&thumbprint.to_string()), Some(thumbprint));
            for confirmation in [Confirmation::DpopKey(thumbprint), Confirmation::Certificate(thumbprint)] {
                prop_assert_eq!(Confirmation::of_kind(confirmation.kind(), thumbprint), Some(confirmation));
            }
        }
    }

    #[test]
    fn no_other_text_is_a_thumbprint() {
        for text in
            ["", "AA", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"]
        {
            assert_eq!(Thumbprint::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_claim_names_one_of_both() {
        let thumbprint = Thumbprint([7; 32]);
        let of = |confirmation| serde_json::to_value(ConfirmationClaim::from(confirmation)).unwrap();
        assert_eq!(of(Confirmation::DpopKey(thumbprint)), serde_json::json!({ "jkt": thumbprint.to_string() }));
        assert_eq!(
            of(Confirmation::Certificate(thumbprint)),
            serde_json::json!({ "x5t#S256": thumbprint.to_string() })
        );
    }
}
