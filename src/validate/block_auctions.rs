//! Auctions whose bids can be kept off the chain (theory: [`crate::theory::censorship::one_block_auction`]): tips are learned,
//! and the chance that the winner is not the one who censors is held to the equilibrium's.
//!
//! Fox, Pai and Resnick state in their abstract that this chance falls faster than 1/n. In the equilibrium derived here it is below
//! 1/n for every n, and n times it tends to .222: that is what the cases hold, and no more. The allocation is efficient where an
//! honest bidder wins and where the colluder's value is the highest, with probability 1/(n + 1) more: n times that tends to 1.222.

use super::games::block_auction::{TipLesson, Tipped};
use super::menus::{Expectation, findings, with_halving};
use super::{Draws, Finding, Standard, Study};
use crate::measure::statistics::Moments;
use crate::theory::censorship::one_block_auction::{OneBlockAuction, honest_wins_limit};

const FOX: &str = "Fox, Pai and Resnick 2023 (AFT), arXiv 2301.13321: the game; equilibrium derived";

/// Settings of the coarser menu.
const POINTS: usize = 41;

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies: Vec<Study> =
        [(1, 1), (2, 1), (3, 1), (5, 1), (8, 1), (1, 3), (4, 2)].into_iter().filter_map(learned).collect();
    studies.push(limit());
    studies
}

fn learned((bidders, blocks): (u32, u32)) -> Option<Study> {
    let auction = OneBlockAuction { bidders, blocks };
    let tips = auction.equilibrium()?;
    let highest = 1.3 * tips.cost(1.0);
    let tick = highest / (POINTS - 1) as f64;
    // A tick more from everybody who tips at all.
    let tipping = 1.0 - tips.threshold;
    let expected = [
        Expectation { theory: tips.honest_wins(), tick: f64::from(bidders) * tipping * tick, curve: true },
        Expectation { theory: tips.mean_cost_between(0.9, 1.0), tick, curve: true },
        Expectation {
            theory: tips.honest_wins() + 1.0 / f64::from(bidders + 1),
            tick: f64::from(bidders) * tipping * tick,
            curve: true,
        },
    ];
    let work = move |draws: &Draws| {
        let on = |points: usize| -> Vec<Finding> {
            let lesson = TipLesson { auction, highest, points, batches: draws.either(3000, 1500) };
            let runs: Vec<Tipped> = (0..draws.either(8, 4)).map(|run| lesson.run(draws, run)).collect();
            let over = |of: fn(&Tipped) -> f64| {
                let moments: Moments = runs.iter().map(of).collect();
                Finding { result: moments.mean(), se: moments.standard_error(), tick: 0.0 }
            };
            vec![over(|run| run.honest_wins), over(|run| run.highest_tenth), over(|run| run.efficient)]
        };
        let (coarse, fine) = (on(POINTS), on(2 * POINTS - 1));
        let mut all = findings(&expected, &coarse, &fine);
        let wins = fine[0];
        all.push(Finding::truth(wins.result + 3.0 * wins.se < 1.0 / f64::from(bidders)));
        all
    };
    let study = Study::of(format!("censorship/auction-on-chain/n={bidders},blocks={blocks}"), work)
        .taking(4.0, 1.0)
        .case("honest-bidder-wins", expected[0].theory, "probability", Standard::Learned, FOX)
        .case(
            "cost-of-keeping-out-the-highest-tenth",
            expected[1].theory,
            "of the highest value",
            Standard::Learned,
            FOX,
        )
        .case("efficient-allocation", expected[2].theory, "probability", Standard::Learned, FOX);
    let study = with_halving(study);
    Some(study.case("below-one-in-n", 1.0, "yes is 1", Standard::Computed(0.0), FOX))
}

/// Ever more bidders: computed.
fn limit() -> Study {
    let scaled = |bidders: u32, blocks: u32| {
        let tips = OneBlockAuction { bidders, blocks }.equilibrium();
        let wins = tips.map_or(f64::NAN, |tips| tips.honest_wins());
        Finding::exact(wins * f64::from(bidders) / f64::from(blocks))
    };
    let work = move |_: &Draws| vec![scaled(1_000_000, 1), scaled(1_000_000, 2)];
    let digits = Standard::Computed(5e-6);
    Study::of("censorship/auction-on-chain/many-bidders", work)
        .case("n-times-chance-of-an-honest-winner", honest_wins_limit(), "1", digits, FOX)
        .case("two-blocks/per-block", honest_wins_limit(), "1", digits, FOX)
}
