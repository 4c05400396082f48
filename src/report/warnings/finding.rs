//! Which warnings a comparison deserves.

use super::{
    COARSE, Departure, FALSE_ALARM, FEW_REPLICATES, HEADLINES, HEAVY_SHAPE, Idle, LARGE_DRIFT, OFF_ON_MENU,
    OFF_THEORY, PAIRS, PRESSED, SMALL_AS_SUCH, SMALL_GAIN, Uncovered, Warning,
};
use crate::agent::sequencer::Class;
use crate::agent::strategy::{Menu, Unit};
use crate::experiment::file::{Contender, Experiment};
use crate::experiment::references::{Known, known_outcome, lacks_pure_equilibrium};
use crate::learning::LearnerSpec;
use crate::learning::population::Revision;
use crate::measure::metrics;
use crate::measure::statistics::Estimate;
use crate::measure::student::critical_value;
use crate::mechanism::auction_rotation::{AuctionRotation, Pricing};
use crate::mechanism::resale::Resale;
use crate::mechanism::{Mechanism as _, Rule};
use crate::play::horizon;
use crate::play::schedule::Regime;
use crate::report::summary::{Standing, Summary, Verdict};
use crate::with_rule;
use crate::world::World;
use crate::world::distribution::Distribution;

/// As [`super::warnings`], from a summary that has been read.
pub fn about(summary: &Summary, experiment: &Experiment) -> Vec<Warning> {
    about_one_of(summary, experiment, 1)
}

