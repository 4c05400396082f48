//! An auction on the chain in which one bidder can pay to have the others' bids left out
//! (theory: [`crate::theory::censorship::one_block_auction`]), with tips that the honest bidders learn.
//!
//! Every bidder sends its value, drawn from U[0, 1], with a tip from a menu. The colluder, of value `v₀`, looks for what is
//! cheapest: with the bids in falling order, leaving out the first `j` costs `Σ_{i ≤ j} s_i`, and the next bid is the price.
//! It takes part if the least sum `C` is below `v₀`; otherwise all bids get in. As `v₀` is uniform, a payoff is integrated
//! over it instead of drawn.
//!
//! Bidders learn by fictitious play. A small tip that a low bidder had better save costs it next to nothing, so that rules
//! that play in proportion to weights or regrets are long in unlearning it, and many small tips are dear to a colluder: of eight
//! bidders an honest one wins too often by 5% after 1,500 batches of Hedge (7% after 800) and by 11% with regret matching+.

use super::super::{Draws, Luck};
use crate::draws::Purpose;
use crate::learning::policy::Policy;
use crate::learning::{Feedback, Learner, LearnerSpec, Problem};
use crate::theory::censorship::one_block_auction::OneBlockAuction;

/// Bins of value that a policy tells apart.
const BINS: usize = 64;

/// Rounds in a batch.
const ROUNDS: u32 = 32;

/// One bid: its value, and what keeping it out costs.
#[derive(Clone, Copy, Debug)]
struct Bid {
    value: f64,
    cost: f64,
}

/// Learns tips; `highest` and `points` are of the menu of `s = k t`, from 0.
#[derive(Clone, Copy, Debug)]
pub struct TipLesson {
    /// The auction.
    pub auction: OneBlockAuction,
    /// Highest setting.
    pub highest: f64,
    /// Settings.
    pub points: usize,
    /// Batches.
    pub batches: u32,
}

/// What was learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tipped {
    /// Probability that an honest bidder wins.
    pub honest_wins: f64,
    /// Mean `s` of bidders with values in the highest tenth.
    pub highest_tenth: f64,
    /// Probability that whoever has the highest value wins.
    pub efficient: f64,
}

/// The colluder's alternatives as one bidder's `s` varies: `rank` rivals (in falling order of value) stand above its value.
/// Least cost of winning with its bid in, and with it out (but for its own `s`).
fn alternatives(rivals: &[Bid], rank: usize, value: f64) -> (f64, f64) {
    let (mut with, mut without, mut paid) = (f64::INFINITY, f64::INFINITY, 0.0);
    for j in 0..=rivals.len() {
        let price = rivals.get(j).map_or(0.0, |bid| bid.value);
        if j <= rank {
            with = f64::min(with, paid + if j == rank { value } else { price });
        }
        if j >= rank {
            without = f64::min(without, paid + price);
        }
        paid += rivals.get(j).map_or(0.0, |bid| bid.cost);
    }
    (with, without)
}

/// Payoff of a bidder with the cost of keeping it out `s`, over the colluder's values.
fn payoff(rivals: &[Bid], rank: usize, value: f64, (with, without): (f64, f64), s: f64, blocks: f64) -> f64 {
    let least = f64::min(with, without + s).min(1.0);
    // Where the colluder wins with the bid in, the bid still pays its tip.
    let included = if with < without + s { 1.0 } else { least };
    let tip = included * s / blocks;
    if rank > 0 {
        return -tip;
    }
    let second = rivals.first().map_or(0.0, |bid| bid.value);
    let below = f64::min(least, second);
    let price = second * below + 0.5 * (least * least - below * below);
    value * least - price - tip
}

impl TipLesson {
    fn menu(&self) -> Vec<f64> {
        (0..self.points).map(|i| self.highest * i as f64 / (self.points - 1) as f64).collect()
    }

    /// Learns, and plays what was learned on fresh draws.
    pub fn run(&self, draws: &Draws, replicate: u32) -> Tipped {
        let menu = self.menu();
        let mut luck = draws.luck(Purpose::Play, "bidders", replicate);
        let policy = self.learn(&menu, &mut luck);
        self.play(&policy, &menu, &mut luck, draws.either(100_000, 20_000))
    }

