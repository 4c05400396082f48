//! A polynomial response over a window of positions, and where it is best.
//!
//! Mean outcomes over replicates at the points of the window are fitted by least squares: a quartic of one variable, a cubic of
//! two, a quadratic of more (Myers, Montgomery and Anderson-Cook 2016, "Response Surface Methodology", chapter 6). All points have
//! the same replicates on the same draws; resampling whole replicates ([`super::super::resampling`]) and fitting again gives the distribution
//! of the best point, of which intervals hold the central 95%.
//!
//! What is fitted is no polynomial. Terms *further* than those of the fit, two orders of one variable and one of several, show whether
//! that matters: each coefficient's mean over replicates is tested against zero by Student's law, all together at [`LEVEL`]
//! (Bonferroni). Where the fit lacks them its best point is biased. Where they cannot be seen it may still be, by as much as hides in their noise:
//! hence the interval is that of the response *with* further terms, as in correcting a local polynomial for its bias (Calonico, Cattaneo
//! and Titiunik 2014, Econometrica 82(6), pp. 2295–2326).

use crate::draws::{Key, Purpose, Who};
use crate::measure::effects::least_squares::inverse;
use crate::measure::statistics::Moments;
use crate::measure::student::upper_quantile;
use crate::optimize::candidate::Candidate;
use crate::optimize::resampling::resample;

/// Resamples.
const RESAMPLES: u32 = 400;
/// Slices of a window of one variable in which its best point is looked for.
const GRID: usize = 400;
/// Points of a window of several variables, for each of them.
const SCATTERED: usize = 200;
/// Level of the test whether a fit lacks further terms.
pub const LEVEL: f64 = 0.05;
/// Share of an outcome's span over the window below which a further term cannot move the best point to speak of.
const NEGLIGIBLE: f64 = 1e-2;

/// Middle and half of what the points of a window span, by variable: the unit of the polynomial's terms.
type Scaling = Vec<[f64; 2]>;

/// Outcomes of a window.
#[derive(Clone, Debug)]
pub struct Response {
    centre: Vec<f64>,
    reach: f64,
    scaling: Scaling,
    exponents: Vec<Vec<u32>>,
    /// Which terms the points can tell from others.
    used: Vec<bool>,
    /// By term, then point: coefficients are this times outcomes.
    projector: Vec<Vec<f64>>,
    /// By output (the objective, then slacks), replicate, point.
    outcomes: Vec<Vec<Vec<f64>>>,
}

/// A fitted response.
#[derive(Clone, Debug)]
pub struct Fit {
    centre: Vec<f64>,
    reach: f64,
    scaling: Scaling,
    exponents: Vec<Vec<u32>>,
    /// By output.
    coefficients: Vec<Vec<f64>>,
}

/// Where the best point lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Interval of its position, by variable.
    pub interval: Vec<[f64; 2]>,
    /// Interval of the response at the best point.
    pub value: [f64; 2],
    /// Share of resamples in which it lies at an edge of the window, by variable.
    pub at_edge: Vec<f64>,
    /// Whether an end of the interval is that of the window, beyond which nobody looked, and not that of the range.
    pub is_open: Vec<[bool; 2]>,
}

impl Response {
    /// Terms of the polynomial of so many variables.
    pub fn terms(inputs: usize) -> usize {
        exponents(inputs, degree(inputs)).len()
    }

    /// Of candidates with common replicates; `None` where they are too few for the polynomial.
    pub fn new(members: &[&Candidate], centre: &[f64], reach: f64) -> Option<Self> {
        Response::of_degree(members, centre, reach, degree(centre.len()))
    }

    /// The same with further terms.
    pub fn further(members: &[&Candidate], centre: &[f64], reach: f64) -> Option<Self> {
        let inputs = centre.len();
        Response::of_degree(members, centre, reach, degree(inputs) + if inputs == 1 { 2 } else { 1 })
    }