/// As [`about`], where so many comparisons are looked at that chance must not make one of them suspicious.
pub fn about_one_of(summary: &Summary, experiment: &Experiment, comparisons: usize) -> Vec<Warning> {
    let each = || summary.contenders().iter().cloned().enumerate();
    let mean = |c: usize, metric: &str| summary.estimate(c, metric).map_or(f64::NAN, |e| e.mean);
    let alone = experiment.play.schedule.regime == Regime::Independent;
    let mut found = Vec::new();
    // With a stopping rule nobody knows how many there will be.
    let rule = experiment.variations.stopping.as_ref();
    let planned = u64::from(rule.map_or(experiment.replicates, |rule| rule.minimum.min(rule.maximum)));
    for (c, contender) in each() {
        let done = summary.done(c);
        if done < planned {
            let failures = summary.failures(c);
            let failed = failures.iter().map(|(_, count)| count).sum();
            let reason = failures.first().cloned();
            found.push(Warning::Missing { contender, done, planned, failed, reason });
        }
    }
    for (c, contender) in each() {
        found.extend(nobody_produces(summary, experiment, c, &contender));
    }
    for (c, contender) in each() {
        // Of one replicate nobody knows what chance does.
        let loss = |e: &Estimate| if e.ci_high.is_finite() { e.ci_high < 0.0 } else { e.mean < 0.0 };
        if let Some(e) = summary.estimate(c, "entry_margin").filter(loss) {
            found.push(Warning::EntryAtALoss { contender: contender.clone(), margin: e.mean });
        }
        if let Some(e) = summary.estimate(c, "entry_settled").filter(|e| e.mean < 1.0) {
            found.push(Warning::EntryUnsettled { contender, settled: e.mean });
        }
    }
    for contender in &experiment.contenders {
        found.extend(cut_horizon(experiment, contender));
    }
    for (c, contender) in each() {
        found.extend(standing(summary, experiment, c, contender));
    }
    found.extend(off_theory(summary, experiment, comparisons));
    for (c, contender) in each() {
        // Of one replicate nobody knows what chance does.
        let loss = |e: &Estimate| if e.ci_high.is_finite() { e.ci_high < -1e-9 } else { e.mean < -1e-9 };
        if let Some(e) = summary.estimate(c, "profit_share").filter(loss) {
            let own = experiment.contenders.iter().find(|own| own.name == contender);
            let offers = own.is_some_and(|own| with_rule!(&own.rule, rule => rule.lever().is_some()));
            found.push(Warning::Losing { contender, share: -e.mean, offers });
        }
    }
    for (c, contender) in each() {
        found.extend(lax_tolerance(summary, experiment, c, contender));
    }
    for (c, contender) in each() {
        found.extend(other_conduct(summary, experiment, c, contender));
    }
    let anybody = experiment.setting.classes.iter().any(is_judged);
    for contender in experiment.contenders.iter().filter(|_| anybody) {
        if lacks_pure_equilibrium(experiment, contender) {
            found.push(Warning::NoPureEquilibrium { contender: contender.name.clone(), alone });
        }
    }
    for (c, contender) in each().filter(|(c, _)| summary.has_basins(*c)) {
        let sizes = summary.basins(c).iter().map(|b| b.replicates.len()).collect();
        found.push(Warning::Basins { contender, sizes });
    }
    for (c, contender) in each() {
        for (top, metric) in [(true, "at_menu_edge"), (false, "at_menu_bottom")] {
            let share = mean(c, metric);
            if share > PRESSED {
                found.push(Warning::AtMenuEdge { contender: contender.clone(), top, share });
            }
        }
    }
    for (c, contender) in each() {
        found.extend(short_bribes(summary, experiment, c, &contender));
        found.extend(not_covered(summary, experiment, c, &contender));
    }
    found.extend(other_order(experiment));
    found.extend(of_groups(experiment));
    for contender in &experiment.contenders {
        if let Some(top @ 1..=2) = top_bidders(experiment, contender) {
            found.push(Warning::FewTopBidders { contender: contender.name.clone(), top });
        }
    }
    found.extend(experiment.contenders.iter().filter_map(|contender| coarse_reserve(experiment, contender)));
    for (c, contender) in each() {
        // Averages lag behind policies that have come to rest, and where everything is certified they are what was certified.
        let rests = [mean(c, "settled"), mean(c, "certified")].iter().all(|share| *share >= 1.0);
        let drift = mean(c, "policy_drift");
        if drift > LARGE_DRIFT && !rests {
            found.push(Warning::Drift { contender, drift, alone });
        }
    }
    let replicates = (0..summary.contenders().len()).map(|c| summary.done(c)).max().unwrap_or(0);
    if (1..FEW_REPLICATES).contains(&replicates) {
        found.push(Warning::FewReplicates { replicates });
    }
    found.extend(heavy_tails(experiment));
    let mut apart: Vec<Warning> =
        summary.pairs().into_iter().filter_map(|pair| pairing(summary, pair)).collect();
    let more = apart.len().saturating_sub(PAIRS);
    apart.truncate(PAIRS);
    if let Some(Warning::PairingHurts { others, .. }) = apart.last_mut() {
        *others = more;
    }
    found.extend(apart);
    found
}

/// Whether nobody produces anything in any replicate, and why.
fn nobody_produces(summary: &Summary, experiment: &Experiment, c: usize, contender: &str) -> Option<Warning> {
    summary.estimate(c, "liveness").filter(|e| e.mean <= 0.0)?;
    let own = experiment.contenders.iter().find(|own| own.name == contender)?;
    let bonds = with_rule!(&own.rule, rule => rule.bonds_at_once());
    let most = experiment.setting.classes.iter().map(|class| class.traits.capital_limit).fold(0.0, f64::max);
    let reserve = sale(own).map_or(0.0, AuctionRotation::reserve);
    let idle = if own.terms.missing >= 1.0 - 1e-9 {
        Idle::Committee
    } else if bonds > most {
        Idle::Bond(bonds, most)
    } else if reserve > 0.0 {
        Idle::Reserve(reserve)
    } else {
        Idle::Offers
    };
    Some(Warning::NobodyProduces { contender: contender.to_owned(), idle })
}

/// The auction of seats that a contender is, if it is one.
fn sale(contender: &Contender) -> Option<&AuctionRotation> {
    match &contender.rule {
        Rule::AuctionRotation(rule) => Some(rule),
        Rule::Auction(rule) => Some(rule.sale()),
        _ => None,
    }
}

