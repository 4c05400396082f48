//! Responses and heat maps, with ordinary and with hostile input.

use super::samples::{LONG, around, heading, identity, noise};
use crate::chart::heat_map::{Cell, Field, FieldRow, HeatMap};
use crate::chart::response::{Along, Asked, MetricRow, Response, Responses, Scale, Spot};
use crate::chart::strips::Contender;
use crate::chart::theory::Theory;
use crate::chart::ticks::Format;
use crate::chart::{ChartError, Estimate, Figure, Style, Theme};

fn responses(names: &[&str], parameters: &[(&str, Scale, usize)], metrics: usize) -> Responses {
    let spot = |c: usize, x: f64, i: usize, size: f64| Spot {
        x,
        estimate: around(size * (0.5 + 0.1 * c as f64 + 0.05 * i as f64 * noise(c + i)), 0.02 * size),
        certified: !(c + i).is_multiple_of(5),
    };
    let x = |scale: &Scale, i: usize| match scale {
        Scale::Linear => 0.25 * i as f64,
        Scale::Logarithmic => 0.001 * f64::from(4_u32.pow(i as u32)),
        Scale::Names(_) | Scale::Even(_) => i as f64,
    };
    let panel = |p: usize, size: f64| Response {
        parameter: p,
        lines: (0..names.len())
            .map(|c| (0..parameters[p].2).map(|i| spot(c, x(&parameters[p].1, i), i, size)).collect())
            .collect(),
    };
    let titles = [
        "holder share (% of potential value)",
        "net surplus (ETH per epoch)",
        "capital locked (ETH)",
        "liveness",
    ];
    Responses {
        heading: heading("Main effects", "Means at each setting, over all settings of the others.", 16),
        contenders: names
            .iter()
            .map(|n| Contender { name: (*n).to_owned(), identity: identity(n), certified: true })
            .collect(),
        parameters: parameters
            .iter()
            .map(|(name, scale, _)| Along { name: (*name).to_owned(), scale: scale.clone() })
            .collect(),
        rows: (0..metrics)
            .map(|m| MetricRow {
                title: titles[m % 4].to_owned(),
                range: (f64::NEG_INFINITY, f64::INFINITY),
                format: if m == 0 { Format::Percent } else { Format::Plain },
                panels: (0..parameters.len()).map(|p| panel(p, [1.0, 0.05, 68_000.0, 1e-6][m % 4])).collect(),
                theory: None,
            })
            .collect(),
        axes: Asked::default(),
        without_data: Vec::new(),
    }
}

fn field(title: &str, columns: usize, rows: usize, k: usize) -> Field {
    let cell = |r: usize, c: usize| Cell {
        estimate: around(
            0.4 + 0.3 * (c as f64 / columns as f64) * (r as f64 / rows as f64) + 0.02 * noise(k),
            0.004,
        ),
        certified: !(r + c + k).is_multiple_of(6),
    };
    let cells = (0..rows).map(|r| (0..columns).map(|c| cell(r, c)).collect()).collect();
    Field { title: title.to_owned(), identity: Some(identity(title)), cells }
}

fn heat_map(names: &[&str], columns: usize, rows: usize) -> HeatMap {
    let settings = |n: usize| (0..n).map(|i| format!("{}", i * i)).collect();
    let row = |title: &str, format: Format| FieldRow {
        title: title.to_owned(),
        format,
        fields: names.iter().enumerate().map(|(k, n)| field(n, columns, rows, k)).collect(),
    };
    HeatMap {
        heading: heading("Over candidates and price sensitivity", "Who gets the value?", 16),
        x: ("candidate count".to_owned(), settings(columns)),
        y: ("crowd price sensitivity".to_owned(), settings(rows)),
        rows: vec![
            row("holder share (% of potential value)", Format::Percent),
            row("net surplus (ETH)", Format::Plain),
        ],
    }
}

/// A level of theory over the unit interval.
fn line(name: &str, level: f64) -> Theory {
    Theory {
        name: name.to_owned(),
        formula: "any_of(1 - up(0.01, 0.1), 3)".to_owned(),
        lines: vec![vec![(0.0, level), (1.0, level)]],
        at_data: vec![level],
        ..Theory::default()
    }
}

