//! What an experiment varies around its contenders: `[robustness]`, `[sweep]` and `[replication]`.

use super::head::Head;
use super::shelf::Shelf;
use crate::agent::strategy::Strategy;
use crate::agent::{delegation, sequencer};
use crate::experiment::replication::StoppingRule;
use crate::experiment::robustness::Robustness;
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
}

/// Reads the three tables.
pub(super) fn read_variations(
    root: &Section,
    head: &Head,
    contenders: usize,
    shelf: &mut Shelf,
) -> Variations {
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
