use rastau::domain::authorization::Redemption;
use rastau::domain::operator::OperatorId;
use rastau::domain::ports::StoreError;

use super::database::{Database, at, request};
use super::grants::grant;
use super::on_both_engines;

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

    async fn a_code_is_redeemed_once_and_its_replay_names_the_grant(database: &Database) {
        let code = database.code().await;
        let mut unit = database.begin().await;
        assert_eq!(unit.insert_code(&code).await, Err(StoreError::Conflict));
        assert_eq!(unit.redeem_code(code.hash, at(2)).await, Ok(Redemption::Fresh(code.clone())));
        assert_eq!(unit.redeem_code(code.hash, at(3)).await, Ok(Redemption::Replayed { grant: None }));
        unit.commit().await.unwrap();

        let (granted, second) = (grant(database, &code).await, grant(database, &code).await);
        let mut unit = database.begin().await;
        unit.insert_grant(&granted, code.hash).await.unwrap();
        assert_eq!(unit.insert_grant(&second, code.hash).await, Err(StoreError::Conflict), "one grant a code");
        let replay = unit.redeem_code(code.hash, at(4)).await;
        assert_eq!(replay, Ok(Redemption::Replayed { grant: Some(granted.id) }));
        assert_eq!(unit.redeem_code(database.handle(), at(4)).await, Ok(Redemption::Unknown));
    }

    async fn of_two_at_once_one_redeems_and_the_other_learns_of_its_grant(database: &Database) {
        let code = database.code().await;
        let granted = grant(database, &code).await;
        let (one, two) = database
            .race(async |unit| {
                let redemption = unit.redeem_code(code.hash, at(2)).await.unwrap();
                if matches!(redemption, Redemption::Fresh(_)) {
                    unit.insert_grant(&granted, code.hash).await.unwrap();
                }
                redemption
            })
            .await;
        assert_eq!(one, Redemption::Fresh(code.clone()));
        assert_eq!(two, Redemption::Replayed { grant: Some(granted.id) });
    }

    async fn a_redemption_that_is_rolled_back_did_not_happen(database: &Database) {
        let code = database.code().await;
        let mut unit = database.begin().await;
        assert!(matches!(unit.redeem_code(code.hash, at(2)).await, Ok(Redemption::Fresh(_))));
        drop(unit);
        let mut unit = database.begin().await;
        assert!(matches!(unit.redeem_code(code.hash, at(2)).await, Ok(Redemption::Fresh(_))));
    }
}
