use super::*;
use crate::numerics::{integrate, integrate_tail};

const BETA_QUANTILES: [(f64, f64, f64, f64); 6] = [
    (2.0, 5.0, 0.1, 0.092_595_258_913_128_75),
    (2.0, 5.0, 0.9, 0.510_316_306_551_491_6),
    (0.5, 0.5, 0.3, 0.20610737385376342),
    (0.2, 3.0, 0.5, 0.007_901_229_090_864_222),
    (80.0, 40.0, 0.99, 0.761_775_948_421_950_4),
    (3.0, 0.7, 0.05, 0.435_650_152_893_644_2),
];

fn continuous() -> Vec<Distribution> {
    let beta = |a, b| Distribution::beta(a, b).unwrap();
    vec![
        Distribution::uniform(-1.0, 3.0).unwrap(),
        beta(2.0, 5.0),
        beta(0.5, 0.5),
        beta(0.2, 3.0),
        beta(3.0, 0.2),
        beta(1.0, 4.0),
        beta(4.0, 1.0),
        beta(80.0, 40.0),
        beta(2.0, 5.0).scaled(3.5),
        Distribution::exponential(2.5).unwrap(),
        Distribution::lognormal(-3.0, 1.17741).unwrap(),
        Distribution::pareto(0.3, 1.6).unwrap(),
    ]
}

#[test]
fn the_quantile_inverts_the_distribution_function() {
    for law in continuous() {
        let mut previous = f64::NEG_INFINITY;
        for step in 1..4000 {
            let u = f64::from(step) / 4000.0;
            let x = law.quantile(u);
            assert!(x >= previous, "{law:?} {u}");
            previous = x;
            // Near the upper end one unit of x may span more probability than the tolerance.
            let unit = law.pdf(x) * x.abs() * f64::EPSILON;
            assert!((law.cdf(x) - u).abs() < 1e-13 + unit, "{law:?} {u} {x} {}", law.cdf(x));
            assert!((law.survival(x) - (1.0 - u)).abs() < 1e-13 + unit, "{law:?} {u}");
        }
    }
}

#[test]
fn tails_keep_their_relative_accuracy() {
    for law in continuous().into_iter().skip(1) {
        for exponent in [-6, -12, -15] {
            let u = pow(10.0, f64::from(exponent));
            let x = law.quantile(u);
            if x > law.support().0 * (1.0 + 1e-9) && x > 1e-280 {
                let unit = law.pdf(x) * x.abs() * f64::EPSILON;
                assert!((law.cdf(x) - u).abs() < 1e-11 * u + 2.0 * unit, "{law:?} {u} {x} {}", law.cdf(x));
            }
        }
    }
}

#[test]
fn beta_quantiles_have_known_values() {
    // Solved with 30 digits.
    for (a, b, u, x) in BETA_QUANTILES {
        let got = Distribution::beta(a, b).unwrap().quantile(u);
        assert!((got - x).abs() < 1e-13 * x, "{a} {b} {u}: {got} {x}");
    }
}

#[test]
fn the_density_is_the_slope_of_the_distribution_function() {
    for law in continuous() {
        for step in 1..20 {
            let x = law.quantile(f64::from(step) / 20.0);
            let h = 1e-6
                * (law.quantile(0.75) - law.quantile(0.25)).min(x.abs().min((law.support().1 - x).abs()));
            if h > 1e-9 {
                let slope = (law.cdf(x + h) - law.cdf(x - h)) / (2.0 * h);
                assert!((slope / law.pdf(x) - 1.0).abs() < 1e-6, "{law:?} {x} {slope}");
            }
        }
    }
}

#[test]
fn the_mean_is_the_integral_of_the_tail() {
    for law in continuous() {
        let (low, high) = law.support();
        let above = if high.is_finite() {
            integrate(|x| law.survival(x), low, high)
        } else {
            integrate_tail(|x| law.survival(x), low, law.quantile(0.5))
        };
        assert!((low + above - law.mean()).abs() < 1e-9 * law.mean().abs(), "{law:?} {above}");
    }
}

