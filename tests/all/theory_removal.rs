//! Removal for missed slots from a rotation whose seats were sold: what bids are told is what the books pay.

use crate::lab::{read, try_read};
use sequencer_lab::measure::statistics::Moments;
use sequencer_lab::play::market::{Detail, Game, Market, Round, Seating};
use sequencer_lab::play::schedule::{Phase, market_key};
use sequencer_lab::with_rule;

fn sale(seats: u32, frail: u32, more: &str) -> String {
    format!(
        "[experiment]\nname = \"removal\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.02\nposting_cost = 0.002\nMORE\n\
         [[sequencers]]\nname = \"frail\"\ncount = {frail}\nfailure_rate = 0.1\nrepair_rate = 0.25\nlive_cost = 0.001\nstrategy = \"fixed\"\n\n\
         [[sequencers]]\nname = \"sound\"\ncount = 3\nlive_cost = 0.001\nstrategy = \"fixed\"\n\n\
         [mechanism.sale]\nrule = \"auction_rotation\"\nseats = {seats}\nepoch_slots = 24\nmiss_tolerance = 2\n{more}\n\n\
         [play]\nrounds = 2\nmeasured_epochs = 10\n\n\
         [strategies.fixed]\nlearner = \"scripted\"\noffer = {{ absolute = 0.004 }}\nmenu = {{ absolute = [0.0, 0.01], points = 3 }}\n"
    )
    .replace("MORE\n", if more.contains("redundancy") { "failover = 1.0\n" } else { "" })
}

/// By candidate: what it is promised for an epoch less what the books pay, and slots that it leads less those expected.
fn gaps(text: &str, detail: Detail, markets: u32) -> Vec<(Moments, Moments)> {
    let experiment = read(text);
    let contender = &experiment.contenders[0];
    let seats = Seating::new(&experiment.setting, true);
    let n = experiment.setting.candidates();
    with_rule!(&contender.rule, rule => {
        let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
        let mut gaps = vec![(Vec::new(), Vec::new()); n];
        for m in 0..markets {
            let mut market = Market::open(&game, market_key(7, 0, Phase::Measure, m));
            let mut round = Round::new(&game);
            let mut sums = vec![(0.0, 0.0); n];
            for _ in 0..10 {
                let before: Vec<f64> = (0..n).map(|i| market.ledger.wealth(i)).collect();
                // The script stands behind the three settings of the menu.
                market.choose(&game, |_, _, _| 4, &mut round);
                market.prepare(&game, &mut round);
                let promised: Vec<f64> = (0..n)
                    .map(|i| {
                        market.counterfactual(&game, i, &mut round);
                        round.payoffs[4]
                    })
                    .collect();
                market.decide(&game, &mut round, detail).unwrap();
                for i in 0..n {
                    sums[i].0 += promised[i] - (market.ledger.wealth(i) - before[i]);
                    sums[i].1 += market.service.scheduled[i] - round.selection.slots[i];
                }
            }
            for (gaps, sums) in gaps.iter_mut().zip(sums) {
                gaps.0.push(sums.0 / 10.0);
                gaps.1.push(sums.1 / 10.0);
            }
        }
        gaps.into_iter().map(|(a, b)| (a.into_iter().collect(), b.into_iter().collect())).collect()
    })
}

#[test]
fn bids_foresee_removal() {
    // One of four who may be removed, of whom all or one sit; nobody but those who may be.
    for (seats, frail) in [(4, 1), (1, 1), (1, 4)] {
        for (detail, markets) in [(Detail::Fluid, 2), (Detail::Slots, 2000)] {
            let mut moved = false;
            for (i, (money, slots)) in gaps(&sale(seats, frail, ""), detail, markets).iter().enumerate() {
                for (gap, unit) in [(money, 0.02), (slots, 1.0)] {
                    let (mean, se) = (gap.mean(), gap.standard_error());
                    let what =
                        format!("{seats} seats, {frail} frail, {detail:?}, candidate {i}: {mean} ± {se}");
                    assert!(mean.abs() <= 4.0 * se + 1e-12 * unit, "{what}");
                }
                moved |= slots.standard_error() > 0.0;
            }
            assert_eq!(moved, detail == Detail::Slots, "somebody is removed at times");
        }
    }
}

/// What comes of an epoch: by candidate what it produces; over all slots led, live, and produced by standbys.
struct Epochs {
    produced: Vec<Moments>,
    led: Moments,
    live: Moments,
    stood_in: Moments,
}

