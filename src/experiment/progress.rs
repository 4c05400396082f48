//! How far a run has come, said on standard error: a bar on a terminal, plain lines otherwise.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Seconds between two plain lines.
const LINE_SECONDS: u64 = 5;

/// Where a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Units computed in this run.
    pub done: u64,
    /// Units taken from the store, where a former run left them.
    pub reused: u64,
    /// Units of the same content as another of this run, which is computed once.
    pub shared: u64,
    /// Units that failed in this run.
    pub failed: u64,
    /// Units of the whole study, where the study knows.
    pub total: Option<u64>,
}

impl Count {
    /// Units that need no more work.
    pub fn settled(&self) -> u64 {
        self.done + self.reused + self.shared + self.failed
    }

    /// One line: units, rate, time left, failures. The rate counts only what was computed since the start.
    pub fn describe(&self, elapsed: Duration) -> String {
        let computed = (self.done + self.failed) as f64;
        let rate = computed / elapsed.as_secs_f64().max(1e-9);
        let mut parts = vec![match self.total {
            Some(total) => format!("{}/{total} units", self.settled()),
            None => format!("{} units", self.settled()),
        }];
        if self.reused > 0 {
            parts.push(format!("{} taken from the store", self.reused));
        }
        if self.shared > 0 {
            parts.push(format!("{} the same as others", self.shared));
        }
        if computed > 0.0 {
            parts.push(if rate >= 1.0 {
                format!("{rate:.1} a second")
            } else {
                format!("{:.1} s each", 1.0 / rate)
            });
            if let Some(total) = self.total {
                parts.push(format!("{} left", clock(total.saturating_sub(self.settled()) as f64 / rate)));
            }
        }
        if self.failed > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        parts.join(", ")
    }
}

/// Seconds as `9 s`, `4:05` or `3:04:05`.
pub fn clock(seconds: f64) -> String {
    let s = seconds.ceil() as u64;
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{}:{:02}", s / 60, s % 60),
        _ => format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60),
    }
}

/// Shows how far a run has come. The runner calls `show` whenever a unit is settled and several times a second; an
/// implementation decides when to draw.
pub trait Progress {
    /// The run stands here.
    fn show(&mut self, count: &Count);
    /// The run ended here.
    fn close(&mut self, count: &Count);
}

/// Says nothing (`--quiet`).
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn show(&mut self, _: &Count) {}
    fn close(&mut self, _: &Count) {}
}

/// A bar on a terminal.
#[derive(Debug)]
pub struct Bar {
    display: ProgressBar,
    start: Instant,
    drawn: Instant,
}

impl Bar {
    /// A bar on standard error.
    pub fn new() -> Self {
        let display = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("[{bar:30}] {msg}");
        display.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        let start = Instant::now();
        Self { display, start, drawn: start }
    }

    fn draw(&mut self, count: &Count) {
        self.drawn = Instant::now();
        if let Some(total) = count.total {
            self.display.set_length(total);
        }
        self.display.set_message(count.describe(self.start.elapsed()));
        self.display.set_position(count.settled());
    }
}

impl Default for Bar {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Bar {
    fn show(&mut self, count: &Count) {
        // Units of milliseconds must not spend their time on drawing.
        if self.drawn.elapsed() >= Duration::from_millis(100) {
            self.draw(count);
        }
    }

    fn close(&mut self, count: &Count) {
        self.draw(count);
        self.display.abandon();
    }
}

/// A plain line every few seconds, and one at the end.
#[derive(Debug)]
pub struct Lines<W> {
    out: W,
    start: Instant,
    written: Instant,
}

impl<W: Write> Lines<W> {
    /// Lines to `out`.
    pub fn new(out: W) -> Self {
        let start = Instant::now();
        Self { out, start, written: start }
    }

    fn write(&mut self, count: &Count) {
        self.written = Instant::now();
        // A closed pipe is no reason to stop a run.
        let _ = writeln!(self.out, "{}", count.describe(self.start.elapsed()));
    }
}

impl<W: Write> Progress for Lines<W> {
    fn show(&mut self, count: &Count) {
        if self.written.elapsed() >= Duration::from_secs(LINE_SECONDS) {
            self.write(count);
        }
    }

    fn close(&mut self, count: &Count) {
        self.write(count);
    }
}

/// What fits: nothing under `quiet`, a bar on a terminal, plain lines otherwise.
pub fn fitting(quiet: bool) -> Box<dyn Progress> {
    let stderr = std::io::stderr();
    if quiet {
        Box::new(Silent)
    } else if stderr.is_terminal() {
        Box::new(Bar::new())
    } else {
        Box::new(Lines::new(stderr))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_units_rate_time_and_failures() {
        let count = Count { done: 40, reused: 30, shared: 20, failed: 10, total: Some(200) };
        assert_eq!(
            count.describe(Duration::from_secs(10)),
            "100/200 units, 30 taken from the store, 20 the same as others, 5.0 a second, 20 s left, 10 failed"
        );
        let slow = Count { done: 2, total: Some(100), ..Count::default() };
        assert_eq!(slow.describe(Duration::from_secs(100)), "2/100 units, 50.0 s each, 1:21:40 left");
        assert_eq!(Count::default().describe(Duration::ZERO), "0 units");
    }

    #[test]
    fn plain_lines_end_with_the_last_count() {
        let mut out = Vec::new();
        let mut lines = Lines::new(&mut out);
        lines.show(&Count { done: 1, ..Count::default() });
        lines.close(&Count { reused: 3, total: Some(3), ..Count::default() });
        assert_eq!(String::from_utf8(out).unwrap(), "3/3 units, 3 taken from the store\n");
    }
}
