//! `check FILE`: what a file would run and how long, or every error in it.

use super::{Common, ExperimentFile, Status, Stop, source};
use crate::agent::sequencer::Class;
use crate::experiment::file::Experiment;
use crate::experiment::simulate::{Play, simulate};
use crate::learning::LearnerSpec;
use crate::measure::statistics::Moments;
use crate::play::schedule::Regime;
use clap::Args;
use std::fmt::Write;
use std::time::Instant;

/// Options of `check`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    experiment: ExperimentFile,
}

/// A trial unit is this much shorter than a real one.
const SHORTER: u32 = 10;

/// Where learning lasts until play stands still, units are tried at full length if all would take no longer than this.
const MOST_SECONDS: f64 = 20.0;

/// Most design points of which units are tried.
const TRIED: u32 = 24;

/// Checks a file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(options: &Options, common: &Common) -> Result<Status, Stop> {
    let study = source::study(&options.experiment)?;
    let experiment = &study.experiment;
    study.notes.iter().for_each(|note| common.say(note));
    let optimization = experiment.variations.optimization.as_ref();
    if let Some(optimization) = optimization {
        super::optimize::check_metrics(&study, optimization, &options.experiment.file.display().to_string())?;
    }
    if let Some(asked) = &experiment.variations.sensitivity {
        super::sensitivity::check_metrics(&study, asked, &options.experiment.file.display().to_string())?;
    }
    let mut text = format!("{}: {}\n", experiment.name, experiment.question);
    if let Some(claim) = &experiment.variations.claim {
        let pairs = if claim.pairs.len() == 1 { "1 pair" } else { &format!("{} pairs", claim.pairs.len()) };
        let _ = writeln!(
            text,
            "to be decided: {} ({}, {pairs} at each design point)",
            claim.hypothesis.trim(),
            claim.metric.key
        );
    }
    // Those of a sensitivity study differ from point to point.
    let is_sensitivity = experiment.variations.sensitivity.is_some();
    let replicates =
        if is_sensitivity { String::new() } else { format!("{} replicates, ", study.least_replicates()) };
    let points = study.design.len();
    let tried = tried(points);
    let (mut seconds, mut tries) = (0.0, 0.0);
    // By contender.
    let mut each_of = vec![Moments::default(); experiment.contenders.len()];
    let mut units = Vec::new();
    let trials = (tried.len() * experiment.contenders.len()) as f64;
    for &design in &tried {
        let point = study.point(design).map_err(|error| Stop::refuse(&error))?;
        if points > 1 {
            let _ = writeln!(text, "design point {design}: {}", study.design.point(design).in_words());
        }
        let play = shortened(&point.play, SHORTER);
        // Conduct is learned for as long as it takes, however short all else is.
        let tempting = point.setting.world.tempting().is_some();
        for (contender, each_of) in point.contenders.iter().zip(&mut each_of) {
            let trial = |play: &Play| {
                let start = Instant::now();
                let outcome =
                    simulate(&contender.rule, &point.setting, &contender.terms, play, point.seed, 0);
                (outcome, start.elapsed().as_secs_f64())
            };
            let (mut outcome, first) = trial(&play);
            let mut each = f64::from(SHORTER) * first;
            if tempting {
                let (_, second) = trial(&shortened(&point.play, SHORTER / 2));
                each = (first + f64::from(SHORTER - 1) * (second - first))
                    .clamp(first.max(second), each.max(second));
            }
            // Those who learn alone end when their play stands still, long before `play.max_epochs` as a rule: no part of a unit
            // says when.
            let mut bound = "";
            if play.schedule.regime == Regime::Independent {
                if each * trials <= MOST_SECONDS {
                    (outcome, each) = trial(&point.play);
                } else {
                    bound = "at most ";
                }
            }
            seconds += each;
            tries += 1.0;
            each_of.push(each);
            let note = outcome.err().map_or(String::new(), |failure| format!("; a trial failed: {failure}"));
            let _ = writeln!(
                text,
                "  {:<24} {}{bound}about {each:.2} core-seconds each{note}",
                contender.name, replicates
            );
            units.push(serde_json::json!({
                "design": design, "mechanism": contender.name, "replicates": study.least_replicates(), "core_seconds_each": each
            }));
        }
    }
    if tried.len() < points as usize {
        let _ = writeln!(text, "and {} more design points", points as usize - tried.len());
    }
    for name in ever_exploring(experiment) {
        let _ = writeln!(
            text,
            "note: group `{name}` explores for ever (`exploration_decay = 0`), so that greedy policies hardly stay unchanged \
             for `play.stable_epochs`: learning may last until `play.max_epochs`"
        );
    }
    let mut planned = study.planned();
    let each = seconds / tries;
    if let Some(optimization) = optimization {
        // A solver takes about as many settings as its start and its window, and as many again on its way.
        let settings = &optimization.settings;
        let window = 20.0 * optimization.space.len() as f64;
        let (least, most) = (f64::from(settings.minimum), f64::from(settings.maximum));
        // Of a few settings half are left behind early.
        let solver = match crate::optimize::best::few(&optimization.space) {
            Some(all) => all.len() as f64 * f64::midpoint(least, most),
            None => window * 1.5 * (least + most),
        };
        // Racing leaves about half of a generation's evaluations, doubts add a tenth; then the audit.
        let first = settings.population as f64 * f64::from(settings.minimum);
        let later = first * f64::from(settings.generations) * (0.5 + settings.top_up);
        let audit = settings.population as f64 * f64::from(experiment.replicates);
        planned = (first + later + audit) as u64;
        if optimization.descent.is_some() {
            planned = solver as u64 + u64::from(experiment.replicates);
            let _ = writeln!(text, "  {}, one objective; about:", variables(optimization.space.len()));
        } else {
            let _ = writeln!(
                text,
                "  {}, {} candidates a generation, {} generations; about:",
                variables(optimization.space.len()),
                settings.population,
                settings.generations
            );
        }
    }
    // Units of the same content, such as those of a contender that a parameter leaves alone, are computed once.
    let different: Option<Vec<u64>> =
        (0..each_of.len()).map(|contender| study.different(contender)).collect();
    let all = different.as_ref().map_or(each * planned as f64, |different| {
        each_of.iter().zip(different).map(|(each, &count)| each.mean() * count as f64).sum()
    });
    let different = different.map_or(planned, |different| different.iter().sum());
    let wall = all / common.threads() as f64;
    let of_them =
        if different < planned { format!(", {different} of them different") } else { String::new() };
    let stopping = experiment.variations.stopping.as_ref();
    let more = stopping.map_or(String::new(), |rule| {
        format!(
            "; up to the first look, and up to {} replicates where intervals are wider than their targets",
            rule.maximum
        )
    });
    let _ = writeln!(
        text,
        "{planned} units{of_them}, about {} on {} threads{more}",
        minutes(wall),
        common.threads()
    );
    common.result(&text, || {
        serde_json::json!({"experiment": experiment.name, "units": planned, "different": different, "seconds": wall, "contenders": units})
    });
    Ok(Status::Done)
}

