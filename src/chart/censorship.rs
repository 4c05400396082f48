//! Censorship by contender: what it costs to keep a target out for so many slots, and what share of targets waits for longer,
//! one panel each, one line for each contender.

use super::axes::Kind;
use super::estimate::Heading;
use super::facets::{self, Cell, Common, Facet};
use super::frame::{self, Frame, Key};
use super::lorenz::LorenzContender;
use super::series::{self, Series};
use super::style::{Look, Marker, Style};
use super::theory::{self, Theory};
use super::ticks::Format;
use super::{ChartError, Figure};

/// Costs that differ by more than this factor are drawn on a logarithmic axis.
const FAR_APART: f64 = 100.0;

/// A contender of which only some replicates have a price for longer windows.
#[derive(Clone, Debug, PartialEq)]
pub struct Partly {
    /// Its name.
    pub name: String,
    /// The shortest window that some price reaches in some replicates, but not in all; neither it nor longer ones have a point.
    pub slots: f64,
    /// In how many replicates some price reaches it.
    pub replicates: usize,
    /// Of how many.
    pub of: usize,
}

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Censorship {
    /// Words above.
    pub heading: Heading,
    /// Contenders in the order of the file.
    pub contenders: Vec<LorenzContender>,
    /// Slots against the least expected payment that keeps a target out for so long, in ETH; a line for each contender, as far as
    /// some price does so in every replicate.
    pub costs: Vec<Series>,
    /// Slots against the share of targets that waited longer.
    pub waits: Vec<Series>,
    /// Where lines of costs end because only some replicates go on.
    pub partly: Vec<Partly>,
    /// Whether costs have a logarithmic axis; absent: where they lie far apart.
    pub is_log: Option<bool>,
    /// What theory says of costs, and of waits.
    pub theory: [Option<Theory>; 2],
}

