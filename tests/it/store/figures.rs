use rastau::domain::decision::{Outcome, Verdict};
use rastau::domain::reason::ReasonCode;

use super::cases::case;
use super::database::{Database, at};
use super::on_both_engines;

on_both_engines! {
    async fn endings_and_reasons_are_counted(database: &Database) {
        for (second, verdict) in
            [(1, Verdict::Refused), (2, Verdict::Refused), (3, Verdict::UnderReview), (4, Verdict::Cancelled)]
        {
            let mut verification = database.verification().await;
            let mut unit = database.begin().await;
            verification.end_early(Outcome::new(verdict, [ReasonCode::FaceMismatch]), at(second)).unwrap();
            unit.update_verification(&mut verification).await.unwrap();
            unit.commit().await.unwrap();
        }
        let one = case(database, 5).await;
        let mut unit = database.begin().await;
        unit.insert_case(&one).await.unwrap();
        unit.commit().await.unwrap();
        let mut unit = database.read().await;
        let mut found: Vec<_> = unit.verdicts_by_day(at(0), at(10)).await.unwrap();
        found.sort_by_key(|figure| figure.verdict.as_str());
        let found: Vec<_> = found.into_iter().map(|figure| (figure.verdict, figure.count)).collect();
        assert_eq!(found, [(Verdict::Cancelled, 1), (Verdict::Refused, 2), (Verdict::UnderReview, 1)]);
        assert_eq!(unit.verdicts_by_day(at(2), at(3)).await.unwrap().len(), 1, "from on, and before");
        let reasons = unit.reasons_by_day(at(5), at(6)).await.unwrap();
        assert_eq!(reasons.iter().map(|figure| figure.count).sum::<u64>(), 2, "each of its reasons");
        assert!(unit.reasons_by_day(at(6), at(10)).await.unwrap().is_empty());
    }

    async fn what_an_older_program_ended_is_counted_once_its_verdict_is_filled_in(database: &Database) {
        let mut verification = database.verification().await;
        let mut unit = database.begin().await;
        verification.end_early(Outcome::new(Verdict::Refused, [ReasonCode::FaceMismatch]), at(1)).unwrap();
        unit.update_verification(&mut verification).await.unwrap();
        unit.commit().await.unwrap();
        // As it wrote it: with members in whatever order.
        let outcome = "{\"reasons\":[],\"verdict\":\"under_review\"}";
        let older = sqlx::query("UPDATE verification SET verdict = NULL, outcome = $1").bind(outcome);
        assert_eq!(database.tamper(older).await, 1);
        assert!(database.read().await.verdicts_by_day(at(0), at(10)).await.unwrap().is_empty());
        let mut unit = database.begin().await;
        assert_eq!(unit.fill_in_verdicts(at(2), 10).await.unwrap(), 0, "before that it is not looked for");
        assert_eq!(unit.fill_in_verdicts(at(1), 10).await.unwrap(), 1);
        assert_eq!(unit.fill_in_verdicts(at(1), 10).await.unwrap(), 0);
        unit.commit().await.unwrap();
        let found = database.read().await.verdicts_by_day(at(0), at(10)).await.unwrap();
        assert_eq!(found.iter().map(|figure| (figure.verdict, figure.count)).collect::<Vec<_>>(), [(Verdict::UnderReview, 1)]);
    }
}
