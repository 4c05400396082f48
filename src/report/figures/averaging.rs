//! Curves of many replicates → one curve with intervals.

use super::drawn_as;
use crate::chart::Estimate;
use crate::experiment::store::StoredCurve;
use crate::measure::statistics::{Critical, Moments};
use std::collections::{BTreeMap, BTreeSet};

/// Classes of some curves, in order of first appearance.
pub(super) fn classes(curves: &[StoredCurve]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for stored in curves {
        if !names.contains(&stored.curve.agent.as_str()) {
            names.push(&stored.curve.agent);
        }
    }
    names
}

/// Sums of the values that one replicate has at each position; members of a class who learn alone are averaged first,
/// since replicates are the unit of statistics.
type Cells<P> = BTreeMap<(P, u32), (f64, f64, f64)>;

fn add<P: Ord>(cells: &mut Cells<P>, position: P, replicate: u32, (x, y): (f64, f64)) {
    let cell = cells.entry((position, replicate)).or_default();
    *cell = (cell.0 + 1.0, cell.1 + x, cell.2 + y);
}

fn means<P: Ord + Copy>(cells: &Cells<P>) -> Vec<(f64, Estimate)> {
    let mut points: BTreeMap<P, (Moments, Moments)> = BTreeMap::new();
    for ((position, _), (count, x, y)) in cells {
        let point = points.entry(*position).or_default();
        point.0.push(x / count);
        point.1.push(y / count);
    }
    let mut critical = Critical::default();
    points.values().map(|(x, y)| (x.mean(), drawn_as(&y.estimate(&mut critical)))).collect()
}

/// Place of the point nearest to `x`.
fn nearest(points: &[(f64, f64)], x: f64) -> Option<usize> {
    let distance = |i: &usize| (points[*i].0 - x).abs();
    (0..points.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// Mean offers of one class by state. A state's mean private value differs a little from replicate to replicate, and a
/// state in which nobody offered is missing; so each point belongs to the nearest one of the fullest curve.
pub(super) fn by_state(curves: &[StoredCurve], class: &str) -> Vec<(f64, Estimate)> {
    let own = || curves.iter().filter(|c| c.curve.agent == class);
    let Some(fullest) = own().max_by_key(|c| c.curve.points.len()) else { return Vec::new() };
    let anchors = &fullest.curve.points;
    let alike = own().all(|c| c.curve.points.len() == anchors.len());
    let mut cells = Cells::new();
    for stored in own() {
        for (i, &point) in stored.curve.points.iter().enumerate() {
            let position = if alike { Some(i) } else { nearest(anchors, point.0) };
            if let Some(position) = position {
                add(&mut cells, position, stored.replicate, point);
            }
        }
    }
    means(&cells)
}

/// Mean value and offer, state by state.
type Offers = Vec<(f64, Estimate)>;

/// Ends of what the members of a class offer who learn alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Lowest,
    Highest,
}

impl Member {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Member::Lowest => "lowest",
            Member::Highest => "highest",
        }
    }
}

/// The offers of the member of a class that offers most, or least, in its replicate, where members who learn alone end far apart: by
/// [`UNLIKE`] of their mean on average over replicates, in some state. `None` where they do not, or where a class is one player.
pub(super) fn ends(curves: &[StoredCurve], class: &str) -> Option<[(Member, Offers); 2]> {
    let own: Vec<&StoredCurve> = curves.iter().filter(|c| c.curve.agent == class).collect();
    let states = own.first()?.curve.points.len();
    if own.iter().any(|c| c.curve.points.len() != states) {
        return None;
    }
    let [mut lowest, mut highest] = [Cells::new(), Cells::new()];
    let replicates: BTreeSet<u32> = own.iter().map(|c| c.replicate).collect();
    for &replicate in &replicates {
        for state in 0..states {
            let offers = own.iter().filter(|c| c.replicate == replicate).map(|c| c.curve.points[state]);
            let by_offer = |a: &(f64, f64), b: &(f64, f64)| a.1.total_cmp(&b.1);
            add(&mut lowest, state, replicate, offers.clone().min_by(by_offer)?);
            add(&mut highest, state, replicate, offers.max_by(by_offer)?);
        }
    }
    let (lowest, highest) = (means(&lowest), means(&highest));
    let far = |((_, low), (_, high)): (&(f64, Estimate), &(f64, Estimate))| {
        high.mean - low.mean > UNLIKE * 0.5 * (high.mean + low.mean).abs()
    };
    let apart = lowest.iter().zip(&highest).any(far);
    apart.then_some([(Member::Highest, highest), (Member::Lowest, lowest)])
}

/// Distance of offers, as a share of their mean, from which on a mean over members describes none of them.
const UNLIKE: f64 = 0.2;

/// A curve that not every replicate has in full.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Common {
    /// Means at the places that all replicates have.
    pub points: Vec<(f64, Estimate)>,
    /// The first place that only some have, and how many do.
    pub partly: Option<(f64, usize)>,
}

/// The mean curve of one class at the places that all of `replicates` have: a mean over those that happen to have a place would be
/// a mean over another population than its neighbours'.
pub(super) fn in_all(curves: &[StoredCurve], class: &str, replicates: usize) -> Common {
    let mut cells: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for stored in curves.iter().filter(|c| c.curve.agent == class) {
        for &(x, y) in stored.curve.points.iter().filter(|(x, _)| *x >= 0.0) {
            // Bits order what is not negative.
            cells.entry(x.to_bits()).or_default().push(y);
        }
    }
    let mut critical = Critical::default();
    let mut common = Common::default();
    for (x, values) in cells.iter().map(|(bits, values)| (f64::from_bits(*bits), values)) {
        if values.len() < replicates {
            common.partly.get_or_insert((x, values.len()));
        } else {
            let moments = values.iter().copied().collect::<Moments>();
            common.points.push((x, drawn_as(&moments.estimate(&mut critical))));
        }
    }
    common
}

