//! Whether a photo would do, before a newcomer gives it away: it is looked at and forgotten.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use super::people::problem;
use crate::app::Services;
use crate::app::sandbox::people::{PHOTO_BYTES, check_photo};
use crate::domain::kernel::secret::SecretBytes;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::messages::message;

/// A photo in base64, and a little around it.
const BODY_BYTES: usize = PHOTO_BYTES.div_ceil(3) * 4 + 4_096;

/// What a newcomer would send, of which only the photo is looked at.
#[derive(Deserialize)]
struct Newcomer {
    photo: String,
}

pub(super) fn body_limit() -> web::PayloadConfig {
    web::PayloadConfig::new(BODY_BYTES)
}

/// Takes the bytes of a JPEG, PNG or WebP, or the JSON that `POST /api/sandbox/people` takes.
pub(super) async fn check(
    request: HttpRequest,
    services: web::Data<Services>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let locale = locale(&request);
    let body = body
        .to_bytes_limited(BODY_BYTES)
        .await
        .map_err(|_| Problem::new(ProblemCode::BodyTooLarge, locale))?
        .map_err(|_| Problem::new(ProblemCode::BadRequest, locale))?;
    let is_json =
        request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let photo = if is_json { of_json(&body) } else { Some(SecretBytes::new(body.to_vec())) };
    let photo = photo.ok_or_else(|| Problem::new(ProblemCode::BadRequest, locale))?;
    if photo.expose().len() > PHOTO_BYTES {
        return Err(Problem::new(ProblemCode::BodyTooLarge, locale));
    }
    let refused = check_photo(&services, photo).await.map_err(|error| problem(error, locale))?;
    let answer = refused.map_or_else(
        || json!({ "usable": true, "reason": null }),
        |reason| {
            let told = message(reason.code(), locale);
            json!({ "usable": false, "reason": { "code": reason.code(), "title": told.title, "text": told.text } })
        },
    );
    Ok(HttpResponse::Ok().json(answer))
}

fn of_json(body: &[u8]) -> Option<SecretBytes> {
    let newcomer: Newcomer = serde_json::from_slice(body).ok()?;
    STANDARD.decode(newcomer.photo).ok().map(SecretBytes::new)
}
