//! Everything a sandbox needs to run: folder, keys, configuration, database, people, operator. Made at the first start and
//! found again at the next.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::CLIENT_ID;
use super::camera::Studio;
use super::people::{DemoPerson, people};
use crate::app::Services;
use crate::app::operators::add::{NewCredential, NewOperator, add_operator};
use crate::app::restrictions::registry::manage::put;
use crate::app::sandbox::people::{list_people, put_people};
use crate::app::staff::Asker;
use crate::app::staff::list::{find_staff, has_joined};
use crate::app::staff::manage::{invite_staff, join_link, reinvite_staff};
use crate::config::{Config, KeyKind};
use crate::domain::identity::contact::Contact;
use crate::domain::identity::person::{Citizen, Iin};
use crate::domain::kernel::handle::new_handle;
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::restrictions::{Restriction, Source};
use crate::domain::staff::Role;
use crate::startup;
use crate::startup::http_server::DemoSite;

/// The demo's only source of restrictions.
const SOURCE: &str = "demo-register";
/// A demo may stay up for a while; a real source is refreshed by the hour.
const SOURCE_MAX_AGE: Duration = Duration::from_hours(720);

const ADMINISTRATION_TOKEN: &str = "administration-token";
/// Who looks after the demo.
const STAFF: [(&str, Role); 3] =
    [("reviewer", Role::Reviewer), ("supervisor", Role::Supervisor), ("administrator", Role::Administrator)];
const COMPLIANCE_TOKEN: &str = "compliance-token";

/// A sandbox's folder.
#[derive(Debug)]
pub(super) struct Household {
    folder: PathBuf,
    port: u16,
}

impl Household {
    /// Opens or makes the folder, for its owner alone.
    pub(super) fn open(folder: &Path, port: u16) -> Result<Self> {
        // Redirect URIs carry the port, so each port is a household of its own.
        let folder = folder.join(format!("port-{port}"));
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        private(&folder, 0o700)?;
        Ok(Self { folder, port })
    }

    /// The configuration, written at the first start.
    pub(super) fn config(&self, models: &Path) -> Result<Config> {
        let keys = self.folder.join("keys.toml");
        if !keys.exists() {
            startup::generate_keys(KeyKind::Sandbox)?.write_new(&keys)?;
        }
        for name in [ADMINISTRATION_TOKEN, COMPLIANCE_TOKEN] {
            self.draw_token(name)?;
        }
        let file = self.folder.join("rastau.toml");
        let models = fs::canonicalize(models).with_context(|| format!("{} is missing", models.display()))?;
        fs::write(&file, self.settings(&models))?;
        Ok(Config::load(&file, true, Vec::new())?)
    }

    /// A token of one of the JSON doors, drawn at the first start.
    fn draw_token(&self, name: &str) -> Result<()> {
        let file = self.folder.join(name);
        if !file.exists() {
            write_private(&file, &new_handle(startup::randomness().as_ref()))?;
        }
        Ok(())
    }

    fn settings(&self, models: &Path) -> String {
        let port = self.port;
        format!(
            "# A sandbox made by `rastau demo`.\n\
             [server]\nbind = \"127.0.0.1:{port}\"\npublic_url = \"http://localhost:{port}\"\ndrain = \"5s\"\n\
             [database]\nurl = \"sqlite://rastau.db\"\n\
             [keys]\nfile = \"keys.toml\"\n\
             [models]\ndirectory = {models:?}\n\
             [restrictions]\nrequired_sources = [\"{SOURCE}\"]\n\
             # The demo's people share three faces: one face under several IINs must not go to review here.\n\
             [face_search]\nenabled = false\n\
             [sandbox]\nenabled = true\n\
             [administration]\ntoken_file = \"{ADMINISTRATION_TOKEN}\"\nalone = true\n\
             [compliance]\ntoken_file = \"{COMPLIANCE_TOKEN}\"\n\
             # Whoever is on this machine may try out client certificates.\n\
             [client_certificates]\nproxies = [\"127.0.0.1/32\"]\n\
             [log]\nfilter = \"warn\"\n",
            models = models.display().to_string()
        )
    }

    /// The demo operator, registered at the first start.
    pub(super) async fn operator(&self, services: &Services) -> Result<DemoSite> {
        let file = self.folder.join("operator-secret");
        let known = services.store.operator(&OperatorId::parse(CLIENT_ID)?).await?;
        let secret = match known {
            Some(_) => SecretText::new(fs::read_to_string(&file).context("the demo operator's secret is gone")?),
            None => self.register_operator(services, &file).await?,
        };
        let note = |person: DemoPerson| Some((person.iin?.expose().to_owned(), person.note));
        Ok(DemoSite {
            client_id: CLIENT_ID.to_owned(),
            client_secret: secret,
            notes: people().into_iter().filter_map(note).collect(),
        })
    }

