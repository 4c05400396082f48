//! Populations of small agents who revise their choices: whom those who reconsider turn to.
//!
//! Of a large population a share `s_j` is at option `j`, worth `U_j` to each of its members (in units of the logit's noise:
//! price sensitivity times payout, plus taste). Each epoch some reconsider. A *revision protocol* says with which
//! probability `ρ_ij` one of them who is at `i` goes to `j`; of those who reconsider, `Σ_i s_i ρ_ij` end up at `j`.
//!
//! | rule | protocol |
//! |---|---|
//! | logit | `ρ_ij ∝ e^{U_j}` |
//! | [`best_response`] | the best, ties split |
//! | [`imitation`] | in proportion to how much better those fare whom one meets |
//! | [`even`] | anything that is good enough, alike |
//!
//! Options are numbered, the last is to choose nothing; one that is not there is worth −∞, and where nothing is on offer
//! everybody chooses nothing.
//!
//! Reference: Sandholm (2010), *Population Games and Evolutionary Dynamics*, chapters 4 and 5 (protocols), 6 (logit and best
//! response).

pub mod best_response;
pub mod even;
pub mod imitation;

/// How those who reconsider choose, with the settings of the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Revision {
    /// Smooth best response (logit quantal response) to what is offered now.
    Logit,
    /// Smooth best response to what has been offered so far.
    Hedge {
        /// Share of the past that is forgotten in an epoch.
        forgetting: f64,
    },
    /// Best response, ties split.
    BestResponse,
    /// Pairwise proportional imitation.
    Imitation {
        /// Share of those who reconsider that choose by lot.
        mutation: f64,
    },
    /// Even shares.
    Even,
}

impl Revision {
    /// Whether choice is logit in utilities, which the mechanism computes by itself.
    pub fn is_logit(self) -> bool {
        matches!(self, Revision::Logit | Revision::Hedge { .. })
    }

    /// Whether where one goes depends on where one is.
    pub fn depends_on_place(self) -> bool {
        matches!(self, Revision::Imitation { .. })
    }

    /// Whether the choice depends on this epoch's offers and beliefs alone.
    pub fn is_memoryless(self) -> bool {
        !matches!(self, Revision::Imitation { .. } | Revision::Hedge { .. })
    }

    /// Share of an advantage gained today that is left in the next epoch where offers are alike, if a share `inertia`
    /// does not reconsider: `ρ` where only those who stay put remember; `1 − (1−ρ)ν` among imitators, who come back
    /// only by mutation; and `1 − (1−ρ)λ` where a share λ of the past is forgotten (to first order, exact for δ = 1).
    pub fn persistence(self, inertia: f64) -> f64 {
        match self {
            Revision::Logit | Revision::BestResponse | Revision::Even => inertia,
            Revision::Imitation { mutation: part } | Revision::Hedge { forgetting: part } => {
                1.0 - (1.0 - inertia) * part
            }
        }
    }

    /// Shares of those who reconsider that end up at each option, into `out`; the population is at `share`, or nowhere
    /// yet. Logit rules have no place here.
    pub fn destinations(self, utility: &[f64], share: Option<&[f64]>, out: &mut [f64]) {
        match self {
            Revision::BestResponse => best_response::distribution(utility, out),
            Revision::Even => even::distribution(utility, out),
            Revision::Imitation { mutation } => imitation::destinations(mutation, utility, share, out),
            Revision::Logit | Revision::Hedge { .. } => unreachable!("logit choice has no such table"),
        }
    }

    /// Where one who reconsiders at `place` goes.
    pub fn from_place(self, place: usize, utility: &[f64], share: Option<&[f64]>, out: &mut [f64]) {
        match self {
            Revision::Imitation { mutation } => imitation::from_place(mutation, place, utility, share, out),
            _ => self.destinations(utility, share, out),
        }
    }

    /// Share of those who reconsider that end up at option `i` if it is worth `worth`, all others as they are.
    pub fn attracted(self, i: usize, worth: f64, utility: &[f64], share: Option<&[f64]>) -> f64 {
        match self {
            Revision::BestResponse => best_response::attracted(i, worth, utility),
            Revision::Even => even::attracted(i, worth, utility),
            Revision::Imitation { mutation } => imitation::attracted(mutation, i, worth, utility, share),
            Revision::Logit | Revision::Hedge { .. } => unreachable!("logit choice has its own formula"),
        }
    }
}

