//! What is wrong with an experiment is said where it stands: file and line, the key, what was found, what is allowed, and
//! the nearest name where there is one.

use crate::lab::try_read;
use sequencer_lab::settings::Document;

/// A small experiment that is right.
const RIGHT: &str = r#"[experiment]
name = "right"
seed = 3
replicates = 8
tolerance = 0.01

[world]
kind = "rollup"
fee_per_slot = 0.01
demand_persistence = 0.5

[[sequencers]]
name = "ant"
count = 3
live_cost = 0.001
strategy = "grid"

[[delegators]]
name = "dune"
count = 25
stake = 2.0
price_sensitivity = 30.0
inertia = 0.5

[mechanism.auction]
rule = "auction_rotation"
epoch_slots = 10
seats = 2
pricing = "pay_as_bid"
schedule = "even"
bond = 4.0

[mechanism.votes]
rule = "delegated"
epoch_slots = 10
seats = 2

[play]
rounds = 4

[strategies.grid]
learner = "hedge"
bins = 3
menu = { relative = [0.0, 1.2], points = 13 }
"#;

/// The same with values instead of a rollup.
const ABSTRACT: &str = r#"[experiment]
name = "right"

[world]
kind = "abstract"

[[sequencers]]
name = "ant"
count = 3
value = { uniform = [0.0, 1.0] }

[mechanism.auction]
rule = "auction_rotation"
seats = 2
"#;

/// One line replaced by another, and what the error must say.
#[track_caller]
fn refused(text: &str, line: &str, wrong: &str, says: &[&str]) {
    let place = text.lines().position(|l| l == line).unwrap_or_else(|| panic!("no line {line}")) + 1;
    let broken = text.replacen(&format!("{line}\n"), &format!("{wrong}\n"), 1);
    // Errors of what is missing point at the table's header instead.
    let missing = wrong.is_empty();
    let error = try_read(&broken).err().unwrap_or_else(|| panic!("`{wrong}` is accepted"));
    assert_eq!(error.matches("error: ").count(), 1, "one mistake, one error:\n{error}");
    if !missing {
        let at = format!("test.toml:{place}:");
        assert!(error.contains(&at), "{at} missing in\n{error}");
        // The line itself is shown.
        assert!(error.contains(wrong.lines().next().unwrap()), "{error}");
    }
    for word in says {
        assert!(error.contains(word), "`{word}` missing in\n{error}");
    }
}

#[test]
fn the_text_to_be_broken_is_right() {
    try_read(RIGHT).unwrap();
    try_read(ABSTRACT).unwrap();
}

#[test]
fn unknown_keys() {
    refused(
        RIGHT,
        "live_cost = 0.001",
        "live_cots = 0.001",
        &["unknown key `live_cots`", "sequencers.ant", "allowed: ", "did you mean `live_cost`?"],
    );
    refused(RIGHT, "bond = 4.0", "bonds = 4.0", &["unknown key `bonds`", "did you mean `bond`?"]);
    refused(RIGHT, "fee_per_slot = 0.01", "fees_per_slot = 0.01", &["did you mean `fee_per_slot`?"]);
    refused(RIGHT, "inertia = 0.5", "inertai = 0.5", &["delegators.dune", "did you mean `inertia`?"]);
    refused(RIGHT, "rounds = 4", "round = 4", &["did you mean `rounds`?"]);
    refused(RIGHT, "replicates = 8", "replicate = 8", &["did you mean `replicates`?"]);
    refused(RIGHT, "bins = 3", "bin = 3", &["strategies.grid", "did you mean `bins`?"]);
    refused(RIGHT, "[play]", "[plays]", &["unknown table `plays`", "did you mean `play`?"]);
}

#[test]
fn unknown_names() {
    refused(
        RIGHT,
        "rule = \"delegated\"",
        "rule = \"delegatd\"",
        &["there is no rule `delegatd`", "auction_rotation", "did you mean `delegated`?"],
    );
    refused(
        RIGHT,
        "pricing = \"pay_as_bid\"",
        "pricing = \"pay_as_bids\"",
        &["pricing", "\"pay_as_bids\"", "\"pay_as_bid\"", "did you mean"],
    );
    // The other auction's words for the same.
    let error =
        try_read(&ABSTRACT.replace("_rotation\"\nseats = 2", "\"\npricing = \"uniform\"")).unwrap_err();
    assert!(
        error.contains("one of \"first\", \"second\"")
            && error.contains("or the highest losing one (\"uniform\" there)"),
        "{error}"
    );
    refused(RIGHT, "kind = \"rollup\"", "kind = \"rolup\"", &["\"rollup\"", "did you mean"]);
    refused(
        RIGHT,
        "strategy = \"grid\"",
        "strategy = \"hedgee\"",
        &["there is no strategy `hedgee`", "did you mean `hedge`?"],
    );
    refused(
        RIGHT,
        "kind = \"rollup\"",
        "scenario = \"optimistic-rollup-2026\"",
        &["there is no scenario", "did you mean `optimistic-rollup-2025`?"],
    );
    refused(
        RIGHT,
        "learner = \"hedge\"",
        "learner = \"hedg\"",
        &["\"hedge\"", "regret_matching", "did you mean"],
    );
    refused(
        ABSTRACT,
        "value = { uniform = [0.0, 1.0] }",
        "value = { unifrom = [0.0, 1.0] }",
        &["there is no distribution `unifrom`", "did you mean `uniform`?", "{ constant = x }"],
    );
}

