//! Means at each level of each categorical factor: main effects.
//!
//! With `ȳ_d` the mean of the metric over the replicates that design point `d` has, every point counts once, however many
//! replicates it has: under a stopping rule noisy points have more than others, a stopped run has a few more at its first points,
//! and failed units are missing here and there. The means are *adjusted*: with `b` the least-squares coefficients of `ȳ_d` on the
//! columns of all main effects, the mean at a level is the mean over the points with the level's columns in place of their own (predictive
//! margins; Lane and Nelder 1982, Biometrics 38, pp. 613–621, section 2), and its effect is that less the mean over the points as
//! they are. In a design whose parameters vary independently these are the plain means at each level; of settings tried one at a
//! time the differences from the file as written; in a list of points what is left to a parameter when the others are
//! accounted for, as far as effects add up. Means of a conditional factor are over the points where it exists. A factor whose
//! levels cannot be told from those of others has no adjusted means.
//!
//! A mean is `Σ_d w_d ȳ_d` for some weights. Points of a replicate are on the same draws, hence its variance is
//! `Σ_r (Σ_d w_d (y_{r,d} − ȳ_d)/√(n_d(n_d − 1)))²` over replicates `r`, with `n_d` replicates at point `d`: where all points have
//! all replicates, the variance of the mean of `Σ_d w_d y_{r,d}`; for points that do not depend on each other, the sum of the
//! variances of `w_d ȳ_d`. In a design that is not full factorial, what main effects miss at one point is in the means of others as well:
//! `Σ_d w_d²` times its mean square over points, less what of that is noise, is added. Degrees of freedom are those of the point with the fewest replicates.

use super::coding::{ABSENT, Factor, Model, Settings, write_level};
use super::least_squares::{Block, keep, mirror, product, sweep};
use crate::measure::statistics::{Critical, Estimate, Moments};
use std::rc::Rc;

/// Mean of a metric at one level of a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Margin {
    /// Place of the factor.
    pub factor: usize,
    /// Place of the level.
    pub level: usize,
    /// Mean at the level.
    pub mean: Estimate,
    /// That less the mean over all points at which the factor exists.
    pub effect: Estimate,
}

/// What means are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Adjusted for the other factors; factors that cannot be told from others are left out.
    Adjusted,
    /// Over the points at the level, whatever the other factors are set to.
    Plain,
}

/// The first pass over replicates: the mean of each design point.
#[derive(Clone, Debug)]
pub struct Cells {
    mean: Vec<f64>,
    n: Vec<u32>,
}

impl Cells {
    /// Before any replicate; nothing is gathered where no factor has levels.
    pub fn new(factors: &[Factor], points: usize) -> Self {
        let points = if factors.iter().any(has_levels) { points } else { 0 };
        Cells { mean: vec![0.0; points], n: vec![0; points] }
    }

    /// Whether nothing was gathered.
    pub fn is_empty(&self) -> bool {
        self.n.iter().all(|&n| n == 0)
    }

    /// Takes in a replicate.
    pub fn add(&mut self, block: &Block) {
        if self.n.is_empty() {
            return;
        }
        for &(point, y) in block {
            let (mean, n) = (&mut self.mean[point as usize], &mut self.n[point as usize]);
            *n += 1;
            *mean += (y - *mean) / f64::from(*n);
        }
    }
}

fn has_levels(factor: &Factor) -> bool {
    factor.varies() && matches!(factor.settings, Settings::Levels(..))
}

/// A level of a factor, or absence.
fn place(factor: &Factor, point: usize) -> Option<usize> {
    match &factor.settings {
        Settings::Levels(places, levels) => {
            Some(places[point % places.len()] as usize).filter(|&place| place < levels.len())
        }
        Settings::Numbers(_) => None,
    }
}

