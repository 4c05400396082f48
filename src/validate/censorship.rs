//! What a censor pays (theory: [`crate::theory::censorship::Bribe`]): what it would take in the program to keep targeted
//! transactions out, and whether a briber who learns its price does.

use super::games::turns;
use super::program::board::{Board, mean};
use super::program::{metric, replicates};
use super::{Draws, Finding, Standard, Study};
use crate::theory::censorship::{
    Bribe, Inclusion, Penalty, Schedule, concurrent_proposers, conditional_tip, consecutive_leaders,
    shared_tip_per_slot,
};

const INDUCTION: &str = "derived: backward induction from each includer's last turn";
const FOX: &str = "Fox, Pai and Resnick 2023 (arXiv 2301.13321)";

/// Slots for which a transaction is to be kept out.
const SLOTS: u32 = 10;

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
        penalty: Penalty::Expelled,
    };
    for (n, r) in [(1, 1), (5, 1), (20, 1), (20, 2), (100, 3)] {
        for (schedule, label) in [(Schedule::Rotation, "rotation"), (Schedule::Random, "random")] {
            studies.push(cost(&format!("{label}/N={n},r={r}"), plain(n, r, schedule)));
        }
    }
    for (schedule, label) in [(Schedule::Rotation, "rotation"), (Schedule::Random, "random")] {
        let leader = Bribe { inclusion: Inclusion::LeaderOnly, ..plain(20, 2, schedule) };
        studies.push(cost(&format!("{label}/leader-only/N=20,r=2"), leader));
    }
    studies.extend([penalty(), turn_by_turn()]);
    for (n, r) in [(5, 1), (20, 2)] {
        studies.push(threshold(plain(n, r, Schedule::Rotation)));
    }
    studies.extend([2, 4, 8].map(proposers));
    studies.extend([2, 4].map(conditional));
    studies
}

/// Appointees without scruples, of whom `bribe` says how many there are and who can include; further keys of the world.
fn board(bribe: &Bribe, tip: f64, value: f64, window: u32, world: &str) -> Board {
    let Bribe { sequencers, per_slot, schedule, inclusion, .. } = bribe;
    let inclusion = if *inclusion == Inclusion::AnyLive { "any_live" } else { "leader" };
    let rotation = if *schedule == Schedule::Rotation { "round_robin" } else { "random" };
    Board {
        world: format!(
            "target_rate = 0.3\ntarget_tip = {tip:?}\ntarget_value = {value:?}\ntarget_window = {window}\n{world}"
        ),
        groups: vec![("member".to_owned(), *sequencers, "bribes = { markup = 0.0 }".to_owned())],
        rule: format!(
            "seats = {sequencers}\nredundancy = {per_slot}\ninclusion = \"{inclusion}\"\nrotation = \"{rotation}\""
        ),
        tables: String::new(),
        slots: 40,
        epochs: 50,
    }
}

/// Least cost of keeping a transaction out for ten slots. In rotation nothing is random about it.
fn cost(label: &str, bribe: Bribe) -> Study {
    let target = bribe.cost(SLOTS);
    let random = bribe.schedule == Schedule::Random && bribe.sequencers > 1;
    let work = move |draws: &Draws| {
        let epochs = draws.either(50, 10);
        let text = Board { epochs, ..board(&bribe, 1.0, 1000.0, SLOTS, "") }.text();
        if random {
            return Ok(vec![mean(&text, draws, "censorship_cost")?]);
        }
        Ok(vec![Finding::exact(metric(&replicates(&text, draws.seed, 1)?[0], "censorship_cost"))])
    };
    let standard = if random { Standard::Given } else { Standard::Computed(5e-9) };
    Study::new(format!("censorship/cost/{label}/T={SLOTS}"), Box::new(work))
        .taking(if random { 2.0 } else { 0.1 }, if random { 0.5 } else { 0.1 })
        .case("cost", target, "tips", standard, INDUCTION)
}

