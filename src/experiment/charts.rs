//! `[[charts]]` of an experiment file: figures that are picked and configured. They bear on no number, and on no unit's id.
//!
//! Figures that suit an experiment are drawn without being asked for; one that is listed here takes the place of the
//! unasked one of its kind.

use crate::formula::{Expression, Vocabulary};
use crate::measure::metrics::METRICS;
use crate::settings::{Diagnostics, Document, Parameter, Reader, Section, Value, nearest};
use crate::theory::by_name::CLOSED_FORMS;

/// Kinds of figures.
pub const KINDS: &[&str] = &[
    "surplus",
    "learning",
    "differences",
    "robustness",
    "policies",
    "impulse",
    "metrics",
    "distribution",
    "lorenz",
    "censorship",
    "redundancy",
    "response",
    "heat_map",
    "main_effects",
    "frontier",
    "settings",
    "exchange",
    "hypervolume",
    "optimum",
    "tornado",
];

/// Kinds whose metrics can be picked.
const WITH_METRICS: [&str; 6] =
    ["metrics", "distribution", "differences", "response", "heat_map", "main_effects"];

/// Kinds that show the responses of a sweep.
pub const OF_SWEEPS: [&str; 3] = ["response", "heat_map", "main_effects"];

/// Kinds that show an optimization, in place of all others.
pub const OF_OPTIMIZATIONS: [&str; 5] = ["frontier", "settings", "exchange", "hypervolume", "optimum"];

/// The kind that shows a sensitivity study, in place of all others.
pub const OF_SENSITIVITY: [&str; 1] = ["tornado"];

/// Kinds whose vertical axis can be logarithmic.
const WITH_AXIS: [&str; 4] = ["learning", "censorship", "response", "main_effects"];

/// Kinds whose horizontal axis can be given its ends.
const WITH_X_LIMITS: [&str; 4] = ["response", "frontier", "exchange", "hypervolume"];

/// Kinds whose vertical axes can be given their ends, the same in all panels.
const WITH_Y_LIMITS: [&str; 5] = ["response", "main_effects", "frontier", "exchange", "hypervolume"];

/// Kinds along whose horizontal axis lines of theory can be drawn.
const WITH_THEORY: [&str; 3] = ["response", "censorship", "redundancy"];

/// What `censorship` draws: cost of keeping a target out, and share of targets that wait longer.
pub const OF_CENSORSHIP: [&str; 2] = ["censorship_cost", "inclusion_wait"];

/// What `redundancy` draws: live machines, and share of slots produced.
pub const OF_REDUNDANCY: [&str; 2] = ["redundancy", "availability"];

/// What a formula of theory may name: `x`, and the closed forms that there are.
static OF_THEORY: Vocabulary =
    Vocabulary { variables: &["x"], functions: CLOSED_FORMS, called: Some(("closed form", "`list theory`")) };

/// Kind.
pub const KIND: Parameter = Parameter::choice_required(
    "kind",
    KINDS,
    "which figure: `surplus` (who gets the value), `learning` (offers and deviation gain along learning), `differences` (of \
     each pair of contenders), `robustness` (these under each learning rule), `policies` (offers against value), `impulse` (what one deviation sets off), `metrics` (means, a panel for each metric), `distribution` \
     (over replicates), `lorenz` (slots and profit over sequencers), `censorship` (cost of keeping a target out), `redundancy` (and availability, along epochs); of a sweep: `response` (lines along its one parameter), `heat_map` (over two parameters, or \
     three), `main_effects` (means at each setting of each parameter); of an optimization: `frontier`, `settings` (parallel coordinates), `exchange` \
     (rates between neighbours), `hypervolume`, `optimum` (the response to one objective's variables); of a sensitivity study: `tornado`",
);
/// File.
pub const NAME: Parameter =
    Parameter::text_optional("name", "name of the file: letters, digits, `-`, `_` and `.`; absent: the kind");
/// Title.
pub const TITLE: Parameter =
    Parameter::text_optional("title", "words above the figure; absent: the figure's own");
