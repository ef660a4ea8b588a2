//! Somebody of the staff with a passkey, before the console's door.

use std::sync::Arc;

use actix_web::http::header::ORIGIN;
use actix_web::http::{Method, StatusCode};
use actix_web::{App, test, web};
use rastau::app::staff::Asker;
use rastau::app::staff::confirm::confirm_at_machine;
use rastau::app::staff::manage::invite_staff;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::staff::Role;
use rastau::domain::webhooks::ports::WebhookSender;
use rastau::gateways::webhook_http::HttpWebhookSender;
use rastau::http::console;
use serde_json::{Value, json};
use url::Url;
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::operator::world::{BASE, World};

/// What the door answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
    pub(super) caching: Option<String>,
    pub(super) text: String,
    /// The whole `Set-Cookie`.
    pub(super) cookie: Option<String>,
}

impl Answer {
    pub(super) fn good(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }

    pub(super) fn code(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }
}

/// A browser, signed in or not.
pub(super) struct Desk<'a> {
    pub(super) world: &'a World,
    pub(super) device: SoftPasskey,
    /// `name=value`
    pub(super) cookie: Option<String>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        Self { world, device: SoftPasskey::new(true), cookie: None }
    }

    /// Somebody with these roles, who has joined and counts.
    pub(super) async fn of(world: &'a World, login: &str, roles: &[Role]) -> Self {
        let mut desk = Self::new(world);
        let invitation = invite(world, login, roles).await;
        desk.join(&invitation).await.good();
        desk.counts().await;
        desk
    }

    /// Whoever has the machine confirms who this is, where they do not count yet.
    pub(super) async fn counts(&self) {
        let me = self.get("/me").await.good();
        if me["confirmed"] == false {
            let code = SecretText::new(self.code().await);
            let login = me["login"].as_str().unwrap().parse().unwrap();
            let services = &self.world.services;
            let (store, clock) = (services.store.as_ref(), services.clock.as_ref());
            confirm_at_machine(store, clock, ("a test", true), &login, &code).await.unwrap();
        }
    }

    /// The code that they see.
    pub(super) async fn code(&self) -> String {
        self.post("/me/code", &json!({})).await.good()["code"].as_str().unwrap().to_owned()
    }

    pub(super) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.call_from(Some(BASE), method, path, body).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    /// As a page of `origin` calls.
    pub(super) async fn call_from(
        &self,
        origin: Option<&str>,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let mut request = test::TestRequest::with_uri(&format!("/api/console{path}")).method(method);
        for (name, value) in origin
            .map(|origin| (ORIGIN.as_str(), origin))
            .into_iter()
            .chain(self.cookie.as_deref().map(|cookie| ("cookie", cookie)))
        {
            request = request.insert_header((name, value));
        }
        if let Some(body) = body {
            request = request.set_json(body);
        }
        let services = web::Data::new(self.world.services.clone());
        let sender: Arc<dyn WebhookSender> = Arc::new(HttpWebhookSender::new(true).unwrap());
        let app = App::new().app_data(services).app_data(web::Data::from(sender)).configure(console::configure);
        let app = test::init_service(app).await;
        let answer = match test::try_call_service(&app, request.to_request()).await {
            Ok(answer) => answer.into_parts().1,
            Err(error) => error.error_response(),
        };
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, cookie, caching) = (answer.status(), header("set-cookie"), header("cache-control"));
        let bytes = actix_web::body::to_bytes(answer.into_body()).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null), text, cookie, caching }
    }

    /// Makes the passkey that an invitation is for.
    pub(super) async fn join(&mut self, invitation: &SecretText) -> Answer {
        let begun = self.post("/join/start", &json!({ "invitation": invitation })).await;
        if !begun.status.is_success() {
            return begun;
        }
        let credential = self.create(&begun.body["options"]);
        let body = json!({ "invitation": invitation, "ceremony": begun.body["ceremony"], "credential": credential });
        let joined = self.post("/join/finish", &body).await;
        self.keep(joined)
    }

    /// Signs in with the passkey of this browser; where it is asked for another one, with nothing.
    pub(super) async fn sign_in(&mut self, login: &str) -> Answer {
        let begun = self.post("/sign-in/start", &json!({ "login": login })).await;
        if !begun.status.is_success() {
            return begun;
        }
        let options = serde_json::from_value(begun.body["options"].clone()).unwrap();
        let shown = self.device.do_authentication(Url::parse(BASE).unwrap(), options);
        let credential = shown.map_or(Value::Null, |shown| serde_json::to_value(shown).unwrap());
        let body = json!({ "ceremony": begun.body["ceremony"], "credential": credential });
        let signed = self.post("/sign-in/finish", &body).await;
        self.keep(signed)
    }

    /// Shows the passkey once more.
    pub(super) async fn step_up(&mut self) -> Answer {
        let begun = self.post("/step-up/start", &json!({})).await.good();
        let credential = self.show(&begun["options"]);
        self.post("/step-up/finish", &json!({ "ceremony": begun["ceremony"], "credential": credential })).await
    }

    pub(super) fn create(&mut self, options: &Value) -> Value {
        let options = serde_json::from_value(options.clone()).unwrap();
        serde_json::to_value(self.device.do_registration(Url::parse(BASE).unwrap(), options).unwrap()).unwrap()
    }

    pub(super) fn show(&mut self, options: &Value) -> Value {
        let options = serde_json::from_value(options.clone()).unwrap();
        serde_json::to_value(self.device.do_authentication(Url::parse(BASE).unwrap(), options).unwrap()).unwrap()
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        if let Some(cookie) = &answer.cookie {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }
}

/// Somebody who has not joined yet.
pub(super) async fn invite(world: &World, login: &str, roles: &[Role]) -> SecretText {
    let services = &world.services;
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    let roles = roles.iter().copied().collect();
    let by = Asker::machine("a test");
    let invited = invite_staff(services.store.as_ref(), tools, login.parse().unwrap(), "Somebody", roles, &by).await;
    invited.unwrap().1
}
