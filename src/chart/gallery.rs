//! Every figure with ordinary and with hostile input. `CHART_GALLERY=dir cargo test gallery` writes them there to be
//! looked at; without the variable the same pictures are only checked.

mod others;
mod pictures;
mod samples;
mod sweeps;

use super::distribution::Distribution;
use super::forest;
use super::learning_curves::LearningCurves;
use super::lorenz::Lorenz;
use super::policies::Policies;
use super::small_multiples::SmallMultiples;
use super::surplus::{Account, Surplus};
use super::{ChartError, Estimate, Figure, Files, Style, canvas, save};
use pictures::pictures;
use samples::*;

#[test]
fn gallery() {
    let Ok(dir) = std::env::var("CHART_GALLERY") else { return };
    for (name, figure) in pictures() {
        save(&figure, std::path::Path::new(&dir), &name, Files::default()).expect("written");
    }
}

#[test]
fn no_text_overlaps_another_or_leaves_the_sheet() {
    for (name, figure) in pictures() {
        let (wide, high) = figure.size();
        let texts = figure.placed();
        for (i, a) in texts.iter().enumerate() {
            assert!(
                a.left >= 0.0 && a.top >= 0.0 && a.right <= wide && a.bottom <= high,
                "{name}: {a:?} leaves {wide} × {high}"
            );
            assert!(a.size >= 7.0, "{name}: {a:?} is too small");
            for b in &texts[i + 1..] {
                let apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
                assert!(apart, "{name}: {a:?} lies on {b:?}");
            }
        }
    }
}

#[test]
fn pictures_are_well_formed_and_the_same_every_time() {
    for ((name, first), (_, second)) in pictures().into_iter().zip(pictures()) {
        assert_eq!(first, second, "{name}");
        let document = resvg::usvg::roxmltree::Document::parse(first.svg()).expect("well-formed");
        let root = document.root_element();
        for tag in ["title", "desc"] {
            let words = root.children().find(|n| n.has_tag_name(tag)).and_then(|n| n.text()).unwrap_or("");
            assert!(tag == "title" || words.len() > 20, "{name}: no {tag}");
        }
        assert!(!first.svg().contains("NaN") && !first.svg().contains("inf,"), "{name}");
        // Browsers refuse to draw what is less than nothing wide.
        for size in ["width", "height", "r"] {
            let less = format!(" {size}=\"-");
            assert!(!first.svg().contains(&less), "{name}: {less}");
        }
    }
}

#[test]
fn png_bytes_repeat() {
    let draw = || surplus(&RULES, 32).draw(Style::paper()).and_then(|f| f.png()).expect("drawn");
    assert_eq!(draw(), draw());
}

#[test]
fn nothing_to_draw_is_an_error_and_not_a_blank() {
    let style = Style::paper();
    let empty = |r: Result<Figure, ChartError>| matches!(r, Err(ChartError::Empty { .. }));
    assert!(empty(Surplus::default().draw(style)));
    assert!(empty(LearningCurves::default().draw(style)));
    assert!(empty(Policies::default().draw(style)));
    let mut none = forest("a", "b");
    for row in &mut none.rows {
        row.difference = Estimate::absent();
    }
    assert!(empty(none.draw(style)));
    none.rows.clear();
    assert!(empty(none.draw(style)));
    assert!(empty(SmallMultiples::default().draw(style)));
    assert!(empty(Distribution::default().draw(style)));
    assert!(empty(Lorenz::default().draw(style)));
    let mut none = small(&RULES);
    none.panels.iter_mut().flat_map(|p| &mut p.rows).for_each(|r| r.mean = Estimate::absent());
    assert!(empty(none.draw(style)));
    assert!(empty(robustness(&[], &["hedge"]).draw(style)));
    let mut none = surplus(&RULES, 1);
    for bar in &mut none.bars {
        bar.shares = vec![(Account::Community, Estimate::point(f64::INFINITY))];
    }
    assert!(empty(none.draw(style)));
}

/// Straight lines of a picture, `[x1, y1, x2, y2]` in steps of the grid.
fn lines(figure: &Figure) -> Vec<[f64; 4]> {
    let document = resvg::usvg::roxmltree::Document::parse(figure.svg()).expect("well-formed");
    let ends = |node: resvg::usvg::roxmltree::Node| {
        ["x1", "y1", "x2", "y2"]
            .map(|key| node.attribute(key).and_then(|v| v.parse().ok()).unwrap_or(f64::NAN))
    };
    document.descendants().filter(|n| n.has_tag_name("line")).map(ends).collect()
}

