//! What every operation of the console and of the administrators' API takes: nobody, one, or two. One table, from which
//! `docs/WHAT-TAKES-TWO.md` is written, and whose every row a test tries to pass alone.

use std::fmt::Write as _;

use actix_web::http::Method;

use super::{administration, console};

/// Where an operation is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// People with passkeys and roles.
    Console,
    /// A machine with a key, which is nobody in particular.
    Administration,
}

impl Door {
    /// Everything of it is below this.
    pub fn base(self) -> &'static str {
        match self {
            Self::Console => console::BASE,
            Self::Administration => administration::BASE,
        }
    }
}

/// How many people it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// It changes nothing.
    Looking,
    /// One, and it is about themselves.
    Oneself,
    /// One: it opens nothing, or closes a door.
    One,
    /// Two: this asks, and another says yes.
    Two,
    /// Two where it opens a door, frees a person or gives somebody the say over others; one otherwise.
    TwoToOpen,
    /// It is what the second does: never to what they asked for themselves.
    Second,
    /// It is what who asked does once a second has said yes.
    Allowed,
}

impl Takes {
    fn words(self) -> &'static str {
        match self {
            Self::Looking => "changes nothing",
            Self::Oneself => "one, about themselves",
            Self::One => "one",
            Self::Two => "**two**",
            Self::TwoToOpen => "**two to open**, one to close",
            Self::Second => "the second, never to their own",
            Self::Allowed => "who asked, after the second's yes",
        }
    }
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where.
    pub door: Door,
    /// Its method.
    pub method: Method,
    /// Its path below the door.
    pub path: &'static str,
    /// How many it takes.
    pub takes: Takes,
    /// What happens, where that is not plain.
    pub says: &'static str,
}

const fn row(door: Door, method: Method, path: &'static str, takes: Takes, says: &'static str) -> Row {
    Row { door, method, path, takes, says }
}

const fn console(method: Method, path: &'static str, takes: Takes, says: &'static str) -> Row {
    row(Door::Console, method, path, takes, says)
}

const fn administration(method: Method, path: &'static str, takes: Takes, says: &'static str) -> Row {
    row(Door::Administration, method, path, takes, says)
}

