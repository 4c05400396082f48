//! How good are fronts? `cargo bench --bench frontier`, or a part of it: `cargo bench --bench frontier -- ZDT1 DTLZ2 3` (problems, seeds).
//!
//! Test functions, hypervolume of what is claimed, by its noiseless values, with respect to 1.1 in each objective. First without noise at
//! 20,000 evaluations, medians over eleven seeds, with the time it takes. Then with Gaussian noise on each objective and replicate, at the same
//! budget ([`CASES`]), against
//!
//! * NSGA-II with a fixed number of replicates for everybody, ranked by means. Its replicates are the same draws for everybody;
//! * OpenMOLE's scheme (openmole.org, "Stochasticity management"): one evaluation for a newcomer; with probability .2 a member
//!   of the population is evaluated again instead; objectives are medians over the last [`WINDOW`] evaluations, and the number
//!   of evaluations, to be made large, is one more. Each evaluation is on draws of its own.
//!
//! All methods have the same seeds, and differences to the search are paired over them: means with 95% intervals. What is printed are the
//! tables of METHOD.md.

use sequencer_lab::draws::{Key, Purpose, Sequence, Who};
use sequencer_lab::measure::statistics::{compare, estimate};
use sequencer_lab::numerics::normal_quantile;
use sequencer_lab::optimize::candidate::Candidate;
use sequencer_lab::optimize::crowding::thinned;
use sequencer_lab::optimize::dominance::Judge;
use sequencer_lab::optimize::hypervolume::hypervolume;
use sequencer_lab::optimize::problems::Problem;
use sequencer_lab::optimize::search::{Search, Settings};
use sequencer_lab::optimize::space::Space;
use sequencer_lab::optimize::variation::children;
use std::time::Instant;

const POPULATION: usize = 100;
const SEEDS: u64 = 11;
/// Evaluations of a candidate that OpenMOLE's scheme keeps.
const WINDOW: usize = 100;

/// Noise of an evaluation, by standard deviation, and how many evaluations there are.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    /// Of each candidate and replicate.
    own: f64,
    /// Of each replicate, the same for all candidates.
    common: f64,
    budget: u64,
}

const EXACT: Case = Case { name: "without noise", own: 0.0, common: 0.0, budget: 20_000 };
const CASES: [Case; 3] = [
    Case { name: "own noise .1", own: 0.1, common: 0.0, budget: 20_000 },
    Case { name: "own noise .02, common noise .1", own: 0.02, common: 0.1, budget: 20_000 },
    Case { name: "own noise .02", own: 0.02, common: 0.0, budget: 20_000 },
];

/// A way to a front.
type Method = (&'static str, fn(Problem, Case, u64) -> Vec<Vec<f64>>);

const METHODS: [Method; 4] = [
    ("this search", |problem, case, seed| searched(problem, case, careful(case, seed))),
    ("NSGA-II, 8 replicates each", |problem, case, seed| fixed(problem, case, 8, seed)),
    ("NSGA-II, 1 replicate each", |problem, case, seed| fixed(problem, case, 1, seed)),
    ("OpenMOLE's scheme (again with probability .2)", openmole),
];

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let seeds = asked.iter().find_map(|word| word.parse().ok()).unwrap_or(SEEDS);
    let named = |p: &&Problem| asked.iter().any(|word| word == p.name());
    let all = asked.iter().all(|word| word.parse::<u64>().is_ok());
    let problems: Vec<Problem> = Problem::ALL.iter().filter(|p| all || named(p)).copied().collect();
    println!("without noise, 20,000 evaluations\n");
    println!("| | hypervolume | of | seconds |\n|---|---|---|---|");
    for &problem in &problems {
        let quick =
            |seed| Settings { budget: EXACT.budget, ..Settings::noiseless(POPULATION, 1_000_000, seed) };
        let runs: Vec<(f64, f64)> =
            (0..seeds).map(|seed| timed(problem, &|| searched(problem, EXACT, quick(seed)))).collect();
        println!(
            "| {} | {:.4} | {:.4} | {:.3} |",
            problem.name(),
            median(runs.iter().map(|r| r.0).collect()),
            problem.best(),
            median(runs.iter().map(|r| r.1).collect())
        );
    }
    for case in CASES {
        println!("\n{}, {} evaluations, {seeds} seeds\n", case.name, case.budget);
        let names: Vec<&str> = problems.iter().map(|p| p.name()).collect();
        println!("| | {} | seconds |", names.join(" | "));
        println!("|---|{}---|", "---|".repeat(names.len()));
        let mut own: Vec<Vec<f64>> = Vec::new();
        for (place, (name, method)) in METHODS.into_iter().enumerate() {
            let (mut cells, mut seconds) = (Vec::new(), 0.0);
            for (k, &problem) in problems.iter().enumerate() {
                let runs: Vec<(f64, f64)> =
                    (0..seeds).map(|seed| timed(problem, &|| method(problem, case, seed))).collect();
                let values: Vec<f64> = runs.iter().map(|r| r.0).collect();
                seconds += runs.iter().map(|r| r.1).sum::<f64>() / (seeds as f64 * problems.len() as f64);
                let mean = estimate(values.iter().copied()).mean;
                if place == 0 {
                    cells.push(format!("{mean:.3}"));
                    own.push(values);
                } else {
                    let less = compare(own[k].iter().copied(), values);
                    let half = 0.5 * (less.ci_high - less.ci_low);
                    cells.push(format!("{mean:.3} ({:+.3} ± {half:.3})", less.difference));
                }
            }
            println!("| {name} | {} | {seconds:.2} |", cells.join(" | "));
        }
    }
}

