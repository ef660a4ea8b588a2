//! RFC 9457 problems: every refusal has a stable code and a sentence in the reader's language.

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CONTENT_LANGUAGE, HeaderMap, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::face::engine::EngineError;
use crate::domain::identity::person::IinError;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::reason::ReasonCode;
use crate::domain::verification::StepError;
use crate::messages::{Locale, message};

macro_rules! problem_codes {
    ($($name:ident = $code:literal, $status:ident;)*) => {
        /// Refusals of the interface itself; refusals of pictures and people are [`ReasonCode`]s.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum ProblemCode { $($name,)* }

        impl ProblemCode {
            /// Every code, for the test that holds the message files complete.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }
        }
    };
}

problem_codes! {
    Internal = "internal", INTERNAL_SERVER_ERROR;
    Unavailable = "unavailable", SERVICE_UNAVAILABLE;
    Busy = "busy", SERVICE_UNAVAILABLE;
    Conflict = "conflict", CONFLICT;
    NotFound = "not_found", NOT_FOUND;
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    BadRequest = "bad_request", BAD_REQUEST;
    BodyTimeout = "body_timeout", REQUEST_TIMEOUT;
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE;
    MediaType = "media_type", UNSUPPORTED_MEDIA_TYPE;
    ForeignOrigin = "foreign_origin", FORBIDDEN;
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS;
    Unauthorized = "unauthorized", UNAUTHORIZED;
    SessionUnknown = "session_unknown", UNAUTHORIZED;
    VerificationExpired = "verification_expired", GONE;
    OutOfTurn = "out_of_turn", CONFLICT;
    OtherVisit = "other_visit", CONFLICT;
    FaceTooOld = "face_too_old", CONFLICT;
    RequestUnknown = "request_unknown", BAD_REQUEST;
    RequestTaken = "request_taken", CONFLICT;
    AlreadyReturned = "already_returned", CONFLICT;
    ConsentNeeded = "consent_needed", UNPROCESSABLE_ENTITY;
    IinMalformed = "iin_malformed", UNPROCESSABLE_ENTITY;
    IinCentury = "iin_century", UNPROCESSABLE_ENTITY;
    IinDate = "iin_date", UNPROCESSABLE_ENTITY;
    IinControlDigit = "iin_control_digit", UNPROCESSABLE_ENTITY;
    IinTaken = "iin_taken", CONFLICT;
    NameInvalid = "name_invalid", UNPROCESSABLE_ENTITY;
    RegisterUnavailable = "register_unavailable", SERVICE_UNAVAILABLE;
    CeremonyUnknown = "ceremony_unknown", CONFLICT;
    PasskeyRejected = "passkey_rejected", UNPROCESSABLE_ENTITY;
    FactorEnrolled = "factor_enrolled", CONFLICT;
    FactorMissing = "factor_missing", CONFLICT;
    CodeWrong = "code_wrong", UNPROCESSABLE_ENTITY;
    ClockOff = "clock_off", UNPROCESSABLE_ENTITY;
    FactorLocked = "factor_locked", TOO_MANY_REQUESTS;
    CodeExpired = "code_expired", UNPROCESSABLE_ENTITY;
    CodeTooSoon = "code_too_soon", TOO_MANY_REQUESTS;
    ContactsUnavailable = "contacts_unavailable", SERVICE_UNAVAILABLE;
    ContactUnknown = "contact_unknown", UNPROCESSABLE_ENTITY;
    ContactNeeded = "contact_needed", CONFLICT;
    EnrolmentPending = "enrolment_pending", CONFLICT;
    NothingHeld = "nothing_held", CONFLICT;
    RecoveryPending = "recovery_pending", CONFLICT;
    RecoveryClosed = "recovery_closed", CONFLICT;
    LinkUnknown = "link_unknown", NOT_FOUND;
    FaceLocked = "face_locked", TOO_MANY_REQUESTS;
    TooManyTries = "too_many_tries", TOO_MANY_REQUESTS;
    SelfRestrictionTerm = "self_restriction_term", UNPROCESSABLE_ENTITY;
    SelfRestrictionNotLonger = "self_restriction_not_longer", UNPROCESSABLE_ENTITY;
    NotContestable = "not_contestable", UNPROCESSABLE_ENTITY;
    StatementInvalid = "statement_invalid", UNPROCESSABLE_ENTITY;
    AlreadyContested = "already_contested", CONFLICT;
    FrameMalformed = "frame_malformed", BAD_REQUEST;
    FrameTooLarge = "frame_too_large", PAYLOAD_TOO_LARGE;
    FrameOutOfOrder = "frame_out_of_order", BAD_REQUEST;
    FrameNotLinked = "frame_not_linked", BAD_REQUEST;
    TooManyFrames = "too_many_frames", TOO_MANY_REQUESTS;
    CaptureUnknown = "capture_unknown", NOT_FOUND;
    ClockTooFar = "clock_too_far", UNPROCESSABLE_ENTITY;
    IdempotencyKeyMissing = "idempotency_key_missing", BAD_REQUEST;
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY;
    OperatorInvalid = "operator_invalid", UNPROCESSABLE_ENTITY;
    OperatorExists = "operator_exists", CONFLICT;
    WebhookUrlInvalid = "webhook_url_invalid", UNPROCESSABLE_ENTITY;
    RegistryInvalid = "registry_invalid", UNPROCESSABLE_ENTITY;
    RegistryBusy = "registry_busy", CONFLICT;
    SignInRefused = "sign_in_refused", UNAUTHORIZED;
    SignedOut = "signed_out", UNAUTHORIZED;
    InvitationUnknown = "invitation_unknown", BAD_REQUEST;
    RoleForbidden = "role_forbidden", FORBIDDEN;
    StepUpNeeded = "step_up_needed", FORBIDDEN;
    ConfirmationNeeded = "confirmation_needed", FORBIDDEN;
    ConfirmationOwn = "confirmation_own", FORBIDDEN;
    ConfirmationNotDue = "confirmation_not_due", CONFLICT;
    ConfirmationWrong = "confirmation_wrong", UNPROCESSABLE_ENTITY;
    TakesTwo = "takes_two", CONFLICT;
    LoginTaken = "login_taken", CONFLICT;
    StaffInvalid = "staff_invalid", UNPROCESSABLE_ENTITY;
    CaseTaken = "case_taken", CONFLICT;
    CaseNotYours = "case_not_yours", CONFLICT;
    CaseNotDue = "case_not_due", CONFLICT;
    CaseOwnDecision = "case_own_decision", FORBIDDEN;
    ConclusionUnfit = "conclusion_unfit", UNPROCESSABLE_ENTITY;
    NoteInvalid = "note_invalid", UNPROCESSABLE_ENTITY;
    ViewReasonMissing = "view_reason_missing", UNPROCESSABLE_ENTITY;
    ProposalWaits = "proposal_waits", CONFLICT;
    ProposalNotDue = "proposal_not_due", CONFLICT;
    ProposalNotYours = "proposal_not_yours", FORBIDDEN;
    EvidenceHeld = "evidence_held", CONFLICT;
    EvidenceErased = "evidence_erased", CONFLICT;
    EvidenceNeeded = "evidence_needed", CONFLICT;
    NothingWaits = "nothing_waits", CONFLICT;
    NoStepBack = "no_step_back", CONFLICT;
    PersonNotLocked = "person_not_locked", CONFLICT;
    IdentityCheckMissing = "identity_check_missing", UNPROCESSABLE_ENTITY;
    FactorUnknown = "factor_unknown", NOT_FOUND;
    FactorLast = "factor_last", CONFLICT;
    FactorEnough = "factor_enough", CONFLICT;
    FactorNameInvalid = "factor_name_invalid", UNPROCESSABLE_ENTITY;
    SelfRestrictionStays = "self_restriction_stays", CONFLICT;
    SelfRestrictionNotIndependent = "self_restriction_not_independent", FORBIDDEN;
    FactorsStand = "factors_stand", CONFLICT;
    NoFactorThere = "no_factor_there", CONFLICT;
}

