//! Demo people and newcomers.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use time::Date;
use time::macros::format_description;

use super::DemoOperator;
use super::thumbnail::shrunk;
use crate::app::Services;
use crate::app::sandbox::people::{
    NewcomerContact, NewcomerError, PHOTO_BYTES, add_newcomer, find_person, list_people, remove_newcomer, suggest_iin,
};
use crate::domain::kernel::secret::SecretBytes;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::messages::Locale;

/// The note of those who added themselves.
pub(super) const NEWCOMER: &str = "newcomer";

/// What a visitor may expect of a demo person: a code that the page has words for.
#[derive(Clone, Debug)]
pub struct DemoNote {
    /// Their IIN.
    pub iin: String,
    /// `demo_approved`, `demo_restricted`, `demo_under_21`.
    pub code: &'static str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Newcomer {
    iin: String,
    name: String,
    photo: String,
    /// Without it a phone is made up; with `both` a mail address, too; `none` leaves the person without a contact of record.
    contact: Option<ContactWish>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ContactWish {
    Both,
    None,
}

#[derive(Deserialize)]
pub(super) struct Birth {
    birth_date: String,
}

/// A photo in base64, and a little around it.
pub(super) fn json_limit() -> web::JsonConfig {
    let limit = PHOTO_BYTES.div_ceil(3) * 4 + 4_096;
    web::JsonConfig::default().limit(limit).error_handler(|error, request| {
        let large = matches!(
            error,
            actix_web::error::JsonPayloadError::OverflowKnownLength { .. }
                | actix_web::error::JsonPayloadError::Overflow { .. }
        );
        let code = if large { ProblemCode::BodyTooLarge } else { ProblemCode::BadRequest };
        Problem::new(code, locale(request)).into()
    })
}

pub(super) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
    operator: web::Data<DemoOperator>,
) -> Result<HttpResponse, Problem> {
    let people = list_people(&services).await.map_err(|error| problem(error, locale(&request)))?;
    let listed: Vec<_> = people
        .iter()
        .map(|citizen| {
            let iin = citizen.iin.expose();
            json!({
                "iin": iin,
                "name": citizen.name.expose(),
                "note_code": operator.note(iin),
                "photo_url": format!("/api/sandbox/people/{iin}/photo"),
            })
        })
        .collect();
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(listed))
}

#[derive(Deserialize)]
pub(super) struct Size {
    /// As the page shows it, and not as it was taken.
    #[serde(default)]
    small: bool,
}

pub(super) async fn photo(
    request: HttpRequest,
    services: web::Data<Services>,
    iin: web::Path<String>,
    size: web::Query<Size>,
) -> Result<HttpResponse, Problem> {
    let citizen = find_person(&services, &iin)
        .await
        .map_err(|error| problem(error, locale(&request)))?
        .ok_or_else(|| Problem::new(ProblemCode::NotFound, locale(&request)))?;
    let photo = citizen.photo.expose().to_vec();
    let photo = if size.small { shrunk(photo).await } else { photo };
    let kind = image::guess_format(&photo).map_or("application/octet-stream", |f| f.to_mime_type());
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).content_type(kind).body(photo))
}

pub(super) async fn suggest(
    request: HttpRequest,
    services: web::Data<Services>,
    birth: web::Query<Birth>,
) -> Result<HttpResponse, Problem> {
    let birth = Date::parse(&birth.birth_date, format_description!("[year]-[month]-[day]"))
        .map_err(|_| Problem::new(ProblemCode::IinDate, locale(&request)))?;
    let iin = suggest_iin(&services, birth).await.map_err(|error| problem(error, locale(&request)))?;
    Ok(HttpResponse::Ok().json(json!({ "iin": iin.expose() })))
}

pub(super) async fn add(
    request: HttpRequest,
    services: web::Data<Services>,
    newcomer: web::Json<Newcomer>,
) -> Result<HttpResponse, Problem> {
    let photo =
        STANDARD.decode(&newcomer.photo).map_err(|_| Problem::new(ProblemCode::BadRequest, locale(&request)))?;
    let contact = match newcomer.contact {
        None => NewcomerContact::MadeUp,
        Some(ContactWish::Both) => NewcomerContact::Both,
        Some(ContactWish::None) => NewcomerContact::None,
    };
    add_newcomer(&services, &newcomer.iin, &newcomer.name, SecretBytes::new(photo), contact)
        .await
        .map_err(|error| problem(error, locale(&request)))?;
    Ok(HttpResponse::Created().json(json!({ "iin": newcomer.iin })))
}

/// Newcomers may leave; the demo's own people stay.
pub(super) async fn remove(
    request: HttpRequest,
    services: web::Data<Services>,
    operator: web::Data<DemoOperator>,
    iin: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let newcomer = operator.note(&iin) == NEWCOMER;
    let removed =
        newcomer && remove_newcomer(&services, &iin).await.map_err(|error| problem(error, locale(&request)))?;
    if removed {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::new(ProblemCode::NotFound, locale(&request)))
    }
}

pub(super) fn problem(error: NewcomerError, locale: Locale) -> Problem {
    let code = match error {
        NewcomerError::Photo(reason) => return Problem::reason(reason, locale),
        NewcomerError::Engine(error) => return Problem::engine(&error, locale),
        NewcomerError::Store(error) => return Problem::store(&error, locale),
        NewcomerError::NoSandbox => ProblemCode::NotFound,
        NewcomerError::Taken => ProblemCode::IinTaken,
        NewcomerError::Name => ProblemCode::NameInvalid,
        NewcomerError::Iin(error) => error.into(),
    };
    Problem::new(code, locale)
}
