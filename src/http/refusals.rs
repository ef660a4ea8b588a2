//! What the JSON doors of staff refuse, for the description of the interface.

use utoipa::{IntoParams, IntoResponses};

use crate::http::problem::ProblemBody;

/// Of a read.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub(in crate::http) enum ReadRefusal {
    /// Not the key of this door
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemBody),
    /// There is none
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// Not now
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// Of a write.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub(in crate::http) enum WriteRefusal {
    /// No JSON of this form, or no idempotency key
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// Not the key of this door
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemBody),
    /// There is none
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// It exists, or was changed in between
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// Too long
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// Something in it is wrong, or the idempotency key was used for something else
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
    /// Not now
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// Headers of a write.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub(in crate::http) struct WriteHeaders {
    /// 1 to 64 visible characters of ASCII, drawn anew for each write; the same again repeats the answer
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 64, pattern = "^[!#-\\[\\]-~]{1,64}$")]
    idempotency_key: String,
}
