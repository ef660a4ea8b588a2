//! A sandbox in a folder of its own, served by the real binary.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::Failure;
use super::memory::{Sampling, resident};

/// The sandbox's own origin, whatever port it got.
pub(super) const ORIGIN: &str = "http://localhost:8080";
const RASTAU: &str = env!("CARGO_BIN_EXE_rastau");

/// A running service; killed when dropped.
pub(super) struct Service {
    pub(super) address: SocketAddr,
    metrics: SocketAddr,
    child: Child,
    _folder: TempDir,
}

/// Runs a command to its end.
pub(super) fn rastau(folder: &Path, args: &[&str]) -> Result<(), Failure> {
    let output = Command::new(RASTAU).args(args).current_dir(folder).env_clear().output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}

impl Service {
    pub(super) fn start(models: &Path) -> Result<Self, Failure> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let config = format!(
            "[server]\nbind = \"127.0.0.1:0\"\n[sandbox]\nenabled = true\n[models]\ndirectory = {:?}\n\
             [metrics]\nbind = \"127.0.0.1:0\"\n[log]\nformat = \"json\"\n",
            models.display().to_string()
        );
        std::fs::write(folder.path().join("rastau.toml"), config)?;
        rastau(folder.path(), &["keys", "generate", "--sandbox", "--out", "keys.toml"])?;
        rastau(folder.path(), &["migrate"])?;
        let mut child =
            Command::new(RASTAU).arg("serve").current_dir(folder.path()).env_clear().stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no log")?).lines();
        let (mut metrics, mut address) = (None, None);
        for line in lines.by_ref() {
            let line: serde_json::Value = serde_json::from_str(&line?)?;
            let named = line["fields"]["address"].as_str().and_then(|text| text.parse().ok());
            match line["fields"]["message"].as_str() {
                Some("metrics") => metrics = named,
                Some("serving") => address = named,
                Some("ready") => break,
                _ => {}
            }
        }
        // A full pipe would stop the service.
        std::thread::spawn(move || lines.for_each(drop));
        let (address, metrics) = (address.ok_or("it does not serve")?, metrics.ok_or("it counts nothing")?);
        Ok(Self { address, metrics, child, _folder: folder })
    }

    /// Resident kilobytes.
    pub(super) fn memory(&self) -> Result<u64, Failure> {
        resident(self.child.id())
    }

    /// Looks at the memory ten times a second.
    pub(super) fn sample_memory(&self) -> Sampling {
        Sampling::of(self.child.id())
    }

    /// What the service counted of its queue.
    pub(super) async fn counted(&self) -> Result<String, Failure> {
        let text = reqwest::get(format!("http://{}/metrics", self.metrics)).await?.text().await?;
        let value = |name: &str| {
            text.lines()
                .filter(|line| line.starts_with(name) && line.contains("id_photo"))
                .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
                .sum::<f64>()
        };
        let mean = |name: &str| {
            1e3 * value(&format!("rastau_inference_{name}_seconds_sum"))
                / value(&format!("rastau_inference_{name}_seconds_count"))
        };
        let refused = value("rastau_inference_refusals_total");
        Ok(format!("counted: mean queue {:.1} ms, mean run {:.1} ms, {refused} refused", mean("queue"), mean("run")))
    }

    pub(super) fn stop(mut self) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
