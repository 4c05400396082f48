//! The experiments that a study's design points are: read once to be checked, remembered by what identifies their units, and
//! read again when a unit is due.
//!
//! A whole experiment takes ten kilobytes or more, and a design may have a million points. What stays of each point is about
//! a hundred bytes for each contender that no other point has in the same setting; the first [`KEPT`] points are kept ready
//! to play besides, and of the others the [`RECENT`] that were read last, whose other contenders are due next.

use crate::agent::Setting;
use crate::experiment::design::{Design, Point};
use crate::experiment::file::{Contender, Experiment, Library, strategies_named};
use crate::experiment::outcome::Outcome;
use crate::experiment::remembered::Remembered;
use crate::experiment::simulate::{self, Play};
use crate::experiment::unit::{self, Content, UnitPlan};
use crate::settings::{Diagnostics, Document, Unread};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Points that are kept ready to play.
const KEPT: usize = 4096;

/// Points beyond those that are kept after they were read.
const RECENT: usize = 64;

/// A point that is being read or was: whoever comes second waits for the first.
type Reading = Arc<OnceLock<Result<Ready, String>>>;

/// All points of a study.
#[derive(Debug)]
pub(super) struct Points {
    /// The file without what belongs to the study as a whole; `None` where the file as written is the only point.
    bare: Option<Document>,
    library: Arc<Remembered>,
    contents: Contents,
    /// The first points.
    kept: Vec<Ready>,
    /// Others that were read last, by number.
    recent: Mutex<VecDeque<(u32, Reading)>>,
}

impl Points {
    /// The file as written, alone.
    pub fn as_written(experiment: &Experiment, library: Arc<Remembered>) -> Self {
        let mut contents = Contents::default();
        contents.push(experiment);
        let kept = vec![Ready::of(experiment.clone())];
        Points { bare: None, library, contents, kept, recent: Mutex::default() }
    }

    /// Every point of a design over a file, read in order; `look` sees each with the keys that it does not read.
    ///
    /// # Errors
    /// What is wrong with the first point at which something is.
    pub fn read(
        bare: Document,
        library: Arc<Remembered>,
        design: &Design,
        mut look: impl FnMut(Vec<Unread>),
    ) -> Result<Self, Diagnostics> {
        let mut contents = Contents::default();
        let mut kept = Vec::new();
        for (number, point) in design.points().enumerate() {
            let name = |wrong: Diagnostics| {
                wrong.of_variant(&format!("design point {number}: {}", point.in_words()))
            };
            let (experiment, unread) = read_point(&point, &bare, &*library).map_err(name)?;
            look(unread);
            contents.push(&experiment);
            if kept.len() < KEPT {
                kept.push(Ready::of(experiment));
            }
        }
        contents.known = HashMap::new();
        Ok(Points { bare: Some(bare), library, contents, kept, recent: Mutex::default() })
    }

    /// The experiment of one point; `None` where the file as written is.
    pub fn experiment(&self, point: &Point) -> Option<Result<Experiment, Diagnostics>> {
        let bare = self.bare.as_ref()?;
        Some(read_point(point, bare, &*self.library).map(|(experiment, _)| experiment))
    }

    /// Simulates a unit of a point.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn simulate(&self, point: &Point, plan: &UnitPlan) -> Result<Outcome, String> {
        if let Some(ready) = self.kept.get(plan.key.design as usize) {
            return ready.simulate(plan);
        }
        let reading = self.reading(plan.key.design);
        let read = || {
            let read = self.experiment(point).ok_or_else(|| "there is no such design point".to_owned())?;
            read.map(Ready::of).map_err(|wrong| wrong.to_string())
        };
        reading.get_or_init(read).as_ref().map_err(Clone::clone)?.simulate(plan)
    }

    /// The place of a point among those that were read last, new where it is not there.
    fn reading(&self, design: u32) -> Reading {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, reading)) = recent.iter().find(|(number, _)| *number == design) {
            return reading.clone();
        }
        if recent.len() >= RECENT {
            recent.pop_front();
        }
        let reading = Reading::default();
        recent.push_back((design, reading.clone()));
        reading
    }

    /// What identifies the units of every point.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }
}

