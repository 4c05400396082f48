//! Every figure with ordinary and with hostile input. `CHART_GALLERY=dir cargo test gallery` writes them there to be
//! looked at; without the variable the same pictures are only checked.

mod sweeps;

use super::distribution::Distribution;
use super::forest::{self, Forest, Unit};
use super::frontier::{self, Frontier};
use super::impulse_response::{ImpulsePanel, ImpulseResponse};
use super::learning_curves::{GainAxis, LearningCurves, LearningPanel};
use super::lorenz::{Lorenz, LorenzContender, LorenzPanel};
use super::policies::{Policies, PolicyPanel};
use super::robustness::{Dot, Pair, Panel, Robustness};
use super::series::Series;
use super::small_multiples::SmallMultiples;
use super::strips::{Contender, MetricPanel, Row};
use super::surplus::{Account, Bar, Surplus};
use super::ticks::Format;
use super::{ChartError, Estimate, Figure, Files, Heading, Identity, Style, Theme, save};
use crate::numerics::exp;

const RULES: [&str; 8] = [
    "centralized",
    "authority",
    "auction",
    "stake",
    "stake_rotation",
    "auction_rotation",
    "delegated",
    "algorithmic",
];

const LONG: &str =
    "auction_rotation_with_resale_and_a_bond_that_is_locked_for_seven_days & <redundancy \"three\">";

/// A repeatable number in 0..1.
fn noise(i: usize) -> f64 {
    ((i * 7919 + 104_729) % 1009) as f64 / 1009.0
}

fn around(mean: f64, half: f64) -> Estimate {
    Estimate::new(mean, mean - half, mean + half)
}

fn heading(title: &str, subtitle: &str, replicates: usize) -> Heading {
    Heading { title: title.to_owned(), subtitle: subtitle.to_owned(), replicates }
}

/// As a file with this one contender would have it, its rule the name up to a number.
fn identity(name: &str) -> Identity {
    Identity::of([name.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit())])[0]
}

fn bar(name: &str, i: usize) -> Bar {
    let raw: Vec<f64> =
        (0..6).map(|k| 0.03 + noise(6 * i + k) * [1.0, 0.4, 0.5, 0.2, 0.1, 0.15][k]).collect();
    let outside = if i % 3 == 2 { 0.08 } else { 0.0 };
    let total: f64 = raw.iter().sum::<f64>() / (1.0 + outside);
    Bar {
        mechanism: name.to_owned(),
        identity: identity(name),
        certified: i % 4 != 3,
        shares: Account::ALL
            .into_iter()
            .zip(raw)
            .map(|(a, v)| (a, around(v / total, 0.004 + 0.02 * noise(i + 3))))
            .collect(),
        outside_income: around(outside, outside / 8.0),
    }
}

fn surplus(names: &[&str], replicates: usize) -> Surplus {
    Surplus {
        heading: heading(
            "Auctions return most of the value to token holders",
            "Twelve candidates, 32 slots an epoch, fees and MEV as on the reference rollup.",
            replicates,
        ),
        bars: names.iter().enumerate().map(|(i, n)| bar(n, i)).collect(),
    }
}

fn curve(name: &str, from: f64, to: f64, half: f64, n: usize) -> Series {
    let points = (0..n).map(|t| {
        let x = t as f64 * 20.0;
        let v = to + (from - to) * exp(-x / 250.0) + half * 0.3 * (noise(t) - 0.5);
        (x, around(v, half * (1.0 - 0.6 * t as f64 / n as f64)))
    });
    Series { name: name.to_owned(), points: points.collect() }
}

fn learning(names: &[&str]) -> LearningCurves {
    LearningCurves {
        heading: heading(
            "Large operators learn to shade their bids, small ones hardly do",
            "Self-play with Hedge; common random numbers.",
            32,
        ),
        panels: names
            .iter()
            .enumerate()
            .map(|(i, n)| LearningPanel {
                mechanism: (*n).to_owned(),
                identity: identity(n),
                certified: i % 4 != 2,
                offer_name: "Mean offer (share of value)".to_owned(),
                offers: vec![
                    curve("large operators", 0.5, 0.62 + 0.2 * noise(i), 0.05, 60),
                    curve("small operators", 0.48, 0.8 + 0.1 * noise(i + 5), 0.03, 60),
                    curve("newcomers", 0.55, 0.4 + 0.1 * noise(i + 9), 0.04, 60),
                ],
                gain: vec![curve("", 0.12, 0.002 + 0.01 * noise(i), 0.0015, 60)],
            })
            .collect(),
        offer_format: Format::Plain,
        tolerance: Some(0.01),
        gain_axis: GainAxis::Auto,
    }
}

