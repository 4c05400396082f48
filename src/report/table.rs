//! The table that closes a run: one column for each contender, what is certified, and how the first pairs differ.

mod basins;
pub(super) mod differences;
pub(crate) mod layout;
#[cfg(test)]
mod tests;

use super::robustness::{self, Findings};
use super::summary::{Standing, Summary, Verdict};
use super::sweep;
use super::warnings;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::measure::statistics::Estimate;
use layout::{blocks, number, percentage, wrapped};
use std::fmt::Write as _;

/// Columns of the terminal that the table keeps within.
pub const WIDTH: usize = 100;

/// A row of numbers: label, metric, factor on its value.
pub(super) type Row = (&'static str, &'static str, f64);

const SHARES: &[Row] = &[
    ("to the community", "community_share", 100.0),
    ("to delegators", "delegator_share", 100.0),
    ("to sequencers, before capital cost", "sequencer_share", 100.0),
    ("operating cost", "operating_cost_share", 100.0),
    ("posting cost", "posting_cost_share", 100.0),
    ("unrealised", "unrealised_share", 100.0),
    ("(memo: capital cost)", "capital_cost_share", 100.0),
    ("(from outside the account)", "outside_income_share", 100.0),
    ("(memo: user harm)", "user_harm_share", 100.0),
    ("(of the community's: treasury)", "treasury_share", 100.0),
    ("(of the community's: public goods)", "public_goods_share", 100.0),
    ("(of the community's: burned)", "burned_share", 100.0),
    ("(of the community's: buy-back)", "buyback_share", 100.0),
];

const ETH: &[Row] = &[
    ("potential value", "potential_value", 1.0),
    ("net surplus", "net_surplus", 1.0),
    ("capital locked, in all", "capital_locked", 1.0),
];

const SERVICE: &[Row] = &[
    ("liveness, % of slots produced", "liveness", 100.0),
    ("operating cost over one operator's", "overhead_ratio", 1.0),
    ("Nakamoto coefficient (1/3)", "nakamoto_33", 1.0),
    ("HHI of slots", "hhi_slots", 1.0),
];

/// Of worlds with targeted transactions, users who leave, or upgrades: contenders have these metrics only there.
const USERS: &[Row] = &[
    ("targets censored, %", "censored_share", 100.0),
    ("cost of censorship, ETH", "censorship_cost", 1.0),
    ("price of censorship, ETH", "censorship_price", 1.0),
    ("inclusion delay of targets, slots", "inclusion_delay_slots", 1.0),
    ("bribes to sequencers, ETH per epoch", "bribes_to_sequencers", 1.0),
    ("users lost, %", "users_left", 100.0),
    ("cost of capture at a flat price, ETH", "capture_cost_flat", 1.0),
    ("cost of capture by pivotal bribes, ETH", "capture_cost_pivotal", 1.0),
    ("users whom a captured upgrade reaches, %", "capture_reach", 100.0),
];

/// Of free entry, bought uptime, resale, tokens and bonds in other assets.
const CHOICES: &[Row] = &[
    ("entrants", "entrants", 1.0),
    ("margin of entrants, ETH per epoch", "entry_margin", 1.0),
    ("spent on uptime, ETH per epoch", "uptime_spending", 1.0),
    ("slots of resold seats, %", "resold_share", 100.0),
    ("paid for resold seats, ETH per epoch", "resale_payments", 1.0),
    ("the token's price, its beginning 1", "token_price", 1.0),
    ("collateral shortfall, %", "collateral_shortfall", 100.0),
];

/// Of independent learners in a game that repeats.
const COLLUSION: &[Row] = &[
    ("profit gain Δ (0 static Nash, 1 joint maximum)", "profit_gain", 1.0),
    ("static deviations that do not pay, %", "deviation_unprofitable", 100.0),
    ("what punishment costs, % of profit", "punishment", 100.0),
    ("play back within 25 epochs, %", "forgiveness", 100.0),
    ("gain of a fresh learner, ETH per epoch", "retrained_gain", 1.0),
    ("exploitable or unpunished (spurious), %", "spurious", 100.0),
];

