//! A front on fresh draws: how likely each point belongs to it, what one objective costs in another, and where it bends.
//!
//! Points have the same replicates on the same draws. What is said about their uncertainty comes from one bootstrap over
//! whole replicates ([`super::resampling`]), but for who is surely dominated: replicates are drawn with replacement, the same for all points, so that what points
//! share cancels as it does in paired differences, and deviations follow Student's law. Intervals hold the central 95% of
//! resamples. All objectives are minimised.
//!
//! *Dominated for sure.* `k` dominates `i` where it is no worse in any objective: each of these is tested on the paired differences of
//! replicates, one-sided, by Student's law, and all of them have to hold (an intersection–union test, which needs no correction: Berger 1982,
//! Technometrics 24, p. 295). That *some* `k` does is the union of these, over all other points, and a share of the level is spent on each
//! (Bonferroni): an efficient point is said to be dominated in 5% of studies at most, however many points there are.
//!
//! *Exchange rates.* With two objectives the rate between neighbours is the slope of the chord, and known where they differ in the
//! first objective beyond noise. With more, neighbours along the first differ in all others too, and a chord mixes them up: the rate
//! at a point is the slope `−∂f_j/∂f_1` of a plane through it and its nearest `2m − 1` points by least squares, which holds
//! all other objectives fixed. It is known where `f_1`, the others held fixed, varies among these points beyond noise: where the sum of
//! squares of its residuals on them exceeds that of their changes in 95% of resamples. What noise is left in them flattens the slope.
//!
//! *Knees.* A front of two objectives has as many slopes as chords, and one of many that differ by luck alone looks like a knee. So
//! their differences are tested together: with `s_i` the spread of the difference at point `i` over resamples, intervals are `± c s_i`,
//! `c` the 95% point of the largest `|d*_i − d_i|/s_i` over points (the max-t method: Westfall and Young 1993, "Resampling-Based
//! Multiple Testing", chapter 2). Of neighbours whose intervals lie above zero the one with the largest difference is the knee.

use super::hypervolume::hypervolume;
use super::resampling::{Resample, resample};
use crate::draws::{Key, Purpose, Who};
use crate::measure::effects::least_squares::inverse;
use crate::measure::statistics::Moments;
use crate::measure::student::upper_quantile;

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

/// What giving up one unit of the first objective brings in another: between two neighbours on a front of two objectives, at a point
/// of one with more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exchange {
    /// The neighbour that is better in the first objective.
    pub from: usize,
    /// The other; the same at a point.
    pub to: usize,
    /// The other objective.
    pub objective: usize,
    /// Gain in it for each unit of the first objective that is given up.
    pub rate: f64,
    /// Lower end of the rate's interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the first objective varies beyond noise; otherwise there is no rate to speak of.
    pub is_known: bool,
}

