//! Second factors of a person are forgotten by two who know whom they speak with, and with them all that was reached by them.

use std::time::Duration;

use rastau::app::verification::view::view_verification;
use rastau::app::verification::way_back::return_to_operator;
use rastau::domain::decision::Verdict;
use rastau::domain::kernel::id::{CaseId, PasskeyId, PlayerId, SelfRestrictionId};
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::restrictions::self_restriction::SelfRestriction;
use rastau::domain::second_factor::lockout::Lockout;
use rastau::domain::second_factor::passkey::{CeremonyKind, StoredPasskey};
use rastau::domain::second_factor::recovery_code::{CodeHash, RecoveryCodes, StoredCode};
use rastau::domain::second_factor::totp::TotpEnrolment;
use rastau::domain::second_factor::{Binding, BoundBy, FactorKind};
use rastau::domain::staff::Role;
use rastau::domain::verification::Stage;
use serde_json::{Value, json};

use super::desk::{Answer, Desk};
use crate::operator::webhooks::{listening, queued};
use crate::operator::world::World;

pub(super) const CHECK: &str = "жеке куәлік 012345678, бейнебайланыспен көрсетілді";

fn body() -> Value {
    json!({ "why": "the phone was stolen", "identity_check": CHECK })
}

async fn ask(desk: &Desk<'_>, case: CaseId) -> Answer {
    desk.post(&format!("/cases/{case}/forget-factors"), &body()).await
}

async fn settle(desk: &Desk<'_>, proposal: &Answer, yes: bool) -> Answer {
    let id = proposal.body["id"].as_str().unwrap();
    desk.post(&format!("/proposals/{id}/settle"), &json!({ "yes": yes })).await
}

pub(super) async fn player_of(world: &World, case: CaseId) -> PlayerId {
    let mut unit = world.services.store.read().await.unwrap();
    unit.find_case(case).await.unwrap().unwrap().player.unwrap()
}

/// A passkey, an app, recovery codes and some wrong tries.
pub(super) async fn equip(world: &World, player: PlayerId) {
    let (now, randomness) = (world.services.clock.now(), world.services.randomness.as_ref());
    let mut unit = world.services.store.begin().await.unwrap();
    let id = PasskeyId::new(now, randomness);
    let content = SecretBytes::new(b"{}".to_vec());
    let binding = Binding::at_once(BoundBy::Contact);
    unit.insert_passkey(&StoredPasskey {
        id,
        player,
        credential_id: id.to_string().into(),
        content,
        created_at: now,
        binding,
    })
    .await
    .unwrap();
    unit.put_totp(&TotpEnrolment::begin(player, randomness), now).await.unwrap();
    assert!(unit.advance_totp(player, 1).await.unwrap());
    let codes = vec![StoredCode { place: 0, hash: CodeHash([7; 32]), used: false }];
    unit.put_recovery_codes(player, &RecoveryCodes { salt: [1; 16], codes }).await.unwrap();
    unit.put_lockout(player, &Lockout { failures: 5, locked_until: Some(now) }).await.unwrap();
    unit.commit().await.unwrap();
}

async fn has_factors(world: &World, player: PlayerId) -> bool {
    let mut unit = world.services.store.read().await.unwrap();
    let passkeys = !unit.list_passkeys(player).await.unwrap().is_empty();
    let totp = unit.find_totp(player).await.unwrap().is_some();
    let codes = unit.find_recovery_codes(player).await.unwrap().is_some();
    let failures = unit.find_lockout(player).await.unwrap() != Lockout::default();
    assert!([passkeys, totp, codes, failures].windows(2).all(|pair| pair[0] == pair[1]), "half of it is there");
    passkeys
}

