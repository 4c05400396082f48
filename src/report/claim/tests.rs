//! Judging by hand, and by simulation.

use super::judging::rejections;
use super::*;
use crate::draws::{Key, Purpose, Who};
use crate::experiment::claim::Test;
use crate::experiment::trial;
use crate::measure::metrics::find;
use crate::numerics::normal_quantile;
use serde_json::{Value, json};

fn claim(test: Test, effect: f64, relative: bool) -> Claim {
    Claim {
        hypothesis: "h".to_owned(),
        metric: find("holder_share").unwrap(),
        test,
        pairs: vec![(0, 1)],
        effect,
        relative,
        closure: "c".to_owned(),
        could_fail: "f".to_owned(),
    }
}

/// Differences 0.9, 1.0 and 1.1 about a second of 10: a mean of 1 ± 4.303 · 0.1/√3 = ± 0.2484.
const VALUES: [(f64, f64); 3] = [(10.9, 10.0), (11.0, 10.0), (11.1, 10.0)];

fn judged(test: Test, effect: f64, relative: bool) -> Finding {
    judge(&claim(test, effect, relative), (0, 1), &VALUES).finding
}

#[test]
fn an_interval_lies_above_below_or_across_the_smallest_effect() {
    use Finding::{Rejected, Supported, Undecided};
    let pair = judge(&claim(Test::More, 0.5, false), (0, 1), &VALUES);
    assert!((pair.difference.ci_low - (1.0 - 0.248_414)).abs() < 1e-5, "{:?}", pair.difference);
    for (effect, expected) in
        [(0.0, Supported), (0.75, Supported), (0.76, Undecided), (1.24, Undecided), (1.25, Rejected)]
    {
        assert_eq!(judged(Test::More, effect, false), expected, "{effect}");
        // A share of the second's mean of 10.
        assert_eq!(judged(Test::More, effect / 10.0, true), expected, "{effect}");
    }
    assert_eq!(judged(Test::Less, 0.0, false), Rejected);
    for (effect, expected) in [(0.64, Rejected), (0.65, Undecided), (1.24, Undecided), (1.25, Supported)] {
        assert_eq!(judged(Test::Equivalence, effect, false), expected, "{effect}");
        assert_eq!(judged(Test::Equivalence, effect / 10.0, true), expected, "{effect}");
    }
}

/// A mean beyond what is of interest that is not rejected, as two tests might have: the sentence says why.
#[test]
fn what_equivalence_leaves_undecided_beyond_its_bounds_is_explained() {
    let of = |effect: f64| {
        let mut found = findings(&[], vec![point(1.0, "", Finding::Undecided)]);
        found.claim = claim(Test::Equivalence, effect, false);
        found.points[0].pairs = vec![judge(&found.claim, (0, 1), &VALUES)];
        found.sentences().join(" ")
    };
    // t = .35/.0577 with two degrees of freedom.
    let said = of(0.65);
    assert!(said.contains("p is twice the smaller, 0.026, above 2.5%"), "{said}");
    for effect in [0.64, 0.8, 1.25] {
        assert!(!of(effect).contains("twice"), "{effect}");
    }
}

#[test]
fn a_relative_effect_is_as_uncertain_as_what_it_is_a_share_of() {
    // x − 1.1 y is 0.5 in every replicate, x − y is not.
    let values: Vec<(f64, f64)> = [5.0, 10.0, 15.0].iter().map(|y| (1.1 * y + 0.5, *y)).collect();
    let pair = judge(&claim(Test::More, 0.1, true), (0, 1), &values);
    assert_eq!(pair.finding, Finding::Supported);
    assert!((pair.effect - 1.0).abs() < 1e-12);
    assert_eq!(judge(&claim(Test::More, 1.0, false), (0, 1), &values).finding, Finding::Undecided);
    // Of losses a share is positive too: −1 is more than −2 by half of it and not by all.
    let losses = [(-1.0, -2.0), (-1.1, -2.1), (-0.9, -1.9)];
    assert_eq!(judge(&claim(Test::More, 0.4, true), (0, 1), &losses).finding, Finding::Supported);
    assert_eq!(judge(&claim(Test::More, 0.6, true), (0, 1), &losses).finding, Finding::Rejected);
}

