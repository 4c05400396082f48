//! The best setting of one objective, as a study: search, audit, and what is kept of them in the store.
//!
//! The search ([`crate::optimize::best`]) ends with the best point of a response over a window of settings, or with the best of the
//! settings that were compared: the *optimum*. The audit plays it on `[experiment] replicates` replicates that the search never saw. The
//! *change* of a setting is by how much a tenth more or less of it makes the objective worse, whichever is worse, as a share of the objective,
//! by paired differences. A setting is *identified* where its change is shown to be above [`FLAT`] (Student's one-sided test at 2.5% on
//! either side): otherwise it may hardly matter, and what is told of it is the flat region. Of a few settings it is identified where all
//! others are shown to be worse.
//!
//! The audit *contradicts* the search where what the search believed of the optimum and what the audit says differ by more than 3.5 standard
//! errors of their difference (by the normal law once in two thousand studies).
//!
//! A search that is cut short has no response. Then the best candidate so far, by the replicates on which the solver descends, is audited.

use super::points::Points;
use super::{FIRST_AUDIT, Optimization};
use crate::experiment::design;
use crate::experiment::outcome::Outcome;
use crate::experiment::runner::{Planned, Study, UnitPlan};
use crate::experiment::store::{Store, StoreError};
use crate::experiment::sweep::{Axis, Settings as AxisSettings};
use crate::measure::statistics::{Critical, Estimate, Moments};
pub use crate::optimize::best::FLAT;
use crate::optimize::best::descent::Descent;
use crate::optimize::best::{Fitted, Found, Scale, Seeking, Settings};
use crate::optimize::candidate::Candidate;
use crate::optimize::search::Request;
use serde::{Deserialize, Serialize};

/// Share of resamples at an edge of the range beyond which the optimum is one of the range, not of the objective.
const AT_EDGE: f64 = 0.5;
/// Key under which the optimum is kept.
const KEY: &str = "optimum";
/// Standard errors by which search and audit must differ to contradict each other.
const CONTRADICTION: f64 = 3.5;
/// Points of the curves that figures show.
const CURVE: u32 = 60;

/// A search for the best setting that asks for units.
pub struct BestSearch<'a> {
    optimization: &'a Optimization,
    seeking: Seeking,
    points: Points<'a>,
}

impl<'a> BestSearch<'a> {
    /// A search that has asked for nothing yet.
    pub fn new(optimization: &'a Optimization, descent: Descent, points: Points<'a>) -> Self {
        let own = &optimization.settings;
        let settings = Settings {
            descent,
            minimum: own.minimum,
            maximum: own.maximum,
            seed: own.seed,
            scales: optimization.axes.iter().map(scale).collect(),
        };
        let seeking = Seeking::new(optimization.space.clone(), optimization.constraints.len(), settings);
        BestSearch { optimization, seeking, points }
    }

