//! A real capture that failed: seen again, proven, judged again, handed on, held and erased.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::time::Duration;

use rastau::app::review::evidence::EvidenceError;
use rastau::app::review::evidence::bundle::{RECORD, collect, pack};
use rastau::app::review::evidence::erase::{erase_evidence, erase_old_evidence};
use rastau::app::review::evidence::log_proof::prove_trail;
use rastau::app::review::evidence::replay::{open_dossier, replay_case};
use rastau::app::review::evidence::taken_out::TakenOut;
use rastau::app::review::evidence::verify_bundle::{BundleFault, Verified, verify_bundle};
use rastau::app::review::why::Why;
use rastau::credentials::jose::StatementJose;
use rastau::domain::kernel::id::{CaseId, DecisionId, StaffId};
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::review::case_work::{CaseDecision, Conclusion};
use rastau::domain::review::evidence::retention::EraseFault;
use rastau::domain::staff::{Role, StaffMember};
use rastau::messages::Locale;
use rastau::messages::report::report_page;
use rastau::workshop::actor::Actor;
use rastau::workshop::attackers::{Recorder, ResentFrames};
use rastau::workshop::person::VirtualPlayer;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, puppet};
use crate::support::people::{adult, to_face};

/// Has somebody else's face come under this IIN; the case of it.
async fn mismatched(app: &TestApp, number: u16, actor: &mut dyn Actor) -> CaseId {
    let iin = adult(number);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    assert_ne!(player.capture(actor).await.unwrap().result, "passed");
    newest(app).await
}

async fn newest(app: &TestApp) -> CaseId {
    let cases: Value = app.staff("cases").await.json().await.unwrap();
    cases[0]["id"].as_str().unwrap().parse().unwrap()
}

/// Somebody of the staff says what it was, with a note to the player and one for staff alone.
async fn decide(app: &TestApp, case: CaseId) {
    let (now, randomness) = (app.now(), app.services.randomness.as_ref());
    let id = StaffId::new(now, randomness);
    let mut unit = app.unit().await;
    let roles = [Role::Reviewer].into();
    unit.insert_staff(&StaffMember::new(id, "one".parse().unwrap(), "One", roles, now).unwrap()).await.unwrap();
    let decision = CaseDecision {
        id: DecisionId::new(now, randomness),
        case,
        conclusion: Conclusion::AnotherPerson,
        to_player: Some(SecretText::new("We are sorry")),
        internal: Some(SecretText::new("for staff alone")),
        by: id,
        at: now,
        settlement: None,
    };
    unit.insert_case_decision(&decision).await.unwrap();
    unit.commit().await.unwrap();
}

fn somebody_else(seed: u64) -> VirtualPlayer {
    VirtualPlayer::new(puppet(Who::Other), seed)
}

async fn bundle(app: &TestApp, case: CaseId) -> Vec<u8> {
    let why = Why::read("asked for by a court").unwrap();
    let taken = TakenOut { by: "one".to_owned(), allowed_by: Some("two".to_owned()) };
    let collected = collect(&app.services, case, &taken, &why).await.unwrap();
    let page = report_page(&collected.report, Locale::Kk);
    pack(&app.services, collected, page).unwrap().expose().to_vec()
}

fn verify(app: &TestApp, bundle: &[u8]) -> Result<Verified, BundleFault> {
    verify_bundle(&StatementJose, bundle, Some(&app.services.credentials.signer.jwks().to_string()))
}

fn unzip(bundle: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bundle)).unwrap();
    let mut files = BTreeMap::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.insert(file.name().unwrap().into_owned(), content);
    }
    files
}

