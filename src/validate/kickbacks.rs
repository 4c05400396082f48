//! Kickbacks in delegated stake (theory: [`crate::theory::kickback`]), learned by candidates through the program.

use super::games::market::JointMarket;
use super::games::stage::{Known, Lesson, study as stage_study};
use super::program::{Delegation, estimate, metric, replicates};
use super::{Draws, Finding, Standard, Study};
use crate::learning::LearnerSpec;
use crate::theory::asymmetric::UniformPair;
use crate::theory::duopoly::Oligopoly;
use crate::theory::kickback::{Market, bertrand_income};

const LOGIT: &str = "Anderson, de Palma and Thisse 1992, chapter 7: margin mu/(1-q)";
const INERTIA: &str = "derived: discounted margins ((1-dr)/(1-r)) mu/(1-q)";
const KRISHNA: &str =
    "Krishna 2010, section 4.3; delegators who see nothing but the price hold a first-price auction";
const CALVANO: &str = "Calvano and others 2020, section II, by the isomorphism of prices and kickbacks";

const PLURALITY: &str = "derived: seats go for what the first loser could pay, k (R/k - c)";

/// Settings of the coarser menu.
const POINTS: usize = 49;

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for n in [2, 3, 5, 10] {
        for (mu, label) in [(0.05, ".05"), (0.10, ".10"), (0.25, ".25")] {
            if mu > 0.05 || n == 2 {
                let name = format!("kickback/no-outside-option/n={n}/mu={label}");
                studies.extend(Delegation::new(&vec![0.0; n], mu).study(&name, LOGIT, POINTS));
            }
        }
    }
    for u0 in [0.0, 1.0] {
        for n in [1, 2, 3, 5, 10] {
            for (mu, label) in [(0.05, ".05"), (0.10, ".10"), (0.25, ".25")] {
                if mu > 0.05 || n == 2 {
                    let name = format!("kickback/outside={u0}/n={n}/mu={label}");
                    let case = Delegation { outside: Some(u0), ..Delegation::new(&vec![0.0; n], mu) };
                    studies.extend(case.study(&name, LOGIT, POINTS));
                }
            }
        }
    }
    let rows: [(&str, &[f64], f64, &str); 3] = [
        ("c=0,.1,.2", &[0.0, 0.1, 0.2], 0.10, ".10"),
        ("c=0,.1,.2", &[0.0, 0.1, 0.2], 0.02, ".02"),
        ("c=0,.05,.1,.3", &[0.0, 0.05, 0.1, 0.3], 0.10, ".10"),
    ];
    for (costs, list, mu, label) in rows {
        let name = format!("kickback/unequal-costs/{costs}/mu={label}");
        studies.extend(Delegation::new(list, mu).study(&name, LOGIT, POINTS));
    }
    for (n, rho, delta) in [(2, 0.5, 1.0), (2, 0.5, 0.5), (3, 0.5, 0.5), (3, 0.5, 0.0), (5, 0.3, 0.5)] {
        let case =
            Delegation { inertia: rho, discount: delta, rounds: 16, ..Delegation::new(&vec![0.0; n], 0.25) };
        let name = format!("kickback/inertia={rho}/discount={delta}/n={n}/mu=.25");
        studies.extend(case.study(&name, INERTIA, POINTS).map(|study| study.taking(5.0, 1.2)));
    }
    studies.extend([first_order_condition_fails(), bertrand(), corner()]);
    for (strong, weak, label) in [(4.0 / 3.0, 0.8, "4-3,4-5"), (1.5, 1.0, "3-2,1")] {
        studies.extend(UniformPair::new(strong, weak).map(|pair| private_values(label, pair, strong, weak)));
    }
    for (n, rent, u0) in [(2, 1.0, 0.0), (3, 2.0, 1.0), (4, 2.0, 1.0), (3, 1.0, 0.0), (4, 1.0, 0.0)] {
        studies.extend(joint_maximum(n, rent, u0));
    }
    studies.push(isomorphism());
    studies.push(plurality());
    studies
}

