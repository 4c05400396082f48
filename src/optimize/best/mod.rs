//! The best point of one noisy objective, with an interval for where it is.
//!
//! Replicates are shared, so that the mean over the first few of them is a function without noise, which a derivative-free
//! solver can descend ([`descent`]: Brent's method for one variable, Nelder and Mead's simplex for several, both of `argmin`). Where
//! it ends is the best point of *those* replicates, and mean outcomes of auctions have kinks and jumps at every draw, so that it
//! converges slowly. Hence the second step: a polynomial response over a window round it, on many more replicates
//! ([`response`]), the window moved until its best point stays within. The response averages over the window what jumps at a point,
//! and resampling whole replicates says how certain its best point is.
//!
//! How wide a window a polynomial fits is not known beforehand. So it begins wide, and is halved round the best of its settings while
//! the response lacks further terms and settings of the window differ by more than [`FLAT`] of the objective. A best point that an
//! evaluated setting beats in paired differences ([`comparison`]) is none: another window is laid round that setting where it lies outside, and
//! else, or where no window is small enough for a polynomial (at a jump), the best of the evaluated settings is what is found, and its
//! interval reaches to the nearest on either side that are shown to be worse.
//!
//! Then settings a tenth above and below are compared with what was found. A variable of which neither is shown to be worse by
//! [`FLAT`] is not identified, and its interval is the *flat region*: settings that are not shown to be worse by that, outwards from
//! the best one, at evenly spaced points and then by halving at its ends.
//!
//! Where there are few settings there is nothing to descend: all are evaluated, those shown to be worse than the best are left
//! behind, and replicates of the others doubled.
//!
//! As of [`super::search`], what is asked is a function of what was told: stored results lead to the same state.

pub mod comparison;
pub mod descent;
pub mod polish;
pub mod pool;
pub mod response;

use super::candidate::Candidate;
use super::search::Request;
use super::space::{Kind, Space};
use crate::draws::{Key, Purpose, Who};
use crate::numerics::ln;
use comparison::Loss;
use descent::{Descent, Step};
use pool::Pool;
use response::{Fit, Located, Response};

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
    /// What positions stand for, by variable.
    pub scales: Vec<Scale>,
}

/// What numbers a variable's positions stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Evenly from one to the other.
    Linear(f64, f64),
    /// Evenly in logarithms.
    Log(f64, f64),
    /// No numbers of which a tenth means anything: settings of a list.
    List,
}

impl Scale {
    /// The positions a tenth below and above, where they are within the range; of nothing, a tenth is one of the range.
    fn beside(self, at: f64) -> [f64; 2] {
        let tenths = match self {
            Scale::Linear(low, high) => {
                let value = low + (high - low) * at;
                let tenth = if value.abs() < 1e-12 { 0.1 } else { 0.1 * value.abs() / (high - low) };
                [at - tenth, at + tenth]
            }
            Scale::Log(low, high) => [0.9, 1.1].map(|share| at + ln(share) / ln(high / low)),
            Scale::List => [at, at],
        };
        tenths.map(|x| x.clamp(0.0, 1.0))
    }
}

/// Share of the objective below which nothing matters.
pub const FLAT: f64 = 5e-4;
/// Half of the first window of a response, as a share of each variable's range.
const REACH: f64 = 10.0 / LATTICE;
/// Moves of a window before it counts as restless.
const MOST_MOVES: u32 = 8;
/// Times a window is halved: the last is one 800th of the range.
const MOST_HALVINGS: u32 = 7;
/// Windows in all.
const MOST_WINDOWS: u32 = 40;
/// Points of a window for each term of the polynomial of several variables.
const POINTS_PER_TERM: usize = 3;
/// Positions of one variable to which the first windows are laid, so that overlapping ones share points.
const LATTICE: f64 = 64.0;
/// Constraints are kept up to this.
const ROUNDING: f64 = 1e-9;
/// Level at which an evaluated setting must be better for the response's best point to be none.
const OVERTHROWN: f64 = 0.01;
/// Level of intervals from comparisons, and of verdicts.
const LEVEL: f64 = 0.05;
/// Evenly spaced settings at which a flat region is looked for first, less one.
const SLICES: u32 = 12;
/// Halvings at an end of a flat region.
const HALVINGS: u32 = 4;
/// Times that the best point is given up for another.
const MOST_UPSETS: u32 = 8;
/// Settings up to which all are evaluated.
const FEW: usize = 256;