/// Metrics.
pub const CHART_METRICS: Parameter = Parameter::custom_optional(
    "metrics",
    "a list of metrics (see `list metrics`)",
    "metrics of `metrics`, `distribution`, `differences` and the figures of a sweep, in this order; absent: those that suit the figure",
);
/// Contenders.
pub const CHART_CONTENDERS: Parameter = Parameter::custom_optional(
    "contenders",
    "a list of contenders' names",
    "contenders that the figure shows, in this order; absent: all",
);
/// Size.
pub const SIZE: Parameter = Parameter::choice_optional(
    "size",
    &["single", "double"],
    "width in columns of a journal: 3.5 or 7.2 inches; absent: as on the command line",
);

/// Theme.
pub const THEME: Parameter = Parameter::choice_optional(
    "theme",
    &["paper", "slides", "dark"],
    "colours and size of type; absent: as on the command line",
);
/// Axis.
pub const AXIS: Parameter = Parameter::choice_optional(
    "axis",
    &["linear", "log"],
    "vertical axis of gains in `learning`, of costs in `censorship` and of metrics in `response` and `main_effects`; absent: of gains and costs \
     logarithmic where values differ much, else linear",
);
/// Ends along.
pub const X_LIMITS: Parameter = Parameter::custom_optional(
    "x_limits",
    "two numbers, the lower first, as they are stored (a share is a fraction)",
    "ends of the horizontal axis of `response`, `frontier` of two objectives, `exchange` and `hypervolume`; what lies beyond is cut, and the \
     figure says so; absent: where data end",
);
/// Ends upwards.
pub const Y_LIMITS: Parameter = Parameter::custom_optional(
    "y_limits",
    "two numbers, the lower first, as they are stored (a share is a fraction)",
    "the same of the vertical axes of these figures and of `main_effects`; several metrics share them",
);
/// Lines of theory.
pub const THEORY: Parameter = Parameter::custom_optional(
    "theory",
    "a table of formulas in `x` by metric, such as { liveness = \"any_of(0.05, x)\" }",
    "what theory says, drawn dashed over `response` (of its metrics), `censorship` (`censorship_cost`, `inclusion_wait`) and `redundancy` \
     (`redundancy`, `availability`); `x` is what the horizontal axis shows, as it is stored (a setting's number, slots, epochs; a share is a \
     fraction); a formula has `+ - * / ^`, brackets, `min`, `max`, `exp`, `ln`, `sqrt`, `abs`, `floor`, `ceil` and the closed forms of \
     `list theory`; without `metrics`, `response` shows the metrics of its theory",
);
/// Design point.
pub const DESIGN: Parameter = Parameter::integer(
    "design",
    0,
    u32::MAX as u64,
    0,
    "",
    "design point of a sweep (as in summary.csv) that a figure of single contenders shows",
);

/// Keys of a `[[charts]]` table.
pub const PARAMETERS: &[&Parameter] = &[
    &KIND,
    &NAME,
    &TITLE,
    &CHART_METRICS,
    &CHART_CONTENDERS,
    &SIZE,
    &THEME,
    &AXIS,
    &X_LIMITS,
    &Y_LIMITS,
    &THEORY,
    &DESIGN,
];

/// A figure as asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// Name of the file, where given.
    pub name: Option<String>,
    /// Words above, where given.
    pub title: Option<String>,
    /// Keys of metrics; empty for those that suit the figure.
    pub metrics: Vec<&'static str>,
    /// Names of contenders; empty for all.
    pub contenders: Vec<String>,
    /// `single` or `double`, where given.
    pub size: Option<&'static str>,
    /// `paper`, `slides` or `dark`, where given.
    pub theme: Option<&'static str>,
    /// `linear` or `log`, where given.
    pub axis: Option<&'static str>,
    /// Ends of the horizontal axis, where given.
    pub x_limits: Option<(f64, f64)>,
    /// Ends of the vertical axes, where given.
    pub y_limits: Option<(f64, f64)>,
    /// What theory says of a metric or a curve, by its key: a formula in what the horizontal axis shows.
    pub theory: Vec<(&'static str, Expression)>,
    /// The design point shown.
    pub design: u32,
}

