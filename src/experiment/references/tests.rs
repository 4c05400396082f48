use super::*;
use crate::experiment::trial::read;
use crate::theory::auction::Auction;

fn one(text: &str) -> Vec<Vec<(f64, f64)>> {
    let all = reference_curves(&read(text));
    assert!(
        all.iter()
            .all(|(design, mechanism, curve)| *design == 0 && mechanism == "m" && curve.name == "theory")
    );
    all.into_iter().map(|(_, _, curve)| curve.points).collect()
}

fn auction_file(sequencers: &str, mechanism: &str) -> String {
    format!(
        "[experiment]\nname = \"t\"\n{sequencers}\n[mechanism.m]\nrule = \"auction_rotation\"\n{mechanism}\n"
    )
}

fn near(got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-9 * want.abs().max(1.0), "{got} is not {want}");
}

const FIVE: &str = "[[sequencers]]\nname = \"s\"\ncount = 5\nvalue = { uniform = [0, 1] }";

#[test]
fn first_price_of_five_uniform_bidders() {
    // One unit, uniform on [0, 1]: b(v) = v (n − 1)/n.
    let curves = one(&auction_file(FIVE, "seats = 1"));
    assert_eq!(curves.len(), 1);
    for &(v, b) in &curves[0] {
        near(b, 0.8 * v);
    }
    near(curves[0][120].0, 1.0);
}

#[test]
fn units_are_those_of_the_stored_offers() {
    let game = Auction::new(Distribution::uniform(0.0, 1.0).unwrap(), 5, 2);
    // Per slot, an eighth of the value of the epoch; per seat with unit seats.
    for (mechanism, scale) in
        [("seats = 2\nepoch_slots = 8", 0.125), ("seats = 2\nepoch_slots = 8\nunit_seats = true", 1.0)]
    {
        for &(v, b) in &one(&auction_file(FIVE, mechanism))[0] {
            near(b, scale * game.pay_as_bid(v / scale).unwrap());
        }
    }
}

#[test]
fn costs_and_reserve_shift_the_game() {
    // Each slot costs .3 of a value uniform on [0, 1]; net values are uniform on [−.3, .7], of which those above the
    // reserve .1 bid. One unit, two bidders: b(w) = w − ∫_.1^w F/F(w) with F(w) = w + .3.
    let two = "[[sequencers]]\nname = \"s\"\ncount = 2\nlive_cost = 0.3\nvalue = { uniform = [0, 1] }";
    let curve = &one(&auction_file(two, "seats = 1\nreserve_price = 0.1"))[0];
    near(curve[0].0, 0.1);
    near(curve[120].0, 0.7);
    for &(w, b) in curve {
        let f = w + 0.3;
        near(b, w - (f * f - 0.16) / (2.0 * f));
    }
}

#[test]
fn truth_is_told_where_prices_do_not_depend_on_the_bid() {
    let two = "[[sequencers]]\nname = \"a\"\ncount = 2\nvalue = { uniform = [0, 1] }\nstrategy = \"truthful\"\n\
               [[sequencers]]\nname = \"b\"\ncount = 3\nvalue = { lognormal = [0, 1] }";
    for pricing in ["uniform", "vcg", "myerson"] {
        let curves = one(&auction_file(two, &format!("seats = 2\npricing = \"{pricing}\"")));
        assert_eq!(curves.len(), 2);
        assert!(curves.iter().flatten().all(|(v, b)| v == b));
    }
    let constant = "[[sequencers]]\nname = \"a\"\ncount = 2\nvalue = { constant = 2.0 }";
    assert_eq!(one(&auction_file(constant, "seats = 1\npricing = \"uniform\"")), [[(2.0, 2.0)]]);
    assert_eq!(
        one(&auction_file(FIVE, "seats = 2\nschedule = \"proportional\"\npricing = \"myerson\"")).len(),
        1
    );
}

