//! How long figures of 200,000 points take to draw, PNG included: `cargo bench --bench charts`.
//!
//! Lines of learning, a histogram of replicates, and Lorenz curves. The aim is 2 seconds each; the exit status is 1 where it is
//! missed.

use sequencer_lab::chart::distribution::Distribution;
use sequencer_lab::chart::learning_curves::{LearningCurves, LearningPanel};
use sequencer_lab::chart::lorenz::{Lorenz, LorenzContender, LorenzPanel};
use sequencer_lab::chart::series::Series;
use sequencer_lab::chart::strips::{Contender, MetricPanel, Row};
use sequencer_lab::chart::ticks::Format;
use sequencer_lab::chart::{ChartError, Estimate, Figure, Heading, Identity, Style};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

const POINTS: u32 = 200_000;
const LINES: u32 = 4;
const AIM: f64 = 2.0;

/// Numbers in 0..1 without a pattern that thinning could follow.
fn noise(i: u32) -> f64 {
    f64::from(i.wrapping_mul(2_654_435_761) >> 8) / f64::from(1_u32 << 24)
}

fn heading() -> Heading {
    Heading { title: "Many points".to_owned(), subtitle: String::new(), replicates: 32, fewest: 0 }
}

/// A line of its share of the points, `y` along `x` from 0 to 1, with a band.
fn line(name: &str, y: impl Fn(u32, f64) -> f64) -> Series {
    let count = POINTS / LINES;
    let point = |i: u32| {
        let x = f64::from(i) / f64::from(count - 1);
        let mean = y(i, x);
        (x, Estimate::new(mean, mean - 0.02, mean + 0.02))
    };
    Series { name: name.to_owned(), points: (0..count).map(point).collect() }
}

fn learning() -> Result<Figure, ChartError> {
    let offers =
        (0..LINES).map(|k| line(&format!("class {k}"), |i, x| 0.2 * f64::from(k) + x + 0.1 * noise(i)));
    LearningCurves {
        heading: heading(),
        panels: vec![LearningPanel {
            mechanism: "auction".to_owned(),
            identity: Identity::of(["auction"])[0],
            certified: true,
            offer_name: "Mean bid".to_owned(),
            offers: offers.collect(),
            gain: Vec::new(),
            bound: Estimate::absent(),
        }],
        ..LearningCurves::default()
    }
    .draw(Style::paper())
}

fn distribution() -> Result<Figure, ChartError> {
    let rules = ["auction", "delegated"];
    let contender = |(name, identity): (&&str, Identity)| Contender {
        name: (*name).to_owned(),
        identity,
        certified: true,
    };
    let row = |k: u32| Row {
        mean: Estimate::point(f64::from(k) + 0.5),
        replicates: (0..POINTS / 2).map(|i| f64::from(k) + noise(i + k)).collect(),
    };
    Distribution {
        heading: heading(),
        contenders: rules.iter().zip(Identity::of(rules)).map(contender).collect(),
        panels: vec![MetricPanel {
            title: "holder share".to_owned(),
            format: Format::Percent,
            range: (0.0, 1.0),
            rows: vec![row(0), row(1)],
        }],
    }
    .draw(Style::paper())
}

fn lorenz() -> Result<Figure, ChartError> {
    let names = ["auction", "delegated", "stake", "authority"];
    let contender = |(name, identity): (&&str, Identity)| LorenzContender {
        name: (*name).to_owned(),
        identity,
        certified: true,
    };
    Lorenz {
        heading: heading(),
        contenders: names.iter().zip(Identity::of(names)).map(contender).collect(),
        panels: vec![LorenzPanel {
            title: "Slots produced".to_owned(),
            lines: names
                .iter()
                .zip(1_u8..)
                .map(|(name, k)| line(name, |_, x| (0..k).fold(1.0, |p, _| p * x)))
                .collect(),
        }],
    }
    .draw(Style::paper())
}

/// Draws a figure, or says why there is none.
type Draw = fn() -> Result<Figure, ChartError>;

fn main() -> ExitCode {
    let figures: [(&str, Draw); 3] =
        [("learning", learning), ("distribution", distribution), ("lorenz", lorenz)];
    let mut missed = false;
    for (name, draw) in figures {
        let start = Instant::now();
        let png = draw().and_then(|figure| figure.png()).expect("a picture");
        let seconds = start.elapsed().as_secs_f64();
        black_box(png);
        missed |= seconds >= AIM;
        let verdict = if seconds < AIM { "within" } else { "MISSED" };
        println!("{name:<14} {POINTS} points  {seconds:>6.2} s  {verdict} {AIM} s");
    }
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
