//! Resale: winners of seats may sell them on before they serve.
//!
//! **Rule.** Once the seats of an epoch have been sold, values are known. Winners to whom a seat is worth least and others to whom it
//! is worth most are matched one by one, as long as a seat is worth more than `least_gain` (ETH per slot) more to the buyer. The
//! buyer takes the seat with what is owed for it, bond included, and serves.
//!
//! **Who pays whom.** The buyer pays the seller, for each slot scheduled, what the seat was worth to the seller after its price and
//! the share `seller_share` of what the buyer gains on it. The community gets what the first sale brought and no more.
//!
//! **What theory says.** Seats end with those to whom they are worth most, whoever won them. With values `v_1 ≥ v_2 ≥ …` known to all
//! and one seat, the seat is worth `v_j + β(v_1 − v_j)` to winner `j`, with `β` the seller's share; and the first forgoes
//! `v_1 − (1 − β)(v_1 − v_2) = v_2 + β(v_1 − v_2)` if the second wins. Both would pay the same, which is the price: the seller's
//! bargaining power raises it above `v_2`. A bidder can stand back and buy later: it then gets `(1 − β)(v_1 − v_2)` whatever
//! the community got, next to nothing if the others bid next to nothing.
//!
//! **Where it runs.** Timeboost's express lane on Arbitrum is resold; tickets of the execution-ticket proposals are meant to be.
//!
//! **References.** Gupta and Lebrun (1999), "First price auctions with resale", Economics Letters 64; Garratt and Tröger (2006),
//! "Speculation in standard auctions with resale", Econometrica 74; Hafalir and Krishna (2008), "Asymmetric auctions with
//! resale", Amer. Econ. Rev. 98.

use super::{Schedule, Selection};
use crate::settings::{Parameter, Section};

/// Key of the table.
pub const TABLE: &str = "resale";
/// Bargaining power.
pub const SELLER_SHARE: Parameter = Parameter::number(
    "seller_share",
    0.0,
    1.0,
    0.5,
    "share",
    "share of what a seat is worth more to its buyer that the seller gets",
);
/// Friction.
pub const LEAST_GAIN: Parameter = Parameter::number(
    "least_gain",
    0.0,
    1e12,
    0.0,
    "ETH per slot",
    "what a seat must be worth more to a buyer for anybody to bother",
);
/// Keys of the table.
pub const PARAMETERS: &[&Parameter] = &[&SELLER_SHARE, &LEAST_GAIN];

/// How seats are resold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resale {
    seller_share: f64,
    least_gain: f64,
}

/// A seat that has changed hands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trade {
    /// Who won it.
    pub seller: usize,
    /// Who serves.
    pub buyer: usize,
    /// What the buyer pays the seller for each slot, in ETH.
    pub premium: f64,
}

impl Resale {
    /// Reads the table of a contender, if it has one.
    pub fn read(contender: &Section) -> Option<Resale> {
        let section = contender.table(TABLE)?;
        section.known(PARAMETERS);
        Some(Resale { seller_share: section.number(&SELLER_SHARE), least_gain: section.number(&LEAST_GAIN) })
    }

    /// Whether a seat is sold on to somebody to whom a slot of it is worth so much more.
    pub fn trades(&self, more: f64) -> bool {
        more > self.least_gain
    }

    /// Pairs of a holder and a buyer, each once: `worth` says what a slot of a seat is worth to everybody before its price.
    pub fn pairs(
        &self,
        worth: &[f64],
        holds: &[bool],
        may_buy: impl Fn(usize) -> bool,
    ) -> Vec<(usize, usize)> {
        let mut sellers: Vec<usize> = (0..worth.len()).filter(|&i| holds[i]).collect();
        let mut buyers: Vec<usize> = (0..worth.len()).filter(|&i| !holds[i] && may_buy(i)).collect();
        sellers.sort_by(|&a, &b| worth[a].total_cmp(&worth[b]).then(a.cmp(&b)));
        buyers.sort_by(|&a, &b| worth[b].total_cmp(&worth[a]).then(a.cmp(&b)));
        let gains = |&(seller, buyer): &(usize, usize)| self.trades(worth[buyer] - worth[seller]);
        sellers.into_iter().zip(buyers).take_while(gains).collect()
    }

    /// What candidate `i` gains in these trades for each slot of a seat, over holding its seat or none.
    pub fn gain(&self, pairs: &[(usize, usize)], worth: &[f64], i: usize) -> f64 {
        pairs
            .iter()
            .map(|&(seller, buyer)| {
                let more = worth[buyer] - worth[seller];
                if seller == i {
                    self.seller_share * more
                } else if buyer == i {
                    (1.0 - self.seller_share) * more
                } else {
                    0.0
                }
            })
            .sum()
    }

    /// Lets the holders of the seats of an epoch resell them.
    pub fn resell(&self, worth: &[f64], may_buy: impl Fn(usize) -> bool, selection: &mut Selection) {
        debug_assert_eq!(selection.schedule, Schedule::Rotation);
        let holds: Vec<bool> = (0..worth.len()).map(|i| selection.seats.contains(&Some(i))).collect();
        for (seller, buyer) in self.pairs(worth, &holds, may_buy) {
            let kept = worth[seller] - selection.price[seller];
            let premium = kept + self.seller_share * (worth[buyer] - worth[seller]);
            selection.resold.push(Trade { seller, buyer, premium });
            for seat in selection.seats.iter_mut().filter(|seat| **seat == Some(seller)) {
                *seat = Some(buyer);
            }
            for column in [&mut selection.slots, &mut selection.price, &mut selection.bond] {
                column.swap(seller, buyer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_go_where_they_are_worth_most() {
        let resale = Resale { seller_share: 0.25, least_gain: 0.1 };
        let worth = [1.0, 4.0, 2.0, 3.0, 1.05];
        // 0 and 2 hold: 0 sells to 1, 2 to 3.
        let holds = [true, false, true, false, false];
        let pairs = resale.pairs(&worth, &holds, |_| true);
        assert_eq!(pairs, [(0, 1), (2, 3)]);
        assert_eq!(resale.gain(&pairs, &worth, 0), 0.75);
        assert_eq!(resale.gain(&pairs, &worth, 3), 0.75);
        assert_eq!(resale.gain(&pairs, &worth, 4), 0.0);
        // Without them nobody gains enough.
        assert!(resale.pairs(&worth, &holds, |i| i == 4).is_empty());
        let mut selection = Selection::default();
        selection.clear(5);
        selection.seats = vec![Some(0), Some(2)];
        selection.price = vec![0.5, 0.0, 0.5, 0.0, 0.0];
        resale.resell(&worth, |_| true, &mut selection);
        assert_eq!(selection.seats, [Some(1), Some(3)]);
        assert_eq!(selection.price, [0.0, 0.5, 0.0, 0.5, 0.0]);
        assert_eq!(selection.resold[0], Trade { seller: 0, buyer: 1, premium: 0.5 + 0.75 });
    }
}
