//! Where it is known who people are: the population register, and the contacts of record.

use super::contact::Contact;
use super::person::{Citizen, Iin};
use async_trait::async_trait;

/// Why the population register gave no answer. Not answering is never "not found".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// Down, slow, or answering nonsense.
    #[error("the population register did not answer: {0}")]
    Unavailable(String),
}

/// Who people are: name and national ID photo by IIN.
#[async_trait]
pub trait PopulationRegister: Send + Sync {
    /// The citizen with this IIN, or `None` when the register knows none.
    async fn find(&self, iin: &Iin) -> Result<Option<Citizen>, RegisterError>;
}

/// Why nobody said how a person is reached. Not answering is never "no contact".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Down, slow, or answering nonsense.
    #[error("the contacts of record were not told: {0}")]
    Unavailable(String),
}

/// How people are reached, as the state or the deployer knows it.
#[async_trait]
pub trait ContactsOfRecord: Send + Sync {
    /// The person's contacts, best first; none when none are on record.
    async fn find(&self, iin: &Iin) -> std::result::Result<Vec<Contact>, ContactError>;
}
