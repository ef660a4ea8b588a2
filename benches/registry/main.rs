//! The restrictions registry at national scale, on both engines: import beside the engine's own bulk tool into the same table,
//! memory, and how long a person waits while an import goes on: `cargo bench --bench registry -- [ROWS]`.
//!
//! The last line is `share of the engine's own rate S`, the lower of the two engines.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic)]

mod asked;
mod engines;
mod files;
mod swept;

#[allow(dead_code)]
#[path = "../../tests/it/support/left_out.rs"]
mod left_out;
#[allow(dead_code)]
#[path = "../../tests/it/support/postgres.rs"]
mod postgres;

use engines::{Engine, Home};

pub(crate) type Failure = Box<dyn std::error::Error>;

/// As many as the country has, and some more.
const ROWS: usize = 5_000_000;

fn main() -> Result<(), Failure> {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(ROWS);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let files = files::write(folder.path(), rows)?;
    println!("{rows} rows, {} MB as people send them\n", std::fs::metadata(&files.people)?.len() / 1_000_000);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut lowest = f64::INFINITY;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let own = runtime.block_on(Home::new(engine))?.bulk(&files)?;
        println!("{}: {:.0} rows a second by its own tool", engine.name(), rows as f64 / own.as_secs_f64());
        let home = runtime.block_on(Home::new(engine))?;
        let ours = home.import(&files.people)?;
        let share = own.as_secs_f64() / ours.took.as_secs_f64();
        lowest = lowest.min(share);
        println!(
            "{}: {:.0} rows a second imported, {share:.2} of that; {} MB of memory at most (bar 300)",
            engine.name(),
            rows as f64 / ours.took.as_secs_f64(),
            ours.most_memory / 1_000_000
        );
        let again = home.start_import(&files.people_later)?;
        let asked = runtime.block_on(asked::while_it_runs(&home, again, rows))?;
        let bar = if engine == Engine::Sqlite { 1 } else { 5 };
        println!("{}: during an import, {}: p50 {:.2} ms", engine.name(), asked.people(), asked.look_up(0.5));
        println!("{}: look-up p99 {:.2} ms (bar {bar})", engine.name(), asked.look_up(0.99));
        println!("{}: check against everything meanwhile p99 {:.2} ms", engine.name(), asked.check(0.99));
        let asked = runtime.block_on(asked::quietly(&home, rows))?;
        println!("{}: check against everything p99 {:.2} ms (bar 2)", engine.name(), asked.check(0.99));
        let swept = runtime.block_on(swept::longest(&home))?;
        println!(
            "{}: {} standing grants looked through in {:.2} s, the next start found in {:.2} s; nothing new seen in {:.2} ms\n",
            engine.name(),
            swept::GRANTS,
            swept.everybody,
            swept.next,
            swept.unchanged * 1e3
        );
    }
    println!("share of the engine's own rate {lowest:.2}");
    Ok(())
}
