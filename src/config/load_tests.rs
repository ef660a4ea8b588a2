use super::*;
use crate::config::ContactKind;
use std::collections::BTreeSet;

fn with(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rastau.toml");
    std::fs::write(&file, text).unwrap();
    let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    load(&file, true, environment).map_err(|why| why.to_string().replace(dir.path().to_str().unwrap(), "DIR"))
}

#[test]
fn the_environment_stands_above_the_file() {
    let config = with(
        "[server]\nbind = \"0.0.0.0:1\"\nworkers = 2\n[restrictions]\nrequired_sources = [\"a-1\"]",
        &[
            ("RASTAU__SERVER__WORKERS", "7"),
            ("RASTAU__SANDBOX__ENABLED", "true"),
            ("RASTAU__RESTRICTIONS__REQUIRED_SOURCES", "[\"debtors\", \"court\"]"),
            ("RASTAU__TOKENS__LIFETIME", "60s"),
            ("RASTAU_CONFIG", "elsewhere"),
            ("HOME", "/"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.bind.to_string(), "0.0.0.0:1");
    assert_eq!(config.server.workers, Some(7));
    assert!(config.sandbox.enabled);
    assert_eq!(config.restrictions.required_sources, ["debtors", "court"]);
    assert_eq!(config.tokens.lifetime.0.as_secs(), 60);
}

#[test]
fn every_fault_names_key_range_and_origin() {
    let why = with(
        "[server]\nworkers = 0\npublic_url = \"https://x.example/path\"\nprot = 1\n[token]\nlifetime = \"1s\"\n[models]\nqueue = \"many\"\n[comparison]\nfmr = 0.02\ndoubt_fmr = 0.001\n[face]\nbona_fide_from = 0.5",
        &[("RASTAU__TOKENS__LIFETIME", "1h"), ("RASTAU__LOG", "x")],
    )
    .unwrap_err();
    insta::assert_snapshot!(why);
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_named() {
    assert_eq!(
        with("[server]\nbind = ", &[]).unwrap_err().lines().next(),
        Some("DIR/rastau.toml is not valid TOML: line 2: string values must be quoted, expected literal string")
    );
    let missing = Path::new("/nowhere/rastau.toml");
    assert!(load(missing, true, []).unwrap_err().to_string().contains("/nowhere/rastau.toml"));
    assert_eq!(load(missing, false, []).unwrap().file, None);
}

#[test]
fn what_is_shown_holds_no_secret() {
    let config = with(
        "[database]\nurl = \"postgres://u:hunter2@h/d\"\n[compliance]\ntoken = \"hunter2hunter2hunter2hunter2hunter2\"\n[population_register]\nkind=\"http\"\nurl=\"https://r.example/\"\ntoken = \"hunter2\"",
        &[],
    )
    .unwrap();
    let shown = config.show();
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(shown.contains("postgres://u:redacted@h/d") && shown.contains("(set, not shown)"));
}

#[test]
fn queue_and_wait_are_bounded_and_metrics_are_off_unless_asked_for() {
    let usual = with("", &[]).unwrap();
    assert_eq!((usual.models.queue, usual.models.longest_wait, usual.metrics.bind), (None, None, None));
    let set = with("[models]\nqueue = 3\nlongest_wait = \"25ms\"\n[metrics]\nbind = \"127.0.0.1:9464\"", &[]).unwrap();
    assert_eq!((set.models.queue, set.models.longest_wait.unwrap().0.as_millis()), (Some(3), 25));
    assert_eq!(set.metrics.bind.unwrap().port(), 9464);
    for text in ["queue = 0", "queue = 1025", "longest_wait = \"0ms\"", "longest_wait = \"2m\""] {
        let why = with(&format!("[models]\n{text}"), &[]).unwrap_err();
        assert!(why.contains("is out of range"), "{why}");
    }
    assert!(with("[metrics]\nbind = 9464", &[]).unwrap_err().contains("metrics.bind"));
}

#[test]
fn a_first_factor_wants_a_code_unless_it_is_said_otherwise() {
    use crate::domain::second_factor::enrolment::{EnrolmentPolicy, ProofWanted};
    assert_eq!(with("", &[]).unwrap().enrolment.policy(), EnrolmentPolicy::default());
    let text = "[enrolment]\nproof = \"wait\"\nhold = \"48h\"\nrecovery_hold = \"72h\"\ntoken_while_held = true\nwait_without_access = false";
    let wanted = EnrolmentPolicy {
        proof: ProofWanted::Wait,
        hold: std::time::Duration::from_hours(48),
        recovery_hold: std::time::Duration::from_hours(72),
        token_while_held: true,
        wait_without_access: false,
    };
    assert_eq!(with(text, &[]).unwrap().enrolment.policy(), wanted);
    for hold in ["59m", "721h", "0s"] {
        for key in ["hold", "recovery_hold"] {
            let why = with(&format!("[enrolment]\n{key} = \"{hold}\""), &[]).unwrap_err();
            assert!(why.contains(&format!("enrolment.{key}")), "{why}");
        }
    }
    assert!(with("[enrolment]\nproof = \"face\"", &[]).is_err());
}

#[test]
fn tries_have_an_end_whatever_is_set() {
    use crate::domain::verification::tries::TryLimits;
    assert_eq!(with("", &[]).unwrap().tries.limits(), TryLimits::default());
    let text = "[tries]\ndevice_an_hour = 5\naddress_an_hour = 1000\ndevice_recordings_a_day = 0\naddress_recordings_a_day = 9";
    let (device_recordings_a_day, address_recordings_a_day) = (0, 9);
    let limits =
        TryLimits { device_an_hour: 5, address_an_hour: 1_000, device_recordings_a_day, address_recordings_a_day };
    assert_eq!(with(text, &[]).unwrap().tries.limits(), limits);
    for text in [
        "device_an_hour = 2",
        "device_an_hour = 10001",
        "address_an_hour = 0",
        "address_an_hour = 1000001",
        "device_recordings_a_day = 10001",
    ] {
        assert!(with(&format!("[tries]\n{text}"), &[]).unwrap_err().contains("is out of range"), "{text}");
    }
}

#[test]
fn contacts_and_notices_are_off_until_they_are_set_and_checked_as_a_whole() {
    let usual = with("", &[]).unwrap();
    assert_eq!((usual.contact_kind(), usual.notices.an_hour), (ContactKind::None, 5));
    assert_eq!(with("[sandbox]\nenabled = true", &[]).unwrap().contact_kind(), ContactKind::Embedded);
    let set = with(
        "[contact_of_record]\nkind = \"http\"\nurl = \"https://bmg.example/\"\ntoken_file = \"t\"\n[notices]\nsms_url = \
         \"https://sms.example/\"\nsms_token_file = \"s\"\nsmtp_host = \"mail.example\"\nsmtp_tls = \"starttls\"\nfrom = \
         \"n@rastau.example\"",
        &[],
    )
    .unwrap();
    assert_eq!((set.contact_kind(), set.notices.port()), (ContactKind::Http, 587));
    assert!(set.notices.sms_token_file.as_ref().is_some_and(|file| file.is_absolute()));
    for (text, key) in [
        ("[contact_of_record]\nkind = \"http\"", "contact_of_record.url: it is missing"),
        ("[contact_of_record]\nurl = \"https://bmg.example\"", "contact_of_record.url"),
        ("[contact_of_record]\nkind = \"carrier\"", "contact_of_record.kind"),
        ("[contact_of_record]\nretries = 6", "contact_of_record.retries"),
        ("[notices]\nsms_url = \"https://sms.example\"", "notices.sms_token_file: it is missing"),
        ("[notices]\nsms_token_file = \"s\"", "notices.sms_url: it is missing"),
        ("[notices]\nsms_url = \"ftp://sms.example\"\nsms_token_file = \"s\"", "notices.sms_url: it is neither"),
        ("[notices]\nfrom = \"n@rastau.example\"", "notices.smtp_host: it is missing"),
        ("[notices]\nsmtp_host = \"mail.example\"", "notices.from: it is missing"),
        ("[notices]\nsmtp_host = \"mail.example\"\nfrom = \"Rastau <n@r.example>\"", "notices.from: a mail address"),
        (
            "[notices]\nsmtp_host = \"mail.example\"\nfrom = \"n@r.example\"\nsmtp_tls = \"none\"",
            "notices.smtp_tls: \"none\" is for a mail server on this machine",
        ),
        (
            "[notices]\nsmtp_host = \"mail.example\"\nfrom = \"n@r.example\"\nsmtp_user = \"u\"",
            "notices.smtp_user: user and password file go together",
        ),
        ("[notices]\nan_hour = 0", "notices.an_hour: 0 is out of range"),
        ("[notices]\nan_hour = 9\na_day = 8", "notices.a_day: 8 is out of range"),
        ("[notices]\ntimeout = \"1m\"", "notices.timeout"),
    ] {
        let why = with(text, &[]).unwrap_err();
        assert!(why.contains(key), "{key}: {why}");
    }
}

#[test]
fn a_wrong_type_does_not_quote_a_secret() {
    let why = with("[compliance]\ntoken = 4711", &[]).unwrap_err();
    assert!(why.contains("compliance.token") && !why.contains("4711"), "{why}");
}

/// The keys of a section as serde knows them, out of its error for an unknown one.
fn fields_of<S: Section>() -> BTreeSet<String> {
    let why = toml::from_str::<Table>("zzz = 1")
        .ok()
        .and_then(|table| Value::Table(table).try_into::<S>().err())
        .unwrap()
        .to_string();
    why.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_described_keys_are_the_keys() {
    fn check<S: Section>() {
        let described: BTreeSet<String> = S::KEYS.iter().map(|key| key.name.to_owned()).collect();
        assert_eq!(fields_of::<S>(), described, "{}", S::NAME);
    }
    check::<Server>();
    check::<Database>();
    check::<Keys>();
    check::<Models>();
    check::<Comparison>();
    check::<Face>();
    check::<Enrolment>();
    check::<Restrictions>();
    check::<PopulationRegister>();
    check::<ContactOfRecord>();
    check::<Notices>();
    check::<Compliance>();
    check::<Sandbox>();
    check::<Tokens>();
    check::<Log>();
    check::<Metrics>();
}

#[test]
fn the_operations_manual_describes_every_key() {
    let manual = include_str!("../../docs/OPERATIONS.md");
    for (key, _) in keys() {
        assert!(manual.contains(&format!("`{key}`")), "docs/OPERATIONS.md is silent about {key}");
    }
}

#[test]
fn variables_are_read_as_toml_would() {
    assert_eq!(scalar("7"), Value::Integer(7));
    assert_eq!(scalar("\"7\""), Value::String("7".into()));
    assert_eq!(scalar("24h"), Value::String("24h".into()));
    assert_eq!(scalar("127.0.0.1:80"), Value::String("127.0.0.1:80".into()));
    assert_eq!(scalar("1\nx = 2"), Value::String("1\nx = 2".into()));
    assert_eq!(scalar("2026-01-01"), Value::String("2026-01-01".into()));
}
