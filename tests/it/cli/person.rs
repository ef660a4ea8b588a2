use super::workshop::{Outcome, Workshop, models};
use rastau::domain::identity::person::Iin;
use rastau::domain::ports::Store as _;

fn shop_with_photos() -> Workshop {
    let shop = Workshop::sandbox();
    std::fs::create_dir(shop.path("photos")).unwrap();
    for name in ["astronaut.png", "group3.jpg"] {
        std::fs::copy(models().join("store/demo").join(name), shop.path("photos").join(name)).unwrap();
    }
    shop.write("photos/note.txt", "no picture at all");
    shop.write("photos/nothing.jpg", "");
    let astronaut = std::fs::read(shop.path("photos/astronaut.png")).unwrap();
    shop.write("photos/cut.png", &astronaut[..astronaut.len() / 2]);
    shop.write("outside.png", astronaut);
    shop
}

fn import(shop: &Workshop, content: &str, more: &[&str]) -> Outcome {
    shop.write("people.csv", content);
    let mut args = vec!["person", "import", "people.csv", "--photos", "photos"];
    args.extend(more);
    shop.run(&args)
}

async fn names(shop: &Workshop) -> Vec<String> {
    let mut unit = shop.store().await.read().await.unwrap();
    let people = unit.list_sandbox_citizens().await.unwrap();
    people.iter().map(|citizen| citizen.name.expose().to_owned()).collect()
}

/// The IIN of somebody else for each `number`.
fn iin(number: u16) -> String {
    let birth = time::macros::date!(1985 - 06 - 15);
    let composed = (number * 100..).find_map(|serial| Iin::compose(birth, false, serial));
    composed.unwrap().expose().to_owned()
}

/// One good row among every way to be refused.
fn mixed() -> String {
    let rows = [
        "astronaut.png,900101300017,Айгүл Сағынтай".to_owned(),
        "astronaut.png,900101300018,Wrong Digit".to_owned(),
        "astronaut.png,900101300017,Twice There".to_owned(),
        format!("astronaut.png,{},", iin(1)),
        format!("../outside.png,{},Outside The Folder", iin(2)),
        format!("missing.png,{},No Photo", iin(3)),
        format!("note.txt,{},No Picture", iin(4)),
        format!("nothing.jpg,{},Empty Picture", iin(5)),
        format!("cut.png,{},Damaged Picture", iin(6)),
        format!("group3.jpg,{},Three Faces", iin(7)),
        format!("astronaut.png,{}", iin(8)),
    ];
    format!("\u{feff}photo,iin,name\r\n{}\r\n", rows.join("\r\n"))
}

#[tokio::test]
async fn a_good_file_is_imported_with_its_event() {
    let shop = shop_with_photos();
    let out = import(&shop, "iin,name,photo\n900101300017,Айгүл,./astronaut.png\n", &[]).good();
    assert_eq!(out, "1 person was imported\n");
    assert_eq!(names(&shop).await, ["Айгүл"]);
    let mut unit = shop.store().await.read().await.unwrap();
    let events = unit.list_audit(1, 10).await.unwrap();
    assert_eq!((events.len(), events[0].kind.as_str()), (1, "people_imported"));
    assert!(!events[0].details.contains("900101300017"));
    // A second import replaces, and doubles nobody.
    import(&shop, "iin,name,photo\n900101300017,Айгүл С.,astronaut.png\n", &[]).good();
    assert_eq!(names(&shop).await, ["Айгүл С."]);
}

#[tokio::test]
async fn one_refused_row_means_that_nobody_is_imported() {
    let shop = shop_with_photos();
    let outcome = import(&shop, &mixed(), &[]);
    assert_eq!(outcome.code, 1, "{}", outcome.err);
    insta::assert_snapshot!(outcome.out);
    assert_eq!(outcome.err, "");
    assert!(names(&shop).await.is_empty());
    assert_eq!(shop.run(&["audit", "verify", "--json"]).json()["events"], 0);
}

#[tokio::test]
async fn refused_rows_may_be_skipped_and_still_be_told() {
    let shop = shop_with_photos();
    let outcome = import(&shop, &mixed(), &["--skip-refused", "--json"]);
    assert_eq!(outcome.code, 1, "{}", outcome.err);
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!((&report["imported"], report["refused"].as_array().unwrap().len()), (&1.into(), 10));
    assert_eq!(names(&shop).await, ["Айгүл Сағынтай"]);
}

