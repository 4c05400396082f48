//! `surplus`: who gets the potential value.

use super::{Sheet, drawn_as, heading, identity, replicates};
use crate::chart::Estimate;
use crate::chart::surplus::{Account, Bar, Surplus};
use crate::experiment::file::Experiment;
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

/// The figure; `None` where no unit is done.
pub(super) fn figure(summary: &Summary, experiment: &Experiment) -> Option<Sheet> {
    let share = |c: usize, key: &str| summary.estimate(c, key).map_or(Estimate::absent(), |e| drawn_as(&e));
    let bars: Vec<Bar> = summary
        .contenders()
        .iter()
        .enumerate()
        .filter(|(c, _)| summary.done(*c) > 0)
        .map(|(c, name)| Bar {
            mechanism: name.clone(),
            identity: identity(experiment, name),
            certified: summary.standing(c).is_sound(),
            shares: Account::ALL.into_iter().map(|a| (a, share(c, metric(a)))).collect(),
            outside_income: share(c, "outside_income_share"),
        })
        .collect();
    let heading = heading("Who gets the value of the slots", experiment, replicates(summary));
    (!bars.is_empty()).then_some(Sheet::Surplus(Surplus { heading, bars }))
}
