//! Does the ranking of mechanisms survive another learning rule?
//!
//! **Definition.** Under each learning rule `l` a pair of mechanisms has a mean difference `d_l` of a metric, over replicates
//! on the same draws, with a 95% interval. Its sign is `+` or `−` where the interval excludes zero, and open otherwise. The
//! verdict on a pair is
//!
//! * *survives*: the same sign under every rule;
//! * *reversed* under the rules whose sign is the opposite of that under the first rule that has one;
//! * *not distinguishable* under the rules that leave it open, where none reverses it;
//! * *equal*: no difference at all under any rule.
//!
//! A metric's ranking survives where no pair is reversed or open. *Survives* takes a joint claim about all rules, each part of
//! which is tested at 5%: as an intersection–union test it errs in at most 5% of studies, without correction (Berger 1982,
//! Technometrics 24, p. 295). Kendall's `τ_b` (Kendall 1945, Biometrika 33, p. 239) compares the ranking of means under a
//! rule with that under the first: 1 is the same order.
//!
//! A verdict is about what the learners did. Where some replicate of either mechanism is not certified under a rule, the
//! verdict rests on uncertified play there, and says so; as it does where replicates end in distinct basins, of which means
//! are mixtures. Beside it stands the verdict by certified play: of each pair by the rules under which both mechanisms are certified
//! and have one basin, where there are two such rules at least.

mod csv;
mod words;

pub use csv::{FILE, write_table};
pub use words::block;

use super::summary::{Standing, Summary};
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::measure::metrics::{self, Metric};
use crate::measure::statistics::Comparison;

/// What came of a pair, or of a metric's ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same sign under every rule.
    Survives,
    /// The opposite sign under these rules.
    Reversed(Vec<usize>),
    /// No sign under these rules.
    Open(Vec<usize>),
    /// No difference under any.
    Equal,
}

impl Verdict {
    /// The word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Survives => "survives",
            Self::Reversed(_) => "reversed",
            Self::Open(_) => "not distinguishable",
            Self::Equal => "equal",
        }
    }

    /// Rules on account of which it does not survive.
    pub fn under(&self) -> &[usize] {
        match self {
            Self::Reversed(rules) | Self::Open(rules) => rules,
            _ => &[],
        }
    }
}

/// A pair of mechanisms on one metric.
#[derive(Clone, Debug)]
pub struct Pair {
    /// First, by position in the file.
    pub a: usize,
    /// Second.
    pub b: usize,
    /// Paired difference `a − b` under each rule; `None` where there is no common replicate.
    pub differences: Vec<Option<Comparison>>,
    /// What came of it.
    pub verdict: Verdict,
}

/// The ranking of mechanisms by one metric.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// The metric.
    pub metric: &'static Metric,
    /// Pairs that both have it.
    pub pairs: Vec<Pair>,
    /// Kendall's `τ_b` of the ranking under each rule with that under the first; `NaN` where either ranks nothing.
    pub tau: Vec<f64>,
    /// What came of it.
    pub verdict: Verdict,
    /// What came of it by certified play.
    pub certified: ByCertified,
}

/// What comes of a ranking if of each pair only rules count under which its play is certified, and replicates end in one basin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByCertified {
    /// The same, as all rules count.
    Same,
    /// Nothing: of some pair fewer than two rules are left, and of no other the order is reversed.
    Nothing,
    /// This.
    Only(Verdict),
}

/// What a study under several learning rules found.
#[derive(Clone, Debug)]
pub struct Findings {
    /// Name of each learning rule, by design point.
    pub rules: Vec<String>,
    /// Contenders, in the order of the file.
    pub contenders: Vec<String>,
    /// By rule, then contender.
    pub standing: Vec<Vec<Standing>>,
    /// By rule, then contender: whether replicates end in distinct basins, so that no mean describes them.
    pub basins: Vec<Vec<bool>>,
    /// By metric.
    pub rankings: Vec<Ranking>,
}

impl Findings {
    /// Reads the design points of a study; `None` where the experiment asks for no robustness.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store, experiment: &Experiment) -> Result<Option<Self>, StoreError> {
        let Some(robustness) = &experiment.variations.robustness else { return Ok(None) };
        let rules = robustness.rules(&experiment.setting);
        let read = |design| Summary::read(store, design, experiment.play.tolerance);
        let summaries: Vec<Summary> = (0..rules.len() as u32).map(read).collect::<Result<_, _>>()?;
        let contenders = store.contenders().to_vec();
        let standing: Vec<Vec<Standing>> =
            summaries.iter().map(|s| (0..contenders.len()).map(|c| s.standing(c)).collect()).collect();
        let basins: Vec<Vec<bool>> =
            summaries.iter().map(|s| (0..contenders.len()).map(|c| s.has_basins(c)).collect()).collect();
        let own = |rule: usize, c: usize| standing[rule][c].is_sound() && !basins[rule][c];
        let sound = |rule: usize, pair: &Pair| own(rule, pair.a) && own(rule, pair.b);
        let ranked = |key: &&str| ranking(metrics::find(key)?, &summaries, &sound);
        let rankings = robustness.metrics.iter().filter_map(ranked).collect();
        Ok(Some(Findings { rules, contenders, standing, basins, rankings }))
    }

    /// Whether the play of a pair is certified, or given, under a rule.
    pub fn is_sound(&self, rule: usize, a: usize, b: usize) -> bool {
        self.standing[rule][a].is_sound() && self.standing[rule][b].is_sound()
    }

    /// Names of rules.
    pub fn named(&self, rules: &[usize]) -> Vec<&str> {
        rules.iter().map(|&rule| self.rules[rule].as_str()).collect()
    }
}

