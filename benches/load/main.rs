//! The service under load, from outside: `make bench-load`, or `cargo bench --bench load`.
//!
//! A real `rastau serve` on SQLite with the real models, asked over loopback to examine an ID photo: alone, two at once,
//! and at three times what it bears. Prints a table and, last, the figures with the bars they are held to. `-- siege`: strangers
//! hold its doors, and it is looked at how others are served.

mod client;
mod figures;
mod floods;
mod household;
mod memory;
mod service;
mod siege;
mod slow_clients;
mod staff;

use std::path::{Path, PathBuf};
use std::time::Duration;

use client::{Outcome, at_rate, in_turn};
use figures::{Latencies, print_table, verdict};
use service::Service;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Requests of each closed loop.
const REQUESTS: usize = 400;
/// Length of the overload.
const OVERLOAD: Duration = Duration::from_secs(30);
/// How much more than it bears.
const TIMES: f64 = 3.0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    if !models.join("store/sface.onnx").exists() {
        println!("skipped: the models are not prepared; run `make models`");
        return Ok(());
    }
    if std::env::args().any(|argument| argument == "siege") {
        return siege::lay(&models).await;
    }
    let photos = photos(&models)?;
    for (what, photo) in photos {
        println!("\n{what}: {} KiB", photo.len() / 1024);
        measure(&models, &photo).await?;
    }
    Ok(())
}

/// The demo's ID photo.
fn photos(models: &Path) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    let folder = tempfile::tempdir()?;
    let file: PathBuf = folder.path().join("photo.jpg");
    service::rastau(
        folder.path(),
        &["demo", "photo", "--models", &models.display().to_string(), "--out", "photo.jpg"],
    )?;
    Ok(vec![("ID photo of the demonstration", std::fs::read(file)?)])
}

async fn measure(models: &Path, photo: &[u8]) -> Result<(), Failure> {
    let service = Service::start(models)?;
    let request = client::request(service.address, photo);
    in_turn(service.address, &request, 2, REQUESTS / 10).await?;
    let memory_before = service.memory()?;

    let (one, one_took) = in_turn(service.address, &request, 1, REQUESTS).await?;
    let (two, two_took) = in_turn(service.address, &request, 2, REQUESTS).await?;
    let rate = |outcomes: &[Outcome], took: Duration| served(outcomes) as f64 / took.as_secs_f64();
    let (alone, together) = (rate(&one, one_took), rate(&two, two_took));

    let offered = together.max(alone) * TIMES;
    let sampling = service.sample_memory();
    let (flood, flood_took) = at_rate(service.address, &request, offered, OVERLOAD).await?;
    let memory_peak = sampling.peak().await.max(service.memory()?);
    // What is given back, is given back by now.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let memory_after = service.memory()?;

    let unloaded = Latencies::of(&one);
    let loaded = Latencies::of(&flood);
    print_table(&[
        ("one at a time", alone, &unloaded, &one),
        ("two at once", together, &Latencies::of(&two), &two),
        ("3 x the bearable load", rate(&flood, flood_took), &loaded, &flood),
    ]);
    println!("offered {offered:.0} a second for {} s", OVERLOAD.as_secs());
    println!("{}", service.counted().await?);
    verdict(together / alone, &unloaded, &loaded, &flood, [memory_before, memory_peak, memory_after]);
    service.stop()
}

fn served(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| outcome.status == 200).count()
}