    fn of_degree(members: &[&Candidate], centre: &[f64], reach: f64, degree: u32) -> Option<Self> {
        let exponents = exponents(centre.len(), degree);
        let replicates = members.iter().map(|c| c.replicates()).min()? as usize;
        if members.len() <= exponents.len() || replicates < 2 {
            return None;
        }
        let span = |i: usize| {
            let all = members.iter().map(|c| c.genes[i]);
            let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
            [f64::midpoint(low, high), if high > low { 0.5 * (high - low) } else { 1.0 }]
        };
        let scaling: Scaling = (0..centre.len()).map(span).collect();
        let rows: Vec<Vec<f64>> = members.iter().map(|c| monomials(&exponents, &scaling, &c.genes)).collect();
        let terms = exponents.len();
        let product = |i: usize, j: usize| rows.iter().map(|row| row[i] * row[j]).sum::<f64>();
        let normal: Vec<f64> =
            (0..terms).flat_map(|i| (0..terms).map(move |j| (i, j))).map(|(i, j)| product(i, j)).collect();
        let (inverse, used) = inverse(&normal, terms);
        // Where snapping leaves too few different positions, terms that the others explain are left out.
        let projector = (0..terms)
            .map(|i| {
                let weight = |row: &Vec<f64>| -> f64 {
                    (0..terms).filter(|&j| used[i] && used[j]).map(|j| inverse[i * terms + j] * row[j]).sum()
                };
                rows.iter().map(weight).collect()
            })
            .collect();
        let width = members[0].row(0).len();
        let outcome = |column: usize| {
            (0..replicates).map(|r| members.iter().map(|c| c.row(r)[column]).collect()).collect()
        };
        Some(Response {
            centre: centre.to_vec(),
            reach,
            scaling,
            exponents,
            used,
            projector,
            outcomes: (0..width).map(outcome).collect(),
        })
    }

    /// The response of mean outcomes.
    pub fn fit(&self) -> Fit {
        let all: Vec<usize> = (0..self.outcomes[0].len()).collect();
        self.fit_of(&all)
    }

    /// Whether terms beyond the polynomial are there, in the objective or in a slack.
    pub fn needs_further_terms(&self) -> bool {
        let degree = degree(self.centre.len());
        let further: Vec<usize> = (0..self.exponents.len())
            .filter(|&term| self.used[term] && self.exponents[term].iter().sum::<u32>() > degree)
            .collect();
        let tests = (further.len() * self.outcomes.len()).max(1) as f64;
        self.outcomes.iter().any(|outcome| {
            let freedom = outcome.len() as f64 - 1.0;
            let critical = upper_quantile(1.0 - 0.5 * LEVEL / tests, freedom);
            let points = outcome[0].len();
            let mean = |point: usize| outcome.iter().map(|y| y[point]).sum::<f64>() / outcome.len() as f64;
            let means = (0..points).map(mean);
            let (low, high) =
                means.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), y| (l.min(y), h.max(y)));
            further.iter().any(|&term| {
                let weights = &self.projector[term];
                let own: Moments =
                    outcome.iter().map(|y| weights.iter().zip(y).map(|(w, y)| w * y).sum::<f64>()).collect();
                own.mean().abs() > (critical * own.standard_error()).max(NEGLIGIBLE * (high - low))
            })
        })
    }

    fn fit_of(&self, replicates: &[usize]) -> Fit {
        let coefficients = self.outcomes.iter().map(|outcome| {
            let mut means = vec![0.0; outcome[0].len()];
            for &r in replicates {
                means.iter_mut().zip(&outcome[r]).for_each(|(mean, y)| *mean += y);
            }
            for mean in &mut means {
                *mean /= replicates.len() as f64;
            }
            self.projector.iter().map(|row| row.iter().zip(&means).map(|(w, y)| w * y).sum()).collect()
        });
        Fit {
            centre: self.centre.clone(),
            reach: self.reach,
            scaling: self.scaling.clone(),
            exponents: self.exponents.clone(),
            coefficients: coefficients.collect(),
        }
    }

    /// Fits of resamples.
    fn resampled(&self, seed: u64) -> impl Iterator<Item = Fit> + '_ {
        let n = self.outcomes[0].len();
        let draws = Key::new(seed, 0, 0).stream(Purpose::Resample, Who::member("response", 0));
        let all = self.fit();
        (0..RESAMPLES).map(move |round| {
            let resample = resample(n, round, draws);
            // Coefficients are linear in means.
            let mut fit = self.fit_of(&resample.drawn);
            for (own, all) in fit.coefficients.iter_mut().flatten().zip(all.coefficients.iter().flatten()) {
                *own = resample.stretched(*all, *own);
            }
            fit
        })
    }

    /// Where the best point lies, over resamples of replicates.
    pub fn locate(&self, seed: u64) -> Located {
        let inputs = self.centre.len();
        let mut positions: Vec<Vec<f64>> = vec![Vec::new(); inputs];
        let mut values = Vec::new();
        let mut edges = vec![0.0; inputs];
        for fit in self.resampled(seed) {
            let Some(best) = fit.best() else { continue };
            values.push(fit.objective(&best));
            for (i, x) in best.iter().enumerate() {
                let [low, high] = fit.window(i);
                edges[i] += f64::from(u8::from(*x <= low || *x >= high));
                positions[i].push(*x);
            }
        }
        let count = values.len().max(1) as f64;
        let interval: Vec<[f64; 2]> = positions.iter_mut().map(|all| middle(all)).collect();
        let fit = self.fit();
        let is_open = |(i, [from, to]): (usize, &[f64; 2])| {
            let [low, high] = fit.window(i);
            [*from <= low && low > 0.0, *to >= high && high < 1.0]
        };
        Located {
            is_open: interval.iter().enumerate().map(is_open).collect(),
            interval,
            value: middle(&mut values),
            at_edge: edges.into_iter().map(|edge| edge / count).collect(),
        }
    }

    /// Responses round zero that noise alone would give, of the objective only: what fits of resamples differ by from that of all
    /// replicates.
    pub fn noise(&self, seed: u64) -> Vec<Fit> {
        let all = self.fit();
        let alone = |fit: Fit| {
            let objective =
                fit.coefficients[0].iter().zip(&all.coefficients[0]).map(|(a, b)| a - b).collect();
            Fit { coefficients: vec![objective], ..fit }
        };
        self.resampled(seed).map(alone).collect()
    }
}

