//! Means at each setting of a factor, over all settings of the others: main effects, as [`crate::measure::effects::margins`] has
//! them.
//!
//! Of a factor with more settings than have room neighbours are put together. Where every point differs from the first in one
//! factor alone, there is nothing to average over: a factor's settings are then the points that differ from the first in it.

use super::Swept;
use super::factors::{Factor, Shape};
use crate::experiment::store::{Store, StoreError};
use crate::experiment::tables::effects;
use crate::measure::effects::coding::Factor as Levels;
use crate::measure::effects::margins::Kind;
use crate::measure::statistics::{Estimate, Moments};

/// Settings of a factor that are told apart.
const MOST_SETTINGS: usize = 8;

/// A factor's settings as they are told apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Along {
    /// Place of the factor in [`Swept::factors`].
    pub factor: usize,
    /// By group of settings: a number, or the place of the name.
    pub x: Vec<f64>,
    /// Names of the groups; `None` where they are numbers.
    pub names: Option<Vec<String>>,
    /// By level of the factor: its group.
    group: Vec<usize>,
}

impl Along {
    fn of(factor: &Factor, place: usize) -> Self {
        let levels = factor.levels.len();
        let Some(numbers) = factor.numbers() else {
            let names = factor.names();
            let x = (0..levels).map(|i| i as f64).collect();
            return Along { factor: place, x, names: Some(names), group: (0..levels).collect() };
        };
        let groups = levels.min(MOST_SETTINGS);
        let group: Vec<usize> = (0..levels).map(|level| level * groups / levels).collect();
        let mean = |g: usize| {
            let own = numbers.iter().zip(&group).filter(|(_, other)| **other == g);
            own.map(|(v, _)| *v).collect::<Moments>().mean()
        };
        Along { factor: place, x: (0..groups).map(mean).collect(), names: None, group }
    }

    /// Whether settings are put together.
    pub fn is_coarse(&self) -> bool {
        self.group.len() > self.x.len()
    }
}

/// Main effects of every factor on some metrics.
#[derive(Clone, Debug, PartialEq)]
pub struct Marginals {
    /// Factors, in their order.
    pub along: Vec<Along>,
    /// By factor, then group: the only point there, where points are not averaged over.
    points: Vec<Vec<Option<usize>>>,
    /// By metric as asked for, contender, factor, then group of settings.
    means: Vec<Vec<Vec<Vec<Option<Estimate>>>>>,
    /// Whether means are over points that differ in other factors, too, and these are not accounted for.
    pub plain: bool,
}

impl Marginals {
    /// How many metrics were asked for.
    pub fn metrics(&self) -> usize {
        self.means.len()
    }

    /// Mean of a metric, by its place among those asked for, of a contender along a factor.
    pub fn means(&self, metric: usize, contender: usize, factor: usize) -> &[Option<Estimate>] {
        &self.means[metric][contender][factor]
    }

    /// The only point at a group of settings of a factor; `None` where the means are over several.
    pub fn point(&self, factor: usize, group: usize) -> Option<usize> {
        self.points.get(factor)?.get(group).copied().flatten()
    }

    /// Reads the main effects on some of the metrics of a design, by place.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store, swept: &Swept, metrics: &[usize]) -> Result<Self, StoreError> {
        let along: Vec<Along> = swept.factors.iter().enumerate().map(|(i, f)| Along::of(f, i)).collect();
        if swept.shape == Shape::OneAtATime && !swept.outcomes.is_empty() {
            return Ok(Self::one_at_a_time(swept, metrics, along));
        }
        let as_levels = |axis: &Along| {
            let factor = &swept.factors[axis.factor];
            let places = factor.places.iter().map(|&place| axis.group[place as usize] as u32).collect();
            Levels::of_levels(&factor.name, places, vec![String::new(); axis.x.len()])
        };
        let places: Vec<Option<usize>> = metrics
            .iter()
            .map(|&m| store.metrics().iter().position(|key| *key == swept.metrics[m].key))
            .collect();
        let asked: Vec<usize> = places.iter().flatten().copied().collect();
        let levels: Vec<Levels> = along.iter().map(as_levels).collect();
        let bears = |factor: usize, c: usize| swept.factors[factor].bears_on(c, &swept.contenders);
        let (kind, found) = effects::means(store, &swept.designs, &levels, &asked, bears)?;
        let mut found = found.into_iter();
        let nothing = || along.iter().map(|axis| vec![None; axis.x.len()]).collect::<Vec<_>>();
        let of_metric = |place: &Option<usize>| {
            let mut by_contender = vec![nothing(); swept.contenders.len()];
            if place.is_some() {
                for (means, margins) in by_contender.iter_mut().zip(found.next().unwrap_or_default()) {
                    for margin in margins {
                        means[margin.factor][margin.level] = Some(margin.mean);
                    }
                }
            }
            by_contender
        };
        let means = places.iter().map(of_metric).collect();
        Ok(Marginals { along, points: Vec::new(), means, plain: kind == Kind::Plain })
    }

    fn one_at_a_time(swept: &Swept, metrics: &[usize], along: Vec<Along>) -> Self {
        let apart = |point: usize, factor: usize| {
            let differs = |(other, f): (usize, &Factor)| other != factor && f.places[point] != f.places[0];
            swept.factors.iter().enumerate().any(differs)
        };
        let at = |axis: &Along, group: usize| {
            let factor = &swept.factors[axis.factor];
            (0..swept.designs.len())
                .find(|&p| axis.group[factor.places[p] as usize] == group && !apart(p, axis.factor))
        };
        let means = metrics
            .iter()
            .map(|&metric| {
                (0..swept.contenders.len())
                    .map(|contender| {
                        let line = |axis: &Along| {
                            (0..axis.x.len())
                                .map(|group| {
                                    at(axis, group).and_then(|p| swept.estimate(p, contender, metric))
                                })
                                .collect()
                        };
                        along.iter().map(line).collect()
                    })
                    .collect()
            })
            .collect();
        let points =
            along.iter().map(|axis| (0..axis.x.len()).map(|group| at(axis, group)).collect()).collect();
        Marginals { along, points, means, plain: false }
    }
}
