//! `carrierx partners fields`: what is documented of a partner, in every format, without asking anybody.

use crate::common::{carrierx, stdout};

#[test]
fn every_documented_field_is_told_in_every_format() {
    for (format, lines) in [("table", 32), ("csv", 32), ("tsv", 32), ("jsonl", 31)] {
        let fields = stdout(&carrierx(&["partners", "fields", "-o", format]).assert().success().stderr(""));
        assert_eq!(fields.lines().count(), lines, "{format}: {fields}");
    }
    let fields = stdout(&carrierx(&["partners", "fields", "-o", "json"]).assert().success());
    let fields: Vec<serde_json::Value> = serde_json::from_str(&fields).expect("an array");
    let expected = serde_json::json!({
        "name": "balance", "type": "decimal", "read_only": true, "nullable": false, "meaning": "current balance",
    });
    assert!(fields.contains(&expected), "{fields:?}");
}
