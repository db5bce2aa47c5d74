//! `carrierx partners find`: any part of what people know of a partner, however it is typed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::common::{Api, TOKEN, carrierx, last_page, page_of, stderr, stdout};
use assert_cmd::assert::Assert;

const SID: &str = "be128456-3098-4564-b0d1-67dbceee265f";

fn find(api: &Api, arguments: &[&str]) -> Assert {
    api.carrierx(&[&["partners", "find"], arguments].concat()).assert()
}

fn find_sandbox(arguments: &[&str]) -> Assert {
    carrierx(&[&["partners", "find", "--sandbox"], arguments].concat()).assert()
}

/// The rows of CSV with these fields, less the header.
fn rows(assert: Assert) -> Vec<String> {
    stdout(&assert.success()).lines().skip(1).map(str::to_owned).collect()
}

fn partner(sid: &str, name: &str) -> String {
    format!(r#"{{"partner_sid":"{sid}","display_id":"CX{sid}","name":"{name}","status":"active"}}"#)
}

#[test]
fn words_are_found_in_whatever_field_and_the_match_is_named() {
    find_sandbox(&["garner", "503555"]).success().stderr("").stdout(
        "display_id  company_name                           name         status   balance  payment_type  match\n\
         CX32345679  Lantern Hill Wholesale Communications  Yara Garner  active  27010.42  prepay        name, \
         phonenumber\n",
    );
    let single = rows(find_sandbox(&["8448440707", "-o", "csv", "-F", "display_id"]));
    for spelled in ["844-844-0707", "(844) 844-0707", "+1 (844) 844\u{2011}0707", "tel:+18448440707", "844/8440707"] {
        assert_eq!(rows(find_sandbox(&[spelled, "-o", "csv", "-F", "display_id"])), single, "{spelled:?}");
    }
    let apart = rows(find_sandbox(&["844", "844", "0707", "-o", "csv", "-F", "display_id"]));
    assert_eq!(apart.first(), single.first());
    for words in [&["FREECONF"][..], &["john smith"], &["cx15650613"], &["15650613", "smith"], &["example@example"]] {
        let found = rows(find_sandbox(&[words, &["-o", "csv", "-F", "display_id"]].concat()));
        assert!(found.iter().any(|row| row.starts_with("CX15650613,")), "{words:?}: {found:?}");
    }
}

#[test]
fn each_field_that_may_hold_the_longest_word_is_a_request() {
    let api = Api::new();
    let any = api.page(&[("limit", "1000"), ("offset", "0")], last_page(&[&partner("1", "Yara Garner")]));
    find(&api, &["yara", "garner", "-f", "status eq active"]).success();
    any.assert_calls(8);
    let shown = stdout(&find(&api, &["yara", "o'garner", "-f", "status eq active", "--dry-run"]).success());
    for field in
        ["display_id", "login", "name", "company_name", "owner_email", "billing_email", "tech_email", "phonenumber"]
    {
        let condition = format!("filter=status%20eq%20active%20and%20{field}%20like%20%22%25o%27garner%25%22");
        assert_eq!(shown.matches(&condition).count(), 1, "{shown}");
    }
    assert_eq!(shown.lines().count(), 8);
    for part in [SID, &SID[..8], &SID[9..18]] {
        let api = Api::new();
        let by_sid =
            api.page(&[("filter", &format!("partner_sid like \"%{part}%\""))], last_page(&[&partner(SID, "x")]));
        let others = api.page(&[], last_page(&[]));
        find(&api, &[part, "-o", "csv", "-F", "name"]).success().stdout("name,match\nx,\"display_id, partner_sid\"\n");
        others.assert_calls(8);
        by_sid.assert_calls(1);
    }
}

#[test]
fn without_a_match_all_partners_are_compared_without_accents_and_spaces() {
    let all = [partner("1", "J\u{fc}rgen \u{141}ukasz"), partner("2", "FreeConferenceCall"), partner("3", "Other")];
    let api = Api::new();
    let pages = api.page(&[], last_page(&all.iter().map(String::as_str).collect::<Vec<_>>()));
    for (words, sid, is_noted) in [
        (&["jurgen"][..], "1", true),
        (&["lukasz", "jurgen"], "1", true),
        (&["free conference call"], "2", true),
        (&["other"], "3", false),
    ] {
        let found = find(&api, &[words, &["-o", "csv", "-F", "display_id"]].concat()).success();
        let note = "note: nothing matches exactly; these match without accents, spaces and punctuation\n";
        assert_eq!(stderr(&found), if is_noted { note } else { "" }, "{words:?}");
        assert_eq!(stdout(&found), format!("display_id,match\nCX{sid},name\n"), "{words:?}");
    }
    pages.assert_calls(35);
}

#[test]
fn a_partner_that_several_fields_return_is_shown_once_in_every_format() {
    let api = Api::new();
    let (lower, upper) = (partner(SID, "Acme"), partner(&SID.to_uppercase(), "Acme"));
    api.page(&[], last_page(&[&lower, &upper, &lower]));
    let fields = ["acme", "-F", "name,match"];
    let found = |format: &str| stdout(&find(&api, &[&fields[..], &["-o", format]].concat()).success());
    assert_eq!(found("csv"), "name,match\nAcme,name\n");
    assert_eq!(found("tsv"), "name\tmatch\nAcme\tname\n");
    assert_eq!(found("jsonl"), "{\"name\":\"Acme\",\"match\":[\"name\"]}\n");
    let whole = stdout(&find(&api, &["acme", "-o", "jsonl"]).success());
    assert_eq!(whole, format!("{},\"match\":[\"name\"]}}\n", lower.strip_suffix('}').expect("an object")));
}

#[test]
fn what_a_server_returns_beside_the_question_is_not_shown() {
    let api = Api::new();
    let others: Vec<_> = (0..9).map(|n| partner(&n.to_string(), "Someone Else")).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let any = api.page(&[], last_page(&others));
    let none = find(&api, &["lantern", "-o", "csv", "-F", "name"]).success().stdout("name,match\n");
    assert_eq!(stderr(&none), "note: no partner matches 'lantern'; try a shorter part, such as 'lan'\n");
    any.assert_calls(9);
}

#[test]
fn nothing_found_is_no_error_and_nothing_on_stdout() {
    let api = Api::new();
    api.page(&[], last_page(&[]));
    for (format, shown) in [("table", ""), ("json", "[]\n"), ("jsonl", ""), ("csv", "login,match\n")] {
        let none = find(&api, &["no", "body", "-o", format, "-F", "login"]).success().stdout(shown);
        assert_eq!(stderr(&none), "note: no partner matches all words; leave one out, or try shorter parts\n");
        find(&api, &["nobody", "-o", format, "-q"]).success().stderr("");
    }
}

#[test]
fn a_field_that_the_api_refuses_is_left_out_with_one_warning() {
    for status in [400, 422] {
        let api = Api::new();
        let refuse = |field: &str| {
            let filter = format!("{field} like \"%acme%\"");
            api.answer(
                &[("filter", &filter)],
                status,
                "application/json",
                r#"{"errors":[{"message":"no such filter"}]}"#,
            );
        };
        refuse("login");
        refuse("tech_email");
        api.page(&[], last_page(&[&partner("1", "Acme")]));
        let found = find(&api, &["acme", "-F", "name", "-o", "csv"]).success().stdout("name,match\nAcme,name\n");
        let said = stderr(&found);
        let warned: Vec<_> = said.lines().filter(|line| line.contains("not searched")).collect();
        assert!(warned.len() == 1 && warned[0].starts_with("warning: login, tech_email were not searched: "), "{said}");
        assert!(warned[0].contains("no such filter"), "{said}");
    }
}

#[test]
fn a_refusal_of_every_field_or_any_other_failure_ends_the_search() {
    for (answer, status, words) in
        [(400, 6, "no such filter"), (401, 4, "refused the token"), (403, 5, "denied access"), (500, 8, "failed (500)")]
    {
        let api = Api::new();
        api.answer(&[], answer, "application/json", r#"{"errors":[{"message":"no such filter"}]}"#);
        let failed = find(&api, &["acme", "--retries", "0"]).code(status).stdout("");
        let said = stderr(&failed);
        assert!(said.contains("cannot search partners: ") && said.contains(words), "{said}");
    }
}

#[test]
fn rows_beyond_the_page_that_was_looked_at_are_warned_of_even_when_quiet() {
    let api = Api::new();
    let first: Vec<_> = (0..3).map(|n| partner(&n.to_string(), "Acme")).collect();
    let cut = format!(r#"{{"items":[{}],"has_more":true,"total":5000}}"#, first.join(","));
    let any = api.page(&[("filter", "name like \"%acme%\"")], cut);
    api.page(&[], last_page(&[]));
    let said = stderr(&find(&api, &["acme", "-q"]).success());
    assert_eq!(
        said,
        "warning: partners may be missing: only the first 3 partners with 'acme' in name arrived; use a longer word\n"
    );
    any.assert_calls(1);
}

#[test]
fn more_than_the_limit_are_counted_and_the_best_are_shown() {
    let cut = find_sandbox(&["com", "-o", "csv", "-F", "display_id", "-q"]);
    let said = stderr(&cut);
    assert!(said.starts_with("warning: showing 20 of ") && said.contains("add a word, or use --limit N"), "{said}");
    let best = rows(cut);
    assert_eq!(best.len(), 20);
    let all = rows(find_sandbox(&["com", "-o", "csv", "-F", "display_id", "-l", "1000"]));
    assert_eq!(all[..20], best);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    let explicit = find_sandbox(&["com", "-l", "2", "-o", "csv"]);
    assert!(stderr(&explicit).starts_with("note: showing 2 of "));
    assert_eq!(rows(explicit).len(), 2);
}

#[test]
fn words_that_cannot_be_searched_for_are_refused_before_anything_is_sent() {
    let api = Api::new();
    let any = api.page(&[], last_page(&[]));
    for words in [&[""][..], &["  "], &["good", r"a\b"], &["a'\""], &[&format!(r"{TOKEN}\")]] {
        let refused = stderr(&find(&api, words).code(2).stdout(""));
        assert!(refused.starts_with("error: cannot search for '") && refused.contains("\nhint: "), "{refused:.300}");
        assert!(refused.len() < 1000 && !refused.contains(TOKEN), "{refused:.300}");
    }
    find(&api, &[]).code(2);
    any.assert_calls(0);
    let many: Vec<_> = (0..200).map(|n| format!("w{n}")).collect();
    find(&api, &many.iter().map(String::as_str).collect::<Vec<_>>()).success().stdout("");
    any.assert_calls(9);
}

#[test]
fn fields_are_chosen_as_in_a_list_and_the_match_comes_last() {
    let header = |options: &[&str]| {
        let found = find_sandbox(&[&["garner", "-o", "csv"], options].concat()).success();
        stdout(&found).lines().next().expect("a header").to_owned()
    };
    assert_eq!(header(&["-F", "match,login"]), "login,match");
    assert!(header(&[]).ends_with(",match"));
    let without = header(&["-X", "login"]);
    assert!(!without.contains("login") && without.ends_with(",match"), "{without}");
    let unknown = find_sandbox(&["garner", "-F", "logn"]).code(2);
    assert!(stderr(&unknown).contains("did you mean `login`?"));
    let sent = stdout(&find(&Api::new(), &["x", "-F", "balance", "--dry-run"]).success());
    assert!(sent.contains("include_fields=balance%2Cpartner_sid%2Cdisplay_id%2Clogin%2Cname%2C"), "{sent}");
}

#[test]
fn the_filter_and_the_search_must_both_match() {
    let found = |filter: &str| rows(find_sandbox(&["garner", "-f", filter, "-o", "csv", "-F", "status"]));
    let (active, others) = (found("status eq active"), found("status ne active"));
    assert!(!active.is_empty() && active.iter().all(|row| row.starts_with("active,")), "{active:?}");
    assert!(others.iter().all(|row| !row.starts_with("active,")), "{others:?}");
    find_sandbox(&["garner", "-f", "status = active"]).code(2);
}

#[cfg(target_os = "linux")]
#[test]
fn names_from_the_api_drive_no_terminal() {
    let shown = crate::common::in_terminal(&[], 80, "partners find garner --sandbox --color never");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    assert!(shown.contains("  match\n"), "{shown}");
}

#[test]
fn an_id_that_nobody_has_is_answered_with_the_search() {
    for arguments in [&["partners", "get", "garner"][..], &["partners", "tree", "--root", "garner"]] {
        let missing = carrierx(&[arguments, &["--sandbox"]].concat()).assert().code(6);
        assert!(stderr(&missing).contains("run `carrierx partners find WORD`"), "{}", stderr(&missing));
    }
}

#[test]
fn a_search_ends_at_the_deadline_of_the_command() {
    let api = Api::new();
    api.answer_with_retry_after(429, "30");
    let began = Instant::now();
    let late = find(&api, &["acme", "--max-time", "300ms", "--error-format", "json"]).code(7).stdout("");
    assert!(
        stderr(&late).contains("retry after 30 seconds") && began.elapsed() < Duration::from_secs(20),
        "{}",
        stderr(&late)
    );
}

#[test]
fn a_total_that_a_page_contradicts_is_warned_of_once() {
    let api = Api::new();
    api.page(&[], page_of(0, 1, 1).replace(r#""total":1"#, r#""total":0"#));
    let said = stderr(&find(&api, &["CX0"]).success());
    assert_eq!(said.matches("the API reported").count(), 1, "{said}");
}
