//! What a test cannot look at here. Nothing is left out without a word: models fail a test that needs them, unless somebody said that
//! they are missing on purpose, and whatever is left out is kept for the end of `make test`. The unit tests share this file.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Set to 1, tests that need the models are passed over.
const WITHOUT_MODELS: &str = "RASTAU_TEST_WITHOUT_MODELS";
/// Names the file that keeps what was left out, a line each.
const KEPT_IN: &str = "RASTAU_LEFT_OUT";

/// Says that something is not looked at, and why.
pub(crate) fn leave_out(what: &str) {
    eprintln!("not checked: {what}");
    let Some(kept_in) = std::env::var_os(KEPT_IN).filter(|file| !file.is_empty()) else { return };
    let mut file = File::options().create(true).append(true).open(kept_in).unwrap();
    // In one piece: other tests are other processes, and write as well.
    file.write_all(format!("{what}\n").as_bytes()).unwrap();
}

/// The folder of the models; `None` when tests are to go without.
pub(crate) fn models() -> Option<PathBuf> {
    if std::env::var_os(WITHOUT_MODELS).is_some_and(|value| value == "1") {
        leave_out(&format!("what needs the models: {WITHOUT_MODELS}=1"));
        return None;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let first = folder.join("store/sface.onnx");
    assert!(first.exists(), "the models are missing: run `make models`, or set {WITHOUT_MODELS}=1 to go without");
    Some(folder)
}

/// A file or folder of the data that accuracy is measured on, where it is: it is no part of the project.
pub(crate) fn evaluation(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/eval").join(name);
    if path.exists() {
        return Some(path);
    }
    leave_out(&format!("accuracy on {name}: that data is no part of the project"));
    None
}
