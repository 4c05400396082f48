//! Q-learning bidders: Banchio and Skrzypacz (2022), "Artificial intelligence and auction design", EC '22 (arXiv 2202.05947),
//! through the program (`experiments/banchio-skrzypacz.toml`). Bidders of value 1 bid on a grid and remember nothing; revenue
//! is that of the bids that they end with after a million auctions. Targets are of an independent re-simulation of the
//! paper's specification, which agrees with its findings.

use super::games::sessions::mean;
use super::program::{metric, varied};
use super::{Draws, Finding, Standard, Study};

const PAPER: &str = "Banchio and Skrzypacz 2022 (arXiv 2202.05947), section 3; independent re-simulation";

/// How near revenue has to be besides standard errors. How many experiments are behind the re-simulation is not known.
const NEAR: f64 = 0.03;

/// A row: name, contender (0 first price, 1 second price), settings that differ from the file's, mean
/// revenue over experiments.
type Row = (&'static str, usize, &'static [(&'static str, &'static str)], f64);

const ROWS: [Row; 13] = [
    ("first-price", 0, &[], 0.219),
    ("second-price", 1, &[], 0.947),
    ("second-price/synchronous", 1, &[("strategies.q_learning.updates", "counterfactual")], 0.950),
    ("first-price/bidders=4", 0, &[("sequencers.bidder.count", "4")], 0.950),
    ("first-price/discount=.9", 0, &[("strategies.q_learning.discount", "0.9")], 0.302),
    ("first-price/discount=0", 0, &[("strategies.q_learning.discount", "0.0")], 0.936),
    (
        "first-price/explores-much",
        0,
        &[("strategies.q_learning.exploration", "1.0"), ("strategies.q_learning.exploration_decay", "2e-5")],
        0.213,
    ),
    (
        "second-price/explores-much",
        1,
        &[("strategies.q_learning.exploration", "1.0"), ("strategies.q_learning.exploration_decay", "2e-5")],
        0.949,
    ),
    (
        "first-price/starts-by-lot",
        0,
        &[("strategies.q_learning.initial", "{ uniform = [0.0, 100.0] }")],
        0.225,
    ),
    (
        "second-price/starts-by-lot",
        1,
        &[("strategies.q_learning.initial", "{ uniform = [0.0, 100.0] }")],
        0.950,
    ),
    ("first-price/starts-at-0", 0, &[("strategies.q_learning.initial", "zero")], 0.117),
    (
        "first-price/bids=9",
        0,
        &[("strategies.q_learning.menu.points", "9"), ("strategies.q_learning.menu.absolute", "[0.1, 0.9]")],
        0.268,
    ),
    (
        "first-price/bids=39",
        0,
        &[
            ("strategies.q_learning.menu.points", "39"),
            ("strategies.q_learning.menu.absolute", "[0.025, 0.975]"),
        ],
        0.205,
    ),
];

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies: Vec<Study> = ROWS.into_iter().map(study).collect();
    studies.push(feedback());
    studies
}

/// Revenue over experiments.
fn revenue(contender: usize, set: &[(&str, &str)], draws: &Draws, count: u32) -> Result<Finding, String> {
    let text = include_str!("../../experiments/banchio-skrzypacz.toml");
    let outcomes = varied(text, set, contender, draws.seed, count)?;
    Ok(mean(outcomes.iter().map(|o| metric(o, "revenue")), None))
}

fn study((name, contender, set, target): Row) -> Study {
    let work = move |draws: &Draws| Ok(vec![revenue(contender, set, draws, draws.either(300, 30))?]);
    let standard = Standard::Within(NEAR);
    Study::new(format!("banchio-skrzypacz/{name}"), Box::new(work)).taking(25.0, 2.5).case(
        "revenue",
        target,
        "of the value",
        standard,
        PAPER,
    )
}

/// Told the lowest bid that would have won, first-price bidders compete, where without they collude.
fn feedback() -> Study {
    let work = |draws: &Draws| {
        let told = [("strategies.q_learning.updates", "counterfactual"), ("play.max_epochs", "200000")];
        let told = revenue(0, &told, draws, draws.either(20, 4))?;
        let untold = revenue(0, &[], draws, draws.either(40, 8))?;
        // Competition: at least nine tenths of the value, the lower of the two static equilibria.
        Ok(vec![Finding::truth(told.result >= 0.9 - 1e-9), Finding::truth(untold.result <= 0.4)])
    };
    Study::new("banchio-skrzypacz/first-price/feedback", Box::new(work))
        .taking(5.0, 0.8)
        .case("told-lowest-winning-bid-compete", 1.0, "yes is 1", Standard::Computed(0.0), PAPER)
        .case("untold-collude", 1.0, "yes is 1", Standard::Computed(0.0), PAPER)
}