fn zip(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in files {
        archive.start_file(name.as_str(), options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_failed_capture_is_sealed_judged_again_handed_on_and_erased() {
    let app = TestApp::start().await;
    let case = mismatched(&app, 140, &mut somebody_else(601)).await;

    // Sealed: a picture of each step, numbers of each frame, and the hash in the log.
    let mut unit = app.unit().await;
    let (dossier, record) = open_dossier(unit.as_mut(), case).await.unwrap();
    drop(unit);
    let capture = dossier.capture.clone().unwrap();
    let kept = capture.recording.frames.iter().filter(|frame| frame.kept).count();
    let judged = capture.recording.frames.iter().filter(|frame| frame.gate().is_some()).count();
    assert!(kept >= 4 && judged >= kept + 3, "{judged} of which {kept}");
    assert!(dossier.pictures.len() > judged, "{judged} of {}", dossier.pictures.len());
    assert!(capture.recording.frames.len() > 40 && capture.recording.steps.len() > 6);
    assert!(dossier.models.len() >= 4 && dossier.best.is_some());
    println!(
        "{} frames, record {} bytes, {} pictures of {} bytes",
        capture.recording.frames.len(),
        record.len(),
        dossier.pictures.len(),
        dossier.pictures.iter().map(|picture| picture.bytes).sum::<usize>()
    );

    // Judged again: the same, to the last digit on the same machine.
    let replay = replay_case(&app.services, case, "a test").await.unwrap();
    assert!(replay.is_same(), "{replay:?}");
    assert!(replay.changed_models.is_empty() && replay.pictures == judged);
    let (of, by) = replay.largest_difference().unwrap();
    println!("most apart: {by} of {of}");
    assert!(by < 1e-4, "{by} of {of}");

    // Handed on: what the player read is in it, and what staff wrote for themselves is not.
    decide(&app, case).await;
    let handed = bundle(&app, case).await;
    let verified = verify(&app, &handed).unwrap();
    assert!(verified.trusted_keys && verified.events >= 4 && verified.pictures == dossier.pictures.len());
    assert_eq!(verified.manifest.case, case.to_string());
    assert!(!verify_bundle(&StatementJose, &handed, None).unwrap().trusted_keys, "by its own keys");
    let holds = |words: &str| handed.windows(words.len()).any(|window| window == words.as_bytes());
    assert!(holds("We are sorry") && !holds("for staff alone"));
    let files = unzip(&handed);
    let report: Value = serde_json::from_slice(&files["report.json"]).unwrap();
    assert_eq!(report["person"]["name"], "Test Person");
    assert!(report["reference"]["like_then"].as_f64().unwrap() > 0.999, "the register's photo is that of then");
    assert!(report["comparison"]["similarity"].is_number() && report["models"].as_array().unwrap().len() >= 4);
    assert!(files.contains_key(report["live"]["file"].as_str().unwrap()));
    let page = String::from_utf8(files["report.html"].clone()).unwrap();
    assert!(page.contains("Test Person") && page.contains("lang=\"kk\"") && !page.contains("<script"));
    assert!(page.contains("<main>") && page.contains("<td>Басқа адам</td>"), "in words: {page}");
    assert!(!page.contains(">?<") && !page.contains("another_person<") && !page.contains("population register"));

    // Erased: the key is gone, the proof is not.
    let mut unit = app.unit().await;
    erase_evidence(unit.as_mut(), case, json!({ "by": "one", "second": "two" }), app.now()).await.unwrap();
    unit.commit().await.unwrap();
    let frame = app.staff(&format!("cases/{case}/frame")).await;
    assert_eq!(frame.status().as_u16(), 404, "the picture is gone");
    let why = replay_case(&app.services, case, "a test").await.unwrap_err();
    assert!(matches!(why, EvidenceError::Erased(_)) && why.to_string().contains("the key was destroyed"), "{why}");
    let trail = prove_trail(&app.services, &[case.to_string()]).await.unwrap();
    let kinds: Vec<&str> = trail.events.iter().map(|proven| proven.event.kind.as_str()).collect();
    assert_eq!(kinds, ["case_opened", "evidence_replayed", "evidence_exported", "evidence_erased", "case_viewed"]);
    for proven in &trail.events {
        let root = proven.proof.root(&proven.event.hash).map(hex::encode);
        assert_eq!(root.as_ref(), Some(&trail.checkpoint.root), "{}", proven.event.kind);
    }
    let nothing = prove_trail(&app.services, &["nobody".to_owned()]).await.unwrap();
    assert!(nothing.events.is_empty() && nothing.checkpoint.root == trail.checkpoint.root, "of the same log");
    let after = bundle(&app, case).await;
    let verified = verify(&app, &after).unwrap();
    assert!(verified.erased_at.is_some() && verified.digest.is_some() && verified.pictures == 0);
    let files = unzip(&after);
    assert!(!files.keys().any(|name| name.starts_with("pictures") || name == RECORD), "{:?}", files.keys());
    let report: Value = serde_json::from_slice(&files["report.json"]).unwrap();
    assert_eq!((&report["comparison"], &report["person"]["name"]), (&Value::Null, &Value::Null));
    assert!(verify(&app, &handed).is_ok(), "what was handed on before still verifies");
    app.verify_audit().await;
}

#[tokio::test]
async fn a_bundle_that_was_changed_anywhere_does_not_verify() {
    let app = TestApp::start().await;
    let case = mismatched(&app, 141, &mut somebody_else(602)).await;
    let good = unzip(&bundle(&app, case).await);
    assert!(verify(&app, &zip(&good)).is_ok());
    for name in good.keys() {
        let mut without = good.clone();
        without.remove(name);
        assert!(verify(&app, &zip(&without)).is_err(), "without {name}");
        let mut changed = good.clone();
        let content = changed.get_mut(name).unwrap();
        let middle = content.len() / 2;
        content[middle] ^= 1;
        assert!(verify(&app, &zip(&changed)).is_err(), "a bit of {name}");
    }
    let mut more = good.clone();
    more.insert("note.txt".to_owned(), b"added later".to_vec());
    assert_eq!(verify(&app, &zip(&more)).unwrap_err(), BundleFault::File("note.txt".to_owned()));
    // Signed by somebody else, with their keys beside it.
    let other = TestApp::start().await;
    assert_eq!(verify(&other, &zip(&good)).unwrap_err(), BundleFault::Signature);
    for nonsense in [&b""[..], b"PK", b"PK\x03\x04", &[0; 4_096]] {
        assert!(matches!(verify(&app, nonsense), Err(BundleFault::Format(_))));
    }
}

#[tokio::test]
async fn a_record_that_was_changed_in_the_database_is_not_believed() {
    let app = TestApp::start().await;
    let one = mismatched(&app, 142, &mut somebody_else(603)).await;
    let two = mismatched(&app, 143, &mut somebody_else(604)).await;
    // Whoever writes the database gives one case the sealed evidence of another.
    let url = format!("sqlite://{}", app.folder.path().join("rastau.db").display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let swap = "UPDATE case_evidence SET record = (SELECT record FROM case_evidence WHERE review_case = $1), \
                own_key = (SELECT own_key FROM case_evidence WHERE review_case = $1) WHERE review_case = $2";
    sqlx::query(swap).bind(two.to_string()).bind(one.to_string()).execute(&pool).await.unwrap();
    let error = replay_case(&app.services, one, "a test").await.unwrap_err();
    assert!(error.to_string().contains("moved from another place"), "{error}");
    // The log loses what it said.
    let rewrite = "UPDATE audit_event SET details = replace(details, 'evidence', 'other') WHERE subject = $1";
    sqlx::query(rewrite).bind(two.to_string()).execute(&pool).await.unwrap();
    let error = replay_case(&app.services, two, "a test").await.unwrap_err();
    assert!(matches!(error, EvidenceError::Tampered(_)), "{error}");
    assert!(matches!(prove_trail(&app.services, &[two.to_string()]).await, Err(EvidenceError::Tampered(_))));
}

#[tokio::test]
async fn evidence_past_its_term_is_erased_and_what_is_open_stays() {
    let app = TestApp::start().await;
    let over = mismatched(&app, 144, &mut somebody_else(605)).await;
    let terms = (app.services.policy.evidence_term, app.services.policy.evidence_term);
    let store = app.services.store.as_ref();
    assert_eq!(erase_old_evidence(store, app.now(), terms).await.unwrap(), 0);
    let later = app.now().plus(terms.0).plus(Duration::from_secs(1));
    assert_eq!(erase_old_evidence(store, later, terms).await.unwrap(), 1);
    assert_eq!(erase_old_evidence(store, later, terms).await.unwrap(), 0, "once");
    assert!(matches!(replay_case(&app.services, over, "a test").await, Err(EvidenceError::Erased(_))));
    let mut unit = app.unit().await;
    let again = erase_evidence(unit.as_mut(), over, json!({}), later).await;
    assert!(matches!(again, Err(EvidenceError::Fault(EraseFault::Erased))));
}

#[tokio::test]
async fn a_recording_that_is_judged_again_is_one_again_and_its_frames_are_found_elsewhere() {
    let app = TestApp::start().await;
    let iin = adult(145);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let mut recorder = Recorder::new(VirtualPlayer::new(puppet(Who::Astronaut), 606));
    let player = app.arrive().await;
    to_face(&player, &iin).await;
    assert_eq!(player.capture(&mut recorder).await.unwrap().result, "passed");
    let frames = recorder.into_frames();
    let first = mismatched(&app, 145, &mut ResentFrames::new(frames.clone()).unwrap()).await;
    let second = mismatched(&app, 145, &mut ResentFrames::new(frames).unwrap()).await;
    let replay = replay_case(&app.services, first, "a test").await.unwrap();
    assert!(replay.is_same(), "{replay:?}");
    let mut unit = app.unit().await;
    assert_eq!(unit.cases_of_same_pictures(second, 10).await.unwrap(), [first]);
}
