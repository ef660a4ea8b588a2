//! The operator's request and the code that answers it: RFC 9126 (PAR), RFC 7636 (PKCE, S256 only), RFC 6749.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use super::access_token::{ACR_SESSION, acr, classes};
use super::confirmation::Thumbprint;
use super::id_token::{IdTokenRequest, wants_id_token};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{GrantId, VerificationId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::{Operator, OperatorId};
use crate::domain::second_factor::{BoundBy, FactorKind};

/// A pushed request must be used within this time.
pub const REQUEST_TTL: Duration = Duration::from_mins(1);
/// A code must be redeemed within this time.
pub const CODE_TTL: Duration = Duration::from_mins(1);
/// So many codes are drawn for one verification: each time the way back is asked for again, while none was redeemed.
pub const MAX_CODES: u32 = 10;
/// No nonce is longer, in bytes.
const MAX_NONCE: usize = 512;
/// Prefix of every `request_uri`, RFC 9126 section 2.2.
pub const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// So often one request is opened, and begins a verification each time: by previews of its link, the wrong browser, the right one.
/// Whoever has the link could go on for its whole minute.
pub const MAX_OPENINGS: u32 = 10;

/// The parameters of an authorization request as they were pushed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestParameters {
    /// `response_type`
    pub response_type: String,
    /// `redirect_uri`
    pub redirect_uri: String,
    /// `scope`
    pub scope: String,
    /// `state`
    pub state: Option<String>,
    /// `code_challenge`
    pub code_challenge: String,
    /// `code_challenge_method`
    pub code_challenge_method: String,
    /// `ui_locales`
    pub ui_locales: Option<String>,
    /// `dpop_jkt`, RFC 9449 section 10
    pub dpop_jkt: Option<String>,
    /// The key of the proof that came with the request, whose signature was checked.
    pub proven: Option<Thumbprint>,
    /// `acr_values`, RFC 9470 section 4
    pub acr_values: Option<String>,
    /// `max_age`, RFC 9470 section 4
    pub max_age: Option<String>,
    /// `nonce`, OpenID Connect Core section 3.1.2.1
    pub nonce: Option<String>,
}

/// Why a request is refused, with the error code of RFC 6749 section 4.1.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// `response_type` is not `code`.
    #[error("response_type must be code")]
    ResponseType,
    /// `redirect_uri` is not registered.
    #[error("redirect_uri is not one of the registered ones")]
    RedirectUri,
    /// PKCE is missing, plain or malformed.
    #[error("PKCE with code_challenge_method S256 is required")]
    Pkce,
    /// Another scope.
    #[error("scope must be play, and openid with it where an ID token is wanted")]
    Scope,
    /// A scope that this operator is not registered for.
    #[error("you are not registered for the scope play")]
    ScopeNotRegistered,
    /// `ui_locales`, `acr_values` or `nonce` is longer than allowed.
    #[error("ui_locales has at most 64 characters, acr_values at most 256, nonce at most 512")]
    TooLong,
    /// `dpop_jkt` is no thumbprint, or not that of the proof beside it.
    #[error("dpop_jkt must be the thumbprint of the key of the DPoP proof")]
    DpopKey,
    /// `acr_values` names a class that this service does not give.
    #[error("acr_values names an authentication context class that is not known")]
    Acr,
    /// `max_age` is no number of seconds.
    #[error("max_age must be a number of seconds")]
    MaxAge,
}

impl RequestError {
    /// The OAuth error code.
    pub fn code(self) -> &'static str {
        match self {
            Self::ResponseType => "unsupported_response_type",
            Self::Scope | Self::ScopeNotRegistered => "invalid_scope",
            // RFC 9470 section 5 leaves this one to OpenID Connect's extension.
            Self::Acr => "unmet_authentication_requirements",
            Self::RedirectUri | Self::Pkce | Self::TooLong | Self::DpopKey | Self::MaxAge => "invalid_request",
        }
    }
}