/// One mean in the making.
#[derive(Clone, Debug)]
struct Row {
    /// Place among the factors that have levels, and the level.
    at: (usize, usize),
    /// Weights of the columns of main effects; none of a plain mean.
    weights: Vec<f64>,
    /// Sums of squares of the points' weights, in the mean and in the effect.
    spread: (f64, f64),
    mean: f64,
    effect: f64,
    /// Sums of squares over replicates.
    squares: (f64, f64),
}

/// The second pass over the same replicates: how far means vary.
#[derive(Clone, Debug)]
pub struct Margins {
    cells: Cells,
    /// Places of the factors that have levels.
    factors: Vec<usize>,
    /// By factor that has levels, then level: points that have values.
    points: Vec<Vec<f64>>,
    centre: Vec<f64>,
    rows: Vec<Row>,
    /// Fewest replicates of a point.
    least: u32,
    /// Mean square of what main effects miss of the points' means, where it has a part in other means than its own.
    missed: Option<f64>,
    /// What of it is noise: sum of the variances of the points' means about what they have in common.
    noise: f64,
    reduced: Option<Rc<Reduced>>,
}

/// Factors without the levels at which no point has the metric.
#[derive(Debug)]
struct Reduced {
    factors: Vec<Factor>,
    model: Model,
    /// By factor: places of the levels that are left.
    levels: Vec<Vec<usize>>,
}

impl Reduced {
    /// `None` where every level has a point that has the metric.
    fn of(factors: &[Factor], model: &Model, having: &[u32]) -> Option<Self> {
        let left = |factor: &Factor| match &factor.settings {
            Settings::Levels(_, levels) => {
                let mut there = vec![false; levels.len()];
                having
                    .iter()
                    .filter_map(|&d| place(factor, d as usize))
                    .for_each(|level| there[level] = true);
                (0..levels.len()).filter(|&level| there[level]).collect()
            }
            Settings::Numbers(_) => Vec::new(),
        };
        let levels: Vec<Vec<usize>> = factors.iter().map(left).collect();
        let reduce = |(factor, left): (&Factor, &Vec<usize>)| match &factor.settings {
            Settings::Levels(places, names) => {
                let new = |place: &u32| match left.binary_search(&(*place as usize)) {
                    Ok(level) => level as u32,
                    // Of the points at the others none has the metric.
                    Err(_) => ABSENT,
                };
                let places = places.iter().map(new).collect();
                Factor::of_levels(
                    &factor.name,
                    places,
                    left.iter().map(|&level| names[level].clone()).collect(),
                )
            }
            Settings::Numbers(_) => factor.clone(),
        };
        let whole = |(factor, left): (&Factor, &Vec<usize>)| match &factor.settings {
            Settings::Levels(_, names) => names.len() == left.len(),
            Settings::Numbers(_) => true,
        };
        if factors.iter().zip(&levels).all(whole) {
            return None;
        }
        let factors: Vec<Factor> = factors.iter().zip(&levels).map(reduce).collect();
        let model = Model::new(&factors, model.columns.points(), model.columns.alone());
        Some(Reduced { factors, model, levels })
    }
}

impl Margins {
    /// The means, from those of the points.
    pub fn new(kind: Kind, factors: &[Factor], model: &Model, cells: Cells) -> Self {
        let places: Vec<usize> = (0..factors.len()).filter(|&f| has_levels(&factors[f])).collect();
        let having: Vec<u32> = (0..cells.n.len() as u32).filter(|&d| cells.n[d as usize] > 0).collect();
        let least = having.iter().map(|&d| cells.n[d as usize]).min().unwrap_or(0);
        if kind == Kind::Adjusted
            && let Some(reduced) = Reduced::of(factors, model, &having)
        {
            let margins = Self::new(kind, &reduced.factors, &reduced.model, cells);
            return Margins { reduced: Some(Rc::new(reduced)), ..margins };
        }
        let mut margins = Margins {
            cells,
            factors: places,
            points: Vec::new(),
            centre: Vec::new(),
            rows: Vec::new(),
            least,
            missed: None,
            noise: 0.0,
            reduced: None,
        };
        if having.is_empty() {
            return margins;
        }
        // Counts and sums of the points' means at each level.
        let empty = |&f: &usize| match &factors[f].settings {
            Settings::Levels(_, levels) => vec![(0.0, 0.0); levels.len()],
            Settings::Numbers(_) => Vec::new(),
        };
        let mut sums: Vec<Vec<(f64, f64)>> = margins.factors.iter().map(empty).collect();
        for &point in &having {
            for (sums, &f) in sums.iter_mut().zip(&margins.factors) {
                if let Some(level) = place(&factors[f], point as usize) {
                    sums[level].0 += 1.0;
                    sums[level].1 += margins.cells.mean[point as usize];
                }
            }
        }
        margins.points = sums.iter().map(|sums| sums.iter().map(|(count, _)| *count).collect()).collect();
        match kind {
            Kind::Plain => margins.plain(&sums),
            Kind::Adjusted => margins.adjusted(factors, model, &having, &sums),
        }
        margins
    }

