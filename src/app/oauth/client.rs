//! Is the caller the operator it says it is?

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::Services;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::oauth::confirmation::Thumbprint;
use crate::domain::oauth::credentials::VerifiedAssertion;
use crate::domain::operators::operator::{ClientAuthentication, KeySource, Operator, OperatorId};

/// What the caller showed.
#[derive(Clone, Debug)]
pub enum ClientCredentials {
    /// `private_key_jwt`, RFC 7523 section 2.2.
    Assertion {
        /// The JWT.
        assertion: SecretText,
        /// The `client_id` sent beside it, when there was one.
        client_id: Option<String>,
    },
    /// `self_signed_tls_client_auth`, RFC 8705 section 2.2.
    Certificate {
        /// The `client_id`.
        client_id: String,
        /// SHA-256 of the certificate that the TLS handshake proved.
        certificate: Thumbprint,
    },
    /// `client_secret_basic`, RFC 6749 section 2.3.1.
    Basic {
        /// The user name.
        client_id: String,
        /// The password.
        secret: SecretText,
    },
}

/// Why the caller was not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationError {
    /// Not a known operator, not its credentials, or not a way in that this service allows. The reason is for the log.
    #[error("{0}")]
    Refused(String),
    /// The assertion was used before.
    #[error("the client assertion was used before")]
    Replayed,
    /// The store did not do as asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The operator that these credentials belong to.
pub async fn authenticate(
    services: &Services,
    credentials: ClientCredentials,
) -> Result<Operator, AuthenticationError> {
    let operator = match credentials {
        ClientCredentials::Assertion { assertion, client_id } => {
            by_assertion(services, &assertion, client_id.as_deref()).await?
        }
        ClientCredentials::Certificate { client_id, certificate } => {
            by_certificate(services, &client_id, certificate).await?
        }
        ClientCredentials::Basic { client_id, secret } => by_secret(services, &client_id, &secret).await?,
    };
    if operator.disabled_at.is_some() {
        return Err(refused("the operator is disabled"));
    }
    if operator.sandbox && !services.policy.sandbox {
        return Err(refused("a sandbox operator outside the sandbox"));
    }
    Ok(operator)
}

async fn by_assertion(
    services: &Services,
    assertion: &SecretText,
    client_id: Option<&str>,
) -> Result<Operator, AuthenticationError> {
    let now = services.clock.now();
    let claimed = services
        .credentials
        .assertions
        .claimed_client(assertion.expose())
        .ok_or_else(|| refused("the assertion names no client"))?;
    // RFC 7521 section 4.2: a client_id beside the assertion must name the same client.
    if client_id.is_some_and(|beside| beside != claimed) {
        return Err(refused("client_id and assertion name different clients"));
    }
    let operator = find(services, &claimed).await?;
    let ClientAuthentication::PrivateKeyJwt(keys) = &operator.authentication else {
        return Err(refused("this client does not authenticate by assertion"));
    };
    let audience = operator.assertion_audience;
    let verify = |set: &str| {
        services.credentials.assertions.verify(assertion.expose(), set, audience, now).map_err(|error| error.0)
    };
    let verified: VerifiedAssertion = with_keys(services, keys, verify).await?;
    if verified.client_id != operator.id.as_str() {
        return Err(refused("the assertion is of another client"));
    }
    let fresh = services.store.remember_assertion(&operator.id, &verified.jti, verified.expires_at, now).await?;
    if fresh { Ok(operator) } else { Err(AuthenticationError::Replayed) }
}

async fn by_certificate(
    services: &Services,
    client_id: &str,
    certificate: Thumbprint,
) -> Result<Operator, AuthenticationError> {
    let operator = find(services, client_id).await?;
    let ClientAuthentication::SelfSignedTls(keys) = &operator.authentication else {
        return Err(refused("this client does not authenticate by certificate"));
    };
    let registered = |set: &str| {
        let found = certificates(set).contains(&certificate);
        found.then_some(()).ok_or_else(|| "the certificate is none of the registered ones".to_owned())
    };
    with_keys(services, keys, registered).await?;
    Ok(operator)
}

/// Asks `verify` with the operator's keys. Where they are published and do not do, once more with the newest: a key may
/// be younger than what we keep.
async fn with_keys<T>(
    services: &Services,
    keys: &KeySource,
    verify: impl Fn(&str) -> Result<T, String>,
) -> Result<T, AuthenticationError> {
    let uri = match keys {
        KeySource::Registered(set) => return verify(set).map_err(|why| refused(&why)),
        KeySource::Published(uri) => uri,
    };
    let kept = services.credentials.key_sets.key_set(uri).await.map_err(|error| refused(&error.to_string()))?;
    let why = match verify(&kept) {
        Ok(verified) => return Ok(verified),
        Err(why) => why,
    };
    match services.credentials.key_sets.newest(uri).await {
        Ok(newest) if !Arc::ptr_eq(&newest, &kept) => verify(&newest).map_err(|why| refused(&why)),
        _ => Err(refused(&why)),
    }
}

/// SHA-256 of each key's own certificate, the first of its `x5c` (RFC 7517 section 4.7).
pub(in crate::app) fn certificates(set: &str) -> Vec<Thumbprint> {
    let set: serde_json::Value = serde_json::from_str(set).unwrap_or_default();
    let keys = set["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
    keys.iter()
        .filter_map(|key| STANDARD.decode(key["x5c"][0].as_str()?).ok())
        .map(|certificate| Thumbprint(Sha256::digest(certificate).into()))
        .collect()
}

async fn by_secret(services: &Services, client_id: &str, secret: &SecretText) -> Result<Operator, AuthenticationError> {
    if !services.policy.sandbox {
        return Err(refused("shared secrets are for the sandbox only"));
    }
    let operator = find(services, client_id).await?;
    let ClientAuthentication::ClientSecretBasic { secret_sha256 } = &operator.authentication else {
        return Err(refused("this client does not authenticate by secret"));
    };
    let shown: [u8; 32] = Sha256::digest(secret.expose().as_bytes()).into();
    if operator.sandbox && bool::from(shown.ct_eq(secret_sha256)) {
        Ok(operator)
    } else {
        Err(refused("the client secret is wrong"))
    }
}

async fn find(services: &Services, client_id: &str) -> Result<Operator, AuthenticationError> {
    let id = OperatorId::parse(client_id).map_err(|_| refused("the client_id is malformed"))?;
    services.store.operator(&id).await?.ok_or_else(|| refused("the client is unknown"))
}

fn refused(why: &str) -> AuthenticationError {
    AuthenticationError::Refused(why.to_owned())
}
