//! Command lines: of `rastau`, of `make` and of cargo's own targets.

use std::collections::BTreeSet;

use clap::error::ErrorKind;

use super::markdown::Page;

/// A line as a shell would cut it: without comments, quotes, marks of what may be left out, and what follows a pipe.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '#') if word.is_empty() => break,
            (None, '|' | '>' | '&' | ';') => break,
            (None, ' ') => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            (None, '[' | ']') => {}
            (_, letter) => word.push(letter),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words.retain(|word| !matches!(word.as_str(), ".." | "..."));
    words
}

/// What `rastau` is called with in this line, if it is.
fn call(line: &str) -> Option<Vec<String>> {
    let mut words = words(line);
    let is_program = |word: &str| word == "rastau" || word.ends_with("/rastau");
    // Variables of the environment may stand before it.
    let at = words.iter().position(|word| !word.contains('='))?;
    is_program(&words[at]).then(|| words.split_off(at + 1))
}

fn is_placeholder(word: &str) -> bool {
    word.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || "_-.:".contains(letter))
}

/// How much of a call a page must show.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    /// What stands in a block is to be typed.
    Whole,
    /// A sentence may name a command without all that it needs.
    Part,
}

/// Why the program would not take this line; placeholders in capitals stand for a value that it would.
fn fault(program: &clap::Command, call: &[String], shown: Shown) -> Option<String> {
    let mut command = program;
    for word in call {
        if let Some(next) = command.find_subcommand(word) {
            command = next;
        }
    }
    let known = long_options(command).chain(long_options(program)).collect::<BTreeSet<_>>();
    let is_long = |word: &&String| word.starts_with("--") && word.len() > 2;
    let unknown = call.iter().filter(is_long).find(|word| {
        let name = word.trim_start_matches("--").split('=').next().unwrap_or_default();
        !known.contains(name)
    });
    if let Some(unknown) = unknown {
        return Some(format!("{} has no {unknown}", command.get_name()));
    }
    let words = std::iter::once("rastau").chain(call.iter().map(String::as_str));
    let error = program.clone().try_get_matches_from(words).err()?;
    let taken = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => shown == Shown::Part,
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = error.get(clap::error::ContextKind::InvalidValue).map(ToString::to_string);
            let missing = value.as_ref().is_some_and(String::is_empty);
            (missing && shown == Shown::Part) || value.is_some_and(|value| !value.is_empty() && is_placeholder(&value))
        }
        _ => false,
    };
    (!taken).then(|| error.to_string())
}

/// Long options of a command, of its arguments and of `help`.
fn long_options(command: &clap::Command) -> impl Iterator<Item = String> {
    let own: Vec<String> =
        command.get_arguments().filter_map(|argument| argument.get_long()).map(ToOwned::to_owned).collect();
    own.into_iter().chain(["help".to_owned(), "version".to_owned()])
}

/// Calls of `rastau`, in blocks of code and in back quotes, that it would refuse.
pub(super) fn refused_calls(page: &Page, program: &clap::Command) -> Vec<String> {
    let mut faults = Vec::new();
    let whole = page.code().into_iter().map(|(line, text)| {
        let shown = if text.contains("..") { Shown::Part } else { Shown::Whole };
        (line, text, shown)
    });
    for (line, text, shown) in whole.chain(page.spans().into_iter().map(|(line, text)| (line, text, Shown::Part))) {
        if let Some(fault) = call(&text).and_then(|call| fault(program, &call, shown)) {
            let fault = fault.lines().next().unwrap_or_default().to_owned();
            faults.push(format!("{}:{line}: {text}: {fault}", page.path));
        }
    }
    faults
}

/// How many calls a page has, so that a reader that finds none is noticed.
pub(super) fn count(page: &Page) -> usize {
    page.code().into_iter().chain(page.spans()).filter(|(_, text)| call(text).is_some()).count()
}

/// Options alone in back quotes that no command has.
pub(super) fn unknown_options(page: &Page, program: &clap::Command) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut commands = vec![program];
    while let Some(command) = commands.pop() {
        known.extend(long_options(command));
        commands.extend(command.get_subcommands());
    }
    let mut faults = Vec::new();
    for (line, span) in page.spans().into_iter().filter(|(_, span)| span.starts_with("--")) {
        for option in span.split(' ').filter_map(|word| word.strip_prefix("--")) {
            let option = option.split('=').next().unwrap_or_default();
            if !known.contains(option) {
                faults.push(format!("{}:{line}: no command has --{option}", page.path));
            }
        }
    }
    faults
}

/// Targets of `make`, and benches and examples of cargo, that are not there.
pub(super) fn unknown_targets(page: &Page, makefile: &str, manifest: &str) -> Vec<String> {
    let has_target = |name: &str| makefile.lines().any(|line| line.starts_with(&format!("{name}:")));
    let has_name = |name: &str| manifest.contains(&format!("name = \"{name}\""));
    let mut faults = Vec::new();
    for (line, text) in page.code().into_iter().chain(page.spans()) {
        let words = words(&text);
        for pair in words.windows(2).filter(|_| !text.starts_with("apt")) {
            let (before, name) = (pair[0].as_str(), pair[1].as_str());
            let is_lost = match before {
                "make" => words[0] == "make" && !name.contains('=') && !has_target(name),
                "--bench" | "--example" | "--test" | "--bin" => words[0] == "cargo" && !has_name(name),
                _ => false,
            };
            if is_lost {
                faults.push(format!("{}:{line}: there is no {before} {name}", page.path));
            }
        }
    }
    faults
}

#[test]
fn a_lie_about_a_command_is_found() {
    let program = clap::Command::new("rastau").subcommand_required(true).subcommand(
        clap::Command::new("registry")
            .arg(clap::Arg::new("file").required(true))
            .arg(clap::Arg::new("age").long("age").value_parser(clap::value_parser!(u8))),
    );
    let faults = |text: &str| refused_calls(&Page::new("x.md", text), &program).len();
    for truth in ["rastau registry FILE --age 3   # why", "X=1 ../bin/rastau registry a.csv [--age AGE] | jq"] {
        assert_eq!(faults(&format!("\n    {truth}\n")), 0, "{truth}");
        assert_eq!(count(&Page::new("x.md", &format!("`{truth}`"))), 1);
    }
    assert_eq!(faults("see `rastau registry`"), 0, "a sentence may leave out");
    assert_eq!(faults("\n    rastau registry\n"), 1, "what is to be typed may not");
    for lie in [
        "rastau registri FILE",
        "rastau registry FILE --shrink 5",
        "rastau registry FILE --age old",
        "rastau registry A B",
    ] {
        assert_eq!(faults(&format!("\n    {lie}\n")), 1, "{lie}");
        assert_eq!(faults(&format!("say `{lie}` so")), 1, "{lie}");
    }
    assert_eq!(faults("\n    rastau registry \\\n        FILE --gone\n"), 1);
    assert_eq!(unknown_options(&Page::new("x.md", "`--age 3`, `--aged`"), &program).len(), 1);
    let targets = |text: &str| unknown_targets(&Page::new("x.md", text), "demo: ## x\n", "name = \"face\"").len();
    assert_eq!(targets("`make demo`, `cargo bench --bench face`, make lace"), 0);
    assert_eq!(targets("`make demos`, `cargo bench --bench lace`"), 2);
}
