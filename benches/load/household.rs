//! A demo as `rastau demo` serves it, in a folder of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use url::Url;

use super::Failure;

const RASTAU: &str = env!("CARGO_BIN_EXE_rastau");
const READY_WITHIN: Duration = Duration::from_mins(1);

/// A running demo; killed when dropped.
pub(super) struct Household {
    pub(super) base: Url,
    pub(super) address: SocketAddr,
    data: PathBuf,
    child: Child,
    _folder: TempDir,
}

impl Household {
    pub(super) async fn start(models: &Path) -> Result<Self, Failure> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        // Given back at once, and nobody else asks for one here.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let data = folder.path().join("data");
        let child = Command::new(RASTAU)
            .args(["demo", "--no-story", "--port", &address.port().to_string()])
            .arg("--data")
            .arg(&data)
            .arg("--models")
            .arg(models)
            .env_clear()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let base = Url::parse(&format!("http://localhost:{}/", address.port()))?;
        let household =
            Self { base, address, data: data.join(format!("port-{}", address.port())), child, _folder: folder };
        tokio::time::timeout(READY_WITHIN, household.ready()).await.map_err(|_| "it is not ready")?;
        Ok(household)
    }

    async fn ready(&self) {
        loop {
            if let Ok(answer) = reqwest::get(format!("{}health/ready", self.base)).await
                && answer.status() == 200
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// What a command in its folder prints.
    pub(super) fn rastau(&self, args: &[&str]) -> Result<String, Failure> {
        let output = Command::new(RASTAU).args(args).current_dir(&self.data).env_clear().output()?;
        if output.status.success() {
            Ok(String::from_utf8(output.stdout)?)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into())
        }
    }

    /// Its process.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Household {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
