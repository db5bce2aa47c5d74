//! Properties of any input, checked on random inputs.
//!
//! `PROPTEST_CASES` sets how many inputs each property is tried on. What chance finds is fixed and kept as an ordinary
//! test beside the code that was wrong.

use std::collections::{BTreeSet, HashSet};
use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::api::filter::{self, OPERATORS};
use crate::api::page::Page;
use crate::api::retry::parse_retry_after;
use crate::history::Recorder;
use crate::output::terminal::Viewport;
use crate::output::{Column, ColumnKind, FormatOptions, Projection, Writer, text};
use crate::partners::List;
use crate::partners::diff::{self, Change, Comparer, Difference, Rules};
use crate::partners::search::SearchWord;
use crate::raw;
use crate::settings::file::ConfigFile;
use crate::source::saved;
use crate::values::moment::Moment;
use crate::values::{FieldName, Format, Order, TimeLimit};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use unicode_width::UnicodeWidthChar;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64);
    // Findings are kept as tests, not as seeds.
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// Text of all kinds: what people write, what drives terminals, what formats use, and anything else.
fn any_text() -> impl Strategy<Value = String> {
    let special = select(
        &[
            '"', '\'', '\\', ',', ';', '\t', '\n', '\r', '\0', '\u{1b}', '\u{9b}', '\u{202e}', '\u{200d}', '\u{feff}',
            '=', '+', '-', '@', '(', ')', '<', '>', '!', ' ', '{', '}', '[', ']', ':', 'é', '東', '👍', '“',
        ][..],
    );
    vec(prop_oneof![special, any::<char>(), proptest::char::range('a', 'z')], 0..24)
        .prop_map(|characters| characters.into_iter().collect())
}

/// A JSON string that holds some text, some of its characters escaped as JSON allows.
fn json_string() -> impl Strategy<Value = String> {
    (any_text(), any::<u64>()).prop_map(|(text, escaped)| {
        let quoted = text.chars().enumerate().map(|(at, c)| {
            if escaped >> (at % 64) & 1 == 1 {
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()
            } else {
                let quoted = Value::from(c.to_string()).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
        });
        format!("\"{}\"", quoted.collect::<String>())
    })
}

fn json_number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?"
}

fn blank() -> impl Strategy<Value = &'static str> {
    select(&["", "", "", " ", "\n", "\r\n\t"][..])
}

fn json_object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let key =
        prop_oneof![select(&["\"name\"", "\"a\"", "\"b\"", "\"x.y\""][..]).prop_map(str::to_owned), json_string()];
    (vec((key, value), 0..6), blank()).prop_map(|(members, blank)| {
        let members: Vec<_> =
            members.iter().map(|(key, value)| format!("{blank}{key}{blank}:{blank}{value}")).collect();
        format!("{{{}{blank}}}", members.join(","))
    })
}

fn json_value() -> impl Strategy<Value = String> {
    let word = select(&["null", "true", "false"][..]).prop_map(str::to_owned);
    prop_oneof![word, json_number(), json_string()].prop_recursive(4, 24, 5, |inner| {
        let array = (vec(inner.clone(), 0..5), blank())
            .prop_map(|(values, blank)| format!("[{blank}{}{blank}]", values.join(&format!("{blank},{blank}"))));
        prop_oneof![array, json_object(inner)]
    })
}

fn partner() -> impl Strategy<Value = String> {
    json_object(json_value())
}

fn page(partners: &[String]) -> String {
    format!("{{\"items\":[{}],\"has_more\":false}}", partners.join(","))
}

/// A page with statements around its partners, of any form and in any order.
fn any_page() -> impl Strategy<Value = String> {
    let items = vec(partner(), 0..4).prop_map(|partners| format!("\"items\":[{}]", partners.join(" ,")));
    let statement =
        (select(&["count", "total", "has_more", "pagination", "errors", "new", "it\\u0065ms"][..]), json_value());
    let statement = statement.prop_map(|(key, value)| format!("\"{key}\" : {value}"));
    (vec(statement, 0..3), items, any::<prop::sample::Index>()).prop_map(|(mut members, items, place)| {
        members.insert(place.index(members.len() + 1), items);
        format!("{{{}}} ", members.join(","))
    })
}