#[test]
fn an_interval_that_is_cut_has_no_cap_and_says_so() {
    let row = |low: f64, high: f64| forest::Row {
        label: "m".to_owned(),
        unit: forest::Unit::Other(String::new()),
        difference: Estimate::new(1.5, low, high),
        mean_b: 1.0,
    };
    let mut one = forest("a", "b");
    for (high, caps, cut) in [(1.9, 2, false), (3.5, 1, true)] {
        one.rows = vec![row(-0.5, high)];
        let figure = one.draw(Style::paper()).expect("drawn");
        let tall = (2.0 * 3.6 * canvas::GRID).round();
        let is_cap = |[x1, y1, x2, y2]: &[f64; 4]| x1 == x2 && ((y2 - y1).abs() - tall).abs() <= 1.0;
        assert_eq!(lines(&figure).iter().filter(|line| is_cap(line)).count(), caps, "{high}");
        assert_eq!(figure.caption().contains("cut there"), cut, "{high}");
    }
}

#[test]
fn intervals_are_drawn_or_their_absence_is_explained() {
    let all: std::collections::HashMap<String, Figure> = pictures().into_iter().collect();
    for (name, said) in [
        ("tornado", "lower line: of the parameter alone"),
        ("tornado_nasty", "cut there"),
        ("exchange_nasty", "cut there"),
        ("settings", "intervals are in the figure"),
        ("settings_nasty", "1 absent value"),
        ("optimum", "no interval of its own"),
        ("heat_map_fine", "95% intervals are at most ±0.40\u{a0}points (holder share)"),
        ("censorship_partly", "stake (at 5 slots in 1 of 32)"),
        ("censorship", "Costs of stake, stake_rotation end where no price"),
    ] {
        let caption = all[name].caption();
        assert!(caption.contains(said), "{name}: {caption}");
    }
    // Letters that are no more than boxes are named, and nothing else is.
    for (name, figure) in &all {
        let lacks = figure.caption().contains("U+");
        assert_eq!(lacks, figure.placed().iter().any(|text| text.text.contains("漢字")), "{name}");
    }
    assert!(all["surplus_long"].caption().contains("U+5B57, U+6F22"));
    assert!(!all["tornado_effects"].caption().contains("lower line"));
    // A line with a gap goes nowhere else: numbers that are none would land at the upper edge.
    assert!(!all["settings_nasty"].svg().contains(",0 "));
}

#[test]
fn two_hundred_thousand_points_are_thinned() {
    let mut many = learning(&RULES[..2]);
    many.panels[0].offers = vec![curve("large operators", 0.5, 0.7, 0.05, 200_000)];
    let figure = many.draw(Style::paper()).expect("drawn");
    figure.png().expect("rendered");
    assert!(figure.svg().len() < 300_000, "{}", figure.svg().len());
    let many = spread(&RULES[..2], 100_000);
    let figure = many.draw(Style::paper()).expect("drawn");
    figure.png().expect("rendered");
    assert!(figure.svg().len() < 300_000, "{}", figure.svg().len());
}

#[test]
fn files_are_written_whole_under_their_names() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let figure = surplus(&RULES[..2], 4).draw(Style::paper()).expect("drawn");
    save(
        &figure,
        &dir.path().join("charts"),
        "surplus",
        Files { pdf: cfg!(feature = "pdf"), ..Files::default() },
    )
    .expect("written");
    let mut names: Vec<String> = std::fs::read_dir(dir.path().join("charts"))
        .expect("listed")
        .map(|f| f.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    if cfg!(feature = "pdf") {
        assert_eq!(names.remove(0), "surplus.pdf");
        let pdf = std::fs::read(dir.path().join("charts/surplus.pdf")).expect("read");
        assert!(pdf.starts_with(b"%PDF-") && pdf.len() < 100_000, "{}", pdf.len());
        assert_eq!(pdf, figure.pdf().expect("made"), "the same bytes again");
    } else {
        assert!(figure.pdf().unwrap_err().to_string().contains("--features pdf"));
    }
    assert_eq!(names, ["surplus.png", "surplus.svg"]);
    let text = std::fs::read_to_string(dir.path().join("charts/surplus.svg")).expect("text");
    assert_eq!(text, figure.svg());
}
