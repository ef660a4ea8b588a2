//! The adapter against Debian's mail server, and against one that lies, stalls and refuses.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::exim::{Exim, PASSWORD, USER, Wants};
use super::*;
use crate::domain::kernel::id::NoticeId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::testing::SeededRandomness;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeWords;

const TEXT: &str = "Растау коды: 847261\n\n.\nКодты ешкімге айтпаңыз.";

fn mail(address: &str) -> Contact {
    Contact::new(Channel::Email, address).unwrap()
}

fn notice(to: &str) -> OutgoingNotice {
    OutgoingNotice {
        id: NoticeId::new(Timestamp::from_seconds(1_000), &SeededRandomness::new(1)),
        to: mail(to),
        words: NoticeWords { subject: "Растау коды".to_owned(), text: SecretText::new(TEXT) },
        locale: Locale::Kk,
    }
}

fn settings(port: u16, protection: Protection) -> SmtpSettings {
    SmtpSettings {
        host: "localhost".to_owned(),
        port,
        protection,
        authorities: None,
        login: None,
        from: mail("notices@rastau.example"),
        timeout: Duration::from_secs(20),
    }
}

fn login(password: &str) -> (String, SecretText) {
    (USER.to_owned(), SecretText::new(password))
}

#[tokio::test]
async fn a_real_server_takes_a_notice_as_it_was_written() {
    let Some(exim) = Exim::start(Wants::Nothing) else { return };
    let server = SmtpServer::new(&settings(exim.port, Protection::None)).unwrap();
    assert_eq!(server.check().await, Ok(()));
    let notice = notice("aidos@mail.kz");
    assert_eq!(server.send(&notice).await, Ok(()));
    let taken = exim.taken();
    let (envelope, body) = &taken[0];
    assert_eq!(taken.len(), 1);
    assert!(envelope.contains("aidos@mail.kz") && envelope.contains("<notices@rastau.example>"), "{envelope}");
    assert!(envelope.contains(&format!("<{}@rastau.example>", notice.id)), "{envelope}");
    assert!(envelope.contains("Auto-Submitted: auto-generated") && envelope.contains("Content-Language: kk"));
    assert!(!envelope.contains("847261"), "the code stands in the body alone");
    let text = decoded(envelope, body);
    assert_eq!(text.replace("\r\n", "\n").trim_end(), TEXT);
    assert_eq!(server.send(&self::notice("nobody@mail.kz")).await, Err(NoticeFailure::AddressRefused));
}

/// The body of a queue file, out of its transfer encoding.
fn decoded(headers: &str, body: &str) -> String {
    use base64::Engine as _;
    let body = body.split_once('\n').unwrap().1;
    if headers.contains("Content-Transfer-Encoding: base64") {
        let joined: String = body.split_whitespace().collect();
        return String::from_utf8(base64::engine::general_purpose::STANDARD.decode(joined).unwrap()).unwrap();
    }
    assert!(headers.contains("Content-Transfer-Encoding: 8bit"), "{headers}");
    body.to_owned()
}

#[tokio::test]
async fn tls_and_login_are_demanded_of_a_real_server() {
    for (wants, protection) in [(Wants::Implicit, Protection::Implicit), (Wants::Starttls, Protection::Starttls)] {
        let Some(exim) = Exim::start(wants) else { return };
        let good = SmtpSettings {
            authorities: Some(exim.certificate.clone()),
            login: Some(login(PASSWORD)),
            ..settings(exim.port, protection)
        };
        let send = |settings: SmtpSettings| async move {
            let server = SmtpServer::new(&settings).unwrap();
            let (checked, sent) = (server.check().await, server.send(&notice("aidos@mail.kz")).await);
            (checked, sent)
        };
        assert_eq!(send(good.clone()).await, (Ok(()), Ok(())));
        assert_eq!(exim.taken().len(), 1);
        let refused = (Err(NoticeFailure::Unauthorized), Err(NoticeFailure::Unauthorized));
        assert_eq!(send(SmtpSettings { login: Some(login("wrong")), ..good.clone() }).await, refused);
        let stranger = SmtpSettings { authorities: None, ..good.clone() };
        let unknown = (Err(NoticeFailure::NoConnection), Err(NoticeFailure::NoConnection));
        assert_eq!(send(stranger).await, unknown, "nobody vouches for its certificate");
        let other = SmtpSettings { host: "127.0.0.1".to_owned(), ..good.clone() };
        assert_eq!(send(other).await, unknown, "its certificate is of another name");
        assert_eq!(send(SmtpSettings { login: None, ..good }).await, (Ok(()), Err(NoticeFailure::NotNow)));
        assert_eq!(exim.taken().len(), 1);
    }
}

/// What a script is asked before any line came.
const GREETING: &str = "greet";

/// A server that answers each line as the script says; `None` hangs up, an empty answer stalls. Tells what it heard.
async fn liar(script: fn(&str) -> Option<&'static str>) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = heard.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let told = told.clone();
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let mut said = script(GREETING);
                while let Some(answer) = said {
                    if write.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                    let Ok(Some(line)) = lines.next_line().await else { return };
                    told.lock().unwrap().push(line.clone());
                    said = script(&line);
                }
            });
        }
    });
    (port, heard)
}

