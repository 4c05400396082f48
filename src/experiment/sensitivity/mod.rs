//! `kind = "sensitivity"`: which parameters drive a metric, and how much of it is luck.
//!
//! *Parameters* are settings by path, as in a sweep, each of which varies over its whole range or list, independently of the
//! others. Luck is a factor of its own, in two halves: that of the *world* (draws of the measured epochs) and that of
//! *learning* (all draws while agents learn): see [`crate::draws::Luck`]. With them the shares of the variance add up to one.
//!
//! * Screening ([`crate::measure::sensitivity::screening`]): `trajectories` of steps, each under two lucks.
//! * Indices ([`crate::measure::sensitivity::indices`]): `[experiment] replicates` rows, each with its own luck.
//!
//! Each block of the design ([`super::sweep::pick_freeze`]) is an independent repetition, so a stopped run is a smaller study and
//! a larger one reuses every unit of a smaller one. Contenders are studied each on its own, over the same points and luck. A
//! parameter below `mechanism.NAME` is a factor of that contender alone.
//!
//! * [`reading`]: the table `[sensitivity]`.
//! * [`findings`]: indices and effects, read from the store.

pub mod findings;
pub mod reading;

use super::sweep::pick_freeze::PickFreeze;
use super::sweep::{Axis, Layout};
use crate::experiment::design::Design;
use crate::measure::metrics::Metric;

/// The table `[sensitivity]`, as read.
#[derive(Clone, Debug)]
pub struct Sensitivity {
    /// Outputs.
    pub metrics: Vec<&'static Metric>,
    /// Where it evaluates.
    pub design: PickFreeze,
}

impl Sensitivity {
    /// The design of the study.
    pub fn layout(&self) -> Design {
        let mut parameters: Vec<String> = Vec::new();
        for path in self.design.axes.iter().flat_map(|axis| &axis.paths) {
            if !parameters.contains(path) {
                parameters.push(path.clone());
            }
        }
        Design { parameters, layout: Layout::PickFreeze(self.design.clone()) }
    }

    /// Name of a factor: the paths of its axis.
    pub fn name(&self, axis: usize) -> String {
        self.design.axes[axis].paths.join(" + ")
    }

    /// Short names of all factors: paths without their first part, the last part alone where several are linked or all members
    /// of a table are meant; the whole name where two would be alike.
    pub fn short_names(&self) -> Vec<String> {
        let short = |axis: &Axis| {
            let path = axis.paths.first().map_or("", String::as_str);
            let last = path.rsplit('.').next().unwrap_or(path);
            let rest = path.split_once('.').map_or(path, |(_, rest)| rest);
            if axis.paths.len() > 1 || rest.starts_with("*.") { last.to_owned() } else { rest.to_owned() }
        };
        let names: Vec<String> = self.design.axes.iter().map(short).collect();
        let alike = |i: usize| names.iter().enumerate().any(|(k, name)| k != i && *name == names[i]);
        (0..names.len()).map(|i| if alike(i) { self.name(i) } else { names[i].clone() }).collect()
    }

    /// Axes that bear on a contender.
    fn axes_of(&self, contender: &str, contenders: &[String]) -> Vec<usize> {
        let names: Vec<&str> = contenders.iter().map(String::as_str).collect();
        let bears = |axis: &Axis| super::sweep::owner(axis, &names).is_none_or(|own| names[own] == contender);
        (0..self.design.axes.len()).filter(|&i| bears(&self.design.axes[i])).collect()
    }
}
