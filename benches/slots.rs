//! How long ten million slots of every rule take on one core when nobody learns: `cargo bench --bench slots`.
//!
//! Twelve sequencers offer their whole net value, an epoch has 32 slots, and each is lived through: machines fail, MEV is drawn,
//! transactions are bribed out, governance judges and the books are closed. It is the file that compares every rule,
//! `delegated` with its thousand delegators, played twice: in its own world, where outages are rare, and in a rough one
//! where machines fail once in a thousand slots, everybody live can include and schedules are secret. The aim is 5 seconds a
//! rule, 10 for `delegated`; the exit status is 1 where it is missed. `-- NAME` plays the contenders whose name contains NAME.

use sequencer_lab::cli::library::Files;
use sequencer_lab::draws::Key;
use sequencer_lab::experiment::file::{Contender, Experiment};
use sequencer_lab::learning::{Learner, Problem};
use sequencer_lab::mechanism::Mechanism;
use sequencer_lab::play::market::{Detail, Game, Market, Round, Seating};
use sequencer_lab::settings::Document;
use sequencer_lab::with_rule;
use std::hint::black_box;
use std::path::Path;
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
const ROUGH: &[&str] = &["sequencers.*.failure_rate=0.001", "sequencers.*.repair_rate=0.1"];
const ROUGH_CONTENDERS: &str = "inclusion = \"any_live\"\nlookahead = 0\n";

fn main() -> ExitCode {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let text = std::fs::read_to_string(EVERY_RULE).expect("the experiment with every rule");
    // Its own strategy, which comes last, is one that learns.
    let calm = text.split("[strategies.").next().unwrap_or(&text);
    let rough = calm.replace("epoch_slots = 32\n", &format!("epoch_slots = 32\n{ROUGH_CONTENDERS}"));
    let mut missed = false;
    for (world, text, settings) in [("calm", calm, &[][..]), ("rough", &rough, ROUGH)] {
        println!("{world} world, {SLOTS} slots of each rule");
        let experiment = experiment(text, settings);
        assert_eq!(experiment.setting.candidates(), CANDIDATES);
        for contender in &experiment.contenders {
            if wanted.as_ref().is_some_and(|wanted| !contender.name.contains(wanted.as_str())) {
                continue;
            }
            assert_eq!(contender.terms.epoch_slots, EPOCH_SLOTS);
            let (seconds, delegates) = with_rule!(&contender.rule, rule => {
                let delegates = !rule.persistence(&experiment.setting).is_empty();
                (play(rule, &experiment, contender), delegates)
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

/// The experiment in `text`, everybody telling the truth.
fn experiment(text: &str, changes: &[&str]) -> Experiment {
    let mut document = Document::parse("bench", text).expect("a readable file");
    for change in ["sequencers.*.strategy=truthful"].iter().chain(changes) {
        let (path, value) = change.split_once('=').expect("PATH=VALUE");
        document.set(path, value).expect("a setting that exists");
    }
    Experiment::read(document, &Files::beside(Path::new(EVERY_RULE))).expect("a valid experiment")
}

/// Seconds for which one market lives through all slots.
fn play<M: Mechanism>(rule: &M, experiment: &Experiment, contender: &Contender) -> f64 {
    let (setting, terms) = (&experiment.setting, &contender.terms);
    let seats = Seating::new(setting, true);
    let game = Game { rule, setting, terms, seats: &seats };
    let policies: Vec<_> = seats
        .players
        .iter()
        .map(|p| {
            let problem = Problem::new(p.bins.count(), p.menu.columns());
            Learner::new(setting.classes[p.class].strategy.learner, &problem).settled()
        })
        .collect();
    let start = Instant::now();
    let mut round = Round::new(&game);
    let mut market = Market::open(&game, Key::new(experiment.seed, 0, 0));
    for _ in 0..SLOTS / EPOCH_SLOTS {
        market.offer(&game, |p| &policies[p], &mut round);
        market.decide(&game, &mut round, Detail::Slots).expect("balanced books");
    }
    black_box(market.ledger.community());
    start.elapsed().as_secs_f64()
}
