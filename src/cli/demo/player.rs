//! A player without a browser: walks the real interface over HTTP and WebSocket, with an actor before the camera and
//! a software passkey as the authenticator.

use std::net::IpAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use reqwest::header::{COOKIE, HeaderName, HeaderValue, ORIGIN, SET_COOKIE};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use url::Url;
use webauthn_authenticator_rs::WebauthnAuthenticator;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::answer::{Refused, VISIT, read};
use super::capture::{self, Captured, RealTime, Timing};
use super::line::{CaptureSocket, Line, Posts};
use crate::app::verification::consent::CONSENT_VERSION;
use crate::workshop::actor::Actor;

/// One visit of one player.
#[derive(Debug)]
pub struct DemoPlayer {
    base: Url,
    http: reqwest::Client,
    cookie: String,
    visit: String,
    timing: Arc<dyn Timing>,
    /// The address that a proxy says they come from; with none it is this machine's.
    forwarded: Option<HeaderValue>,
}

impl DemoPlayer {
    /// Presses Play on the operator's site and follows to our pages, with a browser that was never here; keeps its cookies.
    pub async fn arrive(base: &Url) -> Result<Self> {
        Self::arrive_with(base, browser().build()?, "").await
    }

    /// The same from another address, as a trusted proxy would say.
    pub async fn arrive_from(base: &Url, address: IpAddr) -> Result<Self> {
        let forwarded = HeaderValue::from_str(&address.to_string())?;
        let headers = [(HeaderName::from_static("x-forwarded-for"), forwarded.clone())].into_iter().collect();
        let http = browser().default_headers(headers).build()?;
        Ok(Self { forwarded: Some(forwarded), ..Self::arrive_with(base, http, "").await? })
    }

    /// The same browser comes once more: another verification.
    pub async fn come_again(&self) -> Result<Self> {
        let again = Self::arrive_with(&self.base, self.http.clone(), &self.cookie).await?;
        Ok(Self { timing: self.timing.clone(), forwarded: self.forwarded.clone(), ..again })
    }

    async fn arrive_with(base: &Url, http: reqwest::Client, cookies: &str) -> Result<Self> {
        let pressed = http
            .post(base.join("sandbox/play")?)
            .header(ORIGIN, origin(base))
            .form(&[("ui_locales", "en")])
            .send()
            .await?;
        let authorize = location(base, &pressed)?;
        Self::arrive_by(base, http, authorize, cookies).await
    }

    /// Comes to our pages by an address that some operator's site gave.
    pub async fn sent_to(base: &Url, authorize: Url) -> Result<Self> {
        Self::arrive_by(base, browser().build()?, authorize, "").await
    }

    async fn arrive_by(base: &Url, http: reqwest::Client, authorize: Url, cookies: &str) -> Result<Self> {
        let arrived = http.get(authorize).header(COOKIE, cookies).send().await?;
        let cookies = arrived.headers().get_all(SET_COOKIE).iter();
        let pairs: Vec<&str> =
            cookies.filter_map(|cookie| cookie.to_str().ok()).filter_map(|cookie| cookie.split(';').next()).collect();
        let cookie = pairs.join("; ");
        ensure!(!cookie.is_empty(), "no session cookie came");
        // As the page does: it learns whose visit it shows, and says so with every step.
        let view = http.get(base.join("api/player/verification")?).header(COOKIE, &cookie).send().await?;
        let visit = read(view).await?["visit"].as_str().context("the visit has no name")?.to_owned();
        Ok(Self { base: base.clone(), http, cookie, visit, timing: Arc::new(RealTime), forwarded: None })
    }

    /// The same with frames at other times.
    #[must_use]
    pub fn timed(self, timing: Arc<dyn Timing>) -> Self {
        Self { timing, ..self }
    }

    /// The cookies of session and device, as a header carries them.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// What the visit is called, in a header or an address.
    pub fn visit(&self) -> &str {
        &self.visit
    }

    /// The verification view.
    pub async fn view(&self) -> Result<Value> {
        let answer = self
            .http
            .get(self.base.join("api/player/verification")?)
            .header(COOKIE, &self.cookie)
            .header(VISIT, &self.visit)
            .header("accept-language", "en")
            .send()
            .await?;
        read(answer).await
    }

