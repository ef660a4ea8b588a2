//! A line to the PostgreSQL server that a test may cut.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

use super::postgres;

/// The state of the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Line {
    /// Everything comes through.
    Open,
    /// Connections are cut and new ones are closed at once.
    Cut,
    /// Connections stay, and nothing comes through any more.
    Silent,
}

/// Forwards TCP connections to the server's socket as the line's state allows. Returns the port.
pub(crate) async fn line(state: watch::Receiver<Line>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = UnixStream::connect(postgres::socket_path()).await.unwrap();
            tokio::spawn(forward(client, server, state.clone()));
        }
    });
    port
}

async fn forward(mut client: TcpStream, mut server: UnixStream, mut state: watch::Receiver<Line>) {
    loop {
        let line = *state.borrow_and_update();
        let changed = match line {
            Line::Cut => return,
            Line::Silent => state.changed().await,
            Line::Open => tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => return,
                changed = state.changed() => changed,
            },
        };
        if changed.is_err() {
            return;
        }
    }
}
