//! What a censor pays (theory: [`crate::theory::censorship::Bribe`]).

use super::games::censor::{Censor, Tips, least};
use super::sample::Sample;
use super::{Draws, Finding, Standard, Study};
use crate::draws::Purpose;
use crate::theory::censorship::{
    Bribe, Inclusion, Penalty, Schedule, concurrent_proposers, conditional_tip, consecutive_leaders,
    shared_tip_per_slot,
};

const INDUCTION: &str = "derived: backward induction from each includer's last turn";
const FOX: &str = "Fox, Pai and Resnick 2023 (arXiv 2301.13321)";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    let plain = |sequencers, per_slot, schedule| Bribe {
        sequencers,
        per_slot,
        schedule,
        inclusion: Inclusion::AnyLive,
        tip: 1.0,
        expected_penalty: 0.0,
        penalty: Penalty::EveryAct,
    };
    for (n, r) in [(1, 1), (5, 1), (20, 1), (20, 2), (100, 3)] {
        for (schedule, label) in [(Schedule::Rotation, "rotation"), (Schedule::Random, "random")] {
            studies.push(cost(&format!("{label}/N={n},r={r}"), plain(n, r, schedule)));
        }
    }
    for (schedule, label) in [(Schedule::Rotation, "rotation"), (Schedule::Random, "random")] {
        let leader = Bribe { inclusion: Inclusion::LeaderOnly, ..plain(20, 2, schedule) };
        studies.push(cost(&format!("{label}/leader-only/N=20,r=2"), leader));
        for (penalty, what) in [(Penalty::EveryAct, "every-act"), (Penalty::Expelled, "expelled")] {
            let bribe = Bribe { expected_penalty: 3.0, penalty, ..plain(5, 1, schedule) };
            studies.push(cost(&format!("{label}/penalty=3-{what}/N=5,r=1"), bribe));
        }
    }
    studies.push(one_operator());
    studies.push(proposers());
    studies
}

/// Least cost of keeping a transaction out for ten slots.
fn cost(label: &str, bribe: Bribe) -> Study {
    const SLOTS: u32 = 10;
    let target = bribe.cost(SLOTS);
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Leader, "schedule", 0);
        let censor = Censor { bribe, discount: 1.0 };
        let costs = (0..draws.count(20_000)).map(|_| censor.pays(SLOTS, &mut luck));
        let mean = Sample::of(target, costs).mean();
        // With so much to gain a censor censors, or does not.
        vec![mean, Finding::truth(1.2 * target >= mean.result), Finding::truth(0.8 * target >= mean.result)]
    };
    let name = format!("censorship/cost/{label}/T={SLOTS}");
    Study::of(name, work)
        .taking(0.6, 0.06)
        .case("cost", target, "tips", Standard::Given, INDUCTION)
        .case("censors-if-worth-1.2-of-it", 1.0, "yes is 1", Standard::Computed(0.0), INDUCTION)
        .case("censors-if-worth-.8-of-it", 0.0, "yes is 1", Standard::Computed(0.0), INDUCTION)
}

/// A single operator can take the tip any time: it is paid for waiting, `(1 − δ)t` a slot.
fn one_operator() -> Study {
    let bribe = Bribe {
        sequencers: 1,
        per_slot: 1,
        schedule: Schedule::Rotation,
        inclusion: Inclusion::AnyLive,
        tip: 1.0,
        expected_penalty: 0.0,
        penalty: Penalty::EveryAct,
    };
    let mut study = Study::of("censorship/cost/one-operator", move |_| {
        let price = |discount: f64| {
            let censor = Censor { bribe, discount };
            Finding::exact(censor.price_of_a_slot())
        };
        vec![price(0.9), price(0.99)]
    });
    for (discount, label) in [(0.9, ".9"), (0.99, ".99")] {
        let name = format!("a-slot/discount={label}");
        study = study.case(&name, 1.0 - discount, "tips", Standard::Computed(5e-10), INDUCTION);
    }
    study
}

/// Several proposers of one block: the least bribe at which nobody includes, against what the user pays where all do.
fn proposers() -> Study {
    let work = |_: &Draws| {
        let mut findings = Vec::new();
        for k in [2_u32, 4, 8] {
            let count = f64::from(k);
            for tips in [Tips::Each(0.5), Tips::Conditional { alone: 10.0, together: 0.5 }, Tips::Shared(0.5)]
            {
                // All are bribed alike; one who includes alone collects.
                let price = least(|bribe| bribe >= tips.collected(1));
                findings.push(Finding::exact(count * price));
                findings.push(Finding::exact(count * tips.collected(k)));
            }
            findings.push(Finding::exact(count * least(|bribe| bribe >= Tips::Each(0.5).collected(1))));
        }
        findings
    };
    let digits = Standard::Computed(5e-9);
    let mut study = Study::of("censorship/proposers", work);
    for k in [2_u32, 4, 8] {
        let each = concurrent_proposers(k, 0.5);
        let conditional = conditional_tip(k, 10.0, 0.5);
        study = study
            .case(&format!("k={k}/tip-for-each/cost"), each.0, "ETH", digits, FOX)
            .case(&format!("k={k}/tip-for-each/user-pays"), each.1, "ETH", digits, FOX)
            .case(&format!("k={k}/conditional-tip/cost"), conditional.0, "ETH", digits, FOX)
            .case(&format!("k={k}/conditional-tip/user-pays"), conditional.1, "ETH", digits, FOX)
            .case(&format!("k={k}/shared-tip/cost"), shared_tip_per_slot(k, 0.5), "ETH", digits, INDUCTION)
            .case(&format!("k={k}/shared-tip/user-pays"), 0.5, "ETH", digits, INDUCTION)
            .case(
                &format!("k={k}/consecutive-leaders/cost"),
                consecutive_leaders(k, 0.5),
                "ETH",
                digits,
                FOX,
            );
    }
    study
}
