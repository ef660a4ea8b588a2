use super::*;
use crate::domain::face::liveness::signs::tests::{moved, there_and_back};
use crate::domain::kernel::testing::SeededRandomness;

const STRAIGHT: FaceSigns =
    FaceSigns { yaw: 3.0, pitch: -2.0, mouth_open: 0.03, eyes_open: 0.28, size: 100.0, centre: [320.0, 240.0] };

fn at(millis: u64) -> Timestamp {
    Timestamp::from_micros(i64::try_from(millis).unwrap() * 1_000)
}

/// A person who answers each command 400 ms after it is shown with what `answer` makes of it, and whose face takes the
/// colour that `lit` makes of the light.
fn run(
    seed: u64,
    lights: bool,
    suspicious: bool,
    answer: impl Fn(usize, Command) -> Command,
    lit: impl Fn(Light) -> Option<Light>,
) -> (ChallengeRun, u64) {
    let randomness = SeededRandomness::new(seed);
    run_challenge(Challenge::draw(&randomness, lights), &randomness, suspicious, answer, lit)
}

fn run_challenge(
    challenge: Challenge,
    randomness: &SeededRandomness,
    suspicious: bool,
    answer: impl Fn(usize, Command) -> Command,
    lit: impl Fn(Light) -> Option<Light>,
) -> (ChallengeRun, u64) {
    let mut course = ChallengeRun::begin(challenge, at(0));
    if suspicious {
        course.suspect();
    }
    let (mut shown, mut since, mut stretch_frames) = (course.shown(), 0, 0);
    for millis in (0..90_000).step_by(100) {
        let along = (millis - since) as f32 / 400.0 - 1.0;
        let share = there_and_back(along);
        let signs = match shown.content {
            Content::Command(command) => moved(STRAIGHT, answer(course.stretch(), command), share),
            _ => STRAIGHT,
        };
        let light = match shown.content {
            Content::Light(light) => lit(light),
            _ => None,
        };
        let tint = light.map_or([0; 3], Light::rgb).map(|value| f32::from(value) * 0.05);
        let face = [120.0 + tint[0], 100.0 + tint[1], 90.0 + tint[2]];
        let colours = Some(SceneColours { face, background: [90.0; 3] });
        stretch_frames += u32::from(course.wants_straight());
        let glance = FrameObservation {
            index: shown.index,
            now: at(millis),
            signs: Some(&signs),
            colours,
            mesh: None,
            good: true,
        };
        if let Some(next) = course.take(glance, stretch_frames >= 2, randomness) {
            assert_eq!(next.index, shown.index + 1);
            (shown, since, stretch_frames) = (next, millis, 0);
        }
        if course.is_over() {
            return (course, millis);
        }
    }
    (course, 90_000)
}

#[test]
fn whoever_follows_everything_is_through_in_some_fifteen_seconds() {
    let mut longest = 0;
    for seed in 0..50 {
        let (course, millis) = run(seed, true, false, |_, command| command, Some);
        let [commands, lights] = course.evidence();
        assert_eq!(commands.support, Some(Support::FULL), "{seed}: {course:?}");
        assert!(lights.support.unwrap().speaks_for(), "{seed}: {lights:?}");
        assert_eq!(course.told, COMMANDS);
        assert!((course.progress() - 1.0).abs() < 0.15 && course.is_revealed());
        longest = longest.max(millis);
    }
    assert!(longest <= 16_000, "{longest} ms");
}

#[test]
fn without_lights_or_with_an_odd_camera_five_commands_are_asked() {
    for (lights, suspicious) in [(false, false), (false, true), (true, true)] {
        let (course, _) = run(1, lights, suspicious, |_, command| command, Some);
        assert_eq!(course.told, COMMANDS_WITHOUT_LIGHTS);
        assert_eq!(course.evidence()[0].support, Some(Support::FULL));
    }
    // Lights that nothing shows, in a bright room, are daylight.
    let (course, _) = run(1, true, false, |_, command| command, |_| None);
    assert_eq!(course.evidence()[1].findings, [Finding::Daylight]);
    assert_eq!(course.told, COMMANDS_WITHOUT_LIGHTS);
}

fn opposite(command: Command) -> Command {
    match command {
        Command::TurnLeft => Command::TurnRight,
        Command::TurnRight | Command::ComeCloser => Command::TurnLeft,
        Command::LookUp => Command::LookDown,
        Command::LookDown => Command::LookUp,
        Command::OpenMouth | Command::Blink => Command::ComeCloser,
    }
}