#[actix_web::test]
async fn two_forget_the_factors_of_a_person_and_all_that_was_reached_by_them_ends() {
    let world = World::production().await;
    world.allow().await;
    listening(&world).await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let auditor = Desk::of(&world, "auditor", &[Role::Auditor]).await;
    let case = world.in_doubt(None).await.case;
    let player = player_of(&world, case).await;
    assert_eq!(ask(&one, case).await.code(), (409, "no_factor_there"));
    equip(&world, player).await;

    // A token that stands, a code that is not redeemed, an approval that gave none, and somebody before the second step.
    let (status, token) = world.redeem(&world.handed_out().await).await;
    assert!(status.is_success(), "{token}");
    let code = world.handed_out().await;
    let approved = world.approved().await;
    let waits = world.before_the_second_step().await;
    let mut unit = world.services.store.begin().await.unwrap();
    let verification = unit.find_session(waits).await.unwrap().unwrap().id;
    let later = world.services.clock.now().plus(Duration::from_mins(2));
    let state = SecretBytes::new(vec![1]);
    unit.put_ceremony(verification, CeremonyKind::Authentication, &state, later).await.unwrap();
    unit.commit().await.unwrap();

    for check in ["", "seen", ". . . . . . . . . . . . . . . . . . . . .", &"x".repeat(1_001)] {
        let body = json!({ "why": "lost", "identity_check": check });
        let answer = one.post(&format!("/cases/{case}/forget-factors"), &body).await;
        assert_eq!(answer.code(), (422, "identity_check_missing"), "{check:?}");
    }
    let silent = one.post(&format!("/cases/{case}/forget-factors"), &json!({ "why": "lost" })).await;
    assert_eq!(silent.status.as_u16(), 400, "{}", silent.body);
    let asked = ask(&one, case).await;
    assert_eq!((asked.status.as_u16(), &asked.body["identity_check"]), (202, &json!(CHECK)), "{}", asked.body);
    assert_eq!(ask(&one, case).await.code(), (409, "proposal_waits"));
    assert!(has_factors(&world, player).await, "one is not enough");
    let seen = two.get(&format!("/proposals?subject={case}")).await.good();
    assert_eq!(seen[0]["identity_check"], CHECK);
    let seen = auditor.get(&format!("/proposals?subject={case}")).await.good();
    assert!(seen[0].get("identity_check").is_none(), "not the auditor's to read: {seen}");

    let done = settle(&two, &asked, true).await.good();
    assert_eq!(done["state"], "done");
    assert!(!has_factors(&world, player).await);
    let mut unit = world.services.store.begin().await.unwrap();
    let now = world.services.clock.now();
    assert_eq!(unit.active_grants(player, now).await.unwrap(), []);
    assert_eq!(unit.take_ceremony(verification, CeremonyKind::Authentication, now).await.unwrap(), None);
    drop(unit);
    assert_eq!(world.redeem(&code).await.1["error"], "invalid_grant");
    let back = return_to_operator(&world.services, approved).await.unwrap();
    assert!(back.query().unwrap().contains("error=access_denied"), "{back}");
    // Who got as far as the second step with the face, whoever it is, begins anew.
    let view = view_verification(&world.services, waits).await.unwrap();
    assert_eq!((view.stage, view.outcome.unwrap().verdict), (Stage::Decided, Verdict::Refused));
    assert!(view.self_service.is_none());
    let told = queued(&world).await;
    assert!(told.iter().any(|(kind, _)| *kind == "token.revoked"), "{told:?}");
    assert!(!told.iter().any(|(_, body)| body.to_string().contains("factor")), "operators learn nothing of factors");

    assert_eq!(ask(&one, case).await.code(), (409, "no_factor_there"));
    world.audit().await;
    let mut unit = world.services.store.read().await.unwrap();
    let events = unit.list_audit(1, 1_000).await.unwrap();
    let event = events.iter().find(|event| event.kind == "factors_forgotten").unwrap();
    let details: Value = serde_json::from_str(&event.details).unwrap();
    assert_eq!(event.subject, player.to_string());
    assert_eq!((&details["by"], &details["second"], &details["passkeys"]), (&json!("one"), &json!("two"), &json!(1)));
    assert!(!events.iter().any(|event| event.details.contains("012345678")), "the check is not for the log");
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(9).any(|window| window == b"012345678"), "the check lies in the open");
    }
}

#[actix_web::test]
async fn one_person_is_not_two_whatever_their_roles_and_a_no_changes_nothing() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &Role::ALL).await;
    let two = Desk::of(&world, "two", &Role::ALL).await;
    let reader = Desk::of(&world, "reader", &[Role::Auditor]).await;
    let case = world.in_doubt(None).await.case;
    let player = player_of(&world, case).await;
    equip(&world, player).await;
    assert_eq!(ask(&reader, case).await.code(), (403, "role_forbidden"));
    let asked = ask(&one, case).await;
    assert_eq!(settle(&one, &asked, true).await.code(), (403, "case_own_decision"));
    assert_eq!(settle(&two, &asked, false).await.good()["state"], "refused");
    assert_eq!(settle(&two, &asked, true).await.code(), (409, "proposal_not_due"));
    assert!(has_factors(&world, player).await);
    // Gone in between by another way: the yes finds nothing, and nothing is half-done.
    let asked = ask(&two, case).await;
    let mut unit = world.services.store.begin().await.unwrap();
    unit.delete_factors(player).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(settle(&one, &asked, true).await.code(), (409, "no_factor_there"));
    let id = asked.body["id"].as_str().unwrap();
    let all = one.get("/proposals").await.good();
    let state = all.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap()["state"].clone();
    assert_eq!(state, "waiting");
}