#[test]
fn nothing_is_decided_by_one_replicate_and_equals_are_not_more() {
    let one = judge(&claim(Test::More, 0.0, false), (0, 1), &VALUES[..1]);
    assert_eq!(one.finding, Finding::Undecided);
    assert_eq!(judge(&claim(Test::More, 0.0, false), (0, 1), &[]).finding, Finding::Undecided);
    let equal = [(1.0, 1.0), (2.0, 2.0)];
    assert_eq!(judge(&claim(Test::More, 0.0, false), (0, 1), &equal).finding, Finding::Rejected);
    assert_eq!(judge(&claim(Test::Equivalence, 1e-9, false), (0, 1), &equal).finding, Finding::Supported);
}

#[test]
fn points_make_a_verdict() {
    use Finding::{Rejected, Supported, Undecided};
    for (points, verdict) in [
        (&[Supported, Supported][..], Verdict::Supported),
        (&[Rejected, Rejected], Verdict::Rejected),
        (&[Supported, Rejected, Undecided], Verdict::Conditional),
        (&[Supported, Undecided], Verdict::Undecided),
        (&[Rejected, Undecided], Verdict::Undecided),
        (&[], Verdict::Undecided),
    ] {
        let sure: Vec<(Finding, bool)> = points.iter().map(|finding| (*finding, true)).collect();
        assert_eq!(Verdict::of(&sure), verdict, "{points:?}");
    }
    // Points that may lie on their side by luck make no condition.
    let lucky = [(Supported, true), (Rejected, false)];
    assert_eq!(Verdict::of(&lucky), Verdict::Undecided);
    assert_eq!(Verdict::of(&[(Supported, false); 2]), Verdict::Supported);
    assert_eq!(Finding::all([Supported, Undecided, Rejected].into_iter()), Rejected);
    assert_eq!(Finding::all([Supported, Undecided].into_iter()), Undecided);
}

/// Certified, in one basin, by agents whose conduct is written.
const SOUND: Standing =
    Standing { certified: Some(true), one_basin: Some(true), conduct_gain_upper: None, conduct_gains: false };

fn point(seats: f64, rule: &str, finding: Finding) -> Point {
    let settings = vec![Some(DesignValue::Number(seats)), Some(DesignValue::Text(rule.to_owned()))];
    let standing = Some(Standing { certified: Some(finding != Finding::Rejected), ..SOUND });
    Point { design: 0, settings, pairs: Vec::new(), finding, is_sure: true, standing }
}

fn findings(parameters: &[&str], points: Vec<Point>) -> Findings {
    Findings {
        claim: claim(Test::More, 0.02, false),
        contenders: vec!["a".to_owned(), "b".to_owned()],
        parameters: parameters.iter().map(|name| (*name).to_owned()).collect(),
        verdict: Verdict::of(&points.iter().map(|p| (p.finding, p.is_sure)).collect::<Vec<_>>()),
        points,
        units: Units { done: 24, planned: 24, failed: 0 },
        basins_checked: true,
    }
}

#[test]
fn conditions_name_the_parameter_that_parts_points() {
    use Finding::{Rejected, Supported, Undecided};
    let found = |points: Vec<Point>| findings(&["mechanism.a.seats", "sequencers.*.strategy"], points);
    let said = found(vec![
        point(1.0, "hedge", Rejected),
        point(2.0, "exp3", Undecided),
        point(4.0, "exp3", Supported),
        point(8.0, "hedge", Supported),
    ]);
    // At random seats would part these three in 2 of 3 ways, strategies in one of them.
    assert_eq!(
        said.conditions(),
        [
            "It is supported where seats is at least 4, and rejected where it is at most 1.",
            "Were these points supported and rejected at random, 1.0 of the 2 parameters would part them."
        ]
    );
    let all = said.sentences().join(" ");
    assert!(
        all.contains("Verdict: conditional. Tested: holder share of a exceeds that of b by more than 2"),
        "{all}"
    );
    assert!(all.contains("Of 4 design points it is supported at 2, rejected at 1, undecided at 1."), "{all}");
    assert!(all.contains("not certified") && all.contains("at 1 of them"), "{all}");
    let said = found(vec![
        point(1.0, "exp3", Rejected),
        point(1.0, "hedge", Supported),
        point(2.0, "exp3", Rejected),
        point(2.0, "hedge", Supported),
    ]);
    assert_eq!(
        said.conditions()[0],
        "It is supported where strategy is hedge, and rejected where it is exp3."
    );
    let said = found(vec![
        point(1.0, "exp3", Rejected),
        point(1.0, "hedge", Supported),
        point(2.0, "hedge", Rejected),
        point(2.0, "exp3", Supported),
    ]);
    assert_eq!(said.conditions()[1], "Rejected at: seats 1, strategy exp3; seats 2, strategy hedge.");
}

