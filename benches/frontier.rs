//! How good are fronts? `cargo bench --bench frontier`.
//!
//! Test functions at 20,000 evaluations, hypervolume of what is claimed, by its noiseless values, with respect to 1.1 in each
//! objective; medians over seeds. First without noise, with the time it takes. Then with Gaussian noise of standard
//! deviation .1 on each objective and replicate, at the same budget, against
//!
//! * NSGA-II with a fixed number of replicates for everybody, ranked by means;
//! * OpenMOLE's scheme (openmole.org, "Stochasticity management"): one evaluation for a newcomer; with probability .2 a member
//!   of the population is evaluated again instead; objectives are medians over the last [`WINDOW`] evaluations, and the number
//!   of evaluations, to be made large, is one more.

use sequencer_lab::draws::{Key, Purpose, Sequence, Who};
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

const BUDGET: u64 = 20_000;
const POPULATION: usize = 100;
const SEEDS: u64 = 11;
const NOISE: f64 = 0.1;
/// Evaluations of a candidate that OpenMOLE's scheme keeps.
const WINDOW: usize = 100;

fn main() {
    println!("without noise: hypervolume, seconds");
    for problem in Problem::ALL {
        let runs: Vec<(f64, f64)> = (0..SEEDS)
            .map(|seed| {
                let begun = Instant::now();
                let settings =
                    Settings { budget: BUDGET, ..Settings::noiseless(POPULATION, 1_000_000, seed) };
                let genes = searched(problem, settings, 0.0);
                (claimed(problem, &genes), begun.elapsed().as_secs_f64())
            })
            .collect();
        println!(
            "{:6} {:.4} of {:.4}  {:.3} s",
            problem.name(),
            median(runs.iter().map(|r| r.0).collect()),
            problem.best(),
            median(runs.iter().map(|r| r.1).collect())
        );
    }
    println!("noise of standard deviation {NOISE}: true hypervolume of the claimed front");
    println!("{:6} {:>8} {:>8} {:>8} {:>8}", "", "search", "fixed 8", "fixed 1", "OpenMOLE");
    for problem in Problem::ALL {
        let careful = |seed| Settings {
            population: POPULATION,
            generations: 1_000_000,
            budget: BUDGET,
            minimum: 8,
            maximum: 64,
            top_up: 0.1,
            threshold: 0.5,
            confidence: 0.95,
            seed,
        };
        let over = |front: &dyn Fn(u64) -> Vec<Vec<f64>>| {
            median((0..SEEDS).map(|seed| claimed(problem, &front(seed))).collect())
        };
        println!(
            "{:6} {:>8.4} {:>8.4} {:>8.4} {:>8.4}",
            problem.name(),
            over(&|seed| searched(problem, careful(seed), NOISE)),
            over(&|seed| fixed(problem, 8, seed)),
            over(&|seed| fixed(problem, 1, seed)),
            over(&|seed| openmole(problem, seed)),
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn claimed(problem: Problem, genes: &[Vec<f64>]) -> f64 {
    let points: Vec<Vec<f64>> = genes.iter().map(|x| problem.at(x)).collect();
    hypervolume(&points, &vec![1.1; problem.objectives()])
}

/// Objectives with noise of their own for each candidate and replicate.
fn noisy(problem: Problem, genes: &[f64], sd: f64, seed: u64, candidate: usize, replicate: u32) -> Vec<f64> {
    let stream = Key::new(seed, replicate, candidate as u32).stream(Purpose::Resample, Who::MARKET);
    let shaken = |(j, x): (usize, f64)| x + sd * normal_quantile(stream.uniform(j as u32, 0));
    let exact = problem.at(genes);
    if sd == 0.0 { exact } else { exact.into_iter().enumerate().map(shaken).collect() }
}

/// The front that the search claims.
fn searched(problem: Problem, settings: Settings, sd: f64) -> Vec<Vec<f64>> {
    let seed = settings.seed;
    let mut search = Search::new(Space::cube(problem.variables()), problem.objectives(), 0, settings);
    while let Some(request) = search.ask() {
        let genes = &search.candidates()[request.candidate].genes;
        let row = noisy(problem, genes, sd, seed, request.candidate, request.replicate);
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
fn fixed(problem: Problem, replicates: u32, seed: u64) -> Vec<Vec<f64>> {
    let space = Space::cube(problem.variables());
    let mut dice = Key::new(seed, 0, 0).stream(Purpose::Search, Who::MARKET).sequence(1);
    let mut count = 0;
    let mut evaluate = |genes: Vec<f64>| -> Member {
        let mut means = vec![0.0; problem.objectives()];
        for r in 0..replicates {
            let row = noisy(problem, &genes, NOISE, seed, count, r);
            means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / f64::from(replicates));
        }
        count += 1;
        (genes, means)
    };
    let first: Vec<Member> = space.spread(POPULATION, &mut dice).into_iter().map(&mut evaluate).collect();
    let mut parents = survivors(&first, POPULATION);
    let generations = BUDGET / u64::from(replicates) / POPULATION as u64 - 1;
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
fn openmole(problem: Problem, seed: u64) -> Vec<Vec<f64>> {
    struct Tried {
        genes: Vec<f64>,
        rows: Vec<Vec<f64>>,
        number: usize,
        evaluations: u32,
    }
    let space = Space::cube(problem.variables());
    let mut dice = Key::new(seed, 0, 0).stream(Purpose::Search, Who::MARKET).sequence(2);
    let evaluate = |tried: &mut Tried| {
        let row = noisy(problem, &tried.genes, NOISE, seed, tried.number, tried.evaluations);
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
    while spent < BUDGET {
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
        for _ in 0..POPULATION.min((BUDGET - spent) as usize) {
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
