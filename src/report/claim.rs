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
//! every point is, *conditional* where some are supported and some rejected, and *undecided* otherwise. Supported takes a joint claim
//! about all pairs and points, each part of which is tested: as an intersection–union test it errs in no more studies than each part
//! does (Berger 1982, Technometrics 24, p. 295). On which side single points of a conditional claim lie is found point by point.
//!
//! A verdict is about what the learners did. Points where some replicate is not certified, or where replicates end in distinct basins,
//! are counted beside it.

use super::frontier::{labelled, printed, setting, short_names};
use super::sweep::MOST_POINTS;
use super::table::layout::wrapped;
use crate::chart::ticks::significant;
use crate::experiment::basins;
use crate::experiment::claim::{Claim, Test};
use crate::experiment::file::Experiment;
use crate::experiment::store::{DesignValue, Store, StoreError};
use crate::measure::statistics::{Comparison, Critical, Pairs};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};

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
    /// At some points and not at others.
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

    fn of(points: &[Finding]) -> Self {
        let has = |finding| points.contains(&finding);
        match (has(Finding::Supported), has(Finding::Rejected), has(Finding::Undecided)) {
            (true, false, false) => Self::Supported,
            (false, true, false) => Self::Rejected,
            (true, true, _) => Self::Conditional,
            _ => Self::Undecided,
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
    /// Whether every replicate is certified and they are one population.
    pub is_sound: bool,
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
    /// Points.
    pub points: Vec<Point>,
    /// What came of it.
    pub verdict: Verdict,
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
    let finding = match claim.test {
        Test::More => Finding::of(&more),
        Test::Less => Finding::of(&less),
        Test::Equivalence => {
            let within = [
                compared(&|x, y| (x + least(y), y), &mut critical),
                compared(&|x, y| (y + least(y), x), &mut critical),
            ];
            Finding::all(within.iter().map(Finding::of))
        }
    };
    Pair { a, b, difference, effect: least(difference.mean_b), finding }
}

impl Findings {
    /// Judges the claim of an experiment at every point of its store; `None` where it states none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store, experiment: &Experiment) -> Result<Option<Self>, StoreError> {
        let Some(claim) = &experiment.variations.claim else { return Ok(None) };
        let place = |key: &str| store.metrics().iter().position(|metric| *metric == key);
        let (metric, certified) = (place(claim.metric.key), place("certified"));
        let designs = store.designs()?;
        let mut mixed: HashSet<(u32, usize)> = HashSet::new();
        if designs.len() <= MOST_POINTS {
            basins::visit(store, experiment.play.tolerance, None, |design, contender, found| {
                if found.len() > 1 {
                    mixed.insert((design, contender));
                }
                Ok::<_, StoreError>(())
            })?;
        }
        let concerned: HashSet<usize> = claim.pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
        let mut points = Vec::new();
        for design in designs {
            let mut values: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); store.contenders().len()];
            let mut is_sound = !concerned.iter().any(|&contender| mixed.contains(&(design, contender)));
            store.visit_values_at(design, |unit| {
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
            let finding = Finding::all(pairs.iter().map(|pair| pair.finding));
            points.push(Point { design, settings: store.design_values(design)?, pairs, finding, is_sound });
        }
        let findings: Vec<Finding> = points.iter().map(|point| point.finding).collect();
        Ok(Some(Findings {
            claim: claim.clone(),
            contenders: store.contenders().to_vec(),
            parameters: store.parameters().to_vec(),
            verdict: Verdict::of(&findings),
            points,
        }))
    }

    fn count(&self, finding: Finding) -> usize {
        self.points.iter().filter(|point| point.finding == finding).count()
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
        let mut said = vec![format!("Verdict: {}. Tested: {}.", self.verdict.name(), self.tested())];
        if let [point] = self.points.as_slice() {
            said.extend(point.pairs.iter().map(|pair| format!("{}.", self.of_pair(pair))));
        } else {
            let each = [Finding::Supported, Finding::Rejected, Finding::Undecided];
            let counts = each.iter().map(|f| format!("{} at {}", f.name(), self.count(*f)));
            let counts = counts.collect::<Vec<_>>().join(", ");
            said.push(format!("Of {} design points it is {counts}.", self.points.len()));
            said.extend(self.conditions());
        }
        let unsound = self.points.iter().filter(|point| !point.is_sound).count();
        if unsound > 0 {
            let at = if self.points.len() == 1 { String::new() } else { format!(" at {unsound} of them") };
            said.push(format!(
                "Play is not certified, or replicates end in distinct basins,{at}: there the verdict is about what the learners did, not \
                 about an equilibrium."
            ));
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

    /// On what it hangs: parameters whose settings part supported points from rejected ones, or points of either kind.
    pub fn conditions(&self) -> Vec<String> {
        const MOST: usize = 6;
        if self.verdict != Verdict::Conditional {
            return Vec::new();
        }
        let names = short_names(&self.parameters);
        let of = |finding: Finding| self.points.iter().filter(move |point| point.finding == finding);
        let mut said = Vec::new();
        for (column, name) in names.iter().enumerate() {
            let settings =
                |finding| of(finding).map(|point| point.settings[column].as_ref()).collect::<Vec<_>>();
            let (yes, no) = (settings(Finding::Supported), settings(Finding::Rejected));
            if yes.iter().any(|value| no.contains(value)) {
                continue;
            }
            said.push(parted(name, &yes, &no, MOST));
        }
        if !said.is_empty() {
            return said;
        }
        let listed = |finding: Finding| {
            let each = of(finding).take(MOST).map(|point| {
                let settings = names.iter().zip(&point.settings).filter(|(_, value)| value.is_some());
                settings
                    .map(|(name, value)| format!("{name} {}", setting(value.as_ref())))
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            let more = self.count(finding).saturating_sub(MOST);
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
                "certified": point.is_sound,
                "pairs": point.pairs.iter().map(pair).collect::<Vec<_>>(),
            })
        };
        json!({
            "verdict": self.verdict.name(),
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
            "certified": self.points.iter().all(|point| point.is_sound),
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

/// How the settings of a parameter part two kinds of points.
fn parted(name: &str, yes: &[Option<&DesignValue>], no: &[Option<&DesignValue>], most: usize) -> String {
    let ends = |values: &[Option<&DesignValue>]| {
        values.iter().try_fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| match value {
            Some(DesignValue::Number(v)) => Some((low.min(*v), high.max(*v))),
            _ => None,
        })
    };
    let say = |v: f64| setting(Some(&DesignValue::Number(v)));
    match (ends(yes), ends(no)) {
        (Some((low, _)), Some((_, high))) if low > high => {
            format!(
                "It is supported where {name} is at least {}, and rejected where it is at most {}.",
                say(low),
                say(high)
            )
        }
        (Some((_, high)), Some((low, _))) if high < low => {
            format!(
                "It is supported where {name} is at most {}, and rejected where it is at least {}.",
                say(high),
                say(low)
            )
        }
        _ => {
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
            format!(
                "It is supported where {name} is {}, and rejected where it is {}.",
                listed(yes),
                listed(no)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::trial;
    use crate::measure::metrics::find;

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
            assert_eq!(Verdict::of(points), verdict, "{points:?}");
        }
        assert_eq!(Finding::all([Supported, Undecided, Rejected].into_iter()), Rejected);
        assert_eq!(Finding::all([Supported, Undecided].into_iter()), Undecided);
    }

    fn point(seats: f64, rule: &str, finding: Finding) -> Point {
        let settings = vec![Some(DesignValue::Number(seats)), Some(DesignValue::Text(rule.to_owned()))];
        Point { design: 0, settings, pairs: Vec::new(), finding, is_sound: finding != Finding::Rejected }
    }

    #[test]
    fn conditions_name_the_parameter_that_parts_points() {
        use Finding::{Rejected, Supported, Undecided};
        let found = |points: Vec<Point>| Findings {
            claim: claim(Test::More, 0.02, false),
            contenders: vec!["a".to_owned(), "b".to_owned()],
            parameters: vec!["mechanism.a.seats".to_owned(), "sequencers.*.strategy".to_owned()],
            verdict: Verdict::of(&points.iter().map(|p| p.finding).collect::<Vec<_>>()),
            points,
        };
        let said = found(vec![
            point(1.0, "hedge", Rejected),
            point(2.0, "exp3", Undecided),
            point(4.0, "exp3", Supported),
            point(8.0, "hedge", Supported),
        ]);
        assert_eq!(
            said.conditions(),
            ["It is supported where seats is at least 4, and rejected where it is at most 1."]
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
            said.conditions(),
            ["It is supported where strategy is hedge, and rejected where it is exp3."]
        );
        let said = found(vec![
            point(1.0, "exp3", Rejected),
            point(1.0, "hedge", Supported),
            point(2.0, "hedge", Rejected),
            point(2.0, "exp3", Supported),
        ]);
        assert_eq!(said.conditions()[1], "Rejected at: seats 1, strategy exp3; seats 2, strategy hedge.");
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
        assert_eq!(
            found.points[0].is_sound,
            summary.standing(0).is_sound() && summary.standing(2).is_sound()
        );
        // Delegators leave the community nothing, an auction leaves it most of what is there.
        assert_eq!(found.verdict, Verdict::Supported, "{pair:?}");
        let said = found.as_json();
        assert_eq!((&said["verdict"], &said["metric"]), (&json!("supported"), &json!("community_share")));
        assert_eq!(said["points"][0]["pairs"][0]["against"], "votes");
        assert!(found.closing().contains("Verdict: supported"));
        assert!(Findings::read(&store, &trial::read(trial::THREE)).unwrap().is_none());
    }
}
