//! A private PostgreSQL cluster for the tests, in a temporary folder, reached by a unix socket only.
//!
//! Test runners differ: `cargo test` runs all tests in one process, `cargo nextest` each in its own. So the cluster is
//! shared over processes and ends with its last user, however that one ends:
//!
//! - every test process holds a shared lock on a file, which the kernel drops when the process is gone;
//! - a small supervisor waits for the exclusive lock on that file; it gets it when nobody is left, then stops the
//!   server and removes the folder.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::left_out::leave_out;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

/// Set to 1, tests that need PostgreSQL are passed over.
const WITHOUT: &str = "RASTAU_TEST_WITHOUT_POSTGRES";
const MISSING: &str = "PostgreSQL's server programs are missing: run `apt-get install postgresql` (make test does), \
                       or set RASTAU_TEST_WITHOUT_POSTGRES=1 to go without";

/// `$1` file of the users' lock, `$2` file that names the folder, `$3` the folder, then the server's command line.
const SUPERVISOR: &str = r#"
users=$1 state=$2 folder=$3; shift 3
"$@" >"$folder/server.log" 2>&1 &
server=$!
exec 9<"$users"
while :; do
    flock -x 9
    flock -u 9
    sleep 1  # a runner with a process for each test is between two of them
    if flock -n -x 9; then break; fi
done
kill -QUIT "$server"
wait "$server"
rm -rf "$folder" "$state"
"#;

/// The URL of a new, empty database, or `None` when tests are to go without PostgreSQL.
pub(crate) async fn new_database() -> Option<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    if std::env::var_os(WITHOUT).is_some_and(|value| value == "1") {
        leave_out(&format!("what runs on PostgreSQL: {WITHOUT}=1"));
        return None;
    }
    let socket = tokio::task::spawn_blocking(|| cluster().socket_folder.clone()).await.unwrap();
    let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
    let mut connection = options(&socket, "postgres").connect().await.unwrap();
    let statement = format!("CREATE DATABASE {name}");
    connection.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
    connection.close().await.unwrap();
    Some(format!("postgres://rastau@localhost/{name}?host={}", socket.display()))
}

/// Where the server's socket is, of a database that [`new_database`] made: for proxies that cut the connection.
pub(crate) fn socket_path() -> PathBuf {
    cluster().socket_folder.join(".s.PGSQL.5432")
}

fn options(socket: &Path, database: &str) -> sqlx::postgres::PgConnectOptions {
    sqlx::postgres::PgConnectOptions::new_without_pgpass().socket(socket).username("rastau").database(database)
}

struct Cluster {
    socket_folder: PathBuf,
    /// Held as long as this process lives.
    _users: File,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| join_or_start(Path::new(env!("CARGO_TARGET_TMPDIR"))))
}

fn join_or_start(shared: &Path) -> Cluster {
    let open = |name: &str| {
        let mut options = File::options();
        options.create(true).truncate(false).write(true).read(true);
        options.open(shared.join(name)).unwrap()
    };
    let starting = open("postgres.start.lock");
    starting.lock().unwrap();
    let users = open("postgres.users.lock");
    users.lock_shared().unwrap();
    let state = shared.join("postgres.folder");
    let running = fs::read_to_string(&state).ok().map(PathBuf::from).filter(|f| answers(f));
    let socket_folder = running.unwrap_or_else(|| {
        let folder = start(&shared.join("postgres.users.lock"), &state);
        fs::write(&state, folder.as_os_str().as_encoded_bytes()).unwrap();
        folder
    });
    Cluster { socket_folder, _users: users }
}

fn start(users: &Path, state: &Path) -> PathBuf {
    let programs = programs().unwrap_or_else(|| panic!("{MISSING}"));
    // Not under target/: the server's account may not reach it there, and a socket's path must be short.
    let folder = tempfile::Builder::new().prefix("rastau-pg-").tempdir().unwrap().keep();
    let data = folder.join("data");
    if is_root() {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        run(Command::new("chown").arg("postgres:").arg(&folder));
    }
    let mut initdb = unprivileged(&programs.join("initdb"));
    initdb.arg("-D").arg(&data);
    initdb.args(["--no-sync", "--no-instructions", "-A", "trust", "-U", "rastau", "-E", "UTF8", "--locale=C"]);
    run(&mut initdb);
    // In the file and not on the command line, where a benchmark could not change them.
    let mut settings = File::options().append(true).open(data.join("postgresql.conf")).unwrap();
    let text = "listen_addresses=''\nfsync=off\nfull_page_writes=off\nmax_connections=400\n";
    settings.write_all(text.as_bytes()).unwrap();
    let mut server = unprivileged(&programs.join("postgres"));
    server.arg("-D").arg(&data).arg("-k").arg(&folder);
    #[allow(clippy::zombie_processes, reason = "it outlives this process: that is its purpose")]
    let _supervisor = Command::new("sh")
        .args(["-c", SUPERVISOR, "rastau-postgres-supervisor"])
        .args([users, state, &folder])
        .arg(server.get_program())
        .args(server.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Not in the runner's group: an interrupt must end the tests first, then the server.
        .process_group(0)
        .current_dir("/")
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !answers(&folder) {
        let log = || fs::read_to_string(folder.join("server.log")).unwrap_or_default();
        assert!(began.elapsed() < Duration::from_secs(30), "PostgreSQL does not start: {}", log());
        std::thread::sleep(Duration::from_millis(20));
    }
    folder
}

/// Whether a server at this socket takes a startup message: 'R' (authentication) and not 'E' (still starting).
fn answers(folder: &Path) -> bool {
    use std::io::Read as _;
    let Ok(mut stream) = UnixStream::connect(folder.join(".s.PGSQL.5432")) else {
        return false;
    };
    let parameters = b"user\0rastau\0database\0postgres\0\0";
    let length = u32::try_from(parameters.len() + 8).unwrap();
    let mut message = length.to_be_bytes().to_vec();
    message.extend_from_slice(&196_608_u32.to_be_bytes());
    message.extend_from_slice(parameters);
    let mut first = [0];
    stream.write_all(&message).and_then(|()| stream.read_exact(&mut first)).is_ok() && first == *b"R"
}

/// The newest installed version's folder of programs.
fn programs() -> Option<PathBuf> {
    let versions = match fs::read_dir("/usr/lib/postgresql") {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        versions => versions.unwrap(),
    };
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    versions
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("bin/initdb").exists() && path.join("bin/postgres").exists())
        .max_by_key(number)
        .map(|path| path.join("bin"))
}

/// A command under an account that PostgreSQL accepts: it refuses root.
fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn run(command: &mut Command) {
    let output = command.current_dir("/").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}
