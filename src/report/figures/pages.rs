//! Figures that fit on a page: one that is too tall, or has too many lines to tell apart, is parted into sheets, each with the same
//! notes.

use super::Sheet;
use crate::chart::lorenz::LorenzContender;
use crate::chart::series::Series;
use crate::chart::{ChartError, Figure, Style};

/// Height of the text of a page, points: nine inches.
const TALLEST: f64 = 648.0;
/// Most sheets of one figure.
const MOST: usize = 12;
/// Most lines that are told apart in one panel.
const LINES: usize = 10;

/// The figure, or its sheets where it is taller than a page; whatever has a single part stays as tall as it is.
///
/// # Errors
/// As the figure's own `draw`.
pub(super) fn drawn(sheet: &mut Sheet, style: Style) -> Result<Vec<Figure>, ChartError> {
    let tallest = TALLEST * style.scale();
    let mut parts = by_contender(sheet);
    if parts.len() > 1 {
        return numbered(&mut parts, style);
    }
    let whole = sheet.draw(style)?;
    let fewest = (whole.size().1 / tallest).ceil().max(1.0) as usize;
    let mut best = vec![whole];
    if fewest < 2 {
        return Ok(best);
    }
    for count in fewest..=MOST {
        let mut parts = parted(sheet, count);
        let of = parts.len();
        if of <= best.len() {
            // There is nothing left to part.
            continue;
        }
        let figures = numbered(&mut parts, style)?;
        let fits = figures.iter().all(|figure| figure.size().1 <= tallest);
        best = figures;
        if fits {
            break;
        }
    }
    Ok(best)
}

