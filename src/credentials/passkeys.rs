//! Passkeys: WebAuthn level 3 ceremonies by `webauthn-rs`.
//!
//! The library demands user verification, checks challenge, origin and signature, refuses an excluded authenticator, and
//! refuses a signature counter that did not rise above the one *in the ceremony's state*. It is content to finish the
//! same state twice and reads a clock of its own for attestation only: taking state once and its expiry are the store's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Serialize};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticationResult, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::domain::kernel::secret::SecretBytes;
use crate::domain::second_factor::ceremony::{PasskeyCeremonies, PasskeyError, Proof, StartedCeremony};
use crate::domain::second_factor::passkey::CEREMONY_TTL;

/// Ceremonies of one relying party at one origin.
#[derive(Debug)]
pub struct WebauthnCeremonies {
    webauthn: Webauthn,
}

impl WebauthnCeremonies {
    /// A relying party `rp_id` (a domain: the origin's host or a parent of it) whose pages come from `origin`; `rp_name` is
    /// what authenticators show.
    ///
    /// # Errors
    /// [`PasskeyError`] when `rp_id` does not belong to `origin`; an IP address has no relying party (use `localhost`).
    pub fn new(rp_id: &str, origin: &Url, rp_name: &str) -> Result<Self, PasskeyError> {
        let webauthn = WebauthnBuilder::new(rp_id, origin)
            .and_then(|builder| builder.rp_name(rp_name).timeout(CEREMONY_TTL).build())
            .map_err(failed)?;
        Ok(Self { webauthn })
    }

    /// Checks the answer. A passkey that was bound to its device and is synchronised by now has both backup flags anew, and the
    /// library, which lets the one rise, holds the other against what was stored: it is asked once more as if the passkey had
    /// been eligible before. Then it demands that the answer says so, too, and its signature is over that; the way back stays
    /// refused (WebAuthn level 3 section 6.1.3).
    fn check(
        &self,
        state: &PasskeyAuthentication,
        answer: &PublicKeyCredential,
    ) -> Result<AuthenticationResult, PasskeyError> {
        match self.webauthn.finish_passkey_authentication(answer, state) {
            Err(WebauthnError::CredentialMayNotBeHardwareBound) => {
                let eligible = eligible(state)?;
                self.webauthn.finish_passkey_authentication(answer, &eligible).map_err(failed)
            }
            other => other.map_err(failed),
        }
    }
}

impl PasskeyCeremonies for WebauthnCeremonies {
    fn start_registration(
        &self,
        user: Uuid,
        account: &str,
        exclude: &[Vec<u8>],
    ) -> Result<StartedCeremony, PasskeyError> {
        let (options, state) =
            self.webauthn.start_passkey_registration(user, account, account, Some(exclude.to_vec())).map_err(failed)?;
        started(&options, &state)
    }

    fn finish_registration(&self, state: &SecretBytes, answer: &Value) -> Result<Proof, PasskeyError> {
        let state: PasskeyRegistration = read(state)?;
        let answer: RegisterPublicKeyCredential = read_answer(answer)?;
        let passkey = self.webauthn.finish_passkey_registration(&answer, &state).map_err(failed)?;
        proof(&passkey)
    }

    fn start_authentication(&self, passkeys: &[SecretBytes]) -> Result<StartedCeremony, PasskeyError> {
        if passkeys.is_empty() {
            return Err(PasskeyError("there is no passkey to ask for".to_owned()));
        }
        let passkeys: Vec<Passkey> = passkeys.iter().map(read).collect::<Result<_, _>>()?;
        let (options, state) = self.webauthn.start_passkey_authentication(&passkeys).map_err(failed)?;
        started(&options, &state)
    }

    fn start_made_up_authentication(&self, credential_id: &[u8]) -> Result<StartedCeremony, PasskeyError> {
        let passkey = Passkey::deserialize(made_up(credential_id))
            .map_err(|_| PasskeyError("a made-up passkey is not as passkeys are".to_owned()))?;
        let (options, state) = self.webauthn.start_passkey_authentication(&[passkey]).map_err(failed)?;
        started(&options, &state)
    }

