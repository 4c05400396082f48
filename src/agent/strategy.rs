//! Strategies: one named behaviour of one role, as read from `strategies/NAME.toml`.

pub mod answers;
mod scripted;
pub mod table;

use super::formula::{Formula, View};
use crate::learning::LearnerSpec;
use crate::learning::q_learning::{Initial, QLearningSpec, Updates};
use crate::learning::quantal_response::{PrecisionUnit, QuantalResponseSpec};
use crate::learning::replicator::ReplicatorSpec;
use crate::numerics::pow;
use crate::settings::{Parameter, Section, Value};
use answers::{ANSWERS, Answers, SEEN};
use table::Table;

/// Most bins of private value.
pub const MOST_BINS: usize = 1000;

/// Most settings of a menu.
pub const MOST_POINTS: usize = 1000;

/// Role.
pub const ROLE: Parameter =
    Parameter::choice("role", &["sequencer", "delegator", "briber"], "sequencer", "whose behaviour this is");
/// Description.
pub const SUMMARY: Parameter = Parameter::text("summary", "", "one line for `list strategies`");
/// Learner.
pub const LEARNER: Parameter = Parameter::choice_required(
    "learner",
    &[
        "hedge",
        "exp3",
        "regret_matching",
        "q_learning",
        "quantal_response",
        "fictitious_play",
        "replicator",
        "scripted",
    ],
    "learning rule (see `list learners`)",
);
/// Rate of Hedge, step of Q-learning, time of the replicator.
pub const LEARNING_RATE: Parameter = Parameter::number_optional(
    "learning_rate",
    0.0,
    1e6,
    "",
    "hedge: rate η at the first update, on payoffs scaled to a range of one, falling with the square root of time \
     (default 50); q_learning: step α, at most 1 (default 0.15); replicator: units of time in a batch (default 2)",
)
.open_low();
/// Exploration of Q-learning.
pub const EXPLORATION: Parameter = Parameter::number(
    "exploration",
    0.0,
    1.0,
    1.0,
    "",
    "probability ε of trying a setting by lot in the first epoch",
);
/// Its decay.
pub const EXPLORATION_DECAY: Parameter = Parameter::number(
    "exploration_decay",
    0.0,
    100.0,
    0.01,
    "per epoch",
    "rate β at which exploration falls: e^(−βt) of it is left after t epochs",
);
/// Discount of Q-learning.
pub const DISCOUNT: Parameter = Parameter::number(
    "discount",
    0.0,
    1.0,
    0.95,
    "per epoch",
    "weight δ of the next state's value in what is learned",
)
.open_high();
/// Memory of Q-learning.
pub const MEMORY: Parameter =
    Parameter::integer("memory", 0, 2, 0, "epochs", "epochs of everybody's offers that the state holds");
/// Updates of Q-learning.
pub const UPDATES: Parameter = Parameter::choice(
    "updates",
    &["asynchronous", "counterfactual"],
    "asynchronous",
    "whether an epoch updates the value of the setting played, or of every setting, with what it would have earned",
);
/// Initial values of Q-learning.
pub const INITIAL: Parameter = Parameter::custom_optional(
    "initial",
    "\"rival_random\" (the default), \"optimistic\", \"zero\", a number (ETH) or { uniform = [low, high] }",
    "values at the start: what settings earn for ever against rivals who play at random, the highest payoff for ever, \
     nothing, a given value, or values by lot",
);
/// Precision of quantal response.
pub const PRECISION: Parameter = Parameter::number(
    "precision",
    0.0,
    1e9,
    100.0,
    "per `precision_unit`",
    "precision λ of the logit response",
);
/// Unit of the precision.
pub const PRECISION_UNIT: Parameter = Parameter::choice(
    "precision_unit",
    &["range", "eth"],
    "range",
    "what λ is per: the range of payoffs over settings in an average state (λ is then the log-odds of the best against \
     the worst), or ETH",
);
/// Mutation of the replicator.
pub const MUTATION: Parameter = Parameter::number(
    "mutation",
    0.0,
    1.0,
    0.001,
    "",
    "share of the population that takes up a setting by lot in a batch",
)
.open_high();
/// Bins.
pub const BINS: Parameter = Parameter::integer_optional(
    "bins",
    1,
    MOST_BINS as u64,
    "",
    "number of equally likely bins of private value that a policy, or a deviation from a script, tells apart (default 10 for learners, 40 \
     for scripts)",
);
/// Bins of a learner, which needs draws enough in each to learn.
const LEARNERS_BINS: u32 = 10;
/// Bins of the deviations from a script, which has nothing to learn: with ten they miss a fifth of what is lost by three bidders
/// who bid a tenth too little, with forty a twelfth.
const DEVIATIONS_BINS: u32 = 40;
/// Menu.
pub const MENU: Parameter = Parameter::custom_required(
    "menu",
    "{ relative = [low, high], points = N } (0 is the least offer that counts, 1 the agent's own net value: without a reserve, multiples of it), \
     { absolute = [low, high], points = N } (ETH), either with a list of three settings or more instead, of a briber { between = [low, high], points = N } (0 is what the includer \
     forgoes, 1 what keeping the transaction out is worth, in equal ratios), or { collusive = xi, points = N } (kickbacks from xi beyond the joint-profit maximum to xi beyond the static Nash equilibrium)",
    "grid of settings of the offer; abstaining is always possible besides. A script needs none: its menu holds the deviations \
     against which it is certified",
);
/// Scripted offer.
pub const OFFER: Parameter = Parameter::custom_required(
    "offer",
    "{ relative = x }, { absolute = x }, \"abstain\", or a formula such as \"value * (n - 1) / n\" over value, reserve, rank, n, k, \
     epoch_slots, cost and fee",
    "what a scripted agent offers; a formula is in the unit of the lever, and abstains where it is below 0",
);
/// Policy.
pub const POLICY: Parameter = Parameter::custom_optional(
    "policy",
    "a list of rows { to = RANK, abstain = P, offers = [..], weights = [..] }, offers being settings of the menu",
    "what was learned earlier: a scripted agent plays it as it is, a learner starts from it",
);

