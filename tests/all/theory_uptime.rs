//! Uptime is bought as far as missed slots cost more, under every rule by what is lost there.

use crate::lab::{metric, read, try_read, unit};
use sequencer_lab::numerics::ln;
use sequencer_lab::theory::availability::down_share_worth_having;

const FEE: f64 = 0.01;
const SLOTS: f64 = 40.0;
const EPOCHS: f64 = 200.0;
/// Failures at .02 and repairs at .2: down for an eleventh of the time.
const DOWN: f64 = 1.0 / 11.0;

fn text(count: u32, contender: &str, more: &str, cost: f64) -> String {
    format!(
        "[experiment]\nname = \"uptime\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = {FEE}\n\n\
         [[sequencers]]\nname = \"one\"\ncount = {count}\nfailure_rate = 0.02\nrepair_rate = 0.2\nuptime_cost = {cost:?}\n\
         strategy = \"fixed\"\n\n{more}[mechanism.rule]\n{contender}\nepoch_slots = {SLOTS}\n\n\
         [play]\nrounds = 8\nmeasured_epochs = {EPOCHS}\n\n\
         [strategies.fixed]\nlearner = \"scripted\"\noffer = {{ absolute = 0.001 }}\n"
    )
}

/// Level that was learned, and share of slots produced.
fn learned(text: &str) -> (f64, f64, f64) {
    // Stakes are larger than bids.
    let stakes = text.contains("stake_rotation");
    let text = if stakes { text.replace("absolute = 0.001", "absolute = 0.1") } else { text.to_owned() };
    let experiment = read(&text);
    let outcome = unit(&experiment, &experiment.contenders[0], 0);
    let level = outcome.policies.iter().find(|row| row.lever == "uptime").and_then(|row| row.action).unwrap();
    (level, metric(&outcome, "liveness").unwrap(), metric(&outcome, "uptime_spending").unwrap())
}

#[test]
fn each_rule_teaches_what_missed_slots_cost() {
    let all = SLOTS * FEE;
    // (rule, members, what missing all slots costs a member an epoch).
    for (contender, count, worth) in [
        ("rule = \"centralized\"", 1, all),
        ("rule = \"centralized\"\ncommission = 0.25", 1, 0.25 * all),
        ("rule = \"authority\"\nseats = 4\ncontract_fee = 0.02", 4, 0.02 * SLOTS / 4.0),
        // Bids are owed for scheduled slots, produced or not.
        ("rule = \"auction_rotation\"\nseats = 2", 2, all / 2.0),
        ("rule = \"stake_rotation\"\nseats = 4\nissuance = 0.01", 4, 2.0 * all / 4.0),
        // For each slot missed a fiftieth of a stake of .1 besides.
        ("rule = \"stake_rotation\"\nseats = 4\nleak = 0.02", 4, (FEE + 0.002) * SLOTS / 4.0),
    ] {
        for cost in [0.02, 0.05] {
            let down = down_share_worth_having(DOWN, cost * all / 4.0 / worth);
            let theory = ln(DOWN / (1.0 - DOWN) * (1.0 - down) / down);
            let (level, liveness, spent) = learned(&text(count, contender, "", cost * all / 4.0));
            // Steps of .01; what slots are worth is learned to some per cent where those that are led are drawn.
            let allowed = if contender.contains("stake") { 0.1 } else { 0.011 };
            assert!((level - theory).abs() < allowed, "{contender}, {cost}: {level}, {theory}");
            // Outages last five slots on average, and about as long again in standard deviation: of `n` of them the sum has a
            // relative standard error of √(2/n), and three times that is allowed.
            let outages = SLOTS * EPOCHS * down / 5.0;
            let error = (2.0 / outages).sqrt() * down;
            assert!(
                (1.0 - liveness - down).abs() < 3.0 * error,
                "{contender}, {cost}: {liveness}, {down} ± {error}"
            );
            assert!((spent - f64::from(count) * level * cost * all / 4.0).abs() < 1e-12);
        }
        // Too dear for what it saves.
        assert_eq!(learned(&text(count, contender, "", all)).0, 0.0, "{contender}");
    }
}

/// Where a standby takes over at no loss to the leader's owner nothing is bought; where delegators want uptime more is.
#[test]
fn votes_are_lost_with_missed_slots() {
    let crowd = |taste: f64| {
        format!(
            "[[delegators]]\nname = \"crowd\"\ncontinuum = true\nprice_sensitivity = 1.0\nuptime_taste = {taste:?}\n\n"
        )
    };
    let level = |taste: f64| learned(&text(3, "rule = \"delegated\"", &crowd(taste), 0.002)).0;
    let (indifferent, fond) = (level(0.0), level(10.0));
    assert!(fond > indifferent + 0.5, "{indifferent}, {fond}");
}

#[test]
fn uptime_takes_slots_and_failures() {
    let never = text(1, "rule = \"centralized\"", "", 0.1).replace("failure_rate = 0.02\n", "");
    let error = try_read(&never).unwrap_err();
    assert!(error.contains("`uptime_cost` is set, but nothing reads it here"), "{error}");
}
