//! The basins into which a contender's replicates fall, and the means within each.
//!
//! Coordinates of a replicate: the mean offer of each player, over the states in which it offers (players of a group who
//! learn alone are put in order of their offers, since a permutation of equals is no other outcome), and the shares of
//! community, delegators, sequencers, of what is unrealised, and of targets that are censored, in which conduct that was learned
//! shows. A difference matters where it exceeds the experiment's tolerance, as a share of potential value, of targets, or of the
//! mean offer. The rule: [`crate::measure::basins`].

use super::store::{Order, Store, StoreError};
use crate::measure::basins::{Coordinate, basins};
use crate::measure::statistics::{Critical, Estimate, Moments};
use std::collections::BTreeMap;

/// Shares that tell outcomes apart.
const SHARES: [&str; 5] =
    ["community_share", "delegator_share", "sequencer_share", "unrealised_share", "censored_share"];

/// One basin of a contender.
#[derive(Clone, Debug, PartialEq)]
pub struct Basin {
    /// Its replicates, ascending.
    pub replicates: Vec<u32>,
    /// By metric of the store.
    moments: Vec<Moments>,
}

impl Basin {
    /// Mean of a metric of the store with its interval; `None` where no replicate has it.
    pub fn estimate(&self, metric: usize) -> Option<Estimate> {
        let moments = self.moments.get(metric)?;
        (moments.n() > 0).then(|| moments.estimate(&mut Critical::default()))
    }
}

/// Values of the metrics of one contender's replicates at one design point; `NaN` where a replicate lacks one.
pub type Rows = BTreeMap<u32, Vec<f64>>;

/// Basins of each contender at a design point, the largest first; one where all replicates are alike, none where no
/// replicate is done.
///
/// # Errors
/// Where the store cannot be read.
pub fn read(store: &Store, design: u32, tolerance: f64) -> Result<Vec<Vec<Basin>>, StoreError> {
    let mut all = vec![Vec::new(); store.contenders().len()];
    visit(store, tolerance, Some(design), |_, contender, found| {
        all[contender] = found;
        Ok::<_, StoreError>(())
    })?;
    Ok(all)
}

/// Visits the basins of every contender at every design point, or at the one given, in the order of tables.
///
/// # Errors
/// Where the store cannot be read, or `each` fails.
pub fn visit<E: From<StoreError>>(
    store: &Store,
    tolerance: f64,
    only: Option<u32>,
    mut each: impl FnMut(u32, usize, Vec<Basin>) -> Result<(), E>,
) -> Result<(), E> {
    let width = store.metrics().len();
    let mut current: Option<(u32, usize)> = None;
    let mut rows = Rows::new();
    let mut close = |place: Option<(u32, usize)>, rows: &mut Rows| match place {
        Some((design, contender)) => {
            each(design, contender, split(store, design, contender, tolerance, &std::mem::take(rows))?)
        }
        None => Ok(()),
    };
    let designs = only.map_or_else(|| store.designs(), |design| Ok(vec![design]))?;
    store.visit_values_of(&designs, Order::ByContender, |unit| {
        let place = Some((unit.design, unit.contender));
        if current != place {
            close(current, &mut rows)?;
            current = place;
        }
        let mut row = vec![f64::NAN; width];
        for &(metric, value) in unit.values {
            row[metric] = value;
        }
        rows.insert(unit.replicate, row);
        Ok::<_, E>(())
    })?;
    close(current, &mut rows)
}

/// Basins among some replicates of a contender at a design point, the largest first.
///
/// # Errors
/// Where the store cannot be read.
pub fn split(
    store: &Store,
    design: u32,
    contender: usize,
    tolerance: f64,
    rows: &Rows,
) -> Result<Vec<Basin>, StoreError> {
    let metrics = store.metrics();
    let mut coordinates = Vec::new();
    for share in SHARES {
        let Some(metric) = metrics.iter().position(|m| *m == share) else { continue };
        let values = rows.values().map(|row| row[metric]).collect();
        coordinates.push(Coordinate { values, material: tolerance });
    }
    for values in offers(store, design, &store.contenders()[contender], rows)? {
        let mean = values.iter().map(|x| x.abs()).sum::<f64>() / values.len() as f64;
        coordinates.push(Coordinate { values, material: tolerance * mean });
    }
    coordinates.retain(|c| c.values.iter().all(|x| x.is_finite()));
    let mut found: Vec<Basin> = Vec::new();
    let basin = if coordinates.is_empty() { vec![0; rows.len()] } else { basins(&coordinates) };
    for ((&replicate, row), basin) in rows.iter().zip(basin) {
        if found.len() <= basin {
            let empty = Basin { replicates: Vec::new(), moments: vec![Moments::default(); metrics.len()] };
            found.resize(basin + 1, empty);
        }
        found[basin].replicates.push(replicate);
        for (moments, value) in found[basin].moments.iter_mut().zip(row) {
            moments.push(*value);
        }
    }
    Ok(found)
}

/// Mean offers of all players by replicate: one list for each player that offered in every replicate.
fn offers(store: &Store, design: u32, contender: &str, rows: &Rows) -> Result<Vec<Vec<f64>>, StoreError> {
    // By class, then replicate.
    let mut means: BTreeMap<String, BTreeMap<u32, Vec<f64>>> = BTreeMap::new();
    for name in ["offer", "offer_absolute"] {
        for stored in store.curves(design, contender, name)? {
            let points = &stored.curve.points;
            let mean = points.iter().map(|(_, y)| y).sum::<f64>() / points.len() as f64;
            let class = means.entry(stored.curve.agent).or_default();
            class.entry(stored.replicate).or_default().push(mean);
        }
    }
    let mut players = Vec::new();
    for class in means.values_mut() {
        for offers in class.values_mut() {
            offers.sort_by(f64::total_cmp);
        }
        let members = class.values().map(Vec::len).min().unwrap_or(0);
        for member in 0..members {
            let values: Vec<f64> = rows.keys().filter_map(|r| Some(*class.get(r)?.get(member)?)).collect();
            if values.len() == rows.len() {
                players.push(values);
            }
        }
    }
    Ok(players)
}
