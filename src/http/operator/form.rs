//! Form bodies, read strictly: one media type, one size, each parameter once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::Payload;
use futures_util::StreamExt as _;
use url::form_urlencoded;

use super::error::OAuthError;

/// No request needs more, in bytes.
const MAX_BYTES: usize = 16 * 1_024;
const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters of one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Form(HashMap<String, String>);

impl Form {
    /// Reads the body, never more than the limit of it.
    pub(super) async fn read(request: &HttpRequest, body: Payload) -> Result<Self, OAuthError> {
        Self::read_at_most(request, body, MAX_BYTES).await
    }

    /// The same with another limit, in bytes.
    pub(super) async fn read_at_most(
        request: &HttpRequest,
        mut body: Payload,
        most: usize,
    ) -> Result<Self, OAuthError> {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = media_type.and_then(|value| value.split(';').next()).unwrap_or_default();
        if !essence.trim().eq_ignore_ascii_case(FORM) {
            return Err(OAuthError::media_type());
        }
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: u64| length > most as u64) {
            return Err(OAuthError::too_large(most));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|_| OAuthError::invalid_request("the body broke off"))?;
            if bytes.len() + chunk.len() > most {
                return Err(OAuthError::too_large(most));
            }
            bytes.extend_from_slice(&chunk);
        }
        Self::parse(&bytes)
    }

    /// RFC 6749 section 3.1: no parameter more than once, one without a value counts as left out. Control characters and
    /// broken UTF-8 are in no parameter of ours (appendix A), and databases choke on some of them.
    pub(super) fn parse(body: &[u8]) -> Result<Self, OAuthError> {
        let mut parameters = HashMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            let odd = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
            if name.contains(odd) || value.contains(odd) {
                return Err(OAuthError::invalid_request("a parameter carries characters that are not allowed"));
            }
            match parameters.entry(name.into_owned()) {
                Entry::Occupied(_) => {
                    return Err(OAuthError::invalid_request("a parameter is given more than once"));
                }
                Entry::Vacant(place) => place.insert(value.into_owned()),
            };
        }
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self(parameters))
    }

    /// Whether the parameter is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The parameter, taken out.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// The parameter, which must be there.
    pub(super) fn require(&mut self, name: &str) -> Result<String, OAuthError> {
        self.take(name).ok_or_else(|| OAuthError::invalid_request(format!("{name} is missing")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_decoded_and_empty_ones_left_out() {
        let mut form = Form::parse(b"a=1&b=&c=x%20y+z&d").unwrap();
        assert_eq!(form.take("a").as_deref(), Some("1"));
        assert_eq!(form.take("c").as_deref(), Some("x y z"));
        assert!(!form.has("b") && !form.has("d"));
        assert!(form.require("a").is_err());
    }

    #[test]
    fn doubled_and_unprintable_parameters_are_refused() {
        for body in [&b"a=1&a=1"[..], b"a=1&%61=2", b"a=&a=", b"a=%00", b"a%0A=1", b"a=%FF", b"a=\xff"] {
            assert!(Form::parse(body).is_err(), "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn no_body_makes_the_parser_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Form::parse(&body);
        }
    }
}