#[tokio::test]
async fn lost_zeros_of_people_are_put_back_when_that_is_asked_for() {
    let shop = shop_with_photos();
    let lost = "iin;name;photo\n50315570005;Айгүл;ASTRONAUT.PNG\n;;\n";
    let outcome = import(&shop, lost, &[]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.out.contains("iin_zeros_lost") && outcome.out.contains("--restore-zeros"), "{}", outcome.out);
    assert!(names(&shop).await.is_empty());
    let out = import(&shop, lost, &["--restore-zeros"]).good();
    assert_eq!(out, "1 person was imported; lost zeros of IINs were put back in line 2\n");
    let mut unit = shop.store().await.read().await.unwrap();
    let people = unit.list_sandbox_citizens().await.unwrap();
    assert_eq!(people[0].iin.expose(), "050315570005");
    let kept = format!("{lost}050315570015;Ержан;astronaut.png\n990140000007;Банк;astronaut.png\n");
    let report: serde_json::Value =
        serde_json::from_str(&import(&shop, &kept, &["--restore-zeros", "--json"]).out).unwrap();
    let codes: Vec<_> = report["refused"].as_array().unwrap().iter().map(|row| row["code"].clone()).collect();
    assert_eq!(codes, ["iin_zeros_lost", "iin_company"], "another IIN has kept its zero");
    let turned = import(&shop, "iin,name,photo\n900101300017,Ай\u{202e}гүл,astronaut.png\n", &[]);
    assert!(turned.out.contains("text_unseen") && turned.out.contains("U+202E"), "{}", turned.out);
}

#[test]
fn without_models_or_photos_nothing_begins() {
    let shop = shop_with_photos();
    shop.write("people.csv", "iin,name,photo\n");
    let err = shop.run(&["person", "import", "people.csv", "--photos", "nowhere"]).bad();
    assert!(err.contains("--photos: cannot open nowhere"), "{err}");
    let nowhere = [("RASTAU__MODELS__DIRECTORY", "nowhere")];
    let err = shop.run_with(&["person", "import", "people.csv", "--photos", "photos"], &nowhere).bad();
    assert!(err.contains("make models") && err.contains("nowhere/manifest.toml"), "{err}");
    let err = shop.run(&["person", "import", "missing.csv", "--photos", "photos"]).bad();
    assert!(err.contains("cannot read missing.csv"), "{err}");
}

