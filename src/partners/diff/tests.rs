use std::convert::Infallible;
use std::time::Instant;

use super::*;

fn list(texts: &[&str]) -> List {
    texts.iter().collect()
}

fn rules() -> Rules {
    Rules { moving: vec!["balance"], ..Rules::default() }
}

fn changes<'l>(old: &'l List, new: &'l List, comparer: &mut Comparer) -> Vec<Change<'l>> {
    let mut changes = Vec::new();
    let Ok(()) = compare(old, new, comparer, |change| -> Result<(), Infallible> {
        changes.push(change);
        Ok(())
    });
    changes
}

fn names(names: &[&str]) -> Vec<FieldName> {
    names.iter().map(|name| name.parse().expect(name)).collect()
}

/// The differences of two partners, each as `field: old -> new`, and by how much the balance moved.
fn differences(old: &str, new: &str, rules: &Rules) -> Vec<String> {
    let with_sid = |members: &str| match members {
        "" => r#"{"partner_sid":"a"}"#.to_owned(),
        members => format!(r#"{{"partner_sid":"a",{members}}}"#),
    };
    let (old, new) = (list(&[&with_sid(old)]), list(&[&with_sid(new)]));
    let mut comparer = Comparer::new(rules);
    let mut shown = Vec::new();
    for change in changes(&old, &new, &mut comparer) {
        let Change::Changed { fields, .. } = change else { panic!("{change:?}") };
        let value = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        shown.extend(fields.into_iter().map(|Difference { field, old, new, delta }| {
            let delta = delta.map_or_else(String::new, |delta| format!(" ({delta})"));
            format!("{field}: {} -> {}{delta}", value(old), value(new))
        }));
    }
    let moved = comparer.movements().filter(|(_, movement)| movement.partners > 0);
    shown.extend(moved.map(|(field, Movement { sum, .. })| format!("{field} moved by {}", sum.marked())));
    shown
}

#[test]
fn partners_come_go_and_change_in_the_order_of_the_new_list() {
    let old = list(&[
        r#"{"partner_sid":"gone","name":"x"}"#,
        r#"{"partner_sid":"A9DB3DEE-8E3A-4DE7-B4A9-F80A2F4F7E15","name":"y"}"#,
        r#"{"partner_sid":"same","name":"z"}"#,
        r#"{"partner_sid":"gone too","name":"x"}"#,
    ]);
    let new = list(&[
        r#"{"partner_sid":"new","name":"n"}"#,
        r#"{"name":"z", "partner_sid":"same"}"#,
        r#"{"partner_sid":"a9db3dee-8e3a-4de7-b4a9-f80a2f4f7e15","name":"yy"}"#,
    ]);
    let rules = rules();
    let changes = changes(&old, &new, &mut Comparer::new(&rules));
    let shown = changes.iter().map(|change| match change {
        Change::Added(text) => format!("added {}", &text[16..19]),
        Change::Changed { fields, .. } => {
            format!("changed {}", fields.iter().map(|difference| &*difference.field).collect::<Vec<_>>().join(","))
        }
        Change::Gone(text) => format!("gone {}", &text[16..20]),
    });
    // A UUID in capitals is the same partner, and another text.
    assert_eq!(shown.collect::<Vec<_>>(), ["added new", "changed partner_sid,name", "gone gone", "gone gone"]);
}

#[test]
fn what_has_another_form_alone_does_not_differ() {
    for (old, new) in [
        (r#""name":"é""#, r#""name" : "\u00e9""#),
        (r#""name":null"#, ""),
        (r#""prepay_amount":"4.40""#, r#""prepay_amount":4.4"#),
        (r#""available_scopes":["a","b"]"#, r#""available_scopes":["b", "a"]"#),
        (r#""name":"x","callbacks":{"a":1,"b":null}"#, r#""callbacks":{"a":1},"name":"x""#),
        (r#""acls":[{"a":1,"b":2}]"#, r#""acls":[ {"b":2,"a":1} ]"#),
        (r#""name":"x","name":"y""#, r#""name":"y""#),
    ] {
        assert_eq!(differences(old, new, &rules()), [""; 0], "{old} {new}");
        assert_eq!(differences(new, old, &rules()), [""; 0], "{new} {old}");
    }
}

#[test]
fn a_difference_has_the_values_that_came_and_the_delta_of_decimals() {
    for (old, new, expected) in [
        (r#""name":"a""#, r#""name":"b""#, &[r#"name: "a" -> "b""#][..]),
        (r#""name":"""#, r#""name":null"#, &[r#"name: "" -> null"#]),
        (r#""zip":"05401""#, r#""zip":5401"#, &[r#"zip: "05401" -> 5401"#]),
        (r#""charge_at":"1.50""#, r#""charge_at":4.4"#, &[r#"charge_at: "1.50" -> 4.4 (2.90)"#]),
        (r#""charge_at":null"#, r#""charge_at":"5""#, &[r#"charge_at: null -> "5""#]),
        ("", r#""charge_at":"5""#, &[r#"charge_at: - -> "5""#]),
        (r#""charge_at":"1e400""#, r#""charge_at":"5""#, &[r#"charge_at: "1e400" -> "5""#]),
        (
            r#""callbacks":{"sms":"x","v":1}"#,
            r#""callbacks":{"v":1,"mms":"y"}"#,
            &[r#"callbacks.mms: - -> "y""#, r#"callbacks.sms: "x" -> -"#],
        ),
        (r#""callbacks":{"a":{"b":1}}"#, r#""callbacks":{"a":{"b":2}}"#, &["callbacks.a.b: 1 -> 2"]),
        // A path could not tell such keys from nested ones.
        (r#""callbacks":{"a.b":1}"#, r#""callbacks":{"a.b":2}"#, &[r#"callbacks: {"a.b":1} -> {"a.b":2}"#]),
        (r#""callbacks":null"#, r#""callbacks":{}"#, &["callbacks: null -> {}"]),
        (r#""acls":[{"a":1}]"#, r#""acls":[{"a": 2}]"#, &[r#"acls: [{"a":1}] -> [{"a":2}]"#]),
        (r#""unknown":1"#, r#""unknown":true"#, &["unknown: 1 -> true"]),
        (r#""balance":"10.5""#, r#""balance":"4""#, &["balance moved by -6.5"]),
        (r#""balance":"10.5""#, r#""balance":null"#, &["balance moved by 0*"]),
    ] {
        assert_eq!(differences(old, new, &rules()), expected, "{old} {new}");
    }
}

#[test]
fn amounts_that_move_are_shown_like_all_others_if_asked_for() {
    let rules = Rules { moving: Vec::new(), ..rules() };
    assert_eq!(differences(r#""balance":"10.5""#, r#""balance":"4""#, &rules), [r#"balance: "10.5" -> "4" (-6.5)"#]);
}

#[test]
fn fields_are_chosen_by_name_and_by_path() {
    let old = r#""name":"a","callbacks":{"sms":1,"mms":1},"x.y":1"#;
    let new = r#""name":"b","callbacks":{"sms":2,"mms":2},"x.y":2"#;
    let only = |list: &[&str]| Rules { only: names(list), ..rules() };
    let except = |list: &[&str]| Rules { except: names(list), ..rules() };
    let fields = |rules: &Rules| -> Vec<String> {
        let field = |shown: &String| shown.split(':').next().unwrap_or_default().to_owned();
        differences(old, new, rules).iter().map(field).collect()
    };
    assert_eq!(fields(&only(&["callbacks.sms", "name"])), ["name", "callbacks.sms"]);
    assert_eq!(fields(&only(&["callbacks", "x.y"])), ["callbacks.mms", "callbacks.sms", "x.y"]);
    assert_eq!(fields(&except(&["callbacks.sms", "name"])), ["callbacks.mms", "x.y"]);
    assert_eq!(fields(&except(&["callbacks", "x"])), ["name"]);
}

#[test]
fn cells_know_neither_null_nor_types() {
    let columns = ["partner_sid", "name", "zip", "prepay_amount", "acls", "available_scopes", "x", "callbacks"];
    let rules = Rules { columns: [None, Some(columns.map(str::to_owned).into())], ..rules() };
    for (old, new) in [
        (r#""name":"""#, r#""name":null"#),
        (r#""zip":"5401""#, r#""zip":5401"#),
        (r#""prepay_amount":"4.40""#, r#""prepay_amount":4.4"#),
        (r#""acls":"[{\"a\":1}]""#, r#""acls":[{"a":1}]"#),
        (r#""available_scopes":"[\"a\",\"b\"]""#, r#""available_scopes":["b","a"]"#),
        (r#""x":"true""#, r#""x":true"#),
    ] {
        assert_eq!(differences(old, new, &rules), [""; 0], "{old} {new}");
    }
    for (old, new, expected) in [
        (r#""zip":"05401""#, r#""zip":5401"#, r#"zip: "05401" -> 5401"#),
        (r#""callbacks":"{\"sms\":1}""#, r#""callbacks":{"sms":2}"#, "callbacks.sms: 1 -> 2"),
        (r#""name":"[x""#, r#""name":"[y""#, r#"name: "[x" -> "[y""#),
    ] {
        assert_eq!(differences(old, new, &rules), [expected], "{old} {new}");
    }
}

#[test]
fn only_a_list_of_cells_lacks_fields_and_they_are_named_and_not_compared() {
    let old = list(&[r#"{"partner_sid":"a","name":"x","callbacks.sms":"1","odd":"'=1"}"#]);
    let new = list(&[r#"{"partner_sid":"a","name":"y","callbacks":{"sms":2},"zip":"1","odd":"=1"}"#]);
    let columns = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    let cells = columns(&["partner_sid", "name", "callbacks.sms", "odd"]);
    let fields = |rules: &Rules| {
        let mut comparer = Comparer::new(rules);
        let changes = changes(&old, &new, &mut comparer);
        let [Change::Changed { fields, .. }] = &changes[..] else { panic!("{changes:?}") };
        let fields: Vec<_> = fields.iter().map(|difference| difference.field.clone()).collect();
        let [in_old, in_new] = comparer.lacking().each_ref().map(|names| names.iter().cloned().collect::<Vec<_>>());
        (fields.join(" "), in_old.join(" "), in_new.join(" "))
    };
    let expected = |fields: &str, in_old: &str| (fields.to_owned(), in_old.to_owned(), String::new());
    // The column of a dotted name is compared with what it was cut from, and a cell without its guard.
    let rules = Rules { columns: [cells, None], ..rules() };
    assert_eq!(fields(&rules), expected("name callbacks.sms", "callbacks zip"));
    assert_eq!(
        fields(&Rules { except: names(&["zip"]), ..rules.clone() }),
        expected("name callbacks.sms", "callbacks")
    );
    assert_eq!(fields(&Rules { only: names(&["name", "city"]), ..rules }), expected("name", "city"));
    // All others have every field.
    assert_eq!(fields(&Rules::default()), expected("name callbacks zip odd callbacks.sms", ""));
}

#[test]
fn what_is_compared_grows_with_the_keys_and_not_with_their_square() {
    let partner = |keys: u32, value: &str| {
        let inner: Vec<_> = (0..keys).map(|key| format!(r#""k{key}":{value}"#)).collect();
        let outer: Vec<_> = (0..keys).map(|key| format!(r#""o.{key}":{value}"#)).collect();
        format!(r#"{{"partner_sid":"a","callbacks":{{{}}},{}}}"#, inner.join(","), outer.join(","))
    };
    for (outer, differences) in [("\"p.", 3), ("\"o.", 2)] {
        let took = |keys| {
            let (old, new) = (partner(keys, "1"), partner(keys, "2").replace("\"o.", outer));
            let rules = Rules::default();
            let start = Instant::now();
            assert_eq!(Comparer::new(&rules).differences(&old, &new).len(), differences * keys as usize);
            start.elapsed()
        };
        let (few, many) = (took(2_000), took(16_000));
        assert!(many < few * 24, "{outer} {few:?} {many:?}");
    }
}
