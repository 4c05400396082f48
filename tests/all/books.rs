//! Books balance at the end of every epoch under every rule with everything switched on that it can have: failing machines,
//! common outages, temptations, orders, findings that bar and slash, bonds in three assets whose prices move and follow what the
//! protocol does under every rule that takes bonds, leaks and slashes of stakes in them, start costs, capital limits, operators of several candidates, quorums that order and committees that keep data,
//! delegators who judge, changes of the protocol for sale, and four sinks.

use crate::lab::{metric, plain, read, unit};
use sequencer_lab::learning::policy::Policy;
use sequencer_lab::mechanism::{CATALOGUE, Entry};
use sequencer_lab::play::market::{Detail, Game, Market, Round, Seating};
use sequencer_lab::play::schedule::{Phase, market_key};
use sequencer_lab::with_rule;
use std::fmt::Write;

const ASSETS: &str = "bond_asset = { eth = 0.5, token = 0.3, stable = 0.2 }\nhaircut = { token = 0.4 }\nslash_fraction = 0.4\n";

/// What only those do who know when they lead.
const UNSTAKING: &str = "unstake_fraction = 0.5\nrestake_failure = 0.2\nrestake_slash = 0.5\n";

/// (rule, what it has besides).
const CONTENDERS: &[(&str, &str)] = &[
    (
        "centralized",
        "commission = 0.9\nvolition = { members = 5, down = 0.1, withheld = 0.05, posting = 0.2, cost = 0.0001 }\n\
         upgrade = { by = \"opt_in\" }",
    ),
    (
        "authority",
        "seats = 3\ncontract_fee = 0.01\nrotation = \"random\"\nredundancy = 2\nbond = 0.5\ndispute_epochs = 2\n\
         ordering = \"fair_bft\"\nupgrade = { by = \"multisig\", voters = 5, loss = 1.0 }\nASSETS",
    ),
    (
        "auction",
        "term_epochs = 3\npricing = \"second\"\nreserve_price = 0.001\ncommission = 0.9\nbond = 0.5\ndispute_epochs = 2\n\
         token = { capitalisation = 20.0, trust = 0.1 }\nvolition = { members = 4, down = 0.1, cost = 0.0001 }\nASSETS",
    ),
    (
        "stake",
        "stake_power = 0.8\nissuance = 0.01\ncommission = 0.9\nordering = \"fair_bft\"\ntoken = { capitalisation = 50.0 }\nASSETS",
    ),
    (
        "stake_rotation",
        "seats = 3\nredundancy = 2\nmiss_tolerance = 1\nleak = 0.001\nliquid_fraction = 0.3\nissuance = 0.01\n\
         unstake_fraction = 0.5\nrestake_failure = 0.2\nrestake_slash = 0.5\nvolition = { members = 4, withheld = 0.1 }\nASSETS",
    ),
    // All that can be taken of a stake, in a token that falls, rises and loses trust: leaked, lost on the way back, lent as a
    // derivative, withheld and slashed.
    (
        "stake_rotation",
        "seats = 3\nredundancy = 2\nleak = 0.02\nliquid_fraction = 0.4\nissuance = 0.02\ncommission = 0.7\n\
         unstake_fraction = 0.5\nrestake_failure = 0.2\nrestake_slash = 0.5\ntoken = { capitalisation = 300.0, elasticity = 2.0, trust = 0.1 }\nASSETS",
    ),
    (
        "stake_rotation",
        "seats = 3\nredundancy = 2\nreplacement = false\nmiss_tolerance = 2\nleak = 0.02\nliquid_fraction = 0.4\ncommission = 0.7\n\
         ordering = \"fair_bft\"\ntoken = { capitalisation = 200.0, trust = 0.05 }\nASSETS",
    ),
    (
        "auction_rotation",
        "seats = 3\nredundancy = 2\npricing = \"uniform\"\nbond = 0.5\ndispute_epochs = 2\nresale = { seller_share = 0.7 }\n\
         token = { capitalisation = 20.0, trust = 0.1 }\nASSETS",
    ),
    (
        "authority",
        "seats = 3\ncontract_fee = 0.02\nredundancy = 2\nbond = 0.5\ndispute_epochs = 2\n\
         token = { capitalisation = 20.0, elasticity = 2.0, trust = 0.2 }\nASSETS",
    ),
    (
        "auction_rotation",
        "seats = 3\nredundancy = 3\nmiss_tolerance = 1\nordering = \"fair_bft\"\nbond = 0.5\nASSETS",
    ),
    (
        "delegated",
        "redundancy = 2\ncommission = 0.9\nslash_fraction = 0.05\nVOTERS\nupgrade = { by = \"governance\", voters = 7, loss = 5.0 }",
    ),
    ("delegated", "seats = 3\nredundancy = 2\nkickback = \"lump_sum\""),
    (
        "algorithmic",
        "r_max = 3\navailability_target = 0.99\ninclusion_target = 0.9\nscore_power = 2.0\nnewcomer_score = 0.8\nprobation_epochs = 2\nleast_score = 0.3\n\
         bond = 0.5\nbond_power = 0.5\nissuance = 0.02\ntoken = { capitalisation = 300.0, trust = 0.1 }\nASSETS",
    ),
    (
        "algorithmic",
        "base = \"auction\"\nseats = 2\nscore_form = \"exp\"\nbond = 0.5\ndispute_epochs = 2\nASSETS",
    ),
];