/// Whether bids bend at a reserve within the values of somebody who learns with few bins, in a world where values are given: where
/// the price is one's own bid, equilibrium offers fall from all of the value at the reserve to a fraction of it above.
pub(super) fn coarse_reserve(experiment: &Experiment, contender: &Contender) -> Option<Warning> {
    let rule = sale(contender).filter(|rule| rule.pricing() == Pricing::PayAsBid)?;
    let (reserve, setting) = (rule.reserve(), &experiment.setting);
    let bends = |class: &&Class| {
        let values = class.traits.value.as_ref().filter(|value| !value.is_atomic());
        // Bids are made against what a slot is worth after costs.
        let cost = class.traits.live_cost - class.traits.idle_cost;
        let within = values.is_some_and(|value| {
            let (low, high) = value.support();
            low < reserve + cost && reserve + cost < high
        });
        class.strategy.learner.learns() && within && class.strategy.bins < COARSE
    };
    let class =
        setting.classes.iter().find(bends).filter(|_| setting.world.is_abstract() && reserve > 0.0)?;
    Some(Warning::CoarseReserve {
        contender: contender.name.clone(),
        reserve,
        bins: class.strategy.bins,
        group: class.name.clone(),
        strategy: class.strategy.name.clone(),
    })
}

/// How far a contender's play is certified and at rest.
fn standing(summary: &Summary, experiment: &Experiment, c: usize, contender: String) -> Vec<Warning> {
    let Standing::Learned { certified, of, restless, lost, unfinished } = summary.standing(c) else {
        return Vec::new();
    };
    let tolerance = experiment.play.tolerance;
    let alone = experiment.play.schedule.regime == Regime::Independent;
    let by_money = experiment.setting.delegators.iter().any(|group| group.rule != Revision::Logit);
    let mean = |metric: &str| summary.estimate(c, metric).map_or(f64::NAN, |e| e.mean);
    let mut found = Vec::new();
    if unfinished > 0 {
        let schedule = &experiment.play.schedule;
        let epochs = if alone { schedule.max_epochs } else { schedule.warmup_epochs };
        found.push(Warning::Unfinished { contender: contender.clone(), unfinished, of, alone, epochs });
    }
    let failing = summary.failing(c);
    // A cut horizon has its own warning, and is the reason where nothing else is.
    let cut = experiment.contenders.get(c).and_then(|contender| cut_horizon(experiment, contender));
    let explained = cut.is_some() && failing.gaining + failing.loose == 0;
    match summary.standing(c).verdict() {
        // Where nothing else failed, that learning was cut off says it all.
        Verdict::NotCertified if certified + unfinished < of && !explained => {
            found.push(Warning::NotCertified {
                contender,
                certified,
                of,
                gaining: failing.gaining,
                loose: failing.loose,
                gain: failing.gain.mean(),
                upper: failing.upper.mean(),
                gainer: gainer(summary, experiment, c),
                delegators: by_money.then(|| failing.delegators.mean()).filter(|u| *u > tolerance),
                tolerance,
                alone,
                scripts: !experiment.setting.classes.iter().any(|class| class.strategy.learner.learns()),
                seated: experiment
                    .setting
                    .classes
                    .iter()
                    .any(|class| !class.strategy.learner.learns() && is_judged(class)),
            });
        }
        Verdict::NoEquilibrium if !explained => {
            let upper = failing.upper.mean();
            found.push(Warning::NoEquilibrium { contender, lost, of, upper, tolerance, alone });
        }
        Verdict::TimeAverage => {
            let unrest = mean("last_iterate_drift");
            found.push(Warning::Restless { contender, restless, of, unrest });
        }
        Verdict::NotCertified | Verdict::NoEquilibrium | Verdict::Given | Verdict::Certified => {}
    }
    found
}

