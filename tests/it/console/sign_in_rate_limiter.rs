//! Nobody holds the sign-in of staff shut.

use std::net::IpAddr;

use rastau::app::staff::Asker;
use rastau::app::staff::manage::invite_staff;
use rastau::domain::staff::Role;
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use url::Url;
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::TestApp;

/// An address that is no trusted proxy's, from where a service is called without one.
const STRANGER: [u8; 4] = [127, 0, 0, 2];
/// Callers that a trusted proxy tells of.
const OFFICE: &str = "198.51.100.7";

/// A browser of somebody, seen from the service.
struct Caller<'a> {
    app: &'a TestApp,
    http: Client,
    forwarded: Option<String>,
    origin: String,
    cookies: Vec<String>,
}

impl<'a> Caller<'a> {
    fn new(app: &'a TestApp, address: Option<IpAddr>, forwarded: Option<&str>) -> Self {
        let http = Client::builder().no_proxy().local_address(address).build().unwrap();
        let origin = app.base.origin().ascii_serialization();
        Self { app, http, forwarded: forwarded.map(str::to_owned), origin, cookies: Vec::new() }
    }

    async fn post(&mut self, step: &str, body: &Value) -> (StatusCode, Value) {
        let port = self.app.base.port().unwrap();
        let request = self.http.post(format!("http://127.0.0.1:{port}/api/console/{step}"));
        let mut request = request.header(ORIGIN, &self.origin).header(COOKIE, self.cookies.join("; ")).json(body);
        if let Some(forwarded) = &self.forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        let answer = request.send().await.unwrap();
        let cookies = answer.headers().get_all(SET_COOKIE).iter();
        let cookies = cookies.filter_map(|cookie| cookie.to_str().unwrap().split(';').next()).map(str::to_owned);
        self.cookies.extend(cookies);
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn ring(&mut self, login: &str) -> StatusCode {
        self.post("sign-in/start", &json!({ "login": login })).await.0
    }

    /// How many of 60 rings were refused as too many.
    async fn crowd(&mut self, login: &str) -> usize {
        let mut refused = 0;
        for _ in 0..60 {
            refused += usize::from(self.ring(login).await == StatusCode::TOO_MANY_REQUESTS);
        }
        refused
    }
}

/// Somebody joins in this browser.
async fn join(caller: &mut Caller<'_>, login: &str) {
    let services = &caller.app.services;
    let tools = (services.clock.as_ref(), services.randomness.as_ref());
    let roles = [Role::Reviewer].into();
    let by = Asker::machine("a test");
    let invited = invite_staff(services.store.as_ref(), tools, login.parse().unwrap(), "Somebody", roles, &by).await;
    let invitation = json!(invited.unwrap().1);
    let (_, begun) = caller.post("join/start", &json!({ "invitation": invitation })).await;
    let options = serde_json::from_value(begun["options"].clone()).unwrap();
    let origin = Url::parse(&caller.origin).unwrap();
    let credential = SoftPasskey::new(true).do_registration(origin, options).unwrap();
    let body = json!({ "invitation": invitation, "ceremony": begun["ceremony"], "credential": credential });
    assert_eq!(caller.post("join/finish", &body).await.0, StatusCode::OK);
}

#[tokio::test]
async fn pages_of_others_ring_no_bell() {
    let app = TestApp::start().await;
    let mut visitor = Caller::new(&app, None, Some(OFFICE));
    visitor.origin = "https://evil.example".to_owned();
    for _ in 0..200 {
        assert_eq!(visitor.ring("aigerim").await, StatusCode::FORBIDDEN);
    }
    assert_eq!(Caller::new(&app, None, Some(OFFICE)).ring("aigerim").await, StatusCode::OK);
}

#[tokio::test]
async fn a_crowd_at_one_address_is_slowed_and_the_office_is_not() {
    let app = TestApp::start().await;
    // Directly, whatever it writes into the header; and through the proxy, whatever it writes before the proxy.
    let mut direct = Caller::new(&app, Some(STRANGER.into()), Some(OFFICE));
    let mut behind = Caller::new(&app, None, Some("198.51.100.7, 203.0.113.9"));
    for (number, caller) in [&mut direct, &mut behind].into_iter().enumerate() {
        let mut refused = 0;
        for login in 0..80 {
            // Another login each time: it is the address that is counted here.
            refused +=
                usize::from(caller.ring(&format!("nobody{number}x{login}")).await == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(refused > 10, "{refused} of 80 were slowed");
    }
    assert_eq!(Caller::new(&app, None, Some(OFFICE)).ring("aigerim").await, StatusCode::OK);
}

#[tokio::test]
async fn who_came_in_before_is_not_kept_out_by_whoever_names_them() {
    let app = TestApp::start().await;
    let mut own = Caller::new(&app, None, Some(OFFICE));
    join(&mut own, "aigerim").await;
    // Few rings an address, and many addresses.
    let mut refused = 0;
    for number in 0..40 {
        let mut one = Caller::new(&app, None, Some(&format!("203.0.113.{number}")));
        refused += usize::from(one.ring("aigerim").await == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused > 10, "{refused} of 40 were slowed");
    assert_eq!(own.ring("aigerim").await, StatusCode::OK);
    // The address is full, too; the browser is known.
    let mut neighbour = Caller::new(&app, None, Some(OFFICE));
    assert!(neighbour.crowd("nobody").await > 10);
    assert_eq!(own.ring("aigerim").await, StatusCode::OK);
    own.cookies.retain(|cookie| !cookie.starts_with("rastau_staff_device="));
    assert_eq!(own.ring("aigerim").await, StatusCode::TOO_MANY_REQUESTS, "a stranger would wait");
}
