//! `rastau demo` tells the whole story by itself.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use super::workshop::{Workshop, models};

pub(super) fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

#[test]
fn the_story_is_told_again_and_again() {
    let shop = Workshop::bare("");
    let (port, models) = (free_port(), models().display().to_string());
    let demo = ["demo", "--once", "--port", &port, "--models", &models, "--data", "demo"];
    for visit in ["first", "second"] {
        let told = shop.run(&demo).good();
        for part in ["approved", "\"active\": true", "\"sandbox\": true", "access_denied, and no ground"] {
            assert!(told.contains(part), "{visit} visit, {part}: {told}");
        }
    }
    let port_folder = shop.path("demo").join(format!("port-{port}"));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(port_folder).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "others may look into the sandbox's folder");
}

#[test]
fn who_joins_later_is_told_that_they_must_be_confirmed() {
    let shop = Workshop::bare("");
    let (port, models) = (free_port(), models().display().to_string());
    let mut demo = Command::new(env!("CARGO_BIN_EXE_rastau"))
        .args(["demo", "--no-story", "--port", &port, "--models", &models, "--data", "demo"])
        .current_dir(shop.path(""))
        .env_clear()
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(demo.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told: Vec<String> = lines.take_while(|line| !line.starts_with("Stop with")).collect();
    demo.kill().unwrap();
    demo.wait().unwrap();
    let links = told.iter().filter(|line| line.contains("/console/#join=")).count();
    assert_eq!(links, 3, "{told:?}");
    let last = told.last().unwrap();
    assert!(
        last.contains("the first to join counts at once") && last.contains("confirmed by one who counts"),
        "{last}"
    );
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let shop = Workshop::bare("");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, models) = (listener.local_addr().unwrap().port(), models().display().to_string());
    let refused = shop.run(&["demo", "--once", "--port", &port.to_string(), "--models", &models]).bad();
    assert!(refused.contains("is taken") && refused.contains("--port"), "{refused}");
}

#[test]
fn motions_are_written_frame_by_frame() {
    let shop = Workshop::bare("");
    let models = models().display().to_string();
    let told = shop.run(&["demo", "clip", "--models", &models, "--motions", "motions"]).good();
    assert!(told.contains("114 frames"), "{told}");
    for name in ["neutral-029.jpg", "turn_left-000.jpg", "blink-011.jpg", "come_closer-011.jpg"] {
        let frame = std::fs::read(shop.path("motions").join(name)).unwrap();
        assert!(frame.starts_with(&[0xFF, 0xD8]), "{name}");
    }
    let unclear = shop.run(&["demo", "clip", "--models", &models]);
    assert_eq!(unclear.code, 2);
    assert!(unclear.err.contains("--out"), "{}", unclear.err);
}
