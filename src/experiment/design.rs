//! Design points: settings of an experiment's parameters, each of which is an experiment of its own.
//!
//! A point is a list of assignments `path = value`, applied to the file before it is read, as `--set` does: what may be
//! assigned, what it may be and what follows from it are those of the file. All points share seed and draws.

use super::file::{Experiment, Variations};
use super::store::DesignValue;
use super::sweep::Layout;
use crate::settings::{Diagnostics, Document, Value};

/// The design of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Paths that points assign, in the order of the columns of `results.csv`.
    pub parameters: Vec<String>,
    /// The points, numbered from 0.
    pub layout: Layout,
}

/// One setting of the parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// Paths and their values; what a point does not assign stays as written.
    pub assignments: Vec<(String, Value)>,
}

impl Design {
    /// What an experiment's own tables lay out beforehand; `None` where that is the file as written, or is searched for.
    pub fn of(experiment: &Experiment) -> Option<Self> {
        match &experiment.variations {
            Variations { robustness: Some(robustness), .. } => Some(robustness.design(experiment)),
            Variations { sweep: Some(sweep), .. } => Some(sweep.design()),
            Variations { sensitivity: Some(sensitivity), .. } => Some(sensitivity.layout()),
            _ => None,
        }
    }

    /// A single point: the file as written.
    pub fn as_written() -> Self {
        Self::listed(Vec::new(), vec![Vec::new()])
    }

    /// These points, each a list of assignments.
    pub fn listed(parameters: Vec<String>, points: Vec<Vec<(String, Value)>>) -> Self {
        Design { parameters, layout: Layout::Listed(points.into()) }
    }

    /// Number of points.
    pub fn len(&self) -> u32 {
        self.layout.len() as u32
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.layout.is_empty()
    }

    /// The point of a number below [`Self::len`].
    pub fn point(&self, index: u32) -> Point {
        Point { assignments: self.layout.point(index as usize) }
    }

    /// All points in order, each made in its turn.
    pub fn points(&self) -> impl Iterator<Item = Point> + '_ {
        (0..self.len()).map(|index| self.point(index))
    }
}

impl Point {
    /// The document with this point's assignments.
    ///
    /// # Errors
    /// A path that leads nowhere.
    pub fn apply(&self, mut document: Document) -> Result<Document, Diagnostics> {
        for (path, value) in &self.assignments {
            document.set(path, &value.to_string())?;
        }
        Ok(document)
    }

    /// The assignments as the store keeps them.
    pub fn values(&self) -> Vec<(String, DesignValue)> {
        let stored = |value: &Value| match value {
            Value::Number(number) => DesignValue::Number(*number),
            Value::Integer(integer) => DesignValue::Number(*integer as f64),
            Value::Text(text) => DesignValue::Text(text.clone()),
            other => DesignValue::Text(other.to_string()),
        };
        self.assignments.iter().map(|(path, value)| (path.clone(), stored(value))).collect()
    }

    /// The assignments in words: `path = value, …`, or `as written`.
    pub fn in_words(&self) -> String {
        let words: Vec<String> =
            self.assignments.iter().map(|(path, value)| format!("{path} = {value}")).collect();
        if words.is_empty() { "as written".to_owned() } else { words.join(", ") }
    }
}
