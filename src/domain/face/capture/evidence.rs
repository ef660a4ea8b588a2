//! What a capture says for and against a living person before the camera, and one throughout.

use super::super::comparison::Thresholds;
use super::super::liveness::cues::{Cue, CueResult, Finding, Support};
use super::super::liveness::shape;
use super::super::liveness::texture::TextureChange;
use super::{Capture, KeptFrame};

/// What changed on the face beyond how it was held; measured once, when the course is over.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FaceChange {
    /// How far, in distances of the outer eye corners, the bones of the face that moved are from those of the one that held
    /// still; `None` when either was seen too little.
    pub shape: Option<f32>,
    /// Light, shade and eyes; `None` when too little was seen of them.
    pub texture: Option<TextureChange>,
}

impl Capture {
    /// What commands, lights and continuity say; `lines` tell when two faces differ.
    pub fn evidence(&self, lines: Thresholds) -> Vec<CueResult> {
        let mut evidence = self.course.evidence().to_vec();
        let mut findings = self.continuity.signs();
        if self.virtual_camera {
            findings.push(Finding::VirtualCamera);
        }
        let cuts = self.continuity.cuts();
        if cuts > 0 {
            findings.push(Finding::Cut);
        }
        let one_face = self.shows_one_face(lines);
        if !one_face {
            findings.push(Finding::FaceChanged);
        }
        let shape = self.change().shape.map_or(Support::FULL, shape::support);
        if !shape.speaks_for() {
            findings.push(Finding::OtherShape);
        }
        let support = match (one_face, cuts) {
            (false, _) | (_, 3..) => Support::NONE,
            (true, 1..) => Support::UNCLEAR,
            (true, 0) if self.samples.are_scarce() => Support::UNCLEAR,
            (true, 0) => Support::FULL,
        };
        let support = if shape < support { shape } else { support };
        evidence.push(CueResult { cue: Cue::Continuity, support: Some(support), findings });
        evidence.push(self.texture_evidence());
        evidence
    }

    /// Whether every kept frame and every sample shows the face of the best one, so that no face is slipped in among
    /// others.
    pub fn shows_one_face(&self, lines: Thresholds) -> bool {
        self.best().is_some_and(|best| {
            let same = |frame: &KeptFrame| {
                frame.template.similarity(&best.template).is_ok_and(|similarity| similarity >= lines.match_from)
            };
            self.frames().iter().all(same) && self.samples.all_show(&best.template, lines)
        })
    }

    fn texture_evidence(&self) -> CueResult {
        let support = self.change().texture.map(|change| change.support());
        let rigid = support.is_some_and(|support| !support.speaks_for());
        let (support, finding) = if self.played {
            (Some(Support::FULL), Some(Finding::Played))
        } else {
            (support, rigid.then_some(Finding::Rigid))
        };
        CueResult { cue: Cue::Texture, support, findings: finding.into_iter().collect() }
    }

    /// What changed between the meshes and the faces laid flat that were taken.
    pub(super) fn measure_change(&self) -> FaceChange {
        let [still, moving] = self.course.shapes();
        FaceChange { shape: still.distance(moving), texture: self.textures.change() }
    }
}
