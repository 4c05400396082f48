//! The best setting of one objective, as a study: search, audit, and what is kept of them in the store.
//!
//! The search ([`crate::optimize::best`]) ends with a response over a window of settings; where that is best is the *optimum*. The
//! audit plays the optimum on `[experiment] replicates` replicates that the search never saw. A setting is said to be *not
//! identified* where a tenth more or less of it changes the response by less than [`FLAT`] of the objective: then it hardly
//! matters, and where exactly the optimum lies says little.

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

    /// The audit of the optimum, once the search is over; nothing where nothing was found.
    pub fn audit(&mut self, replicates: u32) -> Planned {
        let Some(place) = self.seeking.settle() else { return Planned::new(Vec::new()) };
        let genes = self.seeking.candidates()[place].genes.clone();
        let plan = |r| self.points.plan(place, &genes, FIRST_AUDIT + r).ok();
        Planned::new((0..replicates).filter_map(plan).collect())
    }

    /// What is kept of the search; to be called after [`Self::audit`].
    pub fn optimum(&mut self) -> Optimum {
        let design = self.seeking.settle();
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
            ..Optimum::default()
        };
        let (Some(design), Some(found)) = (design, self.seeking.found()) else { return optimum };
        let mut response = [own(found.located.value[0]), own(found.located.value[1])];
        response.sort_by(f64::total_cmp);
        optimum.design = Some(design as u32);
        optimum.believed = own(found.fit.objective(&found.position));
        optimum.believed_interval = response;
        optimum.is_restless = found.is_restless;
        let axes = &self.optimization.axes;
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

fn variable(axis: &Axis, input: usize, found: &Found, own: &dyn Fn(f64) -> f64) -> Variable {
    let at = found.position[input];
    let value = number(axis, at);
    let [low, high] = found.located.interval[input].map(|p| number(axis, p));
    let elsewhere = |position: f64| {
        let mut there = found.position.clone();
        let [low, high] = found.fit.window(input);
        there[input] = position.clamp(low, high);
        found.fit.objective(&there)
    };
    let best = found.fit.objective(&found.position);
    let around = [0.9, 1.1].map(|share| {
        // A tenth of nothing is a tenth of the range.
        let p = if value.abs() < 1e-12 { at + share - 1.0 } else { position(axis, value * share) };
        elsewhere(p.clamp(0.0, 1.0)) - best
    });
    let change = around[0].max(around[1]) / best.abs().max(f64::MIN_POSITIVE);
    let is_edge = found.located.at_edge[input] > AT_EDGE && !(0.01..=0.99).contains(&at);
    Variable { value, low, high, change, is_edge, curve: curve(axis, input, found, &found.fit, own) }
}

/// The response along one variable, the others at the optimum.
fn curve(axis: &Axis, input: usize, found: &Found, fit: &Fit, own: &dyn Fn(f64) -> f64) -> Vec<[f64; 2]> {
    let [low, high] = fit.window(input);
    (0..=CURVE)
        .map(|k| {
            let mut there = found.position.clone();
            there[input] = low + (high - low) * f64::from(k) / f64::from(CURVE);
            [number(axis, there[input]), own(fit.objective(&there))]
        })
        .collect()
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
    /// Whether it lies at an end of its range.
    pub is_edge: bool,
    /// The response along it: settings and objective.
    pub curve: Vec<[f64; 2]>,
}

impl Variable {
    /// Whether the setting matters enough to be pinned down.
    pub fn is_identified(&self) -> bool {
        self.change >= FLAT
    }

    /// Whether it is pinned down, in words.
    pub fn note(&self) -> &'static str {
        if !self.is_identified() {
            "not identified"
        } else if self.is_edge {
            "at the edge of its range"
        } else {
            "identified"
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
    /// Design point of the optimum; `None` where there is none.
    pub design: Option<u32>,
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