impl ProblemBody {
    /// The sentence.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Seconds until it is worth another try.
    pub fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }
}

impl From<IinError> for ProblemCode {
    fn from(error: IinError) -> Self {
        match error {
            IinError::Malformed => Self::IinMalformed,
            IinError::Century => Self::IinCentury,
            IinError::Date => Self::IinDate,
            IinError::ControlDigit => Self::IinControlDigit,
        }
    }
}

/// A refusal on its way to the reader.
#[derive(Clone, Debug)]
pub struct Problem {
    code: &'static str,
    status: StatusCode,
    locale: Locale,
    retry_after: Option<Duration>,
    reason: Option<String>,
    /// What stands for `{minutes}` in the sentence.
    minutes: Option<u64>,
    allow: Option<String>,
    challenge: &'static str,
}

/// No browser asks for a password on seeing this one; the name is of an Internet-Draft (draft-broyer-http-cookie-auth).
const BY_COOKIE: &str = r#"Cookie realm="rastau""#;
const BY_KEY: &str = r#"Bearer realm="rastau""#;

/// A problem: RFC 9457, with a stable code and a sentence in the reader's language
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    #[serde(rename = "type")]
    #[schema(example = "urn:rastau:problem:not_found")]
    kind: String,
    title: String,
    status: u16,
    code: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// What exactly, in English, for developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Problem {
    /// A refusal of the interface.
    pub fn new(code: ProblemCode, locale: Locale) -> Self {
        let challenge = if matches!(code, ProblemCode::Unauthorized) { BY_KEY } else { BY_COOKIE };
        Self {
            code: code.code(),
            status: code.status(),
            locale,
            retry_after: None,
            reason: None,
            minutes: None,
            allow: None,
            challenge,
        }
    }

    /// A refusal of a picture or a person.
    pub fn reason(reason: ReasonCode, locale: Locale) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let code = reason.code();
        Self { code, status, locale, retry_after: None, reason: None, minutes: None, allow: None, challenge: BY_COOKIE }
    }

    /// The clock of a device is off by some minutes; another code is looked at after `wait`.
    pub fn clock_off(minutes: u64, wait: Duration, locale: Locale) -> Self {
        let problem = Self { minutes: Some(minutes), ..Self::new(ProblemCode::ClockOff, locale) };
        if wait.is_zero() { problem } else { problem.retry_after(wait) }
    }

    /// Another method is meant: one of these (RFC 9110 section 15.5.6).
    pub fn method_not_allowed(allow: &str, locale: Locale) -> Self {
        Self { allow: Some(allow.to_owned()), ..Self::new(ProblemCode::MethodNotAllowed, locale) }
    }

    /// Says how callers of this door prove themselves (RFC 9110 section 11.6.1).
    #[must_use]
    pub(in crate::http) fn challenge(mut self, challenge: &'static str) -> Self {
        self.challenge = challenge;
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Says what exactly, in English, to the developers of who calls.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The body as it is sent, also over a WebSocket.
    pub fn body(&self) -> ProblemBody {
        let message = message(self.code, self.locale);
        let detail = match self.minutes {
            Some(minutes) => message.text.replace("{minutes}", &minutes.to_string()),
            None => message.text,
        };
        ProblemBody {
            kind: format!("urn:rastau:problem:{}", self.code),
            title: message.title,
            status: self.status.as_u16(),
            code: self.code,
            detail,
            retry_after: self.retry_after.map(seconds),
            reason: self.reason.clone(),
        }
    }

    /// From a store that did not do as asked; what went wrong is for the log alone.
    pub fn store(error: &StoreError, locale: Locale) -> Self {
        match error {
            StoreError::Conflict => Self::new(ProblemCode::Conflict, locale),
            StoreError::Unavailable(why) => {
                tracing::error!(why, "the database is unavailable");
                Self::new(ProblemCode::Unavailable, locale).retry_after(Duration::from_secs(5))
            }
            StoreError::Corrupt(why) => {
                tracing::error!(why, "stored data cannot be read");
                Self::new(ProblemCode::Internal, locale)
            }
        }
    }

    /// From a step taken out of turn.
    pub fn step(error: StepError, locale: Locale) -> Self {
        let code = match error {
            StepError::Expired => ProblemCode::VerificationExpired,
            StepError::OutOfTurn => ProblemCode::OutOfTurn,
            StepError::FaceTooOld => ProblemCode::FaceTooOld,
        };
        Self::new(code, locale)
    }

    /// From the face engine.
    pub fn engine(error: &EngineError, locale: Locale) -> Self {
        match error {
            EngineError::Picture(reason) => Self::reason(*reason, locale),
            EngineError::Busy { retry_after } => Self::new(ProblemCode::Busy, locale).retry_after(*retry_after),
            EngineError::Failed(why) => {
                tracing::error!(why, "the face engine failed");
                Self::new(ProblemCode::Internal, locale)
            }
        }
    }
}

/// The reader's language, from `Accept-Language`.
pub fn locale(request: &HttpRequest) -> Locale {
    locale_of(request.headers())
}

/// The reader's language, from the headers.
pub fn locale_of(headers: &HeaderMap) -> Locale {
    headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(Locale::negotiate).unwrap_or_default()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        answer.insert_header((CONTENT_LANGUAGE, self.locale.tag())).append_header((VARY, "Accept-Language"));
        if self.status == StatusCode::UNAUTHORIZED {
            answer.insert_header((WWW_AUTHENTICATE, self.challenge));
        }
        if let Some(allow) = &self.allow {
            answer.insert_header((ALLOW, allow.as_str()));
        }
        if let Some(wait) = self.retry_after {
            answer.insert_header((RETRY_AFTER, seconds(wait)));
        }
        let body = serde_json::to_string(&self.body()).unwrap_or_default();
        answer.content_type("application/problem+json").body(body)
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
