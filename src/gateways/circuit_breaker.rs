//! A circuit breaker: after enough failures in a row nobody is kept waiting for a service that is down, and it is not
//! kept busy while it gets up. Pure; the clock is the caller's.

use std::time::Duration;

use crate::domain::kernel::time::Timestamp;

/// When to break, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// So many failures in a row open the circuit; at least 1.
    pub failures: u32,
    /// So long nothing is let through before one call may probe.
    pub open_for: Duration,
}

/// The breaker of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitBreaker {
    settings: BreakerSettings,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed {
        failures: u32,
    },
    Open {
        until: Timestamp,
    },
    /// One call is out. Should it never report (its caller went away), another may try from `until` on.
    Probing {
        until: Timestamp,
    },
}

impl CircuitBreaker {
    /// Closed.
    pub fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: State::Closed { failures: 0 } }
    }

    /// Whether a call may go out at `now`. Every allowed call should report by [`CircuitBreaker::succeeded`] or
    /// [`CircuitBreaker::failed`].
    pub fn allow(&mut self, now: Timestamp) -> bool {
        match self.state {
            State::Closed { .. } => true,
            State::Open { until } | State::Probing { until } if now >= until => {
                self.state = State::Probing { until: now.plus(self.settings.open_for) };
                true
            }
            State::Open { .. } | State::Probing { .. } => false,
        }
    }

    /// A call went well. One that was sent before the circuit opened proves nothing.
    pub fn succeeded(&mut self) {
        if !matches!(self.state, State::Open { .. }) {
            self.state = State::Closed { failures: 0 };
        }
    }

    /// A call failed at `now`.
    pub fn failed(&mut self, now: Timestamp) {
        let open = State::Open { until: now.plus(self.settings.open_for) };
        self.state = match self.state {
            State::Closed { failures } if failures + 1 < self.settings.failures => {
                State::Closed { failures: failures + 1 }
            }
            State::Closed { .. } | State::Probing { .. } => open,
            // A straggler of before does not keep it open for longer.
            State::Open { until } => State::Open { until },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SETTINGS: BreakerSettings = BreakerSettings { failures: 3, open_for: Duration::from_secs(10) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn opened() -> CircuitBreaker {
        let mut breaker = CircuitBreaker::new(SETTINGS);
        for second in 0..3 {
            assert!(breaker.allow(at(second)));
            breaker.failed(at(second));
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_them_does_not() {
        let mut breaker = CircuitBreaker::new(SETTINGS);
        for _ in 0..10 {
            breaker.failed(at(0));
            breaker.failed(at(0));
            breaker.succeeded();
        }
        assert!(breaker.allow(at(0)));
        assert!(!opened().allow(at(3)));
    }

    #[test]
    fn one_probe_decides() {
        let mut breaker = opened();
        assert!(!breaker.allow(at(11)));
        assert!(breaker.allow(at(12)) && !breaker.allow(at(12)));
        breaker.failed(at(13));
        assert!(!breaker.allow(at(22)) && breaker.allow(at(23)));
        breaker.succeeded();
        assert!(breaker.allow(at(23)) && breaker.allow(at(23)));
    }

    #[test]
    fn a_probe_that_never_reports_does_not_shut_it_for_good() {
        let mut breaker = opened();
        assert!(breaker.allow(at(12)));
        assert!(!breaker.allow(at(21)));
        assert!(breaker.allow(at(22)));
    }

    #[test]
    fn stragglers_change_nothing() {
        let mut breaker = opened();
        breaker.succeeded();
        assert!(!breaker.allow(at(5)));
        breaker.failed(at(11));
        assert!(breaker.allow(at(12)));
    }

    proptest! {
        /// Whatever happens, it never stays shut longer than `open_for` after the last event.
        #[test]
        fn it_always_lets_a_probe_through_in_the_end(events in prop::collection::vec((0_u8..3, 0_i64..5), 0..50)) {
            let mut breaker = CircuitBreaker::new(SETTINGS);
            let mut now = 0;
            for (event, wait) in events {
                now += wait;
                match event {
                    0 => breaker.failed(at(now)),
                    1 => breaker.succeeded(),
                    _ => { breaker.allow(at(now)); }
                }
            }
            prop_assert!(breaker.allow(at(now + 10)));
        }
    }
}
