//! `results.csv` is a function of the experiment alone: not of threads, runs, or what the processor can do.

use crate::program::Folder;
use std::sync::OnceLock;

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
    /// Tables of a run on one thread.
    plain: OnceLock<Tables>,
}

type Tables = [Vec<u8>; 4];

/// Both experiments, each run once for all tests.
fn studies() -> &'static [Study; 2] {
    static STUDIES: OnceLock<[Study; 2]> = OnceLock::new();
    STUDIES.get_or_init(|| {
        let folder = Folder::new();
        std::fs::write(folder.path("abstract.toml"), ABSTRACT).unwrap();
        let headline = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/auction-vs-dpos.toml");
        let study = |folder, file: &str, changes: &[&'static str]| Study {
            folder,
            file: file.to_owned(),
            changes: changes.to_vec(),
            plain: OnceLock::new(),
        };
        [study(folder, "abstract.toml", &[]), study(Folder::new(), headline, &HEADLINE)]
    })
}

impl Study {
    /// Every table of a run with these options, in an environment.
    fn tables(&self, output: &str, options: &[&str], environment: Option<(&str, &str)>) -> Tables {
        let mut arguments = vec!["run", &self.file, "--quiet", "--output", output];
        arguments.extend(options);
        arguments.extend(&self.changes);
        let mut command = self.folder.command(&arguments);
        command.envs(environment);
        assert_eq!(command.status().unwrap().code(), Some(0), "{}", self.file);
        ["results.csv", "summary.csv", "comparison.csv", "policies.csv"]
            .map(|file| self.folder.bytes(&format!("{output}/{file}")))
    }

    /// Those of a run on one thread.
    fn plain(&self) -> &Tables {
        self.plain.get_or_init(|| {
            let tables = self.tables("plain", &["--threads", "1"], None);
            assert!(tables.iter().all(|table| String::from_utf8_lossy(table).lines().count() > 1));
            tables
        })
    }
}

#[test]
fn results_do_not_depend_on_threads() {
    for study in studies() {
        for threads in ["2", "7"] {
            let tables = study.tables(threads, &["--threads", threads], None);
            assert_eq!(study.plain(), &tables, "{} on {threads} threads", study.file);
        }
    }
}

/// Neither of what the processor can do, nor of language and folder.
#[test]
fn results_do_not_depend_on_the_machine() {
    for study in studies() {
        let one = ["--threads", "1"];
        let masked = study.tables("masked", &one, Some(("GLIBC_TUNABLES", MASK)));
        assert_eq!(study.plain(), &masked, "{}", study.file);
        let abroad = study.tables("far/away", &one, Some(("LC_ALL", "de_DE.UTF-8")));
        assert_eq!(study.plain(), &abroad, "{}", study.file);
    }
}

#[test]
fn the_seed_decides() {
    for study in studies() {
        let other = study.tables("other", &["--threads", "1", "--seed", "99"], None);
        assert_ne!(study.plain()[0], other[0], "{}", study.file);
    }
}
