//! HTTP by audience: players, operators, administration, compliance, console, sources of restrictions, sandbox. Status codes,
//! cookies and headers live here and nowhere else.

pub mod administration;
mod codes;
pub mod compliance;
pub mod connections;
pub mod console;
pub mod description;
pub mod health;
pub mod metrics;
pub mod middleware;
pub mod operator;
mod own_cookie;
mod pages;
pub mod peer;
mod per_caller;
pub mod player;
pub mod problem;
mod refusals;
pub mod sandbox;
pub mod server;
pub mod sources;
pub mod takes_two;
pub mod web_files;

pub(in crate::http) use player::player_session_cookie_name;
