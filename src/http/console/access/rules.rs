//! Who may call what: one table, which the door asks and a test holds against the description. What is not in it is not there.

use actix_web::http::Method;

use crate::domain::staff::Act;

/// What it takes to call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Nothing: it is how people come in.
    Open,
    /// That somebody is signed in.
    SignedIn,
    /// A role that is for this; where it is sensitive, a passkey shown lately.
    May(Act),
}

/// Method, path below `/api/console`, rule.
pub const RULES: &[(Method, &str, Rule)] = &[
    (Method::POST, "/join/start", Rule::Open),
    (Method::POST, "/join/finish", Rule::Open),
    (Method::POST, "/sign-in/start", Rule::Open),
    (Method::POST, "/sign-in/finish", Rule::Open),
    (Method::GET, "/me", Rule::SignedIn),
    (Method::POST, "/me/code", Rule::SignedIn),
    (Method::POST, "/sign-out", Rule::SignedIn),
    (Method::POST, "/step-up/start", Rule::SignedIn),
    (Method::POST, "/step-up/finish", Rule::SignedIn),
    (Method::GET, "/overview", Rule::May(Act::ReadOverview)),
    (Method::GET, "/overview.csv", Rule::May(Act::ReadOverview)),
    (Method::GET, "/cases", Rule::May(Act::ReadCases)),
    (Method::POST, "/cases/find", Rule::May(Act::SeeEvidence)),
    (Method::GET, "/colleagues", Rule::May(Act::Decide)),
    (Method::GET, "/cases/{id}", Rule::May(Act::ReadCases)),
    (Method::POST, "/cases/{id}/evidence", Rule::May(Act::SeeEvidence)),
    (Method::POST, "/cases/{id}/pictures/{picture}", Rule::May(Act::SeeEvidence)),
    (Method::POST, "/cases/{id}/take", Rule::May(Act::Decide)),
    (Method::POST, "/cases/{id}/hand-over", Rule::May(Act::Decide)),
    (Method::POST, "/cases/{id}/conclude", Rule::May(Act::Decide)),
    (Method::POST, "/cases/{id}/settle", Rule::May(Act::Approve)),
    (Method::POST, "/cases/{id}/capture", Rule::May(Act::SeeEvidence)),
    (Method::GET, "/cases/{id}/trail", Rule::May(Act::ReadCases)),
    (Method::POST, "/cases/{id}/erase", Rule::May(Act::Decide)),
    (Method::POST, "/cases/{id}/export", Rule::May(Act::Decide)),
    (Method::POST, "/cases/{id}/unlock", Rule::May(Act::Decide)),
    (Method::POST, "/cases/{id}/forget-factors", Rule::May(Act::Decide)),
    (Method::POST, "/cases/{id}/take-back", Rule::May(Act::Decide)),
    (Method::POST, "/cases/{id}/hold", Rule::May(Act::Approve)),
    (Method::GET, "/proposals", Rule::May(Act::ReadProposals)),
    (Method::POST, "/proposals/{id}/settle", Rule::May(Act::Approve)),
    (Method::POST, "/proposals/{id}/bundle", Rule::May(Act::SeeEvidence)),
    (Method::POST, "/proposals/{id}/invitation", Rule::May(Act::ManageStaff)),
    (Method::POST, "/proposals/{id}/secret", Rule::May(Act::ManageOperators)),
    (Method::GET, "/operators", Rule::May(Act::ReadSettings)),
    (Method::POST, "/operators", Rule::May(Act::ManageOperators)),
    (Method::PATCH, "/operators/{id}", Rule::May(Act::ManageOperators)),
    (Method::POST, "/operators/{id}/switch", Rule::May(Act::ManageOperators)),
    (Method::GET, "/operators/{id}/standing", Rule::May(Act::ManageOperators)),
    (Method::GET, "/operators/{id}/webhook", Rule::May(Act::ReadSettings)),
    (Method::PUT, "/operators/{id}/webhook", Rule::May(Act::ManageOperators)),
    (Method::DELETE, "/operators/{id}/webhook", Rule::May(Act::ManageOperators)),
    (Method::POST, "/operators/{id}/webhook/rotate", Rule::May(Act::ManageOperators)),
    (Method::GET, "/sources", Rule::May(Act::ReadSettings)),
    (Method::POST, "/sources/{id}/release", Rule::May(Act::ManageSources)),
    (Method::POST, "/sources/{id}/discard", Rule::May(Act::ManageSources)),
    (Method::POST, "/sources/{id}/roll-back", Rule::May(Act::ManageSources)),
    (Method::GET, "/jobs", Rule::May(Act::ReadSettings)),
    (Method::GET, "/keys", Rule::May(Act::ReadSettings)),
    (Method::GET, "/confirmations", Rule::May(Act::Confirm)),
    (Method::POST, "/confirmations/{login}", Rule::May(Act::Confirm)),
    (Method::GET, "/staff", Rule::May(Act::ReadStaff)),
    (Method::POST, "/staff", Rule::May(Act::ManageStaff)),
    (Method::PATCH, "/staff/{login}", Rule::May(Act::ManageStaff)),
    (Method::POST, "/staff/{login}/invite", Rule::May(Act::ManageStaff)),
];

/// What the table says of a call.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) enum Ruled {
    /// This rule holds.
    By(Rule),
    /// The path is known, with these methods.
    OtherMethod(String),
    /// No such path.
    Nowhere,
}

/// The rule of a call whose path matched `pattern`.
pub(in crate::http) fn of(method: &Method, pattern: Option<&str>) -> Ruled {
    let Some(path) = pattern.and_then(|pattern| pattern.strip_prefix(crate::http::console::BASE)) else {
        return Ruled::Nowhere;
    };
    let known: Vec<_> = RULES.iter().filter(|(_, known, _)| *known == path).collect();
    match known.iter().find(|(own, _, _)| own == method) {
        Some((_, _, rule)) => Ruled::By(*rule),
        None if known.is_empty() => Ruled::Nowhere,
        None => Ruled::OtherMethod(known.iter().map(|(own, _, _)| own.as_str()).collect::<Vec<_>>().join(", ")),
    }
}
