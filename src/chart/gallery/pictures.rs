//! All pictures of the gallery: every figure with ordinary and with hostile input.

use super::samples::*;
use super::{others, sweeps};
use crate::chart::forest::{self, Unit};
use crate::chart::learning_curves::GainAxis;
use crate::chart::series::Series;
use crate::chart::strips::Row;
use crate::chart::surplus::Account;
use crate::chart::{ChartError, Estimate, Figure, Style, Theme};

/// All pictures, by file name.
pub(super) fn pictures() -> Vec<(String, Figure)> {
    let paper = Style::paper();
    let slides = Style { theme: Theme::Slides, ..paper };
    let dark = Style { theme: Theme::Dark, ..paper };
    let thirty: Vec<String> = (0..30).map(|i| format!("{}_{i}", RULES[i % 8])).collect();
    let thirty: Vec<&str> = thirty.iter().map(String::as_str).collect();
    let long = [
        LONG,
        "b",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "漢字 \u{1}",
    ];
    let mut all: Vec<(&str, Result<Figure, ChartError>)> = vec![
        ("surplus", surplus(&RULES, 32).draw(paper)),
        ("surplus_single", surplus(&RULES[..4], 32).draw(paper.single())),
        ("surplus_slides", surplus(&RULES, 32).draw(slides)),
        ("surplus_dark", surplus(&RULES, 32).draw(dark)),
        ("surplus_thirty", surplus(&thirty, 32).draw(paper)),
        ("surplus_long", surplus(&long, 32).draw(paper)),
        ("surplus_long_single", surplus(&long, 32).draw(paper.single())),
        ("surplus_one", surplus(&RULES[..1], 1).draw(paper)),
        ("learning_curves", learning(&RULES[2..6]).draw(paper)),
        ("learning_curves_single", learning(&RULES[2..4]).draw(paper.single())),
        ("learning_curves_one", learning(&RULES[2..3]).draw(paper)),
        ("learning_curves_eight", learning(&RULES).draw(paper)),
        ("learning_curves_thirty", learning(&thirty).draw(paper)),
        ("learning_curves_long", learning(&long).draw(paper)),
        ("learning_curves_slides", learning(&RULES[2..6]).draw(slides)),
        ("learning_curves_dark", learning(&RULES[2..6]).draw(dark)),
        ("impulse_response", impulse(&RULES[6..7]).draw(paper)),
        ("impulse_response_single", impulse(&RULES[6..8]).draw(paper.single())),
        ("impulse_response_long", impulse(&long).draw(paper)),
        ("impulse_response_dark", impulse(&RULES[5..8]).draw(dark)),
        ("forest", forest("auction", "centralized").draw(paper)),
        ("forest_single", forest("auction", "centralized").draw(paper.single())),
        ("forest_long", forest(LONG, "centralized").draw(paper.single())),
        ("forest_slides", forest("auction", "centralized").draw(slides)),
        ("robustness", robustness(&RULES[..3], &["hedge", "regret_matching", "exp3"]).draw(paper)),
        ("robustness_single", robustness(&RULES[..3], &["hedge", "exp3"]).draw(paper.single())),
        ("robustness_dark", robustness(&RULES[..3], &RULES[..7]).draw(dark)),
        ("robustness_long", robustness(&long, &[LONG, "b"]).draw(paper)),
        ("robustness_long_single", robustness(&long, &[LONG, "b"]).draw(paper.single())),
        ("policies", policies(&RULES[2..5]).draw(paper)),
        ("policies_one", policies(&RULES[2..3]).draw(paper)),
        ("policies_single", policies(&RULES[2..3]).draw(paper.single())),
        ("policies_thirty", policies(&thirty).draw(paper)),
        ("policies_long", policies(&long).draw(paper.single())),
        ("policies_dark", policies(&RULES[2..5]).draw(dark)),
        ("metrics", small(&RULES).draw(paper)),
        ("metrics_single", small(&RULES[..3]).draw(paper.single())),
        ("metrics_thirty", small(&thirty).draw(paper)),
        ("metrics_long", small(&long).draw(paper)),
        ("metrics_long_single", small(&long).draw(paper.single())),
        ("metrics_slides", small(&RULES[..4]).draw(slides)),
        ("metrics_dark", small(&RULES).draw(dark)),
        ("distribution", spread(&RULES[..4], 40).draw(paper)),
        ("distribution_single", spread(&RULES[..4], 40).draw(paper.single())),
        ("distribution_many", spread(&RULES, 5000).draw(paper)),
        ("distribution_thirty", spread(&thirty, 40).draw(paper)),
        ("distribution_one", spread(&RULES[..1], 1).draw(paper)),
        ("distribution_dark", spread(&RULES[..4], 40).draw(dark)),
        ("lorenz", lorenz(&RULES[..4]).draw(paper)),
        ("frontier", frontier(&RULES[..4], 2).draw(paper)),
        ("frontier_three", frontier(&RULES[..2], 3).draw(paper)),
        ("frontier_single", frontier(&RULES[..4], 3).draw(paper.single())),
        ("frontier_thirty", frontier(&thirty, 2).draw(dark)),
        ("lorenz_single", lorenz(&RULES[..4]).draw(paper.single())),
        ("lorenz_thirty", lorenz(&thirty).draw(paper)),
        ("lorenz_long", lorenz(&long).draw(paper.single())),
        ("lorenz_one", lorenz(&RULES[..1]).draw(paper)),
        ("lorenz_dark", lorenz(&RULES[..4]).draw(dark)),
        ("surplus_bare", surplus(&RULES[..3], 32).draw(Style { bare: true, ..paper })),
        ("forest_bare", forest("auction", "centralized").draw(Style { bare: true, ..paper })),
        ("forest_dark", forest("auction", "delegated").draw(dark)),
    ];

    all.extend(sweeps::pictures());
    all.extend(others::pictures(&thirty));

    let mut nasty = surplus(&RULES[..5], 1);
    for (_, e) in &mut nasty.bars[0].shares {
        *e = Estimate::point(e.mean);
    }
    nasty.bars[1].shares[0].1 = around(-0.35, 0.05);
    nasty.bars[1].shares[2].1 = around(1.05, 0.2);
    nasty.bars[2].shares =
        vec![(Account::Community, Estimate::absent()), (Account::Posting, around(0.4, 0.1))];
    nasty.bars[3].shares = Account::ALL.into_iter().map(|a| (a, around(1.0 / 6.0, 0.2))).collect();
    nasty.bars[4].shares.clear();
    all.push(("surplus_nasty", nasty.draw(paper)));

    let mut nasty = learning(&RULES[..5]);
    nasty.gain_axis = GainAxis::Log;
    for (i, p) in nasty.panels.iter_mut().enumerate() {
        p.offers[0].points[10].1 = Estimate::absent();
        p.gain[0].points[30].1 = around(-0.01, 0.02);
        p.gain[0].points[31].0 = f64::NAN;
        if i == 1 {
            p.offers.clear();
            p.gain.clear();
        }
        if i == 2 {
            p.offer_name = "Kickback (ETH per unit of stake)".to_owned();
            p.offers =
                vec![curve("delegating class with a name that goes on and on and on", 2e5, 3e5, 1e4, 60)];
        }
        if i == 3 {
            p.offers =
                vec![Series { name: "constant".to_owned(), points: vec![(0.0, Estimate::point(0.25)); 3] }];
            p.gain[0].points.truncate(1);
        }
    }
    all.push(("learning_curves_nasty", nasty.draw(paper)));
    let mut first_empty = learning(&RULES[..3]);
    first_empty.panels[0].offers.clear();
    first_empty.panels[0].gain.clear();
    all.push(("learning_curves_first_empty", first_empty.draw(paper)));
    let mut flat = learning(&RULES[..1]);
    flat.panels[0].gain.clear();
    flat.panels[0].offers = vec![Series {
        name: String::new(),
        points: (0..9).map(|t| (f64::from(t), Estimate::point(0.0))).collect(),
    }];
    all.push(("learning_curves_flat", flat.draw(paper.single())));

    let mut nasty = forest("a", "b");
    nasty.certified = false;
    nasty.rows[0].difference = Estimate::absent();
    nasty.rows[1].difference = Estimate::point(0.2);
    nasty.rows[2].difference = around(0.0, 0.0);
    nasty.rows[5].difference = around(1e-7, 1e-8);
    nasty.rows[6].difference = around(-3e12, 1e11);
    nasty.rows[7].difference = Estimate::point(-1e300);
    nasty.rows[8].label = LONG.to_owned();
    nasty.rows[9].unit = Unit::Other(LONG.to_owned());
    nasty.rows[10].unit = Unit::Other(String::new());
    all.push(("forest_nasty", nasty.draw(paper)));
    let mut one = forest("a", "b");
    one.rows = vec![forest::Row {
        label: "m".to_owned(),
        unit: Unit::Eth,
        difference: Estimate::point(0.0),
        mean_b: 0.0,
    }];
    one.heading = heading("", "", 1);
    all.push(("forest_one", one.draw(paper.single())));

    let mut far = forest("auction", "centralized");
    far.rows[7].mean_b = 10.0;
    far.rows[5].mean_b = 0.0;
    all.push(("forest_far", far.draw(paper)));
    let mut nasty = small(&RULES[..4]);
    nasty.panels[0].rows[0].mean = Estimate::absent();
    nasty.panels[1].rows[1].mean = around(-0.3, 0.1);
    nasty.panels[2].rows.iter_mut().for_each(|r| r.mean = Estimate::point(68000.0));
    nasty.panels[3].rows.iter_mut().for_each(|r| r.mean = Estimate::absent());
    nasty.panels[4].rows[2].mean = Estimate::new(1e12, f64::NEG_INFINITY, f64::INFINITY);
    nasty.panels[4].title = LONG.to_owned();
    all.push(("metrics_nasty", nasty.draw(paper)));
    let mut nasty = spread(&RULES[..4], 40);
    nasty.panels[0].rows[0].replicates[3] = f64::NAN;
    nasty.panels[0].rows[1].replicates = vec![f64::INFINITY; 3];
    nasty.panels[1]
        .rows
        .iter_mut()
        .for_each(|r| *r = Row { mean: Estimate::point(-2.0), replicates: vec![-2.0; 300] });
    nasty.panels[2].rows[3].mean = Estimate::absent();
    all.push(("distribution_nasty", nasty.draw(paper)));
    let mut nasty = lorenz(&RULES[..4]);
    nasty.panels[0].lines[1].points[4].1 = Estimate::absent();
    nasty.panels[0].lines[2].points.clear();
    nasty.panels[1].lines.clear();
    nasty.panels[1].lines.push(Series {
        name: "nobody".to_owned(),
        points: vec![(0.0, around(0.0, 0.0)), (1.0, around(1.0, 0.0))],
    });
    all.push(("lorenz_nasty", nasty.draw(paper)));
    let mut nasty = frontier(&[LONG], 3);
    nasty.dots[2].values[0] = Estimate::absent();
    nasty.dots[3].values.truncate(1);
    nasty.dots[4].values[1] = Estimate::point(-7.0);
    LONG.clone_into(&mut nasty.objectives[1].title);
    nasty.dots[5].values[2] = Estimate::point(3e12);
    all.push(("frontier_nasty", nasty.draw(paper)));
    let mut nasty = robustness(&RULES[..4], &["hedge", "exp3"]);
    nasty.panels[0].pairs[0].dots[0].difference = Estimate::absent();
    nasty.panels[0].pairs[1].dots[1].difference = Estimate::point(-1e300);
    nasty.panels[0].pairs[2].dots[0].difference = around(0.0, 0.0);
    nasty.panels[1].pairs[0].dots[0].difference = around(1e-7, 1e-8);
    nasty.panels[1].pairs[1].dots[0].difference = Estimate::point(3e12);
    nasty.panels[1].title = LONG.to_owned();
    nasty.panels[2].pairs.clear();
    all.push(("robustness_nasty", nasty.draw(paper)));

    let mut nasty = policies(&RULES[..4]);
    nasty.panels[0].classes[0].points[4].1 = Estimate::absent();
    nasty.panels[1].classes.truncate(1);
    nasty.panels[1].classes[0].points.truncate(1);
    nasty.panels[2].offer_name = "Kickback".to_owned();
    nasty.panels[2].theory = vec![(0.0, -5.0), (0.5, 0.2), (f64::NAN, 0.1), (0.6, 0.4), (2.0, 9.0)];
    nasty.panels[3].classes =
        vec![Series { name: "equal".to_owned(), points: vec![(0.5, around(0.5, 0.0))] }];
    all.push(("policies_nasty", nasty.draw(paper)));
    all.into_iter().map(|(name, figure)| (name.to_owned(), figure.expect(name))).collect()
}
