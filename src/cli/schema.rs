//! `schema`: JSON Schema of experiment and strategy files, for editors.

use super::{Common, Status, Stop};
use crate::experiment::file::RULE;
use crate::experiment::parameters::tables;
use crate::mechanism::{CATALOGUE, overlays, oversight};
use crate::settings::json_schema;
use serde_json::{Map, Value, json};

/// Prints the schema. It is JSON with or without `--json`.
///
/// # Errors
/// None at present.
pub fn print(common: &Common) -> Result<Status, Stop> {
    let schema = schema();
    common.result(&format!("{schema:#}"), || schema.clone());
    Ok(Status::Done)
}

/// The schema of an experiment file, with that of strategy files under `$defs.strategy`.
pub fn schema() -> Value {
    let mut properties = Map::new();
    let mut strategies = Value::Null;
    for (path, parameters) in tables() {
        let table = json_schema(&parameters);
        if path == "strategies.*" {
            strategies.clone_from(&table);
        }
        if path.starts_with("mechanism.*.") {
            continue;
        }
        let nested = path.strip_suffix(".*").and_then(|path| path.split_once('.'));
        if let Some((outer, inner)) = nested {
            // After the table that it stands in.
            let list = json!({"type": "array", "items": table});
            if let Some(outer) = properties.get_mut(outer) {
                outer["properties"][inner] = list;
            }
            continue;
        }
        match path.strip_suffix(".*") {
            Some(name @ ("sequencers" | "delegators" | "charts")) => {
                properties.insert(name.to_owned(), json!({"type": "array", "items": table}));
            }
            Some(name @ "mechanism") => {
                // Rules may allow different values under one key.
                let rules: Vec<Value> = CATALOGUE
                    .iter()
                    .map(|entry| {
                        let own = std::iter::once(&RULE)
                            .chain(entry.parameters.iter().copied())
                            .chain(oversight::PARAMETERS.iter().copied());
                        let mut table = json_schema(&own.collect::<Vec<_>>());
                        table["properties"]["rule"] = json!({"const": entry.name});
                        table["properties"][oversight::TABLE] = json_schema(oversight::GOVERNANCE);
                        for (key, keys) in overlays::TABLES {
                            table["properties"][*key] = json_schema(keys);
                        }
                        table
                    })
                    .collect();
                let table = json!({"type": "object", "additionalProperties": {"anyOf": rules}});
                properties.insert(name.to_owned(), table);
            }
            // With the rules.
            _ if path.ends_with(oversight::TABLE) => {}
            Some(name) => {
                properties.insert(name.to_owned(), json!({"type": "object", "additionalProperties": table}));
            }
            None => {
                let mut table = table;
                if path == "sweep" {
                    // Points that are listed set any paths.
                    table["properties"]["points"] = json!({"type": "array", "items": {"type": "object"}});
                }
                properties.insert(path, table);
            }
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sequencer-lab experiment",
        "type": "object",
        "properties": properties,
        "required": ["experiment", "sequencers", "mechanism"],
        "additionalProperties": false,
        "$defs": {"strategy": strategies},
    })
}
