//! Lines of theory in charts, as the shipped experiments draw them: where their closed forms hold exactly, what is simulated lies
//! within three standard errors of them.

use crate::lab::{read_file, root, unit};
use crate::program::Folder;
use sequencer_lab::experiment::file::{Contender, Experiment};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::measure::statistics::Moments;

/// What the file's chart at this place says of a metric or curve at `x`.
fn theory(experiment: &Experiment, chart: usize, key: &str, x: f64) -> f64 {
    let (_, formula) = experiment.charts[chart].theory.iter().find(|(name, _)| *name == key).unwrap();
    formula.at(&[x])
}

#[track_caller]
fn agrees(what: &str, (mean, se): (f64, f64), theory: f64) {
    println!("{what}: {mean:.6} ± {se:.6}, theory {theory:.6}");
    assert!((mean - theory).abs() <= 3.0 * se + 1e-9, "{what}: {mean} ± {se}, theory {theory}");
}

/// Mean and standard error over replicates of a curve at `x`.
fn height(outcomes: &[Outcome], curve: &str, x: f64) -> (f64, f64) {
    let at = |outcome: &Outcome| {
        let own = outcome.curves.iter().find(|c| c.name == curve).unwrap();
        own.points.iter().find(|point| point.0 == x).unwrap_or_else(|| panic!("{curve} has no {x}")).1
    };
    let moments: Moments = outcomes.iter().map(at).collect();
    (moments.mean(), moments.standard_error())
}

fn replicates(experiment: &Experiment, contender: &Contender, count: u32) -> Vec<Outcome> {
    (0..count).map(|replicate| unit(experiment, contender, replicate)).collect()
}

/// The program draws what it simulates and what theory says; both are read from what it leaves.
#[test]
fn liveness_rises_with_redundancy_as_the_line_of_theory_does() {
    let path = "experiments/theory/redundancy.toml";
    let (folder, file) = (Folder::new(), root().join(path).display().to_string());
    let short = ["--set", "play.rounds=1", "--set", "play.measured_epochs=20", "--replicates", "16"];
    folder.run(&[&["run", &file, "--output", "out", "--quiet"], &short[..]].concat()).with(0);
    let experiment = read_file(path, &[]);
    let summary = folder.text("out/summary.csv");
    let mut points = 0;
    for row in
        summary.lines().map(|line| line.split(',').collect::<Vec<_>>()).filter(|row| row[2] == "liveness")
    {
        let [design, mean, se] = [row[0], row[3], row[4]].map(|cell| cell.parse::<f64>().unwrap());
        let machines = design + 1.0;
        agrees(&format!("{machines} machines"), (mean, se), theory(&experiment, 0, "liveness", machines));
        points += 1;
    }
    assert_eq!(points, 4);
    let has = |svg: &str, text: &str| svg.lines().any(|line| line == text);
    let response = folder.text("out/charts/response.svg");
    assert!(has(&response, "theory"), "{response}");
    assert!(response.contains("liveness = any_of(1 - up(0.03, 0.07), x); x: wheel redundancy."));
    let along = folder.text("out/charts/redundancy.svg");
    assert!(has(&along, "theory") && along.contains("availability = any_of(1 - up(0.03, 0.07), 2)"));
    // Against another probability the same points are not met: the comparison can fail.
    let wrong = 1.0 - 0.25_f64 * 0.25;
    let two = summary.lines().find(|line| line.starts_with("1,wheel,liveness,")).unwrap();
    let cells: Vec<f64> = two.split(',').skip(3).take(2).map(|cell| cell.parse().unwrap()).collect();
    assert!((cells[0] - wrong).abs() > 3.0 * cells[1]);
}

#[test]
fn bribes_cost_what_the_line_of_theory_says() {
    let experiment = read_file("experiments/theory/bribes.toml", &[("play.rounds", "1")]);
    for (chart, contender) in experiment.contenders.iter().enumerate() {
        assert_eq!(experiment.charts[chart].contenders, [contender.name.as_str()]);
        let outcomes = replicates(&experiment, contender, 12);
        for slots in 1..=12 {
            let x = f64::from(slots);
            let expected = theory(&experiment, chart, "censorship_cost", x);
            let found = height(&outcomes, "censorship_cost", x);
            agrees(&format!("{}, {slots} slots", contender.name), found, expected);
        }
    }
}

#[test]
fn targets_wait_as_the_line_of_theory_says() {
    let short = [("play.rounds", "1"), ("play.measured_epochs", "50")];
    let experiment = read_file("experiments/theory/waiting.toml", &short);
    let outcomes = replicates(&experiment, &experiment.contenders[0], 16);
    for slots in 0..=5 {
        let x = f64::from(slots);
        let expected = theory(&experiment, 0, "inclusion_wait", x);
        agrees(&format!("longer than {slots}"), height(&outcomes, "inclusion_wait", x), expected);
    }
}
