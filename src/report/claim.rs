//! What came of a claim.
//!
//! **Definition.** With the claim of [`crate::experiment::claim`], at each design point and for each pair of contenders, over the `n`
//! replicates that both have on the same draws:
//!
//! * superiority looks at the mean of `m_a − m_b − δ` (`less`: of `m_b − m_a − δ`). The pair is *supported* where its 95% interval lies
//!   above zero, *rejected* where it does not reach above zero, and *undecided* otherwise, as with fewer than two replicates;
//! * equivalence looks at both `m_a − m_b + δ` and `m_b − m_a + δ`. Supported where both intervals lie above zero, rejected where one
//!   lies below it (two one-sided tests: Schuirmann 1987, J. Pharmacokin. Biopharm. 15, p. 657).
//!
//! Two tests reject equivalence, and where `|m_a − m_b| < δ` neither should: the p-value of a rejection is twice the smaller of theirs
//! (Bonferroni), and a pair is rejected where that is at most 2.5%.
//!
//! Where `δ` is a share `e` of `b`'s mean it is `e m_b` (its sign that of `b`'s mean) replicate by replicate, so that the interval knows
//! that it is estimated too. Each end of a 95% interval is a one-sided test at 2.5%.
//!
//! A point is supported where every pair is, and rejected where one is although it is one of so many: where its p-value times the number of
//! pairs that are not rejected before it is at most 2.5% (Holm 1979, Scand. J. Statist. 6, p. 65). Else a lone rejection would come by luck
//! the more easily the more contenders there are. The claim is *supported* where every point is, *rejected* where every point is,
//! *conditional* where some point is surely supported and some surely rejected, and *undecided* otherwise. Supported takes a joint claim
//! about all pairs and points, each part of which is tested: as an intersection–union test it errs in no more studies than each part does
//! (Berger 1982, Technometrics 24, p. 295). That *some* point lies on a side is easily so by luck where there are many. So *surely* is what
//! all tests together allow at 2.5% (Holm's method): of support one for each point, whose p-value is the largest of its pairs', of rejection
//! one for each pair of each point.
//!
//! A verdict is about what the learners did. It is told beside it where play is not certified in some replicate, where the bound on what other
//! conduct would gain exceeds the tolerance in some, and where replicates end in distinct basins, for which at least [`FEWEST`] of them are
//! looked at. It is *provisional* while units that the study asks for are not done; points of which none is are undecided.
//!
//! What a conditional claim hangs on are parameters whose settings part points that are surely supported from those that are surely
//! rejected: numbers by ranges that lie apart, or where they recur, as in a grid, and texts by lists. Some would at random, too: with `n`
//! points, `s` of them supported, all choices of `s` among `n` being alike, and that many are told beside it.

mod json;
mod judging;
mod parting;
#[cfg(test)]
mod tests;
mod wording;

use super::sweep::MOST_POINTS;
use crate::experiment::basins;
use crate::experiment::claim::Claim;
use crate::experiment::design::Design;
use crate::experiment::file::Experiment;
use crate::experiment::outcome::Outcome;
use crate::experiment::replication::asked_and_there;
use crate::experiment::store::{DesignValue, Store, StoreError};
use crate::measure::basins::FEWEST;
use crate::measure::statistics::Comparison;
use judging::{judge, of_point, test_together};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Name of the file.
pub const FILE: &str = "verdict.json";

/// What came of a pair or a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The claim holds.
    Supported,
    /// It does not.
    Rejected,
    /// Intervals are too wide to tell.
    Undecided,
}

/// What came of the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// At every point.
    Supported,
    /// At no point.
    Rejected,
    /// At some points and not at others, for sure.
    Conditional,
    /// Nobody can tell.
    Undecided,
}

impl Finding {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Rejected => "rejected",
            Self::Undecided => "undecided",
        }
    }
}

impl Verdict {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Rejected => "rejected",
            Self::Conditional => "conditional",
            Self::Undecided => "undecided",
        }
    }

    /// Of what came of each point, and whether surely.
    fn of(points: &[(Finding, bool)]) -> Self {
        let all = |finding| !points.is_empty() && points.iter().all(|(own, _)| *own == finding);
        let surely = |finding| points.contains(&(finding, true));
        if all(Finding::Supported) {
            Self::Supported
        } else if all(Finding::Rejected) {
            Self::Rejected
        } else if surely(Finding::Supported) && surely(Finding::Rejected) {
            Self::Conditional
        } else {
            Self::Undecided
        }
    }
}

