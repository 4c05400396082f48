//! The experiment file: one question, read and resolved into everything that its units need.

use super::charts::{self, Chart};
use super::formula_check::check_formulas;
use super::kickback_game::lay_collusive_menus;
use super::replication::StoppingRule;
use super::robustness::Robustness;
use super::simulate::{Keep, Play};
use super::sweep::reading::{self, Sweep};
use crate::agent::Setting;
use crate::agent::delegation;
use crate::agent::delegator::DelegatorGroup;
use crate::agent::sequencer::{self, Class, Sequencer};
use crate::agent::strategy::{self, Strategy};
use crate::draws::Who;
use crate::learning::LearnerSpec;
use crate::mechanism::algorithmic::R_MAX;
use crate::mechanism::terms::Terms;
use crate::mechanism::{CATALOGUE, Entry, Mechanism as _, Needs, Rule};
use crate::play::horizon;
use crate::play::repeated::of_market::{fits, repeats, takes_part};
use crate::play::schedule::{Regime, Schedule};
use crate::settings::{Diagnostics, Document, Parameter, Reader, Resolved, Section, Unread, Value, nearest};
use crate::with_rule;
use crate::world::World;
use crate::world::distribution::Distribution;
use std::collections::BTreeSet;

/// Name.
pub const NAME: Parameter = Parameter::text_required(
    "name",
    "name of the experiment and of its output folder: letters, digits, `-`, `_` and `.`",
);
/// Question.
pub const QUESTION: Parameter = Parameter::text("question", "", "what the experiment asks");
/// Expectation.
pub const EXPECTATION: Parameter = Parameter::text("expectation", "", "what is expected beforehand, and why");
/// Kind.
pub const KIND: Parameter =
    Parameter::choice("kind", &["compare", "sweep"], "compare", "what is done with the contenders");
/// Seed.
pub const SEED: Parameter =
    Parameter::integer("seed", 0, i64::MAX as u64, 1, "", "master seed; everything random follows from it");
/// Replicates.
pub const REPLICATES: Parameter = Parameter::integer(
    "replicates",
    1,
    1_000_000,
    32,
    "",
    "independent repetitions of learning and measuring, the unit of statistics",
);
/// Tolerance.
pub const TOLERANCE: Parameter = Parameter::number(
    "tolerance",
    0.0,
    1.0,
    0.01,
    "share of potential value",
    "largest gain from deviating, per agent and epoch, at which a result is certified",
)
.open_low();

/// Keys of `[experiment]`.
pub const EXPERIMENT: &[&Parameter] =
    &[&NAME, &QUESTION, &EXPECTATION, &KIND, &SEED, &REPLICATES, &TOLERANCE];

/// Regime.
pub const REGIME: Parameter = Parameter::choice(
    "regime",
    &["self_play", "independent"],
    "self_play",
    "policies shared by class over parallel markets, or everyone learning alone in one market",
);
/// Parallel markets.
pub const ROUNDS: Parameter = Parameter::integer(
    "rounds",
    1,
    1_000_000,
    64,
    "markets",
    "parallel markets of a replicate under self-play",
);
/// What feedback is averaged over.
pub const FEEDBACK: Parameter = Parameter::choice(
    "feedback",
    &["sampled", "expected"],
    "sampled",
    "in auctions among finitely many private values: what rivals draw and offer as it comes in the parallel markets, or taken in \
     expectation, by which all replicates learn alike",
);
/// Learning epochs.
pub const WARMUP_EPOCHS: Parameter = Parameter::integer(
    "warmup_epochs",
    1,
    100_000_000,
    500,
    "epochs",
    "epochs of learning in each market under self-play",
);
/// Measured epochs.
pub const MEASURED_EPOCHS: Parameter = Parameter::integer(
    "measured_epochs",
    1,
    100_000_000,
    50,
    "epochs",
    "epochs measured in each market after learning",
);
/// Convergence window.
pub const STABLE_EPOCHS: Parameter = Parameter::integer(
    "stable_epochs",
    1,
    1_000_000_000,
    1_000,
    "epochs",
    "independent learning ends when everybody's greedy policy has stayed the same for so long",
);
/// Cap.
pub const MAX_EPOCHS: Parameter = Parameter::integer(
    "max_epochs",
    1,
    1_000_000_000,
    20_000,
    "epochs",
    "independent learning ends after so many epochs in any case",
);
/// Horizon.
pub const HORIZON: Parameter = Parameter::integer_optional(
    "horizon",
    0,
    100_000,
    "epochs",
    "epochs over which the effect of a deviation is followed; absent: until a thousandth of it is left",
);
/// Certificate's markets.
pub const CERTIFICATE_MARKETS: Parameter = Parameter::integer(
    "certificate_markets",
    16,
    1_000_000,
    64,
    "markets",
    "fresh markets in which deviations are tried",
);
/// Certificate's epochs.
pub const CERTIFICATE_EPOCHS: Parameter =
    Parameter::integer("certificate_epochs", 1, 1_000_000, 40, "epochs", "epochs of each of them");

