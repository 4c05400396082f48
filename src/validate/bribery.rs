//! Buying a collective decision (theory: [`crate::theory::bribery`]): what it costs to capture upgrades in the program, by a
//! flat price and by pivotal promises; and how voters who learn answer them, which no mechanism plays.

use super::games::stage::{Known, Lesson, choices};
use super::games::vote::{Ballot, Offer, unbreakable_price};
use super::program::{metric, replicates};
use super::{Draws, Finding, Standard, Study};
use crate::theory::bribery::{Vote, cheapest_coalition, coalition_cost};

const DAL_BO: &str = "Dal Bo 2007 (AJPS 51), pp. 789-803";
const GROSECLOSE: &str = "Groseclose and Snyder 1996 (APSR 90), pp. 303-315";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (epsilon, label) in [(0.1, ".1"), (0.01, ".01"), (0.001, ".001")] {
        studies.extend(pivotal(21, 11, epsilon, label));
    }
    studies.extend(pivotal(7, 5, 0.01, ".01"));
    for (n, quota) in [(3, 2), (7, 5)] {
        studies.extend([(1.2, "1.2"), (0.8, ".8")].map(|(price, label)| secret(n, quota, price, label)));
    }
    studies.extend(captures());
    studies.push(prices());
    studies.push(unequal());
    for n in [11, 21, 101] {
        studies.extend(competing(n));
    }
    studies
}

/// Voters learn what to do with pivotal bribes of `ε`.
fn pivotal(n: usize, quota: usize, epsilon: f64, label: &str) -> Option<Study> {
    let vote = Vote::equal(n, quota, 1.0)?;
    let cost = vote.pivotal_cost(epsilon)?;
    let ballot = Ballot { vote, offer: Offer::Pivotal(epsilon), bribed: quota + 1, psi: 0.0 };
    let known: Vec<Known> = vec![
        ("cost".into(), cost, "ETH"),
        ("passes".into(), 1.0, "probability"),
        ("yes-votes".into(), (quota + 1) as f64, "votes"),
    ];
    // No and yes.
    let lesson = Lesson { points: 2, ..Lesson::up_to(1.0) };
    let name = format!("bribery/pivotal/n={n},m={quota}/epsilon={label}");
    Some(choices(name, DAL_BO, ballot, lesson, known))
}

/// Nobody can see who votes how: the briber pays as many voters as it needs if the vote passes, whatever they vote. A yes
/// matters to one of them only if all the others vote yes, and then it is worth the payment and costs the outcome, here 1.
fn secret(n: usize, quota: usize, price: f64, label: &str) -> Study {
    let vote = Vote { losses: vec![1.0; n], quota };
    let ballot = Ballot { vote, offer: Offer::Outcome(price), bribed: quota, psi: 0.0 };
    let passes = price > 1.0;
    let of = |number: f64| if passes { number } else { 0.0 };
    let known: Vec<Known> = vec![
        ("cost".into(), of(quota as f64 * price), "ETH"),
        ("passes".into(), of(1.0), "probability"),
        ("yes-votes".into(), of(quota as f64), "votes"),
    ];
    let lesson = Lesson { points: 2, ..Lesson::up_to(1.0) };
    choices(format!("bribery/secret-ballot/n={n},m={quota}/price={label}"), DAL_BO, ballot, lesson, known)
}

/// What it costs to capture upgrades of a protocol of which 20 delegators have 2 votes each and one has 60.
fn capture(name: &str, upgrade: &'static str) -> Study {
    let work = move |draws: &Draws| {
        let text = format!(
            "[experiment]\nname = \"case\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\n\n\
             [[sequencers]]\nname = \"member\"\ncount = 2\nstrategy = \"half\"\n\n\
             [[delegators]]\nname = \"small\"\ncount = 20\nprice_sensitivity = 10.0\nstake = 2.0\n\n\
             [[delegators]]\nname = \"whale\"\ncount = 1\nprice_sensitivity = 10.0\nstake = 60.0\n\n\
             [mechanism.votes]\nrule = \"delegated\"\nupgrade = {{ {upgrade} }}\n\n[play]\nrounds = 1\nmeasured_epochs = 2\n\n\
             [strategies.half]\nlearner = \"scripted\"\noffer = {{ relative = 0.5 }}\n"
        );
        let outcome = &replicates(&text, draws.seed, 1)?[0];
        // Where there is no price at all, the metric is absent.
        let cost = |key: &str| {
            let cost = metric(outcome, key);
            Finding::exact(if cost.is_nan() { -1.0 } else { cost })
        };
        Ok(vec![cost("capture_cost_flat"), cost("capture_cost_pivotal")])
    };
    Study::new(format!("bribery/upgrade/{name}"), Box::new(work))
}

