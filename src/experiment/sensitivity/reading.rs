//! `[sensitivity]`: which metrics, which parameters, and how many evaluations.

use super::Sensitivity;
use crate::experiment::sweep::pick_freeze::PickFreeze;
use crate::experiment::sweep::reading::read_axes;
use crate::measure::metrics::{self, Metric};
use crate::settings::{Parameter, Section, Value};

/// Outputs.
pub const OUTPUTS: Parameter = Parameter::custom_required(
    "metrics",
    "a list of metrics of `list metrics`, such as [\"community_share\", \"liveness\"]",
    "outputs whose variance is shared out",
);
/// Methods.
pub const METHOD: Parameter = Parameter::choice(
    "method",
    &["both", "sobol", "morris"],
    "both",
    "Sobol indices over `replicates` rows, Morris screening over `trajectories`, or both",
);
/// Trajectories.
pub const TRAJECTORIES: Parameter = Parameter::integer(
    "trajectories",
    4,
    PickFreeze::MOST_BLOCKS as u64,
    16,
    "",
    "trajectories of a Morris screening, each run under two lucks",
);
/// Levels.
pub const GRID: Parameter =
    Parameter::integer("levels", 2, 1000, 4, "", "levels of the grid of a Morris screening; an even number");
/// Second order.
pub const SECOND_ORDER: Parameter = Parameter::flag(
    "second_order",
    true,
    "whether Sobol indices of pairs are estimated too; without them a row has one point less for each parameter, and first-order \
     indices are less precise",
);

/// Keys of `[sensitivity]`.
pub const SENSITIVITY: &[&Parameter] = &[&OUTPUTS, &METHOD, &TRAJECTORIES, &GRID, &SECOND_ORDER];

/// Rows below which indices say nothing.
const FEWEST_ROWS: u32 = 4;

/// Reads the table; `rows` are the experiment's replicates.
pub fn read(section: &Section, rows: u32, seed: u64) -> Option<Sensitivity> {
    section.known(SENSITIVITY);
    section.know_tables(&["parameters"]);
    let metrics = section.custom(&OUTPUTS, outputs);
    let method = section.choice(&METHOD);
    let (sobol, morris) = (method != "morris", method != "sobol");
    let (mut trajectories, mut levels, mut second_order) = (0, 2, false);
    if morris {
        trajectories = section.integer(&TRAJECTORIES) as u32;
        levels = section.integer(&GRID) as u32;
        if levels % 2 == 1 {
            section.refuse(
                GRID.key,
                &format!("{levels} levels"),
                "an even number, so that steps of half the grid exist",
                None,
            );
            levels += 1;
        }
    }
    if sobol {
        second_order = section.flag(&SECOND_ORDER);
        if !(FEWEST_ROWS..=PickFreeze::MOST_BLOCKS).contains(&rows) {
            section.refuse(
                "",
                &format!("{rows} replicates, which are the rows of the Sobol indices"),
                &format!("`replicates` from {FEWEST_ROWS} to {} in `[experiment]`", PickFreeze::MOST_BLOCKS),
                None,
            );
        }
    }
    section.note_unread(&format!("method `{method}` does not use it"));
    let axes = read_axes(section, "sensitivity", false);
    let (metrics, axes) = (metrics?, axes?);
    let rows = if sobol { rows.min(PickFreeze::MOST_BLOCKS) } else { 0 };
    Some(Sensitivity { metrics, design: PickFreeze { axes, trajectories, levels, rows, second_order, seed } })
}

fn outputs(value: &Value) -> Result<Vec<&'static Metric>, String> {
    let list = value.as_list().ok_or("this is no list of metrics")?;
    let mut found: Vec<&'static Metric> = Vec::new();
    for item in list {
        let name = item.as_text().ok_or("a metric that is not a text")?;
        let metric = metrics::named(name)?;
        if found.iter().any(|other| other.key == metric.key) {
            return Err(format!("the metric `{name}` twice"));
        }
        found.push(metric);
    }
    if found.is_empty() { Err("there is no metric".to_owned()) } else { Ok(found) }
}
