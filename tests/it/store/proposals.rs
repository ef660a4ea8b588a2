use rastau::domain::dual_control::{ControlledAction, IdentityCheck, Proposal};
use rastau::domain::kernel::id::{MeasureId, StaffId};
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::review::case_work::Settlement;
use rastau::domain::staff::{Role, StaffMember};

use super::database::{Database, at};
use super::on_both_engines;

fn proposal(database: &Database, number: i64, by: StaffId, source: &str) -> Proposal {
    Proposal {
        id: MeasureId::new(at(number), database.randomness.as_ref()),
        measure: ControlledAction::ReleaseVersion { source: source.to_owned(), version: 3 },
        why: "мемлекеттік тізім \"тексерілді\"".to_owned(),
        by,
        at: at(number),
        identity_check: Some(IdentityCheck::read("жеке куәлік, бейнебайланыспен көрсетілді").unwrap()),
        settlement: None,
        done_at: None,
    }
}

on_both_engines! {
    async fn a_proposal_is_settled_once_and_fetched_first_once(database: &Database) {
        let mut unit = database.begin().await;
        let mut ids = Vec::new();
        for login in ["one", "two"] {
            let id = StaffId::new(at(1), database.randomness.as_ref());
            let member = StaffMember::new(id, login.parse().unwrap(), login, [Role::Supervisor].into(), at(1)).unwrap();
            unit.insert_staff(&member).await.unwrap();
            ids.push(id);
        }
        let mut first = proposal(database, 1, ids[0], "debtors");
        let second = proposal(database, 2, ids[1], "courts");
        unit.insert_proposal(&first).await.unwrap();
        unit.insert_proposal(&second).await.unwrap();
        assert_eq!(unit.insert_proposal(&first).await, Err(StoreError::Conflict));
        assert_eq!(unit.find_proposal(first.id).await.unwrap(), Some(first.clone()));
        assert_eq!(unit.list_proposals(None, 10).await.unwrap(), [second.clone(), first.clone()]);
        assert_eq!(unit.list_proposals(Some("debtors"), 10).await.unwrap(), std::slice::from_ref(&first));
        assert_eq!(unit.finish_proposal(&first).await, Err(StoreError::Conflict), "nobody said yes");

        first.settlement = Some(Settlement { by: ids[1], at: at(5), yes: true });
        unit.settle_proposal(&first).await.unwrap();
        assert_eq!(unit.settle_proposal(&first).await, Err(StoreError::Conflict));
        first.done_at = Some(at(6));
        unit.finish_proposal(&first).await.unwrap();
        assert_eq!(unit.finish_proposal(&first).await, Err(StoreError::Conflict));
        assert_eq!(unit.find_proposal(first.id).await.unwrap(), Some(first));
    }
}
