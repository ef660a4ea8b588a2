use crate::support::faces::{Who, clip};

use super::workshop::Workshop;
use rastau::domain::face::scores::FaceScores;
use rastau::domain::face::search::{FaceHit, SightingKind};
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::handle::hash_handle;
use rastau::domain::kernel::id::{CaseId, PlayerId, VerificationId};
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::oauth::authorization::PushedRequest;
use rastau::domain::operators::operator::OperatorId;
use rastau::domain::ports::Store as _;
use rastau::domain::reason::ReasonCode;
use rastau::domain::review::case::{Case, CaseStatus};
use rastau::domain::verification::Verification;
use std::os::unix::fs::PermissionsExt as _;
use uuid::Uuid;

fn case(number: u128, frame: Option<&[u8]>) -> Case {
    Case {
        id: CaseId::from(Uuid::from_u128(number)),
        verification: VerificationId::from(Uuid::from_u128(100 + number)),
        operator: OperatorId::parse("demo-bet").unwrap(),
        player: Some(PlayerId::from(Uuid::from_u128(7))),
        opened_at: Timestamp::from_seconds(1_795_000_000 + i64::try_from(number).unwrap()),
        status: CaseStatus::Open,
        reasons: vec![ReasonCode::FaceDoubtful],
        scores: FaceScores {
            similarity: Some(0.412),
            presentation: Some(0.9),
            frames: 6,
            quality: None,
            cues: Vec::new(),
        },
        face_hits: Vec::new(),
        frame: frame.map(|bytes| SecretBytes::new(bytes.to_vec())),
        contest: None,
        attempt: None,
    }
}

async fn shop_with_cases() -> Workshop {
    let shop = Workshop::sandbox();
    shop.run(&[
        "operator",
        "add",
        "demo-bet",
        "--name",
        "Demo",
        "--redirect-uri",
        "https://bet.example/cb",
        "--sandbox-secret",
    ])
    .good();
    let store = shop.store().await;
    let mut unit = store.begin().await.unwrap();
    let iin = Iin::parse("900101300017").unwrap();
    let now = Timestamp::from_seconds(1_795_000_000);
    for case in [case(1, Some(b"a jpeg")), case(2, None)] {
        unit.player_of(&iin, case.player.unwrap(), now).await.unwrap();
        unit.insert_verification(&verification(&case, now)).await.unwrap();
        unit.insert_case(&case).await.unwrap();
    }
    unit.commit().await.unwrap();
    store.close().await;
    shop
}

fn verification(case: &Case, now: Timestamp) -> Verification {
    let request = PushedRequest {
        operator: case.operator.clone(),
        redirect_uri: "https://bet.example/cb".into(),
        state: None,
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into(),
        ui_locales: None,
        acr_values: None,
        id_token: None,
        dpop_jkt: None,
        expires_at: now,
    };
    Verification::start(case.verification, request, hash_handle(&case.id.to_string()), now)
}

#[tokio::test]
async fn cases_are_listed_newest_first_and_by_page() {
    let shop = shop_with_cases().await;
    insta::assert_snapshot!(shop.run(&["review", "list"]).good());
    let page = shop.run(&["review", "list", "--before", "00000000-0000-0000-0000-000000000002", "--json"]).json();
    assert_eq!(page.as_array().unwrap().len(), 1);
    assert_eq!(page[0]["reasons"], serde_json::json!(["face_doubtful"]));
    assert_eq!(shop.run(&["review", "list", "--limit", "0"]).code, 2);
    assert_eq!(Workshop::sandbox().run(&["review", "list"]).good(), "no cases\n");
}

