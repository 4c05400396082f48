//! Named distributions of private values.
//!
//! A draw is the quantile of one uniform number (inverse transform), so that one stream of luck serves every
//! distribution: raise a parameter and every value moves the same way. All functions are built on [`crate::numerics`] and
//! give the same bits on every machine.

mod beta;
mod discrete;
pub mod reading;

pub use beta::Beta;
pub use discrete::Discrete;

use crate::numerics::{exp, exp_m1, ln, ln_1p, normal_cdf, normal_quantile, pow};

/// The law of a random number `X`. Build it with the constructors named in lower case, which check the parameters and
/// answer an error with what was found and what is allowed.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always this number.
    Constant(f64),
    /// Equally likely everywhere between two numbers.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// The beta law, stretched to [0, scale].
    Beta(Beta),
    /// Density `rate·e^{−rate·x}` on `x ≥ 0`.
    Exponential {
        /// One over the mean.
        rate: f64,
    },
    /// `X = e^{μ + σZ}` with `Z` standard normal.
    Lognormal {
        /// Mean of `ln X`.
        mu: f64,
        /// Standard deviation of `ln X`.
        sigma: f64,
    },
    /// `P(X > x) = (scale/x)^shape` for `x ≥ scale`.
    Pareto {
        /// Smallest value.
        scale: f64,
        /// Tail index.
        shape: f64,
    },
    /// Finitely many values.
    Discrete(Discrete),
}

fn finite(law: &str, name: &str, x: f64) -> Result<(), String> {
    if x.is_finite() { Ok(()) } else { Err(format!("{law}: {name} is {x}; it must be a finite number")) }
}

fn positive(law: &str, name: &str, x: f64) -> Result<(), String> {
    if x.is_finite() && x > 0.0 {
        Ok(())
    } else {
        Err(format!("{law}: {name} is {x}; it must be a finite number greater than 0"))
    }
}

impl Distribution {
    /// Always `x`, which must be finite.
    ///
    /// # Errors
    /// If `x` is not finite.
    pub fn constant(x: f64) -> Result<Self, String> {
        finite("constant", "the value", x)?;
        Ok(Self::Constant(x))
    }

    /// Uniform between `low` and `high`; both finite, `low < high`.
    ///
    /// # Errors
    /// If an end is not finite, or the ends are not in order.
    pub fn uniform(low: f64, high: f64) -> Result<Self, String> {
        finite("uniform", "the lower end", low)?;
        finite("uniform", "the upper end", high)?;
        if low < high && (high - low).is_finite() {
            Ok(Self::Uniform { low, high })
        } else {
            Err(format!("uniform: the ends are {low} and {high}; the lower end must lie below the upper end"))
        }
    }

    /// Beta law on [0, 1] with parameters `a`, `b`, both finite and greater than 0.
    ///
    /// # Errors
    /// If a parameter is not finite and positive.
    pub fn beta(a: f64, b: f64) -> Result<Self, String> {
        positive("beta", "a", a)?;
        positive("beta", "b", b)?;
        Ok(Self::Beta(Beta::new(a, b)))
    }

    /// Exponential law with the given `rate`, finite and greater than 0; its mean is `1/rate`.
    ///
    /// # Errors
    /// If the rate, or the mean, is not finite and positive.
    pub fn exponential(rate: f64) -> Result<Self, String> {
        positive("exponential", "the rate", rate)?;
        finite("exponential", "the mean 1/rate", 1.0 / rate)?;
        Ok(Self::Exponential { rate })
    }

    /// Lognormal law: `mu` finite, `sigma` finite and greater than 0.
    ///
    /// # Errors
    /// If a parameter is out of range, or the mean overflows.
    pub fn lognormal(mu: f64, sigma: f64) -> Result<Self, String> {
        finite("lognormal", "mu", mu)?;
        positive("lognormal", "sigma", sigma)?;
        finite("lognormal", "the mean exp(mu + sigma²/2)", exp(mu + 0.5 * sigma * sigma))?;
        Ok(Self::Lognormal { mu, sigma })
    }

    /// Pareto law: `scale` finite and greater than 0, `shape` finite and greater than 1.
    ///
    /// # Errors
    /// If a parameter is out of range; a shape of 1 or less leaves no mean.
    pub fn pareto(scale: f64, shape: f64) -> Result<Self, String> {
        positive("pareto", "the scale", scale)?;
        if !shape.is_finite() || shape <= 1.0 {
            return Err(format!(
                "pareto: the shape is {shape}; it must be a finite number greater than 1, because a Pareto law of shape 1 \
                 or less has no mean"
            ));
        }
        Ok(Self::Pareto { scale, shape })
    }

    /// `values[i]` with probability `weights[i]` over the sum of the weights. Equal values are merged, values of zero
    /// weight dropped.
    ///
    /// # Errors
    /// Unless there are as many weights as values, at least one, all finite, the weights 0 or more and not all 0.
    pub fn discrete(values: &[f64], weights: &[f64]) -> Result<Self, String> {
        Discrete::new(values, weights).map(Self::Discrete)
    }

