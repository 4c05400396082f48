//! Inputs of figures, ordinary ones: other figures of the gallery are made of them.

use crate::chart::distribution::Distribution;
use crate::chart::forest::{self, Forest, Unit};
use crate::chart::frontier::{self, Frontier};
use crate::chart::impulse_response::{ImpulsePanel, ImpulseResponse};
use crate::chart::learning_curves::{GainAxis, LearningCurves, LearningPanel};
use crate::chart::lorenz::{Lorenz, LorenzContender, LorenzPanel};
use crate::chart::policies::{Policies, PolicyPanel};
use crate::chart::robustness::{Dot, Pair, Panel, Robustness};
use crate::chart::series::Series;
use crate::chart::small_multiples::SmallMultiples;
use crate::chart::strips::{Contender, MetricPanel, Row};
use crate::chart::surplus::{Account, Bar, Surplus};
use crate::chart::ticks::Format;
use crate::chart::{Estimate, Heading, Identity};
use crate::numerics::exp;

pub(super) const RULES: [&str; 8] = [
    "centralized",
    "authority",
    "auction",
    "stake",
    "stake_rotation",
    "auction_rotation",
    "delegated",
    "algorithmic",
];

pub(super) const LONG: &str =
    "auction_rotation_with_resale_and_a_bond_that_is_locked_for_seven_days & <redundancy \"three\">";

/// A repeatable number in 0..1.
pub(super) fn noise(i: usize) -> f64 {
    ((i * 7919 + 104_729) % 1009) as f64 / 1009.0
}

pub(super) fn around(mean: f64, half: f64) -> Estimate {
    Estimate::new(mean, mean - half, mean + half)
}

pub(super) fn heading(title: &str, subtitle: &str, replicates: usize) -> Heading {
    Heading { title: title.to_owned(), subtitle: subtitle.to_owned(), replicates, fewest: 0 }
}

/// As in a file with every rule in order again and again: its rule is the name up to a number, which says how many of them stand
/// before it.
pub(super) fn identity(name: &str) -> Identity {
    let rule = name.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit());
    let number: usize = name.rsplit('_').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let earlier = number / RULES.len();
    Identity::of(std::iter::repeat_n(rule, earlier + 1))[earlier]
}

pub(super) fn bar(name: &str, i: usize) -> Bar {
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

pub(super) fn surplus(names: &[&str], replicates: usize) -> Surplus {
    Surplus {
        heading: heading(
            "Auctions return most of the value to token holders",
            "Twelve candidates, 32 slots an epoch, fees and MEV as on the reference rollup.",
            replicates,
        ),
        bars: names.iter().enumerate().map(|(i, n)| bar(n, i)).collect(),
    }
}

pub(super) fn curve(name: &str, from: f64, to: f64, half: f64, n: usize) -> Series {
    let points = (0..n).map(|t| {
        let x = t as f64 * 20.0;
        let v = to + (from - to) * exp(-x / 250.0) + half * 0.3 * (noise(t) - 0.5);
        (x, around(v, half * (1.0 - 0.6 * t as f64 / n as f64)))
    });
    Series { name: name.to_owned(), points: points.collect() }
}

pub(super) fn learning(names: &[&str]) -> LearningCurves {
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
                bound: Estimate::new(0.004 + 0.01 * noise(i), 0.003, 0.015),
            })
            .collect(),
        offer_format: Format::Plain,
        tolerance: Some(0.01),
        gain_axis: GainAxis::Auto,
    }
}

pub(super) fn impulse(names: &[&str]) -> ImpulseResponse {
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

pub(super) fn forest(a: &str, b: &str) -> Forest {
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

pub(super) fn robustness(names: &[&str], rules: &[&str]) -> Robustness {
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

pub(super) fn policies(names: &[&str]) -> Policies {
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
        panels: names
            .iter()
            .enumerate()
            .map(|(i, n)| PolicyPanel {
                mechanism: (*n).to_owned(),
                identity: identity(n),
                certified: i != 1,
                offer_name: "Bid (ETH)".to_owned(),
                value_name: "Private value (ETH)".to_owned(),
                classes: vec![class("large operators", 0.8, i), class("small operators", 0.9, i + 40)],
                theory: (0..=20).map(|k| (f64::from(k) * 0.05, f64::from(k) * 0.05 * 11.0 / 12.0)).collect(),
                diagonal: true,
            })
            .collect(),
        format: Format::Plain,
    }
}

pub(super) fn strips(names: &[&str], replicates: usize) -> (Vec<Contender>, Vec<MetricPanel>) {
    let contenders = names
        .iter()
        .enumerate()
        .map(|(i, n)| Contender { name: (*n).to_owned(), identity: identity(n), certified: i % 4 != 3 })
        .collect();
    let panel = |title: &str, format: Format, size: f64, k: usize| MetricPanel {
        title: title.to_owned(),
        format,
        range: (0.0, f64::INFINITY),
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

pub(super) fn small(names: &[&str]) -> SmallMultiples {
    let (contenders, panels) = strips(names, 0);
    SmallMultiples { heading: heading("How the contenders stand", "Common draws.", 32), contenders, panels }
}

pub(super) fn spread(names: &[&str], replicates: usize) -> Distribution {
    let (contenders, mut panels) = strips(names, replicates);
    panels.truncate(3);
    Distribution { heading: heading("How far replicates differ", "", replicates), contenders, panels }
}

pub(super) fn lorenz(names: &[&str]) -> Lorenz {
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

pub(super) fn frontier(names: &[&str], objectives: usize) -> Frontier {
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
            mark: if i % 5 == 3 { frontier::Mark::NotCertified } else { frontier::Mark::Efficient },
            is_knee: objectives == 2 && i % 8 == 6,
            words: format!("seats {i}"),
        }
    };
    Frontier {
        heading: heading("14 efficient designs", "Which are they?", 24),
        contenders: names.iter().map(|n| ((*n).to_owned(), identity(n))).collect(),
        objectives: (0..objectives)
            .map(|j| frontier::Objective {
                title: titles[j].to_owned(),
                format: if j == 0 { Format::Percent } else { Format::Plain },
                range: (f64::NEG_INFINITY, f64::INFINITY),
            })
            .collect(),
        limits: [None; 2],
        dots: (0..18).map(dot).collect(),
    }
}
