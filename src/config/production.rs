//! What must not meet: sandbox and production, secrets and plain text. Whatever is doubtful does not start.

use super::{Config, ConfigError, ContactKind, Fault, KeyFile, KeyKind, RegisterKind};
use crate::domain::kernel::secret::SecretText;
use url::Url;

pub(super) fn read_keys(config: &Config) -> Result<KeyFile, ConfigError> {
    let keys = KeyFile::read(&config.keys.file).map_err(|why| config.fault("keys.file", why.to_string()))?;
    let faults = check(config, keys.kind);
    if faults.is_empty() { Ok(keys) } else { Err(ConfigError::Faults(faults)) }
}

fn check(config: &Config, kind: KeyKind) -> Vec<Fault> {
    let mut faults = Vec::new();
    match (config.sandbox.enabled, kind) {
        (false, KeyKind::Sandbox) => {
            faults.push(config.fault("keys.file", "these keys were made for a sandbox and sandbox.enabled is false"));
        }
        (true, KeyKind::Production) => {
            faults.push(config.fault("keys.file", "these keys were made for production and sandbox.enabled is true"));
        }
        _ => {}
    }
    if config.sandbox.enabled {
        return faults;
    }
    if config.server.public_url.scheme() != "https" && !config.server.is_loopback() {
        faults.push(config.fault("server.public_url", "production over plain http"));
    }
    if config.database.has_inline_password() {
        faults.push(config.fault("database.url", "it holds a password: move it to database.url_file"));
    }
    if config.compliance.key.token.is_some() {
        faults.push(config.fault("compliance.token", "an inline secret in production"));
    }
    if config.administration.key.token.is_some() {
        faults.push(config.fault("administration.token", "an inline secret in production"));
    }
    if config.population_register.token.is_some() {
        faults.push(config.fault("population_register.token", "an inline secret in production"));
    }
    if config.contact_of_record.token.is_some() {
        faults.push(config.fault("contact_of_record.token", "an inline secret in production"));
    }
    let register = &config.population_register;
    if register.kind == RegisterKind::Http && is_plain(register.url.as_ref()) {
        faults.push(config.fault("population_register.url", "IINs would travel over plain http"));
    }
    if is_plain(config.contact_of_record.url.as_ref()) {
        faults.push(config.fault("contact_of_record.url", "IINs would travel over plain http"));
    }
    if is_plain(config.notices.sms_url.as_ref()) {
        faults.push(config.fault("notices.sms_url", "codes would travel over plain http"));
    }
    faults
}

/// Whether what goes there goes in the clear, and over a network.
fn is_plain(url: Option<&Url>) -> bool {
    url.is_some_and(|url| {
        url.scheme() == "http" && !matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
    })
}

impl Config {
    /// The database's URL, read from its file where it stands in one.
    pub fn database_url(&self) -> Result<SecretText, ConfigError> {
        let key = if self.database.url_file.is_some() { "database.url_file" } else { "database.url" };
        self.database.read_url().map_err(|why| self.fault(key, why).into())
    }

    /// The staff's bearer token; `None` leaves their endpoints off.
    pub fn compliance_token(&self) -> Result<Option<SecretText>, ConfigError> {
        self.compliance.key.read().map_err(|why| self.fault("compliance.token_file", why).into())
    }

    /// The administrators' bearer token; `None` leaves their endpoints off.
    pub fn administration_token(&self) -> Result<Option<SecretText>, ConfigError> {
        self.administration.key.read().map_err(|why| self.fault("administration.token_file", why).into())
    }

    /// The remote register's bearer token.
    pub fn register_token(&self) -> Result<Option<SecretText>, ConfigError> {
        self.population_register.read_token().map_err(|why| self.fault("population_register.token_file", why).into())
    }

    /// Who is asked how people are reached.
    pub fn contact_kind(&self) -> ContactKind {
        let usual = if self.sandbox.enabled { ContactKind::Embedded } else { ContactKind::None };
        self.contact_of_record.kind.unwrap_or(usual)
    }

    /// The bearer token of the remote source of contacts.
    pub fn contacts_token(&self) -> Result<Option<SecretText>, ConfigError> {
        self.contact_of_record.read_token().map_err(|why| self.fault("contact_of_record.token_file", why).into())
    }