#[test]
fn one_slip_costs_another_command_and_two_are_not_made_good() {
    // One whose first two commands are no turns of the head: those to the other side are another matter.
    let seed = drawn(|commands| !commands[0].is_turn() && !commands[1].is_turn());
    let (course, _) = run(seed, true, false, |told, command| if told == 2 { opposite(command) } else { command }, Some);
    let [commands, _] = course.evidence();
    assert_eq!((course.told, commands.support), (COMMANDS + 1, Some(Support::FULL)));
    assert_eq!(commands.findings, [Finding::AnsweredOtherwise]);
    let (course, _) = run(seed, true, false, |told, command| if told <= 2 { opposite(command) } else { command }, Some);
    assert!(course.evidence()[0].support.unwrap().speaks_against(), "{course:?}");
    let (course, _) = run(seed, true, false, |_, command| opposite(command), Some);
    assert!(course.evidence()[0].support.unwrap().speaks_against());
    assert_eq!(course.failures.len(), MAX_FAILURES);
}

/// The first seed whose commands are such.
fn drawn(such: impl Fn(&[Command]) -> bool) -> u64 {
    (0..100_000).find(|seed| such(&Challenge::draw(&SeededRandomness::new(*seed), true).commands)).unwrap()
}

fn mirrored(command: Command) -> Command {
    command.other_side().unwrap_or(command)
}

#[test]
fn a_camera_that_mirrors_is_noticed_however_many_turns_there_are_and_nothing_passes_by_it() {
    let turns = |commands: &[Command]| commands[..COMMANDS].iter().filter(|command| command.is_turn()).count();
    for count in [1, 2] {
        let seed = drawn(|commands| turns(commands) == count);
        let (course, _) = run(seed, true, false, |_, command| mirrored(command), Some);
        assert!(course.is_mirrored(), "{course:?}");
        assert_eq!(course.evidence()[0].support, Some(Support::UNCLEAR));
        assert!(course.evidence()[0].findings.iter().all(|finding| *finding == Finding::AnsweredMirrored));
        assert!(!run(seed, true, false, |_, command| command, Some).0.is_mirrored());
        // Anything else that is missed is no camera.
        let other =
            |told, command: Command| if command.is_turn() || told > 3 { mirrored(command) } else { opposite(command) };
        assert!(!run(seed, true, false, other, Some).0.is_mirrored());
    }
    // Two turns of which one goes to the right side are a slip.
    let seed = drawn(|commands| turns(commands) == 2);
    let slip = |_, command| if command == Command::TurnLeft { Command::TurnRight } else { command };
    let (course, _) = run(seed, true, false, slip, Some);
    assert!(!course.is_mirrored());
    assert_eq!(course.evidence()[0].support, Some(Support::FULL));
}

/// Why mirroring is said and not allowed for (ADR 14): of all challenges, a film of movements in some order fits 13 of 600, and
/// its mirror image 13 others.
#[test]
fn a_mirrored_film_fits_as_many_challenges_more() {
    use Command::{Blink, LookDown, LookUp, TurnLeft, TurnRight};
    let randomness = SeededRandomness::new(1);
    let fits = |film: [Command; 4], commands: [Command; 4]| {
        let lights = Challenge::draw(&randomness, true).lights;
        let challenge = Challenge { commands: commands.to_vec(), lights };
        let (course, _) =
            run_challenge(challenge, &randomness, false, |told, _| film[told.saturating_sub(1).min(3)], Some);
        course.turned > 0 && course.evidence()[0].support == Some(Support::FULL)
    };
    let (mut all, mut plain, mut other, mut both) = (0, 0, 0, 0);
    let film = [TurnLeft, TurnRight, LookUp, LookDown];
    assert!(!film.contains(&Blink), "eyes blink by themselves");
    for commands in orders().into_iter().filter(|commands| commands[..COMMANDS].iter().any(|one| one.is_turn())) {
        let (one, two) = (fits(film, commands), fits(film.map(mirrored), commands));
        all += 1;
        plain += u32::from(one);
        other += u32::from(two);
        both += u32::from(one && two);
    }
    assert_eq!((all, plain, other, both), (600, 13, 13, 0));
}

/// Every four different commands, in every order.
fn orders() -> Vec<[Command; 4]> {
    let mut orders = Vec::new();
    for code in 0..Command::ALL.len().pow(4) {
        let order = [0, 1, 2, 3].map(|place| Command::ALL[code / Command::ALL.len().pow(place) % Command::ALL.len()]);
        if (1..4).all(|place| !order[..place].contains(&order[place])) {
            orders.push(order);
        }
    }
    orders
}

#[test]
fn a_head_that_never_holds_still_never_sees_a_command() {
    let randomness = SeededRandomness::new(1);
    let mut course = ChallengeRun::begin(Challenge::draw(&randomness, false), at(0));
    for step in 0..200_u16 {
        let signs = FaceSigns { yaw: if step % 2 == 0 { 15.0 } else { -15.0 }, ..STRAIGHT };
        let glance = FrameObservation {
            index: 1,
            now: at(u64::from(step) * 100),
            signs: Some(&signs),
            colours: None,
            mesh: None,
            good: true,
        };
        assert_eq!(course.take(glance, true, &randomness), None);
    }
    assert!(!course.is_revealed());
    assert_eq!(course.evidence()[0].support, None);
}
