//! Learned play through the program itself: the text of an experiment is read, its units are simulated, and the numbers
//! that users see are held to theory.
//!
//! Each case is learned on a menu of offers and on one twice as fine. The finer menu's result must lie within three
//! standard errors over replicates and the effect of one of its ticks of the closed form; and its gap must not be larger
//! than the coarser menu's, beyond three standard errors (the case `halving-the-menu`, in ticks of the coarser menu). The
//! points of a bid curve shrink together: each swings with where its bin and the menu fall. Within a twentieth of a tick
//! there is nothing to shrink: that is where a coarser menu happens to hold the closed form itself. All replicates must be
//! certified.
//!
//! *One tick's effect* on a number is what moving every offer by one tick does to it: between two neighbouring offers
//! the game on its menu has no reason to prefer either, so that much it may differ from the continuous equilibrium.

pub mod board;
pub mod contest;
mod delegation;
mod menu_gap;
pub mod office;
pub mod pricing;
pub mod ranking;
mod sale;
pub mod stage_game;

pub use delegation::Delegation;
pub use sale::{Sale, pay_as_bid, strong_wins, truthful};

use super::menus::{Expectation, findings, with_halving};
use super::{Draws, Finding, Standard, Study};
use crate::experiment::file::{Experiment, Library};
use crate::experiment::outcome::Outcome;
use crate::experiment::simulate::simulate;
use crate::measure::statistics::Moments;
use crate::settings::Document;

/// A library of the few strategies that cases do not bring themselves.
struct NoFiles;

impl Library for NoFiles {
    fn strategy(&self, name: &str) -> Option<(String, String)> {
        // Sequencers' and delegators' own, where a case does not say otherwise, and what experiments that ship build upon.
        let text = match name {
            "hedge" => include_str!("../../strategies/hedge.toml"),
            "logit" => include_str!("../../strategies/logit.toml"),
            "q_learning" => include_str!("../../strategies/q_learning.toml"),
            _ => return None,
        };
        Some((format!("{name}.toml"), text.to_owned()))
    }

    fn strategies(&self) -> Vec<String> {
        ["hedge", "logit", "q_learning"].map(str::to_owned).to_vec()
    }

    fn table(&self, _: &str) -> Option<(String, String)> {
        None
    }

    fn scenario(&self, _: &str) -> Option<(String, String)> {
        None
    }

