//! Does the laboratory reproduce what is known? Closed-form theory and published results, each a named case.
//!
//! A [`Case`] holds one number of the simulation to one number of theory. Cases that come out of the same simulation form
//! a [`Study`]; the seed of a study is a hash of its name, so that nobody chose it. How near is near enough is a
//! [`Standard`], fixed before anything is simulated:
//!
//! | play | `\|result − target\|` at most |
//! |---|---|
//! | computed, nothing random | half a unit of the last digit given |
//! | simulated, of given strategies | `z` standard errors, `2(1 − Φ(z)) = 1 − .9973^{1/m}` over the `m` such cases of the run |
//! | of a published simulation | the same, with the published standard error added in squares, and the digits given |
//! | learned | three standard errors and the effect of one tick of the menu |
//! | held to a band | the band that the claim itself gives |
//!
//! Targets come from [`crate::theory`], or are quoted from a paper whose name and place the case carries.
//!
//! One family of cases is one file; [`games`] holds the small games that no mechanism of the laboratory plays.

pub mod catalogue;
pub mod games;
pub mod menus;
pub mod planted;
pub mod program;
pub mod run;
pub mod sample;

mod asymmetric;
mod auctions;
mod banchio;
mod block_auctions;
mod bribery;
mod calvano;
mod censorship;
mod complete_information;
mod contests;
mod delays;
mod deterrence;
mod factorial;
mod kickbacks;
mod liveness;
mod rankings;
mod replication;
mod rings;
mod tied_bidders;

use crate::draws::{Key, Purpose, Who, name_hash};
use crate::numerics::{normal_quantile, pow};
use std::borrow::Cow;

/// How many draws to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// All.
    Full,
    /// A tenth or so: the same cases in a fraction of the time, with wider standard errors.
    Quick,
}

/// How near a result must be to its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standard {
    /// Computed: within so much, half a unit of the last digit that the source gives.
    Computed(f64),
    /// Simulated play of given strategies: `z` standard errors.
    Given,
    /// Against a published simulation: `z` combined standard errors, and half a unit of the last digit that it gives.
    Published {
        /// Its standard error. Where it gives none, the finding's own already holds that of as many of our units.
        se: Option<f64>,
        /// Half a unit of the last digit.
        digits: f64,
    },
    /// Learned play: three standard errors and one tick of the menu.
    Learned,
    /// Against a claim that is itself a band, such as "95% ± 1.5 points", or a number that is given by steps of a grid:
    /// within so much, whatever the standard errors.
    Within(f64),
}

impl Standard {
    /// Whether chance alone may exceed its tolerance, so that it counts among the `m` of the run.
    pub fn is_statistical(self) -> bool {
        matches!(self, Standard::Given | Standard::Published { .. })
    }

    /// What the tolerance of a finding consists of, in words.
    pub fn describe(self, z: f64) -> String {
        match self {
            Standard::Computed(digits) => format!("the digits given, ±{digits}"),
            Standard::Given => format!("{z:.2} standard errors"),
            Standard::Published { se: Some(se), digits } => format!(
                "{z:.2} standard errors, those of the publication ({se:.2e}) included, and the digits given, ±{digits}"
            ),
            Standard::Published { se: None, digits } => format!(
                "{z:.2} standard errors, those of the publication (by its number of units) included, and the digits given, \
                 ±{digits}"
            ),
            Standard::Learned => "3 standard errors and one tick of the menu".to_owned(),
            Standard::Within(range) => format!("a band of ±{range:.4}"),
        }
    }
}

/// One number of the simulation and the number that theory has for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Name, hierarchical: `auction/first-price/uniform/n=2/revenue`.
    pub name: String,
    /// What theory says.
    pub target: f64,
    /// Unit of target and result.
    pub unit: &'static str,
    /// How near is near enough.
    pub standard: Standard,
    /// Where the target comes from.
    pub source: Cow<'static, str>,
}

/// What the simulation says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// The number.
    pub result: f64,
    /// Its standard error; 0 where nothing is random.
    pub se: f64,
    /// Effect of one tick of the menu on it; 0 where there is no menu.
    pub tick: f64,
}

impl Finding {
    /// A number without error.
    pub fn exact(result: f64) -> Self {
        Finding { result, se: 0.0, tick: 0.0 }
    }

    /// Yes (1) or no (0).
    pub fn truth(holds: bool) -> Self {
        Finding::exact(f64::from(u8::from(holds)))
    }

    /// Whether a number is at most so much; not a number where it is none, so that nothing passes for want of it.
    pub fn at_most(number: f64, limit: f64) -> Self {
        if number.is_nan() { Finding::exact(f64::NAN) } else { Finding::truth(number <= limit) }
    }

    /// The same with the effect of a tick.
    #[must_use]
    pub fn with_tick(self, tick: f64) -> Self {
        Finding { tick: tick.abs(), ..self }
    }
}

/// What a study may use: its luck, and how much of it.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    /// How many draws to take.
    pub effort: Effort,
    /// Seed, from the name of the study.
    pub seed: u64,
}

impl Draws {
    /// The draws of the study called `name`.
    pub fn of(name: &str, effort: Effort) -> Self {
        Draws { effort, seed: name_hash(name) >> 1 }
    }

    /// A number of draws, or a tenth of it in a quick run.
    pub fn count(&self, full: u32) -> u32 {
        match self.effort {
            Effort::Full => full,
            Effort::Quick => full.div_ceil(10),
        }
    }

    /// One number in a full run, another in a quick one.
    pub fn either(&self, full: u32, quick: u32) -> u32 {
        if self.effort == Effort::Full { full } else { quick }
    }

