//! What came of a claim.
//!
//! **Definition.** With the claim of [`crate::experiment::claim`], at each design point and for each pair of contenders, over the `n`
//! replicates that both have on the same draws:
//!
//! * superiority looks at the mean of `m_a − m_b − δ` (`less`: of `m_b − m_a − δ`). The pair is *supported* where its 95% interval lies
//!   above zero, *rejected* where it does not reach above zero, and *undecided* otherwise, as with fewer than two replicates;
//! * equivalence looks at both `m_a − m_b + δ` and `m_b − m_a + δ`. Supported where both intervals lie above zero, rejected where one
//!   does not reach above it (two one-sided tests: Schuirmann 1987, J. Pharmacokin. Biopharm. 15, p. 657).
//!
//! Where `δ` is a share `e` of `b`'s mean it is `e m_b` (its sign that of `b`'s mean) replicate by replicate, so that the interval knows
//! that it is estimated too. Each end of a 95% interval is a one-sided test at 2.5%.
//!
//! A point is supported where every pair is, and rejected where one is. The claim is *supported* where every point is, *rejected* where
//! every point is, *conditional* where some point is surely supported and some surely rejected, and *undecided* otherwise. Supported takes
//! a joint claim about all pairs and points, each part of which is tested: as an intersection–union test it errs in no more studies than
//! each part does (Berger 1982, Technometrics 24, p. 295). That *some* point lies on a side is easily so by luck where there are many.
//! So *surely* is what all tests together allow at 2.5% (Holm's method): of support one for each point, whose p-value is the largest of its
//! pairs', of rejection one for each pair of each point.
//!
//! A verdict is about what the learners did. Points where some replicate is not certified, or where replicates end in distinct basins,
//! are counted beside it. It is *provisional* while units that the study asks for are not done; points of which none is are undecided.
//!
//! What a conditional claim hangs on are parameters whose settings part points that are surely supported from those that are surely
//! rejected: numbers by ranges that lie apart, or where they recur, as in a grid, and texts by lists. Some would at random, too: with `n`
//! points, `s` of them supported, all choices of `s` among `n` being alike, and that many are told beside it.

