//! Calls to addresses that our own configuration names, with a bearer credential.

use reqwest::header::HeaderValue;
use url::{Host, Url};

use crate::domain::secret::SecretText;

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