#[test]
fn unequal_pair() {
    let pair = "[[sequencers]]\nname = \"strong\"\ncount = 1\nvalue = { uniform = [0, 1.5] }\n\
                [[sequencers]]\nname = \"weak\"\ncount = 1\nvalue = { uniform = [0, 1] }";
    let curves = one(&auction_file(pair, "seats = 1"));
    for (curve, top) in curves.iter().zip([1.5, 1.0]) {
        near(curve[120].0, top);
        // Both bid at most ω₁ω₂/(ω₁ + ω₂).
        near(curve[120].1, 0.6);
    }
    assert!(one(&auction_file(pair, "seats = 1\nreserve_price = 0.1")).is_empty());
    assert!(one(&auction_file(pair, "seats = 2")).is_empty());
}

#[test]
fn silent_where_there_is_no_closed_form() {
    assert!(one(&auction_file(FIVE, "seats = 2\nschedule = \"proportional\"")).is_empty());
    assert!(one(&auction_file(FIVE, "seats = 2\nredundancy = 2")).is_empty());
    let fixed = format!("{FIVE}\nstrategy = \"truthful\"");
    assert!(one(&auction_file(&fixed, "seats = 1")).is_empty());
    let constant = "[[sequencers]]\nname = \"s\"\ncount = 3\nvalue = { constant = 1.0 }";
    assert!(one(&auction_file(constant, "seats = 1")).is_empty());
}

fn delegated(sequencers: &str, delegators: &str, mechanism: &str) -> Vec<Vec<(f64, f64)>> {
    one(&format!(
        "[experiment]\nname = \"t\"\n{sequencers}\n[[delegators]]\nname = \"d\"\ncontinuum = true\n{delegators}\n\
         [mechanism.m]\nrule = \"delegated\"\n{mechanism}\n"
    ))
}

const TWO: &str = "[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = { constant = 1.0 }";

#[test]
fn kickbacks_of_the_logit_oligopoly() {
    let curves = delegated(TWO, "price_sensitivity = 4.0\noutside_option = 0.0", "epoch_slots = 10");
    assert_eq!(curves.len(), 1);
    assert!((curves[0][0].0 - 1.0).abs() < 1e-12);
    assert!((curves[0][0].1 - 0.527_073).abs() < 5e-7);
    // R = 1, c = 0, .1, .2, μ = .1.
    let three = ["0.0", "0.01", "0.02"].map(|c| {
        format!("[[sequencers]]\nname = \"c{c}\"\ncount = 1\nlive_cost = {c}\nvalue = {{ constant = 1.0 }}")
    });
    let curves = delegated(&three.join("\n"), "price_sensitivity = 10.0", "epoch_slots = 10");
    for (curve, (net, x)) in curves.iter().zip([(1.0, 0.79566), (0.9, 0.75128), (0.8, 0.68070)]) {
        assert!((curve[0].0 - net).abs() < 1e-9 && (curve[0].1 - x).abs() <= 5e-6, "{curve:?}");
    }
}

#[test]
fn kickbacks_under_inertia_only_where_they_are_an_equilibrium() {
    let stuck = |rho: f64| {
        delegated(TWO, &format!("price_sensitivity = 4.0\noutside_option = 0.0\ninertia = {rho}"), "")
    };
    assert!((stuck(0.5)[0][0].1 - 0.527_073).abs() < 5e-7);
    assert!(stuck(0.9).is_empty());
    // δ < 1: margins are (1 − δρ)/(1 − ρ) times as large; four candidates, μ = ¼, no outside option.
    let four = "[[sequencers]]\nname = \"s\"\ncount = 4\ndiscount = 0.8\nvalue = { constant = 1.0 }";
    let curve = delegated(four, "price_sensitivity = 4.0\ninertia = 0.3", "");
    near(curve[0][0].1, 1.0 - 0.76 / 0.7 * 0.25 * 4.0 / 3.0);
    // With μ = .1 margins are thin, and living off locked stake pays at ρ = .3 already.
    assert!(delegated(four, "price_sensitivity = 10.0\ninertia = 0.3", "").is_empty());
}

