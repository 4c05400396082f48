//! What benches that play markets share: an experiment from text, and a market that is lived through while nobody learns.

use sequencer_lab::cli::library::Files;
use sequencer_lab::draws::Key;
use sequencer_lab::experiment::file::{Contender, Experiment};
use sequencer_lab::learning::policy::Policy;
use sequencer_lab::learning::{Learner, Problem};
use sequencer_lab::mechanism::Mechanism;
use sequencer_lab::play::market::{Detail, Game, Market, Round, Seating};
use sequencer_lab::settings::Document;
use std::hint::black_box;
use std::path::Path;

/// The experiment in `text`, as if it stood beside the file `beside`, with settings changed as by `--set`.
pub fn experiment(text: &str, beside: &str, changes: &[&str]) -> Experiment {
    let mut document = Document::parse("bench", text).expect("a readable file");
    for change in changes {
        let (path, value) = change.split_once('=').expect("PATH=VALUE");
        document.set(path, value).expect("a setting that exists");
    }
    Experiment::read(document, &Files::beside(Path::new(beside))).expect("a valid experiment")
}

/// What everybody plays who does not learn.
pub fn policies<M: Mechanism>(game: &Game<M>) -> Vec<Policy> {
    let settled = |p: &sequencer_lab::play::market::Player| {
        let problem = Problem::new(p.bins.count(), p.menu.columns());
        Learner::new(game.setting.classes[p.class].strategy.learner, &problem).settled()
    };
    game.seats.players.iter().map(settled).collect()
}

/// Lives through so many epochs of a fresh market, slot by slot.
pub fn live<M: Mechanism>(
    rule: &M,
    experiment: &Experiment,
    contender: &Contender,
    market: u32,
    epochs: u32,
) {
    let (setting, terms) = (&experiment.setting, &contender.terms);
    let seats = Seating::new(setting, true);
    let game = Game { rule, setting, terms, seats: &seats };
    let policies = policies(&game);
    let mut round = Round::new(&game);
    let mut market = Market::open(&game, Key::new(experiment.seed, market, 0));
    for _ in 0..epochs {
        market.offer(&game, |p| &policies[p], &mut round);
        market.decide(&game, &mut round, Detail::Slots).expect("balanced books");
    }
    black_box(market.ledger.community());
}
