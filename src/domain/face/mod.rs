//! The face: captured, compared, searched and judged; and how far that can be trusted.

pub mod calibration;
pub mod capture;
pub mod comparison;
pub mod detection;
pub mod engine;
pub mod error_rates;
pub mod index;
pub mod judgement;
pub mod liveness;
pub mod lockout;
pub mod ports;
pub mod quality;
pub mod scores;
pub mod search;
