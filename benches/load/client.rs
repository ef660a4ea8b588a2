//! A client that costs little: one ready request, written as it is, over connections that stay open.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Failure;

/// Connections at most; more requests than this under way count as failed.
const CONNECTIONS: usize = 512;
/// An answer, at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    /// HTTP status; 0 when there was no answer.
    pub(super) status: u16,
    /// From when it was due until the answer was whole.
    pub(super) took: Duration,
}

/// The request that examines `photo`.
pub(super) fn request(address: SocketAddr, photo: &[u8]) -> Arc<[u8]> {
    let port = address.port();
    let head = format!(
        "POST /api/sandbox/photo-check HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: {}\r\n\
         Content-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n",
        super::service::ORIGIN,
        photo.len()
    );
    [head.as_bytes(), photo].concat().into()
}

/// `requests` by `callers`, each asking anew when it has its answer.
pub(super) async fn in_turn(
    address: SocketAddr,
    request: &Arc<[u8]>,
    callers: usize,
    requests: usize,
) -> Result<(Vec<Outcome>, Duration), Failure> {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let request = Arc::clone(request);
        tasks.spawn(async move {
            let mut connection = TcpStream::connect(address).await?;
            connection.set_nodelay(true)?;
            let mut outcomes = Vec::with_capacity(requests / callers);
            for _ in 0..requests / callers {
                let due = Instant::now();
                let status = ask(&mut connection, &request).await?;
                outcomes.push(Outcome { status, took: due.elapsed() });
            }
            Ok::<_, Failure>(outcomes)
        });
    }
    let mut outcomes = Vec::with_capacity(requests);
    while let Some(done) = tasks.join_next().await {
        outcomes.extend(done??);
    }
    Ok((outcomes, began.elapsed()))
}

/// `rate` requests a second for `length`, whatever becomes of those before: times count from when each was due.
pub(super) async fn at_rate(
    address: SocketAddr,
    request: &Arc<[u8]>,
    rate: f64,
    length: Duration,
) -> Result<(Vec<Outcome>, Duration), Failure> {
    let idle: Arc<Mutex<VecDeque<TcpStream>>> = Arc::default();
    let total = (rate * length.as_secs_f64()) as u32;
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    let mut outcomes = Vec::with_capacity(total as usize);
    for number in 0..total {
        let due = began + length.mul_f64(f64::from(number) / f64::from(total));
        tokio::time::sleep_until(due.into()).await;
        while let Some(done) = tasks.try_join_next() {
            outcomes.push(done?);
        }
        if tasks.len() >= CONNECTIONS {
            outcomes.push(Outcome { status: 0, took: due.elapsed() });
            continue;
        }
        let (request, idle) = (Arc::clone(request), Arc::clone(&idle));
        tasks.spawn(async move {
            let status = tokio::time::timeout(PATIENCE, ask_on_any(address, &request, &idle)).await;
            Outcome { status: status.ok().and_then(Result::ok).unwrap_or(0), took: due.elapsed() }
        });
    }
    while let Some(done) = tasks.join_next().await {
        outcomes.push(done?);
    }
    Ok((outcomes, began.elapsed()))
}

async fn ask_on_any(address: SocketAddr, request: &[u8], idle: &Mutex<VecDeque<TcpStream>>) -> Result<u16, Failure> {
    let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop_back();
    if let Some(mut connection) = kept
        && let Ok(status) = ask(&mut connection, request).await
    {
        idle.lock().unwrap_or_else(PoisonError::into_inner).push_back(connection);
        return Ok(status);
    }
    // The service closes a connection that was idle for some seconds, perhaps just as it is used.
    let mut connection = TcpStream::connect(address).await?;
    connection.set_nodelay(true)?;
    let status = ask(&mut connection, request).await?;
    idle.lock().unwrap_or_else(PoisonError::into_inner).push_back(connection);
    Ok(status)
}

/// Writes the request, reads the answer to its end.
async fn ask(connection: &mut TcpStream, request: &[u8]) -> Result<u16, Failure> {
    connection.write_all(request).await?;
    let mut answer = Vec::with_capacity(2_048);
    loop {
        if connection.read_buf(&mut answer).await? == 0 {
            return Err("the connection was closed".into());
        }
        let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&answer[..head])?.to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if answer.len() >= head + 4 + length.ok_or("an answer without a length")? {
            return Ok(text.get(9..12).ok_or("an answer without a status")?.parse()?);
        }
    }
}