fn careful(case: Case, seed: u64) -> Settings {
    Settings {
        population: POPULATION,
        generations: 1_000_000,
        budget: case.budget,
        minimum: 8,
        maximum: 64,
        top_up: 0.1,
        threshold: 0.5,
        confidence: 0.95,
        seed,
    }
}

/// Hypervolume of a claimed front, and the seconds that finding it took.
fn timed(problem: Problem, front: &dyn Fn() -> Vec<Vec<f64>>) -> (f64, f64) {
    let begun = Instant::now();
    let genes = front();
    let seconds = begun.elapsed().as_secs_f64();
    (claimed(problem, &genes), seconds)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn claimed(problem: Problem, genes: &[Vec<f64>]) -> f64 {
    let points: Vec<Vec<f64>> = genes.iter().map(|x| problem.at(x)).collect();
    hypervolume(&points, &vec![1.1; problem.objectives()])
}

/// Objectives with noise: of the candidate's own on this replicate, and of the replicate.
fn noisy(
    problem: Problem,
    case: Case,
    genes: &[f64],
    seed: u64,
    candidate: usize,
    replicate: u32,
) -> Vec<f64> {
    let draw = |whose: u32, sd: f64, j: usize| {
        let stream = Key::new(seed, replicate, whose).stream(Purpose::Resample, Who::MARKET);
        if sd == 0.0 { 0.0 } else { sd * normal_quantile(stream.uniform(j as u32, 0)) }
    };
    let shaken =
        |(j, x): (usize, f64)| x + draw(candidate as u32, case.own, j) + draw(u32::MAX, case.common, j);
    problem.at(genes).into_iter().enumerate().map(shaken).collect()
}

/// The front that the search claims.
fn searched(problem: Problem, case: Case, settings: Settings) -> Vec<Vec<f64>> {
    let seed = settings.seed;
    let mut search = Search::new(Space::cube(problem.variables()), problem.objectives(), 0, settings);
    while let Some(request) = search.ask() {
        let genes = &search.candidates()[request.candidate].genes;
        let row = noisy(problem, case, genes, seed, request.candidate, request.replicate);
        search.tell(request, Ok(&row));
    }
    search.front().iter().map(|&i| search.candidates()[i].genes.clone()).collect()
}

/// Genes and mean objectives.
type Member = (Vec<f64>, Vec<f64>);

/// Survivors with their front and crowding.
fn survivors(pool: &[Member], keep: usize) -> Vec<(Member, usize, f64)> {
    let ranked: Vec<Candidate> = pool
        .iter()
        .map(|(_, means)| {
            let mut candidate = Candidate::new(Vec::new(), 0, means.len(), 0);
            candidate.push(means);
            candidate
        })
        .collect();
    let fronts = Judge::new(0.5, 0.5).fronts(&ranked.iter().collect::<Vec<_>>());
    let mut kept = Vec::new();
    for (rank, front) in fronts.iter().enumerate() {
        let means: Vec<&[f64]> = front.iter().map(|&i| pool[i].1.as_slice()).collect();
        for (place, crowding) in thinned(&means, keep - kept.len()) {
            kept.push((pool[front[place]].clone(), rank, crowding));
        }
        if kept.len() == keep {
            break;
        }
    }
    kept
}

fn tournament(parents: &[(Member, usize, f64)], dice: &mut Sequence) -> usize {
    let mut draw = || ((dice.uniform() * parents.len() as f64) as usize).min(parents.len() - 1);
    let (a, b) = (draw(), draw());
    let key = |i: usize| (parents[i].1, -parents[i].2);
    if key(a) <= key(b) { a } else { b }
}

/// NSGA-II with so many replicates for everybody.
fn fixed(problem: Problem, case: Case, replicates: u32, seed: u64) -> Vec<Vec<f64>> {
    let space = Space::cube(problem.variables());
    let mut dice = Key::new(seed, 0, 0).stream(Purpose::Search, Who::MARKET).sequence(1);
    let mut count = 0;
    let mut evaluate = |genes: Vec<f64>| -> Member {
        let mut means = vec![0.0; problem.objectives()];
        for r in 0..replicates {
            let row = noisy(problem, case, &genes, seed, count, r);
            means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / f64::from(replicates));
        }
        count += 1;
        (genes, means)
    };
    let first: Vec<Member> = space.spread(POPULATION, &mut dice).into_iter().map(&mut evaluate).collect();
    let mut parents = survivors(&first, POPULATION);
    let generations = case.budget / u64::from(replicates) / POPULATION as u64 - 1;
    for _ in 0..generations {
        let mut pool: Vec<Member> = parents.iter().map(|(member, ..)| member.clone()).collect();
        for _ in 0..POPULATION / 2 {
            let [a, b] = [tournament(&parents, &mut dice), tournament(&parents, &mut dice)];
            let bred = children(&space, &parents[a].0.0, &parents[b].0.0, &mut dice);
            pool.extend(bred.into_iter().map(&mut evaluate));
        }
        parents = survivors(&pool, POPULATION);
    }
    parents.into_iter().filter(|(_, rank, _)| *rank == 0).map(|((genes, _), ..)| genes).collect()
}

