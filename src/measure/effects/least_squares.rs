//! Least squares within blocks, with cluster-robust covariance.
//!
//! Model: `y_{r,d} = μ_r + x_d'β + e_{r,d}`, one mean `μ_r` for each replicate `r`. With `~` for deviations from the
//! replicate's mean, `β̂ = (Σ x̃x̃')⁻¹ Σ x̃ỹ`. Errors of a replicate may depend on each other in any way: with scores
//! `s_r = Σ_d x̃_{r,d}·ê_{r,d}` the covariance is `G/(G − 1)·A⁻¹(Σ_r s_r s_r')A⁻¹`, where `A = Σ x̃x̃'` and `G` counts
//! replicates (Liang and Zeger 1986, Biometrika 73, p. 15; Cameron and Miller 2015, J. Human Resources 50, equations 10–12,
//! with the correction for few clusters).
//!
//! Replicates come by twice, [`Normal`] and [`Scores`], and none is kept: a study may have any number of them.

/// A metric's values in one replicate, as (design point, value), by point; points that the replicate lacks are left out.
pub type Block = [(u32, f64)];

/// Columns of a regression at each design point.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// Row-major, shape (points, width).
    rows: Vec<f64>,
    /// Number of columns.
    pub width: usize,
    /// Means of the columns over all points.
    centre: Vec<f64>,
    /// `Σ x̃x̃'` of a replicate that has every point, lower triangle; the same for all of them.
    cross: Vec<f64>,
}

impl Columns {
    /// From the rows of all points, one after the other.
    pub fn new(rows: Vec<f64>, width: usize) -> Self {
        let mut columns = Columns { rows, width, centre: vec![0.0; width], cross: vec![0.0; width * width] };
        let all: Vec<(u32, f64)> = (0..columns.points() as u32).map(|point| (point, 0.0)).collect();
        columns.centre = columns.means(&all);
        let mut cross = std::mem::take(&mut columns.cross);
        columns.deviations(&all, &columns.centre, |x, _| add_square(&mut cross, x));
        columns.cross = cross;
        columns
    }

    /// The row of a design point.
    pub fn row(&self, point: usize) -> &[f64] {
        &self.rows[point * self.width..(point + 1) * self.width]
    }

    fn points(&self) -> usize {
        self.rows.len().checked_div(self.width).unwrap_or(0)
    }

    fn means(&self, block: &Block) -> Vec<f64> {
        let n = block.len() as f64;
        let mut means = vec![0.0; self.width];
        for (point, _) in block {
            for (sum, value) in means.iter_mut().zip(self.row(*point as usize)) {
                *sum += value / n;
            }
        }
        means
    }

    /// Shows row and value of every point of a block, as deviations from `centre` and from the block's mean.
    fn deviations(&self, block: &Block, centre: &[f64], mut each: impl FnMut(&[f64], f64)) {
        // From the first value on, so that what does not vary has deviations of exactly nothing.
        let first = block.first().map_or(0.0, |(_, y)| *y);
        let mean = first + block.iter().map(|(_, y)| y - first).sum::<f64>() / block.len() as f64;
        let mut x = vec![0.0; self.width];
        for (point, y) in block {
            for ((out, value), mean) in x.iter_mut().zip(self.row(*point as usize)).zip(centre) {
                *out = value - mean;
            }
            each(&x, y - mean);
        }
    }

    /// As [`Self::deviations`], from the block's own means.
    fn within(&self, block: &Block, each: impl FnMut(&[f64], f64)) {
        if block.len() == self.points() {
            self.deviations(block, &self.centre, each);
        } else {
            self.deviations(block, &self.means(block), each);
        }
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
fn mirror(matrix: &mut [f64], width: usize) {
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
}

impl Normal {
    /// Before any replicate.
    pub fn new(columns: &Columns) -> Self {
        Normal {
            cross: Vec::new(),
            complete: 0,
            moment: vec![0.0; columns.width],
            total: 0.0,
            largest: 0.0,
            counts: (0, 0),
        }
    }

    /// Takes in a replicate.
    pub fn add(&mut self, columns: &Columns, block: &Block) {
        if block.is_empty() {
            return;
        }
        let whole = block.len() == columns.points();
        self.complete += usize::from(whole);
        if !whole {
            self.cross.resize(columns.width * columns.width, 0.0);
        }
        let (cross, moment, total) = (&mut self.cross, &mut self.moment, &mut self.total);
        columns.within(block, |x, y| {
            *total += y * y;
            for (sum, a) in moment.iter_mut().zip(x) {
                *sum += a * y;
            }
            if !whole {
                add_square(cross, x);
            }
        });
        self.largest = block.iter().fold(self.largest, |largest, (_, y)| largest.max(y.abs()));
        self.counts = (self.counts.0 + block.len(), self.counts.1 + 1);
    }

    /// Observations that were taken in.
    pub fn observations(&self) -> usize {
        self.counts.0
    }

    /// The coefficients, ready for the second pass.
    pub fn solve(&self, columns: &Columns) -> Scores {
        let width = columns.width;
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
        };
        Scores { fit, residual: None, meat: vec![0.0; width * width] }
    }
}

/// The second pass over the same replicates: residuals, and the scores of each replicate. Without it a fit has no covariance, and
/// the residual sum of squares by subtraction.
#[derive(Clone, Debug)]
pub struct Scores {
    fit: Fit,
    /// Residual sum of squares so far.
    residual: Option<f64>,
    /// `Σ s_r s_r'`, lower triangle.
    meat: Vec<f64>,
}

impl Scores {
    /// Takes in a replicate.
    pub fn add(&mut self, columns: &Columns, block: &Block) {
        if block.is_empty() {
            return;
        }
        let mut score = vec![0.0; columns.width];
        let (beta, residual) = (&self.fit.beta, self.residual.get_or_insert(0.0));
        columns.within(block, |x, y| {
            let error = y - x.iter().zip(beta).map(|(a, b)| a * b).sum::<f64>();
            *residual += error * error;
            for (s, a) in score.iter_mut().zip(x) {
                *s += a * error;
            }
        });
        add_square(&mut self.meat, &score);
    }

