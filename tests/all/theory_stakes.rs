//! Learned stakes against the closed forms of contests, from the text of an experiment alone.

use crate::lab::{estimate, metric, read, read_file, replicates, seed, unit};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::theory::contest::{
    Lottery, logit_effort, lottery, power_effort, power_lottery, seat_stake, slot_shares, symmetric_stake,
    unstaking,
};
use std::fmt::Write;

const REPLICATES: u32 = 6;

/// A number that theory knows.
struct Claim {
    what: String,
    theory: f64,
    /// What one tick of the coarser grid does to it.
    tick: f64,
    value: Box<dyn Fn(&Outcome) -> f64>,
    /// Whether the finer grid must come nearer.
    shrinks: bool,
}

impl Claim {
    fn new(what: &str, theory: f64, tick: f64, value: impl Fn(&Outcome) -> f64 + 'static) -> Self {
        Claim { what: what.to_owned(), theory, tick: tick.abs(), value: Box::new(value), shrinks: true }
    }

    /// A number that is nearly indifferent to its owner, so that the last of its way is learned slowly.
    fn near(what: &str, theory: f64, tick: f64, value: impl Fn(&Outcome) -> f64 + 'static) -> Self {
        Claim { shrinks: false, ..Claim::new(what, theory, tick, value) }
    }

    fn metric(key: &'static str, theory: f64, tick: f64) -> Self {
        Claim::new(key, theory, tick, move |outcome| metric(outcome, key).unwrap())
    }
}

