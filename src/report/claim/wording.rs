//! A claim and what came of it, in words.

use super::judging::rejections;
use super::parting::Column;
use super::{Finding, Findings, Pair, Standing, Units, Verdict};
use crate::chart::ticks::significant;
use crate::experiment::claim::Test;
use crate::measure::basins::FEWEST;
use crate::report::frontier::{labelled, printed, setting, short_names};
use crate::report::sweep::MOST_POINTS;
use crate::report::table::layout::wrapped;

impl Findings {
    /// The claim as it is tested, in words.
    pub fn tested(&self) -> String {
        let (factor, unit) = printed(self.claim.metric);
        let name = |place: usize| self.contenders[place].as_str();
        let effect = if self.claim.relative {
            format!("{}% of the other's", significant(100.0 * self.claim.effect, 3))
        } else {
            let unit = if unit == "%" { "points" } else { unit };
            format!("{} {unit}", significant(self.claim.effect * factor, 3)).trim_end().to_owned()
        };
        let metric = self.claim.metric.label;
        let others = |from: usize| {
            let names: Vec<&str> =
                self.claim.pairs.iter().filter(|p| p.0 == from).map(|p| name(p.1)).collect();
            names.join(", ")
        };
        let first = self.claim.pairs.first().map_or(0, |pair| pair.0);
        let lone = self.claim.pairs.iter().all(|pair| pair.0 == first);
        match self.claim.test {
            Test::More => {
                format!("{metric} of {} exceeds that of {} by more than {effect}", name(first), others(first))
            }
            Test::Less => format!(
                "{metric} of {} is below that of {} by more than {effect}",
                name(first),
                others(first)
            ),
            Test::Equivalence if lone => {
                format!(
                    "{metric} of {} differs from that of {} by less than {effect}",
                    name(first),
                    others(first)
                )
            }
            Test::Equivalence => format!("{metric} of any two contenders differs by less than {effect}"),
        }
    }

