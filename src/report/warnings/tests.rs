use super::finding::{coarse_reserve, departures, heavy_tails, other_order, top_bidders};
use super::*;
use crate::experiment::outcome::{Outcome, UnitKey};
use crate::experiment::trial;
use crate::experiment::unit::UnitPlan;

/// A store of `THREE` with made-up values of the first contender, and the last one where given.
fn about_values(values: &[(&'static str, [f64; 3])], last: &[(&'static str, [f64; 3])]) -> Vec<Warning> {
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let mut store = trial::empty(&experiment, root.path());
    for (mechanism, values) in [("auction", values), ("votes", last)] {
        for replicate in 0..3 {
            let metrics = values.iter().map(|(key, v)| (*key, v[replicate as usize])).collect();
            let key = UnitKey { design: 0, mechanism: mechanism.to_owned(), replicate };
            let plan = UnitPlan { id: format!("{mechanism}{replicate}"), key, seed: 1 };
            store.put(&plan, Ok(&Outcome { metrics, ..Outcome::default() })).unwrap();
        }
    }
    warnings(&store, &experiment).unwrap()
}

#[test]
fn each_has_cause_and_remedy() {
    let found = about_values(
        &[
            ("deviation_gain", [0.02; 3]),
            ("deviation_gain_upper", [0.03; 3]),
            ("certified", [1.0, 0.0, 0.0]),
            ("policy_drift", [0.3; 3]),
            ("net_surplus", [1.0, 2.0, 3.0]),
        ],
        &[("certified", [1.0; 3]), ("net_surplus", [3.0, 2.0, 1.0])],
    );
    let kinds: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 5, "{kinds:#?}");
    assert!(kinds[0].starts_with("one: only 0 of 3 replicates"));
    assert!(kinds[1].contains("1 of 3 replicates are certified") && kinds[1].contains("warmup_epochs"));
    assert!(
        kinds[1].contains("2.0%") && kinds[1].contains("3.0%") && kinds[1].contains("1.0%"),
        "{}",
        kinds[1]
    );
    assert!(kinds[2].contains("moved by 0.30") && kinds[2].contains("`play.warmup_epochs`"));
    assert!(kinds[3].contains("3 replicates"));
    assert!(kinds[4].contains("auction and votes") && kinds[4].contains("net surplus (100% more variance)"));
}

/// Of five who are left with 1.25% of potential value together, each has a quarter of a percent: a bound of 0.8% is three times that. What is not
/// certified is in no mean.
#[test]
fn a_tolerance_beyond_what_is_left_is_told_with_one_that_is_not() {
    let lax = |left: [f64; 3], gain: f64, upper: [f64; 3], certified: [f64; 3]| {
        let values = [
            ("profit_share", left),
            ("deviation_gain", [gain; 3]),
            ("deviation_gain_upper", upper),
            ("certified", certified),
        ];
        let found = about_values(&values, &[("certified", [1.0; 3])]);
        let found = found.iter().find(|found| matches!(found, Warning::LaxTolerance { .. }));
        found.map(ToString::to_string)
    };
    let all = [1.0; 3];
    // There are five sequencers, a tolerance of 1% and 16 markets.
    let text = lax([0.0125; 3], 0.0001, [0.008; 3], all).unwrap();
    assert!(
        text.starts_with(
            "auction: the tolerance is 1.0% of potential value, of which a sequencer is left with 0.25%"
        ),
        "{text}"
    );
    assert!(text.contains("is 320% of that") && text.contains("experiment.tolerance=0.00025`"), "{text}");
    // From .0079 above the estimate to .00015 takes (.0079/.00015)² as many markets.
    assert!(text.contains("`play.certificate_markets`, about 40,000 instead of 16"), "{text}");
    let text = lax([0.0125; 3], 0.0005, [0.008; 3], all).unwrap();
    assert!(text.contains("(0.050% of potential value) does not keep to that"), "{text}");
    // Named tolerances are never more than a tenth of what is left.
    assert!(lax([0.0149; 3], 0.0, [0.008; 3], all).unwrap().contains("experiment.tolerance=0.00029`"));
    // What is not certified says so itself; a bound of a tenth of what is left is small; so is a tenth of the tolerance.
    assert_eq!(lax([0.0125; 3], 0.0, [0.008; 3], [0.0; 3]), None);
    assert_eq!(lax([0.4; 3], 0.0, [0.0079; 3], all), None);
    assert_eq!(lax([0.4; 3], 0.0, [0.0079, 0.0079, 0.1], [1.0, 1.0, 0.0]), None);
    assert_eq!(lax([0.0003; 3], 0.0, [0.0009; 3], all), None);
    assert!(lax([0.4; 3], 0.0, [0.0081; 3], all).is_some());
    // Whoever bids what it is worth is left with nothing, or with what chance gives and takes; a thousandth of potential value is small as such.
    for nothing in [[0.0; 3], [0.001, -0.001, 0.0015]] {
        let text = lax(nothing, 0.0, [0.0038; 3], all).unwrap();
        assert!(text.contains("left with nothing") && text.contains("0.38%"), "{text}");
        assert!(text.contains("experiment.tolerance=0.001`"), "{text}");
        assert_eq!(lax(nothing, 0.0, [0.0009; 3], all), None);
    }
}

