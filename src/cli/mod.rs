//! The door for the people who run the service: one file a command.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 not done (the last line of
//! standard error says why), 2 the command line itself is wrong.

mod attack;
mod audit;
mod cast;
mod conformance;
pub mod demo;
pub mod evaluate;
mod evidence;
pub mod face;
mod operator;
mod person;
mod registry;
mod replay;
mod review;
mod row_report;
pub mod service;
mod staff;
mod webhook;

use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::config::Config;
use crate::startup::allocator;

/// The file that is read when none is named.
const DEFAULT_CONFIG: &str = "rastau.toml";

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "rastau",
    version,
    about = "Decides whether the person about to place a bet is who they say they are and may play",
    after_long_help = "Start with `rastau doctor`: it says what is missing and what to do about it.\n\
        Every setting can also come from the environment: RASTAU__SECTION__KEY, as in RASTAU__SERVER__BIND."
)]
struct CommandLine {
    /// Configuration file (default: rastau.toml in this directory, if there is one)
    #[arg(long, short, global = true, env = "RASTAU_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(service::serve::Args),
    Migrate(service::migrate::Args),
    Doctor(service::doctor::Args),
    Config(service::config::Args),
    Keys(service::keys::Args),
    Jobs(service::jobs::Args),
    Operator(operator::Args),
    Webhook(webhook::Args),
    Person(person::Args),
    Registry(registry::Args),
    Review(review::Args),
    Staff(staff::Args),
    Audit(audit::Args),
    Evidence(evidence::Args),
    Replay(replay::Args),
    Sandbox(service::sandbox::Args),
    Conformance(Box<conformance::Args>),
    #[command(subcommand)]
    Face(face::FaceCommand),
    #[command(subcommand)]
    Evaluate(evaluate::EvaluateCommand),
    Demo(demo::Args),
    Attack(attack::Args),
}

/// What every command may ask for.
#[derive(Debug)]
pub(crate) struct Context {
    file: Option<PathBuf>,
}

impl Context {
    /// Loads the configuration; a file that was named must be there.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        let (file, required) = match &self.file {
            Some(file) => (file.clone(), true),
            None => (PathBuf::from(DEFAULT_CONFIG), false),
        };
        Config::load(&file, required, Config::environment()).context("the configuration cannot be used")
    }
}

/// The definition of the command line, for the test that reads the commands in documents.
pub fn command_line() -> clap::Command {
    CommandLine::command()
}

/// Runs the command that the process was called with.
pub fn main() -> ExitCode {
    let line = CommandLine::parse();
    if matches!(line.command, Command::Serve(_) | Command::Demo(_)) {
        allocator::give_memory_back(std::env::args_os());
    }
    let context = Context { file: line.config };
    let failure = failure_code(&line.command);
    match run(&context, line.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rastau: {}", chain(&error));
            failure
        }
    }
}

/// What a command that could not do its work ends with. A comparison of faces says "no match" with 1: it must not say
/// so of a broken configuration.
fn failure_code(command: &Command) -> ExitCode {
    match command {
        Command::Face(_) => ExitCode::from(face::COULD_NOT_TELL),
        Command::Conformance(_) => ExitCode::from(conformance::COULD_NOT_TELL),
        Command::Replay(_) => ExitCode::from(replay::COULD_NOT_TELL),
        _ => ExitCode::FAILURE,
    }
}

fn run(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the asynchronous runtime does not start")?;
    runtime.block_on(async {
        match command {
            Command::Serve(args) => service::serve::run(context, args).await,
            Command::Migrate(args) => service::migrate::run(context, args).await,
            Command::Doctor(args) => service::doctor::run(context, args).await,
            Command::Config(args) => service::config::run(context, &args),
            Command::Keys(args) => service::keys::run(args),
            Command::Jobs(args) => service::jobs::run(context, &args).await,
            Command::Operator(args) => operator::run(context, args).await,
            Command::Webhook(args) => webhook::run(context, args).await,
            Command::Person(args) => person::run(context, args).await,
            Command::Registry(args) => registry::run(context, args).await,
            Command::Review(args) => review::run(context, args).await,
            Command::Staff(args) => staff::run(context, args).await,
            Command::Audit(args) => audit::run(context, args).await,
            Command::Evidence(args) => evidence::run(args),
            Command::Replay(args) => replay::run(context, args).await,
            Command::Sandbox(args) => service::sandbox::run(&args).await,
            Command::Conformance(args) => conformance::run(*args).await,
            Command::Face(command) => command.run(&context.config()?).await,
            Command::Evaluate(command) => command.run(&context.config()?.models.directory).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Attack(args) => attack::run(args).await,
        }
    })
}

/// The causes on one line, each said once: many errors repeat their cause in their own words.
fn chain(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if told.contains(&cause) {
            continue;
        }
        let between = match (told.is_empty(), cause.contains('\n')) {
            (true, _) => "",
            // A list of faults reads better below its heading.
            (false, true) => ":\n",
            (false, false) => ": ",
        };
        told.push_str(between);
        told.push_str(&cause);
    }
    told
}

/// Who runs the command, as far as a command line can tell.
pub(crate) fn operating_user() -> String {
    std::fs::metadata("/proc/self").map_or_else(|_| "cli".into(), |about| format!("cli, user id {}", about.uid()))
}

/// Writes a result to standard output; a reader that has gone away (`| head`) is no error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(why).context("standard output cannot be written")
        }
        _ => Ok(()),
    }
}

/// Writes a result as JSON, indented.
pub(crate) fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_every_command_explains_itself() {
        let mut line = command_line();
        line.build();
        line.clone().debug_assert();
        let mut waiting: Vec<&clap::Command> = line.get_subcommands().collect();
        while let Some(command) = waiting.pop() {
            let name = command.get_name();
            if name == "help" {
                continue;
            }
            assert!(command.get_about().is_some(), "{name} has no help");
            waiting.extend(command.get_subcommands());
            if command.get_subcommands().next().is_none() {
                let help = command.clone().render_long_help().to_string();
                assert!(help.contains("Example"), "{name} has no example");
            }
        }
    }

    #[test]
    fn causes_are_told_once_and_on_one_line() {
        let error = anyhow::anyhow!("the disk is full").context("cannot write: the disk is full").context("no import");
        assert_eq!(chain(&error), "no import: cannot write: the disk is full");
    }
}
