//! NSGA-II for noisy objectives (Deb, Pratap, Agarwal and Meyarivan 2002, IEEE Trans. Evol. Comput. 6(2), pp. 182–197), as ask
//! and tell.
//!
//! A generation:
//!
//! 1. Parents, chosen by binary tournaments (front, then crowding), have as many children as there are parents.
//! 2. *Racing.* Children are evaluated on the first two replicates, then four, and so on up to [`Settings::minimum`]; at each
//!    look those go on that would survive if the race ended there, at most half of them, constraints judged by means: nobody is sure
//!    to keep one after two replicates. Nobody becomes a parent before the minimum.
//! 3. *Challengers.* Where it is least certain who dominates whom among those on the front and those who contend for it,
//!    replicates are doubled, up to [`Settings::maximum`], as long as the generation's share [`Settings::top_up`] lasts.
//! 4. Parents and children are ranked into fronts by paired differences ([`super::dominance`]); the best fronts survive, and
//!    of the last one those that are least crowded ([`super::crowding`]).
//!
//! Replicate `r` of all candidates is meant to be on the same draws. With [`Settings::maximum`] 1 there is no noise and this
//! is NSGA-II.
//!
//! What is asked is a function of what was told: a search that is fed stored results comes to the same state, and asks for
//! what is missing. The state is a fold over tells in the order of asking.

use super::candidate::Candidate;
use super::crowding;
use super::dominance::Judge;
use super::space::Space;
use super::variation;
use crate::draws::{Key, Purpose, Sequence, Who};
use std::collections::{HashSet, VecDeque};

/// Least doubt about dominance that is worth more replicates: the probability that the likelier answer is wrong.
pub const DOUBT: f64 = 0.1;

/// How broadly, how long and how carefully to search.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Parents, and children of each generation.
    pub population: usize,
    /// Generations after the first.
    pub generations: u32,
    /// Evaluations after which the search ends in any case.
    pub budget: u64,
    /// Replicates that a parent has at least.
    pub minimum: u32,
    /// Replicates that a candidate has at most.
    pub maximum: u32,
    /// Evaluations that a generation may spend on doubling, as a share of those of its children.
    pub top_up: f64,
    /// Probability above which a candidate dominates another.
    pub threshold: f64,
    /// Confidence with which a candidate must be feasible.
    pub confidence: f64,
    /// Seed of breeding.
    pub seed: u64,
}

impl Settings {
    /// A search without noise: one evaluation for each candidate.
    pub fn noiseless(population: usize, generations: u32, seed: u64) -> Self {
        Settings {
            population,
            generations,
            budget: u64::MAX,
            minimum: 1,
            maximum: 1,
            top_up: 0.0,
            threshold: 0.5,
            confidence: 0.5,
            seed,
        }
    }
}

/// One evaluation that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// Which candidate.
    pub candidate: usize,
    /// On which replicate's draws.
    pub replicate: u32,
}

/// The front after a generation.
#[derive(Clone, Debug, PartialEq)]
pub struct Milestone {
    /// Evaluations by then.
    pub evaluations: u64,
    /// Candidates of the first front that are feasible.
    pub front: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Children have so many replicates.
    Racing(u32),
    ToppingUp,
    Over,
}

#[derive(Clone, Copy, Debug)]
struct Parent {
    candidate: usize,
    front: usize,
    crowding: f64,
}

/// A search in progress.
#[derive(Clone, Debug)]
pub struct Search {
    space: Space,
    objectives: usize,
    slacks: usize,
    settings: Settings,
    judge: Judge,
    candidates: Vec<Candidate>,
    known: HashSet<Vec<u64>>,
    parents: Vec<Parent>,
    children: Vec<usize>,
    generation: u32,
    phase: Phase,
    queue: VecDeque<Request>,
    asked: VecDeque<Request>,
    evaluations: u64,
    milestones: Vec<Milestone>,
}

