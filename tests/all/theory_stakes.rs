//! Learned stakes and efforts against the closed forms of contests: the families of `validate` at other parameter values than its
//! cases have, issuance, and the experiments that ship.

use crate::lab::{estimate, metric, read, read_file, replicates, unit};
use crate::theory_play::hold_at;
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::numerics::pow;
use sequencer_lab::theory::contest::{
    logit_effort, lottery, power_effort, power_lottery, seat_stake, stake_at_risk, symmetric_stake, unstaking,
};
use sequencer_lab::validate::program::contest::{Contest, Selection, equals};
use sequencer_lab::validate::program::ranking::{Form, Ranking};
use sequencer_lab::validate::{Effort, Study};

/// Holds a study to theory with the draws of a quick run.
fn hold(study: &Study) {
    hold_at(study, Effort::Quick);
}

fn equal(n: u32, cost: f64) -> Contest {
    Contest::new(&vec![1.0; n as usize], &vec![cost; n as usize])
}

#[test]
fn equal_stakers_play_tullock() {
    for (n, cost) in [(4, 0.08), (7, 0.02)] {
        let contest = equal(n, cost);
        let theory = lottery(&contest.rewards, &contest.costs).unwrap();
        hold(&contest.study(&format!("stake {n}"), "", 41, &theory));
    }
}

#[test]
fn dear_capital_stays_out_and_skill_is_as_good_as_cheap_capital() {
    for (rewards, costs) in
        [(vec![1.0; 3], vec![0.02, 0.03, 0.09]), (vec![0.9, 1.0, 1.3, 2.0], vec![0.04; 4])]
    {
        let theory = lottery(&rewards, &costs).unwrap();
        hold(&Contest::new(&rewards, &costs).study(&format!("unequal {costs:?}"), "", 41, &theory));
    }
}

#[test]
fn exponents_of_stakes_scale_them() {
    for (n, power) in [(4, 0.5), (2, 1.5)] {
        let stake = symmetric_stake(1.0, 0.05, n, power).unwrap();
        let contest = equal(n, 0.05).selecting(Selection::Power(power));
        hold(&contest.study(&format!("power {power}"), "", 41, &equals(n, stake, 0.05, 1.0)));
    }
    let (rewards, costs) = ([1.0, 1.4], [0.05, 0.04]);
    let contest = Contest::new(&rewards, &costs).selecting(Selection::Power(0.7));
    hold(&contest.study("unequal power", "", 41, &power_lottery(&rewards, &costs, 0.7).unwrap()));
}

#[test]
fn unstaking_saves_less_than_it_seems() {
    let (n, k, u, cost) = (6, 2, 0.7, 0.03);
    let solved = unstaking(1.0, cost, n, k, u);
    let contest =
        Contest { rounds: 8, ..equal(n, cost) }.selecting(Selection::Unstaking { seats: k, unstaked: u });
    let theory = equals(n, solved.nominal / f64::from(n), cost, solved.locked / solved.nominal);
    hold(&contest.study("unstaking", "", 41, &theory));
}

#[test]
fn seats_without_replacement_are_another_contest() {
    for (n, k) in [(6, 2), (4, 3)] {
        let contest = Contest { rounds: 4, ..equal(n, 0.05) }.selecting(Selection::Seats(k));
        let theory = equals(n, seat_stake(1.0, 0.05, n, k), 0.05, 1.0);
        hold(&contest.study(&format!("seats {n} {k}"), "", 41, &theory));
    }
}

#[test]
fn efforts_are_those_of_contests() {
    for (form, members, solved) in [
        (Form::Exponential(1.5), 4, logit_effort(1.0, 1.0, 4, 1.5)),
        (Form::Power(1.5), 3, power_effort(1.0, 1.0, 3, 1.5)),
    ] {
        let ranking = Ranking { members, form, highest: 0.9 };
        hold(&ranking.study(&format!("{form:?}"), "", 41, &solved.expect("an equilibrium exists")));
    }
}

