//! What values are made of: times, secrets, keys, and what is wrong with one.

pub(super) mod api_key_file;
pub(super) mod fault;
pub(super) mod key_file;
pub(super) mod secret_file;
pub(super) mod section;
pub(super) mod span;
