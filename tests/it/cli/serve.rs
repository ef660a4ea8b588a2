use super::workshop::Workshop;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

struct Serving {
    child: Child,
    address: String,
    metrics: String,
}

fn serve(shop: &Workshop) -> Serving {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rastau"))
        .arg("serve")
        .current_dir(shop.path(""))
        .env_clear()
        .env("RASTAU__SERVER__BIND", "127.0.0.1:0")
        .env("RASTAU__METRICS__BIND", "127.0.0.1:0")
        .env("RASTAU__LOG__FORMAT", "json")
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
    std::thread::spawn(move || lines.count());
    Serving { child, address, metrics }
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
