//! Shapes and text to SVG, by plotters' SVG backend.
//!
//! The backend knows whole numbers only, so shapes are placed on a grid of eighths of a point; `viewBox` carries the
//! grid, `width` and `height` carry points. Coordinates here are points, y downwards. Every text is recorded with its
//! box, so that tests can say that nothing overlaps and nothing is cut.

use super::ChartError;
use super::font::{self, Weight};
use super::markup::{escape, fragment, printable, with_raised_minus};
use super::style::{FAMILY, Marker, Style, Type};
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Grid steps to the point.
pub(crate) const GRID: f64 = 8.0;

/// An attribute by which SVGs that were written here are known.
pub(crate) const MARK: &str = "aria-labelledby=\"title desc\"";

/// A finished picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    svg: String,
    title: String,
    caption: String,
    alt: String,
    placed: Vec<Placed>,
    size: (f64, f64),
}

/// A text and the box that it fills, points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    pub text: String,
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    pub size: f64,
}

impl Figure {
    /// The picture as SVG text: well-formed XML, with `title` and `desc` for those who cannot see it.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// What stands above it in semibold.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What is to be known to read it: the question, how intervals are drawn, notes.
    pub fn caption(&self) -> &str {
        &self.caption
    }

    /// The picture in words: what the axes are and which values are shown.
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// Width and height, points.
    pub fn size(&self) -> (f64, f64) {
        self.size
    }

    /// The picture as PNG, 300 dots per inch, rendered with the embedded fonts.
    ///
    /// # Errors
    /// [`ChartError::Raster`] where the picture is too large for memory.
    pub fn png(&self) -> Result<Vec<u8>, ChartError> {
        self.png_scaled(1)
    }

    /// The same with `scale` times as many dots.
    ///
    /// # Errors
    /// As [`Self::png`].
    pub fn png_scaled(&self, scale: u32) -> Result<Vec<u8>, ChartError> {
        super::raster::png(&self.svg, scale)
    }

    /// The picture as PDF, a page of its own size with the embedded fonts.
    ///
    /// # Errors
    /// [`ChartError::Pdf`] where it cannot be made.
    pub fn pdf(&self) -> Result<Vec<u8>, ChartError> {
        super::pdf::pdf(self)
    }

    #[cfg(test)]
    pub(crate) fn placed(&self) -> &[Placed] {
        &self.placed
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// Colour.
    pub colour: RGBColor,
    /// Thickness, points; drawn to the nearest eighth.
    pub width: f64,
    /// Lengths of dashes and gaps, points, separated by spaces; empty for a solid line.
    pub dash: &'static str,
}

impl Pen {
    /// A solid line.
    pub fn solid(colour: RGBColor, width: f64) -> Self {
        Self { colour, width, dash: "" }
    }

    fn shape(self) -> ShapeStyle {
        let stroke_width = (self.width * GRID).round().max(1.0) as u32;
        ShapeStyle { color: self.colour.to_rgba(), filled: false, stroke_width }
    }

    fn attributes(self) -> String {
        let lengths = self.dash.split_whitespace().filter_map(|s| s.parse::<f64>().ok());
        let scaled: Vec<String> = lengths.map(|v| format!("{}", (v * GRID).round())).collect();
        if scaled.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", scaled.join(" ")) }
    }
}

/// Where text stands against its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Starts there.
    Left,
    /// Centred there.
    Centre,
    /// Ends there.
    Right,
}

/// A sheet under construction. Its height is settled last.
pub struct Canvas {
    /// Size and theme.
    pub style: Style,
    body: String,
    placed: Vec<Placed>,
}

fn on_grid(v: f64) -> i32 {
    (v * GRID).round().clamp(-1e9, 1e9) as i32
}

impl Canvas {
    /// An empty sheet.
    pub fn new(style: Style) -> Self {
        Self { style, body: String::new(), placed: Vec::new() }
    }