    fn bids(&self, menu: &[f64], luck: &mut Luck, choose: impl Fn(usize, f64) -> usize) -> Vec<Bid> {
        let mut bids: Vec<Bid> = (0..self.auction.bidders)
            .map(|_| {
                let value = luck.uniform();
                let column = choose(bin(value), luck.uniform());
                Bid { value, cost: menu[column.saturating_sub(1)] }
            })
            .collect();
        bids.sort_by(|a, b| b.value.total_cmp(&a.value));
        bids
    }

    fn learn(&self, menu: &[f64], luck: &mut Luck) -> Policy {
        let columns = menu.len() + 1;
        let blocks = f64::from(self.auction.blocks);
        let spec = LearnerSpec::FictitiousPlay;
        let mut learner = Learner::new(spec, &Problem::new(BINS, columns));
        let mut feedback = Feedback::new(BINS, columns);
        let mut payoffs = vec![0.0; columns];
        let mut rivals = Vec::new();
        for _ in 0..self.batches {
            feedback.clear();
            for _ in 0..ROUNDS {
                let bids = self.bids(menu, luck, |state, u| learner.choose(state, u));
                for (rank, bid) in bids.iter().enumerate() {
                    rivals.clear();
                    rivals.extend(bids.iter().enumerate().filter(|(i, _)| *i != rank).map(|(_, bid)| *bid));
                    let ways = alternatives(&rivals, rank, bid.value);
                    for (payoff_of, &s) in payoffs[1..].iter_mut().zip(menu) {
                        *payoff_of = payoff(&rivals, rank, bid.value, ways, s, blocks);
                    }
                    // Column 0, which abstains, is the least tip here.
                    payoffs[0] = payoffs[1];
                    feedback.add(bin(bid.value), 1.0, &payoffs);
                }
            }
            learner.learn(&feedback);
        }
        learner.settled()
    }

    fn play(&self, policy: &Policy, menu: &[f64], luck: &mut Luck, rounds: u32) -> Tipped {
        let (mut wins, mut efficient, mut high, mut highs) = (0.0, 0.0, 0.0, 0.0);
        for _ in 0..rounds {
            let bids = self.bids(menu, luck, |state, u| policy.sample(state, u));
            let Some((first, rivals)) = bids.split_first() else { continue };
            let (with, without) = alternatives(rivals, 0, first.value);
            let below = f64::min(with, without + first.cost).min(1.0);
            wins += below;
            // An honest winner has the highest value, as outbidding it is one of the colluder's ways; the colluder should win above it.
            efficient += below + 1.0 - first.value;
            for bid in bids.iter().filter(|bid| bid.value >= 0.9) {
                high += bid.cost;
                highs += 1.0;
            }
        }
        let rounds = f64::from(rounds);
        Tipped { honest_wins: wins / rounds, highest_tenth: high / highs, efficient: efficient / rounds }
    }
}

fn bin(value: f64) -> usize {
    ((value * BINS as f64) as usize).min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colluder_takes_its_cheapest_way() {
        let bid = |value: f64, cost: f64| Bid { value, cost };
        // Bids of .9 (dear to keep out), .5 and .2; mine is .6.
        let rivals = [bid(0.9, 0.5), bid(0.5, 0.05), bid(0.2, 0.0)];
        let (with, without) = alternatives(&rivals, 1, 0.6);
        // In: outbid .9, or keep it out and pay .6. Out: .5 + .5, .55 + .2, or .55.
        assert!((with - 0.9).abs() < 1e-12 && (without - 0.55).abs() < 1e-12);
        // Not the highest: it pays its tip of .2/2 where it gets in, which is below C = .75.
        assert!((payoff(&rivals, 1, 0.6, (with, without), 0.2, 2.0) + 0.75 * 0.1).abs() < 1e-12);
        // Alone with value .8 and s = .2: it wins below .2, at the colluder's value.
        let alone = alternatives(&[], 0, 0.8);
        assert_eq!(alone, (0.8, 0.0));
        assert!((payoff(&[], 0, 0.8, alone, 0.2, 1.0) - (0.16 - 0.02 - 0.04)).abs() < 1e-12);
        // With s above its value it is outbid and pays the tip for certain.
        assert!((payoff(&[], 0, 0.8, alone, 0.9, 1.0) - (0.64 - 0.32 - 0.9)).abs() < 1e-12);
    }
}
