//! Which operator calls: exactly one way of authentication a request (RFC 6749 section 2.3).

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use super::error::OAuthError;
use super::form::Form;

use super::rate_limit::OperatorLimiter;
use super::{certificate, paths};
use crate::app::oauth::client::{AuthenticationError, ClientCredentials, authenticate};
use crate::app::{Policy, Services};
use crate::domain::kernel::secret::SecretText;
use crate::domain::operators::operator::Operator;

/// RFC 7523 section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Whom an assertion may name beside the issuer, where its operator may (RFC 7523 section 3, RFC 9126 section 2).
pub fn assertion_endpoints(policy: &Policy) -> Vec<String> {
    let endpoints =
        [paths::PAR, paths::TOKEN, paths::INTROSPECTION, paths::REVOCATION, paths::CHECKS, paths::BULK_CHECKS];
    endpoints.map(|path| policy.address(path).into()).into()
}

/// The authenticated operator. A `client_id` in the form must be the same one.
pub(super) async fn authenticated(
    services: &Services,
    request: &HttpRequest,
    form: &mut Form,
) -> Result<Operator, OAuthError> {
    let client_id = form.take("client_id");
    let credentials = credentials(request, form, client_id.clone())?;
    known(services, request, credentials, client_id.as_deref()).await
}

/// The same of a request without a form: by `Authorization` (an assertion as Bearer, or in a sandbox a secret as Basic), or by a
/// certificate beside the `client_id` in the query.
pub(super) async fn authenticated_by_header(
    services: &Services,
    request: &HttpRequest,
    client_id: Option<&str>,
) -> Result<Operator, OAuthError> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let header = headers.next().map(|value| value.to_str().unwrap_or_default());
    if headers.next().is_some() {
        return Err(OAuthError::invalid_request("a client authenticates in one way only"));
    }
    let credentials = match header {
        Some(header) => {
            bearer_assertion(header).or_else(|| basic_credentials(header)).ok_or(OAuthError::invalid_client(true))?
        }
        None => by_certificate(request, client_id.map(str::to_owned))?,
    };
    known(services, request, credentials, client_id).await
}

fn bearer_assertion(header: &str) -> Option<ClientCredentials> {
    let (scheme, assertion) = header.split_once(' ')?;
    let assertion = SecretText::new(assertion.trim_start_matches(' ').to_owned());
    let credentials = ClientCredentials::Assertion { assertion, client_id: None };
    scheme.eq_ignore_ascii_case("bearer").then_some(credentials)
}

/// The operator that these credentials belong to, its request counted.
async fn known(
    services: &Services,
    request: &HttpRequest,
    credentials: ClientCredentials,
    client_id: Option<&str>,
) -> Result<Operator, OAuthError> {
    let by_header = request.headers().contains_key(AUTHORIZATION);
    let operator = authenticate(services, credentials).await.map_err(|error| match error {
        AuthenticationError::Store(error) => OAuthError::store(&error),
        refused => {
            tracing::warn!(client_id, %refused, "an operator was not authenticated");
            let error = OAuthError::invalid_client(by_header);
            // In production the reason would tell a stranger who is registered, and how.
            if services.policy.sandbox { error.because(&refused.to_string()) } else { error }
        }
    })?;
    if client_id.is_some_and(|named| named != operator.id.as_str()) {
        return Err(OAuthError::invalid_request("client_id is not the authenticated client"));
    }
    if let Some(limiter) = request.app_data::<Data<OperatorLimiter>>() {
        limiter.count(&operator)?;
    }
    Ok(operator)
}

