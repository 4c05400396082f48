use super::*;
use crate::draws::{Key, Purpose, Who};
use crate::numerics::maximise;

fn close(got: f64, want: f64, half_unit: f64) {
    assert!((got - want).abs() <= half_unit * 1.000_001, "{got} is not {want}");
}

#[test]
fn symmetric_lotteries() {
    for (n, stakes, total, payoff, dissipation) in [
        (2_u32, [8.33333, 5.00, 2.50], 10.0, 0.25, 0.500),
        (3, [7.40741, 4.44444, 2.22222], 13.33333, 0.11111, 0.66667),
        (5, [5.33333, 3.20, 1.60], 16.0, 0.04, 0.800),
        (10, [3.00000, 1.80, 0.90], 18.0, 0.01, 0.900),
    ] {
        for (cost, stake) in [0.03, 0.05, 0.10].into_iter().zip(stakes) {
            let solved = lottery(&vec![1.0; n as usize], &vec![cost; n as usize]).unwrap();
            close(solved.stakes[0], stake, 5e-6);
            close(symmetric_stake(1.0, cost, n, 1.0).unwrap(), stake, 5e-6);
            close(solved.payoffs[0], payoff, 5e-6);
            close(solved.dissipation, dissipation, 5e-6);
            assert_eq!(solved.active, n as usize);
            if cost == 0.05 {
                close(solved.total, total, 5e-6);
            }
        }
    }
    close(free_entry_stake(1.0, 0.05), 20.0, 1e-12);
}

#[test]
fn unequal_lotteries() {
    type Each = &'static [f64];
    let rows: [(Each, usize, [Each; 3], [f64; 3]); 3] = [
        (&[0.04, 0.06], 2, [&[0.6, 0.4], &[6.0, 4.0], &[0.36, 0.16]], [10.0, 0.48, 0.52]),
        (
            &[0.03, 0.04, 0.05],
            3,
            [&[0.5, 0.33333, 0.16667], &[8.33333, 5.55556, 2.77778], &[0.25, 0.11111, 0.02778]],
            [16.66667, 0.61111, 0.38889],
        ),
        (
            &[0.02, 0.04, 0.06, 0.08, 0.10],
            2,
            [
                &[0.66667, 0.33333, 0.0, 0.0, 0.0],
                &[11.11111, 5.55556, 0.0, 0.0, 0.0],
                &[0.44444, 0.11111, 0.0, 0.0, 0.0],
            ],
            [16.66667, 0.44444, 0.55556],
        ),
    ];
    for (costs, active, [shares, stakes, payoffs], [total, dissipation, concentration]) in rows {
        let solved = lottery(&vec![1.0; costs.len()], costs).unwrap();
        assert_eq!(solved.active, active);
        close(solved.total, total, 5e-6);
        for i in 0..costs.len() {
            close(solved.shares[i], shares[i], 5e-6);
            close(solved.stakes[i], stakes[i], 5e-6);
            close(solved.payoffs[i], payoffs[i], 5e-6);
        }
        close(solved.dissipation, dissipation, 5e-6);
        close(solved.concentration, concentration, 5e-6);
    }
}

#[test]
fn nobody_gains_by_another_stake() {
    let rewards = [1.0, 1.4, 0.8, 2.0, 0.5];
    let costs = [0.05, 0.06, 0.02, 0.2, 0.1];
    for tau in [1.0, 0.8, 0.4, 0.1] {
        let solved = power_lottery(&rewards, &costs, tau).unwrap();
        close(solved.shares.iter().sum(), 1.0, 1e-12);
        let weights: f64 = solved.stakes.iter().map(|s| pow(*s, tau)).sum();
        for i in 0..rewards.len() {
            let others = weights - pow(solved.stakes[i], tau);
            let payoff = |s: f64| rewards[i] * pow(s, tau) / (pow(s, tau) + others) - costs[i] * s;
            let (_, most) = maximise(payoff, 0.0, rewards[i] / costs[i], 3000);
            assert!(most - solved.payoffs[i] < 1e-11, "{tau} {i} {most} {solved:?}");
        }
    }
    // Rewards enter only as cost per unit of reward.
    let skilled = lottery(&[2.0, 1.0], &[0.05, 0.05]).unwrap();
    let cheap = lottery(&[1.0, 1.0], &[0.025, 0.05]).unwrap();
    close(skilled.shares[0], cheap.shares[0], 1e-15);
    // Equal contestants meet the symmetric formula.
    let equal = power_lottery(&[1.0; 4], &[0.05; 4], 0.5).unwrap();
    close(equal.stakes[2], symmetric_stake(1.0, 0.05, 4, 0.5).unwrap(), 1e-12);
}

