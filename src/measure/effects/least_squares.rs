//! Least squares within blocks, with cluster-robust covariance.
//!
//! Model: `y_{r,d} = μ_r + x_d'β + e_{r,d}`, one mean `μ_r` for each replicate `r`. With `~` for deviations from the
//! replicate's mean, `β̂ = (Σ x̃x̃')⁻¹ Σ x̃ỹ`. Errors of a replicate may depend on each other in any way: with scores
//! `s_r = Σ_d x̃_{r,d}·ê_{r,d}` the covariance is `G/(G − 1)·A⁻¹(Σ_r s_r s_r')A⁻¹`, where `A = Σ x̃x̃'` and `G` counts
//! replicates (Liang and Zeger 1986, Biometrika 73, p. 15; Cameron and Miller 2015, J. Human Resources 50, equations 10–12,
//! with the correction for few clusters).
//!
//! What a model misses at a point is the same in every replicate: it is in the scores of no replicate more than of another, and the
//! covariance above does not know of it. [`LackOfFit`] sets it apart from what differs between replicates.
//!
//! Replicates come by twice, [`Normal`] and [`Scores`], and none is kept: a study may have any number of them.
//!
//! A replicate that lacks points may tell little, or nothing: of a single point nothing is left within the replicate. As a
//! cluster of a term's test counts a replicate whose own points identify the term's coefficients as the whole design does.
//! Otherwise replicates that hold the noisiest points alone, as a stopping rule leaves them, would pass for evidence about
//! points that they do not have, and true hypotheses would be rejected more often than the level says.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// A metric's values in one replicate, as (design point, value), by point; points that the replicate lacks are left out.
pub type Block = [(u32, f64)];

/// Rows of a regression, made when they are asked for.
pub trait Rows: std::fmt::Debug {
    /// Number of design points.
    fn points(&self) -> usize;
    /// Writes the row of a point, or only its first columns where `out` has room for those of main effects alone.
    fn write(&self, point: usize, out: &mut [f64]);
}

/// Columns of a regression at each design point.
#[derive(Debug)]
pub struct Columns {
    rows: Box<dyn Rows>,
    /// Columns of main effects, which come first.
    alone: usize,
    /// Columns of each term.
    terms: Vec<Range<usize>>,
    /// Means of the columns over all points.
    centre: Vec<f64>,
    /// `Σ x̃x̃'` of a replicate that has every point, lower triangle; the same for all of them.
    cross: Vec<f64>,
    /// Columns that are no combination of earlier ones at all points together.
    used: Vec<bool>,
    /// Sets of points of replicates that lacked some, the latest last: replicates often lack the same.
    parts: RefCell<Vec<Rc<Part>>>,
}

/// What the points of a replicate that lacks some tell.
#[derive(Debug)]
pub struct Part {
    points: Vec<u32>,
    /// Means of the columns.
    pub centre: Vec<f64>,
    /// `Σ x̃x̃'`, lower triangle.
    pub cross: Vec<f64>,
    /// By term: whether its coefficients are identified here as far as they are by the whole design.
    identified: Vec<bool>,
}

/// Sets of points that are remembered.
const REMEMBERED: usize = 8;

impl Columns {
    /// From rows, of which the first `alone` columns are those of main effects, and the columns of each term.
    pub fn new(rows: Box<dyn Rows>, alone: usize, terms: Vec<Range<usize>>) -> Self {
        let width = terms.iter().map(|term| term.end).max().unwrap_or(0);
        let mut columns = Columns {
            rows,
            alone,
            terms,
            centre: vec![0.0; width],
            cross: vec![0.0; width * width],
            used: Vec::new(),
            parts: RefCell::default(),
        };
        let points = 0..columns.points() as u32;
        columns.centre = columns.means(points.clone());
        columns.cross = columns.cross_of(points, &columns.centre);
        let mut cross = columns.cross.clone();
        mirror(&mut cross, width);
        columns.used = inverse(&cross, width).1;
        columns
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.centre.len()
    }

    /// Columns of main effects.
    pub fn alone(&self) -> usize {
        self.alone
    }

    /// Means of the columns over all points.
    pub fn centre(&self) -> &[f64] {
        &self.centre
    }