    /// The bearer token of the gateway for text messages.
    pub fn sms_token(&self) -> Result<Option<SecretText>, ConfigError> {
        self.notices.read_sms_token().map_err(|why| self.fault("notices.sms_token_file", why).into())
    }

    /// The password for the mail server.
    pub fn smtp_password(&self) -> Result<Option<SecretText>, ConfigError> {
        self.notices.read_smtp_password().map_err(|why| self.fault("notices.smtp_password_file", why).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::secret::SecretBytes;
    use crate::domain::kernel::testing::SeededRandomness;

    /// The faults of a configuration with keys of `kind`, as `key: problem`.
    fn faults(text: &str, kind: KeyKind) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("rastau.toml");
        std::fs::write(&file, text).unwrap();
        let keys = KeyFile::generate(kind, SecretBytes::new(vec![1]), &SeededRandomness::new(1));
        keys.write_new(&dir.path().join("keys.toml")).unwrap();
        let config = Config::load(&file, true, []).unwrap();
        match config.read_keys() {
            Ok(_) => Vec::new(),
            Err(ConfigError::Faults(faults)) => faults.into_iter().map(|fault| fault.key).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn sandbox_keys_and_real_keys_never_change_places() {
        assert_eq!(faults("", KeyKind::Sandbox), ["keys.file"]);
        assert_eq!(faults("[sandbox]\nenabled = true", KeyKind::Production), ["keys.file"]);
        assert!(faults("", KeyKind::Production).is_empty());
        assert!(faults("[sandbox]\nenabled = true", KeyKind::Sandbox).is_empty());
    }

    #[test]
    fn production_keeps_off_plain_http_and_inline_secrets() {
        let text = "[server]\npublic_url = \"http://rastau.example\"\n[database]\nurl = \"postgres://u:p@h/d\"\n\
            [compliance]\ntoken = \"01234567890123456789012345678901\"\n\
            [administration]\ntoken = \"01234567890123456789012345678901\"\n\
            [population_register]\nkind = \"http\"\nurl = \"http://register.example\"\ntoken = \"t\"\n\
            [contact_of_record]\nkind = \"http\"\nurl = \"http://bmg.example\"\ntoken = \"t\"\n\
            [notices]\nsms_url = \"http://sms.example\"\nsms_token_file = \"t\"\n";
        assert_eq!(
            faults(text, KeyKind::Production),
            [
                "server.public_url",
                "database.url",
                "compliance.token",
                "administration.token",
                "population_register.token",
                "contact_of_record.token",
                "population_register.url",
                "contact_of_record.url",
                "notices.sms_url"
            ]
        );
        let sandbox = format!("{text}[sandbox]\nenabled = true");
        assert!(faults(&sandbox, KeyKind::Sandbox).is_empty());
        assert!(faults("[server]\npublic_url = \"http://localhost:9\"", KeyKind::Production).is_empty());
    }

    #[test]
    fn a_fault_names_the_variable_that_set_the_key() {
        let set = [("RASTAU__KEYS__FILE".to_owned(), "elsewhere.toml".to_owned())];
        let config = Config::load(std::path::Path::new("/nowhere/rastau.toml"), false, set).unwrap();
        let why = config.read_keys().unwrap_err().to_string();
        assert!(why.ends_with("(in the environment variable RASTAU__KEYS__FILE)"), "{why}");
    }

    #[test]
    fn missing_keys_are_an_error_with_advice() {
        let config = Config::load(std::path::Path::new("/nowhere/rastau.toml"), false, []).unwrap();
        let why = config.read_keys().unwrap_err().to_string();
        assert!(why.contains("keys.file") && why.contains("rastau keys generate"), "{why}");
    }

    #[test]
    fn the_sandbox_issues_under_another_name() {
        let issuer = |text: &str| {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join("rastau.toml");
            std::fs::write(&file, text).unwrap();
            Config::load(&file, true, []).unwrap().issuer()
        };
        assert_eq!(issuer("[server]\npublic_url=\"https://r.example\""), "https://r.example");
        assert_eq!(
            issuer("[server]\npublic_url=\"https://r.example\"\n[sandbox]\nenabled=true"),
            "https://r.example/sandbox"
        );
    }
}