/// Stakes of five for a reward of 1 at a cost of capital of .05, by a script.
fn stakers(tolerance: f64, groups: &[(&str, u32, f64)]) -> Experiment {
    let groups: Vec<String> = groups
        .iter()
        .map(|(name, count, stake)| {
            format!(
                "[[sequencers]]\nname = \"{name}\"\ncount = {count}\nvalue = {{ constant = 1.0 }}\ncapital_cost = 0.05\nstrategy = \"{name}\"\n\
                 [strategies.{name}]\nlearner = \"scripted\"\noffer = {{ absolute = {stake:?} }}\nmenu = {{ absolute = [0.0, 8.0], points = 81 }}\n"
            )
        })
        .collect();
    let groups = groups.concat();
    trial::read(&format!(
        "[experiment]\nname = \"t\"\nreplicates = 2\ntolerance = {tolerance:?}\n{groups}[mechanism.m]\nrule = \"stake\"\n\
         [play]\nrounds = 1\nmeasured_epochs = 4\ncertificate_markets = 16\ncertificate_epochs = 1\n"
    ))
}

/// What a comparison that is played deserves.
fn about_play(experiment: &Experiment) -> Vec<Warning> {
    let root = tempfile::tempdir().unwrap();
    warnings(&trial::run(experiment, root.path()), experiment).unwrap()
}

/// Each stakes 2.5 and is left with .2 − .125 of the reward, where 4.1 would leave it 4.1/14.1 − .205, .0108 more: less than a tolerance of 2%, and
/// more than a tenth of .075. Who does what the remedy says has no such warning, and nothing certified.
#[test]
fn a_lax_tolerance_can_be_remedied() {
    let lax = |tolerance: f64| {
        let found = about_play(&stakers(tolerance, &[("low", 5, 2.5)]));
        let text = |wanted: fn(&Warning) -> bool| found.iter().find(|w| wanted(w)).map(ToString::to_string);
        let certified = text(|w| matches!(w, Warning::NotCertified { .. })).is_none();
        (text(|w| matches!(w, Warning::LaxTolerance { .. })), certified)
    };
    let (told, certified) = lax(0.02);
    let text = told.unwrap();
    assert!(certified && text.contains("left with 7.5%") && text.contains("bound of 1.1%"), "{text}");
    let named = text.split_once("experiment.tolerance=").unwrap().1.split('`').next().unwrap();
    let named: f64 = named.parse().unwrap();
    assert!((0.0074..=0.0075).contains(&named), "{text}");
    assert_eq!(lax(named), (None, false));
}

/// Five who are left with 5% of potential value have 1% each, of which a bound of .2% on other conduct is a fifth: told, though the tolerance is 1%. One
/// of .09% is not.
#[test]
fn conduct_that_may_not_be_a_best_response_is_told() {
    let told = |left: f64, gain: f64, upper: f64| {
        let values =
            [("profit_share", [left; 3]), ("conduct_gain", [gain; 3]), ("conduct_gain_upper", [upper; 3])];
        let found = about_values(&values, &[]);
        let found = found.iter().find(|found| matches!(found, Warning::OtherConduct { .. }));
        found.map(ToString::to_string)
    };
    let text = told(0.05, 0.0, 0.002).unwrap();
    assert!(text.contains("up to 0.20% of potential value") && text.contains("20% of what"), "{text}");
    assert!(text.contains("bound is wide"), "{text}");
    assert_eq!(told(0.05, 0.0, 0.0009), None);
    let text = told(0.5, 0.03, 0.04).unwrap();
    assert!(
        text.contains("more than the tolerance of 1.0%") && text.contains("groups of their own"),
        "{text}"
    );
    assert_eq!(told(0.5, 0.0, 0.009), None);
    // Who is left with nothing: a tenth of a per cent is small as such.
    assert_eq!(told(0.0, 0.0, 0.0009), None);
    assert!(told(0.0, 0.0, 0.002).unwrap().contains("left with nothing"));
}

/// Three who stake 1 beside two who stake 4 could gain 4.5% of the reward; the two a fifteenth of that.
#[test]
fn who_gains_is_named() {
    let found = about_play(&stakers(0.001, &[("low", 3, 1.0), ("high", 2, 4.0)]));
    let told = found.iter().find(|w| matches!(w, Warning::NotCertified { .. })).unwrap().to_string();
    assert!(told.contains("Who gains most is low (4.5% where it does)."), "{told}");
    let alike = about_play(&stakers(0.001, &[("low", 5, 2.5)]));
    let told = alike.iter().find(|w| matches!(w, Warning::NotCertified { .. })).unwrap().to_string();
    assert!(!told.contains("Who gains most"), "{told}");
}