/// Every key that a strategy file may have.
pub const PARAMETERS: &[&Parameter] = &[
    &ROLE,
    &SUMMARY,
    &LEARNER,
    &LEARNING_RATE,
    &EXPLORATION,
    &EXPLORATION_DECAY,
    &DISCOUNT,
    &MEMORY,
    &UPDATES,
    &INITIAL,
    &PRECISION,
    &PRECISION_UNIT,
    &MUTATION,
    &BINS,
    &MENU,
    &OFFER,
    &POLICY,
    &SEEN,
    &ANSWERS,
];

/// What the settings of an offer are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Position between the least offer that counts (a reserve, or nothing), at 0, and the agent's own net value of what
    /// it bids for, at 1. Without a reserve: multiples of net value.
    Relative,
    /// ETH: per scheduled slot for bids, per epoch for kickbacks.
    Absolute,
    /// Position of a bribe between what the includer forgoes, at 0, and what keeping the transaction out is worth to the briber,
    /// at 1, which is the most that it would ever pay; in equal ratios from one to the other.
    Between,
}

impl Unit {
    /// Key of a menu in a file.
    pub fn key(self) -> &'static str {
        match self {
            Unit::Relative => "relative",
            Unit::Absolute => "absolute",
            Unit::Between => "between",
        }
    }
}

/// Share of its larger end below which a menu in equal ratios does not begin: from nothing there is no ratio.
const LEAST_END: f64 = 0.001;

/// A finite grid of offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Menu {
    /// Unit of the settings.
    pub unit: Unit,
    /// Settings, ascending.
    pub settings: Vec<f64>,
    /// A formula that comes after them, as one more choice.
    pub script: Option<Formula>,
}

impl Menu {
    /// `points` equally spaced settings from `low` to `high`.
    pub fn grid(unit: Unit, low: f64, high: f64, points: usize) -> Self {
        let last = points.saturating_sub(1).max(1) as f64;
        // Interpolated between the ends, so that scaling both ends by two scales every setting exactly.
        let settings = (0..points).map(|i| (low * (last - i as f64) + high * i as f64) / last).collect();
        Menu { unit, settings, script: None }
    }

    /// Number of choices: to abstain, every setting, and the script if there is one.
    pub fn columns(&self) -> usize {
        1 + self.settings.len() + usize::from(self.script.is_some())
    }

    /// The offer of a column by an agent whose own net value is `value`, the least offer that counts being `reserve`; scripts
    /// see more. `None` abstains. Whoever is worth less than the reserve makes no offer that depends on both.
    #[inline]
    pub fn offer(&self, column: usize, value: f64, reserve: f64, view: impl FnOnce() -> View) -> Option<f64> {
        match (self.settings.get(column.checked_sub(1)?), self.unit) {
            (Some(&setting), Unit::Absolute) => Some(setting),
            (Some(_), Unit::Relative | Unit::Between) if value <= reserve => None,
            (Some(&setting), Unit::Relative) => Some(reserve + setting * (value - reserve)),
            (Some(&setting), Unit::Between) => {
                let low = reserve.max(LEAST_END * value);
                Some(if setting == 1.0 { value } else { low * pow(value / low, setting) })
            }
            (None, _) => self.script.as_ref()?.offer(&view()),
        }
    }

