//! `rastau attack` against the demonstration, in real time.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::demo::free_port;
use super::serve::get_from;
use super::workshop::{Workshop, models};

/// A demonstration that goes on serving; ended when dropped.
struct Demo {
    child: Child,
    address: String,
    _shop: Workshop,
}

impl Demo {
    fn start() -> Self {
        let (shop, port) = (Workshop::bare(""), free_port());
        let child = Command::new(env!("CARGO_BIN_EXE_rastau"))
            .args(["demo", "--port", &port, "--data", "demo", "--models"])
            .arg(models())
            .current_dir(shop.path(""))
            .env_clear()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let demo = Self { child, address: format!("localhost:{port}"), _shop: shop };
        let patience = Instant::now() + Duration::from_mins(2);
        while !get_from(&demo.address, "/health/ready").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            assert!(Instant::now() < patience, "never ready");
            std::thread::sleep(Duration::from_millis(100));
        }
        demo
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn an_attacker_comes_to_nothing_and_the_living_player_through() {
    let (demo, shop) = (Demo::start(), Workshop::bare(""));
    let (url, models) = (format!("http://{}", demo.address), models().display().to_string());
    let attack = |more: &[&str]| shop.run(&[&["attack", "--url", &url, "--models", &models, "--json"], more].concat());

    let photo = attack(&["--kind", "still_photo"]).json();
    assert_eq!(photo["passed"], 0, "{photo}");
    let run = &photo["runs"][0];
    assert!(run["frames"].as_u64().unwrap() > 30, "it was looked at to its end: {photo}");
    assert!(run["shown"].as_array().unwrap().len() > 5, "{photo}");

    // A slow machine costs a player frames; a second go is theirs.
    let player = attack(&["--kind", "virtual_player", "--https", "--runs", "2"]);
    let told: serde_json::Value = serde_json::from_str(&player.out).unwrap();
    assert!(told["passed"].as_u64().unwrap() >= 1, "{told}");
}

#[test]
fn what_cannot_be_attacked_is_said() {
    let shop = Workshop::bare("");
    let models = models().display().to_string();
    let url = format!("http://localhost:{}", free_port());
    let nobody = shop.run(&["attack", "--url", &url, "--kind", "loop", "--models", &models]).bad();
    assert!(nobody.contains("is this a sandbox?"), "{nobody}");
    let unknown = shop.run(&["attack", "--url", &url, "--kind", "hypnosis"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("screen_replay"), "the kinds are listed: {}", unknown.err);
}