/// Text that is damaged in most cases, as by a hand or a wire: something is cut, copied, or put in.
fn damaged(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let token = select(
        &[
            "\"", "\\", "{", "}", "[", "]", ":", ",", " ", "\t", "\0", "0", "-", ".", "e", "\\u12", "true", "nul",
            "\"a\":", "é", "\u{a0}",
        ][..],
    );
    let damage = (any::<prop::sample::Index>(), 0..4_usize, any::<bool>(), token);
    (text, vec(damage, 0..4)).prop_map(|(text, damages)| {
        damages.into_iter().fold(text, |text, (place, length, is_cut, token)| {
            let characters: Vec<char> = text.chars().collect();
            let start = place.index(characters.len() + 1);
            let end = (start + length).min(characters.len());
            let (before, piece, after) = (&characters[..start], &characters[start..end], &characters[end..]);
            let put = if is_cut { token.to_owned() } else { piece.iter().chain(piece).collect() };
            before.iter().collect::<String>() + &put + &after.iter().collect::<String>()
        })
    })
}

/// The raw members of an object, as another reader of JSON finds them.
fn members_by_another_reader(object: &str) -> Option<Vec<(&str, &str)>> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(&'de str, &'de str)>;

        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                members.push((key.get(), value.get()));
            }
            Ok(members)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(object);
    let members = deserializer.deserialize_map(Members).ok()?;
    deserializer.end().ok().map(|()| members)
}

/// The partners of a page, as another reader of JSON finds them; none if it is no page.
fn page_by_another_reader(body: &str) -> Option<Vec<&str>> {
    let members = members_by_another_reader(body.strip_prefix('\u{feff}').unwrap_or(body))?;
    for name in ["items", "has_more", "total", "offset", "count", "limit", "pagination", "errors"] {
        let count = members.iter().filter(|(key, _)| is_key(key, name)).count();
        if count > 1 || (count == 0 && name == "items") {
            return None;
        }
    }
    let (_, items) = members.iter().find(|(key, _)| is_key(key, "items"))?;
    let items: Vec<&RawValue> = serde_json::from_str(items).ok()?;
    items.into_iter().map(|item| Some(item.get()).filter(|item| item.starts_with('{'))).collect()
}

/// Whether a raw key is that name, as another reader of JSON reads it.
fn is_key(key: &str, name: &str) -> bool {
    serde_json::from_str::<String>(key).is_ok_and(|key| key == name)
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).expect(json)
}

fn field(name: &str, kind: ColumnKind) -> Column {
    Column::named(&name.parse::<FieldName>().expect(name), kind)
}

/// The columns that the writers are tried with, text and number.
fn columns() -> Vec<Column> {
    let text = ["name", "a", "b.a"].map(|name| field(name, ColumnKind::Text));
    text.into_iter().chain([field("b", ColumnKind::Number)]).collect()
}

fn written(partners: &[String], format: Format, terminal: bool, formula_guard: bool) -> String {
    let mut out = Vec::new();
    let projection = Projection { columns: Some(columns()), ..Projection::default() };
    let viewport = Viewport { is_terminal: terminal, ..Viewport::default() };
    let options = FormatOptions { format, header: true, viewport, formula_guard };
    let mut writer = Writer::begin(options, projection, &mut out).expect("memory");
    partners.iter().for_each(|partner| writer.write(partner).expect("memory"));
    writer.end().expect("memory");
    String::from_utf8(out).expect("UTF-8")
}

