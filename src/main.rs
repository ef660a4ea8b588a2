//! The thin binary: parse the command line, call the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    rastau::cli::main()
}