    /// The menu as a file gives it.
    pub fn to_value(&self) -> Value {
        let key = self.unit.key();
        let list = |numbers: &[f64]| Value::List(numbers.iter().copied().map(Value::Number).collect());
        if let [low, .., high] = self.settings[..]
            && Menu::grid(self.unit, low, high, self.settings.len()).settings == self.settings
        {
            let points = Value::Integer(i64::try_from(self.settings.len()).unwrap_or(i64::MAX));
            return Value::Table(vec![(key.to_owned(), list(&[low, high])), ("points".to_owned(), points)]);
        }
        Value::Table(vec![(key.to_owned(), list(&self.settings))])
    }
}

/// One named behaviour.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Name of the file.
    pub name: String,
    /// Rule of choice and learning.
    pub learner: LearnerSpec,
    /// Bins of private value.
    pub bins: usize,
    /// Grid of offers; without settings where it is [collusive](Strategy::collusive) and has not been
    /// [laid](crate::agent::Setting) yet.
    pub menu: Menu,
    /// How the grid follows from the game, where it does.
    pub collusive: Option<Collusive>,
    /// A policy to play, or to start from.
    pub policy: Option<Table>,
    /// A policy that remembers, to play or to start from.
    pub answers: Option<Answers>,
    /// Whether scripted play is to be certified, against the settings of its menu.
    pub judged: bool,
}

/// A grid that spans competition and collusion: `points` equally spaced settings on `[x^M − ξ(x^N − x^M), x^N + ξ(x^N − x^M)]`,
/// with `x^N` the kickback in the static Nash equilibrium and `x^M` the one of largest joint profit (Calvano et al.
/// 2020, section II.C). What it holds is known only with the game.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collusive {
    /// How far it reaches beyond both ends, `ξ`, as a share of the distance between them.
    pub margin: f64,
    /// Number of settings.
    pub points: usize,
}

impl Strategy {
    /// Reads a strategy file's root table for a group of sequencers.
    pub fn read(section: &Section, name: &str) -> Option<Strategy> {
        Self::read_as(section, name, "sequencer")
    }

    /// Reads a strategy file's root table for somebody in this role.
    pub fn read_as(section: &Section, name: &str, role: &str) -> Option<Strategy> {
        // Of a file about somebody else nothing more is said.
        if !has_role(section, role) {
            return None;
        }
        section.known(PARAMETERS);
        section.text(&SUMMARY);
        let learner = section.choice(&LEARNER);
        section.note_unread(&format!("learner `{learner}` does not use it"));
        let strategy = if learner == "scripted" {
            scripted::read(section, name)
        } else {
            Self::read_learner(section, name, role, learner)
        }
        .filter(|strategy| strategy.is_fit_for(section, role));
        if strategy.is_none() {
            // What was wrong may have kept other keys from being read.
            section.abandon();
        }
        strategy
    }

    fn read_learner(section: &Section, name: &str, role: &str, learner: &str) -> Option<Strategy> {
        // A briber has no private value: its file, as resolved, must not say what it may not say.
        let bins =
            if role == "briber" && !section.is_given(BINS.key) { 1 } else { bins(section, LEARNERS_BINS) };
        let menu = section.custom(&MENU, menu_from);
        let mut learner = match learner {
            "hedge" => LearnerSpec::Hedge { learning_rate: learning_rate(section, 50.0) },
            "exp3" => LearnerSpec::Exp3,
            "q_learning" => LearnerSpec::QLearning(q_learning(section)),
            "quantal_response" => LearnerSpec::QuantalResponse(QuantalResponseSpec {
                precision: section.number(&PRECISION),
                unit: if section.choice(&PRECISION_UNIT) == "eth" {
                    PrecisionUnit::Eth
                } else {
                    PrecisionUnit::Range
                },
            }),
            "fictitious_play" => LearnerSpec::FictitiousPlay,
            "replicator" => LearnerSpec::Replicator(ReplicatorSpec {
                rate: learning_rate(section, 2.0),
                mutation: section.number(&MUTATION),
            }),
            _ => LearnerSpec::RegretMatching,
        };
        let (menu, collusive) = match menu? {
            Grid::Given(menu) => (menu, None),
            Grid::Collusive(grid) => {
                (Menu { unit: Unit::Absolute, settings: Vec::new(), script: None }, Some(grid))
            }
        };
        let policy = if section.is_given(POLICY.key) {
            Some(section.custom(&POLICY, |value| Table::read(value, &menu))?)
        } else {
            None
        };
        if role == "briber" {
            learner = fit_for_briber(section, learner);
        }
        let answers = match &learner {
            LearnerSpec::QLearning(spec) if spec.memory > 0 && Answers::are_given(section) => {
                Some(Answers::read(section, &menu)?)
            }
            _ => None,
        };
        Some(Strategy {
            name: name.to_owned(),
            learner,
            bins,
            menu,
            collusive,
            policy,
            answers,
            judged: false,
        })
    }