/// A self-restriction of a year that was declared now.
pub(super) async fn restrict(world: &World, player: PlayerId, first_visit: bool) -> SelfRestriction {
    let (now, randomness) = (world.services.clock.now(), world.services.randomness.as_ref());
    let verification = world.approved().await;
    let mut unit = world.services.store.begin().await.unwrap();
    let verification = unit.find_session(verification).await.unwrap().unwrap().id;
    let restriction = SelfRestriction {
        id: SelfRestrictionId::new(now, randomness),
        player,
        verification,
        factor: FactorKind::Passkey,
        starts_at: now,
        ends_at: now.plus(Duration::from_hours(24 * 365)),
        revocable_until: SelfRestriction::revocable_until(first_visit, now),
        taken_back_at: None,
        declared_over: None,
    };
    unit.insert_self_restriction(&restriction).await.unwrap();
    unit.commit().await.unwrap();
    restriction
}

async fn ask_back(desk: &Desk<'_>, case: CaseId) -> Answer {
    desk.post(&format!("/cases/{case}/take-back"), &body()).await
}

async fn restricted_until(world: &World, player: PlayerId) -> Option<Timestamp> {
    world.services.store.read().await.unwrap().self_restricted_until(player).await.unwrap()
}

#[actix_web::test]
async fn what_a_stranger_declared_falls_once_their_factor_is_gone_and_what_the_person_declared_stays() {
    let world = World::production().await;
    let mut one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let mut two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let case = world.in_doubt(None).await.case;
    let player = player_of(&world, case).await;
    let firm = restrict(&world, player, false).await;
    assert_eq!(ask_back(&one, case).await.code(), (409, "self_restriction_stays"), "there is none of that kind");
    equip(&world, player).await;
    world.clock.advance(Duration::from_hours(1));
    let stranger = restrict(&world, player, true).await;
    world.clock.advance(Duration::from_hours(1));
    one.sign_in("one").await.good();
    two.sign_in("two").await.good();
    assert_eq!(ask_back(&one, case).await.code(), (409, "factors_stand"));
    let none =
        one.post(&format!("/cases/{case}/take-back"), &json!({ "why": "x y z", "identity_check": "seen" })).await;
    assert_eq!(none.code(), (422, "identity_check_missing"));
    let asked = ask(&one, case).await;
    settle(&two, &asked, true).await.good();
    let asked = ask_back(&one, case).await;
    assert_eq!(settle(&one, &asked, true).await.code(), (403, "role_forbidden"));
    assert_eq!(restricted_until(&world, player).await, Some(stranger.ends_at), "one is not enough");
    assert_eq!(settle(&two, &asked, true).await.good()["state"], "done");
    assert_eq!(restricted_until(&world, player).await, Some(firm.ends_at), "the firm one stands");
    assert_eq!(ask_back(&one, case).await.code(), (409, "self_restriction_stays"), "once");
    let mut unit = world.services.store.read().await.unwrap();
    let events = unit.list_audit(1, 1_000).await.unwrap();
    let event = events.iter().find(|event| event.kind == "self_restriction_taken_back").unwrap();
    assert!(event.details.contains(r#""second":"two""#) && event.details.contains(&stranger.id.to_string()));
    world.audit().await;
}

#[actix_web::test]
async fn a_yes_after_its_72_hours_lifts_nothing() {
    let world = World::production().await;
    let mut one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    let mut two = Desk::of(&world, "two", &[Role::Supervisor]).await;
    let case = world.in_doubt(None).await.case;
    let player = player_of(&world, case).await;
    let declared = restrict(&world, player, true).await;
    world.clock.advance(Duration::from_hours(71));
    one.sign_in("one").await.good();
    let asked = ask_back(&one, case).await;
    assert_eq!(asked.status.as_u16(), 202, "{}", asked.body);
    world.clock.advance(Duration::from_hours(1));
    two.sign_in("two").await.good();
    assert_eq!(settle(&two, &asked, true).await.code(), (409, "self_restriction_stays"));
    assert_eq!(restricted_until(&world, player).await, Some(declared.ends_at));
}
