use serde_json::json;
use sqlx::Connection as _;

use rastau::domain::audit::event::{AuditKind, NewAuditEvent};
use rastau::domain::face::scores::FaceScores;
use rastau::domain::kernel::id::{CaseId, StaffId};
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::ports::UnitOfWork;
use rastau::domain::review::case::{Case, CaseStatus};
use rastau::domain::review::evidence::retention::Hold;
use rastau::domain::review::ports::SealedEvidence;
use rastau::domain::staff::{Role, StaffMember};

use super::cases::case;
use super::database::{Database, at};
use super::on_both_engines;

fn sealed(pictures: &[&str]) -> SealedEvidence {
    SealedEvidence {
        digest: [7; 32],
        record: SecretBytes::new(b"the record".to_vec()),
        pictures: pictures.iter().map(|picture| SecretBytes::new(picture.as_bytes().to_vec())).collect(),
        best: Some(1),
    }
}

async fn somebody(unit: &mut dyn UnitOfWork, database: &Database) -> StaffId {
    let id = StaffId::new(at(1), database.randomness.as_ref());
    let roles = [Role::Supervisor].into();
    unit.insert_staff(&StaffMember::new(id, "one".parse().unwrap(), "One", roles, at(1)).unwrap()).await.unwrap();
    id
}

