//! A change of models: templates of an earlier one give way while the service goes on.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use rastau::app::face::reembed::{
    Pace, Progress, ReembedError, ReembedPorts, forget_refusals, observe, prune_id_templates, reembed_id_photos,
};
use rastau::domain::face::comparison::{ModelHash, Template};
use rastau::domain::identity::person::{Citizen, Iin};
use rastau::domain::identity::register::{PopulationRegister, RegisterError};
use rastau::domain::kernel::id::PlayerId;
use sha2::{Digest as _, Sha256};

use crate::support::app::TestApp;
use crate::support::faces::{Who, empty_room, id_photo, living};
use crate::support::people::{adult, to_face};

/// A register that breaks after so many answers.
struct Fragile<'a> {
    register: &'a dyn PopulationRegister,
    answers: AtomicUsize,
}

#[async_trait]
impl PopulationRegister for Fragile<'_> {
    async fn find(&self, iin: &Iin) -> Result<Option<Citizen>, RegisterError> {
        let left = self.answers.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map_err(|_| RegisterError::Unavailable("down".to_owned()))?;
        self.register.find(iin).await
    }
}

fn ports(app: &TestApp) -> ReembedPorts<'_> {
    ReembedPorts {
        store: app.services.store.as_ref(),
        register: app.services.identity.register.as_ref(),
        faces: app.services.face.engine.as_ref(),
        clock: app.services.clock.as_ref(),
        observer: app.services.observer.as_ref(),
    }
}

/// Someone who was here when another model was in use.
async fn veteran(app: &TestApp, number: u16, photo: &[u8]) -> PlayerId {
    let iin = adult(number);
    app.add_person(&iin, photo).await;
    let old = Template::new(ModelHash("earlier".into()), vec![1.0, 2.0]).unwrap();
    let id = PlayerId::new(app.now(), app.services.randomness.as_ref());
    let mut unit = app.unit().await;
    let player = unit.player_of(&iin, id, app.now()).await.unwrap();
    unit.put_id_template(player, Sha256::digest(photo).into(), &old).await.unwrap();
    unit.commit().await.unwrap();
    player
}

async fn veterans(app: &TestApp, count: u16) -> Vec<PlayerId> {
    let photos = [id_photo(Who::Astronaut), id_photo(Who::Other)];
    let mut players = Vec::new();
    for number in 0..count {
        players.push(veteran(app, 100 + number, &photos[usize::from(number % 2)]).await);
    }
    players
}

async fn events(app: &TestApp) -> Vec<String> {
    let events = app.unit().await.list_audit(1, 100).await.unwrap();
    events.into_iter().map(|event| event.kind).filter(|kind| kind.starts_with("reembedding")).collect()
}

#[tokio::test]
async fn every_player_gets_a_template_of_the_model_in_use() {
    let app = TestApp::start().await;
    let players = veterans(&app, 3).await;
    let unusable = veteran(&app, 110, &empty_room()).await;
    let mut heard = Vec::new();
    let done = reembed_id_photos(ports(&app), Pace::Steady, |progress| heard.push(progress)).await.unwrap();
    assert_eq!(done, Progress { total: 4, embedded: 3, unusable: 1, failed: 0 });
    assert_eq!((heard.len(), heard[0].total, heard.last()), (5, 4, Some(&done)));
    let model = app.services.face.engine.embedder().clone();
    let photos = [id_photo(Who::Astronaut), id_photo(Who::Other)].map(|photo| Sha256::digest(photo).into());
    for (place, player) in players.iter().enumerate() {
        let found = app.unit().await.find_id_template(*player, photos[place % 2], &model).await.unwrap();
        assert!(found.is_some(), "player {place}");
    }
    assert!(app.metrics.text().contains("rastau_templates_unusable 1"));
    // Found unusable once is not tried again, until somebody asks for it.
    let asked = app.valve.asked();
    assert_eq!(reembed_id_photos(ports(&app), Pace::Steady, |_| ()).await.unwrap(), Progress::default());
    assert_eq!(app.valve.asked(), asked);
    assert_eq!(forget_refusals(ports(&app)).await.unwrap(), 1);
    assert_eq!(reembed_id_photos(ports(&app), Pace::Steady, |_| ()).await.unwrap().unusable, 1);
    // Earlier templates stay until they are told to go, and then only where a new one stands.
    assert_eq!(prune_id_templates(ports(&app)).await.unwrap(), 3);
    let old = ModelHash("earlier".into());
    let photo = Sha256::digest(empty_room()).into();
    assert!(app.unit().await.find_id_template(unusable, photo, &old).await.unwrap().is_some());
    let ended = ["reembedding_started", "reembedding_ended"];
    assert_eq!(events(&app).await, [ended, ended].concat());
    app.verify_audit().await;
}

