//! The HTTP doors, opened with what the configuration says.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use anyhow::Context as _;

use super::notices::keep_delivering;
use super::sources::{sources, texts};
use super::{descriptors, webhooks};
use crate::app::Services;
use crate::app::face::sightings::follow;
use crate::app::jobs::retention::forget_what_is_past;
use crate::app::oauth::end_restricted::keep_ending;
use crate::app::restrictions::registry::follow::keep_following;
use crate::app::webhooks::deliver::{Courier, deliver_webhooks};
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

/// Serves on `listener`, and meanwhile keeps the index of faces in step with the store and delivers webhooks and notices;
/// the demo operator's site joins in a sandbox that brings one.
pub fn open(
    listener: TcpListener,
    config: &Config,
    services: Services,
    demo: Option<DemoSite>,
) -> anyhow::Result<Server> {
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
    // Ends with the process: what it does not come to, the next start does.
    tokio::spawn(follow(services.clone()));
    tokio::spawn(forget_what_is_past(services.clone()));
    tokio::spawn(keep_ending(services.clone()));
    for followed in sources.followed {
        tokio::spawn(keep_following(services.store.clone(), services.clock.clone(), followed));
    }
    keep_delivering(config, &services)?;
    tokio::spawn(deliver_webhooks(Courier::new(&services, sender)));
    serve(listener, services, &settings).context("the server does not start")
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