fn epochs(text: &str, detail: Detail, markets: u32) -> Epochs {
    let experiment = read(text);
    let contender = &experiment.contenders[0];
    let seats = Seating::new(&experiment.setting, true);
    let n = experiment.setting.candidates();
    with_rule!(&contender.rule, rule => {
        let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
        let mut produced = vec![Vec::new(); n];
        let (mut led, mut live, mut stood_in) = (Vec::new(), Vec::new(), Vec::new());
        for m in 0..markets {
            let mut market = Market::open(&game, market_key(7, 0, Phase::Measure, m));
            let mut round = Round::new(&game);
            let mut sums = vec![0.0; n];
            let mut all = [0.0; 3];
            for _ in 0..10 {
                market.choose(&game, |_, _, _| 4, &mut round);
                market.decide(&game, &mut round, detail).unwrap();
                let service = &market.service;
                let slots = service.produced.iter().sum::<f64>() + service.missed;
                assert!((slots - service.total).abs() < 1e-9, "{slots} slots of {}", service.total);
                sums.iter_mut().zip(&service.produced).for_each(|(sum, slots)| *sum += slots);
                let delivered: f64 = service.delivered.iter().sum();
                all[0] += service.scheduled.iter().sum::<f64>();
                all[1] += service.live.iter().sum::<f64>();
                all[2] += service.produced.iter().sum::<f64>() - delivered;
            }
            produced.iter_mut().zip(sums).for_each(|(found, sum)| found.push(sum / 10.0));
            led.push(all[0] / 10.0);
            live.push(all[1] / 10.0);
            stood_in.push(all[2] / 10.0);
        }
        Epochs {
            produced: produced.into_iter().map(|found| found.into_iter().collect()).collect(),
            led: led.into_iter().collect(),
            live: live.into_iter().collect(),
            stood_in: stood_in.into_iter().collect(),
        }
    })
}

/// Removal for the first miss.
fn strict(seats: u32, frail: u32, more: &str, machine: &str) -> String {
    sale(seats, frail, &format!("redundancy = 2\n{more}"))
        .replace("miss_tolerance = 2", "miss_tolerance = 1")
        .replace("failure_rate = 0.1\nrepair_rate = 0.25", machine)
}

/// Down a third of the time.
const FRAIL: &str = "failure_rate = 0.01\nrepair_rate = 0.02";

/// Who is removed for its first miss has a machine that is down less often before that than at large; what it does
/// not deliver then, the next seat does.
#[test]
fn standbys_produce_what_is_missed_before_removal() {
    for seats in [4, 3] {
        let text = strict(seats, 1, "", FRAIL);
        let (fluid, slots) = (epochs(&text, Detail::Fluid, 2000), epochs(&text, Detail::Slots, 2000));
        for (i, (expected, found)) in fluid.produced.iter().zip(&slots.produced).enumerate() {
            let (gap, se) = (found.mean() - expected.mean(), found.standard_error());
            assert!(gap.abs() <= 4.0 * se, "{seats} seats, candidate {i}: {found:?} {expected:?}");
        }
    }
}

/// Of two standbys or more who may be removed, each is taken to be so independently of the leader, at a constant rate. That foresees most
/// of what removal takes: of the 24 slots or 40 with one standby each, at least half of those in which there is none.
#[test]
fn who_has_been_removed_does_not_stand_by() {
    for (seats, frail) in [(4, 2), (4, 4), (3, 2)] {
        let text = strict(seats, frail, "", FRAIL);
        let (fluid, slots) = (epochs(&text, Detail::Fluid, 2000), epochs(&text, Detail::Slots, 2000));
        let taken = 48.0 - slots.live.mean();
        let gap = fluid.live.mean() - slots.live.mean();
        let allowed = 0.5 * taken + 4.0 * slots.live.standard_error();
        assert!(taken > 1.0 && gap.abs() <= allowed, "{seats} seats, {frail} frail: {gap} of {taken}");
    }
    // Seats drawn by stake among six whose machines are down for a tenth of the time.
    for replacement in [true, false] {
        let text = strict(4, 6, "", "failure_rate = 0.002\nrepair_rate = 0.02")
            .replace(
                "rule = \"auction_rotation\"",
                &format!("rule = \"stake_rotation\"\nreplacement = {replacement}"),
            )
            .replace("epoch_slots = 24", "epoch_slots = 40")
            .replace("count = 3\nlive_cost = 0.001", "count = 1\ncapital_limit = 0.0\nlive_cost = 0.001");
        let (fluid, slots) = (epochs(&text, Detail::Fluid, 2), epochs(&text, Detail::Slots, 2000));
        // Without removal; one in six draws of the next seat is the leader itself where seats are drawn with replacement.
        let whole = if replacement { 40.0 * 5.0 / 6.0 } else { 40.0 };
        let beside = |epochs: &Epochs| epochs.live.mean() - epochs.led.mean();
        let (taken, gap) = (whole - beside(&slots), beside(&fluid) - beside(&slots));
        let allowed = 0.5 * taken + 4.0 * slots.live.standard_error();
        assert!(taken > 1.0 && gap.abs() <= allowed, "{replacement}: {gap} of {taken}");
        if !replacement {
            // The next seat has another holder, who is there and up with this probability, and what the leader does not deliver is its.
            let keeping = read(&text).contenders[0].terms.keeping(0);
            let produced: f64 = fluid.produced.iter().map(Moments::mean).sum();
            let failed = fluid.led.mean() - (produced - fluid.stood_in.mean());
            let expected = failed * keeping.kept * (1.0 - keeping.down);
            assert!((fluid.stood_in.mean() - expected).abs() < 1e-9, "{expected} {:?}", fluid.stood_in);
            assert!(keeping.kept < 0.95 && failed > 0.5, "{keeping:?} {failed}");
        }
    }
}

#[test]
fn removal_needs_turns_that_pass_on() {
    for more in ["schedule = \"proportional\"", "resale = { seller_share = 0.5 }"] {
        let error = try_read(&sale(2, 1, more)).unwrap_err();
        assert!(error.contains("miss_tolerance"), "{error}");
    }
}