#[tokio::test]
async fn work_that_breaks_off_goes_on_where_it_was() {
    let app = TestApp::start().await;
    veterans(&app, 4).await;
    let fragile = Fragile { register: app.services.identity.register.as_ref(), answers: AtomicUsize::new(2) };
    let broken = ReembedPorts { register: &fragile, ..ports(&app) };
    let outcome = reembed_id_photos(broken, Pace::Steady, |_| ()).await;
    assert!(matches!(outcome, Err(ReembedError::Register(_))), "{outcome:?}");
    assert_eq!(observe(ports(&app)).await.unwrap().due, 2, "what was done stands");
    assert!(app.metrics.text().contains("rastau_templates_due 2"));
    let done = reembed_id_photos(ports(&app), Pace::Steady, |_| ()).await.unwrap();
    assert_eq!((done.total, done.embedded), (2, 2));
    assert_eq!(observe(ports(&app)).await.unwrap().due, 0);
    assert_eq!(events(&app).await, ["reembedding_started", "reembedding_started", "reembedding_ended"]);
}

#[tokio::test]
async fn an_interrupted_run_loses_nothing() {
    let app = TestApp::start().await;
    veterans(&app, 3).await;
    let (first, heard) = tokio::sync::oneshot::channel();
    let services = app.services.clone();
    let run = tokio::spawn(async move {
        let mut first = Some(first);
        let ports = ReembedPorts::of(&services);
        let tell = |progress: Progress| {
            if progress.embedded > 0
                && let Some(first) = first.take()
            {
                let _ = first.send(());
            }
        };
        reembed_id_photos(ports, Pace::WhenIdle, tell).await
    });
    heard.await.unwrap();
    run.abort();
    assert!(run.await.unwrap_err().is_cancelled());
    let due = observe(ports(&app)).await.unwrap().due;
    assert!((1..=2).contains(&due), "{due}");
    let done = reembed_id_photos(ports(&app), Pace::Steady, |_| ()).await.unwrap();
    assert_eq!(done.embedded, due);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_at_once_do_no_harm() {
    let app = TestApp::start().await;
    veterans(&app, 4).await;
    let run = || reembed_id_photos(ports(&app), Pace::WhenIdle, |_| ());
    let (one, two) = tokio::join!(run(), run());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.failed, two.failed), (0, 0));
    assert!(one.embedded + two.embedded >= 4, "{one:?} {two:?}");
    assert_eq!(observe(ports(&app)).await.unwrap().due, 0);
}

/// Whoever comes before their turn is embedded on the spot; the job waits while the engine is busy.
#[tokio::test]
async fn the_service_answers_while_photos_are_embedded_again() {
    let app = TestApp::start().await;
    let players = veterans(&app, 2).await;
    app.valve.shut(true);
    let services = app.services.clone();
    let job = tokio::spawn(async move { rastau::app::face::keep_current::bring_templates_up_to_date(&services).await });
    let before = app.valve.asked();
    while app.valve.asked() < before + 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(observe(ports(&app)).await.unwrap().due, 2);
    app.valve.shut(false);
    let player = app.arrive().await;
    to_face(&player, &adult(100)).await;
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
    assert_eq!(job.await.unwrap().unwrap(), 0);
    assert_eq!(observe(ports(&app)).await.unwrap().due, 0);
    assert_eq!(app.player_of(&adult(100)).await, players[0]);
}
