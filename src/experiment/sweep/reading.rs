//! `[sweep]`: which parameters vary, over which settings, by which design.

use super::factorial::Factorial;
use super::latin_hypercube::LatinHypercube;
use super::one_at_a_time::OneAtATime;
use super::{Axis, Layout, Point, Range, Settings, listed, same, sobol};
use crate::experiment::design::Design;
use crate::experiment::study::OF_THE_STUDY;
use crate::settings::{Diagnostics, Document, Parameter, Section, Value};
use std::collections::HashMap;
use std::fmt::Write;

/// Design.
pub const DESIGN: Parameter = Parameter::choice(
    "design",
    &["factorial", "one_at_a_time", "latin_hypercube", "sobol", "list", "csv"],
    "factorial",
    "how points are laid: every combination, each setting alone, space-filling, or as listed",
);
/// Number of points.
pub const SIZE: Parameter = Parameter::integer(
    "size",
    2,
    1_000_000,
    64,
    "points",
    "points of a Latin hypercube or Sobol design (of Sobol at most 65,536)",
);
/// File of points.
pub const FILE: Parameter = Parameter::text_required(
    "file",
    "CSV file of points, beside the experiment: the header names parameters by path, an empty cell leaves one as written",
);
/// Paths of an axis.
pub const PATH: Parameter = Parameter::custom_required(
    "path",
    "a path such as \"mechanism.dpos.seats\", or a list of paths that are set together",
    "what varies, addressed as by --set",
);
/// Settings of an axis.
pub const VALUES: Parameter = Parameter::custom_optional(
    "values",
    "a list of settings; where several paths are linked, either one setting for all or a list with one for each",
    "settings to try",
);
/// Ends of a range.
pub const RANGE: Parameter = Parameter::custom_optional(
    "range",
    "[low, high] with low < high",
    "numbers to try, in place of `values`: whole ones if both ends are",
);
/// Scale of a range.
pub const SCALE: Parameter = Parameter::choice(
    "scale",
    &["linear", "log"],
    "linear",
    "whether a range is spread evenly in numbers or in logarithms",
);
/// Levels of a range.
pub const LEVELS: Parameter = Parameter::integer(
    "levels",
    2,
    10_000,
    5,
    "",
    "settings that a factorial or one-at-a-time design takes from a range, both ends included",
);
/// Condition of an axis.
pub const WHEN: Parameter = Parameter::custom_optional(
    "when",
    "{ \"PATH\" = VALUE } with the path of an earlier parameter",
    "the parameter varies only at points where an earlier one has this value; elsewhere it stays as written",
);

/// Keys of `[sweep]`.
pub const SWEEP: &[&Parameter] = &[&DESIGN, &SIZE, &FILE];
/// Keys of `[[sweep.parameters]]`.
pub const AXIS: &[&Parameter] = &[&PATH, &VALUES, &RANGE, &SCALE, &LEVELS, &WHEN];

/// What a condition may ask for.
const NEVER: &str = "a value that the earlier parameter takes: one of its `values`, a level of its `range`, or in a space-filling design a \
                     whole number of a range of whole numbers";

/// Most points of a design.
const MOST_POINTS: usize = 1_000_000;

/// The table as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// Its points.
    pub layout: Layout,
    /// Paths in the order of first mention.
    pub paths: Vec<String>,
}