/// What a cell must hold, found by an independent reader of JSON, and whether it is text.
fn expected_cell(partner: &str, path: &str) -> (String, bool) {
    match reached(&parsed(partner), &path.split('.').collect::<Vec<_>>()) {
        None | Some(Value::Null) => (String::new(), false),
        Some(Value::String(text)) => (text.clone(), true),
        // Numbers are compared as text; the reader would lose digits.
        Some(_) => (
            raw::compact(&raw::value_at(partner, &path.split('.').collect::<Vec<_>>()).expect("a value")).into_owned(),
            false,
        ),
    }
}

/// What a path leads to; through an array of objects, the array of what they have.
fn reached(value: &Value, path: &[&str]) -> Option<Value> {
    let [first, rest @ ..] = path else { return Some(value.clone()) };
    match value {
        Value::Object(members) => reached(members.get(*first)?, rest),
        Value::Array(elements) => {
            let found =
                elements.iter().filter(|element| element.is_object()).filter_map(|element| reached(element, path));
            Some(found.collect::<Vec<_>>()).filter(|found| !found.is_empty()).map(Value::Array)
        }
        _ => None,
    }
}

fn expected_rows(partners: &[String]) -> Vec<Vec<String>> {
    let row = |partner: &String| columns().iter().map(|column| expected_cell(partner, column.name()).0).collect();
    partners.iter().map(row).collect()
}

fn from_csv(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|record| record.expect(text).iter().map(str::to_owned).collect()).collect()
}

fn from_tsv(text: &str) -> Vec<Vec<String>> {
    let cell = |cell: &str| {
        let mut characters = cell.chars();
        std::iter::from_fn(|| match characters.next()? {
            '\\' => Some(match characters.next().expect("an escape") {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                '\\' => '\\',
                other => panic!("an unknown escape \\{other}"),
            }),
            c => Some(c),
        })
        .collect()
    };
    text.split_terminator('\n').skip(1).map(|line| line.split('\t').map(cell).collect()).collect()
}