    fn finish_authentication(
        &self,
        state: &SecretBytes,
        passkeys: &[SecretBytes],
        answer: &Value,
    ) -> Result<Proof, PasskeyError> {
        let state: PasskeyAuthentication = read(state)?;
        let answer: PublicKeyCredential = read_answer(answer)?;
        let passkeys: Vec<Passkey> = passkeys.iter().map(read).collect::<Result<_, _>>()?;
        let result = self.check(&state, &answer)?;
        if !result.user_verified() {
            return Err(PasskeyError("the user was not verified".to_owned()));
        }
        let mut used = passkeys
            .into_iter()
            .find(|passkey| passkey.cred_id() == result.cred_id())
            .ok_or_else(|| PasskeyError("the passkey is none of theirs".to_owned()))?;
        // The library compared with the counter of the ceremony's beginning; another ceremony may have ended since.
        let stored = signature_counter(&used)?;
        let shown = u64::from(result.counter());
        if (stored > 0 || shown > 0) && shown <= stored {
            return Err(PasskeyError("the signature counter went back".to_owned()));
        }
        used.update_credential(&result);
        proof(&used)
    }
}

// `map_err` hands the error over.
#[allow(clippy::needless_pass_by_value)]
fn failed(error: WebauthnError) -> PasskeyError {
    PasskeyError(error.to_string())
}

fn read<T: DeserializeOwned>(bytes: &SecretBytes) -> Result<T, PasskeyError> {
    serde_json::from_slice(bytes.expose()).map_err(|_| PasskeyError("what was kept cannot be read".to_owned()))
}

fn read_answer<T: DeserializeOwned>(answer: &Value) -> Result<T, PasskeyError> {
    T::deserialize(answer).map_err(|_| PasskeyError("the answer is no public key credential".to_owned()))
}

fn write<T: Serialize>(value: &T) -> Result<SecretBytes, PasskeyError> {
    serde_json::to_vec(value)
        .map(SecretBytes::new)
        .map_err(|_| PasskeyError("the ceremony cannot be written down".to_owned()))
}

/// A passkey in the library's form. Its key is the point of P-256 whose x is SHA-256 of `rastau: nobody's key 3`: nobody knows
/// what signs for it.
fn made_up(credential_id: &[u8]) -> Value {
    const X: &str = "G9fJ8-PZwSdsxQUBEEKcWbdqq_rPCp9RO04DtuFCmoA";
    const Y: &str = "yO66pSTFIc46TgwlnmNJjc0OjTqkD0MYq0BOlo8A9MM";
    json!({ "cred": {
        "cred_id": URL_SAFE_NO_PAD.encode(credential_id),
        "cred": { "type_": "ES256", "key": { "EC_EC2": { "curve": "SECP256R1", "x": X, "y": Y } } },
        "counter": 0,
        "transports": null,
        "user_verified": true,
        "backup_eligible": false,
        "backup_state": false,
        "registration_policy": "required",
        "extensions": { "cred_protect": "NotRequested", "hmac_create_secret": "NotRequested" },
        "attestation": { "data": "None", "metadata": "None" },
        "attestation_format": "none",
    } })
}

/// The same ceremony with passkeys that may be backed up; the library shows that in the serialised form only.
fn eligible(state: &PasskeyAuthentication) -> Result<PasskeyAuthentication, PasskeyError> {
    let unlike = || PasskeyError("the state of a ceremony is not as it was written".to_owned());
    let mut form = serde_json::to_value(state).map_err(|_| unlike())?;
    let passkeys = form.pointer_mut("/ast/credentials").and_then(Value::as_array_mut).ok_or_else(unlike)?;
    for passkey in passkeys {
        *passkey.get_mut("backup_eligible").ok_or_else(unlike)? = json!(true);
    }
    PasskeyAuthentication::deserialize(form).map_err(|_| unlike())
}

fn started(options: &impl Serialize, state: &impl Serialize) -> Result<StartedCeremony, PasskeyError> {
    let options =
        serde_json::to_value(options).map_err(|_| PasskeyError("the options cannot be written down".to_owned()))?;
    Ok(StartedCeremony { options, state: write(state)? })
}

fn proof(passkey: &Passkey) -> Result<Proof, PasskeyError> {
    Ok(Proof { credential_id: passkey.cred_id().clone(), content: write(passkey)? })
}

/// The stored counter, which the library shows in the serialised form only.
fn signature_counter(passkey: &Passkey) -> Result<u64, PasskeyError> {
    serde_json::to_value(passkey)
        .ok()
        .and_then(|form| form.pointer("/cred/counter")?.as_u64())
        .ok_or_else(|| PasskeyError("the stored passkey carries no counter".to_owned()))
}

#[cfg(test)]
#[path = "passkeys_tests.rs"]
mod tests;
