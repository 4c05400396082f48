//! What the reader should know before believing the numbers: each warning with its cause and its remedy.

use super::summary::{Standing, Summary, Verdict};
use crate::agent::sequencer::Class;
use crate::experiment::file::{Contender, Experiment};
use crate::experiment::store::{Store, StoreError};
use crate::learning::population::Revision;
use crate::measure::metrics;
use crate::mechanism::auction_rotation::Pricing;
use crate::mechanism::{Mechanism as _, Rule};
use crate::play::schedule::Regime;
use crate::with_rule;
use crate::world::World;
use crate::world::distribution::Distribution;
use std::fmt;

/// Replicates below which intervals are wide and hang on few draws.
pub const FEW_REPLICATES: u64 = 20;

/// Drift of the average policies above which learning had not settled.
pub const LARGE_DRIFT: f64 = 0.2;

/// Share of play on the top of a menu above which the menu, not the game, may decide.
pub const PRESSED: f64 = 0.5;

/// Pareto shape at and below which there is no variance.
pub const HEAVY_SHAPE: f64 = 2.0;

/// Metrics whose pairing is looked at.
pub const HEADLINES: [&str; 5] =
    ["community_share", "delegator_share", "holder_share", "sequencer_share", "net_surplus"];

/// Something that limits what the numbers say.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// Units of a contender failed or are missing.
    Missing {
        /// The contender.
        contender: String,
        /// Replicates that are done.
        done: u64,
        /// Replicates that were asked for.
        planned: u64,
    },
    /// Not every replicate's play is certified.
    NotCertified {
        /// The contender.
        contender: String,
        /// Certified replicates.
        certified: u64,
        /// Replicates tried.
        of: u64,
        /// Mean estimate of the deviation gain, a fraction of potential value.
        gain: f64,
        /// Mean upper bound.
        upper: f64,
        /// Mean upper bound of what delegators forgo, where it counts and exceeds the tolerance.
        delegators: Option<f64>,
        /// The experiment's tolerance.
        tolerance: f64,
        /// Whether everyone learns alone.
        alone: bool,
    },
    /// Not every replicate's play is certified, and where it is not it goes round in circles.
    NoEquilibrium {
        /// The contender.
        contender: String,
        /// Replicates that are neither certified nor at rest.
        lost: u64,
        /// Replicates tried.
        of: u64,
        /// Mean upper bound of the deviation gain, a fraction of potential value.
        upper: f64,
        /// The experiment's tolerance.
        tolerance: f64,
        /// Whether everyone learns alone.
        alone: bool,
    },
    /// Certified, but only as an average over time.
    Restless {
        /// The contender.
        contender: String,
        /// Replicates in which play keeps moving.
        restless: u64,
        /// Replicates tried.
        of: u64,
        /// Mean unrest, a fraction of the menu.
        unrest: f64,
    },
    /// Replicates end in distinct basins.
    Basins {
        /// The contender.
        contender: String,
        /// Replicates in each, the largest first.
        sizes: Vec<usize>,
    },
    /// Learned play presses against the top of its menu.
    AtMenuEdge {
        /// The contender.
        contender: String,
        /// Mean share of play on the highest setting, of the player with most.
        share: f64,
    },
    /// A script beside learners whose own deviations are not tried.
    NotJudged {
        /// Groups that follow such a script.
        groups: Vec<String>,
    },
    /// Groups with private values whose strategies do not look at them.
    ValueIgnored {
        /// The groups.
        groups: Vec<String>,
    },
    /// A first-price auction in which theory does not promise that the last iterate settles.
    FewTopBidders {
        /// The contender.
        contender: String,
        /// Bidders with the highest value: one or two.
        top: usize,
    },
    /// Fewer than [`FEW_REPLICATES`].
    FewReplicates {
        /// How many.
        replicates: u64,
    },
    /// Policies were still moving when learning ended.
    Drift {
        /// The contender.
        contender: String,
        /// Mean total-variation distance.
        drift: f64,
        /// Whether everyone learns alone.
        alone: bool,
    },
    /// A Pareto tail without variance.
    HeavyTail {
        /// What is drawn from it.
        what: String,
        /// Its shape.
        shape: f64,
        /// Whether it is the MEV of slots, which can be capped.
        mev: bool,
    },
    /// Differences on the same draws vary more than differences of separate runs would.
    PairingHurts {
        /// First of the pair.
        a: String,
        /// Second.
        b: String,
        /// Label and variance reduction of each metric.
        metrics: Vec<(&'static str, f64)>,
    },
}

