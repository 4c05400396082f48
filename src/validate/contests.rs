//! Stake as a contest for the slots of an epoch (theory: [`crate::theory::contest`]): learned by stakers, or given to them,
//! under the program's own rules of stake.

use super::program::contest::{Contest, Selection, equals, part};
use super::program::{best_deviation, certified_script, metric, replicates};
use super::{Draws, Finding, Standard, Study};
use crate::theory::contest::{lottery, power_lottery, seat_stake, slot_shares, symmetric_stake, unstaking};
use std::fmt::Write;

const TULLOCK: &str = "Tullock 1980; Corchon 2007, section 2";
const UNEQUAL: &str = "Corchon 2007; Bahrani, Garimidi and Roughgarden 2024 (arXiv 2401.12120)";
const POWER: &str = "Tullock 1980; Cornes and Hartley 2005";
const SEATS: &str = "derived: first-order condition of a draw without replacement";
const UNSTAKING: &str = "derived: first-order condition with stake withdrawn while inactive";

/// Settings of the coarser menu.
const POINTS: usize = 41;

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for n in [2, 3, 5, 10] {
        for (cost, label) in [(0.03, ".03"), (0.05, ".05"), (0.10, ".10")] {
            studies.extend(equal(&format!("contest/stake/n={n}/r={label}"), TULLOCK, n, cost, 1.0));
        }
    }
    let rows: [(&str, &[f64]); 3] = [
        (".04-.06", &[0.04, 0.06]),
        (".03-.04-.05", &[0.03, 0.04, 0.05]),
        (".02-.04-.06-.08-.10", &[0.02, 0.04, 0.06, 0.08, 0.10]),
    ];
    for (label, costs) in rows {
        let contest = Contest::new(&vec![1.0; costs.len()], costs);
        // Who is exactly at the margin loses next to nothing by a little stake, and is long in unlearning it.
        let contest = if costs.len() == 5 { Contest { warmup: 2000, ..contest } } else { contest };
        studies.extend(unequal(&format!("contest/stake/unequal-costs/r={label}"), UNEQUAL, &contest));
    }
    let contest = Contest::new(&[1.0, 1.5, 2.0], &[0.05; 3]);
    studies.extend(unequal("contest/stake/unequal-rewards/R=1-1.5-2", UNEQUAL, &contest));
    for (tau, label) in [(0.5, ".5"), (1.2, "1.2")] {
        studies.extend(equal(&format!("contest/power={label}/n=3/r=.05"), POWER, 3, 0.05, tau));
    }
    let contest = Contest::new(&[1.0; 2], &[0.03, 0.05]).selecting(Selection::Power(0.5));
    studies.extend(unequal("contest/power=.5/unequal-costs/r=.03-.05", POWER, &contest));
    for (tau, label, n) in [(1.4, "1.4", 3), (1.6, "1.6", 3), (1.8, "1.8", 2), (2.2, "2.2", 2)] {
        studies.push(existence(&format!("contest/power={label}/n={n}"), n, tau));
    }
    studies.extend([seats(5, 3), seats(10, 4), seats(3, 3), slot_draws(true), slot_draws(false)]);
    for (u, label) in [(0.0, "0"), (0.5, ".5"), (0.9, ".9")] {
        studies.push(unstaked(u, label));
    }
    studies.push(fixed_stake());
    for (cost, label) in [(0.03, ".03"), (0.05, ".05"), (0.10, ".10")] {
        studies.push(free_entry(cost, label));
    }
    studies
}

/// Equal stakers with selection in proportion to `s^τ`.
fn equal(name: &str, source: &'static str, n: u32, cost: f64, tau: f64) -> Option<Study> {
    let stake = symmetric_stake(1.0, cost, n, tau)?;
    let contest = Contest::new(&vec![1.0; n as usize], &vec![cost; n as usize]);
    let contest = contest.selecting(Selection::Power(tau));
    Some(contest.study(name, source, POINTS, &equals(n, stake, cost, 1.0)))
}

