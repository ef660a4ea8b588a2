use super::workshop::Workshop;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn keys_are_drawn_once_and_never_overwritten() {
    let shop = Workshop::bare("");
    let out = shop.run(&["keys", "generate", "--out", "keys.toml"]).good();
    assert_eq!(out, "wrote fresh production keys to keys.toml; keep a copy offline\n");
    let mode = std::fs::metadata(shop.path("keys.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = std::fs::read(shop.path("keys.toml")).unwrap();
    let err = shop.run(&["keys", "generate", "--out", "keys.toml"]).bad();
    assert_eq!(err, "rastau: keys.toml exists already; keys are never overwritten\n");
    assert_eq!(std::fs::read(shop.path("keys.toml")).unwrap(), before);
}

#[test]
fn keys_differ_each_time_and_nothing_of_them_is_printed() {
    let shop = Workshop::bare("");
    let out = shop.run(&["keys", "generate", "--out", "a.toml"]).good();
    shop.run(&["keys", "generate", "--out", "b.toml"]).good();
    let read = |name: &str| std::fs::read_to_string(shop.path(name)).unwrap();
    // Symmetric keys have 44 characters of base64; a line of the signing key's PEM has 64.
    let secrets = |text: &str| -> Vec<String> {
        let parts = text.split(['"', '\n']).filter(|part| matches!(part.len(), 44 | 64));
        parts.map(str::to_owned).collect()
    };
    let (a, b) = (secrets(&read("a.toml")), secrets(&read("b.toml")));
    let symmetric = |all: &[String]| all.iter().filter(|secret| secret.len() == 44).count();
    assert_eq!((symmetric(&a), symmetric(&b), a.len()), (3, 3, b.len()));
    // The first line of a P-256 key in PKCS8 is the same for all but its last characters.
    assert!(a.iter().all(|secret| !b.contains(secret) && !out.contains(secret)));
}

#[test]
fn keys_that_others_may_read_are_refused() {
    let shop = Workshop::sandbox();
    let file = shop.path("keys.toml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let err = shop.run(&["operator", "list"]).bad();
    assert!(err.contains("chmod 600"), "{err}");
}
