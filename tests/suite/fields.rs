//! `carrierx partners fields`: what is documented of a partner, in every format, without asking anybody.

use crate::common::{carrierx, stderr, stdout};

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

#[test]
fn named_fields_alone_are_shown_and_a_wrong_name_is_answered() {
    let shown = stdout(&carrierx(&["partners", "fields", "zip", "balance", "-o", "csv"]).assert().success());
    assert!(shown.contains("\nzip,") && shown.contains("\nbalance,") && shown.lines().count() == 3, "{shown}");
    let wrong = carrierx(&["partners", "fields", "balanse"]).assert().code(2);
    assert!(stderr(&wrong).contains("hint: did you mean `balance`?"), "{}", stderr(&wrong));
}
