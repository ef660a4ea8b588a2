//! People who are asked about while an import goes on.

use std::process::Child;
use std::time::{Duration, Instant};

use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::ports::Store as _;
use rastau::domain::restrictions::{Permission, RegistryAnswer, judge};
use rastau::store::SqlStore;

use crate::engines::Home;
use crate::{Failure, files};

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(3);

/// Times of single questions, in milliseconds.
#[derive(Default)]
pub(crate) struct Asked {
    look_ups: Vec<f64>,
    checks: Vec<f64>,
}

impl Asked {
    pub(crate) fn people(&self) -> String {
        format!("{} people asked about", self.look_ups.len())
    }

    pub(crate) fn look_up(&self, share: f64) -> f64 {
        percentile(&self.look_ups, share)
    }

    pub(crate) fn check(&self, share: f64) -> f64 {
        percentile(&self.checks, share)
    }
}

fn percentile(times: &[f64], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// So many are asked about when nothing else goes on.
const QUIET: usize = 2_000;

/// Asks until `import` ends; everybody is restricted before, during and after.
pub(crate) async fn while_it_runs(home: &Home, mut import: Child, rows: usize) -> Result<Asked, Failure> {
    let store = home.store().await?;
    let mut asked = Asked::default();
    for iin in people(rows).iter().cycle() {
        if let Some(status) = import.try_wait()? {
            return if status.success() { Ok(asked) } else { Err("the import failed".into()) };
        }
        ask(&store, iin, &mut asked).await?;
        tokio::time::sleep(PAUSE).await;
    }
    Err("nobody to ask about".into())
}

/// Asks when nothing else goes on.
pub(crate) async fn quietly(home: &Home, rows: usize) -> Result<Asked, Failure> {
    let store = home.store().await?;
    let mut asked = Asked::default();
    for iin in people(rows).iter().cycle().take(QUIET) {
        ask(&store, iin, &mut asked).await?;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(asked)
}

/// Some thousands of all who are restricted.
fn people(rows: usize) -> Vec<Iin> {
    files::people().take(rows).step_by(rows / 5_000 + 1).collect()
}

/// As `app/restrictions/check` asks: the person and every source at once, the rule, the person's age.
async fn ask(store: &SqlStore, iin: &Iin, asked: &mut Asked) -> Result<(), Failure> {
    let began = Instant::now();
    let (restrictions, sources) = store.registry_answer(iin).await?;
    asked.look_ups.push(began.elapsed().as_secs_f64() * 1e3);
    assert_eq!(restrictions.len(), 1, "half of a version was seen");
    let now = Timestamp::from_seconds(4_000_000_000);
    let answer = RegistryAnswer { restrictions, sources, is_whole: true };
    let refused = matches!(judge(&answer, &["debtors".to_owned()], now), Permission::Restricted(_));
    assert!(refused && iin.is_of_age(now));
    asked.checks.push(began.elapsed().as_secs_f64() * 1e3);
    Ok(())
}
