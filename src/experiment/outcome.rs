//! What one unit of work leaves behind: named numbers, curves and learned policies.

/// Address of a unit within an experiment: one replicate of one contender at one design point.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitKey {
    /// Design point, from 0.
    pub design: u32,
    /// Name of the contender, as in `[mechanism.NAME]`.
    pub mechanism: String,
    /// Replicate, from 0.
    pub replicate: u32,
}

/// Everything that a finished unit stores.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Metrics by key, in the order of `list metrics`; a metric that the rule cannot have is absent.
    pub metrics: Vec<(&'static str, f64)>,
    /// Curves, for charts.
    pub curves: Vec<Curve>,
    /// Learned behaviour, without rows of zero probability.
    pub policies: Vec<PolicyEntry>,
}

/// A named line of points that belongs to one class of agents.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Which curve: `learning_offer`, `learning_gain`, `offer`, …
    pub name: String,
    /// Class of agents (a group's name), or empty.
    pub agent: String,
    /// Points (x, y).
    pub points: Vec<(f64, f64)>,
}

/// One cell of a learned policy.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyEntry {
    /// Class of agents (a group's name).
    pub agent: String,
    /// The lever: `bid`, `kickback`, …
    pub lever: String,
    /// State: the mean private value of the bin.
    pub state: f64,
    /// Setting of the lever; `None` abstains.
    pub action: Option<f64>,
    /// Probability of the setting in that state.
    pub probability: f64,
}
