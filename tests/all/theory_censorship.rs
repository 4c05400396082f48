//! Theory of censorship and deterrence, met by the program as users run it.

use crate::lab::{metric, read, try_read, unit};
use sequencer_lab::theory::censorship::{Bribe, Inclusion, Penalty, Schedule};
use sequencer_lab::theory::deterrence::Temptation;
use sequencer_lab::validate::program::office::Office;
use sequencer_lab::validate::{Draws, Effort};

/// Appointees at work without costs, whose targets carry a tip of 2, with more settings of the world, of the group and of the
/// contender, and more tables.
fn board(world: &str, group: &str, contender: &str, tables: &str) -> String {
    format!(
        "[experiment]\nname = \"board\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\n{world}\n[mechanism.board]\n\
         rule = \"authority\"\ncontract_fee = 0.01\nepoch_slots = 40\n{contender}\n[[sequencers]]\nname = \"member\"\n{group}\n\
         [play]\nrounds = 4\nmeasured_epochs = 100\n\n{tables}"
    )
}

fn run(text: &str, key: &str) -> f64 {
    let experiment = read(text);
    metric(&unit(&experiment, &experiment.contenders[0], 0), key).unwrap_or(f64::NAN)
}

const TARGETS: &str = "target_rate = 0.3\ntarget_tip = 2.0\ntarget_value = 1000.0\n";

#[test]
fn keeping_a_target_out_costs_a_tip_for_every_includer() {
    for (n, r, any_live, window) in [
        (1, 1, false, 10),
        (5, 1, false, 10),
        (20, 2, false, 10),
        (20, 2, true, 10),
        (20, 2, true, 7),
        (9, 3, true, 2),
    ] {
        for random in [false, true] {
            for lookahead in [0, 1] {
                let inclusion = if any_live { "any_live" } else { "leader" };
                let rotation = if random { "random" } else { "round_robin" };
                let contender = format!(
                    "seats = {n}\nredundancy = {r}\ninclusion = \"{inclusion}\"\nrotation = \"{rotation}\"\nlookahead = {lookahead}\n"
                );
                let world = format!("{TARGETS}target_window = {window}\n");
                let group = format!("count = {n}\nbribes = {{ markup = 0.0 }}\n");
                let found = run(&board(&world, &group, &contender, ""), "censorship_cost");
                let theory = Bribe {
                    sequencers: n,
                    per_slot: r,
                    schedule: if random { Schedule::Random } else { Schedule::Rotation },
                    inclusion: if any_live { Inclusion::AnyLive } else { Inclusion::LeaderOnly },
                    tip: 2.0,
                    expected_penalty: 0.0,
                    penalty: Penalty::EveryAct,
                };
                let expected = theory.cost(window);
                // The number of different leaders in a window has a variance below its mean; targets of one market share
                // slots, so that about one in `window` counts.
                let allowed = if random {
                    4.0 * (4.0 * expected / (16_000.0 / f64::from(window))).sqrt()
                } else {
                    1e-9
                };
                assert!(
                    (found - expected).abs() <= allowed,
                    "{n}, {r}, {inclusion}, {rotation}: {found}, {expected}"
                );
            }
        }
    }
}

#[test]
fn conditional_and_shared_tips_make_censorship_dear() {
    // Three proposers in each slot: nine includers within three slots.
    for (rule, price) in [("each", 2.0), ("shared", 2.0), ("conditional\"\ntip_alone = 30.0\n#\"", 30.0)] {
        let world = format!("{TARGETS}tip_rule = \"{rule}\"\ntarget_window = 3\n");
        let text = board(
            &world,
            "count = 9\nbribes = { markup = 0.0 }\n",
            "seats = 9\nredundancy = 3\ninclusion = \"any_live\"\n",
            "",
        );
        assert!((run(&text, "censorship_cost") - 9.0 * price).abs() < 1e-9, "{rule}");
    }
}

