//! Auctions with independent private values (theory: [`crate::theory::auction`], [`crate::theory::reserve`]).

use super::games::sale::{Format, given_sale};
use super::program::{Claim, Sale, pay_as_bid, point, study, truthful};
use super::sample::{Sample, share};
use super::{Finding, Standard, Study};
use crate::draws::Purpose;
use crate::theory::auction::Auction;
use crate::theory::reserve::myerson_reserve;
use crate::world::distribution::Distribution;

const VICKREY: &str = "Vickrey 1961; Krishna 2010, propositions 2.2-2.3";
const SEVERAL: &str = "Krishna 2010, chapters 12-13; revenue equivalence";
const MYERSON: &str = "Myerson 1981, section 5; Riley and Samuelson 1981";

/// A law of values as written in an experiment, with its name in cases.
#[derive(Clone, Copy)]
struct Law {
    name: &'static str,
    text: &'static str,
    values: fn() -> Option<Distribution>,
}

const UNIFORM: Law =
    Law { name: "uniform", text: "uniform = [0.0, 1.0]", values: || Distribution::uniform(0.0, 1.0).ok() };
const EXPONENTIAL: Law =
    Law { name: "exponential", text: "exponential = 1.0", values: || Distribution::exponential(1.0).ok() };
const LOGNORMAL: Law = Law {
    name: "lognormal",
    text: "lognormal = [0.0, 1.0]",
    values: || Distribution::lognormal(0.0, 1.0).ok(),
};
/// Median .05 and mean .10 ETH, like bids for blocks.
const MEV_LIKE: Law = Law {
    name: "lognormal-mev",
    text: "lognormal = [-2.995732273553991, 1.17741]",
    values: || Distribution::lognormal(-2.995_732_273_553_991, 1.17741).ok(),
};
const BETA: Law =
    Law { name: "beta", text: "beta = [2.0, 3.0]", values: || Distribution::beta(2.0, 3.0).ok() };
const PARETO: Law =
    Law { name: "pareto", text: "pareto = [1.0, 3.0]", values: || Distribution::pareto(1.0, 3.0).ok() };

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    single_unit(&mut studies);
    several_units(&mut studies);
    other_laws(&mut studies);
    reserves(&mut studies);
    given_bids(&mut studies);
    quoted_bids(&mut studies);
    studies.extend([proportional(), atoms(), lowest_accepted_bid()]);
    studies
}

fn auction(law: Law, n: u32, k: u32) -> Option<Auction> {
    Some(Auction::new((law.values)()?, n, k))
}

fn single_unit(studies: &mut Vec<Study>) {
    for n in [2, 3, 5, 10] {
        let Some(auction) = auction(UNIFORM, n, 1) else { continue };
        let sale = Sale::new(UNIFORM.text, n, 1, "");
        let name = format!("auction/first-price/uniform/n={n}");
        studies.push(pay_as_bid(&name, VICKREY, &sale, &auction, 41));
        let sale = Sale::new(UNIFORM.text, n, 1, "pricing = \"uniform\"");
        let name = format!("auction/second-price/uniform/n={n}");
        studies.push(truthful(&name, VICKREY, &sale, &auction, 49));
        // A menu in ETH, so that the reserve itself can be bid. Each of ten wins seldom, and earns so little that a tenth of it
        // takes longer to learn and more draws to tell.
        let plain = Sale::new(UNIFORM.text, n, 1, "reserve_price = 0.5");
        let (warmup, certificate) = if n < 10 { (plain.warmup, plain.certificate) } else { (800, 512) };
        let sale = Sale {
            menu: "absolute = [0.0, 1.0]",
            rounds: if n == 2 { 48 } else { 32 },
            warmup,
            certificate,
            ..plain
        };
        let name = format!("auction/first-price-with-reserve/uniform/n={n}");
        let reserved = auction.with_reserve(0.5);
        studies.push(pay_as_bid(&name, MYERSON, &sale, &reserved, 41));
        let sale = Sale::new(UNIFORM.text, n, 1, "pricing = \"uniform\"\nreserve_price = 0.5");
        let name = format!("auction/second-price-with-reserve/uniform/n={n}");
        studies.push(truthful(&name, MYERSON, &sale, &reserved, 49));
    }
    if let Some(auction) = auction(UNIFORM, 3, 1) {
        let sale = Sale {
            learner: "learner = \"regret_matching\"",
            rounds: 32,
            // Its averages come up slowly where a bid seldom wins.
            warmup: 800,
            ..Sale::new(UNIFORM.text, 3, 1, "")
        };
        studies.push(pay_as_bid(
            "auction/first-price/uniform/regret-matching/n=3",
            VICKREY,
            &sale,
            &auction,
            41,
        ));
    }
}

