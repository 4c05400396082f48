//! How fast agents decide, on one core: `cargo bench --bench decisions`.
//!
//! An agent-decision is one agent setting one lever once. Delegators' steps (whether to reconsider, and whom to back) are
//! counted apart. The last part does the delegation stage of `delegated` and the same work as a Numba loop by turns; it
//! needs `python3` (or what `PYTHON` names) with numba and says so where that is missing.

mod scripted;

use scripted::{experiment, live};
use sequencer_lab::draws::Key;
use sequencer_lab::experiment::file::{Contender, Experiment};
use sequencer_lab::experiment::simulate::simulate;
use sequencer_lab::mechanism::{At, Mechanism, Rule, Selection};
use sequencer_lab::play::learning_loop;
use sequencer_lab::play::market::{Game, Seating};
use sequencer_lab::with_rule;
use sequencer_lab::world::Signals;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

const HEADLINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/auction-vs-dpos.toml");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/delegator_step.py");
/// Every figure is the median of so many measurements.
const TURNS: usize = 7;

/// The work that the reference points were measured on, of which the market has as many as the script says.
const MARKET: &str = r#"
experiment = { name = "delegators" }
sequencers = [{ name = "s", count = 100, value = { constant = 1.0 }, strategy = "truthful" }]
delegators = [{ name = "d", count = 1000, price_sensitivity = 1000.0, inertia = 0.9 }]
mechanism.dpos = { rule = "delegated" }
"#;

