//! Bodies as only a real connection brings them: in chunks, too long, cut off.

use std::net::{SocketAddr, TcpListener};

use actix_web::{App, HttpServer, web};
use rastau::http::operator::OperatorApi;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::world::World;

/// The operators' door on a port of its own.
pub(super) fn serve(world: &World) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let services = web::Data::new(world.services.clone());
    let app =
        move || App::new().app_data(services.clone()).configure(|config| OperatorApi::default().configure(config));
    let server = HttpServer::new(app).workers(2).disable_signals().shutdown_timeout(0);
    tokio::spawn(server.listen(listener).unwrap().run());
    address
}

/// Sends `head` and `body`, ends the sending side, and returns all that comes back.
async fn talk(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /oauth2/par HTTP/1.1\r\nHost: rastau.example\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{head}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server may have answered and closed before all of it was sent.
    let _ = stream.write_all(body).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in body.chunks(4_096) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

#[actix_web::test]
async fn a_body_is_held_to_its_limit_however_it_comes() {
    let world = World::production().await;
    let address = serve(&world);
    let announced = talk(address, "Content-Length: 104857600", b"a=1").await;
    assert!(announced.starts_with("HTTP/1.1 413 "), "{announced}");
    let long = format!("a={}", "x".repeat(20_000));
    let unannounced = talk(address, "Transfer-Encoding: chunked", &chunked(long.as_bytes())).await;
    assert!(unannounced.starts_with("HTTP/1.1 413 "), "{unannounced}");
    let fitting = format!("a={}", "x".repeat(16_382));
    let fitting = talk(address, "Transfer-Encoding: chunked", &chunked(fitting.as_bytes())).await;
    assert!(fitting.starts_with("HTTP/1.1 401 ") && fitting.contains("invalid_client"), "{fitting}");
}

#[actix_web::test]
async fn a_body_that_breaks_off_is_a_bad_request() {
    let world = World::production().await;
    let address = serve(&world);
    for (head, body) in [("Content-Length: 100", &b"a=1"[..]), ("Transfer-Encoding: chunked", b"3\r\na=1\r\n")] {
        let answer = talk(address, head, body).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    // And the next one is served.
    let next = talk(address, "Content-Length: 3", b"a=1").await;
    assert!(next.starts_with("HTTP/1.1 401 "), "{next}");
}
