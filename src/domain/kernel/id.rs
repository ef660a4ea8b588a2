//! Identifiers: UUIDv7 (RFC 9562), made of the clock and the randomness that the caller passes in.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use super::clock::Randomness;
use super::time::Timestamp;

fn uuid_v7(now: Timestamp, randomness: &dyn Randomness) -> Uuid {
    let mut tail = [0_u8; 10];
    randomness.fill(&mut tail);
    uuid_v7_of(now, &tail)
}

fn uuid_v7_of(now: Timestamp, tail: &[u8; 10]) -> Uuid {
    let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, tail).into_uuid()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id that sorts by time.
            pub fn new(now: Timestamp, randomness: &dyn Randomness) -> Self {
                Self(uuid_v7(now, randomness))
            }

            /// The least id that could be made at `now`: every id from `now` on sorts at or after it.
            pub fn least(now: Timestamp) -> Self {
                Self(uuid_v7_of(now, &[0; 10]))
            }

            /// The UUID itself.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// Something that takes two of the staff.
    MeasureId
);
id!(
    /// One run of a player through the gate.
    VerificationId
);
id!(
    /// A person who has come through the gate at least as far as naming their IIN.
    PlayerId
);
id!(
    /// A case for compliance staff.
    CaseId
);
id!(
    /// One version of a face that was seen.
    SightingId
);
id!(
    /// One stored passkey.
    PasskeyId
);
id!(
    /// The answer to an operator's check.
    AnswerId
);
id!(
    /// What a person restricted themselves to.
    SelfRestrictionId
);
id!(
    /// An enrolment that waits until it counts.
    HoldId
);
id!(
    /// A code that went to a contact of record.
    ContactCodeId
);
id!(
    /// What an operator was granted by one approved verification.
    GrantId
);
id!(
    /// An access token, its `jti`.
    TokenId
);
id!(
    /// A notice to a person.
    NoticeId
);
id!(
    /// A webhook message, its `webhook-id`.
    WebhookId
);
id!(
    /// What somebody decided about a case.
    DecisionId
);
id!(
    /// One of the staff.
    StaffId
);
id!(
    /// One stored passkey of the staff.
    StaffPasskeyId
);