#[test]
fn promises_are_kept_only_for_delivered_slots() {
    // Machines are down a tenth of the time: delegators get .9 x, candidates earn .9 R.
    let weak = format!("{TWO}\nfailure_rate = 0.01\nrepair_rate = 0.09");
    let curve = delegated(&weak, "price_sensitivity = 10.0", "");
    near(curve[0][0].0, 1.0);
    near(curve[0][0].1, (0.9 - 0.2) / 0.9);
}

#[test]
fn other_delegated_games_have_no_line() {
    let plain = "price_sensitivity = 10.0";
    assert_eq!(delegated(TWO, plain, "").len(), 1);
    assert!(delegated(TWO, plain, "seats = 1").is_empty());
    assert!(delegated(TWO, plain, "kickback = \"lump_sum\"").is_empty());
    assert!(delegated(TWO, "price_sensitivity = 10.0\nuptime_taste = 1.0", "").is_empty());
    assert!(delegated(TWO, "price_sensitivity = 0.0", "").is_empty());
    let drawn = "[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = { uniform = [1, 2] }";
    assert!(delegated(drawn, plain, "").is_empty());
}

fn staked(rule: &str, count: u32, more: &str) -> Vec<Vec<(f64, f64)>> {
    one(&format!(
        "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"s\"\ncount = {count}\nvalue = {{ constant = 1.0 }}\ncapital_cost = 0.05\n\
         strategy = \"hedge\"\n[mechanism.m]\nrule = \"{rule}\"\n{more}\n"
    ))
}

/// s* = Rτ(n − 1)/(n² r), up to τ = n/(n − 1).
#[test]
fn stakes_of_equals() {
    for (n, tau, stake) in [(5, 1.0, 3.2), (5, 0.5, 1.6), (2, 1.5, 7.5), (2, 2.0, 10.0), (3, 1.2, 16.0 / 3.0)]
    {
        let curves = staked("stake", n, &format!("stake_power = {tau:?}"));
        near(curves[0][0].0, 20.0);
        near(curves[0][0].1, stake);
    }
    assert!(staked("stake", 2, "stake_power = 2.01").is_empty());
    assert!(staked("stake", 3, "stake_power = 1.51").is_empty());
}

/// Unequal costs: .02, .04, .07 and .10 leave two contestants, who share slots two to one.
#[test]
fn stakes_of_unequals() {
    let groups: String = ["0.02", "0.04", "0.07", "0.10"]
        .map(|r| {
            format!("[[sequencers]]\nname = \"r{r}\"\ncount = 1\nvalue = {{ constant = 1.0 }}\ncapital_cost = {r}\nstrategy = \"hedge\"\n")
        })
        .concat();
    let file = |power: &str| {
        format!("[experiment]\nname = \"t\"\n{groups}[mechanism.m]\nrule = \"stake\"\n{power}\n")
    };
    let stakes: Vec<f64> = one(&file("")).iter().map(|curve| curve[0].1).collect();
    for (got, want) in stakes.into_iter().zip([100.0 / 9.0, 50.0 / 9.0, 0.0, 0.0]) {
        near(got, want);
    }
    // Theory says nothing of more than proportional lotteries among unequals.
    assert!(one(&file("stake_power = 1.2")).is_empty());
}

