//! Why a person, a picture or a capture was refused or is in doubt: stable codes that texts, cases and tests share.

use serde::{Deserialize, Serialize};

macro_rules! reason_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A stable reason code. The sentences for people stand in `src/messages`, keyed by [`ReasonCode::code`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ReasonCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl ReasonCode {
            /// Every code, for tests that hold the message files complete.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as interfaces and message files write it.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Reads a code back.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.code() == code)
            }
        }
    };
}

reason_codes! {
    // The picture itself.
    /// No bytes at all.
    PictureEmpty = "picture_empty",
    /// More bytes than allowed.
    PictureTooManyBytes = "picture_too_many_bytes",
    /// Neither JPEG, PNG, WebP nor JPEG 2000.
    PictureFormat = "picture_format",
    /// HEIC or HEIF, as phones save photos.
    PictureHeic = "picture_heic",
    /// A JPEG of a kind that is not read: arithmetic coding, 12 bits, lossless, JPEG-LS, odd sampling, separate scans, no tables.
    PictureJpegKind = "picture_jpeg_kind",
    /// A PNG that Apple's tools made for applications.
    PicturePngKind = "picture_png_kind",
    /// More pixels than allowed.
    PictureTooManyPixels = "picture_too_many_pixels",
    /// Truncated or damaged.
    PictureDamaged = "picture_damaged",
    // The face in it.
    /// No face was found.
    NoFace = "no_face",
    /// More than one face was found.
    SeveralFaces = "several_faces",
    /// Too few pixels between the eyes: come closer.
    FaceTooSmall = "face_too_small",
    /// The face fills the frame: step back.
    FaceTooLarge = "face_too_large",
    /// Part of the face lies outside the picture.
    FaceCutOff = "face_cut_off",
    /// The face looks aside.
    FaceTurned = "face_turned",
    /// The head does not stand upright: it lies on its side or hangs upside down.
    NotUpright = "not_upright",
    /// Too little light on the face.
    TooDark = "too_dark",
    /// Too much light on the face.
    TooBright = "too_bright",
    /// Too little contrast on the face.
    LowContrast = "low_contrast",
    /// Out of focus or moved.
    Blurred = "blurred",
    // The capture.
    /// The time for a capture ran out.
    CaptureTimeout = "capture_timeout",
    /// All attempts of this verification are used.
    CaptureAttempts = "capture_attempts",
    /// The capture did not succeed, and another one may be tried; which cue failed is not said.
    CaptureRetry = "capture_retry",
    /// Different faces in one capture.
    CaptureFaceChanged = "capture_face_changed",
    /// Everything was followed, the turns of the head to the other side: the camera mirrors its picture, or left was taken for right.
    CaptureMirrored = "capture_mirrored",
    // Liveness.
    /// The frames look like a presentation attack.
    PresentationAttack = "presentation_attack",
    /// The frames are neither clearly bona fide nor clearly an attack.
    PresentationDoubtful = "presentation_doubtful",
    // Comparison.
    /// The live face is not the one on the ID photo.
    FaceMismatch = "face_mismatch",
    /// The similarity lies between match and no match.
    FaceDoubtful = "face_doubtful",
    /// The live face was seen under another IIN, or is a confirmed attacker's. For staff: the player is told
    /// [`ReasonCode::ReviewNeeded`].
    FaceSeenElsewhere = "face_seen_elsewhere",
    /// A member of staff will look; why is not said.
    ReviewNeeded = "review_needed",
    /// The ID photo of the register cannot be used.
    IdPhotoUnusable = "id_photo_unusable",
    // Who.
    /// So many recordings of this browser or address were kept that day that this one was not. For staff.
    RecordingNotKept = "recording_not_kept",
    /// The population register does not know the IIN.
    PersonNotFound = "person_not_found",
    /// Under 21.
    UnderAge = "under_21",
    // The second factor.
    /// It counts only after a time in which nobody says that it is not theirs.
    EnrolmentHeld = "enrolment_held",
    /// Somebody said of a held enrolment that it was not them. For staff.
    EnrolmentDisowned = "enrolment_disowned",
    /// The operator wants a stronger proof than this person's second factor stands on.
    ClassUnmet = "class_unmet",
    // The second factor, later.
    /// The person has none of their factors at hand any more.
    FactorsLost = "factors_lost",
    /// They may make a new one after a time in which nobody objects.
    RecoveryHeld = "recovery_held",
    /// Somebody said of a recovery that it was not them. For staff.
    RecoveryDisowned = "recovery_disowned",
    // Restrictions.
    /// In the register of debtors.
    RestrictedDebtor = "restricted_debtor",
    /// By decision of a court.
    RestrictedCourt = "restricted_court",
    /// A civil servant.
    RestrictedCivilServant = "restricted_civil_servant",
    /// A member of the military.
    RestrictedMilitary = "restricted_military",
    /// A member of a law-enforcement body.
    RestrictedLawEnforcement = "restricted_law_enforcement",
    /// A member of the special services.
    RestrictedSpecialServices = "restricted_special_services",
    /// By their own application.
    RestrictedSelf = "restricted_self",
    /// Paused for a while.
    RestrictedCoolOff = "restricted_cool_off",
    /// Registered as deceased.
    RestrictedDeceased = "restricted_deceased",
    /// The identity document does not hold.
    RestrictedDocument = "restricted_document",
    /// It could not be established whether a restriction holds, so one is assumed.
    RestrictionsUnknown = "restrictions_unknown",
    // The flow.
    /// The player turned back.
    Cancelled = "cancelled",
    /// The time for the whole verification ran out.
    Expired = "expired",
}

impl ReasonCode {
    /// Whether a person can say of themselves that it is wrong, and staff can find out: what records say of them, not what
    /// was measured or could not be told.
    pub fn is_contestable(self) -> bool {
        matches!(
            self,
            Self::UnderAge
                | Self::RestrictedDebtor
                | Self::RestrictedCourt
                | Self::RestrictedCivilServant
                | Self::RestrictedMilitary
                | Self::RestrictedLawEnforcement
                | Self::RestrictedSpecialServices
                | Self::RestrictedSelf
                | Self::RestrictedCoolOff
                | Self::RestrictedDeceased
                | Self::RestrictedDocument
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ground_can_be_contested_and_a_face_cannot() {
        use crate::domain::restrictions::Ground;
        assert!(Ground::ALL.iter().all(|ground| ground.reason().is_contestable()));
        assert!(!ReasonCode::FaceMismatch.is_contestable() && !ReasonCode::RestrictionsUnknown.is_contestable());
    }

    #[test]
    fn codes_are_unique_and_read_back() {
        for (place, reason) in ReasonCode::ALL.iter().enumerate() {
            assert_eq!(ReasonCode::from_code(reason.code()), Some(*reason));
            assert!(ReasonCode::ALL[place + 1..].iter().all(|other| other.code() != reason.code()));
        }
    }
}