/// Findings of points with these numbers as settings.
fn scattered(points: &[(&[f64], Finding)]) -> Findings {
    let point = |(settings, finding): &(&[f64], Finding)| Point {
        settings: settings.iter().map(|v| Some(DesignValue::Number(*v))).collect(),
        ..point(0.0, "", *finding)
    };
    findings(&["x", "y", "z"][..points[0].0.len()], points.iter().map(point).collect())
}

#[test]
fn numbers_part_points_by_ranges_and_by_lists_only_where_they_recur() {
    use Finding::{Rejected, Supported};
    // A Latin hypercube: no setting recurs, and y does not part anything.
    let said = scattered(&[
        (&[0.1, 0.3], Rejected),
        (&[0.2, 0.8], Rejected),
        (&[0.7, 0.1], Supported),
        (&[0.9, 0.5], Supported),
    ]);
    // Of two parameters 2/C(4, 2) each would have separate ranges were sides dealt at random.
    assert_eq!(
        said.conditions(),
        [
            "It is supported where x is at least 0.7, and rejected where it is at most 0.2.",
            "Were these points supported and rejected at random, 0.67 of the 2 parameters would part them."
        ]
    );
    // A grid, supported in the middle: of C(6, 2) = 15 ways 3 give a level of x to one side, and none gives one of y.
    let said = scattered(&[
        (&[1.0, 5.0], Rejected),
        (&[1.0, 6.0], Rejected),
        (&[2.0, 5.0], Supported),
        (&[2.0, 6.0], Supported),
        (&[3.0, 5.0], Rejected),
        (&[3.0, 6.0], Rejected),
    ]);
    assert_eq!(
        said.conditions(),
        [
            "It is supported where x is 2, and rejected where it is 1, 3.",
            "Were these points supported and rejected at random, 0.20 of the 2 parameters would part them."
        ]
    );
    // One of each: whatever differs parts them.
    let said = scattered(&[(&[1.0, 5.0, 7.0], Rejected), (&[2.0, 4.0, 7.0], Supported)]);
    assert_eq!(
        said.conditions(),
        [
            "It is supported where x is at least 2, and rejected where it is at most 1.",
            "It is supported where y is at most 4, and rejected where it is at least 5.",
            "Were these points supported and rejected at random, 2.0 of the 2 parameters would part them."
        ]
    );
    // A single parameter, over which they are parted by design.
    let said = scattered(&[(&[1.0], Rejected), (&[2.0], Supported)]);
    assert_eq!(said.conditions().len(), 1);
}