fn several_units(studies: &mut Vec<Study>) {
    for (n, k) in [(5, 3), (10, 3), (10, 5)] {
        let Some(auction) = auction(UNIFORM, n, k) else { continue };
        // With several units bids bend.
        let sale = Sale { bins: 20, split_bins: true, ..Sale::new(UNIFORM.text, n, k, "unit_seats = true") };
        let name = format!("auction/pay-as-bid/uniform/n={n},k={k}");
        studies.push(pay_as_bid(&name, SEVERAL, &sale, &auction, 41));
        let sale = Sale::new(UNIFORM.text, n, k, "unit_seats = true\npricing = \"uniform\"");
        let name = format!("auction/uniform-price/uniform/n={n},k={k}");
        studies.push(truthful(&name, SEVERAL, &sale, &auction, 49));
    }
    // Seats for all: nothing is paid but a reserve.
    for (n, k) in [(3, 3), (5, 5)] {
        let Some(auction) = auction(UNIFORM, n, k) else { continue };
        let sale =
            Sale { menu: "absolute = [0.0, 1.0]", ..Sale::new(UNIFORM.text, n, k, "unit_seats = true") };
        let reserved = Sale { rule: "unit_seats = true\nreserve_price = 0.5".to_owned(), ..sale.clone() };
        let name = format!("auction/seats-for-all/uniform/n={n},k={k}");
        studies.push(revenue_alone(&name, &sale, &auction));
        let name = format!("auction/seats-for-all-with-reserve/uniform/n={n},k={k}");
        studies.push(revenue_alone(&name, &reserved, &auction.with_reserve(0.5)));
    }
    // More seats than bidders, which no experiment file may have: as given.
    for (n, k) in [(2, 3), (2, 5), (3, 5)] {
        let Some(open) = auction(UNIFORM, n, k) else { continue };
        let reserved = open.clone().with_reserve(0.5);
        let targets = (open.expected_revenue(), reserved.expected_revenue());
        let name = format!("auction/more-seats-than-bidders/uniform/n={n},k={k}");
        studies.push(
            Study::of(name, move |draws| {
                let luck = draws.luck(Purpose::Signal, "values", 0);
                let play = |auction| given_sale(auction, Format::PayAsBid, luck, draws.count(400_000));
                vec![play(&open).revenue.mean(), play(&reserved).revenue.mean()]
            })
            .case("revenue", targets.0, "ETH", Standard::Given, SEVERAL)
            .case("revenue-with-reserve=.5", targets.1, "ETH", Standard::Given, SEVERAL),
        );
    }
}

/// Revenue of a pay-as-bid sale on a menu of 41 settings in ETH.
fn revenue_alone(name: &str, sale: &Sale, auction: &Auction) -> Study {
    let step = 1.0 / 40.0;
    let effect = step * auction.expected_units_sold();
    let claims = vec![Claim::metric("revenue", auction.expected_revenue(), effect)];
    let sale = sale.clone();
    study(name, SEVERAL, move |points| sale.text(points), 41, claims)
}

