//! `[play]`: how learning, measuring and certifying are laid out.

use crate::experiment::simulate::{Keep, Play};
use crate::play::schedule::{Regime, Schedule};
use crate::settings::{Document, Parameter, Section};

/// Regime.
pub const REGIME: Parameter = Parameter::choice(
    "regime",
    &["self_play", "independent"],
    "self_play",
    "policies shared by class over parallel markets, or everyone learning alone in one market",
);
/// Parallel markets.
pub const ROUNDS: Parameter = Parameter::integer(
    "rounds",
    1,
    1_000_000,
    64,
    "markets",
    "parallel markets of a replicate under self-play",
);
/// What feedback is averaged over.
pub const FEEDBACK: Parameter = Parameter::choice(
    "feedback",
    &["sampled", "expected"],
    "sampled",
    "in auctions among finitely many private values: what rivals draw and offer as it comes in the parallel markets, or taken in \
     expectation, by which all replicates learn alike",
);
/// Learning epochs.
pub const WARMUP_EPOCHS: Parameter = Parameter::integer(
    "warmup_epochs",
    1,
    100_000_000,
    500,
    "epochs",
    "epochs of learning in each market under self-play",
);
/// Measured epochs.
pub const MEASURED_EPOCHS: Parameter = Parameter::integer(
    "measured_epochs",
    1,
    100_000_000,
    50,
    "epochs",
    "epochs measured in each market after learning",
);
/// Convergence window.
pub const STABLE_EPOCHS: Parameter = Parameter::integer(
    "stable_epochs",
    1,
    1_000_000_000,
    1_000,
    "epochs",
    "independent learning ends when everybody's greedy policy has stayed the same for so long",
);
/// Cap.
pub const MAX_EPOCHS: Parameter = Parameter::integer(
    "max_epochs",
    1,
    1_000_000_000,
    20_000,
    "epochs",
    "independent learning ends after so many epochs in any case",
);
/// Horizon.
pub const HORIZON: Parameter = Parameter::integer_optional(
    "horizon",
    0,
    100_000,
    "epochs",
    "epochs over which the effect of a deviation is followed; absent: until a thousandth of it is left",
);
/// Certificate's markets.
pub const CERTIFICATE_MARKETS: Parameter = Parameter::integer(
    "certificate_markets",
    16,
    1_000_000,
    64,
    "markets",
    "fresh markets in which deviations are tried",
);
/// Certificate's epochs.
pub const CERTIFICATE_EPOCHS: Parameter =
    Parameter::integer("certificate_epochs", 1, 1_000_000, 40, "epochs", "epochs of each of them");

/// What is kept of a unit.
pub const KEEP: Parameter = Parameter::choice(
    "keep",
    &["everything", "metrics"],
    "everything",
    "what is stored of each unit: metrics, curves and policies, or metrics alone (no figures of learning and offers, no `policies.csv`, \
     nothing to export; basins are told by shares)",
);

/// Keys of `[play]`.
pub const PLAY: &[&Parameter] = &[
    &REGIME,
    &ROUNDS,
    &FEEDBACK,
    &WARMUP_EPOCHS,
    &MEASURED_EPOCHS,
    &STABLE_EPOCHS,
    &MAX_EPOCHS,
    &HORIZON,
    &CERTIFICATE_MARKETS,
    &CERTIFICATE_EPOCHS,
    &KEEP,
];

/// Keys of `[play]` that are read under self-play alone, and those of independent learners alone.
const OF_SELF_PLAY: [&Parameter; 3] = [&ROUNDS, &FEEDBACK, &WARMUP_EPOCHS];
const OF_INDEPENDENT: [&Parameter; 2] = [&STABLE_EPOCHS, &MAX_EPOCHS];

/// Removes what the file sets for a regime that a change on the command line has replaced by the other one. Keys that a
/// change itself is about (`changed` are the paths of all changes) stay, to be refused: it would come to nothing.
pub fn drop_replaced_regime(document: &mut Document, before: &Document, changed: &[String]) {
    let is_alone = |document: &Document| {
        let given = document.peek("play").and_then(|play| play.get(REGIME.key).cloned());
        given.is_some_and(|regime| regime.as_text() == Some("independent"))
    };
    let orphans: &[&Parameter] = match (is_alone(before), is_alone(document)) {
        (false, true) => &OF_SELF_PLAY,
        (true, false) => &OF_INDEPENDENT,
        _ => &[],
    };
    for parameter in orphans {
        if !changed.contains(&format!("play.{}", parameter.key)) {
            document.remove_member("play", parameter.key);
        }
    }
}

/// Reads the table. `has_memory` says whether some rule remembers anything, `finite` whether sales are among finitely many
/// private values.
pub(super) fn read_play(root: &Section, tolerance: f64, has_memory: bool, finite: bool) -> Play {
    let section = root.table_or_empty("play");
    section.known(PLAY);
    let regime =
        if section.choice(&REGIME) == "independent" { Regime::Independent } else { Regime::SelfPlay };
    let alone = regime == Regime::Independent;
    section.note_unread(if alone {
        "it belongs to `regime = \"self_play\"`"
    } else {
        "it belongs to `regime = \"independent\"`"
    });
    if !has_memory {
        section.note_unread_key(&HORIZON, "no contender's rule remembers anything");
    }
    if !alone && !finite {
        section.note_unread_key(
            &FEEDBACK,
            "no auction is among operators of one candidate each with finitely many private values",
        );
    }
    let schedule = Schedule {
        regime,
        expected: !alone && finite && section.choice(&FEEDBACK) == "expected",
        rounds: if alone { 1 } else { section.integer(&ROUNDS) as u32 },
        warmup_epochs: if alone { 0 } else { section.integer(&WARMUP_EPOCHS) as u32 },
        measured_epochs: section.integer(&MEASURED_EPOCHS) as u32,
        stable_epochs: if alone { section.integer(&STABLE_EPOCHS) as u32 } else { 0 },
        max_epochs: if alone { section.integer(&MAX_EPOCHS) as u32 } else { 0 },
        burn_in: 0,
        horizon: if has_memory { section.optional_integer(&HORIZON).map(|h| h as u32) } else { None },
    };
    Play {
        schedule,
        certificate_markets: section.integer(&CERTIFICATE_MARKETS) as u32,
        certificate_epochs: section.integer(&CERTIFICATE_EPOCHS) as u32,
        tolerance,
        keep: if section.choice(&KEEP) == "metrics" { Keep::Metrics } else { Keep::Everything },
    }
}
