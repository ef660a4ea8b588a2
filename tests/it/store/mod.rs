//! The store's contract: every test here runs on SQLite and on PostgreSQL alike.

mod audit;
mod authorizations;
mod cases;
mod citizens;
pub(crate) mod database;
mod enquiries;
mod enrolments;
mod evidence;
mod face_lockouts;
mod factor_life;
mod factors;
mod figures;
mod frame_fingerprints;
pub(crate) mod grants;
mod id_templates;
mod idempotent_requests;
mod jobs;
mod notices;
mod operators;
mod players;
mod proposals;
mod restrictions;
mod schema;
mod self_restrictions;
mod sightings;
mod staff;
mod statements;
mod tries;
mod unavailable;
mod unit_of_work;
mod verifications;
mod webhooks;

/// Makes of each `async fn name(database: &Database)` a module `name` with the tests `sqlite` and `postgres`.
macro_rules! on_both_engines {
    ($($(#[$doc:meta])* async fn $name:ident($database:ident: &Database) $body:block)*) => { $(
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn contract($database: &Database) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                contract(&Database::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                if let Some(database) = Database::postgres().await {
                    contract(&database).await;
                }
            }
        }
    )* };
}
pub(crate) use on_both_engines;
