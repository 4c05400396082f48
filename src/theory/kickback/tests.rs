use super::*;
use crate::numerics::{lambert_w0, maximise};

fn close(got: f64, want: f64, half_unit: f64) {
    assert!((got - want).abs() <= half_unit * 1.000_001, "{got} is not {want}");
}

fn solve(n: usize, mu: f64, outside: Option<f64>) -> Equilibrium {
    let solved = Market::symmetric(n, 1.0, mu, outside).unwrap().equilibrium();
    assert!(solved.residual < 1e-12, "{solved:?}");
    solved
}

#[test]
fn equal_candidates() {
    for (n, mu, closed, zero, one) in [
        (2, 0.05, 0.90000, (0.90000, 0.5, 0.0), (0.93866, 0.18484, 0.63032)),
        (2, 0.10, 0.80000, (0.80003, 0.49992, 0.00017), (0.87732, 0.18484, 0.63032)),
        (2, 0.25, 0.50000, (0.52707, 0.47138, 0.05725), (0.69331, 0.18484, 0.63032)),
        (3, 0.10, 0.85000, (0.85001, 0.33331, 0.00007), (0.88108, 0.15912, 0.52264)),
        (3, 0.25, 0.62500, (0.62984, 0.32462, 0.02614), (0.70269, 0.15912, 0.52264)),
        (5, 0.10, 0.87500, (0.87500, 0.19999, 0.00003), (0.88597, 0.12304, 0.38482)),
        (5, 0.25, 0.68750, (0.68848, 0.19748, 0.01258), (0.71493, 0.12304, 0.38482)),
        (10, 0.10, 0.88889, (0.88889, 0.1, 0.00001), (0.89164, 0.07719, 0.22812)),
        (10, 0.25, 0.72222, (0.72239, 0.09945, 0.00553), (0.72909, 0.07719, 0.22812)),
    ] {
        close(solve(n, mu, None).kickback[0], closed, 5e-6);
        for (outside, (x, q, out)) in [(0.0, zero), (1.0, one)] {
            let solved = solve(n, mu, Some(outside));
            close(solved.kickback[n - 1], x, 5e-6);
            close(solved.share[0], q, 5e-6);
            close(solved.outside_share, out, 5e-6);
        }
    }
    for (mu, x, q, out) in [(0.10, 0.19527, 0.87574, 0.12426), (0.25, 0.19801, 0.68827, 0.31173)] {
        let solved = solve(1, mu, Some(0.0));
        close(solved.kickback[0], x, 5e-6);
        close(solved.share[0], q, 5e-6);
        close(solved.outside_share, out, 5e-6);
        let w = lambert_w0(exp(1.0 / mu - 1.0));
        close(1.0 - solved.kickback[0], mu * (1.0 + w), 1e-12);
        close(solved.share[0], w / (1.0 + w), 1e-12);
    }
}

#[test]
fn the_published_duopoly_in_kickbacks() {
    let market = Market::symmetric(2, 1.0, 0.25, Some(0.0)).unwrap();
    let play = market.equilibrium();
    close(play.kickback[0], 0.527_073, 5e-7);
    close(play.share[0], 1.0 - 0.25 / 0.472_927, 1e-6);
    close(play.outside_share, 0.05725, 5e-6);
    let cartel = market.joint_maximum();
    close(cartel.kickback[0], 0.075_019, 5e-7);
    assert!(cartel.residual < 1e-12);
    // With three candidates the cartel pays nothing, with four it would charge delegators.
    close(Market::symmetric(3, 1.0, 0.25, Some(0.0)).unwrap().joint_maximum().kickback[0], 0.0, 5e-7);
    let four = Market::symmetric(4, 1.0, 0.25, Some(0.0)).unwrap();
    assert_eq!(four.joint_maximum().kickback[0], 0.0);
    close(Market { floor: f64::NEG_INFINITY, ..four }.joint_maximum().kickback[0], -0.054, 5e-4);
    // A rent of 2 and an outside utility of 1 shift kickbacks by one.
    let shifted = Market::symmetric(4, 2.0, 0.25, Some(1.0)).unwrap();
    close(shifted.joint_maximum().kickback[0], 0.946, 5e-4);
    close(shifted.equilibrium().kickback[0] - 1.0, solve(4, 0.25, Some(0.0)).kickback[0], 1e-12);
}