/// Of several groups, the one that gains most in most replicates that are not certified, and what it gains there.
fn gainer(summary: &Summary, experiment: &Experiment, c: usize) -> Option<(String, f64)> {
    let several = experiment.setting.classes.iter().filter(|class| is_judged(class)).count() > 1;
    let most = summary.gainers(c).iter().filter(|_| several).max_by_key(|(_, gains)| gains.n());
    most.map(|(name, gains)| (name.clone(), gains.mean()))
}

/// Contenders of which theory knows what is earned, staked or paid, where that is another by more than a little and than chance: beyond the
/// Student quantile for [`FALSE_ALARM`] shared by all of them in all comparisons.
fn off_theory(summary: &Summary, experiment: &Experiment, comparisons: usize) -> Vec<Warning> {
    let known = experiment.contenders.iter().filter_map(|contender| {
        let theory = known_outcome(experiment, contender)?;
        let c = summary.contenders().iter().position(|name| *name == contender.name)?;
        let found = summary.estimate(c, theory.metric).filter(|e| e.n > 1)?;
        Some((contender, theory, found))
    });
    let known: Vec<_> = known.collect();
    let level = 1.0 - FALSE_ALARM / (known.len().max(1) * comparisons.max(1)) as f64;
    let is_off = |(contender, theory, found): &(&Contender, Known, Estimate)| {
        let gap = (found.mean - theory.value).abs();
        let least = if sale(contender).is_some() { OFF_THEORY } else { OFF_ON_MENU };
        gap > critical_value(level, (found.n - 1) as f64) * found.se && gap > least * theory.scale
    };
    let told = |(contender, theory, found): (&Contender, Known, Estimate)| Warning::OffTheory {
        contender: contender.name.clone(),
        what: metrics::find(theory.metric).map_or(theory.metric, |metric| metric.label),
        found: found.mean,
        error: found.se,
        theory: theory.value,
        causes: departures(experiment, contender),
        alone: experiment.play.schedule.regime == Regime::Independent,
    };
    known.into_iter().filter(is_off).map(told).collect()
}

/// What may make offers depart from those of theory, for the way in which groups learn; each cause once.
pub(super) fn departures(experiment: &Experiment, contender: &Contender) -> Vec<Departure> {
    let truthful = sale(contender).is_some_and(|rule| rule.pricing() != Pricing::PayAsBid);
    let mut found: Vec<Departure> = Vec::new();
    let mut tell = |cause: Departure| {
        if !found.contains(&cause) {
            found.push(cause);
        }
    };
    let learning = || experiment.setting.classes.iter().filter(|class| class.strategy.learner.learns());
    for strategy in learning().map(|class| &class.strategy) {
        let name = strategy.name.clone();
        let amounts = strategy.menu.unit == Unit::Absolute;
        if matches!(strategy.learner, LearnerSpec::QuantalResponse(_)) {
            tell(Departure::Noise { strategy: name.clone() });
        } else if strategy.learner.is_bandit() {
            tell(Departure::Bandit { strategy: name.clone() });
        }
        if sale(contender).is_none() {
            let Menu { unit, settings, .. } = &strategy.menu;
            let ends = (settings.first().copied().unwrap_or(0.0), settings.last().copied().unwrap_or(0.0));
            tell(Departure::Menu {
                points: settings.len(),
                ends,
                relative: *unit == Unit::Relative,
                strategy: name,
            });
            continue;
        }
        // One's value is a multiple of itself, whatever the bin.
        if amounts || !truthful {
            tell(Departure::Bins { bins: strategy.bins, strategy: name, amounts });
        } else if !strategy.menu.settings.iter().any(|setting| (setting - 1.0).abs() < 1e-9) {
            tell(Departure::NoTruth { strategy: name });
        }
    }
    if found.is_empty() && learning().next().is_some() {
        let is_known = |class: &Class| matches!(class.traits.value, Some(Distribution::Constant(_)));
        let known = experiment.setting.classes.iter().all(is_known);
        found.push(if known { Departure::Undominated } else { Departure::Unlearned });
    }
    found
}