/// Every operation.
pub const ROWS: &[Row] = &[
    console(Method::POST, "/join/start", Takes::Oneself, ""),
    console(
        Method::POST,
        "/join/finish",
        Takes::Oneself,
        "counts for nothing until another than who asked has confirmed the passkey",
    ),
    console(Method::POST, "/sign-in/start", Takes::Oneself, ""),
    console(Method::POST, "/sign-in/finish", Takes::Oneself, ""),
    console(Method::GET, "/me", Takes::Looking, ""),
    console(Method::POST, "/me/code", Takes::Oneself, "the code that somebody unconfirmed tells"),
    console(Method::POST, "/sign-out", Takes::Oneself, ""),
    console(Method::POST, "/step-up/start", Takes::Oneself, ""),
    console(Method::POST, "/step-up/finish", Takes::Oneself, ""),
    console(Method::GET, "/overview", Takes::Looking, ""),
    console(Method::GET, "/overview.csv", Takes::Looking, ""),
    console(Method::GET, "/cases", Takes::Looking, ""),
    console(Method::POST, "/cases/find", Takes::Looking, "noted in the log"),
    console(Method::GET, "/colleagues", Takes::Looking, ""),
    console(Method::GET, "/cases/{id}", Takes::Looking, ""),
    console(Method::POST, "/cases/{id}/evidence", Takes::Looking, "noted in the log"),
    console(Method::POST, "/cases/{id}/pictures/{picture}", Takes::Looking, "noted in the log"),
    console(Method::POST, "/cases/{id}/capture", Takes::Looking, "noted in the log"),
    console(Method::GET, "/cases/{id}/trail", Takes::Looking, ""),
    console(Method::POST, "/cases/{id}/take", Takes::One, ""),
    console(Method::POST, "/cases/{id}/hand-over", Takes::One, ""),
    console(
        Method::POST,
        "/cases/{id}/conclude",
        Takes::TwoToOpen,
        "a refusal falls by two; that it stands is said by one",
    ),
    console(Method::POST, "/cases/{id}/settle", Takes::Second, "a refusal falls"),
    console(Method::POST, "/cases/{id}/erase", Takes::Two, "evidence is erased"),
    console(Method::POST, "/cases/{id}/export", Takes::Two, "evidence is handed out"),
    console(Method::POST, "/cases/{id}/unlock", Takes::Two, "a locked person may try again"),
    console(Method::POST, "/cases/{id}/forget-factors", Takes::Two, "a person's second factors are forgotten"),
    console(Method::POST, "/cases/{id}/take-back", Takes::Two, "a self-restriction falls that somebody else declared"),
    console(
        Method::POST,
        "/cases/{id}/hold",
        Takes::One,
        "evidence is kept beyond its term, or no longer; to erase it takes two",
    ),
    console(Method::GET, "/proposals", Takes::Looking, ""),
    console(Method::POST, "/proposals/{id}/settle", Takes::Second, "what was asked for is done, or allowed"),
    console(Method::POST, "/proposals/{id}/bundle", Takes::Allowed, "evidence is handed out"),
    console(Method::POST, "/proposals/{id}/invitation", Takes::Allowed, "an invitation, once"),
    console(Method::POST, "/proposals/{id}/secret", Takes::Allowed, "a secret, once"),
    console(Method::GET, "/operators", Takes::Looking, ""),
    console(Method::POST, "/operators", Takes::Two, "an operator is added"),
    console(
        Method::PATCH,
        "/operators/{id}",
        Takes::TwoToOpen,
        "two: name, contact, keys, further redirect URIs and scopes, a wider audience of assertions; one: the rate, taking addresses and scopes away",
    ),
    console(Method::GET, "/operators/{id}/standing", Takes::Looking, "what a stop would end"),
    console(Method::POST, "/operators/{id}/switch", Takes::TwoToOpen, "stopping takes one, going on takes two"),
    console(Method::GET, "/operators/{id}/webhook", Takes::Looking, ""),
    console(Method::PUT, "/operators/{id}/webhook", Takes::Two, "an operator's messages go elsewhere"),
    console(Method::DELETE, "/operators/{id}/webhook", Takes::One, "nothing is sent any more"),
    console(
        Method::POST,
        "/operators/{id}/webhook/rotate",
        Takes::Two,
        "an operator's messages are signed with another secret",
    ),
    console(Method::GET, "/sources", Takes::Looking, ""),
    console(Method::POST, "/sources/{id}/release", Takes::Two, "a version that waits counts"),
    console(Method::POST, "/sources/{id}/discard", Takes::Two, "whom a version that waits would restrict stays free"),
    console(Method::POST, "/sources/{id}/roll-back", Takes::Two, "whom the version that counts restricted is free"),
    console(Method::GET, "/jobs", Takes::Looking, ""),
    console(Method::GET, "/keys", Takes::Looking, ""),
    console(Method::GET, "/confirmations", Takes::Looking, ""),
    console(
        Method::POST,
        "/confirmations/{login}",
        Takes::Second,
        "somebody may do what their roles say; never by who asked for them, nor by themselves",
    ),
    console(Method::GET, "/staff", Takes::Looking, ""),
    console(
        Method::POST,
        "/staff",
        Takes::TwoToOpen,
        "two: who decides, approves or confirms; the others count once another has confirmed them",
    ),
    console(
        Method::PATCH,
        "/staff/{login}",
        Takes::TwoToOpen,
        "stopping takes one; giving a role that decides, approves or confirms, or letting such a person in again, two, and they are confirmed anew; never oneself",
    ),
    console(
        Method::POST,
        "/staff/{login}/invite",
        Takes::TwoToOpen,
        "two: who decides, approves or confirms; whoever it is, they are confirmed anew",
    ),
    administration(Method::GET, "/operators", Takes::Looking, ""),
    administration(Method::POST, "/operators", Takes::Two, "an operator is added"),
    administration(Method::GET, "/operators/{id}", Takes::Looking, ""),
    administration(Method::PATCH, "/operators/{id}", Takes::TwoToOpen, "as at the console"),
    administration(Method::POST, "/operators/{id}/disable", Takes::One, ""),
    administration(Method::POST, "/operators/{id}/enable", Takes::Two, ""),
    administration(Method::GET, "/operators/{id}/webhook", Takes::Looking, ""),
    administration(Method::PUT, "/operators/{id}/webhook", Takes::Two, "an operator's messages go elsewhere"),
    administration(Method::DELETE, "/operators/{id}/webhook", Takes::One, "nothing is sent any more"),
    administration(
        Method::POST,
        "/operators/{id}/webhook/rotate",
        Takes::Two,
        "an operator's messages are signed with another secret",
    ),
];

