//! The table of what takes two, row by row, against one person with every role and further accounts; and all orders of what
//! such a one can call.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rastau::app::restrictions::registry::manage::put;
use rastau::app::webhooks::manage::set_webhook;
use rastau::domain::face::lockout::{FaceLockout, LockSubject};
use rastau::domain::kernel::id::CaseId;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::operators::operator::OperatorId;
use rastau::domain::restrictions::{Source, Version, VersionKind, VersionState};
use rastau::domain::staff::Role;
use rastau::gateways::webhook_http::HttpWebhookSender;
use rastau::http::description::{EnabledApis, describe};
use rastau::http::takes_two::{Door, ROWS, Row, Takes};
use serde_json::{Value, json};

use super::desk::{Answer, Desk};
use super::forgetting::{CHECK, equip, player_of, restrict};
use crate::operator::world::World;

const WHY: &str = "nobody else is asked";

/// What the log has of what only two do.
const EFFECTS: [&str; 17] = [
    "verification_reopened",
    "evidence_erased",
    "evidence_exported",
    "face_unlocked",
    "factors_forgotten",
    "self_restriction_taken_back",
    "operator_added",
    "operator_changed",
    "operator_enabled",
    "webhook_set",
    "webhook_secret_rotated",
    "registry_released",
    "registry_discarded",
    "registry_rolled_back",
    "staff_invited",
    "staff_changed",
    "staff_confirmed",
];

/// What of these the log has, in order.
async fn effects(world: &World) -> Vec<String> {
    world.audit().await.into_iter().filter(|kind| EFFECTS.contains(&kind.as_str())).collect()
}

/// A house in which everything can be asked for: two who count and have every role, and an account that one of them made.
struct House<'a> {
    world: &'a World,
    one: Desk<'a>,
    two: Desk<'a>,
    mule: Desk<'a>,
    doubted: CaseId,
    decided: CaseId,
}

/// A case of its own person that somebody decided.
async fn decided(world: &World, by: &Desk<'_>, iin: &str) -> CaseId {
    let case = world.in_doubt_as(iin, None).await.case;
    by.post(&format!("/cases/{case}/take"), &json!({})).await.good();
    let body = json!({ "conclusion": "attack", "to_player": "No", "internal": "seen before" });
    by.post(&format!("/cases/{case}/conclude"), &body).await.good();
    case
}

impl<'a> House<'a> {
    async fn of(world: &'a World) -> Self {
        let one = Desk::of(world, "one", &Role::ALL).await;
        let two = Desk::of(world, "two", &Role::ALL).await;
        Desk::of(world, "eyes", &[Role::Supervisor]).await;
        let mule = {
            let new = json!({ "login": "mule", "name": "Mule", "roles": ["auditor"] });
            let mut mule = Desk::new(world);
            mule.join(&link(&one.post("/staff", &new).await.good())).await.good();
            mule
        };
        let decided = decided(world, &one, "900101400013").await;
        let doubted = world.in_doubt(None).await.case;
        one.post(&format!("/cases/{doubted}/take"), &json!({})).await.good();
        let house = Self { world, one, two, mule, doubted, decided };
        house.furnish().await;
        house
    }

    /// Somebody locked, with factors; another with a self-restriction; a source with a step back and a version that waits; an operator
    /// that was stopped, another with messages.
    async fn furnish(&self) {
        let world = self.world;
        let (store, now) = (&world.services.store, world.services.clock.now());
        let player = player_of(world, self.decided).await;
        equip(world, player).await;
        let mut unit = store.begin().await.unwrap();
        let person = LockSubject::Person(player);
        let mut lockout: FaceLockout = unit.hold_face_lockout(person).await.unwrap();
        while lockout.locked_at(now).is_none() {
            lockout = lockout.failed(&person, now);
        }
        unit.put_face_lockout(person, &lockout).await.unwrap();
        unit.commit().await.unwrap();
        restrict(world, player_of(world, self.doubted).await, true).await;
        for name in ["debtors", "courts"] {
            let source = Source { name: name.to_owned(), refreshed_at: now, max_age: Duration::from_hours(24) };
            put(store.as_ref(), &source, &[]).await.unwrap();
            put(store.as_ref(), &source, &[]).await.unwrap();
        }
        let mut unit = store.begin().await.unwrap();
        let versions = unit.list_versions("courts").await.unwrap();
        let mut next = Version::next("courts", &versions, VersionKind::Snapshot, (now, Duration::from_hours(24)), now);
        next.state = VersionState::Quarantined;
        unit.insert_version(&next).await.unwrap();
        unit.commit().await.unwrap();
        self.one.post("/operators/other-bet/switch", &json!({ "disabled": true, "why": WHY })).await.good();
        let sender = HttpWebhookSender::new(true).unwrap();
        let tools = (world.services.clock.as_ref(), world.services.randomness.as_ref(), &sender as _);
        let operator = OperatorId::parse("demo-bet").unwrap();
        set_webhook(store.as_ref(), tools, &operator, "http://127.0.0.1:9/in", "a test").await.unwrap();
        self.one.call(Method::PATCH, "/staff/eyes", Some(&json!({ "disabled": true, "why": WHY }))).await.good(); // Nothing is taken back in the moment in which it began.
        world.clock.advance(Duration::from_secs(1));
    }