#[test]
fn l1_may_come_first_and_honest_sequencers_have_no_price() {
    let contender = "seats = 5\n";
    for (extra, bribes) in [("forced_inclusion = 9\n", "{ markup = 0.0 }"), ("", "\"refuse\"")] {
        let world = format!("{TARGETS}target_window = 10\n{extra}");
        let text = board(&world, &format!("count = 5\nbribes = {bribes}\n"), contender, "[briber]\n");
        let experiment = read(&text);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        assert_eq!(metric(&outcome, "censorship_cost"), None, "{extra}{bribes}");
        assert_eq!(metric(&outcome, "censored_share"), Some(0.0), "{extra}{bribes}");
        assert_eq!(metric(&outcome, "inclusion_delay_slots"), Some(1.0));
    }
}

/// A group under an order for good, and one that is free.
fn censors(censoring: u32, free: u32) -> String {
    let group = |name: &str, count: u32, more: &str| {
        format!("[[sequencers]]\nname = \"{name}\"\ncount = {count}\nbribes = \"refuse\"\n{more}\n")
    };
    group("censor", censoring, "jurisdiction = \"north\"\norders = \"obey\"") + &group("free", free, "")
}

#[test]
fn waits_are_geometric_and_hypergeometric() {
    // A share of .4 censors; leaders are drawn.
    for (r, gamma) in [(1_u32, 0.4_f64), (2, 4.0 * 3.0 / (10.0 * 9.0))] {
        let text = format!(
            "[experiment]\nname = \"orders\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\ntarget_rate = 0.05\n\
             order_rate = 1.0\norder_end = 0.0\nlegal_penalty = 1.0\n\n{}[mechanism.board]\nrule = \"authority\"\nseats = 10\n\
             redundancy = {r}\ninclusion = \"any_live\"\nrotation = \"random\"\ncontract_fee = 0.01\nepoch_slots = 100\n\n\
             [play]\nrounds = 8\nmeasured_epochs = 200\n",
            censors(4, 6)
        );
        let wait = run(&text, "inclusion_delay_slots");
        let theory = 1.0 / (1.0 - gamma);
        // Some 8,000 targets of variance γ/(1 − γ)².
        let se = (gamma / 8_000.0).sqrt() * theory;
        assert!((wait - theory).abs() <= 4.0 * se, "{wait}, {theory} ± {se}");
    }
}

#[test]
fn learned_conduct_switches_at_the_least_bond() {
    for (detection, discount, delay, rent) in [(0.5, 0.9, 2, 0.02), (0.25, 0.8, 4, 0.1)] {
        let temptation = Temptation { gain: 1.0, detection, discount, delay: f64::from(delay), rent };
        let least = temptation.least_bond();
        let office =
            |factor: f64| Office { bond: factor * least, delay, rent, ..Office::new(detection, discount) };
        let draws = Draws::of("office", Effort::Quick);
        let (below, above) = (office(0.8), office(1.2));
        assert_eq!(below.deviates_at(below.cost(&draws).unwrap()).result, 1.0, "{detection}");
        let cost = above.cost(&draws).unwrap();
        assert_eq!(above.deviates_at(cost).result, 0.0, "{detection}");
        // An honest sequencer loses what theory says.
        let theory = temptation.deterrable_gain(1.2 * least);
        assert!((cost / theory - 1.0).abs() < 0.001, "{cost}, {theory}");
    }
}

/// A briber offers what its policy says, frozen or where it begins to learn, and is refused what it cannot use.
#[test]
fn a_briber_takes_a_policy_and_no_memory() {
    let board = |strategy: &str| {
        let strategy =
            format!("[briber]\nstrategy = \"own\"\n\n[strategies.own]\nrole = \"briber\"\n{strategy}\n");
        let world = "target_rate = 0.3\ntarget_tip = 2.0\ntarget_value = 1000.0\ntarget_window = 6\n";
        board(world, "count = 4\nbribes = { markup = 0.0 }\n", "seats = 4\n", &strategy)
    };
    let menu = "menu = { relative = [0.5, 1.0, 1.5] }";
    let policy = "policy = [{ to = 1.0, offers = [0.5, 1.5], weights = [0.25, 0.75] }]";
    let experiment = read(&board(&format!("learner = \"scripted\"\n{menu}\n{policy}")));
    let outcome = unit(&experiment, &experiment.contenders[0], 0);
    // A quarter of the offers is below what includers forgo.
    let censored = metric(&outcome, "censored_share").unwrap();
    assert!((censored - 0.75).abs() < 0.1, "{censored}");
    for (keys, named) in [
        ("learner = \"q_learning\"\nmemory = 1", "memory"),
        ("learner = \"q_learning\"\ninitial = \"optimistic\"", "initial"),
        ("learner = \"hedge\"\nbins = 4", "bins"),
    ] {
        let refusal = try_read(&board(&format!("{keys}\n{menu}"))).unwrap_err();
        assert!(refusal.contains(named) && refusal.contains("briber"), "{refusal}");
    }
}

