//! A person keeps themselves from betting: for a term that they choose, longer at any time, shorter never, but for
//! [`take_back`].

pub mod take_back;

use std::time::Duration;

use ::time::{Date, Month};

use super::{Ground, Restriction};
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::id::{PlayerId, SelfRestrictionId, VerificationId};
use crate::domain::kernel::time::{Timestamp, almaty_midnight};
use crate::domain::second_factor::FactorKind;

/// The shortest term, in months.
pub const MIN_MONTHS: u32 = 6;
/// The longest, in months.
pub const MAX_MONTHS: u32 = 120;
/// As what we are a source of restrictions.
pub const SOURCE: &str = "rastau";
/// What it rests on, the person's own application: a code that `messages` has words for.
const LEGAL_BASIS: &str = "own_application";

/// For how long: 6 months to 10 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(u32);

/// Why nobody can restrict themselves so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelfRestrictionError {
    /// Shorter than half a year or longer than ten.
    #[error("a self-restriction is for {MIN_MONTHS} to {MAX_MONTHS} months")]
    Term,
    /// It would end no later than the one that stands.
    #[error("a self-restriction stands already and ends no earlier")]
    NotLonger,
    /// It cannot be taken back, or not any more.
    #[error("this self-restriction cannot be taken back")]
    Irrevocable,
    /// What was shown may be whose declaration it was.
    #[error("taking it back needs a proof that is independent of the declaration")]
    NotIndependent,
}

impl Term {
    /// A term of so many months.
    ///
    /// # Errors
    /// [`SelfRestrictionError::Term`] outside [`MIN_MONTHS`] to [`MAX_MONTHS`].
    pub fn of_months(months: u32) -> Result<Self, SelfRestrictionError> {
        let allowed = (MIN_MONTHS..=MAX_MONTHS).contains(&months);
        if allowed { Ok(Self(months)) } else { Err(SelfRestrictionError::Term) }
    }

    /// In months.
    pub fn months(self) -> u32 {
        self.0
    }

    /// When a term ends that begins at `now`: at the Almaty midnight that closes the same day of the month, or the month's
    /// last. Never sooner than the months have gone by.
    pub fn ends_at(self, now: Timestamp) -> Timestamp {
        let last_day = months_later(now.almaty_date(), self.0);
        almaty_midnight(last_day.next_day().unwrap_or(Date::MAX))
    }
}

/// The same day of the month, or the month's last, `months` later.
fn months_later(date: Date, months: u32) -> Date {
    let count = u32::from(u8::from(date.month())) - 1 + months;
    let year = date.year().saturating_add(i32::try_from(count / 12).unwrap_or(i32::MAX));
    let month = u8::try_from(count % 12 + 1).ok().and_then(|number| Month::try_from(number).ok());
    let month = month.unwrap_or(Month::December);
    let day = date.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).unwrap_or(Date::MAX)
}

/// One that was declared. It is never changed but by being taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfRestriction {
    /// Its id.
    pub id: SelfRestrictionId,
    /// By whom.
    pub player: PlayerId,
    /// After which verification.
    pub verification: VerificationId,
    /// Confirmed with what.
    pub factor: FactorKind,
    /// From here on, inclusive.
    pub starts_at: Timestamp,
    /// Until here, exclusive.
    pub ends_at: Timestamp,
    /// Until when it can be taken back, where it can.
    pub revocable_until: Option<Timestamp>,
    /// When it was.
    pub taken_back_at: Option<Timestamp>,
    /// The contact of record whose code the visit had given when it was declared.
    pub declared_over: Option<Channel>,
}

impl SelfRestriction {
    /// When one for `term` ends that begins at `now`, where others stand until `standing`.
    ///
    /// # Errors
    /// [`SelfRestrictionError::NotLonger`] when that is not later.
    pub fn end(term: Term, standing: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, SelfRestrictionError> {
        let end = term.ends_at(now);
        if standing.is_some_and(|standing| end <= standing) { Err(SelfRestrictionError::NotLonger) } else { Ok(end) }
    }

    /// Every term that could be chosen at `now`, and when it would end.
    pub fn choices(standing: Option<Timestamp>, now: Timestamp) -> Vec<(Term, Timestamp)> {
        let choice = |term| Self::end(term, standing, now).ok().map(|end| (term, end));
        (MIN_MONTHS..=MAX_MONTHS).map(Term).filter_map(choice).collect()
    }

    /// As the registry says it.
    pub fn restriction(&self) -> Restriction {
        restriction(&self.id.to_string(), self.starts_at, self.ends_at)
    }
}

/// A self-restriction as the registry says it, by the key of its record.
pub fn restriction(key: &str, starts_at: Timestamp, ends_at: Timestamp) -> Restriction {
    Restriction {
        ground: Ground::SelfRestriction,
        legal_basis: LEGAL_BASIS.to_owned(),
        starts_at,
        ends_at: Some(ends_at),
        source: SOURCE.to_owned(),
        source_key: key.to_owned(),
    }
}

/// How long after a decision the person whom it is about may act on it: restrict themselves, contest a ground, see who asked.
pub const SELF_SERVICE: Duration = Duration::from_mins(15);

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::date;
    use proptest::prelude::*;

    fn term(months: u32) -> Term {
        Term::of_months(months).unwrap()
    }

    #[test]
    fn a_term_is_half_a_year_to_ten_years() {
        for months in [0, 5, 121, u32::MAX] {
            assert_eq!(Term::of_months(months), Err(SelfRestrictionError::Term));
        }
        assert_eq!((term(6).months(), term(120).months()), (6, 120));
    }

    #[test]
    fn it_ends_when_the_same_day_of_the_month_is_over_in_almaty() {
        // 23:30 of the 26th in UTC is the 27th in Almaty.
        let now = Timestamp::from_seconds(date!(2026 - 11 - 26).midnight().assume_utc().unix_timestamp() + 84_600);
        assert_eq!(term(6).ends_at(now), almaty_midnight(date!(2027 - 05 - 28)));
        assert_eq!(term(120).ends_at(now), almaty_midnight(date!(2036 - 11 - 28)));
    }

    #[test]
    fn a_day_that_a_month_does_not_have_is_its_last() {
        assert_eq!(months_later(date!(2026 - 08 - 31), 6), date!(2027 - 02 - 28));
        assert_eq!(months_later(date!(2027 - 08 - 31), 6), date!(2028 - 02 - 29));
        assert_eq!(months_later(date!(2026 - 12 - 31), 12), date!(2027 - 12 - 31));
    }

    proptest! {
        #[test]
        fn whatever_is_chosen_next_the_end_only_moves_away(
            terms in prop::collection::vec((6_u32..=120, 0_i64..4_000), 1..12),
        ) {
            let (mut day, mut standing) = (20_000_i64, None::<Timestamp>);
            for (months, days) in terms {
                day += days;
                let now = Timestamp::from_seconds(day * 86_400);
                match SelfRestriction::end(term(months), standing, now) {
                    Ok(end) => {
                        prop_assert!(standing.is_none_or(|standing| end > standing));
                        prop_assert!(end > now.plus(Duration::from_hours(24 * 28 * u64::from(months))));
                        standing = Some(end);
                    }
                    Err(error) => {
                        prop_assert_eq!(error, SelfRestrictionError::NotLonger);
                        prop_assert!(standing.is_some_and(|standing| standing >= term(months).ends_at(now)));
                    }
                }
            }
        }
    }
}