impl Censorship {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no line has a present point.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let all = || self.costs.iter().chain(&self.waits);
        if all().all(|s| s.present().is_empty()) {
            let reason = if all().next().is_none() { "nobody was targeted" } else { "every value is absent" };
            return Err(ChartError::Empty { figure: "censorship", reason: reason.to_owned() });
        }
        let banded = all().any(Series::any_interval);
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption("Bands", banded));
        let look = |s: &Series| {
            let own = self.contenders.iter().find(|c| c.name == s.name);
            own.map_or(Look { colour: style.grey(), dash: "", marker: Marker::Circle }, |c| {
                c.identity.look(style)
            })
        };
        let drawn = |c: &&LorenzContender| all().any(|s| s.name == c.name && !s.present().is_empty());
        let mut legend: Vec<(Key, String)> = self
            .contenders
            .iter()
            .filter(drawn)
            .map(|c| (Key::line(c.identity.look(style), banded, c.certified), c.name.clone()))
            .collect();
        let has = |lines: &[Series]| lines.iter().any(|s| !s.present().is_empty());
        let [of_costs, of_waits] = &self.theory;
        let of_costs = of_costs.as_ref().filter(|_| has(&self.costs));
        let of_waits = of_waits.as_ref().filter(|_| has(&self.waits));
        let theories: Vec<&Theory> = of_costs.into_iter().chain(of_waits).collect();
        legend.extend(theory::key(&theories, style));
        frame.legend(&legend);
        // A bond can make one rule thousands of times dearer than another.
        let means: Vec<f64> = self.costs.iter().flat_map(Series::present).map(|(_, e)| e.mean).collect();
        let positive = series::range(means.into_iter().filter(|cost| *cost > 0.0));
        let apart = positive.is_some_and(|(low, high)| self.is_log.unwrap_or(high > FAR_APART * low));
        let kind = if apart { Kind::Log } else { Kind::Linear };
        let panels = [
            ("Cost of keeping a target out", &self.costs, "Expected payment (ETH)", Format::Plain, of_costs),
            ("Targets that wait longer", &self.waits, "Share of targets", Format::Percent, of_waits),
        ];
        let mut cut = Vec::new();
        let facets: Vec<Facet> = panels
            .into_iter()
            .filter(|(_, lines, ..)| has(lines))
            .map(|(title, lines, y_name, format, theory)| {
                let (kind, most) = match format {
                    Format::Percent => (Kind::Linear, Some(1.0)),
                    _ => (kind, None),
                };
                let least = if kind == Kind::Log { f64::MIN_POSITIVE } else { 0.0 };
                let held = theory::held(theory, lines, (least, most.unwrap_or(f64::INFINITY)), &mut cut);
                Facet {
                    title,
                    identity: None,
                    certified: true,
                    cells: vec![Cell {
                        series: lines.iter().collect(),
                        y_name,
                        format,
                        kind,
                        hold: if kind == Kind::Log { held } else { [held, vec![0.0]].concat() },
                        most,
                        references: theory.map(|t| t.references(theory::pen(style))).unwrap_or_default(),
                    }],
                }
            })
            .collect();
        let hollow = |s: &Series| self.contenders.iter().any(|c| c.name == s.name && !c.certified);
        let common = Common {
            x_name: "Slots",
            x_format: Format::Plain,
            x_loose: true,
            look: &look,
            direct: false,
            hollow: &hollow,
        };
        let below = facets::draw(&mut frame, &facets, &common);
        if below > 0 {
            let points = if below == 1 { "1 point".to_owned() } else { format!("{below} points") };
            frame.note(format!("Costs of 0, which a logarithmic axis cannot show: {points}."));
        }
        if self.contenders.iter().filter(drawn).any(|c| !c.certified) {
            frame.note(frame::NOT_CERTIFIED);
        }
        let homeless = [(&self.costs, 0), (&self.waits, 1)]
            .into_iter()
            .filter(|(lines, _)| !has(lines))
            .filter_map(|(_, place)| self.theory[place].as_ref().map(|theory: &Theory| theory.name.clone()));
        frame.note(theory::without_data(&homeless.collect::<Vec<_>>()));
        for note in theory::notes(&theories, "slots", &cut) {
            frame.note(note);
        }
        let missing: Vec<&str> = self
            .contenders
            .iter()
            .filter(|c| !self.costs.iter().any(|s| s.name == c.name && !s.present().is_empty()))
            .filter(|c| !self.partly.iter().any(|p| p.name == c.name))
            .map(|c| c.name.as_str())
            .collect();
        if !missing.is_empty() {
            frame.note(format!(
                "No price that was tried keeps a target out of {} with probability .95.",
                missing.join(", ")
            ));
        }
        let last = |s: &Series| s.present().last().map(|(x, _)| *x);
        let longest = all().filter_map(last).fold(0.0, f64::max);
        let is_partly = |s: &&Series| self.partly.iter().any(|p| p.name == s.name);
        let short: Vec<&str> = self
            .costs
            .iter()
            .filter(|s| last(s).is_some_and(|x| x < longest) && !is_partly(s))
            .map(|s| s.name.as_str())
            .collect();
        if !short.is_empty() {
            let named = short[..short.len().min(6)].join(", ");
            let more = if short.len() > 6 { " and others" } else { "" };
            frame.note(format!(
                "Costs of {named}{more} end where no price that was tried keeps a target out for longer, or the base chain includes it first."
            ));
        }
        if !self.partly.is_empty() {
            let each =
                |p: &Partly| format!("{} (at {} slots in {} of {})", p.name, p.slots, p.replicates, p.of);
            let each: Vec<String> = self.partly.iter().map(each).collect();
            frame.note(format!(
                "Costs end where some price that was tried still keeps a target out with probability .95 in some replicates, but no longer in all: {}.",
                each.join(", ")
            ));
        }
        let absent: Vec<(String, usize)> = all().map(|s| (s.name.clone(), s.absent())).collect();
        frame.note(frame::absent_note(&absent));
        Ok(frame.finish(&format!(
            "Cost of keeping a targeted transaction out, and waiting of targets, by slots. Costs in ETH: {}. Targets that wait longer: {}.",
            series::in_words(&self.costs, Format::Plain),
            series::in_words(&self.waits, Format::Percent)
        )))
    }
}