fn impulse(names: &[&str]) -> ImpulseResponse {
    let fading = |name: &str, first: f64, i: usize| Series {
        name: name.to_owned(),
        points: (0..27_u32)
            .map(|t| {
                let at = if t == 1 { first } else { 0.24 * exp(-f64::from(t.saturating_sub(2)) / 3.0) };
                let change = if t == 0 { 0.0 } else { at };
                (f64::from(t) - 1.0, around(change, 0.004 + 0.01 * noise(i + t as usize)))
            })
            .collect(),
    };
    ImpulseResponse {
        heading: heading("Deviations are punished, and forgiven", "Sessions of Q-learners.", 100),
        panels: names
            .iter()
            .enumerate()
            .map(|(i, n)| ImpulsePanel {
                mechanism: (*n).to_owned(),
                identity: identity(n),
                certified: i % 2 == 1,
                offer_name: "Change of kickback (ETH an epoch)".to_owned(),
                changes: vec![fading("deviator", 0.18, i), fading("rivals", 0.0, i + 40)],
            })
            .collect(),
    }
}

fn forest(a: &str, b: &str) -> Forest {
    let row = |label: &str, unit: Unit, mean: f64, half: f64| forest::Row {
        label: label.to_owned(),
        unit,
        difference: around(mean, half),
        mean_b: 2.0,
    };
    let slots = || Unit::Other("slots".to_owned());
    Forest {
        heading: heading(
            "The auction gives holders more and stops the longest gaps",
            "Paired differences on common draws.",
            32,
        ),
        a: a.to_owned(),
        b: b.to_owned(),
        identities: (identity(a), identity(b)),
        certified: true,
        rows: vec![
            row("Community share", Unit::Share, 0.183, 0.021),
            row("Sequencer share", Unit::Share, -0.149, 0.018),
            row("Unrealised share", Unit::Share, -0.021, 0.024),
            row("Censored share", Unit::Share, 0.0034, 0.0051),
            row("Allocative efficiency", Unit::Share, 0.041, 0.012),
            row("Net surplus per epoch", Unit::Eth, 0.42, 0.19),
            row("Revenue per epoch", Unit::Eth, 1.31, 0.22),
            row("Capital locked", Unit::Eth, -2350.0, 310.0),
            row("Longest gap", slots(), -4.2, 1.1),
            row("Inclusion delay of a targeted transaction", slots(), 0.8, 0.9),
            row("Nakamoto coefficient (one half)", Unit::Other("operators".to_owned()), 1.4, 0.6),
        ],
    }
}

fn robustness(names: &[&str], rules: &[&str]) -> Robustness {
    let pairs = |scale: f64| {
        let pair = |i: usize| Pair {
            label: format!("{} − {}", names[i], names[(i + 1) % names.len()]),
            dots: (0..rules.len())
                .map(|k| Dot {
                    difference: around(scale * (noise(i) - 0.5 + 0.05 * noise(7 * i + k)), 0.04 * scale),
                    certified: (i + k) % 3 != 2,
                })
                .collect(),
        };
        (0..names.len()).map(pair).collect()
    };
    let panel = |title: &str, unit, scale| Panel {
        title: title.to_owned(),
        verdict: "reversed under exp3".to_owned(),
        unit,
        pairs: pairs(scale),
    };
    Robustness {
        heading: heading(
            "The ranking depends on the learning rule",
            "Paired differences on common draws.",
            32,
        ),
        rules: rules.iter().map(|&rule| rule.to_owned()).collect(),
        panels: vec![
            panel("Community share", Unit::Share, 1.0),
            panel("Net surplus", Unit::Eth, 0.02),
            panel("Longest gap", Unit::Other("slots".to_owned()), 300.0),
        ],
    }
}

fn policies(names: &[&str]) -> Policies {
    let class = |name: &str, slope: f64, i: usize| Series {
        name: name.to_owned(),
        points: (1..=10)
            .map(|k| {
                (
                    f64::from(k) * 0.1,
                    around(f64::from(k) * 0.1 * (slope + 0.02 * noise(i + k as usize)), 0.025),
                )
            })
            .collect(),
    };
    Policies {
        heading: heading(
            "Learned bids follow theory but for the lowest values",
            "First price, twelve bidders, values uniform.",
            32,
        ),
        value_name: "Private value (ETH)".to_owned(),
        panels: names
            .iter()
            .enumerate()
            .map(|(i, n)| PolicyPanel {
                mechanism: (*n).to_owned(),
                identity: identity(n),
                certified: i != 1,
                offer_name: "Bid (ETH)".to_owned(),
                classes: vec![class("large operators", 0.8, i), class("small operators", 0.9, i + 40)],
                theory: (0..=20).map(|k| (f64::from(k) * 0.05, f64::from(k) * 0.05 * 11.0 / 12.0)).collect(),
                diagonal: true,
            })
            .collect(),
        format: Format::Plain,
    }
}

