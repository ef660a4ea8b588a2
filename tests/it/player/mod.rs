//! Whole flows of a player against the running service: real models, real ceremonies, a real database.

mod after_entry;
mod arrival;
mod attacks;
mod bad_input;
mod capture;
mod database_gone;
mod evidence;
mod face_search;
mod lockout;
mod overload;
mod own_factors;
mod recordings;
mod reembedding;
mod refusals;
mod sandbox;
mod sandbox_clock;
mod scenarios;
mod second_factor;
mod second_proof;
mod self_service;
mod slow_clients;
mod story;
mod strangers;
mod visits;
mod wire;