    /// One step of the flow.
    pub async fn post(&self, step: &str, body: &Value) -> Result<Value> {
        let answer = self
            .http
            .post(self.base.join(&format!("api/player/{step}"))?)
            .header(COOKIE, &self.cookie)
            .header(VISIT, &self.visit)
            .header(ORIGIN, origin(&self.base))
            .header("accept-language", "en")
            .json(body)
            .send()
            .await?;
        read(answer).await
    }

    /// Accepts the consent in force.
    pub async fn consent(&self) -> Result<Value> {
        self.post("consent", &json!({ "accepted": true, "version": CONSENT_VERSION })).await
    }

    /// Gives their IIN.
    pub async fn identify(&self, iin: &str) -> Result<Value> {
        self.post("identify", &json!({ "iin": iin })).await
    }

    /// Opens the capture stream.
    pub async fn open_capture(&self) -> Result<CaptureSocket> {
        self.open_capture_with("").await
    }

    /// The same with a query (`lights=off`).
    pub async fn open_capture_with(&self, query: &str) -> Result<CaptureSocket> {
        let mut address = self.base.join("api/player/capture")?;
        let scheme = if self.base.scheme() == "https" { "wss" } else { "ws" };
        address.set_scheme(scheme).map_err(|()| anyhow::anyhow!("no WebSocket address"))?;
        address.set_query(Some(query).filter(|query| !query.is_empty()));
        address.query_pairs_mut().append_pair("visit", &self.visit);
        let mut request = address.as_str().into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("cookie", HeaderValue::from_str(&self.cookie)?);
        headers.insert("origin", HeaderValue::from_str(&origin(&self.base))?);
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("rastau.capture.v2"));
        if let Some(forwarded) = &self.forwarded {
            headers.insert("x-forwarded-for", forwarded.clone());
        }
        let (socket, _) = connect_async(request).await.context("the capture stream was refused")?;
        Ok(socket)
    }

    /// Has `actor` stand before the camera until there is a result.
    pub async fn capture(&self, actor: &mut dyn Actor) -> Result<Captured> {
        self.capture_over(&mut self.open_capture().await?, actor).await
    }

    /// The same over a line that is open already, or another one.
    pub async fn capture_over(&self, line: &mut dyn Line, actor: &mut dyn Actor) -> Result<Captured> {
        capture::run(line, actor, self.timing.begin().as_mut()).await
    }

    /// One frame of a capture that was opened by a request.
    pub async fn post_frame(&self, capture: &str, frame: Vec<u8>) -> Result<Value> {
        let address = self.base.join(&format!("api/player/captures/{capture}/frames"))?;
        let request = self.http.post(address).header(COOKIE, &self.cookie).header(VISIT, &self.visit);
        let request = request.header(ORIGIN, origin(&self.base));
        read(request.header("content-type", "application/octet-stream").body(frame).send().await?).await
    }

    /// What carries a capture where there are no WebSockets.
    pub fn posts(&self, lights: bool) -> Posts {
        Posts::new(self.http.clone(), self.base.clone(), (self.cookie.clone(), self.visit.clone()), lights)
    }

    /// Gives the second proof that a first factor needs, where it is due: has a code sent to the person's contact and reads it where
    /// a sandbox shows what its people are told. Returns where it went, or `None` where the step is not due.
    pub async fn prove_contact(&self, iin: &str) -> Result<Option<String>> {
        if self.view().await?["stage"] != "contact" {
            return Ok(None);
        }
        let step = self.post("contact/send", &json!({ "contact": 0 })).await?;
        let told = self.base.join(&format!("api/sandbox/notices?iin={iin}"))?;
        let told = read(self.http.get(told).send().await?).await?;
        let code = told[0]["code"].as_str().context("no code came")?;
        self.post("contact/verify", &json!({ "code": code })).await?;
        Ok(Some(step["sent"]["masked"].as_str().unwrap_or_default().to_owned()))
    }

    /// Makes a passkey on `device` and shows it at once. Returns the recovery codes' number.
    pub async fn enrol_passkey(&self, device: &mut SoftPasskey) -> Result<usize> {
        let options = self.post("passkey/register/start", &json!({})).await?;
        let options = serde_json::from_value(options).context("the passkey options are not WebAuthn's")?;
        let credential = device.do_registration(self.base.clone(), options).map_err(|error| device_failed(&error))?;
        let answer = self.post("passkey/register/finish", &serde_json::to_value(credential)?).await?;
        Ok(answer["recovery_codes"].as_array().map_or(0, Vec::len))
    }

    /// Shows a passkey that was made before. Returns the verification view.
    pub async fn show_passkey(&self, device: &mut SoftPasskey) -> Result<Value> {
        let options = self.post("passkey/authenticate/start", &json!({})).await?;
        let options = serde_json::from_value(options).context("the passkey options are not WebAuthn's")?;
        let credential = device.do_authentication(self.base.clone(), options).map_err(|error| device_failed(&error))?;
        self.post("passkey/authenticate/finish", &serde_json::to_value(credential)?).await
    }

    /// Where our pages send the browser at the end.
    pub async fn return_address(&self) -> Result<Url> {
        let back = self.base.join(&format!("api/player/return?visit={}", self.visit))?;
        location(&self.base, &self.http.get(back).header(COOKIE, &self.cookie).send().await?)
    }

    /// Goes back to the operator and reads what it got.
    pub async fn go_back(&self) -> Result<Value> {
        let callback = self.return_address().await?;
        let page = location(&self.base, &self.http.get(callback).send().await?)?;
        let visit = page.query_pairs().find(|(key, _)| key == "session").map(|(_, value)| value.into_owned());
        let visit = visit.context("the operator's site named no visit")?;
        read(self.http.get(self.base.join(&format!("api/sandbox/session/{visit}"))?).send().await?).await
    }
}

