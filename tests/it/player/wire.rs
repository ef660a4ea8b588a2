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

/// The first lines of all that is answered, until the connection is closed or silent for a while.
async fn answers(app: &TestApp, request: &[u8]) -> Vec<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", app.base.port().unwrap())).await.unwrap();
    let _ = stream.write_all(request).await;
    let (mut said, mut part) = (Vec::new(), vec![0; 4_096]);
    while let Ok(Ok(read)) = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut part)).await {
        if read == 0 {
            break;
        }
        said.extend_from_slice(&part[..read]);
    }
    let said = String::from_utf8_lossy(&said);
    said.lines().filter(|line| line.starts_with("HTTP/1.")).map(ToOwned::to_owned).collect()
}

/// A request in the body of another one: answered, it would be one that no proxy in front has seen.
const WITHIN: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn is_refusal(line: &str) -> bool {
    line.starts_with("HTTP/1.1 4")
}

#[tokio::test]
async fn a_line_that_ends_in_a_bare_lf_is_a_line_and_smuggles_nothing() {
    let app = TestApp::start().await;
    let length = WITHIN.len();
    // Taken as a line's end (RFC 9112 section 2.2), for names and values alike: what stands behind it counts as it stands.
    let plain = "GET /health/live HTTP/1.1\nhost: localhost\nx: a\nconnection: close\n\n";
    assert_eq!(answers(&app, plain.as_bytes()).await, ["HTTP/1.1 200 OK"]);
    let hidden = post(&format!("x: a\ncontent-length: {length}"), WITHIN);
    let told = answers(&app, &hidden).await;
    assert!(told.len() == 1 && is_refusal(&told[0]), "a body is a body: {told:?}");
    for (what, request) in [
        ("chunks behind a length", post(&format!("content-length: {length}\ntransfer-encoding: chunked"), WITHIN)),
        (
            "a length behind chunks",
            post("transfer-encoding: chunked\ncontent-length: 0", &format!("0\r\n\r\n{WITHIN}")),
        ),
        ("a second length", post(&format!("content-length: 0\ncontent-length: {length}"), WITHIN)),
        ("a second host", post("x: a\nhost: evil.example\ncontent-length: 0", "")),
        ("a fold", post(&format!("x: a\n content-length: {length}"), WITHIN)),
        ("a bare CR", post(&format!("x: a\rcontent-length: {length}"), WITHIN)),
        ("a NUL", post(&format!("x: a\0\r\ncontent-length: {length}"), WITHIN)),
        ("chunks whose size ends in LF", post("transfer-encoding: chunked", &format!("0\n\n{WITHIN}"))),
        ("chunks that end in LF", post("transfer-encoding: chunked", &format!("1\r\na\n0\r\n\r\n{WITHIN}"))),
        ("a chunk of a size that is none", post("transfer-encoding: chunked", &format!("0x5\r\nhello\r\n{WITHIN}"))),
    ] {
        let told = answers(&app, &request).await;
        // The head may be refused, and the body after it; what stands in it is not answered.
        assert!(told.iter().all(|line| is_refusal(line)), "{what}: {told:?}");
    }
}

#[tokio::test]
async fn who_asks_for_another_protocol_stays_in_this_one() {
    let app = TestApp::start().await;
    let upgrade = |protocol: &str, rest: &str| {
        let head = format!(
            "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, http2-settings\r\nupgrade: {protocol}\r\n\
             http2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"
        );
        [head.as_bytes(), rest.as_bytes()].concat()
    };
    // Answered as if nothing had been asked for (RFC 9110 section 7.8); never 101, so no proxy opens a tunnel.
    assert_eq!(answers(&app, &upgrade("h2c", "")).await, ["HTTP/1.1 200 OK"]);
    // Frames of HTTP/2 end the connection, and what stands behind them is not read.
    let frames = format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0{WITHIN}");
    let told = answers(&app, &upgrade("h2c", &frames)).await;
    assert!(
        told.len() <= 2 && told[0] == "HTTP/1.1 200 OK" && told[1..].iter().all(|line| is_refusal(line)),
        "{told:?}"
    );
    // What stands behind a stream that was not opened is not read either.
    let told = answers(&app, &upgrade("websocket", WITHIN)).await;
    assert!(told.len() == 1 && !told[0].contains("101"), "{told:?}");
    // An old proxy's dialect has no chunks: whatever they say is not believed.
    let old =
        format!("POST /oauth2/par HTTP/1.0\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{WITHIN}");
    let told = answers(&app, old.as_bytes()).await;
    assert!(told.len() <= 1 && told.iter().all(|line| !line.contains(" 2")), "{told:?}");
}

#[tokio::test]
async fn a_path_leads_to_a_page_or_nowhere() {
    let app = TestApp::start().await;
    for path in [
        "/verify/../../Cargo.toml",
        "/verify/%2e%2e/%2e%2e/Cargo.toml",
        "/verify/..%2f..%2fCargo.toml",
        "/verify/..%5c..%5cCargo.toml",
        "/verify/..\\..\\Cargo.toml",
        "/verify//etc/passwd",
        "/verify//../../../../../../etc/passwd",
        "/verify/%00",
        "/verify/index.html%00.js",
        "/console/../verify/../Cargo.toml",
        "/sandbox/....//....//Cargo.toml",
        "/docs/%252e%252e/Cargo.toml",
        "/../etc/passwd",
        "http://169.254.169.254/latest",
        "*",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let line = first_line(&app, request.as_bytes()).await;
        assert!(is_refusal(&line), "{path}: {line}");
    }
    // We are no proxy either.
    let tunnel = first_line(&app, b"CONNECT localhost:22 HTTP/1.1\r\nhost: localhost:22\r\n\r\n").await;
    assert!(is_refusal(&tunnel), "{tunnel}");
}