#[test]
fn draws_have_the_mean_of_the_law() {
    use crate::draws::{Key, Purpose, Who};
    let stream = Key::new(1, 0, 0).stream(Purpose::Signal, Who::member("distribution", 0));
    for law in [
        Distribution::beta(2.0, 5.0).unwrap(),
        Distribution::exponential(2.5).unwrap(),
        Distribution::lognormal(0.0, 0.5).unwrap(),
        Distribution::discrete(&[1.0, 2.0, 7.0], &[5.0, 3.0, 2.0]).unwrap(),
    ] {
        let n = 100_000;
        let (mut sum, mut square) = (0.0, 0.0);
        for epoch in 0..n {
            let x = law.quantile(stream.uniform(epoch, 0));
            sum += x;
            square += x * x;
        }
        let mean = sum / f64::from(n);
        let error = ((square / f64::from(n) - mean * mean) / f64::from(n)).sqrt();
        assert!((mean - law.mean()).abs() < 4.0 * error, "{law:?}");
    }
}

#[test]
fn scaling_scales_every_draw() {
    let mut laws = continuous();
    laws.push(Distribution::constant(2.0).unwrap());
    laws.push(Distribution::discrete(&[1.0, -2.0], &[1.0, 1.0]).unwrap());
    for law in laws {
        let twice = law.scaled(2.5);
        for step in 1..50 {
            let u = f64::from(step) / 50.0;
            let (x, y) = (law.quantile(u), twice.quantile(u));
            assert!((y - 2.5 * x).abs() <= 1e-14 * y.abs(), "{law:?}");
            let unit = law.pdf(x) * x.abs() * f64::EPSILON;
            assert!((law.cdf(x) - twice.cdf(y)).abs() < 1e-13 + unit, "{law:?}");
        }
        assert!((twice.mean() - 2.5 * law.mean()).abs() <= 1e-14 * twice.mean().abs());
        assert_eq!(law.scaled(0.0), Distribution::Constant(0.0));
    }
}

#[test]
fn atoms_are_sorted_merged_and_normalised() {
    let law = Distribution::discrete(&[3.0, 1.0, 3.0, 2.0], &[1.0, 2.0, 1.0, 0.0]).unwrap();
    assert_eq!(law.atoms(), vec![(1.0, 0.5), (3.0, 0.5)]);
    assert_eq!(law.support(), (1.0, 3.0));
    assert_eq!((law.quantile(0.5), law.quantile(0.500_001)), (1.0, 3.0));
    assert_eq!((law.cdf(0.9), law.cdf(1.0), law.cdf(2.9), law.cdf(3.0)), (0.0, 0.5, 0.5, 1.0));
    assert_eq!((law.survival(0.9), law.survival(1.0), law.survival(3.0)), (1.0, 0.5, 0.0));
    assert_eq!(law.mean(), 2.0);
    assert!(law.is_atomic() && law.pdf(1.0) == 0.0);
    let fixed = Distribution::constant(0.4).unwrap();
    assert_eq!(
        (fixed.cdf(0.39), fixed.cdf(0.4), fixed.survival(0.4), fixed.quantile(0.7)),
        (0.0, 1.0, 0.0, 0.4)
    );
}

#[test]
fn bad_parameters_are_refused_with_what_was_found_and_what_is_allowed() {
    let refused = |law: Result<Distribution, String>, parts: &[&str]| {
        let message = law.unwrap_err();
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    };
    refused(Distribution::constant(f64::NAN), &["NaN", "finite"]);
    refused(Distribution::uniform(1.0, 1.0), &["1 and 1", "below"]);
    refused(Distribution::uniform(f64::NEG_INFINITY, 1.0), &["-inf", "finite"]);
    refused(Distribution::beta(0.0, 1.0), &["a is 0", "greater than 0"]);
    refused(Distribution::beta(1.0, f64::NAN), &["b is NaN"]);
    refused(Distribution::exponential(-1.0), &["-1", "greater than 0"]);
    refused(Distribution::lognormal(0.0, 0.0), &["sigma is 0"]);
    refused(Distribution::lognormal(700.0, 10.0), &["mean"]);
    refused(Distribution::pareto(1.0, 1.0), &["shape is 1", "no mean"]);
    refused(Distribution::pareto(0.0, 2.0), &["scale is 0"]);
    refused(Distribution::discrete(&[], &[]), &["no values"]);
    refused(Distribution::discrete(&[1.0], &[1.0, 2.0]), &["1 values and 2 weights"]);
    refused(Distribution::discrete(&[f64::NAN], &[1.0]), &["NaN"]);
    refused(Distribution::discrete(&[1.0], &[-1.0]), &["-1"]);
    refused(Distribution::discrete(&[1.0, 2.0], &[0.0, 0.0]), &["add up to 0"]);
}