    /// How a row that takes two is called, so that it would take effect.
    fn asked(&self, path: &str) -> (String, Value) {
        let (case, why) = (self.doubted, json!({ "why": WHY }));
        let about = |case: CaseId, what: &str| format!("/cases/{case}/{what}");
        let checked = json!({ "why": WHY, "identity_check": CHECK });
        let new = json!({ "id": "new-bet", "name": "New", "redirect_uris": ["https://new.example/cb"],
            "authentication": "private_key_jwt", "jwks_uri": "https://new.example/jwks" });
        let rogue = json!({ "redirect_uris": ["https://rogue.example/cb"] });
        match path {
            "/cases/{id}/conclude" => (
                about(case, "conclude"),
                json!({ "conclusion": "rightful_person", "to_player": "Yes", "internal": "it is them" }),
            ),
            "/cases/{id}/erase" => (about(self.decided, "erase"), why),
            "/cases/{id}/export" => (about(self.decided, "export"), why),
            "/cases/{id}/unlock" => (about(self.decided, "unlock"), why),
            "/cases/{id}/forget-factors" => (about(self.decided, "forget-factors"), checked),
            "/cases/{id}/take-back" => (about(case, "take-back"), checked),
            "/operators" => ("/operators".into(), json!({ "operator": new, "why": WHY })),
            "/operators/{id}" => ("/operators/demo-bet".into(), json!({ "change": rogue, "why": WHY })),
            "/operators/{id}/switch" => {
                ("/operators/other-bet/switch".into(), json!({ "disabled": false, "why": WHY }))
            }
            "/operators/{id}/webhook" => {
                ("/operators/demo-bet/webhook".into(), json!({ "url": "http://127.0.0.1:9/elsewhere", "why": WHY }))
            }
            "/operators/{id}/webhook/rotate" => ("/operators/demo-bet/webhook/rotate".into(), why),
            "/sources/{id}/release" => ("/sources/courts/release".into(), json!({ "version": 3, "why": WHY })),
            "/sources/{id}/discard" => ("/sources/courts/discard".into(), json!({ "version": 3, "why": WHY })),
            "/sources/{id}/roll-back" => {
                ("/sources/debtors/roll-back".into(), json!({ "from": 2, "version": 1, "why": WHY }))
            }
            "/staff" => {
                ("/staff".into(), json!({ "login": "new", "name": "New", "roles": ["supervisor"], "why": WHY }))
            }
            "/staff/{login}" => ("/staff/eyes".into(), json!({ "disabled": false, "why": WHY })),
            "/staff/{login}/invite" => ("/staff/two/invite".into(), why),
            _ => panic!("nobody has tried {path} alone: say how it is called"),
        }
    }
}

fn link(invited: &Value) -> SecretText {
    SecretText::new(invited["link"].as_str().unwrap().split_once("#join=").unwrap().1)
}

fn of(door: Door, takes: &[Takes]) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.door == door && takes.contains(&row.takes))
}

/// Whether `answer` is a refusal.
fn is_no(answer: &Answer) -> bool {
    [403, 404, 409].contains(&answer.status.as_u16())
}

#[test]
fn every_operation_of_both_doors_has_a_row() {
    let open = EnabledApis { sandbox: false, administration: true, compliance: false, sources: false };
    let document = serde_json::to_value(describe("https://rastau.example", "https://rastau.example", open)).unwrap();
    for door in [Door::Console, Door::Administration] {
        let mut described = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            if let Some(path) = path.strip_prefix(door.base()).filter(|path| path.starts_with('/')) {
                let verbs = methods.as_object().unwrap().keys().filter(|name| *name != "parameters");
                described.extend(verbs.map(|verb| (verb.to_uppercase(), path.to_owned())));
            }
        }
        let rows = ROWS.iter().filter(|row| row.door == door);
        let rows: BTreeSet<_> = rows.map(|row| (row.method.to_string(), row.path.to_owned())).collect();
        assert_eq!(described, rows, "{door:?}");
    }
}