impl Warning {
    /// The contender that it is about, if it is about one.
    pub fn contender(&self) -> Option<&str> {
        match self {
            Self::Missing { contender, .. }
            | Self::NotCertified { contender, .. }
            | Self::NoEquilibrium { contender, .. }
            | Self::Restless { contender, .. }
            | Self::Basins { contender, .. }
            | Self::AtMenuEdge { contender, .. }
            | Self::FewTopBidders { contender, .. }
            | Self::Drift { contender, .. } => Some(contender),
            Self::NotJudged { .. }
            | Self::ValueIgnored { .. }
            | Self::FewReplicates { .. }
            | Self::HeavyTail { .. }
            | Self::PairingHurts { .. } => None,
        }
    }

    /// What is the matter, in a sentence or two.
    pub fn cause(&self) -> String {
        match self {
            Self::Missing { contender, done, planned } => format!(
                "{contender}: only {done} of {planned} replicates are done. Differences are taken over common replicates."
            ),
            Self::NotCertified { contender, certified, of, gain, upper, delegators, tolerance, .. } => {
                let delegators = delegators.map_or(String::new(), |upper| {
                    format!(" Delegators, whose choice is not by taste, may forgo up to {}%.", percent(upper))
                });
                format!(
                    "{contender}: {certified} of {of} replicates are certified. The best deviation found gains {}% of \
                     potential value on average; the 95% bound on all of them is {}%, the tolerance {}%.{delegators}",
                    percent(*gain),
                    percent(*upper),
                    percent(*tolerance)
                )
            }
            Self::NoEquilibrium { contender, lost, of, upper, tolerance, .. } => format!(
                "{contender}: no equilibrium found. In {lost} of {of} replicates play keeps moving, and even against its average \
                 the bound on deviations exceeds the tolerance (on average {}% of potential value, against {}%).",
                percent(*upper),
                percent(*tolerance)
            ),
            Self::Restless { contender, restless, of, unrest } => format!(
                "{contender}: certified as a time average. In {restless} of {of} replicates play keeps moving: current policies \
                 swing round their mean by {}% of the menu on average over replicates.",
                percent(*unrest)
            ),
            Self::Basins { contender, sizes } => format!(
                "{contender}: replicates end in {} distinct basins ({} replicates). Means over all of them, and differences \
                 from them, describe none.",
                sizes.len(),
                sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" and ")
            ),
            Self::AtMenuEdge { contender, share } => format!(
                "{contender}: {}% of play is on the highest setting of a menu that could go further. Deviations above it were not \
                 tried: a small deviation gain may be owed to the menu.",
                percent(*share)
            ),
            Self::NotJudged { groups } => format!(
                "{}: follows a script without a menu, so that its own deviations are not tried. What is certified is that nobody \
                 else gains.",
                groups.join(", ")
            ),
            Self::ValueIgnored { groups } => format!(
                "{}: learns with one bin, so that it offers the same whatever its private value, and deviations that depend on the value \
                 are not tried. What is certified is an equilibrium among those who do not look at their values.",
                groups.join(", ")
            ),
            Self::FewTopBidders { contender, top: 1 } => format!(
                "{contender}: a first-price auction with a single highest value, known to all. Learning by average payoffs need \
                 not find an equilibrium there, neither on average nor in the last iterate (Deng et al. 2022)."
            ),
            Self::FewTopBidders { contender, top } => format!(
                "{contender}: a first-price auction in which {top} bidders share the highest value, known to all. Both bidding one or \
                 both bidding two ticks below it are equilibria; learning by average payoffs reaches one of them on average over \
                 time, but its last iterate need not settle (Deng et al. 2022)."
            ),
            Self::FewReplicates { replicates: 1 } => {
                "there is one replicate, so no interval and no test can be given.".to_owned()
            }
            Self::FewReplicates { replicates } => format!(
                "there are {replicates} replicates. Intervals from fewer than {FEW_REPLICATES} are wide, and right only if replicates \
                 are about normal."
            ),
            Self::Drift { contender, drift, .. } => format!(
                "{contender}: over the last quarter of learning average policies moved by {drift:.2} (total variation; above \
                 {LARGE_DRIFT} they had not settled, or cycle)."
            ),
            Self::HeavyTail { what, shape, .. } => format!(
                "{what} has a Pareto tail of shape {shape}. At {HEAVY_SHAPE} and below there is no variance, so means \
                 over replicates are not normal and their intervals come out too short."
            ),
            Self::PairingHurts { a, b, metrics } => {
                let named: Vec<String> = metrics
                    .iter()
                    .map(|(label, reduction)| format!("{label} ({:.0}% more variance)", -100.0 * reduction))
                    .collect();
                format!(
                    "{a} and {b}: common draws pull these apart instead of together: {}.",
                    named.join(", ")
                )
            }
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Missing { .. } => {
                "run the experiment again: it continues where it stopped; errors stand in the view `units` of results.sqlite.".to_owned()
            }
            Self::NotCertified { alone: true, .. } => {
                "none is needed if adaptive agents are the question: alone they need not find an equilibrium. To find one, set \
                 `play.regime = \"self_play\"`."
                    .to_owned()
            }
            Self::NotCertified { delegators: Some(_), upper, tolerance, .. } if upper <= tolerance => {
                "sequencers are in equilibrium, delegators are not: read payouts as what this rule of choice brings, or let them \
                 choose by `strategy = \"best_response\"` or `\"logit\"`."
                    .to_owned()
            }
            Self::NotCertified { gain, tolerance, .. } if gain <= tolerance => {
                "the estimate is within the tolerance, the bound is not: raise `play.certificate_markets` or \
                 `play.certificate_epochs` to tighten it."
                    .to_owned()
            }
            Self::NotCertified { .. } => {
                "let agents learn for longer (`play.warmup_epochs`) or from more markets (`play.rounds`), or give them a finer \
                 menu or more bins in their strategy."
                    .to_owned()
            }
            Self::NoEquilibrium { alone: true, .. } => {
                "none is needed if adaptive agents are the question. To look for an equilibrium, set `play.regime = \"self_play\"`."
                    .to_owned()
            }
            Self::NoEquilibrium { .. } => {
                "try another learner (`--set sequencers.*.strategy=regret_matching`) or longer learning (`play.warmup_epochs`); if \
                 play goes on turning, there may be no equilibrium in pure offers on this menu (one in mixed offers always is): \
                 report the circles, not the means."
                    .to_owned()
            }
            Self::Restless { .. } => {
                "none is needed to read averages. Longer learning (`play.warmup_epochs`) tells slow convergence from circles."
                    .to_owned()
            }
            Self::Basins { .. } => {
                "read the blocks by basin above and basins.csv; more replicates (`experiment.replicates`) say how often each is \
                 reached."
                    .to_owned()
            }
            Self::AtMenuEdge { .. } => {
                "give the strategy a menu that ends higher (`menu` in its file or table) and see whether play moves.".to_owned()
            }
            Self::NotJudged { .. } => {
                "give the script a `menu` of the deviations against which it is to be judged.".to_owned()
            }
            Self::ValueIgnored { .. } => "raise `bins` in the strategy.".to_owned(),
            Self::FewTopBidders { .. } => {
                "look at `settled` and at the basins; a third bidder with the same value makes the last iterate settle.".to_owned()
            }
            Self::FewReplicates { .. } => "raise `experiment.replicates`, or run with --replicates 32.".to_owned(),
            Self::Drift { alone: true, .. } => "raise `play.stable_epochs` and `play.max_epochs`.".to_owned(),
            Self::Drift { .. } => {
                "raise `play.warmup_epochs`; if drift stays, play cycles, and averages are all that can be reported.".to_owned()
            }
            Self::HeavyTail { mev: true, .. } => {
                "lower `world.mev_tail_cap` or raise `world.mev_tail_shape`; paired differences suffer less than levels.".to_owned()
            }
            Self::HeavyTail { .. } => {
                "raise the shape, or take a bounded law; paired differences suffer less than levels.".to_owned()
            }
            Self::PairingHurts { .. } => {
                "the intervals hold, they are only wider than need be: raise `experiment.replicates`.".to_owned()
            }
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Remedy: {}", self.cause(), self.remedy())
    }
}