/// Of a rule that has no contender above: standbys, bonds that move in price and findings that take of them, as far as it reads the keys.
fn derived(entry: &Entry) -> String {
    let reads = |key: &str| entry.parameters.iter().any(|parameter| parameter.key == key);
    let mut more = String::from("volition = { members = 4, down = 0.1, cost = 0.0001 }\n");
    if reads("redundancy") {
        more += "redundancy = 2\n";
    }
    if reads("bond") {
        more += "bond = 0.5\n";
    }
    if reads("bond_asset") && reads("haircut") {
        more += "ASSETS";
    }
    more
}

fn text(rule: &str, more: &str, overseen: &str) -> String {
    let entry = CATALOGUE.iter().find(|entry| entry.name == rule).unwrap();
    let (needs, capital) = (entry.needs, entry.needs.capital);
    let assets = more.contains("ASSETS");
    let standbys = more.contains("redundancy") || more.contains("r_max") || rule == "stake" || needs.standbys;
    let takeover = if standbys { "failover = 0.7\nfailover_delay = 1\n" } else { "" };
    let prices = if assets { "token_volatility = 3.0\nstable_volatility = 0.5\n" } else { "" };
    let mut groups = String::new();
    for (name, place, count, cost, skill, limit) in
        [("ant", "north", 3, 0.0005, 1.0, 60.0), ("bee", "south", 2, 0.0003, 0.8, 8.0)]
    {
        let _ = write!(
            groups,
            "[[sequencers]]\nname = \"{name}\"\ncount = {count}\nstrategy = \"grid\"\nlive_cost = {cost}\nidle_cost = 0.0001\n\
             skill = {skill}\nfailure_rate = 0.05\nrepair_rate = 0.3\njurisdiction = \"{place}\"\nscruple = 0.001\n\
             start_cost = 0.001\nstart_slots = 1\ndiscount = 0.9\n"
        );
        if name == "bee" {
            groups += "identities = 2\n";
        }
        if rule == "stake_rotation" {
            groups += "uptime_cost = 0.01\n";
        }
        if capital {
            let _ = write!(groups, "capital_cost = 0.3\ncapital_limit = {limit}\n");
        }
    }
    if needs.delegators {
        groups += "[[delegators]]\nname = \"dune\"\ncount = 40\nprice_sensitivity = 20.0\ninertia = 0.4\nuptime_taste = 0.5\n\
                   [[delegators]]\nname = \"esker\"\ncontinuum = true\nstake = 30.0\nprice_sensitivity = 40.0\noutside_option = 0.01\n";
    }
    let voters = if more.contains("VOTERS") { ", voters = \"delegators\", quorum = 0.3" } else { "" };
    let barred = if needs.one_operator { "" } else { ", evict_epochs = 3" };
    format!(
        "[experiment]\nname = \"books\"\nseed = 3\n\n[world]\nkind = \"rollup\"\nslots_per_year = 1000\nfee_per_slot = 0.01\n\
         demand_volatility = 0.4\ndemand_persistence = 0.5\nmev_median = 0.01\nmev_tail_share = 0.05\nmev_zero_share = 0.3\nmulti_slot_premium = 0.5\n\
         posting_cost = 0.001\nshock_sigma = 0.4\ncommon_failure_rate = 0.02\nbacklog = 0.5\n{takeover}{prices}\
         target_rate = 0.2\ntarget_tip = 0.01\ntarget_value = 0.5\ntarget_window = 6\nforced_inclusion = 40\ndelay_cost = 0.001\n\
         toxic_share = 0.3\ntoxic_harm = 1.5\nuser_exit = 0.05\nuser_return = 0.2\n\
         order_rate = 0.1\norder_end = 0.4\norder_correlation = 0.5\nlegal_penalty = 0.02\n\n\
         [briber]\n\n{groups}\n[mechanism.rule]\n{}\nepoch_slots = 12\n{overseen}\n\
         governance = {{ detection = 0.3, false_positive = 0.02, delay = 2{barred}{voters} }}\n\
         redistribution = {{ public_goods = 0.2, burn = 0.3, buyback = 0.1, slashed = \"burn\" }}\n\n\
         [play]\nrounds = 4\nwarmup_epochs = 20\nmeasured_epochs = 12\ncertificate_markets = 16\ncertificate_epochs = 4\n\n\
         [strategies.grid]\nlearner = \"hedge\"\nbins = 2\nmenu = {{ relative = [0.0, 1.0], points = 9 }}\n",
        plain(entry, &more.replace("ASSETS", ASSETS).replace("VOTERS\n", ""))
    )
}