#[actix_web::test]
async fn what_takes_two_is_not_passed_by_one_with_every_role_and_a_second_account() {
    for row in of(Door::Console, &[Takes::Two, Takes::TwoToOpen]) {
        let world = World::production().await;
        let house = House::of(&world).await;
        let House { one, two, mule, .. } = &house;
        let name = format!("{} {}", row.method, row.path);
        let (path, body) = house.asked(row.path);
        let before = effects(&world).await;
        assert!(is_no(&mule.call(row.method.clone(), &path, Some(&body)).await), "{name}: the second account asks");
        let asked = one.call(row.method.clone(), &path, Some(&body)).await;
        assert!(asked.status.is_success(), "{name}: {} {}", asked.status, asked.body);
        let (settle, yes, id) = if row.path == "/cases/{id}/conclude" {
            (format!("/cases/{}/settle", house.doubted), json!({ "yes": true }), String::new())
        } else {
            assert_eq!(asked.status.as_u16(), 202, "{name}: {}", asked.body);
            let id = asked.body["id"].as_str().unwrap().to_owned();
            (format!("/proposals/{id}/settle"), json!({ "yes": true }), id)
        };
        // Whoever asked, and whom they made, in every order that there is of two.
        for _ in 0..2 {
            assert_eq!(one.post(&settle, &yes).await.code(), (403, "case_own_decision"), "{name}");
            assert_eq!(mule.post(&settle, &yes).await.code(), (403, "confirmation_needed"), "{name}");
            let code = mule.code().await;
            for desk in [one, mule] {
                let confirmed = desk.post("/confirmations/mule", &json!({ "code": code })).await;
                assert_eq!(confirmed.status.as_u16(), 403, "{name}");
                for what in ["bundle", "invitation", "secret"].iter().filter(|_| !id.is_empty()) {
                    let fetched = desk.post(&format!("/proposals/{id}/{what}"), &json!({})).await;
                    assert!(is_no(&fetched), "{name}: {what}: {} {}", fetched.status, fetched.body);
                }
            }
        }
        assert_eq!(effects(&world).await, before, "{name} was done by one");
        assert_eq!(one.get("/me").await.good()["confirmed"], true);
        // And it was no idle call: with the yes of another it is done.
        two.post(&settle, &yes).await.good();
        for what in ["invitation", "secret"].iter().filter(|_| !id.is_empty()) {
            one.post(&format!("/proposals/{id}/{what}"), &json!({})).await;
        }
        let is_export = row.path == "/cases/{id}/export";
        let after = effects(&world).await;
        // The population register of a bundle is not asked here.
        assert!(after.len() > before.len() || is_export, "{name} was done by nobody: {after:?}");
    }
}

/// What one person tries.
#[derive(Clone, Debug)]
enum Step {
    /// Asks for the nth thing that takes two.
    Ask(usize),
    /// Says yes to the nth proposal, with the nth account.
    Settle(usize, usize),
    /// Fetches what it gives.
    Fetch(usize, usize),
    /// Makes an account in a role that is invited by one, and joins with it.
    Invite(bool),
    /// Invites the nth of these anew, and joins with it.
    Reinvite(usize),
    /// Confirms the nth of these by its code, with the nth account.
    Confirm(usize, usize),
    /// Changes the roles of the nth of these.
    Raise(usize, usize),
    /// Stops the only other one who could say yes.
    StopTwo,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let n = 0_usize..8;
    let step = prop_oneof![
        4 => (0_usize..32).prop_map(Step::Ask),
        4 => (n.clone(), n.clone()).prop_map(|(what, who)| Step::Settle(what, who)),
        2 => (n.clone(), n.clone()).prop_map(|(what, who)| Step::Fetch(what, who)),
        3 => any::<bool>().prop_map(Step::Invite),
        1 => n.clone().prop_map(Step::Reinvite),
        4 => (n.clone(), n.clone()).prop_map(|(whom, who)| Step::Confirm(whom, who)),
        2 => (n.clone(), 0_usize..5).prop_map(|(whom, role)| Step::Raise(whom, role)),
        1 => Just(Step::StopTwo),
    ];
    prop::collection::vec(step, 4..24)
}

/// One person: an account that counts, and others of their making.
struct Insider<'a> {
    house: House<'a>,
    mules: Vec<(String, Desk<'a>)>,
    asked: Vec<String>,
}

