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
//! squares of its residuals on them exceeds that of their changes in 95% of resamples. What noise is left in them flattens the slope. Nor
//! is it known where the others all but tell `f_1` at these points, as where they lie along a line: where its variance inflation factor
//! exceeds `COLLINEAR` (Marquardt 1970, Technometrics 12, pp. 591–612). Points that the plane misses, for the front is bent or they are
//! not on it, make its slope uncertain however many replicates there are: to each resample's slope is added a draw of Student's law with
//! `m` degrees of freedom, times the standard error that the residuals of the plane give.
//!
//! The *typical* rate is the median of those that are known. Which these are is held fixed in its interval.
//!
//! *Knees.* A front of two objectives has as many slopes as chords, and one of many that differ by luck alone looks like a knee. So
//! their differences are tested together: with `s_i` the standard error of the difference at point `i`, intervals are `± c s_i`, `c` the
//! point of Student's law beyond which each of `m` points is with probability `.025/m` (Bonferroni). Standard errors differ from point to
//! point and are each estimated from few replicates, which a bound for the largest of resampled deviations does not see: on straight fronts
//! of 15 points it finds a knee in 6% of studies with 8 replicates. Of neighbours whose intervals lie above zero the one with the largest
//! difference is the knee.

use super::hypervolume::hypervolume;
use super::resampling::{Resample, resample};
use crate::draws::{Key, Purpose, Who};
use crate::measure::effects::least_squares::inverse;
use crate::measure::statistics::Moments;
use crate::measure::student::upper_quantile;

/// Resamples of the bootstrap.
const RESAMPLES: u32 = 1000;

/// Variance inflation above which a slope is not told from the others'.
const COLLINEAR: f64 = 10.0;

/// Objectives of points by replicate, and their means over each resample.
#[derive(Clone, Debug)]
pub struct Resampled {
    /// Mean by point, then objective.
    pub mean: Vec<Vec<f64>>,
    /// The same in each resample.
    resamples: Vec<Vec<Vec<f64>>>,
    /// What deviations of each resample were multiplied by.
    factors: Vec<f64>,
    replicates: usize,
    seed: u64,
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
        let (resamples, factors) = (0..RESAMPLES)
            .map(|round| {
                let drawn = resample(replicates, round, stream);
                (points.iter().zip(&mean).map(|of| stray(&drawn, of)).collect(), drawn.factor)
            })
            .unzip();
        Resampled { mean, resamples, factors, replicates, seed }
    }

    /// The same resamples of some of the points, in the order given.
    #[must_use]
    pub fn only(&self, points: &[usize]) -> Self {
        let chosen = |means: &Vec<Vec<f64>>| points.iter().map(|&i| means[i].clone()).collect();
        let resamples = self.resamples.iter().map(chosen).collect();
        Resampled { mean: chosen(&self.mean), resamples, factors: self.factors.clone(), ..*self }
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
            // Rates of those that are known, and what they are in each resample.
            let mut known: Vec<(f64, Vec<f64>)> = Vec::new();
            for slope in &slopes {
                let strays = self.strays(slope, objective);
                let (low, high) = interval(strays.iter().copied());
                let rate = slope.rate(&self.mean, objective);
                let is_known = self.is_known(slope, objective);
                found.push(Exchange { from: slope.from, to: slope.to, objective, rate, low, high, is_known });
                known.extend(is_known.then_some((rate, strays)));
            }
            if known.is_empty() {
                continue;
            }
            let rate = median(known.iter().map(|(rate, _)| *rate).collect());
            let middle = |b: usize| median(known.iter().map(|(_, strays)| strays[b]).collect());
            let (low, high) = interval((0..self.resamples.len()).map(middle));
            typical.push(Typical { objective, rate, low, high, of: known.len() });
        }
        (found, typical)
    }

    /// A slope's rate in each resample, with what the points that a plane misses make it stray.
    fn strays(&self, slope: &Slope, objective: usize) -> Vec<f64> {
        let rates = self.resamples.iter().map(|means| slope.rate(means, objective));
        let (misfit, freedom) = slope.misfit(&self.mean, objective);
        if misfit == 0.0 {
            return rates.collect();
        }
        // Quantiles of Student's law, drawn with equal probability.
        let half: Vec<f64> = (0..RESAMPLES / 2)
            .map(|i| upper_quantile(0.5 + (f64::from(i) + 0.5) / f64::from(RESAMPLES), freedom))
            .collect();
        // Planes share most of their points with their neighbours', and so what these miss by: one draw for all.
        let key = Key::new(self.seed, objective as u32, 0);
        let stream = key.stream(Purpose::Resample, Who::MARKET);
        let draw = |round: u32| {
            let place = (stream.uniform(round, 0) * f64::from(RESAMPLES)) as usize;
            let t = half[(place / 2).min(half.len() - 1)];
            if place.is_multiple_of(2) { t } else { -t }
        };
        rates.zip(0..).map(|(rate, round)| rate + misfit * draw(round)).collect()
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

    /// Whether the first objective varies among a slope's points beyond noise, all but it and this one held fixed, and on its own.
    fn is_known(&self, slope: &Slope, objective: usize) -> bool {
        let all = slope.residuals(&self.mean, objective);
        if slope.inflation(&self.mean, objective) > COLLINEAR {
            return false;
        }
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
                Some(Bend { place, point, before, after, fall: own, error: self.error(own, &strays) })
            })
            .collect();
        let critical = match (self.replicates as f64, order.len().saturating_sub(2) as f64) {
            (n, points) if n > 1.0 && points > 0.0 => upper_quantile(1.0 - 0.025 / points, n - 1.0),
            // A single replicate is taken at its word.
            _ => 0.0,
        };
        let is_sure = |bend: &Bend| bend.fall > critical * bend.error;
        let beside = |a: &Bend, b: &Bend| a.place.abs_diff(b.place) == 1;
        let tops = falls.iter().filter(|bend| {
            let yields = |other: &Bend| beside(bend, other) && is_sure(other) && other.fall > bend.fall;
            is_sure(bend) && !falls.iter().any(yields)
        });
        tops.map(|bend| Knee {
            point: bend.point,
            before: bend.before,
            after: bend.after,
            change: (bend.fall - critical * bend.error, bend.fall + critical * bend.error),
        })
        .collect()
    }

    /// Standard error of what has these values in resamples: without the factors by which they were stretched, and with the `n/(n − 1)`
    /// that a resample's variance lacks.
    fn error(&self, own: f64, strays: &[f64]) -> f64 {
        let n = self.replicates as f64;
        let plain = strays.iter().zip(&self.factors).map(|(stray, factor)| (stray - own) / factor);
        let squares: f64 = plain.map(|x| x * x).sum();
        if n > 1.0 { (squares / strays.len() as f64 * n / (n - 1.0)).sqrt() } else { 0.0 }
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
    /// By how much the rate falls, and the standard error of that.
    fall: f64,
    error: f64,
}