#[test]
fn wrong_types() {
    refused(
        RIGHT,
        "seats = 2",
        "seats = \"two\"",
        &["`seats` has the wrong type", "found", "\"two\"", "allowed: a whole number from 1 to 1000"],
    );
    refused(RIGHT, "bond = 4.0", "bond = true", &["`bond` has the wrong type", "true", "allowed: a number"]);
    refused(RIGHT, "count = 3", "count = 2.5", &["`count`", "2.5", "whole number"]);
    refused(RIGHT, "rule = \"delegated\"", "rule = \"\"", &["there is no rule ``", "auction_rotation"]);
    refused(RIGHT, "rule = \"delegated\"", "rule = 3", &["`rule` has the wrong type", "3", "text"]);
    refused(
        RIGHT,
        "menu = { relative = [0.0, 1.2], points = 13 }",
        "menu = 3",
        &["menu", "3", "{ relative = [low, high], points = N }"],
    );
    refused(
        ABSTRACT,
        "value = { uniform = [0.0, 1.0] }",
        "value = 1.0",
        &["a distribution is a table", "1.0", "{ constant = x }"],
    );
    let flat = format!("play = 3\n{}", RIGHT.replace("[play]\nrounds = 4\n\n", ""));
    let error = try_read(&flat).unwrap_err();
    assert!(error.contains("test.toml:1:") && error.contains("under the header `[play]`"), "{error}");
    refused(RIGHT, "seed = 3", "seed = 1979-05-27", &["`seed` has the wrong type", "allowed"]);
}

#[test]
fn numbers_out_of_range() {
    refused(RIGHT, "bond = 4.0", "bond = -4.0", &["`bond` is out of range", "-4.0", "allowed: ", "0"]);
    refused(RIGHT, "bond = 4.0", "bond = nan", &["`bond`", "nan", "allowed"]);
    refused(RIGHT, "fee_per_slot = 0.01", "fee_per_slot = inf", &["`fee_per_slot`", "inf"]);
    refused(RIGHT, "live_cost = 0.001", "live_cost = nan", &["`live_cost`", "nan"]);
    refused(
        RIGHT,
        "demand_persistence = 0.5",
        "demand_persistence = 1.0",
        &["`demand_persistence` is out of range"],
    );
    refused(RIGHT, "inertia = 0.5", "inertia = 1.0", &["`inertia` is out of range"]);
    refused(RIGHT, "stake = 2.0", "stake = 0.0", &["`stake` is out of range"]);
    refused(RIGHT, "tolerance = 0.01", "tolerance = 0", &["`tolerance` is out of range"]);
    refused(RIGHT, "seed = 3", "seed = -1", &["`seed`", "-1"]);
    refused(RIGHT, "replicates = 8", "replicates = 0", &["`replicates`", "0", "1"]);
    refused(RIGHT, "bins = 3", "bins = 0", &["`bins`"]);
    // An empty group, of either kind.
    refused(RIGHT, "count = 3", "count = 0", &["`count`", "0", "whole number from 1"]);
    refused(RIGHT, "count = 25", "count = 0", &["`count`", "0", "whole number from 1"]);
    for (menu, word) in [
        ("menu = { relative = [0.0, nan], points = 13 }", "low < high"),
        ("menu = { relative = [1.0, 0.5], points = 13 }", "low < high"),
        ("menu = { relative = [-1.0, 0.5], points = 13 }", "0 ≤ low"),
        ("menu = { relative = [0.0, 1.2], points = 1 }", "2 to 1000"),
        ("menu = { points = 11 }", "needs"),
        ("menu = { relative = [0.0, 1.0], absolute = [0.0, 1.0] }", "either"),
        ("menu = { relative = [0.0, 1.0], point = 3 }", "`point`"),
    ] {
        refused(RIGHT, "menu = { relative = [0.0, 1.2], points = 13 }", menu, &[word, "allowed"]);
    }
}

