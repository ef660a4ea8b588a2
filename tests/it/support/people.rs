//! Made-up people, and the first steps that most tests share.

use std::fmt::Debug;

use rastau::cli::demo::player::DemoPlayer;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::time::Timestamp;
use time::macros::date;

use super::faces::{Who, living};

/// An adult; another one for each number.
pub(crate) fn adult(number: u16) -> Iin {
    (0..).find_map(|extra| Iin::compose(date!(1990 - 01 - 01), true, number * 10 + extra)).unwrap()
}

/// Someone who will be 21 tomorrow, Almaty time.
pub(crate) fn under_21(now: Timestamp) -> Iin {
    let tomorrow = now.almaty_date().next_day().unwrap();
    let birth = tomorrow.replace_year(tomorrow.year() - 21).unwrap();
    (0..).find_map(|serial| Iin::compose(birth, false, serial)).unwrap()
}

/// Consent and IIN.
pub(crate) async fn to_face(player: &DemoPlayer, iin: &Iin) {
    player.consent().await.unwrap();
    player.identify(iin.expose()).await.unwrap();
}

/// Consent, IIN, the camera and, where no factor is there yet, the code of the contact on record.
pub(crate) async fn to_second_factor(player: &DemoPlayer, iin: &Iin, face: Who) {
    pass_face(player, iin, face).await;
    player.prove_contact(iin.expose()).await.unwrap();
}

/// Consent, IIN and the camera, and not the second proof that a first factor needs.
pub(crate) async fn pass_face(player: &DemoPlayer, iin: &Iin, face: Who) {
    to_face(player, iin).await;
    let captured = player.capture(&mut *living(face)).await.unwrap();
    assert_eq!(captured.result, "passed", "{:?}", captured.hints);
}

/// The stable code of a refusal.
pub(crate) fn refusal<T: Debug>(answer: anyhow::Result<T>) -> String {
    let error = answer.expect_err("this must be refused");
    error
        .downcast_ref::<rastau::cli::demo::answer::Refused>()
        .map_or_else(|| format!("{error:#}"), |refused| refused.code.clone())
}
