use super::*;

#[test]
fn members_keep_their_order_and_their_text() {
    let object = r#"{ "b": 1.10, "\u0061":[1, {"x":"]}\""}],"b" : "x,}" ,"n":null , "o":{}, "é":-1E5}"#;
    let expected = [
        (r#""b""#, "1.10"),
        (r#""\u0061""#, r#"[1, {"x":"]}\""}]"#),
        (r#""b""#, r#""x,}""#),
        (r#""n""#, "null"),
        (r#""o""#, "{}"),
        (r#""é""#, "-1E5"),
    ];
    assert_eq!(members(object).collect::<Vec<_>>(), expected);
    assert_eq!(members("{}").chain(members("{ \n}")).chain(members(r#"["a"]"#)).chain(members("1")).count(), 0);
}

#[test]
fn broken_text_has_fewer_members_and_does_no_harm() {
    let object = r#"{"a":{"b":"\"é"},"c":[1,"x"],"d":nul"#;
    for end in (0..object.len()).filter(|end| object.is_char_boundary(*end)) {
        assert!(members(&object[..end]).count() <= 3);
    }
}

#[test]
fn a_path_leads_through_objects_only() {
    let partner = r#"{"callbacks":{"sms":"a"},"acls":[{"sms":"b"}],"name":null,"name":"last"}"#;
    assert_eq!(lookup(partner, ["callbacks", "sms"]), Some(r#""a""#));
    assert_eq!(lookup(partner, ["callbacks", "none"]), None);
    assert_eq!(lookup(partner, ["acls", "sms"]), None);
    assert_eq!(lookup(partner, ["name"]), Some(r#""last""#));
    assert_eq!(lookup(partner, ["name", "x"]), None);
}

#[test]
fn a_path_leads_through_arrays_of_objects_to_what_their_elements_have() {
    let partner = r#"{"acls":[{"d":"in","r":[1 ,2]}, {"x":1},{"d":null,"r":[3]},{"d":"out"}],"n":[[{"d":1}],7,"d"],
            "deep":[{"a":[{"b":1},{"b":2}]},{"a":{"b":3}}],"o":{"list":[{"k":"]"}]},"e":[ ]}"#;
    for (path, value, each) in [
        ("acls.d", Some(r#"["in",null,"out"]"#), vec![r#""in""#, "null", r#""out""#]),
        ("acls.r", Some("[[1 ,2],[3]]"), vec!["[1 ,2]", "[3]"]),
        ("deep.a.b", Some("[[1,2],3]"), vec!["1", "2", "3"]),
        ("o.list.k", Some(r#"["]"]"#), vec![r#""]""#]),
        ("o.list", Some(r#"[{"k":"]"}]"#), vec![r#"[{"k":"]"}]"#]),
        ("n.d", None, vec![]),
        ("e.d", None, vec![]),
        ("acls.none", None, vec![]),
        ("acls.d.x", None, vec![]),
    ] {
        let steps: Vec<&str> = path.split('.').collect();
        assert_eq!(value_at(partner, &steps).as_deref(), value, "{path}");
        assert_eq!(each_at(partner, &steps), each, "{path}");
    }
}

#[test]
fn an_array_that_is_cut_short_has_fewer_elements_and_does_no_harm() {
    let array = r#"[{"a":"\"é"},[1,"x"] ,nul"#;
    for end in (0..array.len()).filter(|end| array.is_char_boundary(*end)) {
        assert!(elements(&array[..end]).count() <= 3);
    }
}

#[test]
fn members_of_objects_in_arrays_are_left_out_and_kept_alike() {
    let partner = r#"{"acls":[ {"d":"in","r":1} , 5,{"r":2}],"n":null}"#;
    assert_eq!(without(partner, &[vec!["acls", "d"]]), r#"{"acls":[{"r":1},5,{"r":2}],"n":null}"#);
    assert_eq!(only(partner, &[vec!["acls", "d"]]), r#"{"acls":[{"d":"in"},{}]}"#);
    assert_eq!(without(partner, &[vec!["acls", "none", "x"]]), r#"{"acls":[{"d":"in","r":1},5,{"r":2}],"n":null}"#);
}

#[test]
fn text_of_a_string_is_decoded_and_of_a_number_verbatim() {
    for (value, expected) in [
        (r#""caf\u00e9 \"x\"\/""#, "café \"x\"/"),
        (r#""plain""#, "plain"),
        ("4.40", "4.40"),
        ("1E5", "1E5"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("[1, {\"a\" : 2}]", "[1,{\"a\":2}]"),
        (r#""half \ud800 pair""#, r"half \ud800 pair"),
    ] {
        assert_eq!(text(value), expected);
    }
}

#[test]
fn without_leaves_out_members_at_any_depth_and_keeps_the_rest() {
    let partner = r#"{ "a": 1.0, "b": {"x": 1, "y": [ 2 ]}, "c": "d", "n": null }"#;
    assert_eq!(without(partner, &[vec!["a"], vec!["b", "x"]]), r#"{"b":{"y":[ 2 ]},"c":"d","n":null}"#);
    assert_eq!(without(partner, &[vec!["b"], vec!["b", "x"], vec!["c"], vec!["n"]]), r#"{"a":1.0}"#);
    assert_eq!(without("{}", &[vec!["a"]]), "{}");
}

#[test]
fn only_keeps_members_at_any_depth_in_the_objects_own_order() {
    let partner = r#"{ "a": 1.0, "b": {"x": 1, "y": [ 2 ]}, "c": "d", "n": null }"#;
    assert_eq!(only(partner, &[vec!["c"], vec!["b", "y"], vec!["a"]]), r#"{"a":1.0,"b":{"y":[ 2 ]},"c":"d"}"#);
    assert_eq!(only(partner, &[vec!["a", "x"], vec!["none"], vec!["b", "z"]]), r#"{"b":{}}"#);
}

#[test]
fn members_of_both_are_those_of_each_if_the_keys_are_the_same() {
    let objects = [
        "{}",
        " {}",
        r#"{"a":1}"#,
        r#"{"a":12}"#,
        r#"{"a" : 1 , "b":"x\"}"}"#,
        r#"{"a":1,"b":"x"}"#,
        r#"{"a":[1,{"b":"}"}],"b":{}}"#,
        r#"{"b":1,"a":2}"#,
        r#"{"a":1,"b":"x","c":null}"#,
        r#"{"a\"":1}"#,
        "{\n  \"a\": 1,\n  \"b\": [\n  ]\n}",
    ];
    for old in objects {
        for new in objects.into_iter().filter(|object| object.starts_with('{')) {
            let (olds, news): (Vec<_>, Vec<_>) = (members(old).collect(), members(new).collect());
            let same_keys = olds.iter().map(|(key, _)| key).eq(news.iter().map(|(key, _)| key));
            let both = olds.iter().zip(&news).map(|((key, old), (_, new))| (*key, *old, *new)).collect();
            assert_eq!(members_of_both(old, new), same_keys.then_some(both), "{old} {new}");
        }
    }
}