    /// Whether every factor that has levels has its means.
    pub fn is_whole(&self) -> bool {
        (0..self.factors.len()).all(|f| self.rows.iter().any(|row| row.at.0 == f))
    }

    fn plain(&mut self, sums: &[Vec<(f64, f64)>]) {
        for (f, sums) in sums.iter().enumerate() {
            let all = sums.iter().fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
            for (level, (count, sum)) in sums.iter().enumerate().filter(|(_, (count, _))| *count > 0.0) {
                let mean = sum / count;
                self.rows.push(Row {
                    at: (f, level),
                    weights: Vec::new(),
                    spread: (0.0, 0.0),
                    mean,
                    effect: mean - all.1 / all.0,
                    squares: (0.0, 0.0),
                });
            }
        }
    }

    fn adjusted(&mut self, factors: &[Factor], model: &Model, having: &[u32], sums: &[Vec<(f64, f64)>]) {
        let columns = &model.columns;
        let n = columns.alone();
        let all = having.len() == columns.points();
        let part = (!all).then(|| columns.part(having.iter().copied()));
        let (centre, whole) =
            part.as_ref().map_or((columns.centre(), columns.cross()), |part| (&part.centre, &part.cross));
        self.centre = centre[..n].to_vec();
        let width = columns.width();
        let mut cross: Vec<f64> = (0..n).flat_map(|i| whole[i * width..i * width + n].to_vec()).collect();
        mirror(&mut cross, n);
        // Deviations from the mean of the points, so that what is the same everywhere has no effect.
        let mean = having.iter().map(|&d| self.cells.mean[d as usize]).sum::<f64>() / having.len() as f64;
        let mut moment = vec![0.0; n];
        let mut x = vec![0.0; n];
        for &point in having {
            columns.write_alone(point as usize, &mut x);
            let y = self.cells.mean[point as usize] - mean;
            for ((sum, value), centre) in moment.iter_mut().zip(&x).zip(&self.centre) {
                *sum += (value - centre) * y;
            }
        }
        let (mut solved, mut identified) = (cross.clone(), None);
        let used = sweep(&mut solved, n, &(0..n).collect::<Vec<_>>());
        keep(&mut solved, &used);
        let freedom = having.len().saturating_sub(1 + used.iter().filter(|&&used| used).count());
        if !model.is_crossed && freedom > 0 {
            let beta = product(&solved, &moment, n);
            let missed = |&point: &u32| {
                columns.write_alone(point as usize, &mut x);
                let fitted: f64 = x.iter().zip(&self.centre).zip(&beta).map(|((x, c), b)| (x - c) * b).sum();
                let missed = self.cells.mean[point as usize] - mean - fitted;
                missed * missed
            };
            self.missed = Some(having.iter().map(missed).sum::<f64>() / freedom as f64);
        }
        if used.iter().all(|&used| used) {
            identified = Some(product(&solved, &moment, n));
        }
        for (f, sums) in sums.iter().enumerate() {
            let factor = self.factors[f];
            // A factor that the model leaves out has no means.
            let Some(term) = model.terms.iter().find(|term| term.factor == Some(factor)) else { continue };
            let own = term.columns.clone();
            let (inverse, beta) = if let Some(beta) = &identified {
                (solved.clone(), beta.clone())
            } else {
                let mut inverse = cross.clone();
                let order = (0..n).filter(|c| !own.contains(c)).chain(own.clone());
                let used = sweep(&mut inverse, n, &order.collect::<Vec<_>>());
                if !used[own.clone()].iter().all(|&used| used) {
                    continue;
                }
                keep(&mut inverse, &used);
                let beta = product(&inverse, &moment, n);
                (inverse, beta)
            };
            let Settings::Levels(_, levels) = &factors[factor].settings else { continue };
            let last = levels.len() as u32 - 1;
            let there = sums.iter().fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
            // Means of the columns where the factor exists; elsewhere they are nothing.
            let share = having.len() as f64 / there.0;
            for level in 0..levels.len() {
                let mut code = vec![0.0; own.len()];
                write_level(level as u32, last, &mut code);
                let mut contrast = vec![0.0; n];
                for (c, column) in own.clone().enumerate() {
                    contrast[column] = code[c] - self.centre[column] * share;
                }
                let effect: f64 = contrast.iter().zip(&beta).map(|(c, b)| c * b).sum();
                let weights = product(&inverse, &contrast, n);
                // Weights w_d = x̃_d'A⁻¹c have the sum of squares c'A⁻¹c.
                let spread: f64 = weights.iter().zip(&contrast).map(|(w, c)| w * c).sum();
                self.rows.push(Row {
                    at: (f, level),
                    weights,
                    spread: (spread + 1.0 / there.0, spread),
                    mean: there.1 / there.0 + effect,
                    effect,
                    squares: (0.0, 0.0),
                });
            }
        }
    }