impl Sweep {
    /// Reads the table; points of a random design hang on the experiment's seed.
    pub fn read(section: &Section, seed: u64) -> Option<Self> {
        section.known(SWEEP);
        section.know_tables(&["parameters", "points"]);
        let kind = section.choice(&DESIGN);
        section.note_unread(&format!("design `{kind}` does not use it"));
        if kind == "list" || kind == "csv" {
            // Points of a CSV file have been laid under `points` by then.
            let points: Vec<Point> = section.tables("points").iter().map(read_point).collect();
            if points.is_empty() {
                section.refuse(
                    "points",
                    "there are no points",
                    "at least one table `[[sweep.points]]`",
                    None,
                );
                return None;
            }
            if let Some((first, second)) = twice(&points) {
                section.refuse(
                    "points",
                    &format!("points {first} and {second} are the same, counted from 0"),
                    "each point once: more `replicates` are more draws",
                    None,
                );
                return None;
            }
            return Some(Sweep { paths: paths_of(&points), layout: Layout::Listed(points.into()) });
        }
        let axes = read_axes(section, "sweep", true);
        let spread = kind == "latin_hypercube" || kind == "sobol";
        let size = if spread { section.integer(&SIZE) as usize } else { 0 };
        let axes = axes?;
        let expected = match kind {
            "factorial" => axes.iter().map(|a| a.levels().len() as f64).product::<f64>(),
            _ => size as f64,
        };
        let refuse = |key: &str, message: &str, allowed: &str| {
            section.refuse(key, message, allowed, None);
            None
        };
        if expected > MOST_POINTS as f64 {
            return refuse("", &format!("a design of {expected} points"), "at most 1,000,000 points");
        }
        if kind == "sobol" && (size > sobol::MOST_POINTS || axes.len() > sobol::MOST_AXES) {
            return refuse(
                "size",
                "more than the Sobol sequence has",
                "at most 65,536 points of at most 256 parameters",
            );
        }
        if kind == "one_at_a_time" && axes.iter().any(|axis| axis.when.is_some()) {
            return refuse(
                "design",
                "a conditional parameter, whose condition no point of this design sets",
                "another design",
            );
        }
        let never = |axis: &Axis| {
            let (path, value) = axis.when.as_ref()?;
            let mut earlier = axes.iter().filter(|other| other.paths.contains(path));
            (!earlier.any(|other| other.takes(path, value, spread)))
                .then(|| format!("`{path}` is never {value}"))
        };
        if let Some(message) = axes.iter().find_map(never) {
            return refuse("parameters", &message, NEVER);
        }
        let mut paths: Vec<String> = Vec::new();
        for path in axes.iter().flat_map(|axis| &axis.paths) {
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        let layout = match kind {
            "one_at_a_time" => Layout::OneAtATime(OneAtATime::new(axes)),
            "latin_hypercube" => Layout::LatinHypercube(LatinHypercube::new(axes, size, seed)),
            "sobol" => Layout::Sobol(sobol::Sobol::new(axes, size, seed)),
            _ => Layout::Factorial(Factorial::new(axes)),
        };
        Some(Sweep { layout, paths })
    }

    /// The design.
    pub fn design(&self) -> Design {
        Design { parameters: self.paths.clone(), layout: self.layout.clone() }
    }
}

/// Puts the points of a CSV file into the document, as if they had been listed.
///
/// # Errors
/// A file that there is not, or what is wrong with it.
pub fn lay_points(
    document: &mut Document,
    find: impl Fn(&str) -> Option<(String, String)>,
) -> Result<(), Diagnostics> {
    let is_csv = document.peek("sweep.design").is_some_and(|d| d.as_text() == Some("csv"));
    let Some(name) = document.peek("sweep.file").filter(|_| is_csv) else { return Ok(()) };
    let Some(name) = name.as_text() else { return Ok(()) };
    let Some((file, text)) = find(name) else {
        let allowed = "a CSV file beside the experiment or in the working directory";
        return Err(document.refuse("sweep.file", &format!("cannot read `{name}`"), allowed, None));
    };
    let points = listed::from_csv(&text).map_err(|(line, message)| {
        document.refuse("sweep.file", &format!("{file}:{line}: {message}"), "a CSV file of points", None)
    })?;
    let mut listing = String::new();
    for point in points {
        listing.push_str("[[points]]\n");
        for (path, value) in point {
            // Writing to a string cannot fail.
            let _ = writeln!(listing, "{} = {value}", Value::Text(path));
        }
    }
    document.underlay("sweep", Document::parse(&file, &listing)?);
    document.remove_member("sweep", FILE.key);
    document.set("sweep.design", "list")
}

/// Why a path is nothing that points of a design may differ in; `None` where they may.
fn belongs_to_the_study(path: &str) -> Option<(&'static str, &'static str)> {
    const POINTS: &str = "settings of `world`, `sequencers`, `delegators`, `strategies`, `mechanism` or `play`, or `experiment.tolerance`";
    match path {
        "experiment.tolerance" => None,
        "experiment.seed" => Some((
            "all points share the seed, so that their differences are on common draws",
            "more `replicates` for more draws, or a run of the file with another --seed",
        )),
        "experiment.replicates" => Some((
            "how many replicates there are is asked of the whole study",
            "`experiment.replicates` once, or `[replication]` for as many at each point as it needs",
        )),
        "play.keep" => Some(("what is kept is asked of the whole study", "`play.keep` once")),
        _ => {
            let table = path.split('.').next().unwrap_or_default();
            let of_the_study = table == "experiment" || OF_THE_STUDY.contains(&table);
            of_the_study
                .then_some(("this belongs to the study as a whole, and to no point of its design", POINTS))
        }
    }
}

/// Refuses a path that belongs to the study as a whole; returns whether it does.
fn refuses_path(section: &Section, key: &str, path: &str) -> bool {
    let Some((why, allowed)) = belongs_to_the_study(path) else { return false };
    section.refuse(key, &format!("`{path}`: {why}"), allowed, None);
    true
}

/// The first two points that set the same paths to the same values.
fn twice(points: &[Point]) -> Option<(usize, usize)> {
    let mut known: HashMap<Vec<(&str, String)>, usize> = HashMap::new();
    for (place, point) in points.iter().enumerate() {
        let name =
            |value: &Value| value.as_number().map_or_else(|| value.to_string(), |number| number.to_string());
        let mut settings: Vec<(&str, String)> =
            point.iter().map(|(path, value)| (path.as_str(), name(value))).collect();
        settings.sort_unstable();
        if let Some(first) = known.insert(settings, place) {
            return Some((first, place));
        }
    }
    None
}

fn paths_of(points: &[Point]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for (path, _) in points.iter().flatten() {
        if !paths.contains(path) {
            paths.push(path.clone());
        }
    }
    paths
}

fn read_point(section: &Section) -> Point {
    let single = |value: &Value| match value {
        Value::Table(_) => Err("a setting is no table: write the path as one key in quotes".to_owned()),
        value => Ok(value.clone()),
    };
    let keys = section.keys();
    for key in &keys {
        refuses_path(section, key, key);
    }
    let assign =
        |key: &str| Some((key.to_owned(), section.custom_at(key, "a setting of that parameter", single)?));
    keys.into_iter().filter_map(assign).collect()
}

/// Reads the parameters of a design under a table of this name, all of them or none: errors are noted with the reader.
/// `levelled`: see [`read_axis`].
pub(crate) fn read_axes(section: &Section, name: &str, levelled: bool) -> Option<Vec<Axis>> {
    let tables = section.tables("parameters");
    if tables.is_empty() {
        let allowed = format!("at least one table `[[{name}.parameters]]`");
        section.refuse("parameters", "nothing varies", &allowed, None);
        return None;
    }
    let mut axes: Vec<Axis> = Vec::new();
    for table in &tables {
        let Some(axis) = read_axis(table, &axes, levelled) else { continue };
        if let Some((path, value)) = &axis.when {
            // A path may vary on several axes, each where another condition holds.
            let mut earlier = axes.iter().filter(|other| other.paths.contains(path)).peekable();
            let takes =
                |other: &Axis| other.takes(path, value, true) || levelled && other.takes(path, value, false);
            if earlier.peek().is_some() && !earlier.any(takes) {
                table.refuse("when", &format!("`{path}` is never {value}"), NEVER, None);
                continue;
            }
        }
        axes.push(axis);
    }
    (axes.len() == tables.len()).then_some(axes)
}

/// Reads one parameter. `levelled`: a range may say how many levels a design takes from it.
pub(crate) fn read_axis(section: &Section, earlier: &[Axis], levelled: bool) -> Option<Axis> {
    section.known(AXIS);
    let paths = section.custom(&PATH, paths_from);
    let values = section.custom(&VALUES, |value| match value.as_list() {
        Some([]) | None => Err("this is no list of settings".to_owned()),
        Some(list) => Ok(list.to_vec()),
    });
    let range = section.custom(&RANGE, |value| {
        let list = value.as_list().unwrap_or_default();
        let ends: Vec<f64> = list.iter().filter_map(Value::as_number).collect();
        match ends.as_slice() {
            &[low, high] if list.len() == 2 && low < high && low.is_finite() && high.is_finite() => {
                Ok((low, high, list.iter().all(|end| matches!(end, Value::Integer(_)))))
            }
            _ => Err("these are not two numbers, the lesser first".to_owned()),
        }
    });
    let when = section.custom(&WHEN, |value| match value.as_table() {
        Some([(path, value)]) => Ok((path.clone(), value.clone())),
        _ => Err("a condition is a table with one path and its value".to_owned()),
    });
    let paths = paths?;
    if paths.iter().any(|path| refuses_path(section, "path", path)) {
        return None;
    }
    if let Some((path, _)) = &when
        && !earlier.iter().any(|axis| axis.paths.contains(path))
    {
        section.refuse(
            "when",
            &format!("no earlier parameter sets `{path}`"),
            "the path of an earlier parameter",
            None,
        );
        return None;
    }
    if let Some(path) = paths.iter().find(|path| earlier.iter().any(|axis| axis.paths.contains(path))) {
        let conditional =
            when.is_some() && earlier.iter().all(|a| !a.paths.contains(path) || a.when.is_some());
        if !conditional {
            section.refuse("path", &format!("`{path}` varies twice"), "each path once", None);
            return None;
        }
    }
    let settings = match (values, range) {
        (Some(values), None) => {
            section.note_unread("it belongs to a `range`");
            let levels = levels_of(section, &paths, values)?;
            let alike = |a: &[Value], b: &[Value]| a.iter().zip(b).all(|(a, b)| same(a, b));
            if let Some(twice) = (1..levels.len()).find(|&i| levels[..i].iter().any(|l| alike(l, &levels[i])))
            {
                let words: Vec<String> = levels[twice].iter().map(Value::to_string).collect();
                section.refuse(
                    "values",
                    &format!("{} stands there twice", words.join(", ")),
                    "each setting once",
                    None,
                );
                return None;
            }
            Settings::Levels(levels)
        }
        (None, Some((low, high, whole))) => {
            let log = section.choice(&SCALE) == "log";
            let levels = if levelled { section.integer(&LEVELS) as usize } else { 2 };
            if !levelled {
                section.note_unread_key(&LEVELS, "it belongs to the designs of a sweep");
            }
            if log && low <= 0.0 {
                section.refuse(
                    "range",
                    "logarithms of numbers that are not positive",
                    "low > 0 with `scale = \"log\"`",
                    None,
                );
                return None;
            }
            Settings::Range(Range { low, high, log, whole, levels })
        }
        (values, range) => {
            // What is wrong with one that is given has been said.
            let given = section.is_given(VALUES.key) || section.is_given(RANGE.key);
            if !given || (values.is_some() && range.is_some()) {
                section.refuse("", "a parameter needs its settings", "either `values` or `range`", None);
            }
            return None;
        }
    };
    Some(Axis { paths, settings, when })
}

fn levels_of(section: &Section, paths: &[String], values: Vec<Value>) -> Option<Vec<Vec<Value>>> {
    let width = paths.len();
    let linked = |value: &Value| value.as_list().is_some_and(|list| list.len() == width);
    if width > 1 && values.iter().all(linked) {
        return Some(values.iter().map(|v| v.as_list().unwrap_or_default().to_vec()).collect());
    }
    if width > 1 && values.iter().any(|value| value.as_list().is_some()) {
        section.refuse(
            "values",
            &format!("settings of {width} linked paths of different lengths"),
            &format!("one setting for all paths, or lists of {width}"),
            None,
        );
        return None;
    }
    Some(values.into_iter().map(|value| vec![value; width]).collect())
}

fn paths_from(value: &Value) -> Result<Vec<String>, String> {
    let paths: Option<Vec<String>> = match value {
        Value::Text(path) => Some(vec![path.clone()]),
        Value::List(list) => list.iter().map(|item| item.as_text().map(str::to_owned)).collect(),
        _ => None,
    };
    paths.filter(|paths| !paths.is_empty()).ok_or("this is no path and no list of paths".to_owned())
}