    /// The regression.
    pub fn finish(mut self) -> Fit {
        let width = self.fit.beta.len();
        self.fit.residual = self.residual.unwrap_or(self.fit.residual);
        mirror(&mut self.meat, width);
        let clusters = self.fit.counts.1;
        let g = clusters as f64;
        let correction = if clusters > 1 { g / (g - 1.0) } else { f64::NAN };
        self.fit.covariance = sandwich(&self.fit.inverse, &self.meat, width, correction);
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
}

impl Fit {
    /// A sum of squares that rounding alone makes, at 16 units in the last place of the largest value for each observation.
    pub fn rounding(&self) -> f64 {
        let each = 16.0 * f64::EPSILON * self.largest;
        self.counts.0 as f64 * each * each
    }
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
    let mut scores = normal.solve(columns);
    for block in blocks {
        scores.add(columns, block);
    }
    scores.finish()
}

/// Inverse of a symmetric matrix over the columns that are no combination of earlier ones, by Gauss–Jordan elimination on
/// the diagonal (the sweep operator of Goodnight 1979, The American Statistician 33, pp. 149–158).
pub fn inverse(matrix: &[f64], n: usize) -> (Vec<f64>, Vec<bool>) {
    let mut a = matrix.to_vec();
    let mut used = vec![false; n];
    for k in 0..n {
        let pivot = a[k * n + k];
        if pivot <= DEPENDENT * matrix[k * n + k].max(f64::MIN_POSITIVE) {
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
    for i in 0..n {
        for j in 0..n {
            if !(used[i] && used[j]) {
                a[i * n + j] = 0.0;
            }
        }
    }
    (a, used)
}

fn product(matrix: &[f64], vector: &[f64], n: usize) -> Vec<f64> {
    (0..n).map(|i| matrix[i * n..(i + 1) * n].iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
}

/// `factor·B M B` for symmetric `B`.
fn sandwich(bread: &[f64], meat: &[f64], n: usize, factor: f64) -> Vec<f64> {
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
    let mut out = multiply(&multiply(bread, meat), bread);
    for x in &mut out {
        *x *= factor;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-12 * expected.abs().max(1.0), "{got} is not {expected}");
    }

    #[test]
    fn slope_and_robust_error_by_hand() {
        // Two replicates at x = −1, 1. Within replicates ỹ = ∓(y₂ − y₁)/2, so β = mean of half-differences:
        // replicate 0: (3 − 1)/2 = 1; replicate 1: (7 − 1)/2 = 3; β = 2. A = 4; scores ±2·(1 − 2) = ∓2, meat 8;
        // covariance 2·8/16 = 1: the squared standard error of the mean of (1, 3).
        let columns = Columns::new(vec![-1.0, 1.0], 1);
        let fit = fit(&columns, &[vec![(0, 1.0), (1, 3.0)], vec![(0, 1.0), (1, 7.0)]]);
        close(fit.beta[0], 2.0);
        close(fit.covariance[0], 1.0);
        close(fit.total, 2.0 + 18.0);
        close(fit.residual, 20.0 - 16.0);
    }

    #[test]
    fn a_column_that_others_determine_does_not_count() {
        let columns = Columns::new(vec![1.0, 2.0, 0.0, 0.0, 0.0, 1.0, -1.0, -2.0, -1.0], 3);
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
        let columns = Columns::new(vec![-1.0, 0.0, 1.0], 1);
        let fit = fit(&columns, &[vec![(0, 9.0), (1, 10.0), (2, 11.0)], vec![(1, 50.0), (2, 54.0)]]);
        close(fit.beta[0], 1.6);
        close(fit.total, 2.0 + 8.0);
        close(fit.residual, 10.0 - 2.5 * 1.6 * 1.6);
        assert_eq!(fit.counts, (5, 2));
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