/// What is kept of a unit.
pub const KEEP: Parameter = Parameter::choice(
    "keep",
    &["everything", "metrics"],
    "everything",
    "what is stored of each unit: metrics, curves and policies, or metrics alone (no figures of learning and offers, no `policies.csv`, \
     nothing to export; basins are told by shares)",
);

/// Keys of `[play]`.
pub const PLAY: &[&Parameter] = &[
    &REGIME,
    &ROUNDS,
    &FEEDBACK,
    &WARMUP_EPOCHS,
    &MEASURED_EPOCHS,
    &STABLE_EPOCHS,
    &MAX_EPOCHS,
    &HORIZON,
    &CERTIFICATE_MARKETS,
    &CERTIFICATE_EPOCHS,
    &KEEP,
];

/// Rule of a contender.
pub const RULE: Parameter = Parameter::text_required("rule", "the mechanism (see `list mechanisms`)");

/// Raised by hand whenever the numbers that a unit yields move; part of every unit's id.
pub const ENGINE: u32 = 2;

/// Where strategy and scenario files come from.
pub trait Library {
    /// Name and text of the file of strategy `name`.
    fn strategy(&self, name: &str) -> Option<(String, String)>;
    /// Names of all strategies.
    fn strategies(&self) -> Vec<String>;
    /// Name and text of the file of scenario `name`.
    fn scenario(&self, name: &str) -> Option<(String, String)>;
    /// Names of all scenarios.
    fn scenarios(&self) -> Vec<String>;
    /// Name and text of a table that the experiment names by a path.
    fn table(&self, path: &str) -> Option<(String, String)>;
}

/// A mechanism under comparison.
#[derive(Clone, Debug)]
pub struct Contender {
    /// Name in `[mechanism.NAME]`.
    pub name: String,
    /// The rule and its parameters.
    pub rule: Rule,
    /// Its clock.
    pub terms: Terms,
}

/// What an experiment varies around its contenders.
#[derive(Clone, Debug, Default)]
pub struct Variations {
    /// Other learning rules that the ranking of contenders is held against.
    pub robustness: Option<Robustness>,
    /// Parameters that are swept.
    pub sweep: Option<Sweep>,
    /// When there are replicates enough, in place of a fixed number.
    pub stopping: Option<StoppingRule>,
}

/// An experiment, ready to run.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// Name.
    pub name: String,
    /// Question.
    pub question: String,
    /// What is expected.
    pub expectation: String,
    /// Master seed.
    pub seed: u64,
    /// Replicates.
    pub replicates: u32,
    /// World and agents.
    pub setting: Setting,
    /// How to learn, measure and certify.
    pub play: Play,
    /// Contenders, as in the file.
    pub contenders: Vec<Contender>,
    /// Figures that are picked and configured.
    pub charts: Vec<Chart>,
    /// What is varied around the contenders.
    pub variations: Variations,
    /// Everything that was read, defaults filled in.
    pub resolved: Resolved,
}