/// Whether what is certified as no gain may be a large part of what a sequencer earns. A gain that is small as such is small even where
/// competition leaves nobody anything.
fn lax_tolerance(summary: &Summary, experiment: &Experiment, c: usize, contender: String) -> Option<Warning> {
    let passing = summary.passing(c);
    let (gain, upper) = (passing.gain.mean(), passing.upper.mean());
    let earned = earned_each(summary, experiment, c)?;
    let play = &experiment.play;
    let is_large = upper > (SMALL_GAIN * earned).max(SMALL_GAIN * play.tolerance).max(least_named(earned));
    is_large.then(|| Warning::LaxTolerance {
        contender,
        tolerance: play.tolerance,
        upper,
        gain,
        earned,
        markets: play.certificate_markets,
        alone: play.schedule.regime == Regime::Independent,
    })
}

/// Whether other conduct in one epoch may gain more than the tolerance, or a large part of what a sequencer earns.
fn other_conduct(summary: &Summary, experiment: &Experiment, c: usize, contender: String) -> Option<Warning> {
    let gain = summary.estimate(c, "conduct_gain")?.mean;
    let upper = summary.estimate(c, "conduct_gain_upper")?.mean;
    let tolerance = experiment.play.tolerance;
    let earned = earned_each(summary, experiment, c).unwrap_or(0.0);
    let least = (SMALL_GAIN * earned).max(SMALL_GAIN * tolerance).max(least_named(earned)).min(tolerance);
    (upper > least).then_some(Warning::OtherConduct { contender, tolerance, gain, upper, earned })
}

/// What a sequencer is left with on average after the cost of capital, a fraction of potential value; 0 where that is nothing but chance.
fn earned_each(summary: &Summary, experiment: &Experiment, c: usize) -> Option<f64> {
    // Who is there anyway, and those of the others who have entered.
    let entrants = summary.estimate(c, "entrants").map_or(0.0, |e| e.mean);
    let incumbents = experiment.setting.classes.iter().filter(|class| class.entry_cost.is_none());
    let candidates = incumbents.map(|class| class.count).sum::<usize>() as f64 + entrants;
    // Of one replicate nobody knows what chance does.
    let surely = |e: &Estimate| if e.ci_low.is_finite() { e.ci_low > 0.0 } else { e.mean > 0.0 };
    let all = summary.estimate(c, "profit_share")?;
    Some(if surely(&all) { all.mean / candidates } else { 0.0 })
}

/// The least gain that is told of somebody who earns so much.
fn least_named(earned: f64) -> f64 {
    if earned > 0.0 { 0.0 } else { SMALL_AS_SUCH }
}

/// Whether a group's deviations are tried.
fn is_judged(class: &Class) -> bool {
    class.strategy.learner.learns() || class.strategy.judged
}

/// Whether effects of deviations are cut off, where somebody learns or is judged.
fn cut_horizon(experiment: &Experiment, contender: &Contender) -> Option<Warning> {
    let setting = &experiment.setting;
    let cut = experiment.play.schedule.horizon?;
    let memory = with_rule!(&contender.rule, rule => rule.memory(setting));
    let lasting = horizon::lasting(memory, setting);
    let certified = setting.classes.iter().any(is_judged);
    (certified && !horizon::follows(Some(cut), lasting)).then(|| Warning::CutHorizon {
        contender: contender.name.clone(),
        horizon: cut,
        needed: horizon::epochs(lasting),
    })
}

/// Whether a briber who learns has no price that would keep a target out, though it would pay to have one.
fn short_bribes(summary: &Summary, experiment: &Experiment, c: usize, contender: &str) -> Option<Warning> {
    let strategy = experiment.setting.briber.as_ref().filter(|briber| briber.learner.learns())?;
    let targets = experiment.setting.world.tempting()?.targets?;
    let mean = |metric: &str| summary.estimate(c, metric).map(|e| e.mean);
    let (price, cost) = (mean("censorship_price")?, mean("censorship_cost")?);
    let top = strategy.highest_price(&targets)?;
    // Prices are the same from one replicate to another but for what is learned, and for rounding.
    (top < price * (1.0 - 1e-9) && cost.max(price) < targets.value).then(|| Warning::ShortBribes {
        contender: contender.to_owned(),
        strategy: strategy.name.clone(),
        top,
        price,
        cost,
        value: targets.value,
    })
}

