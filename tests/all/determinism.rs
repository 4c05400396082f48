//! `results.csv` is a function of the experiment alone: not of threads, runs, or what the processor can do.

use crate::program::Folder;

/// Switches off, in glibc, the variants of mathematical functions that use AVX, AVX2, AVX-512 and fused multiply-add,
/// by the names of older and newer versions.
const MASK: &str = "glibc.cpu.hwcaps=-AVX2_Usable,-FMA_Usable,-AVX_Usable,-AVX2,-AVX,-FMA,-FMA4,-AVX512F";

/// The headline experiment in small; its agents, contenders and world are as they are.
const HEADLINE: [&str; 8] = [
    "--replicates",
    "3",
    "--set",
    "play.rounds=6",
    "--set",
    "play.warmup_epochs=20",
    "--set",
    "play.certificate_epochs=6",
];

/// Private values from every named distribution, first- and second-price, with bins of values and a learner of each kind.
const ABSTRACT: &str = r#"
[experiment]
name = "abstract"
seed = 5
replicates = 3

[world]
kind = "abstract"

[[sequencers]]
name = "uniform"
count = 2
value = { uniform = [0, 1] }

[[sequencers]]
name = "lognormal"
count = 1
value = { lognormal = [-1, 0.5] }
strategy = "regret_matching"

[[sequencers]]
name = "beta"
count = 1
value = { beta = [2, 3] }

[[sequencers]]
name = "exponential"
count = 1
value = { exponential = 2 }

[[sequencers]]
name = "pareto"
count = 1
value = { pareto = [0.3, 3.5] }

[[delegators]]
name = "atoms"
count = 30
price_sensitivity = 8.0
outside_option = 0.1
inertia = 0.3

[[delegators]]
name = "continuum"
continuum = true
stake = 30.0
price_sensitivity = 5.0

[mechanism.first]
rule = "auction_rotation"
seats = 1

[mechanism.uniform]
rule = "auction_rotation"
seats = 3
pricing = "uniform"
unit_seats = true

[mechanism.dpos]
rule = "delegated"

[mechanism.top]
rule = "delegated"
seats = 2

[play]
rounds = 6
warmup_epochs = 20
measured_epochs = 10
certificate_markets = 16
certificate_epochs = 6
"#;

struct Study {
    folder: Folder,
    file: String,
    changes: Vec<&'static str>,
}

impl Study {
    fn all() -> [Study; 2] {
        let folder = Folder::new();
        std::fs::write(folder.path("abstract.toml"), ABSTRACT).unwrap();
        let headline = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/auction-vs-dpos.toml");
        [
            Study { folder, file: "abstract.toml".to_owned(), changes: Vec::new() },
            Study { folder: Folder::new(), file: headline.to_owned(), changes: HEADLINE.to_vec() },
        ]
    }

    /// Every table of a run with these options, in an environment.
    fn tables(&self, output: &str, threads: &str, environment: Option<(&str, &str)>) -> [Vec<u8>; 4] {
        let mut arguments = vec!["run", &self.file, "--quiet", "--output", output, "--threads", threads];
        arguments.extend(&self.changes);
        let mut command = self.folder.command(&arguments);
        command.envs(environment);
        assert_eq!(command.status().unwrap().code(), Some(0), "{}", self.file);
        ["results.csv", "summary.csv", "comparison.csv", "policies.csv"]
            .map(|file| self.folder.bytes(&format!("{output}/{file}")))
    }
}

#[test]
fn results_do_not_depend_on_threads() {
    for study in Study::all() {
        let one = study.tables("one", "1", None);
        assert!(one.iter().all(|table| String::from_utf8_lossy(table).lines().count() > 1));
        for threads in ["2", "7"] {
            assert_eq!(one, study.tables(threads, threads, None), "{} on {threads} threads", study.file);
        }
    }
}

#[test]
fn results_do_not_depend_on_the_run() {
    for study in Study::all() {
        assert_eq!(study.tables("first", "2", None), study.tables("second", "2", None), "{}", study.file);
    }
}

#[test]
fn results_do_not_depend_on_the_processor() {
    for study in Study::all() {
        let plain = study.tables("plain", "2", None);
        assert_eq!(plain, study.tables("masked", "2", Some(("GLIBC_TUNABLES", MASK))), "{}", study.file);
    }
}

#[test]
fn results_do_not_depend_on_language_or_folder() {
    for study in Study::all() {
        let plain = study.tables("plain", "1", None);
        assert_eq!(plain, study.tables("far/away", "1", Some(("LC_ALL", "de_DE.UTF-8"))), "{}", study.file);
    }
}

#[test]
fn the_seed_decides() {
    for study in Study::all() {
        let plain = study.tables("plain", "2", None);
        let study =
            Study { changes: study.changes.iter().copied().chain(["--seed", "99"]).collect(), ..study };
        assert_ne!(plain[0], study.tables("other", "2", None)[0], "{}", study.file);
    }
}