    /// `Σ x̃x̃'` over all points, lower triangle.
    pub fn cross(&self) -> &[f64] {
        &self.cross
    }

    /// Number of design points.
    pub fn points(&self) -> usize {
        self.rows.points()
    }

    /// The row of a design point.
    #[cfg(test)]
    pub fn row(&self, point: usize) -> Vec<f64> {
        let mut row = vec![0.0; self.width()];
        self.rows.write(point, &mut row);
        row
    }

    /// Writes the columns of main effects at a design point.
    pub fn write_alone(&self, point: usize, out: &mut [f64]) {
        self.rows.write(point, out);
    }

    fn means(&self, points: impl ExactSizeIterator<Item = u32>) -> Vec<f64> {
        let n = points.len() as f64;
        let mut means = vec![0.0; self.width()];
        let mut row = vec![0.0; self.width()];
        for point in points {
            self.rows.write(point as usize, &mut row);
            for (sum, value) in means.iter_mut().zip(&row) {
                *sum += value / n;
            }
        }
        means
    }

    fn cross_of(&self, points: impl Iterator<Item = u32>, centre: &[f64]) -> Vec<f64> {
        let mut cross = vec![0.0; self.width() * self.width()];
        let mut row = vec![0.0; self.width()];
        for point in points {
            self.rows.write(point as usize, &mut row);
            row.iter_mut().zip(centre).for_each(|(x, mean)| *x -= mean);
            add_square(&mut cross, &row);
        }
        cross
    }

    /// What some of the points tell.
    pub fn part(&self, points: impl ExactSizeIterator<Item = u32> + Clone) -> Rc<Part> {
        let mut parts = self.parts.borrow_mut();
        let known = |part: &Rc<Part>| {
            part.points.len() == points.len() && part.points.iter().copied().eq(points.clone())
        };
        if let Some(place) = parts.iter().position(known) {
            return parts[place].clone();
        }
        let centre = self.means(points.clone());
        let cross = self.cross_of(points.clone(), &centre);
        let identified = self.identified(&cross);
        let part = Rc::new(Part { points: points.collect(), centre, cross, identified });
        if parts.len() == REMEMBERED {
            parts.remove(0);
        }
        parts.push(part.clone());
        part
    }

    /// By term, whether `Σ x̃x̃'` of some points identifies its coefficients as far as the whole design does: whether no
    /// combination of columns that vanishes there, and not everywhere, has a part in it.
    fn identified(&self, cross: &[f64]) -> Vec<bool> {
        let kept: Vec<usize> = (0..self.width()).filter(|&column| self.used[column]).collect();
        let n = kept.len();
        let entry = |i: usize, j: usize| cross[i.max(j) * self.width() + i.min(j)];
        let mut a: Vec<f64> = kept.iter().flat_map(|&i| kept.iter().map(move |&j| entry(i, j))).collect();
        let order: Vec<usize> = (0..n).collect();
        let used = sweep(&mut a, n, &order);
        let mut touched = vec![false; self.width()];
        for k in (0..n).filter(|&k| !used[k]) {
            touched[kept[k]] = true;
            // Column k is the combination of those that count with these coefficients.
            for j in (0..n).filter(|&j| used[j] && a[j * n + k].abs() > 1e-8) {
                touched[kept[j]] = true;
            }
        }
        self.terms.iter().map(|term| !touched[term.clone()].contains(&true)).collect()
    }

    /// Shows row and value of every point of a block, as deviations from the means of its points.
    fn within(&self, block: &Block, part: Option<&Part>, mut each: impl FnMut(&[f64], f64, u32)) {
        let centre = part.map_or(&self.centre, |part| &part.centre);
        // From the first value on, so that what does not vary has deviations of exactly nothing.
        let first = block.first().map_or(0.0, |(_, y)| *y);
        let mean = first + block.iter().map(|(_, y)| y - first).sum::<f64>() / block.len() as f64;
        let mut x = vec![0.0; self.width()];
        for (point, y) in block {
            self.rows.write(*point as usize, &mut x);
            x.iter_mut().zip(centre).for_each(|(x, mean)| *x -= mean);
            each(&x, y - mean, *point);
        }
    }

    /// The part that a block is, or none where it has every point.
    fn part_of(&self, block: &Block) -> Option<Rc<Part>> {
        (block.len() < self.points()).then(|| self.part(block.iter().map(|(point, _)| *point)))
    }
}

