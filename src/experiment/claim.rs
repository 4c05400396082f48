//! `[claim]`: what an experiment is to decide, stated beforehand.
//!
//! **Definition.** A claim is about one metric `m` of two contenders `a` (`of`) and `b` (each of `against`), on the same draws. With
//! `δ ≥ 0` the smallest difference that anybody would care about (`effect`; a share of `b`'s mean where `relative`) it says
//!
//! * `test = "superiority"`: `m_a − m_b > δ`, or with `direction = "less"` `m_b − m_a > δ`;
//! * `test = "equivalence"`: `|m_a − m_b| < δ`.
//!
//! So that no claim is true by construction, it also says in words what is held fixed (`closure`: whose stake, whose entry) and where
//! it could fail (`could_fail`), which is the region that a sweep should go through. It bears on no number, and on no unit's id.
//! What came of it is judged in [`crate::report::claim`].

use crate::measure::metrics::{self, METRICS, Metric};
use crate::settings::{Parameter, Section, Value, nearest};

/// Hypothesis.
pub const HYPOTHESIS: Parameter = Parameter::text_required("hypothesis", "what is claimed, in a sentence");
/// Metric.
pub const CLAIMED: Parameter = Parameter::custom_required(
    "metric",
    "a metric (see `list metrics`)",
    "metric by which the claim is judged",
);
/// Test.
pub const TEST: Parameter = Parameter::choice(
    "test",
    &["superiority", "equivalence"],
    "superiority",
    "`superiority`: `of` has more (or less) than each of `against`, by more than `effect`; `equivalence`: they differ by less",
);
/// Contender.
pub const OF: Parameter = Parameter::custom_optional(
    "of",
    "a contender's name",
    "contender that the claim is about; absent, with `equivalence` alone: every pair of `against`",
);
/// Others.
pub const AGAINST: Parameter = Parameter::custom_optional(
    "against",
    "a list of contenders' names",
    "contenders that it is held against; absent: all others",
);
/// Direction.
pub const DIRECTION: Parameter =
    Parameter::choice("direction", &["more", "less"], "more", "whether `of` is to have more or less");
/// Effect.
pub const EFFECT: Parameter = Parameter::number_required(
    "effect",
    0.0,
    1e12,
    "unit of the metric, or share of the other's mean",
    "smallest difference of interest",
);
/// Relative.
pub const RELATIVE: Parameter =
    Parameter::flag("relative", false, "whether `effect` is a share of the mean of what it is held against");
/// Closure.
pub const CLOSURE: Parameter = Parameter::text_required(
    "closure",
    "what is held fixed and what answers: stake, entry, the population of users",
);
/// Where it could fail.
pub const COULD_FAIL: Parameter =
    Parameter::text_required("could_fail", "region of parameters in which the claim could turn out false");

/// Keys of `[claim]`.
pub const CLAIM: &[&Parameter] =
    &[&HYPOTHESIS, &CLAIMED, &TEST, &OF, &AGAINST, &DIRECTION, &EFFECT, &RELATIVE, &CLOSURE, &COULD_FAIL];

/// What is claimed of each pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// The first has more than the second.
    More,
    /// The first has less than the second.
    Less,
    /// They are practically the same.
    Equivalence,
}

/// A claim as read.
#[derive(Clone, Debug)]
pub struct Claim {
    /// In a sentence.
    pub hypothesis: String,
    /// What it is judged by.
    pub metric: &'static Metric,
    /// What is claimed.
    pub test: Test,
    /// Pairs of contenders, by place in the file.
    pub pairs: Vec<(usize, usize)>,
    /// Smallest difference of interest.
    pub effect: f64,
    /// Whether that is a share of the second's mean.
    pub relative: bool,
    /// What is held fixed.
    pub closure: String,
    /// Where it could fail.
    pub could_fail: String,
}

