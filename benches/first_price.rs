//! How much processor time learning an equilibrium of a first-price auction takes: `cargo bench --bench first_price`.
//!
//! Four bidders, values and bids on grids of 21 points, regret matching with the counterfactual payoff of every bid. Learning
//! goes the program's own way (`learning_loop::learn` on an experiment file), for as many epochs as the settled policies need to
//! get to a NashConv of at most 0.02: the sum over bidders of what the best response would gain, by enumeration of values and
//! bids with ties split. The reference is the time that a Numba loop takes for 100,000 rounds of the same auction in which
//! everybody does regret matching (`first_price_rounds.py`), by turns in the same run. It needs a `python3` (or what
//! `PYTHON` names) with numba and says so where that is missing; the exit status is 1 where the program needs more time than the loop, does
//! not get there, or nothing was compared:
//!
//!     python3 -m venv target/numba && target/numba/bin/pip install numba
//!     PYTHON=target/numba/bin/python cargo bench --bench first_price

use sequencer_lab::cli::library::Files;
use sequencer_lab::experiment::file::Experiment;
use sequencer_lab::learning::policy::Policy;
use sequencer_lab::mechanism::Rule;
use sequencer_lab::play::learning_loop;
use sequencer_lab::play::market::{Game, Seating};
use sequencer_lab::settings::Document;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/first_price_rounds.py");
const BIDDERS: i32 = 4;
const POINTS: usize = 21;
const TARGET: f64 = 0.02;
const ROUNDS: u32 = 100_000;
/// Every figure is the median of so many measurements.
const TURNS: u32 = 15;

fn auction() -> Experiment {
    let grid: Vec<f64> = (0..POINTS).map(|i| i as f64 / (POINTS - 1) as f64).collect();
    let text = format!(
        r#"
        experiment = {{ name = "first-price" }}
        strategies.grid = {{ learner = "regret_matching", bins = {POINTS}, menu = {{ absolute = [0.0, 1.0], points = {POINTS} }} }}
        sequencers = [{{ name = "bidder", count = {BIDDERS}, value = {{ discrete = {{ values = {grid:?}, weights = {:?} }} }}, strategy = "grid" }}]
        mechanism.auction = {{ rule = "auction_rotation", epoch_slots = 1, seats = 1, pricing = "pay_as_bid" }}
        "#,
        [1; POINTS]
    );
    let document = Document::parse("first_price", &text).expect("a readable file");
    Experiment::read(document, &Files::beside(Path::new(SCRIPT))).expect("a valid experiment")
}

/// The policy that the bidders settle on after so many epochs.
fn learn(experiment: &Experiment, expected: bool, epochs: u32, replicate: u32) -> Policy {
    let contender = &experiment.contenders[0];
    let Rule::AuctionRotation(rule) = &contender.rule else { panic!("the rule is `auction_rotation`") };
    let seats = Seating::new(&experiment.setting, true);
    let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
    let mut schedule = experiment.play.schedule;
    schedule.warmup_epochs = epochs;
    schedule.expected = expected;
    let learned = learning_loop::learn(&game, schedule, experiment.seed, replicate).expect("balanced books");
    black_box(learned).policies.swap_remove(0)
}

/// Seconds for which this thread has run, as the scheduler counts them.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux's account of the thread");
    let nanoseconds = text.split_whitespace().next().and_then(|first| first.parse::<f64>().ok());
    nanoseconds.expect("nanoseconds on the processor") * 1e-9
}

/// Sum over bidders of the best response's gain, all of whom play this policy (column 0 stays out).
fn nash_conv(policy: &Policy) -> f64 {
    let point = |i: usize| i as f64 / (POINTS - 1) as f64;
    let rivals = BIDDERS - 1;
    // The law of one bidder's bid, over values that are equally likely.
    let mut law = [0.0; POINTS];
    for value in 0..POINTS {
        for (mass, probability) in law.iter_mut().zip(&policy.row(value)[1..]) {
            *mass += probability / POINTS as f64;
        }
    }
    let mut below = 1.0 - law.iter().sum::<f64>();
    let mut win = [0.0; POINTS];
    for (chance, mass) in win.iter_mut().zip(law) {
        // `tied` of the rivals bid the same, the others less.
        let mut choose = 1.0;
        for tied in 0..=rivals {
            let (same, less) = (whole_power(mass, tied), whole_power(below, rivals - tied));
            *chance += choose * same * less / f64::from(tied + 1);
            choose *= f64::from(rivals - tied) / f64::from(tied + 1);
        }
        below += mass;
    }
    let gain = |value: usize| {
        let payoff = |bid: usize| win[bid] * (point(value) - point(bid));
        let play: f64 = (0..POINTS).map(|bid| policy.row(value)[bid + 1] * payoff(bid)).sum();
        (0..POINTS).map(payoff).fold(0.0, f64::max) - play
    };
    f64::from(BIDDERS) * (0..POINTS).map(gain).sum::<f64>() / POINTS as f64
}

