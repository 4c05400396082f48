//! Least squares within blocks, with cluster-robust covariance.
//!
//! Model: `y_{r,d} = μ_r + x_d'β + e_{r,d}`, one mean `μ_r` for each replicate `r`. With `~` for deviations from the
//! replicate's mean, `β̂ = (Σ x̃x̃')⁻¹ Σ x̃ỹ`. Errors of a replicate may depend on each other in any way: with scores
//! `s_r = Σ_d x̃_{r,d}·ê_{r,d}` the covariance is `G/(G − 1)·A⁻¹(Σ_r s_r s_r')A⁻¹`, where `A = Σ x̃x̃'` and `G` counts
//! replicates (Liang and Zeger 1986, Biometrika 73, p. 15; Cameron and Miller 2015, J. Human Resources 50, equations 10–12,
//! with the correction for few clusters).

/// One observation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Replicate: block and cluster.
    pub replicate: u32,
    /// Design point: row of the model.
    pub point: u32,
    /// Value of the metric.
    pub y: f64,
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
    /// Observations, replicates.
    pub counts: (usize, usize),
}

/// Share of a column's own sum of squares below which it is a combination of earlier columns.
const DEPENDENT: f64 = 1e-10;

/// Fits the rows `rows` (shape (points, width)) to observations sorted by replicate.
pub fn fit(rows: &[f64], width: usize, observations: &[Observation]) -> Fit {
    let row = |o: &Observation| &rows[o.point as usize * width..(o.point as usize + 1) * width];
    let blocks: Vec<&[Observation]> = observations.chunk_by(|a, b| a.replicate == b.replicate).collect();
    let mut cross = vec![0.0; width * width];
    let mut moment = vec![0.0; width];
    let mut total = 0.0;
    let mut x = vec![0.0; width];
    for block in &blocks {
        let means = Means::of(block, width, row);
        for o in *block {
            means.deviate(row(o), &mut x);
            let y = o.y - means.y;
            total += y * y;
            for (i, &a) in x.iter().enumerate() {
                moment[i] += a * y;
                for (sum, &b) in cross[i * width..=i * width + i].iter_mut().zip(&x) {
                    *sum += a * b;
                }
            }
        }
    }
    for i in 0..width {
        for j in 0..i {
            cross[j * width + i] = cross[i * width + j];
        }
    }
    let (inverse, used) = inverse(&cross, width);
    let beta = product(&inverse, &moment, width);
    let mut residual = 0.0;
    let mut meat = vec![0.0; width * width];
    let mut score = vec![0.0; width];
    for block in &blocks {
        let means = Means::of(block, width, row);
        score.fill(0.0);
        for o in *block {
            means.deviate(row(o), &mut x);
            let error = o.y - means.y - x.iter().zip(&beta).map(|(a, b)| a * b).sum::<f64>();
            residual += error * error;
            for (s, a) in score.iter_mut().zip(&x) {
                *s += a * error;
            }
        }
        for i in 0..width {
            for j in 0..width {
                meat[i * width + j] += score[i] * score[j];
            }
        }
    }
    let g = blocks.len() as f64;
    let correction = if blocks.len() > 1 { g / (g - 1.0) } else { f64::NAN };
    let covariance = sandwich(&inverse, &meat, width, correction);
    Fit { beta, used, inverse, covariance, total, residual, counts: (observations.len(), blocks.len()) }
}

/// Means of a block.
struct Means {
    x: Vec<f64>,
    y: f64,
}

impl Means {
    fn of<'a>(block: &[Observation], width: usize, row: impl Fn(&Observation) -> &'a [f64]) -> Self {
        let n = block.len() as f64;
        let mut x = vec![0.0; width];
        for o in block {
            for (sum, value) in x.iter_mut().zip(row(o)) {
                *sum += value / n;
            }
        }
        Means { x, y: block.iter().map(|o| o.y).sum::<f64>() / n }
    }

    fn deviate(&self, row: &[f64], out: &mut [f64]) {
        for ((out, value), mean) in out.iter_mut().zip(row).zip(&self.x) {
            *out = value - mean;
        }
    }
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
        let observe = |replicate, point, y| Observation { replicate, point, y };
        let seen = [observe(0, 0, 1.0), observe(0, 1, 3.0), observe(1, 0, 1.0), observe(1, 1, 7.0)];
        let fit = fit(&[-1.0, 1.0], 1, &seen);
        close(fit.beta[0], 2.0);
        close(fit.covariance[0], 1.0);
        close(fit.total, 2.0 + 18.0);
        close(fit.residual, 20.0 - 16.0);
    }

    #[test]
    fn a_column_that_others_determine_does_not_count() {
        let rows = [1.0, 2.0, 0.0, 0.0, 0.0, 1.0, -1.0, -2.0, -1.0];
        let seen: Vec<Observation> = (0..3)
            .flat_map(|replicate| {
                (0..3).map(move |point| Observation {
                    replicate,
                    point,
                    y: f64::from(point * (replicate + 1)),
                })
            })
            .collect();
        let fit = fit(&rows, 3, &seen);
        assert_eq!(fit.used, [true, false, true]);
        assert_eq!(fit.beta[1], 0.0);
        assert!(fit.residual < fit.total);
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