/// With much inertia it pays to stop paying for an epoch, and the first-order condition is no equilibrium: the program
/// says so, and certified play is elsewhere.
fn first_order_condition_fails() -> Study {
    let case =
        |rho: f64| Delegation { inertia: rho, rounds: 32, warmup: 1500, ..Delegation::new(&[0.0; 3], 0.25) };
    let work = move |draws: &Draws| {
        let mut findings = Vec::new();
        for rho in [0.25, 0.9] {
            let market = case(rho).theory()?;
            let candidate = market.equilibrium();
            findings.push(Finding::truth(market.is_stationary_equilibrium(&candidate, rho, 1.0)));
        }
        let text = case(0.9).text(POINTS).replace("certificate_markets = 24\ncertificate_epochs = 24\n", "");
        let outcomes = replicates(&text, draws.seed, draws.either(6, 3))?;
        let offer = estimate(&outcomes, |o| metric(o, "mean_offer"));
        let candidate = case(0.9).theory()?.equilibrium().kickback[0];
        // Away by more than a menu tick and three standard errors.
        findings.push(Finding::truth(offer.result + 3.0 * offer.se + 0.025 < candidate));
        findings.push(estimate(&outcomes, |o| metric(o, "certified")));
        Ok(findings)
    };
    let yes = "yes is 1";
    let exact = Standard::Computed(0.0);
    Study::new("kickback/inertia/n=3/mu=.25/discount=1", Box::new(work))
        .taking(6.0, 3.0)
        .case("first-order-condition-is-an-equilibrium/inertia=.25", 1.0, yes, exact, INERTIA)
        .case("first-order-condition-is-an-equilibrium/inertia=.9", 0.0, yes, exact, INERTIA)
        .case("play-pays-less/inertia=.9", 1.0, yes, exact, INERTIA)
        .case("play-is-certified/inertia=.9", 1.0, "share of replicates", exact, INERTIA)
}

/// As delegators come to see nothing but the price, they get the second-best candidate's whole rent: what an auction of
/// the right would bring the treasury.
fn bertrand() -> Study {
    let costs = [0.0, 0.1, 0.2];
    let mut study = Study::new(
        "kickback/bertrand-limit",
        Box::new(move |draws: &Draws| {
            let mut findings = Vec::new();
            for mu in [0.1, 0.05, 0.02, 0.01] {
                let case = Delegation::new(&costs, mu);
                let outcomes = replicates(&case.text(97), draws.seed, draws.either(8, 4))?;
                let paid = estimate(&outcomes, |o| metric(o, "bribes_to_delegators"));
                findings.push(paid.with_tick(1.2 / 96.0));
            }
            let last = findings[3];
            findings.push(last);
            Ok(findings)
        }),
    )
    .taking(2.0, 0.8);
    for (mu, label) in [(0.1, ".1"), (0.05, ".05"), (0.02, ".02"), (0.01, ".01")] {
        let target = Delegation::new(&costs, mu)
            .theory()
            .map_or(f64::NAN, |market| market.equilibrium().delegator_income());
        study = study.case(&format!("income/mu={label}"), target, "ETH", Standard::Learned, LOGIT);
    }
    let limit = bertrand_income(&[1.0, 0.9, 0.8]);
    study.case("limit-is-second-best-rent/mu=.01", limit, "ETH", Standard::Learned, "Bertrand competition")
}

