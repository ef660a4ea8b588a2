//! Who holds connections and sends nothing, or a byte now and then, keeps nobody else out.

use std::time::{Duration, Instant};

use rastau::http::connections::ConnectionLimits;
use rastau::http::middleware::body_deadline::BodyTimes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::app::{Limits, TestApp};
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, to_face};

/// An address of this machine that is no trusted proxy's.
const STRANGER: &str = "127.0.0.2:0";
const BODY_TIME: Duration = Duration::from_secs(2);
const MAX_A_CALLER: usize = 20;

/// The head of a request whose body is yet to come.
const JSON: &str = "content-type: application/json\r\ncontent-length: 16000\r\n\r\n{";
const CHUNKED: &str = "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n";

async fn limited() -> TestApp {
    let connections = ConnectionLimits { most: 200, most_a_caller: MAX_A_CALLER, ..ConnectionLimits::default() };
    let bodies = BodyTimes { usual: BODY_TIME, ..BodyTimes::default() };
    TestApp::start_limited(Limits { connections, bodies }).await
}

async fn connect(app: &TestApp, from: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(from.parse().unwrap()).unwrap();
    let port = app.base.port().unwrap();
    socket.connect(format!("127.0.0.1:{port}").parse().unwrap()).await.unwrap()
}

/// What the service says until it closes the connection, and how long it took.
async fn heard_until_closed(stream: &mut TcpStream) -> (String, Duration) {
    let began = Instant::now();
    let mut said = Vec::new();
    // A reset ends it as well as an end of the stream.
    let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut said)).await.expect("it stays open");
    (String::from_utf8_lossy(&said).into_owned(), began.elapsed())
}

fn post(path: &str, app: &TestApp, cookie: &str) -> String {
    let origin = app.base.origin().ascii_serialization();
    format!("POST {path} HTTP/1.1\r\nhost: localhost\r\norigin: {origin}\r\ncookie: {cookie}\r\n")
}

#[tokio::test]
async fn hundreds_of_slow_connections_of_a_stranger_keep_nobody_out() {
    let app = limited().await;
    let iin = adult(430);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;

    let mut held = Vec::new();
    for _ in 0..300 {
        let mut stream = connect(&app, STRANGER).await;
        // The service may have closed it already.
        let _ = stream.write_all(format!("{}{JSON}", post("/api/player/consent", &app, "")).as_bytes()).await;
        held.push(stream);
    }
    let health =
        tokio::time::timeout(Duration::from_secs(2), reqwest::get(app.base.join("health/live").unwrap())).await;
    assert_eq!(health.unwrap().unwrap().status(), 200);
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");

    let mut answered = 0;
    for stream in &mut held {
        answered += usize::from(heard_until_closed(stream).await.0.starts_with("HTTP/1.1 408"));
    }
    assert_eq!(answered, MAX_A_CALLER, "the others were closed before they were read");
    let mut again = connect(&app, STRANGER).await;
    again.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(heard_until_closed(&mut again).await.0.starts_with("HTTP/1.1 200"), "what was closed is counted no more");
}

#[tokio::test]
async fn whatever_trickles_in_is_closed_in_time() {
    let app = limited().await;
    let player = app.arrive().await;
    let cookie = player.cookie();
    for (what, request, status) in [
        ("a body for a handler", format!("{}{JSON}", post("/api/player/consent", &app, cookie)), "408"),
        ("the same in chunks", format!("{}{CHUNKED}", post("/api/player/consent", &app, cookie)), "408"),
        (
            "a form of an operator",
            format!(
                "{}content-type: application/x-www-form-urlencoded\r\ncontent-length: 900\r\n\r\na",
                post("/oauth2/par", &app, "")
            ),
            "408",
        ),
        ("chunks that nobody reads", format!("{}{CHUNKED}", post("/nothing", &app, "")), "404"),
        (
            "chunks that a guard refuses",
            "POST /api/player/consent HTTP/1.1\r\nhost: localhost\r\n".to_owned() + CHUNKED,
            "403",
        ),
        ("a body that nobody reads", format!("{}{JSON}", post("/nothing", &app, "")), "404"),
        (
            "a stream that is none",
            format!("{}upgrade: nonsense\r\nconnection: upgrade\r\n\r\nx", post("/api/player/consent", &app, cookie)),
            "4",
        ),
    ] {
        let mut stream = connect(&app, STRANGER).await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let (mut read, mut write) = stream.into_split();
        // A drop now and then.
        let trickle = tokio::spawn(async move {
            while write.write_all(b"1\r\n \r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        let began = Instant::now();
        let mut said = Vec::new();
        let closed = tokio::time::timeout(BODY_TIME * 4, read.read_to_end(&mut said)).await;
        assert!(closed.is_ok(), "{what} is still open after {:?}", began.elapsed());
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{what}: {said}");
        trickle.abort();
    }
}

#[tokio::test]
async fn a_second_head_on_a_connection_comes_in_time_too() {
    // It counts as a connection that waits: what is begun of it lengthens nothing.
    let connections = ConnectionLimits { keep_alive: Duration::from_secs(5), ..ConnectionLimits::default() };
    let app = TestApp::start_limited(Limits { connections, ..Limits::default() }).await;
    let mut stream = connect(&app, STRANGER).await;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\nGET /health/live HT").await.unwrap();
    let (said, took) = heard_until_closed(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(took < Duration::from_secs(15), "{took:?}");
}
