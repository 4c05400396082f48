//! Elementary functions that give the same bits on every machine.
//!
//! The processor decides the last bit of `exp`, `ln` and `powf` in the system's mathematics library; these come from
//! the pure-Rust `libm` crate instead, whose version is pinned. Everything that reaches a stored result uses them.
//!
//! The submodules add what theory and inverse transforms need on top: the normal law, the incomplete beta function and
//! the binomial law, Lambert's W, quadrature, root finding and maximisation on an interval.

mod beta;
mod exponential;
mod gauss_legendre;
mod lambert;
mod normal;
mod quadrature;
mod search;

pub use beta::{binomial_tail, incomplete_beta, incomplete_beta_of_parts, ln_beta, ln_choose};
pub use exponential::exp_all;
pub use gauss_legendre::gauss_legendre;
pub use lambert::{lambert_w0, lambert_w0_of_exp};
pub use normal::{normal_cdf, normal_quantile};
pub use quadrature::{integrate, integrate_tail, integrate_within};
pub use search::{maximise, root};

/// `e^x`.
#[inline]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm.
#[inline]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `ln(1 + x)`, accurate for small `x`.
#[inline]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// `e^x - 1`, accurate for small `x`.
#[inline]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// `x^y`.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}
