//! What an operator's server says to Rastau: FAPI 2.0, that is PAR, PKCE, `private_key_jwt` and DPoP.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use jsonwebtoken::jwk::JwkSet;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::keys::{SigningKey, challenge, random};
use crate::token::{self, Claims};

const PATIENCE: Duration = Duration::from_secs(10);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The service's own description (RFC 8414), as far as it is needed here.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    pushed_authorization_request_endpoint: Url,
    token_endpoint: Url,
    introspection_endpoint: Url,
    revocation_endpoint: Url,
    jwks_uri: Url,
}

/// One operator at one Rastau.
pub(crate) struct Operator {
    http: Client,
    service: Metadata,
    client_id: String,
    redirect_uri: String,
    key: SigningKey,
    token_key: SigningKey,
    nonce: Option<String>,
}

/// What to keep in the player's session until their browser comes back.
pub(crate) struct Visit {
    state: String,
    verifier: String,
}

/// How a visit ended.
pub(crate) enum Finished {
    /// The player may play.
    Playing(Tokens),
    /// They may not; there is no more to know.
    Denied,
}

/// What the token endpoint gives. An access token lasts 300 s at most, a refresh token serves once.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    token_type: String,
}

impl Operator {
    /// Reads the service's description and makes a key for this process's tokens.
    pub(crate) async fn connect(issuer: &str, client_id: &str, redirect_uri: &str, key: SigningKey) -> Result<Self> {
        let http = Client::builder().timeout(PATIENCE).redirect(Policy::none()).build()?;
        // Of an issuer with a path it stands behind the well-known name.
        let mut place = Url::parse(issuer)?;
        place.set_path(&format!("/.well-known/oauth-authorization-server{}", place.path().trim_end_matches('/')));
        let service: Metadata = http.get(place).send().await?.error_for_status()?.json().await?;
        ensure!(service.issuer == issuer, "the description is of another issuer");
        let (client_id, redirect_uri) = (client_id.to_owned(), redirect_uri.to_owned());
        Ok(Self { http, service, client_id, redirect_uri, key, token_key: SigningKey::generate()?, nonce: None })
    }

    /// The player wants to play: where their browser is to go.
    pub(crate) async fn begin(&mut self) -> Result<(Url, Visit)> {
        #[derive(Deserialize)]
        struct Pushed {
            request_uri: String,
        }
        let visit = Visit { state: random()?, verifier: random()? };
        let redirect_uri = self.redirect_uri.clone();
        let form = [
            ("response_type", "code"),
            ("scope", "play"),
            ("redirect_uri", &redirect_uri),
            ("state", &visit.state),
            ("code_challenge", &challenge(&visit.verifier)),
            ("code_challenge_method", "S256"),
        ];
        let endpoint = self.service.pushed_authorization_request_endpoint.clone();
        let pushed: Pushed = self.post_with_proof(endpoint, &form).await?;
        let mut address = self.service.authorization_endpoint.clone();
        address
            .query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("request_uri", &pushed.request_uri);
        Ok((address, visit))
    }

