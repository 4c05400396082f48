//! `validate [CASE..]`: simulates the cases of theory and of publications and says which pass.

use super::{Common, Status, Stop};
use crate::chart::targets::Targets;
use crate::chart::validation::Validation;
use crate::chart::{self, ChartError, Heading};
use crate::experiment::lock::OutputLock;
use crate::experiment::tables::format_number;
use crate::experiment::whole_file::WholeFile;
use crate::report::validation::{self, Scope};
use crate::validate::catalogue::Catalogue;
use crate::validate::run::{Stand, run};
use crate::validate::{Effort, Verdict};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Options of `validate`.
#[derive(Debug, Args)]
pub struct Options {
    /// Cases, or groups of cases (`auction` means all of auction/…); all if none is named (see `list cases`)
    #[arg(value_name = "CASE")]
    cases: Vec<String>,
    /// Every case with fewer draws
    #[arg(long)]
    quick: bool,
    /// Where to write the table and the charts [default: output/validate, and output/validate-cases where cases are named]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Hold a case to another target than theory's, to see that it can fail; may be repeated
    #[arg(long, value_name = "CASE=VALUE")]
    target: Vec<String>,
}

/// Validates.
///
/// # Errors
/// An unknown case, or an output folder that cannot be written to.
pub fn validate(options: &Options, common: &Common) -> Result<Status, Stop> {
    let mut catalogue = Catalogue::all();
    for change in &options.target {
        retarget(&mut catalogue, change)?;
    }
    let chosen = catalogue.choose(&options.cases).map_err(|error| Stop::refuse(&error))?;
    let effort = if options.quick { Effort::Quick } else { Effort::Full };
    // A few cases do not take the place of what all of them left.
    let usual = if options.cases.is_empty() { "output/validate" } else { "output/validate-cases" };
    let output = options.output.clone().unwrap_or_else(|| PathBuf::from(usual));
    // An output folder that is in use or cannot be written to is known before anything is simulated.
    let _lock = OutputLock::acquire(&output).map_err(|error| Stop::refuse(&error))?;
    let stop = super::interrupted("studies in flight");
    let meter = Meter::new(common.quiet);
    let verdicts = run(&catalogue, &chosen, effort, common.threads(), stop, &|stand| meter.show(stand))
        .map_err(|error| Stop::fail(&error))?;
    meter.close();
    let (cases, settled) = (catalogue.cases().count(), verdicts.len());
    let scope = Scope { effort, cases, chosen: chosen.len(), settled };
    write_text(&output.join("validation.csv"), &validation::csv(&verdicts, &scope))?;
    let charts = draw(&verdicts, &scope, &output.join("charts"))?;
    let mut text = format!(
        "{}\nTable   {}\n",
        validation::table(&verdicts, &scope),
        output.join("validation.csv").display()
    );
    for (place, chart) in charts.iter().enumerate() {
        text.push_str(if place == 0 { "Charts  " } else { "        " });
        text.push_str(&chart.display().to_string());
        text.push('\n');
    }
    common.result(&text, || verdicts.iter().map(validation::json).collect());
    Ok(if verdicts.iter().any(|verdict| !verdict.pass) {
        Status::Failed
    } else if settled < chosen.len() {
        common.say("stopped early: cases that were not reached are neither passed nor failed");
        Status::Incomplete
    } else {
        Status::Done
    })
}

/// Draws targets against results, and gaps against tolerances.
fn draw(verdicts: &[Verdict], scope: &Scope, folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let heading = Heading {
        title: scope.title(verdicts.iter().filter(|verdict| verdict.pass).count()),
        ..Heading::default()
    };
    let (style, mut drawn) = (chart::Style::paper(), Vec::new());
    let figures = [
        ("validation", Targets::new(heading.clone(), verdicts).draw(style)),
        ("tolerances", Validation::new(heading, verdicts).draw(style)),
    ];
    for (name, figure) in figures {
        match figure {
            Ok(figure) => {
                chart::save(&figure, folder, name, chart::Files::default())
                    .map_err(|error| Stop::fail(&error))?;
                drawn.push(folder.join(format!("{name}.png")));
            }
            // Cases may all be a yes or a no, and an interrupted run may have none.
            Err(ChartError::Empty { .. }) => {}
            Err(error) => return Err(Stop::fail(&error)),
        }
    }
    Ok(drawn)
}

/// Replaces the target of one case, as `CASE=VALUE` says; names of cases may hold `=` themselves.
fn retarget(catalogue: &mut Catalogue, change: &str) -> Result<(), Stop> {
    let refuse = || Stop::say(format!("--target {change}: allowed: CASE=VALUE, the value a finite number"));
    let (name, value) = change.rsplit_once('=').ok_or_else(refuse)?;
    let target: f64 = value.trim().parse().map_err(|_| refuse())?;
    if !target.is_finite() {
        return Err(refuse());
    }
    let cases = catalogue.choose(&[name.trim().to_owned()]).map_err(|error| Stop::refuse(&error))?;
    let [case] = cases[..] else {
        return Err(Stop::say(format!(
            "--target {change}: `{name}` means {} cases; allowed: the name of one (see `list cases`)",
            cases.len()
        )));
    };
    let case = catalogue.case_mut(case);
    case.source =
        format!("given on the command line instead of {} of {}", format_number(case.target), case.source)
            .into();
    case.target = target;
    Ok(())
}

fn write_text(path: &Path, text: &str) -> Result<(), Stop> {
    let write = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = WholeFile::create(path)?;
        file.write_all(text.as_bytes())?;
        file.finish()
    };
    write().map_err(|error| Stop::say(format!("cannot write {}: {error}", path.display())))
}

/// Says on standard error how far the run has come: a bar on a terminal, a plain line every few seconds otherwise.
struct Meter {
    start: Instant,
    bar: Option<ProgressBar>,
    lines: Option<Mutex<Instant>>,
}

impl Meter {
    const LINE: Duration = Duration::from_secs(5);

    fn new(quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (!quiet && terminal).then(|| {
            let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("[{bar:30}] {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
            bar
        });
        let lines = (!quiet && !terminal).then(|| Mutex::new(Instant::now()));
        Meter { start: Instant::now(), bar, lines }
    }

    fn show(&self, stand: Stand) {
        let elapsed = self.start.elapsed().as_secs_f64();
        let left = if stand.share > 0.0 { elapsed * (1.0 / stand.share - 1.0) } else { f64::INFINITY };
        let text = format!(
            "{}/{} cases, {}, about {} left",
            stand.settled,
            stand.cases,
            clock(elapsed),
            clock(left.max(0.0))
        );
        if let Some(bar) = &self.bar {
            bar.set_message(text);
            bar.set_position((1000.0 * stand.share) as u64);
        } else if let Some(lines) = &self.lines {
            let mut last = lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if last.elapsed() >= Self::LINE {
                *last = Instant::now();
                // A closed pipe is no reason to stop.
                let _ = writeln!(std::io::stderr(), "{text}");
            }
        }
    }

    fn close(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Seconds as `9 s` or `4:05`.
fn clock(seconds: f64) -> String {
    let s = seconds.min(1e6).ceil() as u64;
    if s < 60 { format!("{s} s") } else { format!("{}:{:02}", s / 60, s % 60) }
}