/// Adds `xx'` to the lower triangle of a matrix.
fn add_square(matrix: &mut [f64], x: &[f64]) {
    let width = x.len();
    for (i, &a) in x.iter().enumerate() {
        for (sum, &b) in matrix[i * width..=i * width + i].iter_mut().zip(x) {
            *sum += a * b;
        }
    }
}

/// Copies the lower triangle of a matrix to the upper one.
pub(super) fn mirror(matrix: &mut [f64], width: usize) {
    for i in 0..width {
        for j in 0..i {
            matrix[j * width + i] = matrix[i * width + j];
        }
    }
}

/// The first pass over replicates: what the coefficients are made of. Memory does not grow with replicates.
#[derive(Clone, Debug)]
pub struct Normal {
    /// `Σ x̃x̃'` of replicates that lack a point, lower triangle; empty while there is none.
    cross: Vec<f64>,
    /// Replicates that have every point.
    complete: usize,
    moment: Vec<f64>,
    total: f64,
    largest: f64,
    counts: (usize, usize),
    /// Replicates in which anything can vary.
    telling: usize,
    /// By term: replicates that lack points and identify it all the same.
    identifying: Vec<usize>,
}

impl Normal {
    /// Before any replicate.
    pub fn new(columns: &Columns) -> Self {
        Normal {
            cross: Vec::new(),
            complete: 0,
            moment: vec![0.0; columns.width()],
            total: 0.0,
            largest: 0.0,
            counts: (0, 0),
            telling: 0,
            identifying: vec![0; columns.terms.len()],
        }
    }

    /// Takes in a replicate.
    pub fn add(&mut self, columns: &Columns, block: &Block) {
        if block.is_empty() {
            return;
        }
        self.counts = (self.counts.0 + block.len(), self.counts.1 + 1);
        self.largest = block.iter().fold(self.largest, |largest, (_, y)| largest.max(y.abs()));
        if block.len() == 1 {
            // Its deviation from its own mean is nothing.
            return;
        }
        self.telling += 1;
        let part = columns.part_of(block);
        self.complete += usize::from(part.is_none());
        if let Some(part) = &part {
            self.cross.resize(columns.width() * columns.width(), 0.0);
            self.cross.iter_mut().zip(&part.cross).for_each(|(sum, x)| *sum += x);
            let identified = self.identifying.iter_mut().zip(&part.identified);
            identified.for_each(|(count, &here)| *count += usize::from(here));
        }
        let (moment, total) = (&mut self.moment, &mut self.total);
        columns.within(block, part.as_deref(), |x, y, _| {
            *total += y * y;
            for (sum, a) in moment.iter_mut().zip(x) {
                *sum += a * y;
            }
        });
    }

    /// Observations that were taken in.
    pub fn observations(&self) -> usize {
        self.counts.0
    }

    /// The coefficients, ready for the second pass.
    pub fn solve(&self, columns: &Columns) -> Scores {
        let width = columns.width();
        let mut cross: Vec<f64> = columns.cross.iter().map(|x| x * self.complete as f64).collect();
        for (sum, x) in cross.iter_mut().zip(&self.cross) {
            *sum += x;
        }
        mirror(&mut cross, width);
        let (inverse, used) = inverse(&cross, width);
        let beta = product(&inverse, &self.moment, width);
        let explained: f64 = beta.iter().zip(&self.moment).map(|(b, m)| b * m).sum();
        let fit = Fit {
            beta,
            used,
            inverse,
            covariance: Vec::new(),
            total: self.total,
            residual: self.total - explained,
            largest: self.largest,
            counts: self.counts,
            clusters: self.identifying.iter().map(|partly| partly + self.complete).collect(),
            alone: columns.alone,
            cross,
            moment: self.moment.clone(),
            meat: vec![0.0; width * width],
            lack_of_fit: None,
        };
        Scores { fit, residual: None, telling: self.telling, errors: Vec::new() }
    }
}

