//! Who counts what the service does, and tells it.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use anyhow::Context as _;

use crate::config::Config;
use crate::domain::kernel::observer::{Observer, Unobserved};
use crate::http::metrics::serve;
use crate::metrics::{CONTENT_TYPE, Metrics};

/// Counts, and tells at `metrics.bind`; without one nobody watches.
pub fn of(config: &Config) -> anyhow::Result<(Arc<dyn Observer>, Option<ServerHandle>)> {
    let Some(address) = config.metrics.bind else {
        return Ok((Arc::new(Unobserved), None));
    };
    let listener = TcpListener::bind(address).with_context(|| format!("metrics.bind: cannot listen on {address}"))?;
    let address = listener.local_addr().unwrap_or(address);
    let metrics = Arc::new(Metrics::default());
    let told = metrics.clone();
    let server = serve(listener, Arc::new(move || told.text()), CONTENT_TYPE).context("the metrics do not start")?;
    let handle = server.handle();
    tokio::spawn(server);
    tracing::info!(%address, "metrics");
    Ok((metrics, Some(handle)))
}