/// The central 95% of some numbers.
fn middle(numbers: &mut [f64]) -> [f64; 2] {
    if numbers.is_empty() {
        return [f64::NAN; 2];
    }
    numbers.sort_by(f64::total_cmp);
    let at = |p: f64| numbers[(p * (numbers.len() - 1) as f64).round() as usize];
    [at(0.025), at(0.975)]
}

impl Fit {
    /// The window of a variable.
    pub fn window(&self, input: usize) -> [f64; 2] {
        [(self.centre[input] - self.reach).max(0.0), (self.centre[input] + self.reach).min(1.0)]
    }

    fn output(&self, which: usize, x: &[f64]) -> f64 {
        let row = monomials(&self.exponents, &self.scaling, x);
        row.iter().zip(&self.coefficients[which]).map(|(m, c)| m * c).sum()
    }

    /// The objective at a position.
    pub fn objective(&self, x: &[f64]) -> f64 {
        self.output(0, x)
    }

    /// The objective at a position, infinite where a constraint is not kept.
    fn judged(&self, x: &[f64]) -> f64 {
        let kept = (1..self.coefficients.len()).all(|which| self.output(which, x) >= -super::ROUNDING);
        if kept { self.objective(x) } else { f64::INFINITY }
    }

    /// The best position within the window; `None` where none is feasible.
    pub fn best(&self) -> Option<Vec<f64>> {
        let inputs = self.centre.len();
        let starts: Vec<Vec<f64>> = if inputs == 1 {
            let [low, high] = self.window(0);
            (0..=GRID).map(|i| vec![low + (high - low) * i as f64 / GRID as f64]).collect()
        } else {
            let place =
                |share: f64, i: usize| self.window(i)[0] + share * (self.window(i)[1] - self.window(i)[0]);
            (0..SCATTERED * inputs)
                .map(|k| {
                    super::descent::scattered(k, inputs)
                        .into_iter()
                        .enumerate()
                        .map(|(i, u)| place(u, i))
                        .collect()
                })
                .collect()
        };
        let worth = |x: &Vec<f64>| self.judged(x);
        let mut best = starts.into_iter().min_by(|a, b| worth(a).total_cmp(&worth(b)))?;
        let mut value = self.judged(&best);
        if !value.is_finite() {
            return None;
        }
        // Steps along the axes, halved where none helps (Hooke and Jeeves 1961).
        let mut step = self.reach / 16.0;
        while step > 1e-6 {
            let mut moved = false;
            for i in 0..inputs {
                for sign in [-1.0, 1.0] {
                    let [low, high] = self.window(i);
                    let mut next = best.clone();
                    next[i] = (next[i] + sign * step).clamp(low, high);
                    let there = self.judged(&next);
                    if there < value {
                        (best, value, moved) = (next, there, true);
                    }
                }
            }
            if !moved {
                step *= 0.5;
            }
        }
        Some(best)
    }
}

/// Degree of the polynomial of so many variables.
fn degree(inputs: usize) -> u32 {
    match inputs {
        1 => 4,
        2 => 3,
        _ => 2,
    }
}

/// Exponents of every term up to a degree.
fn exponents(inputs: usize, degree: u32) -> Vec<Vec<u32>> {
    let mut all: Vec<Vec<u32>> = vec![Vec::new()];
    for _ in 0..inputs {
        all = all
            .into_iter()
            .flat_map(|terms| {
                let left = degree - terms.iter().sum::<u32>();
                (0..=left).map(move |power| [terms.as_slice(), &[power]].concat())
            })
            .collect();
    }
    // Lower orders first: where terms cannot be told from others, it is those that stay.
    all.sort_by_key(|terms| terms.iter().sum::<u32>());
    all
}