/// The second pass over the same replicates: residuals, and the scores of each replicate. Without it a fit has no covariance, and
/// the residual sum of squares by subtraction.
#[derive(Clone, Debug)]
pub struct Scores {
    /// The fit, with `Σ s_r s_r'` so far, lower triangle.
    fit: Fit,
    /// Residual sum of squares so far.
    residual: Option<f64>,
    telling: usize,
    /// By design point: sum of its residuals and their number; empty where nobody asked what the model misses.
    errors: Vec<(f64, u32)>,
}

impl Scores {
    /// Sets apart what the model misses at each of so many design points.
    #[must_use]
    pub fn with_lack_of_fit(mut self, columns: &Columns) -> Self {
        self.errors = vec![(0.0, 0); columns.points()];
        self
    }

    /// Takes in a replicate.
    pub fn add(&mut self, columns: &Columns, block: &Block) {
        if block.len() < 2 {
            return;
        }
        let mut score = vec![0.0; columns.width()];
        let (beta, residual) = (&self.fit.beta, self.residual.get_or_insert(0.0));
        let errors = &mut self.errors;
        columns.within(block, columns.part_of(block).as_deref(), |x, y, point| {
            let error = y - x.iter().zip(beta).map(|(a, b)| a * b).sum::<f64>();
            *residual += error * error;
            if let Some((sum, count)) = errors.get_mut(point as usize) {
                *sum += error;
                *count += 1;
            }
            for (s, a) in score.iter_mut().zip(x) {
                *s += a * error;
            }
        });
        add_square(&mut self.fit.meat, &score);
    }

    /// The regression.
    pub fn finish(mut self) -> Fit {
        let width = self.fit.beta.len();
        self.fit.residual = self.residual.unwrap_or(self.fit.residual);
        mirror(&mut self.fit.meat, width);
        let g = self.telling as f64;
        let correction = if self.telling > 1 { g / (g - 1.0) } else { f64::NAN };
        self.fit.meat.iter_mut().for_each(|x| *x *= correction);
        self.fit.covariance = sandwich(&self.fit.inverse, &self.fit.meat, width);
        let points = self.errors.iter().filter(|(_, count)| *count > 0);
        let (n, replicates) = self.fit.counts;
        let used = self.fit.used.iter().filter(|&&used| used).count();
        self.fit.lack_of_fit = (!self.errors.is_empty()).then(|| {
            let sum = points.clone().map(|(sum, count)| sum * sum / f64::from(*count)).sum::<f64>();
            let freedom = points.count().saturating_sub(1 + used);
            let sum = if freedom == 0 { 0.0 } else { sum.min(self.fit.residual) };
            let rest = self.fit.residual - sum;
            LackOfFit { sum, freedom, rest, rest_freedom: n.saturating_sub(replicates + used + freedom) }
        });
        self.fit
    }
}

/// A fitted regression.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Coefficients; 0 for columns that the others determine.
    pub beta: Vec<f64>,
    /// Whether a column counts: it is not a combination of earlier ones.
    pub used: Vec<bool>,
    /// `A⁻¹`, shape (width, width), zero in unused rows and columns.
    pub inverse: Vec<f64>,
    /// Cluster-robust covariance of `beta`, same shape.
    pub covariance: Vec<f64>,
    /// Sum of squares within replicates.
    pub total: f64,
    /// Residual sum of squares.
    pub residual: f64,
    /// Largest absolute value of the metric.
    pub largest: f64,
    /// Observations, replicates.
    pub counts: (usize, usize),
    /// By term: replicates that identify it.
    pub clusters: Vec<usize>,
    /// Columns of main effects.
    alone: usize,
    cross: Vec<f64>,
    moment: Vec<f64>,
    /// `G/(G − 1)·Σ s_r s_r'`.
    meat: Vec<f64>,
    /// What the model misses, where somebody asked.
    pub lack_of_fit: Option<LackOfFit>,
}

/// The residual sum of squares in two: with `ē_d` the mean residual of a design point over its `n_d` replicates, `Σ_d n_d ē_d²` is what the
/// model misses at the points (lack of fit), the rest what differs between replicates (pure error; Draper and Smith 1998, "Applied
/// Regression Analysis", section 2.1). Exact where every replicate has every point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LackOfFit {
    /// Sum of squares of what the model misses.
    pub sum: f64,
    /// Points, less one and less columns.
    pub freedom: usize,
    /// Sum of squares of the rest.
    pub rest: f64,
    /// Its degrees of freedom.
    pub rest_freedom: usize,
}