#[test]
fn distributions_that_make_no_sense() {
    for (law, word) in [
        ("{ pareto = [1.0, 1.0] }", "no mean"),
        ("{ pareto = [1.0, 0.5] }", "no mean"),
        ("{ lognormal = [0.0, 100.0] }", "mean"),
        ("{ lognormal = [0.0, -1.0] }", "sigma"),
        ("{ exponential = 0.0 }", "rate"),
        ("{ uniform = [1.0, 0.0] }", "below"),
        ("{ uniform = [0.0, nan] }", "finite"),
        ("{ constant = inf }", "finite"),
        ("{ beta = [0.0, 1.0] }", "greater than 0"),
        ("{ uniform = [0.0] }", "two numbers"),
        ("{ uniform = [0.0, 1.0], constant = 1.0 }", "one key"),
        ("{ discrete = { values = [1.0, 2.0], weights = [0.0, 0.0] } }", "weights"),
        ("{ discrete = { values = [1.0, 2.0], weights = [1.0, -1.0] } }", "weight"),
        ("{ discrete = { values = [1.0, 2.0], weights = [1.0] } }", "weights"),
        ("{ discrete = { values = [], weights = [] } }", "value"),
        ("{ discrete = { values = [1.0, nan], weights = [1.0, 1.0] } }", "finite"),
        ("{ discrete = { values = [1.0] } }", "weights"),
        ("{ discrete = { values = [1.0], weights = [1.0], odds = [1.0] } }", "odds"),
    ] {
        refused(
            ABSTRACT,
            "value = { uniform = [0.0, 1.0] }",
            &format!("value = {law}"),
            &["value", word, "allowed: {"],
        );
    }
}

#[test]
fn combinations_that_make_no_sense() {
    refused(RIGHT, "seats = 2", "seats = 4", &["4 seats for 3 sequencers", "a whole number from 1 to 3"]);
    let votes = RIGHT.replace("epoch_slots = 10\nseats = 2\n\n", "epoch_slots = 10\nseats = 9\n\n");
    let error = try_read(&votes).unwrap_err();
    assert!(error.contains("9 seats for 3 sequencers") && error.contains("mechanism.votes.seats"), "{error}");
    let pricing = RIGHT.replace("schedule = \"even\"", "schedule = \"proportional\"");
    for price in ["uniform", "vcg"] {
        let wrong = format!("pricing = \"{price}\"");
        refused(
            &pricing,
            "pricing = \"pay_as_bid\"",
            &wrong,
            &["proportional", "`pay_as_bid` or `myerson`", price],
        );
    }
    let families = RIGHT.replace("count = 3\nlive_cost", "count = 3\nidentities = 3\nlive_cost");
    refused(
        &families,
        "pricing = \"pay_as_bid\"",
        "pricing = \"vcg\"",
        &["several candidates", "`uniform`", "identities"],
    );
    refused(
        RIGHT,
        "bond = 4.0",
        "redundancy = 3",
        &["3 live sequencers per slot with 2 seats", "from 1 to 2"],
    );
    refused(RIGHT, "bond = 4.0", "unit_seats = true", &["whole-epoch seats in the rollup world", "abstract"]);
    let unit =
        ABSTRACT.replace("seats = 2\n", "seats = 2\nschedule = \"proportional\"\nunit_seats = false\n");
    refused(&unit, "unit_seats = false", "unit_seats = true", &["proportional", "`schedule = \"even\"`"]);
    // Shares of income have no unit of money.
    let shares = RIGHT
        .replace(
            "epoch_slots = 10\nseats = 2\n\n",
            "epoch_slots = 10\nseats = 2\nkickback = \"income_share\"\n\n",
        )
        .replace(
            "menu = { relative = [0.0, 1.2], points = 13 }",
            "menu = { absolute = [0.0, 1.2], points = 13 }",
        );
    let error = try_read(&shares).unwrap_err();
    assert!(
        error.contains("a share of income, while group `ant` plays `grid`")
            && error.contains("relative menu"),
        "{error}"
    );
}

