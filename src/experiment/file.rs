//! The experiment file: one question, read and resolved into everything that its units need.

mod agents;
mod contenders;
mod head;
mod memory;
mod play;
mod shelf;
mod variations;

pub use contenders::{Contender, RULE};
pub use head::EXPERIMENT;
pub use play::PLAY;
pub use play::drop_replaced_regime;
pub use shelf::drop_replaced_strategies;
pub use variations::Variations;

use super::charts::{self, Chart};
use super::design::Point;
use super::formula_check::check_formulas;
use super::kickback_game::lay_collusive_menus;
use super::simulate::{Keep, Play};
use super::store::DesignValue;
use super::study::Variants;
use super::sweep::{Axis, Range, Settings, reading};
use crate::agent::delegator::DelegatorGroup;
use crate::agent::sequencer::{self, Class};
use crate::agent::strategy::Strategy;
use crate::agent::{Setting, briber, conduct};
use crate::mechanism::Needs;
use crate::play::horizon;
use crate::settings::{Diagnostics, Document, Reader, Resolved, Section, Unread, Value, nearest};
use crate::world::distribution::Distribution;
use crate::world::{Around, World};
use agents::{read_classes, read_delegators, seat};
use contenders::{Entrant, announced, read_rules};
use head::{Head, read_head};
use memory::check_memory;
use play::read_play;
pub(super) use shelf::strategies_named;
use shelf::{Shelf, lay_strategies};
use variations::read_variations;

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
    /// Quantiles over replicates that are asked for, ascending.
    pub quantiles: Vec<f64>,
    /// Everything that was read, defaults filled in.
    pub resolved: Resolved,
    /// What the file is at other points of its design, where it has been read as a study.
    pub variants: Option<Variants>,
}

impl Experiment {
    /// Reads an experiment from its document, with strategies and scenarios from a library.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(document: Document, library: &dyn Library) -> Result<Self, Diagnostics> {
        let (experiment, unread) = Self::read_variant(document, library)?;
        Unread::refuse(unread)?;
        Ok(experiment)
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
        let Head { name, question, expectation, seed, replicates, quantiles, .. } = head;
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
            quantiles,
            resolved,
            variants: None,
        };
        Ok((experiment, unread))
    }

    /// The experiment of a design point, with the replicates and the stopping rule that the study has at every point; `None` where
    /// the file was not read as a study with a design.
    pub fn at_point(&self, point: &Point) -> Option<Self> {
        let mut point = self.variants.as_ref()?.at(point).ok()?;
        point.replicates = self.replicates;
        point.variations.stopping.clone_from(&self.variations.stopping);
        Some(point)
    }

    /// A stored setting of an optimized parameter as the search assigned it.
    pub fn setting_of(&self, path: &str, stored: DesignValue) -> Value {
        let axes = self.variations.optimization.iter().flat_map(|o| &o.axes);
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

    /// Canonical text of everything that bears on the numbers of a contender's unit, but for its replicate.
    pub fn fingerprint(&self, contender: &Contender) -> String {
        let paths =
            ["world", "sequencers", "delegators", "briber", "strategies", "play", "experiment.tolerance"];
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
    document.underlay("world", Document::parse_shared(&file, &text)?);
    Ok(())
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
        "briber",
        "mechanism",
        "play",
        "strategies",
        "charts",
        "robustness",
        "sweep",
        "replication",
        "optimize",
        "sensitivity",
        "claim",
    ]);
    let (head, tolerance) = read_head(&root);
    let (entrants, known) = announced(&root);
    let names: Vec<String> =
        root.table_or_empty("mechanism").members().into_iter().map(|(name, _)| name).collect();
    let charts = charts::read(&root, head.kind, &names);
    if !known {
        // With the right rule, keys that nobody seems to read might be read.
        let tables = [root.table_or_empty("world"), root.table_or_empty("play"), root.clone()];
        tables.iter().chain(&root.tables("sequencers")).for_each(Section::abandon);
    }
    let needs = |what: fn(&Needs) -> bool| entrants.iter().any(|entrant| what(&entrant.entry.needs));
    let delegated = needs(|n| n.delegators);
    let governed = entrants.iter().any(Entrant::is_governed);
    let future = needs(|n| n.future) || governed;
    let capital = needs(|n| n.capital);
    let redundant = needs(|n| n.standbys) || entrants.iter().any(Entrant::is_redundant);
    let assets = entrants.iter().any(Entrant::has_assets);
    let placed = root.tables("sequencers").iter().any(|group| group.is_given(conduct::JURISDICTION.key));
    let world = World::read(&root.table_or_empty("world"), Around { redundant, assets, governed, placed });
    let mut shelf = Shelf::new(&root, library);
    let classes = world.as_ref().map(|world| read_classes(&root, world, capital, future, &mut shelf));
    let sound = !root.reader().has_errors();
    if world.is_none() {
        // Which keys sequencers need depends on the kind of world.
        root.abandon();
        for group in root.tables("sequencers") {
            group.known(sequencer::PARAMETERS);
            group.abandon();
        }
    }
    let targeted =
        world.as_ref().is_none_or(|world| world.tempting().is_some_and(|rollup| rollup.targets.is_some()));
    let briber = briber::read(&root, targeted, &mut |section, name| {
        shelf.find(section, name, |table| Strategy::read_as(table, name, "briber"))
    });
    let names: Vec<&str> = entrants.iter().map(|entrant| entrant.name.as_str()).collect();
    let variations = read_variations(&root, &head, &names, &mut shelf);
    let delegators = read_delegators(&root, delegated, &mut shelf);
    // Where the world cannot be read nobody's strategy is.
    shelf.misspelt |= world.is_none();
    shelf.refuse_unplayed();
    // Where something else is wrong, the key might be read.
    let finite = classes.as_ref().is_none_or(|(classes, complete)| {
        let atomic = |class: &Class| class.traits.value.as_ref().is_some_and(Distribution::is_atomic);
        let plain = |class: &Class| {
            let traits = &class.traits;
            let free = traits.start_cost + traits.start_slots == 0.0;
            free && traits.capital_limit == f64::INFINITY && class.identities == 1
        };
        !complete || needs(|n| n.sale) && classes.iter().all(|class| atomic(class) && plain(class))
    });
    let mut play = read_play(&root, tolerance, future, finite);
    // Both stake that stays put and what delegators have learned of payouts outlive an epoch.
    let memory = |group: &DelegatorGroup| {
        let beliefs = if group.payout_learning > 0.0 { 1.0 - group.payout_learning } else { 0.0 };
        group.persistence().max(beliefs)
    };
    let slowest = delegators.iter().map(memory).fold(0.0_f64, f64::max);
    play.schedule.burn_in = horizon::epochs(slowest);
    if play.schedule.burn_in > horizon::LONGEST {
        root.table_or_empty("delegators").refuse(
            "",
            &format!(
                "what delegators remember fades so slowly ({} of it is left after an epoch) that a market has not forgotten how it \
                 opened after {} epochs",
                crate::experiment::tables::format_number(slowest),
                horizon::LONGEST
            ),
            "a group whose inertia is lower, whose `payout_learning` is 0 or higher, or whose strategy forgets or experiments more",
            None,
        );
        play.schedule.burn_in = 0;
    }
    let (classes, complete) = classes.unwrap_or_default();
    let Some(world) = world.filter(|_| complete && !entrants.is_empty()) else {
        entrants.iter().for_each(Entrant::skim);
        return None;
    };
    let mut setting = Setting { briber, ..seat(world, classes, delegators) };
    let (contenders, complete) = read_rules(entrants, &setting, sound, &mut play.schedule);
    if complete {
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
