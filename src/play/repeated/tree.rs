//! The largest of a row of values, kept up while the values move one at a time.
//!
//! A *winner tree*: the values are leaves, each inner node holds the larger of its two children and where it came from, so
//! that a new value costs one comparison a level (Knuth, *The Art of Computer Programming* 3, section 5.4.1). Of equal values
//! the one with the lowest index wins. Choices between two children are data, not branches: which value wins is what
//! a learner is about to find out, and no processor guesses it.

#![allow(
    clippy::inline_always,
    clippy::needless_bitwise_bool,
    reason = "the inner loop is one function without branches that depend on draws: measured in benches/q_learning.rs"
)]

use std::hint::select_unpredictable;

/// A tree over `W` values, `W` a power of two of at least 2; the values that a row does not have are −∞.
#[derive(Clone, Debug)]
pub(super) struct Tree<const W: usize> {
    leaf: [f64; W],
    /// Largest value below each inner node, node `k` over nodes `2k` and `2k + 1`; 0 is not used.
    node: [f64; W],
    winner: [u16; W],
}

/// The largest value of a row, where it is, and the largest of the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Top {
    pub best: f64,
    pub at: usize,
    pub second: f64,
}

impl<const W: usize> Tree<W> {
    /// A tree over these values, at most `W`.
    pub(super) fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut tree = Tree { leaf: [f64::NEG_INFINITY; W], node: [f64::NEG_INFINITY; W], winner: [0; W] };
        for (leaf, value) in tree.leaf.iter_mut().zip(values) {
            *leaf = value;
        }
        tree.rebuild();
        tree
    }

    /// Sets every inner node anew.
    fn rebuild(&mut self) {
        for node in (1..W).rev() {
            let child = |k: usize| {
                if k < W { (self.node[k], self.winner[k]) } else { (self.leaf[k - W], (k - W) as u16) }
            };
            let (left, right) = (child(2 * node), child(2 * node + 1));
            (self.node[node], self.winner[node]) = if right.0 > left.0 { right } else { left };
        }
    }

    /// Replaces all values at once by `new(index, value)`.
    pub(super) fn replace(&mut self, size: usize, mut new: impl FnMut(usize, f64) -> f64) {
        for (a, leaf) in self.leaf.iter_mut().enumerate().take(size) {
            *leaf = new(a, *leaf);
        }
        self.rebuild();
    }

    /// The value at `a`.
    #[inline(always)]
    pub(super) fn value(&self, a: usize) -> f64 {
        self.leaf[a & (W - 1)]
    }

    /// The largest value.
    #[inline(always)]
    pub(super) fn best(&self) -> f64 {
        self.node[1]
    }

    /// Where it is.
    #[inline(always)]
    pub(super) fn winner(&self) -> usize {
        self.winner[1] as usize
    }

    /// Sets the value at `a`; returns where the largest then is.
    #[inline(always)]
    pub(super) fn set(&mut self, a: usize, value: f64) -> usize {
        let a = a & (W - 1);
        self.leaf[a] = value;
        let sibling = a ^ 1;
        let other = self.leaf[sibling];
        let mut winner = select_unpredictable(beats(other, value, a), sibling, a);
        let mut best = larger(other, value);
        let mut node = (W + a) >> 1;
        while node > 1 {
            self.node[node & (W - 1)] = best;
            self.winner[node & (W - 1)] = winner as u16;
            let sibling = (node ^ 1) & (W - 1);
            let other = self.node[sibling];
            winner = select_unpredictable(beats(other, best, node), self.winner[sibling] as usize, winner);
            best = larger(other, best);
            node >>= 1;
        }
        self.node[1] = best;
        self.winner[1] = winner as u16;
        winner
    }

    /// The largest value and the next one.
    #[inline(always)]
    pub(super) fn top(&self) -> Top {
        let at = self.winner();
        let mut second = self.leaf[(at ^ 1) & (W - 1)];
        let mut node = (W + at) >> 1;
        while node > 1 {
            second = larger(self.node[(node ^ 1) & (W - 1)], second);
            node >>= 1;
        }
        Top { best: self.best(), at, second }
    }
}

/// Whether the sibling of place `k`, of value `other`, beats the value `own` at `k`: on the left it wins if equal.
#[inline(always)]
fn beats(other: f64, own: f64, k: usize) -> bool {
    (other > own) | ((other >= own) & (k & 1 == 1))
}

#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};

    fn largest(values: &[f64]) -> Top {
        let at = (0..values.len()).fold(0, |best, a| if values[a] > values[best] { a } else { best });
        let others = (0..values.len()).filter(|&a| a != at).map(|a| values[a]);
        Top { best: values[at], at, second: others.fold(f64::NEG_INFINITY, f64::max) }
    }

    /// Against a search of the whole row, with many equal values, for rows that fill the tree and rows that do not.
    #[test]
    fn a_tree_knows_the_largest_value() {
        let draws = Key::new(3, 1, 4).stream(Purpose::Explore, Who::MARKET);
        for size in 1..=16_usize {
            let draw = |step: u32, which: u32| draws.uniform(step, which);
            let mut values: Vec<f64> = (0..size).map(|a| (draw(0, a as u32) * 5.0).floor() - 2.0).collect();
            let mut tree = Tree::<16>::new(values.iter().copied());
            for step in 1..200 {
                let a = (draw(step, 0) * size as f64) as usize;
                values[a] = (draw(step, 1) * 5.0).floor() - 2.0;
                let want = largest(&values);
                assert_eq!(tree.set(a, values[a]), want.at);
                assert_eq!(tree.top(), want, "{values:?}");
                assert_eq!((tree.value(a), tree.best(), tree.winner()), (values[a], want.best, want.at));
            }
            tree.replace(size, |a, value| value * (a as f64 - 3.5));
            let moved: Vec<f64> = values.iter().enumerate().map(|(a, v)| v * (a as f64 - 3.5)).collect();
            assert_eq!(tree.top(), largest(&moved));
        }
    }
}
