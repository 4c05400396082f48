//! Figures of censorship, of optimizations, of sensitivity studies and of `validate`, with ordinary and with hostile input.

use super::samples::{LONG, RULES, around, heading, identity, noise};
use crate::chart::along::{Along, Row};
use crate::chart::censorship::{Censorship, Partly};
use crate::chart::lorenz::LorenzContender;
use crate::chart::optimum::{Optimum, Slice};
use crate::chart::over_time::OverTime;
use crate::chart::parallel::{Axis, Line, Panel as Bundle, Parallel};
use crate::chart::series::Series;
use crate::chart::targets::Targets;
use crate::chart::theory::Theory;
use crate::chart::ticks::Format;
use crate::chart::tornado::{Bar, Panel, Tornado};
use crate::chart::validation::Validation;
use crate::chart::{ChartError, Estimate, Figure, Style, Theme};
use crate::numerics::exp;
use crate::validate::{Case, Finding, Standard, Verdict};

fn power(base: f64, exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |product, _| product * base)
}

fn censorship(names: &[&str], apart: f64) -> Censorship {
    let cost = |(i, name): (usize, &&str)| Series {
        name: (*name).to_owned(),
        points: (1..=16 - 3 * (i as u32 % 3))
            .map(|d| {
                let cost = 0.002 * f64::from(d) * (1.0 + noise(i)) * power(apart, i % 3);
                (f64::from(d), around(cost, 0.05 * cost))
            })
            .collect(),
    };
    let wait = |(i, name): (usize, &&str)| Series {
        name: (*name).to_owned(),
        points: (0..=16_u32)
            .map(|d| (f64::from(d), around(power(0.5, d as usize) * (1.0 - 0.3 * noise(i)), 0.01)))
            .collect(),
    };
    Censorship {
        heading: heading("What censorship costs, and what it delays", "Common draws.", 32),
        contenders: names
            .iter()
            .enumerate()
            .map(|(i, n)| LorenzContender {
                name: (*n).to_owned(),
                identity: identity(n),
                certified: i % 4 != 2,
            })
            .collect(),
        costs: names.iter().enumerate().map(cost).collect(),
        waits: names.iter().enumerate().map(wait).collect(),
        partly: Vec::new(),
        is_log: None,
        theory: [None, None],
    }
}

fn tornado(metrics: usize, of_variance: bool) -> Tornado {
    let labels =
        ["auction.seats", "live cost", "price sensitivity", "bond", "luck of the world", "luck of learning"];
    let bar = |m: usize, k: usize| {
        let whole = 0.7 / (k as f64 + 1.0) * (0.6 + 0.4 * noise(7 * m + k));
        Bar {
            label: labels[k].to_owned(),
            whole: around(whole, 0.06),
            // Estimates of an index that is nothing fall below zero as often as above.
            alone: if of_variance { around(0.7 * whole - 0.1, 0.04) } else { Estimate::absent() },
            is_luck: k >= 4,
            is_clear: k != 3,
        }
    };
    let titles = ["holder share", "net surplus (ETH per epoch)", "liveness"];
    let panel = |m: usize| Panel {
        title: titles[m % 3].to_owned(),
        format: if of_variance { Format::Percent } else { Format::Plain },
        bars: (0..labels.len()).map(|k| bar(m, k)).collect(),
    };
    Tornado {
        heading: heading("What drives each metric", "Which settings matter?", 64),
        panels: (0..metrics).map(panel).collect(),
        axis: if of_variance { "Share of the variance" } else { "Mean absolute effect" }.to_owned(),
        of_variance,
    }
}

