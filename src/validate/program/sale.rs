//! Sales: auctions of one or several units, learned by bidders with private values.
//!
//! Bid curves are held to theory where both winning and losing have a probability of 5% at least: elsewhere a bid hardly
//! matters and is not learned, and the certificate bounds what that costs.

use super::super::Study;
use super::{Claim, metric, point, study, tolerance_for, tolerating};
use crate::experiment::outcome::Outcome;
use crate::theory::auction::Auction;
use crate::world::distribution::Distribution;
use std::fmt::Write;

/// A sale to groups of bidders.
#[derive(Clone, Debug)]
pub struct Sale {
    /// Name, members and values of each group.
    pub groups: Vec<(&'static str, u32, String)>,
    /// Units.
    pub seats: u32,
    /// Further keys of the contender.
    pub rule: String,
    /// Unit and range of the menu.
    pub menu: &'static str,
    /// Bins of private value.
    pub bins: usize,
    /// Parallel markets.
    pub rounds: u32,
    /// Epochs of learning.
    pub warmup: u32,
    /// Learning rule.
    pub learner: &'static str,
    /// Markets of the certificate: more where few bidders make for much noise.
    pub certificate: u32,
    /// Whether the finer menu has twice as many bins too: within a bin all bids are the same multiple of values, which
    /// distorts curves that bend.
    pub split_bins: bool,
}

impl Sale {
    /// `bidders` with values of one law, as written in an experiment, for `seats` units; first price unless `rule` says
    /// otherwise.
    pub fn new(values: &str, bidders: u32, seats: u32, rule: impl Into<String>) -> Self {
        Sale {
            groups: vec![("bidder", bidders, values.to_owned())],
            seats,
            rule: rule.into(),
            menu: "relative = [0.0, 1.0]",
            bins: 10,
            // Two bidders learn slowest: each meets few rivals.
            rounds: if bidders == 2 { 48 } else { 16 },
            warmup: 400,
            learner: "learner = \"hedge\"",
            certificate: if bidders == 2 { 64 } else { 32 },
            split_bins: false,
        }
    }

    /// The experiment, with a menu of so many settings.
    pub fn text(&self, points: usize) -> String {
        let Sale { seats, rule, menu, rounds, warmup, learner, certificate, .. } = self;
        let bins = self.bins * if self.split_bins && points > 60 { 2 } else { 1 };
        let mut text = format!(
            "[experiment]\nname = \"case\"\n\n[mechanism.auction]\nrule = \"auction_rotation\"\nseats = {seats}\n{rule}\n\n\
             [play]\nrounds = {rounds}\nwarmup_epochs = {warmup}\nmeasured_epochs = 200\ncertificate_markets = {certificate}\n\n\
             [strategies.grid]\n{learner}\nbins = {bins}\nmenu = {{ {menu}, points = {points} }}\n\n"
        );
        for (name, count, value) in &self.groups {
            let _ = writeln!(
                text,
                "[[sequencers]]\nname = \"{name}\"\ncount = {count}\nvalue = {{ {value} }}\nstrategy = \"grid\"\n"
            );
        }
        text
    }
}

/// Mean of `f(value)` over the quantiles from `low` to `high`.
pub fn mean_over(values: &Distribution, low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let n = 200;
    let at = |i: i32| values.quantile(low + (high - low) * (f64::from(i) + 0.5) / f64::from(n));
    (0..n).map(|i| f(at(i))).sum::<f64>() / f64::from(n)
}

/// Name of the bids of the bin between two quantiles.
pub fn bin_name(bin: usize, bins: usize) -> String {
    let at = |i: usize| format!("{:.2}", i as f64 / bins as f64);
    format!("bid/quantiles={}-{}", at(bin), at(bin + 1))
}

/// Whether bids of values between two quantiles matter: winning and losing are likely enough, and the reserve does not part
/// them.
fn matters(auction: &Auction, from: f64, to: f64) -> bool {
    let values = &auction.values;
    let wins = auction.win_probability(values.quantile(0.5 * (from + to)));
    let losable = auction.units >= auction.bidders || wins <= 0.95;
    let parted = values.quantile(from) < auction.reserve && auction.reserve < values.quantile(to);
    wins >= 0.05 && losable && !parted
}

/// Mean bid in every bin, where bids matter.
fn bid_claims(
    sale: &Sale,
    auction: &Auction,
    bid: impl Fn(f64) -> f64,
    relative: bool,
    step: f64,
) -> Vec<Claim> {
    let mut claims = Vec::new();
    let values = &auction.values;
    for bin in 0..sale.bins {
        let (from, to) = (bin as f64 / sale.bins as f64, (bin + 1) as f64 / sale.bins as f64);
        if !matters(auction, from, to) {
            continue;
        }
        let (low, high) = (values.quantile(from), values.quantile(to));
        let theory = mean_over(values, from, to, &bid);
        let tick = if relative { step * mean_over(values, from, to, |v| v) } else { step };
        let curve = if relative { "offer" } else { "offer_absolute" };
        let what = bin_name(bin, sale.bins);
        claims.push(Claim::new(what, theory, tick, move |o| point(o, curve, "bidder", low, high)).on_curve());
    }
    claims
}

/// Probability of winning with a bid against rivals in the pay-as-bid equilibrium, interpolated.
struct Odds(Vec<(f64, f64)>);

impl Odds {
    fn new(auction: &Auction) -> Self {
        const CELLS: i32 = 600;
        let low = auction.values.cdf(auction.reserve);
        let at = |i: i32| {
            let share = f64::from(i) / f64::from(CELLS);
            let value = auction.values.quantile((low + (1.0 - low) * share).min(1.0 - 1e-9));
            Some((auction.pay_as_bid(value)?, auction.win_probability(value)))
        };
        Odds((0..=CELLS).filter_map(at).collect())
    }