/// Sets `out` to even shares of the options that `chosen` accepts; to nothing, the last option, where it accepts none.
fn spread(out: &mut [f64], chosen: impl Fn(usize) -> bool) {
    let count = (0..out.len()).filter(|&j| chosen(j)).count();
    for (j, part) in out.iter_mut().enumerate() {
        *part = if chosen(j) { 1.0 / count as f64 } else { 0.0 };
    }
    if count == 0
        && let Some(nothing) = out.last_mut()
    {
        *nothing = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: f64 = f64::NEG_INFINITY;
    const RULES: [Revision; 4] = [
        Revision::BestResponse,
        Revision::Even,
        Revision::Imitation { mutation: 0.0 },
        Revision::Imitation { mutation: 0.2 },
    ];

    /// Utilities and shares of some populations, the last option being nothing.
    fn populations() -> Vec<(Vec<f64>, Option<Vec<f64>>)> {
        vec![
            (vec![1.0, 1.0, 1.0, NONE], Some(vec![0.5, 0.3, 0.2, 0.0])),
            (vec![1.0, 1.4, NONE, 0.9], Some(vec![0.1, 0.2, 0.3, 0.4])),
            (vec![NONE, 2.0, 5.0, 2.0], Some(vec![0.25, 0.25, 0.25, 0.25])),
            (vec![0.1, 0.4, 0.2, NONE], None),
            (vec![0.1, 0.4, 0.2, 0.3], None),
            (vec![NONE, NONE, NONE, NONE], Some(vec![0.5, 0.5, 0.0, 0.0])),
            (vec![NONE, NONE, NONE, 0.5], Some(vec![0.5, 0.5, 0.0, 0.0])),
        ]
    }

    /// Everybody goes somewhere on offer; places add up to the whole; the counterfactual at an option's own worth is what
    /// happens; and more pay never loses anybody.
    #[test]
    fn protocols_agree_with_themselves() {
        for rule in RULES {
            for (utility, share) in populations() {
                let share = share.as_deref();
                let mut whole = vec![0.0; utility.len()];
                rule.destinations(&utility, share, &mut whole);
                assert!((whole.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{rule:?} {utility:?} {whole:?}");
                for (j, &part) in whole.iter().enumerate() {
                    assert!(part >= 0.0);
                    if j + 1 < utility.len() && utility[j] == NONE {
                        assert_eq!(part, 0.0, "{rule:?} {utility:?}");
                    }
                }
                if let Some(share) = share {
                    let mut sum = vec![0.0; utility.len()];
                    let mut row = vec![0.0; utility.len()];
                    for (place, &part) in share.iter().enumerate() {
                        rule.from_place(place, &utility, Some(share), &mut row);
                        sum.iter_mut().zip(&row).for_each(|(sum, p)| *sum += part * p);
                    }
                    for (a, b) in sum.iter().zip(&whole) {
                        assert!((a - b).abs() < 1e-12, "{rule:?} {utility:?}: {sum:?} {whole:?}");
                    }
                }
                for i in 0..utility.len() - 1 {
                    if utility[i] > NONE {
                        let own = rule.attracted(i, utility[i], &utility, share);
                        assert!((own - whole[i]).abs() < 1e-12, "{rule:?} {utility:?}: {own} {}", whole[i]);
                    }
                    let mut before = 0.0;
                    for step in 0..60 {
                        let now = rule.attracted(i, 0.2 * f64::from(step) - 1.0, &utility, share);
                        assert!(now >= before - 1e-15, "{rule:?} {utility:?}: pay more, lose stake");
                        before = now;
                    }
                    assert!(before > 0.0, "{rule:?} {utility:?}: no pay attracts anybody");
                }
            }
        }
    }

    /// Replicator dynamics rest where the best-paid has everybody but mutants: from the others' law of motion
    /// `s = (1−ν)·s·(1 − b·d) + ν/n` with `b` at the best-paid, which pays `d` more.
    #[test]
    fn imitators_end_with_the_best_paid() {
        let (nu, utility) = (0.01, [0.4, 0.5, 0.4, 0.4, NONE]);
        let rule = Revision::Imitation { mutation: nu };
        let mut share = vec![0.3, 0.1, 0.3, 0.3, 0.0];
        let mut next = vec![0.0; 5];
        for _ in 0..5000 {
            rule.destinations(&utility, Some(&share), &mut next);
            share.copy_from_slice(&next);
        }
        let best = share[1];
        let rest = nu / 4.0 / (1.0 - (1.0 - nu) * (1.0 - best * 0.1));
        assert!(best > 0.9, "{share:?}");
        assert!((share[0] - rest).abs() < 1e-9, "{share:?}, rest {rest}");
    }

    /// Imitation between equals is neutral: nobody moves but by mutation.
    #[test]
    fn imitation_of_equals_is_neutral() {
        let share = [0.7, 0.2, 0.1, 0.0];
        let utility = [2.0, 2.0, 2.0, NONE];
        let mut out = [0.0; 4];
        Revision::Imitation { mutation: 0.0 }.destinations(&utility, Some(&share), &mut out);
        assert_eq!(out, share);
        Revision::Imitation { mutation: 0.3 }.destinations(&utility, Some(&share), &mut out);
        for (out, share) in out.iter().zip(share).take(3) {
            assert!((out - (0.7 * share + 0.1)).abs() < 1e-15);
        }
    }
}
