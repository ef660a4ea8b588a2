//! Import people into the embedded population register: `iin,name,photo`, every photo through the gate of ID photos; and
//! their contacts of record, where the file has `phone` or `email`.
//!
//! A wrong IIN would tie a face to somebody else, so lost zeros are put back only where that is asked for, and the file bears it out.
//!
//! Two walks over the file: the first judges every row and opens no transaction, for it takes as long as the engine
//! needs; the second writes, in one transaction, exactly what was judged.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use futures_util::stream::{self, StreamExt};
use sha2::{Digest, Sha256};

use crate::app::face::examine::{RetryPolicy, examine_with_retry};
use crate::app::support::row_refusal::{RowFault, RowRefusal, is_total, text};
use crate::app::support::table::{Row, Table, TableError, TableFormat, Value};
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::face::engine::{EngineError, ExamineRequest, FaceEngine, QualityGate, TemplateDepth};
use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::identity::person::{Citizen, Iin};
use crate::domain::identity::written_iin::{NumberHolder, WrittenIin, WrittenIinError};
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;

/// The columns, in any order.
pub const COLUMNS: [&str; 3] = ["iin", "name", "photo"];
/// Columns that a file may have, too: a channel each.
const CONTACTS: [(&str, Channel); 2] = [("phone", Channel::Sms), ("email", Channel::Email)];
/// Longest name, characters.
const MAX_NAME: usize = 200;
/// Photos judged at once; a command's engine lets more than these wait.
const AT_ONCE: usize = 4;
/// People written by one statement.
const BATCH: usize = 64;

/// Where the photos are.
pub trait PhotoSource: Sync {
    /// The photo that a row names; nothing outside the source is ever read.
    fn read(&self, name: &str) -> Result<SecretBytes, RowFault>;
}

/// How to import.
#[derive(Clone, Copy, Debug)]
pub struct PeopleImport {
    /// How the table is kept.
    pub format: TableFormat,
    /// Put back leading zeros that a spreadsheet dropped, where the file bears that out.
    pub restore_zeros: bool,
    /// Import the good rows even though others are refused.
    pub skip_refused: bool,
    /// Whether these are made-up people of a sandbox.
    pub sandbox: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleReport {
    /// People written; 0 when a row was refused and refused rows are not to be skipped.
    pub imported: usize,
    /// Refused rows, by line.
    pub refused: Vec<RowRefusal>,
    /// Lines of good rows whose IIN had lost leading zeros, which were put back.
    pub restored: Vec<u64>,
    /// The sheet that was read, of a workbook.
    pub sheet: Option<String>,
    /// SHA-256 of the file, hex.
    pub sha256: String,
}

/// Why the import broke off; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportPeopleError {
    /// No table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The engine failed, which says nothing about the photo.
    #[error("line {line}: {error}")]
    Engine {
        /// The row.
        line: u64,
        /// Why.
        error: EngineError,
    },
    /// Somebody changed the photo while the import was under way.
    #[error("line {0}: the photo changed while the import was under way; nothing was imported")]
    PhotoChanged(u64),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The ports that an import needs.
#[derive(Clone, Copy)]
pub struct ImportPorts<'a> {
    /// Where people are written.
    pub store: &'a dyn Store,
    /// Who judges photos.
    pub faces: &'a dyn FaceEngine,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Where photos come from.
    pub photos: &'a dyn PhotoSource,
}

struct Candidate {
    line: u64,
    iin: Iin,
    /// Leading zeros that were put back.
    zeros: u8,
    name: SecretText,
    photo: String,
    /// `None` where the file says nothing of contacts.
    contacts: Option<Vec<Contact>>,
    sha256: [u8; 32],
}

