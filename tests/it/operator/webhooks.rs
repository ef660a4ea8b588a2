//! The end of a grant is told to its operator: that it ended, and one bit where the person may play no longer.

use rastau::app::oauth::end_restricted::end_restricted_grants;
use rastau::domain::operators::operator::OperatorId;
use rastau::domain::webhooks::endpoint::WebhookEndpoint;
use rastau::domain::webhooks::ports::WebhookFilter;
use rastau::domain::webhooks::secret::WebhookSecret;
use serde_json::Value;

use super::world::World;

/// What is queued for the operator, oldest first: kinds and bodies.
pub(crate) async fn queued(world: &World) -> Vec<(&'static str, Value)> {
    let mut unit = world.services.store.read().await.unwrap();
    let mut messages = unit.list_webhooks(&WebhookFilter::default(), 100).await.unwrap();
    messages.reverse();
    let read = |body: &str| serde_json::from_str(body).unwrap();
    messages.iter().map(|message| (message.kind.as_str(), read(&message.body))).collect()
}

pub(crate) async fn listening(world: &World) {
    let endpoint = WebhookEndpoint {
        operator: OperatorId::parse("demo-bet").unwrap(),
        url: "https://bet.example/hooks".parse().unwrap(),
        secret: WebhookSecret::draw(world.services.randomness.as_ref()),
        old_secret: None,
        created_at: world.services.clock.now(),
        disabled_at: None,
    };
    let mut unit = world.services.store.begin().await.unwrap();
    unit.put_webhook_endpoint(&endpoint).await.unwrap();
    unit.commit().await.unwrap();
}

#[actix_web::test]
async fn a_revocation_is_told_with_the_subject_and_nothing_else() {
    let world = World::production().await;
    listening(&world).await;
    let code = world.code(&world.bet).await;
    let token = world.exchange(&world.bet, &code).await.body["access_token"].as_str().unwrap().to_owned();
    let sub = world.services.credentials.signer.read(&token).unwrap().sub.clone();
    for _ in 0..2 {
        world.post(&world.bet, "/oauth2/revoke", vec![("token", token.clone())]).await;
    }
    let told = queued(&world).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].0, &told[0].1["data"]["sub"]), ("token.revoked", &sub.into()));
}

#[actix_web::test]
async fn a_restriction_is_one_bit_without_its_ground() {
    let world = World::production().await;
    listening(&world).await;
    world.allow().await;
    let code = world.code(&world.bet).await;
    world.exchange(&world.bet, &code).await;
    world.restrict().await;
    assert_eq!(end_restricted_grants(&world.services).await.unwrap(), 1);
    let told = queued(&world).await;
    let mut kinds: Vec<&str> = told.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["player.restricted", "token.revoked"]);
    assert!(told.iter().all(|(_, body)| !body.to_string().contains("debtor")), "{told:?}");
}