/// Points through which a plane is laid; a chord is one through two.
struct Slope {
    from: usize,
    to: usize,
    points: Vec<usize>,
}

impl Slope {
    /// An objective at the points, its own mean taken off.
    fn centred(&self, means: &[Vec<f64>], j: usize) -> Vec<f64> {
        let mean = self.points.iter().map(|&i| means[i][j]).sum::<f64>() / self.points.len() as f64;
        self.points.iter().map(|&i| means[i][j] - mean).collect()
    }

    /// What a plane of all objectives but the first and `objective` leaves of `of` at the points: their own mean taken off, and regressed
    /// on the others.
    fn left(&self, means: &[Vec<f64>], objective: usize, of: usize) -> Vec<f64> {
        let held = (1..means[0].len()).filter(|&j| j != objective);
        let held: Vec<Vec<f64>> = held.map(|j| self.centred(means, j)).collect();
        without(self.centred(means, of), &held)
    }

    /// What they leave of the first objective.
    fn residuals(&self, means: &[Vec<f64>], objective: usize) -> Vec<f64> {
        self.left(means, objective, 0)
    }

    /// Variance inflation factor of the first objective: by how much what the others tell of it inflates the variance of its slope.
    fn inflation(&self, means: &[Vec<f64>], objective: usize) -> f64 {
        let squares = |v: Vec<f64>| v.iter().map(|x| x * x).sum::<f64>();
        squares(self.centred(means, 0)) / squares(self.residuals(means, objective))
    }

    /// Standard error of a rate that comes of points which lie off the plane, and its degrees of freedom; 0 of a chord.
    fn misfit(&self, means: &[Vec<f64>], objective: usize) -> (f64, f64) {
        let freedom = self.points.len() as f64 - means[0].len() as f64;
        if freedom <= 0.0 {
            return (0.0, 0.0);
        }
        let (x, y) = (self.residuals(means, objective), self.left(means, objective, objective));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let (across, along) = (dot(&x, &y), dot(&x, &x));
        let missed = (dot(&y, &y) - across * across / along).max(0.0);
        ((missed / (freedom * along)).sqrt(), freedom)
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
                vec![mean[0], mean[1] + if (r >> i).is_multiple_of(2) { noise } else { -noise }]
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
        // Simultaneous intervals of 95%: one of them lies above zero in 2.5% of studies.
        let straight: Vec<[f64; 2]> = (0..15).map(|i| [f64::from(i), f64::from(14 - i)]).collect();
        let studies = 1000_u32;
        for replicates in [8, 24] {
            let mut alone = 0;
            let mut rate = 0.0;
            for seed in 0..studies {
                let front = Resampled::new(&noisy(&straight, replicates, 1.0, 0.1, u64::from(seed)), 1);
                rate += f64::from(u8::from(!front.knees().is_empty())) / f64::from(studies);
                // Each point by its own interval.
                let fall = |means: &[Vec<f64>], i: usize| {
                    let rate = |a: usize, b: usize| (means[a][1] - means[b][1]) / (means[b][0] - means[a][0]);
                    rate(i - 1, i) - rate(i, i + 1)
                };
                let own = |i: usize| interval(front.resamples.iter().map(|means| fall(means, i))).0 > 0.0;
                alone += u32::from((1..14).any(own));
            }
            let error = |p: f64| (p * (1.0 - p) / f64::from(studies)).sqrt();
            assert!((rate - 0.025).abs() < 3.0 * error(0.025), "{replicates}: {rate}");
            // As METHOD says of tests one by one.
            let alone = f64::from(alone) / f64::from(studies);
            assert!((alone - 0.32).abs() < 3.0 * error(0.32), "{replicates}: {alone}");
        }
    }

