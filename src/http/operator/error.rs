//! Refusals as OAuth clients read them: RFC 6749 section 5.2.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::uncached;
use crate::domain::kernel::store_error::StoreError;

/// RFC 9449 section 7.1.
pub(super) const DPOP_CHALLENGE: &str = r#"DPoP algs="ES256 PS256 EdDSA Ed25519""#;
/// No reason is longer, in characters.
const MAX_REASON: usize = 300;

/// RFC 6749 section 5.2.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct OAuthProblem<'a> {
    /// A registered code.
    #[schema(example = "invalid_request")]
    error: &'static str,
    /// A sentence for the operator's developers.
    error_description: &'a str,
}

/// One refusal: a registered code and a sentence in ASCII for the operator's developers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) struct OAuthError {
    status: StatusCode,
    code: &'static str,
    description: String,
    /// A header that belongs to the status.
    header: Option<(HeaderName, String)>,
}

impl OAuthError {
    fn new(status: StatusCode, code: &'static str, description: impl Into<String>) -> Self {
        Self { status, code, description: description.into(), header: None }
    }

    /// 400 with one of the codes of RFC 6749 sections 4.1.2.1 and 5.2.
    pub(super) fn bad_request(code: &'static str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, description)
    }

    /// A parameter is missing, doubled or wrong.
    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::bad_request("invalid_request", description)
    }

    /// The caller was not authenticated. The challenge is sent when the caller tried the `Authorization` header (RFC 6749 section 5.2),
    /// and then alone: libraries that see one (oauth4webapi) read it in place of the error.
    pub(super) fn invalid_client(by_header: bool) -> Self {
        let mut error = Self::new(StatusCode::UNAUTHORIZED, "invalid_client", "client authentication failed");
        error.header = by_header.then(|| (WWW_AUTHENTICATE, r#"Basic realm="rastau", charset="UTF-8""#.to_owned()));
        error
    }

    /// The body is longer than any request needs (RFC 9126 section 2.3).
    pub(super) fn too_large(most: usize) -> Self {
        let longer = format!("the request has more than {most} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", longer)
    }

    /// A status of its own, with a registered code.
    pub(super) fn refused(status: StatusCode, code: &'static str, description: impl Into<String>) -> Self {
        Self::new(status, code, description)
    }

    /// The body is no form.
    pub(super) fn media_type() -> Self {
        let form = "the body must be application/x-www-form-urlencoded";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request", form)
    }

    /// Not a method of this endpoint.
    pub(super) fn method_not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "the method is not allowed")
            .with_header(ALLOW, allow.to_owned())
    }

    /// From a store that did not do as asked; what went wrong is for the log alone.
    pub(super) fn store(error: &StoreError) -> Self {
        match error {
            StoreError::Corrupt(why) => {
                tracing::error!(why, "stored data cannot be read");
                Self::server_error()
            }
            StoreError::Unavailable(why) => {
                tracing::error!(why, "the database is unavailable");
                Self::try_again()
            }
            StoreError::Conflict => Self::try_again(),
        }
    }

    /// Something of ours is broken.
    pub(super) fn server_error() -> Self {
        let broken = "the service could not answer";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", broken)
    }

    /// More than the operator's rate.
    pub(super) fn too_many(retry_after: u64) -> Self {
        let slower = "the client asks too often";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", slower)
            .with_header(RETRY_AFTER, retry_after.to_string())
    }

    /// Not now.
    pub(super) fn try_again() -> Self {
        let later = "the service cannot answer now, try again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", later)
            .with_header(RETRY_AFTER, "5".to_owned())
    }

    /// What a proxy says that waited in vain, by a scenario of the sandbox.
    pub(super) fn answer_lost() -> Self {
        let lost = "the answer was lost on its way, as this scenario of the sandbox has it";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "temporarily_unavailable", lost)
    }

    /// The code.
    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence.
    pub(super) fn description(&self) -> &str {
        &self.description
    }

    /// The same with a reason, in the characters that a description may have (RFC 6749 section 5.2).
    pub(super) fn because(self, reason: &str) -> Self {
        let plain = |c: char| if matches!(c, ' '..='~') && !matches!(c, '"' | '\\') { c } else { '.' };
        let reason: String = reason.chars().take(MAX_REASON).map(plain).collect();
        Self { description: format!("{}: {reason}", self.description), ..self }
    }

    /// The same with a header that belongs to it.
    pub(super) fn with_header(self, name: HeaderName, value: String) -> Self {
        Self { header: Some((name, value)), ..self }
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.description)
    }
}

impl ResponseError for OAuthError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = uncached(HttpResponse::build(self.status));
        if let Some(header) = self.header.clone() {
            answer.insert_header(header);
        }
        answer.json(OAuthProblem { error: self.code, error_description: &self.description })
    }
}

impl From<OAuthError> for HttpResponse {
    fn from(error: OAuthError) -> Self {
        error.error_response()
    }
}

impl actix_web::Responder for OAuthError {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &actix_web::HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

/// 401 as a resource says it (RFC 6750 section 3, RFC 9449 section 7.1).
pub(in crate::http) fn refused_at_resource(code: &'static str, why: &str) -> OAuthError {
    OAuthError::refused(StatusCode::UNAUTHORIZED, code, why)
        .with_header(WWW_AUTHENTICATE, format!(r#"{DPOP_CHALLENGE}, error="{code}", error_description="{why}""#))
}