    /// What each candidate assigns.
    pub fn design_points(&self) -> impl Iterator<Item = design::Point> + '_ {
        self.seeking.candidates().iter().map(|c| self.points.point(&c.genes))
    }

    /// The candidate to be audited: the optimum, or the best so far where the search has not ended.
    fn design(&self) -> Option<usize> {
        if self.seeking.is_over() {
            self.seeking.found().map(|found| found.place)
        } else {
            self.seeking.best_so_far()
        }
    }

    /// The audit of the optimum, or of the best so far; nothing where nothing was found.
    pub fn audit(&mut self, replicates: u32) -> Planned {
        let Some(place) = self.design() else { return Planned::new(Vec::new()) };
        let genes = self.seeking.candidates()[place].genes.clone();
        let plan = |r| self.points.plan(place, &genes, FIRST_AUDIT + r).ok();
        Planned::new((0..replicates).filter_map(plan).collect())
    }

    /// What is kept of the search.
    pub fn optimum(&self) -> Optimum {
        let design = self.design();
        let all = self.seeking.candidates();
        let objective = self.optimization.objectives[0];
        let own = |value: f64| objective.minimized(value);
        let mut optimum = Optimum {
            is_complete: self.seeking.is_over(),
            evaluations: self.seeking.evaluations(),
            candidates: all.len() as u32,
            refused: self.optimization.refused(all),
            nearest: super::record::nearest(all, self.optimization, self.optimization.settings.minimum),
            // Solvers judge by means.
            closest: super::record::closest(all, self.optimization, self.optimization.settings.minimum, 0.5),
            ..Optimum::default()
        };
        let axes = &self.optimization.axes;
        if let (Some(design), false) = (design, self.seeking.is_over()) {
            optimum.design = Some(design as u32);
            optimum.so_far = axes.iter().zip(&all[design].genes).map(|(axis, x)| number(axis, *x)).collect();
            return optimum;
        }
        let (Some(design), Some(found)) = (design, self.seeking.found()) else { return optimum };
        let genes = &all[design].genes;
        let mut critical = Critical::default();
        let mut estimate = |candidate: &Candidate| {
            let rows = (0..candidate.replicates() as usize).map(|r| own(candidate.row(r)[0]));
            rows.collect::<Moments>().estimate(&mut critical)
        };
        optimum.design = Some(design as u32);
        let there = estimate(&all[design]);
        (optimum.believed, optimum.believed_interval) = match &found.response {
            Some(fitted) => {
                let mut ends = fitted.located.value.map(own);
                ends.sort_by(f64::total_cmp);
                let at = own(fitted.fit.objective(genes));
                (at, [ends[0].min(at), ends[1].max(at)])
            }
            None => (there.mean, [there.ci_low, there.ci_high]),
        };
        optimum.is_restless = found.is_restless;
        optimum.is_constant = found.is_constant;
        optimum.is_compared = found.response.is_none();
        let mut points = |members: &mut dyn Iterator<Item = &Candidate>, input: usize| {
            let known = members.filter(|c| c.failure.is_none() && c.replicates() > 1);
            let mut points: Vec<[f64; 4]> = known
                .map(|candidate| {
                    let e = estimate(candidate);
                    [number(&axes[input], candidate.genes[input]), e.mean, e.ci_low, e.ci_high]
                })
                .collect();
            points.sort_by(|a, b| a[0].total_cmp(&b[0]));
            points
        };
        for (i, axis) in axes.iter().enumerate() {
            let mut variable = variable(axis, i, found, genes, all[design].mean()[0]);
            if let Some(fitted) = &found.response {
                variable.curve = curve(axis, i, fitted, genes, &own);
                variable.band = band(i, fitted, genes, &own);
            } else {
                let on_line = |c: &&Candidate| (0..genes.len()).all(|j| j == i || c.genes[j] == genes[j]);
                // Means over the same replicates, where there are enough: others have other luck in common.
                let whole = |c: &&Candidate| on_line(c) && c.replicates() == all[design].replicates();
                let mut line = points(&mut all.iter().filter(whole), i);
                if line.len() < 2 {
                    line = points(&mut all.iter().filter(on_line), i);
                }
                variable.curve = line.iter().map(|p| [p[0], p[1]]).collect();
                variable.band = line.iter().map(|p| [p[2], p[3]]).collect();
            }
            optimum.variables.push(variable);
        }
        if axes.len() == 1 {
            optimum.points = points(&mut found.window.iter().map(|&i| &all[i]), 0);
        }
        optimum
    }
}

impl Study for BestSearch<'_> {
    fn ask(&mut self) -> Option<UnitPlan> {
        loop {
            let request = self.seeking.ask()?;
            let genes = self.seeking.candidates()[request.candidate].genes.clone();
            match self.points.plan(request.candidate, &genes, request.replicate) {
                Ok(plan) => return Some(plan),
                Err(why) => self.seeking.tell(request, Err(&why)),
            }
        }
    }

    fn tell(&mut self, plan: &UnitPlan, result: Result<&Outcome, &str>) {
        let request = Request { candidate: plan.key.design as usize, replicate: plan.key.replicate };
        match result.map_err(str::to_owned).and_then(|outcome| self.optimization.row(outcome)) {
            Ok(row) => self.seeking.tell(request, Ok(&row)),
            Err(why) => self.seeking.tell(request, Err(&why)),
        }
    }
}

/// The number that an axis has at a position.
fn number(axis: &Axis, position: f64) -> f64 {
    axis.at(position).first().and_then(crate::settings::Value::as_number).unwrap_or(f64::NAN)
}