/// The median of an objective's known exchange rates, with the interval of that median.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Typical {
    /// The other objective.
    pub objective: usize,
    /// The median.
    pub rate: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Known rates of which it is the median.
    pub of: usize,
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
    /// Interval of the difference of the two, which excludes zero; simultaneous for all points of the front.
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
        let mean: Vec<Vec<f64>> = points.iter().map(|point| over(&mut (0..replicates), point)).collect();
        let stream = Key::new(seed, 0, 0).stream(Purpose::Resample, Who::MARKET);
        let stray = |drawn: &Resample, (point, all): (&Vec<Vec<f64>>, &Vec<f64>)| -> Vec<f64> {
            let own = over(&mut drawn.drawn.iter().copied(), point);
            all.iter().zip(own).map(|(&all, own)| drawn.stretched(all, own)).collect()
        };
        let resamples = (0..RESAMPLES)
            .map(|round| {
                let drawn = resample(replicates, round, stream);
                points.iter().zip(&mean).map(|of| stray(&drawn, of)).collect()
            })
            .collect();
        Resampled { mean, resamples }
    }

    /// The same resamples of some of the points, in the order given.
    #[must_use]
    pub fn only(&self, points: &[usize]) -> Self {
        let chosen = |means: &Vec<Vec<f64>>| points.iter().map(|&i| means[i].clone()).collect();
        Resampled { mean: chosen(&self.mean), resamples: self.resamples.iter().map(chosen).collect() }
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

    /// Exchange rates along the front, and for each other objective the median of those that are known.
    pub fn exchanges(&self) -> (Vec<Exchange>, Vec<Typical>) {
        let slopes = self.slopes();
        let (mut found, mut typical) = (Vec::new(), Vec::new());
        for objective in 1..self.objectives() {
            let mut known: Vec<&Slope> = Vec::new();
            for slope in &slopes {
                let (low, high) = interval(self.resamples.iter().map(|means| slope.rate(means, objective)));
                let rate = slope.rate(&self.mean, objective);
                let is_known = self.is_known(slope, objective);
                known.extend(is_known.then_some(slope));
                found.push(Exchange { from: slope.from, to: slope.to, objective, rate, low, high, is_known });
            }
            if known.is_empty() {
                continue;
            }
            let middle =
                |means: &[Vec<f64>]| median(known.iter().map(|slope| slope.rate(means, objective)).collect());
            let (low, high) = interval(self.resamples.iter().map(|means| middle(means)));
            typical.push(Typical { objective, rate: middle(&self.mean), low, high, of: known.len() });
        }
        (found, typical)
    }

    /// Chords between neighbours with two objectives, planes with more.
    fn slopes(&self) -> Vec<Slope> {
        let order = self.order();
        let objectives = self.objectives();
        if objectives == 2 {
            let chord = |pair: &[usize]| Slope { from: pair[0], to: pair[1], points: pair.to_vec() };
            return order.windows(2).map(chord).collect();
        }
        let nearby = 2 * objectives;
        if objectives < 2 || order.len() < nearby {
            return Vec::new();
        }
        let span = |j: usize| {
            let of = |sign: f64| self.mean.iter().map(|m| sign * m[j]).fold(f64::NEG_INFINITY, f64::max);
            of(1.0) + of(-1.0)
        };
        let spans: Vec<f64> = (0..objectives).map(span).collect();
        let apart = |i: usize, k: usize| -> f64 {
            let step = |j: usize| (self.mean[i][j] - self.mean[k][j]) / spans[j].max(f64::MIN_POSITIVE);
            (0..objectives).map(|j| step(j) * step(j)).sum()
        };
        order
            .iter()
            .map(|&i| {
                let mut points = order.clone();
                points.sort_by(|&a, &b| apart(i, a).total_cmp(&apart(i, b)).then(a.cmp(&b)));
                points.truncate(nearby);
                Slope { from: i, to: i, points }
            })
            .collect()
    }

    /// Whether the first objective varies among a slope's points beyond noise, all but it and this one held fixed.
    fn is_known(&self, slope: &Slope, objective: usize) -> bool {
        let all = slope.residuals(&self.mean, objective);
        let stray = |means: &Vec<Vec<f64>>| -> f64 {
            let own = slope.residuals(means, objective);
            own.iter().zip(&all).map(|(a, b)| (a - b) * (a - b)).sum()
        };
        let mut strays: Vec<f64> = self.resamples.iter().map(stray).collect();
        strays.sort_by(f64::total_cmp);
        let strength = all.iter().map(|x| x * x).sum::<f64>();
        strength > 0.0 && strength > strays[(0.95 * strays.len() as f64) as usize]
    }

    /// Knees of a front with two objectives: points at which the exchange rate falls, beyond noise. Empty with more.
    pub fn knees(&self) -> Vec<Knee> {
        let order = self.order();
        if self.objectives() != 2 {
            return Vec::new();
        }
        let rate = |means: &[Vec<f64>], i: usize, k: usize| {
            let step = means[k][0] - means[i][0];
            if step > 0.0 { (means[i][1] - means[k][1]) / step } else { f64::NAN }
        };
        // Where resampling exchanges neighbours there is no slope to speak of.
        let falls: Vec<Bend> = order
            .windows(3)
            .enumerate()
            .filter_map(|(place, triple)| {
                let &[a, point, c] = triple else { return None };
                let fall = |means: &[Vec<f64>]| rate(means, a, point) - rate(means, point, c);
                let strays: Vec<f64> = self.resamples.iter().map(|means| fall(means)).collect();
                let own = fall(&self.mean);
                if strays.iter().any(|x| x.is_nan()) || own.is_nan() {
                    return None;
                }
                let (before, after) = (rate(&self.mean, a, point), rate(&self.mean, point, c));
                let (low, high) = interval(strays.iter().copied());
                Some(Bend { place, point, before, after, fall: own, spread: 0.5 * (high - low), strays })
            })
            .collect();
        let scaled = |bend: &Bend, b: usize| {
            let stray = (bend.strays[b] - bend.fall).abs();
            if bend.spread > 0.0 { stray / bend.spread } else { 0.0 }
        };
        let largest = |b: usize| falls.iter().map(|bend| scaled(bend, b)).fold(0.0, f64::max);
        let mut largest: Vec<f64> = (0..self.resamples.len()).map(largest).collect();
        largest.sort_by(f64::total_cmp);
        let critical = largest[(0.95 * largest.len() as f64) as usize];
        let is_sure = |bend: &Bend| bend.fall > critical * bend.spread;
        let beside = |a: &Bend, b: &Bend| a.place.abs_diff(b.place) == 1;
        let tops = falls.iter().filter(|bend| {
            let yields = |other: &Bend| beside(bend, other) && is_sure(other) && other.fall > bend.fall;
            is_sure(bend) && !falls.iter().any(yields)
        });
        tops.map(|bend| Knee {
            point: bend.point,
            before: bend.before,
            after: bend.after,
            change: (bend.fall - critical * bend.spread, bend.fall + critical * bend.spread),
        })
        .collect()
    }

    fn objectives(&self) -> usize {
        self.mean.first().map_or(0, Vec::len)
    }

    /// Points from the best in the first objective to the worst.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.mean.len()).collect();
        order.sort_by(|&a, &b| self.mean[a][0].total_cmp(&self.mean[b][0]).then(a.cmp(&b)));
        order
    }
}

