//! The made-up people of a sandbox: listed with their pictures, and joined by newcomers who bring their own.

use ::time::Date;

use crate::app::Services;
use crate::app::face::examine::{RetryPolicy, examine_with_retry};
use crate::domain::face::engine::{EngineError, ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::identity::contact::Contact;
use crate::domain::identity::person::{Citizen, Iin, IinError};
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::reason::ReasonCode;
use crate::domain::scenario::Scenario;

/// An ID photo, at most.
pub const PHOTO_BYTES: usize = 10 * 1024 * 1024;
/// Serial numbers that sandbox people get; a run of them is tried for each day of birth.
const SERIALS: std::ops::Range<u16> = 9_000..10_000;

/// Why a newcomer is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NewcomerError {
    /// Only a sandbox has made-up people.
    #[error("this service is no sandbox")]
    NoSandbox,
    /// No IIN.
    #[error(transparent)]
    Iin(#[from] IinError),
    /// Someone has this IIN already.
    #[error("the IIN is taken")]
    Taken,
    /// No name, or a very long one.
    #[error("a name has 1 to 200 characters")]
    Name,
    /// The photo does not pass the gate of ID photos.
    #[error("the photo was refused: {}", .0.code())]
    Photo(ReasonCode),
    /// Faces.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A valid IIN of this birth that nobody in the sandbox has or had: whoever left may have enrolled a second factor.
pub async fn suggest_iin(services: &Services, birth: Date) -> Result<Iin, NewcomerError> {
    expect_sandbox(services)?;
    let mut unit = services.store.read().await?;
    for iin in SERIALS.filter_map(|serial| Iin::compose(birth, false, serial)) {
        if unit.find_citizen(&iin).await?.is_none() && unit.find_player(&iin).await?.is_none() {
            return Ok(iin);
        }
    }
    Err(NewcomerError::Taken)
}

/// Whether a photo would do as an ID photo: `None` when it would, else why not. It goes the whole way, a
/// template included, and keeps none. Asks once: a busy engine says so.
pub async fn check_photo(services: &Services, photo: SecretBytes) -> Result<Option<ReasonCode>, NewcomerError> {
    expect_sandbox(services)?;
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Quick);
    match services.face.engine.examine(photo, ask).await {
        Ok(examination) => Ok(examination.rejection),
        Err(EngineError::Picture(reason)) => Ok(Some(reason)),
        Err(error) => Err(error.into()),
    }
}

/// How a newcomer is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewcomerContact {
    /// By a phone that is made up.
    MadeUp,
    /// By a phone and a mail address that are made up.
    Both,
    /// Not at all: nothing is on record.
    None,
}

/// Adds a person to the sandbox's register.
pub async fn add_newcomer(
    services: &Services,
    iin: &str,
    name: &str,
    photo: SecretBytes,
    contact: NewcomerContact,
) -> Result<(), NewcomerError> {
    expect_sandbox(services)?;
    let iin = Iin::parse(iin)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(NewcomerError::Name);
    }
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::None);
    let examination = examine_with_retry(services.face.engine.as_ref(), &photo, ask, RetryPolicy::PERSON).await?;
    if let Some(reason) = examination.rejection {
        return Err(NewcomerError::Photo(reason));
    }
    let mut unit = services.store.begin().await?;
    if Scenario::of(&iin).is_some() || unit.find_citizen(&iin).await?.is_some() {
        return Err(NewcomerError::Taken);
    }
    let contacts = match contact {
        NewcomerContact::MadeUp => vec![Contact::made_up(&iin)],
        NewcomerContact::Both => vec![Contact::made_up(&iin), Contact::made_up_mail(&iin)],
        NewcomerContact::None => Vec::new(),
    };
    let now = services.clock.now();
    unit.put_contacts(&[(iin.clone(), contacts)], now).await?;
    let citizen = Citizen { iin, name: SecretText::new(name), photo, sandbox: true };
    unit.put_citizens(&[citizen], now).await?;
    unit.commit().await?;
    Ok(())
}

/// Removes a newcomer, photo and all; false when nobody has this IIN.
pub async fn remove_newcomer(services: &Services, iin: &str) -> Result<bool, NewcomerError> {
    expect_sandbox(services)?;
    let iin = Iin::parse(iin)?;
    let mut unit = services.store.begin().await?;
    let removed = unit.remove_sandbox_citizen(&iin).await?;
    unit.commit().await?;
    Ok(removed)
}

/// One of the sandbox's people; `None` for a text that is no IIN and for everybody else.
pub async fn find_person(services: &Services, iin: &str) -> Result<Option<Citizen>, NewcomerError> {
    expect_sandbox(services)?;
    let Ok(iin) = Iin::parse(iin) else { return Ok(None) };
    Ok(services.store.read().await?.find_citizen(&iin).await?.filter(|citizen| citizen.sandbox))
}

/// Everyone in the sandbox, oldest first.
pub async fn list_people(services: &Services) -> Result<Vec<Citizen>, NewcomerError> {
    expect_sandbox(services)?;
    Ok(services.store.read().await?.list_sandbox_citizens().await?)
}

/// Puts people whom the sandbox brings along into the register, each with the contacts of theirs.
pub async fn put_people(
    services: &Services,
    people: &[Citizen],
    contacts: &[(Iin, Vec<Contact>)],
) -> Result<(), NewcomerError> {
    expect_sandbox(services)?;
    let (mut unit, now) = (services.store.begin().await?, services.clock.now());
    unit.put_citizens(people, now).await?;
    unit.put_contacts(contacts, now).await?;
    Ok(unit.commit().await?)
}

fn expect_sandbox(services: &Services) -> Result<(), NewcomerError> {
    if services.policy.sandbox { Ok(()) } else { Err(NewcomerError::NoSandbox) }
}