/// Who keeps a transaction out loses its office and a bond of 6 with probability 1/2, once, whatever the number of its turns: it
/// asks the tip and 3, as it has learned.
fn penalty() -> Study {
    let bribe = Bribe {
        sequencers: 5,
        per_slot: 1,
        schedule: Schedule::Rotation,
        inclusion: Inclusion::AnyLive,
        tip: 1.0,
        expected_penalty: 3.0,
        penalty: Penalty::Expelled,
    };
    let work = move |draws: &Draws| {
        let mut case = board(&bribe, 1.0, 1.0, SLOTS, "");
        "discount = 0.5".clone_into(&mut case.groups[0].2);
        case.rule += "\nbond = 6.0\nslash_fraction = 1.0\n\n[mechanism.board.governance]\ndetection = 0.5";
        "[briber]\nstrategy = \"one\"\n\n[strategies.one]\nrole = \"briber\"\nlearner = \"scripted\"\noffer = { absolute = 0.5 }\n"
            .clone_into(&mut case.tables);
        Ok(vec![Finding::exact(metric(&replicates(&case.text(), draws.seed, 1)?[0], "censorship_cost"))])
    };
    Study::new(format!("censorship/cost/rotation/penalty=3-expelled/N=5,r=1/T={SLOTS}"), Box::new(work)).case(
        "cost",
        bribe.cost(SLOTS),
        "tips",
        Standard::Computed(5e-7),
        INDUCTION,
    )
}

/// Where every act is penalised, and where waiting costs: an includer is paid turn by turn.
fn turn_by_turn() -> Study {
    let every = Bribe {
        sequencers: 5,
        per_slot: 1,
        schedule: Schedule::Rotation,
        inclusion: Inclusion::AnyLive,
        tip: 1.0,
        expected_penalty: 3.0,
        penalty: Penalty::EveryAct,
    };
    let work = |_: &Draws| {
        let all: f64 = turns::paid(2, 5, 3.0, 1.0).iter().sum();
        let slot = |discount: f64| turns::paid(1000, 1, 0.0, discount)[0];
        vec![Finding::exact(5.0 * all), Finding::exact(slot(0.9)), Finding::exact(slot(0.99))]
    };
    let digits = Standard::Computed(5e-9);
    Study::of("censorship/cost/turn-by-turn", work)
        .case("penalty=3-every-act/N=5,r=1/T=10", every.cost(SLOTS), "tips", digits, INDUCTION)
        .case("one-operator/a-slot/discount=.9", 0.1, "tips", digits, INDUCTION)
        .case("one-operator/a-slot/discount=.99", 0.01, "tips", digits, INDUCTION)
}

/// A briber who learns what to offer.
const BRIBER: &str = "[briber]\nstrategy = \"prices\"\n\n[strategies.prices]\nrole = \"briber\"\nlearner = \"fictitious_play\"\n\
                      menu = { relative = [0.0, 2.0], points = 21 }\n";

/// Share of transactions that stay out where a briber learns its price.
fn censored(mut case: Board, draws: &Draws) -> Result<Finding, String> {
    BRIBER.clone_into(&mut case.tables);
    case.epochs = draws.either(50, 20);
    Ok(Finding::exact(metric(&replicates(&case.text(), draws.seed, 1)?[0], "censored_share")))
}

/// A censor censors if that is worth more than it costs.
fn threshold(bribe: Bribe) -> Study {
    let cost = bribe.cost(SLOTS);
    let work = move |draws: &Draws| {
        let worth = |factor: f64| censored(board(&bribe, 1.0, factor * cost, SLOTS, ""), draws);
        Ok(vec![worth(1.2)?, worth(0.8)?])
    };
    let name = format!("censorship/threshold/N={},r={}/T={SLOTS}", bribe.sequencers, bribe.per_slot);
    let exact = Standard::Computed(0.0);
    Study::new(name, Box::new(work))
        .case("censored-if-worth-1.2-of-the-cost", 1.0, "share", exact, INDUCTION)
        .case("censored-if-worth-.8-of-the-cost", 0.0, "share", exact, INDUCTION)
}

