//! Who comes in: the doors of machines and staff, tokens, and how often strangers may try.

pub(super) mod administration;
pub(super) mod client_certificates;
pub(super) mod compliance;
pub(super) mod tokens;
pub(super) mod tries;
