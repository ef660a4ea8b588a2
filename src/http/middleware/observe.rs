//! Tells the observer of every answer: method, route pattern, status and time, and nothing of what was asked.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::app::Services;
use crate::domain::kernel::observer::Observation;

/// The route of what no route took, or a guard before the routes refused.
const NO_ROUTE: &str = "none";

/// Notes the answer.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let observer = request.app_data::<web::Data<Services>>().map(|services| services.observer.clone());
    let method = request.method().clone();
    let answer = next.call(request).await;
    if let Some(observer) = observer {
        let (route, status) = match &answer {
            Ok(response) => (response.request().match_pattern(), response.status()),
            Err(error) => (None, error.as_response_error().status_code()),
        };
        observer.note(Observation::Request {
            method: method.as_str(),
            route: route.as_deref().unwrap_or(NO_ROUTE),
            status: status.as_u16(),
            took: began.elapsed(),
        });
    }
    answer
}
