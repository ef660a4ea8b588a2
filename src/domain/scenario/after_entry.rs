//! What happens to a scenario's player once they are in: so that an operator's back end meets it, too.

use std::time::Duration;

use super::{Scenario, restriction};
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::grant::{Grant, ShownRefreshToken};
use crate::domain::restrictions::{Ground, Restriction};

/// So long after their verification the player is restricted.
pub const RESTRICTED_AFTER: Duration = Duration::from_secs(30);
/// And so long they stay it: then the next tester may come.
pub const RESTRICTED_WHILE: Duration = Duration::from_mins(1);
/// So long after a verification nobody can tell at a renewal whether its player may play.
pub const REGISTER_DOWN_WHILE: Duration = Duration::from_secs(40);
/// A token that runs out while one looks on, so that it is renewed while one looks on.
pub const SHORT_TOKEN: Duration = Duration::from_secs(20);

/// What happens after entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterEntry {
    /// Nothing.
    Nothing,
    /// Tokens run out soon.
    ShortTokens,
    /// They are restricted, [`RESTRICTED_AFTER`] their verification and for [`RESTRICTED_WHILE`].
    Restricted,
    /// Nobody can tell at a renewal whether they may play, for [`REGISTER_DOWN_WHILE`]. Tokens run out soon.
    RegisterDown,
    /// The answer to the first renewal is lost on its way. Tokens run out soon.
    AnswerLost,
}

impl Scenario {
    /// How far back verifications of the person matter still.
    pub fn remembers(&self) -> Option<Duration> {
        (self.after == AfterEntry::Restricted).then_some(RESTRICTED_AFTER.saturating_add(RESTRICTED_WHILE))
    }

    /// The restrictions that came, or will come, of these verifications of the person.
    pub(super) fn later_restrictions(&self, verified_at: &[Timestamp]) -> Vec<Restriction> {
        let later = |at: &Timestamp| {
            let starts_at = at.plus(RESTRICTED_AFTER);
            let ends_at = Some(starts_at.plus(RESTRICTED_WHILE));
            Restriction { starts_at, ends_at, ..restriction(Ground::CoolOff, *at) }
        };
        if self.remembers().is_some() { verified_at.iter().map(later).collect() } else { Vec::new() }
    }

    /// Whether a renewal of this grant at `now` finds nobody who can tell.
    pub fn hides_the_answer(&self, grant: &Grant, now: Timestamp) -> bool {
        self.after == AfterEntry::RegisterDown && now.since(grant.verified_at) < REGISTER_DOWN_WHILE
    }

    /// Whether the answer to whoever shows this refresh token is lost: the first of its grant.
    pub fn loses_the_answer(&self, shown: &ShownRefreshToken) -> bool {
        self.after == AfterEntry::AnswerLost && shown.generation == 0 && shown.used_at.is_none()
    }

    /// How long an access token lives at most.
    pub fn token_lifetime(&self) -> Duration {
        match self.after {
            AfterEntry::Nothing | AfterEntry::Restricted => Duration::MAX,
            AfterEntry::ShortTokens | AfterEntry::RegisterDown | AfterEntry::AnswerLost => SHORT_TOKEN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SCENARIOS;
    use super::*;
    use crate::domain::oauth::grant::tests::grant;
    use crate::domain::restrictions::{Permission, judge};

    fn scenario(code: &str) -> &'static Scenario {
        SCENARIOS.iter().find(|scenario| scenario.code == code).unwrap()
    }

    fn allowed(verified_at: &[i64], now: i64) -> bool {
        let verified_at: Vec<_> = verified_at.iter().copied().map(Timestamp::from_seconds).collect();
        let now = Timestamp::from_seconds(now);
        let answer = scenario("restricted_later").registry_answer(now, &verified_at);
        judge(&answer, &Scenario::required_sources(), now) == Permission::Allowed
    }

    #[test]
    fn who_is_restricted_later_is_so_for_a_minute_after_each_verification() {
        let begins = [(99, true), (100, true), (129, true), (130, false), (189, false), (190, true)];
        for (now, may) in begins {
            assert_eq!(allowed(&[100], now), may, "{now}");
        }
        assert!(allowed(&[], 140));
        assert!(!allowed(&[100, 120], 195) && allowed(&[100, 120], 210), "of two testers the later one counts, too");
        assert!(
            SCENARIOS
                .iter()
                .filter(|one| one.code != "restricted_later")
                .all(|one| { one.later_restrictions(&[Timestamp::from_seconds(100)]).is_empty() })
        );
    }

    #[test]
    fn all_that_restricts_is_remembered() {
        let span = scenario("restricted_later").remembers().unwrap();
        let restricted = scenario("restricted_later").later_restrictions(&[Timestamp::from_seconds(100)]);
        assert_eq!(restricted[0].ends_at, Some(Timestamp::from_seconds(100).plus(span)));
    }

    #[test]
    fn the_register_is_down_for_who_was_verified_a_moment_ago() {
        let hides = |code, now| scenario(code).hides_the_answer(&grant(), Timestamp::from_seconds(now));
        assert!(hides("register_down_at_renewal", 100) && hides("register_down_at_renewal", 139));
        assert!(!hides("register_down_at_renewal", 140) && !hides("short_tokens", 100));
        assert!(SHORT_TOKEN < REGISTER_DOWN_WHILE, "a token runs out meanwhile");
    }

    #[test]
    fn the_first_answer_to_a_renewal_is_lost_and_no_other() {
        let shown =
            |generation, used_at| ShownRefreshToken { generation, used_at, latest_used: None, grant_ended_at: None };
        let loses = |code, shown| scenario(code).loses_the_answer(&shown);
        assert!(loses("lost_answer", shown(0, None)) && !loses("short_tokens", shown(0, None)));
        assert!(!loses("lost_answer", shown(0, Some(Timestamp::from_seconds(1)))));
        assert!(!loses("lost_answer", shown(1, None)));
    }
}
