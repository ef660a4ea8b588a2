//! Whom the attackers attack: people of whom there are two pictures, one on the ID, another one in the attacker's hands.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::super::liveness::frames;
use super::super::liveness::index::Index;
use crate::app::face::evaluate_liveness::Label;
use crate::cli::demo::camera::Studio;
use crate::cli::demo::people::{ASTRONAUT, COLLEAGUE};
use crate::domain::face::comparison::Template;
use crate::domain::face::engine::{ExamineRequest, FaceEngine, QualityGate, TemplateDepth};
use crate::vision::picture::decode::{DecodeLimits, decode};
use crate::workshop::scene::puppet::Puppet;

/// Pictures of one person that are tried at each end.
const TRIED: usize = 12;

/// Somebody who is attacked.
pub(super) struct Victim {
    /// What the index calls them.
    pub(super) name: String,
    /// Made of the picture that the attacker has.
    pub(super) puppet: Arc<Puppet>,
    /// The attacker's own face.
    pub(super) other: Arc<Puppet>,
    /// Of the ID photo.
    pub(super) id_photo: Template,
}

/// The person of the demonstration, of whom there is one picture: ID photo and puppet come of it alike.
pub(super) async fn of_the_demo(studio: &mut Studio, engine: &dyn FaceEngine) -> anyhow::Result<Vec<Victim>> {
    let [puppet, other] = [studio.puppet(ASTRONAUT)?, studio.puppet(COLLEAGUE)?];
    let id_photo = template(engine, puppet.id_photo()?).await?.context("the demo's ID photo cannot be used")?;
    Ok(vec![Victim { name: "demo".to_owned(), puppet, other, id_photo }])
}

/// The first `most` people of an index of whom there are two pictures that will do: the first that gives a template is their
/// ID photo, the last that a puppet can be made of is the attacker's. The next person is the attacker. Who cannot be used
/// is told.
pub(super) async fn of_an_index(
    index: &Path,
    most: usize,
    studio: &mut Studio,
    engine: &dyn FaceEngine,
) -> anyhow::Result<(Vec<Victim>, Vec<String>)> {
    let read = Index::read(index)?;
    let mut people: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in read.rows.into_iter().filter(|row| row.label == Label::BonaFide) {
        people.entry(row.subject).or_default().push(row.file);
    }
    let (mut found, mut asides) = (Vec::new(), Vec::new());
    let folder = index.parent().unwrap_or(Path::new(""));
    for (name, files) in people {
        if found.len() >= most {
            break;
        }
        let mut pictures = Vec::new();
        for file in files {
            let path = folder.join(&file);
            match tokio::task::spawn_blocking(move || frames::read(&path)).await? {
                Ok(frames) => pictures.extend(frames),
                Err((code, detail)) => asides.push(format!("{file}: {code}: {detail}")),
            }
        }
        match pair(&pictures, studio, engine).await? {
            Some((id_photo, puppet)) => found.push((name, id_photo, puppet)),
            None => {
                asides
                    .push(format!("{name}: there are no two pictures of which one gives a template and one a puppet"));
            }
        }
    }
    if found.len() < 2 {
        bail!("{}: there must be two people with two pictures each, labelled live", index.display());
    }
    let puppets: Vec<Arc<Puppet>> = found.iter().map(|(.., puppet)| Arc::clone(puppet)).collect();
    let others = puppets.into_iter().cycle().skip(1);
    let victims = found.into_iter().zip(others);
    Ok((victims.map(|((name, id_photo, puppet), other)| Victim { name, puppet, other, id_photo }).collect(), asides))
}

async fn pair(
    pictures: &[Vec<u8>],
    studio: &mut Studio,
    engine: &dyn FaceEngine,
) -> anyhow::Result<Option<(Template, Arc<Puppet>)>> {
    let mut on_id = None;
    for (place, picture) in pictures.iter().enumerate().take(TRIED) {
        if let Some(found) = template(engine, picture.clone()).await? {
            on_id = Some((place, found));
            break;
        }
    }
    let Some((place, id_photo)) = on_id else { return Ok(None) };
    for picture in pictures.iter().skip(place + 1).rev().take(TRIED) {
        let Ok(decoded) = decode(picture, DecodeLimits::PHOTO) else { continue };
        let ask = ExamineRequest::of(QualityGate::LiveFrame, false, TemplateDepth::Quick);
        let straight = engine.examine(picture.clone().into(), ask).await.is_ok_and(|found| found.template.is_some());
        if straight && let Ok(puppet) = studio.puppet_of(&decoded) {
            return Ok(Some((id_photo, puppet)));
        }
    }
    Ok(None)
}

async fn template(engine: &dyn FaceEngine, picture: Vec<u8>) -> anyhow::Result<Option<Template>> {
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);
    // A picture that is none is nobody's failure here: the next one is tried.
    Ok(engine.examine(picture.into(), ask).await.ok().and_then(|found| found.template))
}
