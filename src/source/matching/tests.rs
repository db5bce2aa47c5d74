use super::*;

const PARTNER: &str = r#"{"balance":"9.50","callbacks":{"sms":"https://example.com/cb"},"city":null,
        "company_name":"ACME Łódź, Telecom","charge_at":null,"date_created":"2024-05-20T18:32:37.000Z",
        "status":"active"}"#;

fn matches(expression: &str) -> bool {
    Filter::read(expression).expect(expression).matches(PARTNER)
}

fn problem(expression: &str) -> String {
    Filter::read(expression).map(|_| ()).expect_err(expression)
}

#[test]
fn a_filter_compares_amounts_as_decimals() {
    for expression in ["balance lt 10", "balance eq 9.5", "balance GE 9.50000", "balance gt -100", "balance in (1,9.5)"]
    {
        assert!(matches(expression), "{expression}");
    }
    assert!(!matches("balance gt 10"));
    assert!(!matches("balance ne 9.5"));
    assert_eq!(problem("balance lt ten"), "not a decimal number: ten");
}

#[test]
fn a_filter_compares_everything_else_as_text() {
    assert!(matches("status eq active and status ne closed"));
    assert!(matches("date_created ge 2024-05-20 and date_created lt 2024-05-21"));
    assert!(!matches("status eq ACTIVE"));
    assert!(!matches("status eq active and status ne active"));
}

#[test]
fn dots_reach_into_objects() {
    assert!(matches(r#"callbacks.sms eq "https://example.com/cb""#));
    assert!(matches("callbacks.app_mediator eq null"));
}

#[test]
fn one_element_of_an_array_that_matches_is_enough() {
    let partner = r#"{"acls":[{"direction":"inbound","rules":["a"]},{"direction":"outbound"},{"x":1}]}"#;
    for (expression, is_match) in [
        ("acls.direction eq outbound", true),
        ("acls.direction eq inbound and acls.direction eq outbound", true),
        ("acls.direction ne inbound", true),
        ("acls.direction eq sideways", false),
        ("acls.direction like IN%", true),
        ("acls.direction in (outbound)", true),
        ("acls.direction eq null", false),
        ("acls.none eq null", true),
        ("acls.none ne x", false),
    ] {
        assert_eq!(Filter::read(expression).expect(expression).matches(partner), is_match, "{expression}");
    }
}

#[test]
fn a_comparison_with_null_is_never_true_except_when_asked_for_null() {
    assert!(matches("city eq null"));
    assert!(matches("status ne NULL"));
    for expression in [
        "city ne null",
        "status eq null",
        "city eq Berlin",
        "city ne Berlin",
        "city like %",
        "charge_at lt 10",
        "balance lt null",
        "city ge null",
    ] {
        assert!(!matches(expression), "{expression}");
    }
}

#[test]
fn like_ignores_case_beyond_ascii_and_takes_percent_for_anything() {
    for pattern in ["%acme%", "acme łódź, telecom", "ACME%", "%TELECOM", "%ŁÓDŹ%tel%", "%", "%%", "a%m%e%%m"] {
        assert!(matches(&format!("company_name like '{pattern}'")), "{pattern}");
    }
    for pattern in ["acme", "%acme", "telecom%", "%telecom%acme%", "acme łódź, telecom_", ""] {
        assert!(!matches(&format!("company_name like '{pattern}'")), "{pattern}");
    }
}

#[test]
fn like_does_not_use_a_character_twice() {
    assert!(!is_like("ab", "ab%b"));
    assert!(!is_like("aba", "ab%ba"));
    assert!(is_like("abba", "ab%ba"));
    assert!(!is_like("axb", "a%x%x%b"));
}

#[test]
fn like_takes_no_time_on_hostile_patterns() {
    assert!(!is_like(&"a".repeat(100_000), &("%a".repeat(50_000) + "%b")));
}

#[test]
fn lists_keep_quoted_commas_and_inner_apostrophes() {
    let items = |value| listed(value).collect::<Vec<_>>();
    assert_eq!(items("(a, 'b, c',\"d\")"), ["a", "b, c", "d"]);
    assert_eq!(items("O'Brien,x"), ["O'Brien", "x"]);
    assert!(matches("company_name in (x, 'ACME Łódź, Telecom')"));
}

#[test]
fn what_cannot_be_understood_is_refused() {
    assert_eq!(problem("status = active"), "`=` is not an operator of the filter language");
    assert_eq!(problem("status nearby active"), "unknown operator: nearby");
}
