//! Those who stand before the demo's cameras: people of the demo's pictures, brought to life.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::people::DemoPortrait;
use crate::vision::animate::Portrait;
use crate::vision::decode::{DecodeLimits, decode};
use crate::vision::examiner::{Examiner, Models, PictureLimits};
use crate::vision::manifest::Manifest;
use crate::workshop::puppet::Puppet;

/// Frames of the clip that is streamed again and again.
const CLIP_FRAMES: u32 = 40;
/// Another seed is another recording of the same person.
const SEED: u64 = 7;

/// Where puppets are made of pictures.
#[derive(Debug)]
pub struct Studio {
    examiner: Examiner,
    store: PathBuf,
}

impl Studio {
    /// Loads the models of this folder, where `make models` puts the pictures, too.
    pub fn open(models: &Path) -> Result<Self> {
        let manifest = Manifest::load(models)?;
        let examiner = Models::read(&manifest)?.examiner(PictureLimits::default())?;
        Ok(Self { examiner, store: models.join("store") })
    }

    /// The person of a demo picture.
    pub fn puppet(&mut self, which: DemoPortrait) -> Result<Arc<Puppet>> {
        self.puppet_of(&self.store.join(which.file), which.centre)
    }

    /// The person of the picture at `path` whose face is nearest to `centre` (pixels).
    pub fn puppet_of(&mut self, path: &Path, centre: [f32; 2]) -> Result<Arc<Puppet>> {
        let bytes =
            std::fs::read(path).with_context(|| format!("{} is missing; `make models` fetches it", path.display()))?;
        let picture = decode(&bytes, DecodeLimits::PHOTO)
            .map_err(|reason| anyhow::anyhow!("{}: {}", path.display(), reason.code()))?;
        Ok(Arc::new(Puppet::new(&mut self.examiner, &picture, centre)?))
    }
}

/// JPEG frames of someone who looks into the camera and follows nothing.
pub fn clip(portrait: &Portrait) -> Result<Vec<Vec<u8>>> {
    (0..CLIP_FRAMES).map(|number| Ok(portrait.frame(number, SEED)?)).collect()
}
