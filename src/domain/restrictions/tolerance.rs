//! How far a version may differ from what counted before it; what differs more waits for a person.

use std::fmt;
use std::time::Duration;

use super::version::{Counts, Version};
use crate::domain::kernel::time::Timestamp;

/// Over so long a source may lose its share of rows, and not with each file anew.
const MEMORY: Duration = Duration::from_hours(7 * 24);

/// Why a version waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Far fewer rows than before: people would be let in.
    Shrank {
        /// Rows before.
        from: u64,
        /// Rows now.
        to: u64,
    },
    /// Far fewer rows than at some time within the last seven days, each file only a few: the same, in small steps.
    Dwindled {
        /// The most rows of that time.
        from: u64,
        /// Rows now.
        to: u64,
    },
    /// Far too many of those whom it restricts now it would restrict no more, whatever the number of rows.
    Frees {
        /// People who would be free.
        people: u64,
        /// Of so many who were looked at.
        of: u64,
    },
    /// A person went back from this very file.
    Undone,
    /// Far more rows than before: people would be kept out.
    Grew {
        /// Rows before.
        from: u64,
        /// Rows now.
        to: u64,
    },
    /// Too many rows were refused: who stands in them would be let in.
    BadRows {
        /// Refused rows.
        refused: u64,
        /// All rows.
        of: u64,
    },
    /// Numbers had lost leading zeros, which were put back: whether they had, whoever knows the file can say.
    ZerosRestored {
        /// Their rows.
        rows: u64,
    },
}

impl Suspicion {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shrank { .. } => "shrank",
            Self::Dwindled { .. } => "dwindled",
            Self::Frees { .. } => "frees",
            Self::Undone => "undone",
            Self::Grew { .. } => "grew",
            Self::BadRows { .. } => "bad_rows",
            Self::ZerosRestored { .. } => "zeros_restored",
        }
    }
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shrank { from, to } => write!(f, "it shrank from {from} rows to {to}"),
            Self::Dwindled { from, to } => write!(f, "within seven days it shrank from {from} rows to {to}"),
            Self::Frees { people, of } => write!(f, "{people} of {of} people whom it restricts now would be free"),
            Self::Undone => write!(f, "a person went back from this very file, or dropped it"),
            Self::Grew { from, to } => write!(f, "it grew from {from} rows to {to}"),
            Self::BadRows { refused, of } => write!(f, "{refused} of {of} rows were refused"),
            Self::ZerosRestored { rows } => write!(
                f,
                "in {rows} rows a spreadsheet seems to have dropped the leading zeros of the IIN or BIN; they were put back"
            ),
        }
    }
}

/// People whom a version would free, of those who were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freed {
    /// Free by it.
    pub people: u64,
    /// Restricted now.
    pub of: u64,
}

/// What a version is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Yardstick {
    /// Rows that count now.
    pub rows: u64,
    /// The most that counted within the last seven days, since a person looked.
    pub most: u64,
}

impl Yardstick {
    /// Of all versions of a source, at `now`; `None` while none counts. What a person let count is what later ones are held
    /// against: else one true shrink would hold every file for a week.
    pub fn of(versions: &[Version], now: Timestamp) -> Option<Self> {
        let counted = || versions.iter().filter_map(|version| Some((version.counted_at?, version)));
        let (_, current) = counted().max_by_key(|(at, version)| (*at, version.number))?;
        let looked_at = counted().filter(|(_, version)| version.released).map(|(at, _)| at).max();
        // The one that counted when the seven days began, counted within them.
        let first = counted().map(|(at, _)| at).filter(|at| now.since(*at) >= MEMORY).max();
        let since = looked_at.max(first);
        let within = counted().filter(|(at, _)| since.is_none_or(|since| *at >= since));
        let most = within.map(|(_, version)| version.counts.rows).max().unwrap_or(current.counts.rows);
        Some(Self { rows: current.counts.rows, most })
    }
}

/// How far a version may differ before a person must look: shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// So much smaller than the version before, and than any of the last seven days.
    pub shrink: f64,
    /// So much larger.
    pub growth: f64,
    /// So many rows refused.
    pub bad_rows: f64,
}

impl Default for Tolerance {
    /// A tenth fewer, half as many more, and no bad row at all.
    fn default() -> Self {
        Self { shrink: 0.1, growth: 0.5, bad_rows: 0.0 }
    }
}

