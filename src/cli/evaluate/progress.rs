//! Works through the rows of an index, as many at once as there are processors, under a progress bar.

use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};

/// What `examine` makes of every row, in their order; `unit` is what the bar counts.
pub(super) async fn through<'a, R, F>(
    rows: &'a [R],
    unit: &str,
    examine: impl FnMut(&'a R) -> F,
) -> anyhow::Result<Vec<F::Output>>
where
    F: Future,
{
    let style = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} {unit}, {{eta}} left"))?;
    let progress = ProgressBar::new(rows.len() as u64).with_style(style);
    let abreast = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut done = Vec::with_capacity(rows.len());
    let mut work = stream::iter(rows).map(examine).buffered(abreast);
    while let Some(one) = work.next().await {
        done.push(one);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(done)
}