impl<'a> Insider<'a> {
    fn account(&self, number: usize) -> &Desk<'a> {
        match number % (self.mules.len() + 1) {
            0 => &self.house.one,
            mule => &self.mules[mule - 1].1,
        }
    }

    fn mule(&self, number: usize) -> Option<&(String, Desk<'a>)> {
        (!self.mules.is_empty()).then(|| &self.mules[number % self.mules.len()])
    }

    async fn tries(&mut self, step: &Step) {
        match *step {
            Step::Ask(number) => {
                let rows: Vec<_> = of(Door::Console, &[Takes::Two, Takes::TwoToOpen]).collect();
                let row = rows[number % rows.len()];
                let (path, body) = self.house.asked(row.path);
                let answer = self.account(number / rows.len()).call(row.method.clone(), &path, Some(&body)).await;
                self.asked
                    .extend(answer.body["id"].as_str().filter(|_| answer.status.as_u16() == 202).map(str::to_owned));
            }
            Step::Settle(what, who) if !self.asked.is_empty() => {
                let id = &self.asked[what % self.asked.len()];
                self.account(who).post(&format!("/proposals/{id}/settle"), &json!({ "yes": true })).await;
                let case = format!("/cases/{}/settle", self.house.doubted);
                self.account(who).post(&case, &json!({ "yes": true })).await;
            }
            Step::Fetch(what, who) if !self.asked.is_empty() => {
                let id = &self.asked[what % self.asked.len()];
                for what in ["bundle", "invitation", "secret"] {
                    self.account(who).post(&format!("/proposals/{id}/{what}"), &json!({})).await;
                }
            }
            Step::Invite(manages) => {
                let login = format!("mule-{}", self.mules.len());
                let role = if manages { "operator_manager" } else { "auditor" };
                let new = json!({ "login": login, "name": "Mule", "roles": [role] });
                let invited = self.house.one.post("/staff", &new).await.good();
                let mut mule = Desk::new(self.house.world);
                mule.join(&link(&invited)).await.good();
                self.mules.push((login, mule));
            }
            Step::Reinvite(number) if !self.mules.is_empty() => {
                let number = number % self.mules.len();
                let path = format!("/staff/{}/invite", self.mules[number].0);
                let invited = self.house.one.post(&path, &json!({ "why": WHY })).await;
                if invited.status.as_u16() == 200 {
                    let mut mule = Desk::new(self.house.world);
                    mule.join(&link(&invited.body)).await.good();
                    self.mules[number].1 = mule;
                }
            }
            Step::Confirm(whom, who) => {
                let Some((login, mule)) = self.mule(whom) else { return };
                let drawn = mule.post("/me/code", &json!({})).await;
                let code = drawn.body["code"].clone();
                self.account(who).post(&format!("/confirmations/{login}"), &json!({ "code": code })).await;
            }
            Step::Raise(whom, role) if !self.mules.is_empty() => {
                let (login, mule) = {
                    let number = whom % self.mules.len();
                    let (login, mule) = &mut self.mules[number];
                    (login.clone(), mule)
                };
                let change = json!({ "roles": [Role::ALL[role]], "why": WHY });
                let path = format!("/staff/{login}");
                let answer = self.house.one.call(Method::PATCH, &path, Some(&change)).await;
                self.asked.extend(answer.body["id"].as_str().map(str::to_owned));
                // Whatever was changed, they sign in anew.
                mule.sign_in(&login).await.good();
            }
            Step::StopTwo => {
                let stop = json!({ "disabled": true, "why": WHY });
                self.house.one.call(Method::PATCH, "/staff/two", Some(&stop)).await;
            }
            Step::Settle(..) | Step::Fetch(..) | Step::Reinvite(_) | Step::Raise(..) => {}
        }
    }
}

#[test]
fn one_person_with_many_accounts_reaches_nothing_that_takes_two_by_any_order_of_calls() {
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let tried = runner.run(&steps(), |steps| {
        actix_web::rt::System::new().block_on(async {
            let world = World::production().await;
            let house = House::of(&world).await;
            let mut insider = Insider { house, mules: Vec::new(), asked: Vec::new() };
            let forbidden = |kinds: Vec<String>| {
                // Inviting and changing who is no pair of eyes, and stopping anybody, are one person's.
                kinds.into_iter().filter(|kind| !["staff_invited", "staff_changed"].contains(&kind.as_str())).collect()
            };
            let before: Vec<String> = forbidden(effects(&world).await);
            for step in &steps {
                insider.tries(step).await;
            }
            let after: Vec<String> = forbidden(effects(&world).await);
            prop_assert_eq!(before, after);
            let staff = world.services.store.read().await.unwrap().list_staff().await.unwrap();
            let counting: Vec<_> =
                staff.iter().filter(|one| one.confirmed_at.is_some()).map(|one| one.login.as_str()).collect();
            prop_assert_eq!(counting, ["eyes", "one", "two"]);
            Ok(())
        })
    });
    tried.unwrap();
}