/// Unequal stakers.
fn unequal(name: &str, source: &'static str, contest: &Contest) -> Option<Study> {
    let Contest { rewards, costs, .. } = contest;
    let theory = match contest.selection {
        Selection::Power(tau) if tau < 1.0 => power_lottery(rewards, costs, tau),
        _ => lottery(rewards, costs),
    };
    Some(contest.study(name, source, POINTS, &theory.ok()?))
}

/// Whether the candidate of the first-order condition survives every deviation, as theory says it does up to
/// `τ = n/(n − 1)`: the certificate judges everybody's playing it.
fn existence(name: &str, n: u32, tau: f64) -> Study {
    let says = symmetric_stake(1.0, 0.05, n, tau).is_some();
    let m = f64::from(n);
    let candidate = tau * (m - 1.0) / (m * m * 0.05);
    let contest = Contest::new(&vec![1.0; n as usize], &vec![0.05; n as usize]);
    let contest = contest.selecting(Selection::Power(tau));
    let text = contest.text(&format!(
        "learner = \"scripted\"\noffer = {{ absolute = {candidate:?} }}\nmenu = {{ absolute = [0.0, 20.0], points = 401 }}"
    ));
    let menu = (0..=400).map(|i| 0.05 * f64::from(i));
    let gain = best_deviation(&|stakes| contest.payoffs(stakes), candidate, n as usize, menu);
    certified_script(name, text, says, gain, POWER)
}

/// `k` seats drawn without replacement; as many as stakers, and stake buys nothing.
fn seats(n: u32, k: u32) -> Study {
    let cost = 0.05;
    let stake = seat_stake(1.0, cost, n, k);
    // Shares of the slots are integrals: fewer markets.
    let contest = Contest {
        rounds: 4,
        selection: Selection::Seats(k),
        ..Contest::new(&vec![1.0; n as usize], &vec![cost; n as usize])
    };
    let name = format!("contest/seats-without-replacement/n={n},k={k}");
    contest.study(&name, SEATS, POINTS, &equals(n, stake, cost, 1.0)).taking(8.0, 3.0)
}

/// Slot shares of stakes of 1/2, 1/3 and 1/6 with two seats an epoch: in proportion to stake with replacement, more even
/// without.
fn slot_draws(replacement: bool) -> Study {
    let stakes = [1.0 / 2.0, 1.0 / 3.0, 1.0 / 6.0];
    let targets = if replacement { stakes.to_vec() } else { slot_shares(&stakes, 2) };
    let work = move |draws: &Draws| {
        let mut text = format!(
            "[experiment]\nname = \"case\"\n\n[mechanism.contest]\nrule = \"stake_rotation\"\nseats = 2\n\
             replacement = {replacement}\n\n[play]\nrounds = 4\nmeasured_epochs = 5\n"
        );
        for (i, stake) in stakes.iter().enumerate() {
            let _ = writeln!(
                text,
                "\n[[sequencers]]\nname = \"staker {i}\"\ncount = 1\nvalue = {{ constant = 1.0 }}\nstrategy = \"given{i}\"\n\n\
                 [strategies.given{i}]\nlearner = \"scripted\"\noffer = {{ absolute = {stake:?} }}"
            );
        }
        let outcome = &replicates(&text, draws.seed, 1)?[0];
        // The Lorenz curve begins with the least share.
        Ok((0..3).map(|i| Finding::exact(part(outcome, "lorenz_slots", 2 - i))).collect())
    };
    let how = if replacement { "with" } else { "without" };
    let mut study = Study::new(format!("contest/slot-shares-{how}-replacement/k=2"), Box::new(work));
    for (i, target) in targets.into_iter().enumerate() {
        let digits = Standard::Computed(5e-7);
        study = study.case(&format!("staker={}", i + 1), target, "share", digits, SEATS);
    }
    study
}

