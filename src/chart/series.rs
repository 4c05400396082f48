//! Lines with interval bands, shared by figures that show one number along another.

use super::axes::Panel;
use super::canvas::{Canvas, Pen};
use super::estimate::{Estimate, drawable};
use super::style::Look;
use super::ticks::{Format, significant};

/// A line: means with intervals along x. All share one look where the name is the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Class of agents, as the legend shows it; empty where there is only one line.
    pub name: String,
    /// Points (x, mean with interval), in any order.
    pub points: Vec<(f64, Estimate)>,
}

impl Series {
    /// Points that can be drawn, in order of x.
    pub(crate) fn present(&self) -> Vec<(f64, Estimate)> {
        let mut points: Vec<_> =
            self.points.iter().copied().filter(|(x, e)| drawable(*x) && e.value().is_some()).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    }

    /// How many points are absent.
    pub(crate) fn absent(&self) -> usize {
        self.points.iter().filter(|(x, e)| !drawable(*x) || e.value().is_none()).count()
    }

    pub(crate) fn any_interval(&self) -> bool {
        self.points.iter().any(|(_, e)| e.interval().is_some())
    }
}

/// Smallest and largest of some values; `None` where there is none.
pub(crate) fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|v| v.is_finite()).fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}

/// Names of all series, in order of first appearance: the index decides the look.
pub(crate) fn names<'a>(series: impl IntoIterator<Item = &'a Series>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for one in series {
        if !names.contains(&one.name) {
            names.push(one.name.clone());
        }
    }
    names
}

/// Lines in words: where each begins and ends, for those who cannot see them. Names at most [`SAID`] lines.
pub(crate) fn in_words<'a>(lines: impl IntoIterator<Item = &'a Series>, format: Format) -> String {
    let sign = if format == Format::Percent { "%" } else { "" };
    let say = |v: f64| format!("{}{sign}", significant(v * format.factor(), 3));
    let mut said: Vec<String> = Vec::new();
    let mut more = 0;
    for line in lines {
        let points = line.present();
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        if said.len() == SAID {
            more += 1;
            continue;
        }
        let name = if line.name.is_empty() { String::new() } else { format!("{} ", line.name) };
        said.push(if points.len() == 1 {
            format!("{name}{}", say(first.1.mean))
        } else {
            format!("{name}from {} to {}", say(first.1.mean), say(last.1.mean))
        });
    }
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{more}", said.join(", "))
}

/// Lines that words tell of.
const SAID: usize = 12;

/// Values of some series with their intervals: what an axis must hold.
pub(crate) fn extent<'a>(series: impl IntoIterator<Item = &'a Series>) -> Vec<f64> {
    let each = |e: Estimate| {
        let (low, high) = e.interval().unwrap_or((e.mean, e.mean));
        [low, e.mean, high]
    };
    series.into_iter().flat_map(|s| s.present().into_iter().flat_map(move |(_, e)| each(e))).collect()
}

/// Which points of a line are marked, and how.
#[derive(Clone, Copy)]
pub(crate) struct Marks<'a> {
    /// Each point, or only the last one and those that stand alone.
    pub every: bool,
    /// Whether a line's are hollow: not certified.
    pub hollow: &'a dyn Fn(&Series) -> bool,
}

/// Draws bands first, then lines, then markers. Returns how many points the axes could not show.
pub(crate) fn draw(
    canvas: &mut Canvas,
    panel: &Panel,
    series: &[&Series],
    look: impl Fn(&Series) -> Look,
    marks: Marks,
) -> usize {
    let mut unshown = 0;
    let runs: Vec<_> =
        series.iter().map(|s| (look(s), (marks.hollow)(s), runs(panel, s, &mut unshown))).collect();
    for (look, _, runs) in &runs {
        for run in runs {
            band(canvas, panel, run, *look);
        }
    }
    let scale = canvas.style.scale();
    for (look, _, runs) in &runs {
        for run in runs {
            let line: Vec<_> = run.iter().map(|(x, e)| panel.at(*x, e.mean)).collect();
            canvas.path(&thinned(&line), Pen { colour: look.colour, width: 1.25 * scale, dash: look.dash });
        }
    }
    for (look, hollow, runs) in &runs {
        let last = runs.last().and_then(|r| r.last()).map(|(x, _)| *x);
        for run in runs {
            for (x, e) in run {
                if marks.every || Some(*x) == last || run.len() == 1 {
                    canvas.marker(panel.at(*x, e.mean), 1.9 * scale, look.marker, look.colour, *hollow);
                }
            }
        }
    }
    unshown
}

/// Uninterrupted stretches of points that the axes can show.
fn runs(panel: &Panel, series: &Series, unshown: &mut usize) -> Vec<Vec<(f64, Estimate)>> {
    let mut points = series.points.clone();
    points.retain(|(x, _)| drawable(*x));
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut runs = vec![Vec::new()];
    for (x, e) in points {
        let shown = e.value().is_some_and(|v| panel.y.holds(v)) && panel.x.holds(x);
        if shown {
            if let Some(run) = runs.last_mut() {
                run.push((x, e));
            }
            continue;
        }
        *unshown += usize::from(e.value().is_some());
        runs.push(Vec::new());
    }
    runs.retain(|r| !r.is_empty());
    runs
}

fn band(canvas: &mut Canvas, panel: &Panel, run: &[(f64, Estimate)], look: Look) {
    let scale = canvas.style.scale();
    for part in run.split(|(_, e)| e.interval().is_none()) {
        let ends = |pick: fn((f64, f64)) -> f64| -> Vec<(f64, f64)> {
            let all = part.iter().filter_map(|(x, e)| e.interval().map(|i| panel.at(*x, pick(i))));
            thinned(&all.collect::<Vec<_>>())
        };
        let (lower, upper) = (ends(|i| i.0), ends(|i| i.1));
        match (&lower[..], &upper[..]) {
            ([], _) | (_, []) => {}
            // A lone point has no band to belong to: a bar.
            ([low], [high]) => canvas.line(*low, *high, Pen::solid(look.colour, 0.9 * scale)),
            _ => {
                let outline: Vec<_> = upper.iter().chain(lower.iter().rev()).copied().collect();
                canvas.polygon(&outline, look.colour, 0.2);
            }
        }
    }
}

/// The same line with at most four points to a column half a point wide: first, lowest, highest, last.
fn thinned(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if line.len() < 1000 {
        return line.to_vec();
    }
    let column = |x: f64| (x * 2.0).floor() as i64;
    line.chunk_by(|a, b| column(a.0) == column(b.0))
        .flat_map(|points| {
            let by_height = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
            let ends = [
                points.first(),
                points.iter().min_by(by_height),
                points.iter().max_by(by_height),
                points.last(),
            ];
            let mut kept: Vec<(f64, f64)> = ends.into_iter().flatten().copied().collect();
            kept.sort_by(|a, b| a.0.total_cmp(&b.0));
            kept.dedup();
            kept
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_by_their_ends() {
        let line = |name: &str, values: &[f64]| Series {
            name: name.to_owned(),
            points: values.iter().enumerate().map(|(x, v)| (x as f64, Estimate::point(*v))).collect(),
        };
        let lines = [line("a", &[0.5, f64::NAN, 0.25]), line("", &[1.0]), line("none", &[])];
        assert_eq!(in_words(&lines, Format::Percent), "a from 50.0% to 25.0%, 100%");
        let many = vec![line("a", &[1.0]); SAID + 3];
        assert!(in_words(&many, Format::Plain).ends_with(", and 3 more"));
    }
}
