//! Strategies and scenarios: those that ship with the program, and the files of the folder one works in.

use crate::experiment::file::Library;
use std::path::{Path, PathBuf};

/// Strategy files that ship with the program.
const STRATEGIES: &[(&str, &str)] = &[
    ("best_response", include_str!("../../strategies/best_response.toml")),
    ("bidder", include_str!("../../strategies/bidder.toml")),
    ("briber", include_str!("../../strategies/briber.toml")),
    ("cumulative_logit", include_str!("../../strategies/cumulative_logit.toml")),
    ("even", include_str!("../../strategies/even.toml")),
    ("exp3", include_str!("../../strategies/exp3.toml")),
    ("fictitious_play", include_str!("../../strategies/fictitious_play.toml")),
    ("hedge", include_str!("../../strategies/hedge.toml")),
    ("imitation", include_str!("../../strategies/imitation.toml")),
    ("logit", include_str!("../../strategies/logit.toml")),
    ("q_learning", include_str!("../../strategies/q_learning.toml")),
    ("quantal_response", include_str!("../../strategies/quantal_response.toml")),
    ("regret_matching", include_str!("../../strategies/regret_matching.toml")),
    ("replicator", include_str!("../../strategies/replicator.toml")),
    ("scripted", include_str!("../../strategies/scripted.toml")),
    ("staker", include_str!("../../strategies/staker.toml")),
    ("ticks", include_str!("../../strategies/ticks.toml")),
    ("truthful", include_str!("../../strategies/truthful.toml")),
];

/// Scenario files that ship with the program.
const SCENARIOS: &[(&str, &str)] =
    &[("optimistic-rollup-2025", include_str!("../../scenarios/optimistic-rollup-2025.toml"))];

/// Files of `strategies/` and `scenarios/` beside the experiment's folder or in the working directory come before those
/// that ship with the program.
#[derive(Debug)]
pub struct Files {
    folders: Vec<PathBuf>,
}

impl Files {
    /// The library of an experiment file.
    pub fn beside(experiment: &Path) -> Self {
        let mut folders = Vec::new();
        if let Some(folder) = experiment.parent() {
            folders.push(folder.to_path_buf());
            if let Some(above) = folder.parent() {
                folders.push(above.to_path_buf());
            }
        }
        folders.push(PathBuf::new());
        Files { folders }
    }

    fn find(&self, kind: &str, name: &str, shipped: &[(&str, &str)]) -> Option<(String, String)> {
        if kind == "strategies" && Path::new(name).extension().is_some_and(|extension| extension == "toml") {
            // A file that is named by its path, from the working directory or the experiment's folder.
            let from = std::iter::once(PathBuf::new()).chain(self.folders.iter().cloned());
            let path = from.map(|folder| folder.join(name)).find(|path| path.is_file())?;
            let text = std::fs::read_to_string(&path).ok()?;
            return Some((path.display().to_string(), text));
        }
        // Any other name is never a path.
        if name.contains(['/', '\\']) || name.starts_with('.') {
            return None;
        }
        let read = |folder: &PathBuf| {
            let path = folder.join(kind).join(format!("{name}.toml"));
            std::fs::read_to_string(&path).ok().map(|text| (path.display().to_string(), text))
        };
        self.folders.iter().find_map(read).or_else(|| {
            shipped
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(n, text)| (format!("{kind}/{n}.toml"), (*text).to_owned()))
        })
    }

    fn names(&self, kind: &str, shipped: &[(&str, &str)]) -> Vec<String> {
        let mut names: Vec<String> = shipped.iter().map(|(name, _)| (*name).to_owned()).collect();
        for folder in &self.folders {
            let entries = std::fs::read_dir(folder.join(kind)).into_iter().flatten().flatten();
            names.extend(entries.filter_map(|entry| {
                let path = entry.path();
                (path.extension()? == "toml").then(|| path.file_stem()?.to_str().map(str::to_owned))?
            }));
        }
        names.sort();
        names.dedup();
        names
    }
}

impl Library for Files {
    fn strategy(&self, name: &str) -> Option<(String, String)> {
        self.find("strategies", name, STRATEGIES)
    }

    fn strategies(&self) -> Vec<String> {
        self.names("strategies", STRATEGIES)
    }

    fn scenario(&self, name: &str) -> Option<(String, String)> {
        self.find("scenarios", name, SCENARIOS)
    }

    fn scenarios(&self) -> Vec<String> {
        self.names("scenarios", SCENARIOS)
    }

    fn table(&self, path: &str) -> Option<(String, String)> {
        let read = |folder: &PathBuf| {
            let path = folder.join(path);
            std::fs::read_to_string(&path).ok().map(|text| (path.display().to_string(), text))
        };
        self.folders.iter().find_map(read)
    }
}

#[cfg(test)]
mod tests {
    use super::{SCENARIOS, STRATEGIES};
    use std::path::Path;

    /// The program must not know fewer files away from its repository than within.
    #[test]
    fn every_file_of_the_folders_ships() {
        for (kind, shipped) in [("strategies", STRATEGIES), ("scenarios", SCENARIOS)] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(kind);
            let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
                .map(|path| {
                    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                    (name, std::fs::read_to_string(path).unwrap())
                })
                .collect();
            files.sort();
            let shipped: Vec<(String, String)> =
                shipped.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            assert!(files == shipped, "{kind}: {:?}", shipped.iter().map(|(name, _)| name).collect::<Vec<_>>());
        }
    }
}