/// All pictures, by file name.
pub(super) fn pictures() -> Vec<(&'static str, Result<Figure, ChartError>)> {
    let paper = Style::paper();
    let (slides, dark) = (Style { theme: Theme::Slides, ..paper }, Style { theme: Theme::Dark, ..paper });
    let rules = ["auction_rotation", "delegated", "stake"];
    let learners = Scale::Names(["hedge", "regret_matching", "exp3"].map(str::to_owned).to_vec());
    let three = || {
        [
            ("seats", Scale::Linear, 5),
            ("price sensitivity", Scale::Logarithmic, 4),
            ("strategy", learners.clone(), 3),
        ]
    };
    let long_names = Scale::Names(vec![LONG.to_owned(); 4]);
    let mut theory = responses(&rules, &[("seats", Scale::Linear, 5)], 3);
    theory.rows[0].theory = Some(line("holder_share", 0.6));
    theory.rows[1].theory = Some(Theory {
        name: "net_surplus".to_owned(),
        formula: "revenue_uniform(0, 0.08, 3, x, reserve_uniform(0, 0.08, 0))".to_owned(),
        points: (0..5).map(|i| (0.25 * f64::from(i), 0.03 + 0.002 * f64::from(i))).collect(),
        at_data: vec![0.03, 0.038],
        remarks: vec!["Theory is silent on net_surplus below 0.".to_owned()],
        ..Theory::default()
    });
    // A pole, whose line leaves the panel.
    theory.rows[2].theory = Some(Theory {
        lines: vec![(0..=40).map(|i| 0.025 * f64::from(i)).map(|x| (x, 3e4 / (1.01 - x))).collect()],
        at_data: vec![3e4],
        ..line("capital_locked", 0.0)
    });
    let mut nasty_theory = responses(&[LONG, "b"], &[("bond", Scale::Logarithmic, 4)], 2);
    nasty_theory.rows[0].theory = Some(Theory {
        formula: format!("min({LONG}, x)"),
        points: (0..200).map(|i| (0.001 * (1.0 + 0.3 * f64::from(i)), 0.5)).collect(),
        lines: vec![vec![(-1.0, -3.0), (0.01, f64::NAN), (0.02, 0.4), (7.0, f64::INFINITY)]],
        at_data: vec![f64::NAN],
        ..line(LONG, 0.5)
    });
    nasty_theory.rows[1].theory =
        Some(Theory { lines: Vec::new(), remarks: vec![format!("No {LONG}.")], ..line("b", 1.0) });
    nasty_theory.without_data = vec![LONG.to_owned(), "revenue".to_owned()];
    nasty_theory.axes.is_log = true;
    let mut holes = heat_map(&rules[..2], 5, 4);
    holes.rows[0].fields[0].cells[1][2].estimate = Estimate::absent();
    holes.rows[1].fields.iter_mut().flat_map(|f| f.cells.iter_mut().flatten()).for_each(|cell| {
        cell.estimate = Estimate::point(0.25);
    });
    vec![
        ("response", responses(&rules, &[("seats", Scale::Linear, 5)], 4).draw(paper)),
        ("response_single", responses(&rules, &[("seats", Scale::Linear, 12)], 3).draw(paper.single())),
        ("response_dark", responses(&rules, &[("bond", Scale::Logarithmic, 6)], 2).draw(dark)),
        ("response_long", responses(&[LONG, "b"], &[(LONG, long_names, 4)], 2).draw(paper)),
        ("response_theory", theory.draw(paper)),
        ("response_theory_single", theory.draw(paper.single())),
        ("response_theory_dark", theory.draw(dark)),
        ("response_theory_nasty", nasty_theory.draw(paper)),
        ("main_effects", responses(&rules, &three(), 3).draw(paper)),
        ("main_effects_single", responses(&rules, &three(), 2).draw(paper.single())),
        ("main_effects_slides", responses(&rules, &three(), 2).draw(slides)),
        ("heat_map", heat_map(&rules[..2], 5, 4).draw(paper)),
        ("heat_map_one", heat_map(&rules[..1], 4, 3).draw(paper)),
        ("heat_map_fine", heat_map(&rules, 30, 24).draw(paper)),
        ("heat_map_single", heat_map(&rules[..2], 6, 6).draw(paper.single())),
        ("heat_map_slides", heat_map(&rules[..2], 5, 4).draw(slides)),
        ("heat_map_dark", heat_map(&rules[..2], 12, 9).draw(dark)),
        ("heat_map_long", heat_map(&[LONG, "b", "c", "d", "e"], 3, 3).draw(paper)),
        ("heat_map_holes", holes.draw(paper)),
    ]
}