impl Search {
    /// A search that has asked for nothing yet.
    ///
    /// # Panics
    /// Where there is nothing to vary, no objective, or fewer than two candidates in a population.
    pub fn new(space: Space, objectives: usize, slacks: usize, settings: Settings) -> Self {
        assert!(!space.is_empty() && objectives > 0 && settings.population > 1, "something to search for");
        let judge = Judge::new(settings.threshold, settings.confidence);
        let mut search = Search {
            space,
            objectives,
            slacks,
            settings,
            judge,
            candidates: Vec::new(),
            known: HashSet::new(),
            parents: Vec::new(),
            children: Vec::new(),
            generation: 0,
            phase: Phase::Racing(0),
            queue: VecDeque::new(),
            asked: VecDeque::new(),
            evaluations: 0,
            milestones: Vec::new(),
        };
        let first = search.space.spread(search.settings.population, &mut search.dice(u32::MAX));
        for genes in first {
            search.add(genes);
        }
        search.race_to(search.first_look());
        search
    }

    /// The next evaluation; `None` where there is none before the next tell, or none at all.
    pub fn ask(&mut self) -> Option<Request> {
        while self.queue.is_empty() && self.asked.is_empty() && self.phase != Phase::Over {
            self.step();
        }
        if self.evaluations >= self.settings.budget {
            self.queue.clear();
        }
        // A candidate that failed is asked for no more.
        let failed = |request: &Request| self.candidates[request.candidate].failure.is_some();
        while self.queue.front().is_some_and(failed) {
            self.queue.pop_front();
        }
        let Some(request) = self.queue.pop_front() else {
            let may_go_on = self.asked.is_empty() && self.phase != Phase::Over;
            return if may_go_on && self.evaluations < self.settings.budget { self.ask() } else { None };
        };
        self.evaluations += 1;
        self.asked.push_back(request);
        Some(request)
    }

    /// The result of an evaluation that was asked for: objectives (less is better), then slacks (feasible from 0 up); or why
    /// there is none, which rules the candidate out. A candidate's replicates are told in the order of asking.
    pub fn tell(&mut self, request: Request, result: Result<&[f64], &str>) {
        let Some(place) = self.asked.iter().position(|asked| *asked == request) else { return };
        self.asked.remove(place);
        let candidate = &mut self.candidates[request.candidate];
        match result {
            Ok(row) if row.iter().all(|x| x.is_finite()) => {
                if candidate.failure.is_none() {
                    candidate.push(row);
                }
            }
            Ok(_) => candidate.failure = Some("a value that is not finite".to_owned()),
            Err(why) => candidate.failure = Some(why.to_owned()),
        }
    }

    /// Every candidate that was bred, in order.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Evaluations that were asked for.
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// Generations that are complete, the first one counting as none.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// How candidates are compared, with what is known of noise by now.
    pub fn judge(&self) -> &Judge {
        &self.judge
    }

    /// The front after each generation.
    pub fn milestones(&self) -> &[Milestone] {
        &self.milestones
    }

    /// Present parents, and children that have come as far.
    pub fn pool(&self) -> Vec<usize> {
        let enough = |i: &usize| self.candidates[*i].replicates() >= self.settings.minimum;
        let all = self.parents.iter().map(|p| p.candidate).chain(self.children.iter().copied());
        all.filter(enough).filter(|&i| self.candidates[i].failure.is_none()).collect()
    }

    /// The present front: feasible candidates of the pool whom no other dominates, the least crowded ones where there are
    /// more than a population.
    pub fn front(&self) -> Vec<usize> {
        self.front_among(&self.pool(), self.settings.population)
    }

    /// The front of all that were ever evaluated on the minimum of replicates, thinned to `most`.
    pub fn front_of_all(&self, most: usize) -> Vec<usize> {
        let enough = |c: &Candidate| c.replicates() >= self.settings.minimum && c.failure.is_none();
        let all: Vec<usize> = (0..self.candidates.len()).filter(|&i| enough(&self.candidates[i])).collect();
        self.front_among(&all, most)
    }