    /// The smallest `x` with `P(X ≤ x) ≥ u`, for `u` in (0, 1); 0 and 1 give the ends of the support.
    #[inline]
    pub fn quantile(&self, u: f64) -> f64 {
        match self {
            Self::Constant(x) => *x,
            Self::Uniform { low, high } => low + (high - low) * u,
            Self::Beta(beta) => beta.quantile(u),
            Self::Exponential { rate } => -ln_1p(-u) / rate,
            Self::Lognormal { mu, sigma } => exp(mu + sigma * normal_quantile(u)),
            Self::Pareto { scale, shape } => scale * exp(-ln_1p(-u) / shape),
            Self::Discrete(law) => law.quantile(u),
        }
    }

    /// `P(X ≤ x)`.
    pub fn cdf(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x < low {
            return 0.0;
        }
        if x >= high {
            return 1.0;
        }
        match self {
            Self::Constant(_) => 1.0,
            Self::Uniform { low, high } => (x - low) / (high - low),
            Self::Beta(beta) => beta.cdf(x),
            Self::Exponential { rate } => -exp_m1(-rate * x),
            Self::Lognormal { mu, sigma } => normal_cdf((ln(x) - mu) / sigma),
            Self::Pareto { scale, shape } => -exp_m1(shape * (ln(*scale) - ln(x))),
            Self::Discrete(law) => law.cdf(x),
        }
    }

    /// `P(X > x)`, accurate in the upper tail, where `1 − cdf` is not.
    pub fn survival(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x < low {
            return 1.0;
        }
        if x >= high {
            return 0.0;
        }
        match self {
            Self::Constant(_) => 0.0,
            Self::Uniform { low, high } => (high - x) / (high - low),
            Self::Beta(beta) => beta.survival(x),
            Self::Exponential { rate } => exp(-rate * x),
            Self::Lognormal { mu, sigma } => normal_cdf((mu - ln(x)) / sigma),
            Self::Pareto { scale, shape } => pow(scale / x, *shape),
            Self::Discrete(law) => 1.0 - law.cdf(x),
        }
    }

    /// Density at `x`; 0 outside the support, and 0 everywhere for laws with atoms, which have none.
    pub fn pdf(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x < low || x > high {
            return 0.0;
        }
        match self {
            Self::Constant(_) | Self::Discrete(_) => 0.0,
            Self::Uniform { low, high } => 1.0 / (high - low),
            Self::Beta(beta) => beta.pdf(x),
            Self::Exponential { rate } => rate * exp(-rate * x),
            Self::Lognormal { mu, sigma } => {
                if x == 0.0 {
                    return 0.0;
                }
                let z = (ln(x) - mu) / sigma;
                exp(-0.5 * z * z) / (x * sigma * std::f64::consts::TAU.sqrt())
            }
            Self::Pareto { scale, shape } => shape / x * pow(scale / x, *shape),
        }
    }

    /// `E[X]`.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Constant(x) => *x,
            Self::Uniform { low, high } => low + 0.5 * (high - low),
            Self::Beta(beta) => beta.mean(),
            Self::Exponential { rate } => 1.0 / rate,
            Self::Lognormal { mu, sigma } => exp(mu + 0.5 * sigma * sigma),
            Self::Pareto { scale, shape } => scale * shape / (shape - 1.0),
            Self::Discrete(law) => law.mean(),
        }
    }

    /// Smallest and largest value; +∞ where there is no largest.
    pub fn support(&self) -> (f64, f64) {
        match self {
            Self::Constant(x) => (*x, *x),
            Self::Uniform { low, high } => (*low, *high),
            Self::Beta(beta) => (0.0, beta.scale()),
            Self::Exponential { .. } | Self::Lognormal { .. } => (0.0, f64::INFINITY),
            Self::Pareto { scale, .. } => (*scale, f64::INFINITY),
            Self::Discrete(law) => law.support(),
        }
    }

    /// Whether single values have positive probability, so that ties happen and there is no density.
    pub fn is_atomic(&self) -> bool {
        matches!(self, Self::Constant(_) | Self::Discrete(_))
    }

    /// The values that have positive probability and those probabilities, by rising value; empty for laws with a density.
    pub fn atoms(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Constant(x) => vec![(*x, 1.0)],
            Self::Discrete(law) => law.atoms(),
            _ => Vec::new(),
        }
    }

    /// The law of `factor·X`, for a finite `factor ≥ 0`; 0 gives the constant 0.
    ///
    /// # Panics
    /// If `factor` is negative or not finite.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        assert!(factor >= 0.0 && factor.is_finite(), "a distribution cannot be scaled by {factor}");
        if factor == 0.0 {
            return Self::Constant(0.0);
        }
        match self {
            Self::Constant(x) => Self::Constant(x * factor),
            Self::Uniform { low, high } => Self::Uniform { low: low * factor, high: high * factor },
            Self::Beta(beta) => Self::Beta(beta.scaled(factor)),
            Self::Exponential { rate } => Self::Exponential { rate: rate / factor },
            Self::Lognormal { mu, sigma } => Self::Lognormal { mu: mu + ln(factor), sigma: *sigma },
            Self::Pareto { scale, shape } => Self::Pareto { scale: scale * factor, shape: *shape },
            Self::Discrete(law) => Self::Discrete(law.scaled(factor)),
        }
    }
}

#[cfg(test)]
mod tests;