#[derive(Clone, Debug, PartialEq)]
enum Phase {
    /// All settings, on so many replicates.
    Racing(u32),
    Descending,
    /// Centre of the window, how often it was halved, and how often moved since.
    Responding(Vec<f64>, u32, u32),
    /// Is anything that was evaluated better?
    Confirming,
    /// A tenth more and less.
    Probing,
    /// Ends of flat regions, halved so often.
    Scanning(u32),
    Over,
}

/// A search for the best point.
#[derive(Clone, Debug)]
pub struct Seeking {
    pool: Pool,
    settings: Settings,
    phase: Phase,
    window: Vec<usize>,
    windows: u32,
    upsets: u32,
    draft: Option<Draft>,
    found: Option<Found>,
}

/// What seems to be the best point.
#[derive(Clone, Debug)]
struct Draft {
    place: usize,
    response: Option<Fitted>,
    is_restless: bool,
}

/// A response with what resampling says of it.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The response, in the space of positions.
    pub fit: Fit,
    /// Where its best point lies, by variable.
    pub located: Located,
    /// Responses that noise alone would give.
    pub noise: Vec<Fit>,
}

/// What is known of one variable of the best point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pinned {
    /// Interval of its position; where it is not identified, the flat region.
    pub interval: [f64; 2],
    /// Whether an end of the interval is that of the window, beyond which nobody looked, and not that of the range.
    pub is_open: [bool; 2],
    /// What a tenth more or less of it costs, whichever costs more; among few settings, what the next best of it costs.
    pub change: f64,
    /// Whether that is shown to be more than [`FLAT`] of the objective.
    pub is_identified: bool,
    /// Share of resamples in which it lies at an edge of the window; 1 or 0 where settings were compared.
    pub at_edge: f64,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The candidate.
    pub place: usize,
    /// The response whose best point it is; `None` where it is the best of the settings that were compared.
    pub response: Option<Fitted>,
    /// What is known of its variables.
    pub pinned: Vec<Pinned>,
    /// Candidates of the last window, or of all settings where they are few.
    pub window: Vec<usize>,
    /// Whether the window was still moving when moves ran out.
    pub is_restless: bool,
    /// Whether nothing that was evaluated differs from anything else.
    pub is_constant: bool,
}

