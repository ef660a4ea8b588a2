//! Whole ceremonies with a software authenticator, good and bad.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::*;
use crate::credentials::testing::{BackupFlags, FlaggedPasskey};

const ORIGIN: &str = "https://rastau.example";

fn ceremonies() -> WebauthnCeremonies {
    WebauthnCeremonies::new("rastau.example", &Url::parse(ORIGIN).unwrap(), "Rastau").unwrap()
}

fn player(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn create(device: &mut SoftPasskey, options: &Value, origin: &str) -> Value {
    let options = serde_json::from_value(options.clone()).unwrap();
    let answer = device.do_registration(Url::parse(origin).unwrap(), options).unwrap();
    serde_json::to_value(answer).unwrap()
}

fn get(device: &mut SoftPasskey, options: &Value, origin: &str) -> Value {
    let options = serde_json::from_value(options.clone()).unwrap();
    let answer = device.do_authentication(Url::parse(origin).unwrap(), options).unwrap();
    serde_json::to_value(answer).unwrap()
}

fn enrol(rp: &WebauthnCeremonies, device: &mut SoftPasskey, number: u128) -> Proof {
    let begun = rp.start_registration(player(number), "player", &[]).unwrap();
    let answer = create(device, &begun.options, ORIGIN);
    rp.finish_registration(&begun.state, &answer).unwrap()
}

fn counter(content: &SecretBytes) -> u64 {
    signature_counter(&read(content).unwrap()).unwrap()
}

/// Changes one byte of a base64url member of the answer's response.
fn spoil(answer: &Value, member: &str) -> Value {
    let mut spoilt = answer.clone();
    let field = &mut spoilt["response"][member];
    let mut bytes = URL_SAFE_NO_PAD.decode(field.as_str().unwrap()).unwrap();
    let place = bytes.len() - 2;
    bytes[place] ^= 1;
    *field = json!(URL_SAFE_NO_PAD.encode(bytes));
    spoilt
}

#[test]
fn enrol_once_and_prove_twice() {
    let (rp, mut device) = (ceremonies(), SoftPasskey::new(true));
    let mut stored = enrol(&rp, &mut device, 1);
    for expected in 1..=2 {
        let begun = rp.start_authentication(std::slice::from_ref(&stored.content)).unwrap();
        assert_eq!(begun.options["publicKey"]["userVerification"], "required");
        let answer = get(&mut device, &begun.options, ORIGIN);
        let proof = rp.finish_authentication(&begun.state, std::slice::from_ref(&stored.content), &answer).unwrap();
        assert_eq!(proof.credential_id, stored.credential_id);
        assert_eq!(counter(&proof.content), expected);
        stored = proof;
    }
}

#[test]
fn registration_asks_for_user_verification_and_excludes_what_is_enrolled() {
    let (rp, mut device) = (ceremonies(), SoftPasskey::new(true));
    let stored = enrol(&rp, &mut device, 1);
    let begun = rp.start_registration(player(1), "player", std::slice::from_ref(&stored.credential_id)).unwrap();
    let options = &begun.options["publicKey"];
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["excludeCredentials"][0]["id"], URL_SAFE_NO_PAD.encode(&stored.credential_id));
    assert_eq!(options["user"]["name"], "player");
}

#[test]
fn an_excluded_authenticator_is_refused_even_when_the_browser_lets_it_through() {
    let (rp, mut device) = (ceremonies(), SoftPasskey::new(true));
    let begun = rp.start_registration(player(1), "player", &[]).unwrap();
    let answer = create(&mut device, &begun.options, ORIGIN);
    let id = URL_SAFE_NO_PAD.decode(answer["rawId"].as_str().unwrap()).unwrap();
    // The same challenge, but the credential that answers it is on the list.
    let mut state: Value = serde_json::from_slice(begun.state.expose()).unwrap();
    state["rs"]["exclude_credentials"] = json!([URL_SAFE_NO_PAD.encode(id)]);
    let state = SecretBytes::new(state.to_string().into_bytes());
    assert!(rp.finish_registration(&state, &answer).is_err());
    assert!(rp.finish_registration(&begun.state, &answer).is_ok());
}

#[test]
fn another_origin_or_challenge_registers_nothing() {
    let (rp, mut device) = (ceremonies(), SoftPasskey::new(true));
    let begun = rp.start_registration(player(1), "player", &[]).unwrap();
    let foreign = create(&mut device, &begun.options, "https://evil.rastau.example");
    assert!(rp.finish_registration(&begun.state, &foreign).is_err());
    let other = rp.start_registration(player(1), "player", &[]).unwrap();
    let answer = create(&mut device, &begun.options, ORIGIN);
    assert!(rp.finish_registration(&other.state, &answer).is_err());
    assert!(rp.finish_registration(&begun.state, &answer).is_ok());
}

