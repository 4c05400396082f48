//! Computes the units of a study on several threads: the only place that knows them.
//!
//! A study is asked for units and told their results. At most `queue_width` units are asked and not yet told; units
//! finish in any order, but tells go in the order of asking, and after each tell the queue is filled again. What a
//! study sees is therefore a function of the results alone: unit `n` is asked after exactly the tells that the width
//! implies, for any number of threads and whether results come from the store or from work.
//!
//! Each unit is written when it finishes, by one thread, and committed within 20 ms. A killed run loses the units in flight, and
//! those that finished within these 20 ms; a unit that takes longer is committed before the next one of its thread finishes.

use super::containment::contain;
use super::outcome::Outcome;
use super::progress::{Count, Progress};
use super::store::{Status, Store, StoreError};
pub use super::unit::UnitPlan;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// A source of units that may learn from their results: a fixed list, a stopping rule, an optimizer.
pub trait Study {
    /// The next unit; `None` where there is none before the next tell. A study that says `None` while nothing is
    /// outstanding is complete.
    fn ask(&mut self) -> Option<UnitPlan>;

    /// The result of a unit, in the order of asking: its outcome or its error.
    fn tell(&mut self, plan: &UnitPlan, result: Result<&Outcome, &str>);

    /// Number of units in all, where known.
    fn total(&self) -> Option<u64> {
        None
    }

    /// Whether `tell` looks at outcomes. A study that does not is told an empty outcome for stored units, which are
    /// then not read.
    fn learns(&self) -> bool {
        true
    }
}

/// A study that asks a fixed list, replicate by replicate over the whole design, so that a stopped run is a balanced
/// smaller study.
#[derive(Clone, Debug)]
pub struct Planned {
    total: u64,
    plans: std::vec::IntoIter<UnitPlan>,
}

impl Planned {
    /// Orders `plans` by replicate; within a replicate they keep their order.
    pub fn new(mut plans: Vec<UnitPlan>) -> Self {
        plans.sort_by_key(|plan| plan.key.replicate);
        Self { total: plans.len() as u64, plans: plans.into_iter() }
    }
}

impl Study for Planned {
    fn ask(&mut self) -> Option<UnitPlan> {
        self.plans.next()
    }

    fn tell(&mut self, _: &UnitPlan, _: Result<&Outcome, &str>) {}

    fn total(&self) -> Option<u64> {
        Some(self.total)
    }

    fn learns(&self) -> bool {
        false
    }
}

/// Longest time that a finished unit waits for its commit, so that units of a few milliseconds share one: each commit writes
/// again the pages that it has in common with the one before.
const COMMIT_LINGER: Duration = Duration::from_millis(20);

/// What to do when a unit fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// Store its error and go on.
    #[default]
    Continue,
    /// Store its error, let units in flight finish, and stop.
    Stop,
}

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions<'a> {
    /// Threads that compute, at least 1.
    pub threads: usize,
    /// What to do when a unit fails.
    pub on_error: OnError,
    /// Units asked and not yet told, at least 1. Part of what a learning study sees: never derive it from `threads`.
    pub queue_width: usize,
    /// No unit is started after this moment.
    pub deadline: Option<Instant>,
    /// No unit is started once this is true (Ctrl-C); those in flight finish.
    pub interrupted: &'a AtomicBool,
}

impl RunOptions<'_> {
    /// Width that keeps a few dozen threads busy while a slow unit heads the queue.
    pub const QUEUE_WIDTH: usize = 256;
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunSummary {
    /// Units computed.
    pub done: u64,
    /// Units taken from the store, where a former run left them.
    pub reused: u64,
    /// Units of the same content as another of this run.
    pub shared: u64,
    /// Units that failed in this run; where not 0, exit status 1.
    pub failed: u64,
    /// Units are left to compute; exit status 3.
    pub stopped_early: bool,
}

/// Why a run could not go on. Units stored so far are kept.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The threads could not be started.
    #[error("cannot start {threads} threads")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// What rayon said.
        source: rayon::ThreadPoolBuildError,
    },
}

