//! Ceremonies of the staff that a browser, an authenticator or a page spoils: none of them lets anybody in.

use rastau::credentials::testing::{BackupFlags, FlaggedPasskey};
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::staff::Role;
use serde_json::{Value, json};
use url::Url;
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::desk::{Answer, Desk, invite};
use crate::operator::world::{BASE, World};

/// What is wrong about a ceremony: the page's origin, and one member of the options that the page got.
type Spoilt = (&'static str, &'static str, Option<(&'static str, &'static str)>);

const OF_A_SUBDOMAIN: &str = "https://evil.rastau.example";
const OF_ANOTHER: &str = "https://evil.example";

fn options(begun: &Value, change: Option<(&str, &str)>) -> Value {
    let mut options = begun["options"].clone();
    if let Some((pointer, value)) = change {
        *options["publicKey"].pointer_mut(pointer).unwrap() = json!(value);
    }
    options
}

/// A passkey made by this device for these options, on a page of this origin.
fn made(device: &mut SoftPasskey, begun: &Value, (_, origin, change): Spoilt) -> Value {
    let options = serde_json::from_value(options(begun, change)).unwrap();
    serde_json::to_value(device.do_registration(Url::parse(origin).unwrap(), options).unwrap()).unwrap()
}

/// The same, shown.
fn shown(device: &mut SoftPasskey, begun: &Value, (_, origin, change): Spoilt) -> Value {
    let options = serde_json::from_value(options(begun, change)).unwrap();
    serde_json::to_value(device.do_authentication(Url::parse(origin).unwrap(), options).unwrap()).unwrap()
}

/// A ceremony of joining that has begun.
async fn begin_joining(world: &World, invitation: &SecretText) -> Value {
    Desk::new(world).post("/join/start", &json!({ "invitation": invitation })).await.good()
}

async fn finish(desk: &Desk<'_>, path: &str, begun: &Value, more: &Value, credential: &Value) -> Answer {
    let mut body = json!({ "ceremony": begun["ceremony"], "credential": credential });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    desk.post(path, &body).await
}

/// A refused ceremony is used up: neither the same answer nor a right one serves after it.
async fn refused(desk: &Desk<'_>, path: &str, begun: &Value, more: &Value, credential: &Value, why: &str) {
    let answer = finish(desk, path, begun, more, credential).await;
    assert_eq!(answer.code(), (422, "passkey_rejected"), "{path}: {why}");
    let again = finish(desk, path, begun, more, credential).await;
    assert_eq!(again.code(), (409, "ceremony_unknown"), "{path}: {why}");
}

#[actix_web::test]
async fn nobody_joins_by_a_passkey_of_another_page_or_without_being_verified() {
    let world = World::production().await;
    let invitation = invite(&world, "aigerim", &[Role::Supervisor]).await;
    let mut desk = Desk::new(&world);
    let begin = async || begin_joining(&world, &invitation).await;
    let more = json!({ "invitation": invitation });
    for spoilt in [
        ("nobody was verified", BASE, Some(("/authenticatorSelection/userVerification", "discouraged"))),
        ("a page of a subdomain", OF_A_SUBDOMAIN, None),
        ("a page and relying party of others", OF_ANOTHER, Some(("/rp/id", "evil.example"))),
        ("another challenge", BASE, Some(("/challenge", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))),
    ] {
        let begun = begin().await;
        let credential = made(&mut desk.device, &begun, spoilt);
        refused(&desk, "/join/finish", &begun, &more, &credential, spoilt.0).await;
        assert_eq!(desk.get("/me").await.code(), (401, "signed_out"));
    }
    // An answer to one ceremony is none to another, nor is one that was changed on the way.
    let (one, two) = (begin().await, begin().await);
    let as_it_is = ("", BASE, None);
    let foreign = made(&mut SoftPasskey::new(true), &two, as_it_is);
    refused(&desk, "/join/finish", &one, &more, &foreign, "of another ceremony").await;
    for member in ["clientDataJSON", "attestationObject"] {
        let begun = begin().await;
        let mut credential = made(&mut desk.device, &begun, as_it_is);
        let text = credential["response"][member].as_str().unwrap().to_owned();
        credential["response"][member] = json!(text[..text.len() - 8].to_owned());
        refused(&desk, "/join/finish", &begun, &more, &credential, member).await;
    }
    // And the invitation is as good as it was.
    desk.join(&invitation).await.good();
    assert_eq!(desk.get("/me").await.good()["login"], "aigerim");
}