    /// Code points of letters that stand on the sheet and that the fonts lack: boxes, or nothing, take their place.
    pub fn lacking(&self) -> Vec<String> {
        let letters = self.placed.iter().flat_map(|placed| placed.text.chars());
        // A raised minus is drawn as a small one.
        let lacks = |c: &char| *c != '⁻' && !font::has(*c, Weight::Regular);
        let found: BTreeSet<char> = letters.filter(lacks).collect();
        found.into_iter().map(|c| format!("U+{:04X}", u32::from(c))).collect()
    }

    /// Width, points.
    pub fn width(&self) -> f64 {
        self.style.points_wide()
    }

    /// Appends what the backend draws.
    fn plot(&mut self, attributes: &str, draw: impl FnOnce(&mut SVGBackend)) {
        let shapes = fragment(draw);
        if attributes.is_empty() {
            self.body.push_str(&shapes);
        } else {
            let _ = write!(self.body, "<g{attributes}>\n{shapes}</g>\n");
        }
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), pen: Pen) {
        self.path(&[from, to], pen);
    }

    /// A line through points.
    pub fn path(&mut self, points: &[(f64, f64)], pen: Pen) {
        let mut grid: Vec<(i32, i32)> = points.iter().map(|&(x, y)| (on_grid(x), on_grid(y))).collect();
        grid.dedup();
        if grid.len() < 2 {
            return;
        }
        self.plot(&pen.attributes(), |b| {
            let _ = if let [from, to] = grid[..] {
                b.draw_line(from, to, &pen.shape())
            } else {
                b.draw_path(grid, &pen.shape())
            };
        });
    }

    /// A filled shape, `opacity` between 0 and 1.
    pub fn polygon(&mut self, points: &[(f64, f64)], colour: RGBColor, opacity: f64) {
        let grid: Vec<(i32, i32)> = points.iter().map(|&(x, y)| (on_grid(x), on_grid(y))).collect();
        let shape = ShapeStyle { color: colour.mix(opacity), filled: true, stroke_width: 0 };
        self.plot("", |b| {
            let _ = b.fill_polygon(grid, &shape);
        });
    }

    /// A filled rectangle with sharp edges between any two opposite corners.
    pub fn rectangle(&mut self, corner: (f64, f64), opposite: (f64, f64), colour: RGBColor) {
        let shape = ShapeStyle { color: colour.to_rgba(), filled: true, stroke_width: 0 };
        let (a, b) = ((on_grid(corner.0), on_grid(corner.1)), (on_grid(opposite.0), on_grid(opposite.1)));
        // SVG knows no negative width or height.
        let (from, to) = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)));
        self.plot("", |b| {
            let _ = b.draw_rect(from, to, &shape, true);
        });
    }

    /// A point, `radius` in points; a hollow one shows the paper inside.
    pub fn marker(&mut self, at: (f64, f64), radius: f64, marker: Marker, colour: RGBColor, hollow: bool) {
        let (x, y) = at;
        let corners: Vec<(f64, f64)> = match marker {
            Marker::Circle => Vec::new(),
            Marker::Square => vec![(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)],
            Marker::Triangle => vec![(0.0, -1.2), (1.1, 0.75), (-1.1, 0.75)],
            Marker::Diamond => vec![(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
            Marker::Wedge => vec![(0.0, 1.2), (1.1, -0.75), (-1.1, -0.75)],
        };
        let paper = self.style.paper_colour();
        let fill = if hollow { paper } else { colour };
        let filled = ShapeStyle { color: fill.to_rgba(), filled: true, stroke_width: 0 };
        let edge = Pen::solid(colour, 1.0).shape();
        if corners.is_empty() {
            let (centre, radius) = ((on_grid(x), on_grid(y)), on_grid(radius).unsigned_abs());
            self.plot("", |b| {
                let _ = b.draw_circle(centre, radius, &filled, true);
                if hollow {
                    let _ = b.draw_circle(centre, radius, &edge, false);
                }
            });
            return;
        }
        let mut grid: Vec<(i32, i32)> =
            corners.iter().map(|&(dx, dy)| (on_grid(x + dx * radius), on_grid(y + dy * radius))).collect();
        self.plot("", |b| {
            let _ = b.fill_polygon(grid.clone(), &filled);
            if hollow {
                grid.push(grid[0]);
                grid.push(grid[1]);
                let _ = b.draw_path(grid, &edge);
            }
        });
    }

    /// A circle that shows what lies within, `radius` in points.
    pub fn ring(&mut self, at: (f64, f64), radius: f64, pen: Pen) {
        let (centre, radius) = ((on_grid(at.0), on_grid(at.1)), on_grid(radius).unsigned_abs());
        self.plot("", |b| {
            let _ = b.draw_circle(centre, radius, &pen.shape(), false);
        });
    }

    /// An arrow with its tip at a point, for what lies beyond it; `away` is the direction, right and down being positive.
    pub fn arrow(&mut self, tip: (f64, f64), away: (f64, f64), colour: RGBColor, hollow: bool) {
        let scale = self.style.scale();
        let length = (away.0 * away.0 + away.1 * away.1).sqrt().max(f64::MIN_POSITIVE);
        let (dx, dy) = (away.0 / length * scale, away.1 / length * scale);
        let at = |back: f64, aside: f64| (tip.0 - back * dx - aside * dy, tip.1 - back * dy + aside * dx);
        let head = [tip, at(5.0, -2.6), at(5.0, 2.6)];
        self.line(at(14.0, 0.0), at(if hollow { 5.0 } else { 4.0 }, 0.0), Pen::solid(colour, 1.1 * scale));
        if hollow {
            self.path(&[head[0], head[1], head[2], head[0]], Pen::solid(colour, 0.8 * scale));
        } else {
            self.polygon(&head, colour, 1.0);
        }
    }

    /// Whether no text stands within a rectangle.
    pub fn is_free(&self, (left, top): (f64, f64), (right, bottom): (f64, f64)) -> bool {
        let apart = |p: &Placed| right <= p.left || p.right <= left || bottom <= p.top || p.bottom <= top;
        self.placed.iter().all(apart)
    }

    /// Draws a point of data that says `words` when one hovers over it, or reads it with the arrow keys of a report's page.
    pub fn saying(&mut self, words: &str, draw: impl FnOnce(&mut Self)) {
        let before = self.body.len();
        draw(self);
        let shapes = self.body.split_off(before);
        let words = escape(&printable(words));
        let _ = write!(self.body, "<g class=\"point\">\n<title>{words}</title>\n{shapes}</g>\n");
    }

    /// A text on a baseline, in the size, weight and colour of its role.
    pub fn text(&mut self, at: (f64, f64), align: Align, role: Type, text: &str) {
        let colour =
            if matches!(role, Type::Caption | Type::Note) { self.style.grey() } else { self.style.ink() };
        self.text_in(at, align, role, colour, text);
    }

    /// The same in another colour.
    pub fn text_in(&mut self, at: (f64, f64), align: Align, role: Type, colour: RGBColor, text: &str) {
        self.write(at, align, role, colour, false, text, None);
    }

    /// The same, cut to `room` points; the whole text is then its tooltip.
    pub fn text_within(&mut self, at: (f64, f64), align: Align, role: Type, text: &str, room: f64) {
        let shown = font::ellipsize(text, self.style.size(role), weight(role), room);
        let tooltip = (shown != text).then_some(text);
        let colour =
            if matches!(role, Type::Caption | Type::Note) { self.style.grey() } else { self.style.ink() };
        self.write(at, align, role, colour, false, &shown, tooltip);
    }

    /// Lines below one another, the first baseline at `at`; the whole text is the tooltip where it was cut.
    pub fn lines(&mut self, at: (f64, f64), align: Align, role: Type, lines: &[String], whole: &str) {
        let cut = lines.last().is_some_and(|l| l.contains('…')) && !whole.contains('…');
        let colour =
            if matches!(role, Type::Caption | Type::Note) { self.style.grey() } else { self.style.ink() };
        for (i, line) in lines.iter().enumerate() {
            let baseline = at.1 + i as f64 * self.style.leading(role);
            let tooltip = (cut && i + 1 == lines.len()).then_some(whole);
            self.write((at.0, baseline), align, role, colour, false, line, tooltip);
        }
    }

    /// A text that reads upwards, centred on `at`, its baseline a vertical line there.
    pub fn text_upwards(&mut self, at: (f64, f64), role: Type, text: &str) {
        self.write(at, Align::Centre, role, self.style.ink(), true, text, None);
    }

    #[allow(clippy::too_many_arguments)]
    fn write(
        &mut self,
        at: (f64, f64),
        align: Align,
        role: Type,
        colour: RGBColor,
        upwards: bool,
        text: &str,
        tooltip: Option<&str>,
    ) {
        let text = printable(text);
        if text.trim().is_empty() {
            return;
        }
        let size = self.style.size(role);
        let long = font::width(&text, size, weight(role));
        let start = match align {
            Align::Left => 0.0,
            Align::Centre => -long / 2.0,
            Align::Right => -long,
        };
        let (up, down) = (0.72 * size, 0.2 * size);
        let (x, y) = at;
        self.placed.push(if upwards {
            let (top, bottom) = (y - start - long, y - start);
            Placed { text: text.clone(), left: x - up, right: x + down, top, bottom, size }
        } else {
            let (left, right) = (x + start, x + start + long);
            Placed { text: text.clone(), left, right, top: y - up, bottom: y + down, size }
        });
        let horizontal = match align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        // The backend divides type sizes by 1.24, and moves text down by half an x-height, which SVG renderers without
        // the font's own value take as a quarter of an em.
        let bold = weight(role) == Weight::Semibold;
        let font = FontDesc::new(
            FontFamily::Name(FAMILY),
            (size * GRID).round() * 1.24,
            if bold { FontStyle::Bold } else { FontStyle::Normal },
        );
        let font = if upwards { font.transform(FontTransform::Rotate270) } else { font };
        let style = TextStyle::from(font).pos(Pos::new(horizontal, VPos::Center)).color(&colour);
        let lift = 0.25 * size;
        let point = if upwards { (on_grid(x - lift), on_grid(y)) } else { (on_grid(x), on_grid(y - lift)) };
        let shown = fragment(|b| {
            let _ = b.draw_text(&text, &style, point);
        });
        let shown = with_raised_minus(&shown.replace("font-weight=\"bold\"", "font-weight=\"600\""), size);
        match tooltip {
            Some(words) => {
                let words = escape(&printable(words));
                let _ = write!(self.body, "<g>\n<title>{words}</title>\n{shown}</g>\n");
            }
            None => self.body.push_str(&shown),
        }
    }

    /// The picture, `height` points high.
    pub fn finish(self, height: f64, title: &str, caption: &str, alt: &str) -> Figure {
        let (wide, high) = (on_grid(self.width()), on_grid(height));
        let (title, alt) = (printable(title), printable(alt));
        let paper = self.style.paper_colour();
        let mut svg = String::with_capacity(self.body.len() + 1024);
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}pt\" height=\"{}pt\" viewBox=\"0 0 {wide} {high}\" \
             role=\"img\" {MARK}>\n<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
             <rect width=\"{wide}\" height=\"{high}\" fill=\"#{:02X}{:02X}{:02X}\"/>\n\
             <g stroke-linejoin=\"round\">\n{}</g>\n</svg>\n",
            f64::from(wide) / GRID,
            f64::from(high) / GRID,
            escape(&title),
            escape(&alt),
            paper.0,
            paper.1,
            paper.2,
            self.body
        );
        let size = (f64::from(wide) / GRID, f64::from(high) / GRID);
        Figure { svg, title, caption: caption.to_owned(), alt, placed: self.placed, size }
    }
}

/// Weight of a role.
pub fn weight(role: Type) -> Weight {
    if matches!(role, Type::Title | Type::Panel) { Weight::Semibold } else { Weight::Regular }
}