const OVERSEEN: &[&str] = &["lookahead = 0\n", "inclusion = \"any_live\"\n", "lookahead = 3\n"];

fn for_each(mut visit: impl FnMut(&str, &str)) {
    let others = CATALOGUE.iter().filter(|entry| !CONTENDERS.iter().any(|(rule, _)| *rule == entry.name));
    let given = CONTENDERS.iter().map(|&(rule, more)| (rule, more.to_owned()));
    for (rule, more) in given.chain(others.map(|entry| (entry.name, derived(entry)))) {
        for overseen in OVERSEEN {
            // Where leaders are secret nobody withdraws a stake.
            let more = if overseen.contains("= 0") { more.replace(UNSTAKING, "") } else { more.clone() };
            visit(rule, &text(rule, &more, overseen));
        }
    }
}

/// Learned play, conduct included: a unit whose books do not balance is an error, and shares of its metrics add up. Each rule under one
/// kind of oversight, by turns, as conduct takes long to learn.
#[test]
fn shares_add_up_with_everything_switched_on() {
    let mut visited = 0;
    for_each(|rule, text| {
        let (rule_place, oversight) = (visited / OVERSEEN.len(), visited % OVERSEEN.len());
        visited += 1;
        if oversight != rule_place % OVERSEEN.len() {
            return;
        }
        let experiment = read(text);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        let share = |key: &str| metric(&outcome, key).unwrap_or_else(|| panic!("{rule} lacks {key}"));
        let parts = ["community", "delegator", "sequencer", "operating_cost", "posting_cost", "unrealised"];
        let sum: f64 = parts.iter().map(|part| share(&format!("{part}_share"))).sum();
        assert!((sum - 1.0 - share("outside_income_share")).abs() < 1e-9, "{rule}: {sum}");
    });
}