/// Averages of policies lag behind policies that rest: once they are certified that is no news.
#[test]
fn drift_is_told_unless_play_rests_and_is_certified() {
    let told = |settled: f64, certified: f64| {
        let values = [
            ("policy_drift", [0.3; 3]),
            ("settled", [1.0, 1.0, settled]),
            ("certified", [1.0, 1.0, certified]),
        ];
        about_values(&values, &[]).iter().any(|found| matches!(found, Warning::Drift { .. }))
    };
    assert!(!told(1.0, 1.0));
    assert!(told(0.0, 1.0) && told(1.0, 0.0));
}

#[test]
fn play_that_moves_and_basins_are_marked() {
    let found = about_values(
        &[
            ("deviation_gain_upper", [0.03; 3]),
            ("certified", [1.0, 0.0, 1.0]),
            ("settled", [0.0, 0.0, 1.0]),
            ("last_iterate_drift", [0.04; 3]),
        ],
        &[("certified", [1.0; 3]), ("settled", [1.0, 0.0, 1.0]), ("last_iterate_drift", [0.04; 3])],
    );
    let text: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(text.iter().any(|t| t.starts_with("auction: no equilibrium found. In 1 of 3")), "{text:#?}");
    assert!(
        text.iter().any(|t| t.starts_with("votes: certified as a time average. In 1 of 3")
            && t.contains("by 4.0% of net value")),
        "{text:#?}"
    );
}

#[test]
fn theory_warns_of_few_top_bidders() {
    let top = |count: u32, pricing: &str, value: &str| {
        let experiment = trial::read(&format!(
            "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"top\"\ncount = {count}\nvalue = {value}\n[[sequencers]]\n\
             name = \"low\"\nvalue = {{ constant = 0.5 }}\ncount = 2\n[mechanism.m]\nrule = \"auction_rotation\"\nseats = 1\n\
             pricing = \"{pricing}\"\n"
        ));
        top_bidders(&experiment, &experiment.contenders[0])
    };
    assert_eq!(top(2, "pay_as_bid", "{ constant = 1.0 }"), Some(2));
    assert_eq!(top(3, "pay_as_bid", "{ constant = 1.0 }"), Some(3));
    assert_eq!(top(1, "pay_as_bid", "{ constant = 0.5 }"), Some(3));
    assert_eq!(top(1, "uniform", "{ constant = 1.0 }"), None);
    assert_eq!(top(1, "pay_as_bid", "{ uniform = [0, 1] }"), None);
    // Who can sell on to the one of 1 would pay as much as that one: .6 + .4·.4 = 1 − .6·.4.
    let resold = |resale: &str| {
        let experiment = trial::read(&format!(
            "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"top\"\ncount = 1\nvalue = {{ constant = 1.0 }}\n[[sequencers]]\n\
             name = \"mid\"\nvalue = {{ constant = 0.6 }}\ncount = 2\n[[sequencers]]\nname = \"low\"\nvalue = {{ constant = 0.3 }}\n\
             count = 1\n[mechanism.m]\nrule = \"auction\"\nepoch_slots = 10\n{resale}\n"
        ));
        top_bidders(&experiment, &experiment.contenders[0])
    };
    assert_eq!(resold(""), Some(1));
    assert_eq!(resold("resale = { seller_share = 0.4 }"), Some(3));
    // A slot is worth .04 more to the first.
    assert_eq!(resold("resale = { seller_share = 0.4, least_gain = 0.03 }"), Some(3));
    assert_eq!(resold("resale = { seller_share = 0.4, least_gain = 0.05 }"), Some(1));
    let two = Warning::FewTopBidders { contender: "m".into(), top: 2 };
    assert!(two.to_string().contains("Deng et al. 2022") && two.to_string().contains("2 bidders share"));
}

#[test]
fn what_is_not_certified_says_why() {
    // Two replicates are certified; in the third somebody gains, though the mean over all is within the tolerance.
    let found = about_values(
        &[
            ("deviation_gain", [0.0, 0.0, 0.02]),
            ("deviation_gain_upper", [0.001, 0.001, 0.025]),
            ("certified", [1.0, 1.0, 0.0]),
        ],
        &[],
    );
    let text = found.iter().map(ToString::to_string).collect::<String>();
    assert!(text.contains("In the others, on average, the best deviation found gains 2.0%"), "{text}");
    assert!(text.contains("`play.warmup_epochs`") && !text.contains("`play.certificate_markets`"), "{text}");
    // In one the bound alone is too wide.
    let found = about_values(
        &[
            ("deviation_gain", [0.0, 0.005, 0.02]),
            ("deviation_gain_upper", [0.001, 0.02, 0.025]),
            ("certified", [1.0, 0.0, 0.0]),
        ],
        &[],
    );
    let text = found.iter().map(ToString::to_string).collect::<String>();
    assert!(text.contains("in 1 of these only the bound is too wide"), "{text}");
}

