//! What surrounds the data: title, grey caption, legend above, notes below. None of it ever lies over data.

use super::Figure;
use super::canvas::{Align, Canvas, Pen, weight};
use super::estimate::Heading;
use super::font;
use super::reference::cross;
use super::style::{Look, Style, Type};
use plotters::style::RGBColor;

/// Distance of everything from the edge, points.
pub(crate) const EDGE: f64 = 5.0;

/// Key of a legend entry.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    /// A filled square.
    Patch(RGBColor),
    /// A line on its band, with a marker.
    Line(Look, bool),
    /// The same of what is not certified: its marker is hollow.
    Hollow(Look, bool),
    /// A marker on its bar, where there are no lines.
    Bar(Look),
    /// A thin line without band: theory, a reference.
    Plain(Pen),
    /// A cross, on such a line or alone.
    Cross(Pen, bool),
}

/// A sheet with its title set; `y` is the first free line below.
pub(crate) struct Frame {
    pub canvas: Canvas,
    pub y: f64,
    title: String,
    caption: String,
    notes: Vec<String>,
}

impl Key {
    /// A line on its band, whose marker is hollow unless it is certified.
    pub fn line(look: Look, band: bool, certified: bool) -> Key {
        if certified { Key::Line(look, band) } else { Key::Hollow(look, band) }
    }
}

impl Frame {
    /// Sets title and caption.
    pub fn new(style: Style, heading: &Heading, caption: &str) -> Self {
        let canvas = Canvas::new(style);
        let mut frame = Self {
            canvas,
            y: EDGE,
            title: heading.title.clone(),
            caption: caption.to_owned(),
            notes: Vec::new(),
        };
        if style.bare {
            return frame;
        }
        frame.paragraph(Type::Title, &heading.title, 3);
        frame.y += if heading.title.trim().is_empty() { 0.0 } else { 1.5 * style.scale() };
        frame.paragraph(Type::Caption, caption, 6);
        frame.y += 4.0 * style.scale();
        frame
    }

    /// Right edge of everything.
    pub fn right(&self) -> f64 {
        self.canvas.width() - EDGE
    }

    fn paragraph(&mut self, role: Type, text: &str, most: usize) {
        let style = self.canvas.style;
        let break_up = if role == Type::Title { font::balanced } else { font::wrap };
        let lines = break_up(text, style.size(role), weight(role), self.right() - EDGE, most);
        self.canvas.lines((EDGE, self.y + 0.8 * style.size(role)), Align::Left, role, &lines, text);
        self.y += lines.len() as f64 * style.leading(role);
    }

    /// Sets a legend in as many rows as it needs.
    pub fn legend(&mut self, entries: &[(Key, String)]) {
        if entries.is_empty() {
            return;
        }
        let style = self.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let leading = style.leading(Type::Label) + 1.0;
        let most = (self.right() - EDGE) * 0.6;
        let mut x = EDGE;
        for (key, name) in entries {
            let long = match key {
                Key::Patch(_) | Key::Cross(_, false) | Key::Bar(_) => 8.0,
                Key::Line(..) | Key::Hollow(..) | Key::Plain(_) | Key::Cross(_, true) => 18.0,
            } * scale;
            let name_wide = font::width(name, size, weight(Type::Label)).min(most);
            let whole = long + 3.5 * scale + name_wide;
            if x > EDGE && x + whole > self.right() {
                x = EDGE;
                self.y += leading;
            }
            let (baseline, middle) = (self.y + 0.8 * size, self.y + 0.52 * size);
            self.key(*key, x, middle, long);
            self.canvas.text_within((x + long + 3.5 * scale, baseline), Align::Left, Type::Label, name, most);
            x += whole + 12.0 * scale;
        }
        self.y += leading + 4.0 * scale;
    }

