//! Every parameter of an experiment file, table by table: for `list parameters`, for the schema, and for names and units in figures.

use super::charts;
use super::claim::CLAIM;
use super::file;
use super::optimization;
use super::replication::REPLICATION;
use super::robustness::ROBUSTNESS;
use super::sensitivity;
use super::sweep::reading as sweep;
use crate::agent::{briber, delegation, delegator, sequencer, strategy};
use crate::mechanism::{CATALOGUE, overlays, oversight};
use crate::settings::Parameter;
use crate::world;

/// Every table of an experiment file, with the parameters that it may have.
pub fn tables() -> Vec<(String, Vec<&'static Parameter>)> {
    let mut rules: Vec<&Parameter> = vec![&file::RULE];
    for parameter in CATALOGUE.iter().flat_map(|entry| entry.parameters.iter().copied()) {
        if !rules.iter().any(|p| p.key == parameter.key && p.allowed() == parameter.allowed()) {
            rules.push(parameter);
        }
    }
    rules.extend(oversight::PARAMETERS);
    let mut strategies = strategy::PARAMETERS.to_vec();
    for &parameter in delegation::PARAMETERS {
        if !strategies.iter().any(|p| p.key == parameter.key) {
            strategies.push(parameter);
        }
    }
    let tables = [
        ("experiment", file::EXPERIMENT.to_vec()),
        ("world", world::PARAMETERS.to_vec()),
        ("sequencers.*", sequencer::PARAMETERS.to_vec()),
        ("delegators.*", delegator::PARAMETERS.to_vec()),
        ("briber", briber::PARAMETERS.to_vec()),
        ("mechanism.*", rules),
        ("mechanism.*.governance", oversight::GOVERNANCE.to_vec()),
        ("play", file::PLAY.to_vec()),
        ("strategies.*", strategies),
        ("robustness", ROBUSTNESS.to_vec()),
        ("sweep", sweep::SWEEP.to_vec()),
        ("sweep.parameters.*", sweep::AXIS.to_vec()),
        ("replication", REPLICATION.to_vec()),
        ("optimize", optimization::reading::OPTIMIZE.to_vec()),
        ("optimize.variables.*", sweep::AXIS.to_vec()),
        ("sensitivity", sensitivity::reading::SENSITIVITY.to_vec()),
        ("sensitivity.parameters.*", sweep::AXIS.to_vec()),
        ("claim", CLAIM.to_vec()),
        ("charts.*", charts::PARAMETERS.to_vec()),
    ];
    let overlays = overlays::TABLES.iter().map(|(key, keys)| (format!("mechanism.*.{key}"), keys.to_vec()));
    tables.into_iter().map(|(path, keys)| (path.to_owned(), keys)).chain(overlays).collect()
}

/// Unit of the parameter at a path such as `mechanism.auction.bond`; `None` where it has none, where there is no such parameter, or where
/// the units of several rules differ.
pub fn unit(path: &str) -> Option<&'static str> {
    let (table, key) = path.rsplit_once('.')?;
    let is_table = |pattern: &str| {
        let (own, asked): (Vec<&str>, Vec<&str>) = (pattern.split('.').collect(), table.split('.').collect());
        own.len() == asked.len() && own.iter().zip(&asked).all(|(a, b)| *a == "*" || a == b)
    };
    let tables = tables();
    let own = tables.iter().filter(|(pattern, _)| is_table(pattern)).flat_map(|(_, parameters)| parameters);
    let mut units = own.filter(|parameter| parameter.key == key).map(|parameter| parameter.unit);
    let first = units.next().filter(|unit| !unit.is_empty())?;
    units.all(|unit| unit == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_found_by_path() {
        assert_eq!(unit("mechanism.auction.bond"), Some("ETH"));
        assert_eq!(unit("sequencers.*.live_cost"), unit("sequencers.large.live_cost"));
        assert!(unit("sequencers.large.live_cost").is_some_and(|unit| unit.contains("ETH")));
        assert_eq!((unit("mechanism.auction.rule"), unit("world.none"), unit("seed")), (None, None, None));
    }
}
