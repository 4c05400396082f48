//! What an experiment varies around its contenders: `[robustness]`, `[sweep]`, `[replication]`, `[optimize]` and
//! `[sensitivity]`; and what it claims of all that: `[claim]`.

use super::head::Head;
use super::shelf::Shelf;
use crate::agent::strategy::Strategy;
use crate::agent::{delegation, sequencer};
use crate::experiment::claim::{self, Claim};
use crate::experiment::optimization::{self, Optimization};
use crate::experiment::replication::StoppingRule;
use crate::experiment::robustness::Robustness;
use crate::experiment::sensitivity::{self, Sensitivity};
use crate::experiment::sweep::reading::Sweep;
use crate::settings::{Section, Value};

/// What an experiment varies around its contenders.
#[derive(Clone, Debug, Default)]
pub struct Variations {
    /// Other learning rules that the ranking of contenders is held against.
    pub robustness: Option<Robustness>,
    /// Parameters that are swept.
    pub sweep: Option<Sweep>,
    /// When there are replicates enough, in place of a fixed number.
    pub stopping: Option<StoppingRule>,
    /// Parameters that are optimized.
    pub optimization: Option<Optimization>,
    /// Parameters whose influence is measured.
    pub sensitivity: Option<Sensitivity>,
    /// What the experiment is to decide.
    pub claim: Option<Claim>,
}

/// The table of a kind of experiment; refused where the experiment is of another kind, missed where there is none.
fn table_of_kind<'a>(root: &Section<'a>, head: &Head, kind: &str, table: &str) -> Option<Section<'a>> {
    match root.table(table) {
        Some(section) if head.kind == kind => Some(section),
        Some(section) => {
            section.abandon();
            section.refuse(
                "",
                &format!("the experiment is of kind `{}`", head.kind),
                &format!("`kind = \"{kind}\"` in `[experiment]`"),
                None,
            );
            None
        }
        None => {
            if head.kind == kind {
                root.table_or_empty("experiment").refuse(
                    "kind",
                    &format!("there is no table `[{table}]`"),
                    &format!("a table `[{table}]` that says what varies"),
                    None,
                );
            }
            None
        }
    }
}

/// Reads the tables; `names` are those of the contenders.
pub(super) fn read_variations(root: &Section, head: &Head, names: &[&str], shelf: &mut Shelf) -> Variations {
    let contenders = names.len();
    let robustness = read_robustness(root, contenders, shelf);
    let stopping = root.table("replication").and_then(|section| StoppingRule::read(&section, contenders));
    let sweep =
        table_of_kind(root, head, "sweep", "sweep").and_then(|section| Sweep::read(&section, head.seed));
    let optimization = table_of_kind(root, head, "optimize", "optimize")
        .and_then(|section| optimization::reading::read(&section, names, head.replicates, head.seed));
    let sensitivity = table_of_kind(root, head, "sensitivity", "sensitivity")
        .and_then(|section| sensitivity::reading::read(&section, head.replicates, head.seed));
    let mut lay = |path: &str, value: &Value| {
        if path.ends_with(sequencer::STRATEGY.key)
            && let Value::Text(name) = &value
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
    if let Some(sensitivity) = &sensitivity {
        sensitivity.layout().layout.visit_settings(&mut lay);
    }
    for (path, value) in optimization.iter().flat_map(Optimization::settings) {
        lay(&path, &value);
    }
    if head.kind != "compare" && robustness.is_some() {
        let allowed = "`kind = \"compare\"`: vary `sequencers.*.strategy` to have both";
        root.table_or_empty("robustness").refuse(
            "",
            &format!("robustness of an experiment of kind `{}`", head.kind),
            allowed,
            None,
        );
    }
    if optimization.is_some() && stopping.is_some() {
        root.table_or_empty("replication").refuse(
            "",
            "a stopping rule of an optimization, which has its own",
            "`minimum_replicates` and `maximum_replicates` in `[optimize]`",
            None,
        );
    }
    if sensitivity.is_some() && stopping.is_some() {
        root.table_or_empty("replication").refuse(
            "",
            "a stopping rule of a sensitivity study, whose replicates are the rows of its design",
            "a number of `replicates` in `[experiment]`",
            None,
        );
    }
    let claim = claim::read(root, head.kind, names);
    Variations { robustness, sweep, stopping, optimization, sensitivity, claim }
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