impl LackOfFit {
    /// By how much the mean square of what the model misses exceeds that of replicates: replicates times the variance over points of what is
    /// missed.
    pub fn excess(&self) -> f64 {
        if self.freedom == 0 {
            return 0.0;
        }
        let noise = if self.rest_freedom == 0 { 0.0 } else { self.rest / self.rest_freedom as f64 };
        (self.sum / self.freedom as f64 - noise).max(0.0)
    }
}

/// Some columns of a fit: those of them that count beside all others, with their coefficients and the blocks of `A⁻¹` and of the
/// covariance.
#[derive(Clone, Debug)]
pub struct OfTerm {
    /// Coefficients.
    pub beta: Vec<f64>,
    /// Block of `A⁻¹`.
    pub inverse: Vec<f64>,
    /// Block of the covariance.
    pub covariance: Vec<f64>,
}

impl Fit {
    /// A sum of squares that rounding alone makes, at 16 units in the last place of the largest value for each observation.
    pub fn rounding(&self) -> f64 {
        let each = 16.0 * f64::EPSILON * self.largest;
        self.counts.0 as f64 * each * each
    }

    /// The columns of a term, beside all others. Where main effects determine each other in part, what two of them have in
    /// common is neither's; an interaction yields to main effects, and to interactions before it. Columns of `aside` are not in the
    /// model, though in the residuals of the covariance.
    pub fn of_term(&self, columns: Range<usize>, aside: &[Range<usize>]) -> OfTerm {
        let width = self.beta.len();
        let is_aside = |column: &usize| aside.iter().any(|range| range.contains(column));
        if self.used[..self.alone].iter().all(|&used| used) {
            let own: Vec<usize> = columns.filter(|&column| self.used[column]).collect();
            let out: Vec<usize> = (0..width).filter(|c| self.used[*c] && is_aside(c)).collect();
            if !out.is_empty() {
                return self.without(&own, &out);
            }
            return OfTerm {
                beta: own.iter().map(|&column| self.beta[column]).collect(),
                inverse: block(&self.inverse, width, &own),
                covariance: block(&self.covariance, width, &own),
            };
        }
        // The term last: of its columns those count that the others do not determine.
        let others = (0..width).filter(|column| !columns.contains(column));
        let candidates = others.chain(columns.clone()).filter(|&c| c < self.alone || self.used[c]);
        let candidates = candidates.filter(|c| !is_aside(c));
        let mut inverse = self.cross.clone();
        let used = sweep(&mut inverse, width, &candidates.collect::<Vec<_>>());
        keep(&mut inverse, &used);
        let beta = product(&inverse, &self.moment, width);
        let covariance = sandwich(&inverse, &self.meat, width);
        let own: Vec<usize> = columns.filter(|&column| used[column]).collect();
        OfTerm {
            beta: own.iter().map(|&column| beta[column]).collect(),
            inverse: block(&inverse, width, &own),
            covariance: block(&covariance, width, &own),
        }
    }

    /// Some columns in the model that lacks some others: with `B = A⁻¹`, rows `T` of the inverse of the smaller model are
    /// `B_T − B_TE (B_EE)⁻¹ B_E` for the columns `E` that it lacks.
    fn without(&self, own: &[usize], out: &[usize]) -> OfTerm {
        let width = self.beta.len();
        let bridge = inverse(&block(&self.inverse, width, out), out.len()).0;
        let row = |&t: &usize| -> Vec<f64> {
            let here: Vec<f64> = out.iter().map(|&e| self.inverse[t * width + e]).collect();
            let taken = product(&bridge, &here, out.len());
            let less =
                |c: usize| out.iter().zip(&taken).map(|(&e, x)| x * self.inverse[e * width + c]).sum::<f64>();
            (0..width).map(|c| self.inverse[t * width + c] - less(c)).collect()
        };
        let rows: Vec<Vec<f64>> = own.iter().map(row).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let by_meat: Vec<Vec<f64>> = rows.iter().map(|row| product(&self.meat, row, width)).collect();
        OfTerm {
            beta: rows.iter().map(|row| dot(row, &self.moment)).collect(),
            inverse: rows.iter().flat_map(|row| own.iter().map(|&column| row[column])).collect(),
            covariance: rows.iter().flat_map(|row| by_meat.iter().map(|other| dot(row, other))).collect(),
        }
    }
}