#[test]
fn unfinished_learning_and_the_ends_of_menus_are_told() {
    let found = about_values(
        &[
            ("certified", [0.0; 3]),
            ("settled", [0.0; 3]),
            ("deviation_gain", [0.0; 3]),
            ("at_menu_bottom", [0.9; 3]),
        ],
        &[],
    );
    let text: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(text.iter().any(|t| t.contains("in 3 of 3 replicates what is measured")), "{text:#?}");
    assert!(text.iter().any(|t| t.contains("90% of play is on the lowest setting")), "{text:#?}");
    assert!(!text.iter().any(|t| t.contains("are certified")), "{text:#?}");
}

#[test]
fn a_loose_bound_calls_for_a_larger_certificate() {
    let found = about_values(
        &[("deviation_gain", [0.005; 3]), ("deviation_gain_upper", [0.03; 3]), ("certified", [0.0; 3])],
        &[],
    );
    let text = found.iter().map(ToString::to_string).collect::<String>();
    assert!(text.contains("`play.certificate_markets`"), "{text}");
}

#[test]
fn heavy_tails_are_found_in_both_worlds() {
    let shape = |text: &str| heavy_tails(&trial::read(text)).first().map(Warning::cause);
    let end = "[mechanism.m]\nrule = \"centralized\"\n";
    let rollup = |shape: f64| {
        format!(
            "[experiment]\nname = \"t\"\n[world]\nkind = \"rollup\"\nmev_median = 0.01\nmev_tail_share = 0.01\n\
             mev_tail_shape = {shape}\n[[sequencers]]\nname = \"s\"\ncount = 2\n{end}"
        )
    };
    assert!(shape(&rollup(1.5)).unwrap().contains("shape 1.5"));
    assert_eq!(shape(&rollup(2.5)), None);
    let plain = format!(
        "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = {{ pareto = [1, 2] }}\n{end}"
    );
    assert!(shape(&plain).unwrap().contains("group s"));
}

#[test]
fn a_market_without_production_says_why() {
    let of = |contender: &str, rule: &str| {
        let text = format!(
            "[experiment]\nname = \"t\"\nreplicates = 2\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\n[[sequencers]]\nname = \"s\"\n\
             count = 4\ncapital_cost = 0.05\ncapital_limit = 1.0\n[mechanism.{contender}]\nrule = \"auction_rotation\"\nseats = 2\n{rule}\n"
        );
        let experiment = trial::read(&text);
        let root = tempfile::tempdir().unwrap();
        let mut store = trial::empty(&experiment, root.path());
        for replicate in 0..2 {
            let key = UnitKey { design: 0, mechanism: contender.to_owned(), replicate };
            let plan = UnitPlan { id: format!("{replicate}"), key, seed: 1 };
            let metrics = vec![("liveness", 0.0), ("certified", 1.0)];
            store.put(&plan, Ok(&Outcome { metrics, ..Outcome::default() })).unwrap();
        }
        let found = warnings(&store, &experiment).unwrap();
        found.iter().map(ToString::to_string).collect::<String>()
    };
    for (rule, why, remedy) in [
        ("bond = 100.0", "takes 100 ETH of bonds", "raise the sequencers' `capital_limit`"),
        ("reserve_price = 1.0", "nobody bids the reserve of 1.00 ETH", "lower `reserve_price`"),
        ("volition = { members = 5, withheld = 1.0 }", "never signs", "`withheld`"),
        ("", "nobody takes part", "what a slot is worth"),
    ] {
        let text = of("m", rule);
        assert!(text.contains("m: nobody produces anything, in any replicate"), "{rule}: {text}");
        assert!(text.contains(why) && text.contains(remedy), "{rule}: {text}");
    }
}

#[test]
fn entry_at_a_loss_is_told() {
    let found =
        about_values(&[("entry_margin", [-0.3, -0.31, -0.29])], &[("entry_margin", [-0.3, 0.4, 0.1])]);
    let text: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(
        text.iter().any(|t| t.starts_with("auction: not even one entrant") && t.contains("loses 0.30 ETH"))
    );
    assert!(!text.iter().any(|t| t.starts_with("votes: not even one entrant")), "within chance: {text:#?}");
}

/// Second prices of 1, .6 and .3 are .6, of bids as low as learners leave them .4.
#[test]
fn revenue_of_known_values_off_theory_is_told() {
    let told = |revenue: f64| {
        let group = |name: &str, value: f64| {
            format!("[[sequencers]]\nname = \"{name}\"\ncount = 1\nvalue = {{ constant = {value:?} }}\n")
        };
        let experiment = trial::read(&format!(
            "[experiment]\nname = \"t\"\nreplicates = 3\n{}{}{}[mechanism.m]\nrule = \"auction\"\npricing = \"second\"\n",
            group("hi", 1.0),
            group("mid", 0.6),
            group("lo", 0.3)
        ));
        let root = tempfile::tempdir().unwrap();
        let mut store = trial::empty(&experiment, root.path());
        for (replicate, noise) in [0.0, 0.0005, -0.0005].into_iter().enumerate() {
            let key = UnitKey { design: 0, mechanism: "m".to_owned(), replicate: replicate as u32 };
            let plan = UnitPlan { id: format!("m{replicate}"), key, seed: 1 };
            let outcome = Outcome { metrics: vec![("revenue", revenue + noise)], ..Outcome::default() };
            store.put(&plan, Ok(&outcome)).unwrap();
        }
        let found = warnings(&store, &experiment).unwrap();
        found.iter().find(|w| matches!(w, Warning::OffTheory { .. })).map(ToString::to_string)
    };
    assert_eq!(told(0.6), None);
    let text = told(0.4).unwrap();
    assert!(text.contains("theory says 0.60000") && text.contains("weakly dominated"), "{text}");
    assert!(text.contains("`strategy = \"truthful\"`"), "{text}");
}

