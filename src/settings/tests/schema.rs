use serde_json::json;

use super::*;

#[test]
fn every_kind_has_its_schema() {
    let schema = json_schema(&[
        &SEATS,
        &COMMISSION,
        &COST,
        &POWER,
        &PRICING,
        &RULE,
        &REPLACEMENT,
        &NAME,
        &WEIGHTS,
        &VALUE,
    ]);
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], json!(["power", "rule", "name"]));
    let property = |key: &str| schema["properties"][key].clone();
    assert_eq!(
        property("seats"),
        json!({ "type": "integer", "minimum": 1, "maximum": 12, "default": 4,
                "description": "Sequencers that share an epoch. Unit: seats." })
    );
    assert_eq!(
        property("commission"),
        json!({ "type": "number", "minimum": 0.0, "maximum": 1.0, "default": 0.1, "description": "Share kept." })
    );
    assert_eq!(property("live_cost").get("maximum"), None);
    assert_eq!(
        property("power"),
        json!({ "type": "number", "exclusiveMinimum": 0.0, "maximum": 4.0, "description": "Exponent." })
    );
    assert_eq!(property("pricing")["enum"], json!(["first", "second", "vcg"]));
    assert_eq!(property("pricing")["default"], "first");
    assert_eq!(
        property("replacement"),
        json!({ "type": "boolean", "default": true,
        "description": "Whether a seat is refilled." })
    );
    assert_eq!(property("weights")["items"], json!({ "type": "number" }));
    assert_eq!(property("value"), json!({ "description": "Private value. Allowed: a distribution." }));
}

#[test]
fn a_table_without_required_keys() {
    let schema = json_schema(&[&Parameter::number("x", 0.0, 1.0, 0.5, "", "").log()]);
    assert_eq!(schema.get("required"), None);
    assert_eq!(schema["properties"]["x"]["description"], "Moves in equal ratios.");
}