/// A pair of contenders at a point.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Which the claim is about, by place in the file.
    pub a: usize,
    /// Which it is held against.
    pub b: usize,
    /// Difference `a − b` of the metric.
    pub difference: Comparison,
    /// Smallest difference of interest, in the unit of the metric.
    pub effect: f64,
    /// What came of it.
    pub finding: Finding,
    /// p-values of the tests by which it would be supported, and rejected.
    pub p_values: [f64; 2],
}

/// A design point.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its number.
    pub design: u32,
    /// Its settings, in the order of the store's parameters.
    pub settings: Vec<Option<DesignValue>>,
    /// Pairs.
    pub pairs: Vec<Pair>,
    /// What came of it.
    pub finding: Finding,
    /// Whether it also does where all points and pairs are tested together.
    pub is_sure: bool,
    /// How far its play is an equilibrium; `None` where no unit is done.
    pub standing: Option<Standing>,
}

/// How far the play of all that are compared at a point is an equilibrium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Whether every replicate is certified; `None` where nobody was judged.
    pub certified: Option<bool>,
    /// Whether the replicates of each contender are one population; `None` where nobody looked: in designs of many points, and of fewer
    /// than [`FEWEST`] replicates.
    pub one_basin: Option<bool>,
    /// The largest upper bound, over replicates, of what other conduct gains, a fraction of potential value; `None` where nobody learns
    /// how to behave.
    pub conduct_gain_upper: Option<f64>,
    /// Whether that exceeds the tolerance.
    pub conduct_gains: bool,
}

impl Standing {
    /// Whether play is certified, of one basin, and no other conduct gains; `None` where nothing speaks against that, but nobody was
    /// judged, or nobody looked for basins.
    pub fn is_sound(self) -> Option<bool> {
        match (self.certified, self.one_basin, self.conduct_gains) {
            (Some(false), ..) | (_, Some(false), _) | (.., true) => Some(false),
            (Some(true), Some(true), false) => Some(true),
            _ => None,
        }
    }
}

impl Point {
    /// Of each pair the p-value of its rejection as one of all pairs of the point, by Holm's method.
    pub fn rejections(&self) -> Vec<f64> {
        judging::rejections(&self.pairs)
    }

    /// As [`Standing::is_sound`].
    pub fn is_sound(&self) -> Option<bool> {
        self.standing.and_then(Standing::is_sound)
    }
}

/// Units of all contenders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// Those that are done.
    pub done: u64,
    /// Those that the study asks for; with a stopping rule as far as what is done tells.
    pub planned: u64,
    /// Those that failed, and would again.
    pub failed: u64,
}

/// What came of a claim.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The claim.
    pub claim: Claim,
    /// Contenders, in the order of the file.
    pub contenders: Vec<String>,
    /// Names of what varies from point to point.
    pub parameters: Vec<String>,
    /// Points of the design, whether anything is done there or not.
    pub points: Vec<Point>,
    /// What came of it.
    pub verdict: Verdict,
    /// Units that it rests on.
    pub units: Units,
    /// Whether distinct basins were looked for at every point where units are done.
    pub basins_checked: bool,
}