#[test]
fn entry_in_a_circle_is_told() {
    let found = about_values(&[("entry_settled", [1.0, 0.0, 0.0])], &[("entry_settled", [1.0; 3])]);
    let text: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(
        text.iter().any(|t| t.starts_with("auction: who takes part") && t.contains("in 67%")),
        "{text:#?}"
    );
    assert!(!text.iter().any(|t| t.starts_with("votes: who takes part")));
}

#[test]
fn a_failure_gives_its_reason_and_no_advice_to_repeat_it() {
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let mut store = trial::empty(&experiment, root.path());
    for (replicate, error) in ["worthless", "worthless", "odd"].into_iter().enumerate() {
        let key = UnitKey { design: 0, mechanism: "votes".to_owned(), replicate: replicate as u32 };
        let plan = UnitPlan { id: format!("{replicate}"), key, seed: 1 };
        store.put(&plan, Err(error)).unwrap();
    }
    let found = warnings(&store, &experiment).unwrap();
    let of = |name: &str| found.iter().find(|w| w.contender() == Some(name)).unwrap().to_string();
    assert!(of("votes").contains("3 failed, 2 of them with: worthless."), "{}", of("votes"));
    assert!(!of("votes").contains("run the experiment again"), "{}", of("votes"));
    assert!(of("one").contains("run the experiment again"), "{}", of("one"));
}

#[test]
fn scripts_are_not_told_to_learn() {
    let mut found = about_values(
        &[("deviation_gain", [0.02; 3]), ("deviation_gain_upper", [0.03; 3]), ("certified", [0.0; 3])],
        &[],
    );
    let place = found.iter().position(|w| matches!(w, Warning::NotCertified { .. })).unwrap();
    assert!(found[place].remedy().contains("learn for longer"));
    if let Warning::NotCertified { scripts, .. } = &mut found[place] {
        assert!(!*scripts);
        *scripts = true;
    }
    let remedy = found[place].remedy();
    assert!(remedy.contains("scripts do not learn") && !remedy.contains("warmup_epochs"), "{remedy}");
}

#[test]
fn few_bins_beside_a_reserve_are_told() {
    let warns = |pricing: &str, reserve: f64, set: &str| {
        let experiment = trial::read(&format!(
            "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"s\"\nvalue = {{ uniform = [0, 1] }}\ncount = 3\n\
             [strategies.hedge]\nlearner = \"hedge\"\nmenu = {{ relative = [0, 1], points = 11 }}\n{set}\n\
             [mechanism.m]\nrule = \"auction_rotation\"\nseats = 1\npricing = \"{pricing}\"\nreserve_price = {reserve:?}\n"
        ));
        coarse_reserve(&experiment, &experiment.contenders[0])
    };
    let told = warns("pay_as_bid", 0.5, "").unwrap().to_string();
    assert!(told.contains("strategies.hedge.bins=40") && told.contains("10 bins"), "{told}");
    assert_eq!(warns("pay_as_bid", 0.5, "bins = 40"), None);
    assert_eq!(warns("pay_as_bid", 0.0, ""), None);
    assert_eq!(warns("uniform", 0.5, ""), None, "truthful bids do not bend");
    assert_eq!(warns("pay_as_bid", 1.5, ""), None, "nobody bids");
}

/// Numbers that differ by rounding alone do not vary, so that nothing pulls them apart.
#[test]
fn rounding_is_no_variance() {
    let ulp = f64::EPSILON;
    let found = about_values(
        &[("sequencer_share", [1.0, 1.0 + ulp, 1.0 - ulp])],
        &[("sequencer_share", [1.0 + ulp, 1.0 - ulp, 1.0 + ulp])],
    );
    assert!(!found.iter().any(|w| matches!(w, Warning::PairingHurts { .. })), "{found:#?}");
}

