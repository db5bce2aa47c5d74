//! Whether a list is whole, and what is said when it is not.

use std::fs;

use crate::common::{Api, list_sandbox, page_of, stderr, stdout};
use serde_json::Value;

const ONE: &str = r#"{"partner_sid":"6bace9c5-3eef-4f75-8f48-fb98e04408be","name":"one"}"#;
const TWO: &str = r#"{"partner_sid":"7bace9c5-3eef-4f75-8f48-fb98e04408be","name":"two"}"#;

fn page(partners: &[&str], more: bool, total: &str) -> String {
    format!(r#"{{"items":[{}],"has_more":{more},"total":{total}}}"#, partners.join(","))
}

fn receipt(path: &std::path::Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a receipt")).expect("JSON")
}

#[test]
fn a_whole_list_is_complete_and_its_receipt_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("receipt.json");
    let receipt_option = path.to_str().expect("UTF-8");
    let list = list_sandbox(&["--require-complete", "-o", "csv", "--page-size", "100", "--receipt", receipt_option]);
    list.success().stderr("");
    let receipt = receipt(&path);
    let keys: Vec<_> = receipt.as_object().expect("an object").keys().map(String::as_str).collect();
    let of_the_run = ["version", "base_url", "from", "profile", "command", "started", "finished", "query"];
    let of_the_list = ["rows", "pages", "total", "bytes", "complete", "why_not"];
    assert_eq!(keys, [&of_the_run[..], &of_the_list, &["file", "sha256"]].concat());
    assert!(receipt["command"].as_str().is_some_and(|line| line.contains(" partners list --sandbox ")));
    assert_eq!((&receipt["file"], &receipt["sha256"], &receipt["profile"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(receipt["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!((&receipt["rows"], &receipt["pages"], &receipt["total"]), (&250.into(), &3.into(), &250.into()));
    assert_eq!(receipt["complete"], true);
    assert_eq!(receipt["query"]["order"], "date_created:asc");
    assert!(receipt["bytes"].as_u64().is_some_and(|bytes| bytes > 250_000));
}

#[cfg(unix)]
#[test]
fn a_receipt_names_the_file_its_digest_the_profile_the_api_and_the_time() {
    let api = Api::new();
    api.page(&[], page(&[ONE, TWO], false, "2"));
    let folder = tempfile::tempdir().expect("a folder");
    let named = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (list, path, config) = (named("a.csv"), named("r.json"), named("config.toml"));
    fs::write(&config, "[profiles.night]\n").expect("a file");
    let mut run = api.carrierx(&["partners", "list", "--all", "--to", &list, "--receipt", &path, "--config", &config]);
    run.env("CARRIERX_PROFILE", "night").assert().success();
    let stated = receipt(path.as_ref());
    assert_eq!((&stated["base_url"], &stated["profile"]), (&api.base_url().into(), &"night".into()));
    let sum = std::process::Command::new("sha256sum").arg(&list).output().expect("a sum").stdout;
    let line = format!("{}  {}\n", stated["sha256"].as_str().expect("a sum"), stated["file"].as_str().expect("a file"));
    assert_eq!(String::from_utf8(sum).expect("text"), line);
    let moments = [&stated["started"], &stated["finished"]].map(|moment| moment.as_str().expect("a moment").to_owned());
    let shape = |moment: &str| moment.replace(|c: char| c.is_ascii_digit(), "0");
    assert!(moments.iter().all(|moment| shape(moment) == "0000-00-00T00:00:00.000Z"), "{moments:?}");
    assert!(moments.is_sorted());
}

#[test]
fn a_receipt_of_a_list_that_was_not_written_has_no_digest() {
    let folder = tempfile::tempdir().expect("a folder");
    let named = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (list, path) = (named("a.csv"), named("r.json"));
    list_sandbox(&["-l", "5", "--require-complete", "--to", &list, "--receipt", &path]).code(10);
    let stated = receipt(path.as_ref());
    assert_eq!((&stated["file"], &stated["sha256"]), (&list.as_str().into(), &Value::Null));
    assert_eq!(stated["why_not"], serde_json::json!(["it was cut after 5 partners"]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_list_that_cannot_be_read_back_for_its_digest_gets_no_receipt() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let named = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (list, path) = (named("a.csv"), named("r.json"));
    fs::write(&list, "").expect("a file");
    fs::set_permissions(&list, fs::Permissions::from_mode(0o200)).expect("a mode");
    if fs::File::open(&list).is_ok() {
        return crate::common::skip("this needs a user who is not root");
    }
    let words = ["-l", "5", "--to", &list, "--force", "--receipt", &path];
    let report = stderr(&list_sandbox(&words).code(1));
    assert!(report.contains("r.json: cannot read "), "{report}");
    assert!(!fs::exists(&path).expect("a folder"));
}

#[test]
fn a_repeated_partner_is_a_warning_and_status_10_where_completeness_is_required() {
    let api = Api::new();
    api.page(&[("offset", "0")], page(&[ONE, TWO], true, "4"));
    api.page(&[("offset", "1")], page(&[TWO, ONE, r#"{"partner_sid":"new"}"#], false, "4"));
    let list = api.list(&["--all", "-o", "jsonl", "--page-size", "2"]).success();
    assert_eq!(stdout(&list).lines().count(), 4);
    assert_eq!(stderr(&list), "warning: the list may be incomplete: 1 partner was returned twice\n");
    let required = api.list(&["--require-complete", "-o", "jsonl", "--page-size", "2"]).code(10);
    assert_eq!(stdout(&required).lines().count(), 4, "rows that were printed stay");
    assert!(stderr(&required).contains("not complete: 1 partner was returned twice"), "{}", stderr(&required));
}

#[test]
fn a_total_that_does_not_fit_is_a_warning_or_status_10() {
    let api = Api::new();
    api.page(&[], page(&[ONE], false, "7"));
    let list = api.list(&["--all", "-o", "jsonl"]).success();
    assert!(stderr(&list).contains("the API reported 7 partners but only 1 arrived"), "{}", stderr(&list));
    api.list(&["--require-complete", "-o", "jsonl"]).code(10);
}

#[test]
fn a_total_that_changes_on_the_way_is_a_warning() {
    let api = Api::new();
    api.page(&[("limit", "1")], page(&[ONE], true, "2"));
    api.page(&[("limit", "2")], page(&[ONE, TWO], false, "3"));
    let list = api.list(&["--all", "-o", "jsonl", "--page-size", "1"]).success();
    assert!(stderr(&list).contains("changed from 2 to 3"), "{}", stderr(&list));
}

#[test]
fn a_null_total_neither_proves_nor_denies() {
    let api = Api::new();
    api.page(&[], page(&[ONE, TWO], false, "null"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("receipt.json");
    api.list(&["--require-complete", "--receipt", path.to_str().expect("UTF-8")]).success().stderr("");
    assert_eq!((&receipt(&path)["total"], &receipt(&path)["complete"]), (&Value::Null, &true.into()));
}

#[test]
fn a_list_cut_by_an_explicit_limit_is_not_complete_and_one_that_reaches_the_end_is() {
    let list = list_sandbox(&["--require-complete", "-l", "5", "-q"]).code(10);
    assert!(stderr(&list).contains("cut after 5 partners"), "{}", stderr(&list));
    list_sandbox(&["--require-complete", "-l", "250", "-q"]).success();
}

#[test]
fn a_page_that_fails_leaves_a_receipt_that_is_not_complete() {
    let api = Api::new();
    api.page(&[("offset", "0")], page(&[ONE], true, "2"));
    api.answer(&[("offset", "1")], 500, "application/json", "{}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("receipt.json");
    api.list(&["--all", "-o", "jsonl", "--retries", "0", "--receipt", path.to_str().expect("UTF-8")]).code(8);
    assert_eq!((&receipt(&path)["rows"], &receipt(&path)["complete"]), (&1.into(), &false.into()));
}

#[test]
fn a_receipt_that_cannot_be_written_is_an_error_before_anything_is_asked_for() {
    let api = Api::new();
    let any = api.page(&[], page(&[ONE], false, "1"));
    let list = api.list(&["-l", "1", "--receipt", "/no/such/folder/r.json"]).code(1).stdout("");
    assert!(stderr(&list).contains("cannot write the receipt /no/such/folder/r.json"), "{}", stderr(&list));
    any.assert_calls(0);
}

#[test]
fn a_list_that_could_not_be_written_has_no_receipt_of_completeness() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("receipt.json");
    let option = path.to_str().expect("UTF-8");
    list_sandbox(&["--all", "--receipt", option, "--to", "/dev/full"]).code(1);
    assert_eq!((&receipt(&path)["rows"], &receipt(&path)["complete"]), (&250.into(), &false.into()));
    list_sandbox(&["--all", "--receipt", option, "-F", "nmae", "--force"]).code(2);
    assert_eq!(receipt(&path)["complete"], false);
}

#[test]
fn the_same_page_again_is_an_error_even_without_sids_and_before_a_limit() {
    let (one, two) = (r#"{"name":"one"}"#, r#"{"name":"two"}"#);
    for partners in [[one, two], [ONE, two], [ONE, TWO]] {
        for arguments in [&["--all"][..], &["-l", "4"]] {
            let api = Api::new();
            api.page(&[], page(&partners, true, "4"));
            let list = api.list(&[arguments, &["-o", "jsonl", "--page-size", "2"]].concat()).code(8);
            assert_eq!(stdout(&list).lines().count(), 2);
        }
    }
}

#[test]
fn a_server_that_ignores_the_offset_is_an_error_after_its_first_page() {
    let api = Api::new();
    let pages = api.page(&[], page(&[ONE, TWO], true, "null"));
    let list = api.list(&["--all", "-o", "jsonl", "--page-size", "2"]).code(8);
    assert_eq!(stdout(&list).lines().count(), 2);
    assert!(
        stderr(&list).contains("the server keeps returning the same partners (page at offset 1)"),
        "{}",
        stderr(&list)
    );
    assert!(stderr(&list).contains("--offset 2"), "{}", stderr(&list));
    pages.assert_calls(2);
}

#[test]
fn a_list_that_ends_although_more_is_claimed_is_not_complete() {
    for (partners, total) in [(&[ONE][..], "1"), (&[], "null")] {
        let api = Api::new();
        api.page(&[], page(partners, true, total));
        let list = api.list(&["--all", "-o", "jsonl"]).success();
        assert!(stderr(&list).contains("but reports that more partners follow"), "{}", stderr(&list));
        api.list(&["--require-complete", "-o", "jsonl"]).code(10);
    }
}

#[test]
fn pages_in_parallel_come_out_in_order_each_fetched_once() {
    let api = Api::new();
    let starts = std::iter::once((0, 3)).chain((2..29).step_by(3).map(|offset| (offset, 4)));
    let pages: Vec<_> = starts
        .map(|(at, rows)| api.page(&[("offset", &at.to_string()), ("limit", &rows.to_string())], page_of(at, rows, 30)))
        .collect();
    let list = api.list(&["--all", "-o", "tsv", "-F", "display_id", "--no-header", "--page-size", "3"]).success();
    let expected: Vec<_> = (0..30).map(|n| format!("CX{n}")).collect();
    assert_eq!(stdout(&list).lines().collect::<Vec<_>>(), expected);
    pages.iter().for_each(|page| page.assert_calls(1));
}

#[test]
fn the_sid_is_asked_for_and_not_shown_when_it_was_not_named() {
    let api = Api::new();
    let page = api.page(&[("include_fields", "name,partner_sid")], page(&[ONE], false, "1"));
    api.list(&["-F", "name", "-o", "jsonl"]).success().stdout("{\"name\":\"one\"}\n");
    page.assert_calls(1);
}

#[test]
fn twenty_pages_share_a_few_connections() {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    // It serves for as long as the test runs.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            counted.fetch_add(1, Ordering::SeqCst);
            std::thread::spawn(move || {
                let mut offset = 0;
                for line in BufReader::new(stream.try_clone().expect("a stream")).lines().map_while(Result::ok) {
                    if let Some((_, rest)) = line.split_once("offset=") {
                        offset = rest.split('&').next().and_then(|n| n.parse().ok()).expect("an offset");
                    }
                    if line.is_empty() {
                        let page = page_of(offset, if offset == 0 { 2 } else { 3 }, 40);
                        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", page.len());
                        (&stream).write_all((head + &page).as_bytes()).expect("an answer");
                    }
                }
            });
        }
    });
    let mut command = crate::common::carrierx(&["partners", "list", "--all", "--page-size", "2", "-o", "jsonl"]);
    let list = command.env("CARRIERX_BASE_URL", url).env("CARRIERX_TOKEN", "x").assert().success().stderr("");
    assert_eq!(stdout(&list).lines().count(), 40);
    // Eight requests at a time need eight; the HTTP library may open another while one is on its way back to its pool.
    assert!(connections.load(Ordering::SeqCst) <= 16, "{connections:?}");
}

/// A list of two pages, the second of which is made from a good one by a replacement; its warning, and whether the
/// receipt says that it is complete.
fn with_a_wrong_page(at: u64, from: &str, to: &str, arguments: &[&str]) -> (String, Value, Option<i32>) {
    let api = Api::new();
    for (offset, end) in [(0, 2), (1, 4), (3, 6)] {
        let items: Vec<_> = (offset..end).map(|n| format!(r#"{{"partner_sid":"s{n}","status":"active"}}"#)).collect();
        let (more, count) = (end < 6, items.len());
        let next = if more { format!(r#""next":"https://x/?offset={end}""#) } else { String::new() };
        let page = format!(
            r#"{{"items":[{}],"count":{count},"has_more":{more},"limit":{count},"offset":{offset},"pagination":{{{next}}},"total":6}}"#,
            items.join(",")
        );
        let page = if offset == at { page.replace(from, to) } else { page };
        api.page(&[("offset", &offset.to_string())], page);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("receipt.json");
    let common = ["--all", "-o", "jsonl", "--page-size", "2", "--receipt", path.to_str().expect("UTF-8")];
    let list = api.list(&[&common, arguments].concat());
    (stderr(&list), receipt(&path)["complete"].clone(), list.get_output().status.code())
}

#[test]
fn whatever_a_page_says_is_compared_with_what_came_wherever_it_stands() {
    for at in [0, 1, 3] {
        let offset = format!(r#""offset":{at}"#);
        for (from, to, words) in [
            (&*offset, r#""offset":500"#, "claims to be the page at offset 500"),
            (r#""count":"#, r#""count":9,"x":"#, "reports 9 partners but has "),
            (r#""limit":"#, r#""limit":1,"x":"#, "reports a limit of 1 but has "),
            (r#""count":"#, r#""errors":[{"message":"half"}],"count":"#, "came with errors: "),
            (r#""count":"#, r#""error":"half","count":"#, "came with errors: "),
            (r#""partner_sid""#, r#""sid""#, " came without a SID"),
            (r#""total":6"#, r#""total":1e4"#, "has the total 1e4, which is not a whole number"),
            (r#""total":6"#, r#""total":7"#, if at == 3 { "changed from 6 to 7" } else { "changed from 7 to 6" }),
        ] {
            let (said, complete, status) = with_a_wrong_page(at, from, to, &[]);
            assert!(said.starts_with("warning: ") && said.contains(words), "{at}, {to}: {said}");
            assert_eq!((complete, status), (false.into(), Some(0)), "{at}, {to}: {said}");
            let (said, complete, status) = with_a_wrong_page(at, from, to, &["--require-complete", "--parallel", "1"]);
            assert!(said.contains("error: the list is not complete: ") && said.contains(words), "{at}, {to}: {said}");
            assert_eq!((complete, status), (false.into(), Some(10)), "{at}, {to}: {said}");
        }
    }
    let (said, complete, status) = with_a_wrong_page(1, "", "", &["--require-complete"]);
    assert_eq!((&*said, complete, status), ("", true.into(), Some(0)));
    // What counts as missing is not needed to find the end.
    for (from, to) in [(r#""has_more":"#, r#""has_more":"true","x":"#), (r#""count":"#, r#""count":"2","x":"#)] {
        let (said, complete, _) = with_a_wrong_page(1, from, to, &[]);
        assert_eq!((&*said, complete), ("", true.into()));
    }
    let (said, complete, _) = with_a_wrong_page(1, r#""has_more":true"#, r#""has_more":false"#, &[]);
    assert!(said.contains("reports that no partners follow but links to a next page"), "{said}");
    assert!(said.contains("the API reported 6 partners but only 4 arrived") && complete == false, "{said}");
}

#[test]
fn a_filter_that_the_api_ignores_is_a_warning_and_not_complete() {
    let filter = ["-f", "status eq suspended", "-F", "partner_sid"];
    let (said, complete, status) = with_a_wrong_page(0, "", "", &filter);
    let words =
        "the API seems to ignore the condition `status eq suspended`: 2 of the first 2 partners do not match it";
    assert_eq!(said, format!("warning: {words}\n"));
    assert_eq!((complete, status), (false.into(), Some(0)));
    let (said, _, status) = with_a_wrong_page(0, "", "", &[&filter[..], &["--require-complete"]].concat());
    assert!(said.contains(words) && status == Some(10), "{said}");
    let (said, complete, _) = with_a_wrong_page(0, "", "", &["-f", "status eq ACTIVE", "-X", "status"]);
    assert_eq!((said.contains("ignore"), complete), (false, true.into()), "{said}");
    let (said, _, _) = with_a_wrong_page(0, "", "", &["--raw-filter", "status eq suspended"]);
    assert!(said.contains(words), "{said}");
}

#[test]
fn a_tree_of_a_doubtful_list_is_drawn_and_ends_with_status_10() {
    let api = Api::new();
    api.page(&[], page(&[ONE, TWO], false, "7"));
    let tree = api.carrierx(&["partners", "tree"]).assert().code(10);
    assert!(stdout(&tree).contains("two"), "{}", stdout(&tree));
    assert!(stderr(&tree).contains("the API reported 7 partners but only 2 arrived"), "{}", stderr(&tree));
}

#[test]
fn an_offset_past_the_end_is_a_complete_and_empty_list() {
    list_sandbox(&["--offset", "300", "--require-complete", "-o", "jsonl"]).success().stdout("").stderr("");
    list_sandbox(&["--offset", "250", "--require-complete", "-o", "json", "-l", "5"])
        .success()
        .stdout("[]\n")
        .stderr("");
    let api = Api::new();
    api.page(&[("offset", "9")], page(&[], false, "5"));
    api.list(&["--offset", "9", "--require-complete", "-o", "jsonl"]).success().stdout("");
}

#[test]
fn the_token_in_an_odd_value_is_not_shown() {
    use crate::common::TOKEN;
    let errors = format!(r#""count":3,"errors":["bad {TOKEN}"]"#);
    let (said, _, _) = with_a_wrong_page(1, r#""count":3"#, &errors, &[]);
    assert!(said.contains(r#"["bad (redacted)"]"#) && !said.contains(TOKEN), "{said}");
    let (said, _, _) = with_a_wrong_page(1, r#""total":6"#, &format!(r#""total":"{TOKEN}""#), &[]);
    assert!(said.contains("(redacted)") && !said.contains(TOKEN), "{said}");
}