/// The experiments that a file is at the points of its design.
#[derive(Clone, Debug)]
pub struct Variants {
    bare: Document,
    library: Arc<Remembered>,
}

impl Variants {
    /// Of a file without what belongs to the study as a whole.
    pub fn of(bare: Document, library: Arc<Remembered>) -> Self {
        Variants { bare, library }
    }

    /// The experiment of one point.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn at(&self, point: &Point) -> Result<Experiment, Diagnostics> {
        Ok(read_point(point, &self.bare, &*self.library)?.0)
    }
}

/// The experiment of a design point of a file without what belongs to the study as a whole, and what it does not read.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_point(
    point: &Point,
    bare: &Document,
    library: &dyn Library,
) -> Result<(Experiment, Vec<Unread>), Diagnostics> {
    let mut document = point.apply(bare.clone())?;
    // Of the file's own strategies a point has those that it plays.
    let played = strategies_named(&document);
    for name in document.keys("strategies") {
        if !played.contains(&name) {
            document.remove_member("strategies", &name);
        }
    }
    Experiment::read_variant(document, library)
}

/// An experiment as far as its units need it.
#[derive(Debug)]
struct Ready {
    contenders: Vec<Contender>,
    setting: Setting,
    play: Play,
}

impl Ready {
    fn of(experiment: Experiment) -> Self {
        let Experiment { contenders, setting, play, .. } = experiment;
        Ready { contenders, setting, play }
    }

    fn simulate(&self, plan: &UnitPlan) -> Result<Outcome, String> {
        simulate_unit(&self.contenders, &self.setting, &self.play, plan)
    }
}

/// Simulates a unit of an experiment that is a design point.
///
/// # Errors
/// What went wrong, in words.
pub fn simulate(point: &Experiment, plan: &UnitPlan) -> Result<Outcome, String> {
    simulate_unit(&point.contenders, &point.setting, &point.play, plan)
}

fn simulate_unit(
    contenders: &[Contender],
    setting: &Setting,
    play: &Play,
    plan: &UnitPlan,
) -> Result<Outcome, String> {
    let name = &plan.key.mechanism;
    let contender = contenders.iter().find(|contender| contender.name == *name);
    let Contender { rule, terms, .. } = contender.ok_or_else(|| format!("there is no contender `{name}`"))?;
    simulate::simulate(rule, setting, terms, play, plan.seed, plan.key.replicate)
        .map_err(|failure| failure.to_string())
}

/// What identifies the units of every design point and contender.
#[derive(Debug, Default)]
pub(super) struct Contents {
    contenders: usize,
    /// By design point, then contender: place in `distinct`.
    places: Vec<u32>,
    /// Each content once, with the seed of its draws, in the order of first mention.
    distinct: Vec<(Content, u64)>,
    /// Places by id of the first replicate, while points are read.
    known: HashMap<String, u32>,
}

impl Contents {
    fn push(&mut self, point: &Experiment) {
        self.contenders = point.contenders.len();
        for contender in &point.contenders {
            let content = Content::new(&point.fingerprint(contender));
            let next = self.distinct.len() as u32;
            let place = *self.known.entry(content.id(0)).or_insert(next);
            if place == next {
                self.distinct.push((content, point.seed));
            }
            self.places.push(place);
        }
    }

    /// Number of different contents.
    pub fn distinct(&self) -> usize {
        self.distinct.len()
    }

    /// Place of a content among the different ones.
    pub fn place(&self, design: u32, contender: usize) -> usize {
        self.places[design as usize * self.contenders + contender] as usize
    }

    /// The unit of one replicate of the contender at this place of the file, of this name.
    pub fn plan(&self, design: u32, contender: usize, name: &str, replicate: u32) -> UnitPlan {
        let (content, seed) = &self.distinct[self.place(design, contender)];
        unit::plan(content, *seed, design, name, replicate)
    }
}
