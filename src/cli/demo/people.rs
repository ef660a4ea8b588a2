//! The demo's people: faces out of pinned packages, names and IINs made up.

use time::macros::date;

use crate::domain::identity::person::Iin;
use crate::domain::restrictions::Ground;

/// A picture in the models' store, and where the face is in it.
#[derive(Clone, Copy, Debug)]
pub struct DemoPortrait {
    /// The file.
    pub file: &'static str,
    /// Middle of the face, pixels.
    pub centre: [f32; 2],
}

/// The NASA portrait of Eileen Collins: public domain.
pub const ASTRONAUT: DemoPortrait = DemoPortrait { file: "demo/astronaut.png", centre: [223.0, 120.0] };
/// One of the people on an MIT-licensed group photo.
pub const COLLEAGUE: DemoPortrait = DemoPortrait { file: "demo/group5.jpg", centre: [464.0, 1_024.0] };
/// A person on another one, whom passive PAD wrongly takes for an attack: so that the demo shows that, too.
pub const DOUBTED: DemoPortrait = DemoPortrait { file: "demo/group6.jpg", centre: [766.0, 485.0] };

/// One of the demo's people.
#[derive(Clone, Debug)]
pub(super) struct DemoPerson {
    pub(super) iin: Option<Iin>,
    pub(super) name: &'static str,
    pub(super) portrait: DemoPortrait,
    /// What the sandbox's page says of them.
    pub(super) note: &'static str,
    pub(super) grounds: &'static [Ground],
}

/// Everyone who is there from the start.
pub(super) fn people() -> [DemoPerson; 4] {
    let compose = |birth, serial: u16| (serial..).find_map(|serial| Iin::compose(birth, true, serial));
    [
        DemoPerson {
            iin: compose(date!(1990 - 01 - 01), 9_000),
            name: "Айгерім Демо",
            portrait: ASTRONAUT,
            note: "demo_approved",
            grounds: &[],
        },
        DemoPerson {
            iin: compose(date!(1985 - 05 - 05), 9_000),
            name: "Динара Демо",
            portrait: COLLEAGUE,
            note: "demo_approved",
            grounds: &[],
        },
        DemoPerson {
            iin: compose(date!(1988 - 08 - 08), 9_000),
            name: "Гүлнар Демо",
            portrait: ASTRONAUT,
            note: "demo_restricted",
            grounds: &[Ground::Debtor, Ground::SelfRestriction],
        },
        DemoPerson {
            iin: compose(date!(2010 - 03 - 03), 9_000),
            name: "Алия Демо",
            portrait: ASTRONAUT,
            note: "demo_under_21",
            grounds: &[],
        },
    ]
}
