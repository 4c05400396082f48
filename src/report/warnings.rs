//! What the reader should know before believing the numbers: each warning with its cause and its remedy.

mod finding;
#[cfg(test)]
mod tests;
mod words;

pub use finding::{about, about_one_of};

use super::summary::Summary;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use std::fmt;

/// Replicates below which intervals are wide and hang on few draws.
pub const FEW_REPLICATES: u64 = 20;

/// Bins from which on the bend of bids at a reserve moves revenue by a thousandth at most, with values uniform (README).
pub const COARSE: usize = 40;

/// Drift of the average policies above which learning had not settled.
pub const LARGE_DRIFT: f64 = 0.2;

/// Share of play on the top of a menu above which the menu, not the game, may decide.
pub const PRESSED: f64 = 0.5;

/// Distance of revenue from theory's that is told, as a share of it, where it is no chance.
pub const OFF_THEORY: f64 = 0.002;

/// The same of stakes and kickbacks, which stand on the settings of a menu.
pub const OFF_ON_MENU: f64 = 0.01;

/// Probability with which chance alone brings revenue off theory's in any contender of a comparison.
pub const FALSE_ALARM: f64 = 0.01;

/// Share of potential value below which a gain from deviating is small whatever is earned.
pub const SMALL_AS_SUCH: f64 = 0.001;

/// Share of what a sequencer earns above which a gain from deviating is no small one: what cases of the validation are held to.
pub const SMALL_GAIN: f64 = 0.1;

/// Pareto shape at and below which there is no variance.
pub const HEAVY_SHAPE: f64 = 2.0;

/// Metrics whose pairing is looked at.
pub const HEADLINES: [&str; 5] =
    ["community_share", "delegator_share", "holder_share", "sequencer_share", "net_surplus"];

