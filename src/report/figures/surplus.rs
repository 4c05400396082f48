//! `surplus`: who gets the potential value.

use super::{Sheet, drawn_as, heading, identity, replicates};
use crate::chart::surplus::{Account, Bar, Surplus};
use crate::chart::{Estimate, Identity};
use crate::experiment::file::Experiment;
use crate::measure::statistics;
use crate::report::summary::Summary;

/// The metric behind an account.
fn metric(account: Account) -> &'static str {
    match account {
        Account::Community => "community_share",
        Account::Delegators => "delegator_share",
        Account::Sequencers => "sequencer_share",
        Account::Operating => "operating_cost_share",
        Account::Posting => "posting_cost_share",
        Account::Unrealised => "unrealised_share",
    }
}

/// The figure; `None` where no unit is done. A contender whose replicates fall into basins has a bar for each.
pub(super) fn figure(summary: &Summary, experiment: &Experiment) -> Option<Sheet> {
    let shown = |e: Option<statistics::Estimate>| e.map_or(Estimate::absent(), |e| drawn_as(&e));
    let bar = |name: String,
               identity: Identity,
               certified: bool,
               share: &dyn Fn(&str) -> Option<statistics::Estimate>| Bar {
        mechanism: name,
        identity,
        certified,
        shares: Account::ALL.into_iter().map(|a| (a, shown(share(metric(a))))).collect(),
        outside_income: shown(share("outside_income_share")),
    };
    let mut bars = Vec::new();
    for (c, name) in summary.contenders().iter().enumerate().filter(|(c, _)| summary.done(*c) > 0) {
        let verdict = summary.standing(c).verdict();
        let sound = summary.standing(c).is_sound();
        let look = identity(experiment, name);
        if !summary.has_basins(c) {
            bars.push(bar(summary.marked(c), look, sound, &|key| summary.estimate(c, key)));
            continue;
        }
        for (b, basin) in summary.basins(c).iter().enumerate() {
            let mut marks = format!("basin {b}, {} replicates", basin.replicates.len());
            // A basin is marked by its own replicates.
            let sound = summary.basin_is_sound(c, b);
            if !sound && !verdict.mark().is_empty() {
                marks += "; ";
                marks += verdict.mark();
            }
            let share = |key: &str| summary.basin_estimate(c, b, key);
            bars.push(bar(format!("{name} ({marks})"), look, sound, &share));
        }
    }
    let heading = heading("Who gets the value of the slots", experiment, replicates(summary));
    (!bars.is_empty()).then_some(Sheet::Surplus(Surplus { heading, bars }))
}