const DISTANCE: &[Row] = &[
    ("gain of the best deviation found", "deviation_gain", 100.0),
    ("95% bound on any of the menu's", "deviation_gain_upper", 100.0),
    ("gain of other conduct", "conduct_gain", 100.0),
    ("95% bound on other conduct", "conduct_gain_upper", 100.0),
    ("payouts that delegators forgo", "delegator_gain", 100.0),
    ("gain of another bribe", "briber_gain", 100.0),
];

/// The closing table as plain text of at most [`WIDTH`] columns, warnings below it; ends with a line break.
///
/// # Errors
/// Where the store cannot be read.
pub fn summary_table(store: &Store, experiment: &Experiment) -> Result<String, StoreError> {
    if let Some(text) = sweep::closing::closing(store, experiment, &sweep::Readings::default())? {
        return Ok(text);
    }
    let summary = Summary::read(store, 0, experiment.play.tolerance)?;
    let mut out = String::new();
    head(&mut out, &summary, experiment);
    let columns: Vec<Vec<String>> = (0..summary.contenders().len()).map(|c| column(&summary, c)).collect();
    if !columns.is_empty() {
        let names: Vec<String> = (0..columns.len()).map(|c| summary.marked(c)).collect();
        out += &blocks(&labels(&summary), &names, &columns);
        standing(&mut out, &summary, experiment);
        basins::write(&mut out, &summary);
        differences::write(&mut out, &summary);
    }
    if let Some(findings) = Findings::read(store, experiment)? {
        out += &robustness::block(&findings);
    }
    let found = warnings::about(&summary, experiment);
    if !found.is_empty() {
        out += "\nWarnings\n";
    }
    for warning in found {
        out += &wrapped(&warning.cause(), "  * ", "    ");
        out += &wrapped(&format!("Remedy: {}", warning.remedy()), "    ", "    ");
    }
    Ok(out)
}

fn head(out: &mut String, summary: &Summary, experiment: &Experiment) {
    let most = (0..summary.contenders().len()).map(|c| summary.done(c)).max().unwrap_or(0);
    let scope = match most {
        0 => "no replicate is done".to_owned(),
        1 => "one replicate, so no intervals".to_owned(),
        n => format!("means over {n} replicates ± half-widths of 95% intervals"),
    };
    *out += &wrapped(&format!("{}: {scope}", experiment.name), "", "");
    if !experiment.question.trim().is_empty() {
        *out += &wrapped(experiment.question.trim(), "", "");
    }
    if let Some(robustness) = &experiment.variations.robustness {
        let design = robustness.design(experiment);
        let written = design.point(0).in_words();
        *out += &wrapped(&format!("Learning as written ({written}); other rules below."), "", "");
    }
    if let Some(sweep) = &experiment.variations.sweep {
        let design = sweep.design();
        let (first, points) = (design.point(0).in_words(), design.len());
        let text = format!(
            "Of {points} design points this is the first ({first}). All are in summary.csv; which parameter moves which metric is in \
             effects.csv and main_effects.csv."
        );
        *out += &wrapped(&text, "", "");
    }
    out.push('\n');
}

/// Whether a row says something about any contender.
pub(super) fn is_said(summary: &Summary, (_, metric, _): &Row) -> bool {
    let means = (0..summary.contenders().len()).filter_map(|c| summary.estimate(c, metric)).map(|e| e.mean);
    // Every rule has these, and in most worlds none has any of them.
    if ["outside_income_share", "user_harm_share"].contains(metric) {
        means.into_iter().any(|m| m != 0.0)
    } else {
        means.count() > 0
    }
}

/// Metrics that say what a world or an overlay is there for, with their labels: those that not every experiment has.
pub(super) fn asked_by_the_world() -> impl Iterator<Item = &'static Row> {
    SHARES.iter().filter(|(_, metric, _)| *metric == "user_harm_share").chain(USERS).chain(CHOICES)
}

/// Whether contenders differ in a metric by more than rounding; one that some lack and others have differs, too.
pub(super) fn differs(summary: &Summary, metric: &str) -> bool {
    let done = (0..summary.contenders().len()).filter(|c| summary.done(*c) > 0);
    let means: Vec<Option<f64>> = done.map(|c| summary.estimate(c, metric).map(|e| e.mean)).collect();
    let Some(Some(first)) = means.iter().find(|mean| mean.is_some()) else { return false };
    means.iter().any(|mean| mean.is_none_or(|mean| (mean - first).abs() > 1e-9 * first.abs().max(mean.abs())))
}

