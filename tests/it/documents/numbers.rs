//! Numbers that pages repeat from the code.

use std::time::Duration;

use rastau::domain::face::capture;
use rastau::domain::face::liveness::replay;
use rastau::domain::kernel::clock;
use rastau::domain::oauth::{access_token, authorization, grant};
use rastau::domain::operators::{check, idempotency, operator};
use rastau::domain::restrictions::self_restriction;
use rastau::domain::{staff, verification};

use super::markdown::Page;

/// A page, the words in which it says a number (`{}` stands for it), and the number.
pub(super) type Saying = (&'static str, &'static str, u64);

/// What pages say of terms and limits.
pub(super) fn sayings() -> Vec<Saying> {
    let minutes = |time: Duration| time.as_secs() / 60;
    let hours = |time: Duration| minutes(time) / 60;
    let days = |time: Duration| hours(time) / 24;
    vec![
        ("docs/OPERATORS.md", "at any time within {} hours of the verification", hours(grant::MAX_AGE)),
        ("docs/OPERATORS.md", "before `expires_in` ({} s) is over", access_token::MAX_LIFETIME.as_secs()),
        ("docs/OPERATORS.md", "send the same token again within {} minutes", minutes(grant::RETRY)),
        ("docs/OPERATORS.md", "{} minutes after the verification a renewed token says", minutes(grant::ELEVATION)),
        ("docs/OPERATORS.md", "{} requests a second", operator::REQUESTS.into()),
        ("docs/OPERATORS.md", "{} at once", u64::from(operator::REQUESTS) * 2),
        ("docs/OPERATIONS.md", "is good for {} hours, once", hours(staff::INVITATION)),
        ("docs/OPERATIONS.md", "A session ends after {} minutes of rest", minutes(staff::IDLE_TIMEOUT)),
        ("docs/OPERATIONS.md", "of rest and after {} hours", hours(staff::MAX_SESSION)),
        ("docs/OPERATIONS.md", "a passkey shown in the last {} minutes", minutes(staff::STEP_UP)),
        ("docs/DATA-RETENTION.md", "useless to go on with after {} minutes", minutes(verification::VERIFICATION_TTL)),
        (
            "docs/DATA-RETENTION.md",
            "**deleted within the hour after {} days** |\n| failed tries",
            days(replay::REMEMBERED),
        ),
        ("docs/DATA-RETENTION.md", "dead after {} seconds", authorization::CODE_TTL.as_secs()),
        ("docs/DATA-RETENTION.md", "stands {} hours at most", hours(grant::MAX_AGE)),
        (
            "docs/DATA-RETENTION.md",
            "**deleted within the hour after {} years**",
            days(check::ENQUIRIES_RETENTION) / 365,
        ),
        (
            "docs/DATA-RETENTION.md",
            "key and request as sha256 | **deleted within the hour after {} hours**",
            hours(idempotency::ANSWER_RETENTION),
        ),
        ("docs/API.md", "past {} days ahead of real time", days(clock::MAX_AHEAD)),
        (
            "docs/API.md",
            "(for {} minutes after a decision that followed the second factor",
            minutes(self_restriction::SELF_SERVICE),
        ),
        ("docs/CAPTURE-PROTOCOL.md", "for at most {} seconds", capture::CAPTURE_TIME.as_secs()),
    ]
}

/// Sayings that a page does not say, or says of another number.
pub(super) fn untrue(pages: &[Page], sayings: &[Saying]) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, words, number) in sayings {
        let page = pages.iter().find(|page| page.path == *path).unwrap_or_else(|| panic!("there is no {path}"));
        let text = page.text();
        let expected = words.replace("{}", &number.to_string());
        if !text.contains(&expected) && !text.replace('\n', " ").contains(&expected) {
            faults.push(format!("{path} does not say: {expected}"));
        }
    }
    faults
}

#[test]
fn another_number_is_found() {
    let pages = [Page::new("docs/X.md", "It ends after 12\nhours.")];
    assert!(untrue(&pages, &[("docs/X.md", "after {} hours", 12)]).is_empty());
    assert_eq!(untrue(&pages, &[("docs/X.md", "after {} hours", 13)]).len(), 1);
}