    async fn register_operator(&self, services: &Services, file: &Path) -> Result<SecretText> {
        let new = NewOperator {
            id: CLIENT_ID.to_owned(),
            name: "Demo Bet".to_owned(),
            credential: NewCredential::SandboxSecret,
            redirect_uris: vec![format!("http://localhost:{}/sandbox/callback", self.port)],
            sandbox: true,
            scopes: None,
            contact: None,
            assertion_audience: None,
            requests_per_second: None,
        };
        let added =
            add_operator(services.store.as_ref(), services.clock.as_ref(), services.randomness.as_ref(), new, "demo")
                .await?;
        let secret = added.secret.context("no secret was drawn")?;
        write_private(file, secret.expose())?;
        Ok(secret)
    }

    /// Links for staff who have no passkey yet: two who decide together, and one who invites others.
    pub(super) async fn invitations(&self, services: &Services) -> Result<Vec<(&'static str, SecretText)>> {
        let tools = (services.clock.as_ref(), services.randomness.as_ref());
        let store = services.store.as_ref();
        let by = Asker::machine("demo");
        let mut links = Vec::new();
        for (login, role) in STAFF {
            let known = login.parse().map_err(anyhow::Error::msg)?;
            let invited = match find_staff(store, &known).await? {
                Some(member) if has_joined(store, member.id).await? => continue,
                Some(_) => reinvite_staff(store, tools, &known, &by).await?,
                None => invite_staff(store, tools, known, &format!("Demo {login}"), [role].into(), &by).await?,
            };
            links.push((login, join_link(services.policy.public_url.as_str(), &invited.1)));
        }
        Ok(links)
    }

    /// Puts the people into the register, and their restrictions beside them.
    pub(super) async fn settle_people(&self, services: &Services, models: &Path) -> Result<()> {
        let mut citizens = Vec::new();
        let known = list_people(services).await?;
        let mut studio = None;
        for person in people() {
            let Some(iin) = person.iin.clone() else { continue };
            if known.iter().any(|citizen| citizen.iin == iin) {
                continue;
            }
            let studio = match &mut studio {
                Some(studio) => studio,
                // Whoever has been here before needs none.
                none => none.insert(Studio::open(models)?),
            };
            let photo = studio.puppet(person.portrait)?.id_photo()?;
            let (name, photo) = (SecretText::new(person.name), SecretBytes::new(photo));
            citizens.push(Citizen { iin, name, photo, sandbox: true });
        }
        // Those who have been here before, too: an older demo gave them none.
        let contacts: Vec<_> = people()
            .into_iter()
            .filter_map(|person| person.iin)
            .map(|iin| (iin.clone(), vec![Contact::made_up(&iin)]))
            .collect();
        put_people(services, &citizens, &contacts).await?;
        self.restrict(services, None).await
    }

    /// Refreshes the registry; `also` joins those who are restricted from the start.
    pub(super) async fn restrict(&self, services: &Services, also: Option<&Iin>) -> Result<()> {
        let now = services.clock.now();
        let mut rows: Vec<(Iin, Restriction)> = people().iter().flat_map(|person| restrictions(person, now)).collect();
        let debtor = people().into_iter().find(|person| !person.grounds.is_empty());
        if let (Some(iin), Some(like)) = (also, debtor) {
            rows.extend(restrictions(&DemoPerson { iin: Some(iin.clone()), ..like }, now));
        }
        let source = Source { name: SOURCE.to_owned(), refreshed_at: now, max_age: SOURCE_MAX_AGE };
        put(services.store.as_ref(), &source, &rows).await?;
        Ok(())
    }
}

fn restrictions(person: &DemoPerson, now: Timestamp) -> Vec<(Iin, Restriction)> {
    let Some(iin) = &person.iin else { return Vec::new() };
    let row = |ground: &crate::domain::restrictions::Ground| {
        let restriction = Restriction {
            ground: *ground,
            legal_basis: "demo_record".to_owned(),
            starts_at: Timestamp::from_seconds(0),
            ends_at: Some(now.plus(Duration::from_hours(8760))),
            source: SOURCE.to_owned(),
            source_key: format!("{}-{}", ground.as_str(), iin.expose()),
        };
        (iin.clone(), restriction)
    };
    person.grounds.iter().map(row).collect()
}

/// A secret for the owner alone; the folder around it is, too.
fn write_private(file: &Path, secret: &str) -> Result<()> {
    fs::write(file, secret)?;
    private(file, 0o600)
}

fn private(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .with_context(|| format!("{} cannot be closed to others", path.display()))
}