impl Experiment {
    /// Reads an experiment from its document, with strategies and scenarios from a library.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(document: Document, library: &dyn Library) -> Result<Self, Diagnostics> {
        let (experiment, unread) = Self::read_variant(document, library)?;
        if unread.is_empty() {
            return Ok(experiment);
        }
        Err(Diagnostics::new(unread.into_iter().map(|key| key.diagnostic).collect()))
    }

    /// As [`Experiment::read`], for a file that is one of several variants: keys that it does not read are no error yet.
    ///
    /// # Errors
    /// Everything else that is wrong with it.
    pub fn read_variant(
        mut document: Document,
        library: &dyn Library,
    ) -> Result<(Self, Vec<Unread>), Diagnostics> {
        lay_scenario(&mut document, library)?;
        lay_strategies(&mut document, library)?;
        reading::lay_points(&mut document, |path| library.table(path))?;
        let reader = Reader::new();
        let parts = read_parts(&document, &reader, library);
        let (resolved, unread) = reader.finish_leniently()?;
        let (head, setting, play, contenders, variations, charts) =
            parts.ok_or_else(|| Diagnostics::plain("experiment", "it could not be read", None))?;
        let Head { name, question, expectation, seed, replicates, .. } = head;
        let experiment = Experiment {
            name,
            question,
            expectation,
            seed,
            replicates,
            setting,
            play,
            contenders,
            charts,
            variations,
            resolved,
        };
        Ok((experiment, unread))
    }

    /// Canonical text of everything that bears on the numbers of a contender's unit, but for its replicate.
    pub fn fingerprint(&self, contender: &Contender) -> String {
        let paths = ["world", "sequencers", "delegators", "strategies", "play", "experiment.tolerance"];
        // A unit of which everything is kept is the same as before there was a choice.
        let omitted: &[&str] = if self.play.keep == Keep::Everything { &["play.keep"] } else { &[] };
        let shared = self.resolved.canonical_json_without(&paths, omitted);
        let path = format!("mechanism.{}", contender.name);
        // The contender's name bears on nothing.
        let own = self.resolved.canonical_json(&[&path]).replacen(&path, "mechanism", 1);
        format!(
            "{{\"engine\":{ENGINE},\"seed\":{},\"burn_in\":{},\"setting\":{shared},\"contender\":{own}}}",
            self.seed, self.play.schedule.burn_in
        )
    }
}

/// Fills what `[world]` leaves out from the scenario that it names.
fn lay_scenario(document: &mut Document, library: &dyn Library) -> Result<(), Diagnostics> {
    let Some(value) = document.peek("world.scenario") else { return Ok(()) };
    let Some(name) = value.as_text() else { return Ok(()) };
    let Some((file, text)) = library.scenario(name) else {
        let names = library.scenarios();
        let help = nearest(name, names.iter().map(String::as_str)).map(|n| format!("did you mean `{n}`?"));
        return Err(document.refuse(
            "world.scenario",
            &format!("there is no scenario `{name}`"),
            &names.join(", "),
            help,
        ));
    };
    document.underlay("world", Document::parse(&file, &text)?);
    Ok(())
}

/// Lays the strategy files that sequencers, delegators or `[robustness]` name under `[strategies.NAME]`, where the
/// experiment has none of its own.
fn lay_strategies(document: &mut Document, library: &dyn Library) -> Result<(), Diagnostics> {
    let mut names = strategies_named(document);
    names.extend(strategies_tried(document));
    for name in names {
        if let Some((file, text)) = library.strategy(&name).filter(|_| !name.contains('"')) {
            // Quoted, as a path has dots.
            document.underlay(&format!("strategies.\"{name}\""), Document::parse(&file, &text)?);
        }
    }
    Ok(())
}

