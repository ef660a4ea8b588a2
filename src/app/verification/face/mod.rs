//! The camera step, and what locks it.

pub mod capture;
pub(in crate::app) mod lockout;
pub mod pass_lock;
pub mod pretend;
pub mod search;
mod settle;
pub mod unlock;