    /// Takes in a replicate.
    pub fn add(&mut self, factors: &[Factor], model: &Model, block: &Block) {
        if block.is_empty() || self.rows.is_empty() || self.least < 2 {
            return;
        }
        let reduced = self.reduced.clone();
        let (factors, model) =
            reduced.as_ref().map_or((factors, model), |reduced| (&reduced.factors[..], &reduced.model));
        // Sums of the deviations over columns, and over the points at each level.
        let mut by_column = vec![0.0; self.centre.len()];
        let mut x = vec![0.0; self.centre.len()];
        let mut by_level: Vec<Vec<f64>> = self.points.iter().map(|levels| vec![0.0; levels.len()]).collect();
        let mut own = Moments::default();
        for &(point, y) in block {
            let n = f64::from(self.cells.n[point as usize]);
            let deviation = (y - self.cells.mean[point as usize]) / (n * (n - 1.0)).sqrt();
            own.push(deviation);
            if !x.is_empty() {
                model.columns.write_alone(point as usize, &mut x);
            }
            for ((sum, value), centre) in by_column.iter_mut().zip(&x).zip(&self.centre) {
                *sum += (value - centre) * deviation;
            }
            for (sums, &f) in by_level.iter_mut().zip(&self.factors) {
                if let Some(level) = place(&factors[f], point as usize) {
                    sums[level] += deviation;
                }
            }
        }
        // The variance, as if no replicate lacked a point.
        self.noise += if own.n() > 1 { own.variance() } else { 0.0 };
        for row in &mut self.rows {
            let (f, level) = row.at;
            let (sums, points) = (&by_level[f], &self.points[f]);
            let all = sums.iter().sum::<f64>() / points.iter().sum::<f64>();
            let (mean, effect) = if self.centre.is_empty() {
                let mean = sums[level] / points[level];
                (mean, mean - all)
            } else {
                let effect: f64 = row.weights.iter().zip(&by_column).map(|(w, sum)| w * sum).sum();
                (all + effect, effect)
            };
            row.squares.0 += mean * mean;
            row.squares.1 += effect * effect;
        }
    }

