//! Errors planted in scripted play, and what the program's certificate finds them to lose.
//!
//! Bidders of a first-price auction who all shade a tenth more or less than in equilibrium, and candidates whose kickbacks are a tenth
//! off: theory knows what the best deviation on a menu gains one of them. In auctions the certificate picks deviations on one half
//! of its draws and judges them on the other, so that its estimate may fall short of that by a tenth, but for noise it is never more, and
//! its bound is never less. Kickbacks to a continuum leave nothing to chance.

use super::program::{estimate, metric, replicates};
use super::{Draws, Finding, Standard, Study};
use crate::numerics::{integrate, maximise, pow};
use crate::theory::kickback::Market;

const PLANTED: &str = "derived: the best deviation on the menu, by quadrature; model, section 5";

/// How far offers are off the equilibrium.
const OFF: [(f64, &str); 2] = [(0.9, ".9"), (1.1, "1.1")];

/// Bins of private value of the certificate, and cells of its menu of multiples of value.
const BINS: u32 = 20;
const CELLS: u32 = 60;

/// What the best deviation gains where values are uniform on [0, 1] and rivals bid `a·v`: first one multiple of value for each of
/// twenty bins and of the menu, then any bid at all.
pub fn shading_gain(n: u32, a: f64) -> (f64, f64) {
    let rivals = |b: f64| pow((b / a).min(1.0), f64::from(n - 1));
    let earns = |v: f64, b: f64| (v - b) * rivals(b);
    let cut = |low: f64, high: f64, f: &dyn Fn(f64) -> f64| -> f64 {
        // Winning for sure begins at a, where the integrand bends.
        let pieces = 64;
        let width = (high - low) / f64::from(pieces);
        (0..pieces).map(|i| integrate(f, low + f64::from(i) * width, low + f64::from(i + 1) * width)).sum()
    };
    let play = cut(0.0, 1.0, &|v| earns(v, a * v));
    let bin = |j: u32| {
        let (low, high) = (f64::from(j) / f64::from(BINS), f64::from(j + 1) / f64::from(BINS));
        (0..=CELLS)
            .map(|m| cut(low, high, &|v| earns(v, f64::from(m) / f64::from(CELLS) * v)))
            .fold(cut(low, high, &|v| earns(v, a * v)), f64::max)
    };
    let on_menu: f64 = (0..BINS).map(bin).sum();
    let free = cut(0.0, 1.0, &|v| {
        let (best, _) = maximise(|b| earns(v, b), 0.0, v.min(a), 16);
        earns(v, best)
    });
    (on_menu - play, free - play)
}

/// A first-price auction among `n` bidders with values uniform on [0, 1], all of whom bid by a formula, certified in so many
/// `markets`.
pub fn bids(n: u32, offer: &str, more: &str, markets: u32) -> String {
    let points = CELLS + 1;
    format!(
        "[experiment]\nname = \"case\"\n\n[mechanism.auction]\nrule = \"auction_rotation\"\nseats = 1\nepoch_slots = 4\n{more}\n\n\
         [play]\nrounds = 2\nmeasured_epochs = 4\ncertificate_markets = {markets}\ncertificate_epochs = 400\n\n\
         [[sequencers]]\nname = \"bidder\"\ncount = {n}\nvalue = {{ uniform = [0, 1] }}\nstrategy = \"script\"\n\n\
         [strategies.script]\nlearner = \"scripted\"\noffer = {offer}\nbins = {BINS}\nmenu = {{ relative = [0.0, 1.0], points = {points} }}\n"
    )
}

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies: Vec<Study> = [2, 3, 5].into_iter().map(shaded).collect();
    studies.extend([(2, 0.25), (3, 0.10)].into_iter().map(|(n, mu)| kickbacks(n, mu)));
    studies
}

/// By how much `more` exceeds `less`; what is not a number stays none.
fn past(more: f64, less: f64) -> f64 {
    if more <= less { 0.0 } else { more - less }
}