    /// A sequence of uniform numbers for one purpose, entity and replicate.
    pub fn luck(&self, purpose: Purpose, who: &str, replicate: u32) -> Luck {
        let stream = Key::new(self.seed, replicate, 0).stream(purpose, Who::member(who, 0));
        Luck { stream, next: 0 }
    }
}

/// Uniform numbers one after another.
#[derive(Clone, Copy, Debug)]
pub struct Luck {
    stream: crate::draws::Stream,
    next: u64,
}

impl Luck {
    /// The next number, strictly between 0 and 1.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        let at = self.next;
        self.next += 1;
        self.stream.uniform((at >> 20) as u32, (at & 0xF_FFFF) as u32)
    }

    /// The next number below `n`, each with the same probability.
    #[inline]
    pub fn below(&mut self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n - 1)
    }

    /// Shuffles a list, every order alike.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

/// Simulates a study: one finding for each of its cases, in their order.
pub type Work = Box<dyn Fn(&Draws) -> Result<Vec<Finding>, String> + Send + Sync>;

/// Cases that one simulation answers.
pub struct Study {
    /// Name: what the names of its cases begin with. The seed follows from it.
    pub name: String,
    /// Its cases.
    pub cases: Vec<Case>,
    /// Rough seconds of one processor, in a full and in a quick run: for the order of work and the time left.
    pub seconds: (f64, f64),
    /// The simulation.
    pub work: Work,
}

impl Study {
    /// A study without cases yet.
    pub fn new(name: impl Into<String>, work: Work) -> Self {
        Study { name: name.into(), cases: Vec::new(), seconds: (0.2, 0.02), work }
    }

    /// A study whose findings come from a function that cannot fail.
    pub fn of(
        name: impl Into<String>,
        work: impl Fn(&Draws) -> Vec<Finding> + Send + Sync + 'static,
    ) -> Self {
        Study::new(name, Box::new(move |draws| Ok(work(draws))))
    }

    /// The same with a rough time.
    #[must_use]
    pub fn taking(self, full: f64, quick: f64) -> Self {
        Study { seconds: (full, quick), ..self }
    }

    /// Adds a case: its name below the study's, target, unit, standard and source.
    #[must_use]
    pub fn case(
        mut self,
        name: &str,
        target: f64,
        unit: &'static str,
        standard: Standard,
        source: &'static str,
    ) -> Self {
        let name = format!("{}/{name}", self.name);
        self.cases.push(Case { name, target, unit, standard, source: source.into() });
        self
    }
}

/// A case with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The case.
    pub case: Case,
    /// What the simulation says, or why it says nothing.
    pub finding: Result<Finding, String>,
    /// Largest distance at which the case passes; `NaN` without a finding.
    pub tolerance: f64,
    /// Whether it passes.
    pub pass: bool,
    /// What the tolerance consists of.
    pub basis: String,
}

impl Verdict {
    /// Holds a finding to its case.
    pub fn judge(case: Case, finding: Result<Finding, String>, z: f64) -> Self {
        let tolerance = finding.as_ref().map_or(f64::NAN, |found| match case.standard {
            Standard::Computed(digits) => digits,
            Standard::Given => z * found.se + rounding(case.target),
            Standard::Published { se, digits } => {
                let theirs = se.unwrap_or(0.0);
                z * (found.se * found.se + theirs * theirs).sqrt() + digits
            }
            Standard::Learned => 3.0 * found.se + found.tick + rounding(case.target),
            Standard::Within(range) => range,
        });
        let pass = finding.as_ref().is_ok_and(|found| (found.result - case.target).abs() <= tolerance);
        let basis = case.standard.describe(z);
        Verdict { case, finding, tolerance, pass, basis }
    }

    /// The result; `NaN` without a finding.
    pub fn result(&self) -> f64 {
        self.finding.as_ref().map_or(f64::NAN, |found| found.result)
    }
}

/// What rounding does to a sum of many draws: the only difference left where a simulation has no variance.
fn rounding(target: f64) -> f64 {
    1e-9 * target.abs().max(1.0)
}

/// Standard errors that each of `m` statistical cases is allowed: together they are all within with probability .9973,
/// as one case alone is within three.
pub fn critical(m: usize) -> f64 {
    let each = pow(0.9973, 1.0 / m.max(1) as f64);
    normal_quantile(0.5 + 0.5 * each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances_are_those_of_the_table() {
        assert!((critical(1) - 3.0).abs() < 1e-3);
        assert!((critical(60) - 4.08).abs() < 5e-3, "{}", critical(60));
        let case =
            |standard| Case { name: "a/b".into(), target: 1.0, unit: "", standard, source: "here".into() };
        let found = Finding { result: 1.02, se: 0.004, tick: 0.01 };
        let judge = |standard| Verdict::judge(case(standard), Ok(found), 4.0);
        let near = |x: f64, y: f64| assert!((x - y).abs() < 1e-8, "{x} {y}");
        near(judge(Standard::Given).tolerance, 0.016);
        near(judge(Standard::Published { se: Some(0.003), digits: 0.001 }).tolerance, 0.021);
        near(judge(Standard::Published { se: None, digits: 0.0 }).tolerance, 0.016);
        near(judge(Standard::Learned).tolerance, 0.022);
        near(judge(Standard::Within(0.1)).tolerance, 0.1);
        assert!(!judge(Standard::Given).pass && judge(Standard::Learned).pass);
        assert!(!judge(Standard::Computed(5e-6)).pass);
        // What cannot be compared does not pass.
        assert!(!Verdict::judge(case(Standard::Given), Err("no".into()), 4.0).pass);
        let nothing = Finding { result: f64::NAN, ..found };
        assert!(!Verdict::judge(case(Standard::Within(9.0)), Ok(nothing), 4.0).pass);
    }
}