fn strips(names: &[&str], replicates: usize) -> (Vec<Contender>, Vec<MetricPanel>) {
    let contenders = names
        .iter()
        .enumerate()
        .map(|(i, n)| Contender { name: (*n).to_owned(), identity: identity(n), certified: i % 4 != 3 })
        .collect();
    let panel = |title: &str, format: Format, size: f64, k: usize| MetricPanel {
        title: title.to_owned(),
        format,
        rows: (0..names.len())
            .map(|i| {
                let middle = size * (0.4 + 0.5 * noise(7 * i + k));
                Row {
                    mean: around(middle, size * 0.02),
                    replicates: (0..replicates)
                        .map(|r| middle + size * 0.1 * (noise(31 * r + i + k) + noise(17 * r + 5) - 1.0))
                        .collect(),
                }
            })
            .collect(),
    };
    let panels = vec![
        panel("holder share (% of potential value)", Format::Percent, 1.0, 1),
        panel("net surplus (ETH per epoch)", Format::Plain, 0.05, 2),
        panel("capital locked (ETH)", Format::Plain, 68000.0, 3),
        panel("HHI of slots", Format::Plain, 0.3, 4),
        panel("95% bound on every deviation of the menu (% of potential value)", Format::Percent, 0.001, 5),
    ];
    (contenders, panels)
}

fn small(names: &[&str]) -> SmallMultiples {
    let (contenders, panels) = strips(names, 0);
    SmallMultiples { heading: heading("How the contenders stand", "Common draws.", 32), contenders, panels }
}

fn spread(names: &[&str], replicates: usize) -> Distribution {
    let (contenders, mut panels) = strips(names, replicates);
    panels.truncate(3);
    Distribution { heading: heading("How far replicates differ", "", replicates), contenders, panels }
}

fn lorenz(names: &[&str]) -> Lorenz {
    let line = |n: &str, i: usize, k: usize| Series {
        name: n.to_owned(),
        points: (0..=12)
            .map(|j| {
                let x = f64::from(j) / 12.0;
                (x, around(x * x * (1.0 - 0.4 * noise(i + k)) + x * 0.4 * noise(i + k), 0.03 * x * (1.0 - x)))
            })
            .collect(),
    };
    let panel = |title: &str, k: usize| LorenzPanel {
        title: title.to_owned(),
        lines: names.iter().enumerate().map(|(i, n)| line(n, i, k)).collect(),
    };
    Lorenz {
        heading: heading("How evenly slots and profit are spread over sequencers", "", 32),
        contenders: names
            .iter()
            .enumerate()
            .map(|(i, n)| LorenzContender {
                name: (*n).to_owned(),
                identity: identity(n),
                certified: i % 4 != 2,
            })
            .collect(),
        panels: vec![panel("Slots produced", 1), panel("Sequencers' profit, losses as nothing", 50)],
    }
}

fn frontier(names: &[&str], objectives: usize) -> Frontier {
    let titles = [
        "Community share (more is better)",
        "Operating cost over one operator's (less is better)",
        "Control, ETH (more is better)",
    ];
    let dot = |i: usize| {
        let x = f64::from(i as u32) / 17.0;
        let values = [
            around(0.6 + 0.2 * x, 0.02 * noise(i)),
            around(1.0 + x * x, 0.05),
            around(400.0 * (1.0 - x), 9.0),
        ];
        frontier::Dot {
            contender: i % names.len(),
            values: values[..objectives].to_vec(),
            certified: i % 5 != 3,
        }
    };
    Frontier {
        heading: heading("14 efficient designs", "Which are they?", 24),
        contenders: names.iter().map(|n| ((*n).to_owned(), identity(n))).collect(),
        objectives: (0..objectives)
            .map(|j| frontier::Objective {
                title: titles[j].to_owned(),
                format: if j == 0 { Format::Percent } else { Format::Plain },
            })
            .collect(),
        dots: (0..18).map(dot).collect(),
    }
}

/// All pictures, by file name.
fn pictures() -> Vec<(String, Figure)> {
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

#[test]
fn two_hundred_thousand_points_draw_quickly() {
    let mut many = learning(&RULES[..2]);
    many.panels[0].offers = vec![curve("large operators", 0.5, 0.7, 0.05, 200_000)];
    let start = std::time::Instant::now();
    let figure = many.draw(Style::paper()).expect("drawn");
    figure.png().expect("rendered");
    assert!(start.elapsed().as_secs_f64() < 2.0, "{:?}", start.elapsed());
    assert!(figure.svg().len() < 300_000, "{}", figure.svg().len());
    let many = spread(&RULES[..2], 100_000);
    let start = std::time::Instant::now();
    let figure = many.draw(Style::paper()).expect("drawn");
    figure.png().expect("rendered");
    assert!(start.elapsed().as_secs_f64() < 2.0, "{:?}", start.elapsed());
    assert!(figure.svg().len() < 300_000, "{}", figure.svg().len());
}

#[test]
fn files_are_written_whole_under_their_names() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let figure = surplus(&RULES[..2], 4).draw(Style::paper()).expect("drawn");
    save(&figure, &dir.path().join("charts"), "surplus", Files { scale: 1, pdf: cfg!(feature = "pdf") })
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
