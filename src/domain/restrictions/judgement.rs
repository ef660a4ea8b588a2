//! The rule.

use super::{Restriction, Source};
use crate::domain::kernel::time::Timestamp;

/// What the registry answered, and those outside that were asked with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryAnswer {
    /// Every restriction of the person that is known, active or not.
    pub restrictions: Vec<Restriction>,
    /// All sources that answered.
    pub sources: Vec<Source>,
    /// Whether all that is held here is in it; otherwise it failed or took too long, and silence allows nobody.
    pub is_whole: bool,
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
    let RegistryAnswer { restrictions, sources, is_whole } = answer;
    let active: Vec<Restriction> = restrictions.iter().filter(|r| r.is_active(now)).cloned().collect();
    if !active.is_empty() {
        return Permission::Restricted(active);
    }
    let all_there = required.iter().all(|name| sources.iter().any(|source| source.name == *name));
    let all_fresh = sources.iter().all(|source| source.is_fresh(now));
    if *is_whole && !required.is_empty() && all_there && all_fresh { Permission::Allowed } else { Permission::Unknown }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Ground;
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
        let answer = RegistryAnswer { restrictions, sources, is_whole: true };
        judge(&answer, &["debtors".to_owned()], Timestamp::from_seconds(now))
    }

    #[test]
    fn only_a_clean_answer_of_fresh_sources_allows() {
        assert_eq!(ask(vec![], vec![source(1_000)], 1_050), Permission::Allowed);
        assert_eq!(ask(vec![], vec![source(1_000)], 1_101), Permission::Unknown);
        assert_eq!(ask(vec![], vec![source(1_000)], 999), Permission::Unknown);
        assert_eq!(ask(vec![], vec![], 1_050), Permission::Unknown);
        let nothing_required = RegistryAnswer { is_whole: true, ..RegistryAnswer::default() };
        assert_eq!(judge(&nothing_required, &[], Timestamp::from_seconds(0)), Permission::Unknown);
    }

    #[test]
    fn a_part_of_an_answer_refuses_or_tells_nothing() {
        let part = |restrictions| {
            let answer = RegistryAnswer { restrictions, sources: vec![source(1_000)], is_whole: false };
            judge(&answer, &["debtors".to_owned()], Timestamp::from_seconds(1_050))
        };
        assert_eq!(part(vec![]), Permission::Unknown);
        assert_eq!(part(vec![restriction(Ground::Debtor, 0, Some(1_050))]), Permission::Unknown);
        assert!(matches!(part(vec![restriction(Ground::Debtor, 0, None)]), Permission::Restricted(_)));
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
            rows in prop::collection::vec((0_usize..Ground::ALL.len(), 0_i64..2_000, prop::option::of(0_i64..2_000)), 0..5),
            extra in (0_usize..Ground::ALL.len(), 0_i64..2_000, prop::option::of(0_i64..2_000)), refreshed in 0_i64..2_000, now in 0_i64..2_000
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
