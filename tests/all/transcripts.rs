//! One short game of every rule, told step by step, as a reader would check it with pencil and paper.
//!
//! The files beside this one hold what was told last; `TRANSCRIPTS=write cargo test --release transcripts` writes them
//! anew.

use crate::lab::{OF_THE_POST, plain, read, root};
use sequencer_lab::learning::policy::Policy;
use sequencer_lab::mechanism::{CATALOGUE, Mechanism, Schedule};
use sequencer_lab::play::market::{Detail, Game, Market, Round, Seating};
use sequencer_lab::play::schedule::{Phase, market_key};
use sequencer_lab::with_rule;
use std::fmt::Write;

/// Three sequencers who offer fixed multiples of their own net value, and two groups of delegators.
const ABSTRACT: &str = r#"
[experiment]
name = "transcript"
seed = 1

[world]
kind = "abstract"

[[sequencers]]
name = "ann"
count = 1
value = { uniform = [0.0, 10.0] }
live_cost = 0.1
strategy = "shading"

[[sequencers]]
name = "bob"
count = 1
value = { uniform = [4.0, 8.0] }
idle_cost = 0.05
strategy = "shading"

[[sequencers]]
name = "eve"
count = 1
value = { constant = 6.0 }
strategy = "truthful"

[strategies.shading]
learner = "scripted"
offer = { relative = 0.75 }
"#;

const ROLLUP: &str = r#"
[experiment]
name = "transcript"
seed = 1

[world]
kind = "rollup"
fee_per_slot = 0.5
demand_volatility = 0.3
mev_median = 0.4
mev_zero_share = 0.5
posting_cost = 0.05
shock_sigma = 0.2
backlog = 1.0

[[sequencers]]
name = "ann"
count = 1
live_cost = 0.02
failure_rate = 0.2
repair_rate = 0.5
strategy = "shading"

[[sequencers]]
name = "bob"
count = 1
skill = 0.9
live_cost = 0.01
failure_rate = 0.2
repair_rate = 0.5
strategy = "shading"

[[sequencers]]
name = "eve"
count = 1
skill = 0.8
idle_cost = 0.01
strategy = "truthful"

[strategies.shading]
learner = "scripted"
offer = { relative = 0.75 }
"#;

/// As [`ROLLUP`], but that capital costs something.
const STAKED: &str = "CAPITAL";

/// As [`ABSTRACT`], likewise.
const ABSTRACT_STAKED: &str = "ABSTRACT CAPITAL";

const DELEGATORS: &str = r#"
[[delegators]]
name = "crowd"
count = 10
price_sensitivity = 1.0
inertia = 0.5

[[delegators]]
name = "funds"
continuum = true
stake = 10.0
price_sensitivity = 0.5
outside_option = 1.0
uptime_taste = 2.0
"#;

/// File, rule, its contender, further text.
const GAMES: &[(&str, &str, &str, &str)] = &[
    ("centralized", "centralized", ROLLUP, "commission = 0.9"),
    (
        "auction_rotation",
        "auction_rotation",
        ABSTRACT,
        "seats = 2\nreserve_price = 0.5\nbond = 3.0\ndispute_epochs = 1",
    ),
    (
        "auction_rotation_uniform",
        "auction_rotation",
        ROLLUP,
        "seats = 2\npricing = \"uniform\"\nredundancy = 2",
    ),
    (
        "auction_rotation_proportional",
        "auction_rotation",
        ABSTRACT,
        "seats = 2\nschedule = \"proportional\"\npricing = \"myerson\"",
    ),
    (
        "auction",
        "auction",
        ABSTRACT,
        "term_epochs = 2\npricing = \"second\"\nreserve_price = 0.5\nbond = 3.0\ndispute_epochs = 1",
    ),
    ("authority", "authority", ROLLUP, "seats = 2\ncontract_fee = 0.2"),
    (
        "authority_random",
        "authority",
        ROLLUP,
        "seats = 3\nredundancy = 2\ncontract_fee = 0.2\nrotation = \"random\"",
    ),
    ("stake", "stake", STAKED, "commission = 0.9\nissuance = 0.1\nstake_power = 0.8"),
    (
        "stake_rotation",
        "stake_rotation",
        STAKED,
        "seats = 3\nredundancy = 2\nunstake_fraction = 0.5\nmiss_tolerance = 1\nleak = 0.01",
    ),
    (
        "stake_rotation_apart",
        "stake_rotation",
        ABSTRACT_STAKED,
        "seats = 2\nreplacement = false\nissuance = 0.2\nunstake_fraction = 0.5",
    ),
    (
        "algorithmic",
        "algorithmic",
        STAKED,
        "r_max = 3\ncontrol_epochs = 1\nscore_power = 2\nscore_learning = 0.5\nleast_score = 0.6\neviction_epochs = 1",
    ),
    (
        "algorithmic_bids",
        "algorithmic",
        STAKED,
        "base = \"auction\"\nseats = 2\nscore_form = \"exp\"\nscore_learning = 0.5\nprobation_epochs = 1\nbond = 2\nbond_power = 1",
    ),
    (
        "algorithmic_effort",
        "algorithmic",
        ABSTRACT_STAKED,
        "base = \"equal\"\neffort_cost = 2\nscore_form = \"exp\"",
    ),
    ("delegated", "delegated", ABSTRACT, ""),
    ("delegated_seats", "delegated", ROLLUP, "seats = 2\nkickback = \"income_share\""),
];

/// A number to read: four decimals, no negative zero.
fn number(x: f64) -> String {
    let text = format!("{x:.4}");
    if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
        "0.0000".to_owned()
    } else {
        text
    }
}

