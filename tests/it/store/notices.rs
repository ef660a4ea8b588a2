use std::time::Duration;

use rastau::domain::identity::contact::{Channel, Contact};
use rastau::domain::kernel::id::{NoticeId, PlayerId};
use rastau::domain::kernel::locale::Locale;
use rastau::domain::kernel::outbox::MessageState;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::notices::{Bucket, Notice, NoticeContent, NoticeFailure, NoticeKind};

use super::database::{Database, at, iin};
use super::on_both_engines;

const LEASE: Duration = Duration::from_mins(1);

fn phone(number: u32) -> Contact {
    Contact::new(Channel::Sms, &format!("+7701{number:07}")).unwrap()
}

fn code() -> NoticeContent {
    NoticeContent::EnrolmentCode { code: SecretText::new("847261"), operator: "Demo Bet".to_owned() }
}

fn notice(database: &Database, player: PlayerId, to: &Contact, content: NoticeContent, now: Timestamp) -> Notice {
    let id = NoticeId::new(now, database.randomness.as_ref());
    Notice::new(id, player, to.clone(), content, Locale::Kk, now)
}

/// A code to the player at that second, queued and committed.
async fn queued(database: &Database, player: PlayerId, seconds: i64) -> Notice {
    let notice = notice(database, player, &phone(1), code(), at(seconds));
    let mut unit = database.begin().await;
    unit.insert_notice(&notice).await.unwrap();
    unit.commit().await.unwrap();
    notice
}

async fn claim(database: &Database, channel: Channel, seconds: i64) -> Vec<Notice> {
    let mut unit = database.begin().await;
    let claimed = unit.claim_notices(channel, at(seconds), at(seconds).plus(LEASE), 8).await.unwrap();
    unit.commit().await.unwrap();
    claimed
}