/// Names of the strategies that `[robustness]` or `[sweep]` tries, and other texts that a sweep sets.
fn strategies_tried(document: &Document) -> BTreeSet<String> {
    fn texts(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Text(text) => {
                found.insert(text.clone());
            }
            Value::List(list) => list.iter().for_each(|item| texts(item, found)),
            Value::Table(entries) => entries.iter().for_each(|(_, entry)| texts(entry, found)),
            _ => {}
        }
    }
    let mut names = BTreeSet::new();
    for path in ["robustness.strategies", "sweep.parameters", "sweep.points"] {
        if let Some(value) = document.peek(path) {
            texts(&value, &mut names);
        }
    }
    names
}

/// Removes the file's own strategies that somebody played in `before` and nobody plays or tries any more: a change on the
/// command line has put others in their place.
pub fn drop_replaced_strategies(document: &mut Document, before: &Document) {
    let (named, tried) = (strategies_named(document), strategies_tried(document));
    for name in strategies_named(before) {
        if !named.contains(&name) && !tried.contains(&name) {
            document.remove_member("strategies", &name);
        }
    }
}

/// Names of the strategies that groups play.
pub(crate) fn strategies_named(document: &Document) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let roles = [
        ("sequencers", &sequencer::STRATEGY, sequencer::DEFAULT_STRATEGY),
        ("delegators", &delegation::STRATEGY, delegation::DEFAULT),
    ];
    for (role, key, default) in roles {
        let groups = document.peek(role);
        for group in groups.as_ref().and_then(Value::as_list).unwrap_or_default() {
            let named = group.get(key.key).and_then(|v| v.as_text().map(str::to_owned));
            names.insert(named.unwrap_or_else(|| default.to_owned()));
        }
    }
    names
}

/// `[experiment]`, but for the tolerance.
struct Head {
    name: String,
    question: String,
    expectation: String,
    seed: u64,
    replicates: u32,
    sweeps: bool,
}

/// What an experiment consists of, but for what was resolved.
type Parts = (Head, Setting, Play, Vec<Contender>, Variations, Vec<Chart>);

