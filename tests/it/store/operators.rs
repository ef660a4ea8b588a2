use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::operators::operator::{ClientAuthentication, KeySource, Operator, OperatorId};
use rastau::domain::operators::scope::Scopes;
use rastau::domain::ports::Store as _;

use super::database::{Database, at};
use super::on_both_engines;

on_both_engines! {
    async fn an_operator_comes_back_as_it_was(database: &Database) {
        let mut operator = database.operator("demo-bet").await;
        let mut unit = database.begin().await;
        assert_eq!(unit.find_operator(&operator.id).await.unwrap(), Some(operator.clone()));
        operator.id = OperatorId::parse("sandbox-bet").unwrap();
        operator.authentication = ClientAuthentication::ClientSecretBasic { secret_sha256: [7; 32] };
        operator.sandbox = true;
        operator.redirect_uris.push("http://localhost:1/x?y=\"z\"".to_owned());
        unit.insert_operator(&operator, at(1)).await.unwrap();
        assert_eq!(unit.find_operator(&operator.id).await.unwrap(), Some(operator));
        assert_eq!(unit.find_operator(&OperatorId::parse("nobody").unwrap()).await.unwrap(), None);
    }

    async fn many_who_ask_at_once_each_get_their_own(database: &Database) {
        let ids = ["one", "two", "three", "one", "nobody"].map(|id| OperatorId::parse(id).unwrap());
        for id in ["one", "two", "three"] {
            database.operator(id).await;
        }
        let found = futures_util::future::join_all(ids.iter().map(|id| database.store.operator(id))).await;
        let found: Vec<_> = found.into_iter().map(|found| found.unwrap().map(|operator| operator.id)).collect();
        let [one, two, three, again, _] = ids;
        assert_eq!(found, [Some(one), Some(two), Some(three), Some(again), None]);
    }

    async fn one_that_cannot_be_read_is_nobody_elses_trouble(database: &Database) {
        let ids = ["one", "two", "three"].map(|id| OperatorId::parse(id).unwrap());
        for id in ["one", "two", "three"] {
            database.operator(id).await;
        }
        database.tamper(sqlx::query("UPDATE operator SET authentication = 'none' WHERE id = 'two'")).await;
        let found = futures_util::future::join_all(ids.iter().map(|id| database.store.operator(id))).await;
        assert!(found[0].is_ok() && found[2].is_ok(), "{found:?}");
        assert!(matches!(found[1], Err(StoreError::Corrupt(_))), "{found:?}");
    }

    async fn a_changed_operator_comes_back_changed(database: &Database) {
        let operator = database.operator("demo-bet").await;
        let mut changed = operator.clone();
        "New Bet".clone_into(&mut changed.name);
        changed.authentication = ClientAuthentication::ClientSecretBasic { secret_sha256: [7; 32] };
        changed.redirect_uris = vec!["https://new.example/cb".to_owned()];
        changed.contact = Some("ops@bet.example".to_owned());
        changed.requests_per_second = 7;
        changed.scopes = Scopes::default();
        changed.disabled_at = Some(at(5));
        let mut unit = database.begin().await;
        unit.update_operator(&changed).await.unwrap();
        assert_eq!(unit.find_operator(&operator.id).await.unwrap(), Some(changed.clone()));
        unit.update_operator(&operator).await.unwrap();
        assert_eq!(unit.find_operator(&operator.id).await.unwrap(), Some(operator.clone()));
        let keys = KeySource::Published("https://bet.example/jwks.json".parse().unwrap());
        for authentication in
            [ClientAuthentication::PrivateKeyJwt(keys.clone()), ClientAuthentication::SelfSignedTls(keys)]
        {
            let published = Operator { authentication, ..changed.clone() };
            unit.update_operator(&published).await.unwrap();
            assert_eq!(unit.find_operator(&published.id).await.unwrap(), Some(published));
        }
        unit.update_operator(&operator).await.unwrap();
        let nobody = Operator { id: OperatorId::parse("nobody").unwrap(), ..changed };
        assert_eq!(unit.update_operator(&nobody).await, Err(StoreError::Conflict));
    }

    async fn a_taken_id_is_a_conflict_and_the_transaction_goes_on(database: &Database) {
        let operator = database.operator("demo-bet").await;
        let mut unit = database.begin().await;
        assert_eq!(unit.insert_operator(&operator, at(1)).await, Err(StoreError::Conflict));
        let mut other = operator.clone();
        other.id = OperatorId::parse("other-bet").unwrap();
        unit.insert_operator(&other, at(1)).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(database.read().await.find_operator(&other.id).await.unwrap(), Some(other));
    }

    async fn operators_are_listed_in_the_order_of_their_bytes(database: &Database) {
        for id in ["bb-b", "bb.a", "bba", "aa_z", "aa0z"] {
            database.operator(id).await;
        }
        let listed = database.read().await.list_operators().await.unwrap();
        let ids: Vec<&str> = listed.iter().map(|operator| operator.id.as_str()).collect();
        assert_eq!(ids, ["aa0z", "aa_z", "bb-b", "bb.a", "bba"]);
    }

    async fn an_assertion_is_new_once_until_it_expires(database: &Database) {
        let one = database.operator("one").await.id;
        let two = database.operator("two").await.id;
        let store = &database.store;
        let long = "j".repeat(10_000);
        assert!(store.remember_assertion(&one, &long, at(60), at(0)).await.unwrap());
        assert!(!store.remember_assertion(&one, &long, at(60), at(59)).await.unwrap());
        assert!(store.remember_assertion(&two, &long, at(60), at(0)).await.unwrap(), "another operator's");
        assert!(store.remember_assertion(&one, "other", at(60), at(0)).await.unwrap());
        assert!(store.remember_assertion(&one, &long, at(90), at(60)).await.unwrap(), "forgotten when expired");
    }

    async fn of_those_at_once_one_assertion_is_new(database: &Database) {
        let id = database.operator("demo-bet").await.id;
        let shown = (0..8).map(|_| database.store.remember_assertion(&id, "jti", at(60), at(0)));
        let fresh = futures_util::future::join_all(shown).await.into_iter().filter(|fresh| *fresh == Ok(true)).count();
        assert_eq!(fresh, 1);
        let other = database.connect_again().await;
        assert_eq!(other.remember_assertion(&id, "jti", at(60), at(0)).await, Ok(false), "at another replica, too");
    }
}
