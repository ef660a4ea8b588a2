use rastau::app::audit::verify::{VerifyAuditError, verify_audit};
use rastau::app::review::evidence::log_proof::{extend_tree, prove};
use rastau::domain::audit::event::{AuditKind, ChainFault, ChainHead, ChainWalk, NewAuditEvent};
use rastau::domain::audit::tree::{leaf, root};
use rastau::domain::ports::Store;

use super::database::{Database, at};
use super::on_both_engines;

fn event(number: i64) -> NewAuditEvent {
    NewAuditEvent {
        kind: AuditKind::VerificationStarted,
        at: at(number),
        subject: format!("subject {number}"),
        details: serde_json::json!({"number": number, "text": "\u{49B}\"'"}),
    }
}

async fn append(database: &Database, count: i64) {
    let mut unit = database.begin().await;
    for number in 0..count {
        unit.append_audit(&event(number)).await.unwrap();
    }
    unit.commit().await.unwrap();
}

/// Reads the whole log in small pages and verifies it.
async fn verify(database: &Database) -> Result<ChainHead, ChainFault> {
    let mut unit = database.read().await;
    let (mut walk, mut from) = (ChainWalk::default(), 1);
    loop {
        let page = unit.list_audit(from, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        from = last.sequence + 1;
        for event in &page {
            walk.step(event)?;
        }
    }
    walk.finish(unit.audit_head().await.unwrap())
}

on_both_engines! {
    async fn a_root_that_was_changed_is_found(database: &Database) {
        append(database, 600).await;
        extend_tree(&database.store).await.unwrap();
        assert!(verify_audit(&database.store, None, |_, _| ()).await.is_ok());
        let lie = "UPDATE audit_tile SET hash = (SELECT hash FROM audit_event WHERE sequence = 1) WHERE place = 1";
        database.tamper(sqlx::query(lie)).await;
        let found = verify_audit(&database.store, None, |_, _| ()).await;
        assert_eq!(found, Err(VerifyAuditError::Tree { level: 1, place: 1 }));
    }

    async fn every_event_is_proven_to_be_in_the_log(database: &Database) {
        let store: &dyn Store = &database.store;
        assert_eq!(extend_tree(store).await.unwrap(), 0);
        append(database, 255).await;
        assert_eq!(extend_tree(store).await.unwrap(), 255);
        assert_eq!(database.read().await.audit_tiles(1).await.unwrap(), 0);
        append(database, 345).await;
        assert_eq!(extend_tree(store).await.unwrap(), 600);
        let mut unit = database.begin().await;
        assert_eq!((unit.audit_tiles(1).await.unwrap(), unit.audit_tiles(2).await.unwrap()), (2, 0));
        let events = unit.list_audit(1, 1_000).await.unwrap();
        let whole = |size: usize| root(&events[..size].iter().map(|event| leaf(&event.hash)).collect::<Vec<_>>());
        for (place, size) in [(0, 600), (255, 600), (256, 600), (511, 600), (512, 600), (599, 600), (0, 512), (511, 512), (3, 4)] {
            let (proof, top) = prove(unit.as_mut(), place, size).await.unwrap();
            let event = &events[usize::try_from(place).unwrap()];
            assert_eq!(top, whole(usize::try_from(size).unwrap()), "{place} of {size}");
            assert_eq!(proof.root(&event.hash), Some(top), "{place} of {size}");
        }
        assert!(prove(unit.as_mut(), 600, 600).await.is_err(), "not there");
        let subjects = ["subject 3".to_owned(), "subject 1".to_owned()];
        let trail = unit.audit_trail(&subjects, 10).await.unwrap();
        assert_eq!(trail.iter().map(|event| event.sequence).collect::<Vec<_>>(), [2, 4, 257, 259]);
        unit.append_audit(&NewAuditEvent { kind: AuditKind::TokenIssued, ..event(3) }).await.unwrap();
        assert_eq!(unit.audit_trail(&subjects, 10).await.unwrap(), trail, "tokens are left out");
        let newest = unit.audit_trail(&subjects, 3).await.unwrap();
        assert_eq!(newest.iter().map(|event| event.sequence).collect::<Vec<_>>(), [4, 257, 259]);
    }

    async fn events_come_back_as_they_were_hashed(database: &Database) {
        assert_eq!(database.read().await.audit_head().await.unwrap(), ChainHead::EMPTY);
        let mut unit = database.begin().await;
        let first = unit.append_audit(&event(1)).await.unwrap();
        unit.append_audits(&[]).await.unwrap();
        let second = unit.append_audit(&event(2)).await.unwrap();
        assert_eq!((first.sequence, second.sequence, second.previous), (1, 2, first.hash));
        assert_eq!(unit.list_audit(1, 10).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(unit.list_audit(1, 1).await.unwrap(), [first]);
        assert_eq!(unit.list_audit(2, 10).await.unwrap(), std::slice::from_ref(&second));
        unit.commit().await.unwrap();
        let head = ChainHead { sequence: 2, hash: second.hash };
        assert_eq!(verify(database).await, Ok(head));
    }

    async fn several_that_are_appended_together_are_links_like_others(database: &Database) {
        append(database, 2).await;
        let mut unit = database.begin().await;
        unit.append_audits(&[event(2), event(3), event(4)]).await.unwrap();
        unit.commit().await.unwrap();
        append(database, 1).await;
        assert_eq!(verify(database).await.unwrap().sequence, 6);
        let subjects: Vec<_> =
            database.read().await.list_audit(3, 3).await.unwrap().into_iter().map(|event| event.subject).collect();
        assert_eq!(subjects, ["subject 2", "subject 3", "subject 4"]);
    }

    async fn fifty_appenders_at_once_make_one_chain(database: &Database) {
        let appenders: Vec<_> = (0..50)
            .map(|number| {
                let store = database.store.clone();
                tokio::spawn(async move {
                    let mut unit = store.begin().await.unwrap();
                    unit.append_audit(&event(number)).await.unwrap();
                    unit.commit().await.unwrap();
                })
            })
            .collect();
        for appender in appenders {
            appender.await.unwrap();
        }
        assert_eq!(verify(database).await.unwrap().sequence, 50);
    }

    async fn an_event_of_a_transaction_that_ends_without_commit_leaves_no_gap(database: &Database) {
        append(database, 1).await;
        let mut unit = database.begin().await;
        unit.append_audit(&event(9)).await.unwrap();
        drop(unit);
        append(database, 1).await;
        assert_eq!(verify(database).await.unwrap().sequence, 2);
    }

    async fn an_edit_from_outside_is_found(database: &Database) {
        append(database, 3).await;
        database.tamper(sqlx::query("UPDATE audit_event SET details = '{}' WHERE sequence = 2")).await;
        assert_eq!(verify(database).await, Err(ChainFault::Edited(2)));
    }

    async fn a_gap_is_found(database: &Database) {
        append(database, 3).await;
        database.tamper(sqlx::query("DELETE FROM audit_event WHERE sequence = 2")).await;
        assert_eq!(verify(database).await, Err(ChainFault::Gap { expected: 2, found: 3 }));
    }

    async fn a_cut_tail_is_found_and_nothing_can_be_appended_over_a_lost_head(database: &Database) {
        append(database, 3).await;
        database.tamper(sqlx::query("DELETE FROM audit_event WHERE sequence = 3")).await;
        assert_eq!(verify(database).await, Err(ChainFault::Truncated { expected: 3, found: 2 }));
        database.tamper(sqlx::query("DELETE FROM audit_head")).await;
        let mut unit = database.begin().await;
        assert!(unit.append_audit(&event(4)).await.is_err());
    }

    async fn two_events_that_change_places_are_found(database: &Database) {
        append(database, 3).await;
        for (from, to) in [(1, -1), (2, 1), (-1, 2)] {
            let text = "UPDATE audit_event SET sequence = $2 WHERE sequence = $1";
            assert_eq!(database.tamper(sqlx::query(text).bind(from).bind(to)).await, 1);
        }
        assert_eq!(verify(database).await, Err(ChainFault::Edited(1)));
    }
}