/// Lines of theory for turns in a random order, and contenders beside them in which nobody takes turns so.
pub(super) fn other_order(experiment: &Experiment) -> Option<Warning> {
    let waits = ["wait_in_turn(", "wait_exceeds_in_turn("];
    let mut formulas =
        experiment.charts.iter().flat_map(|chart| &chart.theory).map(|(_, formula)| formula.text());
    let formula = formulas.find(|text| waits.iter().any(|name| text.contains(name)))?;
    let says = |contender: &Contender, key: &str| {
        let value = experiment.resolved.value(&format!("mechanism.{}.{key}", contender.name));
        value.map(|value| value.to_string().trim_matches('"').to_owned())
    };
    let everybody = experiment.setting.candidates() as f64;
    let in_random_order = |contender: &&Contender| match contender.rule {
        Rule::Authority(_) => says(contender, "rotation").as_deref() == Some("shuffled"),
        Rule::StakeRotation(_) => {
            let seats = says(contender, "seats").and_then(|seats| seats.parse::<f64>().ok());
            says(contender, "replacement").as_deref() == Some("false")
                && seats.is_some_and(|k| k >= everybody)
        }
        _ => false,
    };
    let others = experiment.contenders.iter().filter(|contender| !in_random_order(contender));
    let contenders: Vec<String> = others.map(|contender| contender.name.clone()).collect();
    (!contenders.is_empty()).then(|| Warning::OtherOrder { contenders, formula: formula.to_owned() })
}

/// Where offers are certified: who else moves and is far from its best reply, by more than the tolerance or a tenth of what it has.
fn not_covered(summary: &Summary, experiment: &Experiment, c: usize, contender: &str) -> Vec<Warning> {
    let estimate = |metric: &str| summary.estimate(c, metric);
    if estimate("certified").map_or(0.0, |e| e.mean) <= 0.0 {
        return Vec::new();
    }
    let tolerance = experiment.play.tolerance;
    let mut found = Vec::new();
    let mut tell = |who: Uncovered, forgone: f64, earned: f64| {
        if forgone > tolerance.min((SMALL_GAIN * earned).max(SMALL_AS_SUCH)) {
            let contender = contender.to_owned();
            found.push(Warning::NotCovered { contender, who, forgone, earned, tolerance });
        }
    };
    // Other delegators' choice is part of what is certified.
    let by_taste = experiment.setting.delegators.iter().all(|group| group.rule == Revision::Logit);
    if let Some(upper) = estimate("delegator_gain_upper").filter(|_| by_taste) {
        let earned = estimate("delegator_share").map_or(0.0, |e| e.mean);
        tell(Uncovered::Delegators, upper.mean, earned.max(0.0));
    }
    if let (Some(gain), Some(profit), Some(potential)) =
        (estimate("briber_gain"), estimate("briber_profit"), estimate("potential_value"))
    {
        // Of one replicate nobody knows what chance does; of several the lower end is surely there.
        let gain = if gain.ci_low.is_finite() { gain.ci_low } else { gain.mean };
        tell(Uncovered::Briber, gain, (profit.mean / potential.mean).max(0.0));
    }
    found
}