/// An inner point of a front of two objectives.
struct Bend {
    place: usize,
    point: usize,
    before: f64,
    after: f64,
    /// By how much the rate falls, its spread, and what it is in each resample.
    fall: f64,
    spread: f64,
    strays: Vec<f64>,
}

/// Points through which a plane is laid; a chord is one through two.
struct Slope {
    from: usize,
    to: usize,
    points: Vec<usize>,
}

impl Slope {
    /// Of the first objective at the points, what a plane of all objectives but this one leaves: their own mean taken off, and
    /// regressed on the others.
    fn residuals(&self, means: &[Vec<f64>], objective: usize) -> Vec<f64> {
        let objectives = means[0].len();
        let held: Vec<usize> = (1..objectives).filter(|&j| j != objective).collect();
        let centred = |j: usize| -> Vec<f64> {
            let mean = self.points.iter().map(|&i| means[i][j]).sum::<f64>() / self.points.len() as f64;
            self.points.iter().map(|&i| means[i][j] - mean).collect()
        };
        let held: Vec<Vec<f64>> = held.into_iter().map(centred).collect();
        without(centred(0), &held)
    }

    /// Gain in an objective for a unit of the first, all others fixed: by Frisch and Waugh (1933, Econometrica 1, pp. 387–401) the
    /// slope of what is left of the one on what is left of the other.
    fn rate(&self, means: &[Vec<f64>], objective: usize) -> f64 {
        let left = self.residuals(means, objective);
        let products: f64 = self.points.iter().zip(&left).map(|(&i, x)| means[i][objective] * x).sum();
        -products / left.iter().map(|x| x * x).sum::<f64>()
    }
}