/// A comparison of one auction with made-up revenues.
fn about_revenue(rule: &str, strategy: &str, revenue: &[f64]) -> Option<String> {
    let experiment = trial::read(&format!(
        "[experiment]\nname = \"t\"\nreplicates = {}\n[[sequencers]]\nname = \"s\"\ncount = 5\nvalue = {{ uniform = [0, 1] }}\n\
         strategy = \"s\"\n[strategies.s]\n{strategy}\n[mechanism.m]\nrule = \"auction\"\n{rule}\n",
        revenue.len()
    ));
    let root = tempfile::tempdir().unwrap();
    let mut store = trial::empty(&experiment, root.path());
    for (replicate, &revenue) in (0..).zip(revenue) {
        let key = UnitKey { design: 0, mechanism: "m".to_owned(), replicate };
        let plan = UnitPlan { id: format!("m{replicate}"), key, seed: 1 };
        let outcome = Outcome { metrics: vec![("revenue", revenue)], ..Outcome::default() };
        store.put(&plan, Ok(&outcome)).unwrap();
    }
    let found = warnings(&store, &experiment).unwrap();
    found.iter().find(|w| matches!(w, Warning::OffTheory { .. })).map(ToString::to_string)
}

/// Two who stake 2.5 each in equilibrium find 2 on a menu of whole ETH, and 1/4 of net worth is .3 on a menu of three tenths; a finer menu has both.
#[test]
fn stakes_and_kickbacks_that_are_not_theorys_are_told() {
    let told = |rule: &str, menu: &str, regime: &str| {
        let capital = if rule.contains("stake\"") { "capital_cost = 0.1\n" } else { "" };
        let learning = if regime == "self_play" { "rounds = 4\nwarmup_epochs = 200\n" } else { "" };
        let experiment = trial::read(&format!(
            "[experiment]\nname = \"t\"\nreplicates = 2\n[[sequencers]]\nname = \"s\"\ncount = 2\n{capital}value = {{ constant = 1.0 }}\n\
             strategy = \"s\"\n[strategies.s]\nlearner = \"hedge\"\nmenu = {{ absolute = [0.0, {menu} }}\n[mechanism.m]\n{rule}\n\
             [play]\nregime = \"{regime}\"\n{learning}measured_epochs = 20\ncertificate_markets = 16\ncertificate_epochs = 4\n"
        ));
        let found = about_play(&experiment);
        found.iter().find(|w| matches!(w, Warning::OffTheory { .. })).map(ToString::to_string)
    };
    let stake = "rule = \"stake\"\nepoch_slots = 1";
    let text = told(stake, "4.0], points = 3", "self_play").unwrap();
    assert!(
        text.contains("m: capital locked in ETH: 4.0000") && text.contains("theory says 5.0000"),
        "{text}"
    );
    assert!(
        text.contains("among the 3 settings of its menu")
            && text.contains("menu={ absolute = [0, 4], points = 201 }"),
        "{text}"
    );
    assert_eq!(told(stake, "4.0], points = 33", "self_play"), None);
    // Who learns alone may collude, and has a profit gain.
    assert_eq!(told(stake, "4.0], points = 3", "independent"), None);
    // 1 − μ n/(n − 1) = .5 with μ = 1/4.
    let votes = "rule = \"delegated\"\nepoch_slots = 1\n[[delegators]]\nname = \"d\"\ncontinuum = true\nprice_sensitivity = 4.0";
    let text = told(votes, "0.9], points = 4", "self_play").unwrap();
    assert!(text.contains("bribes to delegators in ETH") && text.contains("theory says 0.50000"), "{text}");
    assert_eq!(told(votes, "1.0], points = 41", "self_play"), None);
    // Where nothing is paid in theory, a little that is unlearned yet is little beside what there is to give.
    assert_eq!(told(&votes.replace("4.0", "1.0"), "1.0], points = 41", "self_play"), None);
}

/// Two groups that learn alike have the same causes, each told once.
#[test]
fn a_cause_is_told_once() {
    let group = |name: &str| {
        format!(
            "[[sequencers]]\nname = \"{name}\"\ncount = 2\nvalue = {{ uniform = [0, 1] }}\nstrategy = \"q\"\n"
        )
    };
    let experiment = trial::read(&format!(
        "[experiment]\nname = \"t\"\n{}{}[mechanism.m]\nrule = \"auction\"\n\
         [strategies.q]\nlearner = \"quantal_response\"\nprecision = 8.0\nbins = 10\nmenu = {{ relative = [0.0, 1.0], points = 11 }}\n",
        group("a"),
        group("b")
    ));
    let found = departures(&experiment, &experiment.contenders[0]);
    assert!(matches!(found.as_slice(), [Departure::Noise { .. }, Departure::Bins { .. }]), "{found:?}");
}

const HEDGE: &str = "learner = \"hedge\"\nbins = 10\nmenu = { relative = [0.0, 1.2], points = 61 }";

/// Revenue off theory's by more than chance and a five-hundredth is told, with what to do; by less, or with one replicate, not.
#[test]
fn revenue_that_is_not_theorys_is_told() {
    let told = |revenue: &[f64]| about_revenue("", HEDGE, revenue);
    let text = told(&[0.699, 0.700, 0.701]).unwrap();
    assert!(
        text.contains("m: revenue in ETH: 0.70000 ± 0.00058 (standard error)")
            && text.contains("theory says 0.66667"),
        "{text}"
    );
    assert!(
        text.contains("(+5.0%)") && text.contains("bins=40") && text.contains("each of 10 bins"),
        "{text}"
    );
    assert_eq!(told(&[0.65, 0.68, 0.73]), None);
    assert_eq!(told(&[0.6677, 0.6678, 0.6679]), None);
    assert!(told(&[0.6687, 0.6688, 0.6689]).is_some());
    // The 99% points of Student's law are 63.66 and 9.92 for one and two degrees of freedom: gaps of 26 and 6 standard errors are chance.
    assert_eq!(told(&[0.600, 0.605]), None);
    assert_eq!(told(&[0.69, 0.70, 0.71]), None);
    assert!(told(&[0.6000, 0.6005]).is_some());
    assert_eq!(told(&[0.6]), None);
}