impl Tolerance {
    /// Fewer rows of difference than this are the everyday of a small source, unless nothing is left of it.
    const SMALL: u64 = 20;

    /// Whether it lets more people be free unseen than is usual.
    pub fn is_wide(&self) -> bool {
        let usual = Self::default();
        self.shrink > usual.shrink || self.bad_rows > usual.bad_rows
    }

    /// What is suspicious of `counts`; `before` is what counted until now, `freed` whom it would free.
    pub fn judge(&self, before: Option<Yardstick>, freed: Option<Freed>, counts: Counts) -> Vec<Suspicion> {
        let mut suspicions = Vec::new();
        let beyond =
            |difference: u64, share: f64, of: u64| difference > Self::SMALL && difference as f64 > share * of as f64;
        if let Some(Yardstick { rows: from, most }) = before {
            let to = counts.rows;
            if beyond(from.saturating_sub(to), self.shrink, from) || (to == 0 && from > 0) {
                suspicions.push(Suspicion::Shrank { from, to });
            } else if to < from && beyond(most.saturating_sub(to), self.shrink, most) {
                suspicions.push(Suspicion::Dwindled { from: most, to });
            }
            // As many others in the place of those who go are no fewer rows.
            if let Some(Freed { people, of }) = freed.filter(|freed| beyond(freed.people, self.shrink, freed.of)) {
                suspicions.push(Suspicion::Frees { people, of });
            }
            if beyond(to.saturating_sub(from), self.growth, from) {
                suspicions.push(Suspicion::Grew { from, to });
            }
        }
        let of = counts.added + counts.removed + counts.refused;
        if counts.refused as f64 > self.bad_rows * of as f64 {
            suspicions.push(Suspicion::BadRows { refused: counts.refused, of });
        }
        suspicions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::restrictions::{VersionKind, VersionState};
    use proptest::prelude::*;

    const DAY: Duration = Duration::from_hours(24);

    fn steady(rows: u64) -> Yardstick {
        Yardstick { rows, most: rows }
    }

    fn judged(before: Option<u64>, rows: u64, refused: u64) -> Vec<&'static str> {
        let counts = Counts { rows, added: rows, removed: 0, refused };
        Tolerance::default().judge(before.map(steady), None, counts).iter().map(Suspicion::code).collect()
    }

    #[test]
    fn what_differs_too_much_waits_for_a_person() {
        assert!(judged(None, 5_000_000, 0).is_empty(), "the first is compared with nothing");
        assert!(judged(Some(1_000), 901, 0).is_empty());
        assert_eq!(judged(Some(1_000), 899, 0), ["shrank"]);
        assert!(judged(Some(1_000), 1_500, 0).is_empty());
        assert_eq!(judged(Some(1_000), 1_501, 0), ["grew"]);
        assert!(judged(Some(30), 11, 0).is_empty(), "a small source is on the move");
        assert_eq!(judged(Some(3), 0, 0), ["shrank"], "but never to nothing");
        assert_eq!(judged(None, 1_000, 1), ["bad_rows"]);
        let lenient = Tolerance { bad_rows: 0.01, ..Tolerance::default() };
        let counts = |refused| Counts { rows: 100, added: 100 - refused, removed: 0, refused };
        assert!(lenient.judge(None, None, counts(1)).is_empty());
        assert_eq!(lenient.judge(None, None, counts(2)), [Suspicion::BadRows { refused: 2, of: 100 }]);
    }

    /// A source and the versions of it that counted.
    struct Told {
        versions: Vec<Version>,
        now: Timestamp,
    }

    impl Told {
        fn new() -> Self {
            Self { versions: Vec::new(), now: Timestamp::from_seconds(0) }
        }

        fn judge(&self, rows: u64) -> Vec<Suspicion> {
            let counts = Counts { rows, ..Counts::default() };
            Tolerance::default().judge(Yardstick::of(&self.versions, self.now), None, counts)
        }

        fn counts(&mut self, rows: u64, released: bool) {
            let trust = (self.now, DAY);
            let next = Version::next("debtors", &self.versions, VersionKind::Snapshot, trust, self.now);
            let (counted_at, counts) = (Some(self.now), Counts { rows, ..Counts::default() });
            let state = VersionState::Current;
            self.versions.push(Version { state, counts, counted_at, released, ..next });
        }

