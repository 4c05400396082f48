//! Q-learning bidders: Banchio and Skrzypacz (2022), "Artificial intelligence and auction design", EC '22 (arXiv 2202.05947),
//! through the program (`experiments/banchio-skrzypacz.toml`). Bidders of value 1 bid on a grid and remember nothing; revenue
//! is that of the bids that they end with after a million auctions. Targets are of an independent re-simulation of the
//! paper's specification, which agrees with its findings.

use super::games::sessions::mean;
use super::program::{metric, varied};
use super::sample::Sample;
use super::{Draws, Finding, Standard, Study};

const PAPER: &str = "Banchio and Skrzypacz 2022 (arXiv 2202.05947), section 3; independent re-simulation";

/// Experiments behind each row of the re-simulation: as many as the paper's specification has.
const EXPERIMENTS: u32 = 1000;

/// How near revenue has to be in the two rows that the paper's finding rests on. The other rows are held to standard errors.
const HEADLINE: f64 = 0.03;

/// A row of the re-simulation.
#[derive(Clone, Copy)]
struct Row {
    /// Its name.
    name: &'static str,
    /// Whether the second price is paid instead of the first.
    second_price: bool,
    /// Settings that differ from the file's.
    set: &'static [(&'static str, &'static str)],
    /// Mean revenue over experiments.
    mean: f64,
    /// Standard deviation, where it is known.
    sd: Option<f64>,
    /// Whether revenue spreads widely enough for a few hundred experiments to tell its standard deviation: not where nearly all
    /// end with the same.
    spreads: bool,
    /// Lowest decile, median and highest decile, where they are known.
    quantiles: Option<[f64; 3]>,
}

impl Row {
    const fn new(name: &'static str, mean: f64) -> Self {
        Row { name, second_price: false, set: &[], mean, sd: None, spreads: false, quantiles: None }
    }

    const fn second_price(self) -> Self {
        Row { second_price: true, ..self }
    }

    const fn set(self, set: &'static [(&'static str, &'static str)]) -> Self {
        Row { set, ..self }
    }

    const fn sd(self, sd: f64) -> Self {
        Row { sd: Some(sd), ..self }
    }

    const fn spread(self, sd: f64) -> Self {
        Row { sd: Some(sd), spreads: true, ..self }
    }

    const fn quantiles(self, quantiles: [f64; 3]) -> Self {
        Row { quantiles: Some(quantiles), ..self }
    }

    fn is_headline(&self) -> bool {
        self.set.is_empty()
    }
}

const SYNCHRONOUS: &[(&str, &str)] = &[("strategies.q_learning.updates", "counterfactual")];
const EXPLORES: &[(&str, &str)] =
    &[("strategies.q_learning.exploration", "1.0"), ("strategies.q_learning.exploration_decay", "2e-5")];
const BY_LOT: &[(&str, &str)] = &[("strategies.q_learning.initial", "{ uniform = [0.0, 100.0] }")];
const FROM_ZERO: &[(&str, &str)] = &[("strategies.q_learning.initial", "zero")];
const FOUR: &[(&str, &str)] = &[("sequencers.bidder.count", "4")];
const LESS_PATIENT: &[(&str, &str)] = &[("strategies.q_learning.discount", "0.9")];
const MYOPIC: &[(&str, &str)] = &[("strategies.q_learning.discount", "0.0")];
const COARSE: &[(&str, &str)] =
    &[("strategies.q_learning.menu.points", "9"), ("strategies.q_learning.menu.absolute", "[0.1, 0.9]")];
const FINE: &[(&str, &str)] =
    &[("strategies.q_learning.menu.points", "39"), ("strategies.q_learning.menu.absolute", "[0.025, 0.975]")];

/// Levels of the quantiles that are known, and what their cases are called.
const LEVELS: [f64; 3] = [0.1, 0.5, 0.9];
const LABELS: [&str; 3] = ["lowest-decile", "median", "highest-decile"];

/// Standard deviation of revenue over second-price experiments.
const SECOND_PRICE_SD: f64 = 0.025;

const ROWS: [Row; 13] = [
    Row::new("first-price", 0.219).spread(0.087).quantiles([0.10, 0.20, 0.35]),
    Row::new("second-price", 0.947).second_price().sd(SECOND_PRICE_SD).quantiles([0.95, 0.95, 0.95]),
    Row::new("second-price/synchronous", 0.950).second_price().set(SYNCHRONOUS).sd(0.0),
    Row::new("first-price/bidders=4", 0.950).set(FOUR).sd(0.0),
    Row::new("first-price/discount=.9", 0.302).set(LESS_PATIENT).spread(0.124).quantiles([0.15, 0.30, 0.50]),
    Row::new("first-price/discount=0", 0.936).set(MYOPIC).sd(0.096),
    Row::new("first-price/explores-much", 0.213).set(EXPLORES).spread(0.079),
    Row::new("second-price/explores-much", 0.949).second_price().set(EXPLORES),
    Row::new("first-price/starts-by-lot", 0.225).set(BY_LOT).spread(0.088).quantiles([0.10, 0.25, 0.35]),
    Row::new("second-price/starts-by-lot", 0.950).second_price().set(BY_LOT).sd(0.002),
    Row::new("first-price/starts-at-0", 0.117).set(FROM_ZERO).spread(0.228).quantiles([0.05, 0.05, 0.05]),
    Row::new("first-price/bids=9", 0.268).set(COARSE).spread(0.067).quantiles([0.20, 0.30, 0.40]),
    Row::new("first-price/bids=39", 0.205).set(FINE).spread(0.080).quantiles([0.125, 0.20, 0.325]),
];

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies: Vec<Study> = ROWS.into_iter().map(study).collect();
    studies.push(feedback());
    studies
}

