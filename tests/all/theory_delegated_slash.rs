//! Slashing that reaches delegators: they lose with those whom they back, and leave.

use crate::lab::{metric, read, unit};
use sequencer_lab::numerics::exp;

/// Found out with this probability in every epoch, a crook costs the stake behind it this share.
const DETECTION: f64 = 0.5;
const SLASH: f64 = 0.01;
const STAKE: f64 = 100.0;
const SENSITIVITY: f64 = 1.5;

fn text(slash: f64, delay: u32) -> String {
    format!(
        "[experiment]\nname = \"slashed\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.1\nmev_median = 0.01\nmev_sigma = 0.0\n\
         toxic_share = 0.5\n\n\
         [[sequencers]]\nname = \"crook\"\ncount = 1\ntoxic_mev = \"always\"\nstrategy = \"fixed\"\n\n\
         [[sequencers]]\nname = \"saint\"\ncount = 1\ntoxic_mev = \"never\"\nstrategy = \"fixed\"\n\n\
         [[delegators]]\nname = \"crowd\"\ncontinuum = true\nstake = {STAKE}\nprice_sensitivity = {SENSITIVITY}\n\
         payout_learning = 0.02\n\n\
         [mechanism.votes]\nrule = \"delegated\"\nepoch_slots = 40\nslash_fraction = {slash}\n\
         governance = {{ detection = {DETECTION}, delay = {delay} }}\n\n[play]\nrounds = 16\nmeasured_epochs = 200\n\n\
         [strategies.fixed]\nlearner = \"scripted\"\noffer = {{ absolute = 0.2 }}\n"
    )
}

#[test]
fn delegators_leave_those_who_are_slashed() {
    for delay in [0, 3] {
        let experiment = read(&text(SLASH, delay));
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        // What an epoch takes on average of a stake that were all there is.
        let loss = DETECTION * SLASH * STAKE;
        let ratio = exp(-SENSITIVITY * loss);
        let crook = ratio / (1.0 + ratio);
        let hhi = metric(&outcome, "hhi_slots").unwrap();
        let apart = (2.0 * hhi - 1.0).sqrt();
        // Two shares of slots that differ by 1 − 2·crook. What is expected swings by 6% round its mean, over some 64 times of
        // memory in all, and 8,000 slots of each market are drawn.
        assert!((apart - (1.0 - 2.0 * crook)).abs() < 0.02, "{apart}, {}", 1.0 - 2.0 * crook);
        let slashed = metric(&outcome, "slashed").unwrap();
        assert!((slashed / (loss * crook) - 1.0).abs() < 0.1, "{slashed}, {}", loss * crook);
        // It is the delegators who pay, and the community that receives.
        let potential = metric(&outcome, "potential_value").unwrap();
        let paid = metric(&outcome, "bribes_to_delegators").unwrap();
        let kept = metric(&outcome, "delegator_share").unwrap() * potential;
        assert!((kept - (paid - slashed)).abs() < 1e-9, "{kept}, {paid}, {slashed}");
        let community = metric(&outcome, "community_share").unwrap() * potential;
        assert!((community - slashed).abs() < 1e-9);
    }
    // Nothing is taken: both lead alike.
    let experiment = read(&text(0.0, 0));
    let outcome = unit(&experiment, &experiment.contenders[0], 0);
    assert!((metric(&outcome, "hhi_slots").unwrap() - 0.5).abs() < 1e-3);
}
