//! A refusal by a guard before the handlers: an answer is made of it only when it has passed everything outside of that guard.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse, ResponseError};

/// The same refusal, whose answer `complete` changes once it is made.
pub(in crate::http) struct Refused<F> {
    error: Error,
    complete: F,
}

impl<F: Fn(HttpResponse) -> HttpResponse + 'static> Refused<F> {
    /// As an error of the framework.
    pub(in crate::http) fn completed(error: Error, complete: F) -> Error {
        Self { error, complete }.into()
    }
}

impl<F> fmt::Debug for Refused<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<F> fmt::Display for Refused<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<F: Fn(HttpResponse) -> HttpResponse> ResponseError for Refused<F> {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        (self.complete)(self.error.error_response())
    }
}
