//! What is not face: hair, ears, neck, shoulders, the wall.

use super::{Build, Vertex, smooth};
use crate::vision::animate::FRAME;

/// Points of one ring.
const RAYS: usize = 36;
/// Points along each side of the frame.
const ALONG: usize = 8;
/// Points nearer to the frame's edge than this are left away, pixels.
const GAP: f32 = 8.0;

/// One ring around the head.
struct Ring {
    /// Radius in radii of the face's outline, and how much more of it above: hair.
    reach: f32,
    crown: f32,
    turns: f32,
    moves: f32,
    /// How much of the chin's way down it takes when the mouth opens.
    jaw: f32,
}

const RINGS: [Ring; 4] = [
    Ring { reach: 1.12, crown: 0.28, turns: 1.0, moves: 1.0, jaw: 0.7 },
    Ring { reach: 1.36, crown: 0.42, turns: 0.62, moves: 0.8, jaw: 0.3 },
    Ring { reach: 1.8, crown: 0.45, turns: 0.18, moves: 0.35, jaw: 0.0 },
    Ring { reach: 2.3, crown: 0.5, turns: 0.0, moves: 0.05, jaw: 0.0 },
];

/// Rings of points from the face's outline to the wall.
pub(super) fn add_rings(vertices: &mut Vec<Vertex>, build: &Build, margin: f32) {
    let face = vertices.clone();
    for ring in &RINGS {
        for ray in 0..RAYS {
            let angle = std::f32::consts::TAU * (ray as f32 + 0.5) / RAYS as f32;
            let (down, along) = angle.sin_cos();
            let radius = outline(&face, build, angle) * (ring.reach + ring.crown * (-down).max(0.0));
            let at = [build.centre[0] + along * radius, build.centre[1] + down * radius];
            if !inside(at, margin - GAP) {
                continue;
            }
            let neck = smooth(down, 0.35, 0.95);
            let carried = body(at, build).max(ring.moves);
            let turns = ring.turns * (1.0 - 0.5 * neck);
            vertices.push(Vertex {
                rest: [at[0], at[1], build.pivot[2]],
                turns,
                moves: carried,
                jaw: [0.0, ring.jaw * neck * 0.3 * build.width, 0.0],
                lid: [0.0; 3],
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
            normal: [0.0, 0.0, -1.0],
            sheen: 0.2 + 0.4 * carried,
        });
    }
}

/// Radius of the face's outline in this direction.
fn outline(face: &[Vertex], build: &Build, angle: f32) -> f32 {
    let (down, along) = angle.sin_cos();
    let reach = |vertex: &Vertex| {
        let [x, y] = [vertex.rest[0] - build.centre[0], vertex.rest[1] - build.centre[1]];
        let (forth, aside) = (x * along + y * down, (y * along - x * down).abs());
        if aside <= 0.16 * forth { forth } else { 0.0 }
    };
    face.iter().map(reach).fold(0.3 * build.width, f32::max)
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
