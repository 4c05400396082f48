//! A study: an experiment file and the experiments that its design points are.

use super::design::{Design, Point};
use super::file::{Contender, Experiment, Library, Variations};
use super::outcome::Outcome;
use super::replication::UntilPrecise;
use super::runner::{self, Planned};
use super::simulate::simulate;
use super::store::DesignValue;
use super::sweep::{Axis, Range, Settings};
use super::unit::{self, UnitPlan};
use crate::settings::{Diagnostics, Document, Unread, Value};

/// The unit of one replicate of a contender at a design point.
pub fn plan(experiment: &Experiment, design: u32, contender: &Contender, replicate: u32) -> UnitPlan {
    let content = experiment.fingerprint(contender);
    unit::plan(&content, experiment.seed, design, &contender.name, replicate)
}

/// One of several pieces into which a study is divided among machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

impl Piece {
    /// All of it.
    pub const WHOLE: Piece = Piece { index: 1, of: 1 };
}

/// What a file asks for, ready to run.
#[derive(Clone, Debug)]
pub struct Study {
    /// The file as written.
    pub experiment: Experiment,
    /// Its design.
    pub design: Design,
    /// The experiment of each point of the design; all have the same contenders and replicates. Of an optimization, whose
    /// points are not known beforehand, the file as written.
    pub points: Vec<Experiment>,
    /// The file without the tables that design points do not have.
    pub bare: Document,
}

/// Tables that design points do not have.
const OF_THE_STUDY: [&str; 4] = ["robustness", "sweep", "replication", "optimize"];

/// The experiment of a design point of a file without those tables, and what it does not read.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_point(
    point: &Point,
    bare: &Document,
    library: &dyn Library,
) -> Result<(Experiment, Vec<Unread>), Diagnostics> {
    let mut document = point.apply(bare.clone())?;
    // Of the file's own strategies a point has those that it plays.
    let played = super::file::strategies_named(&document);
    for name in document.keys("strategies") {
        if !played.contains(&name) {
            document.remove_member("strategies", &name);
        }
    }
    Experiment::read_variant(document, library)
}

fn refuse_unread(unread: Vec<Unread>) -> Result<(), Diagnostics> {
    if unread.is_empty() {
        return Ok(());
    }
    Err(Diagnostics::new(unread.into_iter().map(|key| key.diagnostic).collect()))
}

impl Study {
    /// Reads a file and all of its design points.
    ///
    /// # Errors
    /// Everything that is wrong with the file, or with the first point at which something is.
    pub fn read(document: Document, library: &dyn Library) -> Result<Self, Diagnostics> {
        let (mut experiment, unread) = Experiment::read_variant(document.clone(), library)?;
        let mut bare = document;
        for table in OF_THE_STUDY {
            bare.remove(table);
        }
        bare.set("experiment.kind", "compare")?;
        let variations = &experiment.variations;
        let design = match variations {
            Variations { robustness: Some(robustness), .. } => robustness.design(&experiment.setting),
            Variations { sweep: Some(sweep), .. } => sweep.design(),
            Variations { optimization: Some(optimization), .. } => {
                let probe = |genes: &Vec<f64>| Point { assignments: optimization.assignments(genes) };
                let mut points = Vec::new();
                for alternatives in optimization.probes() {
                    let all: Vec<Point> = alternatives.iter().map(probe).collect();
                    let works = all.iter().find(|point| read_point(point, &bare, library).is_ok());
                    // Where none is an experiment, the first says why.
                    points.extend(works.or(all.first()).cloned());
                }
                Design { parameters: optimization.paths(), points }
            }
            _ => {
                refuse_unread(unread)?;
                let points = vec![experiment.clone()];
                return Ok(Study { experiment, design: Design::as_written(), points, bare });
            }
        };
        // What the file as written does not read of these tables, nothing does.
        let of_the_study = |key: &Unread| {
            OF_THE_STUDY.iter().any(|table| key.diagnostic.path().split('.').next() == Some(*table))
        };
        let (stray, unread): (Vec<Unread>, Vec<Unread>) = unread.into_iter().partition(of_the_study);
        refuse_unread(stray)?;
        let mut points = Vec::with_capacity(design.points.len());
        // What no point reads is refused; what only some read belongs to the study all the same.
        let mut never: Vec<Unread> = Vec::new();
        let mut read_by_some: Vec<Unread> = unread;
        for point in &design.points {
            let (point, unread) = read_point(point, &bare, library)?;
            points.push(point);
            let known = |key: &Unread| never.iter().any(|n| n.diagnostic.path() == key.diagnostic.path());
            let new: Vec<Unread> = unread.into_iter().filter(|key| !known(key)).collect();
            never.extend(new);
        }
        // A point need not have a key that another does not read.
        let reads = |point: &Experiment, key: &Unread| point.resolved.value(key.diagnostic.path()).is_some();
        never.retain(|key| !points.iter().any(|point| reads(point, key)));
        read_by_some.retain(|key| never.iter().all(|n| n.diagnostic.path() != key.diagnostic.path()));
        refuse_unread(never)?;
        for key in read_by_some {
            experiment.resolved.add(key.diagnostic.path(), key.value);
        }
        if experiment.variations.optimization.is_some() {
            // The probes have shown that variables can be moved as far as they may be; the search lays its own points.
            let design = Design { points: vec![Point::default()], ..design };
            let points = vec![experiment.clone()];
            return Ok(Study { experiment, design, points, bare });
        }
        Ok(Study { experiment, design, points, bare })
    }