fn block(matrix: &[f64], width: usize, columns: &[usize]) -> Vec<f64> {
    if matrix.is_empty() {
        return Vec::new();
    }
    columns.iter().flat_map(|&i| columns.iter().map(move |&j| matrix[i * width + j])).collect()
}

/// Share of a column's own sum of squares below which it is a combination of earlier columns.
const DEPENDENT: f64 = 1e-10;

/// Fits columns to replicates that are in memory.
#[cfg(test)]
pub fn fit(columns: &Columns, blocks: &[Vec<(u32, f64)>]) -> Fit {
    let mut normal = Normal::new(columns);
    for block in blocks {
        normal.add(columns, block);
    }
    let mut scores = normal.solve(columns).with_lack_of_fit(columns);
    for block in blocks {
        scores.add(columns, block);
    }
    scores.finish()
}

/// Inverse of a symmetric matrix over the columns that are no combination of earlier ones, with zeros elsewhere.
pub fn inverse(matrix: &[f64], n: usize) -> (Vec<f64>, Vec<bool>) {
    let mut a = matrix.to_vec();
    let used = sweep(&mut a, n, &(0..n).collect::<Vec<_>>());
    keep(&mut a, &used);
    (a, used)
}

/// Gauss–Jordan elimination of a symmetric matrix on the diagonal, column by column in the order given; a combination of columns
/// before it is left out (the sweep operator of Goodnight 1979, The American Statistician 33, pp. 149–158). The block of the
/// columns that are not is then its inverse, and what is beside it in a column that is left out are the coefficients of the
/// combination. Returns which were not left out.
pub(super) fn sweep(a: &mut [f64], n: usize, order: &[usize]) -> Vec<bool> {
    let own: Vec<f64> = (0..n).map(|k| a[k * n + k].max(f64::MIN_POSITIVE)).collect();
    let mut used = vec![false; n];
    for &k in order {
        let pivot = a[k * n + k];
        if pivot <= DEPENDENT * own[k] {
            continue;
        }
        used[k] = true;
        for j in 0..n {
            a[k * n + j] /= pivot;
        }
        for i in (0..n).filter(|&i| i != k) {
            let factor = a[i * n + k];
            if factor == 0.0 {
                continue;
            }
            for j in 0..n {
                if j != k {
                    a[i * n + j] -= factor * a[k * n + j];
                }
            }
            a[i * n + k] = -factor / pivot;
        }
        a[k * n + k] = 1.0 / pivot;
    }
    used
}

/// Leaves the block of the columns that count, and zeros.
pub(super) fn keep(a: &mut [f64], used: &[bool]) {
    let n = used.len();
    for i in 0..n {
        for j in 0..n {
            if !(used[i] && used[j]) {
                a[i * n + j] = 0.0;
            }
        }
    }
}

