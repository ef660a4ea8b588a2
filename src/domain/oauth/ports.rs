//! What the store keeps of requests, codes, grants and the tokens under them.

use super::authorization::{AuthorizationCode, CodesDrawn, PushedRequest, Redemption};
use super::grant::{Grant, NewRefreshToken, ShownRefreshToken};
use super::status_list::StatusListIndex;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{GrantId, PlayerId, VerificationId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use async_trait::async_trait;
use std::collections::{HashMap, HashSet};

type Result<T> = std::result::Result<T, StoreError>;

/// Requests and codes.
#[async_trait]
pub trait Authorizations: Send {
    /// Keeps a pushed request under the hash of its `request_uri`.
    async fn insert_request(&mut self, handle: HandleHash, request: &PushedRequest) -> Result<()>;
    /// A request that nobody has consented to yet; whether it has expired is the caller's to judge.
    async fn find_request(&mut self, handle: HandleHash) -> Result<Option<PushedRequest>>;
    /// Notes by which request a verification began, and counts that; false, with nothing noted, where it was opened `most` times.
    async fn open_request(&mut self, handle: HandleHash, verification: VerificationId, most: u32) -> Result<bool>;
    /// Uses up the request that a verification began by; false when another one did so before.
    async fn use_request(&mut self, verification: VerificationId) -> Result<bool>;
    /// Deletes, at most `limit`, requests that expired before `before`; returns how many.
    async fn delete_pushed_requests(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
    /// Keeps a code.
    async fn insert_code(&mut self, code: &AuthorizationCode) -> Result<()>;
    /// The IIN of whom a code of this operator stands for, while it was not used.
    async fn person_of_code(&mut self, hash: HandleHash, operator: &OperatorId) -> Result<Option<Iin>>;
    /// The codes of a verification.
    async fn codes_drawn(&mut self, verification: VerificationId) -> Result<CodesDrawn>;
    /// Uses a code up, by compare-and-set: at most one of a verification. [`StoreError::Conflict`] when two are shown at the same
    /// moment; the other is then superseded.
    async fn redeem_code(&mut self, hash: HandleHash, now: Timestamp) -> Result<Redemption>;
}

/// Grants and what is handed out under them.
#[async_trait]
pub trait Grants: Send {
    /// Keeps a grant and the code that it came from; [`StoreError::Conflict`] when the code gave one already, or its place
    /// in the status list is taken.
    async fn insert_grant(&mut self, grant: &Grant, code: HandleHash) -> Result<()>;
    /// By id.
    async fn find_grant(&mut self, id: GrantId) -> Result<Option<Grant>>;
    /// The one that a code gave.
    async fn grant_of_code(&mut self, code: HandleHash) -> Result<Option<Grant>>;
    /// By its place in the status lists.
    async fn grant_at(&mut self, place: StatusListIndex) -> Result<Option<Grant>>;
    /// Those of a player that stand at `now`.
    async fn active_grants(&mut self, player: PlayerId, now: Timestamp) -> Result<Vec<Grant>>;
    /// When the verifications were that a player's grants came of, after `since`.
    async fn verified_since(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<Timestamp>>;
    /// How many of an operator stand at `now`.
    async fn count_grants_of(&mut self, operator: &OperatorId, now: Timestamp) -> Result<u64>;
    /// Ends all of an operator that stand at `now`; returns how many.
    async fn end_grants_of(&mut self, operator: &OperatorId, now: Timestamp) -> Result<u64>;
    /// Ends one; false when it had ended before or is unknown.
    async fn end_grant(&mut self, id: GrantId, now: Timestamp) -> Result<bool>;
    /// Places of a status list whose grants have ended.
    async fn ended_places(&mut self, list: u32) -> Result<Vec<u32>>;
    /// Keeps refresh tokens, each of its grant; [`StoreError::Conflict`] when one is there already.
    async fn insert_refresh_tokens(&mut self, tokens: &[NewRefreshToken], now: Timestamp) -> Result<()>;
    /// When the refresh tokens of a grant were issued, the oldest first, each with its generation.
    async fn refresh_tokens_of(&mut self, grant: GrantId) -> Result<Vec<(u32, Timestamp)>>;
    /// What is known of refresh tokens, and marks those as used that were not yet. Unknown ones are left out.
    async fn use_refresh_tokens(
        &mut self,
        hashes: &[HandleHash],
        now: Timestamp,
    ) -> Result<HashMap<HandleHash, ShownRefreshToken>>;
    /// The grant of a refresh token, used or not.
    async fn grant_of_refresh_token(&mut self, hash: HandleHash) -> Result<Option<Grant>>;
    /// Remembers DPoP proofs until they expire; those that were not seen before. Forgets expired ones.
    async fn remember_proofs(
        &mut self,
        proofs: &[(HandleHash, Timestamp)],
        now: Timestamp,
    ) -> Result<HashSet<HandleHash>>;
}

/// What the registry holds: two marks are equal when nothing came and nothing went between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryMark(pub String);

/// Grants that stand though they should not.
#[async_trait]
pub trait RestrictedGrants: Send {
    /// What the registry holds by now.
    async fn registry_mark(&mut self) -> Result<RegistryMark>;
    /// When the next restriction begins after `now`, of those that count.
    async fn next_restriction(&mut self, now: Timestamp) -> Result<Option<Timestamp>>;
    /// When the last of the first `count` grants expires that stand and expire from `from` on; `None` when there are fewer.
    async fn expiry_of_standing(&mut self, from: Timestamp, count: u32) -> Result<Option<Timestamp>>;
    /// Those that stand at `now`, expire from `from` to `through` (to the last one without it), and whose person an active
    /// restriction names.
    async fn restricted_grants(
        &mut self,
        now: Timestamp,
        from: Timestamp,
        through: Option<Timestamp>,
    ) -> Result<Vec<Grant>>;
    /// The same of those from `first` on, by id and so by age.
    async fn restricted_grants_since(&mut self, now: Timestamp, first: GrantId) -> Result<Vec<Grant>>;
}