/// Reads the table of an experiment of this kind with these contenders; errors are noted with the reader.
pub(super) fn read(root: &Section, kind: &str, contenders: &[&str]) -> Option<Claim> {
    let section = root.table("claim")?;
    section.known(CLAIM);
    if matches!(kind, "optimize" | "sensitivity") || contenders.len() < 2 {
        section.abandon();
        let (found, allowed) = if contenders.len() < 2 {
            ("there is one contender, and nothing to hold it against".to_owned(), "at least two contenders")
        } else {
            (format!("a claim in an experiment of kind `{kind}`"), "`kind = \"compare\"` or `\"sweep\"`")
        };
        section.refuse("", &found, allowed, None);
        return None;
    }
    let (hypothesis, closure, could_fail) =
        (section.text(&HYPOTHESIS), section.text(&CLOSURE), section.text(&COULD_FAIL));
    let metric = section.custom(&CLAIMED, |value| {
        let key = value.as_text().ok_or("not a text")?;
        let near = nearest(key, METRICS.iter().map(|metric| metric.key));
        let help = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        metrics::find(key).ok_or_else(|| format!("there is no metric `{key}`{help}"))
    });
    let place = |value: &Value| -> Result<usize, String> {
        let name = value.as_text().ok_or("a contender that is not a text")?;
        let near = nearest(name, contenders.iter().copied());
        let help = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let found = contenders.iter().position(|known| *known == name);
        found.ok_or_else(|| format!("there is no contender `{name}`{help}"))
    };
    let of = section.custom(&OF, place);
    let against = section.custom(&AGAINST, |value| {
        let mut places: Vec<usize> = Vec::new();
        for item in value.as_list().ok_or("not a list")? {
            let place = place(item)?;
            if places.contains(&place) {
                return Err(format!("the contender `{}` twice", contenders[place]));
            }
            places.push(place);
        }
        if places.is_empty() {
            Err("an empty list: leave it out for all others".to_owned())
        } else {
            Ok(places)
        }
    });
    let equivalence = section.choice(&TEST) == "equivalence";
    let test = if equivalence {
        section.note_unread_key(&DIRECTION, "equivalence has no direction");
        Test::Equivalence
    } else if section.choice(&DIRECTION) == "less" {
        Test::Less
    } else {
        Test::More
    };
    let (effect, relative) = (section.number(&EFFECT), section.flag(&RELATIVE));
    if equivalence && effect == 0.0 {
        section.refuse(EFFECT.key, "nothing is equivalent to within nothing", "a number above 0", None);
    }
    if !equivalence && !section.is_given(OF.key) {
        section.refuse(
            "",
            "no contender that has more or less than others",
            "`of`, a contender's name",
            None,
        );
    }
    if let (Some(of), Some(against)) = (of, &against)
        && against.contains(&of)
    {
        section.refuse(AGAINST.key, "a contender is held against itself", "contenders other than `of`", None);
    }
    let all = || (0..contenders.len()).collect::<Vec<_>>();
    let others = against.unwrap_or_else(all);
    let pairs: Vec<(usize, usize)> = if let Some(of) = of {
        others.into_iter().filter(|b| *b != of).map(|b| (of, b)).collect()
    } else {
        let each = others.iter().enumerate();
        each.flat_map(|(i, a)| others[i + 1..].iter().map(move |b| (*a, *b))).collect()
    };
    if pairs.is_empty() {
        section.refuse(AGAINST.key, "no pair of contenders", "at least one contender besides", None);
    }
    Some(Claim { hypothesis, metric: metric?, test, pairs, effect, relative, closure, could_fail })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::file::Experiment;
    use crate::experiment::trial;
    use crate::settings::Document;

    const WORDS: &str = "hypothesis = \"h\"\nclosure = \"stake is fixed\"\ncould_fail = \"few bidders\"\n";

    fn read(claim: &str) -> Result<Option<Claim>, String> {
        let text = format!("{}[claim]\n{WORDS}{claim}", trial::THREE);
        let document = Document::parse("trial.toml", &text).map_err(|e| e.to_string())?;
        let experiment = Experiment::read(document, &trial::Shipped).map_err(|e| e.to_string())?;
        let plain = trial::read(trial::THREE);
        for (a, b) in plain.contenders.iter().zip(&experiment.contenders) {
            assert_eq!(plain.fingerprint(a), experiment.fingerprint(b), "a claim bears on no number");
        }
        let again = Document::parse("resolved.toml", &experiment.resolved.to_toml()).unwrap();
        let again = Experiment::read(again, &trial::Shipped).unwrap();
        let said = |experiment: &Experiment| format!("{:?}", experiment.variations.claim);
        assert_eq!(said(&again), said(&experiment), "as resolved it says the same");
        Ok(experiment.variations.claim)
    }

    #[test]
    fn pairs_follow_from_of_and_against() {
        let claim = read("metric = \"holder_share\"\nof = \"votes\"\neffect = 0.02\n").unwrap().unwrap();
        assert_eq!((claim.test, claim.pairs.as_slice()), (Test::More, &[(2, 0), (2, 1)][..]));
        let claim =
            read("metric = \"liveness\"\nof = \"one\"\nagainst = [\"auction\"]\ndirection = \"less\"\neffect = 0\n")
                .unwrap()
                .unwrap();
        assert_eq!((claim.test, claim.pairs.as_slice()), (Test::Less, &[(1, 0)][..]));
        let claim =
            read("metric = \"net_surplus\"\ntest = \"equivalence\"\neffect = 0.05\nrelative = true\n")
                .unwrap();
        let claim = claim.unwrap();
        assert_eq!(claim.pairs, [(0, 1), (0, 2), (1, 2)]);
        assert!(claim.test == Test::Equivalence && claim.relative);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for (claim, said) in [
            ("metric = \"holders_share\"\nof = \"one\"\neffect = 0\n", "did you mean `holder_share`?"),
            ("metric = \"liveness\"\nof = \"vote\"\neffect = 0\n", "did you mean `votes`?"),
            ("metric = \"liveness\"\neffect = 0\n", "`of`, a contender's name"),
            ("metric = \"liveness\"\nof = \"one\"\n", "effect"),
            ("metric = \"liveness\"\nof = \"one\"\neffect = -1\n", "effect"),
            ("metric = \"liveness\"\nof = \"one\"\nagainst = [\"one\"]\neffect = 0\n", "against itself"),
            ("metric = \"liveness\"\ntest = \"equivalence\"\neffect = 0\n", "to within nothing"),
            (
                "metric = \"liveness\"\ntest = \"equivalence\"\ndirection = \"less\"\neffect = 1\n",
                "equivalence has no direction",
            ),
        ] {
            let error = read(claim).unwrap_err();
            assert!(error.contains(said), "{claim}: {error}");
        }
        let bare = format!("{}[claim]\nmetric = \"liveness\"\nof = \"one\"\neffect = 0\n", trial::THREE);
        let document = Document::parse("trial.toml", &bare).unwrap();
        let error = Experiment::read(document, &trial::Shipped).unwrap_err().to_string();
        for key in ["hypothesis", "closure", "could_fail"] {
            assert!(error.contains(key), "{error}");
        }
    }
}