/// Seats by stake: with replacement as slots by stake, but for what the idle take back; without, less is dissipated.
#[test]
fn stakes_for_seats_of_equals() {
    let stake = |n: u32, more: &str| staked("stake_rotation", n, more).first().map(|curve| curve[0].1);
    near(stake(12, "seats = 4").unwrap() * 12.0, 55.0 / 3.0);
    // Twelve for four seats, half or nine tenths given back: 23.976 and 31.809 (the model's numbers for r = .05, R = 1).
    for (fraction, nominal) in [(0.5, 23.976), (0.9, 31.809)] {
        let all = stake(12, &format!("seats = 4\nunstake_fraction = {fraction}")).unwrap() * 12.0;
        assert!((all - nominal).abs() < 5e-4, "{all}");
    }
    // Five for three seats: (2/3)(1/5 + 1/4 + 1/3) of the reward.
    near(
        stake(5, "seats = 3\nreplacement = false").unwrap() * 5.0 * 0.05,
        2.0 / 3.0 * (0.2 + 0.25 + 1.0 / 3.0),
    );
    for other in [
        "seats = 4\nstake_power = 0.5",
        "seats = 4\nliquid_fraction = 0.5\nunstake_fraction = 0.5",
        "seats = 12\nschedule = \"proportional\"\nreplacement = false",
    ] {
        assert_eq!(stake(12, other), None, "{other}");
    }
    assert_eq!(stake(5, "seats = 3\nreplacement = false\nunstake_fraction = 0.5"), None);
}

/// Efforts of five: √(γ(n − 1)/(n² c)) where scores count as e^γ, β(n − 1)/(n² c) where as exp(βe); at β = 4 there is none in pure
/// efforts.
#[test]
fn efforts_of_equals() {
    let effort = |form: &str, power: f64| {
        one(&format!(
            "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"s\"\ncount = 5\nvalue = {{ constant = 1.0 }}\nstrategy = \"hedge\"\n\
             [mechanism.m]\nrule = \"algorithmic\"\nbase = \"equal\"\nscore_form = \"{form}\"\nscore_power = {power:?}\n"
        ))
    };
    near(effort("power", 1.0)[0][0].1, 0.4);
    near(effort("exp", 2.0)[0][0].1, 0.32);
    assert!(effort("exp", 4.0).is_empty());
}

/// Of the uniform law, `Auction` knows revenue; the epoch's is that of all slots, net of what winners spend on them.
#[test]
fn revenue_is_that_of_the_epoch() {
    let revenue = |sequencers: &str, mechanism: &str| {
        let experiment = read(&auction_file(sequencers, mechanism));
        equilibrium_revenue(&experiment, &experiment.contenders[0])
    };
    // (n − 1)/(n + 1) of one unit, in either format; two units: each sells for the third highest of five, 1/2.
    for pricing in ["", "\npricing = \"uniform\""] {
        near(revenue(FIVE, &format!("seats = 1\nepoch_slots = 8{pricing}")).unwrap(), 2.0 / 3.0);
        near(revenue(FIVE, &format!("seats = 2\nepoch_slots = 8{pricing}")).unwrap(), 0.5);
        near(revenue(FIVE, &format!("seats = 2\nepoch_slots = 8\nunit_seats = true{pricing}")).unwrap(), 1.0);
        // The best reserve adds .00521.
        near(revenue(FIVE, &format!("seats = 1\nreserve_price = 0.5{pricing}")).unwrap(), 0.671_875);
    }
    // Two who spend .3 on it: net values uniform on [−.3, .7], of which the lower counts where it is positive: .7³/3.
    let two = "[[sequencers]]\nname = \"s\"\ncount = 2\nlive_cost = 0.3\nvalue = { uniform = [0, 1] }";
    near(revenue(two, "seats = 1").unwrap(), 0.343 / 3.0);
    for other in ["seats = 5", "seats = 1\npricing = \"myerson\"", "seats = 2\nschedule = \"proportional\""] {
        assert_eq!(revenue(FIVE, other), None, "{other}");
    }
    assert_eq!(revenue(&format!("{FIVE}\nfailure_rate = 0.1\nrepair_rate = 0.5"), "seats = 1"), None);
}

