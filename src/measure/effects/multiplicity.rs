//! Several tests at once: adjusted p-values.
//!
//! With `m` p-values in ascending order `p_(1) ≤ … ≤ p_(m)`:
//! * Holm: `max_{j ≤ i} min(1, (m − j + 1)·p_(j))`. Rejecting where it is at most α errs anywhere with probability α at
//!   most, whatever the dependence (Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J.
//!   Statist. 6, theorem 1).
//! * Benjamini–Hochberg: `min_{j ≥ i} min(1, m/j·p_(j))`. Rejecting where it is at most α keeps the expected share of errors
//!   among rejections at α, for independent or positively dependent tests (Benjamini and Hochberg 1995, J. R. Statist.
//!   Soc. B 57, theorem 1).
//!
//! `NaN` entries are not tests: they stay `NaN` and do not count.

/// Holm's adjusted p-values, in the order given.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut highest = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        highest = highest.max(((order.len() - rank) as f64 * p[i]).min(1.0));
        adjusted[i] = highest;
    }
    adjusted
}

/// Benjamini and Hochberg's adjusted p-values, in the order given.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut lowest = 1.0_f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        lowest = lowest.min(order.len() as f64 / (rank + 1) as f64 * p[i]);
        adjusted[i] = lowest;
    }
    adjusted
}

fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&i| !p[i].is_nan()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]).then(a.cmp(&b)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: &[f64], expected: &[f64]) {
        assert_eq!(got.len(), expected.len());
        for (g, e) in got.iter().zip(expected) {
            assert!((g - e).abs() < 1e-12 || (g.is_nan() && e.is_nan()), "{got:?} is not {expected:?}");
        }
    }

    #[test]
    fn by_hand() {
        // m = 4; Holm: 4·.01, 3·.02, 2·.03 raised to .06, 1·.04 raised to .06.
        close(&holm(&[0.03, 0.01, 0.04, 0.02]), &[0.06, 0.04, 0.06, 0.06]);
        // BH: 4/4·.04 = .04; 4/3·.03 = .04; 4/2·.02 = .04; 4/1·.01 = .04.
        close(&benjamini_hochberg(&[0.03, 0.01, 0.04, 0.02]), &[0.04, 0.04, 0.04, 0.04]);
        close(&benjamini_hochberg(&[0.5, 0.001, 0.2]), &[0.5, 0.003, 0.3]);
    }

    #[test]
    fn what_is_no_test_does_not_count() {
        close(&holm(&[f64::NAN, 0.04]), &[f64::NAN, 0.04]);
        close(&benjamini_hochberg(&[0.04, f64::NAN, 0.9]), &[0.08, f64::NAN, 0.9]);
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn adjusted_values_are_at_least_the_given_ones_and_holm_is_the_stricter() {
        let p: Vec<f64> = (0..50).map(|i| f64::from((i * 37) % 50 + 1) / 60.0).collect();
        for ((p, h), b) in p.iter().zip(holm(&p)).zip(benjamini_hochberg(&p)) {
            assert!(*p <= b && b <= h && h <= 1.0);
        }
    }
}