/// Whether the database's file, and what is still to be written into it, has these bytes.
async fn file_has(database: &Database, bytes: &[u8]) -> bool {
    database.tamper(sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")).await;
    let (file, _folder) = database.file.as_ref().unwrap();
    let content = std::fs::read(file).unwrap();
    content.windows(bytes.len()).any(|window| window == bytes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_destroyed_key_stands_nowhere_in_the_file() {
    let database = Database::sqlite().await;
    let kept = Case { frame: None, ..case(&database, 1).await };
    let mut unit = database.begin().await;
    unit.insert_case(&kept).await.unwrap();
    let whole = SealedEvidence { record: SecretBytes::new(vec![3; 80_000]), ..sealed(&["one", "two"]) };
    unit.seal_evidence(kept.id, &whole).await.unwrap();
    unit.commit().await.unwrap();
    let mut connection = sqlx::SqliteConnection::connect(&database.url).await.unwrap();
    let question = sqlx::query_as::<_, (Vec<u8>,)>("SELECT own_key FROM case_evidence");
    let (key,) = question.fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert!(file_has(&database, &key).await);
    let mut unit = database.begin().await;
    unit.erase_evidence(kept.id, at(9)).await.unwrap();
    unit.commit().await.unwrap();
    assert!(!file_has(&database, &key).await);
}

on_both_engines! {
    async fn evidence_opens_until_its_key_is_destroyed(database: &Database) {
        let kept = Case { frame: None, ..case(database, 1).await };
        let mut unit = database.begin().await;
        unit.insert_case(&kept).await.unwrap();
        assert_eq!(unit.find_evidence(kept.id).await.unwrap().digest, None);
        unit.seal_evidence(kept.id, &sealed(&["one", "two"])).await.unwrap();
        assert_eq!(unit.seal_evidence(kept.id, &sealed(&[])).await, Err(StoreError::Conflict));
        assert_eq!(unit.open_record(kept.id).await.unwrap().unwrap().expose(), b"the record");
        assert_eq!(unit.open_picture(kept.id, 0).await.unwrap().unwrap().expose(), b"one");
        assert_eq!(unit.open_picture(kept.id, 2).await.unwrap(), None);
        let best = unit.find_case(kept.id).await.unwrap().unwrap().frame;
        assert_eq!(best.unwrap().expose(), b"two", "the best picture stands for the case");

        unit.erase_evidence(kept.id, at(9)).await.unwrap();
        assert_eq!(unit.erase_evidence(kept.id, at(10)).await, Err(StoreError::Conflict));
        let known = unit.find_evidence(kept.id).await.unwrap();
        assert_eq!((known.digest, known.erased_at), (Some([7; 32]), Some(at(9))), "what the log has of it stays");
        assert_eq!(unit.open_record(kept.id).await.unwrap(), None);
        assert_eq!(unit.open_picture(kept.id, 0).await.unwrap(), None);
        let left = unit.find_case(kept.id).await.unwrap().unwrap();
        assert_eq!((left.frame, left.scores, left.reasons), (None, FaceScores::default(), kept.reasons));
    }

    async fn a_case_of_an_older_version_is_erased_too(database: &Database) {
        let kept = case(database, 1).await;
        let mut unit = database.begin().await;
        unit.insert_case(&kept).await.unwrap();
        unit.erase_evidence(kept.id, at(9)).await.unwrap();
        let left = unit.find_case(kept.id).await.unwrap().unwrap();
        assert_eq!((left.frame, left.scores), (None, FaceScores::default()));
        assert_eq!(unit.find_evidence(kept.id).await.unwrap().erased_at, Some(at(9)));
    }

    async fn what_is_held_is_not_erased(database: &Database) {
        let kept = case(database, 1).await;
        let mut unit = database.begin().await;
        unit.insert_case(&kept).await.unwrap();
        let by = somebody(unit.as_mut(), database).await;
        let hold = Hold { by, since: at(3) };
        unit.hold_evidence(kept.id, Some(hold)).await.unwrap();
        assert_eq!(unit.find_evidence(kept.id).await.unwrap().hold, Some(hold));
        assert_eq!(unit.erase_evidence(kept.id, at(9)).await, Err(StoreError::Conflict));
        unit.hold_evidence(kept.id, None).await.unwrap();
        unit.erase_evidence(kept.id, at(9)).await.unwrap();
        assert_eq!(unit.hold_evidence(kept.id, Some(hold)).await, Err(StoreError::Conflict), "nothing is left to hold");
    }

    async fn what_is_past_its_term_is_found_unless_it_is_open_held_or_gone(database: &Database) {
        let mut ids = Vec::new();
        for number in 1..=5 {
            let status = if number == 2 { CaseStatus::Open } else { CaseStatus::Recorded };
            let one = Case { status, ..case(database, number).await };
            ids.push(one.id);
            let mut unit = database.begin().await;
            unit.insert_case(&one).await.unwrap();
            unit.commit().await.unwrap();
        }
        let mut unit = database.begin().await;
        let by = somebody(unit.as_mut(), database).await;
        unit.hold_evidence(ids[2], Some(Hold { by, since: at(3) })).await.unwrap();
        unit.erase_evidence(ids[3], at(9)).await.unwrap();
        let none = CaseId::least(at(0));
        assert_eq!(unit.list_erasable(CaseId::least(at(9)), none, 10).await.unwrap(), [ids[0], ids[4]]);
        assert_eq!(unit.list_erasable(CaseId::least(at(9)), none, 1).await.unwrap(), [ids[0]]);
        let early = unit.list_erasable(CaseId::least(at(5)), none, 10).await.unwrap();
        assert_eq!(early, [ids[0]], "the last is not old enough");
    }

    async fn a_refusal_that_nobody_opened_is_past_its_term_sooner(database: &Database) {
        let mut ids = Vec::new();
        for number in 1..=4 {
            let status = if number == 2 { CaseStatus::Decided } else { CaseStatus::Recorded };
            let one = Case { status, ..case(database, number).await };
            ids.push(one.id);
            let mut unit = database.begin().await;
            unit.insert_case(&one).await.unwrap();
            let event = |kind| NewAuditEvent { kind, at: at(1), subject: one.id.to_string(), details: json!({}) };
            unit.append_audit(&event(AuditKind::CaseOpened)).await.unwrap();
            if number == 3 {
                unit.append_audit(&event(AuditKind::CaseViewed)).await.unwrap();
            }
            unit.commit().await.unwrap();
        }
        let mut unit = database.begin().await;
        let due = unit.list_erasable(CaseId::least(at(0)), CaseId::least(at(9)), 10).await.unwrap();
        assert_eq!(due, [ids[0], ids[3]], "somebody decided the second and looked at the third");
        let due = unit.list_erasable(CaseId::least(at(9)), CaseId::least(at(9)), 10).await.unwrap();
        assert_eq!(due, ids, "nothing stays for ever");
    }

    async fn cases_with_the_same_picture_are_found(database: &Database) {
        let (one, two, three) = (case(database, 1).await, case(database, 2).await, case(database, 3).await);
        let mut unit = database.begin().await;
        for (kept, pictures) in [(&one, ["a", "b"]), (&two, ["b", "c"]), (&three, ["d", "e"])] {
            unit.insert_case(kept).await.unwrap();
            unit.seal_evidence(kept.id, &sealed(&pictures)).await.unwrap();
        }
        assert_eq!(unit.cases_of_same_pictures(one.id, 10).await.unwrap(), [two.id]);
        assert_eq!(unit.cases_of_same_pictures(three.id, 10).await.unwrap(), []);
    }
}
