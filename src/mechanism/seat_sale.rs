//! The odds of a sealed-bid sale of identical seats, rivals' offers being independent draws from known laws.
//!
//! **Definition.** The `k` highest bids of at least the reserve `r` win a seat each, ties by lot. Rival `j` bids more than
//! `x` with probability `G_j(x)` and `x` itself with probability `g_j(x)`. Let `S(q)` be the probability that fewer than
//! `k` of independent events of probabilities `q_j` happen, and `H(x) = S(G(x))`. A bidder at `x` whose lot is `u`,
//! uniform on [0, 1], is beaten by rival `j` with probability `q_j(u) = G_j(x) + (1 − u)·g_j(x)`, so that it wins with
//! probability
//!
//! `W(x) = ∫₀¹ S(q(u)) du`
//!
//! and pays per slot, in expectation, `x·W(x)` where winners pay their own bid, or, where they pay the highest losing bid or
//! the reserve, with `x⁻` for the level before `x`,
//!
//! `r·H(r⁻) + Σ_{r ≤ y < x} y·(H(y) − H(y⁻)) + x·(W(x) − H(x⁻))`.
//!
//! **Error.** `S(q(u))` is a polynomial in `u` of the number of rivals as its degree: the Gauss–Legendre rule is exact.
//!
//! **Reference.** Krishna (2010), *Auction Theory*, sections 2.2 and 13.3, here with atoms and ties.

use crate::numerics::gauss_legendre;

/// What an epoch is to one candidate: a sale of seats, of which it wants one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeatSale {
    /// Seats on sale.
    pub seats: usize,
    /// Least bid that counts, in ETH per slot.
    pub reserve: f64,
    /// Whether a winner pays its own bid; else the highest losing bid, or the reserve.
    pub pays_own_bid: bool,
    /// Slots of a seat, by which prices are multiplied.
    pub slots: f64,
    /// What a seat is worth to the candidate before its price, in ETH.
    pub prize: f64,
}

/// Rivals who draw their offers from the same law.
#[derive(Clone, Copy, Debug)]
pub struct Rivals<'a> {
    /// How many.
    pub count: usize,
    /// Probability of each level; what is missing to one is no offer that counts.
    pub law: &'a [f64],
}

/// Probability of winning and expected payment at each level, with the working space for both.
#[derive(Clone, Debug)]
pub struct Odds {
    /// Probability of winning a seat.
    pub win: Vec<f64>,
    /// Expected payment per slot of a seat, nothing being paid without one.
    pub payment: Vec<f64>,
    nodes: Vec<(f64, f64)>,
    /// By group of rivals: probability of a bid above the present level.
    above: Vec<f64>,
    few: Few,
}

impl Odds {
    /// Working space for `levels` levels against `rivals` rivals in all.
    pub fn new(levels: usize, rivals: usize) -> Self {
        Odds {
            win: vec![0.0; levels],
            payment: vec![0.0; levels],
            nodes: gauss_legendre(rivals / 2 + 1),
            above: Vec::new(),
            few: Few::default(),
        }
    }
}

impl SeatSale {
    /// Fills the odds of a candidate's bid at each of the ascending `levels`, all of which are at least the reserve.
    pub fn odds(&self, levels: &[f64], rivals: &[Rivals], odds: &mut Odds) {
        let Odds { win, payment, nodes, above, few } = odds;
        above.clear();
        above.extend(rivals.iter().map(|group| group.law.iter().sum::<f64>().min(1.0)));
        few.open(self.seats, rivals);
        // `H` at the level before, and the expected highest losing bid when that is below the level.
        let mut before = few.probability(rivals, |j| above[j]);
        let mut below = self.reserve * before;
        for (at, &level) in levels.iter().enumerate() {
            let mut tied = false;
            for (group, above) in rivals.iter().zip(above.iter_mut()) {
                tied |= group.law[at] > 0.0;
                *above = (*above - group.law[at]).max(0.0);
            }
            let here = if tied { few.probability(rivals, |j| above[j]) } else { before };
            win[at] = if tied {
                nodes
                    .iter()
                    .map(|&(u, weight)| {
                        weight * few.probability(rivals, |j| above[j] + (1.0 - u) * rivals[j].law[at])
                    })
                    .sum()
            } else {
                here
            };
            payment[at] =
                if self.pays_own_bid { level * win[at] } else { below + level * (win[at] - before) };
            below += level * (here - before);
            before = here;
        }
    }
}

/// The probability that fewer than `k` of many independent events happen.
#[derive(Clone, Debug, Default)]
struct Few {
    /// Probability of 0, 1, …, k − 1 events so far.
    total: Vec<f64>,
    group: Vec<f64>,
    /// By group, `C(m, 0), C(m, 1), …, C(m, k − 1)`.
    choose: Vec<f64>,
    seats: usize,
}

impl Few {
    /// Prepares for these groups.
    fn open(&mut self, seats: usize, rivals: &[Rivals]) {
        self.seats = seats;
        self.total.resize(seats, 0.0);
        self.group.resize(seats, 0.0);
        self.choose.clear();
        for group in rivals {
            let mut choose = 1.0;
            for a in 0..seats {
                self.choose.push(choose);
                choose *= group.count.saturating_sub(a) as f64 / (a + 1) as f64;
            }
        }
    }

    /// The probability, an event of group `j` having probability `q(j)`.
    fn probability(&mut self, rivals: &[Rivals], q: impl Fn(usize) -> f64) -> f64 {
        if self.seats == 1 {
            return rivals.iter().enumerate().map(|(j, group)| power(1.0 - q(j), group.count)).product();
        }
        self.total.fill(0.0);
        self.total[0] = 1.0;
        for (j, group) in rivals.iter().enumerate().filter(|(_, group)| group.count > 0) {
            self.convolve(j, group.count, q(j));
        }
        self.total.iter().sum()
    }

    /// Adds the events of one group: binomial with `count` trials of probability `q`.
    fn convolve(&mut self, group: usize, count: usize, q: f64) {
        let k = self.seats;
        let most = count.min(k - 1);
        // C·q^a·(1 − q)^(m − a): powers of q on the way up, powers of 1 − q on the way down.
        let mut up = 1.0;
        for (a, cell) in self.group.iter_mut().enumerate() {
            *cell = if a <= most { self.choose[group * k + a] * up } else { 0.0 };
            up *= q;
        }
        let mut down = power(1.0 - q, count - most);
        for cell in self.group[..=most].iter_mut().rev() {
            *cell *= down;
            down *= 1.0 - q;
        }
        for sum in (0..k).rev() {
            self.total[sum] = (0..=sum).map(|a| self.group[a] * self.total[sum - a]).sum();
        }
    }
}

/// `x^n` by repeated squaring.
fn power(x: f64, n: usize) -> f64 {
    let (mut product, mut square, mut left) = (1.0, x, n);
    while left > 0 {
        if left & 1 == 1 {
            product *= square;
        }
        square *= square;
        left >>= 1;
    }
    product
}

#[cfg(test)]
#[path = "seat_sale/tests.rs"]
mod tests;
