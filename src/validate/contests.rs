//! Stake as a contest for the reward (theory: [`crate::theory::contest`]), learned by stakers on a menu of stakes.

use super::games::contest::{Contest, Cost, Selection};
use super::games::stage::{Known, Lesson, deviation_gain, study};
use super::sample::Sample;
use super::{Finding, Standard, Study};
use crate::draws::Purpose;
use crate::learning::LearnerSpec;
use crate::numerics::{ln, pow};
use crate::theory::contest::{
    Lottery, free_entry_stake, lottery, power_lottery, seat_dissipation, seat_stake, slot_shares,
    symmetric_stake, unstaking,
};

const TULLOCK: &str = "Tullock 1980; Corchon 2007, section 2";
const UNEQUAL: &str = "Corchon 2007; Bahrani, Garimidi and Roughgarden 2024 (arXiv 2401.12120)";
const POWER: &str = "Tullock 1980; Cornes and Hartley 2005";
const SEATS: &str = "derived: first-order condition of a draw without replacement";
const UNSTAKING: &str = "derived: first-order condition with stake withdrawn while inactive";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for n in [2, 3, 5, 10] {
        for (cost, label) in [(0.03, ".03"), (0.05, ".05"), (0.10, ".10")] {
            let name = format!("contest/stake/n={n}/r={label}");
            studies.extend(equal(&name, n, cost, 1.0));
        }
    }
    let rows: [(&str, &[f64]); 3] = [
        (".04-.06", &[0.04, 0.06]),
        (".03-.04-.05", &[0.03, 0.04, 0.05]),
        (".02-.04-.06-.08-.10", &[0.02, 0.04, 0.06, 0.08, 0.10]),
    ];
    for (label, costs) in rows {
        let name = format!("contest/stake/unequal-costs/r={label}");
        if let Ok(solved) = lottery(&vec![1.0; costs.len()], costs) {
            let contest = Contest::unequal(vec![1.0; costs.len()], costs.to_vec());
            studies.push(learned(&name, UNEQUAL, contest, &solved));
        }
    }
    let (rewards, costs) = ([1.0, 1.5, 2.0], [0.05; 3]);
    if let Ok(solved) = lottery(&rewards, &costs) {
        let contest = Contest::unequal(rewards.to_vec(), costs.to_vec());
        studies.push(learned("contest/stake/unequal-rewards/R=1-1.5-2", UNEQUAL, contest, &solved));
    }
    for (tau, label) in [(0.5, ".5"), (1.2, "1.2")] {
        studies.extend(equal(&format!("contest/power={label}/n=3/r=.05"), 3, 0.05, tau));
    }
    if let Ok(solved) = power_lottery(&[1.0, 1.0], &[0.03, 0.05], 0.5) {
        let contest =
            Contest { selection: Selection::Power(0.5), ..Contest::unequal(vec![1.0; 2], vec![0.03, 0.05]) };
        studies.push(learned("contest/power=.5/unequal-costs/r=.03-.05", POWER, contest, &solved));
    }
    for (tau, label, n) in [(1.4, "1.4", 3), (1.6, "1.6", 3), (1.8, "1.8", 2), (2.2, "2.2", 2)] {
        studies.push(existence(&format!("contest/power={label}/n={n}"), n, tau));
    }
    studies.extend([seats(5, 3), seats(10, 4), seats_for_all(), slot_draws(true), slot_draws(false)]);
    for (u, label) in [(0.0, "0"), (0.5, ".5"), (0.9, ".9")] {
        studies.push(unstaked(u, label));
        studies.push(fixed_stake(u, label));
    }
    studies.push(free_entry());
    studies
}

/// Stakes, shares and payoffs by class, then total, locked total and dissipation: the outcome of a [`Contest`].
fn known(
    stakes: &[f64],
    shares: &[f64],
    payoffs: &[f64],
    total: f64,
    locked: f64,
    dissipation: f64,
) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    for (what, values, unit) in
        [("stake", stakes, "ETH"), ("share", shares, "share"), ("payoff", payoffs, "ETH")]
    {
        if what == "share" && values.len() == 1 {
            continue;
        }
        for (i, x) in values.iter().enumerate() {
            let name = if values.len() == 1 { what.to_owned() } else { format!("{what}/staker={}", i + 1) };
            known.push((name, *x, unit));
        }
    }
    known.push(("total-stake".into(), total, "ETH"));
    known.push(("locked-stake".into(), locked, "ETH"));
    known.push(("dissipation".into(), dissipation, "share of the reward"));
    known
}

