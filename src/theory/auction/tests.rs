use super::*;
use crate::draws::{Key, Purpose, Who};
use crate::theory::reserve::myerson_reserve;

/// `got` rounds to `want`, which is printed with the digits of `half_unit`.
fn close(got: f64, want: f64, half_unit: f64) {
    assert!((got - want).abs() <= half_unit * 1.000_001, "{got} is not {want}");
}

fn unit_interval(n: u32, k: u32) -> Auction {
    Auction::new(Distribution::uniform(0.0, 1.0).unwrap(), n, k)
}

#[test]
fn one_unit_with_uniform_values() {
    for (n, revenue, sd_first, sd_second, with_reserve, none, b75, b1) in [
        (2, 0.33333, 0.11785, 0.23570, 0.41667, 0.25, 0.54167, 0.62500),
        (3, 0.50000, 0.12910, 0.22361, 0.53125, 0.125, 0.57407, 0.70833),
        (5, 0.66667, 0.11269, 0.17817, 0.67188, 0.03125, 0.61975, 0.80625),
        (10, 0.81818, 0.07469, 0.11134, 0.81827, 0.00098, 0.67630, 0.90010),
    ] {
        let open = unit_interval(n, 1);
        close(open.expected_revenue(), revenue, 5e-6);
        close(open.pay_as_bid_revenue_sd().unwrap(), sd_first, 5e-6);
        close(open.uniform_price_revenue_sd(), sd_second, 5e-6);
        let reserved = unit_interval(n, 1).with_reserve(0.5);
        close(reserved.expected_revenue(), with_reserve, 5e-6);
        close(reserved.no_sale_probability(), none, 5e-6);
        close(reserved.pay_as_bid(0.75).unwrap(), b75, 5e-6);
        close(reserved.pay_as_bid(1.0).unwrap(), b1, 5e-6);
        close(reserved.pay_as_bid(0.5).unwrap(), 0.5, 1e-12);
        assert_eq!(reserved.pay_as_bid(0.49), None);
        let m = f64::from(n);
        close(open.pay_as_bid(0.6).unwrap(), 0.6 * (m - 1.0) / m, 1e-12);
        close(open.expected_surplus(), 1.0 / (m * (m + 1.0)), 1e-12);
    }
    // With twenty bidders no experiment can tell the best reserve from its neighbours.
    let gain = |r: f64| unit_interval(20, 1).with_reserve(r).expected_revenue();
    close(gain(0.5) - gain(0.49), 3e-9, 5e-10);
}

#[test]
fn several_units_with_uniform_values() {
    for (n, k, bids, price, revenue, sd_disc, sd_unif, with_reserve) in [
        (5, 1, [0.20000, 0.40000, 0.60000, 0.80000], 0.66667, 0.66667, 0.113, 0.178, 0.67188),
        (5, 3, [0.15821, 0.29091, 0.37778, 0.40000], 0.33333, 1.00000, 0.154, 0.535, 1.20312),
        (10, 1, [0.22500, 0.45000, 0.67500, 0.90000], 0.81818, 0.81818, 0.075, 0.111, 0.81827),
        (10, 3, [0.21676, 0.42609, 0.61250, 0.70000], 0.63636, 1.90909, 0.164, 0.417, 1.91744),
        (10, 5, [0.20160, 0.37695, 0.48465, 0.50000], 0.45455, 2.27273, 0.190, 0.719, 2.38636),
    ] {
        let auction = unit_interval(n, k);
        for (v, bid) in [0.25, 0.5, 0.75, 1.0].into_iter().zip(bids) {
            close(auction.pay_as_bid(v).unwrap(), bid, 5e-6);
        }
        close(auction.expected_price(), price, 5e-6);
        close(auction.expected_revenue(), revenue, 5e-6);
        close(auction.pay_as_bid_revenue_sd().unwrap(), sd_disc, 5e-4);
        close(auction.uniform_price_revenue_sd(), sd_unif, 5e-4);
        // Exact: k times the deviation of the beta law with parameters n − k and k + 1.
        let (a, b) = (f64::from(n - k), f64::from(k + 1));
        let exact = f64::from(k) * (a * b / ((a + b) * (a + b) * (a + b + 1.0))).sqrt();
        close(auction.uniform_price_revenue_sd(), exact, 1e-9);
        // The digits end in a 5 that may be rounded either way (1.203125).
        close(auction.clone().with_reserve(0.5).expected_revenue(), with_reserve, 5e-6);
    }
    for (n, k) in [(2, 3), (2, 5), (3, 3), (3, 5), (5, 5)] {
        let auction = unit_interval(n, k);
        assert_eq!((auction.expected_price(), auction.expected_revenue()), (0.0, 0.0));
        assert_eq!(auction.pay_as_bid(0.7), Some(0.0));
        close(auction.with_reserve(0.5).expected_revenue(), f64::from(n) / 4.0, 1e-12);
    }
}

