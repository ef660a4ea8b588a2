//! The shape of the house, held by tests: which layer may name which, which capability may name which, no circles, no full
//! rooms, transactions where they belong, and what nothing that an operator reads may name.

mod absence;
mod capabilities;
mod circles;
mod layers;
mod names;
mod promise;
mod rooms;
mod sources;
mod transactions;
