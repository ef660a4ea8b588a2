use std::collections::HashMap;

use rastau::domain::kernel::id::{AnswerId, PlayerId};
use rastau::domain::operators::check::{CheckPurpose, Enquiry, RequestId};
use rastau::domain::operators::operator::OperatorId;

use super::database::{Database, at, iin};
use super::grants::kept;
use super::on_both_engines;

fn enquiry(database: &Database, player: PlayerId, operator: &str, seconds: i64) -> Enquiry {
    Enquiry {
        id: AnswerId::new(at(seconds), database.randomness.as_ref()),
        player,
        operator: OperatorId::parse(operator).unwrap(),
        purpose: CheckPurpose::ALL[usize::try_from(seconds).unwrap() % 3],
        request: RequestId::parse("r").unwrap(),
        asked_at: at(seconds),
        allowed: seconds % 2 == 0,
    }
}

on_both_engines! {
    async fn each_operator_knows_people_by_its_own_subjects(database: &Database) {
        let (one, other) = (database.operator("one-bet").await, database.operator("other-bet").await);
        let (first, second) = (database.player(0).await, database.player(1).await);
        let mut unit = database.begin().await;
        for _ in 0..2 {
            unit.put_subject(&one.id, "a", first).await.unwrap();
        }
        unit.put_subject(&one.id, "b", second).await.unwrap();
        unit.put_subject(&other.id, "c", first).await.unwrap();
        let subjects: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let known = unit.find_subjects(&one.id, &subjects).await.unwrap();
        let expected = [("a", (first, iin(0))), ("b", (second, iin(1)))].map(|(name, known)| (name.to_owned(), known));
        assert_eq!(known, HashMap::from(expected));
        assert!(unit.find_subjects(&one.id, &[]).await.unwrap().is_empty());
        let many: Vec<String> = (0..1_000).map(|number| format!("x{number}")).chain(["a".to_owned()]).collect();
        assert_eq!(unit.find_subjects(&one.id, &many).await.unwrap().len(), 1);
    }

    async fn a_person_sees_who_asked_and_nobody_elses(database: &Database) {
        let grant = kept(database).await;
        let other = database.player(1).await;
        let operator = grant.operator.as_str();
        let mut unit = database.begin().await;
        let mut verification = unit.find_verification(grant.verification).await.unwrap().unwrap();
        verification.player = Some(grant.player);
        verification.factor = Some(grant.factor);
        verification.decided_at = Some(at(0));
        unit.update_verification(&mut verification).await.unwrap();
        let asked: Vec<Enquiry> = (10..15).map(|second| enquiry(database, grant.player, operator, second)).collect();
        unit.insert_enquiries(&asked).await.unwrap();
        unit.insert_enquiries(&[enquiry(database, other, operator, 20)]).await.unwrap();
        unit.insert_enquiries(&[]).await.unwrap();
        let all = unit.list_enquiries(grant.player, None, 10).await.unwrap();
        let purposes: Vec<(&str, i64)> = all.iter().map(|one| (one.purpose.as_str(), one.at.seconds() - at(0).seconds())).collect();
        let checks = [("marketing", 14), ("bet", 13), ("login", 12), ("marketing", 11), ("bet", 10)];
        assert_eq!(purposes[..5], checks);
        assert_eq!((purposes[5], all[5].until), (("play", 0), Some(grant.expires_at)));
        assert!(all.iter().all(|one| one.operator == all[0].operator && !one.operator.is_empty()));
        let page = unit.list_enquiries(grant.player, Some(all[3].id), 2).await.unwrap();
        assert_eq!(page, all[4..]);

        assert_eq!(unit.delete_enquiries(AnswerId::least(at(12)), 1).await.unwrap(), 1);
        assert_eq!(unit.delete_enquiries(AnswerId::least(at(12)), 10).await.unwrap(), 1);
        assert_eq!(unit.list_enquiries(grant.player, None, 10).await.unwrap().len(), 4);
        assert_eq!(unit.list_enquiries(other, None, 10).await.unwrap().len(), 1);
    }
}
