//! Where restrictions come from by themselves: a folder that files are dropped into, or a source that is asked over HTTP.

pub mod folder;
pub mod http;

use crate::app::registry::feed::FeedError;

/// A SHA-256 in hex, in small letters.
fn sha256_hex(text: &str) -> Option<String> {
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| text.to_ascii_lowercase())
}

fn unavailable(what: &str, error: &dyn std::fmt::Display) -> FeedError {
    FeedError::Unavailable(format!("{what}: {error}"))
}
