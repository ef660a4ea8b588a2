use super::workshop::Workshop;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use serde_json::{Value, json};

pub(super) struct Serving {
    pub(super) child: Child,
    pub(super) address: String,
    metrics: String,
    /// All that it logs from then on.
    log: Option<JoinHandle<Vec<String>>>,
}

pub(super) fn serve(shop: &Workshop) -> Serving {
    serve_with(shop, &[])
}

/// The same with more in its environment.
pub(super) fn serve_with(shop: &Workshop, environment: &[(&str, &str)]) -> Serving {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rastau"))
        .arg("serve")
        .current_dir(shop.path(""))
        .env_clear()
        .env("RASTAU__SERVER__BIND", "127.0.0.1:0")
        .env("RASTAU__METRICS__BIND", "127.0.0.1:0")
        .env("RASTAU__LOG__FORMAT", "json")
        .envs(environment.iter().copied())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut until = |message: &str| {
        let line =
            lines.find(|line| line.contains(&format!("\"{message}\""))).unwrap_or_else(|| panic!("no {message}"));
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        line["fields"]["address"].as_str().unwrap_or_default().to_owned()
    };
    let (metrics, address) = (until("metrics"), until("serving"));
    until("ready");
    // Keep reading, or a full pipe would stop the service.
    Serving { child, address, metrics, log: Some(std::thread::spawn(move || lines.collect())) }
}

/// A test that fails leaves nothing behind.
impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Serving {
    fn get(&self, path: &str) -> String {
        get_from(&self.address, path).unwrap()
    }
}

/// The whole answer, head and body.
pub(super) fn get_from(address: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn it_serves_until_it_is_asked_to_stop() {
    let shop = Workshop::sandbox();
    let mut serving = serve(&shop);
    // The index of faces is filled while it serves already.
    let ready = || serving.get("/health/ready").starts_with("HTTP/1.1 200");
    assert!(
        (0..200).any(|_| ready() || {
            std::thread::sleep(Duration::from_millis(50));
            false
        }),
        "never ready"
    );
    let metrics = get_from(&serving.metrics, "/metrics").unwrap();
    assert!(
        metrics.contains("application/openmetrics-text") && metrics.contains("route=\"/health/ready\""),
        "{metrics}"
    );
    assert!(serving.get("/metrics").starts_with("HTTP/1.1 404"), "players and operators do not see them");
    let metadata = serving.get("/.well-known/oauth-authorization-server/sandbox");
    assert!(metadata.contains("\"issuer\":\"http://localhost:8080/sandbox\""), "{metadata}");
    let stopped = Command::new("kill").arg(serving.child.id().to_string()).status().unwrap();
    assert!(stopped.success());
    assert!(serving.child.wait().unwrap().success());
}

#[tokio::test]
async fn what_people_and_operators_keep_to_themselves_is_in_no_log() {
    const IIN: &str = "900101300017";
    const OWN: &str = "http://localhost:8080";
    let shop = Workshop::sandbox();
    let added = ["operator", "add", "demo-bet", "--name", "Demo Bet", "--redirect-uri", "http://localhost:9000/cb"];
    let added = shop.run(&[&added[..], &["--sandbox-secret", "--json"]].concat()).json();
    let secret = added["client_secret"].as_str().unwrap().to_owned();
    let mut serving = serve(&shop);
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let at = |path: &str| format!("http://{}{path}", serving.address);
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let push = async |secret: &str| {
        let form = [
            ("response_type", "code"),
            ("redirect_uri", "http://localhost:9000/cb"),
            ("scope", "play"),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ];
        let request = http.post(at("/oauth2/par")).basic_auth("demo-bet", Some(secret)).form(&form);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    push("a secret that is wrong").await;
    let request_uri = push(&secret).await["request_uri"].as_str().unwrap().to_owned();
    let link = at(&format!("/oauth2/authorize?client_id=demo-bet&request_uri={request_uri}"));
    let arrived = http.get(link).send().await.unwrap();
    let cookies: Vec<String> = arrived
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect();
    let cookie = cookies.join("; ");
    let view = http.get(at("/api/player/verification")).header(COOKIE, &cookie).send().await.unwrap();
    let visit = view.json::<Value>().await.unwrap()["visit"].as_str().unwrap().to_owned();
    for (step, body) in [
        ("consent", json!({ "accepted": true, "version": "2026-11" })),
        ("identify", json!({ "iin": "900101300018" })),
        ("identify", json!({ "iin": IIN })),
        ("captures", json!({})),
        ("totp/verify", json!({ "code": "271828" })),
        ("recovery-code/verify", json!({ "code": "ABCD-EFGH-JKLM" })),
    ] {
        let request = http.post(at(&format!("/api/player/{step}"))).header(COOKIE, &cookie).header(ORIGIN, OWN);
        let status = request.header("rastau-visit", &visit).json(&body).send().await.unwrap().status();
        assert_ne!(status, 403, "{step}");
    }
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        let request = http.post(at(path)).basic_auth("demo-bet", Some(&secret)).form(&[("token", token)]);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    http.get(at("/oauth2/userinfo")).header("authorization", format!("DPoP {token}")).send().await.unwrap();
    http.get(at(&format!("/verify/?iin={IIN}"))).send().await.unwrap();
    Command::new("kill").arg(serving.child.id().to_string()).status().unwrap();
    assert!(serving.child.wait().unwrap().success());

    let log = serving.log.take().unwrap().join().unwrap().join("\n");
    assert!(log.contains("an operator was not authenticated"), "{log}");
    let cookies = cookies.iter().map(|cookie| cookie.split_once('=').unwrap().1.to_owned());
    let handle = request_uri.rsplit(':').next().unwrap().to_owned();
    let own = [IIN, "900101300018", "a secret that is wrong", "271828", "ABCD-EFGH", token, challenge, "Bearer ey"];
    for kept in own.into_iter().map(str::to_owned).chain(cookies).chain([secret, handle]) {
        assert!(!log.contains(&kept), "{kept} in {log}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let shop = Workshop::sandbox();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let outcome = shop.run_with(&["serve"], &[("RASTAU__SERVER__BIND", &address)]);
    assert!(outcome.bad().contains(&format!("server.bind: cannot listen on {address}")));
}

#[test]
fn it_does_not_start_on_a_schema_that_is_not_its_own() {
    let shop = Workshop::bare("[sandbox]\nenabled = true\n");
    shop.run(&["keys", "generate", "--sandbox", "--out", "keys.toml"]).good();
    let err = shop.run(&["serve"]).bad();
    assert!(err.contains("`rastau migrate`"), "{err}");
}
