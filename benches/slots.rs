//! How long ten million slots of every rule take on one core when nobody learns: `cargo bench --bench slots`.
//!
//! Twelve sequencers offer their whole net value, an epoch has 32 slots, and each is lived through: machines fail, MEV is drawn,
//! transactions are bribed out, governance judges and the books are closed. It is the file that compares every rule,
//! `delegated` with its thousand delegators, played twice: in its own world, where outages are rare, and in a rough one
//! where machines fail once in a thousand slots, everybody live can include and schedules are secret. The aim is 5 seconds a
//! rule, 10 for `delegated`; the exit status is 1 where it is missed. `-- NAME` plays the contenders whose name contains NAME.

mod scripted;

use scripted::{experiment, live};
use sequencer_lab::mechanism::Mechanism as _;
use sequencer_lab::with_rule;
use std::process::ExitCode;
use std::time::Instant;

const EVERY_RULE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/all-mechanisms.toml");
const SLOTS: u32 = 10_000_000;
const CANDIDATES: usize = 12;
const EPOCH_SLOTS: u32 = 32;
const DELEGATORS: usize = 1_000;
/// Seconds allowed: without delegators, with them.
const AIM: [f64; 2] = [5.0, 10.0];

/// Settings of the rough world, for all sequencers and for every contender.
const ROUGH: &[&str] =
    &["sequencers.*.strategy=truthful", "sequencers.*.failure_rate=0.001", "sequencers.*.repair_rate=0.1"];
const CALM: &[&str] = &["sequencers.*.strategy=truthful"];
const ROUGH_CONTENDERS: &str = "inclusion = \"any_live\"\nlookahead = 0\n";

fn main() -> ExitCode {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let text = std::fs::read_to_string(EVERY_RULE).expect("the experiment with every rule");
    // Its own strategy, which comes last, is one that learns.
    let calm = text.split("[strategies.").next().unwrap_or(&text);
    // Where leaders are secret nobody withdraws a stake.
    let rough = calm
        .replace("epoch_slots = 32\n", &format!("epoch_slots = 32\n{ROUGH_CONTENDERS}"))
        .replace("unstake_fraction = 0.5\n", "");
    let mut missed = false;
    for (world, text, settings) in [("calm", calm, CALM), ("rough", &rough, ROUGH)] {
        println!("{world} world, {SLOTS} slots of each rule");
        let experiment = experiment(text, EVERY_RULE, settings);
        assert_eq!(experiment.setting.candidates(), CANDIDATES);
        for contender in &experiment.contenders {
            if wanted.as_ref().is_some_and(|wanted| !contender.name.contains(wanted.as_str())) {
                continue;
            }
            assert_eq!(contender.terms.epoch_slots, EPOCH_SLOTS);
            let (seconds, delegates) = with_rule!(&contender.rule, rule => {
                let delegates = !rule.persistence(&experiment.setting).is_empty();
                let start = Instant::now();
                live(rule, &experiment, contender, 0, SLOTS / EPOCH_SLOTS);
                (start.elapsed().as_secs_f64(), delegates)
            });
            let members: usize = experiment.setting.delegators.iter().map(|group| group.count).sum();
            assert!(!delegates || members == DELEGATORS);
            let aim = AIM[usize::from(delegates)];
            let verdict = if seconds < aim { "within" } else { "MISSED" };
            missed |= seconds >= aim;
            println!("  {:<18} {seconds:>6.2} s  {verdict} {aim} s", contender.name);
        }
    }
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