/// What a good server says to a line; `ready` to the end of the mail.
fn honest(line: &str) -> &'static str {
    match line.split([' ', ':']).next().unwrap_or_default() {
        GREETING => "220 hello\r\n",
        "EHLO" => "250 8BITMIME\r\n",
        "MAIL" | "RCPT" | "NOOP" => "250 ok\r\n",
        "DATA" => "354 go on\r\n",
        "QUIT" => "221 bye\r\n",
        _ => "",
    }
}

async fn sent(script: fn(&str) -> Option<&'static str>, protection: Protection) -> (NoticeEnd, Vec<String>) {
    let (port, heard) = liar(script).await;
    let settings = SmtpSettings { timeout: Duration::from_millis(600), ..settings(port, protection) };
    let settings = SmtpSettings { host: "127.0.0.1".to_owned(), ..settings };
    let end = SmtpServer::new(&settings).unwrap().send(&notice("aidos@mail.kz")).await;
    let heard = heard.lock().unwrap().clone();
    (end, heard)
}

#[tokio::test]
async fn a_server_that_refuses_is_understood() {
    type Script = fn(&str) -> Option<&'static str>;
    let scripts: [(Script, NoticeFailure); 8] = [
        (
            |line| Some(if line.starts_with("RCPT") { "550 5.1.1 no such\r\n" } else { honest(line) }),
            NoticeFailure::AddressRefused,
        ),
        (
            |line| Some(if line.starts_with("RCPT") { "550 relay not permitted\r\n" } else { honest(line) }),
            NoticeFailure::NotNow,
        ),
        (|line| Some(if line.starts_with("RCPT") { "451 later\r\n" } else { honest(line) }), NoticeFailure::NotNow),
        (
            |line| Some(if line.starts_with("MAIL") { "530 5.7.0 log in\r\n" } else { honest(line) }),
            NoticeFailure::Unauthorized,
        ),
        (|line| Some(if line == "." { "554 5.7.1 spam\r\n" } else { honest(line) }), NoticeFailure::NotNow),
        (|_| Some("554 5.1.1 go away\r\n"), NoticeFailure::NotNow),
        (|_| Some("HTTP/1.1 200 OK\r\n\r\n"), NoticeFailure::Unreadable),
        (|line| (!line.starts_with("DATA")).then(|| honest(line)), NoticeFailure::Unreadable),
    ];
    for (number, (script, failure)) in scripts.into_iter().enumerate() {
        let (end, _) = sent(script, Protection::None).await;
        assert_eq!(end, Err(failure), "script {number}");
    }
}

#[tokio::test]
async fn a_server_that_stalls_anywhere_is_left_in_time() {
    type Script = fn(&str) -> Option<&'static str>;
    let scripts: [Script; 4] = [
        |_| Some(""),
        |line| Some(if line.starts_with("EHLO") { "" } else { honest(line) }),
        |line| Some(if line == "." { "" } else { honest(line) }),
        |line| Some(if line.starts_with("EHLO") { "250-AND\r\n250-ON\r\n" } else { honest(line) }),
    ];
    for script in scripts {
        assert_eq!(sent(script, Protection::None).await.0, Err(NoticeFailure::Timeout));
    }
}

#[tokio::test]
async fn nothing_is_said_before_tls_that_is_not_offered() {
    let (end, heard) = sent(|line| Some(honest(line)), Protection::Starttls).await;
    assert_eq!(end, Err(NoticeFailure::Unauthorized));
    assert!(heard.iter().all(|line| line.starts_with("EHLO") || line == "QUIT"), "{heard:?}");
    // A server that answers in the clear where TLS is to begin.
    let (end, heard) = sent(|line| Some(honest(line)), Protection::Implicit).await;
    assert!(end.is_err() && !heard.iter().any(|line| line.contains("aidos")), "{end:?} {heard:?}");
    let stripped = |line: &str| {
        Some(match line {
            GREETING => "220 hello\r\n",
            line if line.starts_with("EHLO") => "250 STARTTLS\r\n",
            "STARTTLS" => "220 go\r\n250 injected\r\n",
            _ => "250 ok\r\n",
        })
    };
    let (end, heard) = sent(stripped, Protection::Starttls).await;
    assert!(end.is_err() && !heard.iter().any(|line| line.contains("aidos")), "{end:?} {heard:?}");
}

#[test]
fn codes_do_not_travel_in_the_clear_and_nothing_secret_is_shown() {
    for host in ["mail.example", "192.0.2.1", "localhost.example"] {
        let settings = SmtpSettings { host: host.to_owned(), ..settings(25, Protection::None) };
        assert!(matches!(SmtpServer::new(&settings), Err(SmtpSettingsError::Clear)), "{host}");
    }
    let broken = SmtpSettings {
        authorities: Some(b"-----BEGIN CERTIFICATE-----\nx\n".to_vec()),
        ..settings(465, Protection::Implicit)
    };
    assert!(SmtpServer::new(&broken).is_err());
    let with_login = SmtpSettings { login: Some(login("s3cret")), ..settings(465, Protection::Implicit) };
    assert!(!format!("{with_login:?} {:?}", SmtpServer::new(&with_login).unwrap()).contains("s3cret"));
}
