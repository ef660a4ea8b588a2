//! Figures of nobody in particular, by the days of Almaty.

use std::time::Duration;

use actix_web::http::Method;
use rastau::domain::staff::Role;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::operator::world::World;

/// The sum of what has this code.
fn sum(figures: &Value, code: &str) -> u64 {
    let rows = figures.as_array().unwrap().iter().filter(|row| row["code"] == code);
    rows.map(|row| row["count"].as_u64().unwrap()).sum()
}

#[actix_web::test]
async fn attempts_are_counted_by_the_days_of_almaty() {
    let world = World::production().await;
    world.allow().await;
    // One in the afternoon of 15 January, and at 23:59:59 and midnight of that day.
    world.in_doubt(None).await;
    world.clock.advance(Duration::from_secs(11 * 3_600 - 1));
    world.in_doubt(None).await;
    world.clock.advance(Duration::from_secs(1));
    world.in_doubt(None).await;
    world.clock.advance(Duration::from_mins(1));
    let desk = Desk::of(&world, "aud", &[Role::Auditor]).await;
    let all = desk.get("/overview?days=30").await.good();
    assert_eq!((&all["from"], &all["until"]), (&json!("2026-12-18"), &json!("2027-01-16")));
    let days: Vec<_> =
        all["verdicts"].as_array().unwrap().iter().map(|row| (row["day"].clone(), row["count"].clone())).collect();
    assert_eq!(days, [(json!("2027-01-15"), json!(2)), (json!("2027-01-16"), json!(1))]);
    assert_eq!((sum(&all["verdicts"], "under_review"), sum(&all["reasons"], "face_doubtful")), (3, 3));
    assert_eq!((&all["sources"][0]["name"], &all["sources"][0]["fresh"]), (&json!("debtors"), &json!(true)));
    let today = desk.get("/overview?days=1").await.good();
    assert_eq!(sum(&today["verdicts"], "under_review"), 1);
    world.clock.advance(Duration::from_mins(10));
    for days in ["0", "100000"] {
        desk.get(&format!("/overview?days={days}")).await.good();
    }
    for days in ["-1", "x", "99999999999"] {
        assert_eq!(desk.get(&format!("/overview?days={days}")).await.status.as_u16(), 400);
    }
}

#[actix_web::test]
async fn the_table_has_the_same_figures_and_nothing_to_calculate_with() {
    let world = World::production().await;
    world.in_doubt(None).await;
    world.clock.advance(Duration::from_secs(1));
    let desk = Desk::of(&world, "aud", &[Role::Auditor]).await;
    let table = desk.call(Method::GET, "/overview.csv", None).await;
    assert_eq!((table.status.as_u16(), table.caching.as_deref()), (200, Some("no-store")));
    let lines = "day,operator,what,code,count\r\n2027-01-15,demo-bet,verdict,under_review,1\r\n\
                 2027-01-15,demo-bet,reason,face_doubtful,1\r\n\
                 2027-01-15,demo-bet,verification_seconds,mean,0\r\n\
                 2027-01-15,demo-bet,verification_seconds,longest,0\r\n";
    assert_eq!(table.text, lines);
}