/// Equal stakers with selection in proportion to `s^τ`.
fn equal(name: &str, n: u32, cost: f64, tau: f64) -> Option<Study> {
    let stake = symmetric_stake(1.0, cost, n, tau)?;
    let m = f64::from(n);
    let contest = Contest { selection: Selection::Power(tau), ..Contest::lottery(1.0, cost, n as usize) };
    let payoff = 1.0 / m - cost * stake;
    let total = m * stake;
    let known = known(&[stake], &[1.0 / m], &[payoff], total, total, cost * total);
    let source = if tau == 1.0 { TULLOCK } else { POWER };
    Some(study(name, source, contest, Lesson::up_to(2.3 * stake), &vec![stake; n as usize], known))
}

/// Unequal stakers.
fn learned(name: &str, source: &'static str, contest: Contest, solved: &Lottery) -> Study {
    let Lottery { stakes, shares, payoffs, total, dissipation, .. } = solved;
    let most = stakes.iter().copied().fold(0.0, f64::max);
    let known = known(stakes, shares, payoffs, *total, *total, *dissipation);
    // Who is at the margin hardly minds a little stake: that takes long, or a steep rule, to unlearn.
    let learner = LearnerSpec::Hedge { learning_rate: 100.0 };
    let lesson = Lesson { batches: 3000, learner, ..Lesson::up_to(1.53 * most) };
    study(name, source, contest, lesson, stakes, known).taking(5.0, 1.0)
}

/// Whether the candidate of the first-order condition survives every deviation, as theory says it does up to
/// `τ = n/(n − 1)`.
fn existence(name: &str, n: u32, tau: f64) -> Study {
    let says = symmetric_stake(1.0, 0.05, n, tau).is_some();
    let work = move |draws: &super::Draws| {
        let m = f64::from(n);
        let candidate = tau * (m - 1.0) / (m * m * 0.05);
        let contest = Contest { selection: Selection::Power(tau), ..Contest::lottery(1.0, 0.05, n as usize) };
        let profile = vec![candidate; n as usize];
        let gain = deviation_gain(&contest, 0, &profile, 20.0, &mut draws.luck(Purpose::Play, "none", 0));
        vec![Finding::truth(gain < 1e-9)]
    };
    Study::of(name, work).case(
        "symmetric-equilibrium-exists",
        f64::from(u8::from(says)),
        "yes is 1",
        Standard::Computed(0.0),
        POWER,
    )
}

/// `k` seats drawn without replacement.
fn seats(n: u32, k: u32) -> Study {
    let (cost, m) = (0.05, f64::from(n));
    let stake = seat_stake(1.0, cost, n, k);
    let dissipation = seat_dissipation(n, k);
    let contest =
        Contest { selection: Selection::Seats(k as usize), ..Contest::lottery(1.0, cost, n as usize) };
    let total = m * stake;
    let known = known(&[stake], &[1.0 / m], &[(1.0 - dissipation) / m], total, total, dissipation);
    let name = format!("contest/seats-without-replacement/n={n},k={k}");
    let lesson = Lesson { rounds: 16, ..Lesson::up_to(2.3 * stake) };
    study(name, SEATS, contest, lesson, &vec![stake; n as usize], known).taking(6.0, 1.2)
}

/// As many seats as stakers: stake buys nothing.
fn seats_for_all() -> Study {
    let contest = Contest { selection: Selection::Seats(3), ..Contest::lottery(1.0, 0.05, 3) };
    let third = 1.0 / 3.0;
    let known = known(&[0.0], &[third], &[third], 0.0, 0.0, 0.0);
    study("contest/seats-without-replacement/n=3,k=3", SEATS, contest, Lesson::up_to(4.0), &[0.0; 3], known)
}

