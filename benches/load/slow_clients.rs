//! Three thousand connections of one machine that each send a byte now and then: who else is served, what it costs in memory, and
//! when they are gone.

use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Failure;
use super::service::{ORIGIN, Service};

const CONNECTIONS: usize = 3_000;
/// Twice the time that a body has.
const LONGEST: Duration = Duration::from_secs(40);

/// Holds them all open for as long as the service lets them, and prints what was seen.
pub(super) async fn hold(service: &Service) -> Result<(), Failure> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    let before = service.memory()?;
    let sampling = service.sample_memory();
    let began = Instant::now();
    let mut slow = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(service.address).await?;
        let head = format!(
            "POST /api/player/consent HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\n\
             Content-Type: application/json\r\nContent-Length: 16000\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).await?;
        slow.spawn(async move {
            let (mut read, mut write) = stream.into_split();
            let trickle = tokio::spawn(async move {
                while write.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            });
            let mut said = Vec::new();
            let closed = tokio::time::timeout(LONGEST, read.read_to_end(&mut said)).await.is_ok();
            trickle.abort();
            (closed, said.starts_with(b"HTTP/1.1 408"), began.elapsed())
        });
    }
    println!("\n{CONNECTIONS} slow connections open after {:.1} s", began.elapsed().as_secs_f64());
    let mut healthy = Vec::new();
    while healthy.len() < 50 {
        let asked = Instant::now();
        let answer = reqwest::get(format!("http://{}/health/live", service.address)).await?;
        healthy.push((answer.status().as_u16() == 200, asked.elapsed()));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let slowest = healthy.iter().map(|(_, took)| *took).max().unwrap_or_default();
    let served = healthy.iter().filter(|(good, _)| *good).count();
    let ends = slow.join_all().await;
    let told = ends.iter().filter(|(_, told, _)| *told).count();
    let open = ends.iter().filter(|(closed, _, _)| !closed).count();
    let last = ends.iter().map(|(_, _, at)| *at).max().unwrap_or_default();
    println!("others meanwhile: {served} of {} served, slowest {:.1} ms", healthy.len(), slowest.as_secs_f64() * 1e3);
    println!("answered 408: {told}; still open: {open}; the last was gone after {:.1} s", last.as_secs_f64());
    let peak = sampling.peak().await;
    println!("memory: {before} kB before, {peak} kB at most, {} kB after", service.memory()?);
    Ok(())
}
