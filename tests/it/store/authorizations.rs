use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::oauth::authorization::{AuthorizationCode, CodesDrawn, PushedRequest, Redemption};
use rastau::domain::oauth::id_token::IdTokenRequest;
use rastau::domain::operators::operator::OperatorId;

use super::database::{Database, at, request};
use super::grants::grant;
use super::on_both_engines;

/// Two codes of one verification.
async fn two_codes(database: &Database) -> (AuthorizationCode, AuthorizationCode) {
    let one = database.code().await;
    let two = AuthorizationCode { hash: database.handle(), ..one.clone() };
    let mut unit = database.begin().await;
    unit.insert_code(&two).await.unwrap();
    unit.commit().await.unwrap();
    (one, two)
}

on_both_engines! {
    async fn a_pushed_request_is_opened_so_often_and_no_more(database: &Database) {
        let operator = database.operator("demo-bet").await.id;
        let handle = database.handle();
        let mut unit = database.begin().await;
        unit.insert_request(handle, &request(&operator)).await.unwrap();
        unit.commit().await.unwrap();
        let (one, two) = (database.verification().await, database.verification().await);
        let opened = database.race(async |unit| unit.open_request(handle, one.id, 1).await).await;
        assert_eq!(opened, (Ok(true), Ok(false)), "the last one is taken once");
        let mut unit = database.begin().await;
        assert_eq!(unit.open_request(handle, two.id, 1).await, Ok(false));
        assert_eq!(unit.open_request(database.handle(), two.id, 1).await, Ok(false), "there is none");
        assert_eq!(unit.open_request(handle, two.id, 2).await, Ok(true));
    }

    async fn a_pushed_request_may_be_opened_twice_and_used_once(database: &Database) {
        let operator = database.operator("demo-bet").await.id;
        let (handle, request) = (database.handle(), request(&operator));
        let mut unit = database.begin().await;
        unit.insert_request(handle, &request).await.unwrap();
        assert_eq!(unit.insert_request(handle, &request).await, Err(StoreError::Conflict));
        unit.commit().await.unwrap();
        let (one, two) = (database.verification().await, database.verification().await);
        let mut unit = database.begin().await;
        for opened in [one.id, two.id] {
            assert_eq!(unit.find_request(handle).await, Ok(Some(request.clone())));
            assert_eq!(unit.open_request(handle, opened, 9).await, Ok(true));
        }
        unit.commit().await.unwrap();
        let used = database.race(async |unit| unit.use_request(one.id).await).await;
        assert_eq!(used, (Ok(true), Ok(false)));
        let mut unit = database.begin().await;
        assert_eq!(unit.use_request(two.id).await, Ok(false), "by the other");
        assert_eq!(unit.find_request(handle).await, Ok(None));
        drop(unit);
        let before = database.verification().await;
        assert_eq!(database.begin().await.use_request(before.id).await, Ok(true), "nothing was noted of it");
    }

    async fn requests_are_deleted_when_they_expired_long_ago_and_ask_for_an_id_token(database: &Database) {
        let operator = database.operator("demo-bet").await.id;
        let wanted = IdTokenRequest { nonce: Some("n".to_owned()) };
        let with = |id_token, seconds| PushedRequest { id_token, expires_at: at(seconds), ..request(&operator) };
        let kept = [with(None, 10), with(Some(IdTokenRequest::default()), 20), with(Some(wanted), 30)];
        let handles = [(); 3].map(|()| database.handle());
        let mut unit = database.begin().await;
        for (handle, request) in handles.iter().zip(&kept) {
            unit.insert_request(*handle, request).await.unwrap();
        }
        for (handle, request) in handles.iter().zip(kept) {
            assert_eq!(unit.find_request(*handle).await, Ok(Some(request)));
        }
        assert_eq!(unit.delete_pushed_requests(at(30), 1).await, Ok(1));
        assert_eq!(unit.delete_pushed_requests(at(30), 9).await, Ok(1));
        assert_eq!(unit.delete_pushed_requests(at(30), 9).await, Ok(0));
        assert!(unit.find_request(handles[2]).await.unwrap().is_some());
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

    async fn a_code_that_was_not_used_names_its_person_to_its_operator(database: &Database) {
        let code = database.code().await;
        let other = database.operator("other-bet").await.id;
        let player = database.player(0).await;
        let mut unit = database.begin().await;
        assert_eq!(unit.person_of_code(code.hash, &code.operator).await, Ok(None), "nobody was named yet");
        let mut verification = unit.find_verification(code.verification).await.unwrap().unwrap();
        verification.player = Some(player);
        unit.update_verification(&mut verification).await.unwrap();
        let iin = unit.find_iin(player).await.unwrap();
        assert!(iin.is_some());
        assert_eq!(unit.person_of_code(code.hash, &code.operator).await, Ok(iin));
        assert_eq!(unit.person_of_code(code.hash, &other).await, Ok(None));
        assert_eq!(unit.person_of_code(database.handle(), &code.operator).await, Ok(None));
        unit.redeem_code(code.hash, at(2)).await.unwrap();
        assert_eq!(unit.person_of_code(code.hash, &code.operator).await, Ok(None));
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

    async fn of_several_codes_of_a_verification_one_is_redeemed(database: &Database) {
        let (one, two) = two_codes(database).await;
        let (none, other) = (database.verification().await, database.code().await);
        let drawn = |number, redeemed| Ok(CodesDrawn { number, redeemed });
        let mut unit = database.begin().await;
        assert_eq!(unit.codes_drawn(one.verification).await, drawn(2, false));
        assert_eq!(unit.codes_drawn(none.id).await, drawn(0, false));
        assert_eq!(unit.redeem_code(two.hash, at(2)).await, Ok(Redemption::Fresh(two.clone())));
        assert_eq!(unit.redeem_code(one.hash, at(3)).await, Ok(Redemption::Superseded));
        assert_eq!(unit.redeem_code(two.hash, at(3)).await, Ok(Redemption::Replayed { grant: None }));
        assert_eq!(unit.codes_drawn(one.verification).await, drawn(2, true));
        assert_eq!(unit.redeem_code(other.hash, at(3)).await, Ok(Redemption::Fresh(other.clone())), "another verification's");
    }

    async fn of_two_codes_shown_at_once_one_is_redeemed(database: &Database) {
        let (one, two) = two_codes(database).await;
        let mut first = database.begin().await;
        assert_eq!(first.redeem_code(one.hash, at(2)).await, Ok(Redemption::Fresh(one.clone())));
        // It begins before the first is committed, and a failed statement leaves nothing to commit.
        let second = async { database.begin().await.redeem_code(two.hash, at(2)).await };
        let commit = async {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            first.commit().await.unwrap();
        };
        let (second, ()) = tokio::join!(second, commit);
        assert!(matches!(second, Ok(Redemption::Superseded) | Err(StoreError::Conflict)), "{second:?}");
        let mut unit = database.begin().await;
        assert_eq!(unit.redeem_code(two.hash, at(3)).await, Ok(Redemption::Superseded));
    }

    async fn a_code_that_comes_too_late_uses_nothing_up(database: &Database) {
        let (one, two) = two_codes(database).await;
        let mut unit = database.begin().await;
        assert_eq!(unit.redeem_code(one.hash, one.expires_at).await, Ok(Redemption::Expired));
        assert_eq!(unit.redeem_code(one.hash, one.expires_at).await, Ok(Redemption::Expired));
        assert_eq!(unit.redeem_code(two.hash, at(59)).await, Ok(Redemption::Fresh(two.clone())));
        assert_eq!(unit.redeem_code(one.hash, one.expires_at).await, Ok(Redemption::Superseded));
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
