//! The HTTP doors, opened with what the configuration says.

use std::fmt;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use anyhow::Context as _;

use super::sources::{sources, texts};
use super::{descriptors, jobs, webhooks};
use crate::app::Services;
use crate::app::jobs::scheduler::Scheduler;
use crate::config::Config;
use crate::domain::kernel::secret::SecretText;
use crate::http::administration::Alone;
use crate::http::connections::ConnectionLimits;
use crate::http::middleware::bearer_key::BearerKey;
use crate::http::middleware::body_deadline::BodyTimes;
use crate::http::operator::ClientCertificates;
use crate::http::peer::TrustedProxies;
use crate::http::sandbox::{DemoNote, DemoOperator};
use crate::http::server::{HttpSettings, serve};

/// The demo operator that a demo brings along.
#[derive(Debug)]
pub struct DemoSite {
    /// Its `client_id`.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretText,
    /// IINs of demo people, and the code of what a visitor may expect of each.
    pub notes: Vec<(String, &'static str)>,
}

/// A service that was opened.
pub struct Service {
    server: Server,
    scheduler: Scheduler,
    drain: Duration,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("scheduler", &self.scheduler).finish_non_exhaustive()
    }
}

impl Service {
    /// Who may stop it before a signal does.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until a signal or the handle stops it: requests and jobs under way may come to their end within
    /// `server.drain`, both at once.
    ///
    /// # Errors
    /// When the server breaks off.
    pub async fn run(self) -> anyhow::Result<()> {
        let stopper = self.scheduler.stopper();
        let signals = tokio::spawn(async move {
            jobs::asked_to_stop().await;
            stopper.stop();
        });
        let began = self.server.await.context("the server broke off");
        signals.abort();
        self.scheduler.drain(self.drain).await;
        began
    }
}

/// Serves on `listener`, and meanwhile does the background jobs; the demo operator's site joins in a sandbox that brings one.
pub fn open(
    listener: TcpListener,
    config: &Config,
    services: Services,
    demo: Option<DemoSite>,
) -> anyhow::Result<Service> {
    let sender = webhooks::sender(config)?;
    let sources = sources(config)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let settings = HttpSettings {
        workers: config.server.workers.unwrap_or(cores),
        connections: ConnectionLimits {
            most: descriptors::take(config.server.max_connections),
            most_a_caller: config.server.max_connections_per_caller,
            keep_alive: config.server.keep_alive.0,
            captures_a_caller: config.server.max_captures_per_caller,
        },
        drain: config.server.drain.0,
        bodies: BodyTimes { usual: config.server.body_timeout.0, upload: config.server.upload_timeout.0 },
        demo_operator: demo.map(operator).transpose()?,
        proxies: TrustedProxies::new(config.server.trusted_proxies.clone()),
        certificates: certificates(config)?,
        staff_key: config.compliance_token()?.as_ref().map(BearerKey::new),
        administrator_key: config.administration_token()?.as_ref().map(BearerKey::new),
        administrator_alone: Alone(config.administration.alone),
        webhooks: sender.clone(),
        sources: sources.pushed,
        texts: texts(config)?,
    };
    let scheduler = jobs::start(config, &services, sources.followed, sender)?;
    let server = serve(listener, services, &settings).context("the server does not start")?;
    Ok(Service { server, scheduler, drain: config.server.drain.0 })
}

fn certificates(config: &Config) -> anyhow::Result<ClientCertificates> {
    let section = &config.client_certificates;
    let header = section.header.parse().context("client_certificates.header is no header's name")?;
    Ok(ClientCertificates { proxies: section.proxies.clone(), header, url: section.url.clone() })
}

fn operator(site: DemoSite) -> anyhow::Result<Arc<DemoOperator>> {
    let notes = site.notes.into_iter().map(|(iin, code)| DemoNote { iin, code }).collect();
    let operator =
        DemoOperator::new(site.client_id, site.client_secret, notes).context("the demo operator has no HTTP client")?;
    Ok(Arc::new(operator))
}