fn read_parts(document: &Document, reader: &Reader, library: &dyn Library) -> Option<Parts> {
    let root = document.root(reader);
    root.know_tables(&[
        "experiment",
        "world",
        "sequencers",
        "delegators",
        "mechanism",
        "play",
        "strategies",
        "charts",
        "robustness",
        "sweep",
        "replication",
    ]);
    let (head, tolerance) = read_head(&root);
    let (clocks, known) = read_clocks(&root);
    let names: Vec<String> =
        root.table_or_empty("mechanism").members().into_iter().map(|(name, _)| name).collect();
    let charts = charts::read(&root, &names);
    if !known {
        // With the right rule, keys that nobody seems to read might be read.
        let tables = [root.table_or_empty("world"), root.table_or_empty("play"), root.clone()];
        tables.iter().chain(&root.tables("sequencers")).for_each(Section::abandon);
    }
    let needs = |what: fn(&Needs) -> bool| clocks.iter().any(|(_, entry, ..)| what(&entry.needs));
    let (delegated, future) = (needs(|n| n.delegators), needs(|n| n.future));
    let capital = needs(|n| n.capital);
    let wide = |(_, _, section, _, redundancy): &Clock| *redundancy > 1 || section.is_given(R_MAX.key);
    let redundant = needs(|n| n.standbys) || clocks.iter().any(wide);
    let world = World::read(&root.table_or_empty("world"), redundant);
    let mut shelf = Shelf::new(&root, library);
    let classes = world.as_ref().map(|world| read_classes(&root, world, capital, future, &mut shelf));
    if world.is_none() {
        // Which keys sequencers need depends on the kind of world.
        root.abandon();
        for group in root.tables("sequencers") {
            group.known(sequencer::PARAMETERS);
            group.abandon();
        }
    }
    let variations = read_variations(&root, &head, clocks.len(), &mut shelf);
    let delegators = read_delegators(&root, delegated, &mut shelf);
    // Where the world cannot be read nobody's strategy is.
    shelf.misspelt |= world.is_none();
    shelf.refuse_unplayed();
    // Where something else is wrong, the key might be read.
    let finite = classes.as_ref().is_none_or(|(classes, complete)| {
        let atomic = |class: &Class| class.traits.value.as_ref().is_some_and(Distribution::is_atomic);
        !complete || needs(|n| n.sale) && classes.iter().all(atomic)
    });
    let mut play = read_play(&root, tolerance, future, finite);
    // Both stake that stays put and what delegators have learned of payouts outlive an epoch.
    let memory = |group: &DelegatorGroup| {
        let beliefs = if group.payout_learning > 0.0 { 1.0 - group.payout_learning } else { 0.0 };
        group.persistence().max(beliefs)
    };
    let slowest = delegators.iter().map(memory).fold(0.0_f64, f64::max);
    play.schedule.burn_in = horizon::epochs(slowest);
    let (classes, complete) = classes.unwrap_or_default();
    let world = world.filter(|_| complete && !clocks.is_empty());
    let Some(world) = world else {
        // The contenders' own keys are still read, so that all their errors show.
        for (_, entry, section, ..) in &clocks {
            section.known(&all_parameters());
            section.abandon();
            let _ = entry;
        }
        return None;
    };
    let mut setting = Setting { world, sequencers: Vec::new(), classes, delegators };
    setting.classes.sort_by(|a, b| a.name.cmp(&b.name));
    setting.delegators.sort_by(|a, b| a.name.cmp(&b.name));
    for (class, spec) in setting.classes.iter().enumerate() {
        for member in 0..spec.count {
            let who = Who::member(&spec.name, member as u32);
            setting.sequencers.push(Sequencer { who, class, traits: spec.traits.clone() });
        }
    }
    let mut contenders = Vec::new();
    let clocks_read = clocks.len();
    for (name, entry, section, slots, redundancy) in clocks {
        let mut terms = Terms::new(&setting, slots, redundancy);
        terms.read_term(&section, entry);
        section.known(&all_parameters());
        section.note_unread(&format!("rule `{}` does not have it", entry.name));
        let Some(mut rule) = (entry.read)(&section, &terms) else { continue };
        with_rule!(&mut rule, rule => rule.set_horizon(play.schedule.horizon));
        with_rule!(&rule, rule => rule.check(&section, &setting));
        // One burn-in for all contenders, so that all are measured on the same draws.
        let fill = with_rule!(&rule, rule => rule.epochs_to_fill());
        play.schedule.burn_in = play.schedule.burn_in.max(fill);
        contenders.push(Contender { name, rule, terms });
    }
    if contenders.len() == clocks_read {
        lay_collusive_menus(&root, &mut setting, &contenders);
        check_memory(&root, &setting, &contenders, play.schedule.regime);
        check_formulas(&root, &setting, &contenders);
    }
    if variations.robustness.is_some() && !setting.classes.iter().any(|class| class.strategy.learner.learns())
    {
        root.table_or_empty("robustness").refuse(
            "",
            "nobody learns in this experiment",
            "a group of sequencers with a learning strategy",
            None,
        );
    }
    Some((head, setting, play, contenders, variations, charts))
}

fn all_parameters() -> Vec<&'static Parameter> {
    let mut seen = BTreeSet::new();
    std::iter::once(&RULE)
        .chain(CATALOGUE.iter().flat_map(|entry| entry.parameters.iter().copied()))
        .filter(|p| seen.insert(p.key))
        .collect()
}