/// Reads the `[[charts]]` of a file that redraws what is stored of an experiment of this kind with these contenders. What else the
/// file holds is not read.
///
/// # Errors
/// Everything that is wrong with them.
pub fn read_alone(document: &Document, kind: &str, contenders: &[String]) -> Result<Vec<Chart>, Diagnostics> {
    let reader = Reader::new();
    let root = document.root(&reader);
    let keys = root.keys();
    if !keys.contains(&"charts") {
        let near = nearest("charts", keys.iter().copied());
        let help = near.map(|near| format!("did you mean `charts` where it says `{near}`?"));
        let message = "a file from which charts are asked, and which asks for none";
        return Err(document.refuse("charts", message, "one or more tables `[[charts]]`", help));
    }
    let charts = read(&root, kind, contenders);
    let wrong = match reader.finish_leniently() {
        Ok((_, unread)) => unread.into_iter().map(|key| key.diagnostic).collect(),
        Err(diagnostics) => diagnostics.into_vec(),
    };
    let own: Vec<_> =
        wrong.into_iter().filter(|diagnostic| diagnostic.path().starts_with("charts")).collect();
    if own.is_empty() { Ok(charts) } else { Err(Diagnostics::new(own)) }
}

/// Kinds that an experiment of some kind has.
fn kinds_of(kind: &str) -> Vec<&'static str> {
    match kind {
        "optimize" => OF_OPTIMIZATIONS.to_vec(),
        "sensitivity" => OF_SENSITIVITY.to_vec(),
        _ => KINDS
            .iter()
            .copied()
            .filter(|kind| !OF_OPTIMIZATIONS.contains(kind) && !OF_SENSITIVITY.contains(kind))
            .collect(),
    }
}

/// Reads all `[[charts]]` of an experiment of some kind; errors are noted with the reader.
pub(super) fn read(root: &Section, experiment: &str, contenders: &[String]) -> Vec<Chart> {
    let known: Vec<&str> = METRICS.iter().map(|m| m.key).collect();
    let allowed = kinds_of(experiment);
    root.tables("charts")
        .iter()
        .map(|table| {
            table.known(PARAMETERS);
            let given = table.optional_choice(&KIND);
            let kind = given.unwrap_or(KINDS[0]);
            // A kind that there is not at all was refused already.
            if given.is_some() && !allowed.contains(&kind) {
                table.refuse(
                    KIND.key,
                    &format!("a figure that an experiment of kind `{experiment}` does not have"),
                    &allowed.join(", "),
                    None,
                );
            }
            let of_contenders = !OF_OPTIMIZATIONS.contains(&kind);
            let single = of_contenders && !OF_SWEEPS.contains(&kind) && !OF_SENSITIVITY.contains(&kind);
            let name = table.optional_text(&NAME);
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if let Some(name) = &name
                && (name.is_empty() || name.starts_with('.') || name.len() > 60 || !name.chars().all(plain))
            {
                table.refuse(
                    NAME.key,
                    "a name that cannot be a file's",
                    "at most 60 letters, digits, `-`, `_` and `.`, not beginning with a dot",
                    None,
                );
            }
            if !WITH_METRICS.contains(&kind) {
                table.note_unread_key(&CHART_METRICS, &format!("the figure `{kind}` has its own"));
            }
            let metrics = if WITH_METRICS.contains(&kind) {
                table.custom(&CHART_METRICS, |value| names(value, &known, "metric")).unwrap_or_default()
            } else {
                Vec::new()
            };
            let own: Vec<&str> = contenders.iter().map(String::as_str).collect();
            let shown = if of_contenders {
                table.custom(&CHART_CONTENDERS, |value| names(value, &own, "contender")).unwrap_or_default()
            } else {
                table.note_unread_key(&CHART_CONTENDERS, &format!("the figure `{kind}` shows them all"));
                Vec::new()
            };
            let axis = if WITH_AXIS.contains(&kind) {
                table.optional_choice(&AXIS)
            } else {
                table.note_unread_key(&AXIS, &format!("the figure `{kind}` has its own axes"));
                None
            };
            let limits_of = |parameter: &Parameter, kinds: &[&str]| {
                if kinds.contains(&kind) {
                    return table.custom(parameter, limits);
                }
                table.note_unread_key(parameter, &format!("the figure `{kind}` has its own axes"));
                None
            };
            let x_limits = limits_of(&X_LIMITS, &WITH_X_LIMITS);
            let y_limits = limits_of(&Y_LIMITS, &WITH_Y_LIMITS);
            if axis == Some("log") && y_limits.is_some_and(|(low, _)| low <= 0.0) {
                table.refuse(
                    Y_LIMITS.key,
                    "a logarithmic axis that begins at zero or below",
                    "two positive numbers, or `axis = \"linear\"`",
                    None,
                );
            }
            let metrics: Vec<&'static str> =
                metrics.iter().filter_map(|m| METRICS.iter().find(|k| k.key == m)).map(|m| m.key).collect();
            let theory = theory(table, kind, &metrics);
            // What theory speaks of is what it is to be held against.
            let metrics = if metrics.is_empty() && kind == "response" {
                theory.iter().map(|(key, _)| *key).collect()
            } else {
                metrics
            };
            let design = if single && experiment == "sweep" {
                table.integer(&DESIGN) as u32
            } else {
                table.note_unread_key(&DESIGN, "it is for figures of one design point of a sweep");
                0
            };
            Chart {
                kind,
                name,
                title: table.optional_text(&TITLE),
                metrics,
                contenders: shown,
                size: table.optional_choice(&SIZE),
                theme: table.optional_choice(&THEME),
                axis,
                x_limits,
                y_limits,
                theory,
                design,
            }
        })
        .collect()
}

