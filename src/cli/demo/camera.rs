//! The demo's camera: a portrait brought to motion.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::people::DemoPortrait;
use crate::domain::capture::Face;
use crate::domain::ports::{Ask, Detail, FaceEngine, Gate};
use crate::domain::secret::SecretBytes;
use crate::vision::animate::Portrait;
use crate::vision::decode::{DecodeLimits, decode};
use crate::vision::examiner::{Examiner, Models, PictureLimits};
use crate::vision::manifest::Manifest;
use crate::vision::picture::Picture;
use crate::workshop::puppet::Puppet;

/// Frames of the clip that is streamed again and again.
const CLIP_FRAMES: u32 = 40;
/// Another seed is another recording of the same person.
const SEED: u64 = 7;

/// Cuts the person out of their picture in `models`/store.
pub async fn portrait(faces: &dyn FaceEngine, models: &Path, which: DemoPortrait) -> Result<Portrait> {
    let (bytes, picture) = picture(models, which)?;
    let ask = Ask { gate: Gate::IdPhoto, presentation: false, template: Detail::None };
    let examination = faces.examine(SecretBytes::new(bytes), ask).await?;
    let place = nearest(&examination.faces, which.centre).context("the demo picture shows no face")?;
    Ok(Portrait::new(&picture, &examination.faces, place)?)
}

/// The same person as a puppet that can be posed. Loads models of its own, which takes some 200 ms.
pub fn puppet(models: &Path, which: DemoPortrait) -> Result<Arc<Puppet>> {
    let manifest = Manifest::load(models)?;
    let mut examiner = Models::read(&manifest)?.examiner(PictureLimits::default())?;
    puppet_with(&mut examiner, models, which)
}

/// As [`puppet`], with an examiner at hand.
pub fn puppet_with(examiner: &mut Examiner, models: &Path, which: DemoPortrait) -> Result<Arc<Puppet>> {
    let (_, picture) = picture(models, which)?;
    Ok(Arc::new(Puppet::new(examiner, &picture, which.centre)?))
}

/// The person's picture in `models`/store, as bytes and decoded.
fn picture(models: &Path, which: DemoPortrait) -> Result<(Vec<u8>, Picture)> {
    let path = models.join("store").join(which.file);
    let bytes =
        std::fs::read(&path).with_context(|| format!("{} is missing; `make models` fetches it", path.display()))?;
    let picture = decode(&bytes, DecodeLimits::PHOTO)
        .map_err(|reason| anyhow::anyhow!("{}: {}", path.display(), reason.code()))?;
    Ok((bytes, picture))
}

/// JPEG frames as a camera would send them.
pub fn clip(portrait: &Portrait) -> Result<Vec<Vec<u8>>> {
    (0..CLIP_FRAMES).map(|number| Ok(portrait.frame(number, SEED)?)).collect()
}

fn nearest(faces: &[Face], centre: [f32; 2]) -> Option<usize> {
    let distance = |face: &Face| {
        let [left, top, width, height] = face.bounds;
        (left + width / 2.0 - centre[0]).hypot(top + height / 2.0 - centre[1])
    };
    let nearest = |a: &(usize, &Face), b: &(usize, &Face)| distance(a.1).total_cmp(&distance(b.1));
    faces.iter().enumerate().min_by(nearest).map(|(place, _)| place)
}
