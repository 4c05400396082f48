//! A front on fresh draws: how likely each point belongs to it, what one objective costs in another, and where it bends.
//!
//! Points have the same replicates on the same draws. All that is said about their uncertainty comes from one bootstrap over
//! whole replicates (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapters 6 and 13): replicates are drawn
//! with replacement, the same for all points, so that what points share cancels as it does in paired differences. Intervals
//! are percentile intervals of 95%. All objectives are minimised.

use super::hypervolume::hypervolume;
use crate::draws::{Key, Purpose, Who};

/// Resamples of the bootstrap.
const RESAMPLES: u32 = 1000;

/// Objectives of points by replicate, and their means over each resample.
#[derive(Clone, Debug)]
pub struct Resampled {
    /// Mean by point, then objective.
    pub mean: Vec<Vec<f64>>,
    /// The same in each resample.
    resamples: Vec<Vec<Vec<f64>>>,
}

/// What giving up one unit of the first objective brings in another, between two neighbours on the front.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exchange {
    /// The neighbour that is better in the first objective.
    pub from: usize,
    /// The other.
    pub to: usize,
    /// The other objective.
    pub objective: usize,
    /// Gain in it for each unit of the first objective that is given up.
    pub rate: f64,
    /// Lower end of the rate's interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the neighbours differ in the first objective beyond noise; otherwise there is no rate to speak of.
    pub is_known: bool,
}

/// A point of a two-dimensional front before which an objective is cheap and after which it is dear.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knee {
    /// The point.
    pub point: usize,
    /// What a unit of the first objective brings in the second up to there.
    pub before: f64,
    /// What it brings beyond.
    pub after: f64,
    /// Interval of the difference of the two, which excludes zero.
    pub change: (f64, f64),
}

impl Resampled {
    /// Of `points[point][replicate][objective]`, all with the same replicates, at least one; `seed` is the bootstrap's.
    pub fn new(points: &[Vec<Vec<f64>>], seed: u64) -> Self {
        let replicates = points.iter().map(Vec::len).min().unwrap_or(0);
        let over = |rows: &mut dyn Iterator<Item = usize>, point: &[Vec<f64>]| {
            let mut sums = vec![0.0; point.first().map_or(0, Vec::len)];
            for r in rows {
                sums.iter_mut().zip(&point[r]).for_each(|(sum, x)| *sum += x);
            }
            sums.iter().map(|sum| sum / replicates as f64).collect::<Vec<f64>>()
        };
        let mean = points.iter().map(|point| over(&mut (0..replicates), point)).collect();
        let stream = Key::new(seed, 0, 0).stream(Purpose::Resample, Who::MARKET);
        let resamples = (0..RESAMPLES)
            .map(|b| {
                let draw = |r: usize| {
                    let place = stream.uniform(b, r as u32) * replicates as f64;
                    (place as usize).min(replicates.saturating_sub(1))
                };
                let drawn: Vec<usize> = (0..replicates).map(draw).collect();
                points.iter().map(|point| over(&mut drawn.iter().copied(), point)).collect()
            })
            .collect();
        Resampled { mean, resamples }
    }

    /// Share of resamples in which no other point dominates a point.
    pub fn probability_nondominated(&self) -> Vec<f64> {
        let n = self.mean.len();
        let mut counts = vec![0_u32; n];
        for means in &self.resamples {
            for i in 0..n {
                counts[i] += u32::from((0..n).all(|k| k == i || !dominates(&means[k], &means[i])));
            }
        }
        counts.into_iter().map(|count| f64::from(count) / f64::from(RESAMPLES)).collect()
    }

    /// Hypervolume of some of the points with its interval.
    pub fn hypervolume(&self, points: &[usize], reference: &[f64]) -> (f64, f64, f64) {
        let of = |means: &[Vec<f64>]| {
            let chosen: Vec<&[f64]> = points.iter().map(|&i| means[i].as_slice()).collect();
            hypervolume(&chosen, reference)
        };
        let (low, high) = interval(self.resamples.iter().map(|means| of(means)));
        (of(&self.mean), low, high)
    }

