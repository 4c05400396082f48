//! One right among bidders who know each other's values (theory: [`crate::theory::complete_information`]).

use super::games::rights::{Format, Rights};
use super::games::stage::{Known, Lesson, study};
use super::program::{self, Claim, Sale};
use super::sample::Sample;
use super::{Draws, Finding, Standard, Study};
use crate::draws::Purpose;
use crate::learning::LearnerSpec;
use crate::theory::complete_information::{
    all_pay, cost_advantage, lottery, symmetric_first_price_equilibria,
};
use crate::theory::contest::Lottery;

const BERTRAND: &str = "Bertrand competition; Krishna 2010, section 2";
const TULLOCK: &str = "Tullock 1980";
const ALL_PAY: &str = "Hillman and Riley 1989; Baye, Kovenock and de Vries 1993";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (low, label) in [(0.8, "1,.8"), (0.5, "1,.5")] {
        studies.push(tickets(low, label));
        studies.push(all_pay_auction(low, label));
        studies.push(first_price(&[1.0, low], 1, &format!("complete-information/first-price/v={label}")));
    }
    // Two seats worth half a rent of 1 each, costs of 0, .05, .1 and .2: seats go for what the first loser would pay. What delegators
    // make of the same seats is among the cases of kickbacks.
    studies.push(first_price(
        &[0.5, 0.45, 0.4, 0.3],
        2,
        "complete-information/even-seats/k=2/R=1,c=0-.05-.1-.2",
    ));
    for n in [2, 3, 5] {
        studies.push(cost_draws(n));
    }
    studies.push(grid_equilibria());
    studies
}

/// Two bidders buy lottery tickets.
fn tickets(low: f64, label: &str) -> Study {
    let split = lottery(1.0, low);
    let (x1, x2) = split.spending;
    let (p, all) = (split.higher_wins, split.revenue);
    let theory = Lottery {
        stakes: vec![x1, x2],
        shares: vec![p, 1.0 - p],
        payoffs: vec![p - x1, low * (1.0 - p) - x2],
        total: all,
        dissipation: all / (p + low * (1.0 - p)),
        concentration: p * p + (1.0 - p) * (1.0 - p),
        active: 2,
    };
    // Tickets are stakes that cost what they are worth.
    let contest = super::program::contest::Contest::new(&[1.0, low], &[1.0, 1.0]);
    contest.study(&format!("complete-information/lottery/v={label}"), TULLOCK, 41, &theory)
}

/// Two bidders who pay whether they win or not. The equilibrium is mixed, and unique: the game is zero-sum up to scale,
/// so that the average play of learners without regret tends to it.
fn all_pay_auction(low: f64, label: &str) -> Study {
    let split = all_pay(1.0, low);
    let known: Vec<Known> = vec![
        ("bid/bidder=1".into(), split.spending.0, "ETH"),
        ("bid/bidder=2".into(), split.spending.1, "ETH"),
        ("revenue".into(), split.revenue, "ETH"),
    ];
    let rights = Rights { values: vec![1.0, low], units: 1, format: Format::AllPay };
    let lesson = Lesson { batches: 8000, learner: LearnerSpec::RegretMatching, ..Lesson::up_to(1.03) };
    let means = [split.spending.0, split.spending.1];
    study(format!("complete-information/all-pay/v={label}"), ALL_PAY, rights, lesson, &means, known)
        .taking(6.0, 1.5)
}

/// Everybody knows everybody's value: the winners are those with the highest, and pay what the first loser would. Through the
/// program, by regret matching: among losers, who are indifferent between all bids that lose, Hedge is slow to forget.
fn first_price(values: &[f64], units: usize, name: &str) -> Study {
    const GROUPS: [&str; 4] = ["first", "second", "third", "fourth"];
    let group = |(name, value): (&&'static str, &f64)| (*name, 1, format!("constant = {value}"));
    let (menu, step) = if values[0] > 0.5 {
        ("absolute = [0.0, 1.025]", 0.025)
    } else {
        ("absolute = [0.0, 0.5125]", 0.0125)
    };
    let sale = Sale {
        groups: GROUPS.iter().zip(values).map(group).collect(),
        menu,
        bins: 1,
        rounds: 16,
        warmup: 2000,
        learner: "learner = \"regret_matching\"",
        ..Sale::new("constant = 1.0", 2, units as u32, if units > 1 { "unit_seats = true" } else { "" })
    };
    let revenue = units as f64 * values[units];
    let claims = vec![
        Claim::metric("revenue", revenue, units as f64 * step),
        // A seat that goes to the first loser instead, worth less by a tick.
        Claim::metric("allocative_efficiency", 1.0, step / values[0]).in_unit("share of the best"),
    ];
    program::study(name, BERTRAND, move |points| sale.text(points), 42, claims)
}

/// Operators whose costs are uniform on [0, 1], for a right worth 2 before costs.
fn cost_draws(n: u32) -> Study {
    let (treasury, rent) = cost_advantage(2.0, n);
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Signal, "costs", 0);
        let (mut paid, mut kept) = (Sample::around(treasury), Sample::around(rent));
        for _ in 0..draws.count(1_000_000) {
            let (mut first, mut second) = (f64::INFINITY, f64::INFINITY);
            for _ in 0..n {
                let c = luck.uniform();
                if c < first {
                    (first, second) = (c, first);
                } else {
                    second = second.min(c);
                }
            }
            paid.push(2.0 - second);
            kept.push(second - first);
        }
        vec![paid.mean(), kept.mean()]
    };
    Study::of(format!("complete-information/cost-advantage/n={n}"), work)
        .case("treasury", treasury, "ETH", Standard::Given, BERTRAND)
        .case("rent-of-the-winner", rent, "ETH", Standard::Given, BERTRAND)
}

/// Two bidders of value 1 on the grid .05, .10, …, .95: the symmetric pure equilibria are .90 and .95.
fn grid_equilibria() -> Study {
    let work = |_: &Draws| {
        let grid: Vec<f64> = (1..20).map(|i| f64::from(i) / 20.0).collect();
        let known = symmetric_first_price_equilibria(1.0, 2, &grid);
        // The same by playing every deviation against every bid.
        let payoff = |own: f64, rival: f64| {
            let wins = if own > rival { 1.0 } else { 0.5 * f64::from(u8::from(own == rival)) };
            wins * (1.0 - own)
        };
        let stable = |b: &&f64| grid.iter().all(|a| payoff(*a, **b) <= payoff(**b, **b) + 1e-12);
        let played: Vec<f64> = grid.iter().filter(stable).copied().collect();
        vec![
            Finding::exact(played.first().copied().unwrap_or(f64::NAN)),
            Finding::exact(played.last().copied().unwrap_or(f64::NAN)),
            Finding::exact(played.len() as f64),
            Finding::truth(played == known),
        ]
    };
    let digits = Standard::Computed(5e-13);
    let source = "derived: every deviation on the grid, ties split";
    Study::of("complete-information/first-price-on-a-grid/n=2", work)
        .case("lowest-equilibrium-bid", 0.90, "ETH", digits, source)
        .case("highest-equilibrium-bid", 0.95, "ETH", digits, source)
        .case("equilibria", 2.0, "count", digits, source)
        .case("program-agrees", 1.0, "yes is 1", digits, source)
}
