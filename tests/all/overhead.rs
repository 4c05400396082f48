//! Overhead is measured against one operator who is the same for all contenders.

use crate::lab::{metric, read, unit};

/// Machines that fail and can be improved; crooks who are barred; schedules decided epochs ahead; data kept by a committee.
#[test]
fn the_operator_for_overhead_is_nobodys_in_particular() {
    let text = "[experiment]\nname = \"overhead\"\nseed = 4\n\n[world]\nkind = \"rollup\"\nslots_per_year = 1000\nfee_per_slot = 0.02\n\
        posting_cost = 0.001\nfailover = 0.8\ntoxic_share = 0.3\nmev_median = 0.01\ntarget_rate = 0.05\ntarget_window = 3\n\n\
        [[sequencers]]\nname = \"crook\"\ncount = 2\nlive_cost = 0.001\nfailure_rate = 0.1\nrepair_rate = 0.3\nuptime_cost = 0.005\n\
        toxic_mev = \"always\"\ndiscount = 0.9\nstrategy = \"truthful\"\ncapital_cost = 0.1\n\n\
        [[sequencers]]\nname = \"saint\"\ncount = 2\nlive_cost = 0.0015\nfailure_rate = 0.05\nrepair_rate = 0.3\nuptime_cost = 0.004\n\
        toxic_mev = \"never\"\ndiscount = 0.9\nstrategy = \"truthful\"\ncapital_cost = 0.1\n\n\
        [mechanism.one]\nrule = \"centralized\"\nepoch_slots = 20\n\n\
        [mechanism.sale]\nrule = \"auction\"\nepoch_slots = 20\n\n\
        [mechanism.ahead]\nrule = \"auction\"\nepoch_slots = 20\nlookahead = 3\ngovernance = { detection = 0.8, evict_epochs = 4 }\n\n\
        [mechanism.kept]\nrule = \"auction_rotation\"\nseats = 3\nredundancy = 2\nepoch_slots = 20\nvolition = { members = 5, down = 0.1 }\n\n\
        [play]\nrounds = 4\nmeasured_epochs = 30\n";
    let experiment = read(text);
    let one = |contender: usize| {
        let outcome = unit(&experiment, &experiment.contenders[contender], 0);
        let value = |key: &str| metric(&outcome, key).unwrap();
        assert!(value("uptime_spending") > 0.0);
        let operating = value("operating_cost_share") * value("potential_value");
        (value("overhead_ratio"), operating / value("overhead_ratio"))
    };
    let (ratio, reference) = one(0);
    assert!((ratio - 1.0).abs() < 1e-12, "{ratio}");
    for contender in 1..experiment.contenders.len() {
        let (_, other) = one(contender);
        let name = &experiment.contenders[contender].name;
        assert!((other - reference).abs() < 1e-12 * reference, "{name}: {other} {reference}");
    }
}