/// Captures by a flat price and by pivotal promises; -1 says that there is no price.
fn captures() -> Vec<Study> {
    let digits = Standard::Computed(5e-9);
    let nothing = -1.0;
    let majority = Vote::equal(21, 11, 1.0);
    let flat = majority.as_ref().map_or(f64::NAN, Vote::flat_price_cost);
    let pivotal = |epsilon: f64| majority.as_ref().and_then(|v| v.pivotal_cost(epsilon)).unwrap_or(f64::NAN);
    let rows = [
        (
            "multisig/n=21,m=11/least=.1",
            "by = \"multisig\", voters = 21, quorum = 0.5, loss = 21.0, least_bribe = 0.1",
            flat,
            pivotal(0.1),
        ),
        (
            "multisig/n=21,m=11/least=.001",
            "by = \"multisig\", voters = 21, quorum = 0.5, loss = 21.0, least_bribe = 0.001",
            flat,
            pivotal(0.001),
        ),
        (
            "governance/n=21,m=11",
            "by = \"governance\", voters = 21, quorum = 0.5, loss = 21.0",
            flat,
            pivotal(0.0),
        ),
        // Under unanimity everybody decides, and is paid in full.
        (
            "governance/unanimity/n=21",
            "by = \"governance\", voters = 21, quorum = 1.0, loss = 21.0",
            21.0,
            21.0,
        ),
        // Nobody believes a promise that cannot be checked.
        (
            "multisig/secret-ballot/n=21,m=11",
            "by = \"multisig\", voters = 21, quorum = 0.5, loss = 21.0, ballot = \"secret\"",
            flat,
            nothing,
        ),
        // One with 60 of 100 votes decides, and takes its loss.
        ("governance/one-with-60-of-100-votes", "by = \"governance\", quorum = 0.5, loss = 10.0", 6.0, 6.0),
        ("immutable", "by = \"immutable\"", nothing, nothing),
    ];
    rows.into_iter()
        .map(|(name, upgrade, flat, pivotal)| {
            capture(name, upgrade).case("flat-price", flat, "ETH", digits, DAL_BO).case(
                "pivotal-promises",
                pivotal,
                "ETH",
                digits,
                DAL_BO,
            )
        })
        .collect()
}

/// Ways of paying that no mechanism has, each found as the least offer at which nobody gains by voting otherwise.
fn prices() -> Study {
    let work = |_: &Draws| {
        let ballot = |quota: usize, offer: Offer, bribed: usize, psi: f64| Ballot {
            vote: Vote { losses: vec![1.0; 21], quota },
            offer,
            bribed,
            psi,
        };
        let expressive = ballot(11, Offer::Flat(0.0), 12, 0.3).least_price();
        let secret = ballot(11, Offer::Outcome(0.0), 11, 0.0).least_price();
        let pivotal = ballot(11, Offer::Pivotal(0.01), 12, 0.0);
        vec![
            Finding::exact(11.0 * expressive),
            Finding::exact(11.0 * secret),
            Finding::truth(pivotal.yes_is_dominant()),
            Finding::exact(pivotal.dearest_payment() - 0.01),
        ]
    };
    let digits = Standard::Computed(5e-6);
    let targets = Vote::equal(21, 11, 1.0);
    let expressive = targets.as_ref().map_or(f64::NAN, |vote| vote.expressive_cost(0.3));
    let bought = targets.as_ref().map_or(f64::NAN, Vote::discriminating_cost);
    let credible = targets.as_ref().and_then(Vote::pivotal_credible_payment).unwrap_or(f64::NAN);
    Study::of("bribery/prices/n=21", work)
        .case("voters-who-mind-the-act/psi=.3", expressive, "ETH", digits, DAL_BO)
        .case("payments-for-the-outcome", bought, "ETH", digits, DAL_BO)
        .case("pivotal-bribes-make-yes-dominant", 1.0, "yes is 1", digits, DAL_BO)
        .case("payment-that-must-be-credible", credible, "ETH", digits, DAL_BO)
}

/// Voters who lose 1/21, 2/21, …, 1.
fn unequal() -> Study {
    let losses: Vec<f64> = (1..=21).map(|i| f64::from(i) / 21.0).collect();
    let vote = Vote { losses, quota: 11 };
    let targets = (vote.flat_price_cost(), vote.discriminating_cost());
    let work = move |_: &Draws| {
        let ballot = Ballot { vote: vote.clone(), offer: Offer::Flat(0.0), bribed: 11, psi: 0.0 };
        // One price for all has to satisfy the last; paying each its own, everybody's own least price.
        let each: f64 = (0..11).map(|i| ballot.least_price_of(i)).sum();
        vec![Finding::exact(11.0 * ballot.least_price()), Finding::exact(each)]
    };
    let digits = Standard::Computed(5e-6);
    Study::of("bribery/prices/unequal-voters/n=21,m=11", work)
        .case("flat-price", targets.0, "ETH", digits, DAL_BO)
        .case("each-its-own-price", targets.1, "ETH", digits, DAL_BO)
}

/// A briber who moves first against one who moves second and would spend 1.
fn competing(n: u32) -> Option<Study> {
    let (extra, cheapest) = cheapest_coalition(n, 1.0)?;
    let minimal = coalition_cost(n, 0, 1.0)?;
    let work = move |_: &Draws| {
        let costs = (0..=n / 2).map(|extra| {
            let size = n.div_ceil(2) + extra;
            (f64::from(size), f64::from(size) * unbreakable_price(n as usize, size as usize, 1.0))
        });
        let costs: Vec<(f64, f64)> = costs.collect();
        let best = costs.iter().min_by(|a, b| a.1.total_cmp(&b.1)).copied().unwrap_or((f64::NAN, f64::NAN));
        vec![Finding::exact(costs[0].1), Finding::exact(best.1), Finding::exact(best.0)]
    };
    let digits = Standard::Computed(5e-6);
    Some(
        Study::of(format!("bribery/competing-bribers/n={n}"), work)
            .case("minimal-majority", minimal, "of the rival's budget", digits, GROSECLOSE)
            .case("cheapest-coalition", cheapest, "of the rival's budget", digits, GROSECLOSE)
            .case("voters-bribed", f64::from(n.div_ceil(2) + extra), "votes", digits, GROSECLOSE),
    )
}