fn read_head(root: &Section) -> (Head, f64) {
    let section = root.table_or_empty("experiment");
    section.known(EXPERIMENT);
    let name = section.text(&NAME);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if section.is_given("name") && (name.is_empty() || name.starts_with('.') || !name.chars().all(plain)) {
        section.refuse(
            "name",
            "a name that cannot be a folder's",
            "letters, digits, `-`, `_` and `.`, not beginning with a dot",
            None,
        );
    }
    let question = section.text(&QUESTION);
    let expectation = section.text(&EXPECTATION);
    let sweeps = section.choice(&KIND) == "sweep";
    let seed = section.integer(&SEED);
    let replicates = section.integer(&REPLICATES) as u32;
    (Head { name, question, expectation, seed, replicates, sweeps }, section.number(&TOLERANCE))
}

/// A contender's name, rule, table, slots per epoch and redundancy.
type Clock<'a> = (String, &'static Entry, Section<'a>, u32, usize);

/// The contenders whose rules exist, and whether all do.
fn read_clocks<'a>(root: &Section<'a>) -> (Vec<Clock<'a>>, bool) {
    let table = root.table_or_empty("mechanism");
    let members = table.members();
    if members.is_empty() {
        root.refuse(
            "mechanism",
            "there is no contender",
            "at least one table `[mechanism.NAME]` with a `rule`",
            None,
        );
    }
    let mut clocks = Vec::new();
    let all = members.len();
    for (name, section) in members {
        if name.contains([',', '"', '\n', '/']) {
            section.refuse(
                "",
                "a contender's name with a comma, quote, slash or line break",
                "a plain name",
                None,
            );
        }
        let given = section.optional_text(&RULE);
        let rule = given.as_deref().unwrap_or_default();
        if let Some(entry) = CATALOGUE.iter().find(|entry| entry.name == rule) {
            let (slots, redundancy) = Terms::read_clock(&section, entry);
            clocks.push((name, entry, section, slots, redundancy));
        } else {
            if given.is_some() {
                let names: Vec<&str> = CATALOGUE.iter().map(|entry| entry.name).collect();
                let help = nearest(rule, names.iter().copied()).map(|n| format!("did you mean `{n}`?"));
                section.refuse("rule", &format!("there is no rule `{rule}`"), &names.join(", "), help);
            }
            section.known(&all_parameters());
            section.abandon();
        }
    }
    let known = clocks.len() == all;
    (clocks, known)
}

/// The strategies that an experiment can seat, and those that it does.
struct Shelf<'a> {
    tables: Vec<(String, Section<'a>)>,
    known: Vec<String>,
    played: BTreeSet<String>,
    misspelt: bool,
}

impl<'a> Shelf<'a> {
    fn new(root: &Section<'a>, library: &dyn Library) -> Self {
        let tables: Vec<_> = root.table("strategies").iter().flat_map(Section::members).collect();
        let mut known = library.strategies();
        known.extend(tables.iter().map(|(name, _)| name.clone()));
        known.sort();
        known.dedup();
        Shelf { tables, known, played: BTreeSet::new(), misspelt: false }
    }