fn along(rows: usize, connected: bool) -> Along {
    let row = |k: usize| Row {
        title: ["operating cost (over one operator's) for one percentage point", "hypervolume"]
            [usize::from(connected)]
        .to_owned(),
        format: if connected { Format::Percent } else { Format::Plain },
        points: (1..=14)
            .map(|j| {
                let x = f64::from(j);
                (60.0 * x, around(0.8 - 0.5 / x + 0.05 * noise(k + j as usize), 0.02 + 0.1 / x))
            })
            .collect(),
    };
    Along {
        heading: heading("How the front grew", "Which designs are efficient?", 16),
        rows: (0..rows).map(row).collect(),
        along: "units evaluated".to_owned(),
        format: Format::Plain,
        connected,
        note: "A share of what the best of every objective at once would have.".to_owned(),
        limits: [None; 2],
    }
}

fn parallel(names: &[&str], lines: usize) -> Parallel {
    let axes = || {
        let axis = |title: &str, format: Format, log: bool| Axis {
            title: title.to_owned(),
            format,
            names: Vec::new(),
            log,
        };
        vec![
            axis("seats", Format::Plain, false),
            axis("bond", Format::Plain, true),
            Axis {
                title: "pricing".to_owned(),
                format: Format::Plain,
                names: vec!["pay_as_bid".to_owned(), "uniform".to_owned(), "vcg".to_owned()],
                log: false,
            },
            axis("holder share", Format::Percent, false),
            axis("operating cost over one operator's", Format::Plain, false),
        ]
    };
    let line = |k: usize, i: usize| {
        let shade = i as f64 / (lines.max(2) - 1) as f64;
        let values = vec![
            1.0 + (12.0 * noise(i + k)).round(),
            exp(4.8 * noise(3 * i + k)),
            (i % 3) as f64,
            0.5 + 0.3 * shade,
            1.0 + shade * shade,
        ];
        Line { shade, values }
    };
    Parallel {
        heading: heading("Settings of the efficient designs", "Which are they?", 24),
        ends: ["holder share 50%".to_owned(), "holder share 80%".to_owned()],
        panels: names
            .iter()
            .enumerate()
            .map(|(k, n)| Bundle {
                title: (*n).to_owned(),
                axes: axes(),
                lines: (0..lines).map(|i| line(k, i)).collect(),
            })
            .collect(),
    }
}

fn optimum(variables: usize) -> Optimum {
    let revenue = |x: f64| 0.64 + 0.1 * (x - 0.45) * (0.55 - x);
    let band = |x: f64| (x, revenue(x) - 0.002, revenue(x) + 0.002);
    let slice = |k: usize| Slice {
        title: format!("reserve price {k} (ETH)"),
        curve: (0..=40).map(|i| (f64::from(i) * 0.025, revenue(f64::from(i) * 0.025))).collect(),
        points: (0..=10)
            .map(|i| {
                let x = f64::from(i) * 0.1;
                (x, around(revenue(x) + 0.004 * (noise(k + i as usize) - 0.5), 0.004))
            })
            .collect(),
        band: if variables == 1 {
            Vec::new()
        } else {
            (0..=40).map(|i| band(f64::from(i) * 0.025)).collect()
        },
        best: around(0.5, 0.06),
        note: if k == 1 { "Reserve price 1 is not identified.".to_owned() } else { String::new() },
    };
    Optimum {
        heading: heading("Revenue is best round a reserve of a half", "Where is it?", 24),
        slices: (0..variables).map(slice).collect(),
        objective: "revenue (ETH per epoch)".to_owned(),
        format: Format::Plain,
        is_fitted: true,
    }
}

fn over_time(names: &[&str]) -> OverTime {
    let line = |points: &dyn Fn(usize, f64) -> f64, half: f64| -> Vec<Series> {
        let each = names.iter().enumerate().map(|(i, name)| Series {
            name: (*name).to_owned(),
            points: (0..60).map(|t| (7.0 * f64::from(t), around(points(i, f64::from(t)), half))).collect(),
        });
        each.collect()
    };
    let live = |i: usize, t: f64| if i == 0 { 4.0 - 2.0 * (t / 20.0).min(1.0) } else { i as f64 };
    let produced = |i: usize, t: f64| 1.0 - 0.01 / live(i, t) + 0.002 * (noise(i + t as usize) - 0.5);
    OverTime {
        heading: heading("Redundancy and availability over time", "Does a controller find it?", 24),
        contenders: names
            .iter()
            .enumerate()
            .map(|(i, n)| LorenzContender {
                name: (*n).to_owned(),
                identity: identity(n),
                certified: i % 4 != 2,
            })
            .collect(),
        redundancy: line(&live, 0.1),
        availability: line(&produced, 0.001),
        targets: vec![0.999],
        theory: [None, None],
    }
}