#[test]
fn unequal_costs() {
    type Each = &'static [f64];
    let rows: [(Each, f64, Each, Each, f64); 3] = [
        (&[0.0, 0.1, 0.2], 0.10, &[0.79566, 0.75128, 0.68070], &[0.51063, 0.32761, 0.16176], 0.76252),
        (&[0.0, 0.1, 0.2], 0.02, &[0.90224, 0.87491, 0.77996], &[0.79541, 0.20283, 0.00176], 0.89648),
        (
            &[0.0, 0.05, 0.1, 0.3],
            0.10,
            &[0.82955, 0.80336, 0.77035, 0.59584],
            &[0.41332, 0.31808, 0.22867, 0.03993],
            0.79835,
        ),
    ];
    for (costs, mu, xs, qs, income) in rows {
        let rents: Vec<f64> = costs.iter().map(|c| 1.0 - c).collect();
        let solved = Market::new(rents.clone(), mu, None).unwrap().equilibrium();
        for i in 0..costs.len() {
            close(solved.kickback[i], xs[i], 5e-6);
            close(solved.share[i], qs[i], 5e-6);
        }
        close(solved.delegator_income(), income, 5e-6);
        assert!(solved.residual < 1e-12);
        let limit = Market::new(rents.clone(), 0.0005, None).unwrap().equilibrium();
        close(limit.delegator_income(), bertrand_income(&rents), 3e-3);
    }
    close(bertrand_income(&[1.0, 0.9, 0.8]), 0.9, 1e-15);
}

#[test]
fn nobody_gains_by_another_kickback() {
    for outside in [None, Some(0.0), Some(0.6), Some(-2.0)] {
        for mu in [0.02, 0.1, 0.4, 3.0] {
            let market = Market::new(vec![1.0, 0.7, 1.3, 0.2], mu, outside).unwrap();
            let solved = market.equilibrium();
            let total: f64 = solved.share.iter().sum::<f64>() + solved.outside_share;
            close(total, 1.0, 1e-12);
            for i in 0..4 {
                let payoff = |x: f64| {
                    let mut xs = solved.kickback.clone();
                    xs[i] = x;
                    market.profit(i, &xs)
                };
                let (_, most) = maximise(payoff, 0.0, market.rents[i], 1000);
                assert!(most - payoff(solved.kickback[i]) < 1e-12, "{market:?} {i} {solved:?}");
            }
            let joint = |xs: &[f64]| (0..4).map(|i| market.profit(i, xs)).sum::<f64>();
            let cartel = market.joint_maximum();
            for i in 0..4 {
                let alone = |x: f64| {
                    let mut xs = cartel.kickback.clone();
                    xs[i] = x;
                    joint(&xs)
                };
                let (_, most) = maximise(alone, 0.0, 1.3, 1000);
                assert!(most - joint(&cartel.kickback) < 1e-12, "{market:?} {i} {cartel:?}");
            }
        }
    }
}

#[test]
fn any_number_of_candidates_and_faint_tastes() {
    for n in [1_usize, 2, 3, 20, 200] {
        for mu in [0.005, 0.05, 0.5, 5.0] {
            for outside in [None, Some(0.0), Some(0.9), Some(3.0)] {
                for spread in [0.0, 0.3, 0.9] {
                    let rents = (0..n).map(|i| 1.0 - spread * i as f64 / n as f64).collect();
                    let market = Market::new(rents, mu, outside).unwrap();
                    let solved = market.equilibrium();
                    let total: f64 = solved.share.iter().sum::<f64>() + solved.outside_share;
                    assert!(
                        (total - 1.0).abs() < 1e-12 && solved.residual < 1e-9,
                        "{n} {mu} {outside:?} {spread} {solved:?}"
                    );
                    assert!(solved.kickback.iter().all(|x| (0.0..1.0).contains(x)));
                    assert!(market.joint_maximum().residual < 1e-9, "{n} {mu} {outside:?} {spread}");
                }
            }
        }
    }
    // Too strong tastes: nobody pays.
    assert_eq!(solve(3, 0.7, None).kickback, vec![0.0; 3]);
    // Alone and without alternative: nothing to pay for.
    assert_eq!(solve(1, 0.1, None).kickback, vec![0.0]);
    close(solve(1, 0.1, None).share[0], 1.0, 1e-15);
}

