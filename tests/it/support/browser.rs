//! An operator and a player's browser by plain requests: what a client of ours has at hand, and nothing more.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rastau::app::verification::consent::CONSENT_VERSION;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::handle::hash_handle;
use rastau::domain::oauth::authorization::PushedRequest;
use rastau::domain::oauth::id_token::SCOPE;
use rastau::domain::operators::operator::OperatorId;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::app::{CLIENT, TestApp};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// In which a page says whose visit it shows.
const VISIT: &str = "rastau-visit";

/// An answer: its status and its body, null when that is no JSON.
pub(crate) type Answer = (u16, Value);

/// The operator's server, with its credentials.
pub(crate) struct OperatorServer<'a> {
    app: &'a TestApp,
    http: Client,
}

impl<'a> OperatorServer<'a> {
    pub(crate) fn of(app: &'a TestApp) -> Self {
        Self { app, http: client() }
    }

    /// Pushes a request; returns its `request_uri`.
    pub(crate) async fn push(&self) -> String {
        self.push_with(&[]).await
    }

    /// The same with more parameters.
    pub(crate) async fn push_with(&self, more: &[(&str, &str)]) -> String {
        let (status, pushed) = self.try_push(more).await;
        assert_eq!(status, 201, "{pushed}");
        pushed["request_uri"].as_str().unwrap().to_owned()
    }

    /// The same, whatever comes of it.
    pub(crate) async fn try_push(&self, more: &[(&str, &str)]) -> Answer {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let redirect_uri = self.redirect_uri();
        let form = [
            ("response_type", "code"),
            ("redirect_uri", &redirect_uri),
            ("scope", SCOPE),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        self.post("oauth2/par", &[&form, more].concat()).await
    }

    /// Exchanges the code.
    pub(crate) async fn exchange(&self, code: &str) -> Answer {
        let redirect_uri = self.redirect_uri();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        self.post("oauth2/token", &form).await
    }

    /// Renews.
    pub(crate) async fn renew(&self, refresh_token: &str) -> Answer {
        self.post("oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// Gives a token back.
    pub(crate) async fn give_back(&self, token: &str) -> Answer {
        self.post("oauth2/revoke", &[("token", token)]).await
    }

    /// Asks whether a person that it knows by this subject may play.
    pub(crate) async fn check(&self, subject: &str) -> Answer {
        self.post("api/operator/checks", &[("subject", subject), ("purpose", "login"), ("request_id", "one")]).await
    }

    /// Asks about a token.
    pub(crate) async fn introspect(&self, token: &str) -> Value {
        self.post("oauth2/introspect", &[("token", token)]).await.1
    }

    /// A request to the sandbox's clock, with this secret.
    pub(crate) fn clock(&self, method: reqwest::Method, secret: &str) -> RequestBuilder {
        let address = self.app.base.join("api/sandbox/clock").unwrap();
        self.http.request(method, address).basic_auth(CLIENT, Some(secret))
    }

    /// Moves the sandbox's clock on.
    pub(crate) async fn advance(&self, seconds: u64) {
        let request = self.clock(reqwest::Method::POST, self.app.secret.expose());
        let (status, time) = read(request.json(&json!({ "advance_seconds": seconds })).send().await.unwrap()).await;
        assert_eq!(status, 200, "{time}");
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.app.base.join(path).unwrap());
        read(request.basic_auth(CLIENT, Some(self.app.secret.expose())).form(form).send().await.unwrap()).await
    }

    fn redirect_uri(&self) -> String {
        format!("{}sandbox/callback", self.app.base)
    }
}

/// A player's browser with its cookies.
pub(crate) struct Browser {
    base: Url,
    http: Client,
    cookie: String,
    /// What the page that it shows calls its visit.
    visit: String,
}

impl Browser {
    /// Comes with the `request_uri` that the operator pushed.
    pub(crate) async fn arrive(app: &TestApp, request_uri: &str) -> Self {
        let mut address = app.base.join("oauth2/authorize").unwrap();
        address.query_pairs_mut().append_pair("client_id", CLIENT).append_pair("request_uri", request_uri);
        let http = client();
        let arrived = http.get(address).send().await.unwrap();
        assert_eq!(arrived.status(), 303);
        let cookies = arrived.headers().get_all(SET_COOKIE).iter();
        let pairs: Vec<&str> = cookies.filter_map(|cookie| cookie.to_str().unwrap().split(';').next()).collect();
        let mut browser = Self { base: app.base.clone(), http, cookie: pairs.join("; "), visit: String::new() };
        let (_, view) =
            read(browser.http.get(browser.at("verification")).header(COOKIE, &browser.cookie).send().await.unwrap())
                .await;
        view["visit"].as_str().unwrap().clone_into(&mut browser.visit);
        browser
    }

    /// Comes with a request that was pushed somehow: a service that is no sandbox takes no secret of an operator.
    pub(crate) async fn arrive_unasked(app: &TestApp) -> Self {
        let request = PushedRequest {
            operator: OperatorId::parse(CLIENT).unwrap(),
            redirect_uri: format!("{}sandbox/callback", app.base),
            state: None,
            code_challenge: URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)),
            ui_locales: None,
            acr_values: None,
            id_token: None,
            dpop_jkt: None,
            expires_at: app.now().plus(std::time::Duration::from_mins(1)),
        };
        let mut unit = app.unit().await;
        unit.insert_request(hash_handle("handle"), &request).await.unwrap();
        unit.commit().await.unwrap();
        Self::arrive(app, "urn:ietf:params:oauth:request_uri:handle").await
    }