/// Two seats with half of a rent of 1 each for the candidates with most votes of delegators who see nothing but the price; costs of a seat are
/// 0, .05, .1 and .2. A promise that does not depend on how many votes it brings, lump sum or share of the seat's income, goes up to what the
/// first loser could pay, `R/k − c_(k+1)`. A promise per unit of stake is diluted by the votes that it attracts: another game, in which
/// delegators get less.
fn plurality() -> Study {
    const SEATS: f64 = 2.0;
    let text = |kickback: &str, warmup: u32, markets: u32| {
        let group = |(name, cost): (&str, f64)| {
            // Whoever holds a seat leads in half of all slots.
            let live = SEATS * cost;
            format!(
                "[[sequencers]]\nname = \"{name}\"\ncount = 1\nvalue = {{ constant = 1.0 }}\nlive_cost = {live:?}\nstrategy = \"grid\"\n\n"
            )
        };
        let groups: String = [("first", 0.0), ("second", 0.05), ("third", 0.1), ("fourth", 0.2)]
            .into_iter()
            .map(group)
            .collect();
        format!(
            "[experiment]\nname = \"case\"\n\n[mechanism.dpos]\nrule = \"delegated\"\nseats = {SEATS}\nkickback = \"{kickback}\"\n\n\
             [play]\nrounds = 16\nwarmup_epochs = {warmup}\ncertificate_markets = {markets}\n\n{groups}\
             [[delegators]]\nname = \"holders\"\ncontinuum = true\nprice_sensitivity = 1000.0\npayout_learning = 0.0\n\n\
             [strategies.grid]\nlearner = \"regret_matching\"\nmenu = {{ relative = [0.0, 1.2], points = 49 }}\n"
        )
    };
    // A tick of the menu, a fortieth of a seat's rent, moves its price by .0125.
    let tick = SEATS * 0.0125;
    let target = SEATS * (1.0 / SEATS - 0.1);
    let work = move |draws: &Draws| {
        let mut findings = Vec::new();
        for (kickback, warmup) in [("income_share", 1000), ("lump_sum", draws.either(3000, 2000))] {
            let outcomes = replicates(&text(kickback, warmup, 512), draws.seed, draws.either(8, 3))?;
            findings.push(estimate(&outcomes, |o| metric(o, "bribes_to_delegators")).with_tick(tick));
            findings.push(estimate(&outcomes, |o| metric(o, "certified")));
        }
        let outcomes = replicates(&text("per_stake", 600, 16), draws.seed, draws.either(8, 3))?;
        let paid = estimate(&outcomes, |o| metric(o, "bribes_to_delegators"));
        findings.push(Finding::truth(paid.result + 3.0 * paid.se + 2.0 * tick < target));
        findings.push(estimate(&outcomes, |o| metric(o, "certified")));
        Ok(findings)
    };
    let exact = Standard::Computed(0.0);
    let mut study = Study::new("kickback/plurality/k=2/c=0-.05-.1-.2", Box::new(work)).taking(24.0, 6.0);
    for kickback in ["income-share", "lump-sum"] {
        let name = |what: &str| format!("{kickback}/{what}");
        study = study.case(&name("income"), target, "ETH", Standard::Learned, PLURALITY).case(
            &name("certified"),
            1.0,
            "share of replicates",
            exact,
            PLURALITY,
        );
    }
    study.case("per-stake/brings-less", 1.0, "yes is 1", exact, PLURALITY).case(
        "per-stake/certified",
        1.0,
        "share of replicates",
        exact,
        PLURALITY,
    )
}

/// Two unequal candidates whose values nobody else knows, before delegators who see nothing but the price: who promises more gets all
/// and pays what it promised, so that delegators get what the first-price auction earns, and not what the second-price auction does.
fn private_values(label: &str, pair: UniformPair, strong: f64, weak: f64) -> Study {
    const POINTS: u32 = 61;
    let step = 1.0 / f64::from(POINTS - 1);
    // Moving every promise by a tick of the value moves income by so much of the winner's mean value.
    let tick = step * strong * (0.5 + weak * weak / (strong * strong) / 6.0);
    let group = |name: &str, highest: f64| {
        format!(
            "[[sequencers]]\nname = \"{name}\"\ncount = 1\nvalue = {{ uniform = [0.0, {highest:?}] }}\nstrategy = \"grid\"\n\n"
        )
    };
    let text = format!(
        "[experiment]\nname = \"case\"\n\n[mechanism.dpos]\nrule = \"delegated\"\n\n\
         [play]\nrounds = 256\nwarmup_epochs = 400\nmeasured_epochs = 200\ncertificate_markets = 1024\n\n\
         [[delegators]]\nname = \"holders\"\ncontinuum = true\nprice_sensitivity = 1000.0\npayout_learning = 0.0\n\n\
         [strategies.grid]\nlearner = \"hedge\"\nbins = 10\nmenu = {{ relative = [0.0, 1.0], points = {POINTS} }}\n\n{}{}",
        group("strong", strong),
        group("weak", weak)
    );
    let (first, second) = (pair.first_price_revenue(), pair.second_price_revenue());
    let work = move |draws: &Draws| {
        let outcomes = replicates(&text, draws.seed, draws.either(12, 3))?;
        let income = estimate(&outcomes, |o| metric(o, "bribes_to_delegators"));
        let certified = estimate(&outcomes, |o| metric(o, "certified"));
        Ok(vec![
            income.with_tick(tick),
            Finding::truth(income.result - 3.0 * income.se > second),
            Finding::exact(certified.result),
        ])
    };
    let exact = Standard::Computed(0.0);
    Study::new(format!("kickback/private-values/{label}"), Box::new(work))
        .taking(15.0, 4.0)
        .case("income-is-first-price-revenue", first, "ETH", Standard::Learned, KRISHNA)
        .case("income-is-above-second-price-revenue", 1.0, "yes is 1", exact, KRISHNA)
        .case("certified", 1.0, "share of replicates", exact, "in an equilibrium nobody gains by deviating")
}