#[test]
fn many_points_at_the_smallest_difference_make_no_condition() {
    // Fifty points whose true difference is the smallest of interest: each is supported by luck in 2.5% of studies, and rejected in 2.5%,
    // so that both happen somewhere in half of all studies: 1 − 2 · .975⁵⁰ + .95⁵⁰ = 51%. Tested together in 2.5% · 2.5%.
    let studies = 200_u32;
    let (mut apart, mut together) = (0, 0);
    for study in 0..studies {
        let mut points: Vec<Point> = (0..50)
            .map(|place| {
                let stream = Key::new(11, study, place).stream(Purpose::Resample, Who::MARKET);
                let value = |r: u32| (0.02 + normal_quantile(stream.uniform(r, 0)), 0.0);
                let values: Vec<(f64, f64)> = (0..8).map(value).collect();
                let pair = judge(&claim(Test::More, 0.02, false), (0, 1), &values);
                let finding = pair.finding;
                Point { pairs: vec![pair], is_sure: false, ..point(0.0, "", finding) }
            })
            .collect();
        let both = |points: &[Point]| {
            let has = |finding| points.iter().any(|p| p.finding == finding);
            has(Finding::Supported) && has(Finding::Rejected)
        };
        apart += u32::from(both(&points));
        test_together(&mut points);
        let verdict = Verdict::of(&points.iter().map(|p| (p.finding, p.is_sure)).collect::<Vec<_>>());
        together += u32::from(verdict == Verdict::Conditional);
    }
    let error = (0.51_f64 * 0.49 / f64::from(studies)).sqrt();
    assert!((f64::from(apart) / f64::from(studies) - 0.51).abs() < 3.0 * error, "{apart}");
    // Expected are .125 studies.
    assert!(together <= 2, "{together}");
}

#[test]
fn points_that_are_far_from_it_are_told_together_too() {
    // Differences of 1 ± .5 and −1 ± .5 over eight replicates: t of 5.3, p of .0006, beside .00125 that twenty points leave each.
    let of = |mean: f64| {
        let values: Vec<(f64, f64)> = (0..8).map(|r| (mean + [0.5, -0.5][r % 2], 0.0)).collect();
        let pair = judge(&claim(Test::More, 0.0, false), (0, 1), &values);
        let finding = pair.finding;
        Point { pairs: vec![pair], is_sure: false, ..point(0.0, "", finding) }
    };
    let mut points: Vec<Point> = (0..20).map(|i| of([1.0, -1.0][i % 2])).collect();
    test_together(&mut points);
    assert!(points.iter().all(|point| point.is_sure));
    // Two pairs a point: it is supported only by both, and one rejects it.
    let mut mixed = of(1.0);
    mixed.pairs.extend(of(-1.0).pairs);
    mixed.finding = of_point(&mixed.pairs);
    let mut points = vec![mixed, of(1.0)];
    test_together(&mut points);
    assert!(points[0].finding == Finding::Rejected && points.iter().all(|point| point.is_sure));
}

#[test]
fn one_of_many_pairs_rejects_a_point_only_beyond_their_number() {
    // Over eight replicates a mean of −1 ± s has t of −√7/s: p is .0048 at s = .75, which is above a seventh of 2.5%.
    let of = |mean: f64, spread: f64| {
        let values: Vec<(f64, f64)> = (0..8).map(|r| (mean + [spread, -spread][r % 2], 0.0)).collect();
        judge(&claim(Test::More, 0.0, false), (0, 1), &values)
    };
    let one = of(-1.0, 0.75);
    assert_eq!((one.finding, of_point(std::slice::from_ref(&one))), (Finding::Rejected, Finding::Rejected));
    let many = |first: Pair| {
        let mut pairs = vec![first];
        pairs.extend((0..6).map(|_| of(1.0, 0.1)));
        of_point(&pairs)
    };
    assert_eq!(many(one), Finding::Undecided);
    assert_eq!(many(of(-1.0, 0.5)), Finding::Rejected);
    assert_eq!(many(of(1.0, 0.1)), Finding::Supported);
}

