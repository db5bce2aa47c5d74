//! Workbooks as two other programs read them: calamine and openpyxl.

use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;
use calamine::{Data, Reader, Xlsx, open_workbook};

use crate::common::{Api, carrierx, last_page, list_sandbox, stdout};

/// The rows of a sheet as calamine reads them, each cell with its kind.
fn rows(path: &Path, sheet: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).expect("a workbook");
    let range = workbook.worksheet_range(sheet).expect("the sheet");
    let cell = |cell: &Data| match cell {
        Data::Empty => "empty".to_owned(),
        Data::String(text) => format!("text {text}"),
        Data::Float(number) => format!("number {number}"),
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, milliseconds) = moment.to_ymd_hms_milli();
            format!("moment {year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
        }
        other => format!("unexpected {other:?}"),
    };
    range.rows().map(|row| row.iter().map(cell).collect()).collect()
}

/// The same as openpyxl reads them, from JSON.
fn rows_by_openpyxl(path: &Path, sheet: &str) -> Vec<Vec<String>> {
    let script = "
import datetime, json, openpyxl, sys
def cell(cell):
    value = cell.value
    if value is None: return 'empty'
    if cell.data_type == 'f': return f'formula {value}'
    if isinstance(value, datetime.datetime): return 'moment ' + value.isoformat(timespec='milliseconds') + 'Z'
    if isinstance(value, str): return f'text {value}'
    return f'number {value}'
rows = openpyxl.load_workbook(sys.argv[1])[sys.argv[2]].iter_rows()
json.dump([[cell(c) for c in row] for row in rows], sys.stdout)";
    let mut python = Command::new("/usr/bin/python3");
    python.timeout(Duration::from_secs(60)).args(["-c", script]).arg(path).arg(sheet);
    serde_json::from_str(&stdout(&python.assert().success())).expect("rows")
}

/// What each reader makes of the cells of one field, given as JSON, in order.
fn read_back(field: &str, values: &[&str]) -> [Vec<String>; 2] {
    let partners: Vec<String> = values.iter().map(|value| format!("{{\"{field}\":{value},\"login\":\"x\"}}")).collect();
    let partners: Vec<&str> = partners.iter().map(String::as_str).collect();
    let api = Api::new();
    api.page(&[], last_page(&partners));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("list.xlsx");
    let name = path.to_str().expect("a plain name");
    api.list(&["-F", &format!("{field},login"), "-q", "--to", name]).success().stdout("");
    [rows(&path, "partners"), rows_by_openpyxl(&path, "partners")].map(|rows| {
        assert_eq!(rows[0], [format!("text {field}"), "text login".to_owned()]);
        rows.into_iter().skip(1).map(|mut row| row.swap_remove(0)).collect()
    })
}

#[test]
fn two_readers_find_every_text_as_it_was_and_no_formula() {
    let long = "é".repeat(32_767);
    let texts = [
        "=1+1",
        "=HYPERLINK(\"http://x\")",
        "+15551234567",
        "@SUM(A1)",
        "05401",
        "12345678901234567890123",
        "1e400",
        "👩‍💻 東京",
        " blanks around ",
        "a\tb\nc",
        "\u{1}\u{8}\u{b}\u{1f}",
        "_x0041_ _x005F_ _x000D_ _x",
        "a\rb\r\nc",
        "<b>&amp;</b> ]]>",
        "true",
        "2024-05-20",
        "\u{fffe}\u{ffff}\u{feff}x",
        "\u{7f}\u{85}\u{2028}",
        "https://example.com/a?b=c",
        "'quoted",
        &long,
    ];
    let json: Vec<String> = texts.iter().map(|text| serde_json::Value::from(*text).to_string()).collect();
    let json: Vec<&str> = json.iter().map(String::as_str).collect();
    let expected: Vec<String> = texts.iter().map(|text| format!("text {text}")).collect();
    let [calamine, openpyxl] = read_back("name", &json);
    for (found, expected) in calamine.iter().zip(&expected) {
        assert_eq!(found, expected, "calamine");
    }
    // openpyxl leaves the escapes of characters that XML cannot hold to its caller.
    let is_plain = |text: &&String| {
        !text.contains(|c: char| c.is_control() || c > '\u{fff0}' || c == '\r') && !text.contains("_x")
    };
    let found: Vec<&String> =
        openpyxl.iter().zip(&expected).filter(|(_, expected)| is_plain(expected)).map(|(found, _)| found).collect();
    assert_eq!(found, expected.iter().filter(is_plain).collect::<Vec<_>>());
}