#[tokio::test]
async fn looking_at_a_case_leaves_a_trace() {
    let shop = shop_with_cases().await;
    let id = "00000000-0000-0000-0000-000000000001";
    let out = shop.run(&["review", "show", id, "--frame", "case.jpg"]).good();
    insta::assert_snapshot!(out);
    assert_eq!(std::fs::read(shop.path("case.jpg")).unwrap(), b"a jpeg");
    let mode = std::fs::metadata(shop.path("case.jpg")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut unit = shop.store().await.read().await.unwrap();
    let events = unit.list_audit(1, 10).await.unwrap();
    assert_eq!((events.len(), events[1].kind.as_str(), events[1].subject.as_str()), (2, "case_viewed", id));
    assert!(events[1].details.contains("cli, user id "), "{}", events[1].details);
}

#[tokio::test]
async fn what_cannot_be_shown_is_said() {
    let shop = shop_with_cases().await;
    let err = shop.run(&["review", "show", "00000000-0000-0000-0000-000000000009"]).bad();
    assert_eq!(err, "rastau: there is no case 00000000-0000-0000-0000-000000000009\n");
    assert_eq!(shop.run(&["audit", "verify", "--json"]).json()["events"], 1);
    let err = shop.run(&["review", "show", "00000000-0000-0000-0000-000000000002", "--frame", "x.jpg"]).bad();
    assert_eq!(err, "rastau: this case has no frame\n");
    shop.write("taken.jpg", "mine");
    let err = shop.run(&["review", "show", "00000000-0000-0000-0000-000000000001", "--frame", "taken.jpg"]).bad();
    assert!(err.contains("--frame: cannot write taken.jpg"), "{err}");
    assert_eq!(std::fs::read(shop.path("taken.jpg")).unwrap(), b"mine");
}

/// A case of a player whose face was like another's, with a real frame.
async fn add_likeness(shop: &Workshop) -> String {
    let mut likeness = case(3, Some(&clip(Who::Other)[0]));
    likeness.reasons = vec![ReasonCode::FaceSeenElsewhere];
    let subject = Uuid::from_u128(8);
    let hit = FaceHit { kind: SightingKind::Accepted, subject, player: Some(subject.into()), similarity: 0.71 };
    likeness.face_hits = vec![hit];
    let store = shop.store().await;
    let mut unit = store.begin().await.unwrap();
    unit.insert_verification(&verification(&likeness, likeness.opened_at)).await.unwrap();
    unit.insert_case(&likeness).await.unwrap();
    unit.commit().await.unwrap();
    store.close().await;
    likeness.id.to_string()
}

async fn last_event(shop: &Workshop) -> (String, String) {
    let mut unit = shop.store().await.read().await.unwrap();
    let event = unit.list_audit(1, 100).await.unwrap().pop().unwrap();
    (event.kind, event.details)
}

#[tokio::test]
async fn a_likeness_is_shown_and_cleared_with_a_trace() {
    let shop = shop_with_cases().await;
    let id = add_likeness(&shop).await;
    let shown = shop.run(&["review", "show", &id]).good();
    assert!(shown.contains("like          accepted 00000000-0000-0000-0000-000000000008 (0.710)"), "{shown}");
    assert_eq!(shop.run(&["review", "clear-face", &id, "--json"]).json()["cleared_with"], 1);
    let (kind, details) = last_event(&shop).await;
    assert_eq!(kind, "face_cleared");
    assert!(details.contains("cli, user id ") && details.contains("000000000008") && !details.contains("0.71"));
    let cleared = shop.store().await.read().await.unwrap().cleared_with(Uuid::from_u128(8)).await.unwrap();
    assert_eq!(cleared, [Uuid::from_u128(7)]);
    let refused = shop.run(&["review", "clear-face", "00000000-0000-0000-0000-000000000001"]).bad();
    assert!(refused.starts_with("rastau: case_without_likeness: "), "{refused}");
}

#[tokio::test]
async fn an_attacker_is_confirmed_from_a_case_and_taken_back() {
    let shop = shop_with_cases().await;
    let id = add_likeness(&shop).await;
    assert!(shop.run(&["review", "confirm-attack", &id]).good().starts_with("confirmed"));
    assert_eq!(last_event(&shop).await.0, "attack_confirmed");
    assert_eq!(shop.run(&["review", "forget-attack", &id, "--json"]).json()["attacker"], false);
    assert_eq!(last_event(&shop).await.0, "attack_forgotten");
    for (command, number, code) in [
        ("forget-attack", 3, "attacker_unknown"),
        ("confirm-attack", 1, "case_without_face"),
        ("confirm-attack", 2, "case_without_frame"),
        ("confirm-attack", 9, "case_unknown"),
    ] {
        let refused = shop.run(&["review", command, &format!("00000000-0000-0000-0000-00000000000{number}")]).bad();
        assert!(refused.starts_with(&format!("rastau: {code}: ")), "{refused}");
    }
}
