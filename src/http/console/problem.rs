//! What went wrong at the console, as a problem.

use actix_web::HttpRequest;

use crate::app::case_work::CaseWorkError;
use crate::app::staff::StaffError;
use crate::domain::case_work::WorkFault;
use crate::http::problem::{Problem, ProblemCode, locale};

/// The problem of an error, in the reader's language.
pub(super) fn problem(request: &HttpRequest, error: &StaffError) -> Problem {
    let plain = |code| Problem::new(code, locale(request));
    match error {
        StaffError::SignInRefused => plain(ProblemCode::SignInRefused),
        StaffError::InvitationUnknown => plain(ProblemCode::InvitationUnknown),
        StaffError::CeremonyUnknown => plain(ProblemCode::CeremonyUnknown),
        StaffError::PasskeyRefused(why) => {
            tracing::info!(%why, "a passkey of the staff was refused");
            plain(ProblemCode::PasskeyRejected)
        }
        StaffError::SignedOut => plain(ProblemCode::SignedOut),
        StaffError::Forbidden => plain(ProblemCode::RoleForbidden),
        StaffError::StepUpNeeded => plain(ProblemCode::StepUpNeeded),
        StaffError::LoginTaken => plain(ProblemCode::LoginTaken),
        StaffError::Unknown => plain(ProblemCode::NotFound),
        StaffError::Fault(fault) => plain(ProblemCode::StaffInvalid).because(fault.to_string()),
        StaffError::Store(error) => Problem::store(error, locale(request)),
    }
}

/// The same of work on a case.
pub(super) fn case_problem(request: &HttpRequest, error: &CaseWorkError) -> Problem {
    let plain = |code| Problem::new(code, locale(request));
    match error {
        CaseWorkError::Unknown | CaseWorkError::NobodyThere | CaseWorkError::NoPicture => plain(ProblemCode::NotFound),
        CaseWorkError::NoReason => plain(ProblemCode::ViewReasonMissing),
        CaseWorkError::Fault(fault) => plain(match fault {
            WorkFault::Taken => ProblemCode::CaseTaken,
            WorkFault::NotYours => ProblemCode::CaseNotYours,
            WorkFault::NotDue => ProblemCode::CaseNotDue,
            WorkFault::OwnDecision => ProblemCode::CaseOwnDecision,
            WorkFault::DoesNotFit => ProblemCode::ConclusionUnfit,
            WorkFault::Note => ProblemCode::NoteInvalid,
        }),
        CaseWorkError::Register(error) => {
            tracing::warn!(%error, "an ID photo could not be had for the console");
            plain(ProblemCode::RegisterUnavailable)
        }
        CaseWorkError::Engine(error) => Problem::engine(error, locale(request)),
        CaseWorkError::Store(error) => Problem::store(error, locale(request)),
        CaseWorkError::Effect(error) => {
            tracing::error!(%error, "what follows from a decision was not done");
            plain(ProblemCode::Internal)
        }
    }
}
