//! The blanks of JSON text: none, or an indented line for each member; nothing else of it changes.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr3};

/// The text without blanks outside strings, line breaks included.
pub(crate) fn compact(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    if is_plainly_compact(bytes) {
        return Cow::Borrowed(json);
    }
    let Some(first) = next_blank(bytes, 0) else {
        return Cow::Borrowed(json);
    };
    let mut out = String::with_capacity(json.len());
    let (mut copied, mut blank) = (0, first);
    loop {
        out.push_str(&json[copied..blank]);
        copied = blank + 1;
        match next_blank(bytes, copied) {
            Some(next) => blank = next,
            None => break,
        }
    }
    out.push_str(&json[copied..]);
    Cow::Owned(out)
}

/// Where the next blank outside a string is; `from` is outside one.
fn next_blank(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = memchr(b'"', &bytes[from..]).map_or(bytes.len(), |at| from + at);
        if let Some(at) = bytes[from..quote].iter().position(u8::is_ascii_whitespace) {
            return Some(from + at);
        }
        if quote == bytes.len() {
            return None;
        }
        from = end_of_string(bytes, quote);
    }
}

/// Whether it is plain at a glance that no blank stands outside a string.
///
/// A line break or tab never stands in a string, so one byte of it shows that. A blank between tokens stands beside
/// punctuation or another blank, and on its other side a token begins or ends; any other blank is part of a string.
fn is_plainly_compact(bytes: &[u8]) -> bool {
    let is_between_tokens = |at: usize| {
        let (Some(before), Some(after)) = (at.checked_sub(1).map(|at| bytes[at]), bytes.get(at + 1)) else {
            return true;
        };
        let is_punctuation = |byte: u8| b" {}[],:".contains(&byte);
        let begins = matches!(after, b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n');
        let ends = matches!(before, b'"' | b'0'..=b'9' | b'e' | b'l');
        match (is_punctuation(before), is_punctuation(*after)) {
            (true, true) => true,
            (true, false) => begins,
            (false, true) => ends,
            (false, false) => false,
        }
    };
    memchr3(b'\n', b'\r', b'\t', bytes).is_none() && !memchr_iter(b' ', bytes).any(is_between_tokens)
}

/// The place after the string that opens at `quote`.
///
/// Most strings are shorter than what a search by vectors costs to set up, so it goes by words of eight bytes.
pub(crate) fn end_of_string(bytes: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*word);
        let found = first_zero(word ^ (ONES * u64::from(b'"'))) | first_zero(word ^ (ONES * u64::from(b'\\')));
        if found == 0 {
            at += 8;
            continue;
        }
        at += found.trailing_zeros() as usize / 8;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A word with the lowest bit of each byte set.
const ONES: u64 = u64::MAX / 255;

/// A word whose lowest set bit is in the first byte of `word` that is zero; none is set if there is no such byte.
fn first_zero(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}

/// The place after the value that begins at `start`.
pub(crate) fn end_of_value(bytes: &[u8], start: usize) -> usize {
    match bytes.get(start) {
        Some(b'"') => end_of_string(bytes, start),
        Some(b'{' | b'[') => end_of_nested(bytes, start),
        _ => {
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
            bytes.get(start..).unwrap_or_default().iter().position(ends).map_or(bytes.len(), |length| start + length)
        }
    }
}

/// The place after the array or object that begins at `start`.
fn end_of_nested(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(bytes, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// How many blanks the text begins with.
pub(crate) fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Appends the text with each member and element on a line of its own, two blanks deeper a level; the first line
/// continues the current one.
pub(crate) fn indent(json: &str, mut level: usize, out: &mut String) {
    let bytes = json.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b'"' => {
                at = end_of_string(bytes, start);
                out.push_str(&json[start..at]);
            }
            open @ (b'{' | b'[') => {
                out.push(open.into());
                at += blanks(&bytes[at..]);
                if let Some(b'}' | b']') = bytes.get(at) {
                    out.push(bytes[at].into());
                    at += 1;
                } else {
                    level += 1;
                    new_line(level, out);
                }
            }
            close @ (b'}' | b']') => {
                level = level.saturating_sub(1);
                new_line(level, out);
                out.push(close.into());
            }
            b',' => {
                out.push(',');
                new_line(level, out);
            }
            b':' => out.push_str(": "),
            byte if byte.is_ascii_whitespace() => {}
            _ => {
                let length = bytes[at..].iter().take_while(|byte| !b" \t\r\n,:{}[]\"".contains(byte)).count();
                at += length;
                out.push_str(&json[start..at]);
            }
        }
    }
}

fn new_line(level: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", level));
}

/// Whether arrays and objects stand in one another more than `limit` levels deep.
pub(crate) fn is_deeper_than(limit: usize, json: &str) -> bool {
    let bytes = json.as_bytes();
    // So few opening brackets cannot nest too deep. This is all that an ordinary partner costs.
    if memchr_iter(b'{', bytes).count() + memchr_iter(b'[', bytes).count() <= limit {
        return false;
    }
    let mut depth = 0_usize;
    brackets(bytes).any(|bracket| {
        depth = if bracket.opens { depth + 1 } else { depth.saturating_sub(1) };
        depth > limit
    })
}

/// How many levels of arrays and objects end in the rest of a text, which begins outside strings; none if they end in
/// any other way than one after the other until the last byte.
pub(crate) fn levels_closed(rest: &str) -> Option<usize> {
    let (mut depth, mut closed) = (0_usize, 0);
    for bracket in brackets(rest.as_bytes()) {
        match (bracket.opens, depth) {
            (true, _) => depth += 1,
            (false, 0) => closed += 1,
            (false, _) => depth -= 1,
        }
    }
    (depth == 0).then_some(closed)
}

/// A bracket or brace outside strings.
struct Bracket {
    opens: bool,
}

fn brackets(bytes: &[u8]) -> impl Iterator<Item = Bracket> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => at = end_of_string(bytes, at),
                b'{' | b'[' | b'}' | b']' => {
                    at += 1;
                    return Some(Bracket { opens: matches!(byte, b'{' | b'[') });
                }
                _ => at += 1,
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indented(json: &str) -> String {
        let mut out = String::new();
        indent(json, 0, &mut out);
        out
    }

    #[test]
    fn compact_drops_blanks_outside_strings_only() {
        assert_eq!(
            compact("{ \"a b\" : \"c  \\\" d\",\r\n\t\"e\":[ 1 , 2.50 ] }\n"),
            "{\"a b\":\"c  \\\" d\",\"e\":[1,2.50]}"
        );
        assert!(matches!(compact(r#"{"a b":" \\"}"#), Cow::Borrowed(_)));
    }

    #[test]
    fn compact_sees_a_single_blank_wherever_it_may_stand() {
        let tokens = ["{", "\"a, b\"", ":", "[", "true", ",", "-1.5", ",", "null", ",", "\"\"", "]", "}"];
        let compacted = tokens.concat();
        for place in 0..=tokens.len() {
            for blank in [" ", "\n", "\t", "\r", "  "] {
                let spaced = [tokens[..place].concat(), tokens[place..].concat()].join(blank);
                assert_eq!(compact(&spaced), compacted, "{spaced:?}");
            }
        }
    }

    #[test]
    fn a_string_ends_at_its_quote_however_long_it_is_and_whatever_is_escaped() {
        for length in 0..40 {
            for inside in ["x".repeat(length), "é".repeat(length), format!("{}\\\"\\\\", "x".repeat(length))] {
                let text = format!("[\"{inside}\",\"y\"]");
                assert_eq!(end_of_string(text.as_bytes(), 1), 1 + inside.len() + 2, "{text}");
                assert_eq!(end_of_string(format!("\"{inside}").as_bytes(), 0), 1 + inside.len(), "{inside}");
            }
        }
    }

    #[test]
    fn indent_gives_each_member_a_line_and_keeps_empty_ones_together() {
        assert_eq!(
            indented("{\"a\":[1.0,{\"b\" :\n\"x, {y}: \\\"\"}],\"c\":{ },\"d\":[],\"e\":null}"),
            "{\n  \"a\": [\n    1.0,\n    {\n      \"b\": \"x, {y}: \\\"\"\n    }\n  ],\n  \"c\": {},\n  \"d\": [],\n  \"e\": null\n}"
        );
    }

    #[test]
    fn compact_undoes_indent() {
        let json = r#"{"a":[1e400,-0.0,"\u00e9 \ud800"],"b":{"c":[[],{}]},"d":true}"#;
        assert_eq!(compact(&indented(json)), json);
    }

    #[test]
    fn depth_counts_brackets_outside_strings() {
        let deep = format!("{}{}", "[".repeat(129), "]".repeat(129));
        assert!(is_deeper_than(128, &deep));
        assert!(!is_deeper_than(129, &deep));
        assert!(!is_deeper_than(128, &format!("[\"{}\"]", "[".repeat(500))));
        assert!(!is_deeper_than(128, &format!("[{}1]", "[1],".repeat(500))));
    }

    #[test]
    fn a_hundred_thousand_levels_do_not_overflow_the_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(compact(&deep), deep);
        assert!(is_deeper_than(128, &deep));
    }
}