/// Slot shares of stakes of 1/2, 1/3 and 1/6 with two seats a round: in proportion to stake with replacement, more even
/// without.
fn slot_draws(replacement: bool) -> Study {
    let stakes = [1.0 / 2.0, 1.0 / 3.0, 1.0 / 6.0];
    let targets = if replacement { stakes.to_vec() } else { slot_shares(&stakes, 2) };
    let means = targets.clone();
    let work = move |draws: &super::Draws| {
        let mut luck = draws.luck(Purpose::Leader, "seats", 0);
        let mut shares: Vec<Sample> = means.iter().map(|p| Sample::around(*p)).collect();
        for _ in 0..draws.count(400_000) {
            let mut slots = [0.0; 3];
            if replacement {
                for _ in 0..2 {
                    let u = luck.uniform();
                    slots[if u < 0.5 { 0 } else { usize::from(u >= 5.0 / 6.0) + 1 }] += 0.5;
                }
            } else {
                // The slowest of three exponential clocks has no seat.
                let clocks = stakes.map(|s| -ln(luck.uniform()) / s);
                let last = (0..3).max_by(|&a, &b| clocks[a].total_cmp(&clocks[b])).unwrap_or(0);
                (0..3).filter(|i| *i != last).for_each(|i| slots[i] = 0.5);
            }
            shares.iter_mut().zip(slots).for_each(|(share, s)| share.push(s));
        }
        shares.iter().map(Sample::mean).collect()
    };
    let how = if replacement { "with" } else { "without" };
    let mut study = Study::of(format!("contest/slot-shares-{how}-replacement/k=2"), work);
    for (i, target) in targets.into_iter().enumerate() {
        study = study.case(&format!("staker={}", i + 1), target, "share", Standard::Given, SEATS);
    }
    study
}

/// Twelve stakers, four draws with replacement; who is not drawn withdraws a share `u`.
fn unstaked(u: f64, label: &str) -> Study {
    let (n, k, cost) = (12_u32, 4_u32, 0.05);
    let solved = unstaking(1.0, cost, n, k, u);
    let m = f64::from(n);
    let stake = solved.nominal / m;
    let contest =
        Contest { cost: Cost::Unstaking { share: u, draws: k }, ..Contest::lottery(1.0, cost, n as usize) };
    let known =
        known(&[stake], &[1.0 / m], &[(1.0 - solved.cost) / m], solved.nominal, solved.locked, solved.cost);
    let name = format!("contest/unstaking-while-inactive/n=12,k=4/u={label}");
    study(name, UNSTAKING, contest, Lesson::up_to(2.3 * stake), &[stake; 12], known).taking(5.0, 1.0)
}

/// A fixed required stake: what is locked on average is `1 − u + uP` of it, seat by seat.
fn fixed_stake(u: f64, label: &str) -> Study {
    let active = 1.0 - pow(11.0 / 12.0, 4.0);
    let target = 1.0 - u + u * active;
    Study::of(format!("contest/unstaking-while-inactive/fixed-stake/u={label}"), move |draws| {
        let mut luck = draws.luck(Purpose::Leader, "seats", 0);
        let mut locked = Sample::around(target);
        for _ in 0..draws.count(400_000) {
            let drawn = (0..4).filter(|_| luck.below(12) == 0).count() > 0;
            locked.push(if drawn { 1.0 } else { 1.0 - u });
        }
        vec![locked.mean()]
    })
    .case("locked-share", target, "share of the stake", Standard::Given, UNSTAKING)
}

/// Free entry: small stakers come while staking yields more than capital costs.
fn free_entry() -> Study {
    const SMALL: f64 = 0.01;
    let mut study = Study::of("contest/free-entry", |_| {
        let mut findings = Vec::new();
        for cost in [0.03, 0.05, 0.10] {
            let mut total = 0.0;
            while 1.0 / (total + SMALL) > cost {
                total += SMALL;
            }
            findings.push(Finding::exact(total).with_tick(SMALL));
            findings.push(Finding::exact(cost * total).with_tick(cost * SMALL));
        }
        findings
    });
    for (cost, label) in [(0.03, ".03"), (0.05, ".05"), (0.10, ".10")] {
        let total = free_entry_stake(1.0, cost);
        study = study.case(&format!("total-stake/r={label}"), total, "ETH", Standard::Learned, TULLOCK).case(
            &format!("dissipation/r={label}"),
            1.0,
            "share of the reward",
            Standard::Learned,
            TULLOCK,
        );
    }
    study
}
