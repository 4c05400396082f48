//! `[experiment]`: what is asked, and how large the study is.

use crate::experiment::tables::quantiles;
use crate::settings::{Parameter, Section};

/// Name.
pub const NAME: Parameter = Parameter::text_required(
    "name",
    "name of the experiment and of its output folder: letters, digits, `-`, `_` and `.`",
);
/// Question.
pub const QUESTION: Parameter = Parameter::text("question", "", "what the experiment asks");
/// Expectation.
pub const EXPECTATION: Parameter = Parameter::text("expectation", "", "what is expected beforehand, and why");
/// Kind.
pub const KIND: Parameter = Parameter::choice(
    "kind",
    &["compare", "sweep", "optimize", "sensitivity"],
    "compare",
    "what is done with the contenders",
);
/// Seed.
pub const SEED: Parameter =
    Parameter::integer("seed", 0, i64::MAX as u64, 1, "", "master seed; everything random follows from it");
/// Replicates.
pub const REPLICATES: Parameter = Parameter::integer(
    "replicates",
    1,
    1_000_000,
    32,
    "",
    "independent repetitions of learning and measuring, the unit of statistics",
);
/// Tolerance.
pub const TOLERANCE: Parameter = Parameter::number(
    "tolerance",
    0.0,
    1.0,
    0.01,
    "share of potential value",
    "largest gain from deviating, per agent and epoch, at which a result is certified",
)
.open_low();

/// Quantiles.
pub use crate::experiment::tables::quantiles::WANTED as QUANTILES;

/// Keys of `[experiment]`.
pub const EXPERIMENT: &[&Parameter] =
    &[&NAME, &QUESTION, &EXPECTATION, &KIND, &SEED, &REPLICATES, &TOLERANCE, &QUANTILES];

/// `[experiment]`, but for the tolerance.
pub(super) struct Head {
    pub(super) name: String,
    pub(super) question: String,
    pub(super) expectation: String,
    pub(super) seed: u64,
    pub(super) replicates: u32,
    pub(super) kind: &'static str,
    pub(super) quantiles: Vec<f64>,
}

/// Reads the table; the tolerance is the second part.
pub(super) fn read_head(root: &Section) -> (Head, f64) {
    let section = root.table_or_empty("experiment");
    section.known(EXPERIMENT);
    let name = section.text(&NAME);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if section.is_given("name") && (name.is_empty() || name.starts_with('.') || !name.chars().all(plain)) {
        section.refuse(
            "name",
            "a name that cannot be a folder's",
            "letters, digits, `-`, `_` and `.`, not beginning with a dot",
            None,
        );
    }
    let question = section.text(&QUESTION);
    let expectation = section.text(&EXPECTATION);
    let kind = section.choice(&KIND);
    let seed = section.integer(&SEED);
    let replicates = section.integer(&REPLICATES) as u32;
    let quantiles = section.custom(&QUANTILES, quantiles::read).unwrap_or_default();
    (Head { name, question, expectation, seed, replicates, kind, quantiles }, section.number(&TOLERANCE))
}