pub(super) fn sections() -> [(&'static str, &'static [Row]); 7] {
    [
        ("Share of potential value, %", SHARES),
        ("ETH per epoch", ETH),
        ("Service and concentration", SERVICE),
        ("Censorship, users and upgrades", USERS),
        ("Entry, uptime, resale and collateral", CHOICES),
        ("Collusion among independent learners", COLLUSION),
        ("Distance from equilibrium, % of potential value", DISTANCE),
    ]
}

/// Labels of all lines; those of headings do not begin with a space.
fn labels(summary: &Summary) -> Vec<String> {
    let mut labels = Vec::new();
    for (heading, rows) in sections() {
        let said: Vec<&Row> = rows.iter().filter(|row| is_said(summary, row)).collect();
        if !said.is_empty() {
            labels.push(heading.to_owned());
            labels.extend(said.iter().map(|(label, ..)| format!("  {label}")));
        }
    }
    labels.extend(["  certified replicates".to_owned(), "  replicates that settled".to_owned()]);
    labels
}

/// Cells of one contender, in the order of [`labels`]; empty beside headings.
fn column(summary: &Summary, contender: usize) -> Vec<String> {
    let mut cells = numbers(summary, |metric| summary.estimate(contender, metric));
    cells.extend(match summary.standing(contender) {
        Standing::NobodyLearns if summary.done(contender) == 0 => ["–".to_owned(), "–".to_owned()],
        Standing::NobodyLearns => ["nobody learns".to_owned(), "–".to_owned()],
        // Scripts move as they are told.
        Standing::Learned { certified, of, .. } if summary.estimate(contender, "settled").is_none() => {
            [format!("{certified} of {of}"), "–".to_owned()]
        }
        standing @ Standing::Learned { certified, of, .. } => {
            [format!("{certified} of {of}"), format!("{} of {of}", standing.at_rest())]
        }
    });
    cells
}

/// Cells of every row but the last two, from where a metric's estimate is found.
fn numbers(summary: &Summary, estimate: impl Fn(&str) -> Option<Estimate>) -> Vec<String> {
    let mut cells = Vec::new();
    for (_, rows) in sections() {
        let said: Vec<&Row> = rows.iter().filter(|row| is_said(summary, row)).collect();
        if !said.is_empty() {
            cells.push(String::new());
        }
        for (_, metric, factor) in said {
            let say = if *factor == 100.0 { percentage } else { number };
            let text = |e: Estimate| say(e.mean * factor, (e.ci_high - e.mean) * factor);
            cells.push(estimate(metric).map_or("–".to_owned(), text));
        }
    }
    cells
}

/// What is certified, what is not, and what that means.
fn standing(out: &mut String, summary: &Summary, experiment: &Experiment) {
    out.push('\n');
    for text in standing_in_words(summary, experiment) {
        *out += &wrapped(&text, "", "  ");
    }
}