/// The same IIN is suggested to everybody until one has it.
const SUGGESTIONS: u32 = 10;

/// Adds a made-up person with this photo, whose IIN the sandbox chooses.
pub async fn add_newcomer(base: &Url, name: &str, birth_date: &str, photo: &[u8]) -> Result<String> {
    use base64::Engine as _;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let suggest = base.join(&format!("api/sandbox/people/suggest-iin?birth_date={birth_date}"))?;
    let photo = base64::engine::general_purpose::STANDARD.encode(photo);
    let people = base.join("api/sandbox/people")?;
    let mut tries = 0..SUGGESTIONS;
    loop {
        let suggested = read(http.get(suggest.clone()).send().await?).await?;
        let iin = suggested["iin"].as_str().context("no IIN was suggested")?.to_owned();
        let body = json!({ "iin": iin, "name": name, "photo": photo });
        let added = read(http.post(people.clone()).header(ORIGIN, origin(base)).json(&body).send().await?).await;
        match added {
            Ok(_) => return Ok(iin),
            // Somebody who asked at the same moment was faster.
            Err(error) if is_taken(&error) && tries.next().is_some() => {}
            Err(error) => return Err(error),
        }
    }
}

/// What one of the sandbox's people was told, the newest first.
pub async fn notices(base: &Url, iin: &str) -> Result<Vec<Value>> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let mut address = base.join("api/sandbox/notices")?;
    address.query_pairs_mut().append_pair("iin", iin);
    match read(http.get(address).send().await?).await? {
        Value::Array(notices) => Ok(notices),
        _ => anyhow::bail!("this is no list of notices"),
    }
}

fn is_taken(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Refused>().is_some_and(|refused| refused.code == "iin_taken")
}

/// Removes a newcomer again.
pub async fn remove_newcomer(base: &Url, iin: &str) -> Result<()> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let address = base.join(&format!("api/sandbox/people/{iin}"))?;
    http.delete(address).header(ORIGIN, origin(base)).send().await?.error_for_status()?;
    Ok(())
}

fn device_failed(error: &impl std::fmt::Debug) -> anyhow::Error {
    anyhow::anyhow!("the software passkey failed: {error:?}")
}

/// Redirects are followed by hand: cookies come with some of them, and others lead to somebody else.
pub(in crate::cli) fn browser() -> reqwest::ClientBuilder {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    // No step is lost to a connection that the service has just closed.
    client.pool_max_idle_per_host(0)
}

/// Where a redirect leads.
pub(in crate::cli) fn location(base: &Url, answer: &reqwest::Response) -> Result<Url> {
    let status = answer.status();
    let header = answer.headers().get("location").and_then(|value| value.to_str().ok());
    Ok(base.join(header.with_context(|| format!("no redirect came, but {status}"))?)?)
}

fn origin(base: &Url) -> String {
    base.origin().ascii_serialization()
}