    /// The browser is back at `address`.
    pub(crate) async fn finish(&mut self, address: &str, visit: &Visit) -> Result<Finished> {
        let address = Url::parse(address)?;
        let answer =
            |name: &str| address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        ensure!(answer("state").as_deref() == Some(&visit.state), "the answer is of another visit");
        ensure!(answer("iss").as_deref() == Some(&self.service.issuer), "the answer is of another issuer (RFC 9207)");
        match answer("error").as_deref() {
            Some("access_denied") => return Ok(Finished::Denied),
            Some(error) => bail!("the service answered {error}"),
            None => {}
        }
        let code = answer("code").context("the answer has no code")?;
        let redirect_uri = self.redirect_uri.clone();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", &visit.verifier),
        ];
        self.tokens(&form).await.map(Finished::Playing)
    }

    /// The next tokens, before the last have expired; fails with `invalid_grant` when the player may no longer play.
    pub(crate) async fn renew(&mut self, refresh_token: &str) -> Result<Tokens> {
        self.tokens(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// Checks a token without asking for it.
    pub(crate) async fn verify(&self, access_token: &str) -> Result<Claims> {
        let jkt = self.token_key.thumbprint()?;
        token::verify(access_token, &self.keys().await?, &self.service.issuer, &self.client_id, &jkt)
    }

    /// Whether the status list says that a verified token has ended. A real service keeps the list for its `ttl`.
    pub(crate) async fn has_ended(&self, claims: &Claims) -> Result<bool> {
        let place = &claims.status.status_list;
        let request = self.http.get(place.uri.clone()).header("accept", "application/statuslist+jwt");
        let list = request.send().await?.error_for_status()?.text().await?;
        token::has_ended(&list, place, &self.keys().await?)
    }

    /// Asks whether a token stands.
    pub(crate) async fn introspect(&self, token: &str) -> Result<bool> {
        #[derive(Deserialize)]
        struct Introspection {
            active: bool,
        }
        let answer = self.post(&self.service.introspection_endpoint, &[("token", token)], None).await?;
        Ok(read::<Introspection>(answer).await?.active)
    }

    /// The player left: either token ends both.
    pub(crate) async fn give_back(&self, token: &str) -> Result<()> {
        self.post(&self.service.revocation_endpoint, &[("token", token)], None).await?.error_for_status()?;
        Ok(())
    }

    async fn keys(&self) -> Result<JwkSet> {
        Ok(self.http.get(self.service.jwks_uri.clone()).send().await?.error_for_status()?.json().await?)
    }

    async fn tokens(&mut self, form: &[(&str, &str)]) -> Result<Tokens> {
        let tokens: Tokens = self.post_with_proof(self.service.token_endpoint.clone(), form).await?;
        ensure!(tokens.token_type.eq_ignore_ascii_case("DPoP"), "the tokens are not of our key");
        Ok(tokens)
    }

    /// Sends a DPoP proof along, and once more when the service wants its nonce in it (RFC 9449, section 8).
    async fn post_with_proof<T: DeserializeOwned>(&mut self, endpoint: Url, form: &[(&str, &str)]) -> Result<T> {
        match self.try_with_proof(&endpoint, form).await {
            Err(error) if wants_nonce(&error) => self.try_with_proof(&endpoint, form).await,
            done => done,
        }
    }

    async fn try_with_proof<T: DeserializeOwned>(&mut self, endpoint: &Url, form: &[(&str, &str)]) -> Result<T> {
        let proof = self.token_key.proof(endpoint, self.nonce.as_deref())?;
        let answer = self.post(endpoint, form, Some(proof)).await?;
        if let Some(nonce) = answer.headers().get("dpop-nonce") {
            self.nonce = Some(nonce.to_str()?.to_owned());
        }
        read(answer).await
    }

    async fn post(&self, endpoint: &Url, form: &[(&str, &str)], proof: Option<String>) -> Result<Response> {
        let assertion = self.key.assertion(&self.client_id, &self.service.issuer)?;
        let mut form = form.to_vec();
        form.extend([
            ("client_id", self.client_id.as_str()),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ]);
        let mut request = self.http.post(endpoint.clone()).form(&form);
        if let Some(proof) = proof {
            request = request.header("DPoP", proof);
        }
        Ok(request.send().await?)
    }
}

/// RFC 6749, section 5.2.
#[derive(Debug, Deserialize, thiserror::Error)]
#[error("the service refused: {error}")]
struct Refusal {
    error: String,
}

fn wants_nonce(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Refusal>().is_some_and(|refusal| refusal.error == "use_dpop_nonce")
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T> {
    if answer.status().is_success() { Ok(answer.json().await?) } else { bail!(answer.json::<Refusal>().await?) }
}