fn other_laws(studies: &mut Vec<Study>) {
    for law in [EXPONENTIAL, LOGNORMAL, BETA, PARETO] {
        let Some(auction) = auction(law, 3, 1) else { continue };
        // Bids bend most where values have no end.
        let split_bins = law.name != BETA.name;
        let sale = Sale { bins: 20, split_bins, ..Sale::new(law.text, 3, 1, "") };
        let name = format!("auction/first-price/{}/n=3", law.name);
        studies.push(pay_as_bid(&name, VICKREY, &sale, &auction, 41).taking(6.0, 2.0));
        let sale = Sale::new(law.text, 3, 1, "pricing = \"uniform\"");
        let name = format!("auction/second-price/{}/n=3", law.name);
        studies.push(truthful(&name, VICKREY, &sale, &auction, 49));
    }
}

fn reserves(studies: &mut Vec<Study>) {
    let mut computed = |name: String, quoted: f64, digits: f64, result: fn() -> Option<f64>| {
        studies.push(Study::of(name, move |_| vec![Finding::exact(result().unwrap_or(f64::NAN))]).case(
            "best-reserve",
            quoted,
            "ETH",
            Standard::Computed(digits),
            MYERSON,
        ));
    };
    computed("auction/reserve/uniform".into(), 0.5, 5e-6, || {
        Some(myerson_reserve(&Distribution::uniform(0.0, 1.0).ok()?, 0.0))
    });
    computed("auction/reserve/uniform/seller-cost=.2".into(), 0.6, 5e-6, || {
        Some(myerson_reserve(&Distribution::uniform(0.0, 1.0).ok()?, 0.2))
    });
    computed("auction/reserve/uniform/values=.8-1".into(), 0.8, 5e-6, || {
        Some(myerson_reserve(&Distribution::uniform(0.8, 1.0).ok()?, 0.0))
    });
    computed("auction/reserve/uniform/values=.2-1".into(), 0.5, 5e-6, || {
        Some(myerson_reserve(&Distribution::uniform(0.2, 1.0).ok()?, 0.0))
    });
    computed("auction/reserve/exponential/rate=2".into(), 0.5, 5e-6, || {
        Some(myerson_reserve(&Distribution::exponential(2.0).ok()?, 0.0))
    });
    computed("auction/reserve/lognormal".into(), 1.35341, 5e-6, || {
        Some(myerson_reserve(&(LOGNORMAL.values)()?, 0.0))
    });
    computed("auction/reserve/lognormal-mev".into(), 0.09548, 5e-6, || {
        Some(myerson_reserve(&(MEV_LIKE.values)()?, 0.0))
    });
    // Where twenty bid, the reserve hardly matters: no search could find it.
    studies.push(
        Study::of("auction/reserve/uniform/n=20", |_| {
            let revenue =
                |r: f64| auction(UNIFORM, 20, 1).map_or(f64::NAN, |a| a.with_reserve(r).expected_revenue());
            vec![Finding::exact(revenue(0.5) - revenue(0.49))]
        })
        .case("lost-at-.49", 3e-9, "ETH", Standard::Computed(5e-10), MYERSON),
    );
    // Truthful bids, and the revenue that the best reserve adds.
    for law in [EXPONENTIAL, LOGNORMAL, MEV_LIKE] {
        for n in [2, 3, 5, 10] {
            let Some(open) = auction(law, n, 1) else { continue };
            let best = open.clone().with_reserve(myerson_reserve(&open.values, 0.0));
            let targets = (open.expected_revenue(), best.expected_revenue());
            let name = format!("auction/reserve/{}/n={n}", law.name);
            studies.push(
                Study::of(name, move |draws| {
                    let luck = draws.luck(Purpose::Signal, "values", 0);
                    let count = draws.count(400_000);
                    let free = given_sale(&open, Format::Uniform, luck, count);
                    let reserved = given_sale(&best, Format::Uniform, luck, count);
                    vec![free.revenue.mean(), reserved.revenue.mean()]
                })
                .taking(0.3, 0.03)
                .case("revenue-without-reserve", targets.0, "ETH", Standard::Given, MYERSON)
                .case("revenue-at-best-reserve", targets.1, "ETH", Standard::Given, MYERSON),
            );
        }
    }
}