    fn scenarios(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Simulates replicates of the first contender of an experiment under a seed.
///
/// # Errors
/// What is wrong with the text, or with a unit.
pub fn replicates(text: &str, seed: u64, count: u32) -> Result<Vec<Outcome>, String> {
    varied(text, &[], 0, seed, count)
}

/// Simulates replicates of one contender of an experiment whose settings are changed as by `--set`.
///
/// # Errors
/// What is wrong with the text, a change, or a unit.
pub fn varied(
    text: &str,
    set: &[(&str, &str)],
    contender: usize,
    seed: u64,
    count: u32,
) -> Result<Vec<Outcome>, String> {
    let experiment = read(text, set)?;
    let contender = experiment.contenders.get(contender).ok_or("the experiment has no such contender")?;
    let unit = |replicate| {
        simulate(&contender.rule, &experiment.setting, &contender.terms, &experiment.play, seed, replicate)
            .map_err(|failure| failure.to_string())
    };
    (0..count).map(unit).collect()
}

/// Reads an experiment whose settings are changed as by `--set`.
fn read(text: &str, set: &[(&str, &str)]) -> Result<Experiment, String> {
    let mut document = Document::parse("case.toml", text).map_err(|error| error.to_string())?;
    for (path, value) in set {
        document.set(path, value).map_err(|error| error.to_string())?;
    }
    Experiment::read(document, &NoFiles).map_err(|error| error.to_string())
}

/// The value of a metric of an outcome; `NaN` where the rule cannot have it.
pub fn metric(outcome: &Outcome, key: &str) -> f64 {
    outcome.metrics.iter().find(|(name, _)| *name == key).map_or(f64::NAN, |(_, value)| *value)
}

/// Mean and standard error over replicates.
pub fn estimate(outcomes: &[Outcome], value: impl Fn(&Outcome) -> f64) -> Finding {
    let moments: Moments = outcomes.iter().map(value).collect();
    Finding { result: moments.mean(), se: moments.standard_error(), tick: 0.0 }
}

/// Mean of the points of a curve that lie between two private values; they stand for equally likely bins. `NaN` where
/// there are none.
pub fn point(outcome: &Outcome, curve: &str, agent: &str, low: f64, high: f64) -> f64 {
    let curve = outcome.curves.iter().find(|c| c.name == curve && c.agent == agent);
    let points = curve.map(|c| c.points.as_slice()).unwrap_or_default();
    points.iter().filter(|p| low <= p.0 && p.0 < high).map(|p| p.1).collect::<Moments>().mean()
}

/// A number that theory knows of an outcome.
pub struct Claim {
    /// Name of the case below its study's.
    pub what: String,
    /// What theory says.
    pub theory: f64,
    /// What one tick of the coarser menu does to it.
    pub tick: f64,
    /// The number.
    pub value: Box<dyn Fn(&Outcome) -> f64 + Send + Sync>,
    /// Whether it is a point of a curve.
    pub curve: bool,
    /// Its unit.
    pub unit: &'static str,
    /// How far it may be from theory, where no tick governs it.
    pub band: Option<f64>,
}

impl Claim {
    /// A number.
    pub fn new(
        what: impl Into<String>,
        theory: f64,
        tick: f64,
        value: impl Fn(&Outcome) -> f64 + Send + Sync + 'static,
    ) -> Self {
        let (what, value) = (what.into(), Box::new(value));
        Claim { what, theory, tick: tick.abs(), value, curve: false, unit: "ETH", band: None }
    }

    /// A metric, by its key.
    pub fn metric(key: &'static str, theory: f64, tick: f64) -> Self {
        Claim::new(key.replace('_', "-"), theory, tick, move |outcome| metric(outcome, key))
    }

    /// The same in another unit.
    #[must_use]
    pub fn in_unit(self, unit: &'static str) -> Self {
        Claim { unit, ..self }
    }

    /// The same, held to a band.
    #[must_use]
    pub fn within(self, band: f64) -> Self {
        Claim { band: Some(band), ..self }
    }

    /// The same as a point of a curve.
    #[must_use]
    pub fn on_curve(self) -> Self {
        Claim { curve: true, ..self }
    }
}

/// Replicates of a full run, and of a quick one.
const REPLICATES: (u32, u32) = (12, 4);

/// The study of an experiment that is learned on `points` and on `2·points − 1` settings; `text` writes it for a number
/// of settings. The source is that of the equilibrium.
pub fn study(
    name: impl Into<String>,
    source: &'static str,
    text: impl Fn(usize) -> String + Send + Sync + 'static,
    points: usize,
    claims: Vec<Claim>,
) -> Study {
    let cases: Vec<_> = claims.iter().map(|c| (c.what.clone(), c.theory, c.unit, c.band)).collect();
    let work = move |draws: &Draws| {
        let count = draws.either(REPLICATES.0, REPLICATES.1);
        let learn = |points: usize| replicates(&text(points), draws.seed, count);
        let (coarse, fine) = (learn(points)?, learn(2 * points - 1)?);
        let on = |outcomes: &[Outcome]| -> Vec<Finding> {
            claims.iter().map(|claim| estimate(outcomes, &claim.value)).collect()
        };
        let expected: Vec<Expectation> =
            claims.iter().map(|c| Expectation { theory: c.theory, tick: c.tick, curve: c.curve }).collect();
        let certified = |o: &Outcome| metric(o, "certified");
        let certified = f64::min(estimate(&coarse, certified).result, estimate(&fine, certified).result);
        let mut all = findings(&expected, &on(&coarse), &on(&fine));
        all.push(Finding::exact(certified));
        Ok(all)
    };
    let mut study = Study::new(name, Box::new(work)).taking(2.0, 0.7);
    for (what, theory, unit, band) in cases {
        let standard = band.map_or(Standard::Learned, Standard::Within);
        study = study.case(&what, theory, unit, standard, source);
    }
    with_halving(study).case(
        "certified",
        1.0,
        "share of replicates",
        Standard::Computed(0.0),
        "in an equilibrium nobody gains by deviating",
    )
}

/// What the best of these deviations gains one of `n` equals who all play `candidate`, at least nothing.
pub fn best_deviation(
    payoffs: &dyn Fn(&[f64]) -> Vec<f64>,
    candidate: f64,
    n: usize,
    menu: impl Iterator<Item = f64>,
) -> f64 {
    let mut profile = vec![candidate; n];
    let kept = payoffs(&profile)[0];
    // What is not a number must not be lost, as it would be in `f64::max`.
    menu.fold(0.0, |best: f64, setting| {
        profile[0] = setting;
        let gain = payoffs(&profile)[0] - kept;
        if gain.is_nan() || gain > best { gain } else { best }
    })
}

/// The same experiment held to another tolerance of the certificate, a share of potential value.
pub fn tolerating(text: &str, tolerance: f64) -> String {
    let place = "name = \"case\"\n";
    assert!(text.contains(place), "the text of a case names its experiment");
    text.replacen(place, &format!("{place}tolerance = {tolerance:?}\n"), 1)
}

/// The largest gain that is still certified where these are payoffs of those who have these shares of what there is to win in
/// equilibrium, as a share of potential value: a tenth of the least payoff of those who have a share of 5%, or an even one among more than
/// twenty, and at most the hundredth of potential value that experiments tolerate by default. (A hundredth alone would be the
/// whole profit of one of ten equals. Who is at the margin has next to nothing to lose.) `NaN` if a payoff is, or if nobody earns anything.
pub fn tolerance_for(payoffs: &[f64], shares: &[f64], potential: f64) -> f64 {
    let speaks = f64::min(0.05, 1.0 / shares.len() as f64) * (1.0 - 1e-9);
    let earned = payoffs.iter().zip(shares).filter(|(_, share)| **share >= speaks);
    let least = earned.map(|(payoff, _)| *payoff).fold(f64::INFINITY, |least: f64, payoff| {
        if payoff.is_nan() || payoff < least { payoff } else { least }
    });
    let tolerance = 0.1 * least / potential;
    // Nothing is smaller than `NaN`.
    if tolerance > 0.01 && tolerance.is_finite() {
        0.01
    } else if tolerance > 0.0 && tolerance.is_finite() {
        tolerance
    } else {
        f64::NAN
    }
}

/// The study of a script that everybody follows and that is judged against a menu: whether nobody gains by leaving it, as
/// the certificate finds, against what theory says; and what the best deviation gains.
pub fn certified_script(
    name: impl Into<String>,
    text: String,
    says: bool,
    gain: f64,
    source: &'static str,
) -> Study {
    let work = move |draws: &Draws| {
        let gain = metric(&replicates(&text, draws.seed, 1)?[0], "deviation_gain_eth");
        Ok(vec![Finding::exact(gain), Finding::at_most(gain, 1e-9)])
    };
    let study = Study::new(name, Box::new(work));
    let study = study.case("gain-of-the-best-deviation", gain, "ETH", Standard::Computed(1e-9), source);
    study.case(
        "symmetric-equilibrium-exists",
        f64::from(u8::from(says)),
        "yes is 1",
        Standard::Computed(0.0),
        source,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_number_certifies_nothing() {
        let payoffs = |profile: &[f64]| vec![if profile[0] == 0.5 { f64::NAN } else { profile[0] }];
        let menu = |settings: &'static [f64]| settings.iter().copied();
        assert_eq!(best_deviation(&payoffs, 0.25, 1, menu(&[0.0, 0.75, 0.6])), 0.5);
        assert!(best_deviation(&payoffs, 0.25, 1, menu(&[0.0, 0.5, 0.75])).is_nan());
        // A tenth of the least, by default a hundredth, and nothing where there is no number or no profit.
        assert!((tolerance_for(&[0.02, 0.04], &[0.5, 0.5], 1.0) - 0.002).abs() < 1e-15);
        assert_eq!(tolerance_for(&[0.2, 0.4], &[0.5, 0.5], 1.0), 0.01);
        assert!((tolerance_for(&[0.001, 0.04], &[0.04, 0.96], 1.0) - 0.004).abs() < 1e-15);
        assert!((tolerance_for(&[0.01; 40], &[1.0 / 40.0; 40], 1.0) - 0.001).abs() < 1e-15);
        for payoffs in [[f64::NAN, 0.1], [0.1, f64::NAN], [0.0, 0.0]] {
            assert!(tolerance_for(&payoffs, &[0.5, 0.5], 1.0).is_nan(), "{payoffs:?}");
        }
        assert!(read(&tolerating("[experiment]\nname = \"case\"\n", f64::NAN), &[]).is_err());
    }
}
