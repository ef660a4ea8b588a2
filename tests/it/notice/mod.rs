//! Notices from the event to whoever delivers them.

mod delivery;
mod flood;
mod gateway;
mod outbox;
mod world;