/// Equilibrium bids played as given: how much revenue varies, and what bidders and the seller get.
fn given_bids(studies: &mut Vec<Study>) {
    for (n, k) in [(2, 1), (3, 1), (5, 1), (10, 1), (5, 3), (10, 3), (10, 5)] {
        let Some(open) = auction(UNIFORM, n, k) else { continue };
        let reserved = open.clone().with_reserve(0.5);
        let targets = [
            open.expected_revenue(),
            open.pay_as_bid_revenue_sd().unwrap_or(f64::NAN),
            open.expected_surplus(),
            open.expected_revenue(),
            open.uniform_price_revenue_sd(),
            open.expected_price(),
            open.expected_surplus(),
            reserved.expected_revenue(),
            reserved.no_sale_probability(),
        ];
        let nothing = targets[8];
        let source = if k == 1 { VICKREY } else { SEVERAL };
        let name = format!("auction/given-bids/uniform/n={n},k={k}");
        let mut study = Study::of(name, move |draws| {
            let count = draws.count(1_000_000);
            let play = |auction: &Auction, format: Format, who: &str| {
                given_sale(auction, format, draws.luck(Purpose::Signal, who, 0), count)
            };
            let first = play(&open, Format::PayAsBid, "pay as bid");
            let second = play(&open, Format::Uniform, "uniform price");
            let third = play(&reserved, Format::PayAsBid, "reserve");
            vec![
                first.revenue.mean(),
                first.revenue.deviation(),
                first.surplus.mean(),
                second.revenue.mean(),
                second.revenue.deviation(),
                second.price.mean(),
                second.surplus.mean(),
                third.revenue.mean(),
                share(third.unsold, u64::from(count), nothing),
            ]
        })
        .taking(0.8, 0.1);
        let cases = [
            ("pay-as-bid/revenue", "ETH"),
            ("pay-as-bid/sd-of-revenue", "ETH"),
            ("pay-as-bid/surplus-of-a-bidder", "ETH"),
            ("uniform-price/revenue", "ETH"),
            ("uniform-price/sd-of-revenue", "ETH"),
            ("uniform-price/price", "ETH"),
            ("uniform-price/surplus-of-a-bidder", "ETH"),
            ("reserve=.5/revenue", "ETH"),
            ("reserve=.5/no-sale", "probability"),
        ];
        for ((what, unit), target) in cases.into_iter().zip(targets) {
            study = study.case(what, target, unit, Standard::Given, source);
        }
        studies.push(study);
    }
}

/// Schedules in proportion to bids, with Myerson's payments `b·x(b) − ∫x`: truth is a dominant strategy, and the only one
/// that is always best, as every bid changes one's own share.
fn proportional() -> Study {
    let rule = "schedule = \"proportional\"\npricing = \"myerson\"";
    let sale =
        Sale { menu: "relative = [0.0, 1.2]", rounds: 16, ..Sale::new("uniform = [0.2, 1.0]", 3, 2, rule) };
    let step = 1.2 / 48.0;
    let bins = sale.bins;
    let claims = (0..bins).map(|bin| {
        let at = |i: usize| 0.2 + 0.8 * i as f64 / bins as f64;
        let (low, high) = (at(bin), at(bin + 1));
        let theory = 0.5 * (low + high);
        let what = format!("bid/values={low:.2}-{high:.2}");
        Claim::new(what, theory, step * theory, move |o| point(o, "offer", "bidder", low, high)).on_curve()
    });
    let claims = claims.collect();
    study(
        "auction/proportional-schedule/myerson-payments",
        MYERSON,
        move |points| sale.text(points),
        49,
        claims,
    )
}

