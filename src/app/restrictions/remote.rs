//! Registries that are asked about one person at a time, beside what is held here.

use std::fmt;
use std::sync::Arc;

use futures_util::future::join_all;
use quick_cache::sync::Cache;

use crate::domain::identity::person::Iin;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::remote::{RemoteAnswer, RemoteRegistry};
use crate::domain::restrictions::{PersonKey, Restriction, Source};

/// So many answers are remembered, of all registries together.
const REMEMBERED: usize = 100_000;

/// Whether an answer from before will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Asked anew; an answer from before stands in only where none comes.
    Anew,
    /// One from before is as good, while it may be reused.
    Reused,
}

#[derive(Clone)]
struct Heard {
    answer: Arc<RemoteAnswer>,
    at: Timestamp,
}

/// All of them, and what they said of whom while it may be reused. People are known here by keyed hashes alone.
#[derive(Default)]
pub struct RemoteRegistries {
    registries: Vec<Arc<dyn RemoteRegistry>>,
    heard: Option<Cache<(usize, PersonKey), Heard>>,
}

impl RemoteRegistries {
    /// Of these; none is a service without any.
    pub fn new(registries: Vec<Arc<dyn RemoteRegistry>>) -> Self {
        let heard = (!registries.is_empty()).then(|| Cache::new(REMEMBERED));
        Self { registries, heard }
    }

    /// Their names: each must answer before anybody is allowed.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.registries.iter().map(|registry| registry.name())
    }

    /// What they say of a person at `now`, which is real time: restrictions, and as a source each that answered.
    pub async fn ask(
        &self,
        iin: &Iin,
        person: PersonKey,
        freshness: Freshness,
        now: Timestamp,
    ) -> (Vec<Restriction>, Vec<Source>) {
        let asked = self.registries.iter().enumerate().map(|(place, registry)| async move {
            let answer = self.answer((place, person), registry.as_ref(), iin, freshness, now).await?;
            let source =
                Source { name: registry.name().to_owned(), refreshed_at: answer.as_of, max_age: registry.max_age() };
            Some((answer, source))
        });
        let (mut restrictions, mut sources) = (Vec::new(), Vec::new());
        for (answer, source) in join_all(asked).await.into_iter().flatten() {
            restrictions.extend(answer.restrictions.iter().cloned());
            sources.push(source);
        }
        (restrictions, sources)
    }

    async fn answer(
        &self,
        whose: (usize, PersonKey),
        registry: &dyn RemoteRegistry,
        iin: &Iin,
        freshness: Freshness,
        now: Timestamp,
    ) -> Option<Arc<RemoteAnswer>> {
        let heard = self.heard.as_ref()?;
        let may_be_reused = |heard: &Heard| {
            let is_fresh = now.since(heard.answer.as_of) <= registry.max_age();
            is_fresh && heard.at <= now && now.since(heard.at) < registry.reuse()
        };
        let before = heard.get(&whose).filter(may_be_reused).map(|heard| heard.answer);
        if freshness == Freshness::Reused && before.is_some() {
            return before;
        }
        match registry.ask(iin).await {
            // A replica of theirs that lags behind does not take back what another one said.
            Ok(answer) if before.as_ref().is_some_and(|before| before.as_of > answer.as_of) => before,
            Ok(answer) => {
                let answer = Arc::new(answer);
                heard.insert(whose, Heard { answer: Arc::clone(&answer), at: now });
                Some(answer)
            }
            Err(error) => {
                let stands_in = before.is_some();
                tracing::warn!(registry = registry.name(), %error, stands_in, "a registry did not answer");
                before
            }
        }
    }
}