/// The page.
pub fn page() -> String {
    let mut page = "# What takes two people

Written from `src/http/takes_two.rs`; a test holds this page equal to it, the table against every operation there is, and tries
each row that takes two alone, with all roles and a second account ([ADR 39](adr/0039-nobody-alone.md)).

Whoever asks says why; another, who may approve, says yes within seven days. Nobody says yes to their own. Who came
in by an invitation may do nothing until another than who asked for them has confirmed their passkey; the first of the staff needs nobody.
"
    .to_owned();
    for (door, title) in [
        (Door::Console, "The console\n\n`/api/console`, people with passkeys."),
        (
            Door::Administration,
            "The administrators' API\n\n`/api/administration`, a key. It is nobody in particular: what takes two is refused (`takes_two`) \
             as soon as the staff has\nsomebody who could be the second, unless `administration.alone` is set, which the log keeps.",
        ),
    ] {
        let _ = write!(page, "\n## {title}\n\n| operation | takes | |\n|---|---|---|\n");
        for row in ROWS.iter().filter(|row| row.door == door) {
            let _ = writeln!(page, "| {} `{}` | {} | {} |", row.method, row.path, row.takes.words(), row.says);
        }
    }
    page.push_str(
        "\n## The command line\n\nWhoever has the machine. `rastau registry release`, `discard` and `rollback`, `rastau person unlock` and `forget-factors`, \
         `rastau\noperator add`, `enable` and a `change` that gives access, `rastau webhook set` and `rotate`, and `rastau staff confirm` refuse while the\n\
         staff has somebody who could be the second, or had within seven days, unless `--alone` is said, which the log keeps. So do `rastau staff\n\
         invite`, `reinvite`, `change` and `enable` of who decides, approves or confirms, and `rastau registry import` with a wider `--shrink` or\n\
         `--bad-rows` than usual. Whom `rastau staff` invites, raises or lets in again is confirmed at the console, but for the first.\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_the_table_says() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/WHAT-TAKES-TWO.md");
        if std::env::var_os("RASTAU_WRITE_PAGES").is_some() {
            std::fs::write(file, page()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(file).unwrap(), page(), "write it anew with RASTAU_WRITE_PAGES=1");
    }

    #[test]
    fn the_console_has_no_operation_without_a_row_and_what_takes_two_is_never_plain_looking() {
        for (method, path, _) in console::access::rules::RULES {
            let rows =
                ROWS.iter().filter(|row| row.door == Door::Console && row.method == *method && row.path == *path);
            assert_eq!(rows.count(), 1, "{method} {path}");
        }
        let of_console = ROWS.iter().filter(|row| row.door == Door::Console).count();
        assert_eq!(of_console, console::access::rules::RULES.len());
        for row in ROWS {
            assert!(row.method != Method::GET || row.takes == Takes::Looking, "{} {}", row.method, row.path);
            assert!(!matches!(row.takes, Takes::TwoToOpen | Takes::Second) || !row.says.is_empty(), "{}", row.path);
        }
    }
}