    /// The unit of one replicate of a contender, by its place in the file, at a design point.
    pub fn plan(&self, design: u32, contender: usize, replicate: u32) -> UnitPlan {
        let point = &self.points[design as usize];
        plan(point, design, &point.contenders[contender], replicate)
    }

    /// The units of the study, design point by design point: with a stopping rule, those up to its first look; none of an
    /// optimization.
    pub fn plans(&self) -> Vec<UnitPlan> {
        let mut plans = Vec::new();
        if self.experiment.variations.optimization.is_some() {
            return plans;
        }
        for (design, point) in (0..).zip(&self.points) {
            for contender in &point.contenders {
                let content = point.fingerprint(contender);
                let plan = |replicate| unit::plan(&content, point.seed, design, &contender.name, replicate);
                plans.extend((0..self.least_replicates()).map(plan));
            }
        }
        plans
    }

    /// Replicates that every design point has: all, or with a stopping rule those of its first look.
    pub fn least_replicates(&self) -> u32 {
        let stopping = self.experiment.variations.stopping.as_ref();
        stopping.map_or(self.experiment.replicates, |rule| rule.minimum.min(rule.maximum))
    }

    /// What the study is, apart from how many replicates a stopping rule will ask for: the ids of its first units, and
    /// the rule. Of an optimization: the contenders' contents, and what is optimized over which space.
    pub fn identity(&self, plans: &[UnitPlan]) -> String {
        if let Some(optimization) = &self.experiment.variations.optimization {
            let contents: Vec<String> =
                self.experiment.contenders.iter().map(|c| self.experiment.fingerprint(c)).collect();
            return unit::digest(&format!("{}{:?}", contents.join(" "), optimization.identity()));
        }
        let ids: Vec<&str> = plans.iter().map(|plan| plan.id.as_str()).collect();
        let rule = self.experiment.variations.stopping.as_ref();
        unit::digest(&format!("{}{}", ids.join(" "), rule.map_or(String::new(), |rule| format!("{rule:?}"))))
    }

    /// The units of a piece of the study: with a stopping rule every `of`-th design point, else every `of`-th unit.
    pub fn piece(&self, piece: Piece) -> Box<dyn runner::Study + '_> {
        let mine = |place: usize| place % piece.of as usize == piece.index as usize - 1;
        let contenders = self.experiment.contenders.len();
        if let Some(rule) = &self.experiment.variations.stopping {
            let points: Vec<u32> = (0..self.points.len()).filter(|&d| mine(d)).map(|d| d as u32).collect();
            let count = points.len();
            let plan = move |d: u32, c: usize, r: u32| self.plan(points[d as usize], c, r);
            return Box::new(UntilPrecise::new(rule.clone(), count, contenders, plan));
        }
        let mut plans = self.plans();
        plans.sort_by_key(|plan| plan.key.replicate);
        // The same content at several addresses is one piece of work.
        let mut seen = std::collections::HashMap::new();
        let mut places = 0;
        plans.retain(|plan| {
            let place = *seen.entry(plan.id.clone()).or_insert_with(|| {
                places += 1;
                places - 1
            });
            mine(place)
        });
        Box::new(Planned::new(plans))
    }

    /// A stored setting of an optimized parameter as the search assigned it.
    pub fn setting(&self, path: &str, stored: DesignValue) -> Value {
        let axes = self.experiment.variations.optimization.iter().flat_map(|o| &o.axes);
        let axis = axes.into_iter().find(|axis| axis.paths.iter().any(|p| p == path));
        let whole =
            axis.is_some_and(|axis| matches!(axis.settings, Settings::Range(Range { whole: true, .. })));
        let listed = |value: &Value| match (value, &stored) {
            (Value::Text(text), DesignValue::Text(other)) => text == other,
            (value, DesignValue::Number(number)) => value.as_number() == Some(*number),
            (value, DesignValue::Text(text)) => value.to_string() == *text,
        };
        if let Some(Axis { settings: Settings::Levels(levels), paths, .. }) = axis {
            let column = paths.iter().position(|p| p == path).unwrap_or(0);
            let found = levels.iter().map(|level| &level[column]).find(|value| listed(value));
            if let Some(value) = found {
                return value.clone();
            }
        }
        match stored {
            DesignValue::Number(number) if whole => Value::Integer(number as i64),
            DesignValue::Number(number) => Value::Number(number),
            DesignValue::Text(text) => Value::Text(text),
        }
    }

    /// Simulates a planned unit.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn work(&self, plan: &UnitPlan) -> Result<Outcome, String> {
        let point = self
            .points
            .get(plan.key.design as usize)
            .ok_or_else(|| format!("there is no design point {}", plan.key.design))?;
        let contender = point
            .contenders
            .iter()
            .find(|contender| contender.name == plan.key.mechanism)
            .ok_or_else(|| format!("there is no contender `{}`", plan.key.mechanism))?;
        simulate(
            &contender.rule,
            &point.setting,
            &contender.terms,
            &point.play,
            plan.seed,
            plan.key.replicate,
        )
        .map_err(|failure| failure.to_string())
    }
}
