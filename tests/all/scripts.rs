//! Scripted strategies: formulas, and a certificate that finds what a script gives away.

use crate::lab::{estimate, metric, read, replicates, seed, try_read, unit};
use sequencer_lab::play::horizon;
use sequencer_lab::theory::auction::Auction;
use sequencer_lab::theory::kickback::{Market, inertia_factor};
use sequencer_lab::validate::planted::{bids, shading_gain};
use sequencer_lab::world::distribution::Distribution;

/// A first-price auction among `n` bidders with values uniform on [0, 1], all of whom bid by a formula.
fn auction(n: u32, offer: &str, more: &str) -> String {
    let seeded = format!("name = \"case\"\nseed = {}\n", seed(&format!("scripts {n} {offer}")));
    bids(n, offer, more, 16).replacen("name = \"case\"\n", &seeded, 1)
}

/// Planted errors: bids off the equilibrium by 10% and 5%, below and above, lose what theory says, and the certificate says
/// so.
#[test]
fn bids_off_the_equilibrium_are_found() {
    for (n, factors) in [(2, [0.9, 1.1].as_slice()), (5, &[0.95])] {
        let equilibrium = Auction::new(Distribution::uniform(0.0, 1.0).unwrap(), n, 1);
        let share = equilibrium.pay_as_bid(0.6).unwrap() / 0.6;
        for &factor in factors {
            let text = auction(n, &format!("\"value * (n - 1) / n * {factor:?}\""), "");
            let outcomes = replicates(&read(&text), 8);
            let (gain, se) = estimate(&outcomes, |o| metric(o, "deviation_gain_eth").unwrap());
            let (theory, free) = shading_gain(n, share * factor);
            let potential = f64::from(n) / f64::from(n + 1);
            let (upper, _) = estimate(&outcomes, |o| metric(o, "deviation_gain_upper").unwrap());
            println!(
                "n={n} ×{factor}: {gain:.6} ± {se:.6}, theory {theory:.6} (any bid {free:.6}), bound {:.6}",
                upper * potential
            );
            // The menu holds the best multiple of value, but for values so high that one need not bid all of it to be sure to win.
            assert!(theory > 0.0 && theory <= free + 1e-9 && theory > 0.75 * free, "{theory} {free}");
            // Deviations are picked on one half of the draws and judged on the other: the estimate is a little low.
            assert!(gain < theory + 3.0 * se, "n={n} ×{factor}: {gain} ± {se}, theory {theory}");
            assert!(
                gain > theory - 3.0 * se - 0.1 * theory,
                "n={n} ×{factor}: {gain} ± {se}, theory {theory}"
            );
            assert!(upper * potential > theory, "n={n} ×{factor}: {upper}");
        }
        let outcomes = replicates(&read(&auction(n, "\"value * (n - 1) / n\"", "")), 8);
        let (gain, se) = estimate(&outcomes, |o| metric(o, "deviation_gain_eth").unwrap());
        assert!(gain <= 3.0 * se + 1e-4, "n={n}: {gain} ± {se} at the equilibrium");
        assert_eq!(estimate(&outcomes, |o| metric(o, "certified").unwrap()).0, 1.0);
    }
}

/// Delegation between two candidates who post a constant kickback; net rent 1, μ = ¼, outside option 0.
fn kickback(x: f64, inertia: f64, discount: f64) -> String {
    format!(
        "[experiment]\nname = \"case\"\nseed = 5\n\n[mechanism.dpos]\nrule = \"delegated\"\n\n\
         [play]\nrounds = 1\nmeasured_epochs = 2\ncertificate_markets = 16\ncertificate_epochs = 5\n\n\
         [[sequencers]]\nname = \"s\"\ncount = 2\nvalue = {{ constant = 1.0 }}\ndiscount = {discount:?}\nstrategy = \"script\"\n\n\
         [[delegators]]\ncontinuum = true\nprice_sensitivity = 4.0\noutside_option = 0.0\ninertia = {inertia:?}\n\n\
         [strategies.script]\nlearner = \"scripted\"\noffer = \"{x:?}\"\nmenu = {{ absolute = [0.0, 1.2], points = 481 }}\n"
    )
}