/// Something that limits what the numbers say.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// Units of a contender failed or are missing.
    Missing {
        /// The contender.
        contender: String,
        /// Replicates that are done.
        done: u64,
        /// Replicates that were asked for.
        planned: u64,
        /// Units that failed.
        failed: u64,
        /// The error of the first of them, and how many share it.
        reason: Option<(String, u64)>,
    },
    /// Nobody produces anything in any replicate.
    NobodyProduces {
        /// The contender.
        contender: String,
        /// Why, as far as it is known.
        idle: Idle,
    },
    /// Who enters freely goes round in a circle.
    EntryUnsettled {
        /// The contender.
        contender: String,
        /// Share of replicates that settled.
        settled: f64,
    },
    /// Not even one of those who enter freely covers its cost, and one takes part all the same.
    EntryAtALoss {
        /// The contender.
        contender: String,
        /// What an entrant is left with, ETH per epoch.
        margin: f64,
    },
    /// A reserve at which bids bend, in a first-price auction whose bidders bid one multiple of value in each of few bins.
    CoarseReserve {
        /// The contender.
        contender: String,
        /// The reserve, ETH per slot.
        reserve: f64,
        /// Bins.
        bins: usize,
        /// The group whose bins they are.
        group: String,
        /// Its strategy.
        strategy: String,
    },
    /// Not every replicate's play is certified.
    NotCertified {
        /// The contender.
        contender: String,
        /// Certified replicates.
        certified: u64,
        /// Replicates tried.
        of: u64,
        /// Replicates in which somebody gains more than the tolerance, by the estimate.
        gaining: u64,
        /// Replicates that are not certified, though the estimate is within the tolerance: the bound is too wide.
        loose: u64,
        /// Mean estimate of the deviation gain in those that are not certified, a fraction of potential value.
        gain: f64,
        /// Mean upper bound in these.
        upper: f64,
        /// Of several groups, that which gains most in most of these, and its estimate there on average, a fraction of potential value.
        gainer: Option<(String, f64)>,
        /// Mean upper bound of what delegators forgo, where it counts and exceeds the tolerance.
        delegators: Option<f64>,
        /// The experiment's tolerance.
        tolerance: f64,
        /// Whether everyone learns alone.
        alone: bool,
        /// Whether nobody learns, and scripts are judged.
        scripts: bool,
        /// Whether scripts, or policies that stay as they are, are judged beside learners.
        seated: bool,
    },
    /// Not every replicate's play is certified, and where it is not it goes round in circles.
    NoEquilibrium {
        /// The contender.
        contender: String,
        /// Replicates that are neither certified nor at rest.
        lost: u64,
        /// Replicates tried.
        of: u64,
        /// Mean upper bound of the deviation gain, a fraction of potential value.
        upper: f64,
        /// The experiment's tolerance.
        tolerance: f64,
        /// Whether everyone learns alone.
        alone: bool,
    },
    /// Learning ended while what is measured was still changing.
    Unfinished {
        /// The contender.
        contender: String,
        /// Replicates in which it was.
        unfinished: u64,
        /// Replicates tried.
        of: u64,
        /// Whether everyone learns alone.
        alone: bool,
        /// Epochs after which learning ends in any case.
        epochs: u32,
    },
    /// Deviations are followed for too few epochs to certify anything.
    CutHorizon {
        /// The contender.
        contender: String,
        /// `play.horizon`.
        horizon: u32,
        /// Epochs until a thousandth of a deviation's effect is left.
        needed: u32,
    },
    /// Certified within a tolerance that is large beside what a sequencer earns.
    LaxTolerance {
        /// The contender.
        contender: String,
        /// The experiment's tolerance.
        tolerance: f64,
        /// Mean upper bound of the deviation gain over certified replicates, a fraction of potential value.
        upper: f64,
        /// Mean estimate of it over these.
        gain: f64,
        /// What a sequencer is left with on average after the cost of capital, over staying idle, a fraction of potential value; 0 where that
        /// is nothing but chance.
        earned: f64,
        /// `play.certificate_markets`.
        markets: u32,
        /// Whether everyone learns alone.
        alone: bool,
    },
    /// Other conduct in one epoch may gain more than is small beside what a sequencer earns.
    OtherConduct {
        /// The contender.
        contender: String,
        /// The experiment's tolerance.
        tolerance: f64,
        /// Mean estimate of the gain, a fraction of potential value.
        gain: f64,
        /// Mean upper bound.
        upper: f64,
        /// What a sequencer is left with on average after the cost of capital, a fraction of potential value; 0 where that is nothing but
        /// chance.
        earned: f64,
    },
    /// An auction earns another revenue than the equilibrium that theory knows of it, or candidates stake or pay delegators something else.
    OffTheory {
        /// The contender.
        contender: String,
        /// Label of the metric: revenue, capital locked or bribes to delegators.
        what: &'static str,
        /// Its mean, in ETH (of flows, per epoch).
        found: f64,
        /// Its standard error.
        error: f64,
        /// What theory says.
        theory: f64,
        /// What may have made it so; nothing where bids are given.
        causes: Vec<Departure>,
        /// Whether everyone learns alone.
        alone: bool,
    },
    /// Sequencers together lose money over staying idle.
    Losing {
        /// The contender.
        contender: String,
        /// What they lose, a share of potential value.
        share: f64,
        /// Whether the rule asks them for offers.
        offers: bool,
    },
    /// Theory knows that the contest has no symmetric equilibrium in pure offers.
    NoPureEquilibrium {
        /// The contender.
        contender: String,
        /// Whether everyone learns alone.
        alone: bool,
    },
    /// Certified, but only as an average over time.
    Restless {
        /// The contender.
        contender: String,
        /// Replicates in which play keeps moving.
        restless: u64,
        /// Replicates tried.
        of: u64,
        /// Mean unrest, a fraction of net value or of the mean offer.
        unrest: f64,
    },
    /// Replicates end in distinct basins.
    Basins {
        /// The contender.
        contender: String,
        /// Replicates in each, the largest first.
        sizes: Vec<usize>,
    },
    /// Learned play presses against an end of its menu.
    AtMenuEdge {
        /// The contender.
        contender: String,
        /// Whether it is the top.
        top: bool,
        /// Mean share of play on the highest or lowest setting, of the player with most.
        share: f64,
    },
    /// A briber whose highest price is less than what would keep targets out, though that would pay.
    ShortBribes {
        /// The contender.
        contender: String,
        /// The briber's strategy.
        strategy: String,
        /// The highest price of its menu, in ETH.
        top: f64,
        /// The least posted price that keeps a target out.
        price: f64,
        /// What keeping one out costs.
        cost: f64,
        /// What that is worth to the briber.
        value: f64,
    },
    /// Offers are certified, and delegators or the briber, whom that does not cover, are far from their best replies.
    NotCovered {
        /// The contender.
        contender: String,
        /// Who.
        who: Uncovered,
        /// What they forgo, a fraction of potential value.
        forgone: f64,
        /// What they have, likewise.
        earned: f64,
        /// The experiment's tolerance.
        tolerance: f64,
    },
    /// A line of theory for turns in a random order, beside contenders whose leaders come in another.
    OtherOrder {
        /// The contenders.
        contenders: Vec<String>,
        /// The formula.
        formula: String,
    },
    /// A script whose own deviations are not tried, beside others whose are.
    NotJudged {
        /// Groups that follow such a script.
        groups: Vec<String>,
    },
    /// Groups with private values whose strategies do not look at them.
    ValueIgnored {
        /// The groups.
        groups: Vec<String>,
    },
    /// A first-price auction in which theory does not promise that the last iterate settles.
    FewTopBidders {
        /// The contender.
        contender: String,
        /// Bidders with the highest value: one or two.
        top: usize,
    },
    /// Fewer than [`FEW_REPLICATES`].
    FewReplicates {
        /// How many.
        replicates: u64,
    },
    /// Policies were still moving when learning ended.
    Drift {
        /// The contender.
        contender: String,
        /// Mean total-variation distance.
        drift: f64,
        /// Whether everyone learns alone.
        alone: bool,
    },
    /// A Pareto tail without variance.
    HeavyTail {
        /// What is drawn from it.
        what: String,
        /// Its shape.
        shape: f64,
        /// Whether it is the MEV of slots, which can be capped.
        mev: bool,
    },
    /// Differences on the same draws vary more than differences of separate runs would.
    PairingHurts {
        /// First of the pair.
        a: String,
        /// Second.
        b: String,
        /// Label and variance reduction of each metric.
        metrics: Vec<(&'static str, f64)>,
        /// Other pairs of which the same holds, and which are not told one by one.
        others: usize,
    },
}

