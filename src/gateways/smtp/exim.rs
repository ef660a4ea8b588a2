//! A real mail server for tests: Debian's Exim on a port and in a folder of its own, which takes mail, keeps it in its queue
//! and delivers nothing.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::left_out::leave_out;

const PROGRAM: &str = "/usr/sbin/exim4";
pub(super) const USER: &str = "rastau";
pub(super) const PASSWORD: &str = "a pass\\word, with: signs";

/// A running server; stopped when dropped.
pub(super) struct Exim {
    pub(super) port: u16,
    /// PEM of its own certificate.
    pub(super) certificate: Vec<u8>,
    folder: TempDir,
    process: Child,
}

/// How it wants to be talked to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    /// No TLS and no login.
    Nothing,
    /// TLS from the first byte, and a login.
    Implicit,
    /// A login, which it offers once STARTTLS was done.
    Starttls,
}

impl Exim {
    /// Starts one; `None`, and a word on standard error, where this is no Debian.
    pub(super) fn start(wants: Wants) -> Option<Self> {
        if !Path::new("/etc/debian_version").exists() {
            leave_out("delivery to a real mail server: this is no Debian");
            return None;
        }
        assert!(Path::new(PROGRAM).exists(), "exim4-daemon-light is missing: run `make test`, or install it");
        let folder = tempfile::Builder::new().prefix("rastau-exim").tempdir().unwrap();
        let certificate = certificate(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.path().join("exim.conf");
        std::fs::write(&config, settings(folder.path(), port, wants)).unwrap();
        open_to_exim(folder.path());
        let process = Command::new(PROGRAM)
            .args(["-bdf", "-C"])
            .arg(&config)
            .args(["-oX", &format!("127.0.0.1.{port}")])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { port, certificate, folder, process };
        server.wait();
        Some(server)
    }

    fn wait(&self) {
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < until, "exim did not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Envelopes and headers, and bodies, of what it took.
    pub(super) fn taken(&self) -> Vec<(String, String)> {
        let input = self.folder.path().join("spool/input");
        let Ok(files) = std::fs::read_dir(&input) else { return Vec::new() };
        let read = |path: &Path| String::from_utf8(std::fs::read(path).unwrap()).unwrap();
        files
            .map(|file| file.unwrap().path())
            .filter(|path| path.to_string_lossy().ends_with("-H"))
            .map(|headers| {
                let body = headers.to_string_lossy().replace("-H", "-D");
                (read(&headers), read(Path::new(&body)))
            })
            .collect()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log/main")).unwrap_or_default()
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A certificate of its own for `localhost`, with its key, by openssl.
fn certificate(folder: &Path) -> Vec<u8> {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::read(folder.join("cert.pem")).unwrap()
}

/// Started by root, it goes on as its own user; else it stays who starts it.
fn open_to_exim(folder: &Path) {
    for name in ["spool", "log"] {
        std::fs::create_dir(folder.join(name)).unwrap();
    }
    if is_root() {
        let given = Command::new("chown").args(["-R", "Debian-exim"]).arg(folder).status().unwrap();
        assert!(given.success());
        // A configuration that others may write is refused.
        let kept = Command::new("chown").arg("root").arg(folder.join("exim.conf")).status().unwrap();
        assert!(kept.success());
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

fn settings(folder: &Path, port: u16, wants: Wants) -> String {
    let (folder, user) = (folder.display(), Command::new("id").arg("-un").output().unwrap().stdout);
    let user = if is_root() { "Debian-exim".to_owned() } else { String::from_utf8(user).unwrap().trim().to_owned() };
    let implicit = if wants == Wants::Implicit { format!("tls_on_connect_ports = {port}\n") } else { String::new() };
    let (tls, rule) = match wants {
        Wants::Nothing => ("", "accept"),
        _ => ("tls_advertise_hosts = *\n", "accept authenticated = *\n  deny message = log in first"),
    };
    let tls = if tls.is_empty() { "tls_advertise_hosts =\n" } else { tls };
    let password = PASSWORD.replace('\\', "\\\\");
    format!(
        "exim_user = {user}\nspool_directory = {folder}/spool\nlog_file_path = {folder}/log/%slog\n\
         primary_hostname = localhost\npid_file_path = {folder}/exim.pid\nqueue_only = true\n\
         tls_certificate = {folder}/cert.pem\ntls_privatekey = {folder}/key.pem\n{implicit}{tls}\
         auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}\n\
         acl_smtp_rcpt = check\nacl_smtp_data = take\nhost_lookup =\nrfc1413_query_timeout = 0s\n\
         begin acl\ncheck:\n  deny local_parts = nobody\n       message = 5.1.1 no such mailbox\n  {rule}\ntake:\n  accept\n\
         begin routers\nbegin transports\nbegin retry\nbegin rewrite\nbegin authenticators\n\
         plain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n\
         \x20 server_condition = ${{if and{{{{eq{{$auth2}}{{{USER}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}\n  server_set_id = $auth2\n"
    )
}