#[actix_web::test]
async fn nobody_signs_in_or_steps_up_by_a_passkey_of_another_page_key_or_moment() {
    let world = World::production().await;
    let mut desk = Desk::of(&world, "aigerim", &[Role::Supervisor]).await;
    let mut other = Desk::of(&world, "daniyar", &[Role::Supervisor]).await;
    let (login, nothing) = (json!({ "login": "aigerim" }), json!({}));
    let as_it_is = ("", BASE, None);
    for (start, end, about) in
        [("/sign-in/start", "/sign-in/finish", &login), ("/step-up/start", "/step-up/finish", &nothing)]
    {
        for spoilt in [
            ("nobody was verified", BASE, Some(("/userVerification", "discouraged"))),
            ("a page of a subdomain", OF_A_SUBDOMAIN, None),
            ("a page and relying party of others", OF_ANOTHER, Some(("/rpId", "evil.example"))),
            ("another challenge", BASE, Some(("/challenge", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))),
        ] {
            let begun = desk.post(start, about).await.good();
            let credential = shown(&mut desk.device, &begun, spoilt);
            refused(&desk, end, &begun, &nothing, &credential, spoilt.0).await;
        }
        // A right answer, and what somebody who saw it can do with it.
        let begun = desk.post(start, about).await.good();
        let right = shown(&mut desk.device, &begun, as_it_is);
        let later = desk.post(start, about).await.good();
        refused(&desk, end, &later, &nothing, &right, "of an earlier ceremony").await;
        for member in ["signature", "authenticatorData", "clientDataJSON"] {
            let begun = desk.post(start, about).await.good();
            let mut credential = shown(&mut desk.device, &begun, as_it_is);
            let spoiler = &right["response"][member];
            credential["response"][member] = spoiler.clone();
            refused(&desk, end, &begun, &nothing, &credential, member).await;
        }
        // Another's passkey, under the id that is asked for and under its own.
        let begun = desk.post(start, about).await.good();
        let mut theirs = other.post("/sign-in/start", &json!({ "login": "daniyar" })).await.good();
        theirs["options"]["publicKey"]["challenge"] = begun["options"]["publicKey"]["challenge"].clone();
        let foreign = shown(&mut other.device, &theirs, as_it_is);
        refused(&desk, end, &begun, &nothing, &foreign, "another's").await;
        let begun = desk.post(start, about).await.good();
        let mut theirs = other.post("/sign-in/start", &json!({ "login": "daniyar" })).await.good();
        theirs["options"]["publicKey"]["challenge"] = begun["options"]["publicKey"]["challenge"].clone();
        let mut foreign = shown(&mut other.device, &theirs, as_it_is);
        for id in ["id", "rawId"] {
            foreign[id] = begun["options"]["publicKey"]["allowCredentials"][0]["id"].clone();
        }
        refused(&desk, end, &begun, &nothing, &foreign, "another's under this id").await;
        let begun = desk.post(start, about).await.good();
        let right = shown(&mut desk.device, &begun, as_it_is);
        finish(&desk, end, &begun, &nothing, &right).await.good();
        assert_eq!(finish(&desk, end, &begun, &nothing, &right).await.code(), (409, "ceremony_unknown"), "once");
    }
}

#[actix_web::test]
async fn a_path_leads_where_it_says_and_nowhere_else() {
    let world = World::production().await;
    let root = Desk::of(&world, "root", &Role::ALL).await;
    for path in [
        "/cases/../staff",
        "/cases/%2e%2e/staff",
        "/cases/..%2fstaff",
        "/cases/x/../../me",
        "//staff",
        "/staff//",
        "/Staff",
        "/staff;x=1",
        "/staff%00",
        "/staff%20",
        "/staff.json",
        "/proposals/%2e",
        "/operators/..%5c..%5cme",
        "/me/",
        "/cases/0199d6a0-7c1e-7000-8000-000000000001%2ftrail",
    ] {
        let answer = root.get(path).await;
        let status = answer.status.as_u16();
        assert!([400, 404, 405].contains(&status), "{path}: {status} {}", answer.text);
        assert!(!answer.text.contains("login"), "{path}: {}", answer.text);
    }
    root.get("/staff").await.good();
}

#[actix_web::test]
async fn a_passkey_of_the_staff_may_begin_to_be_synchronised_and_never_go_back() {
    let world = World::production().await;
    let device = FlaggedPasskey::new().unwrap();
    let invitation = invite(&world, "aigerim", &[Role::Supervisor]).await;
    let begun = begin_joining(&world, &invitation).await;
    let desk = Desk::new(&world);
    let made = device.create(&begun["options"], BASE, BackupFlags::new(false, false)).unwrap();
    finish(&desk, "/join/finish", &begun, &json!({ "invitation": invitation }), &made).await.good();
    for (shown, works) in [
        (BackupFlags::new(false, true), false),
        (BackupFlags::new(false, false), true),
        (BackupFlags::new(true, true), true),
        (BackupFlags::new(true, false), true),
        (BackupFlags::new(false, false), false),
    ] {
        let begun = desk.post("/sign-in/start", &json!({ "login": "aigerim" })).await.good();
        let credential = device.get(&begun["options"], BASE, shown).unwrap();
        let answer = finish(&desk, "/sign-in/finish", &begun, &json!({}), &credential).await;
        assert_eq!(answer.status.is_success(), works, "{shown:?}: {}", answer.body);
    }
}
