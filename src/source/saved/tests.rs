use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// What is read of a file with this name and content: each partner with its line, then the problem.
fn read(name: &str, content: &[u8]) -> Vec<String> {
    let source: Box<dyn Read> = Box::new(io::Cursor::new(content.to_vec()));
    match Saved::new(source, Path::new(name), "partner_sid") {
        Ok(saved) => saved
            .map(|record| match record {
                Ok(Record { line, text }) => format!("{line} {text}"),
                Err(problem) => format!("{problem:?}"),
            })
            .collect(),
        Err(problem) => vec![format!("{problem:?}")],
    }
}

fn compressed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).expect("compression");
    encoder.finish().expect("compression")
}

#[test]
fn objects_are_read_from_arrays_lines_and_pages() {
    for (content, expected) in [
        ("{\"a\":1}\n{\"a\":2}\n", &["1 {\"a\":1}", "2 {\"a\":2}"][..]),
        ("[]", &[]),
        (" [ ]\n", &[]),
        ("[\n  {\n    \"a\": \"}]\\\"{\"\n  },\n  {}\n]\n", &["2 {\n    \"a\": \"}]\\\"{\"\n  }", "5 {}"]),
        ("\u{feff}{\"a\":1}\r\n\r\n{\"a\":2}\r\n", &["1 {\"a\":1}", "3 {\"a\":2}"]),
        (
            "{\"items\":[{\"a\":1}, {\"a\":2}],\"total\":3}\n{\"items\":[]}\n{\"items\":[{}]}\n",
            &["1 {\"a\":1}", "1 {\"a\":2}", "3 {}"],
        ),
        ("{\"a\":1}{\"a\":2}\n", &["1 {\"a\":1}", "1 {\"a\":2}"]),
    ] {
        assert_eq!(read("-", content.as_bytes()), expected, "{content:?}");
        assert_eq!(read("x.gz", &compressed(content.as_bytes())), expected, "{content:?}");
    }
}

