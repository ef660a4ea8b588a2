//! The built pages, embedded in the binary.

use std::borrow::Cow;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, web};
use rust_embed::RustEmbed;

use super::problem::{Problem, ProblemCode, locale};

#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct WebFiles;

/// Names under `assets/` carry a hash of their content.
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_EACH_TIME: &str = "no-cache";

/// Whether the pages of this room (`verify`, `sandbox`) are in the binary.
pub fn has_page(room: &str) -> bool {
    WebFiles::get(&format!("{room}/index.html")).is_some()
}

/// An address that is only looked at: by GET and HEAD, and whoever comes otherwise is told so.
pub(super) fn looked_at<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args> + Clone,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path).route(web::get().to(handler.clone())).route(web::head().to(handler))
}

/// Mounts `/verify/`, and `/not-me/` that links in notices lead to.
pub fn configure_verify(config: &mut web::ServiceConfig) {
    config.service(looked_at("/verify/{path:.*}", verify_file)).service(looked_at("/not-me/", not_me));
}

/// Mounts `/console/`.
pub fn configure_console(config: &mut web::ServiceConfig) {
    config.service(looked_at("/console/{path:.*}", console_file));
}

/// Mounts `/sandbox/`.
pub fn configure_sandbox(config: &mut web::ServiceConfig) {
    config.service(looked_at("/sandbox/{path:.*}", sandbox_file));
}

/// Mounts `/docs/`.
pub fn configure_docs(config: &mut web::ServiceConfig) {
    config.service(looked_at("/docs/{path:.*}", docs_file));
}

/// The token stands behind the `#` of the link: browsers keep it over the redirect, and no server is sent it.
async fn not_me() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, "/verify/?not-me"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

async fn verify_file(request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    serve(&request, "verify", &path)
}

async fn console_file(request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    serve(&request, "console", &path)
}

async fn sandbox_file(request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    serve(&request, "sandbox", &path)
}

async fn docs_file(request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    serve(&request, "docs", &path)
}

fn serve(request: &HttpRequest, room: &str, path: &str) -> Result<HttpResponse, Problem> {
    let name = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let file =
        WebFiles::get(&format!("{room}/{name}")).ok_or_else(|| Problem::new(ProblemCode::NotFound, locale(request)))?;
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    if request.headers().get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok(HttpResponse::NotModified().finish());
    }
    let caching = if name.starts_with("assets/") { FOREVER } else { ASK_EACH_TIME };
    let body = match file.data {
        Cow::Borrowed(bytes) => web::Bytes::from_static(bytes),
        Cow::Owned(bytes) => web::Bytes::from(bytes),
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, file.metadata.mimetype()))
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((ETAG, tag))
        .body(body))
}
