//! The stage game that a contender of an experiment repeats, taken from the mechanism itself.

use super::read;
use crate::experiment::repeated::Benchmark;
use crate::play::market::{Game, Seating};
use crate::play::repeated::of_market::RepeatedGame;
use crate::play::repeated::session::{Part, Stop};
use crate::play::repeated::stage::Stage;
use crate::play::schedule::Regime;
use crate::with_rule;

/// A repeated game of the program.
pub struct StageGame {
    /// What everyone earns in an epoch.
    pub stage: Stage,
    /// Who learns.
    pub parts: Vec<Part>,
    /// When learning ends.
    pub stop: Stop,
    /// Joint profits at the static Nash equilibrium and at most, by the program's own theory; `None` where it has none.
    pub benchmark: Option<Benchmark>,
}

impl StageGame {
    /// That of the first contender of an experiment whose settings are changed as by `--set`.
    ///
    /// # Errors
    /// If it is no experiment, or no game that repeats.
    pub fn of(text: &str, set: &[(&str, &str)]) -> Result<Self, String> {
        let experiment = read(text, set)?;
        let contender = experiment.contenders.first().ok_or("the experiment has no contender")?;
        let (rule, setting, terms) = (&contender.rule, &experiment.setting, &contender.terms);
        let schedule = &experiment.play.schedule;
        let seats = &Seating::new(setting, schedule.regime == Regime::SelfPlay);
        let repeated = with_rule!(rule, rule => {
            RepeatedGame::new(&Game { rule, setting, terms, seats }, schedule.regime)
        });
        let RepeatedGame { stage, parts, .. } = repeated.ok_or("the game does not repeat")?;
        let benchmark = Benchmark::of(rule, setting, terms);
        let stop = Stop { stable_epochs: schedule.stable_epochs, max_epochs: schedule.max_epochs };
        Ok(StageGame { stage, parts, stop, benchmark })
    }
}