#[test]
fn no_equilibrium_is_said_rather_than_invented() {
    assert!(lottery(&[1.0], &[0.1]).unwrap_err().contains("1 contestants"));
    assert!(lottery(&[1.0, 1.0], &[0.1, 0.0]).unwrap_err().contains('0'));
    assert!(lottery(&[1.0, 1.0], &[0.1]).is_err());
    assert!(power_lottery(&[1.0, 1.0], &[0.1, 0.1], 1.5).unwrap_err().contains("1.5"));
    close(symmetric_stake(1.0, 0.05, 2, 2.0).unwrap(), 10.0, 1e-12);
    assert_eq!(symmetric_stake(1.0, 0.05, 2, 2.01), None);
    assert_eq!(symmetric_stake(1.0, 0.05, 5, 1.3), None);
}

#[test]
fn seats_without_replacement() {
    close(seat_dissipation(5, 3), 0.5222, 5e-5);
    close(seat_dissipation(7, 1), 6.0 / 7.0, 1e-15);
    assert_eq!(seat_dissipation(4, 4), 0.0);
    let shares = slot_shares(&[0.5, 1.0 / 3.0, 1.0 / 6.0], 2);
    for (got, want) in shares.iter().zip([0.425, 0.367, 0.208]) {
        close(*got, want, 5e-4);
    }
    // Drawn one after the other: P(i in two) = p_i + Σ_{j≠i} p_j p_i/(1 − p_j).
    let p: [f64; 4] = [0.1, 0.2, 0.3, 0.4];
    for (i, share) in slot_shares(&p, 2).into_iter().enumerate() {
        let second: f64 = (0..4).filter(|&j| j != i).map(|j| p[j] * p[i] / (1.0 - p[j])).sum();
        close(2.0 * share, p[i] + second, 1e-9);
    }
    assert_eq!(slot_shares(&[1.0, 0.0, 2.0], 2), vec![0.5, 0.0, 0.5]);
    assert_eq!(slot_shares(&[0.0, 0.0], 2), vec![0.0, 0.0]);
    close(slot_shares(&[1.0; 9], 4)[3], 1.0 / 9.0, 1e-10);
    close(slot_shares(&[1.0, 3.0], 1)[1], 0.75, 1e-9);
}

#[test]
fn the_seat_stake_is_a_best_response() {
    for (n, k) in [(5_usize, 3_usize), (6, 2), (4, 3)] {
        let stake = seat_stake(1.0, 0.05, n as u32, k as u32);
        let payoff = |s: f64| {
            let mut stakes = vec![stake; n];
            stakes[0] = s;
            slot_shares(&stakes, k)[0] - 0.05 * s
        };
        let (best, most) = maximise(payoff, 1e-6, 4.0 * stake, 60);
        close(best, stake, 1e-4 * stake);
        assert!(most - payoff(stake) < 1e-9);
    }
}

#[test]
fn unstaking_saves_less_when_stake_is_chosen() {
    for (u, nominal, locked, cost) in
        [(0.0, 18.333, 18.333, 0.9167), (0.5, 23.976, 15.512, 0.7756), (0.9, 31.809, 11.596, 0.5798)]
    {
        let solved = unstaking(1.0, 0.05, 12, 4, u);
        close(solved.nominal, nominal, 5e-4);
        close(solved.locked, locked, 5e-4);
        close(solved.cost, cost, 5e-5);
    }
    // The stake is a best response: reward share p against locked stake (1 − u + u P(p)) s.
    let (n, k, u, r) = (8_u32, 3_u32, 0.7, 0.04);
    let stake = unstaking(1.0, r, n, k, u).nominal / f64::from(n);
    let payoff = |s: f64| {
        let p = s / (s + stake * f64::from(n - 1));
        p - r * s * (1.0 - u + u * (1.0 - pow(1.0 - p, f64::from(k))))
    };
    let (best, _) = maximise(payoff, 0.0, 5.0 * stake, 100);
    close(best, stake, 1e-6 * stake);
}

#[test]
fn stakes_at_risk_in_office_are_best_responses() {
    let (n, k, r, risk) = (6_u32, 2_u32, 0.04, 0.1);
    let stake = stake_at_risk(1.0, r, risk, n, k);
    let payoff = |s: f64| {
        let p = s / (s + stake * f64::from(n - 1));
        p - s * (r + risk * (1.0 - pow(1.0 - p, f64::from(k))))
    };
    let (best, _) = maximise(payoff, 0.0, 5.0 * stake, 100);
    close(best, stake, 1e-6 * stake);
    // Nothing at risk, and everybody at risk all the time.
    close(stake_at_risk(1.0, r, 0.0, n, k), symmetric_stake(1.0, r, n, 1.0).unwrap(), 1e-12);
    close(stake_at_risk(1.0, r, risk, n, 500), symmetric_stake(1.0, r + risk, n, 1.0).unwrap(), 1e-9);
}