    fn key(&mut self, key: Key, x: f64, y: f64, long: f64) {
        let scale = self.canvas.style.scale();
        match key {
            Key::Patch(colour) => {
                self.canvas.rectangle((x, y - long / 2.0), (x + long, y + long / 2.0), colour);
            }
            Key::Bar(look) => {
                let (middle, high) = (x + long / 2.0, 4.0 * scale);
                self.canvas.line(
                    (middle, y - high),
                    (middle, y + high),
                    Pen::solid(look.colour, 0.8 * scale),
                );
                self.canvas.marker((middle, y), 1.9 * scale, look.marker, look.colour, false);
            }
            Key::Line(look, band) | Key::Hollow(look, band) => {
                if band {
                    let high = 3.2 * scale;
                    let corners = [(x, y - high), (x + long, y - high), (x + long, y + high), (x, y + high)];
                    self.canvas.polygon(&corners, look.colour, 0.2);
                }
                self.canvas.line(
                    (x, y),
                    (x + long, y),
                    Pen { colour: look.colour, width: 1.25 * scale, dash: look.dash },
                );
                let hollow = matches!(key, Key::Hollow(..));
                self.canvas.marker((x + long / 2.0, y), 1.9 * scale, look.marker, look.colour, hollow);
            }
            Key::Plain(pen) => self.canvas.line((x, y), (x + long, y), pen),
            Key::Cross(pen, on_line) => {
                if on_line {
                    self.canvas.line((x, y), (x + long, y), pen);
                }
                cross(&mut self.canvas, (x + long / 2.0, y), pen);
            }
        }
    }

    /// The name of a horizontal axis between two edges, from `y` on, in as many lines as it needs.
    pub fn name_along(&mut self, name: &str, (left, right): (f64, f64)) {
        let style = self.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let lines = font::balanced(name, size, weight(Type::Label), right - left, 4);
        let first = (f64::midpoint(left, right), self.y + 1.5 * scale + 0.8 * size);
        self.canvas.lines(first, Align::Centre, Type::Label, &lines, name);
        let more = lines.len().saturating_sub(1) as f64 * style.leading(Type::Label);
        self.y += 1.5 * scale + 1.3 * size + more;
    }

    /// Adds a note for the foot, once.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !note.is_empty() && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Sets the notes and closes the sheet.
    pub fn finish(mut self, alt: &str) -> Figure {
        let lacking = self.canvas.lacking();
        if !lacking.is_empty() {
            self.note(format!("The font of figures lacks letters of these names: {}.", lacking.join(", ")));
        }
        let notes = std::mem::take(&mut self.notes);
        if !self.canvas.style.bare {
            if !notes.is_empty() {
                self.y += 3.0 * self.canvas.style.scale();
            }
            for note in &notes {
                self.paragraph(Type::Note, note, 4);
            }
        }
        let caption = std::iter::once(&self.caption).chain(&notes).filter(|t| !t.trim().is_empty());
        let caption = caption.map(String::as_str).collect::<Vec<_>>().join(" ");
        let alt = if notes.is_empty() { alt.to_owned() } else { format!("{alt} {}", notes.join(" ")) };
        let height = self.y + EDGE;
        self.canvas.finish(height, &self.title, &caption, &alt)
    }
}

/// The note that explains hollow markers.
pub(crate) const NOT_CERTIFIED: &str = "Hollow markers: not certified, that is, some deviation may gain more than the tolerance, or a mean over distinct basins.";

/// The note that explains intervals which an axis does not hold.
pub(crate) const CUT: &str = "Intervals that go on beyond the edge of a panel are cut there.";

/// The note that points lie beyond an axis that somebody gave its ends.
pub(crate) fn beyond_note(points: usize) -> String {
    match points {
        0 => String::new(),
        1 => "Not drawn: 1 point beyond the limits of the axes.".to_owned(),
        n => format!("Not drawn: {n} points beyond the limits of the axes."),
    }
}

/// The same where intervals are bars with caps.
pub(crate) const CUT_BARS: &str =
    "Intervals that go on beyond the edge of a panel are cut there; bars that are cut have no cap.";

/// What was left out, in one sentence; empty where nothing was. Names at most four places.
pub(crate) fn absent_note(places: &[(String, usize)]) -> String {
    let total: usize = places.iter().map(|(_, n)| n).sum();
    if total == 0 {
        return String::new();
    }
    let named: Vec<String> = places
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(name, n)| {
            let name = if name.chars().count() > 40 {
                format!("{}…", name.chars().take(38).collect::<String>())
            } else {
                name.clone()
            };
            if *n == 1 { name } else { format!("{name} ({n})") }
        })
        .collect();
    let rest = if named.len() > 4 { format!(" and {} more", named.len() - 4) } else { String::new() };
    let what = if total == 1 { "1 absent value".to_owned() } else { format!("{total} absent values") };
    format!("Not drawn: {what}: {}{rest}.", named[..named.len().min(4)].join(", "))
}