/// With `μ·n/(n − 1)` above the rent nobody pays. Nobody can pay less than nothing, so that what is left is what has not
/// been unlearned yet: within a tick, and less of it the longer the learning.
fn corner() -> Study {
    let work = |draws: &Draws| {
        let paid = |warmup: u32| -> Result<Finding, String> {
            let case = Delegation { warmup, ..Delegation::new(&[0.4, 0.4], 0.4) };
            let outcomes = replicates(&case.text(97), draws.seed, draws.either(8, 4))?;
            Ok(estimate(&outcomes, |o| metric(o, "bribes_to_delegators")))
        };
        let (early, late) = (paid(200)?, paid(3200)?);
        Ok(vec![early.with_tick(1.2 / 96.0), Finding::truth(late.result < 0.5 * early.result)])
    };
    Study::new("kickback/corner/n=2/mu=.4/c=.4", Box::new(work))
        .taking(1.0, 0.4)
        .case("income", 0.0, "ETH", Standard::Learned, LOGIT)
        .case("vanishes-with-learning", 1.0, "yes is 1", Standard::Computed(0.0), LOGIT)
}

/// Candidates who all work for their joint profit: what collusion would be worth.
fn joint_maximum(n: usize, rent: f64, u0: f64) -> Option<Study> {
    let market = Market::symmetric(n, rent, 0.25, Some(u0)).ok()?;
    let best = market.joint_maximum();
    let x = best.kickback[0];
    let profit = (rent - x) * best.share[0] * n as f64;
    let known: Vec<Known> = vec![
        ("kickback".into(), x, "ETH"),
        ("joint-profit".into(), profit, "ETH"),
        ("outside-share".into(), best.outside_share, "share"),
    ];
    let name = format!("kickback/joint-maximum/n={n}/R-c={rent}/outside={u0}");
    // Near its peak joint profit is flat: what little there is to learn takes a steep rule.
    let learner = LearnerSpec::Hedge { learning_rate: 500.0 };
    let lesson = Lesson { learner, ..Lesson::up_to(1.07) };
    let profile = best.kickback.clone();
    Some(stage_study(name, CALVANO, JointMarket { market }, lesson, &profile, known).taking(4.0, 1.0))
}

/// Prices of the published baseline, and the kickbacks that they map to.
fn isomorphism() -> Study {
    let work = |_: &Draws| {
        let oligopoly = Oligopoly::baseline(2);
        let floor = f64::NEG_INFINITY;
        let market = Market { rents: vec![1.0; 2], mu: 0.25, outside: Some(0.0), floor, margin_factor: 1.0 };
        let (nash, joint) = (market.equilibrium(), market.joint_maximum());
        let (price, monopoly) = (oligopoly.nash(), oligopoly.monopoly());
        vec![
            Finding::exact(nash.kickback[0]),
            Finding::exact(joint.kickback[0]),
            Finding::exact(price.prices[0]),
            Finding::exact(monopoly.prices[0]),
            Finding::exact(price.profits[0]),
            Finding::exact(monopoly.profits[0]),
            Finding::exact(price.quantities[0]),
            Finding::exact(nash.kickback[0] + price.prices[0]),
        ]
    };
    let (six, four) = (Standard::Computed(5e-7), Standard::Computed(5e-5));
    let mut study = Study::of("kickback/isomorphism/calvano-baseline", work)
        .case("nash-kickback", 0.527_073, "ETH", six, CALVANO)
        .case("joint-kickback", 0.075_019, "ETH", six, CALVANO)
        .case("nash-price", 1.472_927, "price", six, CALVANO)
        .case("joint-price", 1.924_981, "price", six, CALVANO)
        .case("nash-profit", 0.222_927, "profit", six, CALVANO)
        .case("joint-profit", 0.337_490, "profit", six, CALVANO)
        .case("nash-quantity", 0.4714, "quantity", four, CALVANO)
        .case("kickback-plus-price", 2.0, "ETH", Standard::Computed(1e-9), CALVANO);
    study.seconds = (0.01, 0.01);
    study
}
