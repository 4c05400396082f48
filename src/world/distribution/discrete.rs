//! Laws with finitely many values.

/// Finitely many values, each with a positive probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Discrete {
    /// Rising, without repetition.
    values: Vec<f64>,
    /// `P(X ≤ values[i])`; the last is exactly 1.
    cumulative: Vec<f64>,
    /// `P(X = values[i])`.
    probabilities: Vec<f64>,
}

impl Discrete {
    pub(super) fn new(values: &[f64], weights: &[f64]) -> Result<Self, String> {
        if values.is_empty() {
            return Err("discrete: there are no values; give at least one".into());
        }
        if values.len() != weights.len() {
            return Err(format!(
                "discrete: {} values and {} weights; give one weight for each value",
                values.len(),
                weights.len()
            ));
        }
        if let Some(bad) = values.iter().find(|x| !x.is_finite()) {
            return Err(format!("discrete: {bad} is among the values; they must be finite numbers"));
        }
        if let Some(bad) = weights.iter().find(|w| !w.is_finite() || **w < 0.0) {
            return Err(format!(
                "discrete: {bad} is among the weights; they must be finite numbers, 0 or greater"
            ));
        }
        let total: f64 = weights.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return Err(format!(
                "discrete: the weights add up to {total}; the sum must be finite and greater than 0"
            ));
        }
        let mut pairs: Vec<(f64, f64)> =
            values.iter().copied().zip(weights.iter().copied()).filter(|(_, weight)| *weight > 0.0).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        pairs.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        let mut sum = 0.0;
        let mut law = Discrete { values: Vec::new(), cumulative: Vec::new(), probabilities: Vec::new() };
        for (value, weight) in pairs {
            sum += weight;
            law.values.push(value);
            law.cumulative.push(sum / total);
            law.probabilities.push(weight / total);
        }
        if let Some(last) = law.cumulative.last_mut() {
            *last = 1.0;
        }
        Ok(law)
    }

    pub(super) fn quantile(&self, u: f64) -> f64 {
        let place = self.cumulative.partition_point(|&c| c < u);
        self.values[place.min(self.values.len() - 1)]
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        let below = self.values.partition_point(|&v| v <= x);
        if below == 0 { 0.0 } else { self.cumulative[below - 1] }
    }

    pub(super) fn mean(&self) -> f64 {
        self.values.iter().zip(&self.probabilities).map(|(v, p)| v * p).sum()
    }

    pub(super) fn support(&self) -> (f64, f64) {
        (self.values[0], self.values[self.values.len() - 1])
    }

    pub(super) fn atoms(&self) -> Vec<(f64, f64)> {
        self.values.iter().copied().zip(self.probabilities.iter().copied()).collect()
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Discrete { values: self.values.iter().map(|v| v * factor).collect(), ..self.clone() }
    }
}