#[test]
fn revenue_under_other_laws() {
    let e = |rate| Distribution::exponential(rate).unwrap();
    let l = |mu, sigma| Distribution::lognormal(mu, sigma).unwrap();
    for (law, rows) in [
        (e(1.0), [(0.50000, 0.66809), (0.83333, 0.91723), (1.28333, 1.30713), (1.92897, 1.93038)]),
        (l(0.0, 1.0), [(0.79056, 0.95126), (1.25185, 1.32566), (1.92348, 1.94285), (3.04158, 3.04260)]),
        (
            l(ln(0.05), 1.17741),
            [(0.04051, 0.05269), (0.06828, 0.07514), (0.11176, 0.11429), (0.18979, 0.19007)],
        ),
    ] {
        let best = myerson_reserve(&law, 0.0);
        for (n, (open, reserved)) in [2, 3, 5, 10].into_iter().zip(rows) {
            let auction = Auction::new(law.clone(), n, 1);
            close(auction.expected_revenue(), open, 5e-6);
            close(auction.with_reserve(best).expected_revenue(), reserved, 5e-6);
        }
    }
}

fn families() -> Vec<Distribution> {
    vec![
        Distribution::uniform(0.4, 1.0).unwrap(),
        Distribution::beta(2.0, 5.0).unwrap(),
        Distribution::beta(0.5, 0.7).unwrap(),
        Distribution::exponential(2.0).unwrap(),
        Distribution::lognormal(-1.0, 1.2).unwrap(),
        Distribution::pareto(0.5, 2.5).unwrap(),
    ]
}

#[test]
fn no_other_bid_pays_more() {
    for law in families() {
        for (n, k, u) in [(2, 1, 0.0), (6, 1, 0.0), (5, 3, 0.3), (12, 4, 0.6)] {
            let reserve = if u == 0.0 { 0.0 } else { law.quantile(u) };
            let auction = Auction::new(law.clone(), n, k).with_reserve(reserve);
            for v in [0.35, 0.65, 0.9, 0.99] {
                let v = law.quantile(v);
                if let Some(gain) = auction.deviation_gain(v) {
                    assert!(gain < 1e-9 * v, "{law:?} {n} {k} {v} {gain}");
                }
            }
        }
    }
}

#[test]
fn pay_as_bid_and_uniform_price_earn_the_same() {
    // E[revenue] = n ∫ b(v) G(v) dF(v), with the bids integrated afresh.
    for law in families() {
        for (n, k, u) in [(3, 1, 0.4), (5, 2, 0.0)] {
            let reserve = if u == 0.0 { 0.0 } else { law.quantile(u) };
            let auction = Auction::new(law.clone(), n, k).with_reserve(reserve);
            let paid = |w: f64| {
                let v = law.quantile(w);
                auction.pay_as_bid(v).unwrap_or(0.0) * auction.win_probability(v)
            };
            let total = f64::from(n) * integrate(paid, law.cdf(reserve), 1.0);
            assert!((total / auction.expected_revenue() - 1.0).abs() < 1e-7, "{law:?} {total} {auction:?}");
        }
    }
}

#[test]
fn revenue_and_spread_agree_with_draws() {
    let stream = Key::new(3, 0, 0).stream(Purpose::Signal, Who::member("auction", 0));
    let mut laws = families();
    laws.push(Distribution::discrete(&[0.2, 0.5, 0.9], &[2.0, 1.0, 1.0]).unwrap());
    for law in laws {
        for (n, k, r) in [(4_u32, 1_u32, 0.0), (5, 2, 0.5), (3, 4, 0.5)] {
            let auction = Auction::new(law.clone(), n, k).with_reserve(r);
            let rounds = 100_000;
            let (mut sum, mut square, mut fourth, mut surplus) = (0.0, 0.0, 0.0, 0.0);
            for round in 0..rounds {
                let mut values: Vec<f64> = (0..n).map(|i| law.quantile(stream.uniform(round, i))).collect();
                values.sort_by(|a, b| b.total_cmp(a));
                let sold = values.iter().filter(|&&v| v >= r).count().min(k as usize);
                let price = values.get(k as usize).copied().unwrap_or(0.0).max(r);
                let revenue = price * sold as f64;
                surplus += values[..sold].iter().sum::<f64>() - revenue;
                sum += revenue;
                square += revenue * revenue;
                fourth += revenue * revenue * revenue * revenue;
            }
            let m = f64::from(rounds);
            let (mean, second, fourth) = (sum / m, square / m, fourth / m);
            let sd = (second - mean * mean).sqrt();
            assert!(
                (mean - auction.expected_revenue()).abs() < 4.0 * sd / m.sqrt() + 1e-12,
                "{auction:?} {mean}"
            );
            let heavy = matches!(law, Distribution::Pareto { .. } | Distribution::Lognormal { .. });
            if !heavy {
                let error = ((fourth - second * second) / m).sqrt() / (2.0 * sd.max(1e-9)) + 1e-3 * sd;
                assert!(
                    (sd - auction.uniform_price_revenue_sd()).abs() < 4.0 * error + 1e-7,
                    "{auction:?} {sd}"
                );
                let each = surplus / m / f64::from(n);
                assert!((each - auction.expected_surplus()).abs() < 0.01 * each, "{auction:?} {each}");
            }
        }
    }
}