#[test]
fn another_origin_challenge_or_signature_proves_nothing() {
    let (rp, mut device) = (ceremonies(), SoftPasskey::new(true));
    let stored = enrol(&rp, &mut device, 1).content;
    let keys = std::slice::from_ref(&stored);
    let begun = rp.start_authentication(keys).unwrap();
    let refused = |state: &SecretBytes, answer: &Value| rp.finish_authentication(state, keys, answer).is_err();

    assert!(refused(&begun.state, &get(&mut device, &begun.options, "https://evil.rastau.example")));
    let other = rp.start_authentication(keys).unwrap();
    let answer = get(&mut device, &begun.options, ORIGIN);
    assert!(refused(&other.state, &answer));
    for member in ["signature", "authenticatorData", "clientDataJSON"] {
        assert!(refused(&begun.state, &spoil(&answer, member)), "{member}");
    }
    assert!(!refused(&begun.state, &answer));
}

#[test]
fn the_passkey_of_another_player_is_none_of_ours() {
    let (rp, mut ours, mut theirs) = (ceremonies(), SoftPasskey::new(true), SoftPasskey::new(true));
    let (mine, foreign) = (enrol(&rp, &mut ours, 1).content, enrol(&rp, &mut theirs, 2).content);
    let begun = rp.start_authentication(std::slice::from_ref(&foreign)).unwrap();
    let answer = get(&mut theirs, &begun.options, ORIGIN);
    // Neither with the state of their ceremony and our passkeys, nor the other way round.
    assert!(rp.finish_authentication(&begun.state, std::slice::from_ref(&mine), &answer).is_err());
    let own = rp.start_authentication(std::slice::from_ref(&mine)).unwrap();
    assert!(rp.finish_authentication(&own.state, std::slice::from_ref(&foreign), &answer).is_err());
}

#[test]
fn a_counter_that_does_not_rise_is_refused() {
    let (rp, mut device) = (ceremonies(), SoftPasskey::new(true));
    let stored = enrol(&rp, &mut device, 1).content;
    let begin = |keys: &[SecretBytes]| rp.start_authentication(keys).unwrap();
    let (slow, quick) = (begin(std::slice::from_ref(&stored)), begin(std::slice::from_ref(&stored)));
    let late = get(&mut device, &slow.options, ORIGIN);
    let early = get(&mut device, &quick.options, ORIGIN);
    let raised = rp.finish_authentication(&quick.state, std::slice::from_ref(&stored), &early).unwrap().content;
    // The state of the slow ceremony still has the old counter; what is stored by now has not.
    let error = rp.finish_authentication(&slow.state, std::slice::from_ref(&raised), &late).unwrap_err();
    assert!(error.0.contains("counter"), "{error}");
}

#[test]
fn a_cloned_authenticator_is_found_by_the_ceremony_itself() {
    let (rp, mut device) = (ceremonies(), SoftPasskey::new(true));
    let stored = enrol(&rp, &mut device, 1).content;
    let mut ahead: Value = serde_json::from_slice(stored.expose()).unwrap();
    ahead["cred"]["counter"] = json!(100);
    let ahead = SecretBytes::new(ahead.to_string().into_bytes());
    let begun = rp.start_authentication(std::slice::from_ref(&ahead)).unwrap();
    let answer = get(&mut device, &begun.options, ORIGIN);
    let error = rp.finish_authentication(&begun.state, std::slice::from_ref(&ahead), &answer).unwrap_err();
    assert_eq!(error, failed(WebauthnError::CredentialPossibleCompromise));
}

/// Whether a passkey that was stored with these flags may be shown with those. WebAuthn level 3 (sections 6.1.3 and 7.2) has
/// eligibility fixed for good; authenticators that begin to synchronise raise it nevertheless, and are let.
fn may_become(stored: BackupFlags, shown: BackupFlags) -> bool {
    shown.eligible || !(shown.backed_up || stored.eligible)
}