impl fmt::Debug for RemoteRegistries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use async_trait::async_trait;

    use super::*;
    use crate::domain::restrictions::Ground;
    use crate::domain::restrictions::remote::RemoteRegistryError;

    const MINUTE: i64 = 60;

    /// Says what it is told to.
    struct Told(Mutex<Result<RemoteAnswer, RemoteRegistryError>>);

    #[async_trait]
    impl RemoteRegistry for Told {
        fn name(&self) -> &'static str {
            "court"
        }
        fn max_age(&self) -> Duration {
            Duration::from_hours(1)
        }
        fn reuse(&self) -> Duration {
            Duration::from_mins(1)
        }
        async fn ask(&self, _: &Iin) -> Result<RemoteAnswer, RemoteRegistryError> {
            self.0.lock().unwrap().clone()
        }
    }

    struct Case {
        told: Arc<Told>,
        registries: RemoteRegistries,
    }

    fn answer(as_of: i64, restricted: bool) -> RemoteAnswer {
        let restriction = Restriction {
            ground: Ground::CourtDecision,
            legal_basis: "basis".into(),
            starts_at: Timestamp::from_seconds(0),
            ends_at: None,
            source: "court".into(),
            source_key: "1".into(),
        };
        let restrictions = if restricted { vec![restriction] } else { Vec::new() };
        RemoteAnswer { restrictions, as_of: Timestamp::from_seconds(as_of) }
    }

    fn case() -> Case {
        let told = Arc::new(Told(Mutex::new(Ok(answer(0, false)))));
        Case { registries: RemoteRegistries::new(vec![told.clone()]), told }
    }

    impl Case {
        fn says(&self, said: Option<RemoteAnswer>) {
            *self.told.0.lock().unwrap() = said.ok_or(RemoteRegistryError("down".into()));
        }

        /// How many restrictions, and how many sources answered.
        async fn ask(&self, freshness: Freshness, now: i64) -> (usize, usize) {
            let iin = Iin::parse("900101300017").unwrap();
            let now = Timestamp::from_seconds(now);
            let (restrictions, sources) = self.registries.ask(&iin, PersonKey([7; 32]), freshness, now).await;
            (restrictions.len(), sources.len())
        }
    }

    #[tokio::test]
    async fn an_answer_is_reused_for_its_time_and_no_longer() {
        let case = case();
        assert_eq!(case.ask(Freshness::Reused, 0).await, (0, 1));
        case.says(Some(answer(1, true)));
        assert_eq!(case.ask(Freshness::Reused, MINUTE - 1).await, (0, 1));
        assert_eq!(case.ask(Freshness::Reused, MINUTE).await, (1, 1));
    }

    #[tokio::test]
    async fn who_asks_anew_hears_the_newest_and_the_others_after_them() {
        let case = case();
        assert_eq!(case.ask(Freshness::Anew, 0).await, (0, 1));
        case.says(Some(answer(1, true)));
        assert_eq!(case.ask(Freshness::Anew, 1).await, (1, 1));
        assert_eq!(case.ask(Freshness::Reused, 2).await, (1, 1));
    }

    #[tokio::test]
    async fn silence_is_no_answer_once_the_last_one_may_not_be_reused() {
        let case = case();
        assert_eq!(case.ask(Freshness::Anew, 0).await, (0, 1));
        case.says(None);
        assert_eq!(case.ask(Freshness::Anew, MINUTE - 1).await, (0, 1));
        assert_eq!(case.ask(Freshness::Anew, MINUTE).await, (0, 0));
        assert_eq!(case.ask(Freshness::Reused, MINUTE).await, (0, 0));
    }

    #[tokio::test]
    async fn what_is_stale_is_not_reused_however_lately_it_was_heard() {
        let case = case();
        assert_eq!(case.ask(Freshness::Anew, 60 * MINUTE).await, (0, 1));
        case.says(Some(answer(60 * MINUTE, true)));
        assert_eq!(case.ask(Freshness::Reused, 60 * MINUTE + 1).await, (1, 1));
    }

    #[tokio::test]
    async fn a_clock_that_jumps_back_makes_no_answer_young() {
        let case = case();
        assert_eq!(case.ask(Freshness::Anew, 1_000).await, (0, 1));
        case.says(None);
        assert_eq!(case.ask(Freshness::Reused, 999).await, (0, 0));
    }

    #[tokio::test]
    async fn a_lagging_replica_takes_nothing_back() {
        let case = case();
        case.says(Some(answer(10, true)));
        assert_eq!(case.ask(Freshness::Anew, 10).await, (1, 1));
        case.says(Some(answer(9, false)));
        assert_eq!(case.ask(Freshness::Anew, 11).await, (1, 1));
    }
}
