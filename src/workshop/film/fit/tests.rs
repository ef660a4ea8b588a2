use super::*;
use crate::domain::face::liveness::signs::tests::{moved, there_and_back};

const STRAIGHT: FaceSigns =
    FaceSigns { yaw: 4.0, pitch: 1.0, mouth_open: 0.02, eyes_open: 0.3, size: 90.0, centre: [300.0, 220.0] };

const TURNED: Wanted = Wanted { least: 1, turn: true };

/// Ten frames a second of somebody who looks straight and makes these movements, each at its second.
fn film(seconds: u64, movements: &[(u64, Command)]) -> Vec<Sight> {
    let sight = |place: u64| {
        let millis = place * 100;
        let doing = movements.iter().find(|(begins, _)| (begins * 1_000..begins * 1_000 + 1_500).contains(&millis));
        let signs = doing.map_or(STRAIGHT, |(begins, command)| {
            moved(STRAIGHT, *command, there_and_back((millis - begins * 1_000) as f32 / 500.0))
        });
        Sight { millis, signs: Some(signs), good: true }
    };
    (0..seconds * 10).map(sight).collect()
}

/// What a course makes of the fit: the service's own rules, told at its own time.
fn played(film: &[Sight], fit: &Fit) -> (ChallengeRun, Vec<Command>) {
    let challenge = Challenge { commands: fit.commands.clone(), lights: Vec::new() };
    let mut course = ChallengeRun::begin(challenge, at(film[fit.sent[0].start].millis));
    let mut told = Vec::new();
    for place in fit.sent.iter().cloned().flatten() {
        let glance = FrameObservation { index: course.shown().index, ..glance(&film[place]) };
        let enough = course.still_frames() > 1;
        if let Some(shown) = course.take(glance, enough, &NoDraw)
            && let crate::domain::face::liveness::course::Content::Command(command) = shown.content
        {
            told.push(command);
        }
    }
    (course, told)
}

#[test]
fn a_film_is_asked_for_what_it_shows_and_follows_it() {
    let movements = [(4, Command::TurnLeft), (8, Command::Blink), (12, Command::OpenMouth), (16, Command::LookDown)];
    let film = film(22, &movements);
    let fits = fits(&film, film.len(), TURNED);
    let fit = &fits[0];
    assert_eq!(fit.commands, movements.map(|(_, command)| command));
    let (course, told) = played(&film, fit);
    assert!(course.is_over());
    assert_eq!(told, fit.commands);
    assert!(course.evidence()[0].support.unwrap().speaks_for());
    assert!(fit.sent.windows(2).all(|pair| pair[0].end <= pair[1].start), "{:?}", fit.sent);
    let (baseline, turn) = (film[fit.sent[0].end - 1].millis, fit.sent[1].start);
    assert!(fit.next(&film, Some(Command::TurnLeft), baseline).is_some_and(|place| place <= turn));
    assert_eq!(fit.next(&film, Some(Command::TurnLeft), 5_000), None, "it comes once");
    assert!(fit.next(&film, None, 20_000).is_some_and(|place| film[place].millis > 20_000));
}

#[test]
fn what_the_service_did_not_count_is_left_out_of_the_next_take() {
    let film = film(22, &[(4, Command::TurnLeft), (8, Command::Blink), (12, Command::OpenMouth)]);
    let fit = &fits(&film, film.len(), TURNED)[0];
    let blink = fit.tells(1).unwrap();
    assert_eq!((blink.command, fit.tells(3)), (Command::Blink, None));
    // The same movement may be told at another moment.
    let again = fit.again(&film, TURNED, &[blink]).unwrap();
    assert_eq!(again.sent[0], fit.sent[0]);
    let told = (0..3).filter_map(|number| again.tells(number)).find(|told| told.command == Command::Blink).unwrap();
    assert!(told.told.abs_diff(blink.told) > NEARLY);
    let whenever: Vec<Missed> =
        (0..film.len()).step_by(NEARLY).map(|told| Missed { command: Command::Blink, told }).collect();
    let without = fit.again(&film, TURNED, &whenever).unwrap();
    assert_eq!(without.commands, [Command::TurnLeft, Command::OpenMouth]);
    let turns: Vec<Missed> = whenever.iter().map(|missed| Missed { command: Command::TurnLeft, ..*missed }).collect();
    assert_eq!(without.again(&film, TURNED, &turns), None);
}

#[test]
fn a_film_without_a_turn_or_with_too_few_movements_is_no_capture() {
    let nods = film(22, &[(4, Command::LookUp), (8, Command::Blink)]);
    assert!(fits(&nods, nods.len(), TURNED).is_empty());
    assert_eq!(fits(&nods, 9, Wanted { turn: false, ..TURNED })[0].commands, [Command::LookUp, Command::Blink]);
    let turns = film(22, &[(4, Command::TurnRight), (8, Command::Blink)]);
    assert_eq!(
        fits(&turns, turns.len(), Wanted { least: 2, ..TURNED })[0].commands,
        [Command::TurnRight, Command::Blink]
    );
    assert!(fits(&turns, turns.len(), Wanted { least: 3, ..TURNED }).is_empty());
    assert!(fits(&[], 9, TURNED).is_empty());
}

#[test]
fn what_no_gate_lets_through_gives_no_baseline() {
    let mut film = film(22, &[(6, Command::TurnLeft)]);
    for sight in &mut film {
        sight.good = false;
    }
    assert!(fits(&film, film.len(), TURNED).is_empty());
}
