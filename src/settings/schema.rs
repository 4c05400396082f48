//! JSON Schema of a table, for editors.

use serde_json::{Map, Value as Json, json};

use super::parameter::{Default, Kind, Parameter, Scale};

/// The schema of a table that has these keys and no other: type, range, choices, default and description with unit.
///
/// What a domain reader accepts ([`Kind::Custom`]) is described, not constrained. Infinite ends are left out.
pub fn json_schema(params: &[&Parameter]) -> Json {
    let properties: Map<String, Json> =
        params.iter().map(|parameter| (parameter.key.to_owned(), property(parameter))).collect();
    let required: Vec<&str> =
        params.iter().filter(|p| p.default == Default::Required).map(|p| p.key).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

fn property(parameter: &Parameter) -> Json {
    let mut schema = match parameter.kind {
        Kind::Number { low, high, open_low, open_high } => {
            let mut schema = json!({ "type": "number" });
            if low > -f64::MAX {
                schema[if open_low { "exclusiveMinimum" } else { "minimum" }] = low.into();
            }
            if high < f64::MAX {
                schema[if open_high { "exclusiveMaximum" } else { "maximum" }] = high.into();
            }
            schema
        }
        Kind::Integer { low, high } if high >= i64::MAX as u64 => {
            json!({ "type": "integer", "minimum": low })
        }
        Kind::Integer { low, high } => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Choice(choices) => json!({ "type": "string", "enum": choices }),
        Kind::Numbers => json!({ "type": "array", "items": { "type": "number" } }),
        Kind::Custom(_) => json!({}),
    };
    match parameter.default {
        Default::Required | Default::Absent => {}
        Default::Number(number) => schema["default"] = number.into(),
        Default::Integer(integer) => schema["default"] = integer.into(),
        Default::Flag(flag) => schema["default"] = flag.into(),
        Default::Text(text) => schema["default"] = text.into(),
    }
    schema["description"] = description(parameter).into();
    schema
}

fn description(parameter: &Parameter) -> String {
    let mut text = parameter.doc.to_owned();
    if !parameter.unit.is_empty() {
        text = format!("{text} Unit: {}.", parameter.unit);
    }
    if let Kind::Custom(allowed) = parameter.kind {
        text = format!("{text} Allowed: {allowed}.");
    }
    if parameter.scale == Scale::Log {
        text.push_str(" Moves in equal ratios.");
    }
    text.trim().to_owned()
}