#[test]
fn a_verdict_on_some_of_the_units_is_provisional() {
    let stated = "[claim]\nhypothesis = \"h\"\nmetric = \"community_share\"\nof = \"auction\"\nagainst = [\"votes\"]\neffect = 0.1\n\
                  closure = \"c\"\ncould_fail = \"f\"\n";
    let experiment = trial::read(&format!("{}{stated}", trial::THREE));
    let root = tempfile::tempdir().unwrap();
    let store = trial::run(&experiment, root.path());
    // The same with a replicate more, and with one point more that has no unit.
    let longer = trial::THREE.replace("replicates = 3", "replicates = 4");
    let found = Findings::read(&store, &trial::read(&format!("{longer}{stated}"))).unwrap().unwrap();
    assert_eq!(found.units, Units { done: 9, planned: 12, failed: 0 });
    assert!(found.sentences()[0].starts_with("Provisional verdict, on 9 of 12 units: supported."));
    assert_eq!(found.as_json()["complete"], false);
    let swept = trial::THREE.replace("replicates = 3", "replicates = 3\nkind = \"sweep\"");
    let axis = "[sweep]\n[[sweep.parameters]]\npath = \"mechanism.auction.seats\"\nvalues = [2, 3]\n";
    let found = Findings::read(&store, &trial::read(&format!("{swept}{axis}{stated}"))).unwrap().unwrap();
    assert_eq!((found.units, found.verdict), (Units { done: 9, planned: 18, failed: 0 }, Verdict::Undecided));
    assert_eq!((found.points[1].finding, found.points[1].is_sound()), (Finding::Undecided, None));
    let said = found.sentences().join(" ");
    assert!(
        said.contains("Of 2 design points it is supported at 1, rejected at 0, undecided at 1."),
        "{said}"
    );
    // A stopping rule whose target the first three replicates cannot tell.
    let rule = "[replication]\nminimum = 2\nmaximum = 8\nhalf_width = { community_share = 1e-9 }\n";
    let found = Findings::read(&store, &trial::read(&format!("{}{rule}{stated}", trial::THREE)));
    let found = found.unwrap().unwrap();
    assert!(found.units.done == 9 && found.units.planned > 9 && !found.is_complete(), "{:?}", found.units);
}

#[test]
fn of_a_large_design_it_is_said_that_basins_were_not_looked_for() {
    let mut found =
        findings(&["x"], vec![point(1.0, "", Finding::Supported), point(2.0, "", Finding::Rejected)]);
    assert_eq!(found.as_json()["basins_checked"], true);
    found.basins_checked = false;
    let said = found.sentences().join(" ");
    assert!(
        said.contains("Play is not certified at 1 of them") && said.contains("basins were not looked for"),
        "{said}"
    );
    assert_eq!(found.as_json()["basins_checked"], false);
}

#[test]
fn a_run_is_judged_by_its_own_differences() {
    let stated = "[claim]\nhypothesis = \"h\"\nmetric = \"community_share\"\nof = \"auction\"\nagainst = [\"votes\"]\neffect = 0.1\n\
                  closure = \"c\"\ncould_fail = \"f\"\n";
    let experiment = trial::read(&format!("{}{stated}", trial::THREE));
    let root = tempfile::tempdir().unwrap();
    let store = trial::run(&experiment, root.path());
    let found = Findings::read(&store, &experiment).unwrap().unwrap();
    let summary = super::super::summary::Summary::read(&store, 0, experiment.play.tolerance).unwrap();
    let own = summary.comparison(0, 2, "community_share").unwrap();
    let pair = &found.points[0].pairs[0];
    assert_eq!((pair.difference.difference, pair.difference.n), (own.difference, 3));
    let both = summary.standing(0).is_sound() && summary.standing(2).is_sound();
    // Three replicates are too few to look for basins, so that nobody knows whether sound play is.
    assert_eq!(found.points[0].is_sound(), if both { None } else { Some(false) });
    assert_eq!((found.basins_checked, found.points[0].standing.unwrap().one_basin), (false, None));
    assert_eq!(
        (&found.as_json()["basins_checked"], &found.as_json()["one_basin"]),
        (&json!(false), &Value::Null)
    );
    // Delegators leave the community nothing, an auction leaves it most of what is there.
    assert_eq!(found.verdict, Verdict::Supported, "{pair:?}");
    let said = found.as_json();
    assert_eq!((&said["verdict"], &said["metric"]), (&json!("supported"), &json!("community_share")));
    assert_eq!(said["points"][0]["pairs"][0]["against"], "votes");
    assert!(found.closing().contains("Verdict: supported"));
    assert_eq!((found.units, &said["complete"]), (Units { done: 9, planned: 9, failed: 0 }, &json!(true)));
    assert!(Findings::read(&store, &trial::read(trial::THREE)).unwrap().is_none());
}