fn percent(share: f64) -> String {
    crate::chart::ticks::significant(100.0 * share, 2)
}

/// Everything about a stored comparison that deserves a warning, the gravest first.
///
/// # Errors
/// Where the store cannot be read.
pub fn warnings(store: &Store, experiment: &Experiment) -> Result<Vec<Warning>, StoreError> {
    Ok(about(&Summary::read(store, 0, experiment.play.tolerance)?, experiment))
}

/// As [`warnings`], from a summary that has been read.
pub fn about(summary: &Summary, experiment: &Experiment) -> Vec<Warning> {
    let alone = experiment.play.schedule.regime == Regime::Independent;
    let mut found = Vec::new();
    // With a stopping rule nobody knows how many there will be.
    let rule = experiment.variations.stopping.as_ref();
    let planned = u64::from(rule.map_or(experiment.replicates, |rule| rule.minimum.min(rule.maximum)));
    let each = || summary.contenders().iter().cloned().enumerate();
    let mean = |c: usize, metric: &str| summary.estimate(c, metric).map_or(f64::NAN, |e| e.mean);
    for (c, contender) in each() {
        let done = summary.done(c);
        if done < planned {
            found.push(Warning::Missing { contender, done, planned });
        }
    }
    let tolerance = experiment.play.tolerance;
    let by_money = experiment.setting.delegators.iter().any(|group| group.rule != Revision::Logit);
    for (c, contender) in each() {
        let standing = summary.standing(c);
        let Standing::Learned { certified, of, restless, lost } = standing else { continue };
        let upper = mean(c, "deviation_gain_upper");
        match standing.verdict() {
            Verdict::NotCertified => found.push(Warning::NotCertified {
                contender,
                certified,
                of,
                gain: mean(c, "deviation_gain"),
                upper,
                delegators: by_money.then(|| mean(c, "delegator_gain_upper")).filter(|u| *u > tolerance),
                tolerance,
                alone,
            }),
            Verdict::NoEquilibrium => {
                found.push(Warning::NoEquilibrium { contender, lost, of, upper, tolerance, alone });
            }
            Verdict::TimeAverage => {
                let unrest = mean(c, "last_iterate_drift");
                found.push(Warning::Restless { contender, restless, of, unrest });
            }
            Verdict::Given | Verdict::Certified => {}
        }
    }
    for (c, contender) in each().filter(|(c, _)| summary.has_basins(*c)) {
        let sizes = summary.basins(c).iter().map(|b| b.replicates.len()).collect();
        found.push(Warning::Basins { contender, sizes });
    }
    for (c, contender) in each() {
        let share = mean(c, "at_menu_edge");
        if share > PRESSED {
            found.push(Warning::AtMenuEdge { contender, share });
        }
    }
    let learns = |class: &Class| class.strategy.learner.learns();
    let groups_of = |which: &dyn Fn(&Class) -> bool| -> Vec<String> {
        experiment
            .setting
            .classes
            .iter()
            .filter(|class| which(class))
            .map(|class| class.name.clone())
            .collect()
    };
    if experiment.setting.classes.iter().any(learns) {
        let groups = groups_of(&|class| {
            let strategy = &class.strategy;
            !learns(class) && !strategy.judged && strategy.answers.is_none() && strategy.policy.is_none()
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
    }
    for contender in &experiment.contenders {
        if let Some(top @ 1..=2) = top_bidders(experiment, contender) {
            found.push(Warning::FewTopBidders { contender: contender.name.clone(), top });
        }
    }
    for (c, contender) in each() {
        let drift = mean(c, "policy_drift");
        if drift > LARGE_DRIFT {
            found.push(Warning::Drift { contender, drift, alone });
        }
    }
    let replicates = (0..summary.contenders().len()).map(|c| summary.done(c)).max().unwrap_or(0);
    if (1..FEW_REPLICATES).contains(&replicates) {
        found.push(Warning::FewReplicates { replicates });
    }
    found.extend(heavy_tails(experiment));
    found.extend(summary.pairs().into_iter().filter_map(|pair| pairing(summary, pair)));
    found
}

/// Bidders with the highest value in a first-price auction of one unit whose values everybody knows, if it is one and
/// somebody learns to bid; with a single bidder there is nothing to learn from.
fn top_bidders(experiment: &Experiment, contender: &Contender) -> Option<usize> {
    let Rule::AuctionRotation(rule) = &contender.rule else { return None };
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
    let top = values.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    Some(setting.classes.iter().zip(&values).filter(|(_, v)| **v == top).map(|(c, _)| c.count).sum())
}

fn heavy_tails(experiment: &Experiment) -> Vec<Warning> {
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
    (!metrics.is_empty()).then(|| Warning::PairingHurts { a: name(a), b: name(b), metrics })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::outcome::{Outcome, UnitKey};
    use crate::experiment::trial;
    use crate::experiment::unit::UnitPlan;

    /// A store of `THREE` with made-up values of the first contender, and the last one where given.
    fn about_values(values: &[(&'static str, [f64; 3])], last: &[(&'static str, [f64; 3])]) -> Vec<Warning> {
        let experiment = trial::read(trial::THREE);
        let root = tempfile::tempdir().unwrap();
        let mut store = trial::empty(&experiment, root.path());
        for (mechanism, values) in [("auction", values), ("votes", last)] {
            for replicate in 0..3 {
                let metrics = values.iter().map(|(key, v)| (*key, v[replicate as usize])).collect();
                let key = UnitKey { design: 0, mechanism: mechanism.to_owned(), replicate };
                let plan = UnitPlan { id: format!("{mechanism}{replicate}"), key, seed: 1 };
                store.put(&plan, Ok(&Outcome { metrics, ..Outcome::default() })).unwrap();
            }
        }
        warnings(&store, &experiment).unwrap()
    }

    #[test]
    fn each_has_cause_and_remedy() {
        let found = about_values(
            &[
                ("deviation_gain", [0.02; 3]),
                ("deviation_gain_upper", [0.03; 3]),
                ("certified", [1.0, 0.0, 0.0]),
                ("policy_drift", [0.3; 3]),
                ("net_surplus", [1.0, 2.0, 3.0]),
            ],
            &[("certified", [1.0; 3]), ("net_surplus", [3.0, 2.0, 1.0])],
        );
        let kinds: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 5, "{kinds:#?}");
        assert!(kinds[0].starts_with("one: only 0 of 3 replicates"));
        assert!(kinds[1].contains("1 of 3 replicates are certified") && kinds[1].contains("warmup_epochs"));
        assert!(
            kinds[1].contains("2.0%") && kinds[1].contains("3.0%") && kinds[1].contains("1.0%"),
            "{}",
            kinds[1]
        );
        assert!(kinds[2].contains("moved by 0.30") && kinds[2].contains("`play.warmup_epochs`"));
        assert!(kinds[3].contains("3 replicates"));
        assert!(
            kinds[4].contains("auction and votes") && kinds[4].contains("net surplus (100% more variance)")
        );
    }

    #[test]
    fn play_that_moves_and_basins_are_marked() {
        let found = about_values(
            &[
                ("deviation_gain_upper", [0.03; 3]),
                ("certified", [1.0, 0.0, 1.0]),
                ("settled", [0.0, 0.0, 1.0]),
            ],
            &[("certified", [1.0; 3]), ("settled", [1.0, 0.0, 1.0]), ("last_iterate_drift", [0.04; 3])],
        );
        let text: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(text.iter().any(|t| t.starts_with("auction: no equilibrium found. In 1 of 3")), "{text:#?}");
        assert!(
            text.iter().any(|t| t.starts_with("votes: certified as a time average. In 1 of 3")
                && t.contains("by 4.0% of the menu")),
            "{text:#?}"
        );
    }

    #[test]
    fn theory_warns_of_few_top_bidders() {
        let top = |count: u32, pricing: &str, value: &str| {
            let experiment = trial::read(&format!(
                "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"top\"\ncount = {count}\nvalue = {value}\n[[sequencers]]\n\
                 name = \"low\"\nvalue = {{ constant = 0.5 }}\ncount = 2\n[mechanism.m]\nrule = \"auction_rotation\"\nseats = 1\n\
                 pricing = \"{pricing}\"\n"
            ));
            top_bidders(&experiment, &experiment.contenders[0])
        };
        assert_eq!(top(2, "pay_as_bid", "{ constant = 1.0 }"), Some(2));
        assert_eq!(top(3, "pay_as_bid", "{ constant = 1.0 }"), Some(3));
        assert_eq!(top(1, "pay_as_bid", "{ constant = 0.5 }"), Some(3));
        assert_eq!(top(1, "uniform", "{ constant = 1.0 }"), None);
        assert_eq!(top(1, "pay_as_bid", "{ uniform = [0, 1] }"), None);
        let two = Warning::FewTopBidders { contender: "m".into(), top: 2 };
        assert!(two.to_string().contains("Deng et al. 2022") && two.to_string().contains("2 bidders share"));
    }

    #[test]
    fn a_loose_bound_calls_for_a_larger_certificate() {
        let found = about_values(
            &[("deviation_gain", [0.005; 3]), ("deviation_gain_upper", [0.03; 3]), ("certified", [0.0; 3])],
            &[],
        );
        let text = found.iter().map(ToString::to_string).collect::<String>();
        assert!(text.contains("`play.certificate_markets`"), "{text}");
    }

    #[test]
    fn heavy_tails_are_found_in_both_worlds() {
        let shape = |text: &str| heavy_tails(&trial::read(text)).first().map(Warning::cause);
        let end = "[mechanism.m]\nrule = \"centralized\"\n";
        let rollup = |shape: f64| {
            format!(
                "[experiment]\nname = \"t\"\n[world]\nkind = \"rollup\"\nmev_median = 0.01\nmev_tail_share = 0.01\n\
                 mev_tail_shape = {shape}\n[[sequencers]]\nname = \"s\"\ncount = 2\n{end}"
            )
        };
        assert!(shape(&rollup(1.5)).unwrap().contains("shape 1.5"));
        assert_eq!(shape(&rollup(2.5)), None);
        let plain = format!(
            "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = {{ pareto = [1, 2] }}\n{end}"
        );
        assert!(shape(&plain).unwrap().contains("group s"));
    }
}