/// Bids that are a multiple of value in each bin are the trouble of first price alone; noise is that of whoever chooses by logit.
#[test]
fn revenue_off_theory_has_a_cause_for_each_way_of_learning() {
    let off = [0.6000, 0.6001, 0.6002];
    let told =
        |pricing: &str, strategy: &str| about_revenue(&format!("pricing = \"{pricing}\""), strategy, &off);
    let quantal = HEDGE.replace("hedge", "quantal_response");
    let bandit = HEDGE.replace("hedge", "exp3");
    let coarse = HEDGE.replace("[0.0, 1.2], points = 61", "[0.0, 0.9], points = 10");
    let amounts = HEDGE.replace("relative = [0.0, 1.2]", "absolute = [0.0, 1.0]");
    for (pricing, strategy, says, not) in [
        ("first", HEDGE, "one multiple of value in each of 10 bins", "noise"),
        ("first", &quantal, "logit noise", "–"),
        ("second", &quantal, "`strategies.s.precision`", "bins"),
        ("second", HEDGE, "let agents learn for longer (`play.warmup_epochs`)", "bins"),
        ("second", &bandit, "learns from its own earnings alone", "bins"),
        ("second", &coarse, "no bid of one's whole net value", "bins"),
        ("second", &amounts, "one amount in each of 10 bins", "multiple"),
    ] {
        let text = told(pricing, strategy).unwrap();
        assert!(text.contains(says) && !text.contains(not), "{pricing}, {strategy}: {text}");
    }
    let script =
        |share: f64| told("second", &format!("learner = \"scripted\"\noffer = {{ relative = {share:?} }}"));
    assert!(script(1.0).unwrap().contains("bids are given"));
    assert_eq!(script(0.5), None, "theory speaks of those who bid their value");
}

/// Five who stake 6 each for a reward of 1 lose .3 − .2 each, of which profits before the cost of capital know nothing. Machines that cost as much
/// idle as live take nothing from bidders who pay less than what a slot is worth.
#[test]
fn losses_are_told() {
    let told = |found: &[Warning]| {
        found.iter().find(|w| matches!(w, Warning::Losing { .. })).map(ToString::to_string)
    };
    let text = told(&about_play(&stakers(0.01, &[("much", 5, 6.0)]))).unwrap();
    assert!(text.contains("lose 50% of potential value over staying idle"), "{text}");
    assert_eq!(told(&about_play(&stakers(0.01, &[("fair", 5, 3.2)]))), None);
    let idle = trial::read(
        "[experiment]\nname = \"t\"\nreplicates = 2\n[[sequencers]]\nname = \"s\"\ncount = 4\nvalue = { uniform = [0, 1] }\nidle_cost = 0.1\n\
         live_cost = 0.1\nstrategy = \"truthful\"\n[mechanism.m]\nrule = \"auction\"\npricing = \"second\"\n[play]\nrounds = 4\nmeasured_epochs = 10\n",
    );
    assert_eq!(told(&about_play(&idle)), None);
    let shares = |share: [f64; 3]| told(&about_values(&[("profit_share", share)], &[])).is_some();
    assert!(shares([-0.2, -0.1, -0.15]));
    assert!(!shares([-0.2, 0.2, 0.0]) && !shares([0.1, 0.2, 0.15]));
}

