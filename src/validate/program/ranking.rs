//! Sequencers ranked by performance, who learn how hard to try.

use super::super::Study;
use super::menu_gap::MenuGap;
use super::{Claim, metric, study, tolerance_for, tolerating};
use crate::numerics::{exp, pow};
use crate::theory::contest::Effort;

/// What a score counts as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// `e^{βS}`.
    Exponential(f64),
    /// `S^γ`.
    Power(f64),
}

/// Equals who make efforts for the slots of an epoch, worth 1, at a cost of `e²/2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranking {
    /// How many they are.
    pub members: u32,
    /// What a score counts as.
    pub form: Form,
    /// Largest effort of the menu.
    pub highest: f64,
}

impl Ranking {
    /// The experiment with `strategy`, the keys of a strategy, for everybody.
    pub fn text(&self, strategy: &str) -> String {
        let (form, power) = match self.form {
            Form::Exponential(beta) => ("exp", beta),
            Form::Power(gamma) => ("power", gamma),
        };
        format!(
            "[experiment]\nname = \"case\"\n\n[[sequencers]]\nname = \"worker\"\ncount = {}\nvalue = {{ constant = 1.0 }}\n\
             strategy = \"efforts\"\n\n[mechanism.merit]\nrule = \"algorithmic\"\nbase = \"equal\"\nscore_form = \"{form}\"\n\
             score_power = {power:?}\neffort_cost = 1.0\n\n\
             [play]\nrounds = 16\nwarmup_epochs = 400\nmeasured_epochs = 50\ncertificate_markets = 32\ncertificate_epochs = 20\n\n\
             [strategies.efforts]\n{strategy}\n",
            self.members
        )
    }

    /// What efforts earn.
    pub fn payoffs(&self, efforts: &[f64]) -> Vec<f64> {
        let weight = |e: f64| match self.form {
            Form::Exponential(beta) => exp(beta * e),
            Form::Power(gamma) => pow(e, gamma),
        };
        let total: f64 = efforts.iter().map(|e| weight(*e)).sum();
        efforts.iter().map(|e| weight(*e) / total - 0.5 * e * e).collect()
    }

    /// The study: efforts learned on `points` settings, and on twice as many, against the equilibrium.
    pub fn study(&self, name: &str, source: &'static str, points: usize, theory: &Effort) -> Study {
        let own = *self;
        let n = own.members as usize;
        let tolerance = tolerance_for(&vec![theory.payoff; n], &vec![1.0 / n as f64; n], 1.0);
        let step = own.highest / (points - 1) as f64;
        let menu = MenuGap::new(&|e| own.payoffs(e), &vec![theory.effort; n], &[n], &[step]);
        let claims = vec![
            Claim::new("effort", theory.effort, menu.of(&|e| e[0]), |o| metric(o, "mean_offer"))
                .on_curve()
                .in_unit("effort"),
            Claim::new("payoff", theory.payoff, menu.of(&|e| own.payoffs(e)[0]), move |o| {
                metric(o, "sequencer_share") / n as f64
            })
            .on_curve(),
        ];
        let text = move |points: usize| {
            let highest = own.highest;
            let text = own.text(&format!(
                "learner = \"hedge\"\nbins = 1\nmenu = {{ absolute = [0.0, {highest:?}], points = {points} }}"
            ));
            tolerating(&text, tolerance)
        };
        study(name, source, text, points, claims)
    }
}
