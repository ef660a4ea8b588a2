//! The operator asks for a verification, before the player's browser is sent (RFC 9126).

use std::time::Duration;

use crate::app::Services;
use crate::domain::kernel::handle::{hash_handle, new_handle};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::oauth::authorization::{
    PushedRequest, REQUEST_TTL, REQUEST_URI_PREFIX, RequestError, RequestParameters,
};
use crate::domain::operators::operator::Operator;

/// The answer to a pushed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Where the browser is sent with; it works once.
    pub request_uri: String,
    /// For so long.
    pub expires_in: Duration,
}

/// Why a request was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The parameters are not ones we answer.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The store did not do as asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks and keeps the request of an authenticated operator. The store keeps the hash of the handle, under which
/// `start_verification` takes it: of the handle alone, without the URN before it.
pub async fn push(
    services: &Services,
    operator: &Operator,
    parameters: RequestParameters,
) -> Result<Pushed, PushError> {
    let request = PushedRequest::check(operator, parameters, services.clock.now())?;
    let handle = new_handle(services.randomness.as_ref());
    let mut unit = services.store.begin().await?;
    unit.insert_request(hash_handle(&handle), &request).await?;
    unit.commit().await?;
    Ok(Pushed { request_uri: format!("{REQUEST_URI_PREFIX}{handle}"), expires_in: REQUEST_TTL })
}