#[test]
fn spread_of_pay_as_bid_revenue_agrees_with_draws() {
    let stream = Key::new(4, 0, 0).stream(Purpose::Signal, Who::member("auction", 1));
    for (law, n, k, r) in [
        (Distribution::exponential(1.0).unwrap(), 4_u32, 2_usize, 0.0),
        (Distribution::beta(2.0, 3.0).unwrap(), 5, 3, 0.35),
        (Distribution::uniform(0.0, 1.0).unwrap(), 3, 3, 0.5),
    ] {
        let auction = Auction::new(law.clone(), n, k as u32).with_reserve(r);
        // Bids from a fine table: an integral for each draw would take long.
        let table: Vec<f64> = (0..2000)
            .map(|i| auction.pay_as_bid(law.quantile((f64::from(i) + 0.5) / 2000.0)).unwrap_or(0.0))
            .collect();
        let rounds = 40_000;
        let (mut sum, mut square) = (0.0, 0.0);
        for round in 0..rounds {
            let mut ranks: Vec<f64> = (0..n).map(|i| stream.uniform(round, i)).collect();
            ranks.sort_by(|a, b| b.total_cmp(a));
            let revenue: f64 = ranks[..k].iter().map(|u| table[(u * 2000.0) as usize]).sum();
            sum += revenue;
            square += revenue * revenue;
        }
        let mean = sum / f64::from(rounds);
        let sd = (square / f64::from(rounds) - mean * mean).sqrt();
        let theory = auction.pay_as_bid_revenue_sd().unwrap();
        assert!((sd / theory - 1.0).abs() < 0.02, "{auction:?} {sd} {theory}");
    }
}

#[test]
fn bids_invert_and_grids_cost_at_most_a_tick() {
    let auction = Auction::new(Distribution::exponential(1.0).unwrap(), 4, 2);
    for v in [0.2, 1.0, 4.0] {
        let b = auction.pay_as_bid(v).unwrap();
        assert!((auction.value_of_bid(b).unwrap() - v).abs() < 1e-7);
    }
    let auction = unit_interval(3, 1);
    for ticks in [10, 20, 40] {
        let grid: Vec<f64> = (0..=ticks).map(|i| f64::from(i) / f64::from(ticks)).collect();
        for v in [0.3, 0.55, 0.8, 1.0] {
            let (bid, payoff) = auction.best_bid_on_grid(v, &grid).unwrap();
            let ideal = auction.pay_as_bid(v).unwrap();
            assert!((bid - ideal).abs() <= 1.0 / f64::from(ticks), "{v} {bid} {ideal}");
            assert!(payoff <= (v - ideal) * auction.win_probability(v) + 1e-12);
        }
    }
    assert_eq!(auction.best_bid_on_grid(0.05, &[0.05, 0.1]), None);
}

#[test]
fn bids_of_unbounded_values_level_off() {
    let auction = Auction::new(Distribution::exponential(1.0).unwrap(), 2, 1);
    for v in [0.01, 1.0, 6.0, 50.0, 1e6] {
        // E[Y | Y < v] for the exponential law.
        let exact = 1.0 - v * exp(-v) / -crate::numerics::exp_m1(-v);
        close(auction.pay_as_bid(v).unwrap(), exact, 1e-10);
    }
    let heavy = Auction::new(Distribution::pareto(1.0, 1.5).unwrap(), 4, 2);
    // The second highest of three: 3 − 2 of them exceed x with probability 3s² − 2s³, s = x^{−1.5}.
    close(heavy.pay_as_bid(1e9).unwrap(), 1.0 + 3.0 / 2.0 - 2.0 / 3.5, 1e-8);
    assert_eq!(heavy.value_of_bid(2.5), None);
    assert_eq!(heavy.best_bid_on_grid(9.0, &[2.5, 4.0]), Some((2.5, 6.5)));
}

#[test]
fn many_bidders_and_tiny_values_stay_sane() {
    let auction = unit_interval(200, 1);
    for v in [0.005, 0.03, 0.5, 1.0] {
        close(auction.pay_as_bid(v).unwrap(), v * 199.0 / 200.0, 1e-9);
    }
    assert_eq!(auction.pay_as_bid(0.0), Some(0.0));
    assert_eq!(Auction::new(Distribution::constant(1.0).unwrap(), 3, 1).expected_revenue(), 1.0);
    assert_eq!(Auction::new(Distribution::constant(1.0).unwrap(), 3, 1).pay_as_bid(1.0), None);
}
