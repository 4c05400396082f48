//! Every learning rule against games whose answer is known, and the laws that none may break.

use crate::lab::{estimate, metric, read, read_file, replicates, seed, try_read, unit};
use crate::program::Folder;
use crate::theory_play::{hold, uniform};
use sequencer_lab::agent::strategy;
use sequencer_lab::draws::{Key, Purpose, Who};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::learning::exp3::Exp3;
use sequencer_lab::learning::{CATALOGUE, Feedback, Problem, Taken};
use sequencer_lab::measure::metrics::METRICS;
use sequencer_lab::measure::statistics::Moments;
use sequencer_lab::numerics::{exp, ln};
use sequencer_lab::settings::Kind;
use sequencer_lab::theory::auction::Auction;
use sequencer_lab::theory::kickback::Market;
use sequencer_lab::validate::program::{Delegation, Sale, pay_as_bid, truthful};
use std::fmt::Write;

/// Rules that are told what every setting would have earned, and head for an equilibrium.
const FICTITIOUS: &str = "learner = \"fictitious_play\"";
const REPLICATOR: &str = "learner = \"replicator\"";
/// The same with more time for each batch, for games with little noise and flat payoffs.
const FAST_REPLICATOR: &str = "learner = \"replicator\"\nlearning_rate = 10.0";
const REGRET: &str = "learner = \"regret_matching\"";
const EXPECTED_Q: &str = "learner = \"q_learning\"\nlearning_rate = 0.02\nexploration_decay = 0.02\ndiscount = 0.0\n\
                          updates = \"counterfactual\"";

#[test]
fn first_price_bids_are_those_of_vickrey_for_each_rule() {
    let n = 2;
    for learner in [REGRET, FICTITIOUS, REPLICATOR] {
        // Two bidders learn slowest: each meets few rivals, and best responses to the past are slowest of all.
        let (rounds, warmup) = if learner == FICTITIOUS { (32, 800) } else { (48, 400) };
        let name = format!("first price, {learner} {n}");
        let sale = Sale { learner, rounds, warmup, ..Sale::new("uniform = [0.0, 1.0]", n, 1, "") };
        hold(&pay_as_bid(&name, "", &sale, &Auction::new(uniform(), n, 1), 41));
    }
}

#[test]
fn second_price_bids_are_truthful_for_each_rule() {
    for learner in [REGRET, FICTITIOUS, REPLICATOR] {
        let name = format!("second price, {learner}");
        let sale = Sale { learner, ..Sale::new("uniform = [0.0, 1.0]", 3, 1, "pricing = \"uniform\"") };
        hold(&truthful(&name, "", &sale, &Auction::new(uniform(), 3, 1), 49));
    }
}

#[test]
fn kickbacks_are_those_of_the_logit_oligopoly_for_each_rule() {
    for learner in [REGRET, FICTITIOUS, FAST_REPLICATOR, EXPECTED_Q] {
        let name = format!("kickbacks, {learner}");
        let case = Delegation { learner, ..Delegation::new(&[0.0, 0.0], 0.25) };
        hold(&case.study(&name, "", 49).unwrap());
    }
}

/// Probabilities of a policy by setting, abstaining first, in the state whose mean private value is nearest to `value`, of
/// the first group.
fn policy(outcome: &Outcome, value: f64, menu: &[f64]) -> Vec<f64> {
    let nearest = outcome
        .policies
        .iter()
        .map(|entry| entry.state)
        .min_by(|a, b| (a - value).abs().total_cmp(&(b - value).abs()))
        .expect("there is a policy");
    let mut row = vec![0.0; menu.len() + 1];
    for entry in outcome.policies.iter().filter(|entry| entry.state == nearest) {
        let column = entry.action.map_or(0, |x| {
            1 + menu.iter().position(|setting| (setting - x).abs() < 1e-12).expect("a setting of the menu")
        });
        row[column] = entry.probability;
    }
    row
}

