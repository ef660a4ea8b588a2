use super::*;
use tempfile::TempDir;

fn committed() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("models/manifest.toml")).unwrap()
}

fn folder(text: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("store")).unwrap();
    fs::write(dir.path().join("manifest.toml"), text).unwrap();
    dir
}

fn refused(text: &str) -> String {
    Manifest::load(folder(text).path()).unwrap_err().to_string()
}

#[test]
fn the_committed_manifest_is_whole() {
    let dir = folder(&committed());
    let manifest = Manifest::load(dir.path()).unwrap();
    let presentation = manifest.presentation_thresholds();
    assert!(presentation.bona_fide_from > presentation.attack_below && presentation.attack_below > 0.0);
    assert_eq!(manifest.embedder().unwrap().0.len(), 64);
    assert_eq!(manifest.model(Role::Pad).unwrap().preprocessing.crop_scales, [2.0, 2.7, 4.0]);
    assert_eq!(manifest.files().len(), 1 + manifest.models().len() + manifest.assets().len());
}

#[test]
fn what_makes_no_sense_is_refused_with_its_name() {
    let text = committed();
    assert!(refused(&text.replacen("schema = 1", "schema = 2", 1)).contains("schema 2"));
    assert!(refused(&text.replacen("licence = ", "license = ", 1)).contains("license"));
    assert!(refused(&text.replace("role = \"pad\"", "role = \"landmarks\"")).contains("no model of the role Pad"));
    let alone = text.replace("role = \"embedder2\"", "role = \"landmarks\"");
    assert!(refused(&alone).contains("Landmarks"));
    for (right, wrong) in [("weight = 0.65", "weight = 1.0"), ("unclear = [0.3, 0.5]", "unclear = [0.5, 0.3]")] {
        let changed = text.replace(right, wrong);
        assert_ne!(changed, text);
        assert!(refused(&changed).contains("[fusion]"));
    }
    assert!(refused(&text.replace("role = \"embedder2\"", "role = \"embedder\"")).contains("more than one"));
    let high = text.replace("attack = 0.15", "attack = 0.6");
    assert_ne!(high, text);
    assert!(refused(&high).contains("must not lie above"));
    // Scores of comparison belong to the calibration.
    assert!(refused(&text.replace("nms_iou = 0.3", "nms_iou = 0.3\nmatch = 0.45")).contains("match"));
    let missing = text.replace("live = 0.4", "");
    assert_ne!(missing, text);
    assert!(refused(&missing).contains("fr_liveness.onnx"));
    assert!(refused(&text.replace("live = 0.4", "live = 1.5")).contains("thresholds.live"));
    let nowhere = tempfile::tempdir().unwrap();
    let error = Manifest::load(nowhere.path()).unwrap_err().to_string();
    assert!(error.contains("manifest.toml"), "{error}");
}

#[test]
fn a_missing_or_changed_file_is_named() {
    let dir = folder(&committed());
    let manifest = Manifest::load(dir.path()).unwrap();
    let model = manifest.model(Role::Detector).unwrap();
    let missing = manifest.read(model).unwrap_err();
    assert!(matches!(missing, ManifestError::Missing { .. }));
    assert!(missing.to_string().contains("yunet.onnx"), "{missing}");
    fs::write(manifest.path("yunet.onnx"), b"something else").unwrap();
    let changed = manifest.read(model).unwrap_err();
    assert!(matches!(changed, ManifestError::WrongHash { .. }));
    assert!(changed.to_string().contains("yunet.onnx"), "{changed}");
    assert!(manifest.runtime_library().unwrap_err().to_string().contains("libonnxruntime"));
}

#[test]
fn the_right_bytes_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("abc");
    fs::write(&path, b"abc").unwrap();
    // FIPS 180-2, appendix B.1.
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(read_checked(&path, known).unwrap(), b"abc");
}
