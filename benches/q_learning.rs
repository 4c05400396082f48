//! How fast Q-learners learn, on one core, beside a plain C loop: `cargo bench --bench q_learning`.
//!
//! The baseline of Calvano et al. (2020): two sellers, 15 prices, a memory of one period, sessions until plans have stood
//! still for 100,000 periods. `q_learning.c` is compiled with `gcc -O2` (or what `CC` names) and does the same by the same
//! rules, with its own generator. Both run by turns; times are of the processor, not of the clock on the wall. Sessions
//! differ in length by luck, so that time is counted per period; the mean profit gains show that both learn the same. The
//! engine should be at least as fast: the exit status is 1 where it is slower, or nothing was compared.

use sequencer_lab::draws::{Key, Who};
use sequencer_lab::learning::q_learning::{Initial, QLearningSpec, Updates};
use sequencer_lab::play::repeated::plan::{limit_cycle, profile};
use sequencer_lab::play::repeated::session::{Part, Stop, play};
use sequencer_lab::play::repeated::stage::Stage;
use sequencer_lab::theory::duopoly::Oligopoly;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/q_learning.c");
const PROGRAM: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/q_learning_c");
/// Measurements of each side, of which the median counts.
const TURNS: u32 = 9;
/// Sessions of a measurement.
const SESSIONS: u32 = 20;
const POINTS: u32 = 15;

const SPEC: QLearningSpec = QLearningSpec {
    learning_rate: 0.15,
    exploration: 1.0,
    exploration_decay: 4e-6,
    discount: 0.95,
    memory: 1,
    updates: Updates::Asynchronous,
    initial: Initial::RivalRandom,
};

fn main() -> ExitCode {
    let game = Oligopoly::baseline(2);
    let grids: Vec<Vec<f64>> = (0..2).map(|i| game.price_grid(i, POINTS, 0.1)).collect();
    let stage = Stage::new(grids.clone(), |a, profits| {
        profits.copy_from_slice(&game.at(&[grids[0][a[0]], grids[1][a[1]]]).profits);
    })
    .expect("a small game");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "gcc".to_owned());
    let compiled = Command::new(&compiler).args(["-O2", "-o", PROGRAM, SOURCE, "-lm"]).status();
    let c = compiled.is_ok_and(|status| status.success()) && Path::new(PROGRAM).exists();
    if !c {
        println!("`{compiler}` did not compile {SOURCE}: no comparison");
    }
    println!(
        "{SESSIONS} sessions a turn, {TURNS} turns; nanoseconds of processor time per period of two learners"
    );
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let (periods, seconds, gain) = sessions(&game, &stage, turn);
        ours.push(seconds / periods * 1e9);
        print!(
            "turn {turn}: engine {:6.2} ({periods:.0} periods, profit gain {gain:.3})",
            ours[turn as usize]
        );
        if c {
            let (periods, seconds, gain) = in_c(&game, turn);
            theirs.push(seconds / periods * 1e9);
            print!("   C {:6.2} ({periods:.0} periods, profit gain {gain:.3})", theirs[turn as usize]);
        }
        println!();
    }
    let engine = median(&mut ours);
    println!("\nengine  {engine:6.2} ns per period");
    if !c {
        return ExitCode::FAILURE;
    }
    let plain = median(&mut theirs);
    println!("C -O2   {plain:6.2} ns per period\nthe engine is {:.2} times as fast", plain / engine);
    if engine <= plain { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Periods, seconds and mean profit gain of some sessions of the engine.
fn sessions(game: &Oligopoly, stage: &Stage, turn: u32) -> (f64, f64, f64) {
    let parts: Vec<Part> = (0..2).map(|j| Part::Learns(SPEC, Who::member("seller", j))).collect();
    let stop = Stop { stable_epochs: 100_000, max_epochs: 1_000_000_000 };
    let (mut periods, mut gain) = (0.0, 0.0);
    let start = Clock::now();
    for session in 0..SESSIONS {
        let played = play(stage, &parts, stop, Key::new(u64::from(turn), session, 0));
        periods += f64::from(played.epochs);
        let cycle = limit_cycle(stage, &played.plans, played.history);
        let mean = |i: usize| {
            let paid = |h: &_| stage.payoff(profile(stage, &played.plans, *h), i);
            cycle.iter().map(paid).sum::<f64>() / cycle.len() as f64
        };
        gain += game.profit_gain(&[mean(0), mean(1)]);
    }
    (periods, start.seconds(), gain / f64::from(SESSIONS))
}

/// The same of the C program.
fn in_c(game: &Oligopoly, turn: u32) -> (f64, f64, f64) {
    let ends = [game.nash().prices[0], game.monopoly().prices[0]].map(|price| price.to_string());
    let output = Command::new(PROGRAM)
        .args([SESSIONS.to_string(), (turn + 1).to_string()])
        .args(ends)
        .output()
        .expect("the C program runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let mut numbers = text.split_whitespace().map(|word| word.parse().expect("a number"));
    let mut next = || numbers.next().expect("three numbers");
    (next(), next(), next())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Processor time of this thread where the system tells it, else time on the wall.
struct Clock(Option<f64>, Instant);

impl Clock {
    fn now() -> Self {
        Clock(Self::processor(), Instant::now())
    }

    /// Seconds that this thread has run for (Linux).
    fn processor() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(text.split_whitespace().next()?.parse::<f64>().ok()? * 1e-9)
    }

    fn seconds(&self) -> f64 {
        match (self.0, Self::processor()) {
            (Some(before), Some(now)) => now - before,
            _ => self.1.elapsed().as_secs_f64(),
        }
    }
}
