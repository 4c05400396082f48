//! How pairs, points and all points together are judged.

use super::{Finding, Pair, Point};
use crate::experiment::claim::{Claim, Test};
use crate::measure::effects::multiplicity::holm;
use crate::measure::statistics::{Comparison, Critical, Pairs};
use crate::measure::student::cdf;

/// Level of each one-sided test: that of one end of a 95% interval.
const LEVEL: f64 = 0.025;

impl Finding {
    /// Of the mean of something that has to be above zero.
    fn of(contrast: &Comparison) -> Self {
        if contrast.ci_low > 0.0 {
            Self::Supported
        } else if contrast.ci_high <= 0.0 {
            Self::Rejected
        } else {
            Self::Undecided
        }
    }

    /// p-values of the mean not being above zero, and of its being above: 1 where fewer than two replicates say anything.
    fn p_values(contrast: &Comparison) -> [f64; 2] {
        if contrast.n < 2 {
            return [1.0; 2];
        }
        if contrast.se == 0.0 {
            return if contrast.difference > 0.0 { [0.0, 1.0] } else { [1.0, 0.0] };
        }
        let (t, freedom) = (contrast.difference / contrast.se, contrast.n as f64 - 1.0);
        [cdf(-t, freedom), cdf(t, freedom)]
    }

    /// Of all parts together.
    pub(super) fn all(parts: impl Iterator<Item = Self>) -> Self {
        let (mut together, mut any) = (Self::Supported, false);
        for part in parts {
            any = true;
            together = match (together, part) {
                (Self::Rejected, _) | (_, Self::Rejected) => Self::Rejected,
                (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
                _ => Self::Supported,
            };
        }
        if any { together } else { Self::Undecided }
    }
}

/// Judges a pair by its values in common replicates.
pub(super) fn judge(claim: &Claim, (a, b): (usize, usize), values: &[(f64, f64)]) -> Pair {
    let mut critical = Critical::default();
    let compared = |of: &dyn Fn(f64, f64) -> (f64, f64), critical: &mut Critical| {
        let mut pairs = Pairs::default();
        for &(x, y) in values {
            let (x, y) = of(x, y);
            pairs.push(x, y);
        }
        pairs.comparison(critical)
    };
    let difference = compared(&|x, y| (x, y), &mut critical);
    let sign = if difference.mean_b < 0.0 { -1.0 } else { 1.0 };
    let least = |y: f64| if claim.relative { claim.effect * sign * y } else { claim.effect };
    let more = compared(&|x, y| (x, y + least(y)), &mut critical);
    let less = compared(&|x, y| (y, x + least(y)), &mut critical);
    let parts = match claim.test {
        Test::More => vec![more],
        Test::Less => vec![less],
        Test::Equivalence => vec![
            compared(&|x, y| (x + least(y), y), &mut critical),
            compared(&|x, y| (y + least(y), x), &mut critical),
        ],
    };
    let p: Vec<[f64; 2]> = parts.iter().map(Finding::p_values).collect();
    // Supported by all parts together, rejected by any of them: of two of these, both can err where the difference is small.
    let rejection = p.iter().map(|p| p[1]).fold(1.0, f64::min);
    let p_values = [p.iter().map(|p| p[0]).fold(0.0, f64::max), (p.len() as f64 * rejection).min(1.0)];
    let finding = match Finding::all(parts.iter().map(Finding::of)) {
        Finding::Rejected if parts.len() > 1 && p_values[1] > LEVEL => Finding::Undecided,
        finding => finding,
    };
    Pair { a, b, difference, effect: least(difference.mean_b), finding, p_values }
}

/// Of each pair of a point, the p-value of its rejection as one of so many (Holm's method).
pub(super) fn rejections(pairs: &[Pair]) -> Vec<f64> {
    holm(&pairs.iter().map(|pair| pair.p_values[1]).collect::<Vec<_>>())
}

/// What came of a point: supported where all its pairs are, rejected where one is although it is one of so many.
pub(super) fn of_point(pairs: &[Pair]) -> Finding {
    let rejections = rejections(pairs);
    match Finding::all(pairs.iter().map(|pair| pair.finding)) {
        Finding::Rejected if rejections.iter().all(|p| *p > LEVEL) => Finding::Undecided,
        finding => finding,
    }
}

/// Notes which points stay supported, or rejected, where all points and pairs are tested together.
pub(super) fn test_together(points: &mut [Point]) {
    let support = |point: &Point| point.pairs.iter().map(|pair| pair.p_values[0]).fold(0.0, f64::max);
    let supports = holm(&points.iter().map(support).collect::<Vec<_>>());
    let each = points.iter().flat_map(|point| point.pairs.iter().map(|pair| pair.p_values[1]));
    let mut rejections = holm(&each.collect::<Vec<_>>()).into_iter();
    for (point, support) in points.iter_mut().zip(supports) {
        let rejection = rejections.by_ref().take(point.pairs.len()).fold(1.0, f64::min);
        point.is_sure = match point.finding {
            Finding::Supported => support <= LEVEL,
            Finding::Rejected => rejection <= LEVEL,
            Finding::Undecided => false,
        };
    }
}
