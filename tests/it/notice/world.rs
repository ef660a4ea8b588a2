//! A production service with a gateway for text messages, and people who have a phone; the clock is moved by the test.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rastau::app::identity::IdentityServices;
use rastau::app::notices::deliver::{NoticeCourier, deliver_due_notices};
use rastau::app::notices::queue::{NoticeError, contacts_of, queue_notice};
use rastau::app::{Policy, Services};
use rastau::domain::audit::event::AuditEvent;
use rastau::domain::identity::contact::{Channel, Contact};
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::clock::Clock as _;
use rastau::domain::kernel::id::{NoticeId, PlayerId};
use rastau::domain::kernel::locale::Locale;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::kernel::testing::FakeClock;
use rastau::domain::notices::{NoticeContent, NoticeLimits, NoticePolicy};
use rastau::domain::ports::Store as _;
use rastau::messages::notice::NoticeTexts;
use rastau::metrics::Metrics;
use rastau::store::{EmbeddedContacts, SqlStore};

use super::gateway::Gateway;
use crate::operator::world::World as Service;

/// Two men of the same day.
pub(super) const IINS: [&str; 2] = ["900101300017", "900101300027"];
pub(super) const CODE: &str = "847261";

pub(super) struct World {
    pub(super) services: Services,
    pub(super) clock: Arc<FakeClock>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) gateway: Gateway,
    pub(super) courier: NoticeCourier,
    pub(super) store: SqlStore,
    _service: Service,
}

impl World {
    pub(super) async fn production() -> Self {
        let service = Service::production().await;
        Self::of(service, false)
    }

    pub(super) async fn sandbox() -> Self {
        let service = Service::sandbox().await;
        Self::of(service, true)
    }

    fn of(service: Service, sandbox: bool) -> Self {
        let store = service.database.clone();
        let metrics = Arc::new(Metrics::default());
        let notices = NoticePolicy {
            limits: NoticeLimits { an_hour: 3, a_day: 5 },
            channels: if sandbox { BTreeSet::new() } else { BTreeSet::from([Channel::Sms]) },
        };
        let services = Services {
            identity: IdentityServices {
                contacts: Some(Arc::new(EmbeddedContacts::new(Arc::new(store.clone())))),
                ..service.services.identity.clone()
            },
            policy: Arc::new(Policy { notices, ..Policy::clone(&service.services.policy) }),
            observer: metrics.clone(),
            ..service.services.clone()
        };
        let gateway = Gateway::start();
        let courier = NoticeCourier::new(&services, vec![gateway.sender()], Arc::new(NoticeTexts));
        Self { clock: service.clock.clone(), services, metrics, gateway, courier, store, _service: service }
    }

    /// A player with these contacts of record.
    pub(super) async fn player(&self, number: usize, contacts: &[Contact]) -> PlayerId {
        let iin = Iin::parse(IINS[number]).unwrap();
        let now = self.clock.now();
        let mut unit = self.store.begin().await.unwrap();
        unit.put_contacts(&[(iin.clone(), contacts.to_vec())], now).await.unwrap();
        let id = PlayerId::new(now, self.services.randomness.as_ref());
        let player = unit.player_of(&iin, id, now).await.unwrap();
        unit.commit().await.unwrap();
        player
    }

    /// Tells the player over all of their contacts, in a transaction of its own.
    pub(super) async fn tell(
        &self,
        number: usize,
        player: PlayerId,
        content: &NoticeContent,
    ) -> Result<Vec<NoticeId>, NoticeError> {
        let iin = Iin::parse(IINS[number]).unwrap();
        let to = contacts_of(&self.services, &iin).await.unwrap();
        let mut unit = self.store.begin().await.unwrap();
        let now = self.clock.now();
        let queued = queue_notice(&self.services, unit.as_mut(), player, &to, content, Locale::Ru, now).await?;
        unit.commit().await.unwrap();
        Ok(queued)
    }

    /// Lets time pass and delivers what is due then.
    pub(super) async fn deliver_after(&self, time: Duration) {
        self.clock.advance(time);
        deliver_due_notices(&self.courier).await.unwrap();
    }

    /// All audit events about the player.
    pub(super) async fn events(&self, player: PlayerId) -> Vec<AuditEvent> {
        let events = self.store.read().await.unwrap().list_audit(1, 1_000).await.unwrap();
        events.into_iter().filter(|event| event.subject == player.to_string()).collect()
    }

    /// Their kinds.
    pub(super) async fn kinds(&self, player: PlayerId) -> Vec<String> {
        self.events(player).await.into_iter().map(|event| event.kind).collect()
    }
}

pub(super) fn phone(number: u32) -> Contact {
    Contact::new(Channel::Sms, &format!("+7701{number:07}")).unwrap()
}

pub(super) fn code() -> NoticeContent {
    NoticeContent::EnrolmentCode { code: SecretText::new(CODE), operator: "Demo Bet".to_owned() }
}
