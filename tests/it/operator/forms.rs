//! What operators send.

use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

pub(super) const CALLBACK: &str = "https://bet.example/cb";
/// The example of RFC 7636 appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) type Fields = Vec<(&'static str, String)>;

pub(super) fn assertion_fields(assertion: String) -> Fields {
    vec![("client_assertion_type", ASSERTION_TYPE.to_owned()), ("client_assertion", assertion)]
}

pub(super) fn request_fields() -> Fields {
    [
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "play"),
        ("state", "xyz"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("ui_locales", "kk ru"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

pub(super) fn refresh_fields(token: &str) -> Fields {
    vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", token.to_owned())]
}

pub(super) fn grant_fields(code: &str) -> Fields {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
}

/// The same fields, one of them changed; left out when the value is empty.
pub(super) fn with(fields: Fields, name: &'static str, value: &str) -> Fields {
    let mut fields: Fields = fields.into_iter().filter(|(field, _)| *field != name).collect();
    if !value.is_empty() {
        fields.push((name, value.to_owned()));
    }
    fields
}

pub(super) fn form(path: &str, fields: &Fields) -> TestRequest {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    TestRequest::post().uri(path).insert_header(("Content-Type", "application/x-www-form-urlencoded")).set_payload(body)
}

pub(super) fn basic(id: &str, secret: &str) -> (&'static str, String) {
    ("Authorization", format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))))
}