    fn of(&self, bid: f64) -> f64 {
        let above = self.0.partition_point(|(b, _)| *b <= bid);
        match (above.checked_sub(1).map(|below| self.0[below]), self.0.get(above)) {
            (None, _) => 0.0,
            (Some(_), None) => 1.0,
            (Some((a, p)), Some((b, q))) => p + (bid - a) / (b - a) * (q - p),
        }
    }
}

/// Share that a bidder may forgo of what is at stake where bids hardly matter, of what staying away would forgo.
const FORGONE: f64 = 0.5;

/// What a bidder of a symmetric pay-as-bid sale forgoes a sale, against rivals in equilibrium, by the bids that it learned where bids
/// hardly matter, against the best setting of the menu for each bin; `None` where bids matter everywhere, or nothing is at stake where
/// they do not. No tick governs what is not learned: it is held to [`FORGONE`].
fn forgone_elsewhere(sale: &Sale, auction: &Auction, relative: bool) -> Option<Claim> {
    /// A bin: its ends, values in it, and what the best setting earns there.
    struct Bin {
        ends: (f64, f64),
        values: Vec<f64>,
        best: f64,
    }
    const CELLS: i32 = 32;
    let law = &auction.values;
    let share = 1.0 / sale.bins as f64;
    let (odds, reserve) = (Odds::new(auction), auction.reserve);
    // What a setting earns on average over values; who bids less than the reserve gets nothing.
    let earns = move |odds: &Odds, values: &[f64], setting: f64| {
        let one = |v: &f64| {
            let bid = if relative { setting * v } else { setting };
            if bid >= reserve { (v - bid) * odds.of(bid) } else { 0.0 }
        };
        values.iter().map(one).sum::<f64>() / values.len() as f64
    };
    let mut bins = Vec::new();
    for bin in 0..sale.bins {
        let (from, to) = (bin as f64 * share, (bin + 1) as f64 * share);
        if matters(auction, from, to) {
            continue;
        }
        let at = |i: i32| law.quantile(from + share * (f64::from(i) + 0.5) / f64::from(CELLS));
        let values: Vec<f64> = (0..CELLS).map(at).collect();
        let settings = (0..=400).map(|i| f64::from(i) / 400.0);
        let best = settings.map(|setting| earns(&odds, &values, setting)).fold(0.0, f64::max);
        bins.push(Bin { ends: (law.quantile(from), law.quantile(to)), values, best });
    }
    if bins.is_empty() {
        return None;
    }
    let at_stake: f64 = bins.iter().map(|bin| share * bin.best).sum();
    // Where a reserve keeps all of them out there is nothing to forgo.
    if at_stake <= 1e-12 {
        return None;
    }
    let forgone = move |outcome: &Outcome| {
        let of_bin = |Bin { ends: (low, high), values, best }: &Bin| {
            // Each setting with its probability, over the states of the bin.
            let (mut earned, mut states) = (0.0, 0.0);
            for entry in &outcome.policies {
                if entry.agent == "bidder" && *low <= entry.state && entry.state < *high {
                    states += entry.probability;
                    earned +=
                        entry.probability * entry.action.map_or(0.0, |setting| earns(&odds, values, setting));
                }
            }
            share * (best - earned / states)
        };
        bins.iter().map(of_bin).sum()
    };
    let claim = Claim::new("payoff-forgone-where-bids-hardly-matter", 0.0, 0.0, forgone);
    Some(claim.within(FORGONE * at_stake))
}

/// The largest gain that is certified in a symmetric sale, by what its bidders earn of what they might all get together.
fn tolerance(auction: &Auction) -> f64 {
    let (n, payoff) = (auction.bidders as usize, auction.expected_surplus());
    let potential = n as f64 * payoff + auction.expected_revenue();
    tolerance_for(&vec![payoff; n], &vec![1.0 / n as f64; n], potential)
}

/// Revenue and bids of a symmetric pay-as-bid sale.
pub fn pay_as_bid(name: &str, source: &'static str, sale: &Sale, auction: &Auction, points: usize) -> Study {
    let relative = sale.menu.starts_with("relative");
    let step = 1.0 / (points - 1) as f64;
    let won =
        mean_over(&auction.values, 0.0, 1.0, |v| auction.win_probability(v) * if relative { v } else { 1.0 });
    let effect = step * f64::from(auction.bidders) * won;
    let mut claims = vec![Claim::metric("revenue", auction.expected_revenue(), effect)];
    claims.extend(bid_claims(sale, auction, |v| auction.pay_as_bid(v).unwrap_or(f64::NAN), relative, step));
    claims.extend(forgone_elsewhere(sale, auction, relative));
    let (sale, tolerance) = (sale.clone(), tolerance(auction));
    study(name, source, move |points| tolerating(&sale.text(points), tolerance), points, claims)
}

/// Revenue, price and bids of a symmetric sale in which truth is dominant, on a menu up to 1.2 times the value.
pub fn truthful(name: &str, source: &'static str, sale: &Sale, auction: &Auction, points: usize) -> Study {
    let sale = Sale { menu: "relative = [0.0, 1.2]", warmup: sale.warmup / 2, ..sale.clone() };
    let step = 1.2 / (points - 1) as f64;
    // Of what is sold: where nothing is, no price is paid.
    let revenue = auction.expected_revenue();
    let price = revenue / auction.expected_units_sold();
    let mut claims = vec![
        Claim::metric("revenue", revenue, step * revenue),
        Claim::metric("mean_price", price, step * price),
    ];
    if !auction.values.is_atomic() {
        claims.extend(bid_claims(
            &sale,
            auction,
            |v| auction.uniform_price_bid(v).unwrap_or(f64::NAN),
            true,
            step,
        ));
    }
    let tolerance = tolerance(auction);
    study(name, source, move |points| tolerating(&sale.text(points), tolerance), points, claims)
}

/// Probability `p` that one of two bidders wins, from the mean over markets of the concentration of 200 slots: shares
/// `s` and `1 − s` have `1 − hhi = 2s(1 − s)`, in expectation `2p(1 − p)(1 − 1/200)`. `tick` is one tick of a relative
/// menu.
pub fn strong_wins(p: f64, tick: f64) -> Claim {
    let effect = 0.5 * tick * (2.0 * p - 1.0).abs();
    Claim::new("strong-wins-p(1-p)".replace(['(', ')'], ""), p * (1.0 - p), effect, |o| {
        0.5 * (1.0 - metric(o, "hhi_slots")) / (1.0 - 1.0 / 200.0)
    })
    .in_unit("probability")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::outcome::PolicyEntry;

    /// A bidder earns 1/(n(n + 1)) where all values together are worth n/(n + 1).
    #[test]
    fn a_tenth_of_what_a_bidder_earns_is_certified() {
        for n in [2, 10, 25] {
            let auction = Auction::new(Distribution::uniform(0.0, 1.0).unwrap(), n, 1);
            let n = f64::from(n);
            let theory = f64::min(0.01, 0.1 / (n * n));
            assert!((tolerance(&auction) - theory).abs() < 1e-9, "{n}: {}", tolerance(&auction));
        }
    }

    /// Ten bidders: values below two thirds hardly ever win, and what they bid is bounded by what it forgoes.
    #[test]
    fn mistakes_where_bids_hardly_matter_exceed_what_may_be_forgone() {
        let auction = Auction::new(Distribution::uniform(0.0, 1.0).unwrap(), 10, 1);
        let sale = Sale::new("uniform = [0.0, 1.0]", 10, 1, "");
        let claim = forgone_elsewhere(&sale, &auction, true).unwrap();
        let limit = claim.band.unwrap();
        let forgone = |relative: f64| {
            let entry = |bin: i32| PolicyEntry {
                agent: "bidder".into(),
                lever: "bid".into(),
                state: (f64::from(bin) + 0.5) / 10.0,
                action: Some(relative),
                probability: 1.0,
            };
            (claim.value)(&Outcome { policies: (0..10).map(entry).collect(), ..Outcome::default() })
        };
        // Equilibrium is nine tenths of the value.
        assert!(forgone(0.9).abs() < 0.01 * limit, "{} of {limit}", forgone(0.9));
        assert!(forgone(0.8) < limit);
        for wrong in [0.0, 0.5, 0.99, 1.0] {
            assert!(forgone(wrong) > limit, "{wrong}: {} of {limit}", forgone(wrong));
        }
    }
}
