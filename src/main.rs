//! `sequencer-lab`: see `sequencer_lab::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    sequencer_lab::cli::main()
}