    fn front_among(&self, pool: &[usize], most: usize) -> Vec<usize> {
        let members: Vec<&Candidate> = pool.iter().map(|&i| &self.candidates[i]).collect();
        let first = self.judge.fronts(&members).into_iter().next().unwrap_or_default();
        let feasible: Vec<usize> = first
            .into_iter()
            .map(|place| pool[place])
            .filter(|&i| self.candidates[i].violation(self.settings.confidence) == 0.0)
            .collect();
        let means: Vec<&[f64]> = feasible.iter().map(|&i| self.candidates[i].mean()).collect();
        let mut front: Vec<usize> =
            crowding::thinned(&means, most).into_iter().map(|(place, _)| feasible[place]).collect();
        front.sort_unstable();
        front
    }

    fn dice(&self, purpose: u32) -> Sequence {
        Key::new(self.settings.seed, self.generation, purpose)
            .stream(Purpose::Search, Who::MARKET)
            .sequence(0)
    }

    fn first_look(&self) -> u32 {
        // Nothing is known of noise at first, so that nobody can be dropped before the minimum.
        if self.judge.noise.is_empty() { self.settings.minimum } else { self.settings.minimum.min(2) }
    }

    fn add(&mut self, genes: Vec<f64>) -> bool {
        if !self.known.insert(self.space.key(&genes)) {
            return false;
        }
        self.children.push(self.candidates.len());
        self.candidates.push(Candidate::new(genes, self.generation, self.objectives, self.slacks));
        true
    }

    /// Asks for the children's replicates up to `look`, replicate by replicate.
    fn race_to(&mut self, look: u32) {
        let from = self.children.iter().map(|&i| self.candidates[i].replicates()).max().unwrap_or(0);
        for replicate in from..look {
            self.queue.extend(self.children.iter().map(|&candidate| Request { candidate, replicate }));
        }
        self.phase = Phase::Racing(look);
    }

    fn step(&mut self) {
        let failed = |candidates: &[Candidate], i: usize| candidates[i].failure.is_some();
        self.children.retain(|&i| !failed(&self.candidates, i));
        match self.phase {
            Phase::Racing(look) if look < self.settings.minimum && !self.children.is_empty() => {
                self.drop_hopeless();
                self.race_to((2 * look).min(self.settings.minimum));
            }
            Phase::Racing(_) => {
                self.phase = Phase::ToppingUp;
                self.top_up();
            }
            Phase::ToppingUp => {
                self.select();
                self.breed();
            }
            Phase::Over => {}
        }
    }

    /// Drops the children that would not survive if the race ended here, and of the others all but the best half.
    fn drop_hopeless(&mut self) {
        let pool: Vec<usize> =
            self.parents.iter().map(|p| p.candidate).chain(self.children.iter().copied()).collect();
        let members: Vec<&Candidate> = pool.iter().map(|&i| &self.candidates[i]).collect();
        let mut room = self.settings.population;
        let mut left = self.children.len().div_ceil(2);
        let mut kept = Vec::new();
        let judge = Judge { confidence: 0.5, ..self.judge.clone() };
        for front in judge.fronts(&members) {
            let means: Vec<&[f64]> = front.iter().map(|&place| members[place].mean()).collect();
            let survivors = crowding::thinned(&means, room);
            room -= survivors.len();
            for (place, _) in survivors {
                let place = front[place];
                if place >= self.parents.len() && left > 0 {
                    kept.push(pool[place]);
                    left -= 1;
                }
            }
            if room == 0 || left == 0 {
                break;
            }
        }
        kept.sort_unstable();
        self.children = kept;
    }

