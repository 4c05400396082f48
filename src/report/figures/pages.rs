//! Figures that fit on a page: one that is too tall is parted into sheets, each with the same legend and notes.

use super::Sheet;
use crate::chart::{ChartError, Figure, Style};

/// Height of the text of a page, points: nine inches.
const TALLEST: f64 = 648.0;
/// Most sheets of one figure.
const MOST: usize = 12;

/// The figure, or its sheets where it is taller than a page; whatever has a single part stays as tall as it is.
///
/// # Errors
/// As the figure's own `draw`.
pub(super) fn drawn(sheet: &mut Sheet, style: Style) -> Result<Vec<Figure>, ChartError> {
    let tallest = TALLEST * style.scale();
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
        let fits = figures.iter().all(|figure| figure.size().1 <= tallest);
        best = figures;
        if fits {
            break;
        }
    }
    Ok(best)
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
