//! One shared key for a JSON door: of compliance, of administration.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::kernel::secret::SecretText;
use crate::http::problem::{Problem, ProblemCode, locale};

/// SHA-256 of the key, so that the key itself is not kept in memory.
#[derive(Clone)]
pub struct BearerKey([u8; 32]);

impl BearerKey {
    /// Of the key as configured.
    pub fn new(key: &SecretText) -> Self {
        Self(Sha256::digest(key.expose()).into())
    }

    /// Whether a request with these headers shows it; compared in constant time.
    pub(in crate::http) fn is_shown(&self, headers: &HeaderMap) -> bool {
        let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let shown = shown.and_then(|value| value.strip_prefix("Bearer "));
        shown.is_some_and(|shown| Sha256::digest(shown).as_slice().ct_eq(&self.0).into())
    }
}

impl std::fmt::Debug for BearerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BearerKey(redacted)")
    }
}

/// Refuses requests without the key.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let key = request.app_data::<web::Data<BearerKey>>();
    if key.is_some_and(|key| key.is_shown(request.headers())) {
        next.call(request).await
    } else {
        Err(Problem::new(ProblemCode::Unauthorized, locale(request.request())).into())
    }
}
