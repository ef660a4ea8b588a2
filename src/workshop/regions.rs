//! Which of the mesh's 468 points are what. Left and right are the picture's; rims run from corner to corner.

/// An eye: its upper rim, the crease above it and the rim below, point by point above each other.
pub(super) struct Eye {
    pub(super) upper: [usize; 7],
    pub(super) crease: [usize; 7],
    pub(super) lower: [usize; 7],
}

pub(super) const EYES: [Eye; 2] = [
    Eye {
        upper: [246, 161, 160, 159, 158, 157, 173],
        crease: [247, 30, 29, 27, 28, 56, 190],
        lower: [7, 163, 144, 145, 153, 154, 155],
    },
    Eye {
        upper: [466, 388, 387, 386, 385, 384, 398],
        crease: [467, 260, 259, 257, 258, 286, 414],
        lower: [249, 390, 373, 374, 380, 381, 382],
    },
];

/// Inner rim of the upper lip, corners included.
pub(super) const UPPER_LIP: [usize; 11] = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308];
/// Inner rim of the lower lip without corners.
pub(super) const LOWER_LIP: [usize; 9] = [95, 88, 178, 87, 14, 317, 402, 318, 324];
/// Points of the lower lip's red, rim to rim, that open with it.
pub(super) const LOWER_LIP_RED: [usize; 29] = [
    95, 88, 178, 87, 14, 317, 402, 318, 324, 96, 89, 179, 86, 15, 316, 403, 319, 325, 77, 90, 180, 85, 16, 315, 404,
    320, 307, 84, 17,
];
/// Points of the upper lip's red: they stay.
pub(super) const UPPER_LIP_RED: [usize; 11] = [13, 12, 11, 0, 82, 312, 81, 311, 80, 310, 37];
/// Corners of the mouth.
pub(super) const MOUTH: [usize; 2] = [61, 291];
/// The lowest point of the chin.
pub(super) const CHIN: usize = 152;
/// The top of the forehead.
pub(super) const FOREHEAD: usize = 10;
/// Where the face ends before the ears.
pub(super) const CHEEKS: [usize; 2] = [234, 454];