    /// Whether somebody in this role can make offers in the unit of the menu; refuses them where not.
    fn is_fit_for(&self, section: &Section, role: &str) -> bool {
        if self.menu.unit != Unit::Between {
            return true;
        }
        let key = if section.is_given(OFFER.key) { OFFER.key } else { MENU.key };
        let refuse = |what: &str, allowed: &str| {
            section.refuse(key, what, allowed, None);
            false
        };
        if role != "briber" {
            let what = format!("a place between a tip and what a briber gains, in a strategy of {role}s");
            return refuse(&what, "`relative` or `absolute`");
        }
        if self.menu.settings.iter().any(|setting| *setting > 1.0) {
            return refuse("more than keeping a transaction out is worth", "numbers from 0 to 1");
        }
        true
    }

    /// The one column that a scripted strategy plays whatever happens, if it is of that kind.
    pub fn fixed_column(&self) -> Option<usize> {
        let LearnerSpec::Scripted { column } = self.learner else { return None };
        match (&self.answers, &self.policy) {
            (Some(_), _) => None,
            (None, Some(table)) => table.pure_column(),
            (None, None) => {
                (!self.menu.script.as_ref().is_some_and(super::formula::Formula::varies)).then_some(column)
            }
        }
    }
}

/// The bins of private value, whose default depends on what they are for.
fn bins(section: &Section, default: u32) -> usize {
    section.optional_integer(&BINS).map_or_else(
        || {
            section.echo(BINS.key, Value::Integer(default.into()));
            default as usize
        },
        |bins| bins as usize,
    )
}

/// The learning rate, whose default depends on the rule.
fn learning_rate(section: &Section, default: f64) -> f64 {
    section.optional_number(&LEARNING_RATE).unwrap_or_else(|| {
        section.echo(LEARNING_RATE.key, Value::Number(default));
        default
    })
}

fn q_learning(section: &Section) -> QLearningSpec {
    let learning_rate = learning_rate(section, 0.15);
    if learning_rate > 1.0 {
        section.refuse(
            LEARNING_RATE.key,
            &format!("a step of {learning_rate} in Q-learning overshoots"),
            "a number above 0, at most 1",
            None,
        );
    }
    let initial = section.custom(&INITIAL, initial_from).unwrap_or_else(|| {
        section.echo(INITIAL.key, Value::Text("rival_random".to_owned()));
        Initial::RivalRandom
    });
    QLearningSpec {
        learning_rate,
        exploration: section.number(&EXPLORATION),
        exploration_decay: section.number(&EXPLORATION_DECAY),
        discount: section.number(&DISCOUNT),
        memory: section.integer(&MEMORY) as u32,
        updates: if section.choice(&UPDATES) == "counterfactual" {
            Updates::Counterfactual
        } else {
            Updates::Asynchronous
        },
        initial,
    }
}

fn initial_from(value: &Value) -> Result<Initial, String> {
    match value {
        Value::Text(text) => match text.as_str() {
            "rival_random" => Ok(Initial::RivalRandom),
            "optimistic" => Ok(Initial::Optimistic),
            "zero" => Ok(Initial::Zero),
            other => Err(format!("there are no initial values called \"{other}\"")),
        },
        Value::Table(_) => match value.get("uniform").and_then(Value::as_numbers).as_deref() {
            Some(&[low, high]) if low <= high && low.is_finite() && high.is_finite() => {
                Ok(Initial::Uniform(low, high))
            }
            _ => Err("initial values by lot are { uniform = [low, high] } with low ≤ high".to_owned()),
        },
        _ => match value.as_number() {
            Some(value) if value.is_finite() => Ok(Initial::Value(value)),
            _ => Err("initial values are a name, a finite number or a table".to_owned()),
        },
    }
}