#[test]
fn an_amount_is_a_number_where_a_spreadsheet_keeps_all_of_it_and_text_elsewhere() {
    let cases = [
        ("\"4.40\"", "number 4.4"),
        ("4.40", "number 4.4"),
        ("-12.75", "number -12.75"),
        ("0", "number 0"),
        ("\"0.00\"", "number 0"),
        ("999999999999999", "number 999999999999999"),
        ("0.0000001", "number 0.0000001"),
        ("1e5", "number 100000"),
        ("1234567890123456", "text 1234567890123456"),
        ("12345678901234567890123", "text 12345678901234567890123"),
        ("0.1234567890123456", "text 0.1234567890123456"),
        ("1e400", "text 1e400"),
        ("1e-400", "text 1e-400"),
        ("-0", "text -0"),
        ("\"007\"", "text 007"),
        ("\"+5\"", "text +5"),
        ("\"$10\"", "text $10"),
        ("\"\"", "empty"),
        ("null", "empty"),
        ("true", "text true"),
        ("[1, 2]", "text [1,2]"),
    ];
    let [calamine, openpyxl] = read_back("balance", &cases.map(|(value, _)| value));
    assert_eq!(calamine, cases.map(|(_, expected)| expected));
    let expected = cases.map(|(_, expected)| if expected == "number 0.0000001" { "number 1e-07" } else { expected });
    assert_eq!(openpyxl, expected);
}

#[test]
fn a_timestamp_is_a_date_where_a_spreadsheet_has_one_and_text_elsewhere() {
    let moments = [
        "2024-05-20T18:32:37.000Z",
        "2015-03-06T20:42:10.347Z",
        "1900-03-01T00:00:00.000Z",
        "9999-12-30T21:59:59.999Z",
        "2024-02-29T23:59:59.999Z",
    ];
    let texts = [
        "2024-05-20T18:32:37.123456Z",
        "2024-05-20T18:32:37+02:00",
        "1900-02-28T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-05-20",
        "2024-05-20T24:00:00Z",
        "2024-05-20T18:32:60Z",
        "soon",
        "2024-05-20T18:32:37.Z",
    ];
    let expected =
        moments.map(|text| format!("moment {text}")).into_iter().chain(texts.map(|text| format!("text {text}")));
    let expected: Vec<String> = expected.collect();
    let json: Vec<String> = moments.iter().chain(&texts).map(|text| format!("\"{text}\"")).collect();
    let json: Vec<&str> = json.iter().map(String::as_str).collect();
    let found = read_back("date_created", &json);
    assert_eq!(found[0], expected, "calamine");
    assert_eq!(found[1], expected, "openpyxl");
}

#[test]
fn a_workbook_of_all_partners_has_the_cells_of_csv_and_says_where_they_come_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("all.xlsx");
    list_sandbox(&["--all", "--to", path.to_str().expect("a plain name")]).success().stdout("").stderr("");
    let csv = stdout(&list_sandbox(&["--all", "-o", "csv"]).success());
    let mut csv = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let sheet = rows(&path, "partners");
    let mut compared = 0;
    for (record, row) in csv.records().zip(&sheet) {
        for (expected, found) in record.expect("a record").iter().zip(row) {
            let (kind, value) = found.split_once(' ').unwrap_or((found, ""));
            match kind {
                "number" => assert_eq!(value.parse::<f64>().ok(), expected.parse().ok(), "{expected}"),
                _ => assert_eq!(value, expected),
            }
            compared += 1;
        }
    }
    assert_eq!((sheet.len(), compared), (251, 251 * 31));
    let facts = rows(&path, "query");
    let fact = |name: &str| facts.iter().find(|row| row[0] == format!("text {name}")).expect(name)[1].clone();
    assert!(fact("command").contains("partners list --sandbox --all --to "), "{}", fact("command"));
    assert_eq!((fact("rows"), fact("complete")), ("number 250".to_owned(), "text true".to_owned()));
}