/// The template of somebody who was here when another model was in use.
async fn veteran(shop: &Workshop, iin: &Iin, photo: &[u8]) {
    use rastau::domain::face::comparison::{ModelHash, Template};
    use rastau::domain::kernel::id::PlayerId;
    use rastau::domain::kernel::testing::SeededRandomness;
    use rastau::domain::kernel::time::Timestamp;
    use sha2::{Digest as _, Sha256};
    let now = Timestamp::from_seconds(1_800_000_000);
    let template = Template::new(ModelHash("earlier".into()), vec![1.0, 2.0]).unwrap();
    let mut unit = shop.store().await.begin().await.unwrap();
    let player = unit.player_of(iin, PlayerId::new(now, &SeededRandomness::new(3)), now).await.unwrap();
    unit.put_id_template(player, Sha256::digest(photo).into(), &template).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn photos_are_embedded_again_after_a_change_of_models() {
    let shop = shop_with_photos();
    import(&shop, "iin,name,photo\n900101300017,Айгүл,astronaut.png\n", &[]).good();
    let photo = std::fs::read(shop.path("photos/astronaut.png")).unwrap();
    veteran(&shop, &Iin::parse("900101300017").unwrap(), &photo).await;
    let done = shop.run(&["person", "reembed", "--json"]).json();
    assert_eq!((&done["due"], &done["embedded"], &done["pruned"]), (&1.into(), &1.into(), &0.into()), "{done}");
    let out = shop.run(&["person", "reembed", "--prune"]).good();
    assert_eq!(out, "every ID photo is embedded with the model in use\ntemplates of earlier models deleted: 1\n");
    assert_eq!(shop.run(&["person", "reembed", "--json"]).json()["due"], 0);
    shop.run(&["audit", "verify"]).good();
}

#[tokio::test]
async fn staff_end_a_persons_lock_and_the_log_says_who() {
    use rastau::domain::face::lockout::{FaceLockout, LockSubject};
    use rastau::domain::kernel::id::PlayerId;
    use rastau::domain::kernel::testing::SeededRandomness;
    use rastau::domain::kernel::time::Timestamp;
    let shop = Workshop::sandbox();
    let iin = Iin::parse("900101300017").unwrap();
    let unlock = ["person", "unlock", "--iin", "900101300017"];
    let err = shop.run(&unlock).bad();
    assert!(err.contains("nobody with this IIN"), "{err}");
    let err = shop.run(&["person", "unlock", "--iin", "900101300018"]).bad();
    assert!(err.contains("--iin: the control digit does not fit"), "{err}");

    let mut unit = shop.store().await.begin().await.unwrap();
    // Locked for ever, by this test's clock: the command goes by the real one.
    let never = Timestamp::from_seconds(10_000_000_000);
    let player = unit.player_of(&iin, PlayerId::new(never, &SeededRandomness::new(3)), never).await.unwrap();
    let person = LockSubject::Person(player);
    let locked = FaceLockout { failures: 1, locks: 2, locked_until: Some(never), failed_at: None };
    unit.put_face_lockout(person, &locked).await.unwrap();
    unit.commit().await.unwrap();

    let out = shop.run(&unlock).good();
    assert!(out.starts_with("unlocked: "), "{out}");
    let err = shop.run(&unlock).bad();
    assert!(err.contains("not locked"), "{err}");
    let mut unit = shop.store().await.read().await.unwrap();
    assert_eq!(
        unit.find_face_lockout(person).await.unwrap(),
        FaceLockout { failures: 0, locked_until: None, ..locked }
    );
    let events = unit.list_audit(1, 10).await.unwrap();
    let event = events.last().unwrap();
    assert_eq!((event.kind.as_str(), event.subject.as_str()), ("face_unlocked", player.to_string().as_str()));
    assert!(event.details.contains("user id") && !event.details.contains(iin.expose()), "{}", event.details);
}

#[tokio::test]
async fn contacts_of_record_come_with_the_file_and_stay_when_it_is_silent() {
    let shop = shop_with_photos();
    let person = Iin::parse("900101300017").unwrap();
    let contacts = async || {
        let mut unit = shop.store().await.read().await.unwrap();
        let found = unit.find_contacts(&person).await.unwrap();
        found.iter().map(|contact| contact.address().expose().to_owned()).collect::<Vec<_>>()
    };
    import(&shop, "iin,name,photo\n900101300017,Айгүл,astronaut.png\n", &[]).good();
    assert!(matches!(contacts().await.as_slice(), [made_up] if made_up.starts_with("+7799")), "a sandbox makes one up");
    let file = "phone,iin,name,photo,email\n8 701 123 45 67,900101300017,Айгүл,astronaut.png,aigul@Mail.kz\n";
    import(&shop, file, &[]).good();
    assert_eq!(contacts().await, ["+77011234567", "aigul@mail.kz"]);
    import(&shop, "iin,name,photo,phone\n900101300017,Айгүл,astronaut.png,\n", &[]).good();
    assert!(contacts().await.is_empty());
    let bad = "iin,name,photo,phone,email\n900101300017,Айгүл,astronaut.png,112,\n900101300027,Б,astronaut.png,,a@b\n";
    let outcome = import(&shop, bad, &["--json"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.out.contains("phone_malformed") && outcome.out.contains("email_malformed"), "{}", outcome.out);
    assert!(!outcome.out.contains("112") && !outcome.out.contains("a@b"), "a report says nothing of a person");
    let twice = import(&shop, "iin,name,photo,phone,phone\n900101300017,Айгүл,astronaut.png,,\n", &[]);
    assert!(twice.bad().contains("phone stands there twice"));
}

#[tokio::test]
async fn factors_are_forgotten_by_whoever_has_the_machine_and_the_log_says_who() {
    use rastau::domain::kernel::id::PlayerId;
    use rastau::domain::kernel::testing::SeededRandomness;
    use rastau::domain::kernel::time::Timestamp;
    use rastau::domain::second_factor::totp::TotpEnrolment;
    let shop = Workshop::sandbox();
    let iin = Iin::parse("900101300017").unwrap();
    let forget = ["person", "forget-factors", "--iin", "900101300017"];
    let err = shop.run(&forget).bad();
    assert!(err.contains("nobody with this IIN"), "{err}");
    let now = Timestamp::from_seconds(1_800_000_000);
    let mut unit = shop.store().await.begin().await.unwrap();
    let player = unit.player_of(&iin, PlayerId::new(now, &SeededRandomness::new(3)), now).await.unwrap();
    unit.put_totp(&TotpEnrolment::begin(player, &SeededRandomness::new(4)), now).await.unwrap();
    assert!(unit.advance_totp(player, 1).await.unwrap());
    unit.commit().await.unwrap();
    let out = shop.run(&forget).good();
    assert!(out.starts_with("forgotten: "), "{out}");
    let err = shop.run(&forget).bad();
    assert!(err.contains("has no second factor"), "{err}");
    let mut unit = shop.store().await.read().await.unwrap();
    assert!(unit.find_totp(player).await.unwrap().is_none());
    let events = unit.list_audit(1, 10).await.unwrap();
    let event = events.last().unwrap();
    assert_eq!((event.kind.as_str(), event.subject.as_str()), ("factors_forgotten", player.to_string().as_str()));
    assert!(event.details.contains("user id") && !event.details.contains(iin.expose()), "{}", event.details);
}