fn whole_power(x: f64, n: i32) -> f64 {
    (0..n).fold(1.0, |product, _| product * x)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A way to learn, and what it took.
struct Way {
    name: &'static str,
    expected: bool,
    /// Learning is timed over so many replicates a turn: the scheduler's account of a thread is kept in ticks of some
    /// milliseconds.
    replicates: u32,
    epochs: u32,
    /// Greatest NashConv of all replicates.
    distance: f64,
    milliseconds: Vec<f64>,
}

impl Way {
    /// With as many epochs as 300 replicates need.
    fn new(experiment: &Experiment, name: &'static str, expected: bool, replicates: u32) -> Self {
        let worst = |epochs| {
            let distance = |replicate| nash_conv(&learn(experiment, expected, epochs, replicate));
            (0..(TURNS * replicates).min(300)).map(distance).fold(0.0, f64::max)
        };
        let mut epochs = 1;
        while worst(epochs) > TARGET {
            epochs += 1 + epochs / 20;
        }
        Way { name, expected, replicates, epochs, distance: 0.0, milliseconds: Vec::new() }
    }

    fn turn(&mut self, experiment: &Experiment, turn: u32) {
        let start = processor_seconds();
        for replicate in turn * self.replicates..(turn + 1) * self.replicates {
            let policy = learn(experiment, self.expected, self.epochs, replicate);
            self.distance = self.distance.max(nash_conv(&policy));
        }
        self.milliseconds.push((processor_seconds() - start) * 1e3 / f64::from(self.replicates));
    }
}

fn main() -> ExitCode {
    let experiment = auction();
    let mut ways = [
        Way::new(&experiment, "in expectation", true, 1_000),
        Way::new(&experiment, "sampled markets", false, 20),
    ];
    println!("median of {TURNS} measurements by turns, one core, processor time");
    let mut numba = match Numba::start() {
        Ok(numba) => {
            println!("against {}", numba.version);
            Some(numba)
        }
        Err(why) => {
            println!("SKIPPED the comparison with Numba: {why}");
            None
        }
    };
    let mut theirs = Vec::new();
    for turn in 0..TURNS {
        for way in &mut ways {
            way.turn(&experiment, turn);
        }
        if let Some(numba) = &mut numba {
            theirs.extend(numba.play().map(|seconds| seconds * 1e3));
        }
    }
    let theirs = if theirs.is_empty() { None } else { Some(median(theirs)) };
    if let Some(theirs) = theirs {
        println!("  Numba loop         {theirs:>9.4} ms for {ROUNDS} rounds");
    }
    let mut good = theirs.is_some();
    for way in &ways {
        let own = median(way.milliseconds.clone());
        good &= way.distance <= TARGET && theirs.is_some_and(|theirs| own <= theirs);
        println!(
            "  {:<16}   {own:>9.4} ms for {} epochs, to an exact NashConv of at most {:.4} in {} replicates{}",
            way.name,
            way.epochs,
            way.distance,
            TURNS * way.replicates,
            theirs.map_or(String::new(), |theirs| format!("; {:.4} of the loop's time", own / theirs))
        );
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The running script.
struct Numba {
    child: std::process::Child,
    input: Option<std::process::ChildStdin>,
    output: BufReader<std::process::ChildStdout>,
    version: String,
}

impl Numba {
    fn start() -> Result<Self, String> {
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut child = Command::new(&python)
            .arg(SCRIPT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{python}: {error}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("no pipes".to_owned());
        };
        let mut numba =
            Numba { child, input: Some(input), output: BufReader::new(output), version: String::new() };
        let line = numba.line().unwrap_or_default();
        match line.strip_prefix("ready ") {
            Some(version) => {
                version.clone_into(&mut numba.version);
                Ok(numba)
            }
            None => Err(format!("{python} cannot import numba and numpy")),
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.output.read_line(&mut line).ok()? > 0).then(|| line.trim().to_owned())
    }

    /// Processor seconds of one turn.
    fn play(&mut self) -> Option<f64> {
        writeln!(self.input.as_mut()?, "{ROUNDS}").ok()?;
        self.line()?.parse().ok()
    }
}

impl Drop for Numba {
    fn drop(&mut self) {
        // End of input ends the script.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