    #[test]
    fn a_bend_of_seven_standard_errors_is_found() {
        // The rate falls by a half at the eighth of fifteen points. With noise of .1 in each objective falls err by √6 · √2 · .1/√24 = .071
        // at slopes of −1; 13 points take 3.2 of that to be sure.
        let bent: Vec<[f64; 2]> = (0..15)
            .map(|i| {
                [f64::from(i), if i < 7 { 14.0 + 1.5 * f64::from(7 - i) } else { 14.0 - f64::from(i - 7) }]
            })
            .collect();
        let found = share(100, |seed| {
            let knees = Resampled::new(&noisy(&bent, 24, 1.0, 0.1, seed), 1).knees();
            knees.iter().map(|knee| knee.point).collect::<Vec<_>>() == [7]
        });
        assert!(found > 0.9, "{found}");
    }

    #[test]
    fn typical_rates_cover_where_noise_is_half_of_the_spacing() {
        // Twelve points on a line of slope −1, with errors of means that make steps err by half of themselves: which steps are known is luck.
        let straight: Vec<[f64; 2]> = (0..12).map(|i| [f64::from(i), f64::from(11 - i)]).collect();
        let own = 0.5 * 4.0 / 2.0_f64.sqrt();
        let rate = share(300, |seed| {
            let typical = Resampled::new(&noisy(&straight, 16, 1.0, own, seed), 1).exchanges().1;
            typical.first().is_none_or(|t| t.low <= 1.0 && 1.0 <= t.high)
        });
        assert!(rate > 0.95 - 3.0 * (0.95_f64 * 0.05 / 300.0).sqrt(), "{rate}");
    }

    /// Sixteen points of three objectives, of which the third is `8 − 2f₀ − 3f₁` and an error of its own, common noise of 1 and own of .01.
    fn plane(places: &[[f64; 2]], astray: f64, seed: u64) -> Vec<Vec<Vec<f64>>> {
        let draw = |r: u32, i: u32, j: u32| {
            normal_quantile(Key::new(seed, r, i).stream(Purpose::Resample, Who::MARKET).uniform(1, j))
        };
        let point = |(&[x, y], i): (&[f64; 2], u32)| {
            let exact = [x, y, 8.0 - 2.0 * x - 3.0 * y + astray * draw(1000, i, 9)];
            let row = |r| (0..3).map(|j| exact[j as usize] + draw(r, 99, j) + 0.01 * draw(r, i, j)).collect();
            (0..24).map(row).collect()
        };
        places.iter().zip(0..).map(point).collect()
    }

    #[test]
    fn points_off_the_plane_widen_the_interval_of_a_rate() {
        let places: Vec<[f64; 2]> =
            (0..16).map(|i| [f64::from(i % 4) + 0.1 * f64::from(i / 4), f64::from(i / 4)]).collect();
        // Rates of the third objective, in which alone points lie off the plane, are covered as least squares says.
        let covered: Vec<f64> = (0..100)
            .map(|seed| {
                let exchanges = Resampled::new(&plane(&places, 0.5, seed), 1).exchanges().0;
                let known: Vec<&Exchange> =
                    exchanges.iter().filter(|e| e.objective == 2 && e.is_known).collect();
                let hits = known.iter().filter(|e| e.low <= 2.0 && 2.0 <= e.high).count();
                hits as f64 / known.len() as f64
            })
            .collect();
        let moments: Moments = covered.into_iter().collect();
        let off = (moments.mean() - 0.95) / moments.standard_error();
        assert!(off.abs() < 3.0, "{} ± {}", moments.mean(), moments.standard_error());
    }

    #[test]
    fn points_along_a_line_have_no_rate_with_the_other_objective_fixed() {
        // The first two objectives rise together, but for a twentieth.
        let places: Vec<[f64; 2]> =
            (0..16).map(|i| [f64::from(i), f64::from(i) + 0.05 * f64::from(i * 7 % 5)]).collect();
        let (exchanges, typical) = Resampled::new(&plane(&places, 0.0, 5), 1).exchanges();
        assert!(exchanges.len() == 32 && exchanges.iter().filter(|e| e.objective == 2).all(|e| !e.is_known));
        assert!(typical.iter().all(|t| t.objective != 2), "{typical:?}");
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
        let points = plane(&places, 0.0, 5);
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
