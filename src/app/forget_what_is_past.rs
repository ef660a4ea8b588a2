//! Every hour: deletes what is kept for a while only.

use std::time::Duration;

use super::Services;
use super::evidence::erase::erase_old_evidence;
use super::evidence::log_proof::extend_tree;
use super::forget_captures::forget_old_captures;
use super::forget_contact_codes::forget_old_contact_codes;
use super::forget_requests::forget_old_requests;
use super::forget_webhooks::forget_old_webhooks;
use super::notices::forget::forget_old_notices;
use super::once::forget_old_answers;
use super::view_enquiries::forget_old_enquiries;

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
