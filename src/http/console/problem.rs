//! What went wrong at the console, as a problem.

use actix_web::HttpRequest;

use crate::app::dual_control::DualControlError;
use crate::app::restrictions::registry::manage::ManageError;
use crate::app::review::case_work::CaseWorkError;
use crate::app::review::evidence::EvidenceError;
use crate::app::staff::StaffError;
use crate::app::verification::face::unlock::UnlockError;
use crate::app::verification::second_factor::reset::ForgetError;
use crate::app::verification::self_service::take_back::TakeBackError;
use crate::domain::restrictions::self_restriction::SelfRestrictionError;
use crate::domain::review::case_work::WorkFault;
use crate::domain::review::evidence::retention::EraseFault;
use crate::domain::staff::confirmation::ConfirmFault;
use crate::http::administration::operators::{not_added, problem as not_changed};
use crate::http::administration::webhook::problem as webhook_problem;
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
        StaffError::Unconfirmed => plain(ProblemCode::ConfirmationNeeded),
        StaffError::Confirm(ConfirmFault::OwnAsking) => plain(ProblemCode::ConfirmationOwn),
        StaffError::Confirm(ConfirmFault::NotDue) => plain(ProblemCode::ConfirmationNotDue),
        StaffError::Confirm(ConfirmFault::Code) => plain(ProblemCode::ConfirmationWrong),
        StaffError::TakesTwo | StaffError::OthersConfirm(_) => plain(ProblemCode::TakesTwo),
        StaffError::LoginTaken => plain(ProblemCode::LoginTaken),
        StaffError::Unknown => plain(ProblemCode::NotFound),
        StaffError::Fault(fault) => plain(ProblemCode::StaffInvalid).because(fault.to_string()),
        StaffError::Store(error) => Problem::store(error, locale(request)),
    }
}

/// The same of what takes two, and of evidence.
pub(super) fn measure_problem(request: &HttpRequest, error: &DualControlError) -> Problem {
    let plain = |code| Problem::new(code, locale(request));
    match error {
        DualControlError::Unknown
        | DualControlError::Unlock(UnlockError::Unknown)
        | DualControlError::Forget(ForgetError::Unknown) => plain(ProblemCode::NotFound),
        DualControlError::TakeBack(TakeBackError::Rule(SelfRestrictionError::NotIndependent)) => {
            plain(ProblemCode::FactorsStand)
        }
        DualControlError::TakeBack(TakeBackError::Rule(_)) => plain(ProblemCode::SelfRestrictionStays),
        DualControlError::IdentityCheck => plain(ProblemCode::IdentityCheckMissing),
        DualControlError::Forget(ForgetError::NothingThere) => plain(ProblemCode::NoFactorThere),
        DualControlError::Forget(ForgetError::Effect(error)) => {
            tracing::error!(%error, "what follows from forgetting factors was not done");
            plain(ProblemCode::Internal)
        }
        DualControlError::Asked => plain(ProblemCode::ProposalWaits),
        DualControlError::Fault(WorkFault::OwnDecision) => plain(ProblemCode::CaseOwnDecision),
        DualControlError::Fault(WorkFault::NotYours) => plain(ProblemCode::ProposalNotYours),
        DualControlError::Fault(_) => plain(ProblemCode::ProposalNotDue),
        DualControlError::Evidence(error) => evidence_problem(request, error),
        DualControlError::Unlock(UnlockError::NotLocked) => plain(ProblemCode::PersonNotLocked),
        DualControlError::Source(ManageError::NothingWaits(_)) => plain(ProblemCode::NothingWaits),
        DualControlError::Source(ManageError::NoPrevious(_)) => plain(ProblemCode::NoStepBack),
        DualControlError::AddOperator(error) => not_added(request, error),
        DualControlError::ChangeOperator(error) => not_changed(request, error),
        DualControlError::Webhook(error) => webhook_problem(request, error),
        DualControlError::Staff(error) => problem(request, error),
        DualControlError::Unlock(UnlockError::Store(error))
        | DualControlError::Forget(ForgetError::Store(error))
        | DualControlError::TakeBack(TakeBackError::Store(error))
        | DualControlError::Source(ManageError::Store(error))
        | DualControlError::Store(error) => Problem::store(error, locale(request)),
    }
}

fn evidence_problem(request: &HttpRequest, error: &EvidenceError) -> Problem {
    let plain = |code| Problem::new(code, locale(request));
    match error {
        EvidenceError::Unknown | EvidenceError::NoCapture | EvidenceError::NoRecord => plain(ProblemCode::NotFound),
        EvidenceError::Erased(_) | EvidenceError::Fault(EraseFault::Erased) => plain(ProblemCode::EvidenceErased),
        EvidenceError::Fault(EraseFault::Held) => plain(ProblemCode::EvidenceHeld),
        EvidenceError::Fault(EraseFault::Open) => plain(ProblemCode::EvidenceNeeded),
        EvidenceError::Register(error) => {
            tracing::warn!(%error, "an ID photo could not be had for a bundle");
            plain(ProblemCode::RegisterUnavailable)
        }
        EvidenceError::Engine(error) => Problem::engine(error, locale(request)),
        EvidenceError::Store(error) => Problem::store(error, locale(request)),
        EvidenceError::Tampered(_)
        | EvidenceError::OtherModels { .. }
        | EvidenceError::Bundle(_)
        | EvidenceError::Sign(_) => {
            tracing::error!(%error, "evidence cannot be used");
            plain(ProblemCode::Internal)
        }
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