fn may_drive_a_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_filter_is_read_or_its_mistake_points_into_it(expression in any_text()) {
        if let Err(mistake) = filter::parse(&expression) {
            prop_assert!(expression.get(mistake.span.clone()).is_some(), "{:?}", mistake);
        }
    }

    #[test]
    fn valid_conditions_are_read_as_they_were_written(
        conditions in vec(("[a-z_][a-z_.]{0,8}", select(OPERATORS.map(|operator| operator.name).to_vec()), any::<bool>(), "[^\"\\\\“”‘’„«»]{1,12}"), 1..4),
    ) {
        let typed = conditions.iter().map(|(field, operator, upper, value)| {
            let operator = if *upper { operator.to_uppercase() } else { (*operator).to_owned() };
            format!("{field} {operator} \"{value}\"")
        });
        let typed = typed.collect::<Vec<_>>().join(" and ");
        if conditions.iter().any(|(field, ..)| ["not", "or", "and"].contains(&field.as_str())) {
            return Ok(());
        }
        let read = filter::parse(&typed).map_err(|mistake| TestCaseError::fail(format!("{typed}: {mistake:?}")))?;
        prop_assert_eq!(read.len(), conditions.len());
        for (read, (field, operator, _, value)) in read.iter().zip(&conditions) {
            prop_assert_eq!((&read.field, &*read.operator.to_lowercase(), &read.value), (field, *operator, value));
        }
    }

    #[test]
    fn no_word_that_is_searched_for_adds_a_condition_to_a_filter(
        word in prop_oneof![any_text(), "[ \"'%a-c0-9()+.-]{1,12}( and x eq 1)?"],
        field in select(&["name", "phonenumber", "partner_sid"][..]),
    ) {
        let Ok(word) = SearchWord::read(&word) else { return Ok(()) };
        let condition = word.condition(field);
        let read = filter::parse(&format!("status eq active and {condition}"))
            .map_err(|mistake| TestCaseError::fail(format!("{condition}: {mistake:?}")))?;
        prop_assert_eq!(read.len(), 2, "{}", condition);
        prop_assert_eq!((&*read[1].field, &*read[1].operator), (field, "like"));
        if word.is_number && field != "partner_sid" {
            prop_assert!(read[1].value.chars().all(|c| c.is_ascii_digit() || c == '%'), "{}", condition);
        } else {
            prop_assert_eq!(&read[1].value, &format!("%{}%", word.typed));
        }
    }

    #[test]
    fn what_the_api_does_not_understand_is_refused_wherever_it_stands(
        before in "[a-z_]{1,9} eq [0-9][a-z0-9]{0,8} and ",
        mistake in select(&[
            "a eq 1 or b eq 2", "a = 1", "a==1", "a >= 1", "a <> 1", "(a eq 1)", "a eq", "a eq b c", "a eq 'x", "a eq “x”",
        ][..]),
    ) {
        if before.starts_with("not ") || before.starts_with("or ") || before.starts_with("and ") {
            return Ok(());
        }
        prop_assert!(filter::parse(&before[..before.len() - 5]).is_ok(), "{}", before);
        let wrong = filter::parse(&format!("{before}{mistake}"));
        prop_assert!(wrong.is_err(), "{}{}", before, mistake);
        prop_assert!(wrong.is_err_and(|wrong| wrong.span.end >= before.len()));
    }

    #[test]
    fn no_body_makes_the_page_parser_panic(body in vec(any::<u8>(), 0..200)) {
        _ = Page::parse(body);
    }

    #[test]
    fn no_damage_to_a_page_makes_its_parser_or_the_writers_panic(
        partners in vec(partner(), 0..4), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let mut body = page(&partners).into_bytes();
        let at = at.index(body.len());
        if cut { body.truncate(at) } else { body[at] = byte }
        if let Ok(page) = Page::parse(body) {
            let partners: Vec<String> = page.partners().map(str::to_owned).collect();
            for format in [Format::Csv, Format::Tsv, Format::Json, Format::Jsonl] {
                written(&partners, format, true, true);
            }
        }
    }

    #[test]
    fn partners_stay_the_text_that_came(partners in vec(partner(), 0..5)) {
        let page = Page::parse(page(&partners).into_bytes()).map_err(|problem| TestCaseError::fail(problem.to_string()))?;
        prop_assert_eq!(page.partners().collect::<Vec<_>>(), partners);
    }

    #[test]
    fn compact_and_indented_json_means_the_same(partner in partner()) {
        let compact = raw::compact(&partner);
        prop_assert!(!compact.contains(['\n', '\r', '\t']), "{}", compact);
        prop_assert_eq!(parsed(&compact), parsed(&partner));
        let mut indented = Vec::new();
        raw::indent(&partner, 0, &mut indented);
        prop_assert_eq!(raw::compact(str::from_utf8(&indented).expect("UTF-8")), compact);
    }

    #[test]
    fn a_path_leads_where_another_reader_of_json_finds_it(partner in partner(), path in select(&["name", "b.a", "a.a.b"][..])) {
        let path: Vec<&str> = path.split('.').collect();
        let found = raw::lookup(&partner, path.iter().copied()).map(parsed);
        let expected = path.iter().try_fold(&parsed(&partner), |value, key| value.as_object()?.get(*key)).cloned();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn json_is_what_another_reader_takes_for_it(text in damaged(json_value())) {
        let expected = serde_json::from_str::<&RawValue>(&text).ok().map(RawValue::get);
        prop_assert_eq!(raw::checked(&text).ok(), expected, "{}", text);
    }

    #[test]
    fn a_page_is_what_another_reader_takes_for_it_and_has_the_same_partners(body in damaged(any_page())) {
        let expected = page_by_another_reader(&body);
        let page = Page::parse(body.clone().into_bytes());
        prop_assert_eq!(page.is_ok(), expected.is_some(), "{:?} of {}", page, body);
        let (Ok(page), Some(expected)) = (page, expected) else { return Ok(()) };
        prop_assert_eq!(page.partners().collect::<Vec<_>>(), expected);
        for partner in page.objects() {
            let members = members_by_another_reader(partner.text()).expect("an object");
            prop_assert_eq!(partner.members().collect::<Vec<_>>(), &*members, "{}", partner.text());
            prop_assert_eq!(raw::members(partner.text()).collect::<Vec<_>>(), &*members, "{}", partner.text());
            let last = members.iter().rev().find(|(key, _)| is_key(key, "a")).map(|(_, value)| *value);
            prop_assert_eq!(partner.get("a"), last, "{}", partner.text());
        }
    }

    #[test]
    fn what_is_left_out_is_gone_and_the_rest_is_there(partner in partner()) {
        let mut expected = parsed(&partner);
        let members = expected.as_object_mut().expect("an object");
        let only = members.get("name").cloned();
        members.shift_remove("name");
        prop_assert_eq!(&parsed(&raw::without(&partner, &[vec!["name"]])), &expected);
        let kept = parsed(&raw::only(&partner, &[vec!["name"]]));
        prop_assert_eq!(kept.get("name").cloned(), only);
        prop_assert!(kept.as_object().is_some_and(|kept| kept.len() <= 1));
    }

    #[test]
    fn csv_and_tsv_give_back_every_cell(partners in vec(partner(), 0..4)) {
        let expected = expected_rows(&partners);
        prop_assert_eq!(from_csv(&written(&partners, Format::Csv, false, false)), expected.clone());
        prop_assert_eq!(from_tsv(&written(&partners, Format::Tsv, false, false)), expected);
    }

    #[test]
    fn the_formula_guard_marks_text_that_begins_like_a_formula_and_nothing_else(partners in vec(partner(), 0..4)) {
        let exact = partners.iter().flat_map(|partner| {
            columns().iter().map(|column| expected_cell(partner, column.name()).0).collect::<Vec<_>>()
        });
        let exact: Vec<String> = exact.collect();
        for guarded in [
            from_csv(&written(&partners, Format::Csv, false, true)).concat(),
            from_tsv(&written(&partners, Format::Tsv, false, true)).concat(),
        ] {
            prop_assert_eq!(guarded.len(), exact.len());
            for (cell, text) in guarded.iter().zip(&exact) {
                let begins = text.trim_start_matches(|c: char| c.is_control() || c.is_whitespace());
                let runs = begins.starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
                let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE ()".contains(&byte));
                let marked = *cell == format!("'{text}");
                prop_assert!(marked || cell == text);
                prop_assert!(marked || !runs || is_number || text.len() >= 20, "{:?}", text);
                prop_assert!(!marked || runs || !text.is_ascii(), "{:?}", text);
            }
        }
    }

    #[test]
    fn nothing_that_is_written_to_a_terminal_drives_it(partners in vec(partner(), 0..4)) {
        for format in [Format::Csv, Format::Tsv, Format::Json, Format::Jsonl, Format::Table] {
            let shown = written(&partners, format, true, false);
            let shown = if format == Format::Tsv { shown.replace('\t', "") } else { shown };
            let bad = shown.chars().find(|c| *c != '\n' && may_drive_a_terminal(*c));
            prop_assert_eq!(bad, None, "{} in {}", format, shown);
        }
    }

    #[test]
    fn escaped_text_drives_no_terminal_and_plain_text_is_left_alone(words in any_text()) {
        let escaped = text::escape(&words);
        prop_assert_eq!(escaped.chars().find(|c| may_drive_a_terminal(*c)), None);
        prop_assert_eq!(text::escape(&escaped), escaped.as_ref());
        let plain: String = words.chars().filter(|c| c.is_ascii_graphic() || *c == ' ' || (c.is_alphabetic() && c.width() != Some(0))).collect();
        // Some letters are blank, and are escaped for that.
        let blank = |c: char| matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
        prop_assert!(plain.contains(blank) || text::escape(&plain) == plain, "{:?}", plain);
    }

    #[test]
    fn escaped_json_means_the_same(value in json_value()) {
        prop_assert_eq!(parsed(&text::escape_json(&value)), parsed(&value));
    }

    #[test]
    fn no_configuration_makes_the_reader_panic(lines in vec((select(&["token", "limit", "fields", "timeout", "[x]", ""][..]), any_text()), 0..5)) {
        let text: String = lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        _ = ConfigFile::parse(Path::new("config.toml"), &text);
    }

    #[test]
    fn no_message_about_a_configuration_shows_its_token(before in any_text(), between in any_text(), after in any_text()) {
        let text = format!("{before}\ntoken = {between}\"hunter2hunter2\"{after}\n");
        if let Err(failure) = ConfigFile::parse(Path::new("config.toml"), &text) {
            prop_assert!(!format!("{failure:?}").contains("hunter2"), "{:?}", failure);
        }
    }

    #[test]
    fn a_valid_configuration_gives_its_values_back(limit in 1..u64::MAX >> 1, retries in any::<u32>(), token in "[!-&(-~]{1,40}") {
        let text = format!("limit = {limit}\nretries = {retries}\ntoken = '{token}'\n");
        let file = ConfigFile::parse(Path::new("config.toml"), &text).map_err(|failure| TestCaseError::fail(failure.message))?;
        let file = file.top;
        prop_assert_eq!(file.limit.map(|limit| limit.value.get()), Some(limit));
        prop_assert_eq!(file.retries.map(|retries| retries.value), Some(retries));
        prop_assert_eq!(file.token.and_then(|held| held.value.fetch().ok()).map(|held| held.to_string()), Some(token));
    }

    #[test]
    fn retry_after_is_read_or_left_alone(value in any_text(), now in 0..4_000_000_000_u64) {
        _ = parse_retry_after(&value, SystemTime::UNIX_EPOCH + Duration::from_secs(now));
    }

    #[test]
    fn retry_after_means_its_seconds_or_the_time_until_its_date(seconds in 0..4_000_000_000_u64, now in 0..4_000_000_000_u64) {
        let clock = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
        // No time at all, or a date that has passed, says nothing.
        let said = |seconds| (seconds > 0).then(|| Duration::from_secs(seconds));
        prop_assert_eq!(parse_retry_after(&seconds.to_string(), clock), said(seconds));
        let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        prop_assert_eq!(parse_retry_after(&date, clock), said(seconds.saturating_sub(now)));
    }

    #[test]
    fn no_text_makes_the_reader_of_a_value_panic(text in any_text()) {
        _ = text.parse::<Order>();
        _ = text.parse::<FieldName>();
        _ = text.parse::<TimeLimit>();
        _ = text.parse::<Format>();
    }
}

