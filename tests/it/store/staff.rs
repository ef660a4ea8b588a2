use std::collections::BTreeSet;

use rastau::domain::kernel::id::StaffId;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::staff::confirmation::{ConfirmationCode, TRIES};
use rastau::domain::staff::{Act, Role, StaffMember};

use super::database::{Database, at};
use super::on_both_engines;

fn member(database: &Database, login: &str) -> StaffMember {
    let id = StaffId::new(at(1), database.randomness.as_ref());
    StaffMember::new(id, login.parse().unwrap(), login, [Role::Supervisor].into(), at(1)).unwrap()
}

on_both_engines! {
    async fn somebody_counts_from_when_they_are_confirmed_until_they_are_doubted(database: &Database) {
        let mut unit = database.begin().await;
        let (asker, mut new) = (member(database, "asker"), member(database, "new"));
        new.asked_by = [asker.id].into();
        unit.insert_staff(&asker).await.unwrap();
        unit.insert_staff(&new).await.unwrap();
        assert_eq!(unit.find_staff(new.id).await.unwrap(), Some(new.clone()));
        unit.hold_staff(&new.login).await.unwrap();
        unit.confirm_staff(new.id, at(5)).await.unwrap();
        assert_eq!(unit.confirm_staff(new.id, at(6)).await, Err(StoreError::Conflict), "once");
        // Name and roles are one thing, whether they count another.
        unit.update_staff(&StaffMember { name: "New".to_owned(), ..new.clone() }).await.unwrap();
        let found = unit.find_staff_by_login(&new.login).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.confirmed_at, &found.asked_by), ("New", Some(at(5)), &[asker.id].into()));
        assert!(found.may(Act::Approve));
        let both: BTreeSet<StaffId> = [asker.id, new.id].into();
        unit.doubt_staff(new.id, &both).await.unwrap();
        let found = unit.list_staff().await.unwrap().into_iter().find(|one| one.id == new.id).unwrap();
        assert_eq!((found.confirmed_at, &found.asked_by), (None, &both));
        assert!(!found.may(Act::Approve));
    }

    async fn an_invitation_is_used_once_and_told_of_once_more(database: &Database) {
        let (hash, new) = (database.handle(), member(database, "new"));
        let mut unit = database.begin().await;
        unit.insert_staff(&new).await.unwrap();
        unit.put_invitation(new.id, hash, at(10)).await.unwrap();
        assert_eq!(unit.take_used_invitation(hash, at(2)).await, Ok(None), "nobody joined by it");
        unit.commit().await.unwrap();
        let taken = database.race(async |unit| unit.take_invitation(hash, at(2)).await).await;
        assert_eq!(taken, (Ok(true), Ok(false)));
        let mut unit = database.begin().await;
        assert_eq!(unit.find_invitation(hash, at(3)).await, Ok(None));
        assert_eq!(unit.take_used_invitation(hash, at(10)).await, Ok(None), "it would not count any more");
        drop(unit);
        let told = database.race(async |unit| unit.take_used_invitation(hash, at(9)).await).await;
        assert_eq!(told, (Ok(Some(new.id)), Ok(None)));
        // The next one is as good as the first.
        let mut unit = database.begin().await;
        unit.put_invitation(new.id, hash, at(20)).await.unwrap();
        assert_eq!(unit.take_invitation(hash, at(11)).await, Ok(true));
        unit.put_invitation(new.id, hash, at(30)).await.unwrap();
        assert_eq!(unit.find_invitation(hash, at(12)).await, Ok(Some(new.id)));
    }

    async fn a_code_is_tried_a_few_times_and_goes_with_what_it_was_for(database: &Database) {
        let mut unit = database.begin().await;
        let new = member(database, "new");
        unit.insert_staff(&new).await.unwrap();
        assert_eq!(unit.try_confirmation_code(new.id).await.unwrap(), None);
        let draw = || ConfirmationCode::draw(new.id, b"credential", database.randomness.as_ref(), at(1)).1;
        let (first, second) = (draw(), draw());
        unit.put_confirmation_code(&first).await.unwrap();
        assert_eq!(unit.try_confirmation_code(new.id).await.unwrap(), Some(first));
        unit.put_confirmation_code(&second).await.unwrap();
        for _ in 0..TRIES {
            assert_eq!(unit.try_confirmation_code(new.id).await.unwrap(), Some(second));
        }
        assert_eq!(unit.try_confirmation_code(new.id).await.unwrap(), None, "tried too often");
        unit.put_confirmation_code(&first).await.unwrap();
        unit.doubt_staff(new.id, &BTreeSet::new()).await.unwrap();
        assert_eq!(unit.try_confirmation_code(new.id).await.unwrap(), None);
        unit.put_confirmation_code(&first).await.unwrap();
        unit.confirm_staff(new.id, at(2)).await.unwrap();
        assert_eq!(unit.try_confirmation_code(new.id).await.unwrap(), None);
    }
}
