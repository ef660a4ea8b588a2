use super::workshop::Workshop;
use rastau::domain::operators::operator::{ClientAuthentication, OperatorId};
use rastau::domain::ports::Store as _;
use sha2::{Digest, Sha256};

const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","use":"sig","alg":"ES256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

fn add<'a>(id: &'a str, uri: &'a str, credential: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["operator", "add", id, "--name", "Demo Bet", "--redirect-uri", uri];
    args.extend(credential);
    args
}

#[tokio::test]
async fn a_sandbox_secret_is_printed_once_and_only_its_hash_is_kept() {
    let shop = Workshop::sandbox();
    let uri = "http://localhost:8080/sandbox/callback";
    let added = shop.run(&add("demo-bet", uri, &["--sandbox-secret", "--json"])).json();
    let secret = added["client_secret"].as_str().unwrap();
    assert_eq!(secret.len(), 43);
    let listed = shop.run(&["operator", "list", "--json"]).json();
    assert_eq!(listed[0]["id"], "demo-bet");
    assert_eq!(listed[0].get("client_secret"), None);
    let store = shop.store().await;
    let mut unit = store.read().await.unwrap();
    let kept = unit.find_operator(&OperatorId::parse("demo-bet").unwrap()).await.unwrap().unwrap();
    let secret_sha256 = Sha256::digest(secret).into();
    assert_eq!(kept.authentication, ClientAuthentication::ClientSecretBasic { secret_sha256 });
    let events = unit.list_audit(1, 10).await.unwrap();
    assert_eq!((events.len(), events[0].kind.as_str(), events[0].subject.as_str()), (1, "operator_added", "demo-bet"));
    assert!(!events[0].details.contains(secret));
}

#[tokio::test]
async fn refusals_leave_neither_operator_nor_event() {
    let shop = Workshop::sandbox();
    shop.write("jwks.json", JWKS);
    shop.write("private.json", JWKS.replace("\"kid\"", "\"d\":\"AAAA\",\"kid\""));
    shop.write("empty.json", "");
    let good = "https://bet.example/cb";
    let runs = [
        add("Demo Bet", good, &["--jwks", "jwks.json"]),
        add("demo-bet", "https://bet.example/cb#x", &["--jwks", "jwks.json"]),
        add("demo-bet", "http://bet.example/cb", &["--jwks", "jwks.json"]),
        add("demo-bet", good, &["--jwks", "private.json"]),
        add("demo-bet", good, &["--jwks", "empty.json"]),
        add("demo-bet", good, &["--jwks", "nowhere.json"]),
    ];
    let told: Vec<String> = runs.iter().map(|args| shop.run(args).bad()).collect();
    insta::assert_snapshot!(told.concat());
    assert_eq!(shop.run(&["operator", "list"]).good(), "no operators yet; `rastau operator add` adds one\n");
    let mut unit = shop.store().await.read().await.unwrap();
    assert_eq!(unit.audit_head().await.unwrap().sequence, 0);
}

#[test]
fn an_id_is_given_once() {
    let shop = Workshop::sandbox();
    shop.write("jwks.json", JWKS);
    let args = add("demo-bet", "https://bet.example/cb", &["--jwks", "jwks.json"]);
    shop.run(&args).good();
    let err = shop.run(&args).bad();
    assert_eq!(err, "rastau: the operator was not added: there is an operator with the id demo-bet already\n");
    let whole = shop.run(&["audit", "verify", "--json"]).json();
    assert_eq!(whole["events"], 1);
}

#[test]
fn production_knows_no_shared_secrets() {
    let shop = Workshop::sandbox();
    shop.claim_production();
    let err = shop.run(&add("demo-bet", "https://bet.example/cb", &["--sandbox-secret"])).bad();
    assert!(err.contains("client_secret_basic is for the sandbox only"), "{err}");
}

#[test]
fn one_credential_is_needed_and_only_one() {
    let shop = Workshop::bare("");
    for credential in [[].as_slice(), &["--jwks", "jwks.json", "--sandbox-secret"]] {
        assert_eq!(shop.run(&add("demo-bet", "https://bet.example/cb", credential)).code, 2);
    }
}

#[tokio::test]
async fn what_is_changed_is_checked_kept_and_logged() {
    let shop = Workshop::sandbox();
    shop.write("jwks.json", JWKS);
    shop.write("private.json", JWKS.replace("\"kid\"", "\"d\":\"AAAA\",\"kid\""));
    shop.run(&add("demo-bet", "https://bet.example/cb", &["--sandbox-secret"])).good();
    let change = |more: &[&str]| shop.run(&[&["operator", "change", "demo-bet"], more].concat());
    let told = change(&["--name", "New Bet", "--contact", "ops@bet.example", "--jwks", "jwks.json"]).good();
    assert_eq!(
        told,
        "changed demo-bet  New Bet (private_key_jwt, sandbox, play)\n    ops@bet.example\n    https://bet.example/cb\n"
    );
    let rated = change(&["--requests-per-second", "500", "--json"]).json();
    assert_eq!((&rated["requests_per_second"], &rated["contact"]), (&500.into(), &"ops@bet.example".into()));
    assert_eq!(change(&["--no-scope", "--json"]).json()["scopes"], serde_json::json!([]));
    assert!(change(&["--name", "New Bet"]).good().contains("no scope"), "what is not named stays");
    assert_eq!(change(&["--scope", "play", "--json"]).json()["scopes"], serde_json::json!(["play"]));
    for wrong in [&["--scope", "openid"][..], &["--scope", "play", "--no-scope"]] {
        assert_eq!(change(wrong).code, 2, "{wrong:?}");
    }
    for wrong in [
        &["--contact", "nobody"][..],
        &["--requests-per-second", "0"],
        &["--redirect-uri", "http://bet.example/cb"],
        &["--jwks", "private.json"],
    ] {
        assert!(change(wrong).bad().contains("the operator was not changed"), "{wrong:?}");
    }
    assert_eq!(change(&[]).code, 2, "nothing to change is a slip");
    assert!(shop.run(&["operator", "disable", "nobody"]).bad().contains("there is no operator"));

    for _ in 0..2 {
        assert!(shop.run(&["operator", "disable", "demo-bet"]).good().contains("disabled"));
    }
    assert_eq!(shop.run(&["operator", "enable", "demo-bet", "--json"]).json()["disabled"], false);
    let events = shop.store().await.read().await.unwrap().list_audit(1, 20).await.unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    let changes = ["operator_changed"; 5];
    let expected = [&["operator_added"][..], &changes, &["operator_disabled", "operator_enabled"]].concat();
    assert_eq!(kinds, expected, "a second time changes nothing");
}
