//! Draws of a number → mean, standard deviation or share, each with its standard error.

use super::Finding;

/// Sums of the first four powers of draws, about a pivot near their mean so that no digits are lost.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pivot: f64,
    n: f64,
    powers: [f64; 4],
}

impl Sample {
    /// Nothing yet; `pivot` is a number near the mean.
    pub fn around(pivot: f64) -> Self {
        Sample { pivot, n: 0.0, powers: [0.0; 4] }
    }

    /// The draws of an iterator.
    pub fn of(pivot: f64, draws: impl IntoIterator<Item = f64>) -> Self {
        let mut sample = Sample::around(pivot);
        draws.into_iter().for_each(|x| sample.push(x));
        sample
    }

    /// Adds a draw.
    #[inline]
    pub fn push(&mut self, x: f64) {
        let d = x - self.pivot;
        self.n += 1.0;
        let mut power = 1.0;
        for sum in &mut self.powers {
            power *= d;
            *sum += power;
        }
    }

    /// Second and fourth central moments.
    fn central(&self) -> (f64, f64) {
        let [m1, m2, m3, m4] = self.powers.map(|sum| sum / self.n);
        let second = (m2 - m1 * m1).max(0.0);
        let fourth = m4 - 4.0 * m1 * m3 + 6.0 * m1 * m1 * m2 - 3.0 * m1 * m1 * m1 * m1;
        (second, fourth)
    }

    /// Mean, with `s/√n`.
    pub fn mean(&self) -> Finding {
        let variance = self.central().0 * self.n / (self.n - 1.0);
        Finding { result: self.pivot + self.powers[0] / self.n, se: (variance / self.n).sqrt(), tick: 0.0 }
    }

    /// Standard deviation, with `√((m₄ − s⁴)/n)/(2s)`.
    pub fn deviation(&self) -> Finding {
        let (second, fourth) = self.central();
        let sd = (second * self.n / (self.n - 1.0)).sqrt();
        let se = ((fourth - second * second).max(0.0) / self.n).sqrt() / (2.0 * sd);
        Finding { result: sd, se, tick: 0.0 }
    }
}

/// A share of `hits` in `n` independent trials, with the standard error that it has if its probability is `p`: where an
/// event is rare, one that never came up says nothing about how often it might.
pub fn share(hits: u64, n: u64, p: f64) -> Finding {
    let n = n as f64;
    Finding { result: hits as f64 / n, se: (p * (1.0 - p) / n).sqrt(), tick: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_a_short_list() {
        let sample = Sample::of(2.0, [1.0, 2.0, 4.0, 5.0]);
        let (mean, sd) = (sample.mean(), sample.deviation());
        assert!((mean.result - 3.0).abs() < 1e-14 && (mean.se - (10.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-14);
        // Central moments 2.5 and 8.5.
        assert!((sd.result - (10.0_f64 / 3.0).sqrt()).abs() < 1e-14);
        assert!((sd.se - (2.25_f64 / 4.0).sqrt() / (2.0 * sd.result)).abs() < 1e-14);
        assert_eq!(share(1, 4, 0.5), Finding { result: 0.25, se: 0.25, tick: 0.0 });
    }
}
