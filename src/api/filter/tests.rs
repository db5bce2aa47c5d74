use super::*;

fn parse(expression: &str) -> Result<Vec<Condition>, Mistake> {
    super::parse(expression)
}

/// The mistake in one line: the text it points at, and the remedy.
fn mistake(expression: &str) -> (String, String) {
    let mistake = parse(expression).expect_err(expression);
    (expression[mistake.span].to_owned(), mistake.remedy)
}

fn condition(field: &str, operator: &str, value: &str) -> Condition {
    Condition { field: field.into(), operator: operator.into(), value: value.into() }
}

#[test]
fn conditions_joined_by_and_are_read() {
    let expected = [condition("status", "eq", "active"), condition("balance", "LT", "10")];
    assert_eq!(parse("status eq active AND balance LT 10"), Ok(expected.to_vec()));
}

#[test]
fn quotes_keep_blanks_words_and_symbols_of_a_value_together() {
    for (expression, value) in [
        (r#"company_name eq "Acme Telecom""#, "Acme Telecom"),
        (r"company_name like '%rock and roll (or not) = %'", "%rock and roll (or not) = %"),
        (r#"company_name eq "it's “so” nice""#, "it's “so” nice"),
        (r#"company_name eq "a \" b""#, r#"a \" b"#),
        ("company_name eq O'Brien", "O'Brien"),
        ("company_name eq Joe’s", "Joe’s"),
        ("company_name eq a=b(c)", "a=b(c)"),
        ("company_name eq \"\"", ""),
        (r"company_name eq 'C:\'", r"C:\"),
        (r#"attributes."a=b" eq é"#, "é"),
        ("company_name eq =", "="),
    ] {
        assert_eq!(parse(expression).expect(expression)[0].value, value, "{expression}");
    }
}

#[test]
fn an_unknown_operator_is_never_refused() {
    for expression in [
        "status in (a,b)",
        "status in ('a and b', \"c or d\") and balance lt 10",
        "status IN (active and more) and balance lt 10",
        "company_name not like x",
        "zip is not null",
        "zip is_null",
        "balance between 1 and 5",
        "balance between 1 and 5 and status eq active",
        "zip nearby (5 or 6)",
        "zip nearby 'this or that place'",
        "zip =~ x",
    ] {
        assert!(parse(expression).is_ok(), "{expression}: {:?}", parse(expression));
    }
    let conditions = parse("balance between 1 and 5 and status eq active").expect("both conditions");
    assert_eq!(conditions, [condition("balance", "between", "1 and 5"), condition("status", "eq", "active")]);
}

#[test]
fn symbols_are_pointed_at_with_the_operator_that_replaces_them() {
    for (expression, at, remedy) in [
        ("status = active", "=", "use `eq`"),
        ("status == active", "==", "use `eq`"),
        ("status=active", "=", "use `eq`"),
        ("status != active", "!=", "use `ne`"),
        ("status <> active", "<>", "use `ne`"),
        ("balance<10", "<", "use `lt`"),
        ("balance <=10", "<=", "use `le`"),
        ("balance > 10", ">", "use `gt`"),
        ("status eq active and balance >= 10", ">=", "use `ge`"),
        ("status not = active", "=", "use `eq`"),
        ("zip is null or zip=5", "or", "run one command per condition, or quote `or` if it is part of a value"),
    ] {
        assert_eq!(mistake(expression), (at.to_owned(), remedy.to_owned()), "{expression}");
    }
}

#[test]
fn what_the_language_lacks_is_refused_at_its_place() {
    assert_eq!(mistake("status eq active or balance lt 10").0, "or");
    assert_eq!(mistake("status eq active OR balance lt 10").0, "OR");
    assert_eq!(mistake("status in (a,b) or balance lt 10").0, "or");
    for second in ["status in (c,d)", "zip is null", "balance is 5", "not zip eq 5", "(zip is null)", "zip=5", "x lt 5"]
    {
        assert_eq!(mistake(&format!("status in (a,b) or {second}")).0, "or", "{second}");
        assert_eq!(mistake(&format!("status in (a,b) || {second}")).0, "||", "{second}");
        assert_eq!(mistake(&format!("status in (a,b) && {second}")).0, "&&", "{second}");
    }
    assert_eq!(mistake("or status eq active").0, "or");
    assert_eq!(mistake("!(status eq active)").0, "!");
    assert_eq!(mistake("status eq active || balance lt 10").0, "||");
    assert_eq!(mistake("status eq active && balance lt 10"), ("&&".to_owned(), "use `and`".to_owned()));
    assert_eq!(mistake("not status eq active").0, "not");
    assert_eq!(mistake("status eq active and NOT(balance lt 10)").0, "NOT");
    assert_eq!(mistake("(status eq active)").0, "(");
    assert_eq!(mistake("status eq active and (balance lt 10)").0, "(");
}

#[test]
fn what_stands_as_in_a_url_is_refused_with_the_expression_as_it_is_typed() {
    for (expression, meant) in [
        ("state+eq+NY", "state eq NY"),
        ("filter=state+eq+NY", "state eq NY"),
        ("name%20like%20%22%25a%2Bb%22", "name like \"%a+b\""),
        ("filter=state eq NY", "state eq NY"),
    ] {
        assert_eq!(mistake(expression).1, format!("write `{meant}`"));
    }
    for expression in ["name eq a+b", "name like %20%", "phonenumber eq +1503"] {
        assert!(parse(expression).is_ok(), "{expression}");
    }
}

#[test]
fn what_is_missing_is_said_where_it_belongs() {
    assert!(parse("").is_err());
    assert!(parse("  \t").is_err());
    assert_eq!(parse("status eq").unwrap_err().span, 9..9);
    assert_eq!(mistake("status eq and balance lt 10").0, "and");
    assert_eq!(mistake("and status eq active").0, "and");
    assert_eq!(parse("status eq active and ").unwrap_err().span, 20..20);
    assert_eq!(parse("status").unwrap_err().problem, "an operator is missing");
}

#[test]
fn quotes_are_checked() {
    assert_eq!(mistake("company_name eq \"Acme"), ("\"".to_owned(), "close it with \"".to_owned()));
    assert_eq!(mistake("status in ('a, b)").0, "'");
    assert_eq!(mistake("company_name eq “Acme”"), ("“".to_owned(), "use \" or '".to_owned()));
    assert_eq!(
        mistake("company_name eq Acme Telecom and status eq active"),
        ("Acme Telecom".to_owned(), "write \"Acme Telecom\"".to_owned())
    );
    assert_eq!(mistake(r#"name eq the "Rock" band"#).1, r#"write 'the "Rock" band'"#);
    assert_eq!(mistake("name eq ‚Acme‘").0, "‚");
    for (expression, remedy) in [
        ("company_name eq Rock and Roll", "or quote the value"),
        ("status eq active, balance lt 10", "join conditions by `and`"),
        ("name eq 'it''s here'", "quote the whole value"),
        (r#"name eq "A" O'B C"#, "quote the whole value"),
    ] {
        assert!(mistake(expression).1.contains(remedy), "{expression}: {}", mistake(expression).1);
    }
}