    /// The strategy that a group names.
    fn find<T>(
        &mut self,
        group: &Section,
        name: &str,
        read: impl FnOnce(&Section<'a>) -> Option<T>,
    ) -> Option<T> {
        self.played.insert(name.to_owned());
        if let Some((_, table)) = self.tables.iter().find(|(n, _)| n == name) {
            return read(table);
        }
        let help =
            nearest(name, self.known.iter().map(String::as_str)).map(|n| format!("did you mean `{n}`?"));
        let message = format!("there is no strategy `{name}`");
        group.refuse("strategy", &message, &self.known.join(", "), help);
        self.misspelt = true;
        None
    }

    /// Refuses strategies of the file that nobody plays.
    fn refuse_unplayed(&self) {
        for (name, table) in &self.tables {
            if !self.played.contains(name) {
                table.known(strategy::PARAMETERS);
                table.known(delegation::PARAMETERS);
                table.abandon();
                if !self.misspelt {
                    table.refuse(
                        "",
                        &format!("nobody plays strategy `{name}`"),
                        "strategies that some group names",
                        None,
                    );
                }
            }
        }
    }
}

/// Classes of sequencers, and whether all of them could be read.
fn read_classes(
    root: &Section,
    world: &World,
    bonded: bool,
    discounted: bool,
    shelf: &mut Shelf,
) -> (Vec<Class>, bool) {
    let groups = root.tables("sequencers");
    if groups.is_empty() {
        root.refuse(
            "sequencers",
            "there is nobody to sequence",
            "at least one group `[[sequencers]]` with a `count`",
            None,
        );
    }
    let mut classes = Vec::new();
    let all = groups.len();
    for group in groups {
        let mut find = |section: &Section, name: &str| shelf.find(section, name, |t| Strategy::read(t, name));
        if !bonded {
            group
                .note_unread_key(&sequencer::CAPITAL_COST, "no contender's rule locks a sequencer's capital");
        }
        if !discounted {
            group.note_unread_key(&sequencer::DISCOUNT, "no contender's rule remembers anything");
        }
        classes.extend(sequencer::read(&group, world, bonded, discounted, &mut find));
    }
    let complete = classes.len() == all && all > 0;
    (classes, complete)
}

fn read_variations(root: &Section, head: &Head, contenders: usize, shelf: &mut Shelf) -> Variations {
    let robustness = read_robustness(root, contenders, shelf);
    let stopping = root.table("replication").and_then(|section| StoppingRule::read(&section, contenders));
    let sweeps = head.sweeps;
    let sweep = match root.table("sweep") {
        Some(section) if sweeps => Sweep::read(&section, head.seed),
        Some(section) => {
            section.abandon();
            section.refuse("", "the experiment is no sweep", "`kind = \"sweep\"` in `[experiment]`", None);
            None
        }
        None => {
            if sweeps {
                let allowed = "a table `[sweep]` that says what varies";
                root.table_or_empty("experiment").refuse("kind", "a sweep of nothing", allowed, None);
            }
            None
        }
    };
    let mut lay = |path: &str, value: &Value| {
        if path.ends_with(sequencer::STRATEGY.key)
            && let Value::Text(name) = value
            && shelf.played.insert(name.clone())
            && let Some((_, table)) = shelf.tables.iter().find(|(other, _)| other == name)
        {
            // Read here too, so that the resolved file has it; what is wrong with it shows at the point that plays it.
            if path.starts_with("delegators") {
                table.known(delegation::PARAMETERS);
                table.abandon();
            } else {
                Strategy::read(table, name);
            }
        }
    };
    if let Some(sweep) = &sweep {
        sweep.layout.visit_settings(&mut lay);
    }
    if sweep.is_some() && robustness.is_some() {
        let allowed = "either `[sweep]` or `[robustness]`: sweep over `sequencers.*.strategy` to have both";
        root.table_or_empty("robustness").refuse("", "robustness of a sweep", allowed, None);
    }
    Variations { robustness, sweep, stopping }
}

fn read_robustness(root: &Section, contenders: usize, shelf: &mut Shelf) -> Option<Robustness> {
    let section = root.table("robustness")?;
    let Shelf { tables, known, played, misspelt } = shelf;
    let find = |name: &str| {
        played.insert(name.to_owned());
        *misspelt |= !known.iter().any(|other| other == name);
        tables.iter().find(|(n, _)| n == name).and_then(|(_, table)| Strategy::read(table, name))
    };
    let known: &[String] = known;
    Robustness::read(&section, contenders, known, find)
}

fn read_delegators(root: &Section, delegated: bool, shelf: &mut Shelf) -> Vec<DelegatorGroup> {
    if !delegated {
        root.note_unread("no contender's rule is `delegated`");
        // Their strategies are as superfluous as they are.
        shelf.misspelt |= root.is_given("delegators");
        return Vec::new();
    }
    let groups = root.tables("delegators");
    if groups.is_empty() {
        root.refuse(
            "delegators",
            "rule `delegated` has nobody who could delegate",
            "at least one group `[[delegators]]`",
            None,
        );
    }
    let mut find = |section: &Section, name: &str| shelf.find(section, name, |table| delegation::read(table));
    groups.iter().map(|group| DelegatorGroup::read(group, &mut find)).collect()
}

fn read_play(root: &Section, tolerance: f64, has_memory: bool, finite: bool) -> Play {
    let section = root.table_or_empty("play");
    section.known(PLAY);
    let regime =
        if section.choice(&REGIME) == "independent" { Regime::Independent } else { Regime::SelfPlay };
    let alone = regime == Regime::Independent;
    section.note_unread(if alone {
        "it belongs to `regime = \"self_play\"`"
    } else {
        "it belongs to `regime = \"independent\"`"
    });
    if !has_memory {
        section.note_unread_key(&HORIZON, "no contender's rule remembers anything");
    }
    if !alone && !finite {
        section.note_unread_key(&FEEDBACK, "no auction is among finitely many private values");
    }
    let schedule = Schedule {
        regime,
        expected: !alone && finite && section.choice(&FEEDBACK) == "expected",
        rounds: if alone { 1 } else { section.integer(&ROUNDS) as u32 },
        warmup_epochs: if alone { 0 } else { section.integer(&WARMUP_EPOCHS) as u32 },
        measured_epochs: section.integer(&MEASURED_EPOCHS) as u32,
        stable_epochs: if alone { section.integer(&STABLE_EPOCHS) as u32 } else { 0 },
        max_epochs: if alone { section.integer(&MAX_EPOCHS) as u32 } else { 0 },
        burn_in: 0,
        horizon: if has_memory { section.optional_integer(&HORIZON).map(|h| h as u32) } else { None },
    };
    Play {
        schedule,
        certificate_markets: section.integer(&CERTIFICATE_MARKETS) as u32,
        certificate_epochs: section.integer(&CERTIFICATE_EPOCHS) as u32,
        tolerance,
        keep: if section.choice(&KEEP) == "metrics" { Keep::Metrics } else { Keep::Everything },
    }
}

/// Learners that remember past offers play a game of their own in each market, and the same one in each epoch.
fn check_memory(root: &Section, setting: &Setting, contenders: &[Contender], regime: Regime) {
    let strategies = root.table("strategies");
    for class in &setting.classes {
        let LearnerSpec::QLearning(spec) = class.strategy.learner else { continue };
        if spec.memory == 0 {
            continue;
        }
        let shared = "memory of past offers under `regime = \"self_play\"`, where policies are shared over parallel markets with \
                      different histories";
        let refusal = if regime == Regime::SelfPlay {
            Some((shared.to_owned(), "`memory = 0`, or `regime = \"independent\"` in `[play]`"))
        } else {
            obstacle_to_memory(setting, contenders)
                .map(|why| (why, "`memory = 0`, or a stage game that repeats"))
        };
        let Some((message, allowed)) = refusal else { continue };
        let named = |(name, _): &(String, Section)| *name == class.strategy.name;
        if let Some((_, section)) = strategies.iter().flat_map(Section::members).find(named) {
            section.refuse(strategy::MEMORY.key, &message, allowed, None);
        }
    }
}

/// Why nobody can remember past offers in some contender, where that is so.
fn obstacle_to_memory(setting: &Setting, contenders: &[Contender]) -> Option<String> {
    for class in &setting.classes {
        if !takes_part(&class.strategy) {
            return Some(format!(
                "memory of past offers beside group `{}`, which plays neither `q_learning` from the start nor one scripted offer",
                class.name
            ));
        }
    }
    for contender in contenders {
        let acts = with_rule!(&contender.rule, rule => rule.lever().is_some());
        let repeats = with_rule!(&contender.rule, rule => repeats(rule, setting, &contender.terms));
        if let Err(why) = repeats
            && acts
        {
            let name = &contender.name;
            return Some(format!(
                "memory of past offers, while contender `{name}` is not the same game in each epoch: {why}"
            ));
        }
    }
    fits(setting).err()
}
