//! The best setting of one objective, as a study: search, audit, and what is kept of them in the store.
//!
//! The search ([`crate::optimize::best`]) ends with a response over a window of settings; where that is best is the *optimum*. The
//! audit plays the optimum on `[experiment] replicates` replicates that the search never saw. The *change* of a setting is by how much a
//! tenth more or less of it makes the response worse, whichever is worse, as a share of the objective. A setting is *identified* where
//! its change is above [`FLAT`] by more than what noise alone would read as a change at its best point in 95% of resamples:
//! otherwise it may hardly matter, and where exactly the optimum lies says little.
//!
//! A search that is cut short has no response. Then the best candidate so far, by the replicates on which the solver descends, is audited.

use super::points::Points;
use super::{FIRST_AUDIT, Optimization};
use crate::experiment::design;
use crate::experiment::outcome::Outcome;
use crate::experiment::runner::{Planned, Study, UnitPlan};
use crate::experiment::store::{Store, StoreError};
use crate::experiment::sweep::Axis;
use crate::measure::statistics::{Critical, Estimate, Moments};
use crate::optimize::best::descent::Descent;
use crate::optimize::best::response::Fit;
use crate::optimize::best::{Found, Seeking, Settings};
use crate::optimize::search::Request;
use serde::{Deserialize, Serialize};