    /// What came of it, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let Units { done, planned, failed } = self.units;
        let verdict = match (self.is_complete(), failed) {
            (true, 0) => "Verdict".to_owned(),
            (true, _) => format!("Verdict, on {done} of {planned} units, as {failed} failed"),
            (false, 0) => format!("Provisional verdict, on {done} of {planned} units"),
            (false, _) => {
                format!("Provisional verdict, on {done} of {planned} units, of which {failed} failed")
            }
        };
        let mut said = vec![format!("{verdict}: {}. Tested: {}.", self.verdict.name(), self.tested())];
        if let [point] = self.points.as_slice() {
            let together = rejections(&point.pairs);
            said.extend(
                point.pairs.iter().zip(&together).map(|(pair, p)| format!("{}.", self.of_pair(pair, *p))),
            );
            let lone = point.pairs.iter().any(|pair| pair.finding == Finding::Rejected);
            if lone && point.finding == Finding::Undecided {
                said.push(format!(
                    "A pair that is rejected by itself leaves the claim undecided: as one of {} it may be so by luck (Holm's method, at \
                     2.5%).",
                    point.pairs.len()
                ));
            }
        } else {
            let each = [Finding::Supported, Finding::Rejected, Finding::Undecided];
            let counts = each.iter().map(|f| format!("{} at {}", f.name(), self.count(*f)));
            let counts = counts.collect::<Vec<_>>().join(", ");
            said.push(format!("Of {} design points it is {counts}.", self.points.len()));
            let [supported, rejected, _] =
                each.map(|finding| (self.count(finding), self.sure(finding).count()));
            if supported.0 > 0 && rejected.0 > 0 {
                let luck = if self.verdict == Verdict::Conditional {
                    ""
                } else {
                    ": the others may lie there by luck"
                };
                said.push(format!(
                    "Tested together (Holm's method at 2.5% each way, over all points and pairs) it is supported at {}, and rejected at \
                     {}{luck}.",
                    supported.1, rejected.1
                ));
            }
            said.extend(self.conditions());
        }
        said.extend(self.unsound());
        let judged = self.points.iter().filter_map(|point| point.standing).any(|s| s.certified.is_some());
        if !self.basins_checked && judged {
            said.push(if self.points.len() > MOST_POINTS {
                "Distinct basins were not looked for among so many points.".to_owned()
            } else {
                format!(
                    "Distinct basins were not looked for where there are fewer than {FEWEST} replicates of each that is compared."
                )
            });
        }
        said
    }

    /// Where play is no equilibrium as far as is known, and why; nothing where it is.
    fn unsound(&self) -> Option<String> {
        let standings = || self.points.iter().filter_map(|point| point.standing);
        let at = |fails: &dyn Fn(Standing) -> bool| {
            let count = standings().filter(|standing| fails(*standing)).count();
            let place = if self.points.len() == 1 { String::new() } else { format!(" at {count} of them") };
            (count > 0).then_some(place)
        };
        let mut causes = Vec::new();
        causes.extend(at(&|s| s.certified == Some(false)).map(|at| format!("play is not certified{at}")));
        causes.extend(
            at(&|s| s.one_basin == Some(false)).map(|at| format!("replicates end in distinct basins{at}")),
        );
        let most = standings().filter_map(|s| s.conduct_gain_upper).fold(0.0, f64::max);
        causes.extend(at(&|s| s.conduct_gains).map(|at| {
            format!(
                "other conduct than was learned may gain more than the tolerance{at} (at most {}% of potential value)",
                significant(100.0 * most, 3)
            )
        }));
        let first = causes.first_mut()?;
        *first = format!("{}{}", first[..1].to_uppercase(), &first[1..]);
        Some(format!(
            "{}: there the verdict is about what the learners did, not about an equilibrium.",
            causes.join("; ")
        ))
    }

    /// A pair in words; `together` is the p-value of its rejection as one of all pairs of its point.
    fn of_pair(&self, pair: &Pair, together: f64) -> String {
        let (factor, unit) = printed(self.claim.metric);
        let unit = if unit == "%" { "points" } else { unit };
        let say = |v: f64| significant(v * factor, 4);
        let d = &pair.difference;
        let (a, b) = (&self.contenders[pair.a], &self.contenders[pair.b]);
        if d.n == 0 {
            return format!("{a} and {b} have no common replicate with {}", self.claim.metric.label);
        }
        let interval = if d.ci_low.is_finite() {
            format!(", 95% interval from {} to {}", say(d.ci_low), say(d.ci_high))
        } else {
            ", and one replicate gives no interval".to_owned()
        };
        // Of several pairs one is rejected more easily by luck.
        let alone = self.claim.pairs.len() == 1 || pair.finding != Finding::Rejected;
        // Beyond what is of interest, and yet not rejected.
        let beyond = d.ci_low >= pair.effect.abs() || d.ci_high <= -pair.effect.abs();
        let luck = if self.claim.test == Test::Equivalence && pair.finding == Finding::Undecided && beyond {
            format!(
                " (either of two tests may reject, so that p is twice the smaller, {}, above 2.5%)",
                p_value(pair.p_values[1])
            )
        } else if alone {
            String::new()
        } else {
            format!(
                " by itself (p = {}; with all pairs, by Holm's method, {})",
                p_value(pair.p_values[1]),
                p_value(together)
            )
        };
        format!(
            "{a} less {b}: {} {unit}{interval}, against {} {unit}: {}{luck}",
            say(d.difference),
            say(pair.effect),
            pair.finding.name()
        )
        .replace("  ", " ")
        .replace(" ,", ",")
        .replace(" :", ":")
    }

    /// On what it hangs: parameters whose settings part points that are surely supported from those surely rejected, and how many would
    /// at random; or points of either kind.
    pub fn conditions(&self) -> Vec<String> {
        const MOST: usize = 6;
        if self.verdict != Verdict::Conditional {
            return Vec::new();
        }
        let names = short_names(&self.parameters);
        let (mut said, mut varying, mut expected) = (Vec::new(), 0, 0.0);
        for (column, name) in names.iter().enumerate() {
            let settings =
                |finding| self.sure(finding).map(|point| point.settings[column].as_ref()).collect::<Vec<_>>();
            let column = Column { yes: settings(Finding::Supported), no: settings(Finding::Rejected) };
            if column.groups().len() > 1 {
                varying += 1;
                expected += column.chance();
                said.extend(column.parted(name, MOST));
            }
        }
        if !said.is_empty() {
            // A single parameter has nothing to be mistaken for.
            if varying > 1 {
                let expected =
                    if expected < 0.01 { "less than 0.01".to_owned() } else { significant(expected, 2) };
                said.push(format!(
                    "Were these points supported and rejected at random, {expected} of the {varying} parameters would part them."
                ));
            }
            return said;
        }
        let listed = |finding: Finding| {
            let each = self.sure(finding).take(MOST).map(|point| {
                let settings = names.iter().zip(&point.settings).filter(|(_, value)| value.is_some());
                settings
                    .map(|(name, value)| format!("{name} {}", setting(value.as_ref())))
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            let more = self.sure(finding).count().saturating_sub(MOST);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            format!("{}{more}", each.collect::<Vec<_>>().join("; "))
        };
        vec![
            format!("No parameter alone parts them. Supported at: {}.", listed(Finding::Supported)),
            format!("Rejected at: {}.", listed(Finding::Rejected)),
        ]
    }

    /// What a run says of it at its end.
    pub fn closing(&self) -> String {
        let mut out = format!("\n{}", wrapped(&format!("Claim: {}", self.claim.hypothesis.trim()), "", "  "));
        for sentence in self.sentences() {
            out += &wrapped(&sentence, "  ", "  ");
        }
        out
    }

    /// Head of the column of differences.
    pub fn labelled(&self) -> String {
        let label = labelled(self.claim.metric);
        // Differences of shares are points, not per cent.
        label.strip_suffix(", %").map_or_else(|| label.clone(), |name| format!("{name}, points"))
    }
}

/// A p-value in words.
fn p_value(p: f64) -> String {
    if p < 0.001 { "less than 0.001".to_owned() } else { significant(p, 2) }
}