fn credentials(
    request: &HttpRequest,
    form: &mut Form,
    client_id: Option<String>,
) -> Result<ClientCredentials, OAuthError> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let header = headers.next();
    let assertion = form.take("client_assertion");
    let kind = form.take("client_assertion_type");
    if headers.next().is_some() || (header.is_some() && (assertion.is_some() || kind.is_some())) {
        return Err(OAuthError::invalid_request("a client authenticates in one way only"));
    }
    // client_secret_post is no way in, and a secret beside another way is a second one.
    if form.has("client_secret") {
        return Err(OAuthError::invalid_request("client_secret must not be sent in the body"));
    }
    match (header, assertion) {
        (Some(value), _) => value.to_str().ok().and_then(basic_credentials).ok_or(OAuthError::invalid_client(true)),
        (None, Some(assertion)) if kind.as_deref() == Some(ASSERTION_TYPE) => {
            Ok(ClientCredentials::Assertion { assertion: SecretText::new(assertion), client_id })
        }
        (None, None) if kind.is_none() => by_certificate(request, client_id),
        (None, _) => Err(OAuthError::invalid_client(false)),
    }
}

/// Nothing but a name: the certificate must speak.
fn by_certificate(request: &HttpRequest, client_id: Option<String>) -> Result<ClientCredentials, OAuthError> {
    match (client_id, certificate::shown(request)?) {
        (Some(client_id), Some(certificate)) => Ok(ClientCredentials::Certificate { client_id, certificate }),
        _ => Err(OAuthError::invalid_client(false)),
    }
}

/// RFC 7617, its two halves form-encoded as RFC 6749 section 2.3.1 asks.
pub(in crate::http) fn basic_credentials(header: &str) -> Option<ClientCredentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim_start_matches(' ')).ok()?).ok()?;
    let (client_id, secret) = decoded.split_once(':')?;
    Some(ClientCredentials::Basic {
        client_id: form_decoded(client_id)?,
        secret: SecretText::new(form_decoded(secret)?),
    })
}

fn form_decoded(text: &str) -> Option<String> {
    // Both would have been encoded; bare, they would end the value.
    if text.contains(['&', '=']) {
        return None;
    }
    let body = format!("v={text}");
    form_urlencoded::parse(body.as_bytes()).next().map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn header(text: &str) -> (&'static str, String) {
        ("Authorization", format!("Basic {}", STANDARD.encode(text)))
    }

    fn ask(request: TestRequest, body: &str) -> Result<ClientCredentials, OAuthError> {
        credentials(&request.to_http_request(), &mut Form::parse(body.as_bytes()).unwrap(), None)
    }

    fn assertion_body(kind: &str) -> String {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("client_assertion", "a.b.c")
            .append_pair("client_assertion_type", kind)
            .finish()
    }

    #[test]
    fn basic_credentials_are_form_decoded() {
        let request = TestRequest::default().insert_header(header("demo-bet:p%2Bq%3Ar+s"));
        let Ok(ClientCredentials::Basic { client_id, secret }) = ask(request, "") else { panic!("must be read") };
        assert_eq!((client_id.as_str(), secret.expose()), ("demo-bet", "p+q:r s"));
    }

    #[test]
    fn one_way_only() {
        let both = TestRequest::default().insert_header(header("a:b"));
        assert!(ask(both, &assertion_body(ASSERTION_TYPE)).unwrap_err().to_string().contains("one way"));
        let twice = TestRequest::default().append_header(header("a:b")).append_header(header("a:b"));
        assert!(ask(twice, "").unwrap_err().to_string().contains("one way"));
        let posted = ask(TestRequest::default(), "client_secret=x").unwrap_err();
        assert!(posted.to_string().contains("client_secret"));
        assert!(ask(TestRequest::default(), &assertion_body(ASSERTION_TYPE)).is_ok());
    }

    #[test]
    fn everything_else_is_no_client() {
        let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
        assert_eq!(ask(TestRequest::default(), &assertion_body(saml)).unwrap_err(), OAuthError::invalid_client(false));
        assert_eq!(ask(TestRequest::default(), "").unwrap_err(), OAuthError::invalid_client(false));
        for value in ["Bearer x", "Basic", "Basic !", "Basic Og", "Basic /w==", "Basic YQ=="] {
            let request = TestRequest::default().insert_header(("Authorization", value));
            assert_eq!(ask(request, "").unwrap_err(), OAuthError::invalid_client(true), "{value}");
        }
    }
}
