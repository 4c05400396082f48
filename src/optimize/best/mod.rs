//! The best point of one noisy objective, with an interval for where it is.
//!
//! Replicates are shared, so that the mean over the first few of them is a function without noise, which a derivative-free
//! solver can descend ([`descent`]: Brent's method for one variable, Nelder and Mead's simplex for several, both of `argmin`). Where
//! it ends is the best point of *those* replicates, and mean outcomes of auctions have kinks and jumps at every draw, so that it
//! converges slowly. Hence the second step: a polynomial response over a window round it, on many more replicates
//! ([`response`]), the window moved until its best point stays within. The response averages over the window what jumps at a point,
//! and resampling whole replicates says how certain its best point is.
//!
//! As of [`super::search`], what is asked is a function of what was told: stored results lead to the same state.

pub mod descent;
pub mod polish;
pub mod pool;
pub mod response;

use super::candidate::Candidate;
use super::search::Request;
use super::space::Space;
use crate::draws::{Key, Purpose, Who};
use descent::{Descent, Step};
use pool::Pool;
use response::{Fit, Located, Noise, Response};

/// How carefully to look.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Which solver descends.
    pub descent: Descent,
    /// Replicates on which it does.
    pub minimum: u32,
    /// Replicates of the response.
    pub maximum: u32,
    /// Seed of designs and of resampling.
    pub seed: u64,
}

/// Half of the window of a response, as a share of each variable's range.
const REACH: f64 = 0.15;
/// Moves of the window.
const MOST_MOVES: u32 = 8;
/// Points of a window for each term of the polynomial of several variables.
const POINTS_PER_TERM: usize = 3;
/// Positions of one variable to which windows are laid, so that overlapping ones share points.
const LATTICE: f64 = 64.0;
/// Constraints are kept up to this.
const ROUNDING: f64 = 1e-9;

#[derive(Clone, Debug, PartialEq)]
enum Phase {
    Descending,
    /// Centre of the window, and how often it has been moved.
    Responding(Vec<f64>, u32),
    Over,
}

/// A search for the best point.
#[derive(Clone, Debug)]
pub struct Seeking {
    pool: Pool,
    settings: Settings,
    phase: Phase,
    window: Vec<usize>,
    found: Option<Found>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where the response is best.
    pub position: Vec<f64>,
    /// The response, in the space of positions.
    pub fit: Fit,
    /// Where the best point lies, by variable.
    pub located: Located,
    /// Responses that noise alone would give.
    pub noise: Vec<Noise>,
    /// Candidates of the last window.
    pub window: Vec<usize>,
    /// Whether the window was still moving when moves ran out.
    pub is_restless: bool,
}

impl Seeking {
    /// A search that has asked for nothing yet; rows have one objective, to be minimised, and then `slacks` slacks.
    pub fn new(space: Space, slacks: usize, settings: Settings) -> Self {
        let mut seeking = Seeking {
            pool: Pool::new(space, 1, slacks),
            settings,
            phase: Phase::Descending,
            window: Vec::new(),
            found: None,
        };
        seeking.advance();
        seeking
    }

    /// Everything that was evaluated.
    pub fn candidates(&self) -> &[Candidate] {
        self.pool.candidates()
    }

    /// Evaluations that were asked for.
    pub fn evaluations(&self) -> u64 {
        self.pool.evaluations()
    }

    /// What was found, once the search is over; `None` also where no point was feasible.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    /// Whether the search is over.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// The candidate where the response is best, made where it has not been evaluated; `None` where nothing was found.
    pub fn settle(&mut self) -> Option<usize> {
        let position = self.found.as_ref()?.position.clone();
        // No replicates of its own: it is there to be audited.
        Some(self.pool.want(&position, 0))
    }