/// Stake withdrawn while inactive, where stakers answer it.
fn unstaked(u: f64, label: &str) -> Study {
    let (n, k, cost) = (12, 4, 0.05);
    let theory = unstaking(1.0, cost, n, k, u);
    let contest = Contest {
        highest: 0.3,
        rounds: 8,
        selection: Selection::Unstaking { seats: k, unstaked: u },
        ..Contest::new(&vec![1.0; n as usize], &vec![cost; n as usize])
    };
    let known = equals(n, theory.nominal / f64::from(n), cost, theory.locked / theory.nominal);
    let name = format!("contest/unstaking/n=12,k=4,r=.05/u={label}");
    contest.study(&name, UNSTAKING, POINTS, &known).taking(5.0, 1.5)
}

/// The same where a fixed stake of 1 is required: what is locked falls by the share given back alone.
fn fixed_stake() -> Study {
    let shares = [(0.5, ".5"), (0.9, ".9")];
    let work = move |draws: &Draws| {
        let locked = |u: f64| -> Result<Finding, String> {
            let selection = Selection::Unstaking { seats: 4, unstaked: u };
            let contest = Contest::new(&[1.0; 12], &[0.05; 12]).selecting(selection);
            let text = contest.text("learner = \"scripted\"\noffer = { absolute = 1.0 }");
            Ok(Finding::exact(metric(&replicates(&text, draws.seed, 1)?[0], "capital_locked")))
        };
        shares.into_iter().map(|(u, _)| locked(u)).collect()
    };
    let mut study = Study::new("contest/unstaking/fixed-stake/n=12,k=4", Box::new(work));
    for (u, label) in shares {
        let never = crate::numerics::pow(11.0 / 12.0, 4.0);
        let name = format!("capital-locked/u={label}");
        study = study.case(&name, 12.0 * (1.0 - u * never), "ETH", Standard::Computed(5e-7), UNSTAKING);
    }
    study
}

/// Free entry: stakers who stake the equilibrium's among those present come while that pays more than it costs to come.
/// Of `m` each earns `1/m²`; as entry costs less the reward is dissipated, and stake yields what capital costs.
fn free_entry(cost: f64, label: &str) -> Study {
    let rows = [(0.2, ".2", 2), (0.03, ".03", 5), (0.0026, ".0026", 19), (0.00011, ".00011", 95)];
    let work = move |draws: &Draws| {
        let mut findings = Vec::new();
        for (entry, ..) in rows {
            let text = format!(
                "[experiment]\nname = \"case\"\n\n[[sequencers]]\nname = \"staker\"\ncount = 120\nentry_cost = {entry:?}\n\
                 value = {{ constant = 1.0 }}\ncapital_cost = {cost:?}\nstrategy = \"stakes\"\n\n\
                 [mechanism.contest]\nrule = \"stake\"\n\n[play]\nrounds = 1\nmeasured_epochs = 2\n\n\
                 [strategies.stakes]\nlearner = \"scripted\"\noffer = \"value * (n - 1) / n^2\"\n"
            );
            let outcome = &replicates(&text, draws.seed, 1)?[0];
            findings.push(Finding::exact(metric(outcome, "entrants")));
            findings.push(Finding::exact(1.0 / metric(outcome, "capital_locked")));
            findings.push(Finding::exact(metric(outcome, "capital_cost_share")));
        }
        Ok(findings)
    };
    let mut study = Study::new(format!("contest/free-entry/r={label}"), Box::new(work));
    for (_, entry, members) in rows {
        let m = f64::from(members);
        let digits = Standard::Computed(5e-9);
        study = study
            .case(&format!("entry-costs={entry}/stakers"), m, "stakers", Standard::Computed(0.0), TULLOCK)
            .case(&format!("entry-costs={entry}/yield"), cost * m / (m - 1.0), "per epoch", digits, TULLOCK)
            .case(
                &format!("entry-costs={entry}/dissipation"),
                1.0 - 1.0 / m,
                "share of the reward",
                digits,
                TULLOCK,
            );
    }
    study
}
