//! What a figure is told: means with their intervals, and the words above them.

/// A mean over replicates with its 95% interval, in the unit of the axis. An absent value is NaN; with one replicate
/// only the mean is finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean over replicates.
    pub mean: f64,
    /// Lower end of the 95% interval, or NaN.
    pub ci_low: f64,
    /// Upper end of the 95% interval, or NaN.
    pub ci_high: f64,
}

impl Estimate {
    /// A mean with its interval.
    pub fn new(mean: f64, ci_low: f64, ci_high: f64) -> Self {
        Self { mean, ci_low, ci_high }
    }

    /// A mean without an interval: one replicate, or an exact value.
    pub fn point(mean: f64) -> Self {
        Self::new(mean, f64::NAN, f64::NAN)
    }

    /// No value: a metric that the rule cannot have.
    pub fn absent() -> Self {
        Self::point(f64::NAN)
    }

    /// The mean, unless absent, infinite, or so large (10^150) that an axis could not hold it.
    pub fn value(&self) -> Option<f64> {
        drawable(self.mean).then_some(self.mean)
    }

    /// The interval, where both ends are finite, lower end first.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let whole = drawable(self.mean) && drawable(self.ci_low) && drawable(self.ci_high);
        whole.then(|| (self.ci_low.min(self.ci_high), self.ci_low.max(self.ci_high)))
    }

    /// Everything times a factor: a change of unit.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self::new(self.mean * factor, self.ci_low * factor, self.ci_high * factor)
    }
}

/// Finite, and small enough that spans and squares of it are finite too.
pub(crate) fn drawable(v: f64) -> bool {
    v.is_finite() && v.abs() < 1e150
}

/// The words above a figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heading {
    /// The finding or the question, set semibold at the left.
    pub title: String,
    /// A line in grey below; may be empty. The explanation of the intervals follows it.
    pub subtitle: String,
    /// How many replicates stand behind the intervals.
    pub replicates: usize,
    /// Fewest behind any of them, where these are fewer; else 0.
    pub fewest: usize,
}

impl Heading {
    /// Numbers of replicates: "32", or "16 to 32".
    pub(crate) fn over(&self) -> String {
        match self.fewest {
            0 => self.replicates.to_string(),
            fewest => format!("{fewest} to {}", self.replicates),
        }
    }

    /// The grey line: the subtitle, then how the intervals are drawn (`drawn_as`: "Bars", "Bands").
    pub(crate) fn caption(&self, drawn_as: &str, any_interval: bool) -> String {
        let intervals = match (any_interval, self.replicates) {
            (true, 0) => format!("{drawn_as}: 95% intervals."),
            (true, 1) => format!("{drawn_as}: 95% intervals within one replicate."),
            (true, _) => format!("{drawn_as}: 95% intervals over {}\u{a0}replicates.", self.over()),
            (false, 0) => String::new(),
            (false, 1) => "One replicate: no intervals.".to_owned(),
            (false, _) => format!("Means over {}\u{a0}replicates, without intervals.", self.over()),
        };
        [self.subtitle.trim(), &intervals]
            .iter()
            .filter(|s| !s.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
    }
}
