//! A player's refusal as a problem.

use crate::app::PlayerError;
use crate::domain::restrictions::self_restriction::SelfRestrictionError;
use crate::domain::review::case::ContestError;
use crate::domain::second_factor::own::OwnFactorFault;
use crate::http::problem::{Problem, ProblemCode};
use crate::messages::Locale;

/// The problem that tells this refusal; what went wrong inside stays in the log.
pub(in crate::http) fn problem(error: &PlayerError, locale: Locale) -> Problem {
    let code = match error {
        PlayerError::Step(step) => return Problem::step(*step, locale),
        PlayerError::Store(store) => return Problem::store(store, locale),
        PlayerError::Engine(engine) => return Problem::engine(engine, locale),
        PlayerError::Locked(wait) => {
            return Problem::new(ProblemCode::FactorLocked, locale).retry_after(*wait);
        }
        PlayerError::FaceLocked(wait) => {
            return Problem::new(ProblemCode::FaceLocked, locale).retry_after(*wait);
        }
        PlayerError::TooManyTries(wait) => {
            return Problem::new(ProblemCode::TooManyTries, locale).retry_after(*wait);
        }
        PlayerError::CodeTooSoon(wait) => {
            return Problem::new(ProblemCode::CodeTooSoon, locale).retry_after(*wait);
        }
        PlayerError::ClockOff { minutes, wait } => return Problem::clock_off(*minutes, *wait, locale),
        PlayerError::Register(why) => {
            tracing::error!(%why, "the population register failed");
            ProblemCode::RegisterUnavailable
        }
        PlayerError::Contacts(why) => {
            tracing::error!(%why, "the contacts of record cannot be told");
            ProblemCode::ContactsUnavailable
        }
        PlayerError::Passkey(why) => {
            tracing::info!(%why, "a passkey ceremony failed");
            ProblemCode::PasskeyRejected
        }
        PlayerError::Worker => {
            tracing::error!("a worker thread died");
            ProblemCode::Internal
        }
        PlayerError::FaceSearchUnavailable => {
            tracing::error!("the face search is not up to date or failed");
            ProblemCode::Unavailable
        }
        PlayerError::SessionUnknown => ProblemCode::SessionUnknown,
        PlayerError::RequestUnknown => ProblemCode::RequestUnknown,
        PlayerError::RequestTaken => ProblemCode::RequestTaken,
        PlayerError::AlreadyReturned => ProblemCode::AlreadyReturned,
        // As if it were not there: it is not, for everybody else.
        PlayerError::NoScenario => ProblemCode::NotFound,
        PlayerError::ConsentNeeded => ProblemCode::ConsentNeeded,
        PlayerError::Iin(error) => (*error).into(),
        PlayerError::FactorEnrolled => ProblemCode::FactorEnrolled,
        PlayerError::FactorMissing => ProblemCode::FactorMissing,
        PlayerError::OwnFactor(OwnFactorFault::Unknown) => ProblemCode::FactorUnknown,
        PlayerError::OwnFactor(OwnFactorFault::Last) => ProblemCode::FactorLast,
        PlayerError::OwnFactor(OwnFactorFault::Enough) => ProblemCode::FactorEnough,
        PlayerError::FactorName(_) => ProblemCode::FactorNameInvalid,
        PlayerError::CeremonyUnknown => ProblemCode::CeremonyUnknown,
        PlayerError::PasskeyRejected => ProblemCode::PasskeyRejected,
        PlayerError::CodeWrong => ProblemCode::CodeWrong,
        PlayerError::CodeExpired => ProblemCode::CodeExpired,
        PlayerError::ContactUnknown => ProblemCode::ContactUnknown,
        PlayerError::ContactNeeded => ProblemCode::ContactNeeded,
        PlayerError::EnrolmentPending => ProblemCode::EnrolmentPending,
        PlayerError::NothingHeld => ProblemCode::NothingHeld,
        PlayerError::RecoveryPending => ProblemCode::RecoveryPending,
        PlayerError::RecoveryClosed => ProblemCode::RecoveryClosed,
        PlayerError::LinkUnknown => ProblemCode::LinkUnknown,
        PlayerError::SelfRestriction(SelfRestrictionError::Term) => ProblemCode::SelfRestrictionTerm,
        PlayerError::SelfRestriction(SelfRestrictionError::NotLonger) => ProblemCode::SelfRestrictionNotLonger,
        PlayerError::SelfRestriction(SelfRestrictionError::Irrevocable) => ProblemCode::SelfRestrictionStays,
        PlayerError::SelfRestriction(SelfRestrictionError::NotIndependent) => {
            ProblemCode::SelfRestrictionNotIndependent
        }
        PlayerError::Contest(ContestError::Reason) => ProblemCode::NotContestable,
        PlayerError::Contest(ContestError::Statement) => ProblemCode::StatementInvalid,
        PlayerError::Contested => ProblemCode::AlreadyContested,
    };
    Problem::new(code, locale)
}