/// Revenues of experiments.
fn revenues(second_price: bool, set: &[(&str, &str)], draws: &Draws, count: u32) -> Result<Vec<f64>, String> {
    let text = include_str!("../../experiments/banchio-skrzypacz.toml");
    let outcomes = varied(text, set, usize::from(second_price), draws.seed, count)?;
    Ok(outcomes.iter().map(|o| metric(o, "revenue")).collect())
}

fn study(row: Row) -> Study {
    let name = format!("banchio-skrzypacz/{}", row.name);
    let headline = row.is_headline();
    // Half a unit of the last digit given.
    let digits = 5e-4;
    let standard = match row.sd {
        _ if headline => Standard::Within(HEADLINE),
        Some(sd) => Standard::Published { se: Some(sd / f64::from(EXPERIMENTS).sqrt()), digits },
        // Where none is given, that of the same format as it is: experiments that end elsewhere are too rare for ours to tell.
        None => Standard::Published { se: Some(SECOND_PRICE_SD / f64::from(EXPERIMENTS).sqrt()), digits },
    };
    let (target, sd, quantiles) = (row.mean, row.sd.filter(|_| row.spreads), row.quantiles);
    let work = move |draws: &Draws| {
        // A tenth of the experiments could miss a fixed band by chance where revenue spreads.
        let quick = match row.sd {
            _ if headline && row.spreads => 80,
            // All end alike.
            Some(0.0) => 6,
            _ => 20,
        };
        let revenues = revenues(row.second_price, row.set, draws, draws.either(300, quick))?;
        let theirs = (1.0 + revenues.len() as f64 / f64::from(EXPERIMENTS)).sqrt();
        // If theirs is the law, ours have its standard deviation; where nearly all end alike a few experiments show none.
        let own = mean(revenues.iter().copied(), None);
        let known = row.sd.map_or(0.0, |sd| sd / (revenues.len() as f64).sqrt());
        let mut findings = vec![Finding { se: own.se.max(known), ..own }];
        if sd.is_some() {
            let own = Sample::of(row.mean, revenues.iter().copied()).deviation();
            findings.push(Finding { se: own.se * theirs, ..own });
        }
        for (level, quantile) in quantiles.into_iter().flat_map(|values| LEVELS.into_iter().zip(values)) {
            let off = off_quantile(&revenues, level, quantile);
            findings.push(Finding { se: off.se * theirs, ..off });
        }
        Ok(findings)
    };
    let mut study = Study::new(name, Box::new(work)).taking(25.0, if headline { 7.0 } else { 1.7 });
    study = study.case("revenue", target, "of the value", standard, PAPER);
    if let Some(sd) = sd {
        let standard = Standard::Published { se: None, digits };
        study = study.case("revenue-sd", sd, "of the value", standard, PAPER);
    }
    for (label, quantile) in quantiles.into_iter().flat_map(|values| LABELS.into_iter().zip(values)) {
        let name = format!("revenue-{label}-is-{quantile}");
        study = study.case(&name, 0.0, "share of experiments", Standard::Given, PAPER);
    }
    study
}

/// By how much of a share `quantile` is off being the quantile of a level: a share of at least `level` is at or below it, at most so
/// many are below. The standard error is that of a share.
fn off_quantile(results: &[f64], level: f64, quantile: f64) -> Finding {
    let n = results.len() as f64;
    let part = |below: f64| results.iter().filter(|x| **x < below).count() as f64 / n;
    // Results lie on a grid, up to rounding.
    let (below, at_or_below) = (part(quantile - 1e-6), part(quantile + 1e-6));
    let off = (level - at_or_below).max(below - level).max(0.0);
    Finding { result: off, se: (level * (1.0 - level) / n).sqrt(), tick: 0.0 }
}

/// Told the lowest bid that would have won, first-price bidders compete, where without they collude.
fn feedback() -> Study {
    let work = |draws: &Draws| {
        let told = [("strategies.q_learning.updates", "counterfactual"), ("play.max_epochs", "200000")];
        let of = |set, count| Ok::<_, String>(mean(revenues(false, set, draws, count)?, None));
        let (told, untold) = (of(&told, draws.either(20, 4))?, of(&[], draws.either(40, 8))?);
        // Competition: at least nine tenths of the value, the lower of the two static equilibria.
        Ok(vec![Finding::truth(told.result >= 0.9 - 1e-9), Finding::truth(untold.result <= 0.4)])
    };
    Study::new("banchio-skrzypacz/first-price/feedback", Box::new(work))
        .taking(5.0, 0.8)
        .case("told-lowest-winning-bid-compete", 1.0, "yes is 1", Standard::Computed(0.0), PAPER)
        .case("untold-collude", 1.0, "yes is 1", Standard::Computed(0.0), PAPER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_may_cover_many_results() {
        let results = [0.1, 0.2, 0.2, 0.2, 0.3];
        assert_eq!(off_quantile(&results, 0.5, 0.2).result, 0.0);
        assert!((off_quantile(&results, 0.5, 0.1).result - 0.3).abs() < 1e-12);
        assert!((off_quantile(&results, 0.5, 0.3).result - 0.3).abs() < 1e-12);
        assert_eq!(off_quantile(&results, 0.1, 0.1).result, 0.0);
        assert!((off_quantile(&results, 0.9, 0.2).result - 0.1).abs() < 1e-12);
    }
}
