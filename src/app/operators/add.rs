//! Add an operator: its registration and its audit event, together.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::oauth::client::certificates;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::handle::new_handle;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::{
    ClientAuthentication, KeySource, Operator, OperatorChange, OperatorError, OperatorId, PRIVATE_KEY_MEMBERS,
};
pub use crate::domain::operators::operator::{NewCredential, NewOperator};
use crate::domain::operators::ports::Operators;
use crate::domain::ports::Store;

/// More keys than anybody rotates through.
const MAX_KEYS: usize = 16;

/// An operator that was added, and its secret, which is kept nowhere.
#[derive(Clone, Debug)]
pub struct AddedOperator {
    /// As registered.
    pub operator: Operator,
    /// The secret, if one was drawn.
    pub secret: Option<SecretText>,
}

/// Why no operator was added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddOperatorError {
    /// Wrong data.
    #[error(transparent)]
    Invalid(#[from] OperatorError),
    /// No usable public keys.
    #[error("the JWKS cannot be used: {0}")]
    Jwks(String),
    /// The id is taken.
    #[error("there is an operator with the id {0} already")]
    Exists(OperatorId),
    /// The store.
    #[error(transparent)]
    Store(StoreError),
}

/// Registers an operator; `by` is who decided.
pub async fn add_operator(
    store: &dyn Store,
    clock: &dyn Clock,
    randomness: &dyn Randomness,
    new: NewOperator,
    by: &str,
) -> Result<AddedOperator, AddOperatorError> {
    let mut unit = store.begin().await.map_err(AddOperatorError::Store)?;
    let added = add(unit.as_mut(), randomness, clock.now(), new, by).await?;
    unit.commit().await.map_err(AddOperatorError::Store)?;
    Ok(added)
}

/// The same within a transaction; `by` is who decided, where that is known.
pub async fn add(
    unit: &mut (impl AuditLog + Operators + ?Sized),
    randomness: &dyn Randomness,
    now: Timestamp,
    new: NewOperator,
    by: &str,
) -> Result<AddedOperator, AddOperatorError> {
    let secret = (new.credential == NewCredential::SandboxSecret).then(|| SecretText::new(new_handle(randomness)));
    let operator = drafted(new, secret.as_ref())?;
    unit.insert_operator(&operator, now).await.map_err(|error| match error {
        StoreError::Conflict => AddOperatorError::Exists(operator.id.clone()),
        other => AddOperatorError::Store(other),
    })?;
    let details = registration(&operator, by);
    let event = NewAuditEvent::of_operator(AuditKind::OperatorAdded, &operator.id, details, now);
    unit.append_audit(&event).await.map_err(AddOperatorError::Store)?;
    Ok(AddedOperator { operator, secret })
}

/// Whether it could be added now.
pub async fn expect_addable(unit: &mut (impl Operators + ?Sized), new: &NewOperator) -> Result<(), AddOperatorError> {
    // A secret would be drawn; which one does not matter here.
    let secret = SecretText::new("");
    let operator = drafted(new.clone(), Some(&secret))?;
    match unit.find_operator(&operator.id).await.map_err(AddOperatorError::Store)? {
        Some(known) => Err(AddOperatorError::Exists(known.id)),
        None => Ok(()),
    }
}

/// The operator that is asked for, all its parts checked together.
fn drafted(new: NewOperator, secret: Option<&SecretText>) -> Result<Operator, AddOperatorError> {
    let authentication = match new.credential {
        NewCredential::Keys(keys) => ClientAuthentication::PrivateKeyJwt(keys),
        NewCredential::Certificates(keys) => ClientAuthentication::SelfSignedTls(keys),
        NewCredential::SandboxSecret => {
            let secret = secret.map_or("", SecretText::expose);
            ClientAuthentication::ClientSecretBasic { secret_sha256: Sha256::digest(secret).into() }
        }
    };
    check_keys(&authentication).map_err(AddOperatorError::Jwks)?;
    let id = OperatorId::parse(&new.id)?;
    let rest = OperatorChange {
        scopes: new.scopes,
        contact: new.contact,
        assertion_audience: new.assertion_audience,
        requests_per_second: new.requests_per_second,
        ..OperatorChange::default()
    };
    Ok(Operator::register(id, &new.name, authentication, new.redirect_uris, new.sandbox)?.changed(rest)?)
}

/// What the log says of a registration: everything but the keys, and who decided, where that is known.
pub(super) fn registration(operator: &Operator, by: &str) -> Value {
    let mut details = json!({
        "name": operator.name,
        "authentication": operator.authentication.method(),
        "assertion_audience": operator.assertion_audience.as_str(),
        "redirect_uris": operator.redirect_uris,
        "sandbox": operator.sandbox,
        "scopes": operator.scopes.to_string(),
        "contact": operator.contact,
        "requests_per_second": operator.requests_per_second,
    });
    note_by(&mut details, by);
    details
}

/// Who decided, where that is known.
pub(super) fn note_by(details: &mut Value, by: &str) {
    if !by.is_empty() {
        details["by"] = json!(by);
    }
}

/// Checks keys that are registered; published ones are looked at when they are used.
pub(super) fn check_keys(authentication: &ClientAuthentication) -> Result<(), String> {
    match authentication {
        ClientAuthentication::PrivateKeyJwt(KeySource::Registered(set)) => check_jwks(set),
        ClientAuthentication::SelfSignedTls(KeySource::Registered(set)) => {
            check_jwks(set)?;
            if certificates(set).is_empty() {
                return Err("no key has a certificate (x5c)".to_owned());
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Checks that the set holds public keys and no private one. Whether they can be read was asked of the library where the set came
/// in ([`AssertionVerifier::check_keys`](crate::domain::oauth::credentials::AssertionVerifier::check_keys)).
fn check_jwks(text: &str) -> Result<(), String> {
    let set: Value = serde_json::from_str(text).map_err(|_| "it is not JSON".to_owned())?;
    let keys = set.get("keys").and_then(|keys| keys.as_array()).ok_or("it has no array \"keys\"")?;
    if keys.is_empty() || keys.len() > MAX_KEYS {
        return Err(format!("it must hold 1 to {MAX_KEYS} keys"));
    }
    for (place, key) in (1..).zip(keys) {
        if PRIVATE_KEY_MEMBERS.iter().any(|member| key.get(member).is_some()) {
            return Err(format!("key {place} is a private key: keep it to yourself and give us the public one"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_keys_are_taken() {
        let good = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"},{"kty":"OKP","crv":"Ed25519","x":"a"},{"kty":"RSA","n":"a","e":"AQAB"}]}"#;
        assert_eq!(check_jwks(good), Ok(()));
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"keys":{}}"#,
            r#"{"keys":[]}"#,
            r#"{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}]}"#,
            r#"{"keys":[{"kty":"oct","k":"a"}]}"#,
        ] {
            assert!(check_jwks(bad).is_err(), "{bad}");
        }
    }
}