#[test]
fn what_is_missing() {
    refused(RIGHT, "name = \"right\"", "", &["`name` is missing in `experiment`", "test.toml:1"]);
    refused(RIGHT, "count = 3", "", &["`count` is missing in `sequencers.ant`"]);
    refused(RIGHT, "price_sensitivity = 30.0", "", &["`price_sensitivity` is missing in `delegators.dune`"]);
    refused(RIGHT, "rule = \"delegated\"", "", &["`rule` is missing in `mechanism.votes`"]);
    refused(RIGHT, "learner = \"hedge\"", "", &["`learner` is missing in `strategies.grid`"]);
    refused(
        RIGHT,
        "menu = { relative = [0.0, 1.2], points = 13 }",
        "",
        &["`menu` is missing in `strategies.grid`"],
    );
    refused(ABSTRACT, "seats = 2", "", &["`seats` is missing in `mechanism.auction`"]);
    refused(ABSTRACT, "value = { uniform = [0.0, 1.0] }", "", &["`value` is missing in `sequencers.ant`"]);
    let nobody = RIGHT.replace(
        "[[delegators]]\nname = \"dune\"\ncount = 25\nstake = 2.0\nprice_sensitivity = 30.0\ninertia = 0.5\n",
        "",
    );
    assert!(try_read(&nobody).unwrap_err().contains("nobody who could delegate"));
    let empty = "[experiment]\nname = \"empty\"\n";
    let error = try_read(empty).unwrap_err();
    assert!(
        error.contains("there is no contender") && error.contains("there is nobody to sequence"),
        "{error}"
    );
    let error = try_read("").unwrap_err();
    assert!(error.contains("the file is empty") && error.contains("test.toml"), "{error}");
}

#[test]
fn what_nobody_plays() {
    let idle = RIGHT.replace("strategy = \"grid\"\n", "");
    let error = try_read(&idle).unwrap_err();
    assert!(error.contains("nobody plays strategy `grid`") && error.contains("test.toml:"), "{error}");
    assert_eq!(error.matches("error: ").count(), 1, "{error}");
}

/// A change to a strategy that another change has replaced would come to nothing.
#[test]
fn a_change_to_what_nobody_plays_any_more() {
    let folder = crate::program::Folder::new();
    std::fs::write(folder.path("right.toml"), RIGHT).unwrap();
    let check = |set: &str| {
        folder.run(&["check", "right.toml", "--set", "sequencers.*.strategy=hedge", "--set", set])
    };
    check("experiment.seed=4").with(0);
    for set in ["strategies.grid.bins=3", "strategies.*.bins=3"] {
        check(set).with(2).says("nobody plays strategy `grid`");
    }
}

/// A change of regime drops what the file sets for the other one, but not what a change sets.
#[test]
fn a_change_of_regime() {
    let folder = crate::program::Folder::new();
    std::fs::write(folder.path("right.toml"), RIGHT).unwrap();
    folder.run(&["check", "right.toml", "--set", "play.regime=independent"]).with(0);
    folder
        .run(&["check", "right.toml", "--set", "play.regime=independent", "--set", "play.rounds=4"])
        .with(2)
        .says("`rounds` is set, but nothing reads it here");
}

/// A scenario describes a world for many experiments, with and without standbys; what the file itself sets must be read.
#[test]
fn a_scenario_may_say_more_than_an_experiment_asks() {
    let folder = crate::program::Folder::new();
    let text = "[experiment]\nname = \"two\"\n[world]\nscenario = \"optimistic-rollup-2025\"\n[[sequencers]]\nname = \"s\"\ncount = 6\n\
                [mechanism.one]\nrule = \"centralized\"\n[mechanism.auction]\nrule = \"auction\"\n";
    std::fs::write(folder.path("two.toml"), text).unwrap();
    folder.run(&["check", "two.toml"]).with(0);
    let own = folder.run(&["check", "two.toml", "--set", "world.failover=1.0"]).with(2);
    own.says("`failover` is set, but nothing reads it here");
    own.says("1.0");
    folder
        .run(&["check", "two.toml", "--set", "world.kind=abstract"])
        .with(2)
        .says("a scenario describes a rollup");
}

/// One mistake is one error: what goes unread only on its account is none.
#[test]
fn what_follows_from_a_mistake_is_not_told() {
    let folder = crate::program::Folder::new();
    let text = "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"s\"\ncount = 3\nvalue = { uniform = [0, 1] }\nstrategy = \"fixed\"\n\
                [strategies.fixed]\nlearner = \"scripted\"\nbins = 4\noffer = { relative = 0.5 }\nmenu = { relative = [0, 1], points = 11 }\n\
                [mechanism.m]\nrule = \"auction_rotation\"\nseats = 2\n";
    std::fs::write(folder.path("t.toml"), text).unwrap();
    folder.run(&["check", "t.toml"]).with(0);
    for (set, says, never) in [
        ("strategies.fixed.menu={ amid = [0, 1] }", "a menu has no key", "nothing reads it"),
        (
            "strategies.fixed.menu={ between = [0, 1] }",
            "in another unit than the offer's",
            "nothing reads it",
        ),
        ("mechanism.m.governance.detection=0.5", "there is no misconduct", "does not have it"),
        ("mechanism.m.seats=0", "`seats` is out of range", "live sequencers per slot"),
    ] {
        let ended =
            folder.run(&["check", "t.toml", "--set", "mechanism.m.redundancy=2", "--set", set]).with(2);
        ended.says(says);
        assert!(!ended.err.contains(never), "{set}: {}", ended.err);
    }
}