/// Runs a study to its end, or to a deadline, an interruption or a failure.
///
/// A unit whose content is stored as done is told from the store; one stored as failed is tried again; one whose
/// content is already in flight waits for it. A panic in `work` is a failure of its unit.
///
/// # Errors
/// Where the store or the thread pool fails; units in flight are then lost, stored ones are not.
pub fn run<S: Study + ?Sized>(
    study: &mut S,
    work: &(dyn Fn(&UnitPlan) -> Result<Outcome, String> + Sync),
    store: &mut Store,
    options: &RunOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<RunSummary, RunError> {
    let threads = options.threads.max(1);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|n| format!("unit-{n}"))
        .build()
        .map_err(|source| RunError::Threads { threads, source })?;
    let halt = AtomicBool::new(false);
    let (sender, receiver) = mpsc::channel();
    let count = Count { total: study.total(), ..Count::default() };
    let former = store.last_number()?;
    let mut desk = Desk {
        study,
        store,
        options,
        progress,
        halt: &halt,
        queue: VecDeque::new(),
        first: 0,
        running: 0,
        count,
        former,
    };
    let result = pool.in_place_scope(|scope| {
        let submit = |ticket: u64, plan: Arc<UnitPlan>| {
            let sender: Sender<Report> = sender.clone();
            let halt = &halt;
            scope.spawn(move |_| {
                let start = !halt.load(Ordering::Relaxed) && !must_stop(options);
                let result = start.then(|| contain(|| work(&plan)).map(without_negative_zero));
                if options.on_error == OnError::Stop && matches!(result, Some(Err(_))) {
                    // At once: short units would start by the dozen before the desk reads the report.
                    halt.store(true, Ordering::Relaxed);
                }
                // The desk may have left with an error of the store; the result is lost with it.
                let _ = sender.send(Report { ticket, result });
            });
        };
        desk.store.set_linger(COMMIT_LINGER);
        let result = desk.serve(&submit, &receiver);
        // Also after an error: what waits for its commit is whole.
        let flushed = desk.store.flush();
        desk.store.set_linger(Duration::ZERO);
        let result = result.and_then(|summary| flushed.map(|()| summary).map_err(RunError::from));
        halt.store(true, Ordering::Relaxed);
        result
    });
    desk.progress.close(&desk.count);
    result
}

/// `None` where the unit was not started.
struct Report {
    ticket: u64,
    result: Option<Result<Outcome, String>>,
}

enum Standing {
    Running,
    /// Stored before this run.
    Stored,
    /// The same content is ahead in the queue.
    Twin,
    Finished(Result<Outcome, String>),
    NotStarted,
}

struct Pending {
    plan: Arc<UnitPlan>,
    standing: Standing,
}

/// The one thread that asks, stores and tells.
struct Desk<'a, S: ?Sized> {
    study: &'a mut S,
    store: &'a mut Store,
    options: &'a RunOptions<'a>,
    progress: &'a mut dyn Progress,
    halt: &'a AtomicBool,
    queue: VecDeque<Pending>,
    /// Ticket of the unit at the front.
    first: u64,
    running: usize,
    count: Count,
    /// Number of the last result that was stored before the run.
    former: i64,
}