/// Draws parts of one figure, whose titles say which of how many each is.
fn numbered(parts: &mut [Sheet], style: Style) -> Result<Vec<Figure>, ChartError> {
    let of = parts.len();
    let mut figures = Vec::new();
    for (i, part) in parts.iter_mut().enumerate() {
        let title = &mut part.heading().title;
        *title = format!("{title} ({} of {of})", i + 1);
        match part.draw(style) {
            Ok(figure) => figures.push(figure),
            // What is left out of the whole is left out of a part.
            Err(ChartError::Empty { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(figures)
}

/// A figure of one line for each contender, with at most [`LINES`] of them on each sheet; nothing where there are no more.
fn by_contender(sheet: &Sheet) -> Vec<Sheet> {
    let (contenders, drawn): (&[LorenzContender], Vec<&Series>) = match sheet {
        Sheet::Lorenz(own) => (&own.contenders, own.panels.iter().flat_map(|p| &p.lines).collect()),
        Sheet::Censorship(own) => (&own.contenders, own.costs.iter().chain(&own.waits).collect()),
        Sheet::OverTime(own) => (&own.contenders, own.redundancy.iter().chain(&own.availability).collect()),
        _ => return Vec::new(),
    };
    let has_line = |c: &&LorenzContender| drawn.iter().any(|s| s.name == c.name && !s.present().is_empty());
    let (with, without): (Vec<LorenzContender>, Vec<LorenzContender>) =
        contenders.iter().cloned().partition(|c| has_line(&c));
    if with.len() <= LINES {
        return Vec::new();
    }
    let each = with.len().div_ceil(with.len().div_ceil(LINES));
    let mut chunks: Vec<Vec<LorenzContender>> = with.chunks(each).map(<[LorenzContender]>::to_vec).collect();
    // Of those without a line the last sheet says why.
    chunks.last_mut().into_iter().for_each(|last| last.extend(without.iter().cloned()));
    let part = |some: Vec<LorenzContender>| {
        let of = |lines: &mut Vec<Series>| lines.retain(|s| some.iter().any(|c| c.name == s.name));
        let mut part = sheet.clone();
        match &mut part {
            Sheet::Lorenz(own) => {
                own.panels.iter_mut().for_each(|p| of(&mut p.lines));
                own.contenders = some;
            }
            Sheet::Censorship(own) => {
                of(&mut own.costs);
                of(&mut own.waits);
                own.partly.retain(|p| some.iter().any(|c| c.name == p.name));
                own.contenders = some;
            }
            Sheet::OverTime(own) => {
                of(&mut own.redundancy);
                of(&mut own.availability);
                own.contenders = some;
            }
            _ => {}
        }
        part
    };
    chunks.into_iter().map(part).collect()
}

/// The sheet in at most so many parts; none where it has no list to part.
fn parted(sheet: &Sheet, count: usize) -> Vec<Sheet> {
    match sheet {
        Sheet::Surplus(own) => split(own, |s| &mut s.bars, Sheet::Surplus, count),
        Sheet::Learning(own) => split(own, |s| &mut s.panels, Sheet::Learning, count),
        Sheet::Difference(own) => split(own, |s| &mut s.rows, Sheet::Difference, count),
        Sheet::Robustness(own) => split(own, |s| &mut s.panels, Sheet::Robustness, count),
        Sheet::Policies(own) => split(own, |s| &mut s.panels, Sheet::Policies, count),
        Sheet::Impulse(own) => split(own, |s| &mut s.panels, Sheet::Impulse, count),
        Sheet::Metrics(own) => split(own, |s| &mut s.panels, Sheet::Metrics, count),
        Sheet::Distribution(own) => split(own, |s| &mut s.panels, Sheet::Distribution, count),
        Sheet::Along(own) => split(own, |s| &mut s.rows, Sheet::Along, count),
        Sheet::Parallel(own) => split(own, |s| &mut s.panels, Sheet::Parallel, count),
        Sheet::Response(own) => split(own, |s| &mut s.rows, Sheet::Response, count),
        Sheet::HeatMap(own) => split(own, |s| &mut s.rows, Sheet::HeatMap, count),
        Sheet::Tornado(own) => split(own, |s| &mut s.panels, Sheet::Tornado, count),
        Sheet::Optimum(own) => split(own, |s| &mut s.slices, Sheet::Optimum, count),
        Sheet::Lorenz(_) | Sheet::Censorship(_) | Sheet::Frontier(_) | Sheet::OverTime(_) => Vec::new(),
    }
}

fn split<S: Clone, T: Clone>(
    sheet: &S,
    list: fn(&mut S) -> &mut Vec<T>,
    wrap: fn(S) -> Sheet,
    count: usize,
) -> Vec<Sheet> {
    let mut own = sheet.clone();
    let all = std::mem::take(list(&mut own));
    let each = all.len().div_ceil(count).max(1);
    let part = |some: &[T]| {
        let mut part = own.clone();
        *list(&mut part) = some.to_vec();
        wrap(part)
    };
    all.chunks(each).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::small_multiples::SmallMultiples;
    use crate::chart::strips::{Contender, MetricPanel, Row};
    use crate::chart::ticks::Format;
    use crate::chart::{Estimate, Heading, Identity};

    /// Thirty lines are on three sheets, ten on one.
    #[test]
    fn many_lines_are_parted() {
        use crate::chart::lorenz::{Lorenz, LorenzPanel};
        let figure = |count: usize| {
            let name = |c: usize| format!("contender {c}");
            let line = |c: usize| Series {
                name: name(c),
                points: (0..=4)
                    .map(|k| (f64::from(k) / 4.0, Estimate::point(f64::from(k * k) / 16.0)))
                    .collect(),
            };
            let contender = |c: usize| LorenzContender {
                name: name(c),
                identity: Identity::of(["auction"])[0],
                certified: true,
            };
            let lorenz = Lorenz {
                heading: Heading { title: "All".to_owned(), ..Heading::default() },
                contenders: (0..count).map(contender).collect(),
                panels: vec![LorenzPanel {
                    title: "slots".to_owned(),
                    lines: (0..count).map(line).collect(),
                }],
            };
            drawn(&mut Sheet::Lorenz(lorenz), Style::paper()).unwrap()
        };
        assert_eq!(figure(10).len(), 1);
        let three = figure(30);
        assert_eq!(three.len(), 3);
        let named =
            |figure: &Figure| figure.placed().iter().filter(|t| t.text.starts_with("contender ")).count();
        assert_eq!(three.iter().map(named).collect::<Vec<_>>(), [10; 3]);
        assert!(three[2].title().ends_with("(3 of 3)"));
    }

    #[test]
    fn what_is_taller_than_a_page_is_parted_and_nothing_is_lost() {
        let panel = |k: usize| MetricPanel {
            title: format!("metric {k}"),
            format: Format::Plain,
            range: (0.0, f64::INFINITY),
            rows: (0..30)
                .map(|c| Row { mean: Estimate::point((k + c) as f64), replicates: Vec::new() })
                .collect(),
        };
        let contender = |c: usize| Contender {
            name: format!("contender {c}"),
            identity: Identity::of(["auction"])[0],
            certified: true,
        };
        let figure = |panels: usize| {
            let multiples = SmallMultiples {
                heading: Heading { title: "All".to_owned(), ..Heading::default() },
                contenders: (0..30).map(contender).collect(),
                panels: (0..panels).map(panel).collect(),
            };
            drawn(&mut Sheet::Metrics(multiples), Style::paper().single()).unwrap()
        };
        let one = figure(1);
        assert_eq!((one.len(), one[0].title()), (1, "All"));
        let many = figure(9);
        assert!(many.len() > 1 && many.iter().all(|figure| figure.size().1 <= TALLEST), "{}", many.len());
        assert!(many[1].title().ends_with(&format!("(2 of {})", many.len())), "{}", many[1].title());
        let names = |figure: &Figure| -> usize {
            figure.placed().iter().filter(|text| text.text.starts_with("metric ")).count()
        };
        assert_eq!(many.iter().map(names).sum::<usize>(), 9);
    }
}