#[test]
fn performance_contests() {
    for (n, beta, effort, payoff) in
        [(2, 1.0, 0.25, 0.46875), (5, 1.0, 0.16, 0.1872), (5, 2.0, 0.32, 0.1488), (10, 2.0, 0.18, 0.0838)]
    {
        let solved = logit_effort(1.0, 1.0, n, beta).unwrap();
        close(solved.effort, effort, 5e-6);
        close(solved.payoff, payoff, 5e-6);
    }
    // Beyond moderate β doing nothing pays more: at β = 8 two contestants would spend 2²/2 for half the reward.
    assert_eq!(logit_effort(1.0, 1.0, 2, 8.0), None);
    assert_eq!(logit_effort(1.0, 1.0, 5, 10.0), None);
    close(power_effort(1.0, 1.0, 5, 1.0).unwrap().effort, 0.40, 5e-6);
    // The bound is that of a lottery with exponent γ/2.
    assert!(power_effort(1.0, 1.0, 5, 2.49).is_some());
    assert_eq!(power_effort(1.0, 1.0, 5, 2.51), None);
}

#[test]
fn slot_shares_agree_with_draws() {
    let stream = Key::new(5, 0, 0).stream(Purpose::Leader, Who::MARKET);
    let stakes = [0.5, 4.0, 1.0, 2.0, 1.5];
    let mut won = [0.0; 5];
    let rounds = 100_000;
    for round in 0..rounds {
        let mut clocks: Vec<(f64, usize)> =
            (0..5).map(|i| (-ln(stream.uniform(round, i as u32)) / stakes[i], i)).collect();
        clocks.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, i) in &clocks[..3] {
            won[*i] += 1.0 / 3.0 / f64::from(rounds);
        }
    }
    for (got, want) in won.iter().zip(slot_shares(&stakes, 3)) {
        assert!((got - want).abs() < 4.0 * 0.5 / 3.0 / f64::from(rounds).sqrt(), "{got} {want}");
    }
}

/// Where somebody has less than it would stake. Two with `R = 1` at `r = .1` would stake 2.5 each and stake all of the 1 that they have. Beside
/// one who has 1, the other stakes its best reply `√(R s/r) − s = √10 − 1`. With the exponent ½, what is not held back solves its first-order
/// condition, and who is held back would stake more; nobody with nothing to win, or to stake, takes part.
#[test]
fn lotteries_among_those_who_have_little() {
    let solved = lottery_within(&[1.0; 2], &[0.1; 2], &[1.0; 2], 1.0).unwrap();
    close(solved.stakes[0], 1.0, 1e-12);
    close(solved.payoffs[1], 0.4, 1e-12);
    let solved = lottery_within(&[1.0; 2], &[0.1; 2], &[1.0, f64::INFINITY], 1.0).unwrap();
    close(solved.stakes[0], 1.0, 1e-9);
    close(solved.stakes[1], 10_f64.sqrt() - 1.0, 1e-9);
    let open = [f64::INFINITY; 3];
    let (rewards, costs) = ([1.0, 0.7, 0.9], [0.05, 0.05, 0.1]);
    for tau in [1.0, 0.5] {
        let free = power_lottery(&rewards, &costs, tau).unwrap();
        assert_eq!(lottery_within(&rewards, &costs, &open, tau).unwrap(), free);
        let limits = [0.5 * free.stakes[0], f64::INFINITY, 100.0];
        let solved = lottery_within(&rewards, &costs, &limits, tau).unwrap();
        let payoff = |i: usize, own: f64| {
            let weight = |j: usize| pow(if i == j { own } else { solved.stakes[j] }, tau);
            rewards[i] * weight(i) / (0..3).map(weight).sum::<f64>() - costs[i] * own
        };
        for (i, &limit) in limits.iter().enumerate() {
            let best = maximise(|s| payoff(i, s), 0.0, limit.min(20.0), 40).0;
            close(solved.stakes[i], best, 1e-5);
        }
        close(solved.stakes[0], limits[0], 1e-9);
        close(solved.shares.iter().sum::<f64>(), 1.0, 1e-9);
    }
    let two = lottery_within(&[0.0, 1.0, 1.0, 1.0], &[0.1; 4], &[9.0, 9.0, 0.0, 9.0], 1.0).unwrap();
    assert_eq!((two.stakes[0], two.stakes[2], two.active), (0.0, 0.0, 2));
    close(two.stakes[1], 2.5, 1e-12);
    assert!(lottery_within(&[1.0, 1.0], &[0.1; 2], &[1.0, 0.0], 1.0).is_err());
}