/// A kickback 10% off the stationary equilibrium, with and without inertia: nothing is random, so that the certificate is
/// exact. The share that a one-epoch deviation wins fades by ρ an epoch, each epoch counting δ.
#[test]
fn kickbacks_off_the_equilibrium_are_found() {
    for (inertia, discount) in [(0.0, 1.0), (0.5, 1.0), (0.5, 0.9), (0.6, 0.5)] {
        let market = Market::new(vec![1.0, 1.0], 0.25, Some(0.0)).unwrap().with_inertia(inertia, discount);
        let factor = inertia_factor(inertia, discount);
        let x = market.equilibrium().kickback[0];
        let steps = horizon::epochs(inertia);
        let (mut later, mut weight) = (0.0, 1.0);
        for _ in 0..steps {
            weight *= inertia * discount;
            later += weight;
        }
        let gain = |x: f64| {
            let usual = market.shares(&[x, x])[0];
            (0..=480)
                .map(|step| 1.2 * f64::from(step) / 480.0)
                .map(|y| {
                    let share = inertia * usual + (1.0 - inertia) * market.shares(&[y, x])[0];
                    (1.0 - y) * share - (1.0 - x) * usual + (1.0 - x) * (share - usual) * later
                })
                .fold(0.0, f64::max)
        };
        for off in [0.9, 1.1] {
            let outcome = unit_of(&kickback(x * off, inertia, discount));
            let found = metric(&outcome, "deviation_gain_eth").unwrap();
            let theory = gain(x * off);
            println!("ρ={inertia} δ={discount} factor {factor:.3} ×{off}: {found:.9}, theory {theory:.9}");
            assert!(
                theory > 1e-5 && (found - theory).abs() < 1e-9,
                "ρ={inertia} δ={discount} ×{off}: {found}, theory {theory}"
            );
        }
        // At the equilibrium itself a menu's step away gains less than a thousandth, if the horizon cuts nothing off.
        let found = metric(&unit_of(&kickback(x, inertia, discount)), "deviation_gain_eth").unwrap();
        assert!((found - gain(x)).abs() < 1e-9 && found < 1e-3, "ρ={inertia} δ={discount}: {found}");
    }
}

fn unit_of(text: &str) -> sequencer_lab::experiment::outcome::Outcome {
    let experiment = read(text);
    unit(&experiment, &experiment.contenders[0], 0)
}

/// A formula that says what a constant offer says does the same.
#[test]
fn formulas_see_what_they_should() {
    let same = |a: &str, b: &str, more: &str| {
        let seeded = |offer: &str| {
            let text = auction(3, offer, more);
            let line = text.lines().find(|line| line.starts_with("seed")).unwrap().to_owned();
            unit_of(&text.replace(&line, "seed = 3")).metrics
        };
        for ((key, x), (_, y)) in seeded(a).iter().zip(seeded(b)) {
            // A bound over one setting more, the formula beside the menu, is a little wider.
            if *key == "deviation_gain_upper" {
                continue;
            }
            assert!((x - y).abs() <= 1e-12 * x.abs().max(1.0), "{a} {b}: {key} {x} {y}");
        }
    };
    same("{ relative = 0.7 }", "\"reserve + 0.7 * (value - reserve)\"", "");
    same("\"value * (n - 1) / n\"", "\"value * 2 / 3 + 0 * k * cost * fee\"", "");
    // Uniform values: the rank is the value of the epoch.
    same("\"value / 2\"", "\"rank / epoch_slots / 2\"", "");
    same("\"value * k / 2\"", "\"value / 2\"", "");
}

/// What is wrong with a formula is said when the file is read.
#[test]
fn bad_formulas_are_refused() {
    for (offer, parts) in [
        (
            "\"valeu / 2\"",
            &["offer", "character 1", "there is no variable `valeu`", "did you mean `value`?"][..],
        ),
        ("\"value * (n - 1\"", &["at the end", "`)`"]),
        ("\"ln(value - 0.1)\"", &["group `bidder`", "contender `auction`", "NaN", "rank"]),
        ("\"1 / (n - 3)\"", &["comes to inf"]),
        // Poles between any two ranks of a grid, on one side or both, and at an end.
        ("\"1 / (rank - 0.3)\"", &["grows beyond all bounds near rank 0.3000"]),
        ("\"1 / (rank - 0.7) ^ 2\"", &["grows beyond all bounds near rank 0.7000"]),
        ("\"1 / sqrt(abs(rank - 0.1234))\"", &["grows beyond all bounds near rank 0.1234"]),
        ("\"1 / value\"", &["grows beyond all bounds where `value` comes to 0"]),
        ("{ absolute = 0.1 }", &["a menu of deviations in another unit"]),
    ] {
        let error = try_read(&auction(3, offer, "")).expect_err(offer);
        for part in parts {
            assert!(error.contains(part), "{offer}: {error}");
        }
    }
    // What has a limit at an end, falls without bound, or is held within bounds is an offer.
    for offer in [
        "\"value * value / value / 2\"",
        "\"value + ln(rank)\"",
        "\"min(value, 1 / abs(rank - 0.3))\"",
        "\"floor(9 * rank) / 9\"",
    ] {
        try_read(&auction(3, offer, "")).unwrap();
    }
    // Below zero it abstains: half of these bidders do.
    let outcome = unit_of(&auction(3, "\"value - 0.5 / epoch_slots\"", ""));
    assert!(metric(&outcome, "revenue").unwrap() > 0.0);
}