    /// The best candidate so far, by the replicates on which solvers descend: for searches that are cut short. `None` where none
    /// is known to be feasible.
    pub fn best_so_far(&self) -> Option<usize> {
        let value = |place: &usize| self.value(&self.candidates()[*place].genes).filter(|v| v.is_finite());
        let known = (0..self.candidates().len()).filter_map(|place| Some((place, value(&place)?)));
        known.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| place)
    }

    /// The next evaluation; `None` where there is none before the next tell.
    pub fn ask(&mut self) -> Option<Request> {
        self.pool.ask()
    }

    /// The result of an evaluation: objective and slacks, or why there is none. In the order of asking.
    pub fn tell(&mut self, request: Request, result: Result<&[f64], &str>) {
        self.pool.tell(request, result);
        if self.pool.is_idle() {
            self.advance();
        }
    }

    /// Mean objective over the first replicates at a position, infinite where it is infeasible; `None` where it is not known.
    fn value(&self, position: &[f64]) -> Option<f64> {
        let place = self.pool.find(position)?;
        let Some(means) = self.pool.means(place, self.settings.minimum)? else { return Some(f64::INFINITY) };
        let kept = means[1..].iter().all(|slack| *slack >= -ROUNDING);
        Some(if kept { means[0] } else { f64::INFINITY })
    }

    fn advance(&mut self) {
        while self.pool.is_idle() {
            match self.phase.clone() {
                Phase::Descending => {
                    match self.settings.descent.step(self.pool.space().len(), |x| self.value(x)) {
                        Step::Evaluate(points) => {
                            for point in points {
                                self.pool.want(&point, self.settings.minimum);
                            }
                        }
                        Step::Ended(Some(best)) => self.lay(best, 0),
                        Step::Ended(None) => self.phase = Phase::Over,
                    }
                }
                Phase::Responding(centre, moves) => self.respond(&centre, moves),
                Phase::Over => return,
            }
        }
    }

    /// Lays a window round a position.
    fn lay(&mut self, centre: Vec<f64>, moves: u32) {
        let points = self.window_points(&centre);
        let mut window: Vec<usize> =
            points.iter().map(|p| self.pool.want(p, self.settings.maximum)).collect();
        window.sort_unstable();
        window.dedup();
        self.window = window;
        self.phase = Phase::Responding(centre, moves);
    }

    fn window_points(&self, centre: &[f64]) -> Vec<Vec<f64>> {
        let inputs = centre.len();
        if inputs == 1 {
            let reach = (REACH * LATTICE).round() as i64;
            let middle = (centre[0] * LATTICE).round() as i64;
            let within = |k: &i64| (0..=LATTICE as i64).contains(k);
            return (middle - reach..=middle + reach)
                .filter(within)
                .map(|k| vec![k as f64 / LATTICE])
                .collect();
        }
        let count = POINTS_PER_TERM * Response::terms(inputs);
        let mut dice =
            Key::new(self.settings.seed, 0, 0).stream(Purpose::Search, Who::member("window", 0)).sequence(0);
        let mut points = Space::cube(inputs).spread(count, &mut dice);
        for point in &mut points {
            for (x, c) in point.iter_mut().zip(centre) {
                *x = (c + REACH * (2.0 * *x - 1.0)).clamp(0.0, 1.0);
            }
        }
        points.push(centre.to_vec());
        points
    }

    /// Fits the response of the window and moves on.
    fn respond(&mut self, centre: &[f64], moves: u32) {
        let sound: Vec<usize> =
            self.window.iter().copied().filter(|&i| self.candidates()[i].failure.is_none()).collect();
        let members: Vec<&Candidate> = sound.iter().map(|&i| &self.candidates()[i]).collect();
        let Some(response) = Response::new(&members, centre, REACH) else {
            self.phase = Phase::Over;
            return;
        };
        let fit = response.fit();
        let Some(best) = fit.best() else {
            self.phase = Phase::Over;
            return;
        };
        let step = best.iter().zip(centre).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let settled = step < 0.5 / LATTICE;
        if !settled && moves < MOST_MOVES {
            self.lay(best, moves + 1);
            return;
        }
        let (located, noise) = (response.locate(self.settings.seed), response.noise(self.settings.seed));
        self.found = Some(Found {
            position: best,
            fit,
            located,
            noise,
            window: sound,
            is_restless: !settled && step > 0.1 * REACH,
        });
        self.phase = Phase::Over;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::normal_quantile;
    use std::collections::VecDeque;

    fn settings(descent: Descent) -> Settings {
        Settings { descent, minimum: 8, maximum: 64, seed: 3 }
    }

    /// Runs a search over a noisy function, told in batches of `width`.
    fn seek(
        space: Space,
        slacks: usize,
        settings: Settings,
        width: usize,
        f: impl Fn(&[f64], u32) -> Vec<f64>,
    ) -> Seeking {
        let mut seeking = Seeking::new(space, slacks, settings);
        let mut asked = VecDeque::new();
        loop {
            while asked.len() < width {
                let Some(request) = seeking.ask() else { break };
                asked.push_back(request);
            }
            let Some(request) = asked.pop_front() else { return seeking };
            let row = f(&seeking.candidates()[request.candidate].genes.clone(), request.replicate);
            seeking.tell(request, Ok(&row));
        }
    }

    fn square(x: f64) -> f64 {
        x * x
    }

    fn noise(replicate: u32, which: u32) -> f64 {
        normal_quantile(Key::new(8, replicate, which).stream(Purpose::Resample, Who::MARKET).uniform(0, 0))
    }

    #[test]
    fn the_best_of_a_tilted_parabola_lies_within_its_interval() {
        // Each replicate's best point lies elsewhere: at .37 plus its own noise.
        let f = |x: &[f64], r: u32| vec![square(x[0] - 0.37 - 0.1 * noise(r, 0)) + noise(r, 1)];
        let seeking = seek(Space::cube(1), 0, settings(Descent::Brent), 5, f);
        let found = seeking.found().unwrap();
        let [low, high] = found.located.interval[0];
        assert!(low < 0.37 && 0.37 < high && high - low < 0.08, "{low} {high}");
        assert!((found.position[0] - 0.37).abs() < 0.04 && !found.is_restless);
    }

    #[test]
    fn a_search_that_is_cut_short_has_a_best_point_so_far() {
        let f = |x: &[f64]| vec![square(x[0] - 0.6), x[0] - 0.2];
        let mut seeking = Seeking::new(Space::cube(1), 1, settings(Descent::Brent));
        assert_eq!(seeking.best_so_far(), None);
        // Of thirteen even points five are told: 0 and 1/12 are infeasible, and 1/3 is the best of the others.
        for _ in 0..5 * 8 {
            let request = seeking.ask().unwrap();
            let row = f(&seeking.candidates()[request.candidate].genes.clone());
            seeking.tell(request, Ok(&row));
        }
        let best = seeking.best_so_far().unwrap();
        assert!((seeking.candidates()[best].genes[0] - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_asked_does_not_hang_on_when_it_is_told() {
        let f = |x: &[f64], r: u32| vec![square(x[0] - 0.6) + square(x[1] - 0.3) + 0.1 * noise(r, 0) * x[0]];
        let runs: Vec<Seeking> = [1, 7, 100]
            .into_iter()
            .map(|width| seek(Space::cube(2), 0, settings(Descent::NelderMead), width, f))
            .collect();
        for run in &runs {
            let found = run.found().unwrap();
            assert_eq!(found.position, runs[0].found().unwrap().position);
            assert_eq!(run.evaluations(), runs[0].evaluations());
            assert!(
                (found.position[0] - 0.6).abs() < 0.03 && (found.position[1] - 0.3).abs() < 0.02,
                "{:?}",
                found.position
            );
        }
    }

    #[test]
    fn constraints_hold_the_best_point_back() {
        // Less is better without end, but x ≥ .4 must hold.
        let f = |x: &[f64], r: u32| vec![x[0] + 0.01 * noise(r, 0), x[0] - 0.4];
        let found = seek(Space::cube(1), 1, settings(Descent::Brent), 9, f);
        let at = found.found().unwrap().position[0];
        assert!((at - 0.4).abs() < 0.01, "{at}");
        let never = seek(Space::cube(1), 1, settings(Descent::Brent), 9, |x, _| vec![x[0], -1.0]);
        assert!(never.is_over() && never.found().is_none());
    }
}
