//! Calls to addresses that our own configuration names, with a bearer credential.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use url::{Host, Url};

use crate::domain::kernel::secret::SecretText;

/// Whether what is secret may go there: https, or http to this machine, and nothing in the address but the address.
pub(super) fn is_safe(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (url.scheme() == "https" || (loopback && url.scheme() == "http")) && bare
}

/// The credential as a header; `None` when it is empty or no header carries it.
pub(super) fn bearer(credential: &SecretText) -> Option<HeaderValue> {
    if credential.expose().is_empty() {
        return None;
    }
    let mut value = HeaderValue::try_from(format!("Bearer {}", credential.expose())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Connections wait for their next request no longer than this: shorter than any common server keeps one, so that none is used
/// that the other side has just closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// A client for `url`, to be given its patience: it goes nowhere else.
pub(super) fn client(url: &Url, bearer: HeaderValue) -> ClientBuilder {
    Client::builder()
        .https_only(url.scheme() == "https")
        // A proxy from the environment or a redirect would carry what is secret to a place nobody configured.
        .no_proxy()
        .redirect(Policy::none())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)]))
}

/// Why there was no answer. The error's own words could quote the address.
pub(super) fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}

/// Whether an answer is said to be JSON.
pub(super) fn is_json(response: &reqwest::Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// Why the settings of a service are refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// What is secret does not travel in the clear.
    #[error("an https address (http to this machine only) without user name or fragment is needed")]
    Address,
    /// It cannot stand in a header.
    #[error("the credential is empty or has characters that no header carries")]
    Credential,
    /// TLS or the like.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[source] reqwest::Error),
}