/// Formulas of theory of a figure that shows these metrics, or chooses for itself.
fn theory(table: &Section, kind: &str, metrics: &[&'static str]) -> Vec<(&'static str, Expression)> {
    if !WITH_THEORY.contains(&kind) {
        table.note_unread_key(&THEORY, &format!("no line of theory is drawn in the figure `{kind}`"));
        return Vec::new();
    }
    let known: Vec<&'static str> = match kind {
        "censorship" => OF_CENSORSHIP.to_vec(),
        "redundancy" => OF_REDUNDANCY.to_vec(),
        _ => METRICS.iter().map(|metric| metric.key).collect(),
    };
    let formula = |(name, text): &(String, Value)| {
        let Some(key) = known.iter().find(|key| *key == name) else {
            let near = nearest(name, known.iter().copied());
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let all =
                if kind == "response" { String::new() } else { format!(" (it has {})", known.join(", ")) };
            return Err(format!("the figure `{kind}` has no `{name}`{all}{near}"));
        };
        if !metrics.is_empty() && !metrics.contains(key) {
            return Err(format!("theory of `{name}`, which `metrics` does not show"));
        }
        let text = text.as_text().ok_or_else(|| format!("the formula of `{name}` is not a text"))?;
        let formula = Expression::parse(text, &OF_THEORY).map_err(|error| format!("`{name}`: {error}"))?;
        Ok((*key, formula))
    };
    let read = |value: &Value| {
        let entries = value.as_table().ok_or("not a table")?;
        if entries.is_empty() {
            return Err("an empty table: leave `theory` out".to_owned());
        }
        entries.iter().map(formula).collect::<Result<Vec<_>, String>>()
    };
    table.custom(&THEORY, read).unwrap_or_default()
}

/// Ends of an axis.
fn limits(value: &Value) -> Result<(f64, f64), String> {
    match value.as_numbers().as_deref() {
        Some(&[low, high]) if low.is_finite() && high.is_finite() && low < high => Ok((low, high)),
        Some([_, _]) => Err("ends between which there is nothing".to_owned()),
        _ => Err("not two numbers".to_owned()),
    }
}