    /// The means, by factor, then level.
    pub fn finish(&self) -> Vec<Margin> {
        let half = Critical::default().value(u64::from(self.least));
        let estimate = |mean: f64, squares: f64| {
            let se = if self.least < 2 { f64::NAN } else { squares.sqrt() };
            let n = u64::from(self.least);
            Estimate { mean, se, ci_low: mean - half * se, ci_high: mean + half * se, n }
        };
        let missed = self.missed.map_or(0.0, |missed| (missed - self.noise).max(0.0));
        let margin = |row: &Row| {
            let factor = self.factors[row.at.0];
            Margin {
                factor,
                level: self.reduced.as_ref().map_or(row.at.1, |reduced| reduced.levels[factor][row.at.1]),
                mean: estimate(row.mean, row.squares.0 + missed * row.spread.0),
                effect: estimate(row.effect, row.squares.1 + missed * row.spread.1),
            }
        };
        self.rows.iter().map(margin).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};
    use crate::measure::effects::coding::factors;

    const NONE: f64 = f64::NAN;

    fn close(got: f64, expected: f64, tolerance: f64) {
        assert!((got - expected).abs() < tolerance, "{got} is not {expected}");
    }

    fn parameters(columns: &[(&str, &[f64])]) -> Vec<Factor> {
        factors(columns.iter().map(|(name, x)| Factor::of_numbers(name, x.to_vec(), |x| x.to_string())))
    }

    fn margins(kind: Kind, factors: &[Factor], points: usize, blocks: &[Vec<(u32, f64)>]) -> Vec<Margin> {
        let model = Model::new(factors, points, 100);
        let mut cells = Cells::new(factors, points);
        for block in blocks {
            cells.add(block);
        }
        let mut margins = Margins::new(kind, factors, &model, cells);
        for block in blocks {
            margins.add(factors, &model, block);
        }
        margins.finish()
    }

    fn of(found: &[Margin], factor: usize, level: usize) -> &Margin {
        found.iter().find(|margin| (margin.factor, margin.level) == (factor, level)).unwrap()
    }