/// What numbers the positions of an axis stand for.
fn scale(axis: &Axis) -> Scale {
    match &axis.settings {
        // Position (i + ½)/n is number i of n.
        AxisSettings::Range(range) if range.whole && !range.log => {
            Scale::Linear(range.low - 0.5, range.high + 0.5)
        }
        AxisSettings::Range(range) if range.log => Scale::Log(range.low, range.high),
        AxisSettings::Range(range) => Scale::Linear(range.low, range.high),
        AxisSettings::Levels(_) => Scale::List,
    }
}

/// What is known of one variable, without the response along it; `best` is the objective at the optimum.
fn variable(axis: &Axis, input: usize, found: &Found, genes: &[f64], best: f64) -> Variable {
    let (at, pinned) = (genes[input], &found.pinned[input]);
    let [low, high] = pinned.interval.map(|p| number(axis, p));
    let is_outermost = found.response.is_none() || !(0.01..=0.99).contains(&at);
    Variable {
        value: number(axis, at),
        low,
        high,
        change: pinned.change / best.abs().max(f64::MIN_POSITIVE),
        is_identified: pinned.is_identified,
        is_open: pinned.is_open,
        is_edge: pinned.at_edge > AT_EDGE && is_outermost,
        curve: Vec::new(),
        band: Vec::new(),
    }
}

/// The response along one variable, the others at the optimum.
fn curve(
    axis: &Axis,
    input: usize,
    fitted: &Fitted,
    genes: &[f64],
    own: &dyn Fn(f64) -> f64,
) -> Vec<[f64; 2]> {
    along(input, fitted, genes)
        .map(|there| [number(axis, there[input]), own(fitted.fit.objective(&there))])
        .collect()
}

/// The 95% interval of the response along one variable: the central 95% of the fits of resamples, which differ from it by noise.
fn band(input: usize, fitted: &Fitted, genes: &[f64], own: &dyn Fn(f64) -> f64) -> Vec<[f64; 2]> {
    if fitted.noise.is_empty() {
        return Vec::new();
    }
    along(input, fitted, genes)
        .map(|there| {
            let middle = fitted.fit.objective(&there);
            let mut all: Vec<f64> =
                fitted.noise.iter().map(|noise| own(middle + noise.objective(&there))).collect();
            all.sort_by(f64::total_cmp);
            [0.025, 0.975].map(|p| all[(p * (all.len() - 1) as f64).round() as usize])
        })
        .collect()
}

/// Positions along one variable, the others at the optimum.
fn along<'a>(input: usize, fitted: &Fitted, genes: &'a [f64]) -> impl Iterator<Item = Vec<f64>> + use<'a> {
    let [low, high] = fitted.fit.window(input);
    (0..=CURVE).map(move |k| {
        let mut there = genes.to_vec();
        there[input] = low + (high - low) * f64::from(k) / f64::from(CURVE);
        there
    })
}

/// One variable at the optimum.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// Where the response is best.
    pub value: f64,
    /// Lower end of its 95% interval; where it is not identified, of the flat region.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What a tenth of it more or less costs at most, as a share of the objective.
    pub change: f64,
    /// Whether that is shown to be more than [`FLAT`].
    #[serde(default)]
    pub is_identified: bool,
    /// Whether the interval ends where the response does, and may be wider.
    #[serde(default)]
    pub is_open: [bool; 2],
    /// Whether it lies at an end of its range.
    pub is_edge: bool,
    /// The response along it: settings and objective.
    pub curve: Vec<[f64; 2]>,
    /// Its 95% interval at each of these settings, over resamples of replicates.
    #[serde(default)]
    pub band: Vec<[f64; 2]>,
}

impl Variable {
    /// Whether it is pinned down, in words.
    pub fn note(&self) -> &'static str {
        match (self.is_identified, self.is_edge, self.is_open) {
            (false, ..) => "not identified",
            (true, true, _) => "at the edge of its range",
            (true, false, [false, false]) => "identified",
            (true, false, [true, false]) => "identified; interval open below",
            (true, false, [false, true]) => "identified; interval open above",
            (true, false, [true, true]) => "identified; interval open at both ends",
        }
    }
}

