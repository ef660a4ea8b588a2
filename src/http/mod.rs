//! The doors over HTTP, by audience: players, operators, compliance, sandbox. Status codes, cookies and headers live
//! here and nowhere else.

pub mod operator;
pub mod problem;
