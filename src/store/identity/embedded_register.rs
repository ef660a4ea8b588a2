//! The population register that stands in our own database, behind its port.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::identity::person::{Citizen, Iin};
use crate::domain::identity::register::{PopulationRegister, RegisterError};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;

/// Answers from the people that `rastau person import` brought.
#[derive(Clone)]
pub struct EmbeddedRegister {
    store: Arc<dyn Store>,
}

impl EmbeddedRegister {
    /// Over this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

impl fmt::Debug for EmbeddedRegister {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmbeddedRegister")
    }
}

#[async_trait]
impl PopulationRegister for EmbeddedRegister {
    async fn find(&self, iin: &Iin) -> Result<Option<Citizen>, RegisterError> {
        let unavailable = |error: StoreError| RegisterError::Unavailable(error.to_string());
        let mut unit = self.store.read().await.map_err(unavailable)?;
        unit.find_citizen(iin).await.map_err(unavailable)
    }
}
