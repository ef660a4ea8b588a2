//! Three thousand connections that each send a byte now and then: what becomes of them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Failure;

/// Held open by one machine.
pub(super) const CONNECTIONS: usize = 3_000;
/// Twice the time that a body has.
const MAX_WAIT: Duration = Duration::from_secs(40);

/// How one of them ended.
pub(super) struct End {
    /// Whether the service closed it.
    pub(super) closed: bool,
    /// Whether it was told that it took too long.
    pub(super) told: bool,
    /// After how long.
    pub(super) after: Duration,
}

/// Opens them all; each ends when the service closes it.
pub(super) async fn open(address: SocketAddr, origin: &str) -> Result<JoinSet<End>, Failure> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    let head = format!(
        "POST /api/player/consent HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\n\
         Content-Type: application/json\r\nContent-Length: 16000\r\n\r\n{{"
    );
    let mut slow = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(head.as_bytes()).await?;
        slow.spawn(trickle(stream));
    }
    Ok(slow)
}

async fn trickle(stream: TcpStream) -> End {
    let began = Instant::now();
    let (mut read, mut write) = stream.into_split();
    let trickle = tokio::spawn(async move {
        while write.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let mut said = Vec::new();
    let closed = tokio::time::timeout(MAX_WAIT, read.read_to_end(&mut said)).await.is_ok();
    trickle.abort();
    End { closed, told: said.starts_with(b"HTTP/1.1 408"), after: began.elapsed() }
}