impl Seeking {
    /// A search that has asked for nothing yet; rows have one objective, to be minimised, and then `slacks` slacks.
    pub fn new(space: Space, slacks: usize, settings: Settings) -> Self {
        let phase = if few(&space).is_some() { Phase::Racing(settings.minimum) } else { Phase::Descending };
        let mut seeking = Seeking {
            pool: Pool::new(space, 1, slacks),
            settings,
            phase,
            window: Vec::new(),
            windows: 0,
            upsets: 0,
            draft: None,
            found: None,
        };
        if let Some(all) = few(seeking.pool.space()) {
            seeking.window =
                all.iter().map(|genes| seeking.pool.want(genes, seeking.settings.minimum)).collect();
        }
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

    /// The best candidate so far, by the replicates on which solvers descend: for searches that are cut short. `None` where none
    /// is known to be feasible.
    pub fn best_so_far(&self) -> Option<usize> {
        self.best_of((0..self.candidates().len()).collect(), self.settings.minimum)
    }

    /// The feasible candidate with the least mean over so many replicates, of those that have them.
    fn best_of(&self, places: Vec<usize>, replicates: u32) -> Option<usize> {
        let known = places.into_iter().filter_map(|place| Some((place, self.mean(place, replicates)?)));
        let feasible = known.filter(|(_, value)| value.is_finite());
        feasible.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| place)
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

    /// Mean objective of a candidate over its first replicates, infinite where it is infeasible; `None` where it is not known.
    fn mean(&self, place: usize, replicates: u32) -> Option<f64> {
        let Some(means) = self.pool.means(place, replicates)? else { return Some(f64::INFINITY) };
        let kept = means[1..].iter().all(|slack| *slack >= -ROUNDING);
        Some(if kept { means[0] } else { f64::INFINITY })
    }

    fn is_feasible(&self, place: usize) -> bool {
        let replicates = self.candidates()[place].replicates();
        replicates > 0 && self.mean(place, replicates).is_some_and(f64::is_finite)
    }

    /// What settings of this size of objective may differ by.
    fn flat(&self, place: usize) -> f64 {
        FLAT * self.candidates()[place].mean()[0].abs()
    }

    fn advance(&mut self) {
        while self.pool.is_idle() {
            match self.phase.clone() {
                Phase::Racing(replicates) => self.race(replicates),
                Phase::Descending => {
                    let known = |x: &[f64]| self.mean(self.pool.find(x)?, self.settings.minimum);
                    match self.settings.descent.step(self.pool.space().len(), known) {
                        Step::Evaluate(points) => {
                            for point in points {
                                self.pool.want(&point, self.settings.minimum);
                            }
                        }
                        Step::Ended(Some(best)) => self.lay(best, 0, 0),
                        Step::Ended(None) => self.phase = Phase::Over,
                    }
                }
                Phase::Responding(centre, halvings, moves) => self.respond(&centre, halvings, moves),
                Phase::Confirming => self.confirm(),
                Phase::Probing => self.probe(),
                Phase::Scanning(halvings) => self.scan(halvings),
                Phase::Over => return,
            }
        }
    }

    /// Leaves behind what is shown to be worse than the best, and doubles the replicates of the rest.
    fn race(&mut self, replicates: u32) {
        let all = self.window.clone();
        let running: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&i| self.pool.means(i, replicates).is_some_and(|means| means.is_some()))
            .collect();
        let Some(best) = self.best_of(running.clone(), replicates) else {
            // Nothing feasible yet: who is to be left behind nobody knows.
            if replicates < self.settings.maximum {
                let next = (2 * replicates).min(self.settings.maximum);
                for &i in &running {
                    self.ask_for(i, next);
                }
                self.phase = Phase::Racing(next);
            } else {
                self.phase = Phase::Over;
            }
            return;
        };
        let looks = 1 + (self.settings.maximum / self.settings.minimum.max(1)).max(1).ilog2() + 1;
        let level = LEVEL / (f64::from(looks) * (all.len().max(2) - 1) as f64);
        let stays = |i: usize, margin: f64| i == best || !self.is_worse(i, best, margin, level);
        if replicates < self.settings.maximum {
            let next = (2 * replicates).min(self.settings.maximum);
            let staying: Vec<usize> = running.into_iter().filter(|&i| stays(i, 0.0)).collect();
            for &i in &staying {
                self.ask_for(i, next);
            }
            self.phase = Phase::Racing(next);
            return;
        }
        let sound: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&i| self.candidates()[i].failure.is_none() && self.is_feasible(i))
            .collect();
        let good: Vec<usize> = sound.iter().copied().filter(|&i| stays(i, self.flat(best))).collect();
        let genes = |i: usize| &self.candidates()[i].genes;
        let pinned = (0..self.pool.space().len())
            .map(|v| {
                let at = genes(best)[v];
                let with = good.iter().map(|&i| genes(i)[v]);
                let others = sound.iter().filter(|&&i| genes(i)[v] != at);
                let losses = others.filter_map(|&i| Some(self.loss(i, best)?.mean));
                let change = losses.fold(f64::INFINITY, f64::min);
                let edges = genes_of(self.pool.space(), v);
                let is_edge = Some(&at) == edges.first() || Some(&at) == edges.last();
                Pinned {
                    interval: with.clone().fold([at, at], |[l, h], x| [l.min(x), h.max(x)]),
                    is_open: [false; 2],
                    change: if change.is_finite() { change } else { 0.0 },
                    is_identified: with.clone().all(|x| x == at) && change.is_finite(),
                    at_edge: f64::from(u8::from(is_edge)),
                }
            })
            .collect();
        self.window = all.into_iter().filter(|&i| self.candidates()[i].failure.is_none()).collect();
        self.finish(Draft { place: best, response: None, is_restless: false }, pinned);
    }

    fn ask_for(&mut self, place: usize, replicates: u32) {
        let genes = self.candidates()[place].genes.clone();
        self.pool.want(&genes, replicates);
    }

    fn loss(&self, place: usize, best: usize) -> Option<Loss> {
        Loss::between(&self.candidates()[place], &self.candidates()[best])
    }

    /// Whether a candidate is shown to be worse than another, by more than a margin.
    fn is_worse(&self, place: usize, best: usize, margin: f64, level: f64) -> bool {
        self.loss(place, best).is_some_and(|loss| loss.exceeds(margin, level))
    }

    /// Lays a window round a position.
    fn lay(&mut self, centre: Vec<f64>, halvings: u32, moves: u32) {
        let points = self.window_points(&centre, halvings);
        let mut window: Vec<usize> =
            points.iter().map(|p| self.pool.want(p, self.settings.maximum)).collect();
        window.sort_unstable();
        window.dedup();
        self.window = window;
        self.windows += 1;
        self.phase = Phase::Responding(centre, halvings, moves);
    }

    fn window_points(&self, centre: &[f64], halvings: u32) -> Vec<Vec<f64>> {
        let inputs = centre.len();
        let finer = f64::from(1_u32 << halvings);
        if inputs == 1 {
            let lattice = LATTICE * finer;
            let reach = (REACH * LATTICE).round() as i64;
            let middle = (centre[0] * lattice).round() as i64;
            let within = |k: &i64| (0..=lattice as i64).contains(k);
            return (middle - reach..=middle + reach)
                .filter(within)
                .map(|k| vec![k as f64 / lattice])
                .collect();
        }
        let count = POINTS_PER_TERM * Response::terms(inputs);
        let mut dice =
            Key::new(self.settings.seed, 0, 0).stream(Purpose::Search, Who::member("window", 0)).sequence(0);
        let mut points = Space::cube(inputs).spread(count, &mut dice);
        for point in &mut points {
            for (x, c) in point.iter_mut().zip(centre) {
                *x = (c + REACH / finer * (2.0 * *x - 1.0)).clamp(0.0, 1.0);
            }
        }
        points.push(centre.to_vec());
        points
    }

    /// Fits the response of the window; halves the window, moves on, or stays.
    fn respond(&mut self, centre: &[f64], halvings: u32, moves: u32) {
        let sound: Vec<usize> =
            self.window.iter().copied().filter(|&i| self.candidates()[i].failure.is_none()).collect();
        self.window.clone_from(&sound);
        let members: Vec<&Candidate> = sound.iter().map(|&i| &self.candidates()[i]).collect();
        let reach = REACH / f64::from(1_u32 << halvings);
        let best_member = self.best_of(sound.clone(), self.settings.maximum);
        let further = Response::further(&members, centre, reach);
        let lacks_fit = further.as_ref().is_some_and(Response::needs_further_terms);
        let response = Response::new(&members, centre, reach);
        let best = response.as_ref().and_then(|response| response.fit().best());
        if lacks_fit && let Some(member) = best_member {
            let means = members.iter().map(|c| c.mean()[0]);
            let (low, high) =
                means.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), y| (l.min(y), h.max(y)));
            let around = self.candidates()[member].genes.clone();
            if high - low > self.flat(member) && halvings < MOST_HALVINGS && self.windows < MOST_WINDOWS {
                self.lay(around, halvings + 1, 0);
            } else {
                self.propose(Draft { place: member, response: None, is_restless: false });
            }
            return;
        }
        let (Some(response), Some(best)) = (response, best) else {
            // No polynomial, or none that keeps constraints: the best of what is known.
            match best_member.or_else(|| self.best_so_far()) {
                Some(place) => self.propose(Draft { place, response: None, is_restless: false }),
                None => self.phase = Phase::Over,
            }
            return;
        };
        let step = best.iter().zip(centre).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let settled = step < 0.05 * reach;
        if !settled && moves < MOST_MOVES && self.windows < MOST_WINDOWS {
            self.lay(best, halvings, moves + 1);
            return;
        }
        let seed = self.settings.seed;
        let mut located = further.as_ref().unwrap_or(&response).locate(seed);
        for (interval, x) in located.interval.iter_mut().zip(&best) {
            *interval = [interval[0].min(*x), interval[1].max(*x)];
        }
        let fitted = Fitted { fit: response.fit(), located, noise: response.noise(seed) };
        let place = self.pool.want(&best, self.settings.maximum);
        let is_restless = !settled && step > 0.1 * reach;
        self.propose(Draft { place, response: Some(fitted), is_restless });
    }

    fn propose(&mut self, draft: Draft) {
        self.ask_for(draft.place, self.settings.maximum);
        self.draft = Some(draft);
        self.phase = Phase::Confirming;
    }

    /// Feasible candidates that are shown to be better.
    fn better_than(&self, own: usize) -> Vec<usize> {
        let all: Vec<usize> =
            (0..self.candidates().len()).filter(|&i| i != own && self.is_feasible(i)).collect();
        let level = OVERTHROWN / all.len().max(1) as f64;
        all.into_iter().filter(|&i| self.is_worse(own, i, 0.0, level)).collect()
    }

    /// Gives the best point up where something that was evaluated is shown to be better.
    fn confirm(&mut self) {
        let Some(draft) = self.draft.clone() else { return self.phase = Phase::Over };
        let (own, maximum) = (draft.place, self.settings.maximum);
        let best_member = self.best_of((0..self.candidates().len()).collect(), maximum);
        if self.candidates()[own].failure.is_some() || (draft.response.is_none() && !self.is_feasible(own)) {
            match best_member {
                Some(place) if place != own => {
                    self.propose(Draft { place, response: None, is_restless: false });
                }
                _ => self.phase = Phase::Over,
            }
            return;
        }
        let better = self.better_than(own);
        let short: Vec<usize> =
            better.iter().copied().filter(|&i| self.candidates()[i].replicates() < maximum).collect();
        if !short.is_empty() {
            for &i in &short {
                self.ask_for(i, maximum);
            }
            return;
        }
        let (true, Some(place)) = (!better.is_empty(), best_member) else {
            return self.phase = Phase::Probing;
        };
        let genes = self.candidates()[place].genes.clone();
        let is_within = draft.response.as_ref().is_none_or(|fitted| {
            genes.iter().enumerate().all(|(i, x)| {
                let [low, high] = fitted.fit.window(i);
                (low..=high).contains(x)
            })
        });
        if !is_within && self.windows < MOST_WINDOWS / 2 {
            self.lay(genes, 0, 0);
        } else {
            self.draft = Some(Draft { place, response: None, ..draft });
        }
        if is_within || self.phase == Phase::Confirming {
            self.phase = Phase::Probing;
        }
    }

    /// The candidates a tenth below and above in one variable, or the next settings where a tenth is not one; wanted where they are not there.
    fn beside(&mut self, own: usize, variable: usize) -> Vec<usize> {
        let genes = self.candidates()[own].genes.clone();
        let kind = self.pool.space().variables[variable].kind.clone();
        let at = genes[variable];
        let aims = self.settings.scales[variable].beside(at);
        let mut beside = Vec::new();
        for (aim, below) in aims.into_iter().zip([true, false]) {
            let mut x = kind.snap(aim);
            if let (true, Kind::Ordered(all)) = (x == at, &kind) {
                let next =
                    if below { all.iter().rev().find(|p| **p < at) } else { all.iter().find(|p| **p > at) };
                x = next.copied().unwrap_or(at);
            }
            if x != at {
                let mut there = genes.clone();
                there[variable] = x;
                beside.push(self.pool.want(&there, self.settings.maximum));
            }
        }
        beside
    }

    fn inputs(&self) -> usize {
        self.pool.space().len()
    }

    fn probe(&mut self) {
        let Some(own) = self.draft.as_ref().map(|draft| draft.place) else { return self.phase = Phase::Over };
        for variable in 0..self.inputs() {
            self.beside(own, variable);
        }
        if self.pool.is_idle() {
            self.scan(0);
        }
    }

    /// What a tenth more or less costs, and whether that is shown to be more than what is flat.
    fn sharpness(&mut self, own: usize, variable: usize) -> (f64, bool) {
        let places = self.beside(own, variable);
        let losses = places.into_iter().filter_map(|place| self.loss(place, own));
        let worst = losses.max_by(|a, b| a.mean.total_cmp(&b.mean));
        // Either of two sides could be the one.
        worst.map_or((0.0, false), |loss| (loss.mean, loss.exceeds(self.flat(own), 0.5 * LEVEL)))
    }

    /// Looks for the ends of intervals that come from comparisons.
    fn scan(&mut self, halvings: u32) {
        let Some(draft) = self.draft.clone() else { return self.phase = Phase::Over };
        let own = draft.place;
        let sharp: Vec<(f64, bool)> = (0..self.inputs()).map(|i| self.sharpness(own, i)).collect();
        let genes = self.candidates()[own].genes.clone();
        let compared: Vec<bool> =
            sharp.iter().map(|(_, is_identified)| draft.response.is_none() || !is_identified).collect();
        for variable in (0..self.inputs()).filter(|&i| compared[i]) {
            let mut there = genes.clone();
            let wanted: Vec<f64> = if halvings > HALVINGS {
                Vec::new()
            } else if halvings == 0 && sharp[variable].1 && self.inputs() == 1 {
                // The window has its neighbours.
                Vec::new()
            } else if halvings == 0 {
                (0..=SLICES).map(|k| f64::from(k) / f64::from(SLICES)).collect()
            } else {
                let ends = self.ends(own, variable, sharp[variable].1);
                ends.iter().filter_map(|&(good, worse)| Some(f64::midpoint(good, worse?))).collect()
            };
            for x in wanted {
                there[variable] = x;
                self.pool.want(&there, self.settings.maximum);
            }
        }
        if halvings <= HALVINGS && compared.contains(&true) {
            self.phase = Phase::Scanning(halvings + 1);
            return;
        }
        if !self.better_than(own).is_empty() && self.upsets < MOST_UPSETS {
            self.upsets += 1;
            self.phase = Phase::Confirming;
            return;
        }
        let pinned = (0..self.inputs())
            .map(|i| {
                let (change, is_identified) = sharp[i];
                match &draft.response {
                    Some(fitted) if is_identified => Pinned {
                        // Between settings there is nothing, neither a best one nor an end.
                        interval: fitted.located.interval[i]
                            .map(|x| self.pool.space().variables[i].kind.snap(x)),
                        is_open: match self.pool.space().variables[i].kind {
                            Kind::Continuous => fitted.located.is_open[i],
                            _ => [false; 2],
                        },
                        change,
                        is_identified,
                        at_edge: fitted.located.at_edge[i],
                    },
                    _ => {
                        let ends = self.ends(own, i, is_identified);
                        // Between the last that is not worse and the first that is, the best of a peak may lie.
                        let end = |(good, worse): (f64, Option<f64>)| {
                            if is_identified { worse.unwrap_or(good) } else { good }
                        };
                        let at_edge = ends.iter().any(|(good, worse)| *good == genes[i] && worse.is_none());
                        Pinned {
                            interval: ends.map(end),
                            is_open: [false; 2],
                            change,
                            is_identified,
                            at_edge: f64::from(u8::from(at_edge)),
                        }
                    }
                }
            })
            .collect();
        self.finish(draft, pinned);
    }

    /// Along one variable, below and above the best point: the last setting that is not shown to be worse, and the first that is (or is
    /// infeasible), where there is one. By more than what is flat, unless the variable is identified.
    fn ends(&self, own: usize, variable: usize, is_identified: bool) -> [(f64, Option<f64>); 2] {
        let genes = &self.candidates()[own].genes;
        let on_line = |candidate: &Candidate| {
            candidate.replicates() >= self.settings.maximum
                && candidate.failure.is_none()
                && (0..genes.len()).all(|i| i == variable || candidate.genes[i] == genes[i])
        };
        let mut line: Vec<usize> =
            (0..self.candidates().len()).filter(|&i| on_line(&self.candidates()[i])).collect();
        let at = |i: usize| self.candidates()[i].genes[variable];
        line.sort_by(|&a, &b| at(a).total_cmp(&at(b)));
        let level = LEVEL / (line.len().max(2) - 1) as f64;
        let margin = if is_identified { 0.0 } else { self.flat(own) };
        let walk = |side: &mut dyn Iterator<Item = usize>| {
            let mut good = genes[variable];
            for i in side {
                if !self.is_feasible(i) || self.is_worse(i, own, margin, level) {
                    return (good, Some(at(i)));
                }
                good = at(i);
            }
            (good, None)
        };
        let below = walk(&mut line.iter().rev().copied().filter(|&i| at(i) < genes[variable]));
        let above = walk(&mut line.iter().copied().filter(|&i| at(i) > genes[variable]));
        [below, above]
    }

    fn finish(&mut self, draft: Draft, pinned: Vec<Pinned>) {
        let losses: Vec<Loss> =
            (0..self.candidates().len()).filter_map(|i| self.loss(i, draft.place)).collect();
        let is_constant = losses.len() > 1 && losses.iter().all(|loss| loss.mean == 0.0);
        self.found = Some(Found {
            place: draft.place,
            response: draft.response,
            pinned,
            window: self.window.clone(),
            is_restless: draft.is_restless,
            is_constant,
        });
        self.phase = Phase::Over;
    }
}