#[test]
fn a_rejection_of_equivalence_errs_in_a_fortieth_of_studies() {
    // No difference at all, and one of interest of a tenth of a standard error: both tests may reject, each nearly as often as at zero.
    let (studies, n) = (4000_u32, 8);
    let claimed = claim(Test::Equivalence, 0.1 / f64::from(n).sqrt(), false);
    let mut rejected = 0;
    for study in 0..studies {
        let stream = Key::new(12, study, 0).stream(Purpose::Resample, Who::MARKET);
        let values: Vec<(f64, f64)> = (0..n).map(|r| (normal_quantile(stream.uniform(r, 0)), 0.0)).collect();
        rejected += u32::from(judge(&claimed, (0, 1), &values).finding == Finding::Rejected);
    }
    let (share, error) =
        (f64::from(rejected) / f64::from(studies), (0.025_f64 * 0.975 / f64::from(studies)).sqrt());
    // Student's t with 7 degrees of freedom is beyond 2.365 + .1 on either side in 4.3%: what a test of each at 2.5% would do.
    assert!(share < 0.025 + 3.0 * error, "{share}");
    assert!(share > 0.01, "{share}");
}

#[test]
fn a_pair_that_is_rejected_by_itself_is_told_with_holms_p() {
    let of = |mean: f64, spread: f64| {
        let values: Vec<(f64, f64)> = (0..8).map(|r| (mean + [spread, -spread][r % 2], 0.0)).collect();
        judge(&claim(Test::More, 0.0, false), (0, 1), &values)
    };
    // p of .0048 for the first pair (t of −√7/.75): seven pairs make .034 of it.
    let mut pairs = vec![of(-1.0, 0.75)];
    pairs.extend((0..6).map(|_| of(1.0, 0.1)));
    let together = rejections(&pairs);
    assert!((together[0] - 7.0 * pairs[0].p_values[1]).abs() < 1e-12 && together[0] > 0.025, "{together:?}");
    let finding = of_point(&pairs);
    let mut found = findings(&["x"], vec![Point { pairs, ..point(1.0, "", finding) }]);
    found.claim.pairs = vec![(0, 1); 7];
    let said = found.sentences().join(" ");
    assert!(
        said.contains("rejected by itself (p = 0.0048; with all pairs, by Holm's method, 0.034)"),
        "{said}"
    );
    assert!(said.contains("leaves the claim undecided: as one of 7"), "{said}");
    let json = found.as_json();
    assert!((json["points"][0]["pairs"][0]["p_rejected_holm"].as_f64().unwrap() - together[0]).abs() < 1e-12);
    // A single pair is as it is.
    let one = of(-1.0, 0.75);
    let found = findings(&["x"], vec![Point { pairs: vec![one], ..point(1.0, "", Finding::Rejected) }]);
    let said = found.sentences().join(" ");
    assert!(!said.contains("Holm") && !said.contains("undecided"), "{said}");
}

#[test]
fn conduct_that_may_gain_is_no_equilibrium_and_is_told_apart() {
    let gains = Standing { conduct_gain_upper: Some(1.47), conduct_gains: true, ..SOUND };
    let mut found =
        findings(&["x"], vec![point(1.0, "", Finding::Supported), point(2.0, "", Finding::Supported)]);
    found.points[1].standing = Some(gains);
    let json = found.as_json();
    assert_eq!(
        (&json["sound"], &json["certified"], &json["one_basin"], &json["conduct_gain_upper"]),
        (&json!(false), &json!(true), &json!(true), &json!(1.47))
    );
    assert_eq!(json["points"][1]["sound"], false);
    let said = found.sentences().join(" ");
    assert!(
        said.contains("Other conduct than was learned may gain more than the tolerance at 1 of them (at most 147% of potential value):"),
        "{said}"
    );
    // Where nobody was judged there is nothing that is certified, and nothing that is sound.
    for point in &mut found.points {
        point.standing = Some(Standing { certified: None, ..SOUND });
    }
    assert_eq!((&found.as_json()["certified"], &found.as_json()["sound"]), (&Value::Null, &Value::Null));
    assert_eq!(found.as_json()["points"][0]["sound"], Value::Null);
}
