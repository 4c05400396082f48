//! The command line: one command per file.
//!
//! Results go to standard output, progress and messages to standard error. Exit status: 0 done, 1 units or cases
//! failed or a replay differs, 2 wrong usage or an invalid file, 3 stopped early and resumable.

pub mod best;
pub mod check;
mod closing;
pub mod export;
pub mod library;
pub mod list;
pub mod merge;
pub mod new;
pub mod optimize;
pub mod plot;
pub mod printing;
pub mod replay;
pub mod report;
pub mod run;
pub mod schema;
pub mod sensitivity;
pub mod shard;
pub mod slurm;
pub mod source;
pub mod validate;

use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// How should a rollup choose its sequencers? Strategic agents learn to bid, bribe and delegate under competing
/// mechanisms; results come with confidence intervals and a certified distance from equilibrium.
#[derive(Debug, Parser)]
#[command(name = "sequencer-lab", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Say nothing but errors
    #[arg(long, global = true)]
    pub quiet: bool,
    /// Print the result as JSON on standard output, and nothing else there
    #[arg(long, global = true)]
    pub json: bool,
    /// Threads to compute with (default: all processors); results do not depend on it
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub threads: Option<u32>,
}

impl Common {
    /// Number of threads to use.
    pub fn threads(&self) -> usize {
        self.threads
            .map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), |n| n as usize)
    }

    /// A message for people, on standard error.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            // A closed pipe is no error of ours.
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// The result of a command: text, or JSON where asked for.
    pub fn result(&self, text: &str, json: impl FnOnce() -> serde_json::Value) {
        let mut out = std::io::stdout().lock();
        // A closed pipe (`| head`) is no error of ours.
        if self.json {
            let _ = writeln!(out, "{:#}", json());
        } else if !self.quiet {
            let _ = writeln!(out, "{}", text.trim_end());
        }
    }
}

/// What Ctrl-C sets; from now on it does so, and says that `what` finish. A second Ctrl-C ends the program at once.
fn interrupted(what: &'static str) -> &'static AtomicBool {
    static INTERRUPTED: AtomicBool = AtomicBool::new(false);
    // A second handler cannot be set; then the first does the same.
    let _ = ctrlc::set_handler(move || {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(Status::Incomplete as i32);
        }
        eprintln!("\nstopping: {what} finish; press Ctrl-C again to leave them");
    });
    &INTERRUPTED
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run an experiment, or continue an interrupted run of it
    Run(run::Options),
    /// Read a file and say what it would run and how long, or every error in it
    Check(check::Options),
    /// Compute piece I of N of a study, on another machine
    Shard(shard::Options),
    /// Unite pieces into the files of a run
    Merge(merge::Options),
    /// Redraw every chart from what a run stored
    Plot(plot::Options),
    /// Write the report, its tables and every chart again from what a run stored
    Report(report::Options),
    /// Write what agents learned in a run as strategy files, to be seated in other experiments
    Export(export::Options),
    /// Run one stored unit again and say whether it gives the same bytes
    Replay(replay::Options),
    /// Replay theory and published results, and say which cases pass
    Validate(validate::Options),
    /// Write a commented experiment file to start from
    New(new::Options),
    /// List what there is, one item per line, name first
    List(list::Options),
    /// Print the JSON Schema of experiment and strategy files
    Schema,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All is well.
    Done = 0,
    /// Units failed, or a replay differs.
    Failed = 1,
    /// Wrong usage, an invalid file, or the output in use.
    Refused = 2,
    /// Stopped early; the same command goes on.
    Incomplete = 3,
}

/// An error that ends a command, with its exit status.
#[derive(Debug)]
pub struct Stop {
    /// What went wrong, whole.
    pub message: String,
    /// Exit status.
    pub status: Status,
}

impl Stop {
    /// A refusal (exit status 2) with the whole chain of causes.
    pub fn refuse(error: &dyn std::error::Error) -> Self {
        Stop { message: chain(error), status: Status::Refused }
    }

    /// A failure (exit status 1) with the whole chain of causes.
    pub fn fail(error: &dyn std::error::Error) -> Self {
        Stop { message: chain(error), status: Status::Failed }
    }

    /// A refusal in words.
    pub fn say(message: impl Into<String>) -> Self {
        Stop { message: message.into(), status: Status::Refused }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        source = cause.source();
    }
    message
}

/// Parses the arguments, runs the command, prints what went wrong.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.command {
        Command::Run(options) => run::run(options, &cli.common),
        Command::Check(options) => check::check(options, &cli.common),
        Command::Shard(options) => shard::shard(options, &cli.common),
        Command::Merge(options) => merge::merge(options, &cli.common),
        Command::Plot(options) => plot::plot(options, &cli.common),
        Command::Report(options) => report::report(options, &cli.common),
        Command::Export(options) => export::export(options, &cli.common),
        Command::Replay(options) => replay::replay(options, &cli.common),
        Command::Validate(options) => validate::validate(options, &cli.common),
        Command::New(options) => new::new(options, &cli.common),
        Command::List(options) => list::list(options, &cli.common),
        Command::Schema => schema::print(&cli.common),
    };
    let status = outcome.unwrap_or_else(|stop| {
        let message = stop.message.trim_end();
        let prefix = if message.starts_with("error") { "" } else { "error: " };
        let _ = writeln!(std::io::stderr(), "{prefix}{message}");
        stop.status
    });
    ExitCode::from(status as u8)
}

/// Changes to an experiment from the command line.
#[derive(Clone, Debug, Args)]
pub struct Changes {
    /// Master seed instead of the file's
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Replicates instead of the file's
    #[arg(long, value_name = "N")]
    pub replicates: Option<u32>,
    /// Change a setting, such as mechanism.dpos.seats=5 or sequencers.*.strategy=truthful; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Run it under each of these learning strategies as well, such as hedge,regret_matching, and say whether the
    /// ranking of mechanisms survives
    #[arg(long, value_name = "STRATEGIES")]
    pub robustness: Option<String>,
}

impl Changes {
    /// The changes as words of a command line.
    pub fn as_arguments(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut push = |option: &str, value: String| words.extend([option.to_owned(), value]);
        if let Some(seed) = self.seed {
            push("--seed", seed.to_string());
        }
        if let Some(replicates) = self.replicates {
            push("--replicates", replicates.to_string());
        }
        for change in &self.set {
            push("--set", change.clone());
        }
        if let Some(strategies) = &self.robustness {
            push("--robustness", strategies.clone());
        }
        words
    }
}

/// An experiment file with changes.
#[derive(Clone, Debug, Args)]
pub struct ExperimentFile {
    /// The experiment file
    pub file: PathBuf,
    #[command(flatten)]
    /// What to change in it.
    pub changes: Changes,
}
