//! Somebody of the staff with a passkey, who signs in.

use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use serde_json::{Value, json};
use url::Url;
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::Failure;
use super::household::Household;

const LOGIN: &str = "aigerim";

/// One member, and the cookie of the browser that they use every day.
pub(super) struct Member {
    base: Url,
    http: reqwest::Client,
    device: SoftPasskey,
    known: String,
}

impl Member {
    /// Invited by the machine, as the first of the staff is.
    pub(super) async fn join(household: &Household) -> Result<Self, Failure> {
        let invite = ["staff", "invite", LOGIN, "--name", "Aigerim", "--role", "administrator", "--json"];
        let invited: Value = serde_json::from_str(&household.rastau(&invite)?)?;
        let link = Url::parse(invited["link"].as_str().ok_or("no link")?)?;
        let invitation = link.fragment().and_then(|fragment| fragment.strip_prefix("join="));
        let invitation = invitation.ok_or("no invitation in the link")?.to_owned();
        let http = reqwest::Client::builder().no_proxy().build()?;
        let mut member =
            Self { base: household.base.clone(), http, device: SoftPasskey::new(true), known: String::new() };
        let (_, begun) = member.post("join/start", &json!({ "invitation": invitation }), "").await?;
        let options = serde_json::from_value(begun["options"].clone()).map_err(|_| begun.to_string())?;
        let credential =
            member.device.do_registration(member.base.clone(), options).map_err(|error| format!("{error:?}"))?;
        let body = json!({ "invitation": invitation, "ceremony": begun["ceremony"], "credential": credential });
        let (cookies, joined) = member.post("join/finish", &body, "").await?;
        if joined["login"] != LOGIN {
            return Err(joined.to_string().into());
        }
        member.known = cookies;
        Ok(member)
    }

    /// Signs in, in the browser of every day or in a new one; how long it took, where it came to an end.
    pub(super) async fn sign_in(&mut self, in_known: bool) -> Result<Option<Duration>, Failure> {
        let cookies = if in_known { self.known.clone() } else { String::new() };
        let began = Instant::now();
        let (_, begun) = self.post("sign-in/start", &json!({ "login": LOGIN }), &cookies).await?;
        if begun["options"].is_null() {
            return Ok(None);
        }
        let options = serde_json::from_value(begun["options"].clone())?;
        let credential =
            self.device.do_authentication(self.base.clone(), options).map_err(|error| format!("{error:?}"))?;
        let body = json!({ "ceremony": begun["ceremony"], "credential": credential });
        let (_, me) = self.post("sign-in/finish", &body, &cookies).await?;
        Ok((me["login"] == LOGIN).then(|| began.elapsed()))
    }

    async fn post(&self, step: &str, body: &Value, cookies: &str) -> Result<(String, Value), Failure> {
        let address = self.base.join("api/console/")?.join(step)?;
        let origin = self.base.origin().ascii_serialization();
        let request = self.http.post(address).header(ORIGIN, origin).header(COOKIE, cookies);
        let answer = request.json(body).send().await?;
        let set = answer.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let pairs: Vec<&str> = set.filter_map(|cookie| cookie.split(';').next()).collect();
        Ok((pairs.join("; "), answer.json().await?))
    }
}
