//! Assertions that somebody made who is not the operator, or who would like one to say more than it may: over HTTP, each alone.

use actix_web::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::client::{Client, unique};
use super::forms::{assertion_fields, form, request_fields};
use super::world::{BASE, World};

const PAR: &str = "/oauth2/par";

/// Whether a request with this assertion is taken; a refusal is always the same one.
async fn is_taken(world: &World, assertion: String) -> bool {
    let mut fields = request_fields();
    fields.extend(assertion_fields(assertion));
    let answer = world.send(form(PAR, &fields)).await;
    if answer.status != StatusCode::CREATED {
        assert_eq!((answer.status, answer.error()), (StatusCode::UNAUTHORIZED, "invalid_client"), "{}", answer.text);
    }
    answer.status == StatusCode::CREATED
}

fn header(client: &Client) -> Value {
    json!({ "alg": "ES256", "typ": "JWT", "kid": client.kid() })
}

#[actix_web::test]
async fn a_header_says_nothing_that_the_registration_does_not() {
    let world = World::production().await;
    let attacker = Client::new("demo-bet");
    let theirs = attacker.jwks()["keys"][0].clone();
    let cases: [(&str, Value, &Client); 22] = [
        ("alg", json!("none"), &world.bet),
        ("alg", json!("NONE"), &world.bet),
        ("alg", json!("HS256"), &world.bet),
        ("alg", json!("RS256"), &world.bet),
        ("alg", json!("ES384"), &world.bet),
        ("alg", json!("PS256"), &world.bet),
        ("alg", json!("EdDSA"), &world.bet),
        ("alg", json!(["ES256"]), &world.bet),
        ("alg", Value::Null, &world.bet),
        ("kid", json!("unknown"), &world.bet),
        ("kid", json!("' OR '1'='1"), &world.bet),
        ("kid", json!("x' UNION SELECT jwks FROM operator--"), &world.bet),
        ("kid", json!("../../../../dev/null"), &world.bet),
        ("kid", json!(0), &world.bet),
        ("crit", json!(["exp"]), &world.bet),
        ("crit", json!([]), &world.bet),
        ("typ", json!("at+jwt"), &world.bet),
        ("typ", json!("dpop+jwt"), &world.bet),
        ("typ", json!("token-introspection+jwt"), &world.bet),
        // Signed by a key that the header brings along, or says where to find.
        ("jwk", theirs, &attacker),
        ("jku", json!("https://evil.example/jwks.json"), &attacker),
        ("x5u", json!("https://evil.example/chain.pem"), &attacker),
    ];
    for (member, value, signer) in cases {
        let mut header = header(&world.bet);
        header[member] = value;
        let claims = world.bet.claims(world.now());
        assert!(!is_taken(&world, signer.jws(&header.to_string(), &claims.to_string())).await, "{header}");
    }
    // RFC 7515 section 4.1.11: an unencoded payload (RFC 7797) is an extension that is not understood.
    let mut unencoded = header(&world.bet);
    (unencoded["b64"], unencoded["crit"]) = (json!(false), json!(["b64"]));
    let claims = world.bet.claims(world.now()).to_string();
    assert!(!is_taken(&world, world.bet.jws(&unencoded.to_string(), &claims)).await);
    // What stands beside the registered key says nothing, also when it is true, and takes nothing away.
    let mut chatty = header(&world.bet);
    chatty["jku"] = json!("https://evil.example/jwks.json");
    chatty["jwk"] = attacker.jwks()["keys"][0].clone();
    assert!(is_taken(&world, world.bet.jws(&chatty.to_string(), &claims)).await);
}

#[actix_web::test]
async fn a_claim_that_is_odd_is_no_way_in() {
    let world = World::production().await;
    let now = world.now();
    for (member, value) in [
        ("aud", json!("")),
        ("aud", json!(format!("{BASE}/"))),
        ("aud", json!(BASE.to_uppercase())),
        ("aud", json!({ "0": BASE })),
        ("exp", json!(1e300)),
        ("exp", json!(-1e300)),
        ("exp", json!(u64::MAX)),
        ("exp", json!((now + 60).to_string())),
        ("exp", json!([now + 60])),
        ("exp", json!(now + 3_601)),
        ("iat", json!(now + 61)),
        ("iat", json!(1e300)),
        ("iat", json!("now")),
        ("nbf", json!(now + 61)),
        ("nbf", json!(1e300)),
        ("iss", json!("other-bet")),
        ("iss", json!(["demo-bet"])),
        ("sub", json!("other-bet")),
        ("sub", json!("DEMO-BET")),
        ("sub", json!("demo-bet' OR '1'='1")),
        ("jti", json!("")),
        ("jti", json!("j".repeat(129))),
        ("jti", json!("a\u{0}b")),
        ("jti", json!(7)),
        ("jti", Value::Null),
    ] {
        let mut claims = world.bet.claims(now);
        claims[member] = value;
        assert!(!is_taken(&world, world.bet.sign(&claims)).await, "{claims}");
    }
    for missing in ["iss", "sub", "aud", "exp", "jti"] {
        let mut claims = world.bet.claims(now);
        claims.as_object_mut().unwrap().remove(missing);
        assert!(!is_taken(&world, world.bet.sign(&claims)).await, "without {missing}");
    }
    // A claim that comes twice, of which two readers may take another one each.
    let twice = world.bet.claims(now).to_string().replacen('{', r#"{"sub":"other-bet","#, 1);
    assert!(!is_taken(&world, world.bet.jws(&header(&world.bet).to_string(), &twice)).await);
    assert!(is_taken(&world, world.bet.sign(&world.bet.claims(now))).await, "as it should be");
}

#[actix_web::test]
async fn nobody_but_the_key_signs() {
    let world = World::production().await;
    let (header, claims) = (header(&world.bet).to_string(), world.bet.claims(world.now()).to_string());
    let good = world.bet.jws(&header, &claims);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let der = [&[0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00][..], &[0; 56]].concat();
    for forged in [
        message.to_owned(),
        format!("{message}."),
        // r = s = 0: what a verifier that forgets to look at the range takes for anything.
        format!("{message}.{}", encode(&[0; 64])),
        format!("{message}.{}", encode(&der)),
        format!("{message}.{}", encode(&[0xff; 64])),
        format!("{message}.{signature}="),
        format!("{message}.{signature}{signature}"),
        format!("{message}.{signature}.{signature}"),
        format!(
            "{}.{}.{signature}",
            encode(header.as_bytes()),
            encode(claims.replace("demo-bet", "other-bet").as_bytes())
        ),
        format!("{}.{}.", encode(br#"{"alg":"none"}"#), encode(claims.as_bytes())),
        world.other.jws(&header, &claims),
        String::new(),
        "..".to_owned(),
    ] {
        assert!(!is_taken(&world, forged.clone()).await, "{forged}");
    }
    let padded = json!({ "p": unique().repeat(250) }).to_string();
    assert!(!is_taken(&world, world.bet.jws(&header, &padded)).await, "oversize");
    assert!(is_taken(&world, good).await, "nothing of it used the good one up");
}
