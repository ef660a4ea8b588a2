//! Those who stand before the demo's cameras: people of the demo's pictures, brought to life.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::people::DemoPortrait;
use crate::vision::animate::Portrait;
use crate::vision::examiner::{Examiner, Models, PictureLimits};
use crate::vision::model::manifest::Manifest;
use crate::vision::picture::Picture;
use crate::vision::picture::decode::{DecodeLimits, decode};
use crate::workshop::scene::puppet::Puppet;

/// Frames of the clip that is streamed again and again.
const CLIP_FRAMES: u32 = 40;
/// Another seed is another recording of the same person.
const SEED: u64 = 7;

/// Where puppets are made of pictures.
#[derive(Debug)]
pub struct Studio {
    examiner: Examiner,
    models: PathBuf,
}

impl Studio {
    /// Loads the models of this folder, where `make models` puts the pictures, too.
    pub fn open(models: &Path) -> Result<Self> {
        let manifest = Manifest::load(models)?;
        let examiner = Models::read(&manifest)?.examiner(PictureLimits::default())?;
        Ok(Self { examiner, models: models.to_owned() })
    }

    /// The person of a demo picture.
    pub fn puppet(&mut self, which: DemoPortrait) -> Result<Arc<Puppet>> {
        puppet_with(&mut self.examiner, &self.models, which)
    }

    /// The person in the middle of a picture.
    pub fn puppet_of(&mut self, picture: &Picture) -> Result<Arc<Puppet>> {
        let middle = [picture.width(), picture.height()].map(|side| side as f32 / 2.0);
        Ok(Arc::new(Puppet::new(&mut self.examiner, picture, middle)?))
    }
}

/// The person of a demo picture, with an examiner at hand; `models` is the folder of the manifest.
pub fn puppet_with(examiner: &mut Examiner, models: &Path, which: DemoPortrait) -> Result<Arc<Puppet>> {
    let path = models.join("store").join(which.file);
    let bytes =
        std::fs::read(&path).with_context(|| format!("{} is missing; `make models` fetches it", path.display()))?;
    let picture = decode(&bytes, DecodeLimits::PHOTO)
        .map_err(|reason| anyhow::anyhow!("{}: {}", path.display(), reason.code()))?;
    Ok(Arc::new(Puppet::new(examiner, &picture, which.centre)?))
}

/// JPEG frames of someone who looks into the camera and follows nothing.
pub fn clip(portrait: &Portrait) -> Result<Vec<Vec<u8>>> {
    (0..CLIP_FRAMES).map(|number| Ok(portrait.frame(number, SEED)?)).collect()
}
