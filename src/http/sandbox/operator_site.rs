//! "Demo Bet": a client of our own interface that does what a real operator does, over HTTP and with nothing borrowed.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::DemoNote;
use super::people::NEWCOMER;
use crate::app::Services;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::handle::new_handle;
use crate::domain::kernel::secret::SecretText;
use crate::domain::oauth::id_token::SCOPE;
use crate::http::problem::{Problem, ProblemCode, locale};

/// So many visits are remembered; then the oldest half is forgotten.
const MAX_VISITS: usize = 1_000;
const TIMEOUT: Duration = Duration::from_secs(10);

/// The demo operator: its credentials, and the visits under way.
pub struct DemoOperator {
    client_id: String,
    client_secret: SecretText,
    notes: Vec<DemoNote>,
    http: reqwest::Client,
    visits: Mutex<Visits>,
}

#[derive(Default)]
struct Visits {
    /// By `state`: the PKCE verifier.
    pending: HashMap<String, SecretText>,
    /// By visit: what came of it.
    ended: HashMap<String, Value>,
}

impl fmt::Debug for DemoOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoOperator").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
pub(super) struct Play {
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Callback {
    state: String,
    iss: String,
    code: Option<String>,
    error: Option<String>,
}

/// What went wrong between us and ourselves.
struct Failed(String);

impl DemoOperator {
    /// With the credentials that `rastau operator add --sandbox-secret` printed.
    pub fn new(client_id: String, client_secret: SecretText, notes: Vec<DemoNote>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // A code that is on its way to a connection that is just being closed would be lost.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self { client_id, client_secret, notes, http, visits: Mutex::default() })
    }

    pub(super) fn note(&self, iin: &str) -> &'static str {
        self.notes.iter().find(|note| note.iin == iin).map_or(NEWCOMER, |note| note.code)
    }

    fn visits(&self) -> MutexGuard<'_, Visits> {
        // A panic elsewhere left the maps whole: each change is one insert or remove.
        let mut visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        if visits.pending.len() + visits.ended.len() > MAX_VISITS {
            *visits = Visits::default();
        }
        visits
    }

    /// Pushes the request and returns the address for the browser.
    async fn begin(&self, base: &str, randomness: &dyn Randomness, locales: Option<&str>) -> Result<String, Failed> {
        let (state, verifier) = (new_handle(randomness), new_handle(randomness));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let redirect_uri = redirect_uri(base);
        let mut form = vec![
            ("response_type", "code"),
            ("redirect_uri", &redirect_uri),
            ("scope", SCOPE),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if let Some(locales) = locales {
            form.push(("ui_locales", locales));
        }
        let pushed = self.post(&format!("{base}/oauth2/par"), &form).await?;
        let request_uri = pushed["request_uri"].as_str().ok_or_else(|| Failed(pushed.to_string()))?;
        self.visits().pending.insert(state, SecretText::new(verifier));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.client_id)
            .append_pair("request_uri", request_uri)
            .finish();
        Ok(format!("{base}/oauth2/authorize?{query}"))
    }

    /// Exchanges the code and checks the token by introspection.
    async fn exchange(&self, base: &str, code: &str, verifier: &SecretText) -> Result<Value, Failed> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect_uri(base)),
            ("code_verifier", verifier.expose()),
        ];
        let answer = self.post(&format!("{base}/oauth2/token"), &form).await?;
        let token = answer["access_token"].as_str().ok_or_else(|| Failed(answer.to_string()))?;
        let introspection = self.post(&format!("{base}/oauth2/introspect"), &[("token", token)]).await?;
        let part = |index: usize| decode_part(token, index);
        Ok(json!({
            "status": "token",
            "error": null,
            "access_token": token,
            "expires_in": answer["expires_in"],
            "header": part(0),
            "claims": part(1),
            "introspection": introspection,
        }))
    }

    async fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Value, Failed> {
        let failed = |error: reqwest::Error| Failed(error.to_string());
        self.http
            .post(url)
            .basic_auth(&self.client_id, Some(self.client_secret.expose()))
            .form(form)
            .send()
            .await
            .map_err(failed)?
            .json()
            .await
            .map_err(failed)
    }
}

pub(super) async fn play(
    request: HttpRequest,
    services: web::Data<Services>,
    operator: web::Data<DemoOperator>,
    form: web::Form<Play>,
) -> Result<HttpResponse, Problem> {
    let locales = form.ui_locales.as_deref().filter(|locales| !locales.is_empty());
    let address = operator
        .begin(&base(&services), services.randomness.as_ref(), locales)
        .await
        .map_err(|failed| unavailable(&failed, &request))?;
    Ok(see_other(&address))
}

pub(super) async fn callback(
    request: HttpRequest,
    services: web::Data<Services>,
    operator: web::Data<DemoOperator>,
    query: web::Query<Callback>,
) -> Result<HttpResponse, Problem> {
    let verifier = operator.visits().pending.remove(&query.state);
    // RFC 9207: an answer of another issuer is not for us. A visit that is over or unknown has a page that says so.
    let (Some(verifier), true) = (verifier, query.iss == services.policy.issuer) else {
        return Ok(see_other("/sandbox/?session=gone"));
    };
    let ended = match &query.code {
        Some(code) => operator
            .exchange(&base(&services), code, &verifier)
            .await
            .map_err(|failed| unavailable(&failed, &request))?,
        None => json!({ "status": "denied", "error": query.error }),
    };
    let visit = new_handle(services.randomness.as_ref());
    operator.visits().ended.insert(visit.clone(), ended);
    Ok(see_other(&format!("/sandbox/?session={visit}")))
}

pub(super) async fn session(
    request: HttpRequest,
    operator: web::Data<DemoOperator>,
    visit: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let ended = operator.visits().ended.get(visit.as_str()).cloned();
    let ended = ended.ok_or_else(|| Problem::new(ProblemCode::NotFound, locale(&request)))?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(ended))
}

fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

fn unavailable(failed: &Failed, request: &HttpRequest) -> Problem {
    tracing::error!(why = failed.0, "the demo operator could not finish its errand");
    Problem::new(ProblemCode::Unavailable, locale(request))
}

fn base(services: &Services) -> String {
    services.policy.public_url.as_str().trim_end_matches('/').to_owned()
}

/// Where the browser comes back to.
pub(super) fn redirect_uri(base: &str) -> String {
    format!("{base}/sandbox/callback")
}

/// Header (0) or claims (1) of a compact JWS, unverified: for showing.
fn decode_part(token: &str, index: usize) -> Value {
    token
        .split('.')
        .nth(index)
        .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or(Value::Null)
}