/// Tips of the rules by which several includers of a slot are paid.
const RULES: [(&str, &str); 3] = [
    ("tip-for-each", "tip_rule = \"each\""),
    ("conditional-tip", "tip_rule = \"conditional\"\ntip_alone = 10.0"),
    ("shared-tip", "tip_rule = \"shared\""),
];

/// `k` proposers of every slot, and as many leaders one after another, with a tip of one half.
fn of_block(k: u32, per_slot: u32) -> Bribe {
    Bribe {
        sequencers: k,
        per_slot,
        schedule: Schedule::Rotation,
        inclusion: Inclusion::AnyLive,
        tip: 0.5,
        expected_penalty: 0.0,
        penalty: Penalty::Expelled,
    }
}

/// Several proposers of one block: what keeping a transaction out of it costs, and what its sender pays where all include.
fn proposers(k: u32) -> Study {
    let work = move |draws: &Draws| {
        let mut findings = Vec::new();
        for (_, tips) in RULES {
            let case = board(&of_block(k, k), 0.5, 1000.0, 1, tips);
            let all =
                replicates(&case.text().replace("target_rate = 0.3", "target_rate = 1.0"), draws.seed, 1)?;
            findings.push(Finding::exact(metric(&all[0], "censorship_cost")));
            // Of a transaction in each slot, what comes in beside fees.
            // Of several tips for one inclusion one is value, and the others come from outside: here nothing else does.
            let again = metric(&all[0], "outside_income_share") * metric(&all[0], "potential_value");
            let paid = metric(&all[0], "gross_value") + again;
            findings.push(Finding::exact(paid / f64::from(case.slots) - 0.01));
        }
        let leaders = board(&of_block(k, 1), 0.5, 1000.0, k, "");
        let outcome = &replicates(&leaders.text(), draws.seed, 1)?[0];
        findings.push(Finding::exact(metric(outcome, "censorship_cost")));
        Ok(findings)
    };
    let digits = Standard::Computed(5e-9);
    let (each, conditional) = (concurrent_proposers(k, 0.5), conditional_tip(k, 10.0, 0.5));
    let shared = (shared_tip_per_slot(k, 0.5), 0.5);
    let mut study = Study::new(format!("censorship/proposers/k={k}"), Box::new(work));
    for ((rule, _), (cost, paid)) in RULES.into_iter().zip([each, conditional, shared]) {
        let source = if rule == "shared-tip" { INDUCTION } else { FOX };
        study = study.case(&format!("{rule}/cost"), cost, "ETH", digits, source).case(
            &format!("{rule}/user-pays"),
            paid,
            "ETH",
            digits,
            source,
        );
    }
    study.case("consecutive-leaders/cost", consecutive_leaders(k, 0.5), "ETH", digits, FOX)
}

/// Conditional tips restore inclusion: to a censor for whom one tip for each is no obstacle, all include unless it gains the
/// tip of one alone, for each of them.
fn conditional(k: u32) -> Study {
    let (cost, _) = conditional_tip(k, 10.0, 0.5);
    let work = move |draws: &Draws| {
        let worth =
            |tips: &str, factor: f64| censored(board(&of_block(k, k), 0.5, factor * cost, 1, tips), draws);
        Ok(vec![worth(RULES[0].1, 0.8)?, worth(RULES[1].1, 0.8)?, worth(RULES[1].1, 1.2)?])
    };
    let exact = Standard::Computed(0.0);
    Study::new(format!("censorship/conditional-tips/k={k}"), Box::new(work))
        .case("censored/tip-for-each/worth-.8-of-the-cost", 1.0, "share", exact, FOX)
        .case("censored/worth-.8-of-the-cost", 0.0, "share", exact, FOX)
        .case("censored/worth-1.2-of-the-cost", 1.0, "share", exact, FOX)
}