#[test]
fn a_passkey_may_begin_to_be_backed_up_and_never_lose_that_it_may() {
    let (rp, origin) = (ceremonies(), ORIGIN);
    for stored in BackupFlags::ALL {
        let device = FlaggedPasskey::new().unwrap();
        let begun = rp.start_registration(player(1), "player", &[]).unwrap();
        let made = rp.finish_registration(&begun.state, &device.create(&begun.options, origin, stored).unwrap());
        assert_eq!(made.is_ok(), stored.eligible || !stored.backed_up, "{stored:?}");
        let Ok(made) = made else { continue };
        for shown in BackupFlags::ALL {
            let keys = std::slice::from_ref(&made.content);
            let begun = rp.start_authentication(keys).unwrap();
            let answer = device.get(&begun.options, origin, shown).unwrap();
            let proof = rp.finish_authentication(&begun.state, keys, &answer);
            assert_eq!(proof.is_ok(), may_become(stored, shown), "{stored:?} shown as {shown:?}: {proof:?}");
            let Ok(proof) = proof else { continue };
            let kept: Value = serde_json::from_slice(proof.content.expose()).unwrap();
            let flags = (&kept["cred"]["backup_eligible"], &kept["cred"]["backup_state"]);
            assert_eq!(flags, (&json!(shown.eligible), &json!(shown.backed_up)), "what was signed is kept");
            // And what was kept counts from then on.
            let keys = std::slice::from_ref(&proof.content);
            let begun = rp.start_authentication(keys).unwrap();
            let bound = device.get(&begun.options, origin, BackupFlags::new(false, false)).unwrap();
            assert_eq!(rp.finish_authentication(&begun.state, keys, &bound).is_ok(), !shown.eligible);
        }
    }
}

#[test]
fn backup_flags_that_nobody_signed_change_nothing() {
    let (rp, device) = (ceremonies(), FlaggedPasskey::new().unwrap());
    let bound = BackupFlags::new(false, false);
    let begun = rp.start_registration(player(1), "player", &[]).unwrap();
    let stored = rp.finish_registration(&begun.state, &device.create(&begun.options, ORIGIN, bound).unwrap()).unwrap();
    let keys = std::slice::from_ref(&stored.content);
    let begun = rp.start_authentication(keys).unwrap();
    let signed = device.get(&begun.options, ORIGIN, bound).unwrap();
    for flags in BackupFlags::ALL.into_iter().filter(|flags| *flags != bound) {
        let mut answer = signed.clone();
        answer["response"]["authenticatorData"] =
            device.get(&begun.options, ORIGIN, flags).unwrap()["response"]["authenticatorData"].clone();
        assert!(rp.finish_authentication(&begun.state, keys, &answer).is_err(), "{flags:?}");
    }
    // Nor does another key sign for it.
    let stranger = FlaggedPasskey::new().unwrap();
    let mut forged = stranger.get(&begun.options, ORIGIN, BackupFlags::new(true, true)).unwrap();
    (forged["id"], forged["rawId"]) = (signed["id"].clone(), signed["rawId"].clone());
    let error = rp.finish_authentication(&begun.state, keys, &forged).unwrap_err();
    assert_eq!(error, failed(WebauthnError::AuthenticationFailure));
    assert!(rp.finish_authentication(&begun.state, keys, &signed).is_ok());
}

#[test]
fn a_player_who_was_not_verified_by_the_device_is_refused() {
    let (rp, mut device) = (ceremonies(), SoftPasskey::new(true));
    // A browser that asks the authenticator for less than we asked of it.
    let begun = rp.start_registration(player(1), "player", &[]).unwrap();
    let mut options = begun.options.clone();
    options["publicKey"]["authenticatorSelection"]["userVerification"] = json!("discouraged");
    let answer = create(&mut device, &options, ORIGIN);
    let error = rp.finish_registration(&begun.state, &answer).unwrap_err();
    assert_eq!(error, failed(WebauthnError::UserNotVerified));

    let stored = enrol(&rp, &mut device, 1).content;
    let keys = std::slice::from_ref(&stored);
    let begun = rp.start_authentication(keys).unwrap();
    let mut options = begun.options.clone();
    options["publicKey"]["userVerification"] = json!("discouraged");
    let answer = get(&mut device, &options, ORIGIN);
    let error = rp.finish_authentication(&begun.state, keys, &answer).unwrap_err();
    assert_eq!(error, failed(WebauthnError::UserNotVerified));
}

#[test]
fn damage_and_nonsense_are_errors_not_panics() {
    let rp = ceremonies();
    let noise = SecretBytes::new(b"{}".to_vec());
    let begun = rp.start_registration(player(1), "player", &[]).unwrap();
    for answer in [json!(null), json!({}), json!({ "id": "x", "rawId": "x", "type": "public-key" }), json!([1])] {
        assert!(rp.finish_registration(&begun.state, &answer).is_err());
        assert!(rp.finish_registration(&noise, &answer).is_err());
        assert!(rp.finish_authentication(&noise, &[], &answer).is_err());
    }
    assert!(rp.start_authentication(&[]).is_err());
    assert!(rp.start_authentication(&[noise]).is_err());
}

#[test]
fn the_relying_party_belongs_to_the_origin() {
    let new = |rp_id: &str, origin: &str| WebauthnCeremonies::new(rp_id, &Url::parse(origin).unwrap(), "Rastau");
    assert!(new("localhost", "http://localhost:8080").is_ok());
    assert!(new("other.example", ORIGIN).is_err());
    assert!(new("127.0.0.1", "http://127.0.0.1:8080").is_err());
}
