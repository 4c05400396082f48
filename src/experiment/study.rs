//! A study: an experiment file and the experiments that its design points are.

mod by_block;
mod in_order;
mod points;

use super::design::{Design, Point};
use super::file::{Contender, Experiment, Library, Variations};
use super::outcome::Outcome;
use super::remembered::Remembered;
use super::replication::UntilPrecise;
use super::runner;
use super::sensitivity::Sensitivity;
use super::store::DesignValue;
use super::sweep::Layout;
use super::unit::{self, Content, UnitPlan};
use crate::settings::{Diagnostics, Document, Unread, Value};
use by_block::ByBlock;
use in_order::InOrder;
use points::Points;
pub use points::{Variants, read_point, simulate};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;

/// One of several pieces into which a study is divided among machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

impl Piece {
    /// All of it.
    pub const WHOLE: Piece = Piece { index: 1, of: 1 };
}

/// The unit of one replicate of a contender of an experiment that is a design point.
pub fn plan(experiment: &Experiment, design: u32, contender: &Contender, replicate: u32) -> UnitPlan {
    let content = Content::new(&experiment.fingerprint(contender));
    unit::plan(&content, experiment.seed, design, &contender.name, replicate)
}

/// What a file asks for, ready to run. All design points have the same contenders and replicates.
#[derive(Debug)]
pub struct Study {
    /// The file as written.
    pub experiment: Experiment,
    /// Its design. That of an optimization, whose points are not known beforehand, is the file as written.
    pub design: Design,
    /// The file without the tables that design points do not have.
    pub bare: Document,
    /// What of the file does something else than it seems to.
    pub notes: Vec<String>,
    points: Points,
}

/// Tables that design points do not have.
pub(super) const OF_THE_STUDY: [&str; 7] =
    ["robustness", "sweep", "replication", "optimize", "sensitivity", "claim", "charts"];

/// What no point of a design reads and some point has.
fn unread_by_all(
    design: &Design,
    bare: &Document,
    library: &dyn Library,
) -> Result<Vec<Unread>, Diagnostics> {
    let (mut points, mut never): (_, Vec<Unread>) = (Vec::new(), Vec::new());
    for point in design.points() {
        let (point, unread) = read_point(&point, bare, library)?;
        points.push(point);
        let known = |key: &Unread| never.iter().any(|n| n.diagnostic.path() == key.diagnostic.path());
        let new: Vec<Unread> = unread.into_iter().filter(|key| !known(key)).collect();
        never.extend(new);
    }
    // A point need not have a key that another does not read.
    let reads = |point: &Experiment, key: &Unread| point.resolved.value(key.diagnostic.path()).is_some();
    never.retain(|key| !points.iter().any(|point| reads(point, key)));
    Ok(never)
}

impl Study {
    /// Reads a file and all of its design points.
    ///
    /// # Errors
    /// Everything that is wrong with the file, or with the first point at which something is.
    pub fn read(
        document: Document,
        library: impl Library + Send + Sync + 'static,
    ) -> Result<Self, Diagnostics> {
        let library = Arc::new(Remembered::new(library));
        let (mut experiment, unread) = Experiment::read_variant(document.clone(), &*library)?;
        if let Some(sweep) = &mut experiment.variations.sweep
            && let Layout::OneAtATime(design) = &mut sweep.layout
        {
            design.leave_out(|path| experiment.resolved.value(path));
        }
        let mut notes = Vec::new();
        if let (Some(rule), Some(replicates)) =
            (&experiment.variations.stopping, document.peek("experiment.replicates"))
        {
            notes.push(format!(
                "experiment.replicates = {replicates} is not what decides: with [replication] there are {} to {} at each point",
                rule.minimum.min(rule.maximum),
                rule.maximum
            ));
        }
        let mut bare = document;
        for table in OF_THE_STUDY {
            bare.remove(table);
        }
        bare.set("experiment.kind", "compare")?;
        if let Some(robustness) = &experiment.variations.robustness {
            for (path, table) in robustness.made(&experiment) {
                bare.set(&path, &table.to_string())?;
            }
        }
        let variants = Variants::of(bare.clone(), Arc::clone(&library));
        let design = match (Design::of(&experiment), &experiment.variations) {
            (Some(design), _) => design,
            (None, Variations { optimization: Some(optimization), .. }) => {
                // Where none of a probe's alternatives is an experiment, the first says why.
                let works = |genes: &&Vec<f64>| {
                    let point = Point { assignments: optimization.assignments(genes) };
                    read_point(&point, &bare, &*library).is_ok()
                };
                let probes = optimization.probes();
                let probed = probes.iter().filter_map(|all| all.iter().find(works).or(all.first()));
                let points = probed.map(|genes| optimization.assignments(genes)).collect();
                Design::listed(optimization.paths(), points)
            }
            _ => {
                Unread::refuse(unread)?;
                let points = Points::as_written(&experiment, library);
                return Ok(Study { experiment, design: Design::as_written(), bare, notes, points });
            }
        };
        // What the file as written does not read of these tables, nothing does.
        let of_the_study = |key: &Unread| {
            OF_THE_STUDY.iter().any(|table| key.diagnostic.path().split('.').next() == Some(*table))
        };
        let (stray, unread): (Vec<Unread>, Vec<Unread>) = unread.into_iter().partition(of_the_study);
        Unread::refuse(stray)?;
        // What no point reads is refused; what only some read belongs to the study all the same.
        let (never, points) = if experiment.variations.optimization.is_some() {
            // The probes show that variables can be moved as far as they may be; the search lays its own points.
            let never = unread_by_all(&design, &bare, &*library)?;
            (never, Points::as_written(&experiment, library))
        } else {
            let mut never: Option<Vec<Unread>> = None;
            let points = Points::read(bare.clone(), library, &design, |unread| {
                let here = |key: &Unread| unread.iter().any(|u| u.diagnostic.path() == key.diagnostic.path());
                match &mut never {
                    None => never = Some(unread),
                    Some(never) => never.retain(here),
                }
            })?;
            (never.unwrap_or_default(), points)
        };
        let mut read_by_some: Vec<Unread> = unread;
        read_by_some.retain(|key| never.iter().all(|n| n.diagnostic.path() != key.diagnostic.path()));
        Unread::refuse(never)?;
        for key in read_by_some {
            experiment.resolved.add(key.diagnostic.path(), key.value);
        }
        let design = if experiment.variations.optimization.is_some() {
            Design::listed(design.parameters, vec![Vec::new()])
        } else {
            design
        };
        experiment.variants = Some(variants);
        Ok(Study { experiment, design, bare, notes, points })
    }