        /// Another file `after` the one before: counts, unless it is suspicious.
        fn says(&mut self, after: Duration, rows: u64) -> Vec<Suspicion> {
            self.now = self.now.plus(after);
            let suspicions = self.judge(rows);
            if suspicions.is_empty() {
                self.counts(rows, false);
            }
            suspicions
        }
    }

    #[test]
    fn others_in_the_place_of_those_who_go_are_no_excuse() {
        let judged = |people, of| {
            let counts = Counts { rows: 1_000, added: 1_000, ..Counts::default() };
            Tolerance::default().judge(Some(steady(1_000)), Some(Freed { people, of }), counts)
        };
        assert!(judged(100, 1_000).is_empty());
        assert_eq!(judged(101, 1_000), [Suspicion::Frees { people: 101, of: 1_000 }]);
        assert!(judged(20, 20).is_empty(), "a small source is on the move");
    }

    #[test]
    fn small_steps_add_up() {
        let mut told = Told::new();
        assert!(told.says(DAY, 1_000).is_empty());
        assert!(told.says(DAY, 950).is_empty());
        assert_eq!(told.says(DAY, 890), [Suspicion::Dwindled { from: 1_000, to: 890 }]);
        assert!(told.says(DAY, 955).is_empty(), "some came back");
        assert!(told.says(5 * DAY, 890).is_empty(), "the thousand is more than seven days past");
    }

    #[test]
    fn what_counted_when_the_days_began_counted_within_them() {
        let mut told = Told::new();
        told.says(DAY, 1_000);
        assert!(told.says(30 * DAY, 950).is_empty());
        assert_eq!(told.says(DAY, 890), [Suspicion::Dwindled { from: 1_000, to: 890 }]);
    }

    #[test]
    fn what_a_person_let_count_is_held_against_from_then_on() {
        let mut told = Told::new();
        told.says(DAY, 1_000);
        assert!(!told.says(DAY, 500).is_empty());
        told.counts(500, true);
        assert!(told.says(DAY, 460).is_empty(), "one true shrink does not hold every file for a week");
        assert_eq!(told.says(DAY, 440), [Suspicion::Dwindled { from: 500, to: 440 }]);
    }

    #[test]
    fn nothing_is_held_against_a_version_that_was_gone_back_from() {
        let mut told = Told::new();
        told.says(DAY, 1_000);
        told.says(DAY, 1_400);
        told.versions[1].counted_at = None;
        assert_eq!(Yardstick::of(&told.versions, told.now), Some(steady(1_000)));
        assert_eq!(Yardstick::of(&[], told.now), None);
    }

    proptest! {
        #[test]
        fn less_tolerance_never_finds_less(before in 0_u64..10_000, more in 0_u64..5_000, rows in 0_u64..10_000, refused in 0_u64..100, freed in 0_u64..5_000,
            (shrink, growth, bad) in (0.0..1.0, 0.0..1.0, 0.0..1.0), less in 0.0..1.0) {
            let counts = Counts { rows, added: rows, removed: 0, refused };
            let strict = Tolerance { shrink: shrink * less, growth: growth * less, bad_rows: bad * less };
            let before = Yardstick { rows: before, most: before + more };
            let freed = Some(Freed { people: freed, of: freed + more });
            let found = |tolerance: Tolerance| tolerance.judge(Some(before), freed, counts).len();
            let lenient = Tolerance { shrink, growth, bad_rows: bad };
            prop_assert!(found(strict) >= found(lenient));
        }

        #[test]
        fn nobody_empties_a_source_in_small_steps(
            steps in proptest::collection::vec((1_u64..72, 0.85_f64..1.2), 1..60)
        ) {
            let mut told = Told::new();
            told.says(DAY, 10_000);
            for (hours, share) in steps {
                let current = told.versions.last().unwrap().counts.rows;
                told.says(Duration::from_hours(hours), (current as f64 * share) as u64);
                let counted: Vec<(u64, Timestamp)> =
                    told.versions.iter().map(|version| (version.counts.rows, version.counted_at.unwrap())).collect();
                let (last, _) = *counted.last().unwrap();
                for (place, (rows, _)) in counted.iter().enumerate() {
                    // Until when it counted.
                    let until = counted.get(place + 1).map_or(told.now, |(_, next)| *next);
                    if told.now.since(until) < MEMORY {
                        prop_assert!(last as f64 >= 0.9 * *rows as f64 - 1.0, "{last} of {rows}");
                    }
                }
            }
        }
    }
}
