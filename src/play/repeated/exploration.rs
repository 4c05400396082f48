//! When a learner explores: with probability `ε_t = ε_0·e^{−βt}` in epoch `t`, independently.
//!
//! Draws are functions of the learner's stream and the epoch. While exploring is common, every epoch takes one draw. Once
//! it is rare, the next epoch of exploration is drawn instead, by thinning: a candidate comes after a geometric number of
//! epochs with the present, highest probability `p = ε_t`, and an epoch `u` among the candidates counts with probability
//! `ε_u/p`. Both have the same law (Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", Naval
//! Research Logistics Quarterly 26 (1979) 403–413, in discrete time).

#![allow(
    clippy::inline_always,
    reason = "the inner loop is one function without branches that depend on draws: measured in benches/q_learning.rs"
)]

use crate::draws::{Key, Who};
use crate::draws::{Purpose, Stream};
use crate::numerics::{exp, ln, ln_1p};

/// A learner's schedule of exploration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exploration {
    start: f64,
    decay: f64,
    stream: Stream,
}

/// Which draw of an epoch decides what.
const EXPLORES: u32 = 0;
const GAP: u32 = 1;
const COUNTS: u32 = 2;
const SETTING: u32 = 3;

/// 2^32: what a half of a draw is a share of.
pub(super) const HALF: f64 = 4_294_967_296.0;

impl Exploration {
    /// Of a learner called `who`, with `ε_0` and `β`.
    pub(super) fn new(key: Key, who: Who, start: f64, decay: f64) -> Self {
        Exploration { start, decay, stream: key.stream(Purpose::Explore, who) }
    }

    /// `ε_t`.
    pub(super) fn probability(&self, epoch: u32) -> f64 {
        self.start * exp(-self.decay * f64::from(epoch))
    }

    /// What `ε` is multiplied with from one epoch to the next.
    pub(super) fn factor(&self) -> f64 {
        exp(-self.decay)
    }

    /// One draw for an epoch: whether to explore, given `ε·2^32`, and where, among `size` settings.
    #[inline(always)]
    pub(super) fn draw(&self, epoch: u32, threshold: f64, size: u64) -> (bool, usize) {
        let bits = self.stream.bits(epoch, EXPLORES);
        (((bits >> 32) as f64) < threshold, uniform_below(bits & 0xFFFF_FFFF, size))
    }

    /// The first epoch of exploration from `epoch` on, if it comes before `end`.
    pub(super) fn next(&self, mut epoch: u32, end: u32) -> Option<u32> {
        loop {
            let p = self.probability(epoch);
            if p <= 0.0 {
                return None;
            }
            let gap = if p < 1.0 { (ln(self.stream.uniform(epoch, GAP)) / ln_1p(-p)).floor() } else { 0.0 };
            if gap >= f64::from(end - epoch) {
                return None;
            }
            epoch += gap as u32;
            if self.stream.uniform(epoch, COUNTS) * p < self.probability(epoch) {
                return Some(epoch);
            }
            epoch += 1;
            if epoch >= end {
                return None;
            }
        }
    }

    /// The setting tried in an epoch that [`Exploration::next`] gave.
    pub(super) fn setting(&self, epoch: u32, size: u64) -> usize {
        uniform_below(self.stream.bits(epoch, SETTING) >> 32, size)
    }
}

/// A whole number below `size` from 32 random bits; even to within `size/2^32`.
#[inline(always)]
fn uniform_below(bits: u64, size: u64) -> usize {
    ((bits * size) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways of drawing explore as often as they should, early and late, and spread evenly over settings.
    #[test]
    fn both_ways_explore_with_the_given_probability() {
        let (start, decay, epochs) = (0.2, 2e-4, 12_000_u32);
        let (mut each, mut rare) = ([0.0; 4], [0.0; 4]);
        let mut settings = [0.0; 5];
        let window = |epoch: u32| (epoch / 3_000) as usize;
        let runs = 60;
        for run in 0..runs {
            let e = Exploration::new(Key::new(11, run, 0), Who::member("q", 0), start, decay);
            for epoch in 0..epochs {
                let (explores, setting) = e.draw(epoch, e.probability(epoch) * HALF, 5);
                if explores {
                    each[window(epoch)] += 1.0;
                    settings[setting] += 1.0;
                }
            }
            let mut epoch = 0;
            while let Some(next) = e.next(epoch, epochs) {
                assert!(next >= epoch);
                rare[window(next)] += 1.0;
                settings[e.setting(next, 5)] += 1.0;
                epoch = next + 1;
            }
        }
        for (w, (&a, &b)) in each.iter().zip(&rare).enumerate() {
            let span = (w as u32 * 3_000)..(w as u32 + 1) * 3_000;
            let mean: f64 = f64::from(runs) * span.map(|t| start * exp(-decay * f64::from(t))).sum::<f64>();
            assert!((a - mean).abs() < 4.0 * mean.sqrt(), "each epoch, window {w}: {a} for {mean}");
            assert!((b - mean).abs() < 4.0 * mean.sqrt(), "thinned, window {w}: {b} for {mean}");
        }
        let total: f64 = settings.iter().sum();
        for count in settings {
            assert!((count - total / 5.0).abs() < 4.0 * (total * 0.16).sqrt());
        }
        assert!(Exploration::new(Key::new(1, 1, 1), Who::MARKET, 0.0, 0.0).next(0, 1_000_000).is_none());
        assert_eq!(Exploration::new(Key::new(1, 1, 1), Who::MARKET, 1.0, 0.0).next(7, 9), Some(7));
    }
}
