//! No arrow points up: a folder uses only those below it.

use crate::lab::root;
use std::collections::BTreeSet;
use std::path::Path;

/// Layers from the bottom; folders of one layer may use each other. Play and the mechanisms are one: a mechanism moves
/// money in the ledger of play, and play asks the mechanism what to do.
const LAYERS: &[&[&str]] = &[
    &["draws", "formula", "numerics", "settings"],
    &["world"],
    &["theory", "learning"],
    &["agent"],
    &["mechanism", "play", "for_rules", "match_rule", "declare_rules", "with_rule"],
    &["measure"],
    &["optimize"],
    &["experiment"],
    &["validate"],
    &["chart", "report"],
    &["cli"],
];

fn layer(module: &str) -> usize {
    LAYERS
        .iter()
        .position(|layer| layer.contains(&module))
        .unwrap_or_else(|| panic!("`{module}` has no place in the order of layers; add it"))
}

/// Every source file under a folder.
fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Names of modules that follow `crate::` in a file's code, comments left out.
fn used(text: &str) -> BTreeSet<String> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut names = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        // `crate::{a, b::c}` or `crate::a`.
        if let Some(list) = after.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        names.insert(std::mem::take(&mut name));
                    }
                    _ if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            names.insert(name);
        } else {
            names.insert(after.to_owned());
        }
    }
    let head = |name: &String| -> String {
        name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    names.iter().map(head).filter(|name| !name.is_empty()).collect()
}

#[test]
fn no_arrow_points_up() {
    let src = root().join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 50, "the sources are there");
    let mut up = Vec::new();
    for file in files {
        let path = file.strip_prefix(&src).unwrap();
        let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = first.trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        // A unit test may look anywhere.
        if path.ends_with("tests.rs") || path.components().any(|c| c.as_os_str() == "tests") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for name in used(code) {
            // What the macro of the mechanisms writes belongs to them.
            if layer(&name) > layer(module) {
                up.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(up.is_empty(), "{up:#?}");
}

/// The order is worth something only if it can be broken.
#[test]
fn the_parser_sees_arrows() {
    let text = "use crate::world::{World, mev::Mev};\nuse crate::{agent::Setting, play};\n// crate::cli\nlet x = crate::numerics::pow(1.0, 2.0);";
    let expected: BTreeSet<String> =
        ["world", "agent", "play", "numerics"].iter().map(|s| (*s).to_owned()).collect();
    assert_eq!(used(text), expected);
}
