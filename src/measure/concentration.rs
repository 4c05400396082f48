//! Concentration of slots and income over operators.

/// Herfindahl–Hirschman index: sum of squared shares; `None` if everything is nil.
pub fn hhi(amounts: &[f64]) -> Option<f64> {
    let total: f64 = amounts.iter().sum();
    (total > 0.0).then(|| amounts.iter().map(|a| (a / total) * (a / total)).sum())
}

/// Nakamoto coefficient: the fewest operators with more than `share` of the total; `None` if everything is nil.
pub fn nakamoto(amounts: &[f64], share: f64) -> Option<f64> {
    let total: f64 = amounts.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let mut sorted = amounts.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    for (count, amount) in sorted.iter().enumerate() {
        sum += amount;
        if sum > share * total {
            return Some((count + 1) as f64);
        }
    }
    Some(amounts.len() as f64)
}

/// Gini coefficient `Σ_i (2i − n − 1) a_(i) / (n Σ a)`, amounts ascending; `None` if everything is nil.
pub fn gini(amounts: &[f64]) -> Option<f64> {
    let n = amounts.len() as f64;
    let total: f64 = amounts.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let mut sorted = amounts.to_vec();
    sorted.sort_by(f64::total_cmp);
    let weighted: f64 = sorted.iter().enumerate().map(|(i, a)| (2.0 * (i + 1) as f64 - n - 1.0) * a).sum();
    Some(weighted / (n * total))
}

/// Lorenz curve `L_i = Σ_{j ≤ i} a_(j) / Σ a`, amounts ascending, for i = 0..n: the share of the total that the `i` with
/// least have together; `None` if everything is nil. The Gini coefficient is `1 − Σ_i (L_i + L_{i−1})/n`.
pub fn lorenz(amounts: &[f64]) -> Option<Vec<f64>> {
    let total: f64 = amounts.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let mut sorted = amounts.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut sum = 0.0;
    let shares = sorted.iter().map(|a| {
        sum += a;
        sum / total
    });
    Some(std::iter::once(0.0).chain(shares).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(hhi(&[1.0, 1.0, 1.0, 1.0]), Some(0.25));
        assert!((hhi(&[0.6, 0.4]).unwrap() - 0.52).abs() < 1e-15);
        assert_eq!(nakamoto(&[0.5, 0.3, 0.2], 0.5), Some(2.0));
        assert_eq!(nakamoto(&[0.51, 0.29, 0.2], 0.5), Some(1.0));
        assert_eq!(nakamoto(&[1.0; 12], 1.0 / 3.0), Some(5.0));
        assert_eq!(gini(&[1.0, 1.0, 1.0]), Some(0.0));
        assert_eq!(gini(&[0.0, 0.0, 0.0, 4.0]), Some(0.75));
        assert_eq!(hhi(&[0.0, 0.0]), None);
        assert_eq!(gini(&[0.0]), None);
        assert_eq!(lorenz(&[3.0, 1.0]), Some(vec![0.0, 0.25, 1.0]));
        assert_eq!(lorenz(&[0.0, 0.0]), None);
        assert_eq!(nakamoto(&[], 0.5), None);
    }

    #[test]
    fn the_area_over_the_lorenz_curve_is_the_gini_coefficient() {
        let amounts = [0.3, 2.0, 0.0, 1.1, 7.0, 0.4];
        let curve = lorenz(&amounts).unwrap();
        let area: f64 = curve.windows(2).map(|w| w[0] + w[1]).sum::<f64>() / amounts.len() as f64;
        assert!((1.0 - area - gini(&amounts).unwrap()).abs() < 1e-14);
    }
}