/// A list of some of the known names, each once.
fn names(value: &Value, known: &[&str], what: &str) -> Result<Vec<String>, String> {
    let list = value.as_list().ok_or("not a list")?;
    let mut found: Vec<String> = Vec::new();
    for item in list {
        let name = item.as_text().ok_or_else(|| format!("a {what} that is not a text"))?;
        if !known.contains(&name) {
            let help = nearest(name, known.iter().copied())
                .map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            return Err(format!("there is no {what} `{name}`{help}"));
        }
        if found.iter().any(|f| f == name) {
            return Err(format!("the {what} `{name}` twice"));
        }
        found.push(name.to_owned());
    }
    if found.is_empty() {
        Err(format!("an empty list: leave `{what}s` out for all that suit"))
    } else {
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::Experiment;
    use super::super::trial;
    use crate::settings::Document;

    fn read(charts: &str) -> Result<Experiment, String> {
        read_text(&format!("{}{charts}", trial::THREE))
    }

    fn read_text(text: &str) -> Result<Experiment, String> {
        let document = Document::parse("trial.toml", text).map_err(|e| e.to_string())?;
        Experiment::read(document, &trial::Shipped).map_err(|e| e.to_string())
    }

    #[test]
    fn charts_are_read_and_bear_on_no_unit() {
        let plain = read("").unwrap();
        let with = read(
            "[[charts]]\nkind = \"metrics\"\nmetrics = [\"liveness\", \"hhi_slots\"]\ncontenders = [\"votes\", \"one\"]\ntitle = \"T\"\n\
             size = \"single\"\n[[charts]]\nkind = \"lorenz\"\n",
        )
        .unwrap();
        assert!(plain.charts.is_empty());
        assert_eq!(with.charts[0].metrics, ["liveness", "hhi_slots"]);
        assert_eq!(with.charts[0].contenders, ["votes", "one"]);
        assert_eq!((with.charts[0].size, with.charts[1].kind), (Some("single"), "lorenz"));
        for (a, b) in plain.contenders.iter().zip(&with.contenders) {
            assert_eq!(plain.fingerprint(a), with.fingerprint(b));
        }
        // As resolved, it reads back to the same.
        let again = Document::parse("resolved.toml", &with.resolved.to_toml()).unwrap();
        assert_eq!(Experiment::read(again, &trial::Shipped).unwrap().charts, with.charts);
    }

    #[test]
    fn what_is_wrong_is_refused_with_the_nearest_name() {
        for (charts, said) in [
            ("[[charts]]\nkind = \"metric\"\n", "metrics"),
            ("[[charts]]\nkind = \"metrics\"\nmetrics = [\"livenes\"]\n", "did you mean `liveness`?"),
            ("[[charts]]\nkind = \"surplus\"\ncontenders = [\"vote\"]\n", "did you mean `votes`?"),
            ("[[charts]]\nkind = \"surplus\"\nmetrics = [\"liveness\"]\n", "has its own"),
            ("[[charts]]\nkind = \"metrics\"\nmetrics = []\n", "empty list"),
            ("[[charts]]\nkind = \"metrics\"\nname = \"../x\"\n", "cannot be a file's"),
            ("[[charts]]\ntitle = \"x\"\n", "kind"),
            ("[[charts]]\nkind = \"frontier\"\n", "an experiment of kind `compare` does not have"),
            ("[[charts]]\nkind = \"surplus\"\ndesign = 1\n", "one design point of a sweep"),
            ("[[charts]]\nkind = \"surplus\"\naxis = \"log\"\n", "has its own axes"),
            ("[[charts]]\nkind = \"surplus\"\ny_limits = [0, 1]\n", "has its own axes"),
            ("[[charts]]\nkind = \"main_effects\"\nx_limits = [0, 1]\n", "has its own axes"),
            ("[[charts]]\nkind = \"main_effects\"\ny_limits = [1, 0]\n", "nothing"),
            ("[[charts]]\nkind = \"main_effects\"\ny_limits = [1]\n", "not two numbers"),
            (
                "[[charts]]\nkind = \"response\"\ny_limits = [-0.5, 1]\naxis = \"log\"\n",
                "a logarithmic axis that begins at zero",
            ),
            ("[[charts]]\nkind = \"surplus\"\ntheme = \"drak\"\n", "dark"),
        ] {
            let error = read(charts).unwrap_err();
            assert!(error.contains(said), "{charts}: {error}");
        }
    }

    #[test]
    fn limits_are_read_where_a_figure_has_them() {
        let sweep = "[sweep]\n[[sweep.parameters]]\npath = \"mechanism.auction.seats\"\nvalues = [2, 3]\n";
        let charts =
            "[[charts]]\nkind = \"response\"\nx_limits = [1, 4]\ny_limits = [0.5, 1]\naxis = \"log\"\n";
        let text = trial::THREE.replace("replicates = 3", "replicates = 3\nkind = \"sweep\"");
        let chart = &trial::read(&format!("{text}{sweep}{charts}")).charts[0];
        assert_eq!((chart.x_limits, chart.y_limits), (Some((1.0, 4.0)), Some((0.5, 1.0))));
        assert_eq!(chart.axis, Some("log"));
    }

    #[test]
    fn theory_is_read_with_the_metrics_that_it_speaks_of() {
        let chart = |keys: &str| {
            let sweep =
                "[sweep]\n[[sweep.parameters]]\npath = \"mechanism.auction.seats\"\nvalues = [2, 3]\n";
            let text = trial::THREE.replace("replicates = 3", "replicates = 3\nkind = \"sweep\"");
            read_text(&format!("{text}{sweep}[[charts]]\n{keys}\n"))
        };
        let read = chart(
            "kind = \"response\"\ntheory = { revenue = \"revenue_uniform(0, 1, 3, x, 0)\", liveness = \"1\" }",
        );
        let read = read.unwrap();
        let own = &read.charts[0];
        assert_eq!(own.metrics, ["revenue", "liveness"]);
        assert_eq!(own.theory[0].1.text(), "revenue_uniform(0, 1, 3, x, 0)");
        // As resolved, it reads back to the same.
        let again = Document::parse("resolved.toml", &read.resolved.to_toml()).unwrap();
        assert_eq!(Experiment::read(again, &trial::Shipped).unwrap().charts, read.charts);
        let own =
            &chart("kind = \"redundancy\"\ntheory.availability = \"any_of(0.1, 2)\"").unwrap().charts[0];
        assert_eq!((own.theory[0].0, own.metrics.len()), ("availability", 0));
        for (keys, said) in [
            ("kind = \"response\"\ntheory = { livenes = \"1\" }", "did you mean `liveness`?"),
            (
                "kind = \"censorship\"\ntheory = { liveness = \"1\" }",
                "it has censorship_cost, inclusion_wait",
            ),
            ("kind = \"heat_map\"\ntheory = { liveness = \"1\" }", "no line of theory"),
            ("kind = \"response\"\ntheory = { liveness = 1 }", "not a text"),
            ("kind = \"response\"\ntheory = \"x\"", "not a table"),
            ("kind = \"response\"\ntheory = {}", "empty table"),
            (
                "kind = \"response\"\nmetrics = [\"revenue\"]\ntheory = { liveness = \"1\" }",
                "`metrics` does not show",
            ),
            (
                "kind = \"response\"\ntheory = { liveness = \"anyof(0.1, x)\" }",
                "`liveness`: character 1: there is no closed form `anyof`; did you mean `any_of`?",
            ),
            (
                "kind = \"response\"\ntheory = { liveness = \"any_of(x)\" }",
                "`any_of(p, r)` takes 2 arguments, not 1 (p: probability that a machine is down",
            ),
            ("kind = \"response\"\ntheory = { liveness = \"1 + (x\" }", "at the end: `)`"),
            (
                "kind = \"response\"\ntheory = { liveness = \"1 - y\" }",
                "character 5: there is no variable `y`",
            ),
            (
                "kind = \"response\"\ntheory = { liveness = \"any_of(5, x)\" }",
                "character 8: `p` of `any_of` is 5; allowed: from 0 to 1",
            ),
        ] {
            let error = chart(keys).unwrap_err();
            assert!(error.contains(said), "{keys}: {error}");
        }
    }

    #[test]
    fn a_file_that_asks_for_no_chart_is_refused_where_charts_are_asked_of_it() {
        let alone = |text: &str| {
            let document = Document::parse("charts.toml", text).unwrap();
            super::read_alone(&document, "compare", &["auction".to_owned()]).map_err(|e| e.to_string())
        };
        assert_eq!(alone("[[charts]]\nkind = \"surplus\"\n").unwrap().len(), 1);
        let error = alone("[[chart]]\nkind = \"surplus\"\n").unwrap_err();
        assert!(error.contains("did you mean `charts`"), "{error}");
        assert!(alone("[experiment]\nname = \"e\"\n").unwrap_err().contains("asks for none"));
    }
}