/// Partners of a list, by SIDs of which two lists have some in common.
fn partners() -> impl Strategy<Value = Vec<String>> {
    let partner = json_object(json_value()).prop_map(|object| object[1..object.len() - 1].trim().to_owned());
    proptest::collection::btree_map(0..8_u8, partner, 0..6).prop_map(|partners| {
        let with_sid = |(sid, members): (u8, String)| match members.is_empty() {
            true => format!("{{\"partner_sid\":\"{sid}\"}}"),
            false => format!("{{{members},\"partner_sid\":\"{sid}\"}}"),
        };
        partners.into_iter().map(with_sid).collect()
    })
}

fn list_of(partners: &[String]) -> List {
    partners.iter().collect()
}

fn changes<'l>(old: &'l List, new: &'l List, rules: &Rules) -> Vec<Change<'l>> {
    let mut changes = Vec::new();
    let Ok(()) = diff::compare(old, new, &mut Comparer::new(rules), |change| -> Result<(), Infallible> {
        changes.push(change);
        Ok(())
    });
    changes
}

/// The members of an object by their keys, the last of those that appear twice, without null.
fn members_of(object: &str) -> std::collections::BTreeMap<String, String> {
    let members = raw::members(object).map(|(key, value)| (raw::text(key).into_owned(), value.to_owned()));
    let members: std::collections::BTreeMap<_, _> = members.collect();
    members.into_iter().filter(|(_, value)| value != "null").collect()
}