/// A request that was checked and may be used once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedRequest {
    /// Who pushed it.
    pub operator: OperatorId,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Given back unchanged.
    pub state: Option<String>,
    /// base64url of SHA-256 of the verifier: 43 characters.
    pub code_challenge: String,
    /// Languages the operator suggests.
    pub ui_locales: Option<String>,
    /// Authentication context classes that would do, separated by blanks; the answer is of one of them, or none.
    pub acr_values: Option<String>,
    /// An ID token is wanted beside the access token.
    pub id_token: Option<IdTokenRequest>,
    /// The key that the code will be bound to.
    pub dpop_jkt: Option<Thumbprint>,
    /// Until when it may be used.
    pub expires_at: Timestamp,
}

impl PushedRequest {
    /// Checks the parameters against the operator's registration.
    pub fn check(operator: &Operator, parameters: RequestParameters, now: Timestamp) -> Result<Self, RequestError> {
        if parameters.response_type != "code" {
            return Err(RequestError::ResponseType);
        }
        if !operator.allows_redirect(&parameters.redirect_uri) {
            return Err(RequestError::RedirectUri);
        }
        let challenge_fits = URL_SAFE_NO_PAD.decode(&parameters.code_challenge).is_ok_and(|raw| raw.len() == 32);
        if parameters.code_challenge_method != "S256" || !challenge_fits {
            return Err(RequestError::Pkce);
        }
        let with_id_token = wants_id_token(&parameters.scope).ok_or(RequestError::Scope)?;
        if !operator.may_play() {
            return Err(RequestError::ScopeNotRegistered);
        }
        let longer = |text: &Option<String>, most| text.as_ref().is_some_and(|t| t.len() > most);
        // `state` may be as long as a pushed request: some frameworks seal a whole session in it.
        if longer(&parameters.ui_locales, 64)
            || longer(&parameters.acr_values, 256)
            || longer(&parameters.nonce, MAX_NONCE)
        {
            return Err(RequestError::TooLong);
        }
        // Everybody is verified anew, so that any age is met; the classes must all be ours to give: one that is mistyped would
        // ask for less than was meant.
        if parameters.max_age.as_ref().is_some_and(|age| age.parse::<u32>().is_err()) {
            return Err(RequestError::MaxAge);
        }
        if parameters.acr_values.as_ref().is_some_and(|wanted| !wanted.split(' ').all(is_given)) {
            return Err(RequestError::Acr);
        }
        Ok(Self {
            operator: operator.id.clone(),
            dpop_jkt: bound_key(parameters.dpop_jkt.as_deref(), parameters.proven)?,
            redirect_uri: parameters.redirect_uri,
            state: parameters.state,
            code_challenge: parameters.code_challenge,
            ui_locales: parameters.ui_locales,
            acr_values: parameters.acr_values,
            id_token: with_id_token.then_some(IdTokenRequest { nonce: parameters.nonce }),
            expires_at: now.plus(REQUEST_TTL),
        })
    }
}

/// The key that the request is bound to: named, proven, or both and then the same (RFC 9449 section 10.1).
fn bound_key(named: Option<&str>, proven: Option<Thumbprint>) -> Result<Option<Thumbprint>, RequestError> {
    let named = named.map(|text| Thumbprint::parse(text).ok_or(RequestError::DpopKey)).transpose()?;
    match (named, proven) {
        (Some(named), Some(proven)) if named != proven => Err(RequestError::DpopKey),
        (named, proven) => Ok(proven.or(named)),
    }
}

fn is_given(class: &str) -> bool {
    class == ACR_SESSION || classes().contains(&class)
}

impl PushedRequest {
    /// Whether a verification with this factor is what was asked for (RFC 9470 section 4): of one of the classes, or of one with
    /// the same factor and a better proof.
    pub fn is_met_by(&self, bound_by: BoundBy, factor: FactorKind) -> bool {
        let reached = || BoundBy::ALL.into_iter().filter(|by| *by <= bound_by).map(|by| acr(by, factor));
        let is_met = |class: &str| class == ACR_SESSION || reached().any(|one| one == class);
        self.acr_values.as_ref().is_none_or(|wanted| wanted.split(' ').any(is_met))
    }

    /// Where the operator's site begins, as far as its registered redirect URI tells: `https://bet.example`. A visit belongs to one browser;
    /// who goes on in another begins there.
    pub fn site(&self) -> Option<String> {
        let origin = Url::parse(&self.redirect_uri).ok()?.origin();
        origin.is_tuple().then(|| origin.ascii_serialization())
    }
}