/// Design points that are tried and shown: all, or [`TRIED`] spread evenly.
fn tried(points: u32) -> Vec<u32> {
    if points <= TRIED {
        return (0..points).collect();
    }
    (0..TRIED).map(|i| (u64::from(i) * u64::from(points - 1) / u64::from(TRIED - 1)) as u32).collect()
}

/// Groups who learn alone and never stop exploring.
fn ever_exploring(experiment: &Experiment) -> impl Iterator<Item = &str> {
    let alone = experiment.play.schedule.regime == Regime::Independent;
    let ever = |class: &&Class| {
        matches!(class.strategy.learner, LearnerSpec::QLearning(spec)
            if spec.exploration > 0.0 && spec.exploration_decay == 0.0)
    };
    experiment.setting.classes.iter().filter(move |_| alone).filter(ever).map(|class| class.name.as_str())
}

/// The same so many times shorter.
fn shortened(play: &Play, times: u32) -> Play {
    let part = |epochs: u32| epochs.div_ceil(times);
    let mut short = *play;
    short.schedule.warmup_epochs = part(play.schedule.warmup_epochs);
    short.schedule.burn_in = part(play.schedule.burn_in);
    short.schedule.max_epochs = part(play.schedule.max_epochs);
    short.schedule.measured_epochs = part(play.schedule.measured_epochs);
    short.certificate_markets = part(play.certificate_markets).max(4);
    short
}

fn minutes(seconds: f64) -> String {
    if seconds < 90.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) }
}

/// So many variables, in words.
fn variables(count: usize) -> String {
    if count == 1 { "1 variable".to_owned() } else { format!("{count} variables") }
}
