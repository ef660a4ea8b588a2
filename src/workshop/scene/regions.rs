//! Which of the mesh's 468 points are what. Left and right are the picture's; rims run from corner to corner.

/// An eye: its upper rim, the crease above it, the rim below and the bone above, point by point above each other.
pub(in crate::workshop) struct Eye {
    /// The outer one and the inner one.
    pub(in crate::workshop) corners: [usize; 2],
    pub(in crate::workshop) upper: [usize; 7],
    pub(in crate::workshop) crease: [usize; 7],
    pub(in crate::workshop) lower: [usize; 7],
    /// Below the brow.
    pub(super) bone: [usize; 7],
}

pub(in crate::workshop) const EYES: [Eye; 2] = [
    Eye {
        corners: [33, 133],
        upper: [246, 161, 160, 159, 158, 157, 173],
        crease: [247, 30, 29, 27, 28, 56, 190],
        lower: [7, 163, 144, 145, 153, 154, 155],
        bone: [113, 225, 224, 223, 222, 221, 189],
    },
    Eye {
        corners: [263, 362],
        upper: [466, 388, 387, 386, 385, 384, 398],
        crease: [467, 260, 259, 257, 258, 286, 414],
        lower: [249, 390, 373, 374, 380, 381, 382],
        bone: [342, 445, 444, 443, 442, 441, 413],
    },
];

/// The upper lip, from its outer rim to its inner one, each from corner to corner.
pub(super) const UPPER_LIP: [[usize; 11]; 4] = [
    [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
    [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
    [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
    [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
];
/// The lower lip alike, without the corners.
pub(super) const LOWER_LIP: [[usize; 9]; 4] = [
    [146, 91, 181, 84, 17, 314, 405, 321, 375],
    [77, 90, 180, 85, 16, 315, 404, 320, 307],
    [96, 89, 179, 86, 15, 316, 403, 319, 325],
    [95, 88, 178, 87, 14, 317, 402, 318, 324],
];
/// The rims between which a mouth opens.
pub(in crate::workshop) const UPPER_RIM: [usize; 11] = UPPER_LIP[3];
pub(in crate::workshop) const LOWER_RIM: [usize; 9] = LOWER_LIP[3];
/// Corners of the mouth.
pub(in crate::workshop) const MOUTH: [usize; 2] = [61, 291];
/// The lowest point of the chin.
pub(in crate::workshop) const CHIN: usize = 152;
/// The top of the forehead.
pub(in crate::workshop) const FOREHEAD: usize = 10;
/// Where the face ends before the ears.
pub(super) const CHEEKS: [usize; 2] = [234, 454];
/// The face's outline, clockwise from the top of the forehead.
pub(in crate::workshop) const OUTLINE: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