    #[test]
    fn means_of_a_balanced_factorial_are_plain_means_over_replicates() {
        let factors =
            parameters(&[("a", &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), ("b", &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0])]);
        // y = p + 6r + r·b²: at a = 0 means of replicates are 1, 7 + 5/3, 13 + 10/3; of all points 2.5 and so on.
        let y = |r: u32, p: u32| f64::from(p + 6 * r + r * (p % 3) * (p % 3));
        let blocks: Vec<Vec<_>> = (0..3).map(|r| (0..6).map(|p| (p, y(r, p))).collect()).collect();
        for kind in [Kind::Adjusted, Kind::Plain] {
            let found = margins(kind, &factors, 6, &blocks);
            let a0 = of(&found, 0, 0);
            let by_replicate = [1.0, 7.0 + 5.0 / 3.0, 13.0 + 10.0 / 3.0];
            let expected = crate::measure::statistics::estimate(by_replicate);
            for (got, expected) in [
                (a0.mean.mean, expected.mean),
                (a0.mean.se, expected.se),
                (a0.mean.ci_low, expected.ci_low),
                (a0.effect.mean, -1.5),
                (a0.effect.se, 0.0),
            ] {
                close(got, expected, 1e-12);
            }
            assert_eq!((a0.mean.n, found.len()), (3, 5));
        }
    }

    #[test]
    fn points_with_more_replicates_do_not_weigh_more() {
        // y = 10b and no effect of a; one noisy point runs to 64 replicates, the others to 8.
        let factors = parameters(&[("a", &[0.0, 0.0, 1.0, 1.0]), ("b", &[0.0, 1.0, 0.0, 1.0])]);
        let stream = Key::new(5, 0, 0).stream(Purpose::Resample, Who::MARKET);
        let noise = |r: u32| crate::numerics::normal_quantile(stream.uniform(r, 0));
        let blocks: Vec<Vec<(u32, f64)>> = (0..64)
            .map(|r| {
                let y = [noise(r), 10.0, 0.0, 10.0];
                (0..if r < 8 { 4 } else { 1 }).map(|p| (p, y[p as usize])).collect()
            })
            .collect();
        let noisy = crate::measure::statistics::estimate((0..64).map(noise));
        for kind in [Kind::Adjusted, Kind::Plain] {
            let found = margins(kind, &factors, 4, &blocks);
            let (a0, a1) = (of(&found, 0, 0), of(&found, 0, 1));
            // Half the noisy mean, half of ten.
            close(a0.mean.mean, 5.0 + 0.5 * noisy.mean, 1e-12);
            close(a0.mean.se, 0.5 * noisy.se, 1e-12);
            close(a0.effect.se, 0.25 * noisy.se, 1e-12);
            close(a1.mean.mean, 5.0, 1e-12);
            close(a1.mean.se, 0.0, 1e-12);
            assert_eq!((a0.mean.n, a1.mean.n), (8, 8));
        }
    }

    #[test]
    fn what_main_effects_miss_is_in_the_errors_of_means_but_of_full_factorial_designs() {
        // Levels 0, 0, 0, 1, 1; what is missed has the squares 9 + 9 + 4 + 4 on three degrees of freedom. No noise.
        let factors = parameters(&[("a", &[0.0, 0.0, 0.0, 1.0, 1.0])]);
        let block: Vec<_> =
            [0.0, 3.0, 6.0, 1.0, 5.0].into_iter().enumerate().map(|(p, y)| (p as u32, y)).collect();
        let found = margins(Kind::Adjusted, &factors, 5, &[block.clone(), block]);
        close(of(&found, 0, 0).mean.se, (26.0_f64 / 3.0 / 3.0).sqrt(), 1e-12);
        close(of(&found, 0, 1).mean.se, (26.0_f64 / 3.0 / 2.0).sqrt(), 1e-12);
        close(of(&found, 0, 0).effect.se, (26.0_f64 / 3.0 * (1.0 / 3.0 - 1.0 / 5.0)).sqrt(), 1e-12);
        let factors = parameters(&[("a", &[0.0, 0.0, 1.0, 1.0]), ("b", &[0.0, 1.0, 0.0, 1.0])]);
        let block = vec![(0, 0.0), (1, 0.0), (2, 0.0), (3, 8.0)];
        let found = margins(Kind::Adjusted, &factors, 4, &[block.clone(), block]);
        close(of(&found, 0, 1).mean.se, 0.0, 1e-12);
    }

    #[test]
    fn settings_one_at_a_time_are_set_against_the_file_as_written() {
        // y = 10 where b = 2, a is irrelevant.
        let factors =
            parameters(&[("a", &[NONE, 1.0, 2.0, NONE, NONE]), ("b", &[NONE, NONE, NONE, 1.0, 2.0])]);
        let block: Vec<_> = (0..5).map(|p| (p, if p == 4 { 10.0 } else { 0.0 })).collect();
        let found = margins(Kind::Adjusted, &factors, 5, &[block.clone(), block]);
        let mean = |factor, level| of(&found, factor, level).mean.mean;
        for level in 0..3 {
            close(of(&found, 0, level).effect.mean, 0.0, 1e-12);
        }
        // Beside the other settings of b: ten more.
        close(mean(1, 2) - mean(1, 0), 10.0, 1e-12);
        close(mean(1, 1) - mean(1, 0), 0.0, 1e-12);
    }

    #[test]
    fn conditional_parameters_are_averaged_where_they_exist() {
        // b in {3, 4, 5} where a = 2; y = 1 where b = 4.
        let factors = parameters(&[("a", &[1.0, 2.0, 2.0, 2.0]), ("b", &[NONE, 3.0, 4.0, 5.0])]);
        let block = vec![(0, 0.0), (1, 0.0), (2, 1.0), (3, 0.0)];
        let found = margins(Kind::Adjusted, &factors, 4, &[block.clone(), block]);
        close(of(&found, 0, 0).mean.mean, 0.0, 1e-12);
        close(of(&found, 0, 1).mean.mean, 1.0 / 3.0, 1e-12);
        for (level, y) in [0.0, 1.0, 0.0].into_iter().enumerate() {
            close(of(&found, 1, level).mean.mean, y, 1e-12);
            close(of(&found, 1, level).effect.mean, y - 1.0 / 3.0, 1e-12);
        }
    }

    #[test]
    fn levels_that_cannot_be_told_apart_have_no_adjusted_means() {
        // c is a wherever both vary, but for the numbers of levels; d is apart.
        let factors = parameters(&[
            ("a", &[1.0, 2.0, 3.0, 1.0, 2.0, 3.0]),
            ("c", &[1.0, 2.0, 2.0, 1.0, 2.0, 2.0]),
            ("d", &[1.0, 1.0, 1.0, 2.0, 2.0, 2.0]),
        ]);
        let block: Vec<_> = (0..6).map(|p| (p, f64::from(p))).collect();
        let found = margins(Kind::Adjusted, &factors, 6, &[block.clone(), block.clone()]);
        let has = |factor| found.iter().any(|margin| margin.factor == factor);
        assert_eq!([has(0), has(1), has(2)], [false, false, true]);
        close(of(&found, 2, 1).effect.mean, 1.5, 1e-12);
        let plain = margins(Kind::Plain, &factors, 6, &[block.clone(), block]);
        close(of(&plain, 1, 0).mean.mean, 1.5, 1e-12);
    }

    #[test]
    fn levels_at_which_nobody_has_the_metric_are_left_out() {
        let factors =
            parameters(&[("a", &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), ("b", &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0])]);
        let block: Vec<_> = [0, 2, 3, 5].map(|p| (p, f64::from(p))).to_vec();
        let found = margins(Kind::Adjusted, &factors, 6, &[block.clone(), block]);
        let at: Vec<(usize, usize)> = found.iter().map(|margin| (margin.factor, margin.level)).collect();
        assert_eq!(at, [(0, 0), (0, 1), (1, 0), (1, 2)]);
        close(of(&found, 0, 1).effect.mean, 1.5, 1e-12);
        close(of(&found, 1, 2).mean.mean, 3.5, 1e-12);
    }

    #[test]
    fn intervals_cover_where_replicates_differ_in_number() {
        // Points share half of their variance; the first two of six have 32 replicates, the others 8.
        let factors =
            parameters(&[("a", &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), ("b", &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0])]);
        let trials = 2_000;
        let mut covered = [0_u32; 2];
        for trial in 0..trials {
            let stream = Key::new(12, trial, 0).stream(Purpose::Resample, Who::MARKET);
            let normal = |r: u32, at: u32| crate::numerics::normal_quantile(stream.uniform(r, at));
            let spread = |p: u32| if p < 2 { 3.0 } else { 1.0 };
            let y = |r: u32, p: u32| f64::from(p) + spread(p) * (normal(r, p) + normal(r, 9));
            let blocks: Vec<Vec<_>> =
                (0..32).map(|r| (0..if r < 8 { 6 } else { 2 }).map(|p| (p, y(r, p))).collect()).collect();
            let found = margins(Kind::Adjusted, &factors, 6, &blocks);
            let holds = |e: Estimate, truth: f64| u32::from(e.ci_low <= truth && truth <= e.ci_high);
            covered[0] += holds(of(&found, 0, 0).mean, 1.0);
            covered[1] += holds(of(&found, 0, 0).effect, -1.5);
        }
        // At least the level: degrees of freedom are those of the point with the fewest replicates. Binomial standard error .0049.
        for covered in covered {
            assert!(f64::from(covered) / f64::from(trials) > 0.95 - 3.0 * 0.0049, "{covered} of {trials}");
        }
    }
}
