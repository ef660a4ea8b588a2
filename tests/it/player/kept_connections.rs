//! Connections between requests: kept for longer than a reverse proxy keeps them, and for no longer than there is room.

use std::time::{Duration, Instant};

use rastau::http::connections::ConnectionLimits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::app::{Limits, TestApp};

/// Where the test is its own proxy, and a stranger.
const PROXY: &str = "127.0.0.1:0";
const STRANGER: &str = "127.0.0.2:0";
/// What the framework would keep a connection for.
const OF_THE_FRAMEWORK: Duration = Duration::from_secs(5);

async fn started(connections: ConnectionLimits) -> TestApp {
    TestApp::start_limited(Limits { connections, ..Limits::default() }).await
}

async fn connect(app: &TestApp, from: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(from.parse().unwrap()).unwrap();
    let port = app.base.port().unwrap();
    socket.connect(format!("127.0.0.1:{port}").parse().unwrap()).await.unwrap()
}

/// Posts on this connection; the answer as far as its first read brings it. Nobody sends a POST again whose connection is gone.
async fn post(stream: &mut TcpStream) -> String {
    let request = b"POST /oauth2/introspect HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut buffer = vec![0; 4_096];
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut buffer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&buffer[..read]).to_ascii_lowercase()
}

/// How long it stays open when nothing is sent any more.
async fn closed_after(stream: &mut TcpStream, at_most: Duration) -> Option<Duration> {
    let began = Instant::now();
    let mut rest = Vec::new();
    tokio::time::timeout(at_most, stream.read_to_end(&mut rest)).await.ok().map(|_| began.elapsed())
}

#[tokio::test]
async fn a_connection_is_reused_after_a_pause_that_a_proxy_may_make() {
    let app = started(ConnectionLimits::default()).await;
    let mut stream = connect(&app, PROXY).await;
    assert!(post(&mut stream).await.starts_with("http/1.1 4"));
    tokio::time::sleep(OF_THE_FRAMEWORK + Duration::from_secs(1)).await;
    assert!(post(&mut stream).await.starts_with("http/1.1 4"), "it is as good as new");
}

#[tokio::test]
async fn a_connection_that_is_not_used_is_closed_after_what_was_set() {
    let keep_alive = Duration::from_secs(1);
    let app = started(ConnectionLimits { keep_alive, ..ConnectionLimits::default() }).await;
    let mut stream = connect(&app, PROXY).await;
    let answer = post(&mut stream).await;
    assert!(answer.starts_with("http/1.1 4") && !answer.contains("connection: close"), "{answer}");
    let closed = closed_after(&mut stream, Duration::from_secs(20)).await.expect("it stays open");
    assert!(closed >= keep_alive / 2, "{closed:?}");
}

#[tokio::test]
async fn where_places_are_rare_a_strangers_connection_ends_with_its_answer() {
    let app = started(ConnectionLimits { most: 8, ..ConnectionLimits::default() }).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(&app, STRANGER).await;
        assert!(!post(&mut stream).await.contains("connection: close"), "there is room");
        held.push(stream);
    }
    let mut fifth = connect(&app, STRANGER).await;
    assert!(post(&mut fifth).await.contains("connection: close"));
    assert!(closed_after(&mut fifth, Duration::from_secs(20)).await.is_some());
    // A proxy carries many callers, and keeps what it has.
    held.push(connect(&app, STRANGER).await);
    let mut proxy = connect(&app, PROXY).await;
    assert!(!post(&mut proxy).await.contains("connection: close"));
}