/// Cases of three families, one in twenty of which fails, and as many more as asked for.
fn verdicts(more: usize) -> Vec<Verdict> {
    let families = ["kickback/logit", "contest/stake", "first-price/uniform"];
    let names =
        (0..60).map(|i| format!("{}/n={i}", families[i % 3])).chain((0..more).map(|i| format!("{LONG}/{i}")));
    let judged = |(i, name): (usize, String)| {
        let target = 0.05 + noise(i);
        let case = Case { name, target, unit: "ETH", standard: Standard::Given, source: "here".into() };
        let gap = if i % 20 == 7 { 0.4 } else { 0.2 * (noise(3 * i) - 0.5) };
        Verdict::judge(case, Ok(Finding { result: target + gap, se: 0.04, tick: 0.0 }), 3.0)
    };
    names.enumerate().map(judged).collect()
}

/// All pictures, by file name.
pub(super) fn pictures(thirty: &[&str]) -> Vec<(&'static str, Result<Figure, ChartError>)> {
    let paper = Style::paper();
    let (slides, dark) = (Style { theme: Theme::Slides, ..paper }, Style { theme: Theme::Dark, ..paper });
    let mut short = censorship(&RULES[2..5], 1.0);
    short.costs[1].points.truncate(4);
    short.partly.push(Partly { name: RULES[3].to_owned(), slots: 5.0, replicates: 1, of: 32 });
    short.costs.remove(2);
    let mut nasty_censorship = censorship(&[LONG, "b", RULES[2]], 1e4);
    nasty_censorship.costs[0].points[2].1 = Estimate::absent();
    nasty_censorship.costs[1].points[0].1 = around(0.0, 0.0);
    nasty_censorship.waits[2].points.truncate(1);
    let theory = |name: &str, formula: &str, y: &dyn Fn(f64) -> f64, ends: (u32, u32)| Theory {
        name: name.to_owned(),
        formula: formula.to_owned(),
        points: (ends.0..=ends.1).map(|x| (f64::from(x), y(f64::from(x)))).collect(),
        at_data: vec![y(f64::from(ends.0)), y(f64::from(ends.1))],
        ..Theory::default()
    };
    let mut censorship_theory = censorship(&RULES[2..5], 1.0);
    censorship_theory.theory = [
        Some(theory("censorship_cost", "bribes_in_turn(0.004, 1, 6, x)", &|x| 0.004 * x.min(6.0), (1, 16))),
        Some(theory("inclusion_wait", "wait_exceeds(0.5, x)", &|x| power(0.5, x as usize), (0, 16))),
    ];
    let mut theory_apart = censorship(&RULES[2..7], 60.0);
    theory_apart.theory = [censorship_theory.theory[0].clone(), None];
    let mut over_time_theory = over_time(&["algorithmic", "algorithmic_8"]);
    let level = |name: &str, y: f64| Theory {
        lines: vec![vec![(0.0, y), (413.0, y)]],
        ..theory(name, "2", &|_| y, (1, 0))
    };
    over_time_theory.theory = [Some(level("redundancy", 2.0)), Some(level("availability", 0.995))];
    let mut nasty_tornado = tornado(2, true);
    nasty_tornado.panels[0].bars[0].label = LONG.to_owned();
    nasty_tornado.panels[0].bars[1].whole = Estimate::absent();
    nasty_tornado.panels[0].bars[2].whole = Estimate::new(1.1, 0.2, 4.0);
    nasty_tornado.panels[0].bars[3].alone = Estimate::new(-0.4, -1.7, 0.3);
    nasty_tornado.panels[1].title = LONG.to_owned();
    let mut nasty_along = along(2, false);
    nasty_along.rows[0].points[3].1 = Estimate::absent();
    nasty_along.rows[0].points[5].1 = Estimate::new(0.5, -40.0, 90.0);
    nasty_along.rows[0].points[6].0 = f64::NAN;
    nasty_along.rows[1].title = LONG.to_owned();
    nasty_along.rows[1].points.truncate(1);
    let mut nasty_parallel = parallel(&[LONG], 5);
    nasty_parallel.panels[0].lines[1].values[1] = f64::NAN;
    nasty_parallel.panels[0].axes[0].title = LONG.to_owned();
    nasty_parallel.panels[0].axes[2].names[1] = LONG.to_owned();
    let mut nasty_optimum = optimum(2);
    nasty_optimum.slices[0].points.truncate(1);
    nasty_optimum.slices[0].points[0].1 = Estimate::new(0.6, -3.0, 5.0);
    nasty_optimum.slices[1].title = LONG.to_owned();
    nasty_optimum.slices[1].best = Estimate::point(0.0);
    let run = || heading("Theory and published results", "", 0);
    vec![
        ("censorship", censorship(&RULES[2..5], 1.0).draw(paper)),
        ("censorship_single", censorship(&RULES[2..5], 1.0).draw(paper.single())),
        ("censorship_apart", censorship(&RULES[2..7], 60.0).draw(dark)),
        ("censorship_partly", short.draw(paper)),
        ("censorship_thirty", censorship(thirty, 2.0).draw(paper)),
        ("censorship_nasty", nasty_censorship.draw(paper)),
        ("redundancy", over_time(&["algorithmic", "algorithmic_8", "algorithmic_16"]).draw(paper)),
        ("redundancy_single", over_time(&["algorithmic", LONG]).draw(paper.single())),
        ("redundancy_dark", over_time(&["algorithmic"]).draw(dark)),
        ("censorship_theory", censorship_theory.draw(paper)),
        ("censorship_theory_single", censorship_theory.draw(paper.single())),
        ("censorship_theory_apart", theory_apart.draw(dark)),
        ("redundancy_theory", over_time_theory.draw(paper)),
        ("redundancy_theory_single", over_time_theory.draw(paper.single())),
        ("redundancy_thirty", over_time(thirty).draw(paper)),
        ("tornado", tornado(3, true).draw(paper)),
        ("tornado_single", tornado(1, true).draw(paper.single())),
        ("tornado_effects", tornado(2, false).draw(slides)),
        ("tornado_dark", tornado(2, true).draw(dark)),
        ("tornado_nasty", nasty_tornado.draw(paper)),
        ("hypervolume", along(1, true).draw(paper)),
        ("exchange", along(2, false).draw(paper)),
        ("exchange_single", along(2, false).draw(paper.single())),
        ("exchange_nasty", nasty_along.draw(dark)),
        ("settings", parallel(&RULES[4..6], 14).draw(paper)),
        ("settings_single", parallel(&RULES[4..5], 14).draw(paper.single())),
        ("settings_dark", parallel(&RULES[4..6], 40).draw(dark)),
        ("settings_nasty", nasty_parallel.draw(paper)),
        ("optimum", optimum(1).draw(paper)),
        ("optimum_single", optimum(2).draw(paper.single())),
        ("optimum_dark", optimum(3).draw(dark)),
        ("optimum_nasty", nasty_optimum.draw(paper)),
        ("targets", Targets::new(run(), &verdicts(0)).draw(paper)),
        ("targets_long", Targets::new(run(), &verdicts(300)).draw(paper.single())),
        ("tolerances", Validation::new(run(), &verdicts(0)).draw(paper)),
        ("tolerances_long", Validation::new(run(), &verdicts(300)).draw(paper.single())),
    ]
}