impl Findings {
    /// Judges the claim of an experiment at every point of its design; `None` where it states none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store, experiment: &Experiment) -> Result<Option<Self>, StoreError> {
        let Some(claim) = &experiment.variations.claim else { return Ok(None) };
        let place = |key: &str| store.metrics().iter().position(|metric| *metric == key);
        let (metric, certified) = (place(claim.metric.key), place("certified"));
        let (conduct, tolerance) = (place("conduct_gain_upper"), experiment.play.tolerance);
        let contenders = store.contenders().len();
        let rule = experiment.variations.stopping.as_ref();
        let designs = 0..Design::of(experiment).map_or(1, |design| design.len());
        let mut mixed: HashSet<(u32, usize)> = HashSet::new();
        let few_points = designs.len() <= MOST_POINTS;
        if few_points {
            basins::visit(store, experiment.play.tolerance, None, |design, contender, found| {
                if found.len() > 1 {
                    mixed.insert((design, contender));
                }
                Ok::<_, StoreError>(())
            })?;
        }
        let concerned: HashSet<usize> = claim.pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
        let failed = store.failures(None)?.iter().map(|(.., count)| count).sum();
        let (mut points, mut units) = (Vec::new(), Units { failed, ..Units::default() });
        for design in designs {
            let mut values: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); contenders];
            let (mut is_certified, mut conduct_gain_upper): (Option<bool>, Option<f64>) = (None, None);
            // By contender and replicate; what a stopping rule asks for hangs on it.
            let mut outcomes: HashMap<(usize, u32), Outcome> = HashMap::new();
            store.visit_values_at(design, |unit| {
                let told = unit.values.iter().filter(|_| rule.is_some());
                let metrics = told.map(|&(place, value)| (store.metrics()[place], value)).collect();
                outcomes.insert((unit.contender, unit.replicate), Outcome { metrics, ..Outcome::default() });
                for &(own, value) in unit.values {
                    if Some(own) == metric {
                        values[unit.contender].insert(unit.replicate, value);
                    }
                    if Some(own) == certified && concerned.contains(&unit.contender) {
                        is_certified = Some(is_certified.unwrap_or(true) && value == 1.0);
                    }
                    if Some(own) == conduct && concerned.contains(&unit.contender) {
                        conduct_gain_upper = Some(conduct_gain_upper.map_or(value, |most| most.max(value)));
                    }
                }
                Ok::<_, StoreError>(())
            })?;
            let pair = |&(a, b): &(usize, usize)| {
                let common = values[a].iter().filter_map(|(r, x)| Some((*x, *values[b].get(r)?)));
                judge(claim, (a, b), &common.collect::<Vec<_>>())
            };
            let pairs: Vec<Pair> = claim.pairs.iter().map(pair).collect();
            let (asked, there) = if let Some(rule) = rule {
                asked_and_there(rule, contenders, |contender, replicate| {
                    outcomes.get(&(contender, replicate)).cloned()
                })
            } else {
                let there = outcomes.keys().filter(|(_, replicate)| *replicate < experiment.replicates);
                (u64::from(experiment.replicates) * contenders as u64, there.count() as u64)
            };
            (units.planned, units.done) = (units.planned + asked, units.done + there);
            let finding = of_point(&pairs);
            let replicates = |contender: &usize| outcomes.keys().filter(|(own, _)| own == contender).count();
            let looked = few_points && concerned.iter().map(replicates).min() >= Some(FEWEST);
            let standing = Standing {
                certified: is_certified,
                one_basin: looked.then(|| !concerned.iter().any(|&c| mixed.contains(&(design, c)))),
                conduct_gain_upper,
                conduct_gains: conduct_gain_upper.is_some_and(|upper| upper > tolerance),
            };
            let standing = (!outcomes.is_empty()).then_some(standing);
            let settings = store.design_values(design)?;
            points.push(Point { design, settings, pairs, finding, is_sure: false, standing });
        }
        test_together(&mut points);
        let findings: Vec<(Finding, bool)> =
            points.iter().map(|point| (point.finding, point.is_sure)).collect();
        let mut standings = points.iter().filter_map(|p| p.standing).peekable();
        let basins_checked = standings.peek().is_some() && standings.all(|s| s.one_basin.is_some());
        Ok(Some(Findings {
            claim: claim.clone(),
            contenders: store.contenders().to_vec(),
            parameters: store.parameters().to_vec(),
            verdict: Verdict::of(&findings),
            points,
            units,
            basins_checked,
        }))
    }

    /// Whether everything that the study asks for is done, or has failed.
    pub fn is_complete(&self) -> bool {
        self.units.done + self.units.failed >= self.units.planned
    }

    fn count(&self, finding: Finding) -> usize {
        self.points.iter().filter(|point| point.finding == finding).count()
    }

    /// Points that are surely supported, or rejected.
    fn sure(&self, finding: Finding) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(move |point| point.finding == finding && point.is_sure)
    }
}