/// What is left of a vector when others are regressed out.
fn without(vector: Vec<f64>, others: &[Vec<f64>]) -> Vec<f64> {
    if others.is_empty() {
        return vector;
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let n = others.len();
    let normal: Vec<f64> = others.iter().flat_map(|a| others.iter().map(|b| dot(a, b))).collect();
    let (inverse, _) = inverse(&normal, n);
    let right: Vec<f64> = others.iter().map(|other| dot(other, &vector)).collect();
    let slopes: Vec<f64> = (0..n).map(|i| dot(&inverse[i * n..(i + 1) * n], &right)).collect();
    let explained = |k: usize| others.iter().zip(&slopes).map(|(other, slope)| slope * other[k]).sum::<f64>();
    (0..vector.len()).map(|k| vector[k] - explained(k)).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    if n == 0 { f64::NAN } else { f64::midpoint(values[(n - 1) / 2], values[n / 2]) }
}

/// Whether some other point surely dominates each of `points[point][replicate][objective]`, with this confidence for all others together.
/// A single replicate is taken at its word.
pub fn dominated(points: &[Vec<Vec<f64>>], confidence: f64) -> Vec<bool> {
    let replicates = points.iter().map(Vec::len).min().unwrap_or(0);
    let others = points.len().saturating_sub(1).max(1) as f64;
    let critical = if replicates < 2 {
        0.0
    } else {
        upper_quantile(1.0 - (1.0 - confidence) / others, replicates as f64 - 1.0)
    };
    let beats = |k: usize, i: usize| {
        let mut is_better = false;
        let objectives = points[i].first().map_or(0, Vec::len);
        let holds = (0..objectives).all(|j| {
            let pair = |r: usize| (points[i][r][j], points[k][r][j]);
            let lead: Moments = (0..replicates).map(pair).map(|(own, other)| own - other).collect();
            let size =
                (0..replicates).map(pair).map(|(own, other)| own.abs() + other.abs()).fold(0.0, f64::max);
            // Common draws cancel but for rounding.
            let beyond_rounding = |x: f64| if x.abs() > 1e-12 * size { x } else { 0.0 };
            let error = if replicates < 2 { 0.0 } else { (lead.variance() / replicates as f64).sqrt() };
            let (mean, error) = (beyond_rounding(lead.mean()), beyond_rounding(error));
            is_better |= mean > 0.0;
            mean >= critical * error
        });
        holds && is_better
    };
    (0..points.len()).map(|i| (0..points.len()).any(|k| k != i && beats(k, i))).collect()
}

/// Pareto dominance of means.
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(x, y)| x <= y) && a.iter().zip(b).any(|(x, y)| x < y)
}