/// Issuance is a reward like any other, and dilutes those who hold the token by as much.
#[test]
fn new_money_is_dissipated_too() {
    let strategy = "learner = \"hedge\"\nbins = 1\nmenu = { relative = [0.0, 0.5], points = 81 }";
    let text = equal(4, 0.05)
        .text(strategy)
        .replace("rule = \"stake\"\n", "rule = \"stake\"\ncommission = 0.5\nissuance = 0.3\n");
    let outcomes = replicates(&read(&text), 6);
    // The net value of the epoch is 0.5·1 + 0.3; a tick is half a setting for each of four.
    let stake = symmetric_stake(0.8, 0.05, 4, 1.0).unwrap();
    let tick = 0.5 * 0.5 / 80.0 * 0.8;
    for (key, theory, tick) in [
        ("capital_cost_share", 4.0 * stake * 0.05, tick),
        ("community_share", 0.5 - 0.3, 1e-9),
        ("revenue", 0.5, 1e-9),
        ("mean_offer", stake, tick / 0.05 / 4.0),
    ] {
        let (mean, se) = estimate(&outcomes, |o| metric(o, key).unwrap());
        assert!((mean - theory).abs() <= 3.0 * se + tick, "{key}: {mean} ± {se}, theory {theory}");
    }
    assert!(outcomes.iter().all(|o| metric(o, "certified") == Some(1.0)));
}