pub(super) fn product(matrix: &[f64], vector: &[f64], n: usize) -> Vec<f64> {
    (0..n).map(|i| matrix[i * n..(i + 1) * n].iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
}

/// `B M B` for symmetric `B`.
fn sandwich(bread: &[f64], meat: &[f64], n: usize) -> Vec<f64> {
    let multiply = |a: &[f64], b: &[f64]| -> Vec<f64> {
        let mut out = vec![0.0; n * n];
        for i in 0..n {
            for k in 0..n {
                let scale = a[i * n + k];
                for j in 0..n {
                    out[i * n + j] += scale * b[k * n + j];
                }
            }
        }
        out
    };
    multiply(&multiply(bread, meat), bread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-12 * expected.abs().max(1.0), "{got} is not {expected}");
    }

    /// Rows that are given, with terms of one column each.
    #[derive(Debug)]
    struct Given(Vec<f64>, usize);

    impl Rows for Given {
        fn points(&self) -> usize {
            self.0.len() / self.1
        }

        fn write(&self, point: usize, out: &mut [f64]) {
            out.copy_from_slice(&self.0[point * self.1..point * self.1 + out.len()]);
        }
    }

    fn columns(rows: Vec<f64>, width: usize) -> Columns {
        Columns::new(Box::new(Given(rows, width)), width, (0..width).map(|c| c..c + 1).collect())
    }

    #[test]
    fn slope_and_robust_error_by_hand() {
        // Two replicates at x = −1, 1. Within replicates ỹ = ∓(y₂ − y₁)/2, so β = mean of half-differences:
        // replicate 0: (3 − 1)/2 = 1; replicate 1: (7 − 1)/2 = 3; β = 2. A = 4; scores ±2·(1 − 2) = ∓2, meat 8;
        // covariance 2·8/16 = 1: the squared standard error of the mean of (1, 3).
        let columns = columns(vec![-1.0, 1.0], 1);
        let fit = fit(&columns, &[vec![(0, 1.0), (1, 3.0)], vec![(0, 1.0), (1, 7.0)]]);
        close(fit.beta[0], 2.0);
        close(fit.covariance[0], 1.0);
        close(fit.total, 2.0 + 18.0);
        close(fit.residual, 20.0 - 16.0);
    }

    #[test]
    fn a_column_that_others_determine_does_not_count() {
        let columns = columns(vec![1.0, 2.0, 0.0, 0.0, 0.0, 1.0, -1.0, -2.0, -1.0], 3);
        let block =
            |replicate: u32| (0..3).map(|point| (point, f64::from(point * (replicate + 1)))).collect();
        let fit = fit(&columns, &(0..3).map(block).collect::<Vec<_>>());
        assert_eq!(fit.used, [true, false, true]);
        assert_eq!(fit.beta[1], 0.0);
        assert!(fit.residual < fit.total);
    }

    #[test]
    fn a_replicate_that_lacks_a_point_is_set_against_its_own_means() {
        // Replicate 0 has x = −1, 0, 1 with slope 1, replicate 1 only x = 0, 1 with slope 4: A = 2 + 1/2, moment 2 + 4/2,
        // β = 4/2.5; the total is 2·1 + 2·2².
        let columns = columns(vec![-1.0, 0.0, 1.0], 1);
        let fit = fit(&columns, &[vec![(0, 9.0), (1, 10.0), (2, 11.0)], vec![(1, 50.0), (2, 54.0)]]);
        close(fit.beta[0], 1.6);
        close(fit.total, 2.0 + 8.0);
        close(fit.residual, 10.0 - 2.5 * 1.6 * 1.6);
        assert_eq!(fit.counts, (5, 2));
    }

    #[test]
    fn what_main_effects_have_in_common_is_nobodys() {
        // Columns a and b are the same, c is apart. y = a + c.
        let columns = columns(vec![1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 1.0, -1.0, -1.0, -1.0], 3);
        let block = [(0, 2.0), (1, 0.0), (2, 0.0), (3, -2.0)];
        let fit = fit(&columns, &[block.to_vec(), block.to_vec()]);
        let counting: Vec<usize> = (0..3).map(|c| fit.of_term(c..c + 1, &[]).beta.len()).collect();
        assert_eq!(counting, [0, 0, 1]);
        close(fit.of_term(2..3, &[]).beta[0], 1.0);
    }

    #[test]
    fn replicates_count_for_terms_that_their_points_identify() {
        // Two factors of two levels. Both levels of b at one of a tell b's effect and not a's; the points on a diagonal tell
        // neither apart; a single point tells nothing.
        let columns = columns(vec![1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0], 2);
        let whole = vec![(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0)];
        let blocks =
            [whole.clone(), whole, vec![(0, 5.0), (1, 6.0)], vec![(0, 1.0), (3, 1.0)], vec![(2, 9.0)]];
        let fit = fit(&columns, &blocks);
        assert_eq!(fit.clusters, [2, 3]);
        assert_eq!(fit.counts, (13, 5));
    }

    #[test]
    fn the_inverse_inverts() {
        let matrix = [4.0, 1.0, 0.5, 1.0, 3.0, -0.2, 0.5, -0.2, 2.0];
        let (inverse, used) = inverse(&matrix, 3);
        assert!(used.iter().all(|&u| u));
        for i in 0..3 {
            let row = product(&matrix, &[inverse[i], inverse[3 + i], inverse[6 + i]], 3);
            for (j, x) in row.iter().enumerate() {
                close(*x, f64::from(u8::from(i == j)));
            }
        }
    }
}
