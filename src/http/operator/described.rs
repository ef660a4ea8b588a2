//! Forms of this door, and what it refuses, for the description of the interface: they are read by hand, in each endpoint's
//! own file.

use serde::Serialize;
use utoipa::{IntoParams, IntoResponses, ToSchema};

use super::error::OAuthProblem;

/// How a client says who it is: RFC 7523, or its `client_id` beside a TLS certificate (RFC 8705). In a sandbox it may
/// send its secret in the header `Authorization` instead.
#[derive(Serialize, ToSchema)]
// The registered names.
#[allow(clippy::struct_field_names)]
pub(in crate::http) struct ClientFields {
    /// The `client_id`; may be left out beside an assertion.
    #[schema(example = "demo-bet")]
    client_id: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`
    #[schema(example = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    client_assertion_type: Option<String>,
    #[schema(example = "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJkZW1vLWJldCJ9.c2lnbmF0dXJl")]
    /// A JWT: `iss` and `sub` the `client_id`, `aud` our issuer, `exp` at most an hour ahead, `jti` never twice.
    client_assertion: Option<String>,
}

/// What a player is to be verified for.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PushedRequest {
    #[serde(flatten)]
    client: ClientFields,
    /// `code`
    #[schema(example = "code")]
    response_type: String,
    /// One of the registered addresses, to the byte.
    #[schema(example = "https://bet.example/callback")]
    redirect_uri: String,
    /// `play`, and `openid` with it where an ID token is wanted.
    #[schema(example = "play")]
    scope: String,
    /// Comes back with the answer; as long as the request may be, though not every proxy passes a long address.
    #[schema(example = "f3a9c1")]
    state: Option<String>,
    /// RFC 7636: base64url of SHA-256 over the verifier.
    #[schema(min_length = 43, max_length = 43, example = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")]
    code_challenge: String,
    /// `S256`
    #[schema(example = "S256")]
    code_challenge_method: String,
    /// Languages of the pages, such as `kk ru`.
    ui_locales: Option<String>,
    /// The thumbprint of the key that the tokens shall be bound to (RFC 9449 section 10).
    dpop_jkt: Option<String>,
    /// How the player must be verified at least (RFC 9470).
    acr_values: Option<String>,
    /// How old a verification may be, seconds.
    max_age: Option<u64>,
    /// Comes back in the ID token.
    nonce: Option<String>,
}

/// A code or a refresh token to be exchanged.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct TokenRequest {
    #[serde(flatten)]
    client: ClientFields,
    /// `authorization_code` or `refresh_token`
    #[schema(example = "authorization_code")]
    grant_type: String,
    /// The code.
    #[schema(example = "SplxlOBeZQQYbYS6WxSbIA")]
    code: Option<String>,
    /// The address of the request, once more.
    #[schema(example = "https://bet.example/callback")]
    redirect_uri: Option<String>,
    /// The PKCE verifier.
    #[schema(example = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    code_verifier: Option<String>,
    /// The refresh token.
    refresh_token: Option<String>,
    /// At a renewal: no more than was granted.
    scope: Option<String>,
}

/// A token.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct NamedToken {
    #[serde(flatten)]
    client: ClientFields,
    /// An access token; to be given back also a refresh token.
    token: String,
    /// Not needed.
    token_type_hint: Option<String>,
}

/// A player to be asked about.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Check {
    #[serde(flatten)]
    client: ClientFields,
    /// The `sub` that you know them by.
    #[schema(min_length = 43, max_length = 43)]
    subject: String,
    /// `login`, `bet` or `marketing`, of which you need the scope `check:login` and so on.
    purpose: String,
    /// Your name of the request, 1 to 64 visible ASCII characters; it comes back.
    #[schema(min_length = 1, max_length = 64)]
    request_id: String,
}

/// Players to be asked about.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct BulkCheck {
    #[serde(flatten)]
    client: ClientFields,
    /// Their `sub`s, with a blank between two, each once; at most 1000.
    subjects: String,
    /// `login`, `bet` or `marketing`, of which you need the scope `check:login` and so on.
    purpose: String,
    /// Your name of the request, 1 to 64 visible ASCII characters; it comes back.
    #[schema(min_length = 1, max_length = 64)]
    request_id: String,
}

/// Whether the token stands, and then its claims.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Introspection {
    /// Whether it stands.
    active: bool,
    /// `DPoP` or `Bearer`.
    token_type: Option<String>,
    /// Issuer.
    iss: Option<String>,
    /// The player, as this operator knows them.
    sub: Option<String>,
    /// The operator.
    aud: Option<String>,
    /// The operator.
    client_id: Option<String>,
    /// Expiry, seconds.
    exp: Option<i64>,
    /// Issued at, seconds.
    iat: Option<i64>,
    /// When the player was verified, seconds.
    auth_time: Option<i64>,
    /// Token id.
    jti: Option<String>,
    /// `play`
    scope: Option<String>,
    /// How the player was verified, while that is recent.
    acr: Option<String>,
    /// RFC 8176.
    amr: Option<Vec<String>>,
    /// Whose key makes it good.
    #[schema(value_type = Option<Object>)]
    cnf: Option<()>,
    /// Where its status is told.
    #[schema(value_type = Option<Object>)]
    status: Option<()>,
    /// Present and true in the sandbox only.
    sandbox: Option<bool>,
}

/// What every endpoint with client authentication refuses.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub(in crate::http) enum OAuthRefusal {
    /// A parameter is missing, doubled or wrong, or the grant is not valid
    #[response(status = 400)]
    BadRequest(OAuthProblem<'static>),
    /// The client was not authenticated
    #[response(status = 401)]
    Unauthorized(OAuthProblem<'static>),
    /// The body is too long
    #[response(status = 413)]
    TooLarge(OAuthProblem<'static>),
    /// The body is no form
    #[response(status = 415)]
    MediaType(OAuthProblem<'static>),
    /// The client asks too often
    #[response(status = 429)]
    TooMany(OAuthProblem<'static>),
    /// Not now
    #[response(status = 503)]
    Unavailable(OAuthProblem<'static>),
}

/// The client is not registered for it
#[derive(IntoResponses)]
#[response(status = 403)]
#[allow(dead_code)]
pub(in crate::http) struct ScopeRefusal(OAuthProblem<'static>);

/// A proof of the client's key.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub(in crate::http) struct ProofHeader {
    /// RFC 9449, with the nonce of the last answer's `DPoP-Nonce`
    #[param(rename = "DPoP")]
    dpop: Option<String>,
}
