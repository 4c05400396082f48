//! `manifest.json`: what a run was, and the digest of what it gave.

use super::tables::hexadecimal;
use super::whole_file::WholeFile;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Name of the file inside the output directory.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Content of `manifest.json`.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// Version of the program.
    pub version: String,
    /// Engine number.
    pub engine: u32,
    /// The experiment as resolved.
    pub experiment: serde_json::Value,
    /// Seeds of the study's draws.
    pub seeds: Vec<u64>,
    /// Threads that computed.
    pub threads: usize,
    /// The machine.
    pub host: Host,
    /// Start of the run, UTC (RFC 3339).
    pub started: String,
    /// End of the run, UTC.
    pub finished: String,
    /// Wall time in seconds.
    pub seconds: f64,
    /// Units by standing.
    pub units: UnitCounts,
    /// SHA-256 of `results.csv`, hexadecimal.
    pub results_sha256: String,
    /// With targets of `[replication]`: how far each is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<serde_json::Value>,
}

/// Units of a run by standing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnitCounts {
    /// Stored as done, in this run or before.
    pub done: u64,
    /// Of these, taken from an earlier run.
    pub reused: u64,
    /// Stored as failed.
    pub failed: u64,
    /// Not computed yet; 0 for a complete run.
    pub missing: u64,
}

/// The machine that ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Host {
    /// Its name, or empty where the system does not say.
    pub name: String,
    /// Operating system.
    pub system: String,
    /// Architecture of the processor.
    pub architecture: String,
    /// Processors that the program may use.
    pub processors: usize,
}

impl Host {
    /// This machine.
    pub fn here() -> Self {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname")
            .or_else(|_| std::env::var("HOSTNAME"))
            .or_else(|_| std::env::var("COMPUTERNAME"))
            .unwrap_or_default();
        Self {
            name: name.trim().to_owned(),
            system: std::env::consts::OS.to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

impl Manifest {
    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// Where the directory cannot be written.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        let mut file = WholeFile::create(&directory.join(MANIFEST_FILE))?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.finish()
    }
}

/// SHA-256 of a file, hexadecimal.
///
/// # Errors
/// Where it cannot be read.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&digest.finalize())),
            n => digest.update(&buffer[..n]),
        }
    }
}

/// A moment as `2026-03-01T12:34:56Z`; moments before 1970 are shown as its first.
pub fn utc(moment: SystemTime) -> String {
    let seconds = moment.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Gregorian date of a day counted from 1 January 1970.
fn civil(day: u64) -> (u64, u64, u64) {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut rest = day;
    let mut year = 1970;
    while rest >= 365 + u64::from(leap(year)) {
        rest -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if rest < length {
            break;
        }
        rest -= length;
        month += 1;
    }
    (year, month, rest + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates() {
        let at = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_000_000_000), "2001-09-09T01:46:40Z");
        assert_eq!(at(4_107_542_399), "2100-02-28T23:59:59Z");
        assert_eq!(at(4_107_542_400), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn manifest_reads_back() {
        let root = tempfile::tempdir().unwrap();
        let manifest = Manifest {
            version: "0.1.0".into(),
            engine: 1,
            experiment: serde_json::json!({"experiment": {"name": "x"}}),
            seeds: vec![u64::MAX],
            threads: 2,
            host: Host::here(),
            started: utc(UNIX_EPOCH),
            finished: utc(UNIX_EPOCH),
            seconds: 0.5,
            units: UnitCounts { done: 3, ..UnitCounts::default() },
            results_sha256: "ab".into(),
            precision: None,
        };
        manifest.write(root.path()).unwrap();
        let text = std::fs::read_to_string(root.path().join(MANIFEST_FILE)).unwrap();
        let back: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["experiment"]["experiment"]["name"], "x");
        assert_eq!(back["seeds"][0], u64::MAX);
        assert_eq!(back["units"]["done"], 3);
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn digest_of_a_known_text() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        // FIPS 180-2, B.1.
        assert_eq!(
            sha256_of(&path).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