/// Whether `verifier` is the one the challenge was made of (RFC 7636 section 4.6), in constant time.
pub fn pkce_fits(verifier: &str, challenge: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_' | b'~');
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(allowed) {
        return false;
    }
    let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    made.as_bytes().ct_eq(challenge.as_bytes()).into()
}

/// An authorization code as stored: bound to the operator, the redirect URI and the challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// Hash of the code itself.
    pub hash: HandleHash,
    /// Whom it was made for.
    pub operator: OperatorId,
    /// Of which verification.
    pub verification: VerificationId,
    /// The redirect URI of the request.
    pub redirect_uri: String,
    /// The PKCE challenge of the request.
    pub code_challenge: String,
    /// The key that the request was bound to.
    pub dpop_jkt: Option<Thumbprint>,
    /// Until when it may be redeemed.
    pub expires_at: Timestamp,
}

/// The codes of one verification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodesDrawn {
    /// How many there are.
    pub number: u32,
    /// Whether one of them was redeemed: none of the others is any more.
    pub redeemed: bool,
}

impl CodesDrawn {
    /// Whether another may be drawn. Those of before stay good until one is redeemed: requests overtake each other, and nobody can
    /// say which answer the browser follows.
    pub fn may_draw(self) -> bool {
        !self.redeemed && self.number < MAX_CODES
    }
}

