//! When a ring of bidders holds (theory: [`crate::theory::deterrence`]): each member compares the discounted value of
//! keeping to the ring with that of snatching a seat once and competing ever after, at every point of the ring's play.

use super::games::ring::{Ring, Share};
use super::{Draws, Finding, Standard, Study};
use crate::draws::Purpose;
use crate::theory::deterrence::{ring_lottery_discount, ring_rotation_discount, ring_split_discount};

const RING: &str = "Friedman 1971; derived for rings";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (n, k) in [(2, 1), (3, 1), (5, 1), (5, 2), (10, 3)] {
        let target = ring_split_discount(n, k);
        studies.push(ring(&format!("ring/split/n={n},k={k}"), Ring { n, k, share: Share::Split }, target));
    }
    for n in [2, 3, 5] {
        let target = ring_rotation_discount(n);
        studies.push(ring(&format!("ring/rotation/n={n}"), Ring { n, k: 1, share: Share::Rotation }, target));
    }
    for n in [2, 3, 5] {
        studies.push(lottery(n));
    }
    studies
}

/// A ring without chance: the least discount factor at which nobody would rather snatch a seat.
fn ring(name: &str, ring: Ring, target: f64) -> Study {
    let work = move |_: &Draws| vec![Finding::exact(ring.threshold(1.0 / f64::from(ring.n)))];
    let digits = Standard::Computed(5e-6);
    Study::of(name, work).case("least-discount-factor", target, "per epoch", digits, RING)
}

/// The winner is drawn by lot each epoch.
fn lottery(n: u32) -> Study {
    let target = ring_lottery_discount(n);
    let work = move |draws: &Draws| {
        let ring = Ring { n, k: 1, share: Share::Lottery };
        let trials = draws.count(400_000);
        let mut luck = draws.luck(Purpose::Tie, "lots", 0);
        let wins = (0..trials).filter(|_| luck.below(n as usize) == 0).count() as f64 / f64::from(trials);
        let p = 1.0 / f64::from(n);
        let se = (p * (1.0 - p) / f64::from(trials)).sqrt();
        let slope = (ring.threshold(p + se) - ring.threshold(p - se)).abs() / 2.0;
        vec![Finding { result: ring.threshold(wins), se: slope, tick: 0.0 }]
    };
    Study::of(format!("ring/lottery/n={n}"), work).case(
        "least-discount-factor",
        target,
        "per epoch",
        Standard::Given,
        RING,
    )
}
