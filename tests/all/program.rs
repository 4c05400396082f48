//! The program as its users meet it: a process in a folder of its own.

use assert_cmd::cargo::cargo_bin;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A small experiment: two contenders of three replicates, a few milliseconds each.
pub const TINY: &str = r#"
[experiment]
name = "tiny"
question = "Does the program do what its users expect?"
seed = 7
replicates = 3

[world]
kind = "rollup"
fee_per_slot = 0.001
mev_median = 0.0005
shock_sigma = 0.3

[[sequencers]]
name = "large"
strategy = "bidder"
count = 2
live_cost = 0.0001

[[sequencers]]
name = "small"
strategy = "bidder"
count = 3
skill = 0.5

[[delegators]]
name = "retail"
count = 50
price_sensitivity = 100.0
inertia = 0.5

[mechanism.auction]
rule = "auction_rotation"
epoch_slots = 8
seats = 2

[mechanism.dpos]
rule = "delegated"
epoch_slots = 8

[play]
rounds = 4
warmup_epochs = 20
measured_epochs = 5
certificate_markets = 16
certificate_epochs = 4
"#;

/// What a finished process left.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Exit status; `None` after a signal.
    pub status: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    /// The same, if it ended with `status`.
    #[track_caller]
    pub fn with(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{self:#?}");
        self
    }

    /// Standard output as JSON, and nothing else.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Whether standard error says this.
    #[track_caller]
    pub fn says(&self, text: &str) {
        assert!(self.err.contains(text), "`{text}` is missing: {self:#?}");
    }
}

/// A working directory with `tiny.toml` in it.
#[derive(Debug)]
pub struct Folder {
    root: TempDir,
    /// Whether runs make PNGs.
    pngs: bool,
}

impl Folder {
    /// A new one, in which figures are SVG alone: PNGs take longer than all else that small experiments do.
    pub fn new() -> Self {
        let folder = Folder { root: tempfile::tempdir().unwrap(), pngs: false };
        std::fs::write(folder.path("tiny.toml"), TINY).unwrap();
        folder
    }

    /// A new one, in which runs make PNGs too, as they do unasked.
    pub fn with_pngs() -> Self {
        Folder { pngs: true, ..Folder::new() }
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The program with these arguments, to be started in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin!("sequencer-lab"));
        command.current_dir(self.root.path()).args(arguments);
        if !self.pngs && matches!(arguments.first(), Some(&("run" | "merge"))) {
            command.arg("--no-png");
        }
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let output = assert_cmd::Command::from_std(self.command(arguments))
            .timeout(Duration::from_secs(120))
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts the program and leaves it running, silent.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let child = self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Running(child)
    }

    /// A file's bytes.
    #[track_caller]
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A file's text.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// Everything in the folder: bytes of files, `None` for directories.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        collect(self.root.path(), &mut found);
        found
    }

    /// Number of units that the store in `directory` holds at the moment; 0 where there is none yet.
    pub fn stored(&self, directory: &str) -> i64 {
        let path = self.path(directory).join("results.sqlite");
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let count = || {
            rusqlite::Connection::open_with_flags(path, flags)?.query_row(
                "SELECT count(*) FROM units",
                [],
                |row| row.get(0),
            )
        };
        count().unwrap_or(0)
    }

    /// Waits until the store in `directory` holds a unit.
    #[track_caller]
    pub fn wait_for_a_unit(&self, directory: &str) {
        let patience = Instant::now() + Duration::from_secs(60);
        while self.stored(directory) == 0 {
            assert!(Instant::now() < patience, "no unit in {directory} after a minute");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn collect(directory: &Path, found: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
            found.insert(path, None);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.insert(path, Some(bytes));
        }
    }
}

/// A process that ends with its owner at the latest.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Sends what Ctrl-C sends, and returns the exit status.
    pub fn interrupt(&mut self) -> Option<i32> {
        let sent = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.0.wait().unwrap().code()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
