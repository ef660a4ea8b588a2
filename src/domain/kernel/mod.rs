//! What every capability stands on: identifiers, time, secrets, the words for a failing store. It knows none of them.

pub mod clock;
pub mod handle;
pub mod id;
pub mod locale;
pub mod observer;
pub mod outbox;
pub mod secret;
pub mod store_error;
pub mod testing;
pub mod time;
pub mod unseen;