/// A row of a table: a label and one column for each sequencer.
fn row(out: &mut String, label: &str, cells: impl IntoIterator<Item = String>) {
    let mut line = format!("  {label:26}");
    for cell in cells {
        write!(line, "{cell:>12}").unwrap();
    }
    writeln!(out, "{}", line.trim_end()).unwrap();
}

fn tell<M: Mechanism>(game: &Game<M>, out: &mut String) {
    let setting = game.setting;
    let n = setting.candidates();
    let detail = if setting.world.is_abstract() { Detail::Fluid } else { Detail::Slots };
    let policies: Vec<Policy> = game.seats.players.iter().map(|_| Policy::pure(1, 2, 1)).collect();
    let mut round = Round::new(game);
    let mut market = Market::open(game, market_key(1, 0, Phase::Measure, 0));
    for epoch in 0..4 {
        let before: Vec<f64> = (0..n).map(|i| market.ledger.wealth(i)).collect();
        let sinks = |market: &Market<M>| (market.ledger.community(), market.ledger.delegators());
        let (community, delegators) = sinks(&market);
        market.offer(game, |p| &policies[p], &mut round);
        market.decide(game, &mut round, detail).unwrap();
        let (selection, service) = (&round.selection, &market.service);
        writeln!(out, "\nepoch {epoch}").unwrap();
        row(out, "", setting.sequencers.iter().map(|s| setting.classes[s.class].name.clone()));
        row(out, "worth of a slot (gross)", round.signals.gross.iter().map(|&x| number(x)));
        if game.rule.lever().is_some() {
            row(out, "net value in the offer", round.reference.iter().map(|&x| number(x)));
            row(out, "offer", round.offers.iter().map(|o| o.map_or("abstains".to_owned(), number)));
        }
        match selection.schedule {
            Schedule::Rotation | Schedule::Lottery => {
                if selection.schedule == Schedule::Lottery {
                    row(out, "weight in the draw", selection.weight.iter().map(|&x| number(x)));
                }
                let seat = |s: &Option<usize>| {
                    s.map_or("empty", |i| setting.classes[setting.sequencers[i].class].name.as_str())
                };
                let seats: Vec<&str> = selection.seats.iter().map(seat).collect();
                writeln!(out, "  seats                     {}", seats.join(", ")).unwrap();
            }
            Schedule::Weighted => {
                row(out, "weight in the draw", selection.weight.iter().map(|&x| number(x)));
                if selection.empty_weight > 0.0 {
                    row(out, "weight of nobody", [number(selection.empty_weight)]);
                }
            }
        }
        row(out, "price of a slot", selection.price.iter().map(|&x| number(x)));
        row(out, "slots led", service.scheduled.iter().map(|&x| number(x)));
        row(out, "slots delivered", service.delivered.iter().map(|&x| number(x)));
        row(out, "slots produced", service.produced.iter().map(|&x| number(x)));
        row(out, "fees and MEV", service.gross.iter().map(|&x| number(x)));
        row(out, "posting", service.posting.iter().map(|&x| number(x)));
        row(out, "operating", service.operating.iter().map(|&x| number(x)));
        row(out, "bond in escrow", (0..n).map(|i| number(market.ledger.escrow(i))));
        row(out, "profit", (0..n).map(|i| number(market.ledger.wealth(i) - before[i])));
        let now = sinks(&market);
        writeln!(
            out,
            "  community {}, delegators {}, slots missed {} of {}",
            number(now.0 - community),
            number(now.1 - delegators),
            number(service.missed),
            number(service.total)
        )
        .unwrap();
    }
}

#[test]
fn games_go_as_told() {
    let folder = root().join("tests/all/transcripts");
    let write = std::env::var("TRANSCRIPTS").is_ok_and(|value| value == "write");
    for name in OF_THE_POST {
        assert!(GAMES.iter().any(|(_, rule, ..)| *rule == name), "no game of {name}");
    }
    let others = CATALOGUE.iter().filter(|entry| !GAMES.iter().any(|(_, rule, ..)| *rule == entry.name));
    let derived = others.map(|entry| {
        let text = if entry.needs.capital { ABSTRACT_STAKED } else { ABSTRACT };
        (entry.name, entry.name, text, "")
    });
    for (name, rule, text, contender) in GAMES.iter().copied().chain(derived) {
        let entry = CATALOGUE.iter().find(|entry| entry.name == rule).unwrap();
        let needs = entry.needs;
        let delegators = if needs.delegators { DELEGATORS } else { "" };
        let capital = ROLLUP
            .replace("strategy =", "capital_cost = 1.0\nstrategy =")
            .replace("fee_per_slot", "slots_per_year = 600\nfee_per_slot");
        let values = ABSTRACT.replace("strategy =", "capital_cost = 0.05\nstrategy =");
        let text = match text {
            STAKED => &capital,
            ABSTRACT_STAKED => &values,
            text => text,
        };
        let header = plain(entry, &format!("epoch_slots = 6\n{contender}"));
        let experiment = read(&format!("{text}{delegators}\n[mechanism.game]\n{header}\n"));
        let contender = &experiment.contenders[0];
        let seats = Seating::new(&experiment.setting, true);
        let mut told = format!("{}\n", header.trim_end());
        with_rule!(&contender.rule, rule => {
            let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
            tell(&game, &mut told);
        });
        let path = folder.join(format!("{name}.txt"));
        if write {
            std::fs::write(&path, &told).unwrap();
        }
        // A rule that is not of the post need not have been told before.
        if !path.exists() && !OF_THE_POST.contains(&rule) {
            println!("{told}");
            continue;
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(golden == told, "{name} goes otherwise than {}:\n{told}", path.display());
    }
}