impl<S: Study + ?Sized> Desk<'_, S> {
    fn serve(
        &mut self,
        submit: &dyn Fn(u64, Arc<UnitPlan>),
        reports: &Receiver<Report>,
    ) -> Result<RunSummary, RunError> {
        loop {
            if must_stop(self.options) {
                self.halt.store(true, Ordering::Relaxed);
            }
            if !self.halted() {
                self.fill(submit)?;
            }
            if self.tell_front()? {
                continue;
            }
            if self.running == 0 {
                break;
            }
            match reports.recv_timeout(self.store.due()) {
                Ok(report) => self.receive(report)?,
                Err(RecvTimeoutError::Timeout) => self.store.flush()?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.progress.show(&self.count);
        }
        // A stop that came when all was told is no early stop; a study that would go on says so.
        let stopped_early = !self.queue.is_empty() || (self.halted() && self.study.ask().is_some());
        let Count { done, reused, shared, failed, .. } = self.count;
        Ok(RunSummary { done, reused, shared, failed, stopped_early })
    }

    fn halted(&self) -> bool {
        self.halt.load(Ordering::Relaxed)
    }

    fn fill(&mut self, submit: &dyn Fn(u64, Arc<UnitPlan>)) -> Result<(), RunError> {
        while self.queue.len() < self.options.queue_width.max(1) {
            let Some(plan) = self.study.ask() else { break };
            let standing = if self.queue.iter().any(|ahead| ahead.plan.id == plan.id) {
                Standing::Twin
            } else if let Some((Status::Done, number)) = self.store.standing(&plan.id)? {
                self.store.place(&plan)?;
                if number <= self.former {
                    self.count.reused += 1;
                } else {
                    self.count.shared += 1;
                }
                Standing::Stored
            } else {
                Standing::Running
            };
            let plan = Arc::new(plan);
            if matches!(standing, Standing::Running) {
                self.running += 1;
                submit(self.first + self.queue.len() as u64, Arc::clone(&plan));
            }
            self.queue.push_back(Pending { plan, standing });
        }
        Ok(())
    }

    /// Tells the unit at the front, if it is settled, and takes it off the queue.
    fn tell_front(&mut self) -> Result<bool, RunError> {
        let settled = |p: &Pending| !matches!(p.standing, Standing::Running | Standing::NotStarted);
        if !self.queue.front().is_some_and(settled) {
            return Ok(false);
        }
        let Some(Pending { plan, standing }) = self.queue.pop_front() else { return Ok(false) };
        self.first += 1;
        let result = match standing {
            Standing::Finished(result) => result,
            Standing::Stored if !self.study.learns() => Ok(Outcome::default()),
            Standing::Twin => {
                self.store.place(&plan)?;
                let result = self.stored(&plan)?;
                match &result {
                    Ok(_) => self.count.shared += 1,
                    Err(_) => self.count.failed += 1,
                }
                result
            }
            _ => self.stored(&plan)?,
        };
        self.study.tell(&plan, result.as_ref().map_err(String::as_str));
        self.count.total = self.study.total();
        self.progress.show(&self.count);
        Ok(true)
    }

    fn stored(&self, plan: &UnitPlan) -> Result<Result<Outcome, String>, StoreError> {
        Ok(self
            .store
            .outcome(&plan.id)?
            .unwrap_or_else(|| Err("the unit vanished from the store".to_owned())))
    }

    fn receive(&mut self, report: Report) -> Result<(), RunError> {
        self.running -= 1;
        let pending = &mut self.queue[(report.ticket - self.first) as usize];
        let Some(result) = report.result else {
            self.halt.store(true, Ordering::Relaxed);
            pending.standing = Standing::NotStarted;
            return Ok(());
        };
        self.store.put(&pending.plan, result.as_ref().map_err(String::as_str))?;
        if result.is_ok() {
            self.count.done += 1;
        } else {
            self.count.failed += 1;
        }
        // Only a study that learns needs outcomes kept until their turn.
        pending.standing =
            Standing::Finished(if self.study.learns() { result } else { result.map(|_| Outcome::default()) });
        Ok(())
    }
}

fn must_stop(options: &RunOptions<'_>) -> bool {
    options.interrupted.load(Ordering::Relaxed) || options.deadline.is_some_and(|d| Instant::now() >= d)
}

/// The store does not tell −0 from 0, and neither may a study.
fn without_negative_zero(mut outcome: Outcome) -> Outcome {
    for (_, value) in &mut outcome.metrics {
        *value += 0.0;
    }
    outcome
}

#[cfg(test)]
#[path = "runner/tests.rs"]
mod tests;