fn main() {
    // `cargo bench --bench decisions -- playing` does one part.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let text = std::fs::read_to_string(HEADLINE).expect("the headline experiment");
    println!("median of {TURNS} measurements, one core");
    let parts: [(&str, &dyn Fn()); 4] = [
        ("learning", &|| {
            let headline = experiment(&text, HEADLINE, &[]);
            println!("headline experiment, {} rounds", headline.play.schedule.rounds);
            for contender in &headline.contenders {
                with_rule!(&contender.rule, rule => learning(rule, &headline, contender));
            }
        }),
        ("playing", &|| {
            println!("slot by slot, nobody learns, 32 slots an epoch, 12 sequencers");
            let scripted = experiment(&text, HEADLINE, &["sequencers.*.strategy=truthful"]);
            for contender in &scripted.contenders {
                with_rule!(&contender.rule, rule => playing(rule, &scripted, contender));
            }
        }),
        ("units", &|| {
            println!("headline experiment, learning and certificate included");
            let headline = experiment(&text, HEADLINE, &[]);
            for contender in &headline.contenders {
                units(&headline, contender);
            }
        }),
        ("delegators", &|| {
            println!("100 sequencers, 1,000 delegators, each reconsidering with probability 1/10");
            delegator_step();
        }),
    ];
    for (name, part) in parts {
        if wanted.as_ref().is_none_or(|wanted| name.contains(wanted.as_str())) {
            print!("\n{name}: ");
            part();
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Median seconds of `work`.
fn seconds(mut work: impl FnMut(usize)) -> f64 {
    let turn = |turn| {
        let start = Instant::now();
        work(turn);
        start.elapsed().as_secs_f64()
    };
    median((0..TURNS).map(turn).collect())
}

fn learning<M: Mechanism>(rule: &M, experiment: &Experiment, contender: &Contender) {
    let (setting, terms) = (&experiment.setting, &contender.terms);
    if rule.lever().is_none() {
        return;
    }
    let mut schedule = experiment.play.schedule;
    schedule.warmup_epochs = 100;
    let seats = Seating::new(setting, true);
    let game = Game { rule, setting, terms, seats: &seats };
    let taken = seconds(|turn| {
        black_box(
            learning_loop::learn(&game, schedule, experiment.seed, turn as u32).expect("balanced books"),
        );
    });
    let rounds = f64::from(schedule.rounds * schedule.warmup_epochs);
    let offers = rounds * setting.candidates() as f64;
    println!(
        "  {:<12} {:>12.0} agent-decisions a second (offers of sequencers)",
        contender.name,
        offers / taken
    );
    if !rule.persistence(setting).is_empty() {
        let delegators: usize = setting.delegators.iter().map(|group| group.count).sum();
        println!(
            "  {:<12} {:>12.0} decisions of delegators a second, a group's taken in expectation",
            "",
            rounds * delegators as f64 / taken
        );
    }
}

fn playing<M: Mechanism>(rule: &M, experiment: &Experiment, contender: &Contender) {
    const EPOCHS: u32 = 4_000;
    let (setting, terms) = (&experiment.setting, &contender.terms);
    let taken = seconds(|turn| live(rule, experiment, contender, turn as u32, EPOCHS));
    let epochs = f64::from(EPOCHS) / taken;
    println!("  {:<12} {:>12.0} slots a second", contender.name, epochs * f64::from(terms.epoch_slots));
    if rule.lever().is_some() {
        println!(
            "  {:<12} {:>12.0} agent-decisions a second (offers of sequencers)",
            "",
            epochs * setting.candidates() as f64
        );
    }
    if !rule.persistence(setting).is_empty() {
        let delegators: usize = setting.delegators.iter().map(|group| group.count).sum();
        println!("  {:<12} {:>12.0} steps of delegators a second", "", epochs * delegators as f64);
    }
}

fn units(experiment: &Experiment, contender: &Contender) {
    let taken = seconds(|turn| {
        let outcome = simulate(
            &contender.rule,
            &experiment.setting,
            &contender.terms,
            &experiment.play,
            experiment.seed,
            turn as u32,
        );
        black_box(outcome.expect("a unit that works"));
    });
    println!("  {:<12} {taken:>12.4} core-seconds a unit", contender.name);
}

/// The delegation stage by turns with the Numba loops.
fn delegator_step() {
    const EPOCHS: u32 = 20_000;
    let experiment = experiment(MARKET, HEADLINE, &[]);
    let contender = &experiment.contenders[0];
    let Rule::Delegated(rule) = &contender.rule else { panic!("the market's rule is `delegated`") };
    let setting = &experiment.setting;
    let delegators = setting.delegators[0].count as f64;
    // The same kickbacks as in the script.
    let offers: Vec<Option<f64>> =
        (0..setting.candidates()).map(|i| Some(0.001 * (i * 37 % setting.candidates()) as f64)).collect();
    let signals = Signals::default();
    let mut selection = Selection::default();
    let mut step = |turn: u32| {
        let mut state = rule.open(setting);
        let mut at = At {
            setting,
            terms: &contender.terms,
            epoch: 0,
            key: Key::new(1, turn, 0),
            signals: &signals,
            cohorts: false,
            continuation: &[],
            idle: &[],
            moves: sequencer_lab::mechanism::collateral::Moves::NONE,
        };
        let start = Instant::now();
        for epoch in 0..EPOCHS {
            at.epoch = epoch;
            rule.select(&mut state, &at, &offers, &mut selection);
            black_box(&selection.weight);
        }
        start.elapsed().as_secs_f64() * 1e9 / (f64::from(EPOCHS) * delegators)
    };
    step(0);
    let mut numba = match Numba::start() {
        Ok(numba) => numba,
        Err(why) => {
            println!("  this program {:>6.2} ns", median((0..TURNS as u32).map(&mut step).collect()));
            println!("  SKIPPED the comparison with Numba: {why}");
            return;
        }
    };
    println!("  against {}, by turns", numba.version);
    let (mut own, mut best, mut logit) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..TURNS as u32 {
        own.push(step(turn));
        let (Some(b), Some(l)) = (numba.step("best", EPOCHS), numba.step("logit", EPOCHS)) else {
            println!("  SKIPPED the comparison with Numba: the script stopped");
            return;
        };
        best.push(b);
        logit.push(l);
    }
    let own = median(own);
    println!("  this program              {own:>6.2} ns");
    for (name, theirs) in [("best offer shared", median(best)), ("logit choice", median(logit))] {
        println!("  Numba, {name:<17}  {theirs:>6.2} ns; this program takes {:.2} of that", own / theirs);
    }
}

/// The running script.
struct Numba {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
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

    fn step(&mut self, name: &str, epochs: u32) -> Option<f64> {
        writeln!(self.input.as_mut()?, "{name} {epochs}").ok()?;
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
