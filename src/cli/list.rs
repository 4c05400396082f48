//! `list WHAT`: one item per line, name first.

use super::library::Files;
use super::{Common, Status, Stop};
use crate::experiment::file::{Experiment, Library};
use crate::experiment::parameters::tables;
use crate::experiment::tables::format_rounded;
use crate::learning::CATALOGUE as LEARNERS;
use crate::measure::metrics::{Direction, METRICS};
use crate::mechanism::{CATALOGUE, Entry, Lever, Mechanism as _, oversight};
use crate::settings::Document;
use crate::theory::by_name::CLOSED_FORMS;
use crate::validate::catalogue::Catalogue;
use crate::with_rule;
use clap::{Args, ValueEnum};
use std::path::Path;

/// Options of `list`.
#[derive(Debug, Args)]
pub struct Options {
    /// What to list
    what: What,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Mechanisms,
    Strategies,
    Learners,
    Metrics,
    Parameters,
    Experiments,
    Scenarios,
    Cases,
    Theory,
}

/// A listed item: name, and what is said about it.
type Item = (String, String);

/// Lists.
///
/// # Errors
/// None at present.
pub fn list(options: &Options, common: &Common) -> Result<Status, Stop> {
    let items = match options.what {
        What::Mechanisms => mechanisms(),
        What::Strategies => strategies(),
        What::Learners => learners(),
        What::Metrics => metrics(),
        What::Parameters => parameters(),
        What::Experiments => experiments(),
        What::Scenarios => scenarios(),
        What::Cases => cases(),
        What::Theory => theory(),
    };
    let width = items.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let lines: Vec<String> =
        items.iter().map(|(name, about)| format!("{name:<width$}  {about}").trim_end().to_owned()).collect();
    common.result(&lines.join("\n"), || {
        items.iter().map(|(name, about)| serde_json::json!({"name": name, "about": about})).collect()
    });
    Ok(Status::Done)
}

fn mechanisms() -> Vec<Item> {
    CATALOGUE
        .iter()
        .map(|entry| {
            let own = entry.parameters.iter().chain(oversight::PARAMETERS);
            let keys: Vec<&str> = own.map(|p| p.key).chain([oversight::TABLE]).collect();
            let (lever, facts) = plainest(entry).unwrap_or_default();
            (
                entry.name.to_owned(),
                format!(
                    "{} [lever: {lever}] [parameters: {}] [facts: {facts}]",
                    entry.summary,
                    keys.join(", ")
                ),
            )
        })
        .collect()
}

/// Lever and facts of a rule with its defaults, and one seat where it has to be told how many.
fn plainest(entry: &Entry) -> Option<(String, String)> {
    let capital = if entry.needs.capital { "capital_cost = 0.1\n" } else { "" };
    let delegators = if entry.needs.delegators { "[[delegators]]\nprice_sensitivity = 1.0\n" } else { "" };
    let with = |seats: &str| {
        let text = format!(
            "[experiment]\nname = \"plain\"\n[[sequencers]]\nname = \"a\"\ncount = 2\nvalue = {{ constant = 1.0 }}\nstrategy = \"s\"\n\
             {capital}{delegators}[mechanism.plain]\nrule = \"{}\"\n{seats}[strategies.s]\nlearner = \"scripted\"\noffer = {{ relative = 0.5 }}\n",
            entry.name
        );
        let document = Document::parse("plain.toml", &text).ok()?;
        Experiment::read(document, &Files::beside(Path::new(""))).ok()
    };
    let experiment = with("").or_else(|| with("seats = 1\n"))?;
    let rule = &experiment.contenders.first()?.rule;
    let (lever, facts) = with_rule!(rule, rule => (rule.lever(), rule.facts()));
    let named = [
        (facts.anonymous, "anonymous"),
        (facts.truthful, "truthful"),
        (facts.may_leave_slots_empty, "may leave slots empty"),
        (facts.has_memory, "has memory"),
    ];
    let holding: Vec<&str> = named.iter().filter(|(holds, _)| *holds).map(|(_, name)| *name).collect();
    let facts = if holding.is_empty() { "none".to_owned() } else { holding.join(", ") };
    Some((lever.map_or("none", Lever::name).to_owned(), facts))
}

fn strategies() -> Vec<Item> {
    let files = Files::beside(Path::new(""));
    files
        .strategies()
        .into_iter()
        .map(|name| {
            let summary = files
                .strategy(&name)
                .and_then(|(file, text)| Document::parse(&file, &text).ok())
                .and_then(|document| document.peek("summary"))
                .and_then(|value| value.as_text().map(str::to_owned));
            (name, summary.unwrap_or_default())
        })
        .collect()
}

fn learners() -> Vec<Item> {
    LEARNERS.iter().map(|&(name, about)| (name.to_owned(), about.to_owned())).collect()
}

fn metrics() -> Vec<Item> {
    METRICS
        .iter()
        .map(|metric| {
            let better = match metric.direction {
                Direction::Maximize => ", more is better",
                Direction::Minimize => ", less is better",
                Direction::Neutral => "",
            };
            (metric.key.to_owned(), format!("{} ({}{better})", metric.definition, metric.unit))
        })
        .collect()
}

fn parameters() -> Vec<Item> {
    let mut items = Vec::new();
    for (table, parameters) in tables() {
        for parameter in parameters {
            let unit =
                if parameter.unit.is_empty() { String::new() } else { format!(" ({})", parameter.unit) };
            let default = parameter.default_text();
            let about = format!("{}{unit}; {}; default {default}", parameter.doc, parameter.allowed());
            items.push((format!("{table}.{}", parameter.key), about));
        }
    }
    items
}

fn experiments() -> Vec<Item> {
    let mut items = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("experiments")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let question = std::fs::read_to_string(&path)
                    .ok()
                    .and_then(|text| Document::parse(&path.display().to_string(), &text).ok())
                    .and_then(|document| document.peek("experiment.question"))
                    .and_then(|value| value.as_text().map(str::to_owned));
                items.push((path.display().to_string(), question.unwrap_or_default().replace('\n', " ")));
            }
        }
    }
    items.sort();
    items
}

fn scenarios() -> Vec<Item> {
    let files = Files::beside(Path::new(""));
    files
        .scenarios()
        .into_iter()
        .map(|name| {
            let first = files.scenario(&name).and_then(|(_, text)| {
                text.lines().next().map(|line| line.trim_start_matches('#').trim().to_owned())
            });
            (name, first.unwrap_or_default())
        })
        .collect()
}

fn cases() -> Vec<Item> {
    Catalogue::all()
        .cases()
        .map(|case| {
            let unit = if case.unit.is_empty() { String::new() } else { format!(" {}", case.unit) };
            (case.name.clone(), format!("{}{unit} ({})", format_rounded(case.target, 6), case.source))
        })
        .collect()
}

fn theory() -> Vec<Item> {
    CLOSED_FORMS
        .iter()
        .map(|form| {
            let (signature, arguments) = (form.signature(), form.arguments_in_words());
            (form.name.to_owned(), format!("{signature}: {} [{arguments}] ({})", form.about, form.source))
        })
        .collect()
}