#[test]
fn whoever_opens_it_sees_a_frozen_bold_header_with_a_filter_and_one_format_a_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("some.xlsx");
    let api = Api::new();
    let partners = [r#"{"name":"a","balance":"4.40"}"#, r#"{"name":"b","balance":"1.2345"}"#, r#"{"balance":7}"#];
    api.page(&[], last_page(&partners));
    api.list(&["-F", "name,balance", "-q", "--to", path.to_str().expect("a plain name")]).success();
    let script = "
import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
sheet = book['partners']
print(sheet.freeze_panes, sheet.auto_filter.ref, sheet['A1'].font.b, sheet['A2'].font.b)
print([(sheet.cell(row, 2).value, sheet.cell(row, 2).number_format) for row in (2, 3, 4)])
print([type(row[1].value).__name__ for row in book['query'].iter_rows()])";
    let mut python = Command::new("/usr/bin/python3");
    let assert = python.timeout(Duration::from_secs(60)).args(["-c", script]).arg(&path).assert().success();
    let expected = "A2 A1:B4 True False\n[(4.4, '0.0000'), (1.2345, '0.0000'), (7, '0.0000')]\n\
                    ['str', 'str', 'str', 'datetime', 'str', 'int', 'str']\n";
    assert_eq!(stdout(&assert), expected);
}

#[test]
fn old_and_new_of_amounts_are_numbers_and_of_all_else_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("a plain name").to_owned();
    for (name, balance, zip) in [("old.jsonl", "1.5", "04100"), ("new.jsonl", "20", "90804")] {
        let partner = format!("{{\"partner_sid\":\"a\",\"balance\":\"{balance}\",\"zip\":\"{zip}\"}}\n");
        std::fs::write(path(name), partner).expect("a file");
    }
    let [old, new, sheet] = ["old.jsonl", "new.jsonl", "d.xlsx"].map(path);
    carrierx(&["partners", "diff", &old, &new, "--amounts", "--to", &sheet, "-q"]).assert().success();
    let rows = rows(Path::new(&sheet), "partners");
    let at = |name: &str| rows[0].iter().position(|cell| *cell == format!("text {name}")).expect(name);
    let shown: Vec<_> = rows[1..].iter().map(|row| [&*row[at("field")], &row[at("old")], &row[at("new")]]).collect();
    assert!(shown.contains(&["text balance", "number 1.5", "number 20"]), "{shown:?}");
    assert!(shown.contains(&["text zip", "text 04100", "text 90804"]), "{shown:?}");
}

#[test]
fn what_a_sheet_has_no_room_for_is_an_error_and_no_file() {
    let api = Api::new();
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(32_768));
    api.page(&[], last_page(&[r#"{"name":"a"}"#, &long]));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("list.xlsx");
    let name = path.to_str().expect("a plain name");
    api.list(&["-F", "name", "--to", name]).code(1).stdout("").stderr(format!(
        "error: cannot write {name}: a cell has at most 32767 characters, and a value of `name` has more\n\
         hint: write fewer partners or fields, or a .csv file\n"
    ));
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn a_workbook_goes_to_a_file_alone() {
    for (arguments, hint) in [
        (&["list", "-o", "xlsx"][..], "add --to FILE.xlsx"),
        (&["list", "--to", "-", "-o", "xlsx"], "add --to FILE.xlsx"),
        (&["get", "CX15650613", "-o", "xlsx"], "add --to FILE.xlsx"),
        (&["check", "-o", "xlsx"], "add --to FILE.xlsx"),
        (&["tree", "-o", "XLSX"], "add --to FILE.xlsx"),
    ] {
        let assert = carrierx(&[&["partners"], arguments, &["--sandbox"]].concat()).assert();
        let status = if arguments[0] == "check" { 3 } else { 2 };
        let assert = assert.code(status);
        assert!(crate::common::stderr(&assert).contains(hint), "{arguments:?}");
    }
}

#[test]
fn the_moments_of_a_history_are_dates() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("list.xlsx");
    let name = list.to_str().expect("a plain name");
    carrierx(&["partners", "history", "--sandbox", "--since", "3d", "--amounts", "--to", name]).assert().success();
    let rows = rows(&list, "partners");
    assert!(rows.len() > 1 && rows[1..].iter().all(|row| row[0].starts_with("moment 20")), "{:?}", rows.get(1));
}
