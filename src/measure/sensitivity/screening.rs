//! Elementary effects: which inputs move the output at all.
//!
//! Along a trajectory each input is moved once; its *elementary effect* is the change of the output over the size of the step,
//! that is, the change along its whole range if the output were linear. Over trajectories `μ` is their mean, `μ*` the mean of
//! their absolute values, which does not cancel where effects change sign (Campolongo, Cariboni and Saltelli 2007,
//! Environmental Modelling & Software 22, pp. 1509–1518, equation 3), `σ` their standard deviation: interactions and curvature.
//!
//! The output is noisy: an effect that is measured under one luck is the expected effect at that place, and noise, of which `|·|`
//! never averages out. So each trajectory is run under two lucks, and with `e`, `e′` the two effects at a place, `E[e e′]` is the mean
//! square of *expected* effects, whatever the noise, and the covariance of `e` and `e′` their variance `σ²`. An input whose `E[e e′]` is
//! not distinguishable from zero is not shown to move the expectation anywhere. `μ*` is of the mean of the two, and may
//! therefore be positive for such an input.

use super::Interval;
use super::bootstrap;
use crate::measure::statistics::Moments;

/// Effects of one input under two lucks, by trajectory.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// The two effects.
    pub pairs: Vec<[f64; 2]>,
}

/// What is said of an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screened {
    /// Mean effect.
    pub mu: Interval,
    /// Mean absolute effect.
    pub mu_star: Interval,
    /// Standard deviation of expected effects over places; 0 where noise explains all.
    pub sigma: f64,
    /// Mean square of expected effects.
    pub square: Interval,
}

impl Effects {
    /// What they say; `None` of less than two trajectories.
    pub fn screen(&self, seed: u64) -> Option<Screened> {
        if self.pairs.len() < 2 {
            return None;
        }
        let means: Vec<f64> = self.pairs.iter().map(|[e, f]| f64::midpoint(*e, *f)).collect();
        let sizes: Vec<f64> = means.iter().map(|e| e.abs()).collect();
        let products: Vec<f64> = self.pairs.iter().map(|[e, f]| e * f).collect();
        let found = bootstrap::intervals(&[means, sizes, products].map(|c| (c, None)), seed);
        let moments = |side: usize| self.pairs.iter().map(|pair| pair[side]).collect::<Moments>();
        let (first, second) = (moments(0), moments(1));
        let n = self.pairs.len() as f64;
        let covariance = (found[2].value - first.mean() * second.mean()) * n / (n - 1.0);
        // A mean of absolute values.
        let mu_star = Interval { low: found[1].low.max(0.0), ..found[1] };
        Some(Screened { mu: found[0], mu_star, sigma: covariance.max(0.0).sqrt(), square: found[2] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};
    use crate::measure::sensitivity::positions::trajectory;
    use crate::numerics::normal_quantile;

    fn effects(f: impl Fn(&[f64], u32) -> f64, inputs: usize, trajectories: u32) -> Vec<Effects> {
        let mut found = vec![Effects::default(); inputs];
        for number in 0..trajectories {
            let t = trajectory(9, number, inputs, 4);
            for (k, (input, size)) in t.steps.iter().enumerate() {
                let effect = |luck: u32| {
                    (f(&t.points[k + 1], 2 * number + luck) - f(&t.points[k], 2 * number + luck)) / size
                };
                found[*input].pairs.push([effect(0), effect(1)]);
            }
        }
        found
    }

    #[test]
    fn effects_of_a_linear_function_are_its_slopes() {
        let found = effects(|x, _| 2.0 * x[0] - 3.0 * x[1] + 0.0 * x[2], 3, 10);
        let say = |i: usize| found[i].screen(1).unwrap();
        for (i, mu) in [(0, 2.0), (1, -3.0), (2, 0.0)] {
            let s = say(i);
            assert!((s.mu.value - mu).abs() < 1e-12 && (s.mu_star.value - f64::abs(mu)).abs() < 1e-12);
            assert!(s.sigma < 1e-7, "{}", s.sigma);
            assert_eq!(s.square.is_distinguishable(), mu != 0.0);
        }
    }

    #[test]
    fn effects_that_cancel_show_in_the_absolute_mean() {
        // |x − ½| goes down, then up: steps of ⅔ lead from 0 to ⅔ and from ⅓ to 1, by ∓⅓.
        let found = effects(|x, _| (x[0] - 0.5).abs(), 1, 200);
        let s = found[0].screen(1).unwrap();
        assert!((s.mu_star.value - 0.5).abs() < 1e-9 && s.mu.value.abs() < 0.1 && s.sigma > 0.45);
    }

    #[test]
    fn noise_that_an_input_only_stirs_is_not_taken_for_an_effect() {
        // The second input changes which noise is met, but no expectation.
        let noise = |x: &[f64], luck: u32| {
            let place = (x[1] * 3.0).round() as u32;
            normal_quantile(Key::new(4, luck, place).stream(Purpose::Resample, Who::MARKET).uniform(0, 0))
        };
        let found = effects(|x, luck| 2.0 * x[0] + noise(x, luck), 2, 400);
        let (moving, idle) = (found[0].screen(1).unwrap(), found[1].screen(1).unwrap());
        assert!(moving.square.is_distinguishable() && (moving.mu.value - 2.0).abs() < 0.01);
        assert!(!idle.square.is_distinguishable(), "{idle:?}");
        assert!(idle.mu_star.value > 0.5);
    }
}