/// What became of an attempt to redeem a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redemption {
    /// The first attempt; the code is now used up whatever follows.
    Fresh(AuthorizationCode),
    /// Used before: the tokens made from it, if any, must die (RFC 6749 section 4.1.2).
    Replayed {
        /// What the first redemption was granted.
        grant: Option<GrantId>,
    },
    /// Another code of the same verification was redeemed. Nothing dies of it: this one was never used.
    Superseded,
    /// Too late; nothing was used up.
    Expired,
    /// No such code.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operators::operator::{ClientAuthentication, KeySource};

    // The example of RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn operator() -> Operator {
        let jwks = ClientAuthentication::PrivateKeyJwt(KeySource::Registered("{}".into()));
        let uris = vec!["https://bet.example/cb".to_owned()];
        Operator::register(OperatorId::parse("demo-bet").unwrap(), "Demo", jwks, uris, false).unwrap()
    }

    fn parameters() -> RequestParameters {
        RequestParameters {
            response_type: "code".into(),
            redirect_uri: "https://bet.example/cb".into(),
            scope: "play".into(),
            state: Some("xyz".into()),
            code_challenge: CHALLENGE.into(),
            code_challenge_method: "S256".into(),
            ..RequestParameters::default()
        }
    }

    #[test]
    fn a_site_begins_where_its_redirect_uri_does() {
        let request = PushedRequest::check(&operator(), parameters(), Timestamp::from_micros(0)).unwrap();
        let site = |redirect_uri: &str| PushedRequest { redirect_uri: redirect_uri.into(), ..request.clone() }.site();
        assert_eq!(site("https://bet.example/cb").as_deref(), Some("https://bet.example"));
        assert_eq!(site("http://localhost:8080/sandbox/callback").as_deref(), Some("http://localhost:8080"));
        for none in ["app.bet:/cb", "", "javascript:alert(1)"] {
            assert_eq!(site(none), None, "{none}");
        }
    }

    #[test]
    fn pkce_follows_the_rfc_example() {
        assert!(pkce_fits(VERIFIER, CHALLENGE));
        assert!(!pkce_fits(CHALLENGE, CHALLENGE));
        assert!(!pkce_fits("short", CHALLENGE));
        assert!(!pkce_fits(&VERIFIER.replace('-', " "), CHALLENGE));
    }

    #[test]
    fn every_deviation_is_refused_with_its_own_error() {
        let now = Timestamp::from_seconds(0);
        let check = |change: &dyn Fn(&mut RequestParameters)| {
            let mut changed = parameters();
            change(&mut changed);
            PushedRequest::check(&operator(), changed, now).map(|_| ())
        };
        assert_eq!(check(&|_| ()), Ok(()));
        assert_eq!(check(&|p| p.response_type = "token".into()), Err(RequestError::ResponseType));
        assert_eq!(check(&|p| p.redirect_uri.push('/')), Err(RequestError::RedirectUri));
        assert_eq!(check(&|p| p.code_challenge_method = "plain".into()), Err(RequestError::Pkce));
        assert_eq!(check(&|p| p.code_challenge.clear()), Err(RequestError::Pkce));
        assert_eq!(check(&|p| p.scope = "openid".into()), Err(RequestError::Scope));
        assert_eq!(check(&|p| p.scope = "openid play".into()), Ok(()));
        assert_eq!(check(&|p| p.nonce = Some("n".repeat(513))), Err(RequestError::TooLong));
        assert_eq!(check(&|p| p.state = Some("s".repeat(10_000))), Ok(()));
        assert_eq!(check(&|p| p.ui_locales = Some("s".repeat(65))), Err(RequestError::TooLong));
        assert_eq!(check(&|p| p.dpop_jkt = Some("x".into())), Err(RequestError::DpopKey));
        assert_eq!(check(&|p| p.max_age = Some("-1".into())), Err(RequestError::MaxAge));
        assert_eq!(check(&|p| p.acr_values = Some("urn:x urn:y".into())), Err(RequestError::Acr));
        let classes = |wanted: &'static str| check(&|p| p.acr_values = Some(wanted.into()));
        assert_eq!(classes("urn:x urn:rastau:acr:face+totp"), Err(RequestError::Acr));
        assert_eq!(classes("urn:rastau:acr:face+contact+totp urn:rastau:acr:face+totp"), Ok(()));
        assert_eq!(classes("urn:rastau:acr:session"), Ok(()));
        assert_eq!(classes(""), Err(RequestError::Acr));
    }

    #[test]
    fn a_class_is_met_by_its_factor_and_no_weaker_proof() {
        use BoundBy::{Contact, Face, Wait};
        let request = |wanted: &str| {
            let parameters = RequestParameters { acr_values: Some(wanted.to_owned()), ..parameters() };
            PushedRequest::check(&operator(), parameters, Timestamp::from_seconds(0)).unwrap()
        };
        let contact = request("urn:rastau:acr:face+contact+passkey");
        assert_eq!([Face, Wait, Contact].map(|by| contact.is_met_by(by, FactorKind::Passkey)), [false, false, true]);
        assert!(!contact.is_met_by(Contact, FactorKind::Totp));
        let wait = request("urn:rastau:acr:face+wait+totp urn:rastau:acr:face+contact+passkey");
        assert_eq!([Face, Wait, Contact].map(|by| wait.is_met_by(by, FactorKind::Totp)), [false, true, true]);
        let session = request("urn:rastau:acr:session");
        assert!(session.is_met_by(Face, FactorKind::Totp), "every verification is more than that");
        let face = request("urn:rastau:acr:face+passkey");
        assert!(BoundBy::ALL.into_iter().all(|by| face.is_met_by(by, FactorKind::Passkey)));
    }

    #[test]
    fn another_code_is_drawn_until_one_was_redeemed_and_not_for_ever() {
        let drawn = |number, redeemed| CodesDrawn { number, redeemed }.may_draw();
        assert!(drawn(0, false) && drawn(MAX_CODES - 1, false));
        assert!(!drawn(MAX_CODES, false) && !drawn(1, true));
    }

    #[test]
    fn a_request_is_bound_to_the_key_that_it_names_or_proves() {
        let (one, two) = (Thumbprint([1; 32]), Thumbprint([2; 32]));
        let bound = |named: Option<Thumbprint>, proven| {
            let dpop_jkt = named.map(|named| named.to_string());
            let parameters = RequestParameters { dpop_jkt, proven, ..parameters() };
            PushedRequest::check(&operator(), parameters, Timestamp::from_seconds(0)).map(|request| request.dpop_jkt)
        };
        assert_eq!(bound(None, None), Ok(None));
        assert_eq!(bound(Some(one), None), Ok(Some(one)));
        assert_eq!(bound(None, Some(one)), Ok(Some(one)));
        assert_eq!(bound(Some(one), Some(one)), Ok(Some(one)));
        assert_eq!(bound(Some(one), Some(two)), Err(RequestError::DpopKey));
    }
}