on_both_engines! {
    async fn contacts_are_replaced_as_a_whole(database: &Database) {
        let mail = Contact::new(Channel::Email, "aidos@mail.kz").unwrap();
        let mut unit = database.begin().await;
        assert!(unit.find_contacts(&iin(0)).await.unwrap().is_empty());
        let people = [(iin(0), vec![mail.clone(), phone(1)]), (iin(1), vec![phone(2)]), (iin(2), Vec::new())];
        unit.put_contacts(&people, at(1)).await.unwrap();
        assert_eq!(unit.find_contacts(&iin(0)).await.unwrap(), [phone(1), mail], "a phone first");
        assert!(unit.find_contacts(&iin(2)).await.unwrap().is_empty());
        unit.put_contacts(&[(iin(0), vec![phone(3)])], at(2)).await.unwrap();
        assert_eq!(unit.find_contacts(&iin(0)).await.unwrap(), [phone(3)]);
        unit.put_contacts(&[(iin(0), Vec::new()), (iin(1), vec![phone(4)]), (iin(1), vec![phone(5)])], at(3)).await.unwrap();
        assert!(unit.find_contacts(&iin(0)).await.unwrap().is_empty());
        assert_eq!(unit.find_contacts(&iin(1)).await.unwrap(), [phone(5)], "of one person given twice the later counts");
        unit.put_contacts(&[], at(4)).await.unwrap();
    }

    async fn addresses_and_codes_stand_encrypted_in_their_rows(database: &Database) {
        let player = database.player(0).await;
        queued(database, player, 1).await;
        let other = queued(database, player, 2).await;
        let mut unit = database.begin().await;
        unit.put_contacts(&[(iin(0), vec![phone(1)]), (iin(1), vec![phone(2)])], at(1)).await.unwrap();
        unit.commit().await.unwrap();
        if let Some((file, _)) = &database.file {
            let mut bytes = std::fs::read(file).unwrap();
            bytes.extend(std::fs::read(file.with_extension("db-wal")).unwrap_or_default());
            for secret in [&b"77010000001"[..], b"847261", b"Demo Bet"] {
                assert!(!bytes.windows(secret.len()).any(|window| window == secret));
            }
        }
        let swapped = database
            .tamper(sqlx::query("UPDATE notice SET content = (SELECT content FROM notice WHERE id = $1)").bind(other.id.to_string()))
            .await;
        assert_eq!(swapped, 2);
        let listed = database.read().await.list_notices(player, 8).await;
        assert!(matches!(listed, Err(StoreError::Corrupt(_))), "{listed:?}");
        let moved = "UPDATE contact_of_record SET address = \
            (SELECT address FROM contact_of_record ORDER BY iin_lookup LIMIT 1)";
        assert_eq!(database.tamper(sqlx::query(moved)).await, 2);
        let mut found = Vec::new();
        for person in 0..2 {
            found.push(database.read().await.find_contacts(&iin(person)).await);
        }
        assert_eq!(found.iter().filter(|found| found.is_err()).count(), 1, "one of them stands where it was made for");
    }

    async fn a_claim_is_a_lease_and_only_its_latest_try_counts(database: &Database) {
        let player = database.player(0).await;
        let kept = queued(database, player, 1).await;
        assert!(claim(database, Channel::Email, 1).await.is_empty());
        let mut unit = database.read().await;
        assert!(unit.channels_with_notices_due(at(0)).await.unwrap().is_empty());
        assert_eq!(unit.channels_with_notices_due(at(1)).await.unwrap(), [Channel::Sms]);
        drop(unit);
        assert!(claim(database, Channel::Sms, 0).await.is_empty(), "not yet due");
        let first = claim(database, Channel::Sms, 1).await.remove(0);
        assert_eq!(first, Notice { attempts: 1, due_at: at(61), ..kept });
        assert!(claim(database, Channel::Sms, 60).await.is_empty(), "it is under way");
        let second = claim(database, Channel::Sms, 61).await.remove(0);
        assert_eq!(second.attempts, 2);
        let random = database.randomness.as_ref();
        let mut unit = database.begin().await;
        assert!(!unit.finish_notice(&first.after(Ok(()), at(62), random)).await.unwrap(), "it was given up");
        let again = second.after(Err(NoticeFailure::NotNow), at(62), random);
        assert!(unit.finish_notice(&again).await.unwrap());
        assert_eq!(unit.list_notices(player, 8).await.unwrap(), [again]);
        unit.commit().await.unwrap();
    }

    async fn one_that_cannot_be_read_keeps_no_other_waiting(database: &Database) {
        let player = database.player(0).await;
        let damaged = queued(database, player, 1).await;
        let good = queued(database, player, 2).await;
        let damage = sqlx::query("UPDATE notice SET address = content WHERE id = $1").bind(damaged.id.to_string());
        assert_eq!(database.tamper(damage).await, 1);
        let claimed = claim(database, Channel::Sms, 2).await;
        assert_eq!(claimed.iter().map(|notice| notice.id).collect::<Vec<_>>(), [good.id]);
        assert!(claim(database, Channel::Sms, 1_000).await.iter().all(|notice| notice.id == good.id));
        let given_up = sqlx::query("UPDATE notice SET state = state WHERE last_result = 'damaged' AND content IS NULL");
        assert_eq!(database.tamper(given_up).await, 1);
    }

    async fn two_couriers_never_hold_one_notice(database: &Database) {
        let player = database.player(0).await;
        queued(database, player, 1).await;
        let (one, two) = database
            .race(async |unit| unit.claim_notices(Channel::Sms, at(1), at(61), 8).await.unwrap().len())
            .await;
        assert_eq!((one, two), (1, 0));
    }

    async fn text_and_address_are_forgotten_at_its_end(database: &Database) {
        let player = database.player(0).await;
        for (seconds, end) in [(1, Ok(())), (2, Err(NoticeFailure::AddressRefused))] {
            queued(database, player, seconds).await;
            let taken = claim(database, Channel::Sms, seconds).await.remove(0);
            let ended = taken.after(end, at(seconds), database.randomness.as_ref());
            let mut unit = database.begin().await;
            assert!(unit.finish_notice(&ended).await.unwrap());
            assert!(!unit.finish_notice(&ended).await.unwrap(), "a second time");
            assert!(unit.list_notices(player, 8).await.unwrap().is_empty());
            unit.commit().await.unwrap();
        }
        let wiped = sqlx::query("UPDATE notice SET state = state WHERE address IS NULL AND content IS NULL");
        assert_eq!(database.tamper(wiped).await, 2);
    }

    async fn earlier_ones_count_by_person_and_by_address(database: &Database) {
        let (player, other) = (database.player(0).await, database.player(1).await);
        queued(database, player, 1).await;
        queued(database, player, 5).await;
        let mut unit = database.begin().await;
        let held = NoticeContent::FactorsForgotten;
        unit.insert_notice(&notice(database, player, &phone(1), held, at(6))).await.unwrap();
        let codes = Bucket::of(NoticeKind::EnrolmentCode);
        for (who, to, since, expected) in [
            (player, phone(1), 0, vec![at(5), at(1)]),
            (player, phone(2), 1, vec![at(5)]),
            (other, phone(1), 0, vec![at(5), at(1)]),
            (other, phone(2), 0, vec![]),
        ] {
            assert_eq!(unit.earlier_notices(who, &to, codes, at(since)).await.unwrap(), expected);
        }
        let mail = Contact::new(Channel::Email, "a@mail.kz").unwrap();
        assert!(unit.earlier_notices(player, &mail, codes, at(0)).await.unwrap().is_empty());
        let forgotten = Bucket::of(NoticeKind::FactorsForgotten);
        assert_eq!(unit.earlier_notices(other, &phone(1), forgotten, at(0)).await.unwrap(), [at(6)]);
    }

    async fn an_outbox_shows_the_newest_first(database: &Database) {
        let player = database.player(0).await;
        let mut unit = database.begin().await;
        for seconds in [1, 3, 2] {
            let shown = notice(database, player, &phone(1), code(), at(seconds)).shown();
            unit.insert_notice(&shown).await.unwrap();
        }
        let listed = unit.list_notices(player, 2).await.unwrap();
        assert_eq!(listed.iter().map(|notice| notice.created_at).collect::<Vec<_>>(), [at(3), at(2)]);
        assert!(listed.iter().all(|notice| notice.state == MessageState::Delivered));
        unit.commit().await.unwrap();
        assert!(claim(database, Channel::Sms, 9).await.is_empty(), "nothing leaves a sandbox");
    }

    async fn rows_go_after_their_term(database: &Database) {
        let player = database.player(0).await;
        for seconds in 1..=3 {
            queued(database, player, seconds).await;
        }
        let mut unit = database.begin().await;
        assert_eq!(unit.delete_notices(at(1), 8).await.unwrap(), 0);
        assert_eq!(unit.delete_notices(at(9), 2).await.unwrap(), 2);
        assert_eq!(unit.delete_notices(at(9), 2).await.unwrap(), 1);
    }

    async fn nobody_is_told_who_is_not_there(database: &Database) {
        let stranger = PlayerId::new(at(0), database.randomness.as_ref());
        let mut unit = database.begin().await;
        let refused = unit.insert_notice(&notice(database, stranger, &phone(1), code(), at(1))).await;
        assert_eq!(refused, Err(StoreError::Conflict));
    }
}
