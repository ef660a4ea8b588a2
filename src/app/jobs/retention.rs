//! Every hour: deletes what is kept for a while only.

use std::time::Duration;

use crate::app::Services;
use crate::app::face::purge::forget_old_captures;
use crate::app::notices::purge::forget_old_notices;
use crate::app::oauth::purge::forget_old_requests;
use crate::app::operators::idempotent::forget_old_answers;
use crate::app::review::evidence::erase::erase_old_evidence;
use crate::app::review::evidence::log_proof::extend_tree;
use crate::app::verification::second_factor::purge_codes::forget_old_contact_codes;
use crate::app::verification::self_service::enquiries::forget_old_enquiries;
use crate::app::webhooks::purge::forget_old_webhooks;

/// How often.
const EVERY: Duration = Duration::from_hours(1);

/// Deletes what is past its term every hour, for as long as the process lives. Where one kind cannot be deleted the others are.
pub async fn forget_what_is_past(services: Services) {
    loop {
        let (store, now) = (services.store.as_ref(), services.clock.now());
        if let Err(error) = forget_old_captures(store, now).await {
            tracing::error!(%error, "what is kept of captures was not deleted at its term");
        }
        if let Err(error) = forget_old_webhooks(store, now).await {
            tracing::error!(%error, "webhooks past their term were not deleted");
        }
        if let Err(error) = forget_old_notices(store, now).await {
            tracing::error!(%error, "notices past their term were not deleted");
        }
        if let Err(error) = forget_old_contact_codes(store, now).await {
            tracing::error!(%error, "codes of contacts past their term were not deleted");
        }
        if let Err(error) = forget_old_requests(store, now).await {
            tracing::error!(%error, "pushed requests past their term were not deleted");
        }
        if let Err(error) = forget_old_answers(store, now).await {
            tracing::error!(%error, "answers of the API past their term were not deleted");
        }
        if let Err(error) = forget_old_enquiries(store, now).await {
            tracing::error!(%error, "enquiries past their term were not deleted");
        }
        let terms = (services.policy.evidence_term, services.policy.unopened_term);
        if let Err(error) = erase_old_evidence(store, now, terms).await {
            tracing::error!(%error, "evidence past its term was not erased");
        }
        // Not deleting, but as seldom: proofs of the log are then quick at any time.
        if let Err(error) = extend_tree(store).await {
            tracing::error!(%error, "the log's tree was not extended");
        }
        tokio::time::sleep(EVERY).await;
    }
}