#[test]
fn names() {
    refused(RIGHT, "name = \"right\"", "name = \"a/b\"", &["letters, digits", "\"a/b\""]);
    refused(RIGHT, "name = \"right\"", "name = \"..\"", &["letters, digits"]);
    refused(RIGHT, "name = \"right\"", "name = \"\"", &["letters, digits"]);
    refused(RIGHT, "[mechanism.votes]", "[mechanism.\"a,b\"]", &["comma"]);
    let twice =
        RIGHT.replace("[[delegators]]", "[[sequencers]]\nname = \"ant\"\ncount = 1\n\n[[delegators]]");
    let error = try_read(&twice).unwrap_err();
    assert!(error.contains("two `[[sequencers]]` are named \"ant\""), "{error}");
}

#[test]
fn every_mistake_is_told_at_once() {
    let broken = RIGHT
        .replace("bond = 4.0", "bond = -4.0")
        .replace("live_cost = 0.001", "live_cots = 0.001")
        .replace("inertia = 0.5", "inertia = \"much\"")
        .replace("seats = 2\npricing", "seats = 7\npricing");
    let error = try_read(&broken).unwrap_err();
    for word in [
        "`bond` is out of range",
        "unknown key `live_cots`",
        "`inertia` has the wrong type",
        "7 seats",
        "4 errors",
    ] {
        assert!(error.contains(word), "`{word}` missing in\n{error}");
    }
}

#[test]
fn what_is_no_toml() {
    for text in [
        "[experiment",
        "name = ",
        "a = 1\na = 2\n",
        "\u{0}\u{1}\u{2}",
        "name = \"\\q\"\n",
        "[experiment]\nname = 'x'\n[experiment]\n",
    ] {
        let error = Document::parse("test.toml", text).unwrap_err().to_string();
        assert!(error.contains("test.toml:"), "{error}");
    }
    // Other letters before the mistake do not shift it.
    let error = Document::parse("test.toml", "# café ☕\nname = \n").unwrap_err().to_string();
    assert!(error.contains("test.toml:2:"), "{error}");
}

/// A number that is out of range is told as such, and nothing that follows of what stands in for it.
#[test]
fn what_stands_in_for_a_wrong_number_is_not_judged() {
    let error = crate::lab::try_read(
        "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"a\"\ncount = 2\nvalue = { constant = 1.0 }\ncapital_cost = -1.0\n\
         strategy = \"staker\"\n[mechanism.stake]\nrule = \"stake\"\n",
    )
    .unwrap_err();
    assert!(error.contains("`capital_cost` is out of range") && !error.contains("costs nothing"), "{error}");
    let error = crate::lab::try_read(
        "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"a\"\ncount = 2\nvalue = { constant = 1.0 }\n\
         strategy = \"staker\"\n[mechanism.stake]\nrule = \"stake\"\n",
    )
    .unwrap_err();
    assert!(error.contains("whose capital costs nothing"), "{error}");
}

/// Places between a tip and what is at stake are a briber's, and end at what is at stake.
#[test]
fn bribes_and_bids_have_their_units() {
    let folder = crate::program::Folder::new();
    let text = "[experiment]\nname = \"t\"\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.1\ntarget_rate = 0.1\ntarget_value = 1.0\n[briber]\n\
                strategy = \"bribes\"\n[[sequencers]]\nname = \"s\"\ncount = 3\nstrategy = \"bids\"\n[strategies.bids]\nlearner = \"hedge\"\n\
                menu = { relative = [0, 1], points = 11 }\n[strategies.bribes]\nrole = \"briber\"\nlearner = \"hedge\"\n\
                menu = { between = [0, 1], points = 11 }\n[mechanism.m]\nrule = \"auction_rotation\"\nseats = 2\n";
    std::fs::write(folder.path("t.toml"), text).unwrap();
    folder.run(&["check", "t.toml"]).with(0);
    for (set, says) in [
        ("strategies.bids.menu={ between = [0, 1] }", "what a briber gains"),
        ("strategies.bribes.menu={ between = [0, 1.5] }", "more than keeping a transaction out is worth"),
    ] {
        folder.run(&["check", "t.toml", "--set", set]).with(2).says(says);
    }
}