/// Logit response to payoffs.
fn logit(precision: f64, payoffs: &[f64]) -> Vec<f64> {
    let best = payoffs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = payoffs.iter().map(|u| exp(precision * (u - best))).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|w| w / total).collect()
}

fn range(payoffs: &[f64]) -> f64 {
    payoffs.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        - payoffs.iter().copied().fold(f64::INFINITY, f64::min)
}

/// The fixed point of `σ ← logit(payoffs(σ))`, one row for each equally likely type: λ itself, or over the mean of the types'
/// ranges of payoffs.
fn quantal_equilibrium(
    types: usize,
    settings: usize,
    precision: f64,
    relative: bool,
    payoffs: impl Fn(&[Vec<f64>]) -> Vec<Vec<f64>>,
) -> Vec<Vec<f64>> {
    let mut play = vec![vec![1.0 / settings as f64; settings]; types];
    for _ in 0..20_000 {
        let earned = payoffs(&play);
        let mean = earned.iter().map(|row| range(row)).sum::<f64>() / types as f64;
        let precision = if relative { precision / mean } else { precision };
        let mut moved = 0.0_f64;
        for (row, earned) in play.iter_mut().zip(&earned) {
            for (p, to) in row.iter_mut().zip(logit(precision, earned)) {
                let step = 0.05 * (to - *p);
                moved = moved.max(step.abs());
                *p += step;
            }
        }
        if moved < 1e-14 {
            return play;
        }
    }
    panic!("the fixed point was not found");
}

