//! What is asked for when an operator is added.

use serde::{Deserialize, Serialize};

use super::{AssertionAudience, KeySource};
use crate::domain::operators::scope::Scopes;

/// How the new operator shall prove that it is itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewCredential {
    /// `private_key_jwt` with these keys.
    Keys(KeySource),
    /// `self_signed_tls_client_auth` with the certificates of these keys.
    Certificates(KeySource),
    /// `client_secret_basic` with a secret that we draw; in a sandbox only.
    SandboxSecret,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOperator {
    /// The `client_id`.
    pub id: String,
    /// The name that players read.
    pub name: String,
    /// Exact redirect URIs.
    pub redirect_uris: Vec<String>,
    /// How it authenticates.
    pub credential: NewCredential,
    /// Whether it belongs to a sandbox.
    pub sandbox: bool,
    /// What it may ask for; everything when not said.
    pub scopes: Option<Scopes>,
    /// Whom to write to.
    pub contact: Option<String>,
    /// Whom its assertions may name; our issuer alone when not said.
    pub assertion_audience: Option<AssertionAudience>,
    /// Its rate; the usual one when not said.
    pub requests_per_second: Option<u32>,
}