/// Imports a file. Each person is imported wholly, in one transaction for the file; unless refused rows are to be
/// skipped, one refused row means that nobody is. `progress` hears how many rows were judged, and of how many.
pub async fn import_people(
    ports: ImportPorts<'_>,
    reader: impl BufRead,
    import: PeopleImport,
    progress: impl FnMut(usize, usize),
) -> Result<PeopleReport, ImportPeopleError> {
    let PeopleRows { candidates, mut refused, sheet, sha256 } = read_rows(reader, import)?;
    let people = judge_photos(ports, candidates, &mut refused, progress).await?;
    refused.sort_by_key(|refusal| refusal.line);
    let restored = people.iter().filter(|person| person.zeros > 0).map(|person| person.line).collect();
    let mut report = PeopleReport { imported: 0, refused, restored, sheet, sha256 };
    if people.is_empty() || !(report.refused.is_empty() || import.skip_refused) {
        return Ok(report);
    }
    report.imported = people.len();
    let now = ports.clock.now();
    let mut unit = ports.store.begin().await?;
    for batch in people.chunks(BATCH) {
        let citizens = batch
            .iter()
            .map(|candidate| citizen(ports.photos, candidate, import.sandbox))
            .collect::<Result<Vec<_>, _>>()?;
        unit.put_citizens(&citizens, now).await?;
        let contacts: Vec<_> = batch.iter().filter_map(|candidate| contacts(candidate, import.sandbox)).collect();
        unit.put_contacts(&contacts, now).await?;
    }
    unit.append_audit(&event(&report, import.sandbox, now)).await?;
    unit.commit().await?;
    Ok(report)
}

/// A file that was read to its end.
struct PeopleRows {
    candidates: Vec<Candidate>,
    refused: Vec<RowRefusal>,
    sheet: Option<String>,
    sha256: String,
}

fn read_rows(reader: impl BufRead, import: PeopleImport) -> Result<PeopleRows, ImportPeopleError> {
    let mut table = Table::open_with(reader, import.format, &COLUMNS, &CONTACTS.map(|(column, _)| column))?;
    let (contacts, sheet) = (table.optional(), table.sheet().map(str::to_owned));
    let (mut candidates, mut refused) = (Vec::new(), Vec::new());
    let mut numbers = Numbers { restore_zeros: import.restore_zeros, ..Numbers::default() };
    while let Some(row) = table.next_row()? {
        match row.and_then(|row| read_row(row, &contacts, &mut numbers)) {
            Ok(candidate) => candidates.push(candidate),
            Err(refusal) => refused.push(refusal),
        }
    }
    if numbers.kept_zero {
        // Nothing drops the zeros of some and keeps those of others: these lack another digit.
        let unproven = |candidate: &mut Candidate| numbers.unproven.contains(&candidate.line);
        for candidate in candidates.extract_if(.., unproven) {
            refused.push(zeros_lost(candidate.line, candidate.zeros));
        }
    }
    Ok(PeopleRows { candidates, refused, sheet, sha256: table.sha256() })
}

/// What the IINs of a file were so far.
#[derive(Default)]
struct Numbers {
    restore_zeros: bool,
    /// The line of each.
    seen: HashMap<String, u64>,
    /// Lines of those that only the rest of the file can bear out.
    unproven: HashSet<u64>,
    /// Whether one has its leading zero.
    kept_zero: bool,
}

impl Numbers {
    fn read(&mut self, line: u64, value: &Value) -> Result<(Iin, u8), RowRefusal> {
        let at = |fault: RowFault| fault.at(line, COLUMNS[0]);
        let read = WrittenIin::read(&value.text, value.written()).map_err(RowFault::Iin).map_err(at)?;
        self.kept_zero |= read.kept_zero;
        let rests_on_file = read.rests_on_file();
        let NumberHolder::Person(iin) = read.holder else { return Err(at(RowFault::Company)) };
        if read.zeros > 0 && !self.restore_zeros {
            return Err(zeros_lost(line, read.zeros));
        }
        if let Some(first) = self.seen.get(iin.expose()) {
            return Err(at(RowFault::Duplicate(*first)));
        }
        self.seen.insert(iin.expose().to_owned(), line);
        if rests_on_file {
            self.unproven.insert(line);
        }
        Ok((iin, read.zeros))
    }
}

fn zeros_lost(line: u64, zeros: u8) -> RowRefusal {
    RowFault::Iin(WrittenIinError::ZerosLost(12 - zeros)).at(line, COLUMNS[0])
}