/// Whether a strategy file belongs to this role; refuses it where it does not.
pub fn has_role(section: &Section, role: &str) -> bool {
    let found = section.choice(&ROLE);
    if found != role {
        section.known(PARAMETERS);
        section.known(super::delegation::PARAMETERS);
        section.abandon();
        section.refuse(
            ROLE.key,
            &format!(
                "a strategy of {found}s, named by {}",
                if role == "briber" { "a briber".to_owned() } else { format!("a group of {role}s") }
            ),
            &format!("a strategy file with `role = \"{role}\"`"),
            None,
        );
    }
    found == role
}

/// A briber's rule of learning: it knows no private values and remembers no offers, and the values of its prices start from nothing or
/// from a given number.
fn fit_for_briber(section: &Section, learner: LearnerSpec) -> LearnerSpec {
    let refuse = |key: &str, what: &str, allowed: &str| section.refuse(key, what, allowed, None);
    if section.optional_integer(&BINS).is_some_and(|bins| bins > 1) {
        refuse(BINS.key, "bins of private value, of which a briber has none", "1, or no `bins`");
    }
    let LearnerSpec::QLearning(spec) = learner else { return learner };
    if spec.memory > 0 {
        refuse(MEMORY.key, "memory of past offers, in a briber's strategy", "`memory = 0`");
    }
    if learner.wants_values().is_none() {
        return learner;
    }
    if section.is_given(INITIAL.key) {
        let what = "values at the start that depend on rivals or on luck, in a briber's strategy";
        refuse(INITIAL.key, what, "\"zero\" or a number (ETH)");
    }
    LearnerSpec::QLearning(QLearningSpec { initial: Initial::Zero, ..spec })
}

fn unit_of(key: &str) -> Option<Unit> {
    [Unit::Relative, Unit::Absolute, Unit::Between].into_iter().find(|unit| unit.key() == key)
}

/// A grid as the file gives it.
enum Grid {
    Given(Menu),
    Collusive(Collusive),
}

fn menu_from(value: &Value) -> Result<Grid, String> {
    let Value::Table(entries) = value else {
        return Err("a menu is a table".to_owned());
    };
    let mut unit = None;
    let mut ends = None;
    let mut listed = None;
    let mut margin = None;
    let mut points = None;
    for (key, entry) in entries {
        if key == "collusive" {
            match entry.as_number() {
                Some(xi) if (0.0..=10.0).contains(&xi) => margin = Some(xi),
                _ => return Err("`collusive` takes a number from 0 to 10".to_owned()),
            }
        } else if let Some(found) = unit_of(key) {
            if unit.replace(found).is_some() {
                return Err("a menu is either `relative`, `absolute` or `between`".to_owned());
            }
            match entry.as_numbers().as_deref() {
                Some([low, high]) if low.is_finite() && high.is_finite() && low < high && *low >= 0.0 => {
                    ends = Some((*low, *high));
                }
                Some(list) if list.len() > 2 && list[0] >= 0.0 && list.windows(2).all(|w| w[0] < w[1]) => {
                    if list.iter().any(|x| !x.is_finite()) || list.len() > MOST_POINTS {
                        return Err("a menu has up to 1000 finite settings".to_owned());
                    }
                    listed = Some(list.to_vec());
                }
                _ => {
                    return Err(format!(
                        "`{key}` takes [low, high] with 0 ≤ low < high, or more settings that ascend"
                    ));
                }
            }
        } else if key == "points" {
            match entry {
                Value::Integer(n) if usize::try_from(*n).is_ok_and(|n| (2..=MOST_POINTS).contains(&n)) => {
                    points = Some(*n as usize);
                }
                _ => return Err("`points` takes a whole number from 2 to 1000".to_owned()),
            }
        } else {
            return Err(format!("a menu has no key `{key}`"));
        }
    }
    if let (Some(unit), Some(settings), None) = (unit, listed, margin) {
        if points.is_some() {
            return Err("a menu whose settings are listed has no `points`".to_owned());
        }
        return Ok(Grid::Given(Menu { unit, settings, script: None }));
    }
    match (unit, ends, margin) {
        (Some(unit), Some((low, high)), None) => {
            Ok(Grid::Given(Menu::grid(unit, low, high, points.unwrap_or(41))))
        }
        (None, _, Some(margin)) => Ok(Grid::Collusive(Collusive { margin, points: points.unwrap_or(15) })),
        (Some(_), _, Some(_)) => Err("a menu is `relative`, `absolute`, `between` or `collusive`".to_owned()),
        _ => Err("a menu needs `relative`, `absolute` or `collusive`, and is given as a whole: { relative = [0, 1.2], points = 241 }"
            .to_owned()),
    }
}
