//! Two unequal bidders, where revenue equivalence fails (theory: [`crate::theory::asymmetric`]).

use super::program::{Claim, Sale, point, strong_wins, study};
use super::sample::{Sample, share};
use super::{Draws, Standard, Study};
use crate::draws::Purpose;
use crate::theory::asymmetric::UniformPair;

const KRISHNA: &str = "Krishna 2010, section 4.3; Vickrey 1961, appendix III";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let pairs = [(4.0 / 3.0, 0.8, "4-3,4-5"), (1.5, 1.0, "3-2,1")];
    let mut studies = Vec::new();
    for (strong, weak, label) in pairs {
        if let Some(pair) = UniformPair::new(strong, weak) {
            studies.push(first_price(label, pair, strong, weak));
            studies.push(second_price(label, pair, strong, weak));
            studies.push(given(label, pair, strong, weak));
        }
    }
    studies
}

fn sale(strong: f64, weak: f64, rule: &str) -> Sale {
    Sale {
        groups: vec![
            ("strong", 1, format!("uniform = [0.0, {strong}]")),
            ("weak", 1, format!("uniform = [0.0, {weak}]")),
        ],
        rounds: 64,
        // Each learns from one rival only, and is certified by what few other bids would have won.
        certificate: 128,
        ..Sale::new("", 2, 1, rule)
    }
}

fn first_price(label: &str, pair: UniformPair, strong: f64, weak: f64) -> Study {
    let (points, bins) = (41, 10);
    let step = 1.0 / (points - 1) as f64;
    let highest = strong * (0.5 + weak * weak / (strong * strong) / 6.0);
    let mut claims = vec![
        Claim::metric("revenue", pair.first_price_revenue(), step * highest),
        strong_wins(pair.strong_wins_first_price(), step),
    ];
    for bin in 2..bins {
        let (from, to) = (f64::from(bin) / f64::from(bins), f64::from(bin + 1) / f64::from(bins));
        for (agent, top) in [("strong", strong), ("weak", weak)] {
            let at = |i: i32| top * (from + (to - from) * (f64::from(i) + 0.5) / 200.0);
            let bid = |v: f64| if agent == "strong" { pair.strong_bid(v) } else { pair.weak_bid(v) };
            let theory = (0..200).map(|i| bid(at(i))).sum::<f64>() / 200.0;
            let tick = step * 0.5 * (from + to) * top;
            let what = format!("{agent}-bid/quantiles={from:.2}-{to:.2}");
            let (low, high) = (from * top, to * top);
            claims.push(
                Claim::new(what, theory, tick, move |o| point(o, "offer", agent, low, high)).on_curve(),
            );
        }
    }
    let sale = sale(strong, weak, "");
    let name = format!("auction/asymmetric/{label}/first-price");
    study(name, KRISHNA, move |points| sale.text(points), points, claims).taking(5.0, 1.5)
}

fn second_price(label: &str, pair: UniformPair, strong: f64, weak: f64) -> Study {
    let step = 1.2 / 48.0;
    let revenue = pair.second_price_revenue();
    let claims = vec![
        Claim::metric("revenue", revenue, revenue * step),
        strong_wins(pair.strong_wins_second_price(), step),
    ];
    let sale = Sale { menu: "relative = [0.0, 1.2]", ..sale(strong, weak, "pricing = \"uniform\"") };
    let name = format!("auction/asymmetric/{label}/second-price");
    study(name, KRISHNA, move |points| sale.text(points), 49, claims).taking(3.0, 1.0)
}

/// Equilibrium bids as given.
fn given(label: &str, pair: UniformPair, strong: f64, weak: f64) -> Study {
    let targets = [
        pair.first_price_revenue(),
        pair.second_price_revenue(),
        pair.strong_wins_first_price(),
        pair.strong_wins_second_price(),
    ];
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Signal, "values", 0);
        let count = draws.count(1_000_000);
        let (mut first, mut second) = (Sample::around(targets[0]), Sample::around(targets[1]));
        let (mut wins_first, mut wins_second) = (0, 0);
        for _ in 0..count {
            let (x, y) = (strong * luck.uniform(), weak * luck.uniform());
            let (a, b) = (pair.strong_bid(x), pair.weak_bid(y));
            first.push(a.max(b));
            second.push(x.min(y));
            wins_first += u64::from(a > b);
            wins_second += u64::from(x > y);
        }
        let count = u64::from(count);
        let wins = [share(wins_first, count, targets[2]), share(wins_second, count, targets[3])];
        vec![first.mean(), second.mean(), wins[0], wins[1]]
    };
    Study::of(format!("auction/asymmetric/{label}/given-bids"), work)
        .case("first-price/revenue", targets[0], "ETH", Standard::Given, KRISHNA)
        .case("second-price/revenue", targets[1], "ETH", Standard::Given, KRISHNA)
        .case("first-price/strong-wins", targets[2], "probability", Standard::Given, KRISHNA)
        .case("second-price/strong-wins", targets[3], "probability", Standard::Given, KRISHNA)
}
