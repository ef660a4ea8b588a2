//! What is on record, and what cannot be told.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rastau::app::Services;
use rastau::app::restrictions::remote::RemoteRegistries;
use rastau::app::verification::second_factor::totp::prove_totp;
use rastau::domain::identity::contact::{Channel, Contact};
use rastau::domain::identity::register::{ContactError, ContactsOfRecord};
use rastau::domain::kernel::handle::HandleHash;
use rastau::domain::kernel::id::HoldId;
use rastau::domain::ports::Store;
use rastau::domain::restrictions::remote::{RemoteAnswer, RemoteRegistry, RemoteRegistryError};
use rastau::domain::second_factor::enrolment::{HeldEnrolment, HoldKind};
use rastau::domain::verification::Stage;

use super::*;
use crate::support::faces::{Who, id_photo};
use crate::support::people::{adult, pass_face, refusal};

/// Says what it was told to say.
#[derive(Default)]
pub(super) struct Told(Mutex<Option<Vec<Contact>>>);

impl Told {
    pub(super) fn of(contacts: Vec<Contact>) -> Self {
        Self(Mutex::new(Some(contacts)))
    }

    /// From now on; none: it does not answer.
    pub(super) fn say(&self, contacts: Option<Vec<Contact>>) {
        *self.0.lock().unwrap() = contacts;
    }
}

#[async_trait]
impl ContactsOfRecord for Told {
    async fn find(&self, _: &Iin) -> Result<Vec<Contact>, ContactError> {
        self.0.lock().unwrap().clone().ok_or_else(|| ContactError::Unavailable("it does not answer".to_owned()))
    }
}

#[tokio::test]
async fn a_source_that_does_not_answer_is_never_none_on_record() {
    let source = Arc::new(Told::default());
    let app = TestApp::start_asking(source.clone()).await;
    let iin = adult(90);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    pass_face(&player, &iin, Who::Astronaut).await;
    for (path, body) in [("contact/send", json!({ "contact": 0 })), ("contact/wait", json!({}))] {
        assert_eq!(refusal(player.post(path, &body).await), "contacts_unavailable", "{path}");
    }
    assert_eq!(player.view().await.unwrap()["stage"], "contact");

    let both = [(Channel::Sms, "+77011234534"), (Channel::Email, "aidos@mail.kz")];
    let both = both.map(|(channel, address)| Contact::new(channel, address).unwrap());
    *source.0.lock().unwrap() = Some(both.to_vec());
    let step = player.post("contact/send", &json!({ "contact": 1 })).await.unwrap();
    assert_eq!(step["sent"]["masked"], "a\u{2022}\u{2022}\u{2022}@mail.kz");
    assert_eq!(step["contacts"][0]["masked"], "+7 7\u{2022}\u{2022} \u{2022}\u{2022}\u{2022} \u{2022}\u{2022} 34");

    // Away again between the wait and the enrolment: whom to tell is not known, so nothing is made.
    player.post("contact/wait", &json!({})).await.unwrap();
    player.post("totp/enrol/start", &json!({})).await.unwrap();
    let code = json!({ "code": app_code(&app, &iin).await });
    *source.0.lock().unwrap() = None;
    assert_eq!(refusal(player.post("totp/enrol/finish", &code).await), "contacts_unavailable");
    *source.0.lock().unwrap() = Some(both.to_vec());
    let answer = player.post("totp/enrol/finish", &code).await.unwrap();
    assert_eq!(reasons(&answer["verification"]), ["enrolment_held"]);
    let told = app.notices(&iin).await;
    let held: Vec<_> = told.iter().filter(|notice| notice["kind"] == "enrolment_held").collect();
    assert_eq!(held.len(), 2, "over every channel: {told:?}");
}

#[tokio::test]
async fn who_has_nothing_on_record_waits_and_is_asked_for_no_code() {
    let source = Arc::new(Told(Mutex::new(Some(Vec::new()))));
    let app = TestApp::start_asking(source).await;
    let iin = adult(91);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    pass_face(&player, &iin, Who::Astronaut).await;
    assert_eq!(refusal(player.post("contact/send", &json!({ "contact": 0 })).await), "contact_unknown");
    let view = player.post("contact/wait", &json!({})).await.unwrap();
    assert_eq!(view["second_factor"]["mode"], "enrol");
    assert!(app.notices(&iin).await.is_empty());
}