/// Most pairs that common draws pull apart and that are told one by one.
pub const PAIRS: usize = 3;

/// What makes learned bids depart from those of theory.
#[derive(Clone, Debug, PartialEq)]
pub enum Departure {
    /// Choice by logit, which makes errors for good.
    Noise {
        /// The strategy.
        strategy: String,
    },
    /// Earnings of one's own, from which settings are tried for good.
    Bandit {
        /// The strategy.
        strategy: String,
    },
    /// A single bid in each bin of private value, where equilibrium bids vary within it.
    Bins {
        /// Bins.
        bins: usize,
        /// The strategy.
        strategy: String,
        /// Whether bids are amounts, and not multiples of value.
        amounts: bool,
    },
    /// The settings of a menu, of which the best is not the best of all offers.
    Menu {
        /// Settings.
        points: usize,
        /// The least and the largest.
        ends: (f64, f64),
        /// Whether they are multiples of one's net value, and not amounts.
        relative: bool,
        /// The strategy.
        strategy: String,
    },
    /// A menu without one's whole net value, where that is what to bid.
    NoTruth {
        /// The strategy.
        strategy: String,
    },
    /// Values that everybody knows: bids that lose cost nothing at all, and are never unlearned.
    Undominated,
    /// Bids beside one's value, which cost next to nothing against the rivals at hand and are not unlearned yet.
    Unlearned,
}

/// Who moves, and is not covered by the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncovered {
    /// Delegators who choose by taste.
    Delegators,
    /// The briber.
    Briber,
}

/// Why nobody produces anything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Idle {
    /// The committee that keeps data available never signs.
    Committee,
    /// The bonds of a seat are more than anybody can post: ETH of these, and the most that anybody has.
    Bond(f64, f64),
    /// Nobody bids the reserve, ETH per slot.
    Reserve(f64),
    /// Nobody takes part.
    Offers,
}

impl Warning {
    /// The contender that it is about, if it is about one.
    pub fn contender(&self) -> Option<&str> {
        match self {
            Self::Missing { contender, .. }
            | Self::NobodyProduces { contender, .. }
            | Self::EntryUnsettled { contender, .. }
            | Self::EntryAtALoss { contender, .. }
            | Self::CoarseReserve { contender, .. }
            | Self::NotCertified { contender, .. }
            | Self::NoEquilibrium { contender, .. }
            | Self::Unfinished { contender, .. }
            | Self::CutHorizon { contender, .. }
            | Self::LaxTolerance { contender, .. }
            | Self::OtherConduct { contender, .. }
            | Self::OffTheory { contender, .. }
            | Self::Losing { contender, .. }
            | Self::NoPureEquilibrium { contender, .. }
            | Self::Restless { contender, .. }
            | Self::Basins { contender, .. }
            | Self::AtMenuEdge { contender, .. }
            | Self::ShortBribes { contender, .. }
            | Self::NotCovered { contender, .. }
            | Self::FewTopBidders { contender, .. }
            | Self::Drift { contender, .. } => Some(contender),
            Self::NotJudged { .. }
            | Self::OtherOrder { .. }
            | Self::ValueIgnored { .. }
            | Self::FewReplicates { .. }
            | Self::HeavyTail { .. }
            | Self::PairingHurts { .. } => None,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Remedy: {}", self.cause(), self.remedy())
    }
}

/// Everything about a stored comparison that deserves a warning, the gravest first.
///
/// # Errors
/// Where the store cannot be read.
pub fn warnings(store: &Store, experiment: &Experiment) -> Result<Vec<Warning>, StoreError> {
    Ok(about(&Summary::read(store, 0, experiment.play.tolerance)?, experiment))
}
