//! Feedback in expectation against the mean of what markets give.

use super::*;
use crate::draws::name_hash;
use crate::experiment::file::Contender;
use crate::experiment::trial;
use crate::measure::statistics::Moments;
use crate::numerics::normal_quantile;
use crate::play::market::{Detail, Market, Round, Seating};
use crate::with_rule;

/// Two groups with different values, costs and strategies on menus of which some settings lie below the reserve.
fn experiment(menu: &str, rule: &str) -> String {
    format!(
        r#"
        experiment = {{ name = "finite" }}
        strategies.a = {{ learner = "regret_matching", menu = {{ {menu}, points = 4 }} }}
        strategies.b = {{ learner = "hedge", bins = 1, menu = {{ {menu}, points = 3 }} }}
        sequencers = [
            {{ name = "a", count = 3, value = {{ discrete = {{ values = [0.2, 0.5, 0.9], weights = [1, 2, 1] }} }}, capital_cost = 0.1, strategy = "a" }},
            {{ name = "b", count = 2, value = {{ discrete = {{ values = [0.3, 0.6], weights = [1, 1] }} }}, live_cost = 0.05, capital_cost = 0.1, strategy = "b" }},
        ]
        mechanism.m = {{ rule = "auction_rotation", epoch_slots = 2, bond = 0.2, reserve_price = 0.05, {rule} }}
        "#
    )
}

/// Policies that differ from state to state and abstain now and then.
fn policies<M: Mechanism>(game: &Game<M>) -> Vec<Policy> {
    let uneven = |p: usize, s: usize, a: usize| 1.0 + ((3 * p + 5 * s + 7 * a) % 4) as f64;
    let policy = |(p, player): (usize, &crate::play::market::Player)| {
        let settings = player.menu.columns();
        let mut policy = Policy::uniform(player.bins.count(), settings);
        for state in 0..player.bins.count() {
            let row: Vec<f64> = (0..settings).map(|a| uneven(p, state, a)).collect();
            policy.set(state, &row);
        }
        policy
    };
    game.seats.players.iter().enumerate().map(policy).collect()
}

/// By player, state and setting: (expected, mean of markets, standard error).
fn cells<M: Mechanism>(rule: &M, text: &str, epochs: u32) -> Vec<(f64, f64, f64)> {
    let experiment = trial::read(text);
    let terms = &experiment.contenders[0].terms;
    let seats = Seating::new(&experiment.setting, true);
    let game = Game { rule, setting: &experiment.setting, terms, seats: &seats };
    let policies = policies(&game);
    let empty: Vec<Feedback> =
        seats.players.iter().map(|p| Feedback::new(p.bins.count(), p.menu.columns())).collect();
    let mut exact = empty.clone();
    Finite::new(&game).expect("a finite game").feedback(|p| &policies[p], &mut exact);
    let mut sampled: Vec<Vec<Moments>> =
        empty.iter().map(|f| vec![Moments::default(); f.payoff.len()]).collect();
    let mut market = Market::expected(&game, Key::new(name_hash(text), 0, 0));
    let mut round = Round::new(&game);
    for _ in 0..epochs {
        market.offer(&game, |p| &policies[p], &mut round);
        market.prepare(&game, &mut round);
        for i in 0..experiment.setting.candidates() {
            let p = seats.player[i];
            market.feedback(&game, i, &mut round, |state, _, payoffs| {
                for (a, &payoff) in payoffs.iter().enumerate() {
                    sampled[p][state * payoffs.len() + a].push(payoff);
                }
            });
        }
        market.decide(&game, &mut round, Detail::Fluid).expect("balanced books");
    }
    let mut cells = Vec::new();
    for (exact, sampled) in exact.iter().zip(&sampled) {
        for ((state, a), &sum) in exact.payoff.indexed_iter() {
            let moments = &sampled[state * exact.payoff.ncols() + a];
            cells.push((sum / exact.count[state], moments.mean(), moments.standard_error()));
        }
    }
    cells
}

#[test]
fn expected_feedback_is_the_mean_of_sampled_feedback() {
    let rules = [
        "seats = 1",
        "seats = 1, pricing = \"uniform\"",
        "seats = 2, unit_seats = true",
        "seats = 3, pricing = \"vcg\"",
        "seats = 2, pricing = \"myerson\"",
    ];
    let mut all = Vec::new();
    for menu in ["absolute = [0.0, 0.3]", "relative = [0.0, 1.2]"] {
        for rule in rules {
            let text = experiment(menu, rule);
            let contender = &trial::read(&text).contenders[0];
            with_rule!(&contender.rule, rule => all.extend(cells(rule, &text, 10_000)));
        }
    }
    // Members of a group share draws of their rivals, so that their feedback is correlated: the standard error of a mean
    // over members is at most √3 times the one that takes them for independent.
    let chance = 1.0 - crate::numerics::pow(0.9973, 1.0 / all.len() as f64);
    let z = normal_quantile(1.0 - 0.5 * chance) * 3.0_f64.sqrt();
    let mut moved = 0;
    for (expected, mean, error) in &all {
        assert!((expected - mean).abs() <= z * error + 1e-12, "{expected} {mean} ± {error}");
        moved += usize::from(*error > 0.0);
    }
    assert!(all.len() > 150 && moved > 100, "{} cells, {moved} of them with noise", all.len());
}

#[test]
fn what_is_not_finite_is_left_to_sampling() {
    let is_finite = |text: &str| {
        let experiment = trial::read(text);
        let seats = Seating::new(&experiment.setting, true);
        let Contender { rule, terms, .. } = &experiment.contenders[0];
        with_rule!(rule, rule => {
            Finite::new(&Game { rule, setting: &experiment.setting, terms, seats: &seats }).is_some()
        })
    };
    let text = experiment("relative = [0.0, 1.2]", "seats = 2");
    assert!(is_finite(&text));
    assert!(!is_finite(&text.replace("seats = 2", "seats = 2, schedule = \"proportional\"")));
    assert!(!is_finite(
        &text.replace("{ discrete = { values = [0.3, 0.6], weights = [1, 1] } }", "{ uniform = [0, 1] }")
    ));
    assert!(!is_finite(trial::THREE), "values are spread continuously");
}
