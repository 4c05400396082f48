//! Being live costs `1 − (1 − q)^r` of an epoch to a candidate that leads each slot with probability `q`, where the leaders
//! of the next `r − 1` slots stand by: lived through slot by slot, against the closed form that agents learn from.

use crate::lab::{metric, read, replicates};
use sequencer_lab::measure::statistics::estimate;

#[test]
fn next_leaders_are_live_as_often_as_agents_are_told() {
    for redundancy in [1, 2, 3] {
        // Delegators who do not look at price split evenly over three candidates; a slot is worth one ETH.
        let text = format!(
            "[experiment]\nname = \"standbys\"\n[world]\nkind = \"rollup\"\nfee_per_slot = 1.0\n\
             [[sequencers]]\nname = \"a\"\ncount = 3\nlive_cost = 0.1\nstrategy = \"truthful\"\n\
             [[delegators]]\ncontinuum = true\nprice_sensitivity = 1e-9\n\
             [mechanism.dpos]\nrule = \"delegated\"\nepoch_slots = 32\nredundancy = {redundancy}\n\
             [play]\nrounds = 8\nmeasured_epochs = 40\n"
        );
        let outcomes = replicates(&read(&text), 8);
        let cost = estimate(outcomes.iter().map(|o| metric(o, "operating_cost_share").unwrap()));
        let idle: f64 = (0..redundancy).map(|_| 2.0 / 3.0).product();
        let theory = 3.0 * 0.1 * (1.0 - idle);
        let gap = (cost.mean - theory).abs();
        assert!(
            gap <= 3.0 * cost.se + 1e-12,
            "redundancy {redundancy}: {} ± {}, theory {theory}",
            cost.mean,
            cost.se
        );
    }
}
