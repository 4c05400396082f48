//! Auctions select whoever profits most, nefarious means included, and slashing repairs it at a price in false positives.
//!
//! Fees are 0.01 a slot and MEV 0.01, of which 0.3 is toxic. Two saints of skill 1 have 0.017 a slot; a crook of skill 0.9 has
//! 0.0163 without toxic MEV and 0.019 with it.

use crate::lab::{metric, read, unit};
use sequencer_lab::experiment::outcome::Outcome;

fn sale(contender: &str) -> Outcome {
    let text = format!(
        "[experiment]\nname = \"crook\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\nmev_median = 0.01\nmev_sigma = 0.0\n\
         toxic_share = 0.3\ntoxic_harm = 2.0\n\n\
         [[sequencers]]\nname = \"saint\"\ncount = 2\ntoxic_mev = \"never\"\nstrategy = \"truthful\"\ndiscount = 0.9\n\n\
         [[sequencers]]\nname = \"crook\"\ncount = 1\nskill = 0.9\nstrategy = \"truthful\"\ndiscount = 0.9\n\n\
         [mechanism.sale]\nrule = \"auction\"\npricing = \"second\"\nepoch_slots = 20\n{contender}\n\n\
         [play]\nrounds = 4\nmeasured_epochs = 100\n"
    );
    let text = if contender.contains("governance") { text } else { text.replace("discount = 0.9\n", "") };
    let experiment = read(&text);
    unit(&experiment, &experiment.contenders[0], 0)
}

#[test]
fn the_office_goes_to_whoever_profits_most_by_any_means() {
    let outcome = sale("");
    let value = |key: &str| metric(&outcome, key).unwrap();
    // The crook pays what the saints would have; potential value is the saints', 0.017 a slot.
    assert!((value("mean_price") - 0.017).abs() < 1e-12, "{}", value("mean_price"));
    assert!((value("outside_income_share") - 0.0027 / 0.017).abs() < 1e-12);
    assert!((value("user_harm_share") - 2.0 * 0.0027 / 0.017).abs() < 1e-12);
    assert!((value("sequencer_share") - 0.002 / 0.017).abs() < 1e-12);
    assert!((value("unrealised_share") - 0.0007 / 0.017).abs() < 1e-12);
    // What the crook takes from users is no worth: its slots are worth less than in the saints' hands.
    assert!((value("allocative_efficiency") - 0.0163 / 0.017).abs() < 1e-12);
}

#[test]
fn slashing_repairs_it_if_what_is_lost_is_more_than_an_epochs_toxic_mev() {
    // An epoch's toxic MEV is 0.054. Found out with probability 0.9, the crook loses its bond.
    for (bond, repaired) in [(0.0, false), (0.03, false), (0.2, true)] {
        let slash = if bond > 0.0 { "slash_fraction = 1.0\n" } else { "" };
        let outcome = sale(&format!("bond = {bond:?}\n{slash}governance = {{ detection = 0.9 }}"));
        let harm = metric(&outcome, "user_harm_share").unwrap();
        assert_eq!(harm == 0.0, repaired, "bond {bond}: {harm}");
        if repaired {
            assert!((metric(&outcome, "community_share").unwrap() - 1.0).abs() < 1e-12);
            assert_eq!(metric(&outcome, "slashed"), Some(0.0));
        }
    }
    // Governance that errs takes bonds of saints, who then bid less: the price is what they expect to lose.
    let outcome =
        sale("bond = 0.2\nslash_fraction = 1.0\ngovernance = { detection = 0.9, false_positive = 0.05 }");
    assert_eq!(metric(&outcome, "user_harm_share"), Some(0.0));
    let slashed = metric(&outcome, "slashed").unwrap();
    assert!((slashed - 0.05 * 0.2).abs() < 4.0 * (0.05_f64 * 0.95 / 400.0).sqrt() * 0.2, "{slashed}");
    let price = metric(&outcome, "mean_price").unwrap();
    // Whoever has just lost its bond by an error has none to lose: so it was with one in twenty of those who were tried.
    let taken = 0.05 * 0.2 / 20.0;
    assert!((price - (0.017 - 0.95 * taken)).abs() < 0.1 * taken, "{price}");
}
