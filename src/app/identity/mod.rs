//! People of the embedded population register.

pub mod import_people;