/// A board, a briber whose prices end at .4, and what was measured of both replicates.
fn about_bribes(strategy: &str, value: f64, metrics: &[(&'static str, f64)]) -> Vec<String> {
    let experiment = trial::read(&format!(
        "[experiment]\nname = \"t\"\nreplicates = 2\ntolerance = 0.01\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\ntarget_rate = 0.1\n\
         target_tip = 0.1\ntarget_value = {value:?}\n[briber]\nstrategy = \"own\"\n[[sequencers]]\nname = \"s\"\ncount = 4\n\
         [mechanism.m]\nrule = \"authority\"\nseats = 4\ncontract_fee = 0.0\n[strategies.own]\nrole = \"briber\"\n{strategy}\n"
    ));
    let root = tempfile::tempdir().unwrap();
    let mut store = trial::empty(&experiment, root.path());
    for replicate in 0..2 {
        let key = UnitKey { design: 0, mechanism: "m".to_owned(), replicate };
        let plan = UnitPlan { id: format!("{replicate}"), key, seed: 1 };
        store.put(&plan, Ok(&Outcome { metrics: metrics.to_vec(), ..Outcome::default() })).unwrap();
    }
    warnings(&store, &experiment).unwrap().iter().map(ToString::to_string).collect()
}

/// Where .42 keeps a target out, which is worth 3, prices up to .4 prove nothing; those up to .5, or a value of .41, do.
#[test]
fn bribes_that_end_too_low_are_told() {
    let asked = [("censorship_price", 0.42), ("censorship_cost", 0.42), ("censored_share", 0.0)];
    let told = |strategy: &str, value: f64| {
        about_bribes(strategy, value, &asked)
            .into_iter()
            .find(|text| text.contains("the briber's highest price"))
    };
    let learner = "learner = \"fictitious_play\"\nmenu = { relative = [0.0, 4.0], points = 41 }";
    let text = told(learner, 3.0).unwrap();
    assert!(
        text.starts_with(
            "m: the briber's highest price is 0.400 ETH, and keeping a target out takes 0.420 ETH"
        ),
        "{text}"
    );
    assert!(
        text.contains("worth 3.00 ETH")
            && text.contains("give `own` a menu")
            && text.contains("between = [0.0, 1.0]"),
        "{text}"
    );
    assert_eq!(told(learner, 0.41), None);
    assert_eq!(told(&learner.replace("4.0]", "5.0]"), 3.0), None);
    assert_eq!(told("learner = \"fictitious_play\"\nmenu = { between = [0.0, 1.0], points = 9 }", 3.0), None);
    assert_eq!(
        told("learner = \"scripted\"\noffer = { absolute = 0.1 }", 3.0),
        None,
        "who is given a price tries nothing"
    );
}

/// Beside certified offers a briber who forgoes more than the tolerance is told, or more than a tenth of what it gains; without a certificate, or
/// with less than both, nothing is.
#[test]
fn a_certificate_says_whom_it_does_not_cover() {
    let told = |certified: f64, gain: f64, profit: f64| {
        let metrics = [
            ("certified", certified),
            ("briber_gain", gain),
            ("briber_profit", profit),
            ("potential_value", 2.0),
        ];
        let found =
            about_bribes("learner = \"hedge\"\nmenu = { relative = [0.0, 4.0], points = 41 }", 3.0, &metrics);
        found.into_iter().find(|text| text.contains("`certified` is about sequencers' offers"))
    };
    let text = told(1.0, 0.02, 1.0).unwrap();
    assert!(
        text.contains("The briber forgoes 2.0% of potential value") && text.contains("it gains 50%"),
        "{text}"
    );
    assert_eq!(told(0.0, 0.02, 1.0), None);
    assert_eq!(told(1.0, 0.005, 1.0), None);
    assert!(told(1.0, 0.005, 0.08).is_some(), "more than a tenth of 4%");
    assert_eq!(told(1.0, 0.0009, 0.0), None, "a thousandth of potential value is small as such");
    // Delegators of the trial choose by taste.
    let upper = |upper: f64, certified: f64| {
        let values = [
            ("certified", [certified; 3]),
            ("delegator_gain_upper", [upper; 3]),
            ("delegator_share", [0.3; 3]),
        ];
        about_values(&[], &values)
            .iter()
            .map(ToString::to_string)
            .find(|text| text.contains("Delegators choose by taste"))
    };
    let text = upper(0.076, 1.0).unwrap();
    assert!(
        text.starts_with("votes: ") && text.contains("up to 7.6%") && text.contains("30% together"),
        "{text}"
    );
    assert_eq!(upper(0.076, 0.0), None);
    assert_eq!(upper(0.009, 1.0), None);
}

/// Of a random order are appointees who are shuffled and seats drawn apart for everybody, and no others; other lines say nothing of order.
#[test]
fn lines_for_a_random_order_stand_beside_one() {
    let told = |formula: &str| {
        let experiment = trial::read(&format!(
            "[experiment]\nname = \"t\"\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\ntarget_rate = 0.1\n[[sequencers]]\nname = \"s\"\n\
             count = 4\ncapital_cost = 0.1\n[mechanism.turns]\nrule = \"authority\"\nseats = 4\ncontract_fee = 0.0\n\
             [mechanism.lots]\nrule = \"authority\"\nseats = 4\ncontract_fee = 0.0\nrotation = \"shuffled\"\n\
             [mechanism.apart]\nrule = \"stake_rotation\"\nseats = 4\nreplacement = false\n\
             [mechanism.few]\nrule = \"stake_rotation\"\nseats = 3\nreplacement = false\n\
             [mechanism.sale]\nrule = \"auction_rotation\"\nseats = 4\n\
             [[charts]]\nkind = \"censorship\"\ntheory = {{ inclusion_wait = \"{formula}\" }}\n"
        ));
        other_order(&experiment).map(|warning| warning.to_string())
    };
    let text = told("wait_exceeds_in_turn(4, 2, x)").unwrap();
    assert!(text.starts_with("turns, few, sale: theory says `wait_exceeds_in_turn(4, 2, x)`"), "{text}");
    assert_eq!(told("wait_exceeds(0.5, x)"), None);
}
