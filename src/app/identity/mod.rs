//! People of the embedded population register.

pub mod import_people;

use std::fmt;
use std::sync::Arc;

use crate::domain::identity::register::{ContactsOfRecord, PopulationRegister};

/// Where it is known who people are.
#[derive(Clone)]
pub struct IdentityServices {
    /// Who they are.
    pub register: Arc<dyn PopulationRegister>,
    /// How they are reached; `None` where no source of that is configured.
    pub contacts: Option<Arc<dyn ContactsOfRecord>>,
}

impl fmt::Debug for IdentityServices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityServices").finish_non_exhaustive()
    }
}