/// Truth is dominant where values have atoms, too.
fn atoms() -> Study {
    let text = "discrete = { values = [0.2, 0.5, 1.0], weights = [1.0, 2.0, 1.0] }";
    let rule = "unit_seats = true\npricing = \"uniform\"";
    let sale = Sale { menu: "relative = [0.0, 1.2]", ..Sale::new(text, 4, 2, rule) };
    let revenue = Distribution::discrete(&[0.2, 0.5, 1.0], &[1.0, 2.0, 1.0])
        .map_or(f64::NAN, |values| Auction::new(values, 4, 2).expected_revenue());
    let claims = vec![Claim::metric("revenue", revenue, revenue * 1.2 / 48.0)];
    study("auction/uniform-price/discrete/n=4,k=2", SEVERAL, move |points| sale.text(points), 49, claims)
}

/// Selling at the lowest *accepted* bid is not truthful. Two units, three bidders with uniform values: a bid `b` of value `v`
/// against truthful rivals brings `v(2b − b²) − 2b² + 4b³/3`, falling at `b = v`; half of one's value gains 1/16 on average.
fn lowest_accepted_bid() -> Study {
    Study::of("auction/lowest-accepted-bid/n=3,k=2", |draws| {
        let mut luck = draws.luck(Purpose::Signal, "values", 0);
        let mut gain = Sample::around(1.0 / 16.0);
        for _ in 0..draws.count(400_000) {
            let (v, x, y) = (luck.uniform(), luck.uniform(), luck.uniform());
            let payoff = |bid: f64| if bid > x.min(y) { v - bid.min(x.max(y)) } else { 0.0 };
            gain.push(payoff(0.5 * v) - payoff(v));
        }
        vec![gain.mean()]
    })
    .case(
        "gain-from-bidding-half",
        1.0 / 16.0,
        "ETH",
        Standard::Given,
        "Krishna 2010, section 12.2; derived: payoffs against truthful rivals",
    )
}

/// Closed forms as they are quoted: equilibrium bids at single values.
fn quoted_bids(studies: &mut Vec<Study>) {
    let mut table = |n: u32, k: u32, reserve: f64, source: &'static str, quoted: &[(f64, f64)]| {
        let Some(auction) = auction(UNIFORM, n, k) else { return };
        let auction = auction.with_reserve(reserve);
        let values: Vec<f64> = quoted.iter().map(|(value, _)| *value).collect();
        let name = format!("auction/quoted-bids/uniform/n={n},k={k},r={reserve}");
        let mut study = Study::of(name, move |_| {
            let bid = |v: &f64| Finding::exact(auction.pay_as_bid(*v).unwrap_or(f64::NAN));
            values.iter().map(bid).collect()
        });
        for (value, bid) in quoted {
            study = study.case(&format!("value={value}"), *bid, "ETH", Standard::Computed(5e-6), source);
        }
        studies.push(study);
    };
    for (n, at_three_quarters, at_one) in
        [(2, 0.54167, 0.625), (3, 0.57407, 0.70833), (5, 0.61975, 0.80625), (10, 0.67630, 0.90010)]
    {
        table(n, 1, 0.5, MYERSON, &[(0.75, at_three_quarters), (1.0, at_one)]);
    }
    for (n, k, [quarter, half, three_quarters, one]) in [
        (5, 1, [0.2, 0.4, 0.6, 0.8]),
        (5, 3, [0.15821, 0.29091, 0.37778, 0.4]),
        (10, 1, [0.225, 0.45, 0.675, 0.9]),
        (10, 3, [0.21676, 0.42609, 0.6125, 0.7]),
        (10, 5, [0.2016, 0.37695, 0.48465, 0.5]),
    ] {
        let quoted = [(0.25, quarter), (0.5, half), (0.75, three_quarters), (1.0, one)];
        table(n, k, 0.0, SEVERAL, &quoted);
    }
}
