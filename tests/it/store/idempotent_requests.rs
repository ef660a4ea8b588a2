use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::operators::idempotency::{Claim, IdempotencyKey, KeptAnswer, RequestFingerprint};

use super::database::{Database, at};
use super::on_both_engines;

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse("tests", text).unwrap()
}

fn asked(body: &str) -> RequestFingerprint {
    RequestFingerprint::of("POST", "/", body.as_bytes())
}

fn answer() -> KeptAnswer {
    KeptAnswer { status: 201, body: SecretBytes::new(b"{\"secret\":1}".to_vec()) }
}

on_both_engines! {
    async fn a_key_is_taken_once_and_keeps_its_answer(database: &Database) {
        let mut unit = database.begin().await;
        assert_eq!(unit.claim_request(key("one"), asked("a"), at(1)).await.unwrap(), Claim::New);
        unit.keep_answer(key("one"), &answer()).await.unwrap();
        unit.commit().await.unwrap();
        let mut unit = database.begin().await;
        let known = Claim::Answered { request: asked("a"), answer: answer() };
        assert_eq!(unit.claim_request(key("one"), asked("b"), at(2)).await.unwrap(), known);
        assert_eq!(unit.claim_request(key("two"), asked("b"), at(2)).await.unwrap(), Claim::New);
    }

    async fn what_is_rolled_back_leaves_its_key_free(database: &Database) {
        let mut unit = database.begin().await;
        assert_eq!(unit.claim_request(key("one"), asked("a"), at(1)).await.unwrap(), Claim::New);
        drop(unit);
        let mut unit = database.begin().await;
        assert_eq!(unit.claim_request(key("one"), asked("b"), at(2)).await.unwrap(), Claim::New);
    }

    async fn old_answers_are_deleted(database: &Database) {
        let mut unit = database.begin().await;
        for (name, time) in [("old", 1), ("new", 5)] {
            unit.claim_request(key(name), asked("a"), at(time)).await.unwrap();
            unit.keep_answer(key(name), &answer()).await.unwrap();
        }
        assert_eq!(unit.delete_requests(at(5)).await.unwrap(), 1);
        assert_eq!(unit.claim_request(key("old"), asked("a"), at(6)).await.unwrap(), Claim::New);
        assert_ne!(unit.claim_request(key("new"), asked("a"), at(6)).await.unwrap(), Claim::New);
    }
}