/// Values that are known, and bids that are no less: the highest that wins nothing, net of costs, or the reserve.
#[test]
fn revenue_of_known_values_is_known() {
    let revenue = |rule: &str, more: &str| {
        let group = |name: &str, count: u32, value: f64| {
            format!(
                "[[sequencers]]\nname = \"{name}\"\ncount = {count}\nvalue = {{ constant = {value:?} }}\nlive_cost = 0.1\nstrategy = \"s\"\n{more}\n"
            )
        };
        let experiment = read(&format!(
            "[experiment]\nname = \"t\"\n{}{}{}[mechanism.m]\nepoch_slots = 1\n{rule}\n[strategies.s]\nlearner = \"hedge\"\nmenu = {{ relative = [0, 1], points = 11 }}\n",
            group("hi", 1, 1.1),
            group("mid", 1, 0.7),
            group("lo", 2, 0.4)
        ));
        equilibrium_revenue(&experiment, &experiment.contenders[0])
    };
    let second = "rule = \"auction\"\npricing = \"second\"";
    near(revenue(second, "").unwrap(), 0.6);
    near(revenue(&format!("{second}\nreserve_price = 0.75"), "").unwrap(), 0.75);
    near(revenue(&format!("{second}\nreserve_price = 1.5"), "").unwrap(), 0.0);
    let seats = |k: u32| {
        format!("rule = \"auction_rotation\"\nseats = {k}\npricing = \"uniform\"\nunit_seats = true")
    };
    near(revenue(&seats(2), "").unwrap(), 2.0 * 0.3);
    near(revenue(&seats(3), "").unwrap(), 3.0 * 0.3);
    near(revenue(&format!("{}\nreserve_price = 0.5", seats(3)), "").unwrap(), 2.0 * 0.5);
    // Known values have no pure equilibrium in first price, and who sells on bids something else.
    assert_eq!(revenue("rule = \"auction\"", ""), None);
    assert_eq!(revenue(&format!("{second}\nresale = {{ seller_share = 0.5 }}"), ""), None);
    assert_eq!(revenue(second, "failure_rate = 0.1\nrepair_rate = 0.5"), None);
}

/// Of candidates who play for others theory says nothing here.
#[test]
fn theory_is_silent_about_operators_of_several() {
    let known = |identities: &str| {
        let experiment = read(&format!(
            "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"s\"\ncount = 4\ncapital_cost = 0.1\nvalue = {{ constant = 1.0 }}\n{identities}\n\
             [mechanism.stake]\nrule = \"stake\"\n[mechanism.sale]\nrule = \"auction_rotation\"\nseats = 2\npricing = \"uniform\"\n"
        ));
        let known = experiment.contenders.iter().filter(|c| known_outcome(&experiment, c).is_some()).count();
        (known, reference_curves(&experiment).len())
    };
    assert_eq!(known(""), (2, 2));
    assert_eq!(known("identities = 2"), (0, 0));
}

/// What is staked and paid: two stake R(n − 1)/(n² r) = 2.5 each, and pay 1 − μ n/(n − 1) = .5; who learns alone may do otherwise.
#[test]
fn outcomes_of_contests_are_known() {
    let known = |rule: &str, more: &str| {
        let capital = if rule.contains("stake\"") { "capital_cost = 0.1\n" } else { "" };
        let experiment = read(&format!(
            "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"s\"\ncount = 2\n{capital}value = {{ constant = 1.0 }}\n{more}\n[mechanism.m]\n{rule}\n"
        ));
        known_outcome(&experiment, &experiment.contenders[0]).map(|known| (known.metric, known.value))
    };
    let (metric, stakes) = known("rule = \"stake\"", "strategy = \"hedge\"").unwrap();
    near(stakes, 5.0);
    let votes =
        "rule = \"delegated\"\n[[delegators]]\nname = \"d\"\ncontinuum = true\nprice_sensitivity = 4.0";
    let (paid, kickbacks) = known(votes, "strategy = \"hedge\"").unwrap();
    near(kickbacks, 0.5);
    assert_eq!((metric, paid), ("capital_locked", "bribes_to_delegators"));
    for rule in ["rule = \"stake\"", votes] {
        assert_eq!(known(rule, "strategy = \"hedge\"\n[play]\nregime = \"independent\""), None);
        assert_eq!(known(rule, "strategy = \"truthful\""), None);
    }
}

