//! Odds against enumeration of everything that rivals can do.

use super::*;

/// Two groups: two rivals of the first law, one of the second, on three levels; the first may also stay out.
const LEVELS: [f64; 3] = [0.2, 0.5, 0.9];
const FIRST: [f64; 3] = [0.25, 0.4, 0.1];
const SECOND: [f64; 3] = [0.5, 0.0, 0.5];

/// Probability of winning and expected payment per slot at a level, by enumeration of rivals' bids; the lot among `t`
/// tied rivals and oneself for the `free` seats left is won with probability `free/(t + 1)`.
fn enumerated(sale: &SeatSale, level: f64) -> (f64, f64) {
    let options = |law: &[f64; 3]| -> Vec<(f64, f64)> {
        let mut options: Vec<(f64, f64)> = LEVELS.iter().copied().zip(law.iter().copied()).collect();
        options.push((f64::NEG_INFINITY, 1.0 - law.iter().sum::<f64>()));
        options
    };
    let (mut win, mut payment) = (0.0, 0.0);
    for &(a, p) in &options(&FIRST) {
        for &(b, q) in &options(&FIRST) {
            for &(c, r) in &options(&SECOND) {
                let mut bids = [a, b, c];
                bids.sort_by(|x, y| y.total_cmp(x));
                let above = bids.iter().filter(|&&bid| bid > level).count();
                let tied = bids.iter().filter(|&&bid| bid == level).count();
                let free = sale.seats.saturating_sub(above) as f64;
                let chance = (free / (tied + 1) as f64).min(1.0) * p * q * r;
                // A winner displaces the k-th highest rival, if there are so many.
                let losing = bids.get(sale.seats - 1).map_or(sale.reserve, |&bid| bid.max(sale.reserve));
                win += chance;
                payment += chance * if sale.pays_own_bid { level } else { losing };
            }
        }
    }
    (win, payment)
}

#[test]
fn odds_are_those_of_enumeration() {
    let rivals = [Rivals { count: 2, law: &FIRST }, Rivals { count: 1, law: &SECOND }];
    let mut odds = Odds::new(3, 3);
    for seats in 1..=4 {
        for pays_own_bid in [true, false] {
            let sale = SeatSale { seats, reserve: 0.1, pays_own_bid, slots: 1.0, prize: 1.0 };
            sale.odds(&LEVELS, &rivals, &mut odds);
            for (at, &level) in LEVELS.iter().enumerate() {
                let (win, payment) = enumerated(&sale, level);
                assert!((odds.win[at] - win).abs() < 1e-14, "{sale:?} at {level}: {} {win}", odds.win[at]);
                assert!((odds.payment[at] - payment).abs() < 1e-14, "{sale:?} at {level}");
            }
        }
    }
}

#[test]
fn nobody_else_means_the_reserve() {
    let sale = SeatSale { seats: 1, reserve: 0.2, pays_own_bid: false, slots: 1.0, prize: 1.0 };
    let mut odds = Odds::new(3, 0);
    sale.odds(&LEVELS, &[Rivals { count: 0, law: &FIRST }], &mut odds);
    assert_eq!(odds.win, [1.0; 3]);
    assert_eq!(odds.payment, [0.2; 3]);
}