use super::frontier::{labelled, printed, setting, short_names};
use super::sweep::MOST_POINTS;
use super::table::layout::wrapped;
use crate::chart::ticks::significant;
use crate::experiment::basins;
use crate::experiment::claim::{Claim, Test};
use crate::experiment::design::Design;
use crate::experiment::file::Experiment;
use crate::experiment::outcome::Outcome;
use crate::experiment::replication::asked_and_there;
use crate::experiment::store::{DesignValue, Store, StoreError};
use crate::measure::effects::multiplicity::holm;
use crate::measure::statistics::{Comparison, Critical, Pairs};
use crate::measure::student::cdf;
use crate::numerics::{exp, ln_choose};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Level of each one-sided test: that of one end of a 95% interval.
const LEVEL: f64 = 0.025;

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

    /// Of the mean of something that has to be above zero.
    fn of(contrast: &Comparison) -> Self {
        if contrast.ci_low > 0.0 {
            Self::Supported
        } else if contrast.ci_high <= 0.0 {
            Self::Rejected
        } else {
            Self::Undecided
        }
    }

    /// p-values of the mean not being above zero, and of its being above: 1 where fewer than two replicates say anything.
    fn p_values(contrast: &Comparison) -> [f64; 2] {
        if contrast.n < 2 {
            return [1.0; 2];
        }
        if contrast.se == 0.0 {
            return if contrast.difference > 0.0 { [0.0, 1.0] } else { [1.0, 0.0] };
        }
        let (t, freedom) = (contrast.difference / contrast.se, contrast.n as f64 - 1.0);
        [cdf(-t, freedom), cdf(t, freedom)]
    }

    /// Of all parts together.
    fn all(parts: impl Iterator<Item = Self>) -> Self {
        let (mut together, mut any) = (Self::Supported, false);
        for part in parts {
            any = true;
            together = match (together, part) {
                (Self::Rejected, _) | (_, Self::Rejected) => Self::Rejected,
                (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
                _ => Self::Supported,
            };
        }
        if any { together } else { Self::Undecided }
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
    /// Whether every replicate is certified and they are one population, as far as basins were looked for; `None` where no unit is done.
    pub is_sound: Option<bool>,
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
    /// Whether distinct basins were looked for; not in designs of many points.
    pub basins_checked: bool,
}

/// Judges a pair by its values in common replicates.
fn judge(claim: &Claim, (a, b): (usize, usize), values: &[(f64, f64)]) -> Pair {
    let mut critical = Critical::default();
    let compared = |of: &dyn Fn(f64, f64) -> (f64, f64), critical: &mut Critical| {
        let mut pairs = Pairs::default();
        for &(x, y) in values {
            let (x, y) = of(x, y);
            pairs.push(x, y);
        }
        pairs.comparison(critical)
    };
    let difference = compared(&|x, y| (x, y), &mut critical);
    let sign = if difference.mean_b < 0.0 { -1.0 } else { 1.0 };
    let least = |y: f64| if claim.relative { claim.effect * sign * y } else { claim.effect };
    let more = compared(&|x, y| (x, y + least(y)), &mut critical);
    let less = compared(&|x, y| (y, x + least(y)), &mut critical);
    let parts = match claim.test {
        Test::More => vec![more],
        Test::Less => vec![less],
        Test::Equivalence => vec![
            compared(&|x, y| (x + least(y), y), &mut critical),
            compared(&|x, y| (y + least(y), x), &mut critical),
        ],
    };
    let p: Vec<[f64; 2]> = parts.iter().map(Finding::p_values).collect();
    // Supported by all parts, rejected by one: no two can be false at a time.
    let p_values = [p.iter().map(|p| p[0]).fold(0.0, f64::max), p.iter().map(|p| p[1]).fold(1.0, f64::min)];
    let finding = Finding::all(parts.iter().map(Finding::of));
    Pair { a, b, difference, effect: least(difference.mean_b), finding, p_values }
}

/// What came of a point: supported where all its pairs are, rejected where one is although it is one of so many.
fn of_point(pairs: &[Pair]) -> Finding {
    let rejections = holm(&pairs.iter().map(|pair| pair.p_values[1]).collect::<Vec<_>>());
    match Finding::all(pairs.iter().map(|pair| pair.finding)) {
        Finding::Rejected if rejections.iter().all(|p| *p > LEVEL) => Finding::Undecided,
        finding => finding,
    }
}

/// Notes which points stay supported, or rejected, where all points and pairs are tested together.
fn test_together(points: &mut [Point]) {
    let support = |point: &Point| point.pairs.iter().map(|pair| pair.p_values[0]).fold(0.0, f64::max);
    let supports = holm(&points.iter().map(support).collect::<Vec<_>>());
    let each = points.iter().flat_map(|point| point.pairs.iter().map(|pair| pair.p_values[1]));
    let mut rejections = holm(&each.collect::<Vec<_>>()).into_iter();
    for (point, support) in points.iter_mut().zip(supports) {
        let rejection = rejections.by_ref().take(point.pairs.len()).fold(1.0, f64::min);
        point.is_sure = match point.finding {
            Finding::Supported => support <= LEVEL,
            Finding::Rejected => rejection <= LEVEL,
            Finding::Undecided => false,
        };
    }
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
        let contenders = store.contenders().len();
        let rule = experiment.variations.stopping.as_ref();
        let designs = 0..Design::of(experiment).map_or(1, |design| design.len());
        let mut mixed: HashSet<(u32, usize)> = HashSet::new();
        let basins_checked = designs.len() <= MOST_POINTS;
        if basins_checked {
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
            let mut is_sound = !concerned.iter().any(|&contender| mixed.contains(&(design, contender)));
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
                    let fails = Some(own) == certified && value != 1.0;
                    is_sound &= !(fails && concerned.contains(&unit.contender));
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
            let is_sound = (!outcomes.is_empty()).then_some(is_sound);
            let settings = store.design_values(design)?;
            points.push(Point { design, settings, pairs, finding, is_sure: false, is_sound });
        }
        test_together(&mut points);
        let findings: Vec<(Finding, bool)> =
            points.iter().map(|point| (point.finding, point.is_sure)).collect();
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

    /// The claim as it is tested, in words.
    pub fn tested(&self) -> String {
        let (factor, unit) = printed(self.claim.metric);
        let name = |place: usize| self.contenders[place].as_str();
        let effect = if self.claim.relative {
            format!("{}% of the other's", significant(100.0 * self.claim.effect, 3))
        } else {
            let unit = if unit == "%" { "points" } else { unit };
            format!("{} {unit}", significant(self.claim.effect * factor, 3)).trim_end().to_owned()
        };
        let metric = self.claim.metric.label;
        let others = |from: usize| {
            let names: Vec<&str> =
                self.claim.pairs.iter().filter(|p| p.0 == from).map(|p| name(p.1)).collect();
            names.join(", ")
        };
        let first = self.claim.pairs.first().map_or(0, |pair| pair.0);
        let lone = self.claim.pairs.iter().all(|pair| pair.0 == first);
        match self.claim.test {
            Test::More => {
                format!("{metric} of {} exceeds that of {} by more than {effect}", name(first), others(first))
            }
            Test::Less => format!(
                "{metric} of {} is below that of {} by more than {effect}",
                name(first),
                others(first)
            ),
            Test::Equivalence if lone => {
                format!(
                    "{metric} of {} differs from that of {} by less than {effect}",
                    name(first),
                    others(first)
                )
            }
            Test::Equivalence => format!("{metric} of any two contenders differs by less than {effect}"),
        }
    }

    /// What came of it, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let Units { done, planned, failed } = self.units;
        let verdict = match (self.is_complete(), failed) {
            (true, 0) => "Verdict".to_owned(),
            (true, _) => format!("Verdict, on {done} of {planned} units, as {failed} failed"),
            (false, 0) => format!("Provisional verdict, on {done} of {planned} units"),
            (false, _) => {
                format!("Provisional verdict, on {done} of {planned} units, of which {failed} failed")
            }
        };
        let mut said = vec![format!("{verdict}: {}. Tested: {}.", self.verdict.name(), self.tested())];
        if let [point] = self.points.as_slice() {
            said.extend(point.pairs.iter().map(|pair| format!("{}.", self.of_pair(pair))));
        } else {
            let each = [Finding::Supported, Finding::Rejected, Finding::Undecided];
            let counts = each.iter().map(|f| format!("{} at {}", f.name(), self.count(*f)));
            let counts = counts.collect::<Vec<_>>().join(", ");
            said.push(format!("Of {} design points it is {counts}.", self.points.len()));
            let [supported, rejected, _] =
                each.map(|finding| (self.count(finding), self.sure(finding).count()));
            if supported.0 > 0 && rejected.0 > 0 {
                let luck = if self.verdict == Verdict::Conditional {
                    ""
                } else {
                    ": the others may lie there by luck"
                };
                said.push(format!(
                    "Tested together (Holm's method at 2.5% each way, over all points and pairs) it is supported at {}, and rejected at \
                     {}{luck}.",
                    supported.1, rejected.1
                ));
            }
            said.extend(self.conditions());
        }
        let unsound = self.points.iter().filter(|point| point.is_sound == Some(false)).count();
        if unsound > 0 {
            let at = if self.points.len() == 1 { String::new() } else { format!(" at {unsound} of them") };
            let what = if self.basins_checked {
                format!("Play is not certified, or replicates end in distinct basins,{at}")
            } else {
                format!("Play is not certified{at}")
            };
            said.push(format!(
                "{what}: there the verdict is about what the learners did, not about an equilibrium."
            ));
        }
        if !self.basins_checked {
            said.push("Distinct basins were not looked for among so many points.".to_owned());
        }
        said
    }

    fn of_pair(&self, pair: &Pair) -> String {
        let (factor, unit) = printed(self.claim.metric);
        let unit = if unit == "%" { "points" } else { unit };
        let say = |v: f64| significant(v * factor, 4);
        let d = &pair.difference;
        let (a, b) = (&self.contenders[pair.a], &self.contenders[pair.b]);
        if d.n == 0 {
            return format!("{a} and {b} have no common replicate with {}", self.claim.metric.label);
        }
        let interval = if d.ci_low.is_finite() {
            format!(", 95% interval from {} to {}", say(d.ci_low), say(d.ci_high))
        } else {
            ", and one replicate gives no interval".to_owned()
        };
        format!(
            "{a} less {b}: {} {unit}{interval}, against {} {unit}: {}",
            say(d.difference),
            say(pair.effect),
            pair.finding.name()
        )
        .replace("  ", " ")
        .replace(" ,", ",")
        .replace(" :", ":")
    }

    /// On what it hangs: parameters whose settings part points that are surely supported from those surely rejected, and how many would
    /// at random; or points of either kind.
    pub fn conditions(&self) -> Vec<String> {
        const MOST: usize = 6;
        if self.verdict != Verdict::Conditional {
            return Vec::new();
        }
        let names = short_names(&self.parameters);
        let (mut said, mut varying, mut expected) = (Vec::new(), 0, 0.0);
        for (column, name) in names.iter().enumerate() {
            let settings =
                |finding| self.sure(finding).map(|point| point.settings[column].as_ref()).collect::<Vec<_>>();
            let column = Column { yes: settings(Finding::Supported), no: settings(Finding::Rejected) };
            if column.groups().len() > 1 {
                varying += 1;
                expected += column.chance();
                said.extend(column.parted(name, MOST));
            }
        }
        if !said.is_empty() {
            // A single parameter has nothing to be mistaken for.
            if varying > 1 {
                let expected =
                    if expected < 0.01 { "less than 0.01".to_owned() } else { significant(expected, 2) };
                said.push(format!(
                    "Were these points supported and rejected at random, {expected} of the {varying} parameters would part them."
                ));
            }
            return said;
        }
        let listed = |finding: Finding| {
            let each = self.sure(finding).take(MOST).map(|point| {
                let settings = names.iter().zip(&point.settings).filter(|(_, value)| value.is_some());
                settings
                    .map(|(name, value)| format!("{name} {}", setting(value.as_ref())))
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            let more = self.sure(finding).count().saturating_sub(MOST);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            format!("{}{more}", each.collect::<Vec<_>>().join("; "))
        };
        vec![
            format!("No parameter alone parts them. Supported at: {}.", listed(Finding::Supported)),
            format!("Rejected at: {}.", listed(Finding::Rejected)),
        ]
    }

    /// What a run says of it at its end.
    pub fn closing(&self) -> String {
        let mut out = format!("\n{}", wrapped(&format!("Claim: {}", self.claim.hypothesis.trim()), "", "  "));
        for sentence in self.sentences() {
            out += &wrapped(&sentence, "  ", "  ");
        }
        out
    }

    /// The verdict for other programs.
    pub fn as_json(&self) -> Value {
        let claim = &self.claim;
        let number = |v: f64| if v.is_finite() { json!(v) } else { Value::Null };
        let name = |place: usize| self.contenders[place].as_str();
        let settings = |point: &Point| -> serde_json::Map<String, Value> {
            let each = self.parameters.iter().zip(&point.settings);
            each.filter_map(|(path, value)| {
                let value = match value.as_ref()? {
                    DesignValue::Number(v) => number(*v),
                    DesignValue::Text(text) => json!(text),
                };
                Some((path.clone(), value))
            })
            .collect()
        };
        let pair = |pair: &Pair| {
            json!({
                "of": name(pair.a),
                "against": name(pair.b),
                "difference": number(pair.difference.difference),
                "ci_low": number(pair.difference.ci_low),
                "ci_high": number(pair.difference.ci_high),
                "n": pair.difference.n,
                "effect": number(pair.effect),
                "verdict": pair.finding.name(),
            })
        };
        let point = |point: &Point| {
            json!({
                "design": point.design,
                "settings": settings(point),
                "verdict": point.finding.name(),
                "sure": point.is_sure,
                "certified": point.is_sound,
                "pairs": point.pairs.iter().map(pair).collect::<Vec<_>>(),
            })
        };
        json!({
            "verdict": self.verdict.name(),
            "complete": self.is_complete(),
            "units": json!({ "done": self.units.done, "planned": self.units.planned, "failed": self.units.failed }),
            "conditions": self.conditions(),
            "hypothesis": claim.hypothesis.trim(),
            "tested": self.tested(),
            "metric": claim.metric.key,
            "unit": claim.metric.unit,
            "test": match claim.test {
                Test::More => "more",
                Test::Less => "less",
                Test::Equivalence => "equivalence",
            },
            "effect": claim.effect,
            "relative": claim.relative,
            "closure": claim.closure.trim(),
            "could_fail": claim.could_fail.trim(),
            "certified": self.points.iter().all(|point| point.is_sound == Some(true)),
            "basins_checked": self.basins_checked,
            "surely_supported": self.sure(Finding::Supported).count(),
            "surely_rejected": self.sure(Finding::Rejected).count(),
            "supported": self.count(Finding::Supported),
            "rejected": self.count(Finding::Rejected),
            "undecided": self.count(Finding::Undecided),
            "points": self.points.iter().map(point).collect::<Vec<_>>(),
        })
    }

    /// Head of the column of differences.
    pub fn labelled(&self) -> String {
        let label = labelled(self.claim.metric);
        // Differences of shares are points, not per cent.
        label.strip_suffix(", %").map_or_else(|| label.clone(), |name| format!("{name}, points"))
    }
}

/// Settings of a parameter at points of two kinds.
struct Column<'a> {
    yes: Vec<Option<&'a DesignValue>>,
    no: Vec<Option<&'a DesignValue>>,
}

impl Column<'_> {
    fn all(&self) -> impl Iterator<Item = Option<&DesignValue>> {
        self.yes.iter().chain(&self.no).copied()
    }

    /// How many points each distinct setting has.
    fn groups(&self) -> Vec<usize> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        self.all().for_each(|value| *counts.entry(format!("{value:?}")).or_default() += 1);
        counts.into_values().collect()
    }

    /// The settings as numbers, if they all are.
    fn numbers(values: &[Option<&DesignValue>]) -> Option<Vec<f64>> {
        values
            .iter()
            .map(|value| if let Some(DesignValue::Number(v)) = value { Some(*v) } else { None })
            .collect()
    }

    /// Whether a list of settings says more than which points there are: of texts, and of numbers that recur as in a grid.
    fn is_listable(&self) -> bool {
        let are_numbers = self.all().all(|value| matches!(value, Some(DesignValue::Number(_))));
        !are_numbers || 2 * self.groups().len() <= self.yes.len() + self.no.len()
    }

    /// Probability that settings part points, were as many of them supported and rejected at random.
    fn chance(&self) -> f64 {
        let (yes, all) = (self.yes.len(), self.yes.len() + self.no.len());
        if self.is_listable() {
            // Points are dealt group by group, each of which has to be of one kind; single ones always are.
            let mut dealt = 0;
            let mut states = vec![(0, 1.0)];
            for group in self.groups().into_iter().filter(|&group| group > 1) {
                let mut next: BTreeMap<usize, f64> = BTreeMap::new();
                for (used, p) in states {
                    let left = all - dealt;
                    let alike = |kind: usize| {
                        (0..group).map(|i| kind.saturating_sub(i) as f64 / (left - i) as f64).product::<f64>()
                    };
                    let (for_yes, for_no) = (alike(yes - used), alike(left - (yes - used)));
                    *next.entry(used).or_default() += p * for_no;
                    if for_yes > 0.0 {
                        *next.entry(used + group).or_default() += p * for_yes;
                    }
                }
                dealt += group;
                states = next.into_iter().filter(|(_, p)| *p > 1e-12).collect();
            }
            return states.into_iter().map(|(_, p)| p).sum();
        }
        let (Some(mut numbers), Some(more)) = (Self::numbers(&self.yes), Self::numbers(&self.no)) else {
            return 0.0;
        };
        numbers.extend(more);
        numbers.sort_by(f64::total_cmp);
        // Those with the least, or the most, unless a tie has to be cut.
        let cuts = [yes, all - yes].into_iter().filter(|&cut| numbers[cut - 1] < numbers[cut]).count();
        cuts as f64 * exp(-ln_choose(all as u64, yes as u64))
    }

    /// How settings part points, in words; `None` where they do not, or only as any numbers do that never recur.
    fn parted(&self, name: &str, most: usize) -> Option<String> {
        if self.yes.iter().any(|value| self.no.contains(value)) {
            return None;
        }
        let ends = |values: &[Option<&DesignValue>]| {
            let numbers = Self::numbers(values)?;
            let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
            Some((low, numbers.into_iter().fold(f64::NEG_INFINITY, f64::max)))
        };
        let say = |v: f64| setting(Some(&DesignValue::Number(v)));
        if let (Some(yes), Some(no)) = (ends(&self.yes), ends(&self.no)) {
            if yes.0 > no.1 {
                let (yes, no) = (say(yes.0), say(no.1));
                return Some(format!(
                    "It is supported where {name} is at least {yes}, and rejected where it is at most {no}."
                ));
            }
            if yes.1 < no.0 {
                let (yes, no) = (say(yes.1), say(no.0));
                return Some(format!(
                    "It is supported where {name} is at most {yes}, and rejected where it is at least {no}."
                ));
            }
        }
        let listed = |values: &[Option<&DesignValue>]| {
            let mut names: Vec<String> = Vec::new();
            for value in values {
                let text = setting(*value);
                if !names.contains(&text) {
                    names.push(text);
                }
            }
            let more = names.len().saturating_sub(most);
            names.truncate(most);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{}{more}", names.join(", "))
        };
        self.is_listable().then(|| {
            let (yes, no) = (listed(&self.yes), listed(&self.no));
            format!("It is supported where {name} is {yes}, and rejected where it is {no}.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};
    use crate::experiment::trial;
    use crate::measure::metrics::find;
    use crate::numerics::normal_quantile;

    fn claim(test: Test, effect: f64, relative: bool) -> Claim {
        Claim {
            hypothesis: "h".to_owned(),
            metric: find("holder_share").unwrap(),
            test,
            pairs: vec![(0, 1)],
            effect,
            relative,
            closure: "c".to_owned(),
            could_fail: "f".to_owned(),
        }
    }

    /// Differences 0.9, 1.0 and 1.1 about a second of 10: a mean of 1 ± 4.303 · 0.1/√3 = ± 0.2484.
    const VALUES: [(f64, f64); 3] = [(10.9, 10.0), (11.0, 10.0), (11.1, 10.0)];

    fn judged(test: Test, effect: f64, relative: bool) -> Finding {
        judge(&claim(test, effect, relative), (0, 1), &VALUES).finding
    }

    #[test]
    fn an_interval_lies_above_below_or_across_the_smallest_effect() {
        use Finding::{Rejected, Supported, Undecided};
        let pair = judge(&claim(Test::More, 0.5, false), (0, 1), &VALUES);
        assert!((pair.difference.ci_low - (1.0 - 0.248_414)).abs() < 1e-5, "{:?}", pair.difference);
        for (effect, expected) in
            [(0.0, Supported), (0.75, Supported), (0.76, Undecided), (1.24, Undecided), (1.25, Rejected)]
        {
            assert_eq!(judged(Test::More, effect, false), expected, "{effect}");
            // A share of the second's mean of 10.
            assert_eq!(judged(Test::More, effect / 10.0, true), expected, "{effect}");
        }
        assert_eq!(judged(Test::Less, 0.0, false), Rejected);
        for (effect, expected) in [(0.75, Rejected), (0.76, Undecided), (1.24, Undecided), (1.25, Supported)]
        {
            assert_eq!(judged(Test::Equivalence, effect, false), expected, "{effect}");
            assert_eq!(judged(Test::Equivalence, effect / 10.0, true), expected, "{effect}");
        }
    }

    #[test]
    fn a_relative_effect_is_as_uncertain_as_what_it_is_a_share_of() {
        // x − 1.1 y is 0.5 in every replicate, x − y is not.
        let values: Vec<(f64, f64)> = [5.0, 10.0, 15.0].iter().map(|y| (1.1 * y + 0.5, *y)).collect();
        let pair = judge(&claim(Test::More, 0.1, true), (0, 1), &values);
        assert_eq!(pair.finding, Finding::Supported);
        assert!((pair.effect - 1.0).abs() < 1e-12);
        assert_eq!(judge(&claim(Test::More, 1.0, false), (0, 1), &values).finding, Finding::Undecided);
        // Of losses a share is positive too: −1 is more than −2 by half of it and not by all.
        let losses = [(-1.0, -2.0), (-1.1, -2.1), (-0.9, -1.9)];
        assert_eq!(judge(&claim(Test::More, 0.4, true), (0, 1), &losses).finding, Finding::Supported);
        assert_eq!(judge(&claim(Test::More, 0.6, true), (0, 1), &losses).finding, Finding::Rejected);
    }

    #[test]
    fn nothing_is_decided_by_one_replicate_and_equals_are_not_more() {
        let one = judge(&claim(Test::More, 0.0, false), (0, 1), &VALUES[..1]);
        assert_eq!(one.finding, Finding::Undecided);
        assert_eq!(judge(&claim(Test::More, 0.0, false), (0, 1), &[]).finding, Finding::Undecided);
        let equal = [(1.0, 1.0), (2.0, 2.0)];
        assert_eq!(judge(&claim(Test::More, 0.0, false), (0, 1), &equal).finding, Finding::Rejected);
        assert_eq!(judge(&claim(Test::Equivalence, 1e-9, false), (0, 1), &equal).finding, Finding::Supported);
    }

    #[test]
    fn points_make_a_verdict() {
        use Finding::{Rejected, Supported, Undecided};
        for (points, verdict) in [
            (&[Supported, Supported][..], Verdict::Supported),
            (&[Rejected, Rejected], Verdict::Rejected),
            (&[Supported, Rejected, Undecided], Verdict::Conditional),
            (&[Supported, Undecided], Verdict::Undecided),
            (&[Rejected, Undecided], Verdict::Undecided),
            (&[], Verdict::Undecided),
        ] {
            let sure: Vec<(Finding, bool)> = points.iter().map(|finding| (*finding, true)).collect();
            assert_eq!(Verdict::of(&sure), verdict, "{points:?}");
        }
        // Points that may lie on their side by luck make no condition.
        let lucky = [(Supported, true), (Rejected, false)];
        assert_eq!(Verdict::of(&lucky), Verdict::Undecided);
        assert_eq!(Verdict::of(&[(Supported, false); 2]), Verdict::Supported);
        assert_eq!(Finding::all([Supported, Undecided, Rejected].into_iter()), Rejected);
        assert_eq!(Finding::all([Supported, Undecided].into_iter()), Undecided);
    }

    fn point(seats: f64, rule: &str, finding: Finding) -> Point {
        let settings = vec![Some(DesignValue::Number(seats)), Some(DesignValue::Text(rule.to_owned()))];
        let is_sound = Some(finding != Finding::Rejected);
        Point { design: 0, settings, pairs: Vec::new(), finding, is_sure: true, is_sound }
    }

    fn findings(parameters: &[&str], points: Vec<Point>) -> Findings {
        Findings {
            claim: claim(Test::More, 0.02, false),
            contenders: vec!["a".to_owned(), "b".to_owned()],
            parameters: parameters.iter().map(|name| (*name).to_owned()).collect(),
            verdict: Verdict::of(&points.iter().map(|p| (p.finding, p.is_sure)).collect::<Vec<_>>()),
            points,
            units: Units { done: 24, planned: 24, failed: 0 },
            basins_checked: true,
        }
    }

    #[test]
    fn conditions_name_the_parameter_that_parts_points() {
        use Finding::{Rejected, Supported, Undecided};
        let found = |points: Vec<Point>| findings(&["mechanism.a.seats", "sequencers.*.strategy"], points);
        let said = found(vec![
            point(1.0, "hedge", Rejected),
            point(2.0, "exp3", Undecided),
            point(4.0, "exp3", Supported),
            point(8.0, "hedge", Supported),
        ]);
        // At random seats would part these three in 2 of 3 ways, strategies in one of them.
        assert_eq!(
            said.conditions(),
            [
                "It is supported where seats is at least 4, and rejected where it is at most 1.",
                "Were these points supported and rejected at random, 1.0 of the 2 parameters would part them."
            ]
        );
        let all = said.sentences().join(" ");
        assert!(
            all.contains("Verdict: conditional. Tested: holder share of a exceeds that of b by more than 2"),
            "{all}"
        );
        assert!(
            all.contains("Of 4 design points it is supported at 2, rejected at 1, undecided at 1."),
            "{all}"
        );
        assert!(all.contains("not certified") && all.contains("at 1 of them"), "{all}");
        let said = found(vec![
            point(1.0, "exp3", Rejected),
            point(1.0, "hedge", Supported),
            point(2.0, "exp3", Rejected),
            point(2.0, "hedge", Supported),
        ]);
        assert_eq!(
            said.conditions()[0],
            "It is supported where strategy is hedge, and rejected where it is exp3."
        );
        let said = found(vec![
            point(1.0, "exp3", Rejected),
            point(1.0, "hedge", Supported),
            point(2.0, "hedge", Rejected),
            point(2.0, "exp3", Supported),
        ]);
        assert_eq!(said.conditions()[1], "Rejected at: seats 1, strategy exp3; seats 2, strategy hedge.");
    }

    /// Findings of points with these numbers as settings.
    fn scattered(points: &[(&[f64], Finding)]) -> Findings {
        let point = |(settings, finding): &(&[f64], Finding)| Point {
            settings: settings.iter().map(|v| Some(DesignValue::Number(*v))).collect(),
            ..point(0.0, "", *finding)
        };
        findings(&["x", "y", "z"][..points[0].0.len()], points.iter().map(point).collect())
    }

    #[test]
    fn numbers_part_points_by_ranges_and_by_lists_only_where_they_recur() {
        use Finding::{Rejected, Supported};
        // A Latin hypercube: no setting recurs, and y does not part anything.
        let said = scattered(&[
            (&[0.1, 0.3], Rejected),
            (&[0.2, 0.8], Rejected),
            (&[0.7, 0.1], Supported),
            (&[0.9, 0.5], Supported),
        ]);
        // Of two parameters 2/C(4, 2) each would have separate ranges were sides dealt at random.
        assert_eq!(
            said.conditions(),
            [
                "It is supported where x is at least 0.7, and rejected where it is at most 0.2.",
                "Were these points supported and rejected at random, 0.67 of the 2 parameters would part them."
            ]
        );
        // A grid, supported in the middle: of C(6, 2) = 15 ways 3 give a level of x to one side, and none gives one of y.
        let said = scattered(&[
            (&[1.0, 5.0], Rejected),
            (&[1.0, 6.0], Rejected),
            (&[2.0, 5.0], Supported),
            (&[2.0, 6.0], Supported),
            (&[3.0, 5.0], Rejected),
            (&[3.0, 6.0], Rejected),
        ]);
        assert_eq!(
            said.conditions(),
            [
                "It is supported where x is 2, and rejected where it is 1, 3.",
                "Were these points supported and rejected at random, 0.20 of the 2 parameters would part them."
            ]
        );
        // One of each: whatever differs parts them.
        let said = scattered(&[(&[1.0, 5.0, 7.0], Rejected), (&[2.0, 4.0, 7.0], Supported)]);
        assert_eq!(
            said.conditions(),
            [
                "It is supported where x is at least 2, and rejected where it is at most 1.",
                "It is supported where y is at most 4, and rejected where it is at least 5.",
                "Were these points supported and rejected at random, 2.0 of the 2 parameters would part them."
            ]
        );
        // A single parameter, over which they are parted by design.
        let said = scattered(&[(&[1.0], Rejected), (&[2.0], Supported)]);
        assert_eq!(said.conditions().len(), 1);
    }

    #[test]
    fn many_points_at_the_smallest_difference_make_no_condition() {
        // Fifty points whose true difference is the smallest of interest: each is supported by luck in 2.5% of studies, and rejected in 2.5%,
        // so that both happen somewhere in half of all studies: 1 − 2 · .975⁵⁰ + .95⁵⁰ = 51%. Tested together in 2.5% · 2.5%.
        let studies = 200_u32;
        let (mut apart, mut together) = (0, 0);
        for study in 0..studies {
            let mut points: Vec<Point> = (0..50)
                .map(|place| {
                    let stream = Key::new(11, study, place).stream(Purpose::Resample, Who::MARKET);
                    let value = |r: u32| (0.02 + normal_quantile(stream.uniform(r, 0)), 0.0);
                    let values: Vec<(f64, f64)> = (0..8).map(value).collect();
                    let pair = judge(&claim(Test::More, 0.02, false), (0, 1), &values);
                    let finding = pair.finding;
                    Point { pairs: vec![pair], is_sure: false, ..point(0.0, "", finding) }
                })
                .collect();
            let both = |points: &[Point]| {
                let has = |finding| points.iter().any(|p| p.finding == finding);
                has(Finding::Supported) && has(Finding::Rejected)
            };
            apart += u32::from(both(&points));
            test_together(&mut points);
            let verdict = Verdict::of(&points.iter().map(|p| (p.finding, p.is_sure)).collect::<Vec<_>>());
            together += u32::from(verdict == Verdict::Conditional);
        }
        let error = (0.51_f64 * 0.49 / f64::from(studies)).sqrt();
        assert!((f64::from(apart) / f64::from(studies) - 0.51).abs() < 3.0 * error, "{apart}");
        // Expected are .125 studies.
        assert!(together <= 2, "{together}");
    }

    #[test]
    fn points_that_are_far_from_it_are_told_together_too() {
        // Differences of 1 ± .5 and −1 ± .5 over eight replicates: t of 5.3, p of .0006, beside .00125 that twenty points leave each.
        let of = |mean: f64| {
            let values: Vec<(f64, f64)> = (0..8).map(|r| (mean + [0.5, -0.5][r % 2], 0.0)).collect();
            let pair = judge(&claim(Test::More, 0.0, false), (0, 1), &values);
            let finding = pair.finding;
            Point { pairs: vec![pair], is_sure: false, ..point(0.0, "", finding) }
        };
        let mut points: Vec<Point> = (0..20).map(|i| of([1.0, -1.0][i % 2])).collect();
        test_together(&mut points);
        assert!(points.iter().all(|point| point.is_sure));
        // Two pairs a point: it is supported only by both, and one rejects it.
        let mut mixed = of(1.0);
        mixed.pairs.extend(of(-1.0).pairs);
        mixed.finding = of_point(&mixed.pairs);
        let mut points = vec![mixed, of(1.0)];
        test_together(&mut points);
        assert!(points[0].finding == Finding::Rejected && points.iter().all(|point| point.is_sure));
    }

    #[test]
    fn one_of_many_pairs_rejects_a_point_only_beyond_their_number() {
        // Over eight replicates a mean of −1 ± s has t of −√7/s: p is .0048 at s = .75, which is above a seventh of 2.5%.
        let of = |mean: f64, spread: f64| {
            let values: Vec<(f64, f64)> = (0..8).map(|r| (mean + [spread, -spread][r % 2], 0.0)).collect();
            judge(&claim(Test::More, 0.0, false), (0, 1), &values)
        };
        let one = of(-1.0, 0.75);
        assert_eq!(
            (one.finding, of_point(std::slice::from_ref(&one))),
            (Finding::Rejected, Finding::Rejected)
        );
        let many = |first: Pair| {
            let mut pairs = vec![first];
            pairs.extend((0..6).map(|_| of(1.0, 0.1)));
            of_point(&pairs)
        };
        assert_eq!(many(one), Finding::Undecided);
        assert_eq!(many(of(-1.0, 0.5)), Finding::Rejected);
        assert_eq!(many(of(1.0, 0.1)), Finding::Supported);
    }

    #[test]
    fn a_verdict_on_some_of_the_units_is_provisional() {
        let stated = "[claim]\nhypothesis = \"h\"\nmetric = \"community_share\"\nof = \"auction\"\nagainst = [\"votes\"]\neffect = 0.1\n\
                      closure = \"c\"\ncould_fail = \"f\"\n";
        let experiment = trial::read(&format!("{}{stated}", trial::THREE));
        let root = tempfile::tempdir().unwrap();
        let store = trial::run(&experiment, root.path());
        // The same with a replicate more, and with one point more that has no unit.
        let longer = trial::THREE.replace("replicates = 3", "replicates = 4");
        let found = Findings::read(&store, &trial::read(&format!("{longer}{stated}"))).unwrap().unwrap();
        assert_eq!(found.units, Units { done: 9, planned: 12, failed: 0 });
        assert!(found.sentences()[0].starts_with("Provisional verdict, on 9 of 12 units: supported."));
        assert_eq!(found.as_json()["complete"], false);
        let swept = trial::THREE.replace("replicates = 3", "replicates = 3\nkind = \"sweep\"");
        let axis = "[sweep]\n[[sweep.parameters]]\npath = \"mechanism.auction.seats\"\nvalues = [2, 3]\n";
        let found = Findings::read(&store, &trial::read(&format!("{swept}{axis}{stated}"))).unwrap().unwrap();
        assert_eq!(
            (found.units, found.verdict),
            (Units { done: 9, planned: 18, failed: 0 }, Verdict::Undecided)
        );
        assert_eq!((found.points[1].finding, found.points[1].is_sound), (Finding::Undecided, None));
        let said = found.sentences().join(" ");
        assert!(
            said.contains("Of 2 design points it is supported at 1, rejected at 0, undecided at 1."),
            "{said}"
        );
        // A stopping rule whose target the first three replicates cannot tell.
        let rule = "[replication]\nminimum = 2\nmaximum = 8\nhalf_width = { community_share = 1e-9 }\n";
        let found = Findings::read(&store, &trial::read(&format!("{}{rule}{stated}", trial::THREE)));
        let found = found.unwrap().unwrap();
        assert!(
            found.units.done == 9 && found.units.planned > 9 && !found.is_complete(),
            "{:?}",
            found.units
        );
    }

    #[test]
    fn of_a_large_design_it_is_said_that_basins_were_not_looked_for() {
        let mut found =
            findings(&["x"], vec![point(1.0, "", Finding::Supported), point(2.0, "", Finding::Rejected)]);
        assert_eq!(found.as_json()["basins_checked"], true);
        found.basins_checked = false;
        let said = found.sentences().join(" ");
        assert!(
            said.contains("Play is not certified at 1 of them")
                && said.contains("basins were not looked for"),
            "{said}"
        );
        assert_eq!(found.as_json()["basins_checked"], false);
    }

    #[test]
    fn a_run_is_judged_by_its_own_differences() {
        let stated = "[claim]\nhypothesis = \"h\"\nmetric = \"community_share\"\nof = \"auction\"\nagainst = [\"votes\"]\neffect = 0.1\n\
                      closure = \"c\"\ncould_fail = \"f\"\n";
        let experiment = trial::read(&format!("{}{stated}", trial::THREE));
        let root = tempfile::tempdir().unwrap();
        let store = trial::run(&experiment, root.path());
        let found = Findings::read(&store, &experiment).unwrap().unwrap();
        let summary = super::super::summary::Summary::read(&store, 0, experiment.play.tolerance).unwrap();
        let own = summary.comparison(0, 2, "community_share").unwrap();
        let pair = &found.points[0].pairs[0];
        assert_eq!((pair.difference.difference, pair.difference.n), (own.difference, 3));
        let both = summary.standing(0).is_sound() && summary.standing(2).is_sound();
        assert_eq!(found.points[0].is_sound, Some(both));
        // Delegators leave the community nothing, an auction leaves it most of what is there.
        assert_eq!(found.verdict, Verdict::Supported, "{pair:?}");
        let said = found.as_json();
        assert_eq!((&said["verdict"], &said["metric"]), (&json!("supported"), &json!("community_share")));
        assert_eq!(said["points"][0]["pairs"][0]["against"], "votes");
        assert!(found.closing().contains("Verdict: supported"));
        assert_eq!(
            (found.units, &said["complete"]),
            (Units { done: 9, planned: 9, failed: 0 }, &json!(true))
        );
        assert!(Findings::read(&store, &trial::read(trial::THREE)).unwrap().is_none());
    }
}