#[tokio::test]
async fn a_recovery_is_told_over_every_channel_and_begun_only_then() {
    let source = Arc::new(Told::default());
    let both = [(Channel::Sms, "+77011234534"), (Channel::Email, "aidos@mail.kz")];
    let both = both.map(|(channel, address)| Contact::new(channel, address).unwrap());
    *source.0.lock().unwrap() = Some(both.to_vec());
    let app = TestApp::start_asking(source.clone()).await;
    let iin = adult(92);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let first = app.arrive().await;
    pass_face(&first, &iin, Who::Astronaut).await;
    first.post("contact/send", &json!({ "contact": 0 })).await.unwrap();
    first.post("contact/verify", &json!({ "code": app.newest_code(&iin).await })).await.unwrap();
    first.post("totp/enrol/start", &json!({})).await.unwrap();
    first.post("totp/enrol/finish", &json!({ "code": app_code(&app, &iin).await })).await.unwrap();

    app.clock.advance(PAUSE);
    let player = app.arrive().await;
    pass_face(&player, &iin, Who::Astronaut).await;
    player.post("recovery/send", &json!({ "contact": 0 })).await.unwrap();
    let code = json!({ "code": app.newest_code(&iin).await });
    for (on_record, told) in [(None, "contacts_unavailable"), (Some(Vec::new()), "contact_unknown")] {
        *source.0.lock().unwrap() = on_record;
        assert_eq!(refusal(player.post("recovery/verify", &code).await), told);
        assert_eq!(refusal(player.post("recovery/send", &json!({ "contact": 0 })).await), told);
    }
    *source.0.lock().unwrap() = Some(both.to_vec());
    let view = player.post("recovery/verify", &code).await.unwrap();
    assert_eq!(reasons(&view), ["recovery_held"]);
    let told = app.notices(&iin).await;
    let held: Vec<_> = told.iter().filter(|notice| notice["kind"] == "recovery_held").collect();
    assert_eq!(held.len(), 2, "the owner of the mail hears of it, whoever has the SIM: {told:?}");
}

/// A registry outside; this recovery begins while it is asked.
struct Meanwhile(Arc<dyn Store>, HeldEnrolment);

#[async_trait]
impl RemoteRegistry for Meanwhile {
    fn name(&self) -> &'static str {
        "outside"
    }

    fn max_age(&self) -> Duration {
        Duration::from_hours(1)
    }

    fn reuse(&self) -> Duration {
        Duration::ZERO
    }

    async fn ask(&self, _: &Iin) -> Result<RemoteAnswer, RemoteRegistryError> {
        let mut unit = self.0.begin().await.unwrap();
        unit.insert_held_enrolment(&self.1).await.unwrap();
        unit.commit().await.unwrap();
        Err(RemoteRegistryError("it does not answer".to_owned()))
    }
}

#[tokio::test]
async fn a_recovery_that_begins_while_an_old_factor_is_looked_at_ends_and_everybody_is_told() {
    let both = [(Channel::Sms, "+77011234534"), (Channel::Email, "aidos@mail.kz")];
    let both = both.map(|(channel, address)| Contact::new(channel, address).unwrap());
    let app = TestApp::start_asking(Arc::new(Told::of(both.to_vec()))).await;
    let iin = adult(98);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let first = app.arrive().await;
    pass_face(&first, &iin, Who::Astronaut).await;
    first.post("contact/send", &json!({ "contact": 0 })).await.unwrap();
    first.post("contact/verify", &json!({ "code": app.newest_code(&iin).await })).await.unwrap();
    first.post("totp/enrol/start", &json!({})).await.unwrap();
    first.post("totp/enrol/finish", &json!({ "code": app_code(&app, &iin).await })).await.unwrap();
    app.clock.advance(PAUSE);
    let second = app.arrive().await;
    pass_face(&second, &iin, Who::Astronaut).await;

    let (player, now) = (app.player_of(&iin).await, app.now());
    let unsettled = app.unit().await.unsettled_verifications(player, now).await.unwrap();
    let visit = unsettled.into_iter().find(|one| one.stage == Stage::SecondFactor).unwrap();
    let recovery = HeldEnrolment {
        id: HoldId::new(now, app.services.randomness.as_ref()),
        kind: HoldKind::Recovery,
        player,
        verification: visit.id,
        began_at: now,
        until: now.plus(HELD),
        not_me: HandleHash([7; 32]),
        ended: None,
    };
    let outside = Meanwhile(app.services.store.clone(), recovery);
    let remotes = Arc::new(RemoteRegistries::new(vec![Arc::new(outside)]));
    let services = Services { remotes, ..app.services.clone() };
    prove_totp(&services, visit.session, &app_code(&app, &iin).await).await.unwrap();
    let hold = app.unit().await.find_hold(HandleHash([7; 32])).await.unwrap().unwrap();
    assert_eq!(hold.ended.unwrap().1, EndOfHold::Cancelled);
    let told = app.notices(&iin).await;
    let stopped: Vec<_> = told.iter().filter(|notice| notice["kind"] == "recovery_cancelled").collect();
    assert_eq!(stopped.len(), 2, "over every channel: {told:?}");
    app.verify_audit().await;
}
