//! What a sandbox allows and production does not: secrets, plain http, our own network, certificates that nobody vouches for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rastau::domain::operators::operator::{ClientAuthentication, KeySource, Operator, OperatorId};
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use super::forms::{CALLBACK, form, request_fields, with};
use super::world::World;

const PAR: &str = "/oauth2/par";

/// A server of this machine that answers nobody and counts who knocks.
struct Listener {
    address: SocketAddr,
    knocked: Arc<AtomicUsize>,
}

impl Listener {
    async fn on_this_machine() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, knocked) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = knocked.clone();
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, knocked }
    }

    fn knocked(&self) -> usize {
        self.knocked.load(Ordering::SeqCst)
    }
}

/// Whether an operator is registered whose keys are published there.
fn is_registered(uri: &Url) -> bool {
    let keys = ClientAuthentication::PrivateKeyJwt(KeySource::Published(uri.clone()));
    let id = OperatorId::parse("inner-bet").unwrap();
    Operator::register(id, "Inner Bet", keys, vec![CALLBACK.to_owned()], false).is_ok()
}

#[actix_web::test]
async fn keys_are_never_fetched_from_our_own_network_however_its_address_is_written() {
    let listener = Listener::on_this_machine().await;
    let port = listener.address.port();
    let world = World::production().await;
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "2852039166",
        "[fe80::1]",
        "10.0.0.1",
        "[fd00::1]",
    ] {
        for scheme in ["https", "http"] {
            let uri = format!("{scheme}://{host}:{port}/jwks.json").parse().unwrap();
            assert!(!is_registered(&uri), "{uri}");
            // And were it registered, by a fault or before there was a check, it would not be fetched.
            assert!(world.services.credentials.key_sets.key_set(&uri).await.is_err(), "{uri}");
            assert!(world.services.credentials.key_sets.newest(&uri).await.is_err(), "{uri}");
        }
    }
    // A name is looked up when it is called, whatever it is.
    for name in ["localhost.", "LOCALHOST."] {
        let uri = format!("https://{name}:{port}/jwks.json").parse().unwrap();
        assert!(world.services.credentials.key_sets.key_set(&uri).await.is_err(), "{uri}");
    }
    assert!(is_registered(&"https://bet.example/jwks.json".parse().unwrap()));
    assert_eq!(listener.knocked(), 0, "somebody of this machine was asked");

    let world = World::sandbox().await;
    let uri = format!("http://127.0.0.1:{port}/jwks.json").parse().unwrap();
    // Whoever listens there says nothing; that it was asked is enough.
    assert!(world.services.credentials.key_sets.key_set(&uri).await.is_err());
    assert!(listener.knocked() > 0, "a sandbox may ask this machine");
}

#[actix_web::test]
async fn a_certificate_in_a_header_opens_nothing_where_no_proxy_is_believed() {
    const CERTIFICATE: &[u8] = b"\x30\x03one";
    let world = World::production().await;
    let mut key = world.other.jwks()["keys"][0].clone();
    key["x5c"] = json!([STANDARD.encode(CERTIFICATE)]);
    let keys = KeySource::Registered(json!({ "keys": [key] }).to_string());
    world.insert("tls-bet", ClientAuthentication::SelfSignedTls(keys), false).await;
    let fields = with(request_fields(), "client_id", "tls-bet");
    let value = format!(":{}:", STANDARD.encode(CERTIFICATE));
    let headers = [
        "Client-Cert",
        "X-SSL-Cert",
        "X-Client-Cert",
        "SSL-Client-Cert",
        "X-Forwarded-Client-Cert",
        "X-ARR-ClientCert",
    ];
    for header in headers {
        for peer in ["127.0.0.1:40000", "10.0.0.5:40000", "[::1]:40000"] {
            let request = form(PAR, &fields).peer_addr(peer.parse().unwrap()).insert_header((header, value.clone()));
            // Whoever says for whom they speak is not believed either.
            let request = request.insert_header(("X-Forwarded-For", "10.0.0.5"));
            let answer = world.send(request).await;
            assert_eq!(
                (answer.status, answer.error()),
                (StatusCode::UNAUTHORIZED, "invalid_client"),
                "{header} {peer}"
            );
        }
    }
    let world = world.behind("10.0.0.0/24");
    let request = form(PAR, &fields).peer_addr("10.0.0.5:40000".parse().unwrap());
    let answer = world.send(request.insert_header(("Client-Cert", value))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "where one is, it opens: {}", answer.text);
}
