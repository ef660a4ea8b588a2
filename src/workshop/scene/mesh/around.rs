//! What is not face: hair, ears, neck, shoulders, the wall.

use super::super::regions::{CHIN, OUTLINE};
use super::{Build, Vertex, smooth};
use crate::vision::animate::FRAME;

/// Points along each side of the frame.
const ALONG: usize = 8;
/// Points nearer to the frame's edge than this are left away, pixels.
const GAP: f32 = 8.0;

/// One ring around the head.
struct Ring {
    /// Radius in radii of the face's outline, and how much more of it above: hair.
    reach: f32,
    crown: f32,
    /// How deep it lies, from the outline (0) to the head's middle (1), whose rim is what one sees of the head.
    depth: f32,
    turns: f32,
    moves: f32,
    /// How much of the chin's way down it takes when the mouth opens.
    jaw: f32,
}

#[rustfmt::skip]
const RINGS: [Ring; 7] = [
    Ring { reach: 1.03, crown: 0.05, depth: 0.04, turns: 1.0,  moves: 1.0,  jaw: 0.96 },
    Ring { reach: 1.07, crown: 0.14, depth: 0.20, turns: 1.0,  moves: 1.0,  jaw: 0.91 },
    Ring { reach: 1.12, crown: 0.24, depth: 0.60, turns: 1.0,  moves: 1.0,  jaw: 0.84 },
    Ring { reach: 1.18, crown: 0.30, depth: 1.0,  turns: 0.95, moves: 1.0,  jaw: 0.76 },
    Ring { reach: 1.40, crown: 0.42, depth: 1.0,  turns: 0.6,  moves: 0.8,  jaw: 0.4 },
    Ring { reach: 1.80, crown: 0.46, depth: 1.0,  turns: 0.18, moves: 0.35, jaw: 0.0 },
    Ring { reach: 2.30, crown: 0.50, depth: 1.0,  turns: 0.0,  moves: 0.05, jaw: 0.0 },
];
/// Rings up to this reach are cheek when a turned head shows its side: the photo has no side, so they are laid with the
/// skin at this share of the outline's radius.
const CHEEK_REACH: f32 = 1.15;
const CHEEK_SKIN: f32 = 0.97;

/// Rings of points from the face's outline to the wall, on rays through the outline's points and between them.
pub(super) fn add_rings(vertices: &mut Vec<Vertex>, build: &Build, margin: f32) {
    let outline = OUTLINE.map(|point| vertices[point].rest);
    let between = |(a, b): (&[f32; 3], &[f32; 3])| std::array::from_fn(|i| f32::midpoint(a[i], b[i]));
    let next = outline.iter().cycle().skip(1);
    let rays: Vec<[f32; 3]> = outline.iter().zip(next).flat_map(|pair| [*pair.0, between(pair)]).collect();
    let chin_drop = vertices[CHIN].jaw[1];
    for ring in &RINGS {
        for [x, y, z] in &rays {
            let arm = [x - build.centre[0], y - build.centre[1]];
            let down = arm[1] / arm[0].hypot(arm[1]).max(1.0);
            let reach = ring.reach + ring.crown * (-down).max(0.0);
            let at = [build.centre[0] + arm[0] * reach, build.centre[1] + arm[1] * reach];
            if !inside(at, margin - GAP) {
                continue;
            }
            let neck = smooth(down, 0.35, 0.95);
            let carried = body(at, build).max(ring.moves);
            let cheek = smooth(down, -0.25, 0.1) * (1.0 - neck);
            // The neck bends: near the chin it follows the head, at the collar it does not.
            let turns = ring.turns * (1.0 - neck * smooth(reach, 1.1, 1.6));
            vertices.push(Vertex {
                rest: [at[0], at[1], z + ring.depth * (1.0 - 0.5 * neck) * (build.pivot[2] - z)],
                turns,
                moves: carried,
                jaw: [0.0, ring.jaw * neck * chin_drop, 0.0],
                lid: [0.0; 3],
                skin: [0.0; 2],
                side: if ring.reach < CHEEK_REACH {
                    arm.map(|way| way * cheek * (CHEEK_SKIN - reach))
                } else {
                    [0.0; 2]
                },
                normal: [0.0, 0.0, -1.0],
                sheen: 0.2 + 0.5 * turns.max(0.8 * body(at, build)),
            });
        }
    }
}

/// Points along the frame's edge, and a few of the shoulders: the wall stands still.
pub(super) fn add_edge(vertices: &mut Vec<Vertex>, build: &Build, margin: f32) {
    let [width, height] = FRAME.map(|side| side as f32 - 1.0 + 2.0 * margin);
    let shares = || (0..ALONG).map(|step| step as f32 / ALONG as f32);
    let sides = shares().flat_map(|share| {
        [[share * width, 0.0], [width, share * height], [width - share * width, height], [0.0, height - share * height]]
    });
    for [x, y] in sides {
        let at = [x - margin, y - margin];
        let carried = body(at, build);
        vertices.push(Vertex {
            rest: [at[0], at[1], build.pivot[2]],
            turns: 0.0,
            moves: carried,
            jaw: [0.0; 3],
            lid: [0.0; 3],
            skin: [0.0; 2],
            side: [0.0; 2],
            normal: [0.0, 0.0, -1.0],
            sheen: 0.2 + 0.4 * carried,
        });
    }
}

/// How much a place belongs to the shoulders, which come along when the person moves, 0 to 1.
fn body([x, y]: [f32; 2], build: &Build) -> f32 {
    let aside = (x - build.centre[0]).abs() / build.width;
    0.9 * smooth(y, build.chin, build.chin + 0.4 * build.height) * (1.0 - smooth(aside, 0.9, 2.0))
}

fn inside([x, y]: [f32; 2], margin: f32) -> bool {
    let [width, height] = FRAME.map(|side| side as f32 - 1.0);
    (-margin..width + margin).contains(&x) && (-margin..height + margin).contains(&y)
}
