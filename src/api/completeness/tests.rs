use super::*;

fn page(sids: &[&str], rest: &str) -> Page {
    let items: Vec<_> = sids.iter().map(|sid| format!(r#"{{"a":1,"partner_sid":"{sid}"}}"#)).collect();
    Page::parse(format!(r#"{{"items":[{}]{rest}}}"#, items.join(",")).into()).expect("a page")
}

/// The stats after pages of a list from `offset` on that ended by itself.
fn stats(offset: u64, pages: &[Page]) -> ListStats {
    let mut census = SeenPartners::new(offset);
    let mut before = offset;
    for page in pages {
        census.compare(page, before, true);
        census.count(page);
        before += page.len();
    }
    ListStats { has_more: Some(false), ended: true, ..census.stats }
}

fn sentences(stats: &ListStats) -> Vec<String> {
    stats.doubts().into_iter().map(|doubt| doubt.words).collect()
}

const ONE: &str = "6bace9c5-3eef-4f75-8f48-fb98e04408be";
const TWO: &str = "7bace9c5-3eef-4f75-8f48-fb98e04408be";

#[test]
fn a_list_with_every_partner_once_and_one_fitting_total_is_complete() {
    assert!(stats(0, &[page(&[ONE], r#","total":2"#), page(&[TWO], r#","total":2"#)]).is_complete());
    assert!(stats(5, &[page(&[ONE], r#","total":6"#)]).is_complete());
    assert!(stats(0, &[page(&[], r#","total":0"#)]).is_complete());
}

#[test]
fn a_total_that_is_not_told_neither_proves_nor_denies() {
    let stats = stats(0, &[page(&[ONE], r#","total":null"#), page(&[TWO], "")]);
    assert!(stats.is_complete());
    assert_eq!(stats.total, None);
}

#[test]
fn a_partner_that_comes_twice_is_counted_whatever_its_sid_looks_like() {
    for sid in [ONE, "no-uuid", "6bace9c5_3eef_4f75_8f48_fb98e04408be", "é"] {
        let stats = stats(0, &[page(&[sid, TWO], ""), page(&["x", sid], "")]);
        assert_eq!((stats.repeated, stats.is_complete()), (1, false));
        assert_eq!(sentences(&stats), ["1 partner was returned twice"]);
    }
}

#[test]
fn a_total_that_changes_or_does_not_fit_is_a_contradiction() {
    let changed = stats(0, &[page(&[ONE], r#","total":2"#), page(&[TWO], r#","total":3"#)]);
    assert_eq!(sentences(&changed), ["the total changed from 2 to 3 between pages"]);
    let short = stats(0, &[page(&[ONE], r#","total":5"#)]);
    assert_eq!(sentences(&short), ["the API reported 5 partners but only 1 arrived"]);
    assert!(!changed.is_complete() && !short.is_complete());
}

#[test]
fn a_list_that_did_not_end_by_itself_is_not_complete_and_contradicts_nothing() {
    let stats = ListStats { ended: false, ..stats(0, &[page(&[ONE], r#","total":5"#)]) };
    assert!(!stats.is_complete() && stats.doubts().is_empty());
}

#[test]
fn what_came_before_is_not_new_with_a_sid_or_without() {
    let mut census = SeenPartners::new(0);
    let mut new = |text: &str| census.count(&Page::parse(format!(r#"{{"items":[{text}]}}"#).into()).expect("a page"));
    for (text, expected) in [
        (r#"{"partner_sid":"a","x":1},{"partner_sid":"b"}"#, 2),
        (r#"{"partner_sid":"b"},{"partner_sid":"c"}"#, 1),
        (r#"{"partner_sid":"a","x":2}"#, 0),
        (r#"{"a":1},{"a":2}"#, 2),
        (r#"{"a":2},{"a":3}"#, 1),
        (r#"{"a":2},{"partner_sid":"c"}"#, 0),
        ("", 0),
    ] {
        assert_eq!(new(text), expected, "{text}");
    }
    assert_eq!((census.stats.repeated, census.stats.anonymous, census.stats.rows), (3, 5, 11));
}

#[test]
fn what_a_page_says_that_is_not_so_is_a_doubt() {
    for (rest, sentence) in [
        (r#","offset":5"#, "the page at offset 0 claims to be the page at offset 5"),
        (r#","count":3"#, "the page at offset 0 reports 3 partners but has 2"),
        (r#","count":1"#, "the page at offset 0 reports 1 partner but has 2"),
        (r#","limit":1"#, "the page at offset 0 reports a limit of 1 but has 2 partners"),
        (r#","total":1"#, "the API reported 1 partner but 2 arrived"),
        (r#","error":"half""#, r#"the page at offset 0 came with errors: "half""#),
        (r#","total":1e4"#, "the page at offset 0 has the total 1e4, which is not a whole number"),
        (r#","total":"abc""#, "the page at offset 0 has the total \"abc\", which is not a whole number"),
        (r#","total":9,"has_more":false"#, "the API reported 9 partners but only 2 arrived"),
        (
            r#","has_more":false,"pagination":{"next":"https://host/?offset=2"}"#,
            "the page at offset 0 reports that no partners follow but links to a next page",
        ),
        (r#","errors":[{"message":"half"}]"#, r#"the page at offset 0 came with errors: [{"message":"half"}]"#),
    ] {
        let stats = stats(0, &[page(&[ONE, TWO], rest)]);
        assert_eq!((sentences(&stats), stats.is_complete()), (vec![sentence.to_owned()], false), "{rest}");
    }
}

#[test]
fn a_fault_of_a_later_page_is_named_with_its_place_and_once() {
    let wrong = |sid| page(&[sid], r#","count":9"#);
    let stats = stats(0, &[page(&[ONE], r#","count":1"#), wrong(TWO), wrong("x")]);
    assert_eq!(sentences(&stats), ["the page at offset 1 reports 9 partners but has 1"]);
}

#[test]
fn an_offset_past_the_end_is_a_complete_and_empty_list() {
    for rest in [
        r#","total":250,"has_more":false,"offset":300,"count":0"#,
        r#","total":250"#,
        // Some say where the end is.
        r#","total":250,"offset":250"#,
        r#","total":null,"has_more":false"#,
        r#","total":0"#,
        "",
    ] {
        assert!(stats(300, &[page(&[], rest)]).is_complete(), "{rest}");
    }
    for rest in [r#","total":301"#, r#","total":250,"offset":0"#, r#","total":250,"count":5"#] {
        assert!(!stats(300, &[page(&[], rest)]).is_complete(), "{rest}");
    }
}

#[test]
fn without_sids_nothing_is_proven() {
    for partner in [r#"{"a":1}"#, r#"{"partner_sid":null}"#, r#"{"partner_sid":""}"#, r#"{"partner_sid":[]}"#] {
        let page = Page::parse(format!(r#"{{"items":[{partner},{{"partner_sid":"x"}}],"total":2}}"#).into());
        let stats = stats(0, &[page.expect("a page")]);
        assert!(sentences(&stats)[0].starts_with("1 partner came without a SID"), "{partner}");
        assert!(!stats.is_complete());
    }
}

#[test]
fn a_condition_that_the_first_partners_contradict_is_a_doubt() {
    let mut census = SeenPartners::new(0);
    let conditions = crate::api::filter::equalities("status eq suspended and name eq x");
    let partners = r#"{"items":[{"partner_sid":"a","status":"active"},{"partner_sid":"b","status":"SUSPENDED"}]}"#;
    let page = Page::parse(partners.into()).expect("a page");
    census.compare_with(&conditions, &page);
    census.count(&page);
    let stats = ListStats { ended: true, ..census.stats };
    let sentence =
        "the API seems to ignore the condition `status eq suspended`: 1 of the first 2 partners does not match it";
    assert_eq!(sentences(&stats), [sentence]);
}

#[test]
fn the_total_is_consistent_unless_its_page_contradicts_it() {
    for (sids, rest, expected) in [
        (&[ONE][..], r#","total":5,"has_more":true,"count":1,"limit":1,"offset":0"#, Some(5)),
        (&[ONE], r#","total":1"#, Some(1)),
        (&[], r#","total":0"#, Some(0)),
        (&[ONE, TWO], r#","total":1"#, None),
        (&[ONE], r#","total":5,"count":2"#, None),
        (&[ONE], r#","total":5,"offset":4"#, None),
        (&[ONE], r#","total":5,"errors":["x"]"#, None),
        (&[ONE], r#","total":-1"#, None),
    ] {
        let mut census = SeenPartners::new(0);
        let page = page(sids, rest);
        census.compare(&page, 0, true);
        census.count(&page);
        assert_eq!(census.stats.consistent_total(), expected, "{sids:?} {rest}");
    }
}
