//! The engine behind its port: overload, bad pictures, bad models.

use super::super::testing::{astronaut, examiner, models};
use super::*;
use crate::domain::face::engine::{QualityGate, TemplateDepth};
use crate::domain::reason::ReasonCode;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

const ASK: ExamineRequest = ExamineRequest::of(QualityGate::LiveFrame, true, TemplateDepth::Quick);

fn small_pool(queue: usize) -> PoolSettings {
    PoolSettings { queue, retry_after: Duration::from_secs(2), ..PoolSettings::patient(1) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_busy_and_the_engine_goes_on() {
    let Some(dir) = models() else { return };
    let frame = astronaut(&mut examiner().unwrap()).frame(0, 1).unwrap();
    let engine = Arc::new(OrtFaceEngine::load(&dir, small_pool(1)).unwrap());
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let (engine, frame) = (Arc::clone(&engine), frame.clone());
            tokio::spawn(async move { engine.examine(frame.into(), ASK).await })
        })
        .collect();
    let (mut served, mut busy) = (0, 0);
    for caller in callers {
        match caller.await.unwrap() {
            Ok(examination) => {
                assert_eq!(examination.rejection, None);
                assert_eq!(examination.template.unwrap().model(), engine.embedder());
                served += 1;
            }
            Err(EngineError::Busy { retry_after }) => {
                assert_eq!(retry_after, Duration::from_secs(2));
                busy += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(served >= 2 && busy >= 1, "{served} served, {busy} busy");
    assert!(engine.examine(frame.into(), ASK).await.is_ok());
}

#[tokio::test]
async fn bytes_that_are_no_picture_are_refused_with_their_reason() {
    let Some(dir) = models() else { return };
    let engine = OrtFaceEngine::load(&dir, small_pool(1)).unwrap();
    for (bytes, reason) in [
        (vec![], ReasonCode::PictureEmpty),
        (vec![7; 100], ReasonCode::PictureFormat),
        (vec![0xFF; (512 << 10) + 1], ReasonCode::PictureTooManyBytes),
        (b"\xFF\xD8\xFF\xE0\0\x10JFIF".to_vec(), ReasonCode::PictureDamaged),
    ] {
        let outcome = engine.examine(bytes.into(), ASK).await;
        assert_eq!(outcome.err(), Some(EngineError::Picture(reason)));
    }
}

#[tokio::test]
async fn an_engine_is_ready_once_it_is_warm() {
    let Some(dir) = models() else { return };
    let engine = OrtFaceEngine::load(&dir, small_pool(1)).unwrap();
    assert!(!engine.is_ready());
    engine.warm_up().await.unwrap();
    assert!(engine.is_ready());
    let black = engine.examine_when_idle(b"GIF89a".to_vec().into(), ASK).await;
    assert_eq!(black.err(), Some(EngineError::Picture(ReasonCode::PictureFormat)));
}

#[test]
fn a_worker_is_not_replaced_by_one_of_another_embedder() {
    let Some(dir) = models() else { return };
    let limits = PictureLimits::default();
    let right = Manifest::load(&dir).unwrap().embedder().unwrap();
    assert!(replacement(dir.clone(), right, limits)().is_ok());
    let why = replacement(dir, ModelHash("another".into()), limits)().unwrap_err();
    assert!(why.contains("restart"), "{why}");
}

/// A folder with the models of the project, to be spoiled.
fn copy_of(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let store = copy.path().join("store");
    fs::create_dir(&store).unwrap();
    fs::copy(dir.join("manifest.toml"), copy.path().join("manifest.toml")).unwrap();
    for file in ["yunet.onnx", "face_mesh.onnx", "fr_liveness.onnx", "sface.onnx", "fr_feature.onnx"] {
        std::os::unix::fs::symlink(dir.join("store").join(file), store.join(file)).unwrap();
    }
    for entry in fs::read_dir(dir.join("store")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_owned();
        if name.to_string_lossy().starts_with("libonnxruntime") {
            std::os::unix::fs::symlink(&path, store.join(name)).unwrap();
        }
    }
    copy
}

#[test]
fn a_missing_or_wrong_model_file_is_named() {
    let Some(dir) = models() else { return };
    for file in ["yunet.onnx", "face_mesh.onnx", "sface.onnx", "fr_feature.onnx", "fr_liveness.onnx"] {
        let copy = copy_of(&dir);
        let path = copy.path().join("store").join(file);
        fs::remove_file(&path).unwrap();
        let missing = OrtFaceEngine::load(copy.path(), small_pool(1)).unwrap_err().to_string();
        assert!(missing.contains(file) && missing.contains("make models"), "{missing}");
        fs::write(&path, b"not a model").unwrap();
        let wrong = OrtFaceEngine::load(copy.path(), small_pool(1)).unwrap_err().to_string();
        assert!(wrong.contains(file) && wrong.contains("sha256"), "{wrong}");
    }
}

#[test]
fn a_model_that_is_not_as_described_is_named() {
    let Some(dir) = models() else { return };
    let copy = copy_of(&dir);
    let manifest = fs::read_to_string(dir.join("manifest.toml")).unwrap();
    for (right, wrong, file) in [
        ("name = \"fc1\"", "name = \"fc2\"", "sface.onnx"),
        ("name = \"data\"", "name = \"date\"", "sface.onnx"),
        ("crop_scales = [2.0, 2.7, 4.0]", "crop_scales = [2.7]", "fr_liveness.onnx"),
        ("crop_scales = [1.5]", "crop_scales = []", "face_mesh.onnx"),
        ("weight = 0.65", "weight = 1.65", "manifest.toml"),
    ] {
        let changed = manifest.replacen(right, wrong, 1);
        assert_ne!(changed, manifest);
        fs::write(copy.path().join("manifest.toml"), changed).unwrap();
        let error = OrtFaceEngine::load(copy.path(), small_pool(1)).unwrap_err().to_string();
        assert!(error.contains(file), "{error}");
    }
}
