use super::Verdict::{Equal, Open, Reversed, Survives};
use super::*;
use crate::measure::statistics::{Critical, Pairs};

/// A difference with an interval around `mean` of half-width `half`.
fn difference(mean: f64, half: f64) -> Comparison {
    let mut pairs = Pairs::default();
    for step in [-1.0, 0.0, 1.0, 0.5, -0.5] {
        pairs.push(mean + step * half, 0.0);
    }
    pairs.comparison(&mut Critical::default())
}

#[test]
fn verdicts() {
    let (up, down, open, nothing) =
        (difference(5.0, 1.0), difference(-5.0, 1.0), difference(0.1, 1.0), difference(0.0, 0.0));
    let [up, down, open, nothing] = [up, down, open, nothing].map(Some);
    assert_eq!([&up, &down, &open, &nothing].map(sign), [1, -1, 0, 0]);
    assert_eq!(judge(&[up, up]), Verdict::Survives);
    assert_eq!(judge(&[down, down, down]), Verdict::Survives);
    assert_eq!(judge(&[up, down, open]), Verdict::Reversed(vec![1]));
    // The first rule with a sign is the reference.
    assert_eq!(judge(&[open, down, up]), Verdict::Reversed(vec![2]));
    assert_eq!(judge(&[up, open, nothing]), Verdict::Open(vec![1, 2]));
    assert_eq!(judge(&[up, None]), Verdict::Open(vec![1]));
    assert_eq!(judge(&[nothing, nothing]), Verdict::Equal);
}

#[test]
fn a_ranking_is_as_good_as_its_worst_pair() {
    let pair = |verdict| Pair { a: 0, b: 1, differences: Vec::new(), verdict };
    let of = |verdicts: &[Verdict]| together(&verdicts.iter().cloned().map(pair).collect::<Vec<_>>());
    assert_eq!(of(&[Survives, Equal]), Survives);
    assert_eq!(of(&[Survives, Open(vec![2]), Open(vec![1, 2])]), Open(vec![1, 2]));
    assert_eq!(of(&[Open(vec![0]), Reversed(vec![1])]), Reversed(vec![1]));
    assert_eq!(of(&[Equal, Equal]), Equal);
}

/// Three rules, under the last of which play is not certified.
#[test]
fn certified_play_has_a_verdict_of_its_own() {
    let (up, down) = (Some(difference(5.0, 1.0)), Some(difference(-5.0, 1.0)));
    let of = |differences: &[Option<Comparison>], sound: usize| {
        let pair = Pair { a: 0, b: 1, verdict: judge(differences), differences: differences.to_vec() };
        by_certified(&[pair], &|rule, _| rule < sound)
    };
    assert_eq!(of(&[up, up, down], 3), ByCertified::Same);
    assert_eq!(of(&[up, up, down], 2), ByCertified::Only(Survives));
    assert_eq!(of(&[up, down, up], 2), ByCertified::Only(Reversed(vec![1])));
    assert_eq!(of(&[up, up, down], 1), ByCertified::Nothing);
    // A pair of which nothing is known hides no reversal of another, and no survival is known then.
    let pair = |b: usize, second: Option<Comparison>| Pair {
        a: 0,
        b,
        verdict: Survives,
        differences: vec![up, second],
    };
    let first = |_: usize, pair: &Pair| pair.b == 1;
    let reversed = by_certified(&[pair(1, down), pair(2, up)], &first);
    assert_eq!(reversed, ByCertified::Only(Reversed(vec![1])));
    assert_eq!(by_certified(&[pair(1, up), pair(2, up)], &first), ByCertified::Nothing);
    // The rule that is left out keeps its place in the names of others.
    let pair = Pair { a: 0, b: 1, verdict: Survives, differences: vec![up, up, down] };
    assert_eq!(by_certified(&[pair], &|rule, _| rule != 1), ByCertified::Only(Reversed(vec![2])));
}

#[test]
fn rank_correlation() {
    let some = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
    let tau = |x: &[f64], y: &[f64]| kendall(&some(x), &some(y));
    assert_eq!(tau(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]), 1.0);
    assert_eq!(tau(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0);
    // One of three pairs in another order: (2 − 1)/3.
    assert!((tau(&[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0]) - 1.0 / 3.0).abs() < 1e-15);
    // One tie in x: (2 − 0)/√(2·3).
    assert!((tau(&[1.0, 1.0, 3.0], &[1.0, 2.0, 3.0]) - 2.0 / 6.0_f64.sqrt()).abs() < 1e-15);
    assert!(tau(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
    assert_eq!(kendall(&[Some(1.0), None, Some(2.0)], &[Some(3.0), Some(0.0), Some(4.0)]), 1.0);
}
