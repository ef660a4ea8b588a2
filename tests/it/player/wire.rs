//! What only somebody writes who means ill, or a proxy that is broken: requests that two readers could read in two ways.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::app::TestApp;

/// The first line of what is answered; empty where the connection is closed without a word.
async fn first_line(app: &TestApp, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", app.base.port().unwrap())).await.unwrap();
    // It may be closed before all of it was taken.
    let _ = stream.write_all(request).await;
    let mut said = vec![0; 4_096];
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut said)).await.expect("it is answered");
    let said = String::from_utf8_lossy(&said[..read.unwrap_or(0)]).into_owned();
    said.lines().next().unwrap_or_default().to_owned()
}

fn post(headers: &str, body: &str) -> Vec<u8> {
    format!("POST /oauth2/par HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n\r\n{body}").into_bytes()
}

#[tokio::test]
async fn what_two_readers_could_read_in_two_ways_is_refused() {
    let app = TestApp::start().await;
    let chunked = "0\r\n\r\n";
    let many = format!("x: {}", "y".repeat(200_000));
    for (what, request) in [
        ("length and chunks", post("content-length: 5\r\ntransfer-encoding: chunked", chunked)),
        ("chunks and length", post("transfer-encoding: chunked\r\ncontent-length: 5", chunked)),
        ("two lengths", post("content-length: 5\r\ncontent-length: 6", "hello!")),
        ("a length with a sign", post("content-length: +5", "hello")),
        ("chunks twice", post("transfer-encoding: chunked\r\ntransfer-encoding: chunked", chunked)),
        ("chunks of another kind", post("transfer-encoding: xchunked", chunked)),
        ("a folded line", post("content-length: 5\r\nx: a\r\n b", "hello")),
        ("a space before the colon", post("content-length : 5", "hello")),
        ("a head without end", post(&many, "")),
        ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
    ] {
        let line = first_line(&app, &request).await;
        let refused = line.is_empty() || line.starts_with("HTTP/1.1 4");
        assert!(refused, "{what}: {line}");
    }
    assert!(first_line(&app, b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.contains("200"));
}

#[tokio::test]
async fn no_protocol_is_switched_but_to_the_capture() {
    let app = TestApp::start().await;
    for (path, upgrade) in [("/health/live", "h2c"), ("/health/live", "websocket"), ("/verify/", "h2c")] {
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, http2-settings\r\nupgrade: {upgrade}\r\n\
             http2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let line = first_line(&app, head.as_bytes()).await;
        assert!(line.starts_with("HTTP/1.1 ") && !line.contains("101"), "{path} {upgrade}: {line}");
    }
}
