//! Codes as the description lists them: each an enumeration of the words that the domain has, so that none is forgotten and none made up.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::audit::event::AuditKind;
use crate::domain::dual_control::ControlledAction;
use crate::domain::face::liveness::cues;
use crate::domain::identity::contact;
use crate::domain::jobs;
use crate::domain::notices;
use crate::domain::operators::check;
use crate::domain::reason;
use crate::domain::restrictions;
use crate::domain::review::{case, case_work};
use crate::domain::staff;
use crate::domain::webhooks::event;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $words:expr;)*) => { $(
        $(#[$doc])*
        pub(in crate::http) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                enumeration($words)
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )* };
}

fn enumeration(words: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    let words: Vec<&str> = words.into_iter().collect();
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()))
}

codes! {
    /// Why; see docs/CODES.md.
    ReasonCode = reason::ReasonCode::ALL.iter().map(|reason| reason.code());
    /// What a cue saw.
    Finding = cues::Finding::ALL.map(cues::Finding::code);
    /// Where a case stands.
    CaseStatus = case::CaseStatus::ALL.map(case::CaseStatus::as_str);
    /// How pressing a case is.
    Risk = case::Risk::ALL.map(case::Risk::as_str);
    /// What an attempt was.
    Conclusion = case_work::Conclusion::ALL.map(case_work::Conclusion::as_str);
    /// Where a version of a source stands.
    VersionState = restrictions::VersionState::ALL.map(restrictions::VersionState::as_str);
    /// Everything that a source says, or what has changed.
    VersionKind = restrictions::VersionKind::ALL.map(restrictions::VersionKind::as_str);
    /// What a member of the staff may be.
    Role = staff::Role::ALL.map(staff::Role::as_str);
    /// What a member of the staff may do.
    Right = staff::Act::ALL.map(staff::Act::as_str);
    /// What takes two.
    ProposalKind = ControlledAction::KINDS;
    /// Where it stands.
    ProposalState = ["waiting", "refused", "allowed", "done", "lapsed"];
    /// How a job ended.
    JobResult = jobs::JobResult::ALL.map(jobs::JobResult::as_str);
    /// What a webhook tells.
    EventKind = event::EventKind::ALL.map(event::EventKind::as_str);
    /// What the log keeps.
    AuditEventKind = AuditKind::ALL.iter().map(|kind| kind.as_str());
    /// What people are told.
    NoticeKind = notices::NoticeKind::ALL.map(notices::NoticeKind::as_str);
    /// Over what.
    Channel = contact::Channel::ALL.map(contact::Channel::as_str);
    /// What a person is about to do.
    CheckPurpose = check::CheckPurpose::ALL.map(check::CheckPurpose::as_str);
}
