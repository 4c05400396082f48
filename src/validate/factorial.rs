//! A factorial experiment on bidding by Q-learning, after Rawat (2023), "Designing auctions when algorithms learn to bid"
//! (arXiv 2306.09437): price format by number of bidders, through the program (`experiments/banchio-skrzypacz.toml`).
//!
//! We know the paper's abstracts, whose numbers are averages over its own 427 designs: first-price winning bids some 20% below
//! value, second-price winning bids near it; in its later version the number of bidders predicts revenue best, and what the format
//! does hangs on the context. Cases hold our cells to the signs.

use super::games::sessions::mean;
use super::program::{metric, varied};
use super::{Draws, Finding, Standard, Study};

const RAWAT: &str = "Rawat 2023 (arXiv 2306.09437), abstracts of its versions";

/// Step of the grid of bids: the best that second-price bidders of value 1 can do is one of them below it.
const STEP: f64 = 0.05;

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let work = |draws: &Draws| {
        let text = include_str!("../../experiments/banchio-skrzypacz.toml");
        let cell = |second_price: usize, bidders: &str| -> Result<Finding, String> {
            let set = [("sequencers.bidder.count", bidders)];
            let outcomes = varied(text, &set, second_price, draws.seed, draws.either(60, 8))?;
            Ok(mean(outcomes.iter().map(|o| metric(o, "revenue")), None))
        };
        let [first_two, first_four] = [cell(0, "2")?, cell(0, "4")?];
        let [second_two, second_four] = [cell(1, "2")?, cell(1, "4")?];
        // By more than chance would: three standard errors.
        let above = |a: Finding, b: Finding| a.result - b.result > 3.0 * (a.se * a.se + b.se * b.se).sqrt();
        let near = |a: Finding, b: Finding| (a.result - b.result).abs() <= STEP + 1e-9;
        let first = Finding {
            result: 0.5 * (first_two.result + first_four.result),
            se: 0.5 * (first_two.se * first_two.se + first_four.se * first_four.se).sqrt(),
            tick: 0.0,
        };
        Ok(vec![
            Finding::truth(above(Finding::exact(0.8), first)),
            Finding::truth(near(second_two, Finding::exact(0.95)) && near(second_four, Finding::exact(0.95))),
            Finding::truth(above(first_four, first_two)),
            Finding::truth(above(second_two, first_two) && near(second_four, first_four)),
        ])
    };
    let yes = Standard::Computed(0.0);
    let mut study = Study::new("factorial/format-by-bidders", Box::new(work)).taking(20.0, 4.0);
    for name in [
        "first-price-bids-a-fifth-below-value-at-least",
        "second-price-bids-near-value",
        "more-bidders-raise-first-price",
        "format-matters-between-two-and-not-among-four",
    ] {
        study = study.case(name, 1.0, "yes is 1", yes, RAWAT);
    }
    vec![study]
}