#[test]
fn rows_become_objects_of_strings() {
    let csv = "partner_sid,name\na,\"x, \"\"y\"\"\nz\"\r\nb,\n\nc,東\n";
    let objects = [
        r#"2 {"partner_sid":"a","name":"x, \"y\"\nz"}"#,
        r#"4 {"partner_sid":"b","name":""}"#,
        r#"6 {"partner_sid":"c","name":"東"}"#,
    ];
    assert_eq!(read("x.csv", csv.as_bytes()), objects);
    let tsv = "name\tpartner_sid\nx\\ty\\\\n\\q\ta\n";
    let object = [r#"2 {"name":"x\ty\\n\\q","partner_sid":"a"}"#];
    assert_eq!(read("x.tsv", tsv.as_bytes()), object);
    assert_eq!(read("-", tsv.as_bytes()), object);
    assert_eq!(read("x.tsv.gz", &compressed(tsv.as_bytes())), object);
    // A header of one column does not show what separates columns.
    assert_eq!(read("x.tsv", b"partner_sid\na,b\n"), [r#"2 {"partner_sid":"a,b"}"#]);
}

#[test]
fn what_is_in_no_list_is_named_with_its_line() {
    for (name, content, expected) in [
        ("x.json", "", "Empty"),
        ("x.json", " \n", "Empty"),
        ("x.json", "[1]", "Unexpected { line: 1, found: \"something other than a partner\" }"),
        ("x.json", "[{}]\n[]", "Unexpected { line: 2, found: \"text after the end of the list\" }"),
        ("x.json", "[{} {}]", "Unexpected { line: 1, found: \"something other than a partner\" }"),
        ("x.json", "[{},]", "Unexpected { line: 1, found: \"something other than a partner\" }"),
        ("x.jsonl", "{}\nhello\n", "Unexpected { line: 2, found: \"something other than a partner\" }"),
        ("x.jsonl", "{}\n{\"a\":tru}\n", "Unexpected { line: 2, found: \"an object that is not JSON\" }"),
        ("x.json", "{\"items\":[1]}\n", "Unexpected { line: 1, found: \"an item that is no object\" }"),
        ("x.csv", "name,status\na,b\n", "NoKey"),
        ("x.csv", "partner_sid,name\na\n", "OtherWidth { line: 2, cells: 1, columns: 2 }"),
        ("x.csv", "partner_sid,name\na,b\npartner_sid,name\n", "SecondHeader { line: 3 }"),
        ("x.csv", "partner_sid,name\na,b\nname,partner_sid\n", "SecondHeader { line: 3 }"),
        ("x.csv.gz", "partner_sid\na\n", "Damaged"),
        ("x.xlsx", "PK\u{3}\u{4}...", "Unexpected { line: 1, found: \"a workbook or another archive\" }"),
    ] {
        assert_eq!(read(name, content.as_bytes()).last().map(String::as_str), Some(expected), "{content:?}");
    }
    assert_eq!(read("-", b"{\"a\":\"\xff\"}\n"), ["Unexpected { line: 1, found: \"text that is not UTF-8\" }"]);
    let deep = format!("{{\"a\":{}{}}}\n", "[".repeat(200), "]".repeat(200));
    assert_eq!(read("-", deep.as_bytes()), ["Unexpected { line: 1, found: \"an object that is nested too deep\" }"]);
}

#[test]
fn a_file_that_is_cut_at_any_byte_gives_partners_that_are_right_and_shows_the_cut() {
    let lists = [
        ("x.jsonl", "{\"partner_sid\":\"a\"}\n{\"partner_sid\":\"b\",\"balance\":\"12.50\"}\n"),
        ("x.json", "[\n  {\"partner_sid\":\"a\"},\n  {\"partner_sid\":\"b\",\"balance\":12.50}\n]\n"),
        ("x.csv", "partner_sid,balance\na,\"1\n\"\nb,12.50\n"),
        ("x.tsv", "partner_sid\tbalance\na\t\nb\t12.50\n"),
    ];
    for (name, content) in lists {
        let whole = read(name, content.as_bytes());
        for (name, content) in
            [(name.to_owned(), content.as_bytes().to_vec()), (format!("{name}.gz"), compressed(content.as_bytes()))]
        {
            assert_eq!(read(&name, &content), whole);
            for end in 1..content.len() {
                let mut cut = read(&name, &content[..end]);
                // Between two lines, and before the last line break, nothing shows that there was more.
                let is_unseen = !name.ends_with("gz") && (content[end - 1] == b'\n' || content[end..] == *b"\n");
                let problem = cut
                    .pop_if(|last| last.starts_with("Cut") || ["Empty", "NoKey", "Damaged"].contains(&last.as_str()));
                assert!(problem.is_some() || is_unseen, "{name} cut at {end}: {cut:?}");
                assert!(whole.starts_with(&cut), "{name} cut at {end}: {cut:?}");
            }
        }
    }
}

#[test]
fn a_list_that_is_damaged_where_it_is_compressed_is_refused() {
    let mut content = compressed(b"{\"a\":1}\n");
    let last = content.len() - 6;
    content[last] ^= 1;
    assert_eq!(read("-", &content).last().map(String::as_str), Some("Damaged"));
}

#[test]
fn a_partner_that_mentions_items_is_no_page() {
    for partner in [r#"{"a":{"items":[1]}}"#, r#"{"a":"\"items\":[1]"}"#, r#"{"items":"x"}"#] {
        assert_eq!(read("-", format!("{partner}\n").as_bytes()), [format!("1 {partner}")]);
    }
}

#[test]
fn a_list_without_end_is_given_up_when_its_partners_fill_the_memory_that_they_may_have() {
    let source: Box<dyn Read> = Box::new(io::Cursor::new("{}\n".repeat(9)));
    let mut saved = Saved::new(source, Path::new("-"), "partner_sid").expect("a list");
    saved.room = 2 * (OVERHEAD + 2);
    let read: Vec<_> = saved.collect();
    assert!(matches!(read[..], [Ok(_), Ok(_), Err(Problem::TooMany { line: 3 })]), "{read:?}");
}

#[test]
fn what_unfolds_endlessly_is_given_up() {
    let mut partner = b"{\"a\":\"".to_vec();
    partner.resize(40 << 20, b'0');
    assert_eq!(read("-", &compressed(&partner)), ["TooLarge { line: 1 }"]);
}
