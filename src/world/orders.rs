//! Orders to censor: each jurisdiction is under one, or is not, by a Markov chain over epochs.
//!
//! An order begins with probability `s` in an epoch and ends with probability `e`, so that a share `s/(s + e)` of epochs is
//! under it. With probability `κ` a jurisdiction moves by the draw that all of them share in the epoch, else by its own:
//! two jurisdictions under the same chain then move alike in a share `κ²` of epochs. While an order holds, sequencers of
//! the jurisdiction who include a targeted transaction pay a penalty for each.

use crate::draws::{Key, Purpose, Stream, Who};
use crate::settings::{Parameter, Section};

/// Beginning.
pub const RATE: Parameter = Parameter::number_optional(
    "order_rate",
    0.0,
    1.0,
    "per epoch",
    "probability that a jurisdiction orders its sequencers to keep targeted transactions out; absent: none does",
)
.open_low();
/// End.
pub const END: Parameter =
    Parameter::number("order_end", 0.0, 1.0, 0.1, "per epoch", "probability that an order is lifted");
/// Correlation.
pub const CORRELATION: Parameter = Parameter::number(
    "order_correlation",
    0.0,
    1.0,
    0.0,
    "",
    "probability that a jurisdiction follows the draw of an epoch that all share, and not its own",
);
/// Penalty.
pub const PENALTY: Parameter = Parameter::number(
    "legal_penalty",
    0.0,
    1e12,
    0.0,
    "ETH",
    "legal penalty for including a targeted transaction against an order",
);

/// Keys that need [`RATE`].
pub const DETAILS: &[&Parameter] = &[&END, &CORRELATION, &PENALTY];

/// How orders come and go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Orders {
    /// Probability that one begins in an epoch.
    pub rate: f64,
    /// Probability that one ends in an epoch.
    pub end: f64,
    /// Probability of following the common draw.
    pub correlation: f64,
    /// Penalty for each inclusion, in ETH.
    pub penalty: f64,
}

impl Orders {
    /// Share of epochs in which an order holds.
    pub fn share(&self) -> f64 {
        self.rate / (self.rate + self.end)
    }

    /// Reads the keys of `[world]`; `None` where nobody gives orders. Orders are about targets.
    pub fn read(section: &Section, targeted: bool, placed: bool) -> Option<Orders> {
        if !targeted {
            section.note_unread_key(
                &RATE,
                "orders are about targeted transactions, and there is no `target_rate`",
            );
        }
        if !placed {
            let none = "orders are those of a `jurisdiction`, and no group of sequencers has one";
            section.note_unread_key(&RATE, none);
            for parameter in DETAILS {
                section.note_unread_key(parameter, none);
            }
        }
        let rate = if targeted && placed { section.optional_number(&RATE) } else { None };
        let Some(rate) = rate else {
            for parameter in DETAILS {
                section.note_unread_key(parameter, "without an `order_rate` there are no orders");
            }
            return None;
        };
        Some(Orders {
            rate,
            end: section.number(&END),
            correlation: section.number(&CORRELATION),
            penalty: section.number(&PENALTY),
        })
    }
}

/// The orders of one market: where each jurisdiction's chain stands.
#[derive(Clone, Debug)]
pub struct OrderBook {
    orders: Orders,
    common: Stream,
    own: Vec<Stream>,
    under: Vec<bool>,
}

impl OrderBook {
    /// All chains in their stationary distributions.
    pub fn open(orders: Orders, jurisdictions: &[String], key: Key) -> Self {
        let stream = |name: &String| key.stream(Purpose::Order, Who::member(name, 0));
        let own: Vec<Stream> = jurisdictions.iter().map(stream).collect();
        let share = orders.share();
        let mut book =
            OrderBook { orders, common: key.stream(Purpose::Order, Who::MARKET), own, under: Vec::new() };
        book.under = (0..book.own.len()).map(|j| book.draw(j, 0) < share).collect();
        book
    }

    /// Jurisdiction `j`'s draw of an epoch; the first decides where its chain opens.
    fn draw(&self, j: usize, epoch: u32) -> f64 {
        let own = self.own[j];
        if own.uniform(epoch, 1) < self.orders.correlation {
            self.common.uniform(epoch, 0)
        } else {
            own.uniform(epoch, 0)
        }
    }

    /// Moves on to `epoch` (epochs come in order, from 0).
    pub fn turn(&mut self, epoch: u32) {
        if epoch == 0 {
            return;
        }
        for j in 0..self.under.len() {
            let luck = self.draw(j, epoch);
            self.under[j] = if self.under[j] { luck >= self.orders.end } else { luck < self.orders.rate };
        }
    }

    /// Whether jurisdiction `j` is under an order.
    pub fn holds(&self, j: usize) -> bool {
        self.under[j]
    }

    /// The penalty for ignoring one.
    pub fn penalty(&self) -> f64 {
        self.orders.penalty
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_hold_for_their_share_of_epochs_and_move_together() {
        let names = ["north".to_owned(), "south".to_owned()];
        let count = |correlation: f64| {
            let orders = Orders { rate: 0.1, end: 0.3, correlation, penalty: 0.0 };
            let (mut held, mut alike, mut all) = (0.0, 0.0, 0.0);
            for market in 0..400 {
                let mut book = OrderBook::open(orders, &names, Key::new(5, 0, market));
                for epoch in 0..100 {
                    book.turn(epoch);
                    held += f64::from(u8::from(book.holds(0)));
                    alike += f64::from(u8::from(book.holds(0) == book.holds(1)));
                    all += 1.0;
                }
            }
            (held / all, alike / all)
        };
        let (share, alike) = count(0.0);
        // Markets are independent; within one the chain forgets at rate .6.
        assert!((share - 0.25).abs() < 4.0 * (0.25 * 0.75 * 4.0 / 40_000.0_f64).sqrt(), "{share}");
        assert!((alike - (0.25 * 0.25 + 0.75 * 0.75)).abs() < 0.02, "{alike}");
        assert_eq!(count(1.0).1, 1.0);
        assert!(count(0.8).1 > alike + 0.1);
    }
}