/// The ranking by one metric; `None` where no two contenders have it.
fn ranking(
    metric: &'static Metric,
    summaries: &[Summary],
    is_sound: &dyn Fn(usize, &Pair) -> bool,
) -> Option<Ranking> {
    let pairs: Vec<Pair> = summaries
        .first()?
        .pairs()
        .into_iter()
        .filter_map(|(a, b)| {
            let differences: Vec<Option<Comparison>> =
                summaries.iter().map(|summary| summary.comparison(a, b, metric.key)).collect();
            differences.iter().any(Option::is_some).then(|| {
                let verdict = judge(&differences);
                Pair { a, b, differences, verdict }
            })
        })
        .collect();
    let means = |summary: &Summary| -> Vec<Option<f64>> {
        let mean = |c| summary.estimate(c, metric.key).map(|e| e.mean);
        (0..summary.contenders().len()).map(mean).collect()
    };
    let first = means(&summaries[0]);
    let tau = summaries.iter().map(|summary| kendall(&first, &means(summary))).collect();
    let (verdict, certified) = (together(&pairs), by_certified(&pairs, is_sound));
    (!pairs.is_empty()).then_some(Ranking { metric, pairs, tau, verdict, certified })
}

/// The verdict by the rules that count, pair by pair.
fn by_certified(pairs: &[Pair], is_sound: &dyn Fn(usize, &Pair) -> bool) -> ByCertified {
    let sound = |pair: &Pair| -> Vec<usize> {
        (0..pair.differences.len()).filter(|&rule| is_sound(rule, pair)).collect()
    };
    if pairs.iter().all(|pair| sound(pair).len() == pair.differences.len()) {
        return ByCertified::Same;
    }
    let judged = |pair: &Pair| {
        let rules = sound(pair);
        let differences: Vec<_> = rules.iter().map(|&rule| pair.differences[rule]).collect();
        let named = |places: Vec<usize>| places.into_iter().map(|place| rules[place]).collect();
        let verdict = match judge(&differences) {
            Verdict::Reversed(places) => Verdict::Reversed(named(places)),
            Verdict::Open(places) => Verdict::Open(named(places)),
            same => same,
        };
        (rules.len() > 1).then(|| Pair { verdict, ..pair.clone() })
    };
    let known: Vec<Pair> = pairs.iter().filter_map(judged).collect();
    match together(&known) {
        // A reversal is one, whatever may be said of other pairs.
        Verdict::Reversed(rules) => ByCertified::Only(Verdict::Reversed(rules)),
        _ if known.len() < pairs.len() => ByCertified::Nothing,
        verdict => ByCertified::Only(verdict),
    }
}

/// Sign of a difference whose interval excludes zero; 0 where it does not.
pub fn sign(difference: &Option<Comparison>) -> i8 {
    match difference {
        Some(c) if c.ci_low > 0.0 => 1,
        Some(c) if c.ci_high < 0.0 => -1,
        _ => 0,
    }
}

/// The verdict on one pair.
fn judge(differences: &[Option<Comparison>]) -> Verdict {
    let nothing = |d: &Option<Comparison>| {
        d.as_ref().is_some_and(|c| c.difference == 0.0 && c.ci_low == 0.0 && c.ci_high == 0.0)
    };
    if differences.iter().all(nothing) {
        return Verdict::Equal;
    }
    let signs: Vec<i8> = differences.iter().map(sign).collect();
    let reference = signs.iter().copied().find(|&s| s != 0).unwrap_or(0);
    let those = |wanted: i8| (0..signs.len()).filter(|&l| signs[l] == wanted).collect::<Vec<_>>();
    let (opposite, open) = (those(-reference), those(0));
    if reference != 0 && !opposite.is_empty() {
        Verdict::Reversed(opposite)
    } else if open.is_empty() {
        Verdict::Survives
    } else {
        Verdict::Open(open)
    }
}

/// The verdict on a ranking: the worst on its pairs.
fn together(pairs: &[Pair]) -> Verdict {
    let union = |take: &dyn Fn(&Verdict) -> bool| {
        let mut rules: Vec<usize> =
            pairs.iter().filter(|p| take(&p.verdict)).flat_map(|p| p.verdict.under().to_vec()).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    };
    let reversed = union(&|v| matches!(v, Verdict::Reversed(_)));
    let open = union(&|v| matches!(v, Verdict::Open(_)));
    if !reversed.is_empty() {
        Verdict::Reversed(reversed)
    } else if !open.is_empty() {
        Verdict::Open(open)
    } else if pairs.iter().all(|p| p.verdict == Verdict::Equal) {
        Verdict::Equal
    } else {
        Verdict::Survives
    }
}

/// Kendall's `τ_b` of two lists of means, over the places that both have.
fn kendall(x: &[Option<f64>], y: &[Option<f64>]) -> f64 {
    let both: Vec<(f64, f64)> = x.iter().zip(y).filter_map(|(x, y)| Some(((*x)?, (*y)?))).collect();
    let (mut agree, mut untied_x, mut untied_y) = (0.0, 0.0, 0.0);
    let order = |a: f64, b: f64| f64::from(i8::from(a > b) - i8::from(a < b));
    for (i, &(x, y)) in both.iter().enumerate() {
        for &(v, w) in &both[i + 1..] {
            let (s, t) = (order(x, v), order(y, w));
            agree += s * t;
            untied_x += s * s;
            untied_y += t * t;
        }
    }
    agree / (untied_x * untied_y).sqrt()
}

#[cfg(test)]
#[path = "robustness/tests.rs"]
mod tests;
