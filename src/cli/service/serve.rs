//! `rastau serve`

use std::net::TcpListener;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::cli::Context;
use crate::startup;

/// Serve players, operators and staff
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Needs a configuration, keys, a migrated database and models; `rastau doctor` checks all of them.
Ends gracefully on SIGTERM and SIGINT: what is under way has `server.drain`.

Examples:
  rastau serve
  rastau --config /etc/rastau/rastau.toml serve
  RASTAU__SERVER__BIND=127.0.0.1:9000 rastau serve")]
pub(in crate::cli) struct Args {}

pub(in crate::cli) async fn run(context: &Context, _args: Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    startup::start_log(&config.log)?;
    let (observer, metrics) = startup::watch::of(&config)?;
    let services = startup::services(&config, observer).await?;
    let address = config.server.bind;
    let listener = TcpListener::bind(address).with_context(|| format!("server.bind: cannot listen on {address}"))?;
    // The port that was taken, where the configuration left it open (port 0).
    let address = listener.local_addr().unwrap_or(address);
    let service = startup::http_server::open(listener, &config, services.clone(), None)?;
    tracing::info!(%address, public_url = %config.server.public_url, sandbox = config.sandbox.enabled, "serving");
    let handle = service.handle();
    let warming = tokio::spawn(async move {
        let warm = services.face.engine.warm_up().await;
        match warm {
            Ok(()) => tracing::info!("ready"),
            // Nobody could be compared with anybody: better down, and looked at, than up and of no use.
            Err(_) => handle.stop(true).await,
        }
        warm
    });
    service.run().await?;
    if let Some(metrics) = metrics {
        metrics.stop(false).await;
    }
    if warming.is_finished() {
        warming.await?.context("the face engine does not run")?;
    } else {
        warming.abort();
    }
    Ok(ExitCode::SUCCESS)
}
