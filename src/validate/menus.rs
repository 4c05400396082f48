//! Learned play on a menu and on one twice as fine, held to a continuous equilibrium.

use super::{Finding, Standard, Study};

/// What theory says of one number of learned play.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expectation {
    /// The number in the continuous equilibrium.
    pub theory: f64,
    /// What one tick of the coarser menu does to it.
    pub tick: f64,
    /// Whether it is a point of a curve. The points of a curve shrink together: each swings with where its bin and the
    /// menu fall.
    pub curve: bool,
}

/// What the finer menu must bring beside its results: they may not be farther from theory than the coarser menu's.
pub const HALVING: &str = "halving-the-menu";

/// Adds the case of [`excess`] to a study.
#[must_use]
pub fn with_halving(study: Study) -> Study {
    let source = "a finer menu must not be farther from the continuous equilibrium";
    study.case(HALVING, 0.0, "ticks", Standard::Learned, source)
}

/// How far the finer menu's gap exceeds the coarser one's, in ticks, where it does so most significantly. Within a
/// twentieth of a tick there is nothing to shrink: that is where a coarser menu happens to hold the equilibrium itself. Beyond a quarter
/// of a tick (and three standard errors) the gap is one that the menu makes or that something else does: it must fall to three
/// quarters, where half is expected, and it counts as excess what is above.
pub fn excess(expected: &[Expectation], coarse: &[Finding], fine: &[Finding]) -> Finding {
    const NOTHING_TO_SHRINK: f64 = 0.05;
    const MUST_SHRINK: f64 = 0.25;
    const SHRUNK: f64 = 0.75;
    let mut worst = Finding::exact(0.0);
    let mut significance = 0.0;
    let mut consider = |gap: f64, gap_fine: f64, noise: f64| {
        let limit = if gap > MUST_SHRINK + 3.0 * noise { SHRUNK * gap } else { gap.max(NOTHING_TO_SHRINK) };
        let more = gap_fine - limit;
        if more > significance * noise {
            (worst, significance) = (Finding { result: more, se: noise, tick: 0.0 }, more / noise.max(1e-12));
        }
    };
    // Squares over the points of curves: gap, finer gap, standard error.
    let mut curve = [0.0; 3];
    let mut points = 0.0;
    for ((expectation, coarse), fine) in expected.iter().zip(coarse).zip(fine) {
        let Expectation { theory, tick, .. } = *expectation;
        let noise = (coarse.se * coarse.se + fine.se * fine.se).sqrt();
        let gaps = [coarse.result - theory, fine.result - theory, noise];
        let [gap, gap_fine, noise] = gaps.map(|x| if tick > 0.0 { (x / tick).abs() } else { 0.0 });
        if expectation.curve {
            points += 1.0;
            for (sum, x) in curve.iter_mut().zip([gap, gap_fine, noise]) {
                *sum += x * x;
            }
        } else {
            consider(gap, gap_fine, noise);
        }
    }
    if points > 0.0 {
        let [gap, gap_fine, noise] = curve.map(|square: f64| (square / points).sqrt());
        consider(gap, gap_fine, noise / points.sqrt());
    }
    worst
}

/// Results of the finer menu, each with the effect of one of its ticks, and their excess.
pub fn findings(expected: &[Expectation], coarse: &[Finding], fine: &[Finding]) -> Vec<Finding> {
    let results = fine.iter().zip(expected).map(|(found, e)| found.with_tick(0.5 * e.tick));
    results.chain([excess(expected, coarse, fine)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_that_grows_is_seen_and_one_that_shrinks_is_not() {
        let expected = [Expectation { theory: 1.0, tick: 0.1, curve: false }];
        let at = |result: f64| [Finding { result, se: 0.001, tick: 0.0 }];
        assert_eq!(excess(&expected, &at(1.05), &at(1.02)).result, 0.0);
        let grown = excess(&expected, &at(1.02), &at(0.95));
        assert!((grown.result - 0.3).abs() < 1e-9 && (grown.se - 0.01 * 2.0_f64.sqrt()).abs() < 1e-9);
        // A gap that the menu does not make stays as it is.
        let stays = excess(&expected, &at(1.049), &at(1.049));
        assert!((stays.result - 0.25 * 0.49).abs() < 1e-9, "{stays:?}");
        // Too near for a finer menu to be nearer.
        assert_eq!(excess(&expected, &at(1.0), &at(1.004)).result, 0.0);
    }
}
