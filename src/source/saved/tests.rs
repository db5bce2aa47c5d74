use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// What is read of a file with this name and content: each partner with its line, or the problem.
fn read(name: &str, content: &[u8]) -> Vec<String> {
    match of(content.to_vec(), Path::new(name)) {
        Ok(saved) => {
            saved.partners.iter().enumerate().map(|(place, text)| format!("{} {text}", saved.line(place))).collect()
        }
        Err(failure) => vec![failure.message],
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
        let members = [compressed(b""), compressed(content.as_bytes())].concat();
        assert_eq!(read("-", &members), expected, "{content:?}");
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
    let tsv = "na\\tme\tpartner_sid\nx\\ty\\\\n\\q\ta\n";
    let object = [r#"2 {"na\tme":"x\ty\\n\\q","partner_sid":"a"}"#];
    assert_eq!(read("x.tsv", tsv.as_bytes()), object);
    assert_eq!(read("-", tsv.as_bytes()), object);
    assert_eq!(read("x.tsv.gz", &compressed(tsv.as_bytes())), object);
}

#[test]
fn what_spreadsheets_write_is_read() {
    let object = [r#"{"partner_sid":"a","name":"x, \"y\""}"#.to_owned()];
    for (name, content) in [
        ("x.csv", "partner_sid;name\na;\"x, \"\"y\"\"\"\n"),
        ("x.csv", "partner_sid,name\ra,\"x, \"\"y\"\"\"\r"),
        ("x.txt", "partner_sid\tname\r\na\t\"x, \"\"y\"\"\"\r\n"),
        ("x.tsv", "\"partner_sid\"\t\"name\"\n\"a\"\t\"x, \"\"y\"\"\"\n"),
        ("x.tsv", "partner_sid\tname\na\tx, \"y\"\n"),
        ("x.csv", "\u{feff}\"partner_sid\",\"name\"\r\n\"a\",\"x, \"\"y\"\"\"\r\n"),
    ] {
        let read: Vec<_> =
            read(name, content.as_bytes()).iter().filter_map(|row| Some(row.split_once(' ')?.1.to_owned())).collect();
        assert_eq!(read, object, "{content:?}");
    }
}

#[test]
fn what_is_in_no_list_is_named_with_its_line() {
    for (name, content, expected) in [
        ("x.json", "", "is not a list: it is empty"),
        ("x.json", " \n", "is not a list: it is empty"),
        ("x.json", "[1]", "is not a list: line 1 has something other than a partner"),
        ("x.json", "[{}]\n[]", "is not a list: line 2 has something other than a partner"),
        ("x.json", "[{} {}]", "is not a list: line 1 has something other than a partner"),
        ("x.json", "[{},]", "is not a list: line 1 has something other than a partner"),
        ("x.jsonl", "{}\nhello\n", "is not a list: line 2 has something other than a partner"),
        ("x.jsonl", "{}\n\u{c}", "is not a list: line 2 has something other than a partner"),
        ("x.jsonl", "{}\u{c}{}\n", "is not a list: line 1 has something other than a partner"),
        ("x.jsonl", "{}\n{\"a\":tru}\n", "is not a list: line 2 has an object that is not JSON"),
        ("x.csv", "name,status\na,b\n", "has no column partner_sid in line 1"),
        ("x.csv", "partner_sid,name\na\n", "is not a list: line 2 has 1 cells, the header 2"),
        ("x.csv", "partner_sid,name\na,b\npartner_sid,name\n", "has a second header, in line 3"),
        ("x.csv", "partner_sid,name\na,b\nname,partner_sid\n", "has a second header, in line 3"),
        ("x.csv", "partner_sid,name,name\na,b,c\n", "has the column 'name' twice"),
        ("x.csv.gz", "partner_sid\na\n", "cannot be decompressed: it is damaged, or not gzip"),
        ("x.xlsx", "PK\u{3}\u{4}...", "is an Excel workbook or archive, not a saved list"),
    ] {
        assert_eq!(read(name, content.as_bytes()).last(), Some(&format!("{name} {expected}")), "{content:?}");
    }
    assert_eq!(read("-", b"{\"a\":\"\xff\"}\n"), ["stdin is not a list: line 1 has text that is not UTF-8"]);
    let utf_16 = ["stdin is not a list: line 1 has UTF-16, as Windows PowerShell writes with `>`"];
    assert_eq!(read("-", b"\xff\xfe{\0}\0"), utf_16);
    let deep = format!("{{\"a\":{}{}}}\n", "[".repeat(200), "]".repeat(200));
    assert_eq!(read("-", deep.as_bytes()), ["stdin is not a list: line 1 has an object that is nested too deep"]);
}

#[test]
fn a_file_that_is_cut_at_any_byte_is_refused() {
    let lists = [
        ("x.jsonl", "{\"partner_sid\":\"a\"}\n{\"partner_sid\":\"b\",\"balance\":\"12.50 €\"}\n"),
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
                let cut = read(&name, &content[..end]);
                // Between two lines, and before the last line break, nothing shows that there was more.
                let is_unseen = !name.ends_with("gz")
                    && (content[end - 1] == b'\n'
                        || (content[end..] == *b"\n" && !name.ends_with("sv"))
                        || content[end] == b'\n' && name.ends_with("jsonl"));
                let is_refused = cut.len() == 1 && cut[0].starts_with(&name);
                assert!(is_refused || (is_unseen && whole.starts_with(&cut)), "{name} cut at {end}: {cut:?}");
            }
        }
    }
    // A last line without its break is a whole line if it is whole JSON.
    assert_eq!(read("-", b"{}\n{}"), ["1 {}", "2 {}"]);
}

#[test]
fn compressed_data_is_not_unfolded_without_end() {
    let endless = compressed(&vec![b' '; 1 << 20]);
    assert_eq!(
        unfolded(&endless, 1 << 19, SavedFile(Path::new("-"))).map(|bytes| bytes.len()).ok(),
        Some((1 << 19) + 1)
    );
}

#[test]
fn a_list_that_is_damaged_where_it_is_compressed_is_refused() {
    let mut content = compressed(b"{\"a\":1}\n");
    let last = content.len() - 6;
    content[last] ^= 1;
    assert_eq!(
        read("-", &content).last().map(String::as_str),
        Some("stdin cannot be decompressed: it is damaged, or not gzip")
    );
    // `gzip -t` has nothing to say of zeros behind a list.
    let padded = [compressed(b"{\"a\":1}\n"), vec![0; 512]].concat();
    let hint = of(padded, Path::new("-")).expect_err("more than a list").hint;
    assert_eq!(hint.as_deref(), Some("save the list again; `gzip -dc` prints what can be read of it"));
}

#[test]
fn a_partner_that_mentions_items_is_no_page() {
    for partner in [r#"{"a":{"items":[1]}}"#, r#"{"a":"\"items\":[1]"}"#, r#"{"items":"x"}"#] {
        assert_eq!(read("-", format!("{partner}\n").as_bytes()), [format!("1 {partner}")]);
    }
}