    /// Exchange rates between neighbours along the first objective.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let order = self.order();
        let objectives = self.mean.first().map_or(0, Vec::len);
        let mut found = Vec::new();
        for pair in order.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let step = |means: &[Vec<f64>]| means[to][0] - means[from][0];
            let (least, _) = interval(self.resamples.iter().map(|means| step(means)));
            for objective in 1..objectives {
                let rate = |means: &[Vec<f64>]| (means[from][objective] - means[to][objective]) / step(means);
                let (low, high) = interval(self.resamples.iter().map(|means| rate(means)));
                let rate = rate(&self.mean);
                found.push(Exchange { from, to, objective, rate, low, high, is_known: least > 0.0 });
            }
        }
        found
    }

    /// Knees of a front with two objectives: points at which the exchange rate falls, beyond noise. Empty with more.
    pub fn knees(&self) -> Vec<Knee> {
        let order = self.order();
        if self.mean.first().map_or(0, Vec::len) != 2 {
            return Vec::new();
        }
        let mut found = Vec::new();
        for triple in order.windows(3) {
            let &[a, point, c] = triple else { continue };
            let rate = |means: &[Vec<f64>], i: usize, k: usize| {
                let step = means[k][0] - means[i][0];
                if step > 0.0 { (means[i][1] - means[k][1]) / step } else { f64::NAN }
            };
            let fall = |means: &[Vec<f64>]| rate(means, a, point) - rate(means, point, c);
            let falls: Vec<f64> = self.resamples.iter().map(|means| fall(means)).collect();
            if falls.iter().any(|x| x.is_nan()) {
                continue;
            }
            let change = interval(falls.into_iter());
            if change.0 > 0.0 {
                let (before, after) = (rate(&self.mean, a, point), rate(&self.mean, point, c));
                found.push(Knee { point, before, after, change });
            }
        }
        found
    }

    /// Points from the best in the first objective to the worst.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.mean.len()).collect();
        order.sort_by(|&a, &b| self.mean[a][0].total_cmp(&self.mean[b][0]).then(a.cmp(&b)));
        order
    }
}

/// Pareto dominance of means.
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(x, y)| x <= y) && a.iter().zip(b).any(|(x, y)| x < y)
}

/// Percentile interval of 95%; `NaN` where a value is.
fn interval(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut values: Vec<f64> = values.collect();
    if values.is_empty() || values.iter().any(|x| x.is_nan()) {
        return (f64::NAN, f64::NAN);
    }
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((share * values.len() as f64) as usize).min(values.len() - 1)];
    (at(0.025), at(0.975))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::normal_quantile;

    /// Points at given means, `common` noise shared by all and `own` noise.
    fn noisy(means: &[[f64; 2]], replicates: u32, common: f64, own: f64) -> Vec<Vec<Vec<f64>>> {
        let draw = |r: u32, i: u32, j: u32| {
            normal_quantile(Key::new(7, r, i).stream(Purpose::Resample, Who::MARKET).uniform(1, j))
        };
        let value = |r, i: usize, j: usize| {
            means[i][j] + common * draw(r, u32::MAX, j as u32) + own * draw(r, i as u32, j as u32)
        };
        (0..means.len())
            .map(|i| (0..replicates).map(|r| vec![value(r, i, 0), value(r, i, 1)]).collect())
            .collect()
    }

    #[test]
    fn membership_is_sure_where_common_noise_cancels() {
        let points = noisy(&[[0.0, 1.0], [0.5, 0.5], [0.6, 0.6], [1.0, 0.0]], 32, 3.0, 0.001);
        let p = Resampled::new(&points, 1).probability_nondominated();
        assert_eq!(p, [1.0, 1.0, 0.0, 1.0]);
        // Two equal points with noise of their own: each is dominated a quarter of the time, give or take the luck of 32.
        let p = Resampled::new(&noisy(&[[0.5, 0.5], [0.5, 0.5]], 32, 0.0, 0.2), 1).probability_nondominated();
        assert!(p.iter().all(|p| (0.2..=1.0).contains(p)) && p.iter().sum::<f64>() > 1.0, "{p:?}");
    }

    #[test]
    fn exchange_rates_have_intervals_that_hold_the_truth_and_knees_show() {
        // Slopes −3, then −1/3: a knee at the middle.
        let means = [[0.0, 4.0], [1.0, 1.0], [4.0, 0.0]];
        let front = Resampled::new(&noisy(&means, 64, 1.0, 0.05), 1);
        let exchanges = front.exchanges();
        for (exchange, rate) in exchanges.iter().zip([3.0, 1.0 / 3.0]) {
            assert!(exchange.is_known && exchange.low < rate && rate < exchange.high, "{exchange:?}");
        }
        let knees = front.knees();
        assert_eq!(knees.len(), 1);
        assert!(knees[0].point == 1 && knees[0].before > knees[0].after);
        // A straight front has none.
        let straight = [[0.0, 2.0], [1.0, 1.0], [2.0, 0.0]];
        assert!(Resampled::new(&noisy(&straight, 64, 1.0, 0.05), 1).knees().is_empty());
        // Nor is there a rate between points that noise cannot tell apart.
        let near = [[0.0, 2.0], [0.001, 1.0]];
        assert!(!Resampled::new(&noisy(&near, 16, 0.0, 0.5), 1).exchanges()[0].is_known);
    }

    #[test]
    fn hypervolume_has_an_interval() {
        let front = Resampled::new(&noisy(&[[0.0, 1.0], [1.0, 0.0]], 32, 0.1, 0.0), 1);
        let (mean, low, high) = front.hypervolume(&[0, 1], &[2.0, 2.0]);
        assert!(low < mean && mean < high && (mean - 3.0).abs() < 0.3, "{low} {mean} {high}");
    }
}