/// Learned probabilities against computed ones, over all cells.
fn compare(case: &str, outcomes: &[Outcome], values: &[f64], menu: &[f64], theory: &[Vec<f64>]) {
    let mut failures = String::new();
    for (value, theory) in values.iter().zip(theory) {
        for (column, &theory) in theory.iter().enumerate() {
            let (mean, se) = estimate(outcomes, |o| policy(o, *value, menu)[column]);
            // Cells of one case are judged at once (4 standard errors for up to 40), and early play leaves a trace of one
            // over the square of the batches.
            let holds = (mean - theory).abs() <= 4.0 * se + 1e-3;
            let line =
                format!("{case}: value {value}, column {column}: {mean:.5} ± {se:.5}, theory {theory:.5}");
            println!("{}{line}", if holds { "" } else { "FAILS " });
            if !holds {
                writeln!(failures, "{line}").unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn quantal_response_to_kickbacks_is_the_logit_equilibrium() {
    let menu = [0.2, 0.4, 0.6, 0.8];
    let (alone, both) = (
        Market::symmetric(1, 1.0, 0.25, Some(0.0)).unwrap(),
        Market::symmetric(2, 1.0, 0.25, Some(0.0)).unwrap(),
    );
    let payoffs = |play: &[Vec<f64>]| {
        let earned = |x: f64| -> f64 {
            let against = |(column, p): (usize, &f64)| {
                p * if column == 0 { alone.profit(0, &[x]) } else { both.profit(0, &[x, menu[column - 1]]) }
            };
            play[0].iter().enumerate().map(against).sum()
        };
        vec![std::iter::once(0.0).chain(menu.iter().map(|&x| earned(x))).collect()]
    };
    for (precision, unit) in [(12.0, "eth"), (4.0, "eth"), (3.0, "range"), (20.0, "range")] {
        let case = format!("quantal response, kickbacks, {precision} per {unit}");
        let text = format!(
            "[experiment]\nname = \"case\"\nseed = {}\n\n[mechanism.dpos]\nrule = \"delegated\"\n\n\
             [play]\nrounds = 4\nwarmup_epochs = 1500\nmeasured_epochs = 5\ncertificate_markets = 16\ncertificate_epochs = 2\n\n\
             [[delegators]]\ncontinuum = true\nprice_sensitivity = 4.0\noutside_option = 0.0\n\n\
             [[sequencers]]\nname = \"s\"\ncount = 2\nvalue = {{ constant = 1.0 }}\nstrategy = \"grid\"\n\n\
             [strategies.grid]\nlearner = \"quantal_response\"\nprecision = {precision:?}\nprecision_unit = \"{unit}\"\n\
             menu = {{ absolute = [0.2, 0.8], points = 4 }}\n",
            seed(&case)
        );
        let theory = quantal_equilibrium(1, 5, precision, unit == "range", payoffs);
        compare(&case, &replicates(&read(&text), 8), &[1.0], &menu, &theory);
    }
}

/// Two bidders whose values are 0.4 or 1.0, ties by lot.
#[test]
fn quantal_response_in_an_auction_is_the_logit_equilibrium_of_its_types() {
    let (values, menu) = ([0.4, 1.0], [0.0, 0.2, 0.4, 0.6]);
    let payoffs = |play: &[Vec<f64>]| {
        let wins = |column: usize| -> f64 {
            let against = |row: &Vec<f64>| -> f64 {
                row.iter()
                    .enumerate()
                    .map(|(other, p)| {
                        p * match other.cmp(&column) {
                            std::cmp::Ordering::Less => 1.0,
                            std::cmp::Ordering::Equal => 0.5,
                            std::cmp::Ordering::Greater => 0.0,
                        }
                    })
                    .sum()
            };
            0.5 * play.iter().map(against).sum::<f64>()
        };
        let row = |v: f64| {
            std::iter::once(0.0).chain((1..=menu.len()).map(|a| wins(a) * (v - menu[a - 1]))).collect()
        };
        values.iter().map(|&v| row(v)).collect()
    };
    for (precision, unit) in [(10.0, "eth"), (4.0, "range")] {
        let case = format!("quantal response, auction, {precision} per {unit}");
        let text = format!(
            "[experiment]\nname = \"case\"\nseed = {}\n\n[mechanism.auction]\nrule = \"auction_rotation\"\nseats = 1\nepoch_slots = 1\n\n\
             [play]\nrounds = 16\nwarmup_epochs = 1500\nmeasured_epochs = 20\ncertificate_markets = 16\ncertificate_epochs = 2\n\n\
             [[sequencers]]\nname = \"s\"\ncount = 2\nvalue = {{ discrete = {{ values = [0.4, 1.0], weights = [1.0, 1.0] }} }}\n\
             strategy = \"grid\"\n\n\
             [strategies.grid]\nlearner = \"quantal_response\"\nprecision = {precision:?}\nprecision_unit = \"{unit}\"\n\
             bins = 2\nmenu = {{ absolute = [0.0, 0.6], points = 4 }}\n",
            seed(&case)
        );
        let theory = quantal_equilibrium(2, 5, precision, unit == "range", payoffs);
        compare(&case, &replicates(&read(&text), 8), &values, &menu, &theory);
    }
}

/// Regret against the best fixed setting in games with nature, drawn and adversarial, in several units of money.
#[test]
fn bandit_regret_stays_within_its_bound() {
    let rounds = 20_000_u32;
    for (settings, money) in [(2_usize, 1.0), (6, 1.0), (6, 1e-3), (20, 64.0)] {
        for adversary in [false, true] {
            let case = format!("bandit {settings} {money} {adversary}");
            let (nature, play) = {
                let key = Key::new(seed(&case), 0, 0);
                (key.stream(Purpose::Signal, Who::MARKET), key.stream(Purpose::Play, Who::MARKET))
            };
            let mut learner = Exp3::new(&Problem::new(1, settings));
            let mut feedback = Feedback::new(1, settings);
            let mut earned = 0.0;
            let mut could = vec![0.0; settings];
            for t in 0..rounds {
                // Payoffs are nothing or `money`. The last setting is best, but an adversary makes it worst to begin with.
                let worth = |a: usize| {
                    let early = adversary && t < rounds / 4;
                    let p = if (a == settings - 1) ^ early { 0.7 } else { 0.4 };
                    money * f64::from(u8::from(nature.uniform(t, a as u32) < p))
                };
                let setting = learner.policy().sample(0, play.uniform(t, 0));
                let payoff = worth(setting);
                earned += payoff;
                for (a, sum) in could.iter_mut().enumerate() {
                    *sum += worth(a);
                }
                feedback.clear();
                feedback.taken.push(Taken { state: 0, setting, payoff });
                learner.learn(&feedback);
            }
            let best = could.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let regret = (best - earned) / money;
            let (k, t) = (settings as f64, f64::from(rounds));
            // All eight hold with a probability of 99.73%.
            let confidence = ln(2.0 * 8.0 / 0.0027);
            let bound = 4.0 * (k * t * ln(k)).sqrt() + (2.0 * (k * t / ln(k)).sqrt() + 1.0) * confidence;
            println!("{case}: regret {regret:.0}, bound {bound:.0}");
            assert!(regret <= bound, "{case}: regret {regret} above {bound}");
            // Whoever plays at random loses 0.3 in each round in which it misses the best: the bound must mean something.
            let random = (best - could.iter().sum::<f64>() / k) / money;
            assert!(regret < 0.5 * random, "{case}: {regret} is no better than {random} at random");
        }
    }
}

/// Learners that are told only what they earned learn slowly: in a second-price auction what they forgo by not bidding the
/// truth has to come down by half at least.
#[test]
fn bandits_learn_to_bid_the_truth() {
    for learner in [
        "learner = \"exp3\"",
        "learner = \"q_learning\"\nlearning_rate = 0.005\nexploration_decay = DECAY\ndiscount = 0.0\ninitial = \"zero\"",
    ] {
        let gain = |epochs: u32| {
            let seed = seed(&format!("bandit, {learner}"));
            let learner = learner.replace("DECAY", &format!("{:?}", 8.0 / f64::from(epochs)));
            let text = format!(
                "[experiment]\nname = \"case\"\nseed = {seed}\n\n[mechanism.auction]\nrule = \"auction_rotation\"\nseats = 1\n\
                 pricing = \"uniform\"\nepoch_slots = 1\n\n\
                 [play]\nrounds = 16\nwarmup_epochs = {epochs}\nmeasured_epochs = 20\ncertificate_markets = 48\n\n\
                 [[sequencers]]\nname = \"s\"\ncount = 3\nvalue = {{ uniform = [0.0, 1.0] }}\nstrategy = \"grid\"\n\n\
                 [strategies.grid]\n{learner}\nbins = 3\nmenu = {{ relative = [0.0, 1.5], points = 7 }}\n"
            );
            estimate(&replicates(&read(&text), 16), |o| metric(o, "deviation_gain").unwrap())
        };
        let ((early, early_se), (late, late_se)) = (gain(10), gain(1500));
        println!(
            "{learner}: gain {early:.5} ± {early_se:.5} after 10 epochs, {late:.5} ± {late_se:.5} after 1500"
        );
        let noise = (0.25 * early_se * early_se + late_se * late_se).sqrt();
        assert!(late < 0.5 * early + 3.0 * noise, "{learner}: {early} to {late}");
        assert!(late + 3.0 * late_se < early, "{learner}: {early} to {late}");
    }
}

/// Banchio and Skrzypacz (2022), in small: without feedback Q-learners end far below their value of 1 in a first-price
/// auction; with it, at the top of the grid.
#[test]
fn q_learners_collude_in_first_price_auctions_unless_told_what_would_have_won() {
    let revenue = |updates: &str, markets: u32| {
        let text = format!(
            "[experiment]\nname = \"case\"\nseed = {}\n\n[mechanism.auction]\nrule = \"auction_rotation\"\nseats = 1\nepoch_slots = 1\n\n\
             [play]\nregime = \"independent\"\nstable_epochs = 10000\nmax_epochs = 300000\nmeasured_epochs = 20\n\
             certificate_markets = 16\n\n\
             [[sequencers]]\nname = \"s\"\ncount = 2\nvalue = {{ constant = 1.0 }}\nstrategy = \"grid\"\n\n\
             [strategies.grid]\nlearner = \"q_learning\"\nlearning_rate = 0.05\ndiscount = 0.99\nexploration = 0.025\n\
             exploration_decay = 2e-4\ninitial = \"optimistic\"\nupdates = \"{updates}\"\nmenu = {{ absolute = [0.05, 0.95], points = 19 }}\n",
            seed(updates)
        );
        let markets = replicates(&read(&text), markets);
        assert!(markets.iter().all(|o| metric(o, "converged") == Some(1.0)), "{updates}");
        estimate(&markets, |o| metric(o, "revenue").unwrap())
    };
    let (mean, se) = revenue("asynchronous", 16);
    println!("without feedback {mean:.4} ± {se:.4}");
    assert!((mean - 0.219).abs() <= 3.0 * se && se < 0.04, "{mean} ± {se}");
    let (mean, _) = revenue("counterfactual", 4);
    // 0.90 and 0.95 are the equilibria of the game on the grid.
    assert!((0.90 - 1e-9..=0.95 + 1e-9).contains(&mean), "{mean}");
}

/// Every rule, with its settings where these are sums of money or must differ from the defaults.
fn rules(money: f64) -> Vec<String> {
    let mut rules: Vec<String> = [
        "learner = \"hedge\"",
        "learner = \"exp3\"",
        "learner = \"regret_matching\"",
        "learner = \"fictitious_play\"",
        "learner = \"replicator\"",
        "learner = \"quantal_response\"",
        "learner = \"q_learning\"\nexploration_decay = 0.05\ndiscount = 0.5",
        "learner = \"q_learning\"\nexploration_decay = 0.05\ninitial = \"optimistic\"",
        "learner = \"q_learning\"\nexploration_decay = 0.05\nupdates = \"counterfactual\"\ninitial = \"zero\"",
    ]
    .map(str::to_owned)
    .to_vec();
    rules.push(format!(
        "learner = \"quantal_response\"\nprecision = {:?}\nprecision_unit = \"eth\"",
        8.0 / money
    ));
    rules.push(format!("learner = \"q_learning\"\nexploration_decay = 0.05\ninitial = {:?}", 0.1 * money));
    rules
}

const CONTENDERS: [&str; 4] = [
    "rule = \"auction_rotation\"\nseats = 2",
    "rule = \"auction_rotation\"\nseats = 1\npricing = \"uniform\"",
    "rule = \"delegated\"",
    "rule = \"delegated\"\nseats = 1",
];

/// Two groups of one rule each, in a small market.
fn small(rule: &str, contender: &str, alone: bool, money: f64, reversed: bool) -> String {
    let menu = "bins = 2\nmenu = { relative = [0.0, 1.2], points = 7 }\n";
    let mut groups = [("ant", 2, 0.8), ("bee", 1, 1.2)].map(|(name, count, top)| {
        format!(
            "[[sequencers]]\nname = \"{name}\"\ncount = {count}\nvalue = {{ uniform = [{:?}, {:?}] }}\nstrategy = \"grid\"\n",
            0.1 * money,
            top * money
        )
    });
    if reversed {
        groups.reverse();
    }
    let delegators = if contender.contains("delegated") {
        format!(
            "[[delegators]]\ncontinuum = true\nstake = {:?}\nprice_sensitivity = {:?}\ninertia = 0.5\n",
            20.0 * money,
            4.0 / money
        )
    } else {
        String::new()
    };
    let learning = if alone {
        "regime = \"independent\"\nstable_epochs = 30\nmax_epochs = 120"
    } else {
        "rounds = 4\nwarmup_epochs = 40"
    };
    format!(
        "[experiment]\nname = \"small\"\nseed = 11\n\n[mechanism.rule]\n{contender}\n\n[play]\n{learning}\nmeasured_epochs = 6\n\
         certificate_markets = 16\ncertificate_epochs = 4\n\n{}\n{delegators}\n[strategies.grid]\n{rule}\n{menu}",
        groups.join("\n")
    )
}

fn outcome(text: &str) -> Outcome {
    let experiment = read(text);
    unit(&experiment, &experiment.contenders[0], 0)
}

#[test]
fn no_rule_depends_on_the_unit_of_money() {
    for (rule, doubled) in rules(1.0).iter().zip(rules(2.0)) {
        for contender in CONTENDERS {
            for alone in [false, true] {
                let one = outcome(&small(rule, contender, alone, 1.0, false));
                let two = outcome(&small(&doubled, contender, alone, 2.0, false));
                assert_eq!(one.metrics.len(), two.metrics.len());
                for ((key, a), (_, b)) in one.metrics.iter().zip(&two.metrics) {
                    let unit = METRICS.iter().find(|m| m.key == *key).unwrap().unit;
                    let kickback = *key == "mean_offer" && contender.contains("delegated");
                    let expected = if unit == "ETH" || kickback { 2.0 * a } else { *a };
                    // A gain is the small difference of large numbers.
                    let rounding = if key.starts_with("deviation") { 1e-13 } else { 1e-12 * expected.abs() };
                    assert!(
                        (expected - b).abs() <= rounding,
                        "{rule}, {contender}, {alone}: {key} {a} → {b}"
                    );
                }
                for (a, b) in one.policies.iter().zip(&two.policies) {
                    assert!(
                        (a.probability - b.probability).abs() < 1e-12,
                        "{rule}, {contender}: {a:?} {b:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn no_rule_depends_on_the_order_of_a_file() {
    for rule in rules(1.0) {
        for contender in CONTENDERS {
            for alone in [false, true] {
                let there = outcome(&small(&rule, contender, alone, 1.0, false));
                let back = outcome(&small(&rule, contender, alone, 1.0, true));
                assert_eq!(there.metrics, back.metrics, "{rule}, {contender}, {alone}");
                assert_eq!(there.policies, back.policies, "{rule}, {contender}, {alone}");
            }
        }
    }
}

/// One experiment in which every shipped rule has a group of its own, in either regime.
fn everybody(alone: bool) -> String {
    let mut text = String::from(
        "[experiment]\nname = \"everybody\"\nseed = 3\nreplicates = 5\n\n\
         [mechanism.auction]\nrule = \"auction_rotation\"\nseats = 2\n\n[mechanism.votes]\nrule = \"delegated\"\n\n\
         [[delegators]]\ncontinuum = true\nprice_sensitivity = 4.0\n\n",
    );
    text += if alone {
        "[play]\nregime = \"independent\"\nstable_epochs = 50\nmax_epochs = 200\n"
    } else {
        "[play]\nrounds = 4\nwarmup_epochs = 60\n"
    };
    text += "measured_epochs = 8\ncertificate_markets = 16\ncertificate_epochs = 4\n\n";
    for (name, _) in CATALOGUE {
        writeln!(
            text,
            "[[sequencers]]\nname = \"{name}\"\ncount = 1\nvalue = {{ uniform = [0.0, 1.0] }}\nstrategy = \"{name}\"\n"
        )
        .unwrap();
    }
    text
}

#[test]
fn rules_of_all_kinds_meet_in_one_market_on_any_number_of_threads() {
    for alone in [false, true] {
        let folder = Folder::new();
        std::fs::write(folder.path("everybody.toml"), everybody(alone)).unwrap();
        let tables = |output: &str, threads: &str| {
            let arguments = ["run", "everybody.toml", "--quiet", "--output", output, "--threads", threads];
            assert_eq!(folder.command(&arguments).status().unwrap().code(), Some(0));
            ["results.csv", "policies.csv"].map(|file| folder.bytes(&format!("{output}/{file}")))
        };
        assert_eq!(tables("one", "1"), tables("three", "3"), "{alone}");
    }
}

/// Under `independent` a replicate is a market: one that depends on no other, and counts once.
#[test]
fn independent_replicates_are_independent_markets() {
    let folder = Folder::new();
    std::fs::write(folder.path("everybody.toml"), everybody(true)).unwrap();
    let run = |output: &str, replicates: &str| {
        let arguments = ["run", "everybody.toml", "--quiet", "--output", output, "--replicates", replicates];
        assert_eq!(folder.command(&arguments).status().unwrap().code(), Some(0));
        let read = |file: &str| -> Vec<Vec<String>> {
            let text = String::from_utf8(folder.bytes(&format!("{output}/{file}"))).unwrap();
            text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
        };
        (read("results.csv"), read("summary.csv"))
    };
    let (few, _) = run("few", "4");
    let (many, summary) = run("many", "12");
    // Other markets change nothing in a market.
    for row in &few {
        assert!(many.contains(row), "{row:?}");
    }
    for contender in ["auction", "votes"] {
        for key in ["revenue", "sequencer_share", "learning_epochs", "converged"] {
            let markets: Vec<f64> = many
                .iter()
                .filter(|row| row[1] == contender && row[3] == key)
                .map(|row| row[4].parse().unwrap())
                .collect();
            assert_eq!(markets.len(), 12, "{key}");
            let moments: Moments = markets.iter().copied().collect();
            let row = summary.iter().find(|row| row[1] == contender && row[2] == key).unwrap();
            let number = |column: usize| row[column].parse::<f64>().unwrap();
            assert_eq!(number(7), 12.0, "each market counts once");
            assert!((number(3) - moments.mean()).abs() < 1e-9);
            assert!((number(4) - moments.standard_error()).abs() < 1e-9);
            if key == "sequencer_share" {
                let mut distinct = markets.clone();
                distinct.sort_by(f64::total_cmp);
                distinct.dedup();
                assert_eq!(distinct.len(), 12, "every market has its own history");
            }
        }
    }
}

#[test]
fn whether_learning_converged_is_told_where_it_is_asked() {
    let told = |outcome: &Outcome| (metric(outcome, "converged"), metric(outcome, "learning_epochs"));
    let contender = CONTENDERS[0];
    assert_eq!(told(&outcome(&small(FICTITIOUS, contender, false, 1.0, false))), (None, None));
    let text = small(FICTITIOUS, contender, true, 1.0, false);
    let (converged, epochs) = told(&outcome(&text.replace("stable_epochs = 30", "stable_epochs = 2")));
    assert_eq!(converged, Some(1.0));
    assert!(epochs.unwrap() >= 3.0 && epochs.unwrap() < 120.0, "{epochs:?}");
    let never = outcome(&text.replace("stable_epochs = 30", "stable_epochs = 1000"));
    assert_eq!(told(&never), (Some(0.0), Some(120.0)));
}

/// Two bidders who both value the right most, in a first-price auction: mean-based learners need not settle (Deng et al.
/// 2022), but have to go through.
#[test]
fn two_tied_top_bidders_can_be_run() {
    for rule in rules(1.0) {
        for alone in [false, true] {
            let text = small(&rule, CONTENDERS[0], alone, 1.0, false)
                .replace("seats = 2", "seats = 1")
                .replace("uniform = [0.1, 0.8]", "constant = 1.0")
                .replace("uniform = [0.1, 1.2]", "constant = 0.5");
            let drift = metric(&outcome(&text), "policy_drift");
            assert!(alone || drift.is_some(), "{rule}");
        }
    }
}

/// Every rule has a strategy file of its name, which can be swapped in on the headline.
#[test]
fn every_rule_ships_and_can_be_swapped_in() {
    let Kind::Choice(choices) = strategy::LEARNER.kind else { panic!("learners are choices") };
    let names: Vec<&str> = CATALOGUE.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, choices);
    let mut shares = Vec::new();
    for name in names {
        let set = [
            ("sequencers.*.strategy", name),
            ("play.rounds", "3"),
            ("play.warmup_epochs", "20"),
            ("play.measured_epochs", "3"),
            ("play.certificate_markets", "16"),
            ("play.certificate_epochs", "2"),
        ];
        let experiment = read_file("experiments/auction-vs-dpos.toml", &set);
        for contender in &experiment.contenders[..2] {
            let outcome = unit(&experiment, contender, 0);
            assert_eq!(metric(&outcome, "certified").is_some(), name != "scripted", "{name}");
            shares.push((contender.name.clone(), metric(&outcome, "sequencer_share").unwrap()));
        }
    }
    let all = shares.len();
    shares.sort_by(|a, b| a.1.total_cmp(&b.1));
    shares.dedup();
    assert_eq!(shares.len(), all, "two rules play alike: {shares:?}");
}

/// The isomorphism with the price duopoly of Calvano et al., and with the oligopoly at a higher rent.
const COLLUSIVE: &str = r#"
[experiment]
name = "collusive"

[[sequencers]]
name = "s"
count = 2
value = { constant = 1.0 }
strategy = "grid"

[[delegators]]
continuum = true
price_sensitivity = 4.0
outside_option = 0.0

[mechanism.dpos]
rule = "delegated"

[play]
regime = "independent"

[strategies.grid]
learner = "q_learning"
menu = { collusive = 0.1, points = 15 }
"#;

#[test]
fn collusive_menus_span_competition_and_collusion() {
    for (count, rent, outside, nash, joint) in [
        (2, 1.0, 0.0, 0.527_073, 0.075_019),
        (3, 2.0, 1.0, 1.629_837, 1.0),
        (4, 2.0, 1.0, 1.668_539, 0.945_589),
    ] {
        let text = COLLUSIVE
            .replace("count = 2", &format!("count = {count}"))
            .replace("constant = 1.0", &format!("constant = {rent:?}"))
            .replace("outside_option = 0.0", &format!("outside_option = {outside:?}"));
        let menu = &read(&text).setting.classes[0].strategy.menu.settings;
        let reach = 0.1 * (nash - joint);
        assert_eq!(menu.len(), 15);
        assert!((menu[0] - (joint - reach)).abs() < 2e-6, "{count}: {menu:?}");
        assert!((menu[14] - (nash + reach)).abs() < 2e-6, "{count}: {menu:?}");
    }
}

#[test]
fn collusive_menus_and_memory_are_refused_where_they_make_no_sense() {
    let auction = "[mechanism.sale]\nrule = \"auction_rotation\"\nseats = 1\n\n[play]";
    for (from, to, words) in [
        ("count = 2", "count = 4", &["would begin at", "R − c = 2", "u0 = 1"][..]),
        ("count = 2", "count = 1", &["competition and collusion are the same"]),
        ("outside_option = 0.0\n", "", &["`outside_option`"]),
        ("constant = 1.0", "uniform = [0.5, 1.0]", &["values are not constant"]),
        ("rule = \"delegated\"", "rule = \"delegated\"\nseats = 1", &["`seats`"]),
        ("rule = \"delegated\"", "rule = \"delegated\"\nkickback = \"lump_sum\"", &["per unit of stake"]),
        ("[play]", auction, &["`sale`", "not `delegated`"]),
        ("collusive = 0.1", "collusive = -0.1", &["`collusive` takes a number"]),
        (
            "collusive = 0.1",
            "collusive = 0.1, absolute = [0, 1]",
            &["`relative`, `absolute`, `between` or `collusive`"],
        ),
        (
            "learner = \"q_learning\"",
            "learner = \"q_learning\"\nlearning_rate = 1.5",
            &["overshoots", "at most 1"],
        ),
        (
            "learner = \"q_learning\"",
            "learner = \"q_learning\"\ninitial = \"best\"",
            &["optimistic", "called \"best\""],
        ),
        ("regime = \"independent\"", "", &[]),
    ] {
        let text = COLLUSIVE.replacen(from, to, 1);
        assert_ne!(text, COLLUSIVE, "{from}");
        match try_read(&text) {
            Ok(_) => assert!(words.is_empty(), "{to} is accepted"),
            Err(error) => {
                assert!(!words.is_empty() && words.iter().all(|word| error.contains(word)), "{to}:\n{error}");
            }
        }
    }
    let shared = COLLUSIVE
        .replace("regime = \"independent\"", "rounds = 4")
        .replace("learner = \"q_learning\"", "learner = \"q_learning\"\nmemory = 1");
    let error = try_read(&shared).unwrap_err();
    assert!(
        error.contains("self_play") && error.contains("`memory = 0`") && error.contains("independent"),
        "{error}"
    );
}