/// Two who would stake 2.5 have 1; of three, one has nothing to win and stays out, in whatever order they come.
#[test]
fn stakes_within_what_candidates_have() {
    let file = |groups: &[(&str, &str)]| {
        let groups: Vec<String> = groups
            .iter()
            .map(|(name, more)| {
                format!(
                    "[[sequencers]]\nname = \"{name}\"\ncount = 1\ncapital_cost = 0.1\nstrategy = \"s\"\n{more}\n"
                )
            })
            .collect();
        let groups = groups.concat();
        one(&format!(
            "[experiment]\nname = \"t\"\n{groups}[mechanism.m]\nrule = \"stake\"\n\
             [strategies.s]\nlearner = \"hedge\"\nmenu = {{ absolute = [0.0, 4.0], points = 5 }}\n"
        ))
    };
    let worth = "value = { constant = 1.0 }";
    let little = "value = { constant = 1.0 }\ncapital_limit = 1.0";
    let curves = file(&[("a", little), ("b", little)]);
    near(curves[0][0].0, 10.0);
    near(curves[0][0].1, 1.0);
    // Groups come by name.
    let none = "value = { constant = 0.0 }";
    for place in 0..3 {
        let groups = ["a", "b", "c"].map(|name| (name, worth));
        let curves = file(
            &groups.map(|(name, worth)| if name == groups[place].0 { (name, none) } else { (name, worth) }),
        );
        for (i, curve) in curves.iter().enumerate() {
            near(curve[0].1, if i == place { 0.0 } else { 2.5 });
        }
    }
    // Seats by stake: theory has no word where somebody has less than it says.
    let seats = |more: &str| {
        one(&format!(
            "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"s\"\ncount = 5\nvalue = {{ constant = 1.0 }}\ncapital_cost = 0.05\n\
             strategy = \"hedge\"\n{more}\n[mechanism.m]\nrule = \"stake_rotation\"\nseats = 2\n"
        ))
    };
    assert!(seats("capital_limit = 3.2").len() == 1 && seats("capital_limit = 3.1").is_empty());
}

/// What makes another game of an auction leaves neither a line nor a revenue: starts, resale, bonds that somebody cannot post; free entry leaves
/// truth alone. Scripts in second price have theory's revenue if they tell the truth.
#[test]
fn disturbed_auctions_have_no_theory() {
    let theory = |sequencers: &str, mechanism: &str| {
        let experiment = read(&auction_file(&format!("{FIVE}\n{sequencers}"), mechanism));
        let line = !reference_curves(&experiment).is_empty();
        (line, equilibrium_revenue(&experiment, &experiment.contenders[0]).is_some())
    };
    for pricing in ["pay_as_bid", "uniform"] {
        let truth = pricing == "uniform";
        let rule = |more: &str| format!("seats = 1\npricing = \"{pricing}\"\n{more}");
        assert_eq!(theory("", &rule("")), (true, true));
        assert_eq!(theory("start_cost = 0.1", &rule("")), (false, false));
        assert_eq!(theory("", &rule("resale = { seller_share = 0.5 }")), (false, false));
        assert_eq!(theory("capital_limit = 1.0", &rule("bond = 2.0")), (false, false));
        assert_eq!(theory("entry_cost = 0.01", &rule("")), (truth, false));
        assert_eq!(theory("strategy = \"truthful\"", &rule("")), (truth, truth));
        let half =
            "strategy = \"half\"\n[strategies.half]\nlearner = \"scripted\"\noffer = { relative = 0.5 }";
        assert_eq!(theory(half, &rule("")), (truth, false));
    }
}