/// Learns a case on a grid and on one twice as fine. On each a claim must hold within three standard errors over
/// replicates and the effect of one tick, on the finer grid no worse than on the coarser, and nobody may gain by
/// deviating more than the tolerance.
fn hold(case: &str, text: impl Fn(usize) -> String, points: usize, claims: &[Claim]) {
    let learn = |points: usize| replicates(&read(&text(points)), REPLICATES);
    let (coarse, fine) = (learn(points), learn(2 * points - 1));
    let mut failures = String::new();
    for claim in claims {
        let (mean, se) = estimate(&coarse, &claim.value);
        let (mean_fine, se_fine) = estimate(&fine, &claim.value);
        let (gap, gap_fine) = ((mean - claim.theory).abs(), (mean_fine - claim.theory).abs());
        let noise = (se * se + se_fine * se_fine).sqrt();
        let shrinks = !claim.shrinks || gap_fine <= (gap + 3.0 * noise).max(0.05 * claim.tick);
        let near = gap <= 3.0 * se + claim.tick && gap_fine <= 3.0 * se_fine + 0.5 * claim.tick;
        let line = format!(
            "{case}: {} {mean:.5} ± {se:.5}, finer {mean_fine:.5} ± {se_fine:.5}, theory {:.5}, one tick {:.5}",
            claim.what, claim.theory, claim.tick
        );
        println!("{line}");
        if !(near && shrinks) {
            writeln!(failures, "{line}").unwrap();
        }
    }
    for outcomes in [&coarse, &fine] {
        let (certified, _) = estimate(outcomes, |o| metric(o, "certified").unwrap());
        if certified < 1.0 {
            writeln!(failures, "{case}: certified only in {certified} of replicates").unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// A contest for the slots of an epoch among groups of one candidate each.
struct Contest {
    name: String,
    /// Rewards per epoch.
    rewards: Vec<f64>,
    /// Costs of capital per epoch.
    costs: Vec<f64>,
    /// Keys of the contender.
    rule: String,
    /// Largest stake of the menu, as a share of what would eat up one's whole reward.
    top: f64,
    warmup: u32,
}

impl Contest {
    fn new(name: &str, rewards: &[f64], costs: &[f64], rule: &str) -> Self {
        Contest {
            name: format!("{name} {rewards:?} {costs:?} {rule}"),
            rewards: rewards.to_vec(),
            costs: costs.to_vec(),
            rule: rule.to_owned(),
            top: 0.5,
            warmup: 400,
        }
    }

    fn text(&self, points: usize) -> String {
        let Contest { rule, top, warmup, .. } = self;
        let seed = seed(&self.name);
        let mut text = format!(
            "[experiment]\nname = \"case\"\nseed = {seed}\n\n[mechanism.contest]\n{rule}\n\n\
             [play]\nrounds = 16\nwarmup_epochs = {warmup}\nmeasured_epochs = 50\ncertificate_markets = 32\ncertificate_epochs = 20\n\n\
             [strategies.grid]\nlearner = \"hedge\"\nbins = 1\nmenu = {{ relative = [0.0, {top}], points = {points} }}\n\n"
        );
        for (group, members, reward, cost) in self.groups() {
            writeln!(
                text,
                "[[sequencers]]\nname = \"{group}\"\ncount = {members}\nvalue = {{ constant = {reward:?} }}\n\
                 capital_cost = {cost:?}\nstrategy = \"grid\"\n"
            )
            .unwrap();
        }
        text
    }

    /// Equals are one group: name, members, reward and cost.
    fn groups(&self) -> Vec<(String, usize, f64, f64)> {
        let mut groups: Vec<(String, usize, f64, f64)> = Vec::new();
        for (&reward, &cost) in self.rewards.iter().zip(&self.costs) {
            match groups.iter_mut().find(|g| g.2 == reward && g.3 == cost) {
                Some(group) => group.1 += 1,
                None => groups.push((format!("staker-{}", groups.len()), 1, reward, cost)),
            }
        }
        groups
    }

    /// The name of the group of candidate `i`.
    fn group(&self, i: usize) -> String {
        let groups = self.groups();
        let own = groups.iter().find(|g| g.2 == self.rewards[i] && g.3 == self.costs[i]);
        own.unwrap().0.clone()
    }

    /// Holds mean stakes, what is locked, its cost and profits to theory; `locked` is the share of a stake that is locked.
    fn hold_to(&self, points: usize, theory: &Lottery, locked: f64, extra: Vec<Claim>) {
        let potential = self.rewards.iter().copied().fold(0.0, f64::max);
        let step = self.top / (points - 1) as f64;
        let tick = |i: usize| step * self.rewards[i] / self.costs[i];
        let n = self.rewards.len();
        let mut claims = extra;
        for (group, ..) in self.groups() {
            let i = (0..n).find(|&i| self.group(i) == group).unwrap();
            let scale = self.rewards[i] / self.costs[i];
            let what = format!("stake of {group}");
            let value = move |o: &Outcome| mean_setting(o, &group) * scale;
            // To stake a little beyond the margin costs next to nothing.
            claims.push(if theory.stakes[i] > 0.0 {
                Claim::new(&what, theory.stakes[i], tick(i), value)
            } else {
                Claim::near(&what, 0.0, tick(i), value)
            });
        }
        let all = (0..n).map(|i| tick(i) * locked).sum();
        claims.push(Claim::metric("capital_locked", theory.total * locked, all));
        let cost: f64 = (0..n).map(|i| self.costs[i] * theory.stakes[i] * locked).sum();
        let cost_tick = (0..n).map(|i| self.costs[i] * tick(i) * locked).sum::<f64>();
        claims.push(Claim::metric("capital_cost_share", cost / potential, cost_tick / potential));
        let left: f64 = theory.payoffs.iter().sum();
        claims.push(Claim::new("profit after capital cost", left / potential, cost_tick / potential, |o| {
            metric(o, "sequencer_share").unwrap() - metric(o, "capital_cost_share").unwrap()
        }));
        // What a tick does to the concentration of slots: each candidate's share moves by that of its stake.
        let concentration: f64 = theory.shares.iter().map(|p| p * p).sum();
        let moved: f64 = (0..n).map(|i| 2.0 * theory.shares[i] * tick(i) / theory.total).sum();
        claims.push(Claim::metric("hhi_slots", concentration, moved));
        hold(&self.name, |points| self.text(points), points, &claims);
    }
}

/// Mean setting that a group plays; to abstain is to stake nothing.
fn mean_setting(outcome: &Outcome, group: &str) -> f64 {
    outcome
        .policies
        .iter()
        .filter(|p| p.agent == group)
        .map(|p| p.probability * p.action.unwrap_or(0.0))
        .sum()
}

/// `n` equal candidates who stake `stake`, of which the share `locked` is locked.
fn equals(n: usize, stake: f64, reward: f64, cost: f64, locked: f64) -> Lottery {
    let each = 1.0 / n as f64;
    Lottery {
        total: n as f64 * stake,
        shares: vec![each; n],
        stakes: vec![stake; n],
        payoffs: vec![reward * each - cost * stake * locked; n],
        active: n,
        dissipation: n as f64 * cost * stake * locked / reward,
        concentration: each,
    }
}

#[test]
fn equal_stakers_play_tullock() {
    for (n, cost) in [(2, 0.05), (3, 0.03), (5, 0.1), (7, 0.02)] {
        let contest = Contest::new("equal", &vec![1.0; n], &vec![cost; n], "rule = \"stake\"");
        contest.hold_to(41, &lottery(&contest.rewards, &contest.costs).unwrap(), 1.0, Vec::new());
    }
}

#[test]
fn dear_capital_stays_out() {
    for costs in
        [vec![0.04, 0.06], vec![0.03, 0.04, 0.05], vec![0.02, 0.04, 0.06, 0.08, 0.1], vec![0.02, 0.03, 0.09]]
    {
        // Whoever is exactly at the margin loses next to nothing by staking a little, and learns slowly not to.
        let marginal = costs.len() == 5;
        let contest = Contest {
            warmup: if marginal { 2000 } else { 400 },
            ..Contest::new("costs", &vec![1.0; costs.len()], &costs, "rule = \"stake\"")
        };
        contest.hold_to(41, &lottery(&contest.rewards, &costs).unwrap(), 1.0, Vec::new());
    }
}

#[test]
fn skill_is_as_good_as_cheap_capital() {
    for rewards in [vec![1.0, 1.5], vec![1.0, 1.3, 2.0, 0.9]] {
        let contest = Contest::new("rewards", &rewards, &vec![0.04; rewards.len()], "rule = \"stake\"");
        contest.hold_to(41, &lottery(&rewards, &contest.costs).unwrap(), 1.0, Vec::new());
    }
}

#[test]
fn exponents_of_stakes_scale_them() {
    for (n, power) in [(4, 0.5), (3, 1.3), (2, 1.5)] {
        let rule = format!("rule = \"stake\"\nstake_power = {power:?}");
        let contest = Contest::new("power", &vec![1.0; n], &vec![0.05; n], &rule);
        let stake = symmetric_stake(1.0, 0.05, n as u32, power).unwrap();
        contest.hold_to(41, &equals(n, stake, 1.0, 0.05, 1.0), 1.0, Vec::new());
    }
    let (rewards, costs) = (vec![1.0, 1.4], vec![0.05, 0.04]);
    let contest = Contest::new("power", &rewards, &costs, "rule = \"stake\"\nstake_power = 0.7");
    contest.hold_to(41, &power_lottery(&rewards, &costs, 0.7).unwrap(), 1.0, Vec::new());
}

/// Issuance is a reward like any other, and dilutes those who hold the token by as much.
#[test]
fn new_money_is_dissipated_too() {
    let rule = "rule = \"stake\"\ncommission = 0.5\nissuance = 0.3";
    // The net value of the epoch is 0.5·1 + 0.3.
    let contest = Contest::new("issuance", &[1.0; 4], &[0.05; 4], rule);
    let stake = symmetric_stake(0.8, 0.05, 4, 1.0).unwrap();
    let tick = 4.0 * 0.5 / 40.0 * 0.8;
    let claims = [
        Claim::metric("capital_cost_share", 4.0 * stake * 0.05, tick),
        Claim::metric("community_share", 0.5 - 0.3, 1e-9),
        Claim::metric("revenue", 0.5, 1e-9),
        Claim::metric("mean_offer", stake, tick / 0.05 / 4.0),
    ];
    hold(&contest.name, |points| contest.text(points), 41, &claims);
}

#[test]
fn unstaking_saves_less_than_it_seems() {
    for (n, k, u, cost) in [(12, 4, 0.5, 0.05), (12, 4, 0.9, 0.05), (6, 2, 0.7, 0.03), (4, 4, 0.0, 0.05)] {
        let rule = format!("rule = \"stake_rotation\"\nseats = {k}\nunstake_fraction = {u:?}");
        let contest = Contest {
            top: if n == 12 { 0.3 } else { 0.5 },
            ..Contest::new("unstaking", &vec![1.0; n], &vec![cost; n], &rule)
        };
        let solved = unstaking(1.0, cost, n as u32, k, u);
        let stake = solved.nominal / n as f64;
        let locked = solved.locked / solved.nominal;
        contest.hold_to(41, &equals(n, stake, 1.0, cost, locked), locked, Vec::new());
    }
}

#[test]
fn seats_without_replacement_are_another_contest() {
    for (n, k) in [(5, 3), (6, 2), (4, 3)] {
        let rule = format!("rule = \"stake_rotation\"\nseats = {k}\nreplacement = false");
        let contest = Contest::new("apart", &vec![1.0; n], &vec![0.05; n], &rule);
        let stake = seat_stake(1.0, 0.05, n as u32, k);
        contest.hold_to(41, &equals(n, stake, 1.0, 0.05, 1.0), 1.0, Vec::new());
    }
}

/// Effort against the contests of rankings by performance.
#[test]
fn efforts_are_those_of_contests() {
    for (form, n, gamma, cost) in [
        ("exp", 2, 1.0, 1.0),
        ("exp", 5, 2.0, 1.0),
        ("exp", 4, 1.5, 2.0),
        ("power", 5, 1.0, 1.0),
        ("power", 3, 1.5, 0.8),
    ] {
        let solved = match form {
            "exp" => logit_effort(1.0, cost, n, gamma),
            _ => power_effort(1.0, cost, n, gamma),
        }
        .expect("an equilibrium exists");
        let name = format!("effort {form} {n} {gamma} {cost}");
        let text = |points: usize| {
            format!(
                "[experiment]\nname = \"case\"\nseed = {}\n\n[[sequencers]]\nname = \"worker\"\ncount = {n}\nvalue = {{ constant = 1.0 }}\n\
                 strategy = \"grid\"\n\n[mechanism.merit]\nrule = \"algorithmic\"\nbase = \"equal\"\nscore_form = \"{form}\"\n\
                 score_power = {gamma:?}\neffort_cost = {cost:?}\n\n\
                 [play]\nrounds = 16\nwarmup_epochs = 400\nmeasured_epochs = 20\ncertificate_markets = 32\ncertificate_epochs = 20\n\n\
                 [strategies.grid]\nlearner = \"hedge\"\nbins = 1\nmenu = {{ absolute = [0.0, 0.8], points = {points} }}\n",
                seed(&name)
            )
        };
        let members = f64::from(n);
        let (effort, tick) = (solved.effort, 0.8 / 40.0);
        let spent = members * 0.5 * cost * effort * effort;
        let spent_tick = members * cost * effort * tick;
        let claims = [
            Claim::metric("mean_offer", effort, tick),
            Claim::metric("operating_cost_share", spent, spent_tick),
            Claim::metric("sequencer_share", members * solved.payoff, spent_tick),
        ];
        hold(&name, text, 41, &claims);
    }
}

/// Given stakes, seats without replacement lead the slots that theory says.
#[test]
fn small_stakes_lead_more_without_replacement() {
    let stakes = [0.5, 1.0 / 3.0, 1.0 / 6.0];
    for k in [1, 2] {
        let mut text = format!(
            "[experiment]\nname = \"given\"\nseed = {}\n[mechanism.rule]\nrule = \"stake_rotation\"\nseats = {k}\nreplacement = false\n\
             [play]\nrounds = 4\nmeasured_epochs = 5\n",
            seed("small stakes")
        );
        for (i, stake) in stakes.iter().enumerate() {
            write!(
                text,
                "[[sequencers]]\nname = \"s{i}\"\ncount = 1\nvalue = {{ constant = 1.0 }}\nstrategy = \"fix{i}\"\n\
                 [strategies.fix{i}]\nlearner = \"scripted\"\noffer = {{ absolute = {stake:?} }}\n"
            )
            .unwrap();
        }
        let experiment = crate::lab::read(&text);
        let outcome = crate::lab::unit(&experiment, &experiment.contenders[0], 0);
        let expected: f64 = slot_shares(&stakes, k).iter().map(|p| p * p).sum();
        assert!((metric(&outcome, "hhi_slots").unwrap() - expected).abs() < 1e-8, "{k} seats");
    }
}

/// Contender, metric and its closed form.
type Expected = (&'static str, &'static str, f64);

/// The experiments that ship with the program earn what their expectations say.
#[test]
fn shipped_contests_say_what_theory_says() {
    let stake = |n: u32, power: f64| f64::from(n) * symmetric_stake(1.0, 0.05, n, power).unwrap();
    let locked = |u: f64| unstaking(1.0, 0.05, 12, 4, u).locked;
    let apart = 5.0 * seat_stake(1.0, 0.05, 5, 3);
    let cases: [(&str, &[Expected]); 5] = [
        ("stake", &[("stake", "capital_locked", stake(5, 1.0)), ("root", "capital_locked", stake(5, 0.5))]),
        (
            "stake-costs",
            &[
                ("stake", "capital_locked", lottery(&[1.0; 4], &[0.02, 0.04, 0.07, 0.1]).unwrap().total),
                ("stake", "hhi_slots", 5.0 / 9.0),
            ],
        ),
        (
            "unstaking",
            &[
                ("none", "capital_locked", locked(0.0)),
                ("half", "capital_locked", locked(0.5)),
                ("most", "capital_locked", locked(0.9)),
            ],
        ),
        (
            "seats-without-replacement",
            &[("with", "capital_locked", stake(5, 1.0)), ("without", "capital_locked", apart)],
        ),
        (
            "effort",
            &[
                ("exp", "mean_offer", logit_effort(1.0, 1.0, 5, 2.0).unwrap().effort),
                ("power", "mean_offer", power_effort(1.0, 1.0, 5, 1.0).unwrap().effort),
            ],
        ),
    ];
    for (name, claims) in cases {
        let experiment = read_file(&format!("experiments/theory/{name}.toml"), &[]);
        assert!(experiment.name == name && experiment.replicates >= 32 && !experiment.expectation.is_empty());
        for (contender, key, theory) in claims {
            let contender = experiment.contenders.iter().find(|c| c.name == *contender).unwrap();
            let outcomes: Vec<Outcome> = (0..2).map(|r| unit(&experiment, contender, r)).collect();
            let (mean, se) = estimate(&outcomes, |o| metric(o, key).unwrap());
            println!("{name}/{}: {key} {mean:.5} ± {se:.5}, theory {theory:.5}", contender.name);
            // One tick of the shipped grids is 3 to 7% of a stake.
            assert!((mean - theory).abs() <= 3.0 * se + 0.05 * theory, "{name}: {mean}, theory {theory}");
            assert!(outcomes.iter().all(|o| metric(o, "certified") == Some(1.0)), "{name} is not certified");
        }
    }
}
