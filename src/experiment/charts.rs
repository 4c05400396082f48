//! `[[charts]]` of an experiment file: figures that are picked and configured. They bear on no number, and on no unit's id.
//!
//! Figures that suit an experiment are drawn without being asked for; one that is listed here takes the place of the
//! unasked one of its kind.

use crate::measure::metrics::METRICS;
use crate::settings::{Parameter, Section, Value, nearest};

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
    "response",
    "heat_map",
    "main_effects",
];

/// Kinds whose metrics can be picked.
const WITH_METRICS: [&str; 6] =
    ["metrics", "distribution", "differences", "response", "heat_map", "main_effects"];

/// Kinds that show the responses of a sweep.
pub const OF_SWEEPS: [&str; 3] = ["response", "heat_map", "main_effects"];

/// Kind.
pub const KIND: Parameter = Parameter::choice_required(
    "kind",
    KINDS,
    "which figure: `surplus` (who gets the value), `learning` (offers and deviation gain along learning), `differences` (of \
     each pair of contenders), `robustness` (these under each learning rule), `policies` (offers against value), `impulse` (what one deviation sets off), `metrics` (means, a panel for each metric), `distribution` \
     (over replicates), `lorenz` (slots and profit over sequencers), `censorship` (cost of keeping a target out); of a sweep: `response` (lines along its one parameter), `heat_map` (over two parameters, or \
     three), `main_effects` (means at each setting of each parameter)",
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

/// Keys of a `[[charts]]` table.
pub const PARAMETERS: &[&Parameter] = &[&KIND, &NAME, &TITLE, &CHART_METRICS, &CHART_CONTENDERS, &SIZE];

/// A figure as asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
}

/// Reads all `[[charts]]`; errors are noted with the reader.
pub(super) fn read(root: &Section, contenders: &[String]) -> Vec<Chart> {
    let known: Vec<&str> = METRICS.iter().map(|m| m.key).collect();
    root.tables("charts")
        .iter()
        .map(|table| {
            table.known(PARAMETERS);
            let kind = table.choice(&KIND);
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
            let shown =
                table.custom(&CHART_CONTENDERS, |value| names(value, &own, "contender")).unwrap_or_default();
            Chart {
                kind,
                name,
                title: table.optional_text(&TITLE),
                metrics: metrics
                    .iter()
                    .filter_map(|m| METRICS.iter().find(|k| k.key == m))
                    .map(|m| m.key)
                    .collect(),
                contenders: shown,
                size: table.optional_choice(&SIZE),
            }
        })
        .collect()
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
        let text = format!("{}{charts}", trial::THREE);
        let document = Document::parse("trial.toml", &text).map_err(|e| e.to_string())?;
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
        ] {
            let error = read(charts).unwrap_err();
            assert!(error.contains(said), "{charts}: {error}");
        }
    }
}
