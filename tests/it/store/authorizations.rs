use rastau::domain::access_token::IssuedToken;
use rastau::domain::authorization::{AuthorizationCode, Redemption};
use rastau::domain::id::TokenId;
use rastau::domain::operator::OperatorId;
use rastau::domain::ports::StoreError;

use super::database::{Database, at, request};
use super::on_both_engines;

async fn token(database: &Database, code: &AuthorizationCode) -> IssuedToken {
    IssuedToken {
        id: TokenId::new(at(1), database.randomness.as_ref()),
        operator: code.operator.clone(),
        player: database.player(0).await,
        verification: code.verification,
        issued_at: at(1),
        expires_at: at(301),
        revoked_at: None,
    }
}

on_both_engines! {
    async fn a_pushed_request_serves_once(database: &Database) {
        let operator = database.operator("demo-bet").await.id;
        let (handle, request) = (database.handle(), request(&operator));
        let mut unit = database.begin().await;
        unit.insert_request(handle, &request).await.unwrap();
        assert_eq!(unit.insert_request(handle, &request).await, Err(StoreError::Conflict));
        unit.commit().await.unwrap();
        let taken = database.race(async |unit| unit.take_request(handle).await).await;
        assert_eq!(taken, (Ok(Some(request)), Ok(None)));
    }

    async fn a_request_of_an_unknown_operator_is_refused(database: &Database) {
        let nobody = OperatorId::parse("nobody").unwrap();
        let mut unit = database.begin().await;
        let refused = unit.insert_request(database.handle(), &request(&nobody)).await;
        assert_eq!(refused, Err(StoreError::Conflict));
    }

    async fn a_code_is_redeemed_once_and_its_replay_names_the_token(database: &Database) {
        let code = database.code().await;
        let mut unit = database.begin().await;
        assert_eq!(unit.insert_code(&code).await, Err(StoreError::Conflict));
        assert_eq!(unit.redeem_code(code.hash, at(2)).await, Ok(Redemption::Fresh(code.clone())));
        assert_eq!(unit.redeem_code(code.hash, at(3)).await, Ok(Redemption::Replayed { token: None }));
        unit.commit().await.unwrap();

        let token = token(database, &code).await;
        let mut unit = database.begin().await;
        unit.insert_token(&token, code.hash).await.unwrap();
        let mut second = token.clone();
        second.id = TokenId::new(at(1), database.randomness.as_ref());
        assert_eq!(unit.insert_token(&second, code.hash).await, Err(StoreError::Conflict), "one token a code");
        let replay = unit.redeem_code(code.hash, at(4)).await;
        assert_eq!(replay, Ok(Redemption::Replayed { token: Some(token.id) }));
        assert_eq!(unit.redeem_code(database.handle(), at(4)).await, Ok(Redemption::Unknown));
    }

    async fn of_two_at_once_one_redeems_and_the_other_learns_of_its_token(database: &Database) {
        let code = database.code().await;
        let token = token(database, &code).await;
        let (one, two) = database
            .race(async |unit| {
                let redemption = unit.redeem_code(code.hash, at(2)).await.unwrap();
                if matches!(redemption, Redemption::Fresh(_)) {
                    unit.insert_token(&token, code.hash).await.unwrap();
                }
                redemption
            })
            .await;
        assert_eq!(one, Redemption::Fresh(code.clone()));
        assert_eq!(two, Redemption::Replayed { token: Some(token.id) });
    }

    async fn a_redemption_that_is_rolled_back_did_not_happen(database: &Database) {
        let code = database.code().await;
        let mut unit = database.begin().await;
        assert!(matches!(unit.redeem_code(code.hash, at(2)).await, Ok(Redemption::Fresh(_))));
        drop(unit);
        let mut unit = database.begin().await;
        assert!(matches!(unit.redeem_code(code.hash, at(2)).await, Ok(Redemption::Fresh(_))));
    }

    async fn a_token_comes_back_and_ends_once(database: &Database) {
        let code = database.code().await;
        let mut token = token(database, &code).await;
        let mut unit = database.begin().await;
        unit.insert_token(&token, code.hash).await.unwrap();
        assert_eq!(unit.find_token(token.id).await.unwrap(), Some(token.clone()));
        assert!(unit.revoke_token(token.id, at(5)).await.unwrap());
        assert!(!unit.revoke_token(token.id, at(6)).await.unwrap());
        token.revoked_at = Some(at(5));
        assert_eq!(unit.find_token(token.id).await.unwrap(), Some(token));
        let unknown = TokenId::new(at(1), database.randomness.as_ref());
        assert_eq!(unit.find_token(unknown).await.unwrap(), None);
        assert!(!unit.revoke_token(unknown, at(5)).await.unwrap());
    }

    async fn an_expired_token_has_ended_already(database: &Database) {
        let code = database.code().await;
        let token = token(database, &code).await;
        let mut unit = database.begin().await;
        unit.insert_token(&token, code.hash).await.unwrap();
        assert!(!unit.revoke_token(token.id, token.expires_at).await.unwrap());
    }
}