/// The optimum, as the search leaves it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Optimum {
    /// Whether the search came to its end.
    pub is_complete: bool,
    /// Units that it asked for.
    pub evaluations: u64,
    /// Settings that it tried.
    pub candidates: u32,
    /// Settings that could not be evaluated, and why the first could not.
    pub refused: (u32, String),
    /// How near settings came to each constraint.
    pub nearest: Vec<super::record::Nearest>,
    /// Who came nearest to all of them together, where nobody keeps them all.
    #[serde(default)]
    pub closest: Option<super::record::Closest>,
    /// Design point of the optimum, or of the best setting so far; `None` where there is none.
    pub design: Option<u32>,
    /// The best setting so far, by variable, where the search has not ended; empty where it has.
    #[serde(default)]
    pub so_far: Vec<f64>,
    /// The objective at the optimum as the search has it, in the metric's own direction.
    pub believed: f64,
    /// Its interval.
    pub believed_interval: [f64; 2],
    /// Whether the window was still moving when the search gave up.
    pub is_restless: bool,
    /// Whether the objective is the same at everything that was tried.
    #[serde(default)]
    pub is_constant: bool,
    /// Whether it is the best of the settings that were compared, and not that of a response.
    #[serde(default)]
    pub is_compared: bool,
    /// Variables, in the order of the file.
    pub variables: Vec<Variable>,
    /// Of a single variable: setting, mean and interval at each point of the window.
    pub points: Vec<[f64; 4]>,
}

impl Optimum {
    /// By how many standard errors of their difference the audit lies off what the search believed, where it contradicts it.
    pub fn contradiction(&self, audited: &Audited) -> Option<f64> {
        let error = |low: f64, high: f64| (high - low) / (2.0 * 1.96);
        let search = error(self.believed_interval[0], self.believed_interval[1]);
        let audit = error(audited.objective.ci_low, audited.objective.ci_high);
        let both = (search * search + audit * audit).sqrt();
        let off = (audited.objective.mean - self.believed).abs() / both;
        (self.so_far.is_empty() && both > 0.0 && off > CONTRADICTION).then_some(off)
    }

    /// Puts it into the store.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn put(&self, store: &mut Store) -> Result<(), StoreError> {
        store.set_meta(KEY, &serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads it from a store; `None` where there is none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store) -> Result<Option<Self>, StoreError> {
        Ok(store.meta(KEY)?.and_then(|text| serde_json::from_str(&text).ok()))
    }
}

/// The optimum on fresh draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Audited {
    /// The objective.
    pub objective: Estimate,
    /// Certified replicates, of how many; `None` where nobody learns.
    pub certified: Option<(u64, u64)>,
}

/// Reads the audit; `None` where there has been none.
///
/// # Errors
/// Where the store cannot be read.
pub fn audited(
    store: &Store,
    optimization: &Optimization,
    optimum: &Optimum,
) -> Result<Option<Audited>, StoreError> {
    let Some(design) = optimum.design else { return Ok(None) };
    let place = |key: &str| store.metrics().iter().position(|m| *m == key);
    let (objective, certified) = (place(optimization.objectives[0].metric.key), place("certified"));
    let (mut values, mut yes, mut all) = (Moments::default(), 0, 0);
    store.visit_values_at(design, |unit| {
        if unit.replicate >= FIRST_AUDIT {
            for &(metric, value) in unit.values {
                if Some(metric) == objective {
                    values.push(value);
                }
                if Some(metric) == certified {
                    all += 1;
                    yes += u64::from(value == 1.0);
                }
            }
        }
        Ok::<_, StoreError>(())
    })?;
    let estimate = values.estimate(&mut Critical::default());
    Ok((values.n() > 0)
        .then_some(Audited { objective: estimate, certified: (all > 0).then_some((yes, all)) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_contradicts_what_it_cannot_have_come_from() {
        // Standard errors .03 and .04, so .05 of the difference: three and a half of them are .175.
        let optimum =
            Optimum { believed: 1.0, believed_interval: [1.0 - 0.0588, 1.0 + 0.0588], ..Optimum::default() };
        let audit = |mean: f64| Audited {
            objective: Estimate { mean, se: 0.04, ci_low: mean - 0.0784, ci_high: mean + 0.0784, n: 1000 },
            certified: None,
        };
        assert_eq!(optimum.contradiction(&audit(0.83)), None);
        let off = optimum.contradiction(&audit(0.8)).unwrap();
        assert!((off - 4.0).abs() < 1e-9, "{off}");
        // The best so far believes nothing.
        let cut = Optimum { so_far: vec![0.5], ..optimum };
        assert_eq!(cut.contradiction(&audit(0.8)), None);
    }
}