/// All settings, where they are few enough to be evaluated each.
pub fn few(space: &Space) -> Option<Vec<Vec<f64>>> {
    let mut all: Vec<Vec<f64>> = vec![Vec::new()];
    for variable in 0..space.len() {
        let positions = genes_of(space, variable);
        if positions.is_empty() || all.len() * positions.len() > FEW {
            return None;
        }
        all = all
            .into_iter()
            .flat_map(|genes| positions.iter().map(move |x| [genes.as_slice(), &[*x]].concat()))
            .collect();
    }
    Some(all)
}

/// Positions of a variable that has finitely many; none otherwise.
fn genes_of(space: &Space, variable: usize) -> Vec<f64> {
    match &space.variables[variable].kind {
        Kind::Continuous => Vec::new(),
        Kind::Ordered(positions) => positions.clone(),
        Kind::Category(count) => (0..*count).map(|i| super::space::position(i, *count)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::normal_quantile;
    use std::collections::VecDeque;

    fn settings(descent: Descent) -> Settings {
        Settings { descent, minimum: 8, maximum: 64, seed: 3, scales: vec![Scale::Linear(0.0, 1.0); 2] }
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

    /// Where the best point is.
    fn position(seeking: &Seeking) -> Vec<f64> {
        seeking.candidates()[seeking.found().unwrap().place].genes.clone()
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
        let [low, high] = found.response.as_ref().unwrap().located.interval[0];
        assert!(low < 0.37 && 0.37 < high && high - low < 0.08, "{low} {high}");
        assert!((position(&seeking)[0] - 0.37).abs() < 0.04 && !found.is_restless);
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
            let found = position(run);
            assert_eq!(found, position(&runs[0]));
            assert_eq!(run.evaluations(), runs[0].evaluations());
            assert!((found[0] - 0.6).abs() < 0.03 && (found[1] - 0.3).abs() < 0.02, "{found:?}");
        }
    }

    #[test]
    fn beside_a_range_a_list_keeps_to_its_settings() {
        let mut space = Space::cube(2);
        space.variables[1].kind = Kind::Ordered(vec![1.0 / 6.0, 0.5, 5.0 / 6.0]);
        let f = |x: &[f64], r: u32| vec![2.0 + square(x[0] - 0.3) + square(x[1] - 0.45) + 0.1 * noise(r, 0)];
        let seeking = seek(space, 0, settings(Descent::NelderMead), 9, f);
        let pinned = &seeking.found().unwrap().pinned;
        assert_eq!(
            (position(&seeking)[1], pinned[1].interval, pinned[1].is_open),
            (0.5, [0.5; 2], [false; 2])
        );
        assert!(pinned[1].is_identified && (position(&seeking)[0] - 0.3).abs() < 0.01, "{pinned:?}");
    }

    #[test]
    fn constraints_hold_the_best_point_back() {
        // Less is better without end, but x ≥ .4 must hold.
        let f = |x: &[f64], r: u32| vec![x[0] + 0.01 * noise(r, 0), x[0] - 0.4];
        let found = seek(Space::cube(1), 1, settings(Descent::Brent), 9, f);
        let at = position(&found)[0];
        assert!((at - 0.4).abs() < 0.01, "{at}");
        let never = seek(Space::cube(1), 1, settings(Descent::Brent), 9, |x, _| vec![x[0], -1.0]);
        assert!(never.is_over() && never.found().is_none());
    }

    /// Minus the mean revenue of offers at a price to single buyers whose values have this quantile function.
    fn sales(price: f64, replicate: u32, value: impl Fn(f64) -> f64) -> f64 {
        let buyers = Key::new(8, replicate, 7).stream(Purpose::Resample, Who::MARKET);
        let sold = (0..800).filter(|&i| value(buyers.uniform(0, i)) >= price).count();
        -price * sold as f64 / 800.0
    }

    #[test]
    fn a_range_of_ten_times_the_best_price_does_not_bias_it() {
        // Exponential values of mean .1: the best price is .1. A quartic over ±.156 of the range is best 4% above it.
        let f = |x: &[f64], r: u32| vec![sales(x[0], r, |u| -0.1 * crate::numerics::ln(1.0 - u))];
        let seeking = seek(Space::cube(1), 0, settings(Descent::Brent), 9, f);
        let found = seeking.found().unwrap();
        let ([low, high], at) = (found.pinned[0].interval, position(&seeking)[0]);
        assert!((at / 0.1 - 1.0).abs() < 0.025 && low < 0.1 && 0.1 < high, "{at} [{low}, {high}]");
        assert!(found.pinned[0].is_identified && found.response.is_some());
    }

    #[test]
    fn at_a_jump_the_best_evaluated_setting_is_found() {
        // Values of .25 or .75 with even odds: revenue rises to .375 at .75, and is nothing beyond.
        let f = |x: &[f64], r: u32| vec![sales(x[0], r, |u| if u < 0.5 { 0.25 } else { 0.75 })];
        let seeking = seek(Space::cube(1), 0, settings(Descent::Brent), 9, f);
        let found = seeking.found().unwrap();
        let ([low, high], at) = (found.pinned[0].interval, position(&seeking)[0]);
        assert!(0.745 < at && at <= 0.75, "{at}");
        assert!(low <= 0.75 && 0.75 <= high && high - low < 0.01, "[{low}, {high}]");
        assert!(found.response.is_none() && found.pinned[0].is_identified);
        // Nothing that was evaluated is better on the same draws.
        assert!(seeking.better_than(found.place).is_empty());
    }

    #[test]
    fn what_is_flat_is_told_as_a_region() {
        // Buyers have .5 or more: below, somebody else always bids .5, so that it is all the same.
        let f = |x: &[f64], r: u32| vec![sales(x[0].max(0.5), r, |u| 0.5 + 0.1 * u) - noise(r, 0)];
        let seeking = seek(Space::cube(1), 0, settings(Descent::Brent), 9, f);
        let pinned = &seeking.found().unwrap().pinned[0];
        let [low, high] = pinned.interval;
        assert!(!pinned.is_identified && low == 0.0 && (0.49..0.52).contains(&high), "{pinned:?}");
        assert!(!seeking.found().unwrap().is_constant);
        // What is the same everywhere is flat everywhere, and is said to be constant.
        let seeking = seek(Space::cube(1), 0, settings(Descent::Brent), 9, |_, r| vec![noise(r, 0)]);
        let found = seeking.found().unwrap();
        assert!(found.is_constant && found.pinned[0].interval == [0.0, 1.0], "{:?}", found.pinned);
    }

    #[test]
    fn what_does_nothing_is_seldom_identified() {
        // Noise of each setting and replicate round 10: by the size of the change alone it would mostly be.
        let studies = 60;
        let (mut said, mut large) = (0, 0);
        for seed in 0..studies {
            let f = |x: &[f64], r: u32| vec![10.0 + 0.2 * noise(1000 * seed + r, (1e6 * x[0]) as u32)];
            let own = Settings { maximum: 32, ..settings(Descent::Brent) };
            let seeking = seek(Space::cube(1), 0, own, 9, f);
            let pinned = &seeking.found().unwrap().pinned[0];
            said += u32::from(pinned.is_identified);
            large += u32::from(pinned.change > FLAT * 10.0);
        }
        // A twentieth, give or take three standard errors.
        assert!(
            large > 30 && f64::from(said) <= 3.0 + 3.0 * (60.0_f64 * 0.05 * 0.95).sqrt(),
            "{said}, {large}"
        );
    }

    #[test]
    fn few_settings_are_compared_one_by_one() {
        let mut space = Space::cube(1);
        space.variables[0].kind = Kind::Ordered(vec![0.125, 0.375, 0.625, 0.875]);
        // Best at .625, by .0625 over .375; half of the noise is common.
        let f = |x: &[f64], r: u32| {
            vec![square(x[0] - 0.55) + noise(r, 0) + 0.05 * noise(r, 1 + (8.0 * x[0]) as u32)]
        };
        let seeking = seek(space.clone(), 0, settings(Descent::Brent), 9, f);
        let found = seeking.found().unwrap();
        assert_eq!((position(&seeking)[0], found.pinned[0].interval), (0.625, [0.625; 2]));
        assert!(found.pinned[0].is_identified && found.pinned[0].at_edge == 0.0);
        // The worst has been left behind.
        let fewest = seeking.candidates().iter().map(Candidate::replicates).min().unwrap();
        assert!(fewest < 64, "{fewest}");
        // Two that are alike are both told.
        let f = |x: &[f64], r: u32| vec![square(x[0] - 0.5) + 2.0 + 0.01 * noise(r, (8.0 * x[0]) as u32)];
        let found = seek(space.clone(), 0, settings(Descent::NelderMead), 9, f).found().unwrap().clone();
        assert!(found.pinned[0].interval == [0.375, 0.625] && !found.pinned[0].is_identified, "{found:?}");
        // The first two are infeasible.
        let f = |x: &[f64], r: u32| vec![x[0] + noise(r, 0), x[0] - 0.5];
        assert_eq!(position(&seek(space, 1, settings(Descent::Brent), 9, f)), [0.625]);
    }
}
