//! Puts the doors together and opens the port.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpRequest, HttpServer, web};

use super::connections::{ConnectionLimits, Connections, HEAD_TIME, make_room};
use super::description::EnabledApis;
use super::middleware::bearer_key::BearerKey;
use super::middleware::body_deadline::{self, BodyTimes};
use super::middleware::explain::explain;
use super::middleware::observe::observe;
use super::middleware::per_session::SessionLimiter;
use super::middleware::security_headers;
use super::operator::{ClientCertificates, OperatorApi};
use super::pages::refusal::as_page;
use super::peer::TrustedProxies;
use super::player::{CapturesByCaller, CapturesUnderWay};
use super::problem::{Problem, ProblemCode, locale};
use super::sandbox::{self, DemoOperator};
use super::sources::{self, PushedSource};
use super::{administration, compliance, console, description, health, pages, player, web_files};
use crate::app::Services;
use crate::domain::webhooks::ports::WebhookSender;
use crate::messages::Texts;

/// A JSON body, at most; pictures have their own limit.
const JSON_BYTES: usize = 64 * 1024;

/// What the doors need beside the services.
#[derive(Clone)]
pub struct HttpSettings {
    /// Worker threads.
    pub workers: usize,
    /// Connections that may be open.
    pub connections: ConnectionLimits,
    /// How long requests under way may take when the service is asked to stop, whole seconds.
    pub drain: Duration,
    /// How long bodies may take.
    pub bodies: BodyTimes,
    /// The demo operator's site; in a sandbox only.
    pub demo_operator: Option<Arc<DemoOperator>>,
    /// Who tells where requests come from.
    pub proxies: TrustedProxies,
    /// Who tells of clients' certificates.
    pub certificates: ClientCertificates,
    /// The key of the staff's door; without one it is not there.
    pub staff_key: Option<BearerKey>,
    /// The key of the administrators' door; without one it is not there.
    pub administrator_key: Option<BearerKey>,
    /// Whether it opens doors alone where the staff has somebody who could be the second.
    pub administrator_alone: administration::Alone,
    /// Who says whether a webhook's URL can be called.
    pub webhooks: Arc<dyn WebhookSender>,
    /// Sources of restrictions that send by themselves; without one there is no door for them.
    pub sources: Vec<PushedSource>,
    /// What players read.
    pub texts: Texts,
}

/// Serves on `listener` until the returned server is stopped. Signals end it gracefully.
pub fn serve(listener: TcpListener, services: Services, settings: &HttpSettings) -> io::Result<Server> {
    let limiter = web::Data::new(SessionLimiter::default());
    let sign_ins = web::Data::new(console::SignInRateLimiter::default());
    let operators = OperatorApi::new(settings.certificates.clone());
    let captures = web::Data::new(CapturesUnderWay::default());
    let by_caller = web::Data::new(CapturesByCaller::new(settings.connections.captures_a_caller));
    let proxies = web::Data::new(settings.proxies.clone());
    let bodies = web::Data::new(settings.bodies);
    let connections = Connections::new(settings.connections, settings.proxies.clone());
    let keyed = KeyedWays::of(settings);
    let demo_operator = settings.demo_operator.clone().filter(|_| services.policy.sandbox);
    let sandbox = services.policy.sandbox;
    let has_site = demo_operator.is_some();
    let open = EnabledApis {
        sandbox,
        administration: keyed.administrator.is_some(),
        compliance: keyed.staff.is_some(),
        sources: !keyed.sources.is_empty(),
    };
    let texts = web::Data::new(settings.texts.clone());
    let services = web::Data::new(services);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(explain))
            .wrap(from_fn(as_page))
            .wrap(from_fn(observe))
            // Outside of these: it keeps what they leave unread.
            .wrap(from_fn(body_deadline::bound))
            // The outer one: whoever refuses, it is our answer.
            .wrap(from_fn(security_headers::add))
            .wrap(from_fn(make_room))
            .app_data(bodies.clone())
            .app_data(services.clone())
            .app_data(limiter.clone())
            .app_data(sign_ins.clone())
            .app_data(captures.clone())
            .app_data(by_caller.clone())
            .app_data(proxies.clone())
            .app_data(texts.clone())
            .app_data(keyed.webhooks.clone())
            .configure(bad_input)
            .configure(health::configure)
            .configure(|config| pages::configure(config, has_site))
            .configure(|config| description::configure(config, open))
            .configure(|config| operators.configure(config))
            .configure(|config| {
                if sandbox {
                    player::configure_pretended(config);
                }
            })
            .configure(player::configure)
            .configure(console::configure)
            .configure(web_files::configure_verify)
            .configure(web_files::configure_console)
            .configure(|config| keyed.configure(config))
            .configure(|config| {
                if sandbox {
                    sandbox::configure_for_testers(config);
                }
                if let Some(operator) = &demo_operator {
                    sandbox::configure(config, operator.clone());
                }
            })
            .default_service(web::to(nothing_here))
    });
    Ok(server
        .workers(settings.workers)
        .client_request_timeout(HEAD_TIME)
        .keep_alive(settings.connections.keep_alive)
        .max_connections(settings.connections.most.div_ceil(settings.workers.max(1)))
        .on_connect(move |connection, data| connections.begin(connection, data))
        .shutdown_timeout(settings.drain.as_secs().max(1))
        .listen(listener)?
        .run())
}

/// The ways in that a key of a machine opens, each only where its key is configured.
#[derive(Clone)]
struct KeyedWays {
    staff: Option<BearerKey>,
    administrator: Option<BearerKey>,
    administrator_alone: administration::Alone,
    webhooks: web::Data<dyn WebhookSender>,
    sources: web::Data<Vec<PushedSource>>,
}

impl KeyedWays {
    fn of(settings: &HttpSettings) -> Self {
        Self {
            staff: settings.staff_key.clone(),
            administrator: settings.administrator_key.clone(),
            administrator_alone: settings.administrator_alone,
            webhooks: web::Data::from(settings.webhooks.clone()),
            sources: web::Data::new(settings.sources.clone()),
        }
    }

    fn configure(&self, config: &mut web::ServiceConfig) {
        if let Some(key) = &self.staff {
            compliance::configure(config, key.clone());
        }
        if let Some(key) = &self.administrator {
            administration::configure(config, key.clone(), self.administrator_alone, self.webhooks.clone());
        }
        if !self.sources.is_empty() {
            sources::configure(config, self.sources.clone());
        }
    }
}

/// What the framework's own extractors refuse is a problem like any other.
fn bad_input(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(JSON_BYTES))
        .app_data(web::JsonConfig::default().limit(JSON_BYTES).error_handler(|error, request| {
            use actix_web::error::JsonPayloadError as Bad;
            let code = match error {
                Bad::OverflowKnownLength { .. } | Bad::Overflow { .. } => ProblemCode::BodyTooLarge,
                Bad::ContentType => ProblemCode::MediaType,
                _ => ProblemCode::BadRequest,
            };
            Problem::new(code, locale(request)).into()
        }))
        .app_data(web::QueryConfig::default().error_handler(|_, request| bad_request(request).into()))
        .app_data(web::PathConfig::default().error_handler(|_, request| bad_request(request).into()));
}

fn bad_request(request: &HttpRequest) -> Problem {
    Problem::new(ProblemCode::BadRequest, locale(request))
}

async fn nothing_here(request: HttpRequest) -> Result<&'static str, Problem> {
    Err(Problem::new(ProblemCode::NotFound, locale(&request)))
}
