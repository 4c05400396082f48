//! A sale of `k` units to bidders who bid as theory says.

use super::super::Luck;
use super::super::sample::Sample;
use crate::theory::auction::Auction;

/// How winners pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Everybody bids the equilibrium bid and pays it.
    PayAsBid,
    /// Everybody bids its value; winners pay the highest losing bid, or the reserve.
    Uniform,
}

/// What came of many sales.
#[derive(Clone, Copy, Debug)]
pub struct Sales {
    /// Revenue of each.
    pub revenue: Sample,
    /// Price of a unit where all pay the same: the highest losing bid, or the reserve.
    pub price: Sample,
    /// What the first bidder gained.
    pub surplus: Sample,
    /// How many sold nothing.
    pub unsold: u64,
}

/// The equilibrium bid as a function of the quantile of a value: interpolated between 4096 cells.
struct Bids(Vec<f64>);

impl Bids {
    const CELLS: u32 = 4096;

    fn new(auction: &Auction) -> Self {
        let at = |i: u32| auction.values.quantile(f64::from(i) / f64::from(Self::CELLS));
        Bids(
            (0..=Self::CELLS)
                .map(|i| auction.pay_as_bid(at(i).max(auction.reserve)).unwrap_or(f64::NAN))
                .collect(),
        )
    }

    fn at(&self, u: f64) -> f64 {
        let place = u * f64::from(Self::CELLS);
        let cell = (place as usize).min(Self::CELLS as usize - 1);
        self.0[cell] + (place - cell as f64) * (self.0[cell + 1] - self.0[cell])
    }
}

/// Plays `count` sales with bids as theory says. Pay as bid needs values on a bounded interval.
pub fn given_sale(auction: &Auction, format: Format, mut luck: Luck, count: u32) -> Sales {
    let bids = (format == Format::PayAsBid).then(|| Bids::new(auction));
    let (n, k, r) = (auction.bidders as usize, auction.units as usize, auction.reserve);
    let mut sales = Sales {
        revenue: Sample::around(auction.expected_revenue()),
        price: Sample::around(auction.expected_price()),
        surplus: Sample::around(0.0),
        unsold: 0,
    };
    // Quantile of each bidder's value; values rise with it.
    let mut quantiles = vec![0.0; n];
    let mut sorted = vec![0.0; n];
    for _ in 0..count {
        quantiles.fill_with(|| luck.uniform());
        sorted.copy_from_slice(&quantiles);
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        let value = |u: f64| auction.values.quantile(u);
        let sold = sorted.iter().take(k).filter(|u| value(**u) >= r).count();
        let losing = sorted.get(k).map_or(0.0, |u| value(*u));
        let price = losing.max(r);
        let own = quantiles[0];
        let wins = sold > 0 && own >= sorted[sold - 1];
        let (revenue, paid) = match &bids {
            None => (sold as f64 * price, price),
            Some(bids) => (sorted[..sold].iter().map(|u| bids.at(*u)).sum(), bids.at(own)),
        };
        sales.revenue.push(revenue);
        sales.price.push(price);
        sales.surplus.push(if wins { value(own) - paid } else { 0.0 });
        sales.unsold += u64::from(sold == 0);
    }
    sales
}
