//! The background jobs of a service.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::notices::senders;
use super::sources::sources;
use super::{clock, randomness, webhooks};
use crate::app::Services;
use crate::app::jobs::Job;
use crate::app::jobs::face_index::FaceIndexRefresh;
use crate::app::jobs::face_retention::FaceRetention;
use crate::app::jobs::notices::NoticeDelivery;
use crate::app::jobs::restricted_grants::RestrictedGrants;
use crate::app::jobs::restriction_sources::RestrictionSource;
use crate::app::jobs::retention::Retention;
use crate::app::jobs::runner::Runner;
use crate::app::jobs::scheduler::Scheduler;
use crate::app::jobs::superseded_restrictions::SupersededRestrictions;
use crate::app::jobs::templates::Templates;
use crate::app::jobs::webhooks::WebhookDelivery;
use crate::app::notices::deliver::NoticeCourier;
use crate::app::restrictions::registry::follow::Followed;
use crate::app::webhooks::deliver::Courier;
use crate::config::Config;
use crate::domain::webhooks::ports::WebhookSender;
use crate::messages::notice::NoticeTexts;

/// Who runs jobs in this process.
pub fn runner(services: &Services) -> Runner {
    Runner::new(services.store.clone(), clock(), services.observer.clone(), randomness().as_ref())
}

/// Every job that this configuration asks for.
pub fn of(config: &Config, services: &Services) -> anyhow::Result<Vec<Box<dyn Job>>> {
    all(config, services, sources(config)?.followed, webhooks::sender(config)?)
}

fn all(
    config: &Config,
    services: &Services,
    followed: Vec<Followed>,
    sender: Arc<dyn WebhookSender>,
) -> anyhow::Result<Vec<Box<dyn Job>>> {
    let mut jobs: Vec<Box<dyn Job>> = vec![
        Box::new(RestrictedGrants::new(services.clone())),
        Box::new(WebhookDelivery::new(Courier::new(services, sender))),
        Box::new(Retention(services.clone())),
        Box::new(SupersededRestrictions(services.store.clone())),
        Box::new(Templates::new(services.clone())),
    ];
    if services.policy.face_search.enabled {
        jobs.push(Box::new(FaceIndexRefresh(services.clone())));
        jobs.push(Box::new(FaceRetention(services.clone())));
    }
    // In a sandbox nothing leaves the house.
    if !config.sandbox.enabled {
        let courier = NoticeCourier::new(services, senders(config)?, Arc::new(NoticeTexts));
        jobs.push(Box::new(NoticeDelivery(courier)));
    }
    for followed in followed {
        jobs.push(Box::new(RestrictionSource::new(services.store.clone(), services.clock.clone(), followed)));
    }
    Ok(jobs)
}

/// Runs them until the scheduler is drained.
pub(super) fn start(
    config: &Config,
    services: &Services,
    followed: Vec<Followed>,
    sender: Arc<dyn WebhookSender>,
) -> anyhow::Result<Scheduler> {
    Ok(Scheduler::start(runner(services), all(config, services, followed, sender)?))
}

/// Returns when the process is asked to end; never where signals cannot be heard.
pub(super) async fn asked_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