    /// The experiment of a design point, below [`Design::len`].
    ///
    /// # Errors
    /// What is wrong with it, which reading the study would have said before.
    pub fn point(&self, design: u32) -> Result<Experiment, Diagnostics> {
        self.points.experiment(&self.design.point(design)).unwrap_or_else(|| Ok(self.experiment.clone()))
    }

    /// The unit of one replicate of a contender, by its place in the file, at a design point.
    pub fn plan(&self, design: u32, contender: usize, replicate: u32) -> UnitPlan {
        let name = &self.experiment.contenders[contender].name;
        self.points.contents().plan(design, contender, name, replicate)
    }

    /// The units of the study, design point by design point: with a stopping rule, those up to its first look; none of an
    /// optimization.
    pub fn plans(&self) -> Box<dyn Iterator<Item = UnitPlan> + '_> {
        if let Some(sensitivity) = self.sensitivity() {
            let contenders = self.experiment.contenders.len();
            let addresses = by_block::addresses(&sensitivity.design, contenders, Piece::WHOLE);
            return Box::new(addresses.map(|(design, c, replicate)| self.plan(design, c, replicate)));
        }
        let searched = self.experiment.variations.optimization.is_some();
        let contenders = if searched { 0 } else { self.experiment.contenders.len() };
        let addresses = (0..self.design.len()).flat_map(move |d| (0..contenders).map(move |c| (d, c)));
        Box::new(
            addresses.flat_map(move |(d, c)| (0..self.least_replicates()).map(move |r| self.plan(d, c, r))),
        )
    }

    /// Number of [`Self::plans`].
    pub fn planned(&self) -> u64 {
        if self.experiment.variations.optimization.is_some() {
            return 0;
        }
        if let Some(sensitivity) = self.sensitivity() {
            return sensitivity.design.units() * self.experiment.contenders.len() as u64;
        }
        let addresses = u64::from(self.design.len()) * self.experiment.contenders.len() as u64;
        addresses * u64::from(self.least_replicates())
    }

    /// Number of different units of a contender, by its place in the file, among [`Self::plans`]: units of the same content are
    /// computed once. Unknown of a sensitivity study, whose points differ in their replicates, and of an optimization.
    pub fn different(&self, contender: usize) -> Option<u64> {
        let variations = &self.experiment.variations;
        let known = variations.sensitivity.is_none() && variations.optimization.is_none();
        let contents = self.points.contents();
        let places = || (0..self.design.len()).map(|design| contents.place(design, contender));
        known.then(|| places().collect::<HashSet<_>>().len() as u64 * u64::from(self.least_replicates()))
    }

    /// The unit at an address, where the study may ask for it.
    pub fn find(&self, design: u32, mechanism: &str, replicate: u32) -> Option<UnitPlan> {
        let contender = self.experiment.contenders.iter().position(|c| c.name == mechanism)?;
        if let Some(sensitivity) = self.sensitivity() {
            let asked =
                design < self.design.len() && sensitivity.design.replicates(design).contains(&replicate);
            return asked.then(|| self.plan(design, contender, replicate));
        }
        let stopping = self.experiment.variations.stopping.as_ref();
        let most = stopping.map_or(self.experiment.replicates, |rule| rule.maximum);
        (design < self.design.len() && replicate < most).then(|| self.plan(design, contender, replicate))
    }

    /// Replicates that every design point has: all, or with a stopping rule those of its first look.
    pub fn least_replicates(&self) -> u32 {
        let stopping = self.experiment.variations.stopping.as_ref();
        stopping.map_or(self.experiment.replicates, |rule| rule.minimum.min(rule.maximum))
    }

    /// What the study is, apart from how many replicates a stopping rule will ask for: the ids of its first units, and
    /// the rule. Of an optimization: the contenders' contents, and what is optimized over which space.
    pub fn identity(&self) -> String {
        if let Some(optimization) = &self.experiment.variations.optimization {
            let contents: Vec<String> =
                self.experiment.contenders.iter().map(|c| self.experiment.fingerprint(c)).collect();
            return unit::digest(&format!("{}{:?}", contents.join(" "), optimization.identity()));
        }
        let mut hash = Sha256::new();
        for (place, plan) in self.plans().enumerate() {
            if place > 0 {
                hash.update(" ");
            }
            hash.update(plan.id);
        }
        if let Some(rule) = &self.experiment.variations.stopping {
            hash.update(format!("{rule:?}"));
        }
        super::tables::hexadecimal(&hash.finalize()[..16])
    }

    /// The table `[sensitivity]`, where there is one.
    fn sensitivity(&self) -> Option<&Sensitivity> {
        self.experiment.variations.sensitivity.as_ref()
    }

    /// The units of a piece of the study: of a sensitivity study every `of`-th block, with a stopping rule every `of`-th design point, else every `of`-th unit.
    pub fn piece(&self, piece: Piece) -> Box<dyn runner::Study + '_> {
        if let Some(sensitivity) = self.sensitivity() {
            return Box::new(ByBlock::new(self, &sensitivity.design, piece));
        }
        let Some(rule) = &self.experiment.variations.stopping else {
            return Box::new(InOrder::new(self, piece));
        };
        let mine = |d: &u32| d % piece.of == piece.index - 1;
        let points: Vec<u32> = (0..self.design.len()).filter(mine).collect();
        let (count, contenders) = (points.len(), self.experiment.contenders.len());
        let plan = move |d: u32, c: usize, r: u32| self.plan(points[d as usize], c, r);
        Box::new(UntilPrecise::new(rule.clone(), count, contenders, plan))
    }

    /// A stored setting of an optimized parameter as the search assigned it.
    pub fn setting(&self, path: &str, stored: DesignValue) -> Value {
        self.experiment.setting_of(path, stored)
    }

    /// Simulates a planned unit.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn work(&self, plan: &UnitPlan) -> Result<Outcome, String> {
        let design = plan.key.design;
        if design >= self.design.len() {
            return Err(format!("there is no design point {design}"));
        }
        self.points.simulate(&self.design.point(design), plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::trial;

    fn study(more: &str) -> Study {
        let text = format!(
            "{}\n[sweep]\n[[sweep.parameters]]\npath = \"mechanism.auction.seats\"\nvalues = [1, 2, 3]\n{more}",
            trial::THREE.replace("replicates = 3", "replicates = 4\nkind = \"sweep\"")
        );
        Study::read(Document::parse("study.toml", &text).unwrap(), trial::Shipped)
            .unwrap_or_else(|e| panic!("{e}"))
    }

    fn asked(study: &Study, piece: Piece) -> Vec<UnitPlan> {
        let mut piece = study.piece(piece);
        std::iter::from_fn(|| piece.ask()).collect()
    }

    #[test]
    fn units_come_replicate_by_replicate_and_every_one_belongs_to_one_piece() {
        let study = study("");
        let whole = asked(&study, Piece::WHOLE);
        assert_eq!(whole.len() as u64, study.planned());
        assert!(whole.is_sorted_by_key(|plan| (plan.key.replicate, plan.key.design)));
        for of in [2, 3, 5] {
            let mut pieces: Vec<UnitPlan> =
                (1..=of).flat_map(|index| asked(&study, Piece { index, of })).collect();
            pieces.sort_by_key(|plan| whole.iter().position(|other| other == plan));
            assert_eq!(pieces, whole);
            // What has the same content is computed in one place.
            let first = asked(&study, Piece { index: 1, of });
            let elsewhere = asked(&study, Piece { index: 2, of });
            assert!(first.iter().all(|plan| elsewhere.iter().all(|other| other.id != plan.id)));
        }
        let found = study.find(2, "votes", 3).unwrap();
        assert!(
            whole.contains(&found)
                && study.find(2, "votes", 4).is_none()
                && study.find(3, "one", 0).is_none()
        );
    }

    #[test]
    fn a_point_is_read_again_as_it_was() {
        let study = study("");
        let content = |c: usize| study.point(1).unwrap().fingerprint(&study.point(1).unwrap().contenders[c]);
        let again = crate::experiment::unit::Content::new(&content(0)).id(2);
        assert_eq!(study.plan(1, 0, 2).id, again);
    }
}