    /// One that was never here.
    pub(crate) fn unknown(app: &TestApp) -> Self {
        Self { base: app.base.clone(), http: client(), cookie: String::new(), visit: String::new() }
    }

    pub(crate) async fn view(&self) -> Value {
        self.get("verification").await.1
    }

    /// What the player's door tells at this path.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self.http.get(self.at(path)).header(COOKIE, &self.cookie).header(VISIT, &self.visit);
        read(request.send().await.unwrap()).await
    }

    /// One step of the player's door.
    pub(crate) async fn step(&self, path: &str, body: &Value) -> Answer {
        read(self.request(path, body).header(ORIGIN, origin(&self.base)).send().await.unwrap()).await
    }

    /// The same as the page of another site would send it.
    pub(crate) async fn step_from_elsewhere(&self, path: &str, body: &Value) -> Answer {
        read(self.request(path, body).header(ORIGIN, "https://evil.example").send().await.unwrap()).await
    }

    pub(crate) async fn consent(&self) {
        let (status, view) = self.step("consent", &json!({ "accepted": true, "version": CONSENT_VERSION })).await;
        assert_eq!(status, 200, "{view}");
    }

    pub(crate) async fn identify(&self, iin: &str) -> Answer {
        self.step("identify", &json!({ "iin": iin })).await
    }

    pub(crate) async fn pretend_capture(&self) -> Answer {
        self.step("captures/pretend", &json!({})).await
    }

    /// Has a code sent to the person's first contact and types it.
    pub(crate) async fn prove_contact(&self, app: &TestApp, iin: &Iin) {
        let (status, sent) = self.step("contact/send", &json!({ "contact": 0 })).await;
        assert_eq!(status, 200, "{sent}");
        let code = app.newest_code(iin).await;
        let (status, view) = self.step("contact/verify", &json!({ "code": code })).await;
        assert_eq!((status, view["stage"].as_str()), (200, Some("second_factor")), "{view}");
    }

    /// The code of a scenario, which nobody needs to receive; then its factor.
    pub(crate) async fn pretend_factor(&self, body: &Value) -> Answer {
        if self.view().await["stage"] == "contact" {
            let answer = self.step("contact/pretend", &json!({})).await;
            if answer.0 != 200 {
                return answer;
            }
        }
        self.step("second-factor/pretend", body).await
    }

    /// What the operator's redirect URI is called with.
    pub(crate) async fn go_back(&self) -> HashMap<String, String> {
        self.try_go_back().await.expect("it is called")
    }

    /// The same, where it may not be called at all.
    pub(crate) async fn try_go_back(&self) -> Option<HashMap<String, String>> {
        let back = self.at(&format!("return?visit={}", self.visit));
        let answer = self.http.get(back).header(COOKIE, &self.cookie).send().await.unwrap();
        let address: Url = answer.headers().get(LOCATION)?.to_str().unwrap().parse().unwrap();
        Some(address.query_pairs().into_owned().collect())
    }

    fn request(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(self.at(path)).header(COOKIE, &self.cookie).header(VISIT, &self.visit).json(body)
    }

    fn at(&self, path: &str) -> Url {
        self.base.join("api/player/").unwrap().join(path).unwrap()
    }
}

/// Reads an answer whole.
pub(crate) async fn read(answer: Response) -> Answer {
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().pool_max_idle_per_host(0).build().unwrap()
}

fn origin(base: &Url) -> String {
    base.origin().ascii_serialization()
}