/// A finding takes its share of everything that its subject has locked, whatever it is locked for and for however long.
#[test]
fn a_finding_reaches_all_that_is_locked() {
    for_each(|rule, text| {
        if !text.contains("slash_fraction = 0.4") {
            return;
        }
        // Of a bond with a dispute window as well as of a stake.
        let disputed = text.replace("bond_power = 0.5\n", "dispute_epochs = 2\n");
        let experiment = read(&disputed.replace("delay = 2", "delay = 0"));
        let seats = Seating::new(&experiment.setting, true);
        let contender = &experiment.contenders[0];
        with_rule!(&contender.rule, rule_itself => {
            let game = Game { rule: rule_itself, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
            let policies: Vec<Policy> =
                seats.players.iter().map(|p| Policy::uniform(p.bins.count(), p.menu.columns())).collect();
            let mut round = Round::new(&game);
            let mut market = Market::open(&game, market_key(experiment.seed, 0, Phase::Measure, 0));
            market.spare(true);
            let mut tried = 0;
            for _ in 0..20 {
                market.offer(&game, |p| &policies[p], &mut round);
                market.decide(&game, &mut round, Detail::Slots).unwrap();
                for i in 0..experiment.setting.candidates() {
                    let locked = market.ledger.escrow(i);
                    let mut guilty = market.clone();
                    guilty.convict(&game, i);
                    let taken = guilty.ledger.slashed() - market.ledger.slashed();
                    assert!((taken - 0.4 * locked).abs() < 1e-9, "{rule}: {taken} of {locked}");
                    tried += u32::from(locked > 0.0);
                }
            }
            assert!(tried > 0, "{rule}");
        });
    });
}

/// Epoch by epoch, anything being offered and everybody for sale: what is inside changes by what comes in from outside, what
/// the community has is with its sinks but for issuance, and what was slashed has left its owners.
#[test]
fn every_epoch_balances_with_everything_switched_on() {
    let (mut bribes, mut toxic) = (0.0, 0.0);
    for_each(|rule, text| {
        // Nobody learns: everybody sells, takes toxic MEV and gets caught.
        let text = text
            .replace("scruple = 0.001\n", "bribes = { markup = 0.0 }\ntoxic_mev = \"always\"\norders = \"defy\"\n")
            .replace("[briber]\n", "[briber]\nstrategy = \"one\"\n")
            .replace("[play]", "[strategies.one]\nrole = \"briber\"\nlearner = \"scripted\"\noffer = { relative = 1.5 }\n\n[play]");
        let experiment = read(&text);
        let seats = Seating::new(&experiment.setting, true);
        let contender = &experiment.contenders[0];
        with_rule!(&contender.rule, rule_itself => {
            let game = Game { rule: rule_itself, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
            let policies: Vec<Policy> =
                seats.players.iter().map(|p| Policy::uniform(p.bins.count(), p.menu.columns())).collect();
            let mut round = Round::new(&game);
            let mut slashed = 0.0;
            for m in 0..4 {
                let mut market = Market::open(&game, market_key(experiment.seed, 0, Phase::Measure, m));
                let inside = |market: &Market<_>| {
                    let n = experiment.setting.candidates();
                    let sequencers: f64 = (0..n).map(|i| market.ledger.wealth(i)).sum();
                    market.ledger.community() + market.ledger.delegators() + sequencers
                };
                let (mut before, mut booked) = (0.0, 0.0);
                for epoch in 0..40 {
                    market.offer(&game, |p| &policies[p], &mut round);
                    market.decide(&game, &mut round, Detail::Slots).unwrap_or_else(|error| panic!("{rule}: {error}"));
                    let service = &market.service;
                    let sum = |column: &[f64]| column.iter().sum::<f64>();
                    let tips = sum(&service.tips) + sum(&service.repeated);
                    let income = sum(&service.gross) + tips + sum(&service.illicit);
                    let yields = market.ledger.appreciation() - std::mem::replace(&mut booked, market.ledger.appreciation());
                    let expected = income + yields - sum(&service.posting) - sum(&service.operating);
                    let now = inside(&market);
                    assert!((now - before - expected).abs() < 1e-9, "{rule}, epoch {epoch}: {} {expected}", now - before);
                    before = now;
                    let ledger = &market.ledger;
                    let sinks: f64 = ledger.sinks().iter().sum();
                    assert!((sinks - ledger.community() - ledger.issuance()).abs() < 1e-9, "{rule}, epoch {epoch}");
                }
                slashed += market.ledger.slashed();
                bribes += market.ledger.bribes();
                toxic += market.ledger.illicit() - market.ledger.bribes();
            }
            assert_eq!(slashed > 0.0, text.contains("slash_fraction"), "{rule}: {slashed}");
        });
    });
    assert!(bribes > 0.0 && toxic > 0.0, "{bribes} {toxic}");
}
