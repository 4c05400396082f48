//! When a ring of bidders holds (theory: [`crate::theory::deterrence`]).
//!
//! Rings that leave nothing to chance are played in the program's own auction: the members' plans keep to the ring while everybody has
//! kept to it, and bid all that a seat is worth ever after, and the certificate's discounted best response says whether somebody gains
//! by leaving. The least discount factor at which nobody does is found by halving. A ring that draws its winner by lot before bids
//! are made is no game that the program plays: what keeping to it and leaving it are worth is added up epoch by epoch.

use super::program::stage_game::StageGame;
use super::{Draws, Finding, Standard, Study};
use crate::play::repeated::best_response::Problem;
use crate::play::repeated::plan::{History, Plan, limit_cycle};
use crate::play::repeated::stage::Stage;
use crate::theory::deterrence::{ring_lottery_discount, ring_rotation_discount, ring_split_discount};

const RING: &str = "Friedman 1971; derived for rings";

/// A bid that counts next to nothing, as a share of what a seat is worth.
const TINY: f64 = 1e-9;

/// How the ring divides what it wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    /// All bid the least, and the auction's lot among equal bids gives everybody an even part of the seats, in expectation.
    Split,
    /// One member in turn bids a little more than the others.
    Rotation,
}

/// A ring of `n` equal bidders for `k` seats, who know what a seat is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ring {
    n: usize,
    k: usize,
    share: Share,
}

/// Places on the menu of a ring: the least bid, that of whose turn it is, a bid above it, and what a seat is worth.
const LEAST: usize = 0;
const TURN: usize = 1;
const WORTH: usize = 3;

impl Ring {
    /// The auction's stage game.
    fn stage(self) -> Result<Stage, String> {
        let (Ring { n, k, .. }, second) = (self, 2.0 * TINY);
        let text = format!(
            "[experiment]\nname = \"ring\"\n\n[[sequencers]]\nname = \"member\"\ncount = {n}\nvalue = {{ constant = 1.0 }}\n\
             strategy = \"bids\"\n\n[mechanism.auction]\nrule = \"auction_rotation\"\nseats = {k}\npricing = \"pay_as_bid\"\n\n\
             [play]\nregime = \"independent\"\n\n[strategies.bids]\nlearner = \"q_learning\"\nmemory = 0\n\
             menu = {{ absolute = [0.0, {TINY:?}, {second:?}, 1.0] }}\n"
        );
        Ok(StageGame::of(&text, &[])?.stage)
    }

    /// The profile of the ring's play in which it is member `turn`'s turn.
    fn profile(self, stage: &Stage, turn: usize) -> usize {
        match self.share {
            Share::Split => 0,
            Share::Rotation => stage.with(0, turn, TURN),
        }
    }

    /// The members' plans.
    fn plans(self, stage: &Stage) -> Vec<Plan> {
        let turns = if self.share == Share::Rotation { self.n } else { 1 };
        let kept: Vec<usize> = (0..turns).map(|turn| self.profile(stage, turn)).collect();
        let after = |member: usize, profile: usize| match kept.iter().position(|&p| p == profile) {
            None => WORTH,
            Some(turn) if self.share == Share::Rotation && (turn + 1) % turns == member => TURN,
            Some(_) => LEAST,
        };
        let plan = |member: usize| Plan {
            memory: 1,
            settings: (0..stage.profiles()).map(|profile| after(member, profile) as u16).collect(),
        };
        (0..self.n).map(plan).collect()
    }

    /// The least discount factor at which nobody gains by leaving the ring.
    fn threshold(self) -> Result<f64, String> {
        let stage = self.stage()?;
        let plans = self.plans(&stage);
        let start = self.profile(&stage, 0);
        let cycle = limit_cycle(&stage, &plans, History { before: start, last: start });
        let leaves = |member: usize, discount: f64| {
            let problem = Problem::new(&stage, &plans, member, discount, &cycle);
            let own = problem.policy(&plans[member], stage.profiles());
            let (kept, (_, best)) = (problem.values(&own), problem.best(own));
            (0..cycle.len()).any(|k| best[k] > kept[k] * (1.0 + 1e-9))
        };
        let (mut low, mut high) = (0.0, 0.999);
        for _ in 0..40 {
            let discount = f64::midpoint(low, high);
            let holds = !(0..self.n).any(|member| leaves(member, discount));
            if holds { high = discount } else { low = discount }
        }
        Ok(high)
    }
}

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (n, k) in [(2, 1), (3, 1), (5, 1), (5, 2), (6, 3)] {
        let target = ring_split_discount(n as u32, k as u32);
        studies.push(ring(&format!("ring/split/n={n},k={k}"), Ring { n, k, share: Share::Split }, target));
    }
    for n in [2, 3, 5] {
        let target = ring_rotation_discount(n as u32);
        studies.push(ring(&format!("ring/rotation/n={n}"), Ring { n, k: 1, share: Share::Rotation }, target));
    }
    for n in [2, 3, 5] {
        studies.push(lottery(n));
    }
    studies
}

/// A ring without chance.
fn ring(name: &str, ring: Ring, target: f64) -> Study {
    let work = move |_: &Draws| Ok(vec![Finding::exact(ring.threshold()?)]);
    let digits = Standard::Computed(5e-6);
    let study = Study::new(name, Box::new(work)).taking(1.0, 1.0);
    study.case("least-discount-factor", target, "per epoch", digits, RING)
}

/// The winner is drawn by lot each epoch. Who has lost the lot is most tempted: it may snatch the seat, or wait for luck.
fn lottery(n: u32) -> Study {
    let work = move |_: &Draws| {
        let waiting = |discount: f64| -> f64 {
            let luck = (1..20_000).scan(1.0, |weight, _| {
                *weight *= discount;
                Some(*weight / f64::from(n))
            });
            luck.sum()
        };
        let (mut low, mut high) = (0.0, 0.999);
        for _ in 0..40 {
            let discount = f64::midpoint(low, high);
            if waiting(discount) >= 1.0 { high = discount } else { low = discount }
        }
        vec![Finding::exact(high)]
    };
    let digits = Standard::Computed(5e-6);
    Study::of(format!("ring/lottery/n={n}"), work).case(
        "least-discount-factor",
        ring_lottery_discount(n),
        "per epoch",
        digits,
        RING,
    )
}
