//! May they play: every ground that keeps a person out, and the rule that refuses whenever it cannot be sure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::reason::ReasonCode;
use super::time::Timestamp;

/// Why the law keeps a person from betting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// In the unified register of debtors.
    Debtor,
    /// Restricted by a court.
    CourtDecision,
    /// A civil servant.
    CivilServant,
    /// A member of the military.
    Military,
    /// A member of a law-enforcement body.
    LawEnforcement,
    /// A member of the special services.
    SpecialServices,
    /// Restricted by their own application.
    SelfRestriction,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 7] = [
        Self::Debtor,
        Self::CourtDecision,
        Self::CivilServant,
        Self::Military,
        Self::LawEnforcement,
        Self::SpecialServices,
        Self::SelfRestriction,
    ];

    /// The ground as registry files and columns write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debtor => "debtor",
            Self::CourtDecision => "court_decision",
            Self::CivilServant => "civil_servant",
            Self::Military => "military",
            Self::LawEnforcement => "law_enforcement",
            Self::SpecialServices => "special_services",
            Self::SelfRestriction => "self_restriction",
        }
    }

    /// Reads [`Ground::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == name)
    }

    /// The reason that the player is told.
    pub fn reason(self) -> ReasonCode {
        match self {
            Self::Debtor => ReasonCode::RestrictedDebtor,
            Self::CourtDecision => ReasonCode::RestrictedCourt,
            Self::CivilServant => ReasonCode::RestrictedCivilServant,
            Self::Military => ReasonCode::RestrictedMilitary,
            Self::LawEnforcement => ReasonCode::RestrictedLawEnforcement,
            Self::SpecialServices => ReasonCode::RestrictedSpecialServices,
            Self::SelfRestriction => ReasonCode::RestrictedSelf,
        }
    }
}

/// One restriction of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Why.
    pub ground: Ground,
    /// The law or decision it rests on, as the source words it.
    pub legal_basis: String,
    /// From here on, inclusive.
    pub starts_at: Timestamp,
    /// Until here, exclusive; `None` while no end is known.
    pub ends_at: Option<Timestamp>,
    /// Which source says so.
    pub source: String,
    /// The source's own key of the record.
    pub source_key: String,
}

impl Restriction {
    /// Whether it holds at `now`.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.starts_at <= now && self.ends_at.is_none_or(|end| now < end)
    }
}

/// A source of restrictions and how old it may become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// When it was last brought up to date.
    pub refreshed_at: Timestamp,
    /// Past this age its silence proves nothing.
    pub max_age: Duration,
}

impl Source {
    /// Whether `name` can name a source: 1 to 64 of `a-z 0-9 - _ .`.
    pub fn is_name(name: &str) -> bool {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        (1..=64).contains(&name.len()) && name.chars().all(allowed)
    }

    /// Whether its silence can still be trusted at `now`; a refresh that lies in the future cannot.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.refreshed_at <= now && now.since(self.refreshed_at) <= self.max_age
    }
}

/// What the registry answered, or that it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryAnswer {
    /// Every restriction of the person that any source knows, active or not, and all sources.
    Known {
        /// Restrictions of the person.
        restrictions: Vec<Restriction>,
        /// All sources that were asked.
        sources: Vec<Source>,
    },
    /// An error or a timeout.
    Unknown,
}

/// Whether the person may play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// No ground holds, and every required source is fresh enough to say so.
    Allowed,
    /// At least one ground holds; all of them are listed.
    Restricted(Vec<Restriction>),
    /// It cannot be told, and so: no.
    Unknown,
}

/// Judges an answer at `now`. Every one of `required` sources must be there and fresh; a known ground refuses even
/// when some source is stale.
pub fn judge(answer: &RegistryAnswer, required: &[String], now: Timestamp) -> Permission {
    let RegistryAnswer::Known { restrictions, sources } = answer else {
        return Permission::Unknown;
    };
    let active: Vec<Restriction> = restrictions.iter().filter(|r| r.is_active(now)).cloned().collect();
    if !active.is_empty() {
        return Permission::Restricted(active);
    }
    let all_there = required.iter().all(|name| sources.iter().any(|source| source.name == *name));
    let all_fresh = sources.iter().all(|source| source.is_fresh(now));
    if !required.is_empty() && all_there && all_fresh { Permission::Allowed } else { Permission::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn restriction(ground: Ground, starts: i64, ends: Option<i64>) -> Restriction {
        Restriction {
            ground,
            legal_basis: "basis".into(),
            starts_at: Timestamp::from_seconds(starts),
            ends_at: ends.map(Timestamp::from_seconds),
            source: "debtors".into(),
            source_key: "1".into(),
        }
    }

    fn source(refreshed: i64) -> Source {
        Source {
            name: "debtors".into(),
            refreshed_at: Timestamp::from_seconds(refreshed),
            max_age: Duration::from_secs(100),
        }
    }

    fn ask(restrictions: Vec<Restriction>, sources: Vec<Source>, now: i64) -> Permission {
        let answer = RegistryAnswer::Known { restrictions, sources };
        judge(&answer, &["debtors".to_owned()], Timestamp::from_seconds(now))
    }

    #[test]
    fn only_a_clean_answer_of_fresh_sources_allows() {
        assert_eq!(ask(vec![], vec![source(1_000)], 1_050), Permission::Allowed);
        assert_eq!(ask(vec![], vec![source(1_000)], 1_101), Permission::Unknown);
        assert_eq!(ask(vec![], vec![source(1_000)], 999), Permission::Unknown);
        assert_eq!(ask(vec![], vec![], 1_050), Permission::Unknown);
        assert_eq!(judge(&RegistryAnswer::Unknown, &[], Timestamp::from_seconds(0)), Permission::Unknown);
        let nothing_required = RegistryAnswer::Known { restrictions: vec![], sources: vec![] };
        assert_eq!(judge(&nothing_required, &[], Timestamp::from_seconds(0)), Permission::Unknown);
    }

    #[test]
    fn every_active_ground_is_named_and_a_stale_source_does_not_hide_it() {
        let rows = vec![
            restriction(Ground::Debtor, 0, None),
            restriction(Ground::SelfRestriction, 0, Some(5_000)),
            restriction(Ground::Military, 0, Some(1_050)),
            restriction(Ground::CivilServant, 2_000, None),
        ];
        let Permission::Restricted(active) = ask(rows, vec![source(0)], 1_050) else { panic!("must be restricted") };
        assert_eq!(active.iter().map(|r| r.ground).collect::<Vec<_>>(), [Ground::Debtor, Ground::SelfRestriction]);
    }

    proptest! {
        #[test]
        fn one_more_restriction_never_turns_a_refusal_into_an_allow(
            rows in prop::collection::vec((0_usize..7, 0_i64..2_000, prop::option::of(0_i64..2_000)), 0..5),
            extra in (0_usize..7, 0_i64..2_000, prop::option::of(0_i64..2_000)), refreshed in 0_i64..2_000, now in 0_i64..2_000
        ) {
            let make = |(g, s, e): (usize, i64, Option<i64>)| restriction(Ground::ALL[g], s, e);
            let before: Vec<_> = rows.into_iter().map(make).collect();
            let mut after = before.clone();
            after.push(make(extra));
            if ask(before, vec![source(refreshed)], now) != Permission::Allowed {
                prop_assert_ne!(ask(after, vec![source(refreshed)], now), Permission::Allowed);
            }
        }
    }
}