#[test]
fn the_briber_learns_the_cheapest_price_that_works() {
    // The menu has the price of 2 that all accept, and finer ones around it.
    let strategies = "[briber]\nstrategy = \"grid\"\n\n[strategies.grid]\nrole = \"briber\"\nlearner = \"LEARNER\"\nmenu = { relative = [0.0, 2.0], points = 21 }\n";
    for learner in ["fictitious_play", "hedge", "regret_matching"] {
        for (value, best) in [(1000.0, Some(1.0)), (1.0, None)] {
            let world =
                format!("target_rate = 0.3\ntarget_tip = 2.0\ntarget_value = {value:?}\ntarget_window = 6\n");
            let text = board(
                &world,
                "count = 4\nbribes = { markup = 0.0 }\n",
                "seats = 4\n",
                &strategies.replace("LEARNER", learner),
            );
            let experiment = read(&text);
            let outcome = unit(&experiment, &experiment.contenders[0], 0);
            let prices: Vec<_> = outcome.policies.iter().filter(|row| row.lever == "bribe").collect();
            let likeliest = prices.iter().max_by(|a, b| a.probability.total_cmp(&b.probability)).unwrap();
            match best {
                Some(_) => assert_eq!(likeliest.action, best, "{learner}"),
                // Nothing below the tip is taken, and nothing above pays.
                None => assert!(metric(&outcome, "bribes_to_sequencers") == Some(0.0), "{learner}"),
            }
        }
    }
}

/// Two who are live include a transaction in every slot. What the second is paid besides is a transfer: users are out of it, and nothing more is
/// realised.
#[test]
fn a_second_tip_for_one_inclusion_is_a_transfer() {
    // (tips, tip realised by inclusion, by one who includes alone, paid beyond it)
    for (tips, realised, alone, again) in [
        ("target_tip = 0.06\n", 0.06, 0.06, 0.06),
        ("target_tip = 0.06\ntip_rule = \"shared\"\n", 0.06, 0.06, 0.0),
        ("target_tip = 0.02\ntip_rule = \"conditional\"\ntip_alone = 0.1\n", 0.04, 0.1, 0.0),
        ("target_tip = 0.08\ntip_rule = \"conditional\"\ntip_alone = 0.1\n", 0.1, 0.1, 0.06),
    ] {
        let text = format!(
            "[experiment]\nname = \"tips\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\nfailover = 1.0\ntarget_rate = 1.0\n\
             target_window = 1\n{tips}\n[[sequencers]]\nname = \"one\"\ncount = 2\n\n[mechanism.board]\nrule = \"authority\"\nseats = 2\n\
             contract_fee = 0.005\nredundancy = 2\nepoch_slots = 10\ninclusion = \"any_live\"\n\n[play]\nrounds = 1\nmeasured_epochs = 4\n"
        );
        let experiment = read(&text);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        let potential = 0.01 + alone;
        for (key, expected) in [
            ("net_surplus", 10.0 * (0.01 + realised)),
            ("gross_value", 10.0 * (0.01 + realised)),
            ("potential_value", 10.0 * potential),
            ("unrealised_share", 1.0 - (0.01 + realised) / potential),
            ("outside_income_share", again / potential),
            ("sequencer_share", (0.005 + realised + again) / potential),
            ("community_share", 0.005 / potential),
        ] {
            let found = metric(&outcome, key).unwrap();
            assert!((found - expected).abs() < 1e-12, "{tips}{key}: {found}, {expected}");
        }
    }
}