#[test]
fn inertia_scales_margins() {
    close(inertia_factor(0.9, 0.0), 10.0, 1e-12);
    close(inertia_factor(0.9, 1.0), 1.0, 1e-12);
    close(inertia_factor(0.0, 0.3), 1.0, 1e-15);
    let market = Market::symmetric(4, 1.0, 0.05, None).unwrap().with_inertia(0.8, 0.95);
    let factor = (1.0 - 0.95 * 0.8) / 0.2;
    close(market.equilibrium().kickback[0], 1.0 - factor * 0.05 * 4.0 / 3.0, 1e-12);
    // At the solution no small change pays, be it for ever or for one epoch.
    let (rho, delta) = (0.3, 0.9);
    let market = Market::new(vec![1.0, 0.9, 0.8], 0.2, Some(0.2)).unwrap().with_inertia(rho, delta);
    let solved = market.equilibrium();
    assert!(solved.kickback.iter().all(|x| *x > 0.05), "{solved:?}");
    assert!(market.lasting_deviation_gain(&solved).abs() < 1e-12);
    assert!(market.one_epoch_deviation_gain(&solved, rho, delta).abs() < 1e-12);
    let value = |x: f64| {
        // Simulated: x against standing offers for 2000 epochs.
        let mut xs = solved.kickback.clone();
        xs[0] = x;
        let drawn = market.shares(&xs)[0];
        let (mut stake, mut weight, mut sum) = (solved.share[0], 1.0, 0.0);
        for _ in 0..2000 {
            stake = rho * stake + (1.0 - rho) * drawn;
            sum += weight * (1.0 - x) * stake;
            weight *= delta;
        }
        sum
    };
    let (best, _) = maximise(value, 0.0, 1.0, 100);
    close(best, solved.kickback[0], 1e-6);
    // Where tastes are faint, margins are thin and living off the stake that has not left yet pays more.
    let thin = Market::symmetric(4, 1.0, 0.02, None).unwrap().with_inertia(0.8, 0.95);
    let candidate = thin.equilibrium();
    assert!(thin.lasting_deviation_gain(&candidate) > 0.01);
    assert!(thin.one_epoch_deviation_gain(&candidate, 0.8, 0.95) > 0.01);
}

#[test]
fn stake_that_cannot_leave_tempts_to_stop_paying() {
    let free = Market::symmetric(2, 1.0, 0.25, Some(0.0)).unwrap();
    for (rho, holds) in [(0.0, true), (0.5, true), (0.63, true), (0.64, false), (0.9, false), (0.99, false)] {
        // δ = 1: margins are the static ones whatever ρ.
        let market = free.clone().with_inertia(rho, 1.0);
        let solved = market.equilibrium();
        close(solved.kickback[0], 0.527_073, 5e-7);
        assert_eq!(market.is_stationary_equilibrium(&solved, rho, 1.0), holds, "{rho}");
    }
    // By hand at ρ = .9: q = .471377, q(0) = 1/(2 + e^{.527073/.25}) = .097712, W = 9·.472927 = 4.256343.
    let market = free.with_inertia(0.9, 1.0);
    let solved = market.equilibrium();
    let stay = 0.471_377 * (0.472_927 + 4.256_343);
    let stop = (0.9 * 0.471_377 + 0.1 * 0.097_712) * (1.0 + 4.256_343);
    close(market.one_epoch_deviation_gain(&solved, 0.9, 1.0), stop - stay, 2e-5);
    assert!(stop > stay + 0.05);
    // For ever it does not pay: stake leaves in the end, and nothing is discounted.
    close(market.lasting_deviation_gain(&solved), 0.0, 1e-12);
}

#[test]
fn bad_markets_are_refused() {
    assert!(Market::new(vec![], 0.1, None).unwrap_err().contains("at least one"));
    assert!(Market::new(vec![0.0], 0.1, None).unwrap_err().contains('0'));
    assert!(Market::new(vec![1.0], 0.0, None).unwrap_err().contains("is 0"));
    assert!(Market::new(vec![1.0], 0.1, Some(f64::NAN)).unwrap_err().contains("NaN"));
}

/// One equation instead of one for each candidate; the floor binds for the thin rent.
#[test]
fn equals_pay_what_the_market_of_equals_pays() {
    for n in [1_u32, 2, 3, 10] {
        for outside in [None, Some(0.0), Some(0.4), Some(-1.0)] {
            for (rent, mu) in [(1.0, 0.25), (2.0, 0.1), (0.1, 0.25), (1.0, 2.0)] {
                let market = Market::symmetric(n as usize, rent, mu, outside).unwrap();
                let expected = market.equilibrium().kickback[0];
                let found = symmetric_kickback(n, rent, mu, outside);
                assert!((found - expected).abs() < 1e-9, "{n} {rent} {mu} {outside:?}: {found}, {expected}");
            }
        }
    }
}
