//! Operators that publish their keys: rotation without us.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::{App, HttpServer, web};
use rastau::domain::operators::operator::{ClientAuthentication, KeySource};
use serde_json::{Value, json};
use url::Url;

use super::client::Client;
use super::forms::request_fields;
use super::world::World;

/// A site of the operator's, whose key set can be changed.
struct Site {
    uri: Url,
    set: Arc<Mutex<Value>>,
}

impl Site {
    fn publishing(set: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = Url::parse(&format!("http://{}/jwks.json", listener.local_addr().unwrap())).unwrap();
        let set = Arc::new(Mutex::new(set));
        let shared = set.clone();
        let server = HttpServer::new(move || {
            let set = shared.clone();
            App::new().default_service(web::to(move || {
                let set = set.lock().unwrap().clone();
                async move { web::Json(set) }
            }))
        });
        tokio::spawn(server.workers(1).disable_signals().shutdown_timeout(0).listen(listener).unwrap().run());
        Self { uri, set }
    }
}

async fn push(world: &World, client: &Client) -> StatusCode {
    world.post(client, "/oauth2/par", request_fields()).await.status
}

#[actix_web::test]
async fn a_published_key_serves_and_a_foreign_one_does_not() {
    let world = World::sandbox().await;
    let client = Client::new("published-bet");
    let site = Site::publishing(client.jwks());
    let keys = KeySource::Published(site.uri.clone());
    world.insert(client.id, ClientAuthentication::PrivateKeyJwt(keys), true).await;
    assert_eq!(push(&world, &client).await, StatusCode::CREATED);
    assert_eq!(push(&world, &Client::new("published-bet")).await, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn without_its_site_an_operator_is_refused_and_others_are_not() {
    let world = World::sandbox().await;
    for (id, site) in
        [("gone-bet", "http://127.0.0.1:9/jwks.json"), ("inner-bet", "https://no-such-name.invalid/jwks.json")]
    {
        let client = Client::new(id);
        let keys = KeySource::Published(site.parse().unwrap());
        world.insert(id, ClientAuthentication::PrivateKeyJwt(keys), true).await;
        assert_eq!(push(&world, &client).await, StatusCode::UNAUTHORIZED);
    }
    let client = Client::new("odd-bet");
    let site = Site::publishing(json!("no set"));
    world.insert(client.id, ClientAuthentication::PrivateKeyJwt(KeySource::Published(site.uri.clone())), true).await;
    assert_eq!(push(&world, &client).await, StatusCode::UNAUTHORIZED);
    assert_eq!(push(&world, &world.bet).await, StatusCode::CREATED);
    // The set is mended; what was fetched a moment ago is not fetched again at once.
    *site.set.lock().unwrap() = client.jwks();
    assert_eq!(push(&world, &client).await, StatusCode::UNAUTHORIZED);
}