fn shaded(n: u32) -> Study {
    let work = move |draws: &Draws| {
        let share = f64::from(n - 1) / f64::from(n);
        let mut findings = Vec::new();
        for (factor, _) in OFF {
            let text = bids(n, &format!("\"value * (n - 1) / n * {factor:?}\""), "", draws.either(64, 16));
            let outcomes = replicates(&text, draws.seed, draws.either(16, 8))?;
            let gain = estimate(&outcomes, |o| metric(o, "deviation_gain_eth"));
            let bound =
                estimate(&outcomes, |o| metric(o, "deviation_gain_upper") * metric(o, "potential_value"));
            let (theory, _) = shading_gain(n, share * factor);
            findings.push(Finding { result: past(gain.result, theory), ..gain });
            findings.push(Finding { result: past(0.9 * theory, gain.result), ..gain });
            findings.push(Finding::at_most(theory, bound.result));
        }
        Ok(findings)
    };
    let mut study =
        Study::new(format!("certificate/planted/first-price/n={n}"), Box::new(work)).taking(4.0, 1.0);
    for (_, label) in OFF {
        for what in ["estimate-above-the-gain", "estimate-below-nine-tenths-of-it"] {
            let name = format!("bids-times-{label}/{what}");
            study = study.case(&name, 0.0, "ETH", Standard::Given, PLANTED);
        }
        // A bound that luck could carry below what it bounds would be none.
        let name = format!("bids-times-{label}/bound-is-above-it");
        study = study.case(&name, 1.0, "yes is 1", Standard::Computed(0.0), PLANTED);
    }
    study
}

fn kickbacks(n: u32, mu: f64) -> Study {
    const STEPS: u32 = 480;
    let market = Market::symmetric(n as usize, 1.0, mu, Some(0.0)).ok();
    let highest = 1.2;
    let solved = market.map(|market| {
        let x = market.equilibrium().kickback[0];
        let gain = move |x: f64| {
            let mut all = vec![x; n as usize];
            let usual = (1.0 - x) * market.shares(&all)[0];
            let deviate = |step: u32| {
                let y = highest * f64::from(step) / f64::from(STEPS);
                all[0] = y;
                (1.0 - y) * market.shares(&all)[0] - usual
            };
            (0..=STEPS).map(deviate).fold(0.0, f64::max)
        };
        OFF.map(|(factor, label)| (x * factor, label, gain(x * factor)))
    });
    let rows: Vec<(f64, &str, f64)> = solved.into_iter().flatten().collect();
    let offers: Vec<f64> = rows.iter().map(|row| row.0).collect();
    let sensitivity = 1.0 / mu;
    let points = STEPS + 1;
    let work = move |draws: &Draws| {
        let found = |x: &f64| {
            let text = format!(
                "[experiment]\nname = \"case\"\n\n[mechanism.dpos]\nrule = \"delegated\"\n\n\
                 [play]\nrounds = 1\nmeasured_epochs = 2\ncertificate_markets = 16\ncertificate_epochs = 5\n\n\
                 [[sequencers]]\nname = \"s\"\ncount = {n}\nvalue = {{ constant = 1.0 }}\nstrategy = \"script\"\n\n\
                 [[delegators]]\ncontinuum = true\nprice_sensitivity = {sensitivity:?}\noutside_option = 0.0\n\n\
                 [strategies.script]\nlearner = \"scripted\"\noffer = \"{x:?}\"\n\
                 menu = {{ absolute = [0.0, {highest:?}], points = {points} }}\n"
            );
            Ok(Finding::exact(metric(&replicates(&text, draws.seed, 1)?[0], "deviation_gain_eth")))
        };
        offers.iter().map(found).collect()
    };
    let name = format!("certificate/planted/kickback/n={n}/mu={mu}");
    let mut study = Study::new(name, Box::new(work)).taking(0.5, 0.5);
    for (_, label, gain) in rows {
        let name = format!("kickbacks-times-{label}/gain");
        study = study.case(&name, gain, "ETH", Standard::Computed(1e-9), PLANTED);
    }
    study
}