fn monomials(exponents: &[Vec<u32>], scaling: &Scaling, x: &[f64]) -> Vec<f64> {
    let scaled: Vec<f64> = x.iter().zip(scaling).map(|(x, [middle, half])| (x - middle) / half).collect();
    let power = |t: f64, n: u32| (0..n).fold(1.0, |product, _| product * t);
    exponents.iter().map(|e| e.iter().zip(&scaled).map(|(&n, &t)| power(t, n)).product()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(points: &[Vec<f64>], f: impl Fn(&[f64], u32) -> f64) -> Vec<Candidate> {
        points
            .iter()
            .map(|x| {
                let mut candidate = Candidate::new(x.clone(), 0, 1, 0);
                (0..6).for_each(|r| candidate.push(&[f(x, r)]));
                candidate
            })
            .collect()
    }

    #[test]
    fn polynomials_are_found_again() {
        let points: Vec<Vec<f64>> = (0..=18).map(|i| vec![0.3 + 0.01 * f64::from(i)]).collect();
        let quartic = |x: &[f64]| 1.0 - x[0] + 5.0 * (x[0] - 0.4) * (x[0] - 0.4) + x[0] * x[0] * x[0] * x[0];
        let own = members(&points, |x, r| quartic(x) + f64::from(r));
        let refs: Vec<&Candidate> = own.iter().collect();
        let fit = Response::new(&refs, &[0.4], 0.15).unwrap().fit();
        for x in [0.3, 0.37, 0.5] {
            assert!((fit.objective(&[x]) - quartic(&[x]) - 2.5).abs() < 1e-9);
        }
        assert_eq!((Response::terms(1), Response::terms(2), Response::terms(3)), (5, 10, 10));
        assert!(Response::new(&refs[..5], &[0.4], 0.15).is_none());
    }

    #[test]
    fn terms_beyond_the_polynomial_are_seen_where_they_are() {
        let points: Vec<Vec<f64>> = (0..=20).map(|i| vec![0.3 + 0.01 * f64::from(i)]).collect();
        let dice = Key::new(4, 0, 0).stream(Purpose::Resample, Who::MARKET);
        // Share of studies in which `f` is said to need further terms; replicates have noise of their own at every point.
        let seen = |f: &dyn Fn(f64) -> f64| {
            let needs = |study: &u32| {
                let all: Vec<Candidate> = (0..21_u32)
                    .map(|i| {
                        let x = points[i as usize][0];
                        let mut candidate = Candidate::new(vec![x], 0, 1, 0);
                        for r in 0..16 {
                            let u = dice.uniform(*study, 32 * i + r);
                            candidate.push(&[f(10.0 * (x - 0.4)) + crate::numerics::normal_quantile(u)]);
                        }
                        candidate
                    })
                    .collect();
                let refs: Vec<&Candidate> = all.iter().collect();
                Response::further(&refs, &[0.4], 0.1).unwrap().needs_further_terms()
            };
            (0..400).filter(needs).count() as f64 / 400.0
        };
        // A twentieth, less what Bonferroni gives away, give or take three standard errors: .0109 each.
        let share = seen(&|t| 3.0 - 5.0 * t * t * t * t);
        assert!((share - 0.05).abs() < 0.033, "{share}");
        assert!(seen(&|t| 8.0 * t * t * t * t * t) > 0.9);
        assert!(seen(&|t| if t > 0.3 { 3.0 } else { 0.0 }) > 0.9);
    }

    #[test]
    fn a_best_point_of_two_variables_is_located() {
        let points: Vec<Vec<f64>> = (1..40).map(|k| super::super::descent::scattered(k, 2)).collect();
        let own = members(&points, |x, r| {
            let tilt = 0.02 * (f64::from(r) - 2.5);
            let (a, b) = (x[0] - 0.5, x[1] - 0.45);
            a * a + (b - tilt) * (b - tilt) + 0.3 * a * b
        });
        let refs: Vec<&Candidate> = own.iter().collect();
        let response = Response::new(&refs, &[0.5, 0.5], 0.5).unwrap();
        let best = response.fit().best().unwrap();
        assert!((best[0] - 0.5).abs() < 1e-3 && (best[1] - 0.45).abs() < 1e-3, "{best:?}");
        let located = response.locate(1);
        assert!(
            located.interval[1][0] < 0.45 && located.interval[1][1] > 0.45 && located.at_edge == [0.0, 0.0]
        );
    }
}