/// What the certificate does not see for the way in which groups choose.
fn of_groups(experiment: &Experiment) -> Vec<Warning> {
    let classes = &experiment.setting.classes;
    let learns = |class: &Class| class.strategy.learner.learns();
    if !classes.iter().any(is_judged) {
        return Vec::new();
    }
    let groups_of = |which: &dyn Fn(&Class) -> bool| -> Vec<String> {
        classes.iter().filter(|class| which(class)).map(|class| class.name.clone()).collect()
    };
    let mut found = Vec::new();
    let groups = groups_of(&|class| {
        let strategy = &class.strategy;
        !is_judged(class) && strategy.answers.is_none() && strategy.policy.is_none()
    });
    if !groups.is_empty() {
        found.push(Warning::NotJudged { groups });
    }
    let groups = groups_of(&|class| {
        let spread = class.traits.value.as_ref().is_some_and(|value| {
            let (low, high) = value.support();
            high > low
        });
        learns(class) && spread && class.strategy.bins == 1
    });
    let looked_at = experiment
        .contenders
        .iter()
        .any(|contender| with_rule!(&contender.rule, rule => rule.explores_states()));
    if !groups.is_empty() && looked_at {
        found.push(Warning::ValueIgnored { groups });
    }
    found
}

/// Bidders to whom a seat is worth most in a first-price auction of one unit whose values everybody knows, if it is one and
/// somebody learns to bid; with a single bidder there is nothing to learn from.
pub(super) fn top_bidders(experiment: &Experiment, contender: &Contender) -> Option<usize> {
    let rule = sale(contender)?;
    let setting = &experiment.setting;
    let learns = setting.classes.iter().any(|class| class.strategy.learner.learns());
    let single_first_price =
        rule.seats() == 1 && rule.pricing() == Pricing::PayAsBid && !rule.is_proportional();
    if !single_first_price || !learns || setting.candidates() < 2 {
        return None;
    }
    let value = |class: &Class| match class.traits.value {
        Some(Distribution::Constant(value)) => Some(value),
        _ => None,
    };
    let values: Vec<f64> = setting.classes.iter().map(value).collect::<Option<_>>()?;
    let highest =
        |below: f64| values.iter().filter(|v| **v < below).fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let with = |value: f64| -> usize {
        setting.classes.iter().zip(&values).filter(|(_, v)| **v == value).map(|(c, _)| c.count).sum()
    };
    let top = highest(f64::INFINITY);
    let next = highest(top);
    // Where a seat can be sold on, a single bidder of the highest value and those next to it would pay the same for it.
    let slots = f64::from(contender.terms.epoch_slots);
    let sells = |resale: &Resale| with(top) == 1 && resale.trades((top - next) / slots);
    let rivals = if contender.terms.overlays.resale.as_ref().is_some_and(sells) { with(next) } else { 0 };
    Some(with(top) + rivals)
}

pub(super) fn heavy_tails(experiment: &Experiment) -> Vec<Warning> {
    let mut found = Vec::new();
    let world = |key: &str| experiment.resolved.value(&format!("world.{key}")).and_then(|v| v.as_number());
    if let World::Rollup(rollup) = &experiment.setting.world
        && rollup.mev.mean() > 0.0
        && world("mev_tail_share").is_some_and(|share| share > 0.0)
        && let Some(shape) = world("mev_tail_shape").filter(|shape| *shape <= HEAVY_SHAPE)
    {
        found.push(Warning::HeavyTail { what: "the MEV of slots".to_owned(), shape, mev: true });
    }
    for class in &experiment.setting.classes {
        if let Some(Distribution::Pareto { shape, .. }) = class.traits.value
            && shape <= HEAVY_SHAPE
        {
            found.push(Warning::HeavyTail {
                what: format!("the value of group {}", class.name),
                shape,
                mev: false,
            });
        }
    }
    found
}

/// Headline metrics of a pair whose variance pairing raises by more than chance would: an estimated correlation of
/// nothing has a standard error of about 1/√n.
fn pairing(summary: &Summary, (a, b): (usize, usize)) -> Option<Warning> {
    let metrics: Vec<(&'static str, f64)> = HEADLINES
        .iter()
        .filter_map(|key| {
            let c = summary.comparison(a, b, key)?;
            let label = metrics::find(key)?.label;
            (c.variance_reduction < -1.0 / (c.n as f64).sqrt()).then_some((label, c.variance_reduction))
        })
        .collect();
    let name = |i: usize| summary.contenders()[i].clone();
    (!metrics.is_empty()).then(|| Warning::PairingHurts { a: name(a), b: name(b), metrics, others: 0 })
}
