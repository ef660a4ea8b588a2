//! An authenticator whose backup flags a test sets, for what the library's own software authenticator cannot play. Compiled into
//! the library so that unit tests and the integration binary share it, as [`crate::domain::kernel::testing`] is.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// User present and verified (WebAuthn level 3 section 6.1).
const PRESENT_AND_VERIFIED: u8 = 0b101;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;

/// The two backup flags of authenticator data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupFlags {
    /// BE: it may be backed up.
    pub eligible: bool,
    /// BS: it is.
    pub backed_up: bool,
}

impl BackupFlags {
    /// Every pair, also the one that is never valid.
    pub const ALL: [Self; 4] =
        [Self::new(false, false), Self::new(false, true), Self::new(true, false), Self::new(true, true)];

    /// BE and BS.
    pub const fn new(eligible: bool, backed_up: bool) -> Self {
        Self { eligible, backed_up }
    }

    fn bits(self) -> u8 {
        (u8::from(self.eligible) * BACKUP_ELIGIBLE) | (u8::from(self.backed_up) * BACKED_UP)
    }
}

/// One passkey of ES256, verified by its device each time; its counter stays at zero, as that of synchronised ones does.
#[derive(Debug)]
pub struct FlaggedPasskey {
    key: EcdsaKeyPair,
    id: [u8; 32],
}

impl FlaggedPasskey {
    /// A new one; `None` where the system has no randomness.
    pub fn new() -> Option<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).ok()?;
        let id = Sha256::digest(key.public_key().as_ref()).into();
        Some(Self { key, id })
    }

    /// The answer to the options of a registration, on a page of `origin`; `None` where they are no such options.
    pub fn create(&self, options: &Value, origin: &str, flags: BackupFlags) -> Option<Value> {
        let options = &options["publicKey"];
        let mut data = authenticator_data(options["rp"]["id"].as_str()?, flags.bits() | ATTESTED);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(self.id);
        data.extend(self.cose_key()?);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes of one length byte}
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).ok()?);
        attestation.extend(data);
        let client_data = client_data("webauthn.create", options, origin)?;
        Some(self.answer(&json!({ "attestationObject": text(&attestation), "clientDataJSON": text(&client_data) })))
    }

    /// The answer to the options of an authentication.
    pub fn get(&self, options: &Value, origin: &str, flags: BackupFlags) -> Option<Value> {
        let options = &options["publicKey"];
        let data = authenticator_data(options["rpId"].as_str()?, flags.bits());
        let client_data = client_data("webauthn.get", options, origin)?;
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).ok()?;
        Some(self.answer(&json!({
            "authenticatorData": text(&data),
            "clientDataJSON": text(&client_data),
            "signature": text(signature.as_ref()),
            "userHandle": null,
        })))
    }

    fn answer(&self, response: &Value) -> Value {
        let id = text(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {} })
    }

    /// `{1: 2, 3: -7, -1: 1, -2: x, -3: y}` (RFC 9053 section 7.1.1).
    fn cose_key(&self) -> Option<Vec<u8>> {
        let point = self.key.public_key().as_ref();
        let (x, y) = (point.get(1..33)?, point.get(33..65)?);
        Some([b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat())
    }
}

fn authenticator_data(rp_id: &str, flags: u8) -> Vec<u8> {
    let mut data = Sha256::digest(rp_id.as_bytes()).to_vec();
    data.push(flags | PRESENT_AND_VERIFIED);
    data.extend([0; 4]);
    data
}

fn client_data(kind: &str, options: &Value, origin: &str) -> Option<Vec<u8>> {
    let challenge = options["challenge"].as_str()?;
    Some(
        json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false })
            .to_string()
            .into_bytes(),
    )
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