/// The central 95% of some numbers; `NaN` where one is.
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
    fn noisy(means: &[[f64; 2]], replicates: u32, common: f64, own: f64, seed: u64) -> Vec<Vec<Vec<f64>>> {
        let draw = |r: u32, i: u32, j: u32| {
            normal_quantile(Key::new(seed, r, i).stream(Purpose::Resample, Who::MARKET).uniform(1, j))
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
        let points = noisy(&[[0.0, 1.0], [0.5, 0.5], [0.6, 0.6], [1.0, 0.0]], 32, 3.0, 0.001, 7);
        let p = Resampled::new(&points, 1).probability_nondominated();
        assert_eq!(p, [1.0, 1.0, 0.0, 1.0]);
    }

    #[test]
    fn equals_are_dominated_a_quarter_of_the_time() {
        // Two equal points with noise of their own: with z₁, z₂ the standardised differences of a study, resamples put the chance that
        // the second dominates at T(z₁)T(z₂), each uniform over studies: a quarter on average, with variance 1/9 − 1/16.
        let studies = 400_u32;
        let all: f64 = (0..studies)
            .map(|study| {
                let points = noisy(&[[0.5, 0.5], [0.5, 0.5]], 8, 0.0, 0.2, u64::from(study));
                1.0 - Resampled::new(&points, 1).probability_nondominated()[0]
            })
            .sum();
        let error = ((1.0 / 9.0 - 1.0 / 16.0) / f64::from(studies)).sqrt();
        assert!((all / f64::from(studies) - 0.25).abs() < 3.0 * error, "{}", all / f64::from(studies));
    }

    #[test]
    fn a_point_that_is_no_better_is_rarely_sure_to_be_beaten_however_few_replicates() {
        // Equal in one objective and worse for sure in the other: dominated with more than 95% is said in 5% of studies, not in the 8.4% of
        // resamples as they come.
        let studies = 2000_u32;
        let mut said = [0; 2];
        for study in 0..studies {
            let mut points = noisy(&[[0.0, 0.5], [0.0, 0.5]], 8, 0.0, 0.2, u64::from(study));
            points[1].iter_mut().for_each(|row| row[0] = 9.0);
            points[0].iter_mut().for_each(|row| row[0] = 1.0);
            said[0] += u32::from(Resampled::new(&points, 1).probability_nondominated()[1] < 0.05);
            said[1] += u32::from(dominated(&points, 0.95)[1]);
        }
        for rate in said.map(|said| f64::from(said) / f64::from(studies)) {
            assert!((rate - 0.05).abs() < 3.0 * (0.05 * 0.95 / f64::from(studies)).sqrt(), "{said:?}");
        }
    }

    #[test]
    fn without_noise_of_its_own_a_point_is_dominated_where_means_say_so() {
        let points = noisy(&[[0.1, 1.0], [0.5, 0.5], [0.6, 0.5], [0.1, 1.0]], 8, 3.0, 0.0, 7);
        // Equals do not dominate each other; what is shared cancels, but for rounding.
        assert_eq!(dominated(&points, 0.95), [false, false, true, false]);
        let single: Vec<Vec<Vec<f64>>> = points.iter().map(|rows| rows[..1].to_vec()).collect();
        assert_eq!(dominated(&single, 0.95), [false, false, true, false]);
        assert!(dominated(&[], 0.95).is_empty() && dominated(&points[..1], 0.95) == [false]);
    }

    #[test]
    fn exchange_rates_have_intervals_that_hold_the_truth_and_knees_show() {
        // Slopes −3, then −1/3: a knee at the middle.
        let means = [[0.0, 4.0], [1.0, 1.0], [4.0, 0.0]];
        let front = Resampled::new(&noisy(&means, 64, 1.0, 0.05, 7), 1);
        let (exchanges, typical) = front.exchanges();
        for (exchange, rate) in exchanges.iter().zip([3.0, 1.0 / 3.0]) {
            assert!(exchange.is_known && exchange.low < rate && rate < exchange.high, "{exchange:?}");
        }
        let Typical { rate, low, high, of, .. } = typical[0];
        assert!(low < 5.0 / 3.0 && 5.0 / 3.0 < high && (rate - 5.0 / 3.0).abs() < 0.05 && of == 2);
        let knees = front.knees();
        assert_eq!(knees.len(), 1);
        assert!(knees[0].point == 1 && knees[0].before > knees[0].after);
        let (low, high) = knees[0].change;
        assert!(low < 8.0 / 3.0 && 8.0 / 3.0 < high && low > 2.0, "{low} {high}");
        // Nor is there a rate between points that noise cannot tell apart.
        let near = [[0.0, 2.0], [0.001, 1.0]];
        assert!(!Resampled::new(&noisy(&near, 16, 0.0, 0.5, 7), 1).exchanges().0[0].is_known);
    }

    #[test]
    fn of_bends_that_stand_side_by_side_the_sharpest_is_the_knee() {
        // Slopes −4, −3, −1, −.9: the rate falls at every inner point, most in the middle.
        let means = [[0.0, 8.9], [1.0, 4.9], [2.0, 1.9], [3.0, 0.9], [4.0, 0.0]];
        let knees = Resampled::new(&noisy(&means, 64, 1.0, 0.001, 7), 1).knees();
        assert_eq!(knees.iter().map(|knee| knee.point).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_neighbour_that_nobody_is_sure_of_hides_no_knee() {
        // Slopes −10, −6, −1, −.5: falls of 4, 5 and .5. The fourth point has noise of ±30 over 64 replicates, an error of 3.8 in the
        // falls beside it, so that the 5 is not sure, and the 4 is.
        let means = [[0.0, 17.5], [1.0, 7.5], [2.0, 1.5], [3.0, 0.5], [4.0, 0.0]];
        let rows = |(i, mean): (usize, &[f64; 2])| {
            let row = |r: u32| {
                let noise = if i == 3 { 30.0 } else { 0.01 };
                // Not in step with each other.
                vec![mean[0], mean[1] + if (r >> i) % 2 == 0 { noise } else { -noise }]
            };
            (0..64).map(row).collect()
        };
        let points: Vec<Vec<Vec<f64>>> = means.iter().enumerate().map(rows).collect();
        let knees = Resampled::new(&points, 1).knees();
        assert_eq!(knees.iter().map(|knee| knee.point).collect::<Vec<_>>(), [1]);
    }

    /// Share of studies in which something is said.
    fn share(studies: u32, said: impl Fn(u64) -> bool) -> f64 {
        f64::from((0..studies).map(|study| u32::from(said(u64::from(study)))).sum::<u32>())
            / f64::from(studies)
    }

    #[test]
    fn a_straight_front_seldom_has_a_knee() {
        // Simultaneous two-sided intervals of 95%: one of them lies above zero in 2.5% of studies. One by one, 15 points have a false
        // knee in 38%.
        let straight: Vec<[f64; 2]> = (0..15).map(|i| [f64::from(i), f64::from(14 - i)]).collect();
        for replicates in [8, 24] {
            let rate = share(200, |seed| {
                !Resampled::new(&noisy(&straight, replicates, 1.0, 0.1, seed), 1).knees().is_empty()
            });
            assert!(rate < 0.025 + 3.0 * (0.025_f64 * 0.975 / 200.0).sqrt(), "{replicates}: {rate}");
        }
    }

    #[test]
    fn probe() {
        let straight: Vec<[f64; 2]> = (0..15).map(|i| [f64::from(i), f64::from(14 - i)]).collect();
        for replicates in [8, 24] {
            let mut counts = [0; 2];
            for seed in 0..1000 {
                let front = Resampled::new(&noisy(&straight, replicates, 1.0, 0.1, seed), 1);
                counts[0] += usize::from(!front.knees().is_empty());
                let order = front.order();
                let rate = |m: &[Vec<f64>], i: usize, k: usize| (m[i][1] - m[k][1]) / (m[k][0] - m[i][0]);
                let any = order.windows(3).any(|t| {
                    interval(front.resamples.iter().map(|m| rate(m, t[0], t[1]) - rate(m, t[1], t[2]))).0
                        > 0.0
                });
                counts[1] += usize::from(any);
            }
            println!("knees {replicates}: {counts:?}");
        }
        let direct = (0..20000)
            .filter(|s| {
                let y: Vec<f64> = (0..15)
                    .map(|i| {
                        normal_quantile(
                            Key::new(*s, 5, i).stream(Purpose::Resample, Who::MARKET).uniform(1, 1),
                        )
                    })
                    .collect();
                y.windows(3).any(|t| t[0] - 2.0 * t[1] + t[2] > 1.96 * 6.0_f64.sqrt())
            })
            .count();
        println!("direct {}", direct as f64 / 20000.0);
        let straight: Vec<[f64; 2]> = (0..12).map(|i| [f64::from(i), f64::from(11 - i)]).collect();
        for error in [0.1, 0.25, 0.35, 0.5] {
            let own = error * 4.0 / 2.0_f64.sqrt();
            let (mut fixed, mut again, mut of, mut none, mut mid) = (0, 0, 0, 0, 0.0);
            for seed in 0..300 {
                let front = Resampled::new(&noisy(&straight, 16, 1.0, own, seed), 1);
                let (_, typical) = front.exchanges();
                let Some(t) = typical.first() else {
                    none += 1;
                    continue;
                };
                fixed += usize::from(t.low <= 1.0 && 1.0 <= t.high);
                of += t.of;
                mid += t.rate;
                let slopes = front.slopes();
                let thresholds: Vec<f64> = slopes
                    .iter()
                    .map(|slope| {
                        let all = slope.residuals(&front.mean, 1);
                        let mut s: Vec<f64> = front
                            .resamples
                            .iter()
                            .map(|m| {
                                slope.residuals(m, 1).iter().zip(&all).map(|(a, b)| (a - b) * (a - b)).sum()
                            })
                            .collect();
                        s.sort_by(f64::total_cmp);
                        s[950]
                    })
                    .collect();
                let middle = |m: &Vec<Vec<f64>>| {
                    let v: Vec<f64> = slopes
                        .iter()
                        .zip(&thresholds)
                        .filter(|(s, q)| s.residuals(m, 1).iter().map(|x| x * x).sum::<f64>() > **q)
                        .map(|(s, _)| s.rate(m, 1))
                        .collect();
                    median(v)
                };
                let (low, high) = interval(front.resamples.iter().map(middle).filter(|x| !x.is_nan()));
                again += usize::from(low <= 1.0 && 1.0 <= high);
            }
            println!("typical {error}: fixed {fixed} again {again} of {of} none {none} mean {}", mid / 300.0);
        }
    }

    #[test]
    fn intervals_of_rates_cover_at_few_replicates_too() {
        for replicates in [8, 24] {
            let rate = share(400, |seed| {
                let points = noisy(&[[0.0, 4.0], [2.0, 1.0]], replicates, 1.0, 0.1, seed);
                let exchange = Resampled::new(&points, 1).exchanges().0[0];
                exchange.low <= 1.5 && 1.5 <= exchange.high
            });
            assert!((rate - 0.95).abs() < 3.0 * (0.95_f64 * 0.05 / 400.0).sqrt(), "{replicates}: {rate}");
        }
    }

    #[test]
    fn with_three_objectives_a_rate_holds_the_third_fixed() {
        // On the plane f₂ = 8 − 2f₀ − 3f₁ a unit of f₀ brings 2 of f₂, or 2/3 of f₁. Along the first objective the points zigzag, so
        // that chords between neighbours say anything.
        let places: Vec<[f64; 2]> =
            (0..16).map(|i| [f64::from(i % 4) + 0.1 * f64::from(i / 4), f64::from(i / 4)]).collect();
        let draw = |r: u32, i: u32, j: u32| {
            normal_quantile(Key::new(5, r, i).stream(Purpose::Resample, Who::MARKET).uniform(1, j))
        };
        let points: Vec<Vec<Vec<f64>>> = places
            .iter()
            .zip(0..)
            .map(|(&[x, y], i)| {
                let exact = [x, y, 8.0 - 2.0 * x - 3.0 * y];
                let row =
                    |r| (0..3).map(|j| exact[j as usize] + draw(r, 99, j) + 0.01 * draw(r, i, j)).collect();
                (0..24).map(row).collect()
            })
            .collect();
        let (exchanges, typical) = Resampled::new(&points, 1).exchanges();
        assert_eq!(exchanges.len(), 32);
        for exchange in &exchanges {
            let truth = if exchange.objective == 1 { 2.0 / 3.0 } else { 2.0 };
            assert!(exchange.from == exchange.to && exchange.is_known, "{exchange:?}");
            assert!((exchange.rate - truth).abs() < 0.05, "{exchange:?}");
        }
        for (t, truth) in typical.iter().zip([2.0 / 3.0, 2.0]) {
            assert!(t.low < truth && truth < t.high && t.of == 16, "{t:?}");
        }
        // Two points, or three, lay no plane.
        assert!(Resampled::new(&points[..5], 1).exchanges().0.is_empty());
    }

    #[test]
    fn hypervolume_has_an_interval() {
        let front = Resampled::new(&noisy(&[[0.0, 1.0], [1.0, 0.0]], 32, 0.1, 0.0, 7), 1);
        let (mean, low, high) = front.hypervolume(&[0, 1], &[2.0, 2.0]);
        assert!(low < mean && mean < high && (mean - 3.0).abs() < 0.3, "{low} {mean} {high}");
    }
}
