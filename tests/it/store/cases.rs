use rastau::domain::face::liveness::cues::{Cue, CueResult, Finding, Support};
use rastau::domain::face::scores::FaceScores;
use rastau::domain::kernel::id::CaseId;
use rastau::domain::kernel::secret::{SecretBytes, SecretText};
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::ports::Store as _;
use rastau::domain::reason::ReasonCode;
use rastau::domain::review::case::{Case, CaseStatus, Contest};

use super::database::{Database, at};
use super::on_both_engines;

pub(super) async fn case(database: &Database, opened: i64) -> Case {
    let verification = database.verification().await;
    Case {
        id: CaseId::new(at(opened), database.randomness.as_ref()),
        verification: verification.id,
        operator: verification.operator,
        player: None,
        opened_at: at(opened),
        status: CaseStatus::Recorded,
        reasons: vec![ReasonCode::PresentationAttack, ReasonCode::FaceMismatch],
        scores: FaceScores {
            similarity: Some(0.123_456_79),
            presentation: None,
            frames: 6,
            quality: Some(0.5),
            cues: vec![CueResult { cue: Cue::Lights, support: Some(Support::UNCLEAR), findings: vec![Finding::Cut] }],
        },
        face_hits: Vec::new(),
        frame: Some(SecretBytes::new(b"jpeg".to_vec())),
        contest: None,
        attempt: Some(2),
    }
}

on_both_engines! {
    async fn a_case_comes_back_with_its_frame(database: &Database) {
        let mut with = case(database, 1).await;
        with.player = Some(database.player(0).await);
        let mut without = case(database, 2).await;
        without.status = CaseStatus::Open;
        without.frame = None;
        let mut unit = database.begin().await;
        unit.insert_case(&with).await.unwrap();
        unit.insert_case(&without).await.unwrap();
        assert_eq!(unit.insert_case(&with).await, Err(StoreError::Conflict));
        assert_eq!(unit.find_case(with.id).await.unwrap(), Some(with));
        assert_eq!(unit.find_case(without.id).await.unwrap(), Some(without));
        let unknown = CaseId::new(at(9), database.randomness.as_ref());
        assert_eq!(unit.find_case(unknown).await.unwrap(), None);
    }

    async fn a_reason_is_contested_once_and_the_statement_is_for_who_opens_the_case(database: &Database) {
        let contest = |reason, words: &str| Some(Contest::new(reason, &SecretText::new(words)).unwrap());
        let debt = Case { contest: contest(ReasonCode::RestrictedDebtor, "paid"), ..case(database, 1).await };
        let id = |number| CaseId::new(at(number), database.randomness.as_ref());
        let court = Case { id: id(2), contest: contest(ReasonCode::RestrictedCourt, "lifted"), ..debt.clone() };
        let again = Case { id: id(3), contest: contest(ReasonCode::RestrictedDebtor, "really"), ..debt.clone() };
        let mut unit = database.begin().await;
        unit.insert_case(&debt).await.unwrap();
        unit.insert_case(&court).await.unwrap();
        assert_eq!(unit.insert_case(&again).await, Err(StoreError::Conflict));
        // Attempts of the verification are other cases, as many as there are.
        for number in [4, 5] {
            unit.insert_case(&Case { id: id(number), contest: None, ..debt.clone() }).await.unwrap();
        }
        let contested = unit.contested_reasons(debt.verification).await.unwrap();
        assert_eq!(contested, [ReasonCode::RestrictedDebtor, ReasonCode::RestrictedCourt]);
        assert_eq!(unit.find_case(debt.id).await.unwrap().unwrap().contest, debt.contest);
        let listed = unit.list_cases(10, None).await.unwrap();
        assert!(listed.iter().filter_map(|case| case.contest.as_ref()).all(|contest| contest.statement.is_none()));
        assert_eq!(listed.iter().filter(|case| case.contest.is_some()).count(), 2);
    }

    async fn cases_are_listed_newest_first_in_pages_without_frames(database: &Database) {
        let mut ids = Vec::new();
        let mut cases = Vec::new();
        for opened in 1..=5 {
            cases.push(case(database, opened).await);
        }
        let mut unit = database.begin().await;
        for case in &cases {
            unit.insert_case(case).await.unwrap();
            ids.insert(0, case.id);
        }
        let first = unit.list_cases(2, None).await.unwrap();
        assert!(first.iter().all(|case| case.frame.is_none() && case.scores.frames == 6));
        let second = unit.list_cases(10, Some(first[1].id)).await.unwrap();
        let listed: Vec<CaseId> = first.iter().chain(&second).map(|case| case.id).collect();
        assert_eq!(listed, ids);
        assert!(unit.list_cases(10, Some(ids[4])).await.unwrap().is_empty());
    }

    async fn a_frame_decrypts_in_its_own_place_with_its_own_key_only(database: &Database) {
        let case = case(database, 1).await;
        let mut unit = database.begin().await;
        unit.insert_case(&case).await.unwrap();
        unit.commit().await.unwrap();
        let foreign = database.with_keys(&[9]).await;
        let denied = foreign.read().await.unwrap().find_case(case.id).await;
        assert!(matches!(denied, Err(StoreError::Corrupt(_))), "{denied:?}");
        database.tamper(sqlx::query("UPDATE review_case SET scores = frame")).await;
        let moved = database.read().await.find_case(case.id).await;
        assert!(matches!(moved, Err(StoreError::Corrupt(_))), "{moved:?}");
    }
}
