//! Webhooks from the decision to the operator's receiver.

mod decisions;
mod delivery;
mod management;
mod world;