    /// Doubles replicates where it is least certain who belongs to the front.
    fn top_up(&mut self) {
        let share = self.settings.top_up * self.settings.population as f64 * f64::from(self.settings.minimum);
        let mut left = share as u32;
        if self.settings.maximum <= self.settings.minimum || left == 0 {
            return;
        }
        let pool = self.pool();
        let members: Vec<&Candidate> = pool.iter().map(|&i| &self.candidates[i]).collect();
        let violation: Vec<f64> = members.iter().map(|c| c.violation(self.settings.confidence)).collect();
        let fronts = self.judge.fronts(&members);
        let contenders: Vec<usize> = fronts.iter().take(2).flatten().copied().collect();
        let mut doubts: Vec<(f64, usize)> = Vec::new();
        for &i in &contenders {
            let p = members[i].probability_feasible();
            let mut doubt = if self.slacks > 0 { p.min(1.0 - p) } else { 0.0 };
            for &k in contenders.iter().filter(|&&k| k != i && violation[k] <= 0.0 && violation[i] <= 0.0) {
                let (back, forth) = self.judge.probabilities(members[k], members[i]);
                doubt = back.min(1.0 - back).max(forth.min(1.0 - forth)).max(doubt);
            }
            doubts.push((doubt, i));
        }
        // Among equal doubts those of whom least is known.
        doubts.sort_by(|a, b| {
            b.0.total_cmp(&a.0)
                .then(members[a.1].replicates().cmp(&members[b.1].replicates()))
                .then(a.1.cmp(&b.1))
        });
        let mut asked: Vec<(usize, u32, u32)> = Vec::new();
        for (doubt, i) in doubts {
            let have = members[i].replicates();
            let until = (2 * have).min(self.settings.maximum);
            if doubt > DOUBT && until > have && until - have <= left {
                left -= until - have;
                asked.push((pool[i], have, until));
            }
        }
        let last = asked.iter().map(|(.., until)| *until).max().unwrap_or(0);
        for replicate in 0..last {
            let due = asked.iter().filter(|(_, have, until)| (*have..*until).contains(&replicate));
            self.queue.extend(due.map(|&(candidate, ..)| Request { candidate, replicate }));
        }
    }

    /// Survival of the best fronts.
    fn select(&mut self) {
        let pool = self.pool();
        self.children.clear();
        let members: Vec<&Candidate> = pool.iter().map(|&i| &self.candidates[i]).collect();
        self.judge.learn(&members, self.settings.minimum.max(2));
        let fronts = self.judge.fronts(&members);
        let feasible = |i: &usize| self.candidates[*i].violation(self.settings.confidence) == 0.0;
        let front = fronts.first().map(|f| f.iter().map(|&place| pool[place]).filter(feasible).collect());
        self.milestones.push(Milestone { evaluations: self.evaluations, front: front.unwrap_or_default() });
        self.parents.clear();
        for (front, places) in fronts.iter().enumerate() {
            let room = self.settings.population - self.parents.len();
            if room == 0 {
                break;
            }
            let means: Vec<&[f64]> = places.iter().map(|&place| members[place].mean()).collect();
            for (place, crowding) in crowding::thinned(&means, room) {
                self.parents.push(Parent { candidate: pool[places[place]], front, crowding });
            }
        }
    }

    /// The next generation's children, or the end.
    fn breed(&mut self) {
        if self.generation >= self.settings.generations || self.parents.is_empty() {
            self.phase = Phase::Over;
            return;
        }
        self.generation += 1;
        let mut dice = self.dice(0);
        let mut attempts = 0;
        while self.children.len() < self.settings.population && attempts < 20 * self.settings.population {
            attempts += 1;
            let [a, b] = [self.tournament(&mut dice), self.tournament(&mut dice)];
            let [x, y] = variation::children(
                &self.space,
                &self.candidates[a].genes,
                &self.candidates[b].genes,
                &mut dice,
            );
            self.add(x);
            if self.children.len() < self.settings.population {
                self.add(y);
            }
        }
        if self.children.is_empty() {
            // Every candidate in reach has been tried.
            self.phase = Phase::Over;
            return;
        }
        self.race_to(self.first_look());
    }

    fn tournament(&self, dice: &mut Sequence) -> usize {
        let mut draw = || {
            let place = (dice.uniform() * self.parents.len() as f64) as usize;
            self.parents[place.min(self.parents.len() - 1)]
        };
        let (a, b) = (draw(), draw());
        let better = a.front < b.front || (a.front == b.front && a.crowding >= b.crowding);
        if better { a.candidate } else { b.candidate }
    }
}

#[cfg(test)]
#[path = "search/tests.rs"]
mod tests;