/// Share of the objective by which a tenth of a setting must change it, for the setting to be identified.
pub const FLAT: f64 = 5e-4;
/// Share of resamples at an edge of the range beyond which the optimum is one of the range, not of the objective.
const AT_EDGE: f64 = 0.5;
/// Key under which the optimum is kept.
const KEY: &str = "optimum";
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
        let settings = Settings { descent, minimum: own.minimum, maximum: own.maximum, seed: own.seed };
        let seeking = Seeking::new(optimization.space.clone(), optimization.constraints.len(), settings);
        BestSearch { optimization, seeking, points }
    }

    /// What each candidate assigns.
    pub fn design_points(&self) -> impl Iterator<Item = design::Point> + '_ {
        self.seeking.candidates().iter().map(|c| self.points.point(&c.genes))
    }

    /// The candidate to be audited: the optimum, or the best so far where the search has not ended.
    fn design(&mut self) -> Option<usize> {
        if self.seeking.is_over() { self.seeking.settle() } else { self.seeking.best_so_far() }
    }

    /// The audit of the optimum, or of the best so far; nothing where nothing was found.
    pub fn audit(&mut self, replicates: u32) -> Planned {
        let Some(place) = self.design() else { return Planned::new(Vec::new()) };
        let genes = self.seeking.candidates()[place].genes.clone();
        let plan = |r| self.points.plan(place, &genes, FIRST_AUDIT + r).ok();
        Planned::new((0..replicates).filter_map(plan).collect())
    }

    /// What is kept of the search; to be called after [`Self::audit`].
    pub fn optimum(&mut self) -> Optimum {
        let design = self.design();
        let all = self.seeking.candidates();
        let failures: Vec<&str> = all.iter().filter_map(|c| c.failure.as_deref()).collect();
        let objective = self.optimization.objectives[0];
        let own = |value: f64| objective.minimized(value);
        let mut optimum = Optimum {
            is_complete: self.seeking.is_over(),
            evaluations: self.seeking.evaluations(),
            candidates: all.len() as u32,
            refused: (failures.len() as u32, failures.first().map_or(String::new(), |s| (*s).to_owned())),
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
        let mut response = [own(found.located.value[0]), own(found.located.value[1])];
        response.sort_by(f64::total_cmp);
        optimum.design = Some(design as u32);
        optimum.believed = own(found.fit.objective(&found.position));
        optimum.believed_interval = response;
        optimum.is_restless = found.is_restless;
        optimum.variables = (0..axes.len()).map(|i| variable(&axes[i], i, found, &own)).collect();
        if let [axis] = axes.as_slice() {
            let mut critical = Critical::default();
            let mut points: Vec<[f64; 4]> = found
                .window
                .iter()
                .map(|&i| {
                    let candidate = &all[i];
                    let rows = (0..candidate.replicates() as usize).map(|r| own(candidate.row(r)[0]));
                    let e = rows.collect::<Moments>().estimate(&mut critical);
                    [number(axis, candidate.genes[0]), e.mean, e.ci_low, e.ci_high]
                })
                .collect();
            points.sort_by(|a, b| a[0].total_cmp(&b[0]));
            optimum.points = points;
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

/// Position of a number on an axis, by bisection.
fn position(axis: &Axis, value: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if number(axis, middle) < value { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// By how much a tenth more or less of a variable raises a response within its window, whichever raises it more.
fn change(axis: &Axis, input: usize, fit: &Fit, from: &[f64]) -> f64 {
    let value = number(axis, from[input]);
    let [low, high] = fit.window(input);
    let beside = [0.9, 1.1].map(|share| {
        // A tenth of nothing is a tenth of the range.
        let p = if value.abs() < 1e-12 { from[input] + share - 1.0 } else { position(axis, value * share) };
        let mut there = from.to_vec();
        there[input] = p.clamp(0.0, 1.0).clamp(low, high);
        fit.objective(&there)
    });
    beside[0].max(beside[1]) - fit.objective(from)
}

fn variable(axis: &Axis, input: usize, found: &Found, own: &dyn Fn(f64) -> f64) -> Variable {
    let at = found.position[input];
    let value = number(axis, at);
    let [low, high] = found.located.interval[input].map(|p| number(axis, p));
    let best = found.fit.objective(&found.position).abs().max(f64::MIN_POSITIVE);
    let change = change(axis, input, &found.fit, &found.position) / best;
    let mut noise: Vec<f64> = found
        .noise
        .iter()
        .map(|noise| self::change(axis, input, &noise.fit, &noise.position) / best)
        .collect();
    noise.sort_by(f64::total_cmp);
    let by_noise = noise.get((0.95 * noise.len() as f64) as usize).copied().unwrap_or(f64::INFINITY);
    let is_identified = change - by_noise >= FLAT;
    let is_edge = found.located.at_edge[input] > AT_EDGE && !(0.01..=0.99).contains(&at);
    let is_open = found.located.is_open[input];
    Variable {
        value,
        low,
        high,
        change,
        is_identified,
        is_open,
        is_edge,
        curve: curve(axis, input, found, &found.fit, own),
        band: band(input, found, own),
    }
}

/// The response along one variable, the others at the optimum.
fn curve(axis: &Axis, input: usize, found: &Found, fit: &Fit, own: &dyn Fn(f64) -> f64) -> Vec<[f64; 2]> {
    along(input, found).map(|there| [number(axis, there[input]), own(fit.objective(&there))]).collect()
}

/// The 95% interval of the response along one variable: the central 95% of the fits of resamples, which differ from it by noise.
fn band(input: usize, found: &Found, own: &dyn Fn(f64) -> f64) -> Vec<[f64; 2]> {
    if found.noise.is_empty() {
        return Vec::new();
    }
    along(input, found)
        .map(|there| {
            let fitted = found.fit.objective(&there);
            let mut all: Vec<f64> =
                found.noise.iter().map(|noise| own(fitted + noise.fit.objective(&there))).collect();
            all.sort_by(f64::total_cmp);
            [0.025, 0.975].map(|p| all[(p * (all.len() - 1) as f64).round() as usize])
        })
        .collect()
}

/// Positions along one variable, the others at the optimum.
fn along(input: usize, found: &Found) -> impl Iterator<Item = Vec<f64>> {
    let [low, high] = found.fit.window(input);
    (0..=CURVE).map(move |k| {
        let mut there = found.position.clone();
        there[input] = low + (high - low) * f64::from(k) / f64::from(CURVE);
        there
    })
}

/// One variable at the optimum.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// Where the response is best.
    pub value: f64,
    /// Lower end of its 95% interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What a tenth of it more or less costs at most, as a share of the objective.
    pub change: f64,
    /// Whether that is more than [`FLAT`], and more than noise would make of nothing.
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
    /// The response at the optimum, in the metric's own direction.
    pub believed: f64,
    /// Its interval.
    pub believed_interval: [f64; 2],
    /// Whether the window was still moving when the search gave up.
    pub is_restless: bool,
    /// Variables, in the order of the file.
    pub variables: Vec<Variable>,
    /// Of a single variable: setting, mean and interval at each point of the window.
    pub points: Vec<[f64; 4]>,
}

impl Optimum {
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
    use crate::draws::{Key, Purpose, Who};
    use crate::experiment::sweep::{Range, Settings as AxisSettings};
    use crate::numerics::normal_quantile;
    use crate::optimize::best::response::Response;
    use crate::optimize::candidate::Candidate;

    /// The verdict on a response over a window round .5, fitted to this function with noise of each point and replicate.
    fn verdict(seed: u64, f: impl Fn(f64) -> f64) -> Variable {
        let range = Range { low: 0.0, high: 1.0, whole: false, log: false, levels: 2 };
        let axis = Axis { paths: vec!["x".to_owned()], settings: AxisSettings::Range(range), when: None };
        let draws = |i: u32| Key::new(seed, i, 0).stream(Purpose::Resample, Who::MARKET);
        let member = |i: u32| {
            let x = 0.35 + 0.3 * f64::from(i) / 19.0;
            let mut candidate = Candidate::new(vec![x], 0, 1, 0);
            (0..32).for_each(|r| candidate.push(&[f(x) + 0.2 * normal_quantile(draws(i).uniform(0, r))]));
            candidate
        };
        let members: Vec<Candidate> = (0..20).map(member).collect();
        let response = Response::new(&members.iter().collect::<Vec<_>>(), &[0.5], 0.15).unwrap();
        let fit = response.fit();
        let found = Found {
            position: fit.best().unwrap(),
            located: response.locate(seed),
            noise: response.noise(seed),
            fit,
            window: Vec::new(),
            is_restless: false,
        };
        variable(&axis, 0, &found, &|y| y)
    }

    #[test]
    fn what_does_nothing_is_seldom_identified() {
        // A twentieth of the studies, give or take three standard errors; by the size of the change alone it would be nearly all.
        let studies = 80;
        let found: Vec<Variable> = (0..studies).map(|seed| verdict(seed, |_| 10.0)).collect();
        let said = found.iter().filter(|v| v.is_identified).count();
        assert!(found.iter().filter(|v| v.change > FLAT).count() > 40);
        assert!(said as f64 <= 4.0 + 3.0 * (80.0_f64 * 0.05 * 0.95).sqrt(), "{said} of {studies}");
    }

    #[test]
    fn what_matters_is_identified_and_intervals_that_end_with_the_window_are_open() {
        // A tenth of .5 costs 80 · .0025/10 = 2%.
        let v = verdict(1, |x| 10.0 + 80.0 * (x - 0.5) * (x - 0.5));
        assert!((v.change - 0.02).abs() < 0.008 && v.note() == "identified", "{v:?}");
        assert!(v.low < 0.5 && 0.5 < v.high && v.is_open == [false, false]);
        // The bottom lies at the window's upper end: what is beyond nobody knows.
        let v = verdict(1, |x| 10.0 + 80.0 * (x - 0.7) * (x - 0.7));
        assert!(v.is_open == [false, true] && v.note() == "identified; interval open above", "{v:?}");
    }
}