fn read_row(row: Row, contact_columns: &[&'static str], numbers: &mut Numbers) -> Result<Candidate, RowRefusal> {
    let line = row.line;
    let is_total = row.values.iter().any(|value| is_total(&value.text));
    let mut values = row.values.into_iter();
    let mut value = || values.next().unwrap_or_default();
    let (iin, name, photo) = (value(), value().text, value().text);
    let addresses: Vec<(&'static str, String)> = contact_columns.iter().map(|column| (*column, value().text)).collect();
    let at = |place: usize| move |fault: RowFault| fault.at(line, COLUMNS[place]);
    let (iin, zeros) = numbers.read(line, &iin).map_err(|refusal| {
        if is_total { RowRefusal { line, column: None, fault: RowFault::Total } } else { refusal }
    })?;
    let contacts = (!addresses.is_empty()).then(|| read_contacts(line, &addresses)).transpose()?;
    Ok(Candidate {
        line,
        contacts,
        iin,
        zeros,
        name: text(&name, MAX_NAME).map(SecretText::new).map_err(at(1))?,
        photo: text(&photo, MAX_NAME).map_err(at(2))?,
        sha256: [0; 32],
    })
}

/// An empty value is no contact over that channel.
fn read_contacts(line: u64, addresses: &[(&'static str, String)]) -> Result<Vec<Contact>, RowRefusal> {
    let given = addresses.iter().filter(|(_, address)| !address.trim().is_empty());
    given
        .filter_map(|(column, address)| {
            let (_, channel) = CONTACTS.iter().find(|(name, _)| name == column)?;
            let contact = Contact::new(*channel, address);
            Some(contact.map_err(|fault| RowFault::Contact(fault).at(line, column)))
        })
        .collect()
}

/// The contacts to be put in place of those that the person has: of a made-up person one that is made up, unless the file says
/// otherwise; `None` leaves a real person's as they are.
fn contacts(candidate: &Candidate, sandbox: bool) -> Option<(Iin, Vec<Contact>)> {
    let iin = candidate.iin.clone();
    match &candidate.contacts {
        Some(contacts) => Some((iin, contacts.clone())),
        None if sandbox => Some((iin.clone(), vec![Contact::made_up(&iin)])),
        None => None,
    }
}

/// Keeps the candidates whose photo passes, with its hash; the others join `refused`.
async fn judge_photos(
    ports: ImportPorts<'_>,
    candidates: Vec<Candidate>,
    refused: &mut Vec<RowRefusal>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Vec<Candidate>, ImportPeopleError> {
    let total = candidates.len();
    let mut judged = stream::iter(candidates).map(|candidate| judge_photo(ports, candidate)).buffered(AT_ONCE);
    let mut people = Vec::with_capacity(total);
    let mut done = 0;
    while let Some(verdict) = judged.next().await {
        match verdict? {
            Ok(candidate) => people.push(candidate),
            Err(refusal) => refused.push(refusal),
        }
        done += 1;
        progress(done, total);
    }
    Ok(people)
}

async fn judge_photo(
    ports: ImportPorts<'_>,
    mut candidate: Candidate,
) -> Result<Result<Candidate, RowRefusal>, ImportPeopleError> {
    let line = candidate.line;
    let refuse = |fault: RowFault| Ok(Err(fault.at(line, COLUMNS[2])));
    let photo = match ports.photos.read(&candidate.photo) {
        Ok(photo) => photo,
        Err(fault) => return refuse(fault),
    };
    candidate.sha256 = Sha256::digest(photo.expose()).into();
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::None);
    let examined = examine_with_retry(ports.faces, &photo, ask, RetryPolicy::COMMAND).await;
    match examined.map(|examination| examination.rejection) {
        Ok(None) => Ok(Ok(candidate)),
        Ok(Some(reason)) | Err(EngineError::Picture(reason)) => refuse(RowFault::Photo(reason)),
        Err(error) => Err(ImportPeopleError::Engine { line, error }),
    }
}

fn citizen(photos: &dyn PhotoSource, candidate: &Candidate, sandbox: bool) -> Result<Citizen, ImportPeopleError> {
    let changed = ImportPeopleError::PhotoChanged(candidate.line);
    let photo = photos.read(&candidate.photo).map_err(|_| changed.clone())?;
    if <[u8; 32]>::from(Sha256::digest(photo.expose())) != candidate.sha256 {
        return Err(changed);
    }
    Ok(Citizen { iin: candidate.iin.clone(), name: candidate.name.clone(), photo, sandbox })
}

fn event(report: &PeopleReport, sandbox: bool, now: Timestamp) -> NewAuditEvent {
    NewAuditEvent {
        kind: AuditKind::PeopleImported,
        at: now,
        subject: "population register".into(),
        details: serde_json::json!({
            "sha256": report.sha256,
            "imported": report.imported,
            "refused": report.refused.len(),
            "restored": report.restored.len(),
            "sandbox": sandbox,
        }),
    }
}
