//! The console's door: real store, real passkeys, a clock that stands still.

// A world that cannot be built is a failed test, in helpers too.
#![allow(clippy::unwrap_used)]

mod alone;
mod cases;
mod confirmations;
mod contested;
mod desk;
mod forgetting;
mod measures;
mod overview;
mod passkeys;
mod rules;
mod sign_in;
mod sign_in_rate_limiter;
mod staff;