/// Governance errs once in ten epochs in office and takes half of the stake: what it takes is a cost of every ETH staked, as
/// capital is, and what it takes of a bond beside the stake is none. The epoch brings 1, capital costs 0.05 an epoch. Where all
/// who are live include and sell every target for next to nothing, whoever has a stake is found guilty as often, in office or not. Where
/// leaders include, targets are rare and each meets one leader, who leads more acts more.
#[test]
fn what_findings_take_of_a_stake_is_a_cost_of_staking() {
    let everybody = |n: u32| symmetric_stake(1.0, 0.05 + 0.1 * 0.5, n, 1.0).unwrap();
    let errors =
        ("target_rate = 0.05\ntarget_window = 3\n", "", "governance = { false_positive = 0.1 }\n", "");
    let acts = (
        "target_rate = 1.0\ntarget_window = 3\ntarget_value = 1.0\n",
        "bribes = { markup = 0.0 }\n",
        "governance = { detection = 0.1 }\n",
        "[briber]\nstrategy = \"miser\"\n\n\
         [strategies.miser]\nrole = \"briber\"\nlearner = \"scripted\"\noffer = { absolute = 1e-6 }\n\n",
    );
    let rare = ("target_rate = 0.05\ntarget_window = 1\ntarget_value = 1.0\n", acts.1, acts.2, acts.3);
    // Targets that stay for ten slots, each of which its leaders meet once.
    let often = ("target_rate = 0.05\ntarget_window = 10\ntarget_value = 1.0\n", acts.1, acts.2, acts.3);
    // The same with an epoch of four slots, each of which meets targets of epochs before.
    let long = (
        "target_rate = 0.05\ntarget_window = 10\ntarget_value = 1.0\n",
        acts.1,
        "governance = { detection = 0.5 }\n",
        acts.3,
    );
    // A share p of slots is found out with this probability: in each slot, or with each of four seats for ten slots.
    let by_slots = |p: f64| 1.0 - pow(1.0 - 0.1 * 0.05 * p, 40.0);
    let by_seats = |p: f64| 1.0 - pow(1.0 - p * (1.0 - pow(1.0 - 0.1 * 0.05, 10.0)), 4.0);
    // By how long it is that one led last, of ten slots at most: whoever leads after `g` meets the targets of as many slots.
    let by_targets_in = |p: f64, slots: u32, detection: f64| {
        let mut gaps: Vec<f64> = (0..9).map(|g| p * pow(1.0 - p, f64::from(g))).collect();
        gaps.push(pow(1.0 - p, 9.0));
        for _ in 0..slots {
            let led = |(g, odds): (usize, &f64)| odds * p * pow(1.0 - detection * 0.05, (g + 1) as f64);
            let first = gaps.iter().enumerate().map(led).sum();
            let last = (1.0 - p) * (gaps[8] + gaps[9]);
            gaps =
                [vec![first], gaps[..8].iter().map(|odds| (1.0 - p) * odds).collect(), vec![last]].concat();
        }
        1.0 - gaps.iter().sum::<f64>()
    };
    let by_targets = |p: f64| by_targets_in(p, 40, 0.1);
    let by_few = |p: f64| by_targets_in(p, 4, 0.5);
    // Of equals with the share p each whose payoff is p − s(r + φP(p)) − φbP(p), with the bond b: dp/ds = p(1 − p)/s.
    let first_order_at = |p: f64, found: &dyn Fn(f64) -> f64, bond: f64| {
        let (taken, h) = (0.5, 1e-5);
        let more = taken * p * (1.0 - p) * (found(p + h) - found(p - h)) / (2.0 * h);
        (p * (1.0 - p) - bond * more) / (0.05 + taken * found(p) + more)
    };
    let first_order = |found: &dyn Fn(f64) -> f64, bond: f64| first_order_at(0.25, found, bond);
    let (slots, seats) = (by_slots(0.25) / 0.1, by_seats(0.25) / 0.1);
    let few = by_few(0.25) / 0.1;
    let (pair, four) = (by_targets(0.5) / 0.1, by_targets(0.25) / 0.1);
    // Were acts told by slots led, two would stake 1.37.
    assert!((first_order_at(0.5, &by_targets, 0.0) - 1.771).abs() < 2e-3);
    // And were no targets of epochs before met in epochs of four slots, four would stake 2.1.
    assert!((first_order(&by_few, 0.0) - 1.846).abs() < 2e-3);
    // Of four who are drawn for one of two seats, or for one slot, some are in office: (share of epochs in office, bond).
    for (n, slots, rule, (targets, conduct, governance, briber), (office, bond), stake) in [
        (2, 40, "rule = \"stake\"\n", errors, (1.0, 0.0), everybody(2)),
        (4, 40, "rule = \"stake\"\n", errors, (1.0, 0.0), everybody(4)),
        (3, 40, "rule = \"algorithmic\"\nscore_power = 0\n", errors, (1.0, 0.0), everybody(3)),
        (3, 40, "rule = \"algorithmic\"\nscore_power = 0\nbond = 1.0\n", errors, (1.0, 1.0), everybody(3)),
        // Who is not drawn cannot err.
        (
            4,
            40,
            "rule = \"stake_rotation\"\nseats = 2\n",
            errors,
            (7.0 / 16.0, 0.0),
            stake_at_risk(1.0, 0.05, 0.05, 4, 2),
        ),
        (4, 1, "rule = \"stake\"\n", errors, (0.25, 0.0), stake_at_risk(1.0, 0.05, 0.05, 4, 1)),
        (4, 1, "rule = \"stake\"\ninclusion = \"any_live\"\n", acts, (1.0, 0.0), everybody(4)),
        (4, 40, "rule = \"stake\"\n", rare, (slots, 0.0), first_order(&by_slots, 0.0)),
        (2, 40, "rule = \"stake\"\n", often, (pair, 0.0), first_order_at(0.5, &by_targets, 0.0)),
        (4, 40, "rule = \"stake\"\n", often, (four, 0.0), first_order(&by_targets, 0.0)),
        (4, 4, "rule = \"stake\"\n", long, (few, 0.0), first_order(&by_few, 0.0)),
        (4, 40, "rule = \"stake_rotation\"\nseats = 4\n", rare, (seats, 0.0), first_order(&by_seats, 0.0)),
        (
            4,
            40,
            "rule = \"algorithmic\"\nscore_power = 0\nbond = 1.0\n",
            rare,
            (slots, 1.0),
            first_order(&by_slots, 1.0),
        ),
    ] {
        let failover = if rule.contains("\"stake\"") { "failover = 1.0\n" } else { "" };
        let text = format!(
            "[experiment]\nname = \"findings\"\n\n[world]\nkind = \"rollup\"\nslots_per_year = {slots}\nfee_per_slot = {:?}\n{failover}\
             {targets}\n\
             [[sequencers]]\nname = \"staker\"\ncount = {n}\ncapital_cost = 0.05\ndiscount = 0.9\nstrategy = \"grid\"\n{conduct}\n\
             [mechanism.contest]\n{rule}epoch_slots = {slots}\nslash_fraction = 0.5\n{governance}\n\
             [play]\nrounds = 8\nwarmup_epochs = 400\nmeasured_epochs = 20\n\n{briber}\
             [strategies.grid]\nlearner = \"hedge\"\nbins = 1\nmenu = {{ absolute = [0.0, 5.0], points = 101 }}\n",
            1.0 / f64::from(slots)
        );
        let outcomes = replicates(&read(&text), 4);
        let (mean, se) = estimate(&outcomes, |o| metric(o, "mean_offer").unwrap());
        println!("{n} {rule}: {mean} ± {se}, theory {stake}");
        assert!((mean - stake).abs() <= 3.0 * se + 0.05, "{n} {rule}: {mean} ± {se}, theory {stake}");
        assert!(outcomes.iter().all(|o| metric(o, "certified") == Some(1.0)), "{n} {rule}");
        // What is taken on average.
        let (taken, se) = estimate(&outcomes, |o| metric(o, "slashed").unwrap());
        let expected = f64::from(n) * 0.05 * office * (mean + bond);
        assert!(
            (taken - expected).abs() <= 4.0 * se + 1e-12,
            "{n} {rule}: {taken} ± {se}, expected {expected}"
        );
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
