//! Candidates of a solver, and the evaluations that it waits for.

use crate::optimize::candidate::Candidate;
use crate::optimize::search::Request;
use crate::optimize::space::Space;
use std::collections::{HashMap, VecDeque};

/// Candidates, each once, with what is asked of them.
#[derive(Clone, Debug)]
pub struct Pool {
    space: Space,
    widths: (usize, usize),
    candidates: Vec<Candidate>,
    known: HashMap<Vec<u64>, usize>,
    queue: VecDeque<Request>,
    outstanding: usize,
    evaluations: u64,
}

impl Pool {
    /// No candidates yet; rows have so many objectives and slacks.
    pub fn new(space: Space, objectives: usize, slacks: usize) -> Self {
        Pool {
            space,
            widths: (objectives, slacks),
            candidates: Vec::new(),
            known: HashMap::new(),
            queue: VecDeque::new(),
            outstanding: 0,
            evaluations: 0,
        }
    }

    /// The space.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// Everything that was wanted.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Evaluations that were asked for.
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// Whether nothing is wanted or awaited.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.outstanding == 0
    }

    /// The next evaluation; `None` where there is none before the next tell.
    pub fn ask(&mut self) -> Option<Request> {
        let request = self.queue.pop_front()?;
        self.outstanding += 1;
        self.evaluations += 1;
        Some(request)
    }

    /// The result of an evaluation, in the order of asking.
    pub fn tell(&mut self, request: Request, result: Result<&[f64], &str>) {
        self.outstanding -= 1;
        let candidate = &mut self.candidates[request.candidate];
        match result {
            Ok(row) if candidate.failure.is_none() => candidate.push(row),
            Ok(_) => {}
            Err(why) => {
                candidate.failure.get_or_insert_with(|| why.to_owned());
            }
        }
    }

    /// The candidate at a position, with the replicates that it lacks put on the queue.
    pub fn want(&mut self, position: &[f64], replicates: u32) -> usize {
        let mut genes = position.to_vec();
        self.space.snap(&mut genes);
        let key = self.space.key(&genes);
        let (candidates, (objectives, slacks)) = (&mut self.candidates, self.widths);
        let place = *self.known.entry(key).or_insert_with(|| {
            candidates.push(Candidate::new(genes, 0, objectives, slacks));
            candidates.len() - 1
        });
        if self.candidates[place].failure.is_none() {
            let from = self.candidates[place].replicates();
            let wanted = (from..replicates).map(|replicate| Request { candidate: place, replicate });
            self.queue.extend(wanted);
        }
        place
    }

    /// The candidate at a position, if it was wanted.
    pub fn find(&self, position: &[f64]) -> Option<usize> {
        let mut genes = position.to_vec();
        self.space.snap(&mut genes);
        self.known.get(&self.space.key(&genes)).copied()
    }

    /// Mean outcomes of a candidate over its first `n` replicates, objectives and then slacks: `None` where it has fewer,
    /// `Some(None)` where it failed.
    pub fn means(&self, place: usize, n: u32) -> Option<Option<Vec<f64>>> {
        let candidate = &self.candidates[place];
        if candidate.failure.is_some() {
            return Some(None);
        }
        if candidate.replicates() < n {
            return None;
        }
        let width = self.widths.0 + self.widths.1;
        let mean =
            |column: usize| (0..n as usize).map(|r| candidate.row(r)[column]).sum::<f64>() / f64::from(n);
        Some(Some((0..width).map(mean).collect()))
    }
}
