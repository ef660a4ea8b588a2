//! A contested restriction: beside the player's words staff read what the source itself says.

use std::time::Duration;

use rastau::app::restrictions::registry::manage::put;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::id::CaseId;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::reason::ReasonCode;
use rastau::domain::restrictions::{Ground, Restriction, Source};
use rastau::domain::review::case::Contest;
use rastau::domain::staff::Role;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::operator::world::World;

const IIN: &str = "900101300017";
const WORDS: &str = "Қарыз төленді";

fn restriction(ground: Ground, row: &str) -> Restriction {
    Restriction {
        ground,
        legal_basis: "a law".to_owned(),
        starts_at: Timestamp::from_seconds(0),
        ends_at: None,
        source: "debtors".to_owned(),
        source_key: row.to_owned(),
    }
}

/// Takes a version of the register in, with these rows about the person.
async fn say(world: &World, rows: &[Restriction]) {
    let refreshed_at = world.services.clock.now();
    let source = Source { name: "debtors".to_owned(), refreshed_at, max_age: Duration::from_hours(24) };
    let iin = Iin::parse(IIN).unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (iin.clone(), row.clone())).collect();
    put(world.services.store.as_ref(), &source, &rows).await.unwrap();
}

/// A case in which the person contests this.
async fn contested(world: &World, reason: ReasonCode) -> CaseId {
    let doubted = world.in_doubt(None).await.case;
    let (now, randomness) = (world.services.clock.now(), world.services.randomness.as_ref());
    let mut unit = world.services.store.begin().await.unwrap();
    let mut case = unit.find_case(doubted).await.unwrap().unwrap();
    case.id = CaseId::new(now, randomness);
    (case.reasons, case.attempt, case.frame) = (vec![reason], None, None);
    case.contest = Some(Contest::new(reason, &SecretText::new(WORDS)).unwrap());
    unit.insert_case(&case).await.unwrap();
    unit.commit().await.unwrap();
    case.id
}

async fn evidence(desk: &Desk<'_>, case: CaseId) -> Value {
    desk.post(&format!("/cases/{case}/evidence"), &json!({ "why": "they contest it" })).await.good()
}

#[actix_web::test]
async fn staff_read_the_record_of_the_source_with_its_version_and_no_other_ground() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    say(&world, &[]).await;
    say(&world, &[restriction(Ground::Debtor, "row-7"), restriction(Ground::Military, "row-8")]).await;
    let case = contested(&world, ReasonCode::RestrictedDebtor).await;
    let seen = evidence(&one, case).await;
    assert_eq!(seen["case"]["statement"], WORDS);
    let found = seen["records"]["found"].as_array().unwrap();
    assert_eq!(found.len(), 1, "of the ground in question alone: {found:?}");
    let (record, now) = (&found[0], world.services.clock.now().rfc3339());
    assert_eq!((&record["source"], &record["row"]), (&json!("debtors"), &json!("row-7")));
    assert_eq!((&record["reason"], &record["legal_basis"]), (&json!("restricted_debtor"), &json!("a law")));
    assert_eq!((&record["from"], &record["until"]), (&json!("1970-01-01T00:00:00Z"), &Value::Null));
    assert_eq!((&record["version"], &record["as_of"], &record["refreshed_at"]), (&json!(2), &json!(now), &json!(now)));
    assert_eq!(seen["records"]["is_whole"], true);
    // What the source has corrected is there no more.
    say(&world, &[restriction(Ground::Military, "row-8")]).await;
    assert_eq!(evidence(&one, case).await["records"], json!({ "found": [], "is_whole": true }));
}

#[actix_web::test]
async fn nothing_of_sources_is_shown_where_nothing_is_contested_or_no_source_says_it() {
    let world = World::production().await;
    let one = Desk::of(&world, "one", &[Role::Reviewer]).await;
    say(&world, &[restriction(Ground::Debtor, "row-7")]).await;
    let doubt = world.in_doubt(None).await.case;
    assert_eq!(evidence(&one, doubt).await.get("records"), None);
    let of_age = contested(&world, ReasonCode::UnderAge).await;
    assert_eq!(evidence(&one, of_age).await.get("records"), None, "the IIN says it, and no source");
}
