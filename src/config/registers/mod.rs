//! Where it is asked who people are, how they are reached, and what keeps them out.

pub(super) mod contact_of_record;
pub(super) mod population_register;
pub(super) mod restrictions;
pub mod sources;