/// The same, one paragraph for each standing.
pub(super) fn standing_in_words(summary: &Summary, experiment: &Experiment) -> Vec<String> {
    let tolerance = crate::chart::ticks::significant(100.0 * experiment.play.tolerance, 1);
    let with = |verdict: Verdict| -> Vec<String> {
        let named = summary
            .contenders()
            .iter()
            .enumerate()
            .filter(|(c, _)| summary.done(*c) > 0 && summary.standing(*c).verdict() == verdict);
        named
            .map(|(c, name)| match summary.standing(c) {
                Standing::Learned { certified, of, .. } if certified < of => {
                    format!("{name} ({certified} of {of})")
                }
                _ => name.clone(),
            })
            .collect()
    };
    let learns = experiment.setting.classes.iter().any(|class| class.strategy.learner.learns());
    let mut said = Vec::new();
    for (verdict, title, text) in [
        (
            Verdict::Certified,
            "Certified",
            if learns {
                format!(
                    "In every replicate no class could gain more than {tolerance}% of potential value per agent and epoch by offering \
                 otherwise, whatever it deviates to on its menu (a simultaneous bound, each with 95% confidence), and play came to \
                 rest. Read these as equilibria."
                )
            } else {
                format!(
                    "In every replicate no class could gain more than {tolerance}% of potential value per agent and epoch by departing from its \
                     script, whatever it deviates to on its menu (a simultaneous bound, each with 95% confidence). Read these as scripts that are \
                     so close to best replies to each other: nobody learned."
                )
            },
        ),
        (
            Verdict::TimeAverage,
            "Certified as a time average",
            format!(
                "No class could gain more than {tolerance}% of potential value against play as it is on average over time, but in some \
                 replicates play itself keeps moving: a mixed equilibrium, or circles round one. Read the averages, not any one offer."
            ),
        ),
        (
            Verdict::NotCertified,
            "Not certified",
            format!(
                "Somebody may still gain more than {tolerance}% of potential value by offering otherwise. Read these as what the {} did, not \
                 as an equilibrium.",
                if learns { "learners" } else { "scripts" }
            ),
        ),
        (
            Verdict::NoEquilibrium,
            "No equilibrium found",
            format!(
                "Play keeps moving, and even against its average somebody may gain more than {tolerance}% of potential value by offering \
                 otherwise. Read these as averages over play that goes round in circles."
            ),
        ),
    ] {
        let names = with(verdict);
        if !names.is_empty() {
            said.push(format!("{title}: {}. {text}", names.join(", ")));
        }
    }
    let learns_conduct = |c: usize| summary.estimate(c, "conduct_gain_upper").is_some();
    // A briber who learns teaches nobody here to offer.
    let briber_learns = experiment.setting.briber.as_ref().is_some_and(|briber| briber.learner.learns());
    let given = |some: bool| -> Vec<String> {
        let contenders = summary.contenders().iter().enumerate();
        contenders
            .filter(|(c, _)| summary.done(*c) > 0 && summary.standing(*c).verdict() == Verdict::Given)
            .filter(|(c, _)| (briber_learns || learns_conduct(*c)) == some)
            .map(|(_, name)| name.clone())
            .collect()
    };
    for (some, title, text) in [
        (false, "Nobody learns here", "Play is given, and there is nothing to certify."),
        (true, "Nobody learns offers", "They are given, and there is nothing in them to certify."),
    ] {
        let names = given(some);
        if !names.is_empty() {
            said.push(format!("{title}: {}. {text}", names.join(", ")));
        }
    }
    said.extend(conduct_in_words(summary, experiment.play.tolerance, &tolerance, briber_learns));
    said
}

/// Whose conduct is shown to be a best response in one epoch to that of the others, and whose is not; of a `briber` who learns too.
fn conduct_in_words(summary: &Summary, tolerance: f64, percent: &str, briber: bool) -> Vec<String> {
    let bounds: Vec<(String, f64)> = (0..summary.contenders().len())
        .filter_map(|c| Some((c, summary.estimate(c, "conduct_gain_upper")?.mean)))
        .map(|(c, bound)| {
            let said = percentage(100.0 * bound, f64::INFINITY);
            (format!("{} ({said}%)", summary.contenders()[c]), bound)
        })
        .collect();
    let named = |sound: bool| -> Vec<&str> {
        let some = bounds.iter().filter(|(_, bound)| (*bound <= tolerance) == sound);
        some.map(|(name, _)| name.as_str()).collect()
    };
    let (sound, open) = (named(true), named(false));
    let mut said = Vec::new();
    if !sound.is_empty() {
        said.push(format!(
            "Conduct that nobody would change{}: {}. In brackets what other conduct in one epoch could gain, by the 95% bound, as a share \
             of potential value (mean over replicates): no more than {percent}%.",
            if briber { ", given what the briber has come to offer" } else { "" },
            sound.join(", ")
        ));
    }
    if !open.is_empty() {
        said.push(format!(
            "Conduct that is not shown to be a best response: {}. In brackets what other conduct in one epoch could gain, by the 95% \
             bound, as a share of potential value (mean over replicates): more than {percent}%.",
            open.join(", ")
        ));
    }
    said
}

/// A line of the table, without spaces at its end.
fn push_line(out: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", line.trim_end());
}
