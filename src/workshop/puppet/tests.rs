use super::super::camera::{Camera, PageLight, tone};
use super::super::testing::{cast, examiner};
use super::*;
use crate::domain::liveness::challenge::Light;

#[test]
#[ignore = "writes pictures to look at, to the folder that RASTAU_RENDERS names"]
fn renders_to_look_at() {
    let Some(mut examiner) = examiner() else { return };
    let Some(folder) = option_env!("RASTAU_RENDERS").map(std::path::PathBuf::from) else { return };
    let base = Pose::default();
    let poses = [
        ("front", base),
        ("left", Pose { yaw: 25.0, ..base }),
        ("right", Pose { yaw: -25.0, ..base }),
        ("up", Pose { pitch: 20.0, ..base }),
        ("down", Pose { pitch: -20.0, ..base }),
        ("mouth", Pose { mouth: 1.0, ..base }),
        ("eyes", Pose { lids: 1.0, ..base }),
        ("closer", Pose { nearer: 0.3, ..base }),
    ];
    for (name, puppet) in ["a", "b"].into_iter().zip(cast(&mut examiner)) {
        let mut stage = Stage::default();
        for point in [0, 11, 12, 13, 14, 15, 16, 17, 152] {
            let vertex = &puppet.mesh.vertices[point];
            eprintln!("{point}: {:?} {:?}", vertex.rest, vertex.jaw);
        }
        eprintln!("{} {} {}", puppet.mesh.skin.len(), puppet.mesh.hollow.len(), puppet.mesh.vertices.len());
        for (what, pose) in poses {
            let began = std::time::Instant::now();
            puppet.draw(&pose, &tone(1.0, None), &mut stage);
            let drawn = began.elapsed();
            let jpeg = Camera::new(1).shoot(stage.raster.picture_mut(), 1).unwrap();
            eprintln!("{what}: drawn in {drawn:?}, all {:?}", began.elapsed());
            std::fs::write(folder.join(format!("{name}-{what}.jpg")), jpeg).unwrap();
        }
        for colour in Light::ALL {
            puppet.draw(&base, &tone(1.0, Some(PageLight { colour, strength: 0.16 })), &mut stage);
            let jpeg = Camera::new(1).shoot(stage.raster.picture_mut(), 1).unwrap();
            std::fs::write(folder.join(format!("{name}-{}.jpg", colour.code())), jpeg).unwrap();
        }
    }
}