/// Values of one class along learning. `ends` has the last epoch of each replicate's learning: one that converged
/// earlier than others keeps its last value, as its play does.
pub(super) fn along(curves: &[StoredCurve], class: &str, ends: &BTreeMap<u32, f64>) -> Vec<(f64, Estimate)> {
    // Epochs are whole, so that their bits order them.
    let epochs: BTreeSet<u64> =
        curves.iter().flat_map(|c| &c.curve.points).map(|(x, _)| x.to_bits()).collect();
    let mut cells = Cells::new();
    for stored in curves.iter().filter(|c| c.curve.agent == class) {
        for &point in &stored.curve.points {
            add(&mut cells, point.0.to_bits(), stored.replicate, point);
        }
        let end = ends.get(&stored.replicate).copied().unwrap_or(f64::INFINITY);
        if let Some(&(_, last)) = stored.curve.points.last().filter(|(x, _)| *x >= end) {
            for later in epochs.iter().copied().filter(|e| f64::from_bits(*e) > end) {
                add(&mut cells, later, stored.replicate, (f64::from_bits(later), last));
            }
        }
    }
    means(&cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::outcome::Curve;

    fn stored(replicate: u32, points: &[(f64, f64)]) -> StoredCurve {
        StoredCurve {
            replicate,
            curve: Curve { name: "c".into(), agent: "s".into(), points: points.to_vec() },
        }
    }

    #[test]
    fn states_are_matched_by_value() {
        // Nobody offers in the lowest state of the second replicate.
        let curves = [stored(0, &[(0.1, 0.0), (1.0, 0.5), (2.0, 1.0)]), stored(1, &[(1.1, 0.7), (2.1, 1.2)])];
        let points = by_state(&curves, "s");
        let got: Vec<_> = points.iter().map(|(x, e)| (*x, e.mean)).collect();
        assert_eq!(got, [(0.1, 0.0), (1.05, 0.6), (2.05, 1.1)]);
        assert!(points[0].1.interval().is_none() && points[1].1.interval().is_some());
        assert!(by_state(&curves, "t").is_empty());
    }

    #[test]
    fn members_who_learn_alone_are_one_value_of_their_replicate() {
        let curves = [stored(0, &[(1.0, 2.0)]), stored(0, &[(1.0, 4.0)]), stored(1, &[(1.0, 5.0)])];
        let points = by_state(&curves, "s");
        assert_eq!((points.len(), points[0].1.mean), (1, 4.0));
    }

    /// Two members at 8 and one at 0 in both replicates, whoever they are; then members who end close together.
    #[test]
    fn members_who_end_far_apart_are_shown_apart() {
        let curves: Vec<StoredCurve> = [(0, 8.0), (0, 0.0), (0, 8.0), (1, 0.0), (1, 8.0), (1, 9.0)]
            .map(|(replicate, offer)| stored(replicate, &[(1.0, offer)]))
            .into();
        let [(highest, high), (lowest, low)] = ends(&curves, "s").unwrap();
        assert_eq!((highest, high[0].1.mean), (Member::Highest, 8.5));
        assert_eq!((lowest, low[0].1.mean), (Member::Lowest, 0.0));
        let close = [stored(0, &[(1.0, 1.0)]), stored(0, &[(1.0, 1.1)])];
        assert_eq!(ends(&close, "s"), None);
        // One player.
        assert_eq!(ends(&[stored(0, &[(1.0, 1.0)]), stored(1, &[(1.0, 3.0)])], "s"), None);
        assert_eq!(ends(&[], "s"), None);
    }

    #[test]
    fn a_mean_is_over_all_replicates_or_not_drawn() {
        let curves = [
            stored(0, &[(1.0, 2.0), (2.0, 5.0), (3.0, 9.0)]),
            stored(1, &[(1.0, 4.0), (2.0, 7.0)]),
            stored(2, &[(1.0, 6.0)]),
        ];
        let found = in_all(&curves, "s", 3);
        let got: Vec<_> = found.points.iter().map(|(x, e)| (*x, e.mean)).collect();
        assert_eq!((got.as_slice(), found.partly), (&[(1.0, 4.0)][..], Some((2.0, 2))));
        // A replicate of which there is no curve at all counts too.
        assert!(in_all(&curves, "s", 4).points.is_empty());
        assert_eq!(in_all(&curves[..1], "s", 1).partly, None);
    }

    #[test]
    fn who_has_converged_stays() {
        let curves = [stored(0, &[(10.0, 1.0)]), stored(1, &[(10.0, 2.0), (20.0, 3.0)])];
        let ends = BTreeMap::from([(0, 10.0), (1, 20.0)]);
        let got: Vec<_> = along(&curves, "s", &ends).iter().map(|(x, e)| (*x, e.mean)).collect();
        assert_eq!(got, [(10.0, 1.5), (20.0, 2.0)]);
        // One who merely made no offer in the last window does not.
        let ends = BTreeMap::from([(0, 20.0), (1, 20.0)]);
        assert_eq!(along(&curves, "s", &ends)[1].1.mean, 3.0);
    }
}