fn object_of(members: &std::collections::BTreeMap<String, String>) -> String {
    let members = members.iter().map(|(key, value)| format!("{}:{value}", Value::from(key.as_str())));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// The object with another value at the end of a path; `keys` are those that may contain a dot.
fn with_value(object: &str, field: &str, keys: &[String], value: Option<&str>) -> String {
    let mut members = members_of(object);
    let is_key =
        |key: &&String| field.strip_prefix(key.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let key = keys.iter().filter(is_key).max_by_key(|key| key.len()).cloned();
    let key = key.unwrap_or_else(|| field.split('.').next().unwrap_or_default().to_owned());
    let value = match field[key.len()..].strip_prefix('.') {
        None => value.map(str::to_owned),
        Some(rest) => Some(with_value(&members[&key], rest, &[], value)),
    };
    match value {
        Some(value) => _ = members.insert(key, value),
        None => _ = members.remove(&key),
    }
    object_of(&members)
}

/// The old list with its differences from another applied.
fn patched(old: &[String], changes: &[Change]) -> Vec<String> {
    let mut partners = old.to_vec();
    for change in changes {
        match change {
            Change::Added(partner) => partners.push((*partner).to_owned()),
            Change::Gone(partner) => partners.retain(|other| other != partner),
            Change::Changed { old, new, fields } => {
                let keys: Vec<_> = members_of(old).into_keys().chain(members_of(new).into_keys()).collect();
                let patch = |partner: String, Difference { field, new, .. }: &Difference| {
                    with_value(&partner, field, &keys, new.as_deref())
                };
                let place = partners.iter().position(|partner| partner == old).expect("a partner of the old list");
                partners[place] = fields.iter().fold(partners[place].clone(), patch);
            }
        }
    }
    partners
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_list_does_not_differ_from_itself_in_another_order(partners in partners(), turn in any::<u8>()) {
        let mut others: Vec<_> = partners.iter().map(|partner| object_of(&members_of(partner))).collect();
        let turn = usize::from(turn).checked_rem(others.len()).unwrap_or_default();
        others.rotate_left(turn);
        prop_assert!(changes(&list_of(&partners), &list_of(&others), &Rules::default()).is_empty());
    }

    #[test]
    fn a_list_with_its_differences_applied_is_the_other_list(old in partners(), new in partners()) {
        let (a, b) = (list_of(&old), list_of(&new));
        let changed = changes(&a, &b, &Rules::default());
        let patched = list_of(&patched(&old, &changed));
        let left = changes(&patched, &b, &Rules::default());
        prop_assert!(left.is_empty(), "{left:?} after {changed:?}");
    }

    #[test]
    fn two_lists_differ_as_much_in_one_direction_as_in_the_other(old in partners(), new in partners()) {
        let mirrored = |old: &[String], new: &[String], flip: bool| {
            let (old, new) = (list_of(old), list_of(new));
            let changes = changes(&old, &new, &Rules::default());
            let mut shown: Vec<_> = changes.iter().flat_map(|change| match change {
                Change::Added(partner) => vec![format!("{} {partner}", if flip { "gone" } else { "added" })],
                Change::Gone(partner) => vec![format!("{} {partner}", if flip { "added" } else { "gone" })],
                Change::Changed { new, fields, .. } => fields.iter().map(|Difference { field, old, new: value, delta }| {
                    let sid = raw::lookup(new, ["partner_sid"]);
                    let (old, new) = if flip { (value, old) } else { (old, value) };
                    let delta = delta.map(|delta| delta.to_string().trim_start_matches('-').to_owned());
                    format!("{sid:?} {field} {old:?} {new:?} {delta:?}")
                }).collect(),
            }).collect();
            shown.sort();
            shown
        };
        prop_assert_eq!(mirrored(&old, &new, false), mirrored(&new, &old, true));
    }

    #[test]
    fn a_list_does_not_differ_from_itself_saved_in_another_format(partners in partners()) {
        let keys = partners.iter().flat_map(|partner| raw::members(partner)).map(|(key, _)| raw::text(key).into_owned());
        let keys: std::collections::BTreeSet<_> = keys.filter(|key| key != "partner_sid").collect();
        let columns = || ["partner_sid".to_owned()].into_iter().chain(keys.iter().cloned());
        let read_back = |format: Format| {
            let columns = columns().map(|key| Column::of_key(&key, ColumnKind::Text)).collect();
            let projection = Projection { columns: (format != Format::Jsonl).then_some(columns), ..Projection::default() };
            let options = FormatOptions { format, header: true, viewport: Viewport::default(), formula_guard: false };
            let mut bytes = Vec::new();
            let mut writer = Writer::begin(options, projection, &mut bytes).expect("memory");
            partners.iter().for_each(|partner| writer.write(partner).expect("memory"));
            writer.end().expect("memory");
            let name = format!("list.{format}");
            saved::of(bytes, Path::new(&name)).map_or_else(|problem| {
                // Nothing is what JSON Lines have for an empty list.
                assert!(problem.message.ends_with("it is empty") && partners.is_empty(), "{problem:?}");
                List::new()
            }, |saved| saved.partners)
        };
        let names: HashSet<String> = columns().collect();
        let lines = read_back(Format::Jsonl);
        for format in [Format::Csv, Format::Tsv] {
            let cells = read_back(format);
            prop_assert_eq!(cells.len(), lines.len());
            let [old, new] = [[Some(names.clone()), None], [None, Some(names.clone())]]
                .map(|columns| Rules { columns, ..Rules::default() });
            prop_assert!(changes(&cells, &lines, &old).is_empty(), "{format}");
            prop_assert!(changes(&lines, &cells, &new).is_empty(), "{format}");
        }
    }
}

/// A snapshot of up to four partners: which of some texts each of them has.
type Night = Vec<Option<usize>>;

/// Some texts, and snapshots at partners that have them.
fn snapshots() -> impl Strategy<Value = (Vec<String>, Vec<Night>)> {
    let seen = vec(proptest::option::weighted(0.8, 0_usize..3), 4);
    (vec(partner(), 3), vec(seen, 1..6))
}

/// A partner of that number with these members, too.
fn numbered(number: usize, members: &str) -> String {
    let members = raw::compact(members);
    let separator = if &*members == "{}" { "" } else { "," };
    format!("{{\"partner_sid\":\"s{number}\"{separator}{}", &members[1..])
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn at_every_snapshot_a_history_has_the_list_of_that_snapshot_byte_for_byte((texts, snapshots) in snapshots()) {
        let mut recorder = Recorder::in_memory().expect("memory");
        let mut expected = Vec::new();
        for partners in &snapshots {
            let there = partners.iter().enumerate().filter_map(|(number, text)| Some(numbered(number, &texts[(*text)?])));
            let mut list: Vec<_> = [r#"{"partner_sid":"own"}"#.to_owned()].into_iter().chain(there).collect();
            recorder.record(&list.iter().collect(), Moment::now()).expect("a snapshot");
            list.sort();
            expected.push(list);
        }
        let history = recorder.into_history().expect("memory");
        for (number, expected) in expected.iter().enumerate() {
            let mut partners = Vec::new();
            history.at(number, |partner| { partners.push(partner.to_owned()); Ok(()) }).expect("no damage");
            partners.sort();
            prop_assert_eq!(&partners, expected);
        }
        // What is known of each is what is known of all, and each change follows the one before.
        let seen = |of: Option<&BTreeSet<i64>>| {
            let mut seen = Vec::new();
            let read = history.changes(of, 0..snapshots.len(), |change| { seen.push(format!("{change:?}")); Ok(()) });
            read.expect("no damage");
            seen.sort();
            seen
        };
        let ids = ["own", "s0", "s1", "s2", "s3"].map(|id| id.parse().expect("an ID"));
        let everyone = history.find(&ids).expect("no damage").into_iter().flatten().collect();
        prop_assert_eq!(seen(Some(&everyone)), seen(None));
    }
}
