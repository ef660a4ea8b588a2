use super::*;
use crate::left_out::models;
use clap::{CommandFactory, Parser};

#[derive(Debug, Parser)]
struct Program {
    #[command(subcommand)]
    command: FaceCommand,
}

/// A folder with one person of a demo photo, the same seen by another lens, someone else, and no picture at all.
fn pictures(models: &Path) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let demo = models.join("store/demo");
    let portrait = image::open(demo.join("astronaut.png")).unwrap().to_rgb8();
    portrait.save(dir.path().join("one.png")).unwrap();
    image::imageops::crop_imm(&portrait, 60, 0, 330, 300).to_image().save(dir.path().join("again.jpg")).unwrap();
    let group = image::open(demo.join("group3.jpg")).unwrap().to_rgb8();
    group.save(dir.path().join("three.jpg")).unwrap();
    image::imageops::crop_imm(&group, 440, 180, 480, 600).to_image().save(dir.path().join("other.jpg")).unwrap();
    std::fs::write(dir.path().join("text.jpg"), "no picture").unwrap();
    image::imageops::rotate180(&portrait).save(dir.path().join("upside-down.png")).unwrap();
    image::imageops::rotate90(&portrait).save(dir.path().join("lying.png")).unwrap();
    dir
}

#[test]
fn the_command_line_is_sound_and_shows_examples() {
    Program::command().debug_assert();
    let help = Program::try_parse_from(["rastau", "compare", "--help"]).unwrap_err().to_string();
    assert!(help.contains("Examples:") && help.contains("Exit status: 0 match, 1 no match, 2 could not tell"));
    assert!(Program::try_parse_from(["rastau", "compare", "one.jpg"]).is_err());
    assert!(Program::try_parse_from(["rastau", "inspect"]).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_says_match_no_match_or_why_it_could_not_tell() {
    let Some(models) = models() else { return };
    let faces = faces::load(&models).unwrap();
    let file = models.join("calibration.json");
    let thresholds = calibration::read(&file, faces.engine.embedder()).unwrap().thresholds(1e-4, 1e-3);
    let dir = pictures(&models);
    for (a, b, outcome, reason) in [
        ("one.png", "again.jpg", "match", None),
        ("one.png", "other.jpg", "no_match", None),
        ("upside-down.png", "again.jpg", "match", None),
        ("lying.png", "upside-down.png", "match", None),
        ("upside-down.png", "other.jpg", "no_match", None),
        ("one.png", "three.jpg", "unclear", Some(ReasonCode::SeveralFaces)),
        ("text.jpg", "one.png", "unclear", Some(ReasonCode::PictureFormat)),
    ] {
        let args = CompareArgs { a: dir.path().join(a), b: dir.path().join(b), json: false };
        let verdict = args.judge(faces.engine.as_ref(), thresholds).await.unwrap();
        assert_eq!((verdict.outcome, verdict.reason), (outcome, reason), "{a} {b}: {verdict}");
        assert_eq!(verdict.similarity.is_some(), reason.is_none());
        let blamed = verdict.file.map(|file| file.file_name().unwrap().to_owned());
        let culprit = if b == "three.jpg" { b } else { a };
        assert_eq!(blamed, reason.map(|_| culprit.into()));
    }
    // One score is doubtful to judges that ask for more than there is.
    let args = CompareArgs { a: dir.path().join("one.png"), b: dir.path().join("again.jpg"), json: false };
    let strict = Thresholds { match_from: 1.1, no_match_below: 0.1 };
    let verdict = args.judge(faces.engine.as_ref(), strict).await.unwrap();
    assert_eq!((verdict.outcome, verdict.reason), ("unclear", Some(ReasonCode::FaceDoubtful)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_never_a_no_match() {
    let program = Program::try_parse_from(["rastau", "compare", "/nowhere/a.jpg", "/nowhere/b.jpg"]).unwrap();
    let nowhere = tempfile::tempdir().unwrap();
    let mut config = Config::load(&nowhere.path().join("none.toml"), false, []).unwrap();
    config.models.directory = nowhere.path().to_owned();
    let status = program.command.run(&config).await.unwrap();
    assert_eq!(format!("{status:?}"), format!("{:?}", ExitCode::from(COULD_NOT_TELL)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspection_shows_measures_or_the_reason() {
    let Some(models) = models() else { return };
    let faces = faces::load(&models).unwrap();
    let dir = pictures(&models);
    let ask = ExamineRequest::of(QualityGate::IdPhoto, true, TemplateDepth::None);
    let mut found = Vec::new();
    for name in ["one.png", "three.jpg", "text.jpg", "upside-down.png"] {
        let file = dir.path().join(name);
        let outcome = examine(faces.engine.as_ref(), &file, ask).await.unwrap();
        found.push(Findings::of(&file, outcome, faces.presentation));
    }
    let verdicts: Vec<_> = found.iter().map(verdict).collect();
    assert_eq!(verdicts, ["passes", "several_faces", "picture_format", "passes once turned upright"]);
    let turned = examine(faces.engine.as_ref(), &dir.path().join("upside-down.png"), ask).await.unwrap().unwrap();
    assert_eq!(turned.turned, 180);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json[0]["size"], serde_json::json!([512, 512]));
    assert_eq!(json[0]["presentation"]["verdict"], "bona_fide");
    assert_eq!(json[1]["faces"].as_array().unwrap().len(), 3);
    assert_eq!(json[2]["rejection"], "picture_format");
    assert!(json[2]["size"].is_null());
    assert_eq!((&json[0]["turned"], &json[3]["turned"]), (&serde_json::json!(0), &serde_json::json!(180)));
}
