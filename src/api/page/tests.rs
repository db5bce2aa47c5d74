use super::*;

fn page(body: &str) -> Page {
    Page::parse(body.into()).expect(body)
}

fn problem(body: &str) -> String {
    Page::parse(body.into()).expect_err(body).to_string()
}

#[test]
fn partners_stay_the_text_that_came() {
    let body = r#"{"count":2, "items": [ {"b":1.10,"a":12345678901234567890123} , {"new": "\u00e9"}], "x": 1}"#;
    let page = page(body);
    let partners: Vec<_> = page.partners().collect();
    assert_eq!(partners, [r#"{"b":1.10,"a":12345678901234567890123}"#, r#"{"new": "\u00e9"}"#]);
    assert_eq!(page.body(), body);
}

#[test]
fn a_partner_is_taken_out_of_its_page_as_it_came() {
    let body = r#" {"items": [ {"a":1} , {"b":"é"}, {}], "x": 1}"#;
    let taken = [0, 1, 2].map(|index| page(body).into_partner(index));
    assert_eq!(taken, [r#"{"a":1}"#, r#"{"b":"é"}"#, "{}"]);
    assert_eq!(parse_partner(b" {\"a\": 1 }\n".to_vec()).as_deref(), Ok(r#"{"a": 1 }"#));
}

#[test]
fn what_is_missing_or_null_is_unsaid() {
    for body in [r#"{"items":[]}"#, r#"{"items":[],"has_more":null,"total":null,"pagination":null}"#] {
        let page = page(body);
        assert_eq!((page.has_more, page.total, &page.next), (None, None, &None), "{body}");
        assert!(page.odd_total.is_none() && page.errors.is_none(), "{body}");
    }
}

#[test]
fn only_cursor_and_offset_are_taken_from_the_next_url() {
    for (pagination, next) in [
        ("{}", None),
        (r#"{"next":null}"#, None),
        ("[]", None),
        ("[ ]", None),
        (r#"{"previous":"https://api.example.com/partners?offset=1"}"#, None),
        (r#"{"next":""}"#, None),
        (r#"{"next":"https://api.example.com/partners?limit=1&offset=1"}"#, Some(Position::Offset(1))),
        (r#"{"next":"https://api.example.com/partners?offset=-1"}"#, None),
        (
            r#"{"next":"https://evil.example.com/x?limit=1&after=a%2Bb%20c&offset=9"}"#,
            Some(Position::After("a+b c".into())),
        ),
        (r#"{"next":"/partners?after=abc"}"#, Some(Position::After("abc".into()))),
        (r#"{"next":"no url","prev":1}"#, None),
    ] {
        assert_eq!(page(&format!(r#"{{"items":[],"pagination":{pagination}}}"#)).next, next, "{pagination}");
    }
}

#[test]
fn what_is_not_a_page_is_named() {
    for (body, part) in [
        ("[]", "it is not a page object"),
        (r#""Unauthorized""#, "it is not a page object"),
        ("{}", "no `items`"),
        (r#"{"items":null}"#, "its `items` are not a list of partners"),
        (r#"{"items":{}}"#, "its `items` are not a list of partners"),
        (r#"{"items":[{},null]}"#, "at index 1"),
        (r#"{"items":[[]]}"#, "at index 0"),
        (r#"{"items":[],"items":[]}"#, "\"items\" appears twice"),
        (r#"{"items":[],"count":1,"count":null}"#, "\"count\" appears twice"),
        (r#"{"items":[]"#, "EOF"),
        (r#"{"items":[]} x"#, "trailing"),
        ("", "EOF"),
    ] {
        assert!(problem(body).contains(part), "{body}: {}", problem(body));
    }
    assert_eq!(Page::parse(b"{\"items\":[],\"x\":\"\xff\"}".to_vec()).expect_err("not UTF-8"), "it is not UTF-8 text");
}

#[test]
fn a_statement_of_another_form_is_unsaid_and_a_total_is_kept_to_be_named() {
    for key in ["total", "offset", "count", "limit"] {
        for value in [r#""12""#, "12.0", "-1", "1.5", "1e4", "99999999999999999999", r#""abc""#, "true", "[]"] {
            let page = page(&format!(r#"{{"items":[],"{key}":{value}}}"#));
            assert_eq!([page.total, page.offset, page.count, page.limit], [None; 4], "{key}: {value}");
            assert_eq!(page.odd_total.as_deref(), (key == "total").then_some(value), "{key}: {value}");
        }
        let page = page(&format!(r#"{{"items":[],"{key}":12}}"#));
        let read = [page.total, page.offset, page.count, page.limit].into_iter().flatten().collect::<Vec<_>>();
        assert_eq!((&read[..], &page.odd_total), (&[12][..], &None), "{key}");
    }
    for member in [
        r#""has_more":"true""#,
        r#""has_more":1"#,
        r#""has_more":{}"#,
        r#""pagination":"https://host/?after=x""#,
        r#""pagination":[1]"#,
        r#""pagination":{"next":5}"#,
    ] {
        let page = page(&format!(r#"{{"items":[],{member}}}"#));
        assert_eq!((page.has_more, &page.next), (None, &None), "{member}");
    }
    let long = page(&format!(r#"{{"items":[],"total":"{}"}}"#, "x".repeat(1 << 20)));
    assert_eq!(long.odd_total.as_ref().map(String::len), Some(MAX_CHARACTERS));
}

#[test]
fn errors_beside_the_partners_are_kept_unless_there_are_none() {
    for nothing in ["null", "[]", "{}", "\"\"", "false"] {
        assert_eq!(page(&format!(r#"{{"items":[],"errors":{nothing},"error":{nothing}}}"#)).errors, None, "{nothing}");
    }
    for errors in [r#"[{"message":"x"}]"#, r#""x""#, r#"{"message":"x"}"#, "[null]"] {
        for key in ["errors", "error"] {
            let page = page(&format!(r#"{{"items":[],"{key}":{errors}}}"#));
            assert_eq!(page.errors.as_deref(), Some(errors), "{key}");
        }
    }
}

#[test]
fn what_is_nested_too_deep_is_refused_not_followed() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for levels in [126, 100_000] {
        let partner = format!(r#"{{"items":[{{"a":{}}}]}}"#, nested(levels));
        assert!(problem(&partner).contains("deeper than 128 levels"));
        let unknown = format!(r#"{{"items":[],"new":{}}}"#, nested(levels + 2));
        assert!(problem(&unknown).contains("deeper than 128 levels"));
    }
    assert_eq!(page(&format!(r#"{{"items":[{{"a":{}}}],"new":{}}}"#, nested(125), nested(127))).len(), 1);
}

#[test]
fn a_page_of_more_members_than_fit_is_refused() {
    let partner = |members: usize| format!("{{\"\":0{}}}", ",\"\":0".repeat(members - 1));
    let body = |more: usize| format!("{{\"items\":[{},{}]}}", partner(MAX_MEMBERS - 1), partner(more));
    assert_eq!(page(&body(1)).len(), 2);
    assert!(problem(&body(2)).contains("more than 4000000 fields"));
}

#[test]
fn members_stand_where_another_look_finds_them() {
    let page = page(r#"{"items": [ {"b" : 1.10,"a\u0062":[{"b":2}], "b":"x" } , {}],"b":3}"#);
    let members: Vec<Vec<_>> = page.objects().map(|partner| partner.members().collect()).collect();
    assert_eq!(members, [vec![("\"b\"", "1.10"), (r#""a\u0062""#, r#"[{"b":2}]"#), ("\"b\"", "\"x\"")], vec![]]);
    let first = page.objects().next().expect("a partner");
    assert_eq!([first.get("b"), first.get("ab"), first.get("c")], [Some("\"x\""), Some(r#"[{"b":2}]"#), None]);
}
