use super::*;
use crate::domain::kernel::testing::SeededRandomness;
use crate::domain::operators::operator::KeySource;
use crate::domain::operators::scope::Scopes;
use proptest::prelude::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn ids() -> [StaffId; 3] {
    let randomness = SeededRandomness::new(1);
    [0, 1, 2].map(|_| StaffId::new(at(0), &randomness))
}

fn measures() -> Vec<ControlledAction> {
    let case = CaseId::new(at(0), &SeededRandomness::new(2));
    let login: Login = "a.b".parse().unwrap();
    let roles: BTreeSet<Role> = [Role::Supervisor].into();
    let operator = OperatorId::parse("demo-bet").unwrap();
    let new = |credential| NewOperator {
        id: "new-bet".into(),
        name: "New Bet".into(),
        redirect_uris: vec!["https://bet.example/cb".into()],
        credential,
        sandbox: true,
        scopes: Some(Scopes::usual()),
        contact: None,
        assertion_audience: None,
        requests_per_second: None,
    };
    let keys = NewCredential::Keys(KeySource::Published("https://bet.example/jwks".parse().unwrap()));
    let change = OperatorChange { scopes: Some(Scopes::usual()), ..OperatorChange::default() };
    vec![
        ControlledAction::AddOperator { operator: Box::new(new(keys)) },
        ControlledAction::AddOperator { operator: Box::new(new(NewCredential::SandboxSecret)) },
        ControlledAction::ChangeOperator { operator: operator.clone(), change: Box::new(change) },
        ControlledAction::EnableOperator { operator: operator.clone() },
        ControlledAction::SetWebhook { operator: operator.clone(), url: "https://bet.example/in".parse().unwrap() },
        ControlledAction::RotateWebhook { operator },
        ControlledAction::EraseEvidence { case },
        ControlledAction::ExportEvidence { case },
        ControlledAction::UnlockPerson { case },
        ControlledAction::ForgetFactors { case },
        ControlledAction::TakeBackSelfRestriction { case },
        ControlledAction::ReleaseVersion { source: "debtors".into(), version: 3 },
        ControlledAction::DiscardVersion { source: "debtors".into(), version: 3 },
        ControlledAction::RollBackSource { source: "debtors".into(), from: 3, version: 2 },
        ControlledAction::InviteStaff { login: login.clone(), name: "A".into(), roles: roles.clone() },
        ControlledAction::ReinviteStaff { login: login.clone() },
        ControlledAction::ChangeStaff { login, roles: Some(roles), disabled: None },
    ]
}

fn asked(measure: ControlledAction, by: StaffId) -> Proposal {
    let id = MeasureId::new(at(0), &SeededRandomness::new(3));
    Proposal {
        id,
        measure,
        why: "because".into(),
        identity_check: None,
        by,
        at: at(0),
        settlement: None,
        done_at: None,
    }
}

#[test]
fn measures_are_written_and_read_back() {
    for measure in measures() {
        let written = serde_json::to_value(&measure).unwrap();
        assert_eq!(written["kind"], measure.kind());
        assert_eq!(serde_json::from_value::<ControlledAction>(written).unwrap(), measure);
        assert!(!measure.subject().is_empty());
        let logged = measure.details();
        assert_eq!(logged["kind"], measure.kind());
        assert!(logged.get("name").is_none(), "{logged}");
    }
}

#[test]
fn a_login_is_read_as_strictly_as_ever() {
    assert!(serde_json::from_str::<ControlledAction>(r#"{"kind":"reinvite_staff","login":"A B"}"#).is_err());
}

#[test]
fn what_was_allowed_is_fetched_in_time_by_who_asked_and_an_invitation_once() {
    let [one, two, three] = ids();
    for measure in measures() {
        let (fetched, once) = (measure.is_fetched(), measure.is_fetched_once());
        let mut proposal = asked(measure, one);
        assert_eq!(proposal.fetch(one, at(1)), Err(WorkFault::NotDue), "nobody said yes");
        proposal.settle(two, true, at(1)).unwrap();
        assert_eq!(proposal.done_at.is_some(), !fetched);
        assert_eq!(proposal.fetch(two, at(2)), Err(WorkFault::NotYours));
        assert_eq!(proposal.fetch(three, at(2)), Err(WorkFault::NotYours));
        let mut late = proposal.clone();
        assert_eq!(late.fetch(one, at(1).plus(APPROVAL_TTL)), Err(WorkFault::NotDue));
        assert_eq!(proposal.fetch(one, at(2)).is_ok(), fetched);
        assert_eq!(proposal.fetch(one, at(3)).is_ok(), fetched && !once);
    }
}

#[test]
fn who_gets_their_place_back_was_looked_at_by_somebody() {
    for measure in measures() {
        let of_a_person = ["forget_factors", "take_back_self_restriction"].contains(&measure.kind());
        assert_eq!(measure.needs_identity_check(), of_a_person);
    }
}

#[test]
fn eyes_are_who_decides_approves_or_vouches() {
    for role in Role::ALL {
        let eyes = [Role::Reviewer, Role::Supervisor, Role::Administrator].contains(&role);
        assert_eq!(can_approve(&[role].into()), eyes, "{role}");
    }
}

proptest! {
    #[test]
    fn nothing_is_done_without_the_yes_of_another(
        steps in prop::collection::vec((0_usize..3, any::<bool>(), any::<bool>(), 0_i64..900_000), 0..12), which in 0..measures().len(),
    ) {
        let people = ids();
        let mut proposal = asked(measures().remove(which), people[0]);
        let mut now = 0;
        for (who, settles, yes, later) in steps {
            now += later;
            let before = proposal.clone();
            let done = if settles {
                proposal.settle(people[who], yes, at(now))
            } else {
                proposal.fetch(people[who], at(now))
            };
            if done.is_err() {
                prop_assert_eq!(&proposal, &before);
            }
            if proposal.done_at.is_some() {
                let settled = proposal.settlement.unwrap();
                prop_assert!(settled.yes && settled.by != proposal.by);
                prop_assert!(settled.at.since(proposal.at) < PROPOSAL_TTL);
            }
        }
    }
}