/// OpenMOLE's scheme, by generations of a population.
fn openmole(problem: Problem, case: Case, seed: u64) -> Vec<Vec<f64>> {
    struct Tried {
        genes: Vec<f64>,
        rows: Vec<Vec<f64>>,
        number: usize,
        evaluations: u32,
    }
    let space = Space::cube(problem.variables());
    let mut dice = Key::new(seed, 0, 0).stream(Purpose::Search, Who::MARKET).sequence(2);
    let evaluate = |tried: &mut Tried| {
        // No two evaluations share draws.
        let replicate = ((tried.number as u32) << 12) | tried.evaluations;
        let row = noisy(problem, case, &tried.genes, seed, tried.number, replicate);
        tried.evaluations += 1;
        tried.rows.push(row);
        if tried.rows.len() > WINDOW {
            tried.rows.remove(0);
        }
    };
    let medians = |tried: &Tried| -> Vec<f64> {
        (0..problem.objectives()).map(|j| median(tried.rows.iter().map(|row| row[j]).collect())).collect()
    };
    let mut number = 0;
    let mut newcomer = |genes: Vec<f64>| {
        let mut tried = Tried { genes, rows: Vec::new(), number, evaluations: 0 };
        number += 1;
        evaluate(&mut tried);
        tried
    };
    let mut all: Vec<Tried> = space.spread(POPULATION, &mut dice).into_iter().map(&mut newcomer).collect();
    let mut spent = POPULATION as u64;
    while spent < case.budget {
        // Parents: all that survived, ranked with the number of evaluations as one more objective.
        let member = |(i, tried): (usize, &Tried)| -> Member {
            let mut objectives = medians(tried);
            objectives.push(-(tried.rows.len() as f64));
            (vec![i as f64], objectives)
        };
        let parents = survivors(&all.iter().enumerate().map(member).collect::<Vec<_>>(), POPULATION);
        let kept: Vec<usize> = parents.iter().map(|((place, _), ..)| place[0] as usize).collect();
        let mut bred = Vec::new();
        let mut again = Vec::new();
        for _ in 0..POPULATION.min((case.budget - spent) as usize) {
            spent += 1;
            if dice.uniform() < 0.2 {
                again.push(kept[((dice.uniform() * kept.len() as f64) as usize).min(kept.len() - 1)]);
            } else {
                let [a, b] = [tournament(&parents, &mut dice), tournament(&parents, &mut dice)];
                let [child, _] = children(&space, &all[kept[a]].genes, &all[kept[b]].genes, &mut dice);
                bred.push(newcomer(child));
            }
        }
        for place in again {
            evaluate(&mut all[place]);
        }
        let mut place = 0;
        all.retain(|_| {
            place += 1;
            kept.contains(&(place - 1))
        });
        all.extend(bred);
    }
    // What is claimed: who is not dominated by medians, among those who were evaluated more than once.
    let judged: Vec<Member> =
        all.iter().filter(|t| t.evaluations > 1).map(|t| (t.genes.clone(), medians(t))).collect();
    let all = survivors(&judged, POPULATION);
    all.into_iter().filter(|(_, rank, _)| *rank == 0).map(|((genes, _), ..)| genes).collect()
}
